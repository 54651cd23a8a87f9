"""Imports in the demo: people from an old table carried out, credentials that were looked at and wait."""

from collections.abc import Sequence
from uuid import UUID

from infra.demo import cast
from infra.demo.founding import Founded
from infra.demo.stage import Stage
from kith.importing.job import check_import_rows, commit_import, commit_import_rows, start_import
from kith.importing.record import ImportKind
from kith.people.person import NewPerson

COLUMNS = "name,time_zone,pronouns,email,role,languages,formats,helps_with,capacity"
OFFERS = ("in person|phone,HOUSING|FAMILY,1", "phone|virtual,EMPLOYMENT|LEGAL,2")
PAPERS = (("first aid", "Red Cross", "FA-4471"), ("peer certification", "College of Peers", "CP-118"))


async def bring_along(founded: Founded, programme_id: UUID) -> None:
    """Three people come along from a table, and one row stays in the report; credentials are checked and wait."""
    stage, coordinator = founded.stage, founded.staff["coordinator"]
    people = [part.joining(stage.time_zone, founded.telephone()) for part in cast.parts(founded.plan.former)]
    for kind, rows, days, carried_out in (
        (ImportKind.PEOPLE, _people(stage, people), 23, True),
        (ImportKind.CREDENTIALS, _credentials(stage, people), 2, False),
    ):
        at = stage.at(days, 10)
        async with stage.scene() as scene:
            job = await start_import(await scene.of(coordinator, at), programme_id=programme_id, kind=kind, rows=rows)
            await check_import_rows(scene.of_service(stage.at(days, 10, 1), check_import_rows), job.id)
            if carried_out:
                await commit_import(await scene.of(coordinator, stage.at(days, 11)), job.id)
                await commit_import_rows(scene.of_service(stage.at(days, 11, 1), commit_import_rows), job.id)


def _people(stage: Stage, people: Sequence[NewPerson]) -> str:
    """Two who want to mentor again, one who helps with the soup, and a row that nobody understands any more."""
    lines = [COLUMNS]
    for person, offer in zip(people, OFFERS, strict=False):
        lines.append(f"{person.name},{person.time_zone},{person.pronouns},{person.email},mentor,en,{offer}")
    helper = people[-1]
    lines.append(f"{helper.name},{helper.time_zone},{helper.pronouns},{helper.email},none,,,,")
    lines.append(f"Old entry,{stage.time_zone},,old.entry@example.org,helper,,,,")
    return "\n".join(lines)


def _credentials(stage: Stage, people: Sequence[NewPerson]) -> str:
    """A paper of each of the two, one of them twice, and one of somebody whom nobody knows here."""
    issued, until = stage.ago(300).date(), stage.ago(-430).date()
    lines = ["email,kind,issuer,issued_on,expires_on,number"]
    lines += [
        f"{person.email},{kind},{issuer},{issued},{until},{number}"
        for person, (kind, issuer, number) in zip(people, PAPERS, strict=False)
    ]
    return "\n".join([*lines, lines[1], f"nobody.here@example.org,first aid,Red Cross,{issued},{until},FA-2210"])

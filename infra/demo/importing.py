"""Imports in the demo: people from an old table carried out, credentials that were looked at and wait."""

from uuid import UUID

from infra.demo.founding import Founded
from kith.importing.job import check_import_rows, commit_import, commit_import_rows, start_import
from kith.importing.record import ImportKind

PEOPLE = """name,time_zone,pronouns,email,role,languages,formats,helps_with,capacity
Gwendolyn Achterberg,{zone},she/her,gwendolyn.achterberg@example.org,mentor,en|nl,in person|phone,HOUSING|FAMILY,1
Idris Mahmoudi,{zone},he/him,idris.mahmoudi@example.org,mentor,en|ar,phone|virtual,EMPLOYMENT|LEGAL,2
Petra Vondrak,{zone},they/them,petra.vondrak@example.org,none,,,,
Old Entry,{zone},,old.entry@example.org,helper,,,,
"""
CREDENTIALS = """email,kind,issuer,issued_on,expires_on,number
gwendolyn.achterberg@example.org,first aid,Red Cross,2026-02-11,2029-02-10,FA-4471
idris.mahmoudi@example.org,peer certification,College of Peers,2025-09-03,2027-09-02,CP-118
nobody.here@example.org,first aid,Red Cross,2025-04-01,2028-03-31,FA-2210
gwendolyn.achterberg@example.org,first aid,Red Cross,2026-02-11,2029-02-10,FA-4471
"""


async def bring_along(founded: Founded, programme_id: UUID) -> None:
    """Three people come along from a table, and one row stays in the report; credentials are checked and wait."""
    stage, coordinator = founded.stage, founded.staff["coordinator"]
    people = PEOPLE.format(zone=stage.time_zone)
    for kind, rows, days, carried_out in (
        (ImportKind.PEOPLE, people, 23, True),
        (ImportKind.CREDENTIALS, CREDENTIALS, 2, False),
    ):
        at = stage.at(days, 10)
        async with stage.scene() as scene:
            job = await start_import(await scene.of(coordinator, at), programme_id=programme_id, kind=kind, rows=rows)
            await check_import_rows(scene.of_service(stage.at(days, 10, 1), check_import_rows), job.id)
            if carried_out:
                await commit_import(await scene.of(coordinator, stage.at(days, 11)), job.id)
                await commit_import_rows(scene.of_service(stage.at(days, 11, 1), commit_import_rows), job.id)

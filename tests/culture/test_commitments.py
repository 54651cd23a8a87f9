"""Commitments of the leadership: kept, missed with a task before, and looked back on by somebody else."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from kith.culture.commitment import (
    LeadershipCommitment,
    LeadershipDomain,
    begin_commitment,
    edit_commitment,
    meet_commitment,
    mind_commitments,
    pledge_commitment,
    review_commitment,
)
from kith.ground.errors import Conflict, Forbidden, IllegalState, Invalid, NotFound
from tests.culture.conftest import Culture
from tests.world import Connection


async def _pledge(culture: Culture, days: int = 40, **other: Any) -> LeadershipCommitment:
    given = {
        "domain": LeadershipDomain.BUDGET,
        "pledge": "A room of our own.",
        "owner_id": culture.house.people["coordinator"],
        "due_on": (culture.clock + timedelta(days=days)).date(),
    }
    return await culture.does("admin", pledge_commitment, **(given | other))


async def _tasks(superuser: Connection, about: UUID) -> list[tuple[str, str]]:
    rows = await superuser.fetch("SELECT assignee_id, status FROM tasks WHERE about_id = $1 ORDER BY id", about)
    return [(str(row["assignee_id"]), row["status"]) for row in rows]


async def _status(superuser: Connection, id: UUID) -> str:
    status: str = await superuser.fetchval("SELECT status FROM leadership_commitments WHERE id = $1", id)
    return status


async def test_an_overdue_commitment_is_missed_and_its_owner_was_asked_once_before(
    culture: Culture, superuser: Connection
) -> None:
    pledged, owner = await _pledge(culture), str(culture.house.people["coordinator"])
    await culture.serve(mind_commitments)
    assert await _tasks(superuser, pledged.id) == []
    for days in (27, 28, 40):
        culture.clock = culture.now + timedelta(days=days)
        await culture.serve(mind_commitments)
        assert await _tasks(superuser, pledged.id) == [(owner, "OPEN")]
        assert await _status(superuser, pledged.id) == "PLEDGED"
    culture.clock = culture.now + timedelta(days=41)
    await culture.serve(mind_commitments)
    assert (await _status(superuser, pledged.id), await _tasks(superuser, pledged.id)) == ("MISSED", [(owner, "DONE")])
    with pytest.raises(IllegalState, match="MISSED, not PLEDGED or IN_PROGRESS"):
        await culture.does("coordinator", meet_commitment, pledged.id, evidence="Too late.")
    reviewed = await culture.does("admin", review_commitment, pledged.id, review="We asked too late.")
    assert reviewed.status == "REVIEWED"


async def test_a_commitment_is_begun_and_met_with_what_shows_it(culture: Culture, superuser: Connection) -> None:
    pledged = await _pledge(culture, days=5)
    await culture.serve(mind_commitments)
    with pytest.raises(IllegalState, match="PLEDGED, not MET or MISSED"):
        await culture.does("admin", review_commitment, pledged.id, review="Early.")
    begun = await culture.does("coordinator", begin_commitment, pledged.id)
    assert begun.status == "IN_PROGRESS"
    with pytest.raises(IllegalState, match="IN_PROGRESS, not PLEDGED"):
        await culture.does("coordinator", begin_commitment, pledged.id)
    for evidence, link, path in (
        ("", "", "evidence"),
        ("The lease.", "http://kith.example", "evidenceLink"),
        ("The lease.", "https://" + "a" * 500, "evidenceLink"),
    ):
        with pytest.raises(Invalid) as refused:
            await culture.does("coordinator", meet_commitment, pledged.id, evidence=evidence, evidence_link=link)
        assert refused.value.path == (path,)
    met = await culture.does(
        "coordinator", meet_commitment, pledged.id, evidence="The lease.", evidence_link="https://kith.example/lease"
    )
    assert met.status == "MET"
    assert [status for _, status in await _tasks(superuser, pledged.id)] == ["DONE"]
    with pytest.raises(IllegalState):
        await culture.does("admin", edit_commitment, pledged.id, pledge="Two rooms.")


async def test_an_owner_does_not_look_back_alone(culture: Culture) -> None:
    pledged = await _pledge(culture, owner_id=culture.house.people["admin"])
    await culture.does("admin", meet_commitment, pledged.id, evidence="Done.")
    with pytest.raises(Forbidden, match="Somebody else"):
        await culture.does("admin", review_commitment, pledged.id, review="All well.")


async def test_a_new_owner_is_asked_anew_and_two_editors_do_not_overwrite_each_other(
    culture: Culture, superuser: Connection
) -> None:
    pledged, house = await _pledge(culture, days=10), culture.house
    await culture.serve(mind_commitments)
    edited = await culture.does("admin", edit_commitment, pledged.id, owner_id=house.people["supervisor"])
    with pytest.raises(Conflict):
        await culture.does("admin", edit_commitment, pledged.id, pledge="Other", expected_version=edited.version - 1)
    await culture.serve(mind_commitments)
    coordinator, supervisor = str(house.people["coordinator"]), str(house.people["supervisor"])
    assert await _tasks(superuser, pledged.id) == [(coordinator, "DONE"), (supervisor, "OPEN")]
    begun = await culture.does("supervisor", begin_commitment, pledged.id)
    assert begun.status == "IN_PROGRESS"


async def test_a_day_that_has_come_is_no_promise(culture: Culture) -> None:
    with pytest.raises(Invalid, match="to come"):
        await _pledge(culture, days=0)


async def test_who_reads_a_pledge_of_the_organisation_does_not_change_it(culture: Culture) -> None:
    pledged = await _pledge(culture, owner_id=culture.house.people["supervisor"])
    seen = await culture.seen("mentor", LeadershipCommitment)
    assert pledged.id in seen
    assert culture.house.row("commitment") not in seen
    with pytest.raises(NotFound):
        await culture.does("coordinator", begin_commitment, pledged.id)

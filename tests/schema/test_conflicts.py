"""Two people edit the same thing: the second is told, and shown how it is now."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schema.build import graphql_schema
from schema.mutations import EXPOSED
from tenants.work import Workplace
from tests.conftest import Answer, Api
from tests.deeds import Given
from tests.world import Connection, House, build_house

STALE = [("CONFLICT", ["expectedVersion"])]
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
async def fen(workplace: Workplace, superuser: Connection) -> House:
    """A house that these tests may change."""
    return await build_house(workplace, superuser, "Fen", "fen-of-conflicts")


def _why(payload: Answer) -> list[tuple[str, list[str]]]:
    return [(error["code"], error["path"]) for error in payload["errors"]]


EDITS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "editPerson": ("personId mentee.person", {"pronouns": "she/her"}, {"pronouns": "they/them"}),
    "editProgramme": ("programmeId programme", {"purpose": "First."}, {"purpose": "Second."}),
    "moveMeeting": (
        "meetingId coming_meeting",
        {"startsAt": (NOW + timedelta(days=30)).isoformat()},
        {"startsAt": (NOW + timedelta(days=31)).isoformat()},
    ),
    "supervise": ("mentorId second_mentor", {"supervisorId": "supervisor.person"}, {"supervisorId": None}),
}


def _edit(house: House, mutation: str, change: Given) -> Given:
    """The input of an edit, with names as ids."""
    name, what = EDITS[mutation][0].split()
    return {name: house.id(what)} | {k: house.id(v) if k == "supervisorId" and v else v for k, v in change.items()}


# Edits whose pair is still to be written here.
WITHOUT_A_PAIR = {"editApplication", "editMentorProfile", "editTask", "extendLeave"}


def test_every_edit_that_may_cross_another_is_here() -> None:
    taking = {name for name, mutation in EXPOSED.items() if "expected_version" in mutation.operation.parameters}
    assert taking == set(EDITS) | WITHOUT_A_PAIR
    for name in taking:
        shown: Any = graphql_schema().get_type(EXPOSED[name].operation.hints["return"].__name__)
        assert "version" in shown.fields, name


@pytest.mark.parametrize("mutation", EDITS)
async def test_whoever_edits_second_is_shown_how_it_is_now(
    api: Api, fen: House, superuser: Connection, mutation: str
) -> None:
    # Given two who read the same version
    ada, _, (first, second) = fen.secrets["admin"], EDITS[mutation][0], EDITS[mutation][1:]
    kind = EXPOSED[mutation].operation.hints["return"].__name__
    (asked,) = _edit(fen, mutation, {}).values()
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ version }} }} }}"
    version = (await api.data(ada, query, id=asked))["node"]["version"]
    read = {"expectedVersion": version}
    # When both edit it
    done = await api.done(ada, mutation, _edit(fen, mutation, first) | read, "id version")
    facts = await superuser.fetchval("SELECT count(*) FROM facts WHERE kind <> 'operation.refused'")
    late = await api.mutate(ada, mutation, _edit(fen, mutation, second) | read, "id version")
    # Then the second changes nothing and sees what the first did
    assert _why(late) == STALE
    assert late["result"] == done == {"id": asked, "version": version + 1}
    assert await superuser.fetchval("SELECT count(*) FROM facts WHERE kind <> 'operation.refused'") == facts
    # And may decide again
    again = _edit(fen, mutation, second) | {"expectedVersion": late["result"]["version"]}
    assert (await api.done(ada, mutation, again, "version"))["version"] == version + 2


async def test_of_two_edits_at_once_one_is_done_and_the_other_sees_it(api: Api, fen: House) -> None:
    token, id = fen.secrets["admin"], fen.id("other_programme")
    query = "query($id: ID!) { node(id: $id) { ... on Programme { version } } }"
    version = (await api.data(token, query, id=id))["node"]["version"]
    given = {"programmeId": id, "expectedVersion": version}
    payloads = await asyncio.gather(
        *(api.mutate(token, "editProgramme", given | {"purpose": f"As {n} says."}, "purpose version") for n in range(4))
    )
    done = [payload for payload in payloads if not payload["errors"]]
    assert len(done) == 1
    assert [_why(payload) for payload in payloads if payload["errors"]] == [STALE] * 3
    assert [payload["result"] for payload in payloads] == [done[0]["result"]] * 4


async def test_what_a_late_edit_shows_is_what_its_caller_may_read(api: Api, fen: House, superuser: Connection) -> None:
    reads = "SELECT count(*) FROM facts WHERE organisation_id = $1 AND kind = 'sensitive.read'"
    late = {"personId": fen.id("mentor.person"), "pronouns": "he/him", "expectedVersion": 0}
    shown = "name contact { email }"
    # A coordinator of the programme reads the contact, which is recorded
    before = await superuser.fetchval(reads, fen.organisation_id)
    cora = await api.mutate(fen.secrets["coordinator"], "editPerson", late, shown)
    contact = {"email": "mentor@fen-of-conflicts.example"}
    assert (_why(cora), cora["result"]) == (STALE, {"name": fen.names["mentor"], "contact": contact})
    assert await superuser.fetchval(reads, fen.organisation_id) == before + 1
    # Somebody who may edit and not read is shown nothing
    given = {"permissions": ["people.edit"], "name": "Edits"}
    issued = await api.done(fen.secrets["coordinator"], "issueToken", given, "secret token { id }")
    blind = await api.mutate(issued["secret"], "editPerson", late, "__typename")
    assert (_why(blind), blind["result"]) == (STALE, None)
    # And for somebody who may not edit it, it is not there
    stranger = await api.mutate(fen.secrets["other_coordinator"], "editPerson", late, "name")
    assert (_why(stranger), stranger["result"]) == ([("NOT_FOUND", [])], None)


async def test_other_conflicts_show_nothing(api: Api, fen: House) -> None:
    admin = fen.secrets["admin"]
    await api.done(admin, "openProgramme", {"name": "Taken"})
    taken = await api.mutate(admin, "editProgramme", {"programmeId": fen.id("programme"), "name": "taken"}, "name")
    assert taken["result"] is None
    assert _why(taken) == [("CONFLICT", ["name"])]


async def test_a_late_edit_frees_its_key_and_a_done_one_is_no_conflict_again(api: Api, fen: House) -> None:
    admin, query = fen.secrets["admin"], "query($id: ID!) { node(id: $id) { ... on Programme { version } } }"
    version = (await api.data(admin, query, id=fen.id("programme")))["node"]["version"]
    document = """mutation($input: EditProgrammeInput!) {
      editProgramme(input: $input) @idempotent(key: "late") { result { version } errors { code path } } }"""

    async def edit(expected: int) -> Answer:
        given = {"programmeId": fen.id("programme"), "purpose": "Late.", "expectedVersion": expected}
        payload: Answer = (await api.data(admin, document, input=given))["editProgramme"]
        return payload

    assert (await edit(version - 1))["result"] == {"version": version}
    done = {"result": {"version": version + 1}, "errors": []}
    assert [await edit(version), await edit(version)] == [done, done]


async def test_a_mentor_who_is_renamed_is_a_newer_version(api: Api, fen: House) -> None:
    admin, query = fen.secrets["admin"], "query($id: ID!) { node(id: $id) { ... on Mentor { version } } }"
    version = (await api.data(admin, query, id=fen.id("new_mentor")))["node"]["version"]
    await api.done(admin, "editPerson", {"personId": fen.id("new_mentor.person"), "name": "Nia of the Fen"})
    late = {"mentorId": fen.id("new_mentor"), "supervisorId": None, "expectedVersion": version}
    told = await api.mutate(admin, "supervise", late, "name version")
    assert (_why(told), told["result"]) == (STALE, {"name": "Nia of the Fen", "version": version + 1})

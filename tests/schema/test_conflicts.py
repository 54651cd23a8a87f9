"""Two people edit the same thing: the second is told, and shown how it is now."""

import asyncio
from typing import Any

import pytest

from schema.build import graphql_schema
from schema.mutations import EXPOSED
from tenants.work import Workplace
from tests.conftest import Answer, Api
from tests.deed import Deed
from tests.deeds import DEEDS
from tests.world import Connection, House, build_house

STALE = [("CONFLICT", ["expectedVersion"])]
CHANGES = "SELECT count(*) FROM facts WHERE kind NOT IN ('operation.refused', 'sensitive.read')"


@pytest.fixture(scope="module")
async def fen(workplace: Workplace, superuser: Connection) -> House:
    """A house that these tests may change."""
    return await build_house(workplace, superuser, "Fen", "fen-of-conflicts")


def _why(payload: Answer) -> list[tuple[str, list[str]]]:
    return [(error["code"], error["path"]) for error in payload["errors"]]


TAKING = {name for name, mutation in EXPOSED.items() if "expected_version" in mutation.operation.parameters}
EDITS = [deed for deed in DEEDS if deed.mutation in TAKING]


def test_every_edit_that_may_cross_another_is_here() -> None:
    assert {deed.mutation for deed in EDITS} == TAKING
    for name in TAKING:
        shown: Any = graphql_schema().get_type(EXPOSED[name].operation.hints["return"].__name__)
        assert "version" in shown.fields, name


@pytest.mark.parametrize("edit", EDITS, ids=str)
async def test_whoever_edits_second_is_shown_how_it_is_now(
    api: Api, fen: House, superuser: Connection, edit: Deed
) -> None:
    token, given = fen.secrets[edit.by], edit.given(fen)

    async def late(version: int) -> Answer:
        """The answer to somebody who read this version, which is no longer the one that stands."""
        before = await superuser.fetchval(CHANGES)
        payload = await api.mutate(token, edit.mutation, given | {"expectedVersion": version}, "id version")
        assert (_why(payload), await superuser.fetchval(CHANGES)) == (STALE, before)
        shown: Answer = payload["result"]
        return shown

    # Given somebody who read a version long gone: they change nothing, and see how it is now
    seen = await late(0)
    # When two read this version, and one edits it
    read = {"expectedVersion": seen["version"]}
    done = await api.done(token, edit.mutation, given | read, "id version")
    edited = {"id": seen["id"], "version": seen["version"] + 1}
    assert done == edited if done["id"] == seen["id"] else done["version"] == 1  # an edition of its own
    # Then the other changes nothing and sees what the first did
    assert await late(seen["version"]) == edited


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

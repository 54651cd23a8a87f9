"""Holes that were found once: each stays closed."""

import asyncio
import base64
import time
from typing import Any

import pytest

from tenants.work import Workplace
from tests.conftest import Api
from tests.world import Connection, House, build_house

PROFILE = {"languages": ["en"], "formats": ["PHONE"]}
SAFETY = [{"domain": "SAFETY", "severity": 3}]


@pytest.fixture(scope="module")
async def weir(workplace: Workplace, superuser: Connection) -> House:
    """A house that these tests may change."""
    return await build_house(workplace, superuser, "Weir", "weir-of-holes")


async def _needs(api: Api, token: str) -> str:
    return str(await api.data(token, "{ mentees(first: 50) { nodes { name needs { domains goals } } } }"))


async def test_a_mentee_never_reads_what_their_mentor_once_needed(api: Api, weir: House) -> None:
    # Given a mentor who was a mentee before
    given = {
        "programmeId": weir.id("programme"),
        "personId": weir.id("mentor.person"),
        "profile": PROFILE,
        "needs": SAFETY,
        "goals": ["Only mine"],
    }
    enrolment = await api.done(weir.secrets["coordinator"], "registerMentee", given)
    await api.done(weir.secrets["coordinator"], "closeEnrolment", {"menteeId": enrolment["id"]})
    # Then the mentor reads it and their mentee does not
    assert "Only mine" in await _needs(api, weir.secrets["mentor"])
    assert "Only mine" not in await _needs(api, weir.secrets["mentee"])


async def test_being_named_supervisor_without_the_role_opens_nothing(api: Api, weir: House) -> None:
    before = await _needs(api, weir.secrets["second_mentor"])
    given = {"mentorId": weir.id("mentor"), "supervisorId": weir.id("second_mentor.person")}
    await api.done(weir.secrets["admin"], "supervise", given)
    assert await _needs(api, weir.secrets["second_mentor"]) == before
    await api.done(weir.secrets["admin"], "supervise", given | {"supervisorId": weir.id("supervisor.person")})


async def test_two_administrators_do_not_both_leave(api: Api, workplace: Workplace, superuser: Connection) -> None:
    for turn in range(3):
        house = await build_house(workplace, superuser, "Moor", f"moor-{turn}")
        admin = house.secrets["admin"]
        new = {"role": {"role": "ADMIN"}, "person": {"name": "Second", "timeZone": "UTC"}}
        second = (await api.done(admin, "giveRole", new))["id"]
        found = await api.data(admin, "{ members(first: 100) { nodes { id role until } } }")
        first = next(m["id"] for m in found["members"]["nodes"] if m["role"] == "ADMIN" and m["id"] != second)
        end = "mutation($id: ID!) { endRole(input: {memberId: $id}) { result { id } errors { code } } }"
        await asyncio.gather(*(api.send(admin, end, id=id) for id in (first, second)))
        left = await superuser.fetchval(
            "SELECT count(*) FROM members WHERE organisation_id = $1 AND role = 'ADMIN' AND until IS NULL",
            house.organisation_id,
        )
        assert left == 1


async def test_many_ids_with_a_list_behind_each_are_refused(api: Api, weir: House) -> None:
    inner = "meetings(first: 10) { nodes { match { meetings(first: 10) { nodes { match { id } } } } } }"
    query = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Match {{ {inner} }} }} }}"
    answer = await api(weir.secrets["mentee"], query, ids=[weir.id("match")] * 100)
    assert answer["errors"][0]["extensions"]["code"] == "OPERATION_TOO_LARGE"


async def test_a_document_that_is_slow_to_validate_is_refused_at_once(api: Api, weir: House) -> None:
    began = time.perf_counter()
    answer = await api(weir.secrets["mentee"], "{ viewer {" + " roles reach" * 395 + " } }")
    assert answer["errors"][0]["extensions"]["code"] == "OPERATION_TOO_LARGE"
    assert time.perf_counter() - began < 0.5


async def test_what_was_committed_is_answered_whatever_fails_after_it(api: Api, weir: House) -> None:
    query = """mutation($run: ID!) {
      kept: issueToken(input: {name: "Kept"}) { result { secret } }
      broken: discardMatchRun(input: {runId: $run}) { result { proposals(first: 1000) { totalCount } } errors { code } }
      after: issueToken(input: {name: "After"}) { result { secret } }
    }"""
    answer = await api(weir.secrets["admin"], query, run=weir.id("published_run"))
    assert answer["data"]["kept"]["result"]["secret"].startswith("kith_")
    assert answer["data"]["after"]["result"]["secret"].startswith("kith_")


@pytest.mark.parametrize(
    "cursor",
    ['["+name_order","a",5]', '["+name_order","a\\u0000","0190a000-0000-7000-8000-000000000000"]', "[]", "5", '["x"]'],
)
async def test_a_cursor_made_by_hand_is_refused(api: Api, weir: House, cursor: str) -> None:
    made = base64.urlsafe_b64encode(cursor.encode()).decode().rstrip("=")
    answer: dict[str, Any] = await api(
        weir.secrets["admin"],
        "query($a: String) { people(first: 1, orderBy: NAME, after: $a) { nodes { id } } }",
        a=made,
    )
    assert answer["errors"][0]["extensions"]["code"] == "INVALID"


async def test_a_role_for_one_programme_edits_no_other(api: Api, weir: House) -> None:
    admin = weir.secrets["admin"]
    role = await api.done(
        admin, "defineRole", {"name": "Runner", "permissions": ["programmes.run", "tokens.issue"], "reach": "PROGRAMME"}
    )
    new = {"role": {"customRoleId": role["id"], "programmeId": weir.id("programme")}}
    member = await api.done(admin, "giveRole", new | {"person": {"name": "Rory", "timeZone": "UTC"}}, "person { id }")
    token = (await api.done(admin, "issueToken", {"personId": member["person"]["id"]}, "secret"))["secret"]
    own, other = ({"programmeId": weir.id(p), "offerHours": 5} for p in ("programme", "other_programme"))
    assert (await api.mutate(token, "editProgramme", own))["errors"] == []
    assert (await api.mutate(token, "editProgramme", other))["errors"][0]["code"] == "NOT_FOUND"
    assert (await api.mutate(token, "openProgramme", {"name": "Mine"}))["errors"][0]["code"] == "FORBIDDEN"


async def test_a_revoked_token_says_that_it_works_no_more(api: Api, weir: House) -> None:
    issued = await api.done(weir.secrets["partner"], "issueToken", {"name": "Short"}, "secret token { id works }")
    assert issued["token"]["works"] is True
    revoked = await api.done(weir.secrets["partner"], "revokeToken", {"tokenId": issued["token"]["id"]}, "works")
    assert revoked["works"] is False
    assert (await api.send(issued["secret"], "{ viewer { roles } }")).status_code == 401

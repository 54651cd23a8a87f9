"""Peer support groups: who is in them, under which name, and who came."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kith.community.session import check_in_to_session, schedule_group_session
from kith.ground.errors import Conflict, IllegalState
from tenants.work import Workplace
from tests.conftest import Api
from tests.world import Building, Connection, House, World, build_house, catch_up

MEMBERS = "{ groupMemberships(first: 50) { nodes { id alias status identity { name } } } }"


@pytest.fixture(scope="module")
async def mill(workplace: Workplace, superuser: Connection, world: World) -> House:
    """A house to change."""
    return await build_house(workplace, superuser, "Mill")


async def _status(api: Api, house: House, group: str) -> tuple[str, int]:
    query = "query($id: ID!) { peerSupportGroup(id: $id) { status members } }"
    found = (await api.data(house.secrets["admin"], query, id=group))["peerSupportGroup"]
    return found["status"], found["members"]


async def _planned(api: Api, house: House, **given: Any) -> str:
    """A draft without facilitators."""
    asked = {"format": "SHARING", "admission": "OPEN", "modality": "VIRTUAL", "capacity": 2, "name": "Small"}
    made = await api.done(
        house.secrets["coordinator"], "planGroup", {**asked, "programmeId": house.id("programme"), **given}
    )
    return str(made["id"])


async def _opened(api: Api, house: House, **given: Any) -> str:
    cora, group = house.secrets["coordinator"], await _planned(api, house, **given)
    for who in ("mentor", "second_mentor"):
        await api.done(cora, "addFacilitator", {"groupId": group, "personId": house.id(f"{who}.person")})
    assert (await api.done(cora, "openGroup", {"groupId": group}, "status"))["status"] == "OPEN"
    return group


async def _code(api: Api, token: str, name: str, given: dict[str, Any]) -> tuple[str, str]:
    (error,) = (await api.mutate(token, name, given))["errors"]
    return error["code"], error["message"]


async def test_a_group_opens_with_two_facilitators_and_the_refusal_names_who_there_is(api: Api, mill: House) -> None:
    cora, group = mill.secrets["coordinator"], await _planned(api, mill)
    assert await _code(api, cora, "openGroup", {"groupId": group}) == (
        "ILLEGAL_STATE",
        "A group takes people once it has at least 2 facilitators: so far nobody.",
    )
    added = {"groupId": group, "personId": mill.id("mentor.person")}
    await api.done(cora, "addFacilitator", added)
    assert (await _code(api, cora, "addFacilitator", added))[0] == "CONFLICT"
    code, message = await _code(api, cora, "openGroup", {"groupId": group})
    assert (code, message.rpartition(": ")[2]) == ("ILLEGAL_STATE", f"so far only {mill.names['mentor']}.")
    second = await api.done(
        cora, "addFacilitator", {"groupId": group, "personId": mill.id("supervisor.person")}, "id group { id }"
    )
    await api.done(cora, "openGroup", {"groupId": group})
    code, message = await _code(api, cora, "removeFacilitator", {"facilitatorId": second["id"]})
    assert (code, "pause it first" in message) == ("ILLEGAL_STATE", True)
    await api.done(cora, "pauseGroup", {"groupId": group})
    await api.done(cora, "removeFacilitator", {"facilitatorId": second["id"]})
    assert (await _code(api, cora, "resumeGroup", {"groupId": group}))[0] == "ILLEGAL_STATE"


async def test_a_draft_is_seen_by_its_facilitators_and_coordinators_alone(api: Api, mill: House) -> None:
    query = "query($id: ID!) { peerSupportGroup(id: $id) { name } }"
    for who, sees in {"mentor": True, "coordinator": True, "mentee": False, "other_coordinator": False}.items():
        found = await api.data(mill.secrets[who], query, id=mill.id("draft_group"))
        assert (found["peerSupportGroup"] is not None) is sees, who


async def test_members_see_names_that_were_chosen_and_who_facilitates_sees_who(api: Api, mill: House) -> None:
    seen = {}
    for who in ("mentee", "mentor", "coordinator", "other_mentee", "other_coordinator"):
        nodes = (await api.data(mill.secrets[who], MEMBERS))["groupMemberships"]["nodes"]
        seen[who] = {node["id"]: node["identity"] and node["identity"]["name"] for node in nodes}
    member, fellow = mill.id("member"), mill.id("fellow")
    assert {member, fellow} <= set(seen["mentee"])
    assert (seen["mentee"][member], seen["mentee"][fellow]) == (mill.names["mentee"], None)
    assert seen["mentor"][fellow] == seen["coordinator"][fellow] == mill.names["waiting_mentee"]
    assert seen["other_mentee"] == seen["other_coordinator"] == {}
    assert mill.id("asked") not in seen["mentee"]


async def test_reading_who_somebody_is_is_recorded(api: Api, mill: House, superuser: Connection) -> None:
    count = "SELECT count(*) FROM facts WHERE kind = 'sensitive.read' AND organisation_id = $1"
    before = await superuser.fetchval(count + " AND subject_type = 'GroupIdentity'", mill.organisation_id)
    await api.data(mill.secrets["mentor"], MEMBERS)
    assert await superuser.fetchval(count + " AND subject_type = 'GroupIdentity'", mill.organisation_id) > before


async def test_a_fellow_member_removes_nobody_although_they_may_facilitate(api: Api, mill: House) -> None:
    # Given a mentor who is a member of a group that others facilitate
    group = await _opened(api, mill, name="Both", capacity=9)
    await api.done(mill.secrets["new_mentor"], "joinGroup", {"groupId": group, "alias": "Ash"})
    fellow = await api.done(mill.secrets["mentee"], "joinGroup", {"groupId": group, "alias": "Elm"})
    given = {"membershipId": fellow["id"], "reason": "OTHER"}
    assert (await _code(api, mill.secrets["new_mentor"], "removeFromGroup", given))[0] == "NOT_FOUND"
    assert (await _code(api, mill.secrets["new_mentor"], "leaveGroup", {"membershipId": fellow["id"]}))[
        0
    ] == "NOT_FOUND"


async def test_a_group_is_full_when_its_places_are_taken_and_open_again_when_somebody_leaves(
    api: Api, mill: House
) -> None:
    group = await _opened(api, mill, name="Two", capacity=2)
    first = await api.done(mill.secrets["mentee"], "joinGroup", {"groupId": group, "alias": "Ash"})
    taken = {"groupId": group, "alias": "ASH"}
    assert await _code(api, mill.secrets["waiting_mentee"], "joinGroup", taken) == (
        "CONFLICT",
        "Somebody in this group goes by that name: choose another.",
    )
    again = {"groupId": group, "alias": "Oak"}
    assert (await _code(api, mill.secrets["mentee"], "joinGroup", again))[1].startswith("You are a member")
    assert (await _code(api, mill.secrets["mentor"], "joinGroup", again))[1].startswith("You facilitate")
    await api.done(mill.secrets["waiting_mentee"], "joinGroup", again)
    assert await _status(api, mill, group) == ("FULL", 2)
    full = {"groupId": group, "alias": "Yew"}
    assert await _code(api, mill.secrets["offered_mentee"], "joinGroup", full) == (
        "CONFLICT",
        "Every place in this group is taken.",
    )
    await api.done(mill.secrets["mentee"], "leaveGroup", {"membershipId": first["id"]})
    assert await _status(api, mill, group) == ("OPEN", 1)
    assert (await _code(api, mill.secrets["mentee"], "leaveGroup", {"membershipId": first["id"]}))[0] == "ILLEGAL_STATE"
    await api.done(mill.secrets["offered_mentee"], "joinGroup", full)
    await api.done(mill.secrets["coordinator"], "editGroup", {"groupId": group, "capacity": 3})
    assert await _status(api, mill, group) == ("OPEN", 2)


async def test_of_two_who_take_the_last_place_one_wins(api: Api, mill: House) -> None:
    for turn in range(3):
        group = await _opened(api, mill, name=f"Last place {turn}", capacity=2)
        await api.done(mill.secrets["mentee"], "joinGroup", {"groupId": group, "alias": "Ash"})
        payloads = await asyncio.gather(
            *(
                api.mutate(mill.secrets[who], "joinGroup", {"groupId": group, "alias": who})
                for who in ("waiting_mentee", "proposed_mentee", "offered_mentee")
            )
        )
        assert sorted(error["code"] for p in payloads for error in p["errors"]) == ["CONFLICT", "CONFLICT"]
        assert await _status(api, mill, group) == ("FULL", 2)


async def test_a_closed_group_accepts_who_asks(api: Api, mill: House) -> None:
    group = await _opened(api, mill, name="Accepting", admission="CLOSED", capacity=2)
    asked = await api.done(mill.secrets["mentee"], "joinGroup", {"groupId": group, "alias": "Ash"}, "id status")
    assert asked["status"] == "REQUESTED"
    assert await _status(api, mill, group) == ("OPEN", 0)
    given = {"membershipId": asked["id"]}
    accepted = await api.done(mill.secrets["second_mentor"], "acceptIntoGroup", given, "status")
    assert accepted["status"] == "ACTIVE"
    other = await api.done(mill.secrets["proposed_mentee"], "joinGroup", {"groupId": group, "alias": "Elm"})
    declined = {"membershipId": other["id"], "reason": "NOT_FOR_THEM"}
    removed = await api.done(mill.secrets["coordinator"], "removeFromGroup", declined, "status removalReason")
    assert removed == {"status": "REMOVED", "removalReason": "NOT_FOR_THEM"}
    assert await _status(api, mill, group) == ("OPEN", 1)


@pytest.mark.parametrize("reason", ["SAFETY", "AGREEMENT_BROKEN"])
async def test_who_was_removed_for_the_sake_of_others_comes_back_only_when_a_facilitator_accepts(
    api: Api, mill: House, reason: str
) -> None:
    group = await _opened(api, mill, name=f"Removed {reason}", capacity=4)
    token, asking = mill.secrets["mentee"], {"groupId": group, "alias": "Ash"}
    membership = await api.done(token, "joinGroup", asking)
    given = {"membershipId": membership["id"], "reason": reason}
    await api.done(mill.secrets["mentor"], "removeFromGroup", given)
    for _ in range(2):  # taking the request back does not make them forgotten
        again = await api.done(token, "joinGroup", asking, "id status")
        assert again["status"] == "REQUESTED"
        await api.done(token, "leaveGroup", {"membershipId": again["id"]})
    again = await api.done(token, "joinGroup", asking)
    accepted = await api.done(mill.secrets["mentor"], "acceptIntoGroup", {"membershipId": again["id"]}, "status")
    assert accepted["status"] == "ACTIVE"


async def test_closing_ends_memberships_and_cancels_what_was_to_come(
    api: Api, workplace: Workplace, mill: House
) -> None:
    group = await _opened(api, mill, name="Ending", capacity=5)
    membership = await api.done(mill.secrets["mentee"], "joinGroup", {"groupId": group, "alias": "Ash"})
    starts = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    given = {"groupId": group, "startsAt": starts, "timeZone": "UTC"}
    session = await api.done(mill.secrets["mentor"], "scheduleGroupSession", given)
    await api.done(mill.secrets["coordinator"], "closeGroup", {"groupId": group})
    await catch_up(workplace, mill)
    query = """query($m: ID!, $s: ID!) { m: node(id: $m) { ... on GroupMembership { status } }
                                          s: node(id: $s) { ... on GroupSession { status } } }"""
    found = await api.data(mill.secrets["coordinator"], query, m=membership["id"], s=session["id"])
    assert (found["m"]["status"], found["s"]["status"]) == ("LEFT", "CANCELLED")
    assert await _status(api, mill, group) == ("CLOSED", 0)
    closed = {"groupId": group, "alias": "Ash"}
    assert (await _code(api, mill.secrets["mentee"], "joinGroup", closed))[0] == "NOT_FOUND"


async def test_a_weekly_session_keeps_its_time_on_the_wall_across_a_change_of_clocks(
    workplace: Workplace, mill: House, superuser: Connection
) -> None:
    building = Building(workplace, mill)
    building.clock = datetime(2027, 3, 10, 12, tzinfo=UTC)
    first = await building.does(
        "mentor",
        schedule_group_session,
        mill.row("group"),
        starts_at=datetime(2027, 3, 20, 19, tzinfo=UTC),
        minutes=60,
        time_zone="Europe/Dublin",
        weekly_until=date(2027, 4, 5),
    )
    rows = await superuser.fetch(
        "SELECT starts_at FROM group_sessions WHERE group_id = $1 AND starts_at >= $2 ORDER BY starts_at",
        mill.row("group"),
        first.starts_at,
    )
    assert [row["starts_at"].strftime("%m-%d %H:%M") for row in rows] == ["03-20 19:00", "03-27 19:00", "04-03 18:00"]
    with pytest.raises(Conflict):
        await building.does(
            "mentor",
            schedule_group_session,
            mill.row("group"),
            starts_at=datetime(2027, 4, 3, 18, 30, tzinfo=UTC),
            time_zone="UTC",
        )


async def test_members_check_in_with_the_code_on_site_once_and_late_is_late(
    api: Api, workplace: Workplace, mill: House
) -> None:
    session, mentor, mentee = mill.id("begun_session"), mill.secrets["mentor"], mill.secrets["mentee"]
    shown = await api.done(mentor, "showCheckInCode", {"sessionId": session}, "code expiresAt")
    query = "query($id: ID!) { node(id: $id) { ... on GroupSession { checkInCode { code } } } }"
    assert (await api.data(mentor, query, id=session))["node"]["checkInCode"]["code"] == shown["code"]
    refused = await api(mentee, query, id=session)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    wrong = {"sessionId": session, "code": "000000"}
    assert (await _code(api, mentee, "checkInToSession", wrong))[0] == "INVALID"
    given = {"sessionId": session, "code": shown["code"].lower()}
    assert await api.done(mentee, "checkInToSession", given, "came source") == {"came": "LATE", "source": "KIOSK"}
    assert (await _code(api, mentee, "checkInToSession", given))[0] == "CONFLICT"
    assert (await _code(api, mill.secrets["other_mentee"], "checkInToSession", given))[0] == "NOT_FOUND"
    building = Building(workplace, mill)
    building.clock = datetime.now(UTC) + timedelta(minutes=16)
    with pytest.raises(Exception, match="not the one shown now"):
        await building.does("waiting_mentee", check_in_to_session, mill.row("begun_session"), code=shown["code"])
    building.clock += timedelta(days=1)
    with pytest.raises(IllegalState):
        await building.does("waiting_mentee", check_in_to_session, mill.row("begun_session"))


async def test_where_the_group_asks_for_the_code_nobody_says_it_themselves(api: Api, mill: House) -> None:
    group = await _opened(api, mill, name="By code", capacity=5, selfCheckIn=False)
    await api.done(mill.secrets["mentee"], "joinGroup", {"groupId": group, "alias": "Ash"})
    starts = (datetime.now(UTC) + timedelta(minutes=20)).isoformat()
    given = {"groupId": group, "startsAt": starts, "timeZone": "UTC"}
    session = await api.done(mill.secrets["mentor"], "scheduleGroupSession", given)
    code, message = await _code(api, mill.secrets["mentee"], "checkInToSession", {"sessionId": session["id"]})
    assert (code, message) == ("INVALID", "Check in with the code that is shown on site.")


async def test_the_facilitators_word_replaces_what_was_said_and_the_head_count_names_nobody(
    api: Api, mill: House
) -> None:
    session, mentor = mill.id("held_session"), mill.secrets["mentor"]
    given = {"sessionId": session, "came": [], "cameLate": [mill.id("fellow")], "headCount": 11}
    shown = "status headCount attendances(first: 9) { nodes { came source membership { alias } } }"
    recorded = await api.done(mentor, "recordGroupAttendance", given, shown)
    assert (recorded["status"], recorded["headCount"]) == ("HELD", 11)
    came = {n["membership"]["alias"]: n["came"] for n in recorded["attendances"]["nodes"]}
    assert came == {"Wren": "PRESENT", "Finch of Mill": "LATE"}
    mine = await api.data(
        mill.secrets["mentee"],
        "query($id: ID!) { node(id: $id) { ... on GroupSession { attendances(first: 9) { nodes { came } } } } }",
        id=session,
    )
    assert mine["node"]["attendances"]["nodes"] == [{"came": "PRESENT"}]
    twice = {"sessionId": session, "came": [mill.id("fellow")], "stayedAway": [mill.id("fellow")]}
    assert (await _code(api, mentor, "recordGroupAttendance", twice))[0] == "INVALID"
    early = {"sessionId": mill.id("coming_session"), "came": []}
    assert (await _code(api, mentor, "recordGroupAttendance", early))[0] == "ILLEGAL_STATE"


async def test_a_cancelled_session_is_told_to_members_without_a_word_of_the_group(
    api: Api, workplace: Workplace, mill: House
) -> None:
    await api.done(mill.secrets["mentor"], "cancelGroupSession", {"sessionId": mill.id("coming_session")})
    await catch_up(workplace, mill)
    letters = await api.data(mill.secrets["mentee"], "{ letters(first: 50) { nodes { kind subject body } } }")
    (letter,) = [n for n in letters["letters"]["nodes"] if n["kind"] == "session.cancelled"]
    assert "does not take place" in letter["body"]
    assert not {"group", "Evening circle", "circle"} & set(letter["body"].split())
    other = await api.data(mill.secrets["other_mentee"], "{ letters(first: 50) { nodes { kind } } }")
    assert "session.cancelled" not in {n["kind"] for n in other["letters"]["nodes"]}


async def test_a_new_name_is_followed_in_groups_and_the_alias_stays(
    api: Api, workplace: Workplace, mill: House
) -> None:
    given = {"personId": mill.id("waiting_mentee.person"), "name": "Tomas New"}
    await api.done(mill.secrets["coordinator"], "editPerson", given)
    await catch_up(workplace, mill)
    nodes = (await api.data(mill.secrets["mentor"], MEMBERS))["groupMemberships"]["nodes"]
    fellow = next(n for n in nodes if n["id"] == mill.id("fellow"))
    assert (fellow["alias"], fellow["identity"]["name"]) == ("Finch of Mill", "Tomas New")

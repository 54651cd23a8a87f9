"""The library of resources, what is shared from it, the locator of support meetings, community events."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kith.community.event import cancel_event, move_up
from kith.community.resource import FRESH, age_resources
from kith.ground.actor import service
from tenants.work import Workplace
from tests.conftest import Api
from tests.parts.community import MEETING, RESOURCE
from tests.world import Building, Connection, House, World, build_house, catch_up


@pytest.fixture(scope="module")
async def lock(workplace: Workplace, superuser: Connection, world: World) -> House:
    """A house to change."""
    return await build_house(workplace, superuser, "Lock")


async def _code(api: Api, token: str, name: str, given: dict[str, Any]) -> tuple[str, str]:
    (error,) = (await api.mutate(token, name, given))["errors"]
    return error["code"], error["message"]


async def _names(api: Api, token: str, root: str, narrowed: str, shown: str) -> list[str]:
    found = await api.data(token, f"{{ {root}(first: 50, filter: {{{narrowed}}}) {{ nodes {{ {shown} }} }} }}")
    return [node[shown] for node in found[root]["nodes"]]


async def _published(api: Api, house: House, reviewer: str = "coordinator", **given: Any) -> str:
    made = await api.done(house.secrets["partner"], "draftResource", {"resource": RESOURCE | given})
    await api.done(house.secrets[reviewer], "reviewResource", {"resourceId": made["id"]})
    await api.done(house.secrets["admin"], "publishResource", {"resourceId": made["id"]})
    return str(made["id"])


async def test_a_resource_is_reviewed_by_somebody_else_and_then_found_by_everybody(api: Api, lock: House) -> None:
    cora = lock.secrets["coordinator"]
    draft = await api.done(cora, "draftResource", {"resource": RESOURCE | {"title": "Night shelter"}})
    given = {"resourceId": draft["id"]}
    assert await _code(api, cora, "reviewResource", given) == (
        "ILLEGAL_STATE",
        "Somebody else reviews what you wrote.",
    )
    assert (await _code(api, cora, "publishResource", given))[0] == "ILLEGAL_STATE"
    await api.done(lock.secrets["supervisor"], "reviewResource", given)
    again = await api.done(cora, "editResource", given | {"resource": RESOURCE | {"title": "Night shelter"}}, "status")
    assert again["status"] == "DRAFT"
    assert await _names(api, lock.secrets["mentee"], "resources", 'search: "shelter"', "title") == []
    await api.done(lock.secrets["supervisor"], "reviewResource", given)
    await api.done(cora, "publishResource", given)
    for who in ("mentee", "other_mentor", "partner", "analyst"):
        assert await _names(api, lock.secrets[who], "resources", 'search: "shelter"', "title") == ["Night shelter"]


async def test_what_a_partner_wrote_is_theirs_until_it_is_published(api: Api, lock: House) -> None:
    made = await api.done(lock.secrets["partner"], "draftResource", {"resource": RESOURCE | {"title": "Partner's own"}})
    given = {"resourceId": made["id"], "resource": RESOURCE | {"title": "Partner's own advice"}}
    await api.done(lock.secrets["partner"], "editResource", given)
    assert await _names(api, lock.secrets["analyst"], "resources", 'search: "partner"', "title") == []
    await api.done(lock.secrets["coordinator"], "reviewResource", {"resourceId": made["id"]})
    await api.done(lock.secrets["coordinator"], "publishResource", {"resourceId": made["id"]})
    assert (await _code(api, lock.secrets["partner"], "editResource", given))[0] == "ILLEGAL_STATE"


async def test_resources_are_found_by_words_language_code_and_kind(api: Api, lock: House) -> None:
    await _published(
        api,
        lock,
        title="Żółw advice line",
        type="HELPLINE",
        about="Somebody to call about debts.",
        languages=["pl"],
        taxonomyCodes=["FP-1000"],
        crisis=True,
    )
    token = lock.secrets["mentee"]
    for narrowed in (
        'search: "deb"',
        'search: "żółw LINE"',
        'search: "advice, call!"',
        'languages: ["pl", "uk"]',
        'taxonomyCodes: ["FP-1000"]',
        "type: [HELPLINE]",
        'crisis: true, languages: ["pl"], search: "debts"',
    ):
        assert await _names(api, token, "resources", narrowed, "title") == ["Żółw advice line"], narrowed
    assert await _names(api, token, "resources", 'search: "deb shelters"', "title") == []
    for wrong in ("", "!!", "a b c d e f g h i j k"):
        answer = await api(
            token, "query($s: String) { resources(first: 1, filter: {search: $s}) { totalCount } }", s=wrong
        )
        assert answer["errors"][0]["extensions"]["code"] == "INVALID", wrong


async def test_what_nobody_verified_for_half_a_year_is_stale_and_a_task(
    api: Api, workplace: Workplace, lock: House
) -> None:
    resource = await _published(api, lock, "admin", title="Old news")
    admin, cora = lock.secrets["admin"], lock.secrets["coordinator"]

    async def age(after: timedelta) -> str:
        actor = service(lock.organisation_id, (age_resources.needs,))
        async with workplace.writing(actor, now=datetime.now(UTC) + after) as work:
            await age_resources(work)
        found = await api.data(admin, "query($id: ID!) { resource(id: $id) { status } }", id=resource)
        return str(found["resource"]["status"])

    async def open_tasks() -> int:
        query = "{ tasks(first: 100, filter: {status: [OPEN]}) { nodes { kind assignee { name } } } }"
        tasks = (await api.data(admin, query))["tasks"]["nodes"]
        asked = [t["assignee"]["name"] for t in tasks if t["kind"] == "VERIFY_RESOURCE"]
        return asked.count(lock.names["admin"])

    before = await open_tasks()
    assert await age(FRESH - timedelta(minutes=1)) == "PUBLISHED"
    assert await age(FRESH + timedelta(minutes=1)) == "STALE"
    assert await age(FRESH + timedelta(days=1)) == "STALE"
    assert await open_tasks() == before + 1
    assert "Old news" in await _names(api, lock.secrets["mentee"], "resources", "status: [STALE]", "title")
    verified = await api.done(cora, "verifyResource", {"resourceId": resource}, "status")
    assert verified["status"] == "PUBLISHED"
    assert await open_tasks() == before
    await api.done(cora, "retireResource", {"resourceId": resource})
    assert (await _code(api, cora, "verifyResource", {"resourceId": resource}))[0] == "ILLEGAL_STATE"
    assert await _names(api, lock.secrets["mentee"], "resources", 'search: "old news"', "title") == []


async def test_a_share_is_followed_up_once_and_settled_by_the_answer(
    api: Api, workplace: Workplace, lock: House
) -> None:
    resource, mentor, mentee = (
        await _published(api, lock, title="A guide"),
        lock.secrets["mentor"],
        lock.secrets["mentee"],
    )
    given = {"matchId": lock.id("match"), "resourceId": resource, "words": "This helped me."}
    given["followUpAt"] = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    share = await api.done(mentor, "shareResource", given)
    assert (await _code(api, mentor, "shareResource", given))[0] == "CONFLICT"
    query = "{ tasks(first: 100, filter: {status: [OPEN]}) { nodes { kind aboutType } } }"

    async def follow_ups() -> int:
        return sum(t["kind"] == "FOLLOW_UP_RESOURCE" for t in (await api.data(mentor, query))["tasks"]["nodes"])

    building = Building(workplace, lock)
    building.clock = datetime.now(UTC) + timedelta(days=29)
    await building.later()
    before = await follow_ups()
    building.clock += timedelta(days=2)
    await building.later()
    assert await follow_ups() == before + 1
    opened = await api.done(mentee, "openSharedResource", {"shareId": share["id"]}, "status")
    assert opened["status"] == "OPENED"
    assert (await api.done(mentee, "openSharedResource", {"shareId": share["id"]}, "status"))["status"] == "OPENED"
    not_used = {"shareId": share["id"], "used": False, "helpful": 3}
    assert (await _code(api, mentee, "answerSharedResource", not_used))[0] == "INVALID"
    used = {"shareId": share["id"], "used": True, "helpful": 5}
    assert (await api.done(mentee, "answerSharedResource", used, "status helpful")) == {"status": "USED", "helpful": 5}
    assert (await _code(api, mentee, "answerSharedResource", used))[0] == "ILLEGAL_STATE"
    assert await follow_ups() == before
    await api.done(mentor, "shareResource", given)


async def test_only_what_is_published_is_shared_and_by_the_mentor_of_the_match(api: Api, lock: House) -> None:
    given = {"matchId": lock.id("match"), "resourceId": lock.id("reviewed_resource")}
    assert (await _code(api, lock.secrets["mentor"], "shareResource", given))[0] == "NOT_FOUND"
    given = {
        "matchId": lock.id("match"),
        "resourceId": lock.id("second_resource"),
        "followUpAt": "2020-01-01T00:00:00Z",
    }
    assert (await _code(api, lock.secrets["mentor"], "shareResource", given))[0] == "INVALID"
    assert (await _code(api, lock.secrets["other_mentor"], "shareResource", given))[0] == "NOT_FOUND"


async def test_support_meetings_are_found_by_day_kind_and_place(api: Api, lock: House) -> None:
    cora, token = lock.secrets["coordinator"], lock.secrets["mentee"]
    listed = {
        "Spire": {"latitude": "53.349800", "longitude": "-6.260300", "weekday": "MONDAY", "formats": ["WOMEN"]},
        "Cork": {"latitude": "51.898500", "longitude": "-8.475600", "weekday": "SUNDAY", "languages": ["ga"]},
        "Nowhere": {"latitude": None, "longitude": None, "address": "", "link": "https://meet.example/one"},
        "Suva": {"latitude": "-18.141600", "longitude": "178.441900", "pathway": "TWELVE_STEP"},
    }
    for name, given in listed.items():
        await api.done(cora, "listSupportMeeting", {"meeting": {**MEETING, "name": name, **given}})
    near = "near: {latitude: 53.35, longitude: -6.26, kilometres: %s}"
    home = f"Room above the shop, {lock.name}"
    for narrowed, expected in {
        near % 0.5: ["Spire"],
        near % 3: [home, "Spire"],
        near % 230: ["Cork", home, "Spire"],
        near % 200: [home, "Spire"],  # Cork is some 219 kilometres away
        "near: {latitude: -18.1, longitude: -179.9, kilometres: 200}": ["Suva"],  # beyond the date line
        "weekday: [SUNDAY, MONDAY]": ["Cork", "Spire"],
        "formats: [WOMEN]": ["Spire"],
        'languages: ["ga"]': ["Cork"],
        "pathway: [TWELVE_STEP]": ["Suva"],
        "online: true": ["Nowhere"],
        f"online: false, {near % 3}": [home, "Spire"],
    }.items():
        assert await _names(api, token, "supportMeetings", narrowed, "name") == expected, narrowed
    shown = await api.data(
        token,
        "{ supportMeetings(first: 1, filter: {formats: [WOMEN]}) { nodes { latitude longitude starts } } }",
    )
    assert shown["supportMeetings"]["nodes"] == [{"latitude": "53.349800", "longitude": "-6.260300", "starts": "12:30"}]
    far = await api(token, "{ supportMeetings(first: 1, filter: {%s}) { totalCount } }" % (near % 501))
    assert far["errors"][0]["extensions"]["code"] == "INVALID"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"latitude": "91"}, ["meeting", "latitude"]),
        ({"latitude": "NaN"}, ["meeting", "latitude"]),
        ({"longitude": "-Infinity"}, ["meeting", "longitude"]),
        ({"longitude": None}, ["meeting", "latitude"]),
        ({"address": " ", "link": None}, ["meeting", "address"]),
        ({"link": "javascript:alert(1)"}, ["meeting", "link"]),
        ({"timeZone": "Dublin"}, ["meeting", "timeZone"]),
        ({"languages": []}, ["meeting", "languages"]),
    ],
)
async def test_a_support_meeting_that_makes_no_sense_is_refused_with_the_path(
    api: Api, lock: House, given: dict[str, Any], path: list[str]
) -> None:
    payload = await api.mutate(lock.secrets["coordinator"], "listSupportMeeting", {"meeting": {**MEETING, **given}})
    assert [(e["code"], e["path"]) for e in payload["errors"]] == [("INVALID", path)]


async def test_who_waits_for_an_event_moves_up_by_themselves_and_is_told(
    api: Api, workplace: Workplace, lock: House
) -> None:
    event, first = lock.id("event"), lock.id("signup")  # two places, one of them taken
    asked = await asyncio.gather(
        *(
            api.mutate(lock.secrets[who], "signUpForEvent", {"eventId": event}, "id status")
            for who in ("waiting_mentee", "proposed_mentee", "offered_mentee")
        )
    )
    assert [payload["errors"] for payload in asked] == [[], [], []]
    states = sorted(payload["result"]["status"] for payload in asked)
    assert states == ["COMING", "WAITING", "WAITING"]
    assert (await _code(api, lock.secrets["proposed_mentee"], "signUpForEvent", {"eventId": event}))[0] == "CONFLICT"
    await api.done(lock.secrets["mentee"], "withdrawFromEvent", {"signupId": first})
    late = await api.done(lock.secrets["other_mentee"], "signUpForEvent", {"eventId": event}, "status")
    assert late["status"] == "WAITING"  # a free place goes to who waits
    await catch_up(workplace, lock)
    query = """query($id: ID!) { communityEvent(id: $id) { taken signups(first: 50, orderBy: OLDEST) {
      nodes { name status role { title } } } } }"""
    found = (await api.data(lock.secrets["coordinator"], query, id=event))["communityEvent"]
    guests = [s["status"] for s in found["signups"]["nodes"] if s["role"] is None]
    assert (found["taken"], sorted(guests)) == (2, ["COMING", "COMING", "WAITING", "WAITING", "WITHDRAWN"])
    assert guests[-1] == "WAITING"
    letters = 0
    for who in ("waiting_mentee", "proposed_mentee", "offered_mentee", "other_mentee"):
        mine = await api.data(lock.secrets[who], "{ letters(first: 50) { nodes { kind body } } }")
        letters += sum(n["kind"] == "event.place" for n in mine["letters"]["nodes"])
    assert letters == 1
    assert (
        len((await api.data(lock.secrets["other_mentee"], query, id=event))["communityEvent"]["signups"]["nodes"]) == 1
    )


async def test_volunteers_have_places_of_their_own(api: Api, lock: House) -> None:
    event, cora = lock.id("event"), lock.secrets["coordinator"]
    role = await api.done(cora, "addVolunteerRole", {"eventId": event, "title": "Washing up", "places": 1})
    given = {"eventId": event, "roleId": role["id"]}
    first = await api.done(lock.secrets["second_mentor"], "signUpForEvent", given, "status role { title }")
    assert first == {"status": "COMING", "role": {"title": "Washing up"}}
    assert (await api.done(lock.secrets["new_mentor"], "signUpForEvent", given, "status"))["status"] == "WAITING"


async def test_an_event_is_cancelled_with_letters_and_takes_nobody_any_more(
    api: Api, workplace: Workplace, lock: House, superuser: Connection
) -> None:
    event = lock.id("event")
    await api.done(lock.secrets["coordinator"], "cancelEvent", {"eventId": event})
    await catch_up(workplace, lock)
    written = await superuser.fetchval(
        "SELECT count(*) FROM letters WHERE organisation_id = $1 AND kind = 'event.cancelled'", lock.organisation_id
    )
    assert written == await superuser.fetchval(
        "SELECT count(*) FROM event_signups WHERE event_id = $1 AND status <> 'WITHDRAWN'", lock.row("event")
    )
    assert (await _code(api, lock.secrets["mentee"], "signUpForEvent", {"eventId": event}))[0] == "ILLEGAL_STATE"
    building = Building(workplace, lock)
    async with workplace.writing(service(lock.organisation_id, (move_up.needs,)), now=building.now) as work:
        await move_up(work, event_id=lock.row("event"))
    with pytest.raises(Exception, match="CANCELLED"):
        await building.does("coordinator", cancel_event, lock.row("event"))


async def test_how_many_came_is_a_number_once_it_has_begun(api: Api, lock: House) -> None:
    cora = lock.secrets["coordinator"]
    planned = {"eventId": lock.id("planned_event"), "attended": 3}
    assert (await _code(api, cora, "recordEvent", planned))[0] == "ILLEGAL_STATE"
    query = "query($id: ID!) { communityEvent(id: $id) { title } }"
    found = await api.data(lock.secrets["mentee"], query, id=lock.id("planned_event"))
    assert found["communityEvent"] is None
    given = {"eventId": lock.id("begun_event"), "attended": 31}
    assert await api.done(cora, "recordEvent", given, "status attended") == {"status": "HELD", "attended": 31}
    assert (await _code(api, cora, "recordEvent", given))[0] == "ILLEGAL_STATE"

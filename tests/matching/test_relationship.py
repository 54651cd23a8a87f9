"""A relationship from its agreement to its end, through the API: who may do what, and what each of the two sees."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kith.ground.actor import service
from kith.ground.operation import AnyOperation
from kith.matching.closure import finish_closure
from kith.matching.health import settle_health, settle_health_of
from kith.matching.monitoring import come_round, plan_contacts
from kith.matching.pausing import resume_when_due
from kith.meetings.meeting import call_off_meetings
from tenants.work import Workplace
from tests.conftest import Api
from tests.deed import ahead
from tests.parts.matching import TERMS
from tests.world import Connection, House, World, build_house

OF_MATCH = "query($id: ID!) { match(id: $id) { status onHold pausedUntil introducedAt contactAfterwards } }"


@pytest.fixture
async def house(workplace: Workplace, superuser: Connection, world: World, request: pytest.FixtureRequest) -> House:
    """A house of this test's own."""
    slug = request.node.name.removeprefix("test_").replace("_", "-")[:50]
    return await build_house(workplace, superuser, "Harbour", slug)


async def _later(
    workplace: Workplace, house: House, operation: AnyOperation, at: datetime | None = None, **given: Any
) -> None:
    actor = service(house.organisation_id, (operation.needs,))
    async with workplace.writing(actor, now=at or datetime.now(UTC)) as work:
        await operation(work, **given)


async def _match(api: Api, house: House, who: str, match: str) -> Any:
    return (await api.data(house.secrets[who], OF_MATCH, id=house.id(match)))["match"]


async def _refused(api: Api, house: House, who: str, mutation: str, given: dict[str, Any], words: str) -> None:
    payload = await api.mutate(house.secrets[who], mutation, given)
    assert any(words in error["message"] for error in payload["errors"]), payload


async def _tasks(superuser: Connection, house: House, kind: str) -> list[Any]:
    query = "SELECT status, assignee_id FROM tasks WHERE organisation_id = $1 AND kind = $2 ORDER BY given_at"
    return list(await superuser.fetch(query, house.organisation_id, kind))


async def test_agreement(api: Api, house: House, superuser: Connection) -> None:
    # Given an agreement that the guide signed, where the programme requires one
    terms = {"agreementId": house.id("agreement")}
    assert (await _match(api, house, "guide", "agreeing_match"))["status"] == "PENDING_AGREEMENT"
    await _refused(api, house, "guide", "signAgreement", terms | {"expectedVersion": 1}, "signed this already")
    # When the mentee edits it, what was signed is void, and a signature below what is gone is refused
    edited = await api.done(
        house.secrets["agreeing_mentee"],
        "editAgreement",
        terms | {"meetingsAMonth": 2, "expectedVersion": 1},
        "version completeAt signatures { voidedAt }",
    )
    assert edited["version"] == 2
    assert [bool(s["voidedAt"]) for s in edited["signatures"]] == [True]
    await _refused(api, house, "guide", "signAgreement", terms | {"expectedVersion": 1}, "Somebody changed this")
    # Then both sign, and it is not active before they were introduced
    for who in ("guide", "agreeing_mentee"):
        await api.done(house.secrets[who], "signAgreement", terms | {"expectedVersion": 2})
    assert (await _match(api, house, "guide", "agreeing_match"))["status"] == "PENDING_AGREEMENT"
    waived = {"matchId": house.id("agreeing_match"), "because": "They are neighbours."}
    mentee = "query($id: ID!) { match(id: $id) { mentee { status } } }"
    seen = await api.data(house.secrets["guide"], mentee, id=house.id("agreeing_match"))
    assert seen["match"]["mentee"]["status"] == "MATCHED"
    done = await api.done(house.secrets["coordinator"], "waiveIntroduction", waived, "status mentee { status }")
    assert done == {"status": "ACTIVE", "mentee": {"status": "ACTIVE"}}
    told = "SELECT data ->> 'match_id' FROM facts WHERE kind = 'mentee.active' AND subject_id = $1"
    assert [str(house.row("agreeing_match"))] == [
        row[0] for row in await superuser.fetch(told, house.row("agreeing_mentee"))
    ]
    await _refused(api, house, "coordinator", "waiveIntroduction", waived, "no introduction any more")
    await _refused(
        api, house, "mentee", "writeAgreement", {"matchId": house.id("match")} | TERMS | {"formats": []}, "how the two"
    )


async def test_pause(api: Api, house: House, workplace: Workplace, superuser: Connection) -> None:
    match = {"matchId": house.id("match")}
    # A pause ends within the programme's limit, and its reason is not the other's to read
    await _refused(api, house, "mentee", "pauseMatch", match | {"until": ahead(days=91)}, "A pause of this programme")
    await _refused(api, house, "mentee", "pauseMatch", match | {"until": ahead(days=-1)}, "not before now")
    await _refused(api, house, "mentee", "pauseMatch", match | {"reason": "SAFETY"}, "safetyStop")
    given = match | {"until": ahead(days=10), "reason": "HEALTH", "remark": "An operation."}
    await api.done(house.secrets["mentee"], "pauseMatch", given)
    query = "query($id: ID!) { match(id: $id) { pauses { reason remark by { name } } } }"
    seen = {who: await api.data(house.secrets[who], query, id=match["matchId"]) for who in ("mentor", "mentee")}
    assert seen["mentor"]["match"]["pauses"] == []
    assert seen["mentee"]["match"]["pauses"][0]["remark"] == "An operation."
    await _refused(api, house, "mentor", "pauseMatch", match, "PAUSED")
    # It goes on by itself when it is over, not before, and both are told once
    until = datetime.fromisoformat((await _match(api, house, "mentor", "match"))["pausedUntil"])
    again = {"match_id": house.row("match"), "until": until}
    await _later(workplace, house, resume_when_due, at=until - timedelta(hours=1), **again)
    assert (await _match(api, house, "mentor", "match"))["status"] == "PAUSED"
    for _ in range(2):
        await _later(workplace, house, resume_when_due, at=until, **again)
    assert (await _match(api, house, "mentor", "match"))["status"] == "ACTIVE"
    letters = await superuser.fetchval(
        "SELECT count(*) FROM letters WHERE organisation_id = $1 AND kind = 'match.resumed'", house.organisation_id
    )
    assert letters == 2


async def test_safety_stop(api: Api, house: House, workplace: Workplace, superuser: Connection) -> None:
    match = {"matchId": house.id("match")}
    meeting = "query($id: ID!) { meeting(id: $id) { status } }"
    # The mentee stops it: at once, without a reason; the mentor may not, and does not learn who did
    await api.done(house.secrets["mentee"], "safetyStop", match | {"remark": "He knew where I live."})
    stopped = await _match(api, house, "mentor", "match")
    assert (stopped["status"], stopped["onHold"]) == ("PAUSED", True)
    who = "query($id: ID!) { match(id: $id) { pauses { remark } } }"
    assert (await api.data(house.secrets["mentor"], who, id=match["matchId"]))["match"]["pauses"] == []
    await _later(workplace, house, call_off_meetings, match_id=house.row("match"))
    found = await api.data(house.secrets["mentor"], meeting, id=house.id("coming_meeting"))
    assert found["meeting"]["status"] == "CANCELLED"
    # The supervisor has a task, once
    await api.done(house.secrets["coordinator"], "safetyStop", match)
    (task,) = await _tasks(superuser, house, "SAFETY_STOP")
    assert (task["status"], task["assignee_id"]) == ("OPEN", house.people["supervisor"])
    # Neither of the two lets it go on, and nothing is arranged meanwhile
    for who in ("mentor", "mentee"):
        await _refused(api, house, who, "resumeMatch", match, "stopped for safety")
        lift = "mutation($i: LiftHoldInput!) { liftHold(input: $i) { result { id } } }"
        assert "FORBIDDEN" in str(await api(house.secrets[who], lift, i=match | {"because": "Yes."}))
    arranged = match | {"startsAt": ahead(days=3), "format": "PHONE"}
    await _refused(api, house, "mentor", "arrangeMeeting", arranged, "stopped for safety")
    await _refused(api, house, "coordinator", "closeMatch", match | {"reason": "OTHER"}, "despiteHold")
    # The supervisor does, and the task is done
    lifted = match | {"because": "It was cleared up with both."}
    done = await api.done(house.secrets["supervisor"], "liftHold", lifted, "status onHold")
    assert done == {"status": "ACTIVE", "onHold": False}
    (task,) = await _tasks(superuser, house, "SAFETY_STOP")
    assert task["status"] == "DONE"
    await _refused(api, house, "supervisor", "liftHold", lifted, "not stopped")


async def test_a_mentor_does_not_stop_for_safety(api: Api, house: House) -> None:
    payload = await api(
        house.secrets["mentor"],
        "mutation($i: SafetyStopInput!) { safetyStop(input: $i) { result { id } errors { code } } }",
        i={"matchId": house.id("match")},
    )
    assert "FORBIDDEN" in str(payload)


async def test_closing_in_spite_of_a_hold(api: Api, house: House) -> None:
    given = {"matchId": house.id("moving_match"), "type": "SAFETY", "remark": "I do not feel safe."}
    await api.done(house.secrets["moving_mentee"], "startClosure", given)
    stopped = await _match(api, house, "guide", "moving_match")
    assert (stopped["status"], stopped["onHold"]) == ("CLOSURE_IN_PROCESS", True)
    ended = {"matchId": house.id("moving_match"), "reason": "OTHER"}
    await _refused(api, house, "coordinator", "completeClosure", ended, "stopped for safety")
    done = await api.done(
        house.secrets["coordinator"],
        "closeMatch",
        ended | {"despiteHold": "Both want no contact.", "menteeWaitsAgain": True},
        "status onHold mentee { status }",
    )
    assert done == {"status": "CLOSED", "onHold": False, "mentee": {"status": "WAITING"}}
    query = "query($id: ID!) { match(id: $id) { pauses { liftedBecause } } }"
    read = await api.data(house.secrets["coordinator"], query, id=house.id("moving_match"))
    assert read["match"]["pauses"] == [{"liftedBecause": "Both want no contact."}]


async def test_a_good_end(api: Api, house: House, workplace: Workplace, superuser: Connection) -> None:
    coordinator = house.secrets["coordinator"]
    match = {"matchId": house.id("match")}
    ended = match | {"reason": "TIME_COMPLETED", "menteeWaitsAgain": False}
    await _refused(api, house, "coordinator", "completeClosure", ended, "ACTIVE")
    await api.done(house.secrets["mentor"], "startClosure", match | {"type": "PLANNED", "remark": "As we said."})
    await _refused(api, house, "mentee", "startClosure", match | {"type": "MUTUAL"}, "CLOSURE_IN_PROCESS")
    await _refused(api, house, "coordinator", "completeClosure", ended, "EXIT_INTERVIEW_MENTOR")
    # Who began it reads so, the other does not; the steps are for staff
    query = "query($id: ID!) { match(id: $id) { closure { remark } } }"
    assert (await api.data(house.secrets["mentor"], query, id=match["matchId"]))["match"]["closure"]["remark"]
    assert (await api.data(house.secrets["mentee"], query, id=match["matchId"]))["match"]["closure"] is None
    query = "query($id: ID!) { match(id: $id) { closure { steps { id kind status } } } }"
    read = (await api.data(coordinator, query, id=match["matchId"]))["match"]["closure"]["steps"]
    steps = {step["kind"]: step["id"] for step in read}
    assert len(steps) == 4
    wrong = {"stepId": steps["CLOSING_MEETING"], "itHelped": 3}
    await _refused(api, house, "coordinator", "recordExitInterview", wrong, "This step is CLOSING_MEETING")
    # Each is done, or cannot be
    for side in ("MENTOR", "MENTEE"):
        given = {"stepId": steps[f"EXIT_INTERVIEW_{side}"], "itHelped": 5, "whatHelped": "To be heard."}
        await api.done(house.secrets["supervisor"], "recordExitInterview", given)
    given = {"stepId": steps["CONTACT_AFTERWARDS"], "contact": "They write once a year."}
    await api.done(coordinator, "agreeContactAfterwards", given)
    unable = {"stepId": steps["CLOSING_MEETING"], "because": "One of them moved."}
    await _refused(api, house, "coordinator", "markUnable", unable | {"because": " "}, "1 to 2000")
    await api.done(coordinator, "markUnable", unable)
    assert {t["status"] for t in await _tasks(superuser, house, "CLOSING_MEETING")} >= {"DONE"}
    await _refused(api, house, "coordinator", "completeClosure", match | {"reason": "GOALS_MET"}, "waits for another")
    done = await api.done(
        coordinator, "completeClosure", ended, "status contactAfterwards mentee { status closingReason }"
    )
    assert done["status"] == "CLOSED"
    assert done["mentee"] == {"status": "CLOSED", "closingReason": "TIME_COMPLETED"}
    assert done["contactAfterwards"] == "They write once a year."
    # And both are told, once
    for _ in range(2):
        await _later(workplace, house, finish_closure, match_id=house.row("match"))
    letters = await superuser.fetch(
        "SELECT person_id FROM letters WHERE organisation_id = $1 AND kind = 'match.closed' AND about_id = $2",
        house.organisation_id,
        house.row("match"),
    )
    assert {row["person_id"] for row in letters} == {house.people["mentor"], house.people["mentee"]}
    assert len(letters) == 2


async def test_another_match_without_fault(api: Api, house: House, superuser: Connection) -> None:
    before = await superuser.fetchval("SELECT waiting_since FROM mentees WHERE id = $1", house.row("moving_mentee"))
    given = {"matchId": house.id("moving_match"), "reason": "We are too far apart."}
    allowed = given | {"sameMentorAllowed": True}
    await _refused(api, house, "guide", "requestRematch", allowed, "Only the mentee says")
    done = await api.done(house.secrets["guide"], "requestRematch", given, "status mentee { status }")
    assert done == {"status": "CLOSURE_IN_PROCESS", "mentee": {"status": "WAITING"}}
    after = await superuser.fetchval("SELECT waiting_since FROM mentees WHERE id = $1", house.row("moving_mentee"))
    assert after == before  # their place in the queue
    # The mentee does not read who asked or why; the coordinator does
    query = "query($id: ID!) { match(id: $id) { closure { rematchRequest { reason } } } }"
    theirs = await api.data(house.secrets["moving_mentee"], query, id=given["matchId"])
    assert theirs["match"]["closure"] is None
    read = await api.data(house.secrets["coordinator"], query, id=given["matchId"])
    assert read["match"]["closure"]["rematchRequest"]["reason"] == "We are too far apart."


async def test_of_two_verbs_at_once_one_wins_and_one_is_told(api: Api, house: House, superuser: Connection) -> None:
    match = {"matchId": house.id("match")}
    asked = [
        api.mutate(house.secrets["mentee"], "requestRematch", match),
        api.mutate(house.secrets["mentor"], "startClosure", match | {"type": "MUTUAL"}),
        api.mutate(house.secrets["coordinator"], "closeMatch", match | {"reason": "OTHER"}),
    ]
    payloads = await asyncio.gather(*asked)
    assert [error["code"] for p in payloads for error in p["errors"]].count("ILLEGAL_STATE") >= 1
    closures = await superuser.fetchval("SELECT count(*) FROM closures WHERE match_id = $1", house.row("match"))
    assert closures <= 1
    assert sum(p["result"] is not None for p in payloads[:2]) == closures


async def test_monitoring_contacts(api: Api, house: House, workplace: Workplace, superuser: Connection) -> None:
    query = (
        "query($m: ID!) { match(id: $m) { monitoringContacts(first: 20, orderBy: SOONEST)"
        " { nodes { id side number dueAt status quality } } } }"
    )

    async def planned(who: str = "coordinator") -> list[Any]:
        read = await api.data(house.secrets[who], query, m=house.id("match"))
        nodes: list[Any] = read["match"]["monitoringContacts"]["nodes"]
        return nodes

    # One is planned with each of the two, in the first fortnight; neither of the two may read it
    contacts = await planned()
    first = sorted((c["side"], c["number"], c["status"]) for c in contacts)
    assert first == [("MENTEE", 1, "DUE"), ("MENTOR", 1, "DUE")]
    assert "monitoring.read" in str(await api(house.secrets["mentor"], query, m=house.id("match")))
    mentees = next(c for c in contacts if c["side"] == "MENTEE")
    given = {"contactId": mentees["id"], "format": "PHONE", "quality": 2, "concern": True, "note": "They miss calls."}
    await _refused(api, house, "supervisor", "recordMonitoringContact", given | {"quality": 6}, "1 to 5")
    await api.done(house.secrets["supervisor"], "recordMonitoringContact", given)
    await _refused(api, house, "supervisor", "recordMonitoringContact", given, "DONE")
    assert len(await _tasks(superuser, house, "MONITORING_CONCERN")) == 1
    # A fact says that it was made, not what was confided: a coordinator who is one of the two reads facts as well
    told = (
        "SELECT data FROM facts WHERE organisation_id = $1 AND kind = 'monitoring.done' ORDER BY sequence DESC LIMIT 1"
    )
    assert await superuser.fetchval(told, house.organisation_id) == '{"side": "MENTEE"}'
    following = [c for c in await planned() if c["side"] == "MENTEE"]
    assert [(c["number"], c["status"]) for c in following] == [(1, "DONE"), (2, "DUE")]
    # The mentor's is not made: it is missed once the time of grace is over, with a task, once
    due = datetime.fromisoformat(next(c["dueAt"] for c in contacts if c["side"] == "MENTOR"))
    await _later(workplace, house, come_round, at=due + timedelta(days=6))
    assert (await _tasks(superuser, house, "MONITORING_MISSED")) == []
    for _ in range(2):
        await _later(workplace, house, come_round, at=due + timedelta(days=8))
    theirs = [c for c in await planned() if c["side"] == "MENTOR"]
    assert [c["status"] for c in theirs] == ["MISSED", "DUE"]
    missed = await superuser.fetch(
        "SELECT status FROM tasks WHERE kind = 'MONITORING_MISSED' AND about_id IN"
        " (SELECT id FROM monitoring_contacts WHERE match_id = $1)",
        house.row("match"),
    )
    assert [row["status"] for row in missed] == ["OPEN"]
    # It can be made up for; when the match closes nothing is due any more
    late = {"contactId": theirs[0]["id"], "format": "PHONE", "quality": 4}
    await api.done(house.secrets["coordinator"], "recordMonitoringContact", late)
    await api.done(house.secrets["coordinator"], "closeMatch", {"matchId": house.id("match"), "reason": "MOVED"})
    await _later(workplace, house, plan_contacts, match_id=house.row("match"))
    assert {c["status"] for c in await planned()} == {"DONE", "NOT_NEEDED"}


async def test_how_a_relationship_does(api: Api, house: House, workplace: Workplace, superuser: Connection) -> None:
    query = "query($m: ID!) { match(id: $m) { health { level codes sentences } } }"

    async def health() -> Any:
        return (await api.data(house.secrets["supervisor"], query, m=house.id("match")))["match"]["health"]

    now = datetime.now(UTC)
    await _later(workplace, house, settle_health, at=now)
    assert await health() == {"level": "GREEN", "codes": [], "sentences": []}
    assert "relationship_health.read" in str(await api(house.secrets["mentor"], query, m=house.id("match")))
    # Three weeks without a meeting are AMBER, five are RED, which is a task for the supervisor, once
    await _later(workplace, house, settle_health, at=now + timedelta(days=22))
    assert (await health())["level"] == "AMBER"
    for _ in range(2):
        await _later(workplace, house, settle_health, at=now + timedelta(days=40))
    found = await health()
    assert (found["level"], found["codes"]) == ("RED", ["NOT_MET"])
    assert "Days since the two met" in found["sentences"][0]
    of_match = "SELECT status FROM tasks WHERE kind = 'AT_RISK' AND about_id = $1"
    assert [row["status"] for row in await superuser.fetch(of_match, house.row("match"))] == ["OPEN"]
    changes = await superuser.fetch(
        "SELECT data FROM facts WHERE kind = 'match.health_changed' AND subject_id = $1 ORDER BY sequence",
        house.row("match"),
    )
    assert len(changes) == 2
    # A list of what is RED, for whoever looks after it
    red = "{ relationshipHealth(first: 50, filter: {level: [RED]}) { nodes { match { id } } } }"
    listed = (await api.data(house.secrets["coordinator"], red))["relationshipHealth"]["nodes"]
    assert {"match": {"id": house.id("match")}} in listed
    elsewhere = (await api.data(house.secrets["other_coordinator"], red))["relationshipHealth"]["nodes"]
    assert {"match": {"id": house.id("match")}} not in elsewhere
    # What rests is not looked at, and the task is done
    await api.done(house.secrets["mentee"], "pauseMatch", {"matchId": house.id("match")})
    await _later(workplace, house, settle_health_of, match_id=house.row("match"))
    assert await health() is None
    assert [row["status"] for row in await superuser.fetch(of_match, house.row("match"))] == ["DONE"]


async def test_meetings_that_fall_through_stand_out(api: Api, house: House, workplace: Workplace) -> None:
    for days in (3, 4):
        given = {"matchId": house.id("match"), "startsAt": ahead(days=days), "format": "PHONE"}
        meeting = (await api.done(house.secrets["mentor"], "arrangeMeeting", given))["id"]
        await api.done(house.secrets["mentee"], "cancelMeeting", {"meetingId": meeting})
    await _later(workplace, house, settle_health)
    query = "query($m: ID!) { match(id: $m) { health { level codes } } }"
    read = await api.data(house.secrets["coordinator"], query, m=house.id("match"))
    assert read["match"]["health"] == {"level": "AMBER", "codes": ["MEETINGS_FELL_THROUGH"]}


async def test_lists_by_mentor_and_mentee(api: Api, house: House) -> None:
    query = "query($f: MatchFilter) { matches(first: 50, filter: $f) { nodes { id } } }"
    token = house.secrets["coordinator"]
    of_guide = (await api.data(token, query, f={"mentorId": house.id("guide")}))["matches"]["nodes"]
    assert len(of_guide) == 4
    of_mentee = (await api.data(token, query, f={"menteeId": house.id("moving_mentee")}))["matches"]["nodes"]
    assert of_mentee == [{"id": house.id("moving_match")}]
    roots = ("mentor", "mentee", "meeting", "goal", "proposal", "person", "programme")
    named = ("mentor", "mentee", "held_meeting", "goal", "offer", "mentor.person", "programme")
    for root, name in zip(roots, named, strict=True):
        read = await api.data(
            house.secrets["admin"], f"query($id: ID!) {{ {root}(id: $id) {{ id }} }}", id=house.id(name)
        )
        assert read[root]["id"] == house.id(name)

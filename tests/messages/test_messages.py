"""Messages: who is in a thread, that nobody else reads it, and what happens on an incident."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kith.ground.actor import service
from kith.messages.incident import end_incident_reading
from kith.messages.sending import tell_of_message
from tenants.work import Workplace
from tests.acts import Acts
from tests.conftest import Api
from tests.world import Building, Connection, House, build_house

THREADS = (
    "{ threads(first: 9) { nodes { id kind status readMarks { unread }"
    " messages(first: 20, orderBy: OLDEST) { nodes { body author { id } } } } } }"
)


@pytest.fixture
async def house(workplace: Workplace, superuser: Connection, request: pytest.FixtureRequest) -> House:
    """A house of the test's own."""
    name = request.node.name.removeprefix("test_")[:40].replace("_", "-").strip("-")
    return await build_house(workplace, superuser, "Words", f"words-{name}")


async def threads(api: Api, house: House, who: str) -> dict[str, Any]:
    """The threads that somebody sees, by kind."""
    return {each["kind"]: each for each in (await Acts(api, house, who).sees(THREADS))["threads"]["nodes"]}


async def say(api: Api, house: House, who: str, kind: str, body: str) -> str:
    """Send a message about the match."""
    given = {"matchId": house.id("match"), "kind": kind, "body": body}
    return str((await Acts(api, house, who).does("sendMessage", **given))["id"])


async def test_only_those_in_a_thread_see_it(api: Api, house: House) -> None:
    await say(api, house, "mentor", "MENTOR_COORDINATOR", "I need advice.")
    assert set(await threads(api, house, "mentor")) == {"PAIR", "MENTOR_COORDINATOR"}
    assert set(await threads(api, house, "mentee")) == {"PAIR", "MENTEE_COORDINATOR"}
    assert set(await threads(api, house, "coordinator")) == {"MENTOR_COORDINATOR", "MENTEE_COORDINATOR"}
    for who in ("other_coordinator", "second_mentor", "waiting_mentee"):
        assert await threads(api, house, who) == {}
    admin = await threads(api, house, "admin")  # who opened the family's thread on an incident, and sees no other
    assert [each["messages"]["nodes"][0]["body"] for each in admin.values()] == ["Hello, Words."]
    for who in ("supervisor", "analyst", "partner"):
        refused = await api(house.secrets[who], THREADS)
        assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_nobody_writes_in_a_thread_they_are_not_in(api: Api, house: House) -> None:
    for who, kind in (("mentor", "MENTEE_COORDINATOR"), ("mentee", "MENTOR_COORDINATOR"), ("coordinator", "PAIR")):
        given = {"matchId": house.id("match"), "kind": kind, "body": "Hello?"}
        assert (await Acts(api, house, who).refused("sendMessage", **given))[0] == "NOT_FOUND"
    code, _, path = await Acts(api, house, "mentor").refused(
        "sendMessage", matchId=house.id("match"), kind="PAIR", body="x" * 4001
    )
    assert (code, path) == ("INVALID", ["body"])


async def test_what_is_unread_is_counted_for_each_and_told_once(
    api: Api, house: House, workplace: Workplace, superuser: Connection
) -> None:
    mentee = Acts(api, house, "mentee")
    await mentee.does("markThreadRead", threadId=house.id("thread"))
    for body in ("One", "Two", "Three"):
        await say(api, house, "mentor", "PAIR", body)
    assert (await threads(api, house, "mentee"))["PAIR"]["readMarks"] == [{"unread": 3}]
    assert (await threads(api, house, "mentor"))["PAIR"]["readMarks"] == [{"unread": 0}]

    async def letters() -> list[Any]:
        return list(
            await superuser.fetch(
                "SELECT subject, body FROM letters WHERE organisation_id = $1 AND kind = 'message.awaits'"
                " AND person_id = $2 ORDER BY written_at",
                house.organisation_id,
                house.people["mentee"],
            )
        )

    before = len(await letters())
    building = Building(workplace, house)
    building.clock = datetime.now(UTC)
    await building.later()
    told = (await letters())[before:]
    assert len(told) == 1  # of three messages, and it says nothing of them
    assert (told[0]["subject"], "mentor" in told[0]["body"]) == ("Something awaits you", False)
    await mentee.does("markThreadRead", threadId=house.id("thread"))
    assert (await threads(api, house, "mentee"))["PAIR"]["readMarks"] == [{"unread": 0}]
    # Whoever reads before the letter goes gets none
    await say(api, house, "mentor", "PAIR", "Four")
    await mentee.does("markThreadRead", threadId=house.id("thread"))
    mark = await superuser.fetchval(
        "SELECT id FROM read_marks WHERE organisation_id = $1 AND person_id = $2 AND thread_id = $3",
        house.organisation_id,
        house.people["mentee"],
        house.row("thread"),
    )
    async with workplace.writing(service(house.organisation_id, (tell_of_message.needs,))) as work:
        await tell_of_message(work, mark)
    assert len(await letters()) == before + 1


async def test_two_who_write_first_at_once_begin_one_thread(api: Api, house: House, superuser: Connection) -> None:
    both = [say(api, house, who, "MENTOR_COORDINATOR", who) for who in ("mentor", "coordinator")]
    await asyncio.gather(*both)
    (thread,) = await superuser.fetch(
        "SELECT id FROM threads WHERE organisation_id = $1 AND kind = 'MENTOR_COORDINATOR'", house.organisation_id
    )
    assert await superuser.fetchval("SELECT count(*) FROM messages WHERE thread_id = $1", thread["id"]) == 2


async def test_a_question_to_who_coordinates_is_a_task_until_it_is_answered(
    api: Api, house: House, superuser: Connection
) -> None:
    async def tasks() -> list[str]:
        rows = await superuser.fetch(
            "SELECT status FROM tasks WHERE organisation_id = $1 AND kind = 'message.answer'", house.organisation_id
        )
        return [row["status"] for row in rows]

    assert await tasks() == ["OPEN"]
    await say(api, house, "mentee", "MENTEE_COORDINATOR", "And another thing")
    assert await tasks() == ["OPEN"]
    await say(api, house, "coordinator", "MENTEE_COORDINATOR", "I will ring you")
    assert await tasks() == ["DONE"]


async def test_a_thread_is_read_and_takes_nothing_more_once_the_match_has_closed(
    api: Api, house: House, workplace: Workplace
) -> None:
    coordinator, asked = Acts(api, house, "coordinator"), house.id("coordinators_thread")
    code, said, _ = await coordinator.refused("closeThread", threadId=asked)
    assert (code, said) == ("ILLEGAL_STATE", "Their match is not closed: this thread is how they reach you.")
    await coordinator.does("closeMatch", matchId=house.id("match"), reason="MOVED")
    for who in ("mentor", "mentee"):
        given = {"matchId": house.id("match"), "kind": "PAIR", "body": "Are you there?"}
        code, said, _ = await Acts(api, house, who).refused("sendMessage", **given)
        assert (code, said) == ("ILLEGAL_STATE", "This match has ended: write to who coordinates it.")
    building = Building(workplace, house)
    building.clock = datetime.now(UTC)
    await building.later()
    shown = await threads(api, house, "mentee")
    assert (shown["PAIR"]["status"], shown["MENTEE_COORDINATOR"]["status"]) == ("CLOSED", "OPEN")
    assert shown["PAIR"]["messages"]["nodes"][0]["body"] == "Hello from Words."
    await say(api, house, "mentee", "MENTEE_COORDINATOR", "Thank you for everything")
    assert (await coordinator.does("closeThread", "status", threadId=asked)) == {"status": "CLOSED"}
    given = {"matchId": house.id("match"), "kind": "MENTEE_COORDINATOR", "body": "One more thing"}
    assert (await Acts(api, house, "mentee").refused("sendMessage", **given))[1] == (
        "This thread is closed; it can still be read."
    )


async def test_a_stop_for_safety_stops_messages_at_once_and_leaves_the_way_to_who_coordinates(
    api: Api, house: House
) -> None:
    mentee = Acts(api, house, "mentee")
    await mentee.does("safetyStop", matchId=house.id("match"))
    for who in ("mentor", "mentee"):
        given = {"matchId": house.id("match"), "kind": "PAIR", "body": "Hello?"}
        code, said, _ = await Acts(api, house, who).refused("sendMessage", **given)
        assert (code, said) == ("ILLEGAL_STATE", "This match rests: write to who coordinates it.")
    await say(api, house, "mentee", "MENTEE_COORDINATOR", "Please ring me")


async def test_on_an_incident_one_member_of_staff_reads_and_the_two_see_it(
    api: Api, house: House, workplace: Workplace, superuser: Connection
) -> None:
    coordinator, given = Acts(api, house, "coordinator"), {"matchId": house.id("match"), "kind": "PAIR"}
    assert (await coordinator.sees(f'{{ thread(id: "{house.id("thread")}") {{ id }} }}'))["thread"] is None
    code, _, path = await coordinator.refused("openThreadForIncident", reason=" ", **given)
    assert (code, path) == ("INVALID", ["reason"])
    opening = await coordinator.does("openThreadForIncident", reason="A worry was reported", **given)
    assert "PAIR" in await threads(api, house, "coordinator")
    await say(api, house, "mentor", "PAIR", "Written meanwhile")
    bodies = [each["body"] for each in (await threads(api, house, "coordinator"))["PAIR"]["messages"]["nodes"]]
    assert bodies == ["Hello from Words.", "Written meanwhile"]
    # The two see who, when and why; another administrator still does not read it, nor may open it meanwhile
    query = "{ threadOpenings(first: 5) { nodes { reason openedBy { id } endedAt thread { kind } } } }"
    for who in ("mentor", "mentee"):
        (seen,) = (await Acts(api, house, who).sees(query))["threadOpenings"]["nodes"]
        assert (seen["reason"], seen["endedAt"]) == ("A worry was reported", None)
    admin = Acts(api, house, "admin")
    assert (await admin.sees(f'{{ thread(id: "{house.id("thread")}") {{ id }} }}'))["thread"] is None
    assert (await admin.refused("openThreadForIncident", reason="Me too", **given))[0] == "CONFLICT"
    # It ends by hand, and otherwise by itself
    await coordinator.does("closeIncidentReading", openingId=opening["id"])
    assert "PAIR" not in await threads(api, house, "coordinator")
    assert (await coordinator.refused("closeIncidentReading", openingId=opening["id"]))[0] == "CONFLICT"
    again = await coordinator.does("openThreadForIncident", reason="Once more", **given)
    row = again["id"].rpartition("_")[2]
    due = await superuser.fetchval("SELECT max(due_at) FROM outbox WHERE arguments->>'opening_id' = $1", row)
    assert timedelta(days=13) < due - datetime.now(UTC) < timedelta(days=15)
    async with workplace.writing(service(house.organisation_id, (end_incident_reading.needs,))) as work:
        await end_incident_reading(work, row)
    assert "PAIR" not in await threads(api, house, "coordinator")
    facts = await superuser.fetch(
        "SELECT kind FROM facts WHERE organisation_id = $1 AND subject_type = 'ThreadOpening' AND programme_id = $2"
        " ORDER BY sequence",
        house.organisation_id,
        house.row("programme"),
    )
    assert [fact["kind"] for fact in facts] == ["thread.opened_for_incident", "thread.incident_ended"] * 2


async def test_coordinators_do_not_learn_from_facts_who_wrote_when(api: Api, house: House) -> None:
    await say(api, house, "mentor", "PAIR", "See you on Tuesday.")
    facts = "{ facts(first: 100) { nodes { kind } } }"
    seen = {who: (await Acts(api, house, who).sees(facts))["facts"]["nodes"] for who in ("admin", "coordinator")}
    assert "message.sent" in {each["kind"] for each in seen["admin"]}
    assert not {"message.sent", "thread.read"} & {each["kind"] for each in seen["coordinator"]}
    assert len(seen["coordinator"]) == 100

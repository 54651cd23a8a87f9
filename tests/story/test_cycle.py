"""The main job, end to end: a mentoring cycle through the public API, with real workers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from infra.app import application
from kith.ground.actor import operator
from kith.ground.settings import Settings
from kith.people.person import NewPerson
from tenants.provisioning import provision_organisation
from tenants.work import Workplace

Ask = Callable[..., Awaitable[dict[str, Any]]]
PROFILE = {
    "languages": ["ga", "en"],
    "formats": ["PHONE", "IN_PERSON"],
    "availability": [{"weekday": "TUESDAY", "starts": "18:00", "ends": "21:00"}],
    "pathway": "SMART",
}


@pytest.fixture
async def ask(settings: Settings) -> AsyncIterator[Ask]:
    """Asks the service, workers included, as whoever holds a token; a refusal fails the test."""
    app = application(settings, workers=True)
    transport = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://kith") as client,
    ):

        async def run(token: str, query: str, **variables: Any) -> dict[str, Any]:
            answer = await client.post(
                "/graphql",
                json={"query": query, "variables": variables},
                headers={"authorization": f"Bearer {token}"},
            )
            body: dict[str, Any] = answer.json()
            assert "errors" not in body, body
            return body["data"]  # type: ignore[no-any-return]

        yield run


async def do(ask: Ask, token: str, mutation: str, selection: str, **given: Any) -> Any:
    """Do one thing and give its result."""
    title = mutation[0].upper() + mutation[1:]
    payload_of = f"{{ result {{ {selection} }} errors {{ code message path }} }}"
    query = f"mutation Do($input: {title}Input!) {{ {mutation}(input: $input) {payload_of} }}"
    payload = (await ask(token, query, input=given))[mutation]
    assert payload["errors"] == []
    return payload["result"]


async def until(ask: Ask, token: str, query: str, done: Callable[[Any], bool], **variables: Any) -> Any:
    """What the query answers once a worker has done its part."""
    for _ in range(100):
        found = await ask(token, query, **variables)
        if done(found):
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"no worker did this: {found}")


async def test_a_mentoring_cycle(ask: Ask, workplace: Workplace) -> None:
    # Given an organisation with a programme, its coordinator, and two new people
    admin = await _provisioned(workplace)
    programme = (await do(ask, admin, "openProgramme", "id", name="One to one"))["id"]
    cora = await do(
        ask,
        admin,
        "giveRole",
        "person { id }",
        role={"role": "COORDINATOR", "programmeId": programme},
        person={"name": "Cora", "timeZone": "Europe/Dublin"},
    )
    coordinator = await _token(ask, admin, cora["person"]["id"])
    mara, tess = await _mentor(ask, coordinator, programme), await _mentee(ask, coordinator, programme)

    # When a run is computed by a worker and published
    run = (await do(ask, coordinator, "startMatchRun", "id", programmeId=programme))["id"]
    found = await until(
        ask,
        coordinator,
        "query Run($id: ID!) { matchRun(id: $id) { status gap proposals(first: 9) { nodes { id mentor { name } mentee"
        " { name } reasons { points contributions { points maximum sentence } } } } } }",
        lambda data: data["matchRun"]["status"] == "PROPOSED",
        id=run,
    )
    (proposal,) = found["matchRun"]["proposals"]["nodes"]
    assert (proposal["mentor"]["name"], proposal["mentee"]["name"]) == ("Mara", "Tess")
    assert sum(c["points"] for c in proposal["reasons"]["contributions"]) == proposal["reasons"]["points"] > 0
    assert all(c["sentence"] for c in proposal["reasons"]["contributions"])
    await do(ask, coordinator, "publishMatchRun", "status", runId=run)

    # And both accept, the mentee first
    mentor, mentee = await _token(ask, coordinator, mara), await _token(ask, coordinator, tess)
    assert (await ask(mentor, "{ proposals(first: 5) { totalCount } }"))["proposals"]["totalCount"] == 0
    first = await do(ask, mentee, "acceptProposal", "status match { id }", proposalId=proposal["id"])
    assert first == {"status": "OFFERED_MENTOR", "match": None}
    second = await do(ask, mentor, "acceptProposal", "status match { id status }", proposalId=proposal["id"])
    match = second["match"]["id"]
    assert second["match"]["status"] == "ACTIVE"

    # Then they meet, are reminded, and what came of it is recorded
    soon = datetime.now(UTC) + timedelta(seconds=2)
    meeting = (await do(ask, mentor, "arrangeMeeting", "id", matchId=match, startsAt=soon.isoformat(), format="PHONE"))[
        "id"
    ]
    letters = await until(
        ask,
        mentee,
        "{ letters(first: 9) { nodes { kind subject body sentAt } } }",
        lambda data: any(n["kind"] == "meeting.reminder" and n["sentAt"] for n in data["letters"]["nodes"]),
    )
    reminder = next(n for n in letters["letters"]["nodes"] if n["kind"] == "meeting.reminder")
    assert "Tess" in reminder["body"]
    assert not {"recovery", "mentor", "kith"} & set((reminder["subject"] + reminder["body"]).lower().split())
    goal = (await do(ask, mentee, "setGoal", "id", matchId=match, title="A place of my own", domain="HOUSING"))["id"]
    await asyncio.sleep(max(0, (soon - datetime.now(UTC)).total_seconds()) + 0.1)
    held = await do(
        ask, mentor, "recordAttendance", "status attendances { came }", meetingId=meeting, present=[mara, tess]
    )
    assert held == {"status": "HELD", "attendances": [{"came": True}, {"came": True}]}
    await do(ask, mentor, "recordProgress", "status", goalId=goal, score=4)
    answers = {"feltHeard": 5, "talkedAboutWhatMatters": 4, "helpful": 5, "rightPace": 4}
    await do(ask, mentee, "giveFeedback", "id", meetingId=meeting, **answers)

    # And a worker computes the figures
    await do(ask, coordinator, "refreshEvaluation", "id", programmeId=programme)
    figures = await until(
        ask,
        coordinator,
        "{ evaluationRollups(first: 20) { nodes { indicator value people } } }",
        lambda data: len(data["evaluationRollups"]["nodes"]) == 5,
    )
    assert {n["indicator"]: n["value"] for n in figures["evaluationRollups"]["nodes"]} == {
        "ATTENDANCE_RATE": "1.0000",
        "FEEDBACK_MEAN": "4.5000",
        "MATCHES_BEGUN": "1.0000",
        "MEETINGS_HELD": "1.0000",
        "PROGRESS_MEAN": "4.0000",
    }
    jobs = await ask(admin, "{ jobs(first: 50) { nodes { operation failedAt error } } }")
    assert [j for j in jobs["jobs"]["nodes"] if j["failedAt"] or j["error"]] == []


async def _provisioned(workplace: Workplace) -> str:
    async with workplace.writing(operator()) as work:
        provisioned = await provision_organisation(
            work,
            slug=f"story-{uuid4().hex[:12]}",
            name="Storytellers",
            time_zone="Europe/Dublin",
            admin=NewPerson("Ada", "Europe/Dublin"),
        )
    return provisioned.secret


async def _token(ask: Ask, by: str, person: str) -> str:
    secret: str = (await do(ask, by, "issueToken", "secret", personId=person))["secret"]
    return secret


async def _mentor(ask: Ask, coordinator: str, programme: str) -> str:
    mentor = await do(
        ask,
        coordinator,
        "registerMentor",
        "person { id }",
        programmeId=programme,
        person={"name": "Mara", "timeZone": "Europe/Dublin", "email": "mara@example.org"},
        profile=PROFILE,
        offer={"helpsWith": ["HOUSING"], "capacity": 1},
        trainedOn="2026-01-15",
    )
    person: str = mentor["person"]["id"]
    return person


async def _mentee(ask: Ask, coordinator: str, programme: str) -> str:
    mentee = await do(
        ask,
        coordinator,
        "registerMentee",
        "person { id }",
        programmeId=programme,
        person={"name": "Tess", "timeZone": "Europe/Dublin", "email": "tess@example.org"},
        profile=PROFILE,
        needs=[{"domain": "HOUSING", "severity": 2}],
        goals=["A place of my own"],
    )
    person: str = mentee["person"]["id"]
    return person

"""What mentors do in public, the consent without which no story is told, and recognition."""

from datetime import timedelta
from typing import Any

import pytest

from kith.culture.outreach import (
    Outreach,
    OutreachKind,
    StoryConsent,
    cancel_outreach,
    consent_to_story,
    finish_outreach,
    plan_outreach,
    report_outreach,
    withdraw_story_consent,
)
from kith.culture.recognition import Milestone, Recognition, recognise
from kith.goals.goal import record_progress
from kith.ground.errors import Conflict, Forbidden, IllegalState, Invalid, NotFound
from tests.conftest import Api
from tests.culture.conftest import Culture
from tests.world import Connection


async def _plan(
    culture: Culture, kind: OutreachKind = OutreachKind.TALK, who: str = "mentor", **other: Any
) -> Outreach:
    given = {"kind": kind, "title": "An evening", "at": culture.clock + timedelta(days=1)} | other
    return await culture.does(who, plan_outreach, culture.house.row("mentor"), **given)


async def test_a_talk_is_planned_held_and_reported_and_its_time_is_credited(culture: Culture, api: Api) -> None:
    talk, mentor = await _plan(culture), culture.house.secrets["mentor"]
    asked = "query($f: OutreachFilter) { outreachByMonth(filter: $f) { kind minutes } }"
    before = await _minutes(api, mentor, asked, culture)
    with pytest.raises(IllegalState, match="PLANNED, not DONE"):
        await culture.does("mentor", report_outreach, talk.id, minutes=60, remark="Good.")
    with pytest.raises(IllegalState, match="still to come"):
        await culture.does("mentor", finish_outreach, talk.id)
    culture.clock = culture.now + timedelta(days=1, hours=2)
    done = await culture.does("mentor", finish_outreach, talk.id, audience_size=40)
    assert done.status == "DONE"
    with pytest.raises(IllegalState, match="DONE, not PLANNED"):
        await culture.does("mentor", cancel_outreach, talk.id)
    with pytest.raises(Invalid) as refused:
        await culture.does("mentor", report_outreach, talk.id, minutes=0, remark="Good.")
    assert refused.value.path == ("minutes",)
    reported = await culture.does("mentor", report_outreach, talk.id, minutes=75, remark="Three asked how to begin.")
    assert (reported.status, reported.minutes) == ("REPORTED", 75)
    assert await _minutes(api, mentor, asked, culture) == before + 75


async def _minutes(api: Api, token: str, asked: str, culture: Culture) -> int:
    found = await api.data(token, asked, f={"mentorId": culture.house.id("mentor")})
    return sum(group["minutes"] for group in found["outreachByMonth"])


async def test_a_story_needs_the_persons_own_consent(culture: Culture) -> None:
    house = culture.house
    with pytest.raises(IllegalState, match="has not consented"):
        await _plan(culture, OutreachKind.STORY, story_of_id=house.people["mentee"])
    consent = await culture.does("mentee", consent_to_story, limits="No town.")
    with pytest.raises(Conflict, match="consented already"):
        await culture.does("mentee", consent_to_story)
    first = await _plan(culture, OutreachKind.STORY, story_of_id=house.people["mentee"])
    held = await _plan(culture, OutreachKind.STORY, story_of_id=house.people["mentee"], at=culture.clock)
    talk = await _plan(culture)
    await culture.does("mentor", finish_outreach, held.id)
    assert first.id in await culture.seen("mentee", Outreach)  # whose story it is knows of it
    assert consent.id in await culture.seen("mentor", StoryConsent)
    assert consent.id not in await culture.seen("other_mentor", StoryConsent)
    with pytest.raises(NotFound):
        await culture.does("mentor", withdraw_story_consent, consent.id)
    await culture.does("mentee", withdraw_story_consent, consent.id)
    with pytest.raises(IllegalState, match="already"):
        await culture.does("mentee", withdraw_story_consent, consent.id)
    states = {}
    async with culture.as_service() as work:
        for each in (first, held, talk):
            states[each.id] = (await work.rows(Outreach, Outreach.id == each.id))[0].status
    assert states == {first.id: "CANCELLED", held.id: "DONE", talk.id: "PLANNED"}
    with pytest.raises(IllegalState, match="has withdrawn"):
        await _plan(culture, OutreachKind.STORY, story_of_id=house.people["mentee"])
    again = await culture.does("mentee", consent_to_story)
    assert again.id != consent.id
    assert (await _plan(culture, OutreachKind.STORY, story_of_id=house.people["mentee"])).status == "PLANNED"


async def test_only_a_story_is_somebodys(culture: Culture) -> None:
    with pytest.raises(Invalid, match="Only a STORY"):
        await _plan(culture, story_of_id=culture.house.people["mentee"])


async def test_a_supervisor_and_another_mentor_do_not_plan_for_a_mentor(culture: Culture) -> None:
    with pytest.raises(Forbidden):
        await _plan(culture, who="supervisor")
    with pytest.raises(NotFound):
        await _plan(culture, who="second_mentor")
    planned = await _plan(culture)
    assert planned.id in await culture.seen("supervisor", Outreach)
    assert planned.id not in await culture.seen("mentee", Outreach)


async def test_a_goal_that_was_reached_is_recognised_once_and_seen_by_the_person(
    culture: Culture, superuser: Connection
) -> None:
    house = culture.house
    mentee, goal_id = house.people["mentee"], house.row("goal")
    given: dict[str, Any] = {
        "milestone": Milestone.GOAL_REACHED,
        "words": "You have your own door.",
        "goal_id": goal_id,
    }
    with pytest.raises(IllegalState, match="not ACHIEVED"):
        await culture.does("mentor", recognise, mentee, **given)
    await culture.does("mentor", record_progress, goal_id=goal_id, score=10)
    recognised = await culture.does("mentor", recognise, mentee, **given)
    with pytest.raises(Conflict, match="already"):
        await culture.does("coordinator", recognise, mentee, **given)
    assert recognised.id in await culture.seen("mentee", Recognition)
    assert recognised.id not in await culture.seen("waiting_mentee", Recognition)
    letters = await superuser.fetch("SELECT person_id FROM letters WHERE about_id = $1", recognised.id)
    assert [str(row["person_id"]) for row in letters] == [str(mentee)]


async def test_months_together_are_as_many_as_they_were(culture: Culture) -> None:
    mentee, match_id = culture.house.people["mentee"], culture.house.row("match")
    given: dict[str, Any] = {
        "milestone": Milestone.MONTHS_TOGETHER,
        "match_id": match_id,
        "number": 3,
        "words": "Three months.",
    }
    with pytest.raises(IllegalState, match="for 3 months"):
        await culture.does("mentor", recognise, mentee, **given)
    with pytest.raises(Invalid, match="which match"):
        await culture.does("mentor", recognise, mentee, **(given | {"match_id": None}))
    with pytest.raises(Invalid) as refused:
        await culture.does("mentor", recognise, mentee, **(given | {"number": 0}))
    assert refused.value.path == ("number",)
    culture.clock = culture.now + timedelta(days=90)
    assert (await culture.does("mentor", recognise, mentee, **given)).number == 3


async def test_nobody_recognises_themselves(culture: Culture) -> None:
    with pytest.raises(Forbidden, match="Somebody else"):
        await culture.does(
            "mentor", recognise, culture.house.people["mentor"], milestone=Milestone.HOURS_GIVEN, number=5, words="Me."
        )

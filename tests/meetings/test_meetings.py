"""Meetings: arranged, confirmed, moved, cancelled, missed, and followed up."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from kith.ground.errors import Conflict, Forbidden, IllegalState, Invalid, NotFound, Refused
from kith.ground.permissions import Role
from kith.matching.pausing import pause_match
from kith.meetings.attendance import Attendance, record_attendance, record_no_show
from kith.meetings.follow_up import FollowUpOwner, FollowUpStatus, finish_follow_up, note_follow_up
from kith.meetings.meeting import (
    CancelledBy,
    CancelReason,
    Meeting,
    MeetingGoal,
    MeetingMove,
    MeetingStatus,
    MissedBy,
    arrange_meeting,
    cancel_meeting,
    confirm_meeting,
    edit_meeting,
    move_meeting,
)
from kith.people.absence import Absence, say_absence, withdraw_absence
from kith.people.profile import Format
from kith.programmes import PlaceType, edit_programme
from kith.tasks import Task, TaskStatus
from tests.meetings.conftest import Stage

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


async def arranged(stage: Stage, by: str = "mentor", *, after: timedelta = 3 * DAY, **more: Any) -> Meeting:
    """A meeting to come in the match of mentor and mentee."""
    given: dict[str, Any] = {"starts_at": stage.clock + after, "format": Format.PHONE} | more
    return await stage.done(by, arrange_meeting, stage.house.row("match"), **given)


async def test_the_other_side_confirms_and_a_move_asks_them_again(stage: Stage) -> None:
    meeting = await arranged(stage)
    with pytest.raises(IllegalState, match="You arranged this meeting"):
        await stage.does("mentor", confirm_meeting, meeting.id)
    assert (await stage.does("mentee", confirm_meeting, meeting.id)).status == MeetingStatus.CONFIRMED
    with pytest.raises(IllegalState, match="CONFIRMED, not ARRANGED"):
        await stage.does("mentee", confirm_meeting, meeting.id)
    moved = await stage.does("mentee", move_meeting, meeting.id, starts_at=meeting.starts_at + HOUR)
    assert moved.status == MeetingStatus.ARRANGED
    assert (await stage.does("mentor", confirm_meeting, meeting.id)).status == MeetingStatus.CONFIRMED
    with pytest.raises(Forbidden):
        await stage.does("coordinator", confirm_meeting, meeting.id)


async def test_a_move_keeps_where_it_was_and_tells_the_other_side_once(stage: Stage) -> None:
    meeting = await arranged(stage)
    later = meeting.starts_at + 2 * DAY
    await stage.done("mentor", move_meeting, meeting.id, starts_at=later, minutes=30)
    async with stage.looking() as work:
        (move,) = await work.acting(Meeting.READ).all(MeetingMove, MeetingMove.meeting_id == meeting.id)
        now = await work.acting(Meeting.READ).get(Meeting, meeting.id)
    assert (move.moved_from, move.moved_to, move.moved_by_id) == (
        meeting.starts_at,
        later,
        stage.house.people["mentor"],
    )
    assert (now.starts_at, now.ends_at) == (later, later + timedelta(minutes=30))
    (letter,) = await stage.letters("mentee", "meeting.moved")
    assert f"10 June {stage.began.year} at 10:00" in letter.body
    assert f"12 June {stage.began.year} at 10:00" in letter.body
    assert await stage.letters("mentor", "meeting.moved") == []


@pytest.mark.parametrize(
    ("by", "before", "who", "late"),
    [
        ("mentor", 5 * HOUR, CancelledBy.MENTOR, True),
        ("mentee", 25 * HOUR, CancelledBy.MENTEE, False),
        ("coordinator", 3 * DAY, CancelledBy.STAFF, False),
    ],
)
async def test_a_cancellation_says_by_whom_how_late_and_why(
    stage: Stage, by: str, before: timedelta, who: CancelledBy, late: bool
) -> None:
    meeting = await arranged(stage, after=before)
    off = await stage.done(by, cancel_meeting, meeting.id, reason=CancelReason.ILL)
    assert (off.status, off.cancelled_by, off.cancelled_late) == (MeetingStatus.CANCELLED, who, late)
    assert off.cancel_reason == CancelReason.ILL
    told = {each: len(await stage.letters(each, "meeting.cancelled")) for each in ("mentor", "mentee")}
    assert told == {each: int(each != by) for each in told}
    with pytest.raises(IllegalState, match="CANCELLED, not ARRANGED or CONFIRMED"):
        await stage.does(by, cancel_meeting, meeting.id)
    with pytest.raises(IllegalState, match="CANCELLED"):
        await stage.does(by, move_meeting, meeting.id, starts_at=stage.clock + DAY)


async def test_late_is_what_the_programme_says(stage: Stage) -> None:
    await stage.does("admin", edit_programme, stage.house.row("programme"), late_hours=4)
    meeting = await arranged(stage, after=5 * HOUR)
    with pytest.raises(Invalid, match="Only the service"):
        await stage.does("mentor", cancel_meeting, meeting.id, reason=CancelReason.MATCH_RESTS)
    assert not (await stage.does("mentor", cancel_meeting, meeting.id)).cancelled_late


async def test_a_pause_calls_off_what_is_to_come_and_nothing_is_arranged(stage: Stage) -> None:
    first, second = await arranged(stage), await arranged(stage, after=5 * DAY)
    await stage.does("mentee", confirm_meeting, second.id)
    await stage.done("mentee", pause_match, stage.house.row("match"))
    async with stage.looking() as work:
        for meeting in (first, second):
            off = await work.acting(Meeting.READ).get(Meeting, meeting.id)
            assert (off.status, off.cancelled_by, off.cancelled_late) == ("CANCELLED", CancelledBy.SERVICE, False)
            assert off.cancel_reason == CancelReason.MATCH_RESTS
    assert len(await stage.letters("mentor", "meetings.cancelled")) == 1
    with pytest.raises(IllegalState, match="a match that is PAUSED"):
        await arranged(stage)


async def test_only_a_safe_place_will_do_in_person(stage: Stage) -> None:
    with pytest.raises(Invalid, match="PUBLIC or PRIVATE, not in a place of the kind HOME") as refused:
        await arranged(stage, format=Format.IN_PERSON, place_type=PlaceType.HOME)
    assert refused.value.path == ("placeType",)
    with pytest.raises(Invalid, match="Only a meeting in person"):
        await arranged(stage, place_type=PlaceType.PUBLIC)
    meeting = await arranged(stage, format=Format.IN_PERSON)
    assert meeting.place_type == PlaceType.PUBLIC  # what nobody said is the safe one
    with pytest.raises(Invalid, match="not in a place of the kind HOME"):
        await stage.does("mentee", edit_meeting, meeting.id, place_type=PlaceType.HOME)
    await stage.does("admin", edit_programme, stage.house.row("programme"), safe_places=[PlaceType.PRIVATE])
    with pytest.raises(Invalid, match="meet in person in PRIVATE, not in a place of the kind PUBLIC"):
        await arranged(stage, format=Format.IN_PERSON, after=DAY)
    by_phone = await stage.does("mentee", edit_meeting, meeting.id, format=Format.TEXT)
    assert (by_phone.format, by_phone.place_type) == (Format.TEXT, None)


async def test_agenda_goals_and_an_interpreter(stage: Stage) -> None:
    goal, other = stage.house.row("goal"), stage.house.row("other_goal")
    meeting = await arranged(stage, agenda=[" Rent "], goal_ids=[goal, goal], interpreter_wanted=True)
    assert (meeting.agenda, meeting.interpreter_wanted) == (["Rent"], True)
    with pytest.raises(NotFound):
        await stage.does("mentor", edit_meeting, meeting.id, goal_ids=[other])
    async with stage.looking("mentee") as work:
        links = await work.acting(Meeting.READ).all(MeetingGoal, MeetingGoal.meeting_id == meeting.id)
    assert [link.goal_id for link in links] == [goal]
    await stage.does("mentee", edit_meeting, meeting.id, goal_ids=[], agenda=["Work"], expected_version=1)
    with pytest.raises(Conflict, match="Somebody changed this"):
        await stage.does("mentee", edit_meeting, meeting.id, agenda=[], expected_version=1)
    async with stage.looking("mentee") as work:
        assert not await work.exists(MeetingGoal, MeetingGoal.meeting_id == meeting.id)


async def test_what_was_held_is_credited_in_quarter_hours(stage: Stage) -> None:
    both = [stage.house.people[who] for who in ("mentor", "mentee")]
    held = [await arranged(stage, after=n * DAY, minutes=50) for n in (1, 2, 3)]
    with pytest.raises(IllegalState, match="has not begun"):
        await stage.does("mentor", record_attendance, held[0].id, present=both)
    await stage.pass_to(stage.clock + 4 * DAY, step=DAY)
    assert (await stage.does("mentor", record_attendance, held[0].id, present=both)).units == 3
    with pytest.raises(Invalid, match="0 to 4 quarter hours"):
        await stage.does("mentor", record_attendance, held[1].id, present=both, units=5)
    with pytest.raises(Invalid, match="held is credited"):
        await stage.does("mentor", record_attendance, held[1].id, present=both[:1], units=1)
    assert (await stage.does("mentor", record_attendance, held[1].id, present=both, units=4)).units == 4
    missed = await stage.does("mentor", record_attendance, held[2].id, present=both[:1])
    assert (missed.status, missed.missed_by, missed.units) == (MeetingStatus.MISSED, MissedBy.MENTEE, None)


@pytest.mark.parametrize("missed_by", list(MissedBy))
async def test_either_side_says_that_somebody_did_not_come(stage: Stage, missed_by: MissedBy) -> None:
    meeting = await arranged(stage, after=HOUR)
    with pytest.raises(IllegalState, match="has not begun"):
        await stage.does("mentee", record_no_show, meeting.id, missed_by=missed_by)
    stage.clock += 2 * HOUR
    missed = await stage.does("mentee", record_no_show, meeting.id, missed_by=missed_by)
    assert (missed.status, missed.missed_by) == (MeetingStatus.MISSED, missed_by)
    async with stage.looking("mentee") as work:
        rows = await work.acting(Attendance.READ).all(Attendance, Attendance.meeting_id == meeting.id)
    came = {row.person_id: row.came for row in rows}
    assert came[stage.house.people["mentor"]] == (missed_by == MissedBy.MENTEE)
    assert came[stage.house.people["mentee"]] == (missed_by == MissedBy.MENTOR)
    with pytest.raises(IllegalState, match="MISSED, not ARRANGED or CONFIRMED"):
        await stage.does("mentor", record_attendance, meeting.id, present=[])


async def test_nobody_is_met_while_they_are_away_and_nobody_learns_why(stage: Stage) -> None:
    mentor = stage.house.people["mentor"]
    from_, until = stage.clock + 2 * DAY, stage.clock + 5 * DAY
    with pytest.raises(Invalid, match="ends after it begins"):
        await stage.does("mentor", say_absence, mentor, starts_at=until, ends_at=from_)
    with pytest.raises(NotFound):  # knowing somebody is not enough
        await stage.does("mentee", say_absence, mentor, starts_at=from_, ends_at=until)
    absence = await stage.does("mentor", say_absence, mentor, starts_at=from_, ends_at=until)
    with pytest.raises(Conflict, match=r"^Mara Harbour is not available then\.$"):
        await arranged(stage, "mentee")
    with pytest.raises(Conflict, match="You said that you are not available then"):
        await arranged(stage, "mentor")
    outside = await arranged(stage, "mentee", after=6 * DAY)
    with pytest.raises(Conflict, match="not available"):
        await stage.does("mentee", move_meeting, outside.id, starts_at=until - HOUR)
    async with stage.looking("mentee") as work:
        assert await work.acting(Absence.READ).all(Absence) == []
    await stage.does("coordinator", withdraw_absence, absence.id)
    with pytest.raises(IllegalState, match="withdrawn already"):
        await stage.does("mentor", withdraw_absence, absence.id)
    await arranged(stage, "mentee")


async def test_nobody_meets_two_at_once_whatever_the_match(stage: Stage) -> None:
    meeting = await arranged(stage, minutes=60)
    await stage.does("mentee", confirm_meeting, meeting.id)
    for shift in (-timedelta(minutes=59), timedelta(0), timedelta(minutes=59)):
        with pytest.raises(Conflict, match="another meeting"):
            await arranged(stage, after=3 * DAY + shift)
    await arranged(stage, after=3 * DAY + HOUR)
    await arranged(stage, after=3 * DAY - HOUR)


async def test_of_two_who_arrange_the_same_hour_one_is_first(stage: Stage) -> None:
    at = stage.clock + 9 * DAY

    async def attempt(who: str, minutes: int) -> str:
        try:
            await stage.does(
                who, arrange_meeting, stage.house.row("match"), starts_at=at, minutes=minutes, format=Format.PHONE
            )
        except Refused as refused:
            return refused.code
        return "done"

    outcomes = await asyncio.gather(*(attempt(who, 60) for who in ("mentor", "mentee", "coordinator", "mentor")))
    assert sorted(outcomes) == ["CONFLICT", "CONFLICT", "CONFLICT", "done"]


async def test_an_absence_and_a_meeting_do_not_cross(stage: Stage) -> None:
    """Whichever comes first stands; where the absence did, the meeting is refused."""
    mentor, at = stage.house.people["mentor"], stage.clock + 12 * DAY
    outcomes = await asyncio.gather(
        stage.does("mentor", say_absence, mentor, starts_at=at, ends_at=at + DAY),
        stage.does("mentee", arrange_meeting, stage.house.row("match"), starts_at=at + HOUR, format=Format.PHONE),
        return_exceptions=True,
    )
    assert isinstance(outcomes[0], Absence)
    assert isinstance(outcomes[1], Meeting | Conflict)


async def test_a_follow_up_of_the_mentor_is_a_task_until_it_is_done(stage: Stage) -> None:
    meeting = stage.house.row("held_meeting")
    theirs = await stage.does("mentee", note_follow_up, meeting, body="Ring the library", owner=FollowUpOwner.MENTOR)
    mine = await stage.does("mentor", note_follow_up, meeting, body="Write a letter", owner=FollowUpOwner.MENTEE)

    async def tasks() -> list[Task]:
        async with stage.looking("mentor") as work:
            return await work.acting(Task.READ).all(Task, Task.about_id.in_((theirs.id, mine.id)))

    (task,) = await tasks()
    assert (task.status, task.assignee_id) == (TaskStatus.OPEN, stage.house.people["mentor"])
    assert "library" not in task.title
    done = await stage.does("mentee", finish_follow_up, theirs.id)
    assert (done.status, done.ended_at) == (FollowUpStatus.DONE, stage.clock)
    assert [each.status for each in await tasks()] == [TaskStatus.DONE]
    coming = await arranged(stage)
    with pytest.raises(IllegalState, match="once a meeting has begun"):
        await stage.does("mentor", note_follow_up, coming.id, body="x", owner=FollowUpOwner.MENTEE)


def test_staff_who_only_look_cannot_arrange() -> None:
    assert Role.SUPERVISOR not in arrange_meeting.needs.granted_to

"""Reminders: as each person wants them, each once, never at night and never saying why."""

import asyncio
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.ground.actor import service
from kith.ground.errors import Conflict, Invalid, NotFound
from kith.ground.outbox import Later
from kith.meetings.meeting import Meeting, Reminder, arrange_meeting, cancel_meeting, move_meeting, remind
from kith.people.letters import Letter
from kith.people.person import Contact, Person
from kith.people.profile import Format
from kith.people.reaching import (
    BEFORE_QUIET,
    ContactPreferences,
    SafeContact,
    after_quiet,
    before_quiet,
    edit_contact_preferences,
    edit_safe_contact,
)
from tests.meetings.conftest import Stage

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
KIND = "meeting.reminder"


def day(stage: Stage, day: int, hour: int, minute: int = 0) -> datetime:
    """A time in the June of the test, in UTC."""
    return stage.began.replace(day=day, hour=hour, minute=minute)


async def arranged(stage: Stage, at: datetime) -> Meeting:
    return await stage.done("mentor", arrange_meeting, stage.house.row("match"), starts_at=at, format=Format.PHONE)


async def wishes(stage: Stage, who: str, **given: object) -> ContactPreferences:
    return await stage.done(who, edit_contact_preferences, stage.house.people[who], **given)  # type: ignore[arg-type]


async def test_each_is_reminded_as_they_want_it_and_once(stage: Stage) -> None:
    await wishes(stage, "mentee", hours_before=[2, 48, 48], quiet_from=None, quiet_until=None)
    meeting = await arranged(stage, day(stage, 10, 14))
    await stage.pass_to(meeting.starts_at + HOUR)
    hers = [letter.written_at for letter in await stage.letters("mentee", KIND)]
    his = [letter.written_at for letter in await stage.letters("mentor", KIND)]
    assert hers == [meeting.starts_at - 48 * HOUR, meeting.starts_at - 2 * HOUR]
    assert his == [meeting.starts_at - 24 * HOUR]  # as the programme does it


async def test_a_reminder_goes_out_before_quiet_hours_in_the_zone_of_the_person(stage: Stage) -> None:
    await wishes(stage, "mentee", hours_before=[12], quiet_from=time(21), quiet_until=time(8))
    meeting = await arranged(stage, day(stage, 10, 12))  # 13:00 in Dublin: due at 01:00
    await stage.pass_to(meeting.starts_at, step=timedelta(minutes=15))
    (letter,) = await stage.letters("mentee", KIND)
    assert letter.written_at == letter.sent_at == day(stage, 9, 19, 45)


async def test_a_reminder_is_written_once_whatever_runs_twice(stage: Stage) -> None:
    await wishes(stage, "mentee", hours_before=[24], quiet_from=None, quiet_until=None)
    meeting = await arranged(stage, day(stage, 10, 14))
    system, mentee = service(stage.house.organisation_id, (remind.needs,)), stage.house.people["mentee"]

    async def again() -> None:
        async with stage.workplace.writing(system, now=meeting.starts_at - 23 * HOUR) as work:
            await remind(work, meeting.id, meeting.starts_at, mentee, 24)

    await asyncio.gather(again(), again(), again())
    stage.clock = meeting.starts_at - 22 * HOUR
    await stage.later()
    assert len(await stage.letters("mentee", KIND)) == 1
    async with stage.looking() as work:
        rows = await work.acting(Meeting.READ).all(Reminder, Reminder.meeting_id == meeting.id)
    assert sorted(row.person_id for row in rows) == sorted(stage.house.people[who] for who in ("mentor", "mentee"))


async def test_of_times_that_are_over_the_last_counts(stage: Stage) -> None:
    await wishes(stage, "mentee", hours_before=[72, 48, 1], quiet_from=None, quiet_until=None)
    meeting = await arranged(stage, stage.clock + 5 * HOUR)
    assert len(await stage.letters("mentee", KIND)) == 1
    await stage.pass_to(meeting.starts_at)
    assert len(await stage.letters("mentee", KIND)) == 2


async def test_a_moved_meeting_is_reminded_of_anew_and_a_cancelled_one_not(stage: Stage) -> None:
    meeting = await arranged(stage, day(stage, 10, 14))
    await stage.pass_to(meeting.starts_at - 20 * HOUR)
    moved = await stage.done("mentor", move_meeting, meeting.id, starts_at=meeting.starts_at + 2 * DAY)
    await stage.pass_to(moved.starts_at - 30 * HOUR)
    assert len(await stage.letters("mentor", KIND)) == 1
    await stage.pass_to(moved.starts_at - 23 * HOUR)
    assert len(await stage.letters("mentor", KIND)) == 2
    gone = await arranged(stage, moved.starts_at + 3 * DAY)
    await stage.done("mentor", cancel_meeting, gone.id)
    await stage.pass_to(gone.starts_at)
    assert len(await stage.letters("mentor", KIND)) == 2


async def test_who_changes_their_mind_is_reminded_as_they_want_it_now(stage: Stage) -> None:
    await wishes(stage, "mentee", hours_before=[48, 24], quiet_from=None, quiet_until=None)
    meeting = await arranged(stage, day(stage, 11, 14))
    await wishes(stage, "mentee", hours_before=[24, 3])
    await stage.pass_to(meeting.starts_at)
    written = [letter.written_at for letter in await stage.letters("mentee", KIND)]
    assert written == [meeting.starts_at - 24 * HOUR, meeting.starts_at - 3 * HOUR]


@pytest.mark.parametrize("wish", [{"do_not_contact": True}, {"wants_letters": False}])
async def test_who_is_not_to_be_written_to_is_not(stage: Stage, wish: dict[str, bool]) -> None:
    await wishes(stage, "mentee", **wish)
    meeting = await arranged(stage, stage.clock + 3 * DAY)
    await stage.pass_to(meeting.starts_at - HOUR)
    await stage.done("mentor", cancel_meeting, meeting.id)
    async with stage.looking() as work:
        hers = (Letter.person_id == stage.house.people["mentee"], Letter.written_at >= stage.clock - 3 * DAY)
        assert not await work.exists(Letter, *hers)


async def test_a_letter_that_can_wait_is_sent_after_quiet_hours(stage: Stage) -> None:
    await wishes(stage, "mentee", hours_before=[], quiet_from=time(21), quiet_until=time(8))
    far = await arranged(stage, day(stage, 12, 14))
    near = await arranged(stage, day(stage, 10, 5))
    await stage.pass_to(day(stage, 9, 22))
    for meeting in (far, near):
        await stage.done("mentor", cancel_meeting, meeting.id)
    first, second = await stage.letters("mentee", "meeting.cancelled")
    assert first.sent_at is None
    assert second.sent_at == stage.clock  # they would get up for it
    await stage.pass_to(day(stage, 10, 7))
    assert (await stage.letters("mentee", "meeting.cancelled"))[0].sent_at == day(stage, 10, 7)


async def test_no_letter_names_the_programme_unless_it_may(stage: Stage) -> None:
    await arranged(stage, stage.clock + 2 * HOUR)
    (before,) = await stage.letters("mentee", KIND)
    assert "one to one" not in (before.subject + before.body).lower()
    await wishes(stage, "mentee", may_name_programme=True)
    await arranged(stage, stage.clock + 5 * HOUR)
    assert (await stage.letters("mentee", KIND))[1].body.endswith("\nOne to one (Harbour)\n")


async def test_wishes_are_checked_and_kept(stage: Stage) -> None:
    with pytest.raises(Invalid, match="or neither"):
        await wishes(stage, "mentor", quiet_from=time(22))
    with pytest.raises(Invalid, match="another time"):
        await wishes(stage, "mentor", quiet_from=time(22), quiet_until=time(22))
    for hours in ([0], [337], [1, 2, 3, 4, 5, 6]):
        with pytest.raises(Invalid, match="at most five"):
            await wishes(stage, "mentor", hours_before=hours)
    first = await wishes(stage, "mentor", voicemail_ok=True)
    assert (first.voicemail_ok, first.may_name_programme, first.do_not_contact) == (True, False, False)
    await wishes(stage, "mentor", wants_letters=False, expected_version=first.version)
    with pytest.raises(Conflict):
        await wishes(stage, "mentor", voicemail_ok=False, expected_version=first.version - 1)
    async with stage.looking() as work:
        mine = Contact.person_id == stage.house.people["mentor"]
        (contact,) = await work.acting(Contact.READ).all(Contact, mine)
    assert not contact.wants_letters


async def test_only_they_and_who_looks_after_them_read_and_write_how_they_are_reached(stage: Stage) -> None:
    mentee = stage.house.people["mentee"]
    for stranger in ("mentor", "other_coordinator"):
        with pytest.raises(NotFound):
            await stage.does(stranger, edit_safe_contact, mentee, body="x")
        with pytest.raises(NotFound):
            await stage.does(stranger, edit_contact_preferences, mentee, do_not_contact=True)
        async with stage.looking(stranger) as work:
            assert not await work.acting(SafeContact.READ).all(SafeContact, SafeContact.person_id == mentee)
            assert not await work.acting(ContactPreferences.READ).all(
                ContactPreferences, ContactPreferences.person_id == mentee
            )
    for who in ("mentee", "coordinator", "admin"):
        assert (await stage.does(who, edit_safe_contact, mentee, body=f"By {who}")).body == f"By {who}"
    assert SafeContact.SENSITIVE


async def test_both_are_planned_for_at_once(stage: Stage) -> None:
    meeting = await arranged(stage, stage.clock + 10 * DAY)
    async with stage.looking() as work:
        about = Later.arguments["meeting_id"].astext == str(meeting.id)
        assert await work.count(Later, Later.operation == remind.name, about) == 2


times = st.times().map(lambda t: t.replace(second=0, microsecond=0))
moments = st.datetimes(datetime(2027, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(
    at=moments, begins=times, ends=times, zone=st.sampled_from(["Europe/Dublin", "America/New_York", "Asia/Kolkata"])
)
def test_what_goes_out_is_never_in_quiet_hours(at: datetime, begins: time, ends: time, zone: str) -> None:
    if begins == ends:
        return
    quiet = ContactPreferences(quiet_from=begins, quiet_until=ends)
    person = Person(time_zone=zone)
    early, late = before_quiet(quiet, person, at), after_quiet(quiet, person, at)
    assert early <= at <= late
    assert (early == at) == (late == at)
    assert late - early <= DAY + 2 * HOUR + BEFORE_QUIET
    assert after_quiet(quiet, person, late) == late
    if early != at:
        assert before_quiet(quiet, person, early + BEFORE_QUIET) == early

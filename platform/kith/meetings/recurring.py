"""Meetings that come round again: arranged ahead, one left out or moved, the rest changed, the series ended.

A meeting of a series is a meeting like any other: one is moved or cancelled by itself, and stays so. `occurrence` keeps
the time at which the rule has it, so that none is arranged twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from kith.ground.errors import Conflict, Invalid
from kith.ground.model import KEEP, Id
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, Permission, Role
from kith.ground.texts import zone
from kith.ground.work import Work
from kith.matching.match import Match, MatchStatus, may_meet
from kith.meetings.meeting import (
    GIVES_BACK,
    OPEN,
    CancelReason,
    Meeting,
    MeetingStatus,
    active,
    cancel,
    free,
    lasting,
    place_columns,
    plan_reminders,
    set_time,
    tell_other_side,
)
from kith.meetings.series import LIFE, MeetingSeries, SeriesStatus, rule_of, times_of
from kith.people.person import Person
from kith.people.profile import Format
from kith.programmes import PlaceType

ARRANGE = Permission(
    "meeting_series.arrange",
    "Arrange meetings that come round again, change the rest of them or end them.",
    granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS},
)
EXTEND = Permission("meeting_series.extend", "Arrange what comes next of meetings that come round again.")
HORIZON = timedelta(weeks=8)  # so far ahead meetings are arranged


@operation(needs=ARRANGE)
async def arrange_series(
    work: Work,
    match_id: Annotated[Id[Match], "Of which match."],
    *,
    rule: Annotated[str, "A recurrence rule of RFC 5545, such as FREQ=WEEKLY;INTERVAL=2;COUNT=12."],
    starts_at: Annotated[datetime, "When the first starts, with its offset from UTC; within eight weeks."],
    time_zone: Annotated[
        str | None, "By whose clock the hour stays, as an IANA name; the mentee's when absent."
    ] = None,
    minutes: Annotated[int, "How long each takes, 5 to 480 minutes."] = 60,
    format: Annotated[Format, "In person, by telephone, virtually or by text messages."],
    place: Annotated[str, "Where, or how to join."] = "",
    place_type: Annotated[PlaceType | None, "In what kind of place, in person; a public one when absent."] = None,
    interpreter_wanted: Annotated[bool, "Whether somebody should interpret."] = False,
) -> MeetingSeries:
    """Arrange meetings that come round again: those of the next eight weeks at once, and then day by day.

    The first must suit both. A later time at which one of the two is not free is left out: it is there as a cancelled
    meeting with the reason TIME_NOT_FREE.
    """
    match = await active(work, match_id)
    (mentee,) = await work.rows(Person, Person.id == match.mentee_person_id)
    series = MeetingSeries.under(
        match,
        rule=rule_of(rule),
        time_zone=mentee.time_zone if time_zone is None else zone(time_zone, "timeZone"),
        starts_at=starts_at.replace(microsecond=0),  # rules know whole seconds
        minutes=minutes,
        interpreter_wanted=interpreter_wanted,
        status=SeriesStatus.ACTIVE,
        arranged_at=work.now,
        **await place_columns(work, match.programme_id, format, place, place_type),
    )
    series.arranged_by_id = work.actor.person_id
    _begins_by_its_rule(work, series)
    work.add(series)
    await _extend(work, match, series, first_must_suit=True)
    work.note("series.arranged", series, format=format)
    return series


@operation(needs=ARRANGE)
async def change_series(
    work: Work,
    series_id: Annotated[Id[MeetingSeries], "Which series."],
    *,
    starts_at: Annotated[datetime, "The first time under the new terms; what is on a day before stays."],
    rule: Annotated[str, "A recurrence rule of RFC 5545; one with a COUNT counts from here."] = KEEP,
    time_zone: Annotated[str, "By whose clock the hour stays, as an IANA name."] = KEEP,
    minutes: Annotated[int, "How long each takes, 5 to 480 minutes."] = KEEP,
    format: Annotated[Format, "In person, by telephone, virtually or by text messages."] = KEEP,
    place: Annotated[str, "Where, or how to join."] = KEEP,
    place_type: Annotated[PlaceType | None, "In what kind of place, in person; a public one when null."] = KEEP,
    interpreter_wanted: Annotated[bool, "Whether somebody should interpret."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> MeetingSeries:
    """Change the rest of a series; what is absent stays, and so does a meeting that was moved by itself.

    What is arranged under the old terms is cancelled and arranged under the new. The other side is told once.
    """
    seen = await work.get(MeetingSeries, series_id)
    match = await active(work, seen.match_id)
    series = await work.get(MeetingSeries, series_id, lock=True)
    await work.expect(series, expected_version)
    LIFE.move(series, "meetings.recurring.change_series")
    chosen = Format(series.format) if format is KEEP else format
    kept = PlaceType(series.place_type) if series.place_type and chosen is Format.IN_PERSON else None
    columns = await place_columns(
        work,
        match.programme_id,
        chosen,
        series.place if place is KEEP else place,
        kept if place_type is KEEP else place_type,
    )
    for name, value in columns.items():
        setattr(series, name, value)
    series.starts_at = starts_at.replace(microsecond=0)
    series.rule = series.rule if rule is KEEP else rule_of(rule)
    series.time_zone = series.time_zone if time_zone is KEEP else zone(time_zone, "timeZone")
    series.minutes = series.minutes if minutes is KEEP else minutes
    series.interpreter_wanted = series.interpreter_wanted if interpreter_wanted is KEEP else interpreter_wanted
    _begins_by_its_rule(work, series)
    that_day = starts_at.astimezone(ZoneInfo(series.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    for meeting in await _to_come(work, series, max(work.now, that_day)):
        if meeting.starts_at == meeting.occurrence:
            await cancel(work, meeting, "meetings.recurring.change_series", CancelReason.SERIES_CHANGED)
    first = await _extend(work, match, series, first_must_suit=True)
    if first is not None:
        await tell_other_side(work, "meetings.changed", first)
    work.note("series.changed", series)
    return series


@operation(needs=ARRANGE)
async def end_series(
    work: Work,
    series_id: Annotated[Id[MeetingSeries], "Which series."],
    *,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> MeetingSeries:
    """End a series: what is to come of it is cancelled, and the other side told once."""
    seen = await work.get(MeetingSeries, series_id)
    await work.get(Match, seen.match_id, lock=True)
    series = await work.get(MeetingSeries, series_id, lock=True)
    await work.expect(series, expected_version)
    _end(work, series, "meetings.recurring.end_series")
    to_come = await _to_come(work, series, work.now)
    for meeting in to_come:
        await cancel(work, meeting, "meetings.recurring.end_series", CancelReason.SERIES_ENDED)
    if to_come:
        await tell_other_side(work, "meetings.cancelled", to_come[0])
    return series


@operation(needs=EXTEND)
async def end_series_of(work: Work, match_id: Id[Match]) -> None:
    """End the series of a match that closed; its meetings are called off by themselves."""
    match = await work.get(Match, match_id, lock=True)
    if match.status != MatchStatus.CLOSED:
        return
    for seen in await work.all(MeetingSeries, MeetingSeries.match_id == match.id):
        series = await work.get(MeetingSeries, seen.id, lock=True)
        if series.status == SeriesStatus.ACTIVE:
            _end(work, series, "meetings.recurring.end_series_of")


@operation(needs=EXTEND)
async def extend_series(work: Work, series_id: Id[MeetingSeries]) -> None:
    """Arrange what comes next of a series, unless its match rests or ended; end one that has no more to come."""
    seen = await work.get(MeetingSeries, series_id)
    match = await work.get(Match, seen.match_id, lock=True)
    series = await work.get(MeetingSeries, series_id, lock=True)
    if series.status != SeriesStatus.ACTIVE or not may_meet(match):
        return
    await _extend(work, match, series, first_must_suit=False)
    if not any(at > work.now for at in times_of(series, work.now + 2 * timedelta(days=366))):
        _end(work, series, "meetings.recurring.extend_series")


@operation(needs=EXTEND)
async def extend_every_series(work: Work) -> None:
    """Arrange what comes next of every series: once a day."""
    for series in await work.all(MeetingSeries, MeetingSeries.status == SeriesStatus.ACTIVE):
        work.later(extend_series, series_id=series.id)


@operation(needs=EXTEND)
async def extend_series_of(work: Work, match_id: Id[Match]) -> None:
    """Arrange what comes next of the series of a match that was resumed."""
    theirs = (MeetingSeries.match_id == match_id, MeetingSeries.status == SeriesStatus.ACTIVE)
    for series in await work.all(MeetingSeries, *theirs):
        work.later(extend_series, series_id=series.id)


def _begins_by_its_rule(work: Work, series: MeetingSeries) -> None:
    """The first time is one of the rule's, and is to come soon. Raises Invalid."""
    lasting(series.minutes)
    if not work.now < series.starts_at <= work.now + HORIZON:
        raise Invalid("A series begins in the time to come, within eight weeks.", path=("startsAt",))
    if next(times_of(series, series.starts_at), None) != series.starts_at:
        raise Invalid("The first time must be one that the rule names.", path=("startsAt",))


async def _extend(work: Work, match: Match, series: MeetingSeries, *, first_must_suit: bool) -> Meeting | None:
    """Arrange the meetings of the next weeks that are not there yet; the first of them. The match is locked."""
    await work.settle()
    there = {
        meeting.occurrence
        for meeting in await work.rows(Meeting, Meeting.series_id == series.id, Meeting.occurrence > work.now)
        if meeting.cancel_reason not in GIVES_BACK
    }
    first: Meeting | None = None
    for at in times_of(series, work.now + HORIZON):
        if at > work.now and at not in there:
            meeting = await _arrange(work, match, series, at, must_suit=first_must_suit and at == series.starts_at)
            first = first or meeting
    return first


async def _arrange(work: Work, match: Match, series: MeetingSeries, at: datetime, *, must_suit: bool) -> Meeting | None:
    """Arrange the meeting of one time; None where one of the two is not free, which is left out for good."""
    meeting = Meeting.under(
        match,
        series,
        occurrence=at,
        status=MeetingStatus.ARRANGED,
        format=series.format,
        place=series.place,
        place_type=series.place_type,
        interpreter_wanted=series.interpreter_wanted,
        agenda=[],
    )
    set_time(work, meeting, at, series.minutes)
    meeting.arranged_by_id = series.arranged_by_id
    try:
        await free(work, meeting)
    except Conflict:
        if must_suit:
            raise
        work.add(meeting)
        await cancel(work, meeting, "meetings.recurring.extend_series", CancelReason.TIME_NOT_FREE)
        return None
    work.add(meeting)
    await plan_reminders(work, meeting)
    work.note("meeting.arranged", meeting, format=meeting.format)
    return meeting


async def _to_come(work: Work, series: MeetingSeries, since: datetime) -> Sequence[Meeting]:
    """The meetings of the series that are still open from then on, locked, the earliest first."""
    await work.settle()
    theirs = (Meeting.series_id == series.id, Meeting.status.in_(OPEN), Meeting.starts_at >= since)
    found = [await work.get(Meeting, m.id, lock=True) for m in await work.all(Meeting, *theirs)]
    return sorted((m for m in found if m.status in OPEN), key=lambda m: m.starts_at)


def _end(work: Work, series: MeetingSeries, verb: str) -> None:
    LIFE.move(series, verb)
    series.ended_at = work.now
    work.note("series.ended", series)

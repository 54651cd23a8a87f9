"""Meetings that come round again: by the rule, by their zone's clock, one moved, the rest changed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.ground.actor import service
from kith.ground.errors import Conflict, IllegalState, Invalid, NotFound
from kith.matching.closure import close_match
from kith.matching.match import ClosingReason
from kith.matching.pausing import pause_match, resume_match
from kith.meetings.meeting import (
    CancelledBy,
    CancelReason,
    Meeting,
    MeetingStatus,
    arrange_meeting,
    cancel_meeting,
    move_meeting,
)
from kith.meetings.recurring import (
    HORIZON,
    arrange_series,
    change_series,
    end_series,
    end_series_of,
    extend_every_series,
)
from kith.meetings.series import MeetingSeries, SeriesStatus, rule_of, times_of
from kith.people.absence import say_absence
from kith.people.profile import Format
from tests.meetings.conftest import Stage

DAY, HOUR, WEEK = timedelta(days=1), timedelta(hours=1), timedelta(weeks=1)


async def arranged(stage: Stage, by: str = "mentor", *, rule: str = "FREQ=WEEKLY", **more: Any) -> MeetingSeries:
    """A series of the match of mentor and mentee, from tomorrow on."""
    given: dict[str, Any] = {"starts_at": stage.clock + DAY, "format": Format.PHONE} | more
    return await stage.done(by, arrange_series, stage.house.row("match"), rule=rule, **given)


async def meetings(stage: Stage, series: MeetingSeries) -> list[Meeting]:
    async with stage.looking() as work:
        theirs = Meeting.series_id == series.id
        return await work.acting(Meeting.READ).all(Meeting, theirs, order_by=(Meeting.occurrence, Meeting.id))


async def standing(stage: Stage, series: MeetingSeries) -> list[datetime]:
    """When the meetings start that are not cancelled."""
    return [m.starts_at for m in await meetings(stage, series) if m.status != MeetingStatus.CANCELLED]


async def days_pass(stage: Stage, until: datetime) -> None:
    """Time passes, and what is extended day by day is."""
    while stage.clock < until:
        stage.clock += DAY
        system = service(stage.house.organisation_id, (extend_every_series.needs,))
        async with stage.workplace.writing(system, now=stage.clock) as work:
            await extend_every_series(work)
        await stage.later()


async def test_a_series_is_arranged_weeks_ahead_at_once_and_day_by_day(stage: Stage) -> None:
    series = await arranged(stage, rule="RRULE:freq=weekly;interval=2", minutes=30)
    assert series.rule == "FREQ=WEEKLY;INTERVAL=2"
    first = stage.clock + DAY
    assert await standing(stage, series) == [first + n * 2 * WEEK for n in range(4)]
    assert all(m.minutes == 30 and m.arranged_by_id == series.arranged_by_id for m in await meetings(stage, series))
    await days_pass(stage, stage.clock + 4 * DAY)
    assert await standing(stage, series) == [first + n * 2 * WEEK for n in range(5)]
    await days_pass(stage, stage.clock + DAY)
    assert len(await meetings(stage, series)) == 5


async def test_the_hour_stays_by_the_clock_on_the_wall_when_the_clocks_go_back(stage: Stage) -> None:
    stage.clock = stage.clock.replace(month=10, day=4)
    begins = stage.clock.replace(day=5, hour=17)  # six in the evening in Dublin
    series = await arranged(stage, starts_at=begins)
    zone = ZoneInfo("Europe/Dublin")
    times = await standing(stage, series)
    assert {at.astimezone(zone).hour for at in times} == {18}
    assert {at.astimezone(UTC).hour for at in times} == {17, 18}


@pytest.mark.parametrize("minutes", [-1, 4, 481])
async def test_a_series_that_lasts_too_long_or_not_at_all_is_refused(stage: Stage, minutes: int) -> None:
    series = await arranged(stage)
    with pytest.raises(Invalid) as refused:
        await arranged(stage, starts_at=stage.clock + DAY + 3 * HOUR, minutes=minutes)
    assert refused.value.path == ("minutes",)
    with pytest.raises(Invalid) as refused:
        await stage.done("mentor", change_series, series.id, starts_at=series.starts_at + WEEK, minutes=minutes)
    assert refused.value.path == ("minutes",)


async def test_one_is_left_out_or_moved_and_stays_so(stage: Stage) -> None:
    series = await arranged(stage)
    first, second, third, *_ = await meetings(stage, series)
    await stage.done("mentee", cancel_meeting, second.id)
    await stage.done("mentee", move_meeting, third.id, starts_at=third.starts_at + DAY)
    await days_pass(stage, stage.clock + 3 * DAY)
    now = {m.id: m for m in await meetings(stage, series)}
    assert now[second.id].status == MeetingStatus.CANCELLED
    assert now[third.id].starts_at == third.occurrence + DAY  # type: ignore[operator]
    assert len({m.occurrence for m in now.values()}) == len(now)
    assert first.starts_at == first.occurrence


async def test_a_time_that_does_not_suit_is_left_out_and_the_first_must_suit(stage: Stage) -> None:
    mentor = stage.house.people["mentor"]
    first = stage.clock + DAY
    taken = await stage.done("mentor", arrange_meeting, stage.house.row("match"), starts_at=first, format=Format.PHONE)
    with pytest.raises(Conflict, match="another meeting"):
        await arranged(stage)
    await stage.done("mentor", cancel_meeting, taken.id)
    await stage.done("mentor", say_absence, mentor, starts_at=first + WEEK, ends_at=first + WEEK + DAY)
    series = await arranged(stage, "mentee")
    assert first + WEEK not in await standing(stage, series)
    left_out = next(m for m in await meetings(stage, series) if m.occurrence == first + WEEK)
    assert (left_out.cancel_reason, left_out.cancelled_by) == (CancelReason.TIME_NOT_FREE, CancelledBy.SERVICE)
    assert await stage.letters("mentor", "meeting.cancelled") == []


async def test_the_rest_is_changed_and_the_other_side_told_once(stage: Stage) -> None:
    series = await arranged(stage)
    first, second, third, *_ = await meetings(stage, series)
    await stage.done("mentee", move_meeting, third.id, starts_at=third.starts_at + DAY)
    later = second.starts_at + HOUR
    changed = await stage.done(
        "mentor", change_series, series.id, starts_at=later, minutes=45, expected_version=series.version
    )
    assert (changed.starts_at, changed.minutes) == (later, 45)
    times = await standing(stage, series)
    assert first.starts_at in times  # before the change
    assert second.starts_at not in times
    assert third.starts_at + DAY in times  # moved by itself
    assert {at - later for at in times if at >= later and at != third.starts_at + DAY} == {
        n * WEEK for n in range(len(times) - 2)
    }
    off = [m for m in await meetings(stage, series) if m.status == MeetingStatus.CANCELLED]
    assert {m.cancel_reason for m in off} == {CancelReason.SERIES_CHANGED}
    (letter,) = await stage.letters("mentee", "meetings.changed")
    assert f"{later.astimezone(ZoneInfo('Europe/Dublin')):%H:%M}" in letter.body
    assert await stage.letters("mentee", "meeting.cancelled") == []
    with pytest.raises(Conflict, match="Somebody changed this"):
        await stage.does("mentee", change_series, series.id, starts_at=later, expected_version=series.version)
    same = await stage.done("mentee", change_series, series.id, starts_at=later, format=Format.TEXT)
    assert same.format == Format.TEXT
    formats = {m.format for m in await meetings(stage, series) if m.status == "ARRANGED" and m.starts_at >= later}
    assert formats == {Format.TEXT, Format.PHONE}  # the moved one stays as it was


async def test_the_end_of_a_series_cancels_what_is_to_come(stage: Stage) -> None:
    series = await arranged(stage)
    ended = await stage.done("mentee", end_series, series.id)
    assert (ended.status, ended.ended_at) == (SeriesStatus.ENDED, stage.clock)
    assert {m.cancel_reason for m in await meetings(stage, series)} == {CancelReason.SERIES_ENDED}
    assert len(await stage.letters("mentor", "meetings.cancelled")) == 1
    assert await stage.letters("mentee", "meetings.cancelled") == []
    with pytest.raises(IllegalState, match="ENDED, not ACTIVE"):
        await stage.does("mentee", end_series, series.id)
    with pytest.raises(IllegalState, match="ENDED, not ACTIVE"):
        await stage.does("mentee", change_series, series.id, starts_at=stage.clock + DAY)


async def test_a_pause_calls_it_off_and_it_goes_on_when_the_match_does(stage: Stage) -> None:
    series = await arranged(stage)
    before = await standing(stage, series)
    await stage.done("mentor", pause_match, stage.house.row("match"))
    assert await standing(stage, series) == []
    with pytest.raises(IllegalState, match="PAUSED"):
        await stage.does("mentor", change_series, series.id, starts_at=stage.clock + DAY)
    await days_pass(stage, stage.clock + DAY - HOUR)
    assert await standing(stage, series) == []
    stage.clock = stage.began + HOUR
    await stage.done("mentor", resume_match, stage.house.row("match"))
    assert await standing(stage, series) == before


async def test_a_counted_series_ends_by_itself(stage: Stage) -> None:
    series = await arranged(stage, rule="FREQ=DAILY;COUNT=3")
    assert len(await meetings(stage, series)) == 3
    await days_pass(stage, stage.clock + 4 * DAY)
    async with stage.looking() as work:
        assert (await work.acting(MeetingSeries.READ).get(MeetingSeries, series.id)).status == SeriesStatus.ENDED
    assert len(await meetings(stage, series)) == 3


async def test_the_first_time_is_one_of_the_rule_and_soon(stage: Stage) -> None:
    with pytest.raises(Invalid, match="that the rule names"):
        await arranged(stage, rule="FREQ=WEEKLY;BYDAY=SA", starts_at=_weekday(stage.clock, 2))
    for at in (stage.clock - HOUR, stage.clock + HORIZON + HOUR):
        with pytest.raises(Invalid, match="within eight weeks"):
            await arranged(stage, starts_at=at)
    with pytest.raises(NotFound):
        await arranged(stage, "other_mentor")


def _weekday(after: datetime, day: int) -> datetime:
    return after + timedelta(days=(day - after.weekday()) % 7 or 7)


RULES = [
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20271231T000000Z",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYDAY=1MO,-1FR",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
]


@pytest.mark.parametrize("rule", RULES)
def test_rules_that_are_taken(rule: str) -> None:
    assert rule_of(rule) == rule
    series = MeetingSeries(rule=rule, starts_at=datetime(2027, 1, 4, 18, tzinfo=UTC), time_zone="Europe/Dublin")
    assert next(times_of(series, datetime(2028, 1, 1, tzinfo=UTC)))


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "INTERVAL=2",
        "FREQ=YEARLY",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=1,2,3",
        "FREQ=DAILY;BYDAY=MO",
        "FREQ=WEEKLY;INTERVAL=13",
        "FREQ=WEEKLY;COUNT=2;UNTIL=20270101T000000Z",
        "FREQ=WEEKLY;UNTIL=20270101",
        "FREQ=WEEKLY;UNTIL=20271399T000000Z",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;INTERVAL=1;INTERVAL=2",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=2;BYDAY=MO",
        "FREQ=MONTHLY;BYSETPOS=2",
        "FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=2",
        "FREQ=WEEKLY\nEXDATE:20270101",
    ],
)
def test_rules_that_are_not(rule: str) -> None:
    with pytest.raises(Invalid) as refused:
        rule_of(rule)
    assert refused.value.path == ("rule",)


@given(
    frequency=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    interval=st.integers(1, 12),
    starts_at=st.datetimes(datetime(2027, 1, 1), datetime(2028, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    zone=st.sampled_from(["Europe/Dublin", "America/New_York", "Australia/Lord_Howe"]),
)
def test_times_grow_and_keep_their_hour(frequency: str, interval: int, starts_at: datetime, zone: str) -> None:
    rule = rule_of(f"FREQ={frequency};INTERVAL={interval}")
    series = MeetingSeries(rule=rule, starts_at=starts_at.replace(second=0, microsecond=0), time_zone=zone)
    times = list(times_of(series, starts_at + timedelta(days=500)))
    assert times == sorted(set(times))
    there = ZoneInfo(zone)
    begins = series.starts_at.astimezone(there).replace(tzinfo=None)
    for at in times:
        shifted = abs((at.astimezone(there).replace(tzinfo=None) - begins) % DAY)
        assert min(shifted, DAY - shifted) in (timedelta(0), HOUR, HOUR / 2)  # an hour that was skipped


async def test_a_closed_match_ends_its_series(stage: Stage) -> None:
    other = stage.house.row("other_match")
    series = await stage.done(
        "other_mentor", arrange_series, other, rule="FREQ=WEEKLY", starts_at=stage.clock + DAY, format=Format.PHONE
    )
    await stage.done("other_coordinator", close_match, other, reason=ClosingReason.MOVED)
    async with stage.looking() as work:
        assert (await work.acting(MeetingSeries.READ).get(MeetingSeries, series.id)).status == SeriesStatus.ENDED
    assert {m.cancel_reason for m in await meetings(stage, series)} == {CancelReason.MATCH_RESTS}
    assert end_series_of.needs.granted_to == frozenset()

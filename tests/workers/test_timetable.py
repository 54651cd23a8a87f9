"""The timetable: by the clock on each organisation's wall, once however many schedulers there are."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kith.evaluation.rollup import roll_up
from kith.ground.errors import Broken
from tests.workers.conftest import Place
from workers.timetable import Entry, Timetable, next_time

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
NIGHTLY = "10 2 * * *"
ONE = [Entry("evaluation.nightly", NIGHTLY, roll_up)]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("zone", "after", "expected"),
    [
        ("Europe/Dublin", "2026-07-01T12:00+00:00", "2026-07-02T02:10+01:00"),
        ("Europe/Dublin", "2026-01-01T12:00+00:00", "2026-01-02T02:10+00:00"),
        ("Asia/Kathmandu", "2026-01-01T12:00+00:00", "2026-01-02T02:10+05:45"),
        # The hour from 2 to 3 is skipped: as much later as the clock jumps.
        ("Europe/Berlin", "2026-03-28T12:00+01:00", "2026-03-29T03:10+02:00"),
        ("Europe/Berlin", "2026-03-29T03:10+02:00", "2026-03-30T02:10+02:00"),
        # The hour from 2 to 3 comes twice: the first time counts.
        ("Europe/Berlin", "2026-10-24T12:00+02:00", "2026-10-25T02:10+02:00"),
        ("Europe/Berlin", "2026-10-25T02:10+02:00", "2026-10-26T02:10+01:00"),
        ("Europe/Berlin", "2026-10-25T02:05+01:00", "2026-10-26T02:10+01:00"),
        ("America/St_Johns", "2026-11-01T00:30-02:30", "2026-11-01T02:10-03:30"),
    ],
)
def test_the_next_time_is_by_the_wall_clock(zone: str, after: str, expected: str) -> None:
    assert next_time(NIGHTLY, zone, at(after)) == at(expected)


@pytest.mark.parametrize("zone", ["Europe/Dublin", "America/Santiago", "Australia/Lord_Howe", "Africa/Casablanca"])
def test_a_nightly_entry_comes_once_on_every_day_of_a_year(zone: str) -> None:
    moment, days = at("2026-01-01T12:00+00:00"), []
    for _ in range(365):
        moment = next_time(NIGHTLY, zone, moment)
        days.append(moment.astimezone(ZoneInfo(zone)).date())
    assert days == [days[0] + timedelta(days=number) for number in range(365)]


async def test_every_active_organisation_gets_its_rows_by_its_own_clock(place: Place) -> None:
    dublin = await place.organisation(time_zone="Europe/Dublin")
    tokyo = await place.organisation(time_zone="Asia/Tokyo")
    await place.organisation(status="SUSPENDED")
    assert await Timetable(place.engine, ONE).tick(NOON) == 0
    assert await _next(place) == {dublin: at("2026-07-02T01:10Z"), tokyo: at("2026-07-01T17:10Z")}


async def test_what_is_due_is_asked_for_and_moves_on(place: Place) -> None:
    organisation = await place.organisation()
    await Timetable(place.engine, ONE).tick(NOON)
    night = at("2026-07-02T01:10Z")
    assert [await Timetable(place.engine, ONE).tick(night) for _ in range(2)] == [1, 0]
    [row] = await place.outbox()
    assert (row.organisation_id, row.operation, row.arguments) == (organisation, roll_up.name, "{}")
    assert await _next(place) == {organisation: night + timedelta(days=1)}


async def test_what_was_missed_happens_once(place: Place) -> None:
    await place.organisation()
    await Timetable(place.engine, ONE).tick(NOON)
    assert [await Timetable(place.engine, ONE).tick(NOON + timedelta(days=9)) for _ in range(2)] == [1, 0]


async def test_a_suspended_organisation_waits(place: Place) -> None:
    await place.organisation()
    await Timetable(place.engine, ONE).tick(NOON)
    await place.connection.execute("UPDATE organisations SET status = 'SUSPENDED'")
    assert await Timetable(place.engine, ONE).tick(NOON + timedelta(days=2)) == 0
    await place.connection.execute("UPDATE organisations SET status = 'ACTIVE'")
    assert await Timetable(place.engine, ONE).tick(NOON + timedelta(days=2)) == 1


async def test_a_changed_time_zone_or_entry_is_followed(place: Place) -> None:
    organisation = await place.organisation()
    await Timetable(place.engine, ONE).tick(NOON)
    await place.connection.execute("UPDATE organisations SET time_zone = 'Asia/Tokyo'")
    await Timetable(place.engine, ONE).tick(NOON)
    assert await _next(place) == {organisation: at("2026-07-01T17:10Z")}
    await Timetable(place.engine, [Entry(ONE[0].name, "0 3 * * *", roll_up)]).tick(NOON)
    assert await _next(place) == {organisation: at("2026-07-01T18:00Z")}


async def test_an_entry_that_went_is_not_asked_for_and_in_time_forgotten(place: Place) -> None:
    organisation = await place.organisation()
    await Timetable(place.engine, ONE).tick(NOON)
    without = Timetable(place.engine, [])
    assert await without.tick(NOON + timedelta(days=2)) == 0
    assert list(await _next(place)) == [organisation]
    await without.tick(NOON + timedelta(days=40))
    assert await _next(place) == {}


async def test_several_schedulers_ask_once(place: Place) -> None:
    organisations = [await place.organisation() for _ in range(20)]
    tables = [Timetable(place.engine, ONE) for _ in range(3)]
    moment = NOON
    for _ in range(24):  # four days
        await asyncio.gather(*(each.tick(moment) for each in tables))
        moment += timedelta(hours=4)
    asked = Counter(row.organisation_id for row in await place.outbox())
    assert asked == dict.fromkeys(organisations, 4)


async def test_a_crash_in_between_neither_asks_nor_moves_on(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    await place.organisation()
    await Timetable(place.engine, ONE).tick(NOON)
    before = await _next(place)
    crashing = Timetable(place.engine, ONE)
    monkeypatch.setattr(crashing, "_later", _crash)
    with pytest.raises(Broken):
        await crashing.tick(NOON + timedelta(days=1))
    assert (await _next(place), await place.outbox()) == (before, [])


def _crash(*_: object) -> None:
    raise Broken("killed")


async def _next(place: Place) -> dict[object, datetime]:
    return {row["organisation_id"]: row["next_at"] for row in await place.connection.fetch("SELECT * FROM timetable")}

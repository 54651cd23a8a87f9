"""One house for the tests of meetings, in which they may change what they like."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, ParamSpec, TypeVar

import pytest

from kith.ground.operation import Operation
from kith.ground.work import Work
from kith.matching.match import Match, MatchStatus
from kith.matching.pausing import resume_match
from kith.meetings.meeting import OPEN, Meeting, cancel_meeting
from kith.meetings.recurring import end_series
from kith.meetings.series import MeetingSeries, SeriesStatus
from kith.people.absence import Absence, withdraw_absence
from kith.people.letters import Letter
from kith.people.reaching import edit_contact_preferences
from kith.programmes import PlaceType, edit_programme
from tenants.principal import principal
from tenants.work import Workplace
from tests.world import Building, Connection, build_house

P = ParamSpec("P")
R = TypeVar("R")


class Stage(Building):
    """A house, its people, and a clock that a test moves. `began` is when the test did."""

    began: datetime

    async def as_person(self, who: str) -> Any:
        """Who they are, signed in."""
        actor = await principal(self.workplace.engine, self.house.secrets[who])
        assert actor is not None
        return actor

    @asynccontextmanager
    async def looking(self, who: str = "admin") -> AsyncIterator[Work]:
        """Somebody reads."""
        async with self.workplace.reading(await self.as_person(who), now=self.clock) as work:
            yield work

    async def done(self, who: str, operation: Operation[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Somebody does something, and the workers do what is due by the clock."""
        result = await self.does(who, operation, *args, **kwargs)
        await self.later()
        return result

    async def pass_to(self, at: datetime, *, step: timedelta = timedelta(hours=1)) -> None:
        """Time passes, and the workers do what comes due on the way."""
        while self.clock < at:
            self.clock = min(at, self.clock + step)
            await self.later()

    async def letters(self, who: str, kind: str) -> Sequence[Letter]:
        """The letters of one kind that somebody was written, the oldest first."""
        mine = (Letter.person_id == self.house.people[who], Letter.kind == kind, Letter.written_at >= self.began)
        async with self.looking() as work:
            return await work.acting(Letter.READ).all(Letter, *mine, order_by=(Letter.written_at, Letter.id))


@pytest.fixture(scope="session")
async def shared(workplace: Workplace, superuser: Connection) -> Stage:
    """The house that the tests of this folder share."""
    slug = "meeting-house"
    house = await build_house(workplace, superuser, "Harbour", slug)
    shared = Stage(workplace, house, slug)
    shared.clock = datetime(2027, 6, 7, 9, tzinfo=UTC)
    return shared


@pytest.fixture
async def stage(shared: Stage) -> AsyncIterator[Stage]:
    """The house on the next 7 June at 09:00 UTC, ten o'clock in Dublin: nothing arranged, nobody's wishes known."""
    shared.clock = shared.began = shared.clock.replace(shared.clock.year + 1, 6, 7, 9, 0)
    await shared.later()
    yield shared
    async with shared.looking() as work:
        open_ = await work.acting(Meeting.READ).all(Meeting, Meeting.status.in_(OPEN), Meeting.starts_at > shared.clock)
        absences = await work.acting(Absence.READ).all(Absence, Absence.withdrawn_at.is_(None))
        series = await work.acting(MeetingSeries.READ).all(MeetingSeries, MeetingSeries.status == SeriesStatus.ACTIVE)
        resting = await work.acting(Match.READ).all(Match, Match.status == MatchStatus.PAUSED)
    for each in series:
        await shared.does("admin", end_series, each.id)
    for meeting in open_:
        if meeting.series_id is None:
            await shared.does("admin", cancel_meeting, meeting.id)
    for absence in absences:
        await shared.does("admin", withdraw_absence, absence.id)
    for match in resting:
        await shared.does("admin", resume_match, match.id)
    for who in ("mentor", "mentee"):
        await shared.does(
            "admin",
            edit_contact_preferences,
            shared.house.people[who],
            hours_before=None,
            quiet_from=None,
            quiet_until=None,
            do_not_contact=False,
            may_name_programme=False,
            wants_letters=True,
        )
    safe = [PlaceType.PUBLIC, PlaceType.PRIVATE]
    await shared.does("admin", edit_programme, shared.house.row("programme"), late_hours=24, safe_places=safe)

"""The stage of one organisation: who can sign in, and work opened as them at a past time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from kith.ground.actor import Actor, service
from kith.ground.errors import Broken
from kith.ground.operation import AnyOperation
from kith.ground.work import Work
from kith.people.profile import Window
from tenants.principal import principal
from tenants.work import Workplace

_OPENS, _HOURS = timedelta(hours=9), timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Someone:
    """A person who can sign in."""

    id: UUID
    name: str
    secret: str = field(repr=False)


@dataclass(slots=True)
class Stage:
    """One organisation while it is filled. What followed facts of the past is over: nothing reacts to them."""

    workplace: Workplace
    organisation_id: UUID
    time_zone: str
    now: datetime
    people: dict[UUID, Someone] = field(default_factory=dict)
    free: dict[UUID, tuple[Window, ...]] = field(default_factory=dict)  # when they can meet, by person
    taken: set[tuple[UUID, Window, int]] = field(default_factory=set)  # by a weekly meeting: whose, when
    _signed_in: dict[UUID, Actor] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return ZoneInfo(self.time_zone)

    def ago(self, days: float) -> datetime:
        """So many days before now, in the hours in which people are at work: what came first still does."""
        local = (self.now - timedelta(days=days)).astimezone(self.zone)
        midnight = datetime.combine(local, time(), self.zone)
        return midnight + _OPENS + (local - midnight) * (_HOURS / timedelta(days=1))

    def at(self, days_ago: int, hour: int, minute: int = 0) -> datetime:
        """That hour by the clock on the wall, so many days ago, or to come where they are below zero."""
        day = self.now.astimezone(self.zone).date() - timedelta(days=days_ago)
        return datetime.combine(day, time(hour, minute), self.zone)

    def weekday(self, days_ago: int, hour: int, minute: int = 0) -> datetime:
        """The same on a working day: on the Friday before, where that is a weekend."""
        at = self.at(days_ago, hour, minute)
        return self.at(days_ago + max(0, at.weekday() - 4), hour, minute)

    def chance(self, *about: object) -> Random:
        """Chances that are the same every time, whatever else happens."""
        return Random(":".join(map(str, ("kith", self.time_zone, *about))))  # noqa: S311 - made up, not secret

    @asynccontextmanager
    async def as_person(
        self, who: Someone, at: datetime, *, afresh: bool = False, reacting: bool = False
    ) -> AsyncIterator[Work]:
        """Work as the person; `afresh` signs them in again, to see whom they have come to know."""
        if afresh:
            self.forget(who)
        async with self._place(reacting).writing(await self.actor(who), now=at) as work:
            yield work

    @asynccontextmanager
    async def as_service(self, at: datetime, *operations: AnyOperation) -> AsyncIterator[Work]:
        """Work as the service itself, which may call these operations."""
        actor = service(self.organisation_id, [each.needs for each in operations])
        async with self._place(False).writing(actor, now=at) as work:
            yield work

    @asynccontextmanager
    async def scene(self, *people: Someone) -> AsyncIterator["Scene"]:
        """What several people do one after the other, in one transaction: cheaper than one each.

        These people are signed in again before it, to see whom they have come to know.
        """
        for who in people:
            self._signed_in[who.id] = await self._sign_in(who)
        async with self._place(False).writing(service(self.organisation_id, ()), now=self.now) as work:
            yield Scene(self, work)

    async def actor(self, who: Someone) -> Actor:
        """The person, signed in."""
        if who.id not in self._signed_in:
            self._signed_in[who.id] = await self._sign_in(who)
        return self._signed_in[who.id]

    def forget(self, who: Someone) -> None:
        """Sign the person in again next time."""
        self._signed_in.pop(who.id, None)

    def _place(self, reacting: bool) -> Workplace:
        return self.workplace if reacting else replace(self.workplace, reactions={})

    async def _sign_in(self, who: Someone) -> Actor:
        actor = await principal(self.workplace.engine, who.secret)
        if actor is None:
            raise Broken("a token of the demo signs nobody in")
        return actor


@dataclass(frozen=True, slots=True)
class Scene:
    """One transaction in which people act in turn, each at their own time."""

    stage: Stage
    _work: Work

    async def of(self, who: Someone, at: datetime) -> Work:
        """The person's work at that time."""
        return self._moved(await self.stage.actor(who), at)

    def of_service(self, at: datetime, *operations: AnyOperation) -> Work:
        """The service's own work at that time, which may call these operations."""
        return self._moved(service(self.stage.organisation_id, [each.needs for each in operations]), at)

    async def settle(self) -> None:
        """Send what was done so far to the database."""
        await self._work.settle()

    def _moved(self, actor: Actor, at: datetime) -> Work:
        moved = copy(self._work)
        moved.actor, moved.now, moved.request_id = actor, at, uuid4().hex
        return moved

"""The stage of one organisation: who can sign in, and work opened as them at a past time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from kith.ground.actor import Actor, service
from kith.ground.errors import Broken
from kith.ground.operation import AnyOperation
from kith.ground.work import Work
from kith.people.profile import Window
from tenants.principal import principal
from tenants.work import Workplace


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
        """So many days before now."""
        return self.now - timedelta(days=days)

    def chance(self, *about: object) -> Random:
        """Chances that are the same every time, whatever else happens."""
        return Random(":".join(map(str, ("kith", self.time_zone, *about))))  # noqa: S311 - made up, not secret

    @asynccontextmanager
    async def as_person(
        self, who: Someone, at: datetime, *, afresh: bool = False, reacting: bool = False
    ) -> AsyncIterator[Work]:
        """Work as the person; `afresh` signs them in again, to see whom they have come to know."""
        actor = None if afresh else self._signed_in.get(who.id)
        if actor is None:
            actor = self._signed_in[who.id] = await self._sign_in(who)
        async with self._place(reacting).writing(actor, now=at) as work:
            yield work

    @asynccontextmanager
    async def as_service(self, at: datetime, *operations: AnyOperation) -> AsyncIterator[Work]:
        """Work as the service itself, which may call these operations."""
        actor = service(self.organisation_id, [each.needs for each in operations])
        async with self._place(False).writing(actor, now=at) as work:
            yield work

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

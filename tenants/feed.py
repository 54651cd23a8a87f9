"""The feed of what happens: wakes whoever follows an organisation in which something was committed.

One poller a process asks the database, however many follow, and only while somebody does. It learns that something
happened and never what: whoever follows reads that with their own rights.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

POLL_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 5.0
_NEWS = text("SELECT horizon, organisations FROM kith_news(:since, :followed)")
_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Follower:
    """Somebody who follows one organisation. Everything below the horizon is committed, or undone for good.

    `start` is the horizon at which they began.
    """

    start: int = 0
    horizon: int = 0
    _bell: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self, horizon: int) -> None:
        """Tell that something may have happened below the horizon."""
        self.horizon = max(self.horizon, horizon)
        self._bell.set()

    async def woken(self, seconds: float) -> None:
        """Wait until something may have happened, at most so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._bell.wait()
        self._bell.clear()


class Feed:
    """Wakes followers. One a process."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._followers: defaultdict[UUID, set[Follower]] = defaultdict(set)
        self._polling: asyncio.Task[None] | None = None
        self._since: int | None = None  # None: whatever happened may have been missed
        self.closed = False

    @property
    def polls(self) -> bool:
        """Whether the poller runs."""
        return self._polling is not None and not self._polling.done()

    @property
    def followers(self) -> list[Follower]:
        """Everybody who follows."""
        return self._of(list(self._followers))

    @asynccontextmanager
    async def following(self, organisation_id: UUID) -> AsyncIterator[Follower]:
        """Follow an organisation for as long as the block."""
        follower = Follower()
        self._followers[organisation_id].add(follower)
        if not self.polls:
            self._since = None
            self._polling = asyncio.create_task(self._poll())
        try:
            follower.start, _ = await self._news(
                None, []
            )  # counted among the followers first, so that no news is missed
            follower.wake(follower.start)
            yield follower
        finally:
            self._followers[organisation_id].discard(follower)
            if not self._followers[organisation_id]:
                del self._followers[organisation_id]

    def close(self) -> None:
        """Wake everybody for the last time: the process is about to stop."""
        self.closed = True
        for follower in self.followers:
            follower.wake(0)

    async def _poll(self) -> None:
        pause = POLL_SECONDS
        while self._followers and not self.closed:
            try:
                await self._tick()
                pause = POLL_SECONDS
            except Exception:
                self._since = None
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
                _log.warning("The feed could not be read; again in %.1f seconds.", pause, exc_info=True)
            await asyncio.sleep(pause)

    async def _tick(self) -> None:
        asked = list(self._followers)
        horizon, organisations = await self._news(self._since, asked)
        newcomers = [id for id in self._followers if id not in asked]
        for follower in self.followers if self._since is None else self._of([*organisations, *newcomers]):
            follower.wake(horizon)
        self._since = horizon

    async def _news(self, since: int | None, followed: list[UUID]) -> tuple[int, list[UUID]]:
        async with self._engine.begin() as connection:
            found = (await connection.execute(_NEWS, {"since": since, "followed": followed})).one()
        return found.horizon, found.organisations

    def _of(self, organisations: list[UUID]) -> list[Follower]:
        return [each for id in organisations for each in self._followers.get(id, ())]

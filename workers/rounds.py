"""What the relay and the timetable share: a transaction in their own role, and going round until told to stop."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kith.ground.model import RELAY

LONGEST_PAUSE_SECONDS = 10.0
BRISK_SECONDS = 0.02  # between two rounds when the last one found something
_ROLE = text("SELECT set_config('role', :role, true)")
_log = logging.getLogger(__name__)


@asynccontextmanager
async def as_relay(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction in the role that reads every organisation's outbox and nothing about people."""
    async with engine.begin() as connection:
        await connection.execute(_ROLE, {"role": RELAY})
        yield connection


async def go_round(tick: Callable[[], Awaitable[int]], stop: asyncio.Event, *, idle: float) -> None:
    """Tick until told to stop: briskly while there is something to do, ever more slowly while it fails."""
    pause = idle
    while not stop.is_set():
        try:
            pause = BRISK_SECONDS if await tick() else idle
        except Exception:
            pause = min(2 * max(pause, idle), LONGEST_PAUSE_SECONDS)
            _log.warning("A round failed; the next one is in %.1f seconds.", pause, exc_info=True)
        await _rest(stop, pause)


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)

"""Running compiled reads: one statement in one read-only transaction, on connections kept for it.

The transaction begins with its role, its organisation and its time limit in one round trip; the statement is the
second, the end the third; where another read waits for the connection, the end and its beginning are one. A statement
is planned once for a connection: every page walks an index whatever its
parameters, and planning anew takes PostgreSQL as long as answering.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

import asyncpg

from kith.ground.errors import KithError
from kith.ground.model import ORGANISATION_SETTING, PLATFORM, TENANT
from tenants.changes import still_holds
from tenants.principal import Known
from tenants.work import NOTICES

LONGEST_SECONDS = 10  # that a read may take before PostgreSQL ends it, and may wait for a connection before
UNDONE_SECONDS = 3  # that what was given up may take to end
_LOOK_UP = "SELECT kith_principal($1)::text"
MOST_STATEMENTS = 200  # that a connection keeps prepared


class Overloaded(KithError):
    """Every connection was busy for too long."""


@dataclass(frozen=True)
class Read:
    """A statement of one text column, never null, with so many parameters."""

    sql: str
    parameters: int

    @cached_property
    def guarded(self) -> str:
        """The same, and null when the actor for whom it reads is no longer who they were."""
        return f"SELECT CASE WHEN {still_holds(self.parameters)} THEN ({self.sql}) END"


class Reads:
    """The connections that compiled reads run on, opened as they are needed, at most so many.

    A pool of asyncpg's asks more of each request than its read does of Python otherwise: it resets a connection and
    watches its age. Here nothing is left on a connection to reset.
    """

    def __init__(self, address: str, *, size: int) -> None:
        self._address = address
        self._open: set[Any] = set()
        self._places = size  # for connections that are not open yet
        self._free: list[Any] = []
        self._under_way: set[Any] = set()  # connections that were handed on within a transaction that is over
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._undoing: set[asyncio.Task[None]] = set()

    async def look_up(self, digest: bytes) -> str | None:
        """Whom a secret of this digest stands for, as kith_principal tells it. Raises Overloaded."""
        connection = await self._take()
        try:
            if self._to_end(connection):
                await connection.execute("COMMIT")
            found: str | None = await connection.fetchval(_LOOK_UP, digest, timeout=LONGEST_SECONDS)
        except BaseException as error:
            self._abandon(connection)
            if isinstance(error, TimeoutError):
                raise Overloaded from None
            raise
        self._give(connection)
        return found

    async def text(self, known: Known, read: Read, values: Sequence[Any]) -> str | None:
        """What the statement's only column says, within the actor's organisation; None when they no longer are who
        they were when they were looked up. Raises Overloaded.
        """
        sql = read.sql
        if known.snapshot is not None:
            sql, values = read.guarded, (*values, known.actor.organisation_id, known.snapshot, known.until)
        connection = await self._take()
        try:
            beginning = _beginning(known.actor.organisation_id)
            await connection.execute(f"COMMIT; {beginning}" if self._to_end(connection) else beginning)
            found: str | None = await connection.fetchval(sql, *values)
            if self._waiting and any(not turn.done() for turn in self._waiting):
                self._under_way.add(connection)
            else:
                await connection.execute("COMMIT")
        except BaseException:
            self._abandon(connection)
            raise
        self._give(connection)
        return found

    def _abandon(self, connection: Any) -> None:
        """Give back a connection whose read failed or was given up, once nothing of it runs there any more."""
        undoing = asyncio.create_task(self._undo(connection))
        self._undoing.add(undoing)
        undoing.add_done_callback(self._undoing.discard)

    async def _undo(self, connection: Any) -> None:
        """End a transaction whose statement may still run; a connection that cannot in time is closed."""
        try:
            await connection.execute("ROLLBACK", timeout=UNDONE_SECONDS)
        except Exception:
            connection.terminate()
        finally:
            self._give(connection)

    def _to_end(self, connection: Any) -> bool:
        """Whether the connection is still in the transaction of who had it before; it is for who asks to end it."""
        if connection not in self._under_way:
            return False
        self._under_way.remove(connection)
        return True

    async def close(self) -> None:
        """Close the connections."""
        await asyncio.gather(*self._undoing)
        for connection in list(self._open):
            await connection.close()

    async def _take(self) -> Any:
        """A connection that nobody else has: the one used last, a new one, or the first that somebody gives back."""
        while self._free:
            connection = self._free.pop()
            if not connection.is_closed():
                return connection
            self._open.discard(connection)
            self._places += 1
        if self._places:
            self._places -= 1
        else:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                async with asyncio.timeout(LONGEST_SECONDS):
                    connection = await turn
            except (asyncio.CancelledError, TimeoutError) as gone:
                if turn.done() and not turn.cancelled():
                    self._give(turn.result())
                if isinstance(gone, TimeoutError):
                    raise Overloaded from None
                raise
            if connection is not None:
                return connection
        try:
            return await self._connect()
        except BaseException:
            self._give(None)
            raise

    async def _connect(self) -> Any:
        connection = await asyncpg.connect(
            self._address,
            statement_cache_size=MOST_STATEMENTS,
            max_cached_statement_lifetime=0,
            max_cacheable_statement_size=0,
            server_settings={"application_name": "kith reads", "timezone": "UTC", **NOTICES},
            timeout=LONGEST_SECONDS,
        )
        self._open.add(connection)
        return connection

    def _give(self, connection: Any) -> None:
        """Give a connection to who waits longest; in place of one that is lost, the right to open another."""
        if connection is not None and connection.is_closed():
            self._lost(connection)
            connection = None
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        if connection in self._under_way:  # for somebody who hung up
            connection.terminate()
            self._lost(connection)
            connection = None
        if connection is None:
            self._places += 1
        else:
            self._free.append(connection)

    def _lost(self, connection: Any) -> None:
        """Forget a connection that is closed."""
        self._open.discard(connection)
        self._under_way.discard(connection)


async def holds(connection: Any, known: Known) -> bool:
    """Whether an actor still is who they were when they were looked up, as the connection's transaction sees it."""
    if known.snapshot is None:
        return True
    values = known.actor.organisation_id, known.snapshot, known.until
    return bool(await connection.fetchval(f"SELECT {still_holds(0)}", *values))


@lru_cache(10_000)
def _beginning(organisation_id: UUID | None) -> str:
    role, organisation = (PLATFORM, "") if organisation_id is None else (TENANT, organisation_id)
    return (
        f"BEGIN READ ONLY; SET LOCAL ROLE {role}; SET LOCAL {ORGANISATION_SETTING} = '{organisation}';"
        f" SET LOCAL statement_timeout = '{LONGEST_SECONDS}s'; SET LOCAL plan_cache_mode = force_generic_plan"
    )

"""Running compiled reads: one statement in one read-only transaction, on connections kept for it.

The transaction begins with its role, its organisation and its time limit in one round trip; the statement is the
second, the end the third.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import asyncpg

from kith.ground.actor import Actor
from kith.ground.model import ORGANISATION_SETTING
from kith.ground.work import scope_for
from tenants.changes import still_holds
from tenants.principal import Known

LONGEST_SECONDS = 10  # that a read may take before PostgreSQL ends it
_LOOK_UP = "SELECT kith_principal($1)::text"
MOST_STATEMENTS = 200  # that a connection keeps prepared


class _Connection(asyncpg.Connection):  # type: ignore[misc]  # its stubs know no record class
    def get_reset_query(self) -> str:
        """Nothing: all that a read sets ends with its transaction."""
        return ""


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
    """The connections that compiled reads run on, opened when the first one is needed."""

    def __init__(self, address: str, *, size: int) -> None:
        self._address, self._size = address, size
        self._pool: Any = None
        self._opening = asyncio.Lock()

    async def look_up(self, digest: bytes) -> str | None:
        """Whom a secret of this digest stands for, as kith_principal tells it."""
        pool = self._pool or await self._open()
        async with pool.acquire() as connection:
            found: str | None = await connection.fetchval(_LOOK_UP, digest)
            return found

    async def text(self, known: Known, read: Read, values: Sequence[Any]) -> str | None:
        """What the statement's only column says, within the actor's organisation; None when they no longer are who
        they were when they were looked up.
        """
        sql = read.sql
        if known.snapshot is not None:
            sql, values = read.guarded, (*values, known.actor.organisation_id, known.snapshot, known.until)
        pool = self._pool or await self._open()
        async with pool.acquire() as connection:
            await connection.execute(_beginning(known.actor))
            try:
                found: str | None = await connection.fetchval(sql, *values)
            except BaseException:
                await asyncio.shield(_undo(connection))
                raise
            await connection.execute("COMMIT")
            return found

    async def close(self) -> None:
        """Close the connections."""
        if self._pool is not None:
            await self._pool.close()

    async def _open(self) -> Any:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._address,
                    min_size=1,
                    max_size=self._size,
                    connection_class=_Connection,
                    statement_cache_size=MOST_STATEMENTS,
                    max_cached_statement_lifetime=0,
                    max_cacheable_statement_size=0,
                    server_settings={"application_name": "kith reads", "timezone": "UTC"},
                )
        return self._pool


async def _undo(connection: Any) -> None:
    """End the transaction of a read that failed or was given up; a connection that cannot is closed."""
    try:
        await connection.execute("ROLLBACK")
    except Exception:
        connection.terminate()


def _beginning(actor: Actor) -> str:
    role, organisation_id = scope_for(actor)
    organisation = "" if organisation_id is None else str(organisation_id)
    return (
        f"BEGIN READ ONLY; SELECT set_config('role', '{role}', true),"
        f" set_config('{ORGANISATION_SETTING}', '{organisation}', true),"
        f" set_config('statement_timeout', '{LONGEST_SECONDS}s', true)"
    )

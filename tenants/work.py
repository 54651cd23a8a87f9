"""Opening work: for an actor, reading or writing, in one transaction."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from kith.ground.actor import Actor
from kith.ground.errors import Conflict, Misconfigured
from kith.ground.work import Post, Reactions, Work, scope_for

LONGEST_WAIT_SECONDS = 10  # for a connection
_TAKEN = {"23505", "23P01", "40001", "40P01"}  # unique, exclusion, serialisation, deadlock


def utc_now() -> datetime:
    """The time of the machine, as everything that has no other clock knows it."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where work is opened: a database, what follows facts, how letters leave, and what time it is."""

    engine: AsyncEngine
    reactions: Reactions
    post: Post
    clock: Callable[[], datetime] = utc_now

    @asynccontextmanager
    async def reading(
        self, actor: Actor, *, now: datetime | None = None, request_id: str | None = None
    ) -> AsyncIterator[Work]:
        """Work that changes nothing: the database refuses to."""
        async with self._session(actor) as session:
            await session.connection(execution_options={"postgresql_readonly": True})
            yield self._work(session, actor, now, request_id)

    @asynccontextmanager
    async def writing(
        self, actor: Actor, *, now: datetime | None = None, request_id: str | None = None
    ) -> AsyncIterator[Work]:
        """Work that is committed when the block ends and rolled back when it raises.

        Raises Conflict when somebody else took the same thing in the meantime.
        """
        async with self._session(actor) as session:
            try:
                yield self._work(session, actor, now, request_id)
                await session.commit()
            except DBAPIError as error:
                raise as_refusal(error) from error

    def _session(self, actor: Actor) -> AsyncSession:
        return AsyncSession(self.engine, expire_on_commit=False, info={"scope": scope_for(actor)})

    def _work(self, session: AsyncSession, actor: Actor, now: datetime | None, request_id: str | None) -> Work:
        return Work(
            session,
            actor,
            now=now or self.clock(),
            request_id=request_id or uuid4().hex,
            reactions=self.reactions,
            post=self.post,
        )


def as_refusal(error: DBAPIError) -> Exception:
    """A race that the database settled, as the refusal that it is; any other error as it came."""
    state = getattr(error.orig, "sqlstate", None)
    if state in _TAKEN and isinstance(error, IntegrityError | DBAPIError):
        return Conflict("Somebody else was first. Read it again and try once more.")
    return error


def is_away(error: BaseException) -> bool:
    """Whether the error says that the database, or a connection to it, cannot be had just now."""
    if isinstance(error, PoolTimeout | OSError | asyncpg.InterfaceError):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = str(getattr(cause, "sqlstate", None))
    invalidated = isinstance(error, DBAPIError) and error.connection_invalidated
    return invalidated or state.startswith(("08", "57P0")) or state == "53300"


async def driver_of(work: Work) -> Any:
    """The driver's connection, within the work's transaction."""
    pooled = await (await work.session.connection()).get_raw_connection()
    return pooled.driver_connection


# PostgreSQL ends a statement soon after its client is gone, and not when it would have answered.
NOTICES = {"client_connection_check_interval": "2s"}


def engine_for(address: str, *, pool_size: int) -> AsyncEngine:
    """An engine for the address, one per process and event loop."""
    return create_async_engine(
        address.replace("postgresql://", "postgresql+asyncpg://", 1),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=LONGEST_WAIT_SECONDS,
        pool_pre_ping=False,
        connect_args={"server_settings": {"application_name": "kith", "timezone": "UTC", **NOTICES}},
    )


async def refuse_a_powerful_role(engine: AsyncEngine) -> None:
    """Raise Misconfigured when the serving role could walk around row security."""
    async with engine.connect() as connection:
        powers = (
            await connection.execute(
                text(
                    "SELECT rolsuper, rolbypassrls,"
                    " EXISTS (SELECT FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner"
                    " WHERE c.relname = 'facts' AND pg_has_role(r.rolname, o.rolname, 'MEMBER')) AS owner"
                    " FROM pg_roles r WHERE rolname = session_user"
                )
            )
        ).one()
    if powers.rolsuper or powers.rolbypassrls or powers.owner:
        raise Misconfigured(
            "KITH_DATABASE signs in as a superuser, a role with BYPASSRLS or the owner of the tables: row security"
            " would not hold. Use the role kith_login that `kith migrate` makes."
        )

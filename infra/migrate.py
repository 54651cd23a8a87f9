"""Bring a database up to this code: roles, tables, functions, the broker's queue. Safe to repeat and to race."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any, LiteralString

import psycopg
from alembic import command
from alembic.config import Config
from dramatiq_postgres import generate_init_sql
from psycopg.sql import SQL, Identifier
from sqlalchemy import text

from infra.migrations import configuration, engine_of, scripts
from infra.migrations.restored import forget_restored_changes, put_restored_facts_behind
from infra.migrations.roles import ASSUMED, BROKER, LOGIN, OWNER, ensure_roles
from kith.ground.errors import Misconfigured
from kith.ground.model import LOOKUP

LOCK = 0x6B697468  # "kith": one migration of a database at a time
# Functions and triggers that are replaced whole each time, and the role that makes them.
REPEATABLE = (
    ("tenants", "principal.sql", LOOKUP),
    ("tenants", "changes.sql", LOOKUP),
    ("tenants", "standing.sql", OWNER),
    ("tenants", "budget.sql", LOOKUP),
    ("tenants", "news.sql", LOOKUP),
)

_SCHEMA = SQL("""
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    GRANT USAGE, CREATE ON SCHEMA public TO {owner};
    GRANT USAGE ON SCHEMA public TO {others};
""").format(owner=Identifier(OWNER), others=SQL(", ").join(map(Identifier, (*ASSUMED, LOOKUP, LOGIN))))
_MIGRATED = "SELECT to_regclass('public.alembic_version') IS NOT NULL"
_QUEUE = """
    SELECT true FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'dramatiq' AND c.relname = 'queue'
"""
_REVISION = "SELECT version_num FROM public.alembic_version"

_alembic = threading.Lock()  # it keeps the migration that runs in module globals


async def migrate(admin_url: str, *, login_password: str, broker_password: str) -> None:
    """Bring the database up to this code.

    The address (`postgresql://...`) signs in directly, not through a pooler, as the database's owner, who may also
    create roles, or as a superuser. Raises Misconfigured when the database is newer than this code.
    """
    await asyncio.to_thread(_migrate, admin_url, {LOGIN: login_password, BROKER: broker_password})


async def pending(url: str) -> bool:
    """Whether the database is behind this code; the serving role may ask.

    Raises Misconfigured when it is ahead.
    """
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as session:
        migrated = await (await session.execute(_MIGRATED)).fetchone() == (True,)
        row = await (await session.execute(_REVISION)).fetchone() if migrated else None
    revision = row[0] if row else None
    _refuse_newer(revision)
    return revision != head()


def head() -> str:
    """The revision that this code needs."""
    found = scripts().get_current_head()
    assert found is not None
    return found


def prepare(session: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    """Make the roles, and let them into the schema."""
    ensure_roles(session, passwords)
    session.execute(_SCHEMA)


def upgrade(admin_url: str, revision: str = "head") -> None:
    """Bring the tables forward."""
    _move(admin_url, revision, command.upgrade)


def downgrade(admin_url: str, revision: str) -> None:
    """Take the tables back to a revision, or to `base`: none."""
    _move(admin_url, revision, command.downgrade)


def _move(admin_url: str, revision: str, way: Callable[[Config, str], None]) -> None:
    """Run migrations as the tables' owner."""
    with _alembic, engine_of(admin_url).connect() as connection:
        # For the whole session, because a migration may end a transaction of its own.
        connection.execute(text(f"SET ROLE {OWNER}"))
        connection.commit()
        way(configuration(connection), revision)
        connection.execute(text(f"GRANT SELECT ON alembic_version TO {LOGIN}"))
        connection.commit()


def _migrate(admin_url: str, passwords: Mapping[str, str]) -> None:
    with psycopg.connect(admin_url, autocommit=True) as session:
        session.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        _refuse_newer(_revision(session))
        prepare(session, passwords)
        upgrade(admin_url)
        for package, file, owner in REPEATABLE:
            _replace(session, (files(package) / file).read_text(encoding="utf-8"), owner)
        put_restored_facts_behind(session)
        forget_restored_changes(session)
        _make_queue(session)


def _revision(session: psycopg.Connection) -> str | None:
    """The revision a database is at, if it was ever migrated; asked as the tables' owner."""
    if _value(session, _MIGRATED) is not True:
        return None
    with session.transaction():
        session.execute(SQL("SET LOCAL ROLE {}").format(Identifier(OWNER)))
        found: str | None = _value(session, _REVISION)
    return found


def _refuse_newer(revision: str | None) -> None:
    known = {script.revision for script in scripts().walk_revisions()}
    if revision is not None and revision not in known:
        raise Misconfigured(
            f"The database is at revision {revision}, which this Kith ({head()}) does not know: "
            "run the newer Kith that migrated it, or restore the backup made before."
        )


def _replace(session: psycopg.Connection, script: str, owner: str) -> None:
    """Replace functions as their owner, who may create things only while that lasts."""
    role = Identifier(owner)
    with session.transaction():
        session.execute(SQL("GRANT CREATE ON SCHEMA public TO {}").format(role))
        session.execute(SQL("SET LOCAL ROLE {}").format(role))
        session.execute(script.encode())
        session.execute("RESET ROLE")
        if owner != OWNER:  # who may at all times
            session.execute(SQL("REVOKE CREATE ON SCHEMA public FROM {}").format(role))


def _make_queue(session: psycopg.Connection) -> None:
    """Make the broker's schema and tables, if it has none."""
    if _value(session, _QUEUE):
        return
    database, broker = Identifier(session.info.dbname), Identifier(BROKER)
    with session.transaction():
        session.execute(SQL("CREATE SCHEMA IF NOT EXISTS dramatiq AUTHORIZATION {}").format(broker))
        # Its script says CREATE SCHEMA IF NOT EXISTS, which wants the right even where the schema exists.
        session.execute(SQL("GRANT CREATE ON DATABASE {} TO {}").format(database, broker))
        session.execute(SQL("SET LOCAL ROLE {}").format(broker))
        session.execute(generate_init_sql(schema="dramatiq").encode())
        session.execute("RESET ROLE")
        session.execute(SQL("REVOKE CREATE ON DATABASE {} FROM {}").format(database, broker))


def _value(session: psycopg.Connection, query: LiteralString) -> Any:
    row = session.execute(query).fetchone()
    return row[0] if row else None

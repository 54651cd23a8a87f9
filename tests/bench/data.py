"""The data that the benchmarks run on: twenty organisations after some years, made once and kept.

The database's name carries a hash of the migrations and of what fills it, so that a change of either makes it anew.
"""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from infra.migrate import migrate
from infra.postgres import EmbeddedPostgres, data_folder

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FILLING = HERE / "data.sql"
PASSWORD = "bench"  # the server has a socket alone, in a folder that is closed to everybody else
SETTINGS = {"shared_buffers": "1GB"}  # the data fits, as it would on a machine bought for it
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)  # when the data stands, whenever the benchmarks run


@dataclass(frozen=True)
class Shape:
    """How many of each: organisations, and in each of them; meetings are of each match."""

    organisations: int = 20
    programmes: int = 4
    supervisors: int = 10
    mentors: int = 200
    mentees: int = 800
    matches: int = 750
    meetings: int = 20
    slug: str = "org"


USUAL = Shape()


def secret_of(slug: str, role: str) -> str:
    """The bearer secret of the first person of a role in an organisation: `admin`, `coordinator`, `supervisor`..."""
    return f"kith_bench_{slug}_{role}"


@contextmanager
def server() -> Iterator[EmbeddedPostgres]:
    """The database server of the benchmarks, as durable as a developer's; its folder outlives the run."""
    with EmbeddedPostgres(data_folder(ROOT / ".cache/bench"), settings=SETTINGS) as running:
        yield running


def filled(running: EmbeddedPostgres) -> str:
    """The name of the database with the usual data in it, made now if it is not there."""
    name = f"bench_{_digest()}"
    with psycopg.connect(running.dsn(), autocommit=True) as session:
        if name in _databases(session):
            return name
        for old in _databases(session):
            session.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(old)))
        began = time.monotonic()
        session.execute("CREATE DATABASE bench_filling")
        _migrate(running.dsn(database="bench_filling"))
        with psycopg.connect(running.dsn(database="bench_filling")) as filling:
            fill(filling, USUAL)
        settle(running.dsn(database="bench_filling"))
        # Renamed when it is whole: a run that was interrupted leaves nothing that looks finished.
        session.execute(SQL("ALTER DATABASE bench_filling RENAME TO {}").format(Identifier(name)))
        print(f"Filled the database in {time.monotonic() - began:.0f} s; later runs use it again.", flush=True)
    return name


@contextmanager
def copy(running: EmbeddedPostgres, original: str, name: str) -> Iterator[str]:
    """A copy of a database for as long as the block."""
    drop = SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name))
    create = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(Identifier(name), Identifier(original))
    with psycopg.connect(running.dsn(), autocommit=True) as session:
        session.execute(drop)
        session.execute(create)
        try:
            yield name
        finally:
            session.execute(drop)


def fill(connection: psycopg.Connection, shape: Shape) -> None:
    """Add organisations of a shape; the connection is a superuser's."""
    with connection.transaction():
        columns = {**asdict(shape), "now": NOW}
        listed = SQL(", ").join(SQL("%s AS {}").format(Identifier(name)) for name in columns)
        connection.execute(SQL("SET LOCAL timezone TO 'UTC'"))
        connection.execute(
            SQL("CREATE TEMP TABLE shape ON COMMIT DROP AS SELECT {}").format(listed), [*columns.values()]
        )
        connection.execute(FILLING.read_bytes())


def settle(address: str) -> None:
    """Give the planner its figures and the pages their final form, as a day of autovacuum would."""
    with psycopg.connect(address, autocommit=True) as session:
        session.execute("VACUUM (ANALYZE)")
        session.execute("CHECKPOINT")


def _migrate(address: str) -> None:
    import asyncio

    asyncio.run(migrate(address, login_password=PASSWORD, broker_password=PASSWORD))


def _databases(session: psycopg.Connection) -> list[str]:
    found = session.execute(r"SELECT datname FROM pg_database WHERE datname LIKE 'bench\_%'").fetchall()
    return [name for (name,) in found]


def _digest() -> str:
    parts = [*sorted((ROOT / "infra/migrations").rglob("*.py")), ROOT / "tenants/principal.sql"]
    found = hashlib.sha256(repr(USUAL).encode() + NOW.isoformat().encode())
    for part in (*parts, FILLING):
        found.update(part.read_bytes())
    return found.hexdigest()[:12]

"""A server for these tests alone, and for each test a database of its own with the real tables and queue."""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.migrate import migrate
from infra.postgres import EmbeddedPostgres
from kith.ground import discovery, settings
from kith.ground.actor import service
from kith.ground.operation import AnyOperation
from kith.people.letters import SEND
from tenants.work import Workplace, engine_for
from tests.workers import doing
from workers.jobs import Job, Patience

PASSWORD = "secret"
QUICK = Patience(seconds=5, retries=2, first_pause=0.01, growth=1)


@dataclass
class Place:
    """One database with its addresses, and what a test looks at in it."""

    admin: str
    settings: settings.Settings
    workplace: Workplace
    connection: "asyncpg.Connection[Any]"

    @property
    def engine(self) -> AsyncEngine:
        """The engine of the serving role."""
        return self.workplace.engine

    async def organisation(self, *, time_zone: str = "Europe/Dublin", status: str = "ACTIVE") -> UUID:
        """A new organisation."""
        id = uuid4()
        await self.connection.execute(
            "INSERT INTO organisations (id, slug, name, time_zone, status, provisioned_at)"
            " VALUES ($1, $2, 'A', $3, $4, now())",
            *(id, f"a-{id.hex}", time_zone, status),
        )
        return id

    async def ask(self, organisation_id: UUID, operation: AnyOperation, times: int = 1, **arguments: Any) -> None:
        """Have the operation called later, as a request would."""
        async with self.workplace.writing(service(organisation_id, (SEND,)), request_id="asked") as work:
            for _ in range(times):
                work.later(operation, **arguments)

    async def marks(self, word: str) -> int:
        """How many letters with this word were left."""
        found: int = await self.connection.fetchval("SELECT count(*) FROM letters WHERE subject = $1", word)
        return found

    async def outbox(self) -> list[SimpleNamespace]:
        """Every row that waits, is handed out or is a dead letter."""
        rows = await self.connection.fetch("SELECT * FROM outbox ORDER BY due_at, id")
        return [SimpleNamespace(**row) for row in rows]

    async def queued(self) -> list[str]:
        """The ids of the messages in the broker's queue."""
        rows = await self.connection.fetch("SELECT message_id FROM dramatiq.queue ORDER BY available_at, position")
        return [str(row["message_id"]) for row in rows]

    async def perform(self, row: SimpleNamespace, patience: Patience = QUICK) -> None:
        """Do what a row asks, as a worker would on its message."""
        await Job(self.workplace, patience, row.organisation_id, row.id).perform()


@pytest.fixture(scope="session")
def workers_server() -> Iterator[EmbeddedPostgres]:
    """A throwaway server, where the account that it runs as may go."""
    with tempfile.TemporaryDirectory(prefix="kith-workers-", dir="/var/tmp") as name:
        if os.geteuid() == 0:
            Path(name).chmod(0o711)
        with EmbeddedPostgres(Path(name) / "postgres", throwaway=True) as server:
            yield server
        shutil.rmtree(Path(name) / "postgres", ignore_errors=True)


@pytest.fixture(scope="session")
async def template(workers_server: EmbeddedPostgres) -> str:
    """A migrated database to copy."""
    discovery.load("kith", "tenants")
    admin = await asyncpg.connect(workers_server.dsn())
    await admin.execute("CREATE DATABASE workers_template")
    await admin.close()
    await migrate(workers_server.dsn(database="workers_template"), login_password=PASSWORD, broker_password=PASSWORD)
    return "workers_template"


@pytest.fixture
async def place(workers_server: EmbeddedPostgres, template: str) -> AsyncIterator[Place]:
    """A database of the test's own."""
    name = f"workers_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(workers_server.dsn())
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    try:
        async with _open(workers_server, name) as place:
            yield place
    finally:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


@asynccontextmanager
async def _open(server: EmbeddedPostgres, name: str) -> AsyncIterator[Place]:
    addresses = {
        "KITH_ENVIRONMENT": "development",
        "KITH_DATABASE": server.dsn("kith_login", PASSWORD, name),
        "KITH_BROKER": server.dsn("kith_broker", PASSWORD, name),
        "KITH_JOB_LEASE_SECONDS": "2",
        "KITH_UNFINISHED_JOBS": "5",
    }
    engine = engine_for(addresses["KITH_DATABASE"], pool_size=10)
    admin = server.dsn(database=name)
    connection = await asyncpg.connect(admin)
    yield Place(admin, settings.read(addresses), Workplace(engine, {}, doing.NoPost()), connection)
    await connection.close()
    await engine.dispose()


@pytest.fixture
def done() -> Iterator[SimpleNamespace]:
    """The operations of doing.py, known for the length of a test."""
    with doing.operations() as operations:
        yield operations


async def until(true: Callable[[], Awaitable[bool]], seconds: float = 20) -> float:
    """Wait for it, and say for how long."""
    began = time.perf_counter()
    async with asyncio.timeout(seconds):
        while not await true():  # noqa: ASYNC110 - the database does not call us
            await asyncio.sleep(0.005)
    return time.perf_counter() - began

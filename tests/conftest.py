"""The ground the tests stand on: one throwaway server a run, one database a process, the world in it.

The process that runs the tests, or that shares them out between workers, owns the server. Fixtures that last the
whole run: `world`, `settings`, `superuser`, `workplace`, `app`, `api`.
"""

import fcntl
import os
import pickle
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from starlette.applications import Starlette

import tests.world
from infra.app import application
from infra.migrate import migrate
from infra.postgres import EmbeddedPostgres
from infra.wiring import workplace_for
from kith.ground.settings import Settings, read
from tenants.work import Workplace
from tests.world import Connection, World, build_world

PASSWORD = "secret"
TEMPLATE = "kith_template"
SERVER = pytest.StashKey[EmbeddedPostgres]()
Answer = dict[str, Any]


class Api:
    """The service as a client sees it. It keeps nothing between two requests."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client

    async def __call__(self, token: str | None, query: str, **variables: Any) -> Answer:
        """The answer to a document."""
        answer: Answer = (await self.send(token, query, **variables)).json()
        return answer

    async def send(self, token: str | None, query: str, **variables: Any) -> httpx2.Response:
        """The same with its status, headers and bytes."""
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        return await self.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)

    async def data(self, token: str | None, query: str, **variables: Any) -> Any:
        """The data of an answer that has no errors."""
        answer = await self(token, query, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    async def mutate(self, token: str | None, name: str, given: Mapping[str, Any], shown: str = "id") -> Answer:
        """The payload of one mutation: `{"result": ..., "errors": [...]}`; its request was admitted."""
        kind = f"{name[0].upper()}{name[1:]}Input!"
        asked = f"mutation($input: {kind}) {{ {name}(input: $input) {PAYLOAD % shown} }}"
        payload: Answer = (await self.data(token, asked, input=given))[name]
        return payload

    async def done(self, token: str | None, name: str, given: Mapping[str, Any], shown: str = "id") -> Any:
        """The result of a mutation that was done."""
        payload = await self.mutate(token, name, given, shown)
        assert payload["result"] is not None, payload
        return payload["result"]


PAYLOAD = "{ result { %s } errors { code message path } }"


def pytest_configure(config: pytest.Config) -> None:
    """Start the server before the workers that share it, which is why the controller does it."""
    shares_out = getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput")
    if shares_out and not config.option.collectonly:
        _start(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long campaign runs only when it is asked for."""
    if not os.environ.get("KITH_DEEP"):
        deep = [item for item in items if item.get_closest_marker("deep")]
        items[:] = [item for item in items if item not in deep]
        config.hook.pytest_deselected(items=deep)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server if this process started it."""
    server = config.stash.get(SERVER, None)
    if server is not None:
        server.stop()
        shutil.rmtree(server.folder.parent, ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where the server is."""
    server = node.config.stash.get(SERVER, None)
    if server is not None:
        node.workerinput["kith_server"] = str(server.folder)


def _start(config: pytest.Config) -> EmbeddedPostgres:
    home = Path(tempfile.mkdtemp(prefix="kith-tests-", dir="/var/tmp"))
    if os.geteuid() == 0:
        home.chmod(0o711)  # the account that the server runs as walks through it
    server = config.stash[SERVER] = EmbeddedPostgres(home / "postgres", throwaway=True)
    server.start()
    return server


async def _execute(server: EmbeddedPostgres, statement: str) -> None:
    connection = await asyncpg.connect(server.dsn())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> EmbeddedPostgres:
    """The server of the run, whoever started it."""
    shared = getattr(pytestconfig, "workerinput", {}).get("kith_server")
    return EmbeddedPostgres(Path(shared), throwaway=True) if shared else _start(pytestconfig)


@pytest.fixture(scope="session")
async def world(server: EmbeddedPostgres) -> World:
    """Harbour and Lantern. Only read it: a test that changes something builds a house of its own.

    The first process that needs it builds it, in the database that all others copy.
    """
    note = server.folder.parent / "world.pickle"
    with (server.folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.exists():
            note.write_bytes(pickle.dumps(await _make_template(server)))
    made: World = pickle.loads(note.read_bytes())
    tests.world.PATTERN = made.pattern
    return made


async def _make_template(server: EmbeddedPostgres) -> World:
    await _execute(server, f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")  # left by one that failed
    await _execute(server, f"CREATE DATABASE {TEMPLATE}")
    address = server.dsn(database=TEMPLATE)
    await migrate(address, login_password=PASSWORD, broker_password=PASSWORD)
    workplace = workplace_for(_settings(server, TEMPLATE))
    superuser = await asyncpg.connect(address)
    try:
        return await build_world(workplace, superuser)
    finally:  # a database to which somebody is connected is not copied
        await superuser.close()
        await workplace.engine.dispose()


@pytest.fixture(scope="session")
async def database(server: EmbeddedPostgres, world: World) -> str:
    """The name of this process's own copy of the database with the world in it."""
    name = f"kith_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    await _execute(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    return name


@pytest.fixture(scope="session")
def settings(server: EmbeddedPostgres, database: str) -> Settings:
    """What the service is told in the tests."""
    return _settings(server, database)


def _settings(server: EmbeddedPostgres, database: str) -> Settings:
    return read(
        {},
        database=server.dsn("kith_login", PASSWORD, database),
        broker=server.dsn("kith_broker", PASSWORD, database),
        migrations=server.dsn(database=database),
        environment="development",
        cost_capacity="1000000000",  # no test but those of budgets runs dry
        cost_restore="1000000000",
    )


@pytest.fixture(scope="session")
async def superuser(server: EmbeddedPostgres, database: str) -> AsyncIterator[Connection]:
    """A connection past every row policy, to look at what is really there."""
    connection = await asyncpg.connect(server.dsn(database=database))
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def workplace(settings: Settings) -> AsyncIterator[Workplace]:
    """Where a test opens work itself."""
    workplace = workplace_for(settings)
    yield workplace
    await workplace.engine.dispose()


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[Starlette]:
    """The service without its workers."""
    app = application(settings, workers=False)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture(scope="session")
async def api(app: Starlette) -> AsyncIterator[Api]:
    """The service's API: `await api(token, query, **variables)`."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://kith.test") as client:
        yield Api(client)

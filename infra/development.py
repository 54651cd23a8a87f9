"""Everything on one machine: embedded PostgreSQL, migrations, a demo, the API with its workers."""

import secrets
import shutil
import signal
import socket
import sys
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, Protocol

import asyncpg
import orjson
import uvloop

from infra.demo import demo
from infra.migrate import migrate
from infra.postgres import EmbeddedPostgres, data_folder
from infra.wiring import workplace_for
from kith.ground.settings import Settings, read

PROJECT = Path(__file__).resolve().parent.parent
LOG_LEVEL = "WARNING"
DATABASE = "kith"
FIRST_QUERY = (
    "{ viewer { person { name } organisation { name } roles }"
    " matches(first: 5) { nodes { mentor { name } mentee { name } status } } }"
)


class Serve(Protocol):
    """Serves until it is told to stop."""

    def __call__(self, settings: Settings, listening: socket.socket, *, workers: bool) -> Awaitable[None]: ...


def run(listening: socket.socket, data: Path | None, *, fresh: bool, serve: Serve) -> None:
    """Start everything, print how to begin, and serve until INT or TERM."""
    for each in (signal.SIGINT, signal.SIGTERM):  # a shell starts what runs in the background with INT ignored
        signal.signal(each, signal.default_int_handler)
    began = time.monotonic()
    folder = data.resolve() if data else data_folder(PROJECT)
    notes = PROJECT / ".kith"
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)  # not `notes`: it may hold another run's database
    with EmbeddedPostgres(folder) as server:
        port = listening.getsockname()[1]
        uvloop.run(_prepared_and_served(server, folder, notes / "demo.json", port, listening, serve, began))


async def _prepared_and_served(
    server: EmbeddedPostgres, folder: Path, note: Path, port: int, listening: socket.socket, serve: Serve, began: float
) -> None:
    settings, known = await prepare(server, folder, note, f"http://127.0.0.1:{port}")
    sys.stdout.write(_welcome(known, time.monotonic() - began) + "\n")
    sys.stdout.flush()
    await serve(settings, listening, workers=True)


async def prepare(server: EmbeddedPostgres, folder: Path, note: Path, url: str) -> tuple[Settings, dict[str, Any]]:
    """A migrated database with the demo in it, and what the demo's note says.

    The folder's seed is written last. Without it a database is half filled, and is made anew.
    """
    passwords = _passwords(folder / "passwords.json")
    seed = folder / "seed.json"  # of this folder; the note is of whichever run was last
    if not seed.exists():
        await _drop(server)
    await _create(server)
    await migrate(server.dsn(database=DATABASE), login_password=passwords["login"], broker_password=passwords["broker"])
    settings = settings_for(server, passwords)
    if not seed.exists():
        workplace = workplace_for(settings)
        known = await demo(workplace)
        await workplace.engine.dispose()
        _write(seed, known)
    known = at_address(orjson.loads(seed.read_bytes()), url)
    _write(note, known)
    return settings, known


def at_address(known: dict[str, Any], url: str) -> dict[str, Any]:
    """What the demo's note says, with where the service is this time."""
    return {**known, "url": url, "graphql": f"{url}/graphql"}


def settings_for(server: EmbeddedPostgres, passwords: dict[str, str]) -> Settings:
    """The settings of a developer's machine."""
    return read(
        environment="development",
        database=server.dsn("kith_login", passwords["login"], DATABASE),
        broker=server.dsn("kith_broker", passwords["broker"], DATABASE),
    )


def _passwords(path: Path) -> dict[str, str]:
    if not path.exists():
        _write(path, {name: secrets.token_hex(24) for name in ("login", "broker")})
    found: dict[str, str] = orjson.loads(path.read_bytes())
    return found


def _write(path: Path, value: Any) -> None:
    """Write a private file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2))
    part.replace(path)


async def _drop(server: EmbeddedPostgres) -> None:
    await _as_superuser(server, f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


async def _create(server: EmbeddedPostgres) -> None:
    try:
        await _as_superuser(server, f"CREATE DATABASE {DATABASE}")
    except asyncpg.DuplicateDatabaseError:
        return


async def _as_superuser(server: EmbeddedPostgres, statement: str) -> None:
    connection = await asyncpg.connect(server.dsn())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _welcome(known: dict[str, Any], seconds: float) -> str:
    harbour = known["organisations"][0]
    return f"""
Kith is ready after {seconds:.1f} s.

  Explorer   {known["graphql"]}       paste a token, run a query
  Frontend   {known["url"]}/frontend/     a coordinator's dashboard
  Mailbox    {known["url"]}/mailbox       the letters that were written

  Sign in with a bearer token from .kith/demo.json, for example the coordinator's of {harbour["name"]}:

    {harbour["tokens"]["coordinator"]}

  A first query:

    curl -s {known["graphql"]} -H 'content-type: application/json' \\
      -H 'authorization: Bearer {harbour["tokens"]["coordinator"]}' \\
      -d '{{"query": "{FIRST_QUERY}"}}'

  Control-C stops everything."""

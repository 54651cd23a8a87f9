"""The servers that are measured, each a process of its own on the same database, and the cores that they run on."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import orjson
import psycopg

from infra.postgres import EmbeddedPostgres
from tests.bench.data import PASSWORD
from tests.bench.operations import Ask, Operation, Request, of_hand_written, of_kith, of_postgraphile
from tests.clients import prepare
from tests.clients.service import free_port, process, until

POSTGRAPHILE = Path(__file__).parent / "peers/postgraphile"
NODE_MAJOR = 22  # PostGraphile asks for it
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server and how it is asked."""

    name: str
    url: str
    pid: int
    request: Callable[[Operation, Ask], Request]

    def answer(self, operation: Operation, ask: Ask) -> Any:
        """The data of one answer."""
        request = self.request(operation, ask)
        return self.post(request)

    def post(self, request: Request) -> Any:
        """The data that answers a request; an error ends the benchmark."""
        headers = {"content-type": "application/json", request.header: request.value}
        answer = httpx2.post(self.url + request.path, content=request.body, headers=headers, timeout=30).json()
        assert "errors" not in answer, f"{self.name}: {answer['errors']}"
        return answer["data"]


@contextmanager
def kith(running: EmbeddedPostgres, database: str, name: str = "Kith") -> Iterator[Server]:
    """Kith as `kith serve` runs it: signing in, with its limits, logging every request to a file."""
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("KITH_")},
        "KITH_DATABASE": running.dsn("kith_login", PASSWORD, database),
        "KITH_BROKER": running.dsn("kith_broker", PASSWORD, database),
        "KITH_SMTP": "none",
        "KITH_COST_CAPACITY": "1000000000",  # budgets are asked and leased, and nobody runs dry
        "KITH_COST_RESTORE": "1000000000",
    }
    port = free_port()
    command = [sys.executable, "-m", "infra.cli", "serve", "--port", str(port)]
    with _serving(name, command, environment, port, of_kith) as server:
        yield server


@contextmanager
def postgraphile(running: EmbeddedPostgres, database: str) -> Iterator[Server]:
    """PostGraphile on the same tables, behind the same row security. Raises prepare.Missing where Node is not."""
    try:
        prepare.fetch_node(NODE_MAJOR)
        prepare.fetch_node_packages(POSTGRAPHILE, NODE_MAJOR)
    except subprocess.CalledProcessError as failed:
        raise prepare.Missing(f"`{failed.cmd[0]}` could not fetch it") from failed
    with psycopg.connect(running.dsn(database=database), autocommit=True) as session:
        session.execute((POSTGRAPHILE / "setup.sql").read_bytes())
    address, port = urlsplit(running.dsn("kith_login", PASSWORD, database)), free_port()
    pool = {"host": parse_qs(address.query)["host"][0], "database": database, "max": 10}
    told = {
        "port": port,
        "database": {**pool, "user": address.username, "password": address.password},
        "smartTags": orjson.loads((POSTGRAPHILE / "smart-tags.json").read_bytes()),
    }
    environment = {**os.environ, "NODE_ENV": "production", "GRAPHILE_ENV": "production"}
    command = [prepare.node(NODE_MAJOR), str(POSTGRAPHILE / "server.mjs")]
    with _serving("PostGraphile", command, environment, port, of_postgraphile, told) as server:
        yield server


@contextmanager
def hand_written(running: EmbeddedPostgres, database: str) -> Iterator[Server]:
    """Routes for these operations alone."""
    port = free_port()
    told = {"port": port, "database": running.dsn("kith_login", PASSWORD, database)}
    command = [sys.executable, "-m", "tests.bench.peers.hand_written"]
    with _serving("hand-written", command, os.environ, port, of_hand_written, told) as server:
        yield server


@contextmanager
def _serving(
    name: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    port: int,
    request: Callable[[Operation, Ask], Request],
    told: Mapping[str, Any] | None = None,
) -> Iterator[Server]:
    folder, url = Path(tempfile.mkdtemp(prefix="kith-bench-")), f"http://127.0.0.1:{port}"
    try:
        with process([*command], dict(environment), folder, orjson.dumps(told or {}).decode()) as child:

            def is_up() -> bool:
                assert child.poll() is None, (folder / "said").read_text()[-4000:]
                try:
                    httpx2.get(url, timeout=5)
                except httpx2.TransportError:
                    return False
                return True

            until(is_up, f"{name} to answer")
            yield Server(name, url, child.pid, request)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Cores:
    """Which cores the measured server has, and which everything else: the database and the load."""

    server: frozenset[int]
    others: frozenset[int]

    def __str__(self) -> str:
        if self.server == self.others:
            return f"nothing pinned, {len(self.server)} cores for all"
        shown = ",".join(map(str, sorted(self.others)))
        return f"server on core {min(self.server)}, PostgreSQL and load on {shown}"


def cores(*, pinned: bool) -> Cores:
    """The first core for the server and the rest for everything else, where there are two."""
    every = frozenset(os.sched_getaffinity(0))
    if not pinned or len(every) < 2:
        return Cores(every, every)
    first = frozenset({min(every)})
    return Cores(first, every - first)


def place(where: Cores, servers: Iterable[Server], running: EmbeddedPostgres) -> None:
    """Put every process where it belongs, this one with the database: the load is its child."""
    for server in servers:
        _pin(server.pid, where.server)
    for pid in (os.getpid(), *family(postmaster(running))):
        _pin(pid, where.others)


def postmaster(running: EmbeddedPostgres) -> int:
    """The database server's first process."""
    return int((running.folder / "data/postmaster.pid").read_text().split("\n", 1)[0])


def family(pid: int) -> list[int]:
    """A process and its children."""
    found = (int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit())
    return [pid, *(each for each in found if (stat := _stat(each)) and int(stat[1]) == pid)]


def cpu_ms(pid: int) -> float:
    """The time that a process and its children have spent on a core so far, also those that are gone, in any mode."""
    own, *children = (_stat(each) for each in family(pid))
    ticks = sum(map(int, own[11:15])) + sum(int(each[11]) + int(each[12]) for each in children if each)
    return ticks * 1000 / TICKS


def resident_mb(pid: int) -> float:
    """How much memory a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _pin(pid: int, cores: frozenset[int]) -> None:
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)


def _stat(pid: int) -> list[str]:
    """What the kernel says of a process from its state on; nothing once it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []

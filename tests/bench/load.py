"""The load: wrk where it is installed, otherwise a small generator of our own, which costs more of its core."""

import asyncio
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from tests.bench.operations import Request

SCRIPT = Path(__file__).with_name("load.wrk.lua")
LONGEST = 100  # seconds to wait for any answer at all


@dataclass(frozen=True)
class Load:
    """What a server answered: how many requests in how many seconds, half and 95 % of them within milliseconds."""

    requests: int
    seconds: float
    p50: float
    p95: float


class Unanswered(Exception):
    """Requests failed, so that there is nothing to measure."""


def generator() -> str:
    """What makes the load here."""
    return "wrk" if shutil.which("wrk") else "our own generator (wrk is missing)"


def load(url: str, requests: Sequence[Request], connections: int, seconds: float) -> Load:
    """Ask the requests in turn over so many connections for so long. Raises Unanswered."""
    wrk = shutil.which("wrk")
    if wrk is None:
        return _our_own(url, requests, connections, seconds)
    found = _by_wrk(wrk, url, requests, connections, seconds)
    # A server so slow that nobody had an answer yet is given longer.
    return found or load(url, requests, connections, 2 * seconds)


def send(url: str, requests: Iterable[Request], connections: int) -> Load:
    """Ask each of the requests once. Raises Unanswered."""
    began = time.monotonic()
    took = asyncio.run(_send(url, iter(requests), connections))
    return Load(len(took), time.monotonic() - began, *_percentiles(took))


def _by_wrk(wrk: str, url: str, requests: Sequence[Request], connections: int, seconds: float) -> Load | None:
    with tempfile.NamedTemporaryFile(suffix=".tsv") as listed:
        listed.writelines(b"\t".join((*map(str.encode, (r.path, r.header, r.value)), r.body)) + b"\n" for r in requests)
        listed.flush()
        command = [
            wrk,
            "-t1",
            f"-c{connections}",
            f"-d{max(1, round(seconds))}s",
            "--timeout",
            "60s",
            "-s",
            str(SCRIPT),
            url,
        ]
        done = subprocess.run([*command, "--", listed.name], capture_output=True, text=True)
    if done.returncode:
        raise Unanswered(f"wrk failed: {done.stderr.strip() or done.stdout.strip()}")
    said = orjson.loads(done.stdout.splitlines()[-1])
    if said.pop("bad") or seconds > LONGEST:
        raise Unanswered(f"{url} did not answer every request:\n{done.stdout}")
    return Load(**said) if said["requests"] else None


def _our_own(url: str, requests: Sequence[Request], connections: int, seconds: float) -> Load:
    def until(end: float) -> Iterator[Request]:
        for each in cycle(requests):
            if time.monotonic() > end:
                return
            yield each

    return send(url, until(time.monotonic() + seconds), connections)


async def _send(url: str, requests: Iterator[Request], connections: int) -> list[float]:
    """How long each took, in milliseconds."""
    took: list[float] = []
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_one_connection(url, requests, took))
    return took


async def _one_connection(url: str, requests: Iterator[Request], took: list[float]) -> None:
    host = urlsplit(url)
    reader, writer = await asyncio.open_connection(host.hostname, host.port)
    try:
        for each in requests:
            began = time.perf_counter()
            writer.write(_bytes(each, host.netloc))
            head = await reader.readuntil(b"\r\n\r\n")
            status, length = head.split(b" ", 2)[1], _length(head)
            body = await reader.readexactly(length)
            if status != b"200":
                raise Unanswered(f"{url} answered {status.decode()}: {body[:300].decode(errors='replace')}")
            took.append((time.perf_counter() - began) * 1000)
    finally:
        writer.close()


def _bytes(request: Request, host: str) -> bytes:
    lines = (
        f"POST {request.path} HTTP/1.1",
        f"host: {host}",
        "content-type: application/json",
        "accept: application/graphql-response+json, application/json;q=0.9",  # a refusal has a status of its own
        f"{request.header}: {request.value}",
        f"content-length: {len(request.body)}",
        "\r\n",
    )
    return "\r\n".join(lines).encode() + request.body


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.split(b"\r\n", 1)[0])


def _percentiles(took: Sequence[float]) -> tuple[float, float]:
    if len(took) < 2:
        raise Unanswered("hardly anything was asked")
    found = statistics.quantiles(took, n=20)
    return found[9], found[18]

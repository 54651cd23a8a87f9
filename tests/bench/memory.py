"""Memory: what the server holds after a great many requests with a great many different documents."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count, islice

from tests.bench import data, servers
from tests.bench.load import send
from tests.bench.measure import USUAL
from tests.bench.operations import MATCH, Ask, Operation, Request, asks, of_kith

DOCUMENTS = 10_000
TIMES = 10
PARTS = 4


def memory(requests: int) -> None:
    """Ask so many requests and print what the server holds at the start and after each quarter."""
    with data.server() as running:
        database = data.filled(running)
        asked = asks(running.dsn(database=database), MATCH)
        with servers.kith(running, database) as server:
            endless = _requests(asked)
            server.answer(MATCH, asked[0])
            print(f"{requests:,} requests, {DOCUMENTS:,} different documents; memory of the server (RSS)")
            print(f"  {'start':>6} {servers.resident_mb(server.pid):8.1f} MB", flush=True)
            for part in range(1, PARTS + 1):
                send(server.url, islice(endless, requests // PARTS), USUAL)
                print(f"  {part * 100 // PARTS:>5}% {servers.resident_mb(server.pid):8.1f} MB", flush=True)


def _requests(asked: Sequence[Ask]) -> Iterator[Request]:
    """The operation as ten thousand documents, each asked ten times soon after one another, over and over."""
    for turn in count():
        yield of_kith(_named(turn // TIMES % DOCUMENTS), asked[turn % len(asked)])


def _named(number: int) -> Operation:
    """The operation as a document of its own."""
    return replace(MATCH, kith=MATCH.kith.replace("id status", f"id status{number}: status", 1))

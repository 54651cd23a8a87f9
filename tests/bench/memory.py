"""Memory: what the server holds after a great many requests with a great many different documents."""

from collections.abc import Iterator
from itertools import islice

from tests.bench import data, servers
from tests.bench.load import send
from tests.bench.measure import USUAL
from tests.bench.operations import MATCH, Ask, Request, asks, of_kith

DOCUMENTS = 10_000
PARTS = 4


def memory(requests: int) -> None:
    """Ask so many requests and print what the server holds at the start and after each quarter."""
    with data.server() as running:
        database = data.filled(running)
        asked = asks(running.dsn(database=database), MATCH)
        with servers.kith(running, database) as server:
            endless = _requests(asked)
            send(server.url, islice(endless, 1), 1)
            print(f"{requests:,} requests, {DOCUMENTS:,} different documents; memory of the server (RSS)")
            print(f"  {'start':>6} {servers.resident_mb(server.pid):8.1f} MB", flush=True)
            for part in range(1, PARTS + 1):
                send(server.url, islice(endless, requests // PARTS), USUAL)
                print(f"  {part * 100 // PARTS:>5}% {servers.resident_mb(server.pid):8.1f} MB", flush=True)


def _requests(asked: list[Ask]) -> Iterator[Request]:
    """The operation under ten thousand names, over and over."""
    turn = 0
    while True:
        usual = of_kith(MATCH, asked[turn % len(asked)])
        named = f"query Match{turn % DOCUMENTS}($id: ID!".encode()
        body = usual.body.replace(b"query Match($id: ID!", named)
        yield Request(
            usual.path,
            usual.header,
            usual.value,
            body.replace(b"id status", f"id a{turn % DOCUMENTS}: status".encode(), 1),
        )
        turn += 1

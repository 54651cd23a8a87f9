"""Plans at scale: a page must cost the same in a large organisation, and among thousands of small ones."""

from contextlib import ExitStack
from dataclasses import replace

import psycopg

from infra.postgres import EmbeddedPostgres
from tests.bench import data, servers
from tests.bench.load import generator
from tests.bench.measure import Pace, Turn, measure
from tests.bench.operations import DASHBOARD, asks
from tests.bench.report import Ratio
from tests.bench.servers import Server

TIMES = 10
LARGE = replace(
    data.USUAL,
    organisations=1,
    mentors=TIMES * data.USUAL.mentors,
    mentees=TIMES * data.USUAL.mentees,
    matches=TIMES * data.USUAL.matches,
    supervisors=TIMES * data.USUAL.supervisors,
    slug="large",
)
SMALL = data.Shape(2000, programmes=2, supervisors=1, mentors=4, mentees=10, matches=8, meetings=10, slug="small")
MOST = 1.3


def scale(pace: Pace, *, pinned: bool) -> None:
    """Measure a page of the usual organisations, of one ten times as large, and of the usual among 2,000 small ones."""
    with data.server() as running, ExitStack() as stack:
        usual = data.filled(running)
        large = stack.enter_context(data.copy(running, usual, "bench_large"))
        small = stack.enter_context(data.copy(running, usual, "bench_small"))
        _grow(running, large, LARGE)
        _grow(running, small, SMALL)
        started = {name: stack.enter_context(servers.kith(running, name, name)) for name in (usual, large, small)}
        where = servers.cores(pinned=pinned)
        servers.place(where, started.values(), running)
        print(
            f"{generator()}; {where}; one connection, medians of {pace.rounds} rounds of {pace.seconds:g} s", flush=True
        )
        turns = {
            "as usual": _turn(started[usual], running, usual, data.USUAL.slug),
            "ten times as large": _turn(started[large], running, large, LARGE.slug),
            "among 2,000 small": _turn(started[small], running, small, data.USUAL.slug),
        }
        found = measure(turns, running, pace, connections=1, many=0)
        print(f"\n{DASHBOARD.name}  {DASHBOARD.title}")
        for name, each in found.items():
            print(f"  {name:20} p50 {each.p50:7.1f} ms   CPU ms of PostgreSQL {each.postgres_cpu:6.2f}")
        first, *others = found.items()
        for name, each in others:
            print(Ratio(f"time of a page, {name}", each.p50 / first[1].p50, MOST, at_least=False), flush=True)


def _grow(running: EmbeddedPostgres, database: str, shape: data.Shape) -> None:
    with psycopg.connect(running.dsn(database=database)) as connection:
        data.fill(connection, shape)
    data.settle(running.dsn(database=database))


def _turn(server: Server, running: EmbeddedPostgres, database: str, slug: str) -> Turn:
    asked = asks(running.dsn(database=database), DASHBOARD, slug=slug)
    return Turn(server, [server.request(DASHBOARD, ask) for ask in asked])

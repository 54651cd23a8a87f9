"""Measuring: rounds in which each server has its turn, so that what the machine does meanwhile meets all alike."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.postgres import EmbeddedPostgres
from tests.bench.load import load
from tests.bench.operations import Request
from tests.bench.servers import Server, cpu_ms, postmaster

USUAL, MANY = 16, 64  # connections: for throughput, and for how long the slowest wait


@dataclass(frozen=True)
class Pace:
    """How long to measure."""

    rounds: int = 5
    seconds: float = 4


@dataclass(frozen=True)
class Figures:
    """What one server did, each figure the median of its rounds; milliseconds but for the first."""

    per_second: float
    p50: float
    p95: float
    p95_of_many: float
    server_cpu: float  # a request
    postgres_cpu: float  # a request

    @property
    def cpu(self) -> float:
        """Of the server and PostgreSQL together."""
        return self.server_cpu + self.postgres_cpu


@dataclass(frozen=True)
class Turn:
    """What is asked of one server."""

    server: Server
    requests: Sequence[Request]


def measure(
    turns: Mapping[str, Turn], running: EmbeddedPostgres, pace: Pace, *, connections: int = USUAL, many: int = MANY
) -> dict[str, Figures]:
    """The figures of each, by name; a first round only warms up. Without `many` the crowd is not measured."""
    for turn in turns.values():
        load(turn.server.url, turn.requests, connections, pace.seconds)
    found: dict[str, list[Figures]] = {name: [] for name in turns}
    for _ in range(pace.rounds):
        for name, turn in turns.items():
            found[name].append(_round(turn, running, pace.seconds, connections, many))
    return {name: _medians(each) for name, each in found.items()}


def _round(turn: Turn, running: EmbeddedPostgres, seconds: float, connections: int, many: int) -> Figures:
    first = postmaster(running)
    before = cpu_ms(turn.server.pid), cpu_ms(first)
    usual = load(turn.server.url, turn.requests, connections, seconds)
    after = cpu_ms(turn.server.pid), cpu_ms(first)
    crowd = load(turn.server.url, turn.requests, many, seconds) if many else usual
    begun = usual.requests + connections / 2  # when time was up, one was under way on each connection, half done
    server, postgres = ((late - early) / begun for early, late in zip(before, after, strict=True))
    return Figures(usual.requests / usual.seconds, usual.p50, usual.p95, crowd.p95, server, postgres)


def _medians(found: Sequence[Figures]) -> Figures:
    return Figures(*(statistics.median(getattr(each, name) for each in found) for name in Figures.__dataclass_fields__))

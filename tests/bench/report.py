"""What is printed: a table for each operation, and under it each ratio with the target beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.bench.measure import MANY, Figures
from tests.bench.operations import DASHBOARD, Operation

COLUMNS = ("requests/s", "p50 ms", "p95 ms", f"p95 at {MANY}", "CPU ms server", "CPU ms PostgreSQL")


@dataclass(frozen=True)
class Ratio:
    """Kith's figure divided by another's; `at_least` the target, or at most it."""

    what: str
    value: float
    target: float
    at_least: bool = True

    @property
    def met(self) -> bool:
        """Whether the target is reached."""
        return self.value >= self.target if self.at_least else self.value <= self.target

    def __str__(self) -> str:
        bound = "at least" if self.at_least else "at most"
        return (
            f"  {self.what:44} {self.value:6.2f}   target {bound} {self.target:.2f}   {'met' if self.met else 'MISSED'}"
        )


def table(title: str, found: Mapping[str, Figures]) -> str:
    """A line for each server."""
    heading = f"{'':14}" + "".join(f"{name:>{_width(name)}}" for name in COLUMNS)
    return "\n".join([f"\n{title}", heading, *(f"{name:14}" + _cells(each) for name, each in found.items())])


def ratios(operation: Operation, found: Mapping[str, Figures]) -> Iterator[Ratio]:
    """Kith against each of the others that were measured."""
    ours = found["Kith"]
    for name, target in operation.targets.items():
        if name in found:
            yield Ratio(f"requests/s against {name}", ours.per_second / found[name].per_second, target)
    theirs = found.get("PostGraphile")
    if theirs is None:
        return
    yield Ratio(f"p95 at {MANY} connections against PostGraphile", ours.p95_of_many / theirs.p95_of_many, 1, False)
    if operation is DASHBOARD:
        yield Ratio("CPU of the server against PostGraphile", ours.server_cpu / theirs.server_cpu, 1 / 6, False)
        yield Ratio("CPU with PostgreSQL against PostGraphile", ours.cpu / theirs.cpu, 1 / 2, False)


def roles(title: str, found: Mapping[str, Figures], shown: Mapping[str, int]) -> str:
    """A line for each role, against the administrator's figure."""
    admin = found["admin"]
    lines = [f"\n{title}", f"{'':14}{'rows':>6}{'requests/s':>12}{'of admin':>10}{'p95 ms':>9}{'CPU ms server':>15}"]
    for name, each in found.items():
        of_admin = each.per_second / admin.per_second
        figures = f"{each.per_second:12.0f}{of_admin:10.2f}{each.p95:9.1f}{each.server_cpu:15.2f}"
        lines.append(f"{name:14}{shown[name]:6}{figures}")
    return "\n".join(lines)


def _cells(figures: Figures) -> str:
    values = (
        figures.per_second,
        figures.p50,
        figures.p95,
        figures.p95_of_many,
        figures.server_cpu,
        figures.postgres_cpu,
    )
    digits = (0, 1, 1, 1, 2, 2)
    return "".join(f"{v:{_width(n)}.{d}f}" for n, v, d in zip(COLUMNS, values, digits, strict=True))


def _width(name: str) -> int:
    return len(name) + 3

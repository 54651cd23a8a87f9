"""Benchmarks of the read path: `python3 dev.py bench [reads | scale | memory]`. The README says how to read them."""

import argparse
import signal
import sys
from collections.abc import Sequence

from infra.postgres import EmbeddedPostgresError
from tests.bench.load import Unanswered
from tests.bench.measure import Pace
from tests.bench.memory import memory
from tests.bench.operations import OPERATIONS
from tests.bench.reads import PEERS, Asked, reads
from tests.bench.scale import scale

QUICK = Pace(rounds=2, seconds=2)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one mode; Control-C ends it in good order."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.default_int_handler)
    asked = _parser().parse_args(arguments)
    pace = QUICK if asked.quick else Pace()
    pace = Pace(asked.rounds or pace.rounds, asked.seconds or pace.seconds)
    try:
        if asked.mode == "reads":
            reads(Asked(pace, asked.only, asked.without, not asked.unpinned))
        elif asked.mode == "scale":
            scale(pace, pinned=not asked.unpinned)
        else:
            memory(10_000 if asked.quick else 100_000)
    except (EmbeddedPostgresError, Unanswered, AssertionError) as problem:
        sys.exit(f"bench: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=(__doc__ or "").partition(":")[0])
    parser.add_argument("mode", nargs="?", choices=("reads", "scale", "memory"), default="reads")
    parser.add_argument("--quick", action="store_true", help="short rounds, for a first look")
    parser.add_argument("--rounds", type=int, help="how many rounds (5)")
    parser.add_argument("--seconds", type=float, help="how long each lasts (4)")
    names = [each.name for each in OPERATIONS]
    parser.add_argument("--only", nargs="+", choices=names, default=(), help="these operations alone")
    parser.add_argument("--without", nargs="+", choices=(*PEERS, "roles"), default=(), help="leave these out")
    parser.add_argument("--unpinned", action="store_true", help="let the system choose the cores")
    return parser


if __name__ == "__main__":
    main()

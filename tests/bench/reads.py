"""The read path: three operations of Kith, of PostGraphile and of routes written by hand, and of several roles."""

import sys
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from infra.postgres import EmbeddedPostgres
from tests.bench import answers, data, report, servers
from tests.bench.load import generator
from tests.bench.measure import Pace, Turn, measure
from tests.bench.operations import OPERATIONS, ROLES, Operation, asks
from tests.bench.servers import Server
from tests.clients import prepare

PEERS = {"postgraphile": servers.postgraphile, "hand-written": servers.hand_written}


@dataclass(frozen=True)
class Asked:
    """What to measure; nothing in `only` means every operation."""

    pace: Pace
    only: Collection[str] = ()
    without: Collection[str] = ()
    pinned: bool = True


def reads(asked: Asked) -> None:
    """Measure and print."""
    with data.server() as running, ExitStack() as stack:
        database = data.filled(running)
        measured = _start(stack, running, database, asked.without)
        where = servers.cores(pinned=asked.pinned)
        servers.place(where, measured, running)
        pace = asked.pace
        print(f"{generator()}; {where}; medians of {pace.rounds} rounds of {pace.seconds:g} s", flush=True)
        chosen = [each for each in OPERATIONS if (not asked.only or each.name in asked.only) and _is_known(each)]
        for operation in chosen:
            _against_others(operation, measured, running, running.dsn(database=database), pace)
        if "roles" not in asked.without:
            for operation in chosen:
                _as_roles(operation, measured[0], running, running.dsn(database=database), pace)


def _start(stack: ExitStack, running: EmbeddedPostgres, database: str, without: Collection[str]) -> list[Server]:
    found = [stack.enter_context(servers.kith(running, database))]
    for name, start in PEERS.items():
        if name in without:
            continue
        try:
            found.append(stack.enter_context(start(running, database)))
        except prepare.Missing as missing:
            print(f"Without {name}: {missing}", file=sys.stderr, flush=True)
    return found


def _is_known(operation: Operation) -> bool:
    lacking = answers.lacking(operation)
    if lacking:
        print(f"\n{operation.name}  {operation.title}\n  left out: {lacking}", flush=True)
    return not lacking


def _against_others(
    operation: Operation, measured: Sequence[Server], running: EmbeddedPostgres, address: str, pace: Pace
) -> None:
    asked = asks(address, operation)
    answers.compare(measured, operation, asked)
    turns = {each.name: Turn(each, [each.request(operation, ask) for ask in asked]) for each in measured}
    found = measure(turns, running, pace)
    answers.compare(measured, operation, asked)  # a server that failed meanwhile was fast at it
    print(report.table(f"{operation.name}  {operation.title}", found), flush=True)
    for ratio in report.ratios(operation, found):
        print(ratio, flush=True)


def _as_roles(operation: Operation, kith: Server, running: EmbeddedPostgres, address: str, pace: Pace) -> None:
    asked = {role: asks(address, operation, role=role) for role in ROLES}
    shown = {role: answers.rows(kith.answer(operation, each[0])) for role, each in asked.items()}
    turns = {role: Turn(kith, [kith.request(operation, ask) for ask in each]) for role, each in asked.items()}
    print(
        report.roles(f"{operation.name}  by role, with its row rules", measure(turns, running, pace, many=0), shown),
        flush=True,
    )

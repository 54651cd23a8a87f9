"""Everything together: a request's outbox row is done by a worker, which may stop or die at any time."""

import asyncio
import os
import signal
import statistics
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dramatiq_postgres import PostgresBroker

from kith.ground.errors import Misconfigured
from tests.workers import doing
from tests.workers.conftest import QUICK, Place, until
from workers.broker import broker_for
from workers.process import Workers
from workers.reactions import REACTIONS

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def working(place: Place, **changes: Any) -> AsyncIterator[Workers]:
    """Workers in this process."""
    workers = Workers(replace(place.settings, **changes), {}, doing.NoPost(), patience=QUICK)
    await workers.start()
    try:
        yield workers
    finally:
        await workers.stop()


@asynccontextmanager
async def process(place: Place) -> AsyncIterator[asyncio.subprocess.Process]:
    """Workers in a process of their own."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}", **_environment(place)}
    command = (sys.executable, "-m", "tests.workers.worker")
    child = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    assert child.stdout is not None
    assert await asyncio.wait_for(child.stdout.readline(), 30) == b"ready\n"
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


def _environment(place: Place) -> dict[str, str]:
    return {
        "KITH_ENVIRONMENT": "development",
        "KITH_DATABASE": place.settings.database,
        "KITH_BROKER": place.settings.broker,
        "KITH_JOB_LEASE_SECONDS": str(place.settings.job_lease_seconds),
    }


def all_acknowledged(place: Place) -> Any:
    async def empty() -> bool:
        return await place.queued() == []

    return empty


def left(place: Place, word: str, times: int = 1) -> Any:
    async def enough() -> bool:
        return await place.marks(word) == times

    return enough


async def test_what_is_asked_for_is_done(place: Place, done: SimpleNamespace) -> None:
    organisation = await place.organisation()
    async with working(place):
        waits = []
        for number in range(20):
            await asyncio.sleep(0.05 * (number % 7))
            await place.ask(organisation, done.mark, word=f"{number}")
            waits.append(await until(left(place, f"{number}")))
        print("from commit to done, ms:", [round(1000 * w) for w in sorted(waits)], statistics.median(waits))
        await place.ask(organisation, done.go_on, word="on")
        await until(left(place, "on again"))
        began = time.perf_counter()
        await place.ask(organisation, done.mark, times=300, word="many")
        await until(left(place, "many", 300))
        print("300 jobs of one organisation, five at a time, s:", round(time.perf_counter() - began, 2))
        await until(all_acknowledged(place))  # a message is acknowledged just after its work is committed
    assert await place.outbox() == []
    assert await place.queued() == []


async def test_a_failing_job_is_retried_and_ends_as_a_dead_letter(place: Place, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(), done.stumble, word="x")

    async def dead() -> bool:
        return (await place.outbox())[0].failed_at is not None

    async with working(place):
        await until(dead)
        await until(all_acknowledged(place))  # the broker keeps no dead letters of its own
    [row] = await place.outbox()
    assert (row.attempts, await place.marks("x")) == (1 + QUICK.retries, 0)


async def test_a_flood_does_not_hold_up_another_organisation(place: Place, done: SimpleNamespace) -> None:
    flood, other = await place.organisation(), await place.organisation()
    await place.ask(flood, done.dawdle, times=300, word="flood", seconds=0.05)
    async with working(place):
        await until(left(place, "flood", 20))
        await place.ask(other, done.mark, word="other")
        waited = await until(left(place, "other"))
        assert await place.marks("flood") < 100
        print("waited behind a flood, s:", round(waited, 3))


async def test_stopping_interrupts_a_job_which_is_done_by_the_next(place: Place, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(), done.dawdle, word="long", seconds=3)
    threads = threading.active_count()
    async with working(place) as workers:
        await until(_running(place))
        began = time.perf_counter()
        await workers.stop()
        stopped = time.perf_counter() - began
        print("stopped in s:", round(stopped, 2))
        assert stopped < 2.5
    [row] = await place.outbox()
    assert (row.attempts, row.failed_at, await place.marks("long")) == (0, None, 0)
    assert await place.queued() == [str(row.id)]
    assert threading.active_count() <= threads + 5  # those of asyncio.to_thread stay
    async with working(place):
        await until(left(place, "long"))
    assert await place.outbox() == []


async def test_a_killed_worker_loses_nothing_and_repeats_nothing(place: Place, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(), done.dawdle, word="killed", seconds=1.5)
    async with process(place) as first:
        await until(_running(place))
        first.send_signal(signal.SIGKILL)
        await first.wait()
    assert (await place.marks("killed"), len(await place.outbox())) == (0, 1)
    async with process(place) as second:
        print("done by the next after s:", round(await until(left(place, "killed")), 2))
        await asyncio.sleep(1)
        assert (await place.marks("killed"), await place.outbox()) == (1, [])
        second.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(second.wait(), 5) == 0


async def test_the_workers_outlive_their_connections(place: Place, done: SimpleNamespace) -> None:
    organisation = await place.organisation()
    async with working(place):
        await place.ask(organisation, done.mark, word="before")
        await until(left(place, "before"))
        await place.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await place.engine.dispose()
        await place.ask(organisation, done.mark, word="after")
        await until(left(place, "after"), 30)


async def test_a_powerful_role_is_refused(place: Place) -> None:
    workers = Workers(replace(place.settings, database=place.admin), {}, doing.NoPost())
    with pytest.raises(Misconfigured, match="superuser"):
        await workers.start()
    await workers.stop()


def test_an_address_names_its_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dramatiq.brokers.redis", None)  # as where its client is not installed
    assert isinstance(broker_for("postgresql://nobody@localhost/none"), PostgresBroker)
    with pytest.raises(Misconfigured, match="pip install redis"):
        broker_for("redis://localhost")
    with pytest.raises(Misconfigured, match="pip install pika"):
        broker_for("amqp://localhost")
    with pytest.raises(Misconfigured, match="KITH_BROKER takes"):
        broker_for("mysql://localhost")


def test_every_reaction_takes_the_id_of_the_facts_subject() -> None:
    for operations in REACTIONS.values():
        for operation in operations:
            assert len(operation.parameters) == 1
            assert operation.parameters[0].endswith("_id")


def _running(place: Place) -> Any:
    async def running() -> bool:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
        return bool(await place.connection.fetchval(query))

    async def steadily() -> bool:
        if not await running():
            return False
        await asyncio.sleep(0.3)
        return await running()

    return steadily

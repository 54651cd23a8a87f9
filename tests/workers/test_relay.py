"""The relay: nothing before a commit, nothing lost in a crash, a fair share for everybody."""

import asyncio
import re
from collections import Counter
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import asyncpg
import dramatiq
import pytest
from sqlalchemy import text

from kith.ground.actor import service
from kith.people.letters import SEND
from tests.workers.conftest import Place, until
from workers.broker import broker_for
from workers.relay import BATCH, WAITING, Relay, oldest_waiting
from workers.rounds import as_relay


@pytest.fixture
def broker(place: Place) -> Any:
    """The real broker, in the test's database."""
    broker = broker_for(place.settings.broker)
    yield broker
    broker.close()


def relay(place: Place, broker: dramatiq.Broker, *, most: int = 5, lease: int = 60) -> Relay:
    return Relay(place.engine, broker, most, lease)


async def test_what_was_rolled_back_is_never_delivered(place: Place, broker: Any, done: SimpleNamespace) -> None:
    organisation = await place.organisation()
    with suppress(KeyError):
        async with place.workplace.writing(service(organisation, (SEND,))) as work:
            work.later(done.mark, word="never")
            await work.settle()
            assert await relay(place, broker).tick() == 0  # nor before the commit
            raise KeyError
    assert await relay(place, broker).tick() == 0
    assert await place.queued() == []


async def test_a_due_row_is_handed_out_once(place: Place, broker: Any, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(), done.mark, word="x")
    assert [await relay(place, broker).tick() for _ in range(2)] == [1, 0]
    [row] = await place.outbox()
    assert row.handed_at is not None
    assert await place.queued() == [str(row.id)]


async def test_a_row_waits_until_it_is_due(place: Place, broker: Any, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(), done.mark, word="x")
    await place.connection.execute("UPDATE outbox SET due_at = now() + interval '1 hour'")
    assert (await relay(place, broker).tick(), await oldest_waiting(place.engine)) == (0, None)


class Crashing(dramatiq.Broker):
    """Hands messages on, then dies before the relay can mark them."""

    def __init__(self, inner: dramatiq.Broker) -> None:
        super().__init__(middleware=[])
        self.inner = inner

    def enqueue(self, message: Any, *, delay: int | None = None) -> Any:
        """Hand on, and die."""
        self.inner.enqueue(message, delay=delay)
        raise SystemError("killed")


async def test_a_relay_that_dies_before_marking_loses_nothing(place: Place, broker: Any, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(), done.mark, word="once")
    with pytest.raises(SystemError):
        await relay(place, Crashing(broker)).tick()
    [row] = await place.outbox()
    assert row.handed_at is None
    assert await relay(place, broker).tick() == 1
    assert await place.queued() == [str(row.id)]  # the same message again, not a second one
    await place.perform(row)
    await place.perform(row)
    assert await place.marks("once") == 1


async def test_a_lost_message_is_handed_out_again_after_the_lease(
    place: Place, broker: Any, done: SimpleNamespace
) -> None:
    await place.ask(await place.organisation(), done.mark, word="x")
    await relay(place, broker).tick()
    await place.connection.execute("DELETE FROM dramatiq.queue")
    assert await relay(place, broker).tick() == 0
    await place.connection.execute("UPDATE outbox SET handed_at = now() - interval '61 seconds'")
    assert (await relay(place, broker).tick(), len(await place.queued())) == (1, 1)


async def test_a_job_that_runs_is_not_handed_out_again(place: Place, broker: Any, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(), done.dawdle, word="long", seconds=0.5)
    [row] = await place.outbox()
    await place.connection.execute("UPDATE outbox SET handed_at = now() - interval '1 hour'")
    job = asyncio.create_task(place.perform(row))
    await asyncio.sleep(0.2)
    assert await relay(place, broker).tick() == 0
    await job
    assert (await place.marks("long"), await place.outbox()) == (1, [])


async def test_at_most_so_many_jobs_of_an_organisation_are_out(
    place: Place, broker: Any, done: SimpleNamespace
) -> None:
    await place.ask(await place.organisation(), done.mark, times=30, word="x")
    assert [await relay(place, broker).tick() for _ in range(2)] == [5, 0]
    await place.perform(next(row for row in await place.outbox() if row.handed_at))
    assert await relay(place, broker).tick() == 1


async def test_a_flood_delays_another_organisation_by_one_round_at_most(
    place: Place, broker: Any, done: SimpleNamespace
) -> None:
    flood, other = await place.organisation(), await place.organisation()
    await place.ask(flood, done.mark, times=300, word="flood")
    await place.ask(other, done.mark, word="other")
    assert await relay(place, broker).tick() == 6
    order = [row["organisation_id"] for row in await _in_order(place)]
    assert other in order[:2]  # in the first turn, behind one job of the flood at most


async def test_organisations_take_turns_when_a_batch_is_too_small_for_all(
    place: Place, broker: Any, done: SimpleNamespace
) -> None:
    organisations = [await place.organisation() for _ in range(BATCH + 10)]
    for organisation in organisations:
        await place.ask(organisation, done.mark, times=2, word="x")
    one = relay(place, broker)
    assert await one.tick() == BATCH
    await one.tick()
    turns = Counter(row.organisation_id for row in await place.outbox() if row.handed_at)
    assert len(turns) == len(organisations)  # everybody once before the round went on
    assert set(turns.values()) <= {1, 2}


async def test_several_relays_share_the_work(place: Place, broker: Any, done: SimpleNamespace) -> None:
    for _ in range(4):
        await place.ask(await place.organisation(), done.mark, times=20, word="x")
    relays = [relay(place, broker) for _ in range(4)]
    for _ in range(3):
        await asyncio.gather(*(each.tick() for each in relays))
    handed = Counter(row.organisation_id for row in await place.outbox() if row.handed_at)
    assert list(handed.values()) == [5] * 4
    assert len(await place.queued()) == 20


async def test_a_suspended_organisation_is_passed_over(place: Place, broker: Any, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(status="SUSPENDED"), done.mark, word="x")
    assert (await relay(place, broker).tick(), await oldest_waiting(place.engine)) == (0, None)
    await place.connection.execute("UPDATE organisations SET status = 'ACTIVE'")
    assert await relay(place, broker).tick() == 1


async def test_a_dead_letter_is_passed_over(place: Place, broker: Any, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(), done.mark, word="x")
    await place.connection.execute("UPDATE outbox SET failed_at = now()")
    assert await relay(place, broker).tick() == 0


async def test_how_long_the_oldest_has_waited(place: Place, done: SimpleNamespace) -> None:
    assert await oldest_waiting(place.engine) is None
    await place.ask(await place.organisation(), done.mark, word="x")
    await place.connection.execute("UPDATE outbox SET due_at = now() - interval '90 seconds'")
    seconds = await oldest_waiting(place.engine)
    assert seconds is not None
    assert 89 < seconds < 100


async def test_the_relay_outlives_its_connections(place: Place, broker: Any, done: SimpleNamespace) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(relay(place, broker).run(stop))
    await asyncio.sleep(0.3)
    await place.connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await place.engine.dispose()
    await place.ask(await place.organisation(), done.mark, word="x")
    await until(lambda: _handed(place))
    stop.set()
    await asyncio.wait_for(running, 1)


async def test_the_relay_reads_no_letters(place: Place) -> None:
    with pytest.raises(Exception, match="permission denied"):
        async with as_relay(place.engine) as connection:
            await connection.execute(text("SELECT FROM letters"))


async def test_the_cost_follows_organisations_and_not_the_backlog(place: Place, done: SimpleNamespace) -> None:
    for _ in range(3):
        await place.ask(await place.organisation(), done.mark, times=1000, word="x")
    await place.connection.execute("ANALYZE outbox")
    await place.connection.execute("SET enable_seqscan = off")
    plan = await place.connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {WAITING} SELECT FROM waiting")
    scans = re.findall(r'"Index Name": "(\w+)".*?"Actual Rows": ([\d.]+)', plan, re.DOTALL)
    assert [(name, float(rows) <= 1) for name, rows in scans] == [("ix_outbox_waiting", True)] * 2


async def _in_order(place: Place) -> list[asyncpg.Record]:
    rows: list[asyncpg.Record] = await place.connection.fetch(
        "SELECT outbox.organisation_id FROM dramatiq.queue JOIN outbox ON outbox.id = message_id ORDER BY position"
    )
    return rows


async def _handed(place: Place) -> bool:
    return any(row.handed_at for row in await place.outbox())

"""The connections of reads: given back clean or not at all, to whoever waits longest."""

import asyncio
import random
from collections.abc import AsyncIterator

import asyncpg
import pytest

from kith.ground.settings import Settings
from tenants.principal import Known, Principals
from tenants.reads import Overloaded, Read, Reads
from tests.world import Connection, World

WHERE = Read("SELECT current_user || ' ' || current_setting('kith.organisation_id', true)", 0)
SLOW = Read("SELECT pg_sleep(5)::text", 0)


@pytest.fixture
async def reads(settings: Settings) -> AsyncIterator[Reads]:
    """Two connections of a test's own."""
    reads = Reads(settings.database, size=2)
    yield reads
    await reads.close()


async def _known(reads: Reads, secret: str) -> Known:
    known = await Principals(reads.look_up).look_up(secret)
    assert known is not None
    return known


async def _clean(reads: Reads, world: World) -> None:
    """Both connections are there, and each read is within its own organisation."""
    harbour, lantern = [await _known(reads, house.secrets["admin"]) for house in (world.harbour, world.lantern)]
    asked = [reads.text(known, WHERE, ()) for known in (harbour, lantern) * 6]
    mine, theirs = (f"kith_tenant {house.organisation_id}" for house in (world.harbour, world.lantern))
    assert await asyncio.wait_for(asyncio.gather(*asked), 20) == [mine, theirs] * 6


async def test_many_share_two_connections_and_each_is_within_its_own(reads: Reads, world: World) -> None:
    await _clean(reads, world)


async def test_a_read_that_fails_leaves_a_clean_connection(reads: Reads, world: World) -> None:
    known = await _known(reads, world.harbour.secrets["admin"])
    for _ in range(3):
        with pytest.raises(asyncpg.PostgresError):
            await reads.text(known, Read("SELECT (1 / 0)::text", 0), ())
    await _clean(reads, world)


async def test_reads_that_are_given_up_while_they_run_or_wait_lose_no_connection(reads: Reads, world: World) -> None:
    known = await _known(reads, world.harbour.secrets["admin"])
    running = [asyncio.create_task(reads.text(known, SLOW, ())) for _ in range(5)]
    await asyncio.sleep(0.1)
    for each in (running[3], *running):
        each.cancel()
    assert all(
        isinstance(each, asyncio.CancelledError) for each in await asyncio.gather(*running, return_exceptions=True)
    )
    await _clean(reads, world)


async def test_connections_that_the_server_ends_are_replaced(reads: Reads, world: World, superuser: Connection) -> None:
    await _clean(reads, world)
    await superuser.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'kith reads' AND datname = current_database()"
    )
    await asyncio.sleep(0.2)
    await _clean(reads, world)


async def test_a_read_takes_no_longer_than_it_may(reads: Reads, world: World) -> None:
    known = await _known(reads, world.harbour.secrets["admin"])
    assert await reads.text(known, Read("SELECT current_setting('statement_timeout')", 0), ()) == "10s"
    assert await reads.text(known, Read("SELECT current_setting('transaction_read_only')", 0), ()) == "on"


async def test_a_connection_is_handed_on_in_one_round_trip_and_never_rests_in_a_transaction(
    reads: Reads, world: World, superuser: Connection
) -> None:
    harbour, lantern = [await _known(reads, house.secrets["admin"]) for house in (world.harbour, world.lantern)]
    short = Read("SELECT pg_backend_pid()::text", 0)
    asked = [asyncio.create_task(reads.text(known, short, ())) for known in (harbour, lantern) * 20]
    await asyncio.sleep(0)
    asked[-1].cancel()  # who was to have a connection next, perhaps
    pids = {int(each) for each in await asyncio.gather(*asked, return_exceptions=True) if isinstance(each, str)}
    assert len(pids) <= 3  # two, and one in place of a connection that was given up
    resting = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY ($1) AND state LIKE 'idle in transaction%'"
    assert await superuser.fetchval(resting, list(pids)) == 0
    await _clean(reads, world)


async def test_who_waits_too_long_for_a_connection_is_told(
    reads: Reads, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = await _known(reads, world.harbour.secrets["admin"])
    monkeypatch.setattr("tenants.reads.LONGEST_SECONDS", 0.2)
    slow = [asyncio.create_task(reads.text(known, SLOW, ())) for _ in range(2)]
    await asyncio.sleep(0.1)
    with pytest.raises(Overloaded):
        await reads.text(known, WHERE, ())
    for each in slow:
        each.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    await _clean(reads, world)


async def test_what_is_given_up_holds_its_place_until_nothing_of_it_runs(
    reads: Reads, world: World, superuser: Connection
) -> None:
    known = await _known(reads, world.harbour.secrets["admin"])
    for _ in range(8):
        given_up = asyncio.create_task(reads.text(known, SLOW, ()))
        await asyncio.sleep(0.05)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
    sleeping = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'kith reads' AND query = $1"
    assert await superuser.fetchval(sleeping + " AND state = 'active'", SLOW.guarded) <= 2
    await _clean(reads, world)


async def test_whatever_happens_to_reads_each_is_within_its_own_organisation(reads: Reads, world: World) -> None:
    chance = random.Random(1)
    people = [await _known(reads, house.secrets["admin"]) for house in (world.harbour, world.lantern)]
    failing = Read("SELECT (1 / 0)::text", 0)

    async def one() -> None:
        known = chance.choice(people)
        if chance.random() < 0.2:
            with pytest.raises(asyncpg.PostgresError):
                await reads.text(known, failing, ())
        elif chance.random() < 0.2:
            assert await reads.look_up(known.digest) is not None
        else:
            assert await reads.text(known, WHERE, ()) == f"kith_tenant {known.actor.organisation_id}"

    for _ in range(60):
        under_way = [asyncio.create_task(one()) for _ in range(chance.randint(1, 12))]
        await asyncio.sleep(chance.random() * 0.01)
        for each in chance.sample(under_way, len(under_way) // 3):
            each.cancel()
        ended = await asyncio.gather(*under_way, return_exceptions=True)
        assert all(each is None or isinstance(each, asyncio.CancelledError) for each in ended), ended
    await _clean(reads, world)

"""Budgets: what clients and organisations may spend, however many processes share it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.postgres import EmbeddedPostgres
from kith.ground.actor import Actor, operator
from kith.ground.settings import Settings
from tenants import budget
from tenants.budget import Allowance, Budgets, RateLimited, Standing, TooCostly
from tenants.work import Workplace, engine_for
from tests.conftest import PASSWORD
from tests.world import Connection

SLOW = Allowance(capacity=1000, restore=1, clients=3)  # nothing to speak of comes back during a test
NOBODY = UUID(int=0)


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = engine_for(settings.database, pool_size=5)
    yield engine
    await engine.dispose()


def client_of(organisation_id: UUID) -> Actor:
    """A client of the organisation that never asked before."""
    return Actor(organisation_id, uuid4(), (), client_id=uuid4())


@asynccontextmanager
async def asked(engine: AsyncEngine) -> AsyncIterator[list[str]]:
    """The statements sent to the database meanwhile."""
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine.sync_engine, "before_cursor_execute", note)


def stands(standing: Standing | None, requested: int, available: int) -> bool:
    """Whether a client of SLOW stands so, give or take what a slow machine lets come back meanwhile."""
    assert standing is not None
    assert (standing.requested, standing.capacity, standing.restore_rate) == (requested, 1000, 1)
    return 0 <= standing.available - available < 20


async def spend_all(budgets: Budgets, actor: Actor, cost: int) -> int:
    """Spend until refused; how much it was."""
    spent = 0
    try:
        while True:
            await budgets.spend(actor, cost)
            spent += cost
    except RateLimited:
        return spent


async def age(superuser: Connection, actor: Actor, seconds: float) -> None:
    """Let the buckets have been filled that much earlier."""
    await superuser.execute(
        "UPDATE budgets SET refilled_at = refilled_at - make_interval(secs => $2) WHERE organisation_id = $1",
        actor.organisation_id,
        seconds,
    )


async def test_a_client_spends_its_bucket_and_is_told_how_it_stands(engine: AsyncEngine) -> None:
    budgets, actor = Budgets(engine, SLOW), client_of(uuid4())
    assert stands(await budgets.spend(actor, 400), 400, 600)
    assert stands(await budgets.spend(actor, 600), 600, 0)
    with pytest.raises(
        RateLimited, match=r"^This operation costs 40 points and \d+ are left\. Ask again in \d+ seconds\.$"
    ):
        await budgets.spend(actor, 40)


async def test_what_the_lease_covers_is_paid_without_the_database(engine: AsyncEngine) -> None:
    budgets, actor = Budgets(engine, SLOW), client_of(uuid4())
    await budgets.spend(actor, 1)
    async with asked(engine) as statements:
        standings = [await budgets.spend(actor, 1) for _ in range(49)]  # a lease is a twentieth: fifty
        assert statements == []
        await budgets.spend(actor, 1)
        assert len(statements) == 1
    assert [s.available for s in standings if s] == list(range(998, 949, -1))  # as of the asking


async def test_points_come_back_with_time_and_never_more_than_the_bucket_holds(
    engine: AsyncEngine, superuser: Connection
) -> None:
    budgets, actor = Budgets(engine, SLOW), client_of(uuid4())
    await budgets.spend(actor, 1000)
    await age(superuser, actor, 300)
    standing = await budgets.spend(actor, 300)
    assert standing is not None
    assert standing.available < 20
    await age(superuser, actor, 100_000)
    with pytest.raises(TooCostly):
        await budgets.spend(actor, 1001)
    assert 1000 <= await spend_all(budgets, actor, 50) < 1050


async def test_the_clock_is_the_databases(engine: AsyncEngine) -> None:
    budgets, actor = Budgets(engine, Allowance(capacity=1000, restore=1000, clients=1)), client_of(uuid4())
    await budgets.spend(actor, 1000)
    await asyncio.sleep(0.3)
    standing = await budgets.spend(actor, 300)
    assert standing is not None
    assert 0 <= standing.available <= 700


async def test_the_wait_that_is_named_is_long_enough_and_no_longer(engine: AsyncEngine, superuser: Connection) -> None:
    budgets, actor = Budgets(engine, SLOW), client_of(uuid4())
    await budgets.spend(actor, 1000)
    with pytest.raises(RateLimited) as refused:
        await budgets.spend(actor, 500)
    await age(superuser, actor, refused.value.seconds - 50)
    with pytest.raises(RateLimited):
        await budgets.spend(actor, 500)
    await age(superuser, actor, 50)
    await budgets.spend(actor, 500)


async def test_what_costs_more_than_the_bucket_ever_holds_can_never_run(engine: AsyncEngine) -> None:
    budgets, actor = Budgets(engine, SLOW), client_of(uuid4())
    with pytest.raises(TooCostly, match="costs 1,001 points and there are never more than 1,000: it can never run"):
        await budgets.spend(actor, 1001)
    assert stands(await budgets.spend(actor, 1000), 1000, 0)


async def test_a_client_that_is_empty_leaves_the_others_until_the_organisation_is(engine: AsyncEngine) -> None:
    budgets, harbour, lantern = Budgets(engine, SLOW), uuid4(), uuid4()
    first, second, third, fourth = (client_of(harbour) for _ in range(4))
    assert 1000 <= await spend_all(budgets, first, 100) < 1100
    assert [1000 <= await spend_all(budgets, other, 100) < 1100 for other in (second, third)] == [True, True]
    with pytest.raises(RateLimited) as refused:  # its own bucket is full
        await budgets.spend(fourth, 100)
    assert refused.value.standing.restore_rate == 3  # it is the organisation's that must fill
    assert stands(await budgets.spend(client_of(lantern), 100), 100, 900)


async def test_processes_share_a_bucket(settings: Settings) -> None:
    engines = [engine_for(settings.database, pool_size=2) for _ in range(2)]
    one, other = (Budgets(engine, SLOW) for engine in engines)
    actor = client_of(uuid4())
    assert stands(await one.spend(actor, 700), 700, 300)
    assert stands(await other.spend(actor, 100), 100, 200)
    spent = await asyncio.gather(*(spend_all(budgets, actor, 20) for budgets in (one, other)))
    assert 200 <= sum(spent) < 220
    for engine in engines:
        await engine.dispose()


async def test_a_lease_that_ended_is_handed_back_with_the_next_asking(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    budgets, actor = Budgets(engine, SLOW), client_of(uuid4())
    monkeypatch.setattr(budget, "LASTS_SECONDS", 0.0)
    async with asked(engine) as statements:
        for left in (990, 980, 970):  # and not 960, 910: a lease is fifty
            assert stands(await budgets.spend(actor, 10), 10, left)
    assert len(statements) == 3


async def test_a_lease_that_nobody_asks_for_again_is_forgotten(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    budgets, gone, stays = Budgets(engine, SLOW), client_of(uuid4()), client_of(uuid4())
    await budgets.spend(gone, 10)
    monkeypatch.setattr(budget, "FORGOTTEN_SECONDS", -budget.LASTS_SECONDS - 1)
    await budgets.spend(stays, 10)
    await asyncio.sleep(0)
    assert budgets._leases == {}
    assert stands(await budgets.spend(gone, 10), 10, 940)  # a lease of fifty, and ten


async def test_a_burst_is_granted_what_there_is_and_asks_the_database_a_few_times(engine: AsyncEngine) -> None:
    budgets, actor = Budgets(engine, SLOW), client_of(uuid4())
    async with asked(engine) as statements:
        answers = await asyncio.gather(*(budgets.spend(actor, 7) for _ in range(200)), return_exceptions=True)
    granted = [a for a in answers if isinstance(a, Standing)]
    assert {type(a) for a in answers} == {Standing, RateLimited}
    assert len(granted) == 142  # 994 of 1,000
    assert len(statements) == 1


async def test_bursts_in_several_processes_never_get_more_than_there_is(settings: Settings) -> None:
    engines = [engine_for(settings.database, pool_size=2) for _ in range(4)]
    processes = [Budgets(engine, SLOW) for engine in engines]
    actors = [client_of(organisation) for organisation in [uuid4()] * 2]
    answers = await asyncio.gather(
        *(processes[n % 4].spend(actors[n % 8 // 4], 1 + n % 23) for n in range(800)), return_exceptions=True
    )
    spent = dict.fromkeys(actors, 0)
    for n, answer in enumerate(answers):
        assert isinstance(answer, Standing | RateLimited)
        spent[actors[n % 8 // 4]] += answer.requested if isinstance(answer, Standing) else 0
    assert all(900 < each < 1020 for each in spent.values())
    for engine in engines:
        await engine.dispose()


async def test_who_hangs_up_takes_nobody_along_and_pays_nothing(engine: AsyncEngine) -> None:
    budgets, actor = Budgets(engine, SLOW), client_of(uuid4())
    first = asyncio.create_task(budgets.spend(actor, 300))
    second = asyncio.create_task(budgets.spend(actor, 200))
    await asyncio.sleep(0)
    first.cancel()
    standing = await second
    assert stands(standing, 200, 800)
    assert first.cancelled()


async def test_a_database_that_fails_is_no_free_pass(
    server: EmbeddedPostgres, database: str, superuser: Connection
) -> None:
    engine = engine_for(server.dsn("kith_login", PASSWORD, database), pool_size=2)
    budgets, actor = Budgets(engine, SLOW), client_of(uuid4())
    await superuser.execute("ALTER FUNCTION kith_lease RENAME TO gone")
    try:
        answers = await asyncio.gather(*(budgets.spend(actor, 1) for _ in range(3)), return_exceptions=True)
    finally:
        await superuser.execute("ALTER FUNCTION gone RENAME TO kith_lease")
    assert ["kith_lease" in str(answer) for answer in answers] == [True, True, True]
    assert stands(await budgets.spend(actor, 1), 1, 999)
    await engine.dispose()


async def test_a_row_of_its_own_says_more_than_the_settings(engine: AsyncEngine, superuser: Connection) -> None:
    budgets, actor = Budgets(engine, SLOW), client_of(uuid4())
    await budgets.spend(actor, 1)
    own = (
        "UPDATE budgets SET capacity = $1, restore_rate = $2, level = $1::bigint"
        " WHERE organisation_id = $3 AND client_id = $4"
    )
    await superuser.execute(own, 9000, 5, actor.organisation_id, actor.client_id)
    standing = await budgets.spend(actor, 2000)
    assert standing is not None
    assert (standing.capacity, standing.restore_rate) == (3000, 3)  # the organisation's is the emptier now
    await superuser.execute(own, 90_000, 70, actor.organisation_id, NOBODY)
    standing = await budgets.spend(actor, 5000)
    assert standing is not None
    assert (standing.capacity, standing.restore_rate) == (9000, 5)


async def test_the_operator_has_no_budget_and_nobody_else_goes_without(workplace: Workplace) -> None:
    budgets = Budgets(workplace.engine, SLOW)
    assert await budgets.spend(operator(), 1_000_000_000) is None
    with pytest.raises(Exception, match="an actor without a client has no budget"):
        await budgets.spend(Actor(uuid4(), uuid4(), ()), 1)

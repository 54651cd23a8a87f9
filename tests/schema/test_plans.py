"""Query plans: a page costs what it shows, whatever the organisation's size and however many there are."""

import re
import time
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.dialects import postgresql

from kith.ground.actor import Actor, Grant
from kith.ground.model import Owned
from kith.ground.permissions import REGISTERED, Reach
from kith.ground.work import Work
from schema.declare import SHOWN, Order, Shown
from schema.reads.cursors import Bounds, cursor_of
from tenants.work import Workplace
from tests.conftest import Api
from tests.reference.rows import Connection, Reading
from tests.world import World

ORDERS = [
    pytest.param(shown, name, id=f"{shown.name}-{name}")
    for shown in SHOWN.values()
    if issubclass(shown.model, Owned)
    for name in shown.orders
]
# Served through a parent's index, or short by nature: names and ranks have no order of the whole organisation.
BY_PARENT = {("Proposal", "RANK"), ("Progress", "NEWEST"), ("Progress", "OLDEST"), ("Job", "NEWEST")}


@pytest.mark.parametrize(("shown", "name"), ORDERS)
async def test_a_page_walks_an_index_that_begins_with_the_organisation(
    shown: Shown, name: str, workplace: Workplace, world: World
) -> None:
    if (shown.name, name) in BY_PARENT:
        return
    plan = await _plan(workplace, _admin(world.harbour.organisation_id), shown, shown.orders[name])
    assert "Index" in plan
    assert "organisation_id = " in plan
    assert not re.search(r"^\W*Sort\b(?! Key)", plan, re.MULTILINE)  # an incremental one only settles ties
    assert "Seq Scan" not in plan


async def _plan(workplace: Workplace, actor: Actor, shown: Shown, order: Order) -> str:
    """The plan of a page in the middle, where a small table too must use its index."""
    async with workplace.reading(actor) as work:
        reading = _Explaining(work)
        bounds = Bounds(20, backwards=False, after=None, before=None)
        await Connection(reading, shown, None, None, bounds, order, ()).page()
    return "\n".join(reading.seen)


class _Explaining(Reading):
    """Explains statements instead of running them."""

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self.seen: list[str] = []

    async def run(self, query: Any) -> list[Any]:
        literal = query.compile(dialect=postgresql.asyncpg.dialect(), compile_kwargs={"literal_binds": True})
        raw = await (await self.work.session.connection()).get_raw_connection()
        driver: Any = raw.driver_connection
        await driver.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        self.seen += [row[0] for row in await driver.fetch(f"EXPLAIN {literal}")]
        return []


def _admin(organisation_id: UUID) -> Actor:
    everything = Grant(frozenset(REGISTERED), Reach.ORGANISATION)
    return Actor(organisation_id, UUID(int=1), (everything,), roles=("ADMIN",))


MANY = """
    INSERT INTO meetings (organisation_id, id, match_id, programme_id, mentor_person_id, mentee_person_id,
                          starts_at, ends_at, minutes, format, place, status, version)
    SELECT m.organisation_id, gen_random_uuid(), m.id, m.programme_id, m.mentor_person_id, m.mentee_person_id,
           at, at + interval '1 hour', 60, 'PHONE', '', 'HELD', 1
      FROM matches m, generate_series(1, $2) AS n, LATERAL (SELECT now() - n * interval '1 hour' AS at) AS t
     WHERE m.organisation_id = $1"""


@pytest.mark.deep
async def test_two_hundred_thousand_meetings_page_as_fast_as_a_few(
    api: Api, world: World, superuser: "asyncpg.Connection[Any]"
) -> None:
    query = """query($after: String) { meetings(first: 50, after: $after, orderBy: LATEST) {
      nodes { id startsAt } pageInfo { endCursor } } }"""
    token = world.lantern.secrets["admin"]
    matches = await superuser.fetchval(
        "SELECT count(*) FROM matches WHERE organisation_id = $1", world.lantern.organisation_id
    )
    await superuser.execute(MANY, world.lantern.organisation_id, 200 // matches)
    before = await _fastest(api, token, query)
    await superuser.execute(MANY, world.lantern.organisation_id, 200_000 // matches)
    await superuser.execute("ANALYZE meetings")
    after = await _fastest(api, token, query)
    middle = cursor_of(SHOWN_MEETINGS.orders["LATEST"], await _middle(superuser, world.lantern.organisation_id))
    deep = await _fastest(api, token, query, after=middle)
    await superuser.execute(
        "DELETE FROM meetings WHERE organisation_id = $1 AND place = '' AND status = 'HELD' AND minutes = 60"
        " AND id NOT IN (SELECT meeting_id FROM attendances) AND id NOT IN (SELECT meeting_id FROM feedback)",
        world.lantern.organisation_id,
    )
    print(
        f"50 meetings of 200 {before * 1000:.1f} ms, of 200,000 {after * 1000:.1f} ms, deep in it {deep * 1000:.1f} ms"
    )
    assert max(after, deep) < before * 1.3 + 0.002  # milliseconds that a busy machine costs


SHOWN_MEETINGS = next(s for s in SHOWN.values() if s.name == "Meeting")


async def _middle(superuser: "asyncpg.Connection[Any]", organisation_id: UUID) -> tuple[Any, Any]:
    row = await superuser.fetchrow(
        "SELECT starts_at, id FROM meetings WHERE organisation_id = $1 ORDER BY starts_at DESC, id DESC"
        " OFFSET 100000 LIMIT 1",
        organisation_id,
    )
    assert row is not None
    return row["starts_at"], row["id"]


async def _fastest(api: Api, token: str, query: str, **variables: Any) -> float:
    times = []
    for _ in range(15):
        began = time.perf_counter()
        await api.data(token, query, **variables)
        times.append(time.perf_counter() - began)
    return min(times)

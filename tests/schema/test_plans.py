"""Query plans: a page costs what it shows, whatever the organisation's size and however many there are."""

import os
import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from graphql import GraphQLObjectType, parse
from graphql.language import OperationDefinitionNode

from infra.app import application
from infra.postgres import EmbeddedPostgres
from kith.ground.actor import Actor
from kith.ground.model import Owned
from schema.build import graphql_schema
from schema.declare import SHOWN, Page
from schema.documents import variables_of
from schema.ids import global_id
from schema.reads.cursors import cursor_of
from schema.reads.plans import Operation, Plans
from schema.reads.selection import declaration_of
from schema.reads.statement import Asking
from tenants.principal import principal
from tenants.work import Workplace, driver_of
from tests.conftest import TEMPLATE, Api, _execute, _settings
from tests.world import Connection, World

PEOPLE = ("admin", "coordinator", "supervisor", "mentor", "mentee", "partner", "analyst", "reader")
PAGE = "%s(first: 20, orderBy: %s) { nodes { id } pageInfo { hasNextPage } }"
# Known before anything is read: who may use the field, and whose rows these are not.
NOTHING = re.compile(r"Sort Key: .*\n *-> *Result .*\n *One-Time Filter: false")
# Sorted on purpose, all that there is of the organisation:
SORTED = {
    "Query.proposals RANK": "a rank is one within its run, and has its index there",
    "Query.jobs NEWEST": "only what is due or failed is there, short by nature",
}


def pages() -> Iterator[Any]:
    """Every connection in each of its orders, at the root and under each of its parents."""
    schema = graphql_schema()
    for kind in schema.type_map.values():
        for name, field in kind.fields.items() if isinstance(kind, GraphQLObjectType) else ():
            declared = declaration_of(field)
            if isinstance(declared, Page) and issubclass(declared.model, Owned):
                for order in SHOWN[declared.model].orders:
                    where = f"{kind.name}.{name} {order}"
                    page = PAGE % (name, order)
                    nested = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind.name} {{ {page} }} }} }}"
                    text = f"{{ {page} }}" if kind is schema.query_type else nested
                    yield pytest.param(where, kind.name, text, id=where)


@pytest.mark.parametrize(("where", "parent", "text"), list(pages()))
async def test_a_page_walks_an_index_that_begins_with_the_organisation(
    where: str, parent: str, text: str, workplace: Workplace, world: World
) -> None:
    given = {} if parent == "Query" else {"id": global_id(parent, UUID(int=1))}
    explained = 0
    for who in PEOPLE:
        actor = await principal(workplace.engine, world.harbour.secrets[who])
        assert actor is not None
        plan = await explain(workplace, actor, text, given)
        if plan is None:
            continue
        explained += 1
        if NOTHING.search(plan):
            continue
        told = f"{who}: {plan}"
        assert "Index" in plan, told
        assert "Seq Scan" not in plan, told
        for condition in re.findall(r"Index Cond: (.*)", plan):
            assert "organisation_id = " in condition, told
        assert sorts_everything(plan) == (where in SORTED), told
    assert explained > 0


def sorts_everything(plan: str) -> bool:
    """Whether rows are sorted before a limit cuts them. An incremental sort settles ties; pages are merged by one."""
    lines = plan.splitlines()
    depths = [len(line) - len(line.lstrip(" ->")) for line in lines]
    sorts = [at for at, line in enumerate(lines) if re.match(r"[ ->]*Sort\b(?! Key)", line)]
    return not all(any("Limit" in line for line in _inside(lines, depths, at)) for at in sorts)


def _inside(lines: list[str], depths: list[int], at: int) -> list[str]:
    """The part of a plan that one of its nodes works on."""
    ends = next((n for n in range(at + 1, len(lines)) if depths[n] <= depths[at]), len(lines))
    return lines[at + 1 : ends]


async def explain(workplace: Workplace, actor: Actor, text: str, given: dict[str, Any]) -> str | None:
    """The plan of an operation, where a small table too must use its index; None for who may not ask it."""
    document = parse(text)
    node = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    operation = Operation(graphql_schema(), node, {}, Plans())
    variables = variables_of(operation, given)
    plan, asking = operation.plan(actor, variables), Asking(actor, variables)
    assert plan.statement is not None
    if not all(actor.may(permission) for permission, _ in plan.needs) or "LIMIT" not in plan.statement.read.sql:
        return None
    async with workplace.reading(actor) as work:
        driver = await driver_of(work)
        await driver.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        rows = await driver.fetch(f"EXPLAIN {plan.statement.read.sql}", *plan.statement.values(asking))
    return "\n".join(row[0] for row in rows)


# --- at scale ------------------------------------------------------------------------------------------------------

MEETINGS = """
    INSERT INTO meetings (organisation_id, id, match_id, programme_id, mentor_person_id, mentee_person_id,
                          starts_at, ends_at, minutes, format, place, status, version)
    SELECT m.organisation_id, gen_random_uuid(), m.id, m.programme_id, m.mentor_person_id, m.mentee_person_id,
           at, at + interval '1 hour', 60, 'PHONE', '', 'HELD', 1
      FROM matches m, generate_series(1, $2) AS n, LATERAL (SELECT now() - n * interval '1 hour' AS at) AS t
     WHERE m.organisation_id = $1"""
MATCHES = """
    INSERT INTO matches (organisation_id, id, mentor_id, mentee_id, programme_id, mentor_person_id, mentee_person_id,
                         status, began_at, closed_at, closing_reason)
    SELECT organisation_id, gen_random_uuid(), mentor_id, mentee_id, programme_id, mentor_person_id, mentee_person_id,
           'CLOSED', began_at - n * interval '1 hour', began_at, 'OTHER'
      FROM (SELECT * FROM matches WHERE organisation_id = $1 AND status <> 'CLOSED' LIMIT 1) AS m,
           generate_series(1, $2) AS n"""
ORGANISATIONS = """
    INSERT INTO organisations (id, slug, name, time_zone, status, provisioned_at)
    SELECT gen_random_uuid(), 'small-' || n, 'Small', 'UTC', 'ACTIVE', now() FROM generate_series(1, 2000) AS n"""
COPIED = ("programmes", "people", "mentors", "mentees", "matches", "meetings", "attendances", "goals")
MATCHES_PAGE = """query($after: String) { matches(first: 20, after: $after) {
  nodes { status beganAt mentor { name } mentee { name } meetings(first: 3) { nodes { startsAt } } }
  pageInfo { endCursor } } }"""


@dataclass
class Large:
    """A service over a database of its own, which a test fills."""

    api: Api
    superuser: Connection
    organisation_id: UUID
    token: str

    async def seconds(self, query: str, **variables: Any) -> float:
        """The fastest of several answers."""
        times = []
        for _ in range(25):
            began = time.perf_counter()
            await self.api.data(self.token, query, **variables)
            times.append(time.perf_counter() - began)
        return min(times)

    async def grow(self, statement: str, *values: Any) -> None:
        """Add rows, and let the planner know."""
        await self.superuser.execute(statement, *values)
        await self.superuser.execute("ANALYZE")


@pytest.fixture
async def large(server: EmbeddedPostgres, world: World) -> AsyncIterator[Large]:
    """Lantern in a database of its own."""
    name = f"kith_large_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    await _execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await _execute(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    app = application(_settings(server, name), workers=False)
    superuser = await asyncpg.connect(server.dsn(database=name))
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://kith.test")
    async with app.router.lifespan_context(app), client:
        yield Large(Api(client), superuser, world.lantern.organisation_id, world.lantern.secrets["admin"])
    await superuser.close()
    await _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.deep
async def test_two_hundred_thousand_meetings_page_as_fast_as_a_few(large: Large) -> None:
    query = """query($after: String) { meetings(first: 50, after: $after, orderBy: LATEST) {
      nodes { id startsAt } pageInfo { endCursor } } }"""
    matches = await large.superuser.fetchval(
        "SELECT count(*) FROM matches WHERE organisation_id = $1", large.organisation_id
    )
    await large.grow(MEETINGS, large.organisation_id, 200 // matches)
    before = await large.seconds(query)
    await large.grow(MEETINGS, large.organisation_id, 200_000 // matches)
    after = await large.seconds(query)
    row = await large.superuser.fetchrow(
        "SELECT starts_at, id FROM meetings WHERE organisation_id = $1 ORDER BY starts_at DESC, id DESC"
        " OFFSET 100000 LIMIT 1",
        large.organisation_id,
    )
    assert row is not None
    latest = next(s for s in SHOWN.values() if s.name == "Meeting").orders["LATEST"]
    deep = await large.seconds(query, after=cursor_of(latest, list(row.values())))
    as_fast(before, after, deep)


@pytest.mark.deep
async def test_ten_times_the_matches_page_as_fast(large: Large) -> None:
    await large.grow(MATCHES, large.organisation_id, 300)
    before = await large.seconds(MATCHES_PAGE)
    await large.grow(MATCHES, large.organisation_id, 2_700)
    as_fast(before, await large.seconds(MATCHES_PAGE))


@pytest.mark.deep
async def test_two_thousand_other_organisations_make_no_page_slower(large: Large) -> None:
    await large.grow(MATCHES, large.organisation_id, 300)
    before = await large.seconds(MATCHES_PAGE)
    await large.superuser.execute(ORGANISATIONS)
    await large.superuser.execute("SET session_replication_role = replica")
    for table in COPIED:
        columns = await large.superuser.fetchval(
            "SELECT string_agg(column_name, ', ') FROM information_schema.columns WHERE table_schema = 'public'"
            " AND table_name = $1 AND is_generated = 'NEVER' AND column_name <> 'organisation_id'",
            table,
        )
        await large.superuser.execute(
            f"INSERT INTO {table} (organisation_id, {columns}) SELECT o.id, {columns.replace(', ', ', t.')}"
            f" FROM {table} t, organisations o WHERE t.organisation_id = $1 AND o.slug LIKE 'small-%'"
            f"{MADE if table == 'matches' else ''}".replace("SELECT o.id, ", "SELECT o.id, t."),
            large.organisation_id,
        )
    await large.grow("SET session_replication_role = DEFAULT")
    as_fast(before, await large.seconds(MATCHES_PAGE))


MADE = " AND t.closing_reason IS NULL"  # not the three hundred


def as_fast(before: float, *after: float) -> None:
    """No slower, but for the milliseconds that a busy machine costs."""
    print(f"before {before * 1000:.2f} ms, after", *(f"{each * 1000:.2f} ms" for each in after))
    assert max(after) < before * 1.3 + 0.002

"""The benchmarks measure what they say: their data fits the tables, and every server is asked the same thing."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import asyncpg
import httpx2
import psycopg
import pytest
from starlette.applications import Starlette

from infra.app import application
from infra.postgres import EmbeddedPostgres
from kith.ground.settings import Settings
from tests.bench.answers import lacking, plain, rows
from tests.bench.data import Shape, fill
from tests.bench.operations import (
    BY_MONTH,
    OPERATIONS,
    ROLES,
    Operation,
    Request,
    asks,
    of_hand_written,
    of_kith,
)
from tests.bench.peers import hand_written
from tests.conftest import PASSWORD, TEMPLATE
from tests.world import World

SHAPE = Shape(organisations=2, programmes=2, supervisors=2, mentors=6, mentees=40, matches=30, meetings=8)
MADE = {"matches": 60, "meetings": 480, "goals": 200, "feedback": 160, "tokens": 10}
KNOWN = [each for each in OPERATIONS if not lacking(each)]


@pytest.fixture(scope="module")
async def filled(server: EmbeddedPostgres, world: World) -> AsyncIterator[str]:
    """The name of a database with a few of the benchmarks' organisations in it."""
    name = f"kith_bench_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    session = await asyncpg.connect(server.dsn())
    await session.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    with psycopg.connect(server.dsn(database=name)) as filling:
        fill(filling, SHAPE)
    yield name
    await session.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await session.close()


@pytest.fixture(scope="module")
def address(server: EmbeddedPostgres, filled: str) -> str:
    """Its address, past every row policy."""
    return server.dsn(database=filled)


@pytest.fixture(scope="module")
async def served(server: EmbeddedPostgres, settings: Settings, filled: str) -> AsyncIterator[dict[str, Starlette]]:
    """Kith and the hand-written routes on it."""
    database = server.dsn("kith_login", PASSWORD, filled)
    kith = application(replace(settings, database=database), workers=False)
    others = hand_written.application(database)
    async with AsyncExitStack() as stack:
        for each in (kith, others):
            await stack.enter_async_context(each.router.lifespan_context(each))
        yield {"Kith": kith, "hand-written": others}


async def test_there_is_as_much_of_everything_as_the_shape_says(address: str) -> None:
    session = await asyncpg.connect(address)
    here = "organisation_id IN (SELECT id FROM organisations WHERE slug LIKE 'org-%')"
    found = {table: await session.fetchval(f"SELECT count(*) FROM {table} WHERE {here}") for table in MADE}
    await session.close()
    assert found == MADE


def test_kith_knows_every_operation_that_is_measured() -> None:
    assert [each.name for each in OPERATIONS if each not in KNOWN] in ([], [BY_MONTH.name])


@pytest.mark.parametrize("operation", KNOWN, ids=lambda each: each.name)
async def test_the_hand_written_routes_answer_as_kith_does(
    operation: Operation, served: dict[str, Starlette], address: str
) -> None:
    asked = asks(address, operation)
    assert asked
    for ask in asked:
        answer = await _data(served["Kith"], of_kith(operation, ask))
        assert rows(answer) > 0
        assert await _data(served["hand-written"], of_hand_written(operation, ask)) == answer


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("operation", KNOWN, ids=lambda each: each.name)
async def test_every_role_sees_rows_to_measure(
    operation: Operation, role: str, served: dict[str, Starlette], address: str
) -> None:
    ask = asks(address, operation, role=role)[0]
    assert rows(await _data(served["Kith"], of_kith(operation, ask))) > 0


def test_answers_are_alike_whoever_writes_them() -> None:
    kith = {"id": "Match_019b17c9-34d1-7d0b-9e69-7f9792e16d61", "beganAt": "2026-06-21T16:07:00+00:00"}
    other = {"id": "019b17c9-34d1-7d0b-9e69-7f9792e16d61", "beganAt": "2026-06-21T16:07:00.000000+00:00"}
    assert plain([kith, {"minutes": 60}]) == plain([other, {"minutes": "60"}])
    assert plain(kith) != plain(other | {"beganAt": "2026-06-21T16:08:00+00:00"})


async def _data(app: Starlette, request: Request) -> object:
    headers = {"content-type": "application/json", request.header: request.value}
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://kith.test") as client:
        answer = (await client.post(request.path, content=request.body, headers=headers)).json()
    assert "errors" not in answer, answer
    return answer["data"]

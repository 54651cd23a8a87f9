"""What operations cost, as a client sees it: reported with every answer, refused when nothing is left."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from infra.app import application
from kith.ground.settings import Settings
from schema.cost import of_reading
from tests.conftest import Api
from tests.world import Connection, World

RESPONSE = "application/graphql-response+json"


@asynccontextmanager
async def with_capacity(settings: Settings, capacity: int) -> AsyncIterator[Api]:
    """A process with small buckets of which next to nothing comes back."""
    app = application(
        replace(settings, cost_capacity=capacity, cost_restore=1, cost_clients=2, pool_size=2), workers=False
    )
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://kith.test") as client,
    ):
        yield Api(client)


@pytest.fixture
async def small(settings: Settings, superuser: Connection) -> AsyncIterator[Api]:
    """The service with full buckets of three hundred points."""
    await superuser.execute("DELETE FROM budgets")
    async with with_capacity(settings, 300) as api:
        yield api
    await superuser.execute("DELETE FROM budgets")


SOME = "query($n: Int!) { people(first: $n) { nodes { id } } }"


async def _drain(api: Api, token: str, left: int) -> None:
    """Spend until no more than so many points are left."""
    available = 300
    while available > left:
        answer = await api(token, SOME, n=max(1, min(100, available - left - 2)))
        available = answer["extensions"]["cost"]["available"]


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ("{ __typename }", 1),
        ("{ viewer { roles } }", 2),
        ("{ people(first: 10) { totalCount } }", 2),
        ("{ people(first: 10) { nodes { id } } }", 12),
        ("query($n: Int = 7) { people(first: $n) { nodes { id } } }", 9),
        ("{ matches(first: 3) { nodes { mentor { name } } } }", 8),
        ("{ __schema { types { name } } }", 2001),
    ],
)
async def test_a_query_costs_one_and_the_rows_it_can_return(api: Api, world: World, query: str, cost: int) -> None:
    answer = await api(world.harbour.secrets["admin"], query)
    assert "errors" not in answer
    assert answer["extensions"]["cost"]["requested"] == cost
    assert set(answer["extensions"]["cost"]) == {"requested", "available", "restoreRate"}


async def test_a_mutation_costs_ten_for_each_root_field_and_the_rows(api: Api, world: World) -> None:
    query = """mutation {
      first: openProgramme(input: {name: ""}) { result { id } errors { code } }
      ...again
    }
    fragment again on Mutation { second: openProgramme(input: {name: ""}) { errors { code } } }"""
    answer = await api(world.lantern.secrets["admin"], query)
    assert answer["data"]["first"]["errors"] == answer["data"]["second"]["errors"] == [{"code": "INVALID"}]
    assert answer["extensions"]["cost"]["requested"] == 2 * 10 + 1


async def test_a_query_may_ask_how_it_stands(small: Api, world: World) -> None:
    query = "{ rateLimit { requested available capacity restoreRate } }"
    answer = await small(world.harbour.secrets["coordinator"], query)
    stands, left = answer["data"]["rateLimit"], 300 - of_reading(query) - 2
    assert stands == {"requested": 2, "available": left, "capacity": 300, "restoreRate": 1}
    assert answer["extensions"] == {"cost": {"requested": 2, "available": left, "restoreRate": 1}}


async def test_reading_a_document_is_paid_once_and_before_it_is_read(small: Api, world: World) -> None:
    token, costs = world.harbour.secrets["admin"], list[int]()
    for n in (1, 1, 2):
        before = costs[-1] if costs else 300
        costs.append((await small(token, SOME, n=n))["extensions"]["cost"]["available"])
        assert before - costs[-1] in range(n + 1, n + 4) or not costs[:-1]
    assert 300 - costs[0] == of_reading(SOME) + 3
    await _drain(small, token, 10)
    for wrong in ("{ nothing }", "{ people(first: 2) { nodes { name } } }"):  # new ones, whether valid or not
        [error] = (await small(token, wrong))["errors"]
        assert error["extensions"]["code"] == "RATE_LIMITED"


async def test_being_forbidden_something_costs(small: Api, world: World, superuser: Connection) -> None:
    token, count = world.harbour.secrets["mentee"], "SELECT count(*) FROM facts WHERE kind = 'operation.refused'"
    before, codes = await superuser.fetchval(count), []
    for _ in range(8):
        [error] = (await small(token, "{ facts(first: 1) { nodes { id } } }"))["errors"]
        codes.append(error["extensions"]["code"])
    assert codes == ["FORBIDDEN"] * 5 + ["RATE_LIMITED"] * 3
    assert await superuser.fetchval(count) == before + 5


async def test_an_empty_bucket_refuses_before_anything_runs(small: Api, world: World, superuser: Connection) -> None:
    token = world.harbour.secrets["admin"]
    five = " ".join(f"a{i}: openProgramme(input: {{name: $name}}) {{ errors {{ code }} }}" for i in range(5))
    asked = f"mutation($name: String!) {{ {five} }}"
    await small.data(token, asked, name="")  # refused, and read
    await _drain(small, token, 40)
    programmes = await superuser.fetchval("SELECT count(*) FROM programmes")
    refused = await small.send(token, asked, name="Never")
    assert await superuser.fetchval("SELECT count(*) FROM programmes") == programmes
    assert (refused.status_code, "retry-after" in refused.headers) == (200, False)
    answer = refused.json()
    assert "data" not in answer
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert error["message"].startswith("This operation costs 50 points and ")
    assert answer["extensions"]["cost"]["requested"] == 50


async def test_an_empty_bucket_is_status_429_where_the_client_knows_of_statuses(small: Api, world: World) -> None:
    token = world.harbour.secrets["admin"]
    headers = {"authorization": f"Bearer {token}", "accept": RESPONSE}
    body = {"query": SOME, "variables": {"n": 59}}
    admitted = await small.client.post("/graphql", json=body, headers=headers)
    await _drain(small, token, 39)
    refused = await small.client.post("/graphql", json=body, headers=headers)
    assert admitted.status_code == 200
    assert (refused.status_code, refused.headers["content-type"]) == (429, f"{RESPONSE}; charset=utf-8")
    seconds = int(refused.headers["retry-after"])
    assert 15 <= seconds <= 40  # some 39 are left of the 61
    [error] = refused.json()["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert f"Ask again in {seconds} second" in error["message"]


async def test_what_can_never_run_says_so_and_names_no_wait(small: Api, world: World) -> None:
    headers = {"authorization": f"Bearer {world.harbour.secrets['admin']}", "accept": RESPONSE}
    body = {"query": "{ " + " ".join(f"{alias}: people(first: 100) {{ nodes {{ id }} }}" for alias in "abc") + " }"}
    refused = await small.client.post("/graphql", json=body, headers=headers)
    assert (refused.status_code, "retry-after" in refused.headers) == (400, False)
    [error] = refused.json()["errors"]
    assert error["extensions"]["code"] == "OPERATION_TOO_LARGE"
    assert "it can never run" in error["message"]
    assert refused.json()["extensions"]["cost"]["requested"] == 304


async def test_a_client_that_is_empty_leaves_its_colleagues_and_the_other_house(small: Api, world: World) -> None:
    async def code(token: str) -> Any:
        answer = await small(token, SOME, n=50)
        return answer["errors"][0]["extensions"]["code"] if "errors" in answer else None

    harbour, lantern = world.harbour.secrets, world.lantern.secrets
    await _drain(small, harbour["admin"], 10)
    assert await code(harbour["admin"]) == "RATE_LIMITED"
    assert await code(harbour["coordinator"]) is None
    await _drain(small, harbour["coordinator"], 10)
    assert await code(harbour["other_coordinator"]) == "RATE_LIMITED"  # the organisation has that of two clients
    assert await code(lantern["admin"]) is None


async def test_what_is_not_admitted_says_no_cost(api: Api, world: World) -> None:
    failed = await api(world.harbour.secrets["admin"], '{ match(id: "x") { id } }')
    assert failed["errors"][0]["extensions"]["code"] == "INVALID"
    assert "extensions" not in failed
    forbidden = await api(world.harbour.secrets["mentee"], "{ facts(first: 1) { nodes { id } } }")
    assert forbidden["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert "extensions" not in forbidden


async def test_the_operator_has_no_budget(small: Api, world: World) -> None:
    for _ in range(3):
        answer = await small(world.operator, "{ rateLimit { available } organisations(first: 40) { nodes { id } } }")
        assert answer["data"]["rateLimit"] is None
        assert "errors" not in answer
        assert "extensions" not in answer

"""Rights are those of the moment: of the transaction that changes something, not of when a request began."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx2
import orjson
import pytest
from starlette.applications import Starlette

from infra.app import application
from kith.ground.settings import Settings
from tenants.reads import Reads
from tenants.token import digest_of
from tenants.work import Workplace
from tests.conftest import Api
from tests.world import Connection, House, World, build_house

GIVE = "mutation($input: GiveRoleInput!) { giveRole(input: $input) { result { id } errors { code } } }"
REVOKE = "UPDATE tokens SET revoked_at = now() WHERE organisation_id = $1 AND person_id = $2"
NOTHING_MUCH = "UPDATE members SET until = until WHERE organisation_id = $1"


@pytest.fixture
async def weir(workplace: Workplace, superuser: Connection, request: pytest.FixtureRequest) -> House:
    """A house to change, of each test's own."""
    slug = request.node.name.split("[")[0].replace("test_", "").replace("_", "-")[:50].strip("-")
    return await build_house(workplace, superuser, "Weir", slug)


async def _slowly(
    app: Starlette, secret: str, query: str, meanwhile: Callable[[], Awaitable[Any]], **variables: Any
) -> tuple[int, Any]:
    """Ask with a body that comes only after something else was done."""
    body, told = orjson.dumps({"query": query, "variables": variables}), list[Any]()
    headers = [(b"authorization", f"Bearer {secret}".encode()), (b"content-type", b"application/json")]

    async def receive() -> Any:
        await meanwhile()
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    await app(scope, receive, send)
    return told[0]["status"], orjson.loads(told[1]["body"])


async def test_a_token_revoked_before_the_body_came_changes_nothing(
    app: Starlette, superuser: Connection, weir: House
) -> None:
    async def revoke() -> None:
        await superuser.execute(REVOKE, weir.organisation_id, weir.people["admin"])

    given = {"personId": weir.id("analyst.person"), "role": {"role": "ADMIN"}}
    status, answer = await _slowly(app, weir.secrets["admin"], GIVE, revoke, input=given)
    assert (status, answer["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    assert await superuser.fetchval(
        "SELECT count(*) FROM members WHERE organisation_id = $1 AND person_id = $2 AND role = 'ADMIN'",
        weir.organisation_id,
        weir.people["analyst"],
    ) == 0  # fmt: skip


async def test_a_change_between_the_look_up_and_the_read_is_no_failure(
    app: Starlette, superuser: Connection, weir: House
) -> None:
    async def change() -> None:
        await superuser.execute(NOTHING_MUCH, weir.organisation_id)

    status, answer = await _slowly(app, weir.secrets["mentor"], "{ viewer { roles } }", change)
    assert (status, answer["data"]) == (200, {"viewer": {"roles": ["MENTOR"]}})


async def test_a_field_after_the_token_was_revoked_is_not_done(api: Api, superuser: Connection, weir: House) -> None:
    digest = digest_of(weir.secrets["admin"])
    token = await superuser.fetchval("SELECT id FROM tokens WHERE secret_sha256 = $1", digest)
    query = """mutation($a: RevokeTokenInput!, $b: OpenProgrammeInput!) {
      first: revokeToken(input: $a) { errors { code } }
      then: openProgramme(input: $b) { result { id } errors { code } } }"""
    answer = await api(weir.secrets["admin"], query, a={"tokenId": f"Token_{token}"}, b={"name": "Never"})
    assert answer["data"] == {"first": {"errors": []}, "then": None}
    assert [(e["path"], e["extensions"]["code"]) for e in answer["errors"]] == [(["then"], "UNAUTHENTICATED")]
    assert await superuser.fetchval("SELECT count(*) FROM programmes WHERE name = 'Never'") == 0


async def test_a_field_that_changes_standing_leaves_the_next_its_turn(api: Api, weir: House) -> None:
    query = """mutation($a: CloseMatchInput!, $b: OpenProgrammeInput!) {
      first: closeMatch(input: $a) { errors { code } }
      then: openProgramme(input: $b) { result { name } errors { code } } }"""
    given = {"a": {"matchId": weir.id("match"), "reason": "MOVED"}, "b": {"name": "In its turn"}}
    data = await api.data(weir.secrets["admin"], query, **given)
    assert data["then"] == {"result": {"name": "In its turn"}, "errors": []}


async def test_who_waits_too_long_is_told_once_and_asked_no_second_time(
    settings: Settings, world: World, superuser: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenants.reads.LONGEST_SECONDS", 1)
    app = application(replace(settings, pool_size=1), workers=False)
    transport = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://kith", timeout=30) as client,
    ):
        api, token = Api(client), world.harbour.secrets["admin"]
        query = "{ goals(first: 1) { totalCount } }"
        await api.data(token, query)
        transaction = superuser.transaction()
        await transaction.start()
        await superuser.execute("LOCK TABLE goals IN ACCESS EXCLUSIVE MODE")
        first = asyncio.create_task(api.send(token, query))
        await asyncio.sleep(0.3)
        asked = list[Any]()
        text = Reads.text
        monkeypatch.setattr(Reads, "text", lambda *given: asked.append(given) or text(*given))
        second = await api.send(token, query)
        await transaction.rollback()
        assert (second.status_code, second.json()["errors"][0]["extensions"]["code"]) == (503, "OVERLOADED")
        assert len(asked) == 1  # not once more as who they are now
        await first

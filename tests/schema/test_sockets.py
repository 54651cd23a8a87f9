"""The graphql-transport-ws protocol, message by message."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from kith.ground.settings import Settings
from schema.http import MOST_BYTES
from schema.sockets import MOST_OPERATIONS
from tests.schema.streams import Serving, serving, until
from tests.world import World

FOLLOW = "subscription { activity { cursor } }"
ORIGIN = "https://frontend.example"


@pytest.fixture(scope="module")
async def service(settings: Settings) -> AsyncIterator[Serving]:
    """The service on a port, which lets one origin in."""
    async with serving(replace(settings, origins=(ORIGIN,))) as running:
        yield running


async def test_pings_are_answered_before_and_after_signing_in(service: Serving, world: World) -> None:
    async with service.socket(None) as client:
        await client.say(type="ping", payload={"sent": 1})
        assert await client.heard() == {"type": "pong"}
        await client.say(type="pong")
        await client.say(type="connection_init", payload={"Authorization": f"bearer {world.harbour.secrets['admin']}"})
        assert await client.heard() == {"type": "connection_ack"}
        await client.say(type="ping")
        assert await client.heard() == {"type": "pong"}


@pytest.mark.parametrize(
    "payload",
    [None, {}, {"authorization": "Bearer kith_made-up"}, {"authorization": "Basic YTpi"}, "x", {"token": "y"}],
)
async def test_who_is_not_known_is_unauthorised(service: Serving, payload: Any) -> None:
    async with service.socket(None) as client:
        await client.say(type="connection_init", payload=payload)
        assert await client.closed() == 4401


async def test_nothing_is_answered_before_signing_in(service: Serving) -> None:
    async with service.socket(None) as client:
        await client.subscribe("1", "{ __typename }")
        assert await client.closed() == 4401


async def test_who_says_nothing_is_not_waited_for(service: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.sockets.INIT_SECONDS", 0.1)
    async with service.socket(None) as client:
        assert await client.closed() == 4408


async def test_signing_in_twice_ends_the_socket(service: Serving, world: World) -> None:
    async with service.socket(world.harbour.secrets["admin"]) as client:
        await client.say(type="connection_init", payload={})
        assert await client.closed() == 4429


async def test_an_identifier_is_used_once_at_a_time(service: Serving, world: World) -> None:
    async with service.socket(world.harbour.secrets["admin"]) as client:
        for _ in range(3):  # and again once it is free
            await client.subscribe("1", FOLLOW)
            await client.say(type="complete", id="1")
        await client.say(type="complete", id="never there")
        await client.subscribe("1", FOLLOW)
        await client.subscribe("1", FOLLOW)
        assert await client.closed() == 4409
    await service.idle()


@pytest.mark.parametrize(
    "said",
    [
        "nonsense",
        "[]",
        "{}",
        '{"type": "start"}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "id": "", "payload": {"query": "{ viewer { roles } }"}}',
        '{"type": "subscribe", "id": 1, "payload": {"query": "{ viewer { roles } }"}}',
        '{"type": "subscribe", "id": "1", "payload": {}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ viewer { roles } }", "variables": []}}',
        '{"type": "complete"}',
        b"\x00\x01",
    ],
)
async def test_nonsense_ends_the_socket(service: Serving, world: World, said: str | bytes) -> None:
    async with service.socket(world.harbour.secrets["admin"]) as client:
        await client.opened.send(said)
        assert await client.closed() == 4400


async def test_a_message_too_large_ends_the_socket(service: Serving, world: World) -> None:
    async with service.socket(world.harbour.secrets["admin"]) as client:
        await client.subscribe("1", "#" * MOST_BYTES)
        assert await client.closed() == 1009


async def test_a_socket_has_so_many_operations_and_no_more(service: Serving, world: World) -> None:
    async with service.socket(world.harbour.secrets["admin"]) as client:
        for number in range(MOST_OPERATIONS + 1):
            await client.subscribe(str(number), FOLLOW)
        assert await client.code() == (str(MOST_OPERATIONS), "TOO_MANY_OPERATIONS")
        await client.say(type="complete", id="0")
        await client.subscribe("q", "{ viewer { roles } }")
        assert await client.next("q") == {"viewer": {"roles": ["ADMIN"]}}
    await service.idle()


async def test_a_browser_of_another_origin_is_not_let_in(service: Serving, world: World) -> None:
    for origin in ("https://elsewhere.example", "null", f"{ORIGIN}.elsewhere.example", "https://[", ""):
        with pytest.raises(InvalidStatus) as refused:
            async with service.socket(None, additional_headers={"origin": origin}):
                pass
        assert refused.value.response.status_code == 403
    for origin in (ORIGIN, f"http://{service.address}"):
        async with service.socket(world.harbour.secrets["admin"], origin=origin) as client:
            await client.say(type="ping")
            assert await client.heard() == {"type": "pong"}


@pytest.mark.parametrize("spoken", [["graphql-ws"], None])
async def test_an_older_protocol_is_refused(service: Serving, spoken: Any) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with service.socket(None, subprotocols=spoken):
            pass
    assert refused.value.response.status_code == 400


async def test_a_socket_is_logged_without_anything_personal(
    service: Serving, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="kith.http")
    async with service.socket(world.harbour.secrets["admin"]) as client:
        await client.subscribe("1", "{ viewer { person { name } } }")
        await client.next()
        await client.opened.close(1000)
    await until(lambda: any(r.message == "socket" for r in caplog.records))
    record = next(r for r in caplog.records if r.message == "socket")
    extra = {key: value for key, value in vars(record).items() if key in ("status", "operations")}
    assert extra == {"status": 1000, "operations": 1}

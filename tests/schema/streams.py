"""What the tests of subscriptions stand on: the service on a port, and plain clients of its two transports."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson
import uvicorn
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect

from infra.app import application
from infra.cli import Server
from kith.ground.settings import Settings
from tenants.feed import Feed

PATIENCE = 20.0
Answer = dict[str, Any]


@dataclass
class Service:
    """A service at an address."""

    address: str

    @asynccontextmanager
    async def socket(self, token: str | None, **options: Any) -> AsyncIterator["Client"]:
        """A socket; with a token it is signed in."""
        options = {"subprotocols": ["graphql-transport-ws"], "proxy": None, **options}
        async with connect(f"ws://{self.address}/graphql", **options) as opened:
            client = Client(opened)
            if token is not None:
                await client.say(type="connection_init", payload={"authorization": f"Bearer {token}"})
                assert await client.heard() == {"type": "connection_ack"}
            yield client

    @asynccontextmanager
    async def stream(self, token: str | None, query: str, /, **variables: Any) -> AsyncIterator["Stream"]:
        """An event stream."""
        headers = {"accept": "text/event-stream"} | ({} if token is None else {"authorization": f"Bearer {token}"})
        body = {"query": query, "variables": variables}
        async with (
            httpx2.AsyncClient(timeout=PATIENCE) as client,
            client.stream("POST", f"http://{self.address}/graphql", json=body, headers=headers) as response,
        ):
            yield Stream(response)


@dataclass
class Serving(Service):
    """A service that runs in this process."""

    app: Starlette
    server: uvicorn.Server
    running: "asyncio.Task[None]"

    @property
    def feed(self) -> Feed:
        """What wakes its subscriptions."""
        feed: Feed = self.app.state.feed
        return feed

    async def stop(self) -> None:
        """Stop, as a signal would have it."""
        self.server.should_exit = True
        async with asyncio.timeout(PATIENCE):
            await self.running

    async def idle(self) -> None:
        """Wait until nobody follows and the poller has stopped."""
        await until(lambda: not (self.feed.polls or self.feed.followers))

    async def followed(self, number: int = 1) -> None:
        """Wait until so many follow, from where they are."""
        await until(lambda: sum(each.start > 0 for each in self.feed.followers) >= number)


async def until(found: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not found():  # noqa: ASYNC110 - of what is waited for nobody tells
            await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(settings: Settings, *, grace: int | None = 3) -> AsyncIterator[Serving]:
    """The service without its workers, on a free port; with so much grace for what is open when it stops."""
    app = application(settings, workers=False)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=grace, lifespan="on")
    server = Server(config, app.state.feed.close)
    running = asyncio.create_task(server._serve([listening]))  # without its handling of signals
    await until(lambda: server.started)
    service = Serving(f"127.0.0.1:{listening.getsockname()[1]}", app, server, running)
    try:
        yield service
    finally:
        await service.stop()


@dataclass
class Client:
    """One socket, and what was heard on it before it was asked for."""

    opened: ClientConnection
    kept: list[Answer] = field(default_factory=list)

    async def say(self, **message: Any) -> None:
        """Send one message."""
        await self.opened.send(orjson.dumps(message).decode())

    async def heard(self) -> Answer:
        """The next message."""
        async with asyncio.timeout(PATIENCE):
            message: Answer = orjson.loads(await self.opened.recv())
        return message

    async def subscribe(self, id: str, query: str, /, **variables: Any) -> None:
        """Ask for an operation."""
        await self.say(type="subscribe", id=id, payload={"query": query, "variables": variables})

    async def next(self, id: str = "1") -> Any:
        """The data of the next event of an operation, whatever else is heard in between."""
        while True:
            found = next((m for m in self.kept if m.get("id") == id), None)
            if found is not None:
                self.kept.remove(found)
                assert found["type"] == "next", found
                assert "errors" not in found["payload"], found
                return found["payload"]["data"]
            self.kept.append(await self.heard())

    async def code(self) -> tuple[str, str]:
        """Which operation was refused next, and why."""
        message = await self.heard()
        assert message["type"] == "error", message
        return message["id"], message["payload"][0]["extensions"]["code"]

    async def closed(self) -> int | None:
        """The code with which the service ended the socket."""
        async with asyncio.timeout(PATIENCE):
            await self.opened.wait_closed()
        return self.opened.close_code


@dataclass
class Stream:
    """One event stream."""

    response: httpx2.Response

    def __post_init__(self) -> None:
        self._lines = self.response.aiter_lines()

    async def heard(self) -> tuple[str, Any]:
        """The next event: its name and data, or a comment; ("end", None) when the stream ended."""
        event, data = "", ""
        async with asyncio.timeout(PATIENCE):
            async for line in self._lines:
                name, _, value = line.partition(":")
                event, data = (value.strip(), data) if name == "event" else (event, data)
                data = value.strip() if name == "data" else data
                if not line and event:
                    return event, orjson.loads(data) if data else None
        return "end", None

    async def next(self) -> Any:
        """The data of the next event, which has no errors."""
        event, answer = await self.heard()
        assert event == "next", event
        assert "errors" not in answer, answer
        return answer["data"]

    async def code(self) -> str:
        """Why the operation was refused, or ended; what happened just before may be told first."""
        event, answer = await self.heard()
        while "data" in answer:
            event, answer = await self.heard()
        assert (event, "data" in answer) == ("next", False), answer
        code: str = answer["errors"][0]["extensions"]["code"]
        return code

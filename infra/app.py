"""The service as an ASGI application: routes, health, and what starts and stops with it."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra import explorer, frontend, mailbox
from infra.migrate import pending
from infra.wiring import budgets_for, post_for, trusted_for, workplace_for
from kith.ground.settings import Settings
from schema.endpoint import Endpoint
from schema.http import PREFLIGHTED
from schema.sockets import Sockets
from schema.sse import EventStreams
from schema.subscriptions import Subscriptions
from tenants.feed import Feed
from tenants.reads import Reads
from tenants.work import Workplace, refuse_a_powerful_role
from workers.process import Workers, oldest_waiting
from workers.reactions import REACTIONS

log = logging.getLogger("kith.http")
LATE_SECONDS = 300  # an outbox row older than this means that nobody relays


def application(settings: Settings, *, workers: bool) -> Starlette:
    """The application; with `workers` it also does what happens later, in this process."""
    workplace = workplace_for(settings)
    reads = Reads(settings.database, size=settings.pool_size)
    endpoint = Endpoint(workplace, reads, budgets_for(settings, workplace), trusted_for(settings))
    readiness, feed = Readiness(settings, workplace), Feed(workplace.engine)
    subscriptions = Subscriptions(endpoint, workplace, feed)
    endpoint.stream, sockets = EventStreams(subscriptions), Sockets(subscriptions, settings.origins)

    async def graphql(request: Request) -> Response:
        if _from_a_browser(request):
            return explorer.page()
        return await endpoint(request)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await refuse_a_powerful_role(workplace.engine)
        later = Workers(settings, REACTIONS, post_for(settings)) if workers else None
        if later:
            await later.start()
        try:
            yield
        finally:
            feed.close()
            if later:
                await later.stop()
            await reads.close()
            await workplace.engine.dispose()

    routes = [
        Route("/", lambda _: RedirectResponse("/graphql")),
        Route("/graphql", graphql, methods=["GET", "POST"]),
        WebSocketRoute("/graphql", sockets.__call__),
        Route("/healthz", lambda _: JSONResponse({"status": "ok"})),
        Route("/readyz", readiness.__call__),
        *explorer.routes(),
        *frontend.routes(),
        *(mailbox.routes(workplace) if settings.development else ()),
    ]
    app = Starlette(routes=routes, middleware=_middleware(settings), lifespan=lifespan)
    app.state.feed = feed  # whoever serves the application closes it first, so that open streams end
    return app


def _from_a_browser(request: Request) -> bool:
    asks_for_a_page = "text/html" in request.headers.get("accept", "")
    asks_a_query = {"query", "documentId", "doc_id", "extensions"} & request.query_params.keys()
    return request.method == "GET" and asks_for_a_page and not asks_a_query


def _middleware(settings: Settings) -> list[Middleware]:
    cors = Middleware(
        CORSMiddleware,
        allow_origins=list(settings.origins),
        allow_methods=["GET", "POST"],
        allow_headers=["content-type", *PREFLIGHTED],
        expose_headers=["retry-after"],
        max_age=600,
    )
    return [Middleware(AccessLog), Middleware(Hardened), *([cors] if settings.origins else [])]


class Readiness:
    """Whether this process can serve: database, migrations, broker, and nothing waits too long.

    Anybody may ask, so that one look serves everybody for a second.
    """

    FRESH_SECONDS = 1.0

    def __init__(self, settings: Settings, workplace: Workplace) -> None:
        self._settings, self._workplace = settings, workplace
        self._looking = asyncio.Lock()
        self._looked_at, self._found = float("-inf"), (False, dict[str, object]())

    async def __call__(self, _: Request) -> Response:
        """Answer 200 or 503, with what was found."""
        async with self._looking:
            if time.monotonic() - self._looked_at > self.FRESH_SECONDS:
                self._found = await self._look()
                self._looked_at = time.monotonic()
        ready, checks = self._found
        return JSONResponse({"ready": ready, **checks}, 200 if ready else 503)

    async def _look(self) -> tuple[bool, dict[str, object]]:
        checks: dict[str, object] = {}
        try:
            async with self._workplace.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
            checks["database"] = "ok"
            checks["migrations"] = "pending" if await pending(self._settings.database) else "ok"
            checks["broker"] = await _broker(self._settings)
            oldest = await oldest_waiting(self._workplace.engine)
        except Exception as error:
            return False, {**checks, "failed": type(error).__name__}
        checks["oldestWaitingSeconds"] = None if oldest is None else round(oldest, 1)
        ready = checks["migrations"] == checks["broker"] == "ok" and (oldest or 0) < LATE_SECONDS
        return ready, checks


async def _broker(settings: Settings) -> str:
    """Whether the broker answers; only PostgreSQL is asked, the other clients connect on their own."""
    if not settings.broker.startswith("postgresql://"):
        return "ok"
    import asyncpg

    connection = await asyncpg.connect(settings.broker, timeout=3)
    try:
        await connection.execute("SELECT 1 FROM dramatiq.queue LIMIT 1")
    finally:
        await connection.close()
    return "ok"


class AccessLog:
    """One structured line a request: no query, no variable, no address of a person."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve and log."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            milliseconds = round((time.perf_counter() - began) * 1000, 1)
            path = scope["path"] if re.fullmatch(r"/[a-z/.-]{0,60}", scope["path"]) else "/…"
            log.info("request", extra={"method": scope["method"], "path": path, "status": status, "ms": milliseconds})


class Hardened:
    """Headers that every answer carries."""

    HEADERS = (
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"x-frame-options", b"DENY"),
        (b"cache-control", b"no-store"),
    )

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve with the headers; what an answer says itself stands."""

        async def harden(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(h for h in self.HEADERS if h[0] not in said)]
            await send(message)

        await self._app(scope, receive, harden)

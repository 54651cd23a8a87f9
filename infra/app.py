"""The service as an ASGI application: routes, health, and what starts and stops with it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Set
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from sqlalchemy import text
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Scope

from infra import calendars, explorer, frontend, mailbox
from infra.front import Front
from infra.logs import access_line
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
from tenants.work import Workplace, refuse_a_powerful_role, utc_now
from workers.process import Workers, oldest_waiting
from workers.reactions import REACTIONS

LATE_SECONDS = 300  # an outbox row older than this means that nobody relays


def application(settings: Settings, *, workers: bool, clock: Callable[[], datetime] = utc_now) -> Starlette:
    """The application; with `workers` it also does what happens later, in this process, by the machine's own clock."""
    workplace = workplace_for(settings, clock=clock)
    reads = Reads(settings.database, size=settings.pool_size)
    endpoint = Endpoint(workplace, reads, budgets_for(settings, workplace), trusted_for(settings))
    readiness, feed = Readiness(settings, workplace), Feed(workplace.engine)
    subscriptions = Subscriptions(endpoint, workplace, feed)
    endpoint.stream, sockets = EventStreams(subscriptions), Sockets(subscriptions, settings.origins)

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
        Route("/graphql", lambda _: explorer.page(), methods=["GET"]),
        WebSocketRoute("/graphql", sockets.__call__),
        Route("/healthz", lambda _: JSONResponse({"status": "ok"})),
        Route("/readyz", readiness.__call__),
        *explorer.routes(),
        *frontend.routes(),
        *calendars.routes(workplace),
        *(mailbox.routes(workplace) if settings.development else ()),
    ]
    is_api = partial(_is_of_the_api, {"POST", "OPTIONS"} if settings.origins else {"POST"})
    app = Front(_shared(endpoint, settings), is_api, access_line, routes, lifespan)
    app.state.feed = feed  # whoever serves the application closes it first, so that open streams end
    return app


def _is_of_the_api(methods: Set[str], scope: Scope) -> bool:
    """Whether it is for the API: everything at its address but a browser that asks for a page, the explorer.

    Where pages of other origins are let in, their preflights are too.
    """
    if scope["path"] != "/graphql":
        return False
    if scope["method"] != "GET":
        return scope["method"] in methods
    asks_a_query = {b"query", b"documentId", b"doc_id", b"extensions"} & {
        part.partition(b"=")[0] for part in scope["query_string"].split(b"&")
    }
    accept = dict(scope["headers"]).get(b"accept", b"")
    return bool(asks_a_query) or b"text/html" not in accept


def _shared(api: ASGIApp, settings: Settings) -> ASGIApp:
    """The API, open to the pages of known origins."""
    if not settings.origins:
        return api
    return CORSMiddleware(
        api,
        allow_origins=list(settings.origins),
        allow_methods=["GET", "POST"],
        allow_headers=["content-type", *PREFLIGHTED],
        expose_headers=["retry-after"],
        max_age=600,
    )


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

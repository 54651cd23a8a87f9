"""What every request passes first: its line in the log, the headers that every answer carries, the way to the API.

Requests of the API are nearly all of them, and go neither through the router nor through what stands before it.
"""

import re
import time
from collections.abc import Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Lifespan, Message, Receive, Scope, Send

HARDENED = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cache-control", b"no-store"),
)
_PLAIN_PATH = re.compile(r"/[a-z/.-]{0,60}")
Line = Callable[[str, str, int, float], None]  # writes one line: method, path, status, milliseconds


class Front(Starlette):
    """Serves requests of the API by one application, and all others by their routes.

    The log says no query, no variable, no address of a person.
    """

    def __init__(
        self,
        api: ASGIApp,
        is_api: Callable[[Scope], bool],
        line: Line,
        routes: Sequence[BaseRoute],
        lifespan: Lifespan[Any],
    ) -> None:
        super().__init__(routes=routes, lifespan=lifespan)
        self._api, self._is_api, self._line = api, is_api, line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, harden and log."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def harden(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message["headers"]
                said = [name for name, _ in headers]
                message["headers"] = [*headers, *[each for each in HARDENED if each[0] not in said]]
            await send(message)

        try:
            await (self._api if self._is_api(scope) else super().__call__)(scope, receive, harden)
        finally:
            path = scope["path"] if _PLAIN_PATH.fullmatch(scope["path"]) else "/…"
            self._line(scope["method"], path, status, (time.perf_counter() - began) * 1000)

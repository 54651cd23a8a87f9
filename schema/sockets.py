"""GraphQL over WebSocket: the graphql-transport-ws protocol, and no older one.

The first message brings the bearer secret; every operation and every event asks anew whom it stands for. A socket ends
with 4403 when the secret no longer works, even where nothing happens.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from schema.documents import RequestError
from schema.endpoint import NotSignedIn, broken, refused, said
from schema.http import MOST_BYTES, Asked, asked_in, secret_in
from schema.subscriptions import Closing, Subscriptions
from tenants.principal import Suspended

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 10.0
CLOSE_SECONDS = 3.0
MOST_OPERATIONS = 20
Message = dict[str, Any]
log = logging.getLogger("kith.http")


class Ended(Exception):
    """The socket ends, with a code of the protocol."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class Sockets:
    """Serves sockets to browsers of known origins, and to clients that are no browser."""

    def __init__(self, subscriptions: Subscriptions, origins: Sequence[str]) -> None:
        self._subscriptions, self._origins = subscriptions, origins

    async def __call__(self, websocket: WebSocket) -> None:
        """Serve one socket until either side ends it."""
        if not self._welcome(websocket):
            await websocket.send_denial_response(PlainTextResponse("This origin is not let in.", 403))
        elif PROTOCOL not in websocket.scope["subprotocols"]:
            await websocket.send_denial_response(PlainTextResponse(f"Speak {PROTOCOL}.", 400))
        else:
            await self._serve(websocket)

    def _welcome(self, websocket: WebSocket) -> bool:
        origin = websocket.headers.get("origin")
        if origin is None or origin in self._origins:
            return True
        return origin.partition("://")[2] == websocket.headers.get("host")

    async def _serve(self, websocket: WebSocket) -> None:
        began = time.perf_counter()
        await websocket.accept(PROTOCOL)
        socket = _Socket(websocket, self._subscriptions)
        try:
            await socket.serve()
        finally:
            milliseconds = round((time.perf_counter() - began) * 1000, 1)
            log.info("socket", extra={"status": socket.code, "operations": socket.served, "ms": milliseconds})


class _Socket:
    """One socket under way."""

    def __init__(self, websocket: WebSocket, subscriptions: Subscriptions) -> None:
        self._websocket, self._subscriptions = websocket, subscriptions
        self._secret: str | None = None
        self._operations: dict[str, asyncio.Task[None]] = {}
        self.code, self.served = 1006, 0

    async def serve(self) -> None:
        """Take messages until the socket ends."""
        try:
            async with asyncio.timeout(INIT_SECONDS) as clock:
                while True:
                    await self._take(await self._message(), clock)
        except TimeoutError:
            await self._end(*(4408, "Connection initialisation timeout") if self._secret is None else FORBIDDEN)
        except Ended as ended:
            await self._end(ended.code, ended.reason)
        except WebSocketDisconnect as gone:
            self.code = gone.code
        finally:
            operations = list(self._operations.values())
            for each in operations:
                each.cancel()
            await asyncio.gather(*operations, return_exceptions=True)

    async def _message(self) -> Message:
        received = await self._websocket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received["code"])
        text = received.get("text")
        if text is None:
            raise Ended(4400, "Send text")
        if len(text) > MOST_BYTES:
            raise Ended(1009, f"A message has at most {MOST_BYTES:,} bytes")
        with suppress(orjson.JSONDecodeError):
            message = orjson.loads(text)
            if isinstance(message, dict):
                return message
        raise Ended(4400, "Send JSON objects")

    async def _take(self, message: Message, clock: asyncio.Timeout) -> None:
        match message:
            case {"type": "connection_init"}:
                await self._init(message.get("payload"), clock)
            case {"type": "ping"}:
                await self._send({"type": "pong"})
            case {"type": "pong"}:
                pass
            case {"type": "subscribe", "id": str(id), "payload": dict(payload)} if id:
                await self._subscribe(id, payload)
            case {"type": "complete", "id": str(id)}:
                if id in self._operations:
                    self._operations.pop(id).cancel()
            case _:
                raise Ended(4400, "That is no message of this protocol")

    async def _init(self, payload: Any, clock: asyncio.Timeout) -> None:
        if self._secret is not None:
            raise Ended(4429, "Too many initialisation requests")
        given = payload if isinstance(payload, dict) else {}
        secret = secret_in(str(given.get("authorization") or given.get("Authorization") or ""))
        if secret is None:
            raise Ended(*UNAUTHORISED)
        try:
            actor = await self._subscriptions.whom(secret)
        except NotSignedIn:
            raise Ended(*UNAUTHORISED) from None
        except Suspended:
            raise Ended(*FORBIDDEN) from None
        except Exception:
            log.exception("a socket could not be opened")
            raise Ended(1013, "Try again later") from None
        left = None if actor.expires_at is None else (actor.expires_at - datetime.now(UTC)).total_seconds()
        clock.reschedule(None if left is None else asyncio.get_running_loop().time() + left)
        self._secret = secret
        await self._send({"type": "connection_ack"})

    async def _subscribe(self, id: str, payload: Message) -> None:
        if self._secret is None:
            raise Ended(*UNAUTHORISED)
        if id in self._operations:
            raise Ended(4409, f"Subscriber for {id[:80]} already exists")
        try:
            asked = asked_in(payload)
        except RequestError as error:
            raise Ended(4400, str(error)[:100]) from None
        if len(self._operations) == MOST_OPERATIONS:
            sentence = f"A socket has at most {MOST_OPERATIONS} operations under way."
            await self._send(
                {"id": id, "type": "error", "payload": [said(sentence, "TOO_MANY_OPERATIONS", uuid4().hex)]}
            )
            return
        self.served += 1
        self._operations[id] = asyncio.create_task(self._answer(id, self._secret, asked))

    async def _answer(self, id: str, secret: str, asked: Asked) -> None:
        """Answer one operation; what ends it ends the socket only where the secret works no longer."""
        request_id = uuid4().hex
        last: Message = {"id": id, "type": "complete"}
        try:
            async with aclosing(self._subscriptions.answers(secret, asked, request_id)) as answers:
                async for answer in answers:
                    await self._send({"id": id, "type": "next", "payload": orjson.Fragment(answer)})
        except RequestError as error:
            last = {"id": id, "type": "error", "payload": refused(error, request_id)}
        except (NotSignedIn, Suspended):
            await self._end(*FORBIDDEN)
        except Closing:
            await self._end(1012, "Service restart")
        except WebSocketDisconnect:
            pass
        except Exception as error:
            last = {"id": id, "type": "error", "payload": [broken(error, request_id)]}
        del self._operations[id]
        with suppress(WebSocketDisconnect):
            await self._send(last)

    async def _send(self, message: Message) -> None:
        if self._websocket.application_state is WebSocketState.CONNECTED:
            try:
                await self._websocket.send_text(orjson.dumps(message).decode())
            except RuntimeError:  # the server closed it meanwhile
                raise WebSocketDisconnect(1006) from None

    async def _end(self, code: int, reason: str) -> None:
        if self._websocket.application_state is WebSocketState.CONNECTED:
            self.code = code
            with suppress(WebSocketDisconnect, RuntimeError, TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):  # somebody who reads nothing more is left behind
                    await self._websocket.close(code, reason)


UNAUTHORISED = (4401, "Unauthorized")
FORBIDDEN = (4403, "Forbidden")

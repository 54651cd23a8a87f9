"""GraphQL over server-sent events: the distinct connections mode of graphql-sse, one stream for each operation."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import orjson
from starlette.responses import StreamingResponse

from schema.documents import RequestError
from schema.endpoint import NotSignedIn, broken, refused, said
from schema.http import EVENT_STREAM, Asked
from schema.subscriptions import Closing, Subscriptions
from tenants.principal import Suspended

KEEP_ALIVE_SECONDS = 12.0
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
COMMENT = b":\n\n"
COMPLETE = b"event: complete\ndata: \n\n"


class EventStreams:
    """Answers operations as event streams."""

    def __init__(self, subscriptions: Subscriptions) -> None:
        self._subscriptions = subscriptions

    def __call__(self, secret: str, asked: Asked, request_id: str) -> StreamingResponse:
        """The stream that answers one operation."""
        return StreamingResponse(self._stream(secret, asked, request_id), headers=HEADERS, media_type=EVENT_STREAM)

    async def _stream(self, secret: str, asked: Asked, request_id: str) -> AsyncIterator[bytes]:
        """The answers with comments between them; cut off without `complete` where the client is to come again."""
        yield COMMENT
        async with aclosing(self._answers(secret, asked, request_id)) as answers:
            try:
                async for answer in _with_pauses(answers):
                    yield COMMENT if answer is None else b"event: next\ndata: " + answer + b"\n\n"
            except Closing:
                return
        yield COMPLETE

    async def _answers(self, secret: str, asked: Asked, request_id: str) -> AsyncGenerator[bytes]:
        """The answers; what ends them early is the last of them."""
        try:
            async with aclosing(self._subscriptions.answers(secret, asked, request_id)) as answers:
                async for answer in answers:
                    yield answer
        except Closing:
            raise
        except RequestError as error:
            yield orjson.dumps({"errors": refused(error, request_id)})
        except NotSignedIn:
            yield orjson.dumps({"errors": [said("Your token works no longer.", "UNAUTHENTICATED", request_id)]})
        except Suspended:
            yield orjson.dumps({"errors": [said("This organisation is suspended.", "SUSPENDED", request_id)]})
        except Exception as error:
            yield orjson.dumps({"errors": [broken(error, request_id)]})


async def _with_pauses(answers: AsyncIterator[bytes]) -> AsyncIterator[bytes | None]:
    """The answers, and None whenever none came for a while."""
    while True:
        coming: Any = asyncio.ensure_future(anext(answers))
        try:
            while not (await asyncio.wait({coming}, timeout=KEEP_ALIVE_SECONDS))[0]:
                yield None
            answer = coming.result()
        except StopAsyncIteration:
            return
        finally:
            coming.cancel()
            await asyncio.wait({coming})  # so that nobody closes the answers while they are under way
        yield answer

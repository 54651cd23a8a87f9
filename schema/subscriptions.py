"""Subscriptions: the committed facts as events, each read and answered with the rights of its moment.

Resuming behind a cursor and following what happens now are one path: read what lies beyond the place reached, at
most a hundred at a time and only below the horizon; answer each; move on; wait until woken. Nothing queues, because
each subscription reads when its consumer is ready for more.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import orjson
from graphql import OperationType
from sqlalchemy import cast, select, tuple_
from sqlalchemy.pool import QueuePool

from kith.ground.actor import Actor
from kith.ground.errors import Invalid, KithError, NotFound, Refused
from kith.ground.facts import Fact
from schema.documents import RequestError
from schema.endpoint import ATTEMPTS, CHANGING, Call, Endpoint, NotSignedIn, Stale, broken
from schema.follow import FOLLOWED, Followed, Given
from schema.http import Asked
from schema.reads.cursors import Place, read_place
from schema.reads.payload import Ref
from tenants.budget import RateLimited
from tenants.feed import Feed, Follower
from tenants.work import Workplace, is_away

T = TypeVar("T")
MOST_AT_ONCE = 100
RECHECK_SECONDS = 60.0  # where nothing happens, whether the token still works is asked this often
PAUSES = (0.25, 0.5, 1, 2, 4, 8, 10, 10, 10, 10)  # seconds between attempts while the database is away
log = logging.getLogger("kith.graphql")


class Closing(KithError):
    """The process is about to stop: whoever follows goes on elsewhere, from their last cursor."""


@dataclass(frozen=True, slots=True)
class _Asking:
    """A subscription under way: whose, and for what."""

    secret: str
    asked: Asked
    call: Call

    @property
    def name(self) -> str:
        """The field that is subscribed to."""
        return self.call.plan.fields[0].name

    @property
    def followed(self) -> Followed:
        """What the field follows."""
        return FOLLOWED[self.name]

    @property
    def given(self) -> Given:
        """The field's arguments."""
        arguments = self.call.plan.arguments[self.call.plan.fields[0].key]
        return {name: given(self.call.asking.variables) for name, given in arguments.items()}


class Subscriptions:
    """Answers operations with streams of answers."""

    def __init__(self, endpoint: Endpoint, workplace: Workplace, feed: Feed) -> None:
        self._endpoint, self._workplace, self._feed = endpoint, workplace, feed
        pool = workplace.engine.pool
        # Many may be woken at once; requests keep half of the connections.
        self._turns = asyncio.Semaphore(max(1, pool.size() // 2 if isinstance(pool, QueuePool) else 1))

    async def whom(self, secret: str) -> Actor:
        """Whom the secret stands for now. Raises NotSignedIn or Suspended."""
        return (await self._endpoint.whom(secret)).actor

    async def answers(self, secret: str, asked: Asked, request_id: str) -> AsyncGenerator[bytes]:
        """The answers to an operation: one to a query or a mutation, one for each event to a subscription.

        Raises RequestError, NotSignedIn, Suspended or Closing.
        """
        known = await self._endpoint.whom(secret)
        call = await self._endpoint.admit(known, asked, request_id)
        if call.kind is not OperationType.SUBSCRIPTION:
            yield await self._endpoint.answer_now(known, asked, request_id)
            return
        if call.actor.organisation_id is None:
            raise RequestError("There is nothing to follow outside an organisation.", code="FORBIDDEN")
        await self._endpoint.pay(call)
        async with (
            self._feed.following(call.actor.organisation_id) as follower,
            aclosing(self._events(_Asking(secret, asked, call), follower)) as events,
        ):
            async for event in events:
                yield event

    async def _events(self, asking: _Asking, follower: Follower) -> AsyncGenerator[bytes]:
        place, opening = await self._begin(asking, Place(follower.start, 0))
        if opening is not None:
            yield opening
        while True:
            await self._woken(asking, follower)
            beyond = Place(follower.horizon, 0)
            more = True
            while more:
                asking = await self._steadily(self._again, asking)
                asking, found = await self._as_now(asking, self._read, place, beyond)
                for place, row_id in found:
                    if await self._paid(asking):
                        asking = await self._steadily(self._again, asking)
                    asking, answer = await self._as_now(asking, self._told, place, row_id)
                    if answer is not None:
                        yield answer
                more = len(found) == MOST_AT_ONCE
            place = max(place, beyond)

    async def _as_now(self, asking: _Asking, do: Callable[..., Awaitable[T]], *arguments: Any) -> tuple[_Asking, T]:
        """Do it with the rights of the moment at which it reads; who asks is looked up anew where those changed."""
        for _ in range(ATTEMPTS):
            try:
                return asking, await self._steadily(do, asking, *arguments)
            except Stale:
                asking = await self._steadily(self._again, asking)
        raise RequestError(CHANGING, code="CONFLICT")

    async def _paid(self, asking: _Asking) -> bool:
        """Pay for an event, which waits where nothing is left and is not lost; whether it waited."""
        waited = False
        while not self._feed.closed:
            try:
                await self._endpoint.pay(asking.call)
                return waited
            except RequestError as refused:
                if refused.code != RateLimited.code:
                    raise
                waited = True
                await asyncio.sleep(int(refused.headers["retry-after"]))
        raise Closing

    async def _begin(self, asking: _Asking, now: Place) -> tuple[Place, bytes | None]:
        """Where the subscription starts, and what it tells at once."""
        try:
            after, first = asking.given.get("after"), asking.followed.first
            place = now if after is None else read_place(after)
            if place.transaction > now.transaction:
                raise Invalid("This cursor is ahead of the feed. Read `facts`, and follow without it.", path=("after",))
            if first is None:
                return place, None
            row_id = first(asking.given)
            asking, seen = await self._as_now(asking, self._sees, row_id)
            if not seen:
                raise NotFound("There is no such thing, or you may not see it.", path=("id",))
            return place, (await self._as_now(asking, self._told, place, row_id))[1] if after is None else None
        except Refused as refused:
            call, what = asking.call, f"Subscription.{asking.name}"
            await self._endpoint.note_refusal(call.actor, call.request_id, what, refused.code)
            raise RequestError(refused.message, code=refused.code) from None

    async def _woken(self, asking: _Asking, follower: Follower) -> None:
        """Wait until something may have happened. Raises Closing, or NotSignedIn when the token is over."""
        expires_at = asking.call.actor.expires_at or datetime.max.replace(tzinfo=UTC)
        left = (expires_at - datetime.now(UTC)).total_seconds()
        await follower.woken(min(left, RECHECK_SECONDS))
        if self._feed.closed:
            raise Closing
        if expires_at <= datetime.now(UTC):
            raise NotSignedIn

    async def _steadily(self, do: Callable[..., Awaitable[T]], *arguments: Any) -> T:
        """Do it when it is its turn, and again while the database is away."""
        for pause in PAUSES:
            try:
                async with self._turns:
                    return await do(*arguments)
            except Exception as error:
                if not is_away(error):
                    raise
                log.warning("A subscription could not go on; again in %s seconds.", pause, exc_info=True)
                await asyncio.sleep(pause)
        return await do(*arguments)

    async def _again(self, asking: _Asking) -> _Asking:
        """The same, as who the secret stands for now. Raises NotSignedIn, Suspended, or RequestError."""
        known = await self._endpoint.whom(asking.secret)
        return replace(asking, call=await self._endpoint.admit(known, asking.asked, asking.call.request_id))

    async def _read(self, asking: _Asking, place: Place, beyond: Place) -> Sequence[tuple[Place, UUID]]:
        """The next events behind a place and below the horizon, each with the row that it shows."""
        followed, actor = asking.followed, asking.call.actor
        order = (Fact.transaction, Fact.sequence)
        reached = tuple_(*(cast(value, column.type) for value, column in zip(place, order, strict=True)))
        query = (
            select(*order, followed.row)
            .where(tuple_(*order) > reached, Fact.transaction < beyond.transaction)
            .where(*followed.relevant(actor, asking.given))
            .order_by(*order)
            .limit(MOST_AT_ONCE)
        )
        async with self._endpoint.reading(asking.call) as work:
            return [(Place(t, s), row_id) for t, s, row_id in await work.session.execute(query)]

    async def _sees(self, asking: _Asking, row_id: UUID) -> bool:
        model, actor = asking.followed.model, asking.call.actor
        seen = select(model.id).where(model.id == row_id, model.visible_to(actor.narrowed(model.READ)))
        async with self._endpoint.reading(asking.call) as work:
            return await work.session.scalar(seen) is not None

    async def _told(self, asking: _Asking, place: Place, row_id: UUID) -> bytes | None:
        """The answer to one event; None where its row may not be seen."""
        if not await self._sees(asking, row_id):
            return None
        try:
            return await self._endpoint.event(asking.call, {"cursor": place.cursor, asking.followed.slot: Ref(row_id)})
        except Stale:
            raise
        except Exception as error:
            if is_away(error):
                raise
            return orjson.dumps({"data": None, "errors": [broken(error, asking.call.request_id)]})

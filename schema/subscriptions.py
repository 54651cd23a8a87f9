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

from graphql import (
    ExecutionResult,
    GraphQLSchema,
    OperationType,
    execute,
    get_argument_values,
    get_variable_values,
)
from sqlalchemy import cast, select, tuple_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from kith.ground.actor import Actor
from kith.ground.errors import Invalid, KithError, NotFound, Refused
from kith.ground.facts import Fact
from schema.build import graphql_schema
from schema.cursors import Place, read_place
from schema.documents import RequestError, root_fields
from schema.endpoint import Answer, Call, Endpoint, failed
from schema.follow import FOLLOWED, Followed, Given
from schema.http import Asked
from schema.rows import Reading, by_ids
from tenants.feed import Feed, Follower
from tenants.principal import principal
from tenants.work import Workplace

T = TypeVar("T")
MOST_AT_ONCE = 100
RECHECK_SECONDS = 60.0  # where nothing happens, whether the token still works is asked this often
PAUSES = (0.25, 0.5, 1, 2, 4, 8, 10, 10, 10, 10)  # seconds between attempts while the database is away
log = logging.getLogger("kith.graphql")


class NotSignedIn(KithError):
    """The secret stands for nobody, or no longer."""


class Closing(KithError):
    """The process is about to stop: whoever follows goes on elsewhere, from their last cursor."""


@dataclass(frozen=True, slots=True)
class _Asking:
    """A subscription under way: whose, for what, and how far it has come."""

    secret: str
    call: Call
    followed: Followed
    name: str
    given: Given


class Subscriptions:
    """Answers operations with streams of answers."""

    def __init__(self, endpoint: Endpoint, workplace: Workplace, feed: Feed) -> None:
        self._endpoint, self._workplace, self._feed = endpoint, workplace, feed
        self._schema = graphql_schema()
        pool = workplace.engine.pool
        # Many may be woken at once; requests keep half of the connections.
        self._turns = asyncio.Semaphore(max(1, pool.size() // 2 if isinstance(pool, QueuePool) else 1))

    async def whom(self, secret: str) -> Actor:
        """Whom the secret stands for. Raises NotSignedIn or Suspended."""
        actor = await principal(self._workplace.engine, secret)
        if actor is None:
            raise NotSignedIn
        return actor

    async def answers(self, secret: str, asked: Asked, request_id: str) -> AsyncGenerator[Answer]:
        """The answers to an operation: one to a query or a mutation, one for each event to a subscription.

        Raises RequestError, NotSignedIn, Suspended or Closing.
        """
        call = await self._endpoint.admitted(await self.whom(secret), asked, request_id)
        if call.operation.operation is not OperationType.SUBSCRIPTION:
            yield await self._endpoint.answer(call)
            return
        if call.actor.organisation_id is None:
            raise RequestError("There is nothing to follow outside an organisation.", code="FORBIDDEN")
        async with (
            self._feed.following(call.actor.organisation_id) as follower,
            aclosing(self._events(self._asking(secret, call), follower)) as events,
        ):
            async for event in events:
                yield event

    def _asking(self, secret: str, call: Call) -> _Asking:
        (_, single), *_ = root_fields(call.document, call.operation, call.fragments, call.variables)
        node: Any = single.definitions[0].selection_set.selections[0]  # type: ignore[attr-defined]
        field: Any = self._schema.subscription_type.fields[node.name.value]  # type: ignore[union-attr]
        variables: Any = get_variable_values(
            self._schema, call.operation.variable_definitions or (), dict(call.asked.variables)
        )
        given = get_argument_values(field, node, variables)
        return _Asking(secret, call, FOLLOWED[node.name.value], node.name.value, given)

    async def _events(self, asking: _Asking, follower: Follower) -> AsyncGenerator[Answer]:
        place, opening = await self._begin(asking, Place(follower.start, 0))
        if opening is not None:
            yield opening
        while True:
            await self._woken(asking, follower)
            beyond = Place(follower.horizon, 0)
            more = True
            while more:
                asking = await self._steadily(self._again, asking)
                found = await self._steadily(self._read, asking, place, beyond)
                for number, (place, row_id) in enumerate(found):
                    if number:
                        asking = await self._steadily(self._again, asking)
                    answer = await self._steadily(self._told, asking, place, row_id)
                    if answer is not None:
                        yield answer
                more = len(found) == MOST_AT_ONCE
            place = max(place, beyond)

    async def _begin(self, asking: _Asking, now: Place) -> tuple[Place, Answer | None]:
        """Where the subscription starts, and what it tells at once."""
        try:
            after, first = asking.given.get("after"), asking.followed.first
            place = now if after is None else read_place(after)
            if place.transaction > now.transaction:
                raise Invalid("This cursor is ahead of the feed. Read `facts`, and follow without it.", path=("after",))
            if first is None:
                return place, None
            row_id = first(asking.given)
            if not await self._sees(asking, row_id):
                raise NotFound("There is no such thing, or you may not see it.", path=("id",))
            return place, await self._told(asking, place, row_id) if after is None else None
        except Refused as refused:
            await self._endpoint.note_refusal(asking.call, f"Subscription.{asking.name}", refused.code)
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
            except (DBAPIError, PoolTimeout, OSError) as error:
                if not _away(error):
                    raise
                log.warning("A subscription could not go on; again in %s seconds.", pause, exc_info=True)
                await asyncio.sleep(pause)
        return await do(*arguments)

    async def _again(self, asking: _Asking) -> _Asking:
        """The same, as who the secret stands for now. Raises NotSignedIn, Suspended, or RequestError."""
        call = replace(asking.call, actor=await self.whom(asking.secret))
        await self._endpoint.admit(call)
        return replace(asking, call=call)

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
        async with self._workplace.reading(actor, request_id=asking.call.request_id) as work:
            return [(Place(t, s), row_id) for t, s, row_id in await work.session.execute(query)]

    async def _sees(self, asking: _Asking, row_id: UUID) -> bool:
        async with self._workplace.reading(asking.call.actor) as work:
            return await by_ids(Reading(work), asking.followed.model, row_id) is not None

    async def _told(self, asking: _Asking, place: Place, row_id: UUID) -> Answer | None:
        """The answer to one event; None where its row may not be seen."""
        call = asking.call
        async with self._workplace.reading(call.actor, request_id=call.request_id) as work:
            reading = Reading(work)
            result = await answer_event(self._schema, reading, call, asking.followed, place, row_id)
        if result is None:
            return None
        if result.errors:
            cause = result.errors[0].original_error
            if cause is not None and _away(cause):
                raise cause
            return failed(result, call)
        if reading.sensitive:
            async with self._workplace.writing(call.actor, request_id=call.request_id) as work:
                reading.record(work)
        return {"data": result.data}


def _away(error: Exception) -> bool:
    """Whether the error says that the database cannot be reached just now."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, PoolTimeout | OSError)
    state = str(getattr(error.orig, "sqlstate", None))
    return error.connection_invalidated or state.startswith(("08", "57P0")) or state == "53300"


async def answer_event(
    schema: GraphQLSchema, reading: Reading, call: Call, followed: Followed, place: Place, row_id: UUID
) -> ExecutionResult | None:
    """What the selection shows of one event; None where its row may not be seen."""
    try:
        row = await by_ids(reading, followed.model, row_id)
        if row is None:
            return None
        outcome = execute(
            schema,
            call.document,
            {"cursor": place.cursor, followed.slot: row},
            context_value=reading,
            variable_values=dict(call.asked.variables),
            operation_name=call.asked.operation_name,
        )
        return outcome if isinstance(outcome, ExecutionResult) else await outcome
    finally:
        await reading.finish()

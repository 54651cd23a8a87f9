"""The endpoint: from a request to an answer, by the GraphQL over HTTP specification.

The order of checks: body size, principal, parse, validate, limits, arguments, permissions of every field, the budget,
then one transaction for a query, or one for each root field of a mutation.

Who asks may have been looked up some seconds ago. A query is then answered only if that still holds in the
transaction that reads; before anything is refused or changed, they are looked up anew.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from secrets import token_hex
from typing import Any, TypeVar

import orjson
from asyncpg import QueryCanceledError
from graphql import OperationType
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kith.ground.actor import Actor
from kith.ground.errors import KithError, Refused
from kith.ground.work import Work
from schema.build import graphql_schema
from schema.cost import PER_REFUSAL, of_reading, pay, reported
from schema.documents import Documents, NotRead, RequestError, variables_of
from schema.http import GRAPHQL_RESPONSE, JSON, Asked, Headers, Wants, ask_of, secret_in, wants_of
from schema.idempotent import keys_of
from schema.mutations import EXPOSED
from schema.reads.introspection import introspected
from schema.reads.payload import Driver, Payload
from schema.reads.plans import NotCompiled, Operation, Plan
from schema.reads.reread import SensitiveRows, reread
from schema.reads.selection import TYPENAME, Field
from schema.reads.statement import Asking, Statement
from schema.trusted import Trusted
from tenants.budget import Budgets, RateLimited, Standing
from tenants.principal import Known, Principals, Suspended
from tenants.reads import Overloaded, Reads, holds
from tenants.work import Workplace, driver_of, is_away

T = TypeVar("T")
log = logging.getLogger("kith.graphql")
ATTEMPTS = 3  # at reading for somebody whose standing changes at just that moment
CHANGING = "What you may do is being changed. Ask again."
OVERLOADED = "OVERLOADED"
_AS_IT_IS = {RateLimited.code, OVERLOADED}  # refusals that are the same whoever asks
BUSY = "Too much is asked at the moment. Ask again in a few seconds."


class NotSignedIn(KithError):
    """The secret stands for nobody, or no longer."""


class Stale(Exception):
    """Who asks is no longer who they were when they were looked up; what they asked may be paid already."""

    def __init__(self, paid: Standing | None = None) -> None:
        self.paid = paid


class Lacking(RequestError):
    """The operation needs a permission that the actor lacks."""

    def __init__(self, sentence: str, coordinate: str) -> None:
        super().__init__(sentence, code="FORBIDDEN")
        self.coordinate = coordinate


@dataclass(slots=True)  # one is made for every request, and freezing is most of the making
class Call:
    """One operation under way."""

    known: Known
    asked: Asked
    operation: Operation
    plan: Plan
    asking: Asking
    values: Sequence[Any]  # of the query's parameters
    keys: Mapping[str, str]  # of a mutation's root fields that are done once
    cost: int
    request_id: str

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self.known.actor

    @property
    def kind(self) -> OperationType:
        """Whether it is a query, a mutation or a subscription."""
        return self.operation.node.operation


class Endpoint:
    """Answers GraphQL requests."""

    def __init__(self, workplace: Workplace, reads: Reads, budgets: Budgets, trusted: Trusted) -> None:
        self._workplace, self._reads, self._budgets, self._trusted = workplace, reads, budgets, trusted
        self._principals = Principals(reads.look_up)
        self.stream: Callable[[str, Asked, str], Response] = _no_stream  # answers as an event stream
        self._schema = graphql_schema()
        self._documents = Documents(self._schema)
        trusted.keep_in(self._documents)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as an ASGI application."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        wants = wants_of(scope["method"], headers.get(b"accept", b""))
        answer = await self._respond(scope, headers, receive, wants, token_hex(16))
        if isinstance(answer, Response):
            await answer(scope, receive, send)
            return
        head = _HEADS[wants.graphql_response]
        length = (b"content-length", b"%d" % len(answer))
        await send({"type": "http.response.start", "status": 200, "headers": [*head, length]})
        await send({"type": "http.response.body", "body": answer})

    async def _respond(
        self, scope: Scope, headers: Headers, receive: Receive, wants: Wants, request_id: str
    ) -> Response | bytes:
        """What the request is answered: bytes where all is well."""
        try:
            secret = secret_in(headers.get(b"authorization", b"").decode("latin-1"))
            known = self._principals.kept(secret) or await self.whom(secret)
            asked = await ask_of(scope, headers, receive)  # which may take its time
            if secret and wants.events:
                return self.stream(secret, asked, request_id)
            return await self._answer(known, asked, request_id, reading_only=scope["method"] == "GET")
        except NotSignedIn:
            return _unauthenticated()
        except Suspended:
            return _failed(said("This organisation is suspended.", "SUSPENDED", request_id), wants, 403)
        except RequestError as error:
            status = error.refused_as if wants.graphql_response and error.status == 200 else error.status
            answer = {"errors": refused(error, request_id), **error.also}
            return Response(orjson.dumps(answer), status, _headers(wants, error.headers if status == 429 else {}))
        except ClientDisconnect:
            return Response(status_code=499)
        except Exception as error:
            if is_away(error):
                return _failed(said(BUSY, OVERLOADED, request_id), wants, 503)
            return _failed(broken(error, request_id), wants, 500)

    async def whom(self, secret: str | None) -> Known:
        """Whom the secret stands for now. Raises NotSignedIn and Suspended."""
        known = None if secret is None else await _unless_busy(self._principals.look_up(secret))
        if known is None:
            raise NotSignedIn
        return known

    async def _again(self, known: Known) -> Known:
        """Whom the same secret stands for now. Raises NotSignedIn and Suspended."""
        found = await _unless_busy(self._principals.again(known.digest))
        if found is None:
            raise NotSignedIn
        return found

    async def _answer(self, known: Known, asked: Asked, request_id: str, *, reading_only: bool) -> bytes:
        """Answer a query for who was looked up before, where its own transaction can tell whether that holds; whatever
        else comes of it, look them up anew.
        """
        paid = None
        try:
            call = self._admitted(known, asked, request_id, reading_only=reading_only)
            if call.kind is OperationType.QUERY and known.snapshot is not None:
                return await self.answer(call)
        except (NotRead, NotCompiled):
            pass
        except Stale as stale:
            paid = stale.paid
        except RequestError as error:
            if error.code in _AS_IT_IS:  # nobody who asks too often is looked up each time
                raise
        return await self.answer_now(known, asked, request_id, reading_only=reading_only, paid=paid)

    async def answer_now(
        self,
        known: Known,
        asked: Asked,
        request_id: str,
        *,
        reading_only: bool = False,
        paid: Standing | None = None,
    ) -> bytes:
        """Answer a query or a mutation for who they are now. Raises RequestError, NotSignedIn and Suspended."""
        for _ in range(ATTEMPTS):
            call = await self.admit(await self._again(known), asked, request_id, reading_only=reading_only)
            if call.kind is OperationType.SUBSCRIPTION:
                message = "Subscribe over a WebSocket, or ask for text/event-stream."
                raise RequestError(message, status=406, code="BAD_REQUEST")
            call.asking.standing = paid
            try:
                return await self.answer(call)
            except Stale as stale:
                paid = stale.paid
        raise RequestError(CHANGING, code="CONFLICT")

    async def admit(self, known: Known, asked: Asked, request_id: str, *, reading_only: bool = False) -> Call:
        """The operation that is asked for: valid, permitted, and not too large.

        A document that is not kept is paid before it is read and compiled, so that nobody has that done for nothing.
        Raises RequestError, and records what is forbidden.
        """
        try:
            try:
                return self._admitted(known, asked, request_id, reading_only=reading_only)
            except (NotRead, NotCompiled):
                await pay(self._budgets, known.actor, of_reading(self._trusted.text_of(asked)))
                return self._admitted(known, asked, request_id, reading_only=reading_only, anew=True)
        except Lacking as lacking:
            await pay(self._budgets, known.actor, PER_REFUSAL)
            await self.note_refusal(known.actor, request_id, lacking.coordinate, lacking.code)
            raise

    def _admitted(self, known: Known, asked: Asked, request_id: str, *, reading_only: bool, anew: bool = False) -> Call:
        """The same, from what is kept, or read and compiled anew."""
        operation = self._documents.operation(self._trusted.text_of(asked), asked.operation_name, read=anew)
        if reading_only and operation.node.operation is not OperationType.QUERY:
            raise RequestError("Only queries are read with GET.", status=405, code="METHOD_NOT_ALLOWED")
        asking = Asking(known.actor, variables_of(operation, asked.variables))
        try:
            plan = operation.plan(known.actor, asking.variables, compile=anew)
            self._permit(plan, known.actor)
            cost = plan.cost(asking)
            values = [] if plan.statement is None else plan.statement.values(asking)
            keys = keys_of(plan.fields, asking.variables) if plan.statement is None else {}
        except Refused as wrong:
            raise RequestError(wrong.message, code=wrong.code) from None
        return Call(known, asked, operation, plan, asking, values, keys, cost, request_id)

    def _permit(self, plan: Plan, actor: Actor) -> None:
        for permission, coordinate in plan.needs:
            if permission.name not in actor.permissions:
                sentence = f"{coordinate} needs the permission {permission.name}: {permission.sentence}"
                raise Lacking(sentence, coordinate)

    async def answer(self, call: Call) -> bytes:
        """Answer a query or a mutation that is admitted, once it is paid. Raises RequestError and Stale."""
        if call.asking.standing is None:
            await self.pay(call)
        parts = await (self._query(call) if call.kind is OperationType.QUERY else self._mutation(call))
        return b"".join((*parts, reported(call.asking.standing), b"}"))

    async def pay(self, call: Call) -> None:
        """Pay for an operation out of its client's budget. Raises RequestError."""
        call.asking.standing = await pay(self._budgets, call.actor, call.cost)

    async def event(self, call: Call, event: Mapping[str, Any]) -> bytes:
        """What a subscription shows of one event, whose row is seen; what of it may not be is null."""
        field, *_ = call.plan.fields
        return orjson.dumps({"data": {field.key: await self._as_it_is_now(call, field, event)}})

    async def _as_it_is_now(self, call: Call, field: Field, payload: Mapping[str, Any]) -> Any:
        """A payload whose rows are read in a transaction of their own."""
        sensitive = SensitiveRows(call.actor)
        async with self.reading(call) as work:
            shown = await self._payload(call, await driver_of(work), sensitive).shown(field, payload)
        if sensitive.rows:
            async with self._writing(call) as work:
                sensitive.record(work)
        return shown

    async def _query(self, call: Call) -> Sequence[bytes]:
        try:
            return b'{"data":', (await self._read(call)).encode()
        except (Stale, RequestError):
            raise
        except Exception as error:
            return b'{"data":null,"errors":[', orjson.dumps(broken(error, call.request_id)), b"]"

    async def _read(self, call: Call) -> str:
        """The data of a query, once it is written down which sensitive rows it shows. Raises Stale."""
        statement, values = call.plan.statement, call.values
        assert statement is not None
        if statement.late:
            values = statement.values(call.asking)
        text = await _unless_busy(self._reads.text(call.known, statement.read, values))
        if text is None:
            raise Stale(call.asking.standing)
        if statement.reread:
            text = await self._reread(text, statement, call)
        if call.plan.introspection:
            text = self._with_introspection(text, call)
        return text

    async def _reread(self, text: str, statement: Statement, call: Call) -> str:
        sensitive = SensitiveRows(call.actor)
        text = orjson.dumps(reread(text, statement, sensitive)).decode()
        if sensitive.rows:
            async with self._writing(call) as work:
                sensitive.record(work)
        return text

    def _with_introspection(self, text: str, call: Call) -> str:
        fields, operation = call.plan.fields, call.operation
        found = introspected(self._schema, operation.node, operation.fragments, fields, call.asked.variables)
        answer = {**orjson.loads(text), **found}
        return orjson.dumps({each.key: answer[each.key] for each in fields}).decode()

    async def _mutation(self, call: Call) -> Sequence[bytes]:
        """One transaction for each root field, in order; each is committed before the next begins."""
        data: dict[str, Any] = {}
        errors: list[Any] = []
        for number, each in enumerate(call.plan.fields):
            try:
                data[each.key] = each.parent.name if each.name == TYPENAME else await self._in_turn(call, number)
            except Exception as error:
                data[each.key] = None
                errors += [told | {"path": [each.key]} for told in _why(error, call.request_id)]
        failed = (b',"errors":', orjson.dumps(errors)) if errors else ()
        return b'{"data":', orjson.dumps(data), *failed

    async def _in_turn(self, call: Call, number: int) -> Any:
        """One root field, for who they are when its turn comes: an earlier one, or anybody, may have changed that."""
        for attempt in range(ATTEMPTS):
            if number or attempt:
                standing, known = call.asking.standing, await self._again(call.known)
                call = await self.admit(known, call.asked, call.request_id)
                call.asking.standing = standing
            with suppress(Stale):
                return await self._root_field(call, call.plan.fields[number])
        raise RequestError(CHANGING, code="CONFLICT")

    async def _root_field(self, call: Call, each: Field) -> Any:
        mutation, sensitive = EXPOSED[each.name], SensitiveRows(call.actor)
        try:
            async with self._writing(call) as work:
                await _check(work, call)
                given = call.plan.arguments[each.key]["input"](call.asking.variables)
                payload = await mutation.call(work, given, call.keys.get(each.key))
                answer = await self._payload(call, await driver_of(work), sensitive).shown(each, payload)
                sensitive.record(work)
                return answer
        except Refused as wrong:
            await self.note_refusal(call.actor, call.request_id, mutation.operation.name, wrong.code)
            payload = mutation.refused(wrong)
        if payload["result"] is None:
            return await self._payload(call, None, sensitive).shown(each, payload)
        return await self._as_it_is_now(call, each, payload)

    def _payload(self, call: Call, driver: Driver | None, sensitive: SensitiveRows) -> Payload:
        return Payload(call.plan, call.asking, driver, sensitive)

    @asynccontextmanager
    async def reading(self, call: Call) -> AsyncIterator[Work]:
        """A transaction that reads for who asks. Raises Stale where they no longer are who they were."""
        async with self._workplace.reading(call.actor, request_id=call.request_id) as work:
            await _check(work, call)
            yield work

    def _writing(self, call: Call) -> AbstractAsyncContextManager[Work]:
        return self._workplace.writing(call.actor, request_id=call.request_id)

    async def note_refusal(self, actor: Actor, request_id: str, what: str, code: str) -> None:
        """Write down that something was refused."""
        if actor.organisation_id is not None:
            async with self._workplace.writing(actor, request_id=request_id) as work:
                work.note_refusal(what, code)


async def _check(work: Work, call: Call) -> None:
    """Raise Stale unless who asks is, as this transaction sees it, who they were when they were looked up."""
    if not await holds(await driver_of(work), call.known):
        raise Stale


async def _unless_busy(asked: Awaitable[T]) -> T:
    """What is asked of the connections of reads. Raises RequestError where all are busy for too long."""
    try:
        return await asked
    except Exception as error:
        if isinstance(error, Overloaded | QueryCanceledError) or is_away(error):
            raise RequestError(BUSY, status=503, code=OVERLOADED) from error
        raise


def refused(error: RequestError, request_id: str) -> list[dict[str, Any]]:
    """What is wrong with the request itself, as errors of an answer."""
    return [each | {"extensions": {"code": error.code, "requestId": request_id}} for each in error.errors]


def broken(error: BaseException, request_id: str) -> dict[str, Any]:
    """What went wrong on our side, as an error of an answer: masked, and logged with the request's id."""
    log.error("a request failed", extra={"request_id": request_id}, exc_info=error)
    message = "Something went wrong on our side. Give us the request id and we can find out what."
    return said(message, "INTERNAL", request_id)


def said(message: str, code: str, request_id: str) -> dict[str, Any]:
    """One error of an answer."""
    return {"message": message, "extensions": {"code": code, "requestId": request_id}}


def _why(error: Exception, request_id: str) -> list[dict[str, Any]]:
    """Why one root field was not done, as errors of an answer."""
    match error:
        case RequestError():
            return refused(error, request_id)
        case NotSignedIn():
            return [said("Your token works no longer.", "UNAUTHENTICATED", request_id)]
        case Suspended():
            return [said("This organisation is suspended.", "SUSPENDED", request_id)]
        case PoolTimeout():  # nothing was begun
            return [said(BUSY, OVERLOADED, request_id)]
    return [broken(error, request_id)]


def _failed(error: Mapping[str, Any], wants: Wants, status: int) -> Response:
    return Response(orjson.dumps({"errors": [error]}), status, _headers(wants))


def _headers(wants: Wants, also: Mapping[str, str] | None = None) -> dict[str, str]:
    media = GRAPHQL_RESPONSE if wants.graphql_response else JSON
    return {"content-type": f"{media}; charset=utf-8", "vary": "Accept", **(also or {})}


# The head of an answer, by whether it comes as application/graphql-response+json.
_HEADS = {
    wanted: [(name.encode(), value.encode()) for name, value in _headers(Wants(wanted, events=False)).items()]
    for wanted in (False, True)
}


def _no_stream(*_: Any) -> Response:
    raise RequestError("Nothing is streamed here.", status=406)


def _unauthenticated() -> Response:
    error = {"message": "Sign in: send a valid bearer token.", "extensions": {"code": "UNAUTHENTICATED"}}
    return Response(
        orjson.dumps({"errors": [error]}),
        401,
        {"content-type": "application/json; charset=utf-8", "www-authenticate": "Bearer"},
    )

"""The endpoint: from a request to an answer, by the GraphQL over HTTP specification.

The order of checks: body size, principal, parse, validate, limits, permissions of every field, then one
transaction for a query, or one for each root field of a mutation.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute,
)
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from kith.ground.actor import Actor
from kith.ground.errors import Refused
from kith.ground.work import Work
from schema.build import graphql_schema
from schema.documents import Documents, RequestError, root_fields, variables_of
from schema.http import Asked, accepts_graphql_response, ask_of, asks_for_events, bearer_of
from schema.limits import measure
from schema.rows import Reading
from tenants.principal import Suspended, principal
from tenants.work import Workplace

log = logging.getLogger("kith.graphql")
GRAPHQL_RESPONSE = "application/graphql-response+json"
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One request under way."""

    actor: Actor
    request_id: str
    asked: Asked
    document: DocumentNode
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]  # coerced, with their defaults


class Endpoint:
    """Answers GraphQL requests."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._schema = graphql_schema()
        self._documents = Documents(self._schema)
        self.stream: Callable[[str, Asked, str], Response] | None = None  # how an event stream answers

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        request_id = uuid4().hex
        wants = accepts_graphql_response(request.headers.get("accept", ""))
        try:
            secret = bearer_of(request)
            actor = await principal(self._workplace.engine, secret) if secret else None
            if secret is None or actor is None:
                return _unauthenticated()
            asked = await ask_of(request)
            if self.stream is not None and asks_for_events(request):
                return self.stream(secret, asked, request_id)
            answer = await self._answer(actor, asked, request_id, reading_only=request.method == "GET")
        except Suspended:
            return _respond({"errors": [said("This organisation is suspended.", "SUSPENDED", request_id)]}, wants, 403)
        except RequestError as error:
            return _respond(
                {"errors": refused(error, request_id)},
                wants,
                400 if wants and error.status == 200 else error.status,
            )
        except ClientDisconnect:
            return Response(status_code=499)
        status = 200 if "data" in answer or not wants else 400
        return _respond(answer, wants, status)

    async def _answer(self, actor: Actor, asked: Asked, request_id: str, *, reading_only: bool) -> Answer:
        call = await self.admitted(actor, asked, request_id, reading_only=reading_only)
        if call.operation.operation is OperationType.SUBSCRIPTION:
            message = "Subscribe over a WebSocket, or ask for text/event-stream."
            raise RequestError(message, status=406, code="BAD_REQUEST")
        return await self.answer(call)

    async def admitted(self, actor: Actor, asked: Asked, request_id: str, *, reading_only: bool = False) -> Call:
        """The operation that is asked for, valid and permitted. Raises RequestError."""
        document = self._documents.document(asked.query)
        operation = self._documents.operation(document, asked.operation_name)
        if reading_only and operation.operation is not OperationType.QUERY:
            raise RequestError("Only queries are read with GET.", status=405, code="METHOD_NOT_ALLOWED")
        fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        variables = variables_of(self._schema, operation, asked.variables)
        call = Call(actor, request_id, asked, document, operation, fragments, variables)
        await self.admit(call)
        return call

    async def answer(self, call: Call) -> Answer:
        """Answer a query or a mutation that is admitted."""
        if call.operation.operation is OperationType.QUERY:
            return await self._query(call)
        return await self._mutation(call)

    async def admit(self, call: Call) -> None:
        """Refuse, before anything runs, what is too large or needs a permission that the actor lacks."""
        try:
            found = measure(self._schema, call.operation, call.fragments, call.variables)
        except Refused as refused:
            raise RequestError(refused.message, code=refused.code) from None
        for permission, coordinate in found.needs.values():
            if not call.actor.may(permission):
                await self.note_refusal(call, coordinate, "FORBIDDEN")
                raise RequestError(
                    f"{coordinate} needs the permission {permission.name}: {permission.sentence}", code="FORBIDDEN"
                )

    async def _query(self, call: Call) -> Answer:
        async with self._workplace.reading(call.actor, request_id=call.request_id) as work:
            reading = Reading(work)
            result = await self._execute(reading, call.document, call)
        if result.errors:
            return failed(result, call)
        if reading.sensitive:
            async with self._writing(call) as work:
                reading.record(work)
        return {"data": result.data}

    async def _mutation(self, call: Call) -> Answer:
        """One transaction for each root field, in order; each is committed before the next begins."""
        data: dict[str, Any] = {}
        errors: list[Answer] = []
        for key, single in root_fields(call.document, call.operation, call.fragments, call.variables):
            answer = await self._root_field(call, single)
            data |= answer.get("data") or {key: None}
            errors += answer.get("errors", [])
        return {"data": data, "errors": errors} if errors else {"data": data}

    async def _root_field(self, call: Call, single: DocumentNode) -> Answer:
        reading: Reading | None = None
        try:
            async with self._writing(call) as work:
                reading = Reading(work)
                result = await self._execute(reading, single, call)
                if reading.refused or result.errors:
                    raise _Undo(result)
                reading.record(work)
        except _Undo as undo:
            result = undo.result
        if reading is not None and reading.refused:
            await self.note_refusal(call, *reading.refused)
        if result.errors:
            return failed(result, call)
        return {"data": result.data}

    async def _execute(self, reading: Reading, document: DocumentNode, call: Call) -> ExecutionResult:
        outcome = execute(
            self._schema,
            document,
            context_value=reading,
            variable_values=dict(call.asked.variables),
            operation_name=call.asked.operation_name,
        )
        try:
            return outcome if isinstance(outcome, ExecutionResult) else await outcome
        finally:
            await reading.finish()

    def _writing(self, call: Call) -> AbstractAsyncContextManager[Work]:
        return self._workplace.writing(call.actor, request_id=call.request_id)

    async def note_refusal(self, call: Call, what: str, code: str) -> None:
        """Write down that something was refused."""
        if call.actor.organisation_id is not None:
            async with self._writing(call) as work:
                work.note_refusal(what, code)


def failed(result: ExecutionResult, call: Call) -> Answer:
    """Errors in our own words: what the caller got wrong is said, everything else is masked and logged."""
    first = (result.errors or [])[0]
    cause = first.original_error
    if cause is None:
        return {"errors": [_located(e, "BAD_USER_INPUT", call.request_id) for e in result.errors or []]}
    if isinstance(cause, Refused):
        return {"errors": [_located(first, cause.code, call.request_id)]}
    return {"data": None, "errors": [broken(cause, call.request_id)]}


def broken(cause: BaseException, request_id: str) -> Answer:
    """What went wrong on our side: masked, and logged under the request's id."""
    log.error("a request failed", extra={"request_id": request_id}, exc_info=cause)
    message = "Something went wrong on our side. Give us the request id and we can find out what."
    return said(message, "INTERNAL", request_id)


def refused(error: RequestError, request_id: str) -> list[Answer]:
    """What is wrong with the request itself."""
    return [e | {"extensions": {"code": error.code, "requestId": request_id}} for e in error.errors]


class _Undo(Exception):
    """Rolls a refused mutation back."""

    def __init__(self, result: ExecutionResult) -> None:
        self.result = result


def _located(error: GraphQLError, code: str, request_id: str) -> Answer:
    formatted: Answer = dict(error.formatted)
    return {**formatted, "extensions": {"code": code, "requestId": request_id}}


def said(message: str, code: str, request_id: str) -> Answer:
    """An error in our own words."""
    return {"message": message, "extensions": {"code": code, "requestId": request_id}}


def _respond(answer: Answer, wants: bool, status: int) -> Response:
    media = f"{GRAPHQL_RESPONSE if wants else 'application/json'}; charset=utf-8"
    return Response(orjson.dumps(answer), status, {"content-type": media, "vary": "Accept"})


def _unauthenticated() -> Response:
    error = {"message": "Sign in: send a valid bearer token.", "extensions": {"code": "UNAUTHENTICATED"}}
    return Response(
        orjson.dumps({"errors": [error]}),
        401,
        {"content-type": "application/json; charset=utf-8", "www-authenticate": "Bearer"},
    )

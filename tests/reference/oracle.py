"""The oracle: an operation answered twice in one transaction, compiled and field by field, as bytes."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLSchema, execute, parse
from sqlalchemy.ext.asyncio import AsyncSession

from kith.ground.actor import Actor
from kith.ground.errors import Refused
from kith.ground.work import Work, scope_for
from schema.build import build, graphql_schema
from schema.documents import Documents, RequestError, variables_of
from schema.reads.reread import SensitiveRows, reread
from schema.reads.statement import Asking
from tenants.work import Workplace, driver_of
from tests.reference.answer import answer_from_declarations
from tests.reference.rows import Reading


@dataclass(frozen=True)
class Refusal:
    """What was refused before anything ran.

    The reference looks at an argument only where a row asks for it, so it may answer what is refused here.
    `reference` is the code with which it refuses too; that it alone refuses would be a difference.
    """

    code: str
    message: str
    reference: str | None = None


REFERENCE_REFUSES = b"the reference refuses: "


@cache
def reference_schema() -> GraphQLSchema:
    """The schema with a resolver behind every field."""
    schema = build()
    answer_from_declarations(schema)
    return schema


class Oracle:
    """Answers operations of one actor twice, in one snapshot of the database."""

    def __init__(self, work: Work, documents: Documents) -> None:
        self._work, self._documents = work, documents

    async def both(self, text: str, variables: Mapping[str, Any] | None = None) -> tuple[bytes, bytes] | Refusal:
        """The compiled answer and the one by fields."""
        given = variables or {}
        try:
            compiled = await self.compiled(text, given)
        except RequestError as error:
            return Refusal(error.code, str(error.errors))
        except Refused as refused:
            return Refusal(refused.code, refused.message, await self._refusal(text, given))
        try:
            return compiled, await self.by_fields(text, given)
        except Refused as refused:
            return compiled, REFERENCE_REFUSES + f"{refused.code} {refused.message}".encode()

    async def _refusal(self, text: str, given: Mapping[str, Any]) -> str | None:
        try:
            await self.by_fields(text, given)
        except Refused as refused:
            return refused.code
        return None

    async def driver(self) -> Any:
        """The connection of the snapshot."""
        return await driver_of(self._work)

    async def compiled(self, text: str, given: Mapping[str, Any]) -> bytes:
        """The compiled answer. Raises what refuses it."""
        actor = self._work.actor
        operation = self._documents.operation(text, None)
        variables = variables_of(operation, given)
        plan, asking = operation.plan(actor, variables), Asking(actor, variables)
        for permission, coordinate in plan.needs:
            if not actor.may(permission):
                raise RequestError(coordinate, code="FORBIDDEN")
        plan.cost(asking)
        statement = plan.statement
        assert statement is not None
        driver = await self.driver()
        data: str = await driver.fetchval(statement.read.sql, *statement.values(asking))
        if statement.reread:
            data = orjson.dumps(reread(data, statement, SensitiveRows(actor))).decode()
        return f'{{"data":{data}}}'.encode()

    async def by_fields(self, text: str, given: Mapping[str, Any]) -> bytes:
        """The answer of graphql-core."""
        before = asyncio.all_tasks()
        outcome = execute(
            reference_schema(), parse(text), context_value=Reading(self._work), variable_values=dict(given)
        )
        result = outcome if isinstance(outcome, ExecutionResult) else await outcome
        await _quiet(before)
        if result.errors:
            raise result.errors[0].original_error or result.errors[0]
        return orjson.dumps({"data": result.data})


async def _quiet(before: set[asyncio.Task[Any]]) -> None:
    """Wait until nothing reads any more: beside a field that failed, others go on."""
    for _ in range(3):  # a batch is loaded by a task that begins one turn later
        await asyncio.sleep(0)
        while left := asyncio.all_tasks() - before:
            await asyncio.wait(left)


@asynccontextmanager
async def snapshot(workplace: Workplace, actor: Actor, documents: Documents | None = None) -> AsyncIterator[Oracle]:
    """An oracle over one snapshot: what others do meanwhile is not seen, and the clock stands still.

    Several that share `documents` share the plans too.
    """
    session = AsyncSession(workplace.engine, info={"scope": scope_for(actor)})
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    async with session:
        await session.connection(execution_options=options)
        yield Oracle(workplace._work(session, actor, None, None), documents or Documents(graphql_schema()))

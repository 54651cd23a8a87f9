"""Payloads: what a mutation or an event answers. Python holds the payload; its rows are read by compiled statements."""

from typing import Any, NamedTuple, Protocol
from uuid import UUID

import orjson
from graphql import GraphQLList, GraphQLNonNull, is_leaf_type

from kith.ground.errors import Broken
from schema.reads.plans import Path, Plan
from schema.reads.reread import SensitiveRows, reread
from schema.reads.selection import TYPENAME, Field
from schema.reads.statement import Asking, Statement
from schema.reads.values import part_of, serialised


class Driver(Protocol):
    """A connection within a transaction."""

    async def fetchval(self, query: str, *values: Any) -> Any:
        """The first column of the first row."""


class Ref(NamedTuple):
    """A row of which only the id is known, where a payload holds a row."""

    id: UUID


class Payload:
    """The payload of one root field."""

    def __init__(self, plan: Plan, asking: Asking, driver: Driver | None, sensitive: SensitiveRows) -> None:
        self._plan, self._asking, self._driver, self._sensitive = plan, asking, driver, sensitive

    async def shown(self, root: Field, value: Any) -> Any:
        """The payload with what is selected of it, ready to be written. Lists leave out rows that may not be seen."""
        return await self._shown(root, root.kind, value, (root.key,))

    async def _shown(self, field: Field, kind: Any, value: Any, path: Path) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return await self._shown(field, kind.of_type, value, path)
        if value is None:
            return None
        rows = self._plan.rows.get(path)
        if isinstance(kind, GraphQLList):
            shown = [await self._shown(field, kind.of_type, each, path) for each in value]
            return shown if rows is None else [row for row in shown if row is not None]
        if rows is not None:
            return await self._row(rows, value)
        if is_leaf_type(kind):
            return serialised(kind, value)
        return {each.key: await self._part(each, value, path) for each in self._plan.selection.under(field)}

    async def _part(self, each: Field, value: Any, path: Path) -> Any:
        if each.name == TYPENAME:
            return each.parent.name
        return await self._shown(each, each.kind, part_of(value, each.python_name), (*path, each.key))

    async def _row(self, statement: Statement, row: Any) -> Any:
        """A table's row is read anew, under the rules that hold for reading it; None where it may not be seen."""
        asking = self._asking.about(row.id)
        if self._driver is None:
            raise Broken("a payload without a transaction holds no rows")
        text = await self._driver.fetchval(statement.read.sql, *statement.values(asking))
        if text == "null":
            return None
        return reread(text, statement, self._sensitive) if statement.reread else orjson.Fragment(text)

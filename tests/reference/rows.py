"""Loading rows behind the declarations, field by field: batched, within the walls and the row rules.

Written apart from the compiler, and meant to stay simple: it says what an answer is, not how to be fast.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, cast, func, lateral, select, true, tuple_
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import ARRAY
from strawberry.dataloader import DataLoader

from kith.ground.actor import Actor
from kith.ground.errors import Invalid
from kith.ground.model import Model, Owned
from kith.ground.work import Work
from schema.declare import Expression, Filter, Groups, Many, Order, Shown, month_of
from schema.reads.cursors import MOST, read_cursor
from schema.reads.statement import Asking

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which part of a connection is asked for."""

    limit: int
    backwards: bool
    after: str | None
    before: str | None


def bounds_of(first: int | None, last: int | None, after: str | None, before: str | None) -> Bounds:
    """The bounds that arguments ask for. Raises Invalid unless exactly one of first and last is 1 to 100."""
    if (first is None) == (last is None):
        raise Invalid("Give either first or last, 1 to 100.", path=("first",))
    limit = last if first is None else first
    if limit is None or not 1 <= limit <= MOST:
        raise Invalid("A page has 1 to 100 items.", path=("first" if last is None else "last",))
    return Bounds(limit, first is None, after, before)


@dataclass
class Reading:
    """What one response reads: its work and its batches."""

    work: Work
    loaders: dict[Hashable, DataLoader[Any, Any]] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def actor(self) -> Actor:
        """Who reads."""
        return self.work.actor

    @property
    def asking(self) -> Asking:
        """The request that reads, for what follows from who asks."""
        return Asking(self.work.actor, {})

    async def run(self, query: Select[Any]) -> list[Row]:
        """The rows of a statement; one statement at a time."""
        async with self.turn:
            return list((await self.work.session.execute(query)).mappings())

    def batch(self, key: Hashable, load: Callable[[list[Any]], Awaitable[Sequence[Any]]], one: Any) -> Awaitable[Any]:
        """What `load` finds for this one, asked together with all others under the same key.

        Fields that ask for the same share one future, so that each waits behind a shield of its own.
        """
        if key not in self.loaders:
            self.loaders[key] = DataLoader(load_fn=load)
        return asyncio.shield(self.loaders[key].load(one))


def by_ids(reading: Reading, model: type[Model], id: UUID) -> Awaitable[Row | None]:
    """The row with this id, or None when it is not there or may not be seen."""

    async def load(ids: list[UUID]) -> list[Row | None]:
        rows = await reading.run(_visible(reading, model).where(_table(model).c.id.in_(ids)))
        found = {row["id"]: row for row in rows}
        return [found.get(each) for each in ids]

    return reading.batch(("id", model), load, id)


def by_column(reading: Reading, model: type[Model], column: str, id: UUID) -> Awaitable[Row | None]:
    """The one row whose column refers to this id, or None."""

    async def load(ids: list[UUID]) -> list[Row | None]:
        rows = await reading.run(_visible(reading, model).where(_table(model).c[column].in_(ids)))
        found = {row[column]: row for row in rows}
        return [found.get(each) for each in ids]

    return reading.batch(("only", model, column), load, id)


def few(reading: Reading, of: Many, id: UUID) -> Awaitable[list[Row]]:
    """The rows whose column refers to this id, at most so many."""

    async def load(ids: list[UUID]) -> list[list[Row]]:
        inner = _visible(reading, of.model).order_by(*_ordering(of.model, of.order, flip=False))
        return await _per_key(reading, of.model, inner, of.column, of.most, ids)

    return reading.batch(("few", of), load, id)


@dataclass(frozen=True)
class Connection:
    """A connection that a field showed: which rows, in which order, between which cursors."""

    reading: Reading
    shown: Shown
    column: str | None
    key: UUID | None
    bounds: Bounds
    order: Order
    narrowed: tuple[tuple[str, Filter, Any], ...]

    def page(self) -> Awaitable["PageOf"]:
        """The page, loaded once for all that ask the same under different rows."""
        asked = (self.shown.name, self.column, self.order, self.bounds, self._asked())
        return self.reading.batch(("page", *asked), self._load_pages, self.key)

    def count(self) -> Awaitable[int]:
        """How many rows there are, whatever the bounds."""
        asked = (self.shown.name, self.column, self._asked())
        return self.reading.batch(("count", *asked), self._load_counts, self.key)

    async def _load_pages(self, keys: list[UUID | None]) -> list["PageOf"]:
        model, most = self.shown.model, self.bounds.limit
        inner = self._filtered()
        for cursor, beyond, name in ((self.bounds.after, True, "after"), (self.bounds.before, False, "before")):
            if cursor is not None:
                inner = inner.where(self._past(cursor, beyond, name))
        inner = inner.order_by(*_ordering(model, self.order, flip=self.bounds.backwards))
        if self.column is None:
            pages = [await self.reading.run(inner.limit(most + 1))]
        else:
            pages = await _per_key(self.reading, model, inner, self.column, most + 1, [k for k in keys if k])
        return [PageOf(self, rows) for rows in pages]

    async def _load_counts(self, keys: list[UUID | None]) -> list[int]:
        inner = self._filtered()
        if self.column is None:
            counted = select(func.count().label("n")).select_from(inner.subquery())
            return [(await self.reading.run(counted))[0]["n"]]
        sub = inner.where(_table(self.shown.model).c[self.column].in_([k for k in keys if k])).subquery()
        rows = await self.reading.run(
            select(sub.c[self.column].label("key"), func.count().label("n")).group_by(sub.c[self.column])
        )
        found = {row["key"]: row["n"] for row in rows}
        return [found.get(key, 0) for key in keys]

    def _filtered(self) -> Select[Any]:
        return narrowed(_visible(self.reading, self.shown.model), self.narrowed)

    def _asked(self) -> str:
        """The filter as a key: two fields that ask the same are loaded together."""
        return repr([(name, value) for name, _, value in self.narrowed])

    def _past(self, cursor: str, beyond: bool, name: str) -> ColumnElement[bool]:
        columns = _order_columns(self.shown.model, self.order)
        values = read_cursor(cursor, self.order, [c.type for c in columns], name)
        here, there = tuple_(*columns), tuple_(*(_bound(v, c) for v, c in zip(values, columns, strict=True)))
        return here < there if self.order.descending == beyond else here > there


class PageOf:
    """The rows of one page, in the order asked for."""

    def __init__(self, connection: Connection, fetched: Sequence[Row]) -> None:
        most = connection.bounds.limit
        self.more = len(fetched) > most
        self.rows = list(fetched[:most])
        self.connection = connection
        if connection.bounds.backwards:
            self.rows.reverse()

    def key_of(self, row: Row) -> tuple[Any, ...]:
        """The values of the order's columns, of which a cursor is made."""
        return tuple(row[name] for name in (*self.connection.order.columns, "id"))


def narrowed(query: Select[Any], filters: Sequence[tuple[str, Filter, Any]]) -> Select[Any]:
    """The query, narrowed by filters."""
    return query.where(
        *(made.condition(bindparam(None, made.read(value), made.parameter)) for _, made, value in filters)
    )


async def grouped(reading: Reading, of: Groups, filters: Sequence[tuple[str, Filter, Any]]) -> list[Row]:
    """Figures by group, over the rows that the actor may read."""
    rows = narrowed(_visible(reading, of.model), filters)
    by = {**({} if of.monthly is None else {"month": month_of(of.monthly)}), **of.by}
    keys = [made.label(name) for name, made in by.items()]
    figures = [made.label(name) for name, made in of.figures.items()]
    grouping = rows.with_only_columns(*keys, *figures).group_by(*keys).order_by(*keys).limit(of.most)
    return await asyncio.shield(reading.run(grouping))  # a sibling that fails must not break off the statement


def _table(model: type[Model]) -> Any:
    return model.__table__


def _visible(reading: Reading, model: type[Model]) -> Select[Any]:
    """The rows of a table that the actor may read, with the expressions its type shows."""
    table = _table(model)
    kind: Any = model
    actor = reading.work.actor.narrowed(kind.READ)
    walls = [kind.visible_to(actor)]
    if issubclass(model, Owned):
        walls.append(table.c.organisation_id == reading.work.actor.organisation_id)
    expressions = [e.expression.label(name) for name, e in expressions_of(model).items()]
    return select(table, *expressions).where(and_(*walls))


EXPRESSIONS: dict[type[Model], dict[str, Expression]] = {}


def expressions_of(model: type[Model]) -> Mapping[str, Expression]:
    """The SQL expressions that the table's type shows, by the name of their column."""
    return EXPRESSIONS.get(model, {})


def _order_columns(model: type[Model], order: Order) -> list[Any]:
    return [_table(model).c[name] for name in (*order.columns, "id")]


def _ordering(model: type[Model], order: Order, *, flip: bool) -> list[Any]:
    down = order.descending != flip
    return [c.desc() if down else c.asc() for c in _order_columns(model, order)]


def _bound(value: Any, column: Any) -> Any:
    return cast(value, column.type)


async def _per_key(
    reading: Reading, model: type[Model], inner: Select[Any], column: str, most: int, keys: Sequence[UUID]
) -> list[list[Row]]:
    """For each key the first rows whose column is the key: one statement, each key its own index scan."""
    table = _table(model)
    key_type = table.c[column].type
    given = (
        func.unnest(cast(list(keys), ARRAY(key_type)))
        .table_valued(sql_column("key", key_type), name="given")
        .render_derived()
    )
    each = lateral(inner.where(table.c[column] == given.c.key).limit(most)).alias("each")
    rows = await reading.run(select(given.c.key.label("__key"), each).select_from(given.join(each, true())))
    found: dict[UUID, list[Row]] = {key: [] for key in keys}
    for row in rows:
        found[row["__key"]].append(row)
    return [found[key] for key in keys]

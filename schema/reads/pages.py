"""Pages: a connection over the rows between two cursors, in an order that an index serves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Uuid,
    case,
    column,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.util import ClauseAdapter

from kith.ground.errors import Broken, Invalid
from schema.declare import Order, Page, Shown
from schema.reads.cursors import MOST, key_text, read_cursor
from schema.reads.pieces import Pieces, array_of, joined, literal, or_null
from schema.reads.row import Row, columns, ordering
from schema.reads.selection import Argument, Field
from schema.reads.statement import Asking, Binder, located
from schema.reads.walls import Way

if TYPE_CHECKING:
    from schema.reads.compiler import Compiler

NUMBER, COUNT = "number_in_page", "rows_in_page"


@dataclass(frozen=True)
class Bounds:
    """Which part of a connection is asked for."""

    size: Binder
    backwards: bool
    after: Argument | None
    before: Argument | None


class PageOf:
    """One connection in a statement.

    The rows are numbered, and one more than asked is looked for, only where the page's own place is asked about.
    """

    def __init__(self, compiler: "Compiler", field: Field, shown: Shown, parent: Row | None) -> None:
        self._compiler, self._field, self._shown, self._parent = compiler, field, shown, parent
        self._selection = compiler.selection
        self._base: Any = shown.model.__table__
        self._parts = self._selection.under(field)
        self._numbered = any(each.name == "pageInfo" for each in self._parts)
        self._bounds, self._order = self._bounds_of(), self._order_of()
        self._row = Row(compiler.name(), shown.model)
        self._asked = False  # whether anything shown depends on the page's rows
        self._size: BindParameter[Any] = compiler.parameter(Integer(), self._bounds.size)

    def pieces(self) -> Pieces:
        """The connection as a JSON object."""
        self._compiler.objects()
        body = self._compiler.entries(self._parts, self._part)
        rows = self._rows()  # where nothing shows them, the cursors must still make sense
        if not self._asked:
            return body
        return [select(joined(body)).select_from(rows).scalar_subquery()]

    # The rows of the page.

    def _conditions(self) -> list[ColumnElement[bool]]:
        """What narrows the rows, on the columns of the table itself: the filter, and the row it stands under."""
        narrowed = self._compiler.narrowed(self._field, self._shown)
        declared = self._field.declaration
        if self._parent is not None and isinstance(declared, Page) and declared.column is not None:
            narrowed.append(self._base.c[declared.column] == self._parent["id"])
        return narrowed

    def _rows(self) -> Any:
        """The rows of the page under the name that its fields know them by."""
        most = self._size + literal_column("1") if self._numbered else self._size
        rows = self._found(most)
        if not self._numbered:
            return rows.subquery(self._row.name)
        number, count = func.row_number().over().label(NUMBER), func.count().over().label(COUNT)
        found = rows.subquery(self._compiler.name())
        kept: list[ColumnElement[Any]] = [literal_column(f'"{name}"') for name in sorted(self._row.used)]
        return select(*kept, number, count).select_from(found).subquery(self._row.name)

    def _found(self, most: ColumnElement[int]) -> Any:
        """The rows of the page in the order in which they are looked for.

        Where several ways lead to a row each is walked along its own index to the end of the page, and the pages are
        merged: so a page costs what it shows, however many rows one of the ways leads to. Under a parent there are
        few rows, and one walk.
        """
        walls, conditions = self._compiler.walls(self._shown.model), [*self._conditions(), *self._between()]
        if self._parent is not None:
            return self._walked(Way(walls.conditions), conditions, most)
        ways = walls.ways
        if len(ways) == 1 and ways[0].among is None:
            return self._walked(ways[0], conditions, most)
        self._row.used |= {*self._order.columns, "id"}
        pages = [self._walked(way, conditions, most).subquery(self._compiler.name()) for way in ways]
        merged = union(*(select(*page.c) for page in pages)).subquery(self._compiler.name())
        return select(*merged.c).order_by(*ordering(merged.c, self._order, flip=self._bounds.backwards)).limit(most)

    def _walked(self, way: Way, conditions: Sequence[ColumnElement[bool]], most: ColumnElement[int]) -> Any:
        """The page as one way leads to it; for a list of the actor's, as each of its items does."""
        table = self._compiler.named(self._shown.model)
        adapt = ClauseAdapter(table).traverse
        rows = select(*columns(table, self._row)).select_from(table)
        rows = rows.where(*(adapt(each) for each in (*way.conditions, *conditions)))
        rows = rows.order_by(*ordering(table.c, self._order, flip=self._bounds.backwards)).limit(most)
        if way.among is None or way.column is None:
            return rows
        item = func.unnest(way.among).table_valued(column("item", Uuid())).render_derived(name=self._compiler.name())
        of_item = rows.where(table.c[way.column] == item.c["item"]).correlate(item).lateral(self._compiler.name())
        return select(*of_item.c).select_from(item.join(of_item, true()))

    def _between(self) -> list[ColumnElement[bool]]:
        """Between which cursors the rows are."""
        given = ((self._bounds.after, "after", True), (self._bounds.before, "before", False))
        return [self._past(cursor, name, beyond=beyond) for cursor, name, beyond in given if cursor is not None]

    def _past(self, given: Argument, name: str, *, beyond: bool) -> ColumnElement[bool]:
        here = [self._base.c[each] for each in (*self._order.columns, "id")]
        kinds = [each.type for each in here]

        def part(number: int) -> Binder:
            return lambda a: read_cursor(given(a.variables), self._order, kinds, name)[number]

        there = [self._compiler.parameter(kind, part(number)) for number, kind in enumerate(kinds)]
        return tuple_(*here) < tuple_(*there) if self._order.descending == beyond else tuple_(*here) > tuple_(*there)

    def _bounds_of(self) -> Bounds:
        first, last = (self._selection.argument(self._field, name) for name in ("first", "last"))
        given = first or last
        if given is None or (first and last):
            raise Invalid("Give either first or last, 1 to 100.", path=("first",))

        def size(asking: Asking) -> int:
            asked: int = given(asking.variables)
            if not 1 <= asked <= MOST:
                raise Invalid("A page has 1 to 100 items.", path=("first" if first else "last",))
            return asked

        after, before = (self._selection.argument(self._field, name) for name in ("after", "before"))
        return Bounds(located(size, self._field.coordinate), last is not None, after, before)

    def _order_of(self) -> Order:
        given = self._selection.argument(self._field, "orderBy")
        if given is None:
            return next(iter(self._shown.orders.values()))
        value = self._selection.value(given)
        return self._shown.orders[getattr(value, "value", value)]

    # What is shown of it.

    def _part(self, each: Field) -> Pieces:
        match each.name:
            case "totalCount":
                return [self._total()]
            case "pageInfo":
                self._compiler.objects()
                return self._compiler.entries(self._selection.under(each), self._info)
            case "nodes":
                with self._compiler.each_of(self._bounds.size):
                    return self._listed(self._node(each))
            case "edges":
                with self._compiler.each_of(self._bounds.size):
                    edge = self._compiler.entries(self._selection.under(each), self._edge)
                    return self._listed(self._compiler.marked(edge, self._row, self._shown.model))
        raise Broken(f"nothing compiles {each.coordinate}")

    def _total(self) -> ColumnElement[Any]:
        table, walls = self._compiler.visible(self._shown.model)
        adapt = ClauseAdapter(table).traverse
        walls += [adapt(condition) for condition in self._conditions()]
        return select(func.count()).select_from(table).where(*walls).scalar_subquery()

    def _node(self, each: Field) -> ColumnElement[Any]:
        return self._compiler.object(each, self._row, self._shown.model)

    def _edge(self, each: Field) -> Pieces:
        return [self._node(each)] if each.name == "node" else ['"', self._cursor(), '"']

    def _listed(self, body: ColumnElement[Any]) -> Pieces:
        self._asked = True
        if not self._bounds.backwards:
            strung = func.string_agg(body, literal(","))
        else:
            strung = func.string_agg(
                body, aggregate_order_by(literal(","), *ordering(self._row, self._order, flip=False))
            )
        return array_of(strung.filter(self._numbering(NUMBER) <= self._size) if self._numbered else strung)

    def _numbering(self, name: str) -> ColumnElement[Any]:
        return literal_column(f"{self._row.name}.{name}", Integer())

    def _cursor(self) -> ColumnElement[Any]:
        return key_text(self._order, [self._row[name] for name in (*self._order.columns, "id")])

    def _info(self, each: Field) -> Pieces:
        bounds = self._bounds
        first: ColumnElement[Any] = literal_column("1")
        last = func.least(self._numbering(COUNT), self._size)
        match each.name:
            case "hasNextPage":
                return [_truth(bounds.before is not None)] if bounds.backwards else self._more()
            case "hasPreviousPage":
                return self._more() if bounds.backwards else [_truth(bounds.after is not None)]
            case "startCursor":
                return self._cursor_at(last if bounds.backwards else first)
            case "endCursor":
                return self._cursor_at(first if bounds.backwards else last)
        raise Broken(f"nothing compiles {each.coordinate}")

    def _more(self) -> Pieces:
        self._asked = True
        return [case((func.count() > self._size, literal("true")), else_=literal("false"))]

    def _cursor_at(self, number: ColumnElement[Any]) -> Pieces:
        self._asked = True
        found = func.max(self._cursor()).filter(self._numbering(NUMBER) == number)
        return or_null(['"', found, '"'], found)


def _truth(value: bool) -> str:
    return "true" if value else "false"

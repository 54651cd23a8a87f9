"""Rows: what a name in a statement stands for, and which of its columns are needed."""

from typing import Any

from sqlalchemy import ColumnElement, literal_column
from sqlalchemy.sql.visitors import replacement_traverse

from kith.ground.model import Model
from schema.declare import Order


class Row:
    """The rows that a name stands for in a statement; it remembers which of their columns are used."""

    def __init__(self, name: str, model: type[Model]) -> None:
        self.name = name
        self.table: Any = model.__table__
        self.used: set[str] = set()

    def __getitem__(self, column: str) -> ColumnElement[Any]:
        self.used.add(column)
        return literal_column(f'{self.name}."{column}"', self.table.c[column].type)

    def __contains__(self, column: str) -> bool:
        return column in self.table.c

    def adapted(self, expression: ColumnElement[Any]) -> ColumnElement[Any]:
        """An expression over the table's columns, over these rows."""
        found: ColumnElement[Any] = replacement_traverse(expression, {}, self._mine)
        return found

    def _mine(self, element: Any, **_: Any) -> Any:
        return self[element.name] if getattr(element, "table", None) is self.table else None


def columns(table: Any, row: Row) -> list[ColumnElement[Any]]:
    """What a row needs of its table; something, where it needs nothing."""
    return [table.c[name] for name in sorted(row.used)] or [literal_column("1")]


def ordering(columns: Any, order: Order, *, flip: bool) -> list[Any]:
    """The columns of an order, the id last, each in its direction."""
    down = order.descending != flip
    return [columns[name].desc() if down else columns[name].asc() for name in (*order.columns, "id")]

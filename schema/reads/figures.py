"""Figures: rows counted and summed by group, within the walls."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Date, DateTime, cast, column, func, literal_column, select, text, true
from sqlalchemy.sql.util import ClauseAdapter

from schema.declare import SHOWN, Groups, month_of
from schema.reads.pieces import Pieces, array_of, joined, literal
from schema.reads.scalars import written
from schema.reads.selection import Field

if TYPE_CHECKING:
    from schema.reads.compiler import Compiler

MONTH = "month"


class Figures:
    """One list of figures in a statement.

    Who reaches the whole organisation has the months walked one by one, each a range of the index on its time; to
    truncate the time of every row takes longer than to find them. For others their rule finds the few rows first.
    """

    def __init__(self, compiler: "Compiler", field: Field, declared: Groups) -> None:
        self._compiler, self._field, self._declared = compiler, field, declared
        self._table, self._walls = compiler.visible(declared.model)
        self._open = len(self._walls) == 1  # nothing but the organisation
        adapt = ClauseAdapter(self._table).traverse
        self._walls += [adapt(condition) for condition in compiler.narrowed(field, SHOWN[declared.model])]

    def pieces(self) -> Pieces:
        """The figures as a JSON array."""
        compiler, most = self._compiler, self._declared.most
        rows = self._by_month() if self._open and self._declared.monthly is not None else self._by_group()
        found = rows.limit(literal_column(str(most))).subquery(compiler.name())
        with compiler.each_of(most):
            compiler.objects()
            fields = compiler.selection.under(self._field)
            body = compiler.entries(fields, lambda each: written(each.kind, found.c[each.python_name]))
        return array_of(select(func.string_agg(joined(body), literal(","))).select_from(found).scalar_subquery())

    def _by_group(self) -> Any:
        keys = self._labelled(self._declared.by)
        if self._declared.monthly is not None:
            adapted = ClauseAdapter(self._table).traverse(month_of(self._declared.monthly))
            keys = [adapted.label(MONTH), *keys]
        figures = self._labelled(self._declared.figures)
        return select(*keys, *figures).where(*self._walls).group_by(*keys).order_by(*keys)

    def _by_month(self) -> Any:
        at = self._table.c[self._declared.monthly.key]
        months = self._months().table_valued(column("start", DateTime())).render_derived(name=self._compiler.name())
        within = (at >= _utc(months.c.start), at < _utc(months.c.start + text("interval '1 month'")))
        keys, figures = self._labelled(self._declared.by), self._labelled(self._declared.figures)
        one = select(*keys, *figures).where(*self._walls, *within).group_by(*keys).lateral(self._compiler.name())
        month = cast(months.c.start, Date()).label(MONTH)
        names = [key.name for key in keys]
        rows = select(month, *one.c).select_from(months.join(one, true()))
        return rows.order_by(month, *(one.c[name] for name in names))

    def _months(self) -> Any:
        """Every month from that of the organisation's first row to that of its last."""
        first, last = self._end("asc"), self._end("desc")
        return func.generate_series(
            func.date_trunc(text("'month'"), _utc(first)), _utc(last), text("interval '1 month'")
        )

    def _end(self, way: str) -> ColumnElement[Any]:
        table, walls = self._compiler.visible(self._declared.model)
        at = table.c[self._declared.monthly.key]
        found = select(at).where(*walls).order_by(getattr(at, way)()).limit(literal_column("1"))
        return found.scalar_subquery()

    def _labelled(self, made: Any) -> list[Any]:
        adapt = ClauseAdapter(self._table).traverse
        return [adapt(expression).label(name) for name, expression in made.items()]


def _utc(at: Any) -> ColumnElement[Any]:
    """A time with its zone as one without, in UTC; and the other way round."""
    return func.timezone(text("'UTC'"), at)

"""Compiling what an operation selects to one SQL statement that writes the answer's JSON.

Each object is a text put together from its columns; what it refers to is a sub-selection in the same place. Every
sub-selection carries the organisation, the row rule of the permission that reads its table, and what ties it to
the row it stands under. The statement's text follows from the declarations, the shape of the selection and the shape
of the actor alone: whatever a client gave and whoever asks are parameters.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Text, Uuid, bindparam, case, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, asyncpg
from sqlalchemy.sql.util import ClauseAdapter
from strawberry.utils.str_converters import to_camel_case

from kith.ground.actor import Actor
from kith.ground.errors import Broken, Invalid
from kith.ground.model import Model, Owned
from kith.ground.permissions import Permission
from schema.declare import (
    SHOWN,
    ById,
    Column,
    Expression,
    Filter,
    Given,
    Groups,
    Many,
    One,
    Only,
    Own,
    Page,
    Shown,
    Value,
    needed,
)
from schema.ids import prefix_of, read_global_id, row_id_of
from schema.reads.figures import Figures
from schema.reads.pages import PageOf
from schema.reads.pieces import Pieces, array_of, joined, literal, object_of, or_null
from schema.reads.row import Row, columns, ordering
from schema.reads.scalars import written
from schema.reads.selection import TYPENAME, Argument, Field, Selection, types_of
from schema.reads.statement import EVERY, SHOWED, STORED, Asking, Binder, Refill, Statement, Term, located
from schema.reads.values import as_text, completed, leaf_text
from schema.reads.walls import Walls, walls_of
from tenants.reads import Read

MOST_NODES = 100
INTERFACES = ("node", "nodes")  # the fields of the root that show whatever type an id names


@dataclass
class Compiler:
    """Compiles selections for actors of one shape. It gathers the permissions and the cost on its way."""

    selection: Selection
    actor: Actor
    needs: dict[str, tuple[Permission, str]] = field(default_factory=dict)
    terms: list[Term] = field(default_factory=list)
    _binders: dict[str, Binder] = field(default_factory=dict)
    _refills: list[Refill] = field(default_factory=list)
    _path: tuple[str, ...] = ()
    _at: str = ""
    _sizes: tuple[Binder | int, ...] = ()
    _marks: list[tuple[str, ...]] = field(default_factory=list)
    _reread: bool = False
    _late: bool = False
    _names: int = 0

    # Whole statements.

    def query(self, fields: Sequence[Field]) -> Statement:
        """The statement that answers fields of the query's root."""
        return self._statement(self.entries(fields, self._root))

    def row(self, shown: Shown, under: Field) -> Statement:
        """The statement that shows one row by its id, which is given when it runs."""
        self._path = ()
        return self._statement(self._found(shown.model, self.parameter(Uuid(), lambda a: a.row_id), under))

    def _statement(self, pieces: Pieces) -> Statement:
        compiled = select(joined(pieces)).compile(dialect=_DIALECT)
        names: Sequence[str] = compiled.positiontup or ()
        binders = tuple(self._binder(name, compiled.params[name]) for name in names)
        refills, marks = tuple(self._refills), tuple(dict.fromkeys(self._marks))
        read, rereading = Read(str(compiled), len(binders)), self._reread or bool(marks)
        checks = tuple(binder for name, binder in self._binders.items() if name not in names)
        made = Statement(read, binders, checks, refills, marks, rereading, self._late)
        self._binders, self._refills, self._marks = {}, [], []
        self._reread = self._late = False
        return made

    def _binder(self, name: str, value: Any) -> Binder:
        return self._binders.get(name) or (lambda asking: value)  # a constant of the code

    # What the parts of a statement are made with.

    def name(self) -> str:
        """A name that nothing in the statement has yet."""
        self._names += 1
        return f"t{self._names}"

    def parameter(self, kind: Any, binder: Binder) -> BindParameter[Any]:
        """A parameter, and where its value comes from in each request."""
        name = f"given_{self.name()}"
        self._binders[name] = located(binder, self._at)
        return bindparam(name, type_=kind)

    def entries(self, fields: Sequence[Field], show: Callable[[Field], Pieces]) -> Pieces:
        """A JSON object of fields."""
        entries: list[tuple[str, Pieces]] = []
        for each in fields:
            if each.name == TYPENAME:
                entries.append((each.key, [f'"{each.parent.name}"']))
                continue
            self.count(each)
            with self._at_field(each):
                entries.append((each.key, located(show, each.coordinate)(each)))
        return object_of(entries)

    def count(self, each: Field) -> None:
        """Note the permission that the field needs."""
        permission = None if each.name in INTERFACES else needed(each.declaration)
        if permission is not None:
            self.needs.setdefault(permission.name, (permission, each.coordinate))

    def objects(self) -> None:
        """Note what one more object costs in each item of the lists around it."""
        fixed = 1
        for size in self._sizes:
            fixed *= size if isinstance(size, int) else 1
        self.terms.append(Term(fixed, tuple(size for size in self._sizes if not isinstance(size, int))))

    @contextmanager
    def each_of(self, size: Binder | int) -> Iterator[None]:
        """What is compiled within is shown for each item of a list of at most so many."""
        outside = self._sizes, self._path
        self._sizes, self._path = (*self._sizes, size), (*self._path, EVERY)
        yield
        self._sizes, self._path = outside

    @contextmanager
    def _at_field(self, each: Field) -> Iterator[None]:
        outside = self._path, self._at
        self._path, self._at = (*self._path, each.key), each.coordinate
        yield
        self._path, self._at = outside

    def visible(self, model: type[Model]) -> tuple[Any, list[ColumnElement[bool]]]:
        """A table under a new name, and the walls around its rows."""
        table = self.named(model)
        adapt = ClauseAdapter(table).traverse
        return table, [adapt(wall) for wall in self.walls(model).conditions]

    def named(self, model: type[Model]) -> Any:
        """A table under a new name."""
        table: Any = model.__table__
        return table.alias(self.name())

    def walls(self, model: type[Model]) -> Walls:
        """The walls around a table's rows, on the columns of the table itself."""
        walls = walls_of(model, self.actor)
        self._binders |= walls.binders
        return walls

    def narrowed(self, each: Field, shown: Shown) -> list[ColumnElement[bool]]:
        """The conditions that a field's filter makes, on the columns of the table itself."""
        given = self.selection.argument(each, "filter")
        if given is None:
            return []
        filters = {to_camel_case(name): made for name, made in shown.filters.items()}
        asked = [name for name, value in self.selection.value(given).items() if value is not None]
        return [self._filter(filters[name], self.selection.part(each, "filter", name)) for name in asked]

    def _filter(self, made: Filter, given: Argument) -> ColumnElement[bool]:
        return made.condition(self.parameter(made.parameter, lambda a: made.read(given(a.variables))))

    # The root.

    def _root(self, each: Field) -> Pieces:
        if each.name == "node":
            return self._node(each)
        if each.name == "nodes":
            return self._nodes(each)
        match each.declaration:
            case ById(model=model):
                shown, given = SHOWN[model], self._required(each, "id")
                id = self.parameter(Uuid(), lambda a: row_id_of(shown.name, given(a.variables), "id"))
                return self._found(model, id, each)
            case Page(model=model):
                return self._page(each, SHOWN[model], None)
            case Groups() as declared:
                return self._groups(each, declared)
            case Given() | Own():
                return self._of_asker(each)
        raise Broken(f"nothing compiles {each.coordinate}")

    def _of_asker(self, each: Field) -> Pieces:
        """What follows from who asks: its text is a parameter, its rows are found by the actor's own ids."""
        declared = each.declaration
        if isinstance(declared, Own):
            key = declared.key
            return self._found(declared.model, self.parameter(Uuid(), lambda a: key(a.actor)), each)
        if not isinstance(declared, Given):
            raise Broken(f"nothing compiles {each.coordinate}")
        self._late = self._late or declared.late
        kind, give, selection = each.kind, declared.give, self.selection
        if each.nodes[0].selection_set is None:
            return [self.parameter(Text(), lambda a: leaf_text(kind, give(a)))]
        self.objects()
        under = selection.under(each)
        if all(f.name == TYPENAME or isinstance(f.declaration, Value) for f in under):
            return [self.parameter(Text(), lambda a: as_text(completed(selection, each, kind, give(a))))]
        return self.entries(under, self._of_asker)

    def _node(self, each: Field) -> Pieces:
        given = self._required(each, "id")
        names = types_of([self.selection.value(given)])
        shown = next((s for s in SHOWN.values() if s.name in names), None)
        if shown is None:
            return ["null"]
        return self._found(shown.model, self.parameter(Uuid(), lambda a: _row_id(given(a.variables))), each)

    def _nodes(self, each: Field) -> Pieces:
        given = self._required(each, "ids")

        def ids(asking: Asking) -> list[str]:
            asked: list[str] = given(asking.variables)
            if len(asked) > MOST_NODES:
                raise Invalid("Ask for at most 100 nodes.", path=("ids",))
            return asked

        names = types_of(self.selection.value(given))
        asked = func.unnest(
            self.parameter(ARRAY(Uuid()), lambda a: [_row_id(each) for each in ids(a)]),
            self.parameter(ARRAY(Text()), lambda a: [(read_global_id(each) or ("",))[0] for each in ids(a)]),
        )
        listed = asked.table_valued("id", "kind", with_ordinality="number").render_derived(name=self.name())
        with self.each_of(located(lambda a: max(1, len(ids(a))), each.coordinate)):
            found = joined(self._of_types(each, names, listed))
        strung = func.string_agg(found, aggregate_order_by(literal(","), listed.c.number.asc()))
        return array_of(select(strung).select_from(listed).scalar_subquery())

    def _of_types(self, each: Field, names: Sequence[str], listed: Any) -> Pieces:
        shown = [s for s in SHOWN.values() if s.name in names]
        if not shown:
            return ["null"]
        id: ColumnElement[Any] = literal_column(f"{listed.name}.id", Uuid())
        whens = [(listed.c.kind == literal(s.name), joined(self._found(s.model, id, each))) for s in shown]
        return [case(*whens, else_=literal("null"))]

    def _required(self, each: Field, name: str) -> Argument:
        given = self.selection.argument(each, name)
        if given is None:
            raise Invalid("This is needed, and null.", path=(name,))
        return given

    def _groups(self, each: Field, declared: Groups) -> Pieces:
        return Figures(self, each, declared).pieces()

    # Rows.

    def object(self, each: Field, row: Row, model: type[Model]) -> ColumnElement[Any]:
        """One row as a JSON object."""
        self.objects()
        shown = SHOWN[model]
        kind: Any = self.selection.schema.type_map[shown.name]
        pieces = self.entries(self.selection.under(each, kind), lambda inner: self._field(inner, row, shown))
        return self.marked(pieces, row, model)

    def marked(self, pieces: Pieces, row: Row, model: type[Model]) -> ColumnElement[Any]:
        """A JSON object that shows something of a row, with the mark of the row where it is a sensitive one."""
        if not (issubclass(model, Owned) and model.SENSITIVE):
            return joined(pieces)
        self._marks.append(self._path)
        return joined([*_mark(row, model), *([",", *_opened(pieces)] if len(pieces) > 1 else ["}"])])

    def _field(self, each: Field, row: Row, shown: Shown) -> Pieces:
        match each.declaration:
            case Column() as declared:
                return self._column(each, declared, row, shown)
            case Expression(expression=expression):
                return written(each.kind, row.adapted(expression))
            case One(by=by, model=model):
                return self._found(model, row[by], each)
            case Only(column=column, model=model):
                return self._found(model, row["id"], each, column)
            case Many() as many:
                return self._many(each, many, row)
            case Page(model=model):
                return self._page(each, SHOWN[model], row)
        raise Broken(f"nothing compiles {each.coordinate}")

    def _column(self, each: Field, declared: Column, row: Row, shown: Shown) -> Pieces:
        name = declared.name or each.python_name
        if name == "id":
            return [f'"{prefix_of(shown.name)}', row["id"], '"']
        if declared.convert is None:
            self._reread = self._reread or each.inner.name == "JSON"
            return written(each.kind, row[name])
        convert, kind, selection, number = declared.convert, each.kind, self.selection, len(self._refills)
        self._refills.append(Refill(self._path, lambda stored: completed(selection, each, kind, convert(stored))))
        self._reread = True
        return or_null([f'{{"{SHOWED}":{number},"{STORED}":', cast(row[name], Text), "}"], row[name])

    def _found(self, model: type[Model], key: ColumnElement[Any], each: Field, column: str = "id") -> Pieces:
        """The one row whose column is the key, or null; null without a look for who may read no such rows."""
        readable: Any = model
        if not self.actor.may(readable.READ):
            return ["null"]
        table, walls = self.visible(model)
        body = self.object(each, Row(table.name, model), model)
        found = select(body).select_from(table).where(table.c[column] == key, *walls).scalar_subquery()
        return [func.coalesce(found, literal("null"), type_=Text())]

    def _many(self, each: Field, declared: Many, parent: Row) -> Pieces:
        model, row = declared.model, Row(self.name(), declared.model)
        table, walls = self.visible(model)
        with self.each_of(declared.most):
            body = self.object(each, row, model)
        rows = select(*columns(table, row)).where(table.c[declared.column] == parent["id"], *walls)
        rows = rows.order_by(*ordering(table.c, declared.order, flip=False)).limit(literal_column(str(declared.most)))
        strung = select(func.string_agg(body, literal(","))).select_from(rows.subquery(row.name))
        return array_of(strung.scalar_subquery())

    def _page(self, each: Field, shown: Shown, parent: Row | None) -> Pieces:
        return PageOf(self, each, shown, parent).pieces()


def _mark(row: Row, model: type[Model]) -> Pieces:
    """Which sensitive row an object is, for the record."""
    about: Pieces = [f'{{"{SHOWED}":["{model.__name__}","', row["id"], '"']
    for name in ("programme_id", "person_id"):
        about += [",", *(or_null(['"', row[name], '"'], row[name]) if name in row else ["null"])]
    return [*about, "]"]


def _opened(pieces: Pieces) -> Pieces:
    """An object's pieces without the brace that opens it."""
    first, *others = pieces
    assert isinstance(first, str)
    return [first.removeprefix("{"), *others]


def _row_id(id: str) -> str | None:
    read = read_global_id(id)
    return None if read is None else read[1]


_DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call]

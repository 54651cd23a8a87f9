"""Declarations: what each field of a type shows. Nothing here loads a row.

A type is a class of declarations, made into a strawberry type by `shows`:

    @shows(Meeting, "One meeting of the two people of a match.")
    class MeetingType:
        starts_at = column("When it starts.")
        match = one("Its match.", by=Meeting.match_id)

The compiler reads the declarations (`schema/reads`), and so does the oracle of the tests.
"""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Optional, TypeVar
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, any_, cast, func, or_, text, types
from sqlalchemy.dialects.postgresql import ARRAY
from strawberry.types.lazy_type import LazyType

from kith.ground.actor import Actor
from kith.ground.errors import Broken, Invalid
from kith.ground.model import Model
from kith.ground.permissions import Permission
from schema.enums import orders
from schema.ids import id_of
from schema.reads.statement import Asking

T = TypeVar("T")
DECLARED = "kith"  # where strawberry's field metadata keeps our declaration


@dataclass(frozen=True, eq=False)
class Declaration:
    """What one field shows."""

    description: str
    needs: Permission | None = field(default=None, kw_only=True)


@dataclass(frozen=True, eq=False)
class Column(Declaration):
    """A column of the row itself, perhaps under another name; `kind` where the column's own type says too little."""

    kind: Any = None
    name: str | None = None
    convert: Callable[[Any], Any] | None = None


@dataclass(frozen=True, eq=False)
class Expression(Declaration):
    """An SQL expression over the row's columns."""

    kind: Any
    expression: ColumnElement[Any]


@dataclass(frozen=True, eq=False)
class One(Declaration):
    """The row that a column of this one refers to."""

    by: str
    model: type[Model]


@dataclass(frozen=True, eq=False)
class Only(Declaration):
    """The one row, or none, whose column refers to this row."""

    column: str
    model: type[Model]


@dataclass(frozen=True, eq=False)
class Many(Declaration):
    """A short list, never more than `most`, of rows whose column refers to this row."""

    column: str
    model: type[Model]
    order: "Order"
    most: int


@dataclass(frozen=True, eq=False)
class Page(Declaration):
    """A list that can grow: a Relay connection, of the whole organisation or of what refers to this row."""

    model: type[Model]
    column: str | None = None
    filtered: bool = True


@dataclass(frozen=True, eq=False)
class ById(Declaration):
    """One row by its global id."""

    model: type[Model]


@dataclass(frozen=True, eq=False)
class Value(Declaration):
    """A value of the object itself: of a viewer, a payload, an item of a stored list."""

    kind: Any


@dataclass(frozen=True, eq=False)
class Given(Declaration):
    """A value that follows from the request: from who asks, or how they stand."""

    kind: Any
    give: Callable[[Asking], Any]
    late: bool = False  # known only once the operation is paid


@dataclass(frozen=True, eq=False)
class Own(Declaration):
    """The row that belongs to who asks: their person, their organisation. Null for none, or one they may not see."""

    model: type[Model]
    key: Callable[[Actor], UUID | None]


@dataclass(frozen=True, eq=False)
class Groups(Declaration):
    """Figures over the rows that may be seen, group by group, in the order of the groups."""

    model: type[Model]
    kind: Any
    by: Mapping[str, ColumnElement[Any]]
    figures: Mapping[str, ColumnElement[Any]]
    most: int
    monthly: Any = None  # a time by whose month, in UTC, they are grouped first: the field `month`


@dataclass(frozen=True, slots=True)
class Order:
    """An order that an index serves: columns in one direction, the id last."""

    columns: tuple[str, ...]
    descending: bool = False


def ascending(*columns: Any) -> Order:
    """From the smallest up."""
    return Order(tuple(c.key for c in columns))


def descending(*columns: Any) -> Order:
    """From the greatest down."""
    return Order(tuple(c.key for c in columns), descending=True)


@dataclass(frozen=True, slots=True)
class Filter:
    """An argument that narrows a connection: the type it takes, how it is read, and the condition it makes."""

    kind: Any
    description: str
    parameter: types.TypeEngine[Any]
    read: Callable[[Any], Any]
    condition: Callable[[ColumnElement[Any]], ColumnElement[bool]]
    model: type[Model] | None = None  # whose global id it takes


def among(column: Any, kind: Any, description: str) -> Filter:
    """The column is one of these values."""
    return Filter(list[kind], description, ARRAY(types.Text()), list, lambda values: column == any_(values))


def exactly(column: Any, kind: type[bool] | type[int], description: str) -> Filter:
    """The column has this value."""
    parameter = types.Boolean() if kind is bool else types.BigInteger()
    return Filter(kind, description, parameter, lambda value: value, lambda value: column == value)


def overlapping(column: Any, kind: Any, description: str) -> Filter:
    """The column, a list, has at least one of these values."""
    return Filter(list[kind], description, ARRAY(types.Text()), list, lambda values: column.op("&&")(values))


def with_words(column: Any, description: str) -> Filter:
    """The column, a `tsvector`, has every one of the words, or words that begin like them.

    Under row-level security no index of words can be used (`@@` is not leakproof, so it waits for the policy): the rows
    are walked along the order's own index.
    """
    query = text("'simple'")
    return Filter(str, description, types.Text(), _prefixes, lambda q: column.op("@@")(func.to_tsquery(query, q)))


MOST_WORDS = 10


def _prefixes(value: str) -> str:
    words = re.findall(r"\w+", value)
    if not 1 <= len(words) <= MOST_WORDS or len(value) > 200:
        raise Invalid(f"Give one to {MOST_WORDS} words.", path=("filter",))
    return " & ".join(f"'{word}':*" for word in words)


def refers_to(column: Any, model: type[Model], description: str, *others: Any) -> Filter:
    """The column, or one of the others, refers to the row with this global id."""

    def read(value: str) -> UUID:
        return id_of(SHOWN[model].name, value, "filter")

    def condition(row_id: ColumnElement[Any]) -> ColumnElement[bool]:
        return or_(*(each == row_id for each in (column, *others)))

    return Filter(strawberry.ID, description, types.Uuid(), read, condition, model)


def with_offset(value: datetime, *path: str) -> datetime:
    """The time in UTC. Raises Invalid where it does not say its offset, or is none that a person means."""
    if value.tzinfo is None:
        raise Invalid("Give the time with its offset from UTC, such as 2026-11-24T18:00:00+01:00.", path=path)
    if not 1900 <= value.year <= 2200:
        raise Invalid("Give a time between the years 1900 and 2200.", path=path)
    return value.astimezone(UTC)


def since(column: Any, description: str) -> Filter:
    """The column is at or after this time."""
    return Filter(datetime, description, types.DateTime(timezone=True), _time_of_filter, lambda at: column >= at)


def before(column: Any, description: str) -> Filter:
    """The column is before this time."""
    return Filter(datetime, description, types.DateTime(timezone=True), _time_of_filter, lambda at: column < at)


def _time_of_filter(value: datetime) -> datetime:
    return with_offset(value, "filter")


@dataclass(frozen=True, slots=True)
class Shown:
    """How a table is shown."""

    model: type[Model]
    name: str
    type: Any
    orders: Mapping[str, Order]
    filters: Mapping[str, Filter]


SHOWN: dict[type[Model], Shown] = {}
ROOTS: dict[str, Declaration] = {}  # the fields of Query


def root(**fields: Declaration) -> None:
    """Show these as fields of Query."""
    ROOTS.update(fields)


class Lazily(LazyType[Any, Any]):
    """The strawberry type that shows a table, found when the schema is built."""

    def __init__(self, find: Callable[[], Any], name: str) -> None:
        super().__init__(name, __name__)
        object.__setattr__(self, "_find", find)

    def resolve_type(self) -> Any:
        """The type itself."""
        try:
            return self._find()  # type: ignore[attr-defined]  # set past the frozen dataclass
        except KeyError as missing:
            raise Broken(f"no type shows {missing}: import the module that declares it in schema/build.py") from None


def of(model: type[Model]) -> Any:
    """The type that shows the table."""
    return Lazily(lambda: SHOWN[model].type, model.__name__)


@strawberry.interface(description="Anything with a global id.")
class Node:
    """The interface of everything that `node(id:)` finds."""

    id: strawberry.ID = strawberry.field(description="The global id.", metadata={DECLARED: Column("The global id.")})


def column(
    description: str,
    kind: Any = None,
    *,
    name: str | None = None,
    convert: Callable[[Any], Any] | None = None,
    needs: Permission | None = None,
) -> Column:
    """A column of the row."""
    return Column(description, kind, name, convert, needs=needs)


def expression(description: str, kind: Any, shown: ColumnElement[Any]) -> Expression:
    """An SQL expression over the row's own columns."""
    return Expression(description, kind, shown)


def one(description: str, by: Any, model: type[Model] | None = None) -> One:
    """The row that the column refers to; null where it is none or may not be seen."""
    return One(description, by.key, model or by.property.columns[0].info["within"][0])


def only(description: str, by: Any) -> Only:
    """The one row whose column refers to this one; null where there is none or it may not be seen."""
    return Only(description, by.key, by.class_)


def many(description: str, by: Any, order: Order, *, most: int = 100) -> Many:
    """The rows whose column refers to this one, where they are few by nature."""
    return Many(description, by.key, by.class_, order, most)


def groups(
    description: str,
    model: type[Model],
    kind: Any,
    *,
    by: Mapping[str, ColumnElement[Any]],
    figures: Mapping[str, ColumnElement[Any]],
    monthly: Any = None,
    most: int = 1000,
) -> Groups:
    """Figures over a table's rows by group; `by` and `figures` name the fields of the type.

    With `monthly` they are grouped by the month of that time first, which has an index.
    """
    return Groups(description, model, kind, by, figures, most, monthly)


def month_of(at: Any) -> ColumnElement[Any]:
    """The first day of a time's month, in UTC."""
    return cast(func.date_trunc(text("'month'"), func.timezone(text("'UTC'"), at)), types.Date())


def connection(description: str, model: type[Model] | None = None, by: Any = None, *, filtered: bool = True) -> Page:
    """A connection over a table, or over the rows whose column refers to this one."""
    return Page(description, model or by.class_, None if by is None else by.key, filtered)


def shows(
    model: type[Model],
    description: str,
    *,
    name: str | None = None,
    orders: Mapping[str, Order] | None = None,
    filters: Mapping[str, Filter] | None = None,
) -> Callable[[type[T]], type[T]]:
    """Make the class of declarations the type that shows the table."""

    def make(cls: type[T]) -> type[T]:
        declared = {k: d for k, d in vars(cls).items() if isinstance(d, Declaration)}
        type_name = name or model.__name__
        made = _strawberry_type(type_name, description, declared, (Node,), model)
        SHOWN[model] = Shown(model, type_name, made, orders or {}, filters or {})
        return cls

    return make


def value_type(name: str, description: str) -> Callable[[type[T]], Any]:
    """Make the class of declarations a type without a table or an id."""

    def make(cls: type[T]) -> Any:
        declared = {k: d for k, d in vars(cls).items() if isinstance(d, Declaration)}
        return _strawberry_type(name, description, declared, (), None)

    return make


def _strawberry_type(
    name: str, description: str, declared: Mapping[str, Declaration], bases: tuple[type, ...], model: Any
) -> Any:
    body: dict[str, Any] = {"__annotations__": {}, "__doc__": description, "__module__": __name__}
    for field_name, declaration in declared.items():
        made, annotation = field_for(field_name, declaration, model)
        body[field_name] = made
        if annotation is not None:
            body["__annotations__"][field_name] = annotation
    return strawberry.type(type(name, bases, body), name=name, description=description)


def field_for(name: str, declaration: Declaration, model: type[Model] | None) -> tuple[Any, Any]:
    """The strawberry field of a declaration, and its annotation where it takes no arguments."""
    kind = _kind(name, declaration, model)
    parameters = _parameters(declaration)
    description = _sentence(declaration)
    metadata = {DECLARED: declaration}
    if not parameters:
        return strawberry.field(description=description, metadata=metadata), kind
    resolver = _resolver(parameters, kind)
    return strawberry.field(resolver=resolver, description=description, metadata=metadata), None


def needed(declaration: Declaration) -> Permission | None:
    """The permission without which the field is refused before anything runs."""
    if declaration.needs is not None or isinstance(declaration, Own):
        return declaration.needs
    model = getattr(declaration, "model", None)
    return getattr(model, "READ", None)


def _sentence(declaration: Declaration) -> str:
    permission = needed(declaration)
    return declaration.description + (f" Needs the permission `{permission.name}`." if permission else "")


def _kind(name: str, declaration: Declaration, model: type[Model] | None) -> Any:
    match declaration:
        case Column(kind=kind, name=other):
            return _column_kind(model, other or name, kind)
        case Expression(kind=kind) | Value(kind=kind) | Given(kind=kind):
            return kind
        case Groups(kind=kind):
            return list[kind]  # type: ignore[valid-type]  # made at run time
        case One(model=target) | Only(model=target) | ById(model=target) | Own(model=target):
            return Optional[of(target)]  # noqa: UP045 - a lazy type has no `|`
        case Many(model=target):
            return list[of(target)]  # type: ignore[misc]  # made at run time
        case Page(model=target):
            return Lazily(lambda: connection_type(SHOWN[target]), f"{target.__name__}Connection")
    raise Broken(f"nothing shows {declaration}")


def _column_kind(model: type[Model] | None, name: str, kind: Any) -> Any:
    if model is None:
        raise Broken(f"{name} is a column of no table")
    found = model.__table__.c[name]
    python = kind or _python(found.type)
    return Optional[python] if found.nullable else python  # noqa: UP045


_PYTHON: Mapping[type, Any] = {
    types.Text: str,
    types.DateTime: datetime,
    types.Date: date,
    types.Time: time,
    types.BigInteger: int,
    types.Boolean: bool,
    types.Numeric: Decimal,
    types.Uuid: UUID,
}


def _python(found: types.TypeEngine[Any]) -> Any:
    if isinstance(found, ARRAY):
        return list[_python(found.item_type)]  # type: ignore[misc]  # made at run time
    return next(python for kind, python in _PYTHON.items() if isinstance(found, kind))


def _parameters(declaration: Declaration) -> list[inspect.Parameter]:
    match declaration:
        case ById():
            return [_parameter("id", strawberry.ID, "The global id.")]
        case Page(model=model, filtered=filtered):
            return _page_parameters(model, filtered)
        case Groups(model=model):
            return [_filter_parameter(model)]
    return []


def _page_parameters(model: type[Model], filtered: bool) -> list[inspect.Parameter]:
    order = Lazily(lambda: order_type(SHOWN[model]), f"{model.__name__}Order")
    parameters = [
        _parameter("first", int | None, "How many from the start, 1 to 100; or say `last`.", strawberry.UNSET),
        _parameter("last", int | None, "How many from the end, 1 to 100; or say `first`.", strawberry.UNSET),
        _parameter("after", str | None, "Only what comes after this cursor.", strawberry.UNSET),
        _parameter("before", str | None, "Only what comes before this cursor.", strawberry.UNSET),
        _parameter("order_by", Optional[order], "In which order.", strawberry.UNSET),  # noqa: UP045 - a lazy type has no `|`
    ]
    return [*parameters, _filter_parameter(model)] if filtered else parameters


def _filter_parameter(model: type[Model]) -> inspect.Parameter:
    narrowed = Lazily(lambda: filter_type(SHOWN[model]), f"{model.__name__}Filter")
    return _parameter("filter", Optional[narrowed], "Only these.", strawberry.UNSET)  # noqa: UP045


@cache
def _shared(made: Callable[["Shown"], Any], name: str) -> Any:
    return made(next(shown for shown in SHOWN.values() if shown.name == name))


def connection_type(shown: Shown) -> Any:
    """The Relay connection of a type."""
    return _shared(_connection, shown.name)


def order_type(shown: Shown) -> Any:
    """The enumeration of a type's orders."""
    return _shared(_orders, shown.name)


def filter_type(shown: Shown) -> Any:
    """The input of a type's filters; a type without filters gets none."""
    return _shared(_filters, shown.name)


@value_type("PageInfo", "Where a page is in its connection.")
class PageInfo:
    """The fields of Relay's page information."""

    has_next_page = Value("Whether more comes after.", bool)
    has_previous_page = Value("Whether more comes before.", bool)
    start_cursor = Value("The cursor of the first edge.", str | None)
    end_cursor = Value("The cursor of the last edge.", str | None)


def _connection(shown: Shown) -> Any:
    @value_type(f"{shown.name}Edge", f"A {shown.name} and its cursor.")
    class Edge:
        cursor = Value("Where it is in the connection.", str)
        node = Value("The thing itself.", shown.type)

    @value_type(f"{shown.name}Connection", f"A page of a list of {shown.name}.")
    class Connection:
        edges = Value("The things with their cursors.", list[Edge])
        nodes = Value("The things alone.", list[shown.type])  # type: ignore[name-defined]  # made at run time
        page_info = Value("Where the page is.", PageInfo)
        total_count = Value("How many there are in all; counted only when asked.", int)

    return Connection


def _orders(shown: Shown) -> Any:
    return orders(shown.name, shown.orders)


def _filters(shown: Shown) -> Any:
    body: dict[str, Any] = {"__annotations__": {}, "__module__": __name__}
    for name, made in shown.filters.items():
        body["__annotations__"][name] = Optional[made.kind]  # noqa: UP045 - may be a type made at run time
        body[name] = strawberry.field(default=strawberry.UNSET, description=made.description)
    named = type(f"{shown.name}Filter", (), body)
    return strawberry.input(named, description=f"Narrows a list of {shown.name}; all that is given must hold.")


_REQUIRED = inspect.Parameter.empty


def _parameter(name: str, kind: Any, description: str, default: Any = _REQUIRED) -> inspect.Parameter:
    annotation = Annotated[kind, strawberry.argument(description=description)]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _resolver(parameters: Sequence[inspect.Parameter], kind: Any) -> Callable[..., Any]:
    """A function that only tells strawberry its arguments; nothing ever calls it."""

    def resolve(**_: Any) -> Any:
        raise Broken("the compiler answers this field")

    resolve.__signature__ = inspect.Signature(list(parameters), return_annotation=kind)  # type: ignore[attr-defined]
    resolve.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": kind}
    return resolve

"""Answering fields one by one, by graphql-core, from the same declarations: what the compiler is held to."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from graphql import GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema
from strawberry.utils.str_converters import to_camel_case

from kith.ground.actor import Actor
from kith.ground.errors import Invalid
from kith.ground.model import Model
from schema.declare import (
    SHOWN,
    ById,
    Column,
    Declaration,
    Expression,
    Given,
    Groups,
    Many,
    One,
    Only,
    Own,
    Page,
    Shown,
    Value,
)
from schema.ids import global_id, id_of, read_global_id
from schema.reads.cursors import cursor_of
from schema.reads.selection import BACKREF, declaration_of
from tests.reference.rows import (
    EXPRESSIONS,
    Connection,
    PageOf,
    Reading,
    Row,
    bounds_of,
    by_column,
    by_ids,
    few,
    grouped,
)

Resolver = Callable[..., Any]
Info = GraphQLResolveInfo[Any]


def answer_from_declarations(schema: GraphQLSchema) -> None:
    """Give every declared field of the schema its resolver."""
    shown = {s.name: s for s in SHOWN.values()}
    schema.get_type("Node").resolve_type = lambda found, info, kind: found.shown  # type: ignore[union-attr]
    for type_name, kind in schema.type_map.items():
        if kind is schema.mutation_type or not isinstance(kind, GraphQLObjectType) or type_name.startswith("__"):
            continue
        for field_name, field in kind.fields.items():
            declaration = declaration_of(field)
            if kind is schema.subscription_type:
                continue
            if declaration is not None:
                python = field.extensions[BACKREF].python_name
                field.resolve = _resolver(declaration, python, shown.get(type_name))
            elif field_name in ROOT:
                field.resolve = ROOT[field_name]


ROOT: dict[str, Resolver] = {}


def _resolver(declaration: Declaration, name: str, shown: Shown | None) -> Resolver:
    match declaration:
        case Column(name=other, convert=convert):
            return _column(other or name, shown, convert)
        case Expression():
            if shown is not None:
                EXPRESSIONS.setdefault(shown.model, {})[name] = declaration
            return lambda row, info: row[name]
        case One(by=by, model=model):
            return lambda row, info: None if row[by] is None else by_ids(_reading(info), model, row[by])
        case Only(column=column, model=model):
            return _only(model, column)
        case Many():
            return _many(declaration)
        case Page(column=column, model=model):
            return _page(SHOWN[model], column)
        case ById(model=model):
            return _by_id(SHOWN[model])
        case Given(give=give):
            return lambda row, info: give(_reading(info).asking)
        case Own(model=model, key=key):
            return _own(model, key)
        case Groups():
            return _groups(declaration)
        case Value():
            return _value(name)
    raise TypeError(declaration)


def _reading(info: Info) -> Reading:
    reading: Reading = info.context
    return reading


def _column(name: str, shown: Shown | None, convert: Callable[[Any], Any] | None) -> Resolver:
    if name == "id" and shown is not None:
        return lambda row, info: global_id(shown.name, row["id"])
    if convert is not None:
        return lambda row, info: convert(row[name])
    return lambda row, info: row[name]


def _only(model: type[Model], column: str) -> Resolver:
    return lambda row, info: by_column(_reading(info), model, column, row["id"])


def _many(of: Many) -> Resolver:
    return lambda row, info: few(_reading(info), of, row["id"])


def _page(shown: Shown, column: str | None) -> Resolver:
    filters = {to_camel_case(name): made for name, made in shown.filters.items()}

    def resolve(row: Row | None, info: Info, **given: Any) -> Connection:
        order = shown.orders[_code(given.get("orderBy")) or next(iter(shown.orders))]
        bounds = bounds_of(given.get("first"), given.get("last"), given.get("after"), given.get("before"))
        asked = (given.get("filter") or {}).items()
        narrowed = tuple((name, filters[name], value) for name, value in asked if value is not None)
        key: UUID | None = row["id"] if column is not None and row is not None else None
        return Connection(_reading(info), shown, column, key, bounds, order, narrowed)

    return resolve


def _by_id(shown: Shown) -> Resolver:
    def resolve(_: Any, info: Info, *, id: str) -> Awaitable[Row | None]:
        return by_ids(_reading(info), shown.model, id_of(shown.name, id, "id"))

    return resolve


def _code(value: Any) -> Any:
    return getattr(value, "value", value)


def _own(model: type[Model], key: Callable[[Actor], UUID | None]) -> Resolver:
    def resolve(_: Any, info: Info) -> Any:
        id = key(_reading(info).actor)
        return None if id is None else by_ids(_reading(info), model, id)

    return resolve


def _groups(of: Groups) -> Resolver:
    filters = {to_camel_case(name): made for name, made in SHOWN[of.model].filters.items()}

    def resolve(_: Any, info: Info, **given: Any) -> Any:
        asked = (given.get("filter") or {}).items()
        return grouped(_reading(info), of, [(n, filters[n], v) for n, v in asked if v is not None])

    return resolve


def _value(name: str) -> Resolver:
    """A value of the object: an item of a mapping, an attribute, or a part of a connection."""

    def resolve(value: Any, info: Info) -> Any:
        if isinstance(value, Connection):
            return value.count() if name == "total_count" else _of_page(value, name)
        if isinstance(value, Mapping):
            return value[name]
        return getattr(value, name)

    return resolve


async def _of_page(connection: Connection, name: str) -> Any:
    page = await connection.page()
    if name == "nodes":
        return page.rows
    cursors = [cursor_of(connection.order, page.key_of(row)) for row in page.rows]
    if name == "edges":
        return [{"cursor": c, "node": row} for c, row in zip(cursors, page.rows, strict=True)]
    return _page_info(connection, page, cursors)


def _page_info(connection: Connection, page: PageOf, cursors: list[str]) -> Mapping[str, Any]:
    backwards = connection.bounds.backwards
    return {
        "has_next_page": connection.bounds.before is not None if backwards else page.more,
        "has_previous_page": page.more if backwards else connection.bounds.after is not None,
        "start_cursor": cursors[0] if cursors else None,
        "end_cursor": cursors[-1] if cursors else None,
    }


class Found(dict[str, Any]):
    """A row that remembers its type, for interfaces."""

    shown: str = ""


async def find_node(reading: Reading, id: str) -> Found | None:
    """The row with this global id, of whatever type; None alike for what is not there and may not be seen."""
    read = read_global_id(id)
    shown = next((s for s in SHOWN.values() if read and s.name == read[0]), None)
    if read is None or shown is None or not _readable(reading, shown.model):
        return None
    row = await by_ids(reading, shown.model, UUID(read[1]))
    if row is None:
        return None
    found = Found(row)
    found.shown = shown.name
    return found


def _readable(reading: Reading, model: type[Model]) -> bool:
    kind: Any = model
    return reading.work.actor.may(kind.READ)


async def _node(_: Any, info: Info, *, id: str) -> Found | None:
    return await find_node(_reading(info), id)


async def _nodes(_: Any, info: Info, *, ids: list[str]) -> list[Found | None]:
    if len(ids) > 100:
        raise Invalid("Ask for at most 100 nodes.", path=("ids",))
    return [await find_node(_reading(info), each) for each in ids]


ROOT |= {"node": _node, "nodes": _nodes}

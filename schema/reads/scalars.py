"""How leaves are written: the same bytes whether Python writes them or PostgreSQL does.

Times have one form, ISO 8601 in UTC with as many decimals as they need, because that is what PostgreSQL's `to_json`
writes; decimals are written out, never with an exponent.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from graphql import GraphQLEnumType, GraphQLList, GraphQLNonNull, GraphQLSchema, get_named_type
from sqlalchemy import ColumnElement, Text, cast, func

from kith.ground.errors import Broken
from schema.reads.pieces import Pieces, or_null


def write_time(value: datetime) -> str:
    """A time as PostgreSQL writes it in JSON."""
    text = value.astimezone(UTC).isoformat()
    head, point, tail = text.partition(".")
    decimals, zone = tail[:6].rstrip("0"), tail[6:]
    return f"{head}{point}{decimals}{zone}" if point else text


def write_decimal(value: Decimal) -> str:
    """A decimal in full."""
    return format(value, "f")


_WRITERS: Mapping[str, Callable[[Any], Any]] = {"DateTime": write_time, "Decimal": write_decimal}


def write_alike(schema: GraphQLSchema) -> None:
    """Have the schema's scalars write what PostgreSQL writes."""
    for name, write in _WRITERS.items():
        if name in schema.type_map:
            scalar: Any = schema.type_map[name]
            scalar.serialize = scalar.coerce_output_value = write


def written(kind: Any, value: ColumnElement[Any]) -> Pieces:
    """The JSON text of a column or an expression that is shown as this GraphQL type."""
    if isinstance(kind, GraphQLNonNull):
        return _written(kind.of_type, value)
    return or_null(_written(kind, value), value)


def _written(kind: Any, value: ColumnElement[Any]) -> Pieces:
    named = get_named_type(kind)
    if isinstance(named, GraphQLEnumType):
        _refuse_renamed(named)
    if isinstance(kind, GraphQLList):
        if isinstance(named, GraphQLEnumType) or named.name in ("String", "Int"):
            return [func.to_json(value)]
        raise Broken(f"nothing writes a list of {named.name}")
    if isinstance(named, GraphQLEnumType) or named.name in ("Date", "Decimal"):
        return ['"', value, '"']
    if named.name in ("String", "DateTime", "Time"):
        return [func.to_json(value)]
    if named.name == "Int":
        return [value]
    if named.name in ("Boolean", "JSON"):
        return [cast(value, Text)]
    raise Broken(f"nothing writes a {named.name}")


def _refuse_renamed(kind: GraphQLEnumType) -> None:
    """The database holds the values and clients see the names: they are the same."""
    for name, member in kind.values.items():
        if name != getattr(member.value, "value", member.value):
            raise Broken(f"{kind.name}.{name} is stored under another name")

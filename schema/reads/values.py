"""Showing what Python holds: payloads, stored lists, what follows from who asks."""

from collections.abc import Mapping
from typing import Any

import orjson
from graphql import GraphQLList, GraphQLNonNull, is_leaf_type

from kith.ground.errors import Broken
from schema.reads.selection import TYPENAME, Field, Selection


def as_text(value: Any) -> str:
    """A value as JSON."""
    return orjson.dumps(value).decode()


def leaf_text(kind: Any, value: Any) -> str:
    """The JSON text of a value that has no fields."""
    return as_text(serialised(kind, value))


def serialised(kind: Any, value: Any) -> Any:
    """A leaf, or a list of them, as the schema writes it. Raises Broken for a null where none may be."""
    if isinstance(kind, GraphQLNonNull):
        if value is None:
            raise Broken(f"a null where {kind} is promised")
        return serialised(kind.of_type, value)
    if value is None:
        return None
    if isinstance(kind, GraphQLList):
        return [serialised(kind.of_type, each) for each in value]
    return kind.serialize(value)


def completed(selection: Selection, field: Field, kind: Any, value: Any) -> Any:
    """A value of a type without a table, with what is selected of it."""
    if isinstance(kind, GraphQLNonNull):
        return completed(selection, field, kind.of_type, value)
    if value is None:
        return None
    if is_leaf_type(kind):
        return serialised(kind, value)
    if isinstance(kind, GraphQLList):
        return [completed(selection, field, kind.of_type, each) for each in value]
    return {inner.key: _part(selection, inner, value) for inner in selection.under(field)}


def _part(selection: Selection, inner: Field, value: Any) -> Any:
    if inner.name == TYPENAME:
        return inner.parent.name
    return completed(selection, inner, inner.kind, part_of(value, inner.python_name))


def part_of(value: Any, name: str) -> Any:
    """A named part of a mapping or of an object."""
    return value[name] if isinstance(value, Mapping) else getattr(value, name)

"""Variables: coerced by graphql-core, but for plain values, which nearly all are: what comes of those is known."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    get_variable_values,
    type_from_ast,
)

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")
_OTHER: Any = object()  # only graphql-core knows what comes of this value, or what is wrong with it
Plain = Callable[[Any], Any]


class NotCoerced(Exception):
    """The variables make no sense; the errors say why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("variables")
        self.errors = errors


@dataclass(frozen=True, slots=True)
class _Variable:
    name: str
    needed: bool  # it has a default, or may not be absent
    nullable: bool
    plain: Plain


class Variables:
    """The variables of one operation."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._schema, self._definitions = schema, operation.variable_definitions or ()
        self._variables = []
        for each in self._definitions:
            kind = type_from_ast(schema, each.type)
            required = isinstance(kind, GraphQLNonNull)
            plain = _plain(kind.of_type if required else kind)  # type: ignore[union-attr]
            needed = required or each.default_value is not None
            self._variables.append(_Variable(each.variable.name.value, needed, not required, plain))

    def coerced(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The variables with their defaults. Raises NotCoerced."""
        coerced: dict[str, Any] = {}
        for each in self._variables:
            value = given.get(each.name, _OTHER)
            if value is _OTHER and not each.needed:
                continue
            if value is not None or not each.nullable:
                value = each.plain(value)
            if value is _OTHER:
                return self._by_graphql(given)
            coerced[each.name] = value
        return coerced

    def _by_graphql(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        found = get_variable_values(self._schema, self._definitions, dict(given), max_errors=10)
        if isinstance(found, list):
            raise NotCoerced(found)
        coerced: Mapping[str, Any] = found.coerced
        return coerced


def _plain(kind: Any) -> Plain:
    """How a plain value of a type is coerced."""
    if isinstance(kind, GraphQLEnumType):
        members = {name: member.value for name, member in kind.values.items()}
        return lambda value: members.get(value, _OTHER) if type(value) is str else _OTHER
    return _PLAIN.get(getattr(kind, "name", ""), lambda value: _OTHER)


def _time(value: Any) -> Any:
    if type(value) is str and _TIME.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    return _OTHER


_PLAIN: Mapping[str, Plain] = {
    "ID": lambda value: value if type(value) is str else _OTHER,
    "String": lambda value: value if type(value) is str else _OTHER,
    "Boolean": lambda value: value if type(value) is bool else _OTHER,
    "Int": lambda value: value if type(value) is int and -(2**31) <= value < 2**31 else _OTHER,
    "DateTime": _time,
}

"""What an operation needs and costs, known before anything runs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    ExecutableDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from kith.ground.errors import Refused
from kith.ground.permissions import Permission
from schema.answer import declaration_of
from schema.declare import Many, Page, needed

MOST_TOKENS = 2_000
MOST_FIELDS = 500
MOST_ALIKE = 20  # the same field again in one selection: comparing them costs their square
MOST_DEPTH = 15
MOST_ALIASES = 50
MOST_ROWS = 20_000


class TooMuch(Refused):
    """The operation is larger than one request may be."""

    code = "OPERATION_TOO_LARGE"


@dataclass
class Measure:
    """What an operation needs and costs: permissions with the field that needs each, and rows at most."""

    needs: dict[str, tuple[Permission, str]] = field(default_factory=dict)
    fields: int = 0
    aliases: int = 0
    rows: int = 0


def measure(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> Measure:
    """Measure a validated operation. Raises TooMuch for one past the limits."""
    found = Measure()
    root = schema.get_root_type(operation.operation)
    _walk(_Place(schema, fragments, variables, found), root, operation.selection_set, 1, 1)
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    found: Measure


def _walk(place: _Place, kind: Any, selections: SelectionSetNode, depth: int, times: int) -> None:
    if depth > MOST_DEPTH:
        raise TooMuch(f"An operation is at most {MOST_DEPTH} fields deep.")
    for selection in selections.selections:
        if isinstance(selection, FieldNode):
            _field(place, kind, selection, depth, times)
        elif isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition
            inner = kind if condition is None else place.schema.get_type(condition.name.value)
            _walk(place, inner, selection.selection_set, depth, times)
        elif isinstance(selection, FragmentSpreadNode):
            fragment = place.fragments[selection.name.value]
            inner = place.schema.get_type(fragment.type_condition.name.value)
            _walk(place, inner, fragment.selection_set, depth, times)


def _field(place: _Place, kind: Any, node: FieldNode, depth: int, times: int) -> None:
    found, name = place.found, node.name.value
    found.fields += 1
    found.aliases += node.alias is not None
    if kind is place.schema.query_type and name == "nodes":
        times *= _ids(node, place.variables)
    if found.fields > MOST_FIELDS or found.aliases > MOST_ALIASES:
        raise TooMuch(f"An operation has at most {MOST_FIELDS} fields and {MOST_ALIASES} aliases.")
    declared = getattr(kind, "fields", {}).get(name)
    if declared is None:  # __typename and introspection
        if node.selection_set is not None and depth < MOST_DEPTH:
            _count(place, node.selection_set, depth)
        return
    declaration = declaration_of(declared)
    if declaration is not None:
        permission = needed(declaration)
        if permission is not None:
            found.needs.setdefault(permission.name, (permission, f"{kind.name}.{name}"))
        times *= _times(declaration, node, place.variables)
    if node.selection_set is not None:
        found.rows += times
        if found.rows > MOST_ROWS:
            raise TooMuch(f"An operation reads at most {MOST_ROWS:,} rows; ask for smaller pages.")
        _walk(place, get_named_type(declared.type), node.selection_set, depth + 1, times)


def _count(place: _Place, selections: SelectionSetNode, depth: int) -> None:
    """Introspection costs no rows, but its size has the same limit."""
    for selection in selections.selections:
        place.found.fields += 1
        if place.found.fields > MOST_FIELDS or depth > MOST_DEPTH:
            raise TooMuch(f"An operation has at most {MOST_FIELDS} fields.")
        if isinstance(selection, FragmentSpreadNode):
            _count(place, place.fragments[selection.name.value].selection_set, depth)
        elif isinstance(selection, FieldNode | InlineFragmentNode) and selection.selection_set is not None:
            _count(place, selection.selection_set, depth + 1)


def _times(declaration: Any, node: FieldNode, variables: Mapping[str, Any]) -> int:
    if isinstance(declaration, Many):
        return declaration.most
    if not isinstance(declaration, Page):
        return 1
    for argument in node.arguments or ():
        if argument.name.value in ("first", "last"):
            return max(1, _whole(argument.value, variables))
    return 1


def _ids(node: FieldNode, variables: Mapping[str, Any]) -> int:
    """How many ids `nodes` asks for: each is answered like a field of its own."""
    for argument in node.arguments or ():
        if isinstance(argument.value, ListValueNode):
            return max(1, len(argument.value.values))
        if isinstance(argument.value, VariableNode):
            return max(1, len(variables.get(argument.value.name.value) or ()))
    return 1


def refuse_a_large_document(document: DocumentNode) -> None:
    """Raise TooMuch for a document that even validating would take long."""
    fields, open_sets = 0, [d.selection_set for d in document.definitions if isinstance(d, ExecutableDefinitionNode)]
    while open_sets:
        keys: Counter[str] = Counter()
        for selection in open_sets.pop().selections:
            inner = getattr(selection, "selection_set", None)
            open_sets += [inner] if inner is not None else []
            name: Any = getattr(selection, "alias", None) or getattr(selection, "name", None)
            keys[name.value if name is not None else ""] += 1
        fields += keys.total()
        if fields > MOST_FIELDS or any(n > MOST_ALIKE for key, n in keys.items() if key):
            raise TooMuch(f"A document has at most {MOST_FIELDS} fields, and each at most {MOST_ALIKE} times.")


def _whole(value: Any, variables: Mapping[str, Any]) -> int:
    if isinstance(value, IntValueNode):
        return int(value.value)
    given = variables.get(value.name.value) if isinstance(value, VariableNode) else None
    return given if isinstance(given, int) else 1

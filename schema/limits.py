"""How large a document, an operation and its variables may be, whatever they ask for.

Each limit ends an attack that a small request could make expensive: directives and operations multiply the work of
validating, nesting exhausts the stack, aliases multiply what introspection answers.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    ExecutableDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
)

from kith.ground.errors import Refused

LONGEST_DOCUMENT = 50_000  # characters
MOST_OPERATIONS = 20
MOST_FRAGMENTS = 100
MOST_DIRECTIVES = 50
MOST_NESTED = 100  # nodes of the syntax tree; fifteen fields in one another are some forty
MOST_VALUES = 5_000
MOST_NESTED_VALUES = 20
MOST_TOKENS = 2_000
MOST_FIELDS = 500
MOST_ALIKE = 20  # the same field again in one selection: comparing them costs their square
MOST_DEPTH = 15
MOST_ALIASES = 50


class TooMuch(Refused):
    """The operation is larger than one request may be."""

    code = "OPERATION_TOO_LARGE"


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


def refuse_a_large_operation(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> None:
    """Raise TooMuch for an operation that has too many fields or aliases, its fragments written out, or is too deep."""
    _Size(fragments).add(operation.selection_set, 1)


class _Size:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._fields = self._aliases = 0

    def add(self, selections: SelectionSetNode, depth: int) -> None:
        if depth > MOST_DEPTH:
            raise TooMuch(f"An operation is at most {MOST_DEPTH} fields deep.")
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                self._count(selection)
                if selection.selection_set is not None:
                    self.add(selection.selection_set, depth + 1)
            elif isinstance(selection, FragmentSpreadNode):
                self.add(self._fragments[selection.name.value].selection_set, depth)
            else:
                inline: Any = selection
                self.add(inline.selection_set, depth)

    def _count(self, node: FieldNode) -> None:
        self._fields += 1
        self._aliases += node.alias is not None
        if self._fields > MOST_FIELDS or self._aliases > MOST_ALIASES:
            raise TooMuch(f"An operation has at most {MOST_FIELDS} fields and {MOST_ALIASES} aliases.")


def refuse_a_long_text(text: str) -> None:
    """Raise TooMuch for a text that is not worth parsing."""
    if len(text) > LONGEST_DOCUMENT:
        raise TooMuch(f"A document has at most {LONGEST_DOCUMENT:,} characters.")


def refuse_a_bulky_document(document: DocumentNode) -> None:
    """Raise TooMuch for a document that no client means."""
    kinds = Counter(type(each) for each in document.definitions)
    if kinds[OperationDefinitionNode] > MOST_OPERATIONS or kinds[FragmentDefinitionNode] > MOST_FRAGMENTS:
        raise TooMuch(f"A document has at most {MOST_OPERATIONS} operations and {MOST_FRAGMENTS} fragments.")
    directives = 0
    open_nodes: list[tuple[Node, int, bool]] = [(document, 0, False)]
    while open_nodes:
        node, depth, introspecting = open_nodes.pop()
        introspecting = introspecting or _introspects(node)
        if depth > MOST_NESTED:
            raise TooMuch("This document is nested too deeply.")
        if introspecting and isinstance(node, FieldNode) and node.alias is not None:
            raise TooMuch("Introspection takes no aliases.")
        directives += isinstance(node, DirectiveNode)
        if directives > MOST_DIRECTIVES:
            raise TooMuch(f"A document has at most {MOST_DIRECTIVES} directives.")
        open_nodes += [(inner, depth + 1, introspecting) for inner in _inside(node)]


def refuse_bulky_variables(variables: Mapping[str, Any]) -> None:
    """Raise TooMuch for variables that no operation needs."""
    found = 0
    open_values: list[tuple[Any, int]] = [(variables, 0)]
    while open_values:
        value, depth = open_values.pop()
        inner: Any = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        found += len(inner)
        if found > MOST_VALUES or depth > MOST_NESTED_VALUES:
            raise TooMuch(f"Variables hold at most {MOST_VALUES:,} values, {MOST_NESTED_VALUES} in one another.")
        open_values += [(each, depth + 1) for each in inner if isinstance(each, dict | list)]


def _introspects(node: Node) -> bool:
    if isinstance(node, FieldNode):
        return node.name.value in ("__schema", "__type")
    if isinstance(node, FragmentDefinitionNode | InlineFragmentNode):
        return node.type_condition is not None and node.type_condition.name.value.startswith("__")
    return False


def _inside(node: Node) -> Iterator[Node]:
    for key in node.keys:
        found = getattr(node, key)
        if isinstance(found, Node):
            yield found
        elif isinstance(found, tuple | list):
            yield from (each for each in found if isinstance(each, Node))

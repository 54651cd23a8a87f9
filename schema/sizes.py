"""How large a document and its variables may be in themselves, before anybody asks what they mean.

Each limit ends an attack that a small request could make expensive: directives and operations multiply the work of
validating, nesting exhausts the stack, aliases multiply what introspection answers.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
)

from schema.limits import TooMuch

LONGEST_DOCUMENT = 50_000  # characters
MOST_OPERATIONS = 20
MOST_FRAGMENTS = 100
MOST_DIRECTIVES = 50
MOST_NESTED = 100  # nodes of the syntax tree; fifteen fields in one another are some forty
MOST_VALUES = 5_000
MOST_NESTED_VALUES = 20


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

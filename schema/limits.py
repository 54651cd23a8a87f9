"""How large a document and an operation may be, whatever they ask for."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    ExecutableDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from kith.ground.errors import Refused

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

"""Documents: parsed and validated once, and kept."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_variable_values,
    parse,
    validate,
)

from schema.limits import MOST_TOKENS, TooMuch, refuse_a_large_document
from schema.sizes import refuse_a_bulky_document, refuse_a_long_text, refuse_bulky_variables

LONGEST_KEPT = 16_000  # characters: a longer one is read anew each time
MOST_KEPT = 500_000  # characters in all, so that memory stays bounded: a kept one takes a hundred times its length


class RequestError(Exception):
    """The request itself is wrong: refused before anything runs."""

    def __init__(
        self, message: str, *, status: int = 200, code: str = "BAD_REQUEST", errors: Sequence[GraphQLError] = ()
    ) -> None:
        super().__init__(message)
        self.status, self.code = status, code
        self.errors: list[dict[str, Any]] = [dict(e.formatted) for e in errors] or [{"message": message}]


@dataclass(frozen=True, slots=True)
class _Kept:
    document: DocumentNode | None
    error: RequestError | None


class Documents:
    """The documents that clients sent, the least recently used forgotten first."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._characters = 0

    def document(self, text: str) -> DocumentNode:
        """The document, parsed and valid. Raises RequestError."""
        kept = self._kept.get(text)
        if kept is None:
            kept = self._read(text)
            if len(text) <= LONGEST_KEPT:
                self._keep(text, kept)
        else:
            self._kept.move_to_end(text)
        if kept.document is None:
            # A copy, because an exception that is raised holds on to the request that raised it.
            raise copy(kept.error) or RequestError("This document cannot be read.")
        return kept.document

    def operation(self, document: DocumentNode, name: str | None) -> OperationDefinitionNode:
        """The operation to run. Raises RequestError where the name leaves it open."""
        found = [
            d
            for d in document.definitions
            if isinstance(d, OperationDefinitionNode) and (name is None or (d.name and d.name.value == name))
        ]
        if len(found) != 1:
            raise RequestError("Name one operation of the document as `operationName`.")
        return found[0]

    def _keep(self, text: str, kept: _Kept) -> None:
        self._kept[text] = kept
        self._characters += len(text)
        while self._characters > MOST_KEPT:
            forgotten, _ = self._kept.popitem(last=False)
            self._characters -= len(forgotten)

    def _read(self, text: str) -> _Kept:
        try:
            refuse_a_long_text(text)
            document = parse(text, max_tokens=MOST_TOKENS)
            refuse_a_bulky_document(document)
            refuse_a_large_document(document)
        except GraphQLSyntaxError as error:
            return _Kept(None, RequestError("syntax", code="GRAPHQL_PARSE_FAILED", errors=[error]))
        except RecursionError:
            return _Kept(None, RequestError("This document is nested too deeply.", code="GRAPHQL_PARSE_FAILED"))
        except TooMuch as refused:
            return _Kept(None, RequestError(refused.message, code=refused.code))
        errors = validate(self._schema, document, max_errors=10)
        if errors:
            return _Kept(None, RequestError("validation", code="GRAPHQL_VALIDATION_FAILED", errors=errors))
        return _Kept(document, None)


def variables_of(
    schema: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The operation's variables, coerced, with their defaults. Raises RequestError."""
    try:
        refuse_bulky_variables(given)
    except TooMuch as refused:
        raise RequestError(refused.message, code=refused.code) from None
    found = get_variable_values(schema, operation.variable_definitions or (), dict(given), max_errors=10)
    if isinstance(found, list):
        raise RequestError("variables", code="BAD_USER_INPUT", errors=found)
    coerced: Mapping[str, Any] = found.coerced
    return coerced


def root_fields(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> Iterator[tuple[str, DocumentNode]]:
    """For each root field, in order, its response key and a document with this field alone."""
    grouped: dict[str, list[FieldNode]] = {}
    for field in _flat(operation.selection_set.selections, fragments, variables):
        grouped.setdefault((field.alias or field.name).value, []).append(field)
    for key, fields in grouped.items():
        yield key, _alone(document, operation, fields)


def _flat(
    selections: Sequence[SelectionNode], fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
) -> Iterator[FieldNode]:
    for selection in selections:
        if not _included(selection, variables):
            continue
        if isinstance(selection, FieldNode):
            yield selection
        elif isinstance(selection, FragmentSpreadNode):
            yield from _flat(fragments[selection.name.value].selection_set.selections, fragments, variables)
        else:
            inline: Any = selection
            yield from _flat(inline.selection_set.selections, fragments, variables)


def _included(selection: SelectionNode, variables: Mapping[str, Any]) -> bool:
    for directive in selection.directives or ():
        if directive.name.value in ("skip", "include"):
            given: Any = (directive.arguments or ())[0].value
            value = variables.get(given.name.value) if isinstance(given, VariableNode) else given.value
            if bool(value) == (directive.name.value == "skip"):
                return False
    return True


def _alone(document: DocumentNode, operation: OperationDefinitionNode, fields: Sequence[FieldNode]) -> DocumentNode:
    single = OperationDefinitionNode(
        operation=operation.operation,
        name=operation.name,
        variable_definitions=operation.variable_definitions,
        directives=operation.directives,
        selection_set=SelectionSetNode(selections=tuple(fields)),
    )
    others = [d for d in document.definitions if isinstance(d, FragmentDefinitionNode)]
    return DocumentNode(definitions=(single, *others))

"""Documents: parsed and validated once, and kept."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from graphql import (
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
    validate,
)

from schema.idempotent import RULES
from schema.limits import (
    MOST_TOKENS,
    TooMuch,
    refuse_a_bulky_document,
    refuse_a_large_document,
    refuse_a_large_operation,
    refuse_a_long_text,
    refuse_bulky_variables,
)
from schema.reads.coercion import NotCoerced
from schema.reads.plans import Operation, Plans

LONGEST_KEPT = 16_000  # characters: a longer one is read anew each time
FEW_VARIABLES = 50  # so many plain ones are not worth counting
_BULKY = {list, dict}  # what is not plain, of what JSON holds
MOST_KEPT = 500_000  # characters in all, so that memory stays bounded: a kept one takes a hundred times its length


class RequestError(Exception):
    """The request itself is wrong: refused before anything runs."""

    def __init__(
        self, message: str, *, status: int = 200, code: str = "BAD_REQUEST", errors: Sequence[GraphQLError] = ()
    ) -> None:
        super().__init__(message)
        self.status, self.code = status, code
        self.refused_as = 400  # the status, in place of 200, for who accepts application/graphql-response+json
        self.headers: Mapping[str, str] = {}
        self.also: Mapping[str, Any] = {}  # beside the errors
        self.errors: list[dict[str, Any]] = [dict(e.formatted) for e in errors] or [{"message": message}]


class NotRead(Exception):
    """The document is not kept, and was not to be read."""


@dataclass(frozen=True, slots=True)
class _Kept:
    operations: Mapping[str | None, Operation]  # by name; under None the one that needs no name
    error: RequestError | None = None


class Documents:
    """The documents that clients sent, the least recently used forgotten first."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._plans = Plans()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._for_good: dict[str, _Kept] = {}
        self._characters = 0

    def keep(self, text: str) -> None:
        """Keep a document for good. Raises RequestError where it is not valid."""
        kept = self._read(text)
        if kept.error is not None:
            raise kept.error
        self._for_good[text] = kept

    def operation(self, text: str, name: str | None, *, read: bool = True) -> Operation:
        """The operation to run, parsed and valid. Raises RequestError, also where the name leaves it open, and
        NotRead for a document that is not kept and was not to be read.
        """
        kept = self._for_good.get(text) or self._looked_up(text, read)
        if kept.error is not None:
            raise copy(kept.error)  # an exception that is raised holds on to the request that raised it
        found = kept.operations.get(name)
        if found is None:
            raise RequestError("Name one operation of the document as `operationName`.")
        return found

    def _looked_up(self, text: str, read: bool) -> _Kept:
        kept = self._kept.get(text)
        if kept is None:
            if not read:
                raise NotRead
            kept = self._read(text)
            if len(text) <= LONGEST_KEPT:
                self._keep(text, kept)
        else:
            self._kept.move_to_end(text)
        return kept

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
            return _Kept({}, RequestError("syntax", code="GRAPHQL_PARSE_FAILED", errors=[error]))
        except RecursionError:
            return _Kept({}, RequestError("This document is nested too deeply.", code="GRAPHQL_PARSE_FAILED"))
        except TooMuch as refused:
            return _Kept({}, RequestError(refused.message, code=refused.code))
        errors = validate(self._schema, document, RULES, max_errors=10)
        if errors:
            return _Kept({}, RequestError("validation", code="GRAPHQL_VALIDATION_FAILED", errors=errors))
        fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        found = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
        try:
            for each in found:
                refuse_a_large_operation(each, fragments)
        except TooMuch as refused:
            return _Kept({}, RequestError(refused.message, code=refused.code))
        operations = {
            d.name.value if d.name else None: Operation(self._schema, d, fragments, self._plans) for d in found
        }
        if len(operations) == 1:
            operations[None] = next(iter(operations.values()))
        return _Kept(operations)


def variables_of(operation: Operation, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The operation's variables, coerced, with their defaults. Raises RequestError."""
    try:
        if len(given) > FEW_VARIABLES or not _BULKY.isdisjoint(map(type, given.values())):
            refuse_bulky_variables(given)
        return operation.variables.coerced(given)
    except TooMuch as refused:
        raise RequestError(refused.message, code=refused.code) from None
    except NotCoerced as wrong:
        raise RequestError("variables", code="BAD_USER_INPUT", errors=wrong.errors) from None

"""Mutations: one line exposes an operation; its input and payload follow from its signature."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Optional

import strawberry
from sqlalchemy.exc import DBAPIError
from strawberry.utils.str_converters import to_camel_case

from kith.ground.errors import (
    Conflict,
    Forbidden,
    IllegalState,
    Invalid,
    KeyReused,
    NotFound,
    Refused,
)
from kith.ground.model import Model
from kith.ground.operation import AnyOperation
from kith.ground.work import Work
from schema.declare import DECLARED, Value, of, value_type
from schema.enums import choices
from schema.inputs import arguments_for, input_for
from schema.reads.payload import Ref
from schema.retries import once
from tenants.work import as_refusal

EXPOSED: dict[str, "Mutation"] = {}
RESULTS: dict[Any, Any] = {}  # how an operation's return that is no table is shown


@dataclass(frozen=True)
class Mutation:
    """An operation as a root mutation field."""

    name: str
    operation: AnyOperation
    field: Any

    async def call(self, work: Work, given: Mapping[str, Any], key: str | None = None) -> Mapping[str, Any]:
        """Call the operation, under a key once; its payload, whose rows are still to be read.

        Raises Refused: the edge rolls back.
        """
        try:
            result = await once(work, self.name, key, self.operation, arguments_for(self.operation, given))
        except DBAPIError as error:
            raise as_refusal(error) from error
        return {"result": result, "errors": []}

    def refused(self, why: Refused) -> Mapping[str, Any]:
        """The payload of a refusal; of an edit that came too late, with its row, which is still to be read."""
        error = {"code": why.code, "message": why.message, "path": list(why.path)}
        late = why.row if isinstance(why, Conflict) else None
        shown = Ref(late[1]) if late and late[0] is self.operation.hints["return"] else None
        return {"result": shown, "errors": [error]}


# Made from the hierarchy, so that a new refusal cannot be forgotten.
_CODES = {kind.code: kind.__doc__ or "" for kind in (NotFound, Forbidden, Invalid, IllegalState, Conflict, KeyReused)}
ErrorCode: Any = choices("ErrorCode", "Why something was refused.", _CODES)


@value_type("UserError", "An expected refusal: nothing was changed.")
class UserError:
    """The fields of a refusal."""

    code = Value("What kind of refusal.", ErrorCode)
    message = Value("A sentence that a person can act on.", str)
    path = Value("Where in the input the cause is; empty where it is nowhere in particular.", list[str])


def expose(*operations: AnyOperation) -> None:
    """Expose the operations as mutations."""
    for operation in operations:
        _expose(operation)


def _expose(operation: AnyOperation) -> None:
    function = operation.function.__name__
    name = to_camel_case(function)
    title = name[0].upper() + name[1:]
    payload = _payload(title, operation)
    sentence = inspect.cleandoc(operation.function.__doc__ or "")
    resolver = _signature_only(input_for(operation, f"{title}Input"), payload)
    made = strawberry.field(
        resolver=resolver,
        description=f"{sentence} Needs the permission `{operation.needs.name}`.",
        metadata={DECLARED: Value(sentence, payload, needs=operation.needs)},
    )
    EXPOSED[name] = Mutation(name, operation, made)


def _payload(title: str, operation: AnyOperation) -> Any:
    returned = operation.hints["return"]
    shown = of(returned) if isinstance(returned, type) and issubclass(returned, Model) else RESULTS[returned]
    stale = " Of an edit that came too late, what it was to change, as it is now."
    past = stale if "expected_version" in operation.parameters else ""

    @value_type(f"{title}Payload", f"What {title[0].lower() + title[1:]} answers.")
    class Payload:
        result = Value(f"What came of it; null when it was refused or may not be seen.{past}", Optional[shown])  # noqa: UP045
        errors = Value("Why it was refused; empty when it was done.", list[UserError])

    return Payload


def _signature_only(input_type: Any, payload: Any) -> Any:
    def resolve(input: Any) -> Any:
        raise AssertionError("the endpoint calls mutations")

    described = Annotated[input_type, strawberry.argument(description="What it needs.")]
    resolve.__annotations__ = {"input": described, "return": Optional[payload]}  # noqa: UP045
    return resolve

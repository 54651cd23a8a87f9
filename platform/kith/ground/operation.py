"""Operations: what can be done, each guarded by its permission and known by name."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import cached_property, update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, get_type_hints
from uuid import UUID

from kith.ground.errors import Broken
from kith.ground.permissions import Permission
from kith.ground.work import Work

P = ParamSpec("P")
R = TypeVar("R")
OPERATIONS: dict[str, "AnyOperation"] = {}


class Operation(Generic[P, R]):
    """A function that does one thing, callable only by an actor who holds its permission.

    Inside it the actor has only the reaches that grant that permission.
    """

    def __init__(self, function: Callable[Concatenate[Work, P], Awaitable[R]], needs: Permission) -> None:
        self.function, self.needs = function, needs
        concept = function.__module__.removeprefix("kith.")
        self.name = f"{concept}.{function.__name__}"
        if self.name in OPERATIONS:
            raise Broken(f"operation {self.name} is defined twice")
        OPERATIONS[self.name] = self
        update_wrapper(self, function)

    async def __call__(self, work: Work, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do it. Raises Forbidden for an actor without the permission, and what the operation refuses."""
        return await self.function(work.acting(self.needs), *args, **kwargs)

    @cached_property
    def hints(self) -> Mapping[str, Any]:
        """The types of its parameters and of its return, descriptions included."""
        return get_type_hints(self.function, include_extras=True)

    @cached_property
    def signature(self) -> inspect.Signature:
        """Its parameters after `work`."""
        full = inspect.signature(self.function)
        return full.replace(parameters=list(full.parameters.values())[1:])

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of its parameters after `work`."""
        return tuple(self.signature.parameters)

    def arguments(self, wired: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments as they came from an outbox row, in the types that the operation takes."""
        bare = get_type_hints(self.function)
        return {name: _unwire(bare[name], value) for name, value in wired.items()}


AnyOperation = Operation[..., Any]


def operation(*, needs: Permission) -> Callable[[Callable[Concatenate[Work, P], Awaitable[R]]], Operation[P, R]]:
    """Make the function an operation that needs the permission."""
    return lambda function: Operation(function, needs)


def _unwire(kind: Any, value: Any) -> Any:
    if isinstance(value, str):
        origin = getattr(kind, "__origin__", kind)
        if isinstance(origin, type) and issubclass(origin, UUID):
            return UUID(value)
        if kind is datetime:
            return datetime.fromisoformat(value)
    return value

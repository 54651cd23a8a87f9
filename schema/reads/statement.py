"""Compiled statements: their text, where their parameters come from, and what Python does with the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from kith.ground.actor import Actor
from kith.ground.errors import Invalid
from tenants.budget import Standing
from tenants.reads import Read

SHOWED = "$"  # a key that no GraphQL name can be: which sensitive row an object shows
STORED = "stored"  # beside the mark: a stored value, and which refill it is for
EVERY = "*"  # in a path: each item of a list


@dataclass(slots=True)
class Asking:
    """One request: who asks, with which variables, and how they stand; of a payload's row, which one."""

    actor: Actor
    variables: Mapping[str, Any]
    standing: Standing | None = None  # of the budget, once the operation is paid
    row_id: UUID | None = None

    def about(self, row_id: UUID) -> "Asking":
        """The same request, asking for one row."""
        return replace(self, row_id=row_id)


Binder = Callable[[Asking], Any]  # a parameter's value in one request; raises Invalid


@dataclass(frozen=True, slots=True)
class Term:
    """A part of an operation's cost: so many objects at most, times the sizes of the lists around them."""

    objects: int
    sizes: tuple[Binder, ...]


@dataclass(frozen=True, slots=True)
class Refill:
    """Where a stored value stands in the answer, and how Python shows it."""

    path: tuple[str, ...]
    show: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """One compiled statement."""

    read: Read
    binders: tuple[Binder, ...]
    checks: tuple[Binder, ...]  # of arguments that must make sense, though the statement does without them
    refills: tuple[Refill, ...]
    marks: tuple[tuple[str, ...], ...]  # where objects stand that carry the mark of a sensitive row
    reread: bool  # whether Python reads the answer's text again before it is sent
    late: bool  # whether parameters are known only once the operation is paid

    def values(self, asking: Asking) -> list[Any]:
        """The parameters of one request. Raises Invalid for an argument that makes no sense."""
        for check in self.checks:
            check(asking)
        return [bind(asking) for bind in self.binders]


class BadArgument(Invalid):
    """An argument that makes no sense; the sentence says of which field."""


def located(do: Callable[[Any], Any], coordinate: str) -> Callable[[Any], Any]:
    """The same, but an argument that makes no sense is said to be this field's."""

    def doing(given: Any) -> Any:
        try:
            return do(given)
        except BadArgument:
            raise
        except Invalid as wrong:
            where = f"{coordinate}({wrong.path[0]}:)" if wrong.path else coordinate
            raise BadArgument(f"{where}: {wrong.message}", path=wrong.path) from None

    return doing

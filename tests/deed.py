"""A deed: a mutation, done by somebody who may do it to this row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from tests.world import House

Given: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Deed:
    """A mutation, done by somebody who may do it to this row."""

    mutation: str
    by: str  # holds the permission, and reaches the row
    given: Callable[[House], Given]
    wrong: str  # lacks the permission
    stranger: str | None  # holds the permission, and does not reach the row; None where there is no row
    shown: str = "id"

    def __str__(self) -> str:
        return self.mutation

    @property
    def input(self) -> str:
        """The name of its input type."""
        return f"{self.mutation[0].upper()}{self.mutation[1:]}Input"


def new(name: str) -> Given:
    """A new person of this name."""
    return {"name": name, "timeZone": "Europe/Dublin", "email": "new@kith.example"}


def ahead(**how_far: float) -> str:
    """A time to come, as JSON: `ahead(days=2)`."""
    return (datetime.now(UTC) + timedelta(**how_far)).isoformat()

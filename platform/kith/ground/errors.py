"""Everything Kith refuses or fails with.

KithError
+-- Refused             an expected refusal: a code, a sentence and a path; shown to the person
|   +-- NotFound        it is not there, or may not be seen: the two answer alike
|   +-- Forbidden       the caller lacks a permission, whatever the row
|   +-- Invalid         what was asked makes no sense; the path says where
|   +-- IllegalState    the thing is not in a state in which this can be done
|   +-- Conflict        somebody else was first
|   +-- KeyReused       the idempotency key stands for something else
+-- Misconfigured       the deployment is wrong: refuse to start
+-- Broken              a mistake of ours: masked, logged with its request id
"""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID


class KithError(Exception):
    """The root of the hierarchy."""


class Refused(KithError):
    """An expected refusal, with a sentence that a person can act on."""

    code: ClassVar[str] = "REFUSED"

    def __init__(self, message: str, *, path: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = tuple(path)


class NotFound(Refused):
    """The row is missing or may not be seen."""

    code = "NOT_FOUND"

    def __init__(
        self, message: str = "There is no such thing, or you may not see it.", *, path: Sequence[str] = ()
    ) -> None:
        super().__init__(message, path=path)


class Forbidden(Refused):
    """The caller lacks a permission, whatever the row."""

    code = "FORBIDDEN"


class Invalid(Refused):
    """What was asked makes no sense."""

    code = "INVALID"


class IllegalState(Refused):
    """The thing is not in a state in which this can be done."""

    code = "ILLEGAL_STATE"


class Conflict(Refused):
    """Somebody else was first, or the time or place is taken."""

    code = "CONFLICT"

    def __init__(self, message: str, *, path: Sequence[str] = (), row: tuple[type[Any], UUID] | None = None) -> None:
        super().__init__(message, path=path)
        self.row = row  # the type and id of what stands there now, where the edit of one row came too late


class KeyReused(Refused):
    """The idempotency key came before with another input."""

    code = "IDEMPOTENCY_KEY_REUSED"


class Misconfigured(KithError):
    """The deployment is wrong; the sentence says what to set."""


class Broken(KithError):
    """A mistake of ours."""

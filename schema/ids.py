"""Global ids: opaque to clients, a type's name and a row's id to us."""

import base64
import binascii
from uuid import UUID

from kith.ground.errors import Invalid


def global_id(type_name: str, id: UUID) -> str:
    """The global id of a row."""
    return base64.urlsafe_b64encode(f"{type_name}:{id.hex}".encode()).decode().rstrip("=")


def read_global_id(value: str) -> tuple[str, UUID] | None:
    """The type's name and the row's id; None for what is no id of ours."""
    try:
        name, _, hexadecimal = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode().partition(":")
        if global_id(name, found := UUID(hex=hexadecimal)) != value:
            return None
    except (ValueError, binascii.Error, UnicodeDecodeError):
        return None
    return name, found


def id_of(type_name: str, value: str, *path: str) -> UUID:
    """The id of a row of this type. Raises Invalid for an id of another type, or none of ours."""
    found = read_global_id(value)
    if found is None or found[0] != type_name:
        raise Invalid(f"That is not the id of a {type_name}.", path=path)
    return found[1]

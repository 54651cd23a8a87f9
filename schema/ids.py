"""Global ids: opaque to clients, a type's name and a row's id to us.

They are plain text, so that PostgreSQL writes them as fast as the id alone.
"""

import re
from uuid import UUID

from kith.ground.errors import Invalid

_ROW_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def prefix_of(type_name: str) -> str:
    """What stands before a row's id in the global ids of a type."""
    return f"{type_name}_"


def global_id(type_name: str, id: UUID) -> str:
    """The global id of a row."""
    return f"{prefix_of(type_name)}{id}"


def read_global_id(value: str) -> tuple[str, str] | None:
    """The type's name and the row's id as a text; None for what is no id of ours."""
    name, _, text = value.rpartition("_")
    return (name, text) if _ROW_ID.fullmatch(text) else None


def row_id_of(type_name: str, value: str, *path: str) -> str:
    """The id of a row of this type as a text. Raises Invalid for an id of another type, or none of ours."""
    found = read_global_id(value)
    if found is None or found[0] != type_name:
        raise Invalid(f"That is not the id of a {type_name}.", path=path)
    return found[1]


def id_of(type_name: str, value: str, *path: str) -> UUID:
    """The id of a row of this type. Raises Invalid for an id of another type, or none of ours."""
    return UUID(row_id_of(type_name, value, *path))

"""Global ids: opaque to clients, a type's name and a row's id to us.

They are plain text, so that PostgreSQL writes them as fast as the id alone.
"""

from uuid import UUID

from kith.ground.errors import Invalid


def prefix_of(type_name: str) -> str:
    """What stands before a row's id in the global ids of a type."""
    return f"{type_name}_"


def global_id(type_name: str, id: UUID) -> str:
    """The global id of a row."""
    return f"{prefix_of(type_name)}{id}"


def read_global_id(value: str) -> tuple[str, UUID] | None:
    """The type's name and the row's id; None for what is no id of ours."""
    name, _, text = value.rpartition("_")
    try:
        found = UUID(text)
    except ValueError:
        return None
    return (name, found) if str(found) == text else None


def id_of(type_name: str, value: str, *path: str) -> UUID:
    """The id of a row of this type. Raises Invalid for an id of another type, or none of ours."""
    found = read_global_id(value)
    if found is None or found[0] != type_name:
        raise Invalid(f"That is not the id of a {type_name}.", path=path)
    return found[1]

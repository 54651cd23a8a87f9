"""Who asks, and what they may do: every frontend's first query."""

from typing import Any, Optional

from kith.ground.permissions import Reach
from kith.people.person import Person
from schema.declare import Given, of, value_type
from schema.enums import enumeration
from schema.rows import Reading, by_ids
from tenants.organisation import Organisation


def viewer_of(reading: Reading) -> Reading:
    """The viewer is whoever reads."""
    return reading


async def person_of(reading: Reading) -> Any:
    """The person who asks; None for the platform's operator."""
    actor = reading.work.actor
    return None if actor.person_id is None else await by_ids(reading, Person, actor.person_id)


async def organisation_of(reading: Reading) -> Any:
    """The organisation of who asks; None for the platform's operator."""
    id = reading.work.actor.organisation_id
    return None if id is None else await by_ids(reading, Organisation, id)


@value_type("Viewer", "Who asks, and what they may do.")
class Viewer:
    """The fields of a viewer."""

    person = Given(
        "The person; null for the platform's operator, and for who may read no people.",
        Optional[of(Person)],  # noqa: UP045
        person_of,
    )
    organisation = Given(
        "The organisation; null for the platform's operator.",
        Optional[of(Organisation)],  # noqa: UP045
        organisation_of,
    )
    roles = Given("Their roles, the organisation's own by name.", list[str], lambda r: list(r.work.actor.roles))
    permissions = Given("Everything they may do.", list[str], lambda r: sorted(r.work.actor.permissions))
    reach = Given(
        "How far they reach.",
        list[enumeration(Reach)],  # type: ignore[misc]  # made at run time
        lambda r: sorted({g.reach for g in r.work.actor.grants}),
    )

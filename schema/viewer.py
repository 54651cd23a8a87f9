"""Who asks, and what they may do: every frontend's first query."""

from kith.ground.permissions import Reach
from kith.people.person import Person
from schema.declare import Given, Own, value_type
from schema.enums import enumeration
from tenants.organisation import Organisation


@value_type("Viewer", "Who asks, and what they may do.")
class Viewer:
    """The fields of a viewer."""

    person = Own(
        "The person; null for the platform's operator, and for who may read no people.", Person, lambda a: a.person_id
    )
    organisation = Own("The organisation; null for the platform's operator.", Organisation, lambda a: a.organisation_id)
    roles = Given("Their roles, the organisation's own by name.", list[str], lambda a: list(a.actor.roles))
    permissions = Given("Everything they may do.", list[str], lambda a: sorted(a.actor.permissions))
    reach = Given(
        "How far they reach.",
        list[enumeration(Reach)],  # type: ignore[misc]  # made at run time
        lambda a: sorted({g.reach for g in a.actor.grants}),
    )

"""Who asks, and what they may do: every frontend's first query."""

from typing import Optional

from kith.ground.permissions import Reach
from kith.people.person import Person
from schema.cost import RateLimit
from schema.declare import Given, Own, root, value_type
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


root(
    viewer=Given("Who asks, and what they may do.", Viewer, lambda asking: asking.actor),
    rate_limit=Given(
        "What this operation costs and what is left; null for the platform's operator, who has no budget.",
        Optional[RateLimit],  # noqa: UP045 - made at run time
        lambda asking: asking.standing,
        late=True,
    ),
)

"""Permissions as values, the built-in roles that hold them, and how far each reaches."""

from collections.abc import Iterable

from kith.ground.choice import Choice
from kith.ground.errors import Broken


class Reach(Choice):
    """How far a role's permissions go."""

    OWN = "OWN", "What the person takes part in."
    CASELOAD = "CASELOAD", "The mentors a supervisor looks after, and their matches."
    PROGRAMME = "PROGRAMME", "One programme."
    ORGANISATION = "ORGANISATION", "Everything of the organisation."
    AGGREGATE = "AGGREGATE", "No row of any person, only figures over at least eleven people."


class Role(Choice):
    """The built-in roles; an organisation may define its own beside them."""

    OPERATOR = "OPERATOR", "Runs the platform, and reads nothing about anybody."
    ADMIN = "ADMIN", "Runs the organisation: its programmes, staff and tokens."
    COORDINATOR = "COORDINATOR", "Brings people together in one programme."
    SUPERVISOR = "SUPERVISOR", "Looks after mentors and their matches."
    MENTOR = "MENTOR", "Walks with somebody, out of their own experience."
    MENTEE = "MENTEE", "Is walked with."
    PARTNER = "PARTNER", "A partner of the organisation, who sees figures alone."
    ANALYST = "ANALYST", "Reads figures alone."

    @property
    def reach(self) -> Reach:
        """How far the role goes unless its member was given less or more."""
        return _REACH[self]


_REACH = {
    Role.OPERATOR: Reach.AGGREGATE,
    Role.ADMIN: Reach.ORGANISATION,
    Role.COORDINATOR: Reach.PROGRAMME,
    Role.SUPERVISOR: Reach.CASELOAD,
    Role.MENTOR: Reach.OWN,
    Role.MENTEE: Reach.OWN,
    Role.PARTNER: Reach.AGGREGATE,
    Role.ANALYST: Reach.AGGREGATE,
}
STAFF = frozenset({Role.ADMIN, Role.COORDINATOR, Role.SUPERVISOR})
PARTICIPANTS = frozenset({Role.MENTOR, Role.MENTEE})
MEMBERS = frozenset(Role) - {Role.OPERATOR}


class Permission:
    """The right to do one thing: `resource.action`, a sentence for people, and its default roles.

    Raises Broken when two places define the same name.
    """

    __slots__ = ("granted_to", "name", "sentence")

    def __init__(self, name: str, sentence: str, *, granted_to: Iterable[Role] = ()) -> None:
        if name in REGISTERED:
            raise Broken(f"permission {name} is defined twice")
        self.name, self.sentence, self.granted_to = name, sentence, frozenset(granted_to)
        REGISTERED[name] = self

    def __repr__(self) -> str:
        return f"Permission({self.name!r})"


REGISTERED: dict[str, Permission] = {}


def of_role(role: Role) -> frozenset[str]:
    """The names of the permissions that a built-in role holds."""
    return frozenset(p.name for p in REGISTERED.values() if role in p.granted_to)

"""Permissions as values, the built-in roles that hold them, and how far each reaches."""

from collections.abc import Iterable
from enum import StrEnum

from kith.ground.errors import Broken


class Reach(StrEnum):
    """How far a role's permissions go."""

    OWN = "OWN"  # what the person takes part in
    CASELOAD = "CASELOAD"  # the mentors a supervisor looks after, and their matches
    PROGRAMME = "PROGRAMME"  # one programme
    ORGANISATION = "ORGANISATION"  # everything of the organisation
    AGGREGATE = "AGGREGATE"  # no row of any person, only figures over at least eleven people


class Role(StrEnum):
    """The built-in roles; an organisation may define its own beside them."""

    OPERATOR = "OPERATOR"
    ADMIN = "ADMIN"
    COORDINATOR = "COORDINATOR"
    SUPERVISOR = "SUPERVISOR"
    MENTOR = "MENTOR"
    MENTEE = "MENTEE"
    PARTNER = "PARTNER"
    ANALYST = "ANALYST"

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

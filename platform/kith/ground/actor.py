"""Who acts: a person in an organisation, the platform's operator, or the service itself."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from kith.ground.permissions import Permission, Reach, Role, of_role

Column: TypeAlias = InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None]


@dataclass(frozen=True, slots=True)
class Grant:
    """Permissions held within one reach; `programme_id` says which programme, where the reach is one."""

    permissions: frozenset[str]
    reach: Reach
    programme_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody acting in at most one organisation.

    `circle` are the people they are matched with or offered to; `mentored` the enrolments that they mentor, or are
    asked to; `caseload` the mentors they supervise, with the people (`caseload_circle`) and the enrolments
    (`caseload_mentored`) of those. All are short lists, resolved when the actor was opened. `limited` says that
    their token may do less than they, `handed` that somebody else issued it, `expires_at` until when it works.
    """

    organisation_id: UUID | None
    person_id: UUID | None
    grants: tuple[Grant, ...]
    roles: tuple[str, ...] = ()
    circle: frozenset[UUID] = field(default=frozenset(), repr=False)
    mentored: frozenset[UUID] = field(default=frozenset(), repr=False)
    caseload: frozenset[UUID] = field(default=frozenset(), repr=False)
    caseload_circle: frozenset[UUID] = field(default=frozenset(), repr=False)
    caseload_mentored: frozenset[UUID] = field(default=frozenset(), repr=False)
    limited: bool = False
    handed: bool = False
    expires_at: datetime | None = None

    @property
    def permissions(self) -> frozenset[str]:
        """The names of everything they may do, within whatever reach."""
        return frozenset().union(*(g.permissions for g in self.grants))

    def may(self, permission: Permission) -> bool:
        """Whether they hold the permission within any reach."""
        return any(permission.name in g.permissions for g in self.grants)

    def narrowed(self, permission: Permission) -> "Actor":
        """The same actor with only the reaches that grant the permission."""
        return replace(self, grants=tuple(g for g in self.grants if permission.name in g.permissions))

    def reaches(self, reach: Reach) -> bool:
        """Whether any of their grants has this reach."""
        return any(g.reach is reach for g in self.grants)

    @property
    def programmes(self) -> frozenset[UUID]:
        """The programmes that they look after."""
        return frozenset(g.programme_id for g in self.grants if g.programme_id is not None)


def service(organisation_id: UUID | None, permissions: Iterable[Permission]) -> Actor:
    """The service itself, with a small, named set of permissions and no person behind it."""
    grant = Grant(frozenset(p.name for p in permissions), Reach.ORGANISATION)
    return Actor(organisation_id, None, (grant,), roles=("SERVICE",))


def operator() -> Actor:
    """The platform's operator, who belongs to no organisation and reads no participant's data."""
    return Actor(None, None, (Grant(of_role(Role.OPERATOR), Reach.AGGREGATE),), roles=(Role.OPERATOR.value,))


def row_rule(
    actor: Actor,
    *,
    own: Iterable[Column] = (),
    known: Iterable[Column] = (),
    mentored: Iterable[Column] = (),
    supervised: Iterable[Column] = (),
    programme: Column | None = None,
    aggregate: ColumnElement[bool] | None = None,
    taking_part: ColumnElement[bool] | None = None,
    everybody: ColumnElement[bool] | None = None,
) -> ColumnElement[bool]:
    """Which rows the actor may see, from columns of the row itself.

    `own` columns hold the actor's own person id, `known` one of their circle, `mentored` an
    enrolment that they mentor, `supervised` one of their caseload,
    `programme` the programme they look after. `taking_part` says in another way what is one's own; `everybody`
    which rows any holder of the permission sees; `aggregate` which are figures over enough people for an analyst.
    """
    if actor.reaches(Reach.ORGANISATION):
        return true()
    any_of: list[ColumnElement[bool]] = []
    if actor.grants and actor.person_id is not None:  # one's own is within every reach
        any_of += [c == actor.person_id for c in own]
    if actor.reaches(Reach.OWN):
        any_of += [c.in_(actor.circle) for c in known if actor.circle]
        any_of += [c.in_(actor.mentored) for c in mentored if actor.mentored]
        any_of += [] if taking_part is None else [taking_part]
    if actor.reaches(Reach.CASELOAD) and actor.caseload:
        any_of += [c.in_(actor.caseload) for c in supervised]
        any_of += [c.in_(actor.caseload_circle) for c in known if actor.caseload_circle]
        any_of += [c.in_(actor.caseload_mentored) for c in mentored if actor.caseload_mentored]
    if programme is not None and actor.programmes:
        any_of.append(programme.in_(actor.programmes))
    if everybody is not None and actor.grants:
        any_of.append(everybody)
    if aggregate is not None and actor.reaches(Reach.AGGREGATE):
        any_of.append(aggregate)
    return or_(*any_of) if any_of else false()

"""Who acts: a person in an organisation, the platform's operator, or the service itself."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Uuid, and_, any_, bindparam, false, or_, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from kith.ground.permissions import Permission, Reach, Role, of_role

LISTS = ("circle", "mentored", "caseload", "caseload_circle", "caseload_mentored", "facilitated", "joined")
Column: TypeAlias = InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None]


@dataclass(frozen=True, slots=True)
class Grant:
    """Permissions held within one reach; `programme_id` says which programme, where the reach is one."""

    permissions: frozenset[str]
    reach: Reach
    programme_id: UUID | None = None


@dataclass(frozen=True)
class Actor:
    """Somebody acting in at most one organisation.

    `circle` are the people they are matched with or offered to; `mentored` the enrolments that they mentor, or are
    asked to; `caseload` the mentors they supervise, with the people (`caseload_circle`) and the enrolments
    (`caseload_mentored`) of those; `facilitated` and `joined` the peer support groups that they facilitate and are
    members of. All are short lists, resolved when the actor was opened. `limited` says that
    their token may do less than they, `handed` that somebody else issued it; `client_id` is the token itself, which
    works until `expires_at`.
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
    facilitated: frozenset[UUID] = field(default=frozenset(), repr=False)
    joined: frozenset[UUID] = field(default=frozenset(), repr=False)
    limited: bool = False
    handed: bool = False
    client_id: UUID | None = None
    expires_at: datetime | None = None
    narrowed_to: str = ""  # the one permission whose reaches are left

    @cached_property
    def permissions(self) -> frozenset[str]:
        """The names of everything they may do, within whatever reach."""
        return frozenset().union(*(g.permissions for g in self.grants))

    def may(self, permission: Permission) -> bool:
        """Whether they hold the permission within any reach."""
        return permission.name in self.permissions

    def narrowed(self, permission: Permission) -> "Actor":
        """The same actor with only the reaches that grant the permission."""
        grants = tuple(g for g in self.grants if permission.name in g.permissions)
        return replace(self, grants=grants, narrowed_to=permission.name)

    def reaches(self, reach: Reach) -> bool:
        """Whether any of their grants has this reach."""
        return any(g.reach is reach for g in self.grants)

    @property
    def programmes(self) -> frozenset[UUID]:
        """The programmes that they look after."""
        return frozenset(g.programme_id for g in self.grants if g.programme_id is not None)

    @cached_property
    def shape(self) -> Hashable:
        """What decides which conditions a row rule has: two actors of one shape differ in values alone."""
        return (
            self.organisation_id is None,
            self.person_id is None,
            frozenset((g.reach, g.permissions) for g in self.grants),
        )

    @property
    def own_person(self) -> BindParameter[UUID]:
        """The actor's person, as a row rule compares it."""
        return bindparam("actor_person_id", self.person_id, Uuid())

    @property
    def own_organisation(self) -> BindParameter[UUID]:
        """The actor's organisation, as a row rule compares it."""
        return bindparam("actor_organisation_id", self.organisation_id, Uuid())

    def among(self, name: str, column: Column) -> ColumnElement[bool]:
        """The column is one of a short list of the actor's.

        An array has one parameter however long it is, so that a statement's text follows from the shape alone.
        """
        key = f"actor_{name}_{self.narrowed_to.replace('.', '_')}" if name == "programmes" else f"actor_{name}"
        return column == any_(bindparam(key, list(getattr(self, name)), ARRAY(Uuid())))


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
    facilitated: Iterable[Column] = (),
    joined: Iterable[Column] = (),
    programme: Column | None = None,
    aggregate: ColumnElement[bool] | None = None,
    taking_part: ColumnElement[bool] | None = None,
    apart: Iterable[Column] = (),
    everybody: ColumnElement[bool] | None = None,
) -> ColumnElement[bool]:
    """Which rows the actor may see, from columns of the row itself.

    `own` columns hold the actor's own person id, `known` one of their circle, `mentored` an
    enrolment that they mentor, `supervised` one of their caseload, `facilitated` and `joined` a group that they
    facilitate or are a member of, which is their own whatever the reach,
    `programme` the programme they look after. `taking_part` says in another way what is one's own; `everybody`
    which rows any holder of the permission sees; `aggregate` which are figures over enough people for an analyst.
    `apart` columns hold people whom the row concerns and who do not read it for looking after anybody: a coordinator
    who is a mentor herself reads of her own match what its mentor reads, and nothing that was confided about it.
    """
    concerned = [c.is_distinct_from(actor.own_person) for c in apart] if actor.person_id is not None else []
    if actor.reaches(Reach.ORGANISATION) and not concerned:
        return true()
    any_of: list[ColumnElement[bool]] = []
    looked_after: list[ColumnElement[bool]] = [true()] if actor.reaches(Reach.ORGANISATION) else []
    if actor.grants and actor.person_id is not None:  # one's own is within every reach
        any_of += [c == actor.own_person for c in own]
        any_of += [actor.among("facilitated", c) for c in facilitated]
        any_of += [actor.among("joined", c) for c in joined]
    if actor.reaches(Reach.OWN):
        any_of += [actor.among("circle", c) for c in known]
        any_of += [actor.among("mentored", c) for c in mentored]
        any_of += [] if taking_part is None else [taking_part]
    if actor.reaches(Reach.CASELOAD):
        looked_after += [actor.among("caseload", c) for c in supervised]
        looked_after += [actor.among("caseload_circle", c) for c in known]
        looked_after += [actor.among("caseload_mentored", c) for c in mentored]
    if programme is not None and actor.reaches(Reach.PROGRAMME):
        looked_after.append(actor.among("programmes", programme))
    if looked_after and concerned:
        any_of.append(and_(or_(*looked_after), *concerned))
    else:
        any_of += looked_after
    if everybody is not None and actor.grants:
        any_of.append(everybody)
    if aggregate is not None and actor.reaches(Reach.AGGREGATE):
        any_of.append(aggregate)
    return or_(*any_of) if any_of else false()


def confided(actor: Actor, person: Column) -> ColumnElement[bool]:
    """What somebody confides to who supervises them: the two of them, and nobody else, however far they reach.

    Who supervises reads it by a grant that reaches their caseload, not by any other that they hold.
    """
    if actor.person_id is None or not actor.grants:
        return false()
    own: ColumnElement[bool] = person == actor.own_person
    return or_(own, actor.among("caseload", person)) if actor.reaches(Reach.CASELOAD) else own

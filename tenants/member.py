"""Members and roles: what somebody may do in an organisation, and how far.

Being a mentor or a mentee is not given here: it follows from taking part in a programme.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, select
from sqlalchemy.orm import Mapped

from kith.ground.actor import Actor, Grant, row_rule
from kith.ground.errors import Conflict, Forbidden, IllegalState, Invalid
from kith.ground.model import Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, REGISTERED, Permission, Reach, Role, of_role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.people.person import NewPerson, Person, welcome
from kith.programmes import Programme, everywhere

READ = Permission("members.read", "See who holds which role.", granted_to={Role.ADMIN})
GIVE = Permission("members.give_role", "Give roles to people and end them.", granted_to={Role.ADMIN})
DEFINE = Permission("roles.define", "Define the organisation's own roles.", granted_to={Role.ADMIN})
GIVEN = frozenset(Role) - PARTICIPANTS - {Role.OPERATOR}  # the built-in roles that somebody gives


class CustomRole(Owned):
    """A role of the organisation's own: a set of permissions with a reach."""

    __tablename__ = "roles"
    __table_args__ = (
        organisation_index("name_lower", unique=True),
        one_of("reach", list(Reach)),
        at_most("name", 80),
    )
    READ = READ
    LOOKED_UP = True

    name: Mapped[str]
    name_lower: Mapped[str]
    permissions: Mapped[list[str]]
    reach: Mapped[str]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The organisation's administrators."""
        return row_rule(actor)


class Member(Owned):
    """A person's role in the organisation, from when until when."""

    __tablename__ = "members"
    __table_args__ = (
        organisation_index("since", "id"),
        organisation_index("person_id"),
        CheckConstraint("(role IS NULL) <> (custom_role_id IS NULL)", name="one_role"),
        CheckConstraint("(reach = 'PROGRAMME') = (programme_id IS NOT NULL)", name="programme"),
        one_of("reach", list(Reach)),
        one_of("role", sorted(GIVEN)),
    )
    READ = READ
    LOOKED_UP = True

    person_id: Mapped[UUID] = within(Person)
    role: Mapped[str | None]
    custom_role_id: Mapped[UUID | None] = within(CustomRole, nullable=True)
    reach: Mapped[str]
    programme_id: Mapped[UUID | None] = within(Programme, nullable=True)
    since: Mapped[datetime]
    until: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Oneself and the organisation's administrators."""
        return row_rule(actor, own=[cls.person_id])


@dataclass(frozen=True, slots=True)
class NewRole:
    """Which role to give: a built-in one or the organisation's own, not both."""

    role: Annotated[Role | None, "A built-in role."] = None
    custom_role_id: Annotated[Id[CustomRole] | None, "A role of the organisation's own."] = None
    programme_id: Annotated[Id[Programme] | None, "For which programme, where the role reaches one."] = None


@operation(needs=GIVE)
async def give_role(
    work: Work,
    *,
    role: Annotated[NewRole, "Which role."],
    person: Annotated[NewPerson | None, "To whom, when the organisation does not know them yet."] = None,
    person_id: Annotated[Id[Person] | None, "To whom, when it does."] = None,
) -> Member:
    """Give somebody a role. Nobody can give more than they hold themselves."""
    if (person is None) == (person_id is None):
        raise Invalid("Give either a new person or the id of a known one.", path=("person",))
    grant, custom_role_id = await _grant(work, role)
    if not covers(work.actor, grant):
        raise Forbidden("Nobody can give more than they hold themselves.", path=("role",))
    who = welcome(work, person, role.programme_id) if person else await work.get(Person, person_id or UUID(int=0))
    return add_member(work, who, grant, role.role, custom_role_id)


@operation(needs=GIVE)
async def end_role(work: Work, member_id: Annotated[Id[Member], "Which role of whom."]) -> Member:
    """End somebody's role. The last administrator stays."""
    member = await work.get(Member, member_id, lock=True)
    if member.until is not None and member.until <= work.now:
        raise IllegalState("This role has ended already.")
    custom = await work.get(CustomRole, member.custom_role_id) if member.custom_role_id else None
    if not covers(work.actor, grant_of(member, custom)):
        raise Forbidden("Nobody can end a role that may do more than they.")
    if member.role == Role.ADMIN:
        await _keep_an_administrator(work, member)
    member.until = work.now
    work.note("member.ended", member, person_id=member.person_id)
    return member


@operation(needs=DEFINE)
async def define_role(
    work: Work,
    *,
    name: Annotated[str, "What people call it."],
    permissions: Annotated[Sequence[str], "What it may do; nobody can define more than they hold."],
    reach: Annotated[Reach, "How far it goes."],
) -> CustomRole:
    """Define a role of the organisation's own."""
    everywhere(work)
    unknown = set(permissions) - set(REGISTERED)
    if unknown or not permissions:
        raise Invalid(
            f"There is no permission {min(unknown)}." if unknown else "Name a permission.", path=("permissions",)
        )
    if not set(permissions) <= work.actor.permissions:
        raise Forbidden("Nobody can define a role that may do more than they.", path=("permissions",))
    name = short(name, 80, "name")
    if await work.exists(CustomRole, CustomRole.name_lower == name.lower()):
        raise Conflict(f"There is a role called {name} already.", path=("name",))
    role = CustomRole(name=name, name_lower=name.lower(), permissions=sorted(set(permissions)), reach=reach)
    work.add(role)
    work.note("role.defined", role)
    return role


async def _keep_an_administrator(work: Work, leaving: Member) -> None:
    """Raise Conflict for the last one. All are locked, so that two cannot leave at once."""
    lasting = (Member.role == Role.ADMIN, Member.until.is_(None))  # whatever the clock of whoever ended another
    locked = select(Member.id).where(*lasting).order_by(Member.id).with_for_update()
    if set(await work.session.scalars(locked)) <= {leaving.id}:
        raise Conflict("An organisation keeps at least one administrator.")


def grant_of(member: Member, custom: CustomRole | None) -> Grant:
    """What a given role lets its person do."""
    held = of_role(Role(member.role)) if member.role else frozenset(custom.permissions if custom else ())
    return Grant(held, Reach(member.reach), member.programme_id)


def add_member(work: Work, person: Person, grant: Grant, role: Role | None, custom_role_id: UUID | None) -> Member:
    """Add the person's role."""
    member = Member.under(person, role=role, reach=grant.reach, since=work.now)
    member.custom_role_id, member.programme_id = custom_role_id, grant.programme_id
    work.add(member)
    work.note("member.given", member, person_id=person.id, role=role or "CUSTOM")
    return member


def covers(actor: Actor, grant: Grant) -> bool:
    """Whether the actor holds every permission of the grant within a reach at least as wide."""
    return all(_held(actor, name, grant) for name in grant.permissions)


def _held(actor: Actor, permission: str, grant: Grant) -> bool:
    return any(
        permission in own.permissions
        and (own.reach is Reach.ORGANISATION or (own.reach is grant.reach and own.programme_id == grant.programme_id))
        for own in actor.grants
    )


async def _grant(work: Work, given: NewRole) -> tuple[Grant, UUID | None]:
    if (given.role is None) == (given.custom_role_id is None):
        raise Invalid("Give either a built-in role or one of the organisation's own.", path=("role",))
    if given.role is not None:
        if given.role not in GIVEN:
            raise Invalid("Being a mentor or a mentee follows from taking part; nobody gives it.", path=("role",))
        permissions, reach = of_role(given.role), given.role.reach
    else:
        custom = await work.get(CustomRole, given.custom_role_id or UUID(int=0))
        permissions, reach = frozenset(custom.permissions), Reach(custom.reach)
    if (reach is Reach.PROGRAMME) != (given.programme_id is not None):
        needs = "needs a programme" if reach is Reach.PROGRAMME else "takes no programme"
        raise Invalid(f"This role {needs}.", path=("role", "programmeId"))
    programme = await work.get(Programme, given.programme_id) if given.programme_id else None
    return Grant(permissions, reach, programme.id if programme else None), given.custom_role_id

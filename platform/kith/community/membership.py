"""Membership of a group: others know somebody by the name they chose there; who it is stands in a row of its own."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Computed, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kith.community.group import GroupAdmission, GroupFacilitator, GroupStatus, PeerSupportGroup, take
from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.people.person import Person

READ = Permission(
    "group_memberships.read", "See the members of a group by the names they chose.", granted_to=STAFF | PARTICIPANTS
)
IDENTIFY = Permission(
    "group_identities.read",
    "See who the members of a group are, where one facilitates it or coordinates its programme.",
    granted_to=STAFF | PARTICIPANTS,
)
JOIN = Permission("groups.join", "Join a peer support group and leave it.", granted_to=PARTICIPANTS)
FACILITATE = Permission(
    "groups.facilitate",
    "Accept and remove members of a group, schedule its sessions and record who came.",
    granted_to=STAFF | {Role.MENTOR},
)
END = Permission("group_memberships.end", "End the memberships of a group that closed.")
RENAME = Permission("group_identities.rename", "Follow a change of name in groups.")


class GroupMembershipStatus(Choice):
    """Where a membership is."""

    REQUESTED = "REQUESTED", "It awaits a facilitator of a closed group."
    ACTIVE = "ACTIVE", "The person is a member."
    LEFT = "LEFT", "The person left, or the group closed."
    REMOVED = "REMOVED", "A facilitator ended it, or did not accept it."


class GroupRemovalReason(Choice):
    """Why a facilitator ended a membership."""

    AGREEMENT_BROKEN = "AGREEMENT_BROKEN", "What the group agreed to was not kept."
    NOT_FOR_THEM = "NOT_FOR_THEM", "The group is not the right one for them; another was named."
    NO_LONGER_REACHED = "NO_LONGER_REACHED", "They did not come for a long time and cannot be reached."
    SAFETY = "SAFETY", "Somebody would not be safe otherwise."
    OTHER = "OTHER", "Something else."


OPEN = "status IN ('REQUESTED', 'ACTIVE')"


class GroupMembership(Owned):
    """Somebody's membership of a group, as its other members see it: a name that they chose, and nothing else."""

    __tablename__ = "group_memberships"
    __table_args__ = (
        organisation_index("group_id", "person_id", unique=True, where=OPEN, name="uq_group_memberships_person"),
        organisation_index("group_id", "alias_folded", unique=True, where=OPEN, name="uq_group_memberships_alias"),
        organisation_index("requested_at", "id"),
        organisation_index("programme_id", "requested_at", "id"),
        organisation_index("person_id", "requested_at", "id"),
        organisation_index("group_id", "requested_at", "id"),
        organisation_index("fellows_group_id", "requested_at", "id"),
        one_of("status", list(GroupMembershipStatus)),
        one_of("removal_reason", list(GroupRemovalReason)),
        at_most("alias", 60),
        CheckConstraint("(status = 'REMOVED') = (removal_reason IS NOT NULL)", name="removed"),
    )
    READ = READ
    LOOKED_UP = True

    group_id: Mapped[UUID] = within(PeerSupportGroup, carrying=("programme_id",))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID] = within(Person)  # for the row rule; who it is, is shown by GroupIdentity alone
    fellows_group_id: Mapped[UUID | None] = mapped_column(
        Uuid(), Computed("CASE WHEN status = 'ACTIVE' THEN group_id END", persisted=True)
    )
    alias: Mapped[str]
    alias_folded: Mapped[str]
    status: Mapped[str]
    requested_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    removal_reason: Mapped[str | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Oneself, one's fellow members, who facilitates the group, the coordinators of its programme."""
        return row_rule(
            actor,
            own=[cls.person_id],
            joined=[cls.fellows_group_id],
            facilitated=[cls.group_id],
            programme=cls.programme_id,
        )


class GroupIdentity(Owned):
    """Who a member of a group is. That somebody is in a group is confidential: reading it is recorded."""

    __tablename__ = "group_identities"
    __table_args__ = (
        organisation_index("membership_id", unique=True),
        organisation_index("person_id"),
        at_most("name", 120),
    )
    READ = IDENTIFY
    SENSITIVE = True

    membership_id: Mapped[UUID] = within(GroupMembership, carrying=("programme_id", "group_id", "person_id"))
    programme_id: Mapped[UUID]
    group_id: Mapped[UUID] = within(PeerSupportGroup)
    person_id: Mapped[UUID] = within(Person)
    name: Mapped[str]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Oneself, who facilitates the group, the coordinators of its programme; never a fellow member."""
        return row_rule(actor, own=[cls.person_id], facilitated=[cls.group_id], programme=cls.programme_id)


LIFE = Lifecycle(
    GroupMembership,
    GroupMembershipStatus,
    begins=[GroupMembershipStatus.REQUESTED, GroupMembershipStatus.ACTIVE],
    moves=[
        Move("accept_into_group", GroupMembershipStatus.REQUESTED, to=GroupMembershipStatus.ACTIVE),
        Move(
            "leave_group", GroupMembershipStatus.REQUESTED, GroupMembershipStatus.ACTIVE, to=GroupMembershipStatus.LEFT
        ),
        Move(
            "remove_from_group",
            GroupMembershipStatus.REQUESTED,
            GroupMembershipStatus.ACTIVE,
            to=GroupMembershipStatus.REMOVED,
        ),
        Move(
            "end_memberships",
            GroupMembershipStatus.REQUESTED,
            GroupMembershipStatus.ACTIVE,
            to=GroupMembershipStatus.LEFT,
        ),
    ],
)


@operation(needs=JOIN)
async def join_group(
    work: Work,
    group_id: Annotated[Id[PeerSupportGroup], "Which group."],
    *,
    alias: Annotated[str, "What its members know you by; a first name or anything else."],
) -> GroupMembership:
    """Join a group. An open one takes you at once, while there is a place; a closed one once a facilitator accepts.

    So does an open one from which a facilitator had to remove you for safety or for a broken agreement.
    """
    person_id = await _myself(work)
    group = await work.get(PeerSupportGroup, group_id, lock=True)
    if group.status not in (GroupStatus.OPEN, GroupStatus.FULL):
        raise IllegalState(f"This peer support group is {group.status}, not OPEN.")
    await _not_there_yet(work, group, person_id)
    at_once = group.admission == GroupAdmission.OPEN and not await _was_sent_away(work, group, person_id)
    if at_once and group.status == GroupStatus.FULL:
        raise Conflict("Every place in this group is taken.")
    membership = GroupMembership.under(
        group,
        person_id=person_id,
        status=GroupMembershipStatus.ACTIVE if at_once else GroupMembershipStatus.REQUESTED,
        requested_at=work.now,
        joined_at=work.now if at_once else None,
    )
    await _go_by(work, membership, alias)
    work.add(membership)
    (person,) = await work.rows(Person, Person.id == person_id)
    work.add(GroupIdentity.under(membership, name=person.name))
    if at_once:
        take(group, "community.membership.join_group", 1)
    work.note("group.joined" if at_once else "group.asked", membership)
    return membership


@operation(needs=FACILITATE)
async def accept_into_group(
    work: Work, membership_id: Annotated[Id[GroupMembership], "Which request."]
) -> GroupMembership:
    """Accept somebody into a closed group, while there is a place."""
    group, membership = await _facilitated(work, membership_id)
    LIFE.check(membership, "accept_into_group")
    if group.status == GroupStatus.FULL:
        raise Conflict("Every place in this group is taken.")
    if group.status != GroupStatus.OPEN:
        raise IllegalState(f"This peer support group is {group.status}, not OPEN.")
    LIFE.move(membership, "accept_into_group")
    membership.joined_at = work.now
    take(group, "community.membership.accept_into_group", 1)
    work.note("group.accepted", membership)
    return membership


@operation(needs=FACILITATE)
async def remove_from_group(
    work: Work,
    membership_id: Annotated[Id[GroupMembership], "Whose membership."],
    *,
    reason: Annotated[GroupRemovalReason, "Why; the person may read it."],
) -> GroupMembership:
    """End somebody's membership, or decline a request. The place is free again."""
    group, membership = await _facilitated(work, membership_id)
    had_place = membership.status == GroupMembershipStatus.ACTIVE
    LIFE.move(membership, "remove_from_group")
    membership.ended_at, membership.removal_reason = work.now, reason
    take(group, "community.membership.remove_from_group", -had_place)
    work.note("group.removed", membership, reason=reason)
    return membership


@operation(needs=JOIN)
async def leave_group(work: Work, membership_id: Annotated[Id[GroupMembership], "Your membership."]) -> GroupMembership:
    """Leave a group, at any time and without a reason. The place is free again."""
    group, membership = await _own(work, membership_id)
    had_place = membership.status == GroupMembershipStatus.ACTIVE
    LIFE.move(membership, "leave_group")
    membership.ended_at = work.now
    take(group, "community.membership.leave_group", -had_place)
    work.note("group.left", membership)
    return membership


@operation(needs=JOIN)
async def choose_alias(
    work: Work,
    membership_id: Annotated[Id[GroupMembership], "Your membership."],
    *,
    alias: Annotated[str, "What the group's members know you by from now on."],
) -> GroupMembership:
    """Go by another name in a group."""
    _, membership = await _own(work, membership_id)
    if membership.status not in (GroupMembershipStatus.REQUESTED, GroupMembershipStatus.ACTIVE):
        raise IllegalState("You are no member of this group any more.")
    await _go_by(work, membership, alias)
    work.note("group.alias_chosen", membership)
    return membership


@operation(needs=END)
async def end_memberships(work: Work, group_id: Id[PeerSupportGroup]) -> None:
    """End the memberships of a group that closed."""
    group = await work.get(PeerSupportGroup, group_id, lock=True)
    await LIFE.move_all(work, "end_memberships", GroupMembership.group_id == group.id, ended_at=work.now)
    group.members = 0


@operation(needs=RENAME)
async def rename_in_groups(work: Work, person_id: Id[Person]) -> None:
    """Whoever may know who somebody is in a group knows them by the name they go by now; the alias stays."""
    person = await work.get(Person, person_id)
    await work.revise(GroupIdentity, GroupIdentity.person_id == person.id, name=person.name)
    await work.revise(GroupFacilitator, GroupFacilitator.person_id == person.id, name=person.name)


async def _myself(work: Work) -> UUID:
    if work.actor.person_id is None:
        raise IllegalState("Only a person joins a group.")
    return work.actor.person_id


async def _not_there_yet(work: Work, group: PeerSupportGroup, person_id: UUID) -> None:
    facilitates = (GroupFacilitator.group_id == group.id, GroupFacilitator.person_id == person_id)
    if await work.exists(GroupFacilitator, *facilitates):
        raise Conflict("You facilitate this group: you are there already.")
    here = (GroupMembership.group_id == group.id, GroupMembership.person_id == person_id)
    if await work.exists(GroupMembership, *here, GroupMembership.status == GroupMembershipStatus.ACTIVE):
        raise Conflict("You are a member of this group already.")
    if await work.exists(GroupMembership, *here, GroupMembership.status == GroupMembershipStatus.REQUESTED):
        raise Conflict("You asked to join this group already; a facilitator answers.")


async def _was_sent_away(work: Work, group: PeerSupportGroup, person_id: UUID) -> bool:
    """Whether they were removed for the sake of the others, who do not find them there again unasked."""
    here = (GroupMembership.group_id == group.id, GroupMembership.person_id == person_id)
    for_others = (GroupRemovalReason.SAFETY, GroupRemovalReason.AGREEMENT_BROKEN)
    return await work.exists(GroupMembership, *here, GroupMembership.removal_reason.in_(for_others))


async def _go_by(work: Work, membership: GroupMembership, alias: str) -> None:
    """Raises Conflict when somebody else goes by the name; the caller holds the group."""
    membership.alias = short(alias, 60, "alias")
    membership.alias_folded = membership.alias.casefold()
    taken = (
        GroupMembership.group_id == membership.group_id,
        GroupMembership.person_id != membership.person_id,
        GroupMembership.alias_folded == membership.alias_folded,
        GroupMembership.status.in_([GroupMembershipStatus.REQUESTED, GroupMembershipStatus.ACTIVE]),
    )
    with work.session.no_autoflush:
        if await work.exists(GroupMembership, *taken):
            raise Conflict("Somebody in this group goes by that name: choose another.", path=("alias",))


async def _own(work: Work, membership_id: UUID) -> tuple[PeerSupportGroup, GroupMembership]:
    return await _locked(work, membership_id, GroupMembership.person_id == work.actor.own_person)


async def _facilitated(work: Work, membership_id: UUID) -> tuple[PeerSupportGroup, GroupMembership]:
    """Being a fellow member is not enough."""
    there = row_rule(work.actor, facilitated=[GroupMembership.group_id], programme=GroupMembership.programme_id)
    return await _locked(work, membership_id, there)


async def _locked(
    work: Work, membership_id: UUID, condition: ColumnElement[bool]
) -> tuple[PeerSupportGroup, GroupMembership]:
    """The membership and its group, both locked, the group first."""
    seen = await work.get(GroupMembership, membership_id, condition)
    group = await work.get(PeerSupportGroup, seen.group_id, lock=True)
    return group, await work.get(GroupMembership, membership_id, condition, lock=True)

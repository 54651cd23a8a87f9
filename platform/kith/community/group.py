"""Peer support groups: people with the same experience who meet, and those who facilitate."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, and_
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import KEEP, Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import languages as spoken
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.people.person import Person
from kith.people.profile import Pathway
from kith.programmes import Programme, looked_after

READ = Permission("groups.read", "See peer support groups and their sessions.", granted_to=STAFF | PARTICIPANTS)
RUN = Permission(
    "groups.run",
    "Plan a peer support group, say who facilitates it, open, pause and close it.",
    granted_to={Role.ADMIN, Role.COORDINATOR},
)
FACILITATORS = 2  # at least, before a group opens


class GroupStatus(Choice):
    """Where a peer support group is."""

    DRAFT = "DRAFT", "It is being prepared; members do not see it."
    OPEN = "OPEN", "It meets, and takes people."
    FULL = "FULL", "It meets, and every place is taken."
    PAUSED = "PAUSED", "It rests for a while and takes nobody."
    CLOSED = "CLOSED", "It has ended."


class GroupFormat(Choice):
    """What a group does when it meets."""

    SHARING = "SHARING", "People share how they are, and listen."
    STUDY = "STUDY", "People work through a text or a programme together."
    SKILLS = "SKILLS", "People learn and practise something."
    ACTIVITY = "ACTIVITY", "People do something together: walk, cook, make music."
    FAMILY = "FAMILY", "For those who care about somebody in recovery."


class GroupAdmission(Choice):
    """How somebody becomes a member of a group."""

    OPEN = "OPEN", "Whoever joins is a member at once."
    CLOSED = "CLOSED", "Whoever asks is accepted by a facilitator first."


class GroupModality(Choice):
    """Where people come together."""

    IN_PERSON = "IN_PERSON", "In the same place."
    PHONE = "PHONE", "By telephone."
    VIRTUAL = "VIRTUAL", "By video or chat."
    HYBRID = "HYBRID", "In one place, and by video beside it."


class PeerSupportGroup(Owned):
    """A peer support group of a programme. Whoever is in the organisation may find and join it."""

    __tablename__ = "peer_support_groups"
    __table_args__ = (
        organisation_index("name_order", "id"),
        organisation_index("programme_id", "name_order", "id"),
        one_of("status", list(GroupStatus)),
        one_of("format", list(GroupFormat)),
        one_of("admission", list(GroupAdmission)),
        one_of("modality", list(GroupModality)),
        at_most("name", 120),
        at_most("about", 2000),
        at_most("rules", 5000),
        at_most("accessibility", 1000),
        CheckConstraint("capacity BETWEEN 2 AND 500", name="capacity"),
        CheckConstraint("members >= 0", name="members"),
        CheckConstraint("(status = 'CLOSED') = (closed_at IS NOT NULL)", name="closed"),
    )
    READ = READ

    programme_id: Mapped[UUID] = within(Programme)
    name: Mapped[str]
    name_order: Mapped[str]
    about: Mapped[str]
    rules: Mapped[str]
    accessibility: Mapped[str]
    format: Mapped[str]
    pathway: Mapped[str | None]
    admission: Mapped[str]
    modality: Mapped[str]
    languages: Mapped[list[str]]
    capacity: Mapped[int]
    members: Mapped[int]  # those with a place, counted while the group is locked
    self_check_in: Mapped[bool]
    status: Mapped[str]
    planned_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Everybody once it opened; before and after, its people and the coordinators of the programme."""
        return row_rule(
            actor,
            facilitated=[cls.id],
            joined=[cls.id],
            programme=cls.programme_id,
            everybody=and_(cls.status != GroupStatus.DRAFT, cls.status != GroupStatus.CLOSED),
        )


class GroupFacilitator(Owned):
    """Somebody who facilitates a group, under the name they go by there: its members know them, as peers do."""

    __tablename__ = "group_facilitators"
    __table_args__ = (
        organisation_index("group_id", "person_id", unique=True),
        organisation_index("person_id"),
        organisation_index("group_id", "since", "id"),
        at_most("name", 120),
    )
    READ = READ
    LOOKED_UP = True

    group_id: Mapped[UUID] = within(PeerSupportGroup, carrying=("programme_id",))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID] = within(Person)
    name: Mapped[str]
    since: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The group's people and the coordinators of the programme."""
        return row_rule(
            actor,
            own=[cls.person_id],
            facilitated=[cls.group_id],
            joined=[cls.group_id],
            programme=cls.programme_id,
        )


_ROOM = (GroupStatus.OPEN, GroupStatus.FULL)
LIFE = Lifecycle(
    PeerSupportGroup,
    GroupStatus,
    begins=[GroupStatus.DRAFT],
    moves=[
        Move("open_group", GroupStatus.DRAFT, to=GroupStatus.OPEN),
        Move("edit_group", *_ROOM, to=_ROOM),
        Move("community.membership.join_group", GroupStatus.OPEN, to=_ROOM),
        Move("community.membership.accept_into_group", GroupStatus.OPEN, to=_ROOM),
        Move("community.membership.leave_group", *_ROOM, to=_ROOM),
        Move("community.membership.remove_from_group", *_ROOM, to=_ROOM),
        Move("pause_group", *_ROOM, to=GroupStatus.PAUSED),
        Move("resume_group", GroupStatus.PAUSED, to=_ROOM),
        Move("close_group", GroupStatus.DRAFT, *_ROOM, GroupStatus.PAUSED, to=GroupStatus.CLOSED),
    ],
)


@operation(needs=RUN)
async def plan_group(
    work: Work,
    *,
    programme_id: Annotated[Id[Programme], "Whose coordinators look after it."],
    name: Annotated[str, "What it is called. Everybody in the organisation may read it."],
    format: Annotated[GroupFormat, "What it does when it meets."],
    admission: Annotated[GroupAdmission, "How somebody becomes a member."],
    modality: Annotated[GroupModality, "Where people come together."],
    capacity: Annotated[int, "How many members it has at most, 2 to 500; facilitators do not count."],
    pathway: Annotated[Pathway | None, "The way of recovery it follows; null for all ways."] = None,
    languages: Annotated[Sequence[str], "What is spoken, as BCP 47 tags."] = ("en",),
    about: Annotated[str, "What it is, in a few sentences."] = "",
    rules: Annotated[str, "What members agree to, such as confidentiality."] = "",
    accessibility: Annotated[str, "How one gets in and takes part: step-free, captions, quiet room."] = "",
    self_check_in: Annotated[bool, "Whether members may say themselves that they came, without a code."] = True,
) -> PeerSupportGroup:
    """Plan a peer support group. Members find it once it is opened."""
    programme = await work.get(Programme, programme_id, looked_after(work))
    group = PeerSupportGroup.under(
        programme,
        format=format,
        pathway=pathway,
        admission=admission,
        modality=modality,
        self_check_in=self_check_in,
        status=GroupStatus.DRAFT,
        members=0,
        planned_at=work.now,
        about=long(about, 2000, "about"),
        rules=long(rules, 5000, "rules"),
        accessibility=long(accessibility, 1000, "accessibility"),
    )
    _call(group, name)
    group.capacity, group.languages = _places(capacity), spoken(languages, "languages")
    work.add(group)
    work.note("group.planned", group)
    return group


@operation(needs=RUN)
async def edit_group(
    work: Work,
    group_id: Annotated[Id[PeerSupportGroup], "Which group."],
    *,
    name: Annotated[str, "What it is called. Everybody in the organisation may read it."] = KEEP,
    format: Annotated[GroupFormat, "What it does when it meets."] = KEEP,
    admission: Annotated[GroupAdmission, "How somebody becomes a member."] = KEEP,
    modality: Annotated[GroupModality, "Where people come together."] = KEEP,
    capacity: Annotated[int, "How many members it has at most; nobody loses a place when it shrinks."] = KEEP,
    pathway: Annotated[Pathway | None, "The way of recovery it follows; null for all ways."] = KEEP,
    languages: Annotated[Sequence[str], "What is spoken, as BCP 47 tags."] = KEEP,
    about: Annotated[str, "What it is, in a few sentences."] = KEEP,
    rules: Annotated[str, "What members agree to, such as confidentiality."] = KEEP,
    accessibility: Annotated[str, "How one gets in and takes part."] = KEEP,
    self_check_in: Annotated[bool, "Whether members may say themselves that they came, without a code."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> PeerSupportGroup:
    """Change what a group says of itself; what is absent stays."""
    group = await run(work, group_id)
    await work.expect(group, expected_version)
    if group.status == GroupStatus.CLOSED:
        raise IllegalState("This peer support group is CLOSED and stays as it was.")
    if name is not KEEP:
        _call(group, name)
    group.format = group.format if format is KEEP else format
    group.admission = group.admission if admission is KEEP else admission
    group.modality = group.modality if modality is KEEP else modality
    group.pathway = group.pathway if pathway is KEEP else pathway
    group.self_check_in = group.self_check_in if self_check_in is KEEP else self_check_in
    group.languages = group.languages if languages is KEEP else spoken(languages, "languages")
    group.about = group.about if about is KEEP else long(about, 2000, "about")
    group.rules = group.rules if rules is KEEP else long(rules, 5000, "rules")
    group.accessibility = group.accessibility if accessibility is KEEP else long(accessibility, 1000, "accessibility")
    if capacity is not KEEP:
        group.capacity = _places(capacity)
        take(group, "edit_group", 0)
    work.note("group.edited", group)
    return group


@operation(needs=RUN)
async def add_facilitator(
    work: Work,
    group_id: Annotated[Id[PeerSupportGroup], "Which group."],
    *,
    person_id: Annotated[Id[Person], "Who facilitates it."],
) -> GroupFacilitator:
    """Have somebody facilitate a group: they see who its members are, accept people and record who came."""
    group = await run(work, group_id)
    person = await work.get(Person, person_id)
    if group.status == GroupStatus.CLOSED:
        raise IllegalState("This peer support group is CLOSED.")
    if await work.exists(
        GroupFacilitator, GroupFacilitator.group_id == group.id, GroupFacilitator.person_id == person.id
    ):
        raise Conflict("They facilitate this group already.", path=("personId",))
    facilitator = work.add(GroupFacilitator.under(group, person, name=person.name, since=work.now))
    work.note("group.facilitator_added", group, person_id=person.id)
    return facilitator


@operation(needs=RUN)
async def remove_facilitator(
    work: Work, facilitator_id: Annotated[Id[GroupFacilitator], "Who facilitates it no longer."]
) -> PeerSupportGroup:
    """End somebody's facilitating. A group that takes people keeps at least two; pause it first otherwise."""
    found = await work.get(GroupFacilitator, facilitator_id)
    group = await run(work, found.group_id)
    facilitator = await work.get(GroupFacilitator, facilitator_id, lock=True)
    if group.status in _ROOM and len(await _facilitators(work, group)) <= FACILITATORS:
        raise IllegalState(f"A group that takes people has at least {FACILITATORS} facilitators: pause it first.")
    await work.remove(facilitator)
    work.note("group.facilitator_removed", group, person_id=facilitator.person_id)
    return group


@operation(needs=RUN)
async def open_group(work: Work, group_id: Annotated[Id[PeerSupportGroup], "Which group."]) -> PeerSupportGroup:
    """Open a group: from now on people find and join it. It has at least two facilitators by then."""
    group = await run(work, group_id)
    LIFE.check(group, "open_group")
    await _staffed(work, group)
    LIFE.move(group, "open_group")
    work.note("group.opened", group)
    return group


@operation(needs=RUN)
async def pause_group(work: Work, group_id: Annotated[Id[PeerSupportGroup], "Which group."]) -> PeerSupportGroup:
    """Pause a group: it takes nobody until it is resumed; its members stay members."""
    group = await run(work, group_id)
    LIFE.move(group, "pause_group")
    work.note("group.paused", group)
    return group


@operation(needs=RUN)
async def resume_group(work: Work, group_id: Annotated[Id[PeerSupportGroup], "Which group."]) -> PeerSupportGroup:
    """Resume a paused group: it takes people again, where there is a place."""
    group = await run(work, group_id)
    LIFE.check(group, "resume_group")
    await _staffed(work, group)
    LIFE.move(group, "resume_group", to=_fullness(group))
    work.note("group.resumed", group)
    return group


@operation(needs=RUN)
async def close_group(work: Work, group_id: Annotated[Id[PeerSupportGroup], "Which group."]) -> PeerSupportGroup:
    """Close a group for good: its memberships end, and what was scheduled is cancelled."""
    group = await run(work, group_id)
    LIFE.move(group, "close_group")
    group.closed_at = work.now
    work.note("group.closed", group)
    return group


async def run(work: Work, group_id: UUID) -> PeerSupportGroup:
    """The group, locked, if the actor looks after its programme; that everybody sees it is not enough."""
    return await work.get(
        PeerSupportGroup, group_id, row_rule(work.actor, programme=PeerSupportGroup.programme_id), lock=True
    )


def take(group: PeerSupportGroup, verb: str, places: int) -> None:
    """Count places taken, or given back where below nought, in a locked group: whether it is full follows."""
    group.members += places
    if LIFE.allows(group, verb):
        LIFE.move(group, verb, to=_fullness(group))


def _fullness(group: PeerSupportGroup) -> GroupStatus:
    return GroupStatus.FULL if group.members >= group.capacity else GroupStatus.OPEN


async def _staffed(work: Work, group: PeerSupportGroup) -> None:
    """The group has the facilitators it needs. Raises IllegalState, which says who there is."""
    names = [f.name for f in await _facilitators(work, group)]
    if len(names) < FACILITATORS:
        there = f"so far only {names[0]}" if names else "so far nobody"
        raise IllegalState(f"A group takes people once it has at least {FACILITATORS} facilitators: {there}.")


async def _facilitators(work: Work, group: PeerSupportGroup) -> list[GroupFacilitator]:
    return await work.rows(GroupFacilitator, GroupFacilitator.group_id == group.id)


def _call(group: PeerSupportGroup, name: str) -> None:
    group.name = short(name, 120, "name")
    group.name_order = group.name.casefold()


def _places(capacity: int) -> int:
    if not 2 <= capacity <= 500:
        raise Invalid("A group has 2 to 500 places.", path=("capacity",))
    return capacity

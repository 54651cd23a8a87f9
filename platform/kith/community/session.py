"""Sessions of a group: scheduled one by one or weekly, and who came, with a head-count that names nobody."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped

from kith.community.group import GroupStatus, PeerSupportGroup
from kith.community.membership import FACILITATE, JOIN, GroupMembership, GroupMembershipStatus
from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long, short, zone
from kith.ground.work import Work
from kith.people.letters import told_as, write_letter
from kith.people.person import Person

READ = Permission("group_sessions.read", "See when one's groups meet, and where.", granted_to=STAFF | PARTICIPANTS)
READ_ATTENDANCE = Permission(
    "group_attendance.read", "See who came to a session of a group.", granted_to=STAFF | PARTICIPANTS
)
READ_CODE = Permission(
    "group_check_in.show", "Show the code with which members check in on site.", granted_to=STAFF | {Role.MENTOR}
)
CALL_OFF = Permission("group_sessions.call_off", "Cancel the sessions of a group that closed.")
TELL = Permission("group_sessions.tell", "Tell members that a session does not take place.")
MOST_AT_ONCE = 60
BEFORE, LATE_AFTER, AFTER = timedelta(minutes=30), timedelta(minutes=10), timedelta(hours=2)
CODE_STANDS = timedelta(minutes=15)
_CODE, _SIGNS = 6, "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is read as another


class GroupSessionStatus(Choice):
    """Where a session of a group is."""

    SCHEDULED = "SCHEDULED", "It is to come, or nobody recorded yet who came."
    HELD = "HELD", "It took place."
    CANCELLED = "CANCELLED", "It was called off."


class GroupAttended(Choice):
    """Whether a member came."""

    PRESENT = "PRESENT", "They came."
    LATE = "LATE", "They came after it began."
    ABSENT = "ABSENT", "They did not come."


class GroupAttendanceSource(Choice):
    """How it is known that somebody came."""

    STAFF = "STAFF", "A facilitator recorded it."
    SELF = "SELF", "The member said so."
    KIOSK = "KIOSK", "The member checked in with the code shown on site."


class GroupSession(Owned):
    """One time at which a group comes together."""

    __tablename__ = "group_sessions"
    __table_args__ = (
        organisation_index("starts_at", "id"),
        organisation_index("programme_id", "starts_at", "id"),
        organisation_index("group_id", "starts_at", "id"),
        one_of("status", list(GroupSessionStatus)),
        at_most("place", 300),
        CheckConstraint("minutes BETWEEN 5 AND 480", name="minutes"),
        CheckConstraint("head_count BETWEEN 0 AND 10000", name="head_count"),
    )
    READ = READ

    group_id: Mapped[UUID] = within(PeerSupportGroup, carrying=("programme_id",))
    programme_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    minutes: Mapped[int]
    time_zone: Mapped[str]
    place: Mapped[str]
    status: Mapped[str]
    head_count: Mapped[int | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The group's members, who facilitates it, the coordinators of its programme."""
        return _of_group(actor, cls, joined=True)


class GroupAttendance(Owned):
    """Whether one member came to one session. It says that they are in the group: reading it is recorded."""

    __tablename__ = "group_attendances"
    __table_args__ = (
        organisation_index("session_id", "person_id", unique=True),
        organisation_index("membership_id", "recorded_at", "id"),
        organisation_index("session_id", "recorded_at", "id"),
        one_of("came", list(GroupAttended)),
        one_of("source", list(GroupAttendanceSource)),
    )
    READ = READ_ATTENDANCE
    SENSITIVE = True

    session_id: Mapped[UUID] = within(GroupSession, carrying=("programme_id", "group_id"))
    membership_id: Mapped[UUID] = within(GroupMembership, carrying=("programme_id", "group_id", "person_id"))
    programme_id: Mapped[UUID]
    group_id: Mapped[UUID] = within(PeerSupportGroup)
    person_id: Mapped[UUID] = within(Person)
    came: Mapped[str]
    source: Mapped[str]
    recorded_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Oneself, who facilitates the group, the coordinators of its programme; never a fellow member."""
        return row_rule(actor, own=[cls.person_id], facilitated=[cls.group_id], programme=cls.programme_id)


class GroupCheckInCode(Owned):
    """The code shown on site with which members check in: it stands a quarter of an hour."""

    __tablename__ = "group_check_in_codes"
    __table_args__ = (organisation_index("session_id", unique=True),)
    READ = READ_CODE

    session_id: Mapped[UUID] = within(GroupSession, carrying=("programme_id", "group_id"))
    programme_id: Mapped[UUID]
    group_id: Mapped[UUID] = within(PeerSupportGroup)
    code: Mapped[str]
    expires_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who facilitates the group, and the coordinators of its programme."""
        return _of_group(actor, cls)


def _of_group(
    actor: Actor, table: type[GroupSession | GroupCheckInCode], *, joined: bool = False
) -> ColumnElement[bool]:
    return row_rule(
        actor,
        facilitated=[table.group_id],
        joined=[table.group_id] if joined else [],
        programme=table.programme_id,
    )


LIFE = Lifecycle(
    GroupSession,
    GroupSessionStatus,
    begins=[GroupSessionStatus.SCHEDULED],
    moves=[
        Move(
            "record_group_attendance", GroupSessionStatus.SCHEDULED, GroupSessionStatus.HELD, to=GroupSessionStatus.HELD
        ),
        Move("cancel_group_session", GroupSessionStatus.SCHEDULED, to=GroupSessionStatus.CANCELLED),
        Move("call_off_sessions", GroupSessionStatus.SCHEDULED, to=GroupSessionStatus.CANCELLED),
    ],
)


@operation(needs=FACILITATE)
async def schedule_group_session(
    work: Work,
    group_id: Annotated[Id[PeerSupportGroup], "Of which group."],
    *,
    starts_at: Annotated[datetime, "When it starts, with its offset from UTC."],
    minutes: Annotated[int, "How long it takes, 5 to 480 minutes."] = 90,
    time_zone: Annotated[str, "By whose clock it repeats, as an IANA name such as Europe/Dublin."],
    place: Annotated[str, "Where, or how to join. The group's people read it, nobody else."] = "",
    weekly_until: Annotated[date | None, "Every week until this day, by the clock on the wall; null for once."] = None,
) -> GroupSession:
    """Schedule a session of a group, once or weekly; the first of them."""
    there = row_rule(work.actor, facilitated=[PeerSupportGroup.id], programme=PeerSupportGroup.programme_id)
    group = await work.get(PeerSupportGroup, group_id, there, lock=True)
    if group.status not in (GroupStatus.OPEN, GroupStatus.FULL):
        raise IllegalState(f"Sessions are scheduled while a group takes people; this one is {group.status}.")
    if not 5 <= minutes <= 480:
        raise Invalid("A session takes 5 to 480 minutes.", path=("minutes",))
    if starts_at <= work.now:
        raise Invalid("A session is scheduled for a time to come.", path=("startsAt",))
    if starts_at > work.now + timedelta(days=366):
        raise Invalid("A session is scheduled at most a year ahead.", path=("startsAt",))
    sessions = []
    for at in _weekly(starts_at, zone(time_zone, "timeZone"), weekly_until):
        session = GroupSession.under(
            group,
            starts_at=at,
            ends_at=at + timedelta(minutes=minutes),
            minutes=minutes,
            time_zone=time_zone,
            place=long(place, 300, "place"),
            status=GroupSessionStatus.SCHEDULED,
        )
        await _nothing_else(work, session)
        sessions.append(work.add(session))
        work.note("group_session.scheduled", session)
    return sessions[0]


@operation(needs=FACILITATE)
async def cancel_group_session(work: Work, session_id: Annotated[Id[GroupSession], "Which session."]) -> GroupSession:
    """Cancel a session; the group's members are told, in words that say nothing of the group."""
    session = await _facilitated(work, session_id)
    LIFE.move(session, "cancel_group_session")
    work.note("group_session.cancelled", session)
    return session


@operation(needs=FACILITATE)
async def record_group_attendance(
    work: Work,
    session_id: Annotated[Id[GroupSession], "Which session."],
    *,
    came: Annotated[Sequence[Id[GroupMembership]], "The memberships of those who came."],
    came_late: Annotated[Sequence[Id[GroupMembership]], "Of those who came after it began."] = (),
    stayed_away: Annotated[Sequence[Id[GroupMembership]], "Of those who did not come."] = (),
    head_count: Annotated[int | None, "How many came in all, guests too; a number alone, which names nobody."] = None,
) -> GroupSession:
    """Record that a session was held and who came. What is recorded again replaces what was said of those named."""
    session = await _facilitated(work, session_id)
    LIFE.check(session, "record_group_attendance")
    if session.starts_at > work.now:
        raise IllegalState("This session has not begun.")
    if head_count is not None and not 0 <= head_count <= 10_000:
        raise Invalid("A head-count is 0 to 10000.", path=("headCount",))
    named = (
        (came, GroupAttended.PRESENT, "came"),
        (came_late, GroupAttended.LATE, "cameLate"),
        (stayed_away, GroupAttended.ABSENT, "stayedAway"),
    )
    everybody = [*came, *came_late, *stayed_away]
    if len(set(everybody)) < len(everybody):
        raise Invalid("Nobody came and did not come: name each member once.", path=("came",))
    for membership_ids, how, path in named:
        for membership_id in membership_ids:
            membership = await work.get(GroupMembership, membership_id)
            if membership.group_id != session.group_id or membership.joined_at is None:
                raise Invalid("They are no member of this group.", path=(path,))
            await _record(work, session, membership, how, GroupAttendanceSource.STAFF)
    LIFE.move(session, "record_group_attendance")
    session.head_count = session.head_count if head_count is None else head_count
    work.note("group_session.recorded", session, came=len(came) + len(came_late), head_count=session.head_count)
    return session


@operation(needs=READ_CODE)
async def show_check_in_code(work: Work, session_id: Annotated[Id[GroupSession], "Which session."]) -> GroupCheckInCode:
    """Make a new code to show on site; the one before is worth nothing from now on."""
    session = await _facilitated(work, session_id)
    _about_now(session, work.now)
    known = await work.rows(GroupCheckInCode, GroupCheckInCode.session_id == session.id)
    row = known[0] if known else work.add(GroupCheckInCode.under(session))
    row.code = "".join(secrets.choice(_SIGNS) for _ in range(_CODE))
    row.expires_at = work.now + CODE_STANDS
    work.note("group_session.code_shown", session)
    return row


@operation(needs=JOIN)
async def check_in_to_session(
    work: Work,
    session_id: Annotated[Id[GroupSession], "Which session."],
    *,
    code: Annotated[str | None, "What is shown on site; null where the group takes one's word."] = None,
) -> GroupAttendance:
    """Say that you are there: from half an hour before it begins to two hours after its end. Late is late by itself."""
    own = GroupMembership.person_id == work.actor.own_person
    session = await work.get(GroupSession, session_id, lock=True)
    here = (own, GroupMembership.group_id == session.group_id, GroupMembership.status == GroupMembershipStatus.ACTIVE)
    membership = await work.first(GroupMembership, *here)
    if membership is None:
        raise IllegalState("Only the group's members check in.")
    _about_now(session, work.now)
    if code is None:
        group = await work.get(PeerSupportGroup, session.group_id)
        if not group.self_check_in:
            raise Invalid("Check in with the code that is shown on site.", path=("code",))
    elif not await _stands(work, session, short(code, 20, "code").upper()):
        raise Invalid("This code is not the one shown now. Look again; it changes.", path=("code",))
    came = GroupAttended.LATE if work.now > session.starts_at + LATE_AFTER else GroupAttended.PRESENT
    there = (GroupAttendance.session_id == session.id, GroupAttendance.person_id == membership.person_id)
    if await work.exists(GroupAttendance, *there):
        raise Conflict("You are recorded for this session already.")
    source = GroupAttendanceSource.SELF if code is None else GroupAttendanceSource.KIOSK
    attendance = await _record(work, session, membership, came, source)
    work.note("group_session.checked_in", session, source=source)
    return attendance


@operation(needs=CALL_OFF)
async def call_off_sessions(work: Work, group_id: Id[PeerSupportGroup]) -> None:
    """Cancel what is still to come of a group that closed."""
    to_come = (GroupSession.group_id == group_id, GroupSession.starts_at > work.now)
    await LIFE.move_all(work, "call_off_sessions", *to_come)


@operation(needs=TELL)
async def tell_of_cancelled_session(work: Work, session_id: Id[GroupSession]) -> None:
    """Write to the group's members that a session does not take place."""
    session = await work.get(GroupSession, session_id)
    if session.status != GroupSessionStatus.CANCELLED or session.starts_at <= work.now:
        return
    active = (GroupMembership.group_id == session.group_id, GroupMembership.status == GroupMembershipStatus.ACTIVE)
    for membership in await work.all(GroupMembership, *active):
        person = await work.get(Person, membership.person_id)
        await write_letter(work, "session.cancelled", person, about=session, when=told_as(session.starts_at, person))


async def _facilitated(work: Work, session_id: UUID) -> GroupSession:
    """The session, locked; being a member is not enough."""
    return await work.get(GroupSession, session_id, _of_group(work.actor, GroupSession), lock=True)


async def _record(
    work: Work, session: GroupSession, membership: GroupMembership, came: GroupAttended, source: GroupAttendanceSource
) -> GroupAttendance:
    there = (GroupAttendance.session_id == session.id, GroupAttendance.person_id == membership.person_id)
    known = await work.rows(GroupAttendance, *there)
    row = known[0] if known else work.add(GroupAttendance.under(session, membership, came=came, source=source))
    row.came, row.source, row.recorded_at = came, source, work.now
    return row


async def _stands(work: Work, session: GroupSession, code: str) -> bool:
    shown = (GroupCheckInCode.session_id == session.id, GroupCheckInCode.expires_at > work.now)
    return await work.exists(GroupCheckInCode, *shown, GroupCheckInCode.code == code)


def _about_now(session: GroupSession, now: datetime) -> None:
    if session.status == GroupSessionStatus.CANCELLED:
        raise IllegalState("This session was called off.")
    if not session.starts_at - BEFORE <= now <= session.ends_at + AFTER:
        raise IllegalState("One checks in from half an hour before a session to two hours after it.")


async def _nothing_else(work: Work, session: GroupSession) -> None:
    """The group, which is locked, does not meet then already."""
    then = (GroupSession.starts_at < session.ends_at, GroupSession.ends_at > session.starts_at)
    here = (GroupSession.group_id == session.group_id, GroupSession.status != GroupSessionStatus.CANCELLED)
    if await work.exists(GroupSession, *here, *then):
        raise Conflict(f"The group meets on {session.starts_at:%Y-%m-%d} at that time already.", path=("startsAt",))


def _weekly(starts_at: datetime, time_zone: str, until: date | None) -> list[datetime]:
    """The same time of each week by the clock on the wall, up to the day given. Raises Invalid."""
    there = ZoneInfo(time_zone)
    wall = starts_at.astimezone(there).replace(tzinfo=None)
    if until is None:
        return [starts_at]
    if not wall.date() <= until <= wall.date() + timedelta(weeks=MOST_AT_ONCE - 1):
        raise Invalid(
            f"The last day is not before the first, and at most {MOST_AT_ONCE} sessions are scheduled at once.",
            path=("weeklyUntil",),
        )
    weeks = range((until - wall.date()).days // 7 + 1)
    return [(wall + timedelta(weeks=week)).replace(tzinfo=there).astimezone(starts_at.tzinfo) for week in weeks]

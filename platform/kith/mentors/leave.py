"""Leave: a mentor rests for a while, without penalty. Their matches stay, and nobody new is proposed."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, Owned, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.work import Work
from kith.people.letters import write_letter
from kith.people.mentor import LIFE as MENTOR_LIFE
from kith.people.mentor import Mentor, working
from kith.people.person import Person
from kith.people.readiness import settle_readiness

READ = Permission("leaves.read", "See when a mentor is on leave.", granted_to=STAFF | {Role.MENTOR})
TAKE_LEAVE = Permission(
    "mentors.take_leave",
    "Begin and end a mentor's leave.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTOR},
)
KEEP_LEAVES = Permission("leaves.keep", "Begin and end leaves at their time, and write before they end.")
TOLD_BEFORE = timedelta(days=3)


class LeaveStatus(Choice):
    """Where a leave is."""

    PLANNED = "PLANNED", "It has not begun."
    UNDER_WAY = "UNDER_WAY", "The mentor rests."
    ENDED = "ENDED", "It is over, or was called off before it began."


class Leave(Owned):
    """One leave of one mentor. Without an end it lasts until somebody ends it."""

    __tablename__ = "leaves"
    __table_args__ = (
        organisation_index("starts_at", "id"),
        organisation_index("programme_id", "starts_at", "id"),
        organisation_index("person_id", "starts_at", "id"),
        organisation_index("mentor_id", "starts_at", "id"),
        organisation_index("mentor_id", unique=True, where="status <> 'ENDED'", name="uq_leaves_open"),
        one_of("status", list(LeaveStatus)),
        CheckConstraint("ends_at > starts_at", name="in_order"),
        CheckConstraint("(status = 'ENDED') = (ended_at IS NOT NULL)", name="ended"),
    )
    READ = READ

    mentor_id: Mapped[UUID] = within(Mentor, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    status: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The mentor, who supervises them, the coordinators of the programme."""
        return row_rule(actor, own=[cls.person_id], supervised=[cls.person_id], programme=cls.programme_id)


NOT_OVER = (LeaveStatus.PLANNED, LeaveStatus.UNDER_WAY)
LIFE = Lifecycle(
    Leave,
    LeaveStatus,
    begins=NOT_OVER,
    moves=[
        Move("begin_leave", LeaveStatus.PLANNED, to=LeaveStatus.UNDER_WAY),
        Move("end_leave", *NOT_OVER, to=LeaveStatus.ENDED),
        Move("leave_ran_out", LeaveStatus.UNDER_WAY, to=LeaveStatus.ENDED),
        Move("mentors.standing.suspend_mentor", *NOT_OVER, to=LeaveStatus.ENDED),
        Move("mentors.standing.retire_mentor", *NOT_OVER, to=LeaveStatus.ENDED),
    ],
)


@operation(needs=TAKE_LEAVE)
async def take_leave(
    work: Work,
    mentor_id: Annotated[Id[Mentor], "Which mentor."],
    *,
    starts_at: Annotated[datetime | None, "When it begins, with its offset from UTC; null for now."] = None,
    ends_at: Annotated[datetime | None, "When it ends by itself; null for when somebody ends it."] = None,
) -> Mentor:
    """Begin a leave, or plan one: no new matches meanwhile, nothing lost."""
    mentor = await _mentor(work, mentor_id)
    MENTOR_LIFE.check(mentor, "mentors.leave.take_leave")
    if await work.exists(Leave, Leave.mentor_id == mentor.id, Leave.status.in_(NOT_OVER)):
        raise Conflict("A leave of this mentor is planned already: end that one first.")
    now = starts_at is None or starts_at <= work.now
    leave = Leave.under(
        mentor,
        status=LeaveStatus.UNDER_WAY if now else LeaveStatus.PLANNED,
        starts_at=work.now if now else starts_at,
        ends_at=ends_at,
    )
    _in_order(work, leave)
    work.add(leave)
    if now:
        MENTOR_LIFE.move(mentor, "mentors.leave.take_leave")
        await _began(work, mentor)
    else:
        work.note("leave.planned", leave)
        work.later(begin_leave, at=leave.starts_at, leave_id=leave.id)
    await _due(work, leave)
    return mentor


@operation(needs=TAKE_LEAVE)
async def extend_leave(
    work: Work,
    leave_id: Annotated[Id[Leave], "Which leave."],
    *,
    ends_at: Annotated[datetime | None, "When it ends by itself; null for when somebody ends it."],
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> Leave:
    """Give a leave another end, later or earlier."""
    leave = await work.get(Leave, leave_id, _may_change(work, Leave), lock=True)
    await work.expect(leave, expected_version)
    LIFE.check(leave, "end_leave")
    leave.ends_at = ends_at
    _in_order(work, leave)
    work.note("leave.extended", leave)
    await _due(work, leave)
    return leave


@operation(needs=TAKE_LEAVE)
async def end_leave(work: Work, mentor_id: Annotated[Id[Mentor], "Which mentor."]) -> Mentor:
    """End a mentor's leave, so that they can be matched again, or call off one that is planned."""
    mentor = await _mentor(work, mentor_id)
    leave = next(iter(await work.rows(Leave, Leave.mentor_id == mentor.id, Leave.status.in_(NOT_OVER))), None)
    rested = leave is None or leave.status == LeaveStatus.UNDER_WAY
    if rested:
        MENTOR_LIFE.move(mentor, "mentors.leave.end_leave", to=working(mentor))
    if leave is not None:
        LIFE.move(leave, "end_leave")
        leave.ended_at = work.now
        if not rested:
            work.note("leave.called_off", leave)
    if rested:
        await _ended(work, mentor)
    return mentor


@operation(needs=KEEP_LEAVES)
async def begin_leave(work: Work, leave_id: Id[Leave]) -> None:
    """Begin a planned leave, unless it was called off, or the mentor cannot take one any more."""
    mentor, leave = await _both(work, leave_id)
    if leave.status != LeaveStatus.PLANNED or leave.starts_at > work.now:
        return
    if MENTOR_LIFE.allows(mentor, "mentors.leave.begin_leave"):
        LIFE.move(leave, "begin_leave")
        MENTOR_LIFE.move(mentor, "mentors.leave.begin_leave")
        await _began(work, mentor)


@operation(needs=KEEP_LEAVES)
async def leave_ran_out(work: Work, leave_id: Id[Leave]) -> None:
    """End a leave whose end has come; nobody has to do anything for it."""
    mentor, leave = await _both(work, leave_id)
    if leave.status != LeaveStatus.UNDER_WAY or leave.ends_at is None or leave.ends_at > work.now:
        return
    LIFE.move(leave, "leave_ran_out")
    leave.ended_at = work.now
    MENTOR_LIFE.move(mentor, "mentors.leave.leave_ran_out", to=working(mentor))
    await _ended(work, mentor)


@operation(needs=KEEP_LEAVES)
async def tell_of_leave_end(work: Work, leave_id: Id[Leave], ends_at: datetime) -> None:
    """Write to a mentor whose leave ends soon, unless it has another end by now."""
    leave = await work.get(Leave, leave_id, lock=True)
    if leave.status != LeaveStatus.UNDER_WAY or leave.ends_at != ends_at or ends_at <= work.now:
        return
    person = await work.get(Person, leave.person_id)
    when = ends_at.astimezone(ZoneInfo(person.time_zone))
    await write_letter(work, "leave.ending", person, about=leave, when=f"{when:%A} {when.day} {when:%B}")


def _may_change(work: Work, table: type[Mentor] | type[Leave]) -> ColumnElement[bool]:
    """Oneself and the coordinators of the programme: to supervise somebody is not enough."""
    return row_rule(work.actor, own=[table.person_id], programme=table.programme_id)


async def _mentor(work: Work, mentor_id: UUID) -> Mentor:
    return await work.get(Mentor, mentor_id, _may_change(work, Mentor), lock=True)


async def _both(work: Work, leave_id: UUID) -> tuple[Mentor, Leave]:
    """The leave with its mentor, both locked, the mentor first."""
    seen = await work.get(Leave, leave_id)
    mentor = await work.get(Mentor, seen.mentor_id, lock=True)
    return mentor, await work.get(Leave, leave_id, lock=True)


async def _began(work: Work, mentor: Mentor) -> None:
    work.note("mentor.leave_began", mentor)
    await settle_readiness(work, [mentor])


async def _ended(work: Work, mentor: Mentor) -> None:
    work.note("mentor.leave_ended", mentor)
    await settle_readiness(work, [mentor])


def _in_order(work: Work, leave: Leave) -> None:
    if leave.ends_at is not None and leave.ends_at <= max(leave.starts_at, work.now):
        raise Invalid("A leave ends after it began, and not in the past.", path=("endsAt",))


async def _due(work: Work, leave: Leave) -> None:
    """What is to happen when the leave ends, and shortly before."""
    if leave.ends_at is not None:
        told_at = max(leave.starts_at, leave.ends_at - TOLD_BEFORE, work.now)
        await work.later_once(tell_of_leave_end, at=told_at, leave_id=leave.id, ends_at=leave.ends_at)
        work.later(leave_ran_out, at=leave.ends_at, leave_id=leave.id)

"""Who came: recording a meeting as held or missed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy.orm import Mapped

from kith.goals.goal import Goal
from kith.ground.errors import IllegalState, Invalid
from kith.ground.model import KEEP, Id, at_most, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long
from kith.ground.work import Work
from kith.matching.match import PAIR, OfPair
from kith.meetings.meeting import LIFE, Meeting, MeetingStatus, MissedBy, touch
from kith.people.person import Person

READ = Permission("attendance.read", "See who came to a meeting.", granted_to={*STAFF, Role.MENTOR, Role.MENTEE})
RECORD = Permission(
    "attendance.record",
    "Record who came to a meeting.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTOR},
)
REPORT = Permission(
    "attendance.report_no_show",
    "Record that somebody did not come to a meeting.",
    granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS},
)


class Attendance(OfPair):
    """Whether one person came to one meeting."""

    __tablename__ = "attendances"
    __table_args__ = (organisation_index("meeting_id", "person_id", unique=True), at_most("remark", 1000))
    READ = READ

    meeting_id: Mapped[UUID] = within(Meeting, carrying=PAIR)
    person_id: Mapped[UUID] = within(Person)
    came: Mapped[bool]
    remark: Mapped[str]
    recorded_at: Mapped[datetime]


@operation(needs=RECORD)
async def record_attendance(
    work: Work,
    meeting_id: Annotated[Id[Meeting], "Which meeting."],
    *,
    present: Annotated[Sequence[Id[Person]], "Who of the two came; nobody is an empty list."],
    remark: Annotated[str, "What both may read about it."] = "",
    units: Annotated[
        int | None, "Quarter hours to be credited, where they were not as long as arranged; null for the whole ones."
    ] = None,
    goal_ids: Annotated[Sequence[Id[Goal]], "Which goals of the match it was about."] = KEEP,
) -> Meeting:
    """Record who came to a meeting that has begun. It counts as held when both came, and is credited then."""
    meeting = await work.get(Meeting, meeting_id, lock=True)
    both = {meeting.mentor_person_id, meeting.mentee_person_id}
    if not set(present) <= both:
        raise Invalid("Only the two people of the match come to its meetings.", path=("present",))
    if set(present) == both:
        _record(work, meeting, "meetings.attendance.record_attendance", MeetingStatus.HELD, present, remark)
        meeting.units = _units(meeting, units)
    else:
        _record(work, meeting, "meetings.attendance.record_attendance", MeetingStatus.MISSED, present, remark)
        if units is not None:
            raise Invalid("Only a meeting that was held is credited.", path=("units",))
    if goal_ids is not KEEP:
        await touch(work, meeting, goal_ids)
    return meeting


@operation(needs=REPORT)
async def record_no_show(
    work: Work,
    meeting_id: Annotated[Id[Meeting], "Which meeting."],
    *,
    missed_by: Annotated[MissedBy, "Who did not come."],
    remark: Annotated[str, "What both may read about it."] = "",
) -> Meeting:
    """Record that somebody did not come to a meeting that has begun: either side may, so that it is never one-sided."""
    meeting = await work.get(Meeting, meeting_id, lock=True)
    sides = {MissedBy.MENTOR: meeting.mentor_person_id, MissedBy.MENTEE: meeting.mentee_person_id}
    present = [person_id for side, person_id in sides.items() if missed_by not in (side, MissedBy.BOTH)]
    _record(work, meeting, "meetings.attendance.record_no_show", MeetingStatus.MISSED, present, remark)
    return meeting


def _record(work: Work, meeting: Meeting, verb: str, to: MeetingStatus, present: Collection[UUID], remark: str) -> None:
    """Write down who came. Raises IllegalState for a meeting that has not begun or was recorded."""
    LIFE.check(meeting, verb)
    if meeting.starts_at > work.now:
        raise IllegalState("This meeting has not begun.")
    LIFE.move(meeting, verb, to=to)
    sides = {meeting.mentor_person_id: MissedBy.MENTOR, meeting.mentee_person_id: MissedBy.MENTEE}
    missing = [side for person_id, side in sides.items() if person_id not in present]
    meeting.missed_by = None if not missing else missing[0] if len(missing) == 1 else MissedBy.BOTH
    for person_id in sorted(sides):
        row = Attendance.under(
            meeting,
            came=person_id in present,
            remark=long(remark, 1000, "remark"),
            recorded_at=work.now,
            person_id=person_id,
        )
        work.add(row)
    work.note("attendance.recorded", meeting, present=len(set(present)), missed_by=meeting.missed_by)


def _units(meeting: Meeting, units: int | None) -> int:
    """The quarter hours to be credited: of HCPCS H0038, fifteen minutes each. Raises Invalid."""
    longest = -(-meeting.minutes // 15)
    if units is not None and not 0 <= units <= longest:
        raise Invalid(f"A meeting of {meeting.minutes} minutes has 0 to {longest} quarter hours.", path=("units",))
    return meeting.minutes // 15 if units is None else units

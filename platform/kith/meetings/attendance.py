"""Who came: recording a meeting as held or missed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy.orm import Mapped

from kith.ground.errors import IllegalState, Invalid
from kith.ground.model import Id, at_most, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.texts import long
from kith.ground.work import Work
from kith.matching.match import PAIR, OfPair
from kith.meetings.meeting import Meeting, MeetingStatus
from kith.people.person import Person

READ = Permission("attendance.read", "See who came to a meeting.", granted_to={*STAFF, Role.MENTOR, Role.MENTEE})
RECORD = Permission(
    "attendance.record",
    "Record who came to a meeting.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTOR},
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
) -> Meeting:
    """Record who came to a meeting that has begun. It counts as held when both came."""
    meeting = await work.get(Meeting, meeting_id, lock=True)
    if meeting.status != MeetingStatus.ARRANGED:
        raise IllegalState(f"This meeting is {meeting.status} already.")
    if meeting.starts_at > work.now:
        raise IllegalState("This meeting has not begun.")
    both = {meeting.mentor_person_id, meeting.mentee_person_id}
    if not set(present) <= both:
        raise Invalid("Only the two people of the match come to its meetings.", path=("present",))
    for person_id in sorted(both):
        row = Attendance.under(
            meeting,
            came=person_id in set(present),
            remark=long(remark, 1000, "remark"),
            recorded_at=work.now,
            person_id=person_id,
        )
        work.add(row)
    meeting.status = MeetingStatus.HELD if set(present) == both else MeetingStatus.MISSED
    work.note("attendance.recorded", meeting, present=len(set(present)))
    return meeting

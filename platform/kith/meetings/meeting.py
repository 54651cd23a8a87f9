"""A meeting of a match: arranged, moved, cancelled, and two people reminded of it."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, or_
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.model import Id, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long
from kith.ground.work import Work
from kith.matching.match import PAIR, Match, OfPair, may_meet
from kith.people.letters import write_letter
from kith.people.person import Person
from kith.people.profile import Format
from kith.programmes import Programme

READ = Permission("meetings.read", "See meetings.", granted_to=STAFF | PARTICIPANTS)
ARRANGE = Permission(
    "meetings.arrange",
    "Arrange a meeting, move it or cancel it.",
    granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS},
)
REMIND = Permission("meetings.remind", "Remind two people of their meeting.")
CALL_OFF = Permission("meetings.call_off", "Cancel the meetings of a match that is paused or closed.")


class MeetingStatus(Choice):
    """Where a meeting is."""

    ARRANGED = "ARRANGED", "It is to come, or nobody recorded yet who came."
    HELD = "HELD", "It took place."
    MISSED = "MISSED", "It did not take place: not both came."
    CANCELLED = "CANCELLED", "It was called off."


class Meeting(OfPair):
    """One meeting of the two people of a match."""

    __tablename__ = "meetings"
    __table_args__ = (
        organisation_index("starts_at", "id"),
        organisation_index("match_id", "starts_at", "id"),
        organisation_index("programme_id", "starts_at", "id"),
        organisation_index("mentor_person_id", "starts_at", "id"),
        organisation_index("mentee_person_id", "starts_at", "id"),
        one_of("format", list(Format)),
        one_of("status", list(MeetingStatus)),
        at_most("place", 300),
        CheckConstraint("minutes BETWEEN 5 AND 480", name="minutes"),
    )
    READ = READ

    match_id: Mapped[UUID] = within(Match, carrying=PAIR)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    minutes: Mapped[int]
    format: Mapped[str]
    place: Mapped[str]
    status: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


@operation(needs=ARRANGE)
async def arrange_meeting(
    work: Work,
    match_id: Annotated[Id[Match], "Of which match."],
    *,
    starts_at: Annotated[datetime, "When it starts, with its offset from UTC."],
    minutes: Annotated[int, "How long it takes, 5 to 480 minutes."] = 60,
    format: Annotated[Format, "In person, by telephone or virtually."],
    place: Annotated[str, "Where, or how to join."] = "",
) -> Meeting:
    """Arrange a meeting; both people are reminded of it."""
    match = await _active(work, match_id)
    meeting = Meeting.under(match, format=format, place=long(place, 300, "place"), status=MeetingStatus.ARRANGED)
    await _set_time(work, meeting, starts_at, minutes)
    work.add(meeting)
    await _remind_later(work, meeting)
    work.note("meeting.arranged", meeting, format=format)
    return meeting


@operation(needs=ARRANGE)
async def move_meeting(
    work: Work,
    meeting_id: Annotated[Id["Meeting"], "Which meeting."],
    *,
    starts_at: Annotated[datetime, "When it starts now, with its offset from UTC."],
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> Meeting:
    """Move a meeting that was not held yet to another time; both people are reminded of the new one."""
    seen = await work.get(Meeting, meeting_id)
    await _active(work, seen.match_id)
    meeting = await _arranged(work, meeting_id)
    await work.expect(meeting, expected_version)
    await _set_time(work, meeting, starts_at, meeting.minutes)
    await _remind_later(work, meeting)
    work.note("meeting.moved", meeting)
    return meeting


@operation(needs=ARRANGE)
async def cancel_meeting(work: Work, meeting_id: Annotated[Id["Meeting"], "Which meeting."]) -> Meeting:
    """Cancel a meeting that was not held yet."""
    meeting = await _arranged(work, meeting_id)
    meeting.status = MeetingStatus.CANCELLED
    late = meeting.starts_at - work.now < timedelta(hours=24)
    work.note("meeting.cancelled", meeting, late=late)
    return meeting


@operation(needs=CALL_OFF)
async def call_off_meetings(work: Work, match_id: Id[Match]) -> None:
    """Cancel what is arranged for a match that is paused or closed; nothing where it was resumed meanwhile."""
    match = await work.get(Match, match_id, lock=True)
    if may_meet(match):
        return
    arranged = (Meeting.match_id == match.id, Meeting.status == MeetingStatus.ARRANGED, Meeting.starts_at > work.now)
    for meeting in await work.all(Meeting, *arranged, order_by=Meeting.starts_at):
        meeting.status = MeetingStatus.CANCELLED
        work.note("meeting.cancelled", meeting, late=False)


@operation(needs=REMIND)
async def remind(work: Work, meeting_id: Id[Meeting], starts_at: datetime) -> None:
    """Write to both people, unless the meeting was moved or cancelled or has begun."""
    meeting = await work.get(Meeting, meeting_id, lock=True)
    if meeting.status != MeetingStatus.ARRANGED or meeting.starts_at != starts_at or starts_at <= work.now:
        return
    for person_id in (meeting.mentor_person_id, meeting.mentee_person_id):
        person = await work.get(Person, person_id)
        await write_letter(work, "meeting.reminder", person, about=meeting, **_when(meeting, person))
    work.note("meeting.reminded", meeting)


def _when(meeting: Meeting, person: Person) -> dict[str, str]:
    local = meeting.starts_at.astimezone(ZoneInfo(person.time_zone))
    return {
        "when": f"{local:%A} {local.day} {local:%B %Y} at {local:%H:%M} ({person.time_zone})",
        "how": {"IN_PERSON": "in person", "PHONE": "by telephone", "VIRTUAL": "online"}[meeting.format],
    }


async def _active(work: Work, match_id: UUID) -> Match:
    match = await work.get(Match, match_id, lock=True)
    if not may_meet(match):
        raise IllegalState(f"Meetings are arranged while a match is ACTIVE; this one is {match.status}.")
    return match


async def _arranged(work: Work, meeting_id: UUID) -> Meeting:
    meeting = await work.get(Meeting, meeting_id, lock=True)
    if meeting.status != MeetingStatus.ARRANGED:
        raise IllegalState(f"This meeting is {meeting.status} already.")
    return meeting


async def _set_time(work: Work, meeting: Meeting, starts_at: datetime, minutes: int) -> None:
    if not 5 <= minutes <= 480:
        raise Invalid("A meeting takes 5 to 480 minutes.", path=("minutes",))
    if starts_at <= work.now:
        raise Invalid("A meeting is arranged for a time to come.", path=("startsAt",))
    if starts_at > work.now + timedelta(days=366):
        raise Invalid("A meeting is arranged at most a year ahead.", path=("startsAt",))
    meeting.starts_at, meeting.minutes = starts_at, minutes
    meeting.ends_at = starts_at + timedelta(minutes=minutes)
    await _free(work, meeting)


async def _free(work: Work, meeting: Meeting) -> None:
    """Neither of the two meets somebody then. The people are locked, so that two arrangements cannot cross."""
    people = sorted({meeting.mentor_person_id, meeting.mentee_person_id})
    for person_id in people:
        await work.hold(Person, person_id)
    theirs = or_(Meeting.mentor_person_id.in_(people), Meeting.mentee_person_id.in_(people))
    then = (
        Meeting.starts_at < meeting.ends_at,
        Meeting.starts_at > meeting.starts_at - timedelta(minutes=480),
        Meeting.ends_at > meeting.starts_at,
    )
    other = Meeting.id != meeting.id if meeting.id else Meeting.id.is_not(None)
    if await work.exists(Meeting, theirs, Meeting.status == MeetingStatus.ARRANGED, other, *then):
        raise Conflict("One of the two has another meeting then.", path=("startsAt",))


async def _remind_later(work: Work, meeting: Meeting) -> None:
    programme = await work.get(Programme, meeting.programme_id)
    at = max(work.now, meeting.starts_at - timedelta(hours=programme.reminder_hours))
    work.later(remind, at=at, meeting_id=meeting.id, starts_at=meeting.starts_at)

"""Follow-ups: what one of the two said at a meeting that they would do."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from kith.ground.choice import Choice
from kith.ground.errors import IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.matching.match import PAIR, OfPair
from kith.meetings.meeting import Meeting, MeetingStatus
from kith.tasks import ask, settled

READ = Permission("follow_ups.read", "See what was to be done after a meeting.", granted_to=STAFF | PARTICIPANTS)
NOTE = Permission(
    "follow_ups.note",
    "Write down what is to be done after a meeting, and that it is done.",
    granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS},
)
TASK = "FOLLOW_UP"


class FollowUpStatus(Choice):
    """Where a follow-up is."""

    OPEN = "OPEN", "It is to be done."
    DONE = "DONE", "It is done."
    DROPPED = "DROPPED", "It need not be done any more."


class FollowUpOwner(Choice):
    """Whose a follow-up is."""

    MENTOR = "MENTOR", "The mentor does it; it is among their tasks."
    MENTEE = "MENTEE", "The mentee does it."


class FollowUp(OfPair):
    """One thing that one of the two said they would do."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        organisation_index("due_at", "id"),
        organisation_index("meeting_id", "due_at", "id"),
        organisation_index("programme_id", "due_at", "id"),
        organisation_index("mentor_person_id", "due_at", "id"),
        organisation_index("mentee_person_id", "due_at", "id"),
        one_of("owner", list(FollowUpOwner)),
        one_of("status", list(FollowUpStatus)),
        at_most("body", 500),
        CheckConstraint("(status = 'OPEN') = (ended_at IS NULL)", name="ended"),
    )
    READ = READ

    meeting_id: Mapped[UUID] = within(Meeting, carrying=PAIR)
    body: Mapped[str]
    owner: Mapped[str]
    due_at: Mapped[datetime]
    status: Mapped[str]
    noted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


LIFE = Lifecycle(
    FollowUp,
    FollowUpStatus,
    begins=[FollowUpStatus.OPEN],
    moves=[
        Move("finish_follow_up", FollowUpStatus.OPEN, to=FollowUpStatus.DONE),
        Move("drop_follow_up", FollowUpStatus.OPEN, to=FollowUpStatus.DROPPED),
    ],
)


@operation(needs=NOTE)
async def note_follow_up(
    work: Work,
    meeting_id: Annotated[Id[Meeting], "Of which meeting."],
    *,
    body: Annotated[str, "What is to be done, in a sentence that both may read."],
    owner: Annotated[FollowUpOwner, "Who does it."],
    due_at: Annotated[datetime | None, "Until when, with its offset from UTC; in a week when absent."] = None,
) -> FollowUp:
    """Write down what one of the two does after a meeting that has begun; the mentor has it among their tasks."""
    meeting = await work.get(Meeting, meeting_id)
    if meeting.status == MeetingStatus.CANCELLED or meeting.starts_at > work.now:
        raise IllegalState("What is to be done is written down once a meeting has begun.")
    due_at = due_at or work.now + timedelta(days=7)
    if due_at <= work.now:
        raise Invalid("It is to be done in the time to come.", path=("dueAt",))
    follow_up = FollowUp.under(
        meeting,
        body=short(body, 500, "body"),
        owner=owner,
        due_at=due_at,
        status=FollowUpStatus.OPEN,
        noted_at=work.now,
    )
    work.add(follow_up)
    work.note("follow_up.noted", follow_up, owner=owner)
    if owner is FollowUpOwner.MENTOR:
        title, mentor = "Do what you said at a meeting that you would.", meeting.mentor_person_id
        await ask(work, TASK, title, follow_up, due_in=due_at - work.now, assignee_id=mentor, source="follow_up.noted")
    return follow_up


@operation(needs=NOTE)
async def finish_follow_up(work: Work, follow_up_id: Annotated[Id[FollowUp], "Which follow-up."]) -> FollowUp:
    """Say that it is done."""
    return await _end(work, follow_up_id, "finish_follow_up", "follow_up.finished")


@operation(needs=NOTE)
async def drop_follow_up(work: Work, follow_up_id: Annotated[Id[FollowUp], "Which follow-up."]) -> FollowUp:
    """Say that it need not be done any more."""
    return await _end(work, follow_up_id, "drop_follow_up", "follow_up.dropped")


async def _end(work: Work, follow_up_id: UUID, verb: str, fact: str) -> FollowUp:
    follow_up = await work.get(FollowUp, follow_up_id, lock=True)
    LIFE.move(follow_up, verb)
    follow_up.ended_at = work.now
    await settled(work, TASK, follow_up)
    work.note(fact, follow_up)
    return follow_up

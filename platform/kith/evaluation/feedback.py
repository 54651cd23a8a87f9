"""Feedback after a meeting: four quick items, confidential to the person and the coordinators."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped

from kith.goals.suggestion import Suggested, SuggestionCode, suggests
from kith.ground.actor import Actor, row_rule
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.model import Id, Owned, at_most, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, Permission, Role
from kith.ground.texts import long
from kith.ground.work import Work
from kith.matching.match import PAIR, Match
from kith.meetings.meeting import Meeting, MeetingStatus
from kith.people.person import Person

READ = Permission("feedback.read", "Read feedback.", granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS})
GIVE = Permission("feedback.give", "Give feedback about a meeting one came to.", granted_to=PARTICIPANTS)
ITEMS = ("felt_heard", "talked_about_what_matters", "helpful", "right_pace")


class Feedback(Owned):
    """What one person said about one meeting."""

    __tablename__ = "feedback"
    __table_args__ = (
        organisation_index("meeting_id", "person_id", unique=True),
        organisation_index("person_id", "given_at", "id"),
        organisation_index("programme_id", "given_at", "id"),
        organisation_index("given_at", "id"),
        *(CheckConstraint(f"{item} BETWEEN 1 AND 5", name=item) for item in ITEMS),
        at_most("remark", 2000),
    )
    READ = READ
    SENSITIVE = True

    meeting_id: Mapped[UUID] = within(Meeting, carrying=PAIR)
    programme_id: Mapped[UUID]
    mentor_person_id: Mapped[UUID]
    mentee_person_id: Mapped[UUID]
    person_id: Mapped[UUID] = within(Person)
    felt_heard: Mapped[int]
    talked_about_what_matters: Mapped[int]
    helpful: Mapped[int]
    right_pace: Mapped[int]
    remark: Mapped[str]
    given_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who gave it and the coordinators of the programme; never the other person of the match."""
        return row_rule(
            actor,
            own=[cls.person_id],
            programme=cls.programme_id,
            apart=[cls.mentor_person_id, cls.mentee_person_id],
        )


@operation(needs=GIVE)
async def give_feedback(
    work: Work,
    meeting_id: Annotated[Id[Meeting], "About which meeting."],
    *,
    felt_heard: Annotated[int, "I felt heard: 1 not at all to 5 fully."],
    talked_about_what_matters: Annotated[int, "We talked about what matters to me: 1 to 5."],
    helpful: Annotated[int, "It was helpful: 1 to 5."],
    right_pace: Annotated[int, "It went at the right pace for me: 1 to 5."],
    remark: Annotated[str, "Anything else; the other person never reads it."] = "",
) -> Feedback:
    """Give feedback about a meeting that was held, once."""
    meeting = await work.get(Meeting, meeting_id, lock=True)
    if meeting.status != MeetingStatus.HELD:
        raise IllegalState("Feedback is about a meeting that was held.")
    answers = dict(zip(ITEMS, (felt_heard, talked_about_what_matters, helpful, right_pace), strict=True))
    for item, answer in answers.items():
        if not 1 <= answer <= 5:
            raise Invalid("An answer is 1 to 5.", path=(item,))
    if await work.exists(Feedback, Feedback.meeting_id == meeting.id, Feedback.person_id == work.actor.person_id):
        raise Conflict("You gave feedback about this meeting already.")
    feedback = Feedback.under(meeting, remark=long(remark, 2000, "remark"), given_at=work.now, **answers)
    feedback.person_id = _person(work)
    work.add(feedback)
    work.note("feedback.given", feedback)
    return feedback


def _person(work: Work) -> UUID:
    if work.actor.person_id is None:
        raise IllegalState("Only a person gives feedback.")
    return work.actor.person_id


@suggests
async def _low_answers(work: Work, match: Match) -> Sequence[Suggested]:
    """The items that the mentee answered low in the last feedback they gave in this match."""
    held = [meeting.id for meeting in await work.rows(Meeting, Meeting.match_id == match.id)]
    given = await work.rows(Feedback, Feedback.meeting_id.in_(held), Feedback.person_id == match.mentee_person_id)
    last = max(given, key=lambda each: (each.given_at, each.id), default=None)
    low = [item for item in ITEMS if last is not None and getattr(last, item) <= LOW]
    return [Suggested(0, SuggestionCode.LOW_ANSWER, item, None, _SPEAKS_FOR[item]) for item in low]


LOW = 2  # of five
_SPEAKS_FOR = {
    "felt_heard": "You did not feel heard in your last meeting: a goal could be about what you want to be heard with.",
    "talked_about_what_matters": "You did not talk about what matters to you: a goal in your own words brings it up.",
    "helpful": "Your last meeting was of little help: a goal could say what would help.",
    "right_pace": "The pace did not suit you: a goal with smaller or larger steps could.",
}

"""Recognition: what somebody reached is seen and said. It is words alone, and nothing of value in money."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped

from kith.goals.goal import Goal, GoalStatus
from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, Forbidden, IllegalState, Invalid
from kith.ground.model import Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.matching.match import Match
from kith.people.letters import write_letter
from kith.people.person import Person

READ = Permission("recognition.read", "See what people are recognised for.", granted_to=STAFF | PARTICIPANTS)
GIVE = Permission("recognition.give", "Recognise what somebody reached.", granted_to=STAFF | {Role.MENTOR})
MONTH = timedelta(days=30)


class Milestone(Choice):
    """What somebody is recognised for."""

    GOAL_REACHED = "GOAL_REACHED", "A goal was reached."
    MONTHS_TOGETHER = "MONTHS_TOGETHER", "Two people have walked together for so many months."
    HOURS_GIVEN = "HOURS_GIVEN", "Somebody has given so many hours."


class Recognition(Owned):
    """One milestone of one person, and the words with which somebody recognises it."""

    __tablename__ = "recognitions"
    __table_args__ = (
        organisation_index("given_at", "id"),
        organisation_index("programme_id", "given_at", "id"),
        organisation_index("person_id", "given_at", "id"),
        organisation_index("given_by_id", "given_at", "id"),
        organisation_index(
            "goal_id", "person_id", unique=True, where="goal_id IS NOT NULL", name="uq_recognitions_goal"
        ),
        one_of("milestone", list(Milestone)),
        at_most("words", 1000),
        CheckConstraint("given_by_id <> person_id", name="two_people"),
        CheckConstraint("number BETWEEN 1 AND 100000", name="number"),
        CheckConstraint("(milestone = 'GOAL_REACHED') = (goal_id IS NOT NULL)", name="goal"),
        CheckConstraint("(milestone = 'MONTHS_TOGETHER') = (match_id IS NOT NULL)", name="match"),
        CheckConstraint("(milestone = 'GOAL_REACHED') = (number IS NULL)", name="counted"),
    )
    READ = READ

    person_id: Mapped[UUID] = within(Person, carrying=("programme_id",))
    programme_id: Mapped[UUID | None]
    given_by_id: Mapped[UUID] = within(Person)
    milestone: Mapped[str]
    goal_id: Mapped[UUID | None] = within(Goal, nullable=True)
    match_id: Mapped[UUID | None] = within(Match, nullable=True)
    number: Mapped[int | None]
    words: Mapped[str]
    given_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who is recognised, who did it, who supervises them, the coordinators of their programme."""
        return row_rule(
            actor, own=[cls.person_id, cls.given_by_id], supervised=[cls.person_id], programme=cls.programme_id
        )


@operation(needs=GIVE)
async def recognise(
    work: Work,
    person_id: Annotated[Id[Person], "Whom."],
    *,
    milestone: Annotated[Milestone, "For what."],
    words: Annotated[str, "What you want to say to them."],
    goal_id: Annotated[Id[Goal] | None, "GOAL_REACHED: which goal."] = None,
    match_id: Annotated[Id[Match] | None, "MONTHS_TOGETHER: in which match."] = None,
    number: Annotated[int | None, "MONTHS_TOGETHER and HOURS_GIVEN: how many."] = None,
) -> Recognition:
    """Recognise what somebody reached, in words. They are told that there is something to read."""
    if goal_id is not None and milestone != Milestone.GOAL_REACHED:
        raise Invalid("Only GOAL_REACHED names a goal.", path=("goalId",))
    if match_id is not None and milestone != Milestone.MONTHS_TOGETHER:
        raise Invalid("Only MONTHS_TOGETHER names a match.", path=("matchId",))
    if number is not None and milestone == Milestone.GOAL_REACHED:
        raise Invalid("A goal that was reached is not counted.", path=("number",))
    person = await work.get(Person, person_id)
    if work.actor.person_id is None or work.actor.person_id == person.id:
        raise Forbidden("Somebody else recognises what a person reached.")
    recognition = Recognition(
        person_id=person.id,
        programme_id=person.programme_id,
        given_by_id=work.actor.person_id,
        milestone=milestone,
        words=short(words, 1000, "words"),
        given_at=work.now,
    )
    if milestone == Milestone.GOAL_REACHED:
        recognition.goal_id = await _reached(work, person, goal_id)
    else:
        recognition.number = _number(number)
    if milestone == Milestone.MONTHS_TOGETHER:
        recognition.match_id = await _together(work, person, match_id, _number(number))
    work.add(recognition)
    work.note("recognition.given", recognition, what=milestone)
    await write_letter(work, "recognition.given", person, about=recognition)
    return recognition


async def _reached(work: Work, person: Person, goal_id: UUID | None) -> UUID:
    if goal_id is None:
        raise Invalid("Say which goal was reached.", path=("goalId",))
    goal = await work.get(Goal, goal_id, lock=True)
    if person.id not in (goal.mentee_person_id, goal.mentor_person_id):
        raise Invalid("This goal is another person's.", path=("goalId",))
    if goal.status != GoalStatus.ACHIEVED:
        raise IllegalState(f"This goal is {goal.status}, not ACHIEVED.")
    if await work.exists(Recognition, Recognition.goal_id == goal.id, Recognition.person_id == person.id):
        raise Conflict("This goal was recognised already.")
    return goal.id


async def _together(work: Work, person: Person, match_id: UUID | None, months: int) -> UUID:
    if match_id is None:
        raise Invalid("Say which match.", path=("matchId",))
    match = await work.get(Match, match_id)
    if person.id not in (match.mentor_person_id, match.mentee_person_id):
        raise Invalid("This match is other people's.", path=("matchId",))
    if (match.closed_at or work.now) - match.began_at < months * MONTH:
        raise IllegalState(f"These two have not walked together for {months} months.")
    return match.id


def _number(number: int | None) -> int:
    if number is None or not 1 <= number <= 100_000:
        raise Invalid("Say how many, 1 to 100000.", path=("number",))
    return number

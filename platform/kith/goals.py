"""Goals: what a mentee works towards, agreed by the mentee, and how far they feel they are."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.model import Id, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.matching.match import PAIR, Match, MatchStatus, OfPair
from kith.people.profile import Domain

READ = Permission("goals.read", "See goals and progress.", granted_to=STAFF | PARTICIPANTS)
SET = Permission("goals.set", "Set a goal; a mentee's goal counts once the mentee agrees.", granted_to=PARTICIPANTS)
AGREE = Permission("goals.agree", "Agree to a goal of one's own.", granted_to={Role.MENTEE})
RECORD = Permission("goals.record_progress", "Record progress on a goal.", granted_to=PARTICIPANTS)


class GoalStatus(Choice):
    """Where a goal is."""

    PROPOSED = "PROPOSED", "It awaits the mentee's agreement."
    AGREED = "AGREED", "The two work towards it."
    ACHIEVED = "ACHIEVED", "It is reached."


class Goal(OfPair):
    """Something a mentee works towards with their mentor."""

    __tablename__ = "goals"
    __table_args__ = (
        organisation_index("match_id", "set_at", "id"),
        organisation_index("mentee_person_id", "set_at", "id"),
        organisation_index("mentor_person_id", "set_at", "id"),
        organisation_index("programme_id", "set_at", "id"),
        organisation_index("set_at", "id"),
        one_of("status", list(GoalStatus)),
        one_of("domain", list(Domain)),
        at_most("title", 200),
        at_most("why", 2000),
    )
    READ = READ

    match_id: Mapped[UUID] = within(Match, carrying=PAIR)
    title: Mapped[str]
    why: Mapped[str]
    domain: Mapped[str]
    target_on: Mapped[date | None]
    status: Mapped[str]
    set_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]


class Progress(OfPair):
    """How far the mentee felt they were, at one time."""

    __tablename__ = "progress"
    __table_args__ = (
        organisation_index("goal_id", "recorded_at", "id"),
        organisation_index("programme_id", "recorded_at"),
        CheckConstraint("score BETWEEN 0 AND 10", name="score"),
        at_most("remark", 1000),
    )
    READ = READ

    goal_id: Mapped[UUID] = within(Goal, carrying=PAIR)
    score: Mapped[int]  # 0 not begun to 10 reached
    remark: Mapped[str]
    recorded_at: Mapped[datetime]


@operation(needs=SET)
async def set_goal(
    work: Work,
    match_id: Annotated[Id[Match], "In which match."],
    *,
    title: Annotated[str, "The goal, in the mentee's words."],
    domain: Annotated[Domain, "What part of life it is about."],
    why: Annotated[str, "Why it matters to the mentee."] = "",
    target_on: Annotated[date | None, "When the mentee hopes to reach it."] = None,
) -> Goal:
    """Set a goal. What the mentee sets is agreed; what the mentor sets awaits the mentee."""
    match = await work.get(Match, match_id)
    if match.status == MatchStatus.CLOSED:
        raise IllegalState("This match is closed.")
    own = match.mentee_person_id == work.actor.person_id
    goal = Goal.under(
        match,
        title=short(title, 200, "title"),
        why=long(why, 2000, "why"),
        domain=domain,
        target_on=target_on,
        status=GoalStatus.AGREED if own else GoalStatus.PROPOSED,
        set_at=work.now,
        agreed_at=work.now if own else None,
    )
    work.add(goal)
    work.note("goal.set", goal, domain=domain)
    return goal


@operation(needs=AGREE)
async def agree_to_goal(work: Work, goal_id: Annotated[Id[Goal], "Which goal."]) -> Goal:
    """Agree to a goal that the mentor put into words: from now on it counts."""
    goal = await work.get(Goal, goal_id, Goal.mentee_person_id == work.actor.person_id, lock=True)
    if goal.status != GoalStatus.PROPOSED:
        raise Conflict(f"This goal is {goal.status} already.")
    goal.status, goal.agreed_at = GoalStatus.AGREED, work.now
    work.note("goal.agreed", goal)
    return goal


@operation(needs=RECORD)
async def record_progress(
    work: Work,
    goal_id: Annotated[Id[Goal], "On which goal."],
    *,
    score: Annotated[int, "How far the mentee feels they are: 0 not begun, 10 reached."],
    remark: Annotated[str, "What both may read about it."] = "",
) -> Goal:
    """Record progress on an agreed goal; a ten means that it is achieved."""
    goal = await work.get(Goal, goal_id, lock=True)
    if goal.status == GoalStatus.PROPOSED:
        raise IllegalState("The mentee has not agreed to this goal yet.")
    if not 0 <= score <= 10:
        raise Invalid("Progress is 0 to 10.", path=("score",))
    work.add(Progress.under(goal, score=score, remark=long(remark, 1000, "remark"), recorded_at=work.now))
    goal.status = GoalStatus.ACHIEVED if score == 10 else GoalStatus.AGREED
    work.note("goal.progressed", goal, score=score)
    return goal

"""A goal: what a mentee works towards, agreed by the mentee, and how far they feel they are.

The mentee owns it. What somebody else put into words counts once the mentee agreed, and from then on only the mentee
changes, holds, ends or drops it (SAMHSA Core Competencies 2015, category 5: the plan is the person's own).
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import KEEP, Id, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.matching.match import PAIR, Match, MatchStatus, OfPair
from kith.people.profile import Domain

READ = Permission("goals.read", "See goals and progress.", granted_to=STAFF | PARTICIPANTS)
SET = Permission("goals.set", "Set a goal; a mentee's goal counts once the mentee agrees.", granted_to=PARTICIPANTS)
EDIT = Permission(
    "goals.edit",
    "Word a goal anew and write down its steps; the mentee alone rewords an agreed one.",
    granted_to=PARTICIPANTS,
)
AGREE = Permission("goals.agree", "Agree to a goal of one's own.", granted_to={Role.MENTEE})
DECIDE = Permission("goals.decide", "Decline, hold, end or drop a goal of one's own.", granted_to={Role.MENTEE})
RECORD = Permission("goals.record_progress", "Record progress on a goal.", granted_to=PARTICIPANTS)


class GoalStatus(Choice):
    """Where a goal is."""

    PROPOSED = "PROPOSED", "It awaits the mentee's agreement."
    AGREED = "AGREED", "The two work towards it."
    IN_PROGRESS = "IN_PROGRESS", "The mentee has begun with it."
    ON_HOLD = "ON_HOLD", "It rests for a while."
    ACHIEVED = "ACHIEVED", "It is reached."
    PARTIAL = "PARTIAL", "Part of it is reached, and the mentee leaves it there."
    DROPPED = "DROPPED", "The mentee does not pursue it."


class DropReason(Choice):
    """Why a goal is not pursued; nobody is at fault."""

    NOT_WANTED = "NOT_WANTED", "It was proposed, and is not what the mentee wants."
    CHANGED_MIND = "CHANGED_MIND", "Something else matters more now."
    NOT_NEEDED = "NOT_NEEDED", "It came about in another way."
    NOT_NOW = "NOT_NOW", "It is out of reach at the moment."
    REPLACED = "REPLACED", "Another goal took its place."
    OTHER = "OTHER", "Something else."


class GoalEnd(Choice):
    """How the mentee ends a goal."""

    ACHIEVED = "ACHIEVED", "It is reached."
    PARTIAL = "PARTIAL", "Part of it is reached, and that is enough."


OPEN = (GoalStatus.AGREED, GoalStatus.IN_PROGRESS, GoalStatus.ON_HOLD)  # what the mentee agreed to and did not end


class Goal(OfPair):
    """Something a mentee works towards with their mentor.

    `specific`, `measure` and `target_on` make it specific, measurable and timed; they may come later than the wish.
    """

    __tablename__ = "goals"
    __table_args__ = (
        organisation_index("match_id", "set_at", "id"),
        organisation_index("mentee_person_id", "set_at", "id"),
        organisation_index("mentor_person_id", "set_at", "id"),
        organisation_index("programme_id", "set_at", "id"),
        organisation_index("set_at", "id"),
        one_of("status", list(GoalStatus)),
        one_of("domain", list(Domain)),
        one_of("drop_reason", list(DropReason)),
        at_most("title", 200),
        at_most("why", 2000),
        at_most("specific", 2000),
        at_most("measure", 1000),
        CheckConstraint("(status = 'DROPPED') = (drop_reason IS NOT NULL)", name="dropped"),
    )
    READ = READ

    match_id: Mapped[UUID] = within(Match, carrying=PAIR)
    title: Mapped[str]
    why: Mapped[str]
    specific: Mapped[str] = mapped_column(server_default="")
    measure: Mapped[str] = mapped_column(server_default="")
    domain: Mapped[str]
    target_on: Mapped[date | None]
    status: Mapped[str]
    drop_reason: Mapped[str | None]
    set_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    __mapper_args__ = {"version_id_col": version}


LIFE = Lifecycle(
    Goal,
    GoalStatus,
    begins=[GoalStatus.PROPOSED, GoalStatus.AGREED],
    moves=[
        Move("agree_to_goal", GoalStatus.PROPOSED, to=GoalStatus.AGREED),
        Move("decline_goal", GoalStatus.PROPOSED, to=GoalStatus.DROPPED),
        Move("start_goal", GoalStatus.AGREED, to=GoalStatus.IN_PROGRESS),
        Move(
            "record_progress",
            GoalStatus.AGREED,
            GoalStatus.IN_PROGRESS,
            GoalStatus.ACHIEVED,
            to=(GoalStatus.AGREED, GoalStatus.IN_PROGRESS, GoalStatus.ACHIEVED),
        ),
        Move("hold_goal", GoalStatus.AGREED, GoalStatus.IN_PROGRESS, to=GoalStatus.ON_HOLD),
        Move("resume_goal", GoalStatus.ON_HOLD, to=(GoalStatus.AGREED, GoalStatus.IN_PROGRESS)),
        Move("end_goal", *OPEN, to=(GoalStatus.ACHIEVED, GoalStatus.PARTIAL)),
        Move("drop_goal", *OPEN, to=GoalStatus.DROPPED),
    ],
)


class Progress(OfPair):
    """A check-in: how far the mentee felt they were, at one time."""

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
    specific: Annotated[str, "What exactly is to be different, so that both mean the same."] = "",
    measure: Annotated[str, "How the mentee will know that it is reached."] = "",
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
        specific=long(specific, 2000, "specific"),
        measure=long(measure, 1000, "measure"),
        domain=domain,
        target_on=target_on,
        status=GoalStatus.AGREED if own else GoalStatus.PROPOSED,
        set_at=work.now,
        agreed_at=work.now if own else None,
    )
    work.add(goal)
    work.note("goal.set", goal, domain=domain)
    return goal


@operation(needs=EDIT)
async def edit_goal(
    work: Work,
    goal_id: Annotated[Id[Goal], "Which goal."],
    *,
    title: Annotated[str, "The goal, in the mentee's words."] = KEEP,
    domain: Annotated[Domain, "What part of life it is about."] = KEEP,
    why: Annotated[str, "Why it matters to the mentee."] = KEEP,
    specific: Annotated[str, "What exactly is to be different."] = KEEP,
    measure: Annotated[str, "How the mentee will know that it is reached."] = KEEP,
    target_on: Annotated[date | None, "When the mentee hopes to reach it."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> Goal:
    """Word a goal anew; what is absent stays. Once the mentee agreed, the mentee alone rewords it."""
    goal = await work.get(Goal, goal_id, lock=True)
    await work.expect(goal, expected_version)
    if goal.status != GoalStatus.PROPOSED and goal.mentee_person_id != work.actor.person_id:
        raise IllegalState("The mentee agreed to this goal as it is, and alone rewords it now.")
    if goal.status not in (GoalStatus.PROPOSED, *OPEN):
        raise IllegalState(f"This goal is {goal.status}; what has ended stays as it was.")
    goal.title = goal.title if title is KEEP else short(title, 200, "title")
    goal.domain = goal.domain if domain is KEEP else domain
    goal.why = goal.why if why is KEEP else long(why, 2000, "why")
    goal.specific = goal.specific if specific is KEEP else long(specific, 2000, "specific")
    goal.measure = goal.measure if measure is KEEP else long(measure, 1000, "measure")
    goal.target_on = goal.target_on if target_on is KEEP else target_on
    work.note("goal.edited", goal)
    return goal


@operation(needs=AGREE)
async def agree_to_goal(work: Work, goal_id: Annotated[Id[Goal], "Which goal."]) -> Goal:
    """Agree to a goal that the mentor put into words: from now on it counts."""
    goal = await own_goal(work, goal_id)
    if goal.status != GoalStatus.PROPOSED:
        raise Conflict(f"This goal is {goal.status} already.")
    LIFE.move(goal, "agree_to_goal")
    goal.agreed_at = work.now
    work.note("goal.agreed", goal)
    return goal


@operation(needs=DECIDE)
async def decline_goal(work: Work, goal_id: Annotated[Id[Goal], "Which goal."]) -> Goal:
    """Decline a goal that somebody else proposed: it never counts, and no reason is asked."""
    goal = await own_goal(work, goal_id)
    LIFE.move(goal, "decline_goal")
    goal.drop_reason, goal.ended_at = DropReason.NOT_WANTED, work.now
    work.note("goal.declined", goal)
    return goal


@operation(needs=RECORD)
async def start_goal(work: Work, goal_id: Annotated[Id[Goal], "Which goal."]) -> Goal:
    """Say that the mentee has begun with an agreed goal."""
    goal = await work.get(Goal, goal_id, lock=True)
    LIFE.move(goal, "start_goal")
    goal.started_at = work.now
    work.note("goal.started", goal)
    return goal


@operation(needs=RECORD)
async def record_progress(
    work: Work,
    goal_id: Annotated[Id[Goal], "On which goal."],
    *,
    score: Annotated[int, "How far the mentee feels they are: 0 not begun, 10 reached."],
    remark: Annotated[str, "What both may read about it."] = "",
) -> Goal:
    """Record progress on an agreed goal; a ten means that it is achieved, less that it is open again."""
    goal = await work.get(Goal, goal_id, lock=True)
    if goal.status == GoalStatus.PROPOSED:
        raise IllegalState("The mentee has not agreed to this goal yet.")
    if not 0 <= score <= 10:
        raise Invalid("Progress is 0 to 10.", path=("score",))
    LIFE.move(goal, "record_progress", to=GoalStatus.ACHIEVED if score == 10 else _open_again(goal))
    goal.ended_at = work.now if score == 10 else None
    work.add(Progress.under(goal, score=score, remark=long(remark, 1000, "remark"), recorded_at=work.now))
    work.note("goal.progressed", goal, score=score)
    return goal


@operation(needs=DECIDE)
async def hold_goal(work: Work, goal_id: Annotated[Id[Goal], "Which goal."]) -> Goal:
    """Let a goal rest for a while."""
    goal = await own_goal(work, goal_id)
    LIFE.move(goal, "hold_goal")
    work.note("goal.held", goal)
    return goal


@operation(needs=DECIDE)
async def resume_goal(work: Work, goal_id: Annotated[Id[Goal], "Which goal."]) -> Goal:
    """Take up a goal again that rested."""
    goal = await own_goal(work, goal_id)
    LIFE.move(goal, "resume_goal", to=_open_again(goal))
    work.note("goal.resumed", goal)
    return goal


@operation(needs=DECIDE)
async def end_goal(
    work: Work,
    goal_id: Annotated[Id[Goal], "Which goal."],
    *,
    end: Annotated[GoalEnd, "Whether it is reached, or part of it."],
) -> Goal:
    """Say that a goal is reached, or that enough of it is."""
    goal = await own_goal(work, goal_id)
    LIFE.move(goal, "end_goal", to=GoalStatus(end))
    goal.ended_at = work.now
    work.note("goal.ended", goal, end=end)
    return goal


@operation(needs=DECIDE)
async def drop_goal(
    work: Work,
    goal_id: Annotated[Id[Goal], "Which goal."],
    *,
    reason: Annotated[DropReason, "Why; nobody is at fault."],
) -> Goal:
    """Stop pursuing a goal."""
    goal = await own_goal(work, goal_id)
    LIFE.move(goal, "drop_goal")
    goal.drop_reason, goal.ended_at = reason, work.now
    work.note("goal.dropped", goal, reason=reason)
    return goal


async def own_goal(work: Work, goal_id: UUID) -> Goal:
    """A goal of the mentee who asks, locked."""
    return await work.get(Goal, goal_id, Goal.mentee_person_id == work.actor.person_id, lock=True)


def _open_again(goal: Goal) -> GoalStatus:
    return GoalStatus.AGREED if goal.started_at is None else GoalStatus.IN_PROGRESS

"""A step on the way to a goal: small enough to be done by a day."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kith.goals.goal import EDIT, OPEN, READ, Goal, GoalStatus
from kith.ground.choice import Choice
from kith.ground.errors import IllegalState
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import KEEP, Id, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.texts import short
from kith.ground.work import Work
from kith.matching.match import PAIR, OfPair

MOST = 30  # steps of one goal


class StepStatus(Choice):
    """Where a step is."""

    OPEN = "OPEN", "It is to be done."
    DONE = "DONE", "It is done."
    DROPPED = "DROPPED", "It need not be done any more."


class GoalStep(OfPair):
    """One step on the way to a goal."""

    __tablename__ = "goal_steps"
    __table_args__ = (
        organisation_index("goal_id", "added_at", "id"),
        one_of("status", list(StepStatus)),
        at_most("title", 300),
        CheckConstraint("(status = 'OPEN') = (ended_at IS NULL)", name="ended"),
    )
    READ = READ

    goal_id: Mapped[UUID] = within(Goal, carrying=PAIR)
    title: Mapped[str]
    due_on: Mapped[date | None]
    status: Mapped[str]
    added_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


LIFE = Lifecycle(
    GoalStep,
    StepStatus,
    begins=[StepStatus.OPEN],
    moves=[
        Move("finish_goal_step", StepStatus.OPEN, to=StepStatus.DONE),
        Move("reopen_goal_step", StepStatus.DONE, to=StepStatus.OPEN),
        Move("drop_goal_step", StepStatus.OPEN, to=StepStatus.DROPPED),
    ],
)


@operation(needs=EDIT)
async def add_goal_step(
    work: Work,
    goal_id: Annotated[Id[Goal], "On the way to which goal."],
    *,
    title: Annotated[str, "What is to be done."],
    due_on: Annotated[date | None, "Until which day."] = None,
) -> GoalStep:
    """Add a step on the way to a goal that is open or proposed."""
    goal = await work.get(Goal, goal_id, lock=True)
    if goal.status not in (GoalStatus.PROPOSED, *OPEN):
        raise IllegalState(f"This goal is {goal.status}; there is nothing left to do for it.")
    if await work.count(GoalStep, GoalStep.goal_id == goal.id) >= MOST:
        raise IllegalState(f"A goal has at most {MOST} steps; a larger one is better set as several goals.")
    step = GoalStep.under(
        goal, title=short(title, 300, "title"), due_on=due_on, status=StepStatus.OPEN, added_at=work.now
    )
    work.add(step)
    work.note("goal_step.added", step, goal=goal.id)
    return step


@operation(needs=EDIT)
async def edit_goal_step(
    work: Work,
    step_id: Annotated[Id[GoalStep], "Which step."],
    *,
    title: Annotated[str, "What is to be done."] = KEEP,
    due_on: Annotated[date | None, "Until which day; null for none."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> GoalStep:
    """Change a step that is open; what is absent stays."""
    step = await work.get(GoalStep, step_id, lock=True)
    await work.expect(step, expected_version)
    if step.status != StepStatus.OPEN:
        raise IllegalState(f"This step is {step.status}, not OPEN.")
    step.title = step.title if title is KEEP else short(title, 300, "title")
    step.due_on = step.due_on if due_on is KEEP else due_on
    work.note("goal_step.edited", step)
    return step


@operation(needs=EDIT)
async def finish_goal_step(work: Work, step_id: Annotated[Id[GoalStep], "Which step."]) -> GoalStep:
    """Say that a step is done."""
    return await _move(work, step_id, "finish_goal_step", "goal_step.finished")


@operation(needs=EDIT)
async def reopen_goal_step(work: Work, step_id: Annotated[Id[GoalStep], "Which step."]) -> GoalStep:
    """Say that a step is not done after all."""
    return await _move(work, step_id, "reopen_goal_step", "goal_step.reopened")


@operation(needs=EDIT)
async def drop_goal_step(work: Work, step_id: Annotated[Id[GoalStep], "Which step."]) -> GoalStep:
    """Say that a step need not be done any more."""
    return await _move(work, step_id, "drop_goal_step", "goal_step.dropped")


async def _move(work: Work, step_id: UUID, verb: str, fact: str) -> GoalStep:
    step = await work.get(GoalStep, step_id, lock=True)
    LIFE.move(step, verb)
    step.ended_at = None if step.status == StepStatus.OPEN else work.now
    work.note(fact, step, goal=step.goal_id)
    return step

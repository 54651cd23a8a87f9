"""The recovery plan: the mentee's own, signed by them, each signature a numbered snapshot that stays as it was.

SMDL 07-011 asks for an individualised plan with specific goals; the NAPS guidelines that it be the person's own.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kith.goals.goal import OPEN, Goal, GoalStatus
from kith.goals.step import GoalStep
from kith.ground.errors import IllegalState, NotFound
from kith.ground.model import KEEP, Id, at_most, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.matching.match import PAIR, Match, MatchStatus, OfPair

READ = Permission("plans.read", "See recovery plans.", granted_to=STAFF | PARTICIPANTS)
SIGN = Permission("plans.sign", "Write and sign one's own recovery plan.", granted_to={Role.MENTEE})
INCLUDED = (*OPEN, GoalStatus.ACHIEVED, GoalStatus.PARTIAL)  # goals that a plan shows: whatever the mentee agreed to


class RecoveryPlan(OfPair):
    """A mentee's plan in one match, as it is now; `number` is that of the last signature, 0 before the first."""

    __tablename__ = "recovery_plans"
    __table_args__ = (
        organisation_index("match_id", unique=True),
        organisation_index("begun_at", "id"),
        organisation_index("programme_id", "begun_at", "id"),
        organisation_index("mentor_person_id", "begun_at", "id"),
        organisation_index("mentee_person_id", "begun_at", "id"),
        at_most("vision", 4000),
        at_most("strengths", 4000),
        CheckConstraint("number >= 0", name="number"),
    )
    READ = READ

    match_id: Mapped[UUID] = within(Match, carrying=PAIR)
    vision: Mapped[str]
    strengths: Mapped[str]
    number: Mapped[int]
    begun_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class SignedPlan(OfPair):
    """The plan as it was when the mentee signed it: a snapshot that nothing changes."""

    __tablename__ = "signed_plans"
    __table_args__ = (
        organisation_index("plan_id", "number", unique=True),
        organisation_index("plan_id", "signed_at", "id"),
        at_most("reason", 1000),
        CheckConstraint("number >= 1 AND (number = 1 OR reason <> '')", name="number"),
    )
    READ = READ

    plan_id: Mapped[UUID] = within(RecoveryPlan, carrying=PAIR)
    number: Mapped[int]
    reason: Mapped[str]
    vision: Mapped[str]
    strengths: Mapped[str]
    goals: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    signed_at: Mapped[datetime]


@operation(needs=SIGN)
async def write_plan(
    work: Work,
    match_id: Annotated[Id[Match], "In which match."],
    *,
    vision: Annotated[str, "How the mentee wants to live."] = KEEP,
    strengths: Annotated[str, "What they can build on: strengths, people, places."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> RecoveryPlan:
    """Write down the words of one's plan; what is absent stays. It counts once it is signed."""
    match = await _own_match(work, match_id)
    plan = await _plan(work, match)
    await work.expect(plan, expected_version)
    plan.vision = plan.vision if vision is KEEP else long(vision, 4000, "vision")
    plan.strengths = plan.strengths if strengths is KEEP else long(strengths, 4000, "strengths")
    work.note("plan.written", plan)
    return plan


@operation(needs=SIGN)
async def sign_plan(
    work: Work,
    match_id: Annotated[Id[Match], "In which match."],
    *,
    reason: Annotated[str, "Why it is revised; nothing for the first signature."] = "",
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> RecoveryPlan:
    """Sign one's plan: the goals and steps of now are kept under the next number, with the reason to revise."""
    match = await _own_match(work, match_id)
    plan = await _plan(work, match)
    await work.expect(plan, expected_version)
    goals = await work.rows(Goal, Goal.match_id == match.id, Goal.status.in_(INCLUDED))
    if not goals:
        raise IllegalState("A plan has at least one goal that you agreed to; set one or agree to one first.")
    steps = await work.rows(GoalStep, GoalStep.goal_id.in_([goal.id for goal in goals]))
    reason = short(reason, 1000, "reason") if plan.number else long(reason, 1000, "reason").strip()
    plan.number += 1
    signed = SignedPlan.under(
        plan,
        number=plan.number,
        reason=reason,
        vision=plan.vision,
        strengths=plan.strengths,
        goals=[_goal(goal, [step for step in steps if step.goal_id == goal.id]) for goal in goals],
        signed_at=work.now,
    )
    work.add(signed)
    work.note("plan.signed", plan, number=plan.number, goals=len(goals))
    return plan


async def _own_match(work: Work, match_id: UUID) -> Match:
    """The mentee's own match, locked so that two signatures cannot cross."""
    match = await work.get(Match, match_id, lock=True)
    if match.mentee_person_id != work.actor.person_id:
        raise NotFound
    if match.status == MatchStatus.CLOSED:
        raise IllegalState("This match is closed; its plan stays as it was signed.")
    return match


async def _plan(work: Work, match: Match) -> RecoveryPlan:
    found = await work.rows(RecoveryPlan, RecoveryPlan.match_id == match.id)
    new = RecoveryPlan.under(match, vision="", strengths="", number=0, version=1, begun_at=work.now)
    return found[0] if found else work.add(new)


def _goal(goal: Goal, steps: Sequence[GoalStep]) -> dict[str, Any]:
    """A goal as a snapshot keeps it."""
    return {
        "goal_id": str(goal.id),
        "title": goal.title,
        "domain": goal.domain,
        "why": goal.why,
        "specific": goal.specific,
        "measure": goal.measure,
        "target_on": goal.target_on and goal.target_on.isoformat(),
        "status": goal.status,
        "steps": [
            {"title": step.title, "due_on": step.due_on and step.due_on.isoformat(), "status": step.status}
            for step in steps
        ],
    }

"""Rulers: how important a goal is to the mentee, and how confident they are to reach it (Miller and Rollnick 2013)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from kith.goals.goal import OPEN, READ, RECORD, Goal
from kith.ground.errors import IllegalState, Invalid
from kith.ground.model import Id, organisation_index, within
from kith.ground.operation import operation
from kith.ground.work import Work
from kith.matching.match import PAIR, OfPair


class Ruler(OfPair):
    """Importance and confidence as the mentee put them at one time: 0 not at all to 10 fully."""

    __tablename__ = "rulers"
    __table_args__ = (
        organisation_index("goal_id", "recorded_at", "id"),
        CheckConstraint("importance BETWEEN 0 AND 10", name="importance"),
        CheckConstraint("confidence BETWEEN 0 AND 10", name="confidence"),
    )
    READ = READ

    goal_id: Mapped[UUID] = within(Goal, carrying=PAIR)
    importance: Mapped[int]
    confidence: Mapped[int]
    recorded_at: Mapped[datetime]


@operation(needs=RECORD)
async def record_ruler(
    work: Work,
    goal_id: Annotated[Id[Goal], "About which goal."],
    *,
    importance: Annotated[int, "How important it is to the mentee: 0 not at all, 10 nothing matters more."],
    confidence: Annotated[int, "How confident they are to reach it: 0 not at all, 10 fully."],
) -> Goal:
    """Write down how important an open goal is to the mentee and how confident they are, in their own figures."""
    goal = await work.get(Goal, goal_id, lock=True)
    if goal.status not in OPEN:
        raise IllegalState(f"This goal is {goal.status}; rulers are about one that the mentee works towards.")
    for name, value in (("importance", importance), ("confidence", confidence)):
        if not 0 <= value <= 10:
            raise Invalid("A ruler goes from 0 to 10.", path=(name,))
    work.add(Ruler.under(goal, importance=importance, confidence=confidence, recorded_at=work.now))
    work.note("goal.ruled", goal, importance=importance, confidence=confidence)
    return goal

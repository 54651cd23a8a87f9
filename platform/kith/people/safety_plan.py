"""The safety plan: what somebody does, and whom they turn to, when it becomes too much.

The steps are those of Stanley and Brown's Safety Planning Intervention (2012), in its order. The plan belongs to the
mentee: they write it, alone or with somebody, or decline to, and may change it at any time; what it said before is
kept. It is offered to everybody before they are matched, and asked of nobody.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Computed
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.errors import Invalid
from kith.ground.model import Id, Owned, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import Permission, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.people.mentee import Mentee, under_way

READ = Permission(
    "safety_plans.read", "Read a mentee's safety plan.", granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTEE}
)
WRITE = Permission(
    "safety_plans.write",
    "Write down a mentee's safety plan with them, or that they decline one.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTEE},
)
STEPS = ("warning_signs", "coping", "places_and_people", "helpers", "professionals", "safer_surroundings", "reasons")
MOST, LONGEST = 10, 300


class SafetyPlan(Owned):
    """One version of a safety plan, or that somebody declined one. `current_of` is the enrolment for the latest."""

    __tablename__ = "safety_plans"
    __table_args__ = (
        organisation_index("mentee_id", "number", unique=True),
        organisation_index("current_of", unique=True),
        organisation_index("person_id"),
        CheckConstraint(f"declined = ({' + '.join(f'cardinality({step})' for step in STEPS)} = 0)", name="declined"),
    )
    READ = READ
    SENSITIVE = True

    mentee_id: Mapped[UUID] = within(Mentee, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    number: Mapped[int]
    declined: Mapped[bool]
    warning_signs: Mapped[list[str]]
    coping: Mapped[list[str]]
    places_and_people: Mapped[list[str]]
    helpers: Mapped[list[str]]
    professionals: Mapped[list[str]]
    safer_surroundings: Mapped[list[str]]
    reasons: Mapped[list[str]]
    written_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    current_of: Mapped[UUID | None] = mapped_column(
        Computed("CASE WHEN superseded_at IS NULL THEN mentee_id END", persisted=True)
    )

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Whose it is, and the coordinators of the programme, who act in a crisis."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id)


@operation(needs=WRITE)
async def write_safety_plan(
    work: Work,
    mentee_id: Annotated[Id[Mentee], "Whose."],
    *,
    warning_signs: Annotated[Sequence[str], "Step 1: how they notice that a crisis may come."] = (),
    coping: Annotated[Sequence[str], "Step 2: what they can do by themselves."] = (),
    places_and_people: Annotated[Sequence[str], "Step 3: places and people that take their mind off it."] = (),
    helpers: Annotated[Sequence[str], "Step 4: whom they can ask for help."] = (),
    professionals: Annotated[Sequence[str], "Step 5: services and professionals they can turn to."] = (),
    safer_surroundings: Annotated[Sequence[str], "Step 6: what makes their surroundings safer."] = (),
    reasons: Annotated[Sequence[str], "What is worth living for."] = (),
) -> SafetyPlan:
    """Write down a mentee's safety plan, whole; it takes the place of the one before, which is kept."""
    given = (warning_signs, coping, places_and_people, helpers, professionals, safer_surroundings, reasons)
    steps = {name: _step(name, items) for name, items in zip(STEPS, given, strict=True)}
    if not any(steps.values()):
        raise Invalid("Write down at least one step; `declineSafetyPlan` records that they want none.", path=())
    return await _next(work, mentee_id, steps, "safety_plan.written")


@operation(needs=WRITE)
async def decline_safety_plan(work: Work, mentee_id: Annotated[Id[Mentee], "Whose."]) -> SafetyPlan:
    """Record that a safety plan was offered and that they want none. They may write one at any time."""
    return await _next(work, mentee_id, {name: [] for name in STEPS}, "safety_plan.declined")


async def _next(work: Work, mentee_id: UUID, steps: dict[str, list[str]], fact: str) -> SafetyPlan:
    mentee = await under_way(work, mentee_id)
    before = await work.rows(SafetyPlan, SafetyPlan.mentee_id == mentee.id)
    for each in before:
        each.superseded_at = each.superseded_at or work.now
    await work.settle()
    plan = SafetyPlan.under(
        mentee, number=len(before) + 1, declined=not any(steps.values()), written_at=work.now, **steps
    )
    work.add(plan)
    work.note(fact, plan, number=plan.number)
    return plan


def _step(name: str, items: Sequence[str]) -> list[str]:
    first, *others = name.split("_")
    path = first + "".join(each.title() for each in others)
    if len(items) > MOST:
        raise Invalid(f"Write down at most {MOST} for each step.", path=(path,))
    return [short(item, LONGEST, path) for item in items]

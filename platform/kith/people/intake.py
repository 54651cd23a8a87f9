"""Intake: when everything is recorded that a match begins with, and the place on the waiting list that follows."""

from collections.abc import Iterator
from typing import Annotated

from kith.ground.errors import IllegalState
from kith.ground.model import Id
from kith.ground.operation import operation
from kith.ground.permissions import Permission, Role
from kith.ground.work import Work
from kith.people.baseline import Baseline
from kith.people.mentee import LIFE, Mentee, Needs
from kith.people.participation import takes_part
from kith.people.preferences import Preferences
from kith.people.safety_plan import SafetyPlan

FINISH = Permission(
    "intake.finish",
    "Say that somebody's intake is complete, and put them on the waiting list.",
    granted_to={Role.ADMIN, Role.COORDINATOR},
)


@operation(needs=FINISH)
async def declare_ready_to_match(work: Work, mentee_id: Annotated[Id[Mentee], "Which mentee."]) -> Mentee:
    """Say that somebody's intake is complete. What is missing is refused by name."""
    mentee = await work.get(Mentee, mentee_id, lock=True)
    LIFE.check(mentee, "people.intake.declare_ready_to_match")
    if missing := await missing_of(work, mentee):
        raise IllegalState(f"Still missing: {'; '.join(missing)}.")
    LIFE.move(mentee, "people.intake.declare_ready_to_match")
    work.note("mentee.ready", mentee)
    return mentee


@operation(needs=FINISH)
async def put_on_waiting_list(work: Work, mentee_id: Annotated[Id[Mentee], "Which mentee."]) -> Mentee:
    """Put somebody whose intake is complete on the waiting list: from now on runs consider them."""
    mentee = await work.get(Mentee, mentee_id, lock=True)
    LIFE.move(mentee, "people.intake.put_on_waiting_list")
    mentee.waiting_since = work.now
    work.note("mentee.waits", mentee)
    return mentee


async def missing_of(work: Work, mentee: Mentee) -> list[str]:
    """What an intake still lacks, in words."""
    needs = next(iter(await work.rows(Needs, Needs.current_of == mentee.id)), None)
    recorded = {
        model: await work.exists(model, model.mentee_id == mentee.id) for model in (Preferences, SafetyPlan, Baseline)
    }

    def missing() -> Iterator[str]:
        if needs is None:
            yield "what they need help with"
        if needs is None or not needs.hopes:
            yield "at least one goal in their own words"
        if not recorded[Preferences]:
            yield "what they must have and wish for in a match"
        if not recorded[SafetyPlan]:
            yield "a safety plan, written or declined"
        if not recorded[Baseline]:
            yield "the answers at the start, given or declined"

    signature = [] if await takes_part(work, mentee) else ["a signature that they take part"]
    return [*signature, *missing()]

"""Improvement: plan, do, study, act; held against indicators, and tied to the policy that changes with it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from kith.evaluation.indicator import ProgrammeIndicator
from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import KEEP, Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.people.person import Person
from kith.programmes import RUN, AsksFirst, CredentialKind, PlaceType, Programme, edit_programme, looked_after

READ = Permission("improvement.read", "See how a programme improves itself.", granted_to=STAFF)
IMPROVE = Permission(
    "improvement.run", "Run cycles of improvement: plan, do, study, act.", granted_to={Role.ADMIN, Role.COORDINATOR}
)
MOST_INDICATORS = 10


class CycleStatus(Choice):
    """Where a cycle is (the Deming cycle)."""

    PLAN = "PLAN", "It says what is to be tried, and what is expected."
    DO = "DO", "It is tried."
    STUDY = "STUDY", "What came of it is held against what was expected."
    ACT = "ACT", "It is decided what follows."
    CLOSED = "CLOSED", "It is over."


class Decision(Choice):
    """What follows from a cycle."""

    ADOPT = "ADOPT", "It becomes how things are done."
    ADAPT = "ADAPT", "It is changed, and tried again."
    ABANDON = "ABANDON", "It is left."


class ImprovementCycle(Owned):
    """One thing that a programme tries in order to get better."""

    __tablename__ = "improvement_cycles"
    __table_args__ = (
        organisation_index("planned_at", "id"),
        organisation_index("programme_id", "planned_at", "id"),
        one_of("status", list(CycleStatus)),
        one_of("decision", list(Decision)),
        at_most("title", 200),
        *(at_most(name, 4000) for name in ("aim", "expected", "done", "learnt", "follows")),
        CheckConstraint("(status IN ('ACT', 'CLOSED')) = (decision IS NOT NULL)", name="decided"),
        CheckConstraint("(status = 'CLOSED') = (closed_at IS NOT NULL)", name="closed"),
    )
    READ = READ

    programme_id: Mapped[UUID] = within(Programme)
    led_by_id: Mapped[UUID] = within(Person)
    title: Mapped[str]
    aim: Mapped[str]
    expected: Mapped[str]
    done: Mapped[str]
    learnt: Mapped[str]
    follows: Mapped[str]
    status: Mapped[str]
    decision: Mapped[str | None]
    planned_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who leads it, the coordinators of the programme."""
        return row_rule(actor, own=[cls.led_by_id], programme=cls.programme_id)


class CycleIndicator(Owned):
    """An indicator that a cycle is held against."""

    __tablename__ = "cycle_indicators"
    __table_args__ = (organisation_index("cycle_id", "indicator_id", unique=True), organisation_index("cycle_id", "id"))
    READ = READ

    cycle_id: Mapped[UUID] = within(ImprovementCycle, carrying=("programme_id", "led_by_id"))
    programme_id: Mapped[UUID]
    led_by_id: Mapped[UUID]
    indicator_id: Mapped[UUID] = within(ProgrammeIndicator, carrying=("programme_id",))

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who sees the cycle."""
        return row_rule(actor, own=[cls.led_by_id], programme=cls.programme_id)


class PolicyChange(Owned):
    """What one field of a programme's policy was and became when a cycle was adopted, as JSON."""

    __tablename__ = "policy_changes"
    __table_args__ = (
        organisation_index("cycle_id", "changed_at", "id"),
        CheckConstraint("before <> after", name="changed"),
    )
    READ = READ

    cycle_id: Mapped[UUID] = within(ImprovementCycle, carrying=("programme_id", "led_by_id"))
    programme_id: Mapped[UUID]
    led_by_id: Mapped[UUID]
    field: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]
    programme_version: Mapped[int]
    changed_by_id: Mapped[UUID] = within(Person)
    changed_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who sees the cycle."""
        return row_rule(actor, own=[cls.led_by_id], programme=cls.programme_id)


LIFE = Lifecycle(
    ImprovementCycle,
    CycleStatus,
    begins=[CycleStatus.PLAN],
    moves=[
        Move("do_improvement", CycleStatus.PLAN, to=CycleStatus.DO),
        Move("study_improvement", CycleStatus.DO, to=CycleStatus.STUDY),
        Move("act_on_improvement", CycleStatus.STUDY, to=CycleStatus.ACT),
        Move("close_improvement", CycleStatus.ACT, to=CycleStatus.CLOSED),
    ],
)


@dataclass(frozen=True, slots=True)
class PolicyEdit:
    """What changes in a programme's policy; what is absent stays."""

    purpose: Annotated[str, "What it is for, in a few sentences."] = KEEP
    asks_first: Annotated[AsksFirst, "Whom an offer of a match goes to first."] = KEEP
    offer_hours: Annotated[int, "How many hours an offer stands."] = KEEP
    reminder_hours: Annotated[int, "How many hours before a meeting people are reminded."] = KEEP
    minimum_recovery_months: Annotated[int, "For how long a mentor's recovery has been steady, 0 to 120 months."] = KEEP
    required_credentials: Annotated[Sequence[CredentialKind], "What every mentor must have, verified and valid."] = KEEP
    waiting_limit_days: Annotated[int, "After how many days of waiting a coordinator is asked to look, 1 to 730."] = (
        KEEP
    )
    supervision_first_days: Annotated[
        int, "A mentor is supervised at least every how many days in the first 90, 1 to 366."
    ] = KEEP
    supervision_days: Annotated[int, "And at least every how many days after that, 1 to 366."] = KEEP
    caseload_limit: Annotated[int, "How many mentors one person supervises at most, 1 to 200."] = KEEP
    late_hours: Annotated[int, "How many hours before a meeting it counts as late to cancel it."] = KEEP
    safe_places: Annotated[Sequence[PlaceType], "In which kinds of place people may meet in person."] = KEEP

    def changes(self) -> Mapping[str, Any]:
        """The fields that were given."""
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in given.items() if value is not KEEP}


@operation(needs=IMPROVE)
async def plan_improvement(
    work: Work,
    *,
    programme_id: Annotated[Id[Programme], "In which programme."],
    title: Annotated[str, "What it is called."],
    aim: Annotated[str, "What is to get better, and what is tried for it."],
    expected: Annotated[str, "What is expected to come of it, by when."],
    indicator_ids: Annotated[
        Sequence[Id[ProgrammeIndicator]], "The indicators it is held against, at most ten of this programme."
    ] = (),
) -> ImprovementCycle:
    """Plan a cycle of improvement, which you lead."""
    programme = await work.get(Programme, programme_id, looked_after(work))
    cycle = ImprovementCycle.under(
        programme,
        led_by_id=_somebody(work),
        title=short(title, 200, "title"),
        aim=short(aim, 4000, "aim"),
        expected=short(expected, 4000, "expected"),
        done="",
        learnt="",
        follows="",
        status=CycleStatus.PLAN,
        planned_at=work.now,
    )
    work.add(cycle)
    if len(indicator_ids) > MOST_INDICATORS:
        raise Invalid(f"A cycle is held against at most {MOST_INDICATORS} indicators.", path=("indicatorIds",))
    for indicator_id in sorted(set(indicator_ids)):
        same = ProgrammeIndicator.programme_id == programme.id
        work.add(CycleIndicator.under(cycle, await work.get(ProgrammeIndicator, indicator_id, same)))
    work.note("improvement.planned", cycle)
    return cycle


@operation(needs=IMPROVE)
async def do_improvement(work: Work, cycle_id: Annotated[Id[ImprovementCycle], "Which cycle."]) -> ImprovementCycle:
    """Begin to try what was planned."""
    cycle = await _cycle(work, cycle_id)
    LIFE.move(cycle, "do_improvement")
    work.note("improvement.begun", cycle)
    return cycle


@operation(needs=IMPROVE)
async def study_improvement(
    work: Work,
    cycle_id: Annotated[Id[ImprovementCycle], "Which cycle."],
    *,
    done: Annotated[str, "What was really done, and what happened on the way."],
) -> ImprovementCycle:
    """Say what was done; from now on it is held against what was expected."""
    cycle = await _cycle(work, cycle_id)
    LIFE.move(cycle, "study_improvement")
    cycle.done = short(done, 4000, "done")
    work.note("improvement.studied", cycle)
    return cycle


@operation(needs=IMPROVE)
async def act_on_improvement(
    work: Work,
    cycle_id: Annotated[Id[ImprovementCycle], "Which cycle."],
    *,
    learnt: Annotated[str, "What was learnt, held against what was expected."],
    decision: Annotated[Decision, "What follows."],
    follows: Annotated[str, "What is done next because of it."],
) -> ImprovementCycle:
    """Decide what follows from a cycle."""
    cycle = await _cycle(work, cycle_id)
    LIFE.move(cycle, "act_on_improvement")
    cycle.learnt, cycle.decision = short(learnt, 4000, "learnt"), decision
    cycle.follows = short(follows, 4000, "follows")
    work.note("improvement.decided", cycle, decision=decision)
    return cycle


@operation(needs=RUN)
async def adopt_policy(
    work: Work,
    cycle_id: Annotated[Id[ImprovementCycle], "Which cycle the policy changes with."],
    *,
    policy: Annotated[PolicyEdit, "What changes in the programme's policy, as in editProgramme."],
    expected_programme_version: Annotated[
        int | None, "The version of the programme that you read; refused when somebody was faster."
    ] = None,
) -> ImprovementCycle:
    """Change the programme's policy because of what a cycle taught; what it was and became is kept with the cycle."""
    seen = await work.get(ImprovementCycle, cycle_id)
    programme = await work.get(Programme, seen.programme_id, looked_after(work), lock=True)
    cycle = await _cycle(work, cycle_id)
    if cycle.status != CycleStatus.ACT or cycle.decision == Decision.ABANDON:
        raise IllegalState("Policy changes with a cycle in ACT that was decided ADOPT or ADAPT.")
    if expected_programme_version not in (None, programme.version):
        sentence = "Somebody changed the programme since you read it. Look at it again."
        raise Conflict(sentence, path=("expectedProgrammeVersion",))
    changes = policy.changes()
    before = {name: _written(getattr(programme, name)) for name in changes}
    await edit_programme(work, programme.id, **changes)
    await work.settle()
    changed = {name: _written(getattr(programme, name)) for name in changes}
    if changed == before:
        raise Invalid("Nothing of the policy would change.", path=("policy",))
    for name in sorted(changes):
        if changed[name] != before[name]:
            change = PolicyChange.under(
                cycle,
                field=name,
                before=before[name],
                after=changed[name],
                programme_version=programme.version,
                changed_by_id=_somebody(work),
                changed_at=work.now,
            )
            work.add(change)
    work.note("improvement.policy_adopted", cycle, version=programme.version, fields=sorted(changes))
    return cycle


@operation(needs=IMPROVE)
async def close_improvement(work: Work, cycle_id: Annotated[Id[ImprovementCycle], "Which cycle."]) -> ImprovementCycle:
    """Close a cycle of which it is decided what follows."""
    cycle = await _cycle(work, cycle_id)
    LIFE.move(cycle, "close_improvement")
    cycle.closed_at = work.now
    work.note("improvement.closed", cycle)
    return cycle


async def _cycle(work: Work, cycle_id: UUID) -> ImprovementCycle:
    return await work.get(ImprovementCycle, cycle_id, lock=True)


def _somebody(work: Work) -> UUID:
    if work.actor.person_id is None:
        raise IllegalState("Only a person leads a cycle of improvement.")
    return work.actor.person_id


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

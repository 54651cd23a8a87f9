"""How often a mentor is supervised, when the next session is due, and what follows when it is not held.

The default is a session at least every 14 days in the first 90 days and every 30 days after (domain, section 7); a
programme sets its own. A session that is overdue keeps the mentor from new matches, never from support under way.
Sessions in a group and observations come round as the plan says; one that is overdue is a task and hinders nobody,
because it also depends on others: a group that meets, a mentee who agrees.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import KEEP, Id, Owned, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.work import Work
from kith.matching.match import WALKING, Match
from kith.people.mentor import WORKING, Mentor, MentorStatus
from kith.people.person import Person
from kith.people.readiness import Hindrance, HindranceCode, Hindrances, hinders, settle_readiness
from kith.programmes import Programme
from kith.supervision.coverage import at_hand
from kith.tasks import ask, settled

READ = Permission(
    "supervision_plans.read",
    "See how often a mentor is supervised, and whether it is overdue.",
    granted_to=STAFF | {Role.MENTOR},
)
EDIT = Permission("supervision_plans.edit", "Set how often a mentor is supervised.", granted_to=STAFF)
KEEP_UP = Permission("supervision_plans.keep_up", "Begin and end plans of supervision, and see what is due.")
FIRST = timedelta(days=90)
NOTICE = timedelta(days=4)  # before a session is due, its supervisor is asked to hold one
DUE, OVERDUE = "SUPERVISION_DUE", "SUPERVISION_OVERDUE"  # kinds of tasks
BESIDE = {  # what comes round beside individual sessions: the kind of task and its title
    "group": ("SUPERVISION_GROUP_OVERDUE", "Hold a supervision session in a group with a mentor: one is overdue"),
    "observation": ("OBSERVATION_OVERDUE", "Be with a mentor in a meeting, if the mentee agrees: it is overdue"),
}


class PlanStatus(Choice):
    """Where a plan of supervision is."""

    ACTIVE = "ACTIVE", "It holds."
    ENDED = "ENDED", "Somebody else supervises the mentor now, or nobody does."


class SupervisionPlan(Owned):
    """How often one supervisor and one mentor sit together. `new_until` is when the first 90 days are over."""

    __tablename__ = "supervision_plans"
    __table_args__ = (
        organisation_index("mentor_id", unique=True, where="status = 'ACTIVE'", name="uq_supervision_plans_active"),
        organisation_index("due_at", "id"),
        organisation_index("programme_id", "due_at", "id"),
        organisation_index("mentor_id", "due_at", "id"),
        organisation_index("person_id", "due_at", "id"),
        organisation_index("supervisor_person_id", "due_at", "id"),
        one_of("status", list(PlanStatus)),
        CheckConstraint("first_days BETWEEN 1 AND 366", name="first"),
        CheckConstraint("individual_days BETWEEN 1 AND 366", name="individual"),
        CheckConstraint("group_days BETWEEN 1 AND 366", name="group"),
        CheckConstraint("observation_days BETWEEN 1 AND 366", name="observation"),
        CheckConstraint("(status = 'ENDED') = (ended_at IS NOT NULL)", name="ended"),
    )
    READ = READ

    mentor_id: Mapped[UUID] = within(Mentor, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    supervisor_person_id: Mapped[UUID] = within(Person)
    first_days: Mapped[int]
    individual_days: Mapped[int]
    group_days: Mapped[int | None]
    observation_days: Mapped[int | None]
    status: Mapped[str]
    began_at: Mapped[datetime]
    new_until: Mapped[datetime]
    last_individual_at: Mapped[datetime | None]
    last_group_at: Mapped[datetime | None]
    last_observation_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    notice_given_at: Mapped[datetime | None]  # that it is due soon; once for each time that it is due
    overdue_since: Mapped[datetime | None]  # when somebody was told that it is
    group_due_at: Mapped[datetime | None]
    group_overdue_since: Mapped[datetime | None]
    observation_due_at: Mapped[datetime | None]
    observation_overdue_since: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The mentor, who supervises or supervised them, the coordinators of the programme."""
        return row_rule(
            actor,
            own=[cls.person_id, cls.supervisor_person_id],
            supervised=[cls.person_id],
            programme=cls.programme_id,
        )


LIFE = Lifecycle(
    SupervisionPlan,
    PlanStatus,
    begins=[PlanStatus.ACTIVE],
    moves=[Move("keep_plan", PlanStatus.ACTIVE, to=PlanStatus.ENDED)],
)


@operation(needs=EDIT)
async def edit_supervision_plan(
    work: Work,
    plan_id: Annotated[Id["SupervisionPlan"], "Which plan."],
    *,
    first_days: Annotated[int, "At least every how many days in the first 90 days, 1 to 366."] = KEEP,
    individual_days: Annotated[int, "At least every how many days after that, 1 to 366."] = KEEP,
    group_days: Annotated[int | None, "At least every how many days in a group; null for never."] = KEEP,
    observation_days: Annotated[
        int | None, "At least every how many days a meeting is observed; null for never."
    ] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> SupervisionPlan:
    """Set how often a mentor is supervised; what is absent stays. What is due next follows from it."""
    reached = row_rule(work.actor, supervised=[SupervisionPlan.person_id], programme=SupervisionPlan.programme_id)
    seen = await work.get(SupervisionPlan, plan_id, reached)
    mentor = await work.get(Mentor, seen.mentor_id, lock=True)
    plan = await work.get(SupervisionPlan, plan_id, lock=True)
    await work.expect(plan, expected_version)
    if plan.status != PlanStatus.ACTIVE:
        raise IllegalState("This plan has ended; the mentor has another, or no supervisor.")
    edited = {
        "first_days": first_days,
        "individual_days": individual_days,
        "group_days": group_days,
        "observation_days": observation_days,
    }
    for name, days in edited.items():
        if days is not KEEP:
            setattr(plan, name, _days(days, name))
    _set_due(plan)
    await _settle(work, plan)
    work.note("supervision.plan_edited", plan)
    await settle_readiness(work, [mentor])
    return plan


@operation(needs=KEEP_UP)
async def keep_plan(work: Work, mentor_id: Id[Mentor]) -> None:
    """Have the mentor's plan agree with who supervises them: the former one ends, one by the programme's policy begins.

    Which sessions were held and what was left of the first 90 days goes over to the new one.
    """
    mentor = await work.get(Mentor, mentor_id, lock=True)
    wanted = None if mentor.status == MentorStatus.RETIRED else mentor.supervisor_id
    former = await active_plan(work, mentor.id)
    if former is not None and former.supervisor_person_id == wanted:
        return
    if former is not None:
        LIFE.move(former, "keep_plan")
        former.ended_at = work.now
        work.note("supervision.plan_ended", former, supervisor_id=former.supervisor_person_id)
        await _settle(work, former)
        await work.settle()
    if wanted is not None:
        await _begin(work, mentor, wanted, former)
    await settle_readiness(work, [mentor])


@operation(needs=KEEP_UP)
async def look_after_plans(work: Work) -> None:
    """Once a day: begin plans that are missing, and tell supervisors what is due soon or overdue, once each."""
    planned = {plan.mentor_id: plan for plan in await work.rows(SupervisionPlan, _ACTIVE)}
    for mentor in await work.rows(Mentor, Mentor.supervisor_id.is_not(None), Mentor.status != MentorStatus.RETIRED):
        plan = planned.get(mentor.id)
        if plan is None:
            work.later(keep_plan, mentor_id=mentor.id)
        elif mentor.status in WORKING and (_untold(plan, work.now) or _untold_beside(plan, work.now)):
            work.later(tell_of_due, plan_id=plan.id)


@operation(needs=KEEP_UP)
async def tell_of_due(work: Work, plan_id: Id[SupervisionPlan]) -> None:
    """Ask whoever supervises the mentor to hold a session, unless that was done or one was held meanwhile."""
    plan = await work.get(SupervisionPlan, plan_id, lock=True)
    if plan.status != PlanStatus.ACTIVE:
        return
    who = await at_hand(work, plan.supervisor_person_id)
    walks = await work.exists(Match, Match.mentor_id == plan.mentor_id, Match.status.in_(WALKING))
    for kind in _untold_beside(plan, work.now):
        if kind == "observation" and not walks:
            continue
        setattr(plan, f"{kind}_overdue_since", work.now)
        task, title = BESIDE[kind]
        await ask(work, task, title, plan, due_in=timedelta(days=14), assignee_id=who)
        work.note("supervision.overdue", plan, what=kind.upper())
    if not _untold(plan, work.now):
        return
    late = plan.due_at < work.now
    plan.notice_given_at = plan.notice_given_at or work.now
    if late:
        plan.overdue_since = work.now
        await settled(work, DUE, plan)
        await ask(work, OVERDUE, _OVERDUE_TITLE, plan, due_in=timedelta(days=2), assignee_id=who)
    else:
        await ask(work, DUE, _DUE_TITLE, plan, due_in=plan.due_at - work.now, assignee_id=who)
    work.note("supervision.overdue" if late else "supervision.due", plan, what="INDIVIDUAL")


_ACTIVE = SupervisionPlan.status == PlanStatus.ACTIVE
_DUE_TITLE = "Hold a supervision session with a mentor: one is due soon"
_OVERDUE_TITLE = "Hold a supervision session with a mentor: one is overdue"


async def active_plan(work: Work, mentor_id: UUID) -> SupervisionPlan | None:
    """The plan that holds for the mentor, whom the caller has locked."""
    found = await work.rows(SupervisionPlan, SupervisionPlan.mentor_id == mentor_id, _ACTIVE)
    return found[0] if found else None


async def held(work: Work, mentor: Mentor, column: str, at: datetime) -> None:
    """A session was held: what is due next follows, and whoever was asked for one is not asked any more."""
    plan = await active_plan(work, mentor.id)
    if plan is None:
        return
    last: datetime | None = getattr(plan, column)
    setattr(plan, column, max(at, last or at))
    _set_due(plan)
    await _settle(work, plan)
    await settle_readiness(work, [mentor])


async def _settle(work: Work, plan: SupervisionPlan) -> None:
    """Of what is not due any more nobody is asked."""
    ended = plan.status == PlanStatus.ENDED
    for kind in (DUE, OVERDUE) if ended or plan.due_at > work.now else ():
        await settled(work, kind, plan)
    for kind, (task, _) in BESIDE.items():
        due_at: datetime | None = getattr(plan, f"{kind}_due_at")
        if ended or due_at is None or due_at > work.now:
            await settled(work, task, plan)


async def _begin(work: Work, mentor: Mentor, supervisor_id: UUID, former: SupervisionPlan | None) -> None:
    programme = await work.get(Programme, mentor.programme_id)
    plan = SupervisionPlan.under(
        mentor,
        supervisor_person_id=supervisor_id,
        first_days=programme.supervision_first_days,
        individual_days=programme.supervision_days,
        status=PlanStatus.ACTIVE,
        began_at=work.now,
        new_until=work.now + FIRST,
    )
    if former is not None:
        plan.new_until, plan.last_individual_at = former.new_until, former.last_individual_at
        plan.last_group_at, plan.last_observation_at = former.last_group_at, former.last_observation_at
    _set_due(plan)
    work.add(plan)
    work.note("supervision.plan_began", plan, supervisor_id=supervisor_id)


def _set_due(plan: SupervisionPlan) -> None:
    """When the next session of each kind is due: the days in force, after the last one or the beginning."""
    last = plan.last_individual_at or plan.began_at
    due_at = last + timedelta(days=plan.first_days if last < plan.new_until else plan.individual_days)
    if plan.due_at != due_at:
        plan.due_at, plan.notice_given_at, plan.overdue_since = due_at, None, None
    for kind in BESIDE:
        days, last = getattr(plan, f"{kind}_days"), getattr(plan, f"last_{kind}_at") or plan.began_at
        due_beside = None if days is None else last + timedelta(days=days)
        if getattr(plan, f"{kind}_due_at") != due_beside:
            setattr(plan, f"{kind}_due_at", due_beside)
            setattr(plan, f"{kind}_overdue_since", None)


def _untold(plan: SupervisionPlan, now: datetime) -> bool:
    """Whether something is due of which nobody was told."""
    if plan.due_at < now:
        return plan.overdue_since is None
    return plan.due_at <= now + NOTICE and plan.notice_given_at is None


def _untold_beside(plan: SupervisionPlan, now: datetime) -> list[str]:
    """What beside individual sessions is overdue, of which nobody was told."""
    late = [kind for kind in BESIDE if (due := getattr(plan, f"{kind}_due_at")) is not None and due < now]
    return [kind for kind in late if getattr(plan, f"{kind}_overdue_since") is None]


def _days(value: Any, name: str) -> int | None:
    if value is None and name in ("group_days", "observation_days"):
        return None
    if not 1 <= value <= 366:
        path = name.split("_")[0] + "Days"
        raise Invalid("A session is held at least every 1 to 366 days.", path=(path,))
    return int(value)


@hinders
async def _overdue(work: Work, mentors: Sequence[Mentor]) -> Hindrances:
    """The mentors with whom a session is overdue."""
    theirs = SupervisionPlan.mentor_id.in_([m.id for m in mentors])
    late = await work.rows(SupervisionPlan, theirs, _ACTIVE, SupervisionPlan.due_at < work.now)
    return {plan.mentor_id: [Hindrance(HindranceCode.SUPERVISION_OVERDUE, _sentence(plan))] for plan in late}


def _sentence(plan: SupervisionPlan) -> str:
    due = plan.due_at
    return f"A supervision session was due on {due.day} {due:%B %Y}; once one is held, this is over."

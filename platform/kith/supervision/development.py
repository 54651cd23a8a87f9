"""A mentor's own development: a plan that mentor and supervisor agree, what they will do, and how it goes.

Whoever writes a version of a plan agrees to it by that; it holds once the other agrees as well.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, or_
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid, NotFound
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import KEEP, Id, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import Permission, Reach, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.people.mentor import Mentor
from kith.people.person import Person
from kith.supervision.session import BetweenTwo, SessionStatus, SupervisionSession, in_charge, supervisor_of
from kith.tasks import ask, settled

_TWO = {Role.ADMIN, Role.SUPERVISOR, Role.MENTOR}  # an administrator holds what they give, and reaches none of it
READ = Permission("development.read", "See a mentor's plan for their own development.", granted_to=_TWO)
PLAN = Permission(
    "development.plan", "Write and agree a plan for a mentor's own development, and do it.", granted_to=_TWO
)
REVIEW = Permission(
    "development.review",
    "Say how the development of a mentor one supervises goes, and that a plan is completed.",
    granted_to={Role.ADMIN, Role.SUPERVISOR},
)
ACTION = "DEVELOPMENT_ACTION"  # the kind of task


class DevelopmentStatus(Choice):
    """Where a development plan is."""

    DRAFT = "DRAFT", "One of the two wrote it; the other has not agreed yet."
    AGREED = "AGREED", "Both agreed to it."
    COMPLETED = "COMPLETED", "What it aimed at is reached."
    ENDED = "ENDED", "It was given up, or another takes its place."


class ActionStatus(Choice):
    """Where something agreed is."""

    OPEN = "OPEN", "It is to be done."
    DONE = "DONE", "It is done."
    DROPPED = "DROPPED", "It need not be done any more."


class DevelopmentPlan(BetweenTwo):
    """What a mentor wants to learn, agreed with who supervises them."""

    __tablename__ = "development_plans"
    __table_args__ = (
        organisation_index(
            "mentor_id", unique=True, where="status IN ('DRAFT', 'AGREED')", name="uq_development_plans_open"
        ),
        organisation_index("drafted_at", "id"),
        organisation_index("mentor_id", "drafted_at", "id"),
        organisation_index("person_id", "drafted_at", "id"),
        organisation_index("supervisor_person_id", "drafted_at", "id"),
        one_of("status", list(DevelopmentStatus)),
        CheckConstraint("cardinality(aims) BETWEEN 1 AND 10", name="aims"),
        CheckConstraint("(status IN ('COMPLETED', 'ENDED')) = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint(
            "status <> 'AGREED' OR (mentor_agreed_at IS NOT NULL AND supervisor_agreed_at IS NOT NULL)", name="agreed"
        ),
    )
    READ = READ

    mentor_id: Mapped[UUID] = within(Mentor, carrying=("person_id",))
    supervisor_person_id: Mapped[UUID] = within(Person)
    aims: Mapped[list[str]]
    due_on: Mapped[date]
    status: Mapped[str]
    drafted_at: Mapped[datetime]
    mentor_agreed_at: Mapped[datetime | None]
    supervisor_agreed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class DevelopmentReview(BetweenTwo):
    """How a plan goes, as it was looked at in one session."""

    __tablename__ = "development_reviews"
    __table_args__ = (
        organisation_index("plan_id", "reviewed_at", "id"),
        organisation_index("session_id", "plan_id", unique=True),
        organisation_index("person_id"),
        at_most("text", 4000),
    )
    READ = READ

    plan_id: Mapped[UUID] = within(DevelopmentPlan, carrying=("person_id",))
    session_id: Mapped[UUID] = within(SupervisionSession, carrying=("person_id", "supervisor_person_id"))
    text: Mapped[str]
    reviewed_at: Mapped[datetime]


class DevelopmentAction(BetweenTwo):
    """Something that a mentor will do for their own development."""

    __tablename__ = "development_actions"
    __table_args__ = (
        organisation_index("due_at", "id"),
        organisation_index("person_id", "due_at", "id"),
        organisation_index("supervisor_person_id", "due_at", "id"),
        organisation_index("plan_id", "due_at", "id"),
        organisation_index("session_id", "due_at", "id"),
        one_of("status", list(ActionStatus)),
        at_most("text", 500),
        CheckConstraint("(status = 'OPEN') = (ended_at IS NULL)", name="ended"),
    )
    READ = READ

    mentor_id: Mapped[UUID] = within(Mentor, carrying=("person_id",))
    supervisor_person_id: Mapped[UUID] = within(Person)
    plan_id: Mapped[UUID | None] = within(DevelopmentPlan, carrying=("person_id",), nullable=True)
    session_id: Mapped[UUID | None] = within(SupervisionSession, carrying=("person_id",), nullable=True)
    text: Mapped[str]
    due_at: Mapped[datetime]
    status: Mapped[str]
    agreed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


LIFE = Lifecycle(
    DevelopmentPlan,
    DevelopmentStatus,
    begins=[DevelopmentStatus.DRAFT],
    moves=[
        Move("agree_to_development_plan", DevelopmentStatus.DRAFT, to=DevelopmentStatus.AGREED),
        Move("complete_development_plan", DevelopmentStatus.AGREED, to=DevelopmentStatus.COMPLETED),
        Move("end_development_plan", DevelopmentStatus.DRAFT, DevelopmentStatus.AGREED, to=DevelopmentStatus.ENDED),
    ],
)
ACTION_LIFE = Lifecycle(
    DevelopmentAction,
    ActionStatus,
    begins=[ActionStatus.OPEN],
    moves=[
        Move("finish_development_action", ActionStatus.OPEN, to=ActionStatus.DONE),
        Move("drop_development_action", ActionStatus.OPEN, to=ActionStatus.DROPPED),
    ],
)


@operation(needs=PLAN)
async def draft_development_plan(
    work: Work,
    mentor_id: Annotated[Id[Mentor], "Of which mentor: oneself, or of one's caseload."],
    *,
    aims: Annotated[Sequence[str], "What the mentor wants to learn or change, one to ten sentences."],
    due_on: Annotated[date, "Until when."],
) -> DevelopmentPlan:
    """Draft a plan for a mentor's own development. Whoever drafts it agrees to it; it holds once the other does."""
    mentor = await _one_of_two(work, mentor_id)
    await work.settle()
    live = DevelopmentPlan.status.in_([DevelopmentStatus.DRAFT, DevelopmentStatus.AGREED])
    if await work.exists(DevelopmentPlan, DevelopmentPlan.mentor_id == mentor.id, live):
        raise Conflict("This mentor has a plan already: complete it or end it first.", path=("mentorId",))
    plan = DevelopmentPlan.under(mentor, status=DevelopmentStatus.DRAFT, drafted_at=work.now)
    plan.supervisor_person_id = await supervisor_of(work, mentor)
    _written(work, plan, aims, due_on)
    work.add(plan)
    work.note("development.drafted", plan)
    return plan


@operation(needs=PLAN)
async def edit_development_plan(
    work: Work,
    plan_id: Annotated[Id["DevelopmentPlan"], "Which plan."],
    *,
    aims: Annotated[Sequence[str], "What the mentor wants to learn or change, one to ten sentences."] = KEEP,
    due_on: Annotated[date, "Until when."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> DevelopmentPlan:
    """Change a draft; what is absent stays. Whoever changes it agrees to it, and the other is asked anew."""
    plan = await work.get(DevelopmentPlan, plan_id, lock=True)
    await work.expect(plan, expected_version)
    if plan.status != DevelopmentStatus.DRAFT:
        raise IllegalState(f"This development plan is {plan.status}, not DRAFT: end it and draft another.")
    _written(work, plan, plan.aims if aims is KEEP else aims, plan.due_on if due_on is KEEP else due_on)
    work.note("development.edited", plan)
    return plan


@operation(needs=PLAN)
async def agree_to_development_plan(
    work: Work,
    plan_id: Annotated[Id["DevelopmentPlan"], "Which plan, that the other of the two wrote."],
    *,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> DevelopmentPlan:
    """Agree to a draft that the other wrote: from now on it holds."""
    plan = await work.get(DevelopmentPlan, plan_id, lock=True)
    await work.expect(plan, expected_version)
    LIFE.check(plan, "agree_to_development_plan")
    if (plan.mentor_agreed_at if _is_mentor(work, plan) else plan.supervisor_agreed_at) is not None:
        raise IllegalState("You wrote this draft yourself: the other of the two has to agree.")
    plan.mentor_agreed_at = plan.mentor_agreed_at or work.now
    plan.supervisor_agreed_at = plan.supervisor_agreed_at or work.now
    LIFE.move(plan, "agree_to_development_plan")
    work.note("development.agreed", plan)
    return plan


@operation(needs=REVIEW)
async def review_development_plan(
    work: Work,
    plan_id: Annotated[Id["DevelopmentPlan"], "Which plan."],
    *,
    session_id: Annotated[Id[SupervisionSession], "In which session, that was held and is not signed."],
    text: Annotated[str, "How it goes."],
) -> DevelopmentPlan:
    """Write how a plan goes, as it was looked at in a session; written again, it takes the place of what was there."""
    plan = await work.get(DevelopmentPlan, plan_id, _charge(work, DevelopmentPlan), lock=True)
    if plan.status != DevelopmentStatus.AGREED:
        raise IllegalState(f"A plan is reviewed once it is AGREED; this one is {plan.status}.")
    session = await _session(work, session_id, plan.mentor_id)
    await work.settle()
    of_both = (DevelopmentReview.plan_id == plan.id, DevelopmentReview.session_id == session.id)
    found = await work.rows(DevelopmentReview, *of_both)
    review = found[0] if found else work.add(DevelopmentReview.under(session, plan_id=plan.id))
    review.text, review.reviewed_at = short(text, 4000, "text"), work.now
    work.note("development.reviewed", plan, session_id=session.id)
    return plan


@operation(needs=REVIEW)
async def complete_development_plan(
    work: Work, plan_id: Annotated[Id["DevelopmentPlan"], "Which plan."]
) -> DevelopmentPlan:
    """Say that what a plan aimed at is reached."""
    plan = await work.get(DevelopmentPlan, plan_id, _charge(work, DevelopmentPlan), lock=True)
    LIFE.move(plan, "complete_development_plan")
    plan.ended_at = work.now
    work.note("development.completed", plan)
    return plan


@operation(needs=PLAN)
async def end_development_plan(work: Work, plan_id: Annotated[Id["DevelopmentPlan"], "Which plan."]) -> DevelopmentPlan:
    """Give a plan up, or make room for another."""
    plan = await work.get(DevelopmentPlan, plan_id, lock=True)
    LIFE.move(plan, "end_development_plan")
    plan.ended_at = work.now
    work.note("development.ended", plan)
    return plan


@operation(needs=PLAN)
async def add_development_action(
    work: Work,
    mentor_id: Annotated[Id[Mentor], "Of which mentor: oneself, or of one's caseload."],
    *,
    text: Annotated[str, "What the mentor will do."],
    due_at: Annotated[datetime, "Until when, with its offset from UTC."],
    plan_id: Annotated[Id[DevelopmentPlan] | None, "For which development plan."] = None,
    session_id: Annotated[Id[SupervisionSession] | None, "Agreed in which session, that is not signed."] = None,
) -> DevelopmentAction:
    """Write down what a mentor will do for their own development; they have it as a task."""
    mentor = await _one_of_two(work, mentor_id)
    if due_at <= work.now:
        raise Invalid("What is agreed is due at a time to come.", path=("dueAt",))
    action = DevelopmentAction.under(
        mentor, text=short(text, 500, "text"), due_at=due_at, status=ActionStatus.OPEN, agreed_at=work.now
    )
    action.supervisor_person_id = await supervisor_of(work, mentor)
    if plan_id is not None:
        theirs = DevelopmentPlan.mentor_id == mentor.id
        action.plan_id = (await work.get(DevelopmentPlan, plan_id, theirs)).id
    if session_id is not None:
        action.session_id = (await _session(work, session_id, mentor.id)).id
    work.add(action)
    work.note("development.action_agreed", action)
    title = "Do what you agreed for your own development"
    await ask(work, ACTION, title, action, due_in=due_at - work.now, assignee_id=mentor.person_id)
    return action


@operation(needs=PLAN)
async def finish_development_action(
    work: Work, action_id: Annotated[Id["DevelopmentAction"], "Which of the things agreed."]
) -> DevelopmentAction:
    """Say that what was agreed is done."""
    return await _end(work, action_id, "finish_development_action", "development.action_finished")


@operation(needs=PLAN)
async def drop_development_action(
    work: Work, action_id: Annotated[Id["DevelopmentAction"], "Which of the things agreed."]
) -> DevelopmentAction:
    """Say that what was agreed need not be done any more."""
    return await _end(work, action_id, "drop_development_action", "development.action_dropped")


async def _end(work: Work, action_id: UUID, verb: str, fact: str) -> DevelopmentAction:
    action = await work.get(DevelopmentAction, action_id, lock=True)
    ACTION_LIFE.move(action, verb)
    action.ended_at = work.now
    work.note(fact, action)
    await settled(work, ACTION, action)
    return action


async def _one_of_two(work: Work, mentor_id: UUID) -> Mentor:
    """The mentor, where the actor is they or supervises them."""
    either: ColumnElement[bool] = Mentor.person_id == work.actor.own_person
    if work.actor.reaches(Reach.CASELOAD):
        either = or_(either, work.actor.among("caseload", Mentor.person_id))
    return await work.get(Mentor, mentor_id, either, lock=True)


async def _session(work: Work, session_id: UUID, mentor_id: UUID) -> SupervisionSession:
    """A session of the mentor that was held and is not signed."""
    session = await work.get(SupervisionSession, session_id, lock=True)
    if session.mentor_id != mentor_id:
        raise NotFound
    if session.status != SessionStatus.HELD:
        raise IllegalState(f"What belongs to a session is written while it is HELD; this one is {session.status}.")
    return session


def _charge(work: Work, model: type[BetweenTwo]) -> ColumnElement[bool]:
    return in_charge(work.actor, model.person_id, model.supervisor_person_id)


def _is_mentor(work: Work, plan: DevelopmentPlan) -> bool:
    return plan.person_id == work.actor.person_id


def _written(work: Work, plan: DevelopmentPlan, aims: Sequence[str], due_on: date) -> None:
    if not 1 <= len(aims) <= 10:
        raise Invalid("A plan has one to ten aims.", path=("aims",))
    if due_on <= work.now.date():
        raise Invalid("A plan is for a time to come.", path=("dueOn",))
    plan.aims, plan.due_on = [short(aim, 300, "aims", str(n)) for n, aim in enumerate(aims)], due_on
    mine = _is_mentor(work, plan)
    plan.mentor_agreed_at, plan.supervisor_agreed_at = (work.now, None) if mine else (None, work.now)

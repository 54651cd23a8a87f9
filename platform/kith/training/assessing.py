"""Attempts at a training: answers, scores, and what somebody has shown in another way."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, false, or_
from sqlalchemy.orm import Mapped

from kith.ground.actor import Actor, row_rule
from kith.ground.errors import IllegalState, Invalid
from kith.ground.model import Id, Owned, at_most, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.people.person import Person
from kith.tasks import ask, settled
from kith.training.completeness import hold_mentors, months_later, settle_training
from kith.training.enrolment import (
    ASSIGN,
    LIFE,
    OVERDUE,
    EnrolmentStatus,
    TrainingEnrolment,
    by_another,
    train,
)
from kith.training.module import TrainingModule

READ = Permission(
    "training_attempts.read", "See how people did in training.", granted_to=STAFF | {Role.MENTOR, Role.PARTNER}
)
READ_ANSWERS = Permission(
    "training_answers.read",
    "Read one's own answers in a training, and those of whom one trains.",
    granted_to=STAFF | {Role.MENTOR, Role.PARTNER},
)
SUBMIT = Permission(
    "training.submit", "Hand in one's own answers in a training.", granted_to=STAFF | {Role.MENTOR, Role.PARTNER}
)
ASSESS = Permission("training.assess", "Record whether somebody passed a training.", granted_to=STAFF)
WAIVE = Permission(
    "training.waive",
    "Waive a training for somebody who has shown what it teaches.",
    granted_to={Role.ADMIN, Role.COORDINATOR},
)
TO_ASSESS, STUCK = "TRAINING_TO_ASSESS", "TRAINING_NOT_PASSED"  # tasks
_A_WEEK = timedelta(days=7)


class TrainingAttempt(Owned):
    """One attempt at a training: when it was handed in, and how it was assessed."""

    __tablename__ = "training_attempts"
    __table_args__ = (
        organisation_index("enrolment_id", "number", unique=True),
        organisation_index("person_id"),
        organisation_index("programme_id"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score"),
        CheckConstraint("(score IS NULL) = (assessed_at IS NULL)", name="assessed"),
        CheckConstraint("assessor_id <> person_id", name="assessed_by_another"),
        at_most("remark", 4000),
    )
    READ = READ

    enrolment_id: Mapped[UUID] = within(TrainingEnrolment, carrying=("person_id", "programme_id"))
    person_id: Mapped[UUID]
    programme_id: Mapped[UUID | None]
    number: Mapped[int]
    submitted_at: Mapped[datetime]
    score: Mapped[int | None]
    passed: Mapped[bool | None]
    assessed_at: Mapped[datetime | None]
    assessor_id: Mapped[UUID | None] = within(Person, nullable=True)
    remark: Mapped[str]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Whose it is, who assessed it, who supervises them, the coordinators of the programme."""
        own = [cls.person_id, cls.assessor_id]
        return row_rule(actor, own=own, supervised=[cls.person_id], programme=cls.programme_id)


class TrainingAnswers(Owned):
    """What somebody answered: a row of its own, because it stays between them and their trainer."""

    __tablename__ = "training_answers"
    __table_args__ = (
        organisation_index("attempt_id", unique=True),
        organisation_index("person_id"),
        organisation_index("trainer_id"),
        at_most("answers", 20000),
    )
    READ = READ_ANSWERS
    SENSITIVE = True

    attempt_id: Mapped[UUID] = within(TrainingAttempt, carrying=("enrolment_id", "person_id"))
    enrolment_id: Mapped[UUID]
    person_id: Mapped[UUID]
    trainer_id: Mapped[UUID | None] = within(Person, nullable=True)
    answers: Mapped[str]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Whose they are and who trains them; nobody else, however far they reach."""
        if actor.person_id is None or not actor.grants:
            return false()
        return or_(cls.person_id == actor.own_person, cls.trainer_id == actor.own_person)


@operation(needs=SUBMIT)
async def submit_training(
    work: Work,
    enrolment_id: Annotated[Id[TrainingEnrolment], "One's own enrolment, which is in progress."],
    *,
    answers: Annotated[str, "The answers; only the trainer reads them."],
) -> TrainingEnrolment:
    """Hand in one's answers: the trainer assesses them."""
    own = row_rule(work.actor, own=[TrainingEnrolment.person_id])
    mine = (own, TrainingEnrolment.person_id == work.actor.person_id)
    enrolment = await work.get(TrainingEnrolment, enrolment_id, *mine, lock=True)
    LIFE.move(enrolment, "training.assessing.submit_training")
    attempt = _attempt(work, enrolment)
    work.add(TrainingAnswers.under(attempt, trainer_id=enrolment.trainer_id, answers=short(answers, 20000, "answers")))
    work.note("training.submitted", enrolment, code=enrolment.code)
    title = "Assess a training that was handed in." if enrolment.trainer_id else "Say who assesses a training."
    await ask(work, TO_ASSESS, title, enrolment, due_in=_A_WEEK, assignee_id=enrolment.trainer_id)
    return enrolment


@operation(needs=ASSIGN)
async def name_trainer(
    work: Work,
    enrolment_id: Annotated[Id[TrainingEnrolment], "Whose training."],
    *,
    trainer_id: Annotated[Id[Person], "Who trains them, and alone reads their answers from now on."],
) -> TrainingEnrolment:
    """Say who trains somebody: the trainer alone reads the answers, and assesses them."""
    enrolment = await work.get(TrainingEnrolment, enrolment_id, lock=True)
    by_another(work, enrolment)
    await train(work, enrolment, trainer_id)
    await work.revise(TrainingAnswers, TrainingAnswers.enrolment_id == enrolment.id, trainer_id=trainer_id)
    if enrolment.status == EnrolmentStatus.SUBMITTED:
        await settled(work, TO_ASSESS, enrolment)
        title = "Assess a training that was handed in."
        await ask(work, TO_ASSESS, title, enrolment, due_in=_A_WEEK, assignee_id=trainer_id)
    return enrolment


@operation(needs=ASSESS)
async def assess_training(
    work: Work,
    enrolment_id: Annotated[Id[TrainingEnrolment], "Which enrolment: in progress, or handed in."],
    *,
    score: Annotated[int, "The score in percent, 0 to 100; the module's pass mark decides."],
    remark: Annotated[str, "What the person should know about it."] = "",
) -> TrainingEnrolment:
    """Record how somebody did. Answers that were handed in are assessed by the trainer, who alone reads them."""
    if not 0 <= score <= 100:
        raise Invalid("A score is 0 to 100 percent.", path=("score",))
    seen = await work.get(TrainingEnrolment, enrolment_id)
    mentors = await hold_mentors(work, seen.person_id)
    enrolment = await work.get(TrainingEnrolment, enrolment_id, lock=True)
    by_another(work, enrolment)
    LIFE.check(enrolment, "training.assessing.assess_training")
    if enrolment.status == EnrolmentStatus.SUBMITTED and enrolment.trainer_id != work.actor.person_id:
        raise IllegalState("The trainer assesses these answers, who alone reads them: say who that is.")
    module = (await work.rows(TrainingModule, TrainingModule.id == enrolment.module_id))[0]
    attempt = await _assessed(work, enrolment)
    enrolment.attempts = attempt.number
    attempt.score, attempt.passed, attempt.remark = score, score >= module.pass_mark, long(remark, 4000, "remark")
    attempt.assessed_at, attempt.assessor_id = work.now, work.actor.person_id
    if attempt.passed:
        enrolment.completed_at = work.now
        months = module.validity_months
        enrolment.valid_until = months_later(work.now.date(), months) if months else None
        LIFE.move(enrolment, "training.assessing.assess_training", to=EnrolmentStatus.PASSED)
        work.note("training.passed", enrolment, code=enrolment.code, score=score)
        await _done(work, enrolment)
        await settle_training(work, mentors)
        return enrolment
    LIFE.move(enrolment, "training.assessing.assess_training", to=EnrolmentStatus.FAILED)
    work.note("training.failed", enrolment, code=enrolment.code, score=score, attempt=attempt.number)
    await settled(work, TO_ASSESS, enrolment)
    if attempt.number >= module.most_attempts:
        await ask(
            work, STUCK, "Talk about a training that was not passed in its last attempt.", enrolment, due_in=_A_WEEK
        )
    return enrolment


@operation(needs=WAIVE)
async def waive_training(
    work: Work,
    enrolment_id: Annotated[Id[TrainingEnrolment], "Which enrolment, not completed yet."],
    *,
    reason: Annotated[str, "Why it is not asked of them."],
    evidence: Annotated[str, "What shows it: a certificate with its number, whom one asked."],
    valid_until: Annotated[date | None, "The last day on which that counts; null for ever."] = None,
) -> TrainingEnrolment:
    """Waive a training for somebody who has shown what it teaches in another way. Nobody does so for themselves."""
    seen = await work.get(TrainingEnrolment, enrolment_id)
    mentors = await hold_mentors(work, seen.person_id)
    enrolment = await work.get(TrainingEnrolment, enrolment_id, lock=True)
    by_another(work, enrolment)
    if valid_until is not None and valid_until < work.now.date():
        raise Invalid("Something that has ended waives nothing.", path=("validUntil",))
    LIFE.move(enrolment, "training.assessing.waive_training")
    enrolment.waived_by_id, enrolment.completed_at, enrolment.valid_until = _person(work), work.now, valid_until
    enrolment.waiver_reason = short(reason, 2000, "reason")
    enrolment.waiver_evidence = short(evidence, 2000, "evidence")
    work.note("training.waived", enrolment, code=enrolment.code)
    await _done(work, enrolment)
    await settle_training(work, mentors)
    return enrolment


async def _assessed(work: Work, enrolment: TrainingEnrolment) -> TrainingAttempt:
    """The attempt that is assessed: what was handed in, or what the person did before their trainer's eyes."""
    if enrolment.status == EnrolmentStatus.SUBMITTED:
        this = (TrainingAttempt.enrolment_id == enrolment.id, TrainingAttempt.number == enrolment.attempts + 1)
        return (await work.rows(TrainingAttempt, *this))[0]
    return _attempt(work, enrolment)


def _attempt(work: Work, enrolment: TrainingEnrolment) -> TrainingAttempt:
    attempt = TrainingAttempt.under(enrolment, number=enrolment.attempts + 1, submitted_at=work.now, remark="")
    work.add(attempt)
    return attempt


async def _done(work: Work, enrolment: TrainingEnrolment) -> None:
    for kind in (TO_ASSESS, STUCK, OVERDUE):
        await settled(work, kind, enrolment)


def _person(work: Work) -> UUID:
    if work.actor.person_id is None:
        raise IllegalState("Only a person waives a training.")
    return work.actor.person_id

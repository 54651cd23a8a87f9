"""How a mentor does in the twelve core competencies: drafted, signed by a supervisor, acknowledged by the mentor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Forbidden, IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import KEEP, Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.texts import long
from kith.ground.work import Work
from kith.people.mentor import Mentor
from kith.people.person import Person
from kith.training.module import Competency

READ = Permission(
    "competencies.read", "See how a mentor does in the core competencies.", granted_to=STAFF | {Role.MENTOR}
)
EVALUATE = Permission(
    "competencies.evaluate", "Write how a mentor does in the core competencies.", granted_to=STAFF | {Role.MENTOR}
)
SIGN = Permission(
    "competencies.sign",
    "Sign how a mentor whom one supervises does in the core competencies.",
    granted_to={Role.ADMIN, Role.SUPERVISOR},
)
ACKNOWLEDGE = Permission(
    "competencies.acknowledge",
    "Acknowledge how one does in the core competencies.",
    granted_to={Role.MENTOR},
)


class Observer(Choice):
    """Whose view an evaluation gives."""

    SELF = "SELF", "The mentor's own."
    SUPERVISOR = "SUPERVISOR", "That of who supervises them."
    MENTEE_FEEDBACK = "MENTEE_FEEDBACK", "What mentees said, put together so that nobody is recognised."


class EvaluationStatus(Choice):
    """Where an evaluation is."""

    DRAFT = "DRAFT", "It is being written."
    SIGNED_BY_SUPERVISOR = "SIGNED_BY_SUPERVISOR", "The supervisor stands by it; it is not edited any more."
    ACKNOWLEDGED_BY_MENTOR = "ACKNOWLEDGED_BY_MENTOR", "The mentor has read it, and said what they have to say."


class CompetencyEvaluation(Owned):
    """How one mentor does in the twelve core competencies, in somebody's view."""

    __tablename__ = "competency_evaluations"
    __table_args__ = (
        organisation_index("drafted_at", "id"),
        organisation_index("programme_id", "drafted_at", "id"),
        organisation_index("person_id", "drafted_at", "id"),
        one_of("observer", list(Observer)),
        one_of("status", list(EvaluationStatus)),
        at_most("summary", 4000),
        at_most("reply", 4000),
        CheckConstraint("(status = 'DRAFT') = (signed_at IS NULL)", name="signed"),
        CheckConstraint("(status = 'ACKNOWLEDGED_BY_MENTOR') = (acknowledged_at IS NOT NULL)", name="acknowledged"),
        CheckConstraint("signed_by_id <> person_id", name="signed_by_another"),
    )
    READ = READ

    mentor_id: Mapped[UUID] = within(Mentor, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    observer: Mapped[str]
    summary: Mapped[str]
    status: Mapped[str]
    drafted_by_id: Mapped[UUID | None] = within(Person, nullable=True)
    drafted_at: Mapped[datetime]
    edited_at: Mapped[datetime]
    signed_by_id: Mapped[UUID | None] = within(Person, nullable=True)
    signed_at: Mapped[datetime | None]
    reply: Mapped[str]
    acknowledged_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The mentor, who supervises them, the coordinators of the programme."""
        return row_rule(actor, own=[cls.person_id], supervised=[cls.person_id], programme=cls.programme_id)


class CompetencyRating(Owned):
    """How a mentor does in one competency; without a rating it was not observed."""

    __tablename__ = "competency_ratings"
    __table_args__ = (
        organisation_index("evaluation_id", "competency", unique=True),
        organisation_index("programme_id"),
        organisation_index("person_id"),
        one_of("competency", list(Competency)),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        at_most("evidence", 2000),
    )
    READ = READ

    evaluation_id: Mapped[UUID] = within(CompetencyEvaluation, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    competency: Mapped[str]
    rating: Mapped[int | None]
    evidence: Mapped[str]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The mentor, who supervises them, the coordinators of the programme."""
        return row_rule(actor, own=[cls.person_id], supervised=[cls.person_id], programme=cls.programme_id)


LIFE = Lifecycle(
    CompetencyEvaluation,
    EvaluationStatus,
    begins=[EvaluationStatus.DRAFT],
    moves=[
        Move(
            "sign_competency_evaluation",
            EvaluationStatus.DRAFT,
            to=EvaluationStatus.SIGNED_BY_SUPERVISOR,
        ),
        Move(
            "acknowledge_competency_evaluation",
            EvaluationStatus.SIGNED_BY_SUPERVISOR,
            to=EvaluationStatus.ACKNOWLEDGED_BY_MENTOR,
        ),
    ],
)


@dataclass(frozen=True, slots=True)
class Rated:
    """How a mentor does in one competency."""

    competency: Annotated[Competency, "Which one."]
    rating: Annotated[int | None, "1 not yet to 5 fully; null where it was not observed."] = None
    evidence: Annotated[str, "What was seen or heard that shows it, without naming a mentee."] = ""


@operation(needs=EVALUATE)
async def draft_competency_evaluation(
    work: Work,
    mentor_id: Annotated[Id[Mentor], "Of which mentor."],
    *,
    observer: Annotated[Observer, "Whose view it gives; a mentor gives their own."],
    ratings: Annotated[Sequence[Rated], "How they do, each competency at most once; more can follow."] = (),
    summary: Annotated[str, "What matters most, in a few sentences."] = "",
) -> CompetencyEvaluation:
    """Draft an evaluation of a mentor in the core competencies. The mentor sees it from the first."""
    mentor = await work.get(Mentor, mentor_id, _evaluated(work, Mentor.person_id, Mentor.programme_id))
    if (work.actor.person_id == mentor.person_id) != (observer == Observer.SELF):
        raise Invalid("A mentor gives their own view, and nobody else does.", path=("observer",))
    evaluation = CompetencyEvaluation.under(
        mentor,
        observer=observer,
        summary=long(summary, 4000, "summary"),
        status=EvaluationStatus.DRAFT,
        drafted_by_id=work.actor.person_id,
        drafted_at=work.now,
        edited_at=work.now,
        reply="",
    )
    work.add(evaluation)
    await _rate(work, evaluation, ratings)
    work.note("competency.drafted", evaluation, observer=observer)
    return evaluation


@operation(needs=EVALUATE)
async def edit_competency_evaluation(
    work: Work,
    evaluation_id: Annotated[Id["CompetencyEvaluation"], "Which draft."],
    *,
    ratings: Annotated[Sequence[Rated], "What is rated now; competencies that are absent stay as they are."] = (),
    summary: Annotated[str, "What matters most, in a few sentences."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> CompetencyEvaluation:
    """Go on with a draft. What is signed is not edited: draft another one."""
    may_write = _evaluated(work, CompetencyEvaluation.person_id, CompetencyEvaluation.programme_id)
    evaluation = await work.get(CompetencyEvaluation, evaluation_id, may_write, lock=True)
    await work.expect(evaluation, expected_version)
    LIFE.check(evaluation, "sign_competency_evaluation")
    if (work.actor.person_id == evaluation.person_id) != (evaluation.observer == Observer.SELF):
        raise Forbidden("A mentor gives their own view, and nobody else does.")
    evaluation.summary = evaluation.summary if summary is KEEP else long(summary, 4000, "summary")
    evaluation.edited_at = work.now
    await _rate(work, evaluation, ratings)
    work.note("competency.edited", evaluation)
    return evaluation


@operation(needs=SIGN)
async def sign_competency_evaluation(
    work: Work,
    evaluation_id: Annotated[
        Id["CompetencyEvaluation"], "Which draft, in which all twelve competencies are spoken to."
    ],
    *,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> CompetencyEvaluation:
    """Sign an evaluation of a mentor whom one supervises; from then on it is not edited."""
    evaluation = await work.get(CompetencyEvaluation, evaluation_id, lock=True)
    await work.expect(evaluation, expected_version)
    LIFE.check(evaluation, "sign_competency_evaluation")
    if work.actor.person_id is None or work.actor.person_id == evaluation.person_id:
        raise IllegalState("Somebody else signs what is said of you.")
    rated = {each.competency for each in await work.rows(CompetencyRating, _of(evaluation))}
    if missing := [each.value for each in Competency if each not in rated]:
        raise IllegalState(f"Speak to all twelve, be it as not observed: {', '.join(missing)} missing.")
    LIFE.move(evaluation, "sign_competency_evaluation")
    evaluation.signed_by_id, evaluation.signed_at = work.actor.person_id, work.now
    work.note("competency.signed", evaluation)
    return evaluation


@operation(needs=ACKNOWLEDGE)
async def acknowledge_competency_evaluation(
    work: Work,
    evaluation_id: Annotated[Id["CompetencyEvaluation"], "Which signed evaluation, of oneself."],
    *,
    reply: Annotated[str, "What one has to say about it; empty for nothing."] = "",
) -> CompetencyEvaluation:
    """Acknowledge an evaluation of oneself: that one has read it, whether or not one agrees."""
    mine = CompetencyEvaluation.person_id == work.actor.person_id
    evaluation = await work.get(CompetencyEvaluation, evaluation_id, mine, lock=True)
    LIFE.move(evaluation, "acknowledge_competency_evaluation")
    evaluation.acknowledged_at, evaluation.reply = work.now, long(reply, 4000, "reply")
    work.note("competency.acknowledged", evaluation)
    return evaluation


def _evaluated(work: Work, person: Any, programme: Any) -> ColumnElement[bool]:
    """Whom the actor may evaluate: themselves, whom they supervise, the mentors of their programme."""
    return row_rule(work.actor, own=[person], supervised=[person], programme=programme)


def _of(evaluation: CompetencyEvaluation) -> ColumnElement[bool]:
    return CompetencyRating.evaluation_id == evaluation.id


async def _rate(work: Work, evaluation: CompetencyEvaluation, ratings: Sequence[Rated]) -> None:
    """Write down the ratings, over those of the same competencies. Raises Invalid with the path."""
    if len({each.competency for each in ratings}) != len(ratings):
        raise Invalid("Each competency is rated once.", path=("ratings",))
    await work.settle()
    known = {each.competency: each for each in await work.rows(CompetencyRating, _of(evaluation))}
    for place, each in enumerate(ratings):
        if each.rating is not None and not 1 <= each.rating <= 5:
            raise Invalid("A rating is 1 to 5.", path=("ratings", str(place), "rating"))
        row = known.get(each.competency)
        if row is None:
            row = work.add(CompetencyRating.under(evaluation, competency=each.competency))
        row.rating, row.evidence = each.rating, long(each.evidence, 2000, "ratings", str(place), "evidence")

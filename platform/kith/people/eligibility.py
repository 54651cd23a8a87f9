"""Eligibility: whether a programme is the right one for somebody, asked in questions that it words itself.

Criteria are written down before anybody is judged by them (MENTOR, Elements of Effective Practice, B.2.8). The
answers inform a person who decides; nothing is decided by a count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import IllegalState, Invalid
from kith.ground.model import Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.people.mentee import LIFE, EnrolmentEnd, Mentee, MenteeStatus, end
from kith.people.person import Person
from kith.programmes import Programme, looked_after

READ_CRITERIA = Permission(
    "eligibility.read_criteria",
    "See what a programme asks before it takes somebody in.",
    granted_to=STAFF | PARTICIPANTS,
)
WRITE_CRITERIA = Permission(
    "eligibility.write_criteria",
    "Write down what a programme asks before it takes somebody in.",
    granted_to={Role.ADMIN},
)
READ = Permission(
    "eligibility.read",
    "See how it was decided whether a programme is the right one for somebody.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTEE},
)
DECIDE = Permission(
    "eligibility.decide",
    "Decide whether a programme is the right one for somebody.",
    granted_to={Role.ADMIN, Role.COORDINATOR},
)


class YesNoUnknown(Choice):
    """An answer to a question that not everybody can or wants to answer."""

    YES = "YES", "Yes."
    NO = "NO", "No."
    UNKNOWN = "UNKNOWN", "Not known, or they would rather not say."


class EligibilityCriterion(Owned):
    """A question that a programme asks of everybody who applies, and the answer that speaks for them."""

    __tablename__ = "eligibility_criteria"
    __table_args__ = (
        organisation_index("programme_id", "code", unique=True, where="retired_at IS NULL", name="uq_criteria_in_use"),
        organisation_index("set_at", "id"),
        organisation_index("programme_id", "set_at", "id"),
        one_of("wanted", [YesNoUnknown.YES, YesNoUnknown.NO]),
        at_most("code", 40),
        at_most("question", 300),
    )
    READ = READ_CRITERIA

    programme_id: Mapped[UUID] = within(Programme)
    code: Mapped[str]
    question: Mapped[str]
    wanted: Mapped[str]
    set_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Whoever may read criteria: they are no secret."""
        return row_rule(actor, everybody=true())


class EligibilityDecision(Owned):
    """What was answered, and what somebody decided from it. The questions stand in it as they were asked."""

    __tablename__ = "eligibility_decisions"
    __table_args__ = (
        organisation_index("mentee_id", "decided_at", "id"),
        organisation_index("person_id"),
        CheckConstraint("eligible OR reason <> ''", name="reason"),
        at_most("reason", 1000),
    )
    READ = READ
    SENSITIVE = True

    mentee_id: Mapped[UUID] = within(Mentee, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    decided_by_id: Mapped[UUID | None] = within(Person, nullable=True)
    eligible: Mapped[bool]
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    reason: Mapped[str]
    decided_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The person it is about, and the coordinators of the programme."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id)


@dataclass(frozen=True, slots=True)
class EligibilityAnswer:
    """What somebody answers to one of the questions."""

    code: Annotated[str, "Of which criterion."]
    answer: Annotated[YesNoUnknown, "The answer."]


@operation(needs=WRITE_CRITERIA)
async def set_eligibility_criterion(
    work: Work,
    *,
    programme_id: Annotated[Id[Programme], "In which programme."],
    code: Annotated[str, "A short code that stays when the question is worded anew, such as ADULT."],
    question: Annotated[str, "The question, as it is asked."],
    wanted: Annotated[YesNoUnknown, "The answer that speaks for taking them in: YES or NO."] = YesNoUnknown.YES,
) -> EligibilityCriterion:
    """Ask this of everybody who applies from now on; it takes the place of a question with the same code."""
    programme = await work.get(Programme, programme_id, looked_after(work), lock=True)
    if wanted == YesNoUnknown.UNKNOWN:
        raise Invalid("Say whether YES or NO speaks for taking them in.", path=("wanted",))
    code = short(code, 40, "code").upper()
    await _retire(work, EligibilityCriterion.programme_id == programme.id, EligibilityCriterion.code == code)
    criterion = EligibilityCriterion.under(
        programme, code=code, question=short(question, 300, "question"), wanted=wanted, set_at=work.now
    )
    work.add(criterion)
    work.note("eligibility.criterion_set", criterion)
    return criterion


@operation(needs=WRITE_CRITERIA)
async def retire_eligibility_criterion(
    work: Work, criterion_id: Annotated[Id[EligibilityCriterion], "Which question."]
) -> EligibilityCriterion:
    """Ask this of nobody any more; what was answered before stays."""
    seen = await work.get(EligibilityCriterion, criterion_id)
    await work.get(Programme, seen.programme_id, looked_after(work), lock=True)
    criterion = await work.get(EligibilityCriterion, criterion_id, lock=True)
    if criterion.retired_at is not None:
        raise IllegalState("This question is not asked any more.")
    criterion.retired_at = work.now
    work.note("eligibility.criterion_retired", criterion)
    return criterion


@operation(needs=DECIDE)
async def begin_eligibility_review(work: Work, mentee_id: Annotated[Id[Mentee], "Who applied."]) -> Mentee:
    """Begin to look whether the programme is the right one for somebody who applied."""
    mentee = await work.get(Mentee, mentee_id, lock=True)
    LIFE.move(mentee, "people.eligibility.begin_eligibility_review")
    work.note("mentee.reviewed", mentee)
    return mentee


@operation(needs=DECIDE)
async def decide_eligibility(
    work: Work,
    mentee_id: Annotated[Id[Mentee], "Who applied."],
    *,
    eligible: Annotated[bool, "Whether the programme is the right one for them."],
    answers: Annotated[Sequence[EligibilityAnswer], "An answer to every question that the programme asks."] = (),
    reason: Annotated[
        str, "Why; needed where they are not taken in, or are although an answer speaks against it. They may read it."
    ] = "",
) -> EligibilityDecision:
    """Decide whether the programme is the right one for somebody. If it is not, the enrolment is closed."""
    mentee = await work.get(Mentee, mentee_id, lock=True)
    LIFE.check(mentee, VERB)
    asked = await work.rows(
        EligibilityCriterion,
        EligibilityCriterion.programme_id == mentee.programme_id,
        EligibilityCriterion.retired_at.is_(None),
    )
    given = _answered(asked, answers)
    against = [c.code for c in asked if given[c.code] != c.wanted]
    reason = long(reason, 1000, "reason").strip()
    if not reason and not eligible:
        raise Invalid("Say why the programme is not the right one for them.", path=("reason",))
    if not reason and against:
        sentence = f"Say why they are taken in although this speaks against it or is unknown: {', '.join(against)}."
        raise Invalid(sentence, path=("reason",))
    decision = EligibilityDecision.under(
        mentee,
        eligible=eligible,
        answers=[{"code": c.code, "question": c.question, "answer": str(given[c.code])} for c in asked],
        reason=reason,
        decided_at=work.now,
    )
    decision.decided_by_id = work.actor.person_id
    work.add(decision)
    LIFE.move(mentee, VERB, to=MenteeStatus.ELIGIBILITY_REVIEW if eligible else MenteeStatus.CLOSED)
    work.note("eligibility.decided", mentee, eligible=eligible)
    if not eligible:
        end(work, mentee, EnrolmentEnd.NOT_ELIGIBLE)
    return decision


VERB = "people.eligibility.decide_eligibility"


async def found_eligible(work: Work, mentee: Mentee) -> bool:
    """Whether the last decision about the enrolment took them in."""
    decisions = await work.rows(EligibilityDecision, EligibilityDecision.mentee_id == mentee.id)
    return bool(decisions) and max(decisions, key=lambda each: (each.decided_at, each.id)).eligible


def _answered(asked: Sequence[EligibilityCriterion], answers: Sequence[EligibilityAnswer]) -> dict[str, YesNoUnknown]:
    given = {each.code.strip().upper(): each.answer for each in answers}
    codes = [criterion.code for criterion in asked]
    if len(given) != len(answers):
        raise Invalid("Answer each question once.", path=("answers",))
    if missing := [code for code in codes if code not in given]:
        raise Invalid(f"Answer every question; UNKNOWN is an answer. Missing: {', '.join(missing)}.", path=("answers",))
    if unknown := sorted(set(given) - set(codes)):
        raise Invalid(f"This programme does not ask: {', '.join(unknown)}.", path=("answers",))
    return given


async def _retire(work: Work, *where: ColumnElement[bool]) -> None:
    await work.revise(EligibilityCriterion, EligibilityCriterion.retired_at.is_(None), *where, retired_at=work.now)

"""Feedback forms: what is asked of whom and when, in editions, so that answers are to what was asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.programmes import Programme, looked_after

READ = Permission("feedback_forms.read", "See what feedback forms ask.", granted_to=STAFF | PARTICIPANTS)
KEEP_FORMS = Permission(
    "feedback_forms.keep", "Open feedback forms, revise and retire them.", granted_to={Role.ADMIN, Role.COORDINATOR}
)
MOST_QUESTIONS = 20


class Moment(Choice):
    """When a form is asked."""

    AFTER_MEETING = "AFTER_MEETING", "After a meeting, beside the four quick items."
    DAY_30 = "DAY_30", "When two people have walked together for 30 days."
    DAY_90 = "DAY_90", "When they have for 90 days."
    EXIT = "EXIT", "When their match has closed."
    GROUP = "GROUP", "After a group."
    TRAINING = "TRAINING", "After a training."


class FormAudience(Choice):
    """Whom a form asks."""

    MENTEES = "MENTEES", "Mentees."
    MENTORS = "MENTORS", "Mentors."


class Privacy(Choice):
    """What is kept of who answered."""

    ANONYMOUS = "ANONYMOUS", "Only sums are kept, and nothing that leads from an answer to a person."
    CONFIDENTIAL = "CONFIDENTIAL", "The person and the programme's coordinators read the answers."


class QuestionKind(Choice):
    """How a question is answered."""

    SCALE = "SCALE", "With 1 to 5."
    TEXT = "TEXT", "In words."


class FormStatus(Choice):
    """Where a form is."""

    OPEN = "OPEN", "It is asked."
    RETIRED = "RETIRED", "It is not asked any more, or a newer edition is asked instead."


class FeedbackForm(Owned):
    """One edition of what is asked of one audience at one moment. It never changes: a revision is a new edition."""

    __tablename__ = "feedback_forms"
    __table_args__ = (
        organisation_index("opened_at", "id"),
        organisation_index("programme_id", "opened_at", "id"),
        organisation_index("programme_id", "moment", "audience", "edition", unique=True),
        organisation_index(
            "programme_id", "moment", "audience", unique=True, where="status = 'OPEN'", name="uq_feedback_forms_open"
        ),
        one_of("moment", list(Moment)),
        one_of("audience", list(FormAudience)),
        one_of("privacy", list(Privacy)),
        one_of("status", list(FormStatus)),
        at_most("title", 200),
        CheckConstraint("(status = 'RETIRED') = (retired_at IS NOT NULL)", name="retired"),
    )
    READ = READ

    programme_id: Mapped[UUID] = within(Programme)
    moment: Mapped[str]
    audience: Mapped[str]
    privacy: Mapped[str]
    title: Mapped[str]
    edition: Mapped[int]
    status: Mapped[str]
    opened_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """What is asked is no secret: staff, mentors and mentees read it."""
        return row_rule(actor, programme=cls.programme_id, everybody=cls.opened_at.is_not(None))


class FormQuestion(Owned):
    """One question of one edition."""

    __tablename__ = "form_questions"
    __table_args__ = (
        organisation_index("form_id", "place", unique=True),
        one_of("kind", list(QuestionKind)),
        at_most("question", 500),
        CheckConstraint(f"place BETWEEN 1 AND {MOST_QUESTIONS}", name="place"),
    )
    READ = READ

    form_id: Mapped[UUID] = within(FeedbackForm, carrying=("programme_id",))
    programme_id: Mapped[UUID]
    place: Mapped[int]
    kind: Mapped[str]
    question: Mapped[str]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who sees the form."""
        return row_rule(actor, programme=cls.programme_id, everybody=cls.place.is_not(None))


LIFE = Lifecycle(
    FeedbackForm,
    FormStatus,
    begins=[FormStatus.OPEN],
    moves=[
        Move("revise_feedback_form", FormStatus.OPEN, to=FormStatus.RETIRED),
        Move("retire_feedback_form", FormStatus.OPEN, to=FormStatus.RETIRED),
    ],
)


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A question to ask."""

    question: Annotated[str, "The question, in plain words."]
    kind: Annotated[QuestionKind, "How it is answered."] = QuestionKind.SCALE


@operation(needs=KEEP_FORMS)
async def open_feedback_form(
    work: Work,
    *,
    programme_id: Annotated[Id[Programme], "In which programme."],
    moment: Annotated[Moment, "When it is asked."],
    audience: Annotated[FormAudience, "Whom it asks."],
    privacy: Annotated[Privacy, "What is kept of who answered; it stays so in every edition."],
    title: Annotated[str, "What people see above it."],
    questions: Annotated[Sequence[NewQuestion], "What is asked, 1 to 20 questions in this order."],
) -> FeedbackForm:
    """Open a form. At DAY_30, DAY_90 and EXIT people are invited by themselves, once each."""
    programme = await work.get(Programme, programme_id, looked_after(work), lock=True)
    same = (
        FeedbackForm.programme_id == programme.id,
        FeedbackForm.moment == moment,
        FeedbackForm.audience == audience,
    )
    if await work.exists(FeedbackForm, *same, FeedbackForm.status == FormStatus.OPEN):
        raise Conflict("A form for this moment and audience is open: revise or retire that one.", path=("moment",))
    form = FeedbackForm.under(
        programme,
        moment=moment,
        audience=audience,
        privacy=privacy,
        title=short(title, 200, "title"),
        edition=await work.count(FeedbackForm, *same) + 1,
        status=FormStatus.OPEN,
        opened_at=work.now,
    )
    _ask(work, form, questions)
    work.note("feedback_form.opened", form)
    return form


@operation(needs=KEEP_FORMS)
async def revise_feedback_form(
    work: Work,
    form_id: Annotated[Id[FeedbackForm], "Which form."],
    *,
    title: Annotated[str, "What people see above it."],
    questions: Annotated[Sequence[NewQuestion], "What is asked, 1 to 20 questions in this order."],
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> FeedbackForm:
    """Ask other questions from now on: the next edition, which is returned. Who is invited already answers the old."""
    form = await _form(work, form_id)
    await work.expect(form, expected_version)
    LIFE.move(form, "revise_feedback_form")
    form.retired_at = work.now
    await work.settle()
    revised = FeedbackForm(
        programme_id=form.programme_id,
        moment=form.moment,
        audience=form.audience,
        privacy=form.privacy,
        title=short(title, 200, "title"),
        edition=form.edition + 1,
        status=FormStatus.OPEN,
        opened_at=work.now,
    )
    _ask(work, revised, questions)
    work.note("feedback_form.revised", revised, before=form.id)
    return revised


@operation(needs=KEEP_FORMS)
async def retire_feedback_form(work: Work, form_id: Annotated[Id[FeedbackForm], "Which form."]) -> FeedbackForm:
    """Ask a form no more. Who is invited already may still answer."""
    form = await _form(work, form_id)
    LIFE.move(form, "retire_feedback_form")
    form.retired_at = work.now
    work.note("feedback_form.retired", form)
    return form


async def _form(work: Work, form_id: UUID) -> FeedbackForm:
    """To read what is asked is not to change it."""
    return await work.get(FeedbackForm, form_id, row_rule(work.actor, programme=FeedbackForm.programme_id), lock=True)


def _ask(work: Work, form: FeedbackForm, questions: Sequence[NewQuestion]) -> None:
    if not 1 <= len(questions) <= MOST_QUESTIONS:
        raise Invalid(f"A form asks 1 to {MOST_QUESTIONS} questions.", path=("questions",))
    work.add(form)
    for place, new in enumerate(questions):
        question = FormQuestion.under(
            form,
            place=place + 1,
            kind=new.kind,
            question=short(new.question, 500, "questions", str(place), "question"),
        )
        work.add(question)

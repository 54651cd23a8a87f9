"""Answers to feedback forms: who is invited, what they say, and the figures over enough of them.

Who answered and what was answered never meet where a form is anonymous: of an answer only sums are kept, one row
for each question whoever answers, and texts in alphabetical order. What is shown moves on by at least
FEWEST_ANSWERS people at a time, so that two readings do not tell what somebody said in between.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Numeric, false
from sqlalchemy.orm import Mapped, mapped_column

from kith.evaluation.form import FeedbackForm, FormAudience, FormQuestion, FormStatus, Moment, Privacy, QuestionKind
from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, Permission, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.matching.match import Match, MatchStatus, other_of
from kith.people.letters import write_letter
from kith.people.person import Person

READ = Permission(
    "feedback_invitations.read",
    "See who is invited to give feedback.",
    granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS},
)
READ_RESPONSES = Permission(
    "feedback_responses.read",
    "Read what somebody answered in confidence.",
    granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS},
)
READ_RESULTS = Permission(
    "feedback_results.read",
    "See the figures of feedback forms, over enough people.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.ANALYST},
)
ANSWER = Permission("feedback_forms.answer", "Answer a form one is invited to.", granted_to=PARTICIPANTS)
INVITE = Permission(
    "feedback_forms.invite", "Invite people to answer a form.", granted_to={Role.ADMIN, Role.COORDINATOR}
)
INVITE_IN_TIME = Permission("feedback_forms.invite_in_time", "Invite people at the moment that a form names.")
FEWEST_ANSWERS = 5  # figures over fewer people are shown to nobody (domain, section 14: k >= 5)
FEWEST_FOR_ANALYSTS = 11  # and to an analyst not over fewer than these (cell suppression as CMS does it: 1 to 10)
STANDS = timedelta(days=30)
CATCHES_UP = timedelta(days=14)  # a match that was older when a form opened is not asked after the fact
DAYS = {Moment.DAY_30: timedelta(days=30), Moment.DAY_90: timedelta(days=90)}


class InvitationStatus(Choice):
    """Where an invitation is."""

    OPEN = "OPEN", "It awaits an answer, which nobody has to give."
    ANSWERED = "ANSWERED", "The person answered."
    LAPSED = "LAPSED", "Its time is over."


class FeedbackInvitation(Owned):
    """One person asked to answer one form, where it is about a match once for each match and moment."""

    __tablename__ = "feedback_invitations"
    __table_args__ = (
        organisation_index("invited_at", "id"),
        organisation_index("programme_id", "invited_at", "id"),
        organisation_index("person_id", "invited_at", "id"),
        organisation_index("form_id", "invited_at", "id"),
        organisation_index("stands_until", where="status = 'OPEN'", name="ix_feedback_invitations_lapsing"),
        organisation_index(
            "match_id",
            "person_id",
            "moment",
            unique=True,
            where="match_id IS NOT NULL",
            name="uq_feedback_invitations_match",
        ),
        organisation_index(
            "form_id", "person_id", unique=True, where="status = 'OPEN'", name="uq_feedback_invitations_open"
        ),
        one_of("moment", list(Moment)),
        one_of("status", list(InvitationStatus)),
    )
    READ = READ

    form_id: Mapped[UUID] = within(FeedbackForm, carrying=("programme_id", "moment"))
    programme_id: Mapped[UUID]
    moment: Mapped[str]
    person_id: Mapped[UUID] = within(Person)
    match_id: Mapped[UUID | None] = within(Match, nullable=True)
    other_person_id: Mapped[UUID | None] = within(Person, nullable=True)  # with whom they walk, in a match
    status: Mapped[str]
    invited_at: Mapped[datetime]
    stands_until: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who is invited, and the coordinators of the programme."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id)


class FeedbackResponse(Owned):
    """What one person answered in confidence. An anonymous form has none of these."""

    __tablename__ = "feedback_responses"
    __table_args__ = (
        organisation_index("given_at", "id"),
        organisation_index("programme_id", "given_at", "id"),
        organisation_index("person_id", "given_at", "id"),
        organisation_index("form_id", "given_at", "id"),
        organisation_index("invitation_id", unique=True),
    )
    READ = READ_RESPONSES
    SENSITIVE = True

    invitation_id: Mapped[UUID] = within(
        FeedbackInvitation, carrying=("form_id", "programme_id", "person_id", "other_person_id")
    )
    form_id: Mapped[UUID]
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    other_person_id: Mapped[UUID | None]
    given_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who gave it and the coordinators of the programme; never the other person of a match."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id, apart=[cls.other_person_id])


class FeedbackAnswer(Owned):
    """The answer to one question, in confidence."""

    __tablename__ = "feedback_answers"
    __table_args__ = (
        organisation_index("response_id", "place", unique=True),
        CheckConstraint("score BETWEEN 1 AND 5", name="score"),
        CheckConstraint("(score IS NULL) <> (text IS NULL)", name="one_of_two"),
        at_most("text", 2000),
    )
    READ = READ_RESPONSES
    SENSITIVE = True

    response_id: Mapped[UUID] = within(FeedbackResponse, carrying=("programme_id", "person_id", "other_person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    other_person_id: Mapped[UUID | None]
    question_id: Mapped[UUID] = within(FormQuestion, carrying=("place",))
    place: Mapped[int]
    score: Mapped[int | None]
    text: Mapped[str | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who sees the response."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id, apart=[cls.other_person_id])


class FeedbackTally(Owned):
    """The sums over all answers to one question. Nobody reads it: it is what results are made of."""

    __tablename__ = "feedback_tallies"
    __table_args__ = (
        organisation_index("question_id", unique=True),
        CheckConstraint("cardinality(counts) = 5", name="counts"),
    )
    READ = READ_RESULTS

    question_id: Mapped[UUID] = within(FormQuestion, carrying=("form_id", "programme_id", "place"))
    form_id: Mapped[UUID]
    programme_id: Mapped[UUID]
    place: Mapped[int]
    people: Mapped[int]
    counts: Mapped[list[int]]  # how many answered 1, 2, 3, 4 and 5
    texts: Mapped[list[str]]  # in alphabetical order, so that it says nothing of who came when

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Nobody."""
        return false()


class FeedbackResult(Owned):
    """The figures of one question that may be shown: as they were when enough people more had answered."""

    __tablename__ = "feedback_results"
    __table_args__ = (
        organisation_index("form_id", "place", unique=True),
        organisation_index("question_id", unique=True),
        CheckConstraint(f"people >= {FEWEST_ANSWERS}", name="people"),
    )
    READ = READ_RESULTS

    question_id: Mapped[UUID] = within(FormQuestion, carrying=("form_id", "programme_id", "place"))
    form_id: Mapped[UUID]
    programme_id: Mapped[UUID]
    place: Mapped[int]
    people: Mapped[int]
    mean: Mapped[Decimal | None] = mapped_column(Numeric(4, 2))
    texts: Mapped[list[str]]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The coordinators of the programme; an analyst figures alone, over at least eleven people."""
        return row_rule(
            actor,
            programme=cls.programme_id,
            aggregate=(cls.people >= FEWEST_FOR_ANALYSTS) & cls.mean.is_not(None),
        )


LIFE = Lifecycle(
    FeedbackInvitation,
    InvitationStatus,
    begins=[InvitationStatus.OPEN],
    moves=[
        Move("answer_feedback_form", InvitationStatus.OPEN, to=InvitationStatus.ANSWERED),
        Move("invite_in_time", InvitationStatus.OPEN, to=InvitationStatus.LAPSED),
    ],
)


@dataclass(frozen=True, slots=True)
class FormAnswer:
    """The answer to one question: a score or a text, as the question asks."""

    question_id: Annotated[Id[FormQuestion], "Which question."]
    score: Annotated[int | None, "SCALE: 1 to 5."] = None
    text: Annotated[str | None, "TEXT: what you want to say."] = None


@operation(needs=INVITE)
async def invite_to_feedback(
    work: Work,
    form_id: Annotated[Id[FeedbackForm], "To which form."],
    *,
    person_ids: Annotated[Sequence[Id[Person]], "Whom, at most a hundred."],
) -> FeedbackForm:
    """Invite people to a form: after a group or a training. Who is invited already is not invited twice.

    Who answered an anonymous form is not invited again before it is revised: its figures are over people, each once.
    """
    form = await work.get(FeedbackForm, form_id, row_rule(work.actor, programme=FeedbackForm.programme_id), lock=True)
    if form.status != FormStatus.OPEN:
        raise IllegalState(f"This form is {form.status}, not OPEN.")
    if not 1 <= len(person_ids) <= 100:
        raise Invalid("Invite 1 to 100 people at once.", path=("personIds",))
    for person_id in sorted(set(person_ids)):
        await _invite(work, form, await work.get(Person, person_id), None)
    return form


@operation(needs=ANSWER)
async def answer_feedback_form(
    work: Work,
    invitation_id: Annotated[Id[FeedbackInvitation], "Which invitation; your own."],
    *,
    answers: Annotated[Sequence[FormAnswer], "Your answers; leave out what you do not want to answer."],
) -> FeedbackInvitation:
    """Answer a form. Of an anonymous one nothing is kept that leads back to you but that you answered."""
    mine = FeedbackInvitation.person_id == work.actor.person_id
    invitation = await work.get(FeedbackInvitation, invitation_id, mine, lock=True)
    LIFE.move(invitation, "answer_feedback_form")
    if invitation.stands_until <= work.now:
        raise IllegalState("The time to answer this is over.")
    form = await work.get(FeedbackForm, invitation.form_id)
    questions = {q.id: q for q in await work.rows(FormQuestion, FormQuestion.form_id == form.id)}
    _check(questions, answers)
    if form.privacy == Privacy.CONFIDENTIAL:
        _keep(work, invitation, questions, answers)
    await _count(work, questions, answers)
    work.note("feedback_form.answered", invitation)
    return invitation


@operation(needs=INVITE_IN_TIME)
async def invite_in_time(work: Work) -> None:
    """Once a day: invite who has walked together for 30 or 90 days, and let invitations lapse whose time is over."""
    await LIFE.move_all(work, "invite_in_time", FeedbackInvitation.stands_until <= work.now, to=InvitationStatus.LAPSED)
    for moment, after in DAYS.items():
        for form in await work.rows(
            FeedbackForm, FeedbackForm.moment == moment, FeedbackForm.status == FormStatus.OPEN
        ):
            matches = await work.rows(
                Match,
                Match.programme_id == form.programme_id,
                Match.status != MatchStatus.CLOSED,
                Match.began_at <= work.now - after,
                Match.began_at > work.now - after - CATCHES_UP,
            )
            await _invite_of(work, form, matches)


@operation(needs=INVITE_IN_TIME)
async def invite_at_exit(work: Work, match_id: Id[Match]) -> None:
    """Invite the two people of a match that closed."""
    match = await work.get(Match, match_id)
    at_exit = (FeedbackForm.moment == Moment.EXIT, FeedbackForm.status == FormStatus.OPEN)
    for form in await work.rows(FeedbackForm, FeedbackForm.programme_id == match.programme_id, *at_exit):
        await _invite_of(work, form, [match])


async def _invite_of(work: Work, form: FeedbackForm, matches: Iterable[Match]) -> None:
    for match in matches:
        person_id = match.mentee_person_id if form.audience == FormAudience.MENTEES else match.mentor_person_id
        await _invite(work, form, await work.get(Person, person_id), match)


async def _invite(work: Work, form: FeedbackForm, person: Person, match: Match | None) -> None:
    """Invite the person with a letter, unless they are or were for the same match and moment.

    Five answers of one person would pass for those of five where nothing is kept of who answered: whoever answered an
    anonymous form is not asked again.
    """
    await work.settle()
    asked = [InvitationStatus.OPEN]
    if form.privacy == Privacy.ANONYMOUS:
        asked.append(InvitationStatus.ANSWERED)
    known = (FeedbackInvitation.form_id == form.id) & FeedbackInvitation.status.in_(asked)
    if match is not None:
        known |= (FeedbackInvitation.match_id == match.id) & (FeedbackInvitation.moment == form.moment)
    if await work.exists(FeedbackInvitation, FeedbackInvitation.person_id == person.id, known):
        return
    invitation = FeedbackInvitation.under(
        form,
        person_id=person.id,
        match_id=match and match.id,
        other_person_id=match and other_of(match, person.id),
        status=InvitationStatus.OPEN,
        invited_at=work.now,
        stands_until=work.now + STANDS,
    )
    work.add(invitation)
    work.note("feedback.invited", invitation)
    await write_letter(work, "feedback.asked", person, about=invitation)


def _check(questions: dict[UUID, FormQuestion], answers: Sequence[FormAnswer]) -> None:
    if not answers:
        raise Invalid("Answer at least one question.", path=("answers",))
    if len({answer.question_id for answer in answers}) != len(answers):
        raise Invalid("Answer each question once.", path=("answers",))
    for place, answer in enumerate(answers):
        path = ("answers", str(place))
        question = questions.get(answer.question_id)
        if question is None:
            raise Invalid("This form asks no such question.", path=(*path, "questionId"))
        if question.kind == QuestionKind.SCALE:
            if answer.text is not None or answer.score is None or not 1 <= answer.score <= 5:
                raise Invalid("This question is answered with a score, 1 to 5.", path=(*path, "score"))
        elif answer.score is not None or answer.text is None:
            raise Invalid("This question is answered in words.", path=(*path, "text"))
        else:
            short(answer.text, 2000, *path, "text")


def _keep(
    work: Work, invitation: FeedbackInvitation, questions: dict[UUID, FormQuestion], answers: Sequence[FormAnswer]
) -> None:
    response = FeedbackResponse.under(invitation, given_at=work.now)
    work.add(response)
    for answer in answers:
        question = questions[answer.question_id]
        text = answer.text and answer.text.strip()
        work.add(FeedbackAnswer.under(response, question, score=answer.score, text=text))


async def _count(work: Work, questions: dict[UUID, FormQuestion], answers: Sequence[FormAnswer]) -> None:
    """Add to the sums, question by question in one order, and show what may be shown."""
    for answer in sorted(answers, key=lambda each: each.question_id):
        question = questions[answer.question_id]
        await work.hold(FormQuestion, question.id)
        tally = next(iter(await work.rows(FeedbackTally, FeedbackTally.question_id == question.id)), None)
        if tally is None:
            tally = work.add(FeedbackTally.under(question, people=0, counts=[0] * 5, texts=[]))
        tally.people += 1
        if answer.score is not None:
            tally.counts = [n + (place + 1 == answer.score) for place, n in enumerate(tally.counts)]
        if answer.text is not None:
            tally.texts = sorted([*tally.texts, answer.text.strip()])
        await _show(work, question, tally)


async def _show(work: Work, question: FormQuestion, tally: FeedbackTally) -> None:
    result = next(iter(await work.rows(FeedbackResult, FeedbackResult.question_id == question.id)), None)
    if tally.people - (result.people if result else 0) < FEWEST_ANSWERS:
        return
    if result is None:
        result = work.add(FeedbackResult.under(question))
    scored = sum(tally.counts)
    total = Decimal(sum((place + 1) * n for place, n in enumerate(tally.counts)))
    result.people, result.texts = tally.people, list(tally.texts)
    result.mean = round(total / scored, 2) if scored else None

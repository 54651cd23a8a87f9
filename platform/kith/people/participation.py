"""Taking part: the programme's text that says what taking part means, and who signed it.

The text has two sides: what the two sides promise each other, and what happens with what is written down about the
person (their consent). It is published in versions; a signature is for one version. Taking part is voluntary: a
mentee withdraws at any time, with effect from now and not backwards (42 CFR 2.31(a)(6); standards.md 2.9).
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, true
from sqlalchemy.orm import Mapped

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.people.eligibility import found_eligible
from kith.people.mentee import LIFE as ENROLMENT
from kith.people.mentee import WITH_MENTOR, Mentee, MenteeStatus, theirs
from kith.people.person import Person
from kith.programmes import Programme, looked_after

READ_TEXTS = Permission(
    "participation.read_texts", "Read what taking part in a programme means.", granted_to=STAFF | PARTICIPANTS
)
PUBLISH = Permission("participation.publish", "Publish what taking part in a programme means.", granted_to={Role.ADMIN})
READ = Permission(
    "participation.read", "See who signed that they take part.", granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTEE}
)
SIGN = Permission("participation.sign", "Sign for oneself that one takes part.", granted_to={Role.MENTEE})
WITNESS = Permission(
    "participation.witness",
    "Record that somebody signed on paper that they take part.",
    granted_to={Role.ADMIN, Role.COORDINATOR},
)
WITHDRAW = Permission(
    "participation.withdraw",
    "Withdraw from taking part, or record that somebody does.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTEE},
)


class ParticipationStatus(Choice):
    """Where a signature is."""

    SIGNED = "SIGNED", "It holds."
    SUPERSEDED = "SUPERSEDED", "A later version was signed."
    WITHDRAWN = "WITHDRAWN", "The person withdrew; what happened before stays lawful."


class SignedHow(Choice):
    """How somebody signed."""

    OWN_TOKEN = "OWN_TOKEN", "Here, signed in as themselves."
    PAPER = "PAPER", "On paper, in front of a witness."


class ParticipationText(Owned):
    """One version of what taking part in a programme means."""

    __tablename__ = "participation_texts"
    __table_args__ = (
        organisation_index("programme_id", "number", unique=True),
        organisation_index("published_at", "id"),
        organisation_index("programme_id", "published_at", "id"),
        at_most("agreement", 20_000),
        at_most("consent", 20_000),
    )
    READ = READ_TEXTS

    programme_id: Mapped[UUID] = within(Programme)
    number: Mapped[int]
    agreement: Mapped[str]
    consent: Mapped[str]
    published_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Whoever may read such texts: they are no secret."""
        return row_rule(actor, everybody=true())


class Participation(Owned):
    """One signature: who takes part, by which version of the text, and until when it held."""

    __tablename__ = "participations"
    __table_args__ = (
        organisation_index("mentee_id", unique=True, where="status = 'SIGNED'", name="uq_participations_signed"),
        organisation_index("mentee_id", "recorded_at", "id"),
        organisation_index("person_id"),
        one_of("status", list(ParticipationStatus)),
        one_of("how", list(SignedHow)),
        CheckConstraint("(status = 'SIGNED') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("how <> 'PAPER' OR witness_id IS NOT NULL", name="witness"),
    )
    READ = READ

    mentee_id: Mapped[UUID] = within(Mentee, carrying=("programme_id", "person_id"))
    text_id: Mapped[UUID] = within(ParticipationText, carrying=("programme_id",))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    witness_id: Mapped[UUID | None] = within(Person, nullable=True)
    status: Mapped[str]
    how: Mapped[str]
    signed_on: Mapped[date]
    recorded_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who signed, and the coordinators of the programme."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id)


LIFE = Lifecycle(
    Participation,
    ParticipationStatus,
    begins=[ParticipationStatus.SIGNED],
    moves=[
        Move("sign_participation", ParticipationStatus.SIGNED, to=ParticipationStatus.SUPERSEDED),
        Move("record_participation_on_paper", ParticipationStatus.SIGNED, to=ParticipationStatus.SUPERSEDED),
        Move("withdraw_participation", ParticipationStatus.SIGNED, to=ParticipationStatus.WITHDRAWN),
    ],
)


@operation(needs=PUBLISH)
async def publish_participation_text(
    work: Work,
    *,
    programme_id: Annotated[Id[Programme], "Of which programme."],
    agreement: Annotated[str, "What the person and the programme promise each other."],
    consent: Annotated[str, "What is written down about them, who may see it, and how they withdraw."],
) -> ParticipationText:
    """Publish a new version of what taking part means. Earlier signatures hold until people sign the new one."""
    programme = await work.get(Programme, programme_id, looked_after(work), lock=True)
    text = ParticipationText.under(
        programme,
        number=1 + await work.count(ParticipationText, ParticipationText.programme_id == programme.id),
        agreement=short(agreement, 20_000, "agreement"),
        consent=short(consent, 20_000, "consent"),
        published_at=work.now,
    )
    work.add(text)
    work.note("participation.published", text, number=text.number)
    return text


@operation(needs=SIGN)
async def sign_participation(
    work: Work,
    mentee_id: Annotated[Id[Mentee], "In which enrolment; it is one's own."],
    *,
    text_id: Annotated[Id[ParticipationText], "Which text they read: the latest of their programme."],
    consents: Annotated[bool, "Whether they agree to what it says about their information, asked apart."],
) -> Participation:
    """Sign for oneself that one takes part."""
    mentee = await work.get(Mentee, mentee_id, Mentee.person_id == work.actor.own_person, lock=True)
    return await _sign(work, mentee, text_id, consents, SignedHow.OWN_TOKEN, work.now.date(), None)


@operation(needs=WITNESS)
async def record_participation_on_paper(
    work: Work,
    mentee_id: Annotated[Id[Mentee], "Who signed."],
    *,
    text_id: Annotated[Id[ParticipationText], "Which text they signed: the latest of their programme."],
    consents: Annotated[bool, "Whether they agreed to what it says about their information, asked apart."],
    signed_on: Annotated[date, "The date on the paper."],
    witness_id: Annotated[Id[Person], "Who saw them sign."],
) -> Participation:
    """Record that somebody signed on paper that they take part, and who witnessed it."""
    mentee = await work.get(Mentee, mentee_id, lock=True)
    witness = await work.get(Person, witness_id)
    if witness.id == mentee.person_id:
        raise Invalid("Nobody witnesses their own signature.", path=("witnessId",))
    if signed_on > work.now.date():
        raise Invalid("A signature has a date in the past.", path=("signedOn",))
    return await _sign(work, mentee, text_id, consents, SignedHow.PAPER, signed_on, witness)


@operation(needs=WITHDRAW)
async def withdraw_participation(work: Work, mentee_id: Annotated[Id[Mentee], "In which enrolment."]) -> Participation:
    """Withdraw from taking part, at any time and without a reason: from now on, not backwards.

    Offers end. Who waits goes back to before they signed; a match that is open is to be ended by the coordinator.
    """
    mentee = await work.get(Mentee, mentee_id, theirs(work), lock=True)
    signed = await _signed(work, mentee)
    if signed is None:
        raise IllegalState("Nothing is signed that could be withdrawn.")
    LIFE.move(signed, "withdraw_participation")
    signed.ended_at = work.now
    if mentee.status != MenteeStatus.CLOSED:
        matched = mentee.status in WITH_MENTOR
        after = MenteeStatus.CLOSING if matched else MenteeStatus.ELIGIBILITY_REVIEW
        ENROLMENT.move(mentee, "people.participation.withdraw_participation", to=after)
        mentee.paused_at = None
    work.note("participation.withdrawn", signed)
    work.note("mentee.withdrew", mentee)
    return signed


async def takes_part(work: Work, mentee: Mentee) -> bool:
    """Whether a signature holds."""
    return await _signed(work, mentee) is not None


async def _signed(work: Work, mentee: Mentee) -> Participation | None:
    found = await work.rows(
        Participation, Participation.mentee_id == mentee.id, Participation.status == ParticipationStatus.SIGNED
    )
    return next(iter(found), None)


async def _sign(
    work: Work, mentee: Mentee, text_id: UUID, consents: bool, how: SignedHow, signed_on: date, witness: Person | None
) -> Participation:
    text = await _latest(work, mentee, text_id)
    if not consents:
        raise Invalid("Taking part needs their consent to what the text says of their information.", path=("consents",))
    if mentee.status in (MenteeStatus.CLOSING, MenteeStatus.CLOSED):
        raise IllegalState("This enrolment has ended or is being ended; who comes back is enrolled anew.")
    verb = _VERBS[how]
    before = await _signed(work, mentee)
    if before is None:
        await _admit(work, mentee, verb)
    else:
        if before.text_id == text.id:
            raise IllegalState("They signed this version already.")
        LIFE.move(before, verb)
        before.ended_at = work.now
        await work.settle()
    signature = Participation.under(
        mentee, text, status=ParticipationStatus.SIGNED, how=how, signed_on=signed_on, recorded_at=work.now
    )
    signature.witness_id = witness.id if witness else None
    work.add(signature)
    work.note("participation.signed", signature, how=how, version=text.number)
    return signature


_VERBS = {SignedHow.OWN_TOKEN: "sign_participation", SignedHow.PAPER: "record_participation_on_paper"}
_LATER = (MenteeStatus.WAITING, MenteeStatus.PAUSED, *WITH_MENTOR)  # where they may be without a signature


async def _admit(work: Work, mentee: Mentee, verb: str) -> None:
    """The first signature leads on; who was registered with their intake complete signs where they are."""
    if mentee.status in _LATER:
        return
    if mentee.status == MenteeStatus.ELIGIBILITY_REVIEW and not await found_eligible(work, mentee):
        raise IllegalState("Whether this is the right programme for them is not decided yet.")
    ENROLMENT.move(mentee, f"people.participation.{verb}")
    work.note("mentee.consented", mentee)


async def _latest(work: Work, mentee: Mentee, text_id: UUID) -> ParticipationText:
    text = await work.get(ParticipationText, text_id, ParticipationText.programme_id == mentee.programme_id)
    if await work.exists(
        ParticipationText,
        ParticipationText.programme_id == mentee.programme_id,
        ParticipationText.number > text.number,
    ):
        raise Invalid("There is a later version of this text; they sign that one.", path=("textId",))
    return text

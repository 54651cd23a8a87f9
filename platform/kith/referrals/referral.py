"""Referrals: first contact, from whichever side it comes, and people passed on to somebody else.

A referral holds what first contact needs and nothing more (42 CFR 2.13(a)): a name, how and when it is safe to make
contact, and a reason as a code. Who is referred is a row of its own, whose reading is recorded; a partner agency, once
it signs in, would see the referral without it, and only where a consent covers the status of a referral.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid, NotFound
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.people.mentee import EnrolmentEnd, Mentee, MenteeStatus, apply
from kith.people.mentor import newcomer
from kith.people.person import NewPerson, Person
from kith.programmes import Programme, looked_after
from kith.referrals.agency import AgencyStatus, PartnerAgency
from kith.referrals.agreement import DataCategory, PartnerAgreement, PartnerPurpose, in_force
from kith.tasks import ask, settled

READ = Permission(
    "referrals.read", "See referrals and where they are.", granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS}
)
READ_PERSON = Permission(
    "referrals.read_person",
    "See who is referred, and how it is safe to make contact.",
    granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS},
)
REFER_SELF = Permission("referrals.refer_self", "Ask for a mentor for oneself.", granted_to=STAFF | PARTICIPANTS)
RECORD = Permission(
    "referrals.record", "Record that somebody asked, or was referred.", granted_to={Role.ADMIN, Role.COORDINATOR}
)
SEND = Permission("referrals.send", "Refer a mentee to a partner agency.", granted_to={Role.ADMIN, Role.COORDINATOR})
DECIDE = Permission("referrals.decide", "Decide what becomes of a referral.", granted_to={Role.ADMIN, Role.COORDINATOR})
FOLLOW = Permission("referrals.follow", "End referrals that nobody answered, or whose enrolment ended.")
STANDS = timedelta(days=30)  # how long a referral waits for an answer
FIRST_CONTACT = timedelta(days=2)  # within which somebody should make contact
RECEIVED_TASK = "REFERRAL_RECEIVED"


class ReferralDirection(Choice):
    """From where to where somebody is referred."""

    SELF = "SELF", "The person asked for themselves."
    INBOUND = "INBOUND", "A partner agency referred them here."
    OUTBOUND = "OUTBOUND", "They are referred from here to a partner agency."


class ReferralReason(Choice):
    """Why somebody is referred, as a code: no more is written down at first contact."""

    WANTS_A_MENTOR = "WANTS_A_MENTOR", "They would like somebody to walk with them."
    LEAVING_CARE = "LEAVING_CARE", "They leave a service that supported them."
    AFTER_RELEASE = "AFTER_RELEASE", "They come out of prison."
    NEW_PLACE = "NEW_PLACE", "They are new to the place or the country."
    FOR_FAMILY = "FOR_FAMILY", "For somebody in their family."
    MORE_SUPPORT = "MORE_SUPPORT", "They need something that a mentor cannot give."
    OTHER = "OTHER", "Something else."


class ReferralStatus(Choice):
    """Where a referral is."""

    DRAFT = "DRAFT", "It is written and not sent."
    SENT = "SENT", "It is sent; nobody has said that it arrived."
    RECEIVED = "RECEIVED", "It arrived and awaits an answer."
    ACCEPTED = "ACCEPTED", "The person is welcome."
    WAITLISTED = "WAITLISTED", "The person is welcome and has to wait."
    ENROLLED = "ENROLLED", "The person takes part."
    DECLINED = "DECLINED", "The person cannot be taken in there."
    EXPIRED = "EXPIRED", "Nobody answered in time."
    CLOSED = "CLOSED", "It is over."


class ReferralOutcome(Choice):
    """How a referral ended."""

    COMPLETED = "COMPLETED", "It did what it was for."
    NO_RESPONSE = "NO_RESPONSE", "The person could not be reached."
    DECLINED_BY_PERSON = "DECLINED_BY_PERSON", "The person did not want to."
    NOT_ELIGIBLE = "NOT_ELIGIBLE", "It was not the right programme for them."
    WITHDRAWN = "WITHDRAWN", "It was taken back."
    DUPLICATE = "DUPLICATE", "It was there already."


class ReferralDecline(Choice):
    """Why a referral was declined."""

    NO_PLACE = "NO_PLACE", "There is no place."
    NOT_ELIGIBLE = "NOT_ELIGIBLE", "It is not the right place for them."
    OUT_OF_AREA = "OUT_OF_AREA", "They live too far away."
    COULD_NOT_REACH = "COULD_NOT_REACH", "They could not be reached."
    OTHER = "OTHER", "Something else."


class Referral(Owned):
    """Somebody referred, without who they are."""

    __tablename__ = "referrals"
    __table_args__ = (
        organisation_index("opened_at", "id"),
        organisation_index("programme_id", "opened_at", "id"),
        organisation_index("person_id", "opened_at", "id"),
        organisation_index("status", "expires_at"),
        one_of("direction", list(ReferralDirection)),
        one_of("reason", list(ReferralReason)),
        one_of("status", list(ReferralStatus)),
        one_of("outcome", list(ReferralOutcome)),
        one_of("decline", list(ReferralDecline)),
        CheckConstraint("direction = 'SELF' OR agency_id IS NOT NULL", name="agency"),
        CheckConstraint("(status = 'CLOSED') = (outcome IS NOT NULL)", name="closed"),
        CheckConstraint("(status = 'DECLINED') = (decline IS NOT NULL)", name="declined"),
    )
    READ = READ

    programme_id: Mapped[UUID] = within(Programme)
    agency_id: Mapped[UUID | None] = within(PartnerAgency, nullable=True)
    agreement_id: Mapped[UUID | None] = within(PartnerAgreement, nullable=True)
    mentee_id: Mapped[UUID | None] = within(Mentee, carrying=("programme_id",), nullable=True)
    person_id: Mapped[UUID | None] = within(Person, nullable=True)
    direction: Mapped[str]
    reason: Mapped[str]
    status: Mapped[str]
    outcome: Mapped[str | None]
    decline: Mapped[str | None]
    opened_at: Mapped[datetime]
    consented_on: Mapped[date | None]  # when the person agreed in writing to being referred
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The person, where the organisation knows them, and the coordinators of the programme."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id)


class ReferredPerson(Owned):
    """Who is referred: the little that first contact needs."""

    __tablename__ = "referred_people"
    __table_args__ = (
        organisation_index("referral_id", unique=True),
        organisation_index("person_id"),
        at_most("name", 120),
        at_most("contact", 300),
        at_most("safe_contact", 500),
    )
    READ = READ_PERSON
    SENSITIVE = True

    referral_id: Mapped[UUID] = within(Referral, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    name: Mapped[str]
    contact: Mapped[str]
    safe_contact: Mapped[str]
    discreet: Mapped[bool]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """As the referral."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id)


_ANSWERED = (ReferralStatus.ACCEPTED, ReferralStatus.WAITLISTED)
_OPEN = (ReferralStatus.DRAFT, ReferralStatus.SENT, ReferralStatus.RECEIVED, *_ANSWERED)
LIFE = Lifecycle(
    Referral,
    ReferralStatus,
    begins=[ReferralStatus.DRAFT, ReferralStatus.RECEIVED],
    moves=[
        Move("send_referral", ReferralStatus.DRAFT, to=ReferralStatus.SENT),
        Move("receive_referral", ReferralStatus.SENT, to=ReferralStatus.RECEIVED),
        Move("accept_referral", ReferralStatus.RECEIVED, to=ReferralStatus.ACCEPTED),
        Move("waitlist_referral", ReferralStatus.ACCEPTED, to=ReferralStatus.WAITLISTED),
        Move("enrol_referral", *_ANSWERED, to=ReferralStatus.ENROLLED),
        Move("decline_referral", ReferralStatus.SENT, ReferralStatus.RECEIVED, to=ReferralStatus.DECLINED),
        Move("withdraw_referral", ReferralStatus.RECEIVED, *_ANSWERED, to=ReferralStatus.CLOSED),
        Move("close_referral", *_OPEN, ReferralStatus.ENROLLED, to=ReferralStatus.CLOSED),
        Move("close_with_enrolment", ReferralStatus.ENROLLED, to=ReferralStatus.CLOSED),
        Move("expire_referrals", ReferralStatus.SENT, ReferralStatus.RECEIVED, to=ReferralStatus.EXPIRED),
    ],
)


@dataclass(frozen=True, slots=True)
class Referred:
    """Who is referred: the little that first contact needs."""

    name: Annotated[str, "What to call them."]
    contact: Annotated[str, "How they are reached: a telephone number, an address, a place."]
    safe_contact: Annotated[str, "When and how it is safe to make contact; whether a message may be left."] = ""
    discreet: Annotated[bool, "Whether nobody who answers may learn who is calling and why."] = True


@operation(needs=REFER_SELF)
async def refer_myself(
    work: Work,
    *,
    programme_id: Annotated[Id[Programme], "To which programme."],
    contact: Annotated[str, "How one is reached: a telephone number, an address, a place."],
    safe_contact: Annotated[str, "When and how it is safe to make contact."] = "",
    discreet: Annotated[bool, "Whether nobody who answers may learn who is calling and why."] = True,
    reason: Annotated[ReferralReason, "Why, as a code."] = ReferralReason.WANTS_A_MENTOR,
) -> Referral:
    """Ask for a mentor for oneself, as somebody whom the organisation knows already."""
    programme = await work.get(Programme, programme_id)
    if work.actor.person_id is None:
        raise NotFound
    await work.hold(Person, work.actor.person_id)
    (me,) = await work.rows(Person, Person.id == work.actor.person_id)
    await _not_there_yet(work, programme, me)
    referral = _opened(work, programme, ReferralDirection.SELF, reason, ReferralStatus.RECEIVED)
    referral.person_id = me.id
    return await _received(work, referral, Referred(me.name, contact, safe_contact, discreet))


@operation(needs=RECORD)
async def record_self_referral(
    work: Work,
    *,
    programme_id: Annotated[Id[Programme], "To which programme."],
    referred: Annotated[Referred, "Who asked."],
    reason: Annotated[ReferralReason, "Why, as a code."] = ReferralReason.WANTS_A_MENTOR,
) -> Referral:
    """Record that somebody asked for a mentor: at the door, by telephone, in a letter."""
    programme = await work.get(Programme, programme_id, looked_after(work))
    referral = _opened(work, programme, ReferralDirection.SELF, reason, ReferralStatus.RECEIVED)
    return await _received(work, referral, referred)


@operation(needs=RECORD)
async def record_partner_referral(
    work: Work,
    *,
    programme_id: Annotated[Id[Programme], "To which programme."],
    agency_id: Annotated[Id[PartnerAgency], "By which agency; an agreement with it is in force."],
    referred: Annotated[Referred, "Who is referred."],
    reason: Annotated[ReferralReason, "Why, as a code."],
    consented_on: Annotated[date, "When the person agreed in writing that the agency refers them."],
) -> Referral:
    """Record that a partner agency referred somebody to a programme."""
    programme = await work.get(Programme, programme_id, looked_after(work))
    agency = await work.get(PartnerAgency, agency_id)
    agreement = await _agreed(work, agency)
    referral = _opened(work, programme, ReferralDirection.INBOUND, reason, ReferralStatus.RECEIVED)
    referral.agency_id, referral.agreement_id = agency.id, agreement.id
    referral.consented_on = _past(work, consented_on)
    return await _received(work, referral, referred)


@operation(needs=SEND)
async def draft_referral(
    work: Work,
    mentee_id: Annotated[Id[Mentee], "Whom."],
    *,
    agency_id: Annotated[Id[PartnerAgency], "To which agency."],
    reason: Annotated[ReferralReason, "Why, as a code."],
    contact: Annotated[str, "How they are reached, as they want the agency to know."],
    safe_contact: Annotated[str, "When and how it is safe to make contact."] = "",
    discreet: Annotated[bool, "Whether nobody who answers may learn who is calling and why."] = True,
) -> Referral:
    """Write a referral of a mentee to a partner agency. Nothing leaves before it is sent."""
    mentee = await work.get(Mentee, mentee_id)
    agency = await work.get(PartnerAgency, agency_id)
    (programme,) = await work.rows(Programme, Programme.id == mentee.programme_id)
    referral = _opened(work, programme, ReferralDirection.OUTBOUND, reason, ReferralStatus.DRAFT)
    referral.agency_id, referral.mentee_id, referral.person_id = agency.id, mentee.id, mentee.person_id
    work.add(referral)
    work.add(_person(referral, Referred(mentee.name, contact, safe_contact, discreet)))
    work.note("referral.drafted", referral)
    return referral


@operation(needs=SEND)
async def send_referral(
    work: Work,
    referral_id: Annotated[Id[Referral], "Which referral."],
    *,
    consented_on: Annotated[date, "When the person agreed in writing to being referred to this agency."],
) -> Referral:
    """Say that a referral was sent to its agency, by whichever way the agreement names. It waits thirty days."""
    referral = await work.get(Referral, referral_id, lock=True)
    LIFE.check(referral, "send_referral")
    (agency,) = await work.rows(PartnerAgency, PartnerAgency.id == referral.agency_id)
    agreement = await _agreed(work, agency)
    if DataCategory.IDENTITY not in agreement.data_categories:
        raise IllegalState("The agreement with this agency does not cover who somebody is.")
    LIFE.move(referral, "send_referral")
    referral.agreement_id, referral.consented_on = agreement.id, _past(work, consented_on)
    referral.sent_at, referral.expires_at = work.now, work.now + STANDS
    work.note("referral.sent", referral)
    return referral


@operation(needs=DECIDE)
async def receive_referral(work: Work, referral_id: Annotated[Id[Referral], "Which referral."]) -> Referral:
    """Say that a referral arrived where it was sent."""
    referral = await _moved(work, referral_id, "receive_referral", "referral.received")
    referral.received_at = work.now
    return referral


@operation(needs=DECIDE)
async def accept_referral(work: Work, referral_id: Annotated[Id[Referral], "Which referral."]) -> Referral:
    """Say that the person is welcome."""
    referral = await _moved(work, referral_id, "accept_referral", "referral.accepted")
    await settled(work, RECEIVED_TASK, referral)
    return referral


@operation(needs=DECIDE)
async def waitlist_referral(work: Work, referral_id: Annotated[Id[Referral], "Which referral."]) -> Referral:
    """Say that the person is welcome and has to wait before they are enrolled."""
    return await _moved(work, referral_id, "waitlist_referral", "referral.waitlisted")


@operation(needs=DECIDE)
async def enrol_referral(
    work: Work,
    referral_id: Annotated[Id[Referral], "Which referral."],
    *,
    person: Annotated[NewPerson | None, "Who they are, when the organisation does not know them yet."] = None,
    person_id: Annotated[Id[Person] | None, "Who they are, when it does and the referral does not say."] = None,
    urgent: Annotated[bool, "Whether they should be matched before others."] = False,
) -> Referral:
    """Enrol who was referred here: their intake begins. Of a referral to an agency, say that they take part there."""
    referral = await work.get(Referral, referral_id, lock=True)
    LIFE.move(referral, "enrol_referral")
    known = referral.person_id is not None
    if known and (person is not None or person_id is not None):
        raise Invalid("This referral says who they are.", path=("person",))
    if referral.direction != ReferralDirection.OUTBOUND:
        programme = await work.get(Programme, referral.programme_id, looked_after(work))
        if referral.person_id is not None:
            (who,) = await work.rows(Person, Person.id == referral.person_id)
        else:
            who = await newcomer(work, programme, person, person_id)
        mentee = await apply(work, programme, who, urgent=urgent)
        referral.mentee_id, referral.person_id = mentee.id, who.id
        for each in await work.rows(ReferredPerson, ReferredPerson.referral_id == referral.id):
            each.person_id = who.id
    work.note("referral.enrolled", referral, mentee_id=referral.mentee_id)
    return referral


@operation(needs=DECIDE)
async def decline_referral(
    work: Work,
    referral_id: Annotated[Id[Referral], "Which referral."],
    *,
    reason: Annotated[ReferralDecline, "Why, as a code."],
) -> Referral:
    """Say that the person cannot be taken in."""
    referral = await work.get(Referral, referral_id, lock=True)
    LIFE.move(referral, "decline_referral")
    referral.decline, referral.ended_at = reason, work.now
    work.note("referral.declined", referral, reason=reason)
    await settled(work, RECEIVED_TASK, referral)
    return referral


@operation(needs=REFER_SELF)
async def withdraw_referral(
    work: Work, referral_id: Annotated[Id[Referral], "Which referral; it is one's own."]
) -> Referral:
    """Take back that one asked for a mentor, before one is enrolled."""
    own = (Referral.person_id == work.actor.own_person, Referral.direction == ReferralDirection.SELF)
    return await _close(work, await work.get(Referral, referral_id, *own, lock=True), "withdraw_referral", _WITHDRAWN)


@operation(needs=DECIDE)
async def close_referral(
    work: Work,
    referral_id: Annotated[Id[Referral], "Which referral."],
    *,
    outcome: Annotated[ReferralOutcome, "How it ended."],
) -> Referral:
    """Say that a referral is over, and how it ended."""
    return await _close(work, await work.get(Referral, referral_id, lock=True), "close_referral", outcome)


@operation(needs=FOLLOW)
async def close_with_enrolment(work: Work, mentee_id: Id[Mentee]) -> None:
    """Close the referral from which an enrolment came that has ended."""
    mentee = await work.get(Mentee, mentee_id)
    if mentee.status != MenteeStatus.CLOSED or mentee.closing_reason is None:
        return
    outcome = _OUTCOMES.get(EnrolmentEnd(mentee.closing_reason), ReferralOutcome.COMPLETED)
    came = (Referral.mentee_id == mentee.id, Referral.direction != ReferralDirection.OUTBOUND)
    for referral in await work.rows(Referral, *came):
        if LIFE.allows(referral, "close_with_enrolment"):
            await _close(work, referral, "close_with_enrolment", outcome)


@operation(needs=FOLLOW)
async def expire_referrals(work: Work) -> None:
    """End the referrals that nobody answered in time: once a day."""
    for late in await work.rows(Referral, Referral.expires_at <= work.now, Referral.status.in_(_UNANSWERED)):
        referral = await work.get(Referral, late.id, lock=True)
        if LIFE.allows(referral, "expire_referrals"):
            LIFE.move(referral, "expire_referrals")
            referral.ended_at = work.now
            work.note("referral.expired", referral)
            await settled(work, RECEIVED_TASK, referral)


_UNANSWERED = (ReferralStatus.SENT, ReferralStatus.RECEIVED)
_WITHDRAWN = ReferralOutcome.WITHDRAWN
_OUTCOMES: Mapping[EnrolmentEnd, ReferralOutcome] = {
    EnrolmentEnd.LOST_CONTACT: ReferralOutcome.NO_RESPONSE,
    EnrolmentEnd.DECLINED: ReferralOutcome.DECLINED_BY_PERSON,
    EnrolmentEnd.NOT_ELIGIBLE: ReferralOutcome.NOT_ELIGIBLE,
    EnrolmentEnd.ADMIN: ReferralOutcome.DUPLICATE,
}


def _opened(
    work: Work, programme: Programme, direction: ReferralDirection, reason: ReferralReason, status: ReferralStatus
) -> Referral:
    return Referral.under(programme, direction=direction, reason=reason, status=status, opened_at=work.now)


async def _received(work: Work, referral: Referral, referred: Referred) -> Referral:
    referral.received_at, referral.expires_at = work.now, work.now + STANDS
    work.add(referral)
    work.add(_person(referral, referred))
    work.note("referral.received", referral, direction=referral.direction)
    title = "Somebody was referred: make first contact, in the way that is safe for them."
    await ask(work, RECEIVED_TASK, title, referral, due_in=FIRST_CONTACT, source="referral.received")
    return referral


def _person(referral: Referral, referred: Referred) -> ReferredPerson:
    return ReferredPerson.under(
        referral,
        name=short(referred.name, 120, "referred", "name"),
        contact=short(referred.contact, 300, "contact"),
        safe_contact=long(referred.safe_contact, 500, "safeContact"),
        discreet=referred.discreet,
    )


async def _not_there_yet(work: Work, programme: Programme, person: Person) -> None:
    enrolled = (Mentee.programme_id == programme.id, Mentee.person_id == person.id)
    if await work.exists(Mentee, *enrolled, Mentee.status != MenteeStatus.CLOSED):
        raise Conflict("You are a mentee in this programme already.", path=("programmeId",))
    asked = (Referral.programme_id == programme.id, Referral.person_id == person.id, Referral.status.in_(_OPEN))
    if await work.exists(Referral, *asked, Referral.direction == ReferralDirection.SELF):
        raise Conflict("You have asked already; somebody will be in touch.", path=("programmeId",))


async def _agreed(work: Work, agency: PartnerAgency) -> PartnerAgreement:
    """The agreement under which somebody may be referred. Raises IllegalState without one."""
    if agency.status != AgencyStatus.ACTIVE:
        raise IllegalState(f"This agency is {agency.status}: nothing is exchanged with it.")
    agreement = await in_force(work, agency, PartnerPurpose.REFERRAL)
    if agreement is None:
        raise IllegalState("No agreement about referrals with this agency is in force.")
    return agreement


def _past(work: Work, day: date) -> date:
    if day > work.now.date():
        raise Invalid("An agreement in writing has a date in the past.", path=("consentedOn",))
    return day


async def _moved(work: Work, referral_id: UUID, verb: str, fact: str) -> Referral:
    referral = await work.get(Referral, referral_id, lock=True)
    LIFE.move(referral, verb)
    work.note(fact, referral)
    return referral


async def _close(work: Work, referral: Referral, verb: str, outcome: ReferralOutcome) -> Referral:
    LIFE.move(referral, verb)
    referral.outcome, referral.ended_at = outcome, work.now
    work.note("referral.closed", referral, outcome=outcome)
    await settled(work, RECEIVED_TASK, referral)
    return referral

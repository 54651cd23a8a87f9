"""Agreements with partner agencies: for which purposes what may be exchanged at most, and from when until when.

The ceiling of an agreement comes before any consent: a consent that covers more opens no more (42 CFR 2.13(a),
minimum necessary). An agreement alone discloses nothing about anybody.
"""

from collections.abc import Sequence
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
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.programmes import everywhere
from kith.referrals.agency import LIFE as AGENCY
from kith.referrals.agency import RUN as RUN_AGENCIES
from kith.referrals.agency import AgencyStatus, PartnerAgency, move

READ = Permission("partner_agreements.read", "See agreements with partner agencies.", granted_to=STAFF)
DRAFT = Permission(
    "partner_agreements.draft",
    "Draft an agreement with a partner agency.",
    granted_to={Role.ADMIN, Role.COORDINATOR},
)
SIGN = Permission("partner_agreements.sign", "Sign and end agreements with partner agencies.", granted_to={Role.ADMIN})
EXPIRE = Permission("partner_agreements.expire", "End agreements whose time is over.")


class PartnerPurpose(Choice):
    """What something is exchanged with a partner agency for."""

    REFERRAL = "REFERRAL", "People are referred from one to the other."
    CARE_COORDINATION = "CARE_COORDINATION", "Support of somebody both know is coordinated."
    EMERGENCY = "EMERGENCY", "Help in an emergency."
    REPORTING = "REPORTING", "Figures in which nobody can be recognised."


class DataCategory(Choice):
    """What kind of information about a person."""

    IDENTITY = "IDENTITY", "Who they are and how they are reached."
    ENROLMENT_STATUS = "ENROLMENT_STATUS", "Whether they take part."
    ATTENDANCE = "ATTENDANCE", "Which meetings took place."
    GOALS = "GOALS", "What they set out for."
    PLAN = "PLAN", "Plans that were written with them."
    MEETING_NOTES = "MEETING_NOTES", "What was written down about meetings."
    MEASURES = "MEASURES", "What they answered to measures."
    CRISIS = "CRISIS", "Crises and what was done."
    REFERRAL_STATUS = "REFERRAL_STATUS", "Where a referral is."
    COUNSELLING_NOTES = (
        "COUNSELLING_NOTES",
        "Notes of counselling, which need a consent of their own.",
    )
    GROUP_MEMBERSHIP = "GROUP_MEMBERSHIP", "Which groups they are in."
    MESSAGES = "MESSAGES", "What they wrote to each other."


class PartnerAgreementStatus(Choice):
    """Where an agreement is."""

    DRAFT = "DRAFT", "It is written and not signed."
    SIGNED = "SIGNED", "It is signed, and in force between its two dates."
    EXPIRED = "EXPIRED", "Its time is over."
    TERMINATED = "TERMINATED", "It was ended, or put aside, before its time."


class PartnerAgreement(Owned):
    """An agreement between the organisation and one partner agency."""

    __tablename__ = "partner_agreements"
    __table_args__ = (
        organisation_index("drafted_at", "id"),
        organisation_index("agency_id", "drafted_at", "id"),
        organisation_index("status", "until_on"),
        one_of("status", list(PartnerAgreementStatus)),
        at_most("signer", 200),
        at_most("reason", 1000),
        CheckConstraint("from_on <= until_on", name="in_order"),
        CheckConstraint("cardinality(purposes) > 0", name="purposes_some"),
        CheckConstraint("status <> 'SIGNED' OR (signer <> '' AND signed_on IS NOT NULL)", name="signed"),
    )
    READ = READ

    agency_id: Mapped[UUID] = within(PartnerAgency)
    purposes: Mapped[list[str]]
    data_categories: Mapped[list[str]]  # the most that may be exchanged
    service_agreement: Mapped[bool]  # it has what a qualified service organisation or business associate signs
    from_on: Mapped[date]
    until_on: Mapped[date]
    status: Mapped[str]
    signer: Mapped[str]
    signed_on: Mapped[date | None]
    reason: Mapped[str]
    drafted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The organisation's staff: it is about no person."""
        return row_rule(actor, everybody=true())


LIFE = Lifecycle(
    PartnerAgreement,
    PartnerAgreementStatus,
    begins=[PartnerAgreementStatus.DRAFT],
    moves=[
        Move("sign_partner_agreement", PartnerAgreementStatus.DRAFT, to=PartnerAgreementStatus.SIGNED),
        Move(
            "terminate_partner_agreement",
            PartnerAgreementStatus.DRAFT,
            PartnerAgreementStatus.SIGNED,
            to=PartnerAgreementStatus.TERMINATED,
        ),
        Move("expire_partner_agreements", PartnerAgreementStatus.SIGNED, to=PartnerAgreementStatus.EXPIRED),
    ],
)


@operation(needs=DRAFT)
async def draft_partner_agreement(
    work: Work,
    agency_id: Annotated[Id[PartnerAgency], "With which agency."],
    *,
    purposes: Annotated[Sequence[PartnerPurpose], "What for; at least one."],
    data_categories: Annotated[Sequence[DataCategory], "The most that may be exchanged, whatever a consent covers."],
    from_on: Annotated[date, "The first day on which it is in force."],
    until_on: Annotated[date, "The last day on which it is in force."],
    service_agreement: Annotated[
        bool, "Whether it has what a qualified service organisation or a business associate signs."
    ] = False,
) -> PartnerAgreement:
    """Draft an agreement with a partner agency."""
    agency = await work.get(PartnerAgency, agency_id, lock=True)
    if agency.status == AgencyStatus.ENDED:
        raise IllegalState("Nothing is exchanged with this agency any more.")
    if not purposes:
        raise Invalid("Say what for.", path=("purposes",))
    if until_on < from_on:
        raise Invalid("An agreement ends on or after the day on which it begins.", path=("untilOn",))
    agreement = PartnerAgreement.under(
        agency,
        purposes=sorted(set(purposes)),
        data_categories=sorted(set(data_categories)),
        service_agreement=service_agreement,
        from_on=from_on,
        until_on=until_on,
        status=PartnerAgreementStatus.DRAFT,
        signer="",
        reason="",
        drafted_at=work.now,
    )
    work.add(agreement)
    work.note("partner_agreement.drafted", agreement)
    return agreement


@operation(needs=SIGN)
async def sign_partner_agreement(
    work: Work,
    agreement_id: Annotated[Id[PartnerAgreement], "Which agreement."],
    *,
    signer: Annotated[str, "Who signed for the agency: name and office."],
    signed_on: Annotated[date, "The date of the last signature."],
) -> PartnerAgreement:
    """Record that an agreement was signed. Its agency was verified before."""
    everywhere(work)
    agreement, agency = await _held(work, agreement_id)
    if agency.status not in (AgencyStatus.VERIFIED, AgencyStatus.ACTIVE):
        raise IllegalState(f"This agency is {agency.status}: verify it before an agreement is signed.")
    if signed_on > work.now.date():
        raise Invalid("A signature has a date in the past.", path=("signedOn",))
    LIFE.move(agreement, "sign_partner_agreement")
    agreement.signer, agreement.signed_on = short(signer, 200, "signer"), signed_on
    work.note("partner_agreement.signed", agreement)
    return agreement


@operation(needs=SIGN)
async def terminate_partner_agreement(
    work: Work,
    agreement_id: Annotated[Id[PartnerAgreement], "Which agreement."],
    *,
    reason: Annotated[str, "Why."],
) -> PartnerAgreement:
    """End an agreement before its time, or put a draft aside. What was exchanged stays recorded."""
    everywhere(work)
    agreement, _ = await _held(work, agreement_id)
    LIFE.move(agreement, "terminate_partner_agreement")
    agreement.reason, agreement.ended_at = short(reason, 1000, "reason"), work.now
    work.note("partner_agreement.terminated", agreement)
    return agreement


@operation(needs=RUN_AGENCIES)
async def activate_agency(work: Work, agency_id: Annotated[Id[PartnerAgency], "Which agency."]) -> PartnerAgency:
    """Exchange referrals with an agency from now on; an agreement with it is in force."""
    everywhere(work)
    agency = await work.get(PartnerAgency, agency_id, lock=True)
    AGENCY.check(agency, _ACTIVATE)
    if await in_force(work, agency) is None:
        raise IllegalState("No agreement with this agency is in force: sign one first.")
    return await move(work, agency_id, _ACTIVATE, "agency.activated")


@operation(needs=EXPIRE)
async def expire_partner_agreements(work: Work) -> None:
    """End the agreements whose last day is over: once a day."""
    passed = PartnerAgreement.until_on < work.now.date()
    over = await LIFE.move_all(work, "expire_partner_agreements", passed, ended_at=work.now)
    for agreement in await work.rows(PartnerAgreement, PartnerAgreement.id.in_(over)):
        work.note("partner_agreement.expired", agreement)


async def in_force(work: Work, agency: PartnerAgency, purpose: PartnerPurpose | None = None) -> PartnerAgreement | None:
    """An agreement with the agency that is in force today, for the purpose where one is asked; None without."""
    today = work.now.date()
    signed = await work.rows(
        PartnerAgreement,
        PartnerAgreement.agency_id == agency.id,
        PartnerAgreement.status == PartnerAgreementStatus.SIGNED,
        PartnerAgreement.from_on <= today,
        PartnerAgreement.until_on >= today,
    )
    return next((each for each in signed if purpose is None or purpose in each.purposes), None)


async def _held(work: Work, agreement_id: UUID) -> tuple[PartnerAgreement, PartnerAgency]:
    """The agreement and its agency, both locked, the agency first."""
    seen = await work.get(PartnerAgreement, agreement_id)
    await work.hold(PartnerAgency, seen.agency_id)
    agreement = await work.get(PartnerAgreement, agreement_id, lock=True)
    (agency,) = await work.rows(PartnerAgency, PartnerAgency.id == agreement.agency_id)
    return agreement, agency


_ACTIVATE = "referrals.agreement.activate_agency"

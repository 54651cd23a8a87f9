"""The part of referrals and intake: one who applied, one who signed, and what is recorded of somebody who waits."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kith.people.baseline import BaselineAnswer, record_baseline
from kith.people.eligibility import (
    EligibilityAnswer,
    YesNoUnknown,
    begin_eligibility_review,
    decide_eligibility,
    set_eligibility_criterion,
)
from kith.people.label import LabelKind, add_programme_label, label_enrolment
from kith.people.mentee import Mentee, Need, assess_needs, open_enrolment
from kith.people.participation import publish_participation_text, sign_participation
from kith.people.preferences import AccessNeed, Wish, WishFor, record_preferences, state_not_with
from kith.people.profile import Domain, Format, Profile
from kith.people.safety_plan import write_safety_plan
from kith.referrals.agency import AgencyKind, propose_agency, verify_agency
from kith.referrals.agreement import (
    DataCategory,
    PartnerAgreement,
    PartnerPurpose,
    activate_agency,
    draft_partner_agreement,
    sign_partner_agreement,
)
from kith.referrals.referral import (
    ReferralReason,
    Referred,
    draft_referral,
    record_partner_referral,
    record_self_referral,
    refer_myself,
)
from tests.deed import Deed, Given, new

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from tests.world import Building, House

REFERRED: Given = {"name": "Rowan", "contact": "+353 1 555 0102", "safeContact": "After six; say nothing of us."}
PROFILE: Given = {"languages": ["en"], "formats": ["PHONE"]}


def _of(name: str, **more: object) -> Callable[[House], Given]:
    def given(house: House) -> Given:
        return {"menteeId": house.id(name), **more}

    return given


def _signing(house: House, name: str) -> Given:
    return {"menteeId": house.id(name), "textId": house.id("participation_text"), "consents": True}


def _referral(name: str, **more: object) -> Callable[[House], Given]:
    def given(house: House) -> Given:
        return {"referralId": house.id(name), **more}

    return given


DEEDS = (
    Deed(
        "addProgrammeLabel",
        "coordinator",
        lambda h: {"programmeId": h.id("programme"), "kind": "COHORT", "name": "Spring"},
        "supervisor",
        "other_coordinator",
    ),
    Deed(
        "editProgrammeLabel",
        "coordinator",
        lambda h: {"labelId": h.id("site"), "detail": "By the bridge."},
        "supervisor",
        "other_coordinator",
    ),
    Deed(
        "labelEnrolment",
        "coordinator",
        lambda h: {"menteeId": h.id("mentee"), "labelIds": [h.id("site")]},
        "supervisor",
        "other_coordinator",
    ),
    Deed("closeProgrammeLabel", "coordinator", lambda h: {"labelId": h.id("site")}, "supervisor", "other_coordinator"),
    Deed("reopenProgrammeLabel", "coordinator", lambda h: {"labelId": h.id("site")}, "supervisor", "other_coordinator"),
    Deed(
        "openEnrolment",
        "coordinator",
        lambda h: {"programmeId": h.id("programme"), "person": new("Noor")},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "setEligibilityCriterion",
        "admin",
        lambda h: {"programmeId": h.id("programme"), "code": "LOCAL", "question": "Do they live nearby?"},
        "coordinator",
        "lantern.admin",
    ),
    Deed(
        "retireEligibilityCriterion",
        "admin",
        lambda h: {"criterionId": h.id("criterion")},
        "coordinator",
        "lantern.admin",
    ),
    Deed("beginEligibilityReview", "coordinator", _of("applicant"), "mentee", "other_coordinator"),
    Deed(
        "decideEligibility",
        "coordinator",
        _of("applicant", eligible=True, answers=[{"code": "LOCAL", "answer": "YES"}]),
        "mentor",
        "other_coordinator",
    ),
    Deed("signParticipation", "new_mentor", lambda h: _signing(h, "applicant"), "coordinator", "mentee"),
    Deed(
        "recordParticipationOnPaper",
        "coordinator",
        lambda h: _signing(h, "proposed_mentee") | {"signedOn": "2026-11-01", "witnessId": h.id("coordinator.person")},
        "mentee",
        "other_coordinator",
    ),
    Deed(
        "assessNeeds",
        "coordinator",
        _of("applicant", needs=[{"domain": "FOOD", "severity": 2, "wantsHelp": False}], goals=["To cook"]),
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "recordPreferences",
        "new_mentor",
        _of("applicant", profile=PROFILE, accessNeeds=["STEP_FREE"], wishes=[{"wish": "PATHWAY", "importance": 3}]),
        "mentor",
        "mentee",
    ),
    Deed(
        "stateNotWith",
        "coordinator",
        lambda h: {"menteeId": h.id("applicant"), "personId": h.id("mentor.person")},
        "mentor",
        "other_coordinator",
    ),
    Deed("liftNotWith", "coordinator", lambda h: {"notWithId": h.id("not_with")}, "mentor", "other_coordinator"),
    Deed("writeSafetyPlan", "new_mentor", _of("applicant", coping=["A walk by the sea"]), "mentor", "mentee"),
    Deed("declineSafetyPlan", "coordinator", _of("proposed_mentee"), "mentor", "other_coordinator"),
    Deed(
        "recordBaseline",
        "new_mentor",
        _of("applicant", answers=[{"name": "WELLBEING", "value": 6}]),
        "mentor",
        "mentee",
    ),
    Deed("declineBaseline", "coordinator", _of("proposed_mentee"), "mentor", "other_coordinator"),
    Deed("declareReadyToMatch", "coordinator", _of("consented"), "mentee", "other_coordinator"),
    Deed("putOnWaitingList", "coordinator", _of("consented"), "mentee", "other_coordinator"),
    Deed("pauseEnrolment", "second_mentor", _of("consented"), "mentor", "mentee"),
    Deed("resumeEnrolment", "coordinator", _of("consented"), "mentor", "other_coordinator"),
    Deed("withdrawParticipation", "second_mentor", _of("consented"), "mentor", "mentee"),
    Deed(
        "publishParticipationText",
        "admin",
        lambda h: {"programmeId": h.id("programme"), "agreement": "We meet.", "consent": "We write little down."},
        "coordinator",
        "lantern.admin",
    ),
    Deed("proposeAgency", "coordinator", lambda h: {"name": "The Shelter", "kind": "OTHER"}, "mentor", None),
    Deed(
        "editAgency",
        "coordinator",
        lambda h: {"agencyId": h.id("agency"), "address": "1 Quay Street"},
        "supervisor",
        "lantern.coordinator",
    ),
    Deed("verifyAgency", "admin", lambda h: {"agencyId": h.id("proposed_agency")}, "coordinator", "lantern.admin"),
    Deed(
        "draftPartnerAgreement",
        "coordinator",
        lambda h: {
            "agencyId": h.id("proposed_agency"),
            "purposes": ["REFERRAL"],
            "dataCategories": ["IDENTITY"],
            "fromOn": "2026-01-01",
            "untilOn": "2027-12-31",
        },
        "supervisor",
        "lantern.coordinator",
    ),
    Deed(
        "signPartnerAgreement",
        "admin",
        lambda h: {"agreementId": h.id("drafted_agreement"), "signer": "Dr Roe", "signedOn": "2026-11-01"},
        "coordinator",
        "lantern.admin",
    ),
    Deed("activateAgency", "admin", lambda h: {"agencyId": h.id("verified_agency")}, "coordinator", "lantern.admin"),
    Deed("suspendAgency", "admin", lambda h: {"agencyId": h.id("verified_agency")}, "coordinator", "lantern.admin"),
    Deed("resumeAgency", "admin", lambda h: {"agencyId": h.id("verified_agency")}, "coordinator", "lantern.admin"),
    Deed("endAgency", "admin", lambda h: {"agencyId": h.id("verified_agency")}, "coordinator", "lantern.admin"),
    Deed(
        "terminatePartnerAgreement",
        "admin",
        lambda h: {"agreementId": h.id("drafted_agreement"), "reason": "They moved away."},
        "coordinator",
        "lantern.admin",
    ),
    Deed(
        "referMyself",
        "mentor",
        lambda h: {"programmeId": h.id("other_programme"), "contact": "By telephone"},
        "partner",
        "lantern.mentor",
    ),
    Deed(
        "withdrawReferral",
        "second_mentor",
        lambda h: {"referralId": h.id("own_referral")},
        "partner",
        "mentor",
    ),
    Deed(
        "recordSelfReferral",
        "coordinator",
        lambda h: {"programmeId": h.id("programme"), "referred": REFERRED},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "recordPartnerReferral",
        "coordinator",
        lambda h: {
            "programmeId": h.id("programme"),
            "agencyId": h.id("agency"),
            "referred": REFERRED,
            "reason": "LEAVING_CARE",
            "consentedOn": "2026-11-01",
        },
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "draftReferral",
        "coordinator",
        lambda h: {
            "menteeId": h.id("mentee"),
            "agencyId": h.id("agency"),
            "reason": "MORE_SUPPORT",
            "contact": "By letter",
        },
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "sendReferral",
        "coordinator",
        lambda h: {"referralId": h.id("drafted_referral"), "consentedOn": "2026-11-01"},
        "mentor",
        "other_coordinator",
    ),
    Deed("receiveReferral", "coordinator", _referral("drafted_referral"), "mentor", "other_coordinator"),
    Deed("acceptReferral", "coordinator", _referral("inbound_referral"), "mentor", "other_coordinator"),
    Deed("waitlistReferral", "coordinator", _referral("inbound_referral"), "mentor", "other_coordinator"),
    Deed(
        "enrolReferral",
        "coordinator",
        _referral("inbound_referral", person=new("Rory")),
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "closeReferral",
        "coordinator",
        _referral("inbound_referral", outcome="COMPLETED"),
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "declineReferral",
        "coordinator",
        _referral("self_referral", reason="NO_PLACE"),
        "mentor",
        "other_coordinator",
    ),
)


async def build(building: Building) -> None:
    """Nia has applied; Milo has signed and told everything that an intake asks."""
    await _labels(building)
    house, programme_id = building.house, building.house.row("programme")
    criterion = await building.does(
        "admin", set_eligibility_criterion, programme_id=programme_id, code="ADULT", question="Are they of age?"
    )
    text = await building.does(
        "admin",
        publish_participation_text,
        programme_id=programme_id,
        agreement=f"We walk together in {house.name}.",
        consent="We write down when you meet, and you may read all of it.",
    )
    applicant = await building.does(
        "coordinator", open_enrolment, programme_id=programme_id, person_id=house.people["new_mentor"]
    )
    consented = await _taken_in(building, text.id)
    building.name(criterion=criterion, participation_text=text, applicant=applicant, consented=consented)
    await _partners(building)
    await _referrals(building)


async def _taken_in(building: Building, text_id: UUID) -> Mentee:
    house, programme_id = building.house, building.house.row("programme")
    mentee = await building.does(
        "coordinator", open_enrolment, programme_id=programme_id, person_id=house.people["second_mentor"], urgent=True
    )
    await building.does("coordinator", begin_eligibility_review, mentee.id)
    answers = [EligibilityAnswer("ADULT", YesNoUnknown.YES)]
    await building.does("coordinator", decide_eligibility, mentee.id, eligible=True, answers=answers)
    await building.does("second_mentor", sign_participation, mentee.id, text_id=text_id, consents=True)
    for severity in (3, 1):
        needs, goals = [Need(Domain.HEALTH, severity)], [f"To sleep in {house.name}"]
        await building.does("second_mentor", assess_needs, mentee.id, needs=needs, goals=goals)
    await building.does(
        "second_mentor",
        record_preferences,
        mentee.id,
        profile=Profile(["en"], [Format.PHONE]),
        access_needs=[AccessNeed.QUIET_PLACE],
        wishes=[Wish(WishFor.INTERESTS, 1)],
    )
    not_with = await building.does(
        "coordinator",
        state_not_with,
        mentee.id,
        person_id=house.people["new_mentor"],
        remark=f"Neighbours in {house.name}.",
    )
    plan = await building.does("second_mentor", write_safety_plan, mentee.id, coping=[f"The quay of {house.name}"])
    baseline = await building.does("coordinator", record_baseline, mentee.id, answers=[BaselineAnswer("WELLBEING", 5)])
    building.name(not_with=not_with, safety_plan=plan, baseline=baseline)
    return mentee


async def _partners(building: Building) -> None:
    """A clinic with which referrals are exchanged, a court that is verified, a hostel that was only named."""
    house, today = building.house, building.clock.date()
    agencies, agreements = [], []
    for name, kind in (("Clinic", AgencyKind.PART2_PROGRAM), ("Court", AgencyKind.OTHER), ("Hostel", AgencyKind.OTHER)):
        agencies.append(await building.does("coordinator", propose_agency, name=f"{name} of {house.name}", kind=kind))
    clinic, court, hostel = agencies
    for agency in (clinic, court):
        await building.does("admin", verify_agency, agency.id)
        made = await _agreement(building, agency.id)
        await building.does("admin", sign_partner_agreement, made.id, signer="Dr Roe", signed_on=today)
        agreements.append(made)
    await building.does("admin", activate_agency, clinic.id)
    drafted = await _agreement(building, clinic.id)
    building.name(agency=clinic, verified_agency=court, proposed_agency=hostel)
    building.name(partner_agreement=agreements[0], drafted_agreement=drafted)


async def _agreement(building: Building, agency_id: UUID) -> PartnerAgreement:
    return await building.does(
        "coordinator",
        draft_partner_agreement,
        agency_id,
        purposes=[PartnerPurpose.REFERRAL],
        data_categories=[DataCategory.IDENTITY, DataCategory.REFERRAL_STATUS],
        from_on=building.clock.date(),
        until_on=building.clock.date() + timedelta(days=365),
    )


async def _referrals(building: Building) -> None:
    """One of each direction, and one whom somebody asks for themselves."""
    house, programme_id, today = building.house, building.house.row("programme"), building.clock.date()
    who = Referred(f"Ros {house.name}", "+353 1 555 0101", "Mornings; leave no message.")
    asked = await building.does("coordinator", record_self_referral, programme_id=programme_id, referred=who)
    inbound = await building.does(
        "coordinator",
        record_partner_referral,
        programme_id=programme_id,
        agency_id=house.row("agency"),
        referred=who,
        reason=ReferralReason.LEAVING_CARE,
        consented_on=today,
    )
    drafted = await building.does(
        "coordinator",
        draft_referral,
        house.row("mentee"),
        agency_id=house.row("agency"),
        reason=ReferralReason.MORE_SUPPORT,
        contact=f"By letter to {house.name}",
    )
    own = await building.does(
        "second_mentor", refer_myself, programme_id=house.row("other_programme"), contact="By telephone"
    )
    building.name(self_referral=asked, inbound_referral=inbound, drafted_referral=drafted, own_referral=own)


async def _labels(building: Building) -> None:
    house, programme_id = building.house, building.house.row("programme")
    site = await building.does(
        "coordinator", add_programme_label, programme_id=programme_id, kind=LabelKind.SITE, name=f"House {house.name}"
    )
    grant = await building.does(
        "coordinator", add_programme_label, programme_id=programme_id, kind=LabelKind.FUNDING_SOURCE, name="City grant"
    )
    await building.does("coordinator", label_enrolment, house.row("mentee"), label_ids=[site.id, grant.id])
    building.name(site=site, grant=grant)

"""How referrals and intake are shown."""

from typing import Any

from kith.people.baseline import Baseline, decline_baseline, record_baseline
from kith.people.eligibility import (
    EligibilityCriterion,
    EligibilityDecision,
    YesNoUnknown,
    begin_eligibility_review,
    decide_eligibility,
    retire_eligibility_criterion,
    set_eligibility_criterion,
)
from kith.people.intake import declare_ready_to_match, put_on_waiting_list
from kith.people.participation import (
    Participation,
    ParticipationStatus,
    ParticipationText,
    SignedHow,
    publish_participation_text,
    record_participation_on_paper,
    sign_participation,
    withdraw_participation,
)
from kith.people.preferences import (
    AccessNeed,
    NotWith,
    Preferences,
    WishFor,
    lift_not_with,
    record_preferences,
    state_not_with,
)
from kith.people.safety_plan import SafetyPlan, decline_safety_plan, write_safety_plan
from kith.programmes import Programme
from kith.referrals.agency import (
    AgencyKind,
    AgencyStatus,
    PartnerAgency,
    edit_agency,
    end_agency,
    propose_agency,
    resume_agency,
    suspend_agency,
    verify_agency,
)
from kith.referrals.agreement import (
    DataCategory,
    PartnerAgreement,
    PartnerAgreementStatus,
    PartnerPurpose,
    activate_agency,
    draft_partner_agreement,
    sign_partner_agreement,
    terminate_partner_agreement,
)
from kith.referrals.referral import (
    Referral,
    ReferralDecline,
    ReferralDirection,
    ReferralOutcome,
    ReferralReason,
    ReferralStatus,
    ReferredPerson,
    accept_referral,
    close_referral,
    decline_referral,
    draft_referral,
    enrol_referral,
    receive_referral,
    record_partner_referral,
    record_self_referral,
    refer_myself,
    send_referral,
    waitlist_referral,
    withdraw_referral,
)
from schema.declare import (
    Value,
    among,
    ascending,
    column,
    connection,
    descending,
    one,
    only,
    refers_to,
    root,
    shows,
    value_type,
)
from schema.enums import enumeration
from schema.mutations import expose


@shows(
    EligibilityCriterion,
    "A question that a programme asks of everybody who applies.",
    orders={"OLDEST": ascending(EligibilityCriterion.set_at), "NEWEST": descending(EligibilityCriterion.set_at)},
    filters={"programme_id": refers_to(EligibilityCriterion.programme_id, Programme, "Of this programme.")},
)
class EligibilityCriterionType:
    """The fields of a question of eligibility."""

    code = column("A short code that stays when the question is worded anew.")
    question = column("The question, as it is asked.")
    wanted = column("The answer that speaks for taking somebody in.", enumeration(YesNoUnknown))
    set_at = column("Since when it is asked.")
    retired_at = column("Since when it is not asked any more.")
    programme = one("Which programme asks it.", by=EligibilityCriterion.programme_id)


@value_type("EligibilityAnswer", "What somebody answered to a question, as it was asked then.")
class EligibilityAnswerType:
    """The fields of an answer about eligibility."""

    code = Value("The code of the question.", str)
    question = Value("The question, as it was asked.", str)
    answer = Value("The answer.", enumeration(YesNoUnknown))


def _as_stored(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return answers


@shows(
    EligibilityDecision,
    "Whether a programme is the right one for somebody. Reading it is recorded.",
    orders={"NEWEST": descending(EligibilityDecision.decided_at), "OLDEST": ascending(EligibilityDecision.decided_at)},
)
class EligibilityDecisionType:
    """The fields of a decision about eligibility."""

    eligible = column("Whether the programme is the right one for them.")
    answers = column("What was asked and answered.", list[EligibilityAnswerType], convert=_as_stored)
    reason = column("Why.")
    decided_at = column("When it was decided.")
    decided_by = one("Who decided it.", by=EligibilityDecision.decided_by_id)
    mentee = one("About whom.", by=EligibilityDecision.mentee_id)


@shows(
    ParticipationText,
    "One version of what taking part in a programme means.",
    orders={"NEWEST": descending(ParticipationText.published_at), "OLDEST": ascending(ParticipationText.published_at)},
    filters={"programme_id": refers_to(ParticipationText.programme_id, Programme, "Of this programme.")},
)
class ParticipationTextType:
    """The fields of a text about taking part."""

    number = column("Its version, from 1; the highest of a programme is the one to sign.")
    agreement = column("What the person and the programme promise each other.")
    consent = column("What is written down about them, who may see it, and how they withdraw: asked apart.")
    published_at = column("When it was published.")
    programme = one("Of which programme.", by=ParticipationText.programme_id)


@shows(
    Participation,
    "Somebody's signature that they take part.",
    orders={"NEWEST": descending(Participation.recorded_at), "OLDEST": ascending(Participation.recorded_at)},
)
class ParticipationType:
    """The fields of a signature."""

    status = column("Where it is.", enumeration(ParticipationStatus))
    how = column("How they signed.", enumeration(SignedHow))
    signed_on = column("The date of the signature.")
    recorded_at = column("When it was recorded here.")
    ended_at = column("When they withdrew, or signed a later version.")
    text = one("What they signed.", by=Participation.text_id)
    witness = one("Who saw them sign on paper.", by=Participation.witness_id)
    mentee = one("Whose it is.", by=Participation.mentee_id)


@shows(Preferences, "What a mentee needs to be able to take part, and what they wish for in a match.")
class PreferencesType:
    """The fields of a mentee's preferences."""

    access_needs = column("What they need to be able to take part: must-haves.", list[enumeration(AccessNeed)])  # type: ignore[misc]
    wishes = column("What they wish for, the most important first.", list[enumeration(WishFor)])  # type: ignore[misc]
    importances = column("How much each matters to them, beside `wishes`: 1 a little, 2 much, 3 most.")
    recorded_at = column("When they said so.")


@shows(
    NotWith,
    "With whom a mentee must not be matched. Reading it is recorded; no mentor sees it.",
    orders={"NEWEST": descending(NotWith.stated_at), "OLDEST": ascending(NotWith.stated_at)},
)
class NotWithType:
    """The fields of a person with whom somebody must not be matched."""

    remark = column("What a coordinator should know.")
    stated_at = column("When it was said.")
    lifted_at = column("When it was taken back.")
    with_person = one("With whom not.", by=NotWith.with_person_id)
    mentee = one("Which mentee.", by=NotWith.mentee_id)


@shows(
    SafetyPlan,
    "A version of a mentee's safety plan, after Stanley and Brown. Reading it is recorded.",
    orders={"NEWEST": descending(SafetyPlan.number), "OLDEST": ascending(SafetyPlan.number)},
)
class SafetyPlanType:
    """The fields of a safety plan."""

    number = column("Its version, from 1.")
    declined = column("Whether they wanted none.")
    warning_signs = column("Step 1: how they notice that a crisis may come.")
    coping = column("Step 2: what they can do by themselves.")
    places_and_people = column("Step 3: places and people that take their mind off it.")
    helpers = column("Step 4: whom they can ask for help.")
    professionals = column("Step 5: services and professionals they can turn to.")
    safer_surroundings = column("Step 6: what makes their surroundings safer.")
    reasons = column("What is worth living for.")
    written_at = column("When it was written down.")
    superseded_at = column("When a later version took its place; null for what holds now.")
    mentee = one("Whose it is.", by=SafetyPlan.mentee_id)


@value_type("BaselineAnswer", "What somebody answered to one measure.")
class BaselineAnswerType:
    """The fields of an answer to a measure."""

    name = Value("The measure, as a code.", str)
    value = Value("The number, in the measure's own scale.", int)


@shows(Baseline, "What somebody answered before they were matched. Reading it is recorded.")
class BaselineType:
    """The fields of a baseline."""

    declined = column("Whether they would rather answer nothing.")
    answers = column("Their answers.", list[BaselineAnswerType], convert=_as_stored)
    recorded_at = column("When it was recorded.")
    mentee = one("Whose it is.", by=Baseline.mentee_id)


@shows(
    PartnerAgency,
    "A service with which the organisation exchanges referrals.",
    orders={"NAME": ascending(PartnerAgency.name_order)},
    filters={"status": among(PartnerAgency.status, enumeration(AgencyStatus), "In one of these states.")},
)
class PartnerAgencyType:
    """The fields of a partner agency."""

    name = column("Its legal name.")
    kind = column("What it is to the rules of confidentiality.", enumeration(AgencyKind))
    address = column("Where it is reached.")
    status = column("Where it is.", enumeration(AgencyStatus))
    remark = column("Anything staff should know.")
    proposed_at = column("When somebody proposed it.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    agreements = connection("Agreements with it.", by=PartnerAgreement.agency_id)


@shows(
    PartnerAgreement,
    "An agreement between the organisation and a partner agency.",
    orders={"NEWEST": descending(PartnerAgreement.drafted_at), "OLDEST": ascending(PartnerAgreement.drafted_at)},
    filters={
        "agency_id": refers_to(PartnerAgreement.agency_id, PartnerAgency, "With this agency."),
        "status": among(PartnerAgreement.status, enumeration(PartnerAgreementStatus), "In one of these states."),
    },
)
class PartnerAgreementType:
    """The fields of an agreement with a partner agency."""

    purposes = column("What for.", list[enumeration(PartnerPurpose)])  # type: ignore[misc]
    data_categories = column("The most that may be exchanged.", list[enumeration(DataCategory)])  # type: ignore[misc]
    service_agreement = column("Whether it has what a qualified service organisation or business associate signs.")
    from_on = column("The first day on which it is in force.")
    until_on = column("The last day on which it is in force.")
    status = column("Where it is.", enumeration(PartnerAgreementStatus))
    signer = column("Who signed for the agency; empty before.")
    signed_on = column("The date of the last signature.")
    reason = column("Why it was terminated; empty otherwise.")
    drafted_at = column("When it was drafted.")
    ended_at = column("When it expired or was terminated.")
    agency = one("With which agency.", by=PartnerAgreement.agency_id)


@shows(
    Referral,
    "Somebody who asked for a mentor, was referred here, or is referred to a partner agency.",
    orders={"NEWEST": descending(Referral.opened_at), "OLDEST": ascending(Referral.opened_at)},
    filters={
        "programme_id": refers_to(Referral.programme_id, Programme, "In this programme."),
        "agency_id": refers_to(Referral.agency_id, PartnerAgency, "From or to this agency."),
        "direction": among(Referral.direction, enumeration(ReferralDirection), "In one of these directions."),
        "status": among(Referral.status, enumeration(ReferralStatus), "In one of these states."),
    },
)
class ReferralType:
    """The fields of a referral."""

    direction = column("From where to where.", enumeration(ReferralDirection))
    reason = column("Why, as a code.", enumeration(ReferralReason))
    status = column("Where it is.", enumeration(ReferralStatus))
    outcome = column("How it ended, once it is closed.", enumeration(ReferralOutcome))
    decline = column("Why it was declined, where it was.", enumeration(ReferralDecline))
    opened_at = column("When it was written down.")
    consented_on = column("When the person agreed in writing to being referred.")
    sent_at = column("When it was sent.")
    received_at = column("When it arrived.")
    expires_at = column("Until when it waits for an answer.")
    ended_at = column("When it was declined, expired or closed.")
    referred = only(
        "Who is referred, and how it is safe to make contact. Reading it is recorded.", by=ReferredPerson.referral_id
    )
    person = one("The person, where the organisation knows them.", by=Referral.person_id)
    mentee = one("The enrolment that came of it, or that is referred on.", by=Referral.mentee_id)
    agency = one("From or to which agency.", by=Referral.agency_id)
    agreement = one("Under which agreement.", by=Referral.agreement_id)
    programme = one("In which programme.", by=Referral.programme_id)


@shows(ReferredPerson, "Who is referred: the little that first contact needs. Reading it is recorded.")
class ReferredPersonType:
    """The fields of somebody who is referred."""

    name = column("What to call them.")
    contact = column("How they are reached.")
    safe_contact = column("When and how it is safe to make contact.")
    discreet = column("Whether nobody who answers may learn who is calling and why.")


root(
    eligibility_criteria=connection("What programmes ask of everybody who applies.", EligibilityCriterion),
    participation_texts=connection("What taking part in a programme means, in versions.", ParticipationText),
    partner_agencies=connection("Partner agencies.", PartnerAgency),
    partner_agreements=connection("Agreements with partner agencies.", PartnerAgreement),
    referrals=connection("Referrals.", Referral),
)
expose(set_eligibility_criterion, retire_eligibility_criterion, begin_eligibility_review, decide_eligibility)
expose(publish_participation_text, sign_participation, record_participation_on_paper, withdraw_participation)
expose(record_preferences, state_not_with, lift_not_with)
expose(write_safety_plan, decline_safety_plan, record_baseline, decline_baseline)
expose(declare_ready_to_match, put_on_waiting_list)
expose(propose_agency, edit_agency, verify_agency, activate_agency, suspend_agency, resume_agency, end_agency)
expose(draft_partner_agreement, sign_partner_agreement, terminate_partner_agreement)
expose(refer_myself, withdraw_referral, record_self_referral, record_partner_referral, draft_referral, send_referral)
expose(receive_referral, accept_referral, waitlist_referral, enrol_referral, decline_referral, close_referral)

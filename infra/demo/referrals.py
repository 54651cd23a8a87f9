"""First contact in the demo: partners, what programmes ask and promise, and referrals in each state worth seeing."""

from datetime import timedelta
from uuid import UUID

from infra.demo.founding import Founded
from kith.people.eligibility import set_eligibility_criterion
from kith.people.participation import publish_participation_text
from kith.referrals.agency import AgencyKind, propose_agency, verify_agency
from kith.referrals.agreement import (
    DataCategory,
    PartnerPurpose,
    activate_agency,
    draft_partner_agreement,
    sign_partner_agreement,
)
from kith.referrals.referral import (
    ReferralDecline,
    ReferralReason,
    Referred,
    accept_referral,
    decline_referral,
    record_partner_referral,
    record_self_referral,
    waitlist_referral,
)

QUESTIONS = {"ADULT": "Are they 18 or older?", "NEARBY": "Can they get here, or meet by telephone or video?"}
AGREEMENT = "You meet your mentor about once a week for half a year. Either of you may stop at any time."
CONSENT = "We write down when you meet and which goals you set. You may read all of it, and withdraw at any time."
TELEPHONE = "+44 29 5550 0142"
SAFE = "Weekday mornings; leave no message."


async def first_contact(founded: Founded, programmes: list[UUID]) -> None:
    """Partners of the organisation, and who asked or was referred in the past weeks."""
    stage, programme_id = founded.stage, programmes[0]
    admin, coordinator = founded.staff["admin"], founded.staff["coordinator"]
    began = stage.ago(170)
    async with stage.as_person(admin, began) as work:
        for each in programmes:
            for code, question in QUESTIONS.items():
                await set_eligibility_criterion(work, programme_id=each, code=code, question=question)
            await publish_participation_text(work, programme_id=each, agreement=AGREEMENT, consent=CONSENT)
        clinic = await propose_agency(work, name="Riverside Clinic", kind=AgencyKind.PART2_PROGRAM)
        await propose_agency(work, name="St Brigid's Night Shelter", kind=AgencyKind.OTHER)
        await verify_agency(work, clinic.id)
        agreement = await draft_partner_agreement(
            work,
            clinic.id,
            purposes=[PartnerPurpose.REFERRAL],
            data_categories=[DataCategory.IDENTITY, DataCategory.REFERRAL_STATUS],
            from_on=began.date(),
            until_on=began.date() + timedelta(days=730),
        )
        await sign_partner_agreement(work, agreement.id, signer="Dr Lowe, director", signed_on=began.date())
        await work.settle()
        await activate_agency(work, clinic.id)
    async with stage.as_person(coordinator, stage.ago(6)) as work:
        asked = [
            await record_self_referral(
                work, programme_id=programme_id, referred=Referred(name, "+44 29 5550 0142", SAFE)
            )
            for name in ("Robin", "Sam", "Jo")
        ]
        await record_partner_referral(
            work,
            programme_id=programme_id,
            agency_id=clinic.id,
            referred=Referred("Alex", "Through the clinic's reception", SAFE),
            reason=ReferralReason.LEAVING_CARE,
            consented_on=stage.ago(8).date(),
        )
        await work.settle()
        await decline_referral(work, asked[0].id, reason=ReferralDecline.OUT_OF_AREA)
        await accept_referral(work, asked[1].id)
        await waitlist_referral(work, asked[1].id)

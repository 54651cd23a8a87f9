"""First contact in the demo: partners, what programmes ask and promise, and referrals in each state."""

from datetime import date, datetime, timedelta
from uuid import UUID

from infra.demo.founding import Founded
from infra.demo.stage import Scene
from infra.demo.walking import Walk
from kith.people.eligibility import set_eligibility_criterion
from kith.people.participation import publish_participation_text
from kith.referrals.agency import AgencyKind, PartnerAgency, propose_agency, verify_agency
from kith.referrals.agreement import (
    DataCategory,
    PartnerPurpose,
    activate_agency,
    draft_partner_agreement,
    sign_partner_agreement,
)
from kith.referrals.referral import (
    Referral,
    ReferralDecline,
    ReferralOutcome,
    ReferralReason,
    Referred,
    accept_referral,
    close_referral,
    decline_referral,
    draft_referral,
    enrol_referral,
    expire_referrals,
    receive_referral,
    record_partner_referral,
    record_self_referral,
    send_referral,
    waitlist_referral,
)

QUESTIONS = {"ADULT": "Are they 18 or older?", "NEARBY": "Can they get here, or meet by telephone or video?"}
AGREEMENT = "You meet your mentor every two or three weeks for half a year. Either of you may stop at any time."
CONSENT = "We write down when you meet and which goals you set. You may read all of it, and withdraw at any time."
SAFE = "Weekday mornings; leave no message."
OUT_OF_AREA = ReferralDecline.OUT_OF_AREA


async def partners(founded: Founded, programmes: list[UUID]) -> PartnerAgency:
    """What the programmes ask and promise; the agency that refers to them, and another that is only proposed."""
    stage, admin = founded.stage, founded.staff["admin"]
    partner, proposed = founded.plan.partners
    began = stage.ago(170)
    async with stage.as_person(admin, began) as work:
        for each in programmes:
            for code, question in QUESTIONS.items():
                await set_eligibility_criterion(work, programme_id=each, code=code, question=question)
            await publish_participation_text(work, programme_id=each, agreement=AGREEMENT, consent=CONSENT)
        agency = await propose_agency(work, name=partner, kind=AgencyKind.PART2_PROGRAM)
        await propose_agency(work, name=proposed, kind=AgencyKind.OTHER)
        await verify_agency(work, agency.id)
        agreement = await draft_partner_agreement(
            work,
            agency.id,
            purposes=[PartnerPurpose.REFERRAL],
            data_categories=[DataCategory.IDENTITY, DataCategory.REFERRAL_STATUS],
            from_on=began.date(),
            until_on=began.date() + timedelta(days=730),
        )
        await sign_partner_agreement(work, agreement.id, signer="Dr Lowe, director", signed_on=began.date())
        await work.settle()
        await activate_agency(work, agency.id)
    return agency


async def referrals(founded: Founded, programme_id: UUID, agency: PartnerAgency, walks: list[Walk]) -> None:
    """Who asked or was referred here in the past weeks, and who was referred on, in each state."""
    stage, coordinator = founded.stage, founded.staff["coordinator"]
    async with stage.scene() as scene:
        unanswered = await _asked(scene, founded, programme_id, "Corey", 52)
        assert unanswered.expires_at is not None
        at = unanswered.expires_at + timedelta(hours=9)
        await expire_referrals(scene.of_service(at, expire_referrals))
        too_far = await _asked(scene, founded, programme_id, "Robin", 41)
        await decline_referral(await scene.of(coordinator, stage.at(39, 10)), too_far.id, reason=OUT_OF_AREA)
        lost = await _referred(scene, programme_id, agency, founded, "Ashley", 33, ReferralReason.AFTER_RELEASE)
        nobody = await scene.of(coordinator, stage.at(20, 15))
        await close_referral(nobody, lost.id, outcome=ReferralOutcome.NO_RESPONSE)
        waits = await _asked(scene, founded, programme_id, "Sam", 12)
        await accept_referral(await scene.of(coordinator, stage.at(11, 9)), waits.id)
        await waitlist_referral(await scene.of(coordinator, stage.at(11, 10)), waits.id)
        welcome = await _referred(scene, programme_id, agency, founded, "Devon", 5, ReferralReason.LEAVING_CARE)
        await accept_referral(await scene.of(coordinator, stage.at(4, 11)), welcome.id)
        await _referred(scene, programme_id, agency, founded, "Alex", 2, ReferralReason.LEAVING_CARE)
        await _asked(scene, founded, programme_id, "Jo", 1)
        for place, walk in enumerate(walks[:3]):
            await _referred_on(scene, founded, agency, walk, place)


async def _asked(scene: Scene, founded: Founded, programme_id: UUID, name: str, days_ago: int) -> Referral:
    """Somebody asks for a mentor, by telephone."""
    work = await scene.of(founded.staff["coordinator"], scene.stage.at(days_ago, 11, 20))
    referred = Referred(name, founded.telephone(), SAFE)
    return await record_self_referral(work, programme_id=programme_id, referred=referred)


async def _referred(
    scene: Scene,
    programme_id: UUID,
    agency: PartnerAgency,
    founded: Founded,
    name: str,
    days_ago: int,
    reason: ReferralReason,
) -> Referral:
    """The partner refers somebody."""
    at = scene.stage.at(days_ago, 15, 40)
    return await record_partner_referral(
        await scene.of(founded.staff["coordinator"], at),
        programme_id=programme_id,
        agency_id=agency.id,
        referred=Referred(name, f"Through the front desk of {agency.name}", SAFE),
        reason=reason,
        consented_on=_day(at - timedelta(days=3)),
    )


async def _referred_on(scene: Scene, founded: Founded, agency: PartnerAgency, walk: Walk, steps: int) -> None:
    """A mentee needs more than a mentor: it is written, sent, and they take part there."""
    stage, coordinator = scene.stage, founded.staff["coordinator"]
    work = await scene.of(coordinator, stage.at(16, 14))
    referral = await draft_referral(
        work,
        walk.match.mentee_id,
        agency_id=agency.id,
        reason=ReferralReason.MORE_SUPPORT,
        contact="Through us, until they say otherwise",
    )
    if steps > 0:
        sent = stage.at(14, 10)
        await send_referral(await scene.of(coordinator, sent), referral.id, consented_on=_day(sent - timedelta(days=1)))
    if steps > 1:
        await receive_referral(await scene.of(coordinator, stage.at(13, 16)), referral.id)
        await accept_referral(await scene.of(coordinator, stage.at(10, 9)), referral.id)
        await enrol_referral(await scene.of(coordinator, stage.at(7, 12)), referral.id)


def _day(at: datetime) -> date:
    return at.date()

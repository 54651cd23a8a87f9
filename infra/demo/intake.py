"""Intake in the demo: people at every stage from their enquiry to the waiting list, and who did not take part."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from infra.demo import cast
from infra.demo.founding import Founded, keyed
from infra.demo.stage import Scene, Someone
from kith.people.baseline import BaselineAnswer, decline_baseline, record_baseline
from kith.people.eligibility import EligibilityAnswer, YesNoUnknown, begin_eligibility_review, decide_eligibility
from kith.people.intake import declare_ready_to_match, put_on_waiting_list
from kith.people.label import LabelKind, add_programme_label, label_enrolment
from kith.people.mentee import EnrolmentEnd, assess_needs, close_enrolment, open_enrolment, pause_enrolment, re_enrol
from kith.people.participation import ParticipationText, record_participation_on_paper, sign_participation
from kith.people.preferences import AccessNeed, Wish, WishFor, record_preferences, state_not_with
from kith.people.safety_plan import decline_safety_plan, write_safety_plan
from kith.referrals.agency import PartnerAgency
from kith.referrals.referral import ReferralReason, Referred, accept_referral, enrol_referral, record_partner_referral

STAGES = {  # how far somebody is, and how many days ago they asked
    "applied": 3,
    "in review": 7,
    "signed": 13,
    "ready": 19,
    "waits": 27,
    "paused": 48,
    "not eligible": 34,
    "came again": 120,
}
UNDER_AGE = "They are 17: the youth service meets them this week, and they are welcome here in spring."
LABELS = (
    (LabelKind.SITE, "The centre", "The house with the green door, step-free"),
    (LabelKind.COHORT, "This season", "Who asked in these weeks"),
    (LabelKind.FUNDING_SOURCE, "Recovery fund", "Three years, reported on twice a year"),
    (LabelKind.FUNDING_SOURCE, "Donations", ""),
)
LATELY = 28  # days
QUESTIONS = ("ADULT", "NEARBY")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody on their way to a mentor."""

    who: Someone
    part: cast.Part
    mentee_id: UUID
    asked: int  # days ago


async def intake(founded: Founded, programme_id: UUID, agency: PartnerAgency, known: Someone) -> None:
    """One person at each stage. Who waits must not be matched with a mentor whom they know from before."""
    stage, coordinator = founded.stage, founded.staff["coordinator"]
    parts = cast.parts(founded.plan.newcomers)
    async with stage.scene() as scene:
        (text,) = await scene.of_service(stage.now).rows(
            ParticipationText, ParticipationText.programme_id == programme_id
        )
        newcomers = [
            await _asks(scene, founded, programme_id, agency, part, days)
            for part, days in zip(parts, STAGES.values(), strict=True)
        ]
    async with stage.scene(newcomers[2].who) as scene:
        for how_far, newcomer in zip(STAGES, newcomers, strict=True):
            await _goes_on(scene, coordinator, newcomer, how_far, text.id)
        await _belong(scene, coordinator, programme_id, [each for each in newcomers if each.asked < LATELY])
        waits, paused = newcomers[4], newcomers[5]
        careful = await scene.of(coordinator, stage.at(20, 12))
        remark = "They lived in the same house; neither should have to explain."
        await state_not_with(careful, waits.mentee_id, person_id=known.id, remark=remark)
        await put_on_waiting_list(await scene.of(coordinator, stage.now - timedelta(hours=2)), waits.mentee_id)
        await put_on_waiting_list(await scene.of(coordinator, stage.at(30, 10)), paused.mentee_id)
        await pause_enrolment(await scene.of(coordinator, stage.at(9, 15)), paused.mentee_id)


async def _belong(scene: Scene, coordinator: Someone, programme_id: UUID, newcomers: list[Newcomer]) -> None:
    """Who came lately is of this season's cohort, at the centre, and paid for by two sources in turn."""
    work = await scene.of(coordinator, scene.stage.at(28, 9))
    site, cohort, *sources = [
        (await add_programme_label(work, programme_id=programme_id, kind=kind, name=name, detail=detail)).id
        for kind, name, detail in LABELS
    ]
    for place, newcomer in enumerate(newcomers):
        counting = await scene.of(coordinator, scene.stage.at(newcomer.asked - 1, 12))
        await label_enrolment(counting, newcomer.mentee_id, label_ids=[site, cohort, sources[place % 2]])


async def _asks(
    scene: Scene, founded: Founded, programme_id: UUID, agency: PartnerAgency, part: cast.Part, days_ago: int
) -> Newcomer:
    """They come by themselves, or were referred by the partner: every other one."""
    stage, at = scene.stage, scene.stage.at(days_ago, 10, days_ago % 50)
    work = await scene.of(founded.staff["coordinator"], at)
    person = founded.newcomer(part)
    if days_ago % 2:
        mentee = await open_enrolment(work, programme_id=programme_id, person=person)
        mentee_id, person_id = mentee.id, mentee.person_id
    else:
        referral = await record_partner_referral(
            work,
            programme_id=programme_id,
            agency_id=agency.id,
            referred=Referred(part.name, person.phone or "", "After five; they answer themselves."),
            reason=ReferralReason.NEW_PLACE,
            consented_on=(at - timedelta(days=2)).date(),
        )
        await accept_referral(work, referral.id)
        enrolled = await enrol_referral(work, referral.id, person=person)
        assert enrolled.mentee_id is not None
        assert enrolled.person_id is not None
        mentee_id, person_id = enrolled.mentee_id, enrolled.person_id
    await work.settle()
    who = stage.people[person_id] = await keyed(scene.of_service(at), person_id, part.name)
    return Newcomer(who, part, mentee_id, days_ago)


async def _goes_on(scene: Scene, coordinator: Someone, newcomer: Newcomer, how_far: str, text_id: UUID) -> None:
    """As far as they are by now, some days from step to step."""
    stage, id, asked = scene.stage, newcomer.mentee_id, newcomer.asked
    if how_far == "applied":
        return
    if how_far == "came again":
        await close_enrolment(await scene.of(coordinator, stage.at(95, 14)), id, reason=EnrolmentEnd.DECLINED)
        await re_enrol(await scene.of(coordinator, stage.at(8, 14)), id)
        return
    work = await scene.of(coordinator, stage.at(asked - 1, 11))
    await begin_eligibility_review(work, id)
    if how_far == "in review":
        return
    eligible = how_far != "not eligible"
    answers = [
        EligibilityAnswer(code, YesNoUnknown.YES if eligible or code != "ADULT" else YesNoUnknown.NO)
        for code in QUESTIONS
    ]
    work = await scene.of(coordinator, stage.at(asked - 3, 14))
    await decide_eligibility(work, id, eligible=eligible, answers=answers, reason="" if eligible else UNDER_AGE)
    if not eligible:
        return
    at = stage.at(asked - 5, 16)
    if how_far == "signed":
        await sign_participation(await scene.of(newcomer.who, at), id, text_id=text_id, consents=True)
        return
    await record_participation_on_paper(
        await scene.of(coordinator, at),
        id,
        text_id=text_id,
        consents=True,
        signed_on=at.date(),
        witness_id=coordinator.id,
    )
    await _gathered(scene, coordinator, newcomer)
    await declare_ready_to_match(await scene.of(coordinator, stage.at(asked - 10, 15)), id)


async def _gathered(scene: Scene, coordinator: Someone, newcomer: Newcomer) -> None:
    """What an intake asks: needs, what must be and is wished for, a safety plan, answers at the start; or not."""
    stage, id, rng = scene.stage, newcomer.mentee_id, scene.stage.chance("intake", newcomer.part.name)
    work = await scene.of(coordinator, stage.at(newcomer.asked - 7, 13))
    needs, hopes = cast.needs(rng)
    await assess_needs(work, id, needs=needs, goals=hopes)
    await record_preferences(
        work,
        id,
        profile=cast.mentee_profile(newcomer.part, rng, None),
        access_needs=rng.sample([AccessNeed.STEP_FREE, AccessNeed.EASY_WORDS, AccessNeed.CHILDREN_ALONG], 1),
        wishes=[Wish(WishFor.AVAILABILITY, 3), Wish(WishFor.INTERESTS, 1)],
    )
    if newcomer.asked % 2:
        await write_safety_plan(
            work,
            id,
            warning_signs=["I stop answering my telephone", "I sleep in the day"],
            coping=["Walk to the river and back", "The playlist from spring"],
            places_and_people=["The library on Saturdays", "My cousin"],
            helpers=["My cousin, at any hour"],
            professionals=["The night line", "My family doctor"],
            reasons=["My niece's first day at school"],
        )
        await record_baseline(work, id, answers=[BaselineAnswer("WHO5", 44), BaselineAnswer("BARC10", 38)])
    else:
        await decline_safety_plan(work, id)
        await decline_baseline(work, id)

"""A culture of recovery in the demo: what the leadership commits to, a campaign, what mentors do in public, thanks."""

from uuid import UUID

from infra.demo.founding import Founded
from infra.demo.stage import Scene
from infra.demo.walking import Walk
from kith.culture.campaign import (
    Campaign,
    Channel,
    CsapStrategy,
    IomType,
    approve_campaign,
    begin_campaign,
    end_campaign,
    evaluate_campaign,
    plan_campaign,
    record_campaign_metric,
)
from kith.culture.commitment import (
    LeadershipDomain,
    begin_commitment,
    meet_commitment,
    mind_commitments,
    pledge_commitment,
    review_commitment,
)
from kith.culture.outreach import (
    OutreachKind,
    consent_to_story,
    finish_outreach,
    plan_outreach,
    report_outreach,
    withdraw_story_consent,
)
from kith.culture.recognition import Milestone, recognise
from kith.culture.self_assessment import DomainRating, ReadinessDomain, record_self_assessment
from kith.ground.money import Money
from kith.people.mentor import Mentor

PLEDGES = (  # what, pledged and due so many days ago (to come, below zero), and how far it is
    (LeadershipDomain.SPONSOR, "A member of the board comes to supervision twice a year.", 150, 40, "reviewed"),
    (LeadershipDomain.BUDGET, "Mentors' travel and telephone are paid, within ten days.", 120, -20, "met"),
    (LeadershipDomain.PEER_VOICE, "Two seats on the board are for people in recovery.", 90, -60, "begun"),
    (LeadershipDomain.STAFFING, "Half a post more for supervision.", 100, 12, "missed"),
    (LeadershipDomain.POLICY, "Leave for recovery stands beside sick leave in every contract.", 20, -120, "pledged"),
)
RATED = (  # days ago, each domain in turn, what follows
    (162, (3, 4, 3, 2, 2, 3, 3), "Two domains carry the others: who supervises, and who decides."),
    (30, (4, 4, 3, 3, 3, 3, 4), "Half a year on: better wherever mentors were asked first."),
)
COUNTED = ((48, 310, 0, 0), (40, 1240, 34, 2), (33, 2080, 61, 5))  # days ago: reached, came, referrals
OUTREACH = (  # what, so many days ago, how many were there, minutes given
    (
        OutreachKind.TALK,
        "What helped, and what did not: at the library",
        44,
        38,
        150,
        "Four asked how one becomes a mentor.",
    ),
    (
        OutreachKind.POLICY_MEETING,
        "At the council's evening on housing",
        29,
        12,
        105,
        "They will ask us before they decide.",
    ),
    (OutreachKind.RECRUITMENT, "A table at the Saturday market", 15, 70, 240, "Nine took the leaflet home."),
    (OutreachKind.MEDIA, "Local radio, ten minutes", 6, None, 0, ""),
)


async def culture(founded: Founded, programme_id: UUID, mentors: list[Mentor], shown: Walk) -> None:
    """Commitments in each state, one campaign that is evaluated and others on their way, outreach, stories, thanks."""
    staff = founded.staff
    async with founded.stage.scene(staff["supervisor"]) as scene:
        await _ratings(scene, founded, programme_id)
        await _commitments(scene, founded, programme_id)
        ran = await _campaigns(scene, founded, programme_id)
        await _outreach(scene, founded, mentors, ran)
        await _stories(scene, founded, mentors, shown)
        await _thanks(scene, founded, shown)


async def _ratings(scene: Scene, founded: Founded, programme_id: UUID) -> None:
    """How everybody together rates what carries peer support, twice."""
    for days, figures, conclusion in RATED:
        ratings = [DomainRating(*each) for each in zip(ReadinessDomain, figures, strict=True)]
        work = await scene.of(founded.staff["coordinator"], scene.stage.at(days, 16))
        await record_self_assessment(work, ratings=ratings, conclusion=conclusion, programme_id=programme_id)


async def _commitments(scene: Scene, founded: Founded, programme_id: UUID) -> None:
    stage, staff = scene.stage, founded.staff
    for domain, pledge, pledged, due, how_far in PLEDGES:
        commitment = await pledge_commitment(
            await scene.of(staff["admin"], stage.at(pledged, 11)),
            domain=domain,
            pledge=pledge,
            owner_id=staff["coordinator"].id,
            due_on=stage.ago(due).date(),
            programme_id=programme_id,
        )
        if how_far in ("pledged", "missed"):
            continue
        await begin_commitment(await scene.of(staff["coordinator"], stage.at(pledged - 7, 10)), commitment.id)
        if how_far == "begun":
            continue
        await meet_commitment(
            await scene.of(staff["coordinator"], stage.at(50, 15)),
            commitment.id,
            evidence="The minutes of the board, and what mentors say of it.",
            evidence_link="https://example.org/minutes",
        )
        if how_far == "reviewed":
            looking_back = await scene.of(staff["admin"], stage.at(36, 16))
            await review_commitment(looking_back, commitment.id, review="Who comes once wants to come again.")
    await mind_commitments(scene.of_service(stage.at(2, 1), mind_commitments))


async def _campaigns(scene: Scene, founded: Founded, programme_id: UUID) -> Campaign:
    """One that ended and was evaluated, one that runs, one that awaits a second person."""
    stage, staff = scene.stage, founded.staff
    ran = await _planned(
        scene,
        founded,
        programme_id,
        75,
        title="Say hello",
        objective="More neighbours who know somebody in recovery, and say so.",
        audience="The quarter around the centre",
        iom_type=IomType.UNIVERSAL_INDIRECT,
        strategy=CsapStrategy.COMMUNITY_PROCESS,
        channels=[Channel.EVENT, Channel.PRINT, Channel.FAITH],
        messages=["Recovery lives next door.", "Ask, listen, stay."],
    )
    runs = await _planned(
        scene,
        founded,
        programme_id,
        24,
        title="Work that works",
        objective="Ten employers who hire people in recovery and tell others.",
        audience="Employers nearby",
        iom_type=IomType.SELECTIVE,
        strategy=CsapStrategy.ENVIRONMENTAL,
        channels=[Channel.WORKPLACE, Channel.WEB],
        messages=["A gap in a CV is a story of getting up."],
    )
    await _planned(
        scene,
        founded,
        programme_id,
        4,
        title="Before the holidays",
        objective="Nobody is alone on the hardest evenings of the year.",
        audience="Families and friends",
        iom_type=IomType.UNIVERSAL_DIRECT,
        strategy=CsapStrategy.INFORMATION_DISSEMINATION,
        channels=[Channel.SOCIAL_MEDIA],
        messages=["You can ring, also at night."],
    )
    for campaign, days in ((ran, 70), (runs, 20)):
        await approve_campaign(await scene.of(staff["admin"], stage.at(days, 12)), campaign.id)
        await begin_campaign(await scene.of(staff["coordinator"], stage.at(days - 8, 9)), campaign.id)
    for days, reach, attendees, referrals in COUNTED:
        await record_campaign_metric(
            await scene.of(staff["coordinator"], stage.at(days, 17)),
            ran.id,
            counted_on=stage.at(days, 17).date(),
            reach=reach,
            attendees=attendees,
            referrals=referrals,
            stigma_before=46,
            stigma_after=None if referrals == 0 else 41,
        )
    work = await scene.of(staff["coordinator"], stage.at(30, 10))
    await end_campaign(work, ran.id)
    conclusion = "Two thousand people reached, five referrals, and five points less public stigma among 120 answers."
    await evaluate_campaign(work, ran.id, conclusion=conclusion)
    counting = await scene.of(staff["coordinator"], stage.at(3, 17))
    await record_campaign_metric(counting, runs.id, counted_on=stage.at(3, 17).date(), reach=85, attendees=11)
    return ran


async def _planned(
    scene: Scene,
    founded: Founded,
    programme_id: UUID,
    days_ago: int,
    *,
    title: str,
    objective: str,
    audience: str,
    iom_type: IomType,
    strategy: CsapStrategy,
    channels: list[Channel],
    messages: list[str],
) -> Campaign:
    return await plan_campaign(
        await scene.of(founded.staff["coordinator"], scene.stage.at(days_ago, 14)),
        title=title,
        objective=objective,
        audience=audience,
        iom_type=iom_type,
        strategy=strategy,
        channels=channels,
        messages=messages,
        budget=Money(200_00 * len(channels), founded.plan.currency),
        programme_id=programme_id,
    )


async def _outreach(scene: Scene, founded: Founded, mentors: list[Mentor], campaign: Campaign) -> None:
    """What two mentors did in public, with the time that they gave; one report is still to be written."""
    stage = scene.stage
    for place, (kind, title, days, audience, minutes, remark) in enumerate(OUTREACH):
        mentor = mentors[place % 2]
        own, at = stage.people[mentor.person_id], stage.at(days, 18)
        planned = await plan_outreach(
            await scene.of(own if place else founded.staff["coordinator"], stage.at(days + 9, 12)),
            mentor.id,
            kind=kind,
            title=title,
            at=at,
            campaign_id=campaign.id if place == 0 else None,
        )
        work = await scene.of(own, stage.at(days - 1, 10))
        await finish_outreach(work, planned.id, audience_size=audience)
        if minutes:
            await report_outreach(work, planned.id, minutes=minutes, remark=remark)


async def _stories(scene: Scene, founded: Founded, mentors: list[Mentor], shown: Walk) -> None:
    """A mentor will tell their own story; a mentee consented to theirs, and withdrew that."""
    stage, own = scene.stage, scene.stage.people[mentors[0].person_id]
    await consent_to_story(await scene.of(own, stage.at(40, 11)), limits="No names of my family, and no photographs.")
    await plan_outreach(
        await scene.of(own, stage.at(5, 12)),
        mentors[0].id,
        kind=OutreachKind.STORY,
        title="An evening of stories at the community college",
        at=stage.at(-17, 19),
    )
    mentees = await consent_to_story(await scene.of(shown.mentee, stage.at(25, 13)), limits="Not in my town.")
    await withdraw_story_consent(await scene.of(shown.mentee, stage.at(13, 9)), mentees.id)


async def _thanks(scene: Scene, founded: Founded, shown: Walk) -> None:
    """Months together, hours given."""
    stage, staff = scene.stage, founded.staff
    for who, by, days, milestone, number, said in (
        (shown.mentee, shown.mentor, 60, Milestone.MONTHS_TOGETHER, 2, "Two months of turning up. I admire it."),
        (
            shown.mentor,
            staff["supervisor"],
            32,
            Milestone.HOURS_GIVEN,
            25,
            "Twenty-five hours of listening. Thank you.",
        ),
        (shown.mentee, staff["coordinator"], 7, Milestone.MONTHS_TOGETHER, 4, "Four months, and soup on the stove."),
    ):
        await recognise(
            await scene.of(by, stage.at(days, 16)),
            who.id,
            milestone=milestone,
            words=said,
            match_id=shown.match.id if milestone is Milestone.MONTHS_TOGETHER else None,
            number=number,
        )

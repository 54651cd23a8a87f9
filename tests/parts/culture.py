"""The part of culture."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kith.culture.campaign import (
    Channel,
    CsapStrategy,
    IomType,
    approve_campaign,
    begin_campaign,
    plan_campaign,
    record_campaign_metric,
)
from kith.culture.commitment import LeadershipDomain, meet_commitment, pledge_commitment
from kith.culture.outreach import OutreachKind, consent_to_story, finish_outreach, plan_outreach
from kith.culture.recognition import Milestone, recognise
from kith.culture.self_assessment import DomainRating, ReadinessDomain, record_self_assessment
from tests.deed import Deed, ahead

if TYPE_CHECKING:
    from tests.world import Building

TALK = {"kind": "TALK", "title": "At the library", "at": ahead(days=3)}
DEEDS: tuple[Deed, ...] = (
    Deed(
        "pledgeCommitment",
        "admin",
        lambda h: {
            "domain": "BUDGET",
            "pledge": "Half a post more.",
            "dueOn": ahead(days=90)[:10],
            "ownerId": h.id("coordinator.person"),
            "programmeId": h.id("programme"),
        },
        "coordinator",
        "lantern.admin",
    ),
    Deed(
        "editCommitment",
        "admin",
        lambda h: {"commitmentId": h.id("commitment"), "pledge": "Two seats on the board."},
        "coordinator",
        "lantern.admin",
    ),
    Deed(
        "beginCommitment",
        "coordinator",
        lambda h: {"commitmentId": h.id("commitment")},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "meetCommitment",
        "coordinator",
        lambda h: {"commitmentId": h.id("commitment"), "evidence": "The minutes of May."},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "reviewCommitment",
        "admin",
        lambda h: {"commitmentId": h.id("met_commitment"), "review": "It took longer than we thought."},
        "coordinator",
        "lantern.admin",
    ),
    Deed(
        "planCampaign",
        "coordinator",
        lambda h: {
            "title": "Look again",
            "objective": "Neighbours who say hello.",
            "audience": "The quarter.",
            "iomType": "UNIVERSAL_INDIRECT",
            "strategy": "COMMUNITY_PROCESS",
            "channels": ["EVENT"],
            "messages": ["Recovery lives next door."],
            "programmeId": h.id("programme"),
        },
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "editCampaign",
        "coordinator",
        lambda h: {"campaignId": h.id("campaign"), "audience": "Employers."},
        "mentor",
        "other_coordinator",
    ),
    Deed("approveCampaign", "admin", lambda h: {"campaignId": h.id("campaign")}, "supervisor", "other_coordinator"),
    Deed("beginCampaign", "coordinator", lambda h: {"campaignId": h.id("campaign")}, "mentor", "other_coordinator"),
    Deed(
        "recordCampaignMetric",
        "coordinator",
        lambda h: {"campaignId": h.id("campaign"), "countedOn": ahead(days=-1)[:10], "reach": 900},
        "mentor",
        "other_coordinator",
    ),
    Deed("endCampaign", "coordinator", lambda h: {"campaignId": h.id("campaign")}, "mentor", "other_coordinator"),
    Deed(
        "evaluateCampaign",
        "coordinator",
        lambda h: {"campaignId": h.id("campaign"), "conclusion": "Nine hundred people read it."},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "recordSelfAssessment",
        "coordinator",
        lambda h: {"programmeId": h.id("programme"), "ratings": [{"domain": "GOVERNANCE", "rating": 3}]},
        "supervisor",
        "other_coordinator",
    ),
    Deed("consentToStory", "mentee", lambda h: {"limits": "No town."}, "coordinator", None),
    Deed(
        "planOutreach",
        "mentor",
        lambda h: {"mentorId": h.id("mentor"), **TALK},
        "mentee",
        "other_mentor",
    ),
    Deed(
        "finishOutreach",
        "mentor",
        lambda h: {"outreachId": h.id("outreach"), "audienceSize": 30},
        "mentee",
        "other_mentor",
    ),
    Deed(
        "reportOutreach",
        "mentor",
        lambda h: {"outreachId": h.id("outreach"), "minutes": 90, "remark": "Two want to mentor."},
        "mentee",
        "other_mentor",
    ),
    Deed("cancelOutreach", "coordinator", lambda h: {"outreachId": h.id("story")}, "mentee", "other_coordinator"),
    Deed(
        "withdrawStoryConsent",
        "mentor",
        lambda h: {"consentId": h.id("story_consent")},
        "coordinator",
        "other_mentor",
    ),
    Deed(
        "recognise",
        "mentor",
        lambda h: {
            "personId": h.id("mentee.person"),
            "milestone": "HOURS_GIVEN",
            "number": 10,
            "words": "Thank you for every one of them.",
        },
        "mentee",
        "other_mentor",
    ),
)


async def build(building: Building) -> None:
    """Two commitments, a draft and a campaign that runs, a mentor's talk and story, and one recognition."""
    await _commitments(building)
    await _assessed(building)
    await _campaigns(building)
    house, mentor_id = building.house, building.house.row("mentor")
    consent = await building.does("mentor", consent_to_story, limits=f"Not in {house.name}.")
    talk = await building.does(
        "mentor",
        plan_outreach,
        mentor_id,
        kind=OutreachKind.TALK,
        title="At the school",
        at=building.now - timedelta(days=1),
    )
    held = await building.does(
        "mentor",
        plan_outreach,
        mentor_id,
        kind=OutreachKind.RECRUITMENT,
        title="At the market",
        at=building.now - timedelta(days=2),
        campaign_id=None,
    )
    await building.does("coordinator", finish_outreach, held.id, audience_size=12)
    story = await building.does(
        "mentor",
        plan_outreach,
        mentor_id,
        kind=OutreachKind.STORY,
        title="An evening",
        at=building.now + timedelta(days=9),
    )
    kind_words = await building.does(
        "coordinator",
        recognise,
        house.people["mentor"],
        milestone=Milestone.HOURS_GIVEN,
        number=20,
        words=f"All of {house.name} thanks you.",
    )
    building.name(story_consent=consent, outreach=talk, held_outreach=held, story=story, recognition=kind_words)


async def _assessed(building: Building) -> None:
    ratings = [DomainRating(domain, 2 + place % 3) for place, domain in enumerate(ReadinessDomain)]
    programme_id = building.house.row("programme")
    assessed = await building.does("coordinator", record_self_assessment, ratings=ratings, programme_id=programme_id)
    building.name(self_assessment=assessed)


async def _commitments(building: Building) -> None:
    house, due_on = building.house, (building.now + timedelta(days=60)).date()
    owner_id, programme_id = house.people["coordinator"], house.row("programme")
    pledged = await building.does(
        "admin",
        pledge_commitment,
        domain=LeadershipDomain.PEER_VOICE,
        pledge=f"A seat on the board of {house.name}.",
        owner_id=owner_id,
        due_on=due_on,
        programme_id=programme_id,
    )
    met = await building.does(
        "admin",
        pledge_commitment,
        domain=LeadershipDomain.STAFFING,
        pledge="A supervisor for every five mentors.",
        owner_id=owner_id,
        due_on=due_on,
        programme_id=programme_id,
    )
    await building.does("coordinator", meet_commitment, met.id, evidence="The plan of posts.")
    building.name(commitment=pledged, met_commitment=met)


async def _campaigns(building: Building) -> None:
    house, ids = building.house, {}
    for name in ("campaign", "running_campaign"):
        ids[name] = await building.does(
            "coordinator",
            plan_campaign,
            title=f"People first at {house.name}",
            objective="Fewer people who look away.",
            audience="Employers nearby.",
            iom_type=IomType.UNIVERSAL_DIRECT,
            strategy=CsapStrategy.EDUCATION,
            channels=[Channel.WORKPLACE],
            messages=["Recovery is work, and people do it."],
            programme_id=house.row("programme"),
        )
    building.name(**ids)
    running = ids["running_campaign"].id
    await building.does("admin", approve_campaign, running)
    await building.does("coordinator", begin_campaign, running)
    await building.does(
        "coordinator",
        record_campaign_metric,
        running,
        counted_on=building.now.date(),
        reach=400,
        attendees=25,
        referrals=3,
        stigma_before=48,
    )

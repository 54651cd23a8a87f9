"""The part of matching: a guide with four mentees, each at another place of a relationship.

agreeing_mentee has an agreement that the guide alone signed; leaving_mentee asked for another match; parting_mentee's
match is about to be closed; moving_mentee walks with the guide.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from kith.ground.actor import service
from kith.matching.agreement import sign_agreement, waive_introduction, write_agreement
from kith.matching.closure import (
    Closure,
    ClosureStep,
    ClosureStepKind,
    ClosureType,
    mark_unable,
    record_exit_interview,
    start_closure,
)
from kith.matching.match import begin
from kith.matching.monitoring import MonitoringContact, Side
from kith.matching.pausing import PauseReason, pause_match
from kith.matching.policy import set_relationship_policy
from kith.matching.rematch import request_rematch
from kith.people.mentee import Mentee
from kith.people.mentor import Mentor
from kith.people.profile import Format
from tests.deed import Deed, Given

if TYPE_CHECKING:
    from tests.world import Building, House

MENTEES = ("agreeing_mentee", "leaving_mentee", "parting_mentee", "moving_mentee")
TERMS: Given = {
    "meetingsAMonth": 4,
    "formats": ["PHONE"],
    "confidentiality": "What is said stays here, unless somebody is in danger.",
    "boundaries": "No money, no gifts.",
    "crisisPlanKnown": True,
}


def _step(kind: str, house: House) -> Given:
    return {"stepId": house.id(f"leaving.{kind}")}


DEEDS = (
    Deed(
        "setRelationshipPolicy",
        "admin",
        lambda h: {"programmeId": h.id("programme"), "pauseDays": 60},
        "coordinator",
        "lantern.admin",
    ),
    Deed("writeAgreement", "mentee", lambda h: {"matchId": h.id("match")} | TERMS, "supervisor", "other_mentee"),
    Deed(
        "signAgreement",
        "agreeing_mentee",
        lambda h: {"agreementId": h.id("agreement"), "expectedVersion": 1},
        "coordinator",
        "other_mentee",
    ),
    Deed(
        "recordAgreementOnPaper",
        "other_coordinator",
        lambda h: {
            "agreementId": h.id("other_agreement"),
            "expectedVersion": 1,
            "personIds": [h.id("other_mentor.person"), h.id("other_mentee.person")],
        },
        "mentor",
        "coordinator",
    ),
    Deed(
        "editAgreement",
        "guide",
        lambda h: {"agreementId": h.id("agreement"), "meetingsAMonth": 2},
        "supervisor",
        "other_mentor",
    ),
    Deed(
        "waiveIntroduction",
        "coordinator",
        lambda h: {"matchId": h.id("agreeing_match"), "because": "They have known each other for years."},
        "supervisor",
        "other_coordinator",
    ),
    Deed("safetyStop", "moving_mentee", lambda h: {"matchId": h.id("moving_match")}, "mentor", "other_mentee"),
    Deed(
        "liftHold",
        "coordinator",
        lambda h: {"matchId": h.id("moving_match"), "because": "A misunderstanding; both want to go on."},
        "mentee",
        "other_coordinator",
    ),
    Deed(
        "requestRematch",
        "moving_mentee",
        lambda h: {"matchId": h.id("moving_match"), "reason": "We have too little in common."},
        "coordinator",
        "other_mentee",
    ),
    Deed(
        "startClosure",
        "guide",
        lambda h: {"matchId": h.id("agreeing_match"), "type": "MUTUAL"},
        "partner",
        "other_mentor",
    ),
    Deed(
        "recordMonitoringContact",
        "coordinator",
        lambda h: {"contactId": h.id("contact"), "format": "PHONE", "quality": 4},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "recordExitInterview",
        "coordinator",
        lambda h: _step("EXIT_INTERVIEW_MENTEE", h) | {"itHelped": 4, "whatHelped": "Being listened to."},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "recordClosingMeeting",
        "coordinator",
        lambda h: _step("CLOSING_MEETING", h) | {"heldOn": "2026-01-05"},
        "mentee",
        "other_coordinator",
    ),
    Deed(
        "agreeContactAfterwards",
        "coordinator",
        lambda h: _step("CONTACT_AFTERWARDS", h) | {"contact": "A card at New Year."},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "markUnable",
        "coordinator",
        lambda h: _step("EXIT_INTERVIEW_MENTOR", h) | {"because": "They moved abroad."},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "completeClosure",
        "coordinator",
        lambda h: {"matchId": h.id("parting_match"), "reason": "GOALS_MET", "menteeWaitsAgain": False},
        "supervisor",
        "other_coordinator",
    ),
)


async def build(building: Building) -> None:
    """Four relationships, and an agreement of the second programme."""
    house, programme_id = building.house, building.house.row("programme")
    house.names |= {who: f"{who.split('_')[0].capitalize()} {house.name}" for who in ("guide", *MENTEES)}
    await building._mentor("coordinator", "guide", capacity=4)
    for mentee in MENTEES:
        await building._mentee("coordinator", mentee)
    await building.does("admin", set_relationship_policy, programme_id, agreement_required=True)
    for mentee in MENTEES[:2]:
        await _begin(building, mentee)
    policy = await building.does("admin", set_relationship_policy, programme_id, agreement_required=False)
    for mentee in MENTEES[2:]:
        await _begin(building, mentee)
    agreement = await _agreement(building, "guide", "agreeing_match")
    await building.does("guide", sign_agreement, agreement, expected_version=1)
    other = await _agreement(building, "other_mentor", "other_match")
    house.named |= {
        "policy": ("RelationshipPolicy", policy.id),
        "agreement": ("Agreement", agreement),
        "other_agreement": ("Agreement", other),
    }
    await building.does("coordinator", waive_introduction, house.row("leaving_match"), because="They are cousins.")
    until = building.clock + timedelta(days=20)
    parting = house.row("parting_match")
    await building.does("parting_mentee", pause_match, parting, reason=PauseReason.FAMILY, until=until, remark="Twins.")
    await building.does("leaving_mentee", request_rematch, house.row("leaving_match"), reason="It is far to go.")
    await building.does("guide", start_closure, parting, type=ClosureType.PLANNED)
    for kind, step in (await _steps(building, "parting_match")).items():
        if kind == ClosureStepKind.EXIT_INTERVIEW_MENTEE:
            await building.does("coordinator", record_exit_interview, step, it_helped=5, what_helped="Much.")
        else:
            await building.does("coordinator", mark_unable, step, because="They moved away.")
    async with building.workplace.reading(service(house.organisation_id, ())) as work:
        (contact,) = await work.rows(
            MonitoringContact,
            MonitoringContact.match_id == house.row("moving_match"),
            MonitoringContact.side == Side.MENTEE,
        )
    house.named["contact"] = ("MonitoringContact", contact.id)
    steps = await _steps(building, "leaving_match")
    house.named |= {f"leaving.{kind}": ("ClosureStep", step) for kind, step in steps.items()}
    await building.later()


async def _begin(building: Building, mentee: str) -> None:
    """As an acceptance begins it; the programme's own run is not published yet."""
    house = building.house
    async with building.workplace.writing(service(house.organisation_id, ()), now=building.clock) as work:
        (mentor,) = await work.rows(Mentor, Mentor.id == house.row("guide"))
        (theirs,) = await work.rows(Mentee, Mentee.id == house.row(mentee))
        match = await begin(work, mentor, theirs)
    house.named[f"{mentee.removesuffix('_mentee')}_match"] = ("Match", match.id)
    await building.later()


async def _agreement(building: Building, by: str, match: str) -> UUID:
    agreement = await building.does(
        by,
        write_agreement,
        building.house.row(match),
        meetings_a_month=4,
        formats=[Format.PHONE],
        confidentiality=TERMS["confidentiality"],
        boundaries=TERMS["boundaries"],
        crisis_plan_known=True,
    )
    return agreement.id


async def _steps(building: Building, match: str) -> dict[str, UUID]:
    house = building.house
    async with building.workplace.reading(service(house.organisation_id, ())) as work:
        of_match = select(Closure.id).where(Closure.match_id == house.row(match))
        return {step.kind: step.id for step in await work.rows(ClosureStep, ClosureStep.closure_id.in_(of_match))}

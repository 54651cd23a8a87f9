"""The part of recruiting: applications, credentials, leave, suspension, and what a mentor tells."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from kith.ground.actor import service
from kith.mentors.application import attest, begin_application, name_reviewer, screen_application, submit_application
from kith.mentors.credential import NewCredential, add_credential, verify_credential
from kith.mentors.leave import Leave, take_leave
from kith.mentors.lived_experience import (
    Experience,
    RecoveryTime,
    SharedWith,
    share_experience,
    share_recovery_time,
)
from kith.mentors.standing import Suspension, SuspensionReason, lift_suspension, suspend_mentor
from kith.mentors.wellbeing import check_in
from kith.people.mentor import Help
from kith.people.profile import Domain, Format, Profile
from kith.programmes import CredentialKind
from tests.deed import Deed, Given, ahead, new

if TYPE_CHECKING:
    from tests.world import Building, House


def _draft(house: House) -> Given:
    return {"applicationId": house.id("application")}


PAPER = {"issuer": "The State Board", "issuedOn": "2026-02-01", "number": "PB-77"}
DEEDS = (
    Deed(
        "beginApplication",
        "coordinator",
        lambda h: {
            "programmeId": h.id("programme"),
            "person": new("Bran"),
            "profile": {"languages": ["en"], "formats": ["PHONE"]},
            "offer": {"helpsWith": ["HOUSING"]},
        },
        "supervisor",
        "other_coordinator",
    ),
    Deed("editApplication", "mentee", lambda h: _draft(h) | {"offer": {"capacity": 2}}, "supervisor", "waiting_mentee"),
    Deed("attest", "mentee", lambda h: _draft(h) | {"conflicts": "My cousin works here."}, "analyst", "waiting_mentee"),
    Deed("submitApplication", "mentee", _draft, "supervisor", "waiting_mentee"),
    Deed("screenApplication", "coordinator", _draft, "mentee", "other_coordinator"),
    Deed("holdApplication", "coordinator", lambda h: _draft(h) | {"until": ahead(days=9)}, "mentee", "lantern.admin"),
    Deed("resumeApplication", "coordinator", _draft, "supervisor", "other_coordinator"),
    Deed("recordInterview", "coordinator", _draft, "supervisor", "other_coordinator"),
    Deed("recordReferences", "coordinator", _draft, "supervisor", "other_coordinator"),
    Deed("clearBackground", "coordinator", _draft, "supervisor", "other_coordinator"),
    Deed(
        "nameReviewer",
        "coordinator",
        lambda h: _draft(h) | {"reviewerId": h.id("supervisor.person")},
        "supervisor",
        "other_coordinator",
    ),
    Deed("approveApplication", "supervisor", _draft, "coordinator", "lantern.admin"),
    Deed(
        "rejectApplication",
        "coordinator",
        lambda h: {"applicationId": h.id("screened_application"), "reason": "NOT_YET"},
        "mentee",
        "supervisor",
    ),
    Deed(
        "withdrawApplication",
        "proposed_mentee",
        lambda h: {"applicationId": h.id("withdrawn_application")},
        "supervisor",
        "waiting_mentee",
    ),
    Deed(
        "addCredential",
        "mentor",
        lambda h: {"mentorId": h.id("mentor"), "kind": "FIRST_AID", "credential": PAPER},
        "mentee",
        "second_mentor",
    ),
    Deed(
        "renewCredential",
        "mentor",
        lambda h: {"credentialId": h.id("verified_credential"), "credential": PAPER},
        "supervisor",
        "second_mentor",
    ),
    Deed(
        "verifyCredential",
        "coordinator",
        lambda h: {"credentialId": h.id("credential")},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "revokeCredential",
        "coordinator",
        lambda h: {"credentialId": h.id("verified_credential"), "reason": "REPLACED"},
        "supervisor",
        "other_coordinator",
    ),
    Deed(
        "extendLeave",
        "mentor",
        lambda h: {"leaveId": h.id("leave"), "endsAt": ahead(days=50)},
        "supervisor",
        "second_mentor",
    ),
    Deed(
        "suspendMentor",
        "supervisor",
        lambda h: {"mentorId": h.id("mentor"), "reason": "CONCERN"},
        "mentor",
        "other_coordinator",
    ),
    Deed("liftSuspension", "coordinator", lambda h: {"mentorId": h.id("mentor")}, "mentee", "other_coordinator"),
    Deed(
        "editMentorProfile",
        "mentor",
        lambda h: {"mentorId": h.id("mentor"), "offer": {"about": "Still learning."}},
        "mentee",
        "second_mentor",
    ),
    Deed(
        "shareExperience",
        "mentor",
        lambda h: {"mentorId": h.id("mentor"), "experience": "JUSTICE", "sharedWith": "POOL"},
        "coordinator",
        "second_mentor",
    ),
    Deed(
        "shareRecoveryTime",
        "mentor",
        lambda h: {"mentorId": h.id("mentor"), "recoveryTime": "OVER_TEN_YEARS", "sharedWith": "SUPERVISOR"},
        "mentee",
        "second_mentor",
    ),
    Deed(
        "sharePathway",
        "mentor",
        lambda h: {"mentorId": h.id("mentor"), "sharedWith": "MATCHED_MENTEE"},
        "mentee",
        "second_mentor",
    ),
    Deed(
        "takeBackExperience",
        "mentor",
        lambda h: {"experienceId": h.id("experience")},
        "coordinator",
        "second_mentor",
    ),
    Deed(
        "checkIn",
        "mentor",
        lambda h: {"mentorId": h.id("mentor"), "burnout": 2, "energy": 4, "recoveryStrain": 1},
        "supervisor",
        "second_mentor",
    ),
)


async def build(building: Building) -> None:
    """Three applications; of the mentor two papers, a suspension that was lifted, a leave to come, what they tell."""
    await _applications(building)
    house, mentor_id = building.house, building.house.row("mentor")
    paper = NewCredential("The Police", date(2026, 1, 5), number=f"B-{house.name}")
    pending = await building.does(
        "mentor", add_credential, mentor_id, kind=CredentialKind.PEER_CERTIFICATION, credential=paper
    )
    checked = await building.does(
        "mentor", add_credential, mentor_id, kind=CredentialKind.BACKGROUND_CHECK, credential=paper
    )
    await building.does("coordinator", verify_credential, checked.id)
    await building.does("supervisor", suspend_mentor, mentor_id, reason=SuspensionReason.WELL_BEING)
    await building.does("supervisor", lift_suspension, mentor_id)
    starts_at = building.now + timedelta(days=20)
    await building.does("mentor", take_leave, mentor_id, starts_at=starts_at, ends_at=starts_at + timedelta(days=14))
    told = await building.does(
        "mentor", share_experience, mentor_id, experience=Experience.ALCOHOL, shared_with=SharedWith.MATCHED_MENTEE
    )
    recovery = RecoveryTime.FIVE_TO_TEN_YEARS
    between_us = await building.does(
        "mentor", share_recovery_time, mentor_id, recovery_time=recovery, shared_with=SharedWith.SUPERVISOR
    )
    said = await building.does(
        "mentor", check_in, mentor_id, burnout=3, energy=3, recovery_strain=2, needs_support=True
    )
    building.name(
        credential=pending, verified_credential=checked, experience=told, recovery_time=between_us, check_in=said
    )
    async with building.workplace.reading(service(house.organisation_id, ())) as work:
        (leave,), (suspension,) = await work.rows(Leave), await work.rows(Suspension)
    building.name(leave=leave, suspension=suspension)


async def _applications(building: Building) -> None:
    house, profile = building.house, Profile(["en"], [Format.PHONE])
    programme_id, offer = house.row("programme"), Help([Domain.HOUSING])
    for name, who in (
        ("application", "mentee"),
        ("screened_application", "waiting_mentee"),
        ("withdrawn_application", "proposed_mentee"),
    ):
        begun = await building.does(who, begin_application, programme_id=programme_id, profile=profile, offer=offer)
        building.name(**{name: begun})
    draft = house.row("application")
    conflicts = f"None at {house.name}."
    await building.does("mentee", attest, draft, lived_experience=True, steady_recovery=True, conflicts=conflicts)
    await building.does("coordinator", name_reviewer, draft, reviewer_id=house.people["supervisor"])
    screened = house.row("screened_application")
    await building.does("waiting_mentee", submit_application, screened)
    await building.does("coordinator", screen_application, screened, notes=f"Read at {house.name}.")

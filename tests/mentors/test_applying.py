"""Applying to mentor: every step by who may do it, and approval by a second person alone."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from kith.ground.errors import Conflict, IllegalState, Invalid, NotFound
from kith.mentors.application import (
    ApplicationStatus,
    MentorApplication,
    RejectionReason,
    WithdrawalReason,
    approve_application,
    attest,
    begin_application,
    clear_background,
    edit_application,
    hold_application,
    name_reviewer,
    record_interview,
    record_references,
    reject_application,
    resume_application,
    screen_application,
    submit_application,
    withdraw_application,
)
from kith.mentors.standing import retire_mentor
from kith.people.mentor import Help, HelpEdit, MentorStatus, register_mentor
from kith.people.profile import Domain, Format, Profile, ProfileEdit
from kith.programmes import edit_programme
from tests.conftest import Api
from tests.mentors.conftest import Mentors
from tests.world import Connection, profile

STEPS = (screen_application, record_interview, record_references, clear_background)
WHOLE = {"lived_experience": True, "steady_recovery": True, "conflicts": ""}
ABOUT = {"languages": ["en"], "formats": ["PHONE"]}


async def _through(mentors: Mentors, application_id: UUID, *, by: str = "coordinator") -> None:
    """Submitted by the coordinator, and screened to the end."""
    await mentors.does("coordinator", submit_application, application_id)
    for step in STEPS:
        await mentors.does(by, step, application_id)


async def _begun(mentors: Mentors, who: str = "second_mentor") -> MentorApplication:
    """An application that the coordinator enters for somebody, with everything attested to."""
    begun = await mentors.does(
        "coordinator",
        begin_application,
        programme_id=mentors.house.row("programme"),
        person_id=mentors.house.people[who],
        profile=Profile(["en"], [Format.PHONE]),
        offer=Help([Domain.HOUSING], capacity=2),
    )
    await mentors.does("coordinator", attest, begun.id, **WHOLE)  # type: ignore[arg-type]
    return begun


async def _status(superuser: Connection, table: str, id: UUID) -> str:
    status: str = await superuser.fetchval(f"SELECT status FROM {table} WHERE id = $1", id)
    return status


async def _codes(superuser: Connection, mentor_id: UUID) -> list[str]:
    codes: list[str] = await superuser.fetchval("SELECT codes FROM readiness WHERE mentor_id = $1", mentor_id)
    return codes


async def _open_tasks(superuser: Connection, about: UUID, kind: str) -> int:
    query = "SELECT count(*) FROM tasks WHERE about_id = $1 AND kind = $2 AND status = 'OPEN'"
    return int(await superuser.fetchval(query, about, kind))


async def test_somebody_applies_is_screened_and_becomes_a_mentor_in_training(
    api: Api, mentors: Mentors, superuser: Connection
) -> None:
    house, cora = mentors.house, mentors.house.secrets["coordinator"]
    # Given an application that the coordinator enters, with the signed forms
    entered = {
        "programmeId": house.id("programme"),
        "person": {"name": "Nuala", "timeZone": "Europe/Dublin", "email": "nuala@example.org"},
        "profile": ABOUT,
        "offer": {"helpsWith": ["HOUSING"], "hoursPerWeek": 3},
    }
    begun = await api.done(cora, "beginApplication", entered, "id status person { id }")
    assert begun["status"] == "DRAFT"
    on = {"applicationId": begun["id"]}
    forms = await api.done(
        cora, "attest", {**on, "livedExperience": True, "steadyRecovery": True, "conflicts": ""}, "steadyMonths"
    )
    assert forms == {"steadyMonths": 12}
    # When it goes through every step, on hold in between
    for verb, more, status in (
        ("submitApplication", {}, "SUBMITTED"),
        ("screenApplication", {"notes": "Clear about her reasons."}, "SCREENING"),
        ("holdApplication", {"until": (mentors.now + timedelta(days=30)).isoformat()}, "ON_HOLD"),
        ("resumeApplication", {}, "SCREENING"),
        ("recordInterview", {"notes": "Warm, and honest."}, "INTERVIEWED"),
        ("recordReferences", {}, "REFERENCES_CHECKED"),
        ("clearBackground", {}, "BACKGROUND_CLEARED"),
    ):
        assert (await api.done(cora, verb, on | more, "status"))["status"] == status
    await api.done(cora, "nameReviewer", on | {"reviewerId": house.id("supervisor.person")})
    # And the supervisor, who was asked, reads how it was screened and approves
    sue = house.secrets["supervisor"]
    asked = "{ tasks(first: 9, filter: {status: [OPEN]}) { nodes { kind } } }"
    assert "DECIDE_APPLICATION" in [n["kind"] for n in (await api.data(sue, asked))["tasks"]["nodes"]]
    shown = "status steps { step notes }"
    approved = await api.done(sue, "approveApplication", on, shown)
    assert approved["status"] == "APPROVED"
    assert {s["step"]: s["notes"] for s in approved["steps"]}["INTERVIEW"] == "Warm, and honest."
    done_by = "query($id: ID!) { node(id: $id) { ... on MentorApplication { steps { doneBy { name } } } } }"
    steps = (await api.data(cora, done_by, id=begun["id"]))["node"]["steps"]
    assert [s["doneBy"]["name"] for s in steps] == [house.names["coordinator"]] * 4
    # Then they are a mentor, in training, of what they offered
    found = await api.data(
        cora,
        "{ mentors(first: 9, orderBy: NEWEST) { nodes { name status hoursPerWeek readiness { codes } } } }",
    )
    assert found["mentors"]["nodes"][0] == {
        "name": "Nuala",
        "status": "TRAINING",
        "hoursPerWeek": 3,
        "readiness": {"codes": ["IN_TRAINING", "TRAINING_MISSING"]},
    }
    assert "DECIDE_APPLICATION" not in [n["kind"] for n in (await api.data(sue, asked))["tasks"]["nodes"]]
    written = await superuser.fetch(
        "SELECT subject, body FROM letters WHERE kind = 'application.decided' AND organisation_id = $1",
        house.organisation_id,
    )
    assert len(written) == 1
    assert "mentor" not in (written[0]["subject"] + written[0]["body"]).lower()


async def test_who_screened_cannot_approve(mentors: Mentors) -> None:
    application = await _begun(mentors)
    await _through(mentors, application.id, by="admin")
    with pytest.raises(IllegalState, match="You screened this application: a second person"):
        await mentors.does("admin", approve_application, application.id)


async def test_approval_names_every_attestation_that_is_missing(mentors: Mentors) -> None:
    application = await _begun(mentors)
    await mentors.does("coordinator", attest, application.id, lived_experience=False, steady_recovery=False)
    await _through(mentors, application.id)
    with pytest.raises(IllegalState, match=r"lived experience, 12 months of steady recovery\."):
        await mentors.does("admin", approve_application, application.id)


async def test_an_attestation_for_fewer_months_than_are_asked_for_by_now_does_not_do(mentors: Mentors) -> None:
    application = await _begun(mentors)
    await _through(mentors, application.id)
    await mentors.does("admin", edit_programme, mentors.house.row("programme"), minimum_recovery_months=24)
    with pytest.raises(IllegalState, match=r"Not attested to yet: 24 months of steady recovery\."):
        await mentors.does("admin", approve_application, application.id)
    await mentors.does("coordinator", attest, application.id, steady_recovery=True)
    approved = await mentors.does("admin", approve_application, application.id)
    assert approved.status == ApplicationStatus.APPROVED


async def test_no_step_is_left_out(mentors: Mentors) -> None:
    application = await _begun(mentors)
    for verb in (*STEPS, resume_application):
        with pytest.raises(IllegalState, match="DRAFT"):
            await mentors.does("coordinator", verb, application.id)
    with pytest.raises(IllegalState, match="not BACKGROUND_CLEARED"):
        await mentors.does("admin", approve_application, application.id)
    with pytest.raises(IllegalState, match="DRAFT"):
        await mentors.does("coordinator", reject_application, application.id, reason=RejectionReason.NOT_YET)


async def test_nobody_looks_at_their_own_application(mentors: Mentors) -> None:
    own = await mentors.does(
        "coordinator",
        begin_application,
        programme_id=mentors.house.row("programme"),
        profile=profile(),
        offer=Help([Domain.HOUSING]),
    )
    await mentors.does("coordinator", submit_application, own.id)
    with pytest.raises(IllegalState, match="your own application"):
        await mentors.does("coordinator", screen_application, own.id)
    with pytest.raises(IllegalState, match="your own application"):
        await mentors.does("coordinator", reject_application, own.id, reason=RejectionReason.NO_NEED)
    with pytest.raises(Invalid, match="their own application"):
        await mentors.does("admin", name_reviewer, own.id, reviewer_id=mentors.house.people["coordinator"])


async def test_a_hold_that_runs_out_asks_for_a_decision_once(mentors: Mentors, superuser: Connection) -> None:
    application = await _begun(mentors)
    await mentors.does("coordinator", submit_application, application.id)
    await mentors.does("coordinator", screen_application, application.id)
    for days in (0, 181):
        until = mentors.clock + timedelta(days=days)
        with pytest.raises(Invalid, match="180 days"):
            await mentors.does("coordinator", hold_application, application.id, until=until)
    await mentors.does("coordinator", hold_application, application.id, until=mentors.clock + timedelta(days=30))
    mentors.clock += timedelta(days=29)
    await mentors.later()
    assert await _open_tasks(superuser, application.id, "HOLD_RAN_OUT") == 0
    mentors.clock += timedelta(days=2)
    await mentors.later()
    assert await _open_tasks(superuser, application.id, "HOLD_RAN_OUT") == 1
    assert await _status(superuser, "mentor_applications", application.id) == "ON_HOLD"
    await mentors.does("coordinator", resume_application, application.id)
    assert await _open_tasks(superuser, application.id, "HOLD_RAN_OUT") == 0


async def test_a_hold_that_was_ended_asks_for_nothing(mentors: Mentors, superuser: Connection) -> None:
    application = await _begun(mentors)
    await mentors.does("coordinator", submit_application, application.id)
    await mentors.does("coordinator", screen_application, application.id)
    await mentors.does("coordinator", hold_application, application.id, until=mentors.clock + timedelta(days=3))
    await mentors.does("coordinator", withdraw_application, application.id, reason=WithdrawalReason.NO_TIME)
    mentors.clock += timedelta(days=4)
    await mentors.later()
    assert await _open_tasks(superuser, application.id, "HOLD_RAN_OUT") == 0


async def test_an_applicant_reads_the_reason_and_never_the_notes(api: Api, mentors: Mentors) -> None:
    house = mentors.house
    screened = house.id("screened_application")
    query = "query($id: ID!) { node(id: $id) { ... on MentorApplication { status rejection } } }"
    await api.done(house.secrets["coordinator"], "rejectApplication", {"applicationId": screened, "reason": "NOT_YET"})
    theirs = await api.data(house.secrets["waiting_mentee"], query, id=screened)
    assert theirs["node"] == {"status": "REJECTED", "rejection": "NOT_YET"}
    steps = "query($id: ID!) { node(id: $id) { ... on MentorApplication { steps { notes } } } }"
    refused = await api(house.secrets["waiting_mentee"], steps, id=screened)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await api.data(house.secrets["mentor"], query, id=screened))["node"] is None


async def test_a_supervisor_sees_an_application_once_they_are_asked(api: Api, mentors: Mentors) -> None:
    house, sue = mentors.house, mentors.house.secrets["supervisor"]
    query = "{ mentorApplications(first: 9) { nodes { id attestations { steadyMonths } } } }"
    assert [n["id"] for n in (await api.data(sue, query))["mentorApplications"]["nodes"]] == [house.id("application")]
    other = house.id("screened_application")
    with pytest.raises(NotFound):
        await mentors.does("supervisor", reject_application, house.row("screened_application"), reason="NOT_YET")  # type: ignore[arg-type]
    await api.done(
        house.secrets["coordinator"],
        "nameReviewer",
        {"applicationId": other, "reviewerId": house.id("supervisor.person")},
    )
    assert {n["id"] for n in (await api.data(sue, query))["mentorApplications"]["nodes"]} == {
        house.id("application"),
        other,
    }


async def test_one_application_is_open_at_a_time_and_another_may_follow(mentors: Mentors) -> None:
    application = await _begun(mentors)
    with pytest.raises(Conflict, match="open already"):
        await _begun(mentors)
    await mentors.does("second_mentor", withdraw_application, application.id)
    assert (await _begun(mentors)).id != application.id
    with pytest.raises(IllegalState, match="WITHDRAWN"):
        await mentors.does("coordinator", edit_application, application.id, offer=HelpEdit(capacity=1))


async def test_of_two_who_enter_the_same_application_one_is_told(api: Api, mentors: Mentors) -> None:
    house = mentors.house
    given: dict[str, Any] = {
        "programmeId": house.id("programme"),
        "personId": house.id("second_mentor.person"),
        "profile": ABOUT,
        "offer": {"helpsWith": []},
    }
    who = (house.secrets["coordinator"], house.secrets["admin"])
    payloads = await asyncio.gather(*(api.mutate(token, "beginApplication", given) for token in who))
    assert sorted(error["code"] for payload in payloads for error in payload["errors"]) == ["CONFLICT"]


async def test_an_application_is_edited_until_it_is_decided(mentors: Mentors) -> None:
    application = await _begun(mentors)
    edited = await mentors.does(
        "coordinator",
        edit_application,
        application.id,
        profile=ProfileEdit(languages=["ga"]),
        offer=HelpEdit(hours_per_week=4),
        expected_version=application.version,
    )
    assert (edited.languages, edited.formats, edited.hours_per_week, edited.capacity) == (["ga"], ["PHONE"], 4, 2)
    with pytest.raises(Conflict):
        await mentors.does("coordinator", edit_application, application.id, expected_version=application.version)
    with pytest.raises(NotFound):
        await mentors.does("mentor", edit_application, application.id)


async def test_who_is_screened_anew_takes_nobody_until_it_is_decided(mentors: Mentors, superuser: Connection) -> None:
    mentor_id = mentors.house.row("second_mentor")
    application = await _begun(mentors)
    assert await _codes(superuser, mentor_id) == []
    await mentors.does("coordinator", submit_application, application.id)
    assert await _codes(superuser, mentor_id) == ["NOT_APPROVED"]
    await mentors.does("second_mentor", withdraw_application, application.id)
    assert await _codes(superuser, mentor_id) == []
    again = await _begun(mentors)
    await _through(mentors, again.id)
    assert await _codes(superuser, mentor_id) == ["NOT_APPROVED"]
    await mentors.does("admin", approve_application, again.id)
    assert await _codes(superuser, mentor_id) == []
    assert await _status(superuser, "mentors", mentor_id) == "READY"


async def test_a_rejection_keeps_a_mentor_from_new_matches(mentors: Mentors, superuser: Connection) -> None:
    application = await _begun(mentors)
    await mentors.does("coordinator", submit_application, application.id)
    await mentors.does("coordinator", reject_application, application.id, reason=RejectionReason.BACKGROUND)
    assert await _codes(superuser, mentors.house.row("second_mentor")) == ["NOT_APPROVED"]


async def test_who_retired_comes_back_by_a_new_application_and_is_trained_anew(
    mentors: Mentors, superuser: Connection
) -> None:
    mentor_id = mentors.house.row("second_mentor")
    await mentors.does("second_mentor", retire_mentor, mentor_id)
    application = await _begun(mentors)
    await _through(mentors, application.id)
    await mentors.does("admin", approve_application, application.id)
    row = await superuser.fetchrow("SELECT status, trained_on FROM mentors WHERE id = $1", mentor_id)
    assert dict(row or {}) == {"status": "TRAINING", "trained_on": None}


async def test_a_person_vetted_elsewhere_is_still_registered_at_once(mentors: Mentors) -> None:
    mentor = await mentors.does(
        "coordinator",
        register_mentor,
        programme_id=mentors.house.row("programme"),
        person_id=mentors.house.people["waiting_mentee"],
        profile=profile(),
        offer=Help([Domain.FAMILY]),
        trained_on=date(2026, 1, 1),
    )
    assert mentor.status == MentorStatus.READY

"""Cover for a colleague, a mentor's own development, and meetings that are observed."""

from datetime import timedelta

import pytest

from kith.ground.errors import Conflict, Forbidden, IllegalState, Invalid, NotFound
from kith.meetings.meeting import cancel_meeting, move_meeting
from kith.supervision.coverage import delegate_coverage, end_coverage
from kith.supervision.development import (
    DevelopmentStatus,
    add_development_action,
    agree_to_development_plan,
    complete_development_plan,
    edit_development_plan,
    finish_development_action,
    review_development_plan,
)
from kith.supervision.observation import (
    ObservationStatus,
    agree_to_observation,
    arrange_observation,
    decline_observation,
)
from kith.supervision.session import SessionStatus, cancel_supervision, hold_supervision
from tests.conftest import Api
from tests.supervision.conftest import Supervision

MENTORS = "{ mentors(first: 9) { nodes { id } } }"


async def test_who_covers_sees_and_does_what_the_caseload_needs_until_it_ends(
    supervision: Supervision, api: Api
) -> None:
    s, house = supervision, supervision.house
    admin, sue = house.secrets["admin"], house.people["supervisor"]
    new = {"role": {"role": "SUPERVISOR"}, "person": {"name": "Cole", "timeZone": "UTC"}}
    cole = await api.done(admin, "giveRole", new, "person { id }")
    token = (await api.done(admin, "issueToken", {"personId": cole["person"]["id"]}, "secret"))["secret"]
    house.secrets["cover"] = token
    session = await s.schedule("mentor", minutes=1)
    assert (await api.data(token, MENTORS))["mentors"]["nodes"] == []
    given = {
        "absentPersonId": house.id("supervisor.person"),
        "coverPersonId": cole["person"]["id"],
        "endsAt": (s.clock + timedelta(days=3)).isoformat(),
    }
    payload = await api.mutate(house.secrets["supervisor"], "delegateCoverage", given)
    assert payload["errors"] == []
    with pytest.raises(Conflict, match="Somebody covers"):
        await s.does(
            "admin",
            delegate_coverage,
            absent_person_id=sue,
            cover_person_id=house.people["coordinator"],
            ends_at=s.clock + timedelta(days=1),
        )
    assert [node["id"] for node in (await api.data(token, MENTORS))["mentors"]["nodes"]] == [house.id("mentor")]
    s.clock = session.starts_at + timedelta(hours=1)
    await s.does("cover", hold_supervision, session.id)
    told = "SELECT count(*) FROM facts WHERE organisation_id = $1 AND kind = 'coverage.given'"
    assert await s.value(told, house.organisation_id) == 2
    # It ends by itself
    await s.superuser.execute(
        "UPDATE coverage_delegations SET starts_at = now() - interval '2 days', ends_at = now() - interval '1 second'"
        " WHERE organisation_id = $1 AND starts_at < $2",
        house.organisation_id,
        s.clock,
    )
    assert (await api.data(token, MENTORS))["mentors"]["nodes"] == []


async def test_nobody_gives_away_what_is_anothers(supervision: Supervision) -> None:
    s, people = supervision, supervision.house.people
    ends_at = s.clock + timedelta(days=1)
    with pytest.raises(Forbidden, match="your own caseload"):
        await s.does(
            "supervisor",
            delegate_coverage,
            absent_person_id=people["admin"],
            cover_person_id=people["supervisor"],
            ends_at=ends_at,
        )
    own = {"absent_person_id": people["supervisor"]}
    for cover, until, match in (
        ("supervisor", ends_at, "Nobody covers for themselves"),
        ("mentor", ends_at, "supervised by whom"),
        ("admin", s.clock + timedelta(days=100), "92 days"),
    ):
        with pytest.raises(Invalid, match=match):
            await s.does("supervisor", delegate_coverage, **own, cover_person_id=people[cover], ends_at=until)
    coverage = s.house.row("coverage")
    await s.does("supervisor", end_coverage, coverage)
    with pytest.raises(IllegalState, match="over already"):
        await s.does("supervisor", end_coverage, coverage)


async def test_a_development_plan_holds_once_both_agree(supervision: Supervision, api: Api) -> None:
    s, house, plan_id = supervision, supervision.house, supervision.house.row("development_plan")
    with pytest.raises(IllegalState, match="wrote this draft yourself"):
        await s.does("supervisor", agree_to_development_plan, plan_id)
    edited = await s.does("mentor", edit_development_plan, plan_id, aims=["Ask before I advise"])
    assert (edited.mentor_agreed_at is None, edited.supervisor_agreed_at is None) == (False, True)
    with pytest.raises(Conflict):
        await s.does("supervisor", agree_to_development_plan, plan_id, expected_version=1)
    with pytest.raises(IllegalState, match="not AGREED"):
        await s.does("supervisor", complete_development_plan, plan_id)
    agreed = await s.does("supervisor", agree_to_development_plan, plan_id)
    assert agreed.status == DevelopmentStatus.AGREED
    with pytest.raises(IllegalState, match="not DRAFT"):
        await s.does("mentor", edit_development_plan, plan_id, aims=["Something else"])
    session_id = await s.held("mentor", days=1)
    await s.does("supervisor", review_development_plan, plan_id, session_id=session_id, text="Better.")
    action = await s.does(
        "supervisor",
        add_development_action,
        house.row("mentor"),
        text="Ask three open questions",
        due_at=s.clock + timedelta(days=7),
        plan_id=plan_id,
        session_id=session_id,
    )
    mara = house.people["mentor"]
    assert await s.tasks("DEVELOPMENT_ACTION", action.id) == [("OPEN", mara)]
    await s.does("mentor", finish_development_action, action.id)
    assert await s.tasks("DEVELOPMENT_ACTION", action.id) == [("DONE", mara)]
    done = await s.does("supervisor", complete_development_plan, plan_id)
    assert done.status == DevelopmentStatus.COMPLETED
    query = "{ developmentPlans(first: 5) { nodes { id reviews { text } } } }"
    nodes = (await api.data(house.secrets["admin"], query))["developmentPlans"]["nodes"]
    assert nodes == []  # between the two, however far an administrator reaches
    nodes = (await api.data(house.secrets["mentor"], query))["developmentPlans"]["nodes"]
    assert [node["reviews"] for node in nodes if node["id"] == house.id("development_plan")] == [[{"text": "Better."}]]


async def test_a_meeting_is_observed_only_with_the_mentees_consent(supervision: Supervision) -> None:
    s, house, asked_id = supervision, supervision.house, supervision.house.row("observation")
    session_id = await s.value("SELECT session_id FROM observations WHERE id = $1", asked_id)
    letters = "SELECT count(*) FROM letters WHERE about_id = $1 AND kind = 'observation.asked'"
    assert await s.value(letters, asked_id) == 1
    with pytest.raises(Conflict, match="already"):
        await s.does("supervisor", arrange_observation, house.row("coming_meeting"))
    with pytest.raises(NotFound):
        await s.does("other_mentee", agree_to_observation, asked_id)
    moved = await s.does(
        "mentor", move_meeting, house.row("coming_meeting"), starts_at=s.clock + timedelta(days=3, hours=5)
    )
    await s.later()
    starts_at = await s.value("SELECT starts_at FROM supervision_sessions WHERE id = $1", session_id)
    assert starts_at == moved.starts_at
    await s.does("mentee", agree_to_observation, asked_id)
    declined = await s.does("mentee", decline_observation, asked_id)  # who agreed may take it back
    assert declined.status == ObservationStatus.DECLINED
    assert await s.status(session_id) == SessionStatus.CANCELLED
    # Another time they have not answered when the meeting comes, and then they agree
    again = await s.does("supervisor", arrange_observation, house.row("coming_meeting"))
    s.clock = moved.starts_at + timedelta(minutes=30)
    with pytest.raises(IllegalState, match="not agreed to be observed"):
        await s.does("supervisor", hold_supervision, again.session_id)
    await s.does("mentee", agree_to_observation, again.id)
    held = await s.does("supervisor", hold_supervision, again.session_id)
    assert held.status == SessionStatus.HELD
    with pytest.raises(IllegalState, match="HELD already"):
        await s.does("mentee", decline_observation, again.id)


async def test_an_observation_goes_with_its_meeting_and_its_session(supervision: Supervision) -> None:
    s, house = supervision, supervision.house
    status = "SELECT status FROM observations WHERE id = $1"
    session_id = await s.value("SELECT session_id FROM observations WHERE id = $1", house.row("observation"))
    await s.does("supervisor", cancel_supervision, session_id, reason="OTHER")  # type: ignore[arg-type]
    await s.later()
    assert await s.value(status, house.row("observation")) == ObservationStatus.DECLINED
    again = await s.does("supervisor", arrange_observation, house.row("coming_meeting"))
    await s.does("mentor", cancel_meeting, house.row("coming_meeting"))
    await s.later()
    assert await s.value(status, again.id) == ObservationStatus.DECLINED
    assert await s.status(again.session_id) == SessionStatus.CANCELLED

"""Plans: begun with a supervisor, due by their days, told of once, and a bar to new matches alone."""

from datetime import timedelta
from uuid import UUID

import pytest

from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.people.mentor import supervise
from kith.people.readiness import settle_everybody
from kith.programmes import edit_programme
from kith.supervision.plan import edit_supervision_plan, look_after_plans
from kith.supervision.session import SessionKind, SessionStatus
from tests.conftest import Api
from tests.supervision.conftest import Supervision

PLANS = "SELECT count(*) FROM supervision_plans WHERE mentor_id = $1 AND status = $2"


async def _plan(s: Supervision, who: str = "mentor") -> UUID:
    found = await s.value(
        "SELECT id FROM supervision_plans WHERE mentor_id = $1 AND status = 'ACTIVE'", s.house.row(who)
    )
    return UUID(str(found))


async def _codes(s: Supervision, who: str = "mentor") -> list[str]:
    await s.serve(settle_everybody)
    codes: list[str] = await s.value("SELECT codes FROM readiness WHERE mentor_id = $1", s.house.row(who))
    return codes


async def _statuses(s: Supervision, kind: str, plan_id: UUID) -> list[str]:
    return [status for status, _ in await s.tasks(kind, plan_id)]  # of a task whose assignee may be who covers


async def test_a_plan_begins_with_its_supervisor_and_ends_with_them(supervision: Supervision) -> None:
    s, mentor_id = supervision, supervision.house.row("mentor")
    session = await s.schedule("mentor", days=5)
    first = await _plan(s)
    new_until = await s.value("SELECT new_until FROM supervision_plans WHERE id = $1", first)
    await s.does("admin", supervise, mentor_id, supervisor_id=s.house.people["admin"])
    await s.later()
    second = await _plan(s)
    assert second != first
    assert await s.value("SELECT new_until FROM supervision_plans WHERE id = $1", second) == new_until
    assert await s.value(PLANS, mentor_id, "ENDED") == 1
    assert await s.status(session.id) == SessionStatus.CANCELLED
    await s.does("admin", supervise, mentor_id, supervisor_id=None)
    await s.later()
    assert await s.value(PLANS, mentor_id, "ACTIVE") == 0
    with pytest.raises(IllegalState, match="Nobody supervises this mentor"):
        await s.schedule("mentor", by="coordinator", days=2)


async def test_nobody_supervises_more_mentors_than_the_programme_allows(supervision: Supervision) -> None:
    s = supervision
    await s.does("admin", edit_programme, s.house.row("programme"), caseload_limit=1)
    sue = s.house.people["supervisor"]
    with pytest.raises(Conflict, match="1 mentors already, as many as this programme allows"):
        await s.does("admin", supervise, s.house.row("second_mentor"), supervisor_id=sue)
    await s.does("admin", supervise, s.house.row("mentor"), supervisor_id=sue)  # who is among them may stay


async def test_what_is_due_is_told_once_before_and_once_when_it_is_overdue(supervision: Supervision) -> None:
    s, plan_id = supervision, await _plan(supervision)
    due_at = await s.value("SELECT due_at FROM supervision_plans WHERE id = $1", plan_id)
    began_at = await s.value("SELECT began_at FROM supervision_plans WHERE id = $1", plan_id)
    assert due_at == began_at + timedelta(days=14)
    sue = s.house.people["supervisor"]
    for days, due, overdue in (
        (-6, [], []),
        (-3, [("OPEN", sue)], []),
        (-2, [("OPEN", sue)], []),
        (1, [("DONE", sue)], [("OPEN", sue)]),
        (2, [("DONE", sue)], [("OPEN", sue)]),
    ):
        s.clock = due_at + timedelta(days=days)
        await s.serve(look_after_plans)
        await s.later()
        assert await s.tasks("SUPERVISION_DUE", plan_id) == due, days
        assert await s.tasks("SUPERVISION_OVERDUE", plan_id) == overdue, days
    # And an overdue session bars new matches, by name, until one is held; the match under way goes on
    assert "SUPERVISION_OVERDUE" in await _codes(s)
    assert await s.value("SELECT status FROM matches WHERE id = $1", s.house.row("match")) == "ACTIVE"
    await s.held("mentor", hours=1)
    assert "SUPERVISION_OVERDUE" not in await _codes(s)
    assert await s.tasks("SUPERVISION_OVERDUE", plan_id) == [("DONE", sue)]


async def test_after_ninety_days_a_session_is_due_less_often(supervision: Supervision) -> None:
    s, plan_id = supervision, await _plan(supervision)
    s.clock = s.now + timedelta(days=100)
    session_id = await s.held("mentor", hours=1)
    starts_at = await s.value("SELECT starts_at FROM supervision_sessions WHERE id = $1", session_id)
    due_at = await s.value("SELECT due_at FROM supervision_plans WHERE id = $1", plan_id)
    assert due_at == starts_at + timedelta(days=30)
    edited = await s.does("supervisor", edit_supervision_plan, plan_id, individual_days=7, group_days=60)
    assert edited.due_at == starts_at + timedelta(days=7)
    with pytest.raises(Invalid):
        await s.does("supervisor", edit_supervision_plan, plan_id, individual_days=0)
    with pytest.raises(Conflict):
        await s.does("supervisor", edit_supervision_plan, plan_id, individual_days=9, expected_version=1)


async def test_a_group_or_an_observation_overdue_is_a_task_and_hinders_nobody(supervision: Supervision) -> None:
    s, plan_id, sue = supervision, await _plan(supervision), supervision.house.people["supervisor"]
    began_at = await s.value("SELECT began_at FROM supervision_plans WHERE id = $1", plan_id)
    observed_at = await s.value("SELECT last_observation_at FROM supervision_plans WHERE id = $1", plan_id)
    edited = await s.does("supervisor", edit_supervision_plan, plan_id, group_days=20, observation_days=25)
    assert edited.group_due_at is not None
    assert edited.group_due_at == began_at + timedelta(days=20)
    assert edited.observation_due_at == observed_at + timedelta(days=25) > edited.group_due_at
    for at, group, observation in (
        (edited.group_due_at - timedelta(days=1), [], []),
        (edited.group_due_at + timedelta(days=1), ["OPEN"], []),
        (edited.observation_due_at + timedelta(days=1), ["OPEN"], ["OPEN"]),
        (edited.observation_due_at + timedelta(days=2), ["OPEN"], ["OPEN"]),
    ):
        s.clock = at
        await s.serve(look_after_plans)
        await s.later()
        assert await _statuses(s, "SUPERVISION_GROUP_OVERDUE", plan_id) == group, at
        assert await _statuses(s, "OBSERVATION_OVERDUE", plan_id) == observation, at
    # Once an individual session is held nothing hinders new matches
    await s.held("mentor", hours=1)
    assert "SUPERVISION_OVERDUE" not in await _codes(s)
    # What was held, or is not asked for any more, is no task
    await s.does("admin", supervise, s.house.row("second_mentor"), supervisor_id=sue)
    await s.held("mentor", "second_mentor", kind=SessionKind.GROUP, hours=1)
    assert await _statuses(s, "SUPERVISION_GROUP_OVERDUE", plan_id) == ["DONE"]
    await s.does("supervisor", edit_supervision_plan, plan_id, observation_days=None)
    assert await _statuses(s, "OBSERVATION_OVERDUE", plan_id) == ["DONE"]


async def test_who_sees_a_plan(supervision: Supervision, api: Api) -> None:
    house, query = supervision.house, "{ supervisionPlans(first: 9) { nodes { overdue mentor { name } } } }"
    seen = {}
    for who in ("admin", "coordinator", "other_coordinator", "supervisor", "mentor", "second_mentor"):
        nodes = (await api.data(house.secrets[who], query))["supervisionPlans"]["nodes"]
        seen[who] = sorted(node["mentor"]["name"].split()[0] for node in nodes)
    everybody = sorted(house.names[who].split()[0] for who in ("mentor", "second_mentor", "new_mentor"))
    assert seen["admin"] == seen["coordinator"] == everybody
    assert seen["other_coordinator"] == []
    assert seen["supervisor"] == seen["mentor"] == [house.names["mentor"].split()[0]]

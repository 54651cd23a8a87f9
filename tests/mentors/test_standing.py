"""Leave that begins and ends by itself, suspension by another person, retiring, and the own profile."""

from datetime import timedelta
from uuid import UUID

import pytest

from kith.ground.errors import Conflict, IllegalState, Invalid, NotFound
from kith.matching.closure import close_match
from kith.matching.match import ClosingReason
from kith.mentors.leave import end_leave, extend_leave, take_leave
from kith.mentors.offer import edit_mentor_profile
from kith.mentors.standing import (
    RetiringReason,
    SuspensionReason,
    lift_suspension,
    retire_mentor,
    suspend_mentor,
)
from kith.people.mentor import Help, HelpEdit, MentorStatus, register_mentor
from kith.people.profile import Domain, Format, Pathway, ProfileEdit
from tests.conftest import Api
from tests.mentors.conftest import Mentors
from tests.world import Connection, profile

WHO = "second_mentor"


async def _mentor(superuser: Connection, mentors: Mentors, who: str = WHO) -> str:
    status: str = await superuser.fetchval("SELECT status FROM mentors WHERE id = $1", mentors.house.row(who))
    return status


async def _leave(superuser: Connection, mentors: Mentors, who: str = WHO) -> tuple[UUID, str]:
    row = await superuser.fetchrow(
        "SELECT id, status FROM leaves WHERE mentor_id = $1 ORDER BY id DESC LIMIT 1", mentors.house.row(who)
    )
    assert row is not None
    return UUID(str(row["id"])), row["status"]


async def _codes(superuser: Connection, mentors: Mentors, who: str = WHO) -> list[str]:
    codes: list[str] = await superuser.fetchval(
        "SELECT codes FROM readiness WHERE mentor_id = $1", mentors.house.row(who)
    )
    return codes


async def _written(superuser: Connection, leave_id: UUID) -> int:
    return int(await superuser.fetchval("SELECT count(*) FROM letters WHERE about_id = $1", leave_id))


async def test_a_planned_leave_begins_and_ends_by_itself_with_a_letter_before(
    mentors: Mentors, superuser: Connection
) -> None:
    mentor_id, at = mentors.house.row(WHO), mentors.clock
    planned = await mentors.does(
        WHO, take_leave, mentor_id, starts_at=at + timedelta(days=5), ends_at=at + timedelta(days=25)
    )
    assert planned.status == MentorStatus.READY
    with pytest.raises(Conflict, match="planned already"):
        await mentors.does("coordinator", take_leave, mentor_id)
    mentors.clock = at + timedelta(days=5)
    await mentors.later()
    assert await _mentor(superuser, mentors) == "ON_LEAVE"
    assert await _codes(superuser, mentors) == ["ON_LEAVE"]
    leave_id, status = await _leave(superuser, mentors)
    assert (status, await _written(superuser, leave_id)) == ("UNDER_WAY", 0)
    mentors.clock = at + timedelta(days=22)
    await mentors.later()
    assert await _written(superuser, leave_id) == 1
    mentors.clock = at + timedelta(days=25)
    await mentors.later()
    assert await _mentor(superuser, mentors) == "READY"
    assert await _codes(superuser, mentors) == ["SUPERVISION_OVERDUE"]  # who was away is supervised before a new match
    assert (await _leave(superuser, mentors), await _written(superuser, leave_id)) == ((leave_id, "ENDED"), 1)


async def test_a_leave_that_is_extended_ends_later_and_the_first_end_does_nothing(
    mentors: Mentors, superuser: Connection
) -> None:
    at = mentors.clock
    await mentors.does(WHO, take_leave, mentors.house.row(WHO), ends_at=at + timedelta(days=10))
    leave_id, _ = await _leave(superuser, mentors)
    with pytest.raises(Invalid, match="not in the past"):
        await mentors.does(WHO, extend_leave, leave_id, ends_at=at)
    extended = await mentors.does(WHO, extend_leave, leave_id, ends_at=at + timedelta(days=30), expected_version=1)
    with pytest.raises(Conflict):
        await mentors.does("coordinator", extend_leave, leave_id, ends_at=None, expected_version=1)
    assert extended.version == 2
    mentors.clock = at + timedelta(days=11)
    await mentors.later()
    assert (await _mentor(superuser, mentors), await _written(superuser, leave_id)) == ("ON_LEAVE", 0)
    mentors.clock = at + timedelta(days=30)
    await mentors.later()
    assert await _mentor(superuser, mentors) == "READY"


async def test_an_end_that_is_put_off_and_put_back_is_told_once(mentors: Mentors, superuser: Connection) -> None:
    at = mentors.clock
    await mentors.does(WHO, take_leave, mentors.house.row(WHO), ends_at=at + timedelta(days=10))
    leave_id, _ = await _leave(superuser, mentors)
    for days in (30, 10):
        await mentors.does(WHO, extend_leave, leave_id, ends_at=at + timedelta(days=days))
    mentors.clock = at + timedelta(days=8)
    await mentors.later()
    assert await _written(superuser, leave_id) == 1


async def test_a_leave_is_called_off_or_ended_early(mentors: Mentors, superuser: Connection) -> None:
    mentor_id, at = mentors.house.row(WHO), mentors.clock
    await mentors.does(WHO, take_leave, mentor_id, starts_at=at + timedelta(days=5))
    await mentors.does(WHO, end_leave, mentor_id)
    leave_id, _ = await _leave(superuser, mentors)
    told = "SELECT count(*) FROM facts WHERE kind = $1 AND subject_id = $2"
    assert await superuser.fetchval(told, "leave.called_off", leave_id) == 1
    assert await superuser.fetchval(told, "mentor.leave_ended", mentor_id) == 0
    mentors.clock = at + timedelta(days=6)
    await mentors.later()
    assert await _mentor(superuser, mentors) == "READY"
    with pytest.raises(IllegalState, match="READY, not ON_LEAVE"):
        await mentors.does(WHO, end_leave, mentor_id)
    await mentors.does(WHO, take_leave, mentor_id)
    with pytest.raises(IllegalState, match="ON_LEAVE"):
        await mentors.does(WHO, take_leave, mentor_id)
    await mentors.does("coordinator", end_leave, mentor_id)
    assert await _leave(superuser, mentors) == ((await _leave(superuser, mentors))[0], "ENDED")


async def test_who_was_in_training_goes_on_with_it_after_a_leave(mentors: Mentors) -> None:
    new = mentors.house.row("new_mentor")
    assert (await mentors.does("new_mentor", take_leave, new)).status == MentorStatus.ON_LEAVE
    assert (await mentors.does("new_mentor", end_leave, new)).status == MentorStatus.TRAINING


async def test_a_suspension_ends_a_leave_and_is_lifted_by_somebody_else(
    api: Api, mentors: Mentors, superuser: Connection
) -> None:
    mentor_id = mentors.house.row("mentor")  # whose leave is planned
    await mentors.does("supervisor", suspend_mentor, mentor_id, reason=SuspensionReason.CONCERN)
    assert await _codes(superuser, mentors, "mentor") == ["SUSPENDED"]
    assert (await _leave(superuser, mentors, "mentor"))[1] == "ENDED"
    with pytest.raises(IllegalState, match="SUSPENDED"):
        await mentors.does("mentor", take_leave, mentor_id)
    found = await api.data(
        mentors.house.secrets["mentor"],
        "{ mentors(first: 1) { nodes { suspensions(first: 5, orderBy: NEWEST) { nodes { reason endedAt } } } } }",
    )
    (mentor,) = found["mentors"]["nodes"]
    assert mentor["suspensions"]["nodes"][0] == {"reason": "CONCERN", "endedAt": None}
    lifted = await mentors.does("coordinator", lift_suspension, mentor_id)
    assert lifted.status == MentorStatus.READY
    with pytest.raises(IllegalState, match="READY, not SUSPENDED"):
        await mentors.does("coordinator", lift_suspension, mentor_id)


async def test_a_supervisor_suspends_nobody_of_another_caseload(mentors: Mentors) -> None:
    with pytest.raises(NotFound):
        await mentors.does("supervisor", suspend_mentor, mentors.house.row(WHO), reason=SuspensionReason.OTHER)


async def test_nobody_suspends_or_lifts_themselves(mentors: Mentors) -> None:
    own = await mentors.does(
        "admin",
        register_mentor,
        programme_id=mentors.house.row("programme"),
        person_id=mentors.house.people["coordinator"],
        profile=profile(),
        offer=Help([Domain.HOUSING]),
    )
    with pytest.raises(IllegalState, match="somebody else"):
        await mentors.does("coordinator", suspend_mentor, own.id, reason=SuspensionReason.OTHER)
    await mentors.does("admin", suspend_mentor, own.id, reason=SuspensionReason.OTHER)
    with pytest.raises(IllegalState, match="somebody else"):
        await mentors.does("coordinator", lift_suspension, own.id)


async def test_an_open_offer_ends_when_a_mentor_is_suspended(mentors: Mentors, superuser: Connection) -> None:
    other = mentors.house.row("other_mentor")
    await mentors.does("other_coordinator", suspend_mentor, other, reason=SuspensionReason.INCIDENT)
    await mentors.later()
    status = await superuser.fetchval("SELECT status FROM proposals WHERE id = $1", mentors.house.row("offer"))
    assert status == "WITHDRAWN"


async def test_who_retires_keeps_their_match_and_is_proposed_no_more(mentors: Mentors, superuser: Connection) -> None:
    mentor_id = mentors.house.row("mentor")
    retired = await mentors.does("mentor", retire_mentor, mentor_id, reason=RetiringReason.MOVED)
    assert retired.status == MentorStatus.RETIRED
    assert "RETIRED" in await _codes(superuser, mentors, "mentor")
    match = await superuser.fetchval("SELECT status FROM matches WHERE id = $1", mentors.house.row("match"))
    assert match == "ACTIVE"
    for verb in (retire_mentor, take_leave):
        with pytest.raises(IllegalState, match="RETIRED"):
            await mentors.does("mentor", verb, mentor_id)
    with pytest.raises(IllegalState, match="RETIRED"):
        await mentors.does("mentor", edit_mentor_profile, mentor_id, offer=HelpEdit(about="Hello."))


async def _to_hand_over(superuser: Connection, mentors: Mentors) -> list[str]:
    rows = await superuser.fetch(
        "SELECT status FROM tasks WHERE about_id = $1 AND kind = 'HAND_OVER_MATCH' ORDER BY id",
        mentors.house.row("match"),
    )
    return [row["status"] for row in rows]


async def test_whom_a_mentor_walks_with_is_not_left_alone(mentors: Mentors, superuser: Connection) -> None:
    mentor_id = mentors.house.row("mentor")
    await mentors.does("supervisor", suspend_mentor, mentor_id, reason=SuspensionReason.CONCERN)
    await mentors.later()
    assert await _to_hand_over(superuser, mentors) == ["OPEN"]
    await mentors.does("supervisor", lift_suspension, mentor_id)
    await mentors.later()
    assert await _to_hand_over(superuser, mentors) == ["DONE"]
    await mentors.does("mentor", retire_mentor, mentor_id)
    await mentors.later()
    assert await _to_hand_over(superuser, mentors) == ["DONE", "OPEN"]
    await mentors.does("coordinator", close_match, mentors.house.row("match"), reason=ClosingReason.TIME_COMPLETED)
    await mentors.later()
    assert await _to_hand_over(superuser, mentors) == ["DONE", "DONE"]


async def test_a_mentor_edits_what_they_say_and_offer_and_the_rest_stays(
    mentors: Mentors, superuser: Connection
) -> None:
    mentor_id = mentors.house.row("mentor")
    version = await superuser.fetchval("SELECT version FROM mentors WHERE id = $1", mentor_id)
    edited = await mentors.does(
        "mentor",
        edit_mentor_profile,
        mentor_id,
        profile=ProfileEdit(formats=[Format.VIRTUAL], pathway=None),
        offer=HelpEdit(capacity=1, cannot_help_with=[Domain.LEGAL]),
        expected_version=version,
    )
    assert (edited.formats, edited.pathway, edited.languages) == (["VIRTUAL"], None, ["en"])
    assert (edited.helps_with, edited.cannot_help_with, edited.capacity) == (["HOUSING"], ["LEGAL"], 1)
    assert await _codes(superuser, mentors, "mentor") == ["FULL"]  # their one place is taken
    with pytest.raises(Conflict):
        await mentors.does(
            "coordinator",
            edit_mentor_profile,
            mentor_id,
            profile=ProfileEdit(pathway=Pathway.SMART),
            expected_version=version,
        )
    with pytest.raises(Invalid, match="both help and not help with HOUSING"):
        await mentors.does("mentor", edit_mentor_profile, mentor_id, offer=HelpEdit(cannot_help_with=[Domain.HOUSING]))
    with pytest.raises(Invalid, match="1 to 60 hours"):
        await mentors.does("mentor", edit_mentor_profile, mentor_id, offer=HelpEdit(hours_per_week=0))
    with pytest.raises(NotFound):
        await mentors.does("second_mentor", edit_mentor_profile, mentor_id)

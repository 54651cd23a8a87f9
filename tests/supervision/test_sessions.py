"""Sessions: scheduled, reminded of, held or missed, written down for two alone, and signed by both."""

import asyncio
from datetime import timedelta

import pytest

from kith.ground.errors import Conflict, Forbidden, IllegalState, Invalid, NotFound, Refused
from kith.people.mentor import supervise
from kith.supervision.record import (
    NapsValue,
    Rating,
    Review,
    acknowledge_supervision,
    record_supervision,
    sign_supervision,
)
from kith.supervision.session import (
    CancellingReason,
    SessionKind,
    SessionStatus,
    cancel_supervision,
    hold_supervision,
    move_supervision,
    notice_missed,
)
from schema.ids import global_id
from tests.conftest import Api
from tests.supervision.conftest import Supervision

RECORD = "query($id: ID!) { node(id: $id) { ... on SupervisionSession { status record { reflection comment } } } }"


async def _letters(s: Supervision, about_id: object) -> int:
    return int(await s.value("SELECT count(*) FROM letters WHERE about_id = $1", about_id))


async def test_a_session_from_its_scheduling_to_the_second_signature(supervision: Supervision) -> None:
    s = supervision
    session = await s.schedule("mentor", by="coordinator", days=3)
    assert session.supervisor_person_id == s.house.people["supervisor"]
    with pytest.raises(IllegalState, match="has not begun"):
        await s.does("supervisor", hold_supervision, session.id)
    s.clock = session.starts_at - timedelta(hours=2)
    await s.later()
    assert await _letters(s, session.id) == 2
    s.clock = session.starts_at + timedelta(hours=1)
    await s.later()
    assert await _letters(s, session.id) == 2
    with pytest.raises(IllegalState, match="HELD"):
        await s.recorded(session.id)
    await s.does("supervisor", hold_supervision, session.id)
    with pytest.raises(IllegalState, match="Write the record"):
        await s.does("supervisor", sign_supervision, session.id)
    await s.recorded(session.id)
    await s.recorded(session.id)  # until it is signed it can be written anew
    with pytest.raises(IllegalState, match="not SIGNED_SUPERVISOR"):
        await s.does("mentor", acknowledge_supervision, session.id)
    signed = await s.does("supervisor", sign_supervision, session.id)
    assert signed.signed_by_id == s.house.people["supervisor"]
    with pytest.raises(IllegalState, match="not signed"):
        await s.recorded(session.id)
    mara = s.house.people["mentor"]
    assert await s.tasks("SUPERVISION_ACKNOWLEDGE", session.id) == [("OPEN", mara)]
    done = await s.does("mentor", acknowledge_supervision, session.id, comment="I see it so too.")
    assert done.status == SessionStatus.ACKNOWLEDGED
    assert await s.tasks("SUPERVISION_ACKNOWLEDGE", session.id) == [("DONE", mara)]
    assert (await s.tasks("SUPERVISION_SIGN", session.id))[0][0] == "DONE"


async def test_a_session_that_is_moved_away_and_back_is_reminded_of_once(supervision: Supervision) -> None:
    s = supervision
    session = await s.schedule("mentor", days=3)
    at = session.starts_at
    for starts_at in (at + timedelta(days=1), at):
        await s.does("supervisor", move_supervision, session.id, starts_at=starts_at)
    s.clock = at - timedelta(hours=2)
    await s.later()
    assert await _letters(s, session.id) == 2


async def test_nobody_signs_for_another(supervision: Supervision) -> None:
    s = supervision
    session_id = await s.held("mentor", days=1)
    await s.recorded(session_id)
    with pytest.raises(NotFound):
        await s.does("admin", sign_supervision, session_id)
    for who in ("mentor", "coordinator"):
        with pytest.raises(Forbidden):
            await s.does(who, sign_supervision, session_id)
    await s.does("supervisor", sign_supervision, session_id)
    with pytest.raises(NotFound):
        await s.does("second_mentor", acknowledge_supervision, session_id)


async def test_what_was_talked_about_is_for_the_two_alone(supervision: Supervision, api: Api) -> None:
    s, house = supervision, supervision.house
    given = {"id": house.id("supervision")}
    for who in ("mentor", "supervisor"):
        node = (await api.data(house.secrets[who], RECORD, **given))["node"]
        assert node["record"]["comment"] == "Agreed, Harbour."
    assert (await api.data(house.secrets["admin"], RECORD, **given))["node"] == {
        "status": "ACKNOWLEDGED",
        "record": None,
    }
    answer = await api(house.secrets["coordinator"], RECORD, **given)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    plain = "query($id: ID!) { node(id: $id) { ... on SupervisionSession { status } } }"
    assert (await api.data(house.secrets["coordinator"], plain, **given))["node"] == {"status": "ACKNOWLEDGED"}
    for who in ("second_mentor", "other_coordinator", "mentee"):
        answer = await api(house.secrets[who], plain, **given)
        assert answer.get("data") in ({"node": None}, None), who
    told = "SELECT count(*) FROM facts WHERE organisation_id = $1 AND data::text LIKE '%Harbour%'"
    assert await s.value(told, house.organisation_id) == 0


async def test_what_nobody_held_is_missed_and_may_be_written_down_late(supervision: Supervision) -> None:
    s = supervision
    session = await s.schedule("mentor", days=1)
    s.clock = session.ends_at + timedelta(hours=23)
    await s.serve(notice_missed)
    assert await s.status(session.id) == SessionStatus.SCHEDULED
    s.clock = session.ends_at + timedelta(hours=25)
    await s.serve(notice_missed)
    await s.serve(notice_missed)
    assert await s.status(session.id) == SessionStatus.MISSED
    assert await s.tasks("SUPERVISION_MISSED", session.id) == [("OPEN", None)]  # of whoever coordinates
    await s.does("supervisor", hold_supervision, session.id)
    assert await s.status(session.id) == SessionStatus.HELD
    assert await s.tasks("SUPERVISION_MISSED", session.id) == [("DONE", None)]


async def test_a_session_is_moved_or_cancelled_until_it_is_held(supervision: Supervision) -> None:
    s = supervision
    session = await s.schedule("mentor", days=3)
    moved = await s.does(
        "coordinator", move_supervision, session.id, starts_at=s.clock + timedelta(days=5), expected_version=1
    )
    s.clock = session.starts_at
    await s.later()
    assert await _letters(s, session.id) == 0  # the first time is nobody's any more
    with pytest.raises(Invalid):
        await s.does("supervisor", move_supervision, session.id, starts_at=s.clock - timedelta(days=1))
    reason = CancellingReason.MENTOR_UNAVAILABLE
    await s.does("supervisor", cancel_supervision, session.id, reason=reason)
    s.clock = moved.starts_at - timedelta(hours=1)
    await s.later()
    assert await _letters(s, session.id) == 0
    for again in (cancel_supervision, hold_supervision):
        s.clock = moved.starts_at + timedelta(hours=1)
        with pytest.raises(IllegalState, match="CANCELLED"):
            await (
                s.does("supervisor", cancel_supervision, session.id, reason=reason)
                if again is cancel_supervision
                else s.does("supervisor", hold_supervision, session.id)
            )


async def test_of_two_who_hold_and_cancel_at_once_one_is_told(supervision: Supervision) -> None:
    s = supervision
    session = await s.schedule("mentor", days=1)
    s.clock = session.starts_at + timedelta(hours=1)
    ended = await asyncio.gather(
        s.does("supervisor", hold_supervision, session.id),
        s.does("coordinator", cancel_supervision, session.id, reason=CancellingReason.OTHER),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Refused) for each in ended) == 1
    assert await s.status(session.id) in (SessionStatus.HELD, SessionStatus.CANCELLED)


async def test_the_record_of_a_group_names_rates_and_reviews_nobody(supervision: Supervision) -> None:
    s, house = supervision, supervision.house
    await s.does("admin", supervise, house.row("second_mentor"), supervisor_id=house.people["supervisor"])
    await s.later()
    with pytest.raises(Invalid, match="two to twelve"):
        await s.schedule("mentor", kind=SessionKind.GROUP, days=1)
    session = await s.schedule("mentor", "second_mentor", kind=SessionKind.GROUP, days=1)
    s.clock = session.starts_at + timedelta(hours=1)
    await s.does("supervisor", hold_supervision, session.id)
    written = {"value": NapsValue.EMPATHETIC, "reflection": "Everybody spoke."}
    with pytest.raises(Invalid, match="rates nobody"):
        await s.does("supervisor", record_supervision, session.id, **written, rating=Rating(3, 3))  # type: ignore[arg-type]
    reviews = [Review(house.row("match"), "Well.")]
    with pytest.raises(Invalid, match="reviews no mentee"):
        await s.does("supervisor", record_supervision, session.id, **written, reviews=reviews)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="de-identified") as refused:
        await s.does("supervisor", record_supervision, session.id, **written, notes="We spoke of tess.")  # type: ignore[arg-type]
    assert refused.value.path == ("notes",)
    await s.does("supervisor", record_supervision, session.id, **written, notes="We spoke of a mentee.")  # type: ignore[arg-type]
    await s.does("supervisor", sign_supervision, session.id)
    group = "SELECT count(*) FROM supervision_sessions WHERE group_id = $1 AND status = $2"
    assert await s.value(group, session.group_id, "SIGNED_SUPERVISOR") == 2
    of_second = await s.value(
        "SELECT id FROM supervision_sessions WHERE group_id = $1 AND mentor_id = $2",
        session.group_id,
        house.row("second_mentor"),
    )
    await s.does("second_mentor", acknowledge_supervision, of_second)
    assert await s.value(group, session.group_id, "ACKNOWLEDGED") == 1  # each acknowledges by themselves


async def test_of_a_group_who_did_not_come_missed_it(supervision: Supervision) -> None:
    s, house = supervision, supervision.house
    await s.does("admin", supervise, house.row("second_mentor"), supervisor_id=house.people["supervisor"])
    session = await s.schedule("mentor", "second_mentor", kind=SessionKind.GROUP, days=1)
    s.clock = session.starts_at + timedelta(hours=1)
    await s.does("supervisor", hold_supervision, session.id, absent=[house.row("second_mentor")])
    statuses = await s.superuser.fetch(
        "SELECT mentor_id, status FROM supervision_sessions WHERE group_id = $1", session.group_id
    )
    assert {row["mentor_id"]: row["status"] for row in statuses} == {
        house.row("mentor"): "HELD",
        house.row("second_mentor"): "MISSED",
    }


async def test_a_review_is_of_a_match_of_the_mentor(supervision: Supervision) -> None:
    s = supervision
    session_id = await s.held("mentor", days=1)
    with pytest.raises(Invalid, match="no match of the mentor"):
        await s.does(
            "supervisor",
            record_supervision,
            session_id,
            value=NapsValue.HOPEFUL,
            reflection="",
            reviews=[Review(s.house.row("other_match"), "Not theirs.")],
        )


async def test_nobody_has_two_sessions_at_once(supervision: Supervision) -> None:
    s, sue = supervision, supervision.house.people["supervisor"]
    await s.does("admin", supervise, s.house.row("second_mentor"), supervisor_id=sue)
    session = await s.schedule("mentor", days=3)
    # Neither the mentor nor the supervisor; one begins as another ends
    for who in ("mentor", "second_mentor"):
        with pytest.raises(Conflict, match="another supervision session"):
            await s.schedule(who, days=3, minutes=59)
    after = await s.schedule("second_mentor", days=3, minutes=60)
    with pytest.raises(Conflict, match="another supervision session"):
        await s.does("supervisor", move_supervision, after.id, starts_at=session.starts_at)
    # Moved within itself nobody is in the way; what was cancelled is no longer
    await s.does("supervisor", move_supervision, session.id, starts_at=session.starts_at - timedelta(minutes=30))
    await s.does("supervisor", cancel_supervision, session.id, reason=CancellingReason.OTHER)
    await s.does("supervisor", move_supervision, after.id, starts_at=session.starts_at)
    # Of two at once one is told
    both = await asyncio.gather(
        *(s.schedule(who, days=9) for who in ("mentor", "second_mentor")), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in both) == ["Conflict", "SupervisionSession"]


async def test_the_sessions_of_a_mentor_are_listed_with_them(supervision: Supervision, api: Api) -> None:
    session = await supervision.schedule("mentor", days=3)
    query = """query($id: ID!) { mentor(id: $id) { supervisionSessions(first: 20, orderBy: LATEST) { nodes { id } }
        supervisionPlans(first: 1) { nodes { groupDueAt observationDueAt } } } }"""
    mentor, secrets = supervision.house.id("mentor"), supervision.house.secrets
    for who in ("mentor", "supervisor", "coordinator"):
        found = (await api.data(secrets[who], query, id=mentor))["mentor"]
        assert global_id("SupervisionSession", session.id) in {n["id"] for n in found["supervisionSessions"]["nodes"]}
    assert "supervision.read" in str(await api(secrets["mentee"], query, id=mentor))

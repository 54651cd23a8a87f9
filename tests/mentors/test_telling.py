"""What a mentor tells of what they lived, by its level; and how they are, for one other person alone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from kith.ground.errors import Forbidden, IllegalState, Invalid, NotFound
from kith.mentors.lived_experience import (
    Experience,
    RecoveryTime,
    SharedWith,
    share_experience,
    share_pathway,
    share_recovery_time,
    take_back_experience,
)
from kith.mentors.offer import edit_mentor_profile
from kith.mentors.wellbeing import check_in, remind_of_check_ins
from kith.people.profile import Pathway, ProfileEdit
from tests.conftest import Api
from tests.mentors.conftest import Mentors
from tests.world import Connection

TOLD = "{ mentors(first: 9) { nodes { id experience { id experience recoveryTime sharedWith } } } }"
CHECK_INS = "{ wellbeingCheckIns(first: 9) { nodes { id burnout energy recoveryStrain needsSupport } totalCount } }"


async def _told(api: Api, mentors: Mentors, who: str) -> set[str]:
    """What somebody reads of what the mentor tells."""
    found = await api.data(mentors.house.secrets[who], TOLD)
    facts = [f for m in found["mentors"]["nodes"] if m["id"] == mentors.house.id("mentor") for f in m["experience"]]
    return {f["experience"] or f["recoveryTime"] for f in facts}


async def test_each_fact_is_read_by_whom_it_is_shared_with(api: Api, mentors: Mentors) -> None:
    everything = {"ALCOHOL", "FIVE_TO_TEN_YEARS"}  # the range is shared with the supervisor alone
    assert await _told(api, mentors, "mentor") == everything
    assert await _told(api, mentors, "supervisor") == everything
    for who in ("mentee", "coordinator", "admin"):
        assert await _told(api, mentors, who) == {"ALCOHOL"}, who
    for who in ("mentee", "coordinator", "admin", "second_mentor"):
        node = "query($id: ID!) { node(id: $id) { id } }"
        found = await api.data(mentors.house.secrets[who], node, id=mentors.house.id("recovery_time"))
        assert found["node"] is None, who


async def test_the_level_is_changed_and_what_was_told_is_taken_back(
    api: Api, mentors: Mentors, superuser: Connection
) -> None:
    mentor_id = mentors.house.row("mentor")
    await mentors.does(
        "mentor", share_experience, mentor_id, experience=Experience.ALCOHOL, shared_with=SharedWith.SUPERVISOR
    )
    await mentors.does(
        "mentor",
        share_recovery_time,
        mentor_id,
        recovery_time=RecoveryTime.OVER_TEN_YEARS,
        shared_with=SharedWith.POOL,
    )
    assert await _told(api, mentors, "mentee") == {"OVER_TEN_YEARS"}
    assert await _told(api, mentors, "supervisor") == {"ALCOHOL", "OVER_TEN_YEARS"}
    count = "SELECT count(*) FROM lived_experience WHERE mentor_id = $1"
    assert await superuser.fetchval(count, mentor_id) == 2
    await mentors.does("mentor", take_back_experience, mentors.house.row("experience"))
    assert await _told(api, mentors, "mentor") == {"OVER_TEN_YEARS"}


async def test_the_pathway_is_read_by_whom_it_is_shared_with(api: Api, mentors: Mentors) -> None:
    house, mentor_id = mentors.house, mentors.house.row("mentor")
    query = "query($id: ID!) { mentor(id: $id) { pathway experience { pathway sharedWith } } }"

    async def reads(who: str) -> tuple[str | None, list[str]]:
        found = (await api.data(house.secrets[who], query, id=house.id("mentor")))["mentor"]
        return found["pathway"], [each["pathway"] for each in found["experience"] if each["pathway"]]

    # Until the mentor says otherwise everybody reads it who sees them
    for who in ("mentor", "mentee", "coordinator", "supervisor"):
        assert await reads(who) == ("SMART", []), who
    levels = {
        SharedWith.SUPERVISOR: {"mentor", "supervisor"},
        SharedWith.MATCHED_MENTEE: {"mentor", "supervisor", "mentee", "coordinator", "admin"},
    }
    for level, readers in levels.items():
        await mentors.does("mentor", share_pathway, mentor_id, shared_with=level)
        for who in ("mentor", "supervisor", "mentee", "coordinator", "admin"):
            assert await reads(who) == (None, ["SMART"] if who in readers else []), (level, who)
    # It follows the profile, may be shared with all again, and taken back
    await mentors.does("mentor", edit_mentor_profile, mentor_id, profile=ProfileEdit(pathway=Pathway.FAITH))
    assert await reads("mentee") == (None, ["FAITH"])
    told = await mentors.does("mentor", share_pathway, mentor_id, shared_with=SharedWith.POOL)
    assert await reads("mentee") == ("FAITH", ["FAITH"])
    await mentors.does("mentor", take_back_experience, told.id)
    assert await reads("mentee") == (None, [])
    await mentors.does("mentor", edit_mentor_profile, mentor_id, profile=ProfileEdit(pathway=None))
    with pytest.raises(IllegalState, match="nothing to share"):
        await mentors.does("mentor", share_pathway, mentor_id, shared_with=SharedWith.POOL)
    with pytest.raises(NotFound):
        await mentors.does("second_mentor", share_pathway, mentor_id, shared_with=SharedWith.POOL)


async def test_nobody_tells_or_takes_back_for_another(mentors: Mentors) -> None:
    for who, refusal in (("second_mentor", NotFound), ("coordinator", Forbidden), ("admin", Forbidden)):
        with pytest.raises(refusal):
            await mentors.does(
                who,
                share_experience,
                mentors.house.row("mentor"),
                experience=Experience.LOSS,
                shared_with=SharedWith.POOL,
            )
        with pytest.raises(refusal):
            await mentors.does(who, take_back_experience, mentors.house.row("experience"))


async def test_reading_what_a_mentor_tells_is_recorded(api: Api, mentors: Mentors, superuser: Connection) -> None:
    query = (
        "SELECT actor_person_id FROM facts WHERE organisation_id = $1 AND kind = 'sensitive.read'"
        " AND subject_id = $2 ORDER BY sequence"
    )
    await _told(api, mentors, "mentor")
    await _told(api, mentors, "mentee")
    rows = await superuser.fetch(query, mentors.house.organisation_id, mentors.house.row("experience"))
    assert [UUID(str(row["actor_person_id"])) for row in rows] == [mentors.house.people["mentee"]]


async def test_how_a_mentor_is_is_read_by_them_and_who_supervises_them_alone(
    api: Api, mentors: Mentors, superuser: Connection
) -> None:
    said = {"burnout": 3, "energy": 3, "recoveryStrain": 2, "needsSupport": True}
    for who in ("mentor", "supervisor"):
        found = await api.data(mentors.house.secrets[who], CHECK_INS)
        assert found["wellbeingCheckIns"]["nodes"] == [{"id": mentors.house.id("check_in"), **said}], who
    for who in ("admin", "second_mentor"):
        found = await api.data(mentors.house.secrets[who], CHECK_INS)
        assert found["wellbeingCheckIns"] == {"nodes": [], "totalCount": 0}, who
    for who in ("coordinator", "mentee"):
        refused = await api(mentors.house.secrets[who], CHECK_INS)
        assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN", who
    read = await superuser.fetch(
        "SELECT actor_person_id FROM facts WHERE kind = 'sensitive.read' AND subject_id = $1",
        mentors.house.row("check_in"),
    )
    assert [UUID(str(row["actor_person_id"])) for row in read] == [mentors.house.people["supervisor"]]


async def _wanted(api: Api, mentors: Mentors, who: str) -> int:
    found = await api.data(mentors.house.secrets[who], "{ tasks(first: 50) { nodes { kind } } }")
    return [n["kind"] for n in found["tasks"]["nodes"]].count("SUPPORT_WANTED")


async def test_wanting_support_asks_the_supervisor_and_no_coordinator(api: Api, mentors: Mentors) -> None:
    assert await _wanted(api, mentors, "supervisor") == 1
    assert await _wanted(api, mentors, "coordinator") == 0
    assert await _wanted(api, mentors, "mentor") == 0


async def test_whom_nobody_supervises_wants_support_of_the_coordinators(api: Api, mentors: Mentors) -> None:
    answers: dict[str, Any] = {"burnout": 5, "energy": 1, "recovery_strain": 4, "needs_support": True}
    await mentors.does("second_mentor", check_in, mentors.house.row("second_mentor"), **answers)
    assert await _wanted(api, mentors, "coordinator") == 1


async def test_what_is_said_never_stands_in_a_fact(mentors: Mentors, superuser: Connection) -> None:
    rows = await superuser.fetch(
        "SELECT programme_id, data FROM facts WHERE organisation_id = $1 AND kind = 'wellbeing.checked_in'",
        mentors.house.organisation_id,
    )
    assert [(row["programme_id"], row["data"]) for row in rows] == [(None, "{}")]


async def test_an_answer_is_one_to_five_and_ones_own(mentors: Mentors) -> None:
    mentor_id = mentors.house.row("mentor")
    for burnout, energy, strain in ((0, 3, 3), (3, 6, 3), (3, 3, -1)):
        with pytest.raises(Invalid, match="1 to 5"):
            await mentors.does("mentor", check_in, mentor_id, burnout=burnout, energy=energy, recovery_strain=strain)
    with pytest.raises(NotFound):
        await mentors.does("second_mentor", check_in, mentor_id, burnout=1, energy=1, recovery_strain=1)


async def test_once_a_month_who_said_nothing_lately_is_written_to(mentors: Mentors, superuser: Connection) -> None:
    query = (
        "SELECT person_id FROM letters WHERE organisation_id = $1 AND kind = 'wellbeing.reminder' ORDER BY person_id"
    )
    await mentors.serve(remind_of_check_ins)
    ready = {
        mentors.house.people[who] for who in ("second_mentor", "other_mentor", "guide")
    }  # one is in training, one said
    written = await superuser.fetch(query, mentors.house.organisation_id)
    assert {UUID(str(row["person_id"])) for row in written} == ready
    assert len(written) == len(ready)
    mentors.clock += timedelta(days=30)
    await mentors.serve(remind_of_check_ins)
    written = await superuser.fetch(query, mentors.house.organisation_id)
    assert {UUID(str(row["person_id"])) for row in written} == ready | {mentors.house.people["mentor"]}

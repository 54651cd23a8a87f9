"""Notes: who reads which, that widening is said aloud, that nothing is taken back, and what the mentee has to say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kith.ground.actor import service
from kith.ground.errors import IllegalState
from kith.matching.closure import close_match
from kith.matching.match import ClosingReason, begin
from kith.notes.note import edit_note
from kith.people.mentee import Mentee
from kith.people.mentor import Mentor
from kith.people.readiness import SETTLE
from tenants.principal import principal
from tenants.work import Workplace
from tests.acts import Acts
from tests.conftest import Api
from tests.world import Building, Connection, House, build_house, catch_up

BODIES = "{ notes(first: 50) { nodes { id body visibility portable author { id } corrections { body } } } }"


@pytest.fixture(scope="module")
async def house(workplace: Workplace, superuser: Connection) -> House:
    """A house that these tests change."""
    return await build_house(workplace, superuser, "Notes", "notes")


@pytest.fixture
def mentor(api: Api, house: House) -> Acts:
    """The mentor."""
    return Acts(api, house, "mentor")


@pytest.fixture
def mentee(api: Api, house: House) -> Acts:
    """The mentee."""
    return Acts(api, house, "mentee")


async def read(api: Api, house: House, who: str) -> dict[str, Any]:
    """The notes that somebody reads, by id."""
    return {each["id"]: each for each in (await Acts(api, house, who).sees(BODIES))["notes"]["nodes"]}


async def write(who: Acts, house: House, visibility: str) -> str:
    """A new note, shown to nobody yet."""
    given = {"matchId": house.id("match"), "body": "What happened", "visibility": visibility}
    return str((await who.does("writeNote", **given))["id"])


async def test_each_class_is_read_by_those_whom_it_names(api: Api, house: House) -> None:
    named = ("shared_note", "open_note", "mentors_note", "supervisors_note", "admins_note")
    shared, opened, mentors, supervisors, admins = (house.id(name) for name in named)
    assert set(await read(api, house, "mentee")) >= {shared, opened}
    assert not set(await read(api, house, "mentee")) & {mentors, supervisors, admins}
    assert not set(await read(api, house, "mentor")) & {supervisors, admins}
    assert set(await read(api, house, "mentor")) >= {shared, opened, mentors}
    assert set(await read(api, house, "supervisor")) >= {shared, opened, mentors, supervisors}
    assert admins not in await read(api, house, "supervisor")
    assert set(await read(api, house, "admin")) >= {shared, opened, mentors, supervisors, admins}
    for who in ("second_mentor", "other_mentor", "other_mentee", "waiting_mentee"):
        assert await read(api, house, who) == {}
    for who in ("coordinator", "analyst", "partner"):
        refused = await api(house.secrets[who], BODIES)
        assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_everybody_writes_only_for_those_among_whom_they_are(house: House, mentor: Acts, mentee: Acts) -> None:
    for who, visibility in ((mentee, "MENTOR_SUPERVISOR"), (mentee, "ADMIN"), (mentor, "SUPERVISION_ONLY")):
        code, said, path = await who.refused("writeNote", matchId=house.id("match"), body="x", visibility=visibility)
        assert (code, path) == ("FORBIDDEN", ["visibility"])
        assert said == f"A note that is {visibility} is written by somebody whom it is for."
    supervisor = Acts(mentor.api, house, "supervisor")
    code, _, _ = await supervisor.refused("writeNote", matchId=house.id("match"), body="x", visibility="ADMIN")
    assert code == "FORBIDDEN"


async def test_the_register_shows_that_each_note_exists_and_not_what_it_says(
    api: Api, house: House, superuser: Connection
) -> None:
    query = "{ noteRegister(first: 50) { nodes { visibility writtenAt author { id } match { id } } totalCount } }"
    register = (await Acts(api, house, "admin").sees(query))["noteRegister"]
    notes = await superuser.fetchval("SELECT count(*) FROM notes WHERE organisation_id = $1", house.organisation_id)
    assert register["totalCount"] == notes
    assert {
        "visibility": "SUPERVISION_ONLY",
        "author": {"id": house.id("supervisor.person")},
        "match": {"id": house.id("match")},
    }.items() <= next(each for each in register["nodes"] if each["visibility"] == "SUPERVISION_ONLY").items()
    for who in ("supervisor", "mentor", "mentee", "coordinator"):
        assert (await api(house.secrets[who], query))["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_reading_is_recorded_for_everybody_but_the_author(
    house: House, mentor: Acts, mentee: Acts, superuser: Connection
) -> None:
    note = await write(mentor, house, "SHARED")
    one = f'{{ note(id: "{note}") {{ body }} }}'

    async def readers() -> list[Any]:
        rows = await superuser.fetch(
            "SELECT actor_person_id FROM facts WHERE kind = 'sensitive.read' AND subject_id = $1 ORDER BY sequence",
            _row(note),
        )
        return [row["actor_person_id"] for row in rows]

    await mentor.sees(one)
    assert await readers() == []
    await mentee.sees(one)
    await Acts(mentor.api, house, "admin").sees(one)
    assert await readers() == [house.people["mentee"], house.people["admin"]]


async def test_a_note_narrows_until_somebody_read_it_and_widens_by_its_author_alone(
    house: House, mentor: Acts, mentee: Acts
) -> None:
    note = await write(mentor, house, "SHARED")
    narrowed = await mentor.does("narrowNote", "visibility", noteId=note, visibility="MENTOR_SUPERVISOR")
    assert narrowed == {"visibility": "MENTOR_SUPERVISOR"}
    assert (await mentee.sees(f'{{ note(id: "{note}") {{ id }} }}'))["note"] is None
    code, _, path = await mentor.refused("widenNote", noteId=note, visibility="MENTOR_SUPERVISOR")
    assert (code, path) == ("INVALID", ["visibility"])
    code, _, path = await mentor.refused("narrowNote", noteId=note, visibility="SHARED")
    assert (code, path) == ("INVALID", ["visibility"])
    supervisor = Acts(mentor.api, house, "supervisor")
    assert (await supervisor.refused("widenNote", noteId=note, visibility="SHARED"))[0] == "NOT_FOUND"
    assert (await mentor.refused("narrowNote", noteId=note, visibility="ADMIN"))[0] == "FORBIDDEN"
    await mentor.does("widenNote", noteId=note, visibility="SHARED")
    assert (await mentee.sees(f'{{ note(id: "{note}") {{ body }} }}'))["note"] == {"body": "What happened"}
    code, said, _ = await mentor.refused("narrowNote", noteId=note, visibility="MENTOR_SUPERVISOR")
    assert (code, said) == ("ILLEGAL_STATE", "Somebody has read this note; it stays as open as it was.")


async def test_coordinators_do_not_learn_from_facts_that_there_is_a_note(
    api: Api, house: House, mentor: Acts, superuser: Connection
) -> None:
    note = await write(mentor, house, "MENTOR_SUPERVISOR")
    await read(api, house, "supervisor")
    facts = "{ facts(first: 100) { nodes { kind subjectType } } }"
    seen = {who: (await Acts(api, house, who).sees(facts))["facts"]["nodes"] for who in ("admin", "coordinator")}
    of_notes = {who: {each["kind"] for each in some if each["subjectType"] == "Note"} for who, some in seen.items()}
    assert of_notes["admin"] >= {"note.written", "sensitive.read"}
    assert (len(seen["coordinator"]), of_notes["coordinator"]) == (100, set())
    kept = await superuser.fetch("SELECT programme_id FROM facts WHERE subject_id = $1", _row(note))
    assert {fact["programme_id"] for fact in kept} == {None}


async def test_widening_is_a_fact_and_changes_the_register(house: House, mentor: Acts, superuser: Connection) -> None:
    note = await write(mentor, house, "MENTOR_SUPERVISOR")
    await mentor.does("widenNote", noteId=note, visibility="SHARED")
    facts = await superuser.fetch("SELECT kind FROM facts WHERE subject_id = $1 ORDER BY sequence", _row(note))
    assert [fact["kind"] for fact in facts] == ["note.written", "note.widened"]
    listed = await superuser.fetchval("SELECT visibility FROM note_register WHERE note_id = $1", _row(note))
    assert listed == "SHARED"


async def test_the_database_computes_who_may_read_and_lets_nobody_set_it(
    house: House, mentor: Acts, superuser: Connection
) -> None:
    note = await write(mentor, house, "MENTOR_SUPERVISOR")
    with pytest.raises(Exception, match="generated column"):
        await superuser.execute("UPDATE notes SET mentee_reader_id = mentee_person_id WHERE id = $1", _row(note))


async def test_an_edit_keeps_what_stood_there_and_ends_after_a_day(
    house: House, mentor: Acts, mentee: Acts, workplace: Workplace
) -> None:
    note = await write(mentor, house, "SHARED")
    await mentor.does("editNote", noteId=note, body="What really happened", expectedVersion=1)
    shown = (await mentee.sees(f'{{ note(id: "{note}") {{ body earlier {{ body }} }} }}'))["note"]
    assert shown == {"body": "What really happened", "earlier": [{"body": "What happened"}]}
    assert (await mentor.refused("editNote", noteId=note, body="Again", expectedVersion=1))[0] == "CONFLICT"
    assert (await mentee.refused("editNote", noteId=note, body="Mine"))[0] == "NOT_FOUND"
    actor = await principal(workplace.engine, house.secrets["mentor"])
    assert actor is not None
    with pytest.raises(IllegalState, match="for 24 hours"):
        async with workplace.writing(actor, now=datetime.now(UTC) + timedelta(hours=25)) as work:
            await edit_note(work, _row(note), body="Too late")


async def test_a_mentee_corrects_what_is_shared_and_cannot_touch_the_rest(
    api: Api, house: House, mentor: Acts, mentee: Acts
) -> None:
    note = await write(mentor, house, "SHARED")
    await mentee.does("correctNote", noteId=note, body="It was on Monday.")
    for who in ("mentor", "mentee", "supervisor"):
        assert (await read(api, house, who))[note]["corrections"] == [{"body": "It was on Monday."}]
    assert (await mentee.refused("correctNote", noteId=house.id("mentors_note"), body="?"))[0] == "NOT_FOUND"


@pytest.fixture
async def moved(workplace: Workplace, superuser: Connection) -> House:
    """A house in which the mentee waits for another mentor."""
    house = await build_house(workplace, superuser, "Moved", "notes-moved")
    building = Building(workplace, house, "notes-moved")
    building.clock = building.now
    await building.does(
        "coordinator",
        close_match,
        match_id=house.row("match"),
        reason=ClosingReason.NOT_A_FIT,
        mentee_waits_again=True,
    )
    await building.later()
    return house


async def test_a_note_goes_along_to_a_new_mentor_only_as_the_mentee_allows(
    moved: House, api: Api, workplace: Workplace
) -> None:
    house = moved
    old, mentee = house.id("shared_note"), Acts(api, house, "mentee")
    await mentee.does("letNoteBeCarried", noteId=old, allowed=True)
    # When another match begins, and the workers do what follows
    async with workplace.writing(service(house.organisation_id, (SETTLE,)), now=datetime.now(UTC)) as work:
        (mentor,) = await work.rows(Mentor, Mentor.id == house.row("second_mentor"))
        (waiting,) = await work.rows(Mentee, Mentee.id == house.row("mentee"))
        await begin(work, mentor, waiting)
    new = "second_mentor"
    await catch_up(workplace, house)
    # Then the new mentor reads the copy with its correction, nothing else, and the old one does not see it
    (carried,) = (await read(api, house, new)).values()
    assert carried["body"] == "We rang the office in Moved."
    assert carried["corrections"] == [{"body": "I rang, Moved."}]
    assert carried["id"] not in await read(api, house, "mentor")
    # What is allowed later comes at once, and once
    await mentee.does("letNoteBeCarried", noteId=house.id("open_note"), allowed=True)
    await mentee.does("letNoteBeCarried", noteId=house.id("open_note"), allowed=True)
    assert len(await read(api, house, new)) == 2


def _row(global_id: str) -> Any:
    return global_id.rpartition("_")[2]

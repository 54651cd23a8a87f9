"""Imports: nothing before a person decides, every rule of entering by hand, each row exactly once."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kith.evaluation.rollup import roll_up_programme
from kith.ground.actor import service
from kith.ground.errors import Conflict, Forbidden, IllegalState, Invalid, NotFound
from kith.ground.operation import AnyOperation
from kith.importing.job import (
    ImportStatus,
    add_import_rows,
    check_import_rows,
    commit_import,
    commit_import_rows,
    discard_import,
    forget_imports,
    start_import,
)
from kith.importing.record import ImportKind
from schema.ids import global_id
from tenants.work import Workplace
from tests.conftest import Api
from tests.world import Building, Connection, build_house

PEOPLE = "Name;Time zone;EMAIL"
HEADER = "name,time_zone,email,role,languages,formats,helps_with,capacity,needs,trained_on"
CREDENTIALS = "email,kind,issuer,issued_on,expires_on,number"
PAST = "mentor_email,mentee_email,began,ended,closing_reason"


class House(Building):
    """A house that goes on from now, into which tables are brought."""

    async def serve(self, operation: AnyOperation, *args: object) -> None:
        """The service does something, at the clock."""
        actor = service(self.house.organisation_id, (operation.needs,))
        async with self.workplace.writing(actor, now=self.clock) as work:
            await operation(work, *args)

    async def start(
        self, rows: str, kind: ImportKind = ImportKind.PEOPLE, who: str = "coordinator", **more: Any
    ) -> UUID:
        """Somebody starts an import."""
        programme_id = self.house.row("programme")
        job = await self.does(who, start_import, programme_id=programme_id, kind=kind, rows=rows, **more)
        return job.id

    async def brought(self, rows: str, kind: ImportKind = ImportKind.PEOPLE) -> UUID:
        """An import that is carried out."""
        job_id = await self.start(rows, kind)
        await self.later()
        await self.does("coordinator", commit_import, job_id)
        await self.later()
        return job_id


@pytest.fixture(scope="module")
async def house(workplace: Workplace, superuser: Connection) -> House:
    """Harbour once more, at its own address; each test brings people of its own."""
    built = await build_house(workplace, superuser, "Harbour", f"imports-{uuid4().hex[:12]}")
    building = House(workplace, built)
    building.clock = building.now
    await building.later()
    return building


async def _job(superuser: Connection, job_id: UUID) -> Any:
    return await superuser.fetchrow("SELECT * FROM import_jobs WHERE id = $1", job_id)


async def _rows(superuser: Connection, job_id: UUID) -> list[Any]:
    return list(await superuser.fetch("SELECT * FROM import_rows WHERE job_id = $1 ORDER BY number", job_id))


async def _statuses(superuser: Connection, job_id: UUID) -> list[str]:
    return [row["status"] for row in await _rows(superuser, job_id)]


async def _count(superuser: Connection, house: House, table: str, where: str = "true") -> int:
    query = f"SELECT count(*) FROM {table} WHERE organisation_id = $1 AND {where}"
    return int(await superuser.fetchval(query, house.house.organisation_id))


async def _everything(superuser: Connection, house: House) -> dict[str, int]:
    tables = ("people", "contacts", "mentors", "mentees", "needs", "matches", "credentials", "tasks", "letters")
    return {table: await _count(superuser, house, table) for table in tables}


def _mentor(who: str, *, capacity: str = "2") -> str:
    return f"{who},Europe/Dublin,{who}@brought.example,mentor,en,PHONE,HOUSING|FOOD,{capacity},,2025-01-31"


def _mentee(who: str, *, needs: str = "HOUSING:3|FOOD:1") -> str:
    return f"{who},Europe/Dublin,{who}@brought.example,mentee,en|es-MX,phone|in person,,,{needs},"


async def test_three_hundred_rows_with_odd_ones_interrupted_and_gone_on_with(
    house: House, superuser: Connection
) -> None:
    odd = {
        10: "lost,Europe/Dublin,lost@brought.example",  # cells are missing
        20: _mentor("crowded", capacity="21"),
        30: _mentee("needless", needs="HOUSING:7"),
        40: "=1+1,Europe/Dublin,formula@brought.example,none,,,,,,",
        50: "Again,Europe/Dublin,MENTOR0@brought.example,none,,,,,,",  # row 1 in capitals
        60: "Nowhere,Atlantis,nowhere@brought.example,none,,,,,,",
        70: ",Europe/Dublin,nameless@brought.example,none,,,,,,",
    }
    plain = [_mentor(f"mentor{i}") if i % 2 == 0 else _mentee(f"mentee{i}") for i in range(300)]
    table = [odd.get(number, row) for number, row in enumerate(plain, 1)]
    before = await _everything(superuser, house)

    job_id = await house.start("\ufeff" + "\n".join([HEADER, *table[:200]]), more_follow=True)
    await house.does("coordinator", add_import_rows, job_id, rows="\r\n".join(table[200:]))
    await house.later()

    checked = await _job(superuser, job_id)
    assert (checked["status"], checked["received"], checked["checked"]) == ("CHECKED", 300, 300)
    assert (checked["warnings"], checked["refused"]) == (2, 5)
    assert await _everything(superuser, house) == before
    findings = {
        row["number"]: (row["status"], row["findings"])
        for row in await _rows(superuser, job_id)
        if row["number"] in odd
    }
    assert {number: status for number, (status, _) in findings.items()} == {
        **dict.fromkeys((10, 20, 30, 60, 70), "ERROR"),
        **dict.fromkeys((40, 50), "WARNING"),
    }
    for number, *words in (
        (10, "CELLS"),
        (20, "INVALID", '"capacity"', "0 to 20 places"),
        (30, "INVALID", '"needs"'),
        (40, "FORMULA", '"name"'),
        (50, "REPEATED"),
        (60, "INVALID", '"time_zone"'),
        (70, "MISSING", '"name"'),
    ):
        assert all(word in str(findings[number][1]) for word in words), findings[number]

    await house.does("coordinator", commit_import, job_id)
    await house.serve(commit_import_rows, job_id)  # one batch is done
    done = (await _job(superuser, job_id))["done"]
    people = await _count(superuser, house, "people")
    assert 0 < done < 293
    with pytest.raises(ZeroDivisionError):
        await _interrupted(house, job_id)
    async with asyncio.timeout(30):
        await _cancelled(house, job_id)
    assert (await _job(superuser, job_id))["done"] == done
    assert await _count(superuser, house, "people") == people

    await house.later()  # goes on from there, also where the same job comes twice
    over = await _job(superuser, job_id)
    assert (over["status"], over["done"], over["skipped"], over["refused"]) == ("COMMITTED", 293 + 1, 1, 5)
    after = await _everything(superuser, house)
    assert after["people"] - before["people"] == 294
    assert after["letters"] == before["letters"]
    assert await _count(superuser, house, "people", "name = '=1+1'") == 1
    facts = await _count(superuser, house, "facts", f"kind LIKE '%.imported' AND data->>'import_id' = '{job_id}'")
    assert facts == 294
    statuses = await _statuses(superuser, job_id)
    assert (statuses.count("DONE"), statuses[49]) == (294, "SKIPPED")


async def _interrupted(house: House, job_id: UUID) -> None:
    """The rows of a batch are done, and then something fails before they are there to stay."""
    actor = service(house.house.organisation_id, (commit_import_rows.needs,))
    async with house.workplace.writing(actor, now=house.clock) as work:
        await commit_import_rows(work, job_id)
        raise ZeroDivisionError


async def _cancelled(house: House, job_id: UUID) -> None:
    """A worker is stopped in the middle of a batch."""
    running = asyncio.create_task(house.serve(commit_import_rows, job_id))
    await asyncio.sleep(0.05)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_of_two_who_commit_at_once_one_wins(house: House, superuser: Connection) -> None:
    job_id = await house.start(f"{HEADER}\n{_mentee('raced')}\n")
    await house.later()
    both = (house.does(who, commit_import, job_id) for who in ("admin", "coordinator"))
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(each) for each in outcomes if isinstance(each, Exception)) == [IllegalState]
    await house.later()
    assert await _count(superuser, house, "people", "name = 'raced'") == 1


async def test_who_is_there_already_is_skipped_and_never_merged(house: House, superuser: Connection) -> None:
    await house.brought(f"{HEADER}\n{_mentor('known')}\n")
    job_id = await house.start(f"{HEADER}\nOther,Europe/Paris,KNOWN@brought.example,none,,,,,,\n")
    await house.later()
    (row,) = await _rows(superuser, job_id)
    assert (row["status"], (await _job(superuser, job_id))["status"]) == ("WARNING", "CHECKED")
    assert "ALREADY_THERE" in row["findings"]
    await house.does("coordinator", commit_import, job_id)
    await house.later()
    assert await _statuses(superuser, job_id) == ["SKIPPED"]
    assert await _count(superuser, house, "people", "name IN ('known', 'Other')") == 1


async def test_credentials_are_added_for_somebody_to_verify(house: House, superuser: Connection) -> None:
    await house.brought(f"{HEADER}\n{_mentor('proven')}\n")
    rows = [
        "proven@brought.example,first aid,Red Cross,2025-01-01,2030-01-01,N-1",
        "nobody@brought.example,FIRST_AID,Red Cross,2025-01-01,,",
        "proven@brought.example,FIRST_AID,Red Cross,2025-01-01,2024-01-01,",
        "proven@brought.example,SAFEGUARDING,Red Cross,31.12.2024,,",
    ]
    job_id = await house.brought("\n".join([CREDENTIALS, *rows]), ImportKind.CREDENTIALS)
    assert await _statuses(superuser, job_id) == ["DONE", "ERROR", "ERROR", "ERROR"]
    findings = [row["findings"] for row in await _rows(superuser, job_id)]
    assert "NOT_FOUND" in findings[1]
    assert '"expires_on"' in findings[2]
    assert "YYYY-MM-DD" in findings[3]
    added = await superuser.fetch(
        "SELECT status FROM credentials c JOIN people p ON p.id = c.person_id WHERE p.name = 'proven'"
        " AND p.organisation_id = $1",
        house.house.organisation_id,
    )
    assert [each["status"] for each in added] == ["PENDING"]
    again = await house.brought("\n".join([CREDENTIALS, rows[0]]), ImportKind.CREDENTIALS)
    assert await _statuses(superuser, again) == ["SKIPPED"]


async def test_matches_of_the_past_are_closed_and_nothing_follows(house: House, superuser: Connection) -> None:
    await house.brought("\n".join([HEADER, _mentor("walker"), _mentee("walked")]))
    before = await _everything(superuser, house)
    tomorrow = (house.clock + timedelta(days=2)).date().isoformat()
    rows = [
        "walker@brought.example,walked@brought.example,2023-01-10,2023-09-30,goals met",
        "walker@brought.example,walked@brought.example,2024-01-10,2023-09-30,MOVED",
        f"walker@brought.example,walked@brought.example,2024-01-10,{tomorrow},MOVED",
        "walker@brought.example,walked@brought.example,2024-01-10,2024-09-30,BORED",
        "walked@brought.example,walked@brought.example,2024-01-10,2024-09-30,OTHER",
    ]
    job_id = await house.brought("\n".join([PAST, *rows]), ImportKind.PAST_MATCHES)
    assert await _statuses(superuser, job_id) == ["DONE", "ERROR", "ERROR", "ERROR", "ERROR"]
    assert await _everything(superuser, house) == before | {"matches": before["matches"] + 1}
    match = await superuser.fetchrow(
        "SELECT m.* FROM matches m JOIN people p ON p.id = m.mentee_person_id WHERE p.name = 'walked'"
        " AND m.organisation_id = $1",
        house.house.organisation_id,
    )
    assert (match["status"], match["closing_reason"], str(match["ended_on"])) == ("CLOSED", "GOALS_MET", "2023-09-30")
    told = await superuser.fetch("SELECT kind FROM facts WHERE subject_id = $1", match["id"])
    assert [fact["kind"] for fact in told] == ["match.imported"]
    again = await house.brought("\n".join([PAST, rows[0]]), ImportKind.PAST_MATCHES)
    assert await _statuses(superuser, again) == ["SKIPPED"]


async def test_a_match_of_the_past_counts_in_the_month_in_which_it_began(house: House, superuser: Connection) -> None:
    await house.brought("\n".join([HEADER, _mentor("early"), _mentee("late")]))
    programme_id = house.house.row("programme")
    figures = (
        "SELECT month::text, value::int FROM evaluation_rollups"
        " WHERE programme_id = $1 AND indicator = 'MATCHES_BEGUN' AND month < '2023-01-01' ORDER BY month"
    )
    for ending, expected in (("2021-06-01,2021-09-30", [1]), ("2021-06-30,2021-09-30", [2])):
        row = f"early@brought.example,late@brought.example,{ending},MOVED"
        await house.brought("\n".join([PAST, row]), ImportKind.PAST_MATCHES)
        this_month = "SELECT sum(value) FROM evaluation_rollups WHERE programme_id = $1 AND month = $2"
        month = house.clock.date().replace(day=1)
        before = await superuser.fetchval(this_month, programme_id, month)
        await house.serve(roll_up_programme, programme_id)
        found = await superuser.fetch(figures, programme_id)
        assert [tuple(each) for each in found] == [("2021-06-01", value) for value in expected]
        assert await superuser.fetchval(this_month, programme_id, month) == before


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("", ("missing", "name", "time_zone")),
        ("name,time_zone,email", ("no rows",)),
        ("name,shoe size,time_zone\nA,44,UTC", ("shoe size", "no column")),
        ("name,email\nA,a@b.example", ("missing", "time_zone")),
        ("name,time_zone,Name\nA,UTC,B", ("twice", "name")),
        ('name,time_zone\n"A,UTC', ("Line 2", "quotation mark")),
        ("name,time_zone\nJos\ufffd,UTC", ("UTF-8",)),
        (f"name,time_zone\nJos{chr(0xD800)},UTC", ("UTF-8", "half")),
        ("name,time_zone\nJo\0e,UTC", ("NUL",)),
        (f"name,time_zone\n{'x' * 4001},UTC", ("Cell 1 in line 2", "4000")),
        (f"name,time_zone\n{'A,UTC' * 60_000}", ("200 KiB",)),
    ],
    ids=["empty", "no_rows", "unknown", "missing", "twice", "quote", "lost", "half", "nul", "long", "large"],
)
async def test_what_cannot_be_read_is_refused_by_name(house: House, rows: str, words: Sequence[str]) -> None:
    with pytest.raises(Invalid) as refused:
        await house.start(rows)
    assert refused.value.path == ("rows",)
    assert all(word in refused.value.message for word in words), refused.value.message


async def test_semicolons_quotes_and_names_in_any_case_are_read(house: House, superuser: Connection) -> None:
    table = f'\ufeff{PEOPLE};PHONE\r\n"Quoted; and ""so""";UTC;quoted@brought.example;+353 1 2345678\r\n;;;\r\n'
    job_id = await house.brought(table)
    assert await _statuses(superuser, job_id) == ["DONE"]
    assert await _count(superuser, house, "people", """name = 'Quoted; and "so"'""") == 1
    (row,) = await _rows(superuser, job_id)
    assert row["findings"] == "[]"  # a telephone number is no formula


async def test_ten_thousand_rows_are_the_most(house: House) -> None:
    part = "A,UTC\n" * 9000
    job_id = await house.start(f"name,time_zone\n{part}", more_follow=True)
    with pytest.raises(Invalid, match="10,000 rows"):
        await house.does("coordinator", add_import_rows, job_id, rows=part)
    await house.does("coordinator", discard_import, job_id)


async def test_each_state_takes_its_own_verbs(house: House, superuser: Connection) -> None:
    job_id = await house.start("name,time_zone\nState,UTC", more_follow=True)
    with pytest.raises(IllegalState):
        await house.does("coordinator", commit_import, job_id)
    with pytest.raises(Conflict):
        await house.does("coordinator", add_import_rows, job_id, rows="B,UTC", expected_version=99)
    await house.does("coordinator", add_import_rows, job_id, rows="B,UTC")
    with pytest.raises(IllegalState):
        await house.does("coordinator", add_import_rows, job_id, rows="C,UTC")
    await house.later()
    await house.serve(check_import_rows, job_id)  # a message that comes twice does nothing
    assert (await _job(superuser, job_id))["checked"] == 2
    await house.does("coordinator", discard_import, job_id)
    for verb in (commit_import, discard_import):
        with pytest.raises(IllegalState):
            await house.does("coordinator", verb, job_id)
    bad = await house.start("name,time_zone\nBad,Atlantis")
    await house.later()
    assert (await _job(superuser, bad))["status"] == "FAILED"


async def test_only_who_may_enter_it_by_hand_imports_it(house: House) -> None:
    with pytest.raises(Forbidden):
        await house.start("name,time_zone\nA,UTC", who="supervisor")
    with pytest.raises(NotFound):
        await house.start("name,time_zone\nA,UTC", who="other_coordinator")


async def test_the_report_is_paged_by_status_and_reading_it_is_recorded(
    house: House, superuser: Connection, api: Api
) -> None:
    job_id = await house.start("name,time_zone\nGood,UTC\nBad,Atlantis\n@Odd,UTC")
    await house.later()
    asked = """query($id: ID!) { importJob(id: $id) { status received warnings refused columns
        rows(first: 5, filter: {status: [ERROR]}) { nodes { number cells status findings { code sentence column } }
        } } }"""
    token = house.house.secrets["coordinator"]
    found = (await api.data(token, asked, id=global_id("ImportJob", job_id)))["importJob"]
    (row,) = found["rows"]["nodes"]
    assert (row["number"], row["cells"], row["findings"][0]["column"]) == (2, ["Bad", "Atlantis"], "time_zone")
    assert (found["warnings"], found["refused"]) == (1, 1)
    assert await _count(superuser, house, "facts", "kind = 'sensitive.read' AND subject_type = 'ImportRow'") >= 1
    other = await api.data(house.house.secrets["other_coordinator"], asked, id=global_id("ImportJob", job_id))
    assert other["importJob"] is None


async def test_rows_are_removed_thirty_days_after_the_end(house: House, superuser: Connection) -> None:
    over = await house.brought("name,time_zone\nOver,UTC")
    left = await house.start("name,time_zone\nLeft,UTC")
    await house.later()
    clock = house.clock
    try:
        house.clock = clock + timedelta(days=29)
        await house.serve(forget_imports)
        assert len(await _rows(superuser, over)) == 1
        house.clock = clock + timedelta(days=31)
        await house.serve(forget_imports)
        assert await _rows(superuser, over) == []
        assert (await _job(superuser, over))["rows_removed_at"] is not None
        assert (await _job(superuser, left))["status"] == ImportStatus.FAILED
        house.clock = clock + timedelta(days=62)
        await house.serve(forget_imports)
        assert await _rows(superuser, left) == []
        assert await _count(superuser, house, "people", "name = 'Over'") == 1
    finally:
        house.clock = clock

"""The demo: two organisations with half a year behind them, and a key for every role."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from infra import development
from infra.demo import demo
from infra.migrate import migrate
from infra.postgres import EmbeddedPostgres
from infra.wiring import workplace_for
from kith.evaluation.rollup import FEWEST_PEOPLE, EvaluationRollup
from kith.ground.actor import Actor
from kith.ground.model import Owned
from kith.ground.settings import Settings
from kith.matching.match import Match
from kith.meetings.meeting import Meeting
from tenants.principal import principal
from tenants.work import Workplace
from workers.process import Workers
from workers.reactions import REACTIONS

PASSWORD = "secret"
ROLES = {"admin", "coordinator", "supervisor", "mentor", "mentee", "partner", "analyst"}
OVER = "due_at <= now() AND failed_at IS NULL"


class NoPost:
    """Takes letters nowhere."""

    async def send(self, *, message_id: str, to: str, subject: str, body: str, written_at: datetime) -> None:
        """Let the letter be."""


@dataclass
class Seeded:
    """A database with the demo in it, and what the demo gave back."""

    settings: Settings
    workplace: Workplace
    known: dict[str, Any]
    connection: "asyncpg.Connection[Any]"

    async def counts(self, what: str) -> dict[str, int]:
        """How many rows the query finds, by the organisation's slug."""
        rows = await self.connection.fetch(
            f"SELECT slug, count(*) FROM organisations JOIN {what} ON organisation_id = organisations.id GROUP BY slug"
        )
        return dict(map(tuple, rows))

    async def actor(self, slug: str, role: str) -> Actor:
        """Who signs in with the key of this role."""
        organisation = next(each for each in self.known["organisations"] if each["slug"] == slug)
        actor = await principal(self.workplace.engine, organisation["tokens"][role])
        assert actor is not None
        return actor


@pytest.fixture(scope="module")
def demo_server() -> Iterator[EmbeddedPostgres]:
    """A throwaway server, where the account that it runs as may go."""
    with tempfile.TemporaryDirectory(prefix="kith-demo-", dir="/var/tmp", ignore_cleanup_errors=True) as name:
        if os.geteuid() == 0:
            Path(name).chmod(0o711)
        with EmbeddedPostgres(Path(name) / "postgres", throwaway=True) as server:
            yield server


@pytest.fixture(scope="module")
async def seeded(demo_server: EmbeddedPostgres) -> AsyncIterator[Seeded]:
    """The demo, made once."""
    admin = await asyncpg.connect(demo_server.dsn())
    await admin.execute("CREATE DATABASE kith")
    await admin.close()
    dsn = demo_server.dsn(database="kith")
    await migrate(dsn, login_password=PASSWORD, broker_password=PASSWORD)
    settings = development.settings_for(demo_server, {"login": PASSWORD, "broker": PASSWORD})
    workplace = workplace_for(settings)
    known = await demo(workplace)
    connection = await asyncpg.connect(dsn)
    yield Seeded(settings, workplace, known, connection)
    await connection.close()
    await workplace.engine.dispose()


async def test_two_organisations_are_full_of_people(seeded: Seeded) -> None:
    assert [each["slug"] for each in seeded.known["organisations"]] == ["harbour", "lantern"]
    assert await seeded.counts("programmes") == {"harbour": 2, "lantern": 1}
    assert await seeded.counts("mentors") == {"harbour": 12, "lantern": 12}
    assert await seeded.counts("mentees") == {"harbour": 40, "lantern": 40}
    for status in ("TRAINING", "ON_LEAVE"):
        assert await seeded.counts(f"(SELECT * FROM mentors WHERE status = '{status}') m") == {
            "harbour": 1,
            "lantern": 1,
        }
    addresses = await seeded.connection.fetch("SELECT email FROM contacts")
    assert all(email.endswith("@example.org") for (email,) in addresses)
    assert len(set(addresses)) == len(addresses) == 114


@pytest.mark.parametrize(
    ("what", "fewest"),
    [
        ("matches", 20),
        ("matches WHERE_ status = 'CLOSED'", 2),
        ("meetings WHERE_ status = 'HELD'", 120),
        ("meetings WHERE_ status = 'MISSED'", 5),
        ("meetings WHERE_ status = 'CANCELLED'", 5),
        ("meetings WHERE_ status = 'ARRANGED' AND starts_at > now()", 10),
        ("goals", 40),
        ("progress", 60),
        ("feedback", 60),
        ("match_runs", 6),
        ("waiting_reasons", 4),
        ("proposals WHERE_ status LIKE 'OFFERED%' AND expires_at > now()", 1),
    ],
)
async def test_each_has_a_history(seeded: Seeded, what: str, fewest: int) -> None:
    table, _, condition = what.partition(" WHERE_ ")
    found = await seeded.counts(f"(SELECT * FROM {table} WHERE {condition or 'true'}) t")
    assert set(found) == {"harbour", "lantern"}
    assert all(count >= fewest for count in found.values()), found


async def test_people_meet_on_in_every_month_and_tomorrow(seeded: Seeded) -> None:
    held = "(SELECT DISTINCT organisation_id, date_trunc('month', starts_at) FROM meetings WHERE status = 'HELD') m"
    assert all(months >= 6 for months in (await seeded.counts(held)).values())
    soon = "(SELECT * FROM meetings WHERE status = 'ARRANGED' AND starts_at - now() BETWEEN '0' AND '48 hours') m"
    assert all(count >= 3 for count in (await seeded.counts(soon)).values())


async def test_nobody_is_in_two_places_at_once(seeded: Seeded) -> None:
    crossing = """
        SELECT count(*) FROM meetings a JOIN meetings b USING (organisation_id, mentor_person_id)
         WHERE a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
           AND 'CANCELLED' NOT IN (a.status, b.status)"""
    assert await seeded.connection.fetchval(crossing) == 0


@pytest.mark.parametrize("slug", ["harbour", "lantern"])
async def test_the_key_of_every_role_signs_its_person_in(seeded: Seeded, slug: str) -> None:
    organisation = next(each for each in seeded.known["organisations"] if each["slug"] == slug)
    assert set(organisation["tokens"]) == ROLES
    for role in ROLES:
        assert (await seeded.actor(slug, role)).roles == (role.upper(),)
    lasting = await seeded.connection.fetch("SELECT min(expires_at), count(*) FROM tokens WHERE name = 'Demo'")
    assert lasting[0]["min"] > datetime.now(UTC) + timedelta(days=365)
    assert lasting[0]["count"] == 2 * len(ROLES)


async def test_the_operator_key_signs_the_operator_in(seeded: Seeded) -> None:
    actor = await principal(seeded.workplace.engine, seeded.known["operator"])
    assert actor is not None
    assert actor.organisation_id is None


@pytest.mark.parametrize("slug", ["harbour", "lantern"])
async def test_mentor_and_mentee_walk_together_and_the_supervisor_sees_it(seeded: Seeded, slug: str) -> None:
    mentor, mentee = await seeded.actor(slug, "mentor"), await seeded.actor(slug, "mentee")
    (match,) = await _seen(seeded, mentee, Match)
    assert match.mentor_person_id == mentor.person_id
    assert await _seen(seeded, mentee, Meeting, Meeting.starts_at > datetime.now(UTC), Meeting.status == "ARRANGED")
    assert len(await _seen(seeded, mentee, Meeting, Meeting.status == "HELD")) >= 5
    assert mentor.person_id in (await seeded.actor(slug, "supervisor")).caseload


@pytest.mark.parametrize("slug", ["harbour", "lantern"])
async def test_an_analyst_sees_figures_over_enough_people(seeded: Seeded, slug: str) -> None:
    figures = await _seen(seeded, await seeded.actor(slug, "analyst"), EvaluationRollup)
    assert len(figures) >= 10
    assert all(figure.people >= FEWEST_PEOPLE for figure in figures)
    assert len({figure.month for figure in figures}) >= 5


async def test_workers_find_little_to_do_and_nothing_fails(seeded: Seeded) -> None:
    waiting = await seeded.connection.fetchval(f"SELECT count(*) FROM outbox WHERE {OVER}")
    assert 0 < waiting < 60

    workers = Workers(seeded.settings, REACTIONS, NoPost())
    await workers.start()
    async with asyncio.timeout(60):
        while await seeded.connection.fetchval(f"SELECT count(*) FROM outbox WHERE {OVER}"):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await workers.stop()

    assert await seeded.connection.fetchval("SELECT count(*) FROM outbox WHERE failed_at IS NOT NULL") == 0
    kinds = await seeded.connection.fetch("SELECT kind, count(*) FROM letters WHERE sent_at IS NOT NULL GROUP BY kind")
    assert {row["kind"] for row in kinds} == {
        "meeting.cancelled",
        "meeting.moved",
        "meeting.reminder",
        "proposal.offered",
    }


async def _seen(seeded: Seeded, actor: Actor, model: type[Owned], *where: Any) -> list[Any]:
    async with seeded.workplace.reading(actor) as work:
        return await work.all(model, *where)


def test_the_note_says_where_the_service_is_this_time() -> None:
    noted = development.at_address({"url": "http://127.0.0.1:1", "operator": "secret"}, "http://127.0.0.1:2")
    assert noted == {"url": "http://127.0.0.1:2", "graphql": "http://127.0.0.1:2/graphql", "operator": "secret"}

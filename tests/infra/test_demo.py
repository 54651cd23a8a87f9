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
import httpx2
import pytest

from infra import development
from infra.app import application
from infra.demo import demo
from infra.migrate import migrate
from infra.postgres import EmbeddedPostgres
from infra.wiring import workplace_for
from kith.culture.commitment import CommitmentStatus
from kith.evaluation.rollup import FEWEST_PEOPLE, EvaluationRollup
from kith.goals.goal import GoalStatus
from kith.ground.actor import Actor
from kith.ground.model import Owned
from kith.ground.settings import Settings
from kith.matching.match import Match
from kith.meetings.meeting import Meeting
from kith.people.mentee import MenteeStatus
from kith.referrals.referral import ReferralStatus
from tenants.principal import principal
from tenants.work import Workplace
from tests.conftest import Api
from workers.process import Workers
from workers.reactions import REACTIONS

PASSWORD = "secret"
ROLES = {"admin", "coordinator", "supervisor", "mentor", "mentee", "partner", "analyst"}
SHOWN = set(MenteeStatus) - {MenteeStatus.MATCHED, MenteeStatus.CLOSING}
GROUPS = ("DRAFT", "OPEN", "CLOSED")
OVER = "due_at <= now() AND failed_at IS NULL"

# Each topic of the service: who sees it, what they ask for, and how much of it there is at least.
TOPICS: dict[str, list[tuple[str, str, int]]] = {
    "mentors": [
        ("coordinator", "mentors(filter: {status: [READY]})", 8),
        ("coordinator", "mentorApplications", 6),
        ("coordinator", "mentorApplications(filter: {status: [APPROVED]})", 1),
        ("coordinator", "credentials", 4),
        ("coordinator", "leaves", 2),
        ("coordinator", "readiness", 12),
        ("mentor", "wellbeingCheckIns", 3),
    ],
    "training": [
        ("coordinator", "trainingModules", 4),
        ("coordinator", "trainingEnrolments", 5),
        ("coordinator", "trainingRequirements", 1),
        ("coordinator", "competencyEvaluations", 1),
    ],
    "mentees": [
        *(("coordinator", f"mentees(filter: {{status: [{status}]}})", 1) for status in MenteeStatus if status in SHOWN),
        *(("coordinator", f"referrals(filter: {{status: [{status}]}})", 1) for status in ReferralStatus),
        ("coordinator", "programmeLabels", 4),
        ("coordinator", "partnerAgencies", 2),
        ("coordinator", "partnerAgreements", 1),
        ("coordinator", "eligibilityCriteria", 2),
        ("coordinator", "participationTexts", 1),
    ],
    "matches": [
        ("coordinator", "matches(filter: {status: [ACTIVE]})", 10),
        ("coordinator", "matches(filter: {status: [CLOSED]})", 2),
        ("coordinator", "matches(filter: {status: [PAUSED]})", 1),
        ("coordinator", "matches(filter: {status: [CLOSURE_IN_PROCESS]})", 2),
        ("coordinator", "proposals", 20),
        ("coordinator", "closures", 3),
        ("coordinator", "monitoringContacts", 20),
        ("coordinator", "relationshipHealth", 10),
    ],
    "meetings": [
        ("coordinator", "meetings", 150),
        ("coordinator", "meetingSeries", 1),
        ("coordinator", "absences", 1),
        ("mentor", "followUps", 2),
    ],
    "goals": [
        ("coordinator", "goals", 40),
        *(("coordinator", f"goals(filter: {{status: [{status}]}})", 1) for status in GoalStatus if status != "PARTIAL"),
        ("coordinator", "recoveryPlans", 1),
        ("coordinator", "attainmentRatings", 2),
    ],
    "notes": [
        ("mentor", "notes", 3),
        ("mentee", "notes", 2),
        ("supervisor", "notes(filter: {visibility: [SUPERVISION_ONLY]})", 1),
        ("admin", "noteRegister", 5),
    ],
    "supervision": [
        ("coordinator", "supervisionPlans(filter: {status: [ACTIVE]})", 6),
        *(
            ("coordinator", f"supervisionSessions(filter: {{status: [{status}]}})", fewest)
            for status, fewest in (
                *(("ACKNOWLEDGED", 10), ("SIGNED_SUPERVISOR", 1), ("HELD", 1)),
                *(("SCHEDULED", 3), ("MISSED", 1), ("CANCELLED", 1)),
            )
        ),
        ("coordinator", "observations", 2),
        ("mentor", "developmentPlans(filter: {status: [AGREED]})", 1),
        ("supervisor", "developmentPlans", 2),
        ("supervisor", "developmentActions", 2),
        ("supervisor", "coverageDelegations", 1),
    ],
    "community": [
        *(("coordinator", f"peerSupportGroups(filter: {{status: [{status}]}})", 1) for status in GROUPS),
        ("coordinator", "groupSessions(filter: {status: [HELD]})", 4),
        ("coordinator", "groupSessions(filter: {status: [CANCELLED]})", 1),
        ("coordinator", "resources", 5),
        ("coordinator", "supportMeetings", 2),
        ("coordinator", "communityEvents(filter: {status: [HELD]})", 1),
        ("coordinator", "communityEvents(filter: {status: [OPEN]})", 1),
        ("mentee", "resourceShares", 2),
    ],
    "culture": [
        *(("coordinator", f"leadershipCommitments(filter: {{status: [{status}]}})", 1) for status in CommitmentStatus),
        ("coordinator", "readinessSelfAssessments", 2),
        ("coordinator", "campaigns", 3),
        ("coordinator", "campaigns(filter: {status: [EVALUATED]})", 1),
        ("coordinator", "outreach", 5),
        ("coordinator", "outreach(filter: {status: [REPORTED]})", 3),
        ("mentee", "storyConsents", 1),
        ("coordinator", "recognitions", 3),
    ],
    "improvement": [
        ("coordinator", "feedbackForms", 4),
        ("coordinator", "feedbackInvitations(filter: {status: [ANSWERED]})", 10),
        ("coordinator", "feedbackResponses", 5),
        ("coordinator", "programmeIndicators", 3),
        ("coordinator", "improvementCycles(filter: {status: [DO]})", 1),
        ("coordinator", "improvementCycles(filter: {status: [CLOSED]})", 1),
        ("coordinator", "evaluationRollups", 20),
    ],
    "messages": [("coordinator", "threads", 2), ("mentor", "threads", 2), ("mentee", "threads", 2)],
    "tasks": [
        ("coordinator", "tasks(filter: {status: [OPEN]})", 5),
        ("coordinator", "tasks(filter: {status: [DONE]})", 5),
        ("supervisor", "tasks", 3),
    ],
    "import": [
        ("coordinator", "importJobs(filter: {status: [CHECKED]})", 1),
        ("coordinator", "importJobs(filter: {status: [COMMITTED]})", 1),
    ],
}


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


@pytest.fixture(scope="module")
async def api(seeded: Seeded) -> AsyncIterator[Api]:
    """The service with the demo in it."""
    app = application(seeded.settings, workers=False)
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://kith.test")
    async with app.router.lifespan_context(app), client:
        yield Api(client)


async def test_two_organisations_are_full_of_people(seeded: Seeded) -> None:
    assert [each["slug"] for each in seeded.known["organisations"]] == ["harbour", "lantern"]
    assert await seeded.counts("programmes") == {"harbour": 2, "lantern": 1}
    assert await seeded.counts("mentors") == {"harbour": 14, "lantern": 14}
    assert await seeded.counts("mentees") == {"harbour": 49, "lantern": 49}
    for status, number in (("TRAINING", 3), ("ON_LEAVE", 1)):
        of_status = await seeded.counts(f"(SELECT * FROM mentors WHERE status = '{status}') m")
        assert of_status == {"harbour": number, "lantern": number}
    addresses = await seeded.connection.fetch("SELECT email FROM contacts")
    assert all(email.endswith("@example.org") for (email,) in addresses)
    assert len(set(addresses)) == len(addresses) == 146


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
        ("logic_models", 1),
        ("proposals WHERE_ status LIKE 'OFFERED%' AND expires_at > now()", 1),
    ],
)
async def test_each_has_a_history(seeded: Seeded, what: str, fewest: int) -> None:
    table, _, condition = what.partition(" WHERE_ ")
    found = await seeded.counts(f"(SELECT * FROM {table} WHERE {condition or 'true'}) t")
    assert set(found) == {"harbour", "lantern"}
    assert all(count >= fewest for count in found.values()), found


@pytest.mark.parametrize("slug", ["harbour", "lantern"])
@pytest.mark.parametrize("topic", TOPICS)
async def test_every_topic_is_shown(seeded: Seeded, api: Api, slug: str, topic: str) -> None:
    """To those who work with it: the coordinator, unless it is between others."""
    organisation = next(each for each in seeded.known["organisations"] if each["slug"] == slug)
    asked = [(place, *each) for place, each in enumerate(TOPICS[topic])]
    for role in {role for _, role, *_ in asked}:
        mine = [f"n{place}: {_first(what)} {{ totalCount }}" for place, whose, what, _ in asked if whose == role]
        shown = await api.data(organisation["tokens"][role], f"{{ {' '.join(mine)} }}")
        few = {
            what: shown[f"n{place}"]["totalCount"]
            for place, whose, what, fewest in asked
            if whose == role and shown[f"n{place}"]["totalCount"] < fewest
        }
        assert few == {}


@pytest.mark.parametrize("slug", ["harbour", "lantern"])
async def test_history_is_spread_over_the_months_and_in_the_hours_of_the_day(seeded: Seeded, slug: str) -> None:
    """By the organisation's own clock: people are not at work at night, nor all at one instant."""
    facts = await seeded.connection.fetch(
        """SELECT facts.occurred_at AT TIME ZONE organisations.time_zone AS at, facts.kind
             FROM facts JOIN organisations ON organisations.id = organisation_id
            WHERE slug = $1 AND actor_person_id IS NOT NULL AND facts.occurred_at < now() - interval '2 days'""",
        slug,
    )
    assert len({fact["at"] for fact in facts}) > len(facts) / 3
    assert len({(fact["at"].year, fact["at"].month) for fact in facts}) >= 6
    staff = [fact for fact in facts if fact["kind"].startswith(("supervision.", "campaign.", "indicator."))]
    assert len(staff) > 100
    assert {fact["at"].hour for fact in staff} <= set(range(8, 22))


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
    """What waits is for people who are told of something now; nothing of the past is left to be found out."""
    waiting = await seeded.connection.fetch(f"SELECT operation, count(*) FROM outbox WHERE {OVER} GROUP BY operation")
    to_do = {row["operation"]: row["count"] for row in waiting}
    assert set(to_do) == {"meetings.meeting.remind", "matching.telling.tell_of_offer"}
    assert sum(to_do.values()) < 60
    before = await seeded.connection.fetchval("SELECT now()")

    workers = Workers(seeded.settings, REACTIONS, NoPost())
    await workers.start()
    async with asyncio.timeout(60):
        while await seeded.connection.fetchval(f"SELECT count(*) FROM outbox WHERE {OVER}"):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await workers.stop()

    assert await seeded.connection.fetchval("SELECT count(*) FROM outbox WHERE failed_at IS NOT NULL") == 0
    assert await seeded.connection.fetchval("SELECT count(*) FROM letters WHERE sent_at IS NULL") == 0
    written = await seeded.connection.fetch(
        "SELECT kind, count(*) FROM letters WHERE written_at >= $1 GROUP BY kind", before
    )
    assert dict(map(tuple, written)) == {
        "meeting.reminder": to_do["meetings.meeting.remind"],
        "proposal.offered": to_do["matching.telling.tell_of_offer"],
    }


def _first(what: str) -> str:
    """The connection with a size of page, which it always takes."""
    return what.replace("(", "(first: 1, ", 1) if "(" in what else f"{what}(first: 1)"


async def _seen(seeded: Seeded, actor: Actor, model: type[Owned], *where: Any) -> list[Any]:
    async with seeded.workplace.reading(actor) as work:
        return await work.all(model, *where)


def test_the_note_says_where_the_service_is_this_time() -> None:
    noted = development.at_address({"url": "http://127.0.0.1:1", "operator": "secret"}, "http://127.0.0.1:2")
    assert noted == {"url": "http://127.0.0.1:2", "graphql": "http://127.0.0.1:2/graphql", "operator": "secret"}

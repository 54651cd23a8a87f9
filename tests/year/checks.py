"""What must hold at the end of a year, each told beside the service: by what the script did, and by the rows alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kith.ground.lifecycle import LIFECYCLES
from schema.ids import global_id
from tests.world import owned_models
from tests.year.cast import HOUR, ZONES
from tests.year.year import YEAR

if TYPE_CHECKING:
    from tests.year.cast import Someone
    from tests.year.year import Year

NEVER: dict[tuple[str, str], str] = {}  # states that a year cannot reach, each with the reason
MONTHLY, DAILY = {"wellbeing.reminder"}, {"message.awaits"}  # letters that come again, with the same words
AS_WISHED = {"meeting.reminder", "gathering.reminder"}  # reminders that come as often as somebody wishes
EACH_TIME = {"TRAINING_TO_ASSESS"}  # a task that each attempt gives, however soon it comes
BEFORE_QUIET = timedelta(minutes=15)
EVENTS: dict[str, dict[tuple[str, str], set[str]]] = {  # which facts tell of a move; "*" is any state
    "Match": {
        ("", "PENDING_AGREEMENT"): {"match.began"},
        ("PENDING_AGREEMENT", "ACTIVE"): {"match.activated"},
        ("PAUSED", "ACTIVE"): {"match.resumed", "match.hold_lifted"},
        ("*", "PAUSED"): {"match.paused", "match.stopped"},
        ("*", "CLOSURE_IN_PROCESS"): {"match.closing"},
        ("*", "CLOSED"): {"match.closed"},
    },
    "Mentee": {
        ("", "APPLIED"): {"mentee.applied"},
        ("APPLIED", "ELIGIBILITY_REVIEW"): {"mentee.reviewed"},
        ("ELIGIBILITY_REVIEW", "CONSENTED"): {"mentee.consented"},
        ("CONSENTED", "READY_TO_MATCH"): {"mentee.ready"},
        ("READY_TO_MATCH", "WAITING"): {"mentee.waits"},
        ("*", "PAUSED"): {"mentee.paused"},
        ("PAUSED", "WAITING"): {"mentee.resumed"},
        ("WAITING", "MATCHED"): {"mentee.matched"},
        ("MATCHED", "ACTIVE"): {"mentee.active"},
        ("*", "WAITING"): {"mentee.waits_again"},
        ("*", "ELIGIBILITY_REVIEW"): {"mentee.withdrew"},
        ("*", "CLOSING"): {"mentee.withdrew"},
        ("*", "CLOSED"): {"mentee.closed"},
    },
    "Mentor": {
        ("", "TRAINING"): {"mentor.registered"},
        ("TRAINING", "READY"): {"mentor.trained"},
        ("*", "ON_LEAVE"): {"mentor.leave_began"},
        ("ON_LEAVE", "READY"): {"mentor.leave_ended"},
        ("*", "SUSPENDED"): {"mentor.suspended"},
        ("SUSPENDED", "READY"): {"mentor.suspension_lifted"},
        ("*", "RETIRED"): {"mentor.retired"},
    },
}


async def every_state_was_reached(year: Year) -> None:
    """By the public API and the workers, and by no move that the page of states does not show."""
    moves = await year.calendar.moves(year.organisation_row)
    seen = {(move.kind, move.before, move.after) for move in moves}
    reached = {(kind, after) for kind, _, after in seen}
    all_states = {(life.model.__name__, state.value) for life in LIFECYCLES for state in life.states}
    missing = all_states - reached - set(NEVER)
    assert missing == set(), missing
    shown = {
        (life.model.__name__, before, to.value)
        for life in LIFECYCLES
        for before, to in [*((None, each) for each in life.begins), *life._pairs]
    }
    assert seen <= shown, seen - shown


async def every_letter_was_written_once(year: Year) -> None:
    """No letter twice to the same person about the same, with the same words; each is sent, and outside quiet hours."""
    letters = await _rows(year, "SELECT * FROM letters WHERE organisation_id = $1 ORDER BY written_at")
    occasions = Counter(
        (letter["kind"], letter["person_id"], letter["about_id"], letter["body"], _again(letter)) for letter in letters
    )
    twice = [occasion for occasion, times in occasions.items() if times > 1]
    assert twice == [], twice
    unsent = {letter["kind"] for letter in letters if letter["sent_at"] is None}
    assert unsent == set(), unsent
    people = {someone.id.partition("_")[2]: someone for someone in year.cast}
    for letter in letters:
        who = people[str(letter["person_id"])]
        if not letter["kind"].startswith(("meeting", "gathering")):  # which they may have to read before they meet
            assert not _is_quiet(who, letter["sent_at"]), (letter["kind"], who.name)


async def every_task_was_given_once(year: Year) -> None:
    """Nothing is asked of anybody again while it is open, nor twice on one day."""
    tasks = await _rows(
        year, "SELECT * FROM tasks WHERE organisation_id = $1 AND about_id IS NOT NULL ORDER BY given_at"
    )
    by_occasion = defaultdict(list)
    for task in tasks:
        by_occasion[task["kind"], task["about_id"], task["assignee_id"]].append(task)
    for (kind, *_), given in by_occasion.items():
        for earlier, later in pairwise(given):
            assert earlier["ended_at"] is not None, kind
            assert earlier["ended_at"] <= later["given_at"], kind
            again = kind in EACH_TIME or earlier["given_at"].date() != later["given_at"].date()
            assert again, kind


async def every_meeting_was_reminded_of(year: Year) -> None:
    """Each person at their own lead time, by the clock where they live and before their quiet hours: once each."""
    meetings = await _rows(
        year,
        "SELECT m.*, (SELECT min(at) FROM clock.moves WHERE id = m.id) AS arranged_at FROM meetings m"
        " WHERE organisation_id = $1 AND status IN ('HELD', 'MISSED')"
        " AND NOT EXISTS (SELECT FROM meeting_moves WHERE meeting_id = m.id)",
    )
    letters = await _rows(
        year,
        "SELECT about_id, person_id, written_at, body FROM letters WHERE organisation_id = $1"
        " AND kind = 'meeting.reminder'",
    )
    written = defaultdict(list)
    for letter in letters:
        written[letter["about_id"], letter["person_id"]].append(letter)
    people = {someone.id.partition("_")[2]: someone for someone in year.cast}
    assert len(meetings) > 10
    for meeting in meetings:
        for person_id in (meeting["mentor_person_id"], meeting["mentee_person_id"]):
            who = people[str(person_id)]
            told = written[meeting["id"], person_id]
            expected = _reminders(who, meeting["starts_at"], meeting["arranged_at"])
            assert sorted(letter["written_at"] for letter in told) == expected, (who.name, meeting["starts_at"])
            local = meeting["starts_at"].astimezone(ZoneInfo(who.zone))
            assert all(f"at {local:%H:%M} ({who.zone})" in letter["body"] for letter in told)


async def clocks_changed_everywhere(year: Year) -> None:
    """People met before and after each change of the clocks, and a series stayed at its hour by the mentee's clock."""
    meetings = await _rows(
        year,
        "SELECT m.starts_at, m.occurrence, s.time_zone, s.id FROM meetings m"
        " JOIN meeting_series s ON s.id = m.series_id WHERE m.organisation_id = $1",
    )
    hours, offsets = defaultdict(set), defaultdict(set)
    for meeting in meetings:
        local = meeting["occurrence"].astimezone(ZoneInfo(meeting["time_zone"]))
        hours[meeting["id"]].add((local.weekday(), local.time()))
        offsets[meeting["time_zone"]].add(local.utcoffset())
    assert all(len(times) == 1 for times in hours.values())
    assert {zone: len(seen) for zone, seen in offsets.items()} == dict.fromkeys(ZONES, 2)


async def feeds_tell_the_story(year: Year) -> None:
    """The feed of every match, mentee and mentor has each move once, in order, and is the same page by page."""
    moves = await year.calendar.moves(year.organisation_row, list(EVENTS))
    lives: dict[tuple[str, UUID], list[tuple[str, str]]] = defaultdict(list)
    for move in moves:
        lives[move.kind, move.id].append((move.before or "", move.after))
    for number, ((kind, id), life) in enumerate(lives.items()):
        told = await _feed(year, kind, id, page=100)
        if number % 5 == 0:
            assert await _feed(year, kind, id, page=3) == told
        events = EVENTS[kind]
        known = set().union(*events.values())
        story = [fact["kind"] for fact in told if fact["kind"] in known]
        expected = [events.get(step) or events["*", step[1]] for step in life]
        assert len(story) == len(expected), (kind, life, story)
        assert all(each in kinds for each, kinds in zip(story, expected, strict=True)), (kind, life, story)
        assert [fact["occurredAt"] for fact in told] == sorted(fact["occurredAt"] for fact in told)


async def nobody_was_in_two_places(year: Year) -> None:
    """No person has two meetings at once, and nobody meets while their match rests."""
    overlapping = await _rows(
        year,
        "SELECT a.id FROM meetings a JOIN meetings b ON b.organisation_id = a.organisation_id AND a.id < b.id"
        " AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
        " AND (a.mentor_person_id IN (b.mentor_person_id, b.mentee_person_id)"
        "   OR a.mentee_person_id IN (b.mentor_person_id, b.mentee_person_id))"
        " WHERE a.organisation_id = $1 AND a.status <> 'CANCELLED' AND b.status <> 'CANCELLED'",
    )
    assert overlapping == []
    resting = await _rows(
        year,
        "SELECT m.id FROM meetings m JOIN clock.moves rest ON rest.id = m.match_id AND rest.after = 'PAUSED'"
        " WHERE m.organisation_id = $1 AND m.status <> 'CANCELLED' AND m.starts_at > rest.at AND m.starts_at <"
        " (SELECT min(back.at) FROM clock.moves back WHERE back.id = m.match_id AND back.before = 'PAUSED'"
        "   AND back.number > rest.number)",
    )
    assert resting == []


async def nobody_was_matched_beyond_what_they_can(year: Year) -> None:
    """No mentor had more people than places, and none had anybody before what they had to learn."""
    matches = await _rows(
        year,
        "SELECT id, mentor_person_id, began_at, closed_at FROM matches WHERE organisation_id = $1 ORDER BY began_at",
    )
    learnt = {
        row["person_id"]: row["at"]
        for row in await _rows(
            year,
            "SELECT e.person_id, min(m.at) AS at FROM training_enrolments e JOIN clock.moves m ON m.id = e.id"
            " AND m.after IN ('PASSED', 'WAIVED') WHERE e.organisation_id = $1 AND e.kind = 'COMMUNICATION' GROUP BY 1",
        )
    }
    people = {someone.id.partition("_")[2]: someone for someone in year.cast}
    for match in matches:
        who, at = people[str(match["mentor_person_id"])], match["began_at"]
        at_once = sum(
            each["mentor_person_id"] == match["mentor_person_id"]
            and each["began_at"] <= at
            and (each["closed_at"] is None or each["closed_at"] > at)
            for each in matches
        )
        places = [places for since, places in who.places if since <= at][-1]
        assert at_once <= places, who.name
        assert learnt[match["mentor_person_id"]] < at, who.name
    untrained = [someone for someone in year.cast if someone.untrained]
    assert untrained
    assert not {each.id.partition("_")[2] for each in untrained} & {str(m["mentor_person_id"]) for m in matches}


async def no_job_failed(year: Year) -> None:
    """Nothing failed, nothing that was due is left, and the administrator sees no dead letter."""
    rows = await year.calendar.superuser.fetch(
        "SELECT * FROM outbox WHERE organisation_id = ANY ($1)", year.calendar.organisations
    )
    assert [row for row in rows if row["error"] or row["failed_at"] or row["attempts"]] == []
    assert [row["operation"] for row in rows if row["due_at"] <= year.now] == []
    assert [job for job in await year.admin.lists("jobs", "operation failedAt") if job["failedAt"]] == []


async def the_neighbour_is_as_before(year: Year) -> None:
    """Another organisation, whose nights go by as well, has what it had, and received no letter."""
    assert await neighbours_rows(year) == year.neighbour_before
    kinds = await year.calendar.superuser.fetch(
        "SELECT DISTINCT kind FROM facts WHERE organisation_id = $1 AND occurred_at > $2",
        year.calendar.organisations[1],
        datetime(YEAR, 1, 7, tzinfo=UTC),
    )
    assert {row["kind"] for row in kinds} <= {"evaluation.computed"}


async def figures_agree(year: Year) -> None:
    """The figures of every month are those that the script counted; the analyst sees those of enough people."""
    for programme in year.programmes:
        await programme.coordinator.does("refreshEvaluation", programmeId=programme.id)
    await year.calendar.work_off()
    shown = "month indicator value people programme { id }"
    told = {
        (row["programme"]["id"], int(row["month"][5:7]), row["indicator"]): Decimal(row["value"])
        for row in await year.admin.lists("evaluationRollups", shown)
    }
    count = year.count
    expected: dict[tuple[str, int, str], Decimal] = {}
    for key, held in count.held.items():
        expected[*key, "MEETINGS_HELD"] = Decimal(held)
    for key in {*count.held, *count.missed}:
        held = count.held.get(key, 0)
        expected[*key, "ATTENDANCE_RATE"] = Decimal(held) / (held + count.missed.get(key, 0))
    for key, matched in count.matched.items():
        expected[*key, "MATCHES_BEGUN"] = Decimal(matched)
    for indicator, values in (("FEEDBACK_MEAN", count.feedback), ("PROGRESS_MEAN", count.progress)):
        for key, given in values.items():
            expected[*key, indicator] = Decimal(sum(given)) / len(given)
    assert {key: round(value, 4) for key, value in expected.items()} == told
    everything = await year.admin.lists("evaluationRollups", "id people")
    enough = {row["id"] for row in everything if row["people"] >= 11}
    assert {row["id"] for row in await year.analyst.lists("evaluationRollups", "id")} == enough


CHECKS = (
    every_state_was_reached,
    every_letter_was_written_once,
    every_task_was_given_once,
    every_meeting_was_reminded_of,
    clocks_changed_everywhere,
    feeds_tell_the_story,
    nobody_was_in_two_places,
    nobody_was_matched_beyond_what_they_can,
    figures_agree,
    no_job_failed,
    the_neighbour_is_as_before,
)


async def neighbours_rows(year: Year) -> dict[str, str | None]:
    """A hash of everything that the other organisation has, but its facts, table by table."""
    found = {}
    for model in owned_models():
        table = model.__tablename__
        if table not in ("facts", "outbox", "tokens"):
            found[table] = await year.calendar.superuser.fetchval(
                f"SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM {table} t WHERE organisation_id = $1",
                year.calendar.organisations[1],
            )
    return found


async def _rows(year: Year, query: str) -> list[Any]:
    return [dict(row) for row in await year.calendar.superuser.fetch(query, year.organisation_row)]


async def _feed(year: Year, kind: str, id: UUID, *, page: int) -> list[Any]:
    found: list[Any] = []
    after: str | None = None
    query = (
        f"query($id: ID!, $first: Int, $after: String) {{ node(id: $id) {{ ... on {kind} {{ activity(first: $first,"
        " after: $after, orderBy: OLDEST) { nodes { kind occurredAt } pageInfo { hasNextPage endCursor } } } } }"
    )
    while True:
        told = await year.admin.asks(query, id=global_id(kind, id), first=page, after=after)
        activity = told["node"]["activity"]
        found += activity["nodes"]
        if not activity["pageInfo"]["hasNextPage"]:
            return found
        after = activity["pageInfo"]["endCursor"]


def _again(letter: Any) -> str:
    """What makes a letter with the same words another one."""
    written: datetime = letter["written_at"]
    if letter["kind"] in AS_WISHED:
        return written.isoformat()
    if letter["kind"] in MONTHLY:
        return f"{written:%Y-%m}"
    return f"{written:%Y-%m-%d}" if letter["kind"] in DAILY else ""


def _reminders(who: Someone, starts_at: datetime, arranged_at: datetime) -> list[datetime]:
    """When somebody is to be reminded of a meeting, worked out anew."""
    due = [_before_quiet(who, starts_at - hours * HOUR) for hours in sorted(who.lead_hours or [24], reverse=True)]
    to_come = [at for at in due if at > arranged_at]
    return ([arranged_at] if len(to_come) < len(due) else []) + sorted(to_come)


def _before_quiet(who: Someone, at: datetime) -> datetime:
    if not _is_quiet(who, at):
        return at
    assert who.quiet is not None
    zone = ZoneInfo(who.zone)
    local = at.astimezone(zone)
    begins = datetime.combine(local.date(), who.quiet[0], zone)
    if local.time() < who.quiet[0]:
        begins = datetime.combine(local.date() - timedelta(days=1), who.quiet[0], zone)
    return begins.astimezone(UTC) - BEFORE_QUIET


def _is_quiet(who: Someone, at: datetime) -> bool:
    """Whether it is between their quiet hours, which all begin in the evening."""
    if who.quiet is None:
        return False
    local = at.astimezone(ZoneInfo(who.zone)).time()
    return local >= who.quiet[0] or local < who.quiet[1]

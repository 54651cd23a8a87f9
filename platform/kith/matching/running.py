"""Running: ask for a matching run, compute it, publish or discard what it proposes."""

import asyncio
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from kith.ground.errors import Conflict, IllegalState
from kith.ground.model import Id
from kith.ground.operation import operation
from kith.ground.permissions import Permission, Role
from kith.ground.work import Work
from kith.matching import engine
from kith.matching.match import Match, MatchStatus
from kith.matching.proposal import LIFE as PROPOSALS
from kith.matching.proposal import OPEN, Proposal, ProposalStatus, Reasons, Waiting, offer
from kith.matching.rematch import RematchRequest
from kith.matching.run import LIFE, MatchRun, RunMode, RunStatus
from kith.people.mentee import Mentee, MenteeStatus, Needs
from kith.people.mentor import Mentor, MentorStatus
from kith.people.person import Person
from kith.people.preferences import NotWith, either_way
from kith.people.profile import Matchable, Weekday
from kith.people.readiness import HindranceCode, hindrances
from kith.programmes import Programme, looked_after

RUN = Permission(
    "match_runs.run",
    "Start a matching run, publish or discard it.",
    granted_to={Role.ADMIN, Role.COORDINATOR},
)
COMPUTE = Permission("match_runs.compute", "Compute a matching run.")
UNTRAINED = frozenset({HindranceCode.IN_TRAINING, HindranceCode.TRAINING_MISSING})
MINUTES_IN_WEEK = 7 * 24 * 60


@operation(needs=RUN)
async def start_match_run(
    work: Work,
    *,
    programme_id: Annotated[Id[Programme], "For which programme."],
    mode: Annotated[RunMode, "As many people matched as can be, or none below a floor."] = RunMode.PARTICIPATION,
) -> MatchRun:
    """Start a matching run; a worker computes it. Nothing is offered until a person publishes it."""
    programme = await work.get(Programme, programme_id, looked_after(work), lock=True)
    unfinished = (
        MatchRun.programme_id == programme.id,
        MatchRun.status.in_((RunStatus.REQUESTED, RunStatus.PROPOSED)),
    )
    if await work.exists(MatchRun, *unfinished):
        raise Conflict("This programme has a run that is neither published nor discarded.", path=("programmeId",))
    run = MatchRun.under(
        programme,
        status=RunStatus.REQUESTED,
        mode=mode,
        requested_at=work.now,
        lottery_seed=secrets.token_hex(16),
        weights=dict(engine.DEFAULT_WEIGHTS),
    )
    work.add(run)
    work.note("match_run.requested", run, mode=mode)
    work.later(compute_match_run, run_id=run.id)
    return run


@operation(needs=COMPUTE)
async def compute_match_run(work: Work, run_id: Id[MatchRun]) -> None:
    """Compute the run: snapshot in, proposals and reasons out. Done once, whoever else tries."""
    run = await work.get(MatchRun, run_id, lock=True)
    if run.status != RunStatus.REQUESTED:
        return
    pool = await _pool(work, run.programme_id)
    snapshot = take_snapshot(run, pool, work.now)
    result = await asyncio.to_thread(engine.solve, snapshot)
    for found in result.proposals:
        _propose(work, run, pool, found)
    for found_waiting in result.waiting:
        _leave_waiting(work, run, pool, found_waiting)
    LIFE.move(run, "matching.running.compute_match_run")
    run.finished_at = work.now
    run.snapshot_sha256 = snapshot.sha256()
    run.engine_version, run.rules_version = result.engine_version, result.rules_version
    run.mentors_considered, run.mentees_considered = len(snapshot.mentors), len(snapshot.mentees)
    run.places_open = sum(m.capacity for m in snapshot.mentors)
    run.proposed, run.left_waiting = len(result.proposals), len(result.waiting)
    run.total_points, run.gap = result.total_points, result.gap
    work.note("match_run.proposed", run, proposed=run.proposed, left_waiting=run.left_waiting)


@operation(needs=RUN)
async def publish_match_run(work: Work, run_id: Annotated[Id[MatchRun], "Which run."]) -> MatchRun:
    """Publish a run: each proposal is offered to whom the programme asks first."""
    run = await work.get(MatchRun, run_id, lock=True)
    if run.status == RunStatus.REQUESTED:
        raise IllegalState("This run is not computed yet.")
    LIFE.move(run, "matching.running.publish_match_run")
    programme = await work.get(Programme, run.programme_id)
    for proposal in await work.all(
        Proposal,
        Proposal.run_id == run.id,
        Proposal.status == ProposalStatus.SUGGESTED,
        order_by=Proposal.rank,
    ):
        offer(work, proposal, programme)
    work.note("match_run.published", run)
    return run


@operation(needs=RUN)
async def discard_match_run(work: Work, run_id: Annotated[Id[MatchRun], "Which run."]) -> MatchRun:
    """Discard a run that is not published: nothing of it is offered."""
    run = await work.get(MatchRun, run_id, lock=True)
    LIFE.move(run, "matching.running.discard_match_run")
    await PROPOSALS.move_all(work, "matching.running.discard_match_run", Proposal.run_id == run.id)
    work.note("match_run.discarded", run)
    return run


@dataclass(frozen=True, slots=True)
class _Pool:
    """The people whom a run considers, by id."""

    mentors: dict[str, Mentor]
    mentees: dict[str, Mentee]
    needs: dict[UUID, Needs]
    zones: dict[UUID, str]
    load: dict[UUID, int]
    hindered: dict[UUID, frozenset[HindranceCode]]
    not_again: frozenset[tuple[str, str]]


async def _pool(work: Work, programme_id: UUID) -> _Pool:
    mentors = await work.all(Mentor, Mentor.programme_id == programme_id, Mentor.status != MentorStatus.RETIRED)
    hindered = await hindrances(work, mentors)
    waiting = (Mentee.programme_id == programme_id, Mentee.status == MenteeStatus.WAITING)
    offered = {
        p.mentee_id for p in await work.all(Proposal, Proposal.programme_id == programme_id, Proposal.status.in_(OPEN))
    }
    mentees = [m for m in await work.all(Mentee, *waiting) if m.id not in offered]
    needs = await work.all(Needs, Needs.current_of.in_([m.id for m in mentees]))
    return _Pool(
        mentors={str(m.id): m for m in mentors},
        mentees={str(m.id): m for m in mentees},
        needs={n.mentee_id: n for n in needs},
        zones=await _zones(work, [*(m.person_id for m in mentors), *(m.person_id for m in mentees)]),
        load=await _load(work, programme_id),
        hindered={mentor_id: frozenset(h.code for h in found) for mentor_id, found in hindered.items()},
        not_again=await _not_again(work, programme_id),
    )


def take_snapshot(run: MatchRun, pool: _Pool, now: datetime) -> engine.Snapshot:
    """Everything the engine may know: codes and numbers, no names."""
    oneself = frozenset(
        (a, b)
        for a, mentor in pool.mentors.items()
        for b, mentee in pool.mentees.items()
        if mentor.person_id == mentee.person_id
    )
    return engine.Snapshot(
        mentors=tuple(_mentor(m, pool, now) for m in pool.mentors.values()),
        mentees=tuple(_mentee(m, pool, now) for m in pool.mentees.values()),
        blocked=oneself | pool.not_again,
        weights=run.weights,
        mode="quality" if run.mode == RunMode.QUALITY else "participation",
        floor=2500,
        lottery_seed=run.lottery_seed,
    )


async def _load(work: Work, programme_id: UUID) -> dict[UUID, int]:
    """Places that are taken, or held by an offer, by mentor."""
    load: dict[UUID, int] = {}
    for model, open_ones in (
        (Match, Match.status != MatchStatus.CLOSED),
        (Proposal, Proposal.status.in_(OPEN)),
    ):
        counted = select(model.mentor_id, func.count()).where(model.programme_id == programme_id, open_ones)
        for mentor_id, count in await work.session.execute(counted.group_by(model.mentor_id)):
            load[mentor_id] = load.get(mentor_id, 0) + count
    return load


async def _zones(work: Work, people: list[UUID]) -> dict[UUID, str]:
    rows = await work.session.execute(select(Person.id, Person.time_zone).where(Person.id.in_(people)))
    return {id: time_zone for id, time_zone in rows}  # noqa: C416 - a row is no tuple to mypy


async def _not_again(work: Work, programme_id: UUID) -> frozenset[tuple[str, str]]:
    """Pairs that were matched once, of which one declined, or which must not be: a run does not propose them.

    It holds between the people, whatever enrolment it was in. A mentee who asked for another match may allow the same
    mentor again.
    """
    allowed = select(RematchRequest.match_id).where(
        RematchRequest.programme_id == programme_id, RematchRequest.same_mentor_allowed
    )
    waiting = (Mentee.programme_id == programme_id, Mentee.status == MenteeStatus.WAITING)
    matched = (
        select(Match.mentor_id, Mentee.id)
        .join(Mentee, Mentee.person_id == Match.mentee_person_id)
        .where(Match.programme_id == programme_id, Match.id.not_in(allowed), *waiting)
    )
    declined = (
        select(Proposal.mentor_id, Mentee.id)
        .join(Mentee, Mentee.person_id == Proposal.mentee_person_id)
        .where(Proposal.programme_id == programme_id, Proposal.status == ProposalStatus.DECLINED, *waiting)
    )
    not_with = (
        select(Mentor.id, Mentee.id)
        .join(Mentee, Mentee.programme_id == Mentor.programme_id)
        .join(NotWith, either_way(Mentor.person_id, Mentee.person_id))
        .where(*waiting, NotWith.lifted_at.is_(None))
    )
    rows = await work.session.execute(matched.union(declined, not_with))
    return frozenset((str(mentor_id), str(mentee_id)) for mentor_id, mentee_id in rows)


def _mentor(mentor: Mentor, pool: _Pool, now: datetime) -> engine.MentorInput:
    load, hindered = pool.load.get(mentor.id, 0), pool.hindered[mentor.id] - {HindranceCode.FULL}
    return engine.MentorInput(
        id=str(mentor.id),
        helps_with=frozenset(mentor.helps_with),
        cannot_help_with=frozenset(mentor.cannot_help_with),
        wants_mentee_gender=mentor.asks_gender,
        capacity=max(0, mentor.capacity - load),
        available=not hindered - UNTRAINED,
        trained=not hindered & UNTRAINED,
        load=load,
        **_common(mentor, pool.zones[mentor.person_id], now),
    )


def _mentee(mentee: Mentee, pool: _Pool, now: datetime) -> engine.MenteeInput:
    needs = pool.needs[mentee.id]
    return engine.MenteeInput(
        id=str(mentee.id),
        needs=tuple(
            (domain, severity, severity > 0 and domain not in needs.unwanted)
            for domain, severity in zip(needs.domains, needs.severities, strict=True)
        ),
        wants_mentor_gender=mentee.asks_gender,
        waiting_days=max(0, (now - mentee.waiting_since).days),
        urgent=mentee.urgent,
        top_criterion=None,
        **_common(mentee, pool.zones[mentee.person_id], now),
    )


def _common(row: Matchable, zone: str, now: datetime) -> dict[str, Any]:
    return {
        "languages": frozenset(row.languages),
        "formats": frozenset(row.formats),
        "availability": week_minutes(row.availability, zone, now),
        "pathway": row.pathway,
        "life_stage": row.life_stage,
        "interests": frozenset(i.casefold() for i in row.interests),
        "gender": row.gender,
    }


def week_minutes(windows: list[dict[str, Any]], zone: str, now: datetime) -> tuple[tuple[int, int], ...]:
    """Weekly windows of a time zone as half-open minutes of the UTC week, at the offset in force now.

    A window that crosses the week's end becomes two.
    """
    offset = now.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    shift = int(offset.total_seconds() // 60)
    spans: list[tuple[int, int]] = []
    for window in windows:
        day = list(Weekday).index(Weekday(window["weekday"])) * 24 * 60
        starts, ends = (_minutes(window[side]) for side in ("starts", "ends"))
        ends += 24 * 60 if ends <= starts else 0
        begin = (day + starts - shift) % MINUTES_IN_WEEK
        finish = begin + ends - starts
        spans.append((begin, min(finish, MINUTES_IN_WEEK)))
        if finish > MINUTES_IN_WEEK:
            spans.append((0, finish - MINUTES_IN_WEEK))
    return tuple(sorted(spans))


def _minutes(text: str) -> int:
    at = time.fromisoformat(text)
    return at.hour * 60 + at.minute


def _propose(work: Work, run: MatchRun, pool: _Pool, found: engine.Proposal) -> None:
    proposal = Proposal.under(
        run,
        pool.mentors[found.mentor_id],
        pool.mentees[found.mentee_id],
        rank=found.rank,
        status=ProposalStatus.SUGGESTED,
        proposed_at=work.now,
        friendly_reasons=[s for c in found.reasons for s in engine.sentences(c, "mentee")],
    )
    work.add(proposal)
    reasons = Reasons.under(
        proposal,
        points=found.points,
        contributions=[
            asdict(c) | {"sentence": " ".join(engine.sentences(c, "coordinator"))} for c in found.contributions
        ],
        cautions=[s for c in found.cautions for s in engine.sentences(c, "coordinator")],
        unknown=list(found.unknown),
    )
    work.add(reasons)


def _leave_waiting(work: Work, run: MatchRun, pool: _Pool, found: engine.Waiting) -> None:
    waiting = Waiting.under(
        run,
        pool.mentees[found.mentee_id],
        code=found.reason,
        sentence=found.sentence,
        eligible_mentors=found.eligible,
        opens=dict(found.opens),
    )
    work.add(waiting)

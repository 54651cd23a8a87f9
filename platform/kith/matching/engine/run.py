"""One matching run: a snapshot in; proposals with reasons and an explanation for everyone waiting out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from kith.matching.engine.assignment import NOISE_BITS, Arcs, Assignment, assign, ticket
from kith.matching.engine.points import (
    FULL_POINTS,
    Contribution,
    Scale,
    contributions,
    scale_of,
    workload_points,
)
from kith.matching.engine.rules import RELAXABLE, RULES_VERSION, Rule, vetoes
from kith.matching.engine.snapshot import MenteeInput, MentorInput, Snapshot
from kith.matching.engine.week import minutes
from kith.matching.engine.weights import weights_version
from kith.matching.engine.words import why_waiting

ENGINE_VERSION = "1"
LONG_WAIT, VERY_LONG_WAIT = 45, 90
"""Days of waiting after which a person comes before others."""
WAITED_DAY, DAYS_COUNTED = 10, 180
"""Points for a day waited, and how many days count."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two people the engine suggests to each other. The contributions add up to the points exactly."""

    mentor_id: str
    mentee_id: str
    rank: int
    """1: no mentor with an open place scores higher for this mentee; 2: one does; and so on."""
    points: int
    contributions: tuple[Contribution, ...]
    reasons: tuple[Contribution, ...]
    cautions: tuple[Contribution, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why a mentee has no proposal, and what would open one."""

    mentee_id: str
    reason: str
    """no_eligible_mentor, below_floor or eligible_all_full."""
    eligible: int
    """Mentors whom no rule but capacity forbids."""
    opens: Mapping[str, int]
    """By relaxable rule: the mentors who fail that rule and no other."""
    sentence: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of people, places and allowed pairs in a run."""

    mentors: int
    mentees: int
    places: int
    eligible_pairs: int
    matched: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Result:
    """What a run stores. The objective is proven the greatest possible when the gap is 0."""

    proposals: tuple[Proposal, ...]
    waiting: tuple[Waiting, ...]
    total_points: int
    objective: int
    dual_bound: int
    gap: int
    prices: Mapping[str, int]
    """By mentor: what their cheapest place is worth to the run, in objective units; dear means scarce."""
    coverage: Coverage
    engine_version: str
    rules_version: str
    weights_version: str
    snapshot_sha256: str


@dataclass(frozen=True, slots=True)
class _Pair:
    vetoes: int
    shared: int
    points: int
    """Points of the mentor's next place; 0 where a rule other than capacity forbids the pair."""

    @property
    def eligible(self) -> bool:
        return not self.vetoes & ~Rule.CAPACITY


@dataclass(frozen=True, slots=True)
class _Table:
    """Everyone in lottery order, every pair judged, and the places mentors have open."""

    snapshot: Snapshot
    mentors: list[MentorInput]
    mentees: list[MenteeInput]
    scales: list[Scale]
    pairs: list[list[_Pair]]
    places: list[tuple[int, int]]
    """(mentor, how many of their open places come before this one)."""

    @property
    def floor(self) -> int:
        return self.snapshot.floor if self.snapshot.mode == "quality" else 0


def solve(snapshot: Snapshot) -> Result:
    """Match as many people as can be, longest waits first, then for the most points.

    The objective is lexicographic: people who are urgent or have waited 90 days; 45 days; the number
    matched; points + 10 for each day waited, 180 at most. Equal snapshots give equal results.
    """
    table = _judged(snapshot)
    assignment = assign(_arcs(table), lambda mentee, place: _noise(table, mentee, place))
    proposals: list[Proposal] = []
    waiting: list[Waiting] = []
    for mentee, place in enumerate(assignment.place_of.tolist()):
        if place >= 0:
            proposals.append(_proposal(table, mentee, *table.places[place]))
        else:
            waiting.append(_waiting(table, mentee))
    return Result(
        proposals=tuple(sorted(proposals, key=lambda proposal: proposal.mentee_id)),
        waiting=tuple(sorted(waiting, key=lambda person: person.mentee_id)),
        total_points=sum(proposal.points for proposal in proposals),
        objective=assignment.objective,
        dual_bound=assignment.dual_bound,
        gap=assignment.dual_bound - assignment.objective,
        prices=_prices(table, assignment),
        coverage=_coverage(table, len(proposals)),
        engine_version=ENGINE_VERSION,
        rules_version=RULES_VERSION,
        weights_version=weights_version(snapshot.weights),
        snapshot_sha256=snapshot.sha256(),
    )


def _judged(snapshot: Snapshot) -> _Table:
    seed = snapshot.lottery_seed
    mentors = sorted(snapshot.mentors, key=lambda mentor: ticket(seed, "mentor", mentor.id))
    mentees = sorted(snapshot.mentees, key=lambda mentee: ticket(seed, "mentee", mentee.id))
    scales = [scale_of(mentee, snapshot.weights) for mentee in mentees]
    free = [minutes(mentor.availability) for mentor in mentors]
    pairs = []
    for mentee, scale in zip(mentees, scales, strict=True):
        mentee_free = minutes(mentee.availability)
        pairs.append(
            [
                _judge(snapshot, mentor, mentee, scale, mentor_free & mentee_free)
                for mentor, mentor_free in zip(mentors, free, strict=True)
            ]
        )
    places = [
        (place, taken) for place, mentor in enumerate(mentors) for taken in range(min(mentor.capacity, len(mentees)))
    ]
    return _Table(snapshot, mentors, mentees, scales, pairs, places)


def _judge(snapshot: Snapshot, mentor: MentorInput, mentee: MenteeInput, scale: Scale, shared: int) -> _Pair:
    bits = vetoes(mentor, mentee, shared=shared, blocked=(mentor.id, mentee.id) in snapshot.blocked)
    if bits & ~Rule.CAPACITY:
        return _Pair(bits, shared, 0)
    scored = contributions(scale, mentor, shared=shared, load=mentor.load)
    return _Pair(bits, shared, sum(contribution.points for contribution in scored))


def _arcs(table: _Table) -> Arcs:
    arcs = np.array(list(_allowed(table)), dtype=np.int64).reshape(-1, 3)
    return Arcs(arcs[:, 0], arcs[:, 1], arcs[:, 2], len(table.mentees), len(table.places))


def _allowed(table: _Table) -> Iterator[tuple[int, int, int]]:
    """Yield (mentee, place, value) for each pair no rule forbids.

    Matched sets of mentees form a matroid, so any three rising tiers give the lexicographic optimum, and
    a tier larger than all points together keeps points from ever buying a match away.
    """
    tier = len(table.mentees) * (FULL_POINTS + WAITED_DAY * DAYS_COUNTED) + 1
    for mentee, person in enumerate(table.mentees):
        standing = tier * _tiers(person) + WAITED_DAY * min(max(person.waiting_days, 0), DAYS_COUNTED)
        for place, (mentor, taken) in enumerate(table.places):
            if not table.pairs[mentee][mentor].vetoes:
                points = _points_at(table, mentee, mentor, taken)
                if points >= table.floor:
                    yield mentee, place, standing + points


def _tiers(mentee: MenteeInput) -> int:
    if mentee.urgent or mentee.waiting_days >= VERY_LONG_WAIT:
        return 4
    return 2 if mentee.waiting_days >= LONG_WAIT else 1


def _points_at(table: _Table, mentee: int, mentor: int, taken: int) -> int:
    scale, load = table.scales[mentee], table.mentors[mentor].load
    next_place = table.pairs[mentee][mentor].points
    return next_place - workload_points(scale, load) + workload_points(scale, load + taken)


def _noise(table: _Table, mentee: int, place: int) -> int:
    mentor, taken = table.places[place]
    codes = ("tie", table.mentees[mentee].id, table.mentors[mentor].id, str(taken))
    return int.from_bytes(ticket(table.snapshot.lottery_seed, *codes)[: NOISE_BITS // 8])


def _proposal(table: _Table, mentee: int, mentor: int, taken: int) -> Proposal:
    pair, person = table.pairs[mentee][mentor], table.mentors[mentor]
    scored = contributions(table.scales[mentee], person, shared=pair.shared, load=person.load + taken)
    earned = sorted((each for each in scored if each.points), key=lambda each: -each.points)
    missed = [each for each in scored if each.known and 2 * each.points < each.maximum]
    unknown = [each.criterion for each in scored if not each.known]
    if not (person.languages and table.mentees[mentee].languages):
        unknown.append("language")
    return Proposal(
        mentor_id=person.id,
        mentee_id=table.mentees[mentee].id,
        rank=1 + sum(not other.vetoes and other.points > pair.points for other in table.pairs[mentee]),
        points=sum(each.points for each in scored),
        contributions=scored,
        reasons=tuple(earned[:3]),
        cautions=tuple(sorted(missed, key=lambda each: each.points - each.maximum)[:2]),
        unknown=tuple(unknown),
    )


def _waiting(table: _Table, mentee: int) -> Waiting:
    pairs = table.pairs[mentee]
    eligible = [pair for pair in pairs if pair.eligible]
    if not eligible:
        reason = "no_eligible_mentor"
    elif all(pair.points < table.floor for pair in eligible):
        reason = "below_floor"
    else:
        reason = "eligible_all_full"
    counts = {rule.code: sum(pair.vetoes == rule for pair in pairs) for rule in RELAXABLE}
    opens = {code: count for code, count in counts.items() if count}
    return Waiting(table.mentees[mentee].id, reason, len(eligible), opens, why_waiting(reason, len(eligible), opens))


def _prices(table: _Table, assignment: Assignment) -> dict[str, int]:
    prices: dict[str, int] = {}
    for (mentor, _), price in zip(table.places, assignment.prices.tolist(), strict=True):
        person = table.mentors[mentor].id
        prices[person] = min(price, prices.get(person, price))
    return dict(sorted(prices.items()))


def _coverage(table: _Table, matched: int) -> Coverage:
    return Coverage(
        mentors=len(table.mentors),
        mentees=len(table.mentees),
        places=sum(mentor.capacity for mentor in table.mentors),
        eligible_pairs=sum(not pair.vetoes for row in table.pairs for pair in row),
        matched=matched,
        waiting=len(table.mentees) - matched,
    )

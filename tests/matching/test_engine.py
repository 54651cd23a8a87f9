"""The matching engine: exact, fair, explainable, and the same for a replay."""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from kith.matching.engine import (
    DEFAULT_WEIGHTS,
    WEEK,
    MenteeInput,
    MentorInput,
    Result,
    Snapshot,
    assignment,
    sentences,
    solve,
)
from kith.matching.engine.assignment import Arcs, Integers
from kith.matching.engine.points import CRITERIA, contributions, scale_of
from kith.matching.engine.week import minutes, week_intervals
from kith.matching.engine.weights import shared_out

LANGUAGES, FORMATS = ("cy", "en"), ("phone", "video")
DOMAINS, PATHWAYS, GENDERS = (
    ("family", "housing", "work"),
    (None, "mutual_aid", "smart"),
    (None, "man", "woman"),
)
INTERESTS = ("angling", "choir", "football")
WINDOWS = ((0, 60), (600, 700), (660, 900), (WEEK - 20, 20), (WEEK - 60, WEEK), (20, 45))


def some(rng: random.Random, codes: Sequence[str]) -> frozenset[str]:
    return frozenset(code for code in codes if rng.random() < 0.5)


def some_windows(rng: random.Random) -> tuple[tuple[int, int], ...]:
    return tuple(rng.choice(WINDOWS) for _ in range(rng.randint(0, 2)))


def a_mentor(name: str, seed: int) -> MentorInput:
    """A mentor drawn from a seed: hypothesis draws people, one number draws their many small facts."""
    rng = random.Random(seed)
    return MentorInput(
        name,
        languages=some(rng, LANGUAGES),
        formats=some(rng, FORMATS),
        availability=some_windows(rng),
        helps_with=some(rng, DOMAINS),
        cannot_help_with=rng.choice((frozenset(), frozenset(), frozenset({"work"}))),
        pathway=rng.choice(PATHWAYS),
        life_stage=rng.choice((None, "parent", "student")),
        interests=some(rng, INTERESTS),
        gender=rng.choice(GENDERS),
        wants_mentee_gender=rng.choice((None, None, None, "woman")),
        capacity=rng.randint(0, 2),
        available=rng.random() < 0.85,
        trained=rng.random() < 0.85,
        load=rng.randint(0, 3),
    )


def a_mentee(name: str, seed: int) -> MenteeInput:
    rng = random.Random(seed)
    return MenteeInput(
        name,
        languages=some(rng, LANGUAGES),
        formats=some(rng, FORMATS),
        availability=some_windows(rng),
        needs=tuple((domain, rng.randint(0, 3), rng.random() < 0.7) for domain in sorted(some(rng, DOMAINS))),
        pathway=rng.choice(PATHWAYS),
        life_stage=rng.choice((None, "parent", "student")),
        interests=some(rng, INTERESTS),
        gender=rng.choice(GENDERS),
        wants_mentor_gender=rng.choice((None, None, None, "woman")),
        waiting_days=rng.choice((0, 10, 44, 45, 89, 90, 400)),
        urgent=rng.random() < 0.2,
        top_criterion=rng.choice((None, *CRITERIA)),
    )


seeds = st.integers(0, 2**32)


@st.composite
def a_snapshot(draw: st.DrawFn, most_mentors: int = 3, most_mentees: int = 4) -> Snapshot:
    mentors = [a_mentor(f"mentor-{i}", s) for i, s in enumerate(draw(st.lists(seeds, max_size=most_mentors)))]
    mentees = [a_mentee(f"mentee-{i}", s) for i, s in enumerate(draw(st.lists(seeds, max_size=most_mentees)))]
    rng = random.Random(draw(seeds))
    return Snapshot(
        tuple(mentors),
        tuple(mentees),
        blocked=frozenset((m.id, e.id) for m in mentors for e in mentees if rng.random() < 0.1),
        mode=draw(st.sampled_from(("participation", "quality"))),
        floor=rng.choice((0, 2500, 6000)),
        lottery_seed=rng.choice(("a", "b")),
    )


def minutes_of(person: MentorInput | MenteeInput) -> set[int]:
    return {minute for starts, ends in person.availability for minute in range(starts, ends)}


def may_be_proposed(snapshot: Snapshot, mentor: MentorInput, mentee: MenteeInput) -> bool:
    """The hard rules once more, in the plainest words, as a check on the engine's bits."""
    wanted = {domain for domain, _, wants_help in mentee.needs if wants_help}
    both_free = minutes_of(mentor) & minutes_of(mentee)
    can_meet = any(all((start + k) % WEEK in both_free for k in range(30)) for start in both_free)
    return (
        mentor.available
        and mentor.trained
        and mentor.capacity > 0
        and (mentor.id, mentee.id) not in snapshot.blocked
        and (mentee.wants_mentor_gender is None or mentee.wants_mentor_gender == mentor.gender)
        and (mentor.wants_mentee_gender is None or mentor.wants_mentee_gender == mentee.gender)
        and bool(not mentor.languages or not mentee.languages or mentor.languages & mentee.languages)
        and bool(not mentor.formats or not mentee.formats or mentor.formats & mentee.formats)
        and (not mentor.availability or not mentee.availability or can_meet)
        and not wanted & mentor.cannot_help_with
    )


def points_of(snapshot: Snapshot, mentor: MentorInput, mentee: MenteeInput, taken: int) -> int:
    shared = minutes(mentor.availability) & minutes(mentee.availability)
    scale = scale_of(mentee, snapshot.weights)
    return sum(c.points for c in contributions(scale, mentor, shared=shared, load=mentor.load + taken))


Standing = tuple[int, int, int, int]


def standing(chosen: Sequence[tuple[MenteeInput, int]]) -> Standing:
    """The lexicographic objective of matching.md, as a tuple rather than as tiers."""
    first = sum(m.urgent or m.waiting_days >= 90 for m, _ in chosen)
    second = sum(not m.urgent and 45 <= m.waiting_days < 90 for m, _ in chosen)
    return first, second, len(chosen), sum(points + 10 * min(m.waiting_days, 180) for m, points in chosen)


def every_standing(snapshot: Snapshot) -> Iterator[Standing]:
    """Enumerate every legal assignment of mentees to places."""
    places = [(mentor, taken) for mentor in snapshot.mentors for taken in range(mentor.capacity)]
    floor = snapshot.floor if snapshot.mode == "quality" else 0
    options: list[list[tuple[int, int] | None]] = []
    for mentee in snapshot.mentees:
        allowed = [
            (place, points_of(snapshot, mentor, mentee, taken))
            for place, (mentor, taken) in enumerate(places)
            if may_be_proposed(snapshot, mentor, mentee)
        ]
        options.append([None, *((place, points) for place, points in allowed if points >= floor)])
    for choice in product(*options):
        taken_places = [option[0] for option in choice if option]
        if len(set(taken_places)) == len(taken_places):
            yield standing([(m, option[1]) for m, option in zip(snapshot.mentees, choice, strict=True) if option])


def standing_of(snapshot: Snapshot, result: Result) -> Standing:
    mentees = {mentee.id: mentee for mentee in snapshot.mentees}
    return standing([(mentees[p.mentee_id], p.points) for p in result.proposals])


@given(a_snapshot())
@settings(max_examples=100, deadline=None)
def test_no_enumerated_assignment_is_better_and_the_prices_prove_it(snapshot: Snapshot) -> None:
    result = solve(snapshot)
    assert standing_of(snapshot, result) == max(every_standing(snapshot))
    assert result.gap == 0


@given(a_snapshot(5, 6))
@settings(max_examples=100, deadline=None)
def test_only_allowed_pairs_are_proposed_within_capacity_and_everyone_is_accounted_for(
    snapshot: Snapshot,
) -> None:
    result = solve(snapshot)
    mentors = {mentor.id: mentor for mentor in snapshot.mentors}
    mentees = {mentee.id: mentee for mentee in snapshot.mentees}
    for proposal in result.proposals:
        assert may_be_proposed(snapshot, mentors[proposal.mentor_id], mentees[proposal.mentee_id])
        assert snapshot.mode == "participation" or proposal.points >= snapshot.floor
    for mentor in snapshot.mentors:
        assert sum(p.mentor_id == mentor.id for p in result.proposals) <= mentor.capacity
    accounted = [p.mentee_id for p in result.proposals] + [w.mentee_id for w in result.waiting]
    assert sorted(accounted) == sorted(mentees)
    assert (result.coverage.matched, result.coverage.waiting) == (len(result.proposals), len(result.waiting))


@given(a_snapshot(5, 6))
@settings(max_examples=100, deadline=None)
def test_contributions_add_up_to_the_points_exactly(snapshot: Snapshot) -> None:
    result = solve(snapshot)
    for proposal in result.proposals:
        assert sum(c.points for c in proposal.contributions) == proposal.points <= 10_000
        assert sum(c.maximum for c in proposal.contributions) == 10_000
        assert all(0 <= c.points <= c.maximum for c in proposal.contributions)
        assert all(not c.points for c in proposal.contributions if not c.known)
        assert {c.criterion for c in proposal.contributions if not c.known} == set(proposal.unknown) - {"language"}
        assert len(proposal.reasons) <= 3
        assert len(proposal.cautions) <= 2
    assert sum(proposal.points for proposal in result.proposals) == result.total_points


@given(a_snapshot(5, 6), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_input_never_matters(snapshot: Snapshot, shuffle: random.Random) -> None:
    mentors, mentees = list(snapshot.mentors), list(snapshot.mentees)
    shuffle.shuffle(mentors)
    shuffle.shuffle(mentees)
    permuted = replace(snapshot, mentors=tuple(mentors), mentees=tuple(mentees))
    assert permuted.canonical() == snapshot.canonical()
    assert repr(solve(permuted)) == repr(solve(snapshot))


@given(a_snapshot())
@settings(max_examples=60, deadline=None)
def test_a_replay_from_the_stored_bytes_is_identical(snapshot: Snapshot) -> None:
    replayed = Snapshot.from_canonical(snapshot.canonical())
    assert replayed == snapshot
    assert replayed.sha256() == snapshot.sha256()
    assert repr(solve(replayed)) == repr(solve(snapshot))


HIDDEN = {
    "availability": (),
    "helps_with": frozenset(),
    "pathway": None,
    "life_stage": None,
    "formats": frozenset(),
    "interests": frozenset(),
}


@given(seeds, seeds, st.sampled_from(sorted(HIDDEN)))
@settings(max_examples=200, deadline=None)
def test_a_value_a_mentor_leaves_unknown_never_raises_the_score(one: int, other: int, name: str) -> None:
    mentor, mentee = a_mentor("mentor", one), a_mentee("mentee", other)
    snapshot = Snapshot((mentor,), (mentee,))
    hidden = replace(mentor, **{name: HIDDEN[name]})
    assert points_of(snapshot, hidden, mentee, 0) <= points_of(snapshot, mentor, mentee, 0)


@given(seeds, seeds)
@settings(max_examples=100, deadline=None)
def test_what_a_mentee_leaves_unknown_leaves_the_denominator(one: int, other: int) -> None:
    mentor, mentee = a_mentor("mentor", one), a_mentee("mentee", other)
    scale = scale_of(replace(mentee, pathway=None), DEFAULT_WEIGHTS)
    scored = contributions(scale, mentor, shared=0, load=0)
    pathway = next(c for c in scored if c.criterion == "pathway")
    assert (pathway.points, pathway.maximum, pathway.known) == (0, 0, False)
    assert sum(c.maximum for c in scored) == 10_000


@given(a_snapshot(3, 5), seeds)
@settings(max_examples=100, deadline=None)
def test_one_more_mentor_never_lowers_the_number_matched(snapshot: Snapshot, seed: int) -> None:
    more = replace(snapshot, mentors=(*snapshot.mentors, a_mentor("one-more", seed)))
    assert solve(more).coverage.matched >= solve(snapshot).coverage.matched


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12), st.integers(0, 10_000))
def test_largest_remainder_loses_no_point_and_strays_by_less_than_one(shares: list[int], total: int) -> None:
    parts = shared_out(total, shares)
    assert sum(parts) == (total if any(shares) else 0)
    assert all(abs(p * sum(shares) - total * s) < max(sum(shares), 1) for p, s in zip(parts, shares, strict=True))


def a_ready_mentor(name: str, capacity: int = 1, **facts: object) -> MentorInput:
    return replace(MentorInput(name, capacity=capacity, available=True, trained=True), **facts)


def test_empty_pools_and_no_open_places_leave_everyone_waiting_with_a_reason() -> None:
    nobody = solve(Snapshot((), ()))
    assert (nobody.proposals, nobody.waiting, nobody.gap) == ((), (), 0)
    assert solve(Snapshot((a_ready_mentor("Morgan"),), ())).proposals == ()

    alone = solve(Snapshot((), (MenteeInput("Ines"),)))
    assert [(w.reason, w.eligible, w.opens) for w in alone.waiting] == [("no_eligible_mentor", 0, {})]

    full = solve(Snapshot((a_ready_mentor("Morgan", capacity=0),), (MenteeInput("Ines"),)))
    assert [(w.reason, w.eligible, w.opens) for w in full.waiting] == [("eligible_all_full", 1, {"capacity": 1})]


def test_waiting_counts_the_mentors_who_fail_one_relaxable_rule_and_no_other() -> None:
    ines = MenteeInput("Ines", languages=frozenset({"pt"}), formats=frozenset({"video"}), wants_mentor_gender="woman")
    woman = a_ready_mentor("any", gender="woman")
    mentors = (
        replace(woman, id="language only", languages=frozenset({"en"})),
        replace(woman, id="format only", formats=frozenset({"phone"})),
        replace(woman, id="both", languages=frozenset({"en"}), formats=frozenset({"phone"})),
        replace(woman, id="untrained", trained=False),
        replace(woman, id="not a woman", gender="man"),
        replace(woman, id="gender not known", gender=None),
    )
    (waiting,) = solve(Snapshot(mentors, (ines,))).waiting
    assert (waiting.reason, waiting.eligible) == ("no_eligible_mentor", 0)
    assert waiting.opens == {"language": 1, "format": 1}
    assert "another language 1" in waiting.sentence


def test_quality_mode_would_rather_wait_than_go_below_the_floor() -> None:
    mentor = a_ready_mentor("Morgan", pathway="smart", load=9)
    mentee = MenteeInput("Ines", pathway="mutual_aid")
    snapshot = Snapshot((mentor,), (mentee,))
    assert solve(snapshot).coverage.matched == 1
    (waiting,) = solve(replace(snapshot, mode="quality")).waiting
    assert (waiting.reason, waiting.eligible) == ("below_floor", 1)


def test_a_window_that_crosses_sunday_midnight_is_one_window() -> None:
    assert week_intervals([(WEEK - 15, 15)]) == ((0, 15), (WEEK - 15, WEEK))
    assert week_intervals([(-15, 15)]) == week_intervals([(WEEK - 15, WEEK + 15)]) == ((0, 15), (WEEK - 15, WEEK))
    assert week_intervals([(0, WEEK), (30, 40)]) == ((0, WEEK),)
    assert week_intervals([(60, 60)]) == ()

    night = a_ready_mentor("Morgan", availability=((WEEK - 15, 15),))
    both_sides = MenteeInput("Ines", availability=((WEEK - 60, 60),))
    sunday_only = MenteeInput("Rafael", availability=((WEEK - 60, WEEK),))
    assert solve(Snapshot((night,), (both_sides,))).coverage.matched == 1
    (waiting,) = solve(Snapshot((night,), (sunday_only,))).waiting
    assert waiting.opens == {"availability": 1}


def test_two_short_windows_are_not_one_meeting_and_midnight_between_days_is_no_gap() -> None:
    pieces = a_ready_mentor("Morgan", availability=((600, 620), (630, 650)))
    tuesday = MenteeInput("Ines", availability=((500, 700),))
    assert solve(Snapshot((pieces,), (tuesday,))).coverage.matched == 0
    midnight = a_ready_mentor("Morgan", availability=((1425, 1440), (1440, 1455)))
    assert solve(Snapshot((midnight,), (replace(tuesday, availability=((1400, 1500),)),))).coverage.matched == 1


def test_someone_urgent_comes_first_without_costing_anyone_else_a_place() -> None:
    one, two = (
        a_ready_mentor("one", languages=frozenset({"en"})),
        a_ready_mentor("two", languages=frozenset({"cy"})),
    )
    urgent = MenteeInput("urgent", languages=frozenset({"en", "cy"}), urgent=True)
    english = MenteeInput("english", languages=frozenset({"en"}))
    english_too = MenteeInput("english too", languages=frozenset({"en"}), waiting_days=44)
    result = solve(Snapshot((one, two), (urgent, english, english_too)))
    assert {(p.mentor_id, p.mentee_id) for p in result.proposals} == {
        ("two", "urgent"),
        ("one", "english too"),
    }
    assert result.prices["one"] > 0


def test_after_half_a_year_more_days_waited_weigh_no_more() -> None:
    mentor = a_ready_mentor("Morgan", pathway="smart")
    suits = MenteeInput("suits", pathway="smart", waiting_days=180)
    waited = MenteeInput("waited", pathway="mutual_aid", waiting_days=2000)
    (proposal,) = solve(Snapshot((mentor,), (suits, waited))).proposals
    assert proposal.mentee_id == "suits"


def test_places_fill_evenly_when_nothing_else_decides() -> None:
    mentors = (a_ready_mentor("Morgan", 3), a_ready_mentor("Sefa", 3))
    result = solve(Snapshot(mentors, (MenteeInput("Ines"), MenteeInput("Rafael"))))
    assert {p.mentor_id for p in result.proposals} == {"Morgan", "Sefa"}


def test_equals_draw_lots_and_each_seed_draws_again() -> None:
    mentees = (MenteeInput("Ines"), MenteeInput("Rafael"))
    snapshot = Snapshot((a_ready_mentor("Morgan"),), mentees)
    winners = [solve(replace(snapshot, lottery_seed=str(n))).proposals[0].mentee_id for n in range(60)]
    assert 15 <= winners.count("Ines") <= 45


def a_crowd(mentors: int, mentees: int, seed: int) -> Snapshot:
    """People with few distinct facts, so that ties are everywhere."""
    rng = random.Random(seed)

    def codes(of: Sequence[str]) -> frozenset[str]:
        return frozenset(rng.sample(of, rng.randint(1, len(of))))

    def windows() -> tuple[tuple[int, int], ...]:
        return tuple(
            (day * 1440 + hour * 60, day * 1440 + hour * 60 + 120)
            for day in range(7)
            for hour in (9, 18)
            if rng.random() < 0.3
        )

    return Snapshot(
        tuple(
            a_ready_mentor(
                f"mentor-{i}",
                rng.randint(1, 2),
                languages=codes(LANGUAGES),
                formats=codes(FORMATS),
                availability=windows(),
                helps_with=codes(DOMAINS),
                pathway=rng.choice(PATHWAYS),
                interests=codes(INTERESTS),
            )
            for i in range(mentors)
        ),
        tuple(
            MenteeInput(
                f"mentee-{i}",
                languages=codes(LANGUAGES),
                formats=codes(FORMATS),
                availability=windows(),
                needs=tuple((d, rng.randint(0, 3), True) for d in sorted(codes(DOMAINS))),
                pathway=rng.choice(PATHWAYS),
                interests=codes(INTERESTS),
                waiting_days=rng.randint(0, 120),
            )
            for i in range(mentees)
        ),
        lottery_seed=str(seed),
    )


def dense_best_places(arcs: Arcs, may_wait: np.ndarray) -> Integers:
    """Another exact solver: the dense Hungarian method of scipy.optimize."""
    never = -float(2**50)
    gains = np.full((arcs.mentee_count, arcs.place_count + arcs.mentee_count), never)
    gains[arcs.mentees, arcs.places] = arcs.values
    waiting = np.flatnonzero(may_wait)
    gains[waiting, arcs.place_count + waiting] = 0
    _, found = linear_sum_assignment(gains, maximize=True)
    return np.where(found < arcs.place_count, found, -1)


@pytest.mark.parametrize("seed", range(8))
def test_another_exact_solver_proposes_the_same_pairs(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(seed)
    mentors = tuple(a_ready_mentor(f"mentor-{i}", rng.randint(1, 2)) for i in range(8))
    mentees = tuple(MenteeInput(f"mentee-{i}") for i in range(rng.randint(6, 16)))
    snapshots = [Snapshot(mentors, mentees, lottery_seed=str(seed)), a_crowd(20, 30, seed), a_crowd(20, 14, seed)]
    assert [solve(snapshot).gap for snapshot in snapshots] == [0, 0, 0]
    sparse = [repr(solve(snapshot)) for snapshot in snapshots]
    monkeypatch.setattr(assignment, "_best_places", dense_best_places)
    assert [repr(solve(snapshot)) for snapshot in snapshots] == sparse


def test_a_hundred_by_a_hundred_is_solved_quickly_and_proven() -> None:
    snapshot = a_crowd(100, 100, seed=7)
    began = time.process_time()
    result = solve(snapshot)
    assert time.process_time() - began < 2
    assert result.coverage.matched == 100
    assert result.gap == 0


def test_a_mentee_reads_friendly_reasons_and_never_what_is_the_mentors_to_tell() -> None:
    mentor = a_ready_mentor(
        "Morgan",
        load=4,
        pathway="smart",
        life_stage="parent",
        interests=frozenset({"choir"}),
        helps_with=frozenset({"housing"}),
        availability=((600, 720),),
    )
    mentee = MenteeInput(
        "Ines",
        pathway="smart",
        life_stage="parent",
        interests=frozenset({"choir"}),
        needs=(("housing", 3, True), ("work", 1, True)),
        availability=((600, 720),),
        formats=frozenset({"phone"}),
    )
    (proposal,) = solve(Snapshot((mentor,), (mentee,))).proposals
    friendly = [said for c in proposal.contributions for said in sentences(c, "mentee")]
    assert friendly == [
        "They offer support with what you asked for: housing.",
        "There are times in the week that suit you both.",
        "You have interests in common.",
    ]
    told = " ".join(said for c in proposal.contributions for said in sentences(c, "coordinator"))
    assert "Recovery pathway: smart" in told
    assert "More time in common would add up to" in told
    assert "Ways to meet: not known, the mentor has not told us." in told
    assert proposal.unknown == ("format", "language")
    assert [c.criterion for c in proposal.reasons] == ["needs", "pathway", "life_stage"]
    assert [c.criterion for c in proposal.cautions] == ["workload"]


def test_a_top_criterion_weighs_more_and_the_rank_tells_a_second_choice() -> None:
    one = a_ready_mentor("one", pathway="smart", life_stage="student")
    two = a_ready_mentor("two", pathway="mutual_aid", life_stage="parent")
    ines = MenteeInput("Ines", pathway="smart", life_stage="parent")
    (by_default,) = solve(Snapshot((one, two), (ines,))).proposals
    (by_her_word,) = solve(Snapshot((one, two), (replace(ines, top_criterion="life_stage"),))).proposals
    assert (by_default.mentor_id, by_her_word.mentor_id) == ("one", "two")

    both = solve(Snapshot((one, two), (ines, replace(ines, id="Rafael", waiting_days=5))))
    assert sorted(p.rank for p in both.proposals) == [1, 2]


def test_a_snapshot_refuses_what_it_cannot_mean() -> None:
    with pytest.raises(ValueError, match="twice"):
        Snapshot((a_ready_mentor("Morgan"), a_ready_mentor("Morgan")), ())
    with pytest.raises(ValueError, match="no criterion"):
        Snapshot((), (), weights={"star_sign": 5})
    with pytest.raises(ValueError, match="severity"):
        MenteeInput("Ines", needs=(("housing", 4, True),))
    with pytest.raises(ValueError, match="format"):
        Snapshot.from_canonical(b'{"format": 0}')

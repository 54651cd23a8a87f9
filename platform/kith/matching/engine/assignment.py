"""Who takes which place: an exact assignment, the prices that prove it, and a lottery among equals."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

Integers = NDArray[np.int64]

NOISE_BITS = 24


@dataclass(frozen=True, slots=True)
class Arcs:
    """The allowed (mentee, place) pairs, one row each in three columns; every value is above 0."""

    mentees: Integers
    places: Integers
    values: Integers
    mentee_count: int
    place_count: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """The place of each mentee (-1: none), the price of each place, and the bound those prices prove."""

    place_of: Integers
    prices: Integers
    objective: int
    dual_bound: int


def ticket(seed: str, *codes: str) -> bytes:
    """Draw a lottery ticket: HMAC-SHA-256 of the codes under the run's seed, the same on every machine."""
    return hmac.digest(seed.encode(), "\x1f".join(codes).encode(), "sha256")


def assign(arcs: Arcs, noise: Callable[[int, int], int]) -> Assignment:
    """Choose places so that the sum of values is the greatest there is; `noise` settles ties.

    `noise(mentee, place)` is below 2**NOISE_BITS. Values are integers whose sums stay below 2**53, so the
    solver's floating-point arithmetic is exact.
    """
    if arcs.mentee_count == 0:
        return Assignment(_zeros(0), _zeros(arcs.place_count), 0, 0)
    first = _best_places(arcs, np.ones(arcs.mentee_count, dtype=bool))
    worth = _worth(arcs, first)
    prices = _prices(arcs, first, worth)
    place_of = _drawn(arcs, first, worth, prices, noise)
    return Assignment(place_of, prices, int(_worth(arcs, place_of).sum()), _dual_bound(arcs, prices))


def _best_places(arcs: Arcs, may_wait: NDArray[np.bool_]) -> Integers:
    """Solve one assignment. Each mentee who may wait has a private place to wait in, worth nothing.

    The private column makes being unmatched legal and avoids scipy's exponential case (gh-26147). The
    solver drops arcs of weight 0, so every weight is raised by one: each mentee takes exactly one arc.
    """
    waiting = np.flatnonzero(may_wait)
    weights = np.concatenate([arcs.values + 1, np.ones(len(waiting), dtype=np.int64)])
    rows = np.concatenate([arcs.mentees, waiting])
    columns = np.concatenate([arcs.places, arcs.place_count + waiting])
    shape = (arcs.mentee_count, arcs.place_count + arcs.mentee_count)
    graph = csr_array((weights.astype(np.float64), (rows, columns)), shape=shape)
    found_rows, found = min_weight_full_bipartite_matching(graph, maximize=True)
    place_of = np.full(arcs.mentee_count, -1, dtype=np.int64)
    place_of[found_rows] = np.where(found < arcs.place_count, found, -1)
    return place_of


def _worth(arcs: Arcs, place_of: Integers) -> Integers:
    """Return the value each mentee's place has for them; waiting is worth 0."""
    worth = _zeros(arcs.mentee_count)
    chosen = place_of[arcs.mentees] == arcs.places
    worth[arcs.mentees[chosen]] = arcs.values[chosen]
    return worth


def _prices(arcs: Arcs, place_of: Integers, worth: Integers) -> Integers:
    """Raise prices from 0 until nobody would gain by moving: the least prices that support the assignment.

    Bellman-Ford on the residual graph (Ahuja, Magnanti and Orlin 1993, section 12.4). For an optimal
    assignment it settles within one round per place; should it not settle, the gap says so.
    """
    prices = _zeros(arcs.place_count)
    for _ in range(arcs.place_count + 1):
        raised = prices.copy()
        np.maximum.at(raised, arcs.places, arcs.values - _gains(place_of, worth, prices)[arcs.mentees])
        if np.array_equal(raised, prices):
            break
        prices = raised
    return prices


def _gains(place_of: Integers, worth: Integers, prices: Integers) -> Integers:
    return worth - np.where(place_of >= 0, np.append(prices, 0)[place_of], 0)


def _drawn(
    arcs: Arcs, first: Integers, worth: Integers, prices: Integers, noise: Callable[[int, int], int]
) -> Integers:
    """Among all assignments of the same greatest value, return the one the lottery draws.

    Those are exactly the assignments that use arcs of zero reduced cost and fill every place that has a
    price. Random noise on arcs makes the winner unique but for a chance of arcs / 2**NOISE_BITS
    (Mulmuley, Vazirani and Vazirani 1987), so another exact solver would give the same pairs.
    """
    gains = _gains(first, worth, prices)
    tight = arcs.values - prices[arcs.places] == gains[arcs.mentees]
    mentees, places = arcs.mentees[tight], arcs.places[tight]
    draws = np.fromiter(
        (noise(int(mentee), int(place)) for mentee, place in zip(mentees, places, strict=True)),
        dtype=np.int64,
        count=len(mentees),
    )
    must_fill = (prices[places] > 0) * (arcs.mentee_count << NOISE_BITS)
    ties = Arcs(mentees, places, draws + must_fill, arcs.mentee_count, arcs.place_count)
    return _best_places(ties, may_wait=gains == 0)


def _dual_bound(arcs: Arcs, prices: Integers) -> int:
    """Return what no assignment can exceed: sum of prices + sum over mentees of their best gain, or 0."""
    best = _zeros(arcs.mentee_count)
    np.maximum.at(best, arcs.mentees, arcs.values - prices[arcs.places])
    return int(prices.sum() + best.sum())


def _zeros(count: int) -> Integers:
    return np.zeros(count, dtype=np.int64)

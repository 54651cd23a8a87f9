"""How well two people may suit each other: exact points, criterion by criterion, with the evidence.

Scored here are needs, availability, pathway, life stage, format, interests and workload. The snapshot
holds no goals, no communication style, no softer preferences and no lived-experience type, so those
weights of `DEFAULT_WEIGHTS` are unknown for everyone and left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kith.matching.engine.snapshot import MenteeInput, MentorInput
from kith.matching.engine.week import ENOUGH
from kith.matching.engine.weights import TOP_CRITERION, shared_out

FULL_POINTS = 10_000
CRITERIA = ("needs", "availability", "pathway", "life_stage", "format", "interests", "workload")


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one criterion adds to a pair's points, out of what it could have added, and on what evidence."""

    criterion: str
    points: int
    maximum: int
    known: bool
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scale:
    """What each criterion, and each thing a mentee told us, is worth to that mentee in points."""

    maximum: Mapping[str, int]
    items: Mapping[str, tuple[tuple[str, int], ...]]


def scale_of(mentee: MenteeInput, weights: Mapping[str, int]) -> Scale:
    """Share 10,000 points over what this mentee told us (Gower 1971: what is not known is not compared).

    What the mentee has not told us leaves the denominator, for every mentor alike, so it never changes who
    suits them better. What a *mentor* has not told us stays in it and earns nothing: otherwise an almost
    empty profile would score 10,000, and leaving a field blank would raise a score.
    """
    told = {
        "needs": mentee.wanted,
        "availability": (("shared", 1),) if mentee.availability else (),
        "pathway": _one(mentee.pathway),
        "life_stage": _one(mentee.life_stage),
        "format": tuple((code, 1) for code in sorted(mentee.formats)),
        "interests": tuple((code, 1) for code in sorted(mentee.interests)),
        "workload": (("places", 1),),
    }
    shares = [
        weights.get(criterion, 0) + TOP_CRITERION * (criterion == mentee.top_criterion) if told[criterion] else 0
        for criterion in CRITERIA
    ]
    maximum = dict(zip(CRITERIA, shared_out(FULL_POINTS, shares), strict=True))
    items = {
        criterion: tuple(
            zip(
                (code for code, _ in parts),
                shared_out(maximum[criterion], [share for _, share in parts]),
                strict=True,
            )
        )
        for criterion, parts in told.items()
    }
    return Scale(maximum, items)


def contributions(scale: Scale, mentor: MentorInput, *, shared: int, load: int) -> tuple[Contribution, ...]:
    """Score one pair: `shared` holds the minutes both have free, `load` counts mentees before this one."""
    return (
        _met(scale, "needs", mentor.helps_with),
        _time_shared(scale, mentor, shared.bit_count()),
        _met(scale, "pathway", frozenset(code for code, _ in _one(mentor.pathway))),
        _met(scale, "life_stage", frozenset(code for code, _ in _one(mentor.life_stage))),
        _met(scale, "format", mentor.formats),
        _met(scale, "interests", mentor.interests),
        Contribution(
            "workload",
            workload_points(scale, load),
            scale.maximum["workload"],
            known=True,
            evidence=(f"mentees:{load}",),
        ),
    )


def workload_points(scale: Scale, load: int) -> int:
    """Return what a mentor's next place is worth: 1, 1/2, 1/3 ... of the maximum, so places fill evenly."""
    return scale.maximum["workload"] // (1 + load)


def _one(code: str | None) -> tuple[tuple[str, int], ...]:
    return ((code, 1),) if code is not None else ()


def _met(scale: Scale, criterion: str, offered: frozenset[str]) -> Contribution:
    items = scale.items[criterion]
    met = [(code, points) for code, points in items if code in offered]
    return Contribution(
        criterion,
        sum(points for _, points in met),
        scale.maximum[criterion],
        known=bool(items) and bool(offered),
        evidence=tuple(code for code, _ in met),
    )


def _time_shared(scale: Scale, mentor: MentorInput, shared_minutes: int) -> Contribution:
    known = bool(scale.items["availability"]) and bool(mentor.availability)
    maximum = scale.maximum["availability"]
    return Contribution(
        "availability",
        maximum * min(shared_minutes, ENOUGH) // ENOUGH,
        maximum,
        known,
        evidence=(f"minutes:{shared_minutes}",) if known else (),
    )

"""What a run says to people: whole sentences, filtered by who reads them."""

from collections.abc import Mapping, Sequence
from typing import Literal

from kith.matching.engine.points import Contribution

Audience = Literal["coordinator", "mentee"]

LABELS: Mapping[str, str] = {
    "needs": "Needs the mentor can help with",
    "availability": "Time they both have free",
    "pathway": "Recovery pathway",
    "life_stage": "Life stage",
    "format": "Ways to meet",
    "interests": "Shared interests",
    "workload": "Room in the mentor's week",
}

RELAXING: Mapping[str, str] = {
    "capacity": "one more place",
    "language": "an interpreter or another language",
    "format": "another way to meet",
    "availability": "other times of the week",
}


def sentences(contribution: Contribution, audience: Audience) -> tuple[str, ...]:
    """Put one contribution into words, for one kind of reader.

    A mentee reads friendly reasons only, built from what they told us and what the mentor offers to mentees.
    The mentor's pathway, life stage, interests by name, free time and caseload are theirs to tell, so a
    mentee's text never depends on them beyond "in common".
    """
    if audience == "mentee":
        return _to_mentee(contribution)
    return _to_coordinator(contribution)


def _to_mentee(contribution: Contribution) -> tuple[str, ...]:
    if not contribution.points:
        return ()
    match contribution.criterion:
        case "needs":
            return (f"They offer support with what you asked for: {_listed(contribution.evidence)}.",)
        case "availability":
            return ("There are times in the week that suit you both.",)
        case "format":
            return (f"You can meet in a way that suits you both: {_listed(contribution.evidence)}.",)
        case "interests":
            return ("You have interests in common.",)
    return ()


def _to_coordinator(contribution: Contribution) -> tuple[str, ...]:
    label = LABELS[contribution.criterion]
    if not contribution.known:
        who = "the mentor" if contribution.maximum else "the mentee"
        return (f"{label}: not known, {who} has not told us.",)
    found = _listed(contribution.evidence) or "nothing in common"
    said = f"{label}: {found} ({contribution.points} of {contribution.maximum} points)."
    missing = contribution.maximum - contribution.points
    if contribution.criterion == "availability" and missing:
        return said, f"More time in common would add up to {missing} points."
    return (said,)


def _listed(codes: Sequence[str]) -> str:
    """Read codes aloud: "housing, peer support" and "minutes: 90"."""
    return ", ".join(code.lower().replace("_", " ").replace(":", ": ") for code in codes)


def why_waiting(reason: str, eligible: int, opens: Mapping[str, int]) -> str:
    """Tell a coordinator why nobody was proposed, and what would change that."""
    people = "1 mentor" if eligible == 1 else f"{eligible} mentors"
    said = {
        "no_eligible_mentor": "No mentor here meets every rule for this person yet.",
        "below_floor": f"{people} could be proposed, and none reaches the floor this programme set.",
        "eligible_all_full": f"{people} could be proposed, and every place that suits is taken.",
    }[reason]
    easing = ", ".join(f"{RELAXING[rule]} {count}" for rule, count in opens.items())
    return f"{said} Would open a match with this many mentors: {easing}." if easing else said

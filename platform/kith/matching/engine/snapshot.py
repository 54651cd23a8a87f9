"""What a run is given: people as codes and integers, never names, in one canonical order."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal, Self, TypeVar

from kith.matching.engine.week import week_intervals
from kith.matching.engine.weights import DEFAULT_WEIGHTS, checked

FORMAT = 1
"""Version of the canonical form; a stored snapshot of another version is refused, never guessed at."""

Mode = Literal["participation", "quality"]


@dataclass(frozen=True, slots=True)
class MentorInput:
    """A mentor as the engine sees them. Empty or None means "not known", never "none".

    What decides whether a mentor may be proposed at all defaults to no: places, availability, training.
    """

    id: str
    languages: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()
    availability: tuple[tuple[int, int], ...] = ()
    """Half-open intervals of UTC week minutes, 0 = Monday 00:00."""
    helps_with: frozenset[str] = frozenset()
    cannot_help_with: frozenset[str] = frozenset()
    pathway: str | None = None
    life_stage: str | None = None
    interests: frozenset[str] = frozenset()
    gender: str | None = None
    wants_mentee_gender: str | None = None
    """A stated requirement, kept as a hard rule."""
    capacity: int = 0
    """Open places: how many more mentees this mentor can take."""
    available: bool = False
    """Certified, in good standing and not on leave."""
    trained: bool = False
    load: int = 0
    """Mentees this mentor already walks beside."""

    def __post_init__(self) -> None:
        _keep_as_sets(self, "languages", "formats", "helps_with", "cannot_help_with", "interests")
        object.__setattr__(self, "availability", week_intervals(self.availability))
        if self.capacity < 0 or self.load < 0:
            raise ValueError(f"mentor {self.id}: capacity and load are counts of people, 0 or more")


@dataclass(frozen=True, slots=True)
class MenteeInput:
    """A mentee as the engine sees them. Empty or None means "not known", never "none"."""

    id: str
    languages: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()
    availability: tuple[tuple[int, int], ...] = ()
    """Half-open intervals of UTC week minutes, 0 = Monday 00:00."""
    needs: tuple[tuple[str, int, bool], ...] = ()
    """(domain, severity 0..3, whether the person wants help with it)."""
    pathway: str | None = None
    life_stage: str | None = None
    interests: frozenset[str] = frozenset()
    gender: str | None = None
    wants_mentor_gender: str | None = None
    """A stated requirement, kept as a hard rule."""
    waiting_days: int = 0
    urgent: bool = False
    top_criterion: str | None = None
    """The criterion this person said matters most to them."""

    def __post_init__(self) -> None:
        _keep_as_sets(self, "languages", "formats", "interests")
        object.__setattr__(self, "availability", week_intervals(self.availability))
        needs = tuple(sorted((domain, severity, wanted) for domain, severity, wanted in self.needs))
        object.__setattr__(self, "needs", needs)
        if len({domain for domain, _, _ in needs}) < len(needs):
            raise ValueError(f"mentee {self.id}: a need is listed twice")
        if any(not 0 <= severity <= 3 for _, severity, _ in needs):
            raise ValueError(f"mentee {self.id}: severity is 0 to 3")

    @property
    def wanted(self) -> tuple[tuple[str, int], ...]:
        """The needs this person wants help with and their shares, severity + 1: none weighs nothing."""
        return tuple((domain, severity + 1) for domain, severity, wants_help in self.needs if wants_help)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything a run depends on. Two equal snapshots have the same bytes and the same proposals."""

    mentors: tuple[MentorInput, ...]
    mentees: tuple[MenteeInput, ...]
    blocked: frozenset[tuple[str, str]] = frozenset()
    """(mentor id, mentee id): blocked pairs, conflicts of interest, matches once closed for safety."""
    weights: Mapping[str, int] = field(default_factory=lambda: dict(DEFAULT_WEIGHTS))
    mode: Mode = "participation"
    floor: int = 2500
    """Points below which nobody is proposed; it applies in quality mode only."""
    lottery_seed: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "mentors", _by_id(self.mentors))
        object.__setattr__(self, "mentees", _by_id(self.mentees))
        object.__setattr__(self, "blocked", frozenset((mentor, mentee) for mentor, mentee in self.blocked))
        object.__setattr__(self, "weights", checked(self.weights))
        if self.mode not in ("participation", "quality"):
            raise ValueError(f"mode is participation or quality, not {self.mode!r}")

    def canonical(self) -> bytes:
        """Return the one spelling of this snapshot: sorted, integers and codes only."""
        facts = {"format": FORMAT, **asdict(self)}
        return json.dumps(facts, default=sorted, sort_keys=True, separators=(",", ":")).encode("ascii")

    def sha256(self) -> str:
        """Return the fingerprint stored with a run, in hexadecimal."""
        return hashlib.sha256(self.canonical()).hexdigest()

    @classmethod
    def from_canonical(cls, stored: bytes) -> Self:
        """Read a snapshot back, for a replay."""
        facts = json.loads(stored)
        if facts.pop("format", None) != FORMAT:
            raise ValueError(f"this engine reads snapshots of format {FORMAT} only")
        facts["mentors"] = [MentorInput(**mentor) for mentor in facts["mentors"]]
        facts["mentees"] = [MenteeInput(**mentee) for mentee in facts["mentees"]]
        return cls(**facts)


Person = TypeVar("Person", MentorInput, MenteeInput)


def _keep_as_sets(person: MentorInput | MenteeInput, *names: str) -> None:
    for name in names:
        object.__setattr__(person, name, frozenset(getattr(person, name)))


def _by_id(people: Sequence[Person]) -> tuple[Person, ...]:
    ordered = tuple(sorted(people, key=lambda person: person.id))
    if len({person.id for person in ordered}) < len(ordered):
        raise ValueError("a person is in the snapshot twice")
    return ordered

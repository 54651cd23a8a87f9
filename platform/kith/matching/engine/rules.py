"""Hard rules: vetoes, one bit each, so that the set bits are the explanation."""

from enum import IntEnum

from kith.matching.engine.snapshot import MenteeInput, MentorInput
from kith.matching.engine.week import holds_a_meeting

RULES_VERSION = "1"


class Rule(IntEnum):
    """Why two people may not be proposed to each other."""

    UNAVAILABLE = 1 << 0
    """The mentor is not certified, or is on leave."""
    UNTRAINED = 1 << 1
    """The mentor has not finished the training they need."""
    CAPACITY = 1 << 2
    """The mentor has no open place."""
    BLOCKED = 1 << 3
    """A block, a conflict of interest, or an earlier match closed for safety."""
    MENTEE_REQUIREMENT = 1 << 4
    """The mentor is not known to be of the gender the mentee requires."""
    MENTOR_REQUIREMENT = 1 << 5
    """The mentee is not known to be of the gender the mentor requires."""
    LANGUAGE = 1 << 6
    FORMAT = 1 << 7
    AVAILABILITY = 1 << 8
    CANNOT_HELP = 1 << 9
    """The mentor said they cannot help with something the mentee wants help with."""

    @property
    def code(self) -> str:
        """The name a stored run and a client use."""
        return self.name.lower()


RELAXABLE = (Rule.CAPACITY, Rule.LANGUAGE, Rule.FORMAT, Rule.AVAILABILITY)
"""Rules an organisation may ease. Safety, training and what a person requires are never up for relaxing."""


def vetoes(mentor: MentorInput, mentee: MenteeInput, *, shared: int, blocked: bool) -> int:
    """Return the bits of every rule that forbids this pair; 0 means they may be proposed.

    `shared` holds the week minutes both people have free. What is not known forbids nothing, except
    against a stated requirement: a promise made to a person must be known to be kept.
    """
    bits = 0
    if not mentor.available:
        bits |= Rule.UNAVAILABLE
    if not mentor.trained:
        bits |= Rule.UNTRAINED
    if mentor.capacity == 0:
        bits |= Rule.CAPACITY
    if blocked:
        bits |= Rule.BLOCKED
    if mentee.wants_mentor_gender not in (None, mentor.gender):
        bits |= Rule.MENTEE_REQUIREMENT
    if mentor.wants_mentee_gender not in (None, mentee.gender):
        bits |= Rule.MENTOR_REQUIREMENT
    if _nothing_shared(mentor.languages, mentee.languages):
        bits |= Rule.LANGUAGE
    if _nothing_shared(mentor.formats, mentee.formats):
        bits |= Rule.FORMAT
    if mentor.availability and mentee.availability and not holds_a_meeting(shared):
        bits |= Rule.AVAILABILITY
    if mentor.cannot_help_with and any(domain in mentor.cannot_help_with for domain, _ in mentee.wanted):
        bits |= Rule.CANNOT_HELP
    return bits


def _nothing_shared(mentor: frozenset[str], mentee: frozenset[str]) -> bool:
    return bool(mentor) and bool(mentee) and mentor.isdisjoint(mentee)

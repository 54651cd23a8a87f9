"""The pure matching engine: a snapshot in, proposals with reasons out; no database, no clock, no names.

This is the correct small solver: it judges every pair in Python and solves the whole graph at once, which
suits programmes of some hundreds of people. Candidate lists, price-out and the mutual mode of a large
programme come with the full engine, behind this same interface.
"""

from kith.matching.engine.points import CRITERIA, Contribution
from kith.matching.engine.rules import RELAXABLE, RULES_VERSION, Rule
from kith.matching.engine.run import ENGINE_VERSION, Coverage, Proposal, Result, Waiting, solve
from kith.matching.engine.snapshot import MenteeInput, MentorInput, Mode, Snapshot
from kith.matching.engine.week import WEEK
from kith.matching.engine.weights import DEFAULT_WEIGHTS, weights_version
from kith.matching.engine.words import Audience, sentences

__all__ = [
    "CRITERIA",
    "DEFAULT_WEIGHTS",
    "ENGINE_VERSION",
    "RELAXABLE",
    "RULES_VERSION",
    "WEEK",
    "Audience",
    "Contribution",
    "Coverage",
    "MenteeInput",
    "MentorInput",
    "Mode",
    "Proposal",
    "Result",
    "Rule",
    "Snapshot",
    "Waiting",
    "sentences",
    "solve",
    "weights_version",
]

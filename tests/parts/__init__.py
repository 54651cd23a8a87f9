"""What each concept adds to the world of the tests, and the deeds for its mutations.

A part is a module with `async def build(building)`, which does real operations in a house while it is built, at the
building's clock, and `DEEDS`, done after those of `tests/deeds.py` and in the order of the parts.
"""

from tests.parts import (
    community,
    culture,
    goals,
    importing,
    improvement,
    matching,
    meetings,
    messages,
    notes,
    recruiting,
    referrals,
    supervision,
    tasks,
    training,
)

PARTS = (
    tasks,
    recruiting,
    training,
    referrals,
    matching,
    goals,
    meetings,
    notes,
    messages,
    supervision,
    community,
    culture,
    improvement,
    importing,
)

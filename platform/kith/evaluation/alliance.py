"""What a mentee says after meetings, as a sign of how the relationship does: low, or lower than it was.

The mean of the four quick items after the last three meetings, and of the three before. Staff read the sign and not the
answers; fewer than three answers say nothing.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from kith.evaluation.feedback import ITEMS, Feedback
from kith.ground.work import Work
from kith.matching.health import Expected, Level, Signal, SignalCode, Signals, signals
from kith.matching.match import Match
from kith.meetings.meeting import Meeting

LAST = 3  # meetings that a mean is over
FALL = 1.0  # of five: a fall of at least so much


@signals
async def _alliance(work: Work, matches: Sequence[Match], expected: Expected) -> Signals:
    """The mentee's answers after the last three meetings, beside the three before and what the programme expects."""
    answers = (
        select(Meeting.match_id, *(getattr(Feedback, item) for item in ITEMS))
        .join(Meeting, Meeting.id == Feedback.meeting_id)
        .where(
            Meeting.match_id.in_([match.id for match in matches]),
            Feedback.person_id == Meeting.mentee_person_id,
        )
        .order_by(Meeting.starts_at.desc())
    )
    said: dict[UUID, list[float]] = {}
    for match_id, *items in await work.session.execute(answers):
        said.setdefault(match_id, []).append(sum(items) / len(items))
    found: dict[UUID, list[Signal]] = {}
    for match in matches:
        means = said.get(match.id, [])
        if len(means) < LAST:
            continue
        last, before = _mean(means[:LAST]), means[LAST : 2 * LAST]
        if last * 10 < expected[match.programme_id].alliance_tenths:
            low = Signal(Level.AMBER, SignalCode.ALLIANCE_LOW, SignalCode.ALLIANCE_LOW.sentence)
            found.setdefault(match.id, []).append(low)
        if len(before) == LAST and _mean(before) - last >= FALL:
            falling = Signal(Level.AMBER, SignalCode.ALLIANCE_FALLING, SignalCode.ALLIANCE_FALLING.sentence)
            found.setdefault(match.id, []).append(falling)
    return found


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)

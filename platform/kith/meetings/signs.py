"""What meetings and goals say about how a match does: when the two met last, what fell through, whether they agreed."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from kith.goals.goal import Goal
from kith.ground.work import Work
from kith.matching.health import Expected, Level, Signal, SignalCode, Signals, signals
from kith.matching.match import Match
from kith.meetings.meeting import OF_THE_SERVICE, Meeting, MeetingStatus

FELL_THROUGH = (MeetingStatus.CANCELLED, MeetingStatus.MISSED)


@signals
async def _not_met(work: Work, matches: Sequence[Match], expected: Expected) -> Signals:
    """The days since the two met, or since their match became active."""
    held = select(Meeting.match_id, func.max(Meeting.starts_at)).where(
        Meeting.match_id.in_([match.id for match in matches]), Meeting.status == MeetingStatus.HELD
    )
    met = {match_id: at for match_id, at in await work.session.execute(held.group_by(Meeting.match_id))}  # noqa: C416 - a row is no tuple to mypy
    found: dict[UUID, list[Signal]] = {}
    for match in matches:
        policy, since = expected[match.programme_id], match.active_since or match.began_at
        days = (work.now - max(since, met.get(match.id, since))).days
        if days >= policy.quiet_days:
            level = Level.RED if days >= policy.silent_days else Level.AMBER
            found[match.id] = [Signal(level, SignalCode.NOT_MET, f"Days since the two met: {days}.")]
    return found


@signals
async def _fell_through(work: Work, matches: Sequence[Match], expected: Expected) -> Signals:
    """Meetings in a row that were cancelled or missed since the match became active, up to the last that was held."""
    rows = select(Meeting.match_id, Meeting.status, Meeting.starts_at).where(
        Meeting.match_id.in_([match.id for match in matches]),
        Meeting.status.in_((*FELL_THROUGH, MeetingStatus.HELD)),
        Meeting.cancel_reason.is_(None) | Meeting.cancel_reason.not_in(OF_THE_SERVICE),  # nobody let the other down
    )
    since = {match.id: match.active_since or match.began_at for match in matches}
    in_a_row: dict[UUID, int] = {}
    held: set[UUID] = set()
    for match_id, status, starts_at in await work.session.execute(rows.order_by(Meeting.starts_at.desc())):
        if status == MeetingStatus.HELD:
            held.add(match_id)
        elif match_id not in held and starts_at >= since[match_id]:
            in_a_row[match_id] = in_a_row.get(match_id, 0) + 1
    found: dict[UUID, list[Signal]] = {}
    for match in matches:
        count, most = in_a_row.get(match.id, 0), expected[match.programme_id].meetings_fallen_through
        if count >= most - 1:
            level = Level.RED if count >= most else Level.AMBER
            said = f"Meetings in a row that did not take place: {count}."
            found[match.id] = [Signal(level, SignalCode.MEETINGS_FELL_THROUGH, said)]
    return found


@signals
async def _no_goals(work: Work, matches: Sequence[Match], expected: Expected) -> Signals:
    """Whether there is a goal that the mentee agreed to, some weeks after the match became active."""
    agreed = select(Goal.match_id).where(
        Goal.match_id.in_([match.id for match in matches]), Goal.agreed_at.is_not(None)
    )
    with_goals = set(await work.session.scalars(agreed))
    found: dict[UUID, list[Signal]] = {}
    for match in matches:
        weeks = expected[match.programme_id].goal_weeks
        late = work.now - (match.active_since or match.began_at) >= timedelta(weeks=weeks)
        if late and match.id not in with_goals:
            said = f"No agreed goal after {weeks} weeks."
            found[match.id] = [Signal(Level.AMBER, SignalCode.NO_GOALS, said)]
    return found

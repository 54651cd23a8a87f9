"""The week as a ring of minutes: when two people could meet."""

from collections.abc import Iterable

WEEK = 7 * 24 * 60
"""Minutes in a week; minute 0 is Monday 00:00 UTC."""

MEETING = 30
"""Minutes in a row that two people must share before they can be said to share any availability."""

ENOUGH = 240
"""Shared minutes a week that earn every availability point: a weekly hour, and room to move it."""


def week_intervals(intervals: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return half-open intervals of UTC week minutes, sorted, merged and cut at the end of Sunday.

    Converting a local window to UTC can carry it across midnight of Sunday, so an interval may begin
    below 0, end above `WEEK`, or end before it begins; it then continues on the other side.
    """
    pieces: list[tuple[int, int]] = []
    for starts, ends in intervals:
        length = WEEK if ends - starts >= WEEK else (ends - starts) % WEEK
        begins = starts % WEEK
        pieces += [(begins, min(begins + length, WEEK)), (0, begins + length - WEEK)]
    merged: list[tuple[int, int]] = []
    for begins, ends in sorted((a, b) for a, b in pieces if a < b):
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        else:
            merged.append((begins, ends))
    return tuple(merged)


def minutes(intervals: Iterable[tuple[int, int]]) -> int:
    """Return the set of minutes as the bits of one integer; `&` is then the time two people share."""
    bits = 0
    for begins, ends in intervals:
        bits |= ((1 << (ends - begins)) - 1) << begins
    return bits


def holds_a_meeting(shared: int) -> bool:
    """Say whether `MEETING` minutes in a row are shared; Sunday night runs on into Monday morning."""
    runs = shared | (shared & ((1 << MEETING) - 1)) << WEEK
    length = 1
    while runs and length < MEETING:
        step = min(length, MEETING - length)
        runs &= runs >> step
        length += step
    return runs != 0

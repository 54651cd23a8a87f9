"""The first meeting of two people: it introduces them, where their programme asks for an introduction."""

from kith.ground.model import Id
from kith.ground.operation import operation
from kith.ground.permissions import Permission
from kith.ground.work import Work
from kith.matching.agreement import introduced
from kith.matching.match import MatchStatus, held_with_mentee
from kith.meetings.meeting import Meeting, MeetingStatus

INTRODUCE = Permission("meetings.introduce", "Write down that two people were introduced by a meeting.")


@operation(needs=INTRODUCE)
async def introduce_after(work: Work, meeting_id: Id[Meeting]) -> None:
    """A meeting of two people was recorded: where it was held they are introduced."""
    meeting = await work.get(Meeting, meeting_id)
    match = await held_with_mentee(work, meeting.match_id)
    if meeting.status == MeetingStatus.HELD and match.status == MatchStatus.PENDING_AGREEMENT:
        await introduced(work, match, meeting.starts_at, "meetings.first.introduce_after")

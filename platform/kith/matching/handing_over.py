"""Handing over: whom a mentor walks with is not left alone when the mentor is suspended or retires."""

from datetime import timedelta

from kith.ground.model import Id
from kith.ground.operation import operation
from kith.ground.permissions import Permission
from kith.ground.work import Work
from kith.matching.match import Match, MatchStatus
from kith.people.mentor import Mentor, MentorStatus
from kith.tasks import ask, settled

HAND_OVER = Permission("matches.hand_over", "Ask who walks on with the mentees of a mentor who cannot.")
TO_HAND_OVER = "HAND_OVER_MATCH"
WITHIN = timedelta(days=3)


@operation(needs=HAND_OVER)
async def ask_to_hand_over(work: Work, mentor_id: Id[Mentor]) -> None:
    """Ask the coordinators to talk with both people of each open match of a mentor who cannot go on at the moment."""
    mentor = await work.get(Mentor, mentor_id)
    if mentor.status not in (MentorStatus.SUSPENDED, MentorStatus.RETIRED):
        return
    for match in await work.rows(Match, Match.mentor_id == mentor.id, Match.status != MatchStatus.CLOSED):
        await ask(work, TO_HAND_OVER, "Talk with both about how their match goes on", match, due_in=WITHIN)


@operation(needs=HAND_OVER)
async def need_not_hand_over(work: Work, mentor_id: Id[Mentor]) -> None:
    """The mentor is back: nobody has to walk on in their place."""
    if (await work.get(Mentor, mentor_id)).status in (MentorStatus.SUSPENDED, MentorStatus.RETIRED):
        return
    for match in await work.rows(Match, Match.mentor_id == mentor_id):
        await settled(work, TO_HAND_OVER, match)


@operation(needs=HAND_OVER)
async def handed_over(work: Work, match_id: Id[Match]) -> None:
    """The match is closed: what was to be talked about is decided."""
    await settled(work, TO_HAND_OVER, await work.get(Match, match_id))

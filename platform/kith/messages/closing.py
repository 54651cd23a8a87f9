"""Closing a thread: what was written stays readable to those who were in it."""

from typing import Annotated

from kith.ground.errors import IllegalState
from kith.ground.model import Id
from kith.ground.operation import operation
from kith.ground.permissions import Permission, Role
from kith.ground.work import Work
from kith.matching.match import Match, MatchStatus
from kith.messages.thread import LIFE, Thread, ThreadKind

CLOSE = Permission("messages.close", "Close a thread with who coordinates.", granted_to={Role.ADMIN, Role.COORDINATOR})
FOLLOW = Permission("messages.follow_match", "Close the thread of two people whose match has closed.")


@operation(needs=CLOSE)
async def close_thread(work: Work, thread_id: Annotated[Id[Thread], "Which thread."]) -> Thread:
    """Close a thread with one of the two, once their match is closed: until then it is how they reach somebody."""
    thread = await work.get(Thread, thread_id, Thread.coordinated_id.is_not(None), lock=True)
    if not await work.exists(Match, Match.id == thread.match_id, Match.status == MatchStatus.CLOSED):
        raise IllegalState("Their match is not closed: this thread is how they reach you.")
    LIFE.move(thread, "messages.closing.close_thread")
    work.note("thread.closed", thread)
    return thread


@operation(needs=FOLLOW)
async def close_threads_of_match(work: Work, match_id: Id[Match]) -> None:
    """Close what two people wrote to each other, when their match has closed."""
    of_pair = (Thread.match_id == match_id, Thread.kind == ThreadKind.PAIR)
    moved = await LIFE.move_all(work, "messages.closing.close_threads_of_match", *of_pair)
    for thread in await work.rows(Thread, Thread.id.in_(moved)):
        work.note("thread.closed", thread)

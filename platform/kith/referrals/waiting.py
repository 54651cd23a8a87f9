"""The waiting list, watched: who waits longer than their programme wants anybody to, and whose match is to be ended."""

from datetime import timedelta

from kith.ground.model import Id
from kith.ground.operation import operation
from kith.ground.permissions import Permission
from kith.ground.work import Work
from kith.people.mentee import Mentee, MenteeStatus
from kith.programmes import Programme
from kith.tasks import Task, TaskStatus, ask, settled

WATCH = Permission("waiting.watch", "Ask coordinators to look after people who wait too long or no longer take part.")
LONG_WAIT, ENDING = "WAITS_LONG", "ENROLMENT_ENDING"
DUE = timedelta(days=3)


@operation(needs=WATCH)
async def watch_waiting_list(work: Work) -> None:
    """Ask for everybody who waits longer than their programme's limit, once for each wait: once a day."""
    for programme in await work.all(Programme):
        since = work.now - timedelta(days=programme.waiting_limit_days)
        waits = (Mentee.programme_id == programme.id, Mentee.status == MenteeStatus.WAITING)
        long = await work.rows(Mentee, *waits, Mentee.waiting_since <= since)
        asked = await work.rows(Task, Task.about_id.in_([m.id for m in long]), Task.kind == LONG_WAIT)
        last = {task.about_id: task.given_at for task in sorted(asked, key=lambda task: task.given_at)}
        for mentee in long:
            if mentee.id not in last or last[mentee.id] < mentee.waiting_since:
                title = "Somebody waits longer than this programme wants anybody to: look what would help."
                await ask(work, LONG_WAIT, title, mentee, due_in=DUE, source="mentee.waits")
    for task in await work.rows(Task, Task.kind == LONG_WAIT, Task.status == TaskStatus.OPEN):
        for mentee in await work.rows(Mentee, Mentee.id == task.about_id, Mentee.status != MenteeStatus.WAITING):
            await settled(work, LONG_WAIT, mentee)


@operation(needs=WATCH)
async def ask_to_end(work: Work, mentee_id: Id[Mentee]) -> None:
    """Somebody withdrew while they are matched: ask the coordinator to end the match."""
    mentee = await work.get(Mentee, mentee_id)
    if mentee.status == MenteeStatus.CLOSING:
        title = "Somebody no longer takes part: tell their mentor, and end the match."
        await ask(work, ENDING, title, mentee, due_in=timedelta(days=1), source="mentee.withdrew")


@operation(needs=WATCH)
async def settle_asked(work: Work, mentee_id: Id[Mentee]) -> None:
    """An enrolment ended: nothing is to be done about it any more."""
    mentee = await work.get(Mentee, mentee_id)
    if mentee.status == MenteeStatus.CLOSED:
        for kind in (LONG_WAIT, ENDING):
            await settled(work, kind, mentee)

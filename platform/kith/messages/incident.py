"""A thread opened on an incident: by one member of staff, for a reason, and seen by the people in it.

It ends when whoever opened it closes it again, and after fourteen days by itself.
"""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped

from kith.ground.actor import Actor, row_rule
from kith.ground.errors import Conflict, Forbidden, NotFound
from kith.ground.model import Id, at_most, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import Permission, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.matching.match import PAIR, Match
from kith.messages.thread import READ, InThread, Message, Thread, ThreadKind
from kith.people.person import Person

OPEN = Permission(
    "messages.open_for_incident",
    "Open a thread that one is not in because of an incident; the people in it see who, when and why.",
    granted_to={Role.ADMIN, Role.COORDINATOR},
)
END = Permission("messages.end_incident", "End the reading of a thread that was opened on an incident.")
LASTS = timedelta(days=14)


class ThreadOpening(InThread):
    """That somebody opened a thread on an incident: who, when, why and until when. `person_id` is who opened it."""

    __tablename__ = "thread_openings"
    __table_args__ = (
        organisation_index("opened_at", "id"),
        organisation_index("thread_id", "opened_at", "id"),
        organisation_index("mentor_reader_id", "opened_at", "id"),
        organisation_index("mentee_reader_id", "opened_at", "id"),
        organisation_index("person_id", "opened_at", "id"),
        organisation_index("thread_id", unique=True, where="ended_at IS NULL", name="uq_thread_openings_open"),
        at_most("reason", 1000),
    )
    READ = READ

    thread_id: Mapped[UUID] = within(Thread, carrying=("kind", *PAIR))
    person_id: Mapped[UUID] = within(Person)
    reason: Mapped[str]
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The people of the match who are in the thread, who opened it, and administrators."""
        return row_rule(actor, own=[cls.mentor_reader_id, cls.mentee_reader_id, cls.person_id])


@operation(needs=OPEN)
async def open_thread_for_incident(
    work: Work,
    match_id: Annotated[Id[Match], "Of which match."],
    *,
    kind: Annotated[ThreadKind, "Which of its threads."],
    reason: Annotated[str, "What happened; the people in the thread read it."],
) -> ThreadOpening:
    """Open a thread that one is not in, because of an incident: for oneself alone, and for fourteen days at most."""
    looked_after = row_rule(work.actor, programme=Match.programme_id)
    match = await work.get(Match, match_id, looked_after, lock=True)
    me = work.actor.person_id
    if me is None or me in (match.mentor_person_id, match.mentee_person_id):
        raise Forbidden("Somebody else than the two people of a match opens their threads.")
    found = await work.rows(Thread, Thread.match_id == match.id, Thread.kind == kind)
    if not found:
        raise NotFound("Nothing was written in this thread.")
    (thread,) = found
    if await work.exists(ThreadOpening, ThreadOpening.thread_id == thread.id, ThreadOpening.ended_at.is_(None)):
        raise Conflict("This thread is open to somebody already, who can tell you what is in it or close it again.")
    opening = ThreadOpening.under(thread, reason=short(reason, 1000, "reason"), opened_at=work.now)
    opening.person_id = me
    work.add(opening)
    await _let_read(work, thread.id, me)
    work.later(end_incident_reading, at=work.now + LASTS, opening_id=opening.id)
    work.note("thread.opened_for_incident", opening, thread=thread.id, match=match.id)
    return opening


@operation(needs=OPEN)
async def close_incident_reading(
    work: Work, opening_id: Annotated[Id[ThreadOpening], "Which opening of one's own."]
) -> ThreadOpening:
    """Close a thread again that one had opened on an incident."""
    opening = await work.get(ThreadOpening, opening_id, ThreadOpening.person_id == work.actor.person_id, lock=True)
    if opening.ended_at is not None:
        raise Conflict("This reading has ended already.")
    await _end(work, opening)
    return opening


@operation(needs=END)
async def end_incident_reading(work: Work, opening_id: Id[ThreadOpening]) -> None:
    """End the reading of a thread that has lasted long enough, unless it was closed before."""
    opening = await work.get(ThreadOpening, opening_id, lock=True)
    if opening.ended_at is None:
        await _end(work, opening)


async def _end(work: Work, opening: ThreadOpening) -> None:
    opening.ended_at = work.now
    await _let_read(work, opening.thread_id, None)
    work.note("thread.incident_ended", opening, thread=opening.thread_id)


async def _let_read(work: Work, thread_id: UUID, person_id: UUID | None) -> None:
    """The thread and all its messages are for this reader as well, or for none."""
    await work.revise(Thread, Thread.id == thread_id, incident_reader_id=person_id)
    await work.revise(Message, Message.thread_id == thread_id, incident_reader_id=person_id)

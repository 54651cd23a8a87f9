"""Sending a message, reading it, and the letter that says that something awaits."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from kith.ground.errors import IllegalState, NotFound
from kith.ground.model import Id
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, Permission, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.matching.match import Match, MatchStatus, may_meet
from kith.messages.thread import LENGTH, READ, Message, ReadMark, Thread, ThreadKind, ThreadStatus
from kith.people.letters import write_letter
from kith.people.person import Person
from kith.tasks import ask, settled

SEND = Permission(
    "messages.send",
    "Send a message in a thread that one is in.",
    granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS},
)
TELL = Permission("messages.tell", "Tell somebody that a message awaits.")
ANSWER_TASK, ANSWERED_WITHIN = "message.answer", timedelta(days=2)


@operation(needs=SEND)
async def send_message(
    work: Work,
    match_id: Annotated[Id[Match], "About which match."],
    *,
    kind: Annotated[ThreadKind, "In which of its threads; the first message begins it."],
    body: Annotated[str, "What it says, up to 4,000 characters."],
) -> Message:
    """Send a message. It is there at once; whoever it is for gets a letter that says only that something awaits."""
    match = await work.get(Match, match_id, lock=True)
    author_id = _in_it(work, match, kind)
    if kind is ThreadKind.PAIR and not may_meet(match):
        state = "has ended" if match.status == MatchStatus.CLOSED else "rests"
        raise IllegalState(f"This match {state}: write to who coordinates it.")
    thread = await _thread(work, match, kind)
    if thread.status != ThreadStatus.OPEN:
        raise IllegalState("This thread is closed; it can still be read.")
    thread.last_at = work.now
    message = Message.under(thread, body=short(body, LENGTH, "body"), sent_at=work.now)
    message.person_id, message.incident_reader_id = author_id, thread.incident_reader_id
    work.add(message)
    work.note("message.sent", message, thread=thread.id)
    await _count(work, thread, author_id)
    if kind is not ThreadKind.PAIR:
        await _await_answer(work, thread, author_id)
    return message


@operation(needs=READ)
async def mark_thread_read(work: Work, thread_id: Annotated[Id[Thread], "Which thread."]) -> Thread:
    """Say that one has read everything in a thread."""
    thread = await work.get(Thread, thread_id, lock=True)
    if work.actor.person_id is None:
        raise IllegalState("Only a person reads a thread.")
    mark = await _mark(work, thread, work.actor.person_id)
    mark.unread, mark.read_at = 0, work.now
    work.note("thread.read", thread)
    return thread


@operation(needs=TELL)
async def tell_of_message(work: Work, mark_id: Id[ReadMark]) -> None:
    """Write to somebody for whom a message awaits, unless they have read it meanwhile."""
    for mark in await work.rows(ReadMark, ReadMark.id == mark_id, ReadMark.unread > 0):
        (person,) = await work.rows(Person, Person.id == mark.person_id)
        await write_letter(work, "message.awaits", person, about=mark)


def _in_it(work: Work, match: Match, kind: ThreadKind) -> UUID:
    """Who sends, where they are in the thread. Raises NotFound: a thread one is not in is not there."""
    sides = {
        ThreadKind.PAIR: (match.mentor_person_id, match.mentee_person_id),
        ThreadKind.MENTEE_COORDINATOR: (match.mentee_person_id,),
        ThreadKind.MENTOR_COORDINATOR: (match.mentor_person_id,),
    }
    me = work.actor.person_id
    of_pair = me in (match.mentor_person_id, match.mentee_person_id)
    coordinates = kind is not ThreadKind.PAIR and match.programme_id in work.actor.programmes and not of_pair
    if me is None or not (me in sides[kind] or coordinates):
        raise NotFound
    return me


async def _thread(work: Work, match: Match, kind: ThreadKind) -> Thread:
    """The thread of this kind, begun where there is none; the match is locked, so that there is one."""
    found = await work.rows(Thread, Thread.match_id == match.id, Thread.kind == kind)
    if found:
        return found[0]
    thread = work.add(Thread.under(match, kind=kind, status=ThreadStatus.OPEN, began_at=work.now, last_at=work.now))
    for person_id in _people(thread):
        await _mark(work, thread, person_id)
    return thread


def _people(thread: Thread) -> tuple[UUID, ...]:
    """Those of the two people who are in the thread."""
    mentor, mentee = (thread.mentor_person_id,), (thread.mentee_person_id,)
    return {
        ThreadKind.PAIR: mentor + mentee,
        ThreadKind.MENTEE_COORDINATOR: mentee,
        ThreadKind.MENTOR_COORDINATOR: mentor,
    }[ThreadKind(thread.kind)]


async def _mark(work: Work, thread: Thread, person_id: UUID) -> ReadMark:
    found = await work.rows(ReadMark, ReadMark.thread_id == thread.id, ReadMark.person_id == person_id)
    return found[0] if found else work.add(ReadMark.under(thread, person_id=person_id, unread=0))


async def _count(work: Work, thread: Thread, author_id: UUID) -> None:
    """One more is unread for everybody else; who had read everything is told."""
    await work.settle()
    for mark in await work.rows(ReadMark, ReadMark.thread_id == thread.id, ReadMark.person_id != author_id):
        mark.unread += 1
        if mark.unread == 1 and mark.person_id in _people(thread):
            work.later(tell_of_message, mark_id=mark.id)


async def _await_answer(work: Work, thread: Thread, author_id: UUID) -> None:
    """What one of the two writes to who coordinates awaits an answer; an answer settles it."""
    if author_id in _people(thread):
        title = "Answer a message in a thread of yours"
        await ask(work, ANSWER_TASK, title, thread, due_in=ANSWERED_WITHIN, source="message.sent")
    else:
        await settled(work, ANSWER_TASK, thread)

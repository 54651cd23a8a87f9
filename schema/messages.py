"""How threads, messages and what was opened on an incident are shown."""

from kith.matching.match import Match
from kith.messages.closing import close_thread
from kith.messages.incident import ThreadOpening, close_incident_reading, open_thread_for_incident
from kith.messages.sending import mark_thread_read, send_message
from kith.messages.thread import Message, ReadMark, Thread, ThreadKind, ThreadStatus
from kith.people.person import Person
from schema.declare import (
    ById,
    among,
    ascending,
    column,
    connection,
    descending,
    many,
    one,
    refers_to,
    root,
    shows,
)
from schema.enums import enumeration
from schema.mutations import expose


@shows(
    Thread,
    "What is written between two sides about one match, for those who are in it.",
    orders={"LATEST": descending(Thread.last_at), "SOONEST": ascending(Thread.last_at)},
    filters={
        "match_id": refers_to(Thread.match_id, Match, "About this match."),
        "kind": among(Thread.kind, enumeration(ThreadKind), "Of one of these kinds."),
    },
)
class ThreadType:
    """The fields of a thread."""

    kind = column("Who writes with whom.", enumeration(ThreadKind))
    status = column("Whether it takes messages.", enumeration(ThreadStatus))
    began_at = column("When the first message was sent.")
    last_at = column("When the last one was.")
    match = one("About which match.", by=Thread.match_id)
    messages = connection("What was written.", by=Message.thread_id, filtered=False)
    read_marks = many("How far you have read: one mark, your own.", ReadMark.thread_id, ascending(), most=1)
    openings = connection("Who opened it on an incident, and why.", by=ThreadOpening.thread_id, filtered=False)


@shows(
    Message,
    "A message.",
    orders={"NEWEST": descending(Message.sent_at), "OLDEST": ascending(Message.sent_at)},
)
class MessageType:
    """The fields of a message."""

    body = column("What it says.")
    sent_at = column("When it was sent.")
    author = one("Who wrote it.", by=Message.person_id, model=Person)
    thread = one("In which thread.", by=Message.thread_id)


@shows(ReadMark, "How far you have read a thread.")
class ReadMarkType:
    """The fields of a read mark."""

    unread = column("How many messages of others you have not read.")
    read_at = column("When you read everything last.")
    thread = one("Which thread.", by=ReadMark.thread_id)


@shows(
    ThreadOpening,
    "That a member of staff opened a thread on an incident.",
    orders={"NEWEST": descending(ThreadOpening.opened_at), "OLDEST": ascending(ThreadOpening.opened_at)},
)
class ThreadOpeningType:
    """The fields of an opening."""

    kind = column("Which of the match's threads.", enumeration(ThreadKind))
    reason = column("What happened.")
    opened_at = column("When it was opened.")
    ended_at = column("When it was closed again; by itself after fourteen days.")
    opened_by = one("Who opened it.", by=ThreadOpening.person_id, model=Person)
    thread = one("The thread, for those who may read it.", by=ThreadOpening.thread_id)


root(
    threads=connection("The threads that you are in.", Thread),
    thread=ById("A thread.", Thread),
    thread_openings=connection("Which threads were opened on an incident.", ThreadOpening, filtered=False),
)
expose(send_message, mark_thread_read, close_thread, open_thread_for_incident, close_incident_reading)

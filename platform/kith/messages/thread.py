"""A thread: who writes with whom about one match, and what they write.

Nobody reads a thread who is not in it, whatever their role: no reach over an organisation opens one. On an incident a
coordinator or administrator opens it for themselves alone, with a reason that its people see.

Who is in a thread follows from its kind, and the database computes it (`GENERATED ALWAYS`) into the columns that the
row rule compares, in the thread and in each of its messages.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Computed, Uuid, and_, false, or_
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor
from kith.ground.choice import Choice
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Owned, at_most, one_of, organisation_index, within
from kith.ground.permissions import PARTICIPANTS, Permission, Reach, Role
from kith.matching.match import PAIR, Match, OfPair
from kith.people.person import Person

READ = Permission(
    "messages.read",
    "Read the threads that one is in, or that one opened on an incident.",
    granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS},
)
LENGTH = 4000


class ThreadKind(Choice):
    """Who writes with whom."""

    PAIR = "PAIR", "The two people of the match."
    MENTEE_COORDINATOR = "MENTEE_COORDINATOR", "The mentee and who coordinates the programme."
    MENTOR_COORDINATOR = "MENTOR_COORDINATOR", "The mentor and who coordinates the programme."


class ThreadStatus(Choice):
    """Where a thread is."""

    OPEN = "OPEN", "Messages can be sent."
    CLOSED = "CLOSED", "It can be read, and takes no more messages."


def _computed(column: str, *kinds: ThreadKind) -> Any:
    """The column's value, where the thread is of one of these kinds; computed by the database."""
    listed = ", ".join(repr(str(each)) for each in kinds)
    return mapped_column(Uuid(), Computed(f"CASE WHEN kind IN ({listed}) THEN {column} END", persisted=True))


class InThread(OfPair):
    """A row of a thread."""

    __abstract__ = True

    kind: Mapped[str]
    mentor_reader_id: Mapped[UUID | None] = _computed(
        "mentor_person_id", ThreadKind.PAIR, ThreadKind.MENTOR_COORDINATOR
    )
    mentee_reader_id: Mapped[UUID | None] = _computed(
        "mentee_person_id", ThreadKind.PAIR, ThreadKind.MENTEE_COORDINATOR
    )
    coordinated_id: Mapped[UUID | None] = _computed(
        "programme_id", ThreadKind.MENTEE_COORDINATOR, ThreadKind.MENTOR_COORDINATOR
    )

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who is in the thread, and who opened it on an incident; of coordinators nobody who is one of the pair."""
        ways: list[ColumnElement[bool]] = []
        if actor.grants and actor.person_id is not None:
            ways += [column == actor.own_person for column in cls._readers()]
        if actor.reaches(Reach.PROGRAMME):
            another = (cls.mentor_person_id != actor.own_person, cls.mentee_person_id != actor.own_person)
            ways.append(and_(actor.among("programmes", cls.coordinated_id), *another))
        return or_(*ways) if ways else false()

    @classmethod
    def _readers(cls) -> list[Any]:
        """The columns that hold who may read it."""
        return [cls.mentor_reader_id, cls.mentee_reader_id]


class Thread(InThread):
    """What is written between two sides about one match. `incident_reader_id` is who opened it on an incident."""

    __tablename__ = "threads"
    __table_args__ = (
        organisation_index("match_id", "kind", unique=True),
        organisation_index("last_at", "id"),
        organisation_index("mentor_reader_id", "last_at", "id"),
        organisation_index("mentee_reader_id", "last_at", "id"),
        organisation_index("coordinated_id", "last_at", "id"),
        organisation_index("incident_reader_id", "last_at", "id"),
        one_of("kind", list(ThreadKind)),
        one_of("status", list(ThreadStatus)),
    )
    READ = READ
    CONFIDED = True

    match_id: Mapped[UUID] = within(Match, carrying=PAIR)
    status: Mapped[str]
    incident_reader_id: Mapped[UUID | None] = within(Person, nullable=True)
    began_at: Mapped[datetime]
    last_at: Mapped[datetime]

    @classmethod
    def _readers(cls) -> list[Any]:
        return [*super()._readers(), cls.incident_reader_id]


LIFE = Lifecycle(
    Thread,
    ThreadStatus,
    begins=[ThreadStatus.OPEN],
    moves=[
        Move("messages.closing.close_thread", ThreadStatus.OPEN, to=ThreadStatus.CLOSED),
        Move("messages.closing.close_threads_of_match", ThreadStatus.OPEN, to=ThreadStatus.CLOSED),
    ],
)


class Message(InThread):
    """One message. `person_id` is who wrote it."""

    __tablename__ = "messages"
    __table_args__ = (
        organisation_index("thread_id", "sent_at", "id"),
        at_most("body", LENGTH),
    )
    READ = READ
    CONFIDED = True

    thread_id: Mapped[UUID] = within(Thread, carrying=("kind", *PAIR))
    person_id: Mapped[UUID] = within(Person)
    incident_reader_id: Mapped[UUID | None] = within(Person, nullable=True)
    body: Mapped[str]
    sent_at: Mapped[datetime]

    @classmethod
    def _readers(cls) -> list[Any]:
        return [*super()._readers(), cls.incident_reader_id]


class ReadMark(Owned):
    """How far one person has read a thread: how many messages of others came since. Shown to nobody else."""

    __tablename__ = "read_marks"
    __table_args__ = (
        organisation_index("thread_id", "person_id", unique=True),
        CheckConstraint("unread >= 0", name="unread"),
    )
    READ = READ

    thread_id: Mapped[UUID] = within(Thread)
    person_id: Mapped[UUID] = within(Person)
    unread: Mapped[int]
    read_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Whose it is."""
        return cls.person_id == actor.own_person if actor.grants and actor.person_id is not None else false()

"""A note about a match: who may read it is chosen when it is written, and never widens by itself.

The guidelines of NAPS ask that people can see what is written about them: a shared note is the mentee's to read and to
correct, whatever is not shared stands in the register of an administrator, and every reading by somebody else than the
author is recorded. Nothing is deleted, and an edit keeps what stood there before.

All notes are in one table. Whom a class lets read is computed by the database into the columns that the row rule
compares (`GENERATED ALWAYS`), so no operation can set them wrong, and a note that is widened keeps its id, its earlier
versions and its record. A table for each class would have made widening a move between tables.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Computed, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Forbidden, IllegalState, Invalid
from kith.ground.facts import Fact
from kith.ground.model import Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import Permission, Reach, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.matching.match import PAIR, Match, MatchStatus, OfPair
from kith.meetings.meeting import Meeting
from kith.people.person import Person

_READERS = {Role.ADMIN, Role.SUPERVISOR, Role.MENTOR, Role.MENTEE}
READ = Permission("notes.read", "Read notes that are for oneself; each reading is recorded.", granted_to=_READERS)
WRITE = Permission("notes.write", "Write notes about a match, and say who may read them.", granted_to=_READERS)
CORRECT = Permission("notes.correct", "Correct what is written about oneself.", granted_to={Role.MENTEE})
CARRY = Permission("notes.carry", "Let a new mentor read a shared note.", granted_to={Role.MENTEE})
FOLLOW = Permission("notes.follow_match", "Carry notes along into a new match, where the mentee allowed it.")
AUDIT = Permission("notes.audit", "See which notes there are, without what they say.", granted_to={Role.ADMIN})
EDITED_WITHIN = timedelta(hours=24)
MOST_EDITS, MOST_CORRECTIONS, LENGTH = 20, 10, 8000


class Visibility(Choice):
    """Whom a note is for, the widest first."""

    SHARED = "SHARED", "The mentee, the mentor and who supervises them."
    MENTOR_SUPERVISOR = "MENTOR_SUPERVISOR", "The mentor and who supervises them."
    SUPERVISION_ONLY = "SUPERVISION_ONLY", "Who supervises the mentor."
    ADMIN = "ADMIN", "The organisation's administrators."


_WIDEST_FIRST = list(Visibility)


def _reader(column: str, *classes: Visibility) -> Any:
    """The column's person, where the note is of one of these classes; computed by the database."""
    listed = ", ".join(repr(str(each)) for each in classes)
    return mapped_column(Uuid(), Computed(f"CASE WHEN visibility IN ({listed}) THEN {column} END", persisted=True))


class Note(OfPair):
    """One note about a match, perhaps about one of its meetings. `person_id` is who wrote it."""

    __tablename__ = "notes"
    __table_args__ = (
        organisation_index("written_at", "id"),
        organisation_index("match_id", "written_at", "id"),
        organisation_index("mentee_reader_id", "written_at", "id"),
        organisation_index("mentor_reader_id", "written_at", "id"),
        organisation_index("supervised_id", "written_at", "id"),
        one_of("visibility", list(Visibility)),
        at_most("body", LENGTH),
        organisation_index(
            "match_id", "carried_from", unique=True, where="carried_from IS NOT NULL", name="uq_notes_carried"
        ),
        CheckConstraint("visibility = 'SHARED' OR NOT portable", name="portable"),
        CheckConstraint("(carried_from IS NULL) = (carried_at IS NULL)", name="carried"),
        CheckConstraint(f"jsonb_array_length(earlier) <= {MOST_EDITS}", name="earlier"),
    )
    READ = READ
    SENSITIVE = True
    CONFIDED = True

    match_id: Mapped[UUID] = within(Match, carrying=PAIR)
    meeting_id: Mapped[UUID | None] = within(Meeting, carrying=("match_id",), nullable=True)
    person_id: Mapped[UUID] = within(Person)
    visibility: Mapped[str]
    body: Mapped[str]
    earlier: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)  # what stood there before, the oldest first
    written_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    portable: Mapped[bool]  # the mentee lets a later mentor read it
    carried_from: Mapped[UUID | None]  # the note of an earlier match of which this is the copy
    carried_at: Mapped[datetime | None]
    mentee_reader_id: Mapped[UUID | None] = _reader("mentee_person_id", Visibility.SHARED)
    mentor_reader_id: Mapped[UUID | None] = _reader("mentor_person_id", Visibility.SHARED, Visibility.MENTOR_SUPERVISOR)
    supervised_id: Mapped[UUID | None] = _reader(
        "mentor_person_id", Visibility.SHARED, Visibility.MENTOR_SUPERVISOR, Visibility.SUPERVISION_ONLY
    )
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Whom its class names, and administrators, whose reading is recorded; coordinators read none."""
        return row_rule(
            actor,
            own=[cls.mentee_reader_id, cls.mentor_reader_id],
            supervised=[cls.supervised_id],
            apart=[cls.mentor_person_id, cls.mentee_person_id],
        )


class NoteEntry(Owned):
    """A line of the register: that a note exists, of whom and of which class. It does not say what the note says."""

    __tablename__ = "note_register"
    __table_args__ = (
        organisation_index("written_at", "id"),
        organisation_index("note_id", unique=True),
        one_of("visibility", list(Visibility)),
    )
    READ = AUDIT

    note_id: Mapped[UUID] = within(Note, carrying=("programme_id", "match_id", "person_id"))
    programme_id: Mapped[UUID]
    match_id: Mapped[UUID]
    person_id: Mapped[UUID]
    visibility: Mapped[str]
    written_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The organisation's administrators."""
        return row_rule(actor)


class NoteCorrection(OfPair):
    """What the mentee says to a shared note about them."""

    __tablename__ = "note_corrections"
    __table_args__ = (organisation_index("note_id", "stated_at", "id"), at_most("body", LENGTH))
    READ = READ

    note_id: Mapped[UUID] = within(Note, carrying=PAIR)
    body: Mapped[str]
    stated_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who may read a shared note: the two people and who supervises the mentor."""
        return row_rule(actor, own=[cls.mentor_person_id, cls.mentee_person_id], supervised=[cls.mentor_person_id])


@operation(needs=WRITE)
async def write_note(
    work: Work,
    match_id: Annotated[Id[Match], "About which match."],
    *,
    body: Annotated[str, "What it says, up to 8,000 characters."],
    visibility: Annotated[Visibility, "Whom it is for; it never widens by itself."],
    meeting_id: Annotated[Id[Meeting] | None, "About which of its meetings."] = None,
) -> Note:
    """Write a note for those whom its class names. What is written can be changed for 24 hours, and never deleted."""
    match = await work.get(Match, match_id)
    _check_class(work, match, visibility)
    if match.status == MatchStatus.CLOSED and work.actor.person_id in (match.mentor_person_id, match.mentee_person_id):
        raise IllegalState("This match is closed; tell the person who looks after you instead.")
    note = Note.under(match, visibility=visibility, earlier=[], portable=False, written_at=work.now)
    note.body, note.person_id = short(body, LENGTH, "body"), _person(work)
    if meeting_id is not None:
        note.meeting_id = (await work.get(Meeting, meeting_id, Meeting.match_id == match.id)).id
    work.add(note)
    work.add(NoteEntry.under(note, visibility=visibility, written_at=work.now))
    work.note("note.written", note, visibility=visibility, match=match.id)
    return note


@operation(needs=WRITE)
async def edit_note(
    work: Work,
    note_id: Annotated[Id[Note], "Which note of one's own."],
    *,
    body: Annotated[str, "What it says now."],
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> Note:
    """Change what a note of one's own says, within 24 hours; whoever may read it may read what stood there before."""
    note = await _own(work, note_id, expected_version)
    if work.now - note.written_at > EDITED_WITHIN:
        raise IllegalState("A note can be changed for 24 hours; write another one about what is different now.")
    if len(note.earlier) >= MOST_EDITS:
        raise IllegalState(f"A note can be changed {MOST_EDITS} times; write another one.")
    before = {"body": note.body, "written_at": (note.edited_at or note.written_at).isoformat()}
    note.earlier, note.body, note.edited_at = [*note.earlier, before], short(body, LENGTH, "body"), work.now
    work.note("note.edited", note)
    return note


@operation(needs=WRITE)
async def widen_note(
    work: Work,
    note_id: Annotated[Id[Note], "Which note of one's own."],
    *,
    visibility: Annotated[Visibility, "Whom it is for now: more people than before."],
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> Note:
    """Let more people read a note of one's own, with everything that stood in it before."""
    return await _show(work, note_id, visibility, expected_version, wider=True)


@operation(needs=WRITE)
async def narrow_note(
    work: Work,
    note_id: Annotated[Id[Note], "Which note of one's own."],
    *,
    visibility: Annotated[Visibility, "Whom it is for now: fewer people than before."],
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> Note:
    """Let fewer people read a note of one's own that nobody else has read. What somebody read is not taken back."""
    await _own(work, note_id, expected_version)
    if await work.exists(Fact, Fact.subject_id == note_id, Fact.kind == "sensitive.read"):
        raise IllegalState("Somebody has read this note; it stays as open as it was.")
    return await _show(work, note_id, visibility, expected_version, wider=False)


@operation(needs=CORRECT)
async def correct_note(
    work: Work,
    note_id: Annotated[Id[Note], "Which shared note about oneself."],
    *,
    body: Annotated[str, "What is to be read beside it."],
) -> Note:
    """Say what is not right in a shared note about oneself: it stands beside the note for whoever reads it."""
    note = await work.get(Note, note_id, Note.mentee_reader_id == work.actor.person_id, lock=True)
    if await work.count(NoteCorrection, NoteCorrection.note_id == note.id) >= MOST_CORRECTIONS:
        raise IllegalState(f"A note has at most {MOST_CORRECTIONS} corrections.")
    work.add(NoteCorrection.under(note, body=short(body, LENGTH, "body"), stated_at=work.now))
    work.note("note.corrected", note)
    return note


@operation(needs=CARRY)
async def let_note_be_carried(
    work: Work,
    note_id: Annotated[Id[Note], "Which shared note about oneself."],
    *,
    allowed: Annotated[bool, "Whether a later mentor in the same programme may read it."],
) -> Note:
    """Say whether a shared note goes along to a new mentor: into an open match at once, and into later ones.

    What was carried before stays where it is. Nobody but the mentee decides this.
    """
    note = await work.get(Note, note_id, Note.mentee_reader_id == work.actor.person_id, lock=True)
    note.portable = allowed
    work.note("note.portable" if allowed else "note.not_portable", note)
    for match in await work.rows(Match, *_later_than(note)) if allowed else ():
        await _carry(work, note, match)
    return note


@operation(needs=FOLLOW)
async def carry_notes(work: Work, match_id: Id[Match]) -> None:
    """Carry along what the mentee of a new match lets a new mentor read."""
    match = await work.get(Match, match_id, lock=True)
    theirs = (Note.mentee_person_id == match.mentee_person_id, Note.programme_id == match.programme_id)
    for note in await work.rows(Note, *theirs, Note.portable.is_(True), Note.match_id != match.id):
        await _carry(work, note, match)


def _later_than(note: Note) -> Sequence[ColumnElement[bool]]:
    """The open match of the same mentee in the same programme, where it is another one."""
    theirs = (Match.mentee_person_id == note.mentee_person_id, Match.programme_id == note.programme_id)
    return (*theirs, Match.id != note.match_id, Match.status != MatchStatus.CLOSED)


async def _carry(work: Work, note: Note, match: Match) -> None:
    """Copy the note into the match, with what the mentee said to it, unless it is there."""
    origin = note.carried_from or note.id
    await work.settle()
    if await work.exists(Note, Note.match_id == match.id, (Note.carried_from == origin) | (Note.id == origin)):
        return
    copy = Note.under(match, visibility=note.visibility, body=note.body, earlier=note.earlier, portable=True)
    copy.person_id, copy.written_at, copy.edited_at = note.person_id, note.written_at, note.edited_at
    copy.carried_from, copy.carried_at = origin, work.now
    work.add(copy)
    work.add(NoteEntry.under(copy, visibility=copy.visibility, written_at=copy.written_at))
    for said in await work.rows(NoteCorrection, NoteCorrection.note_id == note.id):
        work.add(NoteCorrection.under(copy, body=said.body, stated_at=said.stated_at))
    work.note("note.carried", copy, origin=origin)


async def _show(work: Work, note_id: UUID, visibility: Visibility, version: int | None, *, wider: bool) -> Note:
    """The one place that changes whom a note is for."""
    note = await _own(work, note_id, version)
    before, after = _WIDEST_FIRST.index(Visibility(note.visibility)), _WIDEST_FIRST.index(visibility)
    if (after < before) is not wider or after == before:
        raise Invalid(
            f"This note is {note.visibility}; {visibility} is not {'wider' if wider else 'narrower'}.",
            path=("visibility",),
        )
    _check_class(work, await work.get(Match, note.match_id), visibility)
    was, note.visibility = note.visibility, visibility
    note.portable = note.portable and visibility == Visibility.SHARED
    await work.revise(NoteEntry, NoteEntry.note_id == note.id, visibility=visibility)
    work.note("note.widened" if wider else "note.narrowed", note, before=was, after=visibility)
    return note


async def _own(work: Work, note_id: UUID, version: int | None) -> Note:
    note = await work.get(Note, note_id, Note.person_id == work.actor.person_id, lock=True)
    await work.expect(note, version)
    return note


def _check_class(work: Work, match: Match, visibility: Visibility) -> None:
    """Everybody writes for those among whom they are themselves. Raises Forbidden."""
    if visibility not in _classes(work.actor, match):
        raise Forbidden(f"A note that is {visibility} is written by somebody whom it is for.", path=("visibility",))


def _classes(actor: Actor, match: Match) -> Sequence[Visibility]:
    if actor.person_id == match.mentee_person_id:
        return _WIDEST_FIRST[:1]
    if actor.person_id == match.mentor_person_id:
        return _WIDEST_FIRST[:2]
    if actor.reaches(Reach.ORGANISATION):
        return _WIDEST_FIRST
    return _WIDEST_FIRST[:3] if actor.reaches(Reach.CASELOAD) and match.mentor_person_id in actor.caseload else []


def _person(work: Work) -> UUID:
    if work.actor.person_id is None:
        raise IllegalState("Only a person writes a note.")
    return work.actor.person_id

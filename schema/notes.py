"""How notes, their corrections and the register are shown."""

from datetime import datetime
from typing import Any

from kith.matching.match import Match
from kith.notes.note import (
    MOST_CORRECTIONS,
    Note,
    NoteCorrection,
    NoteEntry,
    Visibility,
    correct_note,
    edit_note,
    let_note_be_carried,
    narrow_note,
    widen_note,
    write_note,
)
from kith.people.person import Person
from schema.declare import (
    ById,
    Value,
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
    value_type,
)
from schema.enums import enumeration
from schema.mutations import expose


@value_type("EarlierNote", "What a note said before it was changed.")
class EarlierNoteType:
    """The fields of an earlier version of a note."""

    body = Value("What it said.", str)
    written_at = Value("Since when.", datetime)


def _earlier(stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each | {"written_at": datetime.fromisoformat(each["written_at"])} for each in stored]


@shows(
    Note,
    "A note about a match, for those whom its visibility names. Reading another person's is recorded.",
    orders={"NEWEST": descending(Note.written_at), "OLDEST": ascending(Note.written_at)},
    filters={
        "match_id": refers_to(Note.match_id, Match, "About this match."),
        "visibility": among(Note.visibility, enumeration(Visibility), "Of one of these classes."),
    },
)
class NoteType:
    """The fields of a note."""

    visibility = column("Whom it is for.", enumeration(Visibility))
    body = column("What it says.")
    earlier = column("What it said before, the oldest first.", list[EarlierNoteType], convert=_earlier)
    written_at = column("When it was written.")
    edited_at = column("When it was changed last.")
    portable = column("Whether the mentee lets a later mentor read it.")
    carried_at = column("When it was carried along from an earlier match; null for one written in this.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    author = one("Who wrote it.", by=Note.person_id, model=Person)
    match = one("About which match.", by=Note.match_id)
    meeting = one("About which meeting, where it is about one.", by=Note.meeting_id)
    corrections = many(
        "What the mentee says to it.",
        NoteCorrection.note_id,
        ascending(NoteCorrection.stated_at),
        most=MOST_CORRECTIONS,
    )


@shows(NoteCorrection, "What a mentee says to a shared note about them.")
class NoteCorrectionType:
    """The fields of a correction."""

    body = column("What is to be read beside the note.")
    stated_at = column("When.")


@shows(
    NoteEntry,
    "That a note exists: for administrators, without what it says.",
    orders={"NEWEST": descending(NoteEntry.written_at), "OLDEST": ascending(NoteEntry.written_at)},
    filters={"visibility": among(NoteEntry.visibility, enumeration(Visibility), "Of one of these classes.")},
)
class NoteEntryType:
    """The fields of a line of the register."""

    visibility = column("Whom the note is for.", enumeration(Visibility))
    written_at = column("When it was written.")
    author = one("Who wrote it.", by=NoteEntry.person_id, model=Person)
    match = one("About which match.", by=NoteEntry.match_id, model=Match)


root(
    notes=connection("Notes that are for you.", Note),
    note=ById("A note.", Note),
    note_register=connection("Which notes there are.", NoteEntry),
)
expose(write_note, edit_note, widen_note, narrow_note, correct_note, let_note_be_carried)

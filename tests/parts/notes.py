"""The part of notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kith.notes.note import Visibility, correct_note, write_note
from tests.deed import Deed

if TYPE_CHECKING:
    from tests.world import Building

DEEDS = (
    Deed(
        "writeNote",
        "mentor",
        lambda h: {
            "matchId": h.id("match"),
            "meetingId": h.id("held_meeting"),
            "body": "A good hour.",
            "visibility": "SHARED",
        },
        "coordinator",
        "other_mentor",
    ),
    Deed(
        "editNote",
        "mentor",
        lambda h: {"noteId": h.id("mentors_note"), "body": "A second thought."},
        "coordinator",
        "other_mentor",
    ),
    Deed(
        "narrowNote",
        "mentor",
        lambda h: {"noteId": h.id("open_note"), "visibility": "MENTOR_SUPERVISOR"},
        "coordinator",
        "supervisor",
    ),
    Deed(
        "widenNote",
        "mentor",
        lambda h: {"noteId": h.id("mentors_note"), "visibility": "SHARED"},
        "analyst",
        "supervisor",
    ),
    Deed(
        "correctNote",
        "mentee",
        lambda h: {"noteId": h.id("shared_note"), "body": "It was I who rang."},
        "mentor",
        "other_mentee",
    ),
    Deed(
        "letNoteBeCarried",
        "mentee",
        lambda h: {"noteId": h.id("shared_note"), "allowed": True},
        "mentor",
        "other_mentee",
    ),
)


async def build(building: Building) -> None:
    """A note of each class about one match, and one that its mentee corrected."""
    house, match = building.house, building.house.row("match")
    hers, theirs = "mentor", "supervisor"
    shared = await building.does(
        hers, write_note, match, body=f"We rang the office in {house.name}.", visibility=Visibility.SHARED
    )
    opened = await building.does(hers, write_note, match, body="Nobody read this.", visibility=Visibility.SHARED)
    mentors = await building.does(
        hers, write_note, match, body=f"How do I ask in {house.name}?", visibility=Visibility.MENTOR_SUPERVISOR
    )
    supervisors = await building.does(
        theirs, write_note, match, body=f"Ask them in {house.name}.", visibility=Visibility.SUPERVISION_ONLY
    )
    admins = await building.does(
        "admin", write_note, match, body=f"A call from {house.name}.", visibility=Visibility.ADMIN
    )
    await building.does("mentee", correct_note, shared.id, body=f"I rang, {house.name}.")
    building.name(
        shared_note=shared, open_note=opened, mentors_note=mentors, supervisors_note=supervisors, admins_note=admins
    )

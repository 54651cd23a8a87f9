"""The part of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kith.messages.incident import open_thread_for_incident
from kith.messages.sending import send_message
from kith.messages.thread import ThreadKind
from tests.deed import Deed

if TYPE_CHECKING:
    from tests.world import Building

DEEDS = (
    Deed(
        "sendMessage",
        "mentor",
        lambda h: {"matchId": h.id("match"), "kind": "PAIR", "body": "See you on Tuesday."},
        "supervisor",
        "other_mentor",
    ),
    Deed("markThreadRead", "mentee", lambda h: {"threadId": h.id("thread")}, "supervisor", "other_mentee"),
    Deed(
        "openThreadForIncident",
        "coordinator",
        lambda h: {"matchId": h.id("match"), "kind": "PAIR", "reason": "A worry was reported."},
        "supervisor",
        "other_coordinator",
    ),
    Deed("closeIncidentReading", "admin", lambda h: {"openingId": h.id("opening")}, "mentor", "coordinator"),
)


async def build(building: Building) -> None:
    """The two write to each other, the mentee to who coordinates; in the family one thread is opened on an incident."""
    house = building.house
    match, other = house.row("match"), house.row("other_match")
    first = await building.does("mentor", send_message, match, kind=ThreadKind.PAIR, body=f"Hello from {house.name}.")
    asked = await building.does(
        "mentee", send_message, match, kind=ThreadKind.MENTEE_COORDINATOR, body=f"A question in {house.name}."
    )
    await building.does("other_mentee", send_message, other, kind=ThreadKind.PAIR, body=f"Hello, {house.name}.")
    opening = await building.does(
        "admin", open_thread_for_incident, other, kind=ThreadKind.PAIR, reason=f"A call to {house.name}."
    )
    await building.later()
    house.named |= {
        "thread": ("Thread", first.thread_id),
        "coordinators_thread": ("Thread", asked.thread_id),
    }
    building.name(message=first, opening=opening)

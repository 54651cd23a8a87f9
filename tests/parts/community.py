"""The part of community."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kith.community.group import (
    GroupAdmission,
    GroupFormat,
    GroupModality,
    PeerSupportGroup,
    add_facilitator,
    open_group,
    plan_group,
)
from kith.community.membership import join_group
from kith.community.session import record_group_attendance, schedule_group_session, show_check_in_code
from tests.deed import Deed, ahead

if TYPE_CHECKING:
    from tests.world import Building

_GROUPS = (
    Deed(
        "planGroup",
        "coordinator",
        lambda h: {
            "programmeId": h.id("programme"),
            "name": "Sunday walk",
            "format": "ACTIVITY",
            "admission": "OPEN",
            "modality": "IN_PERSON",
            "capacity": 12,
        },
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "editGroup",
        "coordinator",
        lambda h: {"groupId": h.id("group"), "rules": "What is said here stays here."},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "addFacilitator",
        "coordinator",
        lambda h: {"groupId": h.id("draft_group"), "personId": h.id("new_mentor.person")},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "removeFacilitator",
        "coordinator",
        lambda h: {"facilitatorId": h.id("Cooking together.second_mentor")},
        "mentor",
        "other_coordinator",
    ),
    Deed("openGroup", "coordinator", lambda h: {"groupId": h.id("draft_group")}, "mentor", "other_coordinator"),
    Deed("pauseGroup", "coordinator", lambda h: {"groupId": h.id("group")}, "supervisor", "other_coordinator"),
    Deed("resumeGroup", "coordinator", lambda h: {"groupId": h.id("group")}, "supervisor", "other_coordinator"),
    Deed(
        "joinGroup",
        "proposed_mentee",
        lambda h: {"groupId": h.id("group"), "alias": "Robin"},
        "coordinator",
        "lantern.mentee",
    ),
    Deed("acceptIntoGroup", "supervisor", lambda h: {"membershipId": h.id("asked")}, "mentee", "second_mentor"),
    Deed(
        "removeFromGroup",
        "mentor",
        lambda h: {"membershipId": h.id("fellow"), "reason": "NO_LONGER_REACHED"},
        "mentee",
        "other_mentor",
    ),
    Deed(
        "chooseAlias", "mentee", lambda h: {"membershipId": h.id("member"), "alias": "T."}, "coordinator", "new_mentor"
    ),
    Deed(
        "scheduleGroupSession",
        "second_mentor",
        lambda h: {"groupId": h.id("group"), "startsAt": ahead(days=9), "timeZone": "Europe/Dublin"},
        "mentee",
        "other_mentor",
    ),
    Deed("showCheckInCode", "mentor", lambda h: {"sessionId": h.id("begun_session")}, "mentee", "other_mentor"),
    Deed("checkInToSession", "mentee", lambda h: {"sessionId": h.id("begun_session")}, "coordinator", "other_mentee"),
    Deed(
        "recordGroupAttendance",
        "mentor",
        lambda h: {"sessionId": h.id("begun_session"), "came": [h.id("member")], "headCount": 4},
        "mentee",
        "other_mentor",
    ),
    Deed("cancelGroupSession", "mentor", lambda h: {"sessionId": h.id("coming_session")}, "mentee", "other_mentor"),
    Deed("leaveGroup", "mentee", lambda h: {"membershipId": h.id("member")}, "coordinator", "other_mentee"),
    Deed("closeGroup", "coordinator", lambda h: {"groupId": h.id("closed_group")}, "mentor", "other_coordinator"),
)
DEEDS = _GROUPS


async def build(building: Building) -> None:
    """What an organisation offers around its matches, begun three hours ago."""
    clock, building.clock = building.clock, building.now - timedelta(hours=3)
    await _groups(building)
    building.clock = clock


async def _groups(building: Building) -> None:
    """A group that meets, one that accepts who asks, and one that is being prepared."""
    house = building.house
    group = await _group(building, "Evening circle", ("mentor", "second_mentor"))
    closed = await _group(building, "Steps", ("supervisor", "mentor"), admission=GroupAdmission.CLOSED)
    draft = await _group(building, "Cooking together", ("mentor", "second_mentor"), opens=False)
    member = await building.does("mentee", join_group, group.id, alias="Wren")
    fellow = await building.does("waiting_mentee", join_group, group.id, alias=f"Finch of {house.name}")
    asked = await building.does("waiting_mentee", join_group, closed.id, alias="Finch")
    building.name(group=group, closed_group=closed, draft_group=draft, member=member, fellow=fellow, asked=asked)
    held = await _session(building, group, building.now - timedelta(hours=2, minutes=30))
    begun = await _session(building, group, building.now - timedelta(hours=1))
    coming = await _session(building, group, building.now + timedelta(days=2))
    building.clock = building.now - timedelta(hours=2)
    await building.does(
        "mentor", record_group_attendance, held.id, came=[member.id], stayed_away=[fellow.id], head_count=7
    )
    building.clock = building.now - timedelta(minutes=55)
    await building.does("mentor", show_check_in_code, begun.id)
    building.name(held_session=held, begun_session=begun, coming_session=coming)


async def _group(
    building: Building,
    name: str,
    facilitators: tuple[str, ...],
    *,
    admission: GroupAdmission = GroupAdmission.OPEN,
    opens: bool = True,
) -> PeerSupportGroup:
    group = await building.does(
        "coordinator",
        plan_group,
        programme_id=building.house.row("programme"),
        name=name,
        format=GroupFormat.SHARING,
        admission=admission,
        modality=GroupModality.IN_PERSON,
        capacity=8,
        about=f"A circle of {building.house.name}.",
    )
    for who in facilitators:
        person_id = building.house.people[who]
        added = await building.does("coordinator", add_facilitator, group.id, person_id=person_id)
        building.name(**{f"{name}.{who}": added})
    return await building.does("coordinator", open_group, group.id) if opens else group


async def _session(building: Building, group: PeerSupportGroup, starts_at: Any) -> Any:
    return await building.does(
        "mentor",
        schedule_group_session,
        group.id,
        starts_at=starts_at,
        minutes=60,
        time_zone="Europe/Dublin",
        place=f"Room 2, {building.house.name}",
    )

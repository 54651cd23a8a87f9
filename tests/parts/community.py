"""The part of community."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kith.community.event import add_volunteer_role, open_event, plan_event, sign_up_for_event
from kith.community.group import (
    GroupAdmission,
    GroupFormat,
    GroupModality,
    PeerSupportGroup,
    add_facilitator,
    open_group,
    plan_group,
)
from kith.community.locator import SupportMeetingFormat, SupportMeetingText, list_support_meeting
from kith.community.membership import join_group
from kith.community.resource import ResourceText, ResourceType, draft_resource, publish_resource, review_resource
from kith.community.session import record_group_attendance, schedule_group_session, show_check_in_code
from kith.community.share import share_resource
from kith.people.profile import Pathway, Weekday
from tests.deed import Deed, ahead

if TYPE_CHECKING:
    from tests.world import Building

RESOURCE = {"title": "Advice on rent", "type": "SERVICE", "about": "They help with a tenancy.", "languages": ["en"]}
MEETING = {
    "name": "Tuesday lunch",
    "weekday": "TUESDAY",
    "starts": "12:30",
    "timeZone": "Europe/Dublin",
    "languages": ["en"],
    "address": "1 Quay Street",
    "latitude": "53.3498",
    "longitude": "-6.2603",
}
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
_RESOURCES = (
    Deed("draftResource", "partner", lambda h: {"resource": RESOURCE}, "mentee", None),
    Deed(
        "editResource",
        "coordinator",
        lambda h: {"resourceId": h.id("draft_resource"), "resource": RESOURCE | {"cost": "Free."}},
        "mentee",
        "partner",
    ),
    Deed(
        "reviewResource",
        "supervisor",
        lambda h: {"resourceId": h.id("draft_resource")},
        "partner",
        "lantern.supervisor",
    ),
    Deed(
        "publishResource",
        "coordinator",
        lambda h: {"resourceId": h.id("reviewed_resource")},
        "partner",
        "lantern.coordinator",
    ),
    Deed("verifyResource", "coordinator", lambda h: {"resourceId": h.id("resource")}, "mentor", "lantern.coordinator"),
    Deed(
        "shareResource",
        "mentor",
        lambda h: {"matchId": h.id("match"), "resourceId": h.id("second_resource")},
        "mentee",
        "other_mentor",
    ),
    Deed("openSharedResource", "mentee", lambda h: {"shareId": h.id("share")}, "mentor", "other_mentee"),
    Deed(
        "answerSharedResource",
        "mentee",
        lambda h: {"shareId": h.id("share"), "used": True, "helpful": 4},
        "mentor",
        "other_mentee",
    ),
    Deed("retireResource", "admin", lambda h: {"resourceId": h.id("draft_resource")}, "mentor", "lantern.admin"),
)
_LOCATOR = (
    Deed("listSupportMeeting", "coordinator", lambda h: {"meeting": MEETING}, "mentor", None),
    Deed(
        "editSupportMeeting",
        "coordinator",
        lambda h: {"supportMeetingId": h.id("support_meeting"), "meeting": MEETING | {"heldBy": "A fellowship"}},
        "mentor",
        "lantern.coordinator",
    ),
    Deed(
        "verifySupportMeeting",
        "supervisor",
        lambda h: {"supportMeetingId": h.id("support_meeting")},
        "mentee",
        "lantern.supervisor",
    ),
    Deed(
        "withdrawSupportMeeting",
        "admin",
        lambda h: {"supportMeetingId": h.id("support_meeting")},
        "mentee",
        "lantern.admin",
    ),
)
_EVENTS = (
    Deed(
        "planEvent",
        "coordinator",
        lambda h: {
            "programmeId": h.id("programme"),
            "title": "Summer day",
            "startsAt": ahead(days=30),
            "timeZone": "Europe/Dublin",
            "capacity": 40,
        },
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "editEvent",
        "coordinator",
        lambda h: {"eventId": h.id("event"), "place": "The park"},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "addVolunteerRole",
        "coordinator",
        lambda h: {"eventId": h.id("event"), "title": "Pouring tea", "places": 2},
        "mentor",
        "other_coordinator",
    ),
    Deed("openEvent", "coordinator", lambda h: {"eventId": h.id("planned_event")}, "mentor", "other_coordinator"),
    Deed("signUpForEvent", "proposed_mentee", lambda h: {"eventId": h.id("event")}, "coordinator", "lantern.mentee"),
    Deed("withdrawFromEvent", "mentee", lambda h: {"signupId": h.id("signup")}, "coordinator", "other_mentee"),
    Deed(
        "recordEvent",
        "coordinator",
        lambda h: {"eventId": h.id("begun_event"), "attended": 31},
        "mentor",
        "other_coordinator",
    ),
    Deed("cancelEvent", "coordinator", lambda h: {"eventId": h.id("event")}, "mentor", "other_coordinator"),
)
DEEDS = (*_GROUPS, *_RESOURCES, *_LOCATOR, *_EVENTS)


async def build(building: Building) -> None:
    """What an organisation offers around its matches, begun three hours ago."""
    clock, building.clock = building.clock, building.now - timedelta(hours=3)
    await _events(building)
    await _resources(building)
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


async def _resources(building: Building) -> None:
    """Two resources in the library, one of them shared; one that is reviewed, and a draft; a support meeting."""
    made: dict[str, Any] = {}
    for name, far in (("resource", 3), ("second_resource", 3), ("reviewed_resource", 2), ("draft_resource", 1)):
        text = ResourceText(
            f"{name.replace('_', ' ').capitalize()} of {building.house.name}",
            ResourceType.SERVICE,
            "A room, and somebody who listens.",
            ["en"],
            taxonomy_codes=["BH-1800"],
            crisis=name == "resource",
        )
        made[name] = await building.does("coordinator", draft_resource, resource=text)
        for who, step in (("supervisor", review_resource), ("coordinator", publish_resource))[: far - 1]:
            made[name] = await building.does(who, step, made[name].id)
    share = await building.does(
        "mentor",
        share_resource,
        building.house.row("match"),
        resource_id=made["resource"].id,
        words=f"From one in {building.house.name} to another.",
    )
    meeting = SupportMeetingText(
        f"Room above the shop, {building.house.name}",
        Weekday.FRIDAY,
        time(19, 30),
        "Europe/Dublin",
        ["en"],
        pathway=Pathway.SMART,
        address="2 Bridge Street",
        latitude=Decimal("53.344000"),
        longitude=Decimal("-6.267200"),
        formats=[SupportMeetingFormat.OPEN],
    )
    listed = await building.does("coordinator", list_support_meeting, meeting=meeting)
    building.name(**made, share=share, support_meeting=listed)


async def _events(building: Building) -> None:
    """An event to come with a sign-up, one that has begun, one that is being prepared, one of which is reminded."""
    made: dict[str, Any] = {}
    for name, starts_in in (("event", 4), ("begun_event", -0.04), ("planned_event", 9), ("soon_event", 0.4)):
        made[name] = await building.does(
            "coordinator",
            plan_event,
            programme_id=building.house.row("programme"),
            title=f"Open house of {building.house.name}",
            starts_at=building.now + timedelta(days=starts_in),
            time_zone="Europe/Dublin",
            capacity=2,
        )
        if name != "planned_event":
            made[name] = await building.does("coordinator", open_event, made[name].id)
    role = await building.does("coordinator", add_volunteer_role, made["event"].id, title="Welcoming people")
    signup = await building.does("mentee", sign_up_for_event, made["event"].id)
    await building.does("mentor", sign_up_for_event, made["event"].id, role_id=role.id)
    await building.does("mentor", sign_up_for_event, made["soon_event"].id)
    building.name(**made, role_at_event=role, signup=signup)

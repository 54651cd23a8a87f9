"""The part of meetings: in the family's match, so that those of the first stay as they are."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

from kith.meetings.calendar import issue_calendar
from kith.meetings.follow_up import FollowUpOwner, note_follow_up
from kith.meetings.meeting import arrange_meeting, cancel_meeting, move_meeting
from kith.meetings.recurring import arrange_series
from kith.people.absence import say_absence
from kith.people.profile import Format
from kith.people.reaching import edit_contact_preferences, edit_safe_contact
from tests.deed import Deed, ahead

if TYPE_CHECKING:
    from tests.world import Building

ADDRESS = "address calendar { id name revokedAt }"
DEEDS: tuple[Deed, ...] = (
    Deed(
        "editMeeting",
        "other_mentor",
        lambda h: {
            "meetingId": h.id("other_coming_meeting"),
            "agenda": ["The flat"],
            "goalIds": [h.id("other_goal")],
        },
        "supervisor",
        "mentor",
    ),
    Deed(
        "confirmMeeting",
        "other_mentee",
        lambda h: {"meetingId": h.id("other_coming_meeting")},
        "other_coordinator",
        "mentee",
    ),
    Deed(
        "recordNoShow",
        "other_mentee",
        lambda h: {"meetingId": h.id("other_begun_meeting"), "missedBy": "MENTOR"},
        "supervisor",
        "mentee",
    ),
    Deed(
        "noteFollowUp",
        "other_mentor",
        lambda h: {"meetingId": h.id("other_held_meeting"), "body": "Ask about the course.", "owner": "MENTOR"},
        "supervisor",
        "mentor",
    ),
    Deed("finishFollowUp", "other_mentor", lambda h: {"followUpId": h.id("follow_up")}, "supervisor", "mentor"),
    Deed("dropFollowUp", "other_mentee", lambda h: {"followUpId": h.id("dropped_follow_up")}, "supervisor", "mentee"),
    Deed(
        "editContactPreferences",
        "mentee",
        lambda h: {"personId": h.id("mentee.person"), "hoursBefore": [48, 3], "quietFrom": None, "quietUntil": None},
        "supervisor",
        "mentor",
    ),
    Deed(
        "editSafeContact",
        "coordinator",
        lambda h: {"personId": h.id("mentee.person"), "body": "Never on a Sunday."},
        "supervisor",
        "other_coordinator",
    ),
    Deed(
        "sayAbsence",
        "mentor",
        lambda h: {"personId": h.id("mentor.person"), "startsAt": ahead(days=40), "endsAt": ahead(days=47)},
        "supervisor",
        "mentee",
    ),
    Deed(
        "arrangeSeries",
        "other_mentor",
        lambda h: {
            "matchId": h.id("other_match"),
            "rule": "FREQ=WEEKLY;COUNT=2",
            "startsAt": ahead(days=5, hours=2),
            "format": "PHONE",
        },
        "supervisor",
        "mentor",
    ),
    Deed(
        "changeSeries",
        "other_mentee",
        lambda h: {"seriesId": h.id("series"), "startsAt": ahead(days=12, hours=5)},
        "supervisor",
        "mentee",
    ),
    Deed("endSeries", "other_coordinator", lambda h: {"seriesId": h.id("series")}, "supervisor", "coordinator"),
    Deed(
        "issueCalendar",
        "other_mentee",
        lambda h: {"name": "Tablet"},
        "coordinator",
        None,
        ADDRESS,
    ),
    Deed("revokeCalendar", "mentee", lambda h: {"calendarId": h.id("calendar")}, "supervisor", "other_mentee"),
    Deed("withdrawAbsence", "other_mentor", lambda h: {"absenceId": h.id("absence")}, "supervisor", "other_mentee"),
)


async def build(building: Building) -> None:
    """Meetings in every way they go, what follows them, and how two people want to be reached."""
    house, now = building.house, building.now
    match_id, mentor, mentee = house.row("other_match"), "other_mentor", "other_mentee"
    building.clock = now - timedelta(hours=3)
    begun = await building.does(
        mentor, arrange_meeting, match_id=match_id, starts_at=now - timedelta(hours=2), format=Format.TEXT
    )
    building.clock = now
    coming = await building.does(
        mentor,
        arrange_meeting,
        match_id=match_id,
        starts_at=now + timedelta(days=3),
        format=Format.IN_PERSON,
        agenda=["How the week went"],
        goal_ids=[house.row("other_goal")],
    )
    await building.does(mentor, move_meeting, meeting_id=coming.id, starts_at=now + timedelta(days=4))
    off = await building.does(
        mentee, arrange_meeting, match_id=match_id, starts_at=now + timedelta(days=8), format=Format.PHONE
    )
    await building.does(mentee, cancel_meeting, meeting_id=off.id)
    first, second = [
        await building.does(
            mentor, note_follow_up, meeting_id=house.row("other_held_meeting"), body="Send the address.", owner=owner
        )
        for owner in FollowUpOwner
    ]
    await building.does(
        "mentee",
        edit_contact_preferences,
        person_id=house.people["mentee"],
        hours_before=[24],
        quiet_from=time(21),
        quiet_until=time(8),
    )
    await building.does(
        "coordinator", edit_safe_contact, person_id=house.people["mentee"], body=f"Not at home ({house.name})."
    )
    absence = await building.does(
        mentor,
        say_absence,
        person_id=house.people[mentor],
        starts_at=now + timedelta(days=30),
        ends_at=now + timedelta(days=37),
    )
    series = await building.does(
        mentor,
        arrange_series,
        match_id=match_id,
        rule="FREQ=WEEKLY;COUNT=3",
        starts_at=now + timedelta(days=6),
        format=Format.VIRTUAL,
    )
    issued = await building.does("mentee", issue_calendar)
    building.name(series=series, calendar=issued.calendar)
    building.name(other_begun_meeting=begun, other_coming_meeting=coming, other_cancelled_meeting=off)
    building.name(follow_up=first, dropped_follow_up=second, absence=absence)
    await building.later()

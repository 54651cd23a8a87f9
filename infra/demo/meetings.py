"""What surrounds the meetings of the match that the demo shows: wishes, an absence, a series, follow-ups."""

from datetime import time, timedelta

from infra.demo.stage import Stage
from infra.demo.walking import Walk
from kith.meetings.follow_up import FollowUpOwner, finish_follow_up, note_follow_up
from kith.meetings.meeting import Meeting, MeetingStatus, confirm_meeting, edit_meeting, plan_reminders_anew
from kith.meetings.recurring import arrange_series
from kith.people.absence import say_absence
from kith.people.profile import Format
from kith.people.reaching import edit_contact_preferences, edit_safe_contact


async def surround(stage: Stage, walk: Walk) -> None:
    """Both say how they want to be reached; the next meeting is confirmed, and short calls come round each week."""
    at = stage.now - timedelta(minutes=40)
    monday = stage.now.astimezone(stage.zone) + timedelta(days=10)
    calls = (monday - timedelta(days=monday.weekday())).replace(hour=8, minute=30, second=0, microsecond=0)
    async with stage.as_person(walk.mentee, at) as work:
        preferences = await edit_contact_preferences(
            work, walk.mentee.id, hours_before=[48, 2], quiet_from=time(21), quiet_until=time(8)
        )
        await edit_safe_contact(work, walk.mentee.id, body="Not on the landline: others answer it. Texts are fine.")
        if walk.upcoming:
            await confirm_meeting(work, walk.upcoming[0])
    async with stage.as_service(at, plan_reminders_anew) as work:
        await plan_reminders_anew(work, preferences.id)
    async with stage.as_person(walk.mentor, at + timedelta(minutes=10)) as work:
        await say_absence(
            work, walk.mentor.id, starts_at=calls + timedelta(days=19), ends_at=calls + timedelta(days=26)
        )
        await arrange_series(
            work, walk.match.id, rule="FREQ=WEEKLY;COUNT=6", starts_at=calls, minutes=15, format=Format.PHONE
        )
        if walk.upcoming:
            await edit_meeting(work, walk.upcoming[0], agenda=["How the week went", "The form for the flat"])
        held = (Meeting.match_id == walk.match.id, Meeting.status == MeetingStatus.HELD)
        for last in await work.all(Meeting, *held, order_by=Meeting.starts_at.desc(), limit=1):
            await note_follow_up(work, last.id, body="Send the address of the course.", owner=FollowUpOwner.MENTOR)
            done = await note_follow_up(work, last.id, body="Ring the housing office.", owner=FollowUpOwner.MENTEE)
            await finish_follow_up(work, done.id)

"""Reminders of sessions and events: to who is coming, as each wants it, outside their quiet hours, once."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from kith.community.event import edit_event, open_event, plan_event, sign_up_for_event, withdraw_from_event
from kith.community.group import GroupAdmission, GroupFormat, GroupModality, add_facilitator, open_group, plan_group
from kith.community.membership import join_group, leave_group
from kith.community.reminding import plan_gathering_reminders
from kith.community.session import cancel_group_session, schedule_group_session
from kith.ground.actor import service
from kith.people.reaching import edit_contact_preferences
from tenants.work import Workplace
from tests.world import Building, Connection, World, build_house

OPEN: dict[str, Any] = {"admission": GroupAdmission.OPEN, "modality": GroupModality.VIRTUAL}
LETTERS = """SELECT written_at FROM letters
              WHERE person_id = $1 AND about_id = $2 AND kind = 'gathering.reminder' ORDER BY written_at"""


class Gatherings(Building):
    """A house that goes on from now."""

    superuser: Connection

    async def person_wants(self, who: str, **wishes: Any) -> None:
        """How somebody wants to be reminded."""
        await self.does(who, edit_contact_preferences, self.house.people[who], **wishes)

    async def goes_on(self, until: datetime) -> None:
        """Day by day, then until that time, what is due is done."""
        while self.clock < until:
            midnight = (self.clock + timedelta(days=1)).replace(hour=0, minute=20, second=0, microsecond=0)
            for due in [*sorted(await self._times(min(midnight, until))), min(midnight, until)]:
                self.clock = max(self.clock, due)
                await self.later()
            if self.clock == midnight:
                actor = service(self.house.organisation_id, (plan_gathering_reminders.needs,))
                async with self.workplace.writing(actor, now=self.clock) as work:
                    await plan_gathering_reminders(work)

    async def _times(self, until: datetime) -> list[datetime]:
        query = "SELECT DISTINCT due_at FROM outbox WHERE organisation_id = $1 AND due_at BETWEEN $2 AND $3"
        rows = await self.superuser.fetch(query, self.house.organisation_id, self.clock, until)
        return [row["due_at"] for row in rows]

    async def reminded(self, who: str, about_id: UUID) -> list[datetime]:
        """When somebody was reminded of it."""
        rows = await self.superuser.fetch(LETTERS, self.house.people[who], about_id)
        return [row["written_at"] for row in rows]

    async def event(self, starts_at: datetime) -> UUID:
        """An event that is open."""
        programme_id = self.house.row("programme")
        given = {"programme_id": programme_id, "title": "Picnic", "time_zone": "Europe/Dublin", "capacity": 9}
        event = await self.does("coordinator", plan_event, starts_at=starts_at, **given)
        await self.does("coordinator", open_event, event.id)
        return event.id


@pytest.fixture
async def gatherings(
    workplace: Workplace, superuser: Connection, world: World, request: pytest.FixtureRequest
) -> Gatherings:
    """A house of each test's own, at ten in the morning in three weeks."""
    slug = request.node.name.removeprefix("test_").replace("_", "-")[:40]
    building = Gatherings(workplace, await build_house(workplace, superuser, "Harbour", slug))
    building.superuser = superuser
    building.clock = (building.now + timedelta(days=21)).replace(hour=10, minute=0, second=0)
    await building.later()
    return building


async def test_who_signed_up_is_reminded_as_they_wish_and_once(gatherings: Gatherings) -> None:
    g = gatherings
    starts_at = g.clock + timedelta(days=9)
    event_id = await g.event(starts_at)
    signups = {who: await g.does(who, sign_up_for_event, event_id) for who in ("mentor", "mentee", "second_mentor")}
    await g.later()
    # One as the programme does it, one twice and outside their quiet hours, and one who changed their mind
    there = starts_at.astimezone(ZoneInfo("Europe/Dublin"))
    begins, ends = ((there - timedelta(hours=hours)).time() for hours in (49, 40))
    await g.person_wants("mentee", hours_before=[48, 3], quiet_from=None, quiet_until=None)
    await g.person_wants("mentee", quiet_from=begins, quiet_until=ends)
    await g.goes_on(starts_at - timedelta(days=5))
    await g.does("second_mentor", withdraw_from_event, signups["second_mentor"].id)
    await g.goes_on(starts_at + timedelta(days=1))
    assert await g.reminded("mentor", event_id) == [starts_at - timedelta(hours=24)]
    first, second = await g.reminded("mentee", event_id)
    assert first == starts_at - timedelta(hours=49, minutes=15)
    assert second == starts_at - timedelta(hours=3)
    assert await g.reminded("second_mentor", event_id) == []


async def test_of_an_event_that_was_moved_only_the_new_time_is_told(gatherings: Gatherings) -> None:
    g = gatherings
    starts_at = g.clock + timedelta(days=3)
    event_id = await g.event(starts_at)
    await g.does("mentor", sign_up_for_event, event_id)
    await g.goes_on(g.clock + timedelta(days=1))
    await g.does("coordinator", edit_event, event_id, starts_at=starts_at + timedelta(days=2))
    await g.goes_on(starts_at + timedelta(days=3))
    assert await g.reminded("mentor", event_id) == [starts_at + timedelta(days=1)]


async def test_who_signs_up_late_is_reminded_at_once_and_not_again(gatherings: Gatherings) -> None:
    g = gatherings
    starts_at = g.clock + timedelta(hours=20)
    event_id = await g.event(starts_at)
    await g.does("mentor", sign_up_for_event, event_id)
    signed_up_at = g.clock
    await g.goes_on(starts_at)
    await g.person_wants("mentor", voicemail_ok=True)
    await g.later()
    assert await g.reminded("mentor", event_id) == [signed_up_at]


async def test_members_are_reminded_of_the_sessions_of_their_group(gatherings: Gatherings) -> None:
    g, programme_id = gatherings, gatherings.house.row("programme")
    given = {"programme_id": programme_id, "name": "Evenings", "capacity": 9}
    group = await g.does("coordinator", plan_group, **given, format=GroupFormat.SHARING, **OPEN)
    for who in ("mentor", "second_mentor"):
        await g.does("coordinator", add_facilitator, group.id, person_id=g.house.people[who])
    await g.does("coordinator", open_group, group.id)
    await g.does("mentee", join_group, group.id, alias="M")
    starts_at = g.clock + timedelta(days=2)
    session = await g.does(
        "mentor",
        schedule_group_session,
        group.id,
        starts_at=starts_at,
        time_zone="Europe/Dublin",
        weekly_until=(starts_at + timedelta(days=15)).date(),
    )
    await g.goes_on(starts_at - timedelta(hours=25))
    left = await g.does("waiting_mentee", join_group, group.id, alias="W")
    await g.goes_on(starts_at + timedelta(days=1))
    for who in ("mentee", "waiting_mentee"):
        assert await g.reminded(who, session.id) == [starts_at - timedelta(hours=24)], who
    # Who left, and what was called off, is nobody's reminder
    rows = await g.superuser.fetch("SELECT id FROM group_sessions WHERE group_id = $1 ORDER BY starts_at", group.id)
    _, second, third = [UUID(str(row["id"])) for row in rows]
    await g.does("waiting_mentee", leave_group, left.id)
    await g.does("mentor", cancel_group_session, third)
    await g.goes_on(starts_at + timedelta(days=15))
    assert await g.reminded("mentee", second) == [starts_at + timedelta(days=6)]
    assert await g.reminded("waiting_mentee", second) == []
    assert await g.reminded("mentee", third) == []

"""The calendar that somebody subscribes to: at its secret address, saying that there is a meeting and when."""

from datetime import UTC, timedelta
from typing import Any

import httpx2
import pytest
from icalendar import Calendar
from starlette.applications import Starlette

from kith.ground.actor import operator
from kith.ground.errors import IllegalState, NotFound
from kith.meetings.calendar import CalendarFeed, issue_calendar, revoke_calendar
from kith.meetings.meeting import arrange_meeting, cancel_meeting, move_meeting
from kith.people.profile import Format
from tenants.organisation import reinstate_organisation, suspend_organisation
from tests.meetings.conftest import Stage
from tests.world import Connection

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
async def client(app: Starlette) -> Any:
    """Whoever has the address, without any token."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://kith.test") as client:
        yield client


async def test_the_calendar_follows_what_is_arranged_and_says_nothing_else(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    match_id, at = stage.house.row("match"), stage.clock + 3 * DAY
    stays = await stage.does(
        "mentor", arrange_meeting, match_id, starts_at=at, minutes=45, format=Format.PHONE, place="Room 5"
    )
    goes = await stage.does("mentor", arrange_meeting, match_id, starts_at=at + DAY, format=Format.PHONE)
    issued = await stage.does("mentee", issue_calendar)
    answer = await client.get(issued.address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert "private" in answer.headers["cache-control"]
    before = events(answer.text)
    entry = before[f"{stays.id}@kith"]
    assert entry["SUMMARY"] == "Meeting"
    assert entry.decoded("DTSTART") == at.astimezone(UTC)
    assert entry.decoded("DTEND") == at.astimezone(UTC) + timedelta(minutes=45)
    for word in ("Harbour", "Mara", "Tess", "Room", "One to one", "recovery", "mentor", "ORGANIZER", "ATTENDEE"):
        assert word not in answer.text
    # When one is moved and one cancelled, each keeps its identity and its sequence grows
    await stage.does("mentor", move_meeting, stays.id, starts_at=at + 2 * HOUR)
    await stage.does("mentee", cancel_meeting, goes.id)
    after = events((await client.get(issued.address)).text)
    assert set(after) == set(before)
    assert after[f"{stays.id}@kith"].decoded("DTSTART") == at + 2 * HOUR
    assert after[f"{goes.id}@kith"]["STATUS"] == "CANCELLED"
    for meeting in (stays, goes):
        assert after[f"{meeting.id}@kith"]["SEQUENCE"] > before[f"{meeting.id}@kith"]["SEQUENCE"]


def events(text: str) -> dict[str, Any]:
    """The entries of a calendar by their identity; it is one, by RFC 5545."""
    calendar = Calendar.from_ical(text)
    assert (calendar["VERSION"], "PRODID" in calendar) == ("2.0", True)
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


async def test_what_did_not_change_is_not_sent_again(stage: Stage, client: httpx2.AsyncClient) -> None:
    address = (await stage.does("mentor", issue_calendar)).address
    tag = (await client.get(address)).headers["etag"]
    same = await client.get(address, headers={"if-none-match": f'"other", W/{tag}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    at = stage.clock + DAY
    await stage.does("mentor", arrange_meeting, stage.house.row("match"), starts_at=at, format=Format.PHONE)
    assert (await client.get(address, headers={"if-none-match": tag})).status_code == 200


async def test_only_an_open_address_opens_it(stage: Stage, client: httpx2.AsyncClient, superuser: Connection) -> None:
    first = await stage.does("mentee", issue_calendar)
    second = await stage.does("mentee", issue_calendar, name="My telephone")
    await stage.does("mentee", revoke_calendar, first.calendar.id)
    assert (await client.get(first.address)).status_code == 404
    assert (await client.get(second.address)).status_code == 200
    for unknown in ("/calendar/x.ics", f"/calendar/{'A' * 64}.ics", second.address[:-8] + "AAAA.ics", "/calendar/.ics"):
        assert (await client.get(unknown)).status_code == 404
    kept = await superuser.fetchval("SELECT secret_sha256 FROM calendar_feeds WHERE id = $1", second.calendar.id)
    assert kept not in second.address.encode()
    with pytest.raises(NotFound):
        await stage.does("mentor", revoke_calendar, second.calendar.id)
    await stage.does("coordinator", revoke_calendar, second.calendar.id)
    assert (await client.get(second.address)).status_code == 404
    with pytest.raises(IllegalState, match="closed already"):
        await stage.does("mentee", revoke_calendar, second.calendar.id)
    async with stage.looking("mentor") as work:
        mine = await work.acting(CalendarFeed.READ).all(CalendarFeed)
    assert {feed.person_id for feed in mine} <= {stage.house.people["mentor"]}


async def test_a_suspended_organisation_has_no_calendars(stage: Stage, client: httpx2.AsyncClient) -> None:
    address = (await stage.does("mentor", issue_calendar)).address
    async with stage.workplace.writing(operator()) as work:
        await suspend_organisation(work, stage.house.organisation_id)
    assert (await client.get(address)).status_code == 404
    async with stage.workplace.writing(operator()) as work:
        await reinstate_organisation(work, stage.house.organisation_id)
    assert (await client.get(address)).status_code == 200

"""What follows when a match pauses or closes, and what a run does not propose again."""

from datetime import UTC, datetime, timedelta

import asyncpg

from kith.ground.actor import service
from kith.matching.closure import close_match
from kith.matching.match import ClosingReason
from kith.matching.pausing import pause_match
from kith.meetings.meeting import Meeting, MeetingStatus, arrange_meeting, call_off_meetings, remind
from kith.people.letters import Letter
from kith.people.profile import Format
from tenants.principal import principal
from tenants.work import Workplace
from tests.world import build_house


async def test_a_closed_match_has_no_meetings_to_come_and_reminds_nobody(
    workplace: Workplace, superuser: "asyncpg.Connection[object]"
) -> None:
    # Given a match with a meeting to come
    house = await build_house(workplace, superuser, "Harbour", "closing")
    admin = await principal(workplace.engine, house.secrets["admin"])
    assert admin is not None
    _, match_id = house.named["match"]
    at = datetime.now(UTC) + timedelta(days=9)
    async with workplace.writing(admin) as work:
        meeting = await arrange_meeting(work, match_id, starts_at=at, format=Format.PHONE)
    # When it closes, and the workers do what follows
    async with workplace.writing(admin) as work:
        await close_match(work, match_id, reason=ClosingReason.MOVED)
    system = service(house.organisation_id, (call_off_meetings.needs, remind.needs))
    async with workplace.writing(system) as work:
        await call_off_meetings(work, match_id)
        await remind(work, meeting.id, at, house.people["mentor"], 24)
    # Then the meeting is off and no letter tells of it
    async with workplace.reading(admin) as work:
        assert (await work.acting(Meeting.READ).get(Meeting, meeting.id)).status == MeetingStatus.CANCELLED
        assert not await work.exists(Letter, Letter.about_id == meeting.id)


async def test_pausing_writes_down_that_meetings_are_to_be_called_off(
    workplace: Workplace, superuser: "asyncpg.Connection[object]"
) -> None:
    house = await build_house(workplace, superuser, "Lantern", "pausing")
    admin = await principal(workplace.engine, house.secrets["admin"])
    assert admin is not None
    _, match_id = house.named["match"]
    async with workplace.writing(admin) as work:
        await pause_match(work, match_id)
    noted = await superuser.fetchval(
        "SELECT count(*) FROM outbox WHERE organisation_id = $1 AND operation LIKE '%call_off_meetings'",
        house.organisation_id,
    )
    assert noted == 1


async def test_who_waits_again_has_it_in_their_feed(
    workplace: Workplace, superuser: "asyncpg.Connection[object]"
) -> None:
    house = await build_house(workplace, superuser, "Lantern", "waiting-again")
    admin = await principal(workplace.engine, house.secrets["admin"])
    assert admin is not None
    async with workplace.writing(admin) as work:
        await close_match(work, house.row("match"), reason=ClosingReason.MOVED, mentee_waits_again=True)
    told = await superuser.fetchval(
        "SELECT count(*) FROM facts WHERE kind = 'mentee.waits_again' AND subject_id = $1", house.row("mentee")
    )
    assert told == 1

"""The locator of support meetings: mutual-aid and others, held by anybody, that members may want to find.

They are not the organisation's own. A place is kept in millionths of a degree (WGS 84), some eleven centimetres.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, true
from sqlalchemy.orm import Mapped, mapped_column

from kith.community.resource import web_address
from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import MEMBERS, STAFF, Permission
from kith.ground.texts import languages, long, short, zone
from kith.ground.work import Work
from kith.people.person import Person
from kith.people.profile import Pathway, Weekday

READ = Permission("support_meetings.read", "Find support meetings.", granted_to=MEMBERS)
KEEP_LIST = Permission(
    "support_meetings.keep", "List support meetings, verify them and take them off the list.", granted_to=STAFF
)
MICRO = 1_000_000


class SupportMeetingStatus(Choice):
    """Whether a support meeting is on the list."""

    LISTED = "LISTED", "Everybody in the organisation finds it."
    WITHDRAWN = "WITHDRAWN", "It is no longer held, or no longer recommended."


class SupportMeetingFormat(Choice):
    """What kind of support meeting it is."""

    OPEN = "OPEN", "Whoever is interested may come."
    CLOSED = "CLOSED", "For those in recovery alone."
    BEGINNERS = "BEGINNERS", "For newcomers."
    DISCUSSION = "DISCUSSION", "People speak in turn."
    SPEAKER = "SPEAKER", "Somebody tells their story."
    STUDY = "STUDY", "People read or work through something."
    WOMEN = "WOMEN", "For women."
    MEN = "MEN", "For men."
    LGBTQ = "LGBTQ", "For LGBTQ people."
    YOUNG_PEOPLE = "YOUNG_PEOPLE", "For young people."
    FAMILY = "FAMILY", "For family and friends."


class SupportMeeting(Owned):
    """One weekly meeting that somebody holds."""

    __tablename__ = "support_meetings"
    __table_args__ = (
        organisation_index("name_order", "id"),
        organisation_index("latitude_micro", "longitude_micro", where="status = 'LISTED'"),
        one_of("status", list(SupportMeetingStatus)),
        one_of("weekday", list(Weekday)),
        at_most("name", 200),
        at_most("held_by", 200),
        at_most("place", 300),
        at_most("address", 500),
        at_most("link", 500),
        at_most("accessibility", 1000),
        CheckConstraint("minutes BETWEEN 5 AND 1440", name="minutes"),
        CheckConstraint("latitude_micro BETWEEN -90000000 AND 90000000", name="latitude"),
        CheckConstraint("longitude_micro BETWEEN -180000000 AND 180000000", name="longitude"),
        CheckConstraint("(latitude_micro IS NULL) = (longitude_micro IS NULL)", name="point"),
        CheckConstraint("address <> '' OR link IS NOT NULL", name="somewhere"),
    )
    READ = READ

    listed_by_id: Mapped[UUID] = within(Person)
    name: Mapped[str]
    name_order: Mapped[str]
    held_by: Mapped[str]
    pathway: Mapped[str | None]
    place: Mapped[str]
    address: Mapped[str]
    latitude_micro: Mapped[int | None]
    longitude_micro: Mapped[int | None]
    link: Mapped[str | None]
    weekday: Mapped[str]
    starts: Mapped[str]  # hours and minutes by the clock on the wall there
    minutes: Mapped[int]
    time_zone: Mapped[str]
    formats: Mapped[list[str]]
    languages: Mapped[list[str]]
    accessibility: Mapped[str]
    status: Mapped[str]
    listed_at: Mapped[datetime]
    last_verified_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Everybody while it is listed; afterwards, whoever keeps the list."""
        listed = cls.status == SupportMeetingStatus.LISTED
        return row_rule(actor, everybody=true() if actor.may(KEEP_LIST) else listed)


LIFE = Lifecycle(
    SupportMeeting,
    SupportMeetingStatus,
    begins=[SupportMeetingStatus.LISTED],
    moves=[Move("withdraw_support_meeting", SupportMeetingStatus.LISTED, to=SupportMeetingStatus.WITHDRAWN)],
)


@dataclass(frozen=True, slots=True)
class SupportMeetingText:
    """What is known of a support meeting: where it is, or how to join, and when."""

    name: Annotated[str, "What it is called."]
    weekday: Annotated[Weekday, "On which day of the week."]
    starts: Annotated[time, "When it starts, by the clock on the wall there."]
    time_zone: Annotated[str, "By whose clock, as an IANA name such as Europe/Dublin."]
    languages: Annotated[Sequence[str], "What is spoken, as BCP 47 tags."]
    minutes: Annotated[int, "How long it takes, 5 to 1440 minutes."] = 60
    held_by: Annotated[str, "Who holds it, such as a fellowship."] = ""
    pathway: Annotated[Pathway | None, "The way of recovery it follows; null for all ways."] = None
    place: Annotated[str, "What the place is called."] = ""
    address: Annotated[str, "Where it is; empty for one that is online alone."] = ""
    latitude: Annotated[Decimal | None, "Degrees north, -90 to 90 (WGS 84)."] = None
    longitude: Annotated[Decimal | None, "Degrees east, -180 to 180 (WGS 84)."] = None
    link: Annotated[str | None, "Where one joins online."] = None
    formats: Annotated[Sequence[SupportMeetingFormat], "What kind of meeting it is."] = ()
    accessibility: Annotated[str, "How one gets in and takes part."] = ""


@operation(needs=KEEP_LIST)
async def list_support_meeting(
    work: Work, *, meeting: Annotated[SupportMeetingText, "What is known of it."]
) -> SupportMeeting:
    """Put a support meeting on the list. It counts as verified now."""
    if work.actor.person_id is None:
        raise IllegalState("Only a person lists a support meeting.")
    listed = SupportMeeting(listed_by_id=work.actor.person_id, status=SupportMeetingStatus.LISTED, **_columns(meeting))
    listed.listed_at = listed.last_verified_at = work.now
    work.add(listed)
    work.note("support_meeting.listed", listed)
    return listed


@operation(needs=KEEP_LIST)
async def edit_support_meeting(
    work: Work,
    support_meeting_id: Annotated[Id[SupportMeeting], "Which support meeting."],
    *,
    meeting: Annotated[SupportMeetingText, "What is known of it now: all of it."],
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> SupportMeeting:
    """Change what the list says of a support meeting. It counts as verified now."""
    listed = await work.get(SupportMeeting, support_meeting_id, lock=True)
    await work.expect(listed, expected_version)
    _still_listed(listed)
    for column, value in _columns(meeting).items():
        setattr(listed, column, value)
    listed.last_verified_at = work.now
    work.note("support_meeting.edited", listed)
    return listed


@operation(needs=KEEP_LIST)
async def verify_support_meeting(
    work: Work, support_meeting_id: Annotated[Id[SupportMeeting], "Which support meeting."]
) -> SupportMeeting:
    """Say that what the list says of a support meeting is still so."""
    listed = await work.get(SupportMeeting, support_meeting_id, lock=True)
    _still_listed(listed)
    listed.last_verified_at = work.now
    work.note("support_meeting.verified", listed)
    return listed


@operation(needs=KEEP_LIST)
async def withdraw_support_meeting(
    work: Work, support_meeting_id: Annotated[Id[SupportMeeting], "Which support meeting."]
) -> SupportMeeting:
    """Take a support meeting off the list."""
    listed = await work.get(SupportMeeting, support_meeting_id, lock=True)
    LIFE.move(listed, "withdraw_support_meeting")
    work.note("support_meeting.withdrawn", listed)
    return listed


def _still_listed(listed: SupportMeeting) -> None:
    if listed.status != SupportMeetingStatus.LISTED:
        raise IllegalState(f"This support meeting is {listed.status}, not LISTED.")


def _columns(meeting: SupportMeetingText) -> dict[str, object]:
    name = short(meeting.name, 200, "meeting", "name")
    if not meeting.address.strip() and meeting.link is None:
        raise Invalid("Say where it is, or give the link with which one joins.", path=("meeting", "address"))
    if not 5 <= meeting.minutes <= 1440:
        raise Invalid("A meeting takes 5 to 1440 minutes.", path=("meeting", "minutes"))
    if (meeting.latitude is None) != (meeting.longitude is None):
        raise Invalid("Give both the latitude and the longitude, or neither.", path=("meeting", "latitude"))
    return {
        "name": name,
        "name_order": name.casefold(),
        "held_by": long(meeting.held_by, 200, "meeting", "heldBy"),
        "pathway": meeting.pathway,
        "place": long(meeting.place, 300, "meeting", "place"),
        "address": long(meeting.address, 500, "meeting", "address").strip(),
        "latitude_micro": micro(meeting.latitude, 90, "meeting", "latitude"),
        "longitude_micro": micro(meeting.longitude, 180, "meeting", "longitude"),
        "link": web_address(meeting.link, "meeting", "link"),
        "weekday": meeting.weekday,
        "starts": meeting.starts.strftime("%H:%M"),
        "minutes": meeting.minutes,
        "time_zone": zone(meeting.time_zone, "meeting", "timeZone"),
        "formats": list(dict.fromkeys(meeting.formats)),
        "languages": languages(meeting.languages, "meeting", "languages"),
        "accessibility": long(meeting.accessibility, 1000, "meeting", "accessibility"),
    }


def micro(degrees: Decimal | None, limit: int, *path: str) -> int | None:
    """Degrees in millionths. Raises Invalid beyond the limit."""
    if degrees is None:
        return None
    if not degrees.is_finite() or not -limit <= degrees <= limit:
        raise Invalid(f"This is -{limit} to {limit} degrees.", path=path)
    return round(degrees * MICRO)

"""A calendar to subscribe to (RFC 5545): one person's meetings at a secret address that can be revoked.

A calendar lies open on telephones and at work. An entry says that there is a meeting and when, and nothing else: no
name, no place, no programme and no reason.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from icalendar import Calendar, Event
from sqlalchemy import CheckConstraint, ColumnElement, LargeBinary, or_
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.errors import Forbidden, IllegalState, NotFound
from kith.ground.model import Id, Owned, at_most, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, Permission, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.meetings.meeting import Meeting, MeetingStatus
from kith.people.person import Person

READ = Permission(
    "calendar_feeds.read",
    "See that there is a calendar to subscribe to, not its address.",
    granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS},
)
ISSUE = Permission("calendar_feeds.issue", "Have the address of one's own calendar.", granted_to=PARTICIPANTS)
REVOKE = Permission(
    "calendar_feeds.revoke",
    "Close the address of one's own calendar, or of somebody one looks after.",
    granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS},
)
SHOW = Permission("calendar_feeds.show", "Show a calendar at its address.")
PAST, MOST = timedelta(days=90), 1000
MOST_OPEN = 10


class CalendarFeed(Owned):
    """The address of one person's calendar. Only its hash is kept."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        organisation_index("issued_at", "id"),
        organisation_index("person_id", "issued_at", "id"),
        organisation_index("programme_id", "issued_at", "id"),
        organisation_index("secret_sha256", unique=True),
        at_most("name", 80),
        CheckConstraint("octet_length(secret_sha256) = 32", name="hash"),
    )
    READ = READ

    person_id: Mapped[UUID] = within(Person, carrying=("programme_id",))
    programme_id: Mapped[UUID | None]
    name: Mapped[str]
    secret_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Whose it is and the coordinators of their programme."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id)


@dataclass(frozen=True, slots=True)
class IssuedCalendar:
    """A calendar whose address was just issued: shown this once."""

    calendar: CalendarFeed
    address: str


@operation(needs=ISSUE)
async def issue_calendar(
    work: Work, *, name: Annotated[str, "Where it will be subscribed to, such as a telephone."] = "Calendar"
) -> IssuedCalendar:
    """Have an address for one's own calendar: one for each place where it is subscribed to, ten at most."""
    if work.actor.person_id is None or work.actor.handed:
        raise Forbidden(
            "A token that a coordinator handed over opens no calendar: an administrator can issue one that does."
        )
    person = await work.get(Person, work.actor.person_id, lock=True)
    theirs = (CalendarFeed.person_id == person.id, CalendarFeed.revoked_at.is_(None))
    if await work.count(CalendarFeed, *theirs) >= MOST_OPEN:
        raise IllegalState("You have ten calendars: close one before you open another.")
    # The organisation is part of the secret, so that it is found inside its walls and nowhere else.
    secret = base64.urlsafe_b64encode(work.organisation_id.bytes + secrets.token_bytes(32)).decode()
    calendar = CalendarFeed.under(
        person, name=short(name, 80, "name"), secret_sha256=_digest(secret), issued_at=work.now
    )
    work.add(calendar)
    work.note("calendar.issued", calendar, person_id=person.id)
    return IssuedCalendar(calendar, f"/calendar/{secret}.ics")


@operation(needs=REVOKE)
async def revoke_calendar(work: Work, calendar_id: Annotated[Id[CalendarFeed], "Which calendar."]) -> CalendarFeed:
    """Close the address of a calendar: it stops working at once."""
    calendar = await work.get(CalendarFeed, calendar_id, lock=True)
    if calendar.revoked_at is not None:
        raise IllegalState("This calendar is closed already.")
    calendar.revoked_at = work.now
    work.note("calendar.revoked", calendar, person_id=calendar.person_id)
    return calendar


@operation(needs=SHOW)
async def calendar_at(work: Work, secret: str) -> bytes:
    """The calendar at this address, as text/calendar: what was in the last 90 days and what is to come."""
    here = (CalendarFeed.secret_sha256 == _digest(secret), CalendarFeed.revoked_at.is_(None))
    feed = await work.first(CalendarFeed, *here)
    if feed is None:
        raise NotFound
    theirs = or_(Meeting.mentor_person_id == feed.person_id, Meeting.mentee_person_id == feed.person_id)
    recent = Meeting.starts_at > work.now - PAST
    meetings = await work.all(Meeting, theirs, recent, order_by=(Meeting.starts_at, Meeting.id), limit=MOST)
    calendar = Calendar()
    for name, value in {"prodid": "-//Kith//Calendar//EN", "version": "2.0", "method": "PUBLISH"}.items():
        calendar.add(name, value)
    for meeting in meetings:
        calendar.add_component(_event(meeting))
    shown: bytes = calendar.to_ical()
    return shown


def organisation_of(secret: str) -> UUID | None:
    """The organisation that a calendar's secret names; None for what is no secret of ours."""
    try:
        named = base64.b64decode(secret, altchars=b"-_", validate=True)
    except ValueError:
        return None
    return UUID(bytes=named[:16]) if len(named) == 48 else None


def _event(meeting: Meeting) -> Event:
    """One meeting, in UTC: whatever the zone, it is at the right hour. Nothing is said but that it is."""
    event = Event()
    event.add("uid", f"{meeting.id}@kith")
    event.add("dtstamp", meeting.scheduled_at)
    event.add("sequence", meeting.version - 1)  # grows with each change, a move among them (RFC 5545, 3.8.7.4)
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.ends_at)
    event.add("summary", "Meeting")
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if meeting.status == MeetingStatus.CANCELLED else "CONFIRMED")
    return event


def _digest(secret: str) -> bytes:
    """The hash under which a secret is kept: SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).digest()

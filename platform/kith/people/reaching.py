"""How people are reached: when and how they want to be written to, and what staff must know to reach them safely.

What nobody said counts as the careful answer: no message on a machine, the programme is not named.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.errors import Invalid
from kith.ground.model import KEEP, Id, Owned, at_most, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, Permission, Role
from kith.ground.texts import long
from kith.ground.work import Work
from kith.people.person import Contact, Person

_LOOKERS = {Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS}
READ = Permission("contact_preferences.read", "See how a person wants to be reached.", granted_to=_LOOKERS)
READ_SAFETY = Permission("safe_contact.read", "Read how a person is reached safely.", granted_to=_LOOKERS)
EDIT = Permission(
    "contact_preferences.edit",
    "Say how a person wants to be reached, and how safely; oneself or somebody one looks after.",
    granted_to=_LOOKERS,
)
BEFORE_QUIET = timedelta(minutes=15)  # so much before the quiet hours goes out what would have fallen into them
MOST_REMINDERS = 5


class ContactPreferences(Owned):
    """How one person wants to be reached. Whether they want letters at all stands beside their address."""

    __tablename__ = "contact_preferences"
    __table_args__ = (
        organisation_index("person_id", unique=True),
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet"),
        CheckConstraint(f"cardinality(hours_before) <= {MOST_REMINDERS}", name="hours_before"),
    )
    READ = READ

    person_id: Mapped[UUID] = within(Person, carrying=("programme_id",))
    programme_id: Mapped[UUID | None]
    hours_before: Mapped[list[int] | None]  # the longest first; None: as the programme does it
    quiet_from: Mapped[time | None]  # by the clock where they live
    quiet_until: Mapped[time | None]
    do_not_contact: Mapped[bool]
    voicemail_ok: Mapped[bool]
    may_name_programme: Mapped[bool]
    edited_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Oneself and the coordinators of one's programme."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id)


class SafeContact(Owned):
    """What staff must know to reach a person without putting them at risk, such as whom never to speak to."""

    __tablename__ = "safe_contacts"
    __table_args__ = (organisation_index("person_id", unique=True), at_most("body", 2000))
    READ = READ_SAFETY
    SENSITIVE = True

    person_id: Mapped[UUID] = within(Person, carrying=("programme_id",))
    programme_id: Mapped[UUID | None]
    body: Mapped[str]
    written_at: Mapped[datetime]
    written_by_id: Mapped[UUID | None] = within(Person, nullable=True)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Oneself and the coordinators of one's programme."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id)


@operation(needs=EDIT)
async def edit_contact_preferences(
    work: Work,
    person_id: Annotated[Id[Person], "Whose."],
    *,
    wants_letters: Annotated[bool, "Whether letters may be sent at all."] = KEEP,
    hours_before: Annotated[
        Sequence[int] | None,
        "How many hours before a meeting they are reminded, 1 to 336 each, five at most; null as"
        " the programme does it.",
    ] = KEEP,
    quiet_from: Annotated[time | None, "When their quiet hours begin, by the clock where they live."] = KEEP,
    quiet_until: Annotated[time | None, "When their quiet hours end; before the beginning means the next day."] = KEEP,
    do_not_contact: Annotated[bool, "Whether nothing at all may be sent to them."] = KEEP,
    voicemail_ok: Annotated[bool, "Whether a message may be left on a machine that others may hear."] = KEEP,
    may_name_programme: Annotated[bool, "Whether the programme's name may stand in what they are sent."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> ContactPreferences:
    """Say how a person wants to be reached; what is absent stays.

    Nothing is sent in their quiet hours but what cannot wait: a reminder goes out before them.
    """
    person = await _to_edit(work, person_id)
    found = await work.rows(ContactPreferences, ContactPreferences.person_id == person.id)
    preferences = found[0] if found else work.add(_unsaid(person))
    await work.expect(preferences, expected_version)
    preferences.edited_at = work.now
    given = {"do_not_contact": do_not_contact, "voicemail_ok": voicemail_ok, "may_name_programme": may_name_programme}
    for name, value in given.items():
        if value is not KEEP:
            setattr(preferences, name, value)
    if hours_before is not KEEP:
        preferences.hours_before = None if hours_before is None else _hours(hours_before)
    preferences.quiet_from = preferences.quiet_from if quiet_from is KEEP else _minute(quiet_from)
    preferences.quiet_until = preferences.quiet_until if quiet_until is KEEP else _minute(quiet_until)
    if (preferences.quiet_from is None) != (preferences.quiet_until is None):
        raise Invalid("Say when quiet hours begin and when they end, or neither.", path=("quietFrom",))
    if preferences.quiet_from is not None and preferences.quiet_from == preferences.quiet_until:
        raise Invalid("Quiet hours end at another time than they begin.", path=("quietUntil",))
    if wants_letters is not KEEP:
        await work.revise(Contact, Contact.person_id == person.id, wants_letters=wants_letters)
    work.note("contact_preferences.edited", preferences, person_id=person.id)
    return preferences


@operation(needs=EDIT)
async def edit_safe_contact(
    work: Work,
    person_id: Annotated[Id[Person], "Whose."],
    *,
    body: Annotated[str, "What whoever reaches them must know; the person may read it as well. Empty where nothing."],
) -> SafeContact:
    """Write down how a person is reached safely, in place of what stood there."""
    person = await _to_edit(work, person_id)
    found = await work.rows(SafeContact, SafeContact.person_id == person.id)
    note = found[0] if found else work.add(SafeContact(person_id=person.id, programme_id=person.programme_id))
    note.body, note.written_at, note.written_by_id = long(body, 2000, "body"), work.now, work.actor.person_id
    work.note("safe_contact.edited", note, person_id=person.id)
    return note


async def preferences_of(work: Work, people: Collection[Person]) -> dict[UUID, ContactPreferences]:
    """How each of these people wants to be reached, seen or not, by person: for what is sent, never shown."""
    rows = await work.rows(ContactPreferences, ContactPreferences.person_id.in_([p.id for p in people]))
    said = {row.person_id: row for row in rows}
    return {person.id: said.get(person.id) or _unsaid(person) for person in people}


def before_quiet(preferences: ContactPreferences, person: Person, at: datetime) -> datetime:
    """The time itself, or a little before the quiet hours into which it would fall."""
    quiet = _quiet_around(preferences, person, at)
    return at if quiet is None else quiet[0] - BEFORE_QUIET


def after_quiet(preferences: ContactPreferences, person: Person, at: datetime) -> datetime:
    """The time itself, or the end of the quiet hours into which it falls."""
    quiet = _quiet_around(preferences, person, at)
    return at if quiet is None else quiet[1]


def _quiet_around(preferences: ContactPreferences, person: Person, at: datetime) -> tuple[datetime, datetime] | None:
    """From when until when it is quiet for the person at this time, if it is."""
    if preferences.quiet_from is None or preferences.quiet_until is None:
        return None
    zone = ZoneInfo(person.time_zone)
    begins, ends = preferences.quiet_from, preferences.quiet_until
    today = at.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        start = datetime.combine(day, begins, zone)
        end = datetime.combine(day if begins < ends else day + timedelta(days=1), ends, zone)
        if start.timestamp() <= at.timestamp() < end.timestamp():
            return start.astimezone(at.tzinfo), end.astimezone(at.tzinfo)
    return None


def _unsaid(person: Person) -> ContactPreferences:
    return ContactPreferences(
        person_id=person.id,
        programme_id=person.programme_id,
        hours_before=None,
        quiet_from=None,
        quiet_until=None,
        do_not_contact=False,
        voicemail_ok=False,
        may_name_programme=False,
        version=1,
    )


async def _to_edit(work: Work, person_id: UUID) -> Person:
    theirs = row_rule(work.actor, own=[Person.id], programme=Person.programme_id)  # knowing somebody is not enough
    return await work.get(Person, person_id, theirs, lock=True)


def _hours(hours: Sequence[int]) -> list[int]:
    if len(hours) > MOST_REMINDERS or any(not 1 <= each <= 336 for each in hours):
        raise Invalid("Name at most five reminders, each 1 to 336 hours before.", path=("hoursBefore",))
    return sorted(set(hours), reverse=True)


def _minute(value: time | None) -> time | None:
    return None if value is None else time(value.hour, value.minute)

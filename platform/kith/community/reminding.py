"""Reminders of group sessions and community events: to who is coming, as they want to be reminded, once for each time.

What comes within about a day is planned once a day, and whatever changes in between (somebody joins or signs up, a
time or a wish changes) plans anew. When a reminder is due everything is looked at again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, select
from sqlalchemy.orm import Mapped

from kith.community.event import CommunityEvent, CommunityEventStatus, EventSignup, EventSignupStatus
from kith.community.membership import GroupMembership, GroupMembershipStatus
from kith.community.session import GroupSession, GroupSessionStatus
from kith.ground.actor import Actor, row_rule
from kith.ground.model import Id, Owned, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import Permission, Role
from kith.ground.work import Work
from kith.people.letters import told_as, write_letter
from kith.people.person import Person
from kith.people.reaching import ContactPreferences, before_quiet, preferences_of
from kith.programmes import Programme

READ = Permission(
    "gathering_reminders.read", "See that people were reminded of sessions and events.", granted_to={Role.ADMIN}
)
REMIND = Permission("gatherings.remind", "Remind people of group sessions and community events.")
WINDOW = timedelta(hours=26)  # a day, when the clock is put back as well, and the time until it is looked at
LONGEST = timedelta(hours=336 + 24)  # the longest time before that anybody is reminded, and their quiet hours
Gathering: TypeAlias = GroupSession | CommunityEvent


class GatheringReminder(Owned):
    """That one person was reminded of a session or an event at this time, so long before: once, whatever runs twice."""

    __tablename__ = "gathering_reminders"
    __table_args__ = (
        organisation_index("session_id", "person_id", "starts_at", "hours_before", unique=True),
        organisation_index("event_id", "person_id", "starts_at", "hours_before", unique=True),
        CheckConstraint("(session_id IS NULL) <> (event_id IS NULL)", name="one_thing"),
    )
    READ = READ

    session_id: Mapped[UUID | None] = within(GroupSession, nullable=True)
    event_id: Mapped[UUID | None] = within(CommunityEvent, nullable=True)
    person_id: Mapped[UUID] = within(Person)
    starts_at: Mapped[datetime]
    hours_before: Mapped[int]
    reminded_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Whom it was written to, and the organisation's administrators."""
        return row_rule(actor, own=[cls.person_id])


@operation(needs=REMIND)
async def plan_gathering_reminders(work: Work) -> None:
    """Once a day: have everybody reminded of what they are coming to, where that falls within a day from now."""
    soon = work.now + LONGEST
    for session in await work.all(GroupSession, *_SCHEDULED, GroupSession.starts_at.between(work.now, soon)):
        await _plan(work, session, await _members(work, session))
    for event in await work.all(CommunityEvent, *_OPEN, CommunityEvent.starts_at.between(work.now, soon)):
        await _plan(work, event, await _coming(work, event))


@operation(needs=REMIND)
async def plan_session_reminders(work: Work, session_id: Id[GroupSession]) -> None:
    """Have the group's members reminded of a session that was scheduled."""
    for session in await work.all(GroupSession, GroupSession.id == session_id, *_to_come(work)):
        await _plan(work, session, await _members(work, session), anew=True)


@operation(needs=REMIND)
async def plan_reminders_of_member(work: Work, membership_id: Id[GroupMembership]) -> None:
    """Have somebody who became a member reminded of the group's sessions."""
    membership = await work.get(GroupMembership, membership_id)
    for session in await work.all(GroupSession, GroupSession.group_id == membership.group_id, *_to_come(work)):
        await _plan(work, session, await _members(work, session, GroupMembership.id == membership.id), anew=True)


@operation(needs=REMIND)
async def plan_event_reminders(work: Work, event_id: Id[CommunityEvent]) -> None:
    """Have those who are coming reminded of an event that was changed."""
    event = await work.get(CommunityEvent, event_id)
    await _plan(work, event, await _coming(work, event), anew=True)


@operation(needs=REMIND)
async def plan_reminder_of_signup(work: Work, signup_id: Id[EventSignup]) -> None:
    """Have somebody reminded of an event at which they have a place now."""
    signup = await work.get(EventSignup, signup_id)
    event = await work.get(CommunityEvent, signup.event_id)
    await _plan(work, event, await _coming(work, event, EventSignup.id == signup.id), anew=True)


@operation(needs=REMIND)
async def plan_reminders_as_wished(work: Work, preferences_id: Id[ContactPreferences]) -> None:
    """Remind a person as they want it now. What they do not want any more is left out when it is due."""
    person_id = (await work.get(ContactPreferences, preferences_id)).person_id
    groups = select(GroupMembership.group_id).where(GroupMembership.person_id == person_id, *_ACTIVE)
    for session in await work.all(GroupSession, GroupSession.group_id.in_(groups), *_to_come(work)):
        await _plan(work, session, await _members(work, session, GroupMembership.person_id == person_id))
    events = select(EventSignup.event_id).where(EventSignup.person_id == person_id, *_WITH_A_PLACE)
    to_come = CommunityEvent.starts_at.between(work.now, work.now + LONGEST)
    for event in await work.all(CommunityEvent, CommunityEvent.id.in_(events), *_OPEN, to_come):
        await _plan(work, event, await _coming(work, event, EventSignup.person_id == person_id))


@operation(needs=REMIND)
async def remind_of_session(
    work: Work, session_id: Id[GroupSession], starts_at: datetime, person_id: Id[Person], hours_before: int
) -> None:
    """Write to one member, unless the session was called off or has begun, they left, or want it otherwise now."""
    session = await work.get(GroupSession, session_id, lock=True)
    if session.status == GroupSessionStatus.SCHEDULED:
        people = await _members(work, session, GroupMembership.person_id == person_id)
        await _remind(work, session, people, starts_at, hours_before)


@operation(needs=REMIND)
async def remind_of_event(
    work: Work, event_id: Id[CommunityEvent], starts_at: datetime, person_id: Id[Person], hours_before: int
) -> None:
    """Write to one person, unless the event was moved or called off, they withdrew, or want it otherwise now."""
    event = await work.get(CommunityEvent, event_id, lock=True)
    people = await _coming(work, event, EventSignup.person_id == person_id)
    await _remind(work, event, people, starts_at, hours_before)


_SCHEDULED = (GroupSession.status == GroupSessionStatus.SCHEDULED,)
_OPEN = (CommunityEvent.status == CommunityEventStatus.OPEN,)
_ACTIVE = (GroupMembership.status == GroupMembershipStatus.ACTIVE,)
_WITH_A_PLACE = (EventSignup.status == EventSignupStatus.COMING,)


def _to_come(work: Work) -> tuple[ColumnElement[bool], ...]:
    return (*_SCHEDULED, GroupSession.starts_at.between(work.now, work.now + LONGEST))


async def _members(work: Work, session: GroupSession, *which: ColumnElement[bool]) -> list[Person]:
    theirs = select(GroupMembership.person_id).where(GroupMembership.group_id == session.group_id, *_ACTIVE, *which)
    return await work.rows(Person, Person.id.in_(theirs))


async def _coming(work: Work, event: CommunityEvent, *which: ColumnElement[bool]) -> list[Person]:
    if event.status != CommunityEventStatus.OPEN:
        return []
    theirs = select(EventSignup.person_id).where(EventSignup.event_id == event.id, *_WITH_A_PLACE, *which)
    return await work.rows(Person, Person.id.in_(theirs))


async def _plan(work: Work, about: Gathering, people: Sequence[Person], *, anew: bool = False) -> None:
    """Plan what falls within a day. `anew` also makes up for times that are over: the last of them counts, at once."""
    if about.starts_at <= work.now:
        return
    preferences = await preferences_of(work, people)
    for person in people:
        theirs = preferences[person.id]
        due = {hours: _due(theirs, person, about, hours) for hours in await _leads(work, theirs, about)}
        over = [hours for hours, at in due.items() if at <= work.now]
        soon = [hours for hours, at in due.items() if work.now < at <= work.now + WINDOW]
        for hours in [*soon, *([min(over)] if over and anew else [])]:
            _remind_at(work, max(work.now, due[hours]), about, person, hours)


def _remind_at(work: Work, at: datetime, about: Gathering, person: Person, hours: int) -> None:
    given = {"starts_at": about.starts_at, "person_id": person.id, "hours_before": hours}
    if isinstance(about, GroupSession):
        work.later(remind_of_session, at=at, session_id=about.id, **given)
    else:
        work.later(remind_of_event, at=at, event_id=about.id, **given)


async def _remind(
    work: Work, about: Gathering, people: Sequence[Person], starts_at: datetime, hours_before: int
) -> None:
    if about.starts_at != starts_at or starts_at <= work.now:
        return
    for person in people:
        theirs = (await preferences_of(work, [person]))[person.id]
        if hours_before not in await _leads(work, theirs, about):
            continue
        due = _due(theirs, person, about, hours_before)
        if due > work.now:  # their quiet hours changed
            _remind_at(work, due, about, person, hours_before)
            continue
        reminder = GatheringReminder(starts_at=starts_at, hours_before=hours_before, reminded_at=work.now)
        reminder.session_id = about.id if isinstance(about, GroupSession) else None
        reminder.event_id = about.id if isinstance(about, CommunityEvent) else None
        reminder.person_id = person.id
        same = ("session_id", "event_id", "person_id", "starts_at", "hours_before")
        here = [getattr(GatheringReminder, name).is_not_distinct_from(getattr(reminder, name)) for name in same]
        if await work.exists(GatheringReminder, *here):
            continue
        words = {"when": told_as(about.starts_at, person)}
        if await write_letter(work, "gathering.reminder", person, starts_at, about=about, **words):
            work.add(reminder)
            work.note(
                "session.reminded" if isinstance(about, GroupSession) else "event.reminded",
                about,
                person_id=person.id,
                hours_before=hours_before,
            )


async def _leads(work: Work, preferences: ContactPreferences, about: Gathering) -> list[int]:
    """How many hours before, the person's own wish or else the programme's."""
    if preferences.hours_before is not None:
        return preferences.hours_before
    return [(await work.rows(Programme, Programme.id == about.programme_id))[0].reminder_hours]


def _due(preferences: ContactPreferences, person: Person, about: Gathering, hours: int) -> datetime:
    return before_quiet(preferences, person, about.starts_at - timedelta(hours=hours))

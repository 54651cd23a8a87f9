"""Community events: open to everybody in the organisation, with places, a waiting list and volunteers."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from kith.community.resource import web_address
from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import KEEP, Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import MEMBERS, PARTICIPANTS, Permission, Role
from kith.ground.texts import long, short, zone
from kith.ground.work import Work
from kith.people.letters import told_as, write_letter
from kith.people.person import Person
from kith.programmes import Programme, looked_after

READ = Permission("events.read", "See community events.", granted_to=MEMBERS)
READ_SIGNUPS = Permission(
    "event_signups.read", "See who signed up for an event.", granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS}
)
RUN = Permission(
    "events.run", "Plan a community event, open it, record how it went.", granted_to={Role.ADMIN, Role.COORDINATOR}
)
COME = Permission("events.come", "Sign up for a community event.", granted_to=PARTICIPANTS)
TELL = Permission("events.tell", "Write to those who signed up for an event.")


class CommunityEventStatus(Choice):
    """Where an event is."""

    PLANNED = "PLANNED", "It is being prepared; nobody else sees it."
    OPEN = "OPEN", "Everybody sees it and may sign up."
    HELD = "HELD", "It took place."
    CANCELLED = "CANCELLED", "It was called off."


class CommunityEvent(Owned):
    """Something that everybody in the organisation may come to."""

    __tablename__ = "community_events"
    __table_args__ = (
        organisation_index("starts_at", "id"),
        organisation_index("programme_id", "starts_at", "id"),
        one_of("status", list(CommunityEventStatus)),
        at_most("title", 200),
        at_most("about", 4000),
        at_most("place", 300),
        at_most("link", 500),
        CheckConstraint("minutes BETWEEN 5 AND 4320", name="minutes"),
        CheckConstraint("capacity BETWEEN 1 AND 100000", name="capacity"),
        CheckConstraint("taken BETWEEN 0 AND capacity", name="taken"),
        CheckConstraint("attended >= 0", name="attended"),
        CheckConstraint("attended IS NULL OR status = 'HELD'", name="attended_held"),
    )
    READ = READ

    programme_id: Mapped[UUID] = within(Programme)
    title: Mapped[str]
    about: Mapped[str]
    place: Mapped[str]
    link: Mapped[str | None]
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    time_zone: Mapped[str]
    capacity: Mapped[int]
    taken: Mapped[int]  # places, counted while the event is locked
    status: Mapped[str]
    attended: Mapped[int | None]
    planned_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Everybody once it is open; before, the coordinators of the programme."""
        return row_rule(actor, programme=cls.programme_id, everybody=cls.status != CommunityEventStatus.PLANNED)


class VolunteerRole(Owned):
    """Something that volunteers do at an event, and how many of them it takes."""

    __tablename__ = "volunteer_roles"
    __table_args__ = (
        organisation_index("event_id", "added_at", "id"),
        at_most("title", 120),
        CheckConstraint("places BETWEEN 1 AND 1000", name="places"),
    )
    READ = READ

    event_id: Mapped[UUID] = within(CommunityEvent, carrying=("programme_id",))
    programme_id: Mapped[UUID]
    title: Mapped[str]
    places: Mapped[int]
    added_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Everybody: what it takes to make an event is nobody's secret."""
        return row_rule(actor, programme=cls.programme_id, everybody=cls.id.is_not(None))


class EventSignupStatus(Choice):
    """Where a sign-up is."""

    COMING = "COMING", "They have a place."
    WAITING = "WAITING", "They wait for a place, in the order in which they signed up."
    WITHDRAWN = "WITHDRAWN", "They are not coming after all."


class EventSignup(Owned):
    """Somebody who wants to come to an event, as a guest or to help."""

    __tablename__ = "event_signups"
    __table_args__ = (
        organisation_index(
            "event_id", "person_id", unique=True, where="status <> 'WITHDRAWN'", name="uq_event_signups"
        ),
        organisation_index("event_id", "signed_up_at", "id"),
        organisation_index("signed_up_at", "id"),
        organisation_index("programme_id", "signed_up_at", "id"),
        organisation_index("person_id", "signed_up_at", "id"),
        one_of("status", list(EventSignupStatus)),
        at_most("name", 120),
    )
    READ = READ_SIGNUPS

    event_id: Mapped[UUID] = within(CommunityEvent, carrying=("programme_id",))
    programme_id: Mapped[UUID]
    role_id: Mapped[UUID | None] = within(VolunteerRole, nullable=True)
    person_id: Mapped[UUID] = within(Person)
    name: Mapped[str]
    status: Mapped[str]
    signed_up_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Oneself, and the coordinators of the programme."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id)


LIFE = Lifecycle(
    CommunityEvent,
    CommunityEventStatus,
    begins=[CommunityEventStatus.PLANNED],
    moves=[
        Move("open_event", CommunityEventStatus.PLANNED, to=CommunityEventStatus.OPEN),
        Move("record_event", CommunityEventStatus.OPEN, to=CommunityEventStatus.HELD),
        Move(
            "cancel_event", CommunityEventStatus.PLANNED, CommunityEventStatus.OPEN, to=CommunityEventStatus.CANCELLED
        ),
    ],
)
SIGNUPS = Lifecycle(
    EventSignup,
    EventSignupStatus,
    begins=[EventSignupStatus.COMING, EventSignupStatus.WAITING],
    moves=[
        Move(
            "withdraw_from_event", EventSignupStatus.COMING, EventSignupStatus.WAITING, to=EventSignupStatus.WITHDRAWN
        ),
        Move("move_up", EventSignupStatus.WAITING, to=EventSignupStatus.COMING),
    ],
)


@operation(needs=RUN)
async def plan_event(
    work: Work,
    *,
    programme_id: Annotated[Id[Programme], "Whose coordinators look after it."],
    title: Annotated[str, "What it is called, in public."],
    about: Annotated[str, "What happens there."] = "",
    starts_at: Annotated[datetime, "When it starts, with its offset from UTC."],
    minutes: Annotated[int, "How long it takes, 5 minutes to three days."] = 120,
    time_zone: Annotated[str, "Where it is, as an IANA name such as Europe/Dublin."],
    place: Annotated[str, "Where it is."] = "",
    link: Annotated[str | None, "Its page, or where to join online."] = None,
    capacity: Annotated[int, "How many guests it has room for; volunteers have places of their own."],
) -> CommunityEvent:
    """Plan a community event. Nobody else sees it until it is opened."""
    programme = await work.get(Programme, programme_id, looked_after(work))
    event = CommunityEvent.under(
        programme,
        title=short(title, 200, "title"),
        about=long(about, 4000, "about"),
        place=long(place, 300, "place"),
        link=web_address(link, "link"),
        time_zone=zone(time_zone, "timeZone"),
        capacity=capacity,
        taken=0,
        status=CommunityEventStatus.PLANNED,
        planned_at=work.now,
    )
    _set_time(work, event, starts_at, minutes)
    _room(capacity, 0)
    work.add(event)
    work.note("event.planned", event)
    return event


@operation(needs=RUN)
async def edit_event(
    work: Work,
    event_id: Annotated[Id[CommunityEvent], "Which event."],
    *,
    title: Annotated[str, "What it is called, in public."] = KEEP,
    about: Annotated[str, "What happens there."] = KEEP,
    starts_at: Annotated[datetime, "When it starts, with its offset from UTC."] = KEEP,
    minutes: Annotated[int, "How long it takes, 5 minutes to three days."] = KEEP,
    place: Annotated[str, "Where it is."] = KEEP,
    link: Annotated[str | None, "Its page, or where to join online."] = KEEP,
    capacity: Annotated[int, "How many guests it has room for; not fewer than have a place."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> CommunityEvent:
    """Change an event that is to come; what is absent stays. Where there is more room, those who wait move up."""
    event = await _run(work, event_id)
    await work.expect(event, expected_version)
    if event.status not in (CommunityEventStatus.PLANNED, CommunityEventStatus.OPEN):
        raise IllegalState(f"This community event is {event.status} and stays as it was.")
    event.title = event.title if title is KEEP else short(title, 200, "title")
    event.about = event.about if about is KEEP else long(about, 4000, "about")
    event.place = event.place if place is KEEP else long(place, 300, "place")
    event.link = event.link if link is KEEP else web_address(link, "link")
    if starts_at is not KEEP or minutes is not KEEP:
        _set_time(
            work,
            event,
            event.starts_at if starts_at is KEEP else starts_at,
            event.minutes if minutes is KEEP else minutes,
        )
    if capacity is not KEEP:
        _room(capacity, event.taken)
        event.capacity = capacity
        work.later(move_up, event_id=event.id)
    work.note("event.edited", event)
    return event


@operation(needs=RUN)
async def add_volunteer_role(
    work: Work,
    event_id: Annotated[Id[CommunityEvent], "At which event."],
    *,
    title: Annotated[str, "What volunteers do, such as welcoming people."],
    places: Annotated[int, "How many of them it takes, 1 to 1000."] = 1,
) -> VolunteerRole:
    """Ask for volunteers at an event."""
    event = await _run(work, event_id)
    if event.status not in (CommunityEventStatus.PLANNED, CommunityEventStatus.OPEN):
        raise IllegalState(f"This community event is {event.status}.")
    if not 1 <= places <= 1000:
        raise Invalid("A role has 1 to 1000 places.", path=("places",))
    known = await work.rows(VolunteerRole, VolunteerRole.event_id == event.id)
    if len(known) >= MOST_ROLES:
        raise IllegalState(f"An event has at most {MOST_ROLES} roles.")
    role = VolunteerRole.under(event, title=short(title, 120, "title"), places=places, added_at=work.now)
    work.add(role)
    work.note("event.role_added", event)
    return role


@operation(needs=RUN)
async def open_event(work: Work, event_id: Annotated[Id[CommunityEvent], "Which event."]) -> CommunityEvent:
    """Open an event: everybody sees it and may sign up."""
    event = await _run(work, event_id)
    LIFE.move(event, "open_event")
    work.note("event.opened", event)
    return event


@operation(needs=RUN)
async def cancel_event(work: Work, event_id: Annotated[Id[CommunityEvent], "Which event."]) -> CommunityEvent:
    """Cancel an event. Those who signed up are told by letter."""
    event = await _run(work, event_id)
    LIFE.move(event, "cancel_event")
    work.note("event.cancelled", event)
    return event


@operation(needs=RUN)
async def record_event(
    work: Work,
    event_id: Annotated[Id[CommunityEvent], "Which event."],
    *,
    attended: Annotated[int, "How many people came: a number, which names nobody."],
) -> CommunityEvent:
    """Record that an event was held and how many people came."""
    event = await _run(work, event_id)
    LIFE.check(event, "record_event")
    if event.starts_at > work.now:
        raise IllegalState("This event has not begun.")
    if not 0 <= attended <= 1_000_000:
        raise Invalid("This is 0 to 1000000.", path=("attended",))
    LIFE.move(event, "record_event")
    event.attended = attended
    work.note("event.held", event, attended=attended)
    return event


@operation(needs=COME)
async def sign_up_for_event(
    work: Work,
    event_id: Annotated[Id[CommunityEvent], "Which event."],
    *,
    role_id: Annotated[Id[VolunteerRole] | None, "What you would help with; null to come as a guest."] = None,
) -> EventSignup:
    """Sign up for an event. Where every place is taken you wait, and move up by yourself when one becomes free."""
    event = await work.get(CommunityEvent, event_id, lock=True)
    if event.status != CommunityEventStatus.OPEN:
        raise IllegalState(f"This community event is {event.status}, not OPEN.")
    if event.starts_at <= work.now:
        raise IllegalState("This event has begun.")
    if work.actor.person_id is None:
        raise IllegalState("Only a person signs up.")
    there = (EventSignup.event_id == event.id, EventSignup.status != EventSignupStatus.WITHDRAWN)
    if await work.exists(EventSignup, *there, EventSignup.person_id == work.actor.person_id):
        raise Conflict("You signed up for this event already.")
    role = await work.get(VolunteerRole, role_id, VolunteerRole.event_id == event.id) if role_id else None
    (person,) = await work.rows(Person, Person.id == work.actor.person_id)
    free = await _free(work, event, role) and not await _somebody_waits(work, event, role)
    signup = EventSignup.under(
        event,
        person,
        role_id=role.id if role else None,
        name=person.name,
        status=EventSignupStatus.COMING if free else EventSignupStatus.WAITING,
        signed_up_at=work.now,
    )
    work.add(signup)
    event.taken += free and role is None
    work.note("event.signed_up", signup, coming=free)
    return signup


@operation(needs=COME)
async def withdraw_from_event(work: Work, signup_id: Annotated[Id[EventSignup], "Your sign-up."]) -> EventSignup:
    """Say that one is not coming after all. Who waits longest moves up."""
    own = EventSignup.person_id == work.actor.own_person
    seen = await work.get(EventSignup, signup_id, own)
    event = await work.get(CommunityEvent, seen.event_id, lock=True)
    signup = await work.get(EventSignup, signup_id, own, lock=True)
    if event.status != CommunityEventStatus.OPEN:
        raise IllegalState(f"This community event is {event.status}.")
    event.taken -= signup.status == EventSignupStatus.COMING and signup.role_id is None
    SIGNUPS.move(signup, "withdraw_from_event")
    work.later(move_up, event_id=event.id)
    work.note("event.withdrew", signup)
    return signup


@operation(needs=TELL)
async def move_up(work: Work, event_id: Id[CommunityEvent]) -> None:
    """Give free places to those who wait, in the order in which they signed up, and tell them."""
    event = await work.get(CommunityEvent, event_id, lock=True)
    if event.status != CommunityEventStatus.OPEN or event.starts_at <= work.now:
        return
    waiting = (EventSignup.event_id == event.id, EventSignup.status == EventSignupStatus.WAITING)
    order = (EventSignup.signed_up_at, EventSignup.id)
    roles = {role.id: role for role in await work.rows(VolunteerRole, VolunteerRole.event_id == event.id)}
    for signup in await work.all(EventSignup, *waiting, order_by=order):
        role = roles[signup.role_id] if signup.role_id else None
        if await _free(work, event, role):
            SIGNUPS.move(signup, "move_up")
            event.taken += role is None
            await work.settle()
            work.note("event.moved_up", signup)
            await _tell(work, "event.place", event, signup)


@operation(needs=TELL)
async def tell_of_cancelled_event(work: Work, event_id: Id[CommunityEvent]) -> None:
    """Write to those who signed up that an event does not take place."""
    event = await work.get(CommunityEvent, event_id)
    there = (EventSignup.event_id == event.id, EventSignup.status != EventSignupStatus.WITHDRAWN)
    for signup in await work.all(EventSignup, *there):
        await _tell(work, "event.cancelled", event, signup)


MOST_ROLES = 50


async def _tell(work: Work, kind: str, event: CommunityEvent, signup: EventSignup) -> None:
    person = await work.get(Person, signup.person_id)
    await write_letter(work, kind, person, about=event, when=told_as(event.starts_at, person))


async def _run(work: Work, event_id: UUID) -> CommunityEvent:
    """The event, locked, if the actor looks after its programme; that everybody sees it is not enough."""
    there = row_rule(work.actor, programme=CommunityEvent.programme_id)
    return await work.get(CommunityEvent, event_id, there, lock=True)


async def _somebody_waits(work: Work, event: CommunityEvent, role: VolunteerRole | None) -> bool:
    """A place that became free a moment ago goes to who waits."""
    for_it = EventSignup.role_id.is_(None) if role is None else EventSignup.role_id == role.id
    waiting = (EventSignup.event_id == event.id, EventSignup.status == EventSignupStatus.WAITING)
    return await work.exists(EventSignup, *waiting, for_it)


async def _free(work: Work, event: CommunityEvent, role: VolunteerRole | None) -> bool:
    """Whether there is a place; the caller holds the event."""
    if role is None:
        return event.taken < event.capacity
    helping = (EventSignup.role_id == role.id, EventSignup.status == EventSignupStatus.COMING)
    return await work.count(EventSignup, *helping) < role.places


def _set_time(work: Work, event: CommunityEvent, starts_at: datetime, minutes: int) -> None:
    if not 5 <= minutes <= 4320:
        raise Invalid("An event takes 5 minutes to three days.", path=("minutes",))
    if starts_at <= work.now:
        raise Invalid("An event is planned for a time to come.", path=("startsAt",))
    if starts_at > work.now + timedelta(days=732):
        raise Invalid("An event is planned at most two years ahead.", path=("startsAt",))
    event.starts_at, event.minutes = starts_at, minutes


def _room(capacity: int, taken: int) -> None:
    if not max(1, taken) <= capacity <= 100_000:
        raise Invalid(f"An event has {max(1, taken)} to 100000 places.", path=("capacity",))

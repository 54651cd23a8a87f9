"""A meeting of a match: arranged, confirmed, moved, cancelled, and two people reminded of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, or_, text
from sqlalchemy.orm import Mapped, mapped_column

from kith.goals.goal import Goal
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, Forbidden, IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import KEEP, Id, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.matching.match import PAIR, Match, OfPair, may_meet
from kith.meetings.series import MeetingSeries
from kith.people.absence import away
from kith.people.letters import told_as, write_letter
from kith.people.person import Person
from kith.people.profile import Format
from kith.people.reaching import ContactPreferences, before_quiet, preferences_of
from kith.programmes import PlaceType, Programme

READ = Permission("meetings.read", "See meetings.", granted_to=STAFF | PARTICIPANTS)
ARRANGE = Permission(
    "meetings.arrange",
    "Arrange a meeting, move it or cancel it.",
    granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS},
)
CONFIRM = Permission("meetings.confirm", "Confirm a meeting that one was asked to.", granted_to=PARTICIPANTS)
REMIND = Permission("meetings.remind", "Remind two people of their meeting.")
CALL_OFF = Permission("meetings.call_off", "Cancel the meetings of a match that is paused or closed.")


class MeetingStatus(Choice):
    """Where a meeting is."""

    ARRANGED = "ARRANGED", "It is to come, or nobody recorded yet who came."
    CONFIRMED = "CONFIRMED", "The other side confirmed that it will come."
    HELD = "HELD", "It took place."
    MISSED = "MISSED", "It did not take place: not both came."
    CANCELLED = "CANCELLED", "It was called off."


OPEN = (MeetingStatus.ARRANGED, MeetingStatus.CONFIRMED)


class CancelledBy(Choice):
    """Who cancelled a meeting."""

    MENTOR = "MENTOR", "The mentor."
    MENTEE = "MENTEE", "The mentee."
    STAFF = "STAFF", "Somebody who looks after the two."
    SERVICE = "SERVICE", "Nobody: it followed from something else."


class CancelReason(Choice):
    """Why a meeting was cancelled; nobody has to say."""

    NOT_SAID = "NOT_SAID", "They did not say."
    ILL = "ILL", "Somebody is not well."
    WORK = "WORK", "Work or an appointment came between."
    CARING = "CARING", "Somebody at home needs them."
    TRANSPORT = "TRANSPORT", "There is no way to get there."
    NOT_NEEDED = "NOT_NEEDED", "There is nothing to meet for this time."
    OTHER = "OTHER", "Something else."
    MATCH_RESTS = "MATCH_RESTS", "The match was paused or has ended; only the service says so."
    SERIES_CHANGED = "SERIES_CHANGED", "The series it belongs to has other terms; only the service says so."
    SERIES_ENDED = "SERIES_ENDED", "The series it belongs to was ended; only the service says so."
    TIME_NOT_FREE = "TIME_NOT_FREE", "One of the two was not free when its series came to it; only the service says so."


GIVES_BACK = (CancelReason.MATCH_RESTS, CancelReason.SERIES_CHANGED)  # its time in a series may be arranged anew
OF_THE_SERVICE = (*GIVES_BACK, CancelReason.SERIES_ENDED, CancelReason.TIME_NOT_FREE)


class MissedBy(Choice):
    """Who did not come to a meeting."""

    MENTOR = "MENTOR", "The mentor did not come."
    MENTEE = "MENTEE", "The mentee did not come."
    BOTH = "BOTH", "Neither came."


class Meeting(OfPair):
    """One meeting of the two people of a match.

    `arranged_by_id` is whoever set the time it has now, and `scheduled_at` when that was, or when it was cancelled.
    Of a meeting that belongs to a series, `occurrence` is when the series has it, wherever it was moved.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        organisation_index("starts_at", "id"),
        organisation_index("match_id", "starts_at", "id"),
        organisation_index("programme_id", "starts_at", "id"),
        organisation_index("mentor_person_id", "starts_at", "id"),
        organisation_index("mentee_person_id", "starts_at", "id"),
        organisation_index(
            "series_id",
            "occurrence",
            unique=True,
            where="cancel_reason IS NULL OR cancel_reason NOT IN ('MATCH_RESTS', 'SERIES_CHANGED')",
            name="uq_meetings_occurrence",
        ),
        organisation_index("series_id", "starts_at", "id"),
        one_of("format", list(Format)),
        one_of("place_type", list(PlaceType)),
        one_of("status", list(MeetingStatus)),
        one_of("cancelled_by", list(CancelledBy)),
        one_of("cancel_reason", list(CancelReason)),
        one_of("missed_by", list(MissedBy)),
        at_most("place", 300),
        CheckConstraint("minutes BETWEEN 5 AND 480", name="minutes"),
        CheckConstraint("(series_id IS NULL) = (occurrence IS NULL)", name="occurrence"),
        CheckConstraint("cardinality(agenda) <= 20", name="agenda"),
        CheckConstraint("place_type IS NULL OR format = 'IN_PERSON'", name="place_in_person"),
        CheckConstraint("units IS NULL OR (status = 'HELD' AND units BETWEEN 0 AND 32)", name="units"),
        CheckConstraint("cancelled_by IS NULL OR status = 'CANCELLED'", name="cancelled"),
        CheckConstraint("missed_by IS NULL OR status = 'MISSED'", name="missed"),
    )
    READ = READ

    match_id: Mapped[UUID] = within(Match, carrying=PAIR)
    series_id: Mapped[UUID | None] = within(MeetingSeries, carrying=("match_id",), nullable=True)
    occurrence: Mapped[datetime | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    minutes: Mapped[int]
    format: Mapped[str]
    place: Mapped[str]
    place_type: Mapped[str | None]
    interpreter_wanted: Mapped[bool] = mapped_column(default=False, server_default="false")
    agenda: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    status: Mapped[str]
    arranged_by_id: Mapped[UUID | None] = within(Person, nullable=True)
    scheduled_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    cancelled_by: Mapped[str | None]
    cancelled_late: Mapped[bool | None]
    cancel_reason: Mapped[str | None]
    missed_by: Mapped[str | None]
    units: Mapped[int | None]  # quarter hours
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


LIFE = Lifecycle(
    Meeting,
    MeetingStatus,
    begins=[MeetingStatus.ARRANGED],
    moves=[
        Move("confirm_meeting", MeetingStatus.ARRANGED, to=MeetingStatus.CONFIRMED),
        Move("move_meeting", *OPEN, to=MeetingStatus.ARRANGED),
        Move("cancel_meeting", *OPEN, to=MeetingStatus.CANCELLED),
        Move("call_off_meetings", *OPEN, to=MeetingStatus.CANCELLED),
        Move("meetings.recurring.change_series", *OPEN, to=MeetingStatus.CANCELLED),
        Move("meetings.recurring.end_series", *OPEN, to=MeetingStatus.CANCELLED),
        Move("meetings.recurring.extend_series", MeetingStatus.ARRANGED, to=MeetingStatus.CANCELLED),
        Move("meetings.attendance.record_attendance", *OPEN, to=(MeetingStatus.HELD, MeetingStatus.MISSED)),
        Move("meetings.attendance.record_no_show", *OPEN, to=MeetingStatus.MISSED),
    ],
)


class MeetingMove(OfPair):
    """One time that a meeting was moved."""

    __tablename__ = "meeting_moves"
    __table_args__ = (organisation_index("meeting_id", "moved_at", "id"),)
    READ = READ

    meeting_id: Mapped[UUID] = within(Meeting, carrying=PAIR)
    moved_from: Mapped[datetime]
    moved_to: Mapped[datetime]
    moved_at: Mapped[datetime]
    moved_by_id: Mapped[UUID | None] = within(Person, nullable=True)


class MeetingGoal(OfPair):
    """A goal that a meeting is or was about."""

    __tablename__ = "meeting_goals"
    __table_args__ = (organisation_index("meeting_id", "goal_id", unique=True),)
    READ = READ

    meeting_id: Mapped[UUID] = within(Meeting, carrying=PAIR)
    goal_id: Mapped[UUID] = within(Goal, carrying=PAIR)


class Reminder(OfPair):
    """That one person was reminded of a meeting at this time, so long before: once, whatever runs twice."""

    __tablename__ = "reminders"
    __table_args__ = (organisation_index("meeting_id", "person_id", "starts_at", "hours_before", unique=True),)
    READ = READ

    meeting_id: Mapped[UUID] = within(Meeting, carrying=PAIR)
    person_id: Mapped[UUID] = within(Person)
    starts_at: Mapped[datetime]
    hours_before: Mapped[int]
    reminded_at: Mapped[datetime]


@operation(needs=ARRANGE)
async def arrange_meeting(
    work: Work,
    match_id: Annotated[Id[Match], "Of which match."],
    *,
    starts_at: Annotated[datetime, "When it starts, with its offset from UTC."],
    minutes: Annotated[int, "How long it takes, 5 to 480 minutes."] = 60,
    format: Annotated[Format, "In person, by telephone, virtually or by text messages."],
    place: Annotated[str, "Where, or how to join."] = "",
    place_type: Annotated[PlaceType | None, "In what kind of place, in person; a public one when absent."] = None,
    interpreter_wanted: Annotated[bool, "Whether somebody should interpret."] = False,
    agenda: Annotated[Sequence[str], "What the two want to talk about, at most 20 items."] = (),
    goal_ids: Annotated[Sequence[Id[Goal]], "Which goals of the match it is about."] = (),
) -> Meeting:
    """Arrange a meeting; both people are reminded of it, each as they want it, and the other may confirm it."""
    match = await active(work, match_id)
    meeting = Meeting.under(
        match,
        status=MeetingStatus.ARRANGED,
        interpreter_wanted=interpreter_wanted,
        agenda=_agenda(agenda),
        **await place_columns(work, match.programme_id, format, place, place_type),
    )
    set_time(work, meeting, starts_at, minutes)
    await free(work, meeting)
    work.add(meeting)
    await touch(work, meeting, goal_ids)
    await plan_reminders(work, meeting)
    work.note("meeting.arranged", meeting, format=format)
    return meeting


@operation(needs=ARRANGE)
async def edit_meeting(
    work: Work,
    meeting_id: Annotated[Id["Meeting"], "Which meeting."],
    *,
    format: Annotated[Format, "In person, by telephone, virtually or by text messages."] = KEEP,
    place: Annotated[str, "Where, or how to join."] = KEEP,
    place_type: Annotated[PlaceType | None, "In what kind of place, in person; a public one when null."] = KEEP,
    interpreter_wanted: Annotated[bool, "Whether somebody should interpret."] = KEEP,
    agenda: Annotated[Sequence[str], "What the two want to talk about, at most 20 items."] = KEEP,
    goal_ids: Annotated[Sequence[Id[Goal]], "Which goals of the match it is about."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> Meeting:
    """Change how two people meet and what about, before they do; what is absent stays."""
    meeting = await work.get(Meeting, meeting_id, lock=True)
    await work.expect(meeting, expected_version)
    LIFE.check(meeting, "cancel_meeting")
    chosen = Format(meeting.format) if format is KEEP else format
    kept = PlaceType(meeting.place_type) if meeting.place_type and chosen is Format.IN_PERSON else None
    columns = await place_columns(
        work,
        meeting.programme_id,
        chosen,
        meeting.place if place is KEEP else place,
        kept if place_type is KEEP else place_type,
    )
    for name, value in columns.items():
        setattr(meeting, name, value)
    if interpreter_wanted is not KEEP:
        meeting.interpreter_wanted = interpreter_wanted
    if agenda is not KEEP:
        meeting.agenda = _agenda(agenda)
    if goal_ids is not KEEP:
        await touch(work, meeting, goal_ids)
    work.note("meeting.edited", meeting, format=meeting.format)
    return meeting


@operation(needs=CONFIRM)
async def confirm_meeting(work: Work, meeting_id: Annotated[Id["Meeting"], "Which meeting."]) -> Meeting:
    """Confirm a meeting that the other person, or somebody who looks after the two, arranged or moved."""
    meeting = await work.get(Meeting, meeting_id, lock=True)
    if work.actor.person_id not in (meeting.mentor_person_id, meeting.mentee_person_id):
        raise Forbidden("Only the two people of the match confirm its meetings.")
    if work.actor.person_id == meeting.arranged_by_id:
        raise IllegalState("You arranged this meeting; the other side confirms it.")
    if meeting.starts_at <= work.now:
        raise IllegalState("This meeting has begun.")
    LIFE.move(meeting, "confirm_meeting")
    work.note("meeting.confirmed", meeting)
    return meeting


@operation(needs=ARRANGE)
async def move_meeting(
    work: Work,
    meeting_id: Annotated[Id["Meeting"], "Which meeting."],
    *,
    starts_at: Annotated[datetime, "When it starts now, with its offset from UTC."],
    minutes: Annotated[int, "How long it takes now, 5 to 480 minutes."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> Meeting:
    """Move a meeting that was not held yet to another time; the other side is told, and both are reminded of it."""
    seen = await work.get(Meeting, meeting_id)
    await active(work, seen.match_id)
    meeting = await work.get(Meeting, meeting_id, lock=True)
    await work.expect(meeting, expected_version)
    LIFE.move(meeting, "move_meeting")
    before = meeting.starts_at
    set_time(work, meeting, starts_at, meeting.minutes if minutes is KEEP else minutes)
    await free(work, meeting)
    move = MeetingMove.under(meeting, moved_from=before, moved_to=starts_at, moved_at=work.now)
    move.moved_by_id = work.actor.person_id
    work.add(move)
    await plan_reminders(work, meeting)
    await tell_other_side(work, "meeting.moved", meeting, before=before)
    work.note("meeting.moved", meeting)
    return meeting


@operation(needs=ARRANGE)
async def cancel_meeting(
    work: Work,
    meeting_id: Annotated[Id["Meeting"], "Which meeting."],
    *,
    reason: Annotated[CancelReason, "Why; nobody has to say."] = CancelReason.NOT_SAID,
) -> Meeting:
    """Cancel a meeting that was not held yet; the other side is told, and not why."""
    meeting = await work.get(Meeting, meeting_id, lock=True)
    if reason in OF_THE_SERVICE:
        raise Invalid("Only the service gives this reason.", path=("reason",))
    await cancel(work, meeting, "cancel_meeting", reason)
    await tell_other_side(work, "meeting.cancelled", meeting)
    return meeting


@operation(needs=CALL_OFF)
async def call_off_meetings(work: Work, match_id: Id[Match]) -> None:
    """Cancel what is arranged for a match that is paused or closed; nothing where it was resumed meanwhile."""
    match = await work.get(Match, match_id, lock=True)
    if may_meet(match):
        return
    to_come = (Meeting.match_id == match.id, Meeting.status.in_(OPEN), Meeting.starts_at > work.now)
    called_off = await work.all(Meeting, *to_come, order_by=Meeting.starts_at)
    for seen in called_off:
        meeting = await work.get(Meeting, seen.id, lock=True)
        if meeting.status in OPEN:
            await cancel(work, meeting, "call_off_meetings", CancelReason.MATCH_RESTS)
    if called_off:
        await tell_other_side(work, "meetings.cancelled", called_off[0])


@operation(needs=REMIND)
async def remind(
    work: Work, meeting_id: Id[Meeting], starts_at: datetime, person_id: Id[Person], hours_before: int
) -> None:
    """Write to one person, unless the meeting was moved or cancelled or has begun, or they want it otherwise now."""
    meeting = await work.get(Meeting, meeting_id, lock=True)
    if meeting.status not in OPEN or meeting.starts_at != starts_at or starts_at <= work.now:
        return
    person = await work.get(Person, person_id)
    preferences = (await preferences_of(work, [person]))[person.id]
    if preferences.hours_before is not None and hours_before not in preferences.hours_before:
        return
    due = _due(preferences, person, meeting, hours_before)
    if due > work.now:  # their quiet hours changed
        _remind_at(work, due, meeting, person, hours_before)
        return
    this = {"person_id": person.id, "starts_at": starts_at, "hours_before": hours_before}
    once = [getattr(Reminder, name) == value for name, value in this.items()]
    if await work.exists(Reminder, Reminder.meeting_id == meeting.id, *once):
        return
    words = {"when": told_as(meeting.starts_at, person), "how": _HOW[Format(meeting.format)]}
    if await write_letter(work, "meeting.reminder", person, starts_at, about=meeting, **words):
        reminder = Reminder.under(meeting, reminded_at=work.now, starts_at=starts_at, hours_before=hours_before)
        reminder.person_id = person.id
        work.add(reminder)
        work.note("meeting.reminded", meeting, person_id=person.id, hours_before=hours_before)


@operation(needs=REMIND)
async def plan_reminders_anew(work: Work, preferences_id: Id[ContactPreferences]) -> None:
    """Remind a person of what is arranged as they want it now. What they do not want any more is left out when due."""
    preferences = await work.get(ContactPreferences, preferences_id)
    person = await work.get(Person, preferences.person_id)
    theirs = or_(Meeting.mentor_person_id == person.id, Meeting.mentee_person_id == person.id)
    to_come = (Meeting.status.in_(OPEN), Meeting.starts_at > work.now)
    for meeting in await work.all(Meeting, theirs, *to_come, order_by=Meeting.starts_at):
        for hours in await _leads(work, preferences, meeting):
            if (due := _due(preferences, person, meeting, hours)) > work.now:
                _remind_at(work, due, meeting, person, hours)


async def plan_reminders(work: Work, meeting: Meeting) -> None:
    """Have both people reminded as they want it; of the times that are over already, the last one counts: at once."""
    people = await _people(work, meeting)
    preferences = await preferences_of(work, people)
    for person in people:
        theirs = preferences[person.id]
        due = {hours: _due(theirs, person, meeting, hours) for hours in await _leads(work, theirs, meeting)}
        over = [hours for hours, at in due.items() if at <= work.now]
        for hours in [h for h in due if h not in over] + ([min(over)] if over else []):
            _remind_at(work, max(work.now, due[hours]), meeting, person, hours)


async def active(work: Work, match_id: UUID) -> Match:
    """The match, locked, while the two meet. Raises IllegalState."""
    match = await work.get(Match, match_id, lock=True)
    if match.on_hold:
        raise IllegalState("This match is stopped for safety: nothing is arranged until staff lift the hold.")
    if not may_meet(match):
        raise IllegalState(f"Nothing is arranged in a match that is {match.status}.")
    return match


async def place_columns(
    work: Work, programme_id: UUID, format: Format, place: str, place_type: PlaceType | None
) -> dict[str, Any]:
    """How and where two people meet, as columns. Raises Invalid for a place where the programme lets nobody meet."""
    if format is not Format.IN_PERSON:
        if place_type is not None:
            raise Invalid("Only a meeting in person has a kind of place.", path=("placeType",))
        return {"format": format, "place": long(place, 300, "place"), "place_type": None}
    programme = await work.get(Programme, programme_id)
    chosen = place_type or PlaceType.PUBLIC
    if chosen not in programme.safe_places:
        allowed = " or ".join(programme.safe_places) or "no place at all"
        sentence = f"In this programme people meet in person in {allowed}, not in a place of the kind {chosen}."
        raise Invalid(sentence, path=("placeType",))
    return {"format": format, "place": long(place, 300, "place"), "place_type": chosen}


def lasting(minutes: int) -> None:
    """A meeting may take so long. Raises Invalid."""
    if not 5 <= minutes <= 480:
        raise Invalid("A meeting takes 5 to 480 minutes.", path=("minutes",))


def set_time(work: Work, meeting: Meeting, starts_at: datetime, minutes: int) -> None:
    """Give the meeting a time to come, set by the actor now. Raises Invalid."""
    lasting(minutes)
    if starts_at <= work.now:
        raise Invalid("A meeting is arranged for a time to come.", path=("startsAt",))
    if starts_at > work.now + timedelta(days=366):
        raise Invalid("A meeting is arranged at most a year ahead.", path=("startsAt",))
    meeting.starts_at, meeting.minutes = starts_at, minutes
    meeting.ends_at = starts_at + timedelta(minutes=minutes)
    meeting.scheduled_at, meeting.arranged_by_id = work.now, work.actor.person_id


async def free(work: Work, meeting: Meeting) -> None:
    """Neither of the two is away or meets somebody then. Raises Conflict, which says of nobody why.

    The people are locked, so that two arrangements cannot cross.
    """
    people = sorted({meeting.mentor_person_id, meeting.mentee_person_id})
    for person_id in people:
        await work.hold(Person, person_id)
    theirs = or_(Meeting.mentor_person_id.in_(people), Meeting.mentee_person_id.in_(people))
    then = (
        Meeting.starts_at < meeting.ends_at,
        Meeting.starts_at > meeting.starts_at - timedelta(minutes=480),
        Meeting.ends_at > meeting.starts_at,
    )
    other = Meeting.id != meeting.id if meeting.id else Meeting.id.is_not(None)
    if await work.exists(Meeting, theirs, Meeting.status.in_(OPEN), other, *then):
        raise Conflict("One of the two has another meeting then.", path=("startsAt",))
    if (gone := await away(work, people, meeting.starts_at, meeting.ends_at)) is not None:
        named = (await work.rows(Person, Person.id == gone))[0].name
        who = "You said that you are" if gone == work.actor.person_id else f"{named} is"
        raise Conflict(f"{who} not available then.", path=("startsAt",))


async def touch(work: Work, meeting: Meeting, goal_ids: Sequence[UUID]) -> None:
    """Say which goals the meeting is about, in place of those said before. Raises NotFound for another match's."""
    if len(goal_ids) > 20:
        raise Invalid("Name at most 20 goals.", path=("goalIds",))
    for link in await work.rows(MeetingGoal, MeetingGoal.meeting_id == meeting.id):
        await work.remove(link)
    await work.settle()
    for goal_id in dict.fromkeys(goal_ids):
        goal = await work.get(Goal, goal_id, Goal.match_id == meeting.match_id)
        work.add(MeetingGoal.under(meeting, goal))


async def cancel(work: Work, meeting: Meeting, verb: str, reason: CancelReason) -> None:
    """Cancel a meeting that is locked, for whoever acts."""
    LIFE.move(meeting, verb)
    programme = (await work.rows(Programme, Programme.id == meeting.programme_id))[0]
    sides = {meeting.mentor_person_id: CancelledBy.MENTOR, meeting.mentee_person_id: CancelledBy.MENTEE}
    who = None if reason is CancelReason.TIME_NOT_FREE else work.actor.person_id
    meeting.cancelled_by = CancelledBy.SERVICE if who is None else sides.get(who, CancelledBy.STAFF)
    meeting.cancelled_late = who is not None and meeting.starts_at - work.now < timedelta(hours=programme.late_hours)
    meeting.cancel_reason, meeting.scheduled_at = reason, work.now
    work.note("meeting.cancelled", meeting, late=meeting.cancelled_late, by=meeting.cancelled_by, reason=reason)


async def tell_other_side(work: Work, kind: str, meeting: Meeting, *, before: datetime | None = None) -> None:
    """Write one letter to whoever of the two does not act."""
    for person in await _people(work, meeting):
        if person.id != work.actor.person_id:
            words = {"when": told_as(meeting.starts_at, person), "how": _HOW[Format(meeting.format)]}
            words |= {} if before is None else {"before": told_as(before, person)}
            by = min(meeting.starts_at, before or meeting.starts_at)
            await write_letter(work, kind, person, by, about=meeting, **words)


_HOW = {
    Format.IN_PERSON: "in person",
    Format.PHONE: "by telephone",
    Format.VIRTUAL: "online",
    Format.TEXT: "by text messages",
}


async def _people(work: Work, meeting: Meeting) -> list[Person]:
    return await work.rows(Person, Person.id.in_((meeting.mentor_person_id, meeting.mentee_person_id)))


async def _leads(work: Work, preferences: ContactPreferences, meeting: Meeting) -> list[int]:
    """How many hours before, the person's own wish or else the programme's."""
    if preferences.hours_before is not None:
        return preferences.hours_before
    return [(await work.rows(Programme, Programme.id == meeting.programme_id))[0].reminder_hours]


def _due(preferences: ContactPreferences, person: Person, meeting: Meeting, hours: int) -> datetime:
    return before_quiet(preferences, person, meeting.starts_at - timedelta(hours=hours))


def _remind_at(work: Work, at: datetime, meeting: Meeting, person: Person, hours: int) -> None:
    about = {"meeting_id": meeting.id, "starts_at": meeting.starts_at, "person_id": person.id}
    work.later(remind, at=at, **about, hours_before=hours)


def _agenda(items: Sequence[str]) -> list[str]:
    if len(items) > 20:
        raise Invalid("An agenda has at most 20 items.", path=("agenda",))
    return [short(item, 200, "agenda") for item in items]

"""Supervision sessions: scheduled, held, signed by the supervisor, acknowledged by the mentor.

Each mentor has a session of their own, also in a group, because each acknowledges it by themselves; the sessions of a
group share a `SupervisionGroup` and go together through everything that the supervisor does. What was talked about is
in `kith.supervision.record`, for the two of them alone: coordinators see that a session took place and when.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, and_, false, or_
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Reach, Role
from kith.ground.texts import long
from kith.ground.work import Work
from kith.people.letters import told_as, write_letter
from kith.people.mentor import Mentor
from kith.people.person import Person
from kith.people.profile import Format
from kith.programmes import Programme
from kith.supervision import plan as plans
from kith.supervision.coverage import at_hand
from kith.supervision.plan import SupervisionPlan
from kith.tasks import ask, settled

READ = Permission(
    "supervision.read", "See that supervision sessions take place, and when.", granted_to=STAFF | {Role.MENTOR}
)
SCHEDULE = Permission("supervision.schedule", "Schedule a supervision session, move it or cancel it.", granted_to=STAFF)
HOLD = Permission(
    "supervision.hold",
    "Say that a supervision session of one's own caseload took place.",
    granted_to={Role.ADMIN, Role.SUPERVISOR},
)
REMIND = Permission("supervision.remind", "Remind people of a supervision session.")
KEEP_UP = Permission("supervision.keep_up", "Notice what was missed, and call off what will not be.")
MOST_TOGETHER, LONGEST = 12, 480  # mentors, minutes
MISSED, SIGN = "SUPERVISION_MISSED", "SUPERVISION_SIGN"  # kinds of tasks


class SessionKind(Choice):
    """What kind of supervision session."""

    INDIVIDUAL = "INDIVIDUAL", "A supervisor and one mentor."
    GROUP = "GROUP", "A supervisor and several mentors; no mentee is named."
    OBSERVATION = "OBSERVATION", "A supervisor is with a mentor in a meeting, with the mentee's consent."
    AD_HOC = "AD_HOC", "A word in between, when something came up; it may be written down afterwards."


class SessionStatus(Choice):
    """Where a supervision session is."""

    SCHEDULED = "SCHEDULED", "It is to come, or nobody said yet whether it took place."
    HELD = "HELD", "It took place; its record can be written."
    SIGNED_SUPERVISOR = "SIGNED_SUPERVISOR", "The supervisor signed the record; it is not edited any more."
    ACKNOWLEDGED = "ACKNOWLEDGED", "The mentor has read it and signed as well."
    MISSED = "MISSED", "It did not take place, or nobody said that it did."
    CANCELLED = "CANCELLED", "It was called off."


class CancellingReason(Choice):
    """Why a session was called off."""

    MENTOR_UNAVAILABLE = "MENTOR_UNAVAILABLE", "The mentor could not come."
    SUPERVISOR_UNAVAILABLE = "SUPERVISOR_UNAVAILABLE", "The supervisor could not come."
    NO_LONGER_NEEDED = "NO_LONGER_NEEDED", "It is not needed any more."
    SUPERVISOR_CHANGED = "SUPERVISOR_CHANGED", "Somebody else supervises the mentor now."
    NO_CONSENT = "NO_CONSENT", "The mentee would rather not be observed."
    OTHER = "OTHER", "Something else."


class SupervisionGroup(Owned):
    """The sessions of several mentors at one time with one supervisor."""

    __tablename__ = "supervision_groups"
    READ = READ

    programme_id: Mapped[UUID] = within(Programme)
    supervisor_person_id: Mapped[UUID] = within(Person)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The supervisor and the coordinators of the programme."""
        return row_rule(actor, own=[cls.supervisor_person_id], programme=cls.programme_id)


class SupervisionSession(Owned):
    """One mentor's supervision session: that it is, when, and how far it has come."""

    __tablename__ = "supervision_sessions"
    __table_args__ = (
        organisation_index("starts_at", "id"),
        organisation_index("programme_id", "starts_at", "id"),
        organisation_index("mentor_id", "starts_at", "id"),
        organisation_index("person_id", "starts_at", "id"),
        organisation_index("supervisor_person_id", "starts_at", "id"),
        organisation_index("starts_at", where="status = 'SCHEDULED'", name="ix_supervision_sessions_scheduled"),
        one_of("kind", list(SessionKind)),
        one_of("status", list(SessionStatus)),
        one_of("format", list(Format)),
        at_most("place", 300),
        CheckConstraint("minutes BETWEEN 5 AND 480", name="minutes"),
        CheckConstraint("(kind = 'GROUP') = (group_id IS NOT NULL)", name="group"),
        CheckConstraint("(status IN ('SIGNED_SUPERVISOR', 'ACKNOWLEDGED')) = (signed_at IS NOT NULL)", name="signed"),
        CheckConstraint("(status = 'ACKNOWLEDGED') = (acknowledged_at IS NOT NULL)", name="acknowledged"),
        CheckConstraint("(status = 'CANCELLED') = (cancelling_reason IS NOT NULL)", name="cancelled"),
    )
    READ = READ

    mentor_id: Mapped[UUID] = within(Mentor, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    supervisor_person_id: Mapped[UUID] = within(Person)
    group_id: Mapped[UUID | None] = within(SupervisionGroup, nullable=True)
    kind: Mapped[str]
    status: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    minutes: Mapped[int]
    format: Mapped[str]
    place: Mapped[str]
    consented_at: Mapped[datetime | None]  # when the mentee agreed to be observed
    signed_by_id: Mapped[UUID | None] = within(Person, nullable=True)
    signed_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    cancelling_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The mentor, who held it or supervises them now, the coordinators of the programme."""
        return row_rule(
            actor,
            own=[cls.person_id, cls.supervisor_person_id],
            supervised=[cls.person_id],
            programme=cls.programme_id,
        )


class BetweenTwo(Owned):
    """A row for a mentor and who supervises them, and for nobody else, however far they reach."""

    __abstract__ = True

    person_id: Mapped[UUID]
    supervisor_person_id: Mapped[UUID]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The mentor, who wrote it as their supervisor, who supervises them now or covers for that person."""
        if not actor.grants or actor.person_id is None:
            return false()
        return or_(cls.person_id == actor.own_person, in_charge(actor, cls.person_id, cls.supervisor_person_id))


TWO = ("person_id", "supervisor_person_id")  # what a row between two carries from the row it stands under


def in_charge(actor: Actor, mentor: Any, supervisor: Any) -> ColumnElement[bool]:
    """The actor is the supervisor that the row names, or supervises the mentor now; never the mentor themselves."""
    theirs: ColumnElement[bool] = supervisor == actor.own_person
    if actor.reaches(Reach.CASELOAD):
        theirs = or_(theirs, actor.among("caseload", mentor))
    return and_(theirs, mentor != actor.own_person)


LIFE = Lifecycle(
    SupervisionSession,
    SessionStatus,
    begins=[SessionStatus.SCHEDULED],
    moves=[
        Move(
            "hold_supervision",
            SessionStatus.SCHEDULED,
            SessionStatus.MISSED,
            to=(SessionStatus.HELD, SessionStatus.MISSED),
        ),
        Move("notice_missed", SessionStatus.SCHEDULED, to=SessionStatus.MISSED),
        Move("cancel_supervision", SessionStatus.SCHEDULED, to=SessionStatus.CANCELLED),
        Move("call_off_supervision", SessionStatus.SCHEDULED, to=SessionStatus.CANCELLED),
        Move("supervision.observation.decline_observation", SessionStatus.SCHEDULED, to=SessionStatus.CANCELLED),
        Move("supervision.observation.follow_meeting", SessionStatus.SCHEDULED, to=SessionStatus.CANCELLED),
        Move("supervision.record.sign_supervision", SessionStatus.HELD, to=SessionStatus.SIGNED_SUPERVISOR),
        Move(
            "supervision.record.acknowledge_supervision",
            SessionStatus.SIGNED_SUPERVISOR,
            to=SessionStatus.ACKNOWLEDGED,
        ),
    ],
)
_LAST = {  # which last time of the plan a held session is
    SessionKind.INDIVIDUAL: "last_individual_at",
    SessionKind.GROUP: "last_group_at",
    SessionKind.OBSERVATION: "last_observation_at",
}


@operation(needs=SCHEDULE)
async def schedule_supervision(
    work: Work,
    *,
    mentor_ids: Annotated[Sequence[Id[Mentor]], "With which mentor; with which two to twelve, for a group."],
    kind: Annotated[SessionKind, "What kind of session; an observation is arranged of a meeting."],
    starts_at: Annotated[datetime, "When it starts, with its offset from UTC; only AD_HOC may be past."],
    minutes: Annotated[int, "How long it takes, 5 to 480 minutes."] = 60,
    format: Annotated[Format, "In person, by telephone or virtually."],
    place: Annotated[str, "Where, or how to join."] = "",
) -> SupervisionSession:
    """Schedule a session at a time when nobody of it has another; everybody is reminded of it.

    Of a group, the first mentor's session is the result.
    """
    if kind is SessionKind.OBSERVATION:
        raise Invalid("An observation is arranged of a meeting, whose mentee is asked first.", path=("kind",))
    chosen = sorted(set(mentor_ids))
    if not (2 <= len(chosen) <= MOST_TOGETHER if kind is SessionKind.GROUP else len(chosen) == 1):
        raise Invalid("A group has two to twelve mentors, any other session has one.", path=("mentorIds",))
    reached = row_rule(work.actor, supervised=[Mentor.person_id], programme=Mentor.programme_id)
    mentors = [await work.get(Mentor, mentor_id, reached, lock=True) for mentor_id in chosen]
    who = {await supervisor_of(work, mentor) for mentor in mentors}
    if len(who) > 1 or len({mentor.programme_id for mentor in mentors}) > 1:
        raise Invalid("A group is of one supervisor and one programme.", path=("mentorIds",))
    group = None
    if kind is SessionKind.GROUP:
        group = SupervisionGroup(programme_id=mentors[0].programme_id, supervisor_person_id=min(who))
        work.add(group)
    sessions = []
    for mentor in mentors:
        session = SupervisionSession.under(
            mentor, kind=kind, format=format, place=long(place, 300, "place"), status=SessionStatus.SCHEDULED
        )
        session.supervisor_person_id, session.group_id = min(who), group.id if group else None
        _set_time(session, work.now, starts_at, minutes)
        sessions.append(work.add(session))
        work.note("supervision.scheduled", session, what=kind)
    await nobody_twice(work, sessions)
    await remind_later(work, sessions)
    return sessions[0]


@operation(needs=SCHEDULE)
async def move_supervision(
    work: Work,
    session_id: Annotated[Id["SupervisionSession"], "Which session; the others of its group move with it."],
    *,
    starts_at: Annotated[datetime, "When it starts now, with its offset from UTC."],
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> SupervisionSession:
    """Move a session that was not held yet to another time; everybody is reminded of the new one."""
    sessions = await together(work, session_id, _arranged_by(work.actor))
    await work.expect(sessions[0], expected_version)
    if sessions[0].kind == SessionKind.OBSERVATION:
        raise IllegalState("An observation is when its meeting is; cancel it and arrange another.")
    for session in _scheduled(sessions, "cancel_supervision"):
        _set_time(session, work.now, starts_at, session.minutes)
        work.note("supervision.moved", session)
    await nobody_twice(work, sessions)
    await remind_later(work, sessions)
    return sessions[0]


@operation(needs=SCHEDULE)
async def cancel_supervision(
    work: Work,
    session_id: Annotated[Id["SupervisionSession"], "Which session; the others of its group are cancelled with it."],
    *,
    reason: Annotated[CancellingReason, "Why."],
) -> SupervisionSession:
    """Cancel a session that was not held yet."""
    sessions = await together(work, session_id, _arranged_by(work.actor))
    for session in _scheduled(sessions, "cancel_supervision"):
        LIFE.move(session, "cancel_supervision")
        session.cancelling_reason = reason
        work.note("supervision.cancelled", session, reason=reason)
    return sessions[0]


@operation(needs=HOLD)
async def hold_supervision(
    work: Work,
    session_id: Annotated[Id["SupervisionSession"], "Which session; of a group, all of it."],
    *,
    absent: Annotated[Sequence[Id[Mentor]], "Which of the mentors did not come: they missed it."] = (),
) -> SupervisionSession:
    """Say that a session took place, also of one that counted as missed: its record can be written from now on."""
    charge = in_charge(work.actor, SupervisionSession.person_id, SupervisionSession.supervisor_person_id)
    sessions = await together(work, session_id, charge)
    if sessions[0].starts_at > work.now:
        raise IllegalState("This session has not begun.")
    if sessions[0].kind == SessionKind.OBSERVATION and sessions[0].consented_at is None:
        raise IllegalState("The mentee has not agreed to be observed.")
    if not set(absent) <= {session.mentor_id for session in sessions}:
        raise Invalid("Only mentors of this session can have missed it.", path=("absent",))
    for session in _scheduled(sessions, "hold_supervision"):
        if session.mentor_id in set(absent):
            LIFE.move(session, "hold_supervision", to=SessionStatus.MISSED)
            await _missed(work, session)
        else:
            await _held(work, session)
    return sessions[0]


@operation(needs=KEEP_UP)
async def notice_missed(work: Work) -> None:
    """Once a day: what was over a day ago, and of which nobody said that it took place, was missed."""
    over = (SupervisionSession.status == SessionStatus.SCHEDULED, SupervisionSession.ends_at < work.now - timedelta(1))
    missed = await LIFE.move_all(work, "notice_missed", *over)
    for session in await work.rows(SupervisionSession, SupervisionSession.id.in_(missed)):
        await _missed(work, session)


@operation(needs=KEEP_UP)
async def call_off_supervision(work: Work, plan_id: Id[SupervisionPlan]) -> None:
    """Cancel what was scheduled under a plan that ended: somebody else supervises the mentor now."""
    plan = await work.get(SupervisionPlan, plan_id)
    theirs = (
        SupervisionSession.mentor_id == plan.mentor_id,
        SupervisionSession.supervisor_person_id == plan.supervisor_person_id,
        SupervisionSession.starts_at > work.now,
    )
    reason = CancellingReason.SUPERVISOR_CHANGED
    off = await LIFE.move_all(work, "call_off_supervision", *theirs, cancelling_reason=reason)
    for session in await work.rows(SupervisionSession, SupervisionSession.id.in_(off)):
        work.note("supervision.cancelled", session, reason=reason)


@operation(needs=REMIND)
async def remind_of_supervision(work: Work, session_id: Id[SupervisionSession], starts_at: datetime) -> None:
    """Write to the mentor and the supervisor, unless the session was moved or cancelled or has begun.

    The supervisor of a group has one letter for all of it.
    """
    session = await work.get(SupervisionSession, session_id, lock=True)
    if session.status != SessionStatus.SCHEDULED or session.starts_at != starts_at or starts_at <= work.now:
        return
    earlier = (SupervisionSession.group_id == session.group_id, SupervisionSession.id < session.id)
    first = session.group_id is None or not await work.exists(SupervisionSession, *earlier)
    for person_id in (session.person_id, *([session.supervisor_person_id] if first else [])):
        person = await work.get(Person, person_id)
        await write_letter(work, "supervision.reminder", person, about=session, **_when(session, person))
    work.note("supervision.reminded", session)


async def together(work: Work, session_id: UUID, *where: ColumnElement[bool]) -> list[SupervisionSession]:
    """The session and those of its group, this one first; locked in order, their mentors before them."""
    seen = await work.get(SupervisionSession, session_id, *where)
    of_group = SupervisionSession.group_id == seen.group_id if seen.group_id else SupervisionSession.id == seen.id
    found = await work.all(SupervisionSession, of_group)
    for mentor_id in sorted(each.mentor_id for each in found):
        await work.hold(Mentor, mentor_id)
    sessions = [await work.get(SupervisionSession, each.id, lock=True) for each in found]
    return sorted(sessions, key=lambda each: each.id != session_id)


async def nobody_twice(work: Work, sessions: Sequence[SupervisionSession]) -> None:
    """Nobody of a session to come, or of its group, has another supervision session then. Raises Conflict.

    The people are locked, so that two arrangements cannot cross.
    """
    first, other = sessions[0], SupervisionSession
    if first.starts_at <= work.now:  # one that was, and is written down late
        return
    people = sorted({first.supervisor_person_id, *(session.person_id for session in sessions)})
    for person_id in people:
        await work.hold(Person, person_id)
    then = (
        other.starts_at < first.ends_at,
        other.starts_at > first.starts_at - timedelta(minutes=LONGEST),
        other.ends_at > first.starts_at,
    )
    theirs = or_(other.person_id.in_(people), other.supervisor_person_id.in_(people))
    apart = (other.id.not_in([session.id for session in sessions]), other.status == SessionStatus.SCHEDULED)
    if await work.exists(other, theirs, *apart, *then):
        raise Conflict("One of them has another supervision session then.", path=("startsAt",))


async def supervisor_of(work: Work, mentor: Mentor) -> UUID:
    """Who supervises the mentor at the moment. Raises IllegalState where nobody does, or they themselves would."""
    if mentor.supervisor_id is None:
        raise IllegalState("Nobody supervises this mentor yet.")
    who = await at_hand(work, mentor.supervisor_id)
    if who == mentor.person_id:
        raise IllegalState("Nobody supervises themselves.")
    return who


async def remind_later(work: Work, sessions: Sequence[SupervisionSession]) -> None:
    """Remind everybody of the session, as long before it as the programme reminds people of meetings."""
    programme = await work.get(Programme, sessions[0].programme_id)
    for session in sessions:
        if session.status == SessionStatus.SCHEDULED and session.starts_at > work.now:
            at = max(work.now, session.starts_at - timedelta(hours=programme.reminder_hours))
            await work.later_once(remind_of_supervision, at=at, session_id=session.id, starts_at=session.starts_at)


def _arranged_by(actor: Actor) -> ColumnElement[bool]:
    """Whose sessions the actor arranges: of their caseload or programme; not those in which they are the mentor."""
    session = SupervisionSession
    return or_(
        in_charge(actor, session.person_id, session.supervisor_person_id),
        row_rule(actor, supervised=[session.person_id], programme=session.programme_id),
    )


def _scheduled(sessions: Sequence[SupervisionSession], verb: str) -> list[SupervisionSession]:
    """Those of the sessions that the verb takes. Raises IllegalState where the first is none of them."""
    LIFE.check(sessions[0], verb)
    return [session for session in sessions if LIFE.allows(session, verb)]


async def _held(work: Work, session: SupervisionSession) -> None:
    LIFE.move(session, "hold_supervision", to=SessionStatus.HELD)
    work.note("supervision.held", session, what=session.kind)
    await settled(work, MISSED, session)
    week = timedelta(days=7)
    title = "Write and sign the record of a supervision session"
    await ask(work, SIGN, title, session, due_in=week, assignee_id=session.supervisor_person_id)
    last = _LAST.get(SessionKind(session.kind))
    if last is not None:
        (mentor,) = await work.rows(Mentor, Mentor.id == session.mentor_id)
        await plans.held(work, mentor, last, session.starts_at)


async def _missed(work: Work, session: SupervisionSession) -> None:
    """Whoever coordinates the programme is asked to see to it."""
    work.note("supervision.missed", session, what=session.kind)
    title = "A supervision session did not take place: see that another is scheduled"
    await ask(work, MISSED, title, session, due_in=timedelta(days=3))


def _set_time(session: SupervisionSession, now: datetime, starts_at: datetime, minutes: int) -> None:
    if not 5 <= minutes <= LONGEST:
        raise Invalid("A session takes 5 to 480 minutes.", path=("minutes",))
    earliest = now - timedelta(days=14) if session.kind == SessionKind.AD_HOC else now
    if not earliest < starts_at <= now + timedelta(days=366):
        sentence = "A session is scheduled for the year to come; an AD_HOC one may be at most 14 days past."
        raise Invalid(sentence, path=("startsAt",))
    session.starts_at, session.minutes = starts_at, minutes
    session.ends_at = starts_at + timedelta(minutes=minutes)


def _when(session: SupervisionSession, person: Person) -> dict[str, str]:
    return {
        "when": told_as(session.starts_at, person),
        "how": {"IN_PERSON": "in person", "PHONE": "by telephone", "VIRTUAL": "online"}[session.format],
    }

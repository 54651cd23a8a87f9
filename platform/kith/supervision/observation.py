"""Observing a meeting: only with the mentee's consent, which they give or refuse themselves and may take back."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.work import Work
from kith.matching.match import PAIR, Match, OfPair
from kith.meetings.meeting import Meeting, MeetingStatus
from kith.people.letters import write_letter
from kith.people.mentor import Mentor
from kith.people.person import Person
from kith.supervision import session as sessions
from kith.supervision.session import (
    KEEP_UP,
    CancellingReason,
    SessionKind,
    SessionStatus,
    SupervisionSession,
    in_charge,
    remind_later,
)

READ = Permission("observations.read", "See that a meeting is to be observed.", granted_to=STAFF | PARTICIPANTS)
ARRANGE = Permission(
    "observations.arrange",
    "Ask to observe a meeting of a mentor one supervises.",
    granted_to={Role.ADMIN, Role.SUPERVISOR},
)
ANSWER = Permission("observations.answer", "Agree to be observed, or not.", granted_to={Role.MENTEE})


class ObservationStatus(Choice):
    """Where an observation is."""

    ASKED = "ASKED", "The mentee has not answered yet."
    AGREED = "AGREED", "The mentee agrees."
    DECLINED = "DECLINED", "The mentee would rather not, or the meeting is not held."


class Observation(OfPair):
    """A supervisor's wish to be with two people in one meeting, and the mentee's answer."""

    __tablename__ = "observations"
    __table_args__ = (
        organisation_index("meeting_id", unique=True, where="status <> 'DECLINED'", name="uq_observations_open"),
        organisation_index("session_id", unique=True),
        organisation_index("asked_at", "id"),
        organisation_index("programme_id", "asked_at", "id"),
        organisation_index("mentor_person_id", "asked_at", "id"),
        organisation_index("mentee_person_id", "asked_at", "id"),
        one_of("status", list(ObservationStatus)),
        CheckConstraint("(status = 'ASKED') = (answered_at IS NULL)", name="answered"),
    )
    READ = READ

    meeting_id: Mapped[UUID] = within(Meeting, carrying=PAIR)
    session_id: Mapped[UUID] = within(SupervisionSession)
    observer_id: Mapped[UUID] = within(Person)
    status: Mapped[str]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


LIFE = Lifecycle(
    Observation,
    ObservationStatus,
    begins=[ObservationStatus.ASKED],
    moves=[
        Move("agree_to_observation", ObservationStatus.ASKED, to=ObservationStatus.AGREED),
        Move("decline_observation", ObservationStatus.ASKED, ObservationStatus.AGREED, to=ObservationStatus.DECLINED),
        Move("follow_meeting", ObservationStatus.ASKED, ObservationStatus.AGREED, to=ObservationStatus.DECLINED),
        Move("follow_session", ObservationStatus.ASKED, ObservationStatus.AGREED, to=ObservationStatus.DECLINED),
    ],
)


@operation(needs=ARRANGE)
async def arrange_observation(
    work: Work, meeting_id: Annotated[Id[Meeting], "Which meeting of a mentor one supervises."]
) -> Observation:
    """Ask to be with a mentor in a meeting to come: a session is scheduled, and the mentee is asked first."""
    charge = in_charge(work.actor, Meeting.mentor_person_id, Meeting.mentor_person_id)
    seen = await work.get(Meeting, meeting_id, charge)
    (match,) = await work.rows(Match, Match.id == seen.match_id)
    mentor = await work.get(Mentor, match.mentor_id, lock=True)
    meeting = await work.get(Meeting, meeting_id, lock=True)
    if meeting.status != MeetingStatus.ARRANGED or meeting.starts_at <= work.now:
        raise IllegalState("Only a meeting to come is observed.")
    live = Observation.status != ObservationStatus.DECLINED
    if await work.exists(Observation, Observation.meeting_id == meeting.id, live):
        raise Conflict("Somebody asked to observe this meeting already.", path=("meetingId",))
    session = SupervisionSession.under(
        mentor,
        kind=SessionKind.OBSERVATION,
        status=SessionStatus.SCHEDULED,
        format=meeting.format,
        place=meeting.place,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        minutes=meeting.minutes,
    )
    session.supervisor_person_id = await sessions.supervisor_of(work, mentor)
    work.add(session)
    await sessions.nobody_twice(work, [session])
    asked = Observation.under(meeting, status=ObservationStatus.ASKED, asked_at=work.now, session_id=session.id)
    asked.observer_id = session.supervisor_person_id
    work.add(asked)
    work.note("observation.asked", asked)
    (mentee,) = await work.rows(Person, Person.id == meeting.mentee_person_id)
    await write_letter(work, "observation.asked", mentee, about=asked)
    return asked


@operation(needs=ANSWER)
async def agree_to_observation(
    work: Work, observation_id: Annotated[Id["Observation"], "Which observation of one's own meeting."]
) -> Observation:
    """Agree that a supervisor is there in one of your meetings. You may take it back until then."""
    asked, session = await _own(work, observation_id)
    LIFE.move(asked, "agree_to_observation")
    asked.answered_at = session.consented_at = work.now
    work.note("observation.agreed", asked)
    await remind_later(work, [session])
    return asked


@operation(needs=ANSWER)
async def decline_observation(
    work: Work, observation_id: Annotated[Id["Observation"], "Which observation of one's own meeting."]
) -> Observation:
    """Say that you would rather not be observed, also after you agreed; nobody asks why."""
    asked, session = await _own(work, observation_id)
    if session.status != SessionStatus.SCHEDULED:
        raise IllegalState(f"This observation is {session.status} already.")
    LIFE.move(asked, "decline_observation")
    asked.answered_at, session.consented_at = work.now, None
    _off(work, session, "supervision.observation.decline_observation", CancellingReason.NO_CONSENT)
    work.note("observation.declined", asked)
    return asked


@operation(needs=KEEP_UP)
async def follow_meeting(work: Work, meeting_id: Id[Meeting]) -> None:
    """The meeting was moved or cancelled: the session that observes it is moved or cancelled too."""
    live = (Observation.meeting_id == meeting_id, Observation.status != ObservationStatus.DECLINED)
    for asked in await work.rows(Observation, *live):
        meeting = await work.get(Meeting, meeting_id, lock=True)
        session = await work.get(SupervisionSession, asked.session_id, lock=True)
        observed = await work.get(Observation, asked.id, lock=True)
        if session.status != SessionStatus.SCHEDULED or not LIFE.allows(observed, "follow_meeting"):
            continue
        if meeting.status == MeetingStatus.CANCELLED:
            LIFE.move(observed, "follow_meeting")
            observed.answered_at = work.now
            _off(work, session, "supervision.observation.follow_meeting", CancellingReason.NO_LONGER_NEEDED)
        elif session.starts_at != meeting.starts_at:
            session.starts_at, session.ends_at = meeting.starts_at, meeting.ends_at
            work.note("supervision.moved", session)
            if session.consented_at is not None:
                await remind_later(work, [session])


@operation(needs=KEEP_UP)
async def follow_session(work: Work, session_id: Id[SupervisionSession]) -> None:
    """The session was cancelled: nobody is asked about it any more."""
    await LIFE.move_all(work, "follow_session", Observation.session_id == session_id, answered_at=work.now)


async def _own(work: Work, observation_id: UUID) -> tuple[Observation, SupervisionSession]:
    """An observation of one's own meeting, with the session; locked, the session first."""
    mine = Observation.mentee_person_id == work.actor.person_id
    seen = await work.get(Observation, observation_id, mine)
    await work.hold(SupervisionSession, seen.session_id)
    (session,) = await work.rows(SupervisionSession, SupervisionSession.id == seen.session_id)
    return await work.get(Observation, observation_id, mine, lock=True), session


def _off(work: Work, session: SupervisionSession, verb: str, reason: CancellingReason) -> None:
    sessions.LIFE.move(session, verb)
    session.cancelling_reason = reason
    work.note("supervision.cancelled", session, reason=reason)

"""The match: one mentor and one mentee walking together."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, func, select
from sqlalchemy.orm import Mapped

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState
from kith.ground.model import Id, Owned, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.work import Work
from kith.people.mentee import EnrolmentEnd, Mentee, MenteeStatus, release
from kith.people.mentor import Mentor
from kith.people.preferences import NotWith, not_with
from kith.people.readiness import Hindrance, HindranceCode, Hindrances, hinders, hindrances, settle_readiness

READ = Permission("matches.read", "See matches.", granted_to=STAFF | PARTICIPANTS)
PAUSE = Permission(
    "matches.pause", "Pause a match and resume it.", granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS}
)
CLOSE = Permission("matches.close", "Close a match.", granted_to={Role.ADMIN, Role.COORDINATOR})


class MatchStatus(Choice):
    """Where a match is."""

    ACTIVE = "ACTIVE", "The two meet."
    PAUSED = "PAUSED", "The two rest for a while; nothing is arranged."
    CLOSED = "CLOSED", "It has ended."


class ClosingReason(Choice):
    """Why a match closed; nobody is at fault."""

    GOALS_MET = "GOALS_MET", "The mentee reached what they set out for."
    TIME_COMPLETED = "TIME_COMPLETED", "The time agreed is over."
    MOVED = "MOVED", "One of the two moved away."
    LOST_CONTACT = "LOST_CONTACT", "One of the two can no longer be reached."
    NOT_A_FIT = "NOT_A_FIT", "The two did not suit each other."
    OTHER = "OTHER", "Something else."


class OfPair(Owned):
    """A row about two people of a match. What says who they are is copied down, so that the row rule is one look."""

    __abstract__ = True

    programme_id: Mapped[UUID]
    mentor_person_id: Mapped[UUID]
    mentee_person_id: Mapped[UUID]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The two people, who supervises the mentor, the coordinators of the programme."""
        return row_rule(
            actor,
            own=[cls.mentor_person_id, cls.mentee_person_id],
            supervised=[cls.mentor_person_id],
            programme=cls.programme_id,
        )


_ENDS = {  # what the end of a match says of an enrolment that ends with it
    ClosingReason.GOALS_MET: EnrolmentEnd.GOALS_MET,
    ClosingReason.MOVED: EnrolmentEnd.MOVED,
    ClosingReason.LOST_CONTACT: EnrolmentEnd.LOST_CONTACT,
}
PAIR = ("programme_id", "mentor_person_id", "mentee_person_id")  # what a row under a match carries from it


class Match(OfPair):
    """A mentoring relationship, from the second acceptance to its closing."""

    __tablename__ = "matches"
    __table_args__ = (
        organisation_index("began_at", "id"),
        organisation_index("programme_id", "began_at", "id"),
        organisation_index("mentor_person_id", "began_at", "id"),
        organisation_index("mentee_person_id", "began_at", "id"),
        organisation_index("mentee_id", unique=True, where="status <> 'CLOSED'", name="uq_matches_mentee_open"),
        one_of("status", list(MatchStatus)),
        CheckConstraint("(status = 'CLOSED') = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("mentor_person_id <> mentee_person_id", name="two_people"),
    )
    READ = READ
    LOOKED_UP = True

    mentor_id: Mapped[UUID] = within(Mentor, carrying={"programme_id": "programme_id", "mentor_person_id": "person_id"})
    mentee_id: Mapped[UUID] = within(Mentee, carrying={"programme_id": "programme_id", "mentee_person_id": "person_id"})
    status: Mapped[str]
    began_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closing_reason: Mapped[str | None]


async def begin(work: Work, mentor: Mentor, mentee: Mentee) -> Match:
    """Begin a match; the caller holds the locks of both, the mentor's first. Raises Conflict when a place is gone."""
    if (await hindrances(work, [mentor]))[mentor.id]:
        raise Conflict("This mentor takes nobody at the moment.")
    if mentee.status != MenteeStatus.WAITING:
        raise Conflict("This mentee is not waiting any more.")
    if await work.exists(NotWith, *not_with(mentor, mentee)):
        raise Conflict("This match can no longer begin.")  # why is for the coordinators alone
    match = Match.under(mentor, mentee, status=MatchStatus.ACTIVE, began_at=work.now)
    mentee.status = MenteeStatus.MATCHED
    work.add(match)
    work.note("match.began", match)
    await settle_readiness(work, [mentor])
    return match


@hinders
async def _full(work: Work, mentors: Sequence[Mentor]) -> Hindrances:
    """The mentors whose every place is taken."""
    taken = await places_taken(work, [m.id for m in mentors])
    full = Hindrance(HindranceCode.FULL, HindranceCode.FULL.sentence)
    return {m.id: [full] for m in mentors if taken.get(m.id, 0) >= m.capacity}


async def places_taken(work: Work, mentors: Sequence[UUID]) -> dict[UUID, int]:
    """How many people each of these mentors walks with, where any."""
    counted = select(Match.mentor_id, func.count()).where(
        Match.mentor_id.in_(mentors), Match.status != MatchStatus.CLOSED
    )
    rows = await work.session.execute(counted.group_by(Match.mentor_id))
    return {mentor_id: count for mentor_id, count in rows}  # noqa: C416 - a row is no tuple to mypy


@operation(needs=PAUSE)
async def pause_match(work: Work, match_id: Annotated[Id["Match"], "Which match."]) -> Match:
    """Pause a match: no meetings are arranged until it is resumed."""
    return await _move(work, match_id, MatchStatus.ACTIVE, MatchStatus.PAUSED, "match.paused")


@operation(needs=PAUSE)
async def resume_match(work: Work, match_id: Annotated[Id["Match"], "Which match."]) -> Match:
    """Resume a paused match."""
    return await _move(work, match_id, MatchStatus.PAUSED, MatchStatus.ACTIVE, "match.resumed")


@operation(needs=CLOSE)
async def close_match(
    work: Work,
    match_id: Annotated[Id["Match"], "Which match."],
    *,
    reason: Annotated[ClosingReason, "Why; nobody is at fault."],
    mentee_waits_again: Annotated[bool, "Whether the mentee waits for another match."] = False,
) -> Match:
    """Close a match."""
    match = await work.get(Match, match_id, lock=True)
    if match.status == MatchStatus.CLOSED:
        raise IllegalState("This match is closed already.")
    match.status, match.closed_at, match.closing_reason = MatchStatus.CLOSED, work.now, reason
    mentee = await work.get(Mentee, match.mentee_id, lock=True)
    release(work, mentee, waits_again=mentee_waits_again, reason=_ENDS.get(reason, EnrolmentEnd.OTHER))
    work.note("match.closed", match, reason=reason)
    await settle_readiness(work, await work.rows(Mentor, Mentor.id == match.mentor_id))
    return match


async def _move(work: Work, match_id: UUID, before: MatchStatus, after: MatchStatus, fact: str) -> Match:
    match = await work.get(Match, match_id, lock=True)
    if match.status != before:
        raise IllegalState(f"This match is {match.status}, not {before}.")
    match.status = after
    work.note(fact, match)
    return match

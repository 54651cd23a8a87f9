"""The match: one mentor and one mentee walking together, from the second acceptance to its closing."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, func, select
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Owned, at_most, one_of, organisation_index, within
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission
from kith.ground.work import Work
from kith.matching.policy import policy_of
from kith.people.mentee import LIFE as MENTEE_LIFE
from kith.people.mentee import Mentee, MenteeStatus
from kith.people.mentor import Mentor
from kith.people.preferences import NotWith, not_with
from kith.people.readiness import Hindrance, HindranceCode, Hindrances, hinders, hindrances, settle_readiness

READ = Permission("matches.read", "See matches.", granted_to=STAFF | PARTICIPANTS)


class MatchStatus(Choice):
    """Where a match is."""

    PENDING_AGREEMENT = "PENDING_AGREEMENT", "The two agree how they walk, and meet for the first time."
    ACTIVE = "ACTIVE", "The two meet."
    PAUSED = "PAUSED", "The two rest for a while; nothing is arranged."
    CLOSURE_IN_PROCESS = "CLOSURE_IN_PROCESS", "It is coming to its end; what belongs to a good end is being done."
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


PAIR = ("programme_id", "mentor_person_id", "mentee_person_id")  # what a row under a match carries from it


class Match(OfPair):
    """A mentoring relationship, from the second acceptance to its closing.

    `on_hold` says that it was stopped for safety: until somebody of the staff lifts that, the two can neither meet nor
    write to each other. `active_since` is when it became active last.
    """

    __tablename__ = "matches"
    __table_args__ = (
        organisation_index("began_at", "id"),
        organisation_index("programme_id", "began_at", "id"),
        organisation_index("mentor_person_id", "began_at", "id"),
        organisation_index("mentee_person_id", "began_at", "id"),
        organisation_index(
            "mentee_id",
            unique=True,
            where="status <> ALL (ARRAY['CLOSURE_IN_PROCESS'::text, 'CLOSED'::text])",
            name="uq_matches_mentee_walking",
        ),
        one_of("status", list(MatchStatus)),
        at_most("contact_afterwards", 1000),
        CheckConstraint("(status = 'CLOSED') = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("mentor_person_id <> mentee_person_id", name="two_people"),
    )
    READ = READ
    LOOKED_UP = True

    mentor_id: Mapped[UUID] = within(Mentor, carrying={"programme_id": "programme_id", "mentor_person_id": "person_id"})
    mentee_id: Mapped[UUID] = within(Mentee, carrying={"programme_id": "programme_id", "mentee_person_id": "person_id"})
    status: Mapped[str]
    began_at: Mapped[datetime]
    agreement_required: Mapped[bool] = mapped_column(server_default="false")
    introduced_at: Mapped[datetime | None]
    active_since: Mapped[datetime | None]
    on_hold: Mapped[bool] = mapped_column(server_default="false")
    paused_until: Mapped[datetime | None]
    ended_on: Mapped[date | None]
    contact_afterwards: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    closing_reason: Mapped[str | None]


WALKING = (MatchStatus.PENDING_AGREEMENT, MatchStatus.ACTIVE, MatchStatus.PAUSED)
LIFE = Lifecycle(
    Match,
    MatchStatus,
    begins=[MatchStatus.PENDING_AGREEMENT, MatchStatus.ACTIVE, MatchStatus.CLOSED],  # closed: imported from the past
    moves=[
        Move("matching.agreement.sign_agreement", MatchStatus.PENDING_AGREEMENT, to=MatchStatus.ACTIVE),
        Move("matching.agreement.record_agreement_on_paper", MatchStatus.PENDING_AGREEMENT, to=MatchStatus.ACTIVE),
        Move("matching.agreement.waive_introduction", MatchStatus.PENDING_AGREEMENT, to=MatchStatus.ACTIVE),
        Move("meetings.first.introduce_after", MatchStatus.PENDING_AGREEMENT, to=MatchStatus.ACTIVE),
        Move("matching.pausing.pause_match", MatchStatus.ACTIVE, to=MatchStatus.PAUSED),
        Move("matching.pausing.resume_match", MatchStatus.PAUSED, to=MatchStatus.ACTIVE),
        Move("matching.pausing.resume_when_due", MatchStatus.PAUSED, to=MatchStatus.ACTIVE),
        Move("matching.pausing.safety_stop", *WALKING, to=MatchStatus.PAUSED),
        Move(
            "matching.pausing.lift_hold",
            MatchStatus.PAUSED,
            to=(MatchStatus.PENDING_AGREEMENT, MatchStatus.ACTIVE),
        ),
        Move("matching.closure.start_closure", *WALKING, to=MatchStatus.CLOSURE_IN_PROCESS),
        Move("matching.rematch.request_rematch", *WALKING, to=MatchStatus.CLOSURE_IN_PROCESS),
        Move("matching.closure.complete_closure", MatchStatus.CLOSURE_IN_PROCESS, to=MatchStatus.CLOSED),
        Move("matching.closure.close_match", *WALKING, MatchStatus.CLOSURE_IN_PROCESS, to=MatchStatus.CLOSED),
    ],
)


def other_of(match: Match, person_id: UUID) -> UUID:
    """With whom the person walks in this match."""
    return match.mentee_person_id if person_id == match.mentor_person_id else match.mentor_person_id


def may_meet(match: Match) -> bool:
    """Whether the two may meet and write to each other: also to agree and to say goodbye, never during a hold."""
    rests = match.status in (MatchStatus.PAUSED, MatchStatus.CLOSED)
    return not rests and not match.on_hold


def activate(work: Work, match: Match, verb: str) -> None:
    """The match becomes active, for the first time or again."""
    LIFE.move(match, verb, to=MatchStatus.ACTIVE)
    match.active_since, match.paused_until = work.now, None


async def held_with_mentee(work: Work, match_id: UUID) -> Match:
    """A match that the actor reaches, locked after its mentee: for what may make both active."""
    seen = await work.get(Match, match_id)
    await work.hold(Mentee, seen.mentee_id)
    return await work.get(Match, match_id, lock=True)


async def begin(work: Work, mentor: Mentor, mentee: Mentee) -> Match:
    """Begin a match; the caller holds the locks of both, the mentor's first. Raises Conflict when a place is gone."""
    if (await hindrances(work, [mentor]))[mentor.id]:
        raise Conflict("This mentor takes nobody at the moment.")
    if mentee.status != MenteeStatus.WAITING:
        raise Conflict("This mentee is not waiting any more.")
    if await work.exists(NotWith, *not_with(mentor, mentee)):
        raise Conflict("This match can no longer begin.")  # why is for the coordinators alone
    agreed_first = (await policy_of(work, mentor.programme_id)).agreement_required
    match = Match.under(
        mentor,
        mentee,
        status=MatchStatus.PENDING_AGREEMENT if agreed_first else MatchStatus.ACTIVE,
        began_at=work.now,
        agreement_required=agreed_first,
        active_since=None if agreed_first else work.now,
        on_hold=False,
    )
    work.add(match)
    MENTEE_LIFE.move(
        mentee,
        "matching.proposal.accept_proposal",
        to=MenteeStatus.MATCHED if agreed_first else MenteeStatus.ACTIVE,
    )
    work.note("match.began", match, agreement_required=agreed_first)
    work.note("mentee.matched", mentee, match_id=match.id)
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


async def held(work: Work, match_id: UUID) -> tuple[Match, Mentee, Mentor]:
    """A match that the actor reaches with its two enrolments, locked in the order that always holds."""
    seen = await work.get(Match, match_id)
    await work.hold(Mentor, seen.mentor_id)
    await work.hold(Mentee, seen.mentee_id)
    match = await work.get(Match, match_id, lock=True)
    (mentor,) = await work.rows(Mentor, Mentor.id == match.mentor_id)
    (mentee,) = await work.rows(Mentee, Mentee.id == match.mentee_id)
    return match, mentee, mentor

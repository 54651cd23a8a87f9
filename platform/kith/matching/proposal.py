"""Proposals: a match offered to two people, one after the other, and what they answer."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import IllegalState
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long
from kith.ground.work import Work
from kith.matching.match import PAIR, Match, begin, places_taken
from kith.matching.run import MatchRun
from kith.people.mentee import Mentee, MenteeStatus
from kith.people.mentor import Mentor, MentorStatus
from kith.people.person import Person
from kith.people.preferences import NotWith
from kith.programmes import AsksFirst, Programme

READ = Permission("proposals.read", "See proposals of a match.", granted_to=STAFF | PARTICIPANTS)
WEIGH = Permission("proposals.weigh", "See the reasons of a proposal in numbers.", granted_to=STAFF)
READ_ANSWERS = Permission(
    "answers.read",
    "See how people answered a proposal, and why.",
    granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS},
)
ANSWER = Permission("proposals.answer", "Accept or decline a match that one is offered.", granted_to=PARTICIPANTS)
EXPIRE = Permission("proposals.expire", "End an offer whose time is over.")


class ProposalStatus(Choice):
    """Where a proposal is."""

    SUGGESTED = "SUGGESTED", "Only coordinators see it: its run is not published."
    OFFERED_MENTEE = "OFFERED_MENTEE", "It awaits the mentee's answer."
    OFFERED_MENTOR = "OFFERED_MENTOR", "It awaits the mentor's answer."
    ACCEPTED = "ACCEPTED", "Both accepted; there is a match."
    DECLINED = "DECLINED", "One of the two declined."
    EXPIRED = "EXPIRED", "Nobody answered in time."
    SUPERSEDED = "SUPERSEDED", "Another proposal of the mentee's or the mentor's came first."
    WITHDRAWN = "WITHDRAWN", "It no longer stands: its run was put aside, or one of the two is not to be matched."


OFFERED = (ProposalStatus.OFFERED_MENTEE, ProposalStatus.OFFERED_MENTOR)
OPEN = (ProposalStatus.SUGGESTED, *OFFERED)


class DeclineReason(Choice):
    """Why somebody declined; nobody has to say."""

    NOT_SAID = "NOT_SAID", "They did not say."
    TIMES_DO_NOT_FIT = "TIMES_DO_NOT_FIT", "They are not free at the same times."
    KNOW_EACH_OTHER = "KNOW_EACH_OTHER", "They know each other from elsewhere."
    OTHER_EXPERIENCE_WANTED = "OTHER_EXPERIENCE_WANTED", "They hope for somebody with another experience."
    NOT_NOW = "NOT_NOW", "This is not the time."
    OTHER = "OTHER", "Something else."


class Proposal(Owned):
    """One mentor proposed for one mentee. Each of the two sees it from when they were asked."""

    __tablename__ = "proposals"
    __table_args__ = (
        organisation_index("run_id", "rank", "id"),
        organisation_index("mentor_person_id", "proposed_at", "id"),
        organisation_index("mentee_person_id", "proposed_at", "id"),
        organisation_index("programme_id", "proposed_at", "id"),
        organisation_index("proposed_at", "id"),
        one_of("status", list(ProposalStatus)),
    )
    READ = READ
    LOOKED_UP = True

    run_id: Mapped[UUID] = within(MatchRun, carrying=("programme_id",))
    mentor_id: Mapped[UUID] = within(Mentor, carrying={"programme_id": "programme_id", "mentor_person_id": "person_id"})
    mentee_id: Mapped[UUID] = within(Mentee, carrying={"programme_id": "programme_id", "mentee_person_id": "person_id"})
    programme_id: Mapped[UUID]
    mentor_person_id: Mapped[UUID]
    mentee_person_id: Mapped[UUID]
    match_id: Mapped[UUID | None] = within(Match, nullable=True)
    rank: Mapped[int]
    status: Mapped[str]
    friendly_reasons: Mapped[list[str]]
    proposed_at: Mapped[datetime]
    mentee_asked_at: Mapped[datetime | None]
    mentor_asked_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The coordinators of the programme, who supervises the mentor, and each of the two once asked."""
        return row_rule(
            actor,
            taking_part=cls.asked(actor),
            supervised=[cls.mentor_person_id],
            programme=cls.programme_id,
        )

    @classmethod
    def asked(cls, actor: Actor) -> ColumnElement[bool]:
        """The actor is one of the two and was asked."""
        return or_(
            and_(cls.mentee_person_id == actor.own_person, cls.mentee_asked_at.is_not(None)),
            and_(cls.mentor_person_id == actor.own_person, cls.mentor_asked_at.is_not(None)),
        )


OF_THE_OTHERS = "matching.proposal.accept_proposal"  # what one acceptance does to other proposals
LIFE = Lifecycle(
    Proposal,
    ProposalStatus,
    begins=[ProposalStatus.SUGGESTED],
    moves=[
        Move("matching.running.publish_match_run", ProposalStatus.SUGGESTED, to=OFFERED),
        Move("accept_proposal", *OFFERED, to=(*OFFERED, ProposalStatus.ACCEPTED)),
        Move("decline_proposal", *OFFERED, to=ProposalStatus.DECLINED),
        Move("expire", *OFFERED, to=ProposalStatus.EXPIRED),
        Move(OF_THE_OTHERS, *OPEN, to=ProposalStatus.SUPERSEDED),
        Move("withdraw_from_mentor", *OPEN, to=ProposalStatus.WITHDRAWN),
        Move("withdraw_from_mentee", *OPEN, to=ProposalStatus.WITHDRAWN),
        Move("withdraw_not_with", *OPEN, to=ProposalStatus.WITHDRAWN),
        Move("matching.running.discard_match_run", *OPEN, to=ProposalStatus.WITHDRAWN),
    ],
)


class Reasons(Owned):
    """Why a proposal, in numbers: for the coordinators only."""

    __tablename__ = "proposal_reasons"
    __table_args__ = (organisation_index("proposal_id", unique=True),)
    READ = WEIGH

    proposal_id: Mapped[UUID] = within(Proposal, carrying=("programme_id", "mentor_person_id"))
    programme_id: Mapped[UUID]
    mentor_person_id: Mapped[UUID]
    points: Mapped[int]  # 0 to 10,000, the sum of the contributions
    contributions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    cautions: Mapped[list[str]]
    unknown: Mapped[list[str]]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The coordinators of the programme and who supervises the mentor."""
        return row_rule(actor, supervised=[cls.mentor_person_id], programme=cls.programme_id)


class Waiting(Owned):
    """Why a run left a mentee waiting, and the smallest change that would help."""

    __tablename__ = "waiting_reasons"
    __table_args__ = (organisation_index("run_id", "id"),)
    READ = WEIGH

    run_id: Mapped[UUID] = within(MatchRun, carrying=("programme_id",))
    mentee_id: Mapped[UUID] = within(Mentee, carrying=("programme_id",))
    programme_id: Mapped[UUID]
    code: Mapped[str]
    sentence: Mapped[str]
    eligible_mentors: Mapped[int]
    opens: Mapped[dict[str, int]] = mapped_column(JSONB)  # mentors that one relaxed rule would open, by rule

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The coordinators of the programme."""
        return row_rule(actor, programme=cls.programme_id)


class Answer(Owned):
    """What one of the two answered: private to them and the coordinators."""

    __tablename__ = "answers"
    __table_args__ = (
        organisation_index("proposal_id", "person_id", unique=True),
        one_of("reason", list(DeclineReason)),
        at_most("remark", 1000),
    )
    READ = READ_ANSWERS
    SENSITIVE = True

    proposal_id: Mapped[UUID] = within(Proposal, carrying=PAIR)
    programme_id: Mapped[UUID]
    mentor_person_id: Mapped[UUID]
    mentee_person_id: Mapped[UUID]
    person_id: Mapped[UUID] = within(Person)
    accepted: Mapped[bool]
    reason: Mapped[str | None]
    remark: Mapped[str]
    answered_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who answered, and the coordinators of the programme."""
        return row_rule(
            actor,
            own=[cls.person_id],
            programme=cls.programme_id,
            apart=[cls.mentor_person_id, cls.mentee_person_id],
        )


def offer(work: Work, proposal: Proposal, programme: Programme) -> None:
    """Offer the proposal to whom the programme asks first."""
    first = programme.asks_first == AsksFirst.MENTEE
    _ask(work, proposal, programme, "matching.running.publish_match_run", mentee=first)


@operation(needs=ANSWER)
async def accept_proposal(work: Work, proposal_id: Annotated[Id[Proposal], "Which proposal."]) -> Proposal:
    """Accept a match that one is offered. When both accepted it begins; the mentor's place is taken then."""
    proposal, mentor, mentee = await _asked(work, proposal_id)
    programme = await work.get(Programme, proposal.programme_id)
    by_mentee = proposal.status == ProposalStatus.OFFERED_MENTEE
    _answer(work, proposal, accepted=True)
    if _other_unasked(proposal, by_mentee):
        _ask(work, proposal, programme, "accept_proposal", mentee=not by_mentee)
        return proposal
    match = await begin(work, mentor, mentee)
    LIFE.move(proposal, "accept_proposal", to=ProposalStatus.ACCEPTED)
    proposal.match_id = match.id
    work.note("proposal.accepted", proposal, match_id=match.id)
    await _supersede(work, proposal, mentor)
    return proposal


@operation(needs=ANSWER)
async def decline_proposal(
    work: Work,
    proposal_id: Annotated[Id[Proposal], "Which proposal."],
    *,
    reason: Annotated[DeclineReason, "Why; nobody has to say."] = DeclineReason.NOT_SAID,
    remark: Annotated[str, "Anything the coordinator should know; the other person never reads it."] = "",
) -> Proposal:
    """Decline a match that one is offered, without having to say why."""
    proposal, _, _ = await _asked(work, proposal_id)
    _answer(work, proposal, accepted=False, reason=reason, remark=long(remark, 1000, "remark"))
    LIFE.move(proposal, "decline_proposal")
    work.note("proposal.declined", proposal)
    return proposal


@operation(needs=EXPIRE)
async def withdraw_from_mentor(work: Work, mentor_id: Id[Mentor]) -> None:
    """End the offers of a mentor who went on leave."""
    if (await work.get(Mentor, mentor_id)).status != MentorStatus.READY:
        await LIFE.move_all(work, "withdraw_from_mentor", Proposal.mentor_id == mentor_id)


@operation(needs=EXPIRE)
async def withdraw_from_mentee(work: Work, mentee_id: Id[Mentee]) -> None:
    """End the offers to a mentee who does not wait any more."""
    if (await work.get(Mentee, mentee_id)).status != MenteeStatus.WAITING:
        await LIFE.move_all(work, "withdraw_from_mentee", Proposal.mentee_id == mentee_id)


@operation(needs=EXPIRE)
async def withdraw_not_with(work: Work, not_with_id: Id[NotWith]) -> None:
    """End the offers of a match that a mentee must not have."""
    stated = await work.get(NotWith, not_with_id)
    if stated.lifted_at is None:
        two = (stated.person_id, stated.with_person_id)
        theirs = (Proposal.mentor_person_id.in_(two), Proposal.mentee_person_id.in_(two))
        await LIFE.move_all(work, "withdraw_not_with", *theirs)


@operation(needs=EXPIRE)
async def expire(work: Work, proposal_id: Id[Proposal]) -> None:
    """End the offer if nobody answered in time."""
    proposal = await work.get(Proposal, proposal_id, lock=True)
    if proposal.status in OFFERED and proposal.expires_at is not None and proposal.expires_at <= work.now:
        LIFE.move(proposal, "expire")
        work.note("proposal.expired", proposal)


async def _asked(work: Work, proposal_id: UUID) -> tuple[Proposal, Mentor, Mentee]:
    """The proposal that awaits the actor's answer. Locks are taken mentor, mentee, proposal: always so."""
    seen = await work.get(Proposal, proposal_id)
    await work.hold(Mentor, seen.mentor_id)  # whom the mentee may no longer see once the offer has ended
    await work.hold(Mentee, seen.mentee_id)
    proposal = await work.get(Proposal, proposal_id, lock=True)
    (mentor,) = await work.rows(Mentor, Mentor.id == proposal.mentor_id)
    (mentee,) = await work.rows(Mentee, Mentee.id == proposal.mentee_id)
    turn = {
        ProposalStatus.OFFERED_MENTEE: proposal.mentee_person_id,
        ProposalStatus.OFFERED_MENTOR: proposal.mentor_person_id,
    }.get(ProposalStatus(proposal.status))
    if turn is None:
        raise IllegalState(f"This proposal is {proposal.status}; it awaits no answer.")
    if turn != work.actor.person_id:
        raise IllegalState("This proposal awaits the other person's answer.")
    if proposal.expires_at is not None and proposal.expires_at <= work.now:
        raise IllegalState("The time to answer this proposal is over.")
    return proposal, mentor, mentee


def _ask(work: Work, proposal: Proposal, programme: Programme, verb: str, *, mentee: bool) -> None:
    LIFE.move(proposal, verb, to=ProposalStatus.OFFERED_MENTEE if mentee else ProposalStatus.OFFERED_MENTOR)
    proposal.expires_at = work.now + timedelta(hours=programme.offer_hours)
    if mentee:
        proposal.mentee_asked_at = work.now
    else:
        proposal.mentor_asked_at = work.now
    work.note("proposal.offered", proposal, to="mentee" if mentee else "mentor")
    work.later(expire, at=proposal.expires_at, proposal_id=proposal.id)


def _other_unasked(proposal: Proposal, by_mentee: bool) -> bool:
    return (proposal.mentor_asked_at if by_mentee else proposal.mentee_asked_at) is None


def _answer(
    work: Work, proposal: Proposal, *, accepted: bool, reason: DeclineReason | None = None, remark: str = ""
) -> None:
    answer = Answer.under(
        proposal,
        accepted=accepted,
        reason=reason,
        remark=remark,
        answered_at=work.now,
        person_id=work.actor.person_id,
    )
    work.add(answer)
    work.note("proposal.answered", proposal, accepted=accepted)


async def _supersede(work: Work, taken: Proposal, mentor: Mentor) -> None:
    """End the other offers to the mentee, and the mentor's when the last place is taken."""
    await work.settle()
    others: ColumnElement[bool] = Proposal.mentee_id == taken.mentee_id
    if (await places_taken(work, [mentor.id])).get(mentor.id, 0) >= mentor.capacity:
        others = or_(others, Proposal.mentor_id == mentor.id)
    await LIFE.move_all(work, OF_THE_OTHERS, others, Proposal.id != taken.id)

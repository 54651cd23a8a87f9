"""A rest, and a stop: a match is paused for a while, or stopped at once because somebody does not feel safe."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped

from kith import tasks
from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import IllegalState, Invalid
from kith.ground.model import Id, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.matching.match import LIFE, PAIR, Match, MatchStatus, OfPair, activate
from kith.matching.policy import policy_of
from kith.people.letters import write_letter
from kith.people.mentor import Mentor
from kith.people.person import Person

READ = Permission("pauses.read", "See why a match rests or was stopped.", granted_to=STAFF | PARTICIPANTS)
PAUSE = Permission("matches.pause", "Pause a match and resume it.", granted_to=STAFF | PARTICIPANTS)
STOP = Permission("matches.stop", "Stop a match at once, for safety.", granted_to=STAFF | {Role.MENTEE})
LIFT = Permission("matches.lift_hold", "Let two people go on after a stop for safety.", granted_to=STAFF)
RESUME = Permission("matches.resume", "Resume a match whose pause is over.")
STOPPED = "SAFETY_STOP"  # the kind of task
SOON = timedelta(hours=4)


class PauseReason(Choice):
    """Why a match rests; nobody has to say."""

    NOT_SAID = "NOT_SAID", "They did not say."
    HEALTH = "HEALTH", "Somebody is not well."
    FAMILY = "FAMILY", "Somebody at home needs them."
    WORK = "WORK", "Work or study leaves no time."
    AWAY = "AWAY", "Somebody is away."
    OTHER = "OTHER", "Something else."
    SAFETY = "SAFETY", "It was stopped for safety."


class Pause(OfPair):
    """One rest of a match, or one stop for safety (`hold`): who asked for it and why, which the other is not told."""

    __tablename__ = "pauses"
    __table_args__ = (
        organisation_index("match_id", "began_at", "id"),
        organisation_index("mentor_person_id"),
        organisation_index("by_person_id"),
        organisation_index("programme_id"),
        one_of("reason", list(PauseReason)),
        at_most("remark", 2000),
        at_most("lifted_because", 2000),
        CheckConstraint("hold = (reason = 'SAFETY')", name="hold"),
    )
    READ = READ
    SENSITIVE = True

    match_id: Mapped[UUID] = within(Match, carrying=PAIR)
    by_person_id: Mapped[UUID | None] = within(Person, nullable=True)
    reason: Mapped[str]
    hold: Mapped[bool]
    remark: Mapped[str]
    began_at: Mapped[datetime]
    until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    lifted_because: Mapped[str | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who asked for it, who supervises the mentor, the coordinators of the programme; not the other person."""
        return row_rule(
            actor,
            own=[cls.by_person_id],
            supervised=[cls.mentor_person_id],
            programme=cls.programme_id,
            apart=[cls.mentor_person_id, cls.mentee_person_id],
        )


@operation(needs=PAUSE)
async def pause_match(
    work: Work,
    match_id: Annotated[Id[Match], "Which match."],
    *,
    reason: Annotated[PauseReason, "Why; nobody has to say, and the other is not told."] = PauseReason.NOT_SAID,
    until: Annotated[
        datetime | None, "When it goes on by itself, with its offset from UTC; null for the programme's limit."
    ] = None,
    remark: Annotated[str, "What whoever looks after the two should know; the other never reads it."] = "",
) -> Match:
    """Pause a match: what is arranged is called off, and nothing new is until it goes on."""
    match = await work.get(Match, match_id, lock=True)
    LIFE.check(match, "matching.pausing.pause_match")
    if reason == PauseReason.SAFETY:
        raise Invalid("To stop a match for safety, use `safetyStop`.", path=("reason",))
    latest = work.now + timedelta(days=(await policy_of(work, match.programme_id)).pause_days)
    until = latest if until is None else until
    if not work.now < until <= latest:
        raise Invalid(f"A pause of this programme ends by {latest:%Y-%m-%d}, and not before now.", path=("until",))
    LIFE.move(match, "matching.pausing.pause_match")
    match.paused_until = until
    _begin(work, match, reason, remark, until)
    work.later(resume_when_due, at=until, match_id=match.id, until=until)
    work.note("match.paused", match, reason=reason)
    return match


@operation(needs=PAUSE)
async def resume_match(work: Work, match_id: Annotated[Id[Match], "Which match."]) -> Match:
    """Resume a paused match."""
    match = await work.get(Match, match_id, lock=True)
    LIFE.check(match, "matching.pausing.resume_match")
    if match.on_hold:
        raise IllegalState("This match was stopped for safety: a coordinator or supervisor lifts that.")
    await _resume(work, match, "matching.pausing.resume_match")
    return match


@operation(needs=RESUME)
async def resume_when_due(work: Work, match_id: Id[Match], until: datetime) -> None:
    """Resume a match whose pause is over, unless it was resumed, stopped or paused anew meanwhile; tell both."""
    match = await work.get(Match, match_id, lock=True)
    if match.status != MatchStatus.PAUSED or match.on_hold or match.paused_until != until or until > work.now:
        return
    await _resume(work, match, "matching.pausing.resume_when_due")
    for person_id in sorted((match.mentor_person_id, match.mentee_person_id)):
        await write_letter(work, "match.resumed", await work.get(Person, person_id), about=match)


@operation(needs=STOP)
async def safety_stop(
    work: Work,
    match_id: Annotated[Id[Match], "Which match."],
    *,
    remark: Annotated[str, "What happened; only staff and you read it. Nobody has to say."] = "",
) -> Match:
    """Stop a match at once: the two can no longer meet or write, and what is arranged is called off.

    Only a coordinator or supervisor lets it go on. Neither of the two is told who stopped it. To stop again what is
    stopped adds what is said.
    """
    may_stop = row_rule(
        work.actor,
        own=[Match.mentee_person_id],
        supervised=[Match.mentor_person_id],
        programme=Match.programme_id,
    )
    match = await work.get(Match, match_id, may_stop, lock=True)
    if match.status == MatchStatus.CLOSED:
        raise IllegalState("This match is closed: the two can no longer meet or write.")
    await stop(work, match, remark)
    return match


@operation(needs=LIFT)
async def lift_hold(
    work: Work,
    match_id: Annotated[Id[Match], "Which match."],
    *,
    because: Annotated[str, "Why the two may go on: what was found, and who was spoken to. Only staff read it."],
) -> Match:
    """Let two people go on after a stop for safety. It is not one of the two who says so."""
    others = (Match.mentor_person_id != work.actor.person_id, Match.mentee_person_id != work.actor.person_id)
    match = await work.get(Match, match_id, *others, lock=True)
    if not match.on_hold:
        raise IllegalState("This match is not stopped for safety.")
    because = short(because, 2000, "because")
    match.on_hold = False
    if match.status == MatchStatus.PAUSED and match.agreement_required and match.active_since is None:
        LIFE.move(match, "matching.pausing.lift_hold", to=MatchStatus.PENDING_AGREEMENT)
    elif match.status == MatchStatus.PAUSED:
        activate(work, match, "matching.pausing.lift_hold")
    await work.revise(Pause, *of_now(match), ended_at=work.now, lifted_because=because)
    await tasks.settled(work, STOPPED, match)
    work.note("match.hold_lifted", match)
    return match


async def stop(work: Work, match: Match, remark: str) -> None:
    """Stop the match, which the caller has locked, and have the supervisor look."""
    if match.status != MatchStatus.CLOSURE_IN_PROCESS:
        LIFE.move(match, "matching.pausing.safety_stop")
    match.on_hold, match.paused_until = True, None
    await work.revise(Pause, *of_now(match), Pause.hold.is_(False), ended_at=work.now)
    _begin(work, match, PauseReason.SAFETY, remark, None)
    title = "A match was stopped for safety: speak to each of the two, and decide what follows."
    await tasks.ask(
        work, STOPPED, title, match, due_in=SOON, assignee_id=await supervisor_of(work, match), source="match.stopped"
    )
    work.note("match.stopped", match)


async def supervisor_of(work: Work, match: Match) -> UUID | None:
    """Who supervises the mentor, whoever asks."""
    (mentor,) = await work.rows(Mentor, Mentor.id == match.mentor_id)
    return mentor.supervisor_id


def _begin(work: Work, match: Match, reason: PauseReason, remark: str, until: datetime | None) -> None:
    pause = Pause.under(
        match,
        reason=reason,
        hold=reason == PauseReason.SAFETY,
        remark=long(remark, 2000, "remark"),
        began_at=work.now,
        until=until,
    )
    pause.by_person_id = work.actor.person_id
    work.add(pause)


async def _resume(work: Work, match: Match, verb: str) -> None:
    activate(work, match, verb)
    await work.revise(Pause, *of_now(match), ended_at=work.now)
    work.note("match.resumed", match)


def of_now(match: Match) -> tuple[ColumnElement[bool], ...]:
    """The pauses of a match that are not over."""
    return Pause.match_id == match.id, Pause.ended_at.is_(None)

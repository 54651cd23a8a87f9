"""A good end: what is done before a match closes, and with whom one speaks.

A closure is begun by anybody of the match or who looks after it. Four steps belong to it; each is done, or somebody
says why it cannot be. Then a coordinator completes it: a reason, the last day, what follows.
"""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped

from kith import tasks
from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.matching.agreement import AWAITED
from kith.matching.match import LIFE as MATCH_LIFE
from kith.matching.match import PAIR, WALKING, ClosingReason, Match, MatchStatus, OfPair, held
from kith.matching.pausing import STOPPED, Pause, of_now, stop
from kith.mentors.leave import take_leave
from kith.people.letters import Letter, write_letter
from kith.people.mentee import WITH_MENTOR, EnrolmentEnd, Mentee, MenteeStatus, release
from kith.people.mentor import Mentor, MentorStatus
from kith.people.person import Person
from kith.people.readiness import settle_readiness

CLOSE = Permission("matches.close", "Close a match.", granted_to={Role.ADMIN, Role.COORDINATOR})
READ = Permission("closures.read", "See why and how a match comes to its end.", granted_to=STAFF | PARTICIPANTS)
READ_STEPS = Permission("closure_steps.read", "See what is to be done before a match closes.", granted_to=STAFF)
READ_INTERVIEWS = Permission("exit_interviews.read", "Read what people said when a match ended.", granted_to=STAFF)
START = Permission("closures.start", "Begin the end of a match.", granted_to=STAFF | PARTICIPANTS)
WORK_ON = Permission("closures.work", "Do what is to be done before a match closes.", granted_to=STAFF)
FINISH = Permission("closures.finish", "Put aside what is left to do once a match is closed, and write to both.")
WITHIN = timedelta(days=14)


class ClosureType(Choice):
    """How a match comes to its end."""

    PLANNED = "PLANNED", "As the two agreed, at the time or with the goals they had."
    PREMATURE = "PREMATURE", "Earlier than they meant to."
    MUTUAL = "MUTUAL", "Both want it now."
    SAFETY = "SAFETY", "Somebody does not feel safe: the match is stopped at once."


class ClosureStepKind(Choice):
    """What belongs to a good end."""

    EXIT_INTERVIEW_MENTOR = "EXIT_INTERVIEW_MENTOR", "Somebody of the staff speaks to the mentor about how it was."
    EXIT_INTERVIEW_MENTEE = "EXIT_INTERVIEW_MENTEE", "Somebody of the staff speaks to the mentee about how it was."
    CLOSING_MEETING = "CLOSING_MEETING", "The two say goodbye."
    CONTACT_AFTERWARDS = "CONTACT_AFTERWARDS", "It is agreed whether the two stay in touch, and how."


class ClosureStepStatus(Choice):
    """Where a step is."""

    TODO = "TODO", "It is to be done."
    DONE = "DONE", "It is done."
    UNABLE = "UNABLE", "It cannot be done; somebody said why."


class Closure(OfPair):
    """The end of one match: how it came, and who began it, which the other of the two is not told."""

    __tablename__ = "closures"
    __table_args__ = (
        organisation_index("match_id", unique=True),
        organisation_index("started_at", "id"),
        organisation_index("programme_id", "started_at", "id"),
        organisation_index("mentor_person_id", "started_at", "id"),
        organisation_index("by_person_id", "started_at", "id"),
        one_of("type", list(ClosureType)),
        at_most("remark", 2000),
    )
    READ = READ
    SENSITIVE = True

    match_id: Mapped[UUID] = within(Match, carrying=PAIR)
    by_person_id: Mapped[UUID | None] = within(Person, nullable=True)
    type: Mapped[str]
    remark: Mapped[str]
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who began it, who supervises the mentor, the coordinators of the programme; not the other person."""
        return row_rule(
            actor,
            own=[cls.by_person_id],
            supervised=[cls.mentor_person_id],
            programme=cls.programme_id,
            apart=[cls.mentor_person_id, cls.mentee_person_id],
        )


class _ForStaff(OfPair):
    """A row about a match that neither of the two reads."""

    __abstract__ = True

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who supervises the mentor, the coordinators of the programme."""
        return row_rule(
            actor,
            supervised=[cls.mentor_person_id],
            programme=cls.programme_id,
            apart=[cls.mentor_person_id, cls.mentee_person_id],
        )


class ClosureStep(_ForStaff):
    """One thing that belongs to a good end."""

    __tablename__ = "closure_steps"
    __table_args__ = (
        organisation_index("closure_id", "kind", unique=True),
        organisation_index("programme_id"),
        organisation_index("mentor_person_id"),
        one_of("kind", list(ClosureStepKind)),
        one_of("status", list(ClosureStepStatus)),
        at_most("remark", 2000),
        CheckConstraint("(status = 'TODO') = (ended_at IS NULL)", name="ended"),
    )
    READ = READ_STEPS

    closure_id: Mapped[UUID] = within(Closure, carrying=PAIR)
    kind: Mapped[str]
    status: Mapped[str]
    remark: Mapped[str]
    ended_at: Mapped[datetime | None]


LIFE = Lifecycle(
    ClosureStep,
    ClosureStepStatus,
    begins=[ClosureStepStatus.TODO],
    moves=[
        Move("record_exit_interview", ClosureStepStatus.TODO, ClosureStepStatus.UNABLE, to=ClosureStepStatus.DONE),
        Move("record_closing_meeting", ClosureStepStatus.TODO, ClosureStepStatus.UNABLE, to=ClosureStepStatus.DONE),
        Move("agree_contact_afterwards", ClosureStepStatus.TODO, ClosureStepStatus.UNABLE, to=ClosureStepStatus.DONE),
        Move("mark_unable", ClosureStepStatus.TODO, to=ClosureStepStatus.UNABLE),
        Move("finish_closure", ClosureStepStatus.TODO, to=ClosureStepStatus.UNABLE),
    ],
)


class ExitInterview(_ForStaff):
    """What one of the two said when the match ended: for staff. An answer is 1 to 5, or not given."""

    __tablename__ = "exit_interviews"
    __table_args__ = (
        organisation_index("step_id", unique=True),
        organisation_index("programme_id"),
        organisation_index("mentor_person_id"),
        CheckConstraint("it_helped BETWEEN 1 AND 5", name="it_helped"),
        CheckConstraint("would_again BETWEEN 1 AND 5", name="would_again"),
        at_most("what_helped", 4000),
        at_most("what_did_not", 4000),
        at_most("remark", 4000),
    )
    READ = READ_INTERVIEWS
    SENSITIVE = True

    step_id: Mapped[UUID] = within(ClosureStep, carrying=PAIR)
    person_id: Mapped[UUID] = within(Person)
    it_helped: Mapped[int | None]
    would_again: Mapped[int | None]
    what_helped: Mapped[str]
    what_did_not: Mapped[str]
    remark: Mapped[str]
    held_at: Mapped[datetime]


_ENDS = {  # what the end of a match says of an enrolment that ends with it
    ClosingReason.GOALS_MET: EnrolmentEnd.GOALS_MET,
    ClosingReason.TIME_COMPLETED: EnrolmentEnd.TIME_COMPLETED,
    ClosingReason.MOVED: EnrolmentEnd.MOVED,
    ClosingReason.LOST_CONTACT: EnrolmentEnd.LOST_CONTACT,
}
_TITLES = {
    ClosureStepKind.EXIT_INTERVIEW_MENTOR: "Ask the mentor how it was: an exit interview.",
    ClosureStepKind.EXIT_INTERVIEW_MENTEE: "Ask the mentee how it was: an exit interview.",
    ClosureStepKind.CLOSING_MEETING: "Help two people to say goodbye: a closing meeting.",
    ClosureStepKind.CONTACT_AFTERWARDS: "Agree with both whether they stay in touch.",
}


@operation(needs=START)
async def start_closure(
    work: Work,
    match_id: Annotated[Id[Match], "Which match."],
    *,
    type: Annotated[ClosureType, "How it comes to its end; SAFETY stops the match at once."],
    remark: Annotated[str, "What whoever looks after the two should know; the other never reads it."] = "",
) -> Match:
    """Begin the end of a match: nobody has to give reasons, and nobody is at fault."""
    match = await work.get(Match, match_id, lock=True)
    await begin_closure(work, match, "matching.closure.start_closure", type, remark)
    return match


async def begin_closure(work: Work, match: Match, verb: str, type: ClosureType, remark: str) -> Closure:
    """Begin the end of a match that the caller has locked, and give the tasks."""
    MATCH_LIFE.move(match, verb)
    match.paused_until = None
    closure = Closure.under(match, type=type, remark=long(remark, 2000, "remark"), started_at=work.now)
    closure.by_person_id = work.actor.person_id
    work.add(closure)
    for kind in ClosureStepKind:
        step = work.add(ClosureStep.under(closure, kind=kind, status=ClosureStepStatus.TODO, remark=""))
        await tasks.ask(work, kind, _TITLES[kind], step, due_in=WITHIN, source="match.closing")
    work.note("match.closing", match, type=type)
    if type == ClosureType.SAFETY:
        await stop(work, match, remark)
    return closure


@operation(needs=WORK_ON)
async def record_exit_interview(
    work: Work,
    step_id: Annotated[Id[ClosureStep], "Which interview of a closure: with the mentor or with the mentee."],
    *,
    it_helped: Annotated[int | None, "It helped me: 1 not at all to 5 very much; null where they did not say."] = None,
    would_again: Annotated[int | None, "I would take part again: 1 to 5; null where they did not say."] = None,
    what_helped: Annotated[str, "What was good, in their words."] = "",
    what_did_not: Annotated[str, "What was not, in their words."] = "",
    remark: Annotated[str, "What staff should know."] = "",
) -> ClosureStep:
    """Record what one of the two said about how it was. Neither of them reads what the other said."""
    kinds = (ClosureStepKind.EXIT_INTERVIEW_MENTOR, ClosureStepKind.EXIT_INTERVIEW_MENTEE)
    match, step = await _step(work, step_id, "record_exit_interview", *kinds)
    for name, answer in (("itHelped", it_helped), ("wouldAgain", would_again)):
        if answer is not None and not 1 <= answer <= 5:
            raise Invalid("An answer is 1 to 5.", path=(name,))
    mentor = step.kind == ClosureStepKind.EXIT_INTERVIEW_MENTOR
    interview = ExitInterview.under(
        step,
        it_helped=it_helped,
        would_again=would_again,
        what_helped=long(what_helped, 4000, "whatHelped"),
        what_did_not=long(what_did_not, 4000, "whatDidNot"),
        remark=long(remark, 4000, "remark"),
        held_at=work.now,
    )
    interview.person_id = match.mentor_person_id if mentor else match.mentee_person_id
    work.add(interview)
    await _end(work, step, "record_exit_interview", "")
    return step


@operation(needs=WORK_ON)
async def record_closing_meeting(
    work: Work,
    step_id: Annotated[Id[ClosureStep], "Which closing meeting of a closure."],
    *,
    held_on: Annotated[date, "The day on which the two said goodbye."],
    remark: Annotated[str, "What staff should know."] = "",
) -> ClosureStep:
    """Record that the two met to say goodbye."""
    _, step = await _step(work, step_id, "record_closing_meeting", ClosureStepKind.CLOSING_MEETING)
    if held_on > work.now.date():
        raise Invalid("They said goodbye in the past.", path=("heldOn",))
    await _end(work, step, "record_closing_meeting", f"{held_on}: {remark}" if remark else str(held_on))
    return step


@operation(needs=WORK_ON)
async def agree_contact_afterwards(
    work: Work,
    step_id: Annotated[Id[ClosureStep], "Which agreement of a closure about contact afterwards."],
    *,
    contact: Annotated[str, "Whether and how the two stay in touch, as agreed with both; both read it."],
) -> ClosureStep:
    """Write down what was agreed about contact after the match; both of the two read it with the match."""
    match, step = await _step(work, step_id, "agree_contact_afterwards", ClosureStepKind.CONTACT_AFTERWARDS)
    match.contact_afterwards = short(contact, 1000, "contact")
    await _end(work, step, "agree_contact_afterwards", "")
    return step


@operation(needs=WORK_ON)
async def mark_unable(
    work: Work,
    step_id: Annotated[Id[ClosureStep], "Which step of a closure."],
    *,
    because: Annotated[str, "Why it cannot be done; only staff read it."],
) -> ClosureStep:
    """Say that something that belongs to a good end cannot be done, and why."""
    _, step = await _step(work, step_id, "mark_unable", *ClosureStepKind)
    await _end(work, step, "mark_unable", short(because, 2000, "because"))
    return step


@operation(needs=CLOSE)
async def complete_closure(
    work: Work,
    match_id: Annotated[Id[Match], "Which match."],
    *,
    reason: Annotated[ClosingReason, "Why it ended; nobody is at fault."],
    ended_on: Annotated[date | None, "The last day of the two together; today when absent."] = None,
    mentee_waits_again: Annotated[
        bool | None, "Whether the mentee waits for another match or their enrolment ends; null once they asked for one."
    ] = None,
    enrolment_end: Annotated[
        EnrolmentEnd | None, "Why the mentee's enrolment ends, where it does; as the match did when absent."
    ] = None,
    mentor_rests: Annotated[bool, "Whether the mentor goes on leave; they can be matched again otherwise."] = False,
) -> Match:
    """Close a match of which everything that belongs to a good end is done or was marked unable. Both are told."""
    match, mentee, mentor = await held(work, match_id)
    MATCH_LIFE.check(match, "matching.closure.complete_closure")
    if match.on_hold:
        raise IllegalState("This match is stopped for safety: lift that first, or close it with `closeMatch`.")
    (closure,) = await work.rows(Closure, Closure.match_id == match.id)
    left = await work.rows(
        ClosureStep, ClosureStep.closure_id == closure.id, ClosureStep.status == ClosureStepStatus.TODO
    )
    if left:
        kinds = ", ".join(step.kind for step in left)
        raise IllegalState(f"First do these, or mark them unable: {kinds}.")
    ended_on = work.now.date() if ended_on is None else ended_on
    if not match.began_at.date() <= ended_on <= work.now.date():
        raise Invalid("The last day is between the first one and today.", path=("endedOn",))
    if await _depends(work, mentee, match):
        if mentee_waits_again is None:
            raise Invalid("Say whether the mentee waits for another match.", path=("menteeWaitsAgain",))
        because = enrolment_end or _ENDS.get(reason, EnrolmentEnd.OTHER)
        verb = "matching.closure.complete_closure"
        release(work, mentee, verb, waits_again=mentee_waits_again, reason=because)
    elif mentee_waits_again is not None:
        raise Invalid("They asked for another match, and wait for it already.", path=("menteeWaitsAgain",))
    await _close(work, match, mentor, "matching.closure.complete_closure", reason, ended_on)
    if mentor_rests and mentor.status == MentorStatus.READY:
        await take_leave(work, mentor.id)
    return match


@operation(needs=CLOSE)
async def close_match(
    work: Work,
    match_id: Annotated[Id[Match], "Which match."],
    *,
    reason: Annotated[ClosingReason, "Why; nobody is at fault."],
    mentee_waits_again: Annotated[bool, "Whether the mentee waits for another match."] = False,
    despite_hold: Annotated[
        str | None, "Why it may be closed while it is stopped for safety; only staff read it."
    ] = None,
) -> Match:
    """Close a match at once, without what belongs to a good end: to put records in order. People end it otherwise."""
    match, mentee, mentor = await held(work, match_id)
    MATCH_LIFE.check(match, "matching.closure.close_match")
    if match.on_hold and despite_hold is None:
        raise IllegalState("This match is stopped for safety: say in `despiteHold` why it may be closed meanwhile.")
    because = None if despite_hold is None else short(despite_hold, 2000, "despiteHold")
    if await _depends(work, mentee, match):
        ends = _ENDS.get(reason, EnrolmentEnd.OTHER)
        release(work, mentee, "matching.closure.close_match", waits_again=mentee_waits_again, reason=ends)
    await _close(work, match, mentor, "matching.closure.close_match", reason, work.now.date(), because)
    return match


@operation(needs=FINISH)
async def finish_closure(work: Work, match_id: Id[Match]) -> None:
    """A match is closed: what was left to do is put aside, and both are told."""
    match = await work.get(Match, match_id, lock=True)
    for closure in await work.all(Closure, Closure.match_id == match.id, Closure.completed_at.is_(None)):
        closure.completed_at = work.now
        for step in await work.all(ClosureStep, ClosureStep.closure_id == closure.id):
            if LIFE.allows(step, "finish_closure"):
                await _end(work, step, "finish_closure", "The match was closed before.")
    for kind in (STOPPED, AWAITED):
        await tasks.settled(work, kind, match)
    if await work.exists(Letter, Letter.about_id == match.id, Letter.kind == "match.closed"):
        return
    for person_id in sorted((match.mentor_person_id, match.mentee_person_id)):
        person = await work.get(Person, person_id)
        when = work.now.astimezone(ZoneInfo(person.time_zone))
        await write_letter(work, "match.closed", person, about=match, when=f"{when.day} {when:%B %Y}")


async def _depends(work: Work, mentee: Mentee, match: Match) -> bool:
    """Whether where the mentee is follows from this match, not from another that they asked for and have."""
    others = (Match.mentee_id == mentee.id, Match.id != match.id, Match.status.in_(WALKING))
    return mentee.status in (*WITH_MENTOR, MenteeStatus.CLOSING) and not await work.exists(Match, *others)


async def _close(
    work: Work,
    match: Match,
    mentor: Mentor,
    verb: str,
    reason: ClosingReason,
    ended_on: date,
    because: str | None = None,
) -> None:
    """Close a match whose rows the caller holds: whatever rest or stop there was is over, the mentor's place free."""
    work.note("match.closed", match, reason=reason, despite_hold=match.on_hold)
    MATCH_LIFE.move(match, verb)
    match.closed_at, match.closing_reason, match.ended_on = work.now, reason, ended_on
    match.on_hold, match.paused_until = False, None
    await work.revise(Pause, *of_now(match), ended_at=work.now, lifted_because=because)
    await settle_readiness(work, [mentor])


async def _step(work: Work, step_id: UUID, verb: str, *kinds: ClosureStepKind) -> tuple[Match, ClosureStep]:
    """A step of a closure that is under way, with its match, locked, the match first."""
    seen = await work.get(ClosureStep, step_id)
    (closure,) = await work.rows(Closure, Closure.id == seen.closure_id)
    match = await work.get(Match, closure.match_id, lock=True)
    if match.status != MatchStatus.CLOSURE_IN_PROCESS:
        raise IllegalState(f"This match is {match.status}: nothing of its closure is to be done any more.")
    step = await work.get(ClosureStep, step_id, lock=True)
    if step.kind not in kinds:
        raise Invalid(f"This step is {step.kind}.", path=("stepId",))
    if work.actor.person_id in (match.mentor_person_id, match.mentee_person_id):
        raise Conflict("Somebody else does this: you are one of the two.", path=("stepId",))
    LIFE.check(step, verb)
    return match, step


async def _end(work: Work, step: ClosureStep, verb: str, remark: str) -> None:
    LIFE.move(step, verb)
    step.remark, step.ended_at = long(remark, 2000, "remark"), work.now
    await tasks.settled(work, step.kind, step)
    work.note("closure.step_ended", step, what=step.kind, status=step.status)

"""Mentees: people who asked for somebody to walk with them, each enrolment from the application to its end.

An enrolment is one episode: who comes back is enrolled anew, as the same person, and the new row names the one
before. The order of an intake: a person applies, the programme looks whether it is the right one, they agree to take
part, and once everything is recorded they wait for a match.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Computed
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, Owned, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.people.mentor import newcomer
from kith.people.person import NewPerson, Person
from kith.people.profile import UNKNOWN, Domain, Matchable, Profile, profile_columns
from kith.programmes import Programme, looked_after

READ = Permission("mentees.read", "See mentees and where they are.", granted_to=STAFF | PARTICIPANTS)
READ_NEEDS = Permission("needs.read", "See what a mentee needs and hopes for.", granted_to=STAFF | PARTICIPANTS)
REGISTER = Permission("mentees.register", "Register mentees.", granted_to={Role.ADMIN, Role.COORDINATOR})
CLOSE = Permission("mentees.close", "Close a mentee's enrolment.", granted_to={Role.ADMIN, Role.COORDINATOR})
PAUSE = Permission(
    "mentees.pause",
    "Pause the enrolment of somebody who waits, and resume it.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTEE},
)
ASSESS = Permission(
    "needs.assess",
    "Record what a mentee needs and hopes for.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTEE},
)


class MenteeStatus(Choice):
    """Where a mentee is."""

    APPLIED = "APPLIED", "They asked to take part; nobody has looked at it yet."
    ELIGIBILITY_REVIEW = "ELIGIBILITY_REVIEW", "It is decided whether this is the right programme, and not yet signed."
    CONSENTED = "CONSENTED", "They signed that they take part; their intake is under way."
    READY_TO_MATCH = "READY_TO_MATCH", "Their intake is complete; they are not on the waiting list yet."
    WAITING = "WAITING", "They wait for a match."
    PAUSED = "PAUSED", "They rest for a while and keep the time they waited; nobody is proposed to them."
    MATCHED = "MATCHED", "They have a match; the two agree first how they walk, and meet."
    ACTIVE = "ACTIVE", "They walk with their mentor, or rest for a while."
    CLOSING = "CLOSING", "They no longer agree to take part while a match is open: it is being ended."
    CLOSED = "CLOSED", "Their enrolment has ended."


class EnrolmentEnd(Choice):
    """Why an enrolment ended; nobody is at fault."""

    GOALS_MET = "GOALS_MET", "They reached what they set out for."
    TIME_COMPLETED = "TIME_COMPLETED", "The time agreed is over."
    MOVED = "MOVED", "They moved away."
    LOST_CONTACT = "LOST_CONTACT", "They can no longer be reached."
    DECLINED = "DECLINED", "They no longer want to take part."
    NOT_ELIGIBLE = "NOT_ELIGIBLE", "This is not the right programme for them."
    TRANSFERRED = "TRANSFERRED", "Somebody else supports them now."
    INCARCERATED = "INCARCERATED", "They are in prison."
    HOSPITALISED = "HOSPITALISED", "They are in hospital."
    DECEASED = "DECEASED", "They died."
    ADMIN = "ADMIN", "It was entered by mistake, or twice."
    OTHER = "OTHER", "Something else."


class Mentee(Matchable, Owned):
    """A person as a mentee in one programme: one episode.

    `turn` orders the waiting list: 0 waits urgently, 1 waits, 2 does not wait. Without languages and formats nobody
    can be matched; before that an application may lack them.
    """

    __tablename__ = "mentees"
    __table_args__ = (
        organisation_index(
            "programme_id", "person_id", unique=True, where="status <> 'CLOSED'", name="uq_mentees_open"
        ),
        organisation_index("person_id"),
        organisation_index("registered_at", "id"),
        organisation_index("programme_id", "registered_at", "id"),
        organisation_index("turn", "waiting_since", "id"),
        organisation_index("programme_id", "turn", "waiting_since", "id"),
        organisation_index("programme_id", "status", "waiting_since"),
        CheckConstraint(
            "status IN ('APPLIED', 'ELIGIBILITY_REVIEW', 'CONSENTED', 'CLOSED')"
            " OR (cardinality(languages) > 0 AND cardinality(formats) > 0)",
            name="matchable",
        ),
        CheckConstraint("episode >= 1", name="episode"),
        CheckConstraint("(status = 'PAUSED') = (paused_at IS NOT NULL)", name="paused"),
        one_of("status", list(MenteeStatus)),
        one_of("closing_reason", list(EnrolmentEnd)),
    )
    READ = READ
    LOOKED_UP = True

    programme_id: Mapped[UUID] = within(Programme)
    person_id: Mapped[UUID] = within(Person)
    previous_id: Mapped[UUID | None] = within(Self, nullable=True)
    episode: Mapped[int] = mapped_column(default=1, server_default="1")
    name: Mapped[str]
    status: Mapped[str]
    urgent: Mapped[bool]
    waiting_since: Mapped[datetime]
    turn: Mapped[int] = mapped_column(
        Computed("CASE WHEN status <> 'WAITING' THEN 2 WHEN urgent THEN 0 ELSE 1 END", persisted=True)
    )
    registered_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closing_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Oneself, the mentor one is matched with and who supervises them, the coordinators of the programme."""
        return row_rule(actor, own=[cls.person_id], mentored=[cls.id], programme=cls.programme_id)


WITH_MENTOR = (MenteeStatus.MATCHED, MenteeStatus.ACTIVE)
LIFE = Lifecycle(
    Mentee,
    MenteeStatus,
    begins=[MenteeStatus.APPLIED, MenteeStatus.WAITING],
    moves=[
        Move("people.eligibility.begin_eligibility_review", MenteeStatus.APPLIED, to=MenteeStatus.ELIGIBILITY_REVIEW),
        Move(
            "people.eligibility.decide_eligibility",
            MenteeStatus.ELIGIBILITY_REVIEW,
            to=(MenteeStatus.ELIGIBILITY_REVIEW, MenteeStatus.CLOSED),
        ),
        Move("people.participation.sign_participation", MenteeStatus.ELIGIBILITY_REVIEW, to=MenteeStatus.CONSENTED),
        Move(
            "people.participation.record_participation_on_paper",
            MenteeStatus.ELIGIBILITY_REVIEW,
            to=MenteeStatus.CONSENTED,
        ),
        Move(
            "people.participation.withdraw_participation",
            MenteeStatus.CONSENTED,
            MenteeStatus.READY_TO_MATCH,
            MenteeStatus.WAITING,
            MenteeStatus.PAUSED,
            *WITH_MENTOR,
            to=(MenteeStatus.ELIGIBILITY_REVIEW, MenteeStatus.CLOSING),
        ),
        Move("people.intake.declare_ready_to_match", MenteeStatus.CONSENTED, to=MenteeStatus.READY_TO_MATCH),
        Move("people.intake.put_on_waiting_list", MenteeStatus.READY_TO_MATCH, to=MenteeStatus.WAITING),
        Move("pause_enrolment", MenteeStatus.WAITING, to=MenteeStatus.PAUSED),
        Move("resume_enrolment", MenteeStatus.PAUSED, to=MenteeStatus.WAITING),
        Move(
            "matching.proposal.accept_proposal",
            MenteeStatus.WAITING,
            to=(MenteeStatus.MATCHED, MenteeStatus.ACTIVE),  # at once where the programme asks for no agreement
        ),
        Move("matching.agreement.sign_agreement", MenteeStatus.MATCHED, to=MenteeStatus.ACTIVE),
        Move("matching.agreement.record_agreement_on_paper", MenteeStatus.MATCHED, to=MenteeStatus.ACTIVE),
        Move("matching.agreement.waive_introduction", MenteeStatus.MATCHED, to=MenteeStatus.ACTIVE),
        Move("meetings.first.introduce_after", MenteeStatus.MATCHED, to=MenteeStatus.ACTIVE),
        Move("matching.rematch.request_rematch", *WITH_MENTOR, to=MenteeStatus.WAITING),
        Move(
            "matching.closure.complete_closure",
            *WITH_MENTOR,
            MenteeStatus.CLOSING,
            to=(MenteeStatus.WAITING, MenteeStatus.CLOSED),
        ),
        Move(
            "matching.closure.close_match",
            *WITH_MENTOR,
            MenteeStatus.CLOSING,
            to=(MenteeStatus.WAITING, MenteeStatus.CLOSED),
        ),
        Move(
            "close_enrolment",
            MenteeStatus.APPLIED,
            MenteeStatus.ELIGIBILITY_REVIEW,
            MenteeStatus.CONSENTED,
            MenteeStatus.READY_TO_MATCH,
            MenteeStatus.WAITING,
            MenteeStatus.PAUSED,
            to=MenteeStatus.CLOSED,
        ),
    ],
)


class Needs(Owned):
    """What a mentee needs and hopes for, as it was assessed once: a row of its own, because reading it is recorded.

    A new assessment never overwrites an old one; `current_of` is the enrolment where nothing came after it.
    """

    __tablename__ = "needs"
    __table_args__ = (
        organisation_index("mentee_id", "number", unique=True),
        organisation_index("current_of", unique=True),
        organisation_index("person_id"),
        CheckConstraint("cardinality(domains) <= 14 AND cardinality(hopes) <= 10", name="few"),
        CheckConstraint("unwanted <@ domains", name="unwanted"),
    )
    READ = READ_NEEDS
    SENSITIVE = True

    mentee_id: Mapped[UUID] = within(Mentee, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(server_default="1")
    domains: Mapped[list[str]]  # most severe first
    severities: Mapped[list[int]]  # 0 to 3, beside `domains`
    unwanted: Mapped[list[str]] = mapped_column(server_default="{}")  # those of `domains` they want no help with
    hopes: Mapped[list[str]]  # in the mentee's own words
    assessed_at: Mapped[datetime | None]  # not known of the first ones
    superseded_at: Mapped[datetime | None]
    current_of: Mapped[UUID | None] = mapped_column(
        Computed("CASE WHEN superseded_at IS NULL THEN mentee_id END", persisted=True)
    )

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """As the mentee."""
        return row_rule(actor, own=[cls.person_id], mentored=[cls.mentee_id], programme=cls.programme_id)


@dataclass(frozen=True, slots=True)
class Need:
    """One need."""

    domain: Annotated[Domain, "What part of life it is about."]
    severity: Annotated[int, "How much help is needed: 0 none, 1 some, 2 much, 3 urgent."]
    wants_help: Annotated[bool, "Whether they want help with it; it is theirs to say."] = True


@operation(needs=REGISTER)
async def register_mentee(
    work: Work,
    *,
    programme_id: Annotated[Id[Programme], "In which programme."],
    person: Annotated[NewPerson | None, "Who they are, when the organisation does not know them yet."] = None,
    person_id: Annotated[Id[Person] | None, "Who they are, when it does."] = None,
    profile: Annotated[Profile, "What makes a match fit."],
    needs: Annotated[Sequence[Need], "What they need help with."],
    goals: Annotated[Sequence[str], "What they hope for, in their own words."] = (),
    urgent: Annotated[bool, "Whether they should be matched before others."] = False,
) -> Mentee:
    """Register a mentee whose intake is complete already: from now on they wait for a match.

    For records kept on paper or elsewhere before; an intake that begins here is opened with `openEnrolment`.
    """
    programme = await work.get(Programme, programme_id, looked_after(work))
    who = await newcomer(work, programme, person, person_id)
    mentee = await _enrol(work, programme, who, MenteeStatus.WAITING, urgent, profile_columns(profile))
    work.add(_assessment(work, mentee, 1, needs, goals))
    work.note("mentee.registered", mentee, person_id=who.id)
    return mentee


@operation(needs=REGISTER)
async def open_enrolment(
    work: Work,
    *,
    programme_id: Annotated[Id[Programme], "In which programme."],
    person: Annotated[NewPerson | None, "Who they are, when the organisation does not know them yet."] = None,
    person_id: Annotated[Id[Person] | None, "Who they are, when it does."] = None,
    urgent: Annotated[bool, "Whether they should be matched before others."] = False,
) -> Mentee:
    """Open the enrolment of somebody who asked for a mentor: their intake begins."""
    programme = await work.get(Programme, programme_id, looked_after(work))
    return await apply(work, programme, await newcomer(work, programme, person, person_id), urgent=urgent)


@operation(needs=REGISTER)
async def re_enrol(
    work: Work,
    mentee_id: Annotated[Id["Mentee"], "Which enrolment; it is closed."],
    *,
    urgent: Annotated[bool, "Whether they should be matched before others."] = False,
) -> Mentee:
    """Enrol somebody again whose enrolment is closed: a new episode, whose intake begins anew."""
    before = await work.get(Mentee, mentee_id, lock=True)
    if before.status != MenteeStatus.CLOSED:
        raise IllegalState(f"This mentee is {before.status}; only a closed enrolment is followed by another.")
    programme = await work.get(Programme, before.programme_id, looked_after(work))
    (who,) = await work.rows(Person, Person.id == before.person_id)
    profile = {column: getattr(before, column) for column in UNKNOWN}
    return await apply(work, programme, who, urgent=urgent, profile=profile)


async def apply(
    work: Work, programme: Programme, who: Person, *, urgent: bool, profile: Mapping[str, Any] = UNKNOWN
) -> Mentee:
    """Begin the intake of a person. Raises Conflict where they are a mentee in the programme already."""
    mentee = await _enrol(work, programme, who, MenteeStatus.APPLIED, urgent, profile)
    work.note("mentee.applied", mentee, person_id=who.id, episode=mentee.episode)
    return mentee


async def _enrol(
    work: Work, programme: Programme, who: Person, status: MenteeStatus, urgent: bool, profile: Mapping[str, Any]
) -> Mentee:
    episodes = await work.rows(Mentee, Mentee.programme_id == programme.id, Mentee.person_id == who.id)
    if any(each.status != MenteeStatus.CLOSED for each in episodes):
        raise Conflict("They are a mentee in this programme already.", path=("personId",))
    last = max(episodes, key=lambda each: each.episode, default=None)
    mentee = Mentee.under(
        programme,
        name=who.name,
        status=status,
        urgent=urgent,
        waiting_since=work.now,
        registered_at=work.now,
        episode=last.episode + 1 if last else 1,
        **profile,
    )
    mentee.person_id, mentee.previous_id = who.id, last.id if last else None
    return work.add(mentee)


@operation(needs=ASSESS)
async def assess_needs(
    work: Work,
    mentee_id: Annotated[Id["Mentee"], "Whose."],
    *,
    needs: Annotated[Sequence[Need], "What they need help with."],
    goals: Annotated[Sequence[str], "What they hope for, in their own words."] = (),
) -> Needs:
    """Record what a mentee needs and hopes for now. The assessments before it stay as they were."""
    mentee = await under_way(work, mentee_id)
    before = await work.rows(Needs, Needs.mentee_id == mentee.id)
    for each in before:
        each.superseded_at = each.superseded_at or work.now
    await work.settle()
    assessed = work.add(_assessment(work, mentee, len(before) + 1, needs, goals))
    work.note("needs.assessed", mentee, number=assessed.number)
    return assessed


@operation(needs=PAUSE)
async def pause_enrolment(work: Work, mentee_id: Annotated[Id["Mentee"], "Which mentee."]) -> Mentee:
    """Let somebody who waits rest for a while: offers end, and the time they have waited is kept."""
    mentee = await work.get(Mentee, mentee_id, theirs(work), lock=True)
    LIFE.move(mentee, "pause_enrolment")
    mentee.paused_at = work.now
    work.note("mentee.paused", mentee)
    return mentee


@operation(needs=PAUSE)
async def resume_enrolment(work: Work, mentee_id: Annotated[Id["Mentee"], "Which mentee."]) -> Mentee:
    """Let them wait again, in the place that the time they have waited gives them."""
    mentee = await work.get(Mentee, mentee_id, theirs(work), lock=True)
    LIFE.move(mentee, "resume_enrolment")
    end_pause(work, mentee)
    work.note("mentee.resumed", mentee)
    return mentee


@operation(needs=CLOSE)
async def close_enrolment(
    work: Work,
    mentee_id: Annotated[Id["Mentee"], "Which mentee."],
    *,
    reason: Annotated[EnrolmentEnd, "Why; nobody is at fault."] = EnrolmentEnd.OTHER,
) -> Mentee:
    """Close the enrolment of a mentee who is not matched; they may enrol again as a new episode."""
    mentee = await work.get(Mentee, mentee_id, lock=True)
    LIFE.move(mentee, "close_enrolment")
    end(work, mentee, reason)
    return mentee


def release(
    work: Work, mentee: Mentee, verb: str, *, waits_again: bool, reason: EnrolmentEnd, keeps_place: bool = False
) -> None:
    """What becomes of a mentee whose match ends: they wait again, or their enrolment ends with it.

    They wait at the end of the queue unless they keep the place they had. Raises IllegalState for somebody who should
    wait and no longer takes part.
    """
    if waits_again and mentee.status == MenteeStatus.CLOSING:
        raise IllegalState("They withdrew from taking part: their enrolment ends with the match. They may enrol again.")
    LIFE.move(mentee, verb, to=MenteeStatus.WAITING if waits_again else MenteeStatus.CLOSED)
    if not waits_again:
        end(work, mentee, reason)
        return
    mentee.waiting_since = mentee.waiting_since if keeps_place else work.now
    work.note("mentee.waits_again", mentee)


def end(work: Work, mentee: Mentee, reason: EnrolmentEnd) -> None:
    """Write down why and when the enrolment ended; the caller has moved it."""
    mentee.closed_at, mentee.closing_reason, mentee.paused_at = work.now, reason, None
    work.note("mentee.closed", mentee, reason=reason)


def end_pause(work: Work, mentee: Mentee) -> None:
    """The time of a pause does not count as waiting."""
    if mentee.paused_at is not None:
        mentee.waiting_since += work.now - mentee.paused_at
        mentee.paused_at = None


def theirs(work: Work) -> ColumnElement[bool]:
    """The condition that the enrolment is the actor's own or in their programme: a mentor sees it, and no more."""
    return row_rule(work.actor, own=[Mentee.person_id], programme=Mentee.programme_id)


async def under_way(work: Work, mentee_id: UUID) -> Mentee:
    """The enrolment, locked, for recording something in it. Raises IllegalState for one that is closed."""
    mentee = await work.get(Mentee, mentee_id, theirs(work), lock=True)
    if mentee.status == MenteeStatus.CLOSED:
        raise IllegalState("This enrolment is closed; what was recorded in it stays as it is.")
    return mentee


def _assessment(work: Work, mentee: Mentee, number: int, needs: Sequence[Need], hopes: Sequence[str]) -> Needs:
    if len({n.domain for n in needs}) != len(needs):
        raise Invalid("Name each part of life once.", path=("needs",))
    if not needs:
        raise Invalid("Name at least one need.", path=("needs",))
    if any(not 0 <= n.severity <= 3 for n in needs):
        raise Invalid("A severity is 0, 1, 2 or 3.", path=("needs", "severity"))
    if len(hopes) > 10:
        raise Invalid("Write down at most ten goals.", path=("goals",))
    ordered = sorted(needs, key=lambda n: (-n.severity, n.domain))
    return Needs.under(
        mentee,
        number=number,
        domains=[n.domain for n in ordered],
        severities=[n.severity for n in ordered],
        unwanted=[n.domain for n in ordered if not n.wants_help],
        hopes=[short(h, 300, "goals") for h in hopes],
        assessed_at=work.now,
    )

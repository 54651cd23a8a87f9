"""Applying to mentor: screened step by step, decided by a second person.

The steps are those of MENTOR's Elements of Effective Practice, standard 2 (application, interview, references,
background check); the attestations those of SAMHSA's National Model Standards for peer support certification.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, and_
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import KEEP, Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long
from kith.ground.work import Work
from kith.mentors.offer import change
from kith.people.letters import write_letter
from kith.people.mentor import LIFE as MENTOR_LIFE
from kith.people.mentor import (
    Help,
    HelpEdit,
    Mentor,
    MentorStatus,
    Offering,
    help_columns,
    newcomer,
    offering_checks,
)
from kith.people.person import NewPerson, Person
from kith.people.profile import Matchable, Profile, ProfileEdit, profile_columns
from kith.people.readiness import Hindrance, HindranceCode, Hindrances, hinders, settle_readiness
from kith.programmes import Programme, looked_after
from kith.tasks import ask, settled

READ = Permission("applications.read", "See applications to mentor.", granted_to=STAFF | PARTICIPANTS)
READ_ATTESTATIONS = Permission(
    "applications.read_attestations", "See what an applicant attested to.", granted_to=STAFF | PARTICIPANTS
)
READ_SCREENING = Permission("applications.read_screening", "See how an application was screened.", granted_to=STAFF)
WRITE = Permission(
    "applications.write",
    "Apply to mentor, or enter somebody's application.",
    granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS},
)
SCREEN = Permission("applications.screen", "Screen applications.", granted_to={Role.ADMIN, Role.COORDINATOR})
APPROVE = Permission(
    "applications.approve", "Approve an application as the second person.", granted_to={Role.ADMIN, Role.SUPERVISOR}
)
REJECT = Permission(
    "applications.reject", "Reject an application.", granted_to={Role.ADMIN, Role.COORDINATOR, Role.SUPERVISOR}
)
WATCH_HOLDS = Permission("applications.watch_holds", "Ask for a decision when an application's hold has run out.")
LONGEST_HOLD = timedelta(days=180)
SCREENED_WITHIN = timedelta(days=14)
DECIDED_WITHIN = timedelta(days=7)


class ApplicationStatus(Choice):
    """Where an application is."""

    DRAFT = "DRAFT", "It is being written."
    SUBMITTED = "SUBMITTED", "It waits to be screened."
    SCREENING = "SCREENING", "Somebody screens it."
    ON_HOLD = "ON_HOLD", "It rests until a date."
    INTERVIEWED = "INTERVIEWED", "The interview took place."
    REFERENCES_CHECKED = "REFERENCES_CHECKED", "References were asked."
    BACKGROUND_CLEARED = "BACKGROUND_CLEARED", "The background check is clear: it waits for a second person's decision."
    APPROVED = "APPROVED", "They are a mentor, in training."
    REJECTED = "REJECTED", "The organisation said no."
    WITHDRAWN = "WITHDRAWN", "The applicant does not go on."


class RejectionReason(Choice):
    """Why an application was rejected."""

    NOT_YET = "NOT_YET", "Not yet: the time in recovery that the programme asks for is still to come."
    REFERENCES = "REFERENCES", "The references did not support it."
    BACKGROUND = "BACKGROUND", "The background check did not allow it."
    CONFLICT_OF_INTEREST = "CONFLICT_OF_INTEREST", "A conflict of interest cannot be resolved."
    AVAILABILITY = "AVAILABILITY", "The time they have does not suffice."
    NOT_SUITABLE = "NOT_SUITABLE", "The written criteria were not met."
    NO_NEED = "NO_NEED", "The programme needs no more mentors."


class WithdrawalReason(Choice):
    """Why an applicant does not go on."""

    OWN_CHOICE = "OWN_CHOICE", "They chose to."
    NO_TIME = "NO_TIME", "They have no time."
    LOST_CONTACT = "LOST_CONTACT", "They can no longer be reached."
    MENTORS_ELSEWHERE = "MENTORS_ELSEWHERE", "They mentor elsewhere."
    OTHER = "OTHER", "Something else."


class ScreeningStage(Choice):
    """A step of screening."""

    SCREENING = "SCREENING", "The application was read against the written criteria."
    INTERVIEW = "INTERVIEW", "They were interviewed."
    REFERENCES = "REFERENCES", "References were asked."
    BACKGROUND = "BACKGROUND", "The background check is clear."


ENDED = (ApplicationStatus.APPROVED, ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN)
_ENDED = "('APPROVED', 'REJECTED', 'WITHDRAWN')"


class MentorApplication(Offering, Owned):
    """One person's application to mentor in one programme. The name is the one they applied under."""

    __tablename__ = "mentor_applications"
    __table_args__ = (
        organisation_index(
            "programme_id",
            "person_id",
            unique=True,
            where=f"status NOT IN {_ENDED}",
            name="uq_mentor_applications_open",
        ),
        organisation_index("began_at", "id"),
        organisation_index("programme_id", "began_at", "id"),
        organisation_index("person_id", "began_at", "id"),
        organisation_index("reviewer_id", "began_at", "id"),
        one_of("status", list(ApplicationStatus)),
        one_of("rejection", list(RejectionReason)),
        one_of("withdrawal", list(WithdrawalReason)),
        *offering_checks(),
        CheckConstraint(f"(status IN {_ENDED}) = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("(status = 'ON_HOLD') = (held_until IS NOT NULL)", name="held"),
        CheckConstraint("(status = 'REJECTED') = (rejection IS NOT NULL)", name="rejected"),
        CheckConstraint("(status = 'WITHDRAWN') = (withdrawal IS NOT NULL)", name="withdrawn"),
    )
    READ = READ

    programme_id: Mapped[UUID] = within(Programme)
    person_id: Mapped[UUID] = within(Person)
    reviewer_id: Mapped[UUID | None] = within(Person, nullable=True)
    name: Mapped[str]
    status: Mapped[str]
    began_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    rejection: Mapped[str | None]
    withdrawal: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The applicant, who was asked to decide, the coordinators of the programme."""
        return row_rule(actor, own=[cls.person_id, cls.reviewer_id], programme=cls.programme_id)


class Attestations(Owned):
    """What an applicant attested to, of themselves: a row of its own, because reading it is recorded."""

    __tablename__ = "attestations"
    __table_args__ = (organisation_index("application_id", unique=True), at_most("conflicts", 2000))
    READ = READ_ATTESTATIONS
    SENSITIVE = True

    application_id: Mapped[UUID] = within(MentorApplication, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    reviewer_id: Mapped[UUID | None] = within(Person, nullable=True)
    lived_experience_at: Mapped[datetime | None]
    steady_at: Mapped[datetime | None]
    steady_months: Mapped[int | None]
    conflicts_at: Mapped[datetime | None]
    conflicts: Mapped[str]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """As the application."""
        return row_rule(actor, own=[cls.person_id, cls.reviewer_id], programme=cls.programme_id)


class ScreeningStep(Owned):
    """One step of screening: who did it, when, and their notes, which the applicant does not read."""

    __tablename__ = "screening_steps"
    __table_args__ = (organisation_index("application_id", "step", unique=True), at_most("notes", 4000))
    READ = READ_SCREENING
    SENSITIVE = True

    application_id: Mapped[UUID] = within(MentorApplication, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    reviewer_id: Mapped[UUID | None] = within(Person, nullable=True)
    step: Mapped[str]
    done_by_id: Mapped[UUID] = within(Person)
    done_at: Mapped[datetime]
    notes: Mapped[str]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who did it, who was asked to decide, the coordinators of the programme; never the applicant."""
        rule = row_rule(actor, own=[cls.done_by_id, cls.reviewer_id], programme=cls.programme_id)
        return rule if actor.person_id is None else and_(rule, cls.person_id != actor.own_person)


UNDER_REVIEW = (
    ApplicationStatus.SUBMITTED,
    ApplicationStatus.SCREENING,
    ApplicationStatus.ON_HOLD,
    ApplicationStatus.INTERVIEWED,
    ApplicationStatus.REFERENCES_CHECKED,
    ApplicationStatus.BACKGROUND_CLEARED,
)
LIFE = Lifecycle(
    MentorApplication,
    ApplicationStatus,
    begins=[ApplicationStatus.DRAFT],
    moves=[
        Move("submit_application", ApplicationStatus.DRAFT, to=ApplicationStatus.SUBMITTED),
        Move("screen_application", ApplicationStatus.SUBMITTED, to=ApplicationStatus.SCREENING),
        Move("hold_application", ApplicationStatus.SCREENING, to=ApplicationStatus.ON_HOLD),
        Move("resume_application", ApplicationStatus.ON_HOLD, to=ApplicationStatus.SCREENING),
        Move("record_interview", ApplicationStatus.SCREENING, to=ApplicationStatus.INTERVIEWED),
        Move("record_references", ApplicationStatus.INTERVIEWED, to=ApplicationStatus.REFERENCES_CHECKED),
        Move("clear_background", ApplicationStatus.REFERENCES_CHECKED, to=ApplicationStatus.BACKGROUND_CLEARED),
        Move("approve_application", ApplicationStatus.BACKGROUND_CLEARED, to=ApplicationStatus.APPROVED),
        Move("reject_application", *UNDER_REVIEW, to=ApplicationStatus.REJECTED),
        Move("withdraw_application", ApplicationStatus.DRAFT, *UNDER_REVIEW, to=ApplicationStatus.WITHDRAWN),
    ],
)
TO_SCREEN, TO_DECIDE, HOLD_RAN_OUT = "SCREEN_APPLICATION", "DECIDE_APPLICATION", "HOLD_RAN_OUT"


@operation(needs=WRITE)
async def begin_application(
    work: Work,
    *,
    programme_id: Annotated[Id[Programme], "In which programme."],
    person: Annotated[NewPerson | None, "Who applies, when the organisation does not know them yet."] = None,
    person_id: Annotated[Id[Person] | None, "Who applies, when it does; with neither, you do yourself."] = None,
    profile: Annotated[Profile, "What makes a match fit."],
    offer: Annotated[Help, "What they offer."],
) -> MentorApplication:
    """Begin an application to mentor: for oneself, or entered by who looks after the programme.

    A mentor may be screened anew by it: from its submission to its approval nobody new is proposed to them.
    """
    oneself = person is None and person_id in (None, work.actor.person_id)
    programme = await work.get(Programme, programme_id, *(() if oneself else (looked_after(work),)))
    who = await _applicant(work) if oneself else await newcomer(work, programme, person, person_id)
    open_one = (MentorApplication.programme_id == programme.id, MentorApplication.person_id == who.id)
    if await work.exists(MentorApplication, *open_one, MentorApplication.status.not_in(ENDED)):
        raise Conflict("An application of theirs in this programme is open already.", path=("personId",))
    application = MentorApplication.under(
        programme,
        name=who.name,
        status=ApplicationStatus.DRAFT,
        began_at=work.now,
        **profile_columns(profile),
        **help_columns(offer),
    )
    application.person_id = who.id
    work.add(application)
    work.add(Attestations.under(application, conflicts=""))
    work.note("application.began", application, person_id=who.id)
    return application


@operation(needs=WRITE)
async def edit_application(
    work: Work,
    application_id: Annotated[Id[MentorApplication], "Which application."],
    *,
    profile: Annotated[ProfileEdit, "What makes a match fit."] = KEEP,
    offer: Annotated[HelpEdit, "What they offer."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> MentorApplication:
    """Change an application that is not decided; what is absent stays."""
    application = await _theirs(work, application_id)
    await work.expect(application, expected_version)
    _undecided(application)
    change(application, profile, offer)
    work.note("application.edited", application)
    return application


@operation(needs=WRITE)
async def attest(
    work: Work,
    application_id: Annotated[Id[MentorApplication], "Which application."],
    *,
    lived_experience: Annotated[bool, "They have lived through what the programme is about."] = KEEP,
    steady_recovery: Annotated[
        bool, "Their recovery has been steady for at least the programme's `minimumRecoveryMonths`; no date is asked."
    ] = KEEP,
    conflicts: Annotated[str, "The conflict of interest form: what could be one; empty for nothing."] = KEEP,
) -> Attestations:
    """Attest, as the applicant or as who enters their signed form; what is absent stays, false takes it back."""
    application = await _theirs(work, application_id)
    _undecided(application)
    (attested,) = await work.rows(Attestations, Attestations.application_id == application.id)
    if lived_experience is not KEEP:
        attested.lived_experience_at = work.now if lived_experience else None
    if steady_recovery is not KEEP:
        programme = await work.get(Programme, application.programme_id)
        attested.steady_at = work.now if steady_recovery else None
        attested.steady_months = programme.minimum_recovery_months if steady_recovery else None
    if conflicts is not KEEP:
        attested.conflicts, attested.conflicts_at = long(conflicts, 2000, "conflicts"), work.now
    work.note("application.attested", application)
    return attested


@operation(needs=WRITE)
async def submit_application(
    work: Work, application_id: Annotated[Id[MentorApplication], "Which application."]
) -> MentorApplication:
    """Submit an application; the attestations may follow until it is decided."""
    application = await _theirs(work, application_id)
    LIFE.move(application, "submit_application")
    application.submitted_at = work.now
    work.note("application.submitted", application)
    await ask(work, TO_SCREEN, "Screen an application", application, due_in=SCREENED_WITHIN)
    await _mentor_looked_at(work, application)
    return application


@operation(needs=SCREEN)
async def screen_application(
    work: Work,
    application_id: Annotated[Id[MentorApplication], "Which application."],
    *,
    notes: Annotated[str, "Notes that the applicant does not read."] = "",
) -> MentorApplication:
    """Begin to screen an application; whoever does cannot approve it later."""
    application = await _step(work, application_id, "screen_application", ScreeningStage.SCREENING, notes)
    await settled(work, TO_SCREEN, application)
    work.note("application.screened", application)
    return application


@operation(needs=SCREEN)
async def hold_application(
    work: Work,
    application_id: Annotated[Id[MentorApplication], "Which application."],
    *,
    until: Annotated[datetime, "Until when, at most 180 days from now: then somebody is asked to decide."],
) -> MentorApplication:
    """Put an application on hold until a date."""
    application = await _screened(work, application_id)
    if not work.now < until <= work.now + LONGEST_HOLD:
        raise Invalid("A hold ends within 180 days, and not in the past.", path=("until",))
    LIFE.move(application, "hold_application")
    application.held_until = until
    work.note("application.held", application)
    work.later(hold_ran_out, at=until, application_id=application.id)
    return application


@operation(needs=SCREEN)
async def resume_application(
    work: Work, application_id: Annotated[Id[MentorApplication], "Which application."]
) -> MentorApplication:
    """Go on screening an application that was on hold."""
    application = await _screened(work, application_id)
    LIFE.move(application, "resume_application")
    application.held_until = None
    await settled(work, HOLD_RAN_OUT, application)
    work.note("application.resumed", application)
    return application


@operation(needs=SCREEN)
async def record_interview(
    work: Work,
    application_id: Annotated[Id[MentorApplication], "Which application."],
    *,
    notes: Annotated[str, "Notes that the applicant does not read."] = "",
) -> MentorApplication:
    """Record that you interviewed the applicant."""
    application = await _step(work, application_id, "record_interview", ScreeningStage.INTERVIEW, notes)
    work.note("application.interviewed", application)
    return application


@operation(needs=SCREEN)
async def record_references(
    work: Work,
    application_id: Annotated[Id[MentorApplication], "Which application."],
    *,
    notes: Annotated[str, "Notes that the applicant does not read."] = "",
) -> MentorApplication:
    """Record that you asked the references and they support the application."""
    application = await _step(work, application_id, "record_references", ScreeningStage.REFERENCES, notes)
    work.note("application.references_checked", application)
    return application


@operation(needs=SCREEN)
async def clear_background(
    work: Work,
    application_id: Annotated[Id[MentorApplication], "Which application."],
    *,
    notes: Annotated[str, "Notes that the applicant does not read."] = "",
) -> MentorApplication:
    """Record that the background check is clear: a second person is asked to decide."""
    application = await _step(work, application_id, "clear_background", ScreeningStage.BACKGROUND, notes)
    work.note("application.background_cleared", application)
    await _ask_to_decide(work, application)
    return application


@operation(needs=SCREEN)
async def name_reviewer(
    work: Work,
    application_id: Annotated[Id[MentorApplication], "Which application."],
    *,
    reviewer_id: Annotated[Id[Person], "Who decides, such as a supervisor: they see the application from now on."],
) -> MentorApplication:
    """Say who is the second person: not the applicant, and not who screened."""
    application = await _screened(work, application_id)
    _undecided(application)
    reviewer = await work.get(Person, reviewer_id)
    if reviewer.id == application.person_id:
        raise Invalid("Nobody decides about their own application.", path=("reviewerId",))
    if await _has_screened(work, application, reviewer.id):
        raise Invalid("They screened this application: a second person has to decide.", path=("reviewerId",))
    application.reviewer_id = reviewer.id
    await work.revise(Attestations, Attestations.application_id == application.id, reviewer_id=reviewer.id)
    await work.revise(ScreeningStep, ScreeningStep.application_id == application.id, reviewer_id=reviewer.id)
    work.note("application.reviewer_named", application, reviewer_id=reviewer.id)
    if application.status == ApplicationStatus.BACKGROUND_CLEARED:
        await settled(work, TO_DECIDE, application)
        await _ask_to_decide(work, application)
    return application


@operation(needs=APPROVE)
async def approve_application(
    work: Work, application_id: Annotated[Id[MentorApplication], "Which application."]
) -> MentorApplication:
    """Approve an application as the second person: the applicant is a mentor from now on, in training."""
    seen = await work.get(MentorApplication, application_id)
    mentor = await _mentor_of(work, seen)
    application = await work.get(MentorApplication, application_id, lock=True)
    LIFE.check(application, "approve_application")
    _not_ones_own(work, application)
    if await _has_screened(work, application, work.actor.person_id):
        raise IllegalState("You screened this application: a second person has to approve it.")
    await _attested(work, application)
    LIFE.move(application, "approve_application")
    await _decided(work, application)
    work.note("application.approved", application)
    if mentor is None:
        mentor = _new_mentor(work, application)
    elif mentor.status == MentorStatus.RETIRED:
        MENTOR_LIFE.move(mentor, "mentors.application.approve_application")
        mentor.trained_on = None
        work.note("mentor.returned", mentor)
    await settle_readiness(work, [mentor])
    return application


@operation(needs=REJECT)
async def reject_application(
    work: Work,
    application_id: Annotated[Id[MentorApplication], "Which application."],
    *,
    reason: Annotated[RejectionReason, "Why; the applicant may read it."],
) -> MentorApplication:
    """Reject an application by the written criteria."""
    application = await work.get(MentorApplication, application_id, lock=True)
    _not_ones_own(work, application)
    LIFE.move(application, "reject_application")
    application.rejection = reason
    await _decided(work, application)
    work.note("application.rejected", application, reason=reason)
    await _mentor_looked_at(work, application)
    return application


@operation(needs=WRITE)
async def withdraw_application(
    work: Work,
    application_id: Annotated[Id[MentorApplication], "Which application."],
    *,
    reason: Annotated[WithdrawalReason, "Why; nobody has to say more."] = WithdrawalReason.OWN_CHOICE,
) -> MentorApplication:
    """Withdraw an application that is not decided."""
    application = await _theirs(work, application_id)
    LIFE.move(application, "withdraw_application")
    application.withdrawal = reason
    await _over(work, application)
    work.note("application.withdrawn", application, reason=reason)
    await _mentor_looked_at(work, application)
    return application


@operation(needs=WATCH_HOLDS)
async def hold_ran_out(work: Work, application_id: Id[MentorApplication]) -> None:
    """Ask for a decision on an application whose hold has run out, unless it goes on already."""
    application = await work.get(MentorApplication, application_id, lock=True)
    if application.held_until is None or application.held_until > work.now:
        return
    title = "Decide how an application goes on: its hold has run out"
    await ask(work, HOLD_RAN_OUT, title, application, due_in=DECIDED_WITHIN, source="application.held")


@hinders
async def _not_approved(work: Work, mentors: Sequence[Mentor]) -> Hindrances:
    """The mentors whose last application in their programme is under review or was rejected."""
    people = MentorApplication.person_id.in_([m.person_id for m in mentors])
    counting = MentorApplication.status.not_in((ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN))
    last = {(a.programme_id, a.person_id): a for a in await work.rows(MentorApplication, people, counting)}  # by id
    named = Hindrance(HindranceCode.NOT_APPROVED, HindranceCode.NOT_APPROVED.sentence)
    found = {m.id: last.get((m.programme_id, m.person_id)) for m in mentors}
    return {id: [named] for id, a in found.items() if a is not None and a.status != ApplicationStatus.APPROVED}


async def _applicant(work: Work) -> Person:
    """Who asks, as a person."""
    if work.actor.person_id is None:
        raise Invalid("Give a person, or the id of a known one.", path=("person",))
    return await work.get(Person, work.actor.person_id)


async def _theirs(work: Work, application_id: UUID) -> MentorApplication:
    """The application of oneself or of the programme one looks after, locked."""
    reached = row_rule(work.actor, own=[MentorApplication.person_id], programme=MentorApplication.programme_id)
    return await work.get(MentorApplication, application_id, reached, lock=True)


async def _screened(work: Work, application_id: UUID) -> MentorApplication:
    """The application to screen, locked; never one's own."""
    reached = row_rule(work.actor, programme=MentorApplication.programme_id)
    application = await work.get(MentorApplication, application_id, reached, lock=True)
    _not_ones_own(work, application)
    return application


def _not_ones_own(work: Work, application: MentorApplication) -> None:
    if application.person_id == work.actor.person_id:
        raise IllegalState("This is your own application: somebody else has to look at it.")


def _undecided(application: MentorApplication) -> None:
    if application.status in ENDED:
        raise IllegalState(f"This application is {application.status} already.")


async def _step(work: Work, application_id: UUID, verb: str, step: ScreeningStage, notes: str) -> MentorApplication:
    application = await _screened(work, application_id)
    LIFE.move(application, verb)
    done = ScreeningStep.under(
        application,
        step=step,
        reviewer_id=application.reviewer_id,
        done_by_id=work.actor.person_id,
        done_at=work.now,
        notes=long(notes, 4000, "notes"),
    )
    work.add(done)
    return application


async def _has_screened(work: Work, application: MentorApplication, person_id: UUID | None) -> bool:
    of_it = (ScreeningStep.application_id == application.id, ScreeningStep.step == ScreeningStage.SCREENING)
    return await work.exists(ScreeningStep, *of_it, ScreeningStep.done_by_id == person_id)


async def _ask_to_decide(work: Work, application: MentorApplication) -> None:
    title = "Decide about an application as the second person"
    await ask(work, TO_DECIDE, title, application, due_in=DECIDED_WITHIN, assignee_id=application.reviewer_id)


async def _attested(work: Work, application: MentorApplication) -> None:
    """Everything is attested to. Raises IllegalState with what is missing."""
    (attested,) = await work.rows(Attestations, Attestations.application_id == application.id)
    programme = await work.get(Programme, application.programme_id)
    months, attested_to = programme.minimum_recovery_months, attested.steady_months
    needed = {
        "lived experience": attested.lived_experience_at is not None,
        f"{months} months of steady recovery": attested_to is not None and attested_to >= months,
        "conflicts of interest": attested.conflicts_at is not None,
    }
    missing = [name for name, there in needed.items() if not there]
    if missing:
        raise IllegalState(f"Not attested to yet: {', '.join(missing)}.")


async def _over(work: Work, application: MentorApplication) -> None:
    """Nothing is to be done about it any more."""
    application.ended_at, application.held_until = work.now, None
    for kind in (TO_SCREEN, TO_DECIDE, HOLD_RAN_OUT):
        await settled(work, kind, application)


async def _decided(work: Work, application: MentorApplication) -> None:
    await _over(work, application)
    (person,) = await work.rows(Person, Person.id == application.person_id)
    await write_letter(work, "application.decided", person, about=application)


async def _mentor_of(work: Work, application: MentorApplication) -> Mentor | None:
    """The mentor that the applicant is in the programme already, locked."""
    the_same = (Mentor.programme_id == application.programme_id, Mentor.person_id == application.person_id)
    found = await work.rows(Mentor, *the_same)
    if not found:
        return None
    await work.hold(Mentor, found[0].id)
    await work.session.refresh(found[0])
    return found[0]


async def _mentor_looked_at(work: Work, application: MentorApplication) -> None:
    """Whether the applicant, where they mentor already, can be given somebody to walk with."""
    the_same = (Mentor.programme_id == application.programme_id, Mentor.person_id == application.person_id)
    await settle_readiness(work, await work.rows(Mentor, *the_same))


def _new_mentor(work: Work, application: MentorApplication) -> Mentor:
    """The mentor that an approved applicant becomes."""
    said = {column: getattr(application, column) for kind in (Matchable, Offering) for column in kind.__annotations__}
    mentor = Mentor(
        programme_id=application.programme_id,
        person_id=application.person_id,
        name=application.name,
        status=MentorStatus.TRAINING,
        registered_at=work.now,
        **said,
    )
    work.add(mentor)
    work.note("mentor.registered", mentor, person_id=application.person_id)
    return mentor

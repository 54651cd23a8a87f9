"""Mentors: people with lived experience who guide somebody facing the same."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import KEEP, Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long
from kith.ground.work import Work
from kith.people.person import NewPerson, Person, welcome
from kith.people.profile import Domain, Matchable, Profile, codes, given, profile_columns
from kith.programmes import Programme, looked_after

READ = Permission("mentors.read", "See mentors and what they can help with.", granted_to=STAFF | PARTICIPANTS)
REGISTER = Permission("mentors.register", "Register mentors.", granted_to={Role.ADMIN, Role.COORDINATOR})
RECORD_TRAINING = Permission(
    "mentors.record_training",
    "Record that a mentor completed the required training.",
    granted_to={Role.ADMIN, Role.COORDINATOR},
)
SUPERVISE = Permission("mentors.supervise", "Say who supervises a mentor.", granted_to={Role.ADMIN, Role.COORDINATOR})


class MentorStatus(Choice):
    """Where a mentor is."""

    TRAINING = "TRAINING", "Training is not complete: they are not proposed yet."
    READY = "READY", "They may be proposed."
    ON_LEAVE = "ON_LEAVE", "They rest for a while and are not proposed."
    SUSPENDED = "SUSPENDED", "They are not proposed while something is looked into."
    RETIRED = "RETIRED", "They no longer mentor."


class Offering(Matchable):
    """The columns of a mentor's profile and of what they offer."""

    about: Mapped[str]
    helps_with: Mapped[list[str]]
    cannot_help_with: Mapped[list[str]]
    capacity: Mapped[int]
    hours_per_week: Mapped[int | None]


def offering_checks() -> tuple[CheckConstraint, ...]:
    """What holds for the columns of `Offering`, in each table that has them."""
    return (
        *codes("languages", "formats"),
        at_most("about", 2000),
        CheckConstraint("capacity BETWEEN 0 AND 20", name="capacity"),
        CheckConstraint("hours_per_week BETWEEN 1 AND 60", name="hours_per_week"),
    )


class Mentor(Offering, Owned):
    """A person as a mentor in one programme."""

    __tablename__ = "mentors"
    __table_args__ = (
        organisation_index("programme_id", "person_id", unique=True),
        organisation_index("person_id"),
        organisation_index("registered_at", "id"),
        organisation_index("programme_id", "registered_at", "id"),
        organisation_index("supervisor_id", "registered_at", "id"),
        one_of("status", list(MentorStatus)),
        *offering_checks(),
    )
    READ = READ
    LOOKED_UP = True

    programme_id: Mapped[UUID] = within(Programme)
    person_id: Mapped[UUID] = within(Person)
    supervisor_id: Mapped[UUID | None] = within(Person, nullable=True)
    name: Mapped[str]
    status: Mapped[str]
    pathway_for_all: Mapped[bool] = mapped_column(default=True, server_default="true")  # or as told to some alone
    trained_on: Mapped[date | None]
    registered_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Oneself, those one is matched with or offered to, one's caseload, one's programme."""
        return row_rule(
            actor,
            own=[cls.person_id],
            known=[cls.person_id],
            supervised=[cls.person_id],
            programme=cls.programme_id,
        )


WORKING = (MentorStatus.TRAINING, MentorStatus.READY)
LIFE = Lifecycle(
    Mentor,
    MentorStatus,
    begins=WORKING,
    moves=[
        Move("record_training", MentorStatus.TRAINING, to=MentorStatus.READY),
        Move("mentors.leave.take_leave", *WORKING, to=MentorStatus.ON_LEAVE),
        Move("mentors.leave.begin_leave", *WORKING, to=MentorStatus.ON_LEAVE),
        Move("mentors.leave.end_leave", MentorStatus.ON_LEAVE, to=WORKING),
        Move("mentors.leave.leave_ran_out", MentorStatus.ON_LEAVE, to=WORKING),
        Move("mentors.standing.suspend_mentor", *WORKING, MentorStatus.ON_LEAVE, to=MentorStatus.SUSPENDED),
        Move("mentors.standing.lift_suspension", MentorStatus.SUSPENDED, to=WORKING),
        Move(
            "mentors.standing.retire_mentor",
            *WORKING,
            MentorStatus.ON_LEAVE,
            MentorStatus.SUSPENDED,
            to=MentorStatus.RETIRED,
        ),
        Move("mentors.application.approve_application", MentorStatus.RETIRED, to=MentorStatus.TRAINING),
    ],
)


def working(mentor: Mentor) -> MentorStatus:
    """Where a mentor is who comes back: ready, or in training where that is not complete."""
    return MentorStatus.TRAINING if mentor.trained_on is None else MentorStatus.READY


@dataclass(frozen=True, slots=True)
class Help:
    """What a mentor offers."""

    helps_with: Annotated[Sequence[Domain], "What they can help with."]
    cannot_help_with: Annotated[Sequence[Domain], "What they cannot help with: never matched for it."] = ()
    capacity: Annotated[int, "How many people they can mentor at once, 0 to 20."] = 1
    about: Annotated[str, "What a mentee may read about them."] = ""
    hours_per_week: Annotated[int | None, "How many hours a week they can give, 1 to 60; null where not said."] = None


@dataclass(frozen=True, slots=True)
class HelpEdit:
    """What changes in what a mentor offers; what is absent stays."""

    helps_with: Annotated[Sequence[Domain], "What they can help with."] = KEEP
    cannot_help_with: Annotated[Sequence[Domain], "What they cannot help with: never matched for it."] = KEEP
    capacity: Annotated[int, "How many people they can mentor at once, 0 to 20."] = KEEP
    about: Annotated[str, "What a mentee may read about them."] = KEEP
    hours_per_week: Annotated[int | None, "How many hours a week they can give, 1 to 60; null for not said."] = KEEP


@operation(needs=REGISTER)
async def register_mentor(
    work: Work,
    *,
    programme_id: Annotated[Id[Programme], "In which programme."],
    person: Annotated[NewPerson | None, "Who they are, when the organisation does not know them yet."] = None,
    person_id: Annotated[Id[Person] | None, "Who they are, when it does."] = None,
    profile: Annotated[Profile, "What makes a match fit."],
    offer: Annotated[Help, "What they offer."],
    trained_on: Annotated[date | None, "When they completed the required training; without it they wait."] = None,
    supervisor_id: Annotated[Id[Person] | None, "Who supervises them."] = None,
) -> Mentor:
    """Register a mentor in a programme."""
    programme = await work.get(Programme, programme_id, looked_after(work))
    who = await newcomer(work, programme, person, person_id)
    if await work.exists(Mentor, Mentor.programme_id == programme.id, Mentor.person_id == who.id):
        raise Conflict("They are a mentor in this programme already.", path=("personId",))
    if trained_on is not None and trained_on > work.now.date():
        raise Invalid("Training is completed in the past.", path=("trainedOn",))
    mentor = Mentor.under(
        programme,
        name=who.name,
        status=MentorStatus.TRAINING if trained_on is None else MentorStatus.READY,
        trained_on=trained_on,
        registered_at=work.now,
        **profile_columns(profile),
        **help_columns(offer),
    )
    mentor.person_id = who.id
    mentor.supervisor_id = await _room_with(work, programme, mentor, supervisor_id) if supervisor_id else None
    work.add(mentor)
    work.note("mentor.registered", mentor, person_id=who.id)
    return mentor


@operation(needs=RECORD_TRAINING)
async def record_training(
    work: Work,
    mentor_id: Annotated[Id["Mentor"], "Which mentor."],
    *,
    trained_on: Annotated[date, "When they completed the required training."],
) -> Mentor:
    """Record that a mentor completed the required training: from now on they can be matched."""
    mentor = await work.get(Mentor, mentor_id, lock=True)
    if trained_on > work.now.date():
        raise Invalid("Training is completed in the past.", path=("trainedOn",))
    LIFE.check(mentor, "record_training")
    complete_training(work, mentor, trained_on)
    return mentor


def complete_training(work: Work, mentor: Mentor, trained_on: date) -> None:
    """The mentor, locked by the caller, has completed the training: one who waited for that is ready."""
    mentor.trained_on = trained_on
    if LIFE.allows(mentor, "record_training"):
        LIFE.move(mentor, "record_training")
    work.note("mentor.trained", mentor)


@operation(needs=SUPERVISE)
async def supervise(
    work: Work,
    mentor_id: Annotated[Id["Mentor"], "Which mentor."],
    *,
    supervisor_id: Annotated[Id[Person] | None, "Who supervises them; null for nobody yet."],
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> Mentor:
    """Say who supervises a mentor: the mentor and their matches join that person's caseload, and a plan of supervision
    begins by the programme's policy. Refused where that person supervises as many as the programme allows.
    """
    mentor = await work.get(Mentor, mentor_id, lock=True)
    await work.expect(mentor, expected_version)
    programme = await work.get(Programme, mentor.programme_id)
    mentor.supervisor_id = await _room_with(work, programme, mentor, supervisor_id) if supervisor_id else None
    work.note("mentor.supervised", mentor, supervisor_id=mentor.supervisor_id)
    return mentor


async def _room_with(work: Work, programme: Programme, mentor: Mentor, supervisor_id: UUID) -> UUID:
    """The supervisor, who has room for the mentor. They are held, so that two who are given to them cannot cross."""
    if supervisor_id == mentor.person_id:
        raise Invalid("Nobody supervises themselves.", path=("supervisorId",))
    supervisor = await work.get(Person, supervisor_id)
    await work.hold(Person, supervisor.id)
    theirs = (Mentor.supervisor_id == supervisor.id, Mentor.status != MentorStatus.RETIRED)
    other = Mentor.id != mentor.id if mentor.id else Mentor.id.is_not(None)
    if await work.count(Mentor, *theirs, other) >= programme.caseload_limit:
        sentence = f"They supervise {programme.caseload_limit} mentors already, as many as this programme allows."
        raise Conflict(sentence, path=("supervisorId",))
    return supervisor.id


async def newcomer(work: Work, programme: Programme, new: NewPerson | None, person_id: UUID | None) -> Person:
    """The person to register: a new one or a known one, not both. Raises Invalid."""
    if (new is None) == (person_id is None):
        raise Invalid("Give either a new person or the id of a known one.", path=("person",))
    if person_id is not None:
        return await work.get(Person, person_id, row_rule(work.actor, programme=Person.programme_id))
    assert new is not None
    return welcome(work, new, programme.id)


def help_columns(offer: Help) -> dict[str, Any]:
    """An offer, checked, as values of the columns of `Offering`. Raises Invalid with the path."""
    if not 0 <= offer.capacity <= 20:
        raise Invalid("A mentor has 0 to 20 places.", path=("offer", "capacity"))
    if offer.hours_per_week is not None and not 1 <= offer.hours_per_week <= 60:
        raise Invalid("A mentor gives 1 to 60 hours a week.", path=("offer", "hoursPerWeek"))
    both = set(offer.helps_with) & set(offer.cannot_help_with)
    if both:
        raise Invalid(f"They cannot both help and not help with {min(both)}.", path=("offer", "cannotHelpWith"))
    return {
        "helps_with": sorted(set(offer.helps_with)),
        "cannot_help_with": sorted(set(offer.cannot_help_with)),
        "capacity": offer.capacity,
        "about": long(offer.about, 2000, "offer", "about"),
        "hours_per_week": offer.hours_per_week,
    }


def help_edited(now: Offering, edit: HelpEdit) -> dict[str, Any]:
    """What an edit makes of an offer, as values of its columns. Raises Invalid with the path."""
    stands = Help(
        helps_with=[Domain(each) for each in now.helps_with],
        cannot_help_with=[Domain(each) for each in now.cannot_help_with],
        capacity=now.capacity,
        about=now.about,
        hours_per_week=now.hours_per_week,
    )
    return help_columns(replace(stands, **given(edit)))

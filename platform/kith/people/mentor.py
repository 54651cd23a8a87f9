"""Mentors: people with lived experience who guide somebody facing the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.model import Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long
from kith.ground.work import Work
from kith.people.person import NewPerson, Person, welcome
from kith.people.profile import Domain, Matchable, Profile, codes, profile_columns
from kith.programmes import Programme, looked_after

READ = Permission("mentors.read", "See mentors and what they can help with.", granted_to=STAFF | PARTICIPANTS)
REGISTER = Permission("mentors.register", "Register mentors.", granted_to={Role.ADMIN, Role.COORDINATOR})
RECORD_TRAINING = Permission(
    "mentors.record_training",
    "Record that a mentor completed the required training.",
    granted_to={Role.ADMIN, Role.COORDINATOR},
)
SUPERVISE = Permission("mentors.supervise", "Say who supervises a mentor.", granted_to={Role.ADMIN, Role.COORDINATOR})
TAKE_LEAVE = Permission(
    "mentors.take_leave",
    "Begin and end a mentor's leave.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTOR},
)


class MentorStatus(Choice):
    """Where a mentor is."""

    TRAINING = "TRAINING", "Training is not complete: they are not proposed yet."
    READY = "READY", "They may be proposed."
    ON_LEAVE = "ON_LEAVE", "They rest for a while and are not proposed."
    SUSPENDED = "SUSPENDED", "They are not proposed while something is looked into."
    RETIRED = "RETIRED", "They no longer mentor."


class Mentor(Matchable, Owned):
    """A person as a mentor in one programme."""

    __tablename__ = "mentors"
    __table_args__ = (
        organisation_index("programme_id", "person_id", unique=True),
        organisation_index("person_id"),
        organisation_index("registered_at", "id"),
        organisation_index("programme_id", "registered_at", "id"),
        organisation_index("supervisor_id", "registered_at", "id"),
        *codes("languages", "formats"),
        one_of("status", list(MentorStatus)),
        at_most("about", 2000),
        CheckConstraint("capacity BETWEEN 0 AND 20", name="capacity"),
    )
    READ = READ
    LOOKED_UP = True

    programme_id: Mapped[UUID] = within(Programme)
    person_id: Mapped[UUID] = within(Person)
    supervisor_id: Mapped[UUID | None] = within(Person, nullable=True)
    name: Mapped[str]
    status: Mapped[str]
    about: Mapped[str]
    helps_with: Mapped[list[str]]
    cannot_help_with: Mapped[list[str]]
    capacity: Mapped[int]
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


@dataclass(frozen=True, slots=True)
class Help:
    """What a mentor offers."""

    helps_with: Annotated[Sequence[Domain], "What they can help with."]
    cannot_help_with: Annotated[Sequence[Domain], "What they cannot help with: never matched for it."] = ()
    capacity: Annotated[int, "How many people they can mentor at once, 0 to 20."] = 1
    about: Annotated[str, "What a mentee may read about them."] = ""


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
        **_help_columns(offer),
    )
    mentor.person_id = who.id
    mentor.supervisor_id = (await work.get(Person, supervisor_id)).id if supervisor_id else None
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
    if mentor.status != MentorStatus.TRAINING:
        raise IllegalState("This mentor completed the training already.")
    if trained_on > work.now.date():
        raise Invalid("Training is completed in the past.", path=("trainedOn",))
    mentor.trained_on, mentor.status = trained_on, MentorStatus.READY
    work.note("mentor.trained", mentor)
    return mentor


@operation(needs=SUPERVISE)
async def supervise(
    work: Work,
    mentor_id: Annotated[Id["Mentor"], "Which mentor."],
    *,
    supervisor_id: Annotated[Id[Person] | None, "Who supervises them; null for nobody yet."],
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> Mentor:
    """Say who supervises a mentor: the mentor and their matches join that person's caseload."""
    mentor = await work.get(Mentor, mentor_id, lock=True)
    await work.expect(mentor, expected_version)
    if supervisor_id == mentor.person_id:
        raise Invalid("Nobody supervises themselves.", path=("supervisorId",))
    mentor.supervisor_id = (await work.get(Person, supervisor_id)).id if supervisor_id else None
    work.note("mentor.supervised", mentor, supervisor_id=mentor.supervisor_id)
    return mentor


@operation(needs=TAKE_LEAVE)
async def take_leave(work: Work, mentor_id: Annotated[Id["Mentor"], "Which mentor."]) -> Mentor:
    """Begin a leave: no new matches, nothing lost."""
    return await _move(work, mentor_id, MentorStatus.READY, MentorStatus.ON_LEAVE, "mentor.leave_began")


@operation(needs=TAKE_LEAVE)
async def end_leave(work: Work, mentor_id: Annotated[Id["Mentor"], "Which mentor."]) -> Mentor:
    """End a leave: the mentor can be matched again."""
    return await _move(work, mentor_id, MentorStatus.ON_LEAVE, MentorStatus.READY, "mentor.leave_ended")


async def _move(work: Work, mentor_id: UUID, before: MentorStatus, after: MentorStatus, fact: str) -> Mentor:
    may_change = row_rule(work.actor, own=[Mentor.person_id], programme=Mentor.programme_id)
    mentor = await work.get(Mentor, mentor_id, may_change, lock=True)
    if mentor.status != before:
        raise IllegalState(f"This mentor is {mentor.status}, not {before}.")
    mentor.status = after
    work.note(fact, mentor)
    return mentor


async def newcomer(work: Work, programme: Programme, new: NewPerson | None, person_id: UUID | None) -> Person:
    """The person to register: a new one or a known one, not both. Raises Invalid."""
    if (new is None) == (person_id is None):
        raise Invalid("Give either a new person or the id of a known one.", path=("person",))
    if person_id is not None:
        return await work.get(Person, person_id, row_rule(work.actor, programme=Person.programme_id))
    assert new is not None
    return welcome(work, new, programme.id)


def _help_columns(offer: Help) -> dict[str, object]:
    if not 0 <= offer.capacity <= 20:
        raise Invalid("A mentor has 0 to 20 places.", path=("offer", "capacity"))
    both = set(offer.helps_with) & set(offer.cannot_help_with)
    if both:
        raise Invalid(f"They cannot both help and not help with {min(both)}.", path=("offer", "cannotHelpWith"))
    return {
        "helps_with": sorted(set(offer.helps_with)),
        "cannot_help_with": sorted(set(offer.cannot_help_with)),
        "capacity": offer.capacity,
        "about": long(offer.about, 2000, "offer", "about"),
    }

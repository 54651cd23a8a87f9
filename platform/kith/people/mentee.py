"""Mentees: people who asked for somebody to walk with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.model import Id, Owned, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.people.mentor import newcomer
from kith.people.person import NewPerson, Person
from kith.people.profile import Domain, Matchable, Profile, codes, profile_columns
from kith.programmes import Programme, looked_after

READ = Permission("mentees.read", "See mentees and where they are.", granted_to=STAFF | PARTICIPANTS)
READ_NEEDS = Permission("needs.read", "See what a mentee needs and hopes for.", granted_to=STAFF | PARTICIPANTS)
REGISTER = Permission("mentees.register", "Register mentees.", granted_to={Role.ADMIN, Role.COORDINATOR})
CLOSE = Permission("mentees.close", "Close a mentee's enrolment.", granted_to={Role.ADMIN, Role.COORDINATOR})


class MenteeStatus(Choice):
    """Where a mentee is."""

    WAITING = "WAITING", "They wait for a match."
    MATCHED = "MATCHED", "They have a match."
    CLOSED = "CLOSED", "Their enrolment has ended."


class Mentee(Matchable, Owned):
    """A person as a mentee in one programme."""

    __tablename__ = "mentees"
    __table_args__ = (
        organisation_index(
            "programme_id", "person_id", unique=True, where="status <> 'CLOSED'", name="uq_mentees_open"
        ),
        organisation_index("person_id"),
        organisation_index("registered_at", "id"),
        organisation_index("programme_id", "registered_at", "id"),
        organisation_index("programme_id", "status", "waiting_since"),
        *codes("languages", "formats"),
        one_of("status", list(MenteeStatus)),
    )
    READ = READ
    LOOKED_UP = True

    programme_id: Mapped[UUID] = within(Programme)
    person_id: Mapped[UUID] = within(Person)
    name: Mapped[str]
    status: Mapped[str]
    urgent: Mapped[bool]
    waiting_since: Mapped[datetime]
    registered_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Oneself, the mentor one is matched with and who supervises them, the coordinators of the programme."""
        return row_rule(actor, own=[cls.person_id], mentored=[cls.id], programme=cls.programme_id)


class Needs(Owned):
    """What a mentee needs and hopes for: a row of its own, because reading it is recorded."""

    __tablename__ = "needs"
    __table_args__ = (
        organisation_index("mentee_id", unique=True),
        organisation_index("person_id"),
        CheckConstraint("cardinality(domains) <= 14 AND cardinality(hopes) <= 10", name="few"),
    )
    READ = READ_NEEDS
    SENSITIVE = True

    mentee_id: Mapped[UUID] = within(Mentee, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    domains: Mapped[list[str]]  # most severe first
    severities: Mapped[list[int]]  # 0 to 3, beside `domains`
    hopes: Mapped[list[str]]  # in the mentee's own words

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """As the mentee."""
        return row_rule(actor, own=[cls.person_id], mentored=[cls.mentee_id], programme=cls.programme_id)


@dataclass(frozen=True, slots=True)
class Need:
    """One need."""

    domain: Annotated[Domain, "What part of life it is about."]
    severity: Annotated[int, "How much help is needed: 0 none, 1 some, 2 much, 3 urgent."]


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
    """Register a mentee in a programme: from now on they wait for a match."""
    programme = await work.get(Programme, programme_id, looked_after(work))
    who = await newcomer(work, programme, person, person_id)
    taken = (
        Mentee.programme_id == programme.id,
        Mentee.person_id == who.id,
        Mentee.status != MenteeStatus.CLOSED,
    )
    if await work.exists(Mentee, *taken):
        raise Conflict("They are a mentee in this programme already.", path=("personId",))
    mentee = Mentee.under(
        programme,
        name=who.name,
        status=MenteeStatus.WAITING,
        urgent=urgent,
        waiting_since=work.now,
        registered_at=work.now,
        **profile_columns(profile),
    )
    mentee.person_id = who.id
    work.add(mentee)
    work.add(Needs.under(mentee, **_needs_columns(needs, goals)))
    work.note("mentee.registered", mentee, person_id=who.id)
    return mentee


@operation(needs=CLOSE)
async def close_enrolment(work: Work, mentee_id: Annotated[Id["Mentee"], "Which mentee."]) -> Mentee:
    """Close the enrolment of a mentee who is not matched; they may enrol again as a new episode."""
    mentee = await work.get(Mentee, mentee_id, lock=True)
    if mentee.status != MenteeStatus.WAITING:
        raise IllegalState(f"This mentee is {mentee.status}; only one who waits can be closed.")
    mentee.status = MenteeStatus.CLOSED
    work.note("mentee.closed", mentee)
    return mentee


def _needs_columns(needs: Sequence[Need], hopes: Sequence[str]) -> dict[str, object]:
    if len({n.domain for n in needs}) != len(needs):
        raise Invalid("Name each part of life once.", path=("needs",))
    if not needs:
        raise Invalid("Name at least one need.", path=("needs",))
    if any(not 0 <= n.severity <= 3 for n in needs):
        raise Invalid("A severity is 0, 1, 2 or 3.", path=("needs", "severity"))
    if len(hopes) > 10:
        raise Invalid("Write down at most ten goals.", path=("goals",))
    ordered = sorted(needs, key=lambda n: (-n.severity, n.domain))
    return {
        "domains": [n.domain for n in ordered],
        "severities": [n.severity for n in ordered],
        "hopes": [short(h, 300, "goals") for h in hopes],
    }

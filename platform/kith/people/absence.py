"""Absences: times at which somebody is not there to meet. Nobody says why."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped

from kith.ground.actor import Actor, row_rule
from kith.ground.errors import IllegalState, Invalid
from kith.ground.model import Id, Owned, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, Permission, Role
from kith.ground.work import Work
from kith.people.person import Person

READ = Permission(
    "absences.read", "See when somebody is away.", granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS}
)
SAY = Permission(
    "absences.say",
    "Say when somebody is away; oneself or somebody one looks after.",
    granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS},
)
LONGEST = timedelta(days=366)


class Absence(Owned):
    """A time at which a person is away: nothing is arranged with them then."""

    __tablename__ = "absences"
    __table_args__ = (
        organisation_index("starts_at", "id"),
        organisation_index("person_id", "starts_at", "id"),
        organisation_index("programme_id", "starts_at", "id"),
        CheckConstraint("starts_at < ends_at", name="some_time"),
    )
    READ = READ

    person_id: Mapped[UUID] = within(Person, carrying=("programme_id",))
    programme_id: Mapped[UUID | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    said_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Oneself and the coordinators of one's programme; the other person of a match only learns it by asking."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id)


@operation(needs=SAY)
async def say_absence(
    work: Work,
    person_id: Annotated[Id[Person], "Who is away."],
    *,
    starts_at: Annotated[datetime, "From when, with its offset from UTC."],
    ends_at: Annotated[datetime, "Until when, with its offset from UTC."],
) -> Absence:
    """Say that somebody is away. What is arranged already stays, until somebody moves or cancels it."""
    person = await work.get(Person, person_id, _theirs(work), lock=True)  # so that no arrangement crosses it
    if starts_at >= ends_at:
        raise Invalid("An absence ends after it begins.", path=("endsAt",))
    if ends_at <= work.now:
        raise Invalid("An absence is one to come.", path=("endsAt",))
    if ends_at - starts_at > LONGEST:
        raise Invalid("An absence lasts a year at most.", path=("endsAt",))
    absence = Absence.under(person, starts_at=starts_at, ends_at=ends_at, said_at=work.now)
    work.add(absence)
    work.note("absence.said", absence, person_id=person.id)
    return absence


@operation(needs=SAY)
async def withdraw_absence(work: Work, absence_id: Annotated[Id[Absence], "Which absence."]) -> Absence:
    """Say that somebody is there after all."""
    theirs = row_rule(work.actor, own=[Absence.person_id], programme=Absence.programme_id)
    absence = await work.get(Absence, absence_id, theirs, lock=True)
    if absence.withdrawn_at is not None:
        raise IllegalState("This absence is withdrawn already.")
    absence.withdrawn_at = work.now
    work.note("absence.withdrawn", absence, person_id=absence.person_id)
    return absence


async def away(work: Work, people: Collection[UUID], starts_at: datetime, ends_at: datetime) -> UUID | None:
    """Which of these people is away at some time between the two, if any; the caller holds the locks of all."""
    then = (Absence.starts_at < ends_at, Absence.ends_at > starts_at, Absence.withdrawn_at.is_(None))
    found = await work.rows(Absence, Absence.person_id.in_(people), *then)
    return found[0].person_id if found else None


def _theirs(work: Work) -> ColumnElement[bool]:
    return row_rule(work.actor, own=[Person.id], programme=Person.programme_id)  # knowing somebody is not enough

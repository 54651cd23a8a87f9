"""The baseline: what somebody answers to measures before they are matched, or that they would rather not.

Every measure is voluntary: declining one is an answer, and nothing depends on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.errors import IllegalState, Invalid
from kith.ground.model import Id, Owned, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import Permission, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.people.mentee import Mentee, under_way

READ = Permission(
    "baselines.read",
    "See what a mentee answered before they were matched.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTEE},
)
RECORD = Permission(
    "baselines.record",
    "Record what a mentee answers before they are matched, or that they decline.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTEE},
)
MOST = 30


class Baseline(Owned):
    """What somebody answered at the start of an enrolment, by the name of each measure, or that they declined."""

    __tablename__ = "baselines"
    __table_args__ = (
        organisation_index("mentee_id", unique=True),
        organisation_index("person_id"),
        CheckConstraint("declined = (jsonb_array_length(answers) = 0)", name="declined"),
    )
    READ = READ
    SENSITIVE = True

    mentee_id: Mapped[UUID] = within(Mentee, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    declined: Mapped[bool]
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    recorded_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who answered, and the coordinators of the programme."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id)


@dataclass(frozen=True, slots=True)
class BaselineAnswer:
    """What somebody answers to one measure."""

    name: Annotated[str, "The measure, as a code, such as BARC10 or WELLBEING."]
    value: Annotated[int, "The number, in the measure's own scale."]


@operation(needs=RECORD)
async def record_baseline(
    work: Work,
    mentee_id: Annotated[Id[Mentee], "Whose."],
    *,
    answers: Annotated[Sequence[BaselineAnswer], "The answers; each measure is voluntary."],
) -> Baseline:
    """Record what a mentee answers at the start. It is the start: once given it stays as it is."""
    if not 1 <= len(answers) <= MOST:
        raise Invalid(f"Give 1 to {MOST} answers; `declineBaseline` records that they want none.", path=("answers",))
    given = {short(a.name, 40, "answers", "name").upper(): a.value for a in answers}
    if len(given) != len(answers):
        raise Invalid("Answer each measure once.", path=("answers",))
    if any(abs(value) > 1_000_000 for value in given.values()):
        raise Invalid("That is no number of a measure.", path=("answers", "value"))
    return await _record(work, mentee_id, [{"name": name, "value": value} for name, value in given.items()])


@operation(needs=RECORD)
async def decline_baseline(work: Work, mentee_id: Annotated[Id[Mentee], "Whose."]) -> Baseline:
    """Record that somebody would rather answer no measure. They may change their mind."""
    return await _record(work, mentee_id, [])


async def _record(work: Work, mentee_id: UUID, answers: list[dict[str, Any]]) -> Baseline:
    mentee = await under_way(work, mentee_id)
    found = await work.rows(Baseline, Baseline.mentee_id == mentee.id)
    if any(not row.declined for row in found):
        raise IllegalState("What they answered at the start is recorded already.")
    row = found[0] if found else work.add(Baseline.under(mentee))
    row.declined, row.answers, row.recorded_at = not answers, answers, work.now
    work.note("baseline.recorded" if answers else "baseline.declined", row)
    return row

"""The logic model: what a programme puts in and does, and what is to come of it (COA, standard MS 1)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.errors import Invalid
from kith.ground.model import Id, Owned, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.people.person import Person
from kith.programmes import Programme, looked_after

READ = Permission("logic_models.read", "See how a programme is meant to work.", granted_to=STAFF)
WRITE = Permission(
    "logic_models.write", "Write down how a programme is meant to work.", granted_to={Role.ADMIN, Role.COORDINATOR}
)
PARTS = ("needs", "inputs", "activities", "outputs", "outcomes")
MOST, FEWEST_OUTCOMES = 20, 2


class LogicModel(Owned):
    """How one programme is meant to work, as it stands now. It says nothing of anybody."""

    __tablename__ = "logic_models"
    __table_args__ = (
        organisation_index("programme_id", unique=True),
        *(CheckConstraint(f"cardinality({part}) <= {MOST}", name=part) for part in PARTS),
        CheckConstraint(f"cardinality(outcomes) >= {FEWEST_OUTCOMES}", name="two_outcomes"),
    )
    READ = READ

    programme_id: Mapped[UUID] = within(Programme)
    needs: Mapped[list[str]]
    inputs: Mapped[list[str]]
    activities: Mapped[list[str]]
    outputs: Mapped[list[str]]
    outcomes: Mapped[list[str]]
    written_by_id: Mapped[UUID | None] = within(Person, nullable=True)
    written_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The coordinators of the programme; other staff as well, because it is about nobody."""
        return row_rule(actor, programme=cls.programme_id, everybody=cls.programme_id.is_not(None))


@operation(needs=WRITE)
async def write_logic_model(
    work: Work,
    programme_id: Annotated[Id[Programme], "Of which programme."],
    *,
    needs: Annotated[Sequence[str], "What in the community it answers, at most twenty."],
    inputs: Annotated[Sequence[str], "What goes into it: people, money, rooms, partners."],
    activities: Annotated[Sequence[str], "What is done."],
    outputs: Annotated[Sequence[str], "What can be counted of it: matches, meetings, trainings."],
    outcomes: Annotated[Sequence[str], "What is to be different for people; at least two."],
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> LogicModel:
    """Write down how a programme is meant to work, in place of what stood there."""
    programme = await work.get(Programme, programme_id, looked_after(work), lock=True)
    found = await work.rows(LogicModel, LogicModel.programme_id == programme.id)
    if found:
        await work.expect(found[0], expected_version)
    if len(outcomes) < FEWEST_OUTCOMES:
        raise Invalid("Name at least two outcomes.", path=("outcomes",))
    model = found[0] if found else LogicModel.under(programme)
    given = {"needs": needs, "inputs": inputs, "activities": activities, "outputs": outputs, "outcomes": outcomes}
    for part, items in given.items():
        if len(items) > MOST:
            raise Invalid(f"This takes at most {MOST} items.", path=(part,))
        setattr(model, part, [short(item, 500, part) for item in items])
    model.written_by_id, model.written_at = work.actor.person_id, work.now
    if not found:
        work.add(model)
    work.note("logic_model.written", model)
    return model

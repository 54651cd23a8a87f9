"""Indicators: what a programme wants to reach, month by month, and whether it does."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Numeric, true
from sqlalchemy.orm import Mapped, mapped_column

from kith.evaluation.rollup import FEWEST_PEOPLE, EvaluationRollup, Indicator
from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.model import KEEP, Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.programmes import Programme, looked_after

READ = Permission("indicators.read", "See a programme's indicators.", granted_to=STAFF | {Role.ANALYST})
KEEP_INDICATORS = Permission(
    "indicators.keep",
    "Say what a programme measures itself by, and enter what was measured.",
    granted_to={Role.ADMIN, Role.COORDINATOR},
)
TAKE = Permission("indicators.take", "Take an indicator's values from the programme's figures.")
LARGEST = Decimal(10_000_000)


class Direction(Choice):
    """Which way is better."""

    HIGHER = "HIGHER", "More is better: on target from the target up."
    LOWER = "LOWER", "Less is better: on target from the target down."


class ProgrammeIndicator(Owned):
    """One thing by which a programme measures itself, with its target."""

    __tablename__ = "programme_indicators"
    __table_args__ = (
        organisation_index("programme_id", "name_lower", unique=True),
        organisation_index("defined_at", "id"),
        organisation_index("programme_id", "defined_at", "id"),
        one_of("direction", list(Direction)),
        one_of("taken_from", list(Indicator)),
        at_most("name", 120),
        at_most("definition", 2000),
        at_most("unit", 40),
    )
    READ = READ

    programme_id: Mapped[UUID] = within(Programme)
    name: Mapped[str]
    name_lower: Mapped[str]
    definition: Mapped[str]
    unit: Mapped[str]
    target: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    direction: Mapped[str]
    taken_from: Mapped[str | None]  # the figure that its values are taken from; by hand where null
    defined_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The coordinators of the programme; analysts, because it says nothing of anybody."""
        return row_rule(actor, programme=cls.programme_id, aggregate=true())


class IndicatorValue(Owned):
    """What was measured in one month, and whether it was on target as the target was then."""

    __tablename__ = "indicator_values"
    __table_args__ = (
        organisation_index("indicator_id", "month", unique=True),
        organisation_index("indicator_id", "month", "id"),
        CheckConstraint("people >= 0", name="people"),
    )
    READ = READ

    indicator_id: Mapped[UUID] = within(ProgrammeIndicator, carrying=("programme_id",))
    programme_id: Mapped[UUID]
    month: Mapped[date]  # its first day
    value: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    target: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    on_target: Mapped[bool]
    people: Mapped[int]
    entered_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The coordinators of the programme; an analyst where at least eleven people are behind it."""
        return row_rule(actor, programme=cls.programme_id, aggregate=cls.people >= FEWEST_PEOPLE)


@operation(needs=KEEP_INDICATORS)
async def define_indicator(
    work: Work,
    *,
    programme_id: Annotated[Id[Programme], "Of which programme."],
    name: Annotated[str, "What it is called."],
    definition: Annotated[str, "What is counted, of whom, and how."],
    unit: Annotated[str, "In what it is given: %, days, people."],
    target: Annotated[Decimal, "What is wanted, with at most four decimals."],
    direction: Annotated[Direction, "Which way is better."],
    taken_from: Annotated[
        Indicator | None, "The figure of the programme that its values are taken from; null to enter them by hand."
    ] = None,
) -> ProgrammeIndicator:
    """Say what a programme measures itself by."""
    programme = await work.get(Programme, programme_id, looked_after(work))
    name = short(name, 120, "name")
    same = (ProgrammeIndicator.programme_id == programme.id, ProgrammeIndicator.name_lower == name.lower())
    if await work.exists(ProgrammeIndicator, *same):
        raise Conflict(f"There is an indicator called {name} already.", path=("name",))
    indicator = ProgrammeIndicator.under(
        programme,
        name=name,
        name_lower=name.lower(),
        definition=short(definition, 2000, "definition"),
        unit=long(unit, 40, "unit"),
        target=_number(target, "target"),
        direction=direction,
        taken_from=taken_from,
        defined_at=work.now,
    )
    work.add(indicator)
    work.note("indicator.defined", indicator)
    if taken_from is not None:
        await _take(work, indicator)
    return indicator


@operation(needs=KEEP_INDICATORS)
async def edit_indicator(
    work: Work,
    indicator_id: Annotated[Id[ProgrammeIndicator], "Which indicator."],
    *,
    definition: Annotated[str, "What is counted, of whom, and how."] = KEEP,
    unit: Annotated[str, "In what it is given: %, days, people."] = KEEP,
    target: Annotated[Decimal, "What is wanted, with at most four decimals; past months keep theirs."] = KEEP,
    retired: Annotated[bool, "Whether it is measured no more."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> ProgrammeIndicator:
    """Change an indicator; what is absent stays."""
    indicator = await _indicator(work, indicator_id)
    await work.expect(indicator, expected_version)
    indicator.definition = indicator.definition if definition is KEEP else short(definition, 2000, "definition")
    indicator.unit = indicator.unit if unit is KEEP else long(unit, 40, "unit")
    indicator.target = indicator.target if target is KEEP else _number(target, "target")
    if retired is not KEEP:
        indicator.retired_at = (indicator.retired_at or work.now) if retired else None
    work.note("indicator.edited", indicator)
    return indicator


@operation(needs=KEEP_INDICATORS)
async def enter_indicator_value(
    work: Work,
    indicator_id: Annotated[Id[ProgrammeIndicator], "Of which indicator."],
    *,
    month: Annotated[date, "In which month: any day of it."],
    value: Annotated[Decimal, "What was measured, with at most four decimals."],
    people: Annotated[int, "How many people are behind it; an analyst sees values over eleven or more."] = 0,
) -> ProgrammeIndicator:
    """Enter what was measured in a month by hand; the same month again replaces it."""
    indicator = await _indicator(work, indicator_id)
    if indicator.retired_at is not None:
        raise IllegalState("This indicator is retired: it is measured no more.")
    if indicator.taken_from is not None:
        raise IllegalState("The values of this indicator are taken from the programme's figures.")
    if month > work.now.date():
        raise Invalid("Nothing is measured ahead of its month.", path=("month",))
    if not 0 <= people <= 1_000_000:
        raise Invalid("People are 0 to a million.", path=("people",))
    await _set(work, indicator, month.replace(day=1), _number(value, "value"), people)
    work.note("indicator.entered", indicator)
    return indicator


@operation(needs=TAKE)
async def take_indicator_values(work: Work, programme_id: Id[Programme]) -> None:
    """Take the values of a programme's indicators from its figures, which were just computed."""
    taken = (ProgrammeIndicator.taken_from.is_not(None), ProgrammeIndicator.retired_at.is_(None))
    for indicator in await work.rows(ProgrammeIndicator, ProgrammeIndicator.programme_id == programme_id, *taken):
        await _take(work, await work.get(ProgrammeIndicator, indicator.id, lock=True))


async def _take(work: Work, indicator: ProgrammeIndicator) -> None:
    for figure in await work.rows(
        EvaluationRollup,
        EvaluationRollup.programme_id == indicator.programme_id,
        EvaluationRollup.indicator == indicator.taken_from,
    ):
        await _set(work, indicator, figure.month, figure.value, figure.people)


async def _set(work: Work, indicator: ProgrammeIndicator, month: date, value: Decimal, people: int) -> None:
    """Write down the value of a month, held against the target of today unless it was the same before."""
    where = (IndicatorValue.indicator_id == indicator.id, IndicatorValue.month == month)
    known = next(iter(await work.rows(IndicatorValue, *where)), None)
    if known is not None and (known.value, known.people) == (value, people):
        return
    entered = known or work.add(IndicatorValue.under(indicator, month=month))
    entered.value, entered.people, entered.entered_at = value, people, work.now
    entered.target = indicator.target
    entered.on_target = (
        value >= indicator.target if indicator.direction == Direction.HIGHER else value <= indicator.target
    )


async def _indicator(work: Work, indicator_id: UUID) -> ProgrammeIndicator:
    return await work.get(
        ProgrammeIndicator, indicator_id, row_rule(work.actor, programme=ProgrammeIndicator.programme_id), lock=True
    )


def _number(value: Decimal, *path: str) -> Decimal:
    if not value.is_finite() or abs(value) > LARGEST:
        raise Invalid("Give a number between minus and plus ten million.", path=path)
    if value != round(value, 4):
        raise Invalid("Give at most four decimals.", path=path)
    return round(value, 4)

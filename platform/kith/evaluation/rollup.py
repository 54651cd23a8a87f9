"""Rollups: a programme's figures month by month, computed by a worker."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Numeric, and_, cast, delete, distinct, func, select
from sqlalchemy.orm import Mapped, mapped_column

from kith.evaluation.feedback import ITEMS, Feedback
from kith.goals.goal import Progress
from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.model import Id, Owned, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import Permission, Role
from kith.ground.work import Work
from kith.matching.match import Match
from kith.meetings.meeting import Meeting, MeetingStatus
from kith.programmes import Programme, looked_after

READ = Permission(
    "evaluation.read", "See a programme's figures.", granted_to={Role.ADMIN, Role.COORDINATOR, Role.ANALYST}
)
REFRESH = Permission(
    "evaluation.refresh",
    "Have a programme's figures computed now.",
    granted_to={Role.ADMIN, Role.COORDINATOR},
)
COMPUTE = Permission("evaluation.compute", "Compute a programme's figures.")
FEWEST_PEOPLE = 11  # figures over fewer people are shown to no analyst (cell suppression as CMS does it: 1 to 10)


class Indicator(Choice):
    """What a figure measures."""

    MATCHES_BEGUN = "MATCHES_BEGUN", "How many matches began."
    MEETINGS_HELD = "MEETINGS_HELD", "How many meetings took place."
    ATTENDANCE_RATE = "ATTENDANCE_RATE", "The share of meetings held among those held or missed."
    FEEDBACK_MEAN = "FEEDBACK_MEAN", "The mean of the four items of feedback, 1 to 5."
    PROGRESS_MEAN = "PROGRESS_MEAN", "The mean of how far mentees feel they are, 0 to 10."


class EvaluationRollup(Owned):
    """One figure of one programme in one month, with the number of mentees behind it."""

    __tablename__ = "evaluation_rollups"
    __table_args__ = (
        organisation_index("programme_id", "month", "indicator", unique=True),
        organisation_index("month", "id"),
        one_of("indicator", list(Indicator)),
    )
    READ = READ

    programme_id: Mapped[UUID] = within(Programme)
    month: Mapped[date]  # its first day
    indicator: Mapped[str]
    value: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    people: Mapped[int]
    computed_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The coordinators of the programme; an analyst where at least eleven people are behind the figure."""
        return row_rule(actor, programme=cls.programme_id, aggregate=cls.people >= FEWEST_PEOPLE)


@operation(needs=REFRESH)
async def refresh_evaluation(work: Work, programme_id: Annotated[Id[Programme], "Of which programme."]) -> Programme:
    """Have a worker compute the programme's figures now rather than tonight."""
    programme = await work.get(Programme, programme_id, looked_after(work))
    work.later(roll_up_programme, programme_id=programme.id)
    work.note("evaluation.requested", programme)
    return programme


@operation(needs=COMPUTE)
async def roll_up(work: Work) -> None:
    """Compute the figures of every programme."""
    for programme in await work.all(Programme):
        work.later(roll_up_programme, programme_id=programme.id)


@operation(needs=COMPUTE)
async def roll_up_after(work: Work, feedback_id: Id[Feedback]) -> None:
    """Compute the figures of the month to which new feedback belongs."""
    feedback = await work.get(Feedback, feedback_id)
    await _compute(work, feedback.programme_id, _month(feedback.given_at))


@operation(needs=COMPUTE)
async def roll_up_programme(work: Work, programme_id: Id[Programme]) -> None:
    """Compute the programme's figures of the last seven months, this one included, and of those months of the past in
    which more matches began than was known: they were imported since.
    """
    programme = await work.get(Programme, programme_id, lock=True)
    months = [_month(work.now)]
    for _ in range(6):
        months.append(_before(months[-1]))
    for month in [*months, *await _imported(work, programme.id, months[-1])]:
        await _compute(work, programme.id, month)
    work.note("evaluation.computed", programme)


async def _compute(work: Work, programme_id: UUID, month: date) -> None:
    await work.hold(Programme, programme_id)
    first, last = _instant(month), _instant(_after(month))
    figures: dict[Indicator, tuple[Any, ...]] = {
        Indicator.MATCHES_BEGUN: (Match, func.count(), Match.mentee_person_id, Match.began_at, None),
        Indicator.MEETINGS_HELD: (Meeting, func.count(), Meeting.mentee_person_id, Meeting.starts_at, _HELD),
        Indicator.ATTENDANCE_RATE: (Meeting, _RATE, Meeting.mentee_person_id, Meeting.starts_at, _ENDED),
        Indicator.FEEDBACK_MEAN: (Feedback, _MEAN, Feedback.person_id, Feedback.given_at, None),
        Indicator.PROGRESS_MEAN: (
            Progress,
            func.avg(Progress.score),
            Progress.mentee_person_id,
            Progress.recorded_at,
            None,
        ),
    }
    await work.session.execute(
        delete(EvaluationRollup).where(EvaluationRollup.programme_id == programme_id, EvaluationRollup.month == month)
    )
    for indicator, (model, value, person, at, extra) in figures.items():
        query: Any = select(value, func.count(distinct(person))).where(
            model.programme_id == programme_id, at >= first, at < last
        )
        row = (await work.session.execute(query if extra is None else query.where(extra))).one()
        if row[1]:
            rollup = EvaluationRollup(
                month=month,
                indicator=indicator,
                value=round(Decimal(row[0]), 4),
                people=row[1],
                computed_at=work.now,
                programme_id=programme_id,
            )
            work.add(rollup)


async def _imported(work: Work, programme_id: UUID, before: date) -> list[date]:
    """The months before this one whose figure of matches begun is not what the matches say."""
    month = cast(func.date_trunc("month", func.timezone("UTC", Match.began_at)), Date)
    begun = select(month.label("month"), func.count().label("matches")).where(
        Match.programme_id == programme_id, Match.began_at < _instant(before)
    )
    now = begun.group_by(month).subquery()
    known = (
        EvaluationRollup.programme_id == programme_id,
        EvaluationRollup.month == now.c.month,
        EvaluationRollup.indicator == Indicator.MATCHES_BEGUN,
    )
    query = select(now.c.month).outerjoin(EvaluationRollup, and_(*known))
    differing = query.where(EvaluationRollup.value.is_distinct_from(now.c.matches))
    return list(await work.session.scalars(differing.order_by(now.c.month)))


_HELD = Meeting.status == MeetingStatus.HELD
_ENDED = Meeting.status.in_((MeetingStatus.HELD, MeetingStatus.MISSED))
_RATE: Any = func.count().filter(_HELD) * Decimal(1) / func.nullif(func.count(), 0)
_MEAN = func.avg(sum(getattr(Feedback, item) for item in ITEMS) / Decimal(len(ITEMS)))


def _month(at: datetime) -> date:
    return at.astimezone(UTC).date().replace(day=1)


def _before(month: date) -> date:
    return month.replace(year=month.year - 1, month=12) if month.month == 1 else month.replace(month=month.month - 1)


def _after(month: date) -> date:
    return month.replace(year=month.year + 1, month=1) if month.month == 12 else month.replace(month=month.month + 1)


def _instant(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)

"""Goal-attainment scaling: how far goals were reached, measured against levels that were described beforehand.

Kiresuk, T. J. and Sherman, R. E. (1968), Goal attainment scaling: a general method for evaluating comprehensive
community mental health programs, Community Mental Health Journal 4(6), 443-453. Each goal has five levels, from -2
(much less than expected) over 0 (as expected) to +2 (much more than expected), and a weight. The ratings of several
goals make one T-score with a mean of 50 and a standard deviation of 10 where expectations were realistic.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from kith.goals.goal import READ, Goal, GoalStatus
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.model import Id, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, Permission
from kith.ground.texts import short
from kith.ground.work import Work
from kith.matching.match import PAIR, Match, OfPair
from kith.people.person import Person

SCALE = Permission("goals.scale", "Describe the levels of a goal, and agree to them.", granted_to=PARTICIPANTS)
RATE = Permission("goals.rate", "Rate how far the goals of one's match were reached.", granted_to=PARTICIPANTS)
LEVELS = (-2, -1, 0, 1, 2)
CORRELATION = Decimal("0.3")  # rho, between the scales of one person: Kiresuk and Sherman's own assumption
MOST = 30  # goals in one rating


class GoalScale(OfPair):
    """The five levels of one goal, lowest first, and its weight. Both must have said that these are the levels."""

    __tablename__ = "goal_scales"
    __table_args__ = (
        organisation_index("goal_id", unique=True),
        CheckConstraint("cardinality(levels) = 5", name="levels"),
        CheckConstraint("weight BETWEEN 1 AND 10", name="weight"),
    )
    READ = READ

    goal_id: Mapped[UUID] = within(Goal, carrying=PAIR)
    levels: Mapped[list[str]]
    weight: Mapped[int]
    mentor_agreed_at: Mapped[datetime | None]
    mentee_agreed_at: Mapped[datetime | None]
    described_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @property
    def agreed(self) -> bool:
        """Whether both said that these are the levels."""
        return self.mentor_agreed_at is not None and self.mentee_agreed_at is not None


class AttainmentRating(OfPair):
    """What one of the two rated at one time, over several goals, with its T-score (mean 50, standard deviation 10)."""

    __tablename__ = "attainment_ratings"
    __table_args__ = (
        organisation_index("rated_at", "id"),
        organisation_index("match_id", "rated_at", "id"),
        organisation_index("programme_id", "rated_at", "id"),
        organisation_index("mentor_person_id", "rated_at", "id"),
        organisation_index("mentee_person_id", "rated_at", "id"),
        CheckConstraint("t_score BETWEEN 0 AND 100", name="t_score"),
    )
    READ = READ

    match_id: Mapped[UUID] = within(Match, carrying=PAIR)
    rater_id: Mapped[UUID] = within(Person)
    t_score: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    rated_at: Mapped[datetime]


class GoalRating(OfPair):
    """The level of one goal in a rating, with the weight it had then."""

    __tablename__ = "goal_ratings"
    __table_args__ = (
        organisation_index("rating_id", "goal_id", unique=True),
        CheckConstraint("level BETWEEN -2 AND 2", name="level"),
        CheckConstraint("weight BETWEEN 1 AND 10", name="weight"),
    )
    READ = READ

    rating_id: Mapped[UUID] = within(AttainmentRating, carrying=PAIR)
    goal_id: Mapped[UUID] = within(Goal, carrying=PAIR)
    level: Mapped[int]
    weight: Mapped[int]


@dataclass(frozen=True, slots=True)
class Attainment:
    """How far one goal was reached."""

    goal_id: Annotated[Id[Goal], "Which goal."]
    level: Annotated[int, "-2 much less than expected, -1 less, 0 as expected, 1 more, 2 much more."]


def t_score(ratings: Sequence[tuple[int, int]]) -> Decimal:
    """The T-score of (weight, level) pairs, to two decimals: `50 + 10 sum(wx) / sqrt((1-r) sum(w²) + r sum(w)²)`.

    The formula is Kiresuk and Sherman's, 1968, with r = 0.3. It has no unit, nor have weights, of which only the
    ratios matter. Raises Invalid for no rating.
    """
    if not ratings:
        raise Invalid("Rate at least one goal.", path=("ratings",))
    weighted = sum(weight * level for weight, level in ratings)
    squares, total = sum(weight * weight for weight, _ in ratings), sum(weight for weight, _ in ratings)
    spread = ((1 - CORRELATION) * squares + CORRELATION * total * total).sqrt()
    return (50 + 10 * weighted / spread).quantize(Decimal("0.01"))


@operation(needs=SCALE)
async def describe_goal_levels(
    work: Work,
    goal_id: Annotated[Id[Goal], "Of which goal."],
    *,
    levels: Annotated[Sequence[str], "Five descriptions, from much less than expected to much more."],
    weight: Annotated[int, "How much it counts beside the other goals: 1 to 10."] = 1,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> GoalScale:
    """Describe the five levels of a goal, so that both know beforehand what each means.

    Whoever describes them agrees to them; the other one agrees by `agreeToGoalLevels`. Refused once they were rated.
    """
    goal = await work.get(Goal, goal_id, lock=True)
    if goal.status in (GoalStatus.PROPOSED, GoalStatus.DROPPED):
        raise IllegalState(f"This goal is {goal.status}; levels are of one that the mentee agreed to.")
    if len(levels) != len(LEVELS):
        raise Invalid("Describe exactly five levels, from -2 to 2.", path=("levels",))
    if not 1 <= weight <= 10:
        raise Invalid("A weight is 1 to 10.", path=("weight",))
    if await work.exists(GoalRating, GoalRating.goal_id == goal.id):
        raise IllegalState("This goal was rated by its levels; they stay as they were described.")
    described = [short(text, 500, "levels", str(place)) for place, text in enumerate(levels)]
    if len(set(described)) != len(described):
        raise Invalid("Each level is another one: describe each in other words.", path=("levels",))
    scale = await _scale(work, goal)
    await work.expect(scale, expected_version)
    scale.levels, scale.weight, scale.described_at = described, weight, work.now
    scale.mentor_agreed_at = scale.mentee_agreed_at = None
    _agree(work, scale)
    work.note("goal.levels_described", goal, weight=weight)
    return scale


@operation(needs=SCALE)
async def agree_to_goal_levels(
    work: Work,
    scale_id: Annotated[Id[GoalScale], "To which levels."],
    *,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> GoalScale:
    """Agree to the levels as the other one described them: from now on the goal can be rated."""
    scale = await work.get(GoalScale, scale_id, lock=True)
    await work.expect(scale, expected_version)
    before = scale.mentor_agreed_at, scale.mentee_agreed_at
    _agree(work, scale)
    if before == (scale.mentor_agreed_at, scale.mentee_agreed_at):
        raise Conflict("You agreed to these levels already.")
    work.note("goal.levels_agreed", scale, goal=scale.goal_id)
    return scale


@operation(needs=RATE)
async def rate_goals(
    work: Work,
    match_id: Annotated[Id[Match], "Of which match."],
    *,
    ratings: Annotated[Sequence[Attainment], "Each goal once."],
) -> AttainmentRating:
    """Rate how far goals were reached, by the levels that both agreed to, and keep the T-score of it."""
    match = await work.get(Match, match_id, lock=True)
    if work.actor.person_id not in (match.mentor_person_id, match.mentee_person_id) or work.actor.person_id is None:
        raise IllegalState("The two people of the match rate its goals.")
    if len({each.goal_id for each in ratings}) != len(ratings) or len(ratings) > MOST:
        raise Invalid(f"Rate each goal once, and at most {MOST}.", path=("ratings",))
    weights = [await _weight(work, match, place, each) for place, each in enumerate(ratings)]
    found = t_score([(weight, each.level) for weight, each in zip(weights, ratings, strict=True)])
    rating = AttainmentRating.under(match, t_score=found, rated_at=work.now)
    rating.rater_id = work.actor.person_id
    work.add(rating)
    for weight, each in zip(weights, ratings, strict=True):
        row = GoalRating.under(rating, level=each.level, weight=weight)
        row.goal_id = each.goal_id
        work.add(row)
    work.note("goals.rated", rating, goals=len(ratings), t_score=str(found))
    return rating


async def _weight(work: Work, match: Match, place: int, each: Attainment) -> int:
    """The weight of the goal that is rated, once all is as it must be."""
    path = ("ratings", str(place))
    if each.level not in LEVELS:
        raise Invalid("A level is -2, -1, 0, 1 or 2.", path=(*path, "level"))
    goal = await work.get(Goal, each.goal_id, Goal.match_id == match.id)
    if goal.status in (GoalStatus.PROPOSED, GoalStatus.DROPPED):
        raise IllegalState(f"A goal that is {goal.status} is not rated.", path=path)
    scale = next(iter(await work.rows(GoalScale, GoalScale.goal_id == goal.id)), None)
    if scale is None or not scale.agreed:
        raise IllegalState("Its levels must be described, and both must have agreed to them, before.", path=path)
    return scale.weight


async def _scale(work: Work, goal: Goal) -> GoalScale:
    found = await work.rows(GoalScale, GoalScale.goal_id == goal.id)
    return found[0] if found else work.add(GoalScale.under(goal, version=1))


def _agree(work: Work, scale: GoalScale) -> None:
    """Who acts agrees, in whichever of the two places is theirs."""
    if work.actor.person_id == scale.mentee_person_id:
        scale.mentee_agreed_at = scale.mentee_agreed_at or work.now
    elif work.actor.person_id == scale.mentor_person_id:
        scale.mentor_agreed_at = scale.mentor_agreed_at or work.now
    else:
        raise IllegalState("The two people of the match describe the levels of its goals.")

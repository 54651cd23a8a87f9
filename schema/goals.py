"""How goals, their steps and levels, recovery plans and suggestions are shown."""

from datetime import date
from typing import Any
from uuid import UUID

from kith.goals.attainment import (
    AttainmentRating,
    GoalRating,
    GoalScale,
    agree_to_goal_levels,
    describe_goal_levels,
    rate_goals,
)
from kith.goals.goal import (
    DropReason,
    Goal,
    GoalStatus,
    Progress,
    agree_to_goal,
    decline_goal,
    drop_goal,
    edit_goal,
    end_goal,
    hold_goal,
    record_progress,
    resume_goal,
    set_goal,
    start_goal,
)
from kith.goals.plan import RecoveryPlan, SignedPlan, sign_plan, write_plan
from kith.goals.ruler import Ruler, record_ruler
from kith.goals.step import (
    MOST as MOST_STEPS,
)
from kith.goals.step import (
    GoalStep,
    StepStatus,
    add_goal_step,
    drop_goal_step,
    edit_goal_step,
    finish_goal_step,
    reopen_goal_step,
)
from kith.goals.suggestion import GoalSuggestion, SuggestionCode, suggest_goals
from kith.matching.match import Match
from kith.people.person import Person
from kith.people.profile import Domain
from schema.declare import (
    ById,
    Value,
    among,
    ascending,
    column,
    connection,
    descending,
    many,
    one,
    only,
    refers_to,
    root,
    shows,
    value_type,
)
from schema.enums import enumeration
from schema.ids import global_id
from schema.mutations import expose


@shows(
    Goal,
    "Something a mentee works towards with their mentor.",
    orders={"NEWEST": descending(Goal.set_at), "OLDEST": ascending(Goal.set_at)},
    filters={
        "match_id": refers_to(Goal.match_id, Match, "Of this match."),
        "status": among(Goal.status, enumeration(GoalStatus), "In one of these states."),
    },
)
class GoalType:
    """The fields of a goal."""

    title = column("The goal, in the mentee's words.")
    why = column("Why it matters.")
    specific = column("What exactly is to be different.")
    measure = column("How the mentee will know that it is reached.")
    domain = column("What part of life it is about.", enumeration(Domain))
    target_on = column("When the mentee hopes to reach it.")
    status = column("Where it is; it counts once the mentee agreed.", enumeration(GoalStatus))
    drop_reason = column("Why it is not pursued.", enumeration(DropReason))
    set_at = column("When it was set.")
    agreed_at = column("When the mentee agreed.")
    started_at = column("When the mentee began with it.")
    ended_at = column("When it was reached, left or dropped.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    match = one("Its match.", by=Goal.match_id)
    progress = connection("How far the mentee felt they were, over time.", by=Progress.goal_id, filtered=False)
    rulers = connection("How important and how confident, over time.", by=Ruler.goal_id, filtered=False)
    steps = many("The steps on the way.", GoalStep.goal_id, ascending(GoalStep.added_at), most=MOST_STEPS)
    scale = only("Its five levels, where they were described.", by=GoalScale.goal_id)


@shows(
    Progress,
    "How far a mentee felt they were, at one time.",
    orders={"NEWEST": descending(Progress.recorded_at), "OLDEST": ascending(Progress.recorded_at)},
)
class ProgressType:
    """The fields of a progress."""

    score = column("0 not begun to 10 reached.")
    remark = column("What both may read about it.")
    recorded_at = column("When.")


@shows(
    Ruler,
    "How important a goal was to the mentee and how confident they were, at one time.",
    orders={"NEWEST": descending(Ruler.recorded_at), "OLDEST": ascending(Ruler.recorded_at)},
)
class RulerType:
    """The fields of a ruler."""

    importance = column("0 not at all to 10 nothing matters more.")
    confidence = column("0 not at all to 10 fully.")
    recorded_at = column("When.")


@shows(GoalStep, "A step on the way to a goal.")
class GoalStepType:
    """The fields of a step."""

    title = column("What is to be done.")
    due_on = column("Until which day.")
    status = column("Where it is.", enumeration(StepStatus))
    added_at = column("When it was added.")
    ended_at = column("When it was done or dropped.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    goal = one("The goal.", by=GoalStep.goal_id)


@shows(GoalScale, "The five levels of a goal, described before anybody rates it.")
class GoalScaleType:
    """The fields of a goal's levels."""

    levels = column("From much less than expected (-2) to much more (2).")
    weight = column("How much it counts beside the other goals, 1 to 10.")
    mentor_agreed_at = column("When the mentor said that these are the levels.")
    mentee_agreed_at = column("When the mentee said so; it can be rated once both did.")
    described_at = column("When they were described last.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    goal = one("The goal.", by=GoalScale.goal_id)


@shows(
    AttainmentRating,
    "How far the goals of a match were reached, as one of the two rated it.",
    orders={"NEWEST": descending(AttainmentRating.rated_at), "OLDEST": ascending(AttainmentRating.rated_at)},
    filters={"match_id": refers_to(AttainmentRating.match_id, Match, "Of this match.")},
)
class AttainmentRatingType:
    """The fields of a rating."""

    t_score = column("Kiresuk and Sherman's T-score: 50 is as expected, 10 one standard deviation.")
    rated_at = column("When.")
    rater = one("Who rated.", by=AttainmentRating.rater_id, model=Person)
    match = one("The match.", by=AttainmentRating.match_id)
    goals = many("Goal by goal.", GoalRating.rating_id, ascending(), most=30)


@shows(GoalRating, "How far one goal was reached, in a rating.")
class GoalRatingType:
    """The fields of one goal in a rating."""

    level = column("-2 much less than expected to 2 much more.")
    weight = column("How much it counted then.")
    goal = one("The goal.", by=GoalRating.goal_id)


@value_type("PlannedStep", "A step as a signed plan keeps it.")
class PlannedStepType:
    """The fields of a step in a signed plan."""

    title = Value("What was to be done.", str)
    due_on = Value("Until which day.", date | None)
    status = Value("Where it was.", enumeration(StepStatus))


@value_type("PlannedGoal", "A goal as a signed plan keeps it.")
class PlannedGoalType:
    """The fields of a goal in a signed plan."""

    goal_id = Value("The global id of the goal as it is now.", str)
    title = Value("The goal, in the mentee's words.", str)
    domain = Value("What part of life it is about.", enumeration(Domain))
    why = Value("Why it mattered.", str)
    specific = Value("What exactly was to be different.", str)
    measure = Value("How the mentee would know that it is reached.", str)
    target_on = Value("When the mentee hoped to reach it.", date | None)
    status = Value("Where it was.", enumeration(GoalStatus))
    steps = Value("The steps on the way.", list[PlannedStepType])


def _planned(stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        goal
        | {"goal_id": global_id("Goal", UUID(goal["goal_id"])), "target_on": _day(goal["target_on"])}
        | {"steps": [step | {"due_on": _day(step["due_on"])} for step in goal["steps"]]}
        for goal in stored
    ]


def _day(stored: str | None) -> date | None:
    return None if stored is None else date.fromisoformat(stored)


@shows(
    RecoveryPlan,
    "A mentee's recovery plan in one match, as it is now.",
    orders={"NEWEST": descending(RecoveryPlan.begun_at), "OLDEST": ascending(RecoveryPlan.begun_at)},
    filters={"match_id": refers_to(RecoveryPlan.match_id, Match, "Of this match.")},
)
class RecoveryPlanType:
    """The fields of a recovery plan."""

    vision = column("How the mentee wants to live.")
    strengths = column("What they can build on.")
    number = column("The number of the last signature; 0 before the first.")
    begun_at = column("When it was begun.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    match = one("Its match; its goals are the plan's.", by=RecoveryPlan.match_id)
    signed = connection("What was signed.", by=SignedPlan.plan_id, filtered=False)


@shows(
    SignedPlan,
    "A recovery plan as it was when the mentee signed it.",
    orders={"NEWEST": descending(SignedPlan.signed_at), "OLDEST": ascending(SignedPlan.signed_at)},
)
class SignedPlanType:
    """The fields of a signed plan."""

    number = column("The first is 1.")
    reason = column("Why it was revised; may be empty for the first.")
    vision = column("How the mentee wanted to live.")
    strengths = column("What they could build on.")
    goals = column("Its goals and their steps, as they were.", list[PlannedGoalType], convert=_planned)
    signed_at = column("When the mentee signed.")


@shows(
    GoalSuggestion,
    "A goal that a mentee's needs and answers speak for. Reading another person's is recorded.",
    orders={"RANK": ascending(GoalSuggestion.rank)},
    filters={"match_id": refers_to(GoalSuggestion.match_id, Match, "In this match.")},
)
class GoalSuggestionType:
    """The fields of a suggestion."""

    rank = column("The most pressing is 1.")
    code = column("What speaks for it.", enumeration(SuggestionCode))
    domain = column("What part of life it is about, where it is one.", enumeration(Domain))
    sentence = column("The reason, in words for the mentee.")
    suggested_at = column("When it was found.")
    match = one("The match.", by=GoalSuggestion.match_id)


root(
    goals=connection("Goals.", Goal),
    goal=ById("A goal.", Goal),
    recovery_plans=connection("Recovery plans.", RecoveryPlan),
    attainment_ratings=connection("How far goals were reached, as people rated it.", AttainmentRating),
    goal_suggestions=connection("Goals that needs and answers speak for, as they were found last.", GoalSuggestion),
)
expose(set_goal, edit_goal, agree_to_goal, decline_goal, start_goal, record_progress, record_ruler)
expose(hold_goal, resume_goal, end_goal, drop_goal)
expose(add_goal_step, edit_goal_step, finish_goal_step, reopen_goal_step, drop_goal_step)
expose(write_plan, sign_plan, describe_goal_levels, agree_to_goal_levels, rate_goals, suggest_goals)

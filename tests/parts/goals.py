"""The part of goals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kith.goals.attainment import Attainment, agree_to_goal_levels, describe_goal_levels, rate_goals
from kith.goals.goal import set_goal
from kith.goals.plan import sign_plan, write_plan
from kith.goals.ruler import record_ruler
from kith.goals.step import add_goal_step
from kith.goals.suggestion import suggest_goals
from kith.people.profile import Domain
from tests.deed import Deed

if TYPE_CHECKING:
    from tests.world import Building

LEVELS = ["Nothing changed", "A list of flats", "Two viewings", "An offer", "A lease"]
DEEDS = (
    Deed("editGoal", "mentee", lambda h: {"goalId": h.id("goal"), "measure": "A key"}, "coordinator", "other_mentee"),
    Deed("startGoal", "mentor", lambda h: {"goalId": h.id("goal")}, "supervisor", "other_mentor"),
    Deed("holdGoal", "mentee", lambda h: {"goalId": h.id("goal")}, "mentor", "other_mentee"),
    Deed("resumeGoal", "mentee", lambda h: {"goalId": h.id("goal")}, "coordinator", "other_mentee"),
    Deed(
        "recordRuler",
        "mentor",
        lambda h: {"goalId": h.id("goal"), "importance": 9, "confidence": 5},
        "admin",
        "other_mentor",
    ),
    Deed(
        "addGoalStep",
        "mentee",
        lambda h: {"goalId": h.id("goal"), "title": "Ask for a reference"},
        "supervisor",
        "other_mentee",
    ),
    Deed(
        "editGoalStep",
        "mentor",
        lambda h: {"stepId": h.id("goal_step"), "dueOn": "2027-01-15"},
        "coordinator",
        "other_mentor",
    ),
    Deed("finishGoalStep", "mentee", lambda h: {"stepId": h.id("goal_step")}, "analyst", "other_mentee"),
    Deed("reopenGoalStep", "mentor", lambda h: {"stepId": h.id("goal_step")}, "partner", "other_mentor"),
    Deed("dropGoalStep", "mentee", lambda h: {"stepId": h.id("goal_step")}, "supervisor", "other_mentor"),
    Deed("declineGoal", "other_mentee", lambda h: {"goalId": h.id("unwanted_goal")}, "other_mentor", "mentee"),
    Deed(
        "endGoal",
        "other_mentee",
        lambda h: {"goalId": h.id("rated_goal"), "end": "PARTIAL"},
        "other_coordinator",
        "mentee",
    ),
    Deed(
        "dropGoal",
        "other_mentee",
        lambda h: {"goalId": h.id("other_goal"), "reason": "CHANGED_MIND"},
        "other_mentor",
        "mentee",
    ),
    Deed(
        "describeGoalLevels",
        "mentor",
        lambda h: {"goalId": h.id("goal"), "levels": LEVELS, "weight": 3},
        "supervisor",
        "other_mentor",
    ),
    Deed("agreeToGoalLevels", "mentee", lambda h: {"scaleId": h.id("goal_scale")}, "coordinator", "other_mentee"),
    Deed(
        "rateGoals",
        "mentor",
        lambda h: {"matchId": h.id("match"), "ratings": [{"goalId": h.id("goal"), "level": 1}]},
        "supervisor",
        "other_mentor",
    ),
    Deed(
        "writePlan",
        "mentee",
        lambda h: {"matchId": h.id("match"), "vision": "A door of my own."},
        "mentor",
        "other_mentee",
    ),
    Deed(
        "signPlan",
        "mentee",
        lambda h: {"matchId": h.id("match"), "reason": "A course came in sight."},
        "supervisor",
        "other_mentee",
    ),
    Deed("suggestGoals", "coordinator", lambda h: {"matchId": h.id("match")}, "mentor", "other_coordinator"),
)


async def build(building: Building) -> None:
    """A goal with a step, a ruler and levels, a plan that was signed; in the family goals to decline and to rate."""
    house = building.house
    match, other_match, goal = house.row("match"), house.row("other_match"), house.row("goal")
    step = await building.does("mentee", add_goal_step, goal, title="Ring the housing office")
    await building.does("mentor", record_ruler, goal, importance=8, confidence=4)
    scale = await building.does("mentor", describe_goal_levels, goal, levels=LEVELS)
    plan = await building.does("mentee", write_plan, match, vision=f"A home in {house.name}.")
    await building.does("mentee", sign_plan, match)
    await building.does("other_mentee", suggest_goals, other_match)
    title = f"Choir on Mondays in {house.name}"
    unwanted = await building.does("other_mentor", set_goal, other_match, title=title, domain=Domain.SOCIAL)
    rated = await building.does("other_mentee", set_goal, other_match, title="A bicycle", domain=Domain.TRANSPORT)
    rateable = await building.does("other_mentee", describe_goal_levels, rated.id, levels=LEVELS)
    await building.does("other_mentor", agree_to_goal_levels, rateable.id)
    rating = await building.does("other_mentee", rate_goals, other_match, ratings=[Attainment(rated.id, 1)])
    building.name(goal_step=step, goal_scale=scale, plan=plan, unwanted_goal=unwanted, rated_goal=rated, rating=rating)

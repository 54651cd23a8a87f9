"""How goals and progress are shown."""

from kith.goals import Goal, GoalStatus, Progress, agree_to_goal, record_progress, set_goal
from kith.matching.match import Match
from kith.people.profile import Domain
from schema.declare import among, ascending, column, connection, descending, one, refers_to, root, shows
from schema.enums import enumeration
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
    domain = column("What part of life it is about.", enumeration(Domain))
    target_on = column("When the mentee hopes to reach it.")
    status = column("Where it is; it counts once the mentee agreed.", enumeration(GoalStatus))
    set_at = column("When it was set.")
    agreed_at = column("When the mentee agreed.")
    match = one("Its match.", by=Goal.match_id)
    progress = connection("How far the mentee felt they were, over time.", by=Progress.goal_id, filtered=False)


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


root(goals=connection("Goals.", Goal))
expose(set_goal, agree_to_goal, record_progress)

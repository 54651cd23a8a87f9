"""Goals through the API: whose they are, where they lead, in which steps, and what the mentee signs."""

import pytest

from tenants.work import Workplace
from tests.acts import Acts
from tests.conftest import Api
from tests.world import Connection, House, build_house


@pytest.fixture(scope="module")
async def house(workplace: Workplace, superuser: Connection) -> House:
    """A house that these tests change."""
    return await build_house(workplace, superuser, "Goals", "goals")


@pytest.fixture
def mentor(api: Api, house: House) -> Acts:
    """The mentor."""
    return Acts(api, house, "mentor")


@pytest.fixture
def mentee(api: Api, house: House) -> Acts:
    """The mentee."""
    return Acts(api, house, "mentee")


async def proposed(mentor: Acts, house: House, title: str = "Sleep before midnight") -> str:
    """A goal that the mentor put into words."""
    goal = await mentor.does("setGoal", "id status", matchId=house.id("match"), title=title, domain="HEALTH")
    assert goal["status"] == "PROPOSED"
    return str(goal["id"])


async def test_a_proposed_goal_is_nothing_until_the_mentee_agrees(house: House, mentor: Acts, mentee: Acts) -> None:
    goal = await proposed(mentor, house)
    for mutation, given in (("startGoal", {}), ("recordProgress", {"score": 1}), ("holdGoal", {})):
        who = mentee if mutation == "holdGoal" else mentor
        code, _, _ = await who.refused(mutation, goalId=goal, **given)
        assert code == "ILLEGAL_STATE"
    code, said, _ = await mentor.refused("recordRuler", goalId=goal, importance=5, confidence=5)
    assert (code, said) == (
        "ILLEGAL_STATE",
        "This goal is PROPOSED; rulers are about one that the mentee works towards.",
    )
    # The mentor may still find better words; the mentee has the last one
    await mentor.does("editGoal", goalId=goal, specific="Lights out at eleven, five nights a week")
    assert (await mentee.does("agreeToGoal", "status", goalId=goal)) == {"status": "AGREED"}
    code, said, _ = await mentor.refused("editGoal", goalId=goal, title="Sleep at nine")
    assert (code, said) == ("ILLEGAL_STATE", "The mentee agreed to this goal as it is, and alone rewords it now.")
    assert (await mentee.refused("declineGoal", goalId=goal))[0] == "ILLEGAL_STATE"


async def test_a_goal_walks_its_whole_way(house: House, mentor: Acts, mentee: Acts) -> None:
    goal = await proposed(mentor, house, "Run five kilometres")
    await mentee.does("agreeToGoal", goalId=goal)
    assert await mentor.does("startGoal", "status", goalId=goal) == {"status": "IN_PROGRESS"}
    assert await mentee.does("holdGoal", "status", goalId=goal) == {"status": "ON_HOLD"}
    code, said, _ = await mentor.refused("recordProgress", goalId=goal, score=4)
    assert (code, said) == ("ILLEGAL_STATE", "This goal is ON_HOLD, not AGREED or IN_PROGRESS or ACHIEVED.")
    assert await mentee.does("resumeGoal", "status", goalId=goal) == {"status": "IN_PROGRESS"}
    assert await mentor.does("recordProgress", "status", goalId=goal, score=10) == {"status": "ACHIEVED"}
    again = await mentor.does("recordProgress", "status endedAt", goalId=goal, score=9)
    assert again == {"status": "IN_PROGRESS", "endedAt": None}
    ended = await mentee.does("endGoal", "status dropReason", goalId=goal, end="PARTIAL")
    assert ended == {"status": "PARTIAL", "dropReason": None}
    for mutation, given in (("dropGoal", {"reason": "OTHER"}), ("endGoal", {"end": "ACHIEVED"}), ("editGoal", {})):
        assert (await mentee.refused(mutation, goalId=goal, **given))[0] == "ILLEGAL_STATE"


async def test_progress_leaves_an_agreed_goal_agreed_until_somebody_says_it_began(house: House, mentee: Acts) -> None:
    given = {"matchId": house.id("match"), "title": "Read again", "domain": "EDUCATION"}
    goal = (await mentee.does("setGoal", **given))["id"]
    assert await mentee.does("recordProgress", "status", goalId=goal, score=3) == {"status": "AGREED"}
    dropped = await mentee.does("dropGoal", "status dropReason", goalId=goal, reason="NOT_NOW")
    assert dropped == {"status": "DROPPED", "dropReason": "NOT_NOW"}


async def test_what_a_mentee_declines_is_dropped_and_no_reason_is_asked(
    house: House, mentor: Acts, mentee: Acts
) -> None:
    goal = await proposed(mentor, house, "Give up coffee")
    declined = await mentee.does("declineGoal", "status dropReason agreedAt", goalId=goal)
    assert declined == {"status": "DROPPED", "dropReason": "NOT_WANTED", "agreedAt": None}


async def test_two_who_reword_a_goal_do_not_overwrite_each_other(house: House, mentor: Acts, mentee: Acts) -> None:
    goal = await proposed(mentor, house, "Cook on Sundays")
    await mentee.does("editGoal", goalId=goal, measure="Two meals a month", expectedVersion=1)
    code, _, path = await mentor.refused("editGoal", goalId=goal, measure="Every week", expectedVersion=1)
    assert (code, path) == ("CONFLICT", ["expectedVersion"])


async def test_a_step_is_done_undone_and_let_go(house: House, mentor: Acts, mentee: Acts) -> None:
    goal = await proposed(mentor, house, "See the dentist")
    step = (await mentor.does("addGoalStep", goalId=goal, title="Find one", dueOn="2027-01-04"))["id"]
    assert (await mentee.does("finishGoalStep", "status endedAt", stepId=step))["status"] == "DONE"
    assert (await mentee.refused("editGoalStep", stepId=step, title="Find two"))[0] == "ILLEGAL_STATE"
    assert (await mentee.refused("dropGoalStep", stepId=step))[0] == "ILLEGAL_STATE"
    reopened = await mentor.does("reopenGoalStep", "status endedAt", stepId=step)
    assert reopened == {"status": "OPEN", "endedAt": None}
    assert (await mentee.does("dropGoalStep", "status", stepId=step)) == {"status": "DROPPED"}
    await mentee.does("declineGoal", goalId=goal)
    code, said, _ = await mentee.refused("addGoalStep", goalId=goal, title="Brush")
    assert (code, said) == ("ILLEGAL_STATE", "This goal is DROPPED; there is nothing left to do for it.")


async def test_a_signature_keeps_the_plan_as_it_was(api: Api, house: House, mentor: Acts, mentee: Acts) -> None:
    match = house.id("match")
    code, _, path = await mentee.refused("signPlan", matchId=match)
    assert (code, path) == ("INVALID", ["reason"])  # it was signed before, so a reason is asked
    await mentee.does("writePlan", matchId=match, vision="Mornings with my son")
    signed = await mentee.does("signPlan", "number version", matchId=match, reason="My son is back")
    await mentee.does("editGoal", goalId=house.id("goal"), title="Another flat")
    shown = (
        "{ recoveryPlans(first: 2) { nodes { number signed(first: 5, orderBy: NEWEST) { nodes { number reason vision"
    )
    query = shown + " goals { goalId title status steps { title dueOn status } } } } } } }"
    for who in ("mentor", "mentee", "supervisor", "coordinator"):  # both may read it, and who looks after them
        (plan,) = (await api.data(house.secrets[who], query))["recoveryPlans"]["nodes"]
        newest = plan["signed"]["nodes"][0]
        assert (plan["number"], newest["number"], newest["reason"]) == (signed["number"], 2, "My son is back")
        kept = next(goal for goal in newest["goals"] if goal["goalId"] == house.id("goal"))
        assert kept["title"] == "A place of my own"
        assert kept["steps"] == [{"title": "Ring the housing office", "dueOn": None, "status": "OPEN"}]
        assert "PROPOSED" not in {goal["status"] for goal in newest["goals"]}
    assert (await mentee.refused("signPlan", matchId=match, reason="Again", expectedVersion=1))[0] == "CONFLICT"


async def test_goals_are_rated_by_levels_that_both_described_before(house: House, mentor: Acts, mentee: Acts) -> None:
    match, given = house.id("match"), {"matchId": house.id("match"), "domain": "EMPLOYMENT"}
    goals = [(await mentee.does("setGoal", title=title, **given))["id"] for title in ("A shift a week", "A reference")]
    rated = [{"goalId": goals[0], "level": 1}, {"goalId": goals[1], "level": -1}]
    code, said, path = await mentor.refused("rateGoals", matchId=match, ratings=rated)
    assert (code, path) == ("ILLEGAL_STATE", ["ratings", "0"])
    assert said == "Its levels must be described, and both must have agreed to them, before."
    levels = ["None", "One", "Some", "Many", "All"]
    for goal, weight in zip(goals, (2, 1), strict=True):
        scale = await mentor.does("describeGoalLevels", goalId=goal, levels=levels, weight=weight)
        assert (await mentor.refused("rateGoals", matchId=match, ratings=rated))[0] == "ILLEGAL_STATE"
        assert (await mentor.refused("agreeToGoalLevels", scaleId=scale["id"]))[0] == "CONFLICT"
        await mentee.does("agreeToGoalLevels", scaleId=scale["id"])
    shown = "tScore rater { id } goals { level weight goal { id } }"
    rating = await mentee.does("rateGoals", shown, matchId=match, ratings=rated)
    assert rating["tScore"] == "54.02"  # 50 + 10 (2 - 1) / sqrt(0.7 (4 + 1) + 0.3 * 9)
    assert rating["rater"] == {"id": house.id("mentee.person")}
    assert {(each["goal"]["id"], each["level"], each["weight"]) for each in rating["goals"]} == {
        (goals[0], 1, 2),
        (goals[1], -1, 1),
    }
    code, said, _ = await mentor.refused("describeGoalLevels", goalId=goals[0], levels=levels)
    assert (code, said) == ("ILLEGAL_STATE", "This goal was rated by its levels; they stay as they were described.")
    code, _, path = await mentor.refused("rateGoals", matchId=match, ratings=[{"goalId": goals[0], "level": 3}])
    assert (code, path) == ("INVALID", ["ratings", "0", "level"])


async def test_whoever_describes_levels_anew_asks_the_other_again(house: House, mentor: Acts, mentee: Acts) -> None:
    scale = house.id("goal_scale")
    await mentee.does("agreeToGoalLevels", scaleId=scale)
    anew = {"goalId": house.id("goal"), "levels": ["a", "b", "c", "d", "e"]}
    shown = await mentee.does("describeGoalLevels", "mentorAgreedAt menteeAgreedAt", **anew)
    assert shown["mentorAgreedAt"] is None
    assert shown["menteeAgreedAt"] is not None
    code, _, path = await mentor.refused("describeGoalLevels", goalId=house.id("goal"), levels=["a", "b"])
    assert (code, path) == ("INVALID", ["levels"])


async def test_suggestions_name_their_reason_and_the_mentor_does_not_see_them(
    api: Api, house: House, superuser: Connection
) -> None:
    other, match = Acts(api, house, "other_mentee"), house.id("other_match")
    query = "{ goalSuggestions(first: 9, orderBy: RANK) { nodes { rank code domain sentence } } }"
    need = {
        "rank": 1,
        "code": "SEVERE_NEED",
        "domain": "HOUSING",
        "sentence": "You said that you need much help with this: a place to live.",
    }
    # The same needs and answers give the same list, and nobody's goal is set by it
    goals = await superuser.fetchval("SELECT count(*) FROM goals WHERE organisation_id = $1", house.organisation_id)
    for _ in range(2):
        await other.does("suggestGoals", matchId=match)
        found = (await api.data(other.token, query))["goalSuggestions"]["nodes"]
        assert found == [need]
    # A low answer speaks for one as well; what an open goal is about does not
    await superuser.execute(
        "UPDATE feedback SET talked_about_what_matters = 2 WHERE organisation_id = $1 AND person_id = $2",
        house.organisation_id,
        house.people["other_mentee"],
    )
    await other.does("setGoal", matchId=match, title="A room", domain="HOUSING")
    await other.does("suggestGoals", matchId=match)
    (low,) = (await api.data(other.token, query))["goalSuggestions"]["nodes"]
    assert (low["code"], low["domain"]) == ("LOW_ANSWER", None)
    assert (
        await superuser.fetchval("SELECT count(*) FROM goals WHERE organisation_id = $1", house.organisation_id)
        == goals + 1
    )
    refused = await api(house.secrets["other_mentor"], query)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await api.data(house.secrets["mentee"], query))["goalSuggestions"]["nodes"] == []

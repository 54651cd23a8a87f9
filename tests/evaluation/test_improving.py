"""Indicators month by month, and cycles of improvement with the policy that changes with them."""

from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from kith.evaluation.improvement import (
    Decision,
    ImprovementCycle,
    PolicyEdit,
    act_on_improvement,
    adopt_policy,
    close_improvement,
    do_improvement,
    plan_improvement,
    study_improvement,
)
from kith.evaluation.indicator import (
    Direction,
    IndicatorValue,
    ProgrammeIndicator,
    define_indicator,
    edit_indicator,
    enter_indicator_value,
)
from kith.evaluation.logic_model import write_logic_model
from kith.evaluation.rollup import Indicator, refresh_evaluation
from kith.ground.errors import Conflict, Forbidden, IllegalState, Invalid, NotFound
from kith.programmes import edit_programme
from tests.evaluation.conftest import Improving
from tests.world import Connection


async def _define(improving: Improving, name: str, **other: Any) -> ProgrammeIndicator:
    given: dict[str, Any] = {
        "programme_id": improving.house.row("programme"),
        "name": name,
        "definition": "Counted so and so.",
        "unit": "%",
        "target": Decimal("80.5"),
        "direction": Direction.HIGHER,
    }
    return await improving.does("coordinator", define_indicator, **(given | other))


async def _values(superuser: Connection, indicator: ProgrammeIndicator) -> list[tuple[Decimal, Decimal, bool]]:
    rows = await superuser.fetch(
        "SELECT value, target, on_target FROM indicator_values WHERE indicator_id = $1 ORDER BY month", indicator.id
    )
    return [tuple(row) for row in rows]


async def test_a_value_is_on_target_or_not_and_past_months_keep_their_target(
    improving: Improving, superuser: Connection
) -> None:
    indicator, today = await _define(improving, "Kept"), improving.clock.date()
    with pytest.raises(Conflict, match="called KEPT already"):
        await _define(improving, "KEPT")
    for month, value in ((today - timedelta(days=70), "80.5"), (today, "80.4"), (today, "80.4999")):
        await improving.does("coordinator", enter_indicator_value, indicator.id, month=month, value=Decimal(value))
    await improving.does("coordinator", edit_indicator, indicator.id, target=Decimal(70))
    await improving.does(
        "coordinator", enter_indicator_value, indicator.id, month=today - timedelta(days=35), value=Decimal(75)
    )
    old, new = Decimal("80.5"), Decimal(70)
    assert await _values(superuser, indicator) == [
        (Decimal("80.5"), old, True),
        (Decimal(75), new, True),
        (Decimal("80.4999"), old, False),
    ]
    retired = await improving.does("coordinator", edit_indicator, indicator.id, retired=True)
    with pytest.raises(Conflict):
        await improving.does(
            "coordinator", edit_indicator, indicator.id, unit="x", expected_version=retired.version - 1
        )
    with pytest.raises(IllegalState, match="retired"):
        await improving.does("coordinator", enter_indicator_value, indicator.id, month=today, value=Decimal(1))


async def test_less_is_better_where_it_says_so(improving: Improving, superuser: Connection) -> None:
    indicator = await _define(improving, "Days", target=Decimal(7), direction=Direction.LOWER)
    today = improving.clock.date()
    for days, value in ((70, 7), (0, 8)):
        month = today - timedelta(days=days)
        await improving.does("coordinator", enter_indicator_value, indicator.id, month=month, value=Decimal(value))
    assert [on for _, _, on in await _values(superuser, indicator)] == [True, False]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"value": Decimal("NaN")}, "value"),
        ({"value": Decimal("Infinity")}, "value"),
        ({"value": Decimal("1e9")}, "value"),
        ({"value": Decimal("0.00001")}, "value"),
        ({"value": Decimal(1), "people": -1}, "people"),
        ({"value": Decimal(1), "days": 32}, "month"),
    ],
)
async def test_values_that_cannot_be(improving: Improving, given: dict[str, Any], path: str) -> None:
    month = (improving.clock + timedelta(days=given.pop("days", 0))).date()
    with pytest.raises(Invalid) as refused:
        await improving.does(
            "coordinator", enter_indicator_value, improving.house.row("indicator"), month=month, **given
        )
    assert refused.value.path == (path,)


async def test_values_are_taken_from_the_figures_when_those_are_computed(
    improving: Improving, superuser: Connection
) -> None:
    indicator = await _define(improving, "Held", target=Decimal(2), unit="", taken_from=Indicator.MEETINGS_HELD)
    at_once = {"month": improving.clock.date(), "value": Decimal(3)}
    with pytest.raises(IllegalState, match="taken from"):
        await improving.does("coordinator", enter_indicator_value, indicator.id, **at_once)
    before = await _values(superuser, indicator)
    assert (Decimal(40), Decimal(2), True) in before
    await superuser.execute("DELETE FROM indicator_values WHERE indicator_id = $1", indicator.id)
    await improving.does("coordinator", refresh_evaluation, programme_id=improving.house.row("programme"))
    await improving.later()
    await improving.later()
    assert await _values(superuser, indicator) == before


async def test_an_analyst_sees_values_over_enough_people_alone(improving: Improving, superuser: Connection) -> None:
    indicator, today = await _define(improving, "Analysed"), improving.clock.date()
    for days, people in ((70, 10), (0, 11)):
        await improving.does(
            "coordinator",
            enter_indicator_value,
            indicator.id,
            month=today - timedelta(days=days),
            value=Decimal(1),
            people=people,
        )
    rows = await superuser.fetch("SELECT id, people FROM indicator_values WHERE indicator_id = $1", indicator.id)
    seen = await improving.seen("analyst", IndicatorValue)
    assert [row["people"] for row in rows if UUID(str(row["id"])) in seen] == [11]
    assert indicator.id in await improving.seen("analyst", ProgrammeIndicator)
    assert indicator.id not in await improving.seen("other_coordinator", ProgrammeIndicator)


async def _plan(improving: Improving, **other: Any) -> ImprovementCycle:
    given: dict[str, Any] = {
        "programme_id": improving.house.row("programme"),
        "title": "Offers",
        "aim": "Faster answers.",
        "expected": "Within a day.",
    }
    return await improving.does("coordinator", plan_improvement, **(given | other))


async def _decided(improving: Improving, decision: Decision) -> ImprovementCycle:
    cycle = await _plan(improving)
    await improving.does("coordinator", do_improvement, cycle.id)
    await improving.does("coordinator", study_improvement, cycle.id, done="Two months of it.")
    return await improving.does(
        "coordinator", act_on_improvement, cycle.id, learnt="It works.", decision=decision, follows="We go on."
    )


async def test_a_cycle_goes_round_in_its_order(improving: Improving) -> None:
    cycle = await _plan(improving, indicator_ids=[improving.house.row("indicator")])
    with pytest.raises(IllegalState, match="PLAN, not DO"):
        await improving.does("coordinator", study_improvement, cycle.id, done="x")
    await improving.does("coordinator", do_improvement, cycle.id)
    with pytest.raises(IllegalState, match="DO, not PLAN"):
        await improving.does("coordinator", do_improvement, cycle.id)
    decided = {"learnt": "x", "decision": Decision.ABANDON, "follows": "Nothing."}
    with pytest.raises(IllegalState, match="DO, not STUDY"):
        await improving.does("coordinator", act_on_improvement, cycle.id, **decided)
    await improving.does("coordinator", study_improvement, cycle.id, done="x")
    with pytest.raises(IllegalState, match="STUDY, not ACT"):
        await improving.does("coordinator", close_improvement, cycle.id)
    acted = await improving.does("coordinator", act_on_improvement, cycle.id, **decided)
    assert (acted.status, acted.decision) == ("ACT", "ABANDON")
    closed = await improving.does("coordinator", close_improvement, cycle.id)
    assert closed.status == "CLOSED"
    assert cycle.id not in await improving.seen("other_coordinator", ImprovementCycle)


async def test_a_cycle_is_held_against_indicators_of_its_own_programme(improving: Improving) -> None:
    other = await improving.does(
        "admin",
        define_indicator,
        programme_id=improving.house.row("other_programme"),
        name="Theirs",
        definition="x",
        unit="",
        target=Decimal(1),
        direction=Direction.LOWER,
    )
    with pytest.raises(NotFound):
        await improving.does(
            "admin",
            plan_improvement,
            programme_id=improving.house.row("programme"),
            title="x",
            aim="x",
            expected="x",
            indicator_ids=[other.id],
        )


async def test_policy_that_changes_with_a_cycle_is_kept_as_it_was_and_became(
    improving: Improving, superuser: Connection
) -> None:
    programme_id = improving.house.row("programme")
    planned = await _plan(improving)
    with pytest.raises(IllegalState, match="ADOPT or ADAPT"):
        await improving.does("admin", adopt_policy, planned.id, policy=PolicyEdit(offer_hours=24))
    abandoned = await _decided(improving, Decision.ABANDON)
    with pytest.raises(IllegalState, match="ADOPT or ADAPT"):
        await improving.does("admin", adopt_policy, abandoned.id, policy=PolicyEdit(offer_hours=24))
    cycle = await _decided(improving, Decision.ADAPT)
    with pytest.raises(Forbidden):
        await improving.does("coordinator", adopt_policy, cycle.id, policy=PolicyEdit(offer_hours=24))
    version = await superuser.fetchval("SELECT version FROM programmes WHERE id = $1", programme_id)
    with pytest.raises(Conflict):
        await improving.does(
            "admin", adopt_policy, cycle.id, policy=PolicyEdit(offer_hours=24), expected_programme_version=version - 1
        )
    for nothing in (PolicyEdit(), PolicyEdit(offer_hours=72)):
        with pytest.raises(Invalid, match="Nothing of the policy"):
            await improving.does("admin", adopt_policy, cycle.id, policy=nothing)
    policy = PolicyEdit(offer_hours=24, reminder_hours=24)  # the second is so already
    await improving.does("admin", adopt_policy, cycle.id, policy=policy, expected_programme_version=version)
    kept = await superuser.fetch(
        "SELECT field, before, after, programme_version FROM policy_changes WHERE cycle_id = $1", cycle.id
    )
    assert [tuple(row) for row in kept] == [("offer_hours", "72", "24", version + 1)]
    assert await superuser.fetchval("SELECT offer_hours FROM programmes WHERE id = $1", programme_id) == 24


def test_what_a_cycle_may_change_is_the_policy_that_a_programme_has() -> None:
    of_a_programme = set(edit_programme.parameters) - {"programme_id", "name", "expected_version"}
    assert {each.name for each in fields(PolicyEdit)} == of_a_programme


async def test_a_logic_model_has_at_least_two_outcomes_and_is_written_in_place(improving: Improving) -> None:
    programme_id = improving.house.row("other_programme")
    parts: dict[str, Any] = {name: ["One thing."] for name in ("needs", "inputs", "activities", "outputs")}
    for wrong, path in (
        ({"outcomes": ["A home"]}, "outcomes"),
        ({"outcomes": ["A home", "Work"], "needs": [" "]}, "needs"),
    ):
        with pytest.raises(Invalid) as refused:
            await improving.does("other_coordinator", write_logic_model, programme_id, **(parts | wrong))
        assert refused.value.path == (path,)
    whole = parts | {"outcomes": ["A home", "Work"]}
    first = await improving.does("other_coordinator", write_logic_model, programme_id, **whole)
    again = await improving.does("other_coordinator", write_logic_model, programme_id, **(whole | {"inputs": []}))
    assert (again.id, again.inputs, again.version) == (first.id, [], 2)
    with pytest.raises(Conflict):
        await improving.does("other_coordinator", write_logic_model, programme_id, **whole, expected_version=1)
    with pytest.raises(NotFound):
        await improving.does("coordinator", write_logic_model, programme_id, **whole)

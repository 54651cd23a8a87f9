"""Campaigns: planned in words that put people first, approved by a second person, counted, evaluated."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from kith.culture.campaign import (
    Campaign,
    Channel,
    CsapStrategy,
    IomType,
    approve_campaign,
    begin_campaign,
    edit_campaign,
    end_campaign,
    evaluate_campaign,
    plan_campaign,
    record_campaign_metric,
)
from kith.ground.errors import Forbidden, IllegalState, Invalid, NotFound, Refused
from kith.ground.money import Money
from tests.culture.conftest import Culture
from tests.world import Connection


async def _plan(culture: Culture, who: str = "coordinator", **other: Any) -> Campaign:
    given: dict[str, Any] = {
        "title": "Look again",
        "objective": "Neighbours who say hello.",
        "audience": "The quarter.",
        "iom_type": IomType.UNIVERSAL_INDIRECT,
        "strategy": CsapStrategy.ENVIRONMENTAL,
        "channels": [Channel.WEB, Channel.EVENT, Channel.WEB],
        "messages": ["Recovery lives next door."],
        "programme_id": culture.house.row("programme"),
    }
    return await culture.does(who, plan_campaign, **(given | other))


async def test_a_campaign_from_its_draft_to_what_came_of_it(culture: Culture, superuser: Connection) -> None:
    campaign = await _plan(culture)
    assert campaign.channels == ["EVENT", "WEB"]
    with pytest.raises(IllegalState, match="DRAFT, not APPROVED"):
        await culture.does("coordinator", begin_campaign, campaign.id)
    with pytest.raises(Forbidden, match="Somebody else"):
        await culture.does("coordinator", approve_campaign, campaign.id)
    await culture.does("admin", edit_campaign, campaign.id, title="Look again, closer")
    with pytest.raises(Forbidden, match="Somebody else"):
        await culture.does("admin", approve_campaign, campaign.id)  # who changed it planned it
    approved = await culture.does("coordinator", approve_campaign, campaign.id)
    assert (approved.status, approved.approved_by_id) == ("APPROVED", culture.house.people["coordinator"])
    with pytest.raises(IllegalState, match="APPROVED, not DRAFT"):
        await culture.does("coordinator", edit_campaign, campaign.id, title="Other")
    today = culture.clock.date()
    with pytest.raises(IllegalState, match="APPROVED, not RUNNING or ENDED"):
        await culture.does("coordinator", record_campaign_metric, campaign.id, counted_on=today, reach=1)
    await culture.does("coordinator", begin_campaign, campaign.id)
    await culture.does("coordinator", end_campaign, campaign.id)
    with pytest.raises(IllegalState, match="Nothing was counted"):
        await culture.does("coordinator", evaluate_campaign, campaign.id, conclusion="Well.")
    for reach in (10, 20):  # the same day again replaces
        await culture.does(
            "coordinator",
            record_campaign_metric,
            campaign.id,
            counted_on=today,
            reach=reach,
            referrals=2,
            stigma_before=50,
            stigma_after=44,
        )
    counted = await superuser.fetch(
        "SELECT reach, stigma_after FROM campaign_metrics WHERE campaign_id = $1", campaign.id
    )
    assert [tuple(row) for row in counted] == [(20, 44)]
    evaluated = await culture.does("coordinator", evaluate_campaign, campaign.id, conclusion="Six points less stigma.")
    assert evaluated.status == "EVALUATED"


@pytest.mark.parametrize(
    ("message", "instead"),
    [("Every ADDICT can recover.", "person with a substance use disorder"), ("After a relapse", "return to use")],
)
async def test_words_that_wound_are_refused_with_what_to_say_instead(
    culture: Culture, message: str, instead: str
) -> None:
    with pytest.raises(Invalid, match=instead) as refused:
        await _plan(culture, messages=["Good.", message])
    assert refused.value.path == ("messages", "1")


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"channels": []}, ("channels",)),
        ({"messages": ["x"] * 21}, ("messages",)),
        ({"messages": [" "]}, ("messages", "0")),
        ({"title": ""}, ("title",)),
    ],
)
async def test_a_campaign_that_says_too_little_or_too_much(
    culture: Culture, given: dict[str, Any], path: tuple[str, ...]
) -> None:
    with pytest.raises(Invalid) as refused:
        await _plan(culture, **given)
    assert refused.value.path == path


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"reach": -1}, "reach"),
        ({"reach": 1, "referrals": -1}, "referrals"),
        ({"reach": 1, "stigma_after": 101}, "stigmaAfter"),
        ({"reach": 1, "days": 1}, "countedOn"),
    ],
)
async def test_counts_that_cannot_be(culture: Culture, given: dict[str, Any], path: str) -> None:
    counted_on = (culture.clock + timedelta(days=given.pop("days", 0))).date()
    running = culture.house.row("running_campaign")
    with pytest.raises(Invalid) as refused:
        await culture.does("coordinator", record_campaign_metric, running, counted_on=counted_on, **given)
    assert refused.value.path == (path,)


async def test_only_who_reaches_the_organisation_plans_for_all_of_it(culture: Culture) -> None:
    with pytest.raises(Forbidden):
        await _plan(culture, programme_id=None)
    campaign = await _plan(culture, "admin", programme_id=None)
    with pytest.raises(NotFound):  # everybody reads it, nobody else changes it
        await culture.does("coordinator", approve_campaign, campaign.id)


async def test_a_change_and_an_approval_at_the_same_time_do_not_cross(culture: Culture) -> None:
    campaign = await _plan(culture)

    async def attempt(who: str, operation: Any, **given: Any) -> str:
        try:
            await culture.does(who, operation, campaign.id, expected_version=1, **given)
        except Refused as refused:
            return refused.code
        return "DONE"

    outcomes = await asyncio.gather(
        attempt("coordinator", edit_campaign, objective="Another."), attempt("admin", approve_campaign)
    )
    assert sorted(outcomes) == ["CONFLICT", "DONE"]


async def test_a_mentor_sees_campaigns_of_the_organisation_alone(culture: Culture) -> None:
    everywhere = await _plan(culture, "admin", programme_id=None)
    seen = await culture.seen("mentor", Campaign)
    assert everywhere.id in seen
    assert culture.house.row("campaign") not in seen


async def test_a_budget_is_an_amount_of_the_smallest_unit_in_a_currency_there_is(culture: Culture) -> None:
    campaign = await _plan(culture, budget=Money(125_000, "EUR"))
    assert (campaign.budget_amount, campaign.budget_currency) == (125_000, "EUR")
    kept = await culture.does("coordinator", edit_campaign, campaign.id, audience="Employers.")
    assert (kept.budget_amount, kept.budget_currency) == (125_000, "EUR")
    for wrong, path in (
        (Money(-1, "EUR"), "amount"),
        (Money(2_000_000_001, "EUR"), "amount"),
        (Money(1, "EU"), "currency"),
    ):
        with pytest.raises(Invalid) as refused:
            await culture.does("coordinator", edit_campaign, campaign.id, budget=wrong)
        assert refused.value.path == ("budget", path)
    gone = await culture.does("coordinator", edit_campaign, campaign.id, budget=None)
    assert (gone.budget_amount, gone.budget_currency) == (None, None)

"""Answers to an offer that has ended: refused by what became of it, whomever one may still see."""

from datetime import timedelta

import pytest

from kith.ground.errors import IllegalState
from kith.matching.proposal import accept_proposal, decline_proposal
from kith.matching.running import publish_match_run
from tenants.work import Workplace
from tests.world import Building, Connection, World, build_house


async def test_who_answers_too_late_is_told_so(world: World, workplace: Workplace, superuser: Connection) -> None:
    house = await build_house(workplace, superuser, "Answers")
    building = Building(workplace, house)
    run = house.row("proposed_run")
    building.clock = building.now
    await building.does("coordinator", publish_match_run, run)
    building.clock += timedelta(days=4)
    await building.later()
    for answer in (accept_proposal, decline_proposal):
        with pytest.raises(IllegalState, match="EXPIRED; it awaits no answer"):  # the mentee sees the mentor no more
            await building.does("proposed_mentee", answer, await building._proposal(run))

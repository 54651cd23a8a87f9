"""Readiness is rated domain by domain, again and again."""

from datetime import timedelta
from typing import Any

import pytest

from kith.culture.self_assessment import (
    DomainRating,
    ReadinessDomain,
    ReadinessSelfAssessment,
    record_self_assessment,
)
from kith.ground.errors import Forbidden, Invalid, NotFound
from tests.culture.conftest import Culture

RATINGS = [DomainRating(ReadinessDomain.GOVERNANCE, 2), DomainRating(ReadinessDomain.ETHICAL_FRAMEWORK, 4)]


async def test_a_later_assessment_replaces_none_before(culture: Culture) -> None:
    given: dict[str, Any] = {"programme_id": culture.house.row("programme"), "conclusion": "A seat on the board."}
    first = await culture.does("coordinator", record_self_assessment, ratings=RATINGS, **given)
    assert (first.domains, first.ratings) == (["ETHICAL_FRAMEWORK", "GOVERNANCE"], [4, 2])
    assert (first.recorded_by_id, first.assessed_on) == (culture.house.people["coordinator"], culture.clock.date())
    second = await culture.does("coordinator", record_self_assessment, ratings=RATINGS[:1], **given)
    assert {first.id, second.id} <= await culture.seen("coordinator", ReadinessSelfAssessment)
    assert first.id not in await culture.seen("other_coordinator", ReadinessSelfAssessment)
    with pytest.raises(NotFound):
        await culture.does("other_coordinator", record_self_assessment, ratings=RATINGS, **given)
    tomorrow = culture.clock.date() + timedelta(days=1)
    for wrong, path in (
        ({"ratings": []}, ("ratings",)),
        ({"ratings": [RATINGS[0], RATINGS[0]]}, ("ratings",)),
        ({"ratings": [DomainRating(ReadinessDomain.GOVERNANCE, 6)]}, ("ratings", "rating")),
        ({"ratings": RATINGS, "assessed_on": tomorrow}, ("assessedOn",)),
    ):
        with pytest.raises(Invalid) as refused:
            await culture.does("coordinator", record_self_assessment, **(given | wrong))
        assert refused.value.path == path


async def test_one_of_the_whole_organisation_is_for_all_staff(culture: Culture) -> None:
    with pytest.raises(Forbidden):
        await culture.does("coordinator", record_self_assessment, ratings=RATINGS)
    whole = await culture.does("admin", record_self_assessment, ratings=RATINGS)
    for who in ("coordinator", "other_coordinator", "supervisor"):
        assert whole.id in await culture.seen(who, ReadinessSelfAssessment), who

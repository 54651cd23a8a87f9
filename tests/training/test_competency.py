"""The twelve core competencies: who writes, signs and acknowledges an evaluation, and who reads it."""

from datetime import timedelta
from typing import Any

import pytest

from kith.ground.actor import service
from kith.ground.errors import Conflict, Forbidden, IllegalState, Invalid, NotFound, Refused
from kith.training.competency import (
    CompetencyRating,
    EvaluationStatus,
    Observer,
    Rated,
    acknowledge_competency_evaluation,
    draft_competency_evaluation,
    edit_competency_evaluation,
    sign_competency_evaluation,
)
from kith.training.module import Competency
from tenants.work import Workplace
from tests.conftest import Api
from tests.world import Building, Connection, build_house

FIRST, SECOND = Competency.SAMHSA_01, Competency.SAMHSA_02
ALL = [Rated(each, None if each == SECOND else 4, "Seen.") for each in Competency]


@pytest.fixture(scope="module")
async def place(workplace: Workplace, superuser: Connection) -> Building:
    """A house of one's own."""
    building = Building(workplace, await build_house(workplace, superuser, "Lantern", "competency"))
    building.clock = building.now
    return building


async def _ratings(place: Building, evaluation_id: Any) -> dict[str, int | None]:
    async with place.workplace.reading(service(place.house.organisation_id, ())) as work:
        rows = await work.rows(CompetencyRating, CompetencyRating.evaluation_id == evaluation_id)
    return {each.competency: each.rating for each in rows}


async def _refused(kind: type[Refused], doing: Any) -> str:
    with pytest.raises(kind) as why:
        await doing
    return why.value.message


async def test_an_evaluation_is_drafted_signed_and_acknowledged(place: Building) -> None:
    mentor = place.house.row("mentor")
    draft = await place.does(
        "supervisor", draft_competency_evaluation, mentor, observer=Observer.SUPERVISOR, ratings=[Rated(FIRST, 2)]
    )
    signed = place.does("supervisor", sign_competency_evaluation, draft.id)
    assert "SAMHSA_02" in await _refused(IllegalState, signed)
    place.clock += timedelta(minutes=5)
    edited = await place.does(
        "supervisor", edit_competency_evaluation, draft.id, ratings=ALL, expected_version=draft.version
    )
    late = place.does("supervisor", edit_competency_evaluation, draft.id, summary="x", expected_version=draft.version)
    await _refused(Conflict, late)
    assert await _ratings(place, draft.id) == {each: None if each == SECOND else 4 for each in Competency}
    early = place.does("mentor", acknowledge_competency_evaluation, draft.id)
    assert "DRAFT" in await _refused(IllegalState, early)
    stale = place.does("supervisor", sign_competency_evaluation, draft.id, expected_version=draft.version)
    await _refused(Conflict, stale)
    done = await place.does("supervisor", sign_competency_evaluation, draft.id, expected_version=edited.version)
    assert (done.status, done.signed_by_id) == ("SIGNED_BY_SUPERVISOR", place.house.people["supervisor"])
    assert "DRAFT" in await _refused(
        IllegalState, place.does("supervisor", edit_competency_evaluation, draft.id, summary="Otherwise.")
    )
    await _refused(IllegalState, place.does("supervisor", sign_competency_evaluation, draft.id))
    read = await place.does("mentor", acknowledge_competency_evaluation, draft.id, reply="I see it alike.")
    assert (read.status, read.reply) == (EvaluationStatus.ACKNOWLEDGED_BY_MENTOR, "I see it alike.")


async def test_a_mentor_gives_their_own_view_and_nobody_elses(place: Building) -> None:
    mentor, sentence = place.house.row("mentor"), "A mentor gives their own view, and nobody else does."
    for who, observer in (("mentor", Observer.SUPERVISOR), ("supervisor", Observer.SELF)):
        drafted = place.does(who, draft_competency_evaluation, mentor, observer=observer)
        assert await _refused(Invalid, drafted) == sentence
    own = await place.does("mentor", draft_competency_evaluation, mentor, observer=Observer.SELF, ratings=ALL)
    edited = place.does("supervisor", edit_competency_evaluation, own.id, ratings=[Rated(FIRST, 1)])
    assert await _refused(Forbidden, edited) == sentence
    signed = await place.does("supervisor", sign_competency_evaluation, own.id)
    assert signed.status == EvaluationStatus.SIGNED_BY_SUPERVISOR
    theirs = await place.does("supervisor", draft_competency_evaluation, mentor, observer=Observer.SUPERVISOR)
    await _refused(Forbidden, place.does("mentor", edit_competency_evaluation, theirs.id, summary="Better."))


async def test_ratings_are_one_to_five_and_one_each(place: Building) -> None:
    mentor = place.house.row("mentor")
    for wrong in ([Rated(FIRST, 0)], [Rated(FIRST, 6)], [Rated(FIRST, 1), Rated(FIRST, 2)]):
        given = {"observer": Observer.SUPERVISOR, "ratings": wrong}
        await _refused(Invalid, place.does("supervisor", draft_competency_evaluation, mentor, **given))


async def test_only_those_around_a_mentor_evaluate_and_read(api: Api, place: Building) -> None:
    mentor = place.house.row("mentor")
    for who in ("second_mentor", "other_coordinator"):
        given = {"observer": Observer.MENTEE_FEEDBACK}
        await _refused(NotFound, place.does(who, draft_competency_evaluation, mentor, **given))
    asked = "query($m: ID!) { competencyEvaluations(first: 50, filter: {mentorId: $m}) { totalCount } }"
    counts = {}
    for who in ("admin", "coordinator", "supervisor", "mentor", "second_mentor", "other_coordinator"):
        found = await api.data(place.house.secrets[who], asked, m=place.house.id("mentor"))
        counts[who] = found["competencyEvaluations"]["totalCount"] > 0
    assert counts == {
        "admin": True,
        "coordinator": True,
        "supervisor": True,
        "mentor": True,
        "second_mentor": False,
        "other_coordinator": False,
    }
    refused = await api(place.house.secrets["mentee"], asked, m=place.house.id("mentor"))
    assert "errors" in refused

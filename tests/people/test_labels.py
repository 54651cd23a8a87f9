"""Sites, cohorts and funding sources: kept by coordinators, and which enrolments belong to them."""

from typing import Any

import pytest

from tenants.work import Workplace
from tests.conftest import Api
from tests.deed import Given
from tests.world import Connection, House, build_house


@pytest.fixture(scope="module")
async def house(workplace: Workplace, superuser: Connection) -> House:
    """A house that these tests may change."""
    return await build_house(workplace, superuser, "Label", "label-of-sites")


async def _add(api: Api, house: House, kind: str, name: str, who: str = "coordinator") -> str:
    programme = house.id("programme" if who == "coordinator" else "other_programme")
    made = await api.done(
        house.secrets[who], "addProgrammeLabel", {"programmeId": programme, "kind": kind, "name": name}
    )
    return str(made["id"])


async def _refused(api: Api, house: House, mutation: str, given: Given) -> tuple[str, list[str]]:
    payload = await api.mutate(house.secrets["coordinator"], mutation, given)
    assert payload["result"] is None
    return payload["errors"][0]["code"], payload["errors"][0]["path"]


async def test_an_enrolment_belongs_to_one_site_one_cohort_and_who_pays(api: Api, house: House) -> None:
    cora, its = house.secrets["coordinator"], {"menteeId": house.id("waiting_mentee")}
    north, south = await _add(api, house, "SITE", "North"), await _add(api, house, "SITE", "South")
    spring, city = await _add(api, house, "COHORT", "Spring"), await _add(api, house, "FUNDING_SOURCE", "City")
    shown = "labels(first: 9, orderBy: OLDEST) { nodes { kind label { id } } }"

    async def says(*labels: str) -> set[str]:
        done = await api.done(cora, "labelEnrolment", its | {"labelIds": list(labels)}, shown)
        return {each["label"]["id"] for each in done["labels"]["nodes"]}

    assert await says(north, spring, city) == {north, spring, city}
    assert await says(south, city) == {south, city}
    assert await _refused(api, house, "labelEnrolment", its | {"labelIds": [north, south]}) == ("INVALID", ["labelIds"])
    elsewhere = await _add(api, house, "SITE", "Elsewhere", who="other_coordinator")
    assert await _refused(api, house, "labelEnrolment", its | {"labelIds": [elsewhere]}) == ("INVALID", ["labelIds"])
    # What is closed keeps what it has, and takes nothing new until it is opened again
    await api.done(cora, "closeProgrammeLabel", {"labelId": south})
    assert (await _refused(api, house, "closeProgrammeLabel", {"labelId": south}))[0] == "ILLEGAL_STATE"
    assert await says(south) == {south}
    assert await says() == set()
    assert (await _refused(api, house, "labelEnrolment", its | {"labelIds": [south]}))[0] == "ILLEGAL_STATE"
    await api.done(cora, "reopenProgrammeLabel", {"labelId": south})
    assert await says(south) == {south}


async def test_names_are_given_once_and_programmes_keep_their_own(api: Api, house: House) -> None:
    cora, id = house.secrets["coordinator"], await _add(api, house, "SITE", "Mill")
    same = {"programmeId": house.id("programme"), "kind": "SITE", "name": " MILL "}
    assert await _refused(api, house, "addProgrammeLabel", same) == ("CONFLICT", ["name"])
    await _add(api, house, "COHORT", "Mill")
    edited = await api.done(
        cora, "editProgrammeLabel", {"labelId": id, "name": "mill", "detail": "1 Quay"}, "name detail"
    )
    assert edited == {"name": "mill", "detail": "1 Quay"}
    theirs = await _add(api, house, "SITE", "Away", who="other_coordinator")
    assert (await _refused(api, house, "editProgrammeLabel", {"labelId": theirs, "name": "Mine"}))[0] == "NOT_FOUND"
    # Staff see what there is, participants do not
    query = "{ programmeLabels(first: 20, filter: {kind: [SITE]}) { nodes { id } } }"
    found: Any = await api.data(house.secrets["supervisor"], query)
    assert {id, theirs} <= {node["id"] for node in found["programmeLabels"]["nodes"]}
    assert "labels.read" in str(await api(house.secrets["mentee"], query))

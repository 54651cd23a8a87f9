"""How people are reached: they change it themselves, or who looks after them does, and nobody reads it in the feed."""

from typing import Any

import pytest

from tenants.work import Workplace
from tests.conftest import Api
from tests.deed import Given
from tests.world import Connection, House, build_house

SHOWN = "email phone address wantsLetters version"


@pytest.fixture(scope="module")
async def house(workplace: Workplace, superuser: Connection) -> House:
    """A house that these tests may change."""
    return await build_house(workplace, superuser, "Reach", "reach-of-contacts")


async def _refused(api: Api, token: str, given: Given) -> tuple[str, list[str]]:
    payload = await api.mutate(token, "editContact", given)
    assert payload["result"] is None
    return payload["errors"][0]["code"], payload["errors"][0]["path"]


async def test_people_edit_how_they_are_reached(api: Api, house: House, superuser: Connection) -> None:
    tess, whose = house.secrets["mentee"], {"personId": house.id("mentee.person")}
    letters = "SELECT count(*) FROM letters WHERE person_id = $1"
    written = await superuser.fetchval(letters, house.people["mentee"])
    note = {"body": "Never by letter to her sister."}
    await api.done(tess, "editSafeContact", whose | note)
    await api.done(tess, "editContactPreferences", whose | {"doNotContact": True, "wantsLetters": False})
    # When she says it anew, it is kept in one form, and what is absent stays
    given = {"email": " Tess.New@Example.ORG ", "address": " 1  Quay Street \n\n Galway "}
    done = await api.done(tess, "editContact", whose | given, SHOWN)
    assert done == {
        "email": "tess.new@example.org",
        "phone": "+353 1 555 0100",
        "address": "1 Quay Street\nGalway",
        "wantsLetters": False,
        "version": 2,
    }
    # Then the feed says that and what, never the value, and nothing went to where she was reached before
    facts = await superuser.fetch(
        "SELECT data::text FROM facts WHERE kind = 'contact.edited' AND data ->> 'person_id' = $1",
        str(house.people["mentee"]),
    )
    assert [row[0] for row in facts] == [f'{{"fields": ["address", "email"], "person_id": "{house.people["mentee"]}"}}']
    assert await superuser.fetchval(letters, house.people["mentee"]) == written
    # And how she is reached safely stands as before
    query = """query($id: ID!) { node(id: $id) { ... on Person {
        contactPreferences { doNotContact } safeContact { body } } } }"""
    seen = (await api.data(house.secrets["coordinator"], query, id=whose["personId"]))["node"]
    assert seen == {"contactPreferences": {"doNotContact": True}, "safeContact": note}
    # To say the same again is nothing new
    again = await api.done(tess, "editContact", whose | {"email": "TESS.new@example.org"}, SHOWN)
    assert again["version"] == 2
    gone = await api.done(tess, "editContact", whose | {"email": None, "phone": None, "address": None}, SHOWN)
    assert (gone["email"], gone["phone"], gone["address"]) == (None, None, None)


@pytest.mark.parametrize("who", ["supervisor", "other_mentor", "admin"])
async def test_everybody_who_is_reached_edits_their_own(api: Api, house: House, who: str) -> None:
    given = {"personId": house.id(f"{who}.person"), "phone": " 01  555 0123 "}
    assert (await api.done(house.secrets[who], "editContact", given, SHOWN))["phone"] == "01 555 0123"


async def test_knowing_somebody_is_not_looking_after_them(api: Api, house: House) -> None:
    theirs = {"personId": house.id("mentee.person"), "phone": "555"}
    for who in ("mentor", "supervisor", "other_coordinator"):
        assert (await _refused(api, house.secrets[who], theirs))[0] == "NOT_FOUND", who
    await api.done(house.secrets["coordinator"], "editContact", theirs)


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "tess"), ("email", "a@b"), ("phone", "call me"), ("address", " "), ("address", "x" * 501)],
)
async def test_what_is_no_address_is_refused(api: Api, house: House, field: str, value: Any) -> None:
    given = {"personId": house.id("mentor.person"), field: value}
    assert await _refused(api, house.secrets["mentor"], given) == ("INVALID", [field])

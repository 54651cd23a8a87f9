"""Four callers of every mutation: nobody, the wrong role, the right role without the row, and who may."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from schema.build import graphql_schema
from schema.mutations import EXPOSED
from tenants.work import Workplace
from tests.conftest import Api
from tests.deeds import BATCHES, DEEDS, TOKEN, Deed, Given, these
from tests.world import Connection, House, World, build_house, catch_up, owned_models

graphql_schema()
UNAUTHENTICATED = (
    b'{"errors":[{"message":"Sign in: send a valid bearer token.","extensions":{"code":"UNAUTHENTICATED"}}]}'
)


async def everything(superuser: Connection) -> dict[str, str]:
    """A hash of every table, without what a refusal may leave: facts, and when a token was last used."""
    tables = [m.__tablename__ for m in owned_models() if m.__tablename__ != "facts"] + ["organisations"]
    query = " UNION ALL ".join(
        f"SELECT '{table}', md5(string_agg((to_jsonb(t) - 'last_used_at')::text, '' ORDER BY id)) FROM {table} t"
        for table in tables
    )
    return {row[0]: row[1] for row in await superuser.fetch(query)}


async def facts(superuser: Connection, house: House) -> list[tuple[str, str | None, str | None]]:
    """What the house's facts tell: kind, and of a refusal the operation and the code."""
    rows = await superuser.fetch(
        "SELECT kind, data->>'operation' AS operation, data->>'code' AS code FROM facts"
        " WHERE organisation_id = $1 ORDER BY sequence",
        house.organisation_id,
    )
    return [(row["kind"], row["operation"], row["code"]) for row in rows]


def _document(deed: Deed) -> str:
    payload = f"{{ result {{ {deed.shown} }} errors {{ code message path }} }}"
    return f"mutation($input: {deed.input}!) {{ {deed.mutation}(input: $input) {payload} }}"


def _token(world: World, who: str) -> str:
    if who == "operator":
        return world.operator
    house, _, name = who.rpartition(".")
    return (world.lantern if house == "lantern" else world.harbour).secrets[name]


def test_there_is_a_deed_for_everything_that_is_exposed() -> None:
    deeds = sorted(deed.mutation for deed in DEEDS)
    assert deeds == sorted(EXPOSED), "every mutation has one deed, in the part of its concept in tests/parts"


@pytest.mark.parametrize("deeds", BATCHES, ids=these)
async def test_nobody_is_asked_to_sign_in(api: Api, world: World, superuser: Connection, deeds: Sequence[Deed]) -> None:
    before = await everything(superuser), await facts(superuser, world.harbour)
    for deed in deeds:
        for token in (None, "kith_made-up"):
            answer = await api.send(token, _document(deed), input=deed.given(world.harbour))
            assert answer.status_code == 401
            assert answer.content == UNAUTHENTICATED
            assert answer.headers["www-authenticate"] == "Bearer"
    assert (await everything(superuser), await facts(superuser, world.harbour)) == before


@pytest.mark.parametrize("deeds", BATCHES, ids=these)
async def test_the_wrong_role_is_refused_before_anything_runs(
    api: Api, world: World, superuser: Connection, deeds: Sequence[Deed]
) -> None:
    before, told = await everything(superuser), await facts(superuser, world.harbour)
    for deed in deeds:
        answer = await api(_token(world, deed.wrong), _document(deed), input=deed.given(world.harbour))
        assert "data" not in answer, deed
        assert [e["extensions"]["code"] for e in answer["errors"]] == ["FORBIDDEN"], deed
        assert f"Mutation.{deed.mutation} needs the permission " in answer["errors"][0]["message"]
    assert await everything(superuser) == before
    refused = [
        ("operation.refused", f"Mutation.{deed.mutation}", "FORBIDDEN") for deed in deeds if deed.wrong != "operator"
    ]
    assert await facts(superuser, world.harbour) == [*told, *refused]


@pytest.mark.parametrize("deeds", BATCHES, ids=these)
async def test_the_right_role_without_the_row_does_not_find_it(
    api: Api, world: World, superuser: Connection, deeds: Sequence[Deed]
) -> None:
    houses = (world.harbour, world.lantern)
    before, told = await everything(superuser), {house.name: await facts(superuser, house) for house in houses}
    for deed in deeds:
        if deed.stranger is None:
            continue
        house = world.lantern if deed.stranger.startswith("lantern.") else world.harbour
        asked = await api.data(_token(world, deed.stranger), _document(deed), input=deed.given(world.harbour))
        payload = asked[deed.mutation]
        assert payload["result"] is None, deed
        assert [(e["code"], e["path"]) for e in payload["errors"]] == [("NOT_FOUND", [])], deed
        told[house.name].append(("operation.refused", EXPOSED[deed.mutation].operation.name, "NOT_FOUND"))
    assert await everything(superuser) == before
    assert {house.name: await facts(superuser, house) for house in houses} == told


async def test_who_may_do_everything_that_is_exposed(
    api: Api, world: World, workplace: Workplace, superuser: Connection
) -> None:
    quay = await build_house(workplace, superuser, "Quay")
    harbour = await _of(superuser, world.harbour)
    for deed in DEEDS:
        told = len(await facts(superuser, quay))
        token = world.operator if deed.by == "operator" else quay.secrets[deed.by]
        result = await api.done(token, deed.mutation, deed.given(quay), deed.shown)
        assert result is not None
        assert len(await facts(superuser, quay)) > told or deed.by == "operator", deed.mutation
        if deed.mutation == "startMatchRun":
            await catch_up(workplace, quay)
            quay.named["proposed_run"] = ("MatchRun", await superuser.fetchval(_NEWEST_RUN, quay.organisation_id))
    assert await _of(superuser, world.harbour) == harbour


_NEWEST_RUN = "SELECT id FROM match_runs WHERE organisation_id = $1 ORDER BY requested_at DESC LIMIT 1"


async def _of(superuser: Connection, house: House) -> list[int]:
    return [
        await superuser.fetchval(f"SELECT count(*) FROM {t} WHERE organisation_id = $1", house.organisation_id)
        for t in house.rows
    ]


# --- nobody gives more than they hold ------------------------------------------------------------------------------


async def _refused(api: Api, token: str, mutation: str, given: Given, shown: str = "id") -> str:
    payload = await api.mutate(token, mutation, given, shown)
    assert payload["result"] is None, payload
    code: str = payload["errors"][0]["code"]
    return code


async def test_a_coordinator_issues_no_token_of_an_administrator(
    api: Api, world: World, superuser: Connection, workplace: Workplace
) -> None:
    cora = world.harbour.secrets["coordinator"]
    before = await everything(superuser)
    assert await _refused(api, cora, "issueToken", {"personId": world.harbour.id("admin.person")}, TOKEN) == "NOT_FOUND"
    assert await everything(superuser) == before


async def test_a_handed_token_does_what_a_mentor_does_whatever_else_its_person_may_do(
    api: Api, superuser: Connection, workplace: Workplace
) -> None:
    mole = await build_house(workplace, superuser, "Mole")
    asked: Given = {"personId": mole.id("mentor.person")}
    early = (await api.done(mole.secrets["coordinator"], "issueToken", asked, TOKEN))["secret"]
    given = {"role": {"role": "ADMIN"}, "personId": mole.id("mentor.person")}
    await api.done(mole.secrets["admin"], "giveRole", given)
    late = (await api.done(mole.secrets["coordinator"], "issueToken", asked, TOKEN))["secret"]
    for handed in (early, late):
        viewer = (await api.data(handed, "{ viewer { roles reach } }"))["viewer"]
        assert viewer == {"roles": ["MENTOR"], "reach": ["OWN"]}
        assert await _refused(api, handed, "issueToken", {"name": "Their own"}, TOKEN) == "FORBIDDEN"
    more = asked | {"permissions": ["meetings.read", "members.give_role"]}
    assert await _refused(api, mole.secrets["coordinator"], "issueToken", more, TOKEN) == "INVALID"


async def test_a_limited_token_issues_none(api: Api, world: World, superuser: Connection) -> None:
    given = {"permissions": ["tokens.issue", "people.read"], "name": "Limited"}
    limited = (await api.done(world.harbour.secrets["coordinator"], "issueToken", given, TOKEN))["secret"]
    before = await everything(superuser)
    assert await _refused(api, limited, "issueToken", {}, TOKEN) == "FORBIDDEN"
    assert await _refused(api, limited, "issueToken", {"permissions": ["matches.close"]}, TOKEN) == "FORBIDDEN"
    narrower = {"permissions": ["people.read"], "name": "Limited"}
    assert await _refused(api, limited, "issueToken", narrower, TOKEN) == "FORBIDDEN"
    assert await everything(superuser) == before


async def test_a_role_with_more_than_its_giver_holds_is_not_given(
    api: Api, workplace: Workplace, superuser: Connection
) -> None:
    pen = await build_house(workplace, superuser, "Pen")
    clerk = await api.done(
        pen.secrets["admin"],
        "defineRole",
        {
            "name": "Clerk",
            "permissions": ["members.give_role", "people.read", "roles.define", "tokens.issue"],
            "reach": "ORGANISATION",
        },
    )
    given = {"role": {"customRoleId": clerk["id"]}, "personId": pen.id("analyst.person")}
    await api.done(pen.secrets["admin"], "giveRole", given)
    token, who = pen.secrets["analyst"], pen.id("partner.person")
    assert await _refused(api, token, "giveRole", {"role": {"role": "ADMIN"}, "personId": who}) == "FORBIDDEN"
    wider: Given = {"name": "Wider", "permissions": ["matches.close"], "reach": "ORGANISATION"}
    assert await _refused(api, token, "defineRole", wider) == "FORBIDDEN"
    alike: Given = wider | {"name": "Alike", "permissions": ["people.read"]}
    for mutation, given in (
        ("defineRole", alike),
        ("giveRole", {"role": {"customRoleId": clerk["id"]}, "personId": who}),
    ):  # done, though they may not read who holds which role
        assert await api.mutate(token, mutation, given) == {"result": None, "errors": []}


async def test_the_last_administrator_stays(api: Api, world: World, superuser: Connection) -> None:
    ada = world.harbour.secrets["admin"]
    members = await api.data(ada, "{ members(first: 20) { nodes { id role } } }")
    (admin,) = [m["id"] for m in members["members"]["nodes"] if m["role"] == "ADMIN"]
    assert await _refused(api, ada, "endRole", {"memberId": admin}) == "CONFLICT"


# --- tokens that do not work ---------------------------------------------------------------------------------------

VIEWER = "{ viewer { roles permissions } }"


async def test_a_scoped_token_does_what_it_names_and_nothing_else(api: Api, world: World) -> None:
    given = {"permissions": ["matches.read"], "name": "Scoped"}
    token = (await api.done(world.harbour.secrets["mentor"], "issueToken", given, TOKEN))["secret"]
    assert (await api.data(token, VIEWER))["viewer"]["permissions"] == ["matches.read"]
    assert (await api.data(token, "{ matches(first: 5) { totalCount } }"))["matches"]["totalCount"] == 1
    for refused in ("{ meetings(first: 5) { totalCount } }", "{ matches(first: 5) { nodes { mentor { name } } } }"):
        assert (await api(token, refused))["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_token_that_expired_signs_nobody_in(api: Api, world: World, superuser: Connection) -> None:
    issued = await api.done(world.harbour.secrets["mentor"], "issueToken", {"name": "Short"}, TOKEN)
    await api.data(issued["secret"], VIEWER)
    await superuser.execute("UPDATE tokens SET expires_at = now() WHERE hint = $1", issued["token"]["hint"])
    answer = await api.send(issued["secret"], VIEWER)
    assert (answer.status_code, answer.content) == (401, UNAUTHENTICATED)


async def test_a_token_that_was_revoked_signs_nobody_in(api: Api, world: World) -> None:
    issued = await api.done(world.harbour.secrets["mentor"], "issueToken", {"name": "Gone"}, TOKEN)
    await api.data(issued["secret"], VIEWER)
    await api.done(world.harbour.secrets["mentor"], "revokeToken", {"tokenId": issued["token"]["id"]})
    answer = await api.send(issued["secret"], VIEWER)
    assert (answer.status_code, answer.content) == (401, UNAUTHENTICATED)


async def test_a_token_of_a_suspended_organisation_signs_nobody_in(
    api: Api, world: World, workplace: Workplace, superuser: Connection
) -> None:
    mothballed = await build_house(workplace, superuser, "Mothballed")
    await api.done(world.operator, "suspendOrganisation", {"organisationId": mothballed.id("organisation")})
    answer = await api.send(mothballed.secrets["admin"], VIEWER)
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["extensions"]["code"] == "SUSPENDED"


async def test_a_role_that_ended_may_nothing(api: Api, workplace: Workplace, superuser: Connection) -> None:
    weir = await build_house(workplace, superuser, "Weir")
    cora = weir.secrets["coordinator"]
    await api.done(weir.secrets["admin"], "endRole", {"memberId": weir.id("coordinator.member")})
    assert (await api.data(cora, VIEWER))["viewer"] == {"roles": [], "permissions": []}
    assert (await api(cora, "{ people(first: 5) { totalCount } }"))["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize("days", [-1, 367])
async def test_a_token_ends_in_the_future_within_a_year(api: Api, world: World, days: int) -> None:
    given = {"expiresAt": (datetime.now(UTC) + timedelta(days=days)).isoformat()}
    assert await _refused(api, world.harbour.secrets["mentor"], "issueToken", given, TOKEN) == "INVALID"

"""What one organisation learns of another through the API: nothing, and not even that it is there."""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLUnionType, get_named_type, get_nullable_type
from strawberry.utils.str_converters import to_camel_case

from schema.build import graphql_schema
from schema.declare import SHOWN, Page, needed
from schema.ids import global_id
from tenants.work import Workplace
from tests.conftest import PAYLOAD, Api
from tests.deeds import BATCHES, Deed, Path, ids_of, these, with_id
from tests.reference.answer import declaration_of
from tests.world import Connection, House, World, build_house

ROLES = ("admin", "coordinator", "mentor", "mentee")
SCHEMA = graphql_schema()
TYPES = tuple(sorted(s.name for s in SHOWN.values()))
NOBODYS = UUID("018f2b5c-0000-7000-8000-000000000000")
REQUEST_ID = re.compile(rb'"requestId":"[0-9a-f]{32}"')
AVAILABLE = re.compile(rb'"available":\d+')


def _made_up(kind: str) -> str:
    return global_id(kind, NOBODYS)


def _alike(answer: bytes) -> bytes:
    """The bytes of an answer without the request's own id, and without what is left to spend after it."""
    return AVAILABLE.sub(b'"available":0', REQUEST_ID.sub(b'"requestId":""', answer))


# --- reading -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("role", ROLES)
async def test_an_id_of_harbour_is_to_lantern_as_one_that_was_made_up(
    api: Api, world: World, role: str, kind: str
) -> None:
    token, ids = world.lantern.secrets[role], world.harbour.ids[kind]
    document = f"query($id: ID!) {{ node(id: $id) {{ __typename id }} {_by_id(kind)} }}"
    nothing = _alike((await api.send(token, document, id=_made_up(kind))).content)
    assert b"__typename" not in nothing
    for id in ids[:3]:
        assert _alike((await api.send(token, document, id=id)).content) == nothing
    for some in _by_hundred(ids):
        found = await api.data(token, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=some)
        assert found == {"nodes": [None] * len(some)}


def _by_hundred(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), 100):
        yield ids[start : start + 100]


def _by_id(kind: str) -> str:
    return {"Match": "match(id: $id) { id }"}.get(kind, "")


async def test_a_run_of_harbour_is_to_lantern_as_one_that_was_made_up(api: Api, world: World) -> None:
    for role in ("admin", "coordinator"):
        for id in (*world.harbour.ids["MatchRun"], _made_up("MatchRun")):
            data = await api.data(world.lantern.secrets[role], "query($id: ID!) { matchRun(id: $id) { id } }", id=id)
            assert data == {"matchRun": None}


def _filters() -> Iterator[tuple[str, str, str]]:
    """Every filter of a root field that takes an id: field, filter, type."""
    assert SCHEMA.query_type is not None
    shown = {f"{each.name}Filter": each for each in SHOWN.values()}
    for name, field in SCHEMA.query_type.fields.items():
        narrowing = field.args.get("filter")
        kind = get_named_type(narrowing.type) if narrowing else None
        if isinstance(kind, GraphQLInputObjectType):
            for each, taken in kind.fields.items():
                if get_named_type(taken.type).name == "ID":
                    model = {to_camel_case(n): f for n, f in shown[kind.name].filters.items()}[each].model
                    assert model is not None
                    yield name, each, SHOWN[model].name


@pytest.mark.parametrize(("name", "narrowing", "kind"), list(_filters()))
@pytest.mark.parametrize("role", ROLES)
async def test_a_filter_by_an_id_of_harbour_finds_lantern_nothing(
    api: Api, world: World, role: str, name: str, narrowing: str, kind: str
) -> None:
    token = world.lantern.secrets[role]
    first, inner = ("", "{ __typename }")
    if "first" in SCHEMA.query_type.fields[name].args:  # type: ignore[union-attr]
        first, inner = ("first: 5, ", "{ nodes { id } totalCount pageInfo { hasNextPage startCursor } }")
    document = f"query($id: ID!) {{ {name}({first}filter: {{{narrowing}: $id}}) {inner} }}"
    nothing = _alike((await api.send(token, document, id=_made_up(kind))).content)
    for id in world.harbour.ids[kind]:
        assert _alike((await api.send(token, document, id=id)).content) == nothing
    if b"FORBIDDEN" not in nothing:
        page = json.loads(nothing)["data"][name]
        empty = {"nodes": [], "totalCount": 0, "pageInfo": {"hasNextPage": False, "startCursor": None}}
        assert page == (empty if first else [])


async def test_a_cursor_of_harbour_opens_nothing_of_harbour_to_lantern(api: Api, world: World) -> None:
    document = "query($c: String) { people(first: 50, after: $c) { nodes { id name } pageInfo { startCursor } } }"
    theirs = await api.data(world.harbour.secrets["admin"], document)
    found = await api.data(world.lantern.secrets["admin"], document, c=theirs["people"]["pageInfo"]["startCursor"])
    assert {node["id"] for node in found["people"]["nodes"]} <= set(world.lantern.ids["Person"])


# --- doing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("deeds", BATCHES, ids=these)
async def test_no_mutation_tells_lantern_an_id_of_harbour_from_one_that_was_made_up(
    api: Api, world: World, superuser: Connection, deeds: Sequence[Deed]
) -> None:
    before = await _harbour(superuser, world.harbour)
    for deed, role in product(deeds, ROLES):
        own, some = deed.by == role, 9 if deed.by == role else 1
        for path, kind in ids_of(deed.mutation).items():
            other = "Match" if kind != "Match" else "Person"
            for ids in (
                (_made_up(kind), *world.harbour.ids[kind][:some]),
                (_made_up(other), world.harbour.ids[other][0]),
            ):
                answers = await _answers(api, world.lantern, role, deed, path, ids)
                assert len(set(answers)) == 1, (path, answers)
                if own and ids[0] == _made_up(kind):
                    assert json.loads(answers[0])["errors"][0]["code"] in _refusals(deed.mutation, path)
    assert await _harbour(superuser, world.harbour) == before


async def _answers(api: Api, house: House, role: str, deed: Deed, path: Path, ids: Sequence[str]) -> list[str]:
    """The answers to the deed with each of these ids in its place, as JSON; all are refusals."""
    asked = {f"i{n}": with_id(deed.given(house), path, id) for n, id in enumerate(ids)}
    variables = ", ".join(f"${name}: {deed.input}!" for name in asked)
    fields = " ".join(f"{name}: {deed.mutation}(input: ${name}) {PAYLOAD % '__typename'}" for name in asked)
    answer = await api(house.secrets[role], f"mutation({variables}) {{ {fields} }}", **asked)
    if "data" not in answer:
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        return ["FORBIDDEN"]
    payloads = [answer["data"][name] for name in asked]
    assert [p["result"] for p in payloads] == [None] * len(ids), answer
    return [json.dumps(p) for p in payloads]


# Refused before anybody looks for the row: the rest of the deed's input does not go with one.
EARLIER = {
    ("recordAttendance", ("present", "[]")),
    ("enrolReferral", ("personId",)),
    ("planOutreach", ("storyOfId",)),
    ("answerFeedbackForm", ("answers", "[]", "questionId")),
    ("recognise", ("goalId",)),
    ("recognise", ("matchId",)),
}


def _refusals(mutation: str, path: Path) -> set[str]:
    return {"INVALID", "ILLEGAL_STATE"} if (mutation, path) in EARLIER else {"NOT_FOUND"}


async def _harbour(superuser: Connection, house: House) -> list[Any]:
    """Everything that the house has, as a hash by table."""
    return [
        await superuser.fetchval(
            f"SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM {table} t WHERE organisation_id = $1",
            house.organisation_id,
        )
        for table in house.rows
        if table not in ("tokens", "facts")  # a token's last use, and what its bearer read
    ]


# --- everything that can be read -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [*ROLES, "supervisor", "partner", "analyst", "reader"])
async def test_nothing_that_lantern_reads_is_harbours(api: Api, world: World, role: str) -> None:
    token = world.lantern.secrets[role]
    answers = await _everything(api, token)
    theirs = {id for kind, ids in world.harbour.ids.items() for id in ids}
    for answer in answers.values():
        assert "Harbour" not in answer
        assert not theirs & set(re.findall(r'"id":"([^"]+)"', answer))
    if role in ("admin", "coordinator"):
        assert sum("Lantern" in answer for answer in answers.values()) > 8


async def test_lanterns_answers_stay_the_same_whatever_happens_elsewhere(
    api: Api, world: World, workplace: Workplace, superuser: Connection
) -> None:
    before = {role: await _everything(api, world.lantern.secrets[role]) for role in ROLES}
    pier = await build_house(workplace, superuser, "Pier")
    await api.done(pier.secrets["coordinator"], "closeMatch", {"matchId": pier.id("match"), "reason": "MOVED"})
    await api.done(
        pier.secrets["admin"],
        "editPerson",
        {"personId": pier.id("mentor.person"), "name": world.lantern.names["mentor"]},
    )
    await api.done(world.operator, "suspendOrganisation", {"organisationId": pier.id("organisation")})
    assert {role: await _everything(api, world.lantern.secrets[role]) for role in ROLES} == before


async def _everything(api: Api, token: str) -> dict[str, str]:
    """The answer to each root field that the bearer may read, two levels deep."""
    may = set((await api.data(token, "{ viewer { permissions } }"))["viewer"]["permissions"])
    assert SCHEMA.query_type is not None
    answers = {}
    for name, field in SCHEMA.query_type.fields.items():
        if any(str(a.type).endswith("!") for a in field.args.values()) or not _allowed(field, may):
            continue
        first = ORDERED.get(name, "(first: 40)") if "first" in field.args else ""
        answer = await api.send(token, f"{{ {name}{first} {_selection(field.type, may, 2)} }}")
        assert "errors" not in answer.json(), answer.text
        answers[name] = _alike(answer.content).decode()
    return answers


# Reading sensitive rows adds facts; the first ones stay.
ORDERED = {"facts": "(first: 40, orderBy: OLDEST)"}
UNSTEADY = {"lastUsedAt", "totalCount", "requestId"}


def _selection(kind: Any, may: set[str], depth: int) -> str:
    found = get_named_type(get_nullable_type(kind))
    if not isinstance(found, GraphQLObjectType | GraphQLUnionType):
        return ""
    assert isinstance(found, GraphQLObjectType)
    deep = found.name.endswith(("Connection", "Edge"))
    fields = [
        f"{name}{_few(field)} {inner}"
        for name, field in found.fields.items()
        if name not in UNSTEADY and name != "edges" and _allowed(field, may)
        if (inner := _inner(field, may, depth if deep else depth - 1)) is not None
    ]
    return f"{{ {' '.join(fields)} }}"


def _inner(field: Any, may: set[str], depth: int) -> str | None:
    """What is selected below a field; None for one that is too deep."""
    if not isinstance(get_named_type(field.type), GraphQLObjectType):
        return ""
    return _selection(field.type, may, depth) if depth > 0 else None


def _few(field: Any) -> str:
    return "(first: 3)" if isinstance(declaration_of(field), Page) else ""


def _allowed(field: Any, may: set[str]) -> bool:
    declaration = declaration_of(field)
    permission = needed(declaration) if declaration is not None else None
    return permission is None or permission.name in may

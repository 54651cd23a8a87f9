"""The endpoint: transport, limits, and what goes wrong, as a client sees it."""

import time

import orjson
import pytest
from graphql import print_type

from schema.build import graphql_schema, sdl
from schema.declare import SHOWN, Declaration
from schema.reads.selection import declaration_of
from tests.conftest import Api
from tests.world import World

RESPONSE = "application/graphql-response+json"


async def test_nobody_learns_nothing(api: Api) -> None:
    asked = [await api.send(None, "{ viewer { roles } }"), await api.send("kith_made-up", "{ nonsense")]
    assert [a.status_code for a in asked] == [401, 401]
    assert asked[0].content == asked[1].content


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ viewer {", "GRAPHQL_PARSE_FAILED"),
        ("{ viewer { nothing } }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { viewer { roles } } query B { viewer { roles } }", "BAD_REQUEST"),
        ("query($id: ID!) { match(id: $id) { id } }", "BAD_USER_INPUT"),
        ("{ matches { nodes { id } } }", "INVALID"),
        ("{ matches(first: 0) { nodes { id } } }", "INVALID"),
        ("{ matches(first: 101) { nodes { id } } }", "INVALID"),
        ("{ matches(first: 1, last: 1) { nodes { id } } }", "INVALID"),
        ('{ matches(first: 1, after: "x") { nodes { id } } }', "INVALID"),
        ('{ match(id: "x") { id } }', "INVALID"),
        ("{ " + " ".join(f"a{i}: viewer {{ roles }}" for i in range(60)) + " }", "OPERATION_TOO_LARGE"),
        (
            "{ matches(first: 100) { nodes { meetings(first: 100) { nodes { attendances { id } } } } } }",
            "OPERATION_TOO_LARGE",
        ),
        ("{ __schema { types { name } } }", None),
        ("{ " * 3000 + "}" * 3000, "GRAPHQL_PARSE_FAILED"),
    ],
)
async def test_a_wrong_request_is_named_and_has_no_data(api: Api, world: World, query: str, code: str | None) -> None:
    answer = await api(world.harbour.secrets["coordinator"], query)
    if code is None:
        assert "errors" not in answer
    else:
        assert answer["errors"][0]["extensions"]["code"] == code
        assert "data" not in answer


async def test_fragments_that_multiply_are_refused_at_once(api: Api, world: World) -> None:
    bomb = "{ viewer { ...f0 } }" + "".join(
        f" fragment f{i} on Viewer {{ ...f{i + 1} ...f{i + 1} }}" for i in range(30)
    )
    began = time.perf_counter()
    answer = await api(world.harbour.secrets["admin"], bomb + " fragment f30 on Viewer { roles }")
    assert "errors" in answer
    assert time.perf_counter() - began < 1


async def test_get_reads_and_never_writes(api: Api, world: World) -> None:
    headers = {"authorization": f"Bearer {world.harbour.secrets['admin']}", "accept": RESPONSE}
    read = await api.client.get("/graphql", params={"query": "{ viewer { roles } }"}, headers=headers)
    write = await api.client.get(
        "/graphql",
        params={"query": 'mutation { openProgramme(input: {name: "X"}) { errors { code } } }'},
        headers=headers,
    )
    assert (read.status_code, read.json()["data"]["viewer"]["roles"]) == (200, ["ADMIN"])
    assert read.headers["content-type"].startswith(RESPONSE)
    assert write.status_code == 405


async def test_a_body_that_a_form_could_send_is_refused(api: Api, world: World) -> None:
    headers = {"authorization": f"Bearer {world.harbour.secrets['admin']}", "content-type": "text/plain"}
    answer = await api.client.post("/graphql", content=b'{"query": "{ viewer { roles } }"}', headers=headers)
    assert answer.status_code == 415


async def test_a_body_too_large_is_refused(api: Api, world: World) -> None:
    headers = {"authorization": f"Bearer {world.harbour.secrets['admin']}", "content-type": "application/json"}
    body = orjson.dumps({"query": "{ viewer { roles } }", "variables": {"x": "y" * 300_000}})
    assert (await api.client.post("/graphql", content=body, headers=headers)).status_code == 413


async def test_each_root_mutation_stands_alone(api: Api, world: World) -> None:
    query = """mutation {
      good: openProgramme(input: {name: "Stands alone"}) { result { id name } errors { code } }
      twin: openProgramme(input: {name: "Stands alone"}) { result { id } errors { code path } }
      other: openProgramme(input: {name: "Stands alone too"}) { result { name } errors { code } }
    }"""
    data = await api.data(world.lantern.secrets["admin"], query)
    assert data["good"]["result"]["name"] == "Stands alone"
    assert data["twin"] == {"result": None, "errors": [{"code": "CONFLICT", "path": ["name"]}]}
    assert data["other"]["result"] == {"name": "Stands alone too"}


async def test_pages_forward_and_back_see_every_row_once(api: Api, world: World) -> None:
    query = """query Page($first: Int, $after: String, $last: Int, $before: String) {
      people(first: $first, after: $after, last: $last, before: $before, orderBy: NAME) {
        totalCount nodes { id name } edges { cursor node { id } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    token = world.harbour.secrets["admin"]
    everybody = (await api.data(token, query, first=100))["people"]
    names = [n["name"] for n in everybody["nodes"]]
    assert len(names) == everybody["totalCount"] > 4
    assert names == sorted(names, key=str.casefold)
    forward, cursor = [], None
    while True:
        page = (await api.data(token, query, first=3, after=cursor))["people"]
        forward += page["nodes"]
        assert [e["node"]["id"] for e in page["edges"]] == [n["id"] for n in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        cursor = page["pageInfo"]["endCursor"]
    back, cursor = [], None
    while True:
        page = (await api.data(token, query, last=3, before=cursor))["people"]
        back = page["nodes"] + back
        if not page["pageInfo"]["hasPreviousPage"]:
            break
        cursor = page["pageInfo"]["startCursor"]
    assert forward == back == everybody["nodes"]


async def test_a_cursor_of_another_order_is_refused(api: Api, world: World) -> None:
    token = world.harbour.secrets["admin"]
    page = await api.data(token, "{ people(first: 1, orderBy: NAME) { pageInfo { endCursor } } }")
    cursor = page["people"]["pageInfo"]["endCursor"]
    answer = await api(token, f'{{ people(first: 1, orderBy: NEWEST, after: "{cursor}") {{ nodes {{ id }} }} }}')
    assert answer["errors"][0]["extensions"]["code"] == "INVALID"


async def test_filters_narrow_and_must_all_hold(api: Api, world: World) -> None:
    query = "query($filter: MeetingFilter) { meetings(first: 100, filter: $filter) { nodes { status startsAt } } }"
    token = world.harbour.secrets["admin"]
    everything = (await api.data(token, query))["meetings"]["nodes"]
    held = (await api.data(token, query, filter={"status": ["HELD"]}))["meetings"]["nodes"]
    assert {m["status"] for m in held} == {"HELD"}
    assert len(held) == sum(m["status"] == "HELD" for m in everything) < len(everything)
    last = max(m["startsAt"] for m in everything)
    narrowed = {"status": ["HELD", "ARRANGED", "MISSED", "CANCELLED"], "startsFrom": last}
    assert [m["startsAt"] for m in (await api.data(token, query, filter=narrowed))["meetings"]["nodes"]] == [last]
    other = await api(token, query, filter={"matchId": world.harbour.ids["Person"][0]})
    assert other["errors"][0]["extensions"]["code"] == "INVALID"


async def test_batched_lists_equal_lists_asked_one_by_one(api: Api, world: World) -> None:
    token = world.harbour.secrets["admin"]
    together = await api.data(
        token, "{ matches(first: 50) { nodes { id meetings(first: 2, orderBy: LATEST) { totalCount nodes { id } } } } }"
    )
    assert together["matches"]["nodes"]
    for match in together["matches"]["nodes"]:
        alone = await api.data(
            token,
            "query($id: ID!) { match(id: $id) { id meetings(first: 2, orderBy: LATEST) { totalCount nodes { id } } } }",
            id=match["id"],
        )
        assert alone["match"] == match


async def test_a_text_with_nul_is_refused_and_odd_texts_come_back_whole(api: Api, world: World) -> None:
    token = world.lantern.secrets["admin"]
    odd = 'Ünïcode "quoted" \\ 漢字 🤝 <b>'
    assert (await api.done(token, "openProgramme", {"name": odd}, "name"))["name"] == odd
    refused = await api.mutate(token, "openProgramme", {"name": "a\x00b"})
    assert refused["errors"][0]["code"] == "INVALID"


def test_every_field_of_the_schema_is_described_and_says_what_it_needs() -> None:
    schema = graphql_schema()
    for shown in SHOWN.values():
        fields = schema.type_map[shown.name].fields  # type: ignore[union-attr]
        assert all(f.description for f in fields.values()), print_type(schema.type_map[shown.name])
    for kind in (schema.query_type, schema.mutation_type, schema.subscription_type):
        assert kind is not None
        for name, field in kind.fields.items():
            assert field.description, name
            assert all(a.description for a in field.args.values() if kind is not schema.mutation_type), name
            assert isinstance(declaration_of(field), Declaration) or name in ("node", "nodes")


def test_the_schema_is_made_alike_every_time() -> None:
    assert sdl() == sdl()

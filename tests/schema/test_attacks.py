"""Attacks: what asks too much is refused with a code before it reaches the database, and leaves nothing behind."""

import gc
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import httpx2
import pytest
from graphql import get_introspection_query
from sqlalchemy import Engine, event

from schema.build import graphql_schema
from schema.documents import LONGEST_KEPT, MOST_KEPT, Documents
from tenants.principal import Known
from tenants.reads import Read, Reads
from tests.conftest import Api
from tests.world import World

LOOK_UP = "SELECT kith_principal("
PAY = "SELECT kith_lease("
SIGN_IN = b'{"errors":[{"message":"Sign in: send a valid bearer token.","extensions":{"code":"UNAUTHENTICATED"}}]}'
REPETITIONS = 200
LEFT_BEHIND = 10 * REPETITIONS  # blocks of memory

PARSE, VALIDATE, LARGE, INPUT = (
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "OPERATION_TOO_LARGE",
    "BAD_USER_INPUT",
)
FILTER = "query($f: MeetingFilter) { meetings(first: 1, filter: $f) { totalCount } }"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"


def many(count: int, text: str) -> str:
    """A text as often as asked, each with its number."""
    return " ".join(text.replace("#", str(number)) for number in range(count))


def encoded(value: Any) -> bytes:
    """As JSON, however deep."""
    return json.dumps(value).encode()


def nested(count: int, opening: str, inner: str, closing: str) -> str:
    """Something inside itself."""
    return opening * count + inner + closing * count


def lists(depth: int) -> Any:
    """A list in a list in a list."""
    made: Any = "x"
    for _ in range(depth):
        made = [made]
    return made


def objects(depth: int) -> Any:
    """An input in an input in an input."""
    made: Any = {}
    for _ in range(depth):
        made = {"matchId": made}
    return made


MATCH = "match { meetings(first: 1) { nodes { "
BY_TEXT: dict[str, tuple[str, str]] = {
    "aliases": ("{ " + many(51, "a#: viewer { roles }") + " }", LARGE),
    "aliases in introspection": ("{ __schema { " + many(3, "a#: types { name }") + " } }", LARGE),
    "aliases of introspection": ("{ " + many(3, "a#: __schema { types { name } }") + " }", LARGE),
    "aliases in introspection by a fragment": (
        "{ __schema { ...S } } fragment S on __Schema { " + many(3, "a#: types { name }") + " }",
        LARGE,
    ),
    "the same field": ("{ viewer { " + "roles " * 400 + "} }", LARGE),
    "the same field with itself inside": ("{ " + "viewer { person { name } } " * 100 + "}", LARGE),
    "depth": ("{ meetings(first: 1) { nodes { " + nested(9, MATCH, "id", "} } } ") + "} } }", LARGE),
    "depth past what Python can follow": (nested(900, "{ a ", "", "}"), PARSE),
    "depth just within what is parsed": (nested(120, "{ a ", "{ a }", "}"), LARGE),
    "inline fragments in one another": ("{ " + nested(120, "... { ", "viewer { roles } ", "}") + " }", LARGE),
    "lists in one another": ("{ nodes(ids: " + nested(120, "[", '"x"', "]") + ") { id } }", LARGE),
    "a type in one another": ("query($a: " + nested(120, "[", "ID", "]") + ") { nodes(ids: $a) { id } }", LARGE),
    "directives on one field": ("{ viewer { roles " + "@include(if: true) " * 200 + "} }", LARGE),
    "directives that nobody knows": ("{ viewer { roles " + many(300, "@d#") + " } }", LARGE),
    "directives all over": (
        "{ viewer { " + many(19, "roles @skip(if: false) reach @skip(if: false)") * 2 + " } }",
        LARGE,
    ),
    "directives on fragments": (
        "{ viewer { roles } "
        + many(17, "... @include(if: true) { viewer { roles @skip(if: true) reach @skip(if: true) } }")
        + " }",
        LARGE,
    ),
    "operations": (many(300, "query Q# { __typename }"), LARGE),
    "operations that share a fragment": (
        many(100, "query Q# { ...F }") + " fragment F on Query { viewer { roles } }",
        LARGE,
    ),
    "fragments in a circle": (
        "{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...C } fragment C on Viewer { ...A }",
        VALIDATE,
    ),
    "a fragment in itself": ("{ viewer { ...A } } fragment A on Viewer { roles ...A }", VALIDATE),
    "fragments that multiply": (
        "{ viewer { ...F0 } } "
        + " ".join(f"fragment F{i} on Viewer {{ ...F{i + 1} ...F{i + 1} }}" for i in range(30))
        + " fragment F30 on Viewer { roles }",
        LARGE,
    ),
    "a long chain of fragments": (
        "{ viewer { ...F0 } } "
        + " ".join(f"fragment F{i} on Viewer {{ ...F{i + 1} }}" for i in range(120))
        + " fragment F120 on Viewer { roles }",
        LARGE,
    ),
    "introspection in circles": (
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
        VALIDATE,
    ),
    "introspection past the depth": (
        "{ __schema { types { " + nested(20, "ofType { ", "name ", "} ") + "} } }",
        LARGE,
    ),
    "introspection in circles by fragments": (
        "{ __schema { types { ...T } } } fragment T on __Type { fields { type { ...T } } }",
        VALIDATE,
    ),
    "rows": ("{ matches(first: 100) { nodes { meetings(first: 100) { nodes { attendances { id } } } } } }", LARGE),
    "variables": ("query(" + many(600, "$v#: Int") + ") { viewer { roles } }", PARSE),
    "tokens": ("{ " + "viewer " * 3000 + "}", PARSE),
    "a long name": ("{ " + "a" * 100_000 + " }", LARGE),
    "a long text": ('{ match(id: "' + "x" * 100_000 + '") { id } }', LARGE),
    "a long comment": ("#" + "x" * 100_000 + "\n{ viewer { roles } }", LARGE),
    "many comments": ("#\n" * 50_000 + "{ viewer { roles } }", LARGE),
    "white space": (" " * 100_000 + "{ viewer { roles } }", LARGE),
    "control characters": ("{ viewer { roles \x00 } }", PARSE),
}
BY_VARIABLES: dict[str, tuple[str, Any, str]] = {
    "lists in one another": (NODES, {"ids": lists(300)}, LARGE),
    "inputs in one another": (FILTER, {"f": objects(300)}, LARGE),
    "variables that nobody asked for": ("{ viewer { roles } }", {f"v{i}": 0 for i in range(6_000)}, LARGE),
    "a long list": (NODES, {"ids": ["x"] * 20_001}, LARGE),
    "a long list of nothing": (NODES, {"ids": [None] * 40_000}, LARGE),
    "an input with made-up fields": (FILTER, {"f": {f"x{i}": 0 for i in range(4_000)}}, INPUT),
}
BODIES: dict[str, tuple[bytes, int]] = {
    "a batch": (encoded([{"query": "{ viewer { roles } }"}] * 2), 400),
    "an empty batch": (b"[]", 400),
    "a megabyte of text": (encoded({"query": "{ viewer { roles } }", "variables": {"x": "y" * 1_000_000}}), 413),
    "JSON deeper than can be read": (b'{"query": "{ viewer { roles } }", "variables": {"x": ' + b"[" * 100_000, 400),
    "a number without end": (b'{"query": "{ viewer { roles } }", "variables": {"x": ' + b"9" * 200_000 + b"}}", 400),
}


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What reaches a database while the test runs, but for looking up who asks and what they pay."""
    seen: list[str] = []
    reading = Reads.text

    async def text(reads: Reads, known: Known, read: Read, values: Sequence[Any]) -> str | None:
        seen.append(read.sql)
        return await reading(reads, known, read, values)

    monkeypatch.setattr(Reads, "text", text)

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith((LOOK_UP, PAY)):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


def held() -> int:
    """How much memory Python holds, in blocks; a request that is kept alive holds some hundred."""
    gc.collect()
    return sys.getallocatedblocks()


def refused(answer: httpx2.Response, code: str) -> None:
    """It is a request error with this code, short, and without a trace of data."""
    said = answer.json()
    assert "data" not in said
    assert {error["extensions"]["code"] for error in said["errors"]} == {code}
    assert all(error["message"] for error in said["errors"])
    assert len(answer.content) < 5_000


async def send(api: Api, token: str | None, body: bytes) -> httpx2.Response:
    """A body as it is."""
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    return await api.client.post("/graphql", content=body, headers=headers)


@pytest.mark.parametrize("name", BY_TEXT)
async def test_a_document_that_asks_too_much_reaches_nothing(
    api: Api, world: World, statements: list[str], name: str
) -> None:
    document, code = BY_TEXT[name]
    refused(await api.send(world.harbour.secrets["admin"], document), code)
    assert statements == []


@pytest.mark.parametrize("name", BY_VARIABLES)
async def test_variables_that_hold_too_much_reach_nothing(
    api: Api, world: World, statements: list[str], name: str
) -> None:
    document, variables, code = BY_VARIABLES[name]
    refused(await api.send(world.harbour.secrets["admin"], document, **variables), code)
    assert statements == []


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_that_is_no_request_reaches_nothing(
    api: Api, world: World, statements: list[str], name: str
) -> None:
    body, status = BODIES[name]
    answer = await send(api, world.harbour.secrets["admin"], body)
    assert answer.status_code == status
    refused(answer, "BAD_REQUEST")
    assert statements == []


async def test_what_clients_really_ask_is_within_the_limits(api: Api, world: World, statements: list[str]) -> None:
    answer = await api(world.harbour.secrets["admin"], get_introspection_query(input_value_deprecation=True))
    assert "errors" not in answer
    fifty = "{ " + many(24, "a#: viewer { roles @include(if: true) reach @skip(if: false) }") + " }"
    assert "errors" not in await api(world.harbour.secrets["admin"], fifty)
    assert statements != []


async def test_without_a_token_every_attack_gets_the_same_words(api: Api, world: World, statements: list[str]) -> None:
    asked = ("{ viewr { rolez } }", "{ viewer { roles } }", "{ __schema { types { name } } }", "{ __typename }")
    attacks = [*bodies(), *(encoded({"query": document}) for document in asked)]
    for token in (None, "kith_nobody", "x" * 5_000):
        answers = [await send(api, token, body) for body in attacks]
        assert {(answer.status_code, answer.content) for answer in answers} == {(401, SIGN_IN)}
    answers = [await api.client.get("/graphql", params={"query": document}) for document in asked]
    assert {(answer.status_code, answer.content) for answer in answers} == {(401, SIGN_IN)}
    assert statements == []


def bodies() -> list[bytes]:
    """Every attack as it is sent."""
    return [
        *(encoded({"query": document}) for document, _ in BY_TEXT.values()),
        *(encoded({"query": document, "variables": given}) for document, given, _ in BY_VARIABLES.values()),
        *(body for body, _ in BODIES.values()),
    ]


async def test_attacks_leave_nothing_behind(api: Api, world: World) -> None:
    """Each again and again: what the first ones left is all that is left."""
    token, attacks = world.harbour.secrets["admin"], bodies()
    large = encoded({"query": "{ viewer { nothing } }", "variables": {"x": "y" * 200_000}})
    attacks = [each for attack in attacks for each in (attack, large)]
    for body in attacks:
        await send(api, token, body)
    before = held()
    for number in range(REPETITIONS):
        await send(api, token, attacks[number % len(attacks)])
    assert held() - before < LEFT_BEHIND


def test_documents_that_differ_each_time_are_forgotten() -> None:
    kept = Documents(graphql_schema())
    texts = [f"{{ a{number}: viewer {{ roles }} }} #" + "x" * (LONGEST_KEPT - 100) for number in range(60)]
    assert sum(map(len, texts)) > MOST_KEPT
    first, *_, last = [kept.operation(text, None) for text in texts]
    assert kept.operation(texts[-1], None) is last
    assert kept.operation(texts[0], None) is not first

"""Trusted documents: manifests in three forms, three modes, and what each way of asking is answered."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from starlette.requests import Request

from infra.app import application
from kith.ground.errors import Misconfigured
from kith.ground.settings import Settings, read
from schema.build import graphql_schema
from schema.documents import LONGEST_KEPT, MOST_KEPT, Documents, RequestError
from schema.http import Asked, ask_of
from schema.trusted import Trusted
from tests.world import World

RESPONSE = "application/graphql-response+json"
ROLES, PEOPLE = "{ viewer { roles } }", "query People($n: Int!) { people(first: $n) { totalCount } }"
OPEN = 'mutation Open { openProgramme(input: {name: ""}) { errors { code } } }'
RELAY_ID = hashlib.md5(PEOPLE.encode()).hexdigest()  # as relay-compiler makes it


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


PLAIN = {f"sha256:{sha256(ROLES)}": ROLES}
RELAY = {RELAY_ID: PEOPLE}
APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": sha256(OPEN), "name": "Open", "type": "mutation", "body": OPEN}],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a manifest in each form."""
    made = tmp_path_factory.mktemp("documents")
    for name, manifest in (("plain", PLAIN), ("relay", RELAY), ("apollo", APOLLO)):
        (made / f"{name}.json").write_bytes(orjson.dumps(manifest))
    (made / "README.md").write_text("no manifest")
    return made


class Client:
    """An administrator who asks a service of one mode."""

    def __init__(self, client: httpx2.AsyncClient, token: str) -> None:
        self._client = client
        self._headers = {"authorization": f"Bearer {token}"}

    async def post(self, **body: Any) -> Any:
        return (await self._client.post("/graphql", json=body, headers=self._headers)).json()

    async def get(self, **params: str) -> httpx2.Response:
        return await self._client.get("/graphql", params=params, headers=self._headers | {"accept": RESPONSE})


@asynccontextmanager
async def serving(settings: Settings, world: World, folder: Path, mode: str) -> AsyncIterator[Client]:
    given = replace(settings, documents=(str(folder),), documents_mode=mode, pool_size=2)
    app = application(given, workers=False)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://kith.test") as client,
    ):
        yield Client(client, world.harbour.secrets["admin"])


@pytest.fixture(scope="module")
async def prefer(settings: Settings, world: World, folder: Path) -> AsyncIterator[Client]:
    async with serving(settings, world, folder, "prefer") as client:
        yield client


@pytest.fixture(scope="module")
async def require(settings: Settings, world: World, folder: Path) -> AsyncIterator[Client]:
    async with serving(settings, world, folder, "require") as client:
        yield client


@pytest.fixture(params=["prefer", "require"])
def either(request: pytest.FixtureRequest, prefer: Client, require: Client) -> Client:
    return prefer if request.param == "prefer" else require


def as_apollo(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(text)}}


def code(answer: Mapping[str, Any]) -> str | None:
    """The code of a request that was refused; None for one that was answered."""
    if "data" in answer:
        return None
    found: str = answer["errors"][0]["extensions"]["code"]
    return found


# --- asking --------------------------------------------------------------------------------------------------------


async def test_a_document_is_asked_by_its_id(either: Client) -> None:
    roles = {"viewer": {"roles": ["ADMIN"]}}
    for id in (f"sha256:{sha256(ROLES)}", sha256(ROLES), f"sha256:{sha256(ROLES).upper()}"):
        assert (await either.post(documentId=id))["data"] == roles
    assert (await either.post(extensions=as_apollo(ROLES)))["data"] == roles
    assert (await either.post(documentId=f"sha256:{sha256(ROLES)}", query=ROLES))["data"] == roles
    for named in ("documentId", "doc_id"):
        people = await either.post(**{named: RELAY_ID}, variables={"n": 3}, operationName="People")
        assert people["data"]["people"]["totalCount"] > 3
    opened = await either.post(extensions=as_apollo(OPEN), operationName="Open")
    assert opened["data"] == {"openProgramme": {"errors": [{"code": "INVALID"}]}}


async def test_a_document_is_read_with_get(either: Client) -> None:
    plain = await either.get(documentId=f"sha256:{sha256(ROLES)}")
    apollo = await either.get(extensions=orjson.dumps(as_apollo(ROLES)).decode())
    assert plain.json()["data"] == apollo.json()["data"] == {"viewer": {"roles": ["ADMIN"]}}
    assert (await either.get(documentId=RELAY_ID, variables='{"n": 1}')).status_code == 200
    assert (await either.get(documentId=sha256(OPEN))).status_code == 405


async def test_prefer_takes_a_text_too_and_require_does_not(prefer: Client, require: Client) -> None:
    for text in ("{ viewer { permissions } }", ROLES):  # a trusted one is asked by its id as well
        assert code(await prefer.post(query=text)) is None
        assert code(await require.post(query=text)) == "DOCUMENT_NOT_TRUSTED"
    assert (await require.get(query=ROLES)).status_code == 400
    assert code(await require.post(query="{ nonsense")) == "DOCUMENT_NOT_TRUSTED"  # it is not even read


async def test_an_unknown_id_is_told_in_the_words_of_who_asks(prefer: Client, require: Client) -> None:
    for client in (prefer, require):
        by_id = await client.post(documentId="sha256:00")
        apollo = await client.post(extensions=as_apollo("{ viewer { reach } }"))
        assert code(by_id) == code(apollo) == "PERSISTED_QUERY_NOT_FOUND"
        assert by_id["errors"][0]["message"] == "No document with this id is trusted here."
        assert apollo["errors"][0]["message"] == "PersistedQueryNotFound"
        assert (await client.get(documentId="x")).status_code == 400


async def test_apollo_asks_again_with_the_text_and_nothing_is_learned_of_it(prefer: Client, require: Client) -> None:
    text = "{ viewer { reach } }"
    again = {"extensions": as_apollo(text), "query": text}
    assert code(await prefer.post(**again)) is None
    assert code(await prefer.post(extensions=as_apollo(text))) == "PERSISTED_QUERY_NOT_FOUND"
    assert code(await require.post(**again)) == "DOCUMENT_NOT_TRUSTED"


async def test_a_text_that_is_not_the_ids_is_refused(prefer: Client) -> None:
    answer = await prefer.post(documentId=f"sha256:{sha256(ROLES)}", query="{ viewer { permissions } }")
    assert code(answer) == "BAD_REQUEST"


async def test_off_knows_no_ids_and_reads_no_manifest(settings: Settings, world: World, folder: Path) -> None:
    async with serving(settings, world, folder / "missing", "off") as client:
        assert code(await client.post(documentId=f"sha256:{sha256(ROLES)}")) == "PERSISTED_QUERY_NOT_FOUND"
        assert code(await client.post(query=ROLES, extensions=as_apollo(ROLES))) is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"documentId": 7},
        {"documentId": ["x"], "query": ROLES},
        {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "x"}}},
        {"extensions": {"persistedQuery": {"version": 1}}},
        {"extensions": {"persistedQuery": "x"}, "query": ROLES},
        {"extensions": "x", "documentId": RELAY_ID},
    ],
)
async def test_an_id_that_is_none_is_a_bad_request(prefer: Client, body: dict[str, Any]) -> None:
    assert code(await prefer.post(**body)) == "BAD_REQUEST"


def _get(headers: Mapping[str, str], query: str) -> Request:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "headers": raw, "query_string": query.encode(), "path": "/"})


async def test_get_with_a_text_needs_a_header_that_no_page_sends_unasked() -> None:
    for name in ("authorization", "graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name"):
        assert (await ask_of(_get({name: "x"}, "query={a}"))).query == "{a}"
    for headers in ({}, {"cookie": "a=b"}, {"accept": RESPONSE}):
        with pytest.raises(RequestError, match="graphql-require-preflight") as refused:
            await ask_of(_get(headers, "query={a}&documentId=x"))
        assert refused.value.status == 400
        assert await ask_of(_get(headers, "documentId=x")) == Asked(None, {}, None, "x")


# --- starting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        ({"sha256:" + "0" * 64: ROLES}, "the id sha256:0{64} is not the SHA-256 of its document"),
        ({"sha256:x": ROLES}, "the id sha256:x is not the SHA-256 of its document"),
        ({"0" * 64: ROLES}, "the id 0{64} is not the SHA-256 of its document"),
        ({**APOLLO, "operations": [{"id": "f" * 64, "body": OPEN}]}, "the id f{64} is not the SHA-256"),
        ({**APOLLO, "version": 2}, "no manifest of the format apollo-persisted-query-manifest, version 1"),
        ({**APOLLO, "format": "other"}, "no manifest of the format"),
        ({**APOLLO, "operations": None}, "no manifest of the format"),
        ({**APOLLO, "operations": ["x"]}, "the document x is not a text under an id"),
        ({"a": None}, "the document a is not a text under an id"),
        ({"": ROLES}, "the document  is not a text under an id"),
        ([], "a manifest of documents is a JSON object"),
        ({"a": "{ viewer {"}, "the document a is not valid: Syntax Error"),
        ({"a": "{ viewer { nothing } }"}, "the document a is not valid: Cannot query field 'nothing' on type 'Viewer'"),
        ({"a": "{ " + "x " * 2001 + "}"}, "the document a is not valid: "),
    ],
)
def test_a_wrong_manifest_keeps_the_service_from_starting(
    settings: Settings, tmp_path: Path, manifest: Any, told: str
) -> None:
    (tmp_path / "good.json").write_bytes(orjson.dumps(PLAIN))
    (tmp_path / "wrong.json").write_bytes(orjson.dumps(manifest))
    given = replace(settings, documents=(str(tmp_path),), documents_mode="prefer")
    with pytest.raises(Misconfigured, match=rf"wrong\.json: .*{told}"):
        application(given, workers=False)


def test_a_manifest_that_is_missing_or_torn_or_contradicts_another_is_told(tmp_path: Path) -> None:
    torn, one, other, empty = (tmp_path / name for name in ("torn.json", "one.json", "other.json", "empty"))
    torn.write_text('{"a":')
    one.write_bytes(orjson.dumps({"a": ROLES}))
    other.write_bytes(orjson.dumps({"a": PEOPLE}))
    empty.mkdir()
    for named, told in (
        ([tmp_path / "none.json"], r"none\.json: this manifest of documents cannot be read: No such file"),
        ([torn], r"torn\.json: this manifest of documents is not JSON"),
        ([one, other], r"other\.json: the document a has another text in .*one\.json"),
        ([empty], r"empty: this folder holds no manifest"),
    ):
        with pytest.raises(Misconfigured, match=told):
            Trusted("prefer", [str(path) for path in named])
    Trusted("prefer", [str(one), str(one)])


def test_trusted_documents_are_never_forgotten(folder: Path) -> None:
    documents = Documents(graphql_schema())
    Trusted("prefer", [str(folder)]).keep_in(documents)
    kept = {text: documents.operation(text, None) for text in (ROLES, PEOPLE, OPEN)}
    passing = "{ viewer { reach } }"
    first = documents.operation(passing, None)
    for n in range(MOST_KEPT // (LONGEST_KEPT - 100) + 2):
        documents.operation(f"{{ a{n}: viewer {{ reach }} }} #" + "x" * (LONGEST_KEPT - 200), None)
    assert documents.operation(passing, None) is not first
    assert all(documents.operation(text, None) is document for text, document in kept.items())


def test_the_mode_follows_from_what_is_named_unless_it_is_said(folder: Path) -> None:
    given = {"database": "x", "broker": "x", "environment": "development"}
    named = {**given, "documents": f"{folder}, other.json"}
    assert read({}, **given).documents_mode == "off"
    assert read({}, **named).documents == (str(folder), "other.json")
    assert read({}, **named).documents_mode == "prefer"
    assert read({}, **named, documents_mode="off").documents_mode == "off"
    with pytest.raises(Misconfigured, match="name in KITH_DOCUMENTS"):
        read({}, **given, documents_mode="require")
    with pytest.raises(Misconfigured, match="KITH_DOCUMENTS_MODE is 'always'"):
        read({}, **named, documents_mode="always")

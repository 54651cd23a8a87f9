"""What a GraphQL request over HTTP asks, by the GraphQL over HTTP specification."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import NoneType
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from schema.documents import RequestError

MOST_BYTES = 256 * 1024
JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
# A browser sends these to another origin only once that origin has allowed it.
PREFLIGHTED = ("authorization", "graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name")
Headers = Mapping[bytes, bytes]  # by name in small letters
_TEXT, _OBJECT = (str, NoneType), (dict, NoneType)  # or null


@dataclass(slots=True)  # one is made for every request, and freezing is most of the making
class Asked:
    """A document, as a text or by its id, with its variables and the name of the operation to run."""

    query: str | None
    variables: Mapping[str, Any]
    operation_name: str | None
    document_id: str | None = None
    as_apollo: bool = False  # the id came as Apollo Client sends it


@dataclass(frozen=True, slots=True)
class Wants:
    """How the answer is to come."""

    graphql_response: bool  # as application/graphql-response+json, where a refusal has a status of its own
    events: bool  # as server-sent events


def secret_in(authorization: str) -> str | None:
    """The bearer secret in the value of an Authorization header."""
    scheme, _, secret = authorization.partition(" ")
    return (secret.strip() or None) if scheme.lower() == "bearer" else None


async def ask_of(scope: Scope, headers: Headers, receive: Receive) -> Asked:
    """What the request asks. Raises RequestError."""
    if scope["method"] == "GET":
        asked = asked_in(_from_query(scope["query_string"]))
        if asked.query is not None and not any(name.encode() in headers for name in PREFLIGHTED):
            raise RequestError(
                "A page of another origin could send this: add the header graphql-require-preflight, or send POST.",
                status=400,
            )
        return asked
    if not _is_json(headers.get(b"content-type", b"")):
        raise RequestError("Send JSON with the content type application/json.", status=415, code="BAD_REQUEST")
    try:
        body = orjson.loads(await _body(receive))
    except orjson.JSONDecodeError:
        raise RequestError("The body is not JSON.", status=400, code="BAD_REQUEST") from None
    if not isinstance(body, dict):
        raise RequestError("The body is one JSON object; requests are not batched.", status=400, code="BAD_REQUEST")
    return asked_in(body)


@lru_cache(256)
def _is_json(content_type: bytes) -> bool:
    return content_type.partition(b";")[0].strip().lower() == JSON.encode()


async def _body(receive: Receive) -> bytes:
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk, more = message.get("body", b""), message.get("more_body", False)
        size += len(chunk)
        if size > MOST_BYTES:
            raise RequestError(f"A request has at most {MOST_BYTES:,} bytes.", status=413, code="BAD_REQUEST")
        chunks.append(chunk)
    return b"".join(chunks)


def _from_query(query: bytes) -> Mapping[str, Any]:
    given: dict[str, Any] = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    for name in ("variables", "extensions"):
        if name in given:
            try:
                given[name] = orjson.loads(given[name])
            except orjson.JSONDecodeError:
                raise RequestError(f"{name} is not JSON.", status=400, code="BAD_REQUEST") from None
    return given


def asked_in(given: Mapping[str, Any]) -> Asked:
    """What a JSON object asks. Raises RequestError."""
    query, variables, name = given.get("query"), given.get("variables"), given.get("operationName")
    extensions = given.get("extensions")
    id, as_apollo = _id_of(given)
    if not isinstance(query, _TEXT) or (query is None and id is None):
        raise RequestError(
            "Give the document as the text `query`, or the id of a trusted one as `documentId`.", status=400
        )
    if not isinstance(variables, _OBJECT) or not isinstance(extensions, _OBJECT):
        raise RequestError("`variables` and `extensions` are objects or null.", status=400, code="BAD_REQUEST")
    if not isinstance(name, _TEXT):
        raise RequestError("`operationName` is a text or null.", status=400, code="BAD_REQUEST")
    return Asked(query, variables or {}, name or None, id, as_apollo)


def _id_of(given: Mapping[str, Any]) -> tuple[str | None, bool]:
    """The id of a trusted document, and whether it came as Apollo Client sends it; `doc_id` is Relay's habit."""
    id, extensions = given.get("documentId", given.get("doc_id")), given.get("extensions")
    apollo = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    as_apollo = id is None and apollo is not None
    if as_apollo:
        id = apollo.get("sha256Hash") if isinstance(apollo, dict) and apollo.get("version") == 1 else None
    if not isinstance(id, str if as_apollo else _TEXT):
        raise RequestError("Give the id of a trusted document as a text, or as Apollo's version 1 does.", status=400)
    return id, as_apollo


@lru_cache(256)
def wants_of(method: str, accept: bytes) -> Wants:
    """How the Accept header wants the answer.

    application/graphql-response+json is to be named and taken at least as gladly as application/json; a stream of
    events is to be named, and taken more gladly than either.
    """
    given = accept.decode("latin-1")
    (own, weight), (plain, other) = _preference(given, GRAPHQL_RESPONSE), _preference(given, JSON)
    named = [weighed for rank, weighed in ((own, weight), (plain, other)) if rank == 2]
    stream, gladly = _preference(given, EVENT_STREAM)
    return Wants(
        graphql_response=own == 2 and weight > 0 and weight >= other,
        events=method == "POST" and stream == 2 and gladly > max(named, default=0.0),
    )


def _preference(accept: str, media: str) -> tuple[int, float]:
    """How exactly a media type is named in an Accept header, and its weight (RFC 9110, 12.5.1)."""
    best = (-1, 0.0)
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        rank = {media: 2, "application/*": 1, "*/*": 0}.get(name)
        if rank is not None and rank > best[0]:
            best = (rank, _weight(parameters))
    return best


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0

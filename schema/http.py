"""What a GraphQL request over HTTP asks, by the GraphQL over HTTP specification."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request

from schema.documents import RequestError

MOST_BYTES = 256 * 1024
JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
# A browser sends these to another origin only once that origin has allowed it.
PREFLIGHTED = ("authorization", "graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name")


@dataclass(frozen=True, slots=True)
class Asked:
    """A document, as a text or by its id, with its variables and the name of the operation to run."""

    query: str | None
    variables: Mapping[str, Any]
    operation_name: str | None
    document_id: str | None = None
    as_apollo: bool = False  # the id came as Apollo Client sends it


def bearer_of(request: Request) -> str | None:
    """The bearer secret of the request."""
    return secret_in(request.headers.get("authorization", ""))


def secret_in(authorization: str) -> str | None:
    """The bearer secret in the value of an Authorization header."""
    scheme, _, secret = authorization.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" and secret.strip() else None


async def ask_of(request: Request) -> Asked:
    """What the request asks. Raises RequestError."""
    if request.method == "GET":
        asked = asked_in(_from_query(request))
        if asked.query is not None and not any(name in request.headers for name in PREFLIGHTED):
            raise RequestError(
                "A page of another origin could send this: add the header graphql-require-preflight, or send POST.",
                status=400,
            )
        return asked
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != JSON:
        raise RequestError("Send JSON with the content type application/json.", status=415, code="BAD_REQUEST")
    try:
        body = orjson.loads(await _body(request))
    except orjson.JSONDecodeError:
        raise RequestError("The body is not JSON.", status=400, code="BAD_REQUEST") from None
    if not isinstance(body, dict):
        raise RequestError("The body is one JSON object; requests are not batched.", status=400, code="BAD_REQUEST")
    return asked_in(body)


async def _body(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_BYTES:
            raise RequestError(f"A request has at most {MOST_BYTES:,} bytes.", status=413, code="BAD_REQUEST")
        chunks.append(chunk)
    return b"".join(chunks)


def _from_query(request: Request) -> Mapping[str, Any]:
    given: dict[str, Any] = dict(request.query_params)
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
    if not isinstance(query, str | None) or (query is None and id is None):
        raise RequestError(
            "Give the document as the text `query`, or the id of a trusted one as `documentId`.", status=400
        )
    if not isinstance(variables, dict | None) or not isinstance(extensions, dict | None):
        raise RequestError("`variables` and `extensions` are objects or null.", status=400, code="BAD_REQUEST")
    if not isinstance(name, str | None):
        raise RequestError("`operationName` is a text or null.", status=400, code="BAD_REQUEST")
    return Asked(query, variables or {}, name or None, id, as_apollo)


def _id_of(given: Mapping[str, Any]) -> tuple[str | None, bool]:
    """The id of a trusted document, and whether it came as Apollo Client sends it; `doc_id` is Relay's habit."""
    id, extensions = given.get("documentId", given.get("doc_id")), given.get("extensions")
    apollo = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    as_apollo = id is None and apollo is not None
    if as_apollo:
        id = apollo.get("sha256Hash") if isinstance(apollo, dict) and apollo.get("version") == 1 else None
    if not isinstance(id, str if as_apollo else str | None):
        raise RequestError("Give the id of a trusted document as a text, or as Apollo's version 1 does.", status=400)
    return id, as_apollo


def accepts_graphql_response(accept: str) -> bool:
    """Whether application/graphql-response+json is accepted at least as gladly as application/json."""
    rank, weight = _preference(accept, GRAPHQL_RESPONSE)
    _, other = _preference(accept, JSON)
    return rank == 2 and weight > 0 and weight >= other


def asks_for_events(request: Request) -> bool:
    """Whether the answer is to be a stream of server-sent events: named, and more gladly taken than JSON."""
    accept = request.headers.get("accept", "")
    rank, weight = _preference(accept, EVENT_STREAM)
    plain = [weighed for named, weighed in (_preference(accept, m) for m in (JSON, GRAPHQL_RESPONSE)) if named == 2]
    return request.method == "POST" and rank == 2 and weight > max(plain, default=0.0)


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

"""GraphQL over HTTP: the audits of graphql-http, and what somebody without a token is told."""

from typing import Any

import httpx2
import pytest

from tests.clients.conftest import Script
from tests.clients.service import Service

pytestmark = pytest.mark.clients
AUDITS = 61
SIGN_IN = {"errors": [{"message": "Sign in: send a valid bearer token.", "extensions": {"code": "UNAUTHENTICATED"}}]}


def test_every_audit_passes(service: Service, script: Script) -> None:
    results = script("audit.mjs", url=service.graphql, token=service.admin)
    assert [each for each in results if each["status"] != "ok"] == []
    assert len(results) == AUDITS


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer nobody"}, {"authorization": "Basic YTpi"}])
@pytest.mark.parametrize("request_body", [{"json": {"query": "{ __typename }"}}, {"content": b"{"}, {"content": b""}])
def test_without_a_token_every_request_gets_one_answer(
    service: Service, headers: dict[str, str], request_body: dict[str, Any]
) -> None:
    answer = httpx2.post(service.graphql, headers=headers, **request_body)
    assert (answer.status_code, answer.json()) == (401, SIGN_IN)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/json; charset=utf-8"

"""Subscriptions with the reference clients: graphql-ws and graphql-sse."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.clients.conftest import Script
from tests.clients.service import Service

pytestmark = pytest.mark.clients
TRANSPORTS = ("ws", "sse")


@pytest.fixture(params=TRANSPORTS)
def follow(request: pytest.FixtureRequest, service: Service, script: Script) -> Any:
    """Plays one scenario over one transport."""

    def play(scenario: str, **more: Any) -> Any:
        told = {"url": service.graphql, "token": service.admin, "transport": request.param, **more}
        return script("subscriptions.mjs", scenario=scenario, **told)

    play.transport = request.param  # type: ignore[attr-defined]
    return play


def test_queries_mutations_and_mistakes_are_answered(follow: Any) -> None:
    query, mutation, mistake = follow("answers")
    assert [each["data"] for each in query] == [{"viewer": {"roles": ["ADMIN"]}}]
    opened = {"result": {"name": f"By {follow.transport}"}, "errors": []}
    assert [each["data"] for each in mutation] == [{"openProgramme": opened}]
    assert all(each["extensions"]["cost"]["requested"] for each in (*query, *mutation))
    assert [e["extensions"]["code"] for e in mistake[0]["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]


def test_events_arrive_and_one_may_leave_early(follow: Any) -> None:
    found = follow("leaves")
    assert found["seen"] == ["programme.opened"] * 3
    assert [each["data"] for each in found["after"]] == [{"viewer": {"roles": ["ADMIN"]}}]


def test_a_token_that_expires_ends_an_open_subscription(service: Service, follow: Any) -> None:
    ends = (datetime.now(UTC) + timedelta(seconds=4)).isoformat()
    person = service.ask(service.admin, "{ viewer { person { id } } }")["viewer"]["person"]["id"]
    fading = service.do(service.admin, "issueToken", {"personId": person, "expiresAt": ends}, "secret")["secret"]
    (last,) = follow("expires", fading=fading)
    if follow.transport == "ws":
        assert (last["code"], last["reason"]) == (4403, "Forbidden")
    else:
        assert last["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_nothing_is_lost_or_told_twice_when_the_connection_is_cut(service: Service, follow: Any) -> None:
    found = follow("drops")
    facts = service.ask(service.admin, "{ facts(last: 24, orderBy: OLDEST) { nodes { id } } }")["facts"]["nodes"]
    assert found["seen"] == [fact["id"] for fact in facts]
    assert found["cuts"] == 4


def test_other_origins_and_the_old_protocol_are_refused(service: Service, script: Script) -> None:
    found = script("subscriptions.mjs", url=service.graphql, scenario="refuses")
    assert found == {"elsewhere": 403, "legacy": 400, "here": "open"}

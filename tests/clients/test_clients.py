"""Apollo Client and urql, as a frontend uses them: pages, an edit, a refusal, a stranger, a missing permission."""

from typing import Any

import pytest

from tests.clients.conftest import Script
from tests.clients.service import Service
from tests.clients.story import Story

pytestmark = pytest.mark.clients
EVERYBODY = ["Ada", "Cora", "Mara", "Tess"]


@pytest.mark.parametrize("client", ["apollo", "urql"])
def test_a_client_reads_pages_edits_and_is_told_why_not(
    service: Service, story: Story, script: Script, client: str
) -> None:
    people = service.ask(service.admin, "{ people(first: 100, orderBy: NAME) { nodes { id name pronouns } } }")
    tess = next(each for each in people["people"]["nodes"] if each["name"] == "Tess")
    tokens = {"admin": service.admin, "mentee": story.mentee}
    found: dict[str, Any] = script("clients.mjs", client=client, url=service.graphql, tokens=tokens, person=tess["id"])
    assert found["first"] == EVERYBODY[:2]
    assert found["all"] == EVERYBODY
    assert found["edited"]["errors"] == []
    assert found["edited"]["result"]["pronouns"] == found["seen"] == "she/they"
    assert found["refused"]["result"] is None
    assert [(each["code"], each["path"]) for each in found["refused"]["errors"]] == [("INVALID", ["name"])]
    assert (found["stranger"]["status"], found["stranger"]["codes"]) == (401, ["UNAUTHENTICATED"])
    assert (found["forbidden"]["data"], found["forbidden"]["codes"]) == (None, ["FORBIDDEN"])

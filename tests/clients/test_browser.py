"""The service's three pages in a real browser: nothing on them breaks, and nothing they ask for is elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.clients.conftest import Script
from tests.clients.service import Service
from tests.clients.story import Story

pytestmark = pytest.mark.clients
Open = Callable[..., list[str]]
QUERY = "{ viewer { organisation { name } roles } }"


@pytest.fixture
def visit(service: Service, script: Script, program: Callable[[str], str]) -> Open:
    """Opens a page, does on it what a person would, and gives what was seen."""

    def _visit(page: str, token: str, **told: Any) -> list[str]:
        found = script("browser.mjs", chromium=program("chromium"), url=service.url, page=page, token=token, **told)
        assert found["heard"] == []
        assert [each for each in found["requests"] if not each.startswith((f"{service.url}/", "data:", "blob:"))] == []
        assert len(found["requests"]) > 1
        return list(found["seen"])

    return _visit


def test_the_explorer_takes_a_token_and_runs_a_query(visit: Open, story: Story) -> None:
    seen = "".join(visit("explorer", story.coordinator, query=QUERY, expected="COORDINATOR"))
    assert '"name": "Harbour"' in seen
    assert "errors" not in seen


def test_the_frontend_signs_in_and_shows_rows(visit: Open, story: Story) -> None:
    matches, meetings, *_ = visit("frontend", story.coordinator)
    assert matches.split("\t")[:3] == ["Mara", "Tess", "Active"]
    assert meetings.split("\t")[1:] == ["Mara", "Tess", "Phone"]


def test_the_mailbox_shows_a_letter(visit: Open, story: Story) -> None:
    assert len(visit("mailbox", story.mentee)) == 1

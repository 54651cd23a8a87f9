"""The sample frontend: its files, its policy, and that it draws text and never HTML."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette

from infra import frontend

FOLDER = Path(frontend.__file__).parent


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a server that has the frontend."""
    transport = httpx2.ASGITransport(app=Starlette(routes=frontend.routes()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://kith.test") as opened:
        yield opened


@pytest.mark.parametrize(
    ("path", "content_type", "name"),
    [
        ("", "text/html", "index.html"),
        ("dashboard.js", "text/javascript", "dashboard.js"),
        ("dashboard.css", "text/css", "dashboard.css"),
    ],
)
async def test_files_are_served(client: httpx2.AsyncClient, path: str, content_type: str, name: str) -> None:
    answer = await client.get(f"/frontend/{path}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{content_type}; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content == (FOLDER / name).read_bytes()


async def test_address_without_its_last_stroke_leads_to_the_page(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/frontend")
    assert answer.status_code == 307
    assert answer.headers["location"] == "/frontend/"


@pytest.mark.parametrize("name", ["__init__.py", "other.js", "..%2fmail.py"])
async def test_nothing_else_is_served(client: httpx2.AsyncClient, name: str) -> None:
    assert (await client.get(f"/frontend/{name}")).status_code == 404


async def test_policy_lets_the_page_load_and_ask_only_its_own_origin(client: httpx2.AsyncClient) -> None:
    policy = (await client.get("/frontend/")).headers["content-security-policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert not any("unsafe" in directive or "http" in directive for directive in policy)


async def test_page_loads_only_its_own_files(client: httpx2.AsyncClient) -> None:
    html = (await client.get("/frontend/")).text
    assert re.findall(r'(?:src|href)="([^"]+)"', html) == ["data:,", "dashboard.css", "dashboard.js"]
    assert re.findall(r"<script[^>]*>([^<]+)</script>", html) == []


def test_policy_names_the_apis_it_may_ask() -> None:
    policy = frontend.content_security_policy(["https://api.example.org", "http://localhost:8000"])
    assert "connect-src 'self' https://api.example.org http://localhost:8000;" in policy


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https:",
        "https://*",
        "https://a.example/x",
        "https://a.example; script-src *",
        "ftp://a.example",
        "",
    ],
)
def test_policy_takes_nothing_but_an_origin(origin: str) -> None:
    with pytest.raises(ValueError, match="An API origin is like"):
        frontend.content_security_policy([origin])


def test_dashboard_draws_text_and_never_html() -> None:
    script = (FOLDER / "dashboard.js").read_text("utf-8")
    assert "textContent" in script
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert forbidden not in script

"""The explorer: its page and its files, and that neither loads anything from elsewhere."""

import gzip
import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra import explorer

FOLDER = Path(explorer.__file__).parent
LOADED = re.compile(r'(?:src|href)="([^"]+)"')


async def _open_api(request: Request) -> Response:
    """Stand in for the API, which answers a browser with the explorer's page."""
    return explorer.page()


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a server that has the explorer."""
    app = Starlette(routes=[Route("/graphql", _open_api), *explorer.routes()])
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://kith.test") as opened:
        yield opened


async def _addresses(client: httpx2.AsyncClient) -> list[str]:
    """What the page loads or links to, other than the empty icon."""
    html = (await client.get("/graphql")).text
    return [address for address in LOADED.findall(html) if address != "data:,"]


def _sources(policy: str) -> dict[str, list[str]]:
    """A policy as its directives and their sources."""
    return {words[0]: words[1:] for words in (directive.split() for directive in policy.split(";"))}


async def test_page_is_html_that_a_person_can_use(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/graphql")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["vary"] == "Accept"
    assert "<title>Kith explorer</title>" in answer.text
    assert 'lang="en-GB"' in answer.text
    assert '<label for="token">' in answer.text


async def test_policy_lets_the_page_load_only_its_own_origin(client: httpx2.AsyncClient) -> None:
    policy = _sources((await client.get("/graphql")).headers["content-security-policy"])
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    assert policy["connect-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"]
    allowed = {source for sources in policy.values() for source in sources}
    assert allowed <= {"'none'", "'self'", "'unsafe-inline'", "data:"}


async def test_page_has_no_script_or_style_of_its_own_inside(client: httpx2.AsyncClient) -> None:
    html = (await client.get("/graphql")).text
    assert re.findall(r"<script[^>]*>([^<]+)</script>", html) == []
    assert "<style" not in html
    assert re.search(r"\son[a-z]+=", html) is None


async def test_everything_the_page_names_is_served_from_its_own_origin(client: httpx2.AsyncClient) -> None:
    addresses = await _addresses(client)
    assert len(addresses) == 7
    for address in addresses:
        assert re.fullmatch(r"explorer/[a-z-]+\.[0-9a-f]{16}\.(css|js|txt)", address)
        assert (await client.get(f"/{address}")).status_code == 200


async def test_files_come_gzipped_with_their_type_and_a_long_life(client: httpx2.AsyncClient) -> None:
    types = {"css": "text/css", "js": "text/javascript", "txt": "text/plain"}
    for address in await _addresses(client):
        answer = await client.get(f"/{address}", headers={"Accept-Encoding": "gzip, br"})
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["content-type"] == f"{types[address.rsplit('.')[-1]]}; charset=utf-8"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "br, gzip; q=0.0"])
async def test_a_client_that_takes_no_gzip_gets_plain_bytes(client: httpx2.AsyncClient, accepted: str) -> None:
    (address,) = [address for address in await _addresses(client) if "/react-dom." in address]
    answer = await client.get(f"/{address}", headers={"Accept-Encoding": accepted})
    assert "content-encoding" not in answer.headers
    assert answer.content == gzip.decompress((FOLDER / "react-dom.js.gz").read_bytes())


async def test_gzipped_and_plain_answers_hold_the_same_file(client: httpx2.AsyncClient) -> None:
    (address,) = [address for address in await _addresses(client) if "/explorer." in address and "js" in address]
    answer = await client.get(f"/{address}", headers={"Accept-Encoding": "gzip"})
    assert answer.content == (FOLDER / "explorer.js").read_bytes()


async def test_address_of_a_file_holds_the_hash_of_its_content(client: httpx2.AsyncClient) -> None:
    digest = hashlib.sha256((FOLDER / "graphiql.js.gz").read_bytes()).hexdigest()[:16]
    assert f"explorer/graphiql.{digest}.js" in await _addresses(client)


@pytest.mark.parametrize("name", ["graphiql.js", "index.html", "..%2f__init__.py", "react.0000000000000000.js"])
async def test_nothing_else_is_served(client: httpx2.AsyncClient, name: str) -> None:
    assert (await client.get(f"/explorer/{name}")).status_code == 404


def test_vendored_files_reach_for_nothing_elsewhere() -> None:
    for path in FOLDER.glob("*.gz"):
        text = gzip.decompress(path.read_bytes()).decode("utf-8")
        assert "://registry" not in text
        assert "sourceMappingURL" not in text
        assert re.search(r"""(?:url\(|@import)\s*["']?(?:https?:)?//""", text) is None


def test_every_vendored_package_has_its_licence() -> None:
    text = (FOLDER / "licences.txt").read_text("utf-8")
    assert {"react 18.2.0, react-dom 18.2.0", "codemirror"} <= set(text.splitlines())
    assert re.search(r"^graphiql 3\.8\.3", text, re.MULTILINE)
    assert text.count("Permission is hereby granted, free of charge") > 20

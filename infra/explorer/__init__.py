"""The GraphQL explorer (GraphiQL) that the server shows to a browser, served with no help from outside.

The browser files are vendored beside this module: the published builds of react, react-dom and
graphiql as gzip files, and the small page around them as plain text. Each is served under a name that
holds a hash of its content, so a browser may keep it for ever and never sees a stale one.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

_FOLDER = Path(__file__).parent
_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
_NAMES = (
    "explorer.css",
    "explorer.js",
    "graphiql.css",
    "graphiql.js",
    "licences.txt",
    "react-dom.js",
    "react.js",
)
_PLAIN_ADDRESS = re.compile(r'"explorer/([a-z-]+\.(?:css|js|txt))"')

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # the editor of GraphiQL places its lines with style elements
        "font-src data:",  # its fonts are inside its stylesheet
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the explorer as it is served."""

    served_as: str
    content_type: str
    gzipped: bytes


def routes() -> list[BaseRoute]:
    """The routes of the explorer's files; the page itself is `page()`, at the address of the API."""
    return [Route("/explorer/{file}", _serve_file, methods=["GET"])]


def page() -> Response:
    """The explorer's page, for a browser that opens the address of the API."""
    return Response(
        _page_html(),
        media_type="text/html",
        headers={
            "Content-Security-Policy": CONTENT_SECURITY_POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-cache",
            "Vary": "Accept",
        },
    )


def _serve_file(request: Request) -> Response:
    """Answer with one file, gzipped unless the client takes only plain bytes."""
    asset = _assets_by_address().get(request.path_params["file"])
    if asset is None:
        return PlainTextResponse("The explorer has no such file.", status_code=404)
    headers = {
        "Content-Type": asset.content_type,
        "Cache-Control": "public, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
    }
    if not _takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(gzip.decompress(asset.gzipped), headers=headers)
    return Response(asset.gzipped, headers={**headers, "Content-Encoding": "gzip"})


def _takes_gzip(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding header lets the answer be gzipped."""
    for choice in accept_encoding.lower().split(","):
        coding, _, weight = choice.replace(" ", "").partition(";")
        if coding in {"gzip", "x-gzip", "*"}:
            return re.fullmatch(r"q=0(\.0*)?", weight) is None
    return False


@cache
def _page_html() -> str:
    """The page, each of its files named by the address that holds the hash of its content."""
    html = (_FOLDER / "index.html").read_text("utf-8")
    return _PLAIN_ADDRESS.sub(lambda found: f'"explorer/{_assets()[found[1]].served_as}"', html)


@cache
def _assets_by_address() -> dict[str, Asset]:
    """Every file, by the last part of the address it is served at."""
    return {asset.served_as: asset for asset in _assets().values()}


@cache
def _assets() -> dict[str, Asset]:
    """Every file, by its plain name."""
    return {name: _read_asset(name) for name in _NAMES}


def _read_asset(name: str) -> Asset:
    """Read one file: vendored ones are gzipped already, ours are gzipped here."""
    vendored = _FOLDER / f"{name}.gz"
    stored = vendored.read_bytes() if vendored.exists() else (_FOLDER / name).read_bytes()
    gzipped = stored if vendored.exists() else gzip.compress(stored, mtime=0)
    digest = hashlib.sha256(stored).hexdigest()[:16]
    stem, suffix = Path(name).stem, Path(name).suffix
    return Asset(f"{stem}.{digest}{suffix}", _CONTENT_TYPES[suffix], gzipped)

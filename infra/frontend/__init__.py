"""The sample frontend: a coordinator's dashboard in plain JavaScript, to read, copy and change."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

_FOLDER = Path(__file__).parent
_FILES = {
    "": ("index.html", "text/html; charset=utf-8"),
    "dashboard.css": ("dashboard.css", "text/css; charset=utf-8"),
    "dashboard.js": ("dashboard.js", "text/javascript; charset=utf-8"),
}


def routes(api_origins: Iterable[str] = ()) -> list[BaseRoute]:
    """The routes of the frontend, which may ask the API at its own origin and at `api_origins`."""
    policy = content_security_policy(api_origins)
    files = [
        Route(f"/frontend/{path}", partial(_serve_file, name, content_type, policy), methods=["GET"])
        for path, (name, content_type) in _FILES.items()
    ]
    return [*files, Route("/frontend", _to_folder, methods=["GET"])]


def content_security_policy(api_origins: Iterable[str] = ()) -> str:
    """The page's policy: its own files only, and requests to its own origin and to those named."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src data:",
            " ".join(("connect-src 'self'", *map(_checked_origin, api_origins))),
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _checked_origin(origin: str) -> str:
    """An origin that is safe to write into the policy: a scheme, a host and perhaps a port."""
    parts = urlsplit(origin)
    is_origin = parts.scheme in {"http", "https"} and parts.hostname and origin.isascii()
    if not is_origin or f"{parts.scheme}://{parts.netloc}" != origin or set(origin) & set(" ;,'*@"):
        raise ValueError(f"An API origin is like https://api.example.org, not {origin!r}.")
    return origin


def _serve_file(name: str, content_type: str, policy: str, request: Request) -> Response:
    """Answer with a file as it stands on disk."""
    return Response(
        (_FOLDER / name).read_bytes(),
        headers={
            "Content-Type": content_type,
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-cache",
        },
    )


def _to_folder(request: Request) -> Response:
    """Send a browser on to the address that the page's own files are relative to."""
    return RedirectResponse("/frontend/", headers={"Cache-Control": "no-cache"})

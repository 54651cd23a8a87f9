"""The mailbox: in development, the letters that were written, on a page for whoever holds a token."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from kith.people.letters import READ, Letter
from schema.http import secret_in
from tenants.principal import Suspended, principal
from tenants.work import Workplace

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Kith mailbox</title>
<style>body{{font:16px/1.5 system-ui;max-width:46rem;margin:2rem auto;padding:0 1rem}}
article{{border-top:1px solid #999}}
pre{{white-space:pre-wrap;font:inherit}}label,input,button{{font:inherit}}input{{width:20rem}}</style>
<h1>Mailbox</h1><p>The letters that Kith wrote, newest first. In development no letter leaves.</p>
<form method="post"><label for="token">Token</label> <input id="token" name="token" type="password" required>
<button>Open</button></form>{letters}</html>"""


def routes(workplace: Workplace) -> list[BaseRoute]:
    """The mailbox page: asks for a token, shows what its person may read."""

    async def mailbox(request: Request) -> Response:
        secret = secret_in(request.headers.get("authorization", ""))
        if request.method == "POST":
            form = (await request.body())[:1000].decode(errors="replace")
            secret = form.removeprefix("token=").strip() or None
        letters = await _letters(workplace, secret) if secret else ""
        return HTMLResponse(_PAGE.format(letters=letters), headers={"content-security-policy": _POLICY})

    return [Route("/mailbox", mailbox, methods=["GET", "POST"])]


_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


async def _letters(workplace: Workplace, secret: str) -> str:
    try:
        actor = await principal(workplace.engine, secret)
    except Suspended:
        actor = None
    if actor is None or not actor.may(READ):
        return "<p>This token opens no mailbox.</p>"
    async with workplace.reading(actor) as work:
        letters = await work.acting(READ).all(Letter, order_by=Letter.written_at.desc(), limit=50)
    return "".join(_article(letter) for letter in letters) or "<p>No letter yet.</p>"


def _article(letter: Letter) -> str:
    return (
        f"<article><h2>{escape(letter.subject)}</h2><p>To {escape(letter.address)}, {letter.written_at:%Y-%m-%d %H:%M}"
        f" UTC</p><pre>{escape(letter.body)}</pre></article>"
    )

"""Calendars: one person's meetings as text/calendar, at an address that only they know."""

import hashlib

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kith.ground.actor import service
from kith.ground.errors import NotFound
from kith.meetings.calendar import SHOW, calendar_at, organisation_of
from tenants.organisation import Organisation, OrganisationStatus
from tenants.work import Workplace

_PRIVATE = {"cache-control": "private, no-cache", "x-robots-tag": "noindex"}


def routes(workplace: Workplace) -> list[BaseRoute]:
    """`GET /calendar/<secret>.ics`: the calendar, or 404, which does not say whether it ever was."""

    async def calendar(request: Request) -> Response:
        body = await _calendar(workplace, request.path_params["secret"])
        if body is None:
            return Response("There is no such calendar.\n", 404, _PRIVATE, "text/plain")
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {**_PRIVATE, "etag": tag}
        known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
        if known & {tag, "*"}:
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="text/calendar; charset=utf-8")

    return [Route("/calendar/{secret:str}.ics", calendar, methods=["GET"])]


async def _calendar(workplace: Workplace, secret: str) -> bytes | None:
    organisation_id = organisation_of(secret)
    if organisation_id is None:
        return None
    async with workplace.reading(service(organisation_id, (SHOW,))) as work:
        status = await work.session.scalar(select(Organisation.status).where(Organisation.id == organisation_id))
        if status != OrganisationStatus.ACTIVE:
            return None
        try:
            return await calendar_at(work, secret)
        except NotFound:
            return None

"""The ceiling: routes that somebody wrote by hand for these three operations alone, with SQL that builds the answer.

Nobody signs in: the organisation comes from a header. It is told on standard input, as JSON: `port` and `database`.
"""

import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Arguments: TypeAlias = Callable[[UUID, dict[str, Any]], Sequence[Any]]


def _id(type_name: str, row: str) -> str:
    """SQL for a global id."""
    return f"'{type_name}_' || {row}.id"


# The text is put together piece by piece: with json_build_object PostgreSQL takes a third longer, and the answer
# is a tenth larger. Codes and numbers need no quoting of their own; names and times do.
MATCH = f"""
SELECT '{{"match":' || coalesce((
    SELECT '{{"id":"' || {_id("Match", "m")} || '","status":"' || m.status || '","beganAt":' || to_json(m.began_at)
        || ',"mentor":{{"id":"' || {_id("Mentor", "r")} || '","name":' || to_json(r.name)
        || ',"status":"' || r.status
        || '"}},"mentee":{{"id":"' || {_id("Mentee", "e")} || '","name":' || to_json(e.name)
        || ',"status":"' || e.status
        || '"}},"meetings":{{"nodes":[' || coalesce((
            SELECT string_agg(
                '{{"id":"' || {_id("Meeting", "t")} || '","startsAt":' || to_json(t.starts_at)
                || ',"minutes":' || t.minutes || ',"format":"' || t.format || '","place":' || to_json(t.place)
                || ',"status":"' || t.status || '"}}', ',')
              FROM (SELECT id, starts_at, minutes, format, place, status FROM meetings
                     WHERE organisation_id = $1 AND match_id = $2 AND starts_at >= $3
                     ORDER BY starts_at, id LIMIT 3) t), '') || ']}}}}'
      FROM matches m
      JOIN mentors r ON r.organisation_id = $1 AND r.id = m.mentor_id
      JOIN mentees e ON e.organisation_id = $1 AND e.id = m.mentee_id
     WHERE m.organisation_id = $1 AND m.id = $2), 'null') || '}}'
"""

DASHBOARD = f"""
WITH page AS MATERIALIZED (
    SELECT id, status, began_at, mentor_id, mentee_id FROM matches
     WHERE organisation_id = $1 AND status = 'ACTIVE' ORDER BY began_at DESC, id DESC LIMIT 51
), shown AS (
    SELECT * FROM page ORDER BY began_at DESC, id DESC LIMIT 50
)
SELECT '{{"matches":{{"nodes":[' || coalesce((
    SELECT string_agg(
        '{{"id":"' || {_id("Match", "m")} || '","status":"' || m.status || '","beganAt":' || to_json(m.began_at)
        || ',"mentor":{{"id":"' || {_id("Mentor", "r")} || '","name":' || to_json(r.name)
        || '}},"mentee":{{"id":"' || {_id("Mentee", "e")} || '","name":' || to_json(e.name)
        || ',"status":"' || e.status
        || '"}},"meetings":{{"nodes":[' || coalesce((
            SELECT string_agg(
                '{{"id":"' || {_id("Meeting", "t")} || '","startsAt":' || to_json(t.starts_at)
                || ',"minutes":' || t.minutes || ',"format":"' || t.format || '","status":"' || t.status || '"}}', ',')
              FROM (SELECT id, starts_at, minutes, format, status FROM meetings
                     WHERE organisation_id = $1 AND match_id = m.id
                     ORDER BY starts_at DESC, id DESC LIMIT 5) t), '')
        || ']}},"goals":{{"nodes":[' || coalesce((
            SELECT string_agg(
                '{{"id":"' || {_id("Goal", "g")} || '","title":' || to_json(g.title)
                || ',"domain":"' || g.domain || '","status":"' || g.status || '"}}', ',')
              FROM (SELECT id, title, domain, status FROM goals
                     WHERE organisation_id = $1 AND match_id = m.id AND status IN ('PROPOSED', 'AGREED')
                     ORDER BY set_at, id LIMIT 10) g), '') || ']}}}}',
        ',' ORDER BY m.began_at DESC, m.id DESC)
      FROM shown m
      JOIN mentors r ON r.organisation_id = $1 AND r.id = m.mentor_id
      JOIN mentees e ON e.organisation_id = $1 AND e.id = m.mentee_id), '')
    || '],"pageInfo":{{"hasNextPage":' || (SELECT count(*) > 50 FROM page) || '}}}}}}'
"""

BY_MONTH = """
SELECT '{"meetingsByMonth":[' || coalesce(string_agg(
           '{"month":"' || month || '","format":"' || format || '","meetings":' || meetings
           || ',"minutes":' || minutes || '}', ',' ORDER BY month, format), '') || ']}'
  FROM (SELECT date_trunc('month', starts_at AT TIME ZONE 'UTC')::date AS month, format, count(*) AS meetings,
               sum(minutes) AS minutes
          FROM meetings WHERE organisation_id = $1 GROUP BY 1, 2) found
"""


def application(database: str) -> Starlette:
    """The three routes."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        settings = {"timezone": "UTC"}
        async with asyncpg.create_pool(database, max_size=10, reset=_keep, server_settings=settings) as pool:
            app.state.pool = pool
            yield

    return Starlette(
        routes=[
            Route("/match", _answering(MATCH, _of_match), methods=["POST"]),
            Route("/dashboard", _answering(DASHBOARD, _of_organisation), methods=["POST"]),
            Route("/meetings-by-month", _answering(BY_MONTH, _of_organisation), methods=["POST"]),
        ],
        lifespan=lifespan,
    )


def _answering(statement: str, arguments: Arguments) -> Any:
    async def answer(request: Request) -> Response:
        organisation = UUID(request.headers["x-organisation"])
        given = arguments(organisation, orjson.loads(await request.body()))
        async with request.app.state.pool.acquire() as connection:
            await connection.execute(
                f"BEGIN READ ONLY; SET LOCAL ROLE kith_tenant; SET LOCAL kith.organisation_id = '{organisation}'"
            )
            found: str = await connection.fetchval(statement, *given)
            await connection.execute("COMMIT")
        return Response(f'{{"data":{found}}}', media_type="application/json")

    return answer


def _of_match(organisation: UUID, given: dict[str, Any]) -> Sequence[Any]:
    return organisation, UUID(given["match"]), datetime.fromisoformat(given["now"])


def _of_organisation(organisation: UUID, _: dict[str, Any]) -> Sequence[Any]:
    return (organisation,)


async def _keep(_: object) -> None:
    """Nothing is left on a connection, because every setting ended with its transaction."""


if __name__ == "__main__":
    told = orjson.loads(sys.stdin.read())
    uvicorn.run(application(told["database"]), port=told["port"], loop="uvloop", http="httptools", access_log=False)

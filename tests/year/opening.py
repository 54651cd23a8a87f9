"""A database, a service and a clock for one year."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import httpx2

from infra.app import application
from infra.postgres import EmbeddedPostgres
from infra.wiring import workplace_for
from kith.ground.actor import service
from kith.ground.settings import Settings, read
from tenants.provisioning import KEEP_KEYS, issue_operator_token
from tests.conftest import PASSWORD, Api
from tests.year.calendar import Calendar
from tests.year.cast import Stage
from tests.year.year import BEGINS, Size, Year


@asynccontextmanager
async def opened(server: EmbeddedPostgres, template: str, size: Size) -> AsyncIterator[tuple[Year, str]]:
    """A year that is about to begin, in a database of its own, and the operator's token.

    Whatever organisations the template holds are suspended by the operator first: their nights would take time.
    """
    name = f"kith_year_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(server.dsn())
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    superuser = await asyncpg.connect(server.dsn(database=name))
    calendar = Calendar(superuser, BEGINS, pace=size.pace)
    await calendar.hang_up(name)
    settings = _settings(server, name)
    calendar.workplace = workplace_for(settings, clock=lambda: calendar.now)
    app = application(settings, workers=False, clock=lambda: calendar.now)
    try:
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://kith.year") as client,
        ):
            async with calendar.workplace.writing(service(None, (KEEP_KEYS,))) as work:
                operator = await issue_operator_token(work, name="Year")
            stage = Stage(Api(client), calendar)
            known = await stage.asks(operator, "{ organisations(first: 100) { nodes { id } } }")
            for other in known["organisations"]["nodes"]:
                await stage.tries(operator, "suspendOrganisation", {"organisationId": other["id"]})
            yield Year(stage, calendar, size), operator
    finally:
        await calendar.workplace.engine.dispose()
        await superuser.close()
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


def _settings(server: EmbeddedPostgres, database: str) -> Settings:
    return read(
        {},
        database=server.dsn("kith_login", PASSWORD, database),
        broker=server.dsn("kith_broker", PASSWORD, database),
        migrations=server.dsn(database=database),
        environment="development",
        cost_capacity="1000000000",
        cost_restore="1000000000",
    )

"""A year in the life of an organisation, played through the public API alone; then what must hold of it.

One test plays the year and holds all of it against `checks.py`, because the year is what takes the time. The small one
is part of every run; the whole one, with one programme and with two, is of the long campaign. `-s` shows the figures.
"""

import time
from datetime import timedelta

import pytest

from infra.postgres import EmbeddedPostgres
from tests.conftest import TEMPLATE
from tests.world import World
from tests.year.checks import CHECKS
from tests.year.opening import opened
from tests.year.refusals import Refusals
from tests.year.script import the_year
from tests.year.year import Size, Year

SMALL = Size(programmes=1, mentors=2, mentees=4, every_weeks=8, pace=timedelta(weeks=12))
WHOLE = [Size(programmes, 12, 40, every_weeks=2, pace=timedelta(weeks=1)) for programmes in (1, 2)]


@pytest.mark.parametrize(
    ("size", "refusals"),
    [
        pytest.param(SMALL, 10, id="small"),
        pytest.param(WHOLE[0], 20, id="whole", marks=pytest.mark.deep),
        pytest.param(WHOLE[1], 20, id="two-programmes", marks=pytest.mark.deep),
    ],
)
async def test_a_year(server: EmbeddedPostgres, world: World, size: Size, refusals: int) -> None:
    began = time.monotonic()
    async with opened(server, TEMPLATE, size) as (year, operator):
        refused = Refusals(refusals)
        year.looks.append(refused)
        await the_year(year, operator)
        failed = []
        for check in CHECKS:
            try:
                await check(year)
            except AssertionError as error:
                failed.append(f"{check.__name__}: {error}")
        await _tell(year, refused, time.monotonic() - began)
    assert failed == []
    assert refused.wrong == []
    assert refused.codes["ILLEGAL_STATE"] > 0.8 * refused.tried > 0


async def _tell(year: Year, refused: Refusals, seconds: float) -> None:
    """The figures of the year."""
    told = {"seconds": round(seconds), "requests": sum(year.stage.requests.values()), "jobs": year.calendar.jobs_done}
    for table in ("matches", "meetings", "letters", "tasks", "supervision_sessions", "facts"):
        query = f"SELECT count(*) FROM {table} WHERE organisation_id = $1"
        told[table] = await year.calendar.superuser.fetchval(query, year.organisation_row)
    print(told, "refused", dict(refused.codes))

"""What the tests of the schema share: a database with odd rows, which no other test sees."""

import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import asyncpg
import pytest

from infra.postgres import EmbeddedPostgres
from infra.wiring import workplace_for
from kith.ground.actor import Actor
from tenants.principal import principal
from tenants.work import Workplace
from tests.conftest import TEMPLATE, _execute, _settings
from tests.reference.odd import make_odd
from tests.world import WHO, Connection, House, World, build_house


@dataclass
class Odd:
    """The world, and beside it a house of odd rows; and who acts in each of the three."""

    houses: Mapping[str, House]
    actors: Mapping[tuple[str, str], Actor]  # by house and who
    workplace: Workplace
    superuser: Connection


@pytest.fixture(scope="session")
async def odd(server: EmbeddedPostgres, world: World) -> AsyncIterator[Odd]:
    """The world with a house of odd rows, in a database of its own."""
    name = f"kith_odd_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    await _execute(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    workplace = workplace_for(_settings(server, name))
    superuser = await asyncpg.connect(server.dsn(database=name))
    house = await build_house(workplace, superuser, "Quay", "odd")
    houses = {"harbour": world.harbour, "lantern": world.lantern, "odd": house}
    secrets = {(name, who): each.secrets[who] for name, each in houses.items() for who in WHO}
    secrets["harbour", "operator"] = world.operator
    found = {key: await principal(workplace.engine, secret) for key, secret in secrets.items()}
    await make_odd(superuser, house)
    yield Odd(houses, {key: actor for key, actor in found.items() if actor is not None}, workplace, superuser)
    await superuser.close()
    await workplace.engine.dispose()

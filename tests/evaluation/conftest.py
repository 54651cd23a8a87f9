"""A house of its own for the tests about feedback and improvement, and a clock to move."""

from contextlib import AbstractAsyncContextManager
from uuid import UUID, uuid4

import pytest

from kith.ground.actor import service
from kith.ground.model import Owned
from kith.ground.operation import AnyOperation
from kith.ground.work import Work
from tenants.principal import principal
from tenants.work import Workplace
from tests.world import Building, Connection, build_house


class Improving(Building):
    """A house that goes on from now."""

    async def serve(self, operation: AnyOperation, *args: object) -> None:
        """The service does something, at the clock."""
        async with self.as_service(operation) as work:
            await operation(work, *args)

    def as_service(self, *operations: AnyOperation) -> AbstractAsyncContextManager[Work]:
        """The service's own work, at the clock."""
        actor = service(self.house.organisation_id, [each.needs for each in operations])
        return self.workplace.writing(actor, now=self.clock)

    async def seen(self, who: str, model: type[Owned]) -> set[UUID]:
        """The ids of the rows that somebody sees."""
        actor = await principal(self.workplace.engine, self.house.secrets[who])
        assert actor is not None
        async with self.workplace.reading(actor) as work:
            return {row.id for row in await work.acting(model.READ).all(model)}


@pytest.fixture(scope="module")
async def built(workplace: Workplace, superuser: Connection) -> Improving:
    """Harbour once more, at its own address; one for each module."""
    house = await build_house(workplace, superuser, "Harbour", f"improving-{uuid4().hex[:12]}")
    return Improving(workplace, house)


@pytest.fixture
def improving(built: Improving) -> Improving:
    """The module's house, its clock at the time it was built."""
    built.clock = built.now
    return built

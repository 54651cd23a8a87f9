"""A house of its own for each test about mentors, and a clock to move."""

from uuid import uuid4

import pytest

from kith.ground.actor import service
from kith.ground.operation import AnyOperation
from tenants.work import Workplace
from tests.world import Building, Connection, build_house


class Mentors(Building):
    """A house that goes on from now."""

    async def serve(self, operation: AnyOperation, *args: object) -> None:
        """The service does something, at the clock."""
        actor = service(self.house.organisation_id, (operation.needs,))
        async with self.workplace.writing(actor, now=self.clock) as work:
            await operation(work, *args)


@pytest.fixture
async def mentors(workplace: Workplace, superuser: Connection) -> Mentors:
    """Harbour once more, at its own address."""
    house = await build_house(workplace, superuser, "Harbour", f"mentors-{uuid4().hex[:12]}")
    building = Mentors(workplace, house)
    building.clock = building.now
    await building.later()
    return building

"""Holding a person: two arrangements with them cannot cross, and who writes something about them need not wait."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kith.ground.actor import service
from kith.people.absence import Absence
from kith.people.person import Person
from tenants.work import Workplace
from tests.world import Connection, build_house

NOW = datetime.now(UTC)


async def test_what_only_refers_to_a_person_who_is_held_does_not_wait(
    workplace: Workplace, superuser: Connection
) -> None:
    house = await build_house(workplace, superuser, "Holding", "holding")
    whom, system = house.people["mentor"], service(house.organisation_id, ())
    async with workplace.writing(system) as holding:
        await holding.hold(Person, whom)
        async with workplace.writing(system) as writing:
            await writing.session.execute(text("SET LOCAL lock_timeout = '3s'"))
            (person,) = await writing.rows(Person, Person.id == whom)
            writing.add(Absence.under(person, starts_at=NOW, ends_at=NOW + timedelta(1), said_at=NOW))
            await writing.settle()
        async with workplace.writing(system) as crossing:
            await crossing.session.execute(text("SET LOCAL lock_timeout = '100ms'"))
            with pytest.raises(DBAPIError, match="lock timeout"):
                await crossing.hold(Person, whom)
            await crossing.session.rollback()

"""What a process knows of an actor is used only while it holds: in the transaction that reads, to the commit."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

import tenants
from kith.ground.settings import Settings
from tenants.principal import Known, Principals
from tenants.reads import Read, Reads
from tenants.work import Workplace
from tests.conftest import Api
from tests.world import Connection, House, World, build_house

HERE = Path(tenants.__file__).parent
LOOK = Read("SELECT 'seen'", 0)
# A change of each table on which standing rests, which leaves the row as it was.
CHANGES = {
    "organisations": "UPDATE organisations SET status = status WHERE id = $1",
    "tokens": "UPDATE tokens SET revoked_at = revoked_at WHERE organisation_id = $1",
    "members": "UPDATE members SET until = until WHERE organisation_id = $1",
    "roles": "UPDATE roles SET permissions = permissions WHERE organisation_id = $1",
    "mentors": "UPDATE mentors SET supervisor_id = supervisor_id WHERE organisation_id = $1",
    "mentees": "UPDATE mentees SET person_id = person_id WHERE organisation_id = $1",
    "matches": "UPDATE matches SET status = status WHERE organisation_id = $1",
    "coverage_delegations": "UPDATE coverage_delegations SET ends_at = ends_at WHERE organisation_id = $1",
    "proposals": "UPDATE proposals SET status = status WHERE organisation_id = $1",
    "group_facilitators": "UPDATE group_facilitators SET person_id = person_id WHERE organisation_id = $1",
    "group_memberships": "UPDATE group_memberships SET status = status WHERE organisation_id = $1",
}


@pytest.fixture
async def reads(settings: Settings) -> AsyncIterator[Reads]:
    """Connections of this test's own."""
    reads = Reads(settings.database, size=2)
    yield reads
    await reads.close()


@pytest.fixture(scope="module")
async def ferry(workplace: Workplace, superuser: Connection) -> House:
    """A house to change."""
    return await build_house(workplace, superuser, "Ferry")


async def _known(reads: Reads, secret: str) -> Known:
    known = await Principals(reads.look_up).look_up(secret)
    assert known is not None
    return known


async def test_who_was_looked_up_reads_until_something_changes(reads: Reads, world: World) -> None:
    known = await _known(reads, world.harbour.secrets["mentor"])
    assert [await reads.text(known, LOOK, ()) for _ in range(3)] == ["seen"] * 3


@pytest.mark.parametrize("table", CHANGES)
async def test_a_change_of_standing_is_noticed(reads: Reads, superuser: Connection, ferry: House, table: str) -> None:
    known = await _known(reads, ferry.secrets["mentor"])
    assert await reads.text(known, LOOK, ()) == "seen"
    await superuser.execute(CHANGES[table], ferry.organisation_id)
    assert await reads.text(known, LOOK, ()) is None
    assert await reads.text(await _known(reads, ferry.secrets["mentor"]), LOOK, ()) == "seen"


async def test_a_change_elsewhere_is_not(reads: Reads, superuser: Connection, world: World, ferry: House) -> None:
    known = await _known(reads, world.lantern.secrets["mentor"])
    await superuser.execute(CHANGES["matches"], ferry.organisation_id)
    assert await reads.text(known, LOOK, ()) == "seen"


async def test_a_change_that_began_before_the_look_up_and_is_committed_after_it_is_noticed(
    reads: Reads, settings: Settings, ferry: House
) -> None:
    assert settings.migrations
    other = await asyncpg.connect(settings.migrations)
    try:
        transaction = other.transaction()
        await transaction.start()
        await other.execute(CHANGES["members"], ferry.organisation_id)
        known = await _known(reads, ferry.secrets["coordinator"])
        assert await reads.text(known, LOOK, ()) == "seen"
        await transaction.commit()
        assert await reads.text(known, LOOK, ()) is None
    finally:
        await other.close()


async def test_a_role_that_ends_by_itself_ends_for_who_is_kept(
    reads: Reads, superuser: Connection, ferry: House
) -> None:
    await superuser.execute(
        "UPDATE members SET until = now() + interval '300 milliseconds' WHERE organisation_id = $1 AND person_id = $2",
        ferry.organisation_id,
        ferry.people["reader"],
    )
    known = await _known(reads, ferry.secrets["reader"])
    assert known.actor.roles
    await superuser.execute("SELECT pg_sleep(0.35)")
    assert await reads.text(known, LOOK, ()) is None
    assert not (await _known(reads, ferry.secrets["reader"])).actor.roles


async def test_a_revoked_token_is_heard_no_more_although_it_is_kept(
    api: Api, superuser: Connection, ferry: House
) -> None:
    secret = ferry.secrets["partner"]
    assert (await api.data(secret, "{ viewer { roles } }"))["viewer"]["roles"] == ["PARTNER"]
    await superuser.execute(
        "UPDATE tokens SET revoked_at = now() WHERE organisation_id = $1 AND person_id = $2",
        ferry.organisation_id,
        ferry.people["partner"],
    )
    for document in ("{ viewer { roles } }", "{ nonsense", "{ people(first: 1) { totalCount } }"):
        assert (await api.send(secret, document)).status_code == 401


async def test_what_is_granted_works_at_once(api: Api, superuser: Connection, ferry: House) -> None:
    secret, query = ferry.secrets["analyst"], "{ people(first: 1) { totalCount } }"
    assert (await api(secret, query))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    await api.done(
        ferry.secrets["admin"], "giveRole", {"personId": ferry.id("analyst.person"), "role": {"role": "ADMIN"}}
    )
    assert (await api.data(secret, query))["people"]["totalCount"] > 1


def test_every_table_that_says_who_somebody_is_has_its_trigger() -> None:
    read = re.findall(r"\b(?:FROM|JOIN|UPDATE) +([a-z_]+)", (HERE / "principal.sql").read_text())
    told = set(re.findall(r"\bON +([a-z_]+)\s+FOR EACH ROW", (HERE / "standing.sql").read_text()))
    assert set(read) & set(CHANGES) == told == set(CHANGES)
    assert set(read) - told == {"operator_tokens", "kith_lookup", "kith_login", "turn"} & set(read)

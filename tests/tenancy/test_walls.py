"""The three walls around an organisation, each alone: the session's criteria, the row policies, composite keys."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import aliased

from infra.app import application
from infra.migrations.roles import OWNER
from infra.postgres import EmbeddedPostgres
from kith.ground import discovery
from kith.ground.actor import service
from kith.ground.errors import Broken, Misconfigured
from kith.ground.facts import Fact
from kith.ground.model import ORGANISATION_SETTING, TENANT, Owned
from kith.ground.settings import Settings, read
from tenants.work import Workplace, engine_for, refuse_a_powerful_role
from tests.conftest import PASSWORD
from tests.world import Connection, House, World, owned_models

discovery.load("kith", "tenants")
MODELS = {model.__tablename__: model for model in owned_models()}
TABLES = tuple(MODELS)
REFERENCES = tuple(
    (table, column.name)
    for table, model in MODELS.items()
    for column in model.__table__.columns
    if "within" in column.info
)


def _granted(table: str) -> tuple[str, ...]:
    """What an organisation's role may do to the table."""
    verbs: tuple[str, ...] = Owned.metadata.tables[table].info["grants"][TENANT]
    return verbs


HASHES = {("tokens", "secret_sha256"), ("operator_tokens", "secret_sha256")}  # unique whatever the organisation
PLATFORM_TABLES = {"budgets", "timetable"}  # they name an organisation, and no organisation reaches them
NOTED_TABLES = {"standing_changes"}  # triggers write them; an organisation only reads its own rows
OPERATORS = {"operator_tokens", "operator_idempotency_keys"}  # of the platform's operator, who is in no organisation
# Identifiers that are told and never followed: what they name may be gone, or is of any type.
MENTIONS = {
    ("facts", "actor_person_id"),
    ("facts", "programme_id"),
    ("facts", "subject_id"),
    ("letters", "about_id"),
    ("tasks", "about_id"),
    ("tokens", "issued_by_id"),
}


@pytest.fixture(scope="module")
async def unwalled(server: EmbeddedPostgres, database: str) -> AsyncIterator[AsyncEngine]:
    """An engine for which no row policy holds."""
    engine = engine_for(server.dsn(database=database), pool_size=1)
    yield engine
    await engine.dispose()


@pytest.fixture(scope="module")
async def login(settings: Settings) -> AsyncIterator[Connection]:
    """A connection of the role that the service signs in as, without the service."""
    connection = await asyncpg.connect(settings.database)
    yield connection
    await connection.close()


def _session(engine: AsyncEngine, house: House) -> AsyncSession:
    """A session of the house in which the first wall stands alone."""
    return AsyncSession(engine, info={"scope": ("postgres", house.organisation_id)})


@asynccontextmanager
async def _as_tenant(connection: Connection, organisation_id: UUID | None) -> AsyncIterator[None]:
    """A transaction in which the second wall stands alone, undone at its end."""
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("SELECT set_config('role', $1, true)", TENANT)
    await connection.execute(f"SELECT set_config('{ORGANISATION_SETTING}', $1, true)", str(organisation_id or ""))
    try:
        yield
    finally:
        await transaction.rollback()


@asynccontextmanager
async def _undone(connection: Connection) -> AsyncIterator[None]:
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield
    finally:
        await transaction.rollback()


def _columns(table: str) -> list[str]:
    """The columns that an insert may name."""
    return [c.name for c in MODELS[table].__table__.columns if c.identity is None and c.computed is None]


async def _copy(superuser: Connection, house: House, table: str, *, with_a: str = "id") -> str:
    """A row of the house as JSON, with an id of its own; one that has a value in a column, if any has."""
    found: str = await superuser.fetchval(
        f"SELECT to_jsonb(t) || jsonb_build_object('id', uuidv7()) FROM {table} t"
        f" WHERE organisation_id = $1 ORDER BY {with_a} IS NULL, id LIMIT 1",
        house.organisation_id,
    )
    return found


def _insertion(table: str) -> str:
    columns = ", ".join(_columns(table))
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::public.{table}, $1)"


# --- what the tests below need -----------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_both_houses_have_a_row_of_every_table(world: World, table: str) -> None:
    for house in (world.harbour, world.lantern):
        assert house.rows[table], f"put a row of {table} into tests/world.py"


# --- first wall: the session ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
async def test_a_session_of_lantern_reads_no_row_of_harbour(unwalled: AsyncEngine, world: World, table: str) -> None:
    model, harbour, lantern = MODELS[table], world.harbour, world.lantern
    async with _session(unwalled, lantern) as session:
        assert set(await session.scalars(select(model.id))) >= set(lantern.rows[table])
        assert set(await session.scalars(select(model.organisation_id))) == {lantern.organisation_id}
        other: Any = aliased(model)
        assert set(await session.scalars(select(other.organisation_id))) == {lantern.organisation_id}
        assert (
            await session.scalar(select(func.count()).select_from(model).where(model.id.in_(harbour.rows[table]))) == 0
        )
        assert await session.get(model, (harbour.organisation_id, harbour.rows[table][0])) is None
        assert not set(await session.scalars(_joined(model, lantern.rows["facts"][:2]))) & set(harbour.rows[table])


def _joined(model: type[Owned], facts: Sequence[UUID]) -> Any:
    """The other table of a join is walled too."""
    fact = aliased(Fact)
    return select(model.id).select_from(fact).join(model, fact.id != model.id).where(fact.id.in_(facts)).distinct()


@pytest.mark.parametrize("table", TABLES)
async def test_a_session_of_lantern_changes_no_row_of_harbour(unwalled: AsyncEngine, world: World, table: str) -> None:
    model, theirs = MODELS[table], world.harbour.rows[table]
    async with _session(unwalled, world.lantern) as session:
        for statement in (
            update(model).where(model.id.in_(theirs)).values(id=model.id).returning(model.id),
            delete(model).where(model.id.in_(theirs)).returning(model.id),
        ):
            found = await session.scalars(statement.execution_options(synchronize_session=False))
            assert list(found) == []
        await session.rollback()


@pytest.mark.parametrize("table", TABLES)
async def test_a_session_of_lantern_writes_no_row_of_harbour(unwalled: AsyncEngine, world: World, table: str) -> None:
    model = MODELS[table]
    async with _session(unwalled, world.lantern) as session:
        session.add(model(organisation_id=world.harbour.organisation_id, id=uuid4()))
        with pytest.raises(Broken, match="of another organisation"):
            await session.flush()


async def test_a_session_without_a_scope_reads_nothing(unwalled: AsyncEngine) -> None:
    async with AsyncSession(unwalled) as session:
        with pytest.raises((Broken, KeyError)):
            await session.scalar(select(Fact.id))


# --- second wall: row policies -------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
async def test_the_policy_shows_lantern_no_row_of_harbour(login: Connection, world: World, table: str) -> None:
    async with _as_tenant(login, world.lantern.organisation_id):
        seen = {row["organisation_id"] for row in await login.fetch(f"SELECT DISTINCT organisation_id FROM {table}")}
        assert seen == {world.lantern.organisation_id}
        found = await login.fetchval(f"SELECT count(*) FROM {table} WHERE id = ANY($1)", world.harbour.rows[table])
        assert found == 0


@pytest.mark.parametrize("table", TABLES)
async def test_the_policy_lets_lantern_change_no_row_of_harbour(login: Connection, world: World, table: str) -> None:
    theirs, granted = world.harbour.rows[table], _granted(table)
    for verb, statement in (
        ("UPDATE", f"UPDATE {table} SET id = id WHERE id = ANY($1)"),
        ("DELETE", f"DELETE FROM {table} WHERE id = ANY($1)"),
    ):
        async with _as_tenant(login, world.lantern.organisation_id):
            if verb in granted:
                assert await login.execute(statement, theirs) == f"{verb} 0"
            else:
                with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
                    await login.execute(statement, theirs)


@pytest.mark.parametrize("table", TABLES)
async def test_the_policy_lets_lantern_write_no_row_of_harbour(
    login: Connection, superuser: Connection, world: World, table: str
) -> None:
    row = await _copy(superuser, world.harbour, table)
    for organisation_id in (world.lantern.organisation_id, None):
        async with _as_tenant(login, organisation_id):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="violates row-level security policy"):
                await login.execute(_insertion(table), row)


@pytest.mark.parametrize("table", [t for t in TABLES if "UPDATE" in _granted(t)])
async def test_the_policy_lets_lantern_give_no_row_away(login: Connection, world: World, table: str) -> None:
    async with _as_tenant(login, world.lantern.organisation_id):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="violates row-level security policy"):
            await login.execute(f"UPDATE {table} SET organisation_id = $1", world.harbour.organisation_id)


@pytest.mark.parametrize("table", TABLES)
async def test_without_an_organisation_nothing_is_seen(login: Connection, world: World, table: str) -> None:
    async with _as_tenant(login, None):
        assert await login.fetchval(f"SELECT count(*) FROM {table}") == 0


@pytest.mark.parametrize("table", TABLES)
async def test_without_a_role_nothing_is_permitted(login: Connection, world: World, table: str) -> None:
    async with _undone(login):
        await login.execute(
            f"SELECT set_config('{ORGANISATION_SETTING}', $1, true)", str(world.lantern.organisation_id)
        )
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
            await login.fetchval(f"SELECT count(*) FROM {table}")


async def test_nothing_of_a_transaction_stays_on_its_connection(settings: Settings, world: World) -> None:
    workplace = Workplace(engine_for(settings.database, pool_size=1), {}, None)  # type: ignore[arg-type]
    try:
        async with workplace.reading(service(world.harbour.organisation_id, ())) as work:
            assert set(await work.session.scalars(select(Fact.organisation_id))) == {world.harbour.organisation_id}
        async with workplace.engine.connect() as connection:
            found = await connection.exec_driver_sql(
                f"SELECT current_user, coalesce(current_setting('{ORGANISATION_SETTING}', true), '')"
            )
            assert tuple(found.one()) == ("kith_login", "")
    finally:
        await workplace.engine.dispose()


# --- third wall: composite keys ------------------------------------------------------------------------------------

_INDEXES = """
    SELECT t.relname AS table, i.relname AS name, x.indisunique AS unique, x.indisprimary AS primary,
           (SELECT array_agg(coalesce(a.attname, '?') ORDER BY k.n)
              FROM unnest(x.indkey::int2[]) WITH ORDINALITY k (num, n)
              LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.num)::text[] AS columns
      FROM pg_index x
      JOIN pg_class i ON i.oid = x.indexrelid
      JOIN pg_class t ON t.oid = x.indrelid
     WHERE t.relname = ANY ($1) AND t.relnamespace = 'public'::regnamespace
"""
_KEYS = """
    SELECT t.relname AS table, c.conname AS name, r.relname AS target,
           (SELECT array_agg(a.attname ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY k (num, n)
              JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num)::text[] AS mine,
           (SELECT array_agg(a.attname ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY k (num, n)
              JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.num)::text[] AS theirs
      FROM pg_constraint c
      JOIN pg_class t ON t.oid = c.conrelid
      JOIN pg_class r ON r.oid = c.confrelid
     WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
"""


async def test_every_reference_carries_the_organisation(superuser: Connection) -> None:
    keys = await superuser.fetch(_KEYS)
    assert len(keys) >= len(REFERENCES)
    for key in keys:
        if {key["table"], key["target"]} & set(TABLES):
            pairs = list(zip(key["mine"], key["theirs"], strict=True))
            assert ("organisation_id", "organisation_id") in pairs, key


async def test_every_identifier_is_a_reference_or_listed_as_a_mention(superuser: Connection) -> None:
    keyed = {(key["table"], column) for key in await superuser.fetch(_KEYS) for column in key["mine"]}
    named = {
        (table, column.name)
        for table, model in MODELS.items()
        for column in model.__table__.columns
        if column.name.endswith("_id")
        and column.name not in ("organisation_id", "request_id")
        and column.computed is None  # from columns of its own row, which are looked at themselves
    }
    assert named - keyed == MENTIONS


@pytest.mark.parametrize(("table", "column"), REFERENCES)
async def test_a_row_of_lantern_refers_to_no_row_of_harbour(
    superuser: Connection, world: World, table: str, column: str
) -> None:
    target = MODELS[table].__table__.c[column].info["within"][0].__tablename__
    row = await _copy(superuser, world.lantern, table, with_a=column)
    async with _undone(superuser):
        await _drop_uniqueness(superuser, table)
        keyed = {key["name"]: key["columns"] for key in await superuser.fetch(_KEYED, table)}
        for theirs in world.harbour.rows[target][:1]:
            with pytest.raises(asyncpg.ForeignKeyViolationError) as refused:
                await superuser.execute(
                    _insertion(table).replace("$1", "$1::jsonb || $2::jsonb"), row, f'{{"{column}": "{theirs}"}}'
                )
            assert column in keyed[refused.value.constraint_name]


_KEYED = """
    SELECT c.conname AS name, array_agg(a.attname::text) AS columns FROM pg_constraint c
      JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
     WHERE c.conrelid = $1::text::regclass AND c.contype = 'f' GROUP BY c.conname"""
_CHECKS = "SELECT conname FROM pg_constraint WHERE conrelid = $1::text::regclass AND contype = 'c'"


async def _drop_uniqueness(superuser: Connection, table: str) -> None:
    """A copy of a row may stand beside it, whatever else it must be, so that only its references can be wrong."""
    for check in await superuser.fetch(_CHECKS, table):
        await superuser.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{check["conname"]}"')
    for index in await superuser.fetch(_INDEXES, [table]):
        if index["unique"] and "id" not in index["columns"]:
            await superuser.execute(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{index["name"]}"')
            await superuser.execute(f'DROP INDEX IF EXISTS "{index["name"]}"')


# --- the catalogue -------------------------------------------------------------------------------------------------

_TABLES_OF_ORGANISATIONS = """
    SELECT c.relname AS table, c.relrowsecurity AND c.relforcerowsecurity AS forced,
           EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive
                     AND p.polroles = ARRAY['kith_tenant'::regrole::oid]
                     AND pg_get_expr(p.polqual, p.polrelid) LIKE '%organisation_id%'
                     AND CASE p.polcmd
                         WHEN '*' THEN pg_get_expr(p.polwithcheck, p.polrelid) LIKE '%organisation_id%'
                         WHEN 'r' THEN NOT has_table_privilege('kith_tenant', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
                         ELSE false END) AS walled,
           has_table_privilege('kith_tenant', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE') AS reached
      FROM pg_class c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organisation_id' AND NOT a.attisdropped
     WHERE c.relkind IN ('r', 'p') AND c.relnamespace NOT IN ('pg_catalog'::regnamespace)
"""
_POLICIES_FOR_ALL = """
    SELECT tablename, policyname, roles::text[] AS roles, qual FROM pg_policies
     WHERE schemaname = 'public' AND (qual = 'true' OR with_check = 'true')
"""


async def _unwalled_tables(superuser: Connection) -> list[str]:
    """The tables of organisations whose rows no policy walls in, or that may not be told apart."""
    return sorted(
        row["table"]
        for row in await superuser.fetch(_TABLES_OF_ORGANISATIONS)
        if not row["forced"] or not (row["walled"] if row["table"] not in PLATFORM_TABLES else not row["reached"])
    )


async def test_row_security_is_forced_on_every_table_of_an_organisation(superuser: Connection) -> None:
    found = {row["table"] for row in await superuser.fetch(_TABLES_OF_ORGANISATIONS)}
    assert found == {*TABLES, *PLATFORM_TABLES, *NOTED_TABLES}
    assert await _unwalled_tables(superuser) == []


@pytest.mark.parametrize("table", TABLES)
async def test_a_table_without_its_policy_is_noticed(superuser: Connection, table: str) -> None:
    async with _undone(superuser):
        await superuser.execute(f"DROP POLICY own_organisation ON {table}")
        assert await _unwalled_tables(superuser) == [table]
    async with _undone(superuser):
        await superuser.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        assert await _unwalled_tables(superuser) == [table]


async def test_only_the_platforms_own_roles_see_past_an_organisation(superuser: Connection) -> None:
    wide = {(r["tablename"], *r["roles"]) for r in await superuser.fetch(_POLICIES_FOR_ALL)}
    assert {role for _, *roles in wide for role in roles} == {"kith_platform", "kith_relay", "kith_lookup"}
    looked_up = {model.__tablename__ for model in MODELS.values() if model.LOOKED_UP}
    assert {t for t, role in wide if role == "kith_lookup"} == {
        *looked_up,
        "budgets",
        "tokens",
        "operator_tokens",
        "organisations",
        *NOTED_TABLES,
    }
    assert {t for t, role in wide if role == "kith_relay"} == {"outbox", "timetable", "organisations"}
    assert {t for t, role in wide if role == "kith_platform"} == {"organisations", *OPERATORS}


async def test_every_index_begins_with_the_organisation(superuser: Connection) -> None:
    for index in await superuser.fetch(_INDEXES, TABLES):
        if (index["table"], *index["columns"]) not in HASHES:
            assert index["columns"][0] == "organisation_id", dict(index)


async def test_uniqueness_never_tells_of_another_organisation(superuser: Connection) -> None:
    unique = [index for index in await superuser.fetch(_INDEXES, TABLES) if index["unique"]]
    assert {i["table"] for i in unique if i["primary"]} == set(TABLES)
    outside = {(i["table"], *i["columns"]) for i in unique if "organisation_id" not in i["columns"]}
    assert outside == {("tokens", "secret_sha256")}


# --- the role that serves ------------------------------------------------------------------------------------------


@pytest.fixture
async def powerful(server: EmbeddedPostgres, database: str, superuser: Connection) -> AsyncIterator[dict[str, str]]:
    """Addresses that sign in as somebody who walks around row security."""
    roles = {"BYPASSRLS": f"{database}_bypassing", "NOBYPASSRLS": f"{database}_owning"}
    for attribute, role in roles.items():
        await superuser.execute(f"CREATE ROLE {role} LOGIN {attribute} PASSWORD '{PASSWORD}'")
    await superuser.execute(f"GRANT {OWNER} TO {roles['NOBYPASSRLS']}")
    yield {
        "a superuser": server.dsn(database=database),
        "one with BYPASSRLS": server.dsn(roles["BYPASSRLS"], PASSWORD, database),
        "the tables' owner": server.dsn(roles["NOBYPASSRLS"], PASSWORD, database),
    }
    for role in roles.values():
        await superuser.execute(f"DROP ROLE {role}")


async def test_the_service_refuses_to_start_as_a_role_with_power(powerful: dict[str, str], settings: Settings) -> None:
    for address in powerful.values():
        given = read({}, database=address, broker=settings.broker, environment="development")
        app = application(given, workers=False)
        with pytest.raises(Misconfigured, match="kith_login"):
            async with app.router.lifespan_context(app):
                pass


async def test_the_service_starts_as_the_role_without(workplace: Workplace) -> None:
    await refuse_a_powerful_role(workplace.engine)


def _named() -> Iterator[Table]:
    yield from (model.__table__ for model in MODELS.values() if isinstance(model.__table__, Table))


def test_every_table_of_the_schema_is_an_organisations_or_listed() -> None:
    others = set(Owned.metadata.tables) - {table.name for table in _named()}
    assert others - PLATFORM_TABLES - NOTED_TABLES == {"organisations", *OPERATORS}

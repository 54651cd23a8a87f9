"""Migrations: repeatable, reversible, what the models say, and closed to whoever should not enter."""

import asyncio
import contextlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations import Operations
from alembic.operations.ops import CreateTableOp, DropTableOp, MigrationScript
from alembic.runtime.migration import MigrationContext

from infra.migrate import downgrade, head, migrate, pending
from infra.migrations import COMPARISON, all_models, engine_of
from infra.migrations.drift import drift
from infra.migrations.row_security import Secure, tidy
from infra.postgres import EmbeddedPostgres
from kith.ground.errors import Misconfigured

LOGIN_PASSWORD, BROKER_PASSWORD = "it's a secret", "another"
_numbers = itertools.count()


@dataclass(frozen=True)
class Database:
    """A database of one test, and how to get in."""

    server: EmbeddedPostgres
    name: str

    @property
    def admin(self) -> str:
        return self.server.dsn(database=self.name)

    @property
    def login(self) -> str:
        return self.server.dsn("kith_login", LOGIN_PASSWORD, self.name)

    @property
    def broker(self) -> str:
        return self.server.dsn("kith_broker", BROKER_PASSWORD, self.name)

    def execute(self, *statements: str) -> None:
        """As the superuser."""
        with psycopg.connect(self.admin, autocommit=True) as session:
            for statement in statements:
                session.execute(statement.encode())

    def rows(self, query: str, *before: str, url: str = "") -> list[tuple[object, ...]]:
        """What a query answers, after some statements of the same transaction."""
        with psycopg.connect(url or self.admin) as session:
            for statement in before:
                session.execute(statement.encode())
            return session.execute(query.encode()).fetchall()


@contextlib.contextmanager
def new_server() -> Iterator[EmbeddedPostgres]:
    folder = Path(tempfile.mkdtemp(prefix="kith-test-", dir="/var/tmp"))
    if os.geteuid() == 0:
        folder.chmod(0o711)  # the account that the server runs as must pass
    try:
        with EmbeddedPostgres(folder / "postgres", throwaway=True) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    with new_server() as running:
        yield running


def new_database(server: EmbeddedPostgres, template: str = "template1") -> Database:
    name = f"test_{next(_numbers)}"
    Database(server, "postgres").execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return Database(server, name)


async def migrated(database: Database) -> None:
    await migrate(database.admin, login_password=LOGIN_PASSWORD, broker_password=BROKER_PASSWORD)


@pytest.fixture
def empty(server: EmbeddedPostgres) -> Database:
    return new_database(server)


@pytest.fixture(scope="module")
async def template(server: EmbeddedPostgres) -> Database:
    database = new_database(server)
    await migrated(database)
    return database


@pytest.fixture
def database(server: EmbeddedPostgres, template: Database) -> Database:
    return new_database(server, template.name)


async def test_an_empty_database_is_migrated_and_a_second_time_changes_nothing(empty: Database) -> None:
    await migrated(empty)
    once = await drift(empty.admin)
    before = empty.rows("SELECT oid, relname, relacl::text FROM pg_class ORDER BY oid")
    await migrated(empty)
    assert once == await drift(empty.admin) == []
    assert before == empty.rows("SELECT oid, relname, relacl::text FROM pg_class ORDER BY oid")


async def test_databases_of_one_cluster_are_migrated_at_once(server: EmbeddedPostgres) -> None:
    databases = [new_database(server) for _ in range(3)]
    await asyncio.gather(*(migrated(each) for each in databases * 2))
    assert [await pending(each.login) for each in databases] == [False] * 3


async def test_an_administrator_need_not_be_a_superuser() -> None:
    # A cluster of its own: whoever creates roles administers only those that it created.
    with new_server() as managed:
        superuser = Database(managed, "postgres")
        superuser.execute("CREATE ROLE administrator LOGIN CREATEROLE PASSWORD 'x'")
        superuser.execute("CREATE DATABASE kith OWNER administrator")
        url = managed.dsn("administrator", "x", "kith")
        for _ in range(2):
            await migrate(url, login_password=LOGIN_PASSWORD, broker_password=BROKER_PASSWORD)
        assert not await pending(managed.dsn("kith_login", LOGIN_PASSWORD, "kith"))
        assert await drift(url) == []


async def test_roles_that_came_to_differ_are_mended(database: Database) -> None:
    database.execute("ALTER ROLE kith_tenant BYPASSRLS CREATEDB", "GRANT kith_relay TO kith_login WITH INHERIT TRUE")
    await migrated(database)
    assert database.rows("SELECT rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = 'kith_tenant'") == [
        (False, False)
    ]
    assert database.rows(
        "SELECT DISTINCT roleid::regrole::text, inherit_option, set_option, admin_option FROM pg_auth_members "
        "WHERE member = 'kith_login'::regrole ORDER BY 1"
    ) == [(f"kith_{name}", False, True, False) for name in ("platform", "relay", "tenant")]


async def test_a_database_behind_is_pending_and_one_ahead_is_refused(database: Database) -> None:
    assert not await pending(database.login)
    downgrade(database.admin, "base")
    assert await pending(database.login)
    database.execute("INSERT INTO alembic_version VALUES ('9999')")
    for asked in (pending(database.login), migrated(database)):
        with pytest.raises(Misconfigured, match=rf"revision 9999, which this Kith \({head()}\) does not know"):
            await asked


async def test_a_database_never_migrated_is_pending(empty: Database, template: Database) -> None:
    assert await pending(empty.login)


async def test_the_way_back_and_forth_again_is_clean(database: Database) -> None:
    downgrade(database.admin, "base")
    assert database.rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    ) == [("alembic_version",)]
    await migrated(database)
    assert await drift(database.admin) == []


TAMPERING = {
    "DROP POLICY own_organisation ON people": "people: policy own_organisation is missing",
    "ALTER POLICY own_organisation ON goals USING (true)": "goals: policy own_organisation differs",
    "CREATE POLICY open ON meetings USING (true)": "meetings: policy open is not wanted",
    "ALTER TABLE facts NO FORCE ROW LEVEL SECURITY": "facts: row-level security is not enabled and forced",
    "ALTER TABLE tokens DISABLE ROW LEVEL SECURITY": "tokens: row-level security is not enabled and forced",
    "GRANT TRUNCATE ON facts TO kith_tenant": "facts: kith_tenant may TRUNCATE and should not",
    "GRANT SELECT ON tokens TO PUBLIC": "tokens: public may SELECT and should not",
    "GRANT SELECT ON people TO kith_login": "people: kith_login may SELECT and should not",
    "GRANT SELECT (id) ON contacts TO kith_login": (
        "contacts: column id is uuid NOT NULL DEFAULT uuidv7() GRANTED {kith_login=r/kith_owner} "
        "and should be uuid NOT NULL DEFAULT uuidv7()"
    ),
    "REVOKE SELECT ON goals FROM kith_tenant": "goals: kith_tenant may not SELECT and should",
    "ALTER TABLE organisations DROP CONSTRAINT ck_organisations_status": (
        "organisations: constraint ck_organisations_status is missing: "
        "CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'SUSPENDED'::text])))"
    ),
    "ALTER TABLE timetable DROP CONSTRAINT pk_timetable, ADD CONSTRAINT pk_timetable PRIMARY KEY (name)": None,
    "DROP INDEX ix_timetable_next_at": (
        "timetable: index ix_timetable_next_at is missing: "
        "CREATE INDEX ix_timetable_next_at ON timetable USING btree (next_at)"
    ),
    "ALTER TABLE programmes ALTER organisation_id DROP DEFAULT": (
        "programmes: column organisation_id is uuid NOT NULL and should be uuid NOT NULL DEFAULT "
        "(NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid"
    ),
    "CREATE TABLE more ()": "remove_table more",
}


async def test_tampering_is_told_and_nothing_else(database: Database) -> None:
    database.execute(*TAMPERING)
    told = await drift(database.admin)
    assert [each for each in told if "pk_timetable" not in each] == sorted(filter(None, TAMPERING.values()))
    assert len([each for each in told if "pk_timetable" in each]) == 2  # the constraint, and its index


async def test_comparing_leaves_nothing_behind(database: Database) -> None:
    await drift(database.admin)
    assert database.rows("SELECT FROM pg_namespace WHERE nspname = 'kith_scratch'") == []


async def test_a_written_migration_mends_tampered_security(database: Database) -> None:
    database.execute(
        "DROP POLICY own_organisation ON people",
        "CREATE POLICY open ON people FOR SELECT TO PUBLIC USING (true)",
        "GRANT TRUNCATE ON people TO kith_tenant",
        "GRANT SELECT ON people TO PUBLIC",
    )
    script = written(database)
    assert script.upgrade_ops is not None
    [upgrade] = script.upgrade_ops.ops
    source = render_python_code(script.upgrade_ops)
    assert "was_policies=['open'], was_grants=['kith_tenant', 'public']" in source
    with engine_of(database.admin).begin() as connection:
        Operations(MigrationContext.configure(connection)).invoke(upgrade)
    assert await drift(database.admin) == []


async def test_the_way_back_from_a_dropped_table_brings_its_policies_again(database: Database) -> None:
    database.execute(
        "CREATE TABLE gone (id uuid)",
        "CREATE POLICY own ON gone TO kith_tenant USING (true)",
        "GRANT SELECT ON gone TO kith_tenant",
    )
    script = written(database)
    assert script.upgrade_ops is not None
    assert script.downgrade_ops is not None
    assert [type(each) for each in script.upgrade_ops.ops] == [DropTableOp]
    create, secure = script.downgrade_ops.ops
    assert isinstance(create, CreateTableOp)
    assert isinstance(secure, Secure)
    assert ([p.name for p in secure.want.policies], secure.want.grants) == (["own"], {"kith_tenant": ("SELECT",)})


def written(database: Database) -> MigrationScript:
    """What a migration written now would say."""
    with engine_of(database.admin).connect() as connection:
        context = MigrationContext.configure(connection, opts=COMPARISON)
        script = produce_migrations(context, all_models())
    tidy(context, None, [script])
    return script


async def test_the_serving_role_reads_nothing_as_itself(database: Database) -> None:
    for statement in ("SELECT FROM people", "SELECT FROM dramatiq.queue", "CREATE TABLE mine ()"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.rows(statement, url=database.login)


@pytest.mark.parametrize("role", ["kith_owner", "kith_lookup", "kith_broker"])
async def test_the_serving_role_cannot_become_what_is_not_its_own(database: Database, role: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.rows("SELECT 1", f"SET ROLE {role}", url=database.login)


async def test_rows_show_to_their_organisation_alone(database: Database) -> None:
    ours, theirs = (f"00000000-0000-0000-0000-00000000000{digit}" for digit in "12")
    for organisation in (ours, theirs):
        database.execute(
            "INSERT INTO outbox (organisation_id, operation, arguments, due_at, noted_at, request_id) "
            f"VALUES ('{organisation}', 'x', '{{}}', now(), now(), '')"
        )
    tenant, query = "SET LOCAL ROLE kith_tenant", "SELECT organisation_id::text FROM outbox"
    chosen = f"SET LOCAL kith.organisation_id = '{ours}'"
    assert database.rows(query, tenant, url=database.login) == []
    assert database.rows(query, tenant, chosen, url=database.login) == [(ours,)]
    assert database.rows(query, "SET LOCAL ROLE kith_owner") == []
    assert len(database.rows(query, "SET LOCAL ROLE kith_relay", url=database.login)) == 2


async def test_a_secret_that_nobody_has_is_nobodys(database: Database) -> None:
    assert database.rows(r"SELECT kith_principal('\x00')", url=database.login) == [(None,)]


async def test_the_look_ups_belong_to_a_role_that_can_create_nothing(database: Database) -> None:
    assert database.rows(
        "SELECT proname, proowner::regrole::text FROM pg_proc WHERE proname LIKE 'kith%' ORDER BY 1"
    ) == [(f"kith_{name}", "kith_lookup") for name in ("lease", "news", "note_standing", "principal")]
    assert database.rows("SELECT has_schema_privilege('kith_lookup', 'public', 'CREATE')") == [(False,)]


async def test_the_broker_has_its_queue_and_nothing_else(database: Database) -> None:
    assert database.rows("SELECT * FROM dramatiq.queue", url=database.broker) == []
    for statement in ("SELECT FROM people", "CREATE TABLE public.mine ()", "CREATE SCHEMA mine"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.rows(statement, url=database.broker)


async def test_a_wrong_password_does_not_get_in(database: Database) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        await pending(database.server.dsn("kith_login", "wrong", database.name))


async def test_facts_of_another_cluster_come_to_lie_behind_everything(database: Database) -> None:
    organisation = "00000000-0000-0000-0000-000000000003"
    database.execute(
        "INSERT INTO organisations (id, slug, name, time_zone, status, provisioned_at)"
        f" VALUES ('{organisation}', 'x', 'X', 'UTC', 'ACTIVE', now())",
        *(
            "INSERT INTO facts (organisation_id, kind, occurred_at, actor_roles, subject_type, subject_id, request_id,"
            " data, transaction)"
            f" VALUES ('{organisation}', 'x', now(), '{{}}', 'X', '{organisation}', '', '{{}}', {transaction})"
            for transaction in ("pg_current_xact_id()", f"'{2**40}'")
        ),
    )
    news = f"SELECT organisations::text[] FROM kith_news('1', '{{{organisation}}}')"
    assert database.rows(news, url=database.login) == [([organisation],)]
    before = database.rows("SELECT transaction::text FROM facts ORDER BY sequence")
    await migrate(database.admin, login_password=LOGIN_PASSWORD, broker_password=BROKER_PASSWORD)
    assert database.rows("SELECT transaction::text FROM facts ORDER BY sequence") == [before[0], ("0",)]
    assert await drift(database.admin) == []


async def test_changes_of_standing_of_another_cluster_are_forgotten(database: Database) -> None:
    organisation = "00000000-0000-0000-0000-000000000006"
    for transaction in ("pg_current_xact_id()", f"'{2**40}'"):
        database.execute(
            f"INSERT INTO standing_changes (organisation_id, transaction) VALUES ('{organisation}', {transaction})"
        )
    await migrate(database.admin, login_password=LOGIN_PASSWORD, broker_password=BROKER_PASSWORD)
    kept = f"SELECT transaction < '{2**40}' FROM standing_changes WHERE organisation_id = '{organisation}'"
    assert database.rows(kept) == [(True,)]
    assert await drift(database.admin) == []


async def test_news_tell_whose_they_are_and_only_of_whom_they_are_asked(database: Database) -> None:
    one, other = (f"00000000-0000-0000-0000-00000000000{digit}" for digit in "45")
    for organisation in (one, other):
        database.execute(
            "INSERT INTO facts (organisation_id, kind, occurred_at, actor_roles, subject_type, subject_id, request_id,"
            f" data) VALUES ('{organisation}', 'x', now(), '{{}}', 'X', '{organisation}', '', '{{}}')"
        )
    news = "SELECT organisations::text[] FROM kith_news({}, '{{{}}}')"
    assert database.rows(news.format("'0'", one), url=database.login) == [([one],)]
    assert database.rows(news.format("NULL", one), url=database.login) == [([],)]
    for role in ("kith_tenant", "kith_platform", "kith_relay"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.rows(news.format("'0'", one), f"SET ROLE {role}", url=database.login)

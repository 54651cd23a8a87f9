"""Whether a migrated database is what the models say, to the last constraint.

Alembic compares tables, columns, types and row security. Checks, keys, indexes and defaults are compared as the
catalogue spells them, with tables freshly made from the models in a schema that is rolled back. Functions and the
triggers that call them (`kith_...`) are replaced whole by each migration and not compared.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, text

from infra.migrations import COMPARISON, all_models, engine_of

SCRATCH = "kith_scratch"
# What the catalogue says better.
PLUGINS = [*COMPARISON["autogenerate_plugins"], "~alembic.autogenerate.constraints", "~alembic.autogenerate.defaults"]

_CATALOGUE = """
    WITH tables AS (
        SELECT oid, relname, relacl FROM pg_class
         WHERE relnamespace = CAST(:schema AS regnamespace) AND relkind IN ('r', 'p') AND relname <> 'alembic_version'
    )
    SELECT relname, 'constraint ' || conname,
           pg_get_constraintdef(c.oid) || CASE WHEN convalidated THEN '' ELSE ' NOT VALID' END
      FROM tables t JOIN pg_constraint c ON c.conrelid = t.oid
    UNION ALL
    SELECT t.relname, 'index ' || i.relname,
           replace(pg_get_indexdef(i.oid), ' ON ' || :schema || '.', ' ON ')
               || CASE WHEN x.indisvalid THEN '' ELSE ' INVALID' END
      FROM tables t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid
    UNION ALL
    SELECT relname, 'column ' || attname,
           concat_ws(' ', format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'NOT NULL' END,
                     'DEFAULT ' || pg_get_expr(adbin, adrelid), nullif(attidentity, ''), nullif(attgenerated, ''),
                     'GRANTED ' || attacl::text)
      FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND attnum > 0 AND NOT attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
    UNION ALL
    SELECT relname, 'trigger ' || tgname, pg_get_triggerdef(g.oid)
      FROM tables t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT tgisinternal AND tgname NOT LIKE 'kith\\_%'
    UNION ALL
    SELECT relname, 'rule ' || rulename, pg_get_ruledef(r.oid) FROM tables t JOIN pg_rewrite r ON r.ev_class = t.oid
"""

Catalogue = dict[tuple[str, str], str]
ChangedCheck = tuple[str, str, str | None, str | None]  # table, name, as it is, as it should be


async def drift(admin_url: str) -> list[str]:
    """What differs between the database and the models, one sentence each; the database is left as it is."""
    return await asyncio.to_thread(_drift, admin_url)


def _drift(admin_url: str) -> list[str]:
    metadata = all_models()
    with engine_of(admin_url).connect() as connection:
        told = [*_by_alembic(connection, metadata), *_by_catalogue(connection, metadata)]
        connection.rollback()
    return sorted(told)


def _by_alembic(connection: Connection, metadata: MetaData) -> Iterator[str]:
    options = {**COMPARISON, "autogenerate_plugins": PLUGINS, "target_metadata": metadata}
    for difference in compare_metadata(MigrationContext.configure(connection, opts=options), metadata):
        yield from _sentences(difference)


def _sentences(difference: Any) -> Iterator[str]:
    """Alembic's differences are tuples, those of one column in a list."""
    if isinstance(difference, list):
        for each in difference:
            yield from _sentences(each)
    elif difference[0] == "secure":
        yield from (f"{difference[1]}: {sentence}" for sentence in difference[2:])
    else:
        parts = (part for part in difference if part is not None and not isinstance(part, dict))
        yield " ".join(str(getattr(part, "name", part)) for part in parts)


def changed_checks(connection: Connection, metadata: MetaData) -> Iterator[ChangedCheck]:
    """The checks that differ on tables that are there."""
    undone = connection.begin_nested()
    have, want = _catalogues(connection, metadata)
    undone.rollback()
    there = {table for table, _ in have}
    for table, thing in sorted(have.keys() | want.keys()):
        has, needs = have.get((table, thing)), want.get((table, thing))
        if table in there and thing.startswith("constraint ck_") and has != needs:
            yield table, thing.removeprefix("constraint "), has, needs


def _by_catalogue(connection: Connection, metadata: MetaData) -> Iterator[str]:
    have, want = _catalogues(connection, metadata)
    for table, thing in sorted(have.keys() | want.keys()):
        has, needs = have.get((table, thing)), want.get((table, thing))
        if has is None:
            yield f"{table}: {thing} is missing: {needs}"
        elif needs is None:
            yield f"{table}: {thing} is not wanted: {has}"
        elif has != needs:
            yield f"{table}: {thing} is {has} and should be {needs}"


def _catalogues(connection: Connection, metadata: MetaData) -> tuple[Catalogue, Catalogue]:
    """What is there, and what the models would make, in a schema that is left for the caller to undo."""
    have = _catalogue(connection, "public")
    connection.execute(text(f"CREATE SCHEMA {SCRATCH}"))
    connection.execute(text(f"SET LOCAL search_path = {SCRATCH}, public"))
    metadata.create_all(connection, checkfirst=False)
    return have, _catalogue(connection, SCRATCH)


def _catalogue(connection: Connection, schema: str) -> Catalogue:
    rows = connection.execute(text(_CATALOGUE), {"schema": schema})
    return {(table, thing): definition for table, thing, definition in rows}

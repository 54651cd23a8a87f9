"""Write a migration from the models: `python -m infra.migrations.generate "what changes"`.

A database of its own is migrated to head and compared with the models; the server goes afterwards. Read what was
written: a renaming looks like dropping and adding. `--replace-first` writes the first one again from nothing, which
only makes sense while no database is to be kept.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from alembic import command
from alembic.operations.ops import (
    AddColumnOp,
    CreateCheckConstraintOp,
    CreateUniqueConstraintOp,
    DropColumnOp,
    DropConstraintOp,
    MigrateOperation,
    MigrationScript,
    ModifyTableOps,
)
from sqlalchemy import Connection, text

from infra.migrate import prepare, upgrade
from infra.migrations import HERE, all_models, configuration, engine_of
from infra.migrations.drift import ChangedCheck, changed_checks
from infra.migrations.roles import OWNER
from infra.postgres import EmbeddedPostgres

VERSIONS = HERE / "versions"
FIRST = "foundation"


def main(arguments: list[str] | None = None) -> None:
    """Write the next migration, or the first one again."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("message", nargs="?", help="what changes")
    what.add_argument("--replace-first", action="store_true", help="write the first migration again, from nothing")
    options = parser.parse_args(arguments)
    if options.replace_first:
        for path in VERSIONS.glob("*.py"):
            path.unlink()
    with scratch_server() as url:
        generate(url, options.message or FIRST)


def generate(url: str, message: str) -> None:
    """Write a migration that takes the database, at head, to the models."""
    # Tables alone: the functions over them may not fit before the migration is written.
    with psycopg.connect(url, autocommit=True) as session:
        prepare(session, {})
    if any(VERSIONS.glob("*.py")):
        upgrade(url)
    with engine_of(url).begin() as connection:
        checks = list(changed_checks(connection, all_models()))
        connection.execute(text(f"SET LOCAL ROLE {OWNER}"))
        paths = _write(connection, message, checks)
    for path in map(Path, paths):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if "# ###" not in line), encoding="utf-8")  # Alembic's remarks
    for verb in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *verb, *paths], check=True)  # noqa: S603 - our own paths


def _write(connection: Connection, message: str, checks: Sequence[ChangedCheck]) -> list[str]:
    number = len(list(VERSIONS.glob("*.py"))) + 1
    config = configuration(connection, metadata=all_models())
    written = command.revision(
        config,
        message,
        autogenerate=True,
        rev_id=f"{number:04}",
        process_revision_directives=lambda _, __, scripts: _complete(scripts, checks),
    )
    return [script.path for script in (written if isinstance(written, list) else [written]) if script is not None]


def _complete(scripts: list[MigrationScript], checks: Sequence[ChangedCheck]) -> None:
    """Put in order what Alembic found, and add what it does not see."""
    for script in scripts:
        assert script.upgrade_ops is not None
        assert script.downgrade_ops is not None
        keys = _taken_out(script.upgrade_ops.ops, (AddColumnOp, CreateUniqueConstraintOp))
        script.upgrade_ops.ops[:0] = keys  # new tables may refer to them
        script.downgrade_ops.ops += _taken_out(script.downgrade_ops.ops, (DropColumnOp, DropConstraintOp))
    _add_checks(scripts, checks)


def _taken_out(ops: list[MigrateOperation], kinds: tuple[type[MigrateOperation], ...]) -> list[MigrateOperation]:
    """The operations of these kinds on tables that are there before and after, taken out of the list."""
    taken: list[MigrateOperation] = []
    for table in [op for op in ops if isinstance(op, ModifyTableOps)]:
        taken += [op for op in table.ops if isinstance(op, kinds) and not _foreign(op)]
        table.ops = [op for op in table.ops if op not in taken]
    return taken


def _foreign(op: MigrateOperation) -> bool:
    return isinstance(op, DropConstraintOp) and op.constraint_type == "foreignkey"


def _add_checks(scripts: list[MigrationScript], checks: Sequence[ChangedCheck]) -> None:
    """Alembic sees no difference of checks: these are dropped and made, after what it found."""
    for script in scripts:
        for table, name, has, needs in checks:
            changes: list[MigrateOperation] = [
                *([DropConstraintOp(name, table, type_="check")] if has else []),
                *([CreateCheckConstraintOp(name, table, _condition(needs))] if needs else []),
            ]
            back: list[MigrateOperation] = [
                *([DropConstraintOp(name, table, type_="check")] if needs else []),
                *([CreateCheckConstraintOp(name, table, _condition(has))] if has else []),
            ]
            assert script.upgrade_ops is not None
            assert script.downgrade_ops is not None
            script.upgrade_ops.ops += changes
            script.downgrade_ops.ops[:0] = back


def _condition(definition: str) -> str:
    """What stands in the parentheses of `CHECK (...)`."""
    return definition.removeprefix("CHECK (").removesuffix(")")


@contextmanager
def scratch_server() -> Iterator[str]:
    """A server for this once, where the account that it runs as may go."""
    folder = Path(tempfile.mkdtemp(prefix="kith-generate-", dir="/var/tmp"))
    folder.chmod(0o711)
    try:
        with EmbeddedPostgres(folder / "postgres", throwaway=True) as server:
            yield server.dsn()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()

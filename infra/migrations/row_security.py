"""Row policies and grants as part of the metadata, known to Alembic.

`Table.info["policies"]` and `Table.info["grants"]` say what is wanted. Every table of ours has row-level security,
forced upon its owner too; one without policies shows nothing to anybody.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from alembic import op
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrateOperation, Operations
from alembic.operations.ops import CreateTableOp, DropTableOp, MigrationScript, OpContainer, UpgradeOps
from alembic.runtime.migration import MigrationContext
from alembic.runtime.plugins import Plugin
from alembic.util import DispatchPriority, PriorityDispatchResult
from sqlalchemy import Connection, MetaData, Table, text
from sqlalchemy.dialects import postgresql

from kith.ground.model import Policy

PLUGIN = "kith.row_security"
Grants = Mapping[str, Sequence[str]]
_quote = postgresql.dialect().identifier_preparer.quote  # type: ignore[no-untyped-call]

_TABLES = """
    SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity
      FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
"""
_POLICIES = """
    SELECT tablename, policyname, array_to_string(roles, ', '), qual, with_check,
           CASE permissive WHEN 'PERMISSIVE' THEN cmd ELSE cmd || ' (restrictive)' END
      FROM pg_policies WHERE schemaname = 'public'
"""
_GRANTS = """
    SELECT c.relname, coalesce(r.rolname, 'public'), array_agg(a.privilege_type ORDER BY a.privilege_type)
      FROM pg_class c
     CROSS JOIN LATERAL aclexplode(c.relacl) a
      LEFT JOIN pg_roles r ON r.oid = a.grantee
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.grantee <> c.relowner
     GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Security:
    """Who reaches which rows of one table."""

    policies: tuple[Policy, ...] = ()
    grants: Grants = field(default_factory=dict)
    forced: bool = True


def wanted(table: Table) -> Security:
    """What the model says."""
    grants = {role: tuple(sorted(privileges)) for role, privileges in sorted(table.info["grants"].items())}
    return Security(_sorted(table.info["policies"]), grants)


def found(connection: Connection) -> dict[str, Security]:
    """What the database has, by table."""
    policies: dict[str, list[Policy]] = {}
    grants: dict[str, dict[str, tuple[str, ...]]] = {}
    for table, *policy in connection.execute(text(_POLICIES)):
        policies.setdefault(table, []).append(Policy(*policy))
    for table, role, privileges in connection.execute(text(_GRANTS)):
        grants.setdefault(table, {})[role] = tuple(privileges)
    return {
        table: Security(_sorted(policies.get(table, ())), grants.get(table, {}), forced)
        for table, forced in connection.execute(text(_TABLES))
    }


def differences(have: Security, want: Security) -> Iterator[str]:
    """What is wrong with a table, one sentence each."""
    if have.forced != want.forced:
        yield "row-level security is not enabled and forced"
    had, needed = ({policy.name: policy for policy in side.policies} for side in (have, want))
    for name in sorted(had.keys() | needed.keys()):
        if name not in had:
            yield f"policy {name} is missing"
        elif had[name] != needed.get(name):
            yield f"policy {name} {'differs' if name in needed else 'is not wanted'}"
    for role in sorted(have.grants.keys() | want.grants.keys()):
        may, should = set(have.grants.get(role, ())), set(want.grants.get(role, ()))
        yield from (f"{role} may {privilege} and should not" for privilege in sorted(may - should))
        yield from (f"{role} may not {privilege} and should" for privilege in sorted(should - may))


def secure(
    table: str,
    *,
    policies: Iterable[Policy],
    grants: Grants,
    was_policies: Iterable[str] = (),
    was_grants: Iterable[str] = (),
) -> None:
    """Set a table's policies and grants, from within a migration; of what was, the names are enough."""
    have = Security(tuple(Policy(name, "", "") for name in was_policies), dict.fromkeys(was_grants, ()))
    op.invoke(Secure(table, Security(tuple(policies), grants), have))


class Secure(MigrateOperation):
    """Set a table's policies and grants, replacing what it had."""

    def __init__(self, table: str, want: Security, have: Security) -> None:
        self.table = table
        self.want = want
        self.have = have

    def reverse(self) -> "Secure":
        """The way back. Security stays forced: without policies the table shows nothing."""
        return Secure(self.table, self.have, self.want)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """What differs, as Alembic's comparison returns it."""
        return ("secure", self.table, *differences(self.have, self.want))


def statements(table: str, want: Security, have: Security) -> Iterator[str]:
    """The SQL that takes a table from one state to another."""
    name = _quote(table)
    yield from (f"DROP POLICY {_quote(policy.name)} ON {name}" for policy in have.policies)
    yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
    yield from (_creation(name, policy) for policy in want.policies)
    yield from (f"REVOKE ALL ON {name} FROM {_quote(role)}" for role in have.grants)
    yield from (f"GRANT {', '.join(each)} ON {name} TO {_quote(role)}" for role, each in want.grants.items())


def _creation(table: str, policy: Policy) -> str:
    check = f" WITH CHECK ({policy.check})" if policy.check else ""
    roles = ", ".join(_quote(role) for role in policy.role.split(", "))
    reached = f"FOR {policy.command} TO {roles} USING ({policy.using}){check}"
    return f"CREATE POLICY {_quote(policy.name)} ON {table} {reached}"


@Operations.implementation_for(Secure)
def _apply(operations: Operations, operation: Secure) -> None:
    for statement in statements(operation.table, operation.want, operation.have):
        operations.execute(text(statement.replace(":", r"\:")))


@renderers.dispatch_for(Secure)
def _render(context: AutogenContext, operation: Secure) -> str:
    context.imports.add("from infra.migrations.row_security import secure")
    if operation.want.policies:
        context.imports.add("from kith.ground.model import Policy")
    parts = [
        repr(operation.table),
        f"policies=[{', '.join(_rendered(policy) for policy in operation.want.policies)}]",
        f"grants={dict(operation.want.grants)!r}",
    ]
    if operation.have.policies:
        parts.append(f"was_policies={[policy.name for policy in operation.have.policies]!r}")
    if operation.have.grants:
        parts.append(f"was_grants={list(operation.have.grants)!r}")
    return f"secure({', '.join(parts)})"


def _rendered(policy: Policy) -> str:
    check = f", check={policy.check!r}" if policy.check else ""
    command = f", command={policy.command!r}" if policy.command != "ALL" else ""
    return f"Policy({policy.name!r}, {policy.role!r}, {policy.using!r}{check}{command})"


def _compare(context: AutogenContext, upgrade: UpgradeOps, schemas: Any) -> PriorityDispatchResult:
    assert context.connection is not None
    assert isinstance(context.metadata, MetaData)
    have = found(context.connection)
    for table in context.metadata.sorted_tables:
        now, want = have.pop(table.name, Security(forced=False)), wanted(table)
        if now != want:
            upgrade.ops.append(Secure(table.name, want, now))
    # A table that is to go takes its policies with it; the way back must bring them again.
    for name, now in have.items():
        if now.policies:
            upgrade.ops.insert(0, Secure(name, Security(), now))
    return PriorityDispatchResult.CONTINUE


def tidy(context: MigrationContext, revision: Any, scripts: list[MigrationScript]) -> None:
    """Leave out of a written migration what says nothing."""
    for script in scripts:
        for direction in (*script.upgrade_ops_list, *script.downgrade_ops_list):
            _tidy(direction)


def _tidy(direction: OpContainer) -> None:
    going = {each.table_name for each in direction.ops if isinstance(each, DropTableOp)}
    direction.ops = [each for each in direction.ops if not (isinstance(each, Secure) and each.table in going)]
    for each in direction.ops:
        if isinstance(each, CreateTableOp):
            each.info.clear()  # policies and grants, which `secure` repeats


def _sorted(policies: Iterable[Policy]) -> tuple[Policy, ...]:
    return tuple(sorted(policies, key=lambda policy: policy.name))


def setup(plugin: Plugin) -> None:
    """What Alembic calls when the plugin is registered."""
    plugin.add_autogenerate_comparator(_compare, "schema", "row_security", priority=DispatchPriority.LAST)


def register() -> None:
    """Make the comparison known to Alembic; once a process."""
    Plugin.setup_plugin_from_module(sys.modules[__name__], PLUGIN)

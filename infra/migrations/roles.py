"""The roles that Kith's databases are reached as. They belong to the cluster: its databases share them.

`kith_login` signs in and may nothing; it becomes kith_tenant, kith_platform or kith_relay for a transaction, so that
a transaction which forgot to say for whom it works fails instead of showing rows.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import LiteralString

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from kith.ground.model import LOOKUP, PLATFORM, RELAY, TENANT

OWNER, LOGIN, BROKER = "kith_owner", "kith_login", "kith_broker"
ASSUMED = (TENANT, PLATFORM, RELAY)
ATTEMPTS = 20
# Somebody else creates or alters the same role, seen as: a duplicate, a unique key, "tuple concurrently updated".
CROSSED = {"42710", "23505", "XX000"}

_HAVE = """
    SELECT concat_ws(' ', CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END,
                          CASE WHEN rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END,
                          CASE WHEN rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END,
                          CASE WHEN rolsuper THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END,
                          CASE WHEN rolcreaterole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END,
                          CASE WHEN rolcreatedb THEN 'CREATEDB' ELSE 'NOCREATEDB' END)
      FROM pg_roles WHERE rolname = %s
"""
_ASSUMES = """
    SELECT bool_or(set_option) AND NOT bool_or(inherit_option) AND NOT bool_or(admin_option)
      FROM pg_auth_members WHERE roleid = %s::regrole AND member = %s::regrole
"""


@dataclass(frozen=True, slots=True)
class DatabaseRole:
    """A role and what it may by itself; whatever is not said, it may not."""

    name: str
    login: bool = False
    inherit: bool = True

    @property
    def attributes(self) -> str:
        """As `CREATE ROLE` takes them."""
        own = f"{'LOGIN' if self.login else 'NOLOGIN'} {'INHERIT' if self.inherit else 'NOINHERIT'}"
        return f"{own} NOBYPASSRLS NOSUPERUSER NOCREATEROLE NOCREATEDB"


ROLES = (
    *(DatabaseRole(name) for name in (OWNER, *ASSUMED, LOOKUP)),
    DatabaseRole(LOGIN, login=True, inherit=False),
    DatabaseRole(BROKER, login=True),
)


def ensure_roles(session: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    """Create what is missing and set the passwords, whoever does the same in another database just now."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with session.transaction():
                _ensure(session, passwords)
            return
        except psycopg.Error as crossed:
            if crossed.sqlstate not in CROSSED or attempt == ATTEMPTS:
                raise
            time.sleep(0.02 * attempt)


def _ensure(session: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    for role in ROLES:
        _ensure_role(session, role)
    for name, password in passwords.items():
        session.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(name), Literal(password)))
    for name in ASSUMED:
        if not _yes(session, _ASSUMES, name, LOGIN):
            grant = SQL("GRANT {} TO {} WITH ADMIN FALSE, INHERIT FALSE, SET TRUE")
            session.execute(grant.format(Identifier(name), Identifier(LOGIN)))
    for name in (OWNER, LOOKUP, BROKER):
        # Whoever creates a role administers it, but unless a superuser has yet to allow itself to become it.
        if not _yes(session, "SELECT pg_has_role(%s, 'SET')", name):
            session.execute(SQL("GRANT {} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE").format(Identifier(name)))


def _ensure_role(session: psycopg.Connection, role: DatabaseRole) -> None:
    have = session.execute(_HAVE, [role.name]).fetchone()
    if have is None or have[0] != role.attributes:
        verb = "ALTER" if have else "CREATE"
        session.execute(f"{verb} ROLE {role.name} {role.attributes}".encode())


def _yes(session: psycopg.Connection, query: LiteralString, *values: str) -> bool:
    row = session.execute(query, values).fetchone()
    return bool(row and row[0])

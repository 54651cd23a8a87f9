"""What a restored backup says of transactions: they belong to another cluster, and may be ahead of this one's."""

import psycopg
from psycopg.sql import SQL, Identifier

from infra.migrations.roles import OWNER
from kith.ground.model import LOOKUP

_AHEAD = """
    SELECT EXISTS (
        SELECT FROM organisations o CROSS JOIN LATERAL (
            SELECT FROM facts
             WHERE organisation_id = o.id AND transaction >= pg_snapshot_xmax(pg_current_snapshot())
             LIMIT 1) AS first)
"""
# Row security is forced upon the owner too; this transaction alone is let past it.
_PUT_BEHIND = """
    ALTER TABLE facts NO FORCE ROW LEVEL SECURITY;
    UPDATE facts SET transaction = '0' WHERE transaction >= pg_snapshot_xmax(pg_current_snapshot());
    ALTER TABLE facts FORCE ROW LEVEL SECURITY;
"""


_FORGET_CHANGES = """
    ALTER TABLE standing_changes NO FORCE ROW LEVEL SECURITY;
    DELETE FROM standing_changes WHERE transaction >= pg_snapshot_xmax(pg_current_snapshot());
    ALTER TABLE standing_changes FORCE ROW LEVEL SECURITY;
"""
_CHANGES_AHEAD = """
    SELECT EXISTS (SELECT FROM standing_changes WHERE transaction >= pg_snapshot_xmax(pg_current_snapshot()))
"""


def forget_restored_changes(session: psycopg.Connection) -> None:
    """Forget changes of standing that are ahead: no snapshot would ever have seen them, and nobody could read."""
    with session.transaction():
        session.execute(SQL("SET LOCAL ROLE {}").format(Identifier(LOOKUP)))
        ahead = session.execute(_CHANGES_AHEAD).fetchone() == (True,)
    if ahead:
        with session.transaction():
            session.execute(SQL("SET LOCAL ROLE {}").format(Identifier(OWNER)))
            session.execute(_FORGET_CHANGES)


def put_restored_facts_behind(session: psycopg.Connection) -> None:
    """Put facts that are ahead behind everything: else they would come up as news, and hide what really is."""
    with session.transaction():
        session.execute(SQL("SET LOCAL ROLE {}").format(Identifier(LOOKUP)))
        ahead = session.execute(_AHEAD).fetchone() == (True,)
    if ahead:
        with session.transaction():
            session.execute(SQL("SET LOCAL ROLE {}").format(Identifier(OWNER)))
            session.execute(_PUT_BEHIND)

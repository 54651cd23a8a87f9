"""Changes of standing: in which transactions what an organisation's actors may do, or whom they know, was changed.

A process keeps the actors that it looked up (see `tenants/principal.py`). Whether what it knows still holds is asked
in the transaction that reads: nothing may have been committed here since. Triggers write the rows, so that nobody
can forget to; see standing.sql, which also names the tables.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.model import LOOKUP, SAME_ORGANISATION, TENANT, Model, Policy, TransactionId


class StandingChange(Model):
    """A transaction that changed who may do or see what in an organisation."""

    __tablename__ = "standing_changes"
    policies: ClassVar[tuple[Policy, ...]] = (
        Policy("own_organisation", TENANT, SAME_ORGANISATION, command="SELECT"),
        Policy("look_up", LOOKUP, "true", "true"),
    )
    grants = {TENANT: ("SELECT",), LOOKUP: ("DELETE", "INSERT", "SELECT", "UPDATE")}

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    transaction: Mapped[int] = mapped_column(
        TransactionId, primary_key=True, server_default=text("pg_current_xact_id()")
    )
    changed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


def still_holds(count: int) -> str:
    """The condition, in SQL, that an actor looked up earlier is still what it was.

    Its three parameters come after `count` others: the organisation, the snapshot in which the actor was looked up,
    and until when that was good for at most.
    """
    organisation, snapshot, until = (f"${count + n}" for n in (1, 2, 3))
    return (
        f"now() < {until}::timestamptz AND NOT EXISTS (SELECT FROM standing_changes"
        f" WHERE organisation_id = {organisation}::uuid"
        f" AND NOT pg_visible_in_snapshot(transaction, {snapshot}::text::pg_snapshot))"
    )

"""The outbox: what is to be done later, written in the transaction that decided it."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.model import RELAY, TENANT, Owned, Policy, organisation_index
from kith.ground.permissions import Permission, Role

READ = Permission("jobs.read", "See jobs that wait, run or failed.", granted_to={Role.ADMIN})


class Later(Owned):
    """An operation to call, with ids as arguments. The row is gone once the operation's work is committed.

    `handed_at` is when the relay last gave it to the broker; `failed_at` marks a dead letter, which keeps its
    error until somebody replays it.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        organisation_index("due_at", "id", where="handed_at IS NULL AND failed_at IS NULL", name="ix_outbox_waiting"),
        organisation_index("handed_at", where="handed_at IS NOT NULL AND failed_at IS NULL", name="ix_outbox_handed"),
        organisation_index("failed_at", "id", where="failed_at IS NOT NULL", name="ix_outbox_failed"),
    )
    READ = READ
    policies: ClassVar[tuple[Policy, ...]] = (*Owned.policies, Policy("relay", RELAY, "true", "true"))
    grants = {TENANT: ("DELETE", "INSERT", "SELECT", "UPDATE"), RELAY: ("INSERT", "SELECT", "UPDATE")}

    operation: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(JSONB)
    due_at: Mapped[datetime]
    noted_at: Mapped[datetime]
    request_id: Mapped[str]
    handed_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The organisation's administrators."""
        return row_rule(actor)


def wire(value: Any) -> Any:
    """An argument as JSON: ids and times as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value

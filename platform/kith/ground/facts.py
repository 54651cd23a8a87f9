"""Facts: what happened, written once in the transaction in which it happened.

The audit trail, the activity feed, subscriptions and webhooks are all readers of this one table. A fact holds
ids, codes and numbers, never a name or a text that somebody wrote.

Who follows the facts reads them by transaction, then sequence, and only below the horizon: the oldest transaction
that still runs. Above it a lower transaction may yet be committed.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Identity, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.model import TENANT, Owned, TransactionId, organisation_index
from kith.ground.permissions import Permission, Role

READ = Permission("facts.read", "Read the record of what happened.", granted_to={Role.ADMIN, Role.COORDINATOR})


class Fact(Owned):
    """One thing that happened."""

    __tablename__ = "facts"
    __table_args__ = (
        organisation_index("occurred_at", "id"),
        organisation_index("programme_id", "occurred_at", "id"),
        organisation_index("subject_id", "occurred_at", "id"),
        organisation_index("sequence"),
        organisation_index("transaction", "sequence"),
    )
    READ = READ
    LOOKED_UP = True  # by kith_news, which tells nothing of them but whose they are
    grants = {TENANT: ("INSERT", "SELECT")}  # a fact is never changed

    kind: Mapped[str]
    occurred_at: Mapped[datetime]
    actor_person_id: Mapped[UUID | None]
    actor_roles: Mapped[list[str]]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    programme_id: Mapped[UUID | None]
    request_id: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    transaction: Mapped[int] = mapped_column(TransactionId, server_default=text("pg_current_xact_id()"))

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Administrators see every fact; coordinators those of their programmes."""
        return row_rule(actor, programme=cls.programme_id)

"""The timetable's table: when each organisation's recurring work is due next."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.model import RELAY, Model, Policy


class Due(Model):
    """One recurring piece of work of one organisation. Of the platform: no organisation's own role reaches it."""

    __tablename__ = "timetable"
    __table_args__ = (Index(None, "next_at"),)
    policies = (Policy("relay", RELAY, "true", "true"),)
    grants = {RELAY: ("DELETE", "INSERT", "SELECT", "UPDATE")}

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    cron: Mapped[str]
    time_zone: Mapped[str]
    next_at: Mapped[datetime]

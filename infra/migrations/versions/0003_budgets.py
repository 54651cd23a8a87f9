"""Budgets."""

import sqlalchemy as sa
from alembic import op

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "budgets",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Double(), nullable=False),
        sa.Column("refilled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=True),
        sa.Column("restore_rate", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("capacity BETWEEN 1 AND 2147483647", name=op.f("ck_budgets_capacity")),
        sa.CheckConstraint("restore_rate BETWEEN 1 AND 2147483647", name=op.f("ck_budgets_restore_rate")),
        sa.PrimaryKeyConstraint("organisation_id", "client_id", name=op.f("pk_budgets")),
    )
    secure(
        "budgets",
        policies=[Policy("look_up", "kith_lookup", "true", check="true")],
        grants={"kith_lookup": ("INSERT", "SELECT", "UPDATE")},
    )


def downgrade() -> None:
    """Take the database back."""
    op.drop_table("budgets")

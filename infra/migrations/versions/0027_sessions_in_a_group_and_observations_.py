"""Sessions in a group and observations come round."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision: str | None = "0026"


# by hand: rows are carried over. Row security is forced upon the owner too; this transaction alone is let past it.
_WHEN_THEY_ARE_DUE = """
    ALTER TABLE supervision_plans NO FORCE ROW LEVEL SECURITY;
    UPDATE supervision_plans
       SET group_due_at = coalesce(last_group_at, began_at) + group_days * interval '1 day',
           observation_due_at = coalesce(last_observation_at, began_at) + observation_days * interval '1 day';
    ALTER TABLE supervision_plans FORCE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("supervision_plans", sa.Column("group_due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("supervision_plans", sa.Column("group_overdue_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("supervision_plans", sa.Column("observation_due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "supervision_plans", sa.Column("observation_overdue_since", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute(_WHEN_THEY_ARE_DUE)


def downgrade() -> None:
    """Take the database back."""
    op.drop_column("supervision_plans", "observation_overdue_since")
    op.drop_column("supervision_plans", "observation_due_at")
    op.drop_column("supervision_plans", "group_overdue_since")
    op.drop_column("supervision_plans", "group_due_at")

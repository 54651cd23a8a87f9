"""A session's version stands for its record."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision: str | None = "0022"


def upgrade() -> None:
    """Bring the database forward."""
    op.drop_column("supervision_records", "version")


def downgrade() -> None:
    """Take the database back."""
    op.add_column("supervision_records", sa.Column("version", sa.BIGINT(), autoincrement=False, nullable=False))

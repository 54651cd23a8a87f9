"""Versions of mentors."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("mentors", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))


def downgrade() -> None:
    """Take the database back."""
    op.drop_column("mentors", "version")

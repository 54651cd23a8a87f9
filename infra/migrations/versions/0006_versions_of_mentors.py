"""Versions of mentors."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("mentors", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))


def downgrade() -> None:
    """Take the database back."""
    op.drop_column("mentors", "version")

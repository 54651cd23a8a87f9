"""Standing changes."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op

from infra.migrations.row_security import secure
from kith.ground.model import Policy, TransactionId

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "standing_changes",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("transaction", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "transaction", name=op.f("pk_standing_changes")),
    )
    secure(
        "standing_changes",
        policies=[
            Policy("look_up", "kith_lookup", "true", check="true"),
            Policy(
                "own_organisation",
                "kith_tenant",
                "(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
                command="SELECT",
            ),
        ],
        grants={"kith_lookup": ("DELETE", "INSERT", "SELECT", "UPDATE"), "kith_tenant": ("SELECT",)},
    )


def downgrade() -> None:
    """Take the database back."""
    op.drop_table("standing_changes")

"""The transaction of a fact."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op

from infra.migrations.row_security import secure
from kith.ground.model import Policy, TransactionId

revision = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column(
        "facts",
        sa.Column("transaction", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
    )
    op.create_index(
        op.f("ix_facts_organisation_id_transaction_sequence"),
        "facts",
        ["organisation_id", "transaction", "sequence"],
        unique=False,
        postgresql_where=None,
    )
    secure(
        "facts",
        policies=[
            Policy("look_up", "kith_lookup", "true", command="SELECT"),
            Policy(
                "own_organisation",
                "kith_tenant",
                "(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
                check="(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
            ),
        ],
        grants={"kith_lookup": ("SELECT",), "kith_tenant": ("INSERT", "SELECT")},
        was_policies=["own_organisation"],
        was_grants=["kith_tenant"],
    )


def downgrade() -> None:
    """Take the database back."""
    secure(
        "facts",
        policies=[
            Policy(
                "own_organisation",
                "kith_tenant",
                "(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
                check="(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
            )
        ],
        grants={"kith_tenant": ("INSERT", "SELECT")},
        was_policies=["look_up", "own_organisation"],
        was_grants=["kith_lookup", "kith_tenant"],
    )
    op.drop_index(op.f("ix_facts_organisation_id_transaction_sequence"), table_name="facts", postgresql_where=None)
    op.drop_column("facts", "transaction")

"""Idempotency keys."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "idempotency_keys",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("key_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("input_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "octet_length(key_sha256) = 32 AND octet_length(input_sha256) = 32", name=op.f("ck_idempotency_keys_hashes")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(
        op.f("ix_idempotency_keys_organisation_id_claimed_at"),
        "idempotency_keys",
        ["organisation_id", "claimed_at"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_idempotency_keys_organisation_id_key_sha256"),
        "idempotency_keys",
        ["organisation_id", "key_sha256"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "operator_idempotency_keys",
        sa.Column("key_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("input_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "octet_length(key_sha256) = 32 AND octet_length(input_sha256) = 32",
            name=op.f("ck_operator_idempotency_keys_hashes"),
        ),
        sa.PrimaryKeyConstraint("key_sha256", name=op.f("pk_operator_idempotency_keys")),
    )
    op.create_index(
        op.f("ix_operator_idempotency_keys_claimed_at"), "operator_idempotency_keys", ["claimed_at"], unique=False
    )
    secure(
        "idempotency_keys",
        policies=[
            Policy(
                "own_organisation",
                "kith_tenant",
                "(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
                check="(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
            )
        ],
        grants={"kith_tenant": ("DELETE", "INSERT", "SELECT", "UPDATE")},
    )
    secure(
        "operator_idempotency_keys",
        policies=[Policy("platform", "kith_platform", "true", check="true")],
        grants={"kith_platform": ("DELETE", "INSERT", "SELECT", "UPDATE")},
    )


def downgrade() -> None:
    """Take the database back."""
    op.drop_index(op.f("ix_operator_idempotency_keys_claimed_at"), table_name="operator_idempotency_keys")
    op.drop_table("operator_idempotency_keys")
    op.drop_index(
        op.f("ix_idempotency_keys_organisation_id_key_sha256"), table_name="idempotency_keys", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_idempotency_keys_organisation_id_claimed_at"), table_name="idempotency_keys", postgresql_where=None
    )
    op.drop_table("idempotency_keys")

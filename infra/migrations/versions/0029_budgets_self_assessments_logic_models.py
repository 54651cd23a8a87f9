"""Budgets, self-assessments, logic models."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0029"
down_revision: str | None = "0028"


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("campaigns", sa.Column("budget_amount", sa.BigInteger(), nullable=True))
    op.add_column("campaigns", sa.Column("budget_currency", sa.Text(), nullable=True))
    op.create_table(
        "logic_models",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("needs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("inputs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("activities", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("outputs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("outcomes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("cardinality(activities) <= 20", name=op.f("ck_logic_models_activities")),
        sa.CheckConstraint("cardinality(inputs) <= 20", name=op.f("ck_logic_models_inputs")),
        sa.CheckConstraint("cardinality(needs) <= 20", name=op.f("ck_logic_models_needs")),
        sa.CheckConstraint("cardinality(outcomes) <= 20", name=op.f("ck_logic_models_outcomes")),
        sa.CheckConstraint("cardinality(outcomes) >= 2", name=op.f("ck_logic_models_two_outcomes")),
        sa.CheckConstraint("cardinality(outputs) <= 20", name=op.f("ck_logic_models_outputs")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_logic_models_organisation_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "written_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_logic_models_organisation_id_written_by_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_logic_models")),
    )
    op.create_index(
        op.f("ix_logic_models_organisation_id_programme_id"),
        "logic_models",
        ["organisation_id", "programme_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index("ix_logic_models_written_by_id", "logic_models", ["organisation_id", "written_by_id"], unique=False)
    op.create_table(
        "readiness_self_assessments",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("domains", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("ratings", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "1 <= ALL (ratings) AND 5 >= ALL (ratings)", name=op.f("ck_readiness_self_assessments_ratings")
        ),
        sa.CheckConstraint(
            "cardinality(domains) = cardinality(ratings) AND cardinality(domains) > 0",
            name=op.f("ck_readiness_self_assessments_rated"),
        ),
        sa.CheckConstraint(
            "char_length(conclusion) <= 4000", name=op.f("ck_readiness_self_assessments_conclusion_length")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_readiness_self_assessments_organisation_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "recorded_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_readiness_self_assessments_organisation_id_recorded_by_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_readiness_self_assessments")),
    )
    op.create_index(
        op.f("ix_readiness_self_assessments_organisation_id_assessed_on_id"),
        "readiness_self_assessments",
        ["organisation_id", "assessed_on", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_readiness_self_assessments_organisation_id_programme_id_assessed_on_id"),
        "readiness_self_assessments",
        ["organisation_id", "programme_id", "assessed_on", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "ix_readiness_self_assessments_recorded_by_id",
        "readiness_self_assessments",
        ["organisation_id", "recorded_by_id"],
        unique=False,
    )
    secure(
        "logic_models",
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
        "readiness_self_assessments",
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
    op.create_check_constraint(
        "ck_campaigns_budget", "campaigns", "((budget_amount IS NULL) = (budget_currency IS NULL))"
    )
    op.create_check_constraint(
        "ck_campaigns_budget_amount", "campaigns", "((budget_amount >= 0) AND (budget_amount <= 2000000000))"
    )


def downgrade() -> None:
    """Take the database back."""
    op.drop_constraint("ck_campaigns_budget_amount", "campaigns", type_="check")
    op.drop_constraint("ck_campaigns_budget", "campaigns", type_="check")
    op.drop_index("ix_readiness_self_assessments_recorded_by_id", table_name="readiness_self_assessments")
    op.drop_index(
        op.f("ix_readiness_self_assessments_organisation_id_programme_id_assessed_on_id"),
        table_name="readiness_self_assessments",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_readiness_self_assessments_organisation_id_assessed_on_id"),
        table_name="readiness_self_assessments",
        postgresql_where=None,
    )
    op.drop_table("readiness_self_assessments")
    op.drop_index("ix_logic_models_written_by_id", table_name="logic_models")
    op.drop_index(
        op.f("ix_logic_models_organisation_id_programme_id"), table_name="logic_models", postgresql_where=None
    )
    op.drop_table("logic_models")
    op.drop_column("campaigns", "budget_currency")
    op.drop_column("campaigns", "budget_amount")

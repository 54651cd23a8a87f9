"""Sites, cohorts and funding sources."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0031"
down_revision: str | None = "0030"


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "programme_labels",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_lower", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('SITE', 'COHORT', 'FUNDING_SOURCE')", name=op.f("ck_programme_labels_kind")),
        sa.CheckConstraint("status IN ('ACTIVE', 'INACTIVE')", name=op.f("ck_programme_labels_status")),
        sa.CheckConstraint("char_length(detail) <= 1000", name=op.f("ck_programme_labels_detail_length")),
        sa.CheckConstraint("char_length(name) <= 120", name=op.f("ck_programme_labels_name_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_programme_labels_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_programme_labels")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "kind",
            name=op.f("uq_programme_labels_organisation_id_id_programme_id_kind"),
        ),
    )
    op.create_index(
        op.f("ix_programme_labels_organisation_id_added_at_id"),
        "programme_labels",
        ["organisation_id", "added_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_programme_labels_organisation_id_programme_id_added_at_id"),
        "programme_labels",
        ["organisation_id", "programme_id", "added_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_programme_labels_organisation_id_programme_id_kind_name_lower"),
        "programme_labels",
        ["organisation_id", "programme_id", "kind", "name_lower"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "enrolment_labels",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("mentee_id", sa.Uuid(), nullable=False),
        sa.Column("label_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "label_id", "programme_id", "kind"],
            [
                "programme_labels.organisation_id",
                "programme_labels.id",
                "programme_labels.programme_id",
                "programme_labels.kind",
            ],
            name=op.f("fk_enrolment_labels_organisation_id_label_id_programme_id_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentee_id", "programme_id", "person_id"],
            ["mentees.organisation_id", "mentees.id", "mentees.programme_id", "mentees.person_id"],
            name=op.f("fk_enrolment_labels_organisation_id_mentee_id_programme_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_enrolment_labels")),
    )
    op.create_index(
        op.f("ix_enrolment_labels_organisation_id_added_at_id"),
        "enrolment_labels",
        ["organisation_id", "added_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_enrolment_labels_organisation_id_label_id_added_at_id"),
        "enrolment_labels",
        ["organisation_id", "label_id", "added_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_enrolment_labels_organisation_id_mentee_id_added_at_id"),
        "enrolment_labels",
        ["organisation_id", "mentee_id", "added_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_enrolment_labels_organisation_id_mentee_id_label_id"),
        "enrolment_labels",
        ["organisation_id", "mentee_id", "label_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_enrolment_labels_organisation_id_person_id_added_at_id"),
        "enrolment_labels",
        ["organisation_id", "person_id", "added_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_enrolment_labels_organisation_id_programme_id_added_at_id"),
        "enrolment_labels",
        ["organisation_id", "programme_id", "added_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    secure(
        "programme_labels",
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
        "enrolment_labels",
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


def downgrade() -> None:
    """Take the database back."""
    op.drop_index(
        op.f("ix_enrolment_labels_organisation_id_programme_id_added_at_id"),
        table_name="enrolment_labels",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_enrolment_labels_organisation_id_person_id_added_at_id"),
        table_name="enrolment_labels",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_enrolment_labels_organisation_id_mentee_id_label_id"),
        table_name="enrolment_labels",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_enrolment_labels_organisation_id_mentee_id_added_at_id"),
        table_name="enrolment_labels",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_enrolment_labels_organisation_id_label_id_added_at_id"),
        table_name="enrolment_labels",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_enrolment_labels_organisation_id_added_at_id"), table_name="enrolment_labels", postgresql_where=None
    )
    op.drop_table("enrolment_labels")
    op.drop_index(
        op.f("ix_programme_labels_organisation_id_programme_id_kind_name_lower"),
        table_name="programme_labels",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_programme_labels_organisation_id_programme_id_added_at_id"),
        table_name="programme_labels",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_programme_labels_organisation_id_added_at_id"), table_name="programme_labels", postgresql_where=None
    )
    op.drop_table("programme_labels")

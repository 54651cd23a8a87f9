"""Tasks and readiness."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0007"
down_revision: str | None = "0006"


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "tasks",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("about_type", sa.Text(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(status = 'OPEN') = (ended_at IS NULL)", name=op.f("ck_tasks_ended")),
        sa.CheckConstraint("status IN ('OPEN', 'DONE', 'DROPPED')", name=op.f("ck_tasks_status")),
        sa.CheckConstraint("char_length(remark) <= 2000", name=op.f("ck_tasks_remark_length")),
        sa.CheckConstraint("char_length(title) <= 200", name=op.f("ck_tasks_title_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assignee_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_tasks_organisation_id_assignee_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_tasks_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_tasks")),
    )
    op.create_index(
        op.f("ix_tasks_organisation_id_assignee_id_due_at_id"),
        "tasks",
        ["organisation_id", "assignee_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_tasks_organisation_id_due_at_id"),
        "tasks",
        ["organisation_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_tasks_organisation_id_programme_id_due_at_id"),
        "tasks",
        ["organisation_id", "programme_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_tasks_open",
        "tasks",
        ["organisation_id", "about_id", "kind"],
        unique=True,
        postgresql_where=sa.text("status = 'OPEN'"),
    )
    op.create_table(
        "readiness",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("sentences", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("available = (cardinality(codes) = 0)", name=op.f("ck_readiness_available")),
        sa.CheckConstraint("cardinality(codes) = cardinality(sentences)", name=op.f("ck_readiness_alike")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentor_id", "programme_id", "person_id"],
            ["mentors.organisation_id", "mentors.id", "mentors.programme_id", "mentors.person_id"],
            name=op.f("fk_readiness_organisation_id_mentor_id_programme_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_readiness")),
    )
    op.create_index(
        op.f("ix_readiness_organisation_id_mentor_id"),
        "readiness",
        ["organisation_id", "mentor_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_readiness_organisation_id_person_id"),
        "readiness",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_readiness_organisation_id_programme_id_settled_at_id"),
        "readiness",
        ["organisation_id", "programme_id", "settled_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_readiness_organisation_id_settled_at_id"),
        "readiness",
        ["organisation_id", "settled_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    secure(
        "tasks",
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
        "readiness",
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
    op.drop_constraint("ck_mentors_status", "mentors", type_="check")
    op.create_check_constraint(
        "ck_mentors_status",
        "mentors",
        "(status = ANY (ARRAY['TRAINING'::text, 'READY'::text, 'ON_LEAVE'::text, 'SUSPENDED'::text, 'RETIRED'::text]))",
    )


def downgrade() -> None:
    """Take the database back."""
    op.drop_constraint("ck_mentors_status", "mentors", type_="check")
    op.create_check_constraint(
        "ck_mentors_status", "mentors", "(status = ANY (ARRAY['TRAINING'::text, 'READY'::text, 'ON_LEAVE'::text]))"
    )
    op.drop_index(op.f("ix_readiness_organisation_id_settled_at_id"), table_name="readiness", postgresql_where=None)
    op.drop_index(
        op.f("ix_readiness_organisation_id_programme_id_settled_at_id"), table_name="readiness", postgresql_where=None
    )
    op.drop_index(op.f("ix_readiness_organisation_id_person_id"), table_name="readiness", postgresql_where=None)
    op.drop_index(op.f("ix_readiness_organisation_id_mentor_id"), table_name="readiness", postgresql_where=None)
    op.drop_table("readiness")
    op.drop_index("uq_tasks_open", table_name="tasks", postgresql_where=sa.text("status = 'OPEN'"))
    op.drop_index(op.f("ix_tasks_organisation_id_programme_id_due_at_id"), table_name="tasks", postgresql_where=None)
    op.drop_index(op.f("ix_tasks_organisation_id_due_at_id"), table_name="tasks", postgresql_where=None)
    op.drop_index(op.f("ix_tasks_organisation_id_assignee_id_due_at_id"), table_name="tasks", postgresql_where=None)
    op.drop_table("tasks")

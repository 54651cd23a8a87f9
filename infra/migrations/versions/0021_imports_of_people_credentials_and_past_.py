"""Imports of people, credentials and past matches."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0021"
down_revision: str | None = "0020"


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "import_jobs",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("started_by_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("delimiter", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows_removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("checked", sa.BigInteger(), nullable=False),
        sa.Column("warnings", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("skipped", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('PEOPLE', 'CREDENTIALS', 'PAST_MATCHES')", name=op.f("ck_import_jobs_kind")),
        sa.CheckConstraint(
            "status IN ('RECEIVED', 'CHECKING', 'CHECKED', 'COMMITTING', 'COMMITTED', 'FAILED', 'DISCARDED')",
            name=op.f("ck_import_jobs_status"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_import_jobs_organisation_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "started_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_import_jobs_organisation_id_started_by_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_import_jobs")),
        sa.UniqueConstraint(
            "organisation_id", "id", "programme_id", name=op.f("uq_import_jobs_organisation_id_id_programme_id")
        ),
    )
    op.create_index(
        op.f("ix_import_jobs_organisation_id_programme_id_started_at_id"),
        "import_jobs",
        ["organisation_id", "programme_id", "started_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_import_jobs_organisation_id_started_at_id"),
        "import_jobs",
        ["organisation_id", "started_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index("ix_import_jobs_started_by_id", "import_jobs", ["organisation_id", "started_by_id"], unique=False)
    op.create_index(
        "ix_import_jobs_to_clear",
        "import_jobs",
        ["organisation_id", "ended_at"],
        unique=False,
        postgresql_where=sa.text("rows_removed_at IS NULL"),
    )
    op.create_table(
        "import_rows",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("cells", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("same", sa.Text(), nullable=True),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "status IN ('RECEIVED', 'OK', 'WARNING', 'ERROR', 'DONE', 'SKIPPED')", name=op.f("ck_import_rows_status")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "job_id", "programme_id"],
            ["import_jobs.organisation_id", "import_jobs.id", "import_jobs.programme_id"],
            name=op.f("fk_import_rows_organisation_id_job_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_import_rows_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_import_rows")),
    )
    op.create_index(
        op.f("ix_import_rows_organisation_id_job_id_number"),
        "import_rows",
        ["organisation_id", "job_id", "number"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_import_rows_organisation_id_job_id_number_id"),
        "import_rows",
        ["organisation_id", "job_id", "number", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_import_rows_organisation_id_job_id_same"),
        "import_rows",
        ["organisation_id", "job_id", "same"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_import_rows_organisation_id_job_id_status_number"),
        "import_rows",
        ["organisation_id", "job_id", "status", "number"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index("ix_import_rows_person_id", "import_rows", ["organisation_id", "person_id"], unique=False)
    secure(
        "import_jobs",
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
        "import_rows",
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
    op.drop_index("ix_import_rows_person_id", table_name="import_rows")
    op.drop_index(
        op.f("ix_import_rows_organisation_id_job_id_status_number"), table_name="import_rows", postgresql_where=None
    )
    op.drop_index(op.f("ix_import_rows_organisation_id_job_id_same"), table_name="import_rows", postgresql_where=None)
    op.drop_index(
        op.f("ix_import_rows_organisation_id_job_id_number_id"), table_name="import_rows", postgresql_where=None
    )
    op.drop_index(op.f("ix_import_rows_organisation_id_job_id_number"), table_name="import_rows", postgresql_where=None)
    op.drop_table("import_rows")
    op.drop_index(
        "ix_import_jobs_to_clear", table_name="import_jobs", postgresql_where=sa.text("rows_removed_at IS NULL")
    )
    op.drop_index("ix_import_jobs_started_by_id", table_name="import_jobs")
    op.drop_index(op.f("ix_import_jobs_organisation_id_started_at_id"), table_name="import_jobs", postgresql_where=None)
    op.drop_index(
        op.f("ix_import_jobs_organisation_id_programme_id_started_at_id"),
        table_name="import_jobs",
        postgresql_where=None,
    )
    op.drop_table("import_jobs")

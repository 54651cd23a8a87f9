"""Reminders of sessions and events."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0028"
down_revision: str | None = "0027"


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "gathering_reminders",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hours_before", sa.BigInteger(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(session_id IS NULL) <> (event_id IS NULL)", name=op.f("ck_gathering_reminders_one_thing")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "event_id"],
            ["community_events.organisation_id", "community_events.id"],
            name=op.f("fk_gathering_reminders_organisation_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_gathering_reminders_organisation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "session_id"],
            ["group_sessions.organisation_id", "group_sessions.id"],
            name=op.f("fk_gathering_reminders_organisation_id_session_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_gathering_reminders")),
    )
    op.create_index(
        op.f("ix_gathering_reminders_organisation_id_event_id_person_id_starts_at_hours_before"),
        "gathering_reminders",
        ["organisation_id", "event_id", "person_id", "starts_at", "hours_before"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_gathering_reminders_organisation_id_session_id_person_id_starts_at_hours_before"),
        "gathering_reminders",
        ["organisation_id", "session_id", "person_id", "starts_at", "hours_before"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        "ix_gathering_reminders_person_id", "gathering_reminders", ["organisation_id", "person_id"], unique=False
    )
    secure(
        "gathering_reminders",
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
    op.drop_index("ix_gathering_reminders_person_id", table_name="gathering_reminders")
    op.drop_index(
        op.f("ix_gathering_reminders_organisation_id_session_id_person_id_starts_at_hours_before"),
        table_name="gathering_reminders",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_gathering_reminders_organisation_id_event_id_person_id_starts_at_hours_before"),
        table_name="gathering_reminders",
        postgresql_where=None,
    )
    op.drop_table("gathering_reminders")

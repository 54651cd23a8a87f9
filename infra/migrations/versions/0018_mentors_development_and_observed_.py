"""Mentors' development and observed meetings."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0018"
down_revision: str | None = "0017"


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("supervision_sessions", sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True))
    op.create_unique_constraint(
        op.f("uq_supervision_sessions_organisation_id_id_person_id"),
        "supervision_sessions",
        ["organisation_id", "id", "person_id"],
    )
    op.create_table(
        "development_plans",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_person_id", sa.Uuid(), nullable=False),
        sa.Column("aims", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mentor_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supervisor_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(status IN ('COMPLETED', 'ENDED')) = (ended_at IS NOT NULL)", name=op.f("ck_development_plans_ended")
        ),
        sa.CheckConstraint(
            "status <> 'AGREED' OR (mentor_agreed_at IS NOT NULL AND supervisor_agreed_at IS NOT NULL)",
            name=op.f("ck_development_plans_agreed"),
        ),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'AGREED', 'COMPLETED', 'ENDED')", name=op.f("ck_development_plans_status")
        ),
        sa.CheckConstraint("cardinality(aims) BETWEEN 1 AND 10", name=op.f("ck_development_plans_aims")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentor_id", "person_id"],
            ["mentors.organisation_id", "mentors.id", "mentors.person_id"],
            name=op.f("fk_development_plans_organisation_id_mentor_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "supervisor_person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_development_plans_organisation_id_supervisor_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_development_plans")),
        sa.UniqueConstraint(
            "organisation_id", "id", "person_id", name=op.f("uq_development_plans_organisation_id_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_development_plans_organisation_id_drafted_at_id"),
        "development_plans",
        ["organisation_id", "drafted_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_development_plans_organisation_id_mentor_id_drafted_at_id"),
        "development_plans",
        ["organisation_id", "mentor_id", "drafted_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_development_plans_organisation_id_person_id_drafted_at_id"),
        "development_plans",
        ["organisation_id", "person_id", "drafted_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_development_plans_organisation_id_supervisor_person_id_drafted_at_id"),
        "development_plans",
        ["organisation_id", "supervisor_person_id", "drafted_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_development_plans_open",
        "development_plans",
        ["organisation_id", "mentor_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('DRAFT', 'AGREED')"),
    )
    op.create_table(
        "development_actions",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_person_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(status = 'OPEN') = (ended_at IS NULL)", name=op.f("ck_development_actions_ended")),
        sa.CheckConstraint("status IN ('OPEN', 'DONE', 'DROPPED')", name=op.f("ck_development_actions_status")),
        sa.CheckConstraint("char_length(text) <= 500", name=op.f("ck_development_actions_text_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentor_id", "person_id"],
            ["mentors.organisation_id", "mentors.id", "mentors.person_id"],
            name=op.f("fk_development_actions_organisation_id_mentor_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "plan_id", "person_id"],
            ["development_plans.organisation_id", "development_plans.id", "development_plans.person_id"],
            name=op.f("fk_development_actions_organisation_id_plan_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "session_id", "person_id"],
            ["supervision_sessions.organisation_id", "supervision_sessions.id", "supervision_sessions.person_id"],
            name=op.f("fk_development_actions_organisation_id_session_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "supervisor_person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_development_actions_organisation_id_supervisor_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_development_actions")),
    )
    op.create_index(
        "ix_development_actions_mentor_id", "development_actions", ["organisation_id", "mentor_id"], unique=False
    )
    op.create_index(
        op.f("ix_development_actions_organisation_id_due_at_id"),
        "development_actions",
        ["organisation_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_development_actions_organisation_id_person_id_due_at_id"),
        "development_actions",
        ["organisation_id", "person_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_development_actions_organisation_id_plan_id_due_at_id"),
        "development_actions",
        ["organisation_id", "plan_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_development_actions_organisation_id_session_id_due_at_id"),
        "development_actions",
        ["organisation_id", "session_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_development_actions_organisation_id_supervisor_person_id_due_at_id"),
        "development_actions",
        ["organisation_id", "supervisor_person_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "development_reviews",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("char_length(text) <= 4000", name=op.f("ck_development_reviews_text_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "plan_id", "person_id"],
            ["development_plans.organisation_id", "development_plans.id", "development_plans.person_id"],
            name=op.f("fk_development_reviews_organisation_id_plan_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "session_id", "person_id", "supervisor_person_id"],
            [
                "supervision_sessions.organisation_id",
                "supervision_sessions.id",
                "supervision_sessions.person_id",
                "supervision_sessions.supervisor_person_id",
            ],
            name=op.f("fk_development_reviews_organisation_id_session_id_person_id_supervisor_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_development_reviews")),
    )
    op.create_index(
        op.f("ix_development_reviews_organisation_id_person_id"),
        "development_reviews",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_development_reviews_organisation_id_plan_id_reviewed_at_id"),
        "development_reviews",
        ["organisation_id", "plan_id", "reviewed_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_development_reviews_organisation_id_session_id_plan_id"),
        "development_reviews",
        ["organisation_id", "session_id", "plan_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "observation_ratings",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("competency", sa.Text(), nullable=False),
        sa.Column("rating", sa.BigInteger(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "competency IN ('SAMHSA_01', 'SAMHSA_02', 'SAMHSA_03', 'SAMHSA_04', 'SAMHSA_05', 'SAMHSA_06', 'SAMHSA_07', 'SAMHSA_08', 'SAMHSA_09', 'SAMHSA_10', 'SAMHSA_11', 'SAMHSA_12')",
            name=op.f("ck_observation_ratings_competency"),
        ),
        sa.CheckConstraint("char_length(remark) <= 2000", name=op.f("ck_observation_ratings_remark_length")),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_observation_ratings_rating")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "session_id", "person_id", "supervisor_person_id"],
            [
                "supervision_sessions.organisation_id",
                "supervision_sessions.id",
                "supervision_sessions.person_id",
                "supervision_sessions.supervisor_person_id",
            ],
            name=op.f("fk_observation_ratings_organisation_id_session_id_person_id_supervisor_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_observation_ratings")),
    )
    op.create_index(
        op.f("ix_observation_ratings_organisation_id_person_id"),
        "observation_ratings",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_observation_ratings_organisation_id_session_id_competency"),
        "observation_ratings",
        ["organisation_id", "session_id", "competency"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "observations",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("observer_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(status = 'ASKED') = (answered_at IS NULL)", name=op.f("ck_observations_answered")),
        sa.CheckConstraint("status IN ('ASKED', 'AGREED', 'DECLINED')", name=op.f("ck_observations_status")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "meeting_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "meetings.organisation_id",
                "meetings.id",
                "meetings.programme_id",
                "meetings.mentor_person_id",
                "meetings.mentee_person_id",
            ],
            name=op.f("fk_observations_organisation_id_meeting_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "observer_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_observations_organisation_id_observer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "session_id"],
            ["supervision_sessions.organisation_id", "supervision_sessions.id"],
            name=op.f("fk_observations_organisation_id_session_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_observations")),
    )
    op.create_index("ix_observations_observer_id", "observations", ["organisation_id", "observer_id"], unique=False)
    op.create_index(
        op.f("ix_observations_organisation_id_asked_at_id"),
        "observations",
        ["organisation_id", "asked_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_observations_organisation_id_mentee_person_id_asked_at_id"),
        "observations",
        ["organisation_id", "mentee_person_id", "asked_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_observations_organisation_id_mentor_person_id_asked_at_id"),
        "observations",
        ["organisation_id", "mentor_person_id", "asked_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_observations_organisation_id_programme_id_asked_at_id"),
        "observations",
        ["organisation_id", "programme_id", "asked_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_observations_organisation_id_session_id"),
        "observations",
        ["organisation_id", "session_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        "uq_observations_open",
        "observations",
        ["organisation_id", "meeting_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'DECLINED'"),
    )
    secure(
        "development_plans",
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
        "development_actions",
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
        "development_reviews",
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
        "observation_ratings",
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
        "observations",
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
    op.drop_index("uq_observations_open", table_name="observations", postgresql_where=sa.text("status <> 'DECLINED'"))
    op.drop_index(op.f("ix_observations_organisation_id_session_id"), table_name="observations", postgresql_where=None)
    op.drop_index(
        op.f("ix_observations_organisation_id_programme_id_asked_at_id"),
        table_name="observations",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_observations_organisation_id_mentor_person_id_asked_at_id"),
        table_name="observations",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_observations_organisation_id_mentee_person_id_asked_at_id"),
        table_name="observations",
        postgresql_where=None,
    )
    op.drop_index(op.f("ix_observations_organisation_id_asked_at_id"), table_name="observations", postgresql_where=None)
    op.drop_index("ix_observations_observer_id", table_name="observations")
    op.drop_table("observations")
    op.drop_index(
        op.f("ix_observation_ratings_organisation_id_session_id_competency"),
        table_name="observation_ratings",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_observation_ratings_organisation_id_person_id"),
        table_name="observation_ratings",
        postgresql_where=None,
    )
    op.drop_table("observation_ratings")
    op.drop_index(
        op.f("ix_development_reviews_organisation_id_session_id_plan_id"),
        table_name="development_reviews",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_development_reviews_organisation_id_plan_id_reviewed_at_id"),
        table_name="development_reviews",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_development_reviews_organisation_id_person_id"),
        table_name="development_reviews",
        postgresql_where=None,
    )
    op.drop_table("development_reviews")
    op.drop_index(
        op.f("ix_development_actions_organisation_id_supervisor_person_id_due_at_id"),
        table_name="development_actions",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_development_actions_organisation_id_session_id_due_at_id"),
        table_name="development_actions",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_development_actions_organisation_id_plan_id_due_at_id"),
        table_name="development_actions",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_development_actions_organisation_id_person_id_due_at_id"),
        table_name="development_actions",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_development_actions_organisation_id_due_at_id"),
        table_name="development_actions",
        postgresql_where=None,
    )
    op.drop_index("ix_development_actions_mentor_id", table_name="development_actions")
    op.drop_table("development_actions")
    op.drop_index(
        "uq_development_plans_open",
        table_name="development_plans",
        postgresql_where=sa.text("status IN ('DRAFT', 'AGREED')"),
    )
    op.drop_index(
        op.f("ix_development_plans_organisation_id_supervisor_person_id_drafted_at_id"),
        table_name="development_plans",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_development_plans_organisation_id_person_id_drafted_at_id"),
        table_name="development_plans",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_development_plans_organisation_id_mentor_id_drafted_at_id"),
        table_name="development_plans",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_development_plans_organisation_id_drafted_at_id"),
        table_name="development_plans",
        postgresql_where=None,
    )
    op.drop_table("development_plans")
    op.drop_constraint(
        op.f("uq_supervision_sessions_organisation_id_id_person_id"), "supervision_sessions", type_="unique"
    )
    op.drop_column("supervision_sessions", "consented_at")

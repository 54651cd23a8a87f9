"""Supervision: plans, sessions, records, cover."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0012"
down_revision: str | None = "0011"


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column(
        "programmes", sa.Column("supervision_first_days", sa.BigInteger(), server_default="14", nullable=False)
    )
    op.add_column("programmes", sa.Column("supervision_days", sa.BigInteger(), server_default="30", nullable=False))
    op.add_column("programmes", sa.Column("caseload_limit", sa.BigInteger(), server_default="10", nullable=False))
    op.create_table(
        "coverage_delegations",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("absent_person_id", sa.Uuid(), nullable=False),
        sa.Column("cover_person_id", sa.Uuid(), nullable=False),
        sa.Column("given_by_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("absent_person_id <> cover_person_id", name=op.f("ck_coverage_delegations_two_people")),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("ck_coverage_delegations_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "absent_person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_coverage_delegations_organisation_id_absent_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "cover_person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_coverage_delegations_organisation_id_cover_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "given_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_coverage_delegations_organisation_id_given_by_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_coverage_delegations")),
    )
    op.create_index(
        "ix_coverage_delegations_given_by_id", "coverage_delegations", ["organisation_id", "given_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_coverage_delegations_organisation_id_absent_person_id_starts_at_id"),
        "coverage_delegations",
        ["organisation_id", "absent_person_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_coverage_delegations_organisation_id_cover_person_id_starts_at_id"),
        "coverage_delegations",
        ["organisation_id", "cover_person_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_coverage_delegations_organisation_id_starts_at_id"),
        "coverage_delegations",
        ["organisation_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "supervision_groups",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_supervision_groups_organisation_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "supervisor_person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_supervision_groups_organisation_id_supervisor_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_supervision_groups")),
    )
    op.create_index(
        "ix_supervision_groups_programme_id", "supervision_groups", ["organisation_id", "programme_id"], unique=False
    )
    op.create_index(
        "ix_supervision_groups_supervisor_person_id",
        "supervision_groups",
        ["organisation_id", "supervisor_person_id"],
        unique=False,
    )
    op.create_table(
        "supervision_plans",
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
        sa.Column("supervisor_person_id", sa.Uuid(), nullable=False),
        sa.Column("first_days", sa.BigInteger(), nullable=False),
        sa.Column("individual_days", sa.BigInteger(), nullable=False),
        sa.Column("group_days", sa.BigInteger(), nullable=True),
        sa.Column("observation_days", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("new_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_individual_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_group_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_observation_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice_given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(status = 'ENDED') = (ended_at IS NOT NULL)", name=op.f("ck_supervision_plans_ended")),
        sa.CheckConstraint("status IN ('ACTIVE', 'ENDED')", name=op.f("ck_supervision_plans_status")),
        sa.CheckConstraint("first_days BETWEEN 1 AND 366", name=op.f("ck_supervision_plans_first")),
        sa.CheckConstraint("group_days BETWEEN 1 AND 366", name=op.f("ck_supervision_plans_group")),
        sa.CheckConstraint("individual_days BETWEEN 1 AND 366", name=op.f("ck_supervision_plans_individual")),
        sa.CheckConstraint("observation_days BETWEEN 1 AND 366", name=op.f("ck_supervision_plans_observation")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentor_id", "programme_id", "person_id"],
            ["mentors.organisation_id", "mentors.id", "mentors.programme_id", "mentors.person_id"],
            name=op.f("fk_supervision_plans_organisation_id_mentor_id_programme_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "supervisor_person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_supervision_plans_organisation_id_supervisor_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_supervision_plans")),
    )
    op.create_index(
        op.f("ix_supervision_plans_organisation_id_due_at_id"),
        "supervision_plans",
        ["organisation_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_supervision_plans_organisation_id_mentor_id_due_at_id"),
        "supervision_plans",
        ["organisation_id", "mentor_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_supervision_plans_organisation_id_person_id_due_at_id"),
        "supervision_plans",
        ["organisation_id", "person_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_supervision_plans_organisation_id_programme_id_due_at_id"),
        "supervision_plans",
        ["organisation_id", "programme_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_supervision_plans_organisation_id_supervisor_person_id_due_at_id"),
        "supervision_plans",
        ["organisation_id", "supervisor_person_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_supervision_plans_active",
        "supervision_plans",
        ["organisation_id", "mentor_id"],
        unique=True,
        postgresql_where=sa.text("status = 'ACTIVE'"),
    )
    op.create_table(
        "supervision_sessions",
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
        sa.Column("supervisor_person_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("signed_by_id", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelling_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(kind = 'GROUP') = (group_id IS NOT NULL)", name=op.f("ck_supervision_sessions_group")),
        sa.CheckConstraint(
            "(status = 'ACKNOWLEDGED') = (acknowledged_at IS NOT NULL)",
            name=op.f("ck_supervision_sessions_acknowledged"),
        ),
        sa.CheckConstraint(
            "(status = 'CANCELLED') = (cancelling_reason IS NOT NULL)", name=op.f("ck_supervision_sessions_cancelled")
        ),
        sa.CheckConstraint(
            "(status IN ('SIGNED_SUPERVISOR', 'ACKNOWLEDGED')) = (signed_at IS NOT NULL)",
            name=op.f("ck_supervision_sessions_signed"),
        ),
        sa.CheckConstraint("format IN ('IN_PERSON', 'PHONE', 'VIRTUAL')", name=op.f("ck_supervision_sessions_format")),
        sa.CheckConstraint(
            "kind IN ('INDIVIDUAL', 'GROUP', 'OBSERVATION', 'AD_HOC')", name=op.f("ck_supervision_sessions_kind")
        ),
        sa.CheckConstraint(
            "status IN ('SCHEDULED', 'HELD', 'SIGNED_SUPERVISOR', 'ACKNOWLEDGED', 'MISSED', 'CANCELLED')",
            name=op.f("ck_supervision_sessions_status"),
        ),
        sa.CheckConstraint("char_length(place) <= 300", name=op.f("ck_supervision_sessions_place_length")),
        sa.CheckConstraint("minutes BETWEEN 5 AND 480", name=op.f("ck_supervision_sessions_minutes")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "group_id"],
            ["supervision_groups.organisation_id", "supervision_groups.id"],
            name=op.f("fk_supervision_sessions_organisation_id_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentor_id", "programme_id", "person_id"],
            ["mentors.organisation_id", "mentors.id", "mentors.programme_id", "mentors.person_id"],
            name=op.f("fk_supervision_sessions_organisation_id_mentor_id_programme_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "signed_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_supervision_sessions_organisation_id_signed_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "supervisor_person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_supervision_sessions_organisation_id_supervisor_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_supervision_sessions")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "person_id",
            "supervisor_person_id",
            name=op.f("uq_supervision_sessions_organisation_id_id_person_id_supervisor_person_id"),
        ),
    )
    op.create_index(
        "ix_supervision_sessions_group_id", "supervision_sessions", ["organisation_id", "group_id"], unique=False
    )
    op.create_index(
        op.f("ix_supervision_sessions_organisation_id_mentor_id_starts_at_id"),
        "supervision_sessions",
        ["organisation_id", "mentor_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_supervision_sessions_organisation_id_person_id_starts_at_id"),
        "supervision_sessions",
        ["organisation_id", "person_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_supervision_sessions_organisation_id_programme_id_starts_at_id"),
        "supervision_sessions",
        ["organisation_id", "programme_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_supervision_sessions_organisation_id_starts_at_id"),
        "supervision_sessions",
        ["organisation_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_supervision_sessions_organisation_id_supervisor_person_id_starts_at_id"),
        "supervision_sessions",
        ["organisation_id", "supervisor_person_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "ix_supervision_sessions_scheduled",
        "supervision_sessions",
        ["organisation_id", "starts_at"],
        unique=False,
        postgresql_where=sa.text("status = 'SCHEDULED'"),
    )
    op.create_index(
        "ix_supervision_sessions_signed_by_id",
        "supervision_sessions",
        ["organisation_id", "signed_by_id"],
        unique=False,
    )
    op.create_table(
        "caseload_reviews",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("char_length(text) <= 4000", name=op.f("ck_caseload_reviews_text_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_id"],
            ["matches.organisation_id", "matches.id"],
            name=op.f("fk_caseload_reviews_organisation_id_match_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "session_id", "person_id", "supervisor_person_id"],
            [
                "supervision_sessions.organisation_id",
                "supervision_sessions.id",
                "supervision_sessions.person_id",
                "supervision_sessions.supervisor_person_id",
            ],
            name=op.f("fk_caseload_reviews_organisation_id_session_id_person_id_supervisor_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_caseload_reviews")),
    )
    op.create_index("ix_caseload_reviews_match_id", "caseload_reviews", ["organisation_id", "match_id"], unique=False)
    op.create_index(
        op.f("ix_caseload_reviews_organisation_id_person_id"),
        "caseload_reviews",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_caseload_reviews_organisation_id_session_id_match_id"),
        "caseload_reviews",
        ["organisation_id", "session_id", "match_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "supervision_records",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("ethics", sa.BigInteger(), nullable=True),
        sa.Column("delivery", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reflection", sa.Text(), nullable=False),
        sa.Column("self_care", sa.Text(), nullable=False),
        sa.Column("support_needs", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "value IN ('VOLUNTARY', 'HOPEFUL', 'OPEN_MINDED', 'EMPATHETIC', 'RESPECTFUL', 'FACILITATE_CHANGE', 'HONEST_AND_DIRECT', 'MUTUAL_AND_RECIPROCAL', 'EQUALLY_SHARED_POWER', 'STRENGTHS_FOCUSED', 'TRANSPARENT', 'PERSON_DRIVEN')",
            name=op.f("ck_supervision_records_value"),
        ),
        sa.CheckConstraint("char_length(comment) <= 4000", name=op.f("ck_supervision_records_comment_length")),
        sa.CheckConstraint("char_length(notes) <= 8000", name=op.f("ck_supervision_records_notes_length")),
        sa.CheckConstraint("char_length(reflection) <= 8000", name=op.f("ck_supervision_records_reflection_length")),
        sa.CheckConstraint("char_length(self_care) <= 8000", name=op.f("ck_supervision_records_self_care_length")),
        sa.CheckConstraint(
            "char_length(support_needs) <= 8000", name=op.f("ck_supervision_records_support_needs_length")
        ),
        sa.CheckConstraint("delivery BETWEEN 1 AND 5", name=op.f("ck_supervision_records_delivery")),
        sa.CheckConstraint("ethics BETWEEN 1 AND 5", name=op.f("ck_supervision_records_ethics")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "session_id", "person_id", "supervisor_person_id"],
            [
                "supervision_sessions.organisation_id",
                "supervision_sessions.id",
                "supervision_sessions.person_id",
                "supervision_sessions.supervisor_person_id",
            ],
            name=op.f("fk_supervision_records_organisation_id_session_id_person_id_supervisor_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_supervision_records")),
    )
    op.create_index(
        op.f("ix_supervision_records_organisation_id_person_id"),
        "supervision_records",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_supervision_records_organisation_id_session_id"),
        "supervision_records",
        ["organisation_id", "session_id"],
        unique=True,
        postgresql_where=None,
    )
    secure(
        "coverage_delegations",
        policies=[
            Policy("look_up", "kith_lookup", "true", command="SELECT"),
            Policy(
                "own_organisation",
                "kith_tenant",
                "(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
                check="(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
            ),
        ],
        grants={"kith_lookup": ("SELECT",), "kith_tenant": ("DELETE", "INSERT", "SELECT", "UPDATE")},
    )
    secure(
        "supervision_groups",
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
        "supervision_plans",
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
        "supervision_sessions",
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
        "caseload_reviews",
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
        "supervision_records",
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
        "ck_programmes_caseload_limit", "programmes", "((caseload_limit >= 1) AND (caseload_limit <= 200))"
    )
    op.create_check_constraint(
        "ck_programmes_supervision_days", "programmes", "((supervision_days >= 1) AND (supervision_days <= 366))"
    )
    op.create_check_constraint(
        "ck_programmes_supervision_first_days",
        "programmes",
        "((supervision_first_days >= 1) AND (supervision_first_days <= 366))",
    )


def downgrade() -> None:
    """Take the database back."""
    op.drop_constraint("ck_programmes_supervision_first_days", "programmes", type_="check")
    op.drop_constraint("ck_programmes_supervision_days", "programmes", type_="check")
    op.drop_constraint("ck_programmes_caseload_limit", "programmes", type_="check")
    op.drop_index(
        op.f("ix_supervision_records_organisation_id_session_id"),
        table_name="supervision_records",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_supervision_records_organisation_id_person_id"),
        table_name="supervision_records",
        postgresql_where=None,
    )
    op.drop_table("supervision_records")
    op.drop_index(
        op.f("ix_caseload_reviews_organisation_id_session_id_match_id"),
        table_name="caseload_reviews",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_caseload_reviews_organisation_id_person_id"), table_name="caseload_reviews", postgresql_where=None
    )
    op.drop_index("ix_caseload_reviews_match_id", table_name="caseload_reviews")
    op.drop_table("caseload_reviews")
    op.drop_index("ix_supervision_sessions_signed_by_id", table_name="supervision_sessions")
    op.drop_index(
        "ix_supervision_sessions_scheduled",
        table_name="supervision_sessions",
        postgresql_where=sa.text("status = 'SCHEDULED'"),
    )
    op.drop_index(
        op.f("ix_supervision_sessions_organisation_id_supervisor_person_id_starts_at_id"),
        table_name="supervision_sessions",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_supervision_sessions_organisation_id_starts_at_id"),
        table_name="supervision_sessions",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_supervision_sessions_organisation_id_programme_id_starts_at_id"),
        table_name="supervision_sessions",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_supervision_sessions_organisation_id_person_id_starts_at_id"),
        table_name="supervision_sessions",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_supervision_sessions_organisation_id_mentor_id_starts_at_id"),
        table_name="supervision_sessions",
        postgresql_where=None,
    )
    op.drop_index("ix_supervision_sessions_group_id", table_name="supervision_sessions")
    op.drop_table("supervision_sessions")
    op.drop_index(
        "uq_supervision_plans_active", table_name="supervision_plans", postgresql_where=sa.text("status = 'ACTIVE'")
    )
    op.drop_index(
        op.f("ix_supervision_plans_organisation_id_supervisor_person_id_due_at_id"),
        table_name="supervision_plans",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_supervision_plans_organisation_id_programme_id_due_at_id"),
        table_name="supervision_plans",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_supervision_plans_organisation_id_person_id_due_at_id"),
        table_name="supervision_plans",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_supervision_plans_organisation_id_mentor_id_due_at_id"),
        table_name="supervision_plans",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_supervision_plans_organisation_id_due_at_id"), table_name="supervision_plans", postgresql_where=None
    )
    op.drop_table("supervision_plans")
    op.drop_index("ix_supervision_groups_supervisor_person_id", table_name="supervision_groups")
    op.drop_index("ix_supervision_groups_programme_id", table_name="supervision_groups")
    op.drop_table("supervision_groups")
    op.drop_index(
        op.f("ix_coverage_delegations_organisation_id_starts_at_id"),
        table_name="coverage_delegations",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_coverage_delegations_organisation_id_cover_person_id_starts_at_id"),
        table_name="coverage_delegations",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_coverage_delegations_organisation_id_absent_person_id_starts_at_id"),
        table_name="coverage_delegations",
        postgresql_where=None,
    )
    op.drop_index("ix_coverage_delegations_given_by_id", table_name="coverage_delegations")
    op.drop_table("coverage_delegations")
    op.drop_column("programmes", "caseload_limit")
    op.drop_column("programmes", "supervision_days")
    op.drop_column("programmes", "supervision_first_days")

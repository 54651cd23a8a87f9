"""Foundation."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "facts",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_person_id", sa.Uuid(), nullable=True),
        sa.Column("actor_roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_facts")),
    )
    op.create_index(
        op.f("ix_facts_organisation_id_occurred_at_id"),
        "facts",
        ["organisation_id", "occurred_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_facts_organisation_id_programme_id_occurred_at_id"),
        "facts",
        ["organisation_id", "programme_id", "occurred_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_facts_organisation_id_sequence"),
        "facts",
        ["organisation_id", "sequence"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_facts_organisation_id_subject_id_occurred_at_id"),
        "facts",
        ["organisation_id", "subject_id", "occurred_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "operator_tokens",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_tokens")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_operator_tokens_secret_sha256")),
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("provisioned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('ACTIVE', 'SUSPENDED')", name=op.f("ck_organisations_status")),
        sa.CheckConstraint("char_length(name) <= 120", name=op.f("ck_organisations_name_length")),
        sa.CheckConstraint("char_length(slug) <= 60", name=op.f("ck_organisations_slug_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisations_slug")),
    )
    op.create_table(
        "outbox",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_failed",
        "outbox",
        ["organisation_id", "failed_at", "id"],
        unique=False,
        postgresql_where=sa.text("failed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_handed",
        "outbox",
        ["organisation_id", "handed_at"],
        unique=False,
        postgresql_where=sa.text("handed_at IS NOT NULL AND failed_at IS NULL"),
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["organisation_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("handed_at IS NULL AND failed_at IS NULL"),
    )
    op.create_table(
        "programmes",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_lower", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("asks_first", sa.Text(), nullable=False),
        sa.Column("offer_hours", sa.BigInteger(), nullable=False),
        sa.Column("reminder_hours", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("asks_first IN ('MENTEE', 'MENTOR')", name=op.f("ck_programmes_asks_first")),
        sa.CheckConstraint("char_length(name) <= 120", name=op.f("ck_programmes_name_length")),
        sa.CheckConstraint("char_length(purpose) <= 2000", name=op.f("ck_programmes_purpose_length")),
        sa.CheckConstraint("offer_hours BETWEEN 1 AND 2160", name=op.f("ck_programmes_offer_hours")),
        sa.CheckConstraint("reminder_hours BETWEEN 1 AND 336", name=op.f("ck_programmes_reminder_hours")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_programmes")),
    )
    op.create_index(
        op.f("ix_programmes_organisation_id_name_lower"),
        "programmes",
        ["organisation_id", "name_lower"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "roles",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_lower", sa.Text(), nullable=False),
        sa.Column("permissions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reach", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "reach IN ('OWN', 'CASELOAD', 'PROGRAMME', 'ORGANISATION', 'AGGREGATE')", name=op.f("ck_roles_reach")
        ),
        sa.CheckConstraint("char_length(name) <= 80", name=op.f("ck_roles_name_length")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_roles")),
    )
    op.create_index(
        op.f("ix_roles_organisation_id_name_lower"),
        "roles",
        ["organisation_id", "name_lower"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "timetable",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cron", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "name", name=op.f("pk_timetable")),
    )
    op.create_index(op.f("ix_timetable_next_at"), "timetable", ["next_at"], unique=False)
    op.create_table(
        "evaluation_rollups",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(precision=12, scale=4), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "indicator IN ('MATCHES_BEGUN', 'MEETINGS_HELD', 'ATTENDANCE_RATE', 'FEEDBACK_MEAN', 'PROGRESS_MEAN')",
            name=op.f("ck_evaluation_rollups_indicator"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_evaluation_rollups_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_evaluation_rollups")),
    )
    op.create_index(
        op.f("ix_evaluation_rollups_organisation_id_month_id"),
        "evaluation_rollups",
        ["organisation_id", "month", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_evaluation_rollups_organisation_id_programme_id_month_indicator"),
        "evaluation_rollups",
        ["organisation_id", "programme_id", "month", "indicator"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "match_runs",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lottery_seed", sa.Text(), nullable=False),
        sa.Column("engine_version", sa.Text(), nullable=True),
        sa.Column("rules_version", sa.Text(), nullable=True),
        sa.Column("weights", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("snapshot_sha256", sa.Text(), nullable=True),
        sa.Column("mentors_considered", sa.BigInteger(), nullable=True),
        sa.Column("mentees_considered", sa.BigInteger(), nullable=True),
        sa.Column("places_open", sa.BigInteger(), nullable=True),
        sa.Column("proposed", sa.BigInteger(), nullable=True),
        sa.Column("left_waiting", sa.BigInteger(), nullable=True),
        sa.Column("total_points", sa.BigInteger(), nullable=True),
        sa.Column("gap", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("mode IN ('PARTICIPATION', 'QUALITY')", name=op.f("ck_match_runs_mode")),
        sa.CheckConstraint(
            "status IN ('REQUESTED', 'PROPOSED', 'PUBLISHED', 'DISCARDED')", name=op.f("ck_match_runs_status")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_match_runs_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_match_runs")),
        sa.UniqueConstraint(
            "organisation_id", "id", "programme_id", name=op.f("uq_match_runs_organisation_id_id_programme_id")
        ),
    )
    op.create_index(
        op.f("ix_match_runs_organisation_id_programme_id_requested_at_id"),
        "match_runs",
        ["organisation_id", "programme_id", "requested_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_match_runs_organisation_id_requested_at_id"),
        "match_runs",
        ["organisation_id", "requested_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "people",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_order", sa.Text(), nullable=False),
        sa.Column("pronouns", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("char_length(name) <= 120", name=op.f("ck_people_name_length")),
        sa.CheckConstraint("char_length(pronouns) <= 40", name=op.f("ck_people_pronouns_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_people_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_people")),
        sa.UniqueConstraint(
            "organisation_id", "id", "programme_id", name=op.f("uq_people_organisation_id_id_programme_id")
        ),
    )
    op.create_index(
        op.f("ix_people_organisation_id_joined_at_id"),
        "people",
        ["organisation_id", "joined_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_people_organisation_id_name_order_id"),
        "people",
        ["organisation_id", "name_order", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_people_organisation_id_programme_id_name_order_id"),
        "people",
        ["organisation_id", "programme_id", "name_order", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "contacts",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("wants_letters", sa.Boolean(), nullable=False),
        sa.CheckConstraint("char_length(email) <= 254", name=op.f("ck_contacts_email_length")),
        sa.CheckConstraint("char_length(phone) <= 32", name=op.f("ck_contacts_phone_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id", "programme_id"],
            ["people.organisation_id", "people.id", "people.programme_id"],
            name=op.f("fk_contacts_organisation_id_person_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_contacts_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_contacts")),
    )
    op.create_index(
        op.f("ix_contacts_organisation_id_person_id"),
        "contacts",
        ["organisation_id", "person_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "letters",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("about_type", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_letters_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_letters")),
    )
    op.create_index(
        op.f("ix_letters_organisation_id_about_id"),
        "letters",
        ["organisation_id", "about_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_letters_organisation_id_person_id_written_at_id"),
        "letters",
        ["organisation_id", "person_id", "written_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_letters_organisation_id_written_at_id"),
        "letters",
        ["organisation_id", "written_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "members",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("custom_role_id", sa.Uuid(), nullable=True),
        sa.Column("reach", sa.Text(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(reach = 'PROGRAMME') = (programme_id IS NOT NULL)", name=op.f("ck_members_programme")),
        sa.CheckConstraint(
            "reach IN ('OWN', 'CASELOAD', 'PROGRAMME', 'ORGANISATION', 'AGGREGATE')", name=op.f("ck_members_reach")
        ),
        sa.CheckConstraint(
            "role IN ('ADMIN', 'ANALYST', 'COORDINATOR', 'PARTNER', 'SUPERVISOR')", name=op.f("ck_members_role")
        ),
        sa.CheckConstraint("(role IS NULL) <> (custom_role_id IS NULL)", name=op.f("ck_members_one_role")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "custom_role_id"],
            ["roles.organisation_id", "roles.id"],
            name=op.f("fk_members_organisation_id_custom_role_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_members_organisation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_members_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_members")),
    )
    op.create_index("ix_members_custom_role_id", "members", ["organisation_id", "custom_role_id"], unique=False)
    op.create_index(
        op.f("ix_members_organisation_id_person_id"),
        "members",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_members_organisation_id_since_id"),
        "members",
        ["organisation_id", "since", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index("ix_members_programme_id", "members", ["organisation_id", "programme_id"], unique=False)
    op.create_table(
        "mentees",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("formats", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("availability", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("pathway", sa.Text(), nullable=True),
        sa.Column("life_stage", sa.Text(), nullable=True),
        sa.Column("interests", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("gender", sa.Text(), nullable=True),
        sa.Column("asks_gender", sa.Text(), nullable=True),
        sa.CheckConstraint("status IN ('WAITING', 'MATCHED', 'CLOSED')", name=op.f("ck_mentees_status")),
        sa.CheckConstraint("cardinality(formats) > 0", name=op.f("ck_mentees_formats_some")),
        sa.CheckConstraint("cardinality(languages) > 0", name=op.f("ck_mentees_languages_some")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_mentees_organisation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_mentees_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_mentees")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "person_id",
            name=op.f("uq_mentees_organisation_id_id_programme_id_person_id"),
        ),
        sa.UniqueConstraint(
            "organisation_id", "id", "programme_id", name=op.f("uq_mentees_organisation_id_id_programme_id")
        ),
    )
    op.create_index(
        op.f("ix_mentees_organisation_id_person_id"),
        "mentees",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_mentees_organisation_id_programme_id_registered_at_id"),
        "mentees",
        ["organisation_id", "programme_id", "registered_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_mentees_organisation_id_programme_id_status_waiting_since"),
        "mentees",
        ["organisation_id", "programme_id", "status", "waiting_since"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_mentees_organisation_id_registered_at_id"),
        "mentees",
        ["organisation_id", "registered_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_mentees_open",
        "mentees",
        ["organisation_id", "programme_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'CLOSED'"),
    )
    op.create_table(
        "mentors",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("helps_with", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("cannot_help_with", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=False),
        sa.Column("trained_on", sa.Date(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("formats", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("availability", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("pathway", sa.Text(), nullable=True),
        sa.Column("life_stage", sa.Text(), nullable=True),
        sa.Column("interests", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("gender", sa.Text(), nullable=True),
        sa.Column("asks_gender", sa.Text(), nullable=True),
        sa.CheckConstraint("status IN ('TRAINING', 'READY', 'ON_LEAVE')", name=op.f("ck_mentors_status")),
        sa.CheckConstraint("capacity BETWEEN 0 AND 20", name=op.f("ck_mentors_capacity")),
        sa.CheckConstraint("cardinality(formats) > 0", name=op.f("ck_mentors_formats_some")),
        sa.CheckConstraint("cardinality(languages) > 0", name=op.f("ck_mentors_languages_some")),
        sa.CheckConstraint("char_length(about) <= 2000", name=op.f("ck_mentors_about_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_mentors_organisation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_mentors_organisation_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "supervisor_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_mentors_organisation_id_supervisor_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_mentors")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "person_id",
            name=op.f("uq_mentors_organisation_id_id_programme_id_person_id"),
        ),
    )
    op.create_index(
        op.f("ix_mentors_organisation_id_person_id"),
        "mentors",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_mentors_organisation_id_programme_id_person_id"),
        "mentors",
        ["organisation_id", "programme_id", "person_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_mentors_organisation_id_programme_id_registered_at_id"),
        "mentors",
        ["organisation_id", "programme_id", "registered_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_mentors_organisation_id_registered_at_id"),
        "mentors",
        ["organisation_id", "registered_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_mentors_organisation_id_supervisor_id_registered_at_id"),
        "mentors",
        ["organisation_id", "supervisor_id", "registered_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "tokens",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("permissions", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("own_only", sa.Boolean(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("char_length(name) <= 80", name=op.f("ck_tokens_name_length")),
        sa.CheckConstraint("octet_length(secret_sha256) = 32", name=op.f("ck_tokens_hash")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id", "programme_id"],
            ["people.organisation_id", "people.id", "people.programme_id"],
            name=op.f("fk_tokens_organisation_id_person_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_tokens_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_tokens_secret_sha256")),
    )
    op.create_index(
        op.f("ix_tokens_organisation_id_issued_at_id"),
        "tokens",
        ["organisation_id", "issued_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_tokens_organisation_id_person_id_issued_at_id"),
        "tokens",
        ["organisation_id", "person_id", "issued_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "matches",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_reason", sa.Text(), nullable=True),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(status = 'CLOSED') = (closed_at IS NOT NULL)", name=op.f("ck_matches_closed")),
        sa.CheckConstraint("status IN ('ACTIVE', 'PAUSED', 'CLOSED')", name=op.f("ck_matches_status")),
        sa.CheckConstraint("mentor_person_id <> mentee_person_id", name=op.f("ck_matches_two_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentee_id", "programme_id", "mentee_person_id"],
            ["mentees.organisation_id", "mentees.id", "mentees.programme_id", "mentees.person_id"],
            name=op.f("fk_matches_organisation_id_mentee_id_programme_id_mentee_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentor_id", "programme_id", "mentor_person_id"],
            ["mentors.organisation_id", "mentors.id", "mentors.programme_id", "mentors.person_id"],
            name=op.f("fk_matches_organisation_id_mentor_id_programme_id_mentor_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_matches")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "mentor_person_id",
            "mentee_person_id",
            name=op.f("uq_matches_organisation_id_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
    )
    op.create_index("ix_matches_mentor_id", "matches", ["organisation_id", "mentor_id"], unique=False)
    op.create_index(
        op.f("ix_matches_organisation_id_began_at_id"),
        "matches",
        ["organisation_id", "began_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_matches_organisation_id_mentee_person_id_began_at_id"),
        "matches",
        ["organisation_id", "mentee_person_id", "began_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_matches_organisation_id_mentor_person_id_began_at_id"),
        "matches",
        ["organisation_id", "mentor_person_id", "began_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_matches_organisation_id_programme_id_began_at_id"),
        "matches",
        ["organisation_id", "programme_id", "began_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_matches_mentee_open",
        "matches",
        ["organisation_id", "mentee_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'CLOSED'"),
    )
    op.create_table(
        "needs",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("mentee_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("domains", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("severities", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("hopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("cardinality(domains) <= 14 AND cardinality(hopes) <= 10", name=op.f("ck_needs_few")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentee_id", "programme_id", "person_id"],
            ["mentees.organisation_id", "mentees.id", "mentees.programme_id", "mentees.person_id"],
            name=op.f("fk_needs_organisation_id_mentee_id_programme_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_needs")),
    )
    op.create_index(
        op.f("ix_needs_organisation_id_mentee_id"),
        "needs",
        ["organisation_id", "mentee_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_needs_organisation_id_person_id"),
        "needs",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "waiting_reasons",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("eligible_mentors", sa.BigInteger(), nullable=False),
        sa.Column("opens", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentee_id", "programme_id"],
            ["mentees.organisation_id", "mentees.id", "mentees.programme_id"],
            name=op.f("fk_waiting_reasons_organisation_id_mentee_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "run_id", "programme_id"],
            ["match_runs.organisation_id", "match_runs.id", "match_runs.programme_id"],
            name=op.f("fk_waiting_reasons_organisation_id_run_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_waiting_reasons")),
    )
    op.create_index("ix_waiting_reasons_mentee_id", "waiting_reasons", ["organisation_id", "mentee_id"], unique=False)
    op.create_index(
        op.f("ix_waiting_reasons_organisation_id_run_id_id"),
        "waiting_reasons",
        ["organisation_id", "run_id", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "goals",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("target_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "domain IN ('HOUSING', 'FOOD', 'TRANSPORT', 'EMPLOYMENT', 'EDUCATION', 'LEGAL', 'HEALTH', 'MENTAL_HEALTH', 'SUBSTANCE_USE', 'FAMILY', 'SOCIAL', 'CHILDCARE', 'IDENTITY_DOCUMENTS', 'SAFETY')",
            name=op.f("ck_goals_domain"),
        ),
        sa.CheckConstraint("status IN ('PROPOSED', 'AGREED', 'ACHIEVED')", name=op.f("ck_goals_status")),
        sa.CheckConstraint("char_length(title) <= 200", name=op.f("ck_goals_title_length")),
        sa.CheckConstraint("char_length(why) <= 2000", name=op.f("ck_goals_why_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "matches.organisation_id",
                "matches.id",
                "matches.programme_id",
                "matches.mentor_person_id",
                "matches.mentee_person_id",
            ],
            name=op.f("fk_goals_organisation_id_match_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_goals")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "mentor_person_id",
            "mentee_person_id",
            name=op.f("uq_goals_organisation_id_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
    )
    op.create_index(
        op.f("ix_goals_organisation_id_match_id_set_at_id"),
        "goals",
        ["organisation_id", "match_id", "set_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_goals_organisation_id_mentee_person_id_set_at_id"),
        "goals",
        ["organisation_id", "mentee_person_id", "set_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_goals_organisation_id_mentor_person_id_set_at_id"),
        "goals",
        ["organisation_id", "mentor_person_id", "set_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_goals_organisation_id_programme_id_set_at_id"),
        "goals",
        ["organisation_id", "programme_id", "set_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_goals_organisation_id_set_at_id"),
        "goals",
        ["organisation_id", "set_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "meetings",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("format IN ('IN_PERSON', 'PHONE', 'VIRTUAL')", name=op.f("ck_meetings_format")),
        sa.CheckConstraint("status IN ('ARRANGED', 'HELD', 'MISSED', 'CANCELLED')", name=op.f("ck_meetings_status")),
        sa.CheckConstraint("char_length(place) <= 300", name=op.f("ck_meetings_place_length")),
        sa.CheckConstraint("minutes BETWEEN 5 AND 480", name=op.f("ck_meetings_minutes")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "matches.organisation_id",
                "matches.id",
                "matches.programme_id",
                "matches.mentor_person_id",
                "matches.mentee_person_id",
            ],
            name=op.f("fk_meetings_organisation_id_match_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_meetings")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "mentor_person_id",
            "mentee_person_id",
            name=op.f("uq_meetings_organisation_id_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.UniqueConstraint(
            "organisation_id", "id", "programme_id", name=op.f("uq_meetings_organisation_id_id_programme_id")
        ),
    )
    op.create_index(
        op.f("ix_meetings_organisation_id_match_id_starts_at_id"),
        "meetings",
        ["organisation_id", "match_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_meetings_organisation_id_mentee_person_id_starts_at_id"),
        "meetings",
        ["organisation_id", "mentee_person_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_meetings_organisation_id_mentor_person_id_starts_at_id"),
        "meetings",
        ["organisation_id", "mentor_person_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_meetings_organisation_id_programme_id_starts_at_id"),
        "meetings",
        ["organisation_id", "programme_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_meetings_organisation_id_starts_at_id"),
        "meetings",
        ["organisation_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "proposals",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=True),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("friendly_reasons", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mentee_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mentor_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('SUGGESTED', 'OFFERED_MENTEE', 'OFFERED_MENTOR', 'ACCEPTED', 'DECLINED', 'EXPIRED', 'SUPERSEDED', 'WITHDRAWN')",
            name=op.f("ck_proposals_status"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_id"],
            ["matches.organisation_id", "matches.id"],
            name=op.f("fk_proposals_organisation_id_match_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentee_id", "programme_id", "mentee_person_id"],
            ["mentees.organisation_id", "mentees.id", "mentees.programme_id", "mentees.person_id"],
            name=op.f("fk_proposals_organisation_id_mentee_id_programme_id_mentee_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentor_id", "programme_id", "mentor_person_id"],
            ["mentors.organisation_id", "mentors.id", "mentors.programme_id", "mentors.person_id"],
            name=op.f("fk_proposals_organisation_id_mentor_id_programme_id_mentor_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "run_id", "programme_id"],
            ["match_runs.organisation_id", "match_runs.id", "match_runs.programme_id"],
            name=op.f("fk_proposals_organisation_id_run_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_proposals")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "mentor_person_id",
            name=op.f("uq_proposals_organisation_id_id_programme_id_mentor_person_id"),
        ),
        sa.UniqueConstraint(
            "organisation_id", "id", "programme_id", name=op.f("uq_proposals_organisation_id_id_programme_id")
        ),
    )
    op.create_index("ix_proposals_match_id", "proposals", ["organisation_id", "match_id"], unique=False)
    op.create_index("ix_proposals_mentee_id", "proposals", ["organisation_id", "mentee_id"], unique=False)
    op.create_index("ix_proposals_mentor_id", "proposals", ["organisation_id", "mentor_id"], unique=False)
    op.create_index(
        op.f("ix_proposals_organisation_id_mentee_person_id_proposed_at_id"),
        "proposals",
        ["organisation_id", "mentee_person_id", "proposed_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_proposals_organisation_id_mentor_person_id_proposed_at_id"),
        "proposals",
        ["organisation_id", "mentor_person_id", "proposed_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_proposals_organisation_id_programme_id_proposed_at_id"),
        "proposals",
        ["organisation_id", "programme_id", "proposed_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_proposals_organisation_id_proposed_at_id"),
        "proposals",
        ["organisation_id", "proposed_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_proposals_organisation_id_run_id_rank_id"),
        "proposals",
        ["organisation_id", "run_id", "rank", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "answers",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason IN ('NOT_SAID', 'TIMES_DO_NOT_FIT', 'KNOW_EACH_OTHER', 'OTHER_EXPERIENCE_WANTED', 'NOT_NOW', 'OTHER')",
            name=op.f("ck_answers_reason"),
        ),
        sa.CheckConstraint("char_length(remark) <= 1000", name=op.f("ck_answers_remark_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_answers_organisation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "proposal_id", "programme_id"],
            ["proposals.organisation_id", "proposals.id", "proposals.programme_id"],
            name=op.f("fk_answers_organisation_id_proposal_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_answers")),
    )
    op.create_index(
        op.f("ix_answers_organisation_id_proposal_id_person_id"),
        "answers",
        ["organisation_id", "proposal_id", "person_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index("ix_answers_person_id", "answers", ["organisation_id", "person_id"], unique=False)
    op.create_table(
        "attendances",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("char_length(remark) <= 1000", name=op.f("ck_attendances_remark_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "meeting_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "meetings.organisation_id",
                "meetings.id",
                "meetings.programme_id",
                "meetings.mentor_person_id",
                "meetings.mentee_person_id",
            ],
            name=op.f("fk_attendances_organisation_id_meeting_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_attendances_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_attendances")),
    )
    op.create_index(
        op.f("ix_attendances_organisation_id_meeting_id_person_id"),
        "attendances",
        ["organisation_id", "meeting_id", "person_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index("ix_attendances_person_id", "attendances", ["organisation_id", "person_id"], unique=False)
    op.create_table(
        "feedback",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("felt_heard", sa.BigInteger(), nullable=False),
        sa.Column("talked_about_what_matters", sa.BigInteger(), nullable=False),
        sa.Column("helpful", sa.BigInteger(), nullable=False),
        sa.Column("right_pace", sa.BigInteger(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("char_length(remark) <= 2000", name=op.f("ck_feedback_remark_length")),
        sa.CheckConstraint("felt_heard BETWEEN 1 AND 5", name=op.f("ck_feedback_felt_heard")),
        sa.CheckConstraint("helpful BETWEEN 1 AND 5", name=op.f("ck_feedback_helpful")),
        sa.CheckConstraint("right_pace BETWEEN 1 AND 5", name=op.f("ck_feedback_right_pace")),
        sa.CheckConstraint(
            "talked_about_what_matters BETWEEN 1 AND 5", name=op.f("ck_feedback_talked_about_what_matters")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "meeting_id", "programme_id"],
            ["meetings.organisation_id", "meetings.id", "meetings.programme_id"],
            name=op.f("fk_feedback_organisation_id_meeting_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_feedback_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_feedback")),
    )
    op.create_index(
        op.f("ix_feedback_organisation_id_given_at_id"),
        "feedback",
        ["organisation_id", "given_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_feedback_organisation_id_meeting_id_person_id"),
        "feedback",
        ["organisation_id", "meeting_id", "person_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_feedback_organisation_id_person_id_given_at_id"),
        "feedback",
        ["organisation_id", "person_id", "given_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_feedback_organisation_id_programme_id_given_at_id"),
        "feedback",
        ["organisation_id", "programme_id", "given_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "progress",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("char_length(remark) <= 1000", name=op.f("ck_progress_remark_length")),
        sa.CheckConstraint("score BETWEEN 0 AND 10", name=op.f("ck_progress_score")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "goal_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "goals.organisation_id",
                "goals.id",
                "goals.programme_id",
                "goals.mentor_person_id",
                "goals.mentee_person_id",
            ],
            name=op.f("fk_progress_organisation_id_goal_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_progress")),
    )
    op.create_index(
        op.f("ix_progress_organisation_id_goal_id_recorded_at_id"),
        "progress",
        ["organisation_id", "goal_id", "recorded_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_progress_organisation_id_programme_id_recorded_at"),
        "progress",
        ["organisation_id", "programme_id", "recorded_at"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "proposal_reasons",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("contributions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cautions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("unknown", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "proposal_id", "programme_id", "mentor_person_id"],
            ["proposals.organisation_id", "proposals.id", "proposals.programme_id", "proposals.mentor_person_id"],
            name=op.f("fk_proposal_reasons_organisation_id_proposal_id_programme_id_mentor_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_proposal_reasons")),
    )
    op.create_index(
        op.f("ix_proposal_reasons_organisation_id_proposal_id"),
        "proposal_reasons",
        ["organisation_id", "proposal_id"],
        unique=True,
        postgresql_where=None,
    )
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
    )
    secure(
        "operator_tokens",
        policies=[
            Policy("look_up", "kith_lookup", "true", command="SELECT"),
            Policy("platform", "kith_platform", "true", check="true"),
        ],
        grants={"kith_lookup": ("SELECT",), "kith_platform": ("INSERT", "SELECT", "UPDATE")},
    )
    secure(
        "organisations",
        policies=[
            Policy("look_up", "kith_lookup", "true", command="SELECT"),
            Policy(
                "own_organisation",
                "kith_tenant",
                "(id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
                command="SELECT",
            ),
            Policy("platform", "kith_platform", "true", check="true"),
            Policy("relay", "kith_relay", "true", command="SELECT"),
        ],
        grants={
            "kith_lookup": ("SELECT",),
            "kith_platform": ("INSERT", "SELECT", "UPDATE"),
            "kith_relay": ("SELECT",),
            "kith_tenant": ("SELECT",),
        },
    )
    secure(
        "outbox",
        policies=[
            Policy(
                "own_organisation",
                "kith_tenant",
                "(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
                check="(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
            ),
            Policy("relay", "kith_relay", "true", check="true"),
        ],
        grants={"kith_relay": ("INSERT", "SELECT", "UPDATE"), "kith_tenant": ("DELETE", "INSERT", "SELECT", "UPDATE")},
    )
    secure(
        "programmes",
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
        "roles",
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
        "timetable",
        policies=[Policy("relay", "kith_relay", "true", check="true")],
        grants={"kith_relay": ("DELETE", "INSERT", "SELECT", "UPDATE")},
    )
    secure(
        "evaluation_rollups",
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
        "match_runs",
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
        "people",
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
        "contacts",
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
        "letters",
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
        "members",
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
        "mentees",
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
        "mentors",
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
        "tokens",
        policies=[
            Policy("look_up", "kith_lookup", "true", check="true"),
            Policy(
                "own_organisation",
                "kith_tenant",
                "(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
                check="(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))",
            ),
        ],
        grants={"kith_lookup": ("SELECT", "UPDATE"), "kith_tenant": ("DELETE", "INSERT", "SELECT", "UPDATE")},
    )
    secure(
        "matches",
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
        "needs",
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
        "waiting_reasons",
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
        "goals",
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
        "meetings",
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
        "proposals",
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
        "answers",
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
        "attendances",
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
        "feedback",
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
        "progress",
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
        "proposal_reasons",
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
        op.f("ix_proposal_reasons_organisation_id_proposal_id"), table_name="proposal_reasons", postgresql_where=None
    )
    op.drop_table("proposal_reasons")
    op.drop_index(
        op.f("ix_progress_organisation_id_programme_id_recorded_at"), table_name="progress", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_progress_organisation_id_goal_id_recorded_at_id"), table_name="progress", postgresql_where=None
    )
    op.drop_table("progress")
    op.drop_index(
        op.f("ix_feedback_organisation_id_programme_id_given_at_id"), table_name="feedback", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_feedback_organisation_id_person_id_given_at_id"), table_name="feedback", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_feedback_organisation_id_meeting_id_person_id"), table_name="feedback", postgresql_where=None
    )
    op.drop_index(op.f("ix_feedback_organisation_id_given_at_id"), table_name="feedback", postgresql_where=None)
    op.drop_table("feedback")
    op.drop_index("ix_attendances_person_id", table_name="attendances")
    op.drop_index(
        op.f("ix_attendances_organisation_id_meeting_id_person_id"), table_name="attendances", postgresql_where=None
    )
    op.drop_table("attendances")
    op.drop_index("ix_answers_person_id", table_name="answers")
    op.drop_index(op.f("ix_answers_organisation_id_proposal_id_person_id"), table_name="answers", postgresql_where=None)
    op.drop_table("answers")
    op.drop_index(op.f("ix_proposals_organisation_id_run_id_rank_id"), table_name="proposals", postgresql_where=None)
    op.drop_index(op.f("ix_proposals_organisation_id_proposed_at_id"), table_name="proposals", postgresql_where=None)
    op.drop_index(
        op.f("ix_proposals_organisation_id_programme_id_proposed_at_id"), table_name="proposals", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_proposals_organisation_id_mentor_person_id_proposed_at_id"),
        table_name="proposals",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_proposals_organisation_id_mentee_person_id_proposed_at_id"),
        table_name="proposals",
        postgresql_where=None,
    )
    op.drop_index("ix_proposals_mentor_id", table_name="proposals")
    op.drop_index("ix_proposals_mentee_id", table_name="proposals")
    op.drop_index("ix_proposals_match_id", table_name="proposals")
    op.drop_table("proposals")
    op.drop_index(op.f("ix_meetings_organisation_id_starts_at_id"), table_name="meetings", postgresql_where=None)
    op.drop_index(
        op.f("ix_meetings_organisation_id_programme_id_starts_at_id"), table_name="meetings", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_meetings_organisation_id_mentor_person_id_starts_at_id"), table_name="meetings", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_meetings_organisation_id_mentee_person_id_starts_at_id"), table_name="meetings", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_meetings_organisation_id_match_id_starts_at_id"), table_name="meetings", postgresql_where=None
    )
    op.drop_table("meetings")
    op.drop_index(op.f("ix_goals_organisation_id_set_at_id"), table_name="goals", postgresql_where=None)
    op.drop_index(op.f("ix_goals_organisation_id_programme_id_set_at_id"), table_name="goals", postgresql_where=None)
    op.drop_index(
        op.f("ix_goals_organisation_id_mentor_person_id_set_at_id"), table_name="goals", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_goals_organisation_id_mentee_person_id_set_at_id"), table_name="goals", postgresql_where=None
    )
    op.drop_index(op.f("ix_goals_organisation_id_match_id_set_at_id"), table_name="goals", postgresql_where=None)
    op.drop_table("goals")
    op.drop_index(
        op.f("ix_waiting_reasons_organisation_id_run_id_id"), table_name="waiting_reasons", postgresql_where=None
    )
    op.drop_index("ix_waiting_reasons_mentee_id", table_name="waiting_reasons")
    op.drop_table("waiting_reasons")
    op.drop_index(op.f("ix_needs_organisation_id_person_id"), table_name="needs", postgresql_where=None)
    op.drop_index(op.f("ix_needs_organisation_id_mentee_id"), table_name="needs", postgresql_where=None)
    op.drop_table("needs")
    op.drop_index("uq_matches_mentee_open", table_name="matches", postgresql_where=sa.text("status <> 'CLOSED'"))
    op.drop_index(
        op.f("ix_matches_organisation_id_programme_id_began_at_id"), table_name="matches", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_matches_organisation_id_mentor_person_id_began_at_id"), table_name="matches", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_matches_organisation_id_mentee_person_id_began_at_id"), table_name="matches", postgresql_where=None
    )
    op.drop_index(op.f("ix_matches_organisation_id_began_at_id"), table_name="matches", postgresql_where=None)
    op.drop_index("ix_matches_mentor_id", table_name="matches")
    op.drop_table("matches")
    op.drop_index(op.f("ix_tokens_organisation_id_person_id_issued_at_id"), table_name="tokens", postgresql_where=None)
    op.drop_index(op.f("ix_tokens_organisation_id_issued_at_id"), table_name="tokens", postgresql_where=None)
    op.drop_table("tokens")
    op.drop_index(
        op.f("ix_mentors_organisation_id_supervisor_id_registered_at_id"), table_name="mentors", postgresql_where=None
    )
    op.drop_index(op.f("ix_mentors_organisation_id_registered_at_id"), table_name="mentors", postgresql_where=None)
    op.drop_index(
        op.f("ix_mentors_organisation_id_programme_id_registered_at_id"), table_name="mentors", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_mentors_organisation_id_programme_id_person_id"), table_name="mentors", postgresql_where=None
    )
    op.drop_index(op.f("ix_mentors_organisation_id_person_id"), table_name="mentors", postgresql_where=None)
    op.drop_table("mentors")
    op.drop_index("uq_mentees_open", table_name="mentees", postgresql_where=sa.text("status <> 'CLOSED'"))
    op.drop_index(op.f("ix_mentees_organisation_id_registered_at_id"), table_name="mentees", postgresql_where=None)
    op.drop_index(
        op.f("ix_mentees_organisation_id_programme_id_status_waiting_since"),
        table_name="mentees",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_mentees_organisation_id_programme_id_registered_at_id"), table_name="mentees", postgresql_where=None
    )
    op.drop_index(op.f("ix_mentees_organisation_id_person_id"), table_name="mentees", postgresql_where=None)
    op.drop_table("mentees")
    op.drop_index("ix_members_programme_id", table_name="members")
    op.drop_index(op.f("ix_members_organisation_id_since_id"), table_name="members", postgresql_where=None)
    op.drop_index(op.f("ix_members_organisation_id_person_id"), table_name="members", postgresql_where=None)
    op.drop_index("ix_members_custom_role_id", table_name="members")
    op.drop_table("members")
    op.drop_index(op.f("ix_letters_organisation_id_written_at_id"), table_name="letters", postgresql_where=None)
    op.drop_index(
        op.f("ix_letters_organisation_id_person_id_written_at_id"), table_name="letters", postgresql_where=None
    )
    op.drop_index(op.f("ix_letters_organisation_id_about_id"), table_name="letters", postgresql_where=None)
    op.drop_table("letters")
    op.drop_index(op.f("ix_contacts_organisation_id_person_id"), table_name="contacts", postgresql_where=None)
    op.drop_table("contacts")
    op.drop_index(
        op.f("ix_people_organisation_id_programme_id_name_order_id"), table_name="people", postgresql_where=None
    )
    op.drop_index(op.f("ix_people_organisation_id_name_order_id"), table_name="people", postgresql_where=None)
    op.drop_index(op.f("ix_people_organisation_id_joined_at_id"), table_name="people", postgresql_where=None)
    op.drop_table("people")
    op.drop_index(op.f("ix_match_runs_organisation_id_requested_at_id"), table_name="match_runs", postgresql_where=None)
    op.drop_index(
        op.f("ix_match_runs_organisation_id_programme_id_requested_at_id"),
        table_name="match_runs",
        postgresql_where=None,
    )
    op.drop_table("match_runs")
    op.drop_index(
        op.f("ix_evaluation_rollups_organisation_id_programme_id_month_indicator"),
        table_name="evaluation_rollups",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_evaluation_rollups_organisation_id_month_id"), table_name="evaluation_rollups", postgresql_where=None
    )
    op.drop_table("evaluation_rollups")
    op.drop_index(op.f("ix_timetable_next_at"), table_name="timetable")
    op.drop_table("timetable")
    op.drop_index(op.f("ix_roles_organisation_id_name_lower"), table_name="roles", postgresql_where=None)
    op.drop_table("roles")
    op.drop_index(op.f("ix_programmes_organisation_id_name_lower"), table_name="programmes", postgresql_where=None)
    op.drop_table("programmes")
    op.drop_index(
        "ix_outbox_waiting", table_name="outbox", postgresql_where=sa.text("handed_at IS NULL AND failed_at IS NULL")
    )
    op.drop_index(
        "ix_outbox_handed", table_name="outbox", postgresql_where=sa.text("handed_at IS NOT NULL AND failed_at IS NULL")
    )
    op.drop_index("ix_outbox_failed", table_name="outbox", postgresql_where=sa.text("failed_at IS NOT NULL"))
    op.drop_table("outbox")
    op.drop_table("organisations")
    op.drop_table("operator_tokens")
    op.drop_index(op.f("ix_facts_organisation_id_subject_id_occurred_at_id"), table_name="facts", postgresql_where=None)
    op.drop_index(op.f("ix_facts_organisation_id_sequence"), table_name="facts", postgresql_where=None)
    op.drop_index(
        op.f("ix_facts_organisation_id_programme_id_occurred_at_id"), table_name="facts", postgresql_where=None
    )
    op.drop_index(op.f("ix_facts_organisation_id_occurred_at_id"), table_name="facts", postgresql_where=None)
    op.drop_table("facts")

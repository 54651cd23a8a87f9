"""The mentor's lifecycle."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("mentors", sa.Column("hours_per_week", sa.BigInteger(), nullable=True))
    op.create_unique_constraint(
        op.f("uq_mentors_organisation_id_id_person_id"), "mentors", ["organisation_id", "id", "person_id"]
    )
    op.add_column(
        "programmes", sa.Column("minimum_recovery_months", sa.BigInteger(), server_default="12", nullable=False)
    )
    op.add_column(
        "programmes",
        sa.Column("required_credentials", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
    op.create_table(
        "mentor_applications",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejection", sa.Text(), nullable=True),
        sa.Column("withdrawal", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("helps_with", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("cannot_help_with", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=False),
        sa.Column("hours_per_week", sa.BigInteger(), nullable=True),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("formats", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("availability", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("pathway", sa.Text(), nullable=True),
        sa.Column("life_stage", sa.Text(), nullable=True),
        sa.Column("interests", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("gender", sa.Text(), nullable=True),
        sa.Column("asks_gender", sa.Text(), nullable=True),
        sa.CheckConstraint("(status = 'ON_HOLD') = (held_until IS NOT NULL)", name=op.f("ck_mentor_applications_held")),
        sa.CheckConstraint(
            "(status = 'REJECTED') = (rejection IS NOT NULL)", name=op.f("ck_mentor_applications_rejected")
        ),
        sa.CheckConstraint(
            "(status = 'WITHDRAWN') = (withdrawal IS NOT NULL)", name=op.f("ck_mentor_applications_withdrawn")
        ),
        sa.CheckConstraint(
            "(status IN ('APPROVED', 'REJECTED', 'WITHDRAWN')) = (ended_at IS NOT NULL)",
            name=op.f("ck_mentor_applications_ended"),
        ),
        sa.CheckConstraint(
            "rejection IN ('NOT_YET', 'REFERENCES', 'BACKGROUND', 'CONFLICT_OF_INTEREST', 'AVAILABILITY', 'NOT_SUITABLE', 'NO_NEED')",
            name=op.f("ck_mentor_applications_rejection"),
        ),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'SUBMITTED', 'SCREENING', 'ON_HOLD', 'INTERVIEWED', 'REFERENCES_CHECKED', 'BACKGROUND_CLEARED', 'APPROVED', 'REJECTED', 'WITHDRAWN')",
            name=op.f("ck_mentor_applications_status"),
        ),
        sa.CheckConstraint(
            "withdrawal IN ('OWN_CHOICE', 'NO_TIME', 'LOST_CONTACT', 'MENTORS_ELSEWHERE', 'OTHER')",
            name=op.f("ck_mentor_applications_withdrawal"),
        ),
        sa.CheckConstraint("capacity BETWEEN 0 AND 20", name=op.f("ck_mentor_applications_capacity")),
        sa.CheckConstraint("cardinality(formats) > 0", name=op.f("ck_mentor_applications_formats_some")),
        sa.CheckConstraint("cardinality(languages) > 0", name=op.f("ck_mentor_applications_languages_some")),
        sa.CheckConstraint("char_length(about) <= 2000", name=op.f("ck_mentor_applications_about_length")),
        sa.CheckConstraint("hours_per_week BETWEEN 1 AND 60", name=op.f("ck_mentor_applications_hours_per_week")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_mentor_applications_organisation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_mentor_applications_organisation_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "reviewer_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_mentor_applications_organisation_id_reviewer_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_mentor_applications")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "person_id",
            name=op.f("uq_mentor_applications_organisation_id_id_programme_id_person_id"),
        ),
    )
    op.create_index(
        op.f("ix_mentor_applications_organisation_id_began_at_id"),
        "mentor_applications",
        ["organisation_id", "began_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_mentor_applications_organisation_id_person_id_began_at_id"),
        "mentor_applications",
        ["organisation_id", "person_id", "began_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_mentor_applications_organisation_id_programme_id_began_at_id"),
        "mentor_applications",
        ["organisation_id", "programme_id", "began_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_mentor_applications_organisation_id_reviewer_id_began_at_id"),
        "mentor_applications",
        ["organisation_id", "reviewer_id", "began_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_mentor_applications_open",
        "mentor_applications",
        ["organisation_id", "programme_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("status NOT IN ('APPROVED', 'REJECTED', 'WITHDRAWN')"),
    )
    op.create_table(
        "attestations",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("lived_experience_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("steady_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("steady_months", sa.BigInteger(), nullable=True),
        sa.Column("conflicts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("conflicts", sa.Text(), nullable=False),
        sa.CheckConstraint("char_length(conflicts) <= 2000", name=op.f("ck_attestations_conflicts_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "application_id", "programme_id", "person_id"],
            [
                "mentor_applications.organisation_id",
                "mentor_applications.id",
                "mentor_applications.programme_id",
                "mentor_applications.person_id",
            ],
            name=op.f("fk_attestations_organisation_id_application_id_programme_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "reviewer_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_attestations_organisation_id_reviewer_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_attestations")),
    )
    op.create_index(
        op.f("ix_attestations_organisation_id_application_id"),
        "attestations",
        ["organisation_id", "application_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index("ix_attestations_reviewer_id", "attestations", ["organisation_id", "reviewer_id"], unique=False)
    op.create_table(
        "credentials",
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
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("training_hours", sa.BigInteger(), nullable=True),
        sa.Column("supervised_hours", sa.BigInteger(), nullable=True),
        sa.Column("continuing_hours", sa.BigInteger(), nullable=True),
        sa.Column("examined_on", sa.Date(), nullable=True),
        sa.Column("ethics_attested_on", sa.Date(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_by_id", sa.Uuid(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revocation", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(status = 'REVOKED') = (revocation IS NOT NULL)", name=op.f("ck_credentials_revoked")),
        sa.CheckConstraint(
            "kind IN ('BACKGROUND_CHECK', 'PEER_CERTIFICATION', 'FIRST_AID', 'OVERDOSE_RESPONSE', 'SAFEGUARDING', 'DRIVING_LICENCE', 'INSURANCE', 'OTHER')",
            name=op.f("ck_credentials_kind"),
        ),
        sa.CheckConstraint(
            "revocation IN ('ENTERED_WRONGLY', 'NOT_GENUINE', 'WITHDRAWN', 'REPLACED')",
            name=op.f("ck_credentials_revocation"),
        ),
        sa.CheckConstraint(
            "status IN ('PENDING', 'VERIFIED', 'EXPIRING', 'EXPIRED', 'REVOKED')", name=op.f("ck_credentials_status")
        ),
        sa.CheckConstraint(
            "status NOT IN ('VERIFIED', 'EXPIRING') OR verified_by_id IS NOT NULL", name=op.f("ck_credentials_verified")
        ),
        sa.CheckConstraint("char_length(issuer) <= 200", name=op.f("ck_credentials_issuer_length")),
        sa.CheckConstraint("char_length(jurisdiction) <= 100", name=op.f("ck_credentials_jurisdiction_length")),
        sa.CheckConstraint("continuing_hours BETWEEN 0 AND 10000", name=op.f("ck_credentials_continuing_hours")),
        sa.CheckConstraint("expires_on > issued_on", name=op.f("ck_credentials_in_order")),
        sa.CheckConstraint("supervised_hours BETWEEN 0 AND 10000", name=op.f("ck_credentials_supervised_hours")),
        sa.CheckConstraint("training_hours BETWEEN 0 AND 10000", name=op.f("ck_credentials_training_hours")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentor_id", "programme_id", "person_id"],
            ["mentors.organisation_id", "mentors.id", "mentors.programme_id", "mentors.person_id"],
            name=op.f("fk_credentials_organisation_id_mentor_id_programme_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "verified_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_credentials_organisation_id_verified_by_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_credentials")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "person_id",
            name=op.f("uq_credentials_organisation_id_id_programme_id_person_id"),
        ),
    )
    op.create_index(
        op.f("ix_credentials_organisation_id_added_at_id"),
        "credentials",
        ["organisation_id", "added_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_credentials_organisation_id_expires_on"),
        "credentials",
        ["organisation_id", "expires_on"],
        unique=False,
        postgresql_where=sa.text("status IN ('PENDING', 'VERIFIED', 'EXPIRING')"),
    )
    op.create_index(
        op.f("ix_credentials_organisation_id_mentor_id_added_at_id"),
        "credentials",
        ["organisation_id", "mentor_id", "added_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_credentials_organisation_id_person_id_added_at_id"),
        "credentials",
        ["organisation_id", "person_id", "added_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_credentials_organisation_id_programme_id_added_at_id"),
        "credentials",
        ["organisation_id", "programme_id", "added_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index("ix_credentials_verified_by_id", "credentials", ["organisation_id", "verified_by_id"], unique=False)
    op.create_table(
        "leaves",
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
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(status = 'ENDED') = (ended_at IS NOT NULL)", name=op.f("ck_leaves_ended")),
        sa.CheckConstraint("status IN ('PLANNED', 'UNDER_WAY', 'ENDED')", name=op.f("ck_leaves_status")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_leaves_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentor_id", "programme_id", "person_id"],
            ["mentors.organisation_id", "mentors.id", "mentors.programme_id", "mentors.person_id"],
            name=op.f("fk_leaves_organisation_id_mentor_id_programme_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_leaves")),
    )
    op.create_index(
        op.f("ix_leaves_organisation_id_mentor_id_starts_at_id"),
        "leaves",
        ["organisation_id", "mentor_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_leaves_organisation_id_person_id_starts_at_id"),
        "leaves",
        ["organisation_id", "person_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_leaves_organisation_id_programme_id_starts_at_id"),
        "leaves",
        ["organisation_id", "programme_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_leaves_organisation_id_starts_at_id"),
        "leaves",
        ["organisation_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_leaves_open",
        "leaves",
        ["organisation_id", "mentor_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'ENDED'"),
    )
    op.create_table(
        "lived_experience",
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
        sa.Column("experience", sa.Text(), nullable=True),
        sa.Column("recovery_time", sa.Text(), nullable=True),
        sa.Column("shared_with", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "experience IN ('ALCOHOL', 'OPIOIDS', 'STIMULANTS', 'CANNABIS', 'OTHER_SUBSTANCE', 'GAMBLING', 'MENTAL_HEALTH', 'CO_OCCURRING', 'FAMILY', 'JUSTICE', 'MILITARY', 'PERINATAL', 'CARE', 'HOMELESSNESS', 'MIGRATION', 'LOSS', 'OTHER')",
            name=op.f("ck_lived_experience_experience"),
        ),
        sa.CheckConstraint(
            "recovery_time IN ('UNDER_ONE_YEAR', 'ONE_TO_TWO_YEARS', 'TWO_TO_FIVE_YEARS', 'FIVE_TO_TEN_YEARS', 'OVER_TEN_YEARS')",
            name=op.f("ck_lived_experience_recovery_time"),
        ),
        sa.CheckConstraint(
            "shared_with IN ('SUPERVISOR', 'MATCHED_MENTEE', 'POOL')", name=op.f("ck_lived_experience_shared_with")
        ),
        sa.CheckConstraint("num_nonnulls(experience, recovery_time) = 1", name=op.f("ck_lived_experience_one_fact")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentor_id", "programme_id", "person_id"],
            ["mentors.organisation_id", "mentors.id", "mentors.programme_id", "mentors.person_id"],
            name=op.f("fk_lived_experience_organisation_id_mentor_id_programme_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_lived_experience")),
    )
    op.create_index(
        op.f("ix_lived_experience_organisation_id_mentor_id_told_at_id"),
        "lived_experience",
        ["organisation_id", "mentor_id", "told_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_lived_experience_experience",
        "lived_experience",
        ["organisation_id", "mentor_id", "experience"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        "uq_lived_experience_recovery_time",
        "lived_experience",
        ["organisation_id", "mentor_id"],
        unique=True,
        postgresql_where=sa.text("recovery_time IS NOT NULL"),
    )
    op.create_table(
        "screening_steps",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("done_by_id", sa.Uuid(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.CheckConstraint("char_length(notes) <= 4000", name=op.f("ck_screening_steps_notes_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "application_id", "programme_id", "person_id"],
            [
                "mentor_applications.organisation_id",
                "mentor_applications.id",
                "mentor_applications.programme_id",
                "mentor_applications.person_id",
            ],
            name=op.f("fk_screening_steps_organisation_id_application_id_programme_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "done_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_screening_steps_organisation_id_done_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "reviewer_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_screening_steps_organisation_id_reviewer_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_screening_steps")),
    )
    op.create_index("ix_screening_steps_done_by_id", "screening_steps", ["organisation_id", "done_by_id"], unique=False)
    op.create_index(
        op.f("ix_screening_steps_organisation_id_application_id_step"),
        "screening_steps",
        ["organisation_id", "application_id", "step"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        "ix_screening_steps_reviewer_id", "screening_steps", ["organisation_id", "reviewer_id"], unique=False
    )
    op.create_table(
        "suspensions",
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
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("suspended_by_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "reason IN ('CONCERN', 'INCIDENT', 'BOUNDARIES', 'WELL_BEING', 'CHECK_LAPSED', 'OTHER')",
            name=op.f("ck_suspensions_reason"),
        ),
        sa.CheckConstraint("ended_at >= began_at", name=op.f("ck_suspensions_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "ended_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_suspensions_organisation_id_ended_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentor_id", "programme_id", "person_id"],
            ["mentors.organisation_id", "mentors.id", "mentors.programme_id", "mentors.person_id"],
            name=op.f("fk_suspensions_organisation_id_mentor_id_programme_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "suspended_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_suspensions_organisation_id_suspended_by_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_suspensions")),
    )
    op.create_index("ix_suspensions_ended_by_id", "suspensions", ["organisation_id", "ended_by_id"], unique=False)
    op.create_index(
        op.f("ix_suspensions_organisation_id_mentor_id_began_at_id"),
        "suspensions",
        ["organisation_id", "mentor_id", "began_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "ix_suspensions_suspended_by_id", "suspensions", ["organisation_id", "suspended_by_id"], unique=False
    )
    op.create_index(
        "uq_suspensions_open",
        "suspensions",
        ["organisation_id", "mentor_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "wellbeing_check_ins",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("burnout", sa.BigInteger(), nullable=False),
        sa.Column("energy", sa.BigInteger(), nullable=False),
        sa.Column("recovery_strain", sa.BigInteger(), nullable=False),
        sa.Column("needs_support", sa.Boolean(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("burnout BETWEEN 1 AND 5", name=op.f("ck_wellbeing_check_ins_burnout")),
        sa.CheckConstraint("energy BETWEEN 1 AND 5", name=op.f("ck_wellbeing_check_ins_energy")),
        sa.CheckConstraint("recovery_strain BETWEEN 1 AND 5", name=op.f("ck_wellbeing_check_ins_recovery_strain")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentor_id", "person_id"],
            ["mentors.organisation_id", "mentors.id", "mentors.person_id"],
            name=op.f("fk_wellbeing_check_ins_organisation_id_mentor_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_wellbeing_check_ins")),
    )
    op.create_index(
        op.f("ix_wellbeing_check_ins_organisation_id_given_at_id"),
        "wellbeing_check_ins",
        ["organisation_id", "given_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_wellbeing_check_ins_organisation_id_mentor_id_given_at_id"),
        "wellbeing_check_ins",
        ["organisation_id", "mentor_id", "given_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_wellbeing_check_ins_organisation_id_person_id_given_at_id"),
        "wellbeing_check_ins",
        ["organisation_id", "person_id", "given_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "credential_numbers",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.CheckConstraint("char_length(number) <= 100", name=op.f("ck_credential_numbers_number_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "credential_id", "programme_id", "person_id"],
            ["credentials.organisation_id", "credentials.id", "credentials.programme_id", "credentials.person_id"],
            name=op.f("fk_credential_numbers_organisation_id_credential_id_programme_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_credential_numbers")),
    )
    op.create_index(
        op.f("ix_credential_numbers_organisation_id_credential_id"),
        "credential_numbers",
        ["organisation_id", "credential_id"],
        unique=True,
        postgresql_where=None,
    )
    secure(
        "mentor_applications",
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
        "attestations",
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
        "credentials",
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
        "leaves",
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
        "lived_experience",
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
        "screening_steps",
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
        "suspensions",
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
        "wellbeing_check_ins",
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
        "credential_numbers",
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
        "ck_mentors_hours_per_week", "mentors", "((hours_per_week >= 1) AND (hours_per_week <= 60))"
    )
    op.create_check_constraint(
        "ck_programmes_minimum_recovery_months",
        "programmes",
        "((minimum_recovery_months >= 0) AND (minimum_recovery_months <= 120))",
    )


def downgrade() -> None:
    """Take the database back."""
    op.drop_constraint("ck_programmes_minimum_recovery_months", "programmes", type_="check")
    op.drop_constraint("ck_mentors_hours_per_week", "mentors", type_="check")
    op.drop_index(
        op.f("ix_credential_numbers_organisation_id_credential_id"),
        table_name="credential_numbers",
        postgresql_where=None,
    )
    op.drop_table("credential_numbers")
    op.drop_index(
        op.f("ix_wellbeing_check_ins_organisation_id_person_id_given_at_id"),
        table_name="wellbeing_check_ins",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_wellbeing_check_ins_organisation_id_mentor_id_given_at_id"),
        table_name="wellbeing_check_ins",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_wellbeing_check_ins_organisation_id_given_at_id"),
        table_name="wellbeing_check_ins",
        postgresql_where=None,
    )
    op.drop_table("wellbeing_check_ins")
    op.drop_index("uq_suspensions_open", table_name="suspensions", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index("ix_suspensions_suspended_by_id", table_name="suspensions")
    op.drop_index(
        op.f("ix_suspensions_organisation_id_mentor_id_began_at_id"), table_name="suspensions", postgresql_where=None
    )
    op.drop_index("ix_suspensions_ended_by_id", table_name="suspensions")
    op.drop_table("suspensions")
    op.drop_index("ix_screening_steps_reviewer_id", table_name="screening_steps")
    op.drop_index(
        op.f("ix_screening_steps_organisation_id_application_id_step"),
        table_name="screening_steps",
        postgresql_where=None,
    )
    op.drop_index("ix_screening_steps_done_by_id", table_name="screening_steps")
    op.drop_table("screening_steps")
    op.drop_index(
        "uq_lived_experience_recovery_time",
        table_name="lived_experience",
        postgresql_where=sa.text("recovery_time IS NOT NULL"),
    )
    op.drop_index("uq_lived_experience_experience", table_name="lived_experience", postgresql_where=None)
    op.drop_index(
        op.f("ix_lived_experience_organisation_id_mentor_id_told_at_id"),
        table_name="lived_experience",
        postgresql_where=None,
    )
    op.drop_table("lived_experience")
    op.drop_index("uq_leaves_open", table_name="leaves", postgresql_where=sa.text("status <> 'ENDED'"))
    op.drop_index(op.f("ix_leaves_organisation_id_starts_at_id"), table_name="leaves", postgresql_where=None)
    op.drop_index(
        op.f("ix_leaves_organisation_id_programme_id_starts_at_id"), table_name="leaves", postgresql_where=None
    )
    op.drop_index(op.f("ix_leaves_organisation_id_person_id_starts_at_id"), table_name="leaves", postgresql_where=None)
    op.drop_index(op.f("ix_leaves_organisation_id_mentor_id_starts_at_id"), table_name="leaves", postgresql_where=None)
    op.drop_table("leaves")
    op.drop_index("ix_credentials_verified_by_id", table_name="credentials")
    op.drop_index(
        op.f("ix_credentials_organisation_id_programme_id_added_at_id"), table_name="credentials", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_credentials_organisation_id_person_id_added_at_id"), table_name="credentials", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_credentials_organisation_id_mentor_id_added_at_id"), table_name="credentials", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_credentials_organisation_id_expires_on"),
        table_name="credentials",
        postgresql_where=sa.text("status IN ('PENDING', 'VERIFIED', 'EXPIRING')"),
    )
    op.drop_index(op.f("ix_credentials_organisation_id_added_at_id"), table_name="credentials", postgresql_where=None)
    op.drop_table("credentials")
    op.drop_index("ix_attestations_reviewer_id", table_name="attestations")
    op.drop_index(
        op.f("ix_attestations_organisation_id_application_id"), table_name="attestations", postgresql_where=None
    )
    op.drop_table("attestations")
    op.drop_index(
        "uq_mentor_applications_open",
        table_name="mentor_applications",
        postgresql_where=sa.text("status NOT IN ('APPROVED', 'REJECTED', 'WITHDRAWN')"),
    )
    op.drop_index(
        op.f("ix_mentor_applications_organisation_id_reviewer_id_began_at_id"),
        table_name="mentor_applications",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_mentor_applications_organisation_id_programme_id_began_at_id"),
        table_name="mentor_applications",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_mentor_applications_organisation_id_person_id_began_at_id"),
        table_name="mentor_applications",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_mentor_applications_organisation_id_began_at_id"),
        table_name="mentor_applications",
        postgresql_where=None,
    )
    op.drop_table("mentor_applications")
    op.drop_column("programmes", "required_credentials")
    op.drop_column("programmes", "minimum_recovery_months")
    op.drop_constraint(op.f("uq_mentors_organisation_id_id_person_id"), "mentors", type_="unique")
    op.drop_column("mentors", "hours_per_week")

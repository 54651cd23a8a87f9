"""Training."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0015"
down_revision: str | None = "0014"


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "training_modules",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("competencies", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("pass_mark", sa.BigInteger(), nullable=False),
        sa.Column("most_attempts", sa.BigInteger(), nullable=False),
        sa.Column("validity_months", sa.BigInteger(), nullable=True),
        sa.Column("prerequisites", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "audience IN ('MENTOR', 'SUPERVISOR', 'STAFF', 'PARTNER')", name=op.f("ck_training_modules_audience")
        ),
        sa.CheckConstraint(
            "delivery IN ('IN_PERSON', 'LIVE_ONLINE', 'SELF_PACED', 'BLENDED')",
            name=op.f("ck_training_modules_delivery"),
        ),
        sa.CheckConstraint(
            "kind IN ('COMMUNICATION', 'BOUNDARIES', 'CRISIS', 'SELF_CARE', 'ETHICS', 'CONFIDENTIALITY', 'TRAUMA', 'CULTURE', 'OTHER')",
            name=op.f("ck_training_modules_kind"),
        ),
        sa.CheckConstraint("status IN ('DRAFT', 'PUBLISHED', 'RETIRED')", name=op.f("ck_training_modules_status")),
        sa.CheckConstraint("char_length(summary) <= 4000", name=op.f("ck_training_modules_summary_length")),
        sa.CheckConstraint("char_length(title) <= 120", name=op.f("ck_training_modules_title_length")),
        sa.CheckConstraint("minutes BETWEEN 5 AND 12000", name=op.f("ck_training_modules_minutes")),
        sa.CheckConstraint("most_attempts BETWEEN 1 AND 10", name=op.f("ck_training_modules_most_attempts")),
        sa.CheckConstraint("pass_mark BETWEEN 0 AND 100", name=op.f("ck_training_modules_pass_mark")),
        sa.CheckConstraint("validity_months BETWEEN 1 AND 120", name=op.f("ck_training_modules_validity_months")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_training_modules")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "code",
            "kind",
            "audience",
            name=op.f("uq_training_modules_organisation_id_id_code_kind_audience"),
        ),
    )
    op.create_index(
        op.f("ix_training_modules_organisation_id_code_edition"),
        "training_modules",
        ["organisation_id", "code", "edition"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_training_modules_organisation_id_drafted_at_id"),
        "training_modules",
        ["organisation_id", "drafted_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_training_modules_draft",
        "training_modules",
        ["organisation_id", "code"],
        unique=True,
        postgresql_where=sa.text("status = 'DRAFT'"),
    )
    op.create_index(
        "uq_training_modules_published",
        "training_modules",
        ["organisation_id", "code"],
        unique=True,
        postgresql_where=sa.text("status = 'PUBLISHED'"),
    )
    op.create_table(
        "training_requirements",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("due", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'LIFTED') = (lifted_at IS NOT NULL)", name=op.f("ck_training_requirements_lifted")
        ),
        sa.CheckConstraint(
            "audience IN ('MENTOR', 'SUPERVISOR', 'STAFF', 'PARTNER')", name=op.f("ck_training_requirements_audience")
        ),
        sa.CheckConstraint(
            "due IN ('FIRST_MATCH', 'WITHIN_90_DAYS', 'ANNUAL')", name=op.f("ck_training_requirements_due")
        ),
        sa.CheckConstraint(
            "kind IN ('COMMUNICATION', 'BOUNDARIES', 'CRISIS', 'SELF_CARE', 'ETHICS', 'CONFIDENTIALITY', 'TRAUMA', 'CULTURE', 'OTHER')",
            name=op.f("ck_training_requirements_kind"),
        ),
        sa.CheckConstraint("status IN ('IN_FORCE', 'LIFTED')", name=op.f("ck_training_requirements_status")),
        sa.CheckConstraint("(kind IS NULL) <> (code IS NULL)", name=op.f("ck_training_requirements_one_thing")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_training_requirements_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_training_requirements")),
    )
    op.create_index(
        op.f("ix_training_requirements_organisation_id_decided_at_id"),
        "training_requirements",
        ["organisation_id", "decided_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_training_requirements_organisation_id_programme_id_decided_at_id"),
        "training_requirements",
        ["organisation_id", "programme_id", "decided_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_required_codes",
        "training_requirements",
        ["organisation_id", "programme_id", "audience", "code"],
        unique=True,
        postgresql_where=sa.text("status = 'IN_FORCE'"),
    )
    op.create_index(
        "uq_required_kinds",
        "training_requirements",
        ["organisation_id", "programme_id", "audience", "kind"],
        unique=True,
        postgresql_where=sa.text("status = 'IN_FORCE'"),
    )
    op.create_table(
        "training_enrolments",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("module_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("requirement_id", sa.Uuid(), nullable=True),
        sa.Column("trainer_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("waived_by_id", sa.Uuid(), nullable=True),
        sa.Column("waiver_reason", sa.Text(), nullable=True),
        sa.Column("waiver_evidence", sa.Text(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(status IN ('PASSED', 'WAIVED', 'EXPIRED')) = (completed_at IS NOT NULL)",
            name=op.f("ck_training_enrolments_completed"),
        ),
        sa.CheckConstraint(
            "status <> 'EXPIRED' OR valid_until IS NOT NULL", name=op.f("ck_training_enrolments_expired")
        ),
        sa.CheckConstraint(
            "status IN ('ASSIGNED', 'IN_PROGRESS', 'SUBMITTED', 'PASSED', 'FAILED', 'EXPIRED', 'WAIVED', 'WITHDRAWN')",
            name=op.f("ck_training_enrolments_status"),
        ),
        sa.CheckConstraint(
            "(waived_by_id IS NULL) = (waiver_reason IS NULL)", name=op.f("ck_training_enrolments_waiver")
        ),
        sa.CheckConstraint(
            "char_length(waiver_evidence) <= 2000", name=op.f("ck_training_enrolments_waiver_evidence_length")
        ),
        sa.CheckConstraint(
            "char_length(waiver_reason) <= 2000", name=op.f("ck_training_enrolments_waiver_reason_length")
        ),
        sa.CheckConstraint("waived_by_id <> person_id", name=op.f("ck_training_enrolments_waived_by_another")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "module_id", "code", "kind", "audience"],
            [
                "training_modules.organisation_id",
                "training_modules.id",
                "training_modules.code",
                "training_modules.kind",
                "training_modules.audience",
            ],
            name=op.f("fk_training_enrolments_organisation_id_module_id_code_kind_audience"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_training_enrolments_organisation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_training_enrolments_organisation_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "requirement_id"],
            ["training_requirements.organisation_id", "training_requirements.id"],
            name=op.f("fk_training_enrolments_organisation_id_requirement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "trainer_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_training_enrolments_organisation_id_trainer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "waived_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_training_enrolments_organisation_id_waived_by_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_training_enrolments")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "person_id",
            "programme_id",
            name=op.f("uq_training_enrolments_organisation_id_id_person_id_programme_id"),
        ),
    )
    op.create_index(
        "ix_training_enrolments_due",
        "training_enrolments",
        ["organisation_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('ASSIGNED', 'IN_PROGRESS', 'SUBMITTED')"),
    )
    op.create_index(
        "ix_training_enrolments_module_id", "training_enrolments", ["organisation_id", "module_id"], unique=False
    )
    op.create_index(
        op.f("ix_training_enrolments_organisation_id_assigned_at_id"),
        "training_enrolments",
        ["organisation_id", "assigned_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_training_enrolments_organisation_id_person_id_assigned_at_id"),
        "training_enrolments",
        ["organisation_id", "person_id", "assigned_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_training_enrolments_organisation_id_programme_id_assigned_at_id"),
        "training_enrolments",
        ["organisation_id", "programme_id", "assigned_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_training_enrolments_organisation_id_trainer_id_assigned_at_id"),
        "training_enrolments",
        ["organisation_id", "trainer_id", "assigned_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "ix_training_enrolments_requirement_id",
        "training_enrolments",
        ["organisation_id", "requirement_id"],
        unique=False,
    )
    op.create_index(
        "ix_training_enrolments_valid",
        "training_enrolments",
        ["organisation_id", "valid_until"],
        unique=False,
        postgresql_where=sa.text("status IN ('PASSED', 'WAIVED')"),
    )
    op.create_index(
        "ix_training_enrolments_waived_by_id", "training_enrolments", ["organisation_id", "waived_by_id"], unique=False
    )
    op.create_index(
        "uq_training_enrolments_open",
        "training_enrolments",
        ["organisation_id", "person_id", "code"],
        unique=True,
        postgresql_where=sa.text("status IN ('ASSIGNED', 'IN_PROGRESS', 'SUBMITTED')"),
    )
    op.create_table(
        "competency_evaluations",
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
        sa.Column("observer", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("drafted_by_id", sa.Uuid(), nullable=True),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by_id", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(status = 'ACKNOWLEDGED_BY_MENTOR') = (acknowledged_at IS NOT NULL)",
            name=op.f("ck_competency_evaluations_acknowledged"),
        ),
        sa.CheckConstraint("(status = 'DRAFT') = (signed_at IS NULL)", name=op.f("ck_competency_evaluations_signed")),
        sa.CheckConstraint(
            "observer IN ('SELF', 'SUPERVISOR', 'MENTEE_FEEDBACK')", name=op.f("ck_competency_evaluations_observer")
        ),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'SIGNED_BY_SUPERVISOR', 'ACKNOWLEDGED_BY_MENTOR')",
            name=op.f("ck_competency_evaluations_status"),
        ),
        sa.CheckConstraint("char_length(reply) <= 4000", name=op.f("ck_competency_evaluations_reply_length")),
        sa.CheckConstraint("char_length(summary) <= 4000", name=op.f("ck_competency_evaluations_summary_length")),
        sa.CheckConstraint("signed_by_id <> person_id", name=op.f("ck_competency_evaluations_signed_by_another")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "drafted_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_competency_evaluations_organisation_id_drafted_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentor_id", "programme_id", "person_id"],
            ["mentors.organisation_id", "mentors.id", "mentors.programme_id", "mentors.person_id"],
            name=op.f("fk_competency_evaluations_organisation_id_mentor_id_programme_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "signed_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_competency_evaluations_organisation_id_signed_by_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_competency_evaluations")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "person_id",
            name=op.f("uq_competency_evaluations_organisation_id_id_programme_id_person_id"),
        ),
    )
    op.create_index(
        "ix_competency_evaluations_drafted_by_id",
        "competency_evaluations",
        ["organisation_id", "drafted_by_id"],
        unique=False,
    )
    op.create_index(
        "ix_competency_evaluations_mentor_id", "competency_evaluations", ["organisation_id", "mentor_id"], unique=False
    )
    op.create_index(
        op.f("ix_competency_evaluations_organisation_id_drafted_at_id"),
        "competency_evaluations",
        ["organisation_id", "drafted_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_competency_evaluations_organisation_id_person_id_drafted_at_id"),
        "competency_evaluations",
        ["organisation_id", "person_id", "drafted_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_competency_evaluations_organisation_id_programme_id_drafted_at_id"),
        "competency_evaluations",
        ["organisation_id", "programme_id", "drafted_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "ix_competency_evaluations_signed_by_id",
        "competency_evaluations",
        ["organisation_id", "signed_by_id"],
        unique=False,
    )
    op.create_table(
        "training_attempts",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assessor_id", sa.Uuid(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.CheckConstraint("(score IS NULL) = (assessed_at IS NULL)", name=op.f("ck_training_attempts_assessed")),
        sa.CheckConstraint("assessor_id <> person_id", name=op.f("ck_training_attempts_assessed_by_another")),
        sa.CheckConstraint("char_length(remark) <= 4000", name=op.f("ck_training_attempts_remark_length")),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_training_attempts_score")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessor_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_training_attempts_organisation_id_assessor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "enrolment_id", "person_id", "programme_id"],
            [
                "training_enrolments.organisation_id",
                "training_enrolments.id",
                "training_enrolments.person_id",
                "training_enrolments.programme_id",
            ],
            name=op.f("fk_training_attempts_organisation_id_enrolment_id_person_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "enrolment_id"],
            ["training_enrolments.organisation_id", "training_enrolments.id"],
            name=op.f("fk_training_attempts_organisation_id_enrolment_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_training_attempts")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "enrolment_id",
            "person_id",
            name=op.f("uq_training_attempts_organisation_id_id_enrolment_id_person_id"),
        ),
    )
    op.create_index(
        "ix_training_attempts_assessor_id", "training_attempts", ["organisation_id", "assessor_id"], unique=False
    )
    op.create_index(
        op.f("ix_training_attempts_organisation_id_enrolment_id_number"),
        "training_attempts",
        ["organisation_id", "enrolment_id", "number"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_training_attempts_organisation_id_person_id"),
        "training_attempts",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_training_attempts_organisation_id_programme_id"),
        "training_attempts",
        ["organisation_id", "programme_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "competency_ratings",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("competency", sa.Text(), nullable=False),
        sa.Column("rating", sa.BigInteger(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "competency IN ('SAMHSA_01', 'SAMHSA_02', 'SAMHSA_03', 'SAMHSA_04', 'SAMHSA_05', 'SAMHSA_06', 'SAMHSA_07', 'SAMHSA_08', 'SAMHSA_09', 'SAMHSA_10', 'SAMHSA_11', 'SAMHSA_12')",
            name=op.f("ck_competency_ratings_competency"),
        ),
        sa.CheckConstraint("char_length(evidence) <= 2000", name=op.f("ck_competency_ratings_evidence_length")),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_competency_ratings_rating")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "evaluation_id", "programme_id", "person_id"],
            [
                "competency_evaluations.organisation_id",
                "competency_evaluations.id",
                "competency_evaluations.programme_id",
                "competency_evaluations.person_id",
            ],
            name=op.f("fk_competency_ratings_organisation_id_evaluation_id_programme_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_competency_ratings")),
    )
    op.create_index(
        op.f("ix_competency_ratings_organisation_id_evaluation_id_competency"),
        "competency_ratings",
        ["organisation_id", "evaluation_id", "competency"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_competency_ratings_organisation_id_person_id"),
        "competency_ratings",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_competency_ratings_organisation_id_programme_id"),
        "competency_ratings",
        ["organisation_id", "programme_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "training_answers",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("trainer_id", sa.Uuid(), nullable=True),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.CheckConstraint("char_length(answers) <= 20000", name=op.f("ck_training_answers_answers_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "attempt_id", "enrolment_id", "person_id"],
            [
                "training_attempts.organisation_id",
                "training_attempts.id",
                "training_attempts.enrolment_id",
                "training_attempts.person_id",
            ],
            name=op.f("fk_training_answers_organisation_id_attempt_id_enrolment_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "trainer_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_training_answers_organisation_id_trainer_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_training_answers")),
    )
    op.create_index(
        op.f("ix_training_answers_organisation_id_attempt_id"),
        "training_answers",
        ["organisation_id", "attempt_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_training_answers_organisation_id_person_id"),
        "training_answers",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_training_answers_organisation_id_trainer_id"),
        "training_answers",
        ["organisation_id", "trainer_id"],
        unique=False,
        postgresql_where=None,
    )
    secure(
        "training_modules",
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
        "training_requirements",
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
        "training_enrolments",
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
        "competency_evaluations",
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
        "training_attempts",
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
        "competency_ratings",
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
        "training_answers",
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
        op.f("ix_training_answers_organisation_id_trainer_id"), table_name="training_answers", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_training_answers_organisation_id_person_id"), table_name="training_answers", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_training_answers_organisation_id_attempt_id"), table_name="training_answers", postgresql_where=None
    )
    op.drop_table("training_answers")
    op.drop_index(
        op.f("ix_competency_ratings_organisation_id_programme_id"),
        table_name="competency_ratings",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_competency_ratings_organisation_id_person_id"), table_name="competency_ratings", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_competency_ratings_organisation_id_evaluation_id_competency"),
        table_name="competency_ratings",
        postgresql_where=None,
    )
    op.drop_table("competency_ratings")
    op.drop_index(
        op.f("ix_training_attempts_organisation_id_programme_id"), table_name="training_attempts", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_training_attempts_organisation_id_person_id"), table_name="training_attempts", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_training_attempts_organisation_id_enrolment_id_number"),
        table_name="training_attempts",
        postgresql_where=None,
    )
    op.drop_index("ix_training_attempts_assessor_id", table_name="training_attempts")
    op.drop_table("training_attempts")
    op.drop_index("ix_competency_evaluations_signed_by_id", table_name="competency_evaluations")
    op.drop_index(
        op.f("ix_competency_evaluations_organisation_id_programme_id_drafted_at_id"),
        table_name="competency_evaluations",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_competency_evaluations_organisation_id_person_id_drafted_at_id"),
        table_name="competency_evaluations",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_competency_evaluations_organisation_id_drafted_at_id"),
        table_name="competency_evaluations",
        postgresql_where=None,
    )
    op.drop_index("ix_competency_evaluations_mentor_id", table_name="competency_evaluations")
    op.drop_index("ix_competency_evaluations_drafted_by_id", table_name="competency_evaluations")
    op.drop_table("competency_evaluations")
    op.drop_index(
        "uq_training_enrolments_open",
        table_name="training_enrolments",
        postgresql_where=sa.text("status IN ('ASSIGNED', 'IN_PROGRESS', 'SUBMITTED')"),
    )
    op.drop_index("ix_training_enrolments_waived_by_id", table_name="training_enrolments")
    op.drop_index(
        "ix_training_enrolments_valid",
        table_name="training_enrolments",
        postgresql_where=sa.text("status IN ('PASSED', 'WAIVED')"),
    )
    op.drop_index("ix_training_enrolments_requirement_id", table_name="training_enrolments")
    op.drop_index(
        op.f("ix_training_enrolments_organisation_id_trainer_id_assigned_at_id"),
        table_name="training_enrolments",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_training_enrolments_organisation_id_programme_id_assigned_at_id"),
        table_name="training_enrolments",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_training_enrolments_organisation_id_person_id_assigned_at_id"),
        table_name="training_enrolments",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_training_enrolments_organisation_id_assigned_at_id"),
        table_name="training_enrolments",
        postgresql_where=None,
    )
    op.drop_index("ix_training_enrolments_module_id", table_name="training_enrolments")
    op.drop_index(
        "ix_training_enrolments_due",
        table_name="training_enrolments",
        postgresql_where=sa.text("status IN ('ASSIGNED', 'IN_PROGRESS', 'SUBMITTED')"),
    )
    op.drop_table("training_enrolments")
    op.drop_index(
        "uq_required_kinds", table_name="training_requirements", postgresql_where=sa.text("status = 'IN_FORCE'")
    )
    op.drop_index(
        "uq_required_codes", table_name="training_requirements", postgresql_where=sa.text("status = 'IN_FORCE'")
    )
    op.drop_index(
        op.f("ix_training_requirements_organisation_id_programme_id_decided_at_id"),
        table_name="training_requirements",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_training_requirements_organisation_id_decided_at_id"),
        table_name="training_requirements",
        postgresql_where=None,
    )
    op.drop_table("training_requirements")
    op.drop_index(
        "uq_training_modules_published", table_name="training_modules", postgresql_where=sa.text("status = 'PUBLISHED'")
    )
    op.drop_index(
        "uq_training_modules_draft", table_name="training_modules", postgresql_where=sa.text("status = 'DRAFT'")
    )
    op.drop_index(
        op.f("ix_training_modules_organisation_id_drafted_at_id"), table_name="training_modules", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_training_modules_organisation_id_code_edition"), table_name="training_modules", postgresql_where=None
    )
    op.drop_table("training_modules")

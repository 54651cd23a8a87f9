"""Intake of mentees."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("mentees", sa.Column("previous_id", sa.Uuid(), nullable=True))
    op.add_column("mentees", sa.Column("episode", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column(
        "mentees",
        sa.Column(
            "turn",
            sa.BigInteger(),
            sa.Computed("CASE WHEN status <> 'WAITING' THEN 2 WHEN urgent THEN 0 ELSE 1 END", persisted=True),
            nullable=False,
        ),
    )
    op.add_column("mentees", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("mentees", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("mentees", sa.Column("closing_reason", sa.Text(), nullable=True))
    op.add_column("mentees", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("needs", sa.Column("number", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("needs", sa.Column("unwanted", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("needs", sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("needs", sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "needs",
        sa.Column(
            "current_of",
            sa.Uuid(),
            sa.Computed("CASE WHEN superseded_at IS NULL THEN mentee_id END", persisted=True),
            nullable=True,
        ),
    )
    op.create_table(
        "eligibility_criteria",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("wanted IN ('YES', 'NO')", name=op.f("ck_eligibility_criteria_wanted")),
        sa.CheckConstraint("char_length(code) <= 40", name=op.f("ck_eligibility_criteria_code_length")),
        sa.CheckConstraint("char_length(question) <= 300", name=op.f("ck_eligibility_criteria_question_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_eligibility_criteria_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_eligibility_criteria")),
    )
    op.create_index(
        op.f("ix_eligibility_criteria_organisation_id_programme_id_set_at_id"),
        "eligibility_criteria",
        ["organisation_id", "programme_id", "set_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_eligibility_criteria_organisation_id_set_at_id"),
        "eligibility_criteria",
        ["organisation_id", "set_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_criteria_in_use",
        "eligibility_criteria",
        ["organisation_id", "programme_id", "code"],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_table(
        "participation_texts",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("char_length(agreement) <= 20000", name=op.f("ck_participation_texts_agreement_length")),
        sa.CheckConstraint("char_length(consent) <= 20000", name=op.f("ck_participation_texts_consent_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_participation_texts_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_participation_texts")),
        sa.UniqueConstraint(
            "organisation_id", "id", "programme_id", name=op.f("uq_participation_texts_organisation_id_id_programme_id")
        ),
    )
    op.create_index(
        op.f("ix_participation_texts_organisation_id_programme_id_number"),
        "participation_texts",
        ["organisation_id", "programme_id", "number"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_participation_texts_organisation_id_programme_id_published_at_id"),
        "participation_texts",
        ["organisation_id", "programme_id", "published_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_participation_texts_organisation_id_published_at_id"),
        "participation_texts",
        ["organisation_id", "published_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "baselines",
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
        sa.Column("declined", sa.Boolean(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("declined = (jsonb_array_length(answers) = 0)", name=op.f("ck_baselines_declined")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentee_id", "programme_id", "person_id"],
            ["mentees.organisation_id", "mentees.id", "mentees.programme_id", "mentees.person_id"],
            name=op.f("fk_baselines_organisation_id_mentee_id_programme_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_baselines")),
    )
    op.create_index(
        op.f("ix_baselines_organisation_id_mentee_id"),
        "baselines",
        ["organisation_id", "mentee_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_baselines_organisation_id_person_id"),
        "baselines",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "eligibility_decisions",
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
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("eligible", sa.Boolean(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("eligible OR reason <> ''", name=op.f("ck_eligibility_decisions_reason")),
        sa.CheckConstraint("char_length(reason) <= 1000", name=op.f("ck_eligibility_decisions_reason_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "decided_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_eligibility_decisions_organisation_id_decided_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentee_id", "programme_id", "person_id"],
            ["mentees.organisation_id", "mentees.id", "mentees.programme_id", "mentees.person_id"],
            name=op.f("fk_eligibility_decisions_organisation_id_mentee_id_programme_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_eligibility_decisions")),
    )
    op.create_index(
        "ix_eligibility_decisions_decided_by_id",
        "eligibility_decisions",
        ["organisation_id", "decided_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_eligibility_decisions_organisation_id_mentee_id_decided_at_id"),
        "eligibility_decisions",
        ["organisation_id", "mentee_id", "decided_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_eligibility_decisions_organisation_id_person_id"),
        "eligibility_decisions",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "not_with",
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
        sa.Column("with_person_id", sa.Uuid(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("char_length(remark) <= 1000", name=op.f("ck_not_with_remark_length")),
        sa.CheckConstraint("person_id <> with_person_id", name=op.f("ck_not_with_two_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentee_id", "programme_id", "person_id"],
            ["mentees.organisation_id", "mentees.id", "mentees.programme_id", "mentees.person_id"],
            name=op.f("fk_not_with_organisation_id_mentee_id_programme_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "with_person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_not_with_organisation_id_with_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_not_with")),
    )
    op.create_index(
        op.f("ix_not_with_organisation_id_mentee_id_stated_at_id"),
        "not_with",
        ["organisation_id", "mentee_id", "stated_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_not_with_organisation_id_person_id"),
        "not_with",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index("ix_not_with_with_person_id", "not_with", ["organisation_id", "with_person_id"], unique=False)
    op.create_index(
        "uq_not_with",
        "not_with",
        ["organisation_id", "mentee_id", "with_person_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "participations",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("mentee_id", sa.Uuid(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("witness_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'SIGNED') = (ended_at IS NULL)", name=op.f("ck_participations_ended")),
        sa.CheckConstraint("how <> 'PAPER' OR witness_id IS NOT NULL", name=op.f("ck_participations_witness")),
        sa.CheckConstraint("how IN ('OWN_TOKEN', 'PAPER')", name=op.f("ck_participations_how")),
        sa.CheckConstraint("status IN ('SIGNED', 'SUPERSEDED', 'WITHDRAWN')", name=op.f("ck_participations_status")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentee_id", "programme_id", "person_id"],
            ["mentees.organisation_id", "mentees.id", "mentees.programme_id", "mentees.person_id"],
            name=op.f("fk_participations_organisation_id_mentee_id_programme_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "text_id", "programme_id"],
            ["participation_texts.organisation_id", "participation_texts.id", "participation_texts.programme_id"],
            name=op.f("fk_participations_organisation_id_text_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "witness_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_participations_organisation_id_witness_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_participations")),
    )
    op.create_index(
        op.f("ix_participations_organisation_id_mentee_id_recorded_at_id"),
        "participations",
        ["organisation_id", "mentee_id", "recorded_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_participations_organisation_id_person_id"),
        "participations",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index("ix_participations_text_id", "participations", ["organisation_id", "text_id"], unique=False)
    op.create_index("ix_participations_witness_id", "participations", ["organisation_id", "witness_id"], unique=False)
    op.create_index(
        "uq_participations_signed",
        "participations",
        ["organisation_id", "mentee_id"],
        unique=True,
        postgresql_where=sa.text("status = 'SIGNED'"),
    )
    op.create_table(
        "preferences",
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
        sa.Column("access_needs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("wishes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("importances", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cardinality(wishes) = cardinality(importances)", name=op.f("ck_preferences_alike")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentee_id", "programme_id", "person_id"],
            ["mentees.organisation_id", "mentees.id", "mentees.programme_id", "mentees.person_id"],
            name=op.f("fk_preferences_organisation_id_mentee_id_programme_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_preferences")),
    )
    op.create_index(
        op.f("ix_preferences_organisation_id_mentee_id"),
        "preferences",
        ["organisation_id", "mentee_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_preferences_organisation_id_person_id"),
        "preferences",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "safety_plans",
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
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("declined", sa.Boolean(), nullable=False),
        sa.Column("warning_signs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("coping", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("places_and_people", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("helpers", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("professionals", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("safer_surroundings", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "current_of",
            sa.Uuid(),
            sa.Computed("CASE WHEN superseded_at IS NULL THEN mentee_id END", persisted=True),
            nullable=True,
        ),
        sa.CheckConstraint(
            "declined = (cardinality(warning_signs) + cardinality(coping) + cardinality(places_and_people) + cardinality(helpers) + cardinality(professionals) + cardinality(safer_surroundings) + cardinality(reasons) = 0)",
            name=op.f("ck_safety_plans_declined"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentee_id", "programme_id", "person_id"],
            ["mentees.organisation_id", "mentees.id", "mentees.programme_id", "mentees.person_id"],
            name=op.f("fk_safety_plans_organisation_id_mentee_id_programme_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_safety_plans")),
    )
    op.create_index(
        op.f("ix_safety_plans_organisation_id_current_of"),
        "safety_plans",
        ["organisation_id", "current_of"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_safety_plans_organisation_id_mentee_id_number"),
        "safety_plans",
        ["organisation_id", "mentee_id", "number"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_safety_plans_organisation_id_person_id"),
        "safety_plans",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_mentees_organisation_id_programme_id_turn_waiting_since_id"),
        "mentees",
        ["organisation_id", "programme_id", "turn", "waiting_since", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_mentees_organisation_id_turn_waiting_since_id"),
        "mentees",
        ["organisation_id", "turn", "waiting_since", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index("ix_mentees_previous_id", "mentees", ["organisation_id", "previous_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_mentees_organisation_id_previous_id"),
        "mentees",
        "mentees",
        ["organisation_id", "previous_id"],
        ["organisation_id", "id"],
    )
    op.drop_index(op.f("ix_needs_organisation_id_mentee_id"), table_name="needs")
    op.create_index(
        op.f("ix_needs_organisation_id_current_of"),
        "needs",
        ["organisation_id", "current_of"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_needs_organisation_id_mentee_id_number"),
        "needs",
        ["organisation_id", "mentee_id", "number"],
        unique=True,
        postgresql_where=None,
    )
    secure(
        "eligibility_criteria",
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
        "participation_texts",
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
        "baselines",
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
        "eligibility_decisions",
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
        "not_with",
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
        "participations",
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
        "preferences",
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
        "safety_plans",
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
        "ck_mentees_closing_reason",
        "mentees",
        "(closing_reason = ANY (ARRAY['GOALS_MET'::text, 'MOVED'::text, 'LOST_CONTACT'::text, 'DECLINED'::text, 'NOT_ELIGIBLE'::text, 'TRANSFERRED'::text, 'INCARCERATED'::text, 'HOSPITALISED'::text, 'DECEASED'::text, 'ADMIN'::text, 'OTHER'::text]))",
    )
    op.create_check_constraint("ck_mentees_episode", "mentees", "(episode >= 1)")
    op.drop_constraint("ck_mentees_formats_some", "mentees", type_="check")
    op.drop_constraint("ck_mentees_languages_some", "mentees", type_="check")
    op.create_check_constraint(
        "ck_mentees_matchable",
        "mentees",
        "((status = ANY (ARRAY['APPLIED'::text, 'ELIGIBILITY_REVIEW'::text, 'CONSENTED'::text, 'CLOSED'::text])) OR ((cardinality(languages) > 0) AND (cardinality(formats) > 0)))",
    )
    op.create_check_constraint("ck_mentees_paused", "mentees", "((status = 'PAUSED'::text) = (paused_at IS NOT NULL))")
    op.drop_constraint("ck_mentees_status", "mentees", type_="check")
    op.create_check_constraint(
        "ck_mentees_status",
        "mentees",
        "(status = ANY (ARRAY['APPLIED'::text, 'ELIGIBILITY_REVIEW'::text, 'CONSENTED'::text, 'READY_TO_MATCH'::text, 'WAITING'::text, 'PAUSED'::text, 'MATCHED'::text, 'CLOSING'::text, 'CLOSED'::text]))",
    )
    op.create_check_constraint("ck_needs_unwanted", "needs", "(unwanted <@ domains)")


def downgrade() -> None:
    """Take the database back."""
    op.drop_constraint("ck_needs_unwanted", "needs", type_="check")
    op.drop_constraint("ck_mentees_status", "mentees", type_="check")
    op.create_check_constraint(
        "ck_mentees_status", "mentees", "(status = ANY (ARRAY['WAITING'::text, 'MATCHED'::text, 'CLOSED'::text]))"
    )
    op.drop_constraint("ck_mentees_paused", "mentees", type_="check")
    op.drop_constraint("ck_mentees_matchable", "mentees", type_="check")
    op.create_check_constraint("ck_mentees_languages_some", "mentees", "(cardinality(languages) > 0)")
    op.create_check_constraint("ck_mentees_formats_some", "mentees", "(cardinality(formats) > 0)")
    op.drop_constraint("ck_mentees_episode", "mentees", type_="check")
    op.drop_constraint("ck_mentees_closing_reason", "mentees", type_="check")
    op.drop_index(op.f("ix_needs_organisation_id_mentee_id_number"), table_name="needs", postgresql_where=None)
    op.drop_index(op.f("ix_needs_organisation_id_current_of"), table_name="needs", postgresql_where=None)
    op.create_index(op.f("ix_needs_organisation_id_mentee_id"), "needs", ["organisation_id", "mentee_id"], unique=True)
    op.drop_constraint(op.f("fk_mentees_organisation_id_previous_id"), "mentees", type_="foreignkey")
    op.drop_index("ix_mentees_previous_id", table_name="mentees")
    op.drop_index(op.f("ix_mentees_organisation_id_turn_waiting_since_id"), table_name="mentees", postgresql_where=None)
    op.drop_index(
        op.f("ix_mentees_organisation_id_programme_id_turn_waiting_since_id"),
        table_name="mentees",
        postgresql_where=None,
    )
    op.drop_index(op.f("ix_safety_plans_organisation_id_person_id"), table_name="safety_plans", postgresql_where=None)
    op.drop_index(
        op.f("ix_safety_plans_organisation_id_mentee_id_number"), table_name="safety_plans", postgresql_where=None
    )
    op.drop_index(op.f("ix_safety_plans_organisation_id_current_of"), table_name="safety_plans", postgresql_where=None)
    op.drop_table("safety_plans")
    op.drop_index(op.f("ix_preferences_organisation_id_person_id"), table_name="preferences", postgresql_where=None)
    op.drop_index(op.f("ix_preferences_organisation_id_mentee_id"), table_name="preferences", postgresql_where=None)
    op.drop_table("preferences")
    op.drop_index(
        "uq_participations_signed", table_name="participations", postgresql_where=sa.text("status = 'SIGNED'")
    )
    op.drop_index("ix_participations_witness_id", table_name="participations")
    op.drop_index("ix_participations_text_id", table_name="participations")
    op.drop_index(
        op.f("ix_participations_organisation_id_person_id"), table_name="participations", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_participations_organisation_id_mentee_id_recorded_at_id"),
        table_name="participations",
        postgresql_where=None,
    )
    op.drop_table("participations")
    op.drop_index("uq_not_with", table_name="not_with", postgresql_where=sa.text("lifted_at IS NULL"))
    op.drop_index("ix_not_with_with_person_id", table_name="not_with")
    op.drop_index(op.f("ix_not_with_organisation_id_person_id"), table_name="not_with", postgresql_where=None)
    op.drop_index(
        op.f("ix_not_with_organisation_id_mentee_id_stated_at_id"), table_name="not_with", postgresql_where=None
    )
    op.drop_table("not_with")
    op.drop_index(
        op.f("ix_eligibility_decisions_organisation_id_person_id"),
        table_name="eligibility_decisions",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_eligibility_decisions_organisation_id_mentee_id_decided_at_id"),
        table_name="eligibility_decisions",
        postgresql_where=None,
    )
    op.drop_index("ix_eligibility_decisions_decided_by_id", table_name="eligibility_decisions")
    op.drop_table("eligibility_decisions")
    op.drop_index(op.f("ix_baselines_organisation_id_person_id"), table_name="baselines", postgresql_where=None)
    op.drop_index(op.f("ix_baselines_organisation_id_mentee_id"), table_name="baselines", postgresql_where=None)
    op.drop_table("baselines")
    op.drop_index(
        op.f("ix_participation_texts_organisation_id_published_at_id"),
        table_name="participation_texts",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_participation_texts_organisation_id_programme_id_published_at_id"),
        table_name="participation_texts",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_participation_texts_organisation_id_programme_id_number"),
        table_name="participation_texts",
        postgresql_where=None,
    )
    op.drop_table("participation_texts")
    op.drop_index(
        "uq_criteria_in_use", table_name="eligibility_criteria", postgresql_where=sa.text("retired_at IS NULL")
    )
    op.drop_index(
        op.f("ix_eligibility_criteria_organisation_id_set_at_id"),
        table_name="eligibility_criteria",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_eligibility_criteria_organisation_id_programme_id_set_at_id"),
        table_name="eligibility_criteria",
        postgresql_where=None,
    )
    op.drop_table("eligibility_criteria")
    op.drop_column("needs", "current_of")
    op.drop_column("needs", "superseded_at")
    op.drop_column("needs", "assessed_at")
    op.drop_column("needs", "unwanted")
    op.drop_column("needs", "number")
    op.drop_column("mentees", "version")
    op.drop_column("mentees", "closing_reason")
    op.drop_column("mentees", "closed_at")
    op.drop_column("mentees", "paused_at")
    op.drop_column("mentees", "turn")
    op.drop_column("mentees", "episode")
    op.drop_column("mentees", "previous_id")

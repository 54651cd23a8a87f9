"""Feedback forms, indicators, improvement."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0022"
down_revision: str | None = "0021"


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "feedback_forms",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("moment", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("privacy", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(status = 'RETIRED') = (retired_at IS NOT NULL)", name=op.f("ck_feedback_forms_retired")),
        sa.CheckConstraint("audience IN ('MENTEES', 'MENTORS')", name=op.f("ck_feedback_forms_audience")),
        sa.CheckConstraint(
            "moment IN ('AFTER_MEETING', 'DAY_30', 'DAY_90', 'EXIT', 'GROUP', 'TRAINING')",
            name=op.f("ck_feedback_forms_moment"),
        ),
        sa.CheckConstraint("privacy IN ('ANONYMOUS', 'CONFIDENTIAL')", name=op.f("ck_feedback_forms_privacy")),
        sa.CheckConstraint("status IN ('OPEN', 'RETIRED')", name=op.f("ck_feedback_forms_status")),
        sa.CheckConstraint("char_length(title) <= 200", name=op.f("ck_feedback_forms_title_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_feedback_forms_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_feedback_forms")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "moment",
            name=op.f("uq_feedback_forms_organisation_id_id_programme_id_moment"),
        ),
        sa.UniqueConstraint(
            "organisation_id", "id", "programme_id", name=op.f("uq_feedback_forms_organisation_id_id_programme_id")
        ),
    )
    op.create_index(
        op.f("ix_feedback_forms_organisation_id_opened_at_id"),
        "feedback_forms",
        ["organisation_id", "opened_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_feedback_forms_organisation_id_programme_id_moment_audience_edition"),
        "feedback_forms",
        ["organisation_id", "programme_id", "moment", "audience", "edition"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_feedback_forms_organisation_id_programme_id_opened_at_id"),
        "feedback_forms",
        ["organisation_id", "programme_id", "opened_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_feedback_forms_open",
        "feedback_forms",
        ["organisation_id", "programme_id", "moment", "audience"],
        unique=True,
        postgresql_where=sa.text("status = 'OPEN'"),
    )
    op.create_table(
        "programme_indicators",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_lower", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("target", sa.Numeric(precision=12, scale=4), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("taken_from", sa.Text(), nullable=True),
        sa.Column("defined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("direction IN ('HIGHER', 'LOWER')", name=op.f("ck_programme_indicators_direction")),
        sa.CheckConstraint(
            "taken_from IN ('MATCHES_BEGUN', 'MEETINGS_HELD', 'ATTENDANCE_RATE', 'FEEDBACK_MEAN', 'PROGRESS_MEAN')",
            name=op.f("ck_programme_indicators_taken_from"),
        ),
        sa.CheckConstraint("char_length(definition) <= 2000", name=op.f("ck_programme_indicators_definition_length")),
        sa.CheckConstraint("char_length(name) <= 120", name=op.f("ck_programme_indicators_name_length")),
        sa.CheckConstraint("char_length(unit) <= 40", name=op.f("ck_programme_indicators_unit_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_programme_indicators_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_programme_indicators")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            name=op.f("uq_programme_indicators_organisation_id_id_programme_id"),
        ),
    )
    op.create_index(
        op.f("ix_programme_indicators_organisation_id_defined_at_id"),
        "programme_indicators",
        ["organisation_id", "defined_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_programme_indicators_organisation_id_programme_id_defined_at_id"),
        "programme_indicators",
        ["organisation_id", "programme_id", "defined_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_programme_indicators_organisation_id_programme_id_name_lower"),
        "programme_indicators",
        ["organisation_id", "programme_id", "name_lower"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "form_questions",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('SCALE', 'TEXT')", name=op.f("ck_form_questions_kind")),
        sa.CheckConstraint("char_length(question) <= 500", name=op.f("ck_form_questions_question_length")),
        sa.CheckConstraint("place BETWEEN 1 AND 20", name=op.f("ck_form_questions_place")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "form_id", "programme_id"],
            ["feedback_forms.organisation_id", "feedback_forms.id", "feedback_forms.programme_id"],
            name=op.f("fk_form_questions_organisation_id_form_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_form_questions")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "form_id",
            "programme_id",
            "place",
            name=op.f("uq_form_questions_organisation_id_id_form_id_programme_id_place"),
        ),
        sa.UniqueConstraint("organisation_id", "id", "place", name=op.f("uq_form_questions_organisation_id_id_place")),
    )
    op.create_index(
        op.f("ix_form_questions_organisation_id_form_id_place"),
        "form_questions",
        ["organisation_id", "form_id", "place"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "improvement_cycles",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("led_by_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("aim", sa.Text(), nullable=False),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("learnt", sa.Text(), nullable=False),
        sa.Column("follows", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(status = 'CLOSED') = (closed_at IS NOT NULL)", name=op.f("ck_improvement_cycles_closed")),
        sa.CheckConstraint(
            "(status IN ('ACT', 'CLOSED')) = (decision IS NOT NULL)", name=op.f("ck_improvement_cycles_decided")
        ),
        sa.CheckConstraint("decision IN ('ADOPT', 'ADAPT', 'ABANDON')", name=op.f("ck_improvement_cycles_decision")),
        sa.CheckConstraint(
            "status IN ('PLAN', 'DO', 'STUDY', 'ACT', 'CLOSED')", name=op.f("ck_improvement_cycles_status")
        ),
        sa.CheckConstraint("char_length(aim) <= 4000", name=op.f("ck_improvement_cycles_aim_length")),
        sa.CheckConstraint("char_length(done) <= 4000", name=op.f("ck_improvement_cycles_done_length")),
        sa.CheckConstraint("char_length(expected) <= 4000", name=op.f("ck_improvement_cycles_expected_length")),
        sa.CheckConstraint("char_length(follows) <= 4000", name=op.f("ck_improvement_cycles_follows_length")),
        sa.CheckConstraint("char_length(learnt) <= 4000", name=op.f("ck_improvement_cycles_learnt_length")),
        sa.CheckConstraint("char_length(title) <= 200", name=op.f("ck_improvement_cycles_title_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "led_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_improvement_cycles_organisation_id_led_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_improvement_cycles_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_improvement_cycles")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "led_by_id",
            name=op.f("uq_improvement_cycles_organisation_id_id_programme_id_led_by_id"),
        ),
    )
    op.create_index(
        "ix_improvement_cycles_led_by_id", "improvement_cycles", ["organisation_id", "led_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_improvement_cycles_organisation_id_planned_at_id"),
        "improvement_cycles",
        ["organisation_id", "planned_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_improvement_cycles_organisation_id_programme_id_planned_at_id"),
        "improvement_cycles",
        ["organisation_id", "programme_id", "planned_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "indicator_values",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(precision=12, scale=4), nullable=False),
        sa.Column("target", sa.Numeric(precision=12, scale=4), nullable=False),
        sa.Column("on_target", sa.Boolean(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_indicator_values_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "indicator_id", "programme_id"],
            ["programme_indicators.organisation_id", "programme_indicators.id", "programme_indicators.programme_id"],
            name=op.f("fk_indicator_values_organisation_id_indicator_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_indicator_values")),
    )
    op.create_index(
        op.f("ix_indicator_values_organisation_id_indicator_id_month"),
        "indicator_values",
        ["organisation_id", "indicator_id", "month"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_indicator_values_organisation_id_indicator_id_month_id"),
        "indicator_values",
        ["organisation_id", "indicator_id", "month", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "cycle_indicators",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("led_by_id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "cycle_id", "programme_id", "led_by_id"],
            [
                "improvement_cycles.organisation_id",
                "improvement_cycles.id",
                "improvement_cycles.programme_id",
                "improvement_cycles.led_by_id",
            ],
            name=op.f("fk_cycle_indicators_organisation_id_cycle_id_programme_id_led_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "indicator_id", "programme_id"],
            ["programme_indicators.organisation_id", "programme_indicators.id", "programme_indicators.programme_id"],
            name=op.f("fk_cycle_indicators_organisation_id_indicator_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_cycle_indicators")),
    )
    op.create_index(
        "ix_cycle_indicators_indicator_id", "cycle_indicators", ["organisation_id", "indicator_id"], unique=False
    )
    op.create_index(
        op.f("ix_cycle_indicators_organisation_id_cycle_id_id"),
        "cycle_indicators",
        ["organisation_id", "cycle_id", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_cycle_indicators_organisation_id_cycle_id_indicator_id"),
        "cycle_indicators",
        ["organisation_id", "cycle_id", "indicator_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "feedback_results",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("mean", sa.Numeric(precision=4, scale=2), nullable=True),
        sa.Column("texts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("people >= 5", name=op.f("ck_feedback_results_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "question_id", "form_id", "programme_id", "place"],
            [
                "form_questions.organisation_id",
                "form_questions.id",
                "form_questions.form_id",
                "form_questions.programme_id",
                "form_questions.place",
            ],
            name=op.f("fk_feedback_results_organisation_id_question_id_form_id_programme_id_place"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_feedback_results")),
    )
    op.create_index(
        op.f("ix_feedback_results_organisation_id_form_id_place"),
        "feedback_results",
        ["organisation_id", "form_id", "place"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_feedback_results_organisation_id_question_id"),
        "feedback_results",
        ["organisation_id", "question_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "feedback_tallies",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("counts", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("texts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("cardinality(counts) = 5", name=op.f("ck_feedback_tallies_counts")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "question_id", "form_id", "programme_id", "place"],
            [
                "form_questions.organisation_id",
                "form_questions.id",
                "form_questions.form_id",
                "form_questions.programme_id",
                "form_questions.place",
            ],
            name=op.f("fk_feedback_tallies_organisation_id_question_id_form_id_programme_id_place"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_feedback_tallies")),
    )
    op.create_index(
        op.f("ix_feedback_tallies_organisation_id_question_id"),
        "feedback_tallies",
        ["organisation_id", "question_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "policy_changes",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("led_by_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("programme_version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("before <> after", name=op.f("ck_policy_changes_changed")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "changed_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_policy_changes_organisation_id_changed_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "cycle_id", "programme_id", "led_by_id"],
            [
                "improvement_cycles.organisation_id",
                "improvement_cycles.id",
                "improvement_cycles.programme_id",
                "improvement_cycles.led_by_id",
            ],
            name=op.f("fk_policy_changes_organisation_id_cycle_id_programme_id_led_by_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_policy_changes")),
    )
    op.create_index(
        "ix_policy_changes_changed_by_id", "policy_changes", ["organisation_id", "changed_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_policy_changes_organisation_id_cycle_id_changed_at_id"),
        "policy_changes",
        ["organisation_id", "cycle_id", "changed_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "feedback_invitations",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("moment", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stands_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "moment IN ('AFTER_MEETING', 'DAY_30', 'DAY_90', 'EXIT', 'GROUP', 'TRAINING')",
            name=op.f("ck_feedback_invitations_moment"),
        ),
        sa.CheckConstraint("status IN ('OPEN', 'ANSWERED', 'LAPSED')", name=op.f("ck_feedback_invitations_status")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "form_id", "programme_id", "moment"],
            [
                "feedback_forms.organisation_id",
                "feedback_forms.id",
                "feedback_forms.programme_id",
                "feedback_forms.moment",
            ],
            name=op.f("fk_feedback_invitations_organisation_id_form_id_programme_id_moment"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_id"],
            ["matches.organisation_id", "matches.id"],
            name=op.f("fk_feedback_invitations_organisation_id_match_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_feedback_invitations_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_feedback_invitations")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "form_id",
            "programme_id",
            "person_id",
            name=op.f("uq_feedback_invitations_organisation_id_id_form_id_programme_id_person_id"),
        ),
    )
    op.create_index(
        "ix_feedback_invitations_lapsing",
        "feedback_invitations",
        ["organisation_id", "stands_until"],
        unique=False,
        postgresql_where=sa.text("status = 'OPEN'"),
    )
    op.create_index(
        op.f("ix_feedback_invitations_organisation_id_form_id_invited_at_id"),
        "feedback_invitations",
        ["organisation_id", "form_id", "invited_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_feedback_invitations_organisation_id_invited_at_id"),
        "feedback_invitations",
        ["organisation_id", "invited_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_feedback_invitations_organisation_id_person_id_invited_at_id"),
        "feedback_invitations",
        ["organisation_id", "person_id", "invited_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_feedback_invitations_organisation_id_programme_id_invited_at_id"),
        "feedback_invitations",
        ["organisation_id", "programme_id", "invited_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_feedback_invitations_match",
        "feedback_invitations",
        ["organisation_id", "match_id", "person_id", "moment"],
        unique=True,
        postgresql_where=sa.text("match_id IS NOT NULL"),
    )
    op.create_index(
        "uq_feedback_invitations_open",
        "feedback_invitations",
        ["organisation_id", "form_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("status = 'OPEN'"),
    )
    op.create_table(
        "feedback_responses",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "invitation_id", "form_id", "programme_id", "person_id"],
            [
                "feedback_invitations.organisation_id",
                "feedback_invitations.id",
                "feedback_invitations.form_id",
                "feedback_invitations.programme_id",
                "feedback_invitations.person_id",
            ],
            name=op.f("fk_feedback_responses_organisation_id_invitation_id_form_id_programme_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_feedback_responses")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "person_id",
            name=op.f("uq_feedback_responses_organisation_id_id_programme_id_person_id"),
        ),
    )
    op.create_index(
        op.f("ix_feedback_responses_organisation_id_form_id_given_at_id"),
        "feedback_responses",
        ["organisation_id", "form_id", "given_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_feedback_responses_organisation_id_given_at_id"),
        "feedback_responses",
        ["organisation_id", "given_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_feedback_responses_organisation_id_invitation_id"),
        "feedback_responses",
        ["organisation_id", "invitation_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_feedback_responses_organisation_id_person_id_given_at_id"),
        "feedback_responses",
        ["organisation_id", "person_id", "given_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_feedback_responses_organisation_id_programme_id_given_at_id"),
        "feedback_responses",
        ["organisation_id", "programme_id", "given_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "feedback_answers",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.CheckConstraint("(score IS NULL) <> (text IS NULL)", name=op.f("ck_feedback_answers_one_of_two")),
        sa.CheckConstraint("char_length(text) <= 2000", name=op.f("ck_feedback_answers_text_length")),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_feedback_answers_score")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "question_id", "place"],
            ["form_questions.organisation_id", "form_questions.id", "form_questions.place"],
            name=op.f("fk_feedback_answers_organisation_id_question_id_place"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "response_id", "programme_id", "person_id"],
            [
                "feedback_responses.organisation_id",
                "feedback_responses.id",
                "feedback_responses.programme_id",
                "feedback_responses.person_id",
            ],
            name=op.f("fk_feedback_answers_organisation_id_response_id_programme_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_feedback_answers")),
    )
    op.create_index(
        op.f("ix_feedback_answers_organisation_id_response_id_place"),
        "feedback_answers",
        ["organisation_id", "response_id", "place"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        "ix_feedback_answers_question_id", "feedback_answers", ["organisation_id", "question_id"], unique=False
    )
    secure(
        "feedback_forms",
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
        "programme_indicators",
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
        "form_questions",
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
        "improvement_cycles",
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
        "indicator_values",
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
        "cycle_indicators",
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
        "feedback_results",
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
        "feedback_tallies",
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
        "policy_changes",
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
        "feedback_invitations",
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
        "feedback_responses",
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
        "feedback_answers",
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
    op.drop_index("ix_feedback_answers_question_id", table_name="feedback_answers")
    op.drop_index(
        op.f("ix_feedback_answers_organisation_id_response_id_place"),
        table_name="feedback_answers",
        postgresql_where=None,
    )
    op.drop_table("feedback_answers")
    op.drop_index(
        op.f("ix_feedback_responses_organisation_id_programme_id_given_at_id"),
        table_name="feedback_responses",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_feedback_responses_organisation_id_person_id_given_at_id"),
        table_name="feedback_responses",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_feedback_responses_organisation_id_invitation_id"),
        table_name="feedback_responses",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_feedback_responses_organisation_id_given_at_id"),
        table_name="feedback_responses",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_feedback_responses_organisation_id_form_id_given_at_id"),
        table_name="feedback_responses",
        postgresql_where=None,
    )
    op.drop_table("feedback_responses")
    op.drop_index(
        "uq_feedback_invitations_open", table_name="feedback_invitations", postgresql_where=sa.text("status = 'OPEN'")
    )
    op.drop_index(
        "uq_feedback_invitations_match",
        table_name="feedback_invitations",
        postgresql_where=sa.text("match_id IS NOT NULL"),
    )
    op.drop_index(
        op.f("ix_feedback_invitations_organisation_id_programme_id_invited_at_id"),
        table_name="feedback_invitations",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_feedback_invitations_organisation_id_person_id_invited_at_id"),
        table_name="feedback_invitations",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_feedback_invitations_organisation_id_invited_at_id"),
        table_name="feedback_invitations",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_feedback_invitations_organisation_id_form_id_invited_at_id"),
        table_name="feedback_invitations",
        postgresql_where=None,
    )
    op.drop_index(
        "ix_feedback_invitations_lapsing",
        table_name="feedback_invitations",
        postgresql_where=sa.text("status = 'OPEN'"),
    )
    op.drop_table("feedback_invitations")
    op.drop_index(
        op.f("ix_policy_changes_organisation_id_cycle_id_changed_at_id"),
        table_name="policy_changes",
        postgresql_where=None,
    )
    op.drop_index("ix_policy_changes_changed_by_id", table_name="policy_changes")
    op.drop_table("policy_changes")
    op.drop_index(
        op.f("ix_feedback_tallies_organisation_id_question_id"), table_name="feedback_tallies", postgresql_where=None
    )
    op.drop_table("feedback_tallies")
    op.drop_index(
        op.f("ix_feedback_results_organisation_id_question_id"), table_name="feedback_results", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_feedback_results_organisation_id_form_id_place"), table_name="feedback_results", postgresql_where=None
    )
    op.drop_table("feedback_results")
    op.drop_index(
        op.f("ix_cycle_indicators_organisation_id_cycle_id_indicator_id"),
        table_name="cycle_indicators",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_cycle_indicators_organisation_id_cycle_id_id"), table_name="cycle_indicators", postgresql_where=None
    )
    op.drop_index("ix_cycle_indicators_indicator_id", table_name="cycle_indicators")
    op.drop_table("cycle_indicators")
    op.drop_index(
        op.f("ix_indicator_values_organisation_id_indicator_id_month_id"),
        table_name="indicator_values",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_indicator_values_organisation_id_indicator_id_month"),
        table_name="indicator_values",
        postgresql_where=None,
    )
    op.drop_table("indicator_values")
    op.drop_index(
        op.f("ix_improvement_cycles_organisation_id_programme_id_planned_at_id"),
        table_name="improvement_cycles",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_improvement_cycles_organisation_id_planned_at_id"),
        table_name="improvement_cycles",
        postgresql_where=None,
    )
    op.drop_index("ix_improvement_cycles_led_by_id", table_name="improvement_cycles")
    op.drop_table("improvement_cycles")
    op.drop_index(
        op.f("ix_form_questions_organisation_id_form_id_place"), table_name="form_questions", postgresql_where=None
    )
    op.drop_table("form_questions")
    op.drop_index(
        op.f("ix_programme_indicators_organisation_id_programme_id_name_lower"),
        table_name="programme_indicators",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_programme_indicators_organisation_id_programme_id_defined_at_id"),
        table_name="programme_indicators",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_programme_indicators_organisation_id_defined_at_id"),
        table_name="programme_indicators",
        postgresql_where=None,
    )
    op.drop_table("programme_indicators")
    op.drop_index("uq_feedback_forms_open", table_name="feedback_forms", postgresql_where=sa.text("status = 'OPEN'"))
    op.drop_index(
        op.f("ix_feedback_forms_organisation_id_programme_id_opened_at_id"),
        table_name="feedback_forms",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_feedback_forms_organisation_id_programme_id_moment_audience_edition"),
        table_name="feedback_forms",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_feedback_forms_organisation_id_opened_at_id"), table_name="feedback_forms", postgresql_where=None
    )
    op.drop_table("feedback_forms")

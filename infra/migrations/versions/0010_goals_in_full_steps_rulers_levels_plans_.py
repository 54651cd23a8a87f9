"""Goals in full: steps, rulers, levels, plans, suggestions."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0010"
down_revision: str | None = "0009"


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("goals", sa.Column("specific", sa.Text(), server_default="", nullable=False))
    op.add_column("goals", sa.Column("measure", sa.Text(), server_default="", nullable=False))
    op.add_column("goals", sa.Column("drop_reason", sa.Text(), nullable=True))
    op.add_column("goals", sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("goals", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("goals", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
    op.create_unique_constraint(
        op.f("uq_matches_organisation_id_id_programme_id_mentee_person_id"),
        "matches",
        ["organisation_id", "id", "programme_id", "mentee_person_id"],
    )
    op.create_table(
        "attainment_ratings",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("rater_id", sa.Uuid(), nullable=False),
        sa.Column("t_score", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("t_score BETWEEN 0 AND 100", name=op.f("ck_attainment_ratings_t_score")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "matches.organisation_id",
                "matches.id",
                "matches.programme_id",
                "matches.mentor_person_id",
                "matches.mentee_person_id",
            ],
            name=op.f("fk_attainment_ratings_organisation_id_match_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "rater_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_attainment_ratings_organisation_id_rater_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_attainment_ratings")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "mentor_person_id",
            "mentee_person_id",
            name=op.f("uq_attainment_ratings_organisation_id_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
    )
    op.create_index(
        op.f("ix_attainment_ratings_organisation_id_match_id_rated_at_id"),
        "attainment_ratings",
        ["organisation_id", "match_id", "rated_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_attainment_ratings_organisation_id_mentee_person_id_rated_at_id"),
        "attainment_ratings",
        ["organisation_id", "mentee_person_id", "rated_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_attainment_ratings_organisation_id_mentor_person_id_rated_at_id"),
        "attainment_ratings",
        ["organisation_id", "mentor_person_id", "rated_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_attainment_ratings_organisation_id_programme_id_rated_at_id"),
        "attainment_ratings",
        ["organisation_id", "programme_id", "rated_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_attainment_ratings_organisation_id_rated_at_id"),
        "attainment_ratings",
        ["organisation_id", "rated_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "ix_attainment_ratings_rater_id", "attainment_ratings", ["organisation_id", "rater_id"], unique=False
    )
    op.create_table(
        "goal_suggestions",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("suggested_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("code IN ('SEVERE_NEED', 'LOW_ANSWER')", name=op.f("ck_goal_suggestions_code")),
        sa.CheckConstraint(
            "domain IN ('HOUSING', 'FOOD', 'TRANSPORT', 'EMPLOYMENT', 'EDUCATION', 'LEGAL', 'HEALTH', 'MENTAL_HEALTH', 'SUBSTANCE_USE', 'FAMILY', 'SOCIAL', 'CHILDCARE', 'IDENTITY_DOCUMENTS', 'SAFETY')",
            name=op.f("ck_goal_suggestions_domain"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_id", "programme_id", "person_id"],
            ["matches.organisation_id", "matches.id", "matches.programme_id", "matches.mentee_person_id"],
            name=op.f("fk_goal_suggestions_organisation_id_match_id_programme_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_goal_suggestions")),
    )
    op.create_index(
        op.f("ix_goal_suggestions_organisation_id_match_id_rank_id"),
        "goal_suggestions",
        ["organisation_id", "match_id", "rank", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_goal_suggestions_organisation_id_person_id_rank_id"),
        "goal_suggestions",
        ["organisation_id", "person_id", "rank", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_goal_suggestions_organisation_id_programme_id_rank_id"),
        "goal_suggestions",
        ["organisation_id", "programme_id", "rank", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_goal_suggestions_organisation_id_rank_id"),
        "goal_suggestions",
        ["organisation_id", "rank", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "recovery_plans",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("vision", sa.Text(), nullable=False),
        sa.Column("strengths", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("char_length(strengths) <= 4000", name=op.f("ck_recovery_plans_strengths_length")),
        sa.CheckConstraint("char_length(vision) <= 4000", name=op.f("ck_recovery_plans_vision_length")),
        sa.CheckConstraint("number >= 0", name=op.f("ck_recovery_plans_number")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "matches.organisation_id",
                "matches.id",
                "matches.programme_id",
                "matches.mentor_person_id",
                "matches.mentee_person_id",
            ],
            name=op.f("fk_recovery_plans_organisation_id_match_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_recovery_plans")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "mentor_person_id",
            "mentee_person_id",
            name=op.f("uq_recovery_plans_organisation_id_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
    )
    op.create_index(
        op.f("ix_recovery_plans_organisation_id_begun_at_id"),
        "recovery_plans",
        ["organisation_id", "begun_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_recovery_plans_organisation_id_match_id"),
        "recovery_plans",
        ["organisation_id", "match_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_recovery_plans_organisation_id_mentee_person_id_begun_at_id"),
        "recovery_plans",
        ["organisation_id", "mentee_person_id", "begun_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_recovery_plans_organisation_id_mentor_person_id_begun_at_id"),
        "recovery_plans",
        ["organisation_id", "mentor_person_id", "begun_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_recovery_plans_organisation_id_programme_id_begun_at_id"),
        "recovery_plans",
        ["organisation_id", "programme_id", "begun_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "goal_ratings",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("rating_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("level BETWEEN -2 AND 2", name=op.f("ck_goal_ratings_level")),
        sa.CheckConstraint("weight BETWEEN 1 AND 10", name=op.f("ck_goal_ratings_weight")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "goal_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "goals.organisation_id",
                "goals.id",
                "goals.programme_id",
                "goals.mentor_person_id",
                "goals.mentee_person_id",
            ],
            name=op.f("fk_goal_ratings_organisation_id_goal_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "rating_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "attainment_ratings.organisation_id",
                "attainment_ratings.id",
                "attainment_ratings.programme_id",
                "attainment_ratings.mentor_person_id",
                "attainment_ratings.mentee_person_id",
            ],
            name=op.f("fk_goal_ratings_organisation_id_rating_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_goal_ratings")),
    )
    op.create_index("ix_goal_ratings_goal_id", "goal_ratings", ["organisation_id", "goal_id"], unique=False)
    op.create_index(
        op.f("ix_goal_ratings_organisation_id_rating_id_goal_id"),
        "goal_ratings",
        ["organisation_id", "rating_id", "goal_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "goal_scales",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("levels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("mentor_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mentee_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("described_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("cardinality(levels) = 5", name=op.f("ck_goal_scales_levels")),
        sa.CheckConstraint("weight BETWEEN 1 AND 10", name=op.f("ck_goal_scales_weight")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "goal_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "goals.organisation_id",
                "goals.id",
                "goals.programme_id",
                "goals.mentor_person_id",
                "goals.mentee_person_id",
            ],
            name=op.f("fk_goal_scales_organisation_id_goal_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_goal_scales")),
    )
    op.create_index(
        op.f("ix_goal_scales_organisation_id_goal_id"),
        "goal_scales",
        ["organisation_id", "goal_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "goal_steps",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(status = 'OPEN') = (ended_at IS NULL)", name=op.f("ck_goal_steps_ended")),
        sa.CheckConstraint("status IN ('OPEN', 'DONE', 'DROPPED')", name=op.f("ck_goal_steps_status")),
        sa.CheckConstraint("char_length(title) <= 300", name=op.f("ck_goal_steps_title_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "goal_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "goals.organisation_id",
                "goals.id",
                "goals.programme_id",
                "goals.mentor_person_id",
                "goals.mentee_person_id",
            ],
            name=op.f("fk_goal_steps_organisation_id_goal_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_goal_steps")),
    )
    op.create_index(
        op.f("ix_goal_steps_organisation_id_goal_id_added_at_id"),
        "goal_steps",
        ["organisation_id", "goal_id", "added_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "rulers",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("importance", sa.BigInteger(), nullable=False),
        sa.Column("confidence", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("confidence BETWEEN 0 AND 10", name=op.f("ck_rulers_confidence")),
        sa.CheckConstraint("importance BETWEEN 0 AND 10", name=op.f("ck_rulers_importance")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "goal_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "goals.organisation_id",
                "goals.id",
                "goals.programme_id",
                "goals.mentor_person_id",
                "goals.mentee_person_id",
            ],
            name=op.f("fk_rulers_organisation_id_goal_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_rulers")),
    )
    op.create_index(
        op.f("ix_rulers_organisation_id_goal_id_recorded_at_id"),
        "rulers",
        ["organisation_id", "goal_id", "recorded_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "signed_plans",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("vision", sa.Text(), nullable=False),
        sa.Column("strengths", sa.Text(), nullable=False),
        sa.Column("goals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1 AND (number = 1 OR reason <> '')", name=op.f("ck_signed_plans_number")),
        sa.CheckConstraint("char_length(reason) <= 1000", name=op.f("ck_signed_plans_reason_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "plan_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "recovery_plans.organisation_id",
                "recovery_plans.id",
                "recovery_plans.programme_id",
                "recovery_plans.mentor_person_id",
                "recovery_plans.mentee_person_id",
            ],
            name=op.f("fk_signed_plans_organisation_id_plan_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_signed_plans")),
    )
    op.create_index(
        op.f("ix_signed_plans_organisation_id_plan_id_number"),
        "signed_plans",
        ["organisation_id", "plan_id", "number"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_signed_plans_organisation_id_plan_id_signed_at_id"),
        "signed_plans",
        ["organisation_id", "plan_id", "signed_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    secure(
        "attainment_ratings",
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
        "goal_suggestions",
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
        "recovery_plans",
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
        "goal_ratings",
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
        "goal_scales",
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
        "goal_steps",
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
        "rulers",
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
        "signed_plans",
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
        "ck_goals_drop_reason",
        "goals",
        "(drop_reason = ANY (ARRAY['NOT_WANTED'::text, 'CHANGED_MIND'::text, 'NOT_NEEDED'::text, 'NOT_NOW'::text, 'REPLACED'::text, 'OTHER'::text]))",
    )
    op.create_check_constraint("ck_goals_dropped", "goals", "((status = 'DROPPED'::text) = (drop_reason IS NOT NULL))")
    op.create_check_constraint("ck_goals_measure_length", "goals", "(char_length(measure) <= 1000)")
    op.create_check_constraint("ck_goals_specific_length", "goals", "(char_length(specific) <= 2000)")
    op.drop_constraint("ck_goals_status", "goals", type_="check")
    op.create_check_constraint(
        "ck_goals_status",
        "goals",
        "(status = ANY (ARRAY['PROPOSED'::text, 'AGREED'::text, 'IN_PROGRESS'::text, 'ON_HOLD'::text, 'ACHIEVED'::text, 'PARTIAL'::text, 'DROPPED'::text]))",
    )


def downgrade() -> None:
    """Take the database back."""
    op.drop_constraint("ck_goals_status", "goals", type_="check")
    op.create_check_constraint(
        "ck_goals_status", "goals", "(status = ANY (ARRAY['PROPOSED'::text, 'AGREED'::text, 'ACHIEVED'::text]))"
    )
    op.drop_constraint("ck_goals_specific_length", "goals", type_="check")
    op.drop_constraint("ck_goals_measure_length", "goals", type_="check")
    op.drop_constraint("ck_goals_dropped", "goals", type_="check")
    op.drop_constraint("ck_goals_drop_reason", "goals", type_="check")
    op.drop_index(
        op.f("ix_signed_plans_organisation_id_plan_id_signed_at_id"), table_name="signed_plans", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_signed_plans_organisation_id_plan_id_number"), table_name="signed_plans", postgresql_where=None
    )
    op.drop_table("signed_plans")
    op.drop_index(op.f("ix_rulers_organisation_id_goal_id_recorded_at_id"), table_name="rulers", postgresql_where=None)
    op.drop_table("rulers")
    op.drop_index(
        op.f("ix_goal_steps_organisation_id_goal_id_added_at_id"), table_name="goal_steps", postgresql_where=None
    )
    op.drop_table("goal_steps")
    op.drop_index(op.f("ix_goal_scales_organisation_id_goal_id"), table_name="goal_scales", postgresql_where=None)
    op.drop_table("goal_scales")
    op.drop_index(
        op.f("ix_goal_ratings_organisation_id_rating_id_goal_id"), table_name="goal_ratings", postgresql_where=None
    )
    op.drop_index("ix_goal_ratings_goal_id", table_name="goal_ratings")
    op.drop_table("goal_ratings")
    op.drop_index(
        op.f("ix_recovery_plans_organisation_id_programme_id_begun_at_id"),
        table_name="recovery_plans",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_recovery_plans_organisation_id_mentor_person_id_begun_at_id"),
        table_name="recovery_plans",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_recovery_plans_organisation_id_mentee_person_id_begun_at_id"),
        table_name="recovery_plans",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_recovery_plans_organisation_id_match_id"), table_name="recovery_plans", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_recovery_plans_organisation_id_begun_at_id"), table_name="recovery_plans", postgresql_where=None
    )
    op.drop_table("recovery_plans")
    op.drop_index(
        op.f("ix_goal_suggestions_organisation_id_rank_id"), table_name="goal_suggestions", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_goal_suggestions_organisation_id_programme_id_rank_id"),
        table_name="goal_suggestions",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_goal_suggestions_organisation_id_person_id_rank_id"),
        table_name="goal_suggestions",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_goal_suggestions_organisation_id_match_id_rank_id"),
        table_name="goal_suggestions",
        postgresql_where=None,
    )
    op.drop_table("goal_suggestions")
    op.drop_index("ix_attainment_ratings_rater_id", table_name="attainment_ratings")
    op.drop_index(
        op.f("ix_attainment_ratings_organisation_id_rated_at_id"),
        table_name="attainment_ratings",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_attainment_ratings_organisation_id_programme_id_rated_at_id"),
        table_name="attainment_ratings",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_attainment_ratings_organisation_id_mentor_person_id_rated_at_id"),
        table_name="attainment_ratings",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_attainment_ratings_organisation_id_mentee_person_id_rated_at_id"),
        table_name="attainment_ratings",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_attainment_ratings_organisation_id_match_id_rated_at_id"),
        table_name="attainment_ratings",
        postgresql_where=None,
    )
    op.drop_table("attainment_ratings")
    op.drop_constraint(op.f("uq_matches_organisation_id_id_programme_id_mentee_person_id"), "matches", type_="unique")
    op.drop_column("goals", "version")
    op.drop_column("goals", "ended_at")
    op.drop_column("goals", "started_at")
    op.drop_column("goals", "drop_reason")
    op.drop_column("goals", "measure")
    op.drop_column("goals", "specific")

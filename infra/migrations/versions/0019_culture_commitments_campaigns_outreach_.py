"""Culture: commitments, campaigns, outreach, recognition."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0019"
down_revision: str | None = "0018"


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "campaigns",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("objective", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("iom_type", sa.Text(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("channels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("messages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("planned_by_id", sa.Uuid(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(status = 'DRAFT') = (approved_by_id IS NULL)", name=op.f("ck_campaigns_approved")),
        sa.CheckConstraint(
            "iom_type IN ('UNIVERSAL_DIRECT', 'UNIVERSAL_INDIRECT', 'SELECTIVE', 'INDICATED')",
            name=op.f("ck_campaigns_iom_type"),
        ),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'APPROVED', 'RUNNING', 'ENDED', 'EVALUATED')", name=op.f("ck_campaigns_status")
        ),
        sa.CheckConstraint(
            "strategy IN ('INFORMATION_DISSEMINATION', 'EDUCATION', 'ALTERNATIVES', 'PROBLEM_ID_REFERRAL', 'COMMUNITY_PROCESS', 'ENVIRONMENTAL')",
            name=op.f("ck_campaigns_strategy"),
        ),
        sa.CheckConstraint("approved_by_id <> planned_by_id", name=op.f("ck_campaigns_two_people")),
        sa.CheckConstraint("char_length(audience) <= 500", name=op.f("ck_campaigns_audience_length")),
        sa.CheckConstraint("char_length(conclusion) <= 4000", name=op.f("ck_campaigns_conclusion_length")),
        sa.CheckConstraint("char_length(objective) <= 2000", name=op.f("ck_campaigns_objective_length")),
        sa.CheckConstraint("char_length(title) <= 200", name=op.f("ck_campaigns_title_length")),
        sa.CheckConstraint("ended_at >= began_at", name=op.f("ck_campaigns_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "approved_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_campaigns_organisation_id_approved_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "planned_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_campaigns_organisation_id_planned_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_campaigns_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint(
            "organisation_id", "id", "programme_id", name=op.f("uq_campaigns_organisation_id_id_programme_id")
        ),
    )
    op.create_index("ix_campaigns_approved_by_id", "campaigns", ["organisation_id", "approved_by_id"], unique=False)
    op.create_index(
        op.f("ix_campaigns_organisation_id_planned_at_id"),
        "campaigns",
        ["organisation_id", "planned_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_campaigns_organisation_id_programme_id_planned_at_id"),
        "campaigns",
        ["organisation_id", "programme_id", "planned_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index("ix_campaigns_planned_by_id", "campaigns", ["organisation_id", "planned_by_id"], unique=False)
    op.create_table(
        "leadership_commitments",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("pledge", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("evidence_link", sa.Text(), nullable=False),
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("pledged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(status = 'REVIEWED') = (reviewed_at IS NOT NULL)", name=op.f("ck_leadership_commitments_reviewed")
        ),
        sa.CheckConstraint(
            "(status IN ('PLEDGED', 'IN_PROGRESS')) = (ended_at IS NULL)", name=op.f("ck_leadership_commitments_ended")
        ),
        sa.CheckConstraint(
            "domain IN ('SPONSOR', 'BUDGET', 'POLICY', 'STAFFING', 'PEER_VOICE')",
            name=op.f("ck_leadership_commitments_domain"),
        ),
        sa.CheckConstraint(
            "status IN ('PLEDGED', 'IN_PROGRESS', 'MET', 'MISSED', 'REVIEWED')",
            name=op.f("ck_leadership_commitments_status"),
        ),
        sa.CheckConstraint("char_length(evidence) <= 4000", name=op.f("ck_leadership_commitments_evidence_length")),
        sa.CheckConstraint(
            "char_length(evidence_link) <= 500", name=op.f("ck_leadership_commitments_evidence_link_length")
        ),
        sa.CheckConstraint("char_length(pledge) <= 1000", name=op.f("ck_leadership_commitments_pledge_length")),
        sa.CheckConstraint("char_length(review) <= 4000", name=op.f("ck_leadership_commitments_review_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "owner_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_leadership_commitments_organisation_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_leadership_commitments_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_leadership_commitments")),
    )
    op.create_index(
        op.f("ix_leadership_commitments_organisation_id_due_on_id"),
        "leadership_commitments",
        ["organisation_id", "due_on", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_leadership_commitments_organisation_id_owner_id_due_on_id"),
        "leadership_commitments",
        ["organisation_id", "owner_id", "due_on", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_leadership_commitments_organisation_id_programme_id_due_on_id"),
        "leadership_commitments",
        ["organisation_id", "programme_id", "due_on", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "story_consents",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("limits", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("char_length(limits) <= 2000", name=op.f("ck_story_consents_limits_length")),
        sa.CheckConstraint("withdrawn_at >= given_at", name=op.f("ck_story_consents_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id", "programme_id"],
            ["people.organisation_id", "people.id", "people.programme_id"],
            name=op.f("fk_story_consents_organisation_id_person_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_story_consents_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_story_consents")),
    )
    op.create_index(
        op.f("ix_story_consents_organisation_id_given_at_id"),
        "story_consents",
        ["organisation_id", "given_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_story_consents_organisation_id_person_id_given_at_id"),
        "story_consents",
        ["organisation_id", "person_id", "given_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_story_consents_organisation_id_programme_id_given_at_id"),
        "story_consents",
        ["organisation_id", "programme_id", "given_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_story_consents_standing",
        "story_consents",
        ["organisation_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "campaign_metrics",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("reach", sa.BigInteger(), nullable=False),
        sa.Column("attendees", sa.BigInteger(), nullable=False),
        sa.Column("referrals", sa.BigInteger(), nullable=False),
        sa.Column("stigma_before", sa.BigInteger(), nullable=True),
        sa.Column("stigma_after", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("attendees >= 0", name=op.f("ck_campaign_metrics_attendees")),
        sa.CheckConstraint("reach >= 0", name=op.f("ck_campaign_metrics_reach")),
        sa.CheckConstraint("referrals >= 0", name=op.f("ck_campaign_metrics_referrals")),
        sa.CheckConstraint("stigma_after BETWEEN 0 AND 100", name=op.f("ck_campaign_metrics_stigma_after")),
        sa.CheckConstraint("stigma_before BETWEEN 0 AND 100", name=op.f("ck_campaign_metrics_stigma_before")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "campaign_id", "programme_id"],
            ["campaigns.organisation_id", "campaigns.id", "campaigns.programme_id"],
            name=op.f("fk_campaign_metrics_organisation_id_campaign_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "campaign_id"],
            ["campaigns.organisation_id", "campaigns.id"],
            name=op.f("fk_campaign_metrics_organisation_id_campaign_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_campaign_metrics")),
    )
    op.create_index(
        op.f("ix_campaign_metrics_organisation_id_campaign_id_counted_on"),
        "campaign_metrics",
        ["organisation_id", "campaign_id", "counted_on"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_campaign_metrics_organisation_id_campaign_id_counted_on_id"),
        "campaign_metrics",
        ["organisation_id", "campaign_id", "counted_on", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "outreach",
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
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("story_of_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("audience_size", sa.BigInteger(), nullable=True),
        sa.Column("minutes", sa.BigInteger(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(kind = 'STORY') = (story_of_id IS NOT NULL)", name=op.f("ck_outreach_story")),
        sa.CheckConstraint("(status = 'REPORTED') = (minutes IS NOT NULL)", name=op.f("ck_outreach_reported")),
        sa.CheckConstraint(
            "kind IN ('TALK', 'STORY', 'POLICY_MEETING', 'MEDIA', 'RECRUITMENT')", name=op.f("ck_outreach_kind")
        ),
        sa.CheckConstraint("status IN ('PLANNED', 'DONE', 'REPORTED', 'CANCELLED')", name=op.f("ck_outreach_status")),
        sa.CheckConstraint("audience_size >= 0", name=op.f("ck_outreach_audience_size")),
        sa.CheckConstraint("char_length(remark) <= 4000", name=op.f("ck_outreach_remark_length")),
        sa.CheckConstraint("char_length(title) <= 200", name=op.f("ck_outreach_title_length")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_outreach_minutes")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "campaign_id"],
            ["campaigns.organisation_id", "campaigns.id"],
            name=op.f("fk_outreach_organisation_id_campaign_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentor_id", "programme_id", "person_id"],
            ["mentors.organisation_id", "mentors.id", "mentors.programme_id", "mentors.person_id"],
            name=op.f("fk_outreach_organisation_id_mentor_id_programme_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "story_of_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_outreach_organisation_id_story_of_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_outreach")),
    )
    op.create_index(
        op.f("ix_outreach_organisation_id_at_id"),
        "outreach",
        ["organisation_id", "at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_outreach_organisation_id_campaign_id_at_id"),
        "outreach",
        ["organisation_id", "campaign_id", "at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_outreach_organisation_id_mentor_id_at_id"),
        "outreach",
        ["organisation_id", "mentor_id", "at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_outreach_organisation_id_person_id_at_id"),
        "outreach",
        ["organisation_id", "person_id", "at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_outreach_organisation_id_programme_id_at_id"),
        "outreach",
        ["organisation_id", "programme_id", "at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_outreach_organisation_id_story_of_id_at_id"),
        "outreach",
        ["organisation_id", "story_of_id", "at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "recognitions",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("given_by_id", sa.Uuid(), nullable=False),
        sa.Column("milestone", sa.Text(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=True),
        sa.Column("match_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(milestone = 'GOAL_REACHED') = (goal_id IS NOT NULL)", name=op.f("ck_recognitions_goal")),
        sa.CheckConstraint("(milestone = 'GOAL_REACHED') = (number IS NULL)", name=op.f("ck_recognitions_counted")),
        sa.CheckConstraint(
            "(milestone = 'MONTHS_TOGETHER') = (match_id IS NOT NULL)", name=op.f("ck_recognitions_match")
        ),
        sa.CheckConstraint(
            "milestone IN ('GOAL_REACHED', 'MONTHS_TOGETHER', 'HOURS_GIVEN')", name=op.f("ck_recognitions_milestone")
        ),
        sa.CheckConstraint("char_length(words) <= 1000", name=op.f("ck_recognitions_words_length")),
        sa.CheckConstraint("given_by_id <> person_id", name=op.f("ck_recognitions_two_people")),
        sa.CheckConstraint("number BETWEEN 1 AND 100000", name=op.f("ck_recognitions_number")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "given_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_recognitions_organisation_id_given_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "goal_id"],
            ["goals.organisation_id", "goals.id"],
            name=op.f("fk_recognitions_organisation_id_goal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_id"],
            ["matches.organisation_id", "matches.id"],
            name=op.f("fk_recognitions_organisation_id_match_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id", "programme_id"],
            ["people.organisation_id", "people.id", "people.programme_id"],
            name=op.f("fk_recognitions_organisation_id_person_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_recognitions_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_recognitions")),
    )
    op.create_index("ix_recognitions_match_id", "recognitions", ["organisation_id", "match_id"], unique=False)
    op.create_index(
        op.f("ix_recognitions_organisation_id_given_at_id"),
        "recognitions",
        ["organisation_id", "given_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_recognitions_organisation_id_given_by_id_given_at_id"),
        "recognitions",
        ["organisation_id", "given_by_id", "given_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_recognitions_organisation_id_person_id_given_at_id"),
        "recognitions",
        ["organisation_id", "person_id", "given_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_recognitions_organisation_id_programme_id_given_at_id"),
        "recognitions",
        ["organisation_id", "programme_id", "given_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_recognitions_goal",
        "recognitions",
        ["organisation_id", "goal_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("goal_id IS NOT NULL"),
    )
    secure(
        "campaigns",
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
        "leadership_commitments",
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
        "story_consents",
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
        "campaign_metrics",
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
        "outreach",
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
        "recognitions",
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
    op.drop_index("uq_recognitions_goal", table_name="recognitions", postgresql_where=sa.text("goal_id IS NOT NULL"))
    op.drop_index(
        op.f("ix_recognitions_organisation_id_programme_id_given_at_id"),
        table_name="recognitions",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_recognitions_organisation_id_person_id_given_at_id"), table_name="recognitions", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_recognitions_organisation_id_given_by_id_given_at_id"),
        table_name="recognitions",
        postgresql_where=None,
    )
    op.drop_index(op.f("ix_recognitions_organisation_id_given_at_id"), table_name="recognitions", postgresql_where=None)
    op.drop_index("ix_recognitions_match_id", table_name="recognitions")
    op.drop_table("recognitions")
    op.drop_index(op.f("ix_outreach_organisation_id_story_of_id_at_id"), table_name="outreach", postgresql_where=None)
    op.drop_index(op.f("ix_outreach_organisation_id_programme_id_at_id"), table_name="outreach", postgresql_where=None)
    op.drop_index(op.f("ix_outreach_organisation_id_person_id_at_id"), table_name="outreach", postgresql_where=None)
    op.drop_index(op.f("ix_outreach_organisation_id_mentor_id_at_id"), table_name="outreach", postgresql_where=None)
    op.drop_index(op.f("ix_outreach_organisation_id_campaign_id_at_id"), table_name="outreach", postgresql_where=None)
    op.drop_index(op.f("ix_outreach_organisation_id_at_id"), table_name="outreach", postgresql_where=None)
    op.drop_table("outreach")
    op.drop_index(
        op.f("ix_campaign_metrics_organisation_id_campaign_id_counted_on_id"),
        table_name="campaign_metrics",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_campaign_metrics_organisation_id_campaign_id_counted_on"),
        table_name="campaign_metrics",
        postgresql_where=None,
    )
    op.drop_table("campaign_metrics")
    op.drop_index(
        "uq_story_consents_standing", table_name="story_consents", postgresql_where=sa.text("withdrawn_at IS NULL")
    )
    op.drop_index(
        op.f("ix_story_consents_organisation_id_programme_id_given_at_id"),
        table_name="story_consents",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_story_consents_organisation_id_person_id_given_at_id"),
        table_name="story_consents",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_story_consents_organisation_id_given_at_id"), table_name="story_consents", postgresql_where=None
    )
    op.drop_table("story_consents")
    op.drop_index(
        op.f("ix_leadership_commitments_organisation_id_programme_id_due_on_id"),
        table_name="leadership_commitments",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_leadership_commitments_organisation_id_owner_id_due_on_id"),
        table_name="leadership_commitments",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_leadership_commitments_organisation_id_due_on_id"),
        table_name="leadership_commitments",
        postgresql_where=None,
    )
    op.drop_table("leadership_commitments")
    op.drop_index("ix_campaigns_planned_by_id", table_name="campaigns")
    op.drop_index(
        op.f("ix_campaigns_organisation_id_programme_id_planned_at_id"), table_name="campaigns", postgresql_where=None
    )
    op.drop_index(op.f("ix_campaigns_organisation_id_planned_at_id"), table_name="campaigns", postgresql_where=None)
    op.drop_index("ix_campaigns_approved_by_id", table_name="campaigns")
    op.drop_table("campaigns")

"""Agreements, pauses, monitoring, health and closures of matches."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0014"
down_revision: str | None = "0013"


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("matches", sa.Column("agreement_required", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("matches", sa.Column("introduced_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("matches", sa.Column("active_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("matches", sa.Column("on_hold", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("matches", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("matches", sa.Column("ended_on", sa.Date(), nullable=True))
    op.add_column("matches", sa.Column("contact_afterwards", sa.Text(), nullable=True))
    op.create_table(
        "relationship_policies",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_required", sa.Boolean(), nullable=False),
        sa.Column("pause_days", sa.BigInteger(), nullable=False),
        sa.Column("first_month_contacts", sa.BigInteger(), nullable=False),
        sa.Column("contact_days", sa.BigInteger(), nullable=False),
        sa.Column("contact_grace_days", sa.BigInteger(), nullable=False),
        sa.Column("quiet_days", sa.BigInteger(), nullable=False),
        sa.Column("silent_days", sa.BigInteger(), nullable=False),
        sa.Column("missed_contacts", sa.BigInteger(), nullable=False),
        sa.Column("meetings_fallen_through", sa.BigInteger(), nullable=False),
        sa.Column("alliance_tenths", sa.BigInteger(), nullable=False),
        sa.Column("goal_weeks", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("alliance_tenths BETWEEN 10 AND 50", name=op.f("ck_relationship_policies_alliance_tenths")),
        sa.CheckConstraint("contact_days BETWEEN 7 AND 180", name=op.f("ck_relationship_policies_contact_days")),
        sa.CheckConstraint(
            "contact_grace_days BETWEEN 1 AND 60", name=op.f("ck_relationship_policies_contact_grace_days")
        ),
        sa.CheckConstraint(
            "first_month_contacts BETWEEN 0 AND 4", name=op.f("ck_relationship_policies_first_month_contacts")
        ),
        sa.CheckConstraint("goal_weeks BETWEEN 1 AND 52", name=op.f("ck_relationship_policies_goal_weeks")),
        sa.CheckConstraint(
            "meetings_fallen_through BETWEEN 2 AND 10", name=op.f("ck_relationship_policies_meetings_fallen_through")
        ),
        sa.CheckConstraint("missed_contacts BETWEEN 1 AND 10", name=op.f("ck_relationship_policies_missed_contacts")),
        sa.CheckConstraint("pause_days BETWEEN 1 AND 366", name=op.f("ck_relationship_policies_pause_days")),
        sa.CheckConstraint("quiet_days < silent_days", name=op.f("ck_relationship_policies_quiet")),
        sa.CheckConstraint("quiet_days BETWEEN 3 AND 180", name=op.f("ck_relationship_policies_quiet_days")),
        sa.CheckConstraint("silent_days BETWEEN 4 AND 366", name=op.f("ck_relationship_policies_silent_days")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_relationship_policies_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_relationship_policies")),
    )
    op.create_index(
        op.f("ix_relationship_policies_organisation_id_programme_id"),
        "relationship_policies",
        ["organisation_id", "programme_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "agreements",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("meetings_a_month", sa.BigInteger(), nullable=False),
        sa.Column("formats", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("confidentiality", sa.Text(), nullable=False),
        sa.Column("boundaries", sa.Text(), nullable=False),
        sa.Column("crisis_plan_known", sa.Boolean(), nullable=False),
        sa.Column("planned_end_on", sa.Date(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("complete_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("cardinality(formats) > 0", name=op.f("ck_agreements_formats_some")),
        sa.CheckConstraint("char_length(boundaries) <= 4000", name=op.f("ck_agreements_boundaries_length")),
        sa.CheckConstraint("char_length(confidentiality) <= 4000", name=op.f("ck_agreements_confidentiality_length")),
        sa.CheckConstraint("meetings_a_month BETWEEN 1 AND 31", name=op.f("ck_agreements_meetings_a_month")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "matches.organisation_id",
                "matches.id",
                "matches.programme_id",
                "matches.mentor_person_id",
                "matches.mentee_person_id",
            ],
            name=op.f("fk_agreements_organisation_id_match_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_agreements")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "mentor_person_id",
            "mentee_person_id",
            name=op.f("uq_agreements_organisation_id_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
    )
    op.create_index(
        op.f("ix_agreements_organisation_id_match_id"),
        "agreements",
        ["organisation_id", "match_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "closures",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("by_person_id", sa.Uuid(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("type IN ('PLANNED', 'PREMATURE', 'MUTUAL', 'SAFETY')", name=op.f("ck_closures_type")),
        sa.CheckConstraint("char_length(remark) <= 2000", name=op.f("ck_closures_remark_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "by_person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_closures_organisation_id_by_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "matches.organisation_id",
                "matches.id",
                "matches.programme_id",
                "matches.mentor_person_id",
                "matches.mentee_person_id",
            ],
            name=op.f("fk_closures_organisation_id_match_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_closures")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "mentor_person_id",
            "mentee_person_id",
            name=op.f("uq_closures_organisation_id_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
    )
    op.create_index(
        op.f("ix_closures_organisation_id_by_person_id_started_at_id"),
        "closures",
        ["organisation_id", "by_person_id", "started_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_closures_organisation_id_match_id"),
        "closures",
        ["organisation_id", "match_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_closures_organisation_id_mentor_person_id_started_at_id"),
        "closures",
        ["organisation_id", "mentor_person_id", "started_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_closures_organisation_id_programme_id_started_at_id"),
        "closures",
        ["organisation_id", "programme_id", "started_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_closures_organisation_id_started_at_id"),
        "closures",
        ["organisation_id", "started_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "introduction_waivers",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("by_person_id", sa.Uuid(), nullable=True),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("char_length(because) <= 1000", name=op.f("ck_introduction_waivers_because_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "by_person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_introduction_waivers_organisation_id_by_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "matches.organisation_id",
                "matches.id",
                "matches.programme_id",
                "matches.mentor_person_id",
                "matches.mentee_person_id",
            ],
            name=op.f(
                "fk_introduction_waivers_organisation_id_match_id_programme_id_mentor_person_id_mentee_person_id"
            ),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_introduction_waivers")),
    )
    op.create_index(
        "ix_introduction_waivers_by_person_id",
        "introduction_waivers",
        ["organisation_id", "by_person_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_introduction_waivers_organisation_id_match_id"),
        "introduction_waivers",
        ["organisation_id", "match_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_introduction_waivers_organisation_id_mentor_person_id"),
        "introduction_waivers",
        ["organisation_id", "mentor_person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_introduction_waivers_organisation_id_programme_id"),
        "introduction_waivers",
        ["organisation_id", "programme_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "monitoring_contacts",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_person_id", sa.Uuid(), nullable=True),
        sa.Column("format", sa.Text(), nullable=True),
        sa.Column("quality", sa.BigInteger(), nullable=True),
        sa.Column("concern", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(status = 'DONE') = (done_at IS NOT NULL)", name=op.f("ck_monitoring_contacts_done")),
        sa.CheckConstraint("format IN ('IN_PERSON', 'PHONE', 'VIRTUAL')", name=op.f("ck_monitoring_contacts_format")),
        sa.CheckConstraint("side IN ('MENTOR', 'MENTEE')", name=op.f("ck_monitoring_contacts_side")),
        sa.CheckConstraint(
            "status IN ('DUE', 'DONE', 'MISSED', 'NOT_NEEDED')", name=op.f("ck_monitoring_contacts_status")
        ),
        sa.CheckConstraint("char_length(note) <= 4000", name=op.f("ck_monitoring_contacts_note_length")),
        sa.CheckConstraint("quality BETWEEN 1 AND 5", name=op.f("ck_monitoring_contacts_quality")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "by_person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_monitoring_contacts_organisation_id_by_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "matches.organisation_id",
                "matches.id",
                "matches.programme_id",
                "matches.mentor_person_id",
                "matches.mentee_person_id",
            ],
            name=op.f("fk_monitoring_contacts_organisation_id_match_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_monitoring_contacts_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_monitoring_contacts")),
    )
    op.create_index(
        "ix_monitoring_contacts_by_person_id", "monitoring_contacts", ["organisation_id", "by_person_id"], unique=False
    )
    op.create_index(
        op.f("ix_monitoring_contacts_organisation_id_due_at_id"),
        "monitoring_contacts",
        ["organisation_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_monitoring_contacts_organisation_id_match_id_due_at_id"),
        "monitoring_contacts",
        ["organisation_id", "match_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_monitoring_contacts_organisation_id_match_id_side_number"),
        "monitoring_contacts",
        ["organisation_id", "match_id", "side", "number"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_monitoring_contacts_organisation_id_mentor_person_id_due_at_id"),
        "monitoring_contacts",
        ["organisation_id", "mentor_person_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_monitoring_contacts_organisation_id_programme_id_due_at_id"),
        "monitoring_contacts",
        ["organisation_id", "programme_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "ix_monitoring_contacts_person_id", "monitoring_contacts", ["organisation_id", "person_id"], unique=False
    )
    op.create_index(
        "uq_monitoring_contacts_due",
        "monitoring_contacts",
        ["organisation_id", "match_id", "side"],
        unique=True,
        postgresql_where=sa.text("status = 'DUE'"),
    )
    op.create_table(
        "pauses",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("by_person_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hold", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_because", sa.Text(), nullable=True),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("hold = (reason = 'SAFETY')", name=op.f("ck_pauses_hold")),
        sa.CheckConstraint(
            "reason IN ('NOT_SAID', 'HEALTH', 'FAMILY', 'WORK', 'AWAY', 'OTHER', 'SAFETY')",
            name=op.f("ck_pauses_reason"),
        ),
        sa.CheckConstraint("char_length(lifted_because) <= 2000", name=op.f("ck_pauses_lifted_because_length")),
        sa.CheckConstraint("char_length(remark) <= 2000", name=op.f("ck_pauses_remark_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "by_person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_pauses_organisation_id_by_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "matches.organisation_id",
                "matches.id",
                "matches.programme_id",
                "matches.mentor_person_id",
                "matches.mentee_person_id",
            ],
            name=op.f("fk_pauses_organisation_id_match_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_pauses")),
    )
    op.create_index(
        op.f("ix_pauses_organisation_id_by_person_id"),
        "pauses",
        ["organisation_id", "by_person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_pauses_organisation_id_match_id_began_at_id"),
        "pauses",
        ["organisation_id", "match_id", "began_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_pauses_organisation_id_mentor_person_id"),
        "pauses",
        ["organisation_id", "mentor_person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_pauses_organisation_id_programme_id"),
        "pauses",
        ["organisation_id", "programme_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "relationship_health",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("sentences", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(level = 'GREEN') = (cardinality(codes) = 0)", name=op.f("ck_relationship_health_reasons")),
        sa.CheckConstraint("level IN ('GREEN', 'AMBER', 'RED')", name=op.f("ck_relationship_health_level")),
        sa.CheckConstraint("cardinality(codes) = cardinality(sentences)", name=op.f("ck_relationship_health_alike")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "matches.organisation_id",
                "matches.id",
                "matches.programme_id",
                "matches.mentor_person_id",
                "matches.mentee_person_id",
            ],
            name=op.f("fk_relationship_health_organisation_id_match_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_relationship_health")),
    )
    op.create_index(
        op.f("ix_relationship_health_organisation_id_changed_at_id"),
        "relationship_health",
        ["organisation_id", "changed_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_relationship_health_organisation_id_match_id"),
        "relationship_health",
        ["organisation_id", "match_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_relationship_health_organisation_id_mentor_person_id_changed_at_id"),
        "relationship_health",
        ["organisation_id", "mentor_person_id", "changed_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_relationship_health_organisation_id_programme_id_changed_at_id"),
        "relationship_health",
        ["organisation_id", "programme_id", "changed_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "agreement_signatures",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("on_paper", sa.Boolean(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "agreement_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "agreements.organisation_id",
                "agreements.id",
                "agreements.programme_id",
                "agreements.mentor_person_id",
                "agreements.mentee_person_id",
            ],
            name=op.f(
                "fk_agreement_signatures_organisation_id_agreement_id_programme_id_mentor_person_id_mentee_person_id"
            ),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_agreement_signatures_organisation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "recorded_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_agreement_signatures_organisation_id_recorded_by_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_agreement_signatures")),
    )
    op.create_index(
        op.f("ix_agreement_signatures_organisation_id_agreement_id_signed_at_id"),
        "agreement_signatures",
        ["organisation_id", "agreement_id", "signed_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "ix_agreement_signatures_person_id", "agreement_signatures", ["organisation_id", "person_id"], unique=False
    )
    op.create_index(
        "ix_agreement_signatures_recorded_by_id",
        "agreement_signatures",
        ["organisation_id", "recorded_by_id"],
        unique=False,
    )
    op.create_index(
        "uq_agreement_signatures_standing",
        "agreement_signatures",
        ["organisation_id", "agreement_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    op.create_table(
        "closure_steps",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("closure_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(status = 'TODO') = (ended_at IS NULL)", name=op.f("ck_closure_steps_ended")),
        sa.CheckConstraint(
            "kind IN ('EXIT_INTERVIEW_MENTOR', 'EXIT_INTERVIEW_MENTEE', 'CLOSING_MEETING', 'CONTACT_AFTERWARDS')",
            name=op.f("ck_closure_steps_kind"),
        ),
        sa.CheckConstraint("status IN ('TODO', 'DONE', 'UNABLE')", name=op.f("ck_closure_steps_status")),
        sa.CheckConstraint("char_length(remark) <= 2000", name=op.f("ck_closure_steps_remark_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "closure_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "closures.organisation_id",
                "closures.id",
                "closures.programme_id",
                "closures.mentor_person_id",
                "closures.mentee_person_id",
            ],
            name=op.f("fk_closure_steps_organisation_id_closure_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_closure_steps")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "mentor_person_id",
            "mentee_person_id",
            name=op.f("uq_closure_steps_organisation_id_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
    )
    op.create_index(
        op.f("ix_closure_steps_organisation_id_closure_id_kind"),
        "closure_steps",
        ["organisation_id", "closure_id", "kind"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_closure_steps_organisation_id_mentor_person_id"),
        "closure_steps",
        ["organisation_id", "mentor_person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_closure_steps_organisation_id_programme_id"),
        "closure_steps",
        ["organisation_id", "programme_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "rematch_requests",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("closure_id", sa.Uuid(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("by_person_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("same_mentor_allowed", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("char_length(reason) <= 2000", name=op.f("ck_rematch_requests_reason_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "by_person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_rematch_requests_organisation_id_by_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "closure_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "closures.organisation_id",
                "closures.id",
                "closures.programme_id",
                "closures.mentor_person_id",
                "closures.mentee_person_id",
            ],
            name=op.f("fk_rematch_requests_organisation_id_closure_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_id"],
            ["matches.organisation_id", "matches.id"],
            name=op.f("fk_rematch_requests_organisation_id_match_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_rematch_requests")),
    )
    op.create_index("ix_rematch_requests_match_id", "rematch_requests", ["organisation_id", "match_id"], unique=False)
    op.create_index(
        op.f("ix_rematch_requests_organisation_id_by_person_id"),
        "rematch_requests",
        ["organisation_id", "by_person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_rematch_requests_organisation_id_closure_id"),
        "rematch_requests",
        ["organisation_id", "closure_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_rematch_requests_organisation_id_programme_id"),
        "rematch_requests",
        ["organisation_id", "programme_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "exit_interviews",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("it_helped", sa.BigInteger(), nullable=True),
        sa.Column("would_again", sa.BigInteger(), nullable=True),
        sa.Column("what_helped", sa.Text(), nullable=False),
        sa.Column("what_did_not", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("char_length(remark) <= 4000", name=op.f("ck_exit_interviews_remark_length")),
        sa.CheckConstraint("char_length(what_did_not) <= 4000", name=op.f("ck_exit_interviews_what_did_not_length")),
        sa.CheckConstraint("char_length(what_helped) <= 4000", name=op.f("ck_exit_interviews_what_helped_length")),
        sa.CheckConstraint("it_helped BETWEEN 1 AND 5", name=op.f("ck_exit_interviews_it_helped")),
        sa.CheckConstraint("would_again BETWEEN 1 AND 5", name=op.f("ck_exit_interviews_would_again")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_exit_interviews_organisation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "step_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "closure_steps.organisation_id",
                "closure_steps.id",
                "closure_steps.programme_id",
                "closure_steps.mentor_person_id",
                "closure_steps.mentee_person_id",
            ],
            name=op.f("fk_exit_interviews_organisation_id_step_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_exit_interviews")),
    )
    op.create_index(
        op.f("ix_exit_interviews_organisation_id_mentor_person_id"),
        "exit_interviews",
        ["organisation_id", "mentor_person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_exit_interviews_organisation_id_programme_id"),
        "exit_interviews",
        ["organisation_id", "programme_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_exit_interviews_organisation_id_step_id"),
        "exit_interviews",
        ["organisation_id", "step_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index("ix_exit_interviews_person_id", "exit_interviews", ["organisation_id", "person_id"], unique=False)
    op.drop_index(op.f("uq_matches_mentee_open"), table_name="matches", postgresql_where="(status <> 'CLOSED'::text)")
    op.create_index(
        "uq_matches_mentee_walking",
        "matches",
        ["organisation_id", "mentee_id"],
        unique=True,
        postgresql_where=sa.text("status <> ALL (ARRAY['CLOSURE_IN_PROCESS'::text, 'CLOSED'::text])"),
    )
    secure(
        "relationship_policies",
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
        "agreements",
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
        "closures",
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
        "introduction_waivers",
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
        "monitoring_contacts",
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
        "pauses",
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
        "relationship_health",
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
        "agreement_signatures",
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
        "closure_steps",
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
        "rematch_requests",
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
        "exit_interviews",
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
        "ck_matches_contact_afterwards_length", "matches", "(char_length(contact_afterwards) <= 1000)"
    )
    op.drop_constraint("ck_matches_status", "matches", type_="check")
    op.create_check_constraint(
        "ck_matches_status",
        "matches",
        "(status = ANY (ARRAY['PENDING_AGREEMENT'::text, 'ACTIVE'::text, 'PAUSED'::text, 'CLOSURE_IN_PROCESS'::text, 'CLOSED'::text]))",
    )


def downgrade() -> None:
    """Take the database back."""
    op.drop_constraint("ck_matches_status", "matches", type_="check")
    op.create_check_constraint(
        "ck_matches_status", "matches", "(status = ANY (ARRAY['ACTIVE'::text, 'PAUSED'::text, 'CLOSED'::text]))"
    )
    op.drop_constraint("ck_matches_contact_afterwards_length", "matches", type_="check")
    op.drop_index(
        "uq_matches_mentee_walking",
        table_name="matches",
        postgresql_where=sa.text("status <> ALL (ARRAY['CLOSURE_IN_PROCESS'::text, 'CLOSED'::text])"),
    )
    op.create_index(
        op.f("uq_matches_mentee_open"),
        "matches",
        ["organisation_id", "mentee_id"],
        unique=True,
        postgresql_where="(status <> 'CLOSED'::text)",
    )
    op.drop_index("ix_exit_interviews_person_id", table_name="exit_interviews")
    op.drop_index(
        op.f("ix_exit_interviews_organisation_id_step_id"), table_name="exit_interviews", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_exit_interviews_organisation_id_programme_id"), table_name="exit_interviews", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_exit_interviews_organisation_id_mentor_person_id"), table_name="exit_interviews", postgresql_where=None
    )
    op.drop_table("exit_interviews")
    op.drop_index(
        op.f("ix_rematch_requests_organisation_id_programme_id"), table_name="rematch_requests", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_rematch_requests_organisation_id_closure_id"), table_name="rematch_requests", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_rematch_requests_organisation_id_by_person_id"), table_name="rematch_requests", postgresql_where=None
    )
    op.drop_index("ix_rematch_requests_match_id", table_name="rematch_requests")
    op.drop_table("rematch_requests")
    op.drop_index(
        op.f("ix_closure_steps_organisation_id_programme_id"), table_name="closure_steps", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_closure_steps_organisation_id_mentor_person_id"), table_name="closure_steps", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_closure_steps_organisation_id_closure_id_kind"), table_name="closure_steps", postgresql_where=None
    )
    op.drop_table("closure_steps")
    op.drop_index(
        "uq_agreement_signatures_standing",
        table_name="agreement_signatures",
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    op.drop_index("ix_agreement_signatures_recorded_by_id", table_name="agreement_signatures")
    op.drop_index("ix_agreement_signatures_person_id", table_name="agreement_signatures")
    op.drop_index(
        op.f("ix_agreement_signatures_organisation_id_agreement_id_signed_at_id"),
        table_name="agreement_signatures",
        postgresql_where=None,
    )
    op.drop_table("agreement_signatures")
    op.drop_index(
        op.f("ix_relationship_health_organisation_id_programme_id_changed_at_id"),
        table_name="relationship_health",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_relationship_health_organisation_id_mentor_person_id_changed_at_id"),
        table_name="relationship_health",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_relationship_health_organisation_id_match_id"), table_name="relationship_health", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_relationship_health_organisation_id_changed_at_id"),
        table_name="relationship_health",
        postgresql_where=None,
    )
    op.drop_table("relationship_health")
    op.drop_index(op.f("ix_pauses_organisation_id_programme_id"), table_name="pauses", postgresql_where=None)
    op.drop_index(op.f("ix_pauses_organisation_id_mentor_person_id"), table_name="pauses", postgresql_where=None)
    op.drop_index(op.f("ix_pauses_organisation_id_match_id_began_at_id"), table_name="pauses", postgresql_where=None)
    op.drop_index(op.f("ix_pauses_organisation_id_by_person_id"), table_name="pauses", postgresql_where=None)
    op.drop_table("pauses")
    op.drop_index(
        "uq_monitoring_contacts_due", table_name="monitoring_contacts", postgresql_where=sa.text("status = 'DUE'")
    )
    op.drop_index("ix_monitoring_contacts_person_id", table_name="monitoring_contacts")
    op.drop_index(
        op.f("ix_monitoring_contacts_organisation_id_programme_id_due_at_id"),
        table_name="monitoring_contacts",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_monitoring_contacts_organisation_id_mentor_person_id_due_at_id"),
        table_name="monitoring_contacts",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_monitoring_contacts_organisation_id_match_id_side_number"),
        table_name="monitoring_contacts",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_monitoring_contacts_organisation_id_match_id_due_at_id"),
        table_name="monitoring_contacts",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_monitoring_contacts_organisation_id_due_at_id"),
        table_name="monitoring_contacts",
        postgresql_where=None,
    )
    op.drop_index("ix_monitoring_contacts_by_person_id", table_name="monitoring_contacts")
    op.drop_table("monitoring_contacts")
    op.drop_index(
        op.f("ix_introduction_waivers_organisation_id_programme_id"),
        table_name="introduction_waivers",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_introduction_waivers_organisation_id_mentor_person_id"),
        table_name="introduction_waivers",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_introduction_waivers_organisation_id_match_id"),
        table_name="introduction_waivers",
        postgresql_where=None,
    )
    op.drop_index("ix_introduction_waivers_by_person_id", table_name="introduction_waivers")
    op.drop_table("introduction_waivers")
    op.drop_index(op.f("ix_closures_organisation_id_started_at_id"), table_name="closures", postgresql_where=None)
    op.drop_index(
        op.f("ix_closures_organisation_id_programme_id_started_at_id"), table_name="closures", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_closures_organisation_id_mentor_person_id_started_at_id"), table_name="closures", postgresql_where=None
    )
    op.drop_index(op.f("ix_closures_organisation_id_match_id"), table_name="closures", postgresql_where=None)
    op.drop_index(
        op.f("ix_closures_organisation_id_by_person_id_started_at_id"), table_name="closures", postgresql_where=None
    )
    op.drop_table("closures")
    op.drop_index(op.f("ix_agreements_organisation_id_match_id"), table_name="agreements", postgresql_where=None)
    op.drop_table("agreements")
    op.drop_index(
        op.f("ix_relationship_policies_organisation_id_programme_id"),
        table_name="relationship_policies",
        postgresql_where=None,
    )
    op.drop_table("relationship_policies")
    op.drop_column("matches", "contact_afterwards")
    op.drop_column("matches", "ended_on")
    op.drop_column("matches", "paused_until")
    op.drop_column("matches", "on_hold")
    op.drop_column("matches", "active_since")
    op.drop_column("matches", "introduced_at")
    op.drop_column("matches", "agreement_required")

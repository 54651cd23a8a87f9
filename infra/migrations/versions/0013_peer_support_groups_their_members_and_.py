"""Peer support groups, their members and sessions."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0013"
down_revision: str | None = "0012"


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "peer_support_groups",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_order", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("accessibility", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("pathway", sa.Text(), nullable=True),
        sa.Column("admission", sa.Text(), nullable=False),
        sa.Column("modality", sa.Text(), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=False),
        sa.Column("members", sa.BigInteger(), nullable=False),
        sa.Column("self_check_in", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(status = 'CLOSED') = (closed_at IS NOT NULL)", name=op.f("ck_peer_support_groups_closed")),
        sa.CheckConstraint("admission IN ('OPEN', 'CLOSED')", name=op.f("ck_peer_support_groups_admission")),
        sa.CheckConstraint(
            "format IN ('SHARING', 'STUDY', 'SKILLS', 'ACTIVITY', 'FAMILY')", name=op.f("ck_peer_support_groups_format")
        ),
        sa.CheckConstraint(
            "modality IN ('IN_PERSON', 'PHONE', 'VIRTUAL', 'HYBRID')", name=op.f("ck_peer_support_groups_modality")
        ),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'OPEN', 'FULL', 'PAUSED', 'CLOSED')", name=op.f("ck_peer_support_groups_status")
        ),
        sa.CheckConstraint("capacity BETWEEN 2 AND 500", name=op.f("ck_peer_support_groups_capacity")),
        sa.CheckConstraint("char_length(about) <= 2000", name=op.f("ck_peer_support_groups_about_length")),
        sa.CheckConstraint(
            "char_length(accessibility) <= 1000", name=op.f("ck_peer_support_groups_accessibility_length")
        ),
        sa.CheckConstraint("char_length(name) <= 120", name=op.f("ck_peer_support_groups_name_length")),
        sa.CheckConstraint("char_length(rules) <= 5000", name=op.f("ck_peer_support_groups_rules_length")),
        sa.CheckConstraint("members >= 0", name=op.f("ck_peer_support_groups_members")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_peer_support_groups_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_peer_support_groups")),
        sa.UniqueConstraint(
            "organisation_id", "id", "programme_id", name=op.f("uq_peer_support_groups_organisation_id_id_programme_id")
        ),
    )
    op.create_index(
        op.f("ix_peer_support_groups_organisation_id_name_order_id"),
        "peer_support_groups",
        ["organisation_id", "name_order", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_peer_support_groups_organisation_id_programme_id_name_order_id"),
        "peer_support_groups",
        ["organisation_id", "programme_id", "name_order", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "group_facilitators",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("char_length(name) <= 120", name=op.f("ck_group_facilitators_name_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "group_id", "programme_id"],
            ["peer_support_groups.organisation_id", "peer_support_groups.id", "peer_support_groups.programme_id"],
            name=op.f("fk_group_facilitators_organisation_id_group_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_group_facilitators_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_group_facilitators")),
    )
    op.create_index(
        op.f("ix_group_facilitators_organisation_id_group_id_person_id"),
        "group_facilitators",
        ["organisation_id", "group_id", "person_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_group_facilitators_organisation_id_group_id_since_id"),
        "group_facilitators",
        ["organisation_id", "group_id", "since", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_group_facilitators_organisation_id_person_id"),
        "group_facilitators",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "group_memberships",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "fellows_group_id",
            sa.Uuid(),
            sa.Computed("CASE WHEN status = 'ACTIVE' THEN group_id END", persisted=True),
            nullable=True,
        ),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("alias_folded", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removal_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'REMOVED') = (removal_reason IS NOT NULL)", name=op.f("ck_group_memberships_removed")
        ),
        sa.CheckConstraint(
            "removal_reason IN ('AGREEMENT_BROKEN', 'NOT_FOR_THEM', 'NO_LONGER_REACHED', 'SAFETY', 'OTHER')",
            name=op.f("ck_group_memberships_removal_reason"),
        ),
        sa.CheckConstraint(
            "status IN ('REQUESTED', 'ACTIVE', 'LEFT', 'REMOVED')", name=op.f("ck_group_memberships_status")
        ),
        sa.CheckConstraint("char_length(alias) <= 60", name=op.f("ck_group_memberships_alias_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "group_id", "programme_id"],
            ["peer_support_groups.organisation_id", "peer_support_groups.id", "peer_support_groups.programme_id"],
            name=op.f("fk_group_memberships_organisation_id_group_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_group_memberships_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_group_memberships")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "group_id",
            "person_id",
            name=op.f("uq_group_memberships_organisation_id_id_programme_id_group_id_person_id"),
        ),
    )
    op.create_index(
        op.f("ix_group_memberships_organisation_id_fellows_group_id_requested_at_id"),
        "group_memberships",
        ["organisation_id", "fellows_group_id", "requested_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_group_memberships_organisation_id_group_id_requested_at_id"),
        "group_memberships",
        ["organisation_id", "group_id", "requested_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_group_memberships_organisation_id_person_id_requested_at_id"),
        "group_memberships",
        ["organisation_id", "person_id", "requested_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_group_memberships_organisation_id_programme_id_requested_at_id"),
        "group_memberships",
        ["organisation_id", "programme_id", "requested_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_group_memberships_organisation_id_requested_at_id"),
        "group_memberships",
        ["organisation_id", "requested_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_group_memberships_alias",
        "group_memberships",
        ["organisation_id", "group_id", "alias_folded"],
        unique=True,
        postgresql_where=sa.text("status IN ('REQUESTED', 'ACTIVE')"),
    )
    op.create_index(
        "uq_group_memberships_person",
        "group_memberships",
        ["organisation_id", "group_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('REQUESTED', 'ACTIVE')"),
    )
    op.create_table(
        "group_sessions",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("head_count", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("status IN ('SCHEDULED', 'HELD', 'CANCELLED')", name=op.f("ck_group_sessions_status")),
        sa.CheckConstraint("char_length(place) <= 300", name=op.f("ck_group_sessions_place_length")),
        sa.CheckConstraint("head_count BETWEEN 0 AND 10000", name=op.f("ck_group_sessions_head_count")),
        sa.CheckConstraint("minutes BETWEEN 5 AND 480", name=op.f("ck_group_sessions_minutes")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "group_id", "programme_id"],
            ["peer_support_groups.organisation_id", "peer_support_groups.id", "peer_support_groups.programme_id"],
            name=op.f("fk_group_sessions_organisation_id_group_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_group_sessions")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "group_id",
            name=op.f("uq_group_sessions_organisation_id_id_programme_id_group_id"),
        ),
    )
    op.create_index(
        op.f("ix_group_sessions_organisation_id_group_id_starts_at_id"),
        "group_sessions",
        ["organisation_id", "group_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_group_sessions_organisation_id_programme_id_starts_at_id"),
        "group_sessions",
        ["organisation_id", "programme_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_group_sessions_organisation_id_starts_at_id"),
        "group_sessions",
        ["organisation_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "group_attendances",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("came", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("came IN ('PRESENT', 'LATE', 'ABSENT')", name=op.f("ck_group_attendances_came")),
        sa.CheckConstraint("source IN ('STAFF', 'SELF', 'KIOSK')", name=op.f("ck_group_attendances_source")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "group_id"],
            ["peer_support_groups.organisation_id", "peer_support_groups.id"],
            name=op.f("fk_group_attendances_organisation_id_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "membership_id", "programme_id", "group_id", "person_id"],
            [
                "group_memberships.organisation_id",
                "group_memberships.id",
                "group_memberships.programme_id",
                "group_memberships.group_id",
                "group_memberships.person_id",
            ],
            name=op.f("fk_group_attendances_organisation_id_membership_id_programme_id_group_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_group_attendances_organisation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "session_id", "programme_id", "group_id"],
            [
                "group_sessions.organisation_id",
                "group_sessions.id",
                "group_sessions.programme_id",
                "group_sessions.group_id",
            ],
            name=op.f("fk_group_attendances_organisation_id_session_id_programme_id_group_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_group_attendances")),
    )
    op.create_index("ix_group_attendances_group_id", "group_attendances", ["organisation_id", "group_id"], unique=False)
    op.create_index(
        op.f("ix_group_attendances_organisation_id_membership_id_recorded_at_id"),
        "group_attendances",
        ["organisation_id", "membership_id", "recorded_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_group_attendances_organisation_id_session_id_person_id"),
        "group_attendances",
        ["organisation_id", "session_id", "person_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_group_attendances_organisation_id_session_id_recorded_at_id"),
        "group_attendances",
        ["organisation_id", "session_id", "recorded_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "ix_group_attendances_person_id", "group_attendances", ["organisation_id", "person_id"], unique=False
    )
    op.create_table(
        "group_check_in_codes",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "group_id"],
            ["peer_support_groups.organisation_id", "peer_support_groups.id"],
            name=op.f("fk_group_check_in_codes_organisation_id_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "session_id", "programme_id", "group_id"],
            [
                "group_sessions.organisation_id",
                "group_sessions.id",
                "group_sessions.programme_id",
                "group_sessions.group_id",
            ],
            name=op.f("fk_group_check_in_codes_organisation_id_session_id_programme_id_group_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_group_check_in_codes")),
    )
    op.create_index(
        "ix_group_check_in_codes_group_id", "group_check_in_codes", ["organisation_id", "group_id"], unique=False
    )
    op.create_index(
        op.f("ix_group_check_in_codes_organisation_id_session_id"),
        "group_check_in_codes",
        ["organisation_id", "session_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "group_identities",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.CheckConstraint("char_length(name) <= 120", name=op.f("ck_group_identities_name_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "group_id"],
            ["peer_support_groups.organisation_id", "peer_support_groups.id"],
            name=op.f("fk_group_identities_organisation_id_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "membership_id", "programme_id", "group_id", "person_id"],
            [
                "group_memberships.organisation_id",
                "group_memberships.id",
                "group_memberships.programme_id",
                "group_memberships.group_id",
                "group_memberships.person_id",
            ],
            name=op.f("fk_group_identities_organisation_id_membership_id_programme_id_group_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_group_identities_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_group_identities")),
    )
    op.create_index("ix_group_identities_group_id", "group_identities", ["organisation_id", "group_id"], unique=False)
    op.create_index(
        op.f("ix_group_identities_organisation_id_membership_id"),
        "group_identities",
        ["organisation_id", "membership_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_group_identities_organisation_id_person_id"),
        "group_identities",
        ["organisation_id", "person_id"],
        unique=False,
        postgresql_where=None,
    )
    secure(
        "peer_support_groups",
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
        "group_facilitators",
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
        "group_memberships",
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
        "group_sessions",
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
        "group_attendances",
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
        "group_check_in_codes",
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
        "group_identities",
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
        op.f("ix_group_identities_organisation_id_person_id"), table_name="group_identities", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_group_identities_organisation_id_membership_id"), table_name="group_identities", postgresql_where=None
    )
    op.drop_index("ix_group_identities_group_id", table_name="group_identities")
    op.drop_table("group_identities")
    op.drop_index(
        op.f("ix_group_check_in_codes_organisation_id_session_id"),
        table_name="group_check_in_codes",
        postgresql_where=None,
    )
    op.drop_index("ix_group_check_in_codes_group_id", table_name="group_check_in_codes")
    op.drop_table("group_check_in_codes")
    op.drop_index("ix_group_attendances_person_id", table_name="group_attendances")
    op.drop_index(
        op.f("ix_group_attendances_organisation_id_session_id_recorded_at_id"),
        table_name="group_attendances",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_group_attendances_organisation_id_session_id_person_id"),
        table_name="group_attendances",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_group_attendances_organisation_id_membership_id_recorded_at_id"),
        table_name="group_attendances",
        postgresql_where=None,
    )
    op.drop_index("ix_group_attendances_group_id", table_name="group_attendances")
    op.drop_table("group_attendances")
    op.drop_index(
        op.f("ix_group_sessions_organisation_id_starts_at_id"), table_name="group_sessions", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_group_sessions_organisation_id_programme_id_starts_at_id"),
        table_name="group_sessions",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_group_sessions_organisation_id_group_id_starts_at_id"),
        table_name="group_sessions",
        postgresql_where=None,
    )
    op.drop_table("group_sessions")
    op.drop_index(
        "uq_group_memberships_person",
        table_name="group_memberships",
        postgresql_where=sa.text("status IN ('REQUESTED', 'ACTIVE')"),
    )
    op.drop_index(
        "uq_group_memberships_alias",
        table_name="group_memberships",
        postgresql_where=sa.text("status IN ('REQUESTED', 'ACTIVE')"),
    )
    op.drop_index(
        op.f("ix_group_memberships_organisation_id_requested_at_id"),
        table_name="group_memberships",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_group_memberships_organisation_id_programme_id_requested_at_id"),
        table_name="group_memberships",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_group_memberships_organisation_id_person_id_requested_at_id"),
        table_name="group_memberships",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_group_memberships_organisation_id_group_id_requested_at_id"),
        table_name="group_memberships",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_group_memberships_organisation_id_fellows_group_id_requested_at_id"),
        table_name="group_memberships",
        postgresql_where=None,
    )
    op.drop_table("group_memberships")
    op.drop_index(
        op.f("ix_group_facilitators_organisation_id_person_id"), table_name="group_facilitators", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_group_facilitators_organisation_id_group_id_since_id"),
        table_name="group_facilitators",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_group_facilitators_organisation_id_group_id_person_id"),
        table_name="group_facilitators",
        postgresql_where=None,
    )
    op.drop_table("group_facilitators")
    op.drop_index(
        op.f("ix_peer_support_groups_organisation_id_programme_id_name_order_id"),
        table_name="peer_support_groups",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_peer_support_groups_organisation_id_name_order_id"),
        table_name="peer_support_groups",
        postgresql_where=None,
    )
    op.drop_table("peer_support_groups")

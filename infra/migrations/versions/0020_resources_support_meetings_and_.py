"""Resources, support meetings and community events."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0020"
down_revision: str | None = "0019"


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "community_events",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attended", sa.BigInteger(), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("attended IS NULL OR status = 'HELD'", name=op.f("ck_community_events_attended_held")),
        sa.CheckConstraint(
            "status IN ('PLANNED', 'OPEN', 'HELD', 'CANCELLED')", name=op.f("ck_community_events_status")
        ),
        sa.CheckConstraint("attended >= 0", name=op.f("ck_community_events_attended")),
        sa.CheckConstraint("capacity BETWEEN 1 AND 100000", name=op.f("ck_community_events_capacity")),
        sa.CheckConstraint("char_length(about) <= 4000", name=op.f("ck_community_events_about_length")),
        sa.CheckConstraint("char_length(link) <= 500", name=op.f("ck_community_events_link_length")),
        sa.CheckConstraint("char_length(place) <= 300", name=op.f("ck_community_events_place_length")),
        sa.CheckConstraint("char_length(title) <= 200", name=op.f("ck_community_events_title_length")),
        sa.CheckConstraint("minutes BETWEEN 5 AND 4320", name=op.f("ck_community_events_minutes")),
        sa.CheckConstraint("taken BETWEEN 0 AND capacity", name=op.f("ck_community_events_taken")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_community_events_organisation_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_community_events")),
        sa.UniqueConstraint(
            "organisation_id", "id", "programme_id", name=op.f("uq_community_events_organisation_id_id_programme_id")
        ),
    )
    op.create_index(
        op.f("ix_community_events_organisation_id_programme_id_starts_at_id"),
        "community_events",
        ["organisation_id", "programme_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_community_events_organisation_id_starts_at_id"),
        "community_events",
        ["organisation_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "resources",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_order", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("taxonomy_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("coverage_area", sa.Text(), nullable=False),
        sa.Column("eligibility", sa.Text(), nullable=False),
        sa.Column("cost", sa.Text(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("crisis", sa.Boolean(), nullable=False),
        sa.Column(
            "words",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector('simple', title || ' ' || about || ' ' || coverage_area || ' ' || eligibility)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'REVIEWED', 'PUBLISHED', 'STALE', 'RETIRED')", name=op.f("ck_resources_status")
        ),
        sa.CheckConstraint(
            "type IN ('SERVICE', 'HELPLINE', 'GROUP', 'GUIDE', 'TOOL', 'BENEFIT')", name=op.f("ck_resources_type")
        ),
        sa.CheckConstraint("char_length(about) <= 4000", name=op.f("ck_resources_about_length")),
        sa.CheckConstraint("char_length(cost) <= 300", name=op.f("ck_resources_cost_length")),
        sa.CheckConstraint("char_length(coverage_area) <= 300", name=op.f("ck_resources_coverage_area_length")),
        sa.CheckConstraint("char_length(eligibility) <= 1000", name=op.f("ck_resources_eligibility_length")),
        sa.CheckConstraint("char_length(hours) <= 500", name=op.f("ck_resources_hours_length")),
        sa.CheckConstraint("char_length(link) <= 500", name=op.f("ck_resources_link_length")),
        sa.CheckConstraint("char_length(phone) <= 32", name=op.f("ck_resources_phone_length")),
        sa.CheckConstraint("char_length(title) <= 200", name=op.f("ck_resources_title_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "author_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_resources_organisation_id_author_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "reviewer_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_resources_organisation_id_reviewer_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_resources")),
    )
    op.create_index(
        op.f("ix_resources_organisation_id_added_at_id"),
        "resources",
        ["organisation_id", "added_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_resources_organisation_id_author_id_added_at_id"),
        "resources",
        ["organisation_id", "author_id", "added_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_resources_organisation_id_author_id_title_order_id"),
        "resources",
        ["organisation_id", "author_id", "title_order", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_resources_organisation_id_last_verified_at"),
        "resources",
        ["organisation_id", "last_verified_at"],
        unique=False,
        postgresql_where=sa.text("status = 'PUBLISHED'"),
    )
    op.create_index(
        op.f("ix_resources_organisation_id_title_order_id"),
        "resources",
        ["organisation_id", "title_order", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index("ix_resources_reviewer_id", "resources", ["organisation_id", "reviewer_id"], unique=False)
    op.create_table(
        "support_meetings",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("listed_by_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_order", sa.Text(), nullable=False),
        sa.Column("held_by", sa.Text(), nullable=False),
        sa.Column("pathway", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("latitude_micro", sa.BigInteger(), nullable=True),
        sa.Column("longitude_micro", sa.BigInteger(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("weekday", sa.Text(), nullable=False),
        sa.Column("starts", sa.Text(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("formats", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("accessibility", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("address <> '' OR link IS NOT NULL", name=op.f("ck_support_meetings_somewhere")),
        sa.CheckConstraint("status IN ('LISTED', 'WITHDRAWN')", name=op.f("ck_support_meetings_status")),
        sa.CheckConstraint(
            "weekday IN ('MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY')",
            name=op.f("ck_support_meetings_weekday"),
        ),
        sa.CheckConstraint(
            "(latitude_micro IS NULL) = (longitude_micro IS NULL)", name=op.f("ck_support_meetings_point")
        ),
        sa.CheckConstraint("char_length(accessibility) <= 1000", name=op.f("ck_support_meetings_accessibility_length")),
        sa.CheckConstraint("char_length(address) <= 500", name=op.f("ck_support_meetings_address_length")),
        sa.CheckConstraint("char_length(held_by) <= 200", name=op.f("ck_support_meetings_held_by_length")),
        sa.CheckConstraint("char_length(link) <= 500", name=op.f("ck_support_meetings_link_length")),
        sa.CheckConstraint("char_length(name) <= 200", name=op.f("ck_support_meetings_name_length")),
        sa.CheckConstraint("char_length(place) <= 300", name=op.f("ck_support_meetings_place_length")),
        sa.CheckConstraint("latitude_micro BETWEEN -90000000 AND 90000000", name=op.f("ck_support_meetings_latitude")),
        sa.CheckConstraint(
            "longitude_micro BETWEEN -180000000 AND 180000000", name=op.f("ck_support_meetings_longitude")
        ),
        sa.CheckConstraint("minutes BETWEEN 5 AND 1440", name=op.f("ck_support_meetings_minutes")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "listed_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_support_meetings_organisation_id_listed_by_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_support_meetings")),
    )
    op.create_index(
        "ix_support_meetings_listed_by_id", "support_meetings", ["organisation_id", "listed_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_support_meetings_organisation_id_latitude_micro_longitude_micro"),
        "support_meetings",
        ["organisation_id", "latitude_micro", "longitude_micro"],
        unique=False,
        postgresql_where=sa.text("status = 'LISTED'"),
    )
    op.create_index(
        op.f("ix_support_meetings_organisation_id_name_order_id"),
        "support_meetings",
        ["organisation_id", "name_order", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "volunteer_roles",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("places", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("char_length(title) <= 120", name=op.f("ck_volunteer_roles_title_length")),
        sa.CheckConstraint("places BETWEEN 1 AND 1000", name=op.f("ck_volunteer_roles_places")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "event_id", "programme_id"],
            ["community_events.organisation_id", "community_events.id", "community_events.programme_id"],
            name=op.f("fk_volunteer_roles_organisation_id_event_id_programme_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_volunteer_roles")),
    )
    op.create_index(
        op.f("ix_volunteer_roles_organisation_id_event_id_added_at_id"),
        "volunteer_roles",
        ["organisation_id", "event_id", "added_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "event_signups",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("signed_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('COMING', 'WAITING', 'WITHDRAWN')", name=op.f("ck_event_signups_status")),
        sa.CheckConstraint("char_length(name) <= 120", name=op.f("ck_event_signups_name_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "event_id", "programme_id"],
            ["community_events.organisation_id", "community_events.id", "community_events.programme_id"],
            name=op.f("fk_event_signups_organisation_id_event_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_event_signups_organisation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "role_id"],
            ["volunteer_roles.organisation_id", "volunteer_roles.id"],
            name=op.f("fk_event_signups_organisation_id_role_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_event_signups")),
    )
    op.create_index(
        op.f("ix_event_signups_organisation_id_event_id_signed_up_at_id"),
        "event_signups",
        ["organisation_id", "event_id", "signed_up_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_event_signups_organisation_id_person_id_signed_up_at_id"),
        "event_signups",
        ["organisation_id", "person_id", "signed_up_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_event_signups_organisation_id_programme_id_signed_up_at_id"),
        "event_signups",
        ["organisation_id", "programme_id", "signed_up_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_event_signups_organisation_id_signed_up_at_id"),
        "event_signups",
        ["organisation_id", "signed_up_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index("ix_event_signups_role_id", "event_signups", ["organisation_id", "role_id"], unique=False)
    op.create_index(
        "uq_event_signups",
        "event_signups",
        ["organisation_id", "event_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'WITHDRAWN'"),
    )
    op.create_table(
        "resource_shares",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("helpful", sa.BigInteger(), nullable=True),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("follow_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("helpful IS NULL OR status = 'USED'", name=op.f("ck_resource_shares_helpful_used")),
        sa.CheckConstraint(
            "status IN ('SHARED', 'OPENED', 'USED', 'NOT_USED')", name=op.f("ck_resource_shares_status")
        ),
        sa.CheckConstraint("char_length(words) <= 1000", name=op.f("ck_resource_shares_words_length")),
        sa.CheckConstraint("helpful BETWEEN 1 AND 5", name=op.f("ck_resource_shares_helpful")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "matches.organisation_id",
                "matches.id",
                "matches.programme_id",
                "matches.mentor_person_id",
                "matches.mentee_person_id",
            ],
            name=op.f("fk_resource_shares_organisation_id_match_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "resource_id"],
            ["resources.organisation_id", "resources.id"],
            name=op.f("fk_resource_shares_organisation_id_resource_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_resource_shares")),
    )
    op.create_index(
        op.f("ix_resource_shares_organisation_id_match_id_shared_at_id"),
        "resource_shares",
        ["organisation_id", "match_id", "shared_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_resource_shares_organisation_id_mentee_person_id_shared_at_id"),
        "resource_shares",
        ["organisation_id", "mentee_person_id", "shared_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_resource_shares_organisation_id_mentor_person_id_shared_at_id"),
        "resource_shares",
        ["organisation_id", "mentor_person_id", "shared_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_resource_shares_organisation_id_programme_id_shared_at_id"),
        "resource_shares",
        ["organisation_id", "programme_id", "shared_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_resource_shares_organisation_id_shared_at_id"),
        "resource_shares",
        ["organisation_id", "shared_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "ix_resource_shares_resource_id", "resource_shares", ["organisation_id", "resource_id"], unique=False
    )
    secure(
        "community_events",
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
        "resources",
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
        "support_meetings",
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
        "volunteer_roles",
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
        "event_signups",
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
        "resource_shares",
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
    op.drop_index("ix_resource_shares_resource_id", table_name="resource_shares")
    op.drop_index(
        op.f("ix_resource_shares_organisation_id_shared_at_id"), table_name="resource_shares", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_resource_shares_organisation_id_programme_id_shared_at_id"),
        table_name="resource_shares",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_resource_shares_organisation_id_mentor_person_id_shared_at_id"),
        table_name="resource_shares",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_resource_shares_organisation_id_mentee_person_id_shared_at_id"),
        table_name="resource_shares",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_resource_shares_organisation_id_match_id_shared_at_id"),
        table_name="resource_shares",
        postgresql_where=None,
    )
    op.drop_table("resource_shares")
    op.drop_index("uq_event_signups", table_name="event_signups", postgresql_where=sa.text("status <> 'WITHDRAWN'"))
    op.drop_index("ix_event_signups_role_id", table_name="event_signups")
    op.drop_index(
        op.f("ix_event_signups_organisation_id_signed_up_at_id"), table_name="event_signups", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_event_signups_organisation_id_programme_id_signed_up_at_id"),
        table_name="event_signups",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_event_signups_organisation_id_person_id_signed_up_at_id"),
        table_name="event_signups",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_event_signups_organisation_id_event_id_signed_up_at_id"),
        table_name="event_signups",
        postgresql_where=None,
    )
    op.drop_table("event_signups")
    op.drop_index(
        op.f("ix_volunteer_roles_organisation_id_event_id_added_at_id"),
        table_name="volunteer_roles",
        postgresql_where=None,
    )
    op.drop_table("volunteer_roles")
    op.drop_index(
        op.f("ix_support_meetings_organisation_id_name_order_id"), table_name="support_meetings", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_support_meetings_organisation_id_latitude_micro_longitude_micro"),
        table_name="support_meetings",
        postgresql_where=sa.text("status = 'LISTED'"),
    )
    op.drop_index("ix_support_meetings_listed_by_id", table_name="support_meetings")
    op.drop_table("support_meetings")
    op.drop_index("ix_resources_reviewer_id", table_name="resources")
    op.drop_index(op.f("ix_resources_organisation_id_title_order_id"), table_name="resources", postgresql_where=None)
    op.drop_index(
        op.f("ix_resources_organisation_id_last_verified_at"),
        table_name="resources",
        postgresql_where=sa.text("status = 'PUBLISHED'"),
    )
    op.drop_index(
        op.f("ix_resources_organisation_id_author_id_title_order_id"), table_name="resources", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_resources_organisation_id_author_id_added_at_id"), table_name="resources", postgresql_where=None
    )
    op.drop_index(op.f("ix_resources_organisation_id_added_at_id"), table_name="resources", postgresql_where=None)
    op.drop_table("resources")
    op.drop_index(
        op.f("ix_community_events_organisation_id_starts_at_id"), table_name="community_events", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_community_events_organisation_id_programme_id_starts_at_id"),
        table_name="community_events",
        postgresql_where=None,
    )
    op.drop_table("community_events")

"""Meetings as people arrange them, reminders by each person's own preferences, absences, follow-ups."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0016"
down_revision: str | None = "0015"


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("meetings", sa.Column("series_id", sa.Uuid(), nullable=True))
    op.add_column("meetings", sa.Column("occurrence", sa.DateTime(timezone=True), nullable=True))
    op.add_column("meetings", sa.Column("place_type", sa.Text(), nullable=True))
    op.add_column("meetings", sa.Column("interpreter_wanted", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("meetings", sa.Column("agenda", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("meetings", sa.Column("arranged_by_id", sa.Uuid(), nullable=True))
    op.add_column(
        "meetings",
        sa.Column("scheduled_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.add_column("meetings", sa.Column("cancelled_by", sa.Text(), nullable=True))
    op.add_column("meetings", sa.Column("cancelled_late", sa.Boolean(), nullable=True))
    op.add_column("meetings", sa.Column("cancel_reason", sa.Text(), nullable=True))
    op.add_column("meetings", sa.Column("missed_by", sa.Text(), nullable=True))
    op.add_column("meetings", sa.Column("units", sa.BigInteger(), nullable=True))
    op.add_column("programmes", sa.Column("late_hours", sa.BigInteger(), server_default="24", nullable=False))
    op.add_column(
        "programmes",
        sa.Column("safe_places", postgresql.ARRAY(sa.Text()), server_default="{PUBLIC,PRIVATE}", nullable=False),
    )
    op.create_table(
        "absences",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_absences_some_time")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id", "programme_id"],
            ["people.organisation_id", "people.id", "people.programme_id"],
            name=op.f("fk_absences_organisation_id_person_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_absences_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_absences")),
    )
    op.create_index(
        op.f("ix_absences_organisation_id_person_id_starts_at_id"),
        "absences",
        ["organisation_id", "person_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_absences_organisation_id_programme_id_starts_at_id"),
        "absences",
        ["organisation_id", "programme_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_absences_organisation_id_starts_at_id"),
        "absences",
        ["organisation_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "calendar_feeds",
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
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("char_length(name) <= 80", name=op.f("ck_calendar_feeds_name_length")),
        sa.CheckConstraint("octet_length(secret_sha256) = 32", name=op.f("ck_calendar_feeds_hash")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id", "programme_id"],
            ["people.organisation_id", "people.id", "people.programme_id"],
            name=op.f("fk_calendar_feeds_organisation_id_person_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_calendar_feeds_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_calendar_feeds")),
    )
    op.create_index(
        op.f("ix_calendar_feeds_organisation_id_issued_at_id"),
        "calendar_feeds",
        ["organisation_id", "issued_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_calendar_feeds_organisation_id_person_id_issued_at_id"),
        "calendar_feeds",
        ["organisation_id", "person_id", "issued_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_calendar_feeds_organisation_id_programme_id_issued_at_id"),
        "calendar_feeds",
        ["organisation_id", "programme_id", "issued_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_calendar_feeds_organisation_id_secret_sha256"),
        "calendar_feeds",
        ["organisation_id", "secret_sha256"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "contact_preferences",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("hours_before", postgresql.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("do_not_contact", sa.Boolean(), nullable=False),
        sa.Column("voicemail_ok", sa.Boolean(), nullable=False),
        sa.Column("may_name_programme", sa.Boolean(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name=op.f("ck_contact_preferences_quiet")),
        sa.CheckConstraint("cardinality(hours_before) <= 5", name=op.f("ck_contact_preferences_hours_before")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id", "programme_id"],
            ["people.organisation_id", "people.id", "people.programme_id"],
            name=op.f("fk_contact_preferences_organisation_id_person_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_contact_preferences_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_contact_preferences")),
    )
    op.create_index(
        op.f("ix_contact_preferences_organisation_id_person_id"),
        "contact_preferences",
        ["organisation_id", "person_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "safe_contacts",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("char_length(body) <= 2000", name=op.f("ck_safe_contacts_body_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id", "programme_id"],
            ["people.organisation_id", "people.id", "people.programme_id"],
            name=op.f("fk_safe_contacts_organisation_id_person_id_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_safe_contacts_organisation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "written_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_safe_contacts_organisation_id_written_by_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_safe_contacts")),
    )
    op.create_index(
        op.f("ix_safe_contacts_organisation_id_person_id"),
        "safe_contacts",
        ["organisation_id", "person_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        "ix_safe_contacts_written_by_id", "safe_contacts", ["organisation_id", "written_by_id"], unique=False
    )
    op.create_table(
        "meeting_series",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("place_type", sa.Text(), nullable=True),
        sa.Column("interpreter_wanted", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("arranged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arranged_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(status = 'ENDED') = (ended_at IS NOT NULL)", name=op.f("ck_meeting_series_ended")),
        sa.CheckConstraint(
            "format IN ('IN_PERSON', 'PHONE', 'VIRTUAL', 'TEXT')", name=op.f("ck_meeting_series_format")
        ),
        sa.CheckConstraint("place_type IN ('PUBLIC', 'PRIVATE', 'HOME')", name=op.f("ck_meeting_series_place_type")),
        sa.CheckConstraint("status IN ('ACTIVE', 'ENDED')", name=op.f("ck_meeting_series_status")),
        sa.CheckConstraint("char_length(place) <= 300", name=op.f("ck_meeting_series_place_length")),
        sa.CheckConstraint("char_length(rule) <= 200", name=op.f("ck_meeting_series_rule_length")),
        sa.CheckConstraint("minutes BETWEEN 5 AND 480", name=op.f("ck_meeting_series_minutes")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "arranged_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_meeting_series_organisation_id_arranged_by_id"),
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
            name=op.f("fk_meeting_series_organisation_id_match_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_meeting_series")),
        sa.UniqueConstraint(
            "organisation_id", "id", "match_id", name=op.f("uq_meeting_series_organisation_id_id_match_id")
        ),
    )
    op.create_index(
        "ix_meeting_series_arranged_by_id", "meeting_series", ["organisation_id", "arranged_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_meeting_series_organisation_id_match_id_starts_at_id"),
        "meeting_series",
        ["organisation_id", "match_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_meeting_series_organisation_id_mentee_person_id_starts_at_id"),
        "meeting_series",
        ["organisation_id", "mentee_person_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_meeting_series_organisation_id_mentor_person_id_starts_at_id"),
        "meeting_series",
        ["organisation_id", "mentor_person_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_meeting_series_organisation_id_programme_id_starts_at_id"),
        "meeting_series",
        ["organisation_id", "programme_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_meeting_series_organisation_id_starts_at_id"),
        "meeting_series",
        ["organisation_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "follow_ups",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(status = 'OPEN') = (ended_at IS NULL)", name=op.f("ck_follow_ups_ended")),
        sa.CheckConstraint("owner IN ('MENTOR', 'MENTEE')", name=op.f("ck_follow_ups_owner")),
        sa.CheckConstraint("status IN ('OPEN', 'DONE', 'DROPPED')", name=op.f("ck_follow_ups_status")),
        sa.CheckConstraint("char_length(body) <= 500", name=op.f("ck_follow_ups_body_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "meeting_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "meetings.organisation_id",
                "meetings.id",
                "meetings.programme_id",
                "meetings.mentor_person_id",
                "meetings.mentee_person_id",
            ],
            name=op.f("fk_follow_ups_organisation_id_meeting_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_follow_ups")),
    )
    op.create_index(
        op.f("ix_follow_ups_organisation_id_due_at_id"),
        "follow_ups",
        ["organisation_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_follow_ups_organisation_id_meeting_id_due_at_id"),
        "follow_ups",
        ["organisation_id", "meeting_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_follow_ups_organisation_id_mentee_person_id_due_at_id"),
        "follow_ups",
        ["organisation_id", "mentee_person_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_follow_ups_organisation_id_mentor_person_id_due_at_id"),
        "follow_ups",
        ["organisation_id", "mentor_person_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_follow_ups_organisation_id_programme_id_due_at_id"),
        "follow_ups",
        ["organisation_id", "programme_id", "due_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "meeting_goals",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "goal_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "goals.organisation_id",
                "goals.id",
                "goals.programme_id",
                "goals.mentor_person_id",
                "goals.mentee_person_id",
            ],
            name=op.f("fk_meeting_goals_organisation_id_goal_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "meeting_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "meetings.organisation_id",
                "meetings.id",
                "meetings.programme_id",
                "meetings.mentor_person_id",
                "meetings.mentee_person_id",
            ],
            name=op.f("fk_meeting_goals_organisation_id_meeting_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_meeting_goals")),
    )
    op.create_index("ix_meeting_goals_goal_id", "meeting_goals", ["organisation_id", "goal_id"], unique=False)
    op.create_index(
        op.f("ix_meeting_goals_organisation_id_meeting_id_goal_id"),
        "meeting_goals",
        ["organisation_id", "meeting_id", "goal_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_table(
        "meeting_moves",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("moved_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_by_id", sa.Uuid(), nullable=True),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "meeting_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "meetings.organisation_id",
                "meetings.id",
                "meetings.programme_id",
                "meetings.mentor_person_id",
                "meetings.mentee_person_id",
            ],
            name=op.f("fk_meeting_moves_organisation_id_meeting_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "moved_by_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_meeting_moves_organisation_id_moved_by_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_meeting_moves")),
    )
    op.create_index("ix_meeting_moves_moved_by_id", "meeting_moves", ["organisation_id", "moved_by_id"], unique=False)
    op.create_index(
        op.f("ix_meeting_moves_organisation_id_meeting_id_moved_at_id"),
        "meeting_moves",
        ["organisation_id", "meeting_id", "moved_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "reminders",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hours_before", sa.BigInteger(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "meeting_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "meetings.organisation_id",
                "meetings.id",
                "meetings.programme_id",
                "meetings.mentor_person_id",
                "meetings.mentee_person_id",
            ],
            name=op.f("fk_reminders_organisation_id_meeting_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_reminders_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_reminders")),
    )
    op.create_index(
        op.f("ix_reminders_organisation_id_meeting_id_person_id_starts_at_hours_before"),
        "reminders",
        ["organisation_id", "meeting_id", "person_id", "starts_at", "hours_before"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index("ix_reminders_person_id", "reminders", ["organisation_id", "person_id"], unique=False)
    op.create_index("ix_meetings_arranged_by_id", "meetings", ["organisation_id", "arranged_by_id"], unique=False)
    op.create_index(
        op.f("ix_meetings_organisation_id_series_id_starts_at_id"),
        "meetings",
        ["organisation_id", "series_id", "starts_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_meetings_occurrence",
        "meetings",
        ["organisation_id", "series_id", "occurrence"],
        unique=True,
        postgresql_where=sa.text("cancel_reason IS NULL OR cancel_reason NOT IN ('MATCH_RESTS', 'SERIES_CHANGED')"),
    )
    op.create_foreign_key(
        op.f("fk_meetings_organisation_id_arranged_by_id"),
        "meetings",
        "people",
        ["organisation_id", "arranged_by_id"],
        ["organisation_id", "id"],
    )
    op.create_foreign_key(
        op.f("fk_meetings_organisation_id_series_id_match_id"),
        "meetings",
        "meeting_series",
        ["organisation_id", "series_id", "match_id"],
        ["organisation_id", "id", "match_id"],
    )
    secure(
        "absences",
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
        "calendar_feeds",
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
        "contact_preferences",
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
        "safe_contacts",
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
        "meeting_series",
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
        "follow_ups",
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
        "meeting_goals",
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
        "meeting_moves",
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
        "reminders",
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
    op.create_check_constraint("ck_meetings_agenda", "meetings", "(cardinality(agenda) <= 20)")
    op.create_check_constraint(
        "ck_meetings_cancel_reason",
        "meetings",
        "(cancel_reason = ANY (ARRAY['NOT_SAID'::text, 'ILL'::text, 'WORK'::text, 'CARING'::text, 'TRANSPORT'::text, 'NOT_NEEDED'::text, 'OTHER'::text, 'MATCH_RESTS'::text, 'SERIES_CHANGED'::text, 'SERIES_ENDED'::text, 'TIME_NOT_FREE'::text]))",
    )
    op.create_check_constraint(
        "ck_meetings_cancelled", "meetings", "((cancelled_by IS NULL) OR (status = 'CANCELLED'::text))"
    )
    op.create_check_constraint(
        "ck_meetings_cancelled_by",
        "meetings",
        "(cancelled_by = ANY (ARRAY['MENTOR'::text, 'MENTEE'::text, 'STAFF'::text, 'SERVICE'::text]))",
    )
    op.drop_constraint("ck_meetings_format", "meetings", type_="check")
    op.create_check_constraint(
        "ck_meetings_format",
        "meetings",
        "(format = ANY (ARRAY['IN_PERSON'::text, 'PHONE'::text, 'VIRTUAL'::text, 'TEXT'::text]))",
    )
    op.create_check_constraint("ck_meetings_missed", "meetings", "((missed_by IS NULL) OR (status = 'MISSED'::text))")
    op.create_check_constraint(
        "ck_meetings_missed_by", "meetings", "(missed_by = ANY (ARRAY['MENTOR'::text, 'MENTEE'::text, 'BOTH'::text]))"
    )
    op.create_check_constraint("ck_meetings_occurrence", "meetings", "((series_id IS NULL) = (occurrence IS NULL))")
    op.create_check_constraint(
        "ck_meetings_place_in_person", "meetings", "((place_type IS NULL) OR (format = 'IN_PERSON'::text))"
    )
    op.create_check_constraint(
        "ck_meetings_place_type",
        "meetings",
        "(place_type = ANY (ARRAY['PUBLIC'::text, 'PRIVATE'::text, 'HOME'::text]))",
    )
    op.drop_constraint("ck_meetings_status", "meetings", type_="check")
    op.create_check_constraint(
        "ck_meetings_status",
        "meetings",
        "(status = ANY (ARRAY['ARRANGED'::text, 'CONFIRMED'::text, 'HELD'::text, 'MISSED'::text, 'CANCELLED'::text]))",
    )
    op.create_check_constraint(
        "ck_meetings_units",
        "meetings",
        "((units IS NULL) OR ((status = 'HELD'::text) AND ((units >= 0) AND (units <= 32))))",
    )
    op.drop_constraint("ck_monitoring_contacts_format", "monitoring_contacts", type_="check")
    op.create_check_constraint(
        "ck_monitoring_contacts_format",
        "monitoring_contacts",
        "(format = ANY (ARRAY['IN_PERSON'::text, 'PHONE'::text, 'VIRTUAL'::text, 'TEXT'::text]))",
    )
    op.create_check_constraint("ck_programmes_late_hours", "programmes", "((late_hours >= 0) AND (late_hours <= 336))")
    op.drop_constraint("ck_supervision_sessions_format", "supervision_sessions", type_="check")
    op.create_check_constraint(
        "ck_supervision_sessions_format",
        "supervision_sessions",
        "(format = ANY (ARRAY['IN_PERSON'::text, 'PHONE'::text, 'VIRTUAL'::text, 'TEXT'::text]))",
    )


def downgrade() -> None:
    """Take the database back."""
    op.drop_constraint("ck_supervision_sessions_format", "supervision_sessions", type_="check")
    op.create_check_constraint(
        "ck_supervision_sessions_format",
        "supervision_sessions",
        "(format = ANY (ARRAY['IN_PERSON'::text, 'PHONE'::text, 'VIRTUAL'::text]))",
    )
    op.drop_constraint("ck_programmes_late_hours", "programmes", type_="check")
    op.drop_constraint("ck_monitoring_contacts_format", "monitoring_contacts", type_="check")
    op.create_check_constraint(
        "ck_monitoring_contacts_format",
        "monitoring_contacts",
        "(format = ANY (ARRAY['IN_PERSON'::text, 'PHONE'::text, 'VIRTUAL'::text]))",
    )
    op.drop_constraint("ck_meetings_units", "meetings", type_="check")
    op.drop_constraint("ck_meetings_status", "meetings", type_="check")
    op.create_check_constraint(
        "ck_meetings_status",
        "meetings",
        "(status = ANY (ARRAY['ARRANGED'::text, 'HELD'::text, 'MISSED'::text, 'CANCELLED'::text]))",
    )
    op.drop_constraint("ck_meetings_place_type", "meetings", type_="check")
    op.drop_constraint("ck_meetings_place_in_person", "meetings", type_="check")
    op.drop_constraint("ck_meetings_occurrence", "meetings", type_="check")
    op.drop_constraint("ck_meetings_missed_by", "meetings", type_="check")
    op.drop_constraint("ck_meetings_missed", "meetings", type_="check")
    op.drop_constraint("ck_meetings_format", "meetings", type_="check")
    op.create_check_constraint(
        "ck_meetings_format", "meetings", "(format = ANY (ARRAY['IN_PERSON'::text, 'PHONE'::text, 'VIRTUAL'::text]))"
    )
    op.drop_constraint("ck_meetings_cancelled_by", "meetings", type_="check")
    op.drop_constraint("ck_meetings_cancelled", "meetings", type_="check")
    op.drop_constraint("ck_meetings_cancel_reason", "meetings", type_="check")
    op.drop_constraint("ck_meetings_agenda", "meetings", type_="check")
    op.drop_constraint(op.f("fk_meetings_organisation_id_series_id_match_id"), "meetings", type_="foreignkey")
    op.drop_constraint(op.f("fk_meetings_organisation_id_arranged_by_id"), "meetings", type_="foreignkey")
    op.drop_index(
        "uq_meetings_occurrence",
        table_name="meetings",
        postgresql_where=sa.text("cancel_reason IS NULL OR cancel_reason NOT IN ('MATCH_RESTS', 'SERIES_CHANGED')"),
    )
    op.drop_index(
        op.f("ix_meetings_organisation_id_series_id_starts_at_id"), table_name="meetings", postgresql_where=None
    )
    op.drop_index("ix_meetings_arranged_by_id", table_name="meetings")
    op.drop_index("ix_reminders_person_id", table_name="reminders")
    op.drop_index(
        op.f("ix_reminders_organisation_id_meeting_id_person_id_starts_at_hours_before"),
        table_name="reminders",
        postgresql_where=None,
    )
    op.drop_table("reminders")
    op.drop_index(
        op.f("ix_meeting_moves_organisation_id_meeting_id_moved_at_id"),
        table_name="meeting_moves",
        postgresql_where=None,
    )
    op.drop_index("ix_meeting_moves_moved_by_id", table_name="meeting_moves")
    op.drop_table("meeting_moves")
    op.drop_index(
        op.f("ix_meeting_goals_organisation_id_meeting_id_goal_id"), table_name="meeting_goals", postgresql_where=None
    )
    op.drop_index("ix_meeting_goals_goal_id", table_name="meeting_goals")
    op.drop_table("meeting_goals")
    op.drop_index(
        op.f("ix_follow_ups_organisation_id_programme_id_due_at_id"), table_name="follow_ups", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_follow_ups_organisation_id_mentor_person_id_due_at_id"), table_name="follow_ups", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_follow_ups_organisation_id_mentee_person_id_due_at_id"), table_name="follow_ups", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_follow_ups_organisation_id_meeting_id_due_at_id"), table_name="follow_ups", postgresql_where=None
    )
    op.drop_index(op.f("ix_follow_ups_organisation_id_due_at_id"), table_name="follow_ups", postgresql_where=None)
    op.drop_table("follow_ups")
    op.drop_index(
        op.f("ix_meeting_series_organisation_id_starts_at_id"), table_name="meeting_series", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_meeting_series_organisation_id_programme_id_starts_at_id"),
        table_name="meeting_series",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_meeting_series_organisation_id_mentor_person_id_starts_at_id"),
        table_name="meeting_series",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_meeting_series_organisation_id_mentee_person_id_starts_at_id"),
        table_name="meeting_series",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_meeting_series_organisation_id_match_id_starts_at_id"),
        table_name="meeting_series",
        postgresql_where=None,
    )
    op.drop_index("ix_meeting_series_arranged_by_id", table_name="meeting_series")
    op.drop_table("meeting_series")
    op.drop_index("ix_safe_contacts_written_by_id", table_name="safe_contacts")
    op.drop_index(op.f("ix_safe_contacts_organisation_id_person_id"), table_name="safe_contacts", postgresql_where=None)
    op.drop_table("safe_contacts")
    op.drop_index(
        op.f("ix_contact_preferences_organisation_id_person_id"),
        table_name="contact_preferences",
        postgresql_where=None,
    )
    op.drop_table("contact_preferences")
    op.drop_index(
        op.f("ix_calendar_feeds_organisation_id_secret_sha256"), table_name="calendar_feeds", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_calendar_feeds_organisation_id_programme_id_issued_at_id"),
        table_name="calendar_feeds",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_calendar_feeds_organisation_id_person_id_issued_at_id"),
        table_name="calendar_feeds",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_calendar_feeds_organisation_id_issued_at_id"), table_name="calendar_feeds", postgresql_where=None
    )
    op.drop_table("calendar_feeds")
    op.drop_index(op.f("ix_absences_organisation_id_starts_at_id"), table_name="absences", postgresql_where=None)
    op.drop_index(
        op.f("ix_absences_organisation_id_programme_id_starts_at_id"), table_name="absences", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_absences_organisation_id_person_id_starts_at_id"), table_name="absences", postgresql_where=None
    )
    op.drop_table("absences")
    op.drop_column("programmes", "safe_places")
    op.drop_column("programmes", "late_hours")
    op.drop_column("meetings", "units")
    op.drop_column("meetings", "missed_by")
    op.drop_column("meetings", "cancel_reason")
    op.drop_column("meetings", "cancelled_late")
    op.drop_column("meetings", "cancelled_by")
    op.drop_column("meetings", "scheduled_at")
    op.drop_column("meetings", "arranged_by_id")
    op.drop_column("meetings", "agenda")
    op.drop_column("meetings", "interpreter_wanted")
    op.drop_column("meetings", "place_type")
    op.drop_column("meetings", "occurrence")
    op.drop_column("meetings", "series_id")

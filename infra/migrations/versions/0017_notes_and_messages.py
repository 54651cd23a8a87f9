"""Notes and messages."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.migrations.row_security import secure
from kith.ground.model import Policy

revision = "0017"
down_revision: str | None = "0016"


def upgrade() -> None:
    """Bring the database forward."""
    op.create_unique_constraint(
        op.f("uq_meetings_organisation_id_id_match_id"), "meetings", ["organisation_id", "id", "match_id"]
    )
    op.create_table(
        "threads",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("incident_reader_id", sa.Uuid(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "mentor_reader_id",
            sa.Uuid(),
            sa.Computed("CASE WHEN kind IN ('PAIR', 'MENTOR_COORDINATOR') THEN mentor_person_id END", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "mentee_reader_id",
            sa.Uuid(),
            sa.Computed("CASE WHEN kind IN ('PAIR', 'MENTEE_COORDINATOR') THEN mentee_person_id END", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "coordinated_id",
            sa.Uuid(),
            sa.Computed(
                "CASE WHEN kind IN ('MENTEE_COORDINATOR', 'MENTOR_COORDINATOR') THEN programme_id END", persisted=True
            ),
            nullable=True,
        ),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('PAIR', 'MENTEE_COORDINATOR', 'MENTOR_COORDINATOR')", name=op.f("ck_threads_kind")
        ),
        sa.CheckConstraint("status IN ('OPEN', 'CLOSED')", name=op.f("ck_threads_status")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "incident_reader_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_threads_organisation_id_incident_reader_id"),
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
            name=op.f("fk_threads_organisation_id_match_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_threads")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "kind",
            "programme_id",
            "mentor_person_id",
            "mentee_person_id",
            name=op.f("uq_threads_organisation_id_id_kind_programme_id_mentor_person_id_mentee_person_id"),
        ),
    )
    op.create_index(
        op.f("ix_threads_organisation_id_coordinated_id_last_at_id"),
        "threads",
        ["organisation_id", "coordinated_id", "last_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_threads_organisation_id_incident_reader_id_last_at_id"),
        "threads",
        ["organisation_id", "incident_reader_id", "last_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_threads_organisation_id_last_at_id"),
        "threads",
        ["organisation_id", "last_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_threads_organisation_id_match_id_kind"),
        "threads",
        ["organisation_id", "match_id", "kind"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_threads_organisation_id_mentee_reader_id_last_at_id"),
        "threads",
        ["organisation_id", "mentee_reader_id", "last_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_threads_organisation_id_mentor_reader_id_last_at_id"),
        "threads",
        ["organisation_id", "mentor_reader_id", "last_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "messages",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("incident_reader_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "mentor_reader_id",
            sa.Uuid(),
            sa.Computed("CASE WHEN kind IN ('PAIR', 'MENTOR_COORDINATOR') THEN mentor_person_id END", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "mentee_reader_id",
            sa.Uuid(),
            sa.Computed("CASE WHEN kind IN ('PAIR', 'MENTEE_COORDINATOR') THEN mentee_person_id END", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "coordinated_id",
            sa.Uuid(),
            sa.Computed(
                "CASE WHEN kind IN ('MENTEE_COORDINATOR', 'MENTOR_COORDINATOR') THEN programme_id END", persisted=True
            ),
            nullable=True,
        ),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("char_length(body) <= 4000", name=op.f("ck_messages_body_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "incident_reader_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_messages_organisation_id_incident_reader_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_messages_organisation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "thread_id", "kind", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "threads.organisation_id",
                "threads.id",
                "threads.kind",
                "threads.programme_id",
                "threads.mentor_person_id",
                "threads.mentee_person_id",
            ],
            name=op.f("fk_messages_organisation_id_thread_id_kind_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_messages")),
    )
    op.create_index(
        "ix_messages_incident_reader_id", "messages", ["organisation_id", "incident_reader_id"], unique=False
    )
    op.create_index(
        op.f("ix_messages_organisation_id_thread_id_sent_at_id"),
        "messages",
        ["organisation_id", "thread_id", "sent_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index("ix_messages_person_id", "messages", ["organisation_id", "person_id"], unique=False)
    op.create_table(
        "read_marks",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unread", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("unread >= 0", name=op.f("ck_read_marks_unread")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_read_marks_organisation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "thread_id"],
            ["threads.organisation_id", "threads.id"],
            name=op.f("fk_read_marks_organisation_id_thread_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_read_marks")),
    )
    op.create_index(
        op.f("ix_read_marks_organisation_id_thread_id_person_id"),
        "read_marks",
        ["organisation_id", "thread_id", "person_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index("ix_read_marks_person_id", "read_marks", ["organisation_id", "person_id"], unique=False)
    op.create_table(
        "thread_openings",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "mentor_reader_id",
            sa.Uuid(),
            sa.Computed("CASE WHEN kind IN ('PAIR', 'MENTOR_COORDINATOR') THEN mentor_person_id END", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "mentee_reader_id",
            sa.Uuid(),
            sa.Computed("CASE WHEN kind IN ('PAIR', 'MENTEE_COORDINATOR') THEN mentee_person_id END", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "coordinated_id",
            sa.Uuid(),
            sa.Computed(
                "CASE WHEN kind IN ('MENTEE_COORDINATOR', 'MENTOR_COORDINATOR') THEN programme_id END", persisted=True
            ),
            nullable=True,
        ),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("char_length(reason) <= 1000", name=op.f("ck_thread_openings_reason_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_thread_openings_organisation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "thread_id", "kind", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "threads.organisation_id",
                "threads.id",
                "threads.kind",
                "threads.programme_id",
                "threads.mentor_person_id",
                "threads.mentee_person_id",
            ],
            name=op.f(
                "fk_thread_openings_organisation_id_thread_id_kind_programme_id_mentor_person_id_mentee_person_id"
            ),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_thread_openings")),
    )
    op.create_index(
        op.f("ix_thread_openings_organisation_id_mentee_reader_id_opened_at_id"),
        "thread_openings",
        ["organisation_id", "mentee_reader_id", "opened_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_thread_openings_organisation_id_mentor_reader_id_opened_at_id"),
        "thread_openings",
        ["organisation_id", "mentor_reader_id", "opened_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_thread_openings_organisation_id_opened_at_id"),
        "thread_openings",
        ["organisation_id", "opened_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_thread_openings_organisation_id_person_id_opened_at_id"),
        "thread_openings",
        ["organisation_id", "person_id", "opened_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_thread_openings_organisation_id_thread_id_opened_at_id"),
        "thread_openings",
        ["organisation_id", "thread_id", "opened_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "uq_thread_openings_open",
        "thread_openings",
        ["organisation_id", "thread_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "notes",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("earlier", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("portable", sa.Boolean(), nullable=False),
        sa.Column("carried_from", sa.Uuid(), nullable=True),
        sa.Column("carried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "mentee_reader_id",
            sa.Uuid(),
            sa.Computed("CASE WHEN visibility IN ('SHARED') THEN mentee_person_id END", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "mentor_reader_id",
            sa.Uuid(),
            sa.Computed(
                "CASE WHEN visibility IN ('SHARED', 'MENTOR_SUPERVISOR') THEN mentor_person_id END", persisted=True
            ),
            nullable=True,
        ),
        sa.Column(
            "supervised_id",
            sa.Uuid(),
            sa.Computed(
                "CASE WHEN visibility IN ('SHARED', 'MENTOR_SUPERVISOR', 'SUPERVISION_ONLY') THEN mentor_person_id END",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("visibility = 'SHARED' OR NOT portable", name=op.f("ck_notes_portable")),
        sa.CheckConstraint(
            "visibility IN ('SHARED', 'MENTOR_SUPERVISOR', 'SUPERVISION_ONLY', 'ADMIN')",
            name=op.f("ck_notes_visibility"),
        ),
        sa.CheckConstraint("(carried_from IS NULL) = (carried_at IS NULL)", name=op.f("ck_notes_carried")),
        sa.CheckConstraint("char_length(body) <= 8000", name=op.f("ck_notes_body_length")),
        sa.CheckConstraint("jsonb_array_length(earlier) <= 20", name=op.f("ck_notes_earlier")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "match_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "matches.organisation_id",
                "matches.id",
                "matches.programme_id",
                "matches.mentor_person_id",
                "matches.mentee_person_id",
            ],
            name=op.f("fk_notes_organisation_id_match_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "meeting_id", "match_id"],
            ["meetings.organisation_id", "meetings.id", "meetings.match_id"],
            name=op.f("fk_notes_organisation_id_meeting_id_match_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name=op.f("fk_notes_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_notes")),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "match_id",
            "person_id",
            name=op.f("uq_notes_organisation_id_id_programme_id_match_id_person_id"),
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "id",
            "programme_id",
            "mentor_person_id",
            "mentee_person_id",
            name=op.f("uq_notes_organisation_id_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
    )
    op.create_index("ix_notes_meeting_id", "notes", ["organisation_id", "meeting_id"], unique=False)
    op.create_index(
        op.f("ix_notes_organisation_id_match_id_written_at_id"),
        "notes",
        ["organisation_id", "match_id", "written_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_notes_organisation_id_mentee_reader_id_written_at_id"),
        "notes",
        ["organisation_id", "mentee_reader_id", "written_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_notes_organisation_id_mentor_reader_id_written_at_id"),
        "notes",
        ["organisation_id", "mentor_reader_id", "written_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_notes_organisation_id_supervised_id_written_at_id"),
        "notes",
        ["organisation_id", "supervised_id", "written_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_notes_organisation_id_written_at_id"),
        "notes",
        ["organisation_id", "written_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index("ix_notes_person_id", "notes", ["organisation_id", "person_id"], unique=False)
    op.create_index(
        "uq_notes_carried",
        "notes",
        ["organisation_id", "match_id", "carried_from"],
        unique=True,
        postgresql_where=sa.text("carried_from IS NOT NULL"),
    )
    op.create_table(
        "note_corrections",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_person_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("char_length(body) <= 8000", name=op.f("ck_note_corrections_body_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "note_id", "programme_id", "mentor_person_id", "mentee_person_id"],
            [
                "notes.organisation_id",
                "notes.id",
                "notes.programme_id",
                "notes.mentor_person_id",
                "notes.mentee_person_id",
            ],
            name=op.f("fk_note_corrections_organisation_id_note_id_programme_id_mentor_person_id_mentee_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_note_corrections")),
    )
    op.create_index(
        op.f("ix_note_corrections_organisation_id_note_id_stated_at_id"),
        "note_corrections",
        ["organisation_id", "note_id", "stated_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_table(
        "note_register",
        sa.Column(
            "organisation_id",
            sa.Uuid(),
            server_default=sa.text("NULLIF(current_setting('kith.organisation_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "visibility IN ('SHARED', 'MENTOR_SUPERVISOR', 'SUPERVISION_ONLY', 'ADMIN')",
            name=op.f("ck_note_register_visibility"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "note_id", "programme_id", "match_id", "person_id"],
            ["notes.organisation_id", "notes.id", "notes.programme_id", "notes.match_id", "notes.person_id"],
            name=op.f("fk_note_register_organisation_id_note_id_programme_id_match_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_note_register")),
    )
    op.create_index(
        op.f("ix_note_register_organisation_id_note_id"),
        "note_register",
        ["organisation_id", "note_id"],
        unique=True,
        postgresql_where=None,
    )
    op.create_index(
        op.f("ix_note_register_organisation_id_written_at_id"),
        "note_register",
        ["organisation_id", "written_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    secure(
        "threads",
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
        "messages",
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
        "read_marks",
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
        "thread_openings",
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
        "notes",
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
        "note_corrections",
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
        "note_register",
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
        op.f("ix_note_register_organisation_id_written_at_id"), table_name="note_register", postgresql_where=None
    )
    op.drop_index(op.f("ix_note_register_organisation_id_note_id"), table_name="note_register", postgresql_where=None)
    op.drop_table("note_register")
    op.drop_index(
        op.f("ix_note_corrections_organisation_id_note_id_stated_at_id"),
        table_name="note_corrections",
        postgresql_where=None,
    )
    op.drop_table("note_corrections")
    op.drop_index("uq_notes_carried", table_name="notes", postgresql_where=sa.text("carried_from IS NOT NULL"))
    op.drop_index("ix_notes_person_id", table_name="notes")
    op.drop_index(op.f("ix_notes_organisation_id_written_at_id"), table_name="notes", postgresql_where=None)
    op.drop_index(
        op.f("ix_notes_organisation_id_supervised_id_written_at_id"), table_name="notes", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_notes_organisation_id_mentor_reader_id_written_at_id"), table_name="notes", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_notes_organisation_id_mentee_reader_id_written_at_id"), table_name="notes", postgresql_where=None
    )
    op.drop_index(op.f("ix_notes_organisation_id_match_id_written_at_id"), table_name="notes", postgresql_where=None)
    op.drop_index("ix_notes_meeting_id", table_name="notes")
    op.drop_table("notes")
    op.drop_index("uq_thread_openings_open", table_name="thread_openings", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index(
        op.f("ix_thread_openings_organisation_id_thread_id_opened_at_id"),
        table_name="thread_openings",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_thread_openings_organisation_id_person_id_opened_at_id"),
        table_name="thread_openings",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_thread_openings_organisation_id_opened_at_id"), table_name="thread_openings", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_thread_openings_organisation_id_mentor_reader_id_opened_at_id"),
        table_name="thread_openings",
        postgresql_where=None,
    )
    op.drop_index(
        op.f("ix_thread_openings_organisation_id_mentee_reader_id_opened_at_id"),
        table_name="thread_openings",
        postgresql_where=None,
    )
    op.drop_table("thread_openings")
    op.drop_index("ix_read_marks_person_id", table_name="read_marks")
    op.drop_index(
        op.f("ix_read_marks_organisation_id_thread_id_person_id"), table_name="read_marks", postgresql_where=None
    )
    op.drop_table("read_marks")
    op.drop_index("ix_messages_person_id", table_name="messages")
    op.drop_index(
        op.f("ix_messages_organisation_id_thread_id_sent_at_id"), table_name="messages", postgresql_where=None
    )
    op.drop_index("ix_messages_incident_reader_id", table_name="messages")
    op.drop_table("messages")
    op.drop_index(
        op.f("ix_threads_organisation_id_mentor_reader_id_last_at_id"), table_name="threads", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_threads_organisation_id_mentee_reader_id_last_at_id"), table_name="threads", postgresql_where=None
    )
    op.drop_index(op.f("ix_threads_organisation_id_match_id_kind"), table_name="threads", postgresql_where=None)
    op.drop_index(op.f("ix_threads_organisation_id_last_at_id"), table_name="threads", postgresql_where=None)
    op.drop_index(
        op.f("ix_threads_organisation_id_incident_reader_id_last_at_id"), table_name="threads", postgresql_where=None
    )
    op.drop_index(
        op.f("ix_threads_organisation_id_coordinated_id_last_at_id"), table_name="threads", postgresql_where=None
    )
    op.drop_table("threads")
    op.drop_constraint(op.f("uq_meetings_organisation_id_id_match_id"), "meetings", type_="unique")

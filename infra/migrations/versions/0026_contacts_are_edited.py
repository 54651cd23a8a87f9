"""Contacts are edited."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision: str | None = "0025"


# by hand: rows are carried over. Row security is forced upon the owner too; this transaction alone is let past it.
_IN_LOWER_CASE = """
    ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY;
    UPDATE contacts SET email = lower(email) WHERE email <> lower(email);
    ALTER TABLE contacts FORCE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    """Bring the database forward."""
    op.execute(_IN_LOWER_CASE)
    op.add_column("contacts", sa.Column("address", sa.Text(), nullable=True))
    op.add_column("contacts", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
    op.create_index(
        op.f("ix_contacts_organisation_id_email"),
        "contacts",
        ["organisation_id", "email"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "ix_feedback_invitations_other_person_id",
        "feedback_invitations",
        ["organisation_id", "other_person_id"],
        unique=False,
    )
    op.create_foreign_key(
        op.f("fk_feedback_invitations_organisation_id_other_person_id"),
        "feedback_invitations",
        "people",
        ["organisation_id", "other_person_id"],
        ["organisation_id", "id"],
    )
    op.create_check_constraint("ck_contacts_address_length", "contacts", "(char_length(address) <= 500)")


def downgrade() -> None:
    """Take the database back."""
    op.drop_constraint("ck_contacts_address_length", "contacts", type_="check")
    op.drop_constraint(
        op.f("fk_feedback_invitations_organisation_id_other_person_id"), "feedback_invitations", type_="foreignkey"
    )
    op.drop_index("ix_feedback_invitations_other_person_id", table_name="feedback_invitations")
    op.drop_index(op.f("ix_contacts_organisation_id_email"), table_name="contacts", postgresql_where=None)
    op.drop_column("contacts", "version")
    op.drop_column("contacts", "address")

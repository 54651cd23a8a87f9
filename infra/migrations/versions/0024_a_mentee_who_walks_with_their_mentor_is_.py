"""A mentee who walks with their mentor is active."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

from alembic import op

revision = "0024"
down_revision: str | None = "0023"


# by hand: rows are carried over. Row security is forced upon the owner too; this transaction alone is let past it.
_WHO_WALKS_IS_ACTIVE = """
    ALTER TABLE mentees NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE matches NO FORCE ROW LEVEL SECURITY;
    UPDATE mentees e SET status = 'ACTIVE', version = version + 1
      FROM matches m
     WHERE m.organisation_id = e.organisation_id AND m.mentee_id = e.id AND m.active_since IS NOT NULL
       AND m.status <> 'CLOSED' AND e.status = 'MATCHED';
    ALTER TABLE matches FORCE ROW LEVEL SECURITY;
    ALTER TABLE mentees FORCE ROW LEVEL SECURITY;
"""
_WHO_IS_ACTIVE_IS_MATCHED = """
    ALTER TABLE mentees NO FORCE ROW LEVEL SECURITY;
    UPDATE mentees SET status = 'MATCHED', version = version + 1 WHERE status = 'ACTIVE';
    ALTER TABLE mentees FORCE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    """Bring the database forward."""
    op.drop_constraint("ck_mentees_status", "mentees", type_="check")
    op.create_check_constraint(
        "ck_mentees_status",
        "mentees",
        "(status = ANY (ARRAY['APPLIED'::text, 'ELIGIBILITY_REVIEW'::text, 'CONSENTED'::text, 'READY_TO_MATCH'::text, 'WAITING'::text, 'PAUSED'::text, 'MATCHED'::text, 'ACTIVE'::text, 'CLOSING'::text, 'CLOSED'::text]))",
    )
    op.execute(_WHO_WALKS_IS_ACTIVE)


def downgrade() -> None:
    """Take the database back."""
    op.execute(_WHO_IS_ACTIVE_IS_MATCHED)
    op.drop_constraint("ck_mentees_status", "mentees", type_="check")
    op.create_check_constraint(
        "ck_mentees_status",
        "mentees",
        "(status = ANY (ARRAY['APPLIED'::text, 'ELIGIBILITY_REVIEW'::text, 'CONSENTED'::text, 'READY_TO_MATCH'::text, 'WAITING'::text, 'PAUSED'::text, 'MATCHED'::text, 'CLOSING'::text, 'CLOSED'::text]))",
    )

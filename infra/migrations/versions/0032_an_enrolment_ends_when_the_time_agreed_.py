"""An enrolment ends when the time agreed is over."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

from alembic import op

revision = "0032"
down_revision: str | None = "0031"


def upgrade() -> None:
    """Bring the database forward."""
    op.drop_constraint("ck_mentees_closing_reason", "mentees", type_="check")
    op.create_check_constraint(
        "ck_mentees_closing_reason",
        "mentees",
        "(closing_reason = ANY (ARRAY['GOALS_MET'::text, 'TIME_COMPLETED'::text, 'MOVED'::text, 'LOST_CONTACT'::text, 'DECLINED'::text, 'NOT_ELIGIBLE'::text, 'TRANSFERRED'::text, 'INCARCERATED'::text, 'HOSPITALISED'::text, 'DECEASED'::text, 'ADMIN'::text, 'OTHER'::text]))",
    )


def downgrade() -> None:
    """Take the database back."""
    op.drop_constraint("ck_mentees_closing_reason", "mentees", type_="check")
    op.create_check_constraint(
        "ck_mentees_closing_reason",
        "mentees",
        "(closing_reason = ANY (ARRAY['GOALS_MET'::text, 'MOVED'::text, 'LOST_CONTACT'::text, 'DECLINED'::text, 'NOT_ELIGIBLE'::text, 'TRANSFERRED'::text, 'INCARCERATED'::text, 'HOSPITALISED'::text, 'DECEASED'::text, 'ADMIN'::text, 'OTHER'::text]))",
    )

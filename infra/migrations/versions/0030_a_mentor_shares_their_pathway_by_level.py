"""A mentor shares their pathway by level."""
# ruff: noqa: E501 - expressions stand as PostgreSQL spells them

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision: str | None = "0029"


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("lived_experience", sa.Column("pathway", sa.Text(), nullable=True))
    op.add_column("mentors", sa.Column("pathway_for_all", sa.Boolean(), server_default="true", nullable=False))
    op.create_index(
        "uq_lived_experience_pathway",
        "lived_experience",
        ["organisation_id", "mentor_id"],
        unique=True,
        postgresql_where=sa.text("pathway IS NOT NULL"),
    )
    op.drop_constraint("ck_lived_experience_one_fact", "lived_experience", type_="check")
    op.create_check_constraint(
        "ck_lived_experience_one_fact", "lived_experience", "(num_nonnulls(experience, recovery_time, pathway) = 1)"
    )
    op.create_check_constraint(
        "ck_lived_experience_pathway",
        "lived_experience",
        "(pathway = ANY (ARRAY['TWELVE_STEP'::text, 'SMART'::text, 'MEDICATION'::text, 'FAITH'::text, 'HARM_REDUCTION'::text, 'NATURAL'::text, 'OTHER'::text]))",
    )


def downgrade() -> None:
    """Take the database back."""
    op.drop_constraint("ck_lived_experience_pathway", "lived_experience", type_="check")
    op.drop_constraint("ck_lived_experience_one_fact", "lived_experience", type_="check")
    op.create_check_constraint(
        "ck_lived_experience_one_fact", "lived_experience", "(num_nonnulls(experience, recovery_time) = 1)"
    )
    op.drop_index(
        "uq_lived_experience_pathway", table_name="lived_experience", postgresql_where=sa.text("pathway IS NOT NULL")
    )
    op.drop_column("mentors", "pathway_for_all")
    op.drop_column("lived_experience", "pathway")

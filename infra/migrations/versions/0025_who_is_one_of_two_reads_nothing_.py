"""Who is one of two reads nothing confided as staff."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision: str | None = "0024"


# by hand: rows are carried over. Row security is forced upon the owner too; this transaction alone is let past it.
_TABLES = (
    *("answers", "feedback", "feedback_answers", "feedback_invitations", "feedback_responses", "goal_suggestions"),
    *("matches", "meetings", "proposals"),
)
_WHO_THE_TWO_ARE = """
    UPDATE answers a SET mentor_person_id = p.mentor_person_id, mentee_person_id = p.mentee_person_id
      FROM proposals p WHERE p.organisation_id = a.organisation_id AND p.id = a.proposal_id;
    UPDATE feedback f SET mentor_person_id = m.mentor_person_id, mentee_person_id = m.mentee_person_id
      FROM meetings m WHERE m.organisation_id = f.organisation_id AND m.id = f.meeting_id;
    UPDATE goal_suggestions g SET mentor_person_id = m.mentor_person_id
      FROM matches m WHERE m.organisation_id = g.organisation_id AND m.id = g.match_id;
    UPDATE feedback_invitations i
       SET other_person_id = CASE m.mentor_person_id WHEN i.person_id THEN m.mentee_person_id
                             ELSE m.mentor_person_id END
      FROM matches m WHERE m.organisation_id = i.organisation_id AND m.id = i.match_id;
    UPDATE feedback_responses r SET other_person_id = i.other_person_id
      FROM feedback_invitations i WHERE i.organisation_id = r.organisation_id AND i.id = r.invitation_id;
    UPDATE feedback_answers a SET other_person_id = r.other_person_id
      FROM feedback_responses r WHERE r.organisation_id = a.organisation_id AND r.id = a.response_id;
"""


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("answers", sa.Column("mentor_person_id", sa.Uuid(), nullable=True))
    op.add_column("answers", sa.Column("mentee_person_id", sa.Uuid(), nullable=True))
    op.add_column("feedback", sa.Column("mentor_person_id", sa.Uuid(), nullable=True))
    op.add_column("feedback", sa.Column("mentee_person_id", sa.Uuid(), nullable=True))
    op.add_column("goal_suggestions", sa.Column("mentor_person_id", sa.Uuid(), nullable=True))
    op.add_column("feedback_answers", sa.Column("other_person_id", sa.Uuid(), nullable=True))
    op.add_column("feedback_invitations", sa.Column("other_person_id", sa.Uuid(), nullable=True))
    op.add_column("feedback_responses", sa.Column("other_person_id", sa.Uuid(), nullable=True))
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(_WHO_THE_TWO_ARE)
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.alter_column("answers", "mentor_person_id", nullable=False)
    op.alter_column("answers", "mentee_person_id", nullable=False)
    op.alter_column("feedback", "mentor_person_id", nullable=False)
    op.alter_column("feedback", "mentee_person_id", nullable=False)
    op.alter_column("goal_suggestions", "mentor_person_id", nullable=False)
    op.create_unique_constraint(
        op.f("uq_feedback_invitations_organisation_id_id_form_id_programme_id_person_id_other_person_id"),
        "feedback_invitations",
        ["organisation_id", "id", "form_id", "programme_id", "person_id", "other_person_id"],
    )
    op.create_unique_constraint(
        op.f("uq_feedback_responses_organisation_id_id_programme_id_person_id_other_person_id"),
        "feedback_responses",
        ["organisation_id", "id", "programme_id", "person_id", "other_person_id"],
    )
    op.create_unique_constraint(
        op.f("uq_matches_organisation_id_id_programme_id_mentee_person_id_mentor_person_id"),
        "matches",
        ["organisation_id", "id", "programme_id", "mentee_person_id", "mentor_person_id"],
    )
    op.create_unique_constraint(
        op.f("uq_proposals_organisation_id_id_programme_id_mentor_person_id_mentee_person_id"),
        "proposals",
        ["organisation_id", "id", "programme_id", "mentor_person_id", "mentee_person_id"],
    )
    op.drop_constraint(op.f("fk_answers_organisation_id_proposal_id_programme_id"), "answers", type_="foreignkey")
    op.create_foreign_key(
        op.f("fk_answers_organisation_id_proposal_id_programme_id_mentor_person_id_mentee_person_id"),
        "answers",
        "proposals",
        ["organisation_id", "proposal_id", "programme_id", "mentor_person_id", "mentee_person_id"],
        ["organisation_id", "id", "programme_id", "mentor_person_id", "mentee_person_id"],
    )
    op.drop_constraint(op.f("fk_feedback_organisation_id_meeting_id_programme_id"), "feedback", type_="foreignkey")
    op.create_foreign_key(
        op.f("fk_feedback_organisation_id_meeting_id_programme_id_mentor_person_id_mentee_person_id"),
        "feedback",
        "meetings",
        ["organisation_id", "meeting_id", "programme_id", "mentor_person_id", "mentee_person_id"],
        ["organisation_id", "id", "programme_id", "mentor_person_id", "mentee_person_id"],
    )
    op.drop_constraint(
        op.f("fk_feedback_answers_organisation_id_response_id_program_9126"), "feedback_answers", type_="foreignkey"
    )
    op.create_foreign_key(
        op.f("fk_feedback_answers_organisation_id_response_id"),
        "feedback_answers",
        "feedback_responses",
        ["organisation_id", "response_id"],
        ["organisation_id", "id"],
    )
    op.create_foreign_key(
        op.f("fk_feedback_answers_organisation_id_response_id_programme_id_person_id_other_person_id"),
        "feedback_answers",
        "feedback_responses",
        ["organisation_id", "response_id", "programme_id", "person_id", "other_person_id"],
        ["organisation_id", "id", "programme_id", "person_id", "other_person_id"],
    )
    op.drop_constraint(
        op.f("fk_feedback_responses_organisation_id_invitation_id_for_4909"), "feedback_responses", type_="foreignkey"
    )
    op.drop_constraint(
        op.f("uq_feedback_invitations_organisation_id_id_form_id_prog_61c5"), "feedback_invitations", type_="unique"
    )
    op.drop_constraint(
        op.f("uq_feedback_responses_organisation_id_id_programme_id_person_id"), "feedback_responses", type_="unique"
    )
    op.create_foreign_key(
        op.f("fk_feedback_responses_organisation_id_invitation_id"),
        "feedback_responses",
        "feedback_invitations",
        ["organisation_id", "invitation_id"],
        ["organisation_id", "id"],
    )
    op.create_foreign_key(
        op.f("fk_feedback_responses_organisation_id_invitation_id_form_id_programme_id_person_id_other_person_id"),
        "feedback_responses",
        "feedback_invitations",
        ["organisation_id", "invitation_id", "form_id", "programme_id", "person_id", "other_person_id"],
        ["organisation_id", "id", "form_id", "programme_id", "person_id", "other_person_id"],
    )
    op.drop_constraint(
        op.f("fk_goal_suggestions_organisation_id_match_id_programme__8f5a"), "goal_suggestions", type_="foreignkey"
    )
    op.create_foreign_key(
        op.f("fk_goal_suggestions_organisation_id_match_id_programme_id_person_id_mentor_person_id"),
        "goal_suggestions",
        "matches",
        ["organisation_id", "match_id", "programme_id", "person_id", "mentor_person_id"],
        ["organisation_id", "id", "programme_id", "mentee_person_id", "mentor_person_id"],
    )
    op.drop_constraint(op.f("uq_matches_organisation_id_id_programme_id_mentee_person_id"), "matches", type_="unique")
    op.drop_constraint(op.f("uq_meetings_organisation_id_id_programme_id"), "meetings", type_="unique")
    op.drop_constraint(op.f("uq_proposals_organisation_id_id_programme_id"), "proposals", type_="unique")


def downgrade() -> None:
    """Take the database back."""
    op.create_unique_constraint(
        op.f("uq_feedback_responses_organisation_id_id_programme_id_person_id"),
        "feedback_responses",
        ["organisation_id", "id", "programme_id", "person_id"],
        postgresql_nulls_not_distinct=False,
    )
    op.create_unique_constraint(
        op.f("uq_feedback_invitations_organisation_id_id_form_id_prog_61c5"),
        "feedback_invitations",
        ["organisation_id", "id", "form_id", "programme_id", "person_id"],
        postgresql_nulls_not_distinct=False,
    )
    op.create_unique_constraint(
        op.f("uq_proposals_organisation_id_id_programme_id"),
        "proposals",
        ["organisation_id", "id", "programme_id"],
        postgresql_nulls_not_distinct=False,
    )
    op.create_unique_constraint(
        op.f("uq_meetings_organisation_id_id_programme_id"),
        "meetings",
        ["organisation_id", "id", "programme_id"],
        postgresql_nulls_not_distinct=False,
    )
    op.create_unique_constraint(
        op.f("uq_matches_organisation_id_id_programme_id_mentee_person_id"),
        "matches",
        ["organisation_id", "id", "programme_id", "mentee_person_id"],
        postgresql_nulls_not_distinct=False,
    )
    op.drop_constraint(
        op.f("fk_goal_suggestions_organisation_id_match_id_programme_id_person_id_mentor_person_id"),
        "goal_suggestions",
        type_="foreignkey",
    )
    op.create_foreign_key(
        op.f("fk_goal_suggestions_organisation_id_match_id_programme__8f5a"),
        "goal_suggestions",
        "matches",
        ["organisation_id", "match_id", "programme_id", "person_id"],
        ["organisation_id", "id", "programme_id", "mentee_person_id"],
    )
    op.drop_constraint(
        op.f("fk_feedback_responses_organisation_id_invitation_id_form_id_programme_id_person_id_other_person_id"),
        "feedback_responses",
        type_="foreignkey",
    )
    op.drop_constraint(
        op.f("fk_feedback_responses_organisation_id_invitation_id"), "feedback_responses", type_="foreignkey"
    )
    op.create_foreign_key(
        op.f("fk_feedback_responses_organisation_id_invitation_id_for_4909"),
        "feedback_responses",
        "feedback_invitations",
        ["organisation_id", "invitation_id", "form_id", "programme_id", "person_id"],
        ["organisation_id", "id", "form_id", "programme_id", "person_id"],
    )
    op.drop_constraint(
        op.f("fk_feedback_answers_organisation_id_response_id_programme_id_person_id_other_person_id"),
        "feedback_answers",
        type_="foreignkey",
    )
    op.drop_constraint(op.f("fk_feedback_answers_organisation_id_response_id"), "feedback_answers", type_="foreignkey")
    op.create_foreign_key(
        op.f("fk_feedback_answers_organisation_id_response_id_program_9126"),
        "feedback_answers",
        "feedback_responses",
        ["organisation_id", "response_id", "programme_id", "person_id"],
        ["organisation_id", "id", "programme_id", "person_id"],
    )
    op.drop_constraint(
        op.f("fk_feedback_organisation_id_meeting_id_programme_id_mentor_person_id_mentee_person_id"),
        "feedback",
        type_="foreignkey",
    )
    op.create_foreign_key(
        op.f("fk_feedback_organisation_id_meeting_id_programme_id"),
        "feedback",
        "meetings",
        ["organisation_id", "meeting_id", "programme_id"],
        ["organisation_id", "id", "programme_id"],
    )
    op.drop_constraint(
        op.f("fk_answers_organisation_id_proposal_id_programme_id_mentor_person_id_mentee_person_id"),
        "answers",
        type_="foreignkey",
    )
    op.create_foreign_key(
        op.f("fk_answers_organisation_id_proposal_id_programme_id"),
        "answers",
        "proposals",
        ["organisation_id", "proposal_id", "programme_id"],
        ["organisation_id", "id", "programme_id"],
    )
    op.drop_constraint(
        op.f("uq_proposals_organisation_id_id_programme_id_mentor_person_id_mentee_person_id"),
        "proposals",
        type_="unique",
    )
    op.drop_constraint(
        op.f("uq_matches_organisation_id_id_programme_id_mentee_person_id_mentor_person_id"), "matches", type_="unique"
    )
    op.drop_column("goal_suggestions", "mentor_person_id")
    op.drop_constraint(
        op.f("uq_feedback_responses_organisation_id_id_programme_id_person_id_other_person_id"),
        "feedback_responses",
        type_="unique",
    )
    op.drop_column("feedback_responses", "other_person_id")
    op.drop_constraint(
        op.f("uq_feedback_invitations_organisation_id_id_form_id_programme_id_person_id_other_person_id"),
        "feedback_invitations",
        type_="unique",
    )
    op.drop_column("feedback_invitations", "other_person_id")
    op.drop_column("feedback_answers", "other_person_id")
    op.drop_column("feedback", "mentee_person_id")
    op.drop_column("feedback", "mentor_person_id")
    op.drop_column("answers", "mentee_person_id")
    op.drop_column("answers", "mentor_person_id")

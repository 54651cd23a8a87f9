"""How feedback and figures are shown."""

from kith.evaluation.feedback import Feedback, give_feedback
from kith.evaluation.rollup import EvaluationRollup, Indicator, refresh_evaluation
from kith.programmes import Programme
from schema.declare import among, ascending, column, connection, descending, one, refers_to, root, shows
from schema.enums import enumeration
from schema.mutations import expose


@shows(
    Feedback,
    "What one person said about one meeting. Reading it is recorded.",
    orders={"NEWEST": descending(Feedback.given_at), "OLDEST": ascending(Feedback.given_at)},
    filters={"programme_id": refers_to(Feedback.programme_id, Programme, "In this programme.")},
)
class FeedbackType:
    """The fields of a feedback."""

    felt_heard = column("I felt heard: 1 to 5.")
    talked_about_what_matters = column("We talked about what matters to me: 1 to 5.")
    helpful = column("It was helpful: 1 to 5.")
    right_pace = column("It went at the right pace for me: 1 to 5.")
    remark = column("Anything else.")
    given_at = column("When.")
    person = one("Who gave it.", by=Feedback.person_id)
    meeting = one("About which meeting.", by=Feedback.meeting_id)


@shows(
    EvaluationRollup,
    "One figure of one programme in one month.",
    orders={"NEWEST": descending(EvaluationRollup.month), "OLDEST": ascending(EvaluationRollup.month)},
    filters={
        "programme_id": refers_to(EvaluationRollup.programme_id, Programme, "Of this programme."),
        "indicator": among(EvaluationRollup.indicator, enumeration(Indicator), "One of these."),
    },
)
class EvaluationRollupType:
    """The fields of a figure."""

    month = column("The first day of the month.")
    indicator = column("What it measures.", enumeration(Indicator))
    value = column("The figure, as a decimal.")
    people = column("How many mentees are behind it; an analyst sees figures over eleven or more.")
    computed_at = column("When it was computed.")
    programme = one("The programme.", by=EvaluationRollup.programme_id)


root(
    feedback=connection("Feedback. Reading it is recorded.", Feedback),
    evaluation_rollups=connection("Figures of programmes, month by month.", EvaluationRollup),
)
expose(give_feedback, refresh_evaluation)

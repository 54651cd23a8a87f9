"""How feedback forms, indicators and cycles of improvement are shown."""

from kith.evaluation.form import (
    MOST_QUESTIONS,
    FeedbackForm,
    FormAudience,
    FormQuestion,
    FormStatus,
    Moment,
    Privacy,
    QuestionKind,
    open_feedback_form,
    retire_feedback_form,
    revise_feedback_form,
)
from kith.evaluation.improvement import (
    MOST_INDICATORS,
    CycleIndicator,
    CycleStatus,
    Decision,
    ImprovementCycle,
    PolicyChange,
    act_on_improvement,
    adopt_policy,
    close_improvement,
    do_improvement,
    plan_improvement,
    study_improvement,
)
from kith.evaluation.indicator import (
    Direction,
    IndicatorValue,
    ProgrammeIndicator,
    define_indicator,
    edit_indicator,
    enter_indicator_value,
)
from kith.evaluation.logic_model import LogicModel, write_logic_model
from kith.evaluation.response import (
    FeedbackAnswer,
    FeedbackInvitation,
    FeedbackResponse,
    FeedbackResult,
    InvitationStatus,
    answer_feedback_form,
    invite_to_feedback,
)
from kith.evaluation.rollup import Indicator
from kith.people.person import Person
from kith.programmes import Programme
from schema.declare import among, ascending, column, connection, descending, many, one, only, refers_to, root, shows
from schema.enums import enumeration
from schema.mutations import expose


@shows(
    FeedbackForm,
    "One edition of what is asked of one audience at one moment.",
    orders={"NEWEST": descending(FeedbackForm.opened_at), "OLDEST": ascending(FeedbackForm.opened_at)},
    filters={
        "programme_id": refers_to(FeedbackForm.programme_id, Programme, "In this programme."),
        "moment": among(FeedbackForm.moment, enumeration(Moment), "Asked at one of these moments."),
        "status": among(FeedbackForm.status, enumeration(FormStatus), "In one of these states."),
    },
)
class FeedbackFormType:
    """The fields of a form."""

    moment = column("When it is asked.", enumeration(Moment))
    audience = column("Whom it asks.", enumeration(FormAudience))
    privacy = column("What is kept of who answered.", enumeration(Privacy))
    title = column("What people see above it.")
    edition = column("The first is 1; a revision is the next.")
    status = column("Where it is.", enumeration(FormStatus))
    opened_at = column("When it was opened.")
    retired_at = column("Since when it is not asked any more.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    programme = one("In which programme.", by=FeedbackForm.programme_id)
    questions = many(
        "What is asked.", by=FormQuestion.form_id, order=ascending(FormQuestion.place), most=MOST_QUESTIONS
    )
    results = many(
        "The figures question by question, once five people have answered, and moving on by five at a time.",
        by=FeedbackResult.form_id,
        order=ascending(FeedbackResult.place),
        most=MOST_QUESTIONS,
    )


@shows(FormQuestion, "One question of a form.")
class FormQuestionType:
    """The fields of a question."""

    place = column("Its place in the form, from 1.")
    kind = column("How it is answered.", enumeration(QuestionKind))
    question = column("The question.")


@shows(FeedbackResult, "The figures of one question, over enough people.")
class FeedbackResultType:
    """The fields of a question's figures."""

    place = column("The question's place in the form.")
    people = column("How many people had answered it; never fewer than five.")
    mean = column("The mean of the scores, 1 to 5; null of a question in words.")
    texts = column("What people said in words, in alphabetical order.")
    question = one("The question.", by=FeedbackResult.question_id)


@shows(
    FeedbackInvitation,
    "One person asked to answer a form, which nobody has to.",
    orders={"NEWEST": descending(FeedbackInvitation.invited_at), "OLDEST": ascending(FeedbackInvitation.invited_at)},
    filters={
        "form_id": refers_to(FeedbackInvitation.form_id, FeedbackForm, "To this form."),
        "status": among(FeedbackInvitation.status, enumeration(InvitationStatus), "In one of these states."),
    },
)
class FeedbackInvitationType:
    """The fields of an invitation."""

    moment = column("When it is asked.", enumeration(Moment))
    status = column("Where it is.", enumeration(InvitationStatus))
    invited_at = column("When the person was invited.")
    stands_until = column("Until when it can be answered.")
    form = one("To which form.", by=FeedbackInvitation.form_id)
    person = one("Who is invited.", by=FeedbackInvitation.person_id)
    match = one("About which match; null for none.", by=FeedbackInvitation.match_id)
    response = only(
        "What they answered in confidence; never there of an anonymous form. Reading it is recorded.",
        by=FeedbackResponse.invitation_id,
    )


@shows(
    FeedbackResponse,
    "What one person answered in confidence. Reading it is recorded.",
    orders={"NEWEST": descending(FeedbackResponse.given_at), "OLDEST": ascending(FeedbackResponse.given_at)},
    filters={"programme_id": refers_to(FeedbackResponse.programme_id, Programme, "In this programme.")},
)
class FeedbackResponseType:
    """The fields of a response."""

    given_at = column("When.")
    person = one("Who answered.", by=FeedbackResponse.person_id, model=Person)
    invitation = one("The invitation that they answered.", by=FeedbackResponse.invitation_id)
    answers = many(
        "The answers. Reading them is recorded.",
        by=FeedbackAnswer.response_id,
        order=ascending(FeedbackAnswer.place),
        most=MOST_QUESTIONS,
    )


@shows(FeedbackAnswer, "The answer to one question, in confidence. Reading it is recorded.")
class FeedbackAnswerType:
    """The fields of an answer."""

    place = column("The question's place in the form.")
    score = column("1 to 5; null of a question in words.")
    text = column("What they said; null of a question with a score.")
    question = one("The question.", by=FeedbackAnswer.question_id)


@shows(
    ProgrammeIndicator,
    "Something by which a programme measures itself.",
    orders={"NEWEST": descending(ProgrammeIndicator.defined_at), "OLDEST": ascending(ProgrammeIndicator.defined_at)},
    filters={"programme_id": refers_to(ProgrammeIndicator.programme_id, Programme, "Of this programme.")},
)
class ProgrammeIndicatorType:
    """The fields of an indicator."""

    name = column("What it is called.")
    definition = column("What is counted, of whom, and how.")
    unit = column("In what it is given.")
    target = column("What is wanted, as a decimal.")
    direction = column("Which way is better.", enumeration(Direction))
    taken_from = column("The figure its values are taken from; null where they are entered.", enumeration(Indicator))
    defined_at = column("When it was defined.")
    retired_at = column("Since when it is measured no more.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    programme = one("Of which programme.", by=ProgrammeIndicator.programme_id)
    values = connection("What was measured, month by month.", by=IndicatorValue.indicator_id, filtered=False)


@shows(
    IndicatorValue,
    "What was measured in one month.",
    orders={"NEWEST": descending(IndicatorValue.month), "OLDEST": ascending(IndicatorValue.month)},
)
class IndicatorValueType:
    """The fields of a value."""

    month = column("The first day of the month.")
    value = column("What was measured, as a decimal.")
    target = column("The target at that time, as a decimal.")
    on_target = column("Whether the value was on target.")
    people = column("How many people are behind it; an analyst sees values over eleven or more.")
    entered_at = column("When it was entered or taken.")
    indicator = one("Of which indicator.", by=IndicatorValue.indicator_id)


@shows(
    ImprovementCycle,
    "Something that a programme tries in order to get better: plan, do, study, act.",
    orders={"NEWEST": descending(ImprovementCycle.planned_at), "OLDEST": ascending(ImprovementCycle.planned_at)},
    filters={
        "programme_id": refers_to(ImprovementCycle.programme_id, Programme, "In this programme."),
        "status": among(ImprovementCycle.status, enumeration(CycleStatus), "In one of these states."),
    },
)
class ImprovementCycleType:
    """The fields of a cycle."""

    title = column("What it is called.")
    aim = column("What is to get better, and what is tried for it.")
    expected = column("What is expected to come of it.")
    done = column("What was really done; empty until it is studied.")
    learnt = column("What was learnt; empty until it is decided what follows.")
    follows = column("What is done next because of it.")
    status = column("Where it is.", enumeration(CycleStatus))
    decision = column("What follows.", enumeration(Decision))
    planned_at = column("When it was planned.")
    closed_at = column("When it was closed.")
    version = column("Grows with each change.")
    programme = one("In which programme.", by=ImprovementCycle.programme_id)
    led_by = one("Who leads it.", by=ImprovementCycle.led_by_id)
    indicators = many(
        "What it is held against.",
        by=CycleIndicator.cycle_id,
        order=ascending(CycleIndicator.id),
        most=MOST_INDICATORS,
    )
    policy_changes = connection(
        "What of the programme's policy changed with it.", by=PolicyChange.cycle_id, filtered=False
    )


@shows(CycleIndicator, "An indicator that a cycle is held against.")
class CycleIndicatorType:
    """The fields of the link."""

    indicator = one("Which indicator.", by=CycleIndicator.indicator_id)


@shows(
    PolicyChange,
    "What one field of a programme's policy was and became with a cycle.",
    orders={"OLDEST": ascending(PolicyChange.changed_at), "NEWEST": descending(PolicyChange.changed_at)},
)
class PolicyChangeType:
    """The fields of a change of policy."""

    field = column("Which field of the programme, such as `offer_hours`.")
    before = column("What it was, as JSON.")
    after = column("What it became, as JSON.")
    programme_version = column("The programme's version since.")
    changed_at = column("When.")
    changed_by = one("Who changed it.", by=PolicyChange.changed_by_id)
    cycle = one("With which cycle.", by=PolicyChange.cycle_id)


@shows(LogicModel, "How a programme is meant to work: what goes in, what is done, what is to come of it.")
class LogicModelType:
    """The fields of a logic model."""

    needs = column("What in the community it answers.")
    inputs = column("What goes into it.")
    activities = column("What is done.")
    outputs = column("What can be counted of it.")
    outcomes = column("What is to be different for people.")
    written_at = column("When it was written.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    programme = one("Of which programme.", by=LogicModel.programme_id)
    written_by = one("Who wrote it.", by=LogicModel.written_by_id)


root(
    feedback_forms=connection("Feedback forms.", FeedbackForm),
    feedback_invitations=connection("Who is invited to answer which form.", FeedbackInvitation),
    feedback_responses=connection("Answers in confidence. Reading them is recorded.", FeedbackResponse),
    programme_indicators=connection("What programmes measure themselves by.", ProgrammeIndicator),
    improvement_cycles=connection("Cycles of improvement.", ImprovementCycle),
)
expose(open_feedback_form, revise_feedback_form, retire_feedback_form, invite_to_feedback, answer_feedback_form)
expose(write_logic_model)
expose(define_indicator, edit_indicator, enter_indicator_value)
expose(
    plan_improvement,
    do_improvement,
    study_improvement,
    act_on_improvement,
    adopt_policy,
    close_improvement,
)

"""How training is shown."""

from sqlalchemy import func, not_

from kith.people.mentor import Mentor
from kith.people.person import Person
from kith.people.readiness import HindranceCode, Readiness
from kith.programmes import Programme
from kith.training.assessing import (
    TrainingAnswers,
    TrainingAttempt,
    assess_training,
    name_trainer,
    submit_training,
    waive_training,
)
from kith.training.competency import (
    CompetencyEvaluation,
    CompetencyRating,
    EvaluationStatus,
    Observer,
    acknowledge_competency_evaluation,
    draft_competency_evaluation,
    edit_competency_evaluation,
    sign_competency_evaluation,
)
from kith.training.enrolment import (
    EnrolmentStatus,
    TrainingEnrolment,
    assign_training,
    begin_training,
    withdraw_training,
)
from kith.training.module import (
    Audience,
    Competency,
    CoreTraining,
    Delivery,
    ModuleStatus,
    TrainingKind,
    TrainingModule,
    adopt_core_training,
    draft_next_edition,
    draft_training_module,
    edit_training_module,
    publish_training_module,
)
from kith.training.requirement import (
    DueRule,
    RequirementStatus,
    TrainingRequirement,
    lift_training_requirement,
    require_training,
    retire_training_module,
)
from schema.declare import (
    ById,
    Value,
    among,
    ascending,
    before,
    column,
    connection,
    descending,
    expression,
    groups,
    many,
    of,
    one,
    only,
    refers_to,
    root,
    shows,
    value_type,
)
from schema.enums import enumeration
from schema.mutations import RESULTS, expose


@shows(
    TrainingModule,
    "One edition of a training. What is published is never edited: its next edition takes its place.",
    orders={
        "NAME": ascending(TrainingModule.code, TrainingModule.edition),
        "NEWEST": descending(TrainingModule.drafted_at),
    },
    filters={
        "status": among(TrainingModule.status, enumeration(ModuleStatus), "In one of these states."),
        "kind": among(TrainingModule.kind, enumeration(TrainingKind), "About one of these."),
        "audience": among(TrainingModule.audience, enumeration(Audience), "For one of these."),
    },
)
class TrainingModuleType:
    """The fields of a training module."""

    code = column("A short name that stays through all editions.")
    edition = column("Which edition of the module it is, from 1.")
    title = column("What people call it.")
    summary = column("What one learns.")
    kind = column("What it is about.", enumeration(TrainingKind))
    audience = column("Whom it is for.", enumeration(Audience))
    competencies = column(
        "Which of the twelve core competencies it teaches.",
        list[enumeration(Competency)],  # type: ignore[misc]
    )
    minutes = column("How many minutes of training it counts for.")
    delivery = column("How it is given.", enumeration(Delivery))
    pass_mark = column("The score from which it is passed, in percent.")
    most_attempts = column("How often somebody may try.")
    validity_months = column("For how many months it stays valid; null for ever.")
    prerequisites = column("The codes of the modules that come first.")
    status = column("Where it is.", enumeration(ModuleStatus))
    drafted_at = column("When it was drafted.")
    published_at = column("When it was published.")
    retired_at = column("When it was retired.")
    version = column("Grows with each edit of a draft; give it as `expectedVersion`.")


@shows(
    TrainingRequirement,
    "A training that a programme requires: any module of a kind, or the one of a code.",
    orders={
        "NEWEST": descending(TrainingRequirement.decided_at),
        "OLDEST": ascending(TrainingRequirement.decided_at),
    },
    filters={
        "programme_id": refers_to(TrainingRequirement.programme_id, Programme, "Of this programme."),
        "status": among(TrainingRequirement.status, enumeration(RequirementStatus), "In one of these states."),
    },
)
class TrainingRequirementType:
    """The fields of a requirement."""

    audience = column("Of whom.", enumeration(Audience))
    kind = column("Any module of this kind; null where a code says which.", enumeration(TrainingKind))
    code = column("The module of this code; null where any of the kind will do.")
    due = column("Until when.", enumeration(DueRule))
    status = column("Where it is.", enumeration(RequirementStatus))
    decided_at = column("Since when.")
    lifted_at = column("Until when it held.")
    programme = one("In which programme.", by=TrainingRequirement.programme_id)


@shows(
    TrainingEnrolment,
    "A person in one edition of a training. It counts for the person in every programme.",
    orders={
        "NEWEST": descending(TrainingEnrolment.assigned_at),
        "OLDEST": ascending(TrainingEnrolment.assigned_at),
    },
    filters={
        "programme_id": refers_to(TrainingEnrolment.programme_id, Programme, "Looked after by this programme."),
        "person_id": refers_to(TrainingEnrolment.person_id, Person, "Of this person."),
        "trainer_id": refers_to(TrainingEnrolment.trainer_id, Person, "With this trainer."),
        "status": among(TrainingEnrolment.status, enumeration(EnrolmentStatus), "In one of these states."),
        "audience": among(TrainingEnrolment.audience, enumeration(Audience), "In a training for one of these."),
        "due_before": before(TrainingEnrolment.due_at, "Due before this time."),
    },
)
class TrainingEnrolmentType:
    """The fields of an enrolment."""

    code = column("The code of the training.")
    kind = column("What the training is about.", enumeration(TrainingKind))
    audience = column("Whom the training is for.", enumeration(Audience))
    status = column("Where it is.", enumeration(EnrolmentStatus))
    assigned_at = column("When they were enrolled.")
    due_at = column("Until when it is to be passed; null before a first match, or whenever it suits.")
    begun_at = column("When it was begun.")
    attempts = column("How many attempts were assessed.")
    completed_at = column("When it was passed or waived.")
    valid_until = column("The last day on which that counts; null for ever, and while it is not completed.")
    waiver_reason = column("Why it was waived.")
    waiver_evidence = column("What shows that it could be.")
    version = column("Grows with each change.")
    module = one("The edition that they take.", by=TrainingEnrolment.module_id)
    person = one("Who is trained.", by=TrainingEnrolment.person_id)
    programme = one("Whose coordinators look after it; null for staff of none.", by=TrainingEnrolment.programme_id)
    requirement = one("What it follows from; null where somebody assigned it.", by=TrainingEnrolment.requirement_id)
    trainer = one("Who trains them, and alone reads their answers.", by=TrainingEnrolment.trainer_id)
    waived_by = one("Who waived it.", by=TrainingEnrolment.waived_by_id)
    tries = many(
        "The attempts, the first one first.", by=TrainingAttempt.enrolment_id, order=ascending(TrainingAttempt.number)
    )


@shows(TrainingAttempt, "One attempt at a training.")
class TrainingAttemptType:
    """The fields of an attempt."""

    number = column("Which attempt it is, from 1.")
    submitted_at = column("When it was handed in.")
    score = column("The score in percent; null until it is assessed.")
    passed = column("Whether that was enough; null until it is assessed.")
    assessed_at = column("When it was assessed.")
    remark = column("What the person should know about it.")
    assessor = one("Who assessed it.", by=TrainingAttempt.assessor_id)
    answers = only(
        "What was answered, for the person and their trainer alone. Reading it is recorded.",
        by=TrainingAnswers.attempt_id,
    )


@shows(TrainingAnswers, "What somebody answered in a training. Reading it is recorded.")
class TrainingAnswersType:
    """The fields of answers."""

    answers = column("The answers, as they were written.")


@shows(
    CompetencyEvaluation,
    "How a mentor does in the twelve core competencies of SAMHSA, in somebody's view.",
    orders={
        "NEWEST": descending(CompetencyEvaluation.drafted_at),
        "OLDEST": ascending(CompetencyEvaluation.drafted_at),
    },
    filters={
        "programme_id": refers_to(CompetencyEvaluation.programme_id, Programme, "In this programme."),
        "mentor_id": refers_to(CompetencyEvaluation.mentor_id, Mentor, "Of this mentor."),
        "status": among(CompetencyEvaluation.status, enumeration(EvaluationStatus), "In one of these states."),
    },
)
class CompetencyEvaluationType:
    """The fields of an evaluation."""

    observer = column("Whose view it gives.", enumeration(Observer))
    summary = column("What matters most.")
    status = column("Where it is.", enumeration(EvaluationStatus))
    drafted_at = column("When it was begun.")
    edited_at = column("When it was last edited.")
    signed_at = column("When the supervisor signed it.")
    acknowledged_at = column("When the mentor acknowledged it.")
    reply = column("What the mentor has to say about it.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    mentor = one("Of which mentor.", by=CompetencyEvaluation.mentor_id)
    drafted_by = one("Who began it.", by=CompetencyEvaluation.drafted_by_id)
    signed_by = one("Who signed it.", by=CompetencyEvaluation.signed_by_id)
    ratings = many(
        "How they do in each competency.",
        by=CompetencyRating.evaluation_id,
        order=ascending(CompetencyRating.competency),
    )


@shows(CompetencyRating, "How a mentor does in one competency.")
class CompetencyRatingType:
    """The fields of a rating."""

    competency = column("Which competency.", enumeration(Competency))
    rating = column("1 not yet to 5 fully; null where it was not observed.")
    not_observed = expression("Whether it was not observed.", bool, CompetencyRating.rating.is_(None))
    evidence = column("What was seen or heard that shows it.")


@value_type("CoreTraining", "The four core modules of an organisation.")
class CoreTrainingType:
    """The fields of the core training."""

    modules = Value("Each in its newest edition.", list[of(TrainingModule)])  # type: ignore[misc]


@value_type("TrainingCompleteness", "How many mentors have completed what is required, and how many have not.")
class TrainingCompleteness:
    """The fields of the figure."""

    complete = Value("Whether no required training is missing.", bool)
    mentors = Value("Of how many mentors that is so, leaving out who no longer mentors.", int)


_CODES = Readiness.__table__.c.codes
_completeness = groups(
    "How many mentors have completed what is required of them, as it was found last.",
    Readiness,
    TrainingCompleteness,
    by={"complete": not_(_CODES.overlap([HindranceCode.IN_TRAINING, HindranceCode.TRAINING_MISSING]))},
    figures={"mentors": func.count().filter(not_(_CODES.contains([HindranceCode.RETIRED])))},
)

RESULTS |= {CoreTraining: CoreTrainingType}
root(
    training_modules=connection("The catalogue of training.", TrainingModule),
    training_module=ById("One training module.", TrainingModule),
    training_requirements=connection("What training is required.", TrainingRequirement),
    training_enrolments=connection("Who is in which training.", TrainingEnrolment),
    training_enrolment=ById("One enrolment.", TrainingEnrolment),
    competency_evaluations=connection("How mentors do in the core competencies.", CompetencyEvaluation),
    competency_evaluation=ById("One evaluation.", CompetencyEvaluation),
    training_completeness=_completeness,
)
expose(adopt_core_training, draft_training_module, draft_next_edition, edit_training_module)
expose(publish_training_module, retire_training_module, require_training, lift_training_requirement)
expose(assign_training, name_trainer, begin_training, submit_training, assess_training, waive_training)
expose(withdraw_training, draft_competency_evaluation, edit_competency_evaluation)
expose(sign_competency_evaluation, acknowledge_competency_evaluation)

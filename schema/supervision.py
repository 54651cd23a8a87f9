"""How supervision is shown."""

from sqlalchemy import and_, func

from kith.people.mentor import Mentor
from kith.people.person import Person
from kith.people.profile import Format
from kith.programmes import Programme
from kith.supervision.coverage import CoverageDelegation, delegate_coverage, end_coverage
from kith.supervision.development import (
    ActionStatus,
    DevelopmentAction,
    DevelopmentPlan,
    DevelopmentReview,
    DevelopmentStatus,
    add_development_action,
    agree_to_development_plan,
    complete_development_plan,
    draft_development_plan,
    drop_development_action,
    edit_development_plan,
    end_development_plan,
    finish_development_action,
    review_development_plan,
)
from kith.supervision.observation import (
    Observation,
    ObservationStatus,
    agree_to_observation,
    arrange_observation,
    decline_observation,
)
from kith.supervision.plan import PlanStatus, SupervisionPlan, edit_supervision_plan
from kith.supervision.rating import ObservationRating, rate_observation
from kith.supervision.record import (
    CaseloadReview,
    NapsValue,
    SupervisionRecord,
    acknowledge_supervision,
    record_supervision,
    sign_supervision,
)
from kith.supervision.session import (
    CancellingReason,
    SessionKind,
    SessionStatus,
    SupervisionGroup,
    SupervisionSession,
    cancel_supervision,
    hold_supervision,
    move_supervision,
    schedule_supervision,
)
from kith.training.module import Competency
from schema.declare import (
    among,
    ascending,
    before,
    column,
    connection,
    descending,
    expression,
    many,
    one,
    only,
    refers_to,
    root,
    shows,
    since,
)
from schema.enums import enumeration
from schema.mutations import expose


@shows(
    SupervisionPlan,
    "How often one supervisor and one mentor sit together, and when the next session is due.",
    orders={"SOONEST": ascending(SupervisionPlan.due_at), "LATEST": descending(SupervisionPlan.due_at)},
    filters={
        "programme_id": refers_to(SupervisionPlan.programme_id, Programme, "Of mentors in this programme."),
        "mentor_id": refers_to(SupervisionPlan.mentor_id, Mentor, "Of this mentor."),
        "supervisor_id": refers_to(SupervisionPlan.supervisor_person_id, Person, "Of this supervisor."),
        "status": among(SupervisionPlan.status, enumeration(PlanStatus), "In one of these states."),
        "due_before": before(SupervisionPlan.due_at, "Due before this time; now finds what is overdue."),
    },
)
class SupervisionPlanType:
    """The fields of a plan of supervision."""

    status = column("Where it is.", enumeration(PlanStatus))
    first_days = column("At least every how many days in the first 90 days.")
    individual_days = column("At least every how many days after that.")
    group_days = column("At least every how many days in a group; null for never.")
    observation_days = column("At least every how many days a meeting is observed; null for never.")
    began_at = column("When it began.")
    new_until = column("When the first 90 days are over.")
    last_individual_at = column("When the last individual session was.")
    last_group_at = column("When the last session in a group was.")
    last_observation_at = column("When a meeting was observed last.")
    due_at = column("When the next individual session is due.")
    overdue = expression(
        "Whether it is overdue: no new matches until a session is held.",
        bool,
        and_(SupervisionPlan.status == PlanStatus.ACTIVE, SupervisionPlan.due_at < func.now()),
    )
    group_due_at = column("When the next session in a group is due; null where the plan has none.")
    observation_due_at = column("When a meeting is to be observed next; null where the plan has none.")
    ended_at = column("When it ended.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    mentor = one("Whose.", by=SupervisionPlan.mentor_id)
    supervisor = one("Who supervises them.", by=SupervisionPlan.supervisor_person_id)


@shows(
    SupervisionSession,
    "One mentor's supervision session: that it is, when, and how far it has come.",
    orders={"SOONEST": ascending(SupervisionSession.starts_at), "LATEST": descending(SupervisionSession.starts_at)},
    filters={
        "programme_id": refers_to(SupervisionSession.programme_id, Programme, "Of mentors in this programme."),
        "mentor_id": refers_to(SupervisionSession.mentor_id, Mentor, "Of this mentor."),
        "supervisor_id": refers_to(SupervisionSession.supervisor_person_id, Person, "Of this supervisor."),
        "kind": among(SupervisionSession.kind, enumeration(SessionKind), "Of one of these kinds."),
        "status": among(SupervisionSession.status, enumeration(SessionStatus), "In one of these states."),
        "starts_from": since(SupervisionSession.starts_at, "Starting at or after this time."),
        "starts_before": before(SupervisionSession.starts_at, "Starting before this time."),
    },
)
class SupervisionSessionType:
    """The fields of a supervision session."""

    kind = column("What kind of session.", enumeration(SessionKind))
    status = column("Where it is.", enumeration(SessionStatus))
    starts_at = column("When it starts.")
    ends_at = column("When it ends.")
    minutes = column("How long it takes.")
    format = column("How they meet.", enumeration(Format))
    place = column("Where, or how to join.")
    consented_at = column("When the mentee agreed to be observed; only of an observation.")
    signed_at = column("When the supervisor signed its record.")
    acknowledged_at = column("When the mentor acknowledged its record.")
    cancelling_reason = column("Why it was cancelled.", enumeration(CancellingReason))
    version = column("Grows with each change; give it as `expectedVersion`.")
    mentor = one("The mentor.", by=SupervisionSession.mentor_id)
    supervisor = one("Who holds it.", by=SupervisionSession.supervisor_person_id)
    signed_by = one("Who signed its record.", by=SupervisionSession.signed_by_id)
    group = one("The group that it is part of, for those who look after all of it.", by=SupervisionSession.group_id)
    record = only(
        "What was talked about, for the mentor and the supervisor. Reading it is recorded.",
        by=SupervisionRecord.session_id,
    )
    reviews = many(
        "How each mentee's support goes, for the mentor and the supervisor. Reading it is recorded.",
        CaseloadReview.session_id,
        ascending(CaseloadReview.match_id),
        most=20,
    )
    ratings = many(
        "How the mentor did in the meeting that was observed. Reading it is recorded.",
        ObservationRating.session_id,
        ascending(ObservationRating.competency),
        most=12,
    )
    actions = many(
        "What the mentor will do for their own development, as agreed in it.",
        DevelopmentAction.session_id,
        ascending(DevelopmentAction.due_at),
    )


@shows(SupervisionGroup, "The sessions of several mentors at one time with one supervisor.")
class SupervisionGroupType:
    """The fields of a group."""

    supervisor = one("Who holds it.", by=SupervisionGroup.supervisor_person_id)
    sessions = many(
        "The session of each mentor.", SupervisionSession.group_id, ascending(SupervisionSession.starts_at), most=12
    )


@shows(SupervisionRecord, "What a supervisor wrote of a session, with what the mentor said to it.")
class SupervisionRecordType:
    """The fields of a record."""

    ethics = column("Ethics and boundaries, 1 to 5; null in a group.")
    delivery = column("How support is given, 1 to 5; null in a group.")
    value = column("Which value of peer support was looked at.", enumeration(NapsValue))
    reflection = column("How true to that value the support is.")
    self_care = column("How the mentor looks after themselves.")
    support_needs = column("What they need from the organisation.")
    notes = column("What else was talked about.")
    comment = column("What the mentor said to it when they acknowledged it.")


@shows(CaseloadReview, "How one mentee's support goes, as the mentor and the supervisor talked about it.")
class CaseloadReviewType:
    """The fields of a review."""

    text = column("What was said about it.")
    match = one("Of which match.", by=CaseloadReview.match_id)


@shows(
    CoverageDelegation,
    "Somebody who supervises in another's place, from one time to another.",
    orders={"SOONEST": ascending(CoverageDelegation.starts_at), "LATEST": descending(CoverageDelegation.starts_at)},
    filters={
        "absent_id": refers_to(CoverageDelegation.absent_person_id, Person, "For this supervisor."),
        "cover_id": refers_to(CoverageDelegation.cover_person_id, Person, "By this person."),
    },
)
class CoverageDelegationType:
    """The fields of a cover."""

    starts_at = column("From when.")
    ends_at = column("Until when; it ends by itself.")
    absent = one("Who is away.", by=CoverageDelegation.absent_person_id)
    cover = one("Who supervises in their place.", by=CoverageDelegation.cover_person_id)
    given_by = one("Who arranged it.", by=CoverageDelegation.given_by_id)


@shows(ObservationRating, "How a mentor did in one competency in the meeting that was observed.")
class ObservationRatingType:
    """The fields of a rating."""

    competency = column("Which competency.", enumeration(Competency))
    rating = column("1 needs much work, 5 excellent.")
    remark = column("What was seen.")


@shows(
    DevelopmentPlan,
    "What a mentor wants to learn, agreed with who supervises them; for the two of them.",
    orders={"NEWEST": descending(DevelopmentPlan.drafted_at), "OLDEST": ascending(DevelopmentPlan.drafted_at)},
    filters={
        "mentor_id": refers_to(DevelopmentPlan.mentor_id, Mentor, "Of this mentor."),
        "status": among(DevelopmentPlan.status, enumeration(DevelopmentStatus), "In one of these states."),
    },
)
class DevelopmentPlanType:
    """The fields of a development plan."""

    status = column("Where it is.", enumeration(DevelopmentStatus))
    aims = column("What the mentor wants to learn or change.")
    due_on = column("Until when.")
    drafted_at = column("When it was drafted.")
    mentor_agreed_at = column("When the mentor agreed to it as it is.")
    supervisor_agreed_at = column("When the supervisor agreed to it as it is.")
    ended_at = column("When it was completed or given up.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    mentor = one("Whose.", by=DevelopmentPlan.mentor_id)
    supervisor = one("With whom it was written.", by=DevelopmentPlan.supervisor_person_id)
    actions = many("What the mentor will do.", DevelopmentAction.plan_id, ascending(DevelopmentAction.due_at))
    reviews = many(
        "How it went, session by session.", DevelopmentReview.plan_id, ascending(DevelopmentReview.reviewed_at)
    )


@shows(DevelopmentReview, "How a development plan goes, as it was looked at in one session.")
class DevelopmentReviewType:
    """The fields of a review of a plan."""

    text = column("How it goes.")
    reviewed_at = column("When it was written.")
    session = one("In which session.", by=DevelopmentReview.session_id)


@shows(
    DevelopmentAction,
    "Something that a mentor will do for their own development.",
    orders={"SOONEST": ascending(DevelopmentAction.due_at), "LATEST": descending(DevelopmentAction.due_at)},
    filters={
        "mentor_id": refers_to(DevelopmentAction.mentor_id, Mentor, "Of this mentor."),
        "status": among(DevelopmentAction.status, enumeration(ActionStatus), "In one of these states."),
    },
)
class DevelopmentActionType:
    """The fields of something agreed."""

    text = column("What the mentor will do.")
    due_at = column("Until when.")
    status = column("Where it is.", enumeration(ActionStatus))
    agreed_at = column("When it was written down.")
    ended_at = column("When it was done or dropped.")
    mentor = one("Whose.", by=DevelopmentAction.mentor_id)


@shows(
    Observation,
    "A supervisor's wish to be with two people in one meeting, and the mentee's answer.",
    orders={"NEWEST": descending(Observation.asked_at), "OLDEST": ascending(Observation.asked_at)},
    filters={
        "programme_id": refers_to(Observation.programme_id, Programme, "In this programme."),
        "status": among(Observation.status, enumeration(ObservationStatus), "In one of these states."),
    },
)
class ObservationType:
    """The fields of an observation."""

    status = column("Where it is.", enumeration(ObservationStatus))
    asked_at = column("When the mentee was asked.")
    answered_at = column("When they answered, or it was called off.")
    meeting = one("Which meeting.", by=Observation.meeting_id)
    observer = one("Who would be there.", by=Observation.observer_id)
    session = one("The supervision session that it is, for those who see them.", by=Observation.session_id)


root(
    development_plans=connection("Plans for mentors' own development.", DevelopmentPlan),
    development_actions=connection("What mentors will do for their own development.", DevelopmentAction),
    observations=connection("Meetings that a supervisor wishes to be in.", Observation),
    supervision_plans=connection("How often mentors are supervised.", SupervisionPlan),
    supervision_sessions=connection("Supervision sessions.", SupervisionSession),
    coverage_delegations=connection("Who covers for whom.", CoverageDelegation),
)
expose(edit_supervision_plan, schedule_supervision, move_supervision, cancel_supervision, hold_supervision)
expose(record_supervision, sign_supervision, acknowledge_supervision, delegate_coverage, end_coverage)
expose(
    draft_development_plan,
    edit_development_plan,
    agree_to_development_plan,
    review_development_plan,
    complete_development_plan,
    end_development_plan,
    add_development_action,
    finish_development_action,
    drop_development_action,
)
expose(arrange_observation, agree_to_observation, decline_observation, rate_observation)

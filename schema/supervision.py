"""How supervision is shown."""

from sqlalchemy import and_, func

from kith.people.mentor import Mentor
from kith.people.person import Person
from kith.people.profile import Format
from kith.programmes import Programme
from kith.supervision.coverage import CoverageDelegation, delegate_coverage, end_coverage
from kith.supervision.plan import PlanStatus, SupervisionPlan, edit_supervision_plan
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
    version = column("Grows with each change; give it as `expectedVersion`.")


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


root(
    supervision_plans=connection("How often mentors are supervised.", SupervisionPlan),
    supervision_sessions=connection("Supervision sessions.", SupervisionSession),
    coverage_delegations=connection("Who covers for whom.", CoverageDelegation),
)
expose(edit_supervision_plan, schedule_supervision, move_supervision, cancel_supervision, hold_supervision)
expose(record_supervision, sign_supervision, acknowledge_supervision, delegate_coverage, end_coverage)

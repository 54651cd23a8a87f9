"""How what belongs to a relationship is shown: the agreement, pauses and stops, the end of it, and what is expected."""

from kith.matching.agreement import (
    Agreement,
    Signature,
    Waiver,
    edit_agreement,
    record_agreement_on_paper,
    sign_agreement,
    waive_introduction,
    write_agreement,
)
from kith.matching.closure import (
    Closure,
    ClosureStep,
    ClosureStepKind,
    ClosureStepStatus,
    ClosureType,
    ExitInterview,
    agree_contact_afterwards,
    close_match,
    complete_closure,
    mark_unable,
    record_closing_meeting,
    record_exit_interview,
    start_closure,
)
from kith.matching.health import Level, RelationshipHealth, SignalCode
from kith.matching.monitoring import ContactStatus, MonitoringContact, Side, record_monitoring_contact
from kith.matching.pausing import Pause, PauseReason, lift_hold, pause_match, resume_match, safety_stop
from kith.matching.policy import RelationshipPolicy, set_relationship_policy
from kith.matching.rematch import RematchRequest, request_rematch
from kith.people.profile import Format
from kith.programmes import Programme
from schema.declare import (
    among,
    ascending,
    before,
    column,
    connection,
    descending,
    many,
    one,
    only,
    refers_to,
    root,
    shows,
)
from schema.enums import enumeration
from schema.mutations import expose


@shows(Agreement, "What two people agreed about how they walk together.")
class AgreementType:
    """The fields of an agreement."""

    meetings_a_month = column("How often they meet.")
    formats = column("How they meet.", list[enumeration(Format)])  # type: ignore[misc]
    confidentiality = column("What stays between the two, and when it cannot.")
    boundaries = column("What they do not do.")
    crisis_plan_known = column("Whether both know what to do in a crisis.")
    planned_end_on = column("Until when they mean to walk together.")
    written_at = column("When it was written.")
    edited_at = column("When it was changed last; what was signed before is void.")
    complete_at = column("When the second of the two signed it; null while a signature is missing.")
    version = column("Grows with each change; give it as `expectedVersion`: it says what one signs.")
    match = one("Its match.", by=Agreement.match_id)
    signatures = many(
        "Its signatures, also those that an edit voided.", Signature.agreement_id, ascending(Signature.signed_at)
    )


@shows(Signature, "One signature below an agreement.", name="AgreementSignature")
class SignatureType:
    """The fields of a signature."""

    on_paper = column("Whether it is on paper, which the organisation keeps.")
    signed_at = column("When it was signed, or recorded where it is on paper.")
    voided_at = column("When an edit voided it; null while it stands.")
    person = one("Who signed.", by=Signature.person_id)
    recorded_by = one("Who recorded it, where it is on paper.", by=Signature.recorded_by_id)


@shows(Waiver, "Why two people need not have been introduced: for staff.", name="IntroductionWaiver")
class WaiverType:
    """The fields of a waiver."""

    because = column("Why.")
    waived_at = column("When.")
    by = one("Who decided it.", by=Waiver.by_person_id)


@shows(Pause, "One rest of a match, or one stop for safety. Reading it is recorded.", name="MatchPause")
class PauseType:
    """The fields of a pause."""

    reason = column("Why.", enumeration(PauseReason))
    hold = column("Whether it is a stop for safety, which only staff lift.")
    remark = column("What whoever looks after the two should know.")
    began_at = column("When it began.")
    until = column("When it goes on by itself; null for a stop.")
    ended_at = column("When it ended; null while it lasts.")
    lifted_because = column("Why a stop was lifted, or the match closed in spite of it.")
    by = one("Who asked for it.", by=Pause.by_person_id)


@shows(
    Closure,
    "The end of a match, for staff and whoever began it. Reading it is recorded.",
    orders={"NEWEST": descending(Closure.started_at), "OLDEST": ascending(Closure.started_at)},
    filters={
        "programme_id": refers_to(Closure.programme_id, Programme, "In this programme."),
        "type": among(Closure.type, enumeration(ClosureType), "Of one of these types."),
    },
)
class ClosureShown:
    """The fields of a closure."""

    type = column("How it comes to its end.", enumeration(ClosureType))
    remark = column("What whoever began it said.")
    started_at = column("When it began.")
    completed_at = column("When the match was closed.")
    match = one("The match.", by=Closure.match_id)
    by = one("Who began it.", by=Closure.by_person_id)
    steps = many("What belongs to a good end: for staff.", ClosureStep.closure_id, ascending(ClosureStep.kind), most=4)
    rematch_request = only("The wish for another match, where that is why.", by=RematchRequest.closure_id)


@shows(ClosureStep, "One thing that belongs to a good end: for staff.")
class ClosureStepType:
    """The fields of a step."""

    kind = column("What it is.", enumeration(ClosureStepKind))
    status = column("Where it is.", enumeration(ClosureStepStatus))
    remark = column("What came of it, or why it cannot be done.")
    ended_at = column("When it was done or marked unable.")
    closure = one("Of which closure.", by=ClosureStep.closure_id)
    interview = only("What was said, where it is an interview. Reading it is recorded.", by=ExitInterview.step_id)


@shows(ExitInterview, "What one of the two said when the match ended: for staff. Reading it is recorded.")
class ExitInterviewType:
    """The fields of an exit interview."""

    it_helped = column("It helped me: 1 to 5; null where they did not say.")
    would_again = column("I would take part again: 1 to 5; null where they did not say.")
    what_helped = column("What was good.")
    what_did_not = column("What was not.")
    remark = column("What staff should know.")
    held_at = column("When.")
    person = one("Who was asked.", by=ExitInterview.person_id)


@shows(RematchRequest, "That one of the two asked for another match, in confidence. Reading it is recorded.")
class RematchRequestType:
    """The fields of a wish for another match."""

    reason = column("Why; nobody has to say.")
    same_mentor_allowed = column("Whether the mentee may be proposed to this mentor again later.")
    asked_at = column("When.")
    by = one("Who asked.", by=RematchRequest.by_person_id)


@shows(RelationshipPolicy, "What a programme expects of relationships.")
class RelationshipPolicyType:
    """The fields of a programme's policy."""

    agreement_required = column("Whether a match becomes active once both signed an agreement and were introduced.")
    pause_days = column("The longest pause, in days.")
    first_month_contacts = column("How often staff speak to each of the two in the first month.")
    contact_days = column("After how many days they speak to each again, later.")
    contact_grace_days = column("How many days after that a contact counts as missed.")
    quiet_days = column("Days since the two met after which a match is AMBER.")
    silent_days = column("Days since the two met after which it is RED.")
    missed_contacts = column("Missed contacts of staff with which it is RED; fewer are AMBER.")
    meetings_fallen_through = column("Meetings in a row that did not take place with which it is RED.")
    alliance_tenths = column("The mean of the mentee's last feedback, in tenths, below which it is AMBER.")
    goal_weeks = column("Weeks by which the two have an agreed goal; AMBER without.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    programme = one("Of which programme.", by=RelationshipPolicy.programme_id)


@shows(
    MonitoringContact,
    "Once that staff speak to one of the two of a match: for staff. Reading it is recorded.",
    orders={"SOONEST": ascending(MonitoringContact.due_at), "LATEST": descending(MonitoringContact.due_at)},
    filters={
        "programme_id": refers_to(MonitoringContact.programme_id, Programme, "In this programme."),
        "status": among(MonitoringContact.status, enumeration(ContactStatus), "In one of these states."),
        "side": among(MonitoringContact.side, enumeration(Side), "With this side."),
        "due_before": before(MonitoringContact.due_at, "Due before this time."),
    },
)
class MonitoringContactType:
    """The fields of a monitoring contact."""

    side = column("With which of the two.", enumeration(Side))
    number = column("The first with them is 1.")
    due_at = column("Until when.")
    status = column("Where it is.", enumeration(ContactStatus))
    done_at = column("When somebody spoke to them.")
    format = column("How.", enumeration(Format))
    quality = column("How good the relationship is to them: 1 to 5.")
    concern = column("Whether something should be looked into.")
    note = column("What staff should know.")
    match = one("Of which match.", by=MonitoringContact.match_id)
    person = one("With whom.", by=MonitoringContact.person_id)
    by = one("Who spoke to them.", by=MonitoringContact.by_person_id)


@shows(
    RelationshipHealth,
    "How a relationship does, as it was found last: for staff.",
    orders={
        "NEWEST": descending(RelationshipHealth.changed_at),
        "OLDEST": ascending(RelationshipHealth.changed_at),
    },
    filters={
        "programme_id": refers_to(RelationshipHealth.programme_id, Programme, "In this programme."),
        "level": among(RelationshipHealth.level, enumeration(Level), "At one of these levels."),
    },
)
class RelationshipHealthType:
    """The fields of a relationship's health."""

    level = column("How it does.", enumeration(Level))
    codes = column("What stands out, in codes, the worst first.", list[enumeration(SignalCode)])  # type: ignore[misc]
    sentences = column("The same in words, in the order of the codes.")
    changed_at = column("Since when it is so.")
    settled_at = column("When it was looked at last.")
    match = one("The match.", by=RelationshipHealth.match_id)


root(
    monitoring_contacts=connection("When staff speak to people. Reading it is recorded.", MonitoringContact),
    relationship_health=connection("How relationships do, for whoever looks after them.", RelationshipHealth),
)
root(closures=connection("Ends of matches. Reading them is recorded.", Closure))
expose(set_relationship_policy, record_monitoring_contact)
expose(write_agreement, edit_agreement, sign_agreement, record_agreement_on_paper, waive_introduction)
expose(pause_match, resume_match, safety_stop, lift_hold)
expose(start_closure, request_rematch, complete_closure, close_match)
expose(record_exit_interview, record_closing_meeting, agree_contact_afterwards, mark_unable)

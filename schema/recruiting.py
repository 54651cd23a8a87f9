"""How mentor applications, credentials and what mentors tell of themselves are shown."""

from kith.mentors.application import (
    ApplicationStatus,
    Attestations,
    MentorApplication,
    RejectionReason,
    ScreeningStage,
    ScreeningStep,
    WithdrawalReason,
    approve_application,
    attest,
    begin_application,
    clear_background,
    edit_application,
    hold_application,
    name_reviewer,
    record_interview,
    record_references,
    reject_application,
    resume_application,
    screen_application,
    submit_application,
    withdraw_application,
)
from kith.mentors.credential import (
    Credential,
    CredentialNumber,
    CredentialStatus,
    RevocationReason,
    add_credential,
    renew_credential,
    revoke_credential,
    verify_credential,
)
from kith.mentors.leave import Leave, LeaveStatus, end_leave, extend_leave, take_leave
from kith.mentors.lived_experience import (
    Experience,
    LivedExperience,
    RecoveryTime,
    SharedWith,
    share_experience,
    share_pathway,
    share_recovery_time,
    take_back_experience,
)
from kith.mentors.offer import edit_mentor_profile
from kith.mentors.standing import Suspension, SuspensionReason, lift_suspension, retire_mentor, suspend_mentor
from kith.mentors.wellbeing import WellbeingCheckIn, check_in
from kith.people.mentor import Mentor
from kith.people.profile import Domain, Format, Pathway
from kith.programmes import CredentialKind, Programme
from schema.declare import (
    among,
    ascending,
    column,
    connection,
    descending,
    exactly,
    many,
    one,
    only,
    refers_to,
    root,
    shows,
)
from schema.enums import enumeration
from schema.mutations import expose
from schema.people import WindowType, windows


@shows(
    MentorApplication,
    "Somebody's application to mentor in one programme.",
    orders={"NEWEST": descending(MentorApplication.began_at), "OLDEST": ascending(MentorApplication.began_at)},
    filters={
        "programme_id": refers_to(MentorApplication.programme_id, Programme, "In this programme."),
        "status": among(MentorApplication.status, enumeration(ApplicationStatus), "In one of these states."),
    },
)
class MentorApplicationType:
    """The fields of an application."""

    name = column("The name they applied under.")
    status = column("Where it is.", enumeration(ApplicationStatus))
    began_at = column("When it was begun.")
    submitted_at = column("When it was submitted.")
    held_until = column("Until when it is on hold.")
    ended_at = column("When it was approved, rejected or withdrawn.")
    rejection = column("Why it was rejected.", enumeration(RejectionReason))
    withdrawal = column("Why it was withdrawn.", enumeration(WithdrawalReason))
    about = column("What a mentee would read about them.")
    helps_with = column("What they can help with.", list[enumeration(Domain)])  # type: ignore[misc]
    cannot_help_with = column("What they cannot help with.", list[enumeration(Domain)])  # type: ignore[misc]
    languages = column("BCP 47 tags.")
    formats = column("How they are able to meet.", list[enumeration(Format)])  # type: ignore[misc]
    availability = column("When they can meet, weekly.", list[WindowType], convert=windows)
    pathway = column("The way in which they recover.", enumeration(Pathway))
    interests = column("What they like to do or talk about.")
    capacity = column("How many people they would mentor at once.")
    hours_per_week = column("How many hours a week they can give; null where not said.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    person = one("Who applies.", by=MentorApplication.person_id)
    programme = one("In which programme.", by=MentorApplication.programme_id)
    reviewer = one("Who was asked to decide, as the second person.", by=MentorApplication.reviewer_id)
    attestations = only(
        "What they attested to, for those who may see it. Reading it is recorded.", by=Attestations.application_id
    )
    steps = many(
        "How it was screened, for those who may see it. Reading it is recorded.",
        by=ScreeningStep.application_id,
        order=ascending(ScreeningStep.step),
        most=len(ScreeningStage),
    )


@shows(Attestations, "What an applicant attested to, of themselves. Reading it is recorded.")
class AttestationsType:
    """The fields of an applicant's attestations."""

    lived_experience_at = column("When they attested to lived experience; null where they did not.")
    steady_at = column("When they attested to a steady recovery; null where they did not.")
    steady_months = column("For at least how many months; a date is never asked.")
    conflicts_at = column("When they filled in the conflict of interest form; null where they did not.")
    conflicts = column("What could be a conflict of interest; empty for nothing.")


@shows(ScreeningStep, "A step of screening an application. Reading it is recorded.")
class ScreeningStepType:
    """The fields of a step of screening."""

    step = column("Which step.", enumeration(ScreeningStage))
    done_at = column("When.")
    notes = column("Notes that the applicant does not read.")
    done_by = one("By whom.", by=ScreeningStep.done_by_id)


@shows(
    Credential,
    "A certificate or check of a mentor.",
    orders={"NEWEST": descending(Credential.added_at), "OLDEST": ascending(Credential.added_at)},
    filters={
        "programme_id": refers_to(Credential.programme_id, Programme, "Of mentors in this programme."),
        "mentor_id": refers_to(Credential.mentor_id, Mentor, "Of this mentor."),
        "kind": among(Credential.kind, enumeration(CredentialKind), "Of one of these kinds."),
        "status": among(Credential.status, enumeration(CredentialStatus), "In one of these states."),
    },
)
class CredentialType:
    """The fields of a credential."""

    kind = column("What it is.", enumeration(CredentialKind))
    status = column("Where it is.", enumeration(CredentialStatus))
    issuer = column("Who issued it.")
    jurisdiction = column("The country or state in which it counts.")
    issued_on = column("When it was issued.")
    expires_on = column("The last day on which it is valid; null where it does not run out.")
    training_hours = column("Hours of training it stands for.")
    supervised_hours = column("Hours of supervised work it stands for.")
    continuing_hours = column("Hours of continuing education since it was issued.")
    examined_on = column("When the examination was passed.")
    ethics_attested_on = column("When the code of ethics was signed.")
    added_at = column("When it was added.")
    verified_at = column("When somebody verified it.")
    revocation = column("Why it does not count any more, where it was revoked.", enumeration(RevocationReason))
    version = column("Grows with each change.")
    mentor = one("Whose.", by=Credential.mentor_id)
    verified_by = one("Who verified it.", by=Credential.verified_by_id)
    number = only(
        "The number on it, for those who may see it. Reading it is recorded.", by=CredentialNumber.credential_id
    )


@shows(CredentialNumber, "The number on a credential. Reading it is recorded.")
class CredentialNumberType:
    """The fields of a credential's number."""

    number = column("The number.")


@shows(
    Leave,
    "A leave of a mentor, without penalty.",
    orders={"NEWEST": descending(Leave.starts_at), "OLDEST": ascending(Leave.starts_at)},
    filters={
        "programme_id": refers_to(Leave.programme_id, Programme, "Of mentors in this programme."),
        "mentor_id": refers_to(Leave.mentor_id, Mentor, "Of this mentor."),
        "status": among(Leave.status, enumeration(LeaveStatus), "In one of these states."),
    },
)
class LeaveType:
    """The fields of a leave."""

    status = column("Where it is.", enumeration(LeaveStatus))
    starts_at = column("When it begins or began.")
    ends_at = column("When it ends by itself; null for when somebody ends it.")
    ended_at = column("When it ended or was called off.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    mentor = one("Whose.", by=Leave.mentor_id)


@shows(
    Suspension,
    "A suspension of a mentor while something is looked into.",
    orders={"NEWEST": descending(Suspension.began_at), "OLDEST": ascending(Suspension.began_at)},
)
class SuspensionType:
    """The fields of a suspension."""

    reason = column("Why.", enumeration(SuspensionReason))
    began_at = column("When it began.")
    ended_at = column("When it was lifted; null while it stands.")
    mentor = one("Of whom.", by=Suspension.mentor_id)
    suspended_by = one("Who suspended them.", by=Suspension.suspended_by_id)
    ended_by = one("Who lifted it.", by=Suspension.ended_by_id)


@shows(LivedExperience, "One fact that a mentor chose to tell of themselves. Reading another's is recorded.")
class LivedExperienceType:
    """The fields of a fact that a mentor tells; one of `experience`, `recoveryTime` and `pathway` is there."""

    experience = column("What they have lived through.", enumeration(Experience))
    recovery_time = column("For how long they have been in recovery.", enumeration(RecoveryTime))
    pathway = column("The way in which they recover.", enumeration(Pathway))
    shared_with = column("Who may read it.", enumeration(SharedWith))
    told_at = column("When they told it, or changed with whom it is shared.")
    mentor = one("Whose.", by=LivedExperience.mentor_id)


@shows(
    WellbeingCheckIn,
    "How a mentor was, for them and who supervises them. Reading another's is recorded.",
    orders={"NEWEST": descending(WellbeingCheckIn.given_at), "OLDEST": ascending(WellbeingCheckIn.given_at)},
    filters={
        "mentor_id": refers_to(WellbeingCheckIn.mentor_id, Mentor, "Of this mentor."),
        "needs_support": exactly(WellbeingCheckIn.needs_support, bool, "Where they want support, or do not."),
    },
)
class WellbeingCheckInType:
    """The fields of a check-in."""

    burnout = column("How worn out mentoring left them, 1 not at all to 5 very much.")
    energy = column("How much energy they had, 1 none to 5 plenty.")
    recovery_strain = column("How much mentoring strained their own recovery, 1 not at all to 5 very much.")
    needs_support = column("Whether they wanted support.")
    given_at = column("When.")
    mentor = one("Whose.", by=WellbeingCheckIn.mentor_id)


root(
    mentor_applications=connection("Applications to mentor.", MentorApplication),
    credentials=connection("Mentors' certificates and checks.", Credential),
    leaves=connection("Mentors' leaves.", Leave),
    wellbeing_check_ins=connection("How mentors are.", WellbeingCheckIn),
)
expose(
    begin_application,
    edit_application,
    attest,
    submit_application,
    screen_application,
    hold_application,
    resume_application,
    record_interview,
    record_references,
    clear_background,
    name_reviewer,
    approve_application,
    reject_application,
    withdraw_application,
)
expose(add_credential, renew_credential, verify_credential, revoke_credential)
expose(take_leave, extend_leave, end_leave, suspend_mentor, lift_suspension, retire_mentor)
expose(edit_mentor_profile, share_experience, share_recovery_time, share_pathway, take_back_experience, check_in)

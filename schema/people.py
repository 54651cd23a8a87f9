"""How people, mentors and mentees are shown."""

from datetime import time
from typing import Any

from sqlalchemy import BigInteger, case, cast, extract, func

from kith.ground.facts import Fact
from kith.mentors.credential import Credential
from kith.mentors.leave import Leave
from kith.mentors.lived_experience import Experience, LivedExperience
from kith.mentors.standing import Suspension
from kith.mentors.wellbeing import WellbeingCheckIn
from kith.people.absence import Absence, say_absence, withdraw_absence
from kith.people.baseline import Baseline
from kith.people.eligibility import EligibilityDecision
from kith.people.label import (
    EnrolmentLabel,
    LabelKind,
    LabelStatus,
    ProgrammeLabel,
    add_programme_label,
    close_programme_label,
    edit_programme_label,
    label_enrolment,
    reopen_programme_label,
)
from kith.people.mentee import (
    EnrolmentEnd,
    Mentee,
    MenteeStatus,
    Needs,
    assess_needs,
    close_enrolment,
    open_enrolment,
    pause_enrolment,
    re_enrol,
    register_mentee,
    resume_enrolment,
)
from kith.people.mentor import (
    Mentor,
    MentorStatus,
    record_training,
    register_mentor,
    supervise,
)
from kith.people.naming import edit_person
from kith.people.participation import Participation
from kith.people.person import Contact, Person, edit_contact
from kith.people.preferences import NotWith, Preferences
from kith.people.profile import Domain, Format, Gender, LifeStage, Pathway, Weekday
from kith.people.reaching import ContactPreferences, SafeContact, edit_contact_preferences, edit_safe_contact
from kith.people.readiness import HindranceCode, Readiness
from kith.people.safety_plan import SafetyPlan
from kith.programmes import Programme
from kith.supervision.plan import SupervisionPlan
from kith.supervision.session import SupervisionSession
from schema.declare import (
    ById,
    Value,
    among,
    ascending,
    before,
    column,
    connection,
    descending,
    exactly,
    expression,
    many,
    one,
    only,
    refers_to,
    root,
    shows,
    since,
    value_type,
)
from schema.enums import enumeration
from schema.mutations import expose


@value_type("Window", "A weekly time at which somebody can meet, in their own time zone.")
class WindowType:
    """The fields of a weekly window."""

    weekday = Value("The day on which it starts.", enumeration(Weekday))
    starts = Value("When it starts.", time)
    ends = Value("When it ends; at or before the start means the next day.", time)


def windows(stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Weekly windows as they are shown."""
    return [
        {
            "weekday": w["weekday"],
            "starts": time.fromisoformat(w["starts"]),
            "ends": time.fromisoformat(w["ends"]),
        }
        for w in stored
    ]


@shows(
    Person,
    "Somebody in the organisation.",
    orders={"NAME": ascending(Person.name_order), "NEWEST": descending(Person.joined_at)},
    filters={"programme_id": refers_to(Person.programme_id, Programme, "Whose home programme this is.")},
)
class PersonType:
    """The fields of a person."""

    name = column("The name they want to be called by.")
    pronouns = column("Such as she/her; empty where they did not say.")
    time_zone = column("Where they live, as an IANA name.")
    joined_at = column("When the organisation came to know them.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    programme = one("The home programme, whose coordinators look after them.", by=Person.programme_id)
    contact = only("How they are reached, for those who may see it. Reading it is recorded.", by=Contact.person_id)
    contact_preferences = only(
        "How they want to be reached, for those who may see it; null where nobody said.",
        by=ContactPreferences.person_id,
    )
    safe_contact = only(
        "How they are reached safely, for those who may see it. Reading it is recorded.", by=SafeContact.person_id
    )


@shows(Contact, "How a person is reached. Reading it is recorded.")
class ContactType:
    """The fields of a contact."""

    email = column("Where letters go.")
    phone = column("Where they may be called.")
    address = column("Where post goes, line by line.")
    wants_letters = column("Whether letters may be sent at all.")
    version = column("Grows with each change; give it as `expectedVersion`.")


@shows(ContactPreferences, "How one person wants to be reached.")
class ContactPreferencesType:
    """The fields of a person's preferences."""

    hours_before = column("How many hours before a meeting they are reminded; null as the programme does it.")
    quiet_from = column("When their quiet hours begin, by the clock where they live.")
    quiet_until = column("When they end.")
    do_not_contact = column("Whether nothing at all may be sent to them.")
    voicemail_ok = column("Whether a message may be left on a machine that others may hear.")
    may_name_programme = column("Whether the programme's name may stand in what they are sent.")
    edited_at = column("When somebody said so last.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    person = one("Whose.", by=ContactPreferences.person_id)


@shows(SafeContact, "How one person is reached safely. Reading it is recorded.")
class SafeContactType:
    """The fields of a note on safe contact."""

    body = column("What whoever reaches them must know.")
    written_at = column("When it was written.")
    written_by = one("Who wrote it.", by=SafeContact.written_by_id)
    person = one("Whose.", by=SafeContact.person_id)


@shows(
    Absence,
    "A time at which a person is away: nothing is arranged with them then.",
    orders={"SOONEST": ascending(Absence.starts_at), "LATEST": descending(Absence.starts_at)},
    filters={
        "person_id": refers_to(Absence.person_id, Person, "Of this person."),
        "starts_before": before(Absence.starts_at, "Starting before this time."),
        "ends_from": since(Absence.ends_at, "Ending at or after this time."),
    },
)
class AbsenceType:
    """The fields of an absence."""

    starts_at = column("From when.")
    ends_at = column("Until when.")
    said_at = column("When it was said.")
    withdrawn_at = column("When it was taken back, if it was.")
    person = one("Who is away.", by=Absence.person_id)


@shows(
    Mentor,
    "A person as a mentor in one programme.",
    orders={"NEWEST": descending(Mentor.registered_at), "OLDEST": ascending(Mentor.registered_at)},
    filters={
        "programme_id": refers_to(Mentor.programme_id, Programme, "In this programme."),
        "status": among(Mentor.status, enumeration(MentorStatus), "In one of these states."),
    },
)
class MentorType:
    """The fields of a mentor."""

    name = column("The name they go by.")
    status = column("Where they are.", enumeration(MentorStatus))
    about = column("What a mentee may read about them.")
    helps_with = column("What they can help with.", list[enumeration(Domain)])  # type: ignore[misc]
    cannot_help_with = column("What they cannot help with.", list[enumeration(Domain)])  # type: ignore[misc]
    languages = column("BCP 47 tags.")
    formats = column("How they are able to meet.", list[enumeration(Format)])  # type: ignore[misc]
    availability = column("When they can meet, weekly.", list[WindowType], convert=windows)
    pathway = expression(
        "The way in which they recover, where everybody who sees them may read it; others read it in `experience`.",
        enumeration(Pathway) | None,
        case((Mentor.pathway_for_all, Mentor.pathway)),
    )
    interests = column("What they like to do or talk about.")
    capacity = column("How many people they can mentor at once.")
    trained_on = column("When they completed the required training.")
    registered_at = column("When they were registered.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    person = one("The person.", by=Mentor.person_id)
    programme = one("The programme.", by=Mentor.programme_id)
    supervisor = one("Who supervises them.", by=Mentor.supervisor_id)
    hours_per_week = column("How many hours a week they can give; null where not said.")
    experience = many(
        "What they chose to tell you of what they have lived. Reading it is recorded.",
        by=LivedExperience.mentor_id,
        order=ascending(LivedExperience.told_at),
        most=len(Experience) + 2,
    )
    credentials = connection("Their certificates and checks.", by=Credential.mentor_id)
    leaves = connection("Their leaves.", by=Leave.mentor_id)
    suspensions = connection("Their suspensions.", by=Suspension.mentor_id, filtered=False)
    supervision_plans = connection("How often they are supervised.", by=SupervisionPlan.mentor_id)
    supervision_sessions = connection("Their supervision sessions.", by=SupervisionSession.mentor_id)
    wellbeing_check_ins = connection("How they are, month by month.", by=WellbeingCheckIn.mentor_id)
    readiness = only("Whether they can be given somebody to walk with, and why not.", by=Readiness.mentor_id)
    activity = connection(
        "What happened to them as a mentor, as it was written down.", by=Fact.subject_id, filtered=False
    )


@shows(
    Readiness,
    "Whether a mentor can be given somebody to walk with, as it was found last.",
    orders={"NEWEST": descending(Readiness.settled_at), "OLDEST": ascending(Readiness.settled_at)},
    filters={
        "programme_id": refers_to(Readiness.programme_id, Programme, "In this programme."),
        "available": exactly(Readiness.available, bool, "Whether nothing hinders."),
    },
)
class ReadinessType:
    """The fields of a mentor's readiness."""

    available = column("Whether nothing hinders.")
    codes = column("What hinders, in codes.", list[enumeration(HindranceCode)])  # type: ignore[misc]
    sentences = column("The same in words, in the order of the codes.")
    settled_at = column("When it was looked at last.")
    mentor = one("Whose.", by=Readiness.mentor_id)


_WAITED = cast(func.floor(extract("epoch", func.now() - Mentee.waiting_since) / 86_400), BigInteger())
WAITED_DAYS = case((Mentee.status == MenteeStatus.WAITING.value, func.greatest(_WAITED, 0)))


@shows(
    Mentee,
    "A person as a mentee in one programme.",
    orders={
        "NEWEST": descending(Mentee.registered_at),
        "OLDEST": ascending(Mentee.registered_at),
        "WAITING_LONGEST": ascending(Mentee.turn, Mentee.waiting_since),
    },
    filters={
        "programme_id": refers_to(Mentee.programme_id, Programme, "In this programme."),
        "status": among(Mentee.status, enumeration(MenteeStatus), "In one of these states."),
    },
)
class MenteeType:
    """The fields of a mentee."""

    name = column("The name they go by.")
    status = column("Where they are.", enumeration(MenteeStatus))
    urgent = column("Whether they should be matched before others.")
    languages = column("BCP 47 tags.")
    formats = column("How they are able to meet.", list[enumeration(Format)])  # type: ignore[misc]
    availability = column("When they can meet, weekly.", list[WindowType], convert=windows)
    pathway = column("The way in which they recover.", enumeration(Pathway))
    life_stage = column("Where they are in life.", enumeration(LifeStage))
    gender = column("Gender, only where they chose to say.", enumeration(Gender))
    interests = column("What they like to do or talk about.")
    waiting_since = column("Since when they wait, or waited before they were matched; without the time of a pause.")
    waited_days = expression(
        "For how many whole days they have waited; null for who does not wait.", int | None, WAITED_DAYS
    )
    registered_at = column("When they were registered.")
    paused_at = column("Since when they rest.")
    closed_at = column("When their enrolment ended.")
    closing_reason = column("Why their enrolment ended.", enumeration(EnrolmentEnd))
    episode = column("The how manieth enrolment of this person in this programme it is, from 1.")
    asks_gender = column("The gender that their mentor must have: a requirement, not a wish.", enumeration(Gender))
    version = column("Grows with each change; give it as `expectedVersion`.")
    person = one("The person.", by=Mentee.person_id)
    programme = one("The programme.", by=Mentee.programme_id)
    previous = one("Their enrolment before this one.", by=Mentee.previous_id)
    needs = only(
        "What they need and hope for now, for those who may see it. Reading it is recorded.", by=Needs.current_of
    )
    assessments = connection(
        "Every assessment of what they need. Reading one is recorded.", by=Needs.mentee_id, filtered=False
    )
    preferences = only("What they must have to take part, and wish for.", by=Preferences.mentee_id)
    not_with = connection(
        "With whom they must not be matched. Reading it is recorded.", by=NotWith.mentee_id, filtered=False
    )
    eligibility = connection(
        "How it was decided whether this is the right programme. Reading it is recorded.",
        by=EligibilityDecision.mentee_id,
        filtered=False,
    )
    labels = connection("To which site, cohort and funding sources it belongs.", by=EnrolmentLabel.mentee_id)
    participations = connection("What they signed.", by=Participation.mentee_id, filtered=False)
    safety_plan = only("Their safety plan as it is now. Reading it is recorded.", by=SafetyPlan.current_of)
    safety_plans = connection(
        "Every version of their safety plan. Reading one is recorded.", by=SafetyPlan.mentee_id, filtered=False
    )
    baseline = only("What they answered at the start. Reading it is recorded.", by=Baseline.mentee_id)
    activity = connection(
        "What happened to their enrolment, as it was written down.", by=Fact.subject_id, filtered=False
    )


@shows(
    Needs,
    "What a mentee needs and hopes for, as it was assessed once. Reading it is recorded.",
    orders={"NEWEST": descending(Needs.number), "OLDEST": ascending(Needs.number)},
)
class NeedsType:
    """The fields of a mentee's needs."""

    domains = column("What they need help with, the most severe first.", list[enumeration(Domain)])  # type: ignore[misc]
    severities = column("How much, beside `domains`: 0 none, 1 some, 2 much, 3 urgent.")
    unwanted = column("Those of `domains` with which they want no help.", list[enumeration(Domain)])  # type: ignore[misc]
    goals = column("What they hope for, in their own words.", name="hopes")
    number = column("The how manieth assessment it is, from 1.")
    assessed_at = column("When it was assessed; null where that is not known.")
    superseded_at = column("When a later assessment took its place; null for what holds now.")


@shows(
    ProgrammeLabel,
    "A site, a cohort or a funding source of a programme.",
    orders={"NEWEST": descending(ProgrammeLabel.added_at), "OLDEST": ascending(ProgrammeLabel.added_at)},
    filters={
        "programme_id": refers_to(ProgrammeLabel.programme_id, Programme, "Of this programme."),
        "kind": among(ProgrammeLabel.kind, enumeration(LabelKind), "Of one of these kinds."),
        "status": among(ProgrammeLabel.status, enumeration(LabelStatus), "In one of these states."),
    },
)
class ProgrammeLabelType:
    """The fields of a site, a cohort or a funding source."""

    kind = column("A site, a cohort or a funding source.", enumeration(LabelKind))
    name = column("What staff call it.")
    detail = column("Its address, the number of a grant: whatever staff should know.")
    status = column("Whether enrolments are newly counted to it.", enumeration(LabelStatus))
    added_at = column("When it was added.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    programme = one("Of which programme.", by=ProgrammeLabel.programme_id)
    enrolments = connection("Which enrolments belong to it.", by=EnrolmentLabel.label_id)


@shows(
    EnrolmentLabel,
    "That an enrolment belongs to a site, a cohort or a funding source.",
    orders={"NEWEST": descending(EnrolmentLabel.added_at), "OLDEST": ascending(EnrolmentLabel.added_at)},
    filters={
        "programme_id": refers_to(EnrolmentLabel.programme_id, Programme, "Of this programme."),
        "kind": among(EnrolmentLabel.kind, enumeration(LabelKind), "Of one of these kinds."),
    },
)
class EnrolmentLabelType:
    """The fields of it."""

    kind = column("A site, a cohort or a funding source.", enumeration(LabelKind))
    added_at = column("Since when.")
    label = one("Which.", by=EnrolmentLabel.label_id)
    mentee = one("Which enrolment.", by=EnrolmentLabel.mentee_id)


root(
    person=ById("A person.", Person),
    people=connection("People.", Person),
    programme_labels=connection("Sites, cohorts and funding sources of programmes.", ProgrammeLabel),
    mentor=ById("A mentor.", Mentor),
    mentors=connection("Mentors.", Mentor),
    mentee=ById("A mentee.", Mentee),
    mentees=connection("Mentees.", Mentee),
    absences=connection("When people are away.", Absence),
    readiness=connection("Whether mentors can be matched, and why not.", Readiness),
)
expose(register_mentor, record_training, supervise)
expose(register_mentee, open_enrolment, assess_needs, pause_enrolment, resume_enrolment, close_enrolment, re_enrol)
expose(edit_person)
expose(add_programme_label, edit_programme_label, close_programme_label, reopen_programme_label, label_enrolment)
expose(edit_contact, edit_contact_preferences, edit_safe_contact, say_absence, withdraw_absence)

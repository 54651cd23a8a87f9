"""How commitments of the leadership, campaigns, outreach and recognition are shown."""

from datetime import date

from sqlalchemy import BigInteger, cast, func

from kith.culture.campaign import (
    Campaign,
    CampaignMetric,
    CampaignStatus,
    Channel,
    CsapStrategy,
    IomType,
    approve_campaign,
    begin_campaign,
    edit_campaign,
    end_campaign,
    evaluate_campaign,
    plan_campaign,
    record_campaign_metric,
)
from kith.culture.commitment import (
    CommitmentStatus,
    LeadershipCommitment,
    LeadershipDomain,
    begin_commitment,
    edit_commitment,
    meet_commitment,
    pledge_commitment,
    review_commitment,
)
from kith.culture.outreach import (
    Outreach,
    OutreachKind,
    OutreachStatus,
    StoryConsent,
    cancel_outreach,
    consent_to_story,
    finish_outreach,
    plan_outreach,
    report_outreach,
    withdraw_story_consent,
)
from kith.culture.recognition import Milestone, Recognition, recognise
from kith.culture.self_assessment import ReadinessDomain, ReadinessSelfAssessment, record_self_assessment
from kith.people.mentor import Mentor
from kith.people.person import Person
from kith.programmes import Programme
from schema.declare import (
    Value,
    among,
    ascending,
    column,
    connection,
    descending,
    groups,
    one,
    refers_to,
    root,
    shows,
    value_type,
)
from schema.enums import enumeration
from schema.mutations import expose


@shows(
    LeadershipCommitment,
    "Something that the leadership commits itself to.",
    orders={"SOONEST": ascending(LeadershipCommitment.due_on), "LATEST": descending(LeadershipCommitment.due_on)},
    filters={
        "programme_id": refers_to(LeadershipCommitment.programme_id, Programme, "For this programme."),
        "owner_id": refers_to(LeadershipCommitment.owner_id, Person, "Of this owner."),
        "domain": among(LeadershipCommitment.domain, enumeration(LeadershipDomain), "About one of these."),
        "status": among(LeadershipCommitment.status, enumeration(CommitmentStatus), "In one of these states."),
    },
)
class LeadershipCommitmentType:
    """The fields of a commitment."""

    domain = column("What it is about.", enumeration(LeadershipDomain))
    pledge = column("What is pledged.")
    due_on = column("The last day on which it is kept in time.")
    status = column("Where it is.", enumeration(CommitmentStatus))
    evidence = column("What shows that it was kept; empty until then.")
    evidence_link = column("Where that can be read; empty for nowhere.")
    review = column("What the leadership learnt from it; empty until it looked back.")
    pledged_at = column("When it was pledged.")
    ended_at = column("When it was met or missed.")
    reviewed_at = column("When the leadership looked back on it.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    owner = one("Who sees to it.", by=LeadershipCommitment.owner_id)
    programme = one("For which programme; null for the whole organisation.", by=LeadershipCommitment.programme_id)


@shows(
    Campaign,
    "A campaign against public stigma.",
    orders={"NEWEST": descending(Campaign.planned_at), "OLDEST": ascending(Campaign.planned_at)},
    filters={
        "programme_id": refers_to(Campaign.programme_id, Programme, "Of this programme."),
        "status": among(Campaign.status, enumeration(CampaignStatus), "In one of these states."),
        "iom_type": among(Campaign.iom_type, enumeration(IomType), "Addressing one of these."),
        "strategy": among(Campaign.strategy, enumeration(CsapStrategy), "By one of these strategies."),
    },
)
class CampaignType:
    """The fields of a campaign."""

    title = column("What it is called.")
    objective = column("What is to be different afterwards.")
    audience = column("Whom it speaks to.")
    iom_type = column("Whom it addresses, as the Institute of Medicine divides prevention.", enumeration(IomType))
    strategy = column("How it works, as CSAP names strategies.", enumeration(CsapStrategy))
    channels = column("Where it speaks.", list[enumeration(Channel)])  # type: ignore[misc]
    messages = column("What it says.")
    status = column("Where it is.", enumeration(CampaignStatus))
    planned_at = column("When it was planned.")
    approved_at = column("When it was approved.")
    began_at = column("When it began.")
    ended_at = column("When it ended.")
    conclusion = column("What came of it; empty until it is evaluated.")
    budget_amount = column("What it may cost, in the currency's smallest unit; null where nobody said.")
    budget_currency = column("The currency of that by its code of ISO 4217, such as EUR.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    programme = one("Of which programme; null for the whole organisation.", by=Campaign.programme_id)
    planned_by = one("Who planned it, or changed it last.", by=Campaign.planned_by_id)
    approved_by = one("Who approved it: somebody else.", by=Campaign.approved_by_id)
    metrics = connection("What it reached, day by day.", by=CampaignMetric.campaign_id, filtered=False)


@shows(
    CampaignMetric,
    "What a campaign reached up to one day.",
    orders={"NEWEST": descending(CampaignMetric.counted_on), "OLDEST": ascending(CampaignMetric.counted_on)},
)
class CampaignMetricType:
    """The fields of what a campaign reached."""

    counted_on = column("Up to which day.")
    reach = column("How many people it reached in all.")
    attendees = column("How many came to something.")
    referrals = column("How many referrals came of it.")
    stigma_before = column("Public stigma before, 0 none to 100; null where nobody asked.")
    stigma_after = column("The same afterwards.")
    campaign = one("Of which campaign.", by=CampaignMetric.campaign_id)


@shows(
    StoryConsent,
    "A person's consent to their story being told.",
    orders={"NEWEST": descending(StoryConsent.given_at), "OLDEST": ascending(StoryConsent.given_at)},
    filters={"person_id": refers_to(StoryConsent.person_id, Person, "Of this person.")},
)
class StoryConsentType:
    """The fields of a consent."""

    limits = column("What must be left out, or where it may not be told; empty for nothing.")
    given_at = column("When it was given.")
    withdrawn_at = column("When it was withdrawn; null while it stands.")
    person = one("Whose story.", by=StoryConsent.person_id)


@shows(
    Outreach,
    "Something that a mentor does in public.",
    orders={"NEWEST": descending(Outreach.at), "OLDEST": ascending(Outreach.at)},
    filters={
        "programme_id": refers_to(Outreach.programme_id, Programme, "Of mentors in this programme."),
        "mentor_id": refers_to(Outreach.mentor_id, Mentor, "Of this mentor."),
        "campaign_id": refers_to(Outreach.campaign_id, Campaign, "As part of this campaign."),
        "kind": among(Outreach.kind, enumeration(OutreachKind), "Of one of these kinds."),
        "status": among(Outreach.status, enumeration(OutreachStatus), "In one of these states."),
    },
)
class OutreachType:
    """The fields of an activity."""

    kind = column("What it is.", enumeration(OutreachKind))
    title = column("What it is called.")
    at = column("When.")
    status = column("Where it is.", enumeration(OutreachStatus))
    audience_size = column("How many people were there; null where nobody counted.")
    minutes = column("How many minutes are credited to the mentor; null until it is reported.")
    remark = column("What came of it; empty until it is reported.")
    ended_at = column("When it was reported or cancelled.")
    version = column("Grows with each change.")
    mentor = one("Which mentor does it.", by=Outreach.mentor_id)
    campaign = one("As part of which campaign.", by=Outreach.campaign_id)
    story_of = one("Of a story: whose it is.", by=Outreach.story_of_id)


@value_type("OutreachByMonth", "What mentors did in public in one month, of one kind.")
class OutreachByMonth:
    """The fields of a month's figures."""

    month = Value("The first day of the month, in UTC.", date)
    kind = Value("What it was.", enumeration(OutreachKind))
    activities = Value("How many activities, whatever became of them.", int)
    minutes = Value("How many minutes are credited to mentors.", int)


_by_month = groups(
    "Outreach counted by month and kind, over all that may be seen; filter by a mentor for the time they gave.",
    Outreach,
    OutreachByMonth,
    monthly=Outreach.at,
    by={"kind": Outreach.__table__.c.kind},
    figures={"activities": func.count(), "minutes": cast(func.coalesce(func.sum(Outreach.minutes), 0), BigInteger())},
)


@shows(
    Recognition,
    "Somebody recognises what a person reached.",
    orders={"NEWEST": descending(Recognition.given_at), "OLDEST": ascending(Recognition.given_at)},
    filters={
        "person_id": refers_to(Recognition.person_id, Person, "Of this person."),
        "milestone": among(Recognition.milestone, enumeration(Milestone), "For one of these."),
    },
)
class RecognitionType:
    """The fields of a recognition."""

    milestone = column("For what.", enumeration(Milestone))
    number = column("How many months or hours; null for a goal.")
    words = column("What was said.")
    given_at = column("When.")
    person = one("Who is recognised.", by=Recognition.person_id)
    given_by = one("Who recognises it.", by=Recognition.given_by_id)
    goal = one("Which goal was reached.", by=Recognition.goal_id)
    match = one("In which match the two have walked together.", by=Recognition.match_id)


@shows(
    ReadinessSelfAssessment,
    "How the organisation or a programme rates what carries peer support (CAPRSS).",
    orders={
        "NEWEST": descending(ReadinessSelfAssessment.assessed_on),
        "OLDEST": ascending(ReadinessSelfAssessment.assessed_on),
    },
    filters={"programme_id": refers_to(ReadinessSelfAssessment.programme_id, Programme, "Of this programme.")},
)
class ReadinessSelfAssessmentType:
    """The fields of a self-assessment."""

    assessed_on = column("On which day.")
    domains = column("What was rated.", list[enumeration(ReadinessDomain)])  # type: ignore[misc]
    ratings = column("How, 1 not begun to 5 fully there, beside `domains`.")
    conclusion = column("What is taken from it.")
    programme = one("Of which programme; null for the whole organisation.", by=ReadinessSelfAssessment.programme_id)
    recorded_by = one("Who wrote it down.", by=ReadinessSelfAssessment.recorded_by_id)


root(
    readiness_self_assessments=connection("Self-assessments of readiness.", ReadinessSelfAssessment),
    leadership_commitments=connection("What the leadership commits itself to.", LeadershipCommitment),
    campaigns=connection("Campaigns.", Campaign),
    outreach=connection("What mentors do in public.", Outreach),
    outreach_by_month=_by_month,
    story_consents=connection("Consents to stories being told.", StoryConsent),
    recognitions=connection("What people are recognised for.", Recognition),
)
expose(pledge_commitment, edit_commitment, begin_commitment, meet_commitment, review_commitment)
expose(
    plan_campaign,
    edit_campaign,
    approve_campaign,
    begin_campaign,
    record_campaign_metric,
    end_campaign,
    evaluate_campaign,
)
expose(consent_to_story, withdraw_story_consent)
expose(plan_outreach, finish_outreach, report_outreach, cancel_outreach)
expose(recognise)
expose(record_self_assessment)

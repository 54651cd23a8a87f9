"""How matching runs, proposals and matches are shown."""

from typing import Any

from kith.goals.goal import Goal
from kith.goals.plan import RecoveryPlan
from kith.ground.facts import Fact
from kith.matching.agreement import Agreement
from kith.matching.closure import Closure
from kith.matching.health import RelationshipHealth
from kith.matching.match import ClosingReason, Match, MatchStatus
from kith.matching.monitoring import MonitoringContact
from kith.matching.pausing import Pause
from kith.matching.proposal import (
    Answer,
    DeclineReason,
    Proposal,
    ProposalStatus,
    Reasons,
    Waiting,
    accept_proposal,
    decline_proposal,
)
from kith.matching.run import MatchRun, RunMode, RunStatus
from kith.matching.running import discard_match_run, publish_match_run, start_match_run
from kith.meetings.meeting import Meeting
from kith.people.mentee import Mentee
from kith.people.mentor import Mentor
from kith.programmes import Programme
from schema.declare import (
    ById,
    Value,
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
    value_type,
)
from schema.enums import enumeration
from schema.mutations import expose


@shows(
    Match,
    "A mentoring relationship.",
    orders={"NEWEST": descending(Match.began_at), "OLDEST": ascending(Match.began_at)},
    filters={
        "programme_id": refers_to(Match.programme_id, Programme, "In this programme."),
        "mentor_id": refers_to(Match.mentor_id, Mentor, "Of this mentor."),
        "mentee_id": refers_to(Match.mentee_id, Mentee, "Of this mentee."),
        "status": among(Match.status, enumeration(MatchStatus), "In one of these states."),
        "on_hold": exactly(Match.on_hold, bool, "Whether it is stopped for safety."),
    },
)
class MatchType:
    """The fields of a match."""

    status = column("Where it is.", enumeration(MatchStatus))
    began_at = column("When both had accepted.")
    on_hold = column("Whether it was stopped for safety: the two can neither meet nor write until that is lifted.")
    paused_until = column("Until when it rests; it goes on by itself then.")
    agreement_required = column("Whether it becomes active once both signed an agreement and were introduced.")
    introduced_at = column("When the two were introduced, or it was decided that they need not be.")
    active_since = column("When it became active last.")
    ended_on = column("The last day of the two together.")
    contact_afterwards = column("Whether and how the two stay in touch, as agreed with both.")
    closed_at = column("When it closed.")
    closing_reason = column("Why it closed; nobody is at fault.", enumeration(ClosingReason))
    programme = one("The programme.", by=Match.programme_id, model=Programme)
    mentor = one("The mentor.", by=Match.mentor_id)
    mentee = one("The mentee.", by=Match.mentee_id)
    agreement = only("What the two agreed.", by=Agreement.match_id)
    pauses = many(
        "Its rests and stops, with what was said: one's own, or all for staff. Reading it is recorded.",
        Pause.match_id,
        ascending(Pause.began_at),
        most=50,
    )
    closure = only("How it comes to its end, for staff and who began it. Reading it is recorded.", by=Closure.match_id)
    health = only("How it does, for staff.", by=RelationshipHealth.match_id)
    monitoring_contacts = connection(
        "When staff speak to each of the two, and heard: for staff. Reading it is recorded.",
        by=MonitoringContact.match_id,
    )
    meetings = connection("Its meetings.", by=Meeting.match_id)
    goals = connection("Its goals.", by=Goal.match_id)
    plan = only("Its recovery plan, where the mentee began one.", by=RecoveryPlan.match_id)
    activity = connection("What happened to it, as it was written down.", by=Fact.subject_id, filtered=False)


@value_type("Contribution", "What one criterion contributes to a proposal's points.")
class ContributionType:
    """The fields of a contribution."""

    criterion = Value("Which criterion.", str)
    points = Value("Its points; a proposal's contributions add up to its points.", int)
    maximum = Value("The most it could contribute.", int)
    known = Value("Whether both sides told us; unknown counts neither way.", bool)
    evidence = Value("What it rests on, in codes.", list[str])
    sentence = Value("The same in words.", str)


def _contributions(stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return stored


@shows(Reasons, "Why a proposal, in numbers and words: for coordinators.")
class ReasonsType:
    """The fields of a proposal's reasons."""

    points = column("0 to 10,000.")
    contributions = column("By criterion.", list[ContributionType], convert=_contributions)
    cautions = column("What to look at twice.")
    unknown = column("What is not known.")


@shows(Answer, "What one of the two answered. Reading it is recorded.")
class AnswerType:
    """The fields of an answer."""

    accepted = column("Whether they accepted.")
    reason = column("Why not, where they said.", enumeration(DeclineReason))
    remark = column("What the coordinator should know.")
    answered_at = column("When.")
    person = one("Who answered.", by=Answer.person_id)


@shows(
    Proposal,
    "A mentor proposed for a mentee.",
    orders={"NEWEST": descending(Proposal.proposed_at), "RANK": ascending(Proposal.rank)},
    filters={
        "run_id": refers_to(Proposal.run_id, MatchRun, "Of this run."),
        "status": among(Proposal.status, enumeration(ProposalStatus), "In one of these states."),
    },
)
class ProposalType:
    """The fields of a proposal."""

    rank = column("Its place in the run, the most urgent first.")
    status = column("Where it is, and whose answer it awaits.", enumeration(ProposalStatus))
    friendly_reasons = column("Why it could be a good match, in words for both.")
    proposed_at = column("When it was proposed.")
    expires_at = column("Until when it awaits an answer.")
    mentor = one("The mentor.", by=Proposal.mentor_id)
    mentee = one("The mentee.", by=Proposal.mentee_id)
    match = one("The match that began with it.", by=Proposal.match_id)
    reasons = only("Why, in numbers: for coordinators.", by=Reasons.proposal_id)
    answers = many(
        "What was answered, for those who may see it.", Answer.proposal_id, ascending(Answer.answered_at), most=2
    )


@value_type("Opening", "How many mentors one relaxed rule would open.")
class OpeningType:
    """The fields of an opening."""

    rule = Value("Which rule.", str)
    mentors = Value("How many mentors fail this rule alone.", int)


def _openings(stored: dict[str, int]) -> list[dict[str, Any]]:
    return [{"rule": rule, "mentors": mentors} for rule, mentors in sorted(stored.items())]


@shows(Waiting, "Why a run left a mentee waiting.", name="WaitingReason")
class WaitingType:
    """The fields of a reason to wait."""

    code = column("The reason as a code.")
    sentence = column("The reason in words.")
    eligible_mentors = column("How many mentors pass every rule.")
    openings = column("The smallest changes that would help.", list[OpeningType], name="opens", convert=_openings)
    mentee = one("Who waits.", by=Waiting.mentee_id)


@shows(
    MatchRun,
    "A matching run.",
    orders={"NEWEST": descending(MatchRun.requested_at), "OLDEST": ascending(MatchRun.requested_at)},
    filters={"programme_id": refers_to(MatchRun.programme_id, Programme, "Of this programme.")},
)
class MatchRunType:
    """The fields of a matching run."""

    status = column("Where it is.", enumeration(RunStatus))
    mode = column("What it seeks.", enumeration(RunMode))
    requested_at = column("When it was asked for.")
    finished_at = column("When it was computed.")
    lottery_seed = column("Settles ties as a fair lottery; with the snapshot it makes the run repeatable.")
    engine_version = column("Which engine computed it.")
    rules_version = column("By which rules.")
    snapshot_sha256 = column("The hash of everything that went in.")
    mentors_considered = column("How many mentors.")
    mentees_considered = column("How many mentees.")
    places_open = column("How many open places.")
    proposed = column("How many matches it proposes.")
    left_waiting = column("How many mentees it leaves waiting.")
    total_points = column("The points of all proposals together.")
    gap = column("How far from the proven best; 0 is optimal.")
    programme = one("The programme.", by=MatchRun.programme_id)
    proposals = connection("What it proposes.", by=Proposal.run_id)
    waiting = many("Whom it leaves waiting, at most a hundred.", Waiting.run_id, ascending(), most=100)


root(
    match_run=ById("A matching run.", MatchRun),
    match_runs=connection("Matching runs.", MatchRun),
    proposal=ById("A proposal.", Proposal),
    proposals=connection("Proposals.", Proposal),
    match=ById("A match.", Match),
    matches=connection("Matches.", Match),
)
expose(start_match_run, publish_match_run, discard_match_run)
expose(accept_proposal, decline_proposal)

"""How matching runs, proposals and matches are shown."""

from typing import Any

from kith.goals.goal import Goal
from kith.goals.plan import RecoveryPlan
from kith.matching.match import ClosingReason, Match, MatchStatus, close_match, pause_match, resume_match
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
from kith.programmes import Programme
from schema.declare import (
    ById,
    Value,
    among,
    ascending,
    column,
    connection,
    descending,
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
        "status": among(Match.status, enumeration(MatchStatus), "In one of these states."),
    },
)
class MatchType:
    """The fields of a match."""

    status = column("Where it is.", enumeration(MatchStatus))
    began_at = column("When both had accepted.")
    closed_at = column("When it closed.")
    closing_reason = column("Why it closed; nobody is at fault.", enumeration(ClosingReason))
    programme = one("The programme.", by=Match.programme_id, model=Programme)
    mentor = one("The mentor.", by=Match.mentor_id)
    mentee = one("The mentee.", by=Match.mentee_id)
    meetings = connection("Its meetings.", by=Meeting.match_id)
    goals = connection("Its goals.", by=Goal.match_id)
    plan = only("Its recovery plan, where the mentee began one.", by=RecoveryPlan.match_id)


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
    proposals=connection("Proposals.", Proposal),
    match=ById("A match.", Match),
    matches=connection("Matches.", Match),
)
expose(start_match_run, publish_match_run, discard_match_run)
expose(accept_proposal, decline_proposal, pause_match, resume_match, close_match)

"""Matching runs of the demo: started, computed, published, and what people answered."""

from datetime import datetime, timedelta
from uuid import UUID

from infra.demo.plan import Wave
from infra.demo.stage import Someone, Stage
from kith.matching.match import Match
from kith.matching.proposal import (
    DeclineReason,
    Proposal,
    ProposalStatus,
    accept_proposal,
    decline_proposal,
    expire,
)
from kith.matching.running import compute_match_run, discard_match_run, publish_match_run, start_match_run

ACCEPTS, DECLINES = 0.88, 0.07  # the rest did not answer in time
WHY_NOT = (DeclineReason.NOT_SAID, DeclineReason.NOT_NOW, DeclineReason.TIMES_DO_NOT_FIT)


async def propose(stage: Stage, coordinator: Someone, programme_id: UUID, wave: Wave, at: datetime) -> UUID:
    """A run, computed; the run's id."""
    if wave.discarded_first:
        first = await _computed(stage, coordinator, programme_id, wave, at - timedelta(hours=3))
        async with stage.as_person(coordinator, at - timedelta(hours=1)) as work:
            await discard_match_run(work, first)
    return await _computed(stage, coordinator, programme_id, wave, at)


async def _computed(stage: Stage, coordinator: Someone, programme_id: UUID, wave: Wave, at: datetime) -> UUID:
    async with stage.as_person(coordinator, at) as work:
        run = await start_match_run(work, programme_id=programme_id, mode=wave.mode)
    async with stage.as_service(at + timedelta(seconds=4), compute_match_run) as work:
        await compute_match_run(work, run.id)
    return run.id


async def publish(stage: Stage, coordinator: Someone, run_id: UUID, at: datetime, *, now: bool) -> list[Proposal]:
    """Publish the run; what it offers. `now` lets follow what follows offers."""
    async with stage.as_person(coordinator, at, reacting=now) as work:
        await publish_match_run(work, run_id)
        return await work.all(Proposal, Proposal.run_id == run_id, order_by=Proposal.rank)


async def answers(stage: Stage, proposals: list[Proposal], at: datetime) -> list[Match]:
    """Both people of each proposal answer, or do not; the matches that begin."""
    matches = [await _answered(stage, proposal, at) for proposal in proposals]
    return [match for match in matches if match is not None]


async def _answered(stage: Stage, proposal: Proposal, at: datetime) -> Match | None:
    rng = stage.chance("answers", stage.people[proposal.mentee_person_id].name, at.date() - stage.now.date())
    for _ in range(2):
        outcome, at = rng.random(), at + timedelta(hours=rng.randint(4, 30))
        if outcome > ACCEPTS + DECLINES:
            await _unanswered(stage, proposal)
            return None
        if outcome > ACCEPTS:
            await _declined(stage, proposal, at, rng.choice(WHY_NOT))
            return None
        proposal = await accept(stage, proposal, at)
    return await _begun(stage, proposal)


async def accept(stage: Stage, proposal: Proposal, at: datetime, *, now: bool = False) -> Proposal:
    """Whoever is asked accepts."""
    async with stage.as_person(_asked(stage, proposal), at, afresh=True, reacting=now) as work:
        return await accept_proposal(work, proposal.id)


async def _declined(stage: Stage, proposal: Proposal, at: datetime, reason: DeclineReason) -> None:
    async with stage.as_person(_asked(stage, proposal), at, afresh=True) as work:
        await decline_proposal(work, proposal.id, reason=reason)


async def _unanswered(stage: Stage, proposal: Proposal) -> None:
    assert proposal.expires_at is not None
    async with stage.as_service(proposal.expires_at + timedelta(seconds=2), expire) as work:
        await expire(work, proposal.id)


async def _begun(stage: Stage, proposal: Proposal) -> Match:
    assert proposal.match_id is not None
    mentor, mentee = (stage.people[id] for id in (proposal.mentor_person_id, proposal.mentee_person_id))
    for who in (mentor, mentee):
        stage.forget(who)
    async with stage.as_person(mentor, stage.now) as work:
        return await work.get(Match, proposal.match_id)


def _asked(stage: Stage, proposal: Proposal) -> Someone:
    mentee = proposal.status == ProposalStatus.OFFERED_MENTEE
    return stage.people[proposal.mentee_person_id if mentee else proposal.mentor_person_id]

"""Telling people that an offer awaits their answer."""

from zoneinfo import ZoneInfo

from kith.ground.model import Id
from kith.ground.operation import operation
from kith.ground.permissions import Permission
from kith.ground.work import Work
from kith.matching.proposal import OFFERED, Proposal, ProposalStatus
from kith.people.letters import write_letter
from kith.people.person import Person

TELL = Permission("proposals.tell", "Write to people that an offer awaits them.")


@operation(needs=TELL)
async def tell_of_offer(work: Work, proposal_id: Id[Proposal]) -> None:
    """Write to whoever is asked, unless the offer is over."""
    proposal = await work.get(Proposal, proposal_id)
    if proposal.status not in OFFERED or proposal.expires_at is None or proposal.expires_at <= work.now:
        return
    mentee_asked = proposal.status == ProposalStatus.OFFERED_MENTEE
    person = await work.get(Person, proposal.mentee_person_id if mentee_asked else proposal.mentor_person_id)
    until = proposal.expires_at.astimezone(ZoneInfo(person.time_zone))
    when = f"{until:%A} {until.day} {until:%B} at {until:%H:%M} ({person.time_zone})"
    await write_letter(work, "proposal.offered", person, about=proposal, when=when)

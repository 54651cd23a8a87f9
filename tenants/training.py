"""Training of an organisation's staff and partners: whom a requirement concerns follows from the roles they hold."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_

from kith.ground.model import Id
from kith.ground.operation import operation
from kith.ground.permissions import Reach, Role
from kith.ground.work import Work
from kith.training.enrolment import LIFE, OPEN, TrainingEnrolment
from kith.training.keeping import KEEP_UP, Concerned, counts_as, cover
from kith.training.module import Audience
from kith.training.requirement import TrainingRequirement, in_force
from tenants.member import Member

STAFF = (Member.role.in_((Role.ADMIN, Role.COORDINATOR)), Member.custom_role_id.is_not(None))


@counts_as(Audience.STAFF)
async def staff(work: Work, requirement: TrainingRequirement) -> Sequence[Concerned]:
    """Who coordinates the programme, administers the organisation, or holds a role of its own that reaches either."""
    here = or_(Member.reach == Reach.ORGANISATION, Member.programme_id == requirement.programme_id)
    return await _holding(work, or_(*STAFF), here)


@counts_as(Audience.PARTNER)
async def partners(work: Work, requirement: TrainingRequirement) -> Sequence[Concerned]:
    """The staff of partner organisations, who belong to no one programme."""
    return await _holding(work, Member.role == Role.PARTNER)


_WHOM = {Audience.STAFF: staff, Audience.PARTNER: partners}


@operation(needs=KEEP_UP)
async def enrol_member(work: Work, member_id: Id[Member]) -> None:
    """Enrol somebody who was given a role in what is required of its holders and they do not hold already."""
    member = await work.get(Member, member_id)
    for requirement in await in_force(work, TrainingRequirement.audience.in_(_WHOM)):
        concerned = await _WHOM[Audience(requirement.audience)](work, requirement)
        await cover(work, requirement, [each for each in concerned if each.person_id == member.person_id])


@operation(needs=KEEP_UP)
async def withdraw_from_former_member(work: Work, member_id: Id[Member]) -> None:
    """Withdraw somebody from what was required of them for a role that ended, unless another role of theirs does."""
    member = await work.get(Member, member_id)
    theirs = (TrainingEnrolment.person_id == member.person_id, TrainingEnrolment.status.in_(OPEN))
    of_a_role = (TrainingEnrolment.audience.in_(_WHOM), TrainingEnrolment.requirement_id.is_not(None))
    for enrolment in await work.rows(TrainingEnrolment, *theirs, *of_a_role):
        (requirement,) = await work.rows(TrainingRequirement, TrainingRequirement.id == enrolment.requirement_id)
        concerned = await _WHOM[Audience(requirement.audience)](work, requirement)
        if all(each.person_id != member.person_id for each in concerned):
            await LIFE.move_all(work, "withdraw_training", TrainingEnrolment.id == enrolment.id)


async def _holding(work: Work, *which: ColumnElement[bool]) -> list[Concerned]:
    """Who holds such a role now, each once, with the day on which they were given the first."""
    now = (Member.since <= work.now, or_(Member.until.is_(None), Member.until > work.now))
    first: dict[object, Concerned] = {}
    for member in sorted(await work.rows(Member, *which, *now), key=lambda each: each.since):
        first.setdefault(member.person_id, Concerned(member.person_id, member.since))
    return list(first.values())

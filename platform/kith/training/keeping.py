"""Keeping training going: enrolling whom a requirement concerns, renewing what ends, reminding of what is due."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import select

from kith.ground.model import Id
from kith.ground.operation import operation
from kith.ground.permissions import Permission
from kith.ground.work import Work
from kith.people.letters import write_letter
from kith.people.mentor import Mentor, MentorStatus
from kith.people.person import Person
from kith.tasks import ask
from kith.training.completeness import concerns, settle_training, standing
from kith.training.enrolment import (
    COMPLETED,
    LIFE,
    OPEN,
    OVERDUE,
    EnrolmentStatus,
    TrainingEnrolment,
    completed,
    enrol,
    until_when,
)
from kith.training.module import Audience, ModuleStatus, TrainingModule
from kith.training.requirement import RequirementStatus, TrainingRequirement, in_force, offered

KEEP_UP = Permission("training.keep_up", "Enrol people in required training, renew it, and remind them.")
RENEWED_BEFORE = timedelta(days=60)
REMINDED_BEFORE = timedelta(days=14)  # and at least so long do people have, whatever was due before
WAITING = (*OPEN, EnrolmentStatus.FAILED)


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody whom a requirement may concern; `mentor` as whom, where it is as a mentor."""

    person_id: UUID
    joined_at: datetime
    mentor: Mentor | None = None


Source: TypeAlias = Callable[[Work, TrainingRequirement], Awaitable[Sequence[Concerned]]]
_SOURCES: dict[Audience, Source] = {}


def counts_as(audience: Audience) -> Callable[[Source], Source]:
    """Make the function say whom a requirement of this audience concerns, where another package knows them."""

    def register(source: Source) -> Source:
        _SOURCES[audience] = source
        return source

    return register


@operation(needs=KEEP_UP)
async def enrol_concerned(work: Work, requirement_id: Id[TrainingRequirement]) -> None:
    """Enrol everybody whom the requirement concerns and who does not hold what it asks for."""
    requirement = await work.get(TrainingRequirement, requirement_id)
    at_work = (Mentor.programme_id == requirement.programme_id, Mentor.status != MentorStatus.RETIRED)
    mentors = await work.all(Mentor, *at_work)
    if requirement.audience == Audience.MENTOR:
        await cover(work, requirement, [Concerned(each.person_id, each.registered_at, each) for each in mentors])
    elif requirement.audience == Audience.SUPERVISOR:
        supervising = {each.supervisor_id for each in mentors if each.supervisor_id is not None}
        people = await work.all(Person, Person.id.in_(supervising))
        await cover(work, requirement, [Concerned(each.id, each.joined_at) for each in people])
    else:
        await cover(work, requirement, await _SOURCES[Audience(requirement.audience)](work, requirement))


@operation(needs=KEEP_UP)
async def enrol_mentor(work: Work, mentor_id: Id[Mentor]) -> None:
    """Enrol a mentor, and who supervises them, in what their programme requires and they do not hold already."""
    mentor = await work.get(Mentor, mentor_id, lock=True)
    for requirement in await in_force(work, TrainingRequirement.programme_id == mentor.programme_id):
        if requirement.audience == Audience.MENTOR and mentor.status != MentorStatus.RETIRED:
            await cover(work, requirement, [Concerned(mentor.person_id, mentor.registered_at, mentor)])
        elif requirement.audience == Audience.SUPERVISOR and mentor.supervisor_id is not None:
            supervisor = await work.get(Person, mentor.supervisor_id)
            await cover(work, requirement, [Concerned(supervisor.id, supervisor.joined_at)])
    await settle_training(work, [mentor])


@operation(needs=KEEP_UP)
async def enrol_after_publishing(work: Work, module_id: Id[TrainingModule]) -> None:
    """Enrol those whom a requirement concerns that asks for a module published now."""
    module = await work.get(TrainingModule, module_id)
    for requirement in await in_force(work):
        if requirement.asks_for(module.code, module.kind, module.audience):
            work.later(enrol_concerned, requirement_id=requirement.id)


@operation(needs=KEEP_UP)
async def settle_requirement(work: Work, requirement_id: Id[TrainingRequirement]) -> None:
    """Look again at a programme's mentors, once a requirement was made or lifted. Of a lifted one no more is asked."""
    requirement = await work.get(TrainingRequirement, requirement_id)
    query = select(Mentor).where(Mentor.programme_id == requirement.programme_id, Mentor.status != MentorStatus.RETIRED)
    mentors = list(await work.session.scalars(query.order_by(Mentor.id).with_for_update(key_share=True)))
    if requirement.status == RequirementStatus.LIFTED:
        not_begun = (
            TrainingEnrolment.requirement_id == requirement.id,
            TrainingEnrolment.status == EnrolmentStatus.ASSIGNED,
        )
        await LIFE.move_all(work, "withdraw_training", *not_begun)
    await settle_training(work, mentors)


@operation(needs=KEEP_UP)
async def withdraw_from_retired(work: Work, mentor_id: Id[Mentor]) -> None:
    """Withdraw a mentor's training who has retired, unless they mentor in another programme."""
    mentor = await work.get(Mentor, mentor_id)
    mentoring = (Mentor.person_id == mentor.person_id, Mentor.status != MentorStatus.RETIRED)
    if not await work.exists(Mentor, *mentoring):
        theirs = (TrainingEnrolment.person_id == mentor.person_id, TrainingEnrolment.audience == Audience.MENTOR)
        await LIFE.move_all(work, "withdraw_training", *theirs)


@operation(needs=KEEP_UP)
async def expire_training(work: Work) -> None:
    """What was valid until yesterday is valid no longer: once a day."""
    over = (TrainingEnrolment.status.in_(COMPLETED), TrainingEnrolment.valid_until < work.now.date())
    people = {each.person_id for each in await work.all(TrainingEnrolment, *over)}
    theirs = select(Mentor).where(Mentor.person_id.in_(people)).order_by(Mentor.id)
    mentors = list(await work.session.scalars(theirs.with_for_update(key_share=True)))
    locked = select(TrainingEnrolment).where(*over, TrainingEnrolment.person_id.in_(people))
    for enrolment in await work.session.scalars(locked.order_by(TrainingEnrolment.id).with_for_update(key_share=True)):
        LIFE.move(enrolment, "training.keeping.expire_training")
        work.note("training.expired", enrolment, code=enrolment.code)
    await settle_training(work, mentors)


@operation(needs=KEEP_UP)
async def renew_training(work: Work) -> None:
    """Enrol people anew in what ends within sixty days, once, and in whatever else is required: once a day."""
    for requirement in await in_force(work):
        work.later(enrol_concerned, requirement_id=requirement.id)
    ending = (
        TrainingEnrolment.status.in_(COMPLETED),
        TrainingEnrolment.valid_until.between(work.now.date(), (work.now + RENEWED_BEFORE).date()),
    )
    for enrolment in await work.all(TrainingEnrolment, *ending, order_by=TrainingEnrolment.person_id):
        await work.hold(Person, enrolment.person_id)
        await _renew(work, enrolment)


@operation(needs=KEEP_UP)
async def remind_of_training(work: Work) -> None:
    """Write to people two weeks before a training is due, and once it is overdue: each once.

    Overdue training of staff is a task of theirs.
    """
    soon = (TrainingEnrolment.status.in_(WAITING), TrainingEnrolment.due_at <= work.now + REMINDED_BEFORE)
    untold = TrainingEnrolment.reminded_at.is_(None) | TrainingEnrolment.overdue_told_at.is_(None)
    query = select(TrainingEnrolment).where(*soon, untold).order_by(TrainingEnrolment.id)
    for enrolment in list(await work.session.scalars(query.with_for_update(key_share=True))):
        assert enrolment.due_at is not None
        person = await work.get(Person, enrolment.person_id)
        if enrolment.due_at <= work.now:
            await _tell_overdue(work, enrolment, person)
        elif enrolment.reminded_at is None:
            enrolment.reminded_at = work.now
            words = until_when(person, enrolment.due_at)
            await write_letter(work, "training.due", person, about=enrolment, when=words)
            work.note("training.reminded", enrolment, code=enrolment.code)


async def _tell_overdue(work: Work, enrolment: TrainingEnrolment, person: Person) -> None:
    if enrolment.overdue_told_at is not None:
        return
    enrolment.overdue_told_at = work.now
    await write_letter(work, "training.overdue", person, about=enrolment)
    if enrolment.audience != Audience.MENTOR:
        title = "Complete the training that is overdue."
        await ask(work, OVERDUE, title, enrolment, due_in=REMINDED_BEFORE, assignee_id=person.id)
    work.note("training.overdue", enrolment, code=enrolment.code)


async def cover(work: Work, requirement: TrainingRequirement, people: Sequence[Concerned]) -> None:
    """Enrol those of these people who do not hold what is required, or not for long, and are not in it already."""
    modules = await offered(work, requirement)
    if requirement.status != RequirementStatus.IN_FORCE or not modules:
        return
    for person_id in sorted({each.person_id for each in people}):
        await work.hold(Person, person_id)
    ids = [each.person_id for each in people]
    done = await completed(work, ids)
    asked = await _asked(work, requirement, ids)
    for each in people:
        theirs = [enrolment for enrolment in done if enrolment.person_id == each.person_id]
        found = standing(requirement, theirs, each.joined_at, work.now)
        lasting = found.held and (found.ends is None or found.ends > (work.now + RENEWED_BEFORE).date())
        if lasting or each.person_id in asked or (each.mentor is not None and not concerns(each.mentor, found)):
            continue
        had = {enrolment.code for enrolment in theirs}
        module = next((m for m in modules if m.code in had), modules[0])
        due_at = _day_after(found.ends) if found.held and found.ends else found.due_at
        await enrol(
            work,
            module,
            await work.get(Person, each.person_id),
            programme_id=requirement.programme_id,
            due_at=due_at and max(due_at, work.now + REMINDED_BEFORE),
            requirement=requirement,
            again=found.before,
        )


async def _asked(work: Work, requirement: TrainingRequirement, people: list[UUID]) -> set[UUID]:
    """Those who are in such a training, could not pass it, or were let off by hand: nobody is enrolled over that."""
    query = select(TrainingEnrolment).where(
        TrainingEnrolment.person_id.in_(people), TrainingEnrolment.status.in_((*WAITING, EnrolmentStatus.WITHDRAWN))
    )
    return {
        each.person_id
        for each in await work.session.scalars(query)
        if requirement.asks_for(each.code, each.kind, each.audience)
        and (each.status != EnrolmentStatus.WITHDRAWN or each.requirement_id == requirement.id)
    }


async def _renew(work: Work, enrolment: TrainingEnrolment) -> None:
    """Follow an enrolment that ends by a new one, unless it was followed by any."""
    same = (TrainingEnrolment.person_id == enrolment.person_id, TrainingEnrolment.code == enrolment.code)
    if await work.exists(TrainingEnrolment, *same, TrainingEnrolment.assigned_at > enrolment.assigned_at):
        return
    mentoring = (Mentor.person_id == enrolment.person_id, Mentor.status != MentorStatus.RETIRED)
    if enrolment.audience == Audience.MENTOR and not await work.exists(Mentor, *mentoring):
        return
    if enrolment.audience in _SOURCES and enrolment.requirement_id is not None:
        return  # whom the requirement still concerns is enrolled by it
    published = (TrainingModule.code == enrolment.code, TrainingModule.status == ModuleStatus.PUBLISHED)
    module = await work.first(TrainingModule, *published)
    if module is not None and enrolment.valid_until is not None:
        person = await work.get(Person, enrolment.person_id)
        due_at = _day_after(enrolment.valid_until)
        await enrol(work, module, person, programme_id=enrolment.programme_id, due_at=due_at, again=True)


def _day_after(day: date) -> datetime:
    """When a last day is over, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)

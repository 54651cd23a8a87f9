"""Enrolments: a person in one edition of a training, from being assigned to it until it is passed and expires."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ColumnElement, select
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.work import Work
from kith.people.letters import write_letter
from kith.people.mentor import Mentor
from kith.people.person import Person
from kith.programmes import Programme, looked_after
from kith.tasks import settled
from kith.training.module import ModuleStatus, TrainingModule
from kith.training.requirement import TrainingRequirement

READ = Permission("training.read", "See who is in which training.", granted_to=STAFF | {Role.MENTOR, Role.PARTNER})
ASSIGN = Permission("training.assign", "Enrol people in training, and say who trains them.", granted_to=STAFF)
BEGIN = Permission(
    "training.begin",
    "Begin a training, one's own or that of somebody one looks after.",
    granted_to=STAFF | {Role.MENTOR, Role.PARTNER},
)
OVERDUE = "TRAINING_OVERDUE"  # the task of whoever did not complete a training in time


class EnrolmentStatus(Choice):
    """Where an enrolment is."""

    ASSIGNED = "ASSIGNED", "It is to be begun."
    IN_PROGRESS = "IN_PROGRESS", "The person is learning."
    SUBMITTED = "SUBMITTED", "Their answers await an assessment."
    PASSED = "PASSED", "It is passed, and valid."
    FAILED = "FAILED", "It was not passed; they may try again while attempts are left."
    EXPIRED = "EXPIRED", "It was passed or waived, and is valid no longer."
    WAIVED = "WAIVED", "It is not asked of them, because they have shown what it teaches in another way."
    WITHDRAWN = "WITHDRAWN", "It is no longer asked of them."


OPEN = (EnrolmentStatus.ASSIGNED, EnrolmentStatus.IN_PROGRESS, EnrolmentStatus.SUBMITTED)
COMPLETED = (EnrolmentStatus.PASSED, EnrolmentStatus.WAIVED)
_OPEN = f"status IN ({', '.join(repr(str(each)) for each in OPEN)})"


class TrainingEnrolment(Owned):
    """A person in one edition of a training.

    It counts for the person, in whatever programme; `programme_id` says whose coordinators look after it. `due_at` is
    null where it is due before a first match, or whenever it suits. `valid_until` is the last day on which it counts.
    """

    __tablename__ = "training_enrolments"
    __table_args__ = (
        organisation_index("assigned_at", "id"),
        organisation_index("programme_id", "assigned_at", "id"),
        organisation_index("person_id", "assigned_at", "id"),
        organisation_index("trainer_id", "assigned_at", "id"),
        organisation_index("person_id", "code", unique=True, where=_OPEN, name="uq_training_enrolments_open"),
        organisation_index("valid_until", where="status IN ('PASSED', 'WAIVED')", name="ix_training_enrolments_valid"),
        organisation_index("due_at", where=_OPEN, name="ix_training_enrolments_due"),
        one_of("status", list(EnrolmentStatus)),
        at_most("waiver_reason", 2000),
        at_most("waiver_evidence", 2000),
        CheckConstraint("(waived_by_id IS NULL) = (waiver_reason IS NULL)", name="waiver"),
        CheckConstraint("waived_by_id <> person_id", name="waived_by_another"),
        CheckConstraint("(status IN ('PASSED', 'WAIVED', 'EXPIRED')) = (completed_at IS NOT NULL)", name="completed"),
        CheckConstraint("status <> 'EXPIRED' OR valid_until IS NOT NULL", name="expired"),
    )
    READ = READ

    module_id: Mapped[UUID] = within(TrainingModule, carrying=("code", "kind", "audience"))
    code: Mapped[str]
    kind: Mapped[str]
    audience: Mapped[str]
    person_id: Mapped[UUID] = within(Person)
    programme_id: Mapped[UUID | None] = within(Programme, nullable=True)
    requirement_id: Mapped[UUID | None] = within(TrainingRequirement, nullable=True)
    trainer_id: Mapped[UUID | None] = within(Person, nullable=True)
    status: Mapped[str]
    assigned_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    completed_at: Mapped[datetime | None]
    valid_until: Mapped[date | None]
    waived_by_id: Mapped[UUID | None] = within(Person, nullable=True)
    waiver_reason: Mapped[str | None]
    waiver_evidence: Mapped[str | None]
    reminded_at: Mapped[datetime | None]
    overdue_told_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Oneself, whom one trains or supervises, the coordinators of the programme."""
        own = [cls.person_id, cls.trainer_id]
        return row_rule(actor, own=own, supervised=[cls.person_id], programme=cls.programme_id)


LIFE = Lifecycle(
    TrainingEnrolment,
    EnrolmentStatus,
    begins=[EnrolmentStatus.ASSIGNED],
    moves=[
        Move("begin_training", EnrolmentStatus.ASSIGNED, EnrolmentStatus.FAILED, to=EnrolmentStatus.IN_PROGRESS),
        Move("withdraw_training", *OPEN, EnrolmentStatus.FAILED, to=EnrolmentStatus.WITHDRAWN),
        Move("training.assessing.submit_training", EnrolmentStatus.IN_PROGRESS, to=EnrolmentStatus.SUBMITTED),
        Move(
            "training.assessing.assess_training",
            EnrolmentStatus.IN_PROGRESS,
            EnrolmentStatus.SUBMITTED,
            to=[EnrolmentStatus.PASSED, EnrolmentStatus.FAILED],
        ),
        Move("training.assessing.waive_training", *OPEN, EnrolmentStatus.FAILED, to=EnrolmentStatus.WAIVED),
        Move("training.keeping.expire_training", *COMPLETED, to=EnrolmentStatus.EXPIRED),
    ],
)


@operation(needs=ASSIGN)
async def assign_training(
    work: Work,
    module_id: Annotated[Id[TrainingModule], "In which module, which is published."],
    *,
    person_id: Annotated[Id[Person], "Who is to be trained: a mentor, or somebody of the staff."],
    programme_id: Annotated[Id[Programme] | None, "Whose coordinators look after it; null for staff of none."] = None,
    due_at: Annotated[datetime | None, "Until when, with its offset from UTC; null for whenever it suits."] = None,
    trainer_id: Annotated[Id[Person] | None, "Who trains them and reads their answers; null for nobody yet."] = None,
) -> TrainingEnrolment:
    """Enrol a person in a training; they are written to. Once is enough: not while they are in it already."""
    module = await work.get(TrainingModule, module_id)
    if module.status != ModuleStatus.PUBLISHED:
        raise IllegalState(f"This module is {module.status}, not PUBLISHED: nobody can be enrolled in it.")
    person = await work.get(Person, person_id)
    await _looked_after(work, person, programme_id)
    if due_at is not None and due_at <= work.now:
        raise Invalid("A training is due in time to come.", path=("dueAt",))
    await work.hold(Person, person.id)
    if await in_training(work, person.id, module.code):
        raise Conflict("They are in this training already.", path=("personId",))
    enrolment = await enrol(work, module, person, programme_id=programme_id, due_at=due_at)
    if trainer_id is not None:
        await train(work, enrolment, trainer_id)
    return enrolment


async def _looked_after(work: Work, person: Person, programme_id: UUID | None) -> None:
    """The actor looks after the person, or after the programme for which they are enrolled. Raises NotFound."""
    if programme_id is None:
        await work.get(Person, person.id, row_rule(work.actor, supervised=[Person.id], programme=Person.programme_id))
        return
    supervised = row_rule(work.actor, supervised=[Mentor.person_id])
    as_mentor = (Mentor.person_id == person.id, Mentor.programme_id == programme_id)
    if await work.first(Mentor, supervised, *as_mentor) is None:
        await work.get(Programme, programme_id, looked_after(work))


async def train(work: Work, enrolment: TrainingEnrolment, trainer_id: UUID) -> None:
    """Say who trains somebody. Raises Invalid for the person themselves."""
    if trainer_id == enrolment.person_id:
        raise Invalid("Nobody trains themselves.", path=("trainerId",))
    enrolment.trainer_id = (await work.get(Person, trainer_id)).id
    work.note("training.trainer_named", enrolment, trainer_id=trainer_id)


@operation(needs=BEGIN)
async def begin_training(
    work: Work, enrolment_id: Annotated[Id["TrainingEnrolment"], "Which enrolment."]
) -> TrainingEnrolment:
    """Begin a training, or try once more. What comes before it has to be passed, and attempts have to be left."""
    enrolment = await work.get(TrainingEnrolment, enrolment_id, lock=True)
    LIFE.check(enrolment, "begin_training")
    module = (await work.rows(TrainingModule, TrainingModule.id == enrolment.module_id))[0]
    if enrolment.attempts >= module.most_attempts:
        raise IllegalState(f"All {module.most_attempts} attempts are used; talk about what would help.")
    if enrolment.status == EnrolmentStatus.FAILED and await in_training(work, enrolment.person_id, enrolment.code):
        raise Conflict("They are in this training anew: that enrolment goes on.")
    await _prepared(work, enrolment.person_id, module)
    LIFE.move(enrolment, "begin_training")
    enrolment.begun_at = enrolment.begun_at or work.now
    work.note("training.begun", enrolment, code=enrolment.code)
    return enrolment


async def _prepared(work: Work, person_id: UUID, module: TrainingModule) -> None:
    """The person holds what comes before the module. Raises IllegalState, which names what is missing."""
    held = {each.code for each in await completed(work, [person_id]) if valid_on(each, work.now.date())}
    missing = [code for code in module.prerequisites if code not in held]
    if missing:
        known = await work.rows(TrainingModule, TrainingModule.code.in_(missing))
        titles = {each.code: each.title for each in sorted(known, key=lambda each: each.edition)}
        raise IllegalState(f"First comes: {', '.join(f'{titles[code]} ({code})' for code in missing)}.")


@operation(needs=ASSIGN)
async def withdraw_training(
    work: Work, enrolment_id: Annotated[Id["TrainingEnrolment"], "Which enrolment."]
) -> TrainingEnrolment:
    """Take back an enrolment that is not completed: it is no longer asked of them."""
    enrolment = await work.get(TrainingEnrolment, enrolment_id, lock=True)
    by_another(work, enrolment)
    LIFE.move(enrolment, "withdraw_training")
    work.note("training.withdrawn", enrolment, code=enrolment.code)
    await settled(work, OVERDUE, enrolment)
    return enrolment


def by_another(work: Work, enrolment: TrainingEnrolment) -> None:
    """Whoever decides about it is not the person themselves. Raises IllegalState."""
    if work.actor.person_id == enrolment.person_id:
        raise IllegalState("Somebody else decides about your own training.")


async def enrol(
    work: Work,
    module: TrainingModule,
    person: Person,
    *,
    programme_id: UUID | None,
    due_at: datetime | None,
    requirement: TrainingRequirement | None = None,
    again: bool = False,
) -> TrainingEnrolment:
    """Enrol the person, and write to them; `again` where they passed it before."""
    enrolment = TrainingEnrolment.under(module, status=EnrolmentStatus.ASSIGNED, assigned_at=work.now, due_at=due_at)
    enrolment.person_id, enrolment.programme_id = person.id, programme_id
    enrolment.requirement_id = requirement.id if requirement else None
    work.add(enrolment)
    work.note("training.assigned", enrolment, code=module.code, person_id=person.id)
    kind = "training.again" if again else "training.assigned"
    await write_letter(work, kind, person, about=enrolment, when=until_when(person, due_at))
    return enrolment


def until_when(person: Person, due_at: datetime | None) -> str:
    """A due time in the words of a letter."""
    if due_at is None:
        return ""
    local = due_at.astimezone(ZoneInfo(person.time_zone))
    return f" Please complete it by {local:%A} {local.day} {local:%B %Y}."


async def in_training(work: Work, person_id: UUID, code: str) -> bool:
    """Whether the person is in this training now, in whatever programme."""
    theirs = (TrainingEnrolment.person_id == person_id, TrainingEnrolment.code == code)
    return await work.exists(TrainingEnrolment, *theirs, TrainingEnrolment.status.in_(OPEN))


async def completed(work: Work, people: list[UUID]) -> list[TrainingEnrolment]:
    """Everything that these people ever passed or had waived, valid still or not."""
    await work.settle()
    query = select(TrainingEnrolment).where(
        TrainingEnrolment.person_id.in_(people), TrainingEnrolment.completed_at.is_not(None)
    )
    return list(await work.session.scalars(query.order_by(TrainingEnrolment.id)))


def valid_on(enrolment: TrainingEnrolment, day: date) -> bool:
    """Whether it counts on this day."""
    if enrolment.status not in COMPLETED:
        return False
    return enrolment.valid_until is None or enrolment.valid_until >= day

"""Standing: suspending a mentor while something is looked into, lifting it, and retiring."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import IllegalState
from kith.ground.model import Id, Owned, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.work import Work
from kith.mentors.leave import LIFE as LEAVE_LIFE
from kith.mentors.leave import Leave
from kith.people.mentor import LIFE, Mentor, working
from kith.people.person import Person
from kith.people.readiness import settle_readiness

READ = Permission("suspensions.read", "See why a mentor is suspended.", granted_to=STAFF | {Role.MENTOR})
SUSPEND = Permission(
    "mentors.suspend", "Suspend a mentor and lift it.", granted_to={Role.ADMIN, Role.COORDINATOR, Role.SUPERVISOR}
)
RETIRE = Permission(
    "mentors.retire", "End somebody's mentoring.", granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTOR}
)


class SuspensionReason(Choice):
    """Why a mentor is suspended. It says nothing of fault: something is looked into."""

    CONCERN = "CONCERN", "Somebody raised a concern."
    INCIDENT = "INCIDENT", "Something happened that is being reviewed."
    BOUNDARIES = "BOUNDARIES", "What was agreed about boundaries is talked through."
    WELL_BEING = "WELL_BEING", "The mentor's own well-being comes first."
    CHECK_LAPSED = "CHECK_LAPSED", "A check that is required has lapsed."
    OTHER = "OTHER", "Something else."


class RetiringReason(Choice):
    """Why somebody no longer mentors."""

    OWN_CHOICE = "OWN_CHOICE", "They chose to."
    OTHER_COMMITMENTS = "OTHER_COMMITMENTS", "Work, study or family need the time."
    MOVED = "MOVED", "They moved away."
    WELL_BEING = "WELL_BEING", "Their own well-being comes first."
    NOT_SUITABLE = "NOT_SUITABLE", "The organisation decided so."
    OTHER = "OTHER", "Something else."


class Suspension(Owned):
    """One suspension of one mentor, which stands until it is lifted or they retire."""

    __tablename__ = "suspensions"
    __table_args__ = (
        organisation_index("mentor_id", "began_at", "id"),
        organisation_index("mentor_id", unique=True, where="ended_at IS NULL", name="uq_suspensions_open"),
        one_of("reason", list(SuspensionReason)),
        CheckConstraint("ended_at >= began_at", name="in_order"),
    )
    READ = READ

    mentor_id: Mapped[UUID] = within(Mentor, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    reason: Mapped[str]
    suspended_by_id: Mapped[UUID] = within(Person)
    began_at: Mapped[datetime]
    ended_by_id: Mapped[UUID | None] = within(Person, nullable=True)
    ended_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The mentor, who supervises them, the coordinators of the programme."""
        return row_rule(actor, own=[cls.person_id], supervised=[cls.person_id], programme=cls.programme_id)


@operation(needs=SUSPEND)
async def suspend_mentor(
    work: Work,
    mentor_id: Annotated[Id[Mentor], "Which mentor."],
    *,
    reason: Annotated[SuspensionReason, "Why; the mentor may read it."],
) -> Mentor:
    """Suspend a mentor while something is looked into: nobody new is proposed. A leave ends with it."""
    mentor = await _of_another(work, mentor_id)
    LIFE.move(mentor, "mentors.standing.suspend_mentor")
    await _no_leave(work, mentor, "mentors.standing.suspend_mentor")
    work.add(Suspension.under(mentor, reason=reason, began_at=work.now, suspended_by_id=work.actor.person_id))
    work.note("mentor.suspended", mentor, reason=reason)
    await settle_readiness(work, [mentor])
    return mentor


@operation(needs=SUSPEND)
async def lift_suspension(work: Work, mentor_id: Annotated[Id[Mentor], "Which mentor."]) -> Mentor:
    """Lift a suspension: the mentor is where their training leaves them."""
    mentor = await _of_another(work, mentor_id)
    LIFE.move(mentor, "mentors.standing.lift_suspension", to=working(mentor))
    await _over(work, mentor)
    work.note("mentor.suspension_lifted", mentor)
    await settle_readiness(work, [mentor])
    return mentor


@operation(needs=RETIRE)
async def retire_mentor(
    work: Work,
    mentor_id: Annotated[Id[Mentor], "Which mentor."],
    *,
    reason: Annotated[RetiringReason, "Why."] = RetiringReason.OWN_CHOICE,
) -> Mentor:
    """End somebody's mentoring. Their matches go on until each is closed or handed over; a new application opens it
    again.
    """
    may_change = row_rule(work.actor, own=[Mentor.person_id], programme=Mentor.programme_id)
    mentor = await work.get(Mentor, mentor_id, may_change, lock=True)
    LIFE.move(mentor, "mentors.standing.retire_mentor")
    await _no_leave(work, mentor, "mentors.standing.retire_mentor")
    await _over(work, mentor)
    work.note("mentor.retired", mentor, reason=reason)
    await settle_readiness(work, [mentor])
    return mentor


async def _of_another(work: Work, mentor_id: UUID) -> Mentor:
    """A mentor of one's caseload or programme. Raises IllegalState where it is oneself."""
    reached = row_rule(work.actor, supervised=[Mentor.person_id], programme=Mentor.programme_id)
    mentor = await work.get(Mentor, mentor_id, reached, lock=True)
    if mentor.person_id == work.actor.person_id:
        raise IllegalState("This is about you: somebody else has to decide it.")
    return mentor


async def _no_leave(work: Work, mentor: Mentor, verb: str) -> None:
    await LEAVE_LIFE.move_all(work, verb, Leave.mentor_id == mentor.id, ended_at=work.now)


async def _over(work: Work, mentor: Mentor) -> None:
    """Whatever suspension stands is over."""
    stands = (Suspension.mentor_id == mentor.id, Suspension.ended_at.is_(None))
    await work.revise(Suspension, *stands, ended_at=work.now, ended_by_id=work.actor.person_id)

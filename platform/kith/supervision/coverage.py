"""Cover for a colleague: for a while somebody else sees and does what a supervisor's caseload needs.

The short list of an actor's caseload is resolved at sign-in (`tenants/principal.sql`), where a delegation counts from
its beginning to its end and no moment longer: nothing has to be done for it to end.
"""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped

from kith.ground.actor import Actor, row_rule
from kith.ground.errors import Conflict, Forbidden, IllegalState, Invalid
from kith.ground.model import Id, Owned, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import Permission, Reach, Role
from kith.ground.work import Work
from kith.people.mentor import Mentor
from kith.people.person import Person

READ = Permission("coverage.read", "See who covers for whom.", granted_to={Role.ADMIN, Role.SUPERVISOR})
GIVE = Permission(
    "coverage.give",
    "Have somebody else look after one's caseload for a while, and end it.",
    granted_to={Role.ADMIN, Role.SUPERVISOR},
)
LONGEST = timedelta(days=92)


class CoverageDelegation(Owned):
    """Somebody who supervises in another's place, from one time to another."""

    __tablename__ = "coverage_delegations"
    __table_args__ = (
        organisation_index("starts_at", "id"),
        organisation_index("absent_person_id", "starts_at", "id"),
        organisation_index("cover_person_id", "starts_at", "id"),
        CheckConstraint("absent_person_id <> cover_person_id", name="two_people"),
        CheckConstraint("ends_at >= starts_at", name="in_order"),
    )
    READ = READ
    LOOKED_UP = True

    absent_person_id: Mapped[UUID] = within(Person)
    cover_person_id: Mapped[UUID] = within(Person)
    given_by_id: Mapped[UUID] = within(Person)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The two of them, and the organisation's administrators."""
        return row_rule(actor, own=[cls.absent_person_id, cls.cover_person_id])


@operation(needs=GIVE)
async def delegate_coverage(
    work: Work,
    *,
    absent_person_id: Annotated[Id[Person], "Who is away; a supervisor names themselves."],
    cover_person_id: Annotated[Id[Person], "Who supervises in their place; they need the role of a supervisor."],
    starts_at: Annotated[datetime | None, "From when, with its offset from UTC; null for now."] = None,
    ends_at: Annotated[datetime, "Until when, with its offset from UTC; at most 92 days after it starts."],
) -> CoverageDelegation:
    """Have somebody else see and do what a supervisor's caseload needs, for a while. It ends by itself."""
    if absent_person_id != work.actor.person_id and not work.actor.reaches(Reach.ORGANISATION):
        raise Forbidden("You can give away your own caseload; an administrator gives away another's.")
    if absent_person_id == cover_person_id:
        raise Invalid("Nobody covers for themselves.", path=("coverPersonId",))
    absent, cover = await work.get(Person, absent_person_id), await work.get(Person, cover_person_id)
    starts_at = work.now if starts_at is None else starts_at
    if starts_at < work.now:
        raise Invalid("Cover starts now or later.", path=("startsAt",))
    if not starts_at < ends_at <= starts_at + LONGEST:
        raise Invalid("Cover ends after it starts, and at most 92 days later.", path=("endsAt",))
    await work.hold(Person, absent.id)
    if await work.exists(Mentor, Mentor.supervisor_id == absent.id, Mentor.person_id == cover.id):
        raise Invalid("They are supervised by whom they would cover for.", path=("coverPersonId",))
    of_absent = (CoverageDelegation.absent_person_id == absent.id,)
    then = (CoverageDelegation.starts_at < ends_at, CoverageDelegation.ends_at > starts_at)
    if await work.exists(CoverageDelegation, *of_absent, *then):
        raise Conflict("Somebody covers for them then already.", path=("startsAt",))
    given = CoverageDelegation(starts_at=starts_at, ends_at=ends_at)
    given.absent_person_id, given.cover_person_id = absent.id, cover.id
    given.given_by_id = work.actor.person_id or absent.id
    work.add(given)
    work.note("coverage.given", given, absent_person_id=absent.id, cover_person_id=cover.id)
    return given


@operation(needs=GIVE)
async def end_coverage(
    work: Work, coverage_id: Annotated[Id["CoverageDelegation"], "Which cover."]
) -> CoverageDelegation:
    """End a cover before its time, or call off one that has not begun."""
    given = await work.get(CoverageDelegation, coverage_id, lock=True)
    if given.ends_at <= work.now:
        raise IllegalState("This cover is over already.")
    given.starts_at, given.ends_at = min(given.starts_at, work.now), work.now
    work.note("coverage.ended", given, absent_person_id=given.absent_person_id, cover_person_id=given.cover_person_id)
    return given


async def at_hand(work: Work, supervisor_id: UUID) -> UUID:
    """Who looks after a supervisor's caseload now: they themselves, or who covers for them."""
    now = (CoverageDelegation.starts_at <= work.now, CoverageDelegation.ends_at > work.now)
    covering = await work.rows(CoverageDelegation, CoverageDelegation.absent_person_id == supervisor_id, *now)
    return covering[0].cover_person_id if covering else supervisor_id

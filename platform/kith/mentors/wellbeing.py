"""Well-being: once a month a mentor says how they are; only who supervises them reads it."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, select
from sqlalchemy.orm import Mapped

from kith.ground.actor import Actor, confided
from kith.ground.errors import Invalid
from kith.ground.model import Id, Owned, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import Permission, Role
from kith.ground.work import Work
from kith.people.letters import write_letter
from kith.people.mentor import Mentor, MentorStatus
from kith.people.person import Person
from kith.tasks import ask

READ = Permission(  # an administrator holds it to give it: the row rule shows them nothing but what is their own
    "wellbeing.read",
    "See how oneself and the mentors one supervises are.",
    granted_to={Role.ADMIN, Role.SUPERVISOR, Role.MENTOR},
)
CHECK_IN = Permission("wellbeing.check_in", "Say how one is.", granted_to={Role.MENTOR})
REMIND = Permission("wellbeing.remind", "Remind mentors to say how they are.")
LATELY = timedelta(days=21)
ANSWERED_WITHIN = timedelta(days=2)


class WellbeingCheckIn(Owned):
    """How a mentor was: 1 not at all, 5 very much. For them and who supervises them, and for nobody else."""

    __tablename__ = "wellbeing_check_ins"
    __table_args__ = (
        organisation_index("given_at", "id"),
        organisation_index("person_id", "given_at", "id"),
        organisation_index("mentor_id", "given_at", "id"),
        CheckConstraint("burnout BETWEEN 1 AND 5", name="burnout"),
        CheckConstraint("energy BETWEEN 1 AND 5", name="energy"),
        CheckConstraint("recovery_strain BETWEEN 1 AND 5", name="recovery_strain"),
    )
    READ = READ
    SENSITIVE = True

    mentor_id: Mapped[UUID] = within(Mentor, carrying=("person_id",))
    person_id: Mapped[UUID]
    burnout: Mapped[int]
    energy: Mapped[int]
    recovery_strain: Mapped[int]
    needs_support: Mapped[bool]
    given_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The mentor and who supervises them; no coordinator and no administrator."""
        return confided(actor, cls.person_id)


@operation(needs=CHECK_IN)
async def check_in(
    work: Work,
    mentor_id: Annotated[Id[Mentor], "As which mentor; your own."],
    *,
    burnout: Annotated[int, "How worn out mentoring leaves you, 1 not at all to 5 very much."],
    energy: Annotated[int, "How much energy you have, 1 none to 5 plenty."],
    recovery_strain: Annotated[int, "How much mentoring strains your own recovery, 1 not at all to 5 very much."],
    needs_support: Annotated[
        bool, "You want support: who supervises you is asked to call; where nobody does, who coordinates."
    ] = False,
) -> WellbeingCheckIn:
    """Say how you are. Only you and who supervises you read it."""
    mentor = await work.get(Mentor, mentor_id, Mentor.person_id == work.actor.person_id)
    for name, value in (("burnout", burnout), ("energy", energy), ("recoveryStrain", recovery_strain)):
        if not 1 <= value <= 5:
            raise Invalid("Answer with 1 to 5.", path=(name,))
    said = WellbeingCheckIn.under(
        mentor,
        burnout=burnout,
        energy=energy,
        recovery_strain=recovery_strain,
        needs_support=needs_support,
        given_at=work.now,
    )
    work.add(said)
    work.note("wellbeing.checked_in", said)
    if needs_support:
        about = said if mentor.supervisor_id else mentor  # of no programme, so that no coordinator sees the task
        title = "Call a mentor who would like to talk with you"
        await ask(work, "SUPPORT_WANTED", title, about, due_in=ANSWERED_WITHIN, assignee_id=mentor.supervisor_id)
    return said


@operation(needs=REMIND)
async def remind_of_check_ins(work: Work) -> None:
    """Once a month: write to the mentors who have not said lately how they are."""
    lately = select(WellbeingCheckIn.mentor_id).where(WellbeingCheckIn.given_at > work.now - LATELY)
    quiet = (Mentor.status == MentorStatus.READY, Mentor.id.not_in(lately))
    mentors = await work.rows(Mentor, *quiet)
    people = {p.id: p for p in await work.rows(Person, Person.id.in_([m.person_id for m in mentors]))}
    for mentor in mentors:
        await write_letter(work, "wellbeing.reminder", people[mentor.person_id], about=mentor)

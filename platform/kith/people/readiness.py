"""Readiness: whether a mentor can be given somebody to walk with, and if not, why.

Several concepts have a say: training that is missing, a check that expired, supervision that is overdue. Each names
what hinders (`@hinders`), so that it blocks new matches by name and never support that is under way. What was found
last is kept as a row for lists and screens; it is settled whenever a verb changes it and once a day, because dates
pass by themselves. Whoever proposes or begins a match asks anew (`hindrances`).
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.model import Id, Owned, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.work import Work
from kith.people.mentor import Mentor, MentorStatus
from kith.programmes import Programme

READ = Permission(
    "readiness.read", "See whether a mentor can be matched, and why not.", granted_to=STAFF | {Role.MENTOR}
)
SETTLE = Permission("readiness.settle", "Look again whether mentors can be matched.")


class HindranceCode(Choice):
    """What keeps a mentor from new matches."""

    NOT_APPROVED = "NOT_APPROVED", "Their application is not approved."
    IN_TRAINING = "IN_TRAINING", "They have not completed the training that comes before a first match."
    TRAINING_MISSING = "TRAINING_MISSING", "A required training is missing or no longer valid."
    CHECK_MISSING = "CHECK_MISSING", "A required credential or background check is missing or has expired."
    SUPERVISION_OVERDUE = "SUPERVISION_OVERDUE", "A supervision session is overdue."
    ON_LEAVE = "ON_LEAVE", "They are on leave, without penalty."
    SUSPENDED = "SUSPENDED", "A supervisor suspended them while something is looked into."
    RETIRED = "RETIRED", "They no longer mentor."
    FULL = "FULL", "Every place they offer is taken."


@dataclass(frozen=True, slots=True, order=True)
class Hindrance:
    """One thing that hinders, with a sentence that names it and what would end it."""

    code: HindranceCode
    sentence: str


Hindrances: TypeAlias = Mapping[UUID, Sequence[Hindrance]]  # by mentor
Source: TypeAlias = Callable[[Work, Sequence[Mentor]], Awaitable[Hindrances]]
_SOURCES: list[Source] = []


class Readiness(Owned):
    """Whether a mentor can be matched, as it was found last."""

    __tablename__ = "readiness"
    __table_args__ = (
        organisation_index("mentor_id", unique=True),
        organisation_index("person_id"),
        organisation_index("settled_at", "id"),
        organisation_index("programme_id", "settled_at", "id"),
        CheckConstraint("cardinality(codes) = cardinality(sentences)", name="alike"),
        CheckConstraint("available = (cardinality(codes) = 0)", name="available"),
    )
    READ = READ

    mentor_id: Mapped[UUID] = within(Mentor, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    available: Mapped[bool]
    codes: Mapped[list[str]]
    sentences: Mapped[list[str]]
    settled_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The mentor, who supervises them, the coordinators of the programme."""
        return row_rule(actor, own=[cls.person_id], supervised=[cls.person_id], programme=cls.programme_id)


def hinders(source: Source) -> Source:
    """Make the function a source of hindrances: given mentors, what hinders each of them by what this concept knows."""
    _SOURCES.append(source)
    return source


async def hindrances(work: Work, mentors: Sequence[Mentor]) -> dict[UUID, list[Hindrance]]:
    """Everything that hinders each of these mentors now, in one batch."""
    await work.settle()
    found: dict[UUID, set[Hindrance]] = {mentor.id: set() for mentor in mentors}
    for source in _SOURCES:
        for mentor_id, named in (await source(work, mentors)).items():
            found[mentor_id].update(named)
    return {mentor_id: sorted(named) for mentor_id, named in found.items()}


async def settle_readiness(work: Work, mentors: Iterable[Mentor]) -> None:
    """Look again at these mentors, and keep what is found; a change is written down."""
    mentors = list(mentors)
    found = await hindrances(work, mentors)
    kept = {r.mentor_id: r for r in await work.rows(Readiness, Readiness.mentor_id.in_([m.id for m in mentors]))}
    for mentor in mentors:
        codes = [h.code.value for h in found[mentor.id]]
        row = kept.get(mentor.id) or work.add(Readiness.under(mentor, available=True, codes=[], sentences=[]))
        before, row.settled_at = list(row.codes), work.now
        row.codes, row.sentences = codes, [h.sentence for h in found[mentor.id]]
        row.available = not codes
        if mentor.id not in kept or before != codes:
            work.note("mentor.readiness_changed", mentor, available=row.available, codes=codes)


@operation(needs=SETTLE)
async def settle_mentor(work: Work, mentor_id: Id[Mentor]) -> None:
    """Look again at one mentor, of whom something happened."""
    await settle_readiness(work, [await work.get(Mentor, mentor_id)])


@operation(needs=SETTLE)
async def settle_programme(work: Work, programme_id: Id[Programme]) -> None:
    """Look again at the mentors of a programme whose policy changed."""
    of_programme = (Mentor.programme_id == programme_id, Mentor.status != MentorStatus.RETIRED)
    await settle_readiness(work, await work.all(Mentor, *of_programme))


@operation(needs=SETTLE)
async def settle_everybody(work: Work) -> None:
    """Look again at every mentor of the organisation: once a day, because dates pass by themselves."""
    await settle_readiness(work, await work.all(Mentor, Mentor.status != MentorStatus.RETIRED))


@hinders
async def _where_they_are(work: Work, mentors: Sequence[Mentor]) -> Hindrances:
    """What the mentor's own state says."""
    return {m.id: [Hindrance(_STATES[m.status], _STATES[m.status].sentence)] for m in mentors if m.status in _STATES}


_STATES: Mapping[str, HindranceCode] = {
    MentorStatus.TRAINING: HindranceCode.IN_TRAINING,
    MentorStatus.ON_LEAVE: HindranceCode.ON_LEAVE,
    MentorStatus.SUSPENDED: HindranceCode.SUSPENDED,
    MentorStatus.RETIRED: HindranceCode.RETIRED,
}

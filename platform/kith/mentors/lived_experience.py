"""Lived experience: what a mentor chooses to tell of themselves, each fact with whom it is shared.

Telling is never asked for twice and can be taken back at any time. No date is kept: time in recovery is a range.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, and_, or_
from sqlalchemy.orm import Mapped

from kith.ground.actor import Actor, confided, row_rule
from kith.ground.choice import Choice
from kith.ground.model import Id, Owned, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.work import Work
from kith.people.mentor import Mentor

READ = Permission("experience.read", "See what mentors share of what they have lived.", granted_to=STAFF | PARTICIPANTS)
SHARE = Permission("experience.share", "Tell what one has lived, and take it back.", granted_to={Role.MENTOR})


class Experience(Choice):
    """What somebody has lived through, in the words they choose."""

    ALCOHOL = "ALCOHOL", "Alcohol."
    OPIOIDS = "OPIOIDS", "Opioids."
    STIMULANTS = "STIMULANTS", "Stimulants."
    CANNABIS = "CANNABIS", "Cannabis."
    OTHER_SUBSTANCE = "OTHER_SUBSTANCE", "Another substance."
    GAMBLING = "GAMBLING", "Gambling."
    MENTAL_HEALTH = "MENTAL_HEALTH", "Mental health."
    CO_OCCURRING = "CO_OCCURRING", "Substance use and mental health together."
    FAMILY = "FAMILY", "Somebody close to them."
    JUSTICE = "JUSTICE", "Courts or prison."
    MILITARY = "MILITARY", "Military service."
    PERINATAL = "PERINATAL", "Pregnancy and the time after a birth."
    CARE = "CARE", "Growing up in care."
    HOMELESSNESS = "HOMELESSNESS", "Having no home."
    MIGRATION = "MIGRATION", "Coming to a new country."
    LOSS = "LOSS", "Grief and loss."
    OTHER = "OTHER", "Something else."


class RecoveryTime(Choice):
    """For how long somebody has been in recovery, as a range."""

    UNDER_ONE_YEAR = "UNDER_ONE_YEAR", "Less than a year."
    ONE_TO_TWO_YEARS = "ONE_TO_TWO_YEARS", "One to two years."
    TWO_TO_FIVE_YEARS = "TWO_TO_FIVE_YEARS", "Two to five years."
    FIVE_TO_TEN_YEARS = "FIVE_TO_TEN_YEARS", "Five to ten years."
    OVER_TEN_YEARS = "OVER_TEN_YEARS", "More than ten years."


class SharedWith(Choice):
    """Who may read a fact, beside the mentor. Matching may weigh it whatever the level, and never shows it."""

    SUPERVISOR = "SUPERVISOR", "Who supervises them, and nobody else."
    MATCHED_MENTEE = "MATCHED_MENTEE", "Whom they are matched with or offered to as well, and who coordinates."
    POOL = "POOL", "Everybody who may see the mentor."


class LivedExperience(Owned):
    """One fact that a mentor tells of themselves: something they lived through, or for how long they recover."""

    __tablename__ = "lived_experience"
    __table_args__ = (
        organisation_index("mentor_id", "told_at", "id"),
        organisation_index("mentor_id", "experience", unique=True, name="uq_lived_experience_experience"),
        organisation_index(
            "mentor_id", unique=True, where="recovery_time IS NOT NULL", name="uq_lived_experience_recovery_time"
        ),
        one_of("experience", list(Experience)),
        one_of("recovery_time", list(RecoveryTime)),
        one_of("shared_with", list(SharedWith)),
        CheckConstraint("num_nonnulls(experience, recovery_time) = 1", name="one_fact"),
    )
    READ = READ
    SENSITIVE = True

    mentor_id: Mapped[UUID] = within(Mentor, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    experience: Mapped[str | None]
    recovery_time: Mapped[str | None]
    shared_with: Mapped[str]
    told_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """By its level; at the narrowest the mentor and who supervises them, not even an administrator."""
        wider = row_rule(
            actor,
            known=[cls.person_id],
            programme=cls.programme_id,
            everybody=cls.shared_with == SharedWith.POOL,
        )
        return or_(confided(actor, cls.person_id), and_(cls.shared_with != SharedWith.SUPERVISOR, wider))


@operation(needs=SHARE)
async def share_experience(
    work: Work,
    mentor_id: Annotated[Id[Mentor], "As which mentor; your own."],
    *,
    experience: Annotated[Experience, "What you have lived through."],
    shared_with: Annotated[SharedWith, "Who may read it."],
) -> LivedExperience:
    """Tell something that you have lived through, or share it with others than before."""
    mentor = await _oneself(work, mentor_id)
    told = await _told(work, mentor, LivedExperience.experience == experience)
    return _share(work, told or LivedExperience.under(mentor, experience=experience), shared_with)


@operation(needs=SHARE)
async def share_recovery_time(
    work: Work,
    mentor_id: Annotated[Id[Mentor], "As which mentor; your own."],
    *,
    recovery_time: Annotated[RecoveryTime, "For how long you have been in recovery."],
    shared_with: Annotated[SharedWith, "Who may read it."],
) -> LivedExperience:
    """Tell for how long you have been in recovery, as a range; what was told before is replaced."""
    mentor = await _oneself(work, mentor_id)
    told = await _told(work, mentor, LivedExperience.recovery_time.is_not(None)) or LivedExperience.under(mentor)
    told.recovery_time = recovery_time
    return _share(work, told, shared_with)


@operation(needs=SHARE)
async def take_back_experience(
    work: Work, experience_id: Annotated[Id[LivedExperience], "Which fact of your own."]
) -> Mentor:
    """Take back something that you told: it is deleted."""
    own = LivedExperience.person_id == work.actor.person_id
    told = await work.get(LivedExperience, experience_id, own)
    mentor = await work.get(Mentor, told.mentor_id)
    work.note("mentor.experience_taken_back", mentor)
    await work.remove(told)
    return mentor


async def _oneself(work: Work, mentor_id: UUID) -> Mentor:
    return await work.get(Mentor, mentor_id, Mentor.person_id == work.actor.person_id, lock=True)


async def _told(work: Work, mentor: Mentor, what: ColumnElement[bool]) -> LivedExperience | None:
    return await work.first(LivedExperience, LivedExperience.mentor_id == mentor.id, what)


def _share(work: Work, told: LivedExperience, shared_with: SharedWith) -> LivedExperience:
    told.shared_with, told.told_at = shared_with, work.now
    work.add(told)
    work.note("mentor.experience_shared", told, shared_with=shared_with)
    return told

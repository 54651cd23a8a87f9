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
from kith.ground.errors import IllegalState
from kith.ground.model import Id, Owned, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.work import Work
from kith.people.mentor import Mentor
from kith.people.profile import Pathway

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
    """One fact that a mentor tells of themselves: something they lived through, for how long or how they recover."""

    __tablename__ = "lived_experience"
    __table_args__ = (
        organisation_index("mentor_id", "told_at", "id"),
        organisation_index("mentor_id", "experience", unique=True, name="uq_lived_experience_experience"),
        organisation_index(
            "mentor_id", unique=True, where="recovery_time IS NOT NULL", name="uq_lived_experience_recovery_time"
        ),
        one_of("experience", list(Experience)),
        one_of("recovery_time", list(RecoveryTime)),
        organisation_index("mentor_id", unique=True, where="pathway IS NOT NULL", name="uq_lived_experience_pathway"),
        one_of("shared_with", list(SharedWith)),
        one_of("pathway", list(Pathway)),
        CheckConstraint("num_nonnulls(experience, recovery_time, pathway) = 1", name="one_fact"),
    )
    READ = READ
    SENSITIVE = True

    mentor_id: Mapped[UUID] = within(Mentor, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    experience: Mapped[str | None]
    recovery_time: Mapped[str | None]
    pathway: Mapped[str | None]  # as the profile says it, which matching weighs
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
async def share_pathway(
    work: Work,
    mentor_id: Annotated[Id[Mentor], "As which mentor; your own."],
    *,
    shared_with: Annotated[SharedWith, "Who may read the way in which you recover, as your profile says it."],
) -> LivedExperience:
    """Say with whom the way in which you recover is shared. Until you do, whoever may see you as a mentor reads it.

    Matching weighs it all the same, and shows it to nobody.
    """
    mentor = await _oneself(work, mentor_id)
    if mentor.pathway is None:
        raise IllegalState("Your profile does not say in which way you recover: there is nothing to share.")
    told = await _told(work, mentor, LivedExperience.pathway.is_not(None)) or LivedExperience.under(mentor)
    told.pathway = mentor.pathway
    mentor.pathway_for_all = shared_with == SharedWith.POOL
    return _share(work, told, shared_with)


async def follow_pathway(work: Work, mentor: Mentor) -> None:
    """The profile of the mentor, whom the caller has locked, says the pathway anew: so does what they share of it."""
    for told in await work.rows(
        LivedExperience, LivedExperience.mentor_id == mentor.id, LivedExperience.pathway.is_not(None)
    ):
        if mentor.pathway is None:
            await work.remove(told)
        else:
            told.pathway = mentor.pathway


@operation(needs=SHARE)
async def take_back_experience(
    work: Work, experience_id: Annotated[Id[LivedExperience], "Which fact of your own."]
) -> Mentor:
    """Take back something that you told: it is deleted. Of your pathway nobody else reads any more then."""
    own = LivedExperience.person_id == work.actor.person_id
    told = await work.get(LivedExperience, experience_id, own)
    mentor = await work.get(Mentor, told.mentor_id, lock=told.pathway is not None)
    if told.pathway is not None:
        mentor.pathway_for_all = False
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

"""What a match must hold for a mentee, apart from what they wish for.

Must-haves are never traded against anything: the gender of the mentor (`Mentee.asks_gender`, as part of the profile),
what they need to be able to take part, and whom they must not be matched with. Wishes have an importance, and a match
may miss one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, and_, or_
from sqlalchemy.orm import Mapped
from sqlalchemy.orm.attributes import flag_modified

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.model import Id, Owned, at_most, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long
from kith.ground.work import Work
from kith.people.mentee import Mentee, under_way
from kith.people.mentor import Mentor
from kith.people.person import Person
from kith.people.profile import Profile, profile_columns

READ = Permission(
    "preferences.read", "See what a mentee needs to take part, and wishes for.", granted_to=STAFF | PARTICIPANTS
)
RECORD = Permission(
    "preferences.record",
    "Record what a mentee needs to take part, and wishes for.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTEE},
)
READ_NOT_WITH = Permission(
    "not_with.read",
    "See with whom a mentee must not be matched.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTEE},
)
STATE_NOT_WITH = Permission(
    "not_with.state",
    "Say with whom a mentee must not be matched.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTEE},
)


class AccessNeed(Choice):
    """What somebody needs to be able to take part."""

    STEP_FREE = "STEP_FREE", "Places without steps."
    HEARING = "HEARING", "Help with hearing, such as a loop or captions."
    SIGHT = "SIGHT", "Help with sight, such as large print or a screen reader."
    SIGN_LANGUAGE = "SIGN_LANGUAGE", "Sign language."
    INTERPRETER = "INTERPRETER", "An interpreter."
    EASY_WORDS = "EASY_WORDS", "Easy words, and help with reading and writing."
    QUIET_PLACE = "QUIET_PLACE", "A quiet place without crowds."
    CHILDREN_ALONG = "CHILDREN_ALONG", "Their children can come along."
    NO_TRAVEL_COST = "NO_TRAVEL_COST", "Travel that costs them nothing."
    DAYLIGHT_ONLY = "DAYLIGHT_ONLY", "Meetings by daylight."


class WishFor(Choice):
    """What somebody may wish for in a match."""

    NEEDS = "NEEDS", "Help with what they need most."
    AVAILABILITY = "AVAILABILITY", "Times that suit both."
    FORMAT = "FORMAT", "The way of meeting they like best."
    LANGUAGE = "LANGUAGE", "The language they like best."
    PATHWAY = "PATHWAY", "The same way of recovering."
    LIFE_STAGE = "LIFE_STAGE", "The same stage of life."
    INTERESTS = "INTERESTS", "The same interests."


class Preferences(Owned):
    """What a mentee needs to be able to take part, and what they wish for, as they said last."""

    __tablename__ = "preferences"
    __table_args__ = (
        organisation_index("mentee_id", unique=True),
        organisation_index("person_id"),
        CheckConstraint("cardinality(wishes) = cardinality(importances)", name="alike"),
    )
    READ = READ

    mentee_id: Mapped[UUID] = within(Mentee, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    access_needs: Mapped[list[str]]
    wishes: Mapped[list[str]]  # the most important first
    importances: Mapped[list[int]]  # 1 to 3, beside `wishes`
    recorded_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """As the mentee: a mentor has to know what their mentee needs to be able to meet."""
        return row_rule(actor, own=[cls.person_id], mentored=[cls.mentee_id], programme=cls.programme_id)


class NotWith(Owned):
    """With whom a mentee must not be matched. Neither that person nor any mentor learns of it."""

    __tablename__ = "not_with"
    __table_args__ = (
        organisation_index("mentee_id", "with_person_id", unique=True, where="lifted_at IS NULL", name="uq_not_with"),
        organisation_index("mentee_id", "stated_at", "id"),
        organisation_index("person_id"),
        CheckConstraint("person_id <> with_person_id", name="two_people"),
        at_most("remark", 1000),
    )
    READ = READ_NOT_WITH
    SENSITIVE = True

    mentee_id: Mapped[UUID] = within(Mentee, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    with_person_id: Mapped[UUID] = within(Person)
    remark: Mapped[str]
    stated_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The mentee, and the coordinators of the programme; not the person it names, whoever they are."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id, apart=[cls.with_person_id])


def not_with(mentor: Mentor, mentee: Mentee) -> tuple[ColumnElement[bool], ...]:
    """The conditions of a statement that stands between these two, whenever and in whatever roles it was made."""
    return either_way(mentor.person_id, mentee.person_id), NotWith.lifted_at.is_(None)


def either_way(one: Any, other: Any) -> ColumnElement[bool]:
    """One of the two people, or columns that hold them, must not be matched with the other."""
    return or_(
        and_(NotWith.person_id == one, NotWith.with_person_id == other),
        and_(NotWith.person_id == other, NotWith.with_person_id == one),
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish."""

    wish: Annotated[WishFor, "What for."]
    importance: Annotated[int, "How much it matters to them: 1 a little, 2 much, 3 most."] = 2


@operation(needs=RECORD)
async def record_preferences(
    work: Work,
    mentee_id: Annotated[Id[Mentee], "Whose."],
    *,
    profile: Annotated[Profile, "What makes a match fit; `asksGender` is a must-have."],
    access_needs: Annotated[Sequence[AccessNeed], "What they need to be able to take part: must-haves."] = (),
    wishes: Annotated[Sequence[Wish], "What they wish for; a match may miss it."] = (),
    expected_version: Annotated[
        int | None, "The mentee's version that you read; refused when somebody was faster."
    ] = None,
) -> Mentee:
    """Record what a mentee must have and wishes for, as they say it now, in place of what they said before."""
    mentee = await under_way(work, mentee_id)
    await work.expect(mentee, expected_version)
    if len({w.wish for w in wishes}) != len(wishes):
        raise Invalid("Name each wish once.", path=("wishes",))
    if any(not 1 <= w.importance <= 3 for w in wishes):
        raise Invalid("An importance is 1, 2 or 3.", path=("wishes", "importance"))
    found = await work.rows(Preferences, Preferences.mentee_id == mentee.id)
    for column, value in profile_columns(profile).items():
        setattr(mentee, column, value)
    ordered = sorted(wishes, key=lambda w: (-w.importance, w.wish))
    row = found[0] if found else work.add(Preferences.under(mentee))
    row.access_needs = sorted(set(access_needs))
    row.wishes, row.importances = [w.wish for w in ordered], [w.importance for w in ordered]
    row.recorded_at = work.now
    flag_modified(mentee, "availability")  # the version of a mentee stands for their preferences too
    work.note("preferences.recorded", mentee)
    return mentee


@operation(needs=STATE_NOT_WITH)
async def state_not_with(
    work: Work,
    mentee_id: Annotated[Id[Mentee], "Which mentee."],
    *,
    person_id: Annotated[Id[Person], "With whom they must not be matched."],
    remark: Annotated[str, "What a coordinator should know; no mentor reads it."] = "",
) -> NotWith:
    """Say with whom a mentee must not be matched, in whatever role they meet and in whatever enrolment, until somebody
    lifts it. Offers of such a match end.
    """
    mentee = await under_way(work, mentee_id)
    other = await work.get(Person, person_id)
    if other.id == mentee.person_id:
        raise Invalid("That is the same person.", path=("personId",))
    here = (NotWith.person_id == mentee.person_id, NotWith.programme_id == mentee.programme_id)
    stands = (*here, NotWith.with_person_id == other.id, NotWith.lifted_at.is_(None))
    if await work.exists(NotWith, *stands):
        raise Conflict("That is recorded already.", path=("personId",))
    stated = NotWith.under(mentee, remark=long(remark, 1000, "remark"), stated_at=work.now)
    stated.with_person_id = other.id
    work.add(stated)
    work.note("not_with.stated", stated)
    return stated


@operation(needs=STATE_NOT_WITH)
async def lift_not_with(work: Work, not_with_id: Annotated[Id[NotWith], "Which of them."]) -> NotWith:
    """Say that a mentee may be matched with this person after all."""
    stated = await work.get(NotWith, not_with_id, lock=True)
    if stated.lifted_at is not None:
        raise IllegalState("This was lifted already.")
    stated.lifted_at = work.now
    work.note("not_with.lifted", stated)
    return stated

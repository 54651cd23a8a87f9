"""What mentors and mentees both say about themselves so that they can be matched."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.errors import Invalid
from kith.ground.texts import short

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # RFC 5646, language and subtags


class Format(StrEnum):
    """How two people meet."""

    IN_PERSON = "IN_PERSON"
    PHONE = "PHONE"
    VIRTUAL = "VIRTUAL"


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


class Domain(StrEnum):
    """What part of life a need or a goal is about."""

    HOUSING = "HOUSING"
    FOOD = "FOOD"
    TRANSPORT = "TRANSPORT"
    EMPLOYMENT = "EMPLOYMENT"
    EDUCATION = "EDUCATION"
    LEGAL = "LEGAL"
    HEALTH = "HEALTH"
    MENTAL_HEALTH = "MENTAL_HEALTH"
    SUBSTANCE_USE = "SUBSTANCE_USE"
    FAMILY = "FAMILY"
    SOCIAL = "SOCIAL"
    CHILDCARE = "CHILDCARE"
    IDENTITY_DOCUMENTS = "IDENTITY_DOCUMENTS"
    SAFETY = "SAFETY"


class Pathway(StrEnum):
    """The way in which somebody recovers."""

    TWELVE_STEP = "TWELVE_STEP"
    SMART = "SMART"
    MEDICATION = "MEDICATION"
    FAITH = "FAITH"
    HARM_REDUCTION = "HARM_REDUCTION"
    NATURAL = "NATURAL"
    OTHER = "OTHER"


class LifeStage(StrEnum):
    """Where somebody is in life."""

    YOUNG_ADULT = "YOUNG_ADULT"
    PARENT = "PARENT"
    WORKING_AGE = "WORKING_AGE"
    LATER_LIFE = "LATER_LIFE"


class Gender(StrEnum):
    """Gender, where a person chose to say."""

    WOMAN = "WOMAN"
    MAN = "MAN"
    NON_BINARY = "NON_BINARY"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Window:
    """A weekly time at which somebody can meet, in their own time zone.

    An end at or before the start is on the next day.
    """

    weekday: Annotated[Weekday, "The day on which it starts."]
    starts: Annotated[time, "When it starts, hours and minutes."]
    ends: Annotated[time, "When it ends; at or before the start means the next day."]


@dataclass(frozen=True, slots=True)
class Profile:
    """What makes two people fit. What is not said stays unknown, and unknown counts neither way."""

    languages: Annotated[Sequence[str], "BCP 47 tags such as en or es-MX."]
    formats: Annotated[Sequence[Format], "How they are able to meet."]
    availability: Annotated[Sequence[Window], "When they can meet, weekly, in their own time zone."] = ()
    pathway: Annotated[Pathway | None, "The way in which they recover."] = None
    life_stage: Annotated[LifeStage | None, "Where they are in life."] = None
    interests: Annotated[Sequence[str], "What they like to do or talk about."] = field(default=())
    gender: Annotated[Gender | None, "Gender, only where they choose to say."] = None
    asks_gender: Annotated[Gender | None, "The other person must have this gender: a requirement, not a wish."] = None


class Matchable:
    """The columns of a profile, for the two tables whose rows are matched."""

    languages: Mapped[list[str]]
    formats: Mapped[list[str]]
    availability: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    pathway: Mapped[str | None]
    life_stage: Mapped[str | None]
    interests: Mapped[list[str]]
    gender: Mapped[str | None]
    asks_gender: Mapped[str | None]


def profile_columns(profile: Profile) -> dict[str, Any]:
    """A profile, checked, as values of the columns of `Matchable`. Raises Invalid with the path."""
    return {
        "languages": _languages(profile.languages),
        "formats": _some(profile.formats, "formats", "how they are able to meet"),
        "availability": [window(w) for w in _few(profile.availability, "availability", 50)],
        "pathway": profile.pathway,
        "life_stage": profile.life_stage,
        "interests": [short(i, 60, "profile", "interests") for i in _few(profile.interests, "interests", 20)],
        "gender": profile.gender,
        "asks_gender": profile.asks_gender,
    }


def window(value: Window) -> dict[str, str]:
    """A weekly window as it is stored."""
    return {
        "weekday": value.weekday,
        "starts": value.starts.strftime("%H:%M"),
        "ends": value.ends.strftime("%H:%M"),
    }


def codes(*columns: str) -> tuple[CheckConstraint, ...]:
    """Every list in these columns has at least one item."""
    return tuple(CheckConstraint(f"cardinality({c}) > 0", name=f"{c}_some") for c in columns)


def _languages(tags: Sequence[str]) -> list[str]:
    tags = _some(tags, "languages", "at least one language")
    for tag in tags:
        if len(tag) > 35 or not _LANGUAGE.fullmatch(tag):
            raise Invalid(
                f"'{tag[:35]}' is not a BCP 47 language tag such as en or es-MX.",
                path=("profile", "languages"),
            )
    return tags


def _some(items: Sequence[str], name: str, what: str) -> list[str]:
    if not items:
        raise Invalid(f"Say {what}.", path=("profile", name))
    return list(dict.fromkeys(_few(items, name, 20)))


def _few(items: Sequence[Any], name: str, limit: int) -> Sequence[Any]:
    if len(items) > limit:
        raise Invalid(f"This takes at most {limit} items.", path=("profile", name))
    return items

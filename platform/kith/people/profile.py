"""What mentors and mentees both say about themselves so that they can be matched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import time
from typing import Annotated, Any

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.choice import Choice
from kith.ground.errors import Invalid
from kith.ground.model import KEEP
from kith.ground.texts import languages, short


class Format(Choice):
    """How two people meet."""

    IN_PERSON = "IN_PERSON", "In the same place."
    PHONE = "PHONE", "By telephone."
    VIRTUAL = "VIRTUAL", "By video or chat."
    TEXT = "TEXT", "By text messages."


class Weekday(Choice):
    """A day of the week."""

    MONDAY = "MONDAY", "Monday."
    TUESDAY = "TUESDAY", "Tuesday."
    WEDNESDAY = "WEDNESDAY", "Wednesday."
    THURSDAY = "THURSDAY", "Thursday."
    FRIDAY = "FRIDAY", "Friday."
    SATURDAY = "SATURDAY", "Saturday."
    SUNDAY = "SUNDAY", "Sunday."


class Domain(Choice):
    """What part of life a need or a goal is about."""

    HOUSING = "HOUSING", "A place to live."
    FOOD = "FOOD", "Enough to eat."
    TRANSPORT = "TRANSPORT", "Getting about."
    EMPLOYMENT = "EMPLOYMENT", "Work."
    EDUCATION = "EDUCATION", "Learning and qualifications."
    LEGAL = "LEGAL", "Courts, rights and debts."
    HEALTH = "HEALTH", "Physical health."
    MENTAL_HEALTH = "MENTAL_HEALTH", "Mental health."
    SUBSTANCE_USE = "SUBSTANCE_USE", "Alcohol and other drugs."
    FAMILY = "FAMILY", "Family and close relationships."
    SOCIAL = "SOCIAL", "Friends, and belonging somewhere."
    CHILDCARE = "CHILDCARE", "Looking after children."
    IDENTITY_DOCUMENTS = "IDENTITY_DOCUMENTS", "Papers that prove who somebody is."
    SAFETY = "SAFETY", "Being safe from harm."


class Pathway(Choice):
    """The way in which somebody recovers."""

    TWELVE_STEP = "TWELVE_STEP", "Twelve-step fellowships."
    SMART = "SMART", "SMART Recovery."
    MEDICATION = "MEDICATION", "With the help of medication."
    FAITH = "FAITH", "Through faith."
    HARM_REDUCTION = "HARM_REDUCTION", "By reducing harm."
    NATURAL = "NATURAL", "On their own, without treatment or a group."
    OTHER = "OTHER", "Another way."


class LifeStage(Choice):
    """Where somebody is in life."""

    YOUNG_ADULT = "YOUNG_ADULT", "A young adult."
    PARENT = "PARENT", "A parent of children at home."
    WORKING_AGE = "WORKING_AGE", "Of working age."
    LATER_LIFE = "LATER_LIFE", "Later in life."


class Gender(Choice):
    """Gender, where a person chose to say."""

    WOMAN = "WOMAN", "A woman."
    MAN = "MAN", "A man."
    NON_BINARY = "NON_BINARY", "Neither woman nor man, or both."
    OTHER = "OTHER", "Another gender."


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


@dataclass(frozen=True, slots=True)
class ProfileEdit:
    """What changes in a profile; what is absent stays."""

    languages: Annotated[Sequence[str], "BCP 47 tags such as en or es-MX."] = KEEP
    formats: Annotated[Sequence[Format], "How they are able to meet."] = KEEP
    availability: Annotated[Sequence[Window], "When they can meet, weekly, in their own time zone."] = KEEP
    pathway: Annotated[Pathway | None, "The way in which they recover; null for not said."] = KEEP
    life_stage: Annotated[LifeStage | None, "Where they are in life; null for not said."] = KEEP
    interests: Annotated[Sequence[str], "What they like to do or talk about."] = KEEP
    gender: Annotated[Gender | None, "Gender, only where they choose to say."] = KEEP
    asks_gender: Annotated[Gender | None, "The other person must have this gender; null for no requirement."] = KEEP


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


UNKNOWN: Mapping[str, Any] = {  # the same columns for somebody who has not said anything yet
    "languages": [],
    "formats": [],
    "availability": [],
    "pathway": None,
    "life_stage": None,
    "interests": [],
    "gender": None,
    "asks_gender": None,
}


def profile_columns(profile: Profile) -> dict[str, Any]:
    """A profile, checked, as values of the columns of `Matchable`. Raises Invalid with the path."""
    return {
        "languages": languages(profile.languages, "profile", "languages"),
        "formats": _some(profile.formats, "formats", "how they are able to meet"),
        "availability": [window(w) for w in _few(profile.availability, "availability", 50)],
        "pathway": profile.pathway,
        "life_stage": profile.life_stage,
        "interests": [short(i, 60, "profile", "interests") for i in _few(profile.interests, "interests", 20)],
        "gender": profile.gender,
        "asks_gender": profile.asks_gender,
    }


def profile_edited(now: Matchable, edit: ProfileEdit) -> dict[str, Any]:
    """What an edit changes of a profile, checked, as values of its columns. Raises Invalid with the path."""
    changed = given(edit)
    stands = Profile(languages=now.languages, formats=[Format(each) for each in now.formats])
    columns = profile_columns(replace(stands, **changed))
    return {name: columns[name] for name in changed}


def given(edit: Any) -> dict[str, Any]:
    """What an edit does not keep, by field."""
    values = {each.name: getattr(edit, each.name) for each in fields(edit)}
    return {name: value for name, value in values.items() if value is not KEEP}


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


def _some(items: Sequence[str], name: str, what: str) -> list[str]:
    if not items:
        raise Invalid(f"Say {what}.", path=("profile", name))
    return list(dict.fromkeys(_few(items, name, 20)))


def _few(items: Sequence[Any], name: str, limit: int) -> Sequence[Any]:
    if len(items) > limit:
        raise Invalid(f"This takes at most {limit} items.", path=("profile", name))
    return items

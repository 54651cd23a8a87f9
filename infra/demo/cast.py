"""The people of the demo: invented names, what they bring and what they hope for."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time
from random import Random

from infra.demo import words
from kith.people.mentee import Need
from kith.people.mentor import Help
from kith.people.person import NewPerson
from kith.people.profile import Domain, Format, Gender, LifeStage, Pathway, Profile, Weekday, Window

_EVENING, _MORNING, _AFTERNOON = (time(18), time(21)), (time(9), time(12)), (time(13), time(16))
WINDOWS = (
    Window(Weekday.MONDAY, *_EVENING),
    Window(Weekday.TUESDAY, *_EVENING),
    Window(Weekday.WEDNESDAY, *_MORNING),
    Window(Weekday.THURSDAY, *_EVENING),
    Window(Weekday.FRIDAY, *_AFTERNOON),
    Window(Weekday.SATURDAY, *_MORNING),
)
SOME_ASK = {Gender.WOMAN: 0.15}  # how many of those who gave their gender ask for the same


@dataclass(frozen=True, slots=True)
class Part:
    """One person before they join."""

    name: str
    pronouns: str
    languages: tuple[str, ...]
    gender: Gender | None = None

    def joining(self, time_zone: str, phone: str) -> NewPerson:
        """The person, as they are registered."""
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode()
        email = ".".join(plain.lower().replace("'", "").split()) + "@example.org"
        return NewPerson(self.name, time_zone, pronouns=self.pronouns, email=email, phone=phone)


def parts(text: str) -> list[Part]:
    """People from lines such as `Nora Quill; she/her; en pl; WOMAN`."""
    return [_part([field.strip() for field in line.split(";")]) for line in text.strip().splitlines()]


def _part(fields: Sequence[str]) -> Part:
    name, pronouns, languages, *gender = fields
    return Part(name, pronouns, tuple(languages.split()), Gender(gender[0]) if gender else None)


def mentor_profile(part: Part, rng: Random, life_stage: LifeStage | None) -> Profile:
    """What a mentor says about themselves."""
    said = _profile(part, rng, life_stage, windows=4)
    return replace(said, formats=(*said.formats, Format.PHONE))


def mentee_profile(part: Part, rng: Random, life_stage: LifeStage | None) -> Profile:
    """What a mentee says about themselves; a few ask for a mentor of their own gender."""
    asks = part.gender if part.gender and rng.random() < SOME_ASK.get(part.gender, 0) else None
    return replace(_profile(part, rng, life_stage, windows=3), asks_gender=asks)


def _profile(part: Part, rng: Random, life_stage: LifeStage | None, *, windows: int) -> Profile:
    return Profile(
        languages=part.languages,
        formats=rng.sample(list(Format), 2),
        availability=sorted(rng.sample(WINDOWS, windows), key=WINDOWS.index),
        pathway=rng.choice([*Pathway, None]),
        life_stage=life_stage or rng.choice([LifeStage.PARENT, LifeStage.WORKING_AGE, LifeStage.LATER_LIFE, None]),
        interests=rng.sample(words.INTERESTS, rng.randint(1, 4)),
        gender=part.gender,
    )


def offer(rng: Random, capacity: int) -> Help:
    """What a mentor offers."""
    domains = rng.sample(list(Domain), 6)
    cannot = domains[5:] if rng.random() < 0.25 else []
    return Help(domains[:5], cannot, capacity, rng.choice(words.ABOUT))


def needs(rng: Random) -> tuple[list[Need], list[str]]:
    """What a mentee needs, and what they hope for."""
    chosen = rng.sample(list(words.GOALS), rng.randint(2, 4))
    hopes = [rng.choice(words.GOALS[domain]) for domain in chosen[:2]]
    return [Need(domain, rng.randint(1, 3)) for domain in chosen], hopes

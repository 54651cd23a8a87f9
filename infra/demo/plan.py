"""What an organisation of the demo is given: staff, programmes, people and the runs that matched them."""

from collections.abc import Mapping
from dataclasses import dataclass

from kith.matching.run import RunMode
from kith.people.profile import LifeStage
from kith.programmes import AsksFirst


@dataclass(frozen=True, slots=True)
class Wave:
    """Some mentees who registered, and the matching run after it."""

    days_ago: int
    mentees: int
    mode: RunMode = RunMode.PARTICIPATION
    discarded_first: bool = False  # whether the coordinator discarded a first run


@dataclass(frozen=True, slots=True)
class ProgrammePlan:
    """One programme. The last wave is the present: its offers are open, or it awaits its publishing."""

    name: str
    purpose: str
    mentors: str
    mentees: str
    places: tuple[int, ...]  # beside `mentors`
    waves: tuple[Wave, ...]
    asks_first: AsksFirst = AsksFirst.MENTEE
    reminder_hours: int = 24
    life_stage: LifeStage | None = None
    publishes_last: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """One organisation."""

    slug: str
    name: str
    time_zone: str
    phone: str
    staff: Mapping[str, str]
    programmes: tuple[ProgrammePlan, ...]
    currency: str
    near: tuple[str, str]  # latitude and longitude of the centre
    partners: tuple[str, str]  # an agency that refers people, and one that would like to
    applicants: str  # who applied to mentor
    newcomers: str  # who asked for a mentor and is at some stage of their intake
    former: str  # two who mentored before, and one who helped, from an old table

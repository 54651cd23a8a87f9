"""Series: meetings that come round again, by a rule of RFC 5545 in the series' own time zone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.choice import Choice
from kith.ground.errors import Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import at_most, one_of, organisation_index, within
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission
from kith.matching.match import PAIR, Match, OfPair
from kith.people.person import Person
from kith.people.profile import Format
from kith.programmes import PlaceType

READ = Permission("meeting_series.read", "See meetings that come round again.", granted_to=STAFF | PARTICIPANTS)
_DAYS = "(?:MO|TU|WE|TH|FR|SA|SU)"
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")
_END = {"COUNT": _NUMBER, "UNTIL": re.compile(r"[0-9]{8}T[0-9]{6}Z")}
_ALL = {"INTERVAL": re.compile(r"[1-9]|1[0-2]"), "WKST": re.compile(_DAYS), **_END}
# Each of these parts names some day of every week or month, so that no rule is looked through in vain.
_OF_FREQUENCY = {
    "DAILY": _ALL,
    "WEEKLY": {**_ALL, "BYDAY": re.compile(rf"{_DAYS}(?:,{_DAYS}){{0,6}}")},
    "MONTHLY": {
        **_ALL,
        "BYDAY": re.compile(rf"(?:[1-4]|-[1-4])?{_DAYS}(?:,(?:[1-4]|-[1-4])?{_DAYS}){{0,6}}"),
        "BYMONTHDAY": re.compile(r"-?(?:[1-9]|1[0-9]|2[0-8])"),
        "BYSETPOS": re.compile(r"-?[1-4]"),
    },
}


class SeriesStatus(Choice):
    """Where a series is."""

    ACTIVE = "ACTIVE", "Its meetings are arranged some weeks ahead."
    ENDED = "ENDED", "No more of its meetings are arranged."


class MeetingSeries(OfPair):
    """Meetings of one match that come round again. `starts_at` is the first under its present terms."""

    __tablename__ = "meeting_series"
    __table_args__ = (
        organisation_index("starts_at", "id"),
        organisation_index("match_id", "starts_at", "id"),
        organisation_index("programme_id", "starts_at", "id"),
        organisation_index("mentor_person_id", "starts_at", "id"),
        organisation_index("mentee_person_id", "starts_at", "id"),
        one_of("format", list(Format)),
        one_of("place_type", list(PlaceType)),
        one_of("status", list(SeriesStatus)),
        at_most("place", 300),
        at_most("rule", 200),
        CheckConstraint("minutes BETWEEN 5 AND 480", name="minutes"),
        CheckConstraint("(status = 'ENDED') = (ended_at IS NOT NULL)", name="ended"),
    )
    READ = READ

    match_id: Mapped[UUID] = within(Match, carrying=PAIR)
    rule: Mapped[str]
    time_zone: Mapped[str]
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    format: Mapped[str]
    place: Mapped[str]
    place_type: Mapped[str | None]
    interpreter_wanted: Mapped[bool]
    status: Mapped[str]
    arranged_at: Mapped[datetime]
    arranged_by_id: Mapped[UUID | None] = within(Person, nullable=True)
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


LIFE = Lifecycle(
    MeetingSeries,
    SeriesStatus,
    begins=[SeriesStatus.ACTIVE],
    moves=[
        Move("meetings.recurring.change_series", SeriesStatus.ACTIVE, to=SeriesStatus.ACTIVE),
        Move("meetings.recurring.end_series", SeriesStatus.ACTIVE, to=SeriesStatus.ENDED),
        Move("meetings.recurring.end_series_of", SeriesStatus.ACTIVE, to=SeriesStatus.ENDED),
        Move("meetings.recurring.extend_series", SeriesStatus.ACTIVE, to=SeriesStatus.ENDED),
    ],
)


def rule_of(text: str) -> str:
    """A recurrence rule as RFC 5545 (3.3.10) spells it, of the parts that are taken here. Raises Invalid.

    DAILY, WEEKLY or MONTHLY; with INTERVAL to 12, COUNT to 999 or UNTIL in UTC, and the days that suit the frequency.
    """
    parts = [part.partition("=") for part in text.strip().upper().removeprefix("RRULE:").split(";")]
    given = {name: value for name, _, value in parts}
    taken = _OF_FREQUENCY.get(given.get("FREQ", ""))
    if taken is None:
        raise Invalid("A rule begins with FREQ=DAILY, FREQ=WEEKLY or FREQ=MONTHLY.", path=("rule",))
    for name, value in given.items():
        if name != "FREQ" and not (name in taken and taken[name].fullmatch(value)):
            allowed = ", ".join(sorted(taken))
            sentence = f"A rule of FREQ={given['FREQ']} takes {allowed}, each as RFC 5545 has it; not {name}={value}."
            raise Invalid(sentence[:300], path=("rule",))
    both = {"COUNT", "UNTIL"} <= set(given) or {"BYDAY", "BYMONTHDAY"} <= set(given)
    positions = "BYSETPOS" in given and not re.fullmatch(f"{_DAYS}(,{_DAYS})*", given.get("BYDAY", ""))
    if len(given) != len(parts) or both or positions:
        raise Invalid("These parts of a rule do not go together.", path=("rule",))
    try:
        datetime.strptime(given.get("UNTIL", "20000101T000000Z"), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Invalid("UNTIL names no time that there is.", path=("rule",)) from None
    return ";".join(f"{name}={value}" for name, value in given.items())


def times_of(series: MeetingSeries, until: datetime) -> Iterator[datetime]:
    """When the meetings of the series start, from the first until then, in UTC.

    The hour stays the same by the clock of the series' zone. As RFC 5545 (3.3.5) has it, an hour that is skipped
    counts as if the clock had not been put forward yet, and one that comes twice counts the first time.
    """
    zone = ZoneInfo(series.time_zone)
    rule: Any = rrulestr(series.rule, dtstart=series.starts_at.astimezone(zone))
    for local in rule:
        at = local.replace(fold=0).astimezone(UTC)
        if at > until:
            return
        yield at

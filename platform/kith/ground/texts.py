"""Texts that people give, checked: what is stored has its length, and is something PostgreSQL can hold."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from kith.ground.errors import Invalid


def short(text: str, limit: int, *path: str) -> str:
    """The text without the white space around it. Raises Invalid when it is empty or too long."""
    text = text.strip()
    if not 1 <= len(text) <= limit:
        raise Invalid(f"This takes 1 to {limit} characters.", path=path)
    return text


def long(text: str, limit: int, *path: str) -> str:
    """The text, which may be empty. Raises Invalid when it is too long."""
    if len(text) > limit:
        raise Invalid(f"This takes at most {limit} characters.", path=path)
    return text


def spoken(name: str) -> str:
    """The name of a type, such as `MatchRun`, as people say it: match run."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()


def zone(name: str, *path: str) -> str:
    """The IANA name of a time zone. Raises Invalid for another text."""
    if name not in _zones():
        raise Invalid("Name a time zone of the IANA database, such as Europe/Dublin.", path=path)
    return ZoneInfo(name).key


@cache
def _zones() -> frozenset[str]:
    """The zones that mean the same everywhere. Reading them walks through files: once is enough."""
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")

"""Texts that people give, checked: what is stored has its length, and is something PostgreSQL can hold."""

import re
from collections.abc import Sequence
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from kith.ground.errors import Invalid

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # RFC 5646, language and subtags


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


def languages(tags: Sequence[str], *path: str) -> list[str]:
    """The languages, each once: 1 to 20 BCP 47 tags. Raises Invalid."""
    if not tags:
        raise Invalid("Say at least one language.", path=path)
    if len(tags) > 20:
        raise Invalid("This takes at most 20 items.", path=path)
    for tag in tags:
        if len(tag) > 35 or not _LANGUAGE.fullmatch(tag):
            raise Invalid(f"'{tag[:35]}' is not a BCP 47 language tag such as en or es-MX.", path=path)
    return list(dict.fromkeys(tags))


def zone(name: str, *path: str) -> str:
    """The IANA name of a time zone. Raises Invalid for another text."""
    if name not in _zones():
        raise Invalid("Name a time zone of the IANA database, such as Europe/Dublin.", path=path)
    return ZoneInfo(name).key


@cache
def _zones() -> frozenset[str]:
    """The zones that mean the same everywhere. Reading them walks through files: once is enough."""
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")

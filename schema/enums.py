"""Enumerations of the domain as GraphQL ones, each made once; a value's description is its own sentence."""

from collections.abc import Iterable
from enum import Enum
from functools import cache
from typing import Any

import strawberry

from kith.ground.choice import Choice
from kith.ground.errors import Broken

_ORDERS = {
    "NAME": "By name.",
    "SLUG": "By the short name in addresses.",
    "NEWEST": "The newest first.",
    "OLDEST": "The oldest first.",
    "SOONEST": "The earliest first.",
    "LATEST": "The latest first.",
    "NUMBER": "By number, the first first.",
    "RANK": "The best first.",
    "WAITING_LONGEST": "Who waits first: the urgent, then who has waited longest; who does not wait comes last.",
}


@cache
def enumeration(kind: type[Enum]) -> Any:
    """The GraphQL enumeration of a domain's."""
    made: Any = strawberry.enum(kind, description=(kind.__doc__ or kind.__name__).strip().splitlines()[0])
    for value, member in zip(made.__strawberry_definition__.values, kind, strict=True):
        value.description = getattr(member, "sentence", None)
    return made


def orders(name: str, names: Iterable[str]) -> Any:
    """The GraphQL enumeration of a list's orders. Raises Broken for an order that nobody described."""
    known = list(names)
    if unknown := [each for each in known if each not in _ORDERS]:
        raise Broken(f"{unknown} of {name}: say in schema/enums.py what these orders are")
    sentence = f"The orders of a list of {name}" + (f"; {known[0]} where none is asked for." if known else ".")
    return choices(f"{name}Order", sentence, {each: _ORDERS[each] for each in known})


def choices(name: str, description: str, sentences: dict[str, str]) -> Any:
    """A GraphQL enumeration of values that the domain has under no class of their own."""
    values: Any = {each: (each, sentence) for each, sentence in sentences.items()}
    made: Any = Choice(name, values)
    made.__doc__ = description
    return enumeration(made)

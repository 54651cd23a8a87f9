"""Enumerations of the domain as GraphQL ones, each made once."""

from enum import Enum
from functools import cache
from typing import Any

import strawberry


@cache
def enumeration(kind: type[Enum]) -> Any:
    """The GraphQL enumeration of a domain's."""
    return strawberry.enum(kind, description=(kind.__doc__ or kind.__name__).strip().splitlines()[0])

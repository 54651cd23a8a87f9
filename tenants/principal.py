"""Principals: from a bearer secret to the actor it stands for."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from kith.ground.actor import Actor, Grant, operator
from kith.ground.errors import KithError
from kith.ground.permissions import Reach, Role, of_role
from tenants.organisation import OrganisationStatus
from tenants.token import digest_of

_LOOK_UP = text("SELECT kith_principal(:secret)::text")
_LONGEST_SECRET = 200
MOST_KEPT = 10_000  # actors a process keeps, for a minute at most
KEPT_SECONDS = 60.0


class Suspended(KithError):
    """The organisation of this secret is suspended."""


@dataclass(frozen=True, slots=True)
class Known:
    """An actor as they were when they were looked up.

    Whether they still are is asked in the transaction that reads for them (see `tenants/changes.py`): nothing that
    changes it was committed since `snapshot`, and `until` has not come. An actor of no organisation is never kept.
    """

    actor: Actor
    snapshot: str | None
    until: datetime | None
    digest: bytes = b""  # of the secret


class Principals:
    """Whom secrets stand for, kept for a while by their digest."""

    def __init__(self, ask: Callable[[bytes], Awaitable[str | None]]) -> None:
        self._ask = ask
        self._kept: OrderedDict[bytes, tuple[float, Known]] = OrderedDict()

    def kept(self, secret: str | None) -> Known | None:
        """Who it was, when it was looked up less than a minute ago."""
        if secret is None or len(secret) > _LONGEST_SECRET:
            return None
        found = self._kept.get(digest_of(secret))
        return found[1] if found and time.monotonic() - found[0] < KEPT_SECONDS else None

    async def look_up(self, secret: str) -> Known | None:
        """Who it is; None for one that is unknown, expired or revoked. Raises Suspended."""
        return None if len(secret) > _LONGEST_SECRET else await self.again(digest_of(secret))

    async def again(self, digest: bytes) -> Known | None:
        """Who a secret of this digest stands for now. Raises Suspended."""
        at = time.monotonic()
        self._kept.pop(digest, None)
        known = _known(await self._ask(digest), digest)
        if known is not None and known.snapshot is not None:
            self._kept[digest] = at, known
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return known


async def principal(engine: AsyncEngine, secret: str) -> Actor | None:
    """Whom the secret stands for; None for one that is unknown, expired or revoked. Raises Suspended."""

    async def ask(digest: bytes) -> str | None:
        async with engine.begin() as connection:
            found: str | None = await connection.scalar(_LOOK_UP, {"secret": digest})
            return found

    known = await Principals(ask).look_up(secret)
    return None if known is None else known.actor


def _known(found: str | None, digest: bytes) -> Known | None:
    if found is None:
        return None
    told = orjson.loads(found)
    expires_at = datetime.fromisoformat(told["expires"])
    if "operator" in told:
        return Known(replace(operator(), expires_at=expires_at), None, None, digest)
    actor = replace(_member(told), expires_at=expires_at)
    return Known(actor, told["snapshot"], datetime.fromisoformat(told["until"]), digest)


def _member(known: Mapping[str, Any]) -> Actor:
    if known["status"] != OrganisationStatus.ACTIVE:
        raise Suspended
    limit = None if known["permissions"] is None else frozenset(known["permissions"])
    roles = [] if known["handed"] else known["roles"]  # a handed token opens what follows from taking part, alone
    given = [(row["role"] or row["name"], _permissions(row), Reach(row["reach"]), row["programme"]) for row in roles]
    following = [
        (role.value, of_role(role), Reach.OWN, None)
        for role, takes_part in ((Role.MENTOR, known["mentor"]), (Role.MENTEE, known["mentee"]))
        if takes_part
    ]
    grants = tuple(
        Grant(held if limit is None else held & limit, reach, UUID(programme) if programme else None)
        for _, held, reach, programme in (*given, *following)
    )
    return Actor(
        UUID(known["organisation"]),
        UUID(known["person"]),
        grants,
        roles=tuple(dict.fromkeys(name for name, *_ in (*given, *following))),
        circle=frozenset(map(UUID, known["circle"])),
        mentored=frozenset(map(UUID, known["mentored"])),
        caseload=frozenset(map(UUID, known["caseload"])),
        caseload_circle=frozenset(map(UUID, known["caseloadCircle"])),
        caseload_mentored=frozenset(map(UUID, known["caseloadMentored"])),
        facilitated=frozenset(map(UUID, known["facilitated"])),
        joined=frozenset(map(UUID, known["joined"])),
        limited=limit is not None,
        handed=known["handed"],
        client_id=UUID(known["token"]),
    )


def _permissions(row: Mapping[str, Any]) -> frozenset[str]:
    return of_role(Role(row["role"])) if row["role"] else frozenset(row["permissions"])

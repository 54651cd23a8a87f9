"""Principals: from a bearer secret to the actor it stands for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
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

FUNCTION = Path(__file__).with_name("principal.sql")
_LOOK_UP = text("SELECT kith_principal(:secret)::text")
_LONGEST_SECRET = 200


class Suspended(KithError):
    """The organisation of this secret is suspended."""


async def principal(engine: AsyncEngine, secret: str) -> Actor | None:
    """Whom the secret stands for; None for one that is unknown, expired or revoked. Raises Suspended."""
    if len(secret) > _LONGEST_SECRET:
        return None
    async with engine.begin() as connection:
        found = await connection.scalar(_LOOK_UP, {"secret": digest_of(secret)})
    if found is None:
        return None
    known = orjson.loads(found)
    actor = operator() if "operator" in known else _member(known)
    return replace(actor, expires_at=datetime.fromisoformat(known["expires"]))


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
        limited=limit is not None,
        handed=known["handed"],
    )


def _permissions(row: Mapping[str, Any]) -> frozenset[str]:
    return of_role(Role(row["role"])) if row["role"] else frozenset(row["permissions"])

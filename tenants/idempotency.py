"""Idempotency keys: what a client asks for again under the same key is done once.

A key is claimed by a unique row in the transaction that does the work: whoever comes second waits until the first is
committed or undone, and then finds what was done or does it. What a person wrote is not kept, nor what they were
answered: only hashes, and which rows came of it.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import CheckConstraint, ColumnElement, Index, LargeBinary, delete, false, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor
from kith.ground.errors import KeyReused
from kith.ground.model import PLATFORM, Model, Owned, Policy, organisation_index
from kith.ground.operation import operation
from kith.ground.permissions import Permission
from kith.ground.work import Work

FORGET = Permission("retries.forget", "Forget idempotency keys that are older than a day.")
KEPT = timedelta(hours=24)
Outline: TypeAlias = Any  # which rows a result is made of, as JSON: their ids
_HASHES = "octet_length(key_sha256) = 32 AND octet_length(input_sha256) = 32"


class Claimed:
    """The columns of a claimed key. Whose it is, for which mutation, and the key itself are one hash."""

    key_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    input_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    claimed_at: Mapped[datetime]
    result: Mapped[Outline] = mapped_column(JSONB(none_as_null=True), nullable=True)


class IdempotencyKey(Claimed, Owned):
    """A key that somebody of an organisation claimed."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        organisation_index("key_sha256", unique=True),
        organisation_index("claimed_at"),
        CheckConstraint(_HASHES, name="hashes"),
    )

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Nobody: a key is found by its hash alone."""
        return false()


class OperatorIdempotencyKey(Claimed, Model):
    """A key that the platform's operator claimed, who is in no organisation."""

    __tablename__ = "operator_idempotency_keys"
    __table_args__ = (Index(None, "claimed_at"), CheckConstraint(_HASHES, name="hashes"))
    policies = (Policy("platform", PLATFORM, "true", "true"),)
    grants = {PLATFORM: ("DELETE", "INSERT", "SELECT", "UPDATE")}

    key_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


Kind: TypeAlias = type[IdempotencyKey] | type[OperatorIdempotencyKey]


@dataclass(frozen=True, slots=True)
class Claim:
    """A key as this work holds it, until it ends: with what was done under it before, if anything was."""

    work: Work
    kind: Kind
    key_sha256: bytes
    done: bool
    result: Outline = None

    async def keep(self, result: Outline) -> None:
        """Keep which rows came of what was done."""
        mine = update(self.kind).where(self.kind.key_sha256 == self.key_sha256).values(result=result)
        await self.work.session.execute(mine.execution_options(synchronize_session=False))


async def claim(work: Work, mutation: str, key: str, input_sha256: bytes) -> Claim:
    """Claim the key for the mutation, waiting for whoever holds it. Raises KeyReused for another input."""
    actor = work.actor
    kind: Kind = OperatorIdempotencyKey if actor.organisation_id is None else IdempotencyKey
    whose = {} if actor.organisation_id is None else {"organisation_id": actor.organisation_id}
    if kind is OperatorIdempotencyKey:  # no timetable comes round for the platform itself
        await _forget_the_operators(work)
    key_sha256 = _hash(actor, mutation, key)
    values = {"input_sha256": input_sha256, "claimed_at": work.now, "result": None}
    claiming = insert(kind).values(key_sha256=key_sha256, **whose, **values)
    expired = kind.claimed_at <= work.now - KEPT
    taking = claiming.on_conflict_do_update(index_elements=[*whose, "key_sha256"], set_=values, where=expired)
    if await work.session.scalar(taking.returning(kind.key_sha256)) is not None:
        return Claim(work, kind, key_sha256, done=False)
    held = select(kind.input_sha256, kind.result).where(kind.key_sha256 == key_sha256)
    found = (await work.session.execute(held)).one()
    if found.input_sha256 != input_sha256:
        raise KeyReused("This key stands for the same mutation with another input. Take a new key for a new intent.")
    return Claim(work, kind, key_sha256, done=True, result=found.result)


@operation(needs=FORGET)
async def forget_keys(work: Work) -> None:
    """Forget the keys that are older than a day."""
    await work.session.execute(delete(IdempotencyKey).where(IdempotencyKey.claimed_at <= work.now - KEPT))


async def _forget_the_operators(work: Work) -> None:
    old = OperatorIdempotencyKey.claimed_at <= work.now - KEPT
    free = select(OperatorIdempotencyKey.key_sha256).where(old).with_for_update(skip_locked=True)
    gone = delete(OperatorIdempotencyKey).where(OperatorIdempotencyKey.key_sha256.in_(free))
    await work.session.execute(gone.execution_options(synchronize_session=False))


def _hash(actor: Actor, mutation: str, key: str) -> bytes:
    """A person's own tokens share their keys, so that a retry may come with a new one.

    A token that somebody else issued has keys apart: whoever holds it need not be the person, and would learn which
    keys the person used, or take them. The platform's operator is one, whatever the token.
    """
    whose = [str(actor.person_id), actor.handed, mutation, key]
    return hashlib.sha256(json.dumps(whose).encode()).digest()

"""Budgets: what a client and its organisation may ask for, in points that come back with time.

A client, which is a token, has a bucket of points and so has its organisation; an operation spends its cost out of
both. The buckets are rows that every process shares. A process takes points in chunks, a lease, and what it answers
is paid out of the lease in memory, so that a request writes nothing.

A lease lasts a few seconds, lest what one process holds is missing in another. What is left of it is handed back
with the next asking, in the same statement, and forgotten where nobody asks again. Forgetting never lets more
through than the buckets hold; it costs the client at most one chunk, once, in each process that it left.

The platform's operator belongs to no organisation and has no budget.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TypeAlias
from uuid import UUID

import orjson
from sqlalchemy import CheckConstraint, Double, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor
from kith.ground.errors import Broken, Refused
from kith.ground.model import LOOKUP, Model, Policy

FUNCTION = Path(__file__).with_name("budget.sql")
LASTS_SECONDS = 5.0
FORGOTTEN_SECONDS = 60.0  # after its end, so that a client who comes back soon still hands back what is left
_LEASE = text("SELECT kith_lease(:organisation, :client, :unspent, :costs, :capacity, :restore, :clients)::text")
Client: TypeAlias = tuple[UUID, UUID]  # an organisation, and a token of it


class Budget(Model):
    """The bucket of one client, or under the nil identifier that of its organisation.

    Of the platform: no organisation's own role reaches it. One that is missing is full.
    """

    __tablename__ = "budgets"
    __table_args__ = (
        CheckConstraint("capacity BETWEEN 1 AND 2147483647", name="capacity"),
        CheckConstraint("restore_rate BETWEEN 1 AND 2147483647", name="restore_rate"),
    )
    policies = (Policy("look_up", LOOKUP, "true", "true"),)
    grants = {LOOKUP: ("INSERT", "SELECT", "UPDATE")}

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    level: Mapped[float] = mapped_column(Double)
    refilled_at: Mapped[datetime]
    capacity: Mapped[int | None]  # None: what the settings say
    restore_rate: Mapped[int | None]


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a client may hold and what comes back each second; an organisation has that of so many clients."""

    capacity: int
    restore: int
    clients: int


@dataclass(slots=True)  # one is made for every request, and freezing is most of the making
class Standing:
    """What an operation asked for, and how its client stands after it: by the emptier of the two buckets."""

    requested: int
    available: int
    capacity: int
    restore_rate: int


class RateLimited(Refused):
    """The bucket is empty for now."""

    code = "RATE_LIMITED"

    def __init__(self, standing: Standing, seconds: int) -> None:
        super().__init__(
            f"This operation costs {standing.requested:,} points and {standing.available:,} are left."
            f" Ask again in {seconds:,} second{'' if seconds == 1 else 's'}."
        )
        self.standing, self.seconds = standing, seconds


class TooCostly(Refused):
    """The operation costs more than the bucket ever holds."""

    code = "OPERATION_TOO_LARGE"

    def __init__(self, standing: Standing) -> None:
        super().__init__(
            f"This operation costs {standing.requested:,} points and there are never more than {standing.capacity:,}:"
            " it can never run. Ask for less at once."
        )
        self.standing = standing


class _Bucket(NamedTuple):
    level: int
    capacity: int
    restore: int


class _Waiter(NamedTuple):
    cost: int
    answer: asyncio.Future[Standing]


@dataclass(slots=True)
class _Lease:
    """What this process holds for one client, and what is known of the buckets since it last asked."""

    points: int = 0
    until: float = 0.0
    buckets: Sequence[_Bucket] = ()
    lowest: _Bucket = field(default_factory=lambda: _Bucket(0, 0, 0))
    capacity: int = 0
    waiting: list[_Waiter] = field(default_factory=list)
    asking: "asyncio.Task[None] | None" = None

    def fill(self, points: int, until: float, buckets: Sequence[_Bucket]) -> None:
        """Hold what was granted."""
        self.points, self.until, self.buckets = points, until, buckets
        self.lowest, self.capacity = min(buckets), min(b.capacity for b in buckets)

    def spend(self, cost: int) -> Standing:
        """Pay an operation that fits."""
        self.points -= cost
        return self.standing(cost)

    def standing(self, cost: int) -> Standing:
        """How the client stands."""
        return Standing(cost, self.lowest.level + self.points, self.capacity, self.lowest.restore)

    def refusal(self, cost: int) -> Refused:
        """Why an operation that does not fit is refused."""
        standing = self.standing(cost)
        if cost > self.capacity:
            return TooCostly(standing)
        missing = ((cost - self.points - b.level, b.restore) for b in self.buckets)
        return RateLimited(standing, max(1, *(-(-points // restore) for points, restore in missing)))

    def answer_those_that_fit(self, waiting: Sequence[_Waiter]) -> list[_Waiter]:
        """Pay, in their order, those that fit; the others."""
        left = []
        for waiter in waiting:
            if waiter.cost > self.points:
                left.append(waiter)
            elif not waiter.answer.done():  # somebody who hung up pays nothing
                waiter.answer.set_result(self.spend(waiter.cost))
        return left


class Budgets:
    """The budgets as one process sees them."""

    def __init__(self, engine: AsyncEngine, allowance: Allowance) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._allowance = allowance
        self._leases: OrderedDict[Client, _Lease] = OrderedDict()

    async def spend(self, actor: Actor, cost: int) -> Standing | None:
        """Pay for an operation; None for the platform's operator. Raises RateLimited and TooCostly."""
        if actor.organisation_id is None:
            return None
        if actor.client_id is None:
            raise Broken("an actor without a client has no budget")
        client = (actor.organisation_id, actor.client_id)
        lease = self._leases.get(client)
        if lease is None:
            lease = self._leases[client] = _Lease()
        if cost <= lease.points and time.monotonic() < lease.until:
            return lease.spend(cost)
        waiter = _Waiter(cost, asyncio.get_running_loop().create_future())
        lease.waiting.append(waiter)
        if lease.asking is None:
            lease.asking = asyncio.create_task(self._ask(client, lease))
        return await waiter.answer

    async def _ask(self, client: Client, lease: _Lease) -> None:
        """Ask until nobody waits. It is nobody's own request, so that one who hangs up takes no other along."""
        try:
            while lease.waiting:
                asked, lease.waiting = lease.waiting, []
                try:
                    await self._refill(client, lease, [waiter.cost for waiter in asked])
                except Exception as error:
                    _fail(asked, error)
                    continue
                for waiter in lease.answer_those_that_fit(asked):
                    _fail([waiter], lease.refusal(waiter.cost))
                lease.waiting = lease.answer_those_that_fit(lease.waiting)  # who came meanwhile
        finally:
            lease.asking = None
        self._leases.move_to_end(client)
        self._forget()

    async def _refill(self, client: Client, lease: _Lease, costs: list[int]) -> None:
        unspent, lease.points = lease.points, 0  # if this fails it is forgotten, and not handed back twice
        until = time.monotonic() + LASTS_SECONDS
        given = {"organisation": client[0], "client": client[1], "unspent": unspent, "costs": costs}
        given |= asdict(self._allowance)
        async with self._engine.connect() as connection:
            found = orjson.loads(await connection.scalar(_LEASE, given))
        lease.fill(found["granted"], until, [_Bucket(*bucket) for bucket in found["buckets"]])

    def _forget(self) -> None:
        """Forget the leases that ended long ago; they stand in the order in which they were asked for."""
        long_ago = time.monotonic() - FORGOTTEN_SECONDS
        while self._leases:
            client, lease = next(iter(self._leases.items()))
            if lease.until > long_ago or lease.asking is not None:
                return
            del self._leases[client]


def _fail(waiting: Sequence[_Waiter], error: Exception) -> None:
    for waiter in waiting:
        if not waiter.answer.done():
            waiter.answer.set_exception(error)

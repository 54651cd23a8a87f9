"""The relay: hands due outbox rows to the broker, in turn between organisations.

Rows are handed out first and marked after, in one transaction that holds them: a crash in between hands them
out again. A row whose hand-over is older than the lease and which no running job holds was lost on the way,
and waits again.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from dramatiq import Broker
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from workers.jobs import message_for
from workers.rounds import as_relay, go_round

BATCH = 50
IDLE_SECONDS = 0.2
Handed = tuple[UUID, UUID]  # organisation, row

# The organisations that have something waiting, each with when its first row is due, hopping from one to the next
# along the index: the cost is by organisation, whatever waits behind its first row.
WAITING = """
    WITH RECURSIVE waiting (id, due_at) AS (
        (SELECT organisation_id, due_at FROM outbox WHERE handed_at IS NULL AND failed_at IS NULL
          ORDER BY organisation_id, due_at LIMIT 1)
        UNION ALL
        SELECT following.organisation_id, following.due_at
          FROM waiting
         CROSS JOIN LATERAL (
               SELECT organisation_id, due_at FROM outbox
                WHERE handed_at IS NULL AND failed_at IS NULL AND organisation_id > waiting.id
                ORDER BY organisation_id, due_at LIMIT 1) AS following
    )"""

# Candidates are chosen before they are locked: several relays choose the same ones and skip what another
# holds, instead of going past an organisation's share together.
_DUE = text(
    WAITING  # noqa: S608 - two constants
    + """,
    due AS MATERIALIZED (
        SELECT each.organisation_id, each.id, each.turn
          FROM waiting
          JOIN organisations ON organisations.id = waiting.id AND organisations.status = 'ACTIVE'
         CROSS JOIN LATERAL (
               SELECT count(*) AS unfinished
                 FROM (SELECT FROM outbox
                        WHERE organisation_id = waiting.id AND handed_at IS NOT NULL AND failed_at IS NULL
                        LIMIT :most) AS handed) AS out_now
         CROSS JOIN LATERAL (
               SELECT first.organisation_id, first.id, row_number() OVER (ORDER BY first.due_at, first.id) AS turn
                 FROM (SELECT organisation_id, id, due_at FROM outbox
                        WHERE organisation_id = waiting.id AND handed_at IS NULL AND failed_at IS NULL
                          AND due_at <= now()
                        ORDER BY due_at, id LIMIT :most - out_now.unfinished) AS first) AS each
         WHERE waiting.due_at <= now()
         ORDER BY each.turn, each.organisation_id <= :last_served, each.organisation_id
         LIMIT :batch
    )
    SELECT outbox.organisation_id, outbox.id
      FROM due JOIN outbox ON outbox.organisation_id = due.organisation_id AND outbox.id = due.id
     WHERE outbox.handed_at IS NULL AND outbox.failed_at IS NULL
     ORDER BY due.turn, outbox.organisation_id <= :last_served, outbox.organisation_id
       FOR UPDATE OF outbox SKIP LOCKED"""
)
_RECALL = text("""
    UPDATE outbox SET handed_at = NULL
     WHERE (organisation_id, id) IN (
           SELECT organisation_id, id FROM outbox
            WHERE handed_at < now() - make_interval(secs => :lease) AND failed_at IS NULL
            LIMIT :batch FOR UPDATE SKIP LOCKED)""")
_MARK = text("""
    UPDATE outbox SET handed_at = clock_timestamp()
      FROM unnest(CAST(:organisations AS uuid[]), CAST(:rows AS uuid[])) AS handed (organisation_id, id)
     WHERE outbox.organisation_id = handed.organisation_id AND outbox.id = handed.id""")


class Relay:
    """Hands out at most so many unfinished jobs of each organisation. Several may run."""

    def __init__(self, engine: AsyncEngine, broker: Broker, per_organisation: int, lease_seconds: int) -> None:
        self._engine, self._broker = engine, broker
        self._per_organisation, self._lease_seconds = per_organisation, lease_seconds
        self._last_served = UUID(int=0)

    async def tick(self) -> int:
        """One round. How many rows it handed out."""
        async with as_relay(self._engine) as connection:
            await connection.execute(_RECALL, {"lease": self._lease_seconds, "batch": BATCH})
            rows = await self._due(connection)
            if rows:
                await asyncio.to_thread(self._hand_out, rows)
                await _mark(connection, rows)
        self._last_served = rows[-1][0] if rows else self._last_served
        return len(rows)

    async def run(self, stop: asyncio.Event) -> None:
        """Tick until told to stop, whatever becomes of the database meanwhile."""
        await go_round(self.tick, stop, idle=IDLE_SECONDS)

    async def _due(self, connection: AsyncConnection) -> list[Handed]:
        turn = {"most": self._per_organisation, "last_served": self._last_served, "batch": BATCH}
        return [(row.organisation_id, row.id) for row in await connection.execute(_DUE, turn)]

    def _hand_out(self, rows: Sequence[Handed]) -> None:
        for organisation_id, later_id in rows:
            self._broker.enqueue(message_for(organisation_id, later_id))


async def _mark(connection: AsyncConnection, rows: Sequence[Handed]) -> None:
    organisations, ids = zip(*rows, strict=True)
    await connection.execute(_MARK, {"organisations": list(organisations), "rows": list(ids)})


_OLDEST = text(
    WAITING  # noqa: S608 - two constants
    + """
    SELECT EXTRACT(EPOCH FROM now() - min(waiting.due_at))::float8
      FROM waiting
      JOIN organisations ON organisations.id = waiting.id AND organisations.status = 'ACTIVE'
     WHERE waiting.due_at <= now()"""
)


async def oldest_waiting(engine: AsyncEngine) -> float | None:
    """For how many seconds the oldest due row has waited to be handed out; None when none waits."""
    async with as_relay(engine) as connection:
        seconds: float | None = await connection.scalar(_OLDEST)
    return seconds

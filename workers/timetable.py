"""The timetable: work that comes round again, by each organisation's own clock."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from croniter import croniter
from sqlalchemy import Row, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kith.community.reminding import plan_gathering_reminders
from kith.community.resource import age_resources
from kith.culture.commitment import mind_commitments
from kith.evaluation.response import invite_in_time
from kith.evaluation.rollup import roll_up
from kith.ground.operation import AnyOperation
from kith.ground.outbox import Later
from kith.importing.job import forget_imports
from kith.matching.health import settle_health
from kith.matching.monitoring import come_round
from kith.meetings.recurring import extend_every_series
from kith.mentors.credential import notice_expired, notice_expiring
from kith.mentors.wellbeing import remind_of_check_ins
from kith.people.readiness import settle_everybody
from kith.referrals.agreement import expire_partner_agreements
from kith.referrals.referral import expire_referrals
from kith.referrals.waiting import watch_waiting_list
from kith.supervision.plan import look_after_plans
from kith.supervision.session import notice_missed
from kith.training.keeping import expire_training, remind_of_training, renew_training
from tenants.idempotency import forget_keys
from workers.rounds import as_relay, go_round

IDLE_SECONDS = 5.0
BATCH = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """What comes round: a name that stays, a cron expression, and an operation without arguments."""

    name: str
    cron: str
    operation: AnyOperation


ENTRIES: tuple[Entry, ...] = (
    Entry("resources.daily", "50 0 * * *", age_resources),
    Entry("evaluation.nightly", "10 2 * * *", roll_up),
    Entry("commitments.daily", "40 0 * * *", mind_commitments),
    Entry("feedback.daily", "0 10 * * *", invite_in_time),
    Entry("credentials.expired", "5 0 * * *", notice_expired),
    Entry("credentials.expiring", "0 8 * * *", notice_expiring),
    Entry("supervision.missed", "12 0 * * *", notice_missed),
    Entry("supervision.due", "15 0 * * *", look_after_plans),
    Entry("monitoring.daily", "30 1 * * *", come_round),
    Entry("relationship_health.daily", "50 1 * * *", settle_health),
    Entry("readiness.daily", "20 0 * * *", settle_everybody),
    Entry("referrals.expire", "30 0 * * *", expire_referrals),
    Entry("partner_agreements.expire", "35 0 * * *", expire_partner_agreements),
    Entry("waiting.watch", "10 6 * * *", watch_waiting_list),
    Entry("training.expire", "5 0 * * *", expire_training),
    Entry("training.renew", "50 0 * * *", renew_training),
    Entry("training.remind", "10 8 * * *", remind_of_training),
    Entry("meetings.extend", "0 3 * * *", extend_every_series),
    Entry("gatherings.remind", "15 0 * * *", plan_gathering_reminders),
    Entry("imports.forget", "45 3 * * *", forget_imports),
    Entry("retries.forget", "40 3 * * *", forget_keys),
    Entry("wellbeing.monthly", "0 9 1 * *", remind_of_check_ins),
)

_OUT_OF_STEP = text("""
    SELECT organisations.id AS organisation_id, entry.name, entry.cron, organisations.time_zone
      FROM organisations
     CROSS JOIN unnest(CAST(:names AS text[]), CAST(:crons AS text[])) AS entry (name, cron)
      LEFT JOIN timetable ON timetable.organisation_id = organisations.id AND timetable.name = entry.name
     WHERE organisations.status = 'ACTIVE'
       AND (timetable.cron, timetable.time_zone) IS DISTINCT FROM (entry.cron, organisations.time_zone)
     ORDER BY organisations.id, entry.name
     LIMIT :batch""")
# The condition keeps a scheduler that comes second from setting back what the first has already advanced.
_STEP = text("""
    INSERT INTO timetable (organisation_id, name, cron, time_zone, next_at)
    VALUES (:organisation_id, :name, :cron, :time_zone, :next_at)
        ON CONFLICT (organisation_id, name) DO UPDATE
       SET cron = excluded.cron, time_zone = excluded.time_zone, next_at = excluded.next_at
     WHERE (timetable.cron, timetable.time_zone) IS DISTINCT FROM (excluded.cron, excluded.time_zone)""")
# An entry that went: not at once, because older processes may still run beside newer ones.
_FORGET = text("""
    DELETE FROM timetable
     WHERE name <> ALL (CAST(:names AS text[])) AND next_at < CAST(:now AS timestamptz) - interval '30 days'""")
_DUE = text("""
    SELECT timetable.organisation_id, timetable.name, timetable.cron, timetable.time_zone
      FROM timetable
      JOIN organisations ON organisations.id = timetable.organisation_id AND organisations.status = 'ACTIVE'
     WHERE timetable.next_at <= :now AND timetable.name = ANY (CAST(:names AS text[]))
     ORDER BY timetable.next_at
     LIMIT :batch FOR UPDATE OF timetable SKIP LOCKED""")
_ADVANCE = text("""
    UPDATE timetable SET next_at = :next_at WHERE organisation_id = :organisation_id AND name = :name""")


def next_time(cron: str, time_zone: str, after: datetime) -> datetime:
    """The next time by the zone's clock on the wall, once a day whatever the clock does.

    An hour that comes twice counts the first time; a time that is skipped counts as much later as the clock
    jumps.
    """
    zone = ZoneInfo(time_zone)
    wall = croniter(cron, after.astimezone(zone).replace(tzinfo=None))
    while True:
        at: datetime = wall.get_next(datetime).replace(tzinfo=zone).astimezone(UTC)
        if at > after:
            return at


class Timetable:
    """Writes an outbox row whenever an entry is due in an organisation. Several may run."""

    def __init__(self, engine: AsyncEngine, entries: Sequence[Entry] = ENTRIES) -> None:
        self._engine, self._entries = engine, {entry.name: entry for entry in entries}

    async def tick(self, now: datetime) -> int:
        """One round. How many rows it wrote.

        What was due while nothing ran, or while the organisation was suspended, happens once.
        """
        async with as_relay(self._engine) as connection:
            await self._keep_step(connection, now)
        async with as_relay(self._engine) as connection:
            return await self._advance(connection, now)

    async def run(self, stop: asyncio.Event) -> None:
        """Tick until told to stop, whatever becomes of the database meanwhile."""
        await go_round(lambda: self.tick(datetime.now(UTC)), stop, idle=IDLE_SECONDS)

    async def _keep_step(self, connection: AsyncConnection, now: datetime) -> None:
        """Follow new organisations, changed time zones and changed entries."""
        names, crons = list(self._entries), [entry.cron for entry in self._entries.values()]
        found = await connection.execute(_OUT_OF_STEP, {"names": names, "crons": crons, "batch": BATCH})
        rows = [_stepped(row, now) for row in found]
        if rows:
            await connection.execute(_STEP, rows)
        await connection.execute(_FORGET, {"names": names, "now": now})

    async def _advance(self, connection: AsyncConnection, now: datetime) -> int:
        due = {"names": list(self._entries), "now": now, "batch": BATCH}
        rows = list(await connection.execute(_DUE, due))
        if rows:
            await connection.execute(_ADVANCE, [_stepped(row, now) for row in rows])
            await connection.execute(insert(Later), [self._later(row, now) for row in rows])
        return len(rows)

    def _later(self, row: Row[tuple[object, ...]], now: datetime) -> dict[str, object]:
        return {
            "organisation_id": row.organisation_id,
            "operation": self._entries[row.name].operation.name,
            "arguments": {},
            "due_at": now,
            "noted_at": now,
            "request_id": uuid4().hex,
        }


def _stepped(row: Row[tuple[object, ...]], now: datetime) -> dict[str, object]:
    """The row as parameters, with the time at which it is due next."""
    return {**row._mapping, "next_at": next_time(row.cron, row.time_zone, now)}

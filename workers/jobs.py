"""Jobs: calling what an outbox row asks for, once, and keeping account of failures in that row.

A message carries two ids. The row is deleted in the transaction that does the work, so that the work's effects
on the database happen once however often the message comes. While a job runs it holds the row's lock, which
keeps the relay from handing the row out again.
"""

import asyncio
import logging
import traceback
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from dramatiq import Actor, Broker, Message
from sqlalchemy import ColumnElement, Row, and_, delete, select, update
from sqlalchemy.exc import DBAPIError

from kith.ground.actor import service
from kith.ground.errors import Invalid, Refused
from kith.ground.operation import OPERATIONS, AnyOperation
from kith.ground.outbox import Later
from kith.ground.work import Work
from tenants.organisation import Organisation, OrganisationStatus
from tenants.work import Workplace
from workers.broker import Engines

QUEUE, PERFORM = "jobs", "perform"
PLACES = 12  # of a traceback, kept with a dead letter
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a job may take, and how often and after which pauses a failed one is tried again."""

    seconds: float = 600
    retries: int = 5
    first_pause: float = 1
    growth: float = 4
    longest_pause: float = 300

    def pause(self, failures: int) -> timedelta | None:
        """The pause after so many failures; None when it is not tried again."""
        if failures > self.retries:
            return None
        return timedelta(seconds=min(self.first_pause * self.growth ** (failures - 1), self.longest_pause))


class Suspended(Exception):
    """The organisation is suspended: its jobs wait."""


@dataclass(frozen=True, slots=True)
class Job:
    """One outbox row, to be done in one place."""

    workplace: Workplace
    patience: Patience
    organisation_id: UUID
    later_id: UUID

    async def perform(self) -> None:
        """Do it, or note in the row why not. An interruption notes nothing: the message comes again."""
        try:
            async with asyncio.timeout(self.patience.seconds):
                await self._attempt()
        except Suspended:
            await self._wait()
        except Exception as error:
            await self._fail(error)

    async def _attempt(self) -> None:
        async with self.workplace.writing(service(self.organisation_id, ())) as work:
            row = await self._take(work)
            if row is not None:
                operation = _known(row.operation)
                await operation(self._working(work, row, operation), **operation.arguments(row.arguments))

    async def _take(self, work: Work) -> Row[Any] | None:
        """The row, deleted; None when it is done, or a dead letter. Waits for whoever else holds it."""
        status = select(Organisation.status).where(Organisation.id == self.organisation_id).scalar_subquery()
        taking = delete(Later).where(self._unfinished()).execution_options(synchronize_session=False)
        columns = (Later.operation, Later.arguments, Later.request_id, status.label("status"))
        row = (await work.session.execute(taking.returning(*columns))).one_or_none()
        if row is not None and row.status != OrganisationStatus.ACTIVE:
            raise Suspended
        return row

    def _unfinished(self) -> ColumnElement[bool]:
        return and_(Later.id == self.later_id, Later.failed_at.is_(None))

    def _working(self, work: Work, row: Row[Any], operation: AnyOperation) -> Work:
        """The same transaction, for the service with the one permission that the operation needs."""
        return Work(
            work.session,
            service(self.organisation_id, (operation.needs,)),
            now=work.now,
            request_id=row.request_id,
            reactions=self.workplace.reactions,
            post=self.workplace.post,
        )

    async def _wait(self) -> None:
        async with self.workplace.writing(service(self.organisation_id, ())) as work:
            await work.session.execute(update(Later).where(self._unfinished()).values(handed_at=None))

    async def _fail(self, error: Exception) -> None:
        async with self.workplace.writing(service(self.organisation_id, ())) as work:
            row = await work.session.scalar(select(Later).where(self._unfinished()).with_for_update())
            if row is None:  # somebody else did it meanwhile
                return
            row.attempts += 1
            row.handed_at, row.error = None, told(error)
            pause = None if final(error) else self.patience.pause(row.attempts)
            if pause is None:
                row.failed_at = work.now
            else:
                row.due_at = work.now + pause
            _log.warning("Job %s (%s) failed, again in %s: %s", row.id, row.operation, pause, row.error)


def declare_perform(broker: Broker, engines: Engines, patience: Patience) -> Actor[[str, str], None]:
    """Give the broker the engines and its one actor."""
    broker.add_middleware(engines)

    async def perform(organisation_id: str, later_id: str) -> None:
        await Job(engines.workplace, patience, UUID(organisation_id), UUID(later_id)).perform()

    return Actor(perform, broker=broker, actor_name=PERFORM, queue_name=QUEUE, priority=0, options={})


def message_for(organisation_id: UUID, later_id: UUID) -> Message[Any]:
    """The message that asks for a row. A row has one message, so handing it out again adds none to a queue."""
    return Message(
        queue_name=QUEUE,
        actor_name=PERFORM,
        args=(str(organisation_id), str(later_id)),
        kwargs={},
        options={},
        message_id=str(later_id),
    )


def final(error: Exception) -> bool:
    """Whether trying again is of no use: a refusal, unless it tells of a race that the database settled."""
    return isinstance(error, Refused) and not isinstance(error.__cause__, DBAPIError)


def told(error: Exception) -> str:
    """What failed and where. Messages may quote what people wrote, so only our own refusals keep theirs."""
    sentence = f": {error.message}" if isinstance(error, Refused) else ""
    return "\n".join([f"{type(error).__name__}{sentence}", *_places(error)])


def _places(error: Exception) -> list[str]:
    frames = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)
    return [f"{'/'.join(Path(f.filename).parts[-3:])}:{f.lineno} in {f.name}" for f in frames][-PLACES:]


def _known(name: str) -> AnyOperation:
    operation = OPERATIONS.get(name)
    if operation is None:
        raise Invalid(f"This version of Kith knows no operation {name}.")
    return operation

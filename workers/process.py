"""Everything that happens later, in one process: beside the API, or alone as `kith work`."""

import asyncio

import dramatiq

from kith.ground import discovery
from kith.ground.settings import Settings
from kith.ground.work import Post, Reactions
from tenants.work import engine_for, refuse_a_powerful_role
from workers.broker import Engines, broker_for
from workers.jobs import Patience, declare_perform
from workers.relay import Relay, oldest_waiting
from workers.timetable import Timetable

__all__ = ["Workers", "oldest_waiting"]

THREADS = 8  # jobs at a time; each waits for its coroutine on the worker's one event loop
WAKE_MILLISECONDS = 500  # how long an idle thread takes to notice that it is to stop
STOP_MILLISECONDS = 10_000


class Workers:
    """The relay and the timetable on the caller's event loop, and a Dramatiq worker with a loop of its own.

    Never Dramatiq's own command line: it forks, and hangs when a signal reaches its process group twice.
    """

    def __init__(
        self, settings: Settings, reactions: Reactions, post: Post, *, patience: Patience | None = None
    ) -> None:
        discovery.load("kith", "tenants")
        threads = min(THREADS, settings.pool_size)
        self._engine = engine_for(settings.database, pool_size=2)
        self._broker = broker_for(settings.broker)
        engines = Engines(settings.database, threads, reactions, post)
        declare_perform(self._broker, engines, patience or Patience())
        self._worker = dramatiq.Worker(self._broker, worker_threads=threads, worker_timeout=WAKE_MILLISECONDS)
        self._relay = Relay(
            self._engine, self._broker, settings.unfinished_jobs_per_organisation, settings.job_lease_seconds
        )
        self._timetable = Timetable(self._engine)
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._working = False

    async def start(self) -> None:
        """Start everything. Raises Misconfigured when the database's role is too powerful."""
        await refuse_a_powerful_role(self._engine)
        self._working = True
        await asyncio.to_thread(self._worker.start)
        self._tasks = [asyncio.create_task(each.run(self._stopping)) for each in (self._relay, self._timetable)]

    async def stop(self) -> None:
        """Stop everything; a job that runs is interrupted, and done again by whoever runs next."""
        self._stopping.set()
        await asyncio.gather(self._end_jobs(), self._end_rounds())
        self._broker.close()
        await self._engine.dispose()

    async def _end_jobs(self) -> None:
        if self._working:
            self._working = False
            await asyncio.to_thread(self._worker.stop, STOP_MILLISECONDS)

    async def _end_rounds(self) -> None:
        """Let a round finish what it began, but not wait for a database that is away."""
        if self._tasks:
            _, unfinished = await asyncio.wait(self._tasks, timeout=2)
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)

"""The calendar of a year: what time it is, for the service and its database alike, and what is done as time passes.

The database has a `now()` of its own, which every statement of the service finds before PostgreSQL's: it says what the
calendar says. A trigger writes down each move of whatever has states, so that what happened is known from beside the
service. What is due is done by the real jobs, in the order in which it is due, each at its own time.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from kith.ground.lifecycle import LIFECYCLES
from tenants.work import Workplace
from tests.world import Connection
from workers.jobs import Job, Patience
from workers.timetable import Timetable

_CLOCK = """
    CREATE SCHEMA clock;
    GRANT USAGE ON SCHEMA clock TO PUBLIC;
    CREATE TABLE clock.moment (at timestamptz NOT NULL);
    GRANT SELECT ON clock.moment TO PUBLIC;
    CREATE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM clock.moment';
    ALTER FUNCTION kith_principal(bytea) SET search_path = clock, public, pg_catalog, pg_temp;
    CREATE TABLE clock.moves (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, organisation_id uuid, kind text, id uuid,
        before text, after text, at timestamptz, transaction xid8 DEFAULT pg_current_xact_id());
    CREATE FUNCTION clock.note_move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        IF TG_OP = 'INSERT' OR OLD.status IS DISTINCT FROM NEW.status THEN
            INSERT INTO clock.moves (organisation_id, kind, id, before, after, at)
            VALUES (NEW.organisation_id, TG_ARGV[0], NEW.id,
                    CASE WHEN TG_OP = 'UPDATE' THEN OLD.status END, NEW.status, clock.now());
        END IF;
        RETURN NULL;
    END $$;
"""


class Moved(NamedTuple):
    """That a row went from one state to another; `before` is None where it began."""

    kind: str
    id: UUID
    before: str | None
    after: str
    at: datetime
    transaction: str


class Calendar:
    """The clock, and the workers of one database. `pace` is how long the timetable may rest between two rounds."""

    def __init__(self, superuser: Connection, begins: datetime, *, pace: timedelta) -> None:
        self.superuser, self.now, self.pace = superuser, begins, pace
        self.jobs_done = 0
        self._round_at = begins
        self.organisations: list[UUID] = []
        self.workplace: Workplace | None = None

    async def hang_up(self, database: str) -> None:
        """Give the database its clock; who connects from now on goes by it."""
        await self.superuser.execute(_CLOCK)
        await self.superuser.execute(f"ALTER DATABASE {database} SET search_path = clock, public, pg_catalog")
        await self.superuser.execute("INSERT INTO clock.moment VALUES ($1)", self.now)
        for life in LIFECYCLES:
            table, name = life.model.__tablename__, life.model.__name__
            await self.superuser.execute(
                f"CREATE TRIGGER note_move AFTER INSERT OR UPDATE OF status ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION clock.note_move('{name}')"
            )

    async def until(self, at: datetime) -> None:
        """Time passes, and what comes due on the way is done at its time."""
        while (due := await self._next()) <= at:
            await self._set(max(due, self.now))
            if self._round_at <= self.now:
                await self._tick()
            await self.work_off()
        await self._set(max(at, self.now))

    async def on(self, month: int, day: int, hour: int = 9, minute: int = 0) -> None:
        """Time passes until this time of the year, in UTC."""
        await self.until(datetime(self.now.year, month, day, hour, minute, tzinfo=UTC))

    async def work_off(self) -> None:
        """What is due now is done, and what follows from it."""
        assert self.workplace is not None
        while rows := await self._due():
            for organisation_id, later_id in rows:
                await Job(self.workplace, Patience(), organisation_id, later_id).perform()
                self.jobs_done += 1

    async def moves(self, organisation_id: UUID, kinds: Collection[str] = ()) -> list[Moved]:
        """Every move there was, in order."""
        rows = await self.superuser.fetch(
            "SELECT kind, id, before, after, at, transaction::text FROM clock.moves"
            " WHERE organisation_id = $1 AND (cardinality($2::text[]) = 0 OR kind = ANY ($2)) ORDER BY number",
            *(organisation_id, list(kinds)),
        )
        return [Moved(*row) for row in rows]

    async def _set(self, at: datetime) -> None:
        if at != self.now:
            self.now = at
            await self.superuser.execute("UPDATE clock.moment SET at = $1", at)

    async def _next(self) -> datetime:
        """When something is due next."""
        due: datetime | None = await self.superuser.fetchval(
            "SELECT min(due_at) FROM outbox WHERE failed_at IS NULL AND organisation_id = ANY ($1)", self.organisations
        )
        return min(due or self._round_at, self._round_at)

    async def _due(self) -> list[tuple[UUID, UUID]]:
        rows = await self.superuser.fetch(
            "SELECT organisation_id, id FROM outbox WHERE failed_at IS NULL AND due_at <= $1"
            " AND organisation_id = ANY ($2) ORDER BY due_at, id LIMIT 50",
            *(self.now, self.organisations),
        )
        return [(row["organisation_id"], row["id"]) for row in rows]

    async def _tick(self) -> None:
        assert self.workplace is not None
        await Timetable(self.workplace.engine).tick(self.now)
        following: datetime | None = await self.superuser.fetchval(
            "SELECT min(next_at) FROM timetable WHERE organisation_id = ANY ($1)", self.organisations
        )
        self._round_at = max(following or self.now, self.now + self.pace)

"""A house of its own for each test about supervision, and a clock to move."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kith.people.profile import Format
from kith.supervision.record import NapsValue, Rating, record_supervision
from kith.supervision.session import SessionKind, SupervisionSession, hold_supervision, schedule_supervision
from tenants.work import Workplace
from tests.mentors.conftest import Mentors
from tests.world import Connection, build_house


class Supervision(Mentors):
    """A house that goes on from now, with the mentor and their supervisor."""

    superuser: Connection

    async def value(self, query: str, *given: Any) -> Any:
        """What is really there."""
        return await self.superuser.fetchval(query, *given)

    async def schedule(
        self, *who: str, kind: SessionKind = SessionKind.INDIVIDUAL, by: str = "supervisor", **ahead: float
    ) -> SupervisionSession:
        """A session to come, of these mentors."""
        return await self.does(
            by,
            schedule_supervision,
            mentor_ids=[self.house.row(each) for each in who],
            kind=kind,
            starts_at=self.clock + timedelta(**ahead),
            format=Format.PHONE,
        )

    async def held(self, *who: str, kind: SessionKind = SessionKind.INDIVIDUAL, **ahead: float) -> UUID:
        """A session that was held; the clock is two hours after it began."""
        session = await self.schedule(*who, kind=kind, **ahead)
        self.clock = session.starts_at + timedelta(hours=2)
        await self.does("supervisor", hold_supervision, session.id)
        return session.id

    async def recorded(self, session_id: UUID) -> SupervisionSession:
        """The record of a session of one mentor is written."""
        return await self.does(
            "supervisor",
            record_supervision,
            session_id,
            value=NapsValue.HOPEFUL,
            reflection="Hope comes first.",
            rating=Rating(4, 4),
        )

    async def status(self, session_id: UUID) -> str:
        """Where a session is."""
        return str(await self.value("SELECT status FROM supervision_sessions WHERE id = $1", session_id))

    async def tasks(self, kind: str, about_id: UUID) -> list[tuple[str, UUID | None]]:
        """The tasks of a kind about a row: where each is, and whose."""
        rows = await self.superuser.fetch(
            "SELECT status, assignee_id FROM tasks WHERE kind = $1 AND about_id = $2 ORDER BY id", kind, about_id
        )
        return [(row["status"], row["assignee_id"]) for row in rows]


@pytest.fixture
async def supervision(workplace: Workplace, superuser: Connection) -> Supervision:
    """Harbour once more, at its own address."""
    house = await build_house(workplace, superuser, "Harbour", f"supervision-{uuid4().hex[:12]}")
    building = Supervision(workplace, house)
    building.superuser, building.clock = superuser, building.now
    await building.later()
    return building

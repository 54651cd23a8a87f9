"""A matching run: asked for by a coordinator, computed by a worker, published by a person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Owned, one_of, organisation_index, within
from kith.ground.permissions import Permission, Role
from kith.programmes import Programme

READ = Permission("match_runs.read", "See matching runs.", granted_to={Role.ADMIN, Role.COORDINATOR})


class RunStatus(Choice):
    """Where a matching run is."""

    REQUESTED = "REQUESTED", "It is to be computed."
    PROPOSED = "PROPOSED", "Its proposals wait for a coordinator."
    PUBLISHED = "PUBLISHED", "Its proposals went out to the people."
    DISCARDED = "DISCARDED", "Its proposals were put aside; nobody was asked."


class RunMode(Choice):
    """What a run seeks: as many people matched as can be, or no match below a floor."""

    PARTICIPATION = "PARTICIPATION", "As many people matched as can be."
    QUALITY = "QUALITY", "No match below a floor of points, though more people wait."


class MatchRun(Owned):
    """One run: what went in (as a hash), which rules and weights, what came out."""

    __tablename__ = "match_runs"
    __table_args__ = (
        organisation_index("requested_at", "id"),
        organisation_index("programme_id", "requested_at", "id"),
        one_of("status", list(RunStatus)),
        one_of("mode", list(RunMode)),
    )
    READ = READ

    programme_id: Mapped[UUID] = within(Programme)
    status: Mapped[str]
    mode: Mapped[str]
    requested_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    lottery_seed: Mapped[str]
    engine_version: Mapped[str | None]
    rules_version: Mapped[str | None]
    weights: Mapped[dict[str, int]] = mapped_column(JSONB)
    snapshot_sha256: Mapped[str | None]
    mentors_considered: Mapped[int | None]
    mentees_considered: Mapped[int | None]
    places_open: Mapped[int | None]
    proposed: Mapped[int | None]
    left_waiting: Mapped[int | None]
    total_points: Mapped[int | None]
    gap: Mapped[int | None]  # points between the answer and its proven bound; 0 is optimal

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The coordinators of the programme."""
        return row_rule(actor, programme=cls.programme_id)


LIFE = Lifecycle(
    MatchRun,
    RunStatus,
    begins=[RunStatus.REQUESTED],
    moves=[
        Move("matching.running.compute_match_run", RunStatus.REQUESTED, to=RunStatus.PROPOSED),
        Move("matching.running.publish_match_run", RunStatus.PROPOSED, to=RunStatus.PUBLISHED),
        Move("matching.running.discard_match_run", RunStatus.REQUESTED, RunStatus.PROPOSED, to=RunStatus.DISCARDED),
    ],
)

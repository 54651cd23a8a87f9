"""How a mentor did in a meeting that was observed, competency by competency (SAMHSA core competencies, 2015)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from kith.ground.errors import IllegalState, Invalid
from kith.ground.model import Id, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.texts import long
from kith.ground.work import Work
from kith.supervision.record import READ, WRITE
from kith.supervision.session import TWO, BetweenTwo, SessionKind, SessionStatus, SupervisionSession, in_charge
from kith.training.module import Competency


class ObservationRating(BetweenTwo):
    """How a mentor did in one competency in the meeting that was observed."""

    __tablename__ = "observation_ratings"
    __table_args__ = (
        organisation_index("session_id", "competency", unique=True),
        organisation_index("person_id"),
        one_of("competency", list(Competency)),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        at_most("remark", 2000),
    )
    READ = READ
    SENSITIVE = True

    session_id: Mapped[UUID] = within(SupervisionSession, carrying=TWO)
    competency: Mapped[str]
    rating: Mapped[int]
    remark: Mapped[str]


@dataclass(frozen=True, slots=True)
class Observed:
    """How the mentor did in one competency."""

    competency: Annotated[Competency, "Which competency."]
    rating: Annotated[int, "1 needs much work, 5 excellent."]
    remark: Annotated[str, "What was seen."] = ""


@operation(needs=WRITE)
async def rate_observation(
    work: Work,
    session_id: Annotated[Id[SupervisionSession], "Of which observed meeting, held and not signed."],
    *,
    ratings: Annotated[Sequence[Observed], "How the mentor did, in the competencies that were seen."],
) -> SupervisionSession:
    """Write how a mentor did in a meeting; written again, it takes the place of what was there, until you sign."""
    charge = in_charge(work.actor, SupervisionSession.person_id, SupervisionSession.supervisor_person_id)
    session = await work.get(SupervisionSession, session_id, charge, lock=True)
    if session.kind != SessionKind.OBSERVATION or session.status != SessionStatus.HELD:
        raise IllegalState("Competencies are rated of an OBSERVATION that was HELD and is not signed.")
    if len({each.competency for each in ratings}) != len(ratings):
        raise Invalid("Rate each competency once.", path=("ratings",))
    for former in await work.rows(ObservationRating, ObservationRating.session_id == session.id):
        await work.remove(former)
    await work.settle()
    for number, each in enumerate(ratings):
        if not 1 <= each.rating <= 5:
            raise Invalid("A rating is 1 to 5.", path=("ratings", str(number), "rating"))
        remark = long(each.remark, 2000, "ratings", str(number), "remark")
        work.add(ObservationRating.under(session, competency=each.competency, rating=each.rating, remark=remark))
    work.note("observation.rated", session, ratings=len(ratings))
    return session

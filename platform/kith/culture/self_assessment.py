"""Readiness: how an organisation or a programme rates itself in what carries peer support (CAPRSS, seven domains)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Invalid
from kith.ground.model import Id, Owned, at_most, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.texts import long
from kith.ground.work import Work
from kith.people.person import Person
from kith.programmes import Programme, everywhere, looked_after

READ = Permission("self_assessments.read", "See how the organisation rates its readiness.", granted_to=STAFF)
ASSESS = Permission(
    "self_assessments.record",
    "Record how the organisation or a programme rates its readiness.",
    granted_to={Role.ADMIN, Role.COORDINATOR},
)


class ReadinessDomain(Choice):
    """What carries peer support: the seven domains of CAPRSS."""

    PRINCIPLES_CULTURE_CLIMATE = "PRINCIPLES_CULTURE_CLIMATE", "Principles of recovery, culture and climate."
    ETHICAL_FRAMEWORK = "ETHICAL_FRAMEWORK", "The ethical framework."
    PEER_LEADER_DEVELOPMENT = "PEER_LEADER_DEVELOPMENT", "How peer leaders are found, trained and kept."
    PEER_SUPERVISOR_DEVELOPMENT = "PEER_SUPERVISOR_DEVELOPMENT", "How those who supervise them are trained and kept."
    GOVERNANCE = "GOVERNANCE", "Governance and oversight, with people in recovery."
    MANAGEMENT_SYSTEMS = "MANAGEMENT_SYSTEMS", "Management systems."
    PEER_SUPPORT_CAPACITY = "PEER_SUPPORT_CAPACITY", "The core competencies of peer support."


class ReadinessSelfAssessment(Owned):
    """One self-assessment, of one programme or the whole organisation. A later one never replaces it."""

    __tablename__ = "readiness_self_assessments"
    __table_args__ = (
        organisation_index("assessed_on", "id"),
        organisation_index("programme_id", "assessed_on", "id"),
        CheckConstraint("cardinality(domains) = cardinality(ratings) AND cardinality(domains) > 0", name="rated"),
        CheckConstraint("1 <= ALL (ratings) AND 5 >= ALL (ratings)", name="ratings"),
        at_most("conclusion", 4000),
    )
    READ = READ

    programme_id: Mapped[UUID | None] = within(Programme, nullable=True)
    recorded_by_id: Mapped[UUID | None] = within(Person, nullable=True)
    assessed_on: Mapped[date]
    domains: Mapped[list[str]]
    ratings: Mapped[list[int]]  # 1 to 5, beside `domains`
    conclusion: Mapped[str]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The coordinators of its programme; one of the whole organisation everybody who may read any."""
        return row_rule(actor, programme=cls.programme_id, everybody=cls.programme_id.is_(None))


@dataclass(frozen=True, slots=True)
class DomainRating:
    """How one domain is rated."""

    domain: Annotated[ReadinessDomain, "Which domain."]
    rating: Annotated[int, "1 not begun, 2 begun, 3 half there, 4 mostly there, 5 fully there."]


@operation(needs=ASSESS)
async def record_self_assessment(
    work: Work,
    *,
    ratings: Annotated[Sequence[DomainRating], "Each domain once; leave out what nobody could rate."],
    assessed_on: Annotated[date | None, "On which day; today when null."] = None,
    conclusion: Annotated[str, "What you take from it."] = "",
    programme_id: Annotated[Id[Programme] | None, "Of which programme; null for the whole organisation."] = None,
) -> ReadinessSelfAssessment:
    """Record how the leadership, and better still everybody together, rates what carries peer support."""
    if programme_id is None:
        everywhere(work)
    else:
        await work.get(Programme, programme_id, looked_after(work))
    if not ratings or len({each.domain for each in ratings}) < len(ratings):
        raise Invalid("Rate at least one domain, and each once.", path=("ratings",))
    if any(not 1 <= each.rating <= 5 for each in ratings):
        raise Invalid("A rating is 1 to 5.", path=("ratings", "rating"))
    day = work.now.date() if assessed_on is None else assessed_on
    if day > work.now.date():
        raise Invalid("An assessment was made in the past.", path=("assessedOn",))
    rated = sorted(ratings, key=lambda each: list(ReadinessDomain).index(each.domain))
    assessment = ReadinessSelfAssessment(
        programme_id=programme_id,
        recorded_by_id=work.actor.person_id,
        assessed_on=day,
        domains=[each.domain for each in rated],
        ratings=[each.rating for each in rated],
        conclusion=long(conclusion, 4000, "conclusion"),
    )
    work.add(assessment)
    work.note("self_assessment.recorded", assessment, domains=len(rated))
    return assessment

"""What training a programme requires of whom, and until when."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, false, or_, true
from sqlalchemy.orm import Mapped

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, Owned, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.work import Work
from kith.programmes import Programme, looked_after
from kith.training import module as catalogue
from kith.training.module import AUTHOR, Audience, ModuleStatus, TrainingKind, TrainingModule

READ = Permission("training_requirements.read", "See which training is required.", granted_to=STAFF | {Role.MENTOR})
REQUIRE = Permission(
    "training_requirements.decide",
    "Decide which training a programme requires.",
    granted_to={Role.ADMIN, Role.COORDINATOR},
)


class DueRule(Choice):
    """Until when a required training is to be passed."""

    FIRST_MATCH = "FIRST_MATCH", "Before the first match: it concerns mentors who are not trained yet."
    WITHIN_90_DAYS = "WITHIN_90_DAYS", "Within 90 days of joining, or of the decision where that came later."
    ANNUAL = "ANNUAL", "Every year, the first time within a year."


class RequirementStatus(Choice):
    """Where a requirement is."""

    IN_FORCE = "IN_FORCE", "It holds."
    LIFTED = "LIFTED", "It holds no longer."


_IN_FORCE = f"status = '{RequirementStatus.IN_FORCE}'"


class TrainingRequirement(Owned):
    """A training that a programme requires: any module of a kind, or the one of a code."""

    __tablename__ = "training_requirements"
    __table_args__ = (
        organisation_index("decided_at", "id"),
        organisation_index("programme_id", "decided_at", "id"),
        organisation_index("programme_id", "audience", "kind", unique=True, where=_IN_FORCE, name="uq_required_kinds"),
        organisation_index("programme_id", "audience", "code", unique=True, where=_IN_FORCE, name="uq_required_codes"),
        one_of("audience", list(Audience)),
        one_of("kind", list(TrainingKind)),
        one_of("due", list(DueRule)),
        one_of("status", list(RequirementStatus)),
        CheckConstraint("(kind IS NULL) <> (code IS NULL)", name="one_thing"),
        CheckConstraint("(status = 'LIFTED') = (lifted_at IS NOT NULL)", name="lifted"),
    )
    READ = READ

    programme_id: Mapped[UUID] = within(Programme)
    audience: Mapped[str]
    kind: Mapped[str | None]
    code: Mapped[str | None]
    due: Mapped[str]
    status: Mapped[str]
    decided_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Everybody who may read the catalogue sees what is required."""
        return true() if actor.grants else false()

    def asks_for(self, code: str, kind: str, audience: str) -> bool:
        """Whether a module of this code, kind and audience is what is required."""
        return code == self.code if self.code else (kind, audience) == (self.kind, self.audience)


LIFE = Lifecycle(
    TrainingRequirement,
    RequirementStatus,
    begins=[RequirementStatus.IN_FORCE],
    moves=[Move("lift_training_requirement", RequirementStatus.IN_FORCE, to=RequirementStatus.LIFTED)],
)


@operation(needs=REQUIRE)
async def require_training(
    work: Work,
    programme_id: Annotated[Id[Programme], "In which programme."],
    *,
    audience: Annotated[Audience, "Of whom."] = Audience.MENTOR,
    kind: Annotated[TrainingKind | None, "Any module of this kind; give either this or a code."] = None,
    code: Annotated[str | None, "The module of this code; give either this or a kind."] = None,
    due: Annotated[DueRule, "Until when."],
) -> TrainingRequirement:
    """Require a training: whom it concerns is enrolled and written to. A mentor who is late gets no new match."""
    programme = await work.get(Programme, programme_id, looked_after(work))
    if (kind is None) == (code is None):
        raise Invalid("Give either a kind or a code.", path=("kind",))
    if due == DueRule.FIRST_MATCH and audience != Audience.MENTOR:
        raise Invalid("Only mentors have a first match.", path=("due",))
    requirement = TrainingRequirement.under(
        programme,
        audience=audience,
        kind=kind,
        code=code,
        due=due,
        status=RequirementStatus.IN_FORCE,
        decided_at=work.now,
    )
    fitting = await offered(work, requirement)
    if not fitting:
        raise Invalid("Publish such a module first: there is nothing to enrol anybody in.", path=(_path(requirement),))
    if fitting[0].audience != audience:
        raise Invalid(f"This module is for {fitting[0].audience}.", path=("audience",))
    of_same = (
        TrainingRequirement.programme_id == programme.id,
        TrainingRequirement.audience == audience,
        TrainingRequirement.status == RequirementStatus.IN_FORCE,
        TrainingRequirement.code == code if code else TrainingRequirement.kind == kind,
    )
    if await work.exists(TrainingRequirement, *of_same):
        raise Conflict("This is required already; lift that requirement first.", path=(_path(requirement),))
    work.add(requirement)
    work.note("training.required", requirement, code=code, what=kind, due=due)
    return requirement


@operation(needs=REQUIRE)
async def lift_training_requirement(
    work: Work, requirement_id: Annotated[Id["TrainingRequirement"], "Which requirement."]
) -> TrainingRequirement:
    """Lift a requirement: nobody is kept from a match by it any more, and who has not begun need not."""
    look_after = row_rule(work.actor, programme=TrainingRequirement.programme_id)
    requirement = await work.get(TrainingRequirement, requirement_id, look_after, lock=True)
    LIFE.move(requirement, "lift_training_requirement")
    requirement.lifted_at = work.now
    work.note("training.requirement_lifted", requirement)
    return requirement


@operation(needs=AUTHOR)
async def retire_training_module(
    work: Work, module_id: Annotated[Id[TrainingModule], "Which module, published or a draft."]
) -> TrainingModule:
    """Retire a module: nobody is newly enrolled. Not while a requirement in force has no other module to ask for."""
    module = await work.get(TrainingModule, module_id, lock=True)
    if module.status == ModuleStatus.PUBLISHED:
        await _needed_no_more(work, module)
    catalogue.LIFE.move(module, "training.requirement.retire_training_module")
    module.retired_at = work.now
    work.note("training_module.retired", module, code=module.code, edition=module.edition)
    return module


async def _needed_no_more(work: Work, module: TrainingModule) -> None:
    asks = or_(TrainingRequirement.code == module.code, TrainingRequirement.kind == module.kind)
    for requirement in await in_force(work, asks):
        if [each.id for each in await offered(work, requirement)] == [module.id]:
            raise IllegalState(
                "A programme requires this module: lift that requirement, or publish another such module."
            )
    building_on = (
        TrainingModule.status == ModuleStatus.PUBLISHED,
        TrainingModule.prerequisites.contains([module.code]),
    )
    for other in await work.rows(TrainingModule, *building_on):
        raise IllegalState(f"{other.code} builds on this module; change that first.")


async def in_force(work: Work, *where: ColumnElement[bool]) -> list[TrainingRequirement]:
    """The requirements in force."""
    return await work.rows(TrainingRequirement, TrainingRequirement.status == RequirementStatus.IN_FORCE, *where)


async def offered(work: Work, requirement: TrainingRequirement) -> list[TrainingModule]:
    """The published modules that meet the requirement, by code."""
    published = await work.rows(TrainingModule, TrainingModule.status == ModuleStatus.PUBLISHED)
    fitting = [each for each in published if requirement.asks_for(each.code, each.kind, each.audience)]
    return sorted(fitting, key=lambda each: each.code)


def _path(requirement: TrainingRequirement) -> str:
    return "code" if requirement.code else "kind"

"""The catalogue of training: modules that are drafted, published and, once there is a newer edition, retired.

A published module is never edited: a next edition of the same code is drafted and published, and the old one retires.
Whoever is enrolled stays with the edition they had.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from sqlalchemy import CheckConstraint, ColumnElement, select, true
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import KEEP, Id, Owned, at_most, one_of, organisation_index
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Reach, Role
from kith.ground.texts import long, short
from kith.ground.work import Work

READ = Permission(
    "training_modules.read", "See the catalogue of training.", granted_to=STAFF | {Role.MENTOR, Role.PARTNER}
)
AUTHOR = Permission(
    "training_modules.author",
    "Draft, publish and retire training modules.",
    granted_to={Role.ADMIN, Role.COORDINATOR},
)
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,39}")


class Competency(Choice):
    """The twelve core competencies of peer workers (SAMHSA, 2015)."""

    SAMHSA_01 = "SAMHSA_01", "Engages peers in collaborative and caring relationships."
    SAMHSA_02 = "SAMHSA_02", "Provides support."
    SAMHSA_03 = "SAMHSA_03", "Shares lived experiences of recovery."
    SAMHSA_04 = "SAMHSA_04", "Personalises peer support."
    SAMHSA_05 = "SAMHSA_05", "Supports recovery planning."
    SAMHSA_06 = "SAMHSA_06", "Links to resources, services and supports."
    SAMHSA_07 = "SAMHSA_07", "Provides information about skills related to health, wellness and recovery."
    SAMHSA_08 = "SAMHSA_08", "Helps peers to manage crises."
    SAMHSA_09 = "SAMHSA_09", "Values communication."
    SAMHSA_10 = "SAMHSA_10", "Supports collaboration and teamwork."
    SAMHSA_11 = "SAMHSA_11", "Promotes leadership and advocacy."
    SAMHSA_12 = "SAMHSA_12", "Promotes growth and development."


class TrainingKind(Choice):
    """What a training is about."""

    COMMUNICATION = "COMMUNICATION", "Listening, and saying things well."
    BOUNDARIES = "BOUNDARIES", "Where the role of a mentor ends."
    CRISIS = "CRISIS", "What to do when somebody is in danger or despair."
    SELF_CARE = "SELF_CARE", "Looking after oneself while looking after others."
    ETHICS = "ETHICS", "What is right, and what is owed to whom."
    CONFIDENTIALITY = "CONFIDENTIALITY", "What stays between people, and the law about it (42 CFR Part 2 among others)."
    TRAUMA = "TRAUMA", "Working with people who have been through trauma."
    CULTURE = "CULTURE", "Meeting people of other cultures and ways of life."
    OTHER = "OTHER", "Something else."


class Audience(Choice):
    """Whom a training is for."""

    MENTOR = "MENTOR", "Mentors."
    SUPERVISOR = "SUPERVISOR", "People who supervise mentors."
    STAFF = "STAFF", "Coordinators and other staff."
    PARTNER = "PARTNER", "Staff of partner organisations."


class Delivery(Choice):
    """How a training is given."""

    IN_PERSON = "IN_PERSON", "Together in one place."
    LIVE_ONLINE = "LIVE_ONLINE", "Together, online."
    SELF_PACED = "SELF_PACED", "Alone, whenever it suits."
    BLENDED = "BLENDED", "Partly together, partly alone."


class ModuleStatus(Choice):
    """Where a training module is."""

    DRAFT = "DRAFT", "It is being written; nobody is enrolled."
    PUBLISHED = "PUBLISHED", "People are enrolled in it."
    RETIRED = "RETIRED", "Nobody is newly enrolled; who was enrolled stays with it."


class TrainingModule(Owned):
    """One edition of one training.

    `edition` is the module's own version under its code, from 1; `version` counts the edits of this row.
    `prerequisites` are codes rather than rows, because any edition that somebody passed will do.
    """

    __tablename__ = "training_modules"
    __table_args__ = (
        organisation_index("code", "edition", unique=True),
        organisation_index("code", unique=True, where="status = 'DRAFT'", name="uq_training_modules_draft"),
        organisation_index("code", unique=True, where="status = 'PUBLISHED'", name="uq_training_modules_published"),
        organisation_index("drafted_at", "id"),
        one_of("kind", list(TrainingKind)),
        one_of("audience", list(Audience)),
        one_of("delivery", list(Delivery)),
        one_of("status", list(ModuleStatus)),
        at_most("title", 120),
        at_most("summary", 4000),
        CheckConstraint("minutes BETWEEN 5 AND 12000", name="minutes"),
        CheckConstraint("pass_mark BETWEEN 0 AND 100", name="pass_mark"),
        CheckConstraint("validity_months BETWEEN 1 AND 120", name="validity_months"),
        CheckConstraint("most_attempts BETWEEN 1 AND 10", name="most_attempts"),
    )
    READ = READ

    code: Mapped[str]
    edition: Mapped[int]
    title: Mapped[str]
    summary: Mapped[str]
    kind: Mapped[str]
    audience: Mapped[str]
    competencies: Mapped[list[str]]
    minutes: Mapped[int]
    delivery: Mapped[str]
    pass_mark: Mapped[int]
    most_attempts: Mapped[int]
    validity_months: Mapped[int | None]
    prerequisites: Mapped[list[str]]
    status: Mapped[str]
    drafted_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Everybody sees what is or was published; coordinators and administrators the drafts too."""
        if actor.reaches(Reach.PROGRAMME):
            return true()
        return row_rule(actor, everybody=cls.status != ModuleStatus.DRAFT)


LIFE = Lifecycle(
    TrainingModule,
    ModuleStatus,
    begins=[ModuleStatus.DRAFT],
    moves=[
        Move("publish_training_module", ModuleStatus.DRAFT, to=ModuleStatus.PUBLISHED),
        Move(
            "training.requirement.retire_training_module",
            ModuleStatus.DRAFT,
            ModuleStatus.PUBLISHED,
            to=ModuleStatus.RETIRED,
        ),
    ],
)


@dataclass(frozen=True, slots=True)
class Course:
    """What a training module teaches, and how."""

    title: Annotated[str, "What people call it."]
    kind: Annotated[TrainingKind, "What it is about."]
    competencies: Annotated[Sequence[Competency], "Which of the twelve core competencies it teaches."]
    minutes: Annotated[int, "How many minutes of training it counts for, 5 to 12000."]
    audience: Annotated[Audience, "Whom it is for."] = Audience.MENTOR
    summary: Annotated[str, "What one learns, in a few sentences."] = ""
    delivery: Annotated[Delivery, "How it is given."] = Delivery.BLENDED
    pass_mark: Annotated[int, "The score from which it is passed, in percent, 0 to 100."] = 80
    most_attempts: Annotated[int, "How often somebody may try, 1 to 10."] = 3
    validity_months: Annotated[int | None, "For how many months it stays valid, 1 to 120; null for ever."] = None
    prerequisites: Annotated[Sequence[str], "The codes of the modules that come first."] = ()


@dataclass(frozen=True, slots=True)
class CoreTraining:
    """The core modules of an organisation, as they stand."""

    modules: list[TrainingModule]


@operation(needs=AUTHOR)
async def draft_training_module(
    work: Work,
    *,
    code: Annotated[str, "A short name that stays through all editions: capital letters, digits and hyphens."],
    course: Annotated[Course, "What it teaches, and how."],
) -> TrainingModule:
    """Draft the first edition of a training module."""
    if not _CODE.fullmatch(code):
        raise Invalid("A code takes 2 to 40 capital letters, digits and hyphens, such as CRISIS-1.", path=("code",))
    if await work.exists(TrainingModule, TrainingModule.code == code):
        raise Conflict(f"There is a module {code} already; draft its next edition instead.", path=("code",))
    return await _draft(work, code, 1, course)


@operation(needs=AUTHOR)
async def draft_next_edition(
    work: Work, module_id: Annotated[Id["TrainingModule"], "Any edition of the module; the new one begins as its copy."]
) -> TrainingModule:
    """Draft the next edition of a module, as a copy to be edited; the published one stays until it is published."""
    module = await work.get(TrainingModule, module_id)
    editions = await work.rows(TrainingModule, TrainingModule.code == module.code)
    if any(each.status == ModuleStatus.DRAFT for each in editions):
        raise Conflict(f"There is a draft of {module.code} already: edit that one.")
    return await _draft(work, module.code, max(each.edition for each in editions) + 1, _course_of(module))


@operation(needs=AUTHOR)
async def edit_training_module(
    work: Work,
    module_id: Annotated[Id["TrainingModule"], "Which draft."],
    *,
    title: Annotated[str, "What people call it."] = KEEP,
    kind: Annotated[TrainingKind, "What it is about; the same through all editions."] = KEEP,
    competencies: Annotated[Sequence[Competency], "Which of the twelve core competencies it teaches."] = KEEP,
    minutes: Annotated[int, "How many minutes of training it counts for, 5 to 12000."] = KEEP,
    audience: Annotated[Audience, "Whom it is for; the same through all editions."] = KEEP,
    summary: Annotated[str, "What one learns, in a few sentences."] = KEEP,
    delivery: Annotated[Delivery, "How it is given."] = KEEP,
    pass_mark: Annotated[int, "The score from which it is passed, in percent, 0 to 100."] = KEEP,
    most_attempts: Annotated[int, "How often somebody may try, 1 to 10."] = KEEP,
    validity_months: Annotated[int | None, "For how many months it stays valid, 1 to 120; null for ever."] = KEEP,
    prerequisites: Annotated[Sequence[str], "The codes of the modules that come first."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> TrainingModule:
    """Edit a draft; what is absent stays. What is published is not edited: draft its next edition."""
    module = await work.get(TrainingModule, module_id, lock=True)
    await work.expect(module, expected_version)
    LIFE.check(module, "publish_training_module")
    given = {
        "title": title,
        "kind": kind,
        "competencies": competencies,
        "minutes": minutes,
        "audience": audience,
        "summary": summary,
        "delivery": delivery,
        "pass_mark": pass_mark,
        "most_attempts": most_attempts,
        "validity_months": validity_months,
        "prerequisites": prerequisites,
    }
    before = _course_of(module)
    course = replace(before, **{name: value for name, value in given.items() if value is not KEEP})  # type: ignore[arg-type]
    if module.edition > 1 and (course.kind, course.audience) != (before.kind, before.audience):
        raise Invalid("Kind and audience stay the same through all editions.", path=("kind",))
    for name, value in (await _columns(work, module.code, course)).items():
        setattr(module, name, value)
    work.note("training_module.edited", module)
    return module


@operation(needs=AUTHOR)
async def publish_training_module(
    work: Work, module_id: Annotated[Id["TrainingModule"], "Which draft."]
) -> TrainingModule:
    """Publish a draft: people are enrolled in it from now on, and the edition before it retires."""
    module = await work.get(TrainingModule, module_id, lock=True)
    LIFE.check(module, "publish_training_module")
    if missing := set(module.prerequisites) - await published_codes(work):
        raise Invalid(f"Publish {min(missing)} first: this module builds on it.", path=("moduleId",))
    before = (TrainingModule.code == module.code, TrainingModule.status == ModuleStatus.PUBLISHED)
    retired = await LIFE.move_all(work, "training.requirement.retire_training_module", *before)
    await work.revise(TrainingModule, TrainingModule.id.in_(retired), retired_at=work.now)
    LIFE.move(module, "publish_training_module")
    module.published_at = work.now
    work.note("training_module.published", module, code=module.code, edition=module.edition)
    return module


@operation(needs=AUTHOR)
async def adopt_core_training(
    work: Work,
    *,
    kinds: Annotated[Sequence[TrainingKind], "Which of the four; all of them unless given."] = (),
) -> CoreTraining:
    """Make sure that the core modules are there, as drafts to adapt and publish: communication, boundaries, crisis
    management and self-care. Those that are there already stay as they are.
    """
    core = {course.kind: code for code, course in CORE.items()}
    if unknown := set(kinds) - set(core):
        raise Invalid(f"{min(unknown)} is not one of the four core topics.", path=("kinds",))
    modules = await add_core_modules(work, [core[kind] for kind in kinds] or list(CORE))
    for module in modules:
        work.note("training_module.adopted", module, code=module.code)
    return CoreTraining(modules)


async def add_core_modules(work: Work, codes: Sequence[str]) -> list[TrainingModule]:
    """The core modules of these codes, each in its newest edition; what is not there yet is drafted."""
    known = await work.rows(TrainingModule, TrainingModule.code.in_(codes))
    newest = {each.code: each for each in sorted(known, key=lambda each: each.edition)}
    return [newest.get(code) or await _draft(work, code, 1, CORE[code]) for code in codes]


async def published_codes(work: Work) -> set[str]:
    """The codes of everything that is published."""
    published = TrainingModule.status == ModuleStatus.PUBLISHED
    return set(await work.session.scalars(select(TrainingModule.code).where(published)))


async def _draft(work: Work, code: str, edition: int, course: Course) -> TrainingModule:
    module = TrainingModule(
        code=code,
        edition=edition,
        status=ModuleStatus.DRAFT,
        drafted_at=work.now,
        **await _columns(work, code, course),
    )
    work.add(module)
    work.note("training_module.drafted", module, code=code, edition=edition)
    return module


def _course_of(module: TrainingModule) -> Course:
    return Course(
        title=module.title,
        kind=TrainingKind(module.kind),
        competencies=[Competency(each) for each in module.competencies],
        minutes=module.minutes,
        audience=Audience(module.audience),
        summary=module.summary,
        delivery=Delivery(module.delivery),
        pass_mark=module.pass_mark,
        most_attempts=module.most_attempts,
        validity_months=module.validity_months,
        prerequisites=module.prerequisites,
    )


async def _columns(work: Work, code: str, course: Course) -> dict[str, object]:
    """A course, checked, as values of columns. Raises Invalid with the path."""
    numbers: Mapping[str, tuple[int | None, int, int]] = {
        "minutes": (course.minutes, 5, 12000),
        "passMark": (course.pass_mark, 0, 100),
        "mostAttempts": (course.most_attempts, 1, 10),
        "validityMonths": (course.validity_months, 1, 120),
    }
    for name, (number, least, most) in numbers.items():
        if number is not None and not least <= number <= most:
            raise Invalid(f"This takes {least} to {most}.", path=(name,))
    return {
        "title": short(course.title, 120, "title"),
        "summary": long(course.summary, 4000, "summary"),
        "kind": course.kind,
        "audience": course.audience,
        "competencies": sorted(set(course.competencies)),
        "minutes": course.minutes,
        "delivery": course.delivery,
        "pass_mark": course.pass_mark,
        "most_attempts": course.most_attempts,
        "validity_months": course.validity_months,
        "prerequisites": await _prerequisites(work, code, course.prerequisites),
    }


async def _prerequisites(work: Work, code: str, wanted: Sequence[str]) -> list[str]:
    """The codes of what comes first: they exist, and none of them builds on this module itself. Raises Invalid."""
    if not wanted:
        return []
    builds_on: dict[str, set[str]] = {}
    for known, needed in await work.session.execute(select(TrainingModule.code, TrainingModule.prerequisites)):
        builds_on.setdefault(known, set()).update(needed)
    if unknown := set(wanted) - set(builds_on):
        raise Invalid(f"There is no module {min(unknown)}.", path=("prerequisites",))
    seen, front = set[str](), set(wanted)
    while front:
        seen |= front
        front = set[str]().union(*(builds_on.get(each, set()) for each in front)) - seen
    if code in seen:
        raise Invalid(f"{code} would have to be passed before itself.", path=("prerequisites",))
    return sorted(set(wanted))


# The four topics that a mentor's training has in any case, with the competencies they teach (SAMHSA, 2015).
CORE: Mapping[str, Course] = {
    "COMMUNICATION": Course(
        "Communication",
        TrainingKind.COMMUNICATION,
        (Competency.SAMHSA_01, Competency.SAMHSA_09),
        180,
        summary="Listening, asking open questions, sharing one's own story so that it helps, and what stays private.",
    ),
    "BOUNDARIES": Course(
        "Boundaries and ethics",
        TrainingKind.BOUNDARIES,
        (Competency.SAMHSA_12,),
        150,
        summary="What a mentor is and is not, saying no, money and gifts, contact outside meetings, asking for help.",
    ),
    "CRISIS": Course(
        "Crisis management",
        TrainingKind.CRISIS,
        (Competency.SAMHSA_08,),
        180,
        summary="Noticing danger, staying calm, whom to call and when, and what to do afterwards.",
        validity_months=24,
    ),
    "SELF-CARE": Course(
        "Self-care",
        TrainingKind.SELF_CARE,
        (Competency.SAMHSA_12,),
        120,
        summary="One's own recovery comes first: signs of strain, rest, and whom to talk to.",
    ),
}

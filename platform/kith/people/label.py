"""Sites, cohorts and funding sources of a programme, and which enrolments belong to them (domain, section 1).

A match and its meetings belong where the mentee's enrolment does: nothing is said twice.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import KEEP, Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.people.mentee import Mentee
from kith.programmes import Programme, looked_after

READ = Permission("labels.read", "See a programme's sites, cohorts and funding sources.", granted_to=STAFF)
MANAGE = Permission(
    "labels.manage",
    "Keep a programme's sites, cohorts and funding sources, and say which enrolments belong to them.",
    granted_to={Role.ADMIN, Role.COORDINATOR},
)
MOST_FUNDING = 5


class LabelKind(Choice):
    """What enrolments of a programme are told apart by."""

    SITE = "SITE", "A place in which the programme works."
    COHORT = "COHORT", "People who began together."
    FUNDING_SOURCE = "FUNDING_SOURCE", "Who pays for it: a grant, a contract, donations."


class LabelStatus(Choice):
    """Whether enrolments are newly counted to it."""

    ACTIVE = "ACTIVE", "Enrolments may be counted to it."
    INACTIVE = "INACTIVE", "What is counted to it stays, and nothing new is."


class ProgrammeLabel(Owned):
    """A site, a cohort or a funding source of a programme. It says nothing of anybody."""

    __tablename__ = "programme_labels"
    __table_args__ = (
        organisation_index("added_at", "id"),
        organisation_index("programme_id", "added_at", "id"),
        organisation_index("programme_id", "kind", "name_lower", unique=True),
        one_of("kind", list(LabelKind)),
        one_of("status", list(LabelStatus)),
        at_most("name", 120),
        at_most("detail", 1000),
    )
    READ = READ

    programme_id: Mapped[UUID] = within(Programme)
    kind: Mapped[str]
    name: Mapped[str]
    name_lower: Mapped[str]
    detail: Mapped[str]
    status: Mapped[str]
    added_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The coordinators of the programme, and all other staff."""
        return row_rule(actor, programme=cls.programme_id, everybody=cls.added_at.is_not(None))


class EnrolmentLabel(Owned):
    """That an enrolment belongs to a site, a cohort or a funding source."""

    __tablename__ = "enrolment_labels"
    __table_args__ = (
        organisation_index("mentee_id", "label_id", unique=True),
        organisation_index("added_at", "id"),
        organisation_index("label_id", "added_at", "id"),
        organisation_index("mentee_id", "added_at", "id"),
        organisation_index("programme_id", "added_at", "id"),
        organisation_index("person_id", "added_at", "id"),
    )
    READ = READ

    mentee_id: Mapped[UUID] = within(Mentee, carrying=("programme_id", "person_id"))
    label_id: Mapped[UUID] = within(ProgrammeLabel, carrying=("programme_id", "kind"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    kind: Mapped[str]
    added_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Oneself, who supervises the mentor, the coordinators of the programme."""
        return row_rule(actor, own=[cls.person_id], mentored=[cls.mentee_id], programme=cls.programme_id)


LIFE = Lifecycle(
    ProgrammeLabel,
    LabelStatus,
    begins=[LabelStatus.ACTIVE],
    moves=[
        Move("close_programme_label", LabelStatus.ACTIVE, to=LabelStatus.INACTIVE),
        Move("reopen_programme_label", LabelStatus.INACTIVE, to=LabelStatus.ACTIVE),
    ],
)


@operation(needs=MANAGE)
async def add_programme_label(
    work: Work,
    *,
    programme_id: Annotated[Id[Programme], "In which programme."],
    kind: Annotated[LabelKind, "A site, a cohort or a funding source."],
    name: Annotated[str, "What staff call it."],
    detail: Annotated[str, "Its address, when a cohort began, the number of a grant: whatever staff should know."] = "",
) -> ProgrammeLabel:
    """Add a site, a cohort or a funding source to a programme."""
    programme = await work.get(Programme, programme_id, looked_after(work), lock=True)
    label = ProgrammeLabel.under(
        programme, kind=kind, status=LabelStatus.ACTIVE, added_at=work.now, detail=long(detail, 1000, "detail")
    )
    await _call(work, label, name)
    work.add(label)
    work.note("label.added", label, what=kind)
    return label


@operation(needs=MANAGE)
async def edit_programme_label(
    work: Work,
    label_id: Annotated[Id["ProgrammeLabel"], "Which site, cohort or funding source."],
    *,
    name: Annotated[str, "What staff call it."] = KEEP,
    detail: Annotated[str, "What staff should know."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> ProgrammeLabel:
    """Change a site, a cohort or a funding source; what is absent stays."""
    label = await _managed(work, label_id)
    await work.expect(label, expected_version)
    if name is not KEEP and name.strip() != label.name:
        await _call(work, label, name)
    label.detail = label.detail if detail is KEEP else long(detail, 1000, "detail")
    work.note("label.edited", label)
    return label


@operation(needs=MANAGE)
async def close_programme_label(
    work: Work, label_id: Annotated[Id["ProgrammeLabel"], "Which site, cohort or funding source."]
) -> ProgrammeLabel:
    """Count no further enrolments to it; those that are stay."""
    label = await _managed(work, label_id)
    LIFE.move(label, "close_programme_label")
    work.note("label.closed", label)
    return label


@operation(needs=MANAGE)
async def reopen_programme_label(
    work: Work, label_id: Annotated[Id["ProgrammeLabel"], "Which site, cohort or funding source."]
) -> ProgrammeLabel:
    """Count enrolments to it again."""
    label = await _managed(work, label_id)
    LIFE.move(label, "reopen_programme_label")
    work.note("label.reopened", label)
    return label


@operation(needs=MANAGE)
async def label_enrolment(
    work: Work,
    mentee_id: Annotated[Id[Mentee], "Which enrolment."],
    *,
    label_ids: Annotated[Sequence[Id[ProgrammeLabel]], "To what it belongs, in place of what was said before."],
) -> Mentee:
    """Say to which site, cohort and funding sources an enrolment belongs: one site and one cohort at most."""
    mentee = await work.get(Mentee, mentee_id, row_rule(work.actor, programme=Mentee.programme_id), lock=True)
    known = {each.label_id: each for each in await work.rows(EnrolmentLabel, EnrolmentLabel.mentee_id == mentee.id)}
    labels = [await work.get(ProgrammeLabel, label_id) for label_id in dict.fromkeys(label_ids)]
    kinds = [label.kind for label in labels]
    if any(label.programme_id != mentee.programme_id for label in labels):
        raise Invalid("These are of another programme.", path=("labelIds",))
    if max(kinds.count(LabelKind.SITE), kinds.count(LabelKind.COHORT)) > 1:
        raise Invalid("An enrolment belongs to one site and one cohort at most.", path=("labelIds",))
    if kinds.count(LabelKind.FUNDING_SOURCE) > MOST_FUNDING:
        raise Invalid(f"An enrolment has at most {MOST_FUNDING} funding sources.", path=("labelIds",))
    for label in labels:
        if label.id not in known and label.status == LabelStatus.INACTIVE:
            raise IllegalState(f"{label.name} is INACTIVE: nothing new is counted to it.")
    for label_id, row in known.items():
        if label_id not in {label.id for label in labels}:
            await work.remove(row)
    for label in labels:
        if label.id not in known:
            work.add(EnrolmentLabel.under(mentee, label, added_at=work.now))
    work.note("mentee.labelled", mentee, labels=sorted(str(label.id) for label in labels))
    return mentee


async def _managed(work: Work, label_id: UUID) -> ProgrammeLabel:
    """To read what there is is not to change it."""
    return await work.get(
        ProgrammeLabel, label_id, row_rule(work.actor, programme=ProgrammeLabel.programme_id), lock=True
    )


async def _call(work: Work, label: ProgrammeLabel, name: str) -> None:
    name = short(name, 120, "name")
    same = (ProgrammeLabel.programme_id == label.programme_id, ProgrammeLabel.kind == label.kind)
    others = ProgrammeLabel.id != label.id if label.id else ProgrammeLabel.id.is_not(None)
    if await work.exists(ProgrammeLabel, *same, others, ProgrammeLabel.name_lower == name.lower()):
        raise Conflict(f"There is one called {name} already.", path=("name",))
    label.name, label.name_lower = name, name.lower()

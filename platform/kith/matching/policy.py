"""What a programme expects of relationships: whether they are agreed in writing, how often staff ask, what is late.

Nothing set means the defaults of this module. The figures are thresholds for people to look, not a judgement.
"""

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, false, true
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor
from kith.ground.errors import Invalid
from kith.ground.model import KEEP, Id, Owned, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.work import Work
from kith.programmes import Programme, looked_after

READ = Permission("relationship_policies.read", "See what a programme expects of relationships.", granted_to=STAFF)
SET = Permission("relationship_policies.set", "Say what a programme expects of relationships.", granted_to={Role.ADMIN})

# The default, the least and the most of each figure. Domain.md section 5; contacts twice in the first month and
# monthly after that are the benchmark of Elements of Effective Practice for Mentoring (MENTOR, 4th edition).
FIGURES: dict[str, tuple[int, int, int]] = {
    "pause_days": (90, 1, 366),
    "first_month_contacts": (2, 0, 4),
    "contact_days": (30, 7, 180),
    "contact_grace_days": (7, 1, 60),
    "quiet_days": (21, 3, 180),
    "silent_days": (35, 4, 366),
    "missed_contacts": (2, 1, 10),
    "meetings_fallen_through": (3, 2, 10),
    "alliance_tenths": (35, 10, 50),
    "goal_weeks": (6, 1, 52),
}


class RelationshipPolicy(Owned):
    """What one programme expects of its relationships."""

    __tablename__ = "relationship_policies"
    __table_args__ = (
        organisation_index("programme_id", unique=True),
        CheckConstraint("quiet_days < silent_days", name="quiet"),
        *(
            CheckConstraint(f"{name} BETWEEN {least} AND {most}", name=name)
            for name, (_, least, most) in FIGURES.items()
        ),
    )
    READ = READ

    programme_id: Mapped[UUID] = within(Programme)
    agreement_required: Mapped[bool]
    pause_days: Mapped[int]  # the longest pause
    first_month_contacts: Mapped[int]  # by staff with each of the two
    contact_days: Mapped[int]  # between two contacts after that
    contact_grace_days: Mapped[int]  # until one that is due counts as missed
    quiet_days: Mapped[int]  # since the two met: AMBER
    silent_days: Mapped[int]  # RED
    missed_contacts: Mapped[int]  # monitoring contacts missed: RED, one is AMBER
    meetings_fallen_through: Mapped[int]  # in a row: RED, one less is AMBER
    alliance_tenths: Mapped[int]  # the mean of the mentee's feedback below which it is AMBER, in tenths
    goal_weeks: Mapped[int]  # by which there is an agreed goal: AMBER
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Whoever may read what programmes expect; it is about nobody."""
        return true() if actor.grants else false()


async def policy_of(work: Work, programme_id: UUID) -> RelationshipPolicy:
    """What the programme expects, whoever asks; the defaults where it never said."""
    found = await work.rows(RelationshipPolicy, RelationshipPolicy.programme_id == programme_id)
    return found[0] if found else _default(programme_id)


async def policies(work: Work) -> dict[UUID, RelationshipPolicy]:
    """What those programmes expect that said so, by programme."""
    return {policy.programme_id: policy for policy in await work.rows(RelationshipPolicy)}


@operation(needs=SET)
async def set_relationship_policy(
    work: Work,
    programme_id: Annotated[Id[Programme], "Of which programme."],
    *,
    agreement_required: Annotated[
        bool, "Whether a match becomes active once both signed an agreement and met; it does at once otherwise."
    ] = KEEP,
    pause_days: Annotated[int, "The longest pause, in days."] = KEEP,
    first_month_contacts: Annotated[int, "How often staff speak to each of the two in the first month."] = KEEP,
    contact_days: Annotated[int, "After how many days they speak to each again, later."] = KEEP,
    contact_grace_days: Annotated[int, "How many days after that a contact counts as missed."] = KEEP,
    quiet_days: Annotated[int, "Days since the two met after which a match is AMBER."] = KEEP,
    silent_days: Annotated[int, "Days since the two met after which it is RED."] = KEEP,
    missed_contacts: Annotated[int, "Missed contacts of staff with which it is RED; fewer are AMBER."] = KEEP,
    meetings_fallen_through: Annotated[
        int, "Meetings in a row that did not take place with which it is RED; one less is AMBER."
    ] = KEEP,
    alliance_tenths: Annotated[
        int, "The mean of the mentee's last feedback, 10 to 50 tenths, below which it is AMBER."
    ] = KEEP,
    goal_weeks: Annotated[int, "Weeks by which the two have an agreed goal; AMBER without."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> RelationshipPolicy:
    """Say what a programme expects of relationships; what is absent stays. It holds from now on."""
    programme = await work.get(Programme, programme_id, looked_after(work), lock=True)
    policy = await policy_of(work, programme.id)
    if policy.id is None:
        work.add(policy)
    await work.expect(policy, expected_version)
    given = {
        "pause_days": pause_days,
        "first_month_contacts": first_month_contacts,
        "contact_days": contact_days,
        "contact_grace_days": contact_grace_days,
        "quiet_days": quiet_days,
        "silent_days": silent_days,
        "missed_contacts": missed_contacts,
        "meetings_fallen_through": meetings_fallen_through,
        "alliance_tenths": alliance_tenths,
        "goal_weeks": goal_weeks,
    }
    for name, value in given.items():
        if value is not KEEP:
            setattr(policy, name, _within(name, value))
    if policy.quiet_days >= policy.silent_days:
        raise Invalid("A match is AMBER before it is RED: fewer quiet days than silent ones.", path=("quietDays",))
    if agreement_required is not KEEP:
        policy.agreement_required = agreement_required
    work.note("relationship_policy.set", policy)
    return policy


def _default(programme_id: UUID) -> RelationshipPolicy:
    figures: dict[str, Any] = {name: default for name, (default, _, _) in FIGURES.items()}
    return RelationshipPolicy(programme_id=programme_id, agreement_required=False, version=1, **figures)


def _within(name: str, value: int) -> int:
    _, least, most = FIGURES[name]
    if not least <= value <= most:
        words = name.split("_")
        path = words[0] + "".join(word.capitalize() for word in words[1:])
        raise Invalid(f"This takes {least} to {most}.", path=(path,))
    return value

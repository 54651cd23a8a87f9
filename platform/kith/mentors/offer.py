"""What a mentor says and offers, edited by themselves or for them."""

from typing import Annotated

from kith.ground.actor import row_rule
from kith.ground.errors import IllegalState
from kith.ground.model import KEEP, Id
from kith.ground.operation import operation
from kith.ground.permissions import Permission, Role
from kith.ground.work import Work
from kith.mentors.lived_experience import follow_pathway
from kith.people.mentor import HelpEdit, Mentor, MentorStatus, Offering, help_edited
from kith.people.profile import ProfileEdit, profile_edited
from kith.people.readiness import settle_readiness

EDIT = Permission(
    "mentors.edit", "Change a mentor's profile and offer.", granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTOR}
)


@operation(needs=EDIT)
async def edit_mentor_profile(
    work: Work,
    mentor_id: Annotated[Id[Mentor], "Which mentor."],
    *,
    profile: Annotated[ProfileEdit, "What makes a match fit."] = KEEP,
    offer: Annotated[HelpEdit, "What they offer."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> Mentor:
    """Change what a mentor says about themselves and offers; what is absent stays. Matches that are there stay too."""
    may_change = row_rule(work.actor, own=[Mentor.person_id], programme=Mentor.programme_id)
    mentor = await work.get(Mentor, mentor_id, may_change, lock=True)
    await work.expect(mentor, expected_version)
    if mentor.status == MentorStatus.RETIRED:
        raise IllegalState("This mentor is RETIRED; a new application opens their mentoring again.")
    change(mentor, profile, offer)
    await follow_pathway(work, mentor)
    work.note("mentor.edited", mentor)
    await settle_readiness(work, [mentor])
    return mentor


def change(row: Offering, profile: ProfileEdit, offer: HelpEdit) -> None:
    """Change the profile and the offer of a row that has both. Raises Invalid with the path."""
    values = {} if profile is KEEP else profile_edited(row, profile)
    values |= {} if offer is KEEP else help_edited(row, offer)
    for name, value in values.items():
        setattr(row, name, value)

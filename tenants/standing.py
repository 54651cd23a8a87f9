"""What a person may do in their organisation: the roles they were given, and those that follow from taking part."""

from sqlalchemy import or_, select

from kith.ground.actor import Grant
from kith.ground.permissions import Reach, Role, of_role
from kith.ground.work import Work
from kith.people.mentee import Mentee
from kith.people.mentor import Mentor
from kith.people.person import Person
from tenants.member import CustomRole, Member, grant_of


async def given_grants(work: Work, person: Person) -> list[Grant]:
    """What the person may do by the roles that they were given and that last."""
    current = (Member.since <= work.now, or_(Member.until.is_(None), Member.until > work.now))
    rows = await work.session.execute(
        select(Member, CustomRole)
        .outerjoin(CustomRole, CustomRole.id == Member.custom_role_id)
        .where(Member.person_id == person.id, *current)
    )
    return [grant_of(member, custom) for member, custom in rows]


async def following_grants(work: Work, person: Person) -> list[Grant]:
    """What the person may do because they take part as a mentor or a mentee."""
    found = []
    if await work.exists(Mentor, Mentor.person_id == person.id):
        found.append(Grant(of_role(Role.MENTOR), Reach.OWN))
    if await work.exists(Mentee, Mentee.person_id == person.id):
        found.append(Grant(of_role(Role.MENTEE), Reach.OWN))
    return found

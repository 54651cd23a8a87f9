"""What a person may do in their organisation: the roles they were given, and those that follow from taking part."""

from sqlalchemy import or_, select

from kith.ground.actor import Grant
from kith.ground.permissions import Reach, Role, of_role
from kith.ground.work import Work
from kith.people.mentee import Mentee
from kith.people.mentor import Mentor
from kith.people.person import Person
from tenants.member import CustomRole, Member


async def grants_of(work: Work, person: Person) -> list[Grant]:
    """Everything that the person may do now. The organisation's walls hold; the row rules do not apply."""
    current = (Member.since <= work.now, or_(Member.until.is_(None), Member.until > work.now))
    rows = await work.session.execute(
        select(Member, CustomRole)
        .outerjoin(CustomRole, CustomRole.id == Member.custom_role_id)
        .where(Member.person_id == person.id, *current)
    )
    grants = [
        Grant(
            of_role(Role(member.role)) if member.role else frozenset(custom.permissions),
            Reach(member.reach),
            member.programme_id,
        )
        for member, custom in rows
    ]
    for model, role in ((Mentor, Role.MENTOR), (Mentee, Role.MENTEE)):
        if await work.exists(model, model.person_id == person.id):
            grants.append(Grant(of_role(role), Reach.OWN))
    return grants

"""Whether and how a letter reaches a person."""

from sqlalchemy import select

from kith.ground.work import Work
from kith.people.person import Contact, Person


async def reachable(work: Work, person: Person) -> str | None:
    """The address to which letters for the person go; None where they have none or want none."""
    query = select(Contact.email).where(Contact.person_id == person.id, Contact.wants_letters)
    address: str | None = await work.session.scalar(query)
    return address

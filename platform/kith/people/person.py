"""A person of an organisation: what they are called and how they are reached."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.errors import Invalid
from kith.ground.model import KEEP, Id, Owned, at_most, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission
from kith.ground.texts import long, short, zone
from kith.ground.work import Work
from kith.programmes import Programme

READ = Permission("people.read", "See people's names and pronouns.", granted_to=STAFF | PARTICIPANTS)
READ_CONTACT = Permission(
    "contacts.read",
    "See how a person is reached, where they are oneself or in one's programme.",
    granted_to=STAFF | PARTICIPANTS,
)
EDIT_CONTACT = Permission(
    "contacts.edit",
    "Edit how a person is reached; oneself or somebody in one's programme.",
    granted_to=STAFF | PARTICIPANTS,
)
_EMAIL = re.compile(  # RFC 5321's dot-string and domain, without quoted local parts
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)


class Person(Owned):
    """Somebody in an organisation: staff, mentor, mentee or several of these.

    The home programme is the one whose coordinators look after the person; staff of the whole organisation
    have none.
    """

    __tablename__ = "people"
    __table_args__ = (
        organisation_index("name_order", "id"),
        organisation_index("programme_id", "name_order", "id"),
        organisation_index("joined_at", "id"),
        at_most("name", 120),
        at_most("pronouns", 40),
    )
    READ = READ

    programme_id: Mapped[UUID | None] = within(Programme, nullable=True)
    name: Mapped[str]
    name_order: Mapped[str]  # case folded, so that people are sorted as people expect
    pronouns: Mapped[str]
    time_zone: Mapped[str]
    joined_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Oneself, those one is matched with, one's caseload, one's programme, and the organisation's staff."""
        return row_rule(
            actor,
            own=[cls.id],
            known=[cls.id],
            supervised=[cls.id],
            programme=cls.programme_id,
            everybody=cls.programme_id.is_(None),
        )


class Contact(Owned):
    """How a person is reached: a row of its own, because fewer people may see it."""

    __tablename__ = "contacts"
    __table_args__ = (
        organisation_index("person_id", unique=True),
        organisation_index("email"),
        at_most("email", 254),
        at_most("phone", 32),
        at_most("address", 500),
    )
    READ = READ_CONTACT
    SENSITIVE = True

    person_id: Mapped[UUID] = within(Person, carrying=("programme_id",))
    programme_id: Mapped[UUID | None]
    email: Mapped[str | None]  # in lower case; two people of one household may share it
    phone: Mapped[str | None]
    address: Mapped[str | None]
    wants_letters: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Oneself and the coordinators of one's programme."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person who is not known to the organisation yet."""

    name: Annotated[str, "The name they want to be called by."]
    time_zone: Annotated[str, "Where they live, as an IANA name such as Europe/Dublin."]
    pronouns: Annotated[str, "Such as she/her; empty where they did not say."] = ""
    email: Annotated[str | None, "Where letters go."] = None
    phone: Annotated[str | None, "Where they may be called."] = None
    wants_letters: Annotated[bool, "Whether letters may be sent at all."] = True


def welcome(work: Work, new: NewPerson, programme_id: UUID | None) -> Person:
    """Add a person with their contact. Raises Invalid with the path."""
    person = Person(
        programme_id=programme_id,
        pronouns=long(new.pronouns, 40, "person", "pronouns"),
        time_zone=zone(new.time_zone, "person", "timeZone"),
        joined_at=work.now,
    )
    call(person, new.name, "person", "name")
    work.add(person)
    contact = Contact.under(
        person,
        wants_letters=new.wants_letters,
        phone=_phone(new.phone, "person", "phone"),
        email=_email(new.email, "person", "email"),
    )
    work.add(contact)
    work.note("person.welcomed", person)
    return person


def call(person: Person, name: str, *path: str) -> None:
    """Give the person a name. Raises Invalid."""
    person.name = short(name, 120, *path)
    person.name_order = person.name.casefold()


@operation(needs=EDIT_CONTACT)
async def edit_contact(
    work: Work,
    person_id: Annotated[Id[Person], "Whose."],
    *,
    email: Annotated[str | None, "Where letters go; null for nowhere."] = KEEP,
    phone: Annotated[str | None, "Where they may be called; null where they may not."] = KEEP,
    address: Annotated[str | None, "Where post goes, line by line; null for nowhere."] = KEEP,
    expected_version: Annotated[int | None, "The contact's version that you read; refused when it is another."] = None,
) -> Contact:
    """Change how a person is reached; what is absent stays.

    What they said of letters, quiet hours and safe contact stands as before. Nothing goes to the address that was: it
    may be the one from which somebody must not hear.
    """
    theirs = row_rule(work.actor, own=[Contact.person_id], programme=Contact.programme_id)
    person = await work.get(Person, person_id)
    (seen,) = await work.rows(Contact, Contact.person_id == person.id)
    contact = await work.get(Contact, seen.id, theirs, lock=True)
    await work.expect(contact, expected_version)
    edited = {
        name: clean(value, name)
        for name, value, clean in (("email", email, _email), ("phone", phone, _phone), ("address", address, _address))
        if value is not KEEP
    }
    changed = sorted(name for name, value in edited.items() if getattr(contact, name) != value)
    for name in changed:
        setattr(contact, name, edited[name])
    if changed:
        work.note("contact.edited", contact, person_id=person.id, fields=changed)
    return contact


def _email(value: str | None, *path: str) -> str | None:
    if value is None:
        return None
    value = value.strip().lower()
    if len(value) > 254 or not _EMAIL.fullmatch(value):
        raise Invalid("That is not an e-mail address.", path=path)
    return value


def _phone(value: str | None, *path: str) -> str | None:
    if value is None:
        return None
    value = " ".join(value.split())
    if not re.fullmatch(r"\+?[0-9 ()./-]{3,30}", value):
        raise Invalid("That is not a telephone number.", path=path)
    return value


def _address(value: str | None, *path: str) -> str | None:
    if value is None:
        return None
    return short("\n".join(" ".join(line.split()) for line in value.splitlines() if line.strip()), 500, *path)

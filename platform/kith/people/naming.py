"""What a person is called, everywhere at once."""

from typing import Annotated

from kith.ground.actor import row_rule
from kith.ground.model import KEEP, Id
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, Permission, Role
from kith.ground.texts import long, zone
from kith.ground.work import Work
from kith.people.mentee import Mentee
from kith.people.mentor import Mentor
from kith.people.person import Person, call

EDIT = Permission(
    "people.edit",
    "Change a person's name, pronouns and time zone.",
    granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS},
)


@operation(needs=EDIT)
async def edit_person(
    work: Work,
    person_id: Annotated[Id[Person], "Who."],
    *,
    name: Annotated[str, "The name they want to be called by, everywhere."] = KEEP,
    pronouns: Annotated[str, "Such as they/them."] = KEEP,
    time_zone: Annotated[str, "Where they live, as an IANA name."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> Person:
    """Change what a person is called or where they live; what is absent stays."""
    to_edit = row_rule(work.actor, own=[Person.id], programme=Person.programme_id)  # knowing somebody is not enough
    person = await work.get(Person, person_id, to_edit, lock=True)
    await work.expect(person, expected_version)
    if name is not KEEP:
        before = person.name
        call(person, name, "name")
        for model in (Mentor, Mentee):
            renamed = {"name": person.name, "version": model.version + 1}
            await work.revise(model, model.person_id == person.id, model.name == before, **renamed)
    if pronouns is not KEEP:
        person.pronouns = long(pronouns, 40, "pronouns")
    if time_zone is not KEEP:
        person.time_zone = zone(time_zone, "timeZone")
    work.note("person.edited", person)
    return person

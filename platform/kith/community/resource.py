"""The library of resources: what helps, where and for whom, each reviewed by a second person and verified anew.

Fields and taxonomy codes follow the Human Services Data Specification (Open Referral), in plain words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Computed, or_, true
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from kith import tasks
from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import MEMBERS, STAFF, Permission, Role
from kith.ground.texts import languages, long, short
from kith.ground.work import Work
from kith.people.person import Person

READ = Permission("resources.read", "See the library of resources.", granted_to=MEMBERS)
WRITE = Permission("resources.write", "Write resources for the library.", granted_to=STAFF | {Role.PARTNER})
CURATE = Permission("resources.curate", "Review, publish, verify and retire the resources of others.", granted_to=STAFF)
AGE = Permission("resources.age", "Mark what nobody verified for half a year.")
FRESH = timedelta(days=180)
VERIFY = "VERIFY_RESOURCE"  # the task of verifying one
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:/_-]{0,59}")
_PHONE = re.compile(r"\+?[0-9 ()./-]{3,30}")


class ResourceType(Choice):
    """What kind of thing a resource is."""

    SERVICE = "SERVICE", "Somewhere that helps people: a clinic, a hostel, an advice centre."
    HELPLINE = "HELPLINE", "Somebody to call or write to."
    GROUP = "GROUP", "People who meet."
    GUIDE = "GUIDE", "Something to read, watch or listen to."
    TOOL = "TOOL", "Something to use: an app, a form, a plan."
    BENEFIT = "BENEFIT", "Money or things that one can apply for."


class ResourceStatus(Choice):
    """Where a resource is."""

    DRAFT = "DRAFT", "It is being written."
    REVIEWED = "REVIEWED", "Somebody else has looked it over."
    PUBLISHED = "PUBLISHED", "Everybody in the organisation finds it."
    STALE = "STALE", "Nobody verified it for 180 days: it is found, and may be out of date."
    RETIRED = "RETIRED", "It is no longer offered."


class Resource(Owned):
    """Something that helps."""

    __tablename__ = "resources"
    __table_args__ = (
        organisation_index("title_order", "id"),
        organisation_index("added_at", "id"),
        organisation_index("author_id", "title_order", "id"),
        organisation_index("author_id", "added_at", "id"),
        organisation_index("last_verified_at", where="status = 'PUBLISHED'"),
        one_of("type", list(ResourceType)),
        one_of("status", list(ResourceStatus)),
        at_most("title", 200),
        at_most("about", 4000),
        at_most("coverage_area", 300),
        at_most("eligibility", 1000),
        at_most("cost", 300),
        at_most("hours", 500),
        at_most("link", 500),
        at_most("phone", 32),
    )
    READ = READ

    author_id: Mapped[UUID] = within(Person)
    reviewer_id: Mapped[UUID | None] = within(Person, nullable=True)
    title: Mapped[str]
    title_order: Mapped[str]
    type: Mapped[str]
    about: Mapped[str]
    taxonomy_codes: Mapped[list[str]]
    coverage_area: Mapped[str]
    eligibility: Mapped[str]
    cost: Mapped[str]
    hours: Mapped[str]
    languages: Mapped[list[str]]
    link: Mapped[str | None]
    phone: Mapped[str | None]
    crisis: Mapped[bool]
    words: Mapped[Any] = mapped_column(
        TSVECTOR,
        Computed(
            "to_tsvector('simple', title || ' ' || about || ' ' || coverage_area || ' ' || eligibility)", persisted=True
        ),
    )
    status: Mapped[str]
    added_at: Mapped[datetime]
    last_verified_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Everybody once it is published; before and after, who wrote it and whoever may review it."""
        found = or_(cls.status == ResourceStatus.PUBLISHED, cls.status == ResourceStatus.STALE)
        return row_rule(actor, own=[cls.author_id], everybody=true() if actor.may(CURATE) else found.self_group())


_LIVE = (ResourceStatus.PUBLISHED, ResourceStatus.STALE)
LIFE = Lifecycle(
    Resource,
    ResourceStatus,
    begins=[ResourceStatus.DRAFT],
    moves=[
        Move("edit_resource", ResourceStatus.DRAFT, ResourceStatus.REVIEWED, to=ResourceStatus.DRAFT),
        Move("review_resource", ResourceStatus.DRAFT, to=ResourceStatus.REVIEWED),
        Move("publish_resource", ResourceStatus.REVIEWED, to=ResourceStatus.PUBLISHED),
        Move("verify_resource", *_LIVE, to=ResourceStatus.PUBLISHED),
        Move("age_resources", ResourceStatus.PUBLISHED, to=ResourceStatus.STALE),
        Move("retire_resource", ResourceStatus.DRAFT, ResourceStatus.REVIEWED, *_LIVE, to=ResourceStatus.RETIRED),
    ],
)


@dataclass(frozen=True, slots=True)
class ResourceText:
    """What a resource says of itself."""

    title: Annotated[str, "What it is called."]
    type: Annotated[ResourceType, "What kind of thing it is."]
    about: Annotated[str, "What it does for people, in a few sentences."]
    languages: Annotated[Sequence[str], "What is spoken or written, as BCP 47 tags."]
    taxonomy_codes: Annotated[Sequence[str], "Codes of an Open Referral taxonomy, such as BH-1800.8500."] = ()
    coverage_area: Annotated[str, "For where it is: a town, a county, everywhere."] = ""
    eligibility: Annotated[str, "Who may use it."] = ""
    cost: Annotated[str, "What it costs, in words; empty where that is not known."] = ""
    hours: Annotated[str, "When it is open."] = ""
    link: Annotated[str | None, "Its page, https or http."] = None
    phone: Annotated[str | None, "Its telephone number."] = None
    crisis: Annotated[bool, "Whether it helps at once, in a crisis."] = False


@operation(needs=WRITE)
async def draft_resource(
    work: Work,
    *,
    resource: Annotated[ResourceText, "What it says."],
) -> Resource:
    """Write a resource. Somebody else reviews it before it is published."""
    if work.actor.person_id is None:
        raise IllegalState("Only a person writes a resource.")
    written = Resource(author_id=work.actor.person_id, status=ResourceStatus.DRAFT, **_columns(resource))
    written.added_at = written.last_verified_at = work.now
    work.add(written)
    work.note("resource.drafted", written)
    return written


@operation(needs=WRITE)
async def edit_resource(
    work: Work,
    resource_id: Annotated[Id[Resource], "Which resource."],
    *,
    resource: Annotated[ResourceText, "What it says from now on: all of it."],
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> Resource:
    """Write a resource anew. What was reviewed and is not published yet is to be reviewed again; once it is published
    only those who review change it.
    """
    to_edit = row_rule(work.actor, own=[Resource.author_id], everybody=true() if work.actor.may(CURATE) else None)
    found = await work.get(Resource, resource_id, to_edit, lock=True)
    await work.expect(found, expected_version)
    if found.status == ResourceStatus.RETIRED or (found.status in _LIVE and not work.actor.may(CURATE)):
        raise IllegalState(f"This resource is {found.status}: you change it no longer.")
    for column, value in _columns(resource).items():
        setattr(found, column, value)
    if LIFE.allows(found, "edit_resource"):
        LIFE.move(found, "edit_resource")
        found.reviewer_id = None
    work.note("resource.edited", found)
    return found


@operation(needs=CURATE)
async def review_resource(work: Work, resource_id: Annotated[Id[Resource], "Which resource."]) -> Resource:
    """Say that a resource is right and fit to publish. Nobody reviews what they wrote."""
    resource = await work.get(Resource, resource_id, lock=True)
    if resource.author_id == work.actor.person_id:
        raise IllegalState("Somebody else reviews what you wrote.")
    LIFE.move(resource, "review_resource")
    resource.reviewer_id = work.actor.person_id
    work.note("resource.reviewed", resource)
    return resource


@operation(needs=CURATE)
async def publish_resource(work: Work, resource_id: Annotated[Id[Resource], "Which resource."]) -> Resource:
    """Publish a reviewed resource: everybody in the organisation finds it. It counts as verified now."""
    resource = await work.get(Resource, resource_id, lock=True)
    LIFE.move(resource, "publish_resource")
    resource.last_verified_at = work.now
    work.note("resource.published", resource)
    return resource


@operation(needs=CURATE)
async def verify_resource(work: Work, resource_id: Annotated[Id[Resource], "Which resource."]) -> Resource:
    """Say that everything a resource tells is still so today."""
    resource = await work.get(Resource, resource_id, lock=True)
    LIFE.move(resource, "verify_resource")
    resource.last_verified_at = work.now
    await tasks.settled(work, VERIFY, resource)
    work.note("resource.verified", resource)
    return resource


@operation(needs=CURATE)
async def retire_resource(work: Work, resource_id: Annotated[Id[Resource], "Which resource."]) -> Resource:
    """Offer a resource no longer. Those it was shared with still see that it was."""
    resource = await work.get(Resource, resource_id, lock=True)
    LIFE.move(resource, "retire_resource")
    await tasks.settled(work, VERIFY, resource)
    work.note("resource.retired", resource)
    return resource


@operation(needs=AGE)
async def age_resources(work: Work) -> None:
    """Mark what nobody verified for 180 days, and ask whoever reviewed it to: once a day."""
    old = (Resource.status == ResourceStatus.PUBLISHED, Resource.last_verified_at <= work.now - FRESH)
    for resource in await work.all(Resource, *old):
        LIFE.move(resource, "age_resources")
        await tasks.ask(
            work,
            VERIFY,
            "Verify a resource of the library: nobody did for half a year.",
            resource,
            due_in=timedelta(days=14),
            assignee_id=resource.reviewer_id,
            source="resource.aged",
        )
        work.note("resource.aged", resource)


def _columns(resource: ResourceText) -> dict[str, object]:
    title = short(resource.title, 200, "resource", "title")
    for code in resource.taxonomy_codes:
        if not _CODE.fullmatch(code):
            raise Invalid("A code has 1 to 60 letters, digits and signs.", path=("resource", "taxonomyCodes"))
    if len(resource.taxonomy_codes) > 30:
        raise Invalid("This takes at most 30 items.", path=("resource", "taxonomyCodes"))
    if resource.phone is not None and not _PHONE.fullmatch(resource.phone):
        raise Invalid("That is not a telephone number.", path=("resource", "phone"))
    return {
        "title": title,
        "title_order": title.casefold(),
        "type": resource.type,
        "about": short(resource.about, 4000, "resource", "about"),
        "taxonomy_codes": list(dict.fromkeys(resource.taxonomy_codes)),
        "languages": languages(resource.languages, "resource", "languages"),
        "coverage_area": long(resource.coverage_area, 300, "resource", "coverageArea"),
        "eligibility": long(resource.eligibility, 1000, "resource", "eligibility"),
        "cost": long(resource.cost, 300, "resource", "cost"),
        "hours": long(resource.hours, 500, "resource", "hours"),
        "link": web_address(resource.link, "resource", "link"),
        "phone": resource.phone,
        "crisis": resource.crisis,
    }


def web_address(value: str | None, *path: str) -> str | None:
    """The address of a page, or None. Raises Invalid for what no browser opens as one."""
    if value is not None and (len(value) > 500 or not re.fullmatch(r"https?://[^\s/?#]+[^\s]*", value)):
        raise Invalid("Give the address of a page, such as https://example.org/help.", path=path)
    return value

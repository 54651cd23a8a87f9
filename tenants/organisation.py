"""Organisations: provisioned, suspended and listed by the platform's operator."""

import re
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import ColumnElement, select, text, true
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid, NotFound
from kith.ground.model import LOOKUP, PLATFORM, RELAY, TENANT, Id, Model, Policy, at_most, one_of
from kith.ground.operation import operation
from kith.ground.permissions import MEMBERS, Permission, Role
from kith.ground.texts import short, zone
from kith.ground.work import Work

READ = Permission(
    "organisation.read",
    "See one's own organisation; the operator sees every one.",
    granted_to=MEMBERS | {Role.OPERATOR},
)
LIST = Permission("organisations.list", "List the organisations of the platform.", granted_to={Role.OPERATOR})
SUSPEND = Permission("organisations.suspend", "Suspend an organisation and reinstate it.", granted_to={Role.OPERATOR})
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_OWN = "(id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid AS \"nullif\"))"


class OrganisationStatus(Choice):
    """Where an organisation is."""

    ACTIVE = "ACTIVE", "Its people use the service."
    SUSPENDED = "SUSPENDED", "Its people are kept out until it is reinstated."


class Organisation(Model):
    """One organisation that shares the service."""

    __tablename__ = "organisations"
    __table_args__ = (one_of("status", list(OrganisationStatus)), at_most("name", 120), at_most("slug", 60))
    READ: ClassVar[Permission] = READ
    policies = (
        Policy("own_organisation", TENANT, _OWN, command="SELECT"),
        Policy("platform", PLATFORM, "true", "true"),
        Policy("relay", RELAY, "true", command="SELECT"),
        Policy("look_up", LOOKUP, "true", command="SELECT"),
    )
    grants = {
        TENANT: ("SELECT",),
        PLATFORM: ("INSERT", "SELECT", "UPDATE"),
        RELAY: ("SELECT",),
        LOOKUP: ("SELECT",),
    }

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid_utils.compat.uuid7, server_default=text("uuidv7()"))
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    time_zone: Mapped[str]
    status: Mapped[str]
    provisioned_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Members see their own; the operator, who is in none, sees all."""
        return true() if actor.organisation_id is None else cls.id == actor.own_organisation


async def add_organisation(work: Work, *, slug: str, name: str, time_zone: str) -> Organisation:
    """Add an organisation. Raises Invalid or Conflict."""
    if not _SLUG.fullmatch(slug) or len(slug) > 60:
        raise Invalid("A slug is lower-case letters, digits and single hyphens.", path=("slug",))
    if await work.session.scalar(select(Organisation.id).where(Organisation.slug == slug)):
        raise Conflict("This slug is taken.", path=("slug",))
    organisation = Organisation(
        id=uuid_utils.compat.uuid7(),
        slug=slug,
        name=short(name, 120, "name"),
        time_zone=zone(time_zone, "timeZone"),
        status=OrganisationStatus.ACTIVE,
        provisioned_at=work.now,
    )
    work.session.add(organisation)
    return organisation


@operation(needs=SUSPEND)
async def suspend_organisation(
    work: Work, organisation_id: Annotated[Id[Organisation], "Which organisation."]
) -> Organisation:
    """Suspend an organisation: nobody of it gets in and its jobs wait, nothing is lost."""
    return await _move(work, organisation_id, OrganisationStatus.ACTIVE, OrganisationStatus.SUSPENDED)


@operation(needs=SUSPEND)
async def reinstate_organisation(
    work: Work, organisation_id: Annotated[Id[Organisation], "Which organisation."]
) -> Organisation:
    """Reinstate a suspended organisation."""
    return await _move(work, organisation_id, OrganisationStatus.SUSPENDED, OrganisationStatus.ACTIVE)


async def _move(work: Work, id: UUID, before: OrganisationStatus, after: OrganisationStatus) -> Organisation:
    organisation = await work.session.scalar(select(Organisation).where(Organisation.id == id).with_for_update())
    if organisation is None:
        raise NotFound
    if organisation.status != before:
        raise IllegalState(f"This organisation is {organisation.status}, not {before}.")
    organisation.status = after
    return organisation

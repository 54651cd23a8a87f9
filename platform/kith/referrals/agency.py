"""Partner agencies: the clinics, courts, shelters and other services with which an organisation exchanges referrals.

An agency is a row of one organisation: two organisations that work with the same clinic each have their own. Nothing is
received from it or sent to it before somebody verified who it is and an agreement with it is in force.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import KEEP, Id, Owned, at_most, one_of, organisation_index
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.programmes import everywhere

READ = Permission("agencies.read", "See partner agencies.", granted_to=STAFF)
PROPOSE = Permission(
    "agencies.propose", "Propose a partner agency, and keep its address.", granted_to={Role.ADMIN, Role.COORDINATOR}
)
RUN = Permission("agencies.run", "Verify partner agencies, and decide which to work with.", granted_to={Role.ADMIN})


class AgencyKind(Choice):
    """What a partner agency is to the rules of confidentiality (42 CFR part 2, 45 CFR 160.103)."""

    COVERED_ENTITY = "COVERED_ENTITY", "A provider or plan under HIPAA."
    BUSINESS_ASSOCIATE = "BUSINESS_ASSOCIATE", "Works for such a provider or plan."
    PART2_PROGRAM = "PART2_PROGRAM", "Treats substance use with federal assistance, and is not under HIPAA."
    LAWFUL_HOLDER = "LAWFUL_HOLDER", "Lawfully holds such records, and is neither."
    OTHER = "OTHER", "None of these, such as a shelter, an employer or a college."


class AgencyStatus(Choice):
    """Where a partner agency is."""

    PROPOSED = "PROPOSED", "Somebody named it; nobody has verified who it is."
    VERIFIED = "VERIFIED", "It is who it says; an agreement may be signed with it."
    ACTIVE = "ACTIVE", "Referrals come from it and go to it, while an agreement is in force."
    SUSPENDED = "SUSPENDED", "Nothing is exchanged while something is looked into."
    ENDED = "ENDED", "Nothing is exchanged any more."


class PartnerAgency(Owned):
    """A service with which the organisation exchanges referrals."""

    __tablename__ = "partner_agencies"
    __table_args__ = (
        organisation_index("name_order", "id"),
        organisation_index("name_order", unique=True, where="status <> 'ENDED'", name="uq_partner_agencies_name"),
        one_of("kind", list(AgencyKind)),
        one_of("status", list(AgencyStatus)),
        at_most("name", 200),
        at_most("address", 500),
        at_most("remark", 1000),
    )
    READ = READ

    name: Mapped[str]
    name_order: Mapped[str]
    kind: Mapped[str]
    address: Mapped[str]
    status: Mapped[str]
    remark: Mapped[str]
    proposed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The organisation's staff: it is about no person."""
        return row_rule(actor, everybody=true())


LIFE = Lifecycle(
    PartnerAgency,
    AgencyStatus,
    begins=[AgencyStatus.PROPOSED],
    moves=[
        Move("verify_agency", AgencyStatus.PROPOSED, to=AgencyStatus.VERIFIED),
        Move("referrals.agreement.activate_agency", AgencyStatus.VERIFIED, to=AgencyStatus.ACTIVE),
        Move("suspend_agency", AgencyStatus.ACTIVE, to=AgencyStatus.SUSPENDED),
        Move("resume_agency", AgencyStatus.SUSPENDED, to=AgencyStatus.ACTIVE),
        Move(
            "end_agency",
            AgencyStatus.PROPOSED,
            AgencyStatus.VERIFIED,
            AgencyStatus.ACTIVE,
            AgencyStatus.SUSPENDED,
            to=AgencyStatus.ENDED,
        ),
    ],
)


@operation(needs=PROPOSE)
async def propose_agency(
    work: Work,
    *,
    name: Annotated[str, "Its legal name."],
    kind: Annotated[AgencyKind, "What it is to the rules of confidentiality; OTHER where that is not known yet."],
    address: Annotated[str, "Where it is reached."] = "",
    remark: Annotated[str, "Anything staff should know."] = "",
) -> PartnerAgency:
    """Propose a partner agency. An administrator verifies that it is who it says."""
    name = short(name, 200, "name")
    agency = PartnerAgency(
        name=name,
        name_order=name.casefold(),
        kind=kind,
        address=long(address, 500, "address"),
        status=AgencyStatus.PROPOSED,
        remark=long(remark, 1000, "remark"),
        proposed_at=work.now,
    )
    await _free(work, agency)
    work.add(agency)
    work.note("agency.proposed", agency)
    return agency


@operation(needs=PROPOSE)
async def edit_agency(
    work: Work,
    agency_id: Annotated[Id[PartnerAgency], "Which agency."],
    *,
    address: Annotated[str, "Where it is reached."] = KEEP,
    remark: Annotated[str, "Anything staff should know."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> PartnerAgency:
    """Change how an agency is reached; what is absent stays. Another name or kind is another agency to verify."""
    agency = await work.get(PartnerAgency, agency_id, lock=True)
    await work.expect(agency, expected_version)
    agency.address = agency.address if address is KEEP else long(address, 500, "address")
    agency.remark = agency.remark if remark is KEEP else long(remark, 1000, "remark")
    work.note("agency.edited", agency)
    return agency


@operation(needs=RUN)
async def verify_agency(work: Work, agency_id: Annotated[Id[PartnerAgency], "Which agency."]) -> PartnerAgency:
    """Say that somebody verified that an agency is who it says: an agreement may be signed with it."""
    return await move(work, agency_id, "verify_agency", "agency.verified")


@operation(needs=RUN)
async def suspend_agency(work: Work, agency_id: Annotated[Id[PartnerAgency], "Which agency."]) -> PartnerAgency:
    """Exchange nothing with an agency for now."""
    return await move(work, agency_id, "suspend_agency", "agency.suspended")


@operation(needs=RUN)
async def resume_agency(work: Work, agency_id: Annotated[Id[PartnerAgency], "Which agency."]) -> PartnerAgency:
    """Work with a suspended agency again, while an agreement is in force."""
    return await move(work, agency_id, "resume_agency", "agency.resumed")


@operation(needs=RUN)
async def end_agency(work: Work, agency_id: Annotated[Id[PartnerAgency], "Which agency."]) -> PartnerAgency:
    """Exchange nothing with an agency any more. What was exchanged stays recorded."""
    return await move(work, agency_id, "end_agency", "agency.ended")


async def move(work: Work, agency_id: UUID, verb: str, fact: str) -> PartnerAgency:
    """Move an agency and write it down; for who may decide for the whole organisation."""
    everywhere(work)
    agency = await work.get(PartnerAgency, agency_id, lock=True)
    LIFE.move(agency, verb)
    work.note(fact, agency)
    return agency


async def _free(work: Work, agency: PartnerAgency) -> None:
    taken = (PartnerAgency.name_order == agency.name_order, PartnerAgency.status != AgencyStatus.ENDED)
    if await work.exists(PartnerAgency, *taken):
        raise Conflict(f"{agency.name} is a partner agency already.", path=("name",))

"""Credentials: certificates and checks, verified by a person, which run out and are renewed.

The fields are those of SAMHSA's National Model Standards for peer support certification (2023).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, select
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.people.letters import write_letter
from kith.people.mentor import Mentor, MentorStatus
from kith.people.person import Person
from kith.people.readiness import Hindrance, HindranceCode, Hindrances, hinders, settle_readiness
from kith.programmes import CredentialKind, Programme
from kith.tasks import ask, settled

READ = Permission("credentials.read", "See mentors' credentials.", granted_to=STAFF | {Role.MENTOR})
READ_NUMBER = Permission(
    "credentials.read_number",
    "See the number on a credential.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTOR},
)
ADD = Permission("credentials.add", "Add a credential.", granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTOR})
VERIFY = Permission("credentials.verify", "Verify or revoke a credential.", granted_to={Role.ADMIN, Role.COORDINATOR})
WATCH = Permission("credentials.watch", "Notice that credentials run out.")
RUNS_OUT_IN = timedelta(days=60)
VERIFIED_WITHIN = timedelta(days=14)


class CredentialStatus(Choice):
    """Where a credential is."""

    PENDING = "PENDING", "Nobody has verified it yet."
    VERIFIED = "VERIFIED", "Somebody saw it and found it valid."
    EXPIRING = "EXPIRING", "It is valid, for 60 days at most."
    EXPIRED = "EXPIRED", "It has run out."
    REVOKED = "REVOKED", "It does not count any more."


class RevocationReason(Choice):
    """Why a credential does not count any more."""

    ENTERED_WRONGLY = "ENTERED_WRONGLY", "It was entered wrongly."
    NOT_GENUINE = "NOT_GENUINE", "The issuer does not know it."
    WITHDRAWN = "WITHDRAWN", "The issuer withdrew it."
    REPLACED = "REPLACED", "A newer one takes its place."


class Credential(Owned):
    """One credential of one mentor."""

    __tablename__ = "credentials"
    __table_args__ = (
        organisation_index("added_at", "id"),
        organisation_index("programme_id", "added_at", "id"),
        organisation_index("person_id", "added_at", "id"),
        organisation_index("mentor_id", "added_at", "id"),
        organisation_index("expires_on", where="status IN ('PENDING', 'VERIFIED', 'EXPIRING')"),
        one_of("kind", list(CredentialKind)),
        one_of("status", list(CredentialStatus)),
        one_of("revocation", list(RevocationReason)),
        at_most("issuer", 200),
        at_most("jurisdiction", 100),
        CheckConstraint("expires_on > issued_on", name="in_order"),
        CheckConstraint("status NOT IN ('VERIFIED', 'EXPIRING') OR verified_by_id IS NOT NULL", name="verified"),
        CheckConstraint("(status = 'REVOKED') = (revocation IS NOT NULL)", name="revoked"),
        CheckConstraint("training_hours BETWEEN 0 AND 10000", name="training_hours"),
        CheckConstraint("supervised_hours BETWEEN 0 AND 10000", name="supervised_hours"),
        CheckConstraint("continuing_hours BETWEEN 0 AND 10000", name="continuing_hours"),
    )
    READ = READ

    mentor_id: Mapped[UUID] = within(Mentor, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    kind: Mapped[str]
    status: Mapped[str]
    issuer: Mapped[str]
    jurisdiction: Mapped[str]
    issued_on: Mapped[date]
    expires_on: Mapped[date | None]
    training_hours: Mapped[int | None]
    supervised_hours: Mapped[int | None]
    continuing_hours: Mapped[int | None]
    examined_on: Mapped[date | None]
    ethics_attested_on: Mapped[date | None]
    added_at: Mapped[datetime]
    verified_by_id: Mapped[UUID | None] = within(Person, nullable=True)
    verified_at: Mapped[datetime | None]
    revocation: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The mentor, who supervises them, the coordinators of the programme."""
        return row_rule(actor, own=[cls.person_id], supervised=[cls.person_id], programme=cls.programme_id)


class CredentialNumber(Owned):
    """The number on a credential: a row of its own, because fewer people may see it."""

    __tablename__ = "credential_numbers"
    __table_args__ = (organisation_index("credential_id", unique=True), at_most("number", 100))
    READ = READ_NUMBER
    SENSITIVE = True

    credential_id: Mapped[UUID] = within(Credential, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    number: Mapped[str]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The mentor and the coordinators of the programme."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id)


COUNTS = (CredentialStatus.VERIFIED, CredentialStatus.EXPIRING)
LIFE = Lifecycle(
    Credential,
    CredentialStatus,
    begins=[CredentialStatus.PENDING],
    moves=[
        Move("verify_credential", CredentialStatus.PENDING, to=CredentialStatus.VERIFIED),
        Move("notice_expiring", CredentialStatus.VERIFIED, to=CredentialStatus.EXPIRING),
        Move("notice_expired", CredentialStatus.PENDING, *COUNTS, to=CredentialStatus.EXPIRED),
        Move("revoke_credential", CredentialStatus.PENDING, *COUNTS, to=CredentialStatus.REVOKED),
    ],
)
TO_VERIFY, TO_RENEW = "VERIFY_CREDENTIAL", "RENEW_CREDENTIAL"


@dataclass(frozen=True, slots=True)
class NewCredential:
    """What a credential says."""

    issuer: Annotated[str, "Who issued it."]
    issued_on: Annotated[date, "When it was issued."]
    expires_on: Annotated[date | None, "The last day on which it is valid; null where it does not run out."] = None
    number: Annotated[str, "The number on it, which few people see; empty where it has none."] = ""
    jurisdiction: Annotated[str, "The country or state in which it counts."] = ""
    training_hours: Annotated[int | None, "Hours of training it stands for."] = None
    supervised_hours: Annotated[int | None, "Hours of supervised work it stands for."] = None
    continuing_hours: Annotated[int | None, "Hours of continuing education since it was issued."] = None
    examined_on: Annotated[date | None, "When the examination was passed."] = None
    ethics_attested_on: Annotated[date | None, "When the code of ethics was signed."] = None


@operation(needs=ADD)
async def add_credential(
    work: Work,
    mentor_id: Annotated[Id[Mentor], "Whose."],
    *,
    kind: Annotated[CredentialKind, "What it is."],
    credential: Annotated[NewCredential, "What it says."],
) -> Credential:
    """Add a credential: it counts once somebody else has verified it."""
    may_change = row_rule(work.actor, own=[Mentor.person_id], programme=Mentor.programme_id)
    mentor = await work.get(Mentor, mentor_id, may_change)
    return await _add(work, mentor, kind, credential)


@operation(needs=ADD)
async def renew_credential(
    work: Work,
    credential_id: Annotated[Id[Credential], "Which credential."],
    *,
    credential: Annotated[NewCredential, "What the new one says."],
) -> Credential:
    """Add the renewal of a credential; the old one counts until it runs out."""
    may_change = row_rule(work.actor, own=[Credential.person_id], programme=Credential.programme_id)
    old = await work.get(Credential, credential_id, may_change)
    if old.status == CredentialStatus.REVOKED:
        raise IllegalState("This credential is REVOKED; add a new one.")
    (mentor,) = await work.rows(Mentor, Mentor.id == old.mentor_id)
    return await _add(work, mentor, CredentialKind(old.kind), credential)


@operation(needs=VERIFY)
async def verify_credential(work: Work, credential_id: Annotated[Id[Credential], "Which credential."]) -> Credential:
    """Say that you saw a credential and found it valid. Nobody verifies their own."""
    credential = await _to_verify(work, credential_id)
    if credential.expires_on is not None and credential.expires_on < work.now.date():
        raise IllegalState("This credential has run out; add its renewal.")
    LIFE.move(credential, "verify_credential")
    credential.verified_by_id, credential.verified_at = work.actor.person_id, work.now
    work.note("credential.verified", credential, what=credential.kind)
    await settled(work, TO_VERIFY, credential)
    alike = (Credential.mentor_id == credential.mentor_id, Credential.kind == credential.kind)
    for other in await work.rows(Credential, *alike, Credential.id != credential.id):
        await settled(work, TO_RENEW, other)
    await _mentor_looked_at(work, credential)
    return credential


@operation(needs=VERIFY)
async def revoke_credential(
    work: Work,
    credential_id: Annotated[Id[Credential], "Which credential."],
    *,
    reason: Annotated[RevocationReason, "Why it does not count any more."],
) -> Credential:
    """Say that a credential does not count any more."""
    credential = await _to_verify(work, credential_id)
    LIFE.move(credential, "revoke_credential")
    credential.revocation = reason
    work.note("credential.revoked", credential, what=credential.kind, reason=reason)
    await settled(work, TO_VERIFY, credential)
    await settled(work, TO_RENEW, credential)
    await _mentor_looked_at(work, credential)
    return credential


@operation(needs=WATCH)
async def notice_expiring(work: Work) -> None:
    """Write to the mentors whose credentials run out within 60 days, and ask for their renewal: once for each."""
    until = work.now.date() + RUNS_OUT_IN
    mentoring = Credential.mentor_id.in_(select(Mentor.id).where(Mentor.status != MentorStatus.RETIRED))
    soon = (Credential.status == CredentialStatus.VERIFIED, Credential.expires_on <= until, mentoring)
    for credential in await work.rows(Credential, *soon):
        LIFE.move(credential, "notice_expiring")
        work.note("credential.expiring", credential, what=credential.kind)
        if await _lasting_one(work, credential, until):
            continue
        title = "Ask for the renewal of a mentor's credential that runs out"
        due_in = RUNS_OUT_IN / 2
        await ask(work, TO_RENEW, title, credential, due_in=due_in, source="credential.expiring")
        (person,) = await work.rows(Person, Person.id == credential.person_id)
        on = credential.expires_on
        await write_letter(work, "credential.expiring", person, about=credential, when=f"{on:%-d %B %Y}")


@operation(needs=WATCH)
async def notice_expired(work: Work) -> None:
    """What has run out counts no more."""
    over = (Credential.status.in_((CredentialStatus.PENDING, *COUNTS)), Credential.expires_on < work.now.date())
    mentors = set()
    for credential in await work.rows(Credential, *over):
        LIFE.move(credential, "notice_expired")
        work.note("credential.expired", credential, what=credential.kind)
        mentors.add(credential.mentor_id)
    await settle_readiness(work, await work.rows(Mentor, Mentor.id.in_(mentors)))


@hinders
async def _missing_checks(work: Work, mentors: Sequence[Mentor]) -> Hindrances:
    """The mentors who lack a credential that their programme requires."""
    programmes = {m.programme_id for m in mentors}
    required = {p.id: p.required_credentials for p in await work.rows(Programme, Programme.id.in_(programmes))}
    of_them = (Credential.mentor_id.in_([m.id for m in mentors]), Credential.status.in_(COUNTS))
    valid = {
        (c.mentor_id, c.kind)
        for c in await work.rows(Credential, *of_them)
        if c.expires_on is None or c.expires_on >= work.now.date()
    }
    return {
        m.id: [_missing(CredentialKind(kind)) for kind in required[m.programme_id] if (m.id, kind) not in valid]
        for m in mentors
    }


def _missing(kind: CredentialKind) -> Hindrance:
    words = kind.value.replace("_", " ").lower()
    return Hindrance(HindranceCode.CHECK_MISSING, f"A required credential is missing or has expired: {words}.")


async def _add(work: Work, mentor: Mentor, kind: CredentialKind, new: NewCredential) -> Credential:
    credential = Credential.under(
        mentor, kind=kind, status=CredentialStatus.PENDING, added_at=work.now, **_columns(work, new)
    )
    work.add(credential)
    if new.number:
        work.add(CredentialNumber.under(credential, number=short(new.number, 100, "credential", "number")))
    work.note("credential.added", credential, what=kind)
    title = "Verify a mentor's credential"
    await ask(work, TO_VERIFY, title, credential, due_in=VERIFIED_WITHIN, source="credential.added")
    return credential


def _columns(work: Work, new: NewCredential) -> dict[str, Any]:
    if new.issued_on > work.now.date():
        raise Invalid("A credential was issued in the past.", path=("credential", "issuedOn"))
    if new.expires_on is not None and new.expires_on <= new.issued_on:
        raise Invalid("A credential runs out after it was issued.", path=("credential", "expiresOn"))
    for name, path in (
        ("training_hours", "trainingHours"),
        ("supervised_hours", "supervisedHours"),
        ("continuing_hours", "continuingHours"),
    ):
        hours = getattr(new, name)
        if hours is not None and not 0 <= hours <= 10000:
            raise Invalid("Hours are 0 to 10,000.", path=("credential", path))
    values = asdict(new)
    del values["number"]
    return values | {
        "issuer": short(new.issuer, 200, "credential", "issuer"),
        "jurisdiction": long(new.jurisdiction, 100, "credential", "jurisdiction"),
    }


async def _to_verify(work: Work, credential_id: UUID) -> Credential:
    seen = await work.get(Credential, credential_id, row_rule(work.actor, programme=Credential.programme_id))
    if seen.person_id == work.actor.person_id:
        raise IllegalState("This credential is yours: somebody else has to look at it.")
    await work.hold(Mentor, seen.mentor_id)
    return await work.get(Credential, credential_id, lock=True)


async def _lasting_one(work: Work, credential: Credential, until: date) -> bool:
    """Whether another verified credential of the same kind lasts longer than that."""
    alike = (Credential.mentor_id == credential.mentor_id, Credential.kind == credential.kind)
    counting = (Credential.status == CredentialStatus.VERIFIED, Credential.id != credential.id)
    others = await work.rows(Credential, *alike, *counting)
    return any(other.expires_on is None or other.expires_on > until for other in others)


async def _mentor_looked_at(work: Work, credential: Credential) -> None:
    await settle_readiness(work, await work.rows(Mentor, Mentor.id == credential.mentor_id))

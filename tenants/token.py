"""API tokens: secrets that act for a member, within what the member may do."""

import base64
import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, ClassVar
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import CheckConstraint, ColumnElement, LargeBinary, or_, text
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, Grant, row_rule
from kith.ground.errors import Forbidden, IllegalState, Invalid
from kith.ground.model import LOOKUP, PLATFORM, Id, Model, Owned, Policy, at_most, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import MEMBERS, REGISTERED, Permission, Reach
from kith.ground.texts import short
from kith.ground.work import Work
from kith.people.person import Person
from tenants.member import covers
from tenants.standing import following_grants, given_grants

READ = Permission("tokens.read", "See one's own tokens, or the organisation's.", granted_to=MEMBERS)
ISSUE = Permission("tokens.issue", "Issue tokens for oneself, or for people one looks after.", granted_to=MEMBERS)
REVOKE = Permission("tokens.revoke", "Revoke tokens.", granted_to=MEMBERS)
LONGEST = timedelta(days=366)


class Token(Owned):
    """A bearer token of one person. Only its hash is kept."""

    __tablename__ = "tokens"
    __table_args__ = (
        organisation_index("issued_at", "id"),
        organisation_index("person_id", "issued_at", "id"),
        CheckConstraint("octet_length(secret_sha256) = 32", name="hash"),
        at_most("name", 80),
    )
    READ = READ
    policies: ClassVar[tuple[Policy, ...]] = (
        *Owned.policies,
        Policy("look_up", LOOKUP, "true", "true"),
    )
    grants = {**Owned.grants, LOOKUP: ("SELECT", "UPDATE")}

    person_id: Mapped[UUID] = within(Person, carrying=("programme_id",))
    programme_id: Mapped[UUID | None]
    name: Mapped[str]
    secret_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    hint: Mapped[str]  # its first characters, to tell tokens apart
    permissions: Mapped[list[str] | None]  # None: everything that its person may do
    own_only: Mapped[bool]  # only what follows from taking part, whatever else its person may do or comes to
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[UUID | None]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Whose it is, the coordinators of their programme, the organisation's administrators."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id)


class OperatorToken(Model):
    """A bearer token of the platform's operator."""

    __tablename__ = "operator_tokens"
    policies = (Policy("platform", PLATFORM, "true", "true"), Policy("look_up", LOOKUP, "true", command="SELECT"))
    grants = {PLATFORM: ("INSERT", "SELECT", "UPDATE"), LOOKUP: ("SELECT",)}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid_utils.compat.uuid7, server_default=text("uuidv7()"))
    name: Mapped[str]
    secret_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token that was just issued, with its secret: shown this once."""

    token: Token
    secret: str


@operation(needs=ISSUE)
async def issue_token(
    work: Work,
    *,
    person_id: Annotated[Id[Person] | None, "For whom; oneself when absent."] = None,
    name: Annotated[str, "What it is for."] = "API",
    permissions: Annotated[Sequence[str] | None, "What it may do; null for everything that the person may do."] = None,
    expires_at: Annotated[datetime | None, "Until when, at most 366 days ahead; in 90 days when absent."] = None,
) -> IssuedToken:
    """Issue a token for oneself, or for somebody whom one looks after.

    Nobody can issue a token that may do more than they. What a person does within their own mentoring is theirs
    alone, and whoever looks after them may hand them the key to that, and to nothing else: now or later.
    """
    actor = work.actor
    if actor.limited:
        raise Forbidden("A limited token issues no tokens.")
    if actor.handed:  # its child would be the person's own, with every role that they hold
        raise Forbidden("A token that was handed over issues no tokens: whoever handed it over issues another.")
    who = await _for_whom(work, person_id or actor.person_id)
    for_another = who.id != actor.person_id
    own_only = for_another and not actor.reaches(Reach.ORGANISATION)
    given = [] if own_only else await given_grants(work, who)
    held = [*given, *await following_grants(work, who)]
    wanted = None if permissions is None else _known(permissions, held)
    if for_another and not all(covers(actor, _narrowed(grant, wanted)) for grant in given):
        raise Forbidden("Nobody can issue a token that may do more than they.", path=("permissions",))
    if not held:
        raise Forbidden("There is nothing that this token could do.", path=("personId",))
    return add_token(work, who, name=name, permissions=wanted, expires_at=expires_at, own_only=own_only)


@operation(needs=REVOKE)
async def revoke_token(work: Work, token_id: Annotated[Id[Token], "Which token."]) -> Token:
    """Revoke a token: it stops working at once."""
    actor = work.actor
    theirs = row_rule(actor, own=[Token.person_id, Token.issued_by_id])
    handed = Token.own_only & row_rule(actor, programme=Token.programme_id)
    token = await work.get(Token, token_id, or_(theirs, handed), lock=True)
    if token.revoked_at is not None:
        raise IllegalState("This token is revoked already.")
    token.revoked_at = work.now
    work.note("token.revoked", token, person_id=token.person_id)
    return token


def add_token(
    work: Work,
    person: Person,
    *,
    name: str,
    permissions: Collection[str] | None = None,
    expires_at: datetime | None = None,
    own_only: bool = False,
) -> IssuedToken:
    """Add a token for the person. Raises Invalid for an end that is past or too far."""
    expires_at = expires_at or work.now + timedelta(days=90)
    if not work.now < expires_at <= work.now + LONGEST:
        raise Invalid("A token ends in the future, at most 366 days ahead.", path=("expiresAt",))
    secret, digest = new_secret()
    token = Token.under(
        person,
        name=short(name, 80, "name"),
        secret_sha256=digest,
        hint=secret[:10],
        permissions=None if permissions is None else sorted(permissions),
        own_only=own_only,
        issued_at=work.now,
        issued_by_id=work.actor.person_id,
        expires_at=expires_at,
    )
    work.add(token)
    work.note("token.issued", token, person_id=person.id)
    return IssuedToken(token, secret)


def new_secret() -> tuple[str, bytes]:
    """A new bearer secret of 256 random bits, and its hash."""
    secret = "kith_" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    return secret, digest_of(secret)


def digest_of(secret: str) -> bytes:
    """The hash under which a secret is kept: SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).digest()


async def _for_whom(work: Work, person_id: UUID | None) -> Person:
    looked_after = row_rule(work.actor, own=[Person.id], programme=Person.programme_id)
    return await work.get(Person, person_id or UUID(int=0), looked_after)


def _known(permissions: Sequence[str], held: Sequence[Grant]) -> frozenset[str]:
    wanted = frozenset(permissions)
    unknown = wanted - set(REGISTERED)
    if unknown or not wanted:
        raise Invalid(
            f"There is no permission {min(unknown)}." if unknown else "Name a permission.", path=("permissions",)
        )
    if not wanted <= frozenset().union(*(g.permissions for g in held)):
        raise Invalid("The person does not hold all of these permissions.", path=("permissions",))
    return wanted


def _narrowed(grant: Grant, wanted: frozenset[str] | None) -> Grant:
    return grant if wanted is None else replace(grant, permissions=grant.permissions & wanted)

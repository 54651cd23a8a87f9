"""Provisioning: a new organisation with its first administrator and programme."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from kith.ground.actor import Grant, service
from kith.ground.operation import operation
from kith.ground.permissions import Permission, Reach, Role, of_role
from kith.ground.work import Work
from kith.people.person import NewPerson, welcome
from kith.training.module import CORE, add_core_modules
from tenants.member import add_member
from tenants.organisation import Organisation, add_organisation
from tenants.token import LONGEST, IssuedToken, OperatorToken, add_token, new_secret

PROVISION = Permission("organisations.provision", "Provision an organisation.", granted_to={Role.OPERATOR})
KEEP_KEYS = Permission("operators.issue_token", "Issue a token for the platform's operator.")


@dataclass(frozen=True, slots=True)
class Provisioned:
    """A new organisation, with the secret of its administrator's first token: shown this once."""

    organisation: Organisation
    secret: str


@operation(needs=PROVISION)
async def provision_organisation(
    work: Work,
    *,
    slug: Annotated[str, "Its short name in addresses: lower-case letters, digits, hyphens."],
    name: Annotated[str, "Its name."],
    time_zone: Annotated[str, "Where it works, as an IANA name such as Europe/Dublin."],
    admin: Annotated[NewPerson, "Its first administrator."],
) -> Provisioned:
    """Provision an organisation, with drafts of the core training.

    The secret signs its administrator in for seven days.
    """
    organisation = await add_organisation(work, slug=slug, name=name, time_zone=time_zone)
    async with work.entering(organisation.id, service(organisation.id, (PROVISION,))) as inside:
        person = welcome(inside, admin, None)
        add_member(inside, person, Grant(of_role(Role.ADMIN), Reach.ORGANISATION), Role.ADMIN, None)
        await add_core_modules(inside, list(CORE))
        issued: IssuedToken = add_token(inside, person, name="First sign-in", expires_at=work.now + timedelta(days=7))
    return Provisioned(organisation, issued.secret)


@operation(needs=KEEP_KEYS)
async def issue_operator_token(work: Work, *, name: str) -> str:
    """Issue a token for the platform's operator, for 366 days; only whoever runs the command line does this."""
    secret, digest = new_secret()
    work.session.add(OperatorToken(name=name, secret_sha256=digest, issued_at=work.now, expires_at=work.now + LONGEST))
    return secret

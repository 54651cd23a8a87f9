"""How organisations, members, tokens and what happened are shown."""

from typing import Optional

from sqlalchemy import and_, func
from strawberry.scalars import JSON

from kith.ground.dead_letters import replay_job
from kith.ground.facts import Fact
from kith.ground.outbox import Later
from kith.ground.permissions import Reach, Role
from kith.people.letters import Letter
from kith.people.person import Person
from schema.declare import (
    Own,
    Page,
    Value,
    ascending,
    column,
    connection,
    descending,
    expression,
    of,
    one,
    refers_to,
    root,
    shows,
    value_type,
)
from schema.enums import enumeration
from schema.mutations import RESULTS, expose
from tenants.member import CustomRole, Member, define_role, end_role, give_role
from tenants.organisation import LIST, Organisation, OrganisationStatus, reinstate_organisation, suspend_organisation
from tenants.provisioning import Provisioned, provision_organisation
from tenants.token import IssuedToken, Token, issue_token, revoke_token


@shows(Organisation, "One organisation that shares the service.", orders={"SLUG": ascending(Organisation.slug)})
class OrganisationType:
    """The fields of an organisation."""

    slug = column("Its short name in addresses.")
    name = column("Its name.")
    time_zone = column("Where it works, as an IANA name.")
    status = column("Where it is.", enumeration(OrganisationStatus))
    provisioned_at = column("Since when it shares the service.")


@shows(CustomRole, "A role of the organisation's own.", orders={"NAME": ascending(CustomRole.name_lower)})
class RoleType:
    """The fields of a role of the organisation's own."""

    name = column("What people call it.")
    permissions = column("What it may do.")
    reach = column("How far it goes.", enumeration(Reach))


@shows(
    Member,
    "A person's role in the organisation.",
    orders={"NEWEST": descending(Member.since), "OLDEST": ascending(Member.since)},
    filters={"person_id": refers_to(Member.person_id, Person, "Of this person.")},
)
class MemberType:
    """The fields of a member."""

    role = column("The built-in role; null where it is one of the organisation's own.", enumeration(Role))
    reach = column("How far it goes.", enumeration(Reach))
    since = column("From when.")
    until = column("Until when; null while it lasts.")
    person = one("Whose.", by=Member.person_id)
    custom_role = one("The organisation's own role.", by=Member.custom_role_id)
    programme = one("For which programme, where it reaches one.", by=Member.programme_id)


@shows(
    Token,
    "An API token. Its secret is shown once, when it is issued.",
    orders={"NEWEST": descending(Token.issued_at), "OLDEST": ascending(Token.issued_at)},
    filters={"person_id": refers_to(Token.person_id, Person, "Of this person.")},
)
class TokenType:
    """The fields of a token."""

    name = column("What it is for.")
    hint = column("Its first characters, to tell tokens apart.")
    permissions = column("What it may do; null for everything that its person may do.")
    issued_at = column("When it was issued.")
    expires_at = column("Until when it works.")
    revoked_at = column("When it was revoked.")
    last_used_at = column("When it was last used, to the minute.")
    works = expression("Whether it works now.", bool, and_(Token.revoked_at.is_(None), Token.expires_at > func.now()))
    person = one("For whom it acts.", by=Token.person_id)


@shows(
    Letter,
    "A letter to one person.",
    orders={"NEWEST": descending(Letter.written_at), "OLDEST": ascending(Letter.written_at)},
)
class LetterType:
    """The fields of a letter."""

    kind = column("Why it was written, as a code.")
    subject = column("Its subject.")
    body = column("Its text.")
    written_at = column("When it was written.")
    sent_at = column("When it left.")
    person = one("To whom.", by=Letter.person_id, model=Person)


@shows(
    Fact,
    "Something that happened.",
    orders={"NEWEST": descending(Fact.occurred_at), "OLDEST": ascending(Fact.occurred_at)},
)
class FactType:
    """The fields of a fact."""

    kind = column("What happened, as a code.")
    occurred_at = column("When.")
    actor_roles = column("In which roles its actor stood.")
    subject_type = column("To what kind of thing.")
    data = column("Codes and numbers that belong to it.", JSON)
    request_id = column("The request in which it happened.")
    actor = one("Who did it; null for the service itself.", by=Fact.actor_person_id, model=Person)


@shows(Later, "A job that waits, runs or failed.", name="Job", orders={"NEWEST": descending(Later.due_at)})
class JobType:
    """The fields of a job."""

    operation = column("What it does.")
    due_at = column("When it is due.")
    attempts = column("How often it was tried.")
    failed_at = column("When it failed for good.")
    error = column("Why, without anything personal.")


@value_type("IssuedToken", "A token that was just issued.")
class IssuedTokenType:
    """The fields of an issued token."""

    token = Value("The token; null for who may issue tokens and not read them.", Optional[of(Token)])  # noqa: UP045 - a lazy type has no `|`
    secret = Value(
        "The bearer secret: shown this once, and null when the call is sent again under its key.", str | None
    )


@value_type("ProvisionedOrganisation", "A new organisation.")
class ProvisionedType:
    """The fields of a new organisation."""

    organisation = Value("The organisation.", of(Organisation))
    secret = Value(
        "The bearer secret of its administrator's first sign-in: shown this once, and null when the call is sent again"
        " under its key.",
        str | None,
    )


RESULTS |= {IssuedToken: IssuedTokenType, Provisioned: ProvisionedType}

root(
    organisation=Own("One's own organisation.", Organisation, lambda actor: actor.organisation_id),
    organisations=Page("The organisations of the platform.", Organisation, filtered=False, needs=LIST),
    members=connection("Who holds which role.", Member),
    roles=connection("The organisation's own roles.", CustomRole, filtered=False),
    tokens=connection("API tokens.", Token),
    letters=connection("Letters.", Letter, filtered=False),
    facts=connection("What happened: the activity feed and the audit trail.", Fact, filtered=False),
    jobs=connection("Jobs that wait, run or failed.", Later, filtered=False),
)
expose(give_role, end_role, define_role, issue_token, revoke_token)
expose(replay_job, provision_organisation, suspend_organisation, reinstate_organisation)

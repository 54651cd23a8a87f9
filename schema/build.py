"""The whole schema, built once.

`python -m schema.build` writes schema/schema.graphql; with `--release` it writes schema/released.graphql as well, which
is what clients are promised from then on.
"""

import sys
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Optional

import strawberry
from graphql import GraphQLObjectType, GraphQLSchema, lexicographic_sort_schema, print_schema
from strawberry.schema.config import StrawberryConfig

from kith.evaluation.feedback import Feedback
from kith.evaluation.rollup import EvaluationRollup
from kith.goals import Goal
from kith.ground.facts import Fact
from kith.ground.outbox import Later
from kith.matching.match import Match
from kith.matching.proposal import Proposal
from kith.matching.run import MatchRun
from kith.meetings.meeting import Meeting
from kith.people.letters import Letter
from kith.people.mentee import Mentee
from kith.people.mentor import Mentor
from kith.people.person import Person
from kith.programmes import Programme
from schema import evaluation, goals, matching, meetings, people, programmes, tenancy  # noqa: F401 - each declares its types
from schema.cost import RateLimit
from schema.declare import SHOWN, ById, Declaration, Given, Node, Own, Page, connection, field_for
from schema.follow import FOLLOWED
from schema.idempotent import IDEMPOTENT
from schema.meetings import BY_MONTH
from schema.mutations import EXPOSED
from schema.reads.scalars import write_alike
from schema.viewer import Viewer
from tenants.member import CustomRole, Member
from tenants.organisation import LIST, Organisation
from tenants.token import Token


class _Query:
    viewer = Given("Who asks, and what they may do.", Viewer, lambda asking: asking.actor)
    organisation = Own("One's own organisation.", Organisation, lambda actor: actor.organisation_id)
    rate_limit = Given(
        "What this operation costs and what is left; null for the platform's operator, who has no budget.",
        Optional[RateLimit],  # noqa: UP045 - made at run time
        lambda asking: asking.standing,
        late=True,
    )
    organisations = Page("The organisations of the platform.", Organisation, filtered=False, needs=LIST)
    programmes = connection("The programmes of the organisation.", Programme, filtered=False)
    people = connection("People.", Person)
    mentors = connection("Mentors.", Mentor)
    mentees = connection("Mentees.", Mentee)
    match_run = ById("A matching run.", MatchRun)
    match_runs = connection("Matching runs.", MatchRun)
    proposals = connection("Proposals.", Proposal)
    match = ById("A match.", Match)
    matches = connection("Matches.", Match)
    meetings = connection("Meetings.", Meeting)
    meetings_by_month = BY_MONTH
    goals = connection("Goals.", Goal)
    feedback = connection("Feedback. Reading it is recorded.", Feedback)
    evaluation_rollups = connection("Figures of programmes, month by month.", EvaluationRollup)
    members = connection("Who holds which role.", Member)
    roles = connection("The organisation's own roles.", CustomRole, filtered=False)
    tokens = connection("API tokens.", Token)
    letters = connection("Letters.", Letter, filtered=False)
    facts = connection("What happened: the activity feed and the audit trail.", Fact, filtered=False)
    jobs = connection("Jobs that wait, run or failed.", Later, filtered=False)


def _node(id: Annotated[strawberry.ID, strawberry.argument(description="The global id.")]) -> Node | None:
    raise AssertionError("the engine answers this field")


def _nodes(
    ids: Annotated[list[strawberry.ID], strawberry.argument(description="Global ids, at most a hundred.")],
) -> list[Node | None]:
    raise AssertionError("the engine answers this field")


@cache
def graphql_schema() -> GraphQLSchema:
    """The schema that documents are validated against, and that selections are compiled by."""
    return build()


def build() -> GraphQLSchema:
    """The schema, made anew."""
    made = strawberry.Schema(
        query=_query(),
        mutation=_mutation(),
        subscription=_subscription(),
        types=[s.type for s in SHOWN.values()],
        config=_CONFIG,
    )
    schema: GraphQLSchema = made._schema
    schema.directives += (IDEMPOTENT,)
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType):
            kind.is_type_of = None
    write_alike(schema)
    return schema


def sdl() -> str:
    """The schema in its own language: the public contract, committed as schema/schema.graphql."""
    return print_schema(lexicographic_sort_schema(graphql_schema())) + "\n"


_CONFIG = StrawberryConfig(auto_camel_case=True)


def _query() -> Any:
    declared = {name: d for name, d in vars(_Query).items() if isinstance(d, Declaration)}
    body: dict[str, Any] = {"__annotations__": {}, "__module__": __name__}
    for name, declaration in declared.items():
        body[name], annotation = field_for(name, declaration, None)
        if annotation is not None:
            body["__annotations__"][name] = annotation
    body["node"] = strawberry.field(_node, description="Anything with a global id; null where it may not be seen.")
    body["nodes"] = strawberry.field(_nodes, description="Several at once, in the order asked.")
    return strawberry.type(type("Query", (), body), description="What can be read.")


def _mutation() -> Any:
    body: dict[str, Any] = {name: mutation.field for name, mutation in EXPOSED.items()}
    return strawberry.type(type("Mutation", (), body | {"__module__": __name__}), description="What can be done.")


def _subscription() -> Any:
    body: dict[str, Any] = {name: followed.field for name, followed in FOLLOWED.items()}
    return strawberry.type(
        type("Subscription", (), body | {"__module__": __name__}), description="What can be followed."
    )


if __name__ == "__main__":
    for written in ("schema", "released") if "--release" in sys.argv else ("schema",):
        Path(__file__).with_name(f"{written}.graphql").write_text(sdl(), encoding="utf-8")

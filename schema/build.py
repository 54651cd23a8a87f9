"""The whole schema, built once.

`python -m schema.build` writes schema/schema.graphql; with `--release` it writes schema/released.graphql as well, which
is what clients are promised from then on.
"""

import sys
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import strawberry
from graphql import GraphQLObjectType, GraphQLSchema, lexicographic_sort_schema, print_schema
from strawberry.schema.config import StrawberryConfig

from schema import (  # noqa: F401 - each declares its types
    community,
    culture,
    evaluation,
    goals,
    importing,
    improvement,
    matching,
    meetings,
    messages,
    notes,
    people,
    programmes,
    recruiting,
    referrals,
    relationship,
    supervision,
    tasks,
    tenancy,
    training,
    viewer,
)
from schema.declare import ROOTS, SHOWN, Node, field_for
from schema.follow import FOLLOWED
from schema.idempotent import IDEMPOTENT
from schema.mutations import EXPOSED
from schema.reads.scalars import write_alike


def _node(id: Annotated[strawberry.ID, strawberry.argument(description="The global id.")]) -> Node | None:
    raise AssertionError("the compiler answers this field")


def _nodes(
    ids: Annotated[list[strawberry.ID], strawberry.argument(description="Global ids, at most a hundred.")],
) -> list[Node | None]:
    raise AssertionError("the compiler answers this field")


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
    body: dict[str, Any] = {"__annotations__": {}, "__module__": __name__}
    for name, declaration in ROOTS.items():
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

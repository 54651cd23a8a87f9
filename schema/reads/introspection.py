"""Questions about the schema itself, which graphql-core answers; nothing is loaded for them."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    execute_sync,
)

from kith.ground.errors import Broken
from schema.reads.selection import Field, Fragments, Variables

INTROSPECTION = ("__schema", "__type")


def introspected(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Fragments,
    fields: Sequence[Field],
    variables: Variables,
) -> Mapping[str, Any]:
    """The answers to the fields that ask about the schema, by response key."""
    nodes = [node for each in fields if each.name in INTROSPECTION for node in each.nodes]
    single = OperationDefinitionNode(
        operation=operation.operation,
        variable_definitions=operation.variable_definitions,
        directives=(),
        selection_set=SelectionSetNode(selections=tuple(nodes)),
    )
    document = DocumentNode(definitions=(single, *fragments.values()))
    result: ExecutionResult = execute_sync(schema, document, variable_values=dict(variables))
    if result.errors or result.data is None:
        raise Broken(f"the schema could not be asked about itself: {result.errors}")
    found: Mapping[str, Any] = result.data
    return found

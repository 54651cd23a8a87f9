"""`@idempotent(key:)`: the directive, where it may stand, and the key that came with it."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    DirectiveLocation,
    DirectiveNode,
    FieldNode,
    GraphQLArgument,
    GraphQLDirective,
    GraphQLError,
    GraphQLNonNull,
    GraphQLString,
    StringValueNode,
    ValidationRule,
    specified_rules,
)

from kith.ground.errors import Invalid
from schema.reads.selection import Field

LONGEST_KEY = 200
IDEMPOTENT = GraphQLDirective(
    "idempotent",
    [DirectiveLocation.FIELD],
    args={
        "key": GraphQLArgument(
            GraphQLNonNull(GraphQLString),
            description=f"What stands for this one intent, such as a random UUID: 1 to {LONGEST_KEY} characters.",
        )
    },
    description=(
        "On a field of a mutation: sent again by the same person within 24 hours under the same key, it is not done"
        " again, and what was done is read anew. Another input under the same key is refused as"
        " `IDEMPOTENCY_KEY_REUSED`. What was refused was not done, and may be sent again under its key."
    ),
)


class OnlyOnMutations(ValidationRule):
    """The directive stands on the root fields of mutations, and nowhere else."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Refuse a field on which it may not stand."""
        if not any(each.name.value == IDEMPOTENT.name for each in node.directives or ()):
            return
        kind = self.context.get_parent_type()
        if kind is not self.context.schema.mutation_type or node.name.value.startswith("__"):
            place = f"{kind.name if kind else ''}.{node.name.value}"
            self.report_error(GraphQLError(f"@idempotent stands on a field of a mutation, not on {place}.", node))


RULES = (*specified_rules, OnlyOnMutations)


def keys_of(fields: Sequence[Field], variables: Mapping[str, Any]) -> Mapping[str, str]:
    """The keys that came with a mutation's root fields, by response key. Raises Invalid for one that will not do."""
    return {field.key: _key(found, variables) for field in fields if (found := _directives(field))}


def _directives(field: Field) -> list[DirectiveNode]:
    """The field's own directives of this name, wherever it was asked for."""
    found = [each for node in field.nodes for each in node.directives or () if each.name.value == IDEMPOTENT.name]
    return list({id(each): each for each in found}.values())  # a fragment may be spread twice


def _key(found: Sequence[DirectiveNode], variables: Mapping[str, Any]) -> str:
    if len(found) > 1:
        raise Invalid("A field takes one @idempotent.")
    key = _text((found[0].arguments or ())[0].value, variables)
    if not 1 <= len(key) <= LONGEST_KEY or "\x00" in key:
        raise Invalid(f"The key of @idempotent has 1 to {LONGEST_KEY} characters, and no NUL.")
    return key


def _text(value: Any, variables: Mapping[str, Any]) -> str:
    """A text that is written out or comes as a variable; empty for a variable that is null in spite of its default."""
    return (value.value if isinstance(value, StringValueNode) else variables[value.name.value]) or ""

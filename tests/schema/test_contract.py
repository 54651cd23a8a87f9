"""The contract explains itself: nothing in the schema is without its sentence."""

from collections.abc import Iterator

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

from kith.ground.choice import Choice
from kith.ground.errors import Broken
from schema.build import graphql_schema
from schema.enums import orders


def described() -> Iterator[tuple[str, str | None]]:
    """Everything that can have a description, by its coordinate, with the description it has."""
    schema = graphql_schema()
    yield from ((f"@{directive.name}", directive.description) for directive in schema.directives)
    for name, kind in schema.type_map.items():
        yield name, kind.description
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{name}.{key}", value.description) for key, value in kind.values.items())
        if isinstance(kind, GraphQLInputObjectType):
            yield from ((f"{name}.{key}", given.description) for key, given in kind.fields.items())
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for key, field in kind.fields.items():
                yield f"{name}.{key}", field.description
                yield from ((f"{name}.{key}({a}:)", argument.description) for a, argument in field.args.items())


def test_everything_has_a_sentence() -> None:
    found = [(where, sentence) for where, sentence in described() if not where.startswith("__")]
    assert [where for where, sentence in found if not (sentence or "").strip()] == []
    assert {"MatchStatus.PAUSED", "Mutation.setGoal(input:)", "WindowInput.ends"} <= {where for where, _ in found}


def test_a_value_is_its_text_and_knows_its_sentence() -> None:
    class Answer(Choice):
        YES = "YES", "They accept."

    assert Answer.YES == "YES"
    assert f"{Answer('YES')}" == "YES"
    assert (Answer.YES.value, Answer.YES.sentence) == ("YES", "They accept.")


def test_an_order_that_nobody_described_is_no_order() -> None:
    with pytest.raises(Broken, match="TALLEST"):
        orders("Person", ["NAME", "TALLEST"])

"""The oracle: whatever is asked, the compiled answer is byte for byte what graphql-core says, field by field.

Shapes come from hypothesis-graphql, and from a walk that goes deeper along references; both are dressed with what is
really there. Arguments are checked before anything runs, where the reference looks at one only when a row asks for
it; so the two are compared where the compiled one answers, and a refusal of the reference alone is a difference.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import orjson
import pytest
from graphql import DocumentNode, parse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from kith.ground.actor import Actor
from schema.build import graphql_schema
from tests.reference.operations import LATE, Dressing, Generated, Seeds, seeds_of, shape
from tests.reference.oracle import Oracle, Refusal, snapshot
from tests.schema.conftest import Odd
from tests.schema.test_generated import DEEP

BATCHES = 25 if DEEP else 4
WALKED = 150 if DEEP else 40  # shapes of each batch that a walk makes
DRAWN, TIMES = (10, 5) if DEEP else (2, 4)  # shapes that hypothesis-graphql draws, and how often each is dressed
SETS = 2  # of variables, where an operation has any
ASKERS = (
    *[("odd", "admin"), ("harbour", "admin"), ("odd", "coordinator"), ("odd", "admin"), ("odd", "mentor")],
    *[("lantern", "admin"), ("odd", "supervisor"), ("odd", "mentee"), ("harbour", "analyst"), ("odd", "admin")],
    *[("odd", "partner"), ("harbour", "reader"), ("harbour", "operator"), ("odd", "other_coordinator")],
)


@pytest.mark.parametrize("batch", range(BATCHES))
async def test_compiled_answers_are_those_of_graphql_core(odd: Odd, batch: int) -> None:
    seen: Counter[str] = Counter()
    seeds = {name: await seeds_of(odd.superuser, house, odd.houses["lantern" if name == "odd" else "odd"])
             for name, house in odd.houses.items()}  # fmt: skip
    shapes = [*drawn_shapes(batch), *[None] * WALKED]
    for number, (house, who) in enumerate(ASKERS):
        actor = odd.actors[house, who]
        async with snapshot(odd.workplace, actor) as oracle:
            for at in range(number, len(shapes), len(ASKERS)):
                operation = generated(Random(1000 * batch + at), shapes[at], seeds[house], actor)
                for variables in operation.variables:
                    seen[await held(oracle, f"{who} of {house}", operation.text, variables)] += 1
    print(dict(seen))
    assert seen["answered"] > sum(seen.values()) / 3


def generated(random: Random, drawn: DocumentNode | None, seeds: Seeds, actor: Actor) -> Generated:
    """One operation of a shape, or of a walk's."""
    schema = graphql_schema()
    document = drawn or parse(shape(random, schema, actor.permissions))
    return Dressing(random, schema, seeds, actor.permissions).dressed(document, SETS)


async def held(oracle: Oracle, who: str, text: str, variables: Mapping[str, Any]) -> str:
    """Ask for both answers and hold them against each other: `answered`, or the code of a refusal."""
    try:
        both = await oracle.both(text, variables)
    except Exception as error:
        raise AssertionError(told(who, text, variables, repr(error))) from error
    if isinstance(both, Refusal):
        assert both.reference in (None, both.code), told(who, text, variables, both)
        return both.code
    assert both[0] == both[1], told(who, text, variables, apart(*both))
    return "answered"


def told(who: str, text: str, variables: Mapping[str, Any], what: Any) -> str:
    """All that is needed to ask again."""
    return f"{who} asked\n{text}\n{orjson.dumps(variables).decode()}\n{what}"


def apart(one: bytes, other: bytes) -> tuple[bytes, bytes]:
    """Where two answers part."""
    shorter = min(len(one), len(other))
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), shorter)
    return one[max(0, at - 60) : at + 60], other[max(0, at - 60) : at + 60]


def drawn_shapes(batch: int) -> Iterator[DocumentNode]:
    """Shapes as hypothesis-graphql draws them, each several times."""
    found: list[Any] = []
    schema = graphql_schema()
    assert schema.query_type is not None
    roots = sorted(set(schema.query_type.fields) - LATE)
    scalars = {name: st.just(nodes.String("x")) for name in ("DateTime", "Date", "Decimal", "JSON", "Time")}
    fields = Random(batch).sample(roots, 3)

    @seeded(batch)
    @settings(
        max_examples=2 * DRAWN,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(queries(schema, fields=fields, custom_scalars=scalars, print_ast=lambda document: document))
    def collect(document: Any) -> None:
        found.append(document)

    collect()
    for document in found[-DRAWN:]:  # the first are as small as can be
        yield from [document] * TIMES

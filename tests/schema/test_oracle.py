"""The oracle: whatever is asked, the compiled answer is byte for byte what graphql-core says, field by field."""

import pytest

from tenants.principal import principal
from tenants.work import Workplace
from tests.reference.oracle import Refusal, snapshot
from tests.schema.test_generated import DEEP, WHO, Generator
from tests.world import World

OPERATIONS = 10_000 if DEEP else 400


@pytest.mark.parametrize("who", sorted(set(WHO)))
async def test_compiled_answers_are_those_of_graphql_core(who: str, workplace: Workplace, world: World) -> None:
    actor = await principal(workplace.engine, world.harbour.secrets[who])
    assert actor is not None
    answered = 0
    async with snapshot(workplace, actor) as oracle:
        for seed in range(OPERATIONS // len(set(WHO))):
            text = Generator(seed, world.harbour).query()
            both = await oracle.both(text)
            if not isinstance(both, Refusal):
                answered += 1
                assert both[0] == both[1], (text, *apart(*both))
    assert answered > 3


def apart(one: bytes, other: bytes) -> tuple[bytes, bytes]:
    """Where two answers part."""
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return one[max(0, at - 60) : at + 60], other[max(0, at - 60) : at + 60]

"""Schemathesis asks the running service whatever its schema allows: nothing breaks."""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from tests.clients.service import Service, serving
from tests.clients.story import tell

pytestmark = pytest.mark.clients
DEEP = bool(os.environ.get("KITH_DEEP"))
EXAMPLES = 100 if DEEP else 5  # of each field of Query and Mutation
AT_LEAST = 1_000
ENDING = {"Mutation.revokeToken", "Mutation.endRole"}  # whoever does this to themselves is heard no more
EXPECTED = {"INVALID", "FORBIDDEN", "BAD_USER_INPUT", "OPERATION_TOO_LARGE"}
LISTS = ("people", "mentors", "mentees", "matchRuns", "proposals", "members", "letters", "facts")
ASKING = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=not DEEP,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def service() -> Iterator[Service]:
    """A service of its own, which may be changed at will and does not run dry."""
    with serving(KITH_COST_CAPACITY="1000000000", KITH_COST_RESTORE="1000000000") as running:
        yield running


@pytest.fixture
def schema(service: Service) -> Any:
    """The schema as the service tells it. Ids of things that are there and usable numbers are among what is made up."""
    story = tell(service)
    asked = " ".join(f"{each}(first: 5) {{ nodes {{ id }} }}" for each in LISTS)
    found = service.ask(service.admin, f"{{ {asked} }}").values()
    ids = [story.programme, story.match, story.meeting, *(node["id"] for each in found for node in each["nodes"])]
    schemathesis.graphql.scalar("ID", (st.sampled_from(ids) | st.text()).map(nodes.String))
    schemathesis.graphql.scalar("Int", (st.integers(1, 20) | st.integers(-(2**31), 2**31 - 1)).map(nodes.Int))
    schemathesis.graphql.scalar("Decimal", st.decimals(allow_nan=False).map(str).map(nodes.String))
    return schemathesis.graphql.from_url(service.graphql, headers={"authorization": f"Bearer {service.admin}"})


def test_whatever_the_schema_allows_the_service_answers(service: Service, schema: Any) -> None:
    seen: Counter[str] = Counter()

    def ask(case: Any) -> None:
        answer = case.call(headers={"authorization": f"Bearer {service.admin}"})
        said = answer.json()
        codes = {error["extensions"]["code"] for error in said.get("errors", [])}
        assert answer.status_code < 500, case.body
        assert codes <= EXPECTED, (codes, case.body)
        assert "data" in said or codes, (said, case.body)
        seen.update(codes or {"answered"})

    for operation in (found.ok() for found in schema.get_all_operations()):
        if operation.label not in ENDING:
            ASKING(given(case=operation.as_strategy())(ask))()
    assert seen.total() >= AT_LEAST
    assert seen["answered"] > AT_LEAST / 3

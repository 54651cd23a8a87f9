"""How reads compile, for a reader: one statement an operation, values as parameters, plans by shape."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from graphql import OperationDefinitionNode, parse

from kith.evaluation.feedback import Feedback
from kith.ground.actor import Actor, Grant, operator
from kith.ground.errors import Broken, Invalid
from kith.ground.permissions import REGISTERED, Reach
from kith.people.person import Person
from schema.build import graphql_schema
from schema.documents import variables_of
from schema.ids import global_id
from schema.reads import plans
from schema.reads.plans import Operation, Plan, Plans
from schema.reads.reread import SensitiveRows, reread
from schema.reads.statement import Asking
from schema.reads.walls import walls_of
from tenants.budget import Standing
from tests.conftest import Api
from tests.reference.oracle import Refusal, snapshot
from tests.schema.conftest import Odd
from tests.world import World

EVERYTHING = Grant(frozenset(REGISTERED), Reach.ORGANISATION)
ADMIN = Actor(uuid4(), uuid4(), (EVERYTHING,))
COORDINATOR = Actor(uuid4(), uuid4(), (Grant(frozenset(REGISTERED), Reach.PROGRAMME, uuid4()),))


def operation(text: str) -> Operation:
    """An operation by itself, with no plans yet."""
    document = parse(text)
    node = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    return Operation(graphql_schema(), node, {}, Plans())


def plan_of(text: str, actor: Actor = ADMIN, **given: Any) -> tuple[Plan, Asking]:
    """The plan of an operation, and who asks."""
    asked = operation(text)
    variables = variables_of(asked, given)
    return asked.plan(actor, variables), Asking(actor, variables)


def sql_of(text: str, actor: Actor = ADMIN, **given: Any) -> str:
    """The statement of an operation."""
    statement = plan_of(text, actor, **given)[0].statement
    assert statement is not None
    return statement.read.sql


# --- one statement -------------------------------------------------------------------------------------------------

DEEP = """query($id: ID!) {
  match(id: $id) { status mentor { name supervisor { name } person { contact { email } } }
    meetings(first: 3) { totalCount nodes { startsAt attendances { came person { name } } } pageInfo { endCursor } } }
  people(first: 5) { edges { cursor node { name } } }
  meetingsByMonth { month meetings }
  nodes(ids: [$id]) { id ... on Match { beganAt } }
  viewer { person { name } roles } }"""


async def test_an_operation_is_one_statement(odd: Odd) -> None:
    house = odd.houses["harbour"]
    asked: list[str] = []
    async with snapshot(odd.workplace, odd.actors["harbour", "admin"]) as oracle:
        driver = await oracle.driver()
        await oracle.compiled(DEEP, {"id": house.id("match")})  # the transaction has begun, the driver knows the types
        driver.add_query_logger(lambda query: asked.append(query.query))
        answer = orjson.loads(await oracle.compiled(DEEP, {"id": house.id("match")}))
        await asyncio.sleep(0)  # the driver tells one turn later
        assert len(asked) == 1
    assert answer["data"]["match"]["meetings"]["totalCount"] > 1
    assert answer["data"]["nodes"][0]["id"] == house.id("match")


# --- values are parameters -----------------------------------------------------------------------------------------

ASKED = """query($id: ID!, $match: ID, $first: Int!, $from: DateTime, $status: [MeetingStatus!]) {
  match(id: $id) { id }
  meetings(first: $first, filter: {matchId: $match, startsFrom: $from, status: $status}) { nodes { id } } }"""


@pytest.mark.parametrize("actor", [ADMIN, COORDINATOR], ids=["admin", "coordinator"])
def test_nothing_of_the_variables_or_of_who_asks_is_in_the_text(actor: Actor) -> None:
    id, given = uuid4(), {"first": 97, "from": "2031-05-17T03:04:05Z", "status": ["CANCELLED"]}
    named = {"id": global_id("Match", id), "match": global_id("Match", uuid4())}
    plan, asking = plan_of(ASKED, actor, **given, **named)
    assert plan.statement is not None
    own = [actor.organisation_id, actor.person_id, *actor.programmes, id, named["match"].rpartition("_")[2]]
    for value in (97, "2031", "CANCELLED", *own):
        assert str(value) not in plan.statement.read.sql
    values = plan.statement.values(asking)
    assert plan.statement.read.parameters == len(values)
    assert {str(id), 97, actor.organisation_id} <= {each for each in values if not isinstance(each, list)}
    assert ["CANCELLED"] in values


def test_values_written_in_the_document_are_parameters_too() -> None:
    text = '{ meetings(first: 97, filter: {startsFrom: "2031-05-17T03:04:05Z", status: [CANCELLED]}) { nodes { id } } }'
    assert not [each for each in ("97", "2031", "CANCELLED") if each in sql_of(text)]


# --- plans ---------------------------------------------------------------------------------------------------------


def like(actor: Actor) -> Actor:
    """Somebody else of the same shape."""
    grants = tuple(Grant(g.permissions, g.reach, g.programme_id and uuid4()) for g in actor.grants)
    return Actor(uuid4(), uuid4(), grants, circle=frozenset({uuid4(), uuid4()}))


@pytest.mark.parametrize("actor", [ADMIN, COORDINATOR], ids=["admin", "coordinator"])
def test_two_of_one_shape_share_a_plan_and_answer_for_themselves(actor: Actor) -> None:
    asked, other = operation("{ people(first: 1) { nodes { name } } viewer { person { name } } }"), like(actor)
    plan = asked.plan(actor, {})
    assert asked.plan(other, {}) is plan
    assert plan.statement is not None
    mine, theirs = (plan.statement.values(Asking(who, {})) for who in (actor, other))
    assert actor.organisation_id in mine
    assert actor.organisation_id not in theirs
    assert other.person_id in theirs


def test_another_shape_has_a_plan_of_its_own() -> None:
    asked = operation("{ people(first: 1) { nodes { name } } }")
    plans = [asked.plan(who, {}) for who in (ADMIN, COORDINATOR, operator(), Actor(uuid4(), None, (EVERYTHING,)))]
    assert len({id(plan) for plan in plans}) == len(plans)


NARROW = {"programmeId": "x"}


@pytest.mark.parametrize(
    ("text", "one", "other"),
    [
        ("query($a: Boolean!) { people(first: 1) { nodes { name @skip(if: $a) id } } }", {"a": True}, {"a": False}),
        ("query($a: PersonOrder) { people(first: 1, orderBy: $a) { nodes { id } } }", {"a": "NAME"}, {"a": "NEWEST"}),
        ("query($a: Int, $b: Int) { people(first: $a, last: $b) { nodes { id } } }", {"a": 1}, {"b": 1}),
        ("query($a: PersonFilter) { people(first: 1, filter: $a) { totalCount } }", {"a": {}}, {"a": NARROW}),
        ("query($a: ID) { people(first: 1, filter: {programmeId: $a}) { nodes { id } } }", {}, {"a": "x"}),
        ("query($a: String) { people(first: 1, after: $a) { nodes { id } } }", {"a": None}, {"a": "x"}),
        ("query($a: ID!) { node(id: $a) { id } }", {"a": global_id("Person", UUID(int=1))}, {"a": "x"}),
    ],
)  # fmt: skip
def test_what_variables_choose_has_a_plan_of_its_own(
    text: str, one: Mapping[str, Any], other: Mapping[str, Any]
) -> None:
    asked = operation(text)
    first, second = (asked.plan(ADMIN, variables_of(asked, given)) for given in (one, other))
    assert first is not second
    assert first.statement is not None
    assert second.statement is not None
    assert first.statement.read.sql != second.statement.read.sql
    assert asked.plan(ADMIN, variables_of(asked, one)) is first


def test_values_that_choose_nothing_share_a_plan() -> None:
    asked = operation("query($n: Int!, $ids: [ID!]!) { people(first: $n) { nodes { id } } nodes(ids: $ids) { id } }")
    people = [global_id("Person", UUID(int=n)) for n in range(5)]
    shared = {id(asked.plan(ADMIN, {"n": n, "ids": people[:n]})) for n in (1, 2, 5)}
    assert len(shared) == 1


def test_plans_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    flags = "abcdefg"
    declared = ", ".join(f"${each}: Boolean!" for each in flags)
    asked = operation(
        f"query({declared}) {{ " + " ".join(f"{each}: __typename @skip(if: ${each})" for each in flags) + " }"
    )
    monkeypatch.setattr(plans, "MOST_KEPT", 20_000)
    for number in range(128):
        asked.plan(ADMIN, {each: bool(number >> at & 1) for at, each in enumerate(flags)})
        kept = asked._plans._kept.values()
        assert asked._plans._characters == sum(each.characters for each in kept) <= 20_000
    assert 10 < len(kept) < 128


def test_a_row_rule_that_compares_its_actor_without_a_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def unnamed(actor: Actor) -> Any:
        return Person.id == actor.person_id

    monkeypatch.setattr(Person, "visible_to", unnamed)
    with pytest.raises(Broken, match="the row rule of Person depends on its actor without a name"):
        walls_of(Person, ADMIN)


def test_every_table_stands_within_its_organisation_and_row_rule() -> None:
    sql = sql_of("{ people(first: 1) { totalCount nodes { contact { email } } } }", COORDINATOR)
    assert sql.count(".organisation_id = $") == 5  # a count, a contact, and three ways to a person
    assert sql.count("programme_id = ANY") == 2
    assert len(re.findall(r"programme_id = t\d+\.item", sql)) == 1  # the page walks each of the programmes


# --- what Python adds ----------------------------------------------------------------------------------------------


async def test_sensitive_rows_are_noted_and_their_mark_never_leaves(odd: Odd) -> None:
    actor = odd.actors["harbour", "admin"]
    text = "{ feedback(first: 2) { nodes { __typename } edges { node { id } } } goals(first: 1) { nodes { id } } }"
    plan, asking = plan_of(text, actor)
    assert plan.statement is not None
    async with snapshot(odd.workplace, actor) as oracle:
        driver = await oracle.driver()
        stored = await driver.fetchval(plan.statement.read.sql, *plan.statement.values(asking))
    noted = SensitiveRows(actor)
    answer = reread(stored, plan.statement, noted)
    assert '"$"' in stored
    assert '"$"' not in orjson.dumps(answer).decode()
    shown = {each["node"]["id"] for each in answer["feedback"]["edges"]}
    assert {global_id(kind, id) for kind, id in noted.rows if kind == Feedback.__name__} == shown
    assert len(shown) == 2


async def test_nodes_answers_in_order_twice_for_twice_and_null_for_what_is_not_there(api: Api, world: World) -> None:
    house, other = world.harbour, world.lantern
    ids = [house.id("match"), house.id("mentor.person"), "x", other.id("match"), house.id("match"), "Match_x"]
    text = "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }"
    found = (await api.data(house.secrets["admin"], text, ids=ids))["nodes"]
    assert [each and each["id"] for each in found] == [ids[0], ids[1], None, None, ids[0], None]
    assert [each and each["__typename"] for each in found][:2] == ["Match", "Person"]


def test_what_a_budget_says_is_bound_once_the_operation_is_paid() -> None:
    plan, asking = plan_of("{ rateLimit { available requested } }")
    assert plan.statement is not None
    assert plan.statement.late
    asking.standing = Standing(requested=3, available=4, capacity=5, restore_rate=6)
    assert plan.statement.values(asking) == ['{"available":4,"requested":3}']
    roles = plan_of("{ viewer { roles } }")[0].statement
    assert roles is not None
    assert not roles.late


async def test_questions_about_the_schema_stand_where_they_were_asked(api: Api, world: World) -> None:
    text = """{ a: __typename __type(name: "Person") { name } c: viewer { roles } __schema { queryType { name } }
      e: programmes(first: 1) { totalCount } }"""
    answer = await api.data(world.harbour.secrets["admin"], text)
    assert list(answer) == ["a", "__type", "c", "__schema", "e"]
    assert answer["__type"] == {"name": "Person"}
    assert answer["__schema"] == {"queryType": {"name": "Query"}}


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("{ __typename }", 1),
        ("{ viewer { roles } }", 2),
        ("{ people(first: 7) { totalCount } }", 2),
        ("{ people(first: 7) { nodes { id } } }", 9),
        ("{ people(first: 7) { nodes { contact { email } programme { name } } } }", 23),
        ("{ matches(last: 3) { nodes { meetings(first: 4) { nodes { id } pageInfo { endCursor } } } } }", 23),
    ],
)  # fmt: skip
def test_an_operation_costs_the_objects_that_it_can_show(text: str, cost: int) -> None:
    plan, asking = plan_of(text)
    assert plan.cost(asking) == cost


# --- cases that the oracle found -----------------------------------------------------------------------------------

NOWHERE = global_id("Match", UUID(int=7))
ONCE = {
    "a page of which only its start is asked": "{ people(first: 3) { pageInfo { hasPreviousPage } } }",
    "a page of which nothing is asked": "{ people(last: 3) { nodes @skip(if: true) { id } pageInfo { __typename } } }",
    "an empty page": '{ goals(first: 3, filter: {matchId: "' + NOWHERE + '"}) { pageInfo { hasPreviousPage } } }',
    "stored values with the key of a mark": "{ facts(first: 50) { nodes { data } } jobs(first: 50) { nodes { id } } }",
}


@pytest.mark.parametrize("name", ONCE)
async def test_what_once_broke_is_answered(odd: Odd, name: str) -> None:
    async with snapshot(odd.workplace, odd.actors["odd", "admin"]) as oracle:
        both = await oracle.both(ONCE[name])
    assert not isinstance(both, Refusal)
    assert both[0] == both[1]
    if "stored" in name:
        assert b'"$":' in both[0]


@pytest.mark.parametrize("asked", ["first: 101", "last: 0", 'first: 1, after: "x"', 'last: 1, before: "x"'])
@pytest.mark.parametrize("shown", ["totalCount", "__typename", "pageInfo { __typename }", "nodes { id }"])
def test_arguments_must_make_sense_whatever_is_shown(asked: str, shown: str) -> None:
    plan, asking = plan_of(f"{{ people({asked}) {{ {shown} }} }}")
    assert plan.statement is not None
    with pytest.raises(Invalid, match=r"Query\.people"):
        plan.statement.values(asking)


# --- what a hostile reader found ------------------------------------------------------------------------------------


async def test_stored_values_of_several_types_under_one_key_are_each_shown_as_their_own(api: Api, world: World) -> None:
    query = """query($ids: [ID!]!) { nodes(ids: $ids) {
      ... on Mentor { availability { starts } } ... on Mentee { availability { weekday starts } } } }"""
    ids = [world.harbour.ids["Mentor"][0], world.harbour.ids["Mentee"][0]]
    mentor, mentee = (await api.data(world.harbour.secrets["admin"], query, ids=ids))["nodes"]
    assert {tuple(window) for window in mentor["availability"]} == {("starts",)}
    assert {tuple(window) for window in mentee["availability"]} == {("weekday", "starts")}


async def test_the_schema_is_asked_beside_a_variable_that_is_converted(api: Api, world: World) -> None:
    query = """query($t: DateTime) { __schema { queryType { name } }
      meetings(first: 1, filter: {startsFrom: $t}) { totalCount } }"""
    data = await api.data(world.harbour.secrets["admin"], query, t="2026-01-01T00:00:00Z")
    assert list(data) == ["__schema", "meetings"]


async def test_the_cursor_of_a_sensitive_row_is_a_reading_of_it(odd: Odd) -> None:
    actor = odd.actors["harbour", "coordinator"]
    plan, asking = plan_of("{ feedback(first: 5) { edges { cursor } } }", actor)
    assert plan.statement is not None
    async with snapshot(odd.workplace, actor) as oracle:
        driver = await oracle.driver()
        stored = await driver.fetchval(plan.statement.read.sql, *plan.statement.values(asking))
    noted = SensitiveRows(actor)
    edges = reread(stored, plan.statement, noted)["feedback"]["edges"]
    assert len(noted.rows) == len(edges) > 0
    assert all(list(edge) == ["cursor"] for edge in edges)

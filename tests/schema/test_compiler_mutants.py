"""Mutants: the compiler broken on purpose in memory, in one way each. A mutant that lives is a hole in the oracle."""

import inspect
import re
import sys
import textwrap
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

import pytest

from schema.build import graphql_schema
from schema.documents import Documents
from schema.reads import pieces, reread, row, scalars, selection, walls
from schema.reads.compiler import Compiler
from schema.reads.figures import Figures
from schema.reads.pages import PageOf
from schema.reads.plans import Operation
from schema.reads.selection import Selection
from tests.reference.oracle import Oracle, Refusal, snapshot
from tests.schema.conftest import Odd
from tests.schema.test_compiled import COORDINATOR, sql_of

Asked = list[tuple[str, str, str, Mapping[str, Any]]]  # the house, who, the document, the variables
PAGE = """nodes { id } edges { cursor node { id } } totalCount
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"""
TURNED = f"query($a: Int, $b: Int, $o: FactOrder) {{ facts(first: $a, last: $b, orderBy: $o) {{ {PAGE} }} }}"
BETWEEN = f"""query($after: String, $before: String) {{
  facts(last: 3, after: $after, before: $before) {{ {PAGE} }}
  first: facts(first: 3, after: $after, before: $before) {{ {PAGE} }} }}"""
CHOOSING = """query($s: Boolean!, $f: MeetingFilter) { meetings(first: 9, filter: $f) {
  nodes { id startsAt @skip(if: $s) ... @include(if: $s) { status } } } }"""
NARROWED: list[Mapping[str, Any]] = [
    {},
    {"status": [], "startsFrom": "1900-01-01T00:00:00Z"},
    {"status": ["ARRANGED", "HELD", "CANCELLED", "MISSED"], "startsFrom": "2200-12-31T23:59:59.999999Z"},
]
MERGED = """{ people(first: 3) { nodes { contact { email } } }
  ... { people(first: 3) { nodes { contact { phone } name } } } }"""
MIXED = """query($ids: [ID!]!) { nodes(ids: $ids) {
  id ... on Person { name } ... on Match { beganAt } ... on Node { same: id } } }"""
PLAIN = (
    "{ facts(first: 60) { nodes { id kind data subjectType } } letters(first: 20) { nodes { body subject } } }",
    "{ mentors(first: 20) { nodes { name trainedOn availability { weekday } supervisor { name } } } }",
    "{ goals(first: 9) { nodes { targetOn agreedAt match { meetings(first: 1) { nodes { id } totalCount } } } } }",
    "{ people(first: 60, orderBy: NAME) { nodes { name joinedAt } } evaluationRollups(first: 9) { nodes { value } } }",
    "{ meetingsByMonth { month meetings format } feedback(first: 4) { nodes { id } } }",
)
MINE = """{ meetings(first: 20) { totalCount nodes { id match { id status } } } viewer { roles person { id } } }"""
ONE = "query($id: ID!) { node(id: $id) { id } }"


async def suite(odd: Odd) -> Asked:
    """A few operations that together use every part of the compiler."""
    house, harbour = odd.houses["odd"], odd.houses["harbour"]
    match, people = house.id("other_match"), [house.id("mentor.person"), house.id("mentee.person")]
    async with snapshot(odd.workplace, odd.actors["odd", "admin"]) as oracle:
        page = (await oracle.by_fields(TURNED, {"a": 4})).decode()
    start, end = (page.split(f'"{name}":"')[1].split('"')[0] for name in ("startCursor", "endCursor"))
    asked: list[tuple[str, Mapping[str, Any]]] = [
        *((TURNED, {name: 3, "o": order}) for name in "ab" for order in (None, "OLDEST")),
        *((BETWEEN, given) for given in ({"after": end}, {"before": end}, {"after": start})),
        *((CHOOSING, {"s": skipped, "f": {"matchId": match}}) for skipped in (True, False)),
        *((CHOOSING, {"s": True, "f": narrowed}) for narrowed in NARROWED),
        *((MIXED, {"ids": ids}) for ids in ([*people, match, "x", people[0]], [match])),
        *((text, {}) for text in (MERGED, *PLAIN)),
    ]
    found: Asked = [("odd", "admin", text, given) for text, given in asked]
    for who in ("mentor", "coordinator", "other_coordinator", "other_mentor", "mentee"):
        found += [("harbour", who, MINE, {}), ("harbour", who, ONE, {"id": harbour.id("match")})]
    return found


@pytest.fixture(scope="module")
async def asked(odd: Odd) -> Asked:
    return await suite(odd)


async def caught(odd: Odd, asked: Asked) -> Any:
    """What tells the compiler from the reference, if anything does."""
    documents, oracles = Documents(graphql_schema()), dict[tuple[str, str], Oracle]()
    async with AsyncExitStack() as open_:
        for house, who, text, given in asked:
            if (house, who) not in oracles:
                opening = snapshot(odd.workplace, odd.actors[house, who], documents)
                oracles[house, who] = await open_.enter_async_context(opening)
            try:
                both = await oracles[house, who].both(text, given)
            except Exception as error:  # a mutant may write SQL or JSON that is none
                return text, error
            if isinstance(both, Refusal) or both[0] != both[1]:
                return text, both
    return None


async def test_the_compiler_as_it_is_passes(odd: Odd, asked: Asked) -> None:
    assert await caught(odd, asked) is None


FIELDS = "[node.selection_set for node in field.nodes]"
KEY = "(self, actor.shape, *[choice(variables) for choice in self._choices])"
STRING = 'if named.name in ("String", "DateTime", "Time"):\n        return [func.to_json(value)]'
BY = '(*order.columns, "id")'
TRUE = "__import__('sqlalchemy').true()"
MUTANTS: dict[str, tuple[Any, str, str, str]] = {
    "no row rule": (walls, "walls_of", "return Walls(rule, [kind", f"return Walls({TRUE}, [kind"),
    "a way to every row": (PageOf, "_walked", '.where(table.c[way.column] == item.c["item"])', ""),
    "a way that is not gone": (PageOf, "_found", "for way in ways]", "for way in ways[1:]]"),
    "an actor's values kept in the plan": (
        walls,
        "_rule",
        "_of_actor(mine.key, permission)",
        "lambda _, v=mine.value: v",
    ),
    "a plan for every actor": (Operation, "plan", KEY, "(self, *[choice(variables) for choice in self._choices])"),
    "a plan for every choice": (Operation, "plan", KEY, "(self, actor.shape)"),
    "a plan for every flag": (selection, "_flag", "bool(variables.get(name))", "True"),
    "a plan for every order": (selection, "_value", "variables.get(name)", "None"),
    "a plan whether given or not": (selection, "_is_given", "variables.get(name) is not None", "True"),
    "a plan for every filter": (selection, "_parts", "if v is not None", "if False"),
    "a plan for every type": (selection, "types_of", "read[0] for read", "'' for read"),
    "the other order": (row, "ordering", "order.descending != flip", "order.descending == flip"),
    "no order but the id": (row, "ordering", BY, '("id",)'),
    "ties the other way": (row, "ordering", "if down else", 'if down != (name == "id") else'),
    "no word for null": (pieces, "or_null", 'literal("null")', 'literal("")'),
    "nothing for no row": (Compiler, "_found", 'func.coalesce(found, literal("null"), type_=Text())', "found"),
    "no row beyond the page": (PageOf, "_rows", 'self._size + literal_column("1") if', "self._size if"),
    "a page short of one": (PageOf, "_listed", "<= self._size", "< self._size"),
    "backwards pages as they are read": (PageOf, "_listed", "if not self._bounds.backwards", "if True"),
    "cursors the wrong way": (PageOf, "_past", "self._order.descending == beyond", "self._order.descending != beyond"),
    "cursors with their own row": (
        PageOf,
        "_past",
        "tuple_(*here) < tuple_(*there)",
        "tuple_(*here) <= tuple_(*there)",
    ),
    "cursors of the id alone": (PageOf, "_cursor", '(*self._order.columns, "id")', '("id", "id")'),
    "the start for the end": (PageOf, "_info", "last if bounds.backwards else first", "first"),
    "previous for next": (PageOf, "_info", "bounds.after is not None", "bounds.before is not None"),
    "more where nothing is": (PageOf, "_more", "func.count() > self._size", "func.count() >= self._size"),
    "last for first": (PageOf, "_bounds_of", "last is not None, after", "first is not None, after"),
    "everybody's rows under each parent": (PageOf, "_conditions", "if self._parent is not None", "if False"),
    "a count of everything": (PageOf, "_total", ".where(*walls)", ""),
    "only the first filter": (Compiler, "narrowed", "for name in asked]", "for name in asked[:1]]"),
    "no filter": (Compiler, "narrowed", "if given is None:", "if True:"),
    "no skip and no include": (selection, "included", "return False", "return True"),
    "no type conditions": (selection, "_is_a", "kind.name == name or", "True or"),
    "conditions on interfaces not met": (
        selection,
        "_is_a",
        "any(each.name == name for each in kind.interfaces)",
        "False",
    ),
    "only the first of the same field": (Selection, "under", FIELDS, "[field.nodes[0].selection_set]"),
    "strings without escapes": (
        scalars,
        "_written",
        STRING,
        STRING.replace("func.to_json(value)", "'\"', value, '\"'"),
    ),
    "nodes in no order of theirs": (Compiler, "_nodes", "listed.c.number.asc()", "listed.c.number.desc()"),
    "groups in another order": (
        Figures,
        "_by_month",
        "rows.order_by(month, *(one.c[name] for name in names))",
        "rows.order_by(*(one.c[name] for name in names), month)",
    ),
    "marks that leave": (reread, "reread", "place.pop(key)", "place[key]"),
    "stored values as they are stored": (reread, "reread", "refill.show(found[STORED])", "found[STORED]"),
}


@pytest.mark.parametrize("name", MUTANTS)
async def test_a_mutant_is_caught(monkeypatch: pytest.MonkeyPatch, odd: Odd, asked: Asked, name: str) -> None:
    mutate(monkeypatch, *MUTANTS[name])
    assert await caught(odd, asked) is not None


def mutate(patch: pytest.MonkeyPatch, owner: Any, name: str, old: str, new: str) -> None:
    """Compile a function anew with other words in it, wherever it is known."""
    was = getattr(owner, name)
    source = textwrap.dedent(inspect.getsource(was))
    assert old in source, f"{name} has no {old!r} any more"
    made: dict[str, Any] = {}
    exec(compile(source.replace(old, new), "<mutant>", "exec"), vars(sys.modules[was.__module__]), made)
    for each in [owner, *(m for n, m in sys.modules.items() if n.startswith(("schema.", "tests.")))]:
        if getattr(each, name, None) is was:
            patch.setattr(each, name, made[name])


def test_row_security_would_hide_the_organisation_so_it_is_read_in_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "{ people(first: 1) { totalCount nodes { contact { email } } } }"
    assert conditions(sql_of(text, COORDINATOR)) == 5  # a count, a contact, and three ways to a person
    mutate(monkeypatch, walls, "walls_of", "if not issubclass(model, Owned):", "if True:")
    assert conditions(sql_of(text, COORDINATOR)) == 0


def conditions(sql: str) -> int:
    """How many tables of a statement are within the actor's organisation."""
    return sql.count(".organisation_id = $")


def test_ties_are_settled_by_the_id_in_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index gives the order of the ids unasked, until there is another plan."""
    text = "{ people(first: 1) { nodes { id } } }"
    settled = re.compile(r"name_order ASC, t\d+\.id ASC")
    assert settled.search(sql_of(text))
    mutate(monkeypatch, row, "ordering", BY, "order.columns")
    assert not settled.search(sql_of(text))

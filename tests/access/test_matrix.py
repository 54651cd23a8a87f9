"""Who may do and see what, as a page to review: `matrix.md`, made anew with KITH_UPDATE_GOLDEN=1."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.dialects import postgresql

from kith.ground import discovery
from kith.ground.actor import Actor, Grant
from kith.ground.operation import OPERATIONS, AnyOperation
from kith.ground.permissions import REGISTERED, Reach, Role, of_role
from schema.build import graphql_schema
from schema.declare import SHOWN
from schema.mutations import EXPOSED

discovery.load("kith", "tenants")
graphql_schema()
GOLDEN = Path(__file__).with_name("matrix.md")
ROLES = tuple(Role)
WORDS = {
    "me": UUID(int=1),
    "their programme": UUID(int=2),
    "their circle": UUID(int=3),
    "their caseload": UUID(int=4),
    "their organisation": UUID(int=5),
    "whom they mentor": UUID(int=6),
    "the circle of their caseload": UUID(int=7),
    "whom their caseload mentors": UUID(int=8),
    "groups they facilitate": UUID(int=9),
    "groups they joined": UUID(int=10),
}
PREFACE = """\
# Who may do and see what

Made from the operations, permissions and row rules by `tests/access/test_matrix.py`; do not edit by hand
(`KITH_UPDATE_GOLDEN=1 python -m pytest tests/access/test_matrix.py` makes it anew). A change here is a change of
access: review it as one. An operation that no role holds is done by the service alone.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([PREFACE, *_operations(), "", *_permissions(), "", *_rows(), ""])


def _operations() -> Iterator[str]:
    yield "## Operations\n"
    yield from _table(["Operation", "Permission", *(r.value.title() for r in ROLES)])
    for operation in _own():
        yield _row([operation.name, f"`{operation.needs.name}`", *_marks(operation.needs.granted_to)])


def _own() -> list[AnyOperation]:
    """The operations of the product; a test of the workers may add some of its own."""
    return [o for name, o in sorted(OPERATIONS.items()) if o.function.__module__.startswith(("kith.", "tenants."))]


def _permissions() -> Iterator[str]:
    """The permissions that guard no operation but a reading."""
    yield "## Reading\n"
    yield from _table(["Permission", "Sentence", *(r.value.title() for r in ROLES)])
    guarding = {operation.needs.name for operation in _own()}
    for name, permission in sorted(REGISTERED.items()):
        if name not in guarding and not name.startswith("test"):
            yield _row([f"`{name}`", permission.sentence, *_marks(permission.granted_to)])


def _rows() -> Iterator[str]:
    yield "## Rows\n"
    yield "Which rows each role sees of what it may read. *Circle*: those somebody is matched with or offered to;"
    yield "*caseload*: the mentors somebody supervises.\n"
    yield from _table(["Type", "Role", "Rows"])
    for model, shown in sorted(SHOWN.items(), key=lambda item: item[1].name):
        kind: Any = model
        for role in ROLES:
            if role in kind.READ.granted_to:
                yield _row([shown.name, role.value.title(), _rule(kind, role)])


def _rule(model: Any, role: Role) -> str:
    """The row rule of the type for the role, in words."""
    programme = WORDS["their programme"] if role.reach is Reach.PROGRAMME else None
    actor = Actor(
        None if role is Role.OPERATOR else WORDS["their organisation"],
        None if role is Role.OPERATOR else WORDS["me"],
        (Grant(of_role(role), role.reach, programme),),
        circle=frozenset({WORDS["their circle"]}),
        mentored=frozenset({WORDS["whom they mentor"]}),
        caseload=frozenset({WORDS["their caseload"]}),
        caseload_circle=frozenset({WORDS["the circle of their caseload"]}),
        caseload_mentored=frozenset({WORDS["whom their caseload mentors"]}),
        facilitated=frozenset({WORDS["groups they facilitate"]}),
        joined=frozenset({WORDS["groups they joined"]}),
    )
    rule = model.visible_to(actor.narrowed(model.READ))
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    sql = str(rule.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    for word, value in WORDS.items():
        sql = sql.replace(f"= ANY (ARRAY['{value}'])", f"IN (*{word}*)").replace(f"'{value}'", f"*{word}*")
    return {"true": "all", "false": "none"}.get(sql, sql.replace(f"{model.__tablename__}.", ""))


def _table(heads: list[str]) -> Iterator[str]:
    yield _row(heads)
    yield _row(["---"] * len(heads))


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _marks(granted: frozenset[Role]) -> list[str]:
    return ["yes" if role in granted else "" for role in ROLES]


def test_the_matrix_is_as_it_was_reviewed() -> None:
    found = page()
    if os.environ.get("KITH_UPDATE_GOLDEN"):
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8"), "Review the difference, then run with KITH_UPDATE_GOLDEN=1."


def test_whatever_a_role_may_do_through_the_api_guards_an_operation_of_the_matrix() -> None:
    assert {mutation.operation.name for mutation in EXPOSED.values()} <= {operation.name for operation in _own()}


def test_only_the_service_does_what_is_not_exposed() -> None:
    exposed = {mutation.operation.name for mutation in EXPOSED.values()}
    assert {o.name for o in _own() if o.needs.granted_to and o.name not in exposed} == set()


def test_the_operator_holds_no_permission_of_an_organisation() -> None:
    assert of_role(Role.OPERATOR) == {
        *("organisation.read", "organisations.list", "organisations.provision", "organisations.suspend")
    }


PUBLIC = {"CommunityEvent", "Resource", "SupportMeeting", "VolunteerRole"}  # what an organisation offers to everybody


def test_figures_are_all_that_an_analyst_reads_of_participants() -> None:
    of_people = {s.name for m, s in SHOWN.items() if Role.ANALYST in m.READ.granted_to}  # type: ignore[attr-defined]
    figures = {"EvaluationRollup", "FeedbackResult", "IndicatorValue", "ProgrammeIndicator"}
    assert of_people - PUBLIC == {*figures, "Organisation", "Programme", "Token"}
    rules = {s.name: _rule(m, Role.ANALYST) for m, s in SHOWN.items() if s.name in of_people}
    assert rules["EvaluationRollup"] == rules["IndicatorValue"] == "people >= 11"
    assert "people >= 11" in rules["FeedbackResult"]
    assert rules["Token"] == "person_id = *me*"

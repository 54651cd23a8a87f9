"""The documentation is tested: what the README says about settings, queries and places is so."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import parse, validate
from strawberry.utils.str_converters import to_camel_case

from schema.build import graphql_schema
from schema.declare import ROOTS
from schema.mutations import EXPOSED

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "platform/kith/ground/settings.py").read_text(encoding="utf-8")
DECISIONS = sorted((ROOT / "infra/decisions").glob("*.md"))
VARIABLE = re.compile(r"KITH_[A-Z_]*[A-Z]")
LONGEST_DECISION = 30


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def documents() -> Iterator[str]:
    """Every GraphQL document of the README: whole blocks, and quoted arguments in blocks of shell."""
    yield from blocks("graphql")
    for block in blocks("sh"):
        for quoted in re.findall(r"'([^']*)'", block):
            if re.match(r"\s*(\{(?!\s*\")|query\b|mutation\b)", quoted):
                yield quoted


def places() -> list[str]:
    """The paths of the table 'where things go', each up to its first placeholder."""
    table = README.partition("| I have | it goes in |")[2].partition("\n\n")[0]
    goes_in = [line.split("|")[2] for line in table.splitlines() if line.count("|") == 3]
    return [path.partition("<")[0] for cell in goes_in for path in re.findall(r"`([\w./<>-]+)`", cell) if "/" in path]


def test_every_setting_is_explained_and_no_other() -> None:
    table = README.partition("## Settings")[2].partition("## ")[0]
    explained = set(re.findall(r"^\| `(KITH_[A-Z_]+)`", table, re.MULTILINE))
    assert explained == set(VARIABLE.findall(SETTINGS))
    assert set(VARIABLE.findall(README)) == explained


def test_what_a_block_of_shell_uses_was_set_before() -> None:
    set_before: set[str] = set()
    for block in blocks("sh"):
        set_before |= set(re.findall(r"(?:^|[\s;(])(?:for )?([A-Z_]+)(?:=| in )", block))
        used = set(re.findall(r"\$\{?([A-Z][A-Z_]*)", block))
        assert used <= set_before, block


@pytest.mark.parametrize("document", list(documents()), ids=lambda text: " ".join(text.split())[:60])
def test_every_query_of_the_readme_is_valid(document: str) -> None:
    assert validate(graphql_schema(), parse(document)) == []


def test_the_tour_is_found() -> None:
    asked = " ".join(documents())
    steps = (
        *("viewer", "registerMentor", "registerMentee", "startMatchRun", "matchRun", "publishMatchRun", "issueToken"),
        *("acceptProposal", "arrangeMeeting", "letters", "setGoal", "recordAttendance", "recordProgress"),
        *("giveFeedback", "refreshEvaluation", "evaluationRollups", "nodes", "replayJob"),
    )
    assert [step for step in steps if step not in asked] == []


def test_every_place_where_things_go_exists() -> None:
    assert len(places()) >= 10
    assert [path for path in places() if not (ROOT / path).exists()] == []


def test_every_file_that_the_readme_links_exists() -> None:
    linked = re.findall(r"\]\(([^)#:]+)\)", README)
    assert [path for path in linked if not (ROOT / path).is_file()] == []


def test_every_decision_is_linked_and_short() -> None:
    assert DECISIONS
    assert [d.name for d in DECISIONS if f"(infra/decisions/{d.name})" not in README] == []
    assert [d.name for d in DECISIONS if len(d.read_text(encoding="utf-8").splitlines()) > LONGEST_DECISION] == []


def test_the_deployment_names_only_known_settings() -> None:
    deployment = "".join(each.read_text(encoding="utf-8") for each in (ROOT / "infra/deploy").iterdir())
    assert set(VARIABLE.findall(deployment)) <= set(VARIABLE.findall(SETTINGS))


def test_the_handbook_names_every_mutation_once_and_nothing_else() -> None:
    page = (ROOT / "infra/handbook/tasks.md").read_text(encoding="utf-8")
    named = [name for name in re.findall(r"`([\w.]+)`", page) if "." not in name]
    reads = {to_camel_case(name) for name in ROOTS}
    assert sorted(name for name in named if name not in reads) == sorted(EXPOSED)

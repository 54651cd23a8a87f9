"""The tools that frontends are built with take the schema as it is, and every document of ours with it."""

import re
import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.clients.conftest import Tool
from tests.clients.prepare import HERE
from tests.clients.service import ROOT, Service
from tests.clients.story import Story
from tests.test_docs import documents

pytestmark = pytest.mark.clients
OURS = "{documents,readme,frontend}/*.graphql"
# `answeredAt` of an Answer only begins like its type.
NO_PREFIX = (
    "@graphql-eslint/no-typename-prefix",
    'Field "answeredAt" starts with the name of the parent type "Answer"',
)


@pytest.fixture
def workshop(tmp_path: Path) -> Path:
    """A frontend's folder: the schema, our sample documents, and those of the README and of infra/frontend."""
    shutil.copy(ROOT / "schema/schema.graphql", tmp_path)
    shutil.copytree(HERE / "documents", tmp_path / "documents")
    dashboard = (ROOT / "infra/frontend/dashboard.js").read_text(encoding="utf-8")
    asked = re.findall(r"= `(query .*?)`", dashboard, re.DOTALL)
    for folder, texts in {"readme": list(documents()), "frontend": asked}.items():
        assert texts
        (tmp_path / folder).mkdir()
        for number, text in enumerate(texts):
            (tmp_path / folder / f"{number:02}.graphql").write_text(text, encoding="utf-8")
    return tmp_path


def lint(tool: Tool, workshop: Path, *files: str) -> list[tuple[str, str]]:
    """What @graphql-eslint finds: rules and sentences."""
    shutil.copy(HERE / "eslint.config.mjs", workshop)
    found = orjson.loads(tool(workshop, "eslint", "--format", "json", *files, fails=None))
    return [(each["ruleId"], each["message"]) for file in found for each in file["messages"]]


def test_the_schema_follows_the_rules_of_graphql_eslint(tool: Tool, workshop: Path) -> None:
    assert lint(tool, workshop, "schema.graphql") == [NO_PREFIX]


def test_our_documents_follow_them_too(tool: Tool, workshop: Path) -> None:
    assert lint(tool, workshop, OURS) == []
    (workshop / "documents/wrong.graphql").write_text("query Wrong { letters(first: 1) { nodes { subject } } }")
    assert [rule for rule, _ in lint(tool, workshop, OURS)] == ["@graphql-eslint/require-selections"]


def test_graphql_inspector_finds_our_documents_valid_and_the_schema_unchanged(tool: Tool, workshop: Path) -> None:
    assert "All documents are valid" in tool(workshop, "graphql-inspector", "validate", OURS, "schema.graphql")
    committed = (workshop / "schema.graphql").read_text(encoding="utf-8")
    (workshop / "other.graphql").write_text(committed, encoding="utf-8")
    compare = ("graphql-inspector", "diff", "schema.graphql", "other.graphql")
    assert "No changes detected" in tool(workshop, *compare)
    (workshop / "other.graphql").write_text(committed.replace("  viewer: Viewer!\n", "  viewer: Viewer\n"))
    assert "Query.viewer changed type from Viewer! to Viewer" in tool(workshop, *compare, fails=True)


def test_the_running_service_tells_a_tool_the_committed_schema(tool: Tool, workshop: Path, service: Service) -> None:
    signed = ("--header", f"authorization: Bearer {service.admin}")
    said = tool(workshop, "graphql-inspector", "diff", "schema.graphql", service.graphql, *signed)
    # It does not ask where a scalar is specified, and then misses the answer.
    assert re.findall(r"[⚠✖✔]\s+(.*)", said) == ["Directive specifiedBy was removed from scalar JSON"]


def test_graphql_codegen_makes_types_that_a_program_compiles_against(tool: Tool, workshop: Path) -> None:
    shutil.copytree(HERE / "codegen", workshop, dirs_exist_ok=True)
    tool(workshop, "graphql-codegen", "--config", "codegen.config.mjs")
    assert tool(workshop, "tsc", "--project", ".") == ""
    program = workshop / "program.ts"
    program.write_text(program.read_text(encoding="utf-8").replace("edge.node.name", "edge.node.nothing"))
    assert "Property 'nothing' does not exist" in tool(workshop, "tsc", "--project", ".", fails=True)


def test_relay_compiles_and_the_service_answers_what_it_made(
    tool: Tool, workshop: Path, service: Service, story: Story
) -> None:
    shutil.copytree(HERE / "relay", workshop, dirs_exist_ok=True)
    (workshop / "made").mkdir()
    (workshop / "persisted.json").write_text("{}")
    tool(workshop, "relay-compiler", "relay.config.json")
    made = {_name(text): text for text in orjson.loads((workshop / "persisted.json").read_bytes()).values()}
    goal = {"matchId": story.match, "title": "A garden", "domain": "HOUSING"}
    given: dict[str, Any] = {
        "matchPageQuery": {},
        "matchListQuery": {"first": 1},
        "matchCardQuery": {"id": story.match},
        "matchMeetingsQuery": {"id": story.match, "last": 1},
        "matchNodeQuery": {"id": story.match},
        "matchSetGoalMutation": {"input": goal},
    }
    assert made.keys() == given.keys()
    answers = {name: service.ask(story.mentee, text, **given[name]) for name, text in made.items()}
    page = answers["matchPageQuery"]["matches"]
    assert [edge["node"]["id"] for edge in page["edges"]] == [story.match]
    assert page["pageInfo"] == {"endCursor": page["edges"][0]["cursor"], "hasNextPage": False}
    assert answers["matchListQuery"]["matches"] == page
    assert answers["matchCardQuery"]["node"] == answers["matchNodeQuery"]["node"]
    assert answers["matchCardQuery"]["node"]["mentor"]["name"] == "Mara"
    meetings = answers["matchMeetingsQuery"]["node"]["meetings"]
    assert [edge["node"]["id"] for edge in meetings["edges"]] == [story.meeting]
    assert meetings["pageInfo"]["hasPreviousPage"] is False
    assert answers["matchSetGoalMutation"]["setGoal"]["errors"] == []
    assert answers["matchSetGoalMutation"]["setGoal"]["result"]["title"] == "A garden"


def _name(text: str) -> str:
    found = re.match(r"(?:query|mutation) (\w+)", text)
    assert found is not None
    return found[1]

"""The rules of the house, each shown something that breaks it and something that does not."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from infra import checks

Write = Callable[[str, str], None]
LEAK = "select set_config('a', coalesce(x, ''), {})"  # completed in the tests, or this file would break the rule


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file into an empty repository."""
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)

    def _write(name: str, text: str) -> None:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    return _write


def test_this_repository_keeps_its_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.main() == 0, capsys.readouterr().out


def test_platform_must_not_become_a_package(write: Write, tmp_path: Path) -> None:
    write("platform/kith/__init__.py", "")
    assert list(checks.platform_is_no_package(tmp_path)) == []
    write("platform/__init__.py", "")
    assert list(checks.platform_is_no_package(tmp_path)) != []


def test_a_lock_with_an_address_is_found(write: Write, tmp_path: Path) -> None:
    write("requirements.lock", "one==1\n# from https://example.org\n")
    assert list(checks.locks_hold_no_addresses(tmp_path)) == ["requirements.lock:2: # from https://example.org"]


def test_a_path_of_one_machine_is_found(write: Write, tmp_path: Path) -> None:
    write("notes.md", "see tenants/work/open.py and https://example.org/work/1\nsee /{}/notes\n".format("work"))
    assert [each[:10] for each in checks.no_paths_of_one_machine(tmp_path)] == ["notes.md:2"]


def test_a_setting_of_the_whole_session_is_found(write: Write, tmp_path: Path) -> None:
    write("good.sql", LEAK.format("true") + ", coalesce(done, false)")
    write("bad.sql", "\n" + LEAK.format("FALSE"))
    assert list(checks.settings_end_with_the_transaction(tmp_path)) == ["bad.sql:2: say true, not false"]


def test_a_second_reader_of_the_environment_is_found(write: Write, tmp_path: Path) -> None:
    write(str(checks.SETTINGS), "import os\nHOME = os.environ['HOME']\n")
    write("infra/one.py", "import os\n\nHOME = os.getenv('HOME')\n")
    write("workers/two.py", "from os import environ\n")
    write("dev.py", "from os import environ\n")
    found = [each.partition(": ")[0] for each in checks.one_reader_of_the_environment(tmp_path)]
    assert found == ["infra/one.py:3", "workers/two.py:1"]


RELEASED = """
type Query { people(first: Int!): [Person!]! viewer: Person }
type Person { name: String! nickname: String age: Int }
enum Role { ADMIN MENTOR }
input Search { role: Role }
directive @once(key: String) on FIELD
"""


@pytest.mark.parametrize(
    ("was", "becomes", "coordinate"),
    [
        ("viewer: Person", "", "Query.viewer"),
        ("nickname: String", "", "Person.nickname"),
        ("name: String!", "name: String", "Person.name"),
        ("first: Int!", "first: Int!, role: Role!", "Query.people(role:)"),
        ("people(first: Int!)", "people", "Query.people(first:)"),
        ("ADMIN", "", "Role.ADMIN"),
        ("role: Role", "role: Role, age: Int!", "Search.age"),
        ("input Search { role: Role }", "", "Search"),
        ("(key: String)", "", "@once(key:)"),
        ("directive @once(key: String) on FIELD", "", "@once"),
    ],
)
def test_a_broken_promise_is_found_unless_a_decision_names_it(
    write: Write, tmp_path: Path, was: str, becomes: str, coordinate: str
) -> None:
    write("schema/released.graphql", RELEASED)
    write("schema/schema.graphql", RELEASED.replace(was, becomes))
    write("infra/decisions/0001-other.md", "Breaks: Person.shoeSize, Query\n")
    found = list(checks.the_contract_with_clients_is_kept(tmp_path))
    assert [f"with `Breaks: {coordinate}`" in each for each in found] == [True]
    write("infra/decisions/0002-why.md", f"# Why\n\nBreaks: Person.age, `{coordinate}`\n")
    assert list(checks.the_contract_with_clients_is_kept(tmp_path)) == []


def test_more_than_was_promised_breaks_nothing(write: Write, tmp_path: Path) -> None:
    write("schema/released.graphql", RELEASED)
    write("schema/schema.graphql", RELEASED.replace("role: Role }", "role: Role, age: Int }") + "type Extra { id: ID }")
    assert list(checks.the_contract_with_clients_is_kept(tmp_path)) == []


def test_a_deprecation_without_a_reason_is_found(write: Write, tmp_path: Path) -> None:
    good = 'type Query {\n  a: Int @deprecated(reason: "Use b.")\n'
    write("schema/schema.graphql", good + "}\n")
    assert list(checks.what_is_deprecated_says_why(tmp_path)) == []
    write("schema/schema.graphql", good + '  b(c: Int @deprecated(reason: " ")): Int\n  d: Int @deprecated\n}\n')
    found = list(checks.what_is_deprecated_says_why(tmp_path))
    assert found == [f"schema/schema.graphql:{line}: give a reason" for line in (3, 4)]


def test_files_that_git_ignores_are_not_looked_at(write: Write, tmp_path: Path) -> None:
    write(".gitignore", "/.venv/\n")
    write(".venv/bad.sql", LEAK.format("false"))
    assert list(checks.settings_end_with_the_transaction(tmp_path)) == []

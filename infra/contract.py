"""The contract with clients: what the schema may no longer do without a decision that says so."""

import re
from collections.abc import Iterator
from pathlib import Path

from graphql import (
    BreakingChange,
    ConstDirectiveNode,
    StringValueNode,
    Visitor,
    build_schema,
    find_breaking_changes,
    parse,
    visit,
)

_MEMBER = re.compile(r"(?:\w+\.\w+|@\w+)(?:\(\w+:\))?")
_DECIDED = re.compile(r"^Breaks:(.*)$", re.MULTILINE)


def broken(released: str, committed: str) -> Iterator[tuple[str, str]]:
    """What clients of the released schema would miss in the committed one: coordinates with a sentence each."""
    for change in find_breaking_changes(build_schema(released), build_schema(committed)):
        yield _coordinate(change), change.description


def decided(decisions: Path) -> set[str]:
    """The coordinates that decision records give up, each in a line such as `Breaks: Query.people(first:)`."""
    lines = [line for each in decisions.glob("*.md") for line in _DECIDED.findall(each.read_text(encoding="utf-8"))]
    return {coordinate.strip(" `.") for line in lines for coordinate in line.split(",")}


def unexplained_deprecations(schema: str) -> list[int]:
    """The lines of the schema on which something is deprecated without a reason."""
    found = _Deprecations()
    visit(parse(schema), found)
    return found.lines


class _Deprecations(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []

    def enter_directive(self, node: ConstDirectiveNode, *_: object) -> None:
        """Note one that gives no reason."""
        given = {a.name.value: a.value for a in node.arguments or () if isinstance(a.value, StringValueNode)}
        reason = given.get("reason")
        if node.name.value == "deprecated" and (reason is None or not reason.value.strip()) and node.loc:
            self.lines.append(node.loc.start_token.line)


def _coordinate(change: BreakingChange) -> str:
    """What a change is about: the first member or directive its sentence names, or else the type it begins with."""
    sentence = change.description.removeprefix("Standard scalar ")
    named = _MEMBER.search(sentence)
    return named[0] if named else sentence.split()[0]

"""The page of states: written from the lifecycles in the code by `python -m infra.states`."""

from collections.abc import Iterator
from pathlib import Path

from kith.ground.discovery import load
from kith.ground.lifecycle import LIFECYCLES, Lifecycle, Move
from kith.ground.operation import OPERATIONS, AnyOperation

PAGE = Path(__file__).resolve().parent / "handbook" / "states.md"
PREFACE = """# States

Where each kind of thing can be, and what leads from one state to the next. Every move is an operation with its
permission; whatever is not on this page is refused with `ILLEGAL_STATE`. Operations without a role are done by the
service itself. Written by `.venv/bin/python -m infra.states` from the lifecycles in the code; a check compares the two.
"""


def page() -> str:
    """The whole page."""
    load("kith", "tenants")
    return "\n".join([PREFACE, *("\n".join(_chapter(each)) for each in sorted(LIFECYCLES, key=lambda each: each.noun))])


def operation_of(life: Lifecycle, move: Move) -> AnyOperation:
    """The operation that does the move. Raises KeyError where the declaration names none."""
    concept = life.model.__module__.removeprefix("kith.")
    return OPERATIONS[move.verb if "." in move.verb else f"{concept}.{move.verb}"]


def _chapter(life: Lifecycle) -> Iterator[str]:
    yield f"## {life.noun[0].upper()}{life.noun[1:]}\n"
    yield "```mermaid\nstateDiagram-v2"
    yield from (f"    [*] --> {state}" for state in life.begins)
    for move in life.moves:
        name = operation_of(life, move).function.__name__
        yield from (f"    {before} --> {to}: {name}" for before in move.before for to in move.to)
    yield from (f"    {state} --> [*]" for state in life.ends)
    yield "```\n"
    yield from (f"- `{state}`: {state.sentence}" for state in life.states)
    yield "\n| operation | from | to | permission | roles |\n|---|---|---|---|---|"
    for move in life.moves:
        operation = operation_of(life, move)
        roles = ", ".join(sorted(role.lower() for role in operation.needs.granted_to)) or "the service"
        before, to = (", ".join(f"`{state}`" for state in states) for states in (move.before, move.to))
        yield f"| `{operation.function.__name__}` | {before} | {to} | `{operation.needs.name}` | {roles} |"
    yield ""


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")

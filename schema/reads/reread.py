"""What Python does to an answer's JSON after PostgreSQL wrote it: stored values shown, sensitive rows noted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from kith.ground.actor import Actor
from kith.ground.model import Owned
from kith.ground.work import Work
from schema.declare import SHOWN
from schema.reads.statement import EVERY, SHOWED, STORED, Statement


@dataclass
class SensitiveRows:
    """The sensitive rows of other people that an answer shows."""

    actor: Actor
    rows: dict[tuple[str, UUID], UUID | None] = field(default_factory=dict)

    def note(self, kind: str, id: str, programme_id: str | None, person_id: str | None) -> None:
        """Keep a row in mind, unless it is the actor's own."""
        if self.actor.handed or person_id is None or UUID(person_id) != self.actor.person_id:
            self.rows[kind, UUID(id)] = programme_id and UUID(programme_id)  # type: ignore[assignment]

    def record(self, work: Work) -> None:
        """Write down that they were read."""
        for (kind, id), programme_id in self.rows.items():
            work.note_read(_model(kind), id, programme_id)


def reread(text: str, statement: Statement, sensitive: SensitiveRows) -> Any:
    """The answer with its stored values shown as the schema says, and without the marks of its sensitive rows."""
    answer = orjson.loads(text)
    for path in statement.marks:  # and nowhere else: a stored value may have such a key too
        for place, key in _places(answer, (*path, SHOWED)):
            sensitive.note(*place.pop(key))
    for number, refill in enumerate(statement.refills):
        for place, key in _places(answer, refill.path):
            found = place[key]  # of another type's field, where a list holds several
            if isinstance(found, dict) and found.get(SHOWED) == number:
                place[key] = refill.show(found[STORED])
    return answer


def _places(answer: Any, path: Sequence[str]) -> Iterator[tuple[Any, str]]:
    """Every object in which a value of this path stands, and its key there."""
    if answer is None:
        return
    if path[0] == EVERY:
        for each in answer:
            yield from _places(each, path[1:])
    elif len(path) == 1:
        if path[0] in answer:
            yield answer, path[0]
    else:
        yield from _places(answer.get(path[0]), path[1:])


def _model(name: str) -> type[Owned]:
    return next(each for each in SHOWN if each.__name__ == name and issubclass(each, Owned))

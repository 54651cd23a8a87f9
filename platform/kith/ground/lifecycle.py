"""Lifecycles: the states of a kind of row and the moves between them, declared once beside its table.

    LIFE = Lifecycle(
        Match,
        MatchStatus,
        begins=[MatchStatus.ACTIVE],
        moves=[
            Move("pause_match", MatchStatus.ACTIVE, to=MatchStatus.PAUSED),
            Move("resume_match", MatchStatus.PAUSED, to=MatchStatus.ACTIVE),
        ],
    )

An operation moves a row with `LIFE.move(match, "pause_match")`. The page of states is written from the declarations
and a property test walks them; a row whose state is changed in any other way is a mistake of ours, found at once.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, event
from sqlalchemy.orm.base import NO_VALUE

from kith.ground.choice import Choice
from kith.ground.errors import Broken, IllegalState
from kith.ground.model import Owned
from kith.ground.texts import spoken
from kith.ground.work import Work

LIFECYCLES: list["Lifecycle"] = []


class Move:
    """One verb: the states it takes, and the state it leads to.

    `verb` is the name of the operation that does it: bare where the operation stands beside the table, with its
    module below `kith` otherwise (`matching.proposal.accept_proposal`). Where it can lead to several states, the
    operation says to which.
    """

    __slots__ = ("before", "to", "verb")

    def __init__(self, verb: str, *before: Choice, to: Choice | Collection[Choice]) -> None:
        self.verb, self.before = verb, before
        self.to: tuple[Choice, ...] = (to,) if isinstance(to, Choice) else tuple(to)


class Lifecycle:
    """The states that rows of one table can be in, those they begin in, and the moves between them."""

    def __init__(
        self, model: type[Owned], states: type[Choice], *, begins: Collection[Choice], moves: Sequence[Move]
    ) -> None:
        self.model, self.states, self.begins, self.moves = model, states, tuple(begins), tuple(moves)
        self.noun = spoken(model.__name__)
        self._by_verb = {move.verb: move for move in moves}
        if len(self._by_verb) != len(moves):
            raise Broken(f"a verb of {model.__name__} is declared twice")
        self._pairs = {(before, to) for move in moves for before in move.before for to in move.to}
        event.listen(self._column, "set", self._guard, active_history=True)
        LIFECYCLES.append(self)

    @property
    def _column(self) -> Any:
        model: Any = self.model
        return model.status

    @property
    def ends(self) -> tuple[Choice, ...]:
        """The states that nothing leads out of."""
        return tuple(state for state in self.states if not any(before == state for before, _ in self._pairs))

    def allows(self, row: Owned, verb: str) -> bool:
        """Whether the row is in a state that the verb takes."""
        return getattr(row, "status") in self._by_verb[verb].before  # noqa: B009 - not every owned row has a status

    def check(self, row: Owned, verb: str) -> None:
        """The row is in a state that the verb takes. Raises IllegalState."""
        if not self.allows(row, verb):
            before = " or ".join(self._by_verb[verb].before)
            raise IllegalState(f"This {self.noun} is {getattr(row, 'status')}, not {before}.")  # noqa: B009

    def move(self, row: Owned, verb: str, *, to: Choice | None = None) -> None:
        """Move the row, which the caller has locked. Raises IllegalState in a state that the verb does not take."""
        self.check(row, verb)
        setattr(row, "status", self._target(verb, to))  # noqa: B010

    async def move_all(
        self, work: Work, verb: str, *where: ColumnElement[bool], to: Choice | None = None, **values: Any
    ) -> list[UUID]:
        """Move every such row of the organisation that is in a state the verb takes, seen or not, with these values;
        the ids of those moved. For consequences of what the actor may do.
        """
        before = self._column.in_([str(state) for state in self._by_verb[verb].before])
        return await work.revise(self.model, before, *where, status=self._target(verb, to), **values)

    def _target(self, verb: str, to: Choice | None) -> Choice:
        possible = self._by_verb[verb].to
        chosen = possible[0] if to is None and len(possible) == 1 else to
        if chosen not in possible:
            raise Broken(f"{verb} leads to {possible}, not to {chosen}")
        return chosen

    def _guard(self, row: Owned, value: str, old: Any, _: Any) -> None:
        if old is NO_VALUE or old is None:
            if value not in self.begins:
                raise Broken(f"a {self.noun} does not begin as {value}")
        elif old != value and (old, value) not in self._pairs:
            raise Broken(f"no move of a {self.noun} leads from {old} to {value}")

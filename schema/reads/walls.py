"""The walls around a table's rows in a compiled statement: the organisation, and the row rule of who asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from sqlalchemy import BinaryExpression, BindParameter, ColumnElement
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BooleanClauseList, CollectionAggregate, True_

from kith.ground.actor import LISTS, Actor, Grant
from kith.ground.errors import Broken
from kith.ground.model import Model, Owned
from kith.ground.permissions import Permission
from schema.reads.statement import Binder

NAMED = "actor_"  # how the names of an actor's parameters begin


@dataclass(frozen=True, slots=True)
class Way:
    """One of the ways in which a row may be seen: a condition, or a column that is one of a list of the actor's."""

    conditions: Sequence[ColumnElement[bool]] = ()
    column: str | None = None
    among: ColumnElement[Any] | None = None


@dataclass(frozen=True, slots=True)
class Walls:
    """The walls around the rows of one table, as conditions on its own columns."""

    rule: ColumnElement[bool]
    organisation: Sequence[ColumnElement[bool]]
    binders: Mapping[str, Binder]  # of the parameters

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """Both walls together."""
        return [*([] if isinstance(self.rule, True_) else [self.rule]), *self.organisation]

    @property
    def ways(self) -> list[Way]:
        """The same, one way at a time: each is a walk along an index, where the conditions together would be none."""
        either = isinstance(self.rule, BooleanClauseList) and self.rule.operator is operators.or_
        return [self._way(each) for each in (self.rule.clauses if either else [self.rule])]

    def _way(self, rule: Any) -> Way:
        if isinstance(rule, True_):
            return Way(self.organisation)
        if isinstance(rule, BinaryExpression) and isinstance(rule.right, CollectionAggregate):
            column: Any = rule.left
            return Way(self.organisation, column.key, rule.right.element)
        return Way([rule, *self.organisation])


def walls_of(model: type[Model], actor: Actor) -> Walls:
    """The walls of a table for actors of this shape."""
    kind: Any = model
    permission: Permission = kind.READ
    rule, binders = _rule(kind, actor, permission)
    if not issubclass(model, Owned):
        return Walls(rule, (), binders)
    binders["actor_organisation_id"] = _of_actor("actor_organisation_id", permission)
    return Walls(rule, [kind.__table__.c.organisation_id == actor.own_organisation], binders)


def _rule(kind: Any, actor: Actor, permission: Permission) -> tuple[ColumnElement[bool], dict[str, Binder]]:
    """The row rule, with the actor's values as named parameters.

    A value of the actor that a rule compared without a name would stay in the statement and be the next actor's
    too. So the rule is made for a stranger of the same shape as well: whatever has no name must be alike.
    """
    rule: ColumnElement[bool] = kind.visible_to(actor.narrowed(permission))
    other: ColumnElement[bool] = kind.visible_to(stranger(actor).narrowed(permission))
    binders = {}
    for mine, theirs in zip(_parameters_in(rule), _parameters_in(other), strict=True):
        if mine.key == theirs.key and mine.key.startswith(NAMED):
            binders[mine.key] = _of_actor(mine.key, permission)
        elif not mine.unique or not theirs.unique or mine.value != theirs.value:
            raise Broken(f"the row rule of {kind.__name__} depends on its actor without a name")
    return rule, binders


def _of_actor(key: str, permission: Permission) -> Binder:
    """What a named parameter of a row rule is, for whoever asks."""
    name = key.removeprefix(NAMED)
    if name in ("person_id", "organisation_id"):
        return lambda asking: getattr(asking.actor, name)
    if name in LISTS:
        return lambda asking: list(getattr(asking.actor, name))
    return lambda asking: list(asking.actor.narrowed(permission).programmes)


def stranger(actor: Actor) -> Actor:
    """Somebody of the same shape, alike in nothing else."""
    return replace(
        actor,
        organisation_id=actor.organisation_id and uuid4(),
        person_id=actor.person_id and uuid4(),
        grants=tuple(Grant(g.permissions, g.reach, g.programme_id and uuid4()) for g in actor.grants),
        circle=frozenset({uuid4()}),
        mentored=frozenset({uuid4()}),
        caseload=frozenset({uuid4()}),
        caseload_circle=frozenset({uuid4()}),
        caseload_mentored=frozenset({uuid4()}),
        facilitated=frozenset({uuid4()}),
        joined=frozenset({uuid4()}),
    )


def _parameters_in(rule: ColumnElement[bool]) -> list[BindParameter[Any]]:
    return [each for each in visitors.iterate(rule) if isinstance(each, BindParameter)]

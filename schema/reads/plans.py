"""Plans: what is known of an operation before it runs, compiled once for each shape and kept.

A shape is what the variables choose (see `schema/selection.py`) together with what decides the asker's row rules.
"""

from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphql import GraphQLSchema, OperationDefinitionNode

from kith.ground.actor import Actor
from kith.ground.permissions import Permission
from schema.declare import SHOWN
from schema.limits import TooMuch
from schema.reads.coercion import Variables
from schema.reads.compiler import Compiler
from schema.reads.introspection import INTROSPECTION
from schema.reads.selection import TYPENAME, Argument, Choice, Field, Fragments, Selection, choices_of
from schema.reads.statement import Asking, Statement, Term

MOST_ROWS = 20_000
MOST_KEPT = 4_000_000  # characters of SQL in all kept plans, so that memory stays bounded: each takes some 25 bytes
PER_MUTATION = 10  # what a root field of a mutation costs besides its rows
PER_INTROSPECTION = 2_000  # what asking about the schema itself costs: no rows, and half a second of work
PLAIN_CHARACTERS = 500  # that a plan without statements counts as
Path = tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """How an operation of one shape is answered, what it needs and what it costs."""

    selection: Selection
    fields: tuple[Field, ...]
    needs: tuple[tuple[Permission, str], ...]
    terms: tuple[Term, ...]
    fixed: int
    statement: Statement | None  # of a query
    arguments: Mapping[str, Mapping[str, Argument]]  # of the root fields of a mutation or a subscription, by key
    rows: Mapping[Path, Statement]  # of payloads: where a row is shown, and how

    def cost(self, asking: Asking) -> int:
        """What the operation costs: the objects that it can show at most, and something for itself.

        Raises Invalid for a list of no size, TooMuch for more than one request may ask.
        """
        rows = 0
        for term in self.terms:
            objects = term.objects
            for size in term.sizes:
                objects *= size(asking)
            rows += objects
        if rows > MOST_ROWS:
            raise TooMuch(f"An operation reads at most {MOST_ROWS:,} rows; ask for smaller pages.")
        return self.fixed + rows

    @property
    def characters(self) -> int:
        """How long its statements are together: what it takes of memory grows with that."""
        statements = (self.statement, *self.rows.values())
        return PLAIN_CHARACTERS + sum(len(each.read.sql) for each in statements if each is not None)

    @cached_property
    def introspection(self) -> bool:
        """Whether the schema itself is asked about, which graphql-core answers."""
        return any(each.name in INTROSPECTION for each in self.fields)


class NotCompiled(Exception):
    """No plan for this shape is kept, and none was to be compiled."""


class Plans:
    """The plans of all operations, the least recently used forgotten first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Plan] = OrderedDict()
        self._characters = 0

    def find(self, key: Hashable) -> Plan | None:
        """The plan, if it is kept."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: Hashable, plan: Plan) -> None:
        """Keep a plan, and forget others for it."""
        self._kept[key] = plan
        self._characters += plan.characters
        while self._characters > MOST_KEPT:
            self._characters -= self._kept.popitem(last=False)[1].characters


class Operation:
    """One operation of a document; its plans are kept among those of all others."""

    def __init__(
        self, schema: GraphQLSchema, node: OperationDefinitionNode, fragments: Fragments, plans: Plans
    ) -> None:
        self.schema, self.node, self.fragments, self._plans = schema, node, fragments, plans
        root: Any = schema.get_root_type(node.operation)
        self._root = root
        self.variables = Variables(schema, node)
        self._choices: Sequence[Choice] = choices_of(schema, root, node.selection_set, fragments)

    def plan(self, actor: Actor, variables: Mapping[str, Any], *, compile: bool = True) -> Plan:
        """The plan for the actor's shape and the variables'.

        Raises Invalid for what can have no statement, NotCompiled where none is kept and none is to be compiled.
        """
        key = (self, actor.shape, *[choice(variables) for choice in self._choices])
        found = self._plans.find(key)
        if found is None:
            if not compile:
                raise NotCompiled
            found = self._compile(actor, variables)
            self._plans.keep(key, found)
        return found

    def _compile(self, actor: Actor, variables: Mapping[str, Any]) -> Plan:
        selection = Selection(self.schema, self.fragments, variables)
        fields = tuple(selection.fields(self._root, [self.node.selection_set]))
        compiler = Compiler(selection, actor)
        statement, rows = None, dict[Path, Statement]()
        if self._root is self.schema.query_type:
            statement = compiler.query([each for each in fields if each.name not in INTROSPECTION])
        else:
            rows = dict(_payload(compiler, selection, fields, ()))
        arguments = {} if statement else {each.key: _arguments(selection, each) for each in fields}
        mutations = len(fields) if self._root is self.schema.mutation_type else 0
        selection.forget()
        needs, terms = tuple(compiler.needs.values()), _together(compiler.terms)
        about_itself = sum(each.name in INTROSPECTION for each in fields)
        fixed = (PER_MUTATION * mutations or 1) + PER_INTROSPECTION * about_itself
        return Plan(selection, fields, needs, terms, fixed, statement, arguments, rows)


def _payload(
    compiler: Compiler, selection: Selection, fields: Sequence[Field], path: Path
) -> Iterator[tuple[Path, Statement]]:
    """The statements of the rows that a payload shows, by where they stand."""
    for each in fields:
        if each.name == TYPENAME:
            continue
        compiler.count(each)
        shown = next((s for s in SHOWN.values() if s.name == getattr(each.inner, "name", "")), None)
        if shown is not None:
            yield (*path, each.key), compiler.row(shown, each)
        elif each.nodes[0].selection_set is not None:
            yield from _payload(compiler, selection, selection.under(each), (*path, each.key))


def _arguments(selection: Selection, field: Field) -> Mapping[str, Argument]:
    """The arguments that were given to a field, null or absent ones left out."""
    names = [] if field.definition is None else field.definition.args
    found = {name: selection.argument(field, name) for name in names}
    return {name: given for name, given in found.items() if given is not None}


def _together(terms: Sequence[Term]) -> tuple[Term, ...]:
    """The same terms, those of a fixed number added up."""
    fixed = sum(term.objects for term in terms if not term.sizes)
    return (Term(fixed, ()), *(term for term in terms if term.sizes))

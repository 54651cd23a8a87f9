"""Operations to hold the compiler to: the shapes of documents, dressed up as clients write them.

A shape is a query without arguments. Dressing gives it what it asks about: ids and cursors of real rows (mostly),
pages, orders, filters, as literals or in variables with and without defaults; aliases, fragments with and without
conditions, the same field asked for in two places, directives, `__typename` everywhere. An operation comes with
several sets of variables, because a plan that is kept for one of them must never serve another.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    get_named_type,
    is_leaf_type,
)

from schema.declare import SHOWN, needed
from schema.reads.cursors import cursor_of
from schema.reads.selection import declaration_of
from tests.world import Connection, House

ABSENT = object()  # of a variable: not sent at all
LATE = {"rateLimit"}  # what follows from a budget, which the oracle has none of
REFERS = {"programmeId": "Programme", "matchId": "Match", "runId": "MatchRun", "personId": "Person"}
NO_IDS = ["", "x", "Person_", "Person_x", "Nothing_01a20ce8-037c-75fc-9fd6-e4d0f1f5da9b", "é", "7", "Person_\u0000"]
ODD_TEXTS = ["", "é", "'; --", "\\", '"', "\u2028", "漢"]
ODD_TIMES = [
    "2026-03-29T12:00:00.120000Z",
    "2026-03-29T12:00:00+00:00",
    "2026-03-29T14:00:00.000001+02:00",
    "1900-01-01T00:00:00Z",
    "2200-12-31T23:59:59.999999Z",
    "2026-11-20T10:00:00.5-03:30",
]
LEAVES: Mapping[str, Sequence[Any]] = {
    "Boolean": [True, False],
    "Int": [0, 1, 2, -1],
    "Float": [0, 53, 53.35, -6.26, 179.99, -90],
    "String": ["room", "W", "en", "room harbour", "é", "'; --", "BH-1800"],
}
Set = int  # the number of a set of variables
Value = Callable[[Set], Any]  # a value in each set


@dataclass(frozen=True)
class Generated:
    """One operation, and the sets of variables that it is asked with."""

    text: str
    variables: Sequence[Mapping[str, Any]]


@dataclass
class Seeds:
    """What is really there: ids by type, cursors by type and order, times."""

    ids: Mapping[str, Sequence[str]]
    others: Sequence[str]
    cursors: Mapping[tuple[str, str], Sequence[str]]
    times: Sequence[str]


async def seeds_of(superuser: Connection, house: House, other: House) -> Seeds:
    """What is in a house, with ids of another to ask for in vain."""
    cursors = {}
    for model, shown in SHOWN.items():
        for name, order in shown.orders.items():
            table: Any = model.__table__
            columns = ", ".join(f'"{each}"' for each in (*order.columns, "id"))
            where = "WHERE organisation_id = $1" if "organisation_id" in table.c else "WHERE id = $1"
            rows = await superuser.fetch(f"SELECT {columns} FROM {table.name} {where} LIMIT 12", house.organisation_id)
            cursors[shown.name, name] = [cursor_of(order, list(row.values())) for row in rows]
    times = await superuser.fetch("SELECT starts_at FROM meetings WHERE organisation_id = $1", house.organisation_id)
    return Seeds(
        house.ids,
        [each for some in other.ids.values() for each in some],
        cursors,
        [each["starts_at"].isoformat() for each in times] + ODD_TIMES,
    )


# --- shapes --------------------------------------------------------------------------------------------------------


def shape(random: Random, schema: GraphQLSchema, permissions: frozenset[str]) -> str:
    """A query without arguments, of one to three roots, that goes deep along references."""
    root: Any = schema.query_type
    names = [n for n, f in sorted(root.fields.items()) if n not in LATE and _may(f, permissions)]
    chosen = [random.choice([*names, "node", "nodes"]) for _ in range(random.choice([1, 1, 2, 3]))]
    return (
        "{" + " ".join(f"{name} {_inner(random, schema, root.fields[name], permissions, 5)}" for name in chosen) + "}"
    )


def _inner(random: Random, schema: GraphQLSchema, asked: Any, permissions: frozenset[str], depth: int) -> str:
    kind: Any = get_named_type(asked.type)
    if is_leaf_type(kind):
        return ""
    if isinstance(kind, GraphQLInterfaceType):
        some = random.sample(sorted(k.name for k in schema.get_possible_types(kind)), random.choice([1, 2, 3, 5]))
        parts = [f"... on {n} {_fields(random, schema, schema.type_map[n], permissions, 2)}" for n in some]
        return "{id " + " ".join(parts) + "}"
    return _fields(random, schema, kind, permissions, depth - 1)


def _fields(random: Random, schema: GraphQLSchema, kind: Any, permissions: frozenset[str], depth: int) -> str:
    fields = [(n, f) for n, f in sorted(kind.fields.items()) if _may(f, permissions)]
    deep = [(n, f) for n, f in fields if not is_leaf_type(get_named_type(f.type))]
    flat = [(n, f) for n, f in fields if is_leaf_type(get_named_type(f.type))]
    chosen = random.sample(flat, min(len(flat), random.choice([0, 1, 2, 4])))
    if depth > 0:
        chosen += random.sample(deep, min(len(deep), random.choice([1, 1, 2]) if depth > 1 else 1))
    random.shuffle(chosen)
    text = " ".join(f"{n} {_inner(random, schema, f, permissions, depth)}" for n, f in chosen)
    return "{" + (text or "__typename") + "}"


def _may(asked: Any, permissions: frozenset[str]) -> bool:
    declared = declaration_of(asked)
    permission = needed(declared) if declared is not None else None
    return permission is None or permission.name in permissions


# --- dressing ------------------------------------------------------------------------------------------------------


@dataclass
class Dressing:
    """A shape while it is dressed."""

    random: Random
    schema: GraphQLSchema
    seeds: Seeds
    permissions: frozenset[str]
    _declared: dict[str, tuple[str, Value]] = field(default_factory=dict)  # variables: declaration and value
    _fragments: dict[str, str] = field(default_factory=dict)
    _names: int = 0

    def dressed(self, document: DocumentNode, sets: int) -> Generated:
        """The operation of a shape."""
        operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
        body = self._set(self.schema.query_type, operation.selection_set.selections, set())
        declared = ", ".join(text for text, _ in self._declared.values())
        text = f"query Asked{f'({declared})' if declared else ''} {body}"
        values = [{n: value(k) for n, (_, value) in self._declared.items()} for k in range(sets)]
        return Generated(
            "\n".join([text, *self._fragments.values()]),
            [{n: v for n, v in each.items() if v is not ABSENT} for each in values],
        )

    def _chance(self, percent: float) -> bool:
        return self.random.random() * 100 < percent

    def _name(self, prefix: str) -> str:
        self._names += 1
        return f"{prefix}{self._names}"

    # Selections.

    def _set(self, kind: Any, selections: Sequence[SelectionNode], taken: set[str]) -> str:
        return "{ " + " ".join(self._parts(kind, selections, taken)) + " }"

    def _parts(self, kind: Any, selections: Sequence[SelectionNode], taken: set[str]) -> Iterator[str]:
        written = 0
        for each in selections:
            made = self._selection(kind, each, taken)
            if made is not None:
                written += 1
                yield self._wrapped(kind, made)
        if not written or self._chance(25):
            alias = f"{self._name('t')}: " if self._chance(40) else ""
            yield f"{alias}__typename{self._directive()}"

    def _selection(self, kind: Any, each: SelectionNode, taken: set[str]) -> str | None:
        if isinstance(each, InlineFragmentNode):
            assert each.type_condition is not None
            name = each.type_condition.name.value
            inner = self._set(self.schema.type_map[name], each.selection_set.selections, taken)
            return f"... on {name}{self._directive()} {inner}"
        assert isinstance(each, FieldNode)
        name = each.name.value
        if name == "__typename":
            return name
        asked = kind.fields[name]
        if name in LATE or not (_may(asked, self.permissions) or self._chance(2)):
            return None
        children = each.selection_set.selections if each.selection_set else None
        arguments = self._arguments(kind, name, asked, children)
        alias = "" if name not in taken and self._chance(85) else f"{self._name('a')}: "
        taken.add(name if not alias else "")
        head = f"{alias}{name}{arguments}"
        if children is None:
            again = f" {head}" if self._chance(4) else ""
            return f"{head}{self._directive()}{again}"
        inner: Any = get_named_type(asked.type)
        within: set[str] = set()
        if len(children) > 1 and self._chance(25):
            at = self.random.randrange(1, len(children))
            halves = [self._set(inner, some, within) for some in (children[:at], children[at:])]
            between = " __typename " if self._chance(50) else " "
            return between.join(self._wrapped(kind, f"{head}{self._directive()} {half}") for half in halves)
        return f"{head}{self._directive()} {self._set(inner, children, within)}"

    def _wrapped(self, kind: Any, text: str) -> str:
        """A selection as it is, or in a fragment."""
        if not self._chance(16):
            return text
        match self.random.randrange(5):
            case 0:
                return f"...{self._directive()} {{ {text} }}"
            case 1:
                return f"... on {kind.name}{self._directive()} {{ {text} }}"
            case 2 if any(each.name == "Node" for each in getattr(kind, "interfaces", ())):
                return f"... on Node {{ ... on {kind.name}{self._directive()} {{ {text} }} id }}"
            case 3:
                name = self._name("F")
                self._fragments[name] = f"fragment {name} on {kind.name} {{ {text} }}"
                return f"...{name}{self._directive()}"
            case _:
                inner, outer = self._name("F"), self._name("F")
                self._fragments[inner] = f"fragment {inner} on {kind.name} {{ {text} }}"
                self._fragments[outer] = f"fragment {outer} on {kind.name} {{ __typename ...{inner} }}"
                return f"...{outer} ...{inner}{self._directive()}"

    def _directive(self) -> str:
        if not self._chance(7):
            return ""
        name = self.random.choice(["skip", "include"])
        wanted = name == "include" if self._chance(60) else name != "include"
        if self._chance(40):
            return f" @{name}(if: {'true' if wanted else 'false'})"
        variable = self._name("b")
        default = self._chance(30)
        drawn = self._drawn(lambda r: r.random() < 0.5)
        value = self._or_else(drawn, 30) if default else drawn
        self._declared[variable] = (
            f"${variable}: Boolean!" + (f" = {'true' if wanted else 'false'}" if default else ""),
            value,
        )
        return f" @{name}(if: ${variable})"

    # Arguments.

    def _arguments(self, kind: Any, name: str, asked: Any, children: Any) -> str:
        given: dict[str, str] = {}
        if "first" in asked.args:
            given |= self._page(get_named_type(asked.type).name.removesuffix("Connection"), asked.args)
        if "filter" in asked.args and self._chance(45):
            given["filter"] = self._written(
                asked.args["filter"].type, self._filter(get_named_type(asked.args["filter"].type)), 35
            )
        if "id" in asked.args:
            types = self._types_in(children) if name == "node" else [get_named_type(asked.type).name]
            given["id"] = self._written(asked.args["id"].type, self._drawn(lambda r: self._id(r, types)), 40)
        if "ids" in asked.args:
            types = self._types_in(children)

            def some(r: Random) -> list[str]:
                found = [self._id(r, types) for _ in range(r.choice([0, 1, 2, 5]))]
                return [*found, *found[:1]] if r.random() < 0.3 else found

            given["ids"] = self._written(asked.args["ids"].type, self._drawn(some), 40)
        items = [f"{k}: {v}" for k, v in given.items()]
        self.random.shuffle(items)
        return f"({', '.join(items)})" if items else ""

    def _page(self, kind: str, args: Any) -> dict[str, str]:
        given = {}
        luck = self.random.random() * 100
        size = self._drawn(lambda r: r.choice([1, 2, 2, 3, 5]))
        if luck < 78:
            given[self.random.choice(["first", "first", "last"])] = self._written(args["first"].type, size, 30)
        elif luck < 94:  # both are written, and one of them is null
            which = self._drawn(lambda r: r.random() < 0.6)
            for name, wanted in (("first", True), ("last", False)):
                given[name] = self._variable(args[name].type, _where(which, wanted, size), never_absent=True)
        elif luck < 97:
            given["first"] = self._written(
                args["first"].type, self._drawn(lambda r: r.choice([0, -1, 101, 2**31 - 1])), 50
            )
        elif luck < 98:
            given |= {"first": "1", "last": "1"}
        orders = sorted(get_named_type(args["orderBy"].type).values)
        order = self._drawn(lambda r: r.choice(orders))
        if self._chance(60):
            given["orderBy"] = self._written(args["orderBy"].type, order, 40)
        else:
            first = next(iter(next(s for s in SHOWN.values() if s.name == kind).orders))
            order = lambda k: first  # noqa: E731
        for name in ("after", "before"):
            if self._chance(22):
                given[name] = self._written(args[name].type, self._cursor(kind, order), 40)
        return given

    def _cursor(self, kind: str, order: Value) -> Value:
        at, wrong = self.random.random(), self._chance(4)

        def cursor(k: Set) -> Any:
            known = self.seeds.cursors[kind, order(k)]
            if wrong or not known:
                return "x" if k % 2 else cursor_of(SHOWN_NAMED["Meeting"].orders["SOONEST"], [1])
            return known[(int(at * len(known)) + k) % len(known)]

        return cursor

    def _filter(self, kind: Any) -> Value:
        parts: dict[str, Value] = {}
        for name, each in sorted(kind.fields.items()):
            if self._chance(45):
                parts[name] = self._part(name, each.type)
        if self._chance(10):
            return lambda k: None
        narrowing = self._chance(40)
        return lambda k: {n: v for n, v in _at(parts, k).items() if not narrowing or (len(n) + k) % 2}

    def _part(self, name: str, kind: Any) -> Value:
        inner = get_named_type(kind)
        if self._chance(8):
            return lambda k: None
        if isinstance(inner, GraphQLEnumType):
            values = sorted(inner.values)
            return self._drawn(lambda r: r.sample(values, min(len(values), r.choice([0, 1, 2, 3]))))
        if name in REFERS:
            return self._drawn(lambda r: self._id(r, [REFERS[name]]))
        if isinstance(inner, GraphQLInputObjectType):
            return self._whole(inner)
        if inner.name == "ID":
            return self._drawn(lambda r: self._id(r, sorted(self.seeds.ids)))
        drawn = LEAVES.get(inner.name)
        if inner.name == "DateTime":
            drawn = self.seeds.times
        if drawn is None:
            raise AssertionError(name)
        if "[" in str(kind):
            return self._drawn(lambda r: r.sample(drawn, r.choice([0, 1, 2])))
        return self._drawn(lambda r: r.choice(drawn))

    def _whole(self, kind: GraphQLInputObjectType) -> Value:
        """Every part of an input object."""
        parts = {
            name: self._drawn(lambda r, of=each.type: r.choice(LEAVES[get_named_type(of).name]))
            for name, each in kind.fields.items()
        }
        return lambda k: _at(parts, k)

    def _types_in(self, children: Any) -> list[str]:
        named = [
            c.type_condition.name.value for c in children if isinstance(c, InlineFragmentNode) and c.type_condition
        ]
        return named or ["Person", "Match"]

    def _id(self, r: Random, types: Sequence[str]) -> str:
        luck = r.random()
        real = self.seeds.ids.get(r.choice(list(types)), ())
        if real and luck < 0.93:
            return r.choice(real)
        if luck < 0.97:
            return r.choice(self.seeds.others)
        return r.choice(NO_IDS)

    # Values.

    def _drawn(self, draw: Callable[[Random], Any]) -> Value:
        """A value that is drawn anew in each set, or once for all."""
        start = self.random.randrange(2**32)
        alike = self._chance(40)
        return lambda k: draw(Random(start if alike else start + k))

    def _or_else(self, value: Value, percent: float, nullable: bool = False) -> Value:
        """The value; in some sets none, or null."""
        start = self.random.randrange(2**32)

        def found(k: Set) -> Any:
            luck = Random(start + 31 * k).random() * 100
            return value(k) if luck > percent else None if nullable and luck > percent / 2 else ABSENT

        return found

    def _written(self, kind: Any, value: Value, variable: float) -> str:
        """A value of a type: a literal, a variable, or a literal with variables inside."""
        if self._chance(variable):
            return self._variable(kind, value)
        inner: Any = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        now = value(0)
        if isinstance(inner, GraphQLInputObjectType) and isinstance(now, dict):
            parts = [f"{n}: {self._written(inner.fields[n].type, _part_of(value, n, v), 30)}" for n, v in now.items()]
            return "{" + ", ".join(parts) + "}"
        if isinstance(inner, GraphQLList) and isinstance(now, list) and now and self._chance(30):
            parts = [self._written(inner.of_type, _item_of(value, n, v), 50) for n, v in enumerate(now)]
            return "[" + ", ".join(parts) + "]"
        return literal(kind, now)

    def _variable(self, kind: Any, value: Value, *, never_absent: bool = False) -> str:
        name = self._name("v")
        required = isinstance(kind, GraphQLNonNull)
        default, text = "", str(kind)
        if self._chance(25) and not never_absent:
            given = value(7)
            default = f" = {literal(kind, given)}" if given is not None or not required else ""
            value = self._or_else(value, 40, nullable=not required) if default else value
        elif not required and not never_absent and value(0) is not None and value(1) is not None and self._chance(40):
            text = f"{kind}!"
            if any(value(k) is None for k in range(8)):
                text = str(kind)
        elif not required and not never_absent:
            value = self._or_else(value, 12, nullable=True)
        self._declared[name] = (f"${name}: {text}{default}", value)
        return f"${name}"


SHOWN_NAMED = {s.name: s for s in SHOWN.values()}


def _at(parts: Mapping[str, Value], k: Set) -> dict[str, Any]:
    return {name: value(k) for name, value in parts.items()}


def _where(which: Value, wanted: bool, value: Value) -> Value:
    return lambda k: value(k) if which(k) == wanted else None


def _part_of(value: Value, name: str, otherwise: Any) -> Value:
    return lambda k: (value(k) or {}).get(name, otherwise)


def _item_of(value: Value, number: int, otherwise: Any) -> Value:
    return lambda k: next(iter((value(k) or [])[number : number + 1]), otherwise)


def literal(kind: Any, value: Any) -> str:
    """A value as a document writes it."""
    if value is None:
        return "null"
    inner: Any = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(value, list):
        return "[" + ", ".join(literal(getattr(inner, "of_type", inner), each) for each in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{n}: {literal(inner.fields[n].type, v)}" for n, v in value.items()) + "}"
    if isinstance(inner, GraphQLEnumType):
        return str(value)
    return json.dumps(value)

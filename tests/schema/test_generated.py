"""Generated operations: whatever is asked, the service never breaks and never shows the other organisation."""

import os
import random
from collections.abc import Iterator
from typing import Any

import asyncpg
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

from schema.build import graphql_schema
from tenants.work import Workplace
from tests.conftest import Api
from tests.world import House, World, build_house

DEEP = bool(os.environ.get("KITH_DEEP"))
QUERIES, MUTATIONS = (4000, 4000) if DEEP else (120, 160)
TEXTS = [
    "",
    " ",
    "a",
    "é" * 200,
    "漢字🤝",
    "x" * 3000,
    "a\x00b",
    "'; DROP TABLE people; --",
    "en",
    "UTC",
    "\u202e",
]
NUMBERS = [0, 1, -1, 5, 11, 20, 2**31 - 1, -(2**31)]
TIMES = ["2026-12-01T10:00:00+00:00", "2026-12-01T10:00:00", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-23:59"]
ODD = {
    "Int": NUMBERS,
    "Float": [0, 53.35, -90.5, 1e300],
    "String": TEXTS,
    "Boolean": [True, False],
    "DateTime": TIMES,
    "Date": ["2026-01-31", "0001-01-01", "9999-12-31"],
    "Time": ["10:00:00", "00:00:00", "23:59:59.999999"],
    "Decimal": ["1", "1e400"],
}


ENDING = {"revokeToken", "endRole"}  # whoever does this to themselves is heard no more
WHO = ("admin", "coordinator", "admin", "mentor", "mentee", "supervisor", "analyst")


class Generator:
    """Makes operations that are valid by the schema, from a seed."""

    def __init__(self, seed: int, house: House) -> None:
        self.random = random.Random(seed)
        self.ids = [*sorted({i for some in house.ids.values() for i in some}), "x", "UGVyc29uOg"]
        self.schema = graphql_schema()

    def query(self) -> str:
        """A query of one to three root fields."""
        root = self.schema.query_type
        assert root is not None
        return "{ " + " ".join(self._field(root, n, f"r{n}", 4) for n in range(self.random.randint(1, 3))) + " }"

    def mutation(self) -> str:
        """A mutation with odd input."""
        root = self.schema.mutation_type
        assert root is not None
        name = self.random.choice(sorted(set(root.fields) - ENDING))
        payload = "{ result { __typename } errors { code } }"
        return f"mutation {{ {name}{self._arguments(root.fields[name], 1)} {payload} }}"

    def _field(self, kind: GraphQLObjectType, number: int, alias: str, depth: int) -> str:
        name = self.random.choice(sorted(kind.fields))
        field = kind.fields[name]
        inner = get_named_type(field.type)
        if is_leaf_type(inner):
            return f"{alias}: {name}"
        picked = " ".join(self._selection(inner, depth - 1))
        return f"{alias}: {name}{self._arguments(field, 0.3)} {{ __typename {picked} }}"

    def _selection(self, kind: Any, depth: int) -> Iterator[str]:
        if not isinstance(kind, GraphQLObjectType):
            yield "id ... on Person { name } ... on Match { status }"
            return
        for name in self.random.sample(sorted(kind.fields), min(4, len(kind.fields))):
            inner = get_named_type(kind.fields[name].type)
            if is_leaf_type(inner):
                yield name
            elif depth > 0:
                picked = " ".join(self._selection(inner, depth - 1))
                yield f"{name}{self._arguments(kind.fields[name], 0.3)} {{ __typename {picked} }}"

    def _arguments(self, field: Any, often: float) -> str:
        given = []
        for name, argument in sorted(field.args.items()):
            if name == "first":
                given.append(f"first: {self.random.choice([1, 2, 3])}")
            elif is_required_argument(argument) or (name in ("filter", "orderBy") and self.random.random() < often):
                given.append(f"{name}: {self._literal(argument.type)}")
        return f"({', '.join(given)})" if given else ""

    def _literal(self, kind: Any) -> str:
        if isinstance(kind, GraphQLNonNull):
            return self._literal(kind.of_type)
        if isinstance(kind, GraphQLList):
            return "[" + ", ".join(self._literal(kind.of_type) for _ in range(self.random.choice([0, 1, 2]))) + "]"
        if isinstance(kind, GraphQLEnumType):
            return self.random.choice(sorted(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            fields = sorted(kind.fields.items())
            chosen = [(n, f) for n, f in fields if is_required_input_field(f) or self.random.random() < 0.5]
            return "{" + ", ".join(f"{n}: {self._literal(f.type)}" for n, f in chosen) + "}"
        assert isinstance(kind, GraphQLScalarType)
        value = self.random.choice(self.ids if kind.name == "ID" else ODD[kind.name])
        return _written(value)


def _written(value: Any) -> str:
    if isinstance(value, str):
        return '"' + "".join(map(_character, value)) + '"'
    return str(value).lower()


def _character(c: str) -> str:
    return c if c.isascii() and c.isprintable() and c not in '"\\' else f"\\u{ord(c):04x}"


async def test_no_query_breaks_or_shows_the_other_organisation(api: Api, world: World) -> None:
    theirs = {*world.lantern.names.values(), *(i for some in world.lantern.ids.values() for i in some)}
    admitted = 0
    for seed in range(QUERIES):
        query = Generator(seed, world.lantern if seed % 2 else world.harbour).query()
        answer = (await api.send(world.harbour.secrets[WHO[seed % len(WHO)]], query)).text
        assert "INTERNAL" not in answer, query
        shown = answer if seed % 2 == 0 else ""
        assert not [t for t in theirs if f'"{t}"' in shown], query
        admitted += '"data"' in answer
    assert admitted > QUERIES / 4


async def test_no_mutation_breaks(api: Api, workplace: Workplace, superuser: "asyncpg.Connection[Any]") -> None:
    house = await build_house(workplace, superuser, "Quay", "generated")
    admitted = 0
    for seed in range(MUTATIONS):
        mutation = Generator(seed, house).mutation()
        answer = await api.send(house.secrets[WHO[seed % len(WHO)]], mutation)
        assert "INTERNAL" not in answer.text, mutation
        assert answer.status_code == 200, answer.text
        admitted += '"data"' in answer.text
    assert admitted > MUTATIONS / 4

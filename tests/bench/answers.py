"""Whether the servers give the same answer: a server that answers something else is not measured."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from graphql import parse, validate

from schema.build import graphql_schema
from schema.ids import read_global_id
from tests.bench.operations import Ask, Operation
from tests.bench.servers import Server

LOOKED_AT = 5  # answers of each operation


def lacking(operation: Operation) -> str:
    """What Kith's schema lacks for the operation, or nothing."""
    return "; ".join(error.message for error in validate(graphql_schema(), parse(operation.kith)))


def compare(servers: Sequence[Server], operation: Operation, asks: Sequence[Ask]) -> None:
    """Hold the others to the first server's answers: the hand-written ones word by word, PostGraphile's by meaning."""
    first, *others = servers
    for ask in asks[:LOOKED_AT]:
        expected = first.answer(operation, ask)
        for other in others:
            found = other.answer(operation, ask)
            same = found == expected if other.name == "hand-written" else plain(found) == plain(expected)
            assert same, f"{operation.name}: {other.name} answers\n{found}\nand {first.name}\n{expected}"


def plain(value: Any, key: str = "") -> Any:
    """A value as any server might write it: raw ids, whole numbers as numbers, times as times."""
    match value:
        case Mapping():
            return {name: plain(each, name) for name, each in value.items()}
        case list():
            return [plain(each, key) for each in value]
        case str() if key == "id":
            known = read_global_id(value)
            return known[1] if known else value
        case str() if key.endswith("At"):
            return datetime.fromisoformat(value)
        case str() if key == "minutes":
            return int(value)
    return value


def rows(data: Any) -> int:
    """How many rows the first list of an answer has."""
    match data:
        case {"nodes": list(found)}:
            return len(found)
        case Mapping():
            return max((rows(each) for each in data.values()), default=0)
        case list():
            return len(data)
    return 0

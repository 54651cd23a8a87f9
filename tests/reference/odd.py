"""Odd rows: a third house whose columns hold what people, editors and other programs really write.

Values go in by SQL, past row security and triggers; what a check of the database refuses stays as it was.
"""

import itertools
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
from graphql import GraphQLEnumType, get_named_type
from sqlalchemy import types
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from kith.ground.model import Owned
from schema.build import graphql_schema
from schema.declare import SHOWN, Column
from schema.reads.selection import BACKREF, declaration_of
from tests.world import Connection, House, take_stock

LONGEST_INT = 2**31 - 1
NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
TEXTS = [
    "",
    " ",
    'She said "no" \\ \'yes\' {"$":[1]} -- ; /* % %s $1 :name',
    "".join(map(chr, range(1, 32))) + "\x7f\x85\xa0",
    "line\u2028paragraph\u2029end\ufeff",
    "\U0001f91d",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 e\u0301 \u00e9",
    "\u202e\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627\u202c",
    "漢字" * 200,
    "\\u0041 \\n \\\\ </script>",
    "İıſßΣς",
    "null",
    "\ud7ff\ue000\uffff\U0010ffff",
]
TIMES = [
    NOON,
    NOON,  # ties, which the id settles
    NOON.replace(microsecond=120_000),
    NOON.replace(microsecond=1),
    NOON.replace(microsecond=123_456),
    NOON.replace(microsecond=999_990),
    datetime(1900, 1, 1, tzinfo=UTC),
    datetime(2200, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    NOON - timedelta(seconds=1),
]
DATES = [date(1900, 1, 1), date(2200, 12, 31), date(2024, 2, 29), date(2024, 2, 29), date(999, 1, 1)]
NUMBERS = [0, 1, 1, 5, 2, LONGEST_INT, -LONGEST_INT - 1, 1000]
DECIMALS = [Decimal(each) for each in ("0", "1.5000", "0.0001", "-0.0001", "12345678.9", "99999999.9999", "100")]
OBJECTS = [
    {},
    {"": None, "$": ["Feedback", "x", None, None], 'a"b\\c\n': {"\u2028": [[], {}, [None, True, -0.0, 1e-7, 1e15]]}},
    {"b": 1, "a": 2, "aa": 12345678901234567890, "text": TEXTS[3], "deep": {"deep": {"deep": [TEXTS[7]]}}},
    {"float": 0.1, "exact": 1.50, "emoji": "\U0001f91d", "largest": 2**53 + 1},
]
LISTS = [[], [""], TEXTS[2:6], ["NULL", "null", "a,b", "{}", '"']]


async def make_odd(superuser: Connection, house: House) -> None:
    """Put something odd in two of three rows of a house. Whoever acts in it is looked up before."""
    await superuser.execute("SET session_replication_role = replica")
    for model in sorted((m for m in SHOWN if issubclass(m, Owned)), key=lambda m: m.__name__):
        await _make_odd(superuser, house, model)
    await superuser.execute("SET session_replication_role = DEFAULT")
    await take_stock(superuser, house)
    return house


async def _make_odd(superuser: Connection, house: House, model: Any) -> None:
    table, free = model.__table__, _free(model)
    for column in table.c:
        if column.computed is None and column.name in free:
            values = _values(column, free[column.name])
            for number, row_id in enumerate(house.rows[table.name]):
                if number % 3 != 2:  # the first of a kind is often the only one
                    await _set(superuser, house, column, row_id, next(values))


def _free(model: Any) -> dict[str, list[str]]:
    """The columns that nothing else follows from: no references, nothing that is copied, nothing that Python reads;
    and of those that hold one of a few words, which.
    """
    table = model.__table__
    tied = {name for fk in table.foreign_key_constraints for name in fk.column_keys} | FIXED
    for other in table.metadata.tables.values():
        tied |= {fk.column.name for fk in other.foreign_keys if fk.column.table is table}
    shown: Any = graphql_schema().type_map[SHOWN[model].name]
    words: dict[str, list[str]] = {}
    for field in shown.fields.values():
        declared, kind = declaration_of(field), get_named_type(field.type)
        if isinstance(declared, Column):
            name = declared.name or field.extensions[BACKREF].python_name
            words[name] = sorted(kind.values) if isinstance(kind, GraphQLEnumType) else []
            tied |= {name} if declared.convert is not None else set()
    return {c.name: words.get(c.name, []) for c in table.c if c.name not in tied}


FIXED = {"id", "organisation_id", "sequence", "transaction", "secret_sha256"}


def _values(column: Any, words: list[str]) -> Iterator[Any]:
    chosen: Sequence[Any] = words or next((v for kind, v in _POOLS if isinstance(column.type, kind)), ())
    if isinstance(column.type, ARRAY):
        texts = [[], words[:1], words] if words else LISTS
        chosen = texts if isinstance(column.type.item_type, types.Text) else [[], [1, 5], [LONGEST_INT]]
    nulls = [None] if column.nullable else []
    return itertools.cycle([*nulls, *chosen] or [None])


_POOLS: list[tuple[Any, Sequence[Any]]] = [
    (JSONB, [json.dumps(each) for each in OBJECTS]),
    (types.DateTime, TIMES),
    (types.Date, DATES),
    (types.BigInteger, NUMBERS),
    (types.Numeric, DECIMALS),
    (types.Boolean, [True, False]),
    (types.Text, TEXTS),
]


async def _set(superuser: Connection, house: House, column: Any, row_id: Any, value: Any) -> None:
    statement = f'UPDATE {column.table.name} SET "{column.name}" = $1 WHERE organisation_id = $2 AND id = $3'
    with suppress(asyncpg.IntegrityConstraintViolationError, asyncpg.DataError):  # what the column can never hold
        await superuser.execute(statement, value, house.organisation_id, row_id)

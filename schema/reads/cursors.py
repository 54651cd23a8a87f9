"""Keyset cursors: where a row stands in an order, as a text that is opaque to clients."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, func, literal_column, types

from kith.ground.errors import Invalid
from schema.declare import Order
from schema.reads.pieces import Pieces, joined, literal
from schema.reads.scalars import write_time

MOST = 100


def cursor_of(order: Order, key: Sequence[Any]) -> str:
    """An opaque cursor that carries its order."""
    body = orjson.dumps([_name(order), *(_text(value) for value in key)])
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def key_text(order: Order, columns: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """The same cursor, written by PostgreSQL from the columns of the order, the id last."""
    pieces: Pieces = [f'["{_name(order)}"']
    for column in columns:
        told = isinstance(column.type, types.DateTime | types.Text)
        pieces += [",", func.to_json(column)] if told else [',"', column, '"']
    plain = func.encode(func.convert_to(joined([*pieces, "]"]), literal("UTF8")), literal("base64"))
    return func.translate(plain, literal_column("E'+/=\\n'"), literal("-_"), type_=types.Text())


def read_cursor(cursor: str, order: Order, kinds: Sequence[types.TypeEngine[Any]], argument: str) -> list[Any]:
    """The values that the cursor carries. Raises Invalid for a cursor of another order, or none of ours."""
    try:
        name, *texts = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if name != _name(order):
            raise ValueError
        return [_value(text, kind) for text, kind in zip(texts, kinds, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error) as error:
        raise Invalid("That is no cursor of this connection in this order.", path=(argument,)) from error


FEED = Order(("transaction", "sequence"))


class Place(NamedTuple):
    """A place in the feed of what happens: everything up to it, and nothing beyond, was told."""

    transaction: int
    sequence: int

    @property
    def cursor(self) -> str:
        """The place as a cursor."""
        return cursor_of(FEED, self)


def read_place(cursor: str) -> Place:
    """The place that the cursor carries. Raises Invalid for none of ours."""
    place = Place(*read_cursor(cursor, FEED, [types.BigInteger()] * 2, "after"))
    if min(place) < 0:
        raise Invalid("That is no cursor of this subscription.", path=("after",))
    return place


def _name(order: Order) -> str:
    return ("-" if order.descending else "+") + ",".join(order.columns)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return write_time(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _value(text: str, kind: types.TypeEngine[Any]) -> Any:
    if not isinstance(text, str) or "\x00" in text:
        raise ValueError
    if isinstance(kind, types.DateTime):
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise ValueError
        return at.astimezone(UTC)
    if isinstance(kind, types.Date):
        return date.fromisoformat(text)
    if isinstance(kind, types.Uuid):
        return UUID(text)
    if isinstance(kind, types.BigInteger):
        return _whole(text)
    return text


def _whole(text: str) -> int:
    number = int(text[:20])
    if abs(number) >= 2**63:
        raise ValueError
    return number

"""JSON text in SQL, as pieces: literal text, and expressions whose text goes between."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Text, cast, func, literal_column

Pieces: TypeAlias = list[str | ColumnElement[Any]]
MOST_ARGUMENTS = 90  # of one call in PostgreSQL: a hundred


def literal(text: str) -> ColumnElement[Any]:
    """Text of ours as an SQL literal; what a client gave is always a parameter."""
    return literal_column("'" + text.replace("'", "''") + "'", Text())


def joined(pieces: Pieces) -> ColumnElement[Any]:
    """The pieces as one text; an expression that is null counts as an empty text."""
    merged = list(_merged(pieces))
    while len(merged) > MOST_ARGUMENTS:
        merged = [
            func.concat(*merged[i : i + MOST_ARGUMENTS], type_=Text()) for i in range(0, len(merged), MOST_ARGUMENTS)
        ]
    return merged[0] if len(merged) == 1 and pieces_are_text(pieces) else func.concat(*merged, type_=Text())


def pieces_are_text(pieces: Pieces) -> bool:
    """Whether the pieces are literal text alone."""
    return all(isinstance(piece, str) for piece in pieces)


def or_null(pieces: Pieces, value: ColumnElement[Any]) -> Pieces:
    """The pieces, or JSON's null where the value is none."""
    if len(pieces) == 1:
        return [func.coalesce(cast(pieces[0], Text), literal("null"), type_=Text())]
    first, *others = (literal(p) if isinstance(p, str) else cast(p, Text) for p in pieces)
    for other in others:
        first = first.concat(other)
    return [func.coalesce(first, literal("null"), type_=Text())]


def array_of(item: ColumnElement[Any]) -> Pieces:
    """A JSON array of what an aggregate strung together."""
    return ["[", item, "]"]


def _merged(pieces: Pieces) -> Iterator[ColumnElement[Any]]:
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        if text:
            yield literal(text)
            text = ""
        yield piece
    if text:
        yield literal(text)


def object_of(entries: Sequence[tuple[str, Pieces]]) -> Pieces:
    """A JSON object; the keys are GraphQL names, which need no escapes."""
    pieces: Pieces = []
    for number, (key, value) in enumerate(entries):
        pieces += [f'{"," if number else "{"}"{key}":', *value]
    return [*pieces, "}" if entries else "{}"]

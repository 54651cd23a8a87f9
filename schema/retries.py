"""Safe retries: what the input of a mutation is, and what a retry is answered."""

import hashlib
import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from kith.ground.model import KEEP, Model
from kith.ground.operation import AnyOperation
from schema.declare import SHOWN
from schema.rows import Reading, by_ids
from tenants.idempotency import Outline, claim


@dataclass(frozen=True, slots=True)
class Done:
    """What was done before under the same key: which rows came of it."""

    outline: Outline


async def once(reading: Reading, mutation: str, operation: AnyOperation, arguments: Mapping[str, Any]) -> Any:
    """What the operation returns, or `Done` where it was done before under the key that came with it."""
    work = reading.work
    claimed = reading.key and await claim(work, mutation, reading.key, digest(operation, arguments))
    if claimed and claimed.done:
        return Done(claimed.result)
    result = await operation(work, **arguments)
    await work.settle()
    if claimed:
        await claimed.keep(outlined(result))
    return result


def digest(operation: AnyOperation, arguments: Mapping[str, Any]) -> bytes:
    """The hash of an input, the same however it was written: what equals its default is as if it were absent."""
    parameters = operation.signature.parameters
    given = {
        name: text
        for name, value in arguments.items()
        if (text := _canonical(value)) != _canonical(parameters[name].default)
    }
    return hashlib.sha256(_canonical(given).encode()).digest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    """What JSON does not know: ids and times have one spelling, what is absent is no value."""
    if value in (KEEP, inspect.Parameter.empty):
        return {}
    if is_dataclass(value):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value)} is not taken as input")


async def read_anew(reading: Reading, result: Any) -> Any:
    """What an operation returned, its rows read anew under the rules that hold for reading them."""
    if isinstance(result, Done):
        return await _rows(reading, result.outline)
    if isinstance(result, Model):
        return await _rows(reading, outlined(result))
    if isinstance(result, list):
        return _seen([await read_anew(reading, each) for each in result])
    if is_dataclass(result):
        return {each.name: await read_anew(reading, getattr(result, each.name)) for each in fields(result)}
    return result


def outlined(result: Any) -> Outline:
    """Which rows a result is made of: a row is a text, several are a list, parts are under their names.

    A part that is no row is not kept: it may be a secret.
    """
    if isinstance(result, Model):
        row: Any = result
        return f"{type(row).__name__}:{row.id}"
    if isinstance(result, list):
        return [outlined(each) for each in result]
    if is_dataclass(result):
        return {each.name: outlined(getattr(result, each.name)) for each in fields(result)}
    return None


async def _rows(reading: Reading, outline: Outline) -> Any:
    """The rows of an outline as they are now; null for what may not be seen now, and for what was not kept."""
    if isinstance(outline, list):
        return _seen([await _rows(reading, each) for each in outline])
    if isinstance(outline, dict):
        return {name: await _rows(reading, part) for name, part in outline.items()}
    name, _, id = (outline or "").partition(":")
    model = next((m for m in SHOWN if m.__name__ == name), None)
    return None if model is None else await by_ids(reading, model, UUID(id))


def _seen(rows: list[Any]) -> list[Any]:
    return [row for row in rows if row is not None]

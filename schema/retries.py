"""Safe retries: what the input of a mutation is, and what is kept of its result."""

import hashlib
import inspect
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from kith.ground.model import KEEP, Model
from kith.ground.operation import AnyOperation
from kith.ground.work import Work
from schema.reads.payload import Ref
from tenants.idempotency import Outline, claim


async def once(
    work: Work, mutation: str, key: str | None, operation: AnyOperation, arguments: Mapping[str, Any]
) -> Any:
    """What the operation returns; where it was done before under the same key, what came of it then."""
    claimed = key and await claim(work, mutation, key, digest(operation, arguments))
    if claimed and claimed.done:
        return recalled(claimed.result)
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


def outlined(result: Any) -> Outline:
    """Which rows a result is made of: a row is its id, several are a list, parts are under their names.

    A part that is no row is not kept: it may be a secret.
    """
    if isinstance(result, Model):
        row: Any = result
        return str(row.id)
    if isinstance(result, list):
        return [outlined(each) for each in result]
    if is_dataclass(result):
        return {each.name: outlined(getattr(result, each.name)) for each in fields(result)}
    return None


def recalled(outline: Outline) -> Any:
    """The result of which this was kept: its rows are still to be read, and what was not kept is null."""
    if isinstance(outline, list):
        return [recalled(each) for each in outline]
    if isinstance(outline, dict):
        return {name: recalled(part) for name, part in outline.items()}
    return outline and Ref(UUID(outline))

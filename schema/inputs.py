"""Inputs: GraphQL input types made from the signatures of operations, and their values made from what came."""

import inspect
import types as python_types
from collections.abc import Collection, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Annotated, Any, Optional, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

import strawberry
from strawberry.utils.str_converters import to_camel_case

from kith.ground.errors import Broken, Invalid
from kith.ground.model import RefersTo
from kith.ground.operation import AnyOperation
from schema.declare import SHOWN, with_offset
from schema.enums import enumeration
from schema.ids import id_of

_PLAIN = {str, int, bool, datetime, date, time, Decimal}


def input_for(operation: AnyOperation, name: str) -> Any:
    """The input type of an operation's parameters."""
    body: dict[str, Any] = {"__annotations__": {}, "__module__": __name__}
    for parameter in operation.signature.parameters.values():
        hint = operation.hints[parameter.name]
        optional = parameter.default is not inspect.Parameter.empty
        _field(body, parameter.name, hint, optional)
    return strawberry.input(type(name, (), body), description=f"What {to_camel_case(operation.__name__)} needs.")  # type: ignore[attr-defined]


def arguments_for(operation: AnyOperation, given: Mapping[str, Any]) -> dict[str, Any]:
    """The operation's arguments from the input's values. Raises Invalid with the path."""
    values: dict[str, Any] = {}
    for name in operation.parameters:
        key = to_camel_case(name)
        if key in given:
            values[name] = _decode(operation.hints[name], given[key], (key,))
        elif operation.signature.parameters[name].default is inspect.Parameter.empty:
            values[name] = None  # GraphQL asks for all but what may be null
    return values


def _field(body: dict[str, Any], name: str, hint: Any, optional: bool) -> None:
    kind, description = _described(hint)
    made = _input_kind(kind)
    body["__annotations__"][name] = Optional[made] if optional and not _nullable(kind) else made  # noqa: UP045
    default = {"default": strawberry.UNSET} if optional else {}
    body[name] = strawberry.field(description=description, **default)


def _described(hint: Any) -> tuple[Any, str]:
    """A parameter's type and its sentence: the text in its `Annotated`."""
    if get_origin(hint) is not Annotated:
        raise Broken(f"{hint} has no description")
    kind, *notes = get_args(hint)
    sentences = [n for n in notes if isinstance(n, str)]
    marks = [n for n in notes if not isinstance(n, str)]
    return (Annotated[kind, *marks] if marks else kind), " ".join(sentences)


def _nullable(kind: Any) -> bool:
    return _is_union(kind) and type(None) in get_args(kind)


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, python_types.UnionType)


def _bare(kind: Any) -> Any:
    """The type without its null."""
    return next(a for a in get_args(kind) if a is not type(None)) if _nullable(kind) else kind


def _input_kind(kind: Any) -> Any:
    if _nullable(kind):
        return Optional[_input_kind(_bare(kind))]  # noqa: UP045
    if _reference(kind) is not None:
        return strawberry.ID
    if get_origin(kind) in (Sequence, Collection):
        return list[_input_kind(get_args(kind)[0])]  # type: ignore[misc]  # made at run time
    if is_dataclass(kind):
        return _dataclass_input(cast(Any, kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return enumeration(kind)
    if kind in _PLAIN:
        return kind
    raise Broken(f"no input for {kind}")


@cache
def _dataclass_input(kind: Any) -> Any:
    body: dict[str, Any] = {"__annotations__": {}, "__module__": __name__}
    hints = get_type_hints(kind, include_extras=True)
    for each in fields(kind):
        optional = each.default is not MISSING or each.default_factory is not MISSING
        _field(body, each.name, hints[each.name], optional)
    return strawberry.input(type(f"{kind.__name__}Input", (), body), description=inspect.cleandoc(kind.__doc__ or ""))


def _reference(kind: Any) -> Any:
    marks = [n for n in getattr(kind, "__metadata__", ()) if isinstance(n, RefersTo)]
    return marks[0] if marks else None


def _decode(hint: Any, value: Any, path: tuple[str, ...]) -> Any:
    kind = _described(hint)[0] if any(isinstance(n, str) for n in getattr(hint, "__metadata__", ())) else hint
    if value is None:
        if _nullable(kind):
            return None
        raise Invalid("This cannot be null; leave it out to keep it as it is.", path=path)
    kind = _bare(kind)
    reference = _reference(kind)
    if reference is not None:
        return _id(reference, value, path)
    if get_origin(kind) in (Sequence, Collection):
        item = get_args(kind)[0]
        return [_decode(item, each, (*path, str(i))) for i, each in enumerate(value)]
    if is_dataclass(kind):
        return _dataclass(kind, value, path)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return value if isinstance(value, kind) else kind(getattr(value, "value", value))
    if kind is datetime:
        return with_offset(value, *path)
    if kind is str and "\x00" in value:
        raise Invalid("A text holds no NUL character.", path=path)
    return value


def _id(reference: RefersTo, value: str, path: tuple[str, ...]) -> UUID:
    model = reference.model
    shown = next(s for m, s in SHOWN.items() if m is model or m.__name__ == getattr(model, "__forward_arg__", model))
    return id_of(shown.name, value, *path)


def _dataclass(kind: Any, value: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    hints = get_type_hints(kind, include_extras=True)
    given = {}
    for each in fields(kind):
        key = to_camel_case(each.name)
        if key in value:
            given[each.name] = _decode(hints[each.name], value[key], (*path, key))
    return kind(**given)

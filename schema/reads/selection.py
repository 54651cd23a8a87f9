"""What an operation selects: fields with fragments and directives resolved, and arguments as they will be given.

Values are never looked at here but to choose a statement's shape: whether they are there, which order, which
parts of a filter, which types of ids. What chooses is listed once for a document (`choices_of`), over all of its
branches, so that two requests with the same choices may share a statement.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    ObjectValueNode,
    SelectionNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_named_type,
)
from graphql.execution.values import VariableValues
from graphql.utilities import coerce_input_literal

from kith.ground.errors import Broken, Invalid
from schema.declare import DECLARED, Declaration
from schema.ids import read_global_id

Variables = Mapping[str, Any]
Fragments = Mapping[str, FragmentDefinitionNode]
Argument = Callable[[Variables], Any]  # an argument's value, from the variables of a request
Choice = Callable[[Variables], Hashable]
BACKREF = "strawberry-definition"
TYPENAME = "__typename"


@dataclass(frozen=True, eq=False)
class Field:
    """One response key of a selection: the same field, asked for in one place or several."""

    key: str
    name: str
    nodes: tuple[FieldNode, ...]
    parent: GraphQLObjectType
    definition: GraphQLField | None  # None for __typename and introspection

    @property
    def kind(self) -> Any:
        """The field's type."""
        assert self.definition is not None
        return self.definition.type

    @property
    def inner(self) -> Any:
        """The field's type without its lists and non-nulls."""
        return get_named_type(self.kind)

    @property
    def declaration(self) -> Declaration:
        """What the field shows. Raises Broken where nothing is declared."""
        found = None if self.definition is None else declaration_of(self.definition)
        if found is None:
            raise Broken(f"nothing is declared for {self.coordinate}")
        return found

    @property
    def python_name(self) -> str:
        """The field's name in the declarations."""
        name: str = (self.definition.extensions if self.definition else {})[BACKREF].python_name
        return name

    @property
    def coordinate(self) -> str:
        """The field's name with its type's, for people."""
        return f"{self.parent.name}.{self.name}"


def declaration_of(field: GraphQLField) -> Declaration | None:
    """The declaration of a graphql-core field; None for what is not ours."""
    definition = (field.extensions or {}).get(BACKREF)
    found = definition.metadata.get(DECLARED) if definition is not None else None
    return found if isinstance(found, Declaration) else None


class Selection:
    """An operation's selection, as the variables of one request choose its shape."""

    def __init__(self, schema: GraphQLSchema, fragments: Fragments, variables: Variables) -> None:
        self.schema, self._fragments, self._variables = schema, fragments, variables
        self._under: dict[tuple[Field, str], list[Field]] = {}

    def forget(self) -> None:
        """Keep of the variables only what includes and skips, once the shape is chosen."""
        self._variables = {name: value for name, value in self._variables.items() if isinstance(value, bool)}

    def fields(self, kind: GraphQLObjectType, sets: Sequence[SelectionSetNode | None]) -> list[Field]:
        """The fields that are selected of an object, in the order of their response keys."""
        grouped: dict[str, list[FieldNode]] = {}
        for each in sets:
            for node in self._flat(kind, each.selections if each else ()):
                grouped.setdefault((node.alias or node.name).value, []).append(node)
        return [
            Field(key, nodes[0].name.value, tuple(nodes), kind, kind.fields.get(nodes[0].name.value))
            for key, nodes in grouped.items()
        ]

    def under(self, field: Field, kind: GraphQLObjectType | None = None) -> list[Field]:
        """The fields that are selected of what a field shows; `kind` says of which type where it is an interface."""
        kind = kind or field.inner
        found = self._under.get((field, kind.name))
        if found is None:
            found = self._under[field, kind.name] = self.fields(kind, [node.selection_set for node in field.nodes])
        return found

    def argument(self, field: Field, name: str) -> Argument | None:
        """An argument; None where it is absent or null, which Kith never tells apart in a query."""
        assert field.definition is not None
        if name not in field.definition.args:
            return None
        given = _given(field.nodes[0], name, field.definition.args[name])
        return None if given(self._variables) is None else given

    def part(self, field: Field, name: str, part: str) -> Argument:
        """A part of an argument that is an input object, and is given."""
        whole = self.argument(field, name)
        assert field.definition is not None
        assert whole is not None
        written = next((a.value for a in field.nodes[0].arguments or () if a.name.value == name), None)
        if isinstance(written, ObjectValueNode):  # its parts are coerced one by one, or not at all
            value = next(each.value for each in written.fields if each.name.value == part)
            if isinstance(value, VariableNode):
                variable = value.name.value
                return lambda variables: variables.get(variable)
            if not any(_variables_in(value)):
                constant = whole(self._variables)[part]
                return lambda variables: constant
        return lambda variables: whole(variables)[part]

    def value(self, given: Argument) -> Any:
        """The value of an argument that chooses the shape: an order, the types of ids."""
        return given(self._variables)

    def _flat(self, kind: GraphQLObjectType, selections: Sequence[SelectionNode]) -> Iterator[FieldNode]:
        for selection in selections:
            if not included(selection, self._variables):
                continue
            if isinstance(selection, FieldNode):
                yield selection
                continue
            found: Any = selection
            if isinstance(selection, FragmentSpreadNode):
                found = self._fragments[selection.name.value]
            condition = found.type_condition
            if condition is None or _is_a(kind, condition.name.value):
                yield from self._flat(kind, found.selection_set.selections)


def included(selection: SelectionNode, variables: Variables) -> bool:
    """Whether @skip and @include leave the selection in."""
    for directive in selection.directives or ():
        if directive.name.value in ("skip", "include"):
            given: Any = (directive.arguments or ())[0].value
            value = variables.get(given.name.value) if isinstance(given, VariableNode) else given.value
            if bool(value) == (directive.name.value == "skip"):
                return False
    return True


def _is_a(kind: GraphQLObjectType, name: str) -> bool:
    return kind.name == name or any(each.name == name for each in kind.interfaces)


def _given(node: FieldNode, name: str, argument: GraphQLArgument) -> Argument:
    default = None if argument.default_value is Undefined else argument.default_value
    written = next((a.value for a in node.arguments or () if a.name.value == name), None)
    if written is None:
        return lambda variables: default
    if isinstance(written, VariableNode):
        variable = written.name.value
        return lambda variables: variables.get(variable, default)
    if not any(_variables_in(written)):
        constant = coerce_input_literal(written, argument.type)
        return lambda variables: constant
    return _computed(written, argument)


def _computed(written: ValueNode, argument: GraphQLArgument) -> Argument:
    def value(variables: Variables) -> Any:
        found = coerce_input_literal(written, argument.type, VariableValues({}, dict(variables)))
        if found is Undefined:
            raise Invalid("A variable in this argument is null where it may not be.")
        return found

    return value


def _variables_in(value: Any) -> Iterator[str]:
    if isinstance(value, VariableNode):
        yield value.name.value
    for each in (*(getattr(value, "fields", None) or ()), *(getattr(value, "values", None) or ())):
        yield from _variables_in(getattr(each, "value", each))


def choices_of(schema: GraphQLSchema, kind: Any, selections: SelectionSetNode, fragments: Fragments) -> list[Choice]:
    """What in a request's variables chooses the statement's shape, over every branch of the operation."""
    found: dict[Hashable, Choice] = {}
    _choices(schema, kind, selections, fragments, found, set())
    return list(found.values())


def _choices(
    schema: GraphQLSchema,
    kind: Any,
    selections: SelectionSetNode,
    fragments: Fragments,
    found: dict[Hashable, Choice],
    seen: set[tuple[str, str]],
) -> None:
    for selection in selections.selections:
        for directive in selection.directives or ():
            for argument in directive.arguments or ():
                for name in _variables_in(argument.value):
                    found["flag", name] = _flag(name)
        if isinstance(selection, FieldNode):
            definition = getattr(kind, "fields", {}).get(selection.name.value)
            if definition is None:
                continue
            for argument in selection.arguments or ():
                _argument_choices(selection.name.value, argument, definition.args[argument.name.value], found)
            if selection.selection_set is not None:
                _choices(schema, get_named_type(definition.type), selection.selection_set, fragments, found, seen)
            continue
        spread = isinstance(selection, FragmentSpreadNode)
        name = selection.name.value if isinstance(selection, FragmentSpreadNode) else ""
        if spread and (kind.name, name) in seen:
            continue
        seen.add((kind.name, name))
        inner: Any = fragments[name] if spread else selection
        condition = inner.type_condition
        narrowed = kind if condition is None else schema.get_type(condition.name.value)
        _choices(schema, narrowed, inner.selection_set, fragments, found, seen)


def _argument_choices(field: str, argument: Any, definition: GraphQLArgument, found: dict[Hashable, Choice]) -> None:
    kind = get_named_type(definition.type)
    whole = isinstance(argument.value, VariableNode)
    for name in _variables_in(argument.value):
        if field in ("node", "nodes"):
            found["types", name] = _types_in(name)
        elif argument.name.value == "orderBy":
            found["value", name] = _value(name)
        elif whole and isinstance(kind, GraphQLInputObjectType) and argument.name.value == "filter":
            found["parts", name] = _parts(name)
        else:
            found["given", name] = _is_given(name)


def _flag(name: str) -> Choice:
    return lambda variables: bool(variables.get(name))


def _value(name: str) -> Choice:
    return lambda variables: variables.get(name)


def _is_given(name: str) -> Choice:
    return lambda variables: variables.get(name) is not None


def _parts(name: str) -> Choice:
    return lambda variables: tuple(sorted(k for k, v in (variables.get(name) or {}).items() if v is not None))


def _types_in(name: str) -> Choice:
    def types(variables: Variables) -> Hashable:
        value = variables.get(name)
        return types_of([value] if isinstance(value, str) else value or ())

    return types


def types_of(ids: Sequence[str]) -> tuple[str, ...]:
    """The types that global ids name, sorted; what is no id of ours names none."""
    return tuple(sorted({read[0] for read in map(read_global_id, ids) if read is not None}))

"""Tables: what every row of an organisation has, and how rows refer to each other.

An owned row's key is `(organisation_id, id)` and every reference carries the organisation, so that no row can
point into another organisation. What a row copies from the row it stands under (`carrying`) is part of the
reference too, so a copy cannot come to differ.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Self, TypeAlias, TypeVar
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    Text,
    Time,
    UniqueConstraint,
    Uuid,
    and_,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, foreign, mapped_column, relationship
from sqlalchemy.types import UserDefinedType

from kith.ground.actor import Actor
from kith.ground.errors import Broken
from kith.ground.permissions import Permission

T = TypeVar("T")
TENANT, PLATFORM, RELAY, LOOKUP = "kith_tenant", "kith_platform", "kith_relay", "kith_lookup"
ORGANISATION_SETTING = "kith.organisation_id"
# PostgreSQL's own spelling (pg_policies.qual), so that a comparison with the catalogue is a comparison of text.
SAME_ORGANISATION = (
    "(organisation_id = ( SELECT (NULLIF(current_setting('kith.organisation_id'::text, true), ''::text))::uuid"
    ' AS "nullif"))'
)


class TransactionId(UserDefinedType[int]):
    """A transaction of PostgreSQL (xid8), as a number; they grow as transactions begin."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Its name in SQL."""
        return "XID8"


@dataclass(frozen=True, slots=True)
class Policy:
    """One row policy: which rows a database role reaches."""

    name: str
    role: str
    using: str
    check: str | None = None
    command: str = "ALL"


_LOOK_UP = Policy("look_up", LOOKUP, "true", command="SELECT")


class Model(DeclarativeBase):
    """Every table of Kith."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        date: Date(),
        time: Time(),
        str: Text(),
        UUID: Uuid(),
        int: BigInteger(),
        list[str]: ARRAY(Text()),
        list[UUID]: ARRAY(Uuid()),
        list[int]: ARRAY(BigInteger()),
    }

    policies: ClassVar[tuple[Policy, ...]] = ()
    grants: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        table = cls.__dict__.get("__table__")
        if table is not None:
            looked_up = getattr(cls, "LOOKED_UP", False)
            policies = (*cls.policies, _LOOK_UP) if looked_up else cls.policies
            grants = {**cls.grants, LOOKUP: ("SELECT",)} if looked_up else dict(cls.grants)
            table.info.update(policies=policies, grants=grants)
            _refer(cls, table)


@dataclass(frozen=True, slots=True)
class RefersTo:
    """Marks an identifier with the type of row that it names."""

    model: Any


if TYPE_CHECKING:

    class _Phantom(UUID, Generic[T]): ...

    Id: TypeAlias = UUID | _Phantom[T]
else:

    class Id:
        """The identifier of a row of one type: `Id[Meeting]` in an operation's signature says which."""

        def __class_getitem__(cls, model: Any) -> Any:
            return Annotated[UUID, RefersTo(model)]


class Keep:
    """Absent, as against null: the value of an edit's argument that was not given."""

    def __repr__(self) -> str:
        return "KEEP"


KEEP: Any = Keep()


class Owned(Model):
    """A row that belongs to one organisation."""

    __abstract__ = True
    READ: ClassVar[Permission]
    SENSITIVE: ClassVar[bool] = False  # reading such a row is recorded
    CONFIDED: ClassVar[bool] = False  # that it is there, and what becomes of it, only administrators read as a fact
    LOOKED_UP: ClassVar[bool] = False  # read when an actor is opened, before the organisation is known
    policies: ClassVar[tuple[Policy, ...]] = (Policy("own_organisation", TENANT, SAME_ORGANISATION, SAME_ORGANISATION),)
    grants = {TENANT: ("DELETE", "INSERT", "SELECT", "UPDATE")}

    organisation_id: Mapped[UUID] = mapped_column(
        primary_key=True,
        server_default=text(f"NULLIF(current_setting('{ORGANISATION_SETTING}', true), '')::uuid"),
        sort_order=-2,
    )
    id: Mapped[UUID] = mapped_column(
        primary_key=True, default=uuid_utils.compat.uuid7, server_default=text("uuidv7()"), sort_order=-1
    )

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Which rows the actor, narrowed to one permission, reaches. Every type must say."""
        raise Broken(f"{cls.__name__} does not say who may see its rows")

    @classmethod
    def under(cls, *parents: "Owned", **values: Any) -> Self:
        """A new row that stands under its parents: their ids, and what it carries from them, filled in."""
        for parent in parents:
            column, carried = _reference_to(cls, parent)
            values |= {column: parent.id} | {mine: getattr(parent, theirs) for mine, theirs in carried.items()}
        return cls(**values)


def within(model: Any, *, carrying: Mapping[str, str] | Sequence[str] = (), nullable: bool = False) -> Any:
    """A reference to a row of another table of the same organisation, indexed; of the same table with `Self`.

    `carrying` names columns copied from that row: `{"mine": "theirs"}`, or names where both are alike.
    """
    pairs = dict(carrying) if isinstance(carrying, Mapping) else {name: name for name in carrying}
    return mapped_column(Uuid(), nullable=nullable, info={"within": (model, pairs)})


def one_of(column: str, values: Sequence[str]) -> CheckConstraint:
    """The column takes only these values (text, because an enumerated type keeps an index from use)."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(str(v)) for v in values)})", name=column)


def at_most(column: str, characters: int) -> CheckConstraint:
    """The column's text has a limit."""
    return CheckConstraint(f"char_length({column}) <= {characters}", name=f"{column}_length")


def organisation_index(*columns: str, unique: bool = False, where: str | None = None, name: str | None = None) -> Index:
    """An index that begins with the organisation."""
    return Index(name, "organisation_id", *columns, unique=unique, postgresql_where=text(where) if where else None)


def _reference_to(cls: type[Owned], parent: Owned) -> tuple[str, Mapping[str, str]]:
    found = [
        (column.key, column.info["within"][1])
        for column in cls.__table__.columns
        if "within" in column.info and column.info["within"][0] is type(parent)
    ]
    if len(found) != 1:
        raise Broken(f"{cls.__name__} stands under {parent.__tablename__} in {len(found)} ways")
    return found[0]


def _refer(cls: type[Model], table: Table) -> None:
    """Turn each `within` into its composite key, index and the relationship that orders a flush."""
    for column in list(table.columns):
        if "within" not in column.info:
            continue
        target, carried = column.info["within"]
        if target is Self:
            target = cls
            column.info["within"] = (cls, carried)
        there = target.__table__
        mine = ["organisation_id", column.name, *carried]
        theirs = ["organisation_id", "id", *carried.values()]
        if carried and not any([c.name for c in u.columns] == theirs for u in _uniques(there)):
            there.append_constraint(UniqueConstraint(*(there.c[name] for name in theirs)))
        table.append_constraint(ForeignKeyConstraint(mine, [there.c[name] for name in theirs]))
        if any(table.c[name].nullable for name in carried):  # a key with a null in it is not looked at
            table.append_constraint(ForeignKeyConstraint(mine[:2], [there.c[name] for name in theirs[:2]]))
        if not _leads(table, column.name):
            Index(f"ix_{table.name}_{column.name}", table.c.organisation_id, column)
        if target is not cls:  # a row refers to one of its own table that was there before
            setattr(cls, f"_{column.name}_row", _ordering(cls, column.name, target))


def _uniques(table: Table) -> list[UniqueConstraint]:
    return [c for c in table.constraints if isinstance(c, UniqueConstraint)]


def _leads(table: Table, column: str) -> bool:
    """Whether some index already begins with the organisation and the column."""
    return any([c.name for c in list(index.columns)[:2]] == ["organisation_id", column] for index in table.indexes)


def _ordering(cls: type[Model], column: str, target: type[Owned]) -> Any:
    """Without a relationship a flush would not know that the row referred to goes first."""

    def condition() -> ColumnElement[bool]:
        mine: Any = cls
        return and_(mine.organisation_id == target.organisation_id, foreign(getattr(mine, column)) == target.id)

    return relationship(target, primaryjoin=condition, lazy="raise")

"""Work: one actor doing one thing in one organisation, in one transaction."""

import copy
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Protocol, Self, TypeVar
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import ColumnElement, exists, func, select, text, update
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.orm.session import SessionTransaction

from kith.ground.actor import Actor, service
from kith.ground.errors import Broken, Conflict, Forbidden, NotFound
from kith.ground.facts import Fact
from kith.ground.model import ORGANISATION_SETTING, PLATFORM, TENANT, Owned
from kith.ground.outbox import Later, wire
from kith.ground.permissions import Permission
from kith.ground.texts import spoken

Row = TypeVar("Row", bound=Owned)


class Deferred(Protocol):
    """What may be called later: an operation, by its name."""

    name: str

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of its parameters after `work`."""


Reactions = Mapping[str, Sequence[Deferred]]  # fact kind: operations that follow, given the subject's id


class Post(Protocol):
    """How letters leave: SMTP in a deployment, the mailbox page alone in development."""

    async def send(self, *, message_id: str, to: str, subject: str, body: str, written_at: datetime) -> None:
        """Send one letter; raises when it was not accepted."""


class Work:
    """The first argument of every operation.

    It runs one statement at a time. Only the edge that opened it commits; a refusal rolls all of it back.
    """

    def __init__(
        self,
        session: AsyncSession,
        actor: Actor,
        *,
        now: datetime,
        request_id: str,
        reactions: Reactions,
        post: Post,
    ) -> None:
        self._session, self._reactions, self.post = session, reactions, post
        self.actor, self.now, self.request_id = actor, now, request_id

    @property
    def organisation_id(self) -> UUID:
        """The organisation in which this happens. Raises Broken for the operator's work, which has none."""
        if self.actor.organisation_id is None:
            raise Broken("this work belongs to no organisation")
        return self.actor.organisation_id

    @property
    def session(self) -> AsyncSession:
        """The transaction, for statements that no method here covers; the organisation's walls hold."""
        return self._session

    def acting(self, permission: Permission) -> "Work":
        """The same work with only the reaches that grant the permission. Raises Forbidden."""
        if not self.actor.may(permission):
            raise Forbidden(f"This needs the permission {permission.name}: {permission.sentence}")
        narrowed = copy.copy(self)
        narrowed.actor = self.actor.narrowed(permission)
        return narrowed

    def serving(self, *permissions: Permission) -> "Work":
        """The same work, done by the service with these permissions: for a job that does what somebody asked for."""
        served = copy.copy(self)
        served.actor = service(self.organisation_id, permissions)
        return served

    async def get(self, model: type[Row], id: UUID, *where: ColumnElement[bool], lock: bool = False) -> Row:
        """The row, if the actor reaches it. Raises NotFound alike for a missing and a refused one.

        `where` narrows further what will do. With `lock` nobody else changes it until this work ends; take
        locks before reading what depends on them. Rows that only refer to it are added meanwhile: they lock what
        they refer to in no order of ours.
        """
        query = select(model).where(model.id == id, model.visible_to(self.actor), *where)
        if lock:
            query = query.with_for_update(of=model, key_share=True).execution_options(populate_existing=True)
        row = (await self._session.scalars(query)).one_or_none()
        if row is None:
            raise NotFound(f"There is no such {spoken(model.__name__)}, or you may not see it.")
        return row

    async def hold(self, model: type[Row], id: UUID) -> None:
        """Hold the row, seen or not, until this work ends, so that what depends on it cannot cross."""
        await self._session.execute(select(model.id).where(model.id == id).with_for_update(key_share=True))

    async def expect(self, row: Row, version: int | None) -> None:
        """The row is still at the version the caller saw; None does not ask. Raises Conflict."""
        current = getattr(row, "version", None)
        if version is not None and current != version:
            sentence = "Somebody changed this since you read it. Look at it as it is now, and decide again."
            raise Conflict(sentence, path=("expectedVersion",), row=(type(row), row.id))

    async def all(
        self, model: type[Row], *where: ColumnElement[bool], order_by: Any = None, limit: int | None = None
    ) -> list[Row]:
        """The rows that the actor reaches, in the order given (by id otherwise)."""
        query = select(model).where(model.visible_to(self.actor), *where).limit(limit)
        order = order_by if isinstance(order_by, tuple) else (model.id,) if order_by is None else (order_by,)
        return list(await self._session.scalars(query.order_by(*order)))

    async def rows(self, model: type[Row], *where: ColumnElement[bool]) -> list[Row]:
        """Such rows of the organisation, seen or not: for guards and consequences; never shown."""
        return list(await self._session.scalars(select(model).where(*where).order_by(model.id)))

    async def first(self, model: type[Row], *where: ColumnElement[bool]) -> Row | None:
        """The first row that the actor reaches, by id, or None."""
        return next(iter(await self.all(model, *where, limit=1)), None)

    async def exists(self, model: type[Row], *where: ColumnElement[bool]) -> bool:
        """Whether the organisation has such a row, seen or not: for guards; never shown."""
        found = await self._session.scalar(
            select(exists().where(model.organisation_id == self.organisation_id, *where))
        )
        return bool(found)

    async def count(self, model: type[Row], *where: ColumnElement[bool]) -> int:
        """How many such rows the organisation has, seen or not: for guards; never shown."""
        query = select(func.count()).select_from(model).where(*where)
        return int(await self._session.scalar(query) or 0)

    async def revise(self, model: type[Row], *where: ColumnElement[bool], **values: Any) -> list[UUID]:
        """Change every such row of the organisation, seen or not; the ids of those changed.

        For consequences of what the actor may do (a place that is taken ends other offers of it).
        """
        await self._session.flush()
        query = update(model).where(model.organisation_id == self.organisation_id, *where).values(**values)
        changed = await self._session.scalars(query.returning(model.id).execution_options(synchronize_session="fetch"))
        return list(changed)

    def add(self, row: Row) -> Row:
        """Add the row to the organisation."""
        row.id = row.id or uuid_utils.compat.uuid7()
        row.organisation_id = self.organisation_id
        self._session.add(row)
        return row

    async def remove(self, row: Owned) -> None:
        """Delete the row."""
        await self._session.delete(row)

    async def settle(self) -> None:
        """Send what was added and changed to the database now, so that its rules answer now."""
        await self._session.flush()

    def note(self, kind: str, subject: Owned, **data: Any) -> None:
        """Write down what happened, once. `data` holds ids, codes and numbers, nothing personal."""
        programme_id = None if subject.CONFIDED else getattr(subject, "programme_id", None)
        self.add(self._fact(kind, type(subject).__name__, subject.id, programme_id, data))
        for operation in self._reactions.get(kind, ()):
            self._outbox(operation, self.now, {operation.parameters[0]: subject.id})

    def _fact(
        self, kind: str, subject_type: str, subject_id: UUID, programme_id: UUID | None, data: Mapping[str, Any]
    ) -> Fact:
        return Fact(
            kind=kind,
            occurred_at=self.now,
            actor_person_id=self.actor.person_id,
            actor_roles=list(self.actor.roles),
            subject_type=subject_type,
            subject_id=subject_id,
            programme_id=programme_id,
            request_id=self.request_id,
            data={key: wire(value) for key, value in data.items()} | ({"handed": True} if self.actor.handed else {}),
        )

    def note_read(self, kind: type[Owned], id: UUID, programme_id: UUID | None) -> None:
        """Write down that the actor read a sensitive row."""
        self.add(self._fact("sensitive.read", kind.__name__, id, None if kind.CONFIDED else programme_id, {}))

    def note_refusal(self, operation: str, code: str) -> None:
        """Write down that something was refused to the actor."""
        subject = self.actor.person_id or self.organisation_id
        self.add(self._fact("operation.refused", "Person", subject, None, {"operation": operation, "code": code}))

    def later(self, operation: Deferred, *, at: datetime | None = None, **arguments: Any) -> None:
        """Have the service call the operation, at once or at a time, after this work is committed."""
        self._outbox(operation, at or self.now, arguments)

    async def later_once(self, operation: Deferred, *, at: datetime | None = None, **arguments: Any) -> None:
        """The same, unless just this is waiting to be called: a time that comes back tells nobody twice."""
        wired = {name: wire(value) for name, value in arguments.items()}
        await self.settle()
        same = (Later.operation == operation.name, Later.arguments == wired, Later.failed_at.is_(None))
        if not await self.exists(Later, *same):
            self.later(operation, at=at, **arguments)

    def _outbox(self, operation: Deferred, at: datetime, arguments: Mapping[str, Any]) -> None:
        row = Later(
            operation=operation.name,
            arguments={name: wire(value) for name, value in arguments.items()},
            due_at=at,
            noted_at=self.now,
            request_id=self.request_id,
        )
        self.add(row)

    @asynccontextmanager
    async def entering(self, organisation_id: UUID, actor: Actor) -> AsyncIterator[Self]:
        """This transaction, inside an organisation that it has just provisioned, until the block ends."""
        outside = self._session.info["scope"]
        await self._move((TENANT, organisation_id))
        entered = copy.copy(self)
        entered.actor = actor
        yield entered
        await self._move(outside)

    async def _move(self, scope: tuple[str, UUID | None]) -> None:
        await self._session.flush()
        await self._session.execute(_SCOPE, _scoped(scope))
        self._session.info["scope"] = scope


LONGEST_SECONDS = (
    1800  # that a transaction lasts; what sweeps up behind transactions (standing.sql) waits twice as long
)
_SCOPE = text(
    f"SELECT set_config('role', :role, true), set_config('{ORGANISATION_SETTING}', :organisation, true),"
    f" set_config('transaction_timeout', '{LONGEST_SECONDS}s', true)"
)


def _scoped(scope: tuple[str, UUID | None]) -> dict[str, str]:
    role, organisation_id = scope
    return {"role": role, "organisation": str(organisation_id or "")}


def scope_for(actor: Actor) -> tuple[str, UUID | None]:
    """The database role and organisation in which the actor's statements run."""
    return (PLATFORM, None) if actor.organisation_id is None else (TENANT, actor.organisation_id)


@sqlalchemy_event.listens_for(Session, "after_begin")
def _scope(session: Session, transaction: SessionTransaction, connection: Any) -> None:
    scope = session.info.get("scope")
    if scope is None:
        raise Broken("a session without a scope")
    connection.execute(_SCOPE, _scoped(scope))


@sqlalchemy_event.listens_for(Session, "do_orm_execute")
def _own_rows(state: ORMExecuteState) -> None:
    """The first wall: every statement on owned rows carries the organisation."""
    _, organisation_id = state.session.info["scope"]
    if state.is_column_load or state.is_relationship_load:
        return
    state.statement = state.statement.options(
        with_loader_criteria(
            Owned,
            lambda cls: cls.organisation_id == organisation_id,
            include_aliases=True,
            track_closure_variables=True,
        )
    )


@sqlalchemy_event.listens_for(Session, "before_flush")
def _stamp(session: Session, context: Any, instances: Any) -> None:
    """The first wall, on the way in: a row of another organisation is never written."""
    _, organisation_id = session.info["scope"]
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Owned) and row.organisation_id != organisation_id:
            raise Broken(f"a {type(row).__name__} of another organisation")

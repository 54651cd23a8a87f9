"""Lifecycles: whatever verbs come in whatever order, no row is in a state that the page of states does not lead to.

The walks are generated: any verb that is exposed, by whoever may do it, on any row of its kind, with what follows later
done in between, as the clock goes on. Statuses are read past everything, from the tables themselves.
"""

import asyncio
import os
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from infra.states import operation_of, page
from kith.ground.errors import Broken
from kith.ground.lifecycle import LIFECYCLES, Lifecycle
from kith.tasks import LIFE, Task, TaskStatus
from schema.mutations import EXPOSED
from tenants.work import Workplace
from tests.conftest import Api
from tests.deed import Deed
from tests.deeds import DEEDS, ids_of, with_id
from tests.world import Building, Connection, House, World, build_house

T = TypeVar("T")
DEEP = bool(os.environ.get("KITH_DEEP"))
WALKS, STEPS = (60, 60) if DEEP else (2, 30)
LOST = ("CONFLICT", "ILLEGAL_STATE", "NOT_FOUND", "INVALID")

page()  # imports every lifecycle


def _verbs() -> list[Deed]:
    """The deeds that move something through its states, or add something that has them."""
    moved = {operation_of(life, move).name for life in LIFECYCLES for move in life.moves}
    return [deed for deed in DEEDS if EXPOSED[deed.mutation].operation.name in moved]


VERBS = _verbs()
Statuses = dict[UUID, str]


def test_every_move_is_an_operation_and_every_state_can_be_reached() -> None:
    assert VERBS
    for life in LIFECYCLES:
        for move in life.moves:
            operation_of(life, move)
        assert _reachable(life, *life.begins) == set(life.states), life.noun


def test_what_the_lifecycle_does_not_show_is_refused_by_the_row_itself() -> None:
    with pytest.raises(Broken):
        Task(status=TaskStatus.DONE)
    task = Task(status=TaskStatus.OPEN)
    LIFE.move(task, "finish_task")
    with pytest.raises(Broken):
        task.status = TaskStatus.OPEN


def _reachable(life: Lifecycle, *states: str) -> set[str]:
    """These states and all that moves lead to from them."""
    found, fresh = set(states), set(states)
    while fresh:
        fresh = {to for move in life.moves if set(move.before) & fresh for to in move.to} - found
        found |= fresh
    return found


async def _statuses(superuser: Connection, house: House) -> dict[str, Statuses]:
    """The state of every row that has one, by table."""
    found = {}
    for life in LIFECYCLES:
        table = life.model.__tablename__
        rows = await superuser.fetch(
            f"SELECT id, status FROM {table} WHERE organisation_id = $1", house.organisation_id
        )
        found[table] = {row["id"]: row["status"] for row in rows}
    return found


def _wrong(before: dict[str, Statuses], after: dict[str, Statuses]) -> list[str]:
    """What the page of states does not explain of a change."""
    wrong = []
    for life in LIFECYCLES:
        table = life.model.__tablename__
        for id, status in after[table].items():
            start = before[table].get(id)
            if status not in _reachable(life, *([start] if start else life.begins)):
                wrong.append(f"{life.noun}: {start} -> {status}")
    return wrong


class Walk(RuleBasedStateMachine):
    """A walk through one house. What it needs of the run stands on the class."""

    loop: ClassVar[asyncio.AbstractEventLoop]
    api: ClassVar[Api]
    workplace: ClassVar[Workplace]
    superuser: ClassVar[Connection]
    count: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        Walk.count += 1
        self.house = self.run(build_house(self.workplace, self.superuser, "Walk", f"walk-{Walk.count}"))
        self.building = Building(self.workplace, self.house)
        self.seen = self.run(_statuses(self.superuser, self.house))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do it in the loop of the tests, which goes on in another thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    @rule(data=st.data())
    def somebody_does_something(self, data: st.DataObject) -> None:
        """A verb, by whom the deed names, on any row of its kind."""
        deed = data.draw(st.sampled_from(VERBS))
        given = deed.given(self.house)
        for path, kind in ids_of(deed.mutation).items():
            if len(path) == 1 and path[0] in given and self.house.ids.get(kind) and data.draw(st.booleans()):
                given = with_id(given, path, data.draw(st.sampled_from(self.house.ids[kind])))
        payload = self.run(self.api.mutate(self.house.secrets[deed.by], deed.mutation, given, deed.shown))
        now = self.run(_statuses(self.superuser, self.house))
        if payload["errors"]:
            assert now == self.seen, f"{deed.mutation} was refused and changed something"
        assert _wrong(self.seen, now) == [], deed.mutation
        self.seen = now

    @rule(days=st.sampled_from([0, 1, 4, 40]))
    def time_passes(self, days: int) -> None:
        """What is due by then is done."""
        self.building.clock += timedelta(days=days)
        self.run(self.building.later())
        now = self.run(_statuses(self.superuser, self.house))
        assert _wrong(self.seen, now) == []
        self.seen = now


async def test_no_walk_leaves_the_page_of_states(
    api: Api, world: World, workplace: Workplace, superuser: Connection
) -> None:
    Walk.loop, Walk.api, Walk.workplace, Walk.superuser = asyncio.get_running_loop(), api, workplace, superuser
    chosen = settings(
        max_examples=WALKS,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=not DEEP,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, Walk, settings=chosen)


async def test_of_two_who_do_the_same_at_once_one_wins_and_one_is_told(
    api: Api, world: World, workplace: Workplace, superuser: Connection
) -> None:
    house = await build_house(workplace, superuser, "Race")
    for deed in VERBS:
        before = await _statuses(superuser, house)
        given = deed.given(house)
        asked = [api.mutate(house.secrets[deed.by], deed.mutation, given, deed.shown) for _ in range(2)]
        payloads = await asyncio.gather(*asked)
        codes = sorted(error["code"] for payload in payloads for error in payload["errors"])
        assert _wrong(before, await _statuses(superuser, house)) == [], deed.mutation
        if _moves_away(deed):
            assert len(codes) >= 1, deed.mutation
            assert set(codes) <= set(LOST), (deed.mutation, codes)


def _moves_away(deed: Deed) -> bool:
    """Whether the verb can never be done twice in a row: it leads to no state that it takes."""
    operation = EXPOSED[deed.mutation].operation
    moves = [(life, move) for life in LIFECYCLES for move in life.moves if operation_of(life, move) is operation]
    return all(not set(_reachable(life, *move.to)) & set(move.before) for life, move in moves)

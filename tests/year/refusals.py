"""What the states do not allow: tried again and again while the year goes on, refused by name, and nothing changed."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from infra.states import operation_of
from kith.ground.lifecycle import LIFECYCLES, Lifecycle, Move
from kith.ground.permissions import Role
from schema.build import graphql_schema
from schema.declare import SHOWN
from schema.ids import global_id
from schema.mutations import EXPOSED
from tests.deeds import DEEDS, ids_of, with_id

if TYPE_CHECKING:
    from tests.year.cast import Someone
    from tests.year.year import Year

graphql_schema()  # imports what is exposed
SEED = 2025
NAMED = {"ILLEGAL_STATE", "CONFLICT", "INVALID"}
# Verbs that may be done in more states than those in which they move their row, with what they do there.
ALSO = {
    "sign_participation": "a newer text is signed by somebody who takes part already",
    "record_participation_on_paper": "the same, on paper",
    "withdraw_participation": "what was signed is withdrawn also after the enrolment has ended",
    "safety_stop": "a match that is coming to its end is stopped as well, and what is said again is added",
    "lift_hold": "and goes on coming to its end",
    "open_shared_resource": "to open it again is no error",
    "edit_resource": "what is published is put right by those who curate it",
    "edit_group": "a group is edited in whatever state; only its places decide between OPEN and FULL",
}
# Whoever was never asked does not find an offer, and nobody takes back what somebody unknown asked for.
UNSEEN = {"accept_proposal", "decline_proposal", "withdraw_referral"}
_TIME, _DAY = re.compile(r"\d{4}-\d\d-\d\dT"), re.compile(r"\d{4}-\d\d-\d\d$")


class _Anybody:
    """A house in which everything is called the same: what a deed names is put in its place afterwards."""

    def id(self, name: str) -> str:
        """An id of nothing."""
        return global_id("Nothing", UUID(int=0))


@dataclass
class Refusals:
    """Looks at a year: of some rows, tries a verb that their state does not take. `several` at each look."""

    several: int
    tried: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    random: random.Random = field(default_factory=lambda: random.Random(SEED))

    async def __call__(self, year: Year) -> None:
        """One look."""
        illegal = await self.illegal(year)
        for life, move, row in self.random.sample(illegal, min(self.several, len(illegal))):
            await self._try(year, life, move, row)

    async def illegal(self, year: Year) -> list[tuple[Lifecycle, Move, UUID]]:
        """For each state in which something is, each exposed verb that does not take it, with one such row."""
        rows = await year.calendar.superuser.fetch(
            "SELECT DISTINCT ON (kind, id) kind, id, after FROM clock.moves WHERE organisation_id = $1"
            " ORDER BY kind, id, number DESC",
            year.organisation_row,
        )
        found: dict[tuple[str, str], list[UUID]] = {}
        for row in rows:
            found.setdefault((row["kind"], row["after"]), []).append(row["id"])
        return [
            (life, move, self.random.choice(found[key]))
            for life in sorted(LIFECYCLES, key=lambda each: each.noun)
            for state in life.states
            if (key := (life.model.__name__, state.value)) in found
            for move in life.moves
            if state not in move.before and self._is_tried(life, move)
        ]

    def _is_tried(self, life: Lifecycle, move: Move) -> bool:
        """Whether it is a mutation of which such a row is the first thing named."""
        operation = operation_of(life, move)
        mutation = next((name for name, each in EXPOSED.items() if each.operation is operation), None)
        if mutation is None or operation.function.__name__ in ALSO:
            return False
        return next(iter(ids_of(mutation).values()), None) == SHOWN[life.model].name

    async def _try(self, year: Year, life: Lifecycle, move: Move, row: UUID) -> None:
        operation = operation_of(life, move)
        mutation = next(name for name, each in EXPOSED.items() if each.operation is operation)
        given = await self._given(year, mutation, life, row)
        before = await _everything(year)
        code = "NOBODY"
        for who in await _who(year, life, row, operation.needs.granted_to):
            code = await _code(year, who, mutation, given)
            if code not in ("FORBIDDEN", "NOT_FOUND"):
                break
        self.tried += 1
        self.codes[code] += 1
        status = await year.calendar.superuser.fetchval(
            f"SELECT status FROM {life.model.__tablename__} WHERE id = $1", row
        )
        unseen = code == "NOT_FOUND" and operation.function.__name__ in UNSEEN
        if not (code in NAMED or unseen) or await _everything(year) != before:
            self.wrong.append(f"{mutation} of a {life.noun} in {status}: {code} ({year.now:%d %b})")

    async def _given(self, year: Year, mutation: str, life: Lifecycle, row: UUID) -> dict[str, Any]:
        """An input for the mutation, as its deed has it, about this row."""
        deed = next(deed for deed in DEEDS if deed.mutation == mutation)
        given = _of_this_year(deed.given(_Anybody()), year)  # type: ignore[arg-type]
        for number, (path, kind) in enumerate(ids_of(mutation).items()):
            if number == 0:
                given = with_id(given, path, global_id(SHOWN[life.model].name, row))
            elif path[0] in given:
                given = with_id(given, path, await self._any(year, kind))
        return given

    async def _any(self, year: Year, kind: str) -> str:
        model = next(model for model, shown in SHOWN.items() if shown.name == kind)
        found = await year.calendar.superuser.fetchval(
            f"SELECT id FROM {model.__tablename__} WHERE organisation_id = $1 ORDER BY id LIMIT 1",
            year.organisation_row,
        )
        return global_id(kind, found or UUID(int=0))


def _of_this_year(value: Any, year: Year) -> Any:
    """The same with every time soon, and every day today."""
    if isinstance(value, dict):
        return {name: _of_this_year(each, year) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_of_this_year(each, year) for each in value]
    if isinstance(value, str) and _TIME.match(value):
        return year.ahead(days=5)
    return year.day() if isinstance(value, str) and _DAY.match(value) else value


async def _who(year: Year, life: Lifecycle, row: UUID, granted_to: Any) -> list[Someone]:
    """Whoever may do it to this row, those whom the row names first."""
    found = await year.calendar.superuser.fetchval(
        f"SELECT to_jsonb(t)::text FROM {life.model.__tablename__} t WHERE id = $1", row
    )
    named = [each for each in year.cast if each.id and each.id.partition("_")[2] in found]
    staff = {Role.ADMIN: [year.admin], Role.COORDINATOR: [], Role.SUPERVISOR: []}
    for programme in year.programmes:
        staff[Role.COORDINATOR].append(programme.coordinator)
        staff[Role.SUPERVISOR].append(programme.supervisor)
    also = [someone for role, people in staff.items() if role in granted_to for someone in people]
    return list(dict.fromkeys([*(each for each in named if each.token), *also]))


async def _code(year: Year, who: Someone, mutation: str, given: dict[str, Any]) -> str:
    title = f"{mutation[0].upper()}{mutation[1:]}Input!"
    query = f"mutation($input: {title}) {{ {mutation}(input: $input) {{ errors {{ code message }} }} }}"
    year.stage.requests["refused"] += 1
    answer = await year.stage.api(who.token, query, input=given)
    if "errors" in answer:
        return str(answer["errors"][0]["extensions"]["code"])
    errors = answer["data"][mutation]["errors"]
    return str(errors[0]["code"]) if errors else "DONE"


async def _everything(year: Year) -> tuple[Any, ...]:
    """What tells that something was changed."""
    row = await year.calendar.superuser.fetchrow(
        "SELECT (SELECT count(*) FROM clock.moves), (SELECT count(*) FROM outbox), (SELECT count(*) FROM facts"
        " WHERE organisation_id = $1 AND kind NOT IN ('operation.refused', 'sensitive.read'))",
        year.organisation_row,
    )
    return tuple(row)

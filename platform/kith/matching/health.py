"""How a relationship does: GREEN, AMBER or RED, with the reasons in words. Counted, not guessed by a machine.

Several concepts have a say: how long ago the two met, meetings that fell through, what the mentee says afterwards,
goals. Each names what it sees (`@signals`); the worst level counts. What was found last is kept as a row for lists, for
staff; the two people do not see it. It is found anew once a day. Nothing follows from it but a task to look.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped

from kith import tasks
from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.model import Id, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission
from kith.ground.work import Work
from kith.matching.match import PAIR, Match, MatchStatus, OfPair
from kith.matching.pausing import supervisor_of
from kith.matching.policy import RelationshipPolicy, policies, policy_of

READ = Permission("relationship_health.read", "See how relationships do, and why.", granted_to=STAFF)
SETTLE = Permission("relationship_health.settle", "Look how relationships do.")
AT_RISK = "AT_RISK"  # the kind of task
WITHIN = timedelta(days=2)


class Level(Choice):
    """How a relationship does."""

    GREEN = "GREEN", "Nothing stands out."
    AMBER = "AMBER", "Something stands out: look when you next speak to the two."
    RED = "RED", "The relationship may be breaking off: speak to the two now."


class SignalCode(Choice):
    """What stands out about a relationship."""

    NOT_MET = "NOT_MET", "The two have not met for long."
    MEETINGS_FELL_THROUGH = "MEETINGS_FELL_THROUGH", "Several meetings in a row did not take place."
    ALLIANCE_LOW = "ALLIANCE_LOW", "What the mentee said after the last meetings was low."
    ALLIANCE_FALLING = "ALLIANCE_FALLING", "What the mentee says after meetings is lower than it was."
    NO_GOALS = "NO_GOALS", "There is no agreed goal after weeks."
    CONTACTS_MISSED = "CONTACTS_MISSED", "Staff missed contacts with the two."
    CONCERN_RAISED = "CONCERN_RAISED", "One of the two raised a concern."


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that stands out, with a sentence that says it in figures."""

    level: Level
    code: SignalCode
    sentence: str


Signals: TypeAlias = Mapping[UUID, Sequence[Signal]]  # by match
Expected: TypeAlias = dict[UUID, RelationshipPolicy]  # by programme
Source: TypeAlias = Callable[[Work, Sequence[Match], Expected], Awaitable[Signals]]
_SOURCES: list[Source] = []
_ORDER = list(Level)


class RelationshipHealth(OfPair):
    """How one relationship does, as it was found last: for staff."""

    __tablename__ = "relationship_health"
    __table_args__ = (
        organisation_index("match_id", unique=True),
        organisation_index("changed_at", "id"),
        organisation_index("programme_id", "changed_at", "id"),
        organisation_index("mentor_person_id", "changed_at", "id"),
        one_of("level", list(Level)),
        CheckConstraint("cardinality(codes) = cardinality(sentences)", name="alike"),
        CheckConstraint("(level = 'GREEN') = (cardinality(codes) = 0)", name="reasons"),
    )
    READ = READ

    match_id: Mapped[UUID] = within(Match, carrying=PAIR)
    level: Mapped[str]
    codes: Mapped[list[str]]
    sentences: Mapped[list[str]]
    changed_at: Mapped[datetime]
    settled_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who supervises the mentor, the coordinators of the programme."""
        return row_rule(
            actor,
            supervised=[cls.mentor_person_id],
            programme=cls.programme_id,
            apart=[cls.mentor_person_id, cls.mentee_person_id],
        )


def signals(source: Source) -> Source:
    """Make the function a source: given active matches and what their programmes expect, what stands out of each."""
    _SOURCES.append(source)
    return source


async def found(work: Work, matches: Sequence[Match]) -> dict[UUID, list[Signal]]:
    """Everything that stands out of each of these matches now, the worst first, in one batch."""
    stated = await policies(work)
    programmes = {match.programme_id for match in matches}
    expected = {id: stated.get(id) or await policy_of(work, id) for id in programmes}
    named: dict[UUID, list[Signal]] = {match.id: [] for match in matches}
    for source in _SOURCES:
        for match_id, stands_out in (await source(work, matches, expected)).items():
            named[match_id] += stands_out
    return {id: sorted(each, key=lambda s: (-_ORDER.index(s.level), s.code)) for id, each in named.items()}


@operation(needs=SETTLE)
async def settle_health(work: Work) -> None:
    """Once a day: look at every active match anew; a change is written down, and RED is a task."""
    matches = await work.all(Match, Match.status == MatchStatus.ACTIVE)
    kept = {row.match_id: row for row in await work.all(RelationshipHealth)}
    named = await found(work, matches)
    for match in matches:
        await _keep(work, match, named[match.id], kept.get(match.id))


@operation(needs=SETTLE)
async def settle_health_of(work: Work, match_id: Id[Match]) -> None:
    """A match became active, rests or ends: look at it anew, or forget how it did."""
    match = await work.get(Match, match_id, lock=True)
    row = await work.first(RelationshipHealth, RelationshipHealth.match_id == match.id)
    if match.status == MatchStatus.ACTIVE:
        await _keep(work, match, (await found(work, [match]))[match.id], row)
    elif row is not None:
        await work.remove(row)
        await tasks.settled(work, AT_RISK, match)


async def _keep(work: Work, match: Match, named: Sequence[Signal], row: RelationshipHealth | None) -> None:
    level = max((signal.level for signal in named), key=_ORDER.index, default=Level.GREEN)
    codes = [signal.code.value for signal in named]
    if row is None:
        row = RelationshipHealth.under(match, level=Level.GREEN, codes=[], sentences=[], changed_at=work.now)
        work.add(row)
    changed = (row.level, list(row.codes)) != (level, codes)
    row.settled_at, row.sentences = work.now, [signal.sentence for signal in named]
    if not changed:
        return
    row.level, row.codes, row.changed_at = level, codes, work.now
    work.note("match.health_changed", match, level=level, codes=codes)
    if level == Level.RED:
        title = "A relationship may be breaking off: speak to each of the two."
        assignee_id = await supervisor_of(work, match)
        await tasks.ask(
            work, AT_RISK, title, match, due_in=WITHIN, assignee_id=assignee_id, source="match.health_changed"
        )
    else:
        await tasks.settled(work, AT_RISK, match)

"""Suggestions: goals that somebody's needs and answers speak for, each with its reason. None is ever set by itself.

Several concepts know something: each names what speaks for a goal (`@suggests`). What was found is a row for the
mentee and the coordinators alone, because it follows from answers that the mentor does not read.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped

from kith.goals.goal import OPEN, Goal, GoalStatus
from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import IllegalState
from kith.ground.model import Id, Owned, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import Permission, Role
from kith.ground.work import Work
from kith.matching.match import Match, MatchStatus
from kith.people.baseline import Baseline
from kith.people.mentee import Needs
from kith.people.profile import Domain

READ = Permission(
    "suggestions.read",
    "See which goals a mentee's needs and answers speak for.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTEE},
)
SUGGEST = Permission(
    "suggestions.make",
    "Have goals suggested from a mentee's needs and answers.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTEE},
)
SEVERE = 2  # much help is needed
LASTING = 47  # of 60 points of the BARC-10
MOST = 10


class SuggestionCode(Choice):
    """What speaks for a goal."""

    SEVERE_NEED = "SEVERE_NEED", "Much help is needed in this part of life."
    LOW_ANSWER = "LOW_ANSWER", "An answer of theirs was low."


@dataclass(frozen=True, slots=True, order=True)
class Suggested:
    """A goal that something speaks for: the most pressing first. `about` tells apart what speaks for it."""

    rank: int
    code: SuggestionCode
    about: str
    domain: Domain | None
    sentence: str


Source: TypeAlias = Callable[[Work, Match], Awaitable[Sequence[Suggested]]]
_SOURCES: list[Source] = []


class GoalSuggestion(Owned):
    """A goal that something speaks for, as it was found last."""

    __tablename__ = "goal_suggestions"
    __table_args__ = (
        organisation_index("match_id", "rank", "id"),
        organisation_index("rank", "id"),
        organisation_index("programme_id", "rank", "id"),
        organisation_index("person_id", "rank", "id"),
        one_of("code", list(SuggestionCode)),
        one_of("domain", list(Domain)),
    )
    READ = READ
    SENSITIVE = True

    match_id: Mapped[UUID] = within(
        Match,
        carrying={
            "programme_id": "programme_id",
            "person_id": "mentee_person_id",
            "mentor_person_id": "mentor_person_id",
        },
    )
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    mentor_person_id: Mapped[UUID]
    rank: Mapped[int]
    code: Mapped[str]
    domain: Mapped[str | None]
    sentence: Mapped[str]
    suggested_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The mentee and the coordinators of the programme; never the mentor, who does not read the answers."""
        return row_rule(actor, own=[cls.person_id], programme=cls.programme_id, apart=[cls.mentor_person_id])


def suggests(source: Source) -> Source:
    """Make the function a source: given a match, the goals for which what this concept knows speaks."""
    _SOURCES.append(source)
    return source


@operation(needs=SUGGEST)
async def suggest_goals(work: Work, match_id: Annotated[Id[Match], "In which match."]) -> Match:
    """Look anew which goals the mentee's needs and answers speak for, and keep the list in place of the last one.

    The same needs and answers give the same list. What an open goal is about already is left out.
    """
    mine = row_rule(work.actor, own=[Match.mentee_person_id], programme=Match.programme_id)
    match = await work.get(Match, match_id, mine, lock=True)
    if match.status == MatchStatus.CLOSED:
        raise IllegalState("This match is closed.")
    found = sorted([each for source in _SOURCES for each in await source(work, match)])
    goals = await work.rows(Goal, Goal.match_id == match.id, Goal.status.in_([GoalStatus.PROPOSED, *OPEN]))
    found = [each for each in found if each.domain is None or each.domain not in {goal.domain for goal in goals}][:MOST]
    for row in await work.rows(GoalSuggestion, GoalSuggestion.match_id == match.id):
        await work.remove(row)
    for rank, each in enumerate(found, 1):
        row = GoalSuggestion.under(
            match, rank=rank, code=each.code, domain=each.domain, sentence=each.sentence, suggested_at=work.now
        )
        work.add(row)
    work.note("goals.suggested", match, suggestions=len(found))
    return match


@suggests
async def _severe_needs(work: Work, match: Match) -> Sequence[Suggested]:
    """Every part of life in which much help is needed, and wanted."""
    rows = await work.rows(Needs, Needs.current_of == match.mentee_id)
    found = [(each, row) for row in rows for each in zip(row.domains, row.severities, strict=True)]
    pairs = [pair for pair, row in found if pair[0] not in row.unwanted]
    return [
        Suggested(-severity, SuggestionCode.SEVERE_NEED, domain, Domain(domain), _need(Domain(domain), severity))
        for domain, severity in pairs
        if severity >= SEVERE
    ]


@suggests
async def _low_recovery_capital(work: Work, match: Match) -> Sequence[Suggested]:
    """A BARC-10 total (10 to 60) below 47, from where lasting remission is likely (Vilsaint and others 2017)."""
    rows = await work.rows(Baseline, Baseline.mentee_id == match.mentee_id)
    totals = [each["value"] for row in rows for each in row.answers if each["name"].replace("-", "") == "BARC10"]
    sentence = "What you can build your recovery on has room to grow: a goal could be about one part of it."
    low = [total for total in totals if 10 <= total < LASTING]
    return [Suggested(0, SuggestionCode.LOW_ANSWER, "BARC10", None, sentence) for _ in low]


def _need(domain: Domain, severity: int) -> str:
    about = domain.sentence.removesuffix(".").lower()
    return f"You said that you need {'help soon' if severity > SEVERE else 'much help'} with this: {about}."

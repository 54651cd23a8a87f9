"""The cast of a year: people, each of whom acts by a token of their own, over HTTP."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.conftest import Api
    from tests.year.calendar import Calendar

ZONES = ("Europe/Dublin", "America/New_York", "Australia/Sydney")
FILTERS = {
    "feedbackInvitations": "FeedbackInvitationFilter",
    "leaves": "LeaveFilter",
    "matches": "MatchFilter",
    "meetings": "MeetingFilter",
    "mentees": "MenteeFilter",
    "mentors": "MentorFilter",
    "monitoringContacts": "MonitoringContactFilter",
    "proposals": "ProposalFilter",
    "supervisionSessions": "SupervisionSessionFilter",
}


class Stage:
    """The service as everybody in the year speaks to it. It counts, so that the year can say how much happened."""

    def __init__(self, api: Api, calendar: Calendar) -> None:
        self.api, self.calendar = api, calendar
        self.requests: Counter[str] = Counter()

    async def asks(self, token: str, query: str, **variables: Any) -> Any:
        """The data of a query."""
        self.requests["query"] += 1
        return await self.api.data(token, query, **variables)

    async def tries(self, token: str, mutation: str, given: dict[str, Any], shown: str = "id") -> Any:
        """The payload of a mutation, done or refused."""
        self.requests[mutation] += 1
        return await self.api.mutate(token, mutation, given, shown)


@dataclass(eq=False)
class Someone:
    """A person of the organisation, as a client that signs in as them."""

    stage: Stage
    name: str
    zone: str
    id: str = ""
    token: str = ""
    row: dict[str, str] = field(default_factory=dict)  # the ids of what is theirs, by a name: mentor, mentee, match ...
    lead_hours: Sequence[int] | None = None  # how long before a meeting they want to be reminded
    quiet: tuple[time, time] | None = None
    places: list[tuple[datetime, int]] = field(
        default_factory=list
    )  # how many people a mentor had room for, since when
    untrained: bool = False

    async def does(self, mutation: str, shown: str = "id", **given: Any) -> Any:
        """Do one thing, and give its result; a refusal is a mistake of the year."""
        payload = await self.stage.tries(self.token, mutation, given, shown)
        assert payload["errors"] == [], (self.name, mutation, given, payload["errors"], self.stage.calendar.now)
        return payload["result"]

    async def is_refused(self, mutation: str, code: str, **given: Any) -> str:
        """Try one thing that is refused with this code; the sentence that says why."""
        payload = await self.stage.tries(self.token, mutation, given)
        codes = [error["code"] for error in payload["errors"]]
        assert codes == [code], (self.name, mutation, given, payload, self.stage.calendar.now)
        return str(payload["errors"][0]["message"])

    async def asks(self, query: str, **variables: Any) -> Any:
        """The data of a query."""
        return await self.stage.asks(self.token, query, **variables)

    async def lists(self, root: str, shown: str, *, page: int = 100, **filter: Any) -> list[Any]:
        """Every row of a list, page by page."""
        found: list[Any] = []
        after: str | None = None
        declared, used = (f", $filter: {FILTERS[root]}", ", filter: $filter") if filter else ("", "")
        query = (
            f"query($first: Int, $after: String{declared}) {{ {root}(first: $first, after: $after{used})"
            f" {{ nodes {{ {shown} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        )
        while True:
            told = (await self.asks(query, first=page, after=after, **({"filter": filter} if filter else {})))[root]
            found += told["nodes"]
            if not told["pageInfo"]["hasNextPage"]:
                return found
            after = told["pageInfo"]["endCursor"]

    def new(self) -> dict[str, Any]:
        """How somebody else writes them down as a new person."""
        address = self.name.lower().replace(" ", ".")
        return {"name": self.name, "timeZone": self.zone, "email": f"{address}@year.example"}


HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)

"""A small story told through the API: a mentor and a mentee are matched, and arrange to meet."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.clients.service import Service, until

PROFILE = {
    "languages": ["en"],
    "formats": ["PHONE", "IN_PERSON"],
    "availability": [{"weekday": "TUESDAY", "starts": "18:00", "ends": "21:00"}],
    "pathway": "SMART",
}


@dataclass(frozen=True)
class Story:
    """The tokens of those it is about, and what came of it."""

    programme: str
    coordinator: str
    mentor: str
    mentee: str
    match: str
    meeting: str


def tell(service: Service) -> Story:
    """Tell it from the beginning. The run and the letter are jobs, so it waits for the workers twice."""
    programme = service.do(service.admin, "openProgramme", {"name": "One to one"})["id"]
    role = {"role": {"role": "COORDINATOR", "programmeId": programme}, "person": _person("Cora")}
    coordinator = token(service, service.do(service.admin, "giveRole", role, "person { id }")["person"]["id"])
    mentor = _register(service, coordinator, programme, "Mentor", "Mara", offer={"helpsWith": ["HOUSING"]})
    need = {"domain": "HOUSING", "severity": 2}
    mentee = _register(service, coordinator, programme, "Mentee", "Tess", needs=[need], goals=["A place of my own"])
    match = _match(service, run_of_matches(service, coordinator, programme), coordinator, (mentee, mentor))
    starts = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    given = {"matchId": match, "startsAt": starts, "format": "PHONE"}
    meeting = service.do(mentor, "arrangeMeeting", given)["id"]
    return Story(programme, coordinator, mentor, mentee, match, meeting)


def token(service: Service, person: str) -> str:
    """A bearer token of the person's."""
    secret: str = service.do(service.admin, "issueToken", {"personId": person}, "secret")["secret"]
    return secret


def run_of_matches(service: Service, coordinator: str, programme: str) -> str:
    """Ask for a matching run and wait for the workers to compute it."""
    run: str = service.do(coordinator, "startMatchRun", {"programmeId": programme})["id"]
    shown = "query($run: ID!) { matchRun(id: $run) { status } }"
    until(lambda: service.ask(coordinator, shown, run=run)["matchRun"]["status"] == "PROPOSED", "the matching run")
    return run


def letters(service: Service, reader: str) -> list[dict[str, Any]]:
    """The letters that somebody may read."""
    found: list[dict[str, Any]] = service.ask(reader, "{ letters(first: 5) { nodes { subject } } }")["letters"]["nodes"]
    return found


def _person(name: str) -> dict[str, str]:
    return {"name": name, "timeZone": "Europe/Dublin", "email": f"{name.lower()}@example.org"}


def _register(service: Service, coordinator: str, programme: str, role: str, name: str, **more: Any) -> str:
    given: dict[str, Any] = {"programmeId": programme, "person": _person(name), "profile": PROFILE, **more}
    if role == "Mentor":
        given = {**given, "offer": {**more["offer"], "capacity": 1}, "trainedOn": "2026-01-01"}
    person = service.do(coordinator, f"register{role}", given, "person { id }")["person"]
    return token(service, person["id"])


def _match(service: Service, run: str, coordinator: str, both: tuple[str, str]) -> str:
    shown = "query($run: ID!) { matchRun(id: $run) { proposals(first: 1) { nodes { id } } } }"
    proposal = service.ask(coordinator, shown, run=run)["matchRun"]["proposals"]["nodes"][0]["id"]
    service.do(coordinator, "publishMatchRun", {"runId": run})
    # Before they accept: nobody is told of an offer that was answered meanwhile.
    until(lambda: letters(service, both[0]), "the letter about the proposal")
    answers = [service.do(each, "acceptProposal", {"proposalId": proposal}, "match { id }")["match"] for each in both]
    match: str = answers[-1]["id"]
    return match

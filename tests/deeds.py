"""One deed for every mutation that is exposed: who does it, with what, and who may not.

The parts have theirs in `tests/parts`. In this order they can all be done in one house, one after the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from strawberry.utils.str_converters import to_camel_case

from kith.ground.model import RefersTo
from schema.build import graphql_schema
from schema.declare import SHOWN
from schema.mutations import EXPOSED
from tests.deed import Deed, Given, ahead, new
from tests.parts import PARTS

graphql_schema()  # imports what is exposed
PROFILE = {"languages": ["en"], "formats": ["PHONE"]}


TOKEN = "secret token { id hint }"
PLACE = "organisation { id status }"
_OF_THE_START = (
    Deed("openProgramme", "admin", lambda h: {"name": "Evenings"}, "coordinator", None),
    Deed(
        "editProgramme",
        "admin",
        lambda h: {"programmeId": h.id("programme"), "purpose": "Walking together."},
        "coordinator",
        "lantern.admin",
    ),
    Deed(
        "defineRole",
        "admin",
        lambda h: {"name": "Greeter", "permissions": ["people.read"], "reach": "ORGANISATION"},
        "coordinator",
        None,
    ),
    Deed(
        "giveRole",
        "admin",
        lambda h: {"role": {"role": "COORDINATOR", "programmeId": h.id("programme")}, "person": new("Wyn")},
        "coordinator",
        "lantern.admin",
    ),
    Deed("endRole", "admin", lambda h: {"memberId": h.id("partner.member")}, "coordinator", "lantern.admin"),
    Deed(
        "editPerson",
        "coordinator",
        lambda h: {"personId": h.id("mentor.person"), "pronouns": "they/them"},
        "supervisor",
        "other_coordinator",
    ),
    Deed(
        "editContact",
        "coordinator",
        lambda h: {"personId": h.id("mentor.person"), "phone": "+353 1 555 0199"},
        "partner",
        "other_coordinator",
    ),
    Deed(
        "registerMentor",
        "coordinator",
        lambda h: {
            "programmeId": h.id("programme"),
            "person": new("Nora"),
            "profile": PROFILE,
            "offer": {"helpsWith": ["HOUSING"]},
        },
        "supervisor",
        "other_coordinator",
    ),
    Deed(
        "registerMentee",
        "coordinator",
        lambda h: {
            "programmeId": h.id("programme"),
            "person": new("Nell"),
            "profile": PROFILE,
            "needs": [{"domain": "HOUSING", "severity": 1}],
        },
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "recordTraining",
        "coordinator",
        lambda h: {"mentorId": h.id("new_mentor"), "trainedOn": "2026-02-01"},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "supervise",
        "admin",
        lambda h: {"mentorId": h.id("second_mentor"), "supervisorId": h.id("supervisor.person")},
        "supervisor",
        "other_coordinator",
    ),
    Deed("takeLeave", "second_mentor", lambda h: {"mentorId": h.id("second_mentor")}, "mentee", "other_mentor"),
    Deed("endLeave", "coordinator", lambda h: {"mentorId": h.id("second_mentor")}, "supervisor", "mentor"),
    Deed(
        "closeEnrolment", "coordinator", lambda h: {"menteeId": h.id("waiting_mentee")}, "mentee", "other_coordinator"
    ),
    Deed("reEnrol", "coordinator", lambda h: {"menteeId": h.id("waiting_mentee")}, "mentee", "other_coordinator"),
    Deed(
        "discardMatchRun", "coordinator", lambda h: {"runId": h.id("proposed_run")}, "supervisor", "other_coordinator"
    ),
    Deed(
        "startMatchRun", "coordinator", lambda h: {"programmeId": h.id("programme")}, "supervisor", "other_coordinator"
    ),
    Deed("publishMatchRun", "coordinator", lambda h: {"runId": h.id("proposed_run")}, "mentor", "other_coordinator"),
    Deed("acceptProposal", "other_mentor", lambda h: {"proposalId": h.id("offer")}, "other_coordinator", "mentor"),
    Deed("declineProposal", "offered_mentee", lambda h: {"proposalId": h.id("offer")}, "supervisor", "mentee"),
    Deed("pauseMatch", "mentor", lambda h: {"matchId": h.id("match")}, "partner", "other_mentor"),
    Deed("resumeMatch", "mentee", lambda h: {"matchId": h.id("match")}, "analyst", "other_mentee"),
    Deed(
        "arrangeMeeting",
        "mentor",
        lambda h: {"matchId": h.id("match"), "startsAt": ahead(days=5), "format": "PHONE"},
        "supervisor",
        "other_mentor",
    ),
    Deed(
        "moveMeeting",
        "mentee",
        lambda h: {"meetingId": h.id("coming_meeting"), "startsAt": ahead(days=7)},
        "partner",
        "other_coordinator",
    ),
    Deed("cancelMeeting", "coordinator", lambda h: {"meetingId": h.id("coming_meeting")}, "reader", "other_mentee"),
    Deed(
        "recordAttendance",
        "mentor",
        lambda h: {
            "meetingId": h.id("begun_meeting"),
            "present": [h.id("mentor.person"), h.id("mentee.person")],
        },
        "mentee",
        "other_mentor",
    ),
    Deed(
        "giveFeedback",
        "mentee",
        lambda h: {
            "meetingId": h.id("begun_meeting"),
            "feltHeard": 5,
            "talkedAboutWhatMatters": 5,
            "helpful": 4,
            "rightPace": 3,
        },
        "coordinator",
        "other_mentee",
    ),
    Deed(
        "setGoal",
        "mentee",
        lambda h: {"matchId": h.id("match"), "title": "A driving licence", "domain": "TRANSPORT"},
        "supervisor",
        "other_mentee",
    ),
    Deed("agreeToGoal", "mentee", lambda h: {"goalId": h.id("proposed_goal")}, "mentor", "other_mentee"),
    Deed("recordProgress", "mentor", lambda h: {"goalId": h.id("goal"), "score": 5}, "coordinator", "other_mentor"),
    Deed(
        "closeMatch",
        "coordinator",
        lambda h: {"matchId": h.id("match"), "reason": "GOALS_MET"},
        "mentor",
        "other_coordinator",
    ),
    Deed("retireMentor", "mentor", lambda h: {"mentorId": h.id("mentor")}, "supervisor", "other_mentor"),
    Deed(
        "closeThread",
        "coordinator",
        lambda h: {"threadId": h.id("coordinators_thread")},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "refreshEvaluation",
        "coordinator",
        lambda h: {"programmeId": h.id("programme")},
        "supervisor",
        "other_coordinator",
    ),
    Deed(
        "issueToken",
        "coordinator",
        lambda h: {"personId": h.id("mentor.person")},
        "operator",
        "other_coordinator",
        TOKEN,
    ),
    Deed("replayJob", "admin", lambda h: {"jobId": h.id("dead_letter")}, "coordinator", "lantern.admin"),
    Deed("revokeToken", "admin", lambda h: {"tokenId": h.id("analyst.token")}, "operator", "coordinator"),
    Deed(
        "provisionOrganisation",
        "operator",
        lambda h: {"slug": "beacon", "name": "Beacon", "timeZone": "Europe/Dublin", "admin": new("Bea")},
        "admin",
        None,
        f"secret {PLACE}",
    ),
    Deed("suspendOrganisation", "operator", lambda h: {"organisationId": h.id("organisation")}, "admin", None),
    Deed("reinstateOrganisation", "operator", lambda h: {"organisationId": h.id("organisation")}, "admin", None),
)
DEEDS = (*(deed for part in PARTS for deed in part.DEEDS), *_OF_THE_START)  # which close much in the end
# Everything is looked at before and after a batch of deeds: at a hundred tables, for each deed would take minutes.
BATCHES = [DEEDS[start : start + 24] for start in range(0, len(DEEDS), 24)]
Path = tuple[str, ...]


def ids_of(mutation: str) -> dict[Path, str]:
    """Where in a mutation's input ids are taken, with the type of each; `[]` is every item of a list."""
    operation = EXPOSED[mutation].operation
    return dict(_ids_in({name: operation.hints[name] for name in operation.parameters}, ()))


def _ids_in(hints: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
    for name, hint in hints.items():
        yield from _ids_under(hint, (*path, to_camel_case(name)))


def _ids_under(hint: Any, path: Path) -> Iterator[tuple[Path, str]]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        marks = [mark for mark in arguments if isinstance(mark, RefersTo)]
        if marks:
            yield path, _shown(marks[0].model)
        else:
            yield from _ids_under(arguments[0], path)
    elif origin in (Union, UnionType):
        for each in arguments:
            yield from _ids_under(each, path)
    elif arguments:
        yield from _ids_under(arguments[0], (*path, "[]"))
    elif is_dataclass(hint):
        yield from _ids_in(get_type_hints(hint, include_extras=True), path)


def _shown(model: Any) -> str:
    name = getattr(model, "__forward_arg__", None) or getattr(model, "__name__", model)
    return next(s.name for m, s in SHOWN.items() if m.__name__ == name)


def with_id(given: Given, path: Path, id: str) -> Given:
    """The same input with another id in this place, and without what stands instead of it."""
    head, *rest = path
    given = {name: value for name, value in given.items() if name != INSTEAD.get(head)}
    if not rest:
        return given | {head: id}
    if rest == ["[]"]:
        return given | {head: [id]}
    if rest[0] == "[]":
        return given | {head: [with_id(each, tuple(rest[1:]), id) for each in given[head]]}
    inner = given.get(head, {})
    if rest[0] == "[]":  # a list of objects: its first
        return given | {head: [with_id(inner[0], tuple(rest[1:]), id)]}
    if head == "role" and rest == ["customRoleId"]:
        inner = {}
    return given | {head: with_id(inner, tuple(rest), id)}


INSTEAD = {"personId": "person"}  # one of the two is given


def these(deeds: Sequence[Deed]) -> str:
    """How a batch of deeds is called."""
    return f"{deeds[0]} to {deeds[-1]}"

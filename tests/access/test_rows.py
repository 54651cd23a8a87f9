"""Which rows each role sees: what is theirs, and nothing else of their own organisation."""

from typing import Any

import pytest

from schema.build import graphql_schema
from schema.declare import needed
from tenants.work import Workplace
from tests.conftest import Api
from tests.reference.answer import declaration_of
from tests.world import Connection, House, World, build_house

PARTICIPANTS = ("mentor", "second_mentor", "mentee", "waiting_mentee", "proposed_mentee", "new_mentor")
FAMILY = ("other_mentor", "other_mentee", "offered_mentee")
STAFF = ("admin", "supervisor", "partner", "analyst", "reader")  # of no programme: everybody may know their names


@pytest.fixture
def harbour(world: World) -> House:
    """The house whose people look at each other."""
    return world.harbour


LISTED = "nodes { id } totalCount pageInfo { hasNextPage endCursor }"


async def _ids(api: Api, token: str, root: str) -> set[str]:
    """The ids of everything that the root field shows."""
    query = f"query($after: String) {{ {root}(first: 100, after: $after) {{ {LISTED} }} }}"
    ids, after = set[str](), None
    while True:
        found = (await api.data(token, query, after=after))[root]
        ids |= {node["id"] for node in found["nodes"]}
        if not found["pageInfo"]["hasNextPage"]:
            assert found["totalCount"] == len(ids)
            return ids
        after = found["pageInfo"]["endCursor"]


def _these(house: House, *names: str) -> set[str]:
    return {house.id(name) for name in names}


def _people(house: House, *names: str) -> set[str]:
    return {house.id(f"{name}.person") for name in names}


async def test_a_mentor_sees_their_own_matches_and_mentees(api: Api, harbour: House) -> None:
    token = harbour.secrets["mentor"]
    assert await _ids(api, token, "matches") == _these(harbour, "match")
    assert await _ids(api, token, "mentees") == _these(harbour, "mentee")
    assert await _ids(api, token, "mentors") == _these(harbour, "mentor")
    assert await _ids(api, token, "people") == _people(harbour, *STAFF, "mentor", "mentee")
    assert await _ids(api, token, "goals") == _these(harbour, "goal", "proposed_goal")
    assert await _ids(api, token, "meetings") == _these(harbour, "held_meeting", "begun_meeting", "coming_meeting")
    assert await _ids(api, token, "feedback") == _these(harbour, "mentor.feedback")


async def test_a_mentee_sees_themselves_and_their_mentor(api: Api, harbour: House) -> None:
    token = harbour.secrets["mentee"]
    assert await _ids(api, token, "people") == _people(harbour, *STAFF, "mentor", "mentee")
    assert await _ids(api, token, "mentees") == _these(harbour, "mentee")
    assert await _ids(api, token, "mentors") == _these(harbour, "mentor")
    assert await _ids(api, token, "matches") == _these(harbour, "match")
    assert await _ids(api, token, "feedback") == _these(harbour, "mentee.feedback")


async def test_a_mentee_who_waits_sees_themselves_alone(api: Api, harbour: House) -> None:
    for who in ("waiting_mentee", "proposed_mentee"):  # a proposal nobody published is nothing yet
        token = harbour.secrets[who]
        assert await _ids(api, token, "people") == _people(harbour, *STAFF, who)
        assert await _ids(api, token, "mentors") == set()
        assert await _ids(api, token, "proposals") == set()
        assert await _ids(api, token, "matches") == set()


async def test_an_offer_shows_the_two_to_whoever_was_asked(api: Api, harbour: House) -> None:
    asked, unasked = harbour.secrets["other_mentor"], harbour.secrets["offered_mentee"]
    assert harbour.id("offer") in await _ids(api, asked, "proposals")
    assert await _ids(api, asked, "mentees") == _these(harbour, "other_mentee", "offered_mentee")
    assert await _ids(api, unasked, "proposals") == set()
    assert await _ids(api, unasked, "mentors") == set()


async def test_a_supervisor_sees_the_caseload(api: Api, harbour: House) -> None:
    token = harbour.secrets["supervisor"]
    assert await _ids(api, token, "mentors") == _these(harbour, "mentor")
    assert await _ids(api, token, "mentees") == _these(harbour, "mentee")
    assert await _ids(api, token, "matches") == _these(harbour, "match")
    assert await _ids(api, token, "people") == _people(harbour, *STAFF, "mentor", "mentee")
    assert await _ids(api, token, "goals") == _these(harbour, "goal", "proposed_goal")
    assert (await api(token, "{ feedback(first: 5) { totalCount } }"))["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_coordinator_sees_their_programme_and_not_the_second(api: Api, harbour: House) -> None:
    cora, colm = harbour.secrets["coordinator"], harbour.secrets["other_coordinator"]
    for root, kind, mine, theirs in (
        ("matches", "Match", {"match"}, {"other_match"}),
        ("mentors", "Mentor", {"mentor", "second_mentor", "new_mentor"}, {"other_mentor"}),
        ("mentees", "Mentee", {"mentee", "waiting_mentee"}, {"other_mentee", "offered_mentee"}),
        ("matchRuns", "MatchRun", {"published_run", "proposed_run"}, {"other_run"}),
    ):
        one, other = await _ids(api, cora, root), await _ids(api, colm, root)
        assert one >= _these(harbour, *mine), root
        assert other >= _these(harbour, *theirs), root
        assert one | other == set(harbour.ids[kind]), root
        assert not one & other, root
    assert await _ids(api, cora, "people") >= _people(harbour, "coordinator", *PARTICIPANTS)
    assert not await _ids(api, cora, "people") & _people(harbour, *FAMILY, "other_coordinator")
    for root in ("meetings", "goals", "feedback", "proposals", "facts", "tokens", "evaluationRollups"):
        one, other = await _ids(api, cora, root), await _ids(api, colm, root)
        assert one, root
        assert other, root
        assert not one & other, root


async def test_an_administrator_sees_both_programmes(api: Api, harbour: House) -> None:
    token = harbour.secrets["admin"]
    assert await _ids(api, token, "matches") == set(harbour.ids["Match"])
    assert await _ids(api, token, "people") == set(harbour.ids["Person"])


async def test_an_analyst_sees_figures_over_eleven_people_or_more(api: Api, harbour: House) -> None:
    token = harbour.secrets["analyst"]
    found = await api.data(token, "{ evaluationRollups(first: 100) { nodes { people month } totalCount } }")
    assert found["evaluationRollups"] == {"nodes": [{"people": 11, "month": "2020-02-01"}], "totalCount": 1}
    everybody = await api.data(
        harbour.secrets["admin"], "{ evaluationRollups(first: 100) { nodes { people } totalCount } }"
    )
    assert {10, 11} < {node["people"] for node in everybody["evaluationRollups"]["nodes"]}


FREE = {
    "rateLimit",
    "viewer",
    "node",
    "nodes",
    "organisation",
    "programme",
    "programmes",
    "tokens",
    "evaluationRollups",
} | {*("resources", "resource", "supportMeetings", "supportMeeting", "communityEvents", "communityEvent")}

ALSO = {
    "analyst": {"programmeIndicators"},
    "partner": {"trainingModules", "trainingModule", "trainingEnrolments", "trainingEnrolment"},  # of their own
}


@pytest.mark.parametrize("who", ["analyst", "partner", "operator"])
async def test_who_works_with_figures_alone_reads_nothing_of_participants(api: Api, world: World, who: str) -> None:
    token = world.operator if who == "operator" else world.harbour.secrets[who]
    allowed = {"operator": {"viewer", "rateLimit", "organisation", "organisations", "node", "nodes"}}.get(who, FREE)
    fields: dict[str, Any] = graphql_schema().query_type.fields  # type: ignore[union-attr]
    for name, field in fields.items():
        if name in allowed | ALSO.get(who, set()):
            continue
        given = '(id: "x")' if "id" in field.args else "(first: 5)" if "first" in field.args else ""
        inner = "{ totalCount }" if "first" in field.args else "{ __typename }"
        answer = await api(token, f"{{ {name}{given} {inner} }}")
        assert "data" not in answer, name
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN", name
        permission = needed(declaration_of(field))  # type: ignore[arg-type]
        assert permission is not None
        assert permission.name in answer["errors"][0]["message"]


@pytest.mark.parametrize("who", ["analyst", "partner", "operator"])
async def test_who_works_with_figures_alone_finds_no_row_of_a_person_by_its_id(
    api: Api, world: World, who: str
) -> None:
    token = world.operator if who == "operator" else world.harbour.secrets[who]
    for kind, ids in world.harbour.ids.items():
        found = await api.data(token, "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids[:100])
        seen = {node["__typename"] for node in found["nodes"] if node}
        offered = {"CommunityEvent", "Resource", "SupportMeeting", "VolunteerRole"}
        figures = {"EvaluationRollup", "FeedbackResult", "IndicatorValue", "ProgrammeIndicator"}
        free = {"Programme", "Organisation"} | figures | offered | ({"TrainingModule"} if who == "partner" else set())
        assert seen <= free | ({"Token"} if kind == "Token" else set())
        if kind == "Token":
            assert sum(node is not None for node in found["nodes"]) <= 4  # their own
        if who == "operator":
            assert seen <= {"Organisation"}


async def test_the_own_role_of_a_house_reads_what_it_names(api: Api, harbour: House) -> None:
    token = harbour.secrets["reader"]
    assert len(await _ids(api, token, "people")) == len(harbour.names)
    assert (await api(token, "{ matches(first: 5) { totalCount } }"))["errors"][0]["extensions"]["code"] == "FORBIDDEN"


# --- sensitive rows ------------------------------------------------------------------------------------------------


async def _reads(superuser: Connection, house: House) -> list[tuple[str, str, str]]:
    """Who read which sensitive row, of which type."""
    rows = await superuser.fetch(
        "SELECT actor_person_id::text AS who, subject_type, subject_id::text AS what FROM facts"
        " WHERE organisation_id = $1 AND kind = 'sensitive.read' ORDER BY sequence",
        house.organisation_id,
    )
    return [(row["who"], row["subject_type"], row["what"]) for row in rows]


async def test_reading_what_a_mentee_needs_is_recorded(api: Api, harbour: House, superuser: Connection) -> None:
    before = await _reads(superuser, harbour)
    found = await api.data(
        harbour.secrets["mentor"],
        "{ mentees(first: 5) { nodes { needs { id domains goals } person { contact { email } } } } }",
    )
    (mentee,) = found["mentees"]["nodes"]
    assert mentee["needs"]["goals"] == ["A place of my own in Harbour"]
    assert mentee["person"]["contact"] is None
    (read,) = (await _reads(superuser, harbour))[len(before) :]
    assert read[:2] == (str(harbour.people["mentor"]), "Needs")


async def test_reading_contacts_and_feedback_of_others_is_recorded_row_by_row(
    api: Api, harbour: House, superuser: Connection
) -> None:
    before = await _reads(superuser, harbour)
    await api.data(harbour.secrets["coordinator"], "{ feedback(first: 5) { nodes { remark } } }")
    read = (await _reads(superuser, harbour))[len(before) :]
    feedback = {str(harbour.row(f"{who}.feedback")) for who in ("mentor", "mentee")}
    assert {what for _, kind, what in read if kind == "Feedback"} == feedback
    assert {who for who, _, _ in read} == {str(harbour.people["coordinator"])}


async def test_reading_what_is_ones_own_is_nobody_elses_business(
    api: Api, harbour: House, superuser: Connection
) -> None:
    before = await _reads(superuser, harbour)
    found = await api.data(
        harbour.secrets["mentee"],
        "{ viewer { person { contact { email } } } mentees(first: 5) { nodes { needs { goals } } }"
        " feedback(first: 5) { nodes { remark } } }",
    )
    assert found["viewer"]["person"]["contact"] == {"email": "mentee@harbour.example"}
    assert await _reads(superuser, harbour) == before


async def test_the_other_of_a_match_never_reads_the_feedback(api: Api, harbour: House) -> None:
    for who, theirs in (("mentor", "mentee"), ("mentee", "mentor")):
        found = await api.data(
            harbour.secrets[who],
            "query($id: ID!) { node(id: $id) { id } }",
            id=harbour.id(f"{theirs}.feedback"),
        )
        assert found == {"node": None}


async def test_a_refused_reading_is_recorded(api: Api, harbour: House, superuser: Connection) -> None:
    query = "SELECT count(*) FROM facts WHERE organisation_id = $1 AND kind = 'operation.refused'"
    before = await superuser.fetchval(query, harbour.organisation_id)
    await api(harbour.secrets["analyst"], "{ people(first: 5) { totalCount } }")
    assert await superuser.fetchval(query, harbour.organisation_id) == before + 1


CONFIDED = """query($id: ID!) { match(id: $id) {
  closure { remark steps { id kind } } pauses { remark } health { level }
} }"""


@pytest.mark.parametrize(
    ("who", "other", "role"), [("mentor", "mentee", "COORDINATOR"), ("mentee", "mentor", "ADMIN")], ids=str
)
async def test_who_looks_after_a_match_and_is_one_of_the_two_reads_nothing_confided_of_it(
    api: Api, workplace: Workplace, superuser: Connection, world: World, who: str, other: str, role: str
) -> None:
    # Given a match whose one person paused it and began to end it, and somebody of the staff who interviewed them
    house = await build_house(workplace, superuser, "Apart", f"apart-{who}")
    match, cora = {"matchId": house.id("match")}, house.secrets["coordinator"]
    await api.done(house.secrets[other], "pauseMatch", match | {"remark": "In confidence."})
    await api.done(house.secrets[other], "startClosure", match | {"type": "PREMATURE", "remark": "In confidence."})
    read = (await api.data(cora, CONFIDED, id=house.id("match")))["match"]
    interview = f"EXIT_INTERVIEW_{other.upper()}"
    step = next(step["id"] for step in read["closure"]["steps"] if step["kind"] == interview)
    await api.done(cora, "recordExitInterview", {"stepId": step, "itHelped": 2, "whatHelped": "Little."})
    assert read["closure"]["remark"] == read["pauses"][0]["remark"] == "In confidence."
    # When the other looks after the programme as well
    given = {"role": role} | ({"programmeId": house.id("programme")} if role == "COORDINATOR" else {})
    await api.done(house.secrets["admin"], "giveRole", {"role": given, "personId": house.id(f"{who}.person")})
    # Then they read of their own match what they read before, and what others confided of theirs
    own = (await api.data(house.secrets[who], CONFIDED, id=house.id("match")))["match"]
    assert own == {"closure": None, "pauses": [], "health": None}
    node = "query($id: ID!) { node(id: $id) { id } }"
    assert (await api.data(house.secrets[who], node, id=house.id(f"{other}.feedback"))) == {"node": None}
    assert (await api.data(house.secrets[who], node, id=step)) == {"node": None}
    assert (await api.data(cora, node, id=house.id(f"{other}.feedback")))["node"]

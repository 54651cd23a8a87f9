"""What an intake records: needs over time, must-haves apart from wishes, the safety plan and the baseline."""

from typing import Any
from uuid import UUID

import pytest

from kith.ground.actor import service
from kith.ground.errors import Conflict
from kith.matching.match import begin
from kith.people.mentee import Mentee
from kith.people.mentor import Mentor
from tenants.work import Workplace
from tests.conftest import Api
from tests.deed import Given
from tests.world import Connection, House, World, build_house, catch_up

PROFILE: Given = {"languages": ["en"], "formats": ["PHONE"]}


@pytest.fixture(scope="module")
async def cove(workplace: Workplace, superuser: Connection) -> House:
    """A house that these tests may change."""
    return await build_house(workplace, superuser, "Cove", "cove-of-records")


async def _see(api: Api, token: str, id: str, shown: str) -> Any:
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on Mentee {{ {shown} }} }} }}"
    return (await api.data(token, query, id=id))["node"]


async def _refused(api: Api, token: str, mutation: str, given: Given) -> tuple[str, list[str]]:
    payload = await api.mutate(token, mutation, given)
    assert payload["result"] is None
    return payload["errors"][0]["code"], payload["errors"][0]["path"]


async def test_a_new_assessment_never_overwrites_the_old_one(api: Api, cove: House) -> None:
    tess, token = cove.id("mentee"), cove.secrets["mentee"]
    needs = [{"domain": "FAMILY", "severity": 1, "wantsHelp": False}, {"domain": "LEGAL", "severity": 3}]
    shown = "number domains severities unwanted goals"
    made = await api.done(token, "assessNeeds", {"menteeId": tess, "needs": needs, "goals": ["A letter"]}, shown)
    assert made == {
        "number": 2,
        "domains": ["LEGAL", "FAMILY"],
        "severities": [3, 1],
        "unwanted": ["FAMILY"],
        "goals": ["A letter"],
    }
    seen = await _see(
        api,
        cove.secrets["coordinator"],
        tess,
        "needs { number } assessments(first: 9, orderBy: OLDEST) { nodes { number domains supersededAt } }",
    )
    first, second = seen["assessments"]["nodes"]
    assert seen["needs"] == {"number": 2}
    assert (first["domains"], second["supersededAt"]) == (["HOUSING"], None)
    assert first["supersededAt"] is not None


async def test_a_need_without_a_wish_for_help_weighs_nothing_in_a_run(
    api: Api, workplace: Workplace, superuser: Connection
) -> None:
    house = await build_house(workplace, superuser, "Oar", "oar-of-records")
    cora = house.secrets["coordinator"]
    await api.done(cora, "discardMatchRun", {"runId": house.id("proposed_run")})
    needs = [{"domain": "HOUSING", "severity": 3, "wantsHelp": False}, {"domain": "FOOD", "severity": 1}]
    await api.done(cora, "assessNeeds", {"menteeId": house.id("proposed_mentee"), "needs": needs})
    run = (await api.done(cora, "startMatchRun", {"programmeId": house.id("programme")}))["id"]
    await catch_up(workplace, house)
    found = await api.data(
        cora,
        "query($id: ID!) { matchRun(id: $id) { proposals(first: 9) { nodes { mentee { id } reasons { contributions"
        " { criterion points } } } } } }",
        id=run,
    )
    (points,) = [
        each["points"]
        for proposal in found["matchRun"]["proposals"]["nodes"]
        if proposal["mentee"]["id"] == house.id("proposed_mentee")
        for each in proposal["reasons"]["contributions"]
        if each["criterion"] == "needs"
    ]
    assert points == 0


async def test_must_haves_stand_apart_from_wishes(api: Api, cove: House) -> None:
    tess, token = cove.id("mentee"), cove.secrets["mentee"]
    version = (await _see(api, token, tess, "version"))["version"]
    given = {
        "menteeId": tess,
        "profile": PROFILE | {"asksGender": "WOMAN"},
        "accessNeeds": ["QUIET_PLACE", "STEP_FREE", "STEP_FREE"],
        "wishes": [{"wish": "INTERESTS", "importance": 1}, {"wish": "PATHWAY", "importance": 3}],
        "expectedVersion": version,
    }
    shown = "asksGender preferences { accessNeeds wishes importances }"
    assert await api.done(token, "recordPreferences", given, shown) == {
        "asksGender": "WOMAN",
        "preferences": {
            "accessNeeds": ["QUIET_PLACE", "STEP_FREE"],
            "wishes": ["PATHWAY", "INTERESTS"],
            "importances": [3, 1],
        },
    }
    # The mentor has to know what they need to be able to meet
    seen = await _see(api, cove.secrets["mentor"], tess, "preferences { accessNeeds }")
    assert seen["preferences"]["accessNeeds"] == ["QUIET_PLACE", "STEP_FREE"]
    # Somebody who was slower is told, and what makes no sense is refused with its place
    late = await api.mutate(token, "recordPreferences", given, "id version")
    assert [error["path"] for error in late["errors"]] == [["expectedVersion"]]
    assert late["result"]["version"] > version
    fresh = {key: value for key, value in given.items() if key != "expectedVersion"}
    twice = fresh | {"wishes": [{"wish": "PATHWAY"}, {"wish": "PATHWAY"}]}
    assert await _refused(api, token, "recordPreferences", twice) == ("INVALID", ["wishes"])
    four = fresh | {"wishes": [{"wish": "PATHWAY", "importance": 4}]}
    assert await _refused(api, token, "recordPreferences", four) == ("INVALID", ["wishes", "importance"])


async def test_a_mentor_reads_a_mentee_and_changes_nothing_of_theirs(api: Api, cove: House) -> None:
    # Given a mentor who is a mentee as well, and so holds every permission of one
    cora, mara = cove.secrets["coordinator"], cove.secrets["mentor"]
    enrolling = {"programmeId": cove.id("programme"), "personId": cove.id("mentor.person")}
    await api.done(cora, "openEnrolment", enrolling)
    tess = cove.id("mentee")
    attempts: dict[str, Given] = {
        "assessNeeds": {"needs": [{"domain": "FOOD", "severity": 1}]},
        "recordPreferences": {"profile": PROFILE},
        "declineSafetyPlan": {},
        "declineBaseline": {},
        "withdrawParticipation": {},
        "pauseEnrolment": {},
        "stateNotWith": {"personId": cove.id("mentee.person")},
    }
    for mutation, given in attempts.items():
        assert (await _refused(api, mara, mutation, {"menteeId": tess, **given}))[0] == "NOT_FOUND", mutation


async def test_a_run_never_proposes_whom_somebody_must_not_meet_and_an_offer_ends(
    api: Api, workplace: Workplace, superuser: Connection
) -> None:
    house = await build_house(workplace, superuser, "Reef", "reef-of-records")
    cora, colm = house.secrets["coordinator"], house.secrets["other_coordinator"]
    # Given an offer that awaits the mentor's answer
    given = {"menteeId": house.id("offered_mentee"), "personId": house.id("other_mentor.person"), "remark": "Cousins."}
    stated = await api.done(colm, "stateNotWith", given, "id remark withPerson { name }")
    assert stated["withPerson"] == {"name": house.names["other_mentor"]}
    payload = await api.mutate(house.secrets["other_mentor"], "acceptProposal", {"proposalId": house.id("offer")})
    await catch_up(workplace, house)
    # Then it ended, whatever the mentor answered in between, and a run leaves the two apart
    query = "query($id: ID!) { node(id: $id) { ... on Proposal { status } } }"
    assert payload["errors"] == []  # the first of two answers begins nothing
    assert (await api.data(colm, query, id=house.id("offer")))["node"]["status"] == "WITHDRAWN"
    assert await _refused(api, colm, "stateNotWith", given) == ("CONFLICT", ["personId"])
    run = (await api.done(colm, "startMatchRun", {"programmeId": house.id("other_programme")}))["id"]
    await catch_up(workplace, house)
    proposals = "query($id: ID!) { matchRun(id: $id) { proposals(first: 9) { totalCount } } }"
    assert (await api.data(colm, proposals, id=run))["matchRun"]["proposals"]["totalCount"] == 0
    # Until it is lifted
    await api.done(colm, "discardMatchRun", {"runId": run})
    await api.done(colm, "liftNotWith", {"notWithId": stated["id"]})
    assert (await _refused(api, colm, "liftNotWith", {"notWithId": stated["id"]}))[0] == "ILLEGAL_STATE"
    run = (await api.done(colm, "startMatchRun", {"programmeId": house.id("other_programme")}))["id"]
    await catch_up(workplace, house)
    assert (await api.data(colm, proposals, id=run))["matchRun"]["proposals"]["totalCount"] == 1
    assert (await _refused(api, cora, "liftNotWith", {"notWithId": stated["id"]}))[0] == "NOT_FOUND"


async def test_a_match_does_not_begin_against_what_was_said(
    api: Api, workplace: Workplace, superuser: Connection
) -> None:
    house = await build_house(workplace, superuser, "Spit", "spit-of-records")
    given = {"menteeId": house.id("waiting_mentee"), "personId": house.id("second_mentor.person")}
    await api.done(house.secrets["coordinator"], "stateNotWith", given)
    with pytest.raises(Conflict, match="can no longer begin"):
        await _begin(workplace, house)


async def test_never_these_two_again_holds_in_a_later_enrolment_and_the_other_way_round(
    api: Api, workplace: Workplace, superuser: Connection
) -> None:
    house = await build_house(workplace, superuser, "Skerry", "skerry-of-records")
    cora, person_id = house.secrets["coordinator"], house.id("second_mentor.person")
    everybody = "query($p: ID!) { mentors(first: 50, filter: {programmeId: $p}) { nodes { person { id } } } }"
    mentors = (await api.data(cora, everybody, p=house.id("programme")))["mentors"]["nodes"]
    stated = {}
    for other in [each["person"]["id"] for each in mentors]:
        given = {"menteeId": house.id("waiting_mentee"), "personId": other}
        stated[other] = (await api.done(cora, "stateNotWith", given))["id"]
    # Given a later enrolment of the same person
    await api.done(cora, "closeEnrolment", {"menteeId": house.id("waiting_mentee")})
    enrolling = {
        "programmeId": house.id("programme"),
        "personId": house.id("waiting_mentee.person"),
        "profile": {"languages": ["en"], "formats": ["PHONE", "IN_PERSON"]},
        "needs": [{"domain": "HOUSING", "severity": 2}],
    }
    later = await api.done(cora, "registerMentee", enrolling)
    assert await _refused(api, cora, "stateNotWith", {"menteeId": later["id"], "personId": person_id}) == (
        "CONFLICT",
        ["personId"],
    )

    # Then a run proposes none of them, and no match of them begins
    await api.done(cora, "discardMatchRun", {"runId": house.id("proposed_run")})
    run = (await api.done(cora, "startMatchRun", {"programmeId": house.id("programme")}))["id"]
    await catch_up(workplace, house)
    query = "query($id: ID!) { matchRun(id: $id) { status proposals(first: 50) { nodes { mentee { id } } } } }"
    found = (await api.data(cora, query, id=run))["matchRun"]
    assert found["status"] == "PROPOSED"
    assert later["id"] not in {each["mentee"]["id"] for each in found["proposals"]["nodes"]}
    with pytest.raises(Conflict, match="can no longer begin"):
        await _begin(workplace, house, UUID(later["id"].partition("_")[2]))
    # Nor where it was the mentor who said so, as a mentee
    await api.done(cora, "liftNotWith", {"notWithId": stated[person_id]})
    turned = {"menteeId": house.id("consented"), "personId": house.id("waiting_mentee.person")}
    await api.done(cora, "stateNotWith", turned)
    with pytest.raises(Conflict, match="can no longer begin"):
        await _begin(workplace, house, UUID(later["id"].partition("_")[2]))


async def _begin(workplace: Workplace, house: House, mentee_id: UUID | None = None) -> None:
    async with workplace.writing(service(house.organisation_id, (Mentor.READ, Mentee.READ))) as work:
        mentor = await work.get(Mentor, house.row("second_mentor"), lock=True)
        await begin(work, mentor, await work.get(Mentee, mentee_id or house.row("waiting_mentee"), lock=True))


async def test_no_mentor_and_no_supervisor_learns_with_whom_somebody_must_not_be_matched(
    api: Api, world: World
) -> None:
    house = world.harbour
    query = "query($id: ID!) { node(id: $id) { __typename } }"
    seen = {
        who
        for who in ("admin", "coordinator", "second_mentor", "mentor", "new_mentor", "supervisor", "other_coordinator")
        if (await api.data(house.secrets[who], query, id=house.id("not_with")))["node"]
    }
    assert seen == {"admin", "coordinator", "second_mentor"}  # whose it is, beside those who look after them


async def test_a_safety_plan_is_versioned_and_its_owner_reads_it_unseen(
    api: Api, cove: House, superuser: Connection
) -> None:
    milo, own, cora = cove.id("consented"), cove.secrets["second_mentor"], cove.secrets["coordinator"]
    given = {"menteeId": milo, "warningSigns": ["No sleep"], "helpers": ["My sister"]}
    made = await api.done(own, "writeSafetyPlan", given, "number declined warningSigns helpers coping")
    assert made == {
        "number": 2,
        "declined": False,
        "warningSigns": ["No sleep"],
        "helpers": ["My sister"],
        "coping": [],
    }
    assert (await api.done(cora, "declineSafetyPlan", {"menteeId": milo}, "number declined")) == {
        "number": 3,
        "declined": True,
    }
    shown = "safetyPlan { number } safetyPlans(first: 9, orderBy: NEWEST) { nodes { number declined } }"
    count = "SELECT count(*) FROM facts WHERE organisation_id = $1 AND kind = 'sensitive.read' AND subject_type = $2"
    before = await superuser.fetchval(count, cove.organisation_id, "SafetyPlan")
    seen = await _see(api, own, milo, shown)
    assert seen["safetyPlan"] == {"number": 3}
    assert [each["number"] for each in seen["safetyPlans"]["nodes"]] == [3, 2, 1]
    assert await superuser.fetchval(count, cove.organisation_id, "SafetyPlan") == before
    await _see(api, cora, milo, shown)
    assert await superuser.fetchval(count, cove.organisation_id, "SafetyPlan") > before
    payload = await api.mutate(own, "writeSafetyPlan", {"menteeId": milo})
    assert "declineSafetyPlan" in payload["errors"][0]["message"]
    eleven = {"menteeId": milo, "saferSurroundings": ["x"] * 11}
    assert await _refused(api, own, "writeSafetyPlan", eleven) == ("INVALID", ["saferSurroundings"])


async def test_a_baseline_may_be_declined_and_given_later_and_then_stays(api: Api, cove: House) -> None:
    given = {"menteeId": cove.id("proposed_mentee")}
    token = cove.secrets["proposed_mentee"]
    assert (await api.done(token, "declineBaseline", given, "declined answers { name }")) == {
        "declined": True,
        "answers": [],
    }
    answers = [{"name": "barc10", "value": 41}, {"name": "WELLBEING", "value": 0}]
    made = await api.done(token, "recordBaseline", given | {"answers": answers}, "declined answers { name value }")
    assert made == {
        "declined": False,
        "answers": [{"name": "BARC10", "value": 41}, {"name": "WELLBEING", "value": 0}],
    }
    for mutation, more in (("recordBaseline", {"answers": answers}), ("declineBaseline", {})):
        assert (await _refused(api, token, mutation, given | more))[0] == "ILLEGAL_STATE"
    twice = [{"name": "a", "value": 1}, {"name": "A", "value": 2}]
    assert await _refused(api, token, "recordBaseline", given | {"answers": twice}) == ("INVALID", ["answers"])


async def test_a_question_keeps_its_code_when_it_is_worded_anew(api: Api, cove: House) -> None:
    admin, programme = cove.secrets["admin"], cove.id("programme")
    given = {"programmeId": programme, "code": "near", "question": "Can they get here?"}
    first = await api.done(admin, "setEligibilityCriterion", given, "id code")
    second = await api.done(admin, "setEligibilityCriterion", given | {"question": "Can they come by bus?"}, "id code")
    assert first["code"] == second["code"] == "NEAR"
    query = """query($p: ID!) { eligibilityCriteria(first: 9, filter: {programmeId: $p}) {
      nodes { id question retiredAt } } }"""
    nodes = (await api.data(cove.secrets["mentee"], query, p=programme))["eligibilityCriteria"]["nodes"]
    assert {n["id"] for n in nodes if n["retiredAt"] is None} >= {second["id"]}
    assert next(n for n in nodes if n["id"] == first["id"])["retiredAt"] is not None
    unknown = given | {"wanted": "UNKNOWN"}
    assert await _refused(api, admin, "setEligibilityCriterion", unknown) == ("INVALID", ["wanted"])
    gone = await api.mutate(admin, "retireEligibilityCriterion", {"criterionId": first["id"]})
    assert gone["errors"][0]["code"] == "ILLEGAL_STATE"

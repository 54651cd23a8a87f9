"""An intake, from the application to the waiting list, and what ends it: through the API, as the people themselves."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kith.people.mentee import resume_enrolment
from tenants.work import Workplace
from tests.conftest import Api
from tests.deed import Given, new
from tests.world import Building, Connection, House, build_house, catch_up

PROFILE: Given = {"languages": ["en"], "formats": ["PHONE"], "asksGender": "WOMAN"}
STATUS = "id status"


@pytest.fixture(scope="module")
async def cove(workplace: Workplace, superuser: Connection) -> House:
    """A house that these tests may change."""
    return await build_house(workplace, superuser, "Cove", "cove-of-intake")


@pytest.fixture
def cora(cove: House) -> str:
    """The coordinator of its first programme."""
    return cove.secrets["coordinator"]


class Intake:
    """One intake: the coordinator's hand, and the applicant's."""

    def __init__(self, api: Api, house: House, id: str, own: str) -> None:
        self.api, self.house, self.id, self.own = api, house, id, own
        self.staff = house.secrets["coordinator"]

    async def does(self, mutation: str, by: str = "", shown: str = "id", **given: Any) -> Any:
        """The coordinator, or somebody else, does something in it."""
        return await self.api.done(by or self.staff, mutation, {"menteeId": self.id, **given}, shown)

    async def refused(self, mutation: str, by: str = "", **given: Any) -> tuple[str, str]:
        """The code and the sentence of a refusal."""
        payload = await self.api.mutate(by or self.staff, mutation, {"menteeId": self.id, **given})
        assert payload["result"] is None
        return payload["errors"][0]["code"], payload["errors"][0]["message"]

    async def see(self, shown: str, by: str = "") -> Any:
        """The enrolment, as the coordinator or somebody else sees it."""
        query = f"query($id: ID!) {{ node(id: $id) {{ ... on Mentee {{ {shown} }} }} }}"
        return (await self.api.data(by or self.staff, query, id=self.id))["node"]

    async def admitted(self) -> None:
        """The programme takes them in and they sign."""
        await self.does("beginEligibilityReview")
        await self.does("decideEligibility", eligible=True, answers=[{"code": "ADULT", "answer": "YES"}])
        await self.does("signParticipation", self.own, textId=self.house.id("participation_text"), consents=True)

    async def told(self) -> None:
        """They tell everything that an intake asks, and decline what they may decline."""
        await self.does("assessNeeds", needs=[{"domain": "FOOD", "severity": 1}], goals=["To cook for friends"])
        await self.does("recordPreferences", profile=PROFILE)
        await self.does("declineSafetyPlan")
        await self.does("declineBaseline")

    async def waits(self) -> None:
        """The whole way to the waiting list."""
        await self.admitted()
        await self.told()
        await self.does("declareReadyToMatch")
        await self.does("putOnWaitingList")


async def applied(api: Api, house: House, name: str) -> Intake:
    """Somebody new applies to the first programme."""
    staff = house.secrets["coordinator"]
    given = {"programmeId": house.id("programme"), "person": new(name)}
    made = await api.done(staff, "openEnrolment", given, "id status person { id }")
    assert made["status"] == "APPLIED"
    issued = await api.done(
        staff, "issueToken", {"personId": made["person"]["id"], "name": "Own"}, "secret token { id }"
    )
    return Intake(api, house, made["id"], issued["secret"])


async def test_an_intake_step_by_step(api: Api, cove: House) -> None:
    # Given somebody who applied; nothing comes before its turn
    intake = await applied(api, cove, "Step")
    assert await intake.refused("declareReadyToMatch") == (
        "ILLEGAL_STATE",
        "This mentee is APPLIED, not CONSENTED.",
    )
    signing = {"textId": cove.id("participation_text"), "consents": True}
    await intake.does("beginEligibilityReview")
    assert "not decided yet" in (await intake.refused("signParticipation", intake.own, **signing))[1]
    # When they are taken in and sign with their own token
    await intake.does("decideEligibility", eligible=True, answers=[{"code": "adult", "answer": "YES"}])
    refusal = await intake.refused("signParticipation", intake.own, **signing | {"consents": False})
    assert refusal[0] == "INVALID"
    signed = await intake.does("signParticipation", intake.own, "how status mentee { status }", **signing)
    assert signed == {"how": "OWN_TOKEN", "status": "SIGNED", "mentee": {"status": "CONSENTED"}}
    # Then what is missing is said by name, one after the other
    code, sentence = await intake.refused("declareReadyToMatch")
    assert code == "ILLEGAL_STATE"
    for missing in ("need help with", "one goal", "wish for", "a safety plan", "the answers at the start"):
        assert missing in sentence
    assert "signature" not in sentence
    await intake.does("assessNeeds", intake.own, needs=[{"domain": "FOOD", "severity": 1}])
    await intake.does("recordPreferences", intake.own, profile=PROFILE)
    await intake.does("writeSafetyPlan", intake.own, coping=["A walk"], reasons=["My daughter"])
    await intake.does("recordBaseline", intake.own, answers=[{"name": "wellbeing", "value": 4}])
    assert await intake.refused("declareReadyToMatch") == (
        "ILLEGAL_STATE",
        "Still missing: at least one goal in their own words.",
    )
    await intake.does("assessNeeds", intake.own, needs=[{"domain": "FOOD", "severity": 1}], goals=["To cook"])
    assert (await intake.does("declareReadyToMatch", "", STATUS))["status"] == "READY_TO_MATCH"
    assert (await intake.does("putOnWaitingList", "", STATUS))["status"] == "WAITING"
    seen = await intake.see("waitedDays asksGender episode baseline { declined answers { name value } }")
    assert seen == {
        "waitedDays": 0,
        "asksGender": "WOMAN",
        "episode": 1,
        "baseline": {"declined": False, "answers": [{"name": "WELLBEING", "value": 4}]},
    }


async def test_who_is_not_taken_in_is_told_why_and_the_enrolment_is_closed(api: Api, cove: House) -> None:
    intake = await applied(api, cove, "Else")
    await intake.does("beginEligibilityReview")
    no = [{"code": "ADULT", "answer": "NO"}]
    assert "Missing: ADULT" in (await intake.refused("decideEligibility", eligible=True, answers=[]))[1]
    assert (
        "does not ask: AGE"
        in (await intake.refused("decideEligibility", eligible=True, answers=[*no, {"code": "AGE", "answer": "NO"}]))[1]
    )
    assert (
        "speaks against it or is unknown: ADULT"
        in (await intake.refused("decideEligibility", eligible=True, answers=no))[1]
    )
    assert "Say why" in (await intake.refused("decideEligibility", eligible=False, answers=no))[1]
    shown = "eligible reason answers { code question answer } decidedBy { name } mentee { status closingReason }"
    decided = await intake.does("decideEligibility", "", shown, eligible=False, answers=no, reason="A youth club fits.")
    assert decided == {
        "eligible": False,
        "reason": "A youth club fits.",
        "answers": [{"code": "ADULT", "question": "Are they of age?", "answer": "NO"}],
        "decidedBy": {"name": cove.names["coordinator"]},
        "mentee": {"status": "CLOSED", "closingReason": "NOT_ELIGIBLE"},
    }
    told = await intake.see("eligibility(first: 2) { nodes { reason } }", intake.own)
    assert told == {"eligibility": {"nodes": [{"reason": "A youth club fits."}]}}
    assert "stays as it is" in (await intake.refused("declineBaseline"))[1]


async def test_a_person_decides_and_may_take_in_against_an_answer_with_a_reason(api: Api, cove: House) -> None:
    intake = await applied(api, cove, "Nearly")
    await intake.does("beginEligibilityReview")
    unknown = [{"code": "ADULT", "answer": "UNKNOWN"}]
    given = {"eligible": True, "answers": unknown, "reason": "Papers are on their way."}
    assert (await intake.does("decideEligibility", "", "eligible", **given))["eligible"]


async def test_a_signature_on_paper_names_its_witness(api: Api, cove: House, cora: str) -> None:
    intake = await applied(api, cove, "Paper")
    await intake.does("beginEligibilityReview")
    await intake.does("decideEligibility", eligible=True, answers=[{"code": "ADULT", "answer": "YES"}])
    me = (await intake.see("person { id }"))["person"]["id"]
    given = {"textId": cove.id("participation_text"), "consents": True, "signedOn": "2026-11-02"}
    witness = cove.id("coordinator.person")
    assert "own signature" in (await intake.refused("recordParticipationOnPaper", witnessId=me, **given))[1]
    late = given | {"signedOn": (datetime.now(UTC) + timedelta(days=2)).date().isoformat()}
    assert "in the past" in (await intake.refused("recordParticipationOnPaper", witnessId=witness, **late))[1]
    shown = "how signedOn witness { name } mentee { status }"
    signed = await intake.does("recordParticipationOnPaper", "", shown, witnessId=witness, **given)
    assert signed == {
        "how": "PAPER",
        "signedOn": "2026-11-02",
        "witness": {"name": cove.names["coordinator"]},
        "mentee": {"status": "CONSENTED"},
    }


async def test_nobody_signs_for_somebody_else(api: Api, cove: House) -> None:
    one, other = await applied(api, cove, "One"), await applied(api, cove, "Other")
    for each in (one, other):
        await each.does("beginEligibilityReview")
        await each.does("decideEligibility", eligible=True, answers=[{"code": "ADULT", "answer": "YES"}])
    signing = {"textId": cove.id("participation_text"), "consents": True}
    assert (await one.refused("signParticipation", other.own, **signing))[0] == "NOT_FOUND"


async def test_withdrawing_goes_back_at_once_and_offers_end(
    api: Api, workplace: Workplace, superuser: Connection
) -> None:
    house = await build_house(workplace, superuser, "Ebb", "ebb-of-intake")
    intake = await applied(api, house, "Ebbe")
    await intake.waits()
    # Given somebody who waits and to whom a run proposed a mentor
    await api.done(house.secrets["coordinator"], "discardMatchRun", {"runId": house.id("proposed_run")})
    await api.done(
        house.secrets["coordinator"],
        "recordPreferences",
        {"menteeId": intake.id, "profile": {"languages": ["en"], "formats": ["PHONE"]}},
    )
    for other in ("waiting_mentee", "proposed_mentee"):
        await api.done(house.secrets["coordinator"], "closeEnrolment", {"menteeId": house.id(other)})
    given = {"programmeId": house.id("programme")}
    run = (await api.done(house.secrets["coordinator"], "startMatchRun", given))["id"]
    await catch_up(workplace, house)
    await api.done(house.secrets["coordinator"], "publishMatchRun", {"runId": run})
    offers = "{ proposals(first: 9) { nodes { id status } } }"
    (offer,) = (await api.data(intake.own, offers))["proposals"]["nodes"]
    assert offer["status"] == "OFFERED_MENTEE"
    # When they withdraw
    withdrawn = await intake.does("withdrawParticipation", intake.own, "status endedAt mentee { status }")
    assert withdrawn["status"] == "WITHDRAWN"
    assert withdrawn["mentee"]["status"] == "ELIGIBILITY_REVIEW"
    # Then the offer ends, nothing is withdrawn twice, and they may sign again
    await catch_up(workplace, house)
    (offer,) = (await api.data(intake.own, offers))["proposals"]["nodes"]
    assert offer["status"] == "WITHDRAWN"
    assert "Nothing is signed" in (await intake.refused("withdrawParticipation", intake.own))[1]
    signing = {"textId": house.id("participation_text"), "consents": True}
    again = await intake.does("signParticipation", intake.own, "mentee { status }", **signing)
    assert again == {"mentee": {"status": "CONSENTED"}}
    signed = (await intake.see("participations(first: 5, orderBy: OLDEST) { nodes { status } }"))["participations"]
    assert [each["status"] for each in signed["nodes"]] == ["WITHDRAWN", "SIGNED"]


async def test_who_withdraws_while_matched_does_not_wait_again(
    api: Api, workplace: Workplace, superuser: Connection
) -> None:
    house = await build_house(workplace, superuser, "Flow", "flow-of-intake")
    tess = Intake(api, house, house.id("mentee"), house.secrets["mentee"])
    signing = {"textId": house.id("participation_text"), "consents": True}
    assert (await tess.does("signParticipation", tess.own, "mentee { status }", **signing))["mentee"] == {
        "status": "ACTIVE"
    }
    await tess.does("withdrawParticipation", tess.own)
    assert (await tess.see(STATUS))["status"] == "CLOSING"
    closing = {"matchId": house.id("match"), "reason": "MOVED"}
    payload = await api.mutate(tess.staff, "closeMatch", closing | {"menteeWaitsAgain": True})
    assert "may enrol again" in payload["errors"][0]["message"]
    await api.done(tess.staff, "closeMatch", closing)
    assert await tess.see("status closingReason") == {"status": "CLOSED", "closingReason": "MOVED"}


async def test_a_new_version_of_the_text_is_signed_anew(api: Api, workplace: Workplace, superuser: Connection) -> None:
    house = await build_house(workplace, superuser, "Tide", "tide-of-intake")
    milo = Intake(api, house, house.id("consented"), house.secrets["second_mentor"])
    old = {"textId": house.id("participation_text"), "consents": True}
    assert "this version already" in (await milo.refused("signParticipation", milo.own, **old))[1]
    given = {"programmeId": house.id("programme"), "agreement": "We meet.", "consent": "You read all of it."}
    text = await api.done(house.secrets["admin"], "publishParticipationText", given, "id number")
    assert text["number"] == 2
    assert "a later version" in (await milo.refused("signParticipation", milo.own, **old))[1]
    await milo.does("signParticipation", milo.own, textId=text["id"], consents=True)
    seen = await milo.see("status participations(first: 5, orderBy: NEWEST) { nodes { status text { number } } }")
    assert seen["status"] == "CONSENTED"
    assert [(p["status"], p["text"]["number"]) for p in seen["participations"]["nodes"]] == [
        ("SIGNED", 2),
        ("SUPERSEDED", 1),
    ]


async def test_a_pause_keeps_the_time_that_was_waited(workplace: Workplace, superuser: Connection, api: Api) -> None:
    house = await build_house(workplace, superuser, "Lull", "lull-of-intake")
    una = Intake(api, house, house.id("waiting_mentee"), house.secrets["waiting_mentee"])
    assert (await una.see("waitedDays"))["waitedDays"] == 6
    assert (await una.does("pauseEnrolment", una.own, STATUS))["status"] == "PAUSED"
    assert (await una.see("waitedDays"))["waitedDays"] is None
    assert (await una.refused("pauseEnrolment"))[0] == "ILLEGAL_STATE"
    since = (await una.see("waitingSince"))["waitingSince"]
    building = Building(workplace, house)
    building.clock += timedelta(days=6 + 10)
    await building.does("coordinator", resume_enrolment, house.row("waiting_mentee"))
    seen = await una.see("status waitingSince")
    assert seen["status"] == "WAITING"
    waited = datetime.fromisoformat(seen["waitingSince"]) - datetime.fromisoformat(since)
    assert timedelta(days=9) < waited < timedelta(days=10, seconds=1)  # the clock of a building is in whole seconds


async def test_who_comes_back_is_a_new_episode_of_the_same_person(api: Api, cove: House) -> None:
    intake = await applied(api, cove, "Again")
    await intake.waits()
    assert "only a closed enrolment" in (await intake.refused("reEnrol"))[1]
    await intake.does("closeEnrolment", reason="HOSPITALISED")
    assert await intake.see("status closingReason") == {"status": "CLOSED", "closingReason": "HOSPITALISED"}
    shown = "status episode languages previous { id } person { id } needs { number }"
    back = await intake.does("reEnrol", "", f"{shown} participations(first: 1) {{ totalCount }}")
    assert back["person"] == (await intake.see("person { id }"))["person"]
    assert (back["status"], back["episode"], back["previous"]["id"]) == ("APPLIED", 2, intake.id)
    assert back["languages"] == ["en"]
    assert back["needs"] is None
    assert back["participations"] == {"totalCount": 0}
    assert (await intake.refused("reEnrol"))[0] == "CONFLICT"


async def test_the_old_way_of_closing_still_works(api: Api, cove: House) -> None:
    intake = await applied(api, cove, "Old")
    assert await intake.does("closeEnrolment", "", "status closingReason") == {
        "status": "CLOSED",
        "closingReason": "OTHER",
    }


async def test_the_waiting_list_has_the_urgent_first_then_who_waited_longest(
    api: Api, workplace: Workplace, superuser: Connection
) -> None:
    house = await build_house(workplace, superuser, "List", "list-of-intake")
    cora = house.secrets["coordinator"]
    milo = Intake(api, house, house.id("consented"), house.secrets["second_mentor"])
    await milo.does("declareReadyToMatch")
    await milo.does("putOnWaitingList")
    query = """query($p: ID!) {
      mentees(first: 9, orderBy: WAITING_LONGEST, filter: {programmeId: $p, status: [WAITING]}) {
        nodes { id urgent waitedDays } } }"""
    nodes = (await api.data(cora, query, p=house.id("programme")))["mentees"]["nodes"]
    urgent, *others = nodes
    assert (urgent["id"], urgent["urgent"], urgent["waitedDays"]) == (house.id("consented"), True, 0)
    assert {house.id("waiting_mentee"), house.id("proposed_mentee")} <= {n["id"] for n in others}
    waited = [n["waitedDays"] for n in others]
    assert (waited, {n["urgent"] for n in others}) == (sorted(waited, reverse=True), {False})


async def test_two_who_sign_at_once_leave_one_signature(api: Api, cove: House) -> None:
    intake = await applied(api, cove, "Twice")
    await intake.does("beginEligibilityReview")
    await intake.does("decideEligibility", eligible=True, answers=[{"code": "ADULT", "answer": "YES"}])
    signing = {"menteeId": intake.id, "textId": cove.id("participation_text"), "consents": True}
    payloads = await asyncio.gather(*(api.mutate(intake.own, "signParticipation", signing) for _ in range(3)))
    assert sorted(len(p["errors"]) for p in payloads) == [0, 1, 1]
    assert (await intake.see("participations(first: 5) { totalCount }"))["participations"]["totalCount"] == 1

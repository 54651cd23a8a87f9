"""First contact from every side, the agreements that come before it, and what comes round by itself."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from kith.ground.actor import service
from kith.referrals.agreement import expire_partner_agreements
from kith.referrals.referral import expire_referrals
from kith.referrals.waiting import LONG_WAIT, watch_waiting_list
from kith.tasks import Task, TaskStatus, finish_task
from tenants.work import Workplace
from tests.conftest import Api
from tests.deed import Given, new
from tests.world import Building, Connection, House, World, build_house, catch_up

REFERRED: Given = {"name": "Rowan", "contact": "+353 1 555 0102", "safeContact": "After six."}


@pytest.fixture(scope="module")
async def cove(workplace: Workplace, superuser: Connection) -> House:
    """A house that these tests may change."""
    return await build_house(workplace, superuser, "Cove", "cove-of-referrals")


async def _refused(api: Api, token: str, mutation: str, given: Given) -> tuple[str, str]:
    payload = await api.mutate(token, mutation, given)
    assert payload["result"] is None
    return payload["errors"][0]["code"], payload["errors"][0]["message"]


async def _see(api: Api, token: str, kind: str, id: str, shown: str) -> Any:
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {shown} }} }} }}"
    return (await api.data(token, query, id=id))["node"]


async def _asked(workplace: Workplace, house: House, kind: str) -> list[Task]:
    """The open tasks of a kind."""
    async with workplace.reading(service(house.organisation_id, (Task.READ,))) as work:
        return await work.all(Task, Task.kind == kind, Task.status == TaskStatus.OPEN)


async def test_who_asked_at_the_door_becomes_a_mentee(api: Api, cove: House, workplace: Workplace) -> None:
    cora = cove.secrets["coordinator"]
    given = {"programmeId": cove.id("programme"), "referred": REFERRED}
    shown = "id status direction reason expiresAt referred { name safeContact discreet } person { id }"
    made = await api.done(cora, "recordSelfReferral", given, shown)
    assert made | {"id": "", "expiresAt": ""} == {
        "id": "",
        "status": "RECEIVED",
        "direction": "SELF",
        "reason": "WANTS_A_MENTOR",
        "expiresAt": "",
        "referred": {"name": "Rowan", "safeContact": "After six.", "discreet": True},
        "person": None,
    }
    # Somebody is asked to make contact until it is decided
    before = len(await _asked(workplace, cove, "REFERRAL_RECEIVED"))
    its = {"referralId": made["id"]}
    assert (await _refused(api, cora, "enrolReferral", its | {"person": new("Rowan")}))[0] == "ILLEGAL_STATE"
    await api.done(cora, "acceptReferral", its)
    assert len(await _asked(workplace, cove, "REFERRAL_RECEIVED")) == before - 1
    await api.done(cora, "waitlistReferral", its)
    assert "either a new person" in (await _refused(api, cora, "enrolReferral", its))[1]
    enrolled = await api.done(
        cora, "enrolReferral", its | {"person": new("Rowan")}, "status mentee { id status } person { name }"
    )
    assert (enrolled["status"], enrolled["person"]) == ("ENROLLED", {"name": "Rowan"})
    assert enrolled["mentee"]["status"] == "APPLIED"
    # And the end of the enrolment is the end of the referral
    await api.done(cora, "closeEnrolment", {"menteeId": enrolled["mentee"]["id"], "reason": "LOST_CONTACT"})
    await catch_up(workplace, cove)
    seen = await _see(api, cora, "Referral", made["id"], "status outcome endedAt")
    assert (seen["status"], seen["outcome"]) == ("CLOSED", "NO_RESPONSE")
    assert seen["endedAt"]


async def test_who_asks_twice_at_once_has_asked_once(api: Api, cove: House) -> None:
    given = {"programmeId": cove.id("programme"), "contact": "By telephone"}
    token = cove.secrets["other_mentor"]
    payloads = await asyncio.gather(*(api.mutate(token, "referMyself", given) for _ in range(4)))
    assert sorted(len(payload["errors"]) for payload in payloads) == [0, 1, 1, 1]


async def test_a_member_asks_for_themselves_once_and_takes_it_back(api: Api, cove: House) -> None:
    mara = cove.secrets["mentor"]
    given = {"programmeId": cove.id("programme"), "contact": "By telephone", "reason": "NEW_PLACE"}
    made = await api.done(mara, "referMyself", given, "id person { id } referred { name }")
    assert made["person"] == {"id": cove.id("mentor.person")}
    assert made["referred"] == {"name": cove.names["mentor"]}
    assert await _refused(api, mara, "referMyself", given) == (
        "CONFLICT",
        "You have asked already; somebody will be in touch.",
    )
    assert "already" in (await _refused(api, cove.secrets["mentee"], "referMyself", given))[1]
    withdrawn = await api.done(mara, "withdrawReferral", {"referralId": made["id"]}, "status outcome")
    assert withdrawn == {"status": "CLOSED", "outcome": "WITHDRAWN"}
    again = await api.done(mara, "referMyself", given)
    # Who enrols them gives nobody else: the referral says who they are
    cora, its = cove.secrets["coordinator"], {"referralId": again["id"]}
    await api.done(cora, "acceptReferral", its)
    payload = await _refused(api, cora, "enrolReferral", its | {"personId": cove.id("second_mentor.person")})
    assert payload == ("INVALID", "This referral says who they are.")
    enrolled = await api.done(cora, "enrolReferral", its, "mentee { person { id } }")
    assert enrolled["mentee"]["person"]["id"] == cove.id("mentor.person")


async def test_who_is_referred_is_read_by_few_and_every_reading_is_recorded(
    api: Api, world: World, superuser: Connection
) -> None:
    house, id = world.harbour, world.harbour.id("inbound_referral")
    count = (
        "SELECT count(*) FROM facts WHERE organisation_id = $1 AND kind = 'sensitive.read'"
        " AND subject_type = 'ReferredPerson'"
    )
    before = await superuser.fetchval(count, house.organisation_id)
    for who in ("other_coordinator", "mentor", "mentee"):
        assert await _see(api, house.secrets[who], "Referral", id, "referred { name }") is None
    assert await superuser.fetchval(count, house.organisation_id) == before
    seen = await _see(api, house.secrets["coordinator"], "Referral", id, "status referred { name contact }")
    assert seen["referred"]["name"] == "Ros Harbour"
    assert await superuser.fetchval(count, house.organisation_id) == before + 1
    told = await superuser.fetch(
        "SELECT data::text AS data FROM facts WHERE organisation_id = $1", house.organisation_id
    )
    assert not any("Ros Harbour" in row["data"] or "Mornings" in row["data"] for row in told)


async def test_nothing_is_exchanged_without_an_agreement_in_force(
    api: Api, workplace: Workplace, superuser: Connection
) -> None:
    house = await build_house(workplace, superuser, "Pier", "pier-of-referrals")
    admin, cora = house.secrets["admin"], house.secrets["coordinator"]
    # Given an agency, from its proposal on
    agency = await api.done(cora, "proposeAgency", {"name": "Night shelter", "kind": "OTHER"}, "id status version")
    assert agency["status"] == "PROPOSED"
    same = {"name": "NIGHT SHELTER ", "kind": "OTHER"}
    assert (await _refused(api, cora, "proposeAgency", same))[0] == "CONFLICT"
    its = {"agencyId": agency["id"]}
    stale = its | {"address": "x", "expectedVersion": agency["version"] + 1}
    assert (await api.mutate(cora, "editAgency", stale))["errors"][0]["code"] == "CONFLICT"
    referring = {
        "programmeId": house.id("programme"),
        "referred": REFERRED,
        "reason": "LEAVING_CARE",
        "consentedOn": "2026-11-01",
        **its,
    }
    assert "PROPOSED: nothing is exchanged" in (await _refused(api, cora, "recordPartnerReferral", referring))[1]
    draft = its | {"dataCategories": ["REFERRAL_STATUS"], "fromOn": "2026-01-01", "untilOn": "2999-12-31"}
    assert (await _refused(api, cora, "draftPartnerAgreement", draft | {"purposes": []}))[0] == "INVALID"
    wrong = draft | {"purposes": ["REPORTING"], "untilOn": "2025-12-31"}
    assert (await _refused(api, cora, "draftPartnerAgreement", wrong))[0] == "INVALID"
    reporting = await api.done(cora, "draftPartnerAgreement", draft | {"purposes": ["REPORTING"]})
    signing = {"agreementId": reporting["id"], "signer": "Ms Poe", "signedOn": "2026-11-01"}
    assert "verify it before" in (await _refused(api, admin, "signPartnerAgreement", signing))[1]
    await api.done(admin, "verifyAgency", its)
    assert "sign one first" in (await _refused(api, admin, "activateAgency", its))[1]
    assert (await _refused(api, admin, "signPartnerAgreement", signing | {"signedOn": "2999-01-01"}))[0] == "INVALID"
    await api.done(admin, "signPartnerAgreement", signing)
    assert (await api.done(admin, "activateAgency", its, "status"))["status"] == "ACTIVE"
    # Then an agreement for something else does not do, and one that names no identity sends nobody
    assert "about referrals" in (await _refused(api, cora, "recordPartnerReferral", referring))[1]
    referral = await api.done(cora, "draftPartnerAgreement", draft | {"purposes": ["REFERRAL"]})
    await api.done(admin, "signPartnerAgreement", signing | {"agreementId": referral["id"]})
    late = referring | {"consentedOn": "2999-01-01"}
    assert (await _refused(api, cora, "recordPartnerReferral", late))[0] == "INVALID"
    received = await api.done(cora, "recordPartnerReferral", referring, "direction agreement { id } agency { name }")
    assert received == {
        "direction": "INBOUND",
        "agreement": {"id": referral["id"]},
        "agency": {"name": "Night shelter"},
    }
    out = {"menteeId": house.id("mentee"), "reason": "MORE_SUPPORT", "contact": "By letter", **its}
    drafted = await api.done(cora, "draftReferral", out, "id status")
    sending = {"referralId": drafted["id"], "consentedOn": "2026-11-01"}
    assert "does not cover who" in (await _refused(api, cora, "sendReferral", sending))[1]
    # And nothing while the agency is suspended, or once it has ended
    assert (await api.done(admin, "suspendAgency", its, "status"))["status"] == "SUSPENDED"
    assert "SUSPENDED" in (await _refused(api, cora, "recordPartnerReferral", referring))[1]
    await api.done(admin, "resumeAgency", its)
    await api.done(admin, "terminatePartnerAgreement", {"agreementId": referral["id"], "reason": "New terms."})
    assert "about referrals" in (await _refused(api, cora, "recordPartnerReferral", referring))[1]
    await api.done(admin, "endAgency", its)
    assert (await _refused(api, cora, "draftPartnerAgreement", draft | {"purposes": ["REFERRAL"]}))[0] == (
        "ILLEGAL_STATE"
    )
    # Its name is free again
    assert (await api.done(cora, "proposeAgency", same, "status"))["status"] == "PROPOSED"


async def test_a_mentee_is_referred_on_and_sees_it(api: Api, cove: House) -> None:
    cora, tess = cove.secrets["coordinator"], cove.secrets["mentee"]
    its = {"referralId": cove.id("drafted_referral")}
    assert (await _refused(api, cora, "receiveReferral", its))[0] == "ILLEGAL_STATE"
    sent = await api.done(cora, "sendReferral", its | {"consentedOn": "2026-11-01"}, "status consentedOn sentAt")
    assert (sent["status"], sent["consentedOn"]) == ("SENT", "2026-11-01")
    seen = await _see(api, tess, "Referral", its["referralId"], "status referred { contact }")
    assert seen["referred"] == {"contact": "By letter to Cove"}
    for mutation in ("receiveReferral", "acceptReferral", "enrolReferral"):
        await api.done(cora, mutation, its)
    closed = await api.done(cora, "closeReferral", its | {"outcome": "COMPLETED"}, "status outcome mentee { status }")
    assert closed == {"status": "CLOSED", "outcome": "COMPLETED", "mentee": {"status": "ACTIVE"}}
    assert (await _refused(api, cora, "closeReferral", its | {"outcome": "COMPLETED"}))[0] == "ILLEGAL_STATE"


async def test_a_referral_is_declined_with_a_code(api: Api, cove: House) -> None:
    cora, its = cove.secrets["coordinator"], {"referralId": cove.id("self_referral")}
    declined = await api.done(cora, "declineReferral", its | {"reason": "OUT_OF_AREA"}, "status decline outcome")
    assert declined == {"status": "DECLINED", "decline": "OUT_OF_AREA", "outcome": None}
    assert (await _refused(api, cora, "acceptReferral", its))[0] == "ILLEGAL_STATE"


async def _comes_round(building: Building, *operations: Any) -> None:
    actor = service(building.house.organisation_id, [each.needs for each in operations])
    for operation in operations:
        async with building.workplace.writing(actor, now=building.clock) as work:
            await operation(work)


async def test_what_nobody_answers_expires_and_so_does_an_agreement(
    api: Api, workplace: Workplace, superuser: Connection
) -> None:
    house = await build_house(workplace, superuser, "Jetty", "jetty-of-referrals")
    cora, building = house.secrets["coordinator"], Building(workplace, house)
    await api.done(cora, "acceptReferral", {"referralId": house.id("inbound_referral")})
    building.clock = building.now + timedelta(days=29)
    await _comes_round(building, expire_referrals)

    async def where(name: str) -> str:
        kind, _ = house.named[name]
        found: str = (await _see(api, house.secrets["admin"], kind, house.id(name), "status"))["status"]
        return found

    assert await where("self_referral") == "RECEIVED"
    building.clock = building.now + timedelta(days=31)
    await _comes_round(building, expire_referrals, expire_partner_agreements)
    assert await where("self_referral") == "EXPIRED"
    assert await where("own_referral") == "EXPIRED"
    assert await where("inbound_referral") == "ACCEPTED"
    assert await where("partner_agreement") == "SIGNED"
    assert await _asked(workplace, house, "REFERRAL_RECEIVED") == []
    building.clock = building.now + timedelta(days=367)
    await _comes_round(building, expire_partner_agreements)
    assert await where("partner_agreement") == "EXPIRED"
    assert await where("drafted_agreement") == "DRAFT"


async def test_a_coordinator_is_asked_once_about_who_waits_too_long(
    api: Api, workplace: Workplace, superuser: Connection
) -> None:
    house = await build_house(workplace, superuser, "Mole", "mole-of-referrals")
    building = Building(workplace, house)
    policy = {"programmeId": house.id("programme"), "waitingLimitDays": 10}
    assert (await _refused(api, house.secrets["admin"], "editProgramme", policy | {"waitingLimitDays": 0}))[0] == (
        "INVALID"
    )
    await api.done(house.secrets["admin"], "editProgramme", policy)
    building.clock = building.now + timedelta(days=3)
    await _comes_round(building, watch_waiting_list)
    assert await _asked(workplace, house, LONG_WAIT) == []
    # When the limit has passed for all who wait, of one programme
    building.clock = building.now + timedelta(days=11)
    for _ in range(2):
        await _comes_round(building, watch_waiting_list)
    asked = await _asked(workplace, house, LONG_WAIT)
    told = [task.about_id for task in asked]
    assert len(told) == len(set(told))
    assert {house.row("waiting_mentee"), house.row("proposed_mentee")} <= set(told)
    # Then what was done is not asked again, and who stops waiting is no task any more
    first = next(task for task in asked if task.about_id == house.row("waiting_mentee"))
    await building.does("coordinator", finish_task, first.id)
    await api.done(house.secrets["coordinator"], "closeEnrolment", {"menteeId": house.id("proposed_mentee")})
    building.clock += timedelta(days=1)
    await _comes_round(building, watch_waiting_list)
    still = {task.about_id for task in await _asked(workplace, house, LONG_WAIT)}
    assert still == set(told) - {house.row("waiting_mentee"), house.row("proposed_mentee")}


async def test_a_coordinator_is_asked_to_end_the_match_of_who_withdrew(
    api: Api, workplace: Workplace, superuser: Connection
) -> None:
    house = await build_house(workplace, superuser, "Quay", "quay-of-referrals")
    tess = house.secrets["mentee"]
    signing = {"menteeId": house.id("mentee"), "textId": house.id("participation_text"), "consents": True}
    await api.done(tess, "signParticipation", signing)
    await api.done(tess, "withdrawParticipation", {"menteeId": house.id("mentee")})
    await catch_up(workplace, house)
    (asked,) = await _asked(workplace, house, "ENROLMENT_ENDING")
    assert asked.about_id == house.row("mentee")
    given = {"matchId": house.id("match"), "reason": "OTHER"}
    await api.done(house.secrets["coordinator"], "closeMatch", given)
    await catch_up(workplace, house)
    assert await _asked(workplace, house, "ENROLMENT_ENDING") == []

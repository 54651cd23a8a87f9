"""Credentials: verified by somebody else, required by name, noticed once when they run out."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from kith.ground.errors import IllegalState, Invalid, NotFound
from kith.mentors.credential import (
    Credential,
    CredentialStatus,
    NewCredential,
    RevocationReason,
    add_credential,
    notice_expired,
    notice_expiring,
    renew_credential,
    revoke_credential,
    verify_credential,
)
from kith.people.mentor import Help, register_mentor
from kith.people.profile import Domain
from kith.programmes import CredentialKind, edit_programme
from tests.conftest import Api
from tests.mentors.conftest import Mentors
from tests.world import Connection, profile


def _paper(mentors: Mentors, *, days: int | None = 400, number: str = "") -> NewCredential:
    today = mentors.clock.date()
    expires_on = None if days is None else today + timedelta(days=days)
    return NewCredential("The Police", today - timedelta(days=30), expires_on, number=number)


async def _verified(mentors: Mentors, *, days: int | None = 400) -> Credential:
    added = await mentors.does(
        "mentor",
        add_credential,
        mentors.house.row("mentor"),
        kind=CredentialKind.FIRST_AID,
        credential=_paper(mentors, days=days),
    )
    return await mentors.does("coordinator", verify_credential, added.id)


async def _required(mentors: Mentors, *kinds: CredentialKind) -> None:
    await mentors.does("admin", edit_programme, mentors.house.row("programme"), required_credentials=kinds)
    await mentors.later()


async def _hindered(superuser: Connection, mentor_id: UUID) -> list[str]:
    query = "SELECT sentences FROM readiness WHERE mentor_id = $1"
    return [s for s in await superuser.fetchval(query, mentor_id) if "credential" in s]


async def _status(superuser: Connection, id: UUID) -> str:
    status: str = await superuser.fetchval("SELECT status FROM credentials WHERE id = $1", id)
    return status


async def _written(superuser: Connection, about: UUID) -> int:
    return int(await superuser.fetchval("SELECT count(*) FROM letters WHERE about_id = $1", about))


async def _to_renew(superuser: Connection, about: UUID) -> list[str]:
    rows = await superuser.fetch(
        "SELECT status FROM tasks WHERE about_id = $1 AND kind = 'RENEW_CREDENTIAL' ORDER BY id", about
    )
    return [row["status"] for row in rows]


async def test_what_a_programme_requires_hinders_by_name_until_it_is_verified(
    mentors: Mentors, superuser: Connection
) -> None:
    mentor_id = mentors.house.row("mentor")
    await _required(mentors, CredentialKind.FIRST_AID, CredentialKind.INSURANCE, CredentialKind.BACKGROUND_CHECK)
    missing = "A required credential is missing or has expired: "
    assert await _hindered(superuser, mentor_id) == [f"{missing}first aid.", f"{missing}insurance."]
    credential = await _verified(mentors)
    assert await _hindered(superuser, mentor_id) == [f"{missing}insurance."]
    await mentors.does("coordinator", revoke_credential, credential.id, reason=RevocationReason.NOT_GENUINE)
    assert await _hindered(superuser, mentor_id) == [f"{missing}first aid.", f"{missing}insurance."]
    await _required(mentors)
    assert await _hindered(superuser, mentor_id) == []


async def test_a_credential_that_runs_out_is_noticed_once_and_then_counts_no_more(
    mentors: Mentors, superuser: Connection
) -> None:
    await _required(mentors, CredentialKind.FIRST_AID)
    credential, mentor_id = await _verified(mentors, days=61), mentors.house.row("mentor")
    await mentors.serve(notice_expiring)
    assert await _status(superuser, credential.id) == CredentialStatus.VERIFIED
    for _ in range(3):
        mentors.clock += timedelta(days=1)
        await mentors.serve(notice_expiring)
    assert await _status(superuser, credential.id) == CredentialStatus.EXPIRING
    assert await _written(superuser, credential.id) == 1
    assert await _to_renew(superuser, credential.id) == ["OPEN"]
    assert await _hindered(superuser, mentor_id) == []
    mentors.clock += timedelta(days=58)  # its last day is valid
    await mentors.serve(notice_expired)
    assert await _status(superuser, credential.id) == CredentialStatus.EXPIRING
    mentors.clock += timedelta(days=1)
    await mentors.serve(notice_expired)
    assert await _status(superuser, credential.id) == CredentialStatus.EXPIRED
    assert len(await _hindered(superuser, mentor_id)) == 1


async def test_a_renewal_that_is_verified_takes_over(mentors: Mentors, superuser: Connection) -> None:
    old = await _verified(mentors, days=40)
    await mentors.serve(notice_expiring)
    renewal = await mentors.does("mentor", renew_credential, old.id, credential=_paper(mentors))
    assert (renewal.kind, renewal.status) == (old.kind, CredentialStatus.PENDING)
    assert await _to_renew(superuser, old.id) == ["OPEN"]
    await mentors.does("coordinator", verify_credential, renewal.id)
    assert await _to_renew(superuser, old.id) == ["DONE"]
    assert await _status(superuser, old.id) == CredentialStatus.EXPIRING


async def test_who_has_a_longer_one_already_is_not_written_to(mentors: Mentors, superuser: Connection) -> None:
    await _verified(mentors, days=None)
    short = await _verified(mentors, days=10)
    await mentors.serve(notice_expiring)
    assert await _status(superuser, short.id) == CredentialStatus.EXPIRING
    assert await _written(superuser, short.id) == 0
    assert await _to_renew(superuser, short.id) == []


async def test_nobody_verifies_their_own(mentors: Mentors) -> None:
    coordinators = await mentors.does(
        "admin",
        register_mentor,
        programme_id=mentors.house.row("programme"),
        person_id=mentors.house.people["coordinator"],
        profile=profile(),
        offer=Help([Domain.HOUSING]),
    )
    own = await mentors.does(
        "coordinator",
        add_credential,
        coordinators.id,
        kind=CredentialKind.BACKGROUND_CHECK,
        credential=_paper(mentors),
    )
    with pytest.raises(IllegalState, match="yours"):
        await mentors.does("coordinator", verify_credential, own.id)
    assert (await mentors.does("admin", verify_credential, own.id)).status == CredentialStatus.VERIFIED


async def test_what_makes_no_sense_is_refused(mentors: Mentors) -> None:
    mentor_id, today = mentors.house.row("mentor"), mentors.clock.date()
    for paper in (
        NewCredential("", today),
        NewCredential("A board", today + timedelta(days=1)),
        NewCredential("A board", today, today),
        NewCredential("A board", today, training_hours=-1),
    ):
        with pytest.raises(Invalid):
            await mentors.does("mentor", add_credential, mentor_id, kind=CredentialKind.OTHER, credential=paper)
    over = NewCredential("A board", date(2020, 1, 1), date(2021, 1, 1))
    late = await mentors.does("mentor", add_credential, mentor_id, kind=CredentialKind.OTHER, credential=over)
    with pytest.raises(IllegalState, match="run out"):
        await mentors.does("coordinator", verify_credential, late.id)
    verified = await _verified(mentors)
    with pytest.raises(IllegalState, match="not PENDING"):
        await mentors.does("coordinator", verify_credential, verified.id)
    await mentors.does("coordinator", revoke_credential, verified.id, reason=RevocationReason.ENTERED_WRONGLY)
    with pytest.raises(IllegalState, match="REVOKED"):
        await mentors.does("mentor", renew_credential, verified.id, credential=_paper(mentors))
    with pytest.raises(NotFound):
        await mentors.does(
            "second_mentor", add_credential, mentor_id, kind=CredentialKind.OTHER, credential=_paper(mentors)
        )


async def test_a_supervisor_sees_the_credential_and_not_its_number(
    api: Api, mentors: Mentors, superuser: Connection
) -> None:
    house = mentors.house
    query = "{ credentials(first: 9) { nodes { kind number { number } } } }"
    for who in ("mentor", "coordinator"):
        found = await api.data(house.secrets[who], query)
        assert {n["number"]["number"] for n in found["credentials"]["nodes"]} == {"B-Harbour"}, who
    refused = await api(house.secrets["supervisor"], query)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    plain = "{ credentials(first: 9) { nodes { kind status } } }"
    assert len((await api.data(house.secrets["supervisor"], plain))["credentials"]["nodes"]) == 2
    assert (await api.data(house.secrets["second_mentor"], plain))["credentials"]["nodes"] == []
    read = await superuser.fetchval(
        "SELECT count(*) FROM facts WHERE organisation_id = $1 AND kind = 'sensitive.read'"
        " AND subject_type = 'CredentialNumber'",
        house.organisation_id,
    )
    assert read == 2  # by the coordinator, of two; what the mentor reads is their own

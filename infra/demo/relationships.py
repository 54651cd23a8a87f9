"""What belongs to relationships: an agreement, contacts of staff, one that comes to its end, and how all of them do."""

from datetime import timedelta
from uuid import UUID

from infra.demo.founding import Founded
from infra.demo.walking import Walk
from kith.matching.agreement import sign_agreement, write_agreement
from kith.matching.closure import ClosureType, start_closure
from kith.matching.health import settle_health
from kith.matching.monitoring import ContactStatus, MonitoringContact, come_round, record_monitoring_contact
from kith.matching.policy import set_relationship_policy
from kith.people.profile import Format

SPOKEN_TO = 4  # how many contacts of staff are made by now


async def relationships(founded: Founded, programmes: list[UUID], shown: Walk, ending: Walk) -> None:
    """Agree, speak to people and look, today; from now on the last of several programmes asks for an agreement."""
    stage, staff = founded.stage, founded.staff
    if len(programmes) > 1:
        async with stage.as_person(staff["admin"], stage.ago(1)) as work:
            await set_relationship_policy(work, programmes[-1], agreement_required=True)
    await _agree(founded, shown)
    async with stage.as_person(ending.mentee, stage.ago(1)) as work:
        await start_closure(work, ending.match.id, type=ClosureType.PLANNED, remark="I have what I came for.")
    async with stage.as_service(stage.ago(2), come_round) as work:
        await come_round(work)
    async with stage.as_person(staff["coordinator"], stage.ago(1)) as work:
        due = MonitoringContact.status == ContactStatus.DUE
        reading = work.acting(record_monitoring_contact.needs)
        for place, contact in enumerate(await reading.all(MonitoringContact, due, limit=SPOKEN_TO)):
            quality = 3 + place % 3
            await record_monitoring_contact(work, contact.id, format=Format.PHONE, quality=quality, note="All is well.")
    async with stage.as_service(stage.now, settle_health) as work:
        await settle_health(work)


async def _agree(founded: Founded, walk: Walk) -> None:
    stage, at = founded.stage, founded.stage.ago(20)
    async with stage.as_person(walk.mentor, at) as work:
        agreement = await write_agreement(
            work,
            walk.match.id,
            meetings_a_month=2,
            formats=[walk.format],
            confidentiality="What we say stays between us, unless somebody is in danger.",
            boundaries="No money and no presents; calls between nine and nine.",
            crisis_plan_known=True,
            planned_end_on=(stage.now + timedelta(days=120)).date(),
        )
    for hours, who in ((1, walk.mentor), (5, walk.mentee)):
        async with stage.as_person(who, at + timedelta(hours=hours)) as work:
            await sign_agreement(work, agreement.id, expected_version=agreement.version)

"""What belongs to relationships: an agreement, contacts of staff, one that comes to its end, and how all of them do."""

from datetime import timedelta
from uuid import UUID

from infra.demo.founding import Founded
from infra.demo.walking import Walk
from kith.matching.agreement import sign_agreement, write_agreement
from kith.matching.closure import (
    Closure,
    ClosureStep,
    ClosureStepKind,
    ClosureType,
    agree_contact_afterwards,
    complete_closure,
    finish_closure,
    record_closing_meeting,
    record_exit_interview,
    start_closure,
)
from kith.matching.health import settle_health
from kith.matching.match import ClosingReason
from kith.matching.monitoring import ContactStatus, MonitoringContact, come_round, record_monitoring_contact
from kith.matching.policy import set_relationship_policy
from kith.matching.rematch import request_rematch
from kith.meetings.meeting import cancel_meeting
from kith.people.profile import Format

SPOKEN_TO = 4  # how many contacts of staff are made by now


async def relationships(
    founded: Founded, programmes: list[UUID], shown: Walk, ending: Walk, ended: Walk, asks: Walk
) -> None:
    """Agree, speak to people and look, today; from now on the last of several programmes asks for an agreement."""
    stage, staff = founded.stage, founded.staff
    if len(programmes) > 1:
        async with stage.as_person(staff["admin"], stage.ago(1)) as work:
            await set_relationship_policy(work, programmes[-1], agreement_required=True)
    await _agree(founded, shown)
    async with stage.as_person(ending.mentee, stage.ago(1)) as work:
        await start_closure(work, ending.match.id, type=ClosureType.PLANNED, remark="I have what I came for.")
    await _ended_well(founded, ended)
    async with stage.scene() as scene:
        reason = "We are both kind, and it is not the right fit. Somebody nearer to my age, perhaps."
        await request_rematch(await scene.of(asks.mentee, stage.ago(2)), asks.match.id, reason=reason)
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


async def _ended_well(founded: Founded, walk: Walk) -> None:
    """A match that came to its end as it should: both were asked how it was, and they said goodbye."""
    stage, coordinator = founded.stage, founded.staff["coordinator"]
    async with stage.scene() as scene:
        starting = await scene.of(walk.mentor, stage.at(15, 18))
        await start_closure(starting, walk.match.id, type=ClosureType.PLANNED, remark="They found their way.")
        await scene.settle()
        work = await scene.of(coordinator, stage.at(9, 14))
        (closure,) = await work.rows(Closure, Closure.match_id == walk.match.id)
        steps = {step.kind: step.id for step in await work.rows(ClosureStep, ClosureStep.closure_id == closure.id)}
        await record_exit_interview(
            work,
            steps[ClosureStepKind.EXIT_INTERVIEW_MENTEE],
            it_helped=5,
            would_again=4,
            what_helped="Somebody who had been there, and did not say what I should do.",
            what_did_not="The first month was slow.",
        )
        asking = await scene.of(coordinator, stage.at(8, 11))
        interviewed = steps[ClosureStepKind.EXIT_INTERVIEW_MENTOR]
        await record_exit_interview(asking, interviewed, it_helped=4, would_again=5, what_helped="Supervision.")
        closing = await scene.of(coordinator, stage.at(4, 15))
        said = stage.at(5, 17).date()
        await record_closing_meeting(closing, steps[ClosureStepKind.CLOSING_MEETING], held_on=said)
        contact = "A postcard now and then. Neither owes the other an answer."
        await agree_contact_afterwards(closing, steps[ClosureStepKind.CONTACT_AFTERWARDS], contact=contact)
        if walk.upcoming:
            await cancel_meeting(closing, walk.upcoming[0])
        await complete_closure(closing, walk.match.id, reason=ClosingReason.GOALS_MET, mentee_waits_again=False)
        await finish_closure(scene.of_service(stage.at(4, 15, 1), finish_closure), walk.match.id)
    walk.closed, walk.upcoming = True, None
    for who in (walk.mentor, walk.mentee):
        stage.forget(who)


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

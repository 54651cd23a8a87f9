"""What the organisations of the demo offer around their matches: groups, a library, support meetings, an event."""

from datetime import time, timedelta
from decimal import Decimal
from uuid import UUID

from infra.demo.founding import Founded
from infra.demo.stage import Someone
from infra.demo.walking import Walk
from kith.community.event import open_event, plan_event, sign_up_for_event
from kith.community.group import (
    GroupAdmission,
    GroupFormat,
    GroupModality,
    PeerSupportGroup,
    add_facilitator,
    open_group,
    plan_group,
)
from kith.community.locator import SupportMeetingFormat, SupportMeetingText, list_support_meeting
from kith.community.membership import join_group
from kith.community.resource import ResourceText, ResourceType, draft_resource, publish_resource, review_resource
from kith.community.session import record_group_attendance, schedule_group_session
from kith.community.share import share_resource
from kith.people.profile import Pathway, Weekday

LIBRARY = (
    ResourceText(
        "Night line",
        ResourceType.HELPLINE,
        "Somebody who listens, every night until six.",
        ["en"],
        taxonomy_codes=["RP-1500.1400"],
        cost="Free.",
        hours="22:00 to 06:00",
        phone="+353 1 555 0142",
        crisis=True,
    ),
    ResourceText(
        "Advice on rent and notices",
        ResourceType.SERVICE,
        "They read your letters with you and write back.",
        ["en", "ga", "pl"],
        taxonomy_codes=["FT-4500"],
        coverage_area="The whole county",
        hours="Tuesdays and Thursdays, 10:00 to 13:00",
        link="https://advice.example/rent",
    ),
    ResourceText("A page for hard evenings", ResourceType.TOOL, "One page to fill in while things are calm.", ["en"]),
)
POINTS = (("53.344000", "-6.267200", Weekday.MONDAY), ("53.351200", "-6.259800", Weekday.THURSDAY))


async def community(founded: Founded, programme_id: UUID, shown: Walk, others: list[Walk]) -> None:
    """A group that meets, one that is being prepared, a library of which something was shared, an event to come."""
    await _groups(founded, programme_id, shown, others)
    await _library(founded, shown)
    await _event(founded, programme_id, shown)


async def _groups(founded: Founded, programme_id: UUID, shown: Walk, others: list[Walk]) -> None:
    stage, coordinator = founded.stage, founded.staff["coordinator"]
    facilitators = (shown.mentor, founded.staff["supervisor"])
    await _plan(founded, programme_id, "Cooking on Sundays", GroupFormat.ACTIVITY)
    group = await _plan(founded, programme_id, "Thursday circle", GroupFormat.SHARING)
    async with stage.as_person(coordinator, stage.ago(40)) as work:
        for someone in facilitators:
            await add_facilitator(work, group.id, person_id=someone.id)
        await open_group(work, group.id)
    members = []
    for who, alias in zip([shown.mentee, *(walk.mentee for walk in others)], ("Wren", "Finch", "Jay"), strict=False):
        async with stage.as_person(who, stage.ago(30), afresh=True) as work:
            members.append((await join_group(work, group.id, alias=alias)).id)
    async with stage.as_person(shown.mentor, stage.ago(20), afresh=True) as work:
        first = await schedule_group_session(
            work,
            group.id,
            starts_at=stage.ago(14),
            time_zone=stage.time_zone,
            place="Room 2",
            weekly_until=(stage.now + timedelta(days=14)).date(),
        )
    async with stage.as_person(shown.mentor, stage.ago(13)) as work:
        await record_group_attendance(work, first.id, came=members[:2], stayed_away=members[2:], head_count=6)


async def _plan(founded: Founded, programme_id: UUID, name: str, format: GroupFormat) -> PeerSupportGroup:
    async with founded.stage.as_person(founded.staff["coordinator"], founded.stage.ago(45)) as work:
        return await plan_group(
            work,
            programme_id=programme_id,
            name=name,
            format=format,
            admission=GroupAdmission.OPEN,
            modality=GroupModality.IN_PERSON,
            capacity=12,
            rules="What is said here stays here. Everybody may pass.",
            accessibility="Step-free, with a quiet room beside it.",
        )


async def _library(founded: Founded, shown: Walk) -> None:
    stage, coordinator, supervisor = founded.stage, founded.staff["coordinator"], founded.staff["supervisor"]
    for place, text in enumerate(LIBRARY):
        async with stage.as_person(coordinator, stage.ago(60 - place)) as work:
            resource = await draft_resource(work, resource=text)
        if place == len(LIBRARY) - 1:
            break
        async with stage.as_person(supervisor, stage.ago(50 - place)) as work:
            await review_resource(work, resource.id)
            await publish_resource(work, resource.id)
        if place == 1:
            async with stage.as_person(shown.mentor, stage.ago(3)) as work:
                await share_resource(work, shown.match.id, resource_id=resource.id, words="They were kind to me.")
    async with stage.as_person(coordinator, stage.ago(30)) as work:
        for latitude, longitude, weekday in POINTS:
            meeting = SupportMeetingText(
                f"{weekday.value.capitalize()} evening meeting",
                weekday,
                time(19, 30),
                stage.time_zone,
                ["en"],
                pathway=Pathway.SMART,
                address="2 Bridge Street",
                latitude=Decimal(latitude),
                longitude=Decimal(longitude),
                formats=[SupportMeetingFormat.OPEN],
            )
            await list_support_meeting(work, meeting=meeting)


async def _event(founded: Founded, programme_id: UUID, shown: Walk) -> None:
    stage = founded.stage
    async with stage.as_person(founded.staff["coordinator"], stage.ago(6)) as work:
        event = await plan_event(
            work,
            programme_id=programme_id,
            title="Open house",
            about="Soup, music and a walk along the water.",
            starts_at=stage.now + timedelta(days=12),
            time_zone=stage.time_zone,
            place="The boat house",
            capacity=40,
        )
        await open_event(work, event.id)
    who: Someone
    for who in (shown.mentee, shown.mentor):
        async with stage.as_person(who, stage.ago(2)) as work:
            await sign_up_for_event(work, event.id)

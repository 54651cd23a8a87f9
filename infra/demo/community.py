"""What the organisations of the demo offer around their matches: groups, a library, support meetings, an event."""

from datetime import time, timedelta
from decimal import Decimal
from uuid import UUID

from infra.demo.founding import Founded
from infra.demo.stage import Scene, Someone
from infra.demo.walking import Walk
from kith.community.event import add_volunteer_role, open_event, plan_event, record_event, sign_up_for_event
from kith.community.group import (
    GroupAdmission,
    GroupFormat,
    GroupModality,
    PeerSupportGroup,
    add_facilitator,
    close_group,
    open_group,
    plan_group,
)
from kith.community.locator import SupportMeetingFormat, SupportMeetingText, list_support_meeting
from kith.community.membership import join_group
from kith.community.resource import (
    ResourceText,
    ResourceType,
    age_resources,
    draft_resource,
    publish_resource,
    retire_resource,
    review_resource,
)
from kith.community.session import (
    GroupSession,
    cancel_group_session,
    record_group_attendance,
    schedule_group_session,
)
from kith.community.share import answer_shared_resource, open_shared_resource, share_resource
from kith.people.profile import Pathway, Weekday

PUBLISHED = (52, 50, None, 184, 120)  # beside the library: how many days ago; one is still being written
THURSDAY, CALLED_OFF = 3, 3
POINTS = ((Decimal(0), Decimal(0), Weekday.MONDAY), (Decimal("0.0072"), Decimal("0.0074"), Weekday.THURSDAY))
ALIASES = ("Wren", "Finch", "Jay")


def library(phone: str) -> tuple[ResourceText, ...]:
    """What the library holds: published, gone stale, retired, and being written."""
    return (
        ResourceText(
            "Night line",
            ResourceType.HELPLINE,
            "Somebody who listens, every night until six.",
            ["en"],
            taxonomy_codes=["RP-1500.1400"],
            cost="Free.",
            hours="22:00 to 06:00",
            phone=phone,
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
        ResourceText(
            "A page for hard evenings", ResourceType.TOOL, "One page to fill in while things are calm.", ["en"]
        ),
        ResourceText(
            "Soup kitchen at the old mill",
            ResourceType.SERVICE,
            "A warm dinner, and nobody asks why.",
            ["en"],
            cost="Free.",
            hours="Every day, 17:00 to 19:00",
        ),
        ResourceText("Timetable of the night bus", ResourceType.GUIDE, "Lines and stops, until summer.", ["en"]),
    )


async def community(founded: Founded, programme_id: UUID, shown: Walk, others: list[Walk]) -> None:
    """Groups that are prepared, meet and ended; a library of which something was shared; events held and to come."""
    mentees = [shown.mentee, *(walk.mentee for walk in others)]
    async with founded.stage.scene() as scene:
        circle = await _groups(scene, founded, programme_id, shown)
    async with founded.stage.scene(shown.mentor, founded.staff["supervisor"]) as scene:
        await _meets(scene, shown.mentor, circle, mentees)
        await _library(scene, founded, shown)
        await _locator(scene, founded)
        await _events(scene, founded, programme_id, [*mentees, shown.mentor])


async def _groups(scene: Scene, founded: Founded, programme_id: UUID, shown: Walk) -> PeerSupportGroup:
    """One is prepared, one ended with the summer; the one that meets."""
    stage, coordinator = scene.stage, founded.staff["coordinator"]
    await _plan(scene, founded, programme_id, "Cooking on Sundays", GroupFormat.ACTIVITY, 8)
    walks = await _plan(scene, founded, programme_id, "Summer walks", GroupFormat.ACTIVITY, 150)
    circle = await _plan(scene, founded, programme_id, "Thursday circle", GroupFormat.SHARING, 60)
    for group, days in ((walks, 145), (circle, 55)):
        work = await scene.of(coordinator, stage.at(days, 11))
        for someone in (shown.mentor, founded.staff["supervisor"]):
            await add_facilitator(work, group.id, person_id=someone.id)
        await open_group(work, group.id)
    await close_group(await scene.of(coordinator, stage.at(66, 15)), walks.id)
    return circle


async def _meets(scene: Scene, facilitator: Someone, group: PeerSupportGroup, mentees: list[Someone]) -> None:
    """Every Thursday evening since weeks and for some to come; once it was called off."""
    stage, members = scene.stage, list[UUID]()
    for who, alias in zip(mentees, ALIASES, strict=True):
        joining = await scene.of(who, stage.at(51, 19))
        members.append((await join_group(joining, group.id, alias=alias)).id)
    first = next(at for at in (stage.at(days, 18, 30) for days in range(48, 41, -1)) if at.weekday() == THURSDAY)
    await schedule_group_session(
        await scene.of(facilitator, stage.at(50, 12)),
        group.id,
        starts_at=first,
        time_zone=stage.time_zone,
        place="Room 2",
        weekly_until=stage.ago(-21).date(),
    )
    await scene.settle()
    planned = await scene.of_service(stage.now).rows(GroupSession, GroupSession.group_id == group.id)
    for place, session in enumerate(sorted(planned, key=lambda each: each.starts_at)):
        if session.starts_at + timedelta(hours=20) > stage.now:
            break
        if place == CALLED_OFF:
            await cancel_group_session(await scene.of(facilitator, session.starts_at - timedelta(days=2)), session.id)
            continue
        came, away = (members[:2], members[2:]) if place % 2 else (members, [])
        work = await scene.of(facilitator, session.starts_at + timedelta(hours=2))
        await record_group_attendance(work, session.id, came=came, stayed_away=away, head_count=5 + place % 3)


async def _plan(
    scene: Scene, founded: Founded, programme_id: UUID, name: str, format: GroupFormat, days_ago: int
) -> PeerSupportGroup:
    return await plan_group(
        await scene.of(founded.staff["coordinator"], scene.stage.at(days_ago, 10)),
        programme_id=programme_id,
        name=name,
        format=format,
        admission=GroupAdmission.OPEN,
        modality=GroupModality.IN_PERSON,
        capacity=12,
        rules="What is said here stays here. Everybody may pass.",
        accessibility="Step-free, with a quiet room beside it.",
    )


async def _library(scene: Scene, founded: Founded, shown: Walk) -> None:
    """Somebody writes, somebody else reviews; what was shared helped, or is still to be answered."""
    stage, coordinator, supervisor = scene.stage, founded.staff["coordinator"], founded.staff["supervisor"]
    texts = library(founded.telephone())
    published = []
    for text, days in zip(texts, PUBLISHED, strict=True):
        written = days or 4
        resource = await draft_resource(await scene.of(coordinator, stage.ago(written + 1)), resource=text)
        if days is not None:
            work = await scene.of(supervisor, stage.ago(days))
            await review_resource(work, resource.id)
            await publish_resource(work, resource.id)
            published.append(resource.id)
    _line, advice, _soup, timetable = published
    helped = await share_resource(
        await scene.of(shown.mentor, stage.at(34, 18)),
        shown.match.id,
        resource_id=advice,
        words="They were kind to me.",
    )
    answered = await scene.of(shown.mentee, stage.at(29, 20))
    await open_shared_resource(answered, helped.id)
    await answer_shared_resource(answered, helped.id, used=True, helpful=5)
    sharing = await scene.of(shown.mentor, stage.at(3, 18))
    await share_resource(sharing, shown.match.id, resource_id=published[0], words="For the nights, in case.")
    await retire_resource(await scene.of(supervisor, stage.at(16, 9)), timetable)
    await age_resources(scene.of_service(stage.at(1, 1), age_resources))


async def _locator(scene: Scene, founded: Founded) -> None:
    """Support meetings nearby."""
    stage, (latitude, longitude) = scene.stage, founded.plan.near
    work = await scene.of(founded.staff["coordinator"], stage.at(30, 14))
    for north, east, weekday in POINTS:
        meeting = SupportMeetingText(
            f"{weekday.value.capitalize()} evening meeting",
            weekday,
            time(19, 30),
            stage.time_zone,
            ["en"],
            pathway=Pathway.SMART,
            address="2 Bridge Street",
            latitude=Decimal(latitude) + north,
            longitude=Decimal(longitude) + east,
            formats=[SupportMeetingFormat.OPEN],
        )
        await list_support_meeting(work, meeting=meeting)


async def _events(scene: Scene, founded: Founded, programme_id: UUID, people: list[Someone]) -> None:
    """A walk that took place, with those who helped, and an open house to come."""
    stage, coordinator = scene.stage, founded.staff["coordinator"]
    for title, about, place, planned, days, helps in (
        ("A walk by the water", "Slowly, with a stop for tea.", "The boat house", 70, 44, "Carry the tea"),
        ("Open house", "Soup, music and who we are.", "The centre", 6, -12, "Welcome people at the door"),
    ):
        work = await scene.of(coordinator, stage.at(planned, 10))
        event = await plan_event(
            work,
            programme_id=programme_id,
            title=title,
            about=about,
            starts_at=stage.at(days, 15),
            time_zone=stage.time_zone,
            place=place,
            capacity=40,
        )
        role = await add_volunteer_role(work, event.id, title=helps, places=2)
        await open_event(work, event.id)
        for turn, who in enumerate(people):
            signing = await scene.of(who, stage.at(planned - 2 - (turn if planned > 10 else 0), 17, turn))
            await sign_up_for_event(signing, event.id, role_id=role.id if turn == 1 else None)
        if days > 0:
            await record_event(await scene.of(coordinator, stage.at(days - 1, 9)), event.id, attended=23)

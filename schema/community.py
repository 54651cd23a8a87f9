"""How peer support groups, resources, support meetings and community events are shown."""

from collections.abc import Mapping
from decimal import Decimal
from math import cos, radians
from typing import Any

import strawberry
from sqlalchemy import BigInteger, Boolean, ColumnElement, Numeric, and_, cast, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import Grouping

from kith.community.event import (
    CommunityEvent,
    CommunityEventStatus,
    EventSignup,
    EventSignupStatus,
    VolunteerRole,
    add_volunteer_role,
    cancel_event,
    edit_event,
    open_event,
    plan_event,
    record_event,
    sign_up_for_event,
    withdraw_from_event,
)
from kith.community.group import (
    GroupAdmission,
    GroupFacilitator,
    GroupFormat,
    GroupModality,
    GroupStatus,
    PeerSupportGroup,
    add_facilitator,
    close_group,
    edit_group,
    open_group,
    pause_group,
    plan_group,
    remove_facilitator,
    resume_group,
)
from kith.community.locator import (
    MICRO,
    SupportMeeting,
    SupportMeetingFormat,
    SupportMeetingStatus,
    edit_support_meeting,
    list_support_meeting,
    verify_support_meeting,
    withdraw_support_meeting,
)
from kith.community.membership import (
    GroupIdentity,
    GroupMembership,
    GroupMembershipStatus,
    GroupRemovalReason,
    accept_into_group,
    choose_alias,
    join_group,
    leave_group,
    remove_from_group,
)
from kith.community.resource import (
    Resource,
    ResourceStatus,
    ResourceType,
    draft_resource,
    edit_resource,
    publish_resource,
    retire_resource,
    review_resource,
    verify_resource,
)
from kith.community.session import (
    GroupAttendance,
    GroupAttendanceSource,
    GroupAttended,
    GroupCheckInCode,
    GroupSession,
    GroupSessionStatus,
    cancel_group_session,
    check_in_to_session,
    record_group_attendance,
    schedule_group_session,
    show_check_in_code,
)
from kith.community.share import (
    ResourceShare,
    ShareStatus,
    answer_shared_resource,
    open_shared_resource,
    share_resource,
)
from kith.ground.errors import Invalid
from kith.matching.match import Match
from kith.people.profile import Pathway, Weekday
from kith.programmes import Programme
from schema.declare import (
    ById,
    Filter,
    among,
    ascending,
    before,
    column,
    connection,
    descending,
    exactly,
    expression,
    many,
    one,
    only,
    overlapping,
    refers_to,
    root,
    shows,
    since,
    with_words,
)
from schema.enums import enumeration
from schema.mutations import expose


@shows(
    PeerSupportGroup,
    "A peer support group: people with the same experience who meet. Everybody in the organisation finds it once it"
    " opened.",
    orders={"NAME": ascending(PeerSupportGroup.name_order)},
    filters={
        "programme_id": refers_to(PeerSupportGroup.programme_id, Programme, "Of this programme."),
        "status": among(PeerSupportGroup.status, enumeration(GroupStatus), "In one of these states."),
        "pathway": among(PeerSupportGroup.pathway, enumeration(Pathway), "On one of these ways of recovery."),
        "format": among(PeerSupportGroup.format, enumeration(GroupFormat), "Of one of these kinds."),
        "modality": among(PeerSupportGroup.modality, enumeration(GroupModality), "Where people come together."),
    },
)
class PeerSupportGroupType:
    """The fields of a peer support group."""

    name = column("What it is called.")
    about = column("What it is, in a few sentences.")
    rules = column("What members agree to.")
    accessibility = column("How one gets in and takes part.")
    format = column("What it does when it meets.", enumeration(GroupFormat))
    pathway = column("The way of recovery it follows; null for all ways.", enumeration(Pathway))
    admission = column("How somebody becomes a member.", enumeration(GroupAdmission))
    modality = column("Where people come together.", enumeration(GroupModality))
    languages = column("What is spoken, as BCP 47 tags.")
    capacity = column("How many members it has at most; facilitators do not count.")
    members = column("How many members it has.")
    self_check_in = column("Whether members may say themselves that they came, without a code.")
    status = column("Where it is; FULL follows from its places.", enumeration(GroupStatus))
    planned_at = column("When it was planned.")
    closed_at = column("When it ended.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    programme = one("Whose coordinators look after it.", by=PeerSupportGroup.programme_id)
    facilitators = many(
        "Who facilitates it, for its own people.",
        GroupFacilitator.group_id,
        ascending(GroupFacilitator.since),
        most=20,
    )
    memberships = connection("Its memberships, as far as one may see them.", by=GroupMembership.group_id)
    sessions = connection("When it meets, for its own people.", by=GroupSession.group_id)


@shows(GroupFacilitator, "Somebody who facilitates a group.")
class GroupFacilitatorType:
    """The fields of a facilitator."""

    name = column("The name they go by.")
    since = column("Since when.")
    group = one("Which group.", by=GroupFacilitator.group_id)
    person = one("The person, for those who know them.", by=GroupFacilitator.person_id)


@shows(
    GroupMembership,
    "Somebody's membership of a group, under the name they chose there. Fellow members see no more than that.",
    orders={"NEWEST": descending(GroupMembership.requested_at), "OLDEST": ascending(GroupMembership.requested_at)},
    filters={
        "group_id": refers_to(GroupMembership.group_id, PeerSupportGroup, "Of this group."),
        "status": among(GroupMembership.status, enumeration(GroupMembershipStatus), "In one of these states."),
    },
)
class GroupMembershipType:
    """The fields of a membership."""

    alias = column("What the group knows them by.")
    status = column("Where it is.", enumeration(GroupMembershipStatus))
    requested_at = column("When they asked.")
    joined_at = column("When they became a member.")
    ended_at = column("When it ended.")
    removal_reason = column("Why a facilitator ended it.", enumeration(GroupRemovalReason))
    group = one("Which group.", by=GroupMembership.group_id)
    identity = only(
        "Who it is, for themselves, who facilitates the group and the coordinators. Reading it is recorded.",
        by=GroupIdentity.membership_id,
    )
    attendances = connection(
        "Which sessions they came to, for those who may see it. Reading it is recorded.",
        by=GroupAttendance.membership_id,
        filtered=False,
    )


@shows(GroupIdentity, "Who a member of a group is: confidential. Reading it is recorded.")
class GroupIdentityType:
    """The fields of an identity."""

    name = column("The name they go by outside the group.")
    person = one("The person, for those who know them.", by=GroupIdentity.person_id)
    membership = one("Their membership.", by=GroupIdentity.membership_id)


@shows(
    GroupSession,
    "One time at which a group comes together.",
    orders={"SOONEST": ascending(GroupSession.starts_at), "LATEST": descending(GroupSession.starts_at)},
    filters={
        "group_id": refers_to(GroupSession.group_id, PeerSupportGroup, "Of this group."),
        "status": among(GroupSession.status, enumeration(GroupSessionStatus), "In one of these states."),
        "starts_from": since(GroupSession.starts_at, "Starting at or after this time."),
        "starts_before": before(GroupSession.starts_at, "Starting before this time."),
    },
)
class GroupSessionType:
    """The fields of a session."""

    starts_at = column("When it starts.")
    ends_at = column("When it ends.")
    minutes = column("How long it takes.")
    time_zone = column("By whose clock it was scheduled, as an IANA name.")
    place = column("Where, or how to join.")
    status = column("Where it is.", enumeration(GroupSessionStatus))
    head_count = column("How many came in all, guests too: a number that names nobody.")
    group = one("Which group.", by=GroupSession.group_id)
    attendances = connection(
        "Who of the members came, for those who may see it. Reading it is recorded.",
        by=GroupAttendance.session_id,
        filtered=False,
    )
    check_in_code = only("The code to show on site, for who facilitates.", by=GroupCheckInCode.session_id)


@shows(
    GroupAttendance,
    "Whether one member came to one session. Reading it is recorded.",
    orders={"OLDEST": ascending(GroupAttendance.recorded_at), "NEWEST": descending(GroupAttendance.recorded_at)},
)
class GroupAttendanceType:
    """The fields of an attendance."""

    came = column("Whether they came.", enumeration(GroupAttended))
    source = column("How that is known.", enumeration(GroupAttendanceSource))
    recorded_at = column("When it was recorded.")
    session = one("Which session.", by=GroupAttendance.session_id)
    membership = one("Whose membership.", by=GroupAttendance.membership_id)


@shows(GroupCheckInCode, "The code shown on site with which members check in.")
class GroupCheckInCodeType:
    """The fields of a code."""

    code = column("What to show: six letters and digits, none that is read as another.")
    expires_at = column("Until when it stands.")
    session = one("For which session.", by=GroupCheckInCode.session_id)


root(
    peer_support_groups=connection("Peer support groups.", PeerSupportGroup),
    peer_support_group=ById("One peer support group.", PeerSupportGroup),
    group_memberships=connection("Memberships of groups, as far as one may see them.", GroupMembership),
    group_sessions=connection("Sessions of one's groups.", GroupSession),
)
expose(plan_group, edit_group, add_facilitator, remove_facilitator, open_group, pause_group, resume_group, close_group)
expose(join_group, accept_into_group, remove_from_group, leave_group, choose_alias)
expose(
    schedule_group_session,
    cancel_group_session,
    record_group_attendance,
    show_check_in_code,
    check_in_to_session,
)


@shows(
    Resource,
    "Something that helps: a service, a helpline, a guide. Fields follow Open Referral's data specification.",
    name="Resource",
    orders={
        "NAME": ascending(Resource.title_order),
        "NEWEST": descending(Resource.added_at),
        "OLDEST": ascending(Resource.added_at),
    },
    filters={
        "search": with_words(Resource.words, "With all of these words, or words that begin like them: one to ten."),
        "type": among(Resource.type, enumeration(ResourceType), "Of one of these kinds."),
        "status": among(Resource.status, enumeration(ResourceStatus), "In one of these states."),
        "languages": overlapping(Resource.languages, str, "In one of these languages, as BCP 47 tags."),
        "taxonomy_codes": overlapping(Resource.taxonomy_codes, str, "With one of these codes."),
        "crisis": exactly(Resource.crisis, bool, "Whether it helps at once, in a crisis."),
    },
)
class ResourceShown:
    """The fields of a resource."""

    title = column("What it is called.")
    type = column("What kind of thing it is.", enumeration(ResourceType))
    about = column("What it does for people.")
    taxonomy_codes = column("Codes of a taxonomy as Open Referral keeps them.")
    coverage_area = column("For where it is.")
    eligibility = column("Who may use it.")
    cost = column("What it costs, in words.")
    hours = column("When it is open.")
    languages = column("What is spoken or written, as BCP 47 tags.")
    link = column("Its page.")
    phone = column("Its telephone number.")
    crisis = column("Whether it helps at once, in a crisis.")
    status = column("Where it is; STALE means that nobody verified it for 180 days.", enumeration(ResourceStatus))
    added_at = column("When it was written.")
    last_verified_at = column("When somebody said last that all of it is so.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    author = one("Who wrote it.", by=Resource.author_id)
    reviewer = one("Who looked it over.", by=Resource.reviewer_id)


@shows(
    ResourceShare,
    "A resource that a mentor shared with their mentee.",
    orders={"NEWEST": descending(ResourceShare.shared_at), "OLDEST": ascending(ResourceShare.shared_at)},
    filters={
        "match_id": refers_to(ResourceShare.match_id, Match, "In this match."),
        "status": among(ResourceShare.status, enumeration(ShareStatus), "In one of these states."),
    },
)
class ResourceShareType:
    """The fields of a resource that was shared."""

    words = column("What the mentor said with it.")
    status = column("Where it is.", enumeration(ShareStatus))
    helpful = column("How much it helped, 1 not at all to 5 very much; null where nobody said.")
    shared_at = column("When it was shared.")
    follow_up_at = column("When the mentor asks how it went.")
    answered_at = column("When the mentee said how it went.")
    match = one("In which match.", by=ResourceShare.match_id)
    resource = one("What was shared.", by=ResourceShare.resource_id)


@strawberry.input(description="Near a point on the map.")
class Near:
    """A point and how far from it."""

    latitude: float = strawberry.field(description="Degrees north, -90 to 90 (WGS 84).")
    longitude: float = strawberry.field(description="Degrees east, -180 to 180 (WGS 84).")
    kilometres: float = strawberry.field(description="How far from it at most, up to 500.")


_KM_PER_DEGREE = 111.195  # of a great circle on a sphere of 6371 km


def _near(value: Mapping[str, Any]) -> list[int]:
    """South, north, west and east of the box around the circle, and the point, all in millionths; metres."""
    latitude, longitude, kilometres = (float(value[name]) for name in ("latitude", "longitude", "kilometres"))
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and 0 < kilometres <= 500):
        raise Invalid("Give a point on the map and up to 500 kilometres.", path=("filter", "near"))
    up = kilometres / _KM_PER_DEGREE
    narrowest = cos(radians(min(abs(latitude) + up, 90)))
    aside = up / narrowest if narrowest > 0.01 else 360
    over = longitude - aside < -180 or longitude + aside > 180  # beyond the date line: look all around
    west, east = (-180.0, 180.0) if over else (longitude - aside, longitude + aside)
    degrees = (latitude - up, latitude + up, west, east, latitude, longitude)
    return [*(round(each * MICRO) for each in degrees), round(kilometres * 1000)]


def _within(given: ColumnElement[Any]) -> ColumnElement[bool]:
    """Within the box, which an index knows, and there within the circle, as on a sphere."""
    point = Grouping(given)  # in brackets a parameter takes a subscript
    latitude, longitude = SupportMeeting.latitude_micro, SupportMeeting.longitude_micro
    box = and_(latitude >= point[1], latitude <= point[2], longitude >= point[3], longitude <= point[4])
    here, there = func.radians(latitude / (MICRO * 1.0)), func.radians(point[5] / (MICRO * 1.0))
    aside = func.radians((longitude - point[6]) / (MICRO * 1.0))
    half = func.power(func.sin((here - there) / 2), 2) + func.cos(here) * func.cos(there) * func.power(
        func.sin(aside / 2), 2
    )
    return and_(box, 2 * 6_371_000 * func.asin(func.sqrt(func.least(1.0, half))) <= point[7])


def _degrees(micro: Any) -> ColumnElement[Any]:
    return cast(cast(micro, Numeric) / MICRO, Numeric(9, 6))


@shows(
    SupportMeeting,
    "A weekly meeting that others hold, such as a mutual-aid fellowship, for members to find.",
    orders={"NAME": ascending(SupportMeeting.name_order)},
    filters={
        "weekday": among(SupportMeeting.weekday, enumeration(Weekday), "On one of these days."),
        "pathway": among(SupportMeeting.pathway, enumeration(Pathway), "On one of these ways of recovery."),
        "formats": overlapping(SupportMeeting.formats, enumeration(SupportMeetingFormat), "Of one of these kinds."),
        "languages": overlapping(SupportMeeting.languages, str, "In one of these languages, as BCP 47 tags."),
        "online": Filter(
            bool,
            "Whether one can join online.",
            Boolean(),
            lambda value: value,
            lambda value: SupportMeeting.link.is_not(None) == value,
        ),
        "near": Filter(
            Near,
            "Within so many kilometres of a point, by the great circle of a sphere: right to half a percent.",
            ARRAY(BigInteger()),
            _near,
            _within,
        ),
    },
)
class SupportMeetingType:
    """The fields of a support meeting."""

    name = column("What it is called.")
    held_by = column("Who holds it.")
    pathway = column("The way of recovery it follows; null for all ways.", enumeration(Pathway))
    place = column("What the place is called.")
    address = column("Where it is; empty for one that is online alone.")
    latitude = expression("Degrees north (WGS 84).", Decimal | None, _degrees(SupportMeeting.latitude_micro))
    longitude = expression("Degrees east (WGS 84).", Decimal | None, _degrees(SupportMeeting.longitude_micro))
    link = column("Where one joins online.")
    weekday = column("On which day of the week.", enumeration(Weekday))
    starts = column("When it starts, hours and minutes by the clock on the wall there, such as 19:30.")
    minutes = column("How long it takes.")
    time_zone = column("By whose clock, as an IANA name.")
    formats = column("What kind of meeting it is.", list[enumeration(SupportMeetingFormat)])  # type: ignore[misc]
    languages = column("What is spoken, as BCP 47 tags.")
    accessibility = column("How one gets in and takes part.")
    status = column("Whether it is on the list.", enumeration(SupportMeetingStatus))
    listed_at = column("When it was put on the list.")
    last_verified_at = column("When somebody said last that all of it is so.")
    version = column("Grows with each change; give it as `expectedVersion`.")


@shows(
    CommunityEvent,
    "Something that everybody in the organisation may come to.",
    orders={"SOONEST": ascending(CommunityEvent.starts_at), "LATEST": descending(CommunityEvent.starts_at)},
    filters={
        "programme_id": refers_to(CommunityEvent.programme_id, Programme, "Of this programme."),
        "status": among(CommunityEvent.status, enumeration(CommunityEventStatus), "In one of these states."),
        "starts_from": since(CommunityEvent.starts_at, "Starting at or after this time."),
        "starts_before": before(CommunityEvent.starts_at, "Starting before this time."),
    },
)
class CommunityEventType:
    """The fields of an event."""

    title = column("What it is called, in public.")
    about = column("What happens there.")
    place = column("Where it is.")
    link = column("Its page, or where to join online.")
    starts_at = column("When it starts.")
    minutes = column("How long it takes.")
    time_zone = column("Where it is, as an IANA name.")
    capacity = column("How many guests it has room for.")
    taken = column("How many guests have a place.")
    status = column("Where it is.", enumeration(CommunityEventStatus))
    attended = column("How many people came: a number, which names nobody.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    programme = one("Whose coordinators look after it.", by=CommunityEvent.programme_id)
    roles = many("What volunteers do there.", VolunteerRole.event_id, ascending(VolunteerRole.added_at), most=50)
    signups = connection("Who signed up, as far as one may see it.", by=EventSignup.event_id)


@shows(VolunteerRole, "Something that volunteers do at an event.")
class VolunteerRoleType:
    """The fields of a role."""

    title = column("What they do.")
    places = column("How many it takes.")
    event = one("At which event.", by=VolunteerRole.event_id)


@shows(
    EventSignup,
    "Somebody who wants to come to an event, as a guest or to help.",
    orders={"NEWEST": descending(EventSignup.signed_up_at), "OLDEST": ascending(EventSignup.signed_up_at)},
    filters={
        "event_id": refers_to(EventSignup.event_id, CommunityEvent, "For this event."),
        "status": among(EventSignup.status, enumeration(EventSignupStatus), "In one of these states."),
    },
)
class EventSignupType:
    """The fields of a sign-up."""

    name = column("The name they go by.")
    status = column("Where it is.", enumeration(EventSignupStatus))
    signed_up_at = column("When they signed up; who waits moves up in this order.")
    event = one("For which event.", by=EventSignup.event_id)
    role = one("What they help with; null for a guest.", by=EventSignup.role_id)
    person = one("The person, for those who know them.", by=EventSignup.person_id)


root(
    resources=connection("The library of resources.", Resource),
    resource=ById("One resource.", Resource),
    resource_shares=connection("Resources that were shared.", ResourceShare),
    support_meetings=connection("Support meetings that others hold.", SupportMeeting),
    support_meeting=ById("One support meeting.", SupportMeeting),
    community_events=connection("Community events.", CommunityEvent),
    community_event=ById("One community event.", CommunityEvent),
    event_signups=connection("Who signed up for events, as far as one may see it.", EventSignup),
)
expose(draft_resource, edit_resource, review_resource, publish_resource, verify_resource, retire_resource)
expose(share_resource, open_shared_resource, answer_shared_resource)
expose(list_support_meeting, edit_support_meeting, verify_support_meeting, withdraw_support_meeting)
expose(plan_event, edit_event, add_volunteer_role, open_event, cancel_event, record_event)
expose(sign_up_for_event, withdraw_from_event)

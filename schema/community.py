"""How peer support groups, resources, support meetings and community events are shown."""

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
from kith.people.profile import Pathway
from kith.programmes import Programme
from schema.declare import (
    ById,
    among,
    ascending,
    before,
    column,
    connection,
    descending,
    many,
    one,
    only,
    refers_to,
    root,
    shows,
    since,
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

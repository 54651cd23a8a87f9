"""Resources shared in a match: from mentor to mentee, with a day on which the mentor asks how it went."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from kith import tasks
from kith.community.resource import Resource, ResourceStatus
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long
from kith.ground.work import Work
from kith.matching.match import PAIR, Match, MatchStatus, OfPair

READ = Permission("resource_shares.read", "See which resources were shared.", granted_to=STAFF | PARTICIPANTS)
SHARE = Permission("resources.share", "Share a resource with one's mentee.", granted_to={Role.MENTOR})
ANSWER = Permission(
    "resource_shares.answer", "Say whether a resource that was shared helped.", granted_to={Role.MENTEE}
)
FOLLOW_UP = Permission("resource_shares.follow_up", "Ask a mentor to follow up on what they shared.")
ASK_HOW_IT_WENT = "FOLLOW_UP_RESOURCE"  # the task of following up


class ShareStatus(Choice):
    """Where a shared resource is."""

    SHARED = "SHARED", "The mentee has not looked at it yet."
    OPENED = "OPENED", "The mentee looked at it."
    USED = "USED", "The mentee used it."
    NOT_USED = "NOT_USED", "The mentee did not use it."


class ResourceShare(OfPair):
    """One resource shared with one mentee."""

    __tablename__ = "resource_shares"
    __table_args__ = (
        organisation_index("shared_at", "id"),
        organisation_index("match_id", "shared_at", "id"),
        organisation_index("programme_id", "shared_at", "id"),
        organisation_index("mentor_person_id", "shared_at", "id"),
        organisation_index("mentee_person_id", "shared_at", "id"),
        one_of("status", list(ShareStatus)),
        at_most("words", 1000),
        CheckConstraint("helpful BETWEEN 1 AND 5", name="helpful"),
        CheckConstraint("helpful IS NULL OR status = 'USED'", name="helpful_used"),
    )
    READ = READ

    match_id: Mapped[UUID] = within(Match, carrying=PAIR)
    resource_id: Mapped[UUID] = within(Resource)
    words: Mapped[str]
    status: Mapped[str]
    helpful: Mapped[int | None]
    shared_at: Mapped[datetime]
    follow_up_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


LIFE = Lifecycle(
    ResourceShare,
    ShareStatus,
    begins=[ShareStatus.SHARED],
    moves=[
        Move("open_shared_resource", ShareStatus.SHARED, ShareStatus.OPENED, to=ShareStatus.OPENED),
        Move(
            "answer_shared_resource",
            ShareStatus.SHARED,
            ShareStatus.OPENED,
            to=(ShareStatus.USED, ShareStatus.NOT_USED),
        ),
    ],
)


@operation(needs=SHARE)
async def share_resource(
    work: Work,
    match_id: Annotated[Id[Match], "With the mentee of which match."],
    *,
    resource_id: Annotated[Id[Resource], "Which resource."],
    words: Annotated[str, "What you want to say with it; the mentee reads it."] = "",
    follow_up_at: Annotated[datetime | None, "When you ask how it went; a week from now unless said."] = None,
) -> ResourceShare:
    """Share a resource with one's mentee. On the day given it is a task to ask how it went."""
    match = await work.get(Match, match_id, Match.mentor_person_id == work.actor.own_person, lock=True)
    if match.status != MatchStatus.ACTIVE:
        raise IllegalState(f"Resources are shared while a match is ACTIVE; this one is {match.status}.")
    resource = await work.get(Resource, resource_id)
    if resource.status not in (ResourceStatus.PUBLISHED, ResourceStatus.STALE):
        raise IllegalState(f"This resource is {resource.status}, not PUBLISHED.")
    open_still = (ResourceShare.match_id == match.id, ResourceShare.resource_id == resource.id)
    if await work.exists(ResourceShare, *open_still, ResourceShare.answered_at.is_(None)):
        raise Conflict("You shared this already, and await how it went.", path=("resourceId",))
    at = follow_up_at or work.now + timedelta(days=7)
    if not work.now < at <= work.now + timedelta(days=366):
        raise Invalid("One follows up within a year from now.", path=("followUpAt",))
    share = ResourceShare.under(
        match,
        resource,
        words=long(words, 1000, "words"),
        status=ShareStatus.SHARED,
        shared_at=work.now,
        follow_up_at=at,
    )
    work.add(share)
    work.later(follow_up_share, at=at, share_id=share.id)
    work.note("resource.shared", share)
    return share


@operation(needs=ANSWER)
async def open_shared_resource(
    work: Work, share_id: Annotated[Id[ResourceShare], "What was shared with you."]
) -> ResourceShare:
    """Say that you looked at what was shared with you. Doing so again changes nothing."""
    share = await _mine(work, share_id)
    if share.status == ShareStatus.SHARED:
        LIFE.move(share, "open_shared_resource")
        work.note("resource_share.opened", share)
    return share


@operation(needs=ANSWER)
async def answer_shared_resource(
    work: Work,
    share_id: Annotated[Id[ResourceShare], "What was shared with you."],
    *,
    used: Annotated[bool, "Whether you used it; either is fine."],
    helpful: Annotated[int | None, "How much it helped, 1 not at all to 5 very much; only of what was used."] = None,
) -> ResourceShare:
    """Say whether you used what was shared with you, and how much it helped."""
    share = await _mine(work, share_id)
    if helpful is not None and not used:
        raise Invalid("Only what was used helped or did not.", path=("helpful",))
    if helpful is not None and not 1 <= helpful <= 5:
        raise Invalid("This is 1 to 5.", path=("helpful",))
    LIFE.move(share, "answer_shared_resource", to=ShareStatus.USED if used else ShareStatus.NOT_USED)
    share.helpful, share.answered_at = helpful, work.now
    await tasks.settled(work, ASK_HOW_IT_WENT, share)
    work.note("resource_share.answered", share, used=used, helpful=helpful)
    return share


@operation(needs=FOLLOW_UP)
async def follow_up_share(work: Work, share_id: Id[ResourceShare]) -> None:
    """Ask the mentor to follow up, unless the mentee said how it went or the match is over."""
    share = await work.get(ResourceShare, share_id, lock=True)
    closed = (Match.id == share.match_id, Match.status == MatchStatus.CLOSED)
    if share.answered_at is None and not await work.exists(Match, *closed):
        await tasks.ask(
            work,
            ASK_HOW_IT_WENT,
            "Ask how it went with what you shared.",
            share,
            due_in=timedelta(days=3),
            assignee_id=share.mentor_person_id,
            source="resource.shared",
        )


async def _mine(work: Work, share_id: UUID) -> ResourceShare:
    return await work.get(ResourceShare, share_id, ResourceShare.mentee_person_id == work.actor.own_person, lock=True)

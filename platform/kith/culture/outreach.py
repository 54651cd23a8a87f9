"""Outreach and advocacy by mentors: talks, stories, meetings with who decides; and the consent that a story needs."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from kith.culture.campaign import Campaign
from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.people.mentor import Mentor
from kith.people.person import Person

READ = Permission("outreach.read", "See what mentors do in public.", granted_to=STAFF | PARTICIPANTS)
READ_CONSENT = Permission(
    "stories.read",
    "See who consents to their story being told.",
    granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS},
)
CONSENT = Permission(
    "stories.consent", "Consent to one's own story being told, and withdraw that.", granted_to=PARTICIPANTS
)
DO = Permission(
    "outreach.do",
    "Plan what mentors do in public, and say how it went.",
    granted_to={Role.ADMIN, Role.COORDINATOR, Role.MENTOR},
)


class OutreachKind(Choice):
    """What a mentor does in public."""

    TALK = "TALK", "They speak somewhere."
    STORY = "STORY", "A person's own story is told."
    POLICY_MEETING = "POLICY_MEETING", "They meet somebody who decides."
    MEDIA = "MEDIA", "They speak with a journalist, or on air."
    RECRUITMENT = "RECRUITMENT", "They win others to mentor."


class OutreachStatus(Choice):
    """Where an activity is."""

    PLANNED = "PLANNED", "It is to come."
    DONE = "DONE", "It took place."
    REPORTED = "REPORTED", "What came of it is written down, and the time is credited."
    CANCELLED = "CANCELLED", "It does not take place."


class StoryConsent(Owned):
    """A person's consent to their story being told, given by themselves and good until they withdraw it."""

    __tablename__ = "story_consents"
    __table_args__ = (
        organisation_index("given_at", "id"),
        organisation_index("person_id", "given_at", "id"),
        organisation_index("programme_id", "given_at", "id"),
        organisation_index("person_id", unique=True, where="withdrawn_at IS NULL", name="uq_story_consents_standing"),
        at_most("limits", 2000),
        CheckConstraint("withdrawn_at >= given_at", name="in_order"),
    )
    READ = READ_CONSENT

    person_id: Mapped[UUID] = within(Person, carrying=("programme_id",))
    programme_id: Mapped[UUID | None]
    limits: Mapped[str]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Whose it is, who walks with them, the coordinators of their programme."""
        return row_rule(actor, own=[cls.person_id], known=[cls.person_id], programme=cls.programme_id)


class Outreach(Owned):
    """One activity of one mentor. Its minutes are the mentor's once it is reported."""

    __tablename__ = "outreach"
    __table_args__ = (
        organisation_index("at", "id"),
        organisation_index("programme_id", "at", "id"),
        organisation_index("person_id", "at", "id"),
        organisation_index("story_of_id", "at", "id"),
        organisation_index("mentor_id", "at", "id"),
        organisation_index("campaign_id", "at", "id"),
        one_of("kind", list(OutreachKind)),
        one_of("status", list(OutreachStatus)),
        at_most("title", 200),
        at_most("remark", 4000),
        CheckConstraint("(kind = 'STORY') = (story_of_id IS NOT NULL)", name="story"),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        CheckConstraint("audience_size >= 0", name="audience_size"),
        CheckConstraint("(status = 'REPORTED') = (minutes IS NOT NULL)", name="reported"),
    )
    READ = READ

    mentor_id: Mapped[UUID] = within(Mentor, carrying=("programme_id", "person_id"))
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    campaign_id: Mapped[UUID | None] = within(Campaign, nullable=True)
    story_of_id: Mapped[UUID | None] = within(Person, nullable=True)
    kind: Mapped[str]
    title: Mapped[str]
    at: Mapped[datetime]
    status: Mapped[str]
    audience_size: Mapped[int | None]
    minutes: Mapped[int | None]
    remark: Mapped[str]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The mentor, whose story is told, who supervises the mentor, the coordinators of the programme."""
        return row_rule(
            actor,
            own=[cls.person_id, cls.story_of_id],
            supervised=[cls.person_id],
            programme=cls.programme_id,
        )


LIFE = Lifecycle(
    Outreach,
    OutreachStatus,
    begins=[OutreachStatus.PLANNED],
    moves=[
        Move("finish_outreach", OutreachStatus.PLANNED, to=OutreachStatus.DONE),
        Move("report_outreach", OutreachStatus.DONE, to=OutreachStatus.REPORTED),
        Move("cancel_outreach", OutreachStatus.PLANNED, to=OutreachStatus.CANCELLED),
        Move("withdraw_story_consent", OutreachStatus.PLANNED, to=OutreachStatus.CANCELLED),
    ],
)


@operation(needs=CONSENT)
async def consent_to_story(
    work: Work,
    *,
    limits: Annotated[str, "What must be left out, or where it may not be told; empty for nothing."] = "",
) -> StoryConsent:
    """Consent to your own story being told in public. You can withdraw it at any time."""
    if work.actor.person_id is None:
        raise IllegalState("Only a person has a story.")
    person = await work.get(Person, work.actor.person_id, lock=True)
    if await work.exists(StoryConsent, StoryConsent.person_id == person.id, StoryConsent.withdrawn_at.is_(None)):
        raise Conflict("You consented already; withdraw that first to give it with other limits.")
    consent = StoryConsent.under(person, limits=long(limits, 2000, "limits"), given_at=work.now)
    work.add(consent)
    work.note("story.consented", consent)
    return consent


@operation(needs=CONSENT)
async def withdraw_story_consent(
    work: Work, consent_id: Annotated[Id[StoryConsent], "Which consent; your own."]
) -> StoryConsent:
    """Withdraw your consent. What was planned with your story is cancelled at once, and it is not told again."""
    mine = StoryConsent.person_id == work.actor.person_id
    consent = await work.get(StoryConsent, consent_id, mine, lock=True)
    if consent.withdrawn_at is not None:
        raise IllegalState("You withdrew this consent already.")
    consent.withdrawn_at = work.now
    work.note("story.withdrawn", consent)
    cancelled = await LIFE.move_all(
        work, "withdraw_story_consent", Outreach.story_of_id == consent.person_id, ended_at=work.now
    )
    for outreach in await work.rows(Outreach, Outreach.id.in_(cancelled)):
        work.note("outreach.cancelled", outreach)
    return consent


@operation(needs=DO)
async def plan_outreach(
    work: Work,
    mentor_id: Annotated[Id[Mentor], "Which mentor does it."],
    *,
    kind: Annotated[OutreachKind, "What it is."],
    title: Annotated[str, "What it is called, without naming anybody."],
    at: Annotated[datetime, "When, with its offset from UTC."],
    story_of_id: Annotated[
        Id[Person] | None, "Of a STORY: whose it is. They must have consented themselves. Null for the mentor's own."
    ] = None,
    campaign_id: Annotated[Id[Campaign] | None, "As part of which campaign."] = None,
) -> Outreach:
    """Plan what a mentor does in public."""
    mentor = await work.get(Mentor, mentor_id, _may(work, Mentor))
    outreach = Outreach.under(
        mentor, kind=kind, title=short(title, 200, "title"), at=at, status=OutreachStatus.PLANNED, remark=""
    )
    if kind == OutreachKind.STORY:
        outreach.story_of_id = mentor.person_id if story_of_id is None else (await work.get(Person, story_of_id)).id
        await _consented(work, outreach.story_of_id)
    elif story_of_id is not None:
        raise Invalid("Only a STORY is somebody's.", path=("storyOfId",))
    outreach.campaign_id = None if campaign_id is None else (await work.get(Campaign, campaign_id)).id
    work.add(outreach)
    work.note("outreach.planned", outreach, what=kind)
    return outreach


@operation(needs=DO)
async def finish_outreach(
    work: Work,
    outreach_id: Annotated[Id[Outreach], "Which activity."],
    *,
    audience_size: Annotated[int | None, "How many people were there; null where nobody counted."] = None,
) -> Outreach:
    """Say that an activity took place."""
    seen = await work.get(Outreach, outreach_id, _may(work, Outreach))
    if seen.story_of_id is not None and seen.status == OutreachStatus.PLANNED:
        await _consented(work, seen.story_of_id)
    outreach = await work.get(Outreach, outreach_id, lock=True)
    LIFE.move(outreach, "finish_outreach")
    if outreach.at > work.now:
        raise IllegalState("This is still to come.")
    if audience_size is not None and not 0 <= audience_size <= 1_000_000:
        raise Invalid("An audience is 0 to a million people.", path=("audienceSize",))
    outreach.audience_size = audience_size
    work.note("outreach.done", outreach)
    return outreach


@operation(needs=DO)
async def report_outreach(
    work: Work,
    outreach_id: Annotated[Id[Outreach], "Which activity."],
    *,
    minutes: Annotated[int, "How many minutes the mentor gave, the way there included: 1 to 1440."],
    remark: Annotated[str, "What came of it, without naming anybody."],
) -> Outreach:
    """Say what came of an activity; its minutes are credited to the mentor."""
    outreach = await work.get(Outreach, outreach_id, _may(work, Outreach), lock=True)
    LIFE.move(outreach, "report_outreach")
    if not 1 <= minutes <= 1440:
        raise Invalid("The time given is 1 to 1440 minutes.", path=("minutes",))
    outreach.minutes, outreach.remark = minutes, short(remark, 4000, "remark")
    outreach.ended_at = work.now
    work.note("outreach.reported", outreach, minutes=minutes)
    return outreach


@operation(needs=DO)
async def cancel_outreach(work: Work, outreach_id: Annotated[Id[Outreach], "Which activity."]) -> Outreach:
    """Call off an activity that is to come."""
    outreach = await work.get(Outreach, outreach_id, _may(work, Outreach), lock=True)
    LIFE.move(outreach, "cancel_outreach")
    outreach.ended_at = work.now
    work.note("outreach.cancelled", outreach)
    return outreach


def _may(work: Work, table: type[Mentor] | type[Outreach]) -> ColumnElement[bool]:
    """The mentor themselves and the coordinators of the programme: to be told of is not enough."""
    return row_rule(work.actor, own=[table.person_id], programme=table.programme_id)


async def _consented(work: Work, person_id: UUID) -> None:
    """The person's consent stands, and is held so that it cannot be withdrawn until this work ends."""
    standing = (StoryConsent.person_id == person_id, StoryConsent.withdrawn_at.is_(None))
    for consent in await work.rows(StoryConsent, *standing):
        await work.hold(StoryConsent, consent.id)
    if not await work.exists(StoryConsent, *standing):
        raise IllegalState("Whose story it is has not consented to its telling, or has withdrawn that.")

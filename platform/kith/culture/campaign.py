"""Campaigns against public stigma: planned, approved by a second person, run, counted and evaluated."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Forbidden, IllegalState, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import KEEP, Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.money import MOST as MOST_MONEY
from kith.ground.money import Money, money
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.texts import short
from kith.ground.work import Work
from kith.people.person import Person
from kith.programmes import Programme, everywhere, looked_after

READ = Permission("campaigns.read", "See campaigns and what they reached.", granted_to=STAFF | {Role.MENTOR})
PLAN = Permission(
    "campaigns.plan", "Plan campaigns, run them and count what they reach.", granted_to={Role.ADMIN, Role.COORDINATOR}
)
APPROVE = Permission(
    "campaigns.approve",
    "Approve a campaign that somebody else planned.",
    granted_to={Role.ADMIN, Role.COORDINATOR},
)
MOST_MESSAGES = 20


class IomType(Choice):
    """Whom prevention addresses, as the Institute of Medicine divides it."""

    UNIVERSAL_DIRECT = "UNIVERSAL_DIRECT", "Everybody, met in person: a class, a group."
    UNIVERSAL_INDIRECT = "UNIVERSAL_INDIRECT", "Everybody, through the surroundings: media, rules."
    SELECTIVE = "SELECTIVE", "People whose risk is higher than most."
    INDICATED = "INDICATED", "People who show first signs."


class CsapStrategy(Choice):
    """How prevention works: the six strategies of the Center for Substance Abuse Prevention."""

    INFORMATION_DISSEMINATION = "INFORMATION_DISSEMINATION", "Tell people what is known."
    EDUCATION = "EDUCATION", "Teach skills, with people taking part."
    ALTERNATIVES = "ALTERNATIVES", "Offer something to do in which substances have no place."
    PROBLEM_ID_REFERRAL = "PROBLEM_ID_REFERRAL", "Find who needs help, and bring them to it."
    COMMUNITY_PROCESS = "COMMUNITY_PROCESS", "Strengthen what the community does itself."
    ENVIRONMENTAL = "ENVIRONMENTAL", "Change rules, norms and surroundings."


class Channel(Choice):
    """Where a campaign speaks."""

    EVENT = "EVENT", "Events."
    PRINT = "PRINT", "Posters, leaflets, newspapers."
    RADIO_TV = "RADIO_TV", "Radio and television."
    SOCIAL_MEDIA = "SOCIAL_MEDIA", "Social media."
    WEB = "WEB", "Websites and newsletters."
    SCHOOL = "SCHOOL", "Schools and colleges."
    WORKPLACE = "WORKPLACE", "Workplaces."
    FAITH = "FAITH", "Communities of faith."
    HEALTH_CARE = "HEALTH_CARE", "Surgeries, clinics and pharmacies."


class CampaignStatus(Choice):
    """Where a campaign is."""

    DRAFT = "DRAFT", "It is planned."
    APPROVED = "APPROVED", "A second person approved it."
    RUNNING = "RUNNING", "It runs."
    ENDED = "ENDED", "It is over."
    EVALUATED = "EVALUATED", "What came of it is written down."


class Campaign(Owned):
    """One campaign, of one programme or the whole organisation."""

    __tablename__ = "campaigns"
    __table_args__ = (
        organisation_index("planned_at", "id"),
        organisation_index("programme_id", "planned_at", "id"),
        one_of("iom_type", list(IomType)),
        one_of("strategy", list(CsapStrategy)),
        one_of("status", list(CampaignStatus)),
        at_most("title", 200),
        at_most("objective", 2000),
        at_most("audience", 500),
        at_most("conclusion", 4000),
        CheckConstraint("approved_by_id <> planned_by_id", name="two_people"),
        CheckConstraint("(status = 'DRAFT') = (approved_by_id IS NULL)", name="approved"),
        CheckConstraint("ended_at >= began_at", name="in_order"),
        CheckConstraint("(budget_amount IS NULL) = (budget_currency IS NULL)", name="budget"),
        CheckConstraint(f"budget_amount BETWEEN 0 AND {MOST_MONEY}", name="budget_amount"),
    )
    READ = READ

    programme_id: Mapped[UUID | None] = within(Programme, nullable=True)
    title: Mapped[str]
    objective: Mapped[str]
    audience: Mapped[str]
    iom_type: Mapped[str]
    strategy: Mapped[str]
    channels: Mapped[list[str]]
    messages: Mapped[list[str]]
    status: Mapped[str]
    planned_by_id: Mapped[UUID] = within(Person)
    planned_at: Mapped[datetime]
    approved_by_id: Mapped[UUID | None] = within(Person, nullable=True)
    approved_at: Mapped[datetime | None]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    conclusion: Mapped[str]
    budget_amount: Mapped[int | None]  # in the smallest unit of the currency
    budget_currency: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The coordinators of its programme; one of the whole organisation everybody who may read any."""
        return row_rule(actor, programme=cls.programme_id, everybody=cls.programme_id.is_(None))


class CampaignMetric(Owned):
    """What a campaign reached up to one day. Counts of people and of referrals, and no names."""

    __tablename__ = "campaign_metrics"
    __table_args__ = (
        organisation_index("campaign_id", "counted_on", unique=True),
        organisation_index("campaign_id", "counted_on", "id"),
        *(CheckConstraint(f"{name} >= 0", name=name) for name in ("reach", "attendees", "referrals")),
        CheckConstraint("stigma_before BETWEEN 0 AND 100", name="stigma_before"),
        CheckConstraint("stigma_after BETWEEN 0 AND 100", name="stigma_after"),
    )
    READ = READ

    campaign_id: Mapped[UUID] = within(Campaign, carrying=("programme_id",))
    programme_id: Mapped[UUID | None]
    counted_on: Mapped[date]
    reach: Mapped[int]
    attendees: Mapped[int]
    referrals: Mapped[int]
    stigma_before: Mapped[int | None]
    stigma_after: Mapped[int | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who sees the campaign."""
        return row_rule(actor, programme=cls.programme_id, everybody=cls.programme_id.is_(None))


LIFE = Lifecycle(
    Campaign,
    CampaignStatus,
    begins=[CampaignStatus.DRAFT],
    moves=[
        Move("approve_campaign", CampaignStatus.DRAFT, to=CampaignStatus.APPROVED),
        Move("begin_campaign", CampaignStatus.APPROVED, to=CampaignStatus.RUNNING),
        Move("end_campaign", CampaignStatus.RUNNING, to=CampaignStatus.ENDED),
        Move("evaluate_campaign", CampaignStatus.ENDED, to=CampaignStatus.EVALUATED),
    ],
)


@operation(needs=PLAN)
async def plan_campaign(
    work: Work,
    *,
    title: Annotated[str, "What it is called."],
    objective: Annotated[str, "What is to be different afterwards."],
    audience: Annotated[str, "Whom it speaks to."],
    iom_type: Annotated[IomType, "Whom it addresses, as the Institute of Medicine divides prevention."],
    strategy: Annotated[CsapStrategy, "How it works, as CSAP names strategies."],
    channels: Annotated[Sequence[Channel], "Where it speaks."],
    messages: Annotated[Sequence[str], "What it says, at most twenty messages, in person-first words."],
    budget: Annotated[Money | None, "What it may cost; null where nobody said."] = None,
    programme_id: Annotated[Id[Programme] | None, "Of which programme; null for the whole organisation."] = None,
) -> Campaign:
    """Plan a campaign. It runs once somebody else has approved it."""
    if programme_id is None:
        everywhere(work)
    else:
        await work.get(Programme, programme_id, looked_after(work))
    campaign = Campaign(
        programme_id=programme_id,
        title=short(title, 200, "title"),
        objective=short(objective, 2000, "objective"),
        audience=short(audience, 500, "audience"),
        iom_type=iom_type,
        strategy=strategy,
        channels=_channels(channels),
        messages=_messages(messages),
        status=CampaignStatus.DRAFT,
        planned_by_id=_somebody(work),
        planned_at=work.now,
        conclusion="",
    )
    _budget(campaign, budget)
    work.add(campaign)
    work.note("campaign.planned", campaign)
    return campaign


@operation(needs=PLAN)
async def edit_campaign(
    work: Work,
    campaign_id: Annotated[Id[Campaign], "Which campaign."],
    *,
    title: Annotated[str, "What it is called."] = KEEP,
    objective: Annotated[str, "What is to be different afterwards."] = KEEP,
    audience: Annotated[str, "Whom it speaks to."] = KEEP,
    channels: Annotated[Sequence[Channel], "Where it speaks."] = KEEP,
    messages: Annotated[Sequence[str], "What it says, at most twenty messages, in person-first words."] = KEEP,
    budget: Annotated[Money | None, "What it may cost; null where nobody says."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> Campaign:
    """Change a campaign that nobody has approved yet; what is absent stays.

    Whoever changes it has planned it: somebody else approves it.
    """
    campaign = await _changing(work, campaign_id)
    await work.expect(campaign, expected_version)
    LIFE.check(campaign, "approve_campaign")
    campaign.title = campaign.title if title is KEEP else short(title, 200, "title")
    campaign.objective = campaign.objective if objective is KEEP else short(objective, 2000, "objective")
    campaign.audience = campaign.audience if audience is KEEP else short(audience, 500, "audience")
    campaign.channels = campaign.channels if channels is KEEP else _channels(channels)
    campaign.messages = campaign.messages if messages is KEEP else _messages(messages)
    if budget is not KEEP:
        _budget(campaign, budget)
    campaign.planned_by_id = _somebody(work)
    work.note("campaign.edited", campaign)
    return campaign


@operation(needs=APPROVE)
async def approve_campaign(
    work: Work,
    campaign_id: Annotated[Id[Campaign], "Which campaign."],
    *,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> Campaign:
    """Approve a campaign that somebody else planned."""
    campaign = await _changing(work, campaign_id)
    await work.expect(campaign, expected_version)
    LIFE.check(campaign, "approve_campaign")
    if campaign.planned_by_id == work.actor.person_id:
        raise Forbidden("Somebody else than who planned a campaign approves it.")
    LIFE.move(campaign, "approve_campaign")
    campaign.approved_by_id, campaign.approved_at = _somebody(work), work.now
    work.note("campaign.approved", campaign)
    return campaign


@operation(needs=PLAN)
async def begin_campaign(work: Work, campaign_id: Annotated[Id[Campaign], "Which campaign."]) -> Campaign:
    """Begin a campaign that is approved."""
    campaign = await _changing(work, campaign_id)
    LIFE.move(campaign, "begin_campaign")
    campaign.began_at = work.now
    work.note("campaign.begun", campaign)
    return campaign


@operation(needs=PLAN)
async def record_campaign_metric(
    work: Work,
    campaign_id: Annotated[Id[Campaign], "Of which campaign."],
    *,
    counted_on: Annotated[date, "Up to which day; the same day again replaces what was counted."],
    reach: Annotated[int, "How many people it reached in all."],
    attendees: Annotated[int, "How many came to something."] = 0,
    referrals: Annotated[int, "How many referrals came of it."] = 0,
    stigma_before: Annotated[
        int | None, "Public stigma before, as the mean of your survey on 0 (none) to 100; null where not asked."
    ] = None,
    stigma_after: Annotated[int | None, "The same afterwards."] = None,
) -> Campaign:
    """Write down what a campaign reached up to a day, while it runs or after it ended."""
    campaign = await _changing(work, campaign_id)
    if campaign.status not in (CampaignStatus.RUNNING, CampaignStatus.ENDED):
        raise IllegalState(f"This campaign is {campaign.status}, not RUNNING or ENDED.")
    for name, count in (("reach", reach), ("attendees", attendees), ("referrals", referrals)):
        if not 0 <= count <= 1_000_000_000:
            raise Invalid("A count is 0 to a thousand million.", path=(name,))
    for name, mean in (("stigmaBefore", stigma_before), ("stigmaAfter", stigma_after)):
        if mean is not None and not 0 <= mean <= 100:
            raise Invalid("Public stigma is given on 0 to 100.", path=(name,))
    if counted_on > work.now.date():
        raise Invalid("Nothing is counted ahead of its day.", path=("countedOn",))
    known = await work.rows(
        CampaignMetric, CampaignMetric.campaign_id == campaign.id, CampaignMetric.counted_on == counted_on
    )
    metric = known[0] if known else work.add(CampaignMetric.under(campaign, counted_on=counted_on))
    metric.reach, metric.attendees, metric.referrals = reach, attendees, referrals
    metric.stigma_before, metric.stigma_after = stigma_before, stigma_after
    work.note("campaign.counted", campaign)
    return campaign


@operation(needs=PLAN)
async def end_campaign(work: Work, campaign_id: Annotated[Id[Campaign], "Which campaign."]) -> Campaign:
    """End a campaign that runs."""
    campaign = await _changing(work, campaign_id)
    LIFE.move(campaign, "end_campaign")
    campaign.ended_at = work.now
    work.note("campaign.ended", campaign)
    return campaign


@operation(needs=PLAN)
async def evaluate_campaign(
    work: Work,
    campaign_id: Annotated[Id[Campaign], "Which campaign."],
    *,
    conclusion: Annotated[str, "What came of it, measured against its objective."],
) -> Campaign:
    """Write down what came of a campaign that ended; something must have been counted."""
    campaign = await _changing(work, campaign_id)
    LIFE.check(campaign, "evaluate_campaign")
    if not await work.exists(CampaignMetric, CampaignMetric.campaign_id == campaign.id):
        raise IllegalState("Nothing was counted of this campaign: record what it reached first.")
    LIFE.move(campaign, "evaluate_campaign")
    campaign.conclusion = short(conclusion, 4000, "conclusion")
    work.note("campaign.evaluated", campaign)
    return campaign


async def _changing(work: Work, campaign_id: UUID) -> Campaign:
    """To read a campaign of the whole organisation is not to change it."""
    return await work.get(Campaign, campaign_id, row_rule(work.actor, programme=Campaign.programme_id), lock=True)


def _budget(campaign: Campaign, budget: Money | None) -> None:
    checked = None if budget is None else money(budget, "budget")
    campaign.budget_amount = checked.amount if checked else None
    campaign.budget_currency = checked.currency if checked else None


def _somebody(work: Work) -> UUID:
    if work.actor.person_id is None:
        raise IllegalState("Only a person plans and approves campaigns.")
    return work.actor.person_id


def _channels(channels: Sequence[Channel]) -> list[str]:
    if not channels:
        raise Invalid("Say where the campaign speaks.", path=("channels",))
    return sorted(set(channels))


# What "Words Matter" of the US National Institute on Drug Abuse asks not to say, and what to say instead.
INSTEAD = {
    "addict": "person with a substance use disorder",
    "addicts": "people with a substance use disorder",
    "junkie": "person who uses drugs",
    "junkies": "people who use drugs",
    "alcoholic": "person with an alcohol use disorder",
    "ex-addict": "person in recovery",
    "relapse": "return to use",
}


def _messages(messages: Sequence[str]) -> list[str]:
    """The messages, none of which says a word that wounds. Raises Invalid with what to say instead."""
    if len(messages) > MOST_MESSAGES:
        raise Invalid(f"A campaign has at most {MOST_MESSAGES} messages.", path=("messages",))
    said = [short(message, 500, "messages", str(place)) for place, message in enumerate(messages)]
    for place, message in enumerate(said):
        for word in re.findall(r"[\w-]+", message.lower()):
            if word in INSTEAD:
                raise Invalid(
                    f'Instead of "{word}" say "{INSTEAD[word]}": words that put the person first.',
                    path=("messages", str(place)),
                )
    return said

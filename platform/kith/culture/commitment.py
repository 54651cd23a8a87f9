"""Commitments of the leadership: what they pledge for peer support, until when, and what came of it."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Forbidden, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import KEEP, Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.people.person import Person
from kith.programmes import Programme, everywhere, looked_after
from kith.tasks import ask, settled

READ = Permission("commitments.read", "See what the leadership commits to.", granted_to=STAFF | {Role.MENTOR})
PLEDGE = Permission(
    "commitments.pledge", "Commit the leadership to something, and look back on it.", granted_to={Role.ADMIN}
)
KEEP_COMMITMENT = Permission(
    "commitments.keep", "Go on with a commitment that one owns, and say what came of it.", granted_to=STAFF
)
MIND = Permission("commitments.mind", "Ask the owners of commitments in good time, and say which were missed.")
ASKED_BEFORE = timedelta(days=14)
KEEP_TASK = "COMMITMENT_DUE"


class LeadershipDomain(Choice):
    """What a commitment of the leadership is about."""

    SPONSOR = "SPONSOR", "Somebody of the leadership stands for peer support."
    BUDGET = "BUDGET", "Money and rooms."
    POLICY = "POLICY", "What the organisation's rules say."
    STAFFING = "STAFFING", "People, their training and their supervision."
    PEER_VOICE = "PEER_VOICE", "People with lived experience take part in decisions."


class CommitmentStatus(Choice):
    """Where a commitment is."""

    PLEDGED = "PLEDGED", "It is pledged, and nothing has begun."
    IN_PROGRESS = "IN_PROGRESS", "It is under way."
    MET = "MET", "It was kept."
    MISSED = "MISSED", "Its day passed and it was not kept."
    REVIEWED = "REVIEWED", "The leadership looked back on it."


class LeadershipCommitment(Owned):
    """One pledge of the leadership, for one programme or the whole organisation (CAPRSS: governance, climate)."""

    __tablename__ = "leadership_commitments"
    __table_args__ = (
        organisation_index("due_on", "id"),
        organisation_index("programme_id", "due_on", "id"),
        organisation_index("owner_id", "due_on", "id"),
        one_of("domain", list(LeadershipDomain)),
        one_of("status", list(CommitmentStatus)),
        at_most("pledge", 1000),
        at_most("evidence", 4000),
        at_most("evidence_link", 500),
        at_most("review", 4000),
        CheckConstraint("(status IN ('PLEDGED', 'IN_PROGRESS')) = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(status = 'REVIEWED') = (reviewed_at IS NOT NULL)", name="reviewed"),
    )
    READ = READ

    programme_id: Mapped[UUID | None] = within(Programme, nullable=True)
    owner_id: Mapped[UUID] = within(Person)
    domain: Mapped[str]
    pledge: Mapped[str]
    due_on: Mapped[date]
    status: Mapped[str]
    evidence: Mapped[str]
    evidence_link: Mapped[str]
    review: Mapped[str]
    pledged_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Its owner, the coordinators of its programme; those of the whole organisation everybody who may read any."""
        return row_rule(actor, own=[cls.owner_id], programme=cls.programme_id, everybody=cls.programme_id.is_(None))


OPEN = (CommitmentStatus.PLEDGED, CommitmentStatus.IN_PROGRESS)
LIFE = Lifecycle(
    LeadershipCommitment,
    CommitmentStatus,
    begins=[CommitmentStatus.PLEDGED],
    moves=[
        Move("begin_commitment", CommitmentStatus.PLEDGED, to=CommitmentStatus.IN_PROGRESS),
        Move("meet_commitment", *OPEN, to=CommitmentStatus.MET),
        Move("mind_commitments", *OPEN, to=CommitmentStatus.MISSED),
        Move("review_commitment", CommitmentStatus.MET, CommitmentStatus.MISSED, to=CommitmentStatus.REVIEWED),
    ],
)


@operation(needs=PLEDGE)
async def pledge_commitment(
    work: Work,
    *,
    domain: Annotated[LeadershipDomain, "What it is about."],
    pledge: Annotated[str, "What is pledged, in a sentence or two."],
    owner_id: Annotated[Id[Person], "Who sees to it."],
    due_on: Annotated[date, "The last day on which it is kept in time."],
    programme_id: Annotated[Id[Programme] | None, "For which programme; null for the whole organisation."] = None,
) -> LeadershipCommitment:
    """Commit the leadership to something; who owns it is asked two weeks before its day."""
    if programme_id is None:
        everywhere(work)
    else:
        await work.get(Programme, programme_id, looked_after(work))
    commitment = LeadershipCommitment(
        programme_id=programme_id,
        owner_id=(await work.get(Person, owner_id)).id,
        domain=domain,
        pledge=short(pledge, 1000, "pledge"),
        due_on=_ahead(work, due_on),
        status=CommitmentStatus.PLEDGED,
        evidence="",
        evidence_link="",
        review="",
        pledged_at=work.now,
    )
    work.add(commitment)
    work.note("commitment.pledged", commitment, domain=domain)
    return commitment


@operation(needs=PLEDGE)
async def edit_commitment(
    work: Work,
    commitment_id: Annotated[Id[LeadershipCommitment], "Which commitment."],
    *,
    pledge: Annotated[str, "What is pledged, in a sentence or two."] = KEEP,
    owner_id: Annotated[Id[Person], "Who sees to it."] = KEEP,
    due_on: Annotated[date, "The last day on which it is kept in time."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> LeadershipCommitment:
    """Change a commitment that is still open; what is absent stays."""
    commitment = await _changing(work, commitment_id)
    await work.expect(commitment, expected_version)
    LIFE.check(commitment, "meet_commitment")
    commitment.pledge = commitment.pledge if pledge is KEEP else short(pledge, 1000, "pledge")
    commitment.owner_id = commitment.owner_id if owner_id is KEEP else (await work.get(Person, owner_id)).id
    commitment.due_on = commitment.due_on if due_on is KEEP else _ahead(work, due_on)
    if owner_id is not KEEP or due_on is not KEEP:
        await settled(work, KEEP_TASK, commitment)  # it is asked anew, of whom and when it fits now
    work.note("commitment.edited", commitment)
    return commitment


@operation(needs=KEEP_COMMITMENT)
async def begin_commitment(
    work: Work, commitment_id: Annotated[Id[LeadershipCommitment], "Which commitment."]
) -> LeadershipCommitment:
    """Say that a commitment is under way."""
    commitment = await _changing(work, commitment_id)
    LIFE.move(commitment, "begin_commitment")
    work.note("commitment.begun", commitment)
    return commitment


@operation(needs=KEEP_COMMITMENT)
async def meet_commitment(
    work: Work,
    commitment_id: Annotated[Id[LeadershipCommitment], "Which commitment."],
    *,
    evidence: Annotated[str, "What shows that it was kept."],
    evidence_link: Annotated[str, "Where that can be read, as an https address; empty for nowhere."] = "",
) -> LeadershipCommitment:
    """Say that a commitment was kept, and what shows it."""
    commitment = await _changing(work, commitment_id)
    LIFE.move(commitment, "meet_commitment")
    if evidence_link and not evidence_link.startswith("https://"):
        raise Invalid("A link begins with https://.", path=("evidenceLink",))
    commitment.evidence, commitment.evidence_link = (
        short(evidence, 4000, "evidence"),
        long(evidence_link, 500, "evidenceLink"),
    )
    commitment.ended_at = work.now
    await settled(work, KEEP_TASK, commitment)
    work.note("commitment.met", commitment)
    return commitment


@operation(needs=PLEDGE)
async def review_commitment(
    work: Work,
    commitment_id: Annotated[Id[LeadershipCommitment], "Which commitment."],
    *,
    review: Annotated[str, "What the leadership learns from it."],
) -> LeadershipCommitment:
    """Look back on a commitment that was met or missed. Whoever owns it does not do so alone."""
    commitment = await _changing(work, commitment_id)
    if commitment.owner_id == work.actor.person_id:
        raise Forbidden("Somebody else than its owner looks back on a commitment.")
    LIFE.move(commitment, "review_commitment")
    commitment.review, commitment.reviewed_at = short(review, 4000, "review"), work.now
    work.note("commitment.reviewed", commitment)
    return commitment


@operation(needs=MIND)
async def mind_commitments(work: Work) -> None:
    """Once a day: ask owners whose day is near, and say which commitments were missed."""
    today = work.now.date()
    still = LeadershipCommitment.status.in_(OPEN)
    for row in await work.rows(LeadershipCommitment, still, LeadershipCommitment.due_on <= today + ASKED_BEFORE):
        commitment = await work.get(LeadershipCommitment, row.id, lock=True)
        if not LIFE.allows(commitment, "mind_commitments"):
            continue
        if commitment.due_on < today:
            LIFE.move(commitment, "mind_commitments")
            commitment.ended_at = work.now
            await settled(work, KEEP_TASK, commitment)
            work.note("commitment.missed", commitment)
        else:
            left = max(timedelta(days=1), timedelta(days=(commitment.due_on - today).days))
            title = "Keep what the leadership pledged, or say what stands in the way"
            await ask(work, KEEP_TASK, title, commitment, due_in=left, assignee_id=commitment.owner_id)


async def _changing(work: Work, commitment_id: UUID) -> LeadershipCommitment:
    """To read what the whole organisation pledges is not to change it."""
    may = row_rule(work.actor, own=[LeadershipCommitment.owner_id], programme=LeadershipCommitment.programme_id)
    return await work.get(LeadershipCommitment, commitment_id, may, lock=True)


def _ahead(work: Work, due_on: date) -> date:
    if due_on <= work.now.date():
        raise Invalid("A commitment is due on a day to come.", path=("dueOn",))
    return due_on

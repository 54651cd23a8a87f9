"""The agreement of two people: how often and how they meet, what stays between them, and what comes first.

Both sign what both have read: an edit voids the signatures. Where the programme requires it, a match becomes active
once both signed and the two were introduced: they met, or a coordinator waived it.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from kith import tasks
from kith.ground.actor import Actor, row_rule
from kith.ground.errors import Conflict, IllegalState, Invalid
from kith.ground.model import KEEP, Id, at_most, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, STAFF, Permission, Role
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.matching.match import PAIR, WALKING, Match, MatchStatus, OfPair, activate, held_with_mentee
from kith.people.letters import write_letter
from kith.people.mentee import LIFE as MENTEE_LIFE
from kith.people.mentee import Mentee
from kith.people.person import Person
from kith.people.profile import Format

READ = Permission("agreements.read", "See what two people agreed.", granted_to=STAFF | PARTICIPANTS)
WRITE = Permission(
    "agreements.write", "Write or edit an agreement.", granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS}
)
SIGN = Permission("agreements.sign", "Sign an agreement of one's own.", granted_to=PARTICIPANTS)
ON_PAPER = Permission(
    "agreements.record", "Record that an agreement was signed on paper.", granted_to={Role.ADMIN, Role.COORDINATOR}
)
READ_WAIVER = Permission("introductions.read", "See why two people need not have been introduced.", granted_to=STAFF)
WAIVE = Permission(
    "introductions.waive", "Let a match go on without a first meeting.", granted_to={Role.ADMIN, Role.COORDINATOR}
)
TELL = Permission("agreements.tell", "Remind people of an agreement that awaits them.")
AWAITED = "AGREEMENT"  # the kind of task
WITHIN = timedelta(days=14)


class Agreement(OfPair):
    """What two people agreed. `complete_at` is when the last of the two signed it as it is."""

    __tablename__ = "agreements"
    __table_args__ = (
        organisation_index("match_id", unique=True),
        at_most("confidentiality", 4000),
        at_most("boundaries", 4000),
        CheckConstraint("meetings_a_month BETWEEN 1 AND 31", name="meetings_a_month"),
        CheckConstraint("cardinality(formats) > 0", name="formats_some"),
    )
    READ = READ

    match_id: Mapped[UUID] = within(Match, carrying=PAIR)
    meetings_a_month: Mapped[int]
    formats: Mapped[list[str]]
    confidentiality: Mapped[str]  # what stays between the two, and what cannot
    boundaries: Mapped[str]
    crisis_plan_known: Mapped[bool]
    planned_end_on: Mapped[date | None]
    written_at: Mapped[datetime]
    edited_at: Mapped[datetime]
    complete_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class Signature(OfPair):
    """One signature below an agreement; void once it was edited. `recorded_by_id` where staff recorded paper."""

    __tablename__ = "agreement_signatures"
    __table_args__ = (
        organisation_index("agreement_id", "signed_at", "id"),
        organisation_index(
            "agreement_id", "person_id", unique=True, where="voided_at IS NULL", name="uq_agreement_signatures_standing"
        ),
    )
    READ = READ

    agreement_id: Mapped[UUID] = within(Agreement, carrying=PAIR)
    person_id: Mapped[UUID] = within(Person)
    recorded_by_id: Mapped[UUID | None] = within(Person, nullable=True)
    on_paper: Mapped[bool]
    signed_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]


class Waiver(OfPair):
    """Why two people need not have been introduced: for staff."""

    __tablename__ = "introduction_waivers"
    __table_args__ = (
        organisation_index("match_id", unique=True),
        organisation_index("programme_id"),
        organisation_index("mentor_person_id"),
        at_most("because", 1000),
    )
    READ = READ_WAIVER

    match_id: Mapped[UUID] = within(Match, carrying=PAIR)
    by_person_id: Mapped[UUID | None] = within(Person, nullable=True)
    because: Mapped[str]
    waived_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who supervises the mentor, the coordinators of the programme."""
        return row_rule(
            actor,
            supervised=[cls.mentor_person_id],
            programme=cls.programme_id,
            apart=[cls.mentor_person_id, cls.mentee_person_id],
        )


@operation(needs=WRITE)
async def write_agreement(
    work: Work,
    match_id: Annotated[Id[Match], "Of which match."],
    *,
    meetings_a_month: Annotated[int, "How often they meet, 1 to 31 times a month."],
    formats: Annotated[Sequence[Format], "How they meet."],
    confidentiality: Annotated[str, "What stays between the two, and when it cannot: in case of danger to somebody."],
    boundaries: Annotated[str, "What they do not do: money and gifts, other times of day, other ways to be reached."],
    crisis_plan_known: Annotated[bool, "Whether both know what to do in a crisis."],
    planned_end_on: Annotated[date | None, "Until when they mean to walk together."] = None,
) -> Agreement:
    """Write down what two people agree, once; both sign it."""
    match = await _walking(work, match_id)
    if await work.exists(Agreement, Agreement.match_id == match.id):
        raise Conflict("These two have an agreement already: edit it.", path=("matchId",))
    agreement = Agreement.under(
        match,
        written_at=work.now,
        edited_at=work.now,
        **_terms(work, meetings_a_month, formats, confidentiality, boundaries, planned_end_on),
        crisis_plan_known=crisis_plan_known,
    )
    work.add(agreement)
    work.note("agreement.written", agreement)
    return agreement


@operation(needs=WRITE)
async def edit_agreement(
    work: Work,
    agreement_id: Annotated[Id[Agreement], "Which agreement."],
    *,
    meetings_a_month: Annotated[int, "How often they meet, 1 to 31 times a month."] = KEEP,
    formats: Annotated[Sequence[Format], "How they meet."] = KEEP,
    confidentiality: Annotated[str, "What stays between the two, and when it cannot."] = KEEP,
    boundaries: Annotated[str, "What they do not do."] = KEEP,
    crisis_plan_known: Annotated[bool, "Whether both know what to do in a crisis."] = KEEP,
    planned_end_on: Annotated[date | None, "Until when they mean to walk together."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> Agreement:
    """Change an agreement; what is absent stays. Both sign it anew, and what they signed before is void."""
    match, agreement = await _held(work, agreement_id)
    await work.expect(agreement, expected_version)
    terms = _terms(
        work,
        agreement.meetings_a_month if meetings_a_month is KEEP else meetings_a_month,
        [Format(each) for each in agreement.formats] if formats is KEEP else formats,
        agreement.confidentiality if confidentiality is KEEP else confidentiality,
        agreement.boundaries if boundaries is KEEP else boundaries,
        None if planned_end_on is KEEP else planned_end_on,
    )
    if planned_end_on is KEEP:
        del terms["planned_end_on"]
    if crisis_plan_known is not KEEP:
        terms["crisis_plan_known"] = crisis_plan_known
    for name, value in terms.items():
        setattr(agreement, name, value)
    agreement.edited_at, agreement.complete_at = work.now, None
    void = await work.revise(
        Signature, Signature.agreement_id == agreement.id, Signature.voided_at.is_(None), voided_at=work.now
    )
    work.note("agreement.edited", agreement, voided=len(void), match_id=match.id)
    return agreement


@operation(needs=SIGN)
async def sign_agreement(
    work: Work,
    agreement_id: Annotated[Id[Agreement], "Which agreement."],
    *,
    expected_version: Annotated[int, "The version you read, and sign; refused when it was edited since."],
) -> Agreement:
    """Sign an agreement of one's own as one has read it."""
    match, agreement = await _held(work, agreement_id)
    await work.expect(agreement, expected_version)
    person_id = work.actor.person_id
    if person_id is None or person_id not in (match.mentor_person_id, match.mentee_person_id):
        raise IllegalState("Only the two people of a match sign their agreement.")
    if await work.exists(Signature, *_standing(agreement), Signature.person_id == person_id):
        raise Conflict("You signed this already.")
    _sign(work, agreement, person_id, on_paper=False)
    await _complete(work, match, agreement, "matching.agreement.sign_agreement")
    return agreement


@operation(needs=ON_PAPER)
async def record_agreement_on_paper(
    work: Work,
    agreement_id: Annotated[Id[Agreement], "Which agreement."],
    *,
    person_ids: Annotated[Sequence[Id[Person]], "Whose signatures are on the paper."],
    expected_version: Annotated[int, "The version that was printed; refused when it was edited since."],
) -> Agreement:
    """Record that somebody signed an agreement on paper, which the organisation keeps."""
    match, agreement = await _held(work, agreement_id)
    await work.expect(agreement, expected_version)
    if not person_ids or not set(person_ids) <= {match.mentor_person_id, match.mentee_person_id}:
        raise Invalid("Name one or both of the two people.", path=("personIds",))
    if await work.exists(Signature, *_standing(agreement), Signature.person_id.in_(person_ids)):
        raise Conflict("One of them signed this already.", path=("personIds",))
    for person_id in sorted(set(person_ids)):
        _sign(work, agreement, person_id, on_paper=True)
    await _complete(work, match, agreement, "matching.agreement.record_agreement_on_paper")
    return agreement


@operation(needs=WAIVE)
async def waive_introduction(
    work: Work,
    match_id: Annotated[Id[Match], "Of which match."],
    *,
    because: Annotated[str, "Why the two need not meet before; only staff read it."],
) -> Match:
    """Let a match go on without a first meeting, such as where the two know each other."""
    match = await held_with_mentee(work, match_id)
    if match.introduced_at is not None or match.status != MatchStatus.PENDING_AGREEMENT:
        raise IllegalState("These two need no introduction any more.")
    waiver = Waiver.under(match, because=short(because, 1000, "because"), waived_at=work.now)
    waiver.by_person_id = work.actor.person_id
    work.add(waiver)
    work.note("introduction.waived", match)
    await introduced(work, match, work.now, "matching.agreement.waive_introduction")
    return match


async def introduced(work: Work, match: Match, at: datetime, verb: str) -> None:
    """The two of a match that the caller has locked, after its mentee, were introduced then, or need not be."""
    match.introduced_at = match.introduced_at or at
    await _activate_once_agreed(work, match, verb)


@operation(needs=TELL)
async def await_agreement(work: Work, match_id: Id[Match]) -> None:
    """Have a coordinator see to it that two people agree and meet, where their programme requires it."""
    match = await work.get(Match, match_id)
    if match.status == MatchStatus.PENDING_AGREEMENT:
        title = "Help two people to agree how they walk together, and introduce them."
        await tasks.ask(work, AWAITED, title, match, due_in=WITHIN, source="match.began")


@operation(needs=TELL)
async def tell_of_agreement(work: Work, agreement_id: Id[Agreement]) -> None:
    """Write to whoever has not signed that something awaits them."""
    agreement = await work.get(Agreement, agreement_id)
    signed = {s.person_id for s in await work.all(Signature, *_standing(agreement))}
    for person_id in sorted({agreement.mentor_person_id, agreement.mentee_person_id} - signed):
        await write_letter(work, "agreement.awaits", await work.get(Person, person_id), about=agreement)


async def _walking(work: Work, match_id: UUID) -> Match:
    match = await held_with_mentee(work, match_id)
    if match.status not in WALKING:
        raise IllegalState(f"This match is {match.status}: there is nothing to agree any more.")
    if match.on_hold:
        raise IllegalState("This match was stopped for safety: nothing is agreed meanwhile.")
    return match


async def _held(work: Work, agreement_id: UUID) -> tuple[Match, Agreement]:
    """An agreement with its match, locked, the match first."""
    seen = await work.get(Agreement, agreement_id)
    match = await _walking(work, seen.match_id)
    return match, await work.get(Agreement, agreement_id, lock=True)


def _terms(
    work: Work,
    meetings_a_month: int,
    formats: Sequence[Format],
    confidentiality: str,
    boundaries: str,
    planned_end_on: date | None,
) -> dict[str, Any]:
    if not 1 <= meetings_a_month <= 31:
        raise Invalid("Two people meet 1 to 31 times a month.", path=("meetingsAMonth",))
    if not formats:
        raise Invalid("Say how the two meet.", path=("formats",))
    if planned_end_on is not None and planned_end_on < work.now.date():
        raise Invalid("The planned end is a day to come.", path=("plannedEndOn",))
    return {
        "meetings_a_month": meetings_a_month,
        "formats": sorted(set(formats)),
        "confidentiality": short(confidentiality, 4000, "confidentiality"),
        "boundaries": long(boundaries, 4000, "boundaries"),
        "planned_end_on": planned_end_on,
    }


def _standing(agreement: Agreement) -> tuple[ColumnElement[bool], ...]:
    return Signature.agreement_id == agreement.id, Signature.voided_at.is_(None)


def _sign(work: Work, agreement: Agreement, person_id: UUID, *, on_paper: bool) -> None:
    signature = Signature.under(agreement, on_paper=on_paper, signed_at=work.now)
    signature.person_id = person_id
    signature.recorded_by_id = work.actor.person_id if on_paper else None
    work.add(signature)
    work.note("agreement.signed", agreement, person_id=person_id, on_paper=on_paper)


async def _complete(work: Work, match: Match, agreement: Agreement, verb: str) -> None:
    await work.settle()
    if await work.count(Signature, *_standing(agreement)) == 2:
        agreement.complete_at = work.now
        await work.settle()
        await _activate_once_agreed(work, match, verb)


async def _activate_once_agreed(work: Work, match: Match, verb: str) -> None:
    """Both signed and the two were introduced: the match is active. Whichever comes last does it."""
    await work.settle()
    agreed = await work.exists(Agreement, Agreement.match_id == match.id, Agreement.complete_at.is_not(None))
    if agreed and match.introduced_at is not None and match.status == MatchStatus.PENDING_AGREEMENT:
        activate(work, match, verb)
        (mentee,) = await work.rows(Mentee, Mentee.id == match.mentee_id)
        if MENTEE_LIFE.allows(mentee, verb):  # not who withdrew meanwhile
            MENTEE_LIFE.move(mentee, verb)
            work.note("mentee.active", mentee, match_id=match.id)
        await tasks.settled(work, AWAITED, match)
        work.note("match.activated", match)

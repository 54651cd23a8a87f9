"""Monitoring contacts: somebody of the staff speaks to each of the two separately, and asks how it goes.

Twice in the first month and monthly after that, unless the programme says otherwise (`kith.matching.policy`). One is
planned ahead for each side, from when a match begins until it closes. What was said is for staff alone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped

from kith import tasks
from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, Invalid
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission
from kith.ground.texts import long
from kith.ground.work import Work
from kith.matching.health import Level, Signal, SignalCode, Signals, signals
from kith.matching.match import PAIR, Match, MatchStatus, OfPair
from kith.matching.pausing import supervisor_of
from kith.matching.policy import RelationshipPolicy, policies, policy_of
from kith.people.person import Person
from kith.people.profile import Format

READ = Permission("monitoring.read", "See what staff asked the two people of a match, and heard.", granted_to=STAFF)
RECORD = Permission("monitoring.record", "Record that one spoke to somebody of a match.", granted_to=STAFF)
PLAN = Permission("monitoring.plan", "Plan when staff speak to people, and see what was missed.")
MISSED, CONCERN = "MONITORING_MISSED", "MONITORING_CONCERN"  # the kinds of task
FIRST_MONTH = timedelta(days=28)


class Side(Choice):
    """Which of the two."""

    MENTOR = "MENTOR", "The mentor."
    MENTEE = "MENTEE", "The mentee."


class ContactStatus(Choice):
    """Where a monitoring contact is."""

    DUE = "DUE", "It is to come, or to be made now."
    DONE = "DONE", "Somebody spoke to them."
    MISSED = "MISSED", "Nobody did in time; it can still be made up for."
    NOT_NEEDED = "NOT_NEEDED", "The match closed before."


class MonitoringContact(OfPair):
    """Once that staff speak to one of the two of a match about how it goes: neither of the two reads it."""

    __tablename__ = "monitoring_contacts"
    __table_args__ = (
        organisation_index("due_at", "id"),
        organisation_index("programme_id", "due_at", "id"),
        organisation_index("mentor_person_id", "due_at", "id"),
        organisation_index("match_id", "due_at", "id"),
        organisation_index("match_id", "side", unique=True, where="status = 'DUE'", name="uq_monitoring_contacts_due"),
        organisation_index("match_id", "side", "number", unique=True),
        one_of("side", list(Side)),
        one_of("status", list(ContactStatus)),
        one_of("format", list(Format)),
        at_most("note", 4000),
        CheckConstraint("quality BETWEEN 1 AND 5", name="quality"),
        CheckConstraint("(status = 'DONE') = (done_at IS NOT NULL)", name="done"),
    )
    READ = READ
    SENSITIVE = True

    match_id: Mapped[UUID] = within(Match, carrying=PAIR)
    side: Mapped[str]
    person_id: Mapped[UUID] = within(Person)
    number: Mapped[int]  # the first is 1
    due_at: Mapped[datetime]
    status: Mapped[str]
    done_at: Mapped[datetime | None]
    by_person_id: Mapped[UUID | None] = within(Person, nullable=True)
    format: Mapped[str | None]
    quality: Mapped[int | None]
    concern: Mapped[bool | None]
    note: Mapped[str]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who supervises the mentor, the coordinators of the programme."""
        return row_rule(
            actor,
            supervised=[cls.mentor_person_id],
            programme=cls.programme_id,
            apart=[cls.mentor_person_id, cls.mentee_person_id],
        )


LIFE = Lifecycle(
    MonitoringContact,
    ContactStatus,
    begins=[ContactStatus.DUE],
    moves=[
        Move("record_monitoring_contact", ContactStatus.DUE, ContactStatus.MISSED, to=ContactStatus.DONE),
        Move("come_round", ContactStatus.DUE, to=ContactStatus.MISSED),
        Move("plan_contacts", ContactStatus.DUE, to=ContactStatus.NOT_NEEDED),
    ],
)


@operation(needs=RECORD)
async def record_monitoring_contact(
    work: Work,
    contact_id: Annotated[Id[MonitoringContact], "Which contact."],
    *,
    format: Annotated[Format, "How one spoke to them."],
    quality: Annotated[int, "How good the relationship is to them: 1 not at all to 5 very good."],
    concern: Annotated[bool, "Whether something should be looked into; a coordinator gets a task."] = False,
    note: Annotated[str, "What staff should know; neither of the two reads it."] = "",
) -> MonitoringContact:
    """Record that one spoke to one of the two; the next contact with them is planned."""
    seen = await work.get(MonitoringContact, contact_id)
    match = await _locked(work, seen.match_id)
    contact = await work.get(MonitoringContact, contact_id, lock=True)
    LIFE.check(contact, "record_monitoring_contact")
    if work.actor.person_id in (match.mentor_person_id, match.mentee_person_id):
        raise Conflict("Somebody else does this: you are one of the two.", path=("contactId",))
    if not 1 <= quality <= 5:
        raise Invalid("The quality is 1 to 5.", path=("quality",))
    LIFE.move(contact, "record_monitoring_contact")
    contact.done_at, contact.by_person_id = work.now, work.actor.person_id
    contact.format, contact.quality, contact.concern = format, quality, concern
    contact.note = long(note, 4000, "note")
    await tasks.settled(work, MISSED, contact)
    if concern:
        title = "Somebody raised a concern about a match: read the note of the contact, and see to it."
        due = timedelta(days=1)
        await tasks.ask(work, CONCERN, title, contact, due_in=due, source="monitoring.done")
    work.note("monitoring.done", contact, side=contact.side)
    await _plan(work, [match], {match.programme_id: await policy_of(work, match.programme_id)})
    return contact


@operation(needs=PLAN)
async def plan_contacts(work: Work, match_id: Id[Match]) -> None:
    """Plan the next contact with each of the two, or none any more where the match is closed."""
    match = await work.get(Match, match_id, lock=True)
    if match.status != MatchStatus.CLOSED:
        await _plan(work, [match], await policies(work))
        return
    left = await LIFE.move_all(work, "plan_contacts", MonitoringContact.match_id == match.id)
    for contact in await work.all(MonitoringContact, MonitoringContact.match_id == match.id):
        await tasks.settled(work, MISSED, contact)
    if left:
        work.note("monitoring.not_needed", match, contacts=len(left))


@operation(needs=PLAN)
async def come_round(work: Work) -> None:
    """Once a day: what was not made in time is missed, with a task; what is not planned is planned."""
    stated = await policies(work)
    open_matches = await work.all(Match, Match.status != MatchStatus.CLOSED)
    by_id = {match.id: match for match in open_matches}
    for contact in await work.all(MonitoringContact, MonitoringContact.status == ContactStatus.DUE):
        match = by_id.get(contact.match_id)
        if match is None:
            continue
        policy = stated.get(contact.programme_id) or await policy_of(work, contact.programme_id)
        if contact.due_at + timedelta(days=policy.contact_grace_days) > work.now:
            continue
        locked = await work.get(MonitoringContact, contact.id, lock=True)
        if LIFE.allows(locked, "come_round"):
            LIFE.move(locked, "come_round")
            title = "A contact with somebody of a match was missed: ask them how it goes."
            supervisor_id = await supervisor_of(work, match)
            await tasks.ask(
                work,
                MISSED,
                title,
                locked,
                due_in=timedelta(days=2),
                assignee_id=supervisor_id,
                source="monitoring.missed",
            )
            work.note("monitoring.missed", locked, side=locked.side)
    await _plan(work, open_matches, stated)


async def _plan(work: Work, matches: Sequence[Match], stated: dict[UUID, RelationshipPolicy]) -> None:
    """One contact ahead with each of the two of each match."""
    await work.settle()
    known: dict[tuple[UUID, str], list[MonitoringContact]] = {}
    of_these = MonitoringContact.match_id.in_([match.id for match in matches])
    for contact in await work.rows(MonitoringContact, of_these):
        known.setdefault((contact.match_id, contact.side), []).append(contact)
    for match in matches:
        policy = stated.get(match.programme_id) or await policy_of(work, match.programme_id)
        for side, person_id in ((Side.MENTOR, match.mentor_person_id), (Side.MENTEE, match.mentee_person_id)):
            before = sorted(known.get((match.id, side), []), key=lambda contact: contact.number)
            if any(contact.status == ContactStatus.DUE for contact in before):
                continue
            contact = MonitoringContact.under(
                match,
                side=side,
                person_id=person_id,
                number=len(before) + 1,
                due_at=_next(match, policy, before, work.now),
                status=ContactStatus.DUE,
                note="",
            )
            work.add(contact)


def _next(match: Match, policy: RelationshipPolicy, before: Sequence[MonitoringContact], now: datetime) -> datetime:
    """When the next contact is due: spread over the first four weeks, then so many days after the one before.

    A match that is older than its first contact begins today, not in the past.
    """
    if len(before) < policy.first_month_contacts:
        due = match.began_at + FIRST_MONTH * (len(before) + 1) / policy.first_month_contacts
    else:
        due = (before[-1].due_at if before else match.began_at) + timedelta(days=policy.contact_days)
    return due if due > now else now + timedelta(days=1 if not before else policy.contact_days)


async def _locked(work: Work, match_id: UUID) -> Match:
    """The match, whoever asks, locked before its contacts."""
    await work.hold(Match, match_id)
    (match,) = await work.rows(Match, Match.id == match_id)
    return match


@signals
async def _missed(work: Work, matches: Sequence[Match], expected: dict[UUID, RelationshipPolicy]) -> Signals:
    """Contacts of staff that were missed and not made up for, and what the last one raised."""
    found: dict[UUID, list[Signal]] = {}
    missed: dict[UUID, int] = {}
    last: dict[tuple[UUID, str], MonitoringContact] = {}
    contacts = MonitoringContact.match_id.in_([match.id for match in matches])
    for contact in await work.rows(MonitoringContact, contacts):
        if contact.status == ContactStatus.MISSED:
            missed[contact.match_id] = missed.get(contact.match_id, 0) + 1
        if contact.done_at is not None:
            key = (contact.match_id, contact.side)
            last[key] = max(contact, last.get(key, contact), key=lambda each: each.number)
    for match in matches:
        count = missed.get(match.id, 0)
        if count:
            level = Level.RED if count >= expected[match.programme_id].missed_contacts else Level.AMBER
            said = f"Contacts of staff with the two that were missed: {count}."
            found.setdefault(match.id, []).append(Signal(level, SignalCode.CONTACTS_MISSED, said))
        if any(contact.concern for side in Side for contact in [last.get((match.id, side))] if contact is not None):
            said = "One of the two raised a concern when staff spoke to them last."
            found.setdefault(match.id, []).append(Signal(Level.AMBER, SignalCode.CONCERN_RAISED, said))
    return found

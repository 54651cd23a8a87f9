"""What was talked about in a supervision session, and the two signatures under it.

A record asks how true support stays to the values of peer support (NAPS National Practice Guidelines, 2019), not for
clinical case review. Until the supervisor signs it can be written anew; then nobody edits it. Of a group the one record
is kept for each mentor, names no mentee and rates nobody (domain, section 7).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped
from sqlalchemy.orm.attributes import flag_modified

from kith.ground.choice import Choice
from kith.ground.errors import IllegalState, Invalid
from kith.ground.model import Id, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import Permission, Role
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.matching.match import Match
from kith.people.mentee import Mentee
from kith.supervision.session import (
    LIFE,
    SIGN,
    TWO,
    BetweenTwo,
    SessionKind,
    SessionStatus,
    SupervisionSession,
    in_charge,
    together,
)
from kith.tasks import ask, settled

READ = Permission(  # an administrator holds what they give: the row rule shows them nothing but what is their own
    "supervision_records.read",
    "Read what was talked about in one's own supervision sessions.",
    granted_to={Role.ADMIN, Role.SUPERVISOR, Role.MENTOR},
)
WRITE = Permission(
    "supervision_records.write",
    "Write and sign the record of a supervision session of one's own caseload.",
    granted_to={Role.ADMIN, Role.SUPERVISOR},
)
ACKNOWLEDGE = Permission(
    "supervision_records.acknowledge",
    "Acknowledge the record of one's own supervision.",
    granted_to={Role.MENTOR},
)
READ_AND_SIGN = "SUPERVISION_ACKNOWLEDGE"  # the kind of task
_TEXTS = ("reflection", "self_care", "support_needs", "notes")


class NapsValue(Choice):
    """The twelve core values of peer support (NAPS National Practice Guidelines)."""

    VOLUNTARY = "VOLUNTARY", "Support is a choice."
    HOPEFUL = "HOPEFUL", "Peer supporters are hopeful."
    OPEN_MINDED = "OPEN_MINDED", "Peer supporters are open-minded."
    EMPATHETIC = "EMPATHETIC", "Peer supporters are empathetic."
    RESPECTFUL = "RESPECTFUL", "Peer supporters are respectful."
    FACILITATE_CHANGE = "FACILITATE_CHANGE", "Peer supporters facilitate change."
    HONEST_AND_DIRECT = "HONEST_AND_DIRECT", "Peer supporters are honest and direct."
    MUTUAL_AND_RECIPROCAL = "MUTUAL_AND_RECIPROCAL", "Support is mutual and reciprocal."
    EQUALLY_SHARED_POWER = "EQUALLY_SHARED_POWER", "Power is equally shared."
    STRENGTHS_FOCUSED = "STRENGTHS_FOCUSED", "Support is strengths-focused."
    TRANSPARENT = "TRANSPARENT", "Support is transparent."
    PERSON_DRIVEN = "PERSON_DRIVEN", "Support is person-driven."


class SupervisionRecord(BetweenTwo):
    """What a supervisor wrote of a session, with what the mentor said to it."""

    __tablename__ = "supervision_records"
    __table_args__ = (
        organisation_index("session_id", unique=True),
        organisation_index("person_id"),
        CheckConstraint("ethics BETWEEN 1 AND 5", name="ethics"),
        CheckConstraint("delivery BETWEEN 1 AND 5", name="delivery"),
        one_of("value", list(NapsValue)),
        *(at_most(name, 8000) for name in _TEXTS),
        at_most("comment", 4000),
    )
    READ = READ
    SENSITIVE = True

    session_id: Mapped[UUID] = within(SupervisionSession, carrying=TWO)
    ethics: Mapped[int | None]
    delivery: Mapped[int | None]
    value: Mapped[str]
    reflection: Mapped[str]
    self_care: Mapped[str]
    support_needs: Mapped[str]
    notes: Mapped[str]
    comment: Mapped[str]


class CaseloadReview(BetweenTwo):
    """How one mentee's support goes, as the mentor and the supervisor talked about it."""

    __tablename__ = "caseload_reviews"
    __table_args__ = (
        organisation_index("session_id", "match_id", unique=True),
        organisation_index("person_id"),
        at_most("text", 4000),
    )
    READ = READ
    SENSITIVE = True

    session_id: Mapped[UUID] = within(SupervisionSession, carrying=TWO)
    match_id: Mapped[UUID] = within(Match)
    text: Mapped[str]


@dataclass(frozen=True, slots=True)
class Review:
    """How one mentee's support goes."""

    match_id: Annotated[Id[Match], "Of which match of the mentor."]
    text: Annotated[str, "What was said about it."]


@dataclass(frozen=True, slots=True)
class Rating:
    """How the mentor does, 1 to 5; not in a group."""

    ethics: Annotated[int, "Ethics and boundaries: 1 needs much work, 5 excellent."]
    delivery: Annotated[int, "How support is given: 1 needs much work, 5 excellent."]


@operation(needs=WRITE)
async def record_supervision(
    work: Work,
    session_id: Annotated[Id[SupervisionSession], "Of which session; of a group, for all who were there."],
    *,
    value: Annotated[NapsValue, "Which value of peer support you looked at together."],
    reflection: Annotated[str, "How true to that value the support is."],
    rating: Annotated[Rating | None, "How the mentor does; null in a group, which rates nobody."] = None,
    self_care: Annotated[str, "How they look after themselves."] = "",
    support_needs: Annotated[str, "What they need from the organisation."] = "",
    notes: Annotated[str, "What else was talked about."] = "",
    reviews: Annotated[Sequence[Review], "How each mentee's support goes; never in a group."] = (),
    expected_version: Annotated[
        int | None, "The version of the session you read; refused when somebody was faster."
    ] = None,
) -> SupervisionSession:
    """Write the record of a session that was held. Written again, it takes the place of what was there, until you sign.

    What is written of a group names no mentee.
    """
    sessions = await _of_own_caseload(work, session_id)
    first = sessions[0]
    await work.expect(first, expected_version)
    if first.status != SessionStatus.HELD:
        raise IllegalState(
            f"A record is written of a session that was HELD and is not signed; this one is {first.status}."
        )
    given = {"reflection": reflection, "self_care": self_care, "support_needs": support_needs, "notes": notes}
    texts = {name: long(text, 8000, _camel(name)) for name, text in given.items()}
    sessions = [each for each in sessions if each.status == SessionStatus.HELD]
    if first.kind == SessionKind.GROUP:
        await _nobody_named(work, sessions, texts, rating, reviews)
    for session in sessions:
        record = await _record(work, session) or work.add(SupervisionRecord.under(session, comment=""))
        record.ethics, record.delivery = _rated(rating)
        record.value = value
        for name, text in texts.items():
            setattr(record, name, text)
        await _review(work, session, reviews)
        flag_modified(session, "starts_at")  # the version of a session stands for its record too
        work.note("supervision.recorded", session)
    return first


@operation(needs=WRITE)
async def sign_supervision(
    work: Work, session_id: Annotated[Id[SupervisionSession], "Which session; of a group, all of it."]
) -> SupervisionSession:
    """Sign the record as the supervisor: from now on nobody edits it, and the mentor is asked to acknowledge it."""
    sessions = await _of_own_caseload(work, session_id)
    LIFE.check(sessions[0], "supervision.record.sign_supervision")
    for session in sessions:
        if not LIFE.allows(session, "supervision.record.sign_supervision"):
            continue
        if await _record(work, session) is None:
            raise IllegalState("Write the record before you sign it.")
        LIFE.move(session, "supervision.record.sign_supervision")
        session.signed_by_id, session.signed_at = work.actor.person_id, work.now
        work.note("supervision.signed", session)
        await settled(work, SIGN, session)
        title = "Read the record of your supervision session, and acknowledge it"
        await ask(work, READ_AND_SIGN, title, session, due_in=timedelta(days=7), assignee_id=session.person_id)
    return sessions[0]


@operation(needs=ACKNOWLEDGE)
async def acknowledge_supervision(
    work: Work,
    session_id: Annotated[Id[SupervisionSession], "Which of your sessions."],
    *,
    comment: Annotated[str, "What you have to say to it; the supervisor reads it."] = "",
) -> SupervisionSession:
    """Acknowledge the record of your own session, which the supervisor has signed."""
    mine = SupervisionSession.person_id == work.actor.person_id
    session = await work.get(SupervisionSession, session_id, mine, lock=True)
    record = await _record(work, session)
    LIFE.move(session, "supervision.record.acknowledge_supervision")
    session.acknowledged_at = work.now
    assert record is not None
    record.comment = long(comment, 4000, "comment")
    work.note("supervision.acknowledged", session)
    await settled(work, READ_AND_SIGN, session)
    return session


async def _of_own_caseload(work: Work, session_id: UUID) -> list[SupervisionSession]:
    charge = in_charge(work.actor, SupervisionSession.person_id, SupervisionSession.supervisor_person_id)
    return await together(work, session_id, charge)


async def _record(work: Work, session: SupervisionSession) -> SupervisionRecord | None:
    await work.settle()
    found = await work.rows(SupervisionRecord, SupervisionRecord.session_id == session.id)
    return found[0] if found else None


async def _review(work: Work, session: SupervisionSession, reviews: Sequence[Review]) -> None:
    """These reviews stand in the place of those that were there."""
    if len({review.match_id for review in reviews}) != len(reviews) or len(reviews) > 20:
        raise Invalid("Review each mentee once, at most twenty.", path=("reviews",))
    for former in await work.rows(CaseloadReview, CaseloadReview.session_id == session.id):
        await work.remove(former)
    await work.settle()
    for number, review in enumerate(reviews):
        path = ("reviews", str(number))
        theirs = (Match.id == review.match_id, Match.mentor_id == session.mentor_id)
        if not await work.exists(Match, *theirs):
            raise Invalid("This is no match of the mentor.", path=(*path, "matchId"))
        row = CaseloadReview.under(session, text=short(review.text, 4000, *path, "text"))
        row.match_id = review.match_id
        work.add(row)


def _rated(rating: Rating | None) -> tuple[int | None, int | None]:
    if rating is None:
        return None, None
    for name, value in (("ethics", rating.ethics), ("delivery", rating.delivery)):
        if not 1 <= value <= 5:
            raise Invalid("A rating is 1 to 5.", path=("rating", name))
    return rating.ethics, rating.delivery


async def _nobody_named(
    work: Work,
    sessions: Sequence[SupervisionSession],
    texts: dict[str, str],
    rating: Rating | None,
    reviews: Sequence[Review],
) -> None:
    """What is written of a group rates nobody, reviews nobody, and has no name of a mentee in it. Raises Invalid."""
    if rating is not None:
        raise Invalid("The record of a group is de-identified: it rates nobody.", path=("rating",))
    if reviews:
        raise Invalid("The record of a group is de-identified: it reviews no mentee.", path=("reviews",))
    matches = await work.rows(Match, Match.mentor_id.in_([session.mentor_id for session in sessions]))
    mentees = await work.rows(Mentee, Mentee.id.in_({match.mentee_id for match in matches}))
    names = {word for mentee in mentees for word in _words(mentee.name)}
    for field, text in texts.items():
        if names & set(_words(text)):
            sentence = "The record of a group is de-identified: a word of this is the name of a mentee."
            raise Invalid(sentence, path=(_camel(field),))


def _words(text: str) -> Iterator[str]:
    """The words of three letters or more, by which somebody may be known."""
    return (word for word in re.findall(r"\w+", text.casefold()) if len(word) > 2)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.title() for word in others)

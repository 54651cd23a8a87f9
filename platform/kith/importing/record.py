"""Records: what one row of an import says, and how it is carried out by what staff do by hand."""

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement

from kith.ground.choice import Choice
from kith.ground.errors import Conflict, Invalid, NotFound
from kith.ground.model import Owned
from kith.ground.permissions import Permission
from kith.ground.work import Work
from kith.importing import table
from kith.importing.table import Cell
from kith.matching.closure import CLOSE
from kith.matching.match import ClosingReason, Match, MatchStatus
from kith.mentors.credential import ADD, Credential, NewCredential, add_credential
from kith.people.mentee import REGISTER as REGISTER_MENTEES
from kith.people.mentee import Mentee, register_mentee
from kith.people.mentor import REGISTER as REGISTER_MENTORS
from kith.people.mentor import Help, Mentor, register_mentor
from kith.people.person import Contact, NewPerson, Person, welcome
from kith.people.profile import Domain, Format, Gender, LifeStage, Pathway, Profile
from kith.programmes import CredentialKind

Values: TypeAlias = Mapping[str, Any]


class ImportKind(Choice):
    """What an import brings."""

    PEOPLE = "PEOPLE", "People, as mentors, as mentees or neither."
    CREDENTIALS = "CREDENTIALS", "Credentials of mentors who are there already; somebody still verifies each."
    PAST_MATCHES = "PAST_MATCHES", "Matches that ended, of mentors and mentees who are there already."


class ImportRole(Choice):
    """As what an imported person is registered in the programme."""

    MENTOR = "MENTOR", "As a mentor."
    MENTEE = "MENTEE", "As a mentee who waits for a match."
    NONE = "NONE", "As neither."


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a row: the new row and whom it is about."""

    row: Owned
    person_id: UUID


class There(Exception):
    """What the row says is there already: it is skipped."""

    def __init__(self, sentence: str, column: str, person_id: UUID) -> None:
        super().__init__(sentence)
        self.sentence, self.column, self.person_id = sentence, column, person_id


async def _person(work: Work, programme_id: UUID, said: Values) -> Made:
    """A person, unless somebody has this e-mail address already."""
    if email := said.get("email"):
        for known in await _with_email(work, email):
            raise There("Somebody in the organisation has this e-mail address already.", "email", known)
    new = _filled(NewPerson, said)
    match said.get("role", ImportRole.NONE):
        case ImportRole.MENTOR:
            _none_of(said, ("needs", "goals", "urgent"), "mentor")
            mentor = await register_mentor(
                work,
                programme_id=programme_id,
                person=new,
                profile=_profile(said),
                offer=_filled(Help, {"helps_with": ()} | dict(said)),
                trained_on=said.get("trained_on"),
            )
            return Made(mentor, mentor.person_id)
        case ImportRole.MENTEE:
            _none_of(said, [*_OFFER, "trained_on"], "mentee")
            mentee = await register_mentee(
                work,
                programme_id=programme_id,
                person=new,
                profile=_profile(said),
                needs=said.get("needs", ()),
                goals=said.get("goals", ()),
                urgent=said.get("urgent", False),
            )
            return Made(mentee, mentee.person_id)
    _none_of(said, [*_PROFILE, *_OFFER, "trained_on", "needs", "goals", "urgent"], "person who is neither")
    person = welcome(work, new, programme_id)
    return Made(person, person.id)


async def _credential(work: Work, programme_id: UUID, said: Values) -> Made:
    """A credential of a mentor, unless they have the same one already."""
    mentor = await _one_with_email(work, Mentor, programme_id, said["email"], "email")
    new = _filled(NewCredential, said)
    same = (Credential.kind == said["kind"], Credential.issued_on == new.issued_on, Credential.issuer == new.issuer)
    if await work.exists(Credential, Credential.mentor_id == mentor.id, *same):
        raise There("They have this credential already.", "kind", mentor.person_id)
    return Made(await add_credential(work, mentor.id, kind=said["kind"], credential=new), mentor.person_id)


async def _past_match(work: Work, programme_id: UUID, said: Values) -> Made:
    """A match that ended, as closed: nothing follows from it, except that a run does not propose the two again."""
    mentor = await _one_with_email(work, Mentor, programme_id, said["mentor_email"], "mentor_email")
    mentee = await _one_with_email(work, Mentee, programme_id, said["mentee_email"], "mentee_email")
    if mentor.person_id == mentee.person_id:
        raise Invalid("Nobody walks with themselves.", path=("mentee_email",))
    (person,) = await work.rows(Person, Person.id == mentor.person_id)
    zone = ZoneInfo(person.time_zone)
    if said["ended"] < said["began"]:
        raise Invalid("A match ends after it began.", path=("ended",))
    if said["ended"] > work.now.astimezone(zone).date():
        raise Invalid("A match of the past has ended.", path=("ended",))
    # Noon in UTC is the same day nearly everywhere, so that it counts in the month in which it was.
    began, ended = (datetime.combine(said[name], time(12), UTC) for name in ("began", "ended"))
    that_day = Match.began_at.between(began - timedelta(hours=12), began + timedelta(hours=12))
    if await work.exists(Match, Match.mentor_id == mentor.id, Match.mentee_id == mentee.id, that_day):
        raise There("This match is there already.", "began", mentee.person_id)
    match = Match.under(
        mentor,
        mentee,
        status=MatchStatus.CLOSED,
        began_at=min(began, work.now),
        agreement_required=False,
        active_since=min(began, work.now),
        on_hold=False,
        ended_on=said["ended"],
        closed_at=min(ended, work.now),
        closing_reason=said["closing_reason"],
    )
    return Made(work.add(match), mentee.person_id)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of import: its columns, what says that two rows are one, and how a row is carried out.

    Who imports must be allowed to do the same by hand, which the permissions say.
    """

    columns: Mapping[str, Cell]
    same: Sequence[str]
    carry_out: Callable[[Work, UUID, Values], Awaitable[Made]]
    takes: Sequence[Permission]


_CODES, _WORDS = table.several, table.several(table.text)
_PROFILE = {
    "languages": Cell(_WORDS),
    "formats": Cell(_CODES(table.code(Format))),
    "availability": Cell(table.windows),
    "pathway": Cell(table.code(Pathway)),
    "life_stage": Cell(table.code(LifeStage)),
    "interests": Cell(_WORDS),
    "gender": Cell(table.code(Gender)),
    "asks_gender": Cell(table.code(Gender)),
}
_OFFER = {
    "helps_with": Cell(_CODES(table.code(Domain))),
    "cannot_help_with": Cell(_CODES(table.code(Domain))),
    "capacity": Cell(table.number),
    "about": Cell(table.text),
    "hours_per_week": Cell(table.number),
}
KINDS: Mapping[str, Kind] = {
    ImportKind.PEOPLE: Kind(
        {
            "name": Cell(table.text, required=True),
            "time_zone": Cell(table.text, required=True),
            "pronouns": Cell(table.text),
            "email": Cell(table.text),
            "phone": Cell(table.text),
            "wants_letters": Cell(table.yes),
            "role": Cell(table.code(ImportRole)),
            **_PROFILE,
            **_OFFER,
            "trained_on": Cell(table.day),
            "needs": Cell(table.needs),
            "goals": Cell(table.sentences),
            "urgent": Cell(table.yes),
        },
        ("email",),
        _person,
        (REGISTER_MENTORS, REGISTER_MENTEES),
    ),
    ImportKind.CREDENTIALS: Kind(
        {
            "email": Cell(table.text, required=True),
            "kind": Cell(table.code(CredentialKind), required=True),
            "issuer": Cell(table.text, required=True),
            "issued_on": Cell(table.day, required=True),
            "expires_on": Cell(table.day),
            "number": Cell(table.text),
            "jurisdiction": Cell(table.text),
            "training_hours": Cell(table.number),
            "supervised_hours": Cell(table.number),
            "continuing_hours": Cell(table.number),
            "examined_on": Cell(table.day),
            "ethics_attested_on": Cell(table.day),
        },
        ("email", "kind", "issuer", "issued_on"),
        _credential,
        (ADD,),
    ),
    ImportKind.PAST_MATCHES: Kind(
        {
            "mentor_email": Cell(table.text, required=True),
            "mentee_email": Cell(table.text, required=True),
            "began": Cell(table.day, required=True),
            "ended": Cell(table.day, required=True),
            "closing_reason": Cell(table.code(ClosingReason), required=True),
        },
        ("mentor_email", "mentee_email", "began"),
        _past_match,
        (CLOSE,),
    ),
}


def column_of(path: Sequence[str], columns: Sequence[str]) -> str | None:
    """The column that a refusal is about, by the path that an operation gives it."""
    if path == ("personId",):
        path = ("email",)
    names = [re.sub(r"(?<=[a-z])([A-Z])", r"_\1", each).lower() for each in path]
    return next((name for name in reversed(names) if name in columns), None)


def _profile(said: Values) -> Profile:
    profile: Profile = _filled(Profile, {"languages": (), "formats": ()} | dict(said))
    return profile


def _filled(kind: Any, said: Values) -> Any:
    """A value of the dataclass from what the row says; what it does not say stays as by default."""
    return kind(**{each.name: said[each.name] for each in fields(kind) if each.name in said})


def _none_of(said: Values, columns: Sequence[str], who: str) -> None:
    for column in columns:
        if column in said:
            raise Invalid(f"This cell is left empty for a {who}.", path=(column,))


async def _with_email(work: Work, email: str) -> list[UUID]:
    return [c.person_id for c in await work.rows(Contact, Contact.email == email.strip().lower())]


async def _one_with_email(work: Work, model: Any, programme_id: UUID, email: str, column: str) -> Any:
    """The mentor or mentee of the programme with this e-mail address, in their latest enrolment."""
    theirs: ColumnElement[bool] = model.person_id.in_(await _with_email(work, email))
    found = defaultdict(list)
    for each in await work.rows(model, model.programme_id == programme_id, theirs):
        found[each.person_id].append(each)
    if not found:
        who = model.__name__.lower()
        raise NotFound(f"No {who} of this programme has this e-mail address. Import people first.", path=(column,))
    if len(found) > 1:
        raise Conflict("Several people share this e-mail address: enter this one by hand.", path=(column,))
    (enrolments,) = found.values()
    return enrolments[-1]

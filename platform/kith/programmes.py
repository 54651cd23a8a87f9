"""Programmes: what an organisation offers, and the policy it holds itself to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from sqlalchemy import CheckConstraint, ColumnElement, false, true
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Conflict, Forbidden, Invalid
from kith.ground.model import KEEP, Id, Owned, at_most, one_of, organisation_index
from kith.ground.operation import operation
from kith.ground.permissions import MEMBERS, Permission, Reach, Role
from kith.ground.texts import long, short
from kith.ground.work import Work

READ = Permission("programmes.read", "See programmes and their policy.", granted_to=MEMBERS)
RUN = Permission("programmes.run", "Open a programme and set its policy.", granted_to={Role.ADMIN})


class AsksFirst(Choice):
    """Whom an offer of a match goes to first."""

    MENTEE = "MENTEE", "The mentee is asked first; the mentor once they accepted."
    MENTOR = "MENTOR", "The mentor is asked first; the mentee once they accepted."


class CredentialKind(Choice):
    """What somebody can prove about themselves with a paper, and a programme may ask of its mentors."""

    BACKGROUND_CHECK = "BACKGROUND_CHECK", "A background check by whoever may do one."
    PEER_CERTIFICATION = "PEER_CERTIFICATION", "A certificate as a peer worker."
    FIRST_AID = "FIRST_AID", "First aid, or mental health first aid."
    OVERDOSE_RESPONSE = "OVERDOSE_RESPONSE", "How to respond to an overdose."
    SAFEGUARDING = "SAFEGUARDING", "Safeguarding of adults or children."
    DRIVING_LICENCE = "DRIVING_LICENCE", "A driving licence."
    INSURANCE = "INSURANCE", "Insurance."
    OTHER = "OTHER", "Another paper."


class PlaceType(Choice):
    """What kind of place two people meet in."""

    PUBLIC = "PUBLIC", "Where others come and go: a café, a library, a park."
    PRIVATE = "PRIVATE", "A room of the programme or of a partner, which others can enter."
    HOME = "HOME", "Somebody's home."


SAFE_PLACES = (PlaceType.PUBLIC, PlaceType.PRIVATE)


class Programme(Owned):
    """A programme of one organisation, with its policy."""

    __tablename__ = "programmes"
    __table_args__ = (
        organisation_index("name_lower", unique=True),
        at_most("name", 120),
        at_most("purpose", 2000),
        one_of("asks_first", list(AsksFirst)),
        CheckConstraint("offer_hours BETWEEN 1 AND 2160", name="offer_hours"),
        CheckConstraint("reminder_hours BETWEEN 1 AND 336", name="reminder_hours"),
        CheckConstraint("waiting_limit_days BETWEEN 1 AND 730", name="waiting_limit_days"),
        CheckConstraint("minimum_recovery_months BETWEEN 0 AND 120", name="minimum_recovery_months"),
        CheckConstraint("supervision_first_days BETWEEN 1 AND 366", name="supervision_first_days"),
        CheckConstraint("supervision_days BETWEEN 1 AND 366", name="supervision_days"),
        CheckConstraint("caseload_limit BETWEEN 1 AND 200", name="caseload_limit"),
        CheckConstraint("late_hours BETWEEN 0 AND 336", name="late_hours"),
    )
    READ = READ

    name: Mapped[str]
    name_lower: Mapped[str]
    purpose: Mapped[str]
    asks_first: Mapped[str]
    offer_hours: Mapped[int]
    reminder_hours: Mapped[int]
    minimum_recovery_months: Mapped[int] = mapped_column(server_default="12")
    required_credentials: Mapped[list[str]] = mapped_column(server_default="{}")
    waiting_limit_days: Mapped[int] = mapped_column(server_default="60")
    supervision_first_days: Mapped[int] = mapped_column(server_default="14")  # in the first 90 days
    supervision_days: Mapped[int] = mapped_column(server_default="30")  # after them
    caseload_limit: Mapped[int] = mapped_column(server_default="10")  # mentors to one supervisor
    late_hours: Mapped[int] = mapped_column(server_default="24")
    safe_places: Mapped[list[str]] = mapped_column(server_default="{PUBLIC,PRIVATE}")
    opened_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Every member sees which programmes their organisation offers."""
        return true() if actor.grants else false()


@operation(needs=RUN)
async def open_programme(
    work: Work,
    *,
    name: Annotated[str, "What people call it."],
    purpose: Annotated[str, "What it is for, in a few sentences."] = "",
    asks_first: Annotated[AsksFirst, "Whom an offer of a match goes to first."] = AsksFirst.MENTEE,
    offer_hours: Annotated[int, "How many hours an offer stands."] = 72,
    reminder_hours: Annotated[int, "How many hours before a meeting people are reminded."] = 24,
    minimum_recovery_months: Annotated[int, "For how long a mentor's recovery has been steady, 0 to 120 months."] = 12,
    required_credentials: Annotated[Sequence[CredentialKind], "What every mentor must have, verified and valid."] = (),
    waiting_limit_days: Annotated[int, "After how many days of waiting a coordinator is asked to look, 1 to 730."] = 60,
    supervision_first_days: Annotated[
        int, "A mentor is supervised at least every how many days in the first 90, 1 to 366."
    ] = 14,
    supervision_days: Annotated[int, "And at least every how many days after that, 1 to 366."] = 30,
    caseload_limit: Annotated[int, "How many mentors one person supervises at most, 1 to 200."] = 10,
    late_hours: Annotated[int, "How many hours before a meeting it counts as late to cancel it."] = 24,
    safe_places: Annotated[Sequence[PlaceType], "In which kinds of place people may meet in person."] = SAFE_PLACES,
) -> Programme:
    """Open a programme."""
    everywhere(work)
    programme = Programme(
        name=await _free_name(work, name),
        purpose=long(purpose, 2000, "purpose"),
        asks_first=asks_first,
        opened_at=work.now,
    )
    programme.name_lower = programme.name.lower()
    programme.offer_hours, programme.reminder_hours = _hours(offer_hours, reminder_hours)
    programme.minimum_recovery_months = _months(minimum_recovery_months)
    programme.required_credentials = sorted(set(required_credentials))
    programme.waiting_limit_days = _days(waiting_limit_days)
    _supervised(programme, supervision_first_days, supervision_days, caseload_limit)
    programme.late_hours, programme.safe_places = _late(late_hours), _safe(safe_places)
    work.add(programme)
    work.note("programme.opened", programme)
    return programme


@operation(needs=RUN)
async def edit_programme(
    work: Work,
    programme_id: Annotated[Id[Programme], "Which programme."],
    *,
    name: Annotated[str, "What people call it."] = KEEP,
    purpose: Annotated[str, "What it is for, in a few sentences."] = KEEP,
    asks_first: Annotated[AsksFirst, "Whom an offer of a match goes to first."] = KEEP,
    offer_hours: Annotated[int, "How many hours an offer stands."] = KEEP,
    reminder_hours: Annotated[int, "How many hours before a meeting people are reminded."] = KEEP,
    minimum_recovery_months: Annotated[
        int, "For how long a mentor's recovery has been steady, 0 to 120 months."
    ] = KEEP,
    required_credentials: Annotated[
        Sequence[CredentialKind], "What every mentor must have, verified and valid."
    ] = KEEP,
    waiting_limit_days: Annotated[
        int, "After how many days of waiting a coordinator is asked to look, 1 to 730."
    ] = KEEP,
    supervision_first_days: Annotated[
        int, "A mentor is supervised at least every how many days in the first 90, 1 to 366."
    ] = KEEP,
    supervision_days: Annotated[int, "And at least every how many days after that, 1 to 366."] = KEEP,
    caseload_limit: Annotated[int, "How many mentors one person supervises at most, 1 to 200."] = KEEP,
    late_hours: Annotated[int, "How many hours before a meeting it counts as late to cancel it."] = KEEP,
    safe_places: Annotated[Sequence[PlaceType], "In which kinds of place people may meet in person."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> Programme:
    """Change a programme's policy; what is absent stays."""
    programme = await work.get(Programme, programme_id, looked_after(work), lock=True)
    await work.expect(programme, expected_version)
    if name is not KEEP and name.strip().lower() != programme.name_lower:
        programme.name = await _free_name(work, name)
        programme.name_lower = programme.name.lower()
    programme.purpose = programme.purpose if purpose is KEEP else long(purpose, 2000, "purpose")
    programme.asks_first = programme.asks_first if asks_first is KEEP else asks_first
    programme.offer_hours, programme.reminder_hours = _hours(
        programme.offer_hours if offer_hours is KEEP else offer_hours,
        programme.reminder_hours if reminder_hours is KEEP else reminder_hours,
    )
    if minimum_recovery_months is not KEEP:
        programme.minimum_recovery_months = _months(minimum_recovery_months)
    if required_credentials is not KEEP:
        programme.required_credentials = sorted(set(required_credentials))
    if waiting_limit_days is not KEEP:
        programme.waiting_limit_days = _days(waiting_limit_days)
    _supervised(
        programme,
        programme.supervision_first_days if supervision_first_days is KEEP else supervision_first_days,
        programme.supervision_days if supervision_days is KEEP else supervision_days,
        programme.caseload_limit if caseload_limit is KEEP else caseload_limit,
    )
    programme.late_hours = programme.late_hours if late_hours is KEEP else _late(late_hours)
    programme.safe_places = programme.safe_places if safe_places is KEEP else _safe(safe_places)
    work.note("programme.edited", programme)
    return programme


def looked_after(work: Work) -> ColumnElement[bool]:
    """The condition that the actor looks after a programme, not only sees that it exists."""
    return row_rule(work.actor, programme=Programme.id)


def everywhere(work: Work) -> None:
    """Raise Forbidden unless the permission reaches the whole organisation."""
    if not work.actor.reaches(Reach.ORGANISATION):
        raise Forbidden("This takes a role that reaches the whole organisation.")


async def _free_name(work: Work, name: str) -> str:
    name = short(name, 120, "name")
    if await work.exists(Programme, Programme.name_lower == name.lower()):
        raise Conflict(f"There is a programme called {name} already.", path=("name",))
    return name


def _hours(offer: int, reminder: int) -> tuple[int, int]:
    if not 1 <= offer <= 2160:
        raise Invalid("An offer stands for 1 to 2160 hours.", path=("offerHours",))
    if not 1 <= reminder <= 336:
        raise Invalid("People are reminded 1 to 336 hours before a meeting.", path=("reminderHours",))
    return offer, reminder


def _months(value: int) -> int:
    if not 0 <= value <= 120:
        raise Invalid("A minimum time in recovery is 0 to 120 months.", path=("minimumRecoveryMonths",))
    return value


def _days(value: int) -> int:
    if not 1 <= value <= 730:
        raise Invalid("A coordinator is asked to look after 1 to 730 days of waiting.", path=("waitingLimitDays",))
    return value


def _supervised(programme: Programme, first_days: int, days: int, caseload: int) -> None:
    for value, name in ((first_days, "supervisionFirstDays"), (days, "supervisionDays")):
        if not 1 <= value <= 366:
            raise Invalid("A mentor is supervised at least every 1 to 366 days.", path=(name,))
    if not 1 <= caseload <= 200:
        raise Invalid("One person supervises at most 1 to 200 mentors.", path=("caseloadLimit",))
    programme.supervision_first_days, programme.supervision_days = first_days, days
    programme.caseload_limit = caseload


def _late(hours: int) -> int:
    if not 0 <= hours <= 336:
        raise Invalid("Cancelling counts as late 0 to 336 hours before a meeting.", path=("lateHours",))
    return hours


def _safe(places: Sequence[PlaceType]) -> list[str]:
    return [place for place in PlaceType if place in set(places)]

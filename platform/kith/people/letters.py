"""Letters: what is written to people. No letter says why somebody is written to.

A letter is a row first, so that it is neither lost nor written twice; a job sends it, at least once, always
with the same Message-ID.
"""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Mapped

from kith.ground.actor import Actor, row_rule
from kith.ground.model import Id, Owned, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, Permission, Role
from kith.ground.work import Work
from kith.people.person import Contact, Person
from kith.people.reaching import after_quiet, preferences_of
from kith.programmes import Programme

READ = Permission(
    "letters.read", "Read the letters that were written to people.", granted_to={Role.ADMIN, *PARTICIPANTS}
)
SEND = Permission("letters.send", "Send letters.")

WORDS = {
    "session.cancelled": (
        "Something does not take place",
        "Hello {name},\n\nwhat you would have come to on {when} does not take place. Sign in to see what comes next.\n",
    ),
    "gathering.reminder": (
        "A reminder of what you signed up for",
        "Hello {name},\n\nwhat you said you would come to is on {when}. Sign in to see where, or to say that it no"
        " longer suits you.\n",
    ),
    "event.cancelled": (
        "An event does not take place",
        "Hello {name},\n\nan event on {when} that you signed up for does not take place. Sign in to read more.\n",
    ),
    "event.place": (
        "There is a place for you",
        "Hello {name},\n\na place became free at an event on {when} for which you were waiting, and it is yours. If it"
        " no longer suits you, sign in and give it back.\n",
    ),
    "meeting.reminder": (
        "A reminder of your meeting",
        "Hello {name},\n\nyou have a meeting on {when}, {how}.\n\nIf the time no longer suits you, sign in to move"
        " it, or tell the person who looks after you.\n",
    ),
    "match.resumed": (
        "Your break is over",
        "Hello {name},\n\nthe break is over from today. Sign in to arrange when you meet next, or tell the person who"
        " looks after you if it is too early.\n",
    ),
    "match.closed": (
        "Something has come to its end",
        "Hello {name},\n\nwhat you two arranged here has come to its end on {when}. Sign in to read what was agreed for"
        " afterwards, or ask the person who looks after you.\n",
    ),
    "agreement.awaits": (
        "Something awaits your signature",
        "Hello {name},\n\nthere is something to read and sign. Sign in to read it.\n",
    ),
    "meeting.moved": (
        "Your meeting was moved",
        "Hello {name},\n\nyour meeting of {before} is now on {when}, {how}.\n\nIf the time does not suit you, sign in"
        " to move it, or tell the person who looks after you.\n",
    ),
    "meeting.cancelled": (
        "Your meeting was cancelled",
        "Hello {name},\n\nyour meeting on {when} will not take place. Sign in to arrange another.\n",
    ),
    "meetings.cancelled": (
        "Your coming meetings were cancelled",
        "Hello {name},\n\nyour meetings from {when} on will not take place.\n",
    ),
    "meetings.changed": (
        "Your coming meetings have other times",
        "Hello {name},\n\nyour meetings that come round again have changed: the first is on {when}, {how}. Sign in to"
        " see all of them.\n",
    ),
    "message.awaits": (
        "Something awaits you",
        "Hello {name},\n\nthere is something new for you. Sign in to read it.\n",
    ),
    "proposal.offered": (
        "Something awaits your answer",
        "Hello {name},\n\nthere is something that awaits your answer until {when}. Sign in to read it.\n",
    ),
    "observation.asked": (
        "We would like to ask you something",
        "Hello {name},\n\nsomebody would like to be there when you meet next. It is up to you, and you need not"
        " say why. Sign in to answer.\n",
    ),
    "supervision.reminder": (
        "A reminder of your conversation",
        "Hello {name},\n\nyou have a conversation on {when}, {how}. Sign in to see with whom.\n\nIf the time no longer"
        " suits you, tell the other person in good time.\n",
    ),
    "application.decided": (
        "There is news for you",
        "Hello {name},\n\nsomething that you asked for is decided. Sign in to read it, or ask the person who looks"
        " after you.\n",
    ),
    "credential.expiring": (
        "A paper of yours runs out",
        "Hello {name},\n\na paper that you gave us runs out on {when}. Sign in to see which one, and tell us of its"
        " renewal in good time.\n",
    ),
    "leave.ending": (
        "Your time away ends soon",
        "Hello {name},\n\nyour time away ends on {when}. If you need longer, sign in to extend it, or tell the person"
        " who looks after you.\n",
    ),
    "wellbeing.reminder": (
        "How are you?",
        "Hello {name},\n\nonce a month we ask how you are. It takes a minute: sign in to tell us. Only one person"
        " reads it with you.\n",
    ),
    "training.assigned": (
        "A training for you",
        "Hello {name},\n\nthere is a training for you.{when} Sign in to read about it and to begin.\n",
    ),
    "training.again": (
        "A training to be done again",
        "Hello {name},\n\na training that you completed is to be done again.{when} Sign in to begin.\n",
    ),
    "training.due": (
        "A reminder of your training",
        "Hello {name},\n\na training of yours is not completed yet.{when} If you need more time, tell the person who"
        " looks after you.\n",
    ),
    "training.overdue": (
        "Your training is overdue",
        "Hello {name},\n\na training of yours was to be completed by now. Sign in to go on with it, or tell the person"
        " who looks after you what would help.\n",
    ),
    "feedback.asked": (
        "We would like to hear from you",
        "Hello {name},\n\nthere are a few questions for you, and nobody has to answer them. Sign in to read them.\n",
    ),
    "recognition.given": (
        "Somebody has something kind to say",
        "Hello {name},\n\nsomebody noticed what you have done, and wrote a few words to you. Sign in to read them.\n",
    ),
}


class Letter(Owned):
    """One letter to one person."""

    __tablename__ = "letters"
    __table_args__ = (
        organisation_index("written_at", "id"),
        organisation_index("person_id", "written_at", "id"),
        organisation_index("about_id"),
    )
    READ = READ

    person_id: Mapped[UUID] = within(Person)
    kind: Mapped[str]
    address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    about_type: Mapped[str]
    about_id: Mapped[UUID]
    written_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Whom it is written to, and the organisation's administrators."""
        return row_rule(actor, own=[cls.person_id])


def told_as(at: datetime, person: Person) -> str:
    """A time as a letter says it to the person, in their own zone."""
    local = at.astimezone(ZoneInfo(person.time_zone))
    return f"{local:%A} {local.day} {local:%B %Y} at {local:%H:%M} ({person.time_zone})"


async def write_letter(
    work: Work, kind: str, person: Person, by: datetime | None = None, /, *, about: Owned, **words: str
) -> bool:
    """Write to a person about something, unless no letter may reach them; whether it was written.

    It is sent after this work is committed, and never in the person's quiet hours unless it must be read `by` a time
    before they end. The programme is named only to those who said that it may be.
    """
    preferences = (await preferences_of(work, [person]))[person.id]
    address = await _address(work, person)
    if address is None or preferences.do_not_contact:
        return False
    subject, body = WORDS[kind]
    letter = Letter.under(
        person,
        kind=kind,
        address=address,
        subject=subject,
        body=body.format(name=person.name, **words),
        about_type=type(about).__name__,
        about_id=about.id,
        written_at=work.now,
    )
    programme_id = getattr(about, "programme_id", None)
    if preferences.may_name_programme and programme_id is not None:
        letter.body += f"\n{await work.session.scalar(select(Programme.name).where(Programme.id == programme_id))}\n"
    work.add(letter)
    work.note("letter.written", letter, about=about.id)
    quiet_ends = after_quiet(preferences, person, work.now)
    at = quiet_ends if by is None or quiet_ends < by else work.now
    work.later(send_letter, at=at, letter_id=letter.id)
    return True


async def _address(work: Work, person: Person) -> str | None:
    """Where letters for the person go; None where they have no address or want no letter."""
    query = select(Contact.email).where(Contact.person_id == person.id, Contact.wants_letters)
    address: str | None = await work.session.scalar(query)
    return address


@operation(needs=SEND)
async def send_letter(work: Work, letter_id: Id[Letter]) -> None:
    """Send the letter, unless it was sent. A crash in between sends it again, with the same Message-ID."""
    letter = await work.get(Letter, letter_id, lock=True)
    if letter.sent_at is None:
        await work.post.send(
            message_id=str(letter.id),
            to=letter.address,
            subject=letter.subject,
            body=letter.body,
            written_at=letter.written_at,
        )
        letter.sent_at = work.now

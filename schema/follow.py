"""What can be followed: each subscription field, which facts are its events, and what each event shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Optional
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, select
from strawberry.utils.str_converters import to_camel_case

from kith.ground import facts
from kith.ground.actor import Actor
from kith.ground.errors import Broken
from kith.ground.facts import Fact
from kith.ground.model import Owned
from kith.matching.run import MatchRun
from kith.messages.thread import Message
from kith.people.letters import Letter
from schema.declare import DECLARED, Value, of, value_type
from schema.ids import id_of

Given = Mapping[str, Any]
Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True)
class Followed:
    """A subscription field. `row` is the column of a fact that names what its event shows in `slot`.

    With `first` one row is followed: it must be there, and is shown at once as it is.
    """

    field: Any
    model: type[Owned]
    slot: str
    row: Any
    relevant: Callable[[Actor, Given], Conditions]
    first: Callable[[Given], UUID] | None = None


FOLLOWED: dict[str, Followed] = {}
_GO_ON = (
    " Give the cursor of the last event as `after` to go on behind it, and nothing is lost or told twice; a cursor of"
    " before the database was restored is refused."
)
_AFTER = Annotated[
    str | None,
    strawberry.argument(description="Only what comes after this cursor; what happens from now on when absent."),
]


@value_type("ActivityEvent", "Something that happened.")
class ActivityEvent:
    """The fields of an event of the activity feed."""

    cursor = Value("Where it is in the feed.", str)
    fact = Value("What happened.", Optional[of(Fact)])  # noqa: UP045 - a lazy type has no `|`


@value_type("MatchRunEvent", "Something happened to a matching run.")
class MatchRunEvent:
    """The fields of an event of a matching run."""

    cursor = Value("Where it is in the feed.", str)
    run = Value("The run, as it is now.", Optional[of(MatchRun)])  # noqa: UP045


@value_type("NotificationEvent", "A letter was written.")
class NotificationEvent:
    """The fields of an event about a letter."""

    cursor = Value("Where it is in the feed.", str)
    letter = Value("The letter.", Optional[of(Letter)])  # noqa: UP045


@value_type("MessageEvent", "A message was sent.")
class MessageEvent:
    """The fields of an event about a message."""

    cursor = Value("Where it is in the feed.", str)
    message = Value("The message.", Optional[of(Message)])  # noqa: UP045


def _activity(actor: Actor, _: Given) -> Conditions:
    """What a subscription itself causes, the record of sensitive rows that it shows, would go round for ever."""
    return Fact.visible_to(actor.narrowed(facts.READ)), Fact.kind != "sensitive.read"


def _progress(_: Actor, given: Given) -> Conditions:
    return Fact.subject_type == MatchRun.__name__, Fact.subject_id == _run(given)


def _run(given: Given) -> UUID:
    return id_of(MatchRun.__name__, given["id"], "id")


def _letters(actor: Actor, _: Given) -> Conditions:
    own = select(Letter.id).where(Letter.person_id == actor.person_id)
    return Fact.kind == "letter.written", Fact.subject_id.in_(own)


def _messages(actor: Actor, _: Given) -> Conditions:
    mine = select(Message.id).where(Message.visible_to(actor.narrowed(Message.READ)))
    return Fact.kind == "message.sent", Fact.subject_id.in_(mine)


def activity(after: _AFTER = strawberry.UNSET) -> ActivityEvent:
    """Follow what happens, but for the reading of sensitive rows."""
    raise Broken("each event is answered by itself")


def match_run_progress(
    id: Annotated[strawberry.ID, strawberry.argument(description="The global id.")], after: _AFTER = strawberry.UNSET
) -> MatchRunEvent:
    """Follow a matching run: as it is, at once, then whenever something happened to it."""
    raise Broken("each event is answered by itself")


def notifications(after: _AFTER = strawberry.UNSET) -> NotificationEvent:
    """Follow one's own letters, as they are written."""
    raise Broken("each event is answered by itself")


def messages(after: _AFTER = strawberry.UNSET) -> MessageEvent:
    """Follow the messages of one's threads, as they are sent."""
    raise Broken("each event is answered by itself")


def _follow(field: Callable[..., Any], model: type[Owned], slot: str, row: Any, **how: Any) -> None:
    sentence = f"{field.__doc__}{_GO_ON}"
    made = strawberry.field(
        resolver=field,
        description=f"{sentence} Needs the permission `{model.READ.name}`.",
        metadata={DECLARED: Value(sentence, field.__annotations__["return"], needs=model.READ)},
    )
    FOLLOWED[to_camel_case(field.__name__)] = Followed(made, model, slot, row, **how)


_follow(activity, Fact, "fact", Fact.id, relevant=_activity)
_follow(match_run_progress, MatchRun, "run", Fact.subject_id, relevant=_progress, first=_run)
_follow(notifications, Letter, "letter", Fact.subject_id, relevant=_letters)
_follow(messages, Message, "message", Fact.subject_id, relevant=_messages)

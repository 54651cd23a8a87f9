"""What the tests have done later: each leaves a letter with a word on it, which can be counted."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

from kith.ground.errors import IllegalState
from kith.ground.operation import OPERATIONS, Operation
from kith.ground.work import Work
from kith.people.letters import SEND, Letter
from kith.people.person import Person

ADA = "Ada Lovelace, ada@example.org"  # a person whom no error may name


class NoPost:
    """Takes letters nowhere."""

    async def send(self, *, message_id: str, to: str, subject: str, body: str, written_at: datetime) -> None:
        """Let the letter be."""


async def leave(work: Work, word: str) -> None:
    """Leave a letter."""
    reader = Person(name="Reader", name_order="reader", pronouns="", time_zone="UTC", joined_at=datetime.now(UTC))
    work.add(reader)
    letter = Letter.under(
        reader,
        kind="test",
        address="",
        subject=word,
        body=work.request_id,
        about_type="Test",
        about_id=uuid4(),
        written_at=datetime.now(UTC),
    )
    work.add(letter)
    await work.settle()


async def mark(work: Work, word: str) -> None:
    """Leave a letter."""
    await leave(work, word)


async def dawdle(work: Work, word: str, seconds: float) -> None:
    """Leave a letter and take one's time."""
    await leave(work, word)
    await asyncio.sleep(seconds)


async def stumble(work: Work, word: str) -> None:
    """Leave a letter and fail, with an error that names a person."""
    await leave(work, word)
    raise ZeroDivisionError(ADA)


async def refuse(work: Work, word: str) -> None:
    """Leave a letter and refuse."""
    await leave(work, word)
    raise IllegalState("This cannot be done any more.")


async def overreach(work: Work, word: str) -> None:
    """Call an operation that needs another permission."""
    await OPERATIONS["evaluation.rollup.roll_up"](work)


async def go_on(work: Work, word: str) -> None:
    """Leave a letter and have another left later."""
    await leave(work, word)
    work.later(OPERATIONS[f"{__name__}.mark"], word=f"{word} again")


@contextmanager
def operations() -> Iterator[SimpleNamespace]:
    """The functions above as operations, for so long: other tests count what operations there are."""
    made = [Operation(each, SEND) for each in (mark, dawdle, stumble, refuse, overreach, go_on)]
    yield SimpleNamespace(**{each.function.__name__: each for each in made})
    for each in made:
        del OPERATIONS[each.name]

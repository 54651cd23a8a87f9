"""One job: it happens once, fails with an account of itself, is refused for good, waits while suspended."""

import asyncio
from types import SimpleNamespace

import pytest

from kith.ground.actor import service
from kith.ground.dead_letters import REPLAY, replay_job
from kith.ground.errors import Conflict, Forbidden, IllegalState, NotFound
from kith.people.letters import SEND
from tests.workers.conftest import Place
from tests.workers.doing import ADA
from workers.jobs import Patience, final


async def test_a_job_is_done_and_its_row_is_gone(place: Place, done: SimpleNamespace) -> None:
    organisation = await place.organisation()
    await place.ask(organisation, done.mark, word="once")
    [row] = await place.outbox()
    await place.perform(row)
    assert (await place.marks("once"), await place.outbox()) == (1, [])
    assert await place.connection.fetchval("SELECT body FROM letters") == "asked"  # the request it came from


async def test_a_job_is_done_once_however_often_it_is_delivered(place: Place, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(), done.dawdle, word="once", seconds=0.1)
    [row] = await place.outbox()
    await asyncio.gather(*(place.perform(row) for _ in range(5)))
    await place.perform(row)
    assert await place.marks("once") == 1


async def test_another_organisation_cannot_take_a_job(place: Place, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(), done.mark, word="ours")
    [row] = await place.outbox()
    row.organisation_id = await place.organisation()
    await place.perform(row)
    assert (await place.marks("ours"), len(await place.outbox())) == (0, 1)


async def test_what_a_job_asks_for_later_comes_with_it(place: Place, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(), done.go_on, word="on")
    await place.perform((await place.outbox())[0])
    [follows] = await place.outbox()
    assert (follows.arguments, follows.request_id) == ('{"word": "on again"}', "asked")


async def test_the_service_holds_the_one_permission_of_its_operation(place: Place, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(), done.overreach, word="over")
    await place.perform((await place.outbox())[0])
    [row] = await place.outbox()
    assert row.failed_at is not None
    assert row.error.startswith("Forbidden: This needs the permission evaluation.compute")


async def test_a_failed_job_waits_is_tried_again_and_ends_as_a_dead_letter(place: Place, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(), done.stumble, word="never")
    [first] = await place.outbox()
    await place.perform(first)
    [waiting] = await place.outbox()
    assert (waiting.attempts, waiting.failed_at, waiting.handed_at) == (1, None, None)
    assert waiting.due_at > first.due_at
    for _ in range(3):
        await place.perform(waiting)
    [dead] = await place.outbox()
    assert (dead.attempts, dead.failed_at is not None) == (3, True)  # once, and two retries; the last found it dead
    assert await place.marks("never") == 0


async def test_an_error_says_what_and_where_and_names_nobody(place: Place, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(), done.stumble, word="x")
    await place.perform((await place.outbox())[0])
    [row] = await place.outbox()
    lines = row.error.splitlines()
    assert lines[0] == "ZeroDivisionError"
    assert lines[-1].startswith("tests/workers/doing.py:")
    assert lines[-1].endswith("in stumble")
    assert ADA not in row.error


async def test_a_refusal_is_final(place: Place, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(), done.refuse, word="x")
    await place.perform((await place.outbox())[0])
    [row] = await place.outbox()
    assert (row.attempts, row.failed_at is not None, await place.marks("x")) == (1, True, 0)
    assert row.error.startswith("IllegalState: This cannot be done any more.")


async def test_a_race_that_the_database_settled_is_no_refusal(place: Place, done: SimpleNamespace) -> None:
    await place.connection.execute("CREATE UNIQUE INDEX ON letters (subject)")
    await place.ask(await place.organisation(), done.mark, times=2, word="same")
    for row in await place.outbox():
        await place.perform(row)
    [row] = await place.outbox()
    assert (row.attempts, row.failed_at) == (1, None)
    assert not final(ZeroDivisionError())
    assert final(Conflict("Taken."))


async def test_an_operation_that_is_no_longer_known_is_a_dead_letter(place: Place, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(), done.mark, word="x")
    await place.connection.execute("UPDATE outbox SET operation = 'gone.by'")
    await place.perform((await place.outbox())[0])
    [row] = await place.outbox()
    assert row.failed_at is not None
    assert "knows no operation gone.by" in row.error


async def test_a_job_that_takes_too_long_has_failed(place: Place, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(), done.dawdle, word="slow", seconds=5)
    await place.perform((await place.outbox())[0], Patience(seconds=0.1))
    [row] = await place.outbox()
    assert (row.attempts, row.error.splitlines()[0], await place.marks("slow")) == (1, "TimeoutError", 0)


async def test_an_interrupted_job_notes_nothing(place: Place, done: SimpleNamespace) -> None:
    await place.ask(await place.organisation(), done.dawdle, word="cut", seconds=5)
    [row] = await place.outbox()
    job = asyncio.create_task(place.perform(row))
    await asyncio.sleep(0.2)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert (await place.outbox(), await place.marks("cut")) == ([row], 0)


async def test_the_jobs_of_a_suspended_organisation_wait(place: Place, done: SimpleNamespace) -> None:
    organisation = await place.organisation(status="SUSPENDED")
    await place.ask(organisation, done.mark, word="later")
    await place.connection.execute("UPDATE outbox SET handed_at = now()")
    await place.perform((await place.outbox())[0])
    [row] = await place.outbox()
    assert (row.handed_at, row.failed_at, row.attempts, await place.marks("later")) == (None, None, 0, 0)
    await place.connection.execute("UPDATE organisations SET status = 'ACTIVE'")
    await place.perform(row)
    assert await place.marks("later") == 1


def test_pauses_grow_from_a_second_to_five_minutes() -> None:
    patience = Patience()
    pauses = [patience.pause(failures) for failures in range(1, 7)]
    assert [pause and pause.total_seconds() for pause in pauses] == [1, 4, 16, 64, 256, None]
    endless = Patience(retries=99).pause(99)
    assert endless is not None
    assert endless.total_seconds() == 300


async def test_a_dead_letter_is_replayed(place: Place, done: SimpleNamespace) -> None:
    organisation = await place.organisation()
    await place.ask(organisation, done.refuse, word="again")
    [row] = await place.outbox()
    await place.perform(row)
    async with place.workplace.writing(service(organisation, (REPLAY,))) as work:
        await replay_job(work, row.id)
    [waiting] = await place.outbox()
    assert (waiting.failed_at, waiting.error, waiting.handed_at, waiting.attempts) == (None, None, None, 0)
    assert await place.connection.fetchval("SELECT subject_id FROM facts WHERE kind = 'job.replayed'") == row.id
    await place.connection.execute("UPDATE outbox SET operation = $1", done.mark.name)
    await place.perform(waiting)
    assert await place.marks("again") == 1


async def test_only_a_dead_letter_of_ones_own_is_replayed_by_who_may(place: Place, done: SimpleNamespace) -> None:
    organisation, other = await place.organisation(), await place.organisation()
    await place.ask(organisation, done.mark, word="x")
    [row] = await place.outbox()
    for actor, refusal in (
        (service(organisation, (REPLAY,)), IllegalState),
        (service(other, (REPLAY,)), NotFound),
        (service(organisation, (SEND,)), Forbidden),
    ):
        with pytest.raises(refusal):
            async with place.workplace.writing(actor) as work:
                await replay_job(work, row.id)

"""Redis as the broker: `kith serve` and `kith work` in two processes, and the way from a row to a job done."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as NotYet

from tests.clients.service import Service, free_port, process, serving, until
from tests.clients.story import letters, tell

pytestmark = pytest.mark.clients
PASSWORD = "secret"
DUE = "outbox WHERE due_at <= now()"
RedisFor = Callable[[int], AbstractContextManager[Redis]]


@pytest.fixture
def redis_on(program: Callable[[str], str], tmp_path: Path) -> RedisFor:
    """Starts an empty Redis on a port, which keeps nothing when it ends."""

    @contextmanager
    def start(port: int) -> Iterator[Redis]:
        configuration = f'bind 127.0.0.1\nport {port}\nrequirepass {PASSWORD}\nsave ""\nappendonly no\ndir {tmp_path}\n'
        with process([program("redis-server"), "-"], {}, tmp_path, configuration):
            client = Redis(port=port, password=PASSWORD)
            until(lambda: _answers(client), "Redis to answer")
            yield client
            client.close()

    return start


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except NotYet:
        return False


def _is_idle(service: Service) -> bool:
    return service.count(DUE) == 0


def test_jobs_go_through_redis_and_wait_while_it_is_away(redis_on: RedisFor) -> None:
    port = free_port()
    with serving(broker=f"redis://:{PASSWORD}@127.0.0.1:{port}/0", KITH_JOB_LEASE_SECONDS="2") as service:
        with redis_on(port) as redis:
            story = tell(service)
            assert len(letters(service, story.mentee)) == 1
            until(lambda: _is_idle(service), "the outbox to empty")
            assert redis.exists("dramatiq:__heartbeats__")
            assert service.count("dramatiq.queue") == 0
        # Redis is gone: what is asked for meanwhile waits in the outbox, and is done by way of an empty one.
        run = service.do(story.coordinator, "startMatchRun", {"programmeId": story.programme})["id"]
        assert service.count(DUE) == 1
        with redis_on(port):
            until(lambda: _is_idle(service), "the job asked for while Redis was away")
            shown = "query($run: ID!) { matchRun(id: $run) { status } }"
            assert service.ask(story.coordinator, shown, run=run)["matchRun"]["status"] != "REQUESTED"

"""The Dramatiq broker that an address names, and what it does around every job."""

from urllib.parse import urlsplit

from dramatiq import Broker, Middleware
from dramatiq.asyncio import EventLoopThread, get_event_loop_thread
from dramatiq.middleware import MiddlewareError, Retries, ShutdownNotifications, TimeLimit
from dramatiq.middleware.asyncio import AsyncIO
from dramatiq.worker import Worker
from dramatiq_postgres import PostgresBroker

from kith.ground.errors import Broken, Misconfigured
from kith.ground.work import Post, Reactions
from tenants.work import Workplace, engine_for

TIME_LIMIT_SECONDS = 660  # above a job's own limit, which ends it in good order
INTERRUPTIONS = 5  # of one message, before its row's lease alone brings it back
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1, 300


def broker_for(url: str) -> Broker:
    """The broker at the address; nothing is connected yet. Raises Misconfigured for one that cannot be had."""
    scheme = urlsplit(url).scheme
    if scheme == "postgresql":
        broker: Broker = PostgresBroker(url=url, results=False, middleware=_middleware())
        return broker
    if scheme in ("redis", "rediss"):
        return _redis(url)
    if scheme == "amqp":
        return _rabbitmq(url)
    raise Misconfigured("KITH_BROKER takes an address that begins with postgresql://, redis:// or amqp://.")


def _redis(url: str) -> Broker:
    try:
        from dramatiq.brokers.redis import RedisBroker
    except ImportError:
        raise Misconfigured("KITH_BROKER names Redis: install its client with `pip install redis`.") from None
    return RedisBroker(url=url, middleware=_middleware())  # type: ignore[no-untyped-call]


def _rabbitmq(url: str) -> Broker:
    try:
        from dramatiq.brokers.rabbitmq import RabbitmqBroker
    except ImportError:
        raise Misconfigured("KITH_BROKER names RabbitMQ: install its client with `pip install pika`.") from None
    return RabbitmqBroker(url=url, confirm_delivery=True, middleware=_middleware())


def _middleware() -> list[Middleware]:
    """No age limit: a message is only an id, and its row in the outbox says whether it still counts.

    Retries are for jobs that were interrupted or could not reach the database; a job that failed says so in
    its row and is handed out again by the relay.
    """
    return [
        TimeLimit(time_limit=TIME_LIMIT_SECONDS * 1000),
        ShutdownNotifications(notify_shutdown=True),
        Retries(
            max_retries=INTERRUPTIONS,
            min_backoff=FIRST_PAUSE_SECONDS * 1000,
            max_backoff=LONGEST_PAUSE_SECONDS * 1000,
        ),
        AsyncIO(),
    ]


class Engines(Middleware):
    """Holds the workplace of a worker: one engine, used on the worker's event loop alone.

    It stands after AsyncIO, so that the loop is there before it begins and after it ends.
    """

    def __init__(self, database: str, pool_size: int, reactions: Reactions, post: Post) -> None:
        self._database, self._pool_size, self._reactions, self._post = database, pool_size, reactions, post
        self._workplace: Workplace | None = None

    @property
    def workplace(self) -> Workplace:
        """Where jobs open their work. Raises Broken while no worker runs."""
        if self._workplace is None:
            raise Broken("a job without a worker")
        return self._workplace

    def before_worker_boot(self, broker: Broker, worker: Worker) -> None:
        """Make the engine before the first message is taken."""
        _loop()
        self._workplace = Workplace(engine_for(self._database, pool_size=self._pool_size), self._reactions, self._post)

    def after_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Close its connections on the loop that opened them."""
        workplace, self._workplace = self._workplace, None
        if workplace is not None:
            _loop().run_coroutine(workplace.engine.dispose())


def _loop() -> EventLoopThread:
    loop = get_event_loop_thread()
    if loop is None:  # Dramatiq logs what AsyncIO raises and goes on
        raise MiddlewareError("the worker's event loop did not start")
    return loop

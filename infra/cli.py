"""The command line: serve, work, migrate, provision, and the one command for a developer's machine."""

import argparse
import asyncio
import gc
import secrets
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

import orjson
import uvicorn
import uvloop

from infra import development, logs
from infra.app import application
from infra.demo import demo
from infra.migrate import migrate
from infra.postgres import EmbeddedPostgresError
from infra.wiring import post_for, workplace_for
from kith.ground.actor import operator, service
from kith.ground.errors import KithError, Misconfigured
from kith.ground.settings import Settings, read
from kith.people.person import NewPerson
from schema.http import MOST_BYTES
from tenants.provisioning import KEEP_KEYS, issue_operator_token, provision_organisation
from tenants.work import Workplace
from workers.process import Workers
from workers.reactions import REACTIONS

T = TypeVar("T")
Run = Callable[[argparse.Namespace], None]
GRACE_SECONDS = 3  # how long open streams may finish when the service stops


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; a mistake of the deployment is one sentence, not a traceback."""
    asked = _parser().parse_args(arguments)
    try:
        asked.run(asked)
    except (KithError, EmbeddedPostgresError) as error:
        sys.exit(f"kith: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kith", description="Peer mentoring as a hosted service.")
    commands = parser.add_subparsers(required=True, metavar="command")
    serve = _command(commands, "serve", _serve, "Serve the API.")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=8000)
    serve.add_argument("--workers", action="store_true", help="also do what happens later, in this process")
    _command(commands, "work", _work, "Do what happens later: jobs, letters, the timetable.")
    _command(commands, "migrate", _migrate, "Bring the database up to this code.")
    _command(commands, "demo", _demo, "Fill an empty database with two made-up organisations.")
    tokens = _command(commands, "tokens", _operator_token, "Issue a token for the platform's operator.")
    tokens.add_argument("--name", default="Operator")
    organisation = commands.add_parser("organisation", help="Organisations.").add_subparsers(required=True)
    create = _command(organisation, "create", _create, "Provision an organisation with its administrator.")
    for name in ("slug", "name", "time-zone", "admin-name", "admin-email"):
        create.add_argument(f"--{name}", required=True)
    dev = _command(commands, "dev", _dev, "Everything on one machine, with a demo: for developers.")
    dev.add_argument("--port", type=_port, default=8000)
    dev.add_argument("--fresh", action="store_true", help="start over")
    dev.add_argument("--data", type=Path, help="where the data is kept")
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, run: Run, help: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help, description=help)
    parser.set_defaults(run=run)
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port: give a number from 0 to 65535")
    return int(text)


def _serve(asked: argparse.Namespace) -> None:
    settings = _settings()
    uvloop.run(_serving(settings, _listen(asked.host, asked.port), workers=asked.workers))


def _work(_: argparse.Namespace) -> None:
    asyncio.run(_working(_settings()))


def _migrate(_: argparse.Namespace) -> None:
    settings = _settings()
    if settings.migrations is None:
        raise Misconfigured("Set KITH_MIGRATIONS to the address of a role that may create roles and tables.")
    asyncio.run(
        migrate(
            settings.migrations,
            login_password=_password_in(settings.database, "KITH_DATABASE"),
            broker_password=_broker_password(settings),
        )
    )
    print("The database is up to date.")


def _demo(_: argparse.Namespace) -> None:
    print(orjson.dumps(_with_workplace(_settings(), demo), option=orjson.OPT_INDENT_2).decode())


def _operator_token(asked: argparse.Namespace) -> None:
    async def issue(workplace: Workplace) -> str:
        async with workplace.writing(service(None, (KEEP_KEYS,))) as work:
            return await issue_operator_token(work, name=asked.name)

    print(_with_workplace(_settings(), issue))


def _create(asked: argparse.Namespace) -> None:
    async def create(workplace: Workplace) -> str:
        admin = NewPerson(name=asked.admin_name, email=asked.admin_email, time_zone=asked.time_zone)
        async with workplace.writing(operator()) as work:
            provisioned = await provision_organisation(
                work, slug=asked.slug, name=asked.name, time_zone=asked.time_zone, admin=admin
            )
            return provisioned.secret

    print(_with_workplace(_settings(), create))


def _with_workplace(settings: Settings, do: Callable[[Workplace], Awaitable[T]]) -> T:
    async def run() -> T:
        workplace = workplace_for(settings)
        try:
            return await do(workplace)
        finally:
            await workplace.engine.dispose()

    return asyncio.run(run())


def _settings() -> Settings:
    settings = read()
    logs.set_up(settings.log_level)
    return settings


def _password_in(address: str, name: str) -> str:
    password = urlsplit(address).password
    if not password:
        raise Misconfigured(f"The address in {name} holds no password.")
    return unquote(password)


def _broker_password(settings: Settings) -> str:
    """The password of the database's broker role: nobody's, where the broker is not PostgreSQL."""
    if not settings.broker.startswith("postgresql://"):
        return secrets.token_hex(24)
    return _password_in(settings.broker, "KITH_BROKER")


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises Misconfigured when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # An answer's body must not wait until its head is acknowledged; connections inherit it.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise Misconfigured(f"Port {port} cannot be used ({error.strerror}); give another with --port.") from None
    listening.listen(2048)
    return listening


class Server(uvicorn.Server):
    """uvicorn, with our own handling of signals: also in the background, where a shell ignores INT."""

    def __init__(self, config: uvicorn.Config, close: Callable[[], None]) -> None:
        super().__init__(config)
        self.close = close

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, self.handle_exit, each, None)
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End open streams first: they would hold the process until its grace is over."""
        self.close()
        await super().shutdown(sockets)


async def _serving(settings: Settings, listening: socket.socket, *, workers: bool) -> None:
    app = application(settings, workers=workers)
    gc.freeze()  # the schema and the models stay: the collector need not look at them again and again
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,  # ours says less, on purpose
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        ws_max_size=MOST_BYTES,
        ws_per_message_deflate=False,  # small messages, and a compressor for each socket costs more than it saves
    )
    await Server(config, app.state.feed.close).serve(sockets=[listening])


async def _working(settings: Settings) -> None:
    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    workers = Workers(settings, REACTIONS, post_for(settings))
    await workers.start()
    await stop.wait()
    await workers.stop()


def _dev(asked: argparse.Namespace) -> None:
    logs.set_up(development.LOG_LEVEL)
    development.run(_listen("127.0.0.1", asked.port), asked.data, fresh=asked.fresh, serve=_serving)


if __name__ == "__main__":
    main()

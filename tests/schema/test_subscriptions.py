"""Subscriptions: what is told to whom, in which order, without loss or repetition, and until when."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from uuid import UUID

import httpx2
import pytest

from kith.ground.settings import Settings
from kith.ground.work import Work
from kith.people.mentor import Mentor
from schema import subscriptions
from schema.ids import global_id
from schema.reads.cursors import Place
from tenants.principal import principal
from tenants.work import Workplace
from tests.conftest import Api
from tests.schema.streams import PATIENCE, Client, Serving, serving
from tests.world import Connection, House, World, build_house, catch_up

ACTIVITY = "subscription($after: String) { activity(after: $after) { cursor fact { kind data actor { name } } } }"
LETTERS = "subscription { notifications { cursor letter { subject person { name } } } }"
PROGRESS = """subscription($id: ID!, $after: String) {
  matchRunProgress(id: $id, after: $after) { cursor run { status proposed } }
}"""


@pytest.fixture(scope="module")
async def service(settings: Settings) -> AsyncIterator[Serving]:
    """The service on a port."""
    async with serving(settings) as running:
        yield running


@pytest.fixture(autouse=True)
async def nothing_is_left_behind(service: Serving) -> AsyncIterator[None]:
    """Whoever follows is forgotten when they are gone, and with the last the poller stops."""
    yield
    await service.idle()


@pytest.fixture(scope="module")
async def quay(workplace: Workplace, superuser: Connection) -> House:
    """A house to change."""
    return await build_house(workplace, superuser, "Quay", "quay-of-streams")


@asynccontextmanager
async def noting(workplace: Workplace, house: House, *kinds: str, who: str = "admin") -> AsyncIterator[Work]:
    """A transaction that has noted facts about a mentor of the first programme, committed when the block ends."""
    actor = await principal(workplace.engine, house.secrets[who])
    assert actor is not None
    async with workplace.writing(actor) as work:
        mentor = await work.get(Mentor, house.row("mentor"))
        for kind in kinds:
            work.note(kind, mentor)
        await work.settle()
        yield work


async def note(workplace: Workplace, house: House, *kinds: str, who: str = "admin") -> None:
    """Facts about a mentor of the first programme, in one transaction."""
    async with noting(workplace, house, *kinds, who=who):
        pass


@pytest.fixture(autouse=True)
async def settled(superuser: Connection, quay: House) -> None:
    """Begin when what earlier tests did lies below the horizon, which another process's transaction may hold back."""
    done = await superuser.fetchval("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
    below = "SELECT pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8"
    async with asyncio.timeout(PATIENCE):
        while not await superuser.fetchval(below, done):  # noqa: ASYNC110 - nothing tells when it is
            await asyncio.sleep(0.02)


async def kinds(client: Client, number: int, id: str = "1") -> list[str]:
    """The kinds of the next facts."""
    return [(await client.next(id))["activity"]["fact"]["kind"] for _ in range(number)]


# --- what is told, and to whom ---------------------------------------------------------------------------------------


async def test_events_come_in_order_and_from_the_own_organisation_alone(
    service: Serving, workplace: Workplace, world: World, quay: House
) -> None:
    async with service.socket(quay.secrets["admin"]) as client:
        await client.subscribe("1", ACTIVITY)
        await service.followed()
        await note(workplace, quay, "a.one", "a.two")
        await note(workplace, world.lantern, "a.stranger")
        await note(workplace, quay, "a.three")
        assert await kinds(client, 3) == ["a.one", "a.two", "a.three"]


async def test_an_event_stream_tells_the_same(service: Serving, workplace: Workplace, quay: House) -> None:
    async with service.stream(quay.secrets["admin"], ACTIVITY) as stream:
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        await service.followed()
        await note(workplace, quay, "b.one", "b.two")
        found = [(await stream.next())["activity"]["fact"] for _ in range(2)]
        assert found == [{"kind": kind, "data": {}, "actor": {"name": "Ada Quay"}} for kind in ("b.one", "b.two")]


async def test_row_rules_hold_for_events(service: Serving, workplace: Workplace, quay: House) -> None:
    async with (
        service.socket(quay.secrets["coordinator"]) as theirs,
        service.socket(quay.secrets["other_coordinator"]) as others,
    ):
        await theirs.subscribe("1", ACTIVITY)
        await others.subscribe("1", ACTIVITY)
        await service.followed(2)
        await note(workplace, quay, "c.one")
        assert await kinds(theirs, 1) == ["c.one"]
        async with noting(workplace, quay, "c.two") as work:
            work.note("c.family", await work.get(Mentor, quay.row("other_mentor")))
        assert await kinds(theirs, 1) == ["c.two"]
        assert await kinds(others, 1) == ["c.family"]


async def test_who_lacks_the_permission_is_refused(service: Serving, quay: House) -> None:
    async with service.socket(quay.secrets["mentor"]) as client:
        await client.subscribe("1", ACTIVITY)
        assert await client.code() == ("1", "FORBIDDEN")
    async with service.stream(quay.secrets["mentor"], ACTIVITY) as stream:
        assert await stream.code() == "FORBIDDEN"
        assert await stream.heard() == ("complete", None)


async def test_letters_are_told_to_whom_they_are_written(
    service: Serving, api: Api, workplace: Workplace, superuser: Connection
) -> None:
    house = await build_house(workplace, superuser, "Pier", "pier-of-letters")
    async with (
        service.socket(house.secrets["proposed_mentee"]) as theirs,
        service.socket(house.secrets["mentee"]) as others,
        service.socket(house.secrets["admin"]) as admins,
    ):
        for client in (theirs, others, admins):
            await client.subscribe("1", LETTERS)
        await service.followed(3)
        await api.done(house.secrets["coordinator"], "publishMatchRun", {"runId": house.id("proposed_run")})
        await catch_up(workplace, house)
        told = (await theirs.next())["notifications"]["letter"]
        assert told == {"subject": "Something awaits your answer", "person": {"name": "Tom Pier"} | told["person"]}
        for client in (others, admins):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.6):
                    await client.heard()


async def test_a_run_is_told_as_it_is_and_whenever_something_happened_to_it(
    service: Serving, api: Api, workplace: Workplace, superuser: Connection
) -> None:
    house = await build_house(workplace, superuser, "Mole", "mole-of-runs")
    token, run = house.secrets["coordinator"], house.id("proposed_run")
    async with service.socket(token) as client:
        await client.subscribe("1", PROGRESS, id=run)
        first = (await client.next())["matchRunProgress"]
        assert first["run"]["status"] == "PROPOSED"
        await api.done(token, "discardMatchRun", {"runId": run})
        assert (await client.next())["matchRunProgress"]["run"]["status"] == "DISCARDED"
        await client.subscribe("2", PROGRESS, id=run, after=first["cursor"])
        assert (await client.next("2"))["matchRunProgress"]["run"]["status"] == "DISCARDED"
        started = await api.done(token, "startMatchRun", {"programmeId": house.id("programme")})
        await client.subscribe("3", PROGRESS, id=started["id"])
        assert (await client.next("3"))["matchRunProgress"]["run"] == {"status": "REQUESTED", "proposed": None}
        await catch_up(workplace, house)
        assert (await client.next("3"))["matchRunProgress"]["run"]["status"] == "PROPOSED"


async def test_a_run_that_may_not_be_seen_is_refused_as_one_that_is_not_there(service: Serving, world: World) -> None:
    async with service.socket(world.harbour.secrets["other_coordinator"]) as client:
        said = []
        cursor = await _cursor(client, world.harbour)
        nowhere = global_id("MatchRun", UUID(int=7))
        for id in (world.harbour.id("proposed_run"), world.lantern.id("proposed_run"), nowhere):
            for after in (None, cursor):
                await client.subscribe("1", PROGRESS, id=id, after=after)
                message = await client.heard()
                said.append(
                    (message["type"], message["payload"][0]["message"], message["payload"][0]["extensions"]["code"])
                )
        assert said == [("error", "There is no such thing, or you may not see it.", "NOT_FOUND")] * 6


async def _cursor(client: Client, house: House) -> str:
    await client.subscribe("c", PROGRESS, id=house.id("other_run"))
    cursor: str = (await client.next("c"))["matchRunProgress"]["cursor"]
    await client.say(type="complete", id="c")
    return cursor


async def test_what_showing_sensitive_rows_records_is_no_event(
    service: Serving, workplace: Workplace, superuser: Connection, quay: House
) -> None:
    query = "subscription { activity { fact { kind actor { contact { email } } } } }"
    reads = "SELECT count(*) FROM facts WHERE organisation_id = $1 AND kind = 'sensitive.read'"
    before = await superuser.fetchval(reads, quay.organisation_id)
    async with service.socket(quay.secrets["admin"]) as client:
        await client.subscribe("1", query)
        await service.followed()
        for number, kind in enumerate(("d.one", "d.two", "d.three"), 1):
            await note(workplace, quay, kind, who="coordinator")
            assert await kinds(client, 1) == [kind]
            assert await superuser.fetchval(reads, quay.organisation_id) == before + number


# --- nothing lost, nothing twice -------------------------------------------------------------------------------------


async def test_a_transaction_that_is_committed_late_is_not_lost(
    service: Serving, workplace: Workplace, quay: House
) -> None:
    async with service.socket(quay.secrets["admin"]) as client:
        await client.subscribe("1", ACTIVITY)
        await service.followed()
        async with noting(workplace, quay, "e.early"):
            await note(workplace, quay, "e.meanwhile")
            await asyncio.sleep(0.6)  # the poller comes by, and must wait
            await client.subscribe("2", ACTIVITY)
            await service.followed(2)
        await note(workplace, quay, "e.after")
        events = [(await client.next())["activity"] for _ in range(3)]
        assert [e["fact"]["kind"] for e in events] == ["e.early", "e.meanwhile", "e.after"]
        # Who came while it was open may not miss it either.
        assert await kinds(client, 3, "2") == ["e.early", "e.meanwhile", "e.after"]
        for n, event in enumerate(events):
            await client.subscribe(f"r{n}", ACTIVITY, after=event["cursor"])
        await note(workplace, quay, "e.last")
        for n in range(3):
            rest = ["e.early", "e.meanwhile", "e.after"][n + 1 :]
            assert await kinds(client, len(rest) + 1, f"r{n}") == [*rest, "e.last"]


async def test_a_dropped_connection_goes_on_behind_its_cursor(
    service: Serving, workplace: Workplace, quay: House
) -> None:
    wanted = [f"f.{n}" for n in range(12)]
    told: list[str] = []
    cursor = None

    async def happen() -> None:
        await service.followed()
        for kind in wanted:
            await note(workplace, quay, kind)

    happening = asyncio.create_task(happen())
    while len(told) < len(wanted):
        async with service.socket(quay.secrets["admin"]) as client:
            await client.subscribe("1", ACTIVITY, after=cursor)
            for _ in range(min(5, len(wanted) - len(told))):
                event = (await client.next())["activity"]
                told.append(event["fact"]["kind"])
                cursor = event["cursor"]
            client.opened.transport.abort()
    await happening
    assert told == wanted


async def test_more_than_one_reading_is_told_whole(service: Serving, workplace: Workplace, quay: House) -> None:
    many = [f"g.{n}" for n in range(2 * subscriptions.MOST_AT_ONCE + 7)]
    async with service.stream(quay.secrets["admin"], ACTIVITY) as stream:
        await service.followed()
        await note(workplace, quay, *many)
        assert [(await stream.next())["activity"]["fact"]["kind"] for _ in many] == many


async def test_it_goes_on_when_the_database_was_away(
    settings: Settings, workplace: Workplace, quay: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with (
        wire_to(settings, tmp_path_factory.mktemp("wire")) as wire,
        serving(wire.settings) as service,
        service.socket(quay.secrets["admin"]) as client,
    ):
        await client.subscribe("1", ACTIVITY)
        await service.followed()
        await note(workplace, quay, "h.before")
        assert await kinds(client, 1) == ["h.before"]
        wire.cut()
        await note(workplace, quay, "h.meanwhile")
        await asyncio.sleep(0.6)  # the poller fails at least once
        wire.mended = True
        await note(workplace, quay, "h.after")
        assert await kinds(client, 2) == ["h.meanwhile", "h.after"]


class Wire:
    """A way to the database that can be cut."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        address = urlsplit(settings.database)
        self.there = f"{parse_qs(address.query)['host'][0]}/.s.PGSQL.5432"
        self.here = f"{folder}/.s.PGSQL.5432"
        database = address._replace(query=f"host={quote(str(folder))}").geturl()
        self.settings = replace(settings, database=database)
        self.mended = True
        self._open: set[asyncio.StreamWriter] = set()

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        self._open.add(writer)
        if not self.mended:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_unix_connection(self.there)
        await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
        except ConnectionError:
            pass
        finally:
            writer.close()

    def cut(self) -> None:
        """Cut it, until it is mended."""
        self.mended = False
        for each in self._open:
            each.transport.abort()


@asynccontextmanager
async def wire_to(settings: Settings, folder: Path) -> AsyncIterator[Wire]:
    """A way to the database, and settings that take it."""
    wire = Wire(settings, folder)
    server = await asyncio.start_unix_server(wire.join, wire.here)
    try:
        yield wire
    finally:
        server.close()


@pytest.mark.parametrize("after", ["x", "", "WyItdHJhbnNhY3Rpb24sc2VxdWVuY2UiLCIxIiwiMSJd"])
async def test_a_cursor_of_none_of_ours_is_refused(service: Serving, quay: House, after: str) -> None:
    async with service.socket(quay.secrets["admin"]) as client:
        await client.subscribe("1", ACTIVITY, after=after)
        assert await client.code() == ("1", "INVALID")


async def test_a_cursor_of_another_database_is_refused(service: Serving, quay: House) -> None:
    async with service.stream(quay.secrets["admin"], ACTIVITY, after=Place(2**62, 1).cursor) as stream:
        assert await stream.code() == "INVALID"


# --- until when ------------------------------------------------------------------------------------------------------


async def _issued(api: Api, house: House, who: str) -> tuple[str, str]:
    """A new token of somebody's: its secret and its global id."""
    given = {"personId": house.id(f"{who}.person"), "name": "Stream"}
    issued = await api.done(house.secrets["admin"], "issueToken", given, "secret token { id }")
    return issued["secret"], issued["token"]["id"]


async def test_a_revoked_token_ends_the_socket_and_the_stream(service: Serving, api: Api, quay: House) -> None:
    secret, id = await _issued(api, quay, "coordinator")
    async with service.socket(secret) as client, service.stream(secret, ACTIVITY) as stream:
        await client.subscribe("1", ACTIVITY)
        await service.followed(2)
        await api.done(quay.secrets["admin"], "revokeToken", {"tokenId": id})
        assert await client.closed() == 4403
        assert await stream.code() == "UNAUTHENTICATED"
        assert await stream.heard() == ("complete", None)


async def test_what_is_written_after_a_token_was_revoked_is_not_told(
    service: Serving, api: Api, workplace: Workplace, superuser: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await build_house(workplace, superuser, "Late", "late-of-rights")
    read, told_of, go_on = subscriptions.Subscriptions._read, asyncio.Event(), asyncio.Event()

    async def then_wait(self: Any, *arguments: Any) -> Any:
        found = await read(self, *arguments)
        if found:
            told_of.set()
            await go_on.wait()  # as it would for its turn, or for points
        return found

    async with service.stream(house.secrets["coordinator"], ACTIVITY) as stream:
        await service.followed(1)
        monkeypatch.setattr(subscriptions.Subscriptions, "_read", then_wait)
        await api.done(house.secrets["admin"], "pauseMatch", {"matchId": house.id("match")})
        await asyncio.wait_for(told_of.wait(), PATIENCE)
        await superuser.execute(
            "UPDATE tokens SET revoked_at = now() WHERE person_id = $1", house.people["coordinator"]
        )
        await api.done(house.secrets["admin"], "editPerson", {"personId": house.id("admin.person"), "name": "Later"})
        go_on.set()
        _, answer = await stream.heard()
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"], answer


async def test_a_token_that_expires_ends_the_socket_and_the_stream(
    service: Serving, api: Api, superuser: Connection, quay: House
) -> None:
    secret, _ = await _issued(api, quay, "admin")
    idle, _ = await _issued(api, quay, "admin")
    soon = datetime.now(UTC) + timedelta(seconds=2)
    ending = "UPDATE tokens SET expires_at = $1 WHERE organisation_id = $2 AND name = 'Stream' AND revoked_at IS NULL"
    await superuser.execute(ending, soon, quay.organisation_id)
    async with (
        service.socket(secret) as client,
        service.socket(idle) as quiet,
        service.stream(secret, ACTIVITY) as stream,
    ):
        await client.subscribe("1", ACTIVITY)
        await service.followed(2)
        assert await stream.code() == "UNAUTHENTICATED"
        assert [await client.closed(), await quiet.closed()] == [4403, 4403]
        assert datetime.now(UTC) >= soon


async def test_a_permission_that_is_taken_away_ends_what_needs_it(
    service: Serving, api: Api, workplace: Workplace, superuser: Connection
) -> None:
    house = await build_house(workplace, superuser, "Weir", "weir-of-roles")
    async with service.socket(house.secrets["coordinator"]) as client:
        await client.subscribe("1", ACTIVITY)
        await service.followed()
        await api.done(house.secrets["admin"], "endRole", {"memberId": house.id("coordinator.member")})
        assert await client.code() == ("1", "FORBIDDEN")
        await client.subscribe("1", "{ viewer { roles } }")
        assert await client.next() == {"viewer": {"roles": []}}


async def test_a_suspended_organisation_is_told_nothing_more(
    service: Serving,
    api: Api,
    workplace: Workplace,
    world: World,
    superuser: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(subscriptions, "RECHECK_SECONDS", 0.1)
    house = await build_house(workplace, superuser, "Lock", "lock-of-suspension")
    async with service.socket(house.secrets["admin"]) as client, service.stream(house.secrets["admin"], ACTIVITY) as s:
        await client.subscribe("1", ACTIVITY)
        await service.followed(2)
        await api.done(world.operator, "suspendOrganisation", {"organisationId": house.id("organisation")})
        assert await client.closed() == 4403
        assert await s.code() == "SUSPENDED"
    async with service.socket(None) as late:
        await late.say(type="connection_init", payload={"Authorization": f"Bearer {house.secrets['admin']}"})
        assert await late.closed() == 4403


async def test_open_streams_end_when_the_service_stops(settings: Settings, quay: House) -> None:
    async with serving(settings, grace=None) as service, service.socket(quay.secrets["admin"]) as client:
        async with service.stream(quay.secrets["admin"], ACTIVITY) as stream:
            await client.subscribe("1", ACTIVITY)
            await service.followed(2)
            stopping = asyncio.create_task(service.stop())  # it would wait for ever
            assert await client.closed() == 1012
            assert await stream.heard() == ("end", None)  # not complete: the client comes again
        await stopping


# --- what else is refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription { activity { cursor } notifications { cursor } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { __typename }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { activity @skip(if: true) { cursor } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ('subscription { matchRunProgress(id: "x") { cursor } }', "INVALID"),
        (
            "subscription { activity { " + " ".join(f"a{n}: fact {{ kind }}" for n in range(51)) + " } }",
            "OPERATION_TOO_LARGE",
        ),
        ("subscription A { activity { cursor } } subscription B { activity { cursor } }", "BAD_REQUEST"),
    ],
)
async def test_a_wrong_subscription_is_named(service: Serving, quay: House, query: str, code: str) -> None:
    async with service.socket(quay.secrets["admin"]) as client:
        await client.subscribe("1", query)
        assert await client.code() == ("1", code)
    async with service.stream(quay.secrets["admin"], query) as stream:
        assert await stream.code() == code
        assert await stream.heard() == ("complete", None)


async def test_the_operator_has_nothing_to_follow(service: Serving, world: World) -> None:
    async with service.socket(world.operator) as client:
        await client.subscribe("1", "subscription { activity { cursor } }")
        assert await client.code() == ("1", "FORBIDDEN")


async def test_a_plain_request_is_told_how_to_subscribe(api: Api, quay: House) -> None:
    answer = await api.send(quay.secrets["admin"], ACTIVITY)
    assert answer.status_code == 406
    assert "text/event-stream" in answer.json()["errors"][0]["message"]


async def test_queries_and_mutations_are_answered_on_both_ways(service: Serving, quay: House) -> None:
    done = 'mutation { openProgramme(input: {name: "%s"}) { result { name } errors { code } } }'
    async with service.socket(quay.secrets["admin"]) as client:
        await client.subscribe("1", "{ viewer { roles } }")
        assert await client.next() == {"viewer": {"roles": ["ADMIN"]}}
        assert await client.heard() == {"type": "complete", "id": "1"}
        await client.subscribe("1", done % "Over a socket")
        assert (await client.next())["openProgramme"]["result"] == {"name": "Over a socket"}
    async with service.stream(quay.secrets["admin"], done % "As events") as stream:
        assert (await stream.next())["openProgramme"]["result"] == {"name": "As events"}
        assert await stream.heard() == ("complete", None)


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("text/event-stream", "text/event-stream"),
        ("text/event-stream, */*", "text/event-stream"),
        ("application/json;q=0.5, text/event-stream", "text/event-stream"),
        ("application/graphql-response+json, application/json, text/event-stream, multipart/mixed", "application/"),
        ("text/event-stream;q=0", "application/json"),
        ("*/*", "application/json"),
    ],
)
async def test_events_are_sent_to_who_would_rather_have_them(
    service: Serving, quay: House, accept: str, media: str
) -> None:
    headers = {"accept": accept, "authorization": f"Bearer {quay.secrets['admin']}"}
    async with httpx2.AsyncClient() as client:
        body = {"query": "{ viewer { roles } }"}
        answer = await client.post(f"http://{service.address}/graphql", json=body, headers=headers)
    assert answer.headers["content-type"].startswith(media)
    assert '{"viewer":{"roles":["ADMIN"]}}' in answer.text


async def test_an_event_stream_needs_a_token_and_a_readable_body(service: Serving, quay: House) -> None:
    async with service.stream("kith_made-up", ACTIVITY) as stream:
        assert stream.response.status_code == 401
    headers = {"accept": "text/event-stream", "authorization": f"Bearer {quay.secrets['admin']}"}
    async with httpx2.AsyncClient() as client:
        answer = await client.post(f"http://{service.address}/graphql", content=b"{", headers=headers)
    assert answer.status_code == 415


async def test_a_quiet_stream_is_kept_alive(service: Serving, quay: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.sse.KEEP_ALIVE_SECONDS", 0.05)
    async with service.stream(quay.secrets["admin"], ACTIVITY) as stream:
        comments = []
        async for line in stream.response.aiter_lines():
            comments += [line] if line else []
            if len(comments) == 3:
                break
        assert comments == [":", ":", ":"]

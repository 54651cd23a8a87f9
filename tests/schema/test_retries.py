"""Safe retries: what is sent again under its key is done once, whoever is first and whatever breaks."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import uuid4

import asyncpg
import orjson
import pytest
from graphql import GraphQLObjectType, get_named_type, is_non_null_type

from infra.postgres import EmbeddedPostgres
from kith.ground.actor import Actor, service
from kith.ground.operation import OPERATIONS, Operation
from kith.ground.work import Work
from kith.programmes import RUN, Programme
from schema.build import build, graphql_schema
from schema.declare import SHOWN, Value, of, value_type
from schema.documents import Documents
from schema.mutations import EXPOSED, RESULTS, expose
from schema.reads.payload import Payload
from schema.reads.reread import SensitiveRows
from schema.reads.statement import Asking
from tenants.idempotency import FORGET, claim, forget_keys
from tenants.principal import principal
from tenants.work import Workplace, driver_of
from tests.conftest import PAYLOAD, Answer, Api
from tests.deeds import PLACE, TOKEN, Given
from tests.world import Connection, House, World, build_house
from workers.timetable import ENTRIES

LONGEST = 200


@pytest.fixture(scope="module")
async def moor(workplace: Workplace, superuser: Connection) -> House:
    """A house that these tests may change."""
    return await build_house(workplace, superuser, "Moor", "moor-of-retries")


def _document(mutation: str, shown: str = "id") -> str:
    kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
    payload = PAYLOAD % shown
    return f"mutation($input: {kind}, $key: String!) {{ {mutation}(input: $input) @idempotent(key: $key) {payload} }}"


async def _keyed(api: Api, token: str, mutation: str, given: Given, key: str, shown: str = "id") -> Answer:
    """The payload of a mutation under a key."""
    data = await api.data(token, _document(mutation, shown), input=given, key=key)
    payload: Answer = data[mutation]
    return payload


def _key() -> str:
    return str(uuid4())


def _goal(house: House, title: str = "A driving licence") -> Given:
    return {"matchId": house.id("match"), "title": title, "domain": "TRANSPORT"}


async def _goals(superuser: Connection, house: House) -> int:
    found: int = await superuser.fetchval(
        "SELECT count(*) FROM goals WHERE organisation_id = $1", house.organisation_id
    )
    return found


async def _facts(superuser: Connection, house: House, kind: str) -> int:
    query = "SELECT count(*) FROM facts WHERE organisation_id = $1 AND kind = $2"
    found: int = await superuser.fetchval(query, house.organisation_id, kind)
    return found


# --- what a retry is -----------------------------------------------------------------------------------------------


async def test_a_retry_finds_what_was_done(api: Api, moor: House, superuser: Connection) -> None:
    key, before = _key(), (await _goals(superuser, moor), await _facts(superuser, moor, "goal.set"))
    first = await _keyed(api, moor.secrets["mentee"], "setGoal", _goal(moor), key)
    again = await _keyed(api, moor.secrets["mentee"], "setGoal", _goal(moor), key)
    assert first == again
    assert first["result"]["id"]
    assert (await _goals(superuser, moor), await _facts(superuser, moor, "goal.set")) == (before[0] + 1, before[1] + 1)


async def test_without_a_key_it_is_done_again(api: Api, moor: House, superuser: Connection) -> None:
    before = await _goals(superuser, moor)
    one, other = [await api.done(moor.secrets["mentee"], "setGoal", _goal(moor)) for _ in range(2)]
    assert one != other
    assert await _goals(superuser, moor) == before + 2


async def test_a_retry_reads_its_own_selection_as_things_are_now(api: Api, moor: House) -> None:
    key, mentor = _key(), moor.secrets["mentor"]
    goal = await _keyed(api, mentor, "setGoal", _goal(moor), key, "id status")
    assert goal["result"]["status"] == "PROPOSED"
    await api.done(moor.secrets["mentee"], "agreeToGoal", {"goalId": goal["result"]["id"]})
    again = await _keyed(api, mentor, "setGoal", _goal(moor), key, "title status match { mentor { name } }")
    name = moor.names["mentor"]
    assert again["result"] == {"title": "A driving licence", "status": "AGREED", "match": {"mentor": {"name": name}}}


async def test_the_same_input_is_the_same_however_it_is_written(api: Api, moor: House, superuser: Connection) -> None:
    key, token, starts = _key(), moor.secrets["mentor"], datetime.now(UTC).replace(microsecond=0) + timedelta(days=40)
    given = {"matchId": moor.id("match"), "startsAt": starts.isoformat(), "format": "PHONE"}
    first = await _keyed(api, token, "arrangeMeeting", given, key)
    # Then as literals, in another order, with another offset, and with defaults written out
    there = starts.isoformat().replace("+00:00", "Z")
    literal = f"""mutation {{ arrangeMeeting(input: {{
        place: "", minutes: 60, format: PHONE, startsAt: "{there}", matchId: "{moor.id("match")}"
    }}) @idempotent(key: "{key}") {PAYLOAD % "id"} }}"""
    ahead = starts + timedelta(hours=2)
    shifted = given | {"startsAt": ahead.isoformat().replace("+00:00", "+02:00"), "place": ""}
    assert (await api.data(token, literal))["arrangeMeeting"] == first
    assert await _keyed(api, token, "arrangeMeeting", shifted, key) == first
    assert first["result"] is not None


async def test_two_fields_of_one_request_are_a_call_and_its_retry(api: Api, moor: House, superuser: Connection) -> None:
    before = await _goals(superuser, moor)
    query = f"""mutation($input: SetGoalInput!, $key: String!) {{
        one: setGoal(input: $input) @idempotent(key: $key) {PAYLOAD % "id"}
        ...Again
    }}
    fragment Again on Mutation {{ two: setGoal(input: $input) @idempotent(key: $key) {PAYLOAD % "id title"} }}"""
    data = await api.data(moor.secrets["mentee"], query, input=_goal(moor), key=_key())
    assert data["one"]["result"]["id"] == data["two"]["result"]["id"]
    assert await _goals(superuser, moor) == before + 1


async def test_a_fragment_that_is_spread_twice_brings_one_key(api: Api, moor: House, superuser: Connection) -> None:
    before = await _goals(superuser, moor)
    query = f"""mutation($input: SetGoalInput!, $key: String!) {{ ...Once ...Once }}
    fragment Once on Mutation {{ setGoal(input: $input) @idempotent(key: $key) {PAYLOAD % "id"} }}"""
    one, again = [await api.data(moor.secrets["mentee"], query, input=_goal(moor), key="spread") for _ in range(2)]
    assert one == again
    assert await _goals(superuser, moor) == before + 1


async def test_another_input_under_the_same_key_is_refused(api: Api, moor: House, superuser: Connection) -> None:
    key = _key()
    await _keyed(api, moor.secrets["mentee"], "setGoal", _goal(moor), key)
    before = await _goals(superuser, moor), await _facts(superuser, moor, "operation.refused")
    payload = await _keyed(api, moor.secrets["mentee"], "setGoal", _goal(moor, "A bicycle"), key)
    assert payload["result"] is None
    assert [(e["code"], e["path"]) for e in payload["errors"]] == [("IDEMPOTENCY_KEY_REUSED", [])]
    assert await _goals(superuser, moor) == before[0]
    assert await _facts(superuser, moor, "operation.refused") == before[1] + 1


async def test_what_was_refused_runs_when_it_is_sent_again(api: Api, moor: House) -> None:
    key, admin = _key(), moor.secrets["admin"]
    taken = await api.done(admin, "openProgramme", {"name": "Mornings"})
    given = {"name": "mornings"}
    refused = await _keyed(api, admin, "openProgramme", given, key)
    assert [e["code"] for e in refused["errors"]] == ["CONFLICT"]
    await api.done(admin, "editProgramme", {"programmeId": taken["id"], "name": "Early mornings"})
    done = await _keyed(api, admin, "openProgramme", given, key)
    assert done["result"]["id"] != taken["id"]
    assert await _keyed(api, admin, "openProgramme", given, key) == done


async def test_what_may_not_be_seen_any_more_is_null_and_no_error(api: Api, moor: House, superuser: Connection) -> None:
    # Given a coordinator who looks after a second programme for a while
    admin, cora, key = moor.secrets["admin"], moor.secrets["coordinator"], _key()
    role = {"role": "COORDINATOR", "programmeId": moor.id("other_programme")}
    member = await api.done(admin, "giveRole", {"role": role, "personId": moor.id("coordinator.person")})
    given: Given = {
        "programmeId": moor.id("other_programme"),
        "person": {"name": "Nora", "timeZone": "Europe/Dublin"},
        "profile": {"languages": ["en"], "formats": ["PHONE"]},
        "offer": {"helpsWith": ["HOUSING"]},
    }
    assert (await _keyed(api, cora, "registerMentor", given, key, "name"))["result"] == {"name": "Nora"}
    # When they do no longer
    await api.done(admin, "endRole", {"memberId": member["id"]})
    before = await _facts(superuser, moor, "mentor.registered")
    # Then a retry neither does it again nor shows it
    assert await _keyed(api, cora, "registerMentor", given, key, "name") == {"result": None, "errors": []}
    assert await _facts(superuser, moor, "mentor.registered") == before


async def test_reading_what_is_sensitive_in_a_retry_is_recorded(api: Api, moor: House, superuser: Connection) -> None:
    key, given = _key(), {"personId": moor.id("mentee.person"), "pronouns": "she/her"}
    await _keyed(api, moor.secrets["coordinator"], "editPerson", given, key)
    before = await _facts(superuser, moor, "sensitive.read")
    await _keyed(api, moor.secrets["coordinator"], "editPerson", given, key, "contact { email }")
    assert await _facts(superuser, moor, "sensitive.read") == before + 1


# --- whose key it is -----------------------------------------------------------------------------------------------


async def test_a_key_is_of_one_mutation_person_and_organisation(
    api: Api, workplace: Workplace, moor: House, superuser: Connection
) -> None:
    key = _key()
    pier = await build_house(workplace, superuser, "Pier", "pier-of-retries")
    mine = await _keyed(api, moor.secrets["mentee"], "setGoal", _goal(moor), key)
    theirs = await _keyed(api, moor.secrets["mentor"], "setGoal", _goal(moor, "A van"), key)
    elsewhere = await _keyed(api, pier.secrets["mentee"], "setGoal", _goal(pier, "A boat"), key)
    assert len({payload["result"]["id"] for payload in (mine, theirs, elsewhere)}) == 3
    given = {"personId": moor.id("mentee.person"), "pronouns": "they/them"}
    assert (await _keyed(api, moor.secrets["mentee"], "editPerson", given, key))["errors"] == []
    assert await _keyed(api, moor.secrets["mentee"], "setGoal", _goal(moor), key) == mine


async def test_a_retry_may_come_with_another_token_of_the_person(api: Api, moor: House) -> None:
    key, token = _key(), moor.secrets["mentee"]
    first = await _keyed(api, token, "setGoal", _goal(moor), key)
    renewed = (await api.done(token, "issueToken", {"name": "Renewed"}, TOKEN))["secret"]
    assert await _keyed(api, renewed, "setGoal", _goal(moor), key) == first


async def test_a_handed_token_has_keys_apart(api: Api, moor: House) -> None:
    key, given = _key(), {"personId": moor.id("mentee.person")}
    handed = (await api.done(moor.secrets["coordinator"], "issueToken", given, TOKEN))["secret"]
    theirs = await _keyed(api, handed, "setGoal", _goal(moor), key)
    own = await _keyed(api, moor.secrets["mentee"], "setGoal", _goal(moor, "A garden"), key)
    assert own["errors"] == []
    assert own["result"] != theirs["result"]


# --- secrets, values and several rows ------------------------------------------------------------------------------


async def test_a_secret_is_not_shown_again(api: Api, moor: House, superuser: Connection) -> None:
    key, token = _key(), moor.secrets["mentor"]
    first = (await _keyed(api, token, "issueToken", {"name": "Once"}, key, TOKEN))["result"]
    again = (await _keyed(api, token, "issueToken", {"name": "Once"}, key, TOKEN))["result"]
    assert first["secret"].startswith("kith_")
    assert again == {"secret": None, "token": first["token"]}
    kept = await superuser.fetch("SELECT i::text FROM idempotency_keys i")
    assert not any(first["secret"] in row["i"] or key in row["i"] for row in kept)


async def test_the_operator_provisions_an_organisation_once(api: Api, world: World, superuser: Connection) -> None:
    key, admin = _key(), {"name": "Bo", "timeZone": "Europe/Dublin"}
    given: Given = {"slug": "once", "name": "Once", "timeZone": "Europe/Dublin", "admin": admin}
    shown = f"secret {PLACE}"
    first = (await _keyed(api, world.operator, "provisionOrganisation", given, key, shown))["result"]
    again = (await _keyed(api, world.operator, "provisionOrganisation", given, key, shown))["result"]
    assert again == {"secret": None, "organisation": first["organisation"]}
    viewer = await api.data(first["secret"], "{ viewer { organisation { id } roles } }")
    assert viewer["viewer"] == {"organisation": {"id": first["organisation"]["id"]}, "roles": ["ADMIN"]}
    other = await _keyed(api, world.operator, "provisionOrganisation", given | {"slug": "twice"}, key, shown)
    assert [e["code"] for e in other["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    place = {"organisationId": first["organisation"]["id"]}
    suspended = [await _keyed(api, world.operator, "suspendOrganisation", place, key, "status") for _ in range(2)]
    assert [p["result"] for p in suspended] == [{"status": "SUSPENDED"}] * 2


async def test_the_operators_twins_provision_one_organisation(api: Api, world: World, superuser: Connection) -> None:
    key, admin = _key(), {"name": "Bo", "timeZone": "Europe/Dublin"}
    given: Given = {"slug": "twins", "name": "Twins", "timeZone": "Europe/Dublin", "admin": admin}
    twins = [_keyed(api, world.operator, "provisionOrganisation", given, key, f"secret {PLACE}") for _ in range(4)]
    results = [payload["result"] for payload in await asyncio.gather(*twins)]
    assert [result["organisation"] for result in results] == [results[0]["organisation"]] * 4
    assert sum(result["secret"] is not None for result in results) == 1
    assert await superuser.fetchval("SELECT count(*) FROM organisations WHERE slug = 'twins'") == 1


async def test_no_part_of_a_value_that_is_no_row_is_promised_to_a_retry() -> None:
    schema = graphql_schema()
    shown = {s.name for s in SHOWN.values()}
    checked = set()
    for kind in RESULTS.values():
        made = schema.get_type(kind.__strawberry_definition__.name)
        assert isinstance(made, GraphQLObjectType)
        values = [name for name, f in made.fields.items() if get_named_type(f.type).name not in shown]
        assert not any(is_non_null_type(made.fields[name].type) for name in values), made
        checked |= {f"{made.name}.{name}" for name in values}
    assert "IssuedToken.secret" in checked


@dataclass(frozen=True, slots=True)
class Twins:
    """What the operation below returns besides."""

    rows: list[Programme]
    note: str


async def open_twins(work: Work, *, names: Annotated[Sequence[str], "Their names."]) -> Twins:
    """Open several programmes at once."""
    open_programme = OPERATIONS["programmes.open_programme"]
    return Twins([await open_programme(work, name=name) for name in names], "made up")


@value_type("Twins", "Several programmes, and a note.")
class TwinsType:
    """How it is shown."""

    rows = Value("The programmes.", list[of(Programme)])  # type: ignore[misc]  # made at run time
    note = Value("A note.", str | None)


@pytest.fixture
def documents() -> Iterator[Documents]:
    """Documents of a schema in which several programmes can be opened at once."""
    operation = Operation(open_twins, RUN)
    RESULTS[Twins] = TwinsType
    expose(operation)
    yield Documents(build())
    del OPERATIONS[operation.name], RESULTS[Twins], EXPOSED["openTwins"]


@dataclass(frozen=True)
class Twice:
    """The same mutation under the same key, called and shown without the endpoint."""

    workplace: Workplace
    actor: Actor
    documents: Documents
    key: str

    async def once(self) -> Any:
        """What it shows this time."""
        asked = 'mutation { openTwins(input: {names: ["East", "West"]}) { result { note rows { name } } } }'
        plan, asking = self.documents.operation(asked, None).plan(self.actor, {}), Asking(self.actor, {})
        field, sensitive = plan.fields[0], SensitiveRows(self.actor)
        async with self.workplace.writing(self.actor) as work:
            given = plan.arguments[field.key]["input"]({})
            payload = await EXPOSED[field.name].call(work, given, self.key)
            shown = await Payload(plan, asking, await driver_of(work), sensitive).shown(field, payload)
            return orjson.loads(orjson.dumps(shown))["result"]


async def test_of_several_rows_those_come_back_that_are_still_seen(
    workplace: Workplace, moor: House, superuser: Connection, documents: Documents
) -> None:
    actor = await principal(workplace.engine, moor.secrets["admin"])
    assert actor is not None
    twice = Twice(workplace, actor, documents, _key())
    assert await twice.once() == {"note": "made up", "rows": [{"name": "East"}, {"name": "West"}]}
    assert await twice.once() == {"note": None, "rows": [{"name": "East"}, {"name": "West"}]}
    gone = "DELETE FROM programmes WHERE organisation_id = $1 AND name = 'East'"
    await superuser.execute(gone, moor.organisation_id)
    assert await twice.once() == {"note": None, "rows": [{"name": "West"}]}


# --- a day ---------------------------------------------------------------------------------------------------------


async def test_a_key_is_free_again_after_a_day(api: Api, moor: House, superuser: Connection) -> None:
    key, token = _key(), moor.secrets["mentee"]
    first = await _keyed(api, token, "setGoal", _goal(moor), key)
    await superuser.execute("UPDATE idempotency_keys SET claimed_at = claimed_at - interval '23 hours 59 minutes'")
    assert await _keyed(api, token, "setGoal", _goal(moor), key) == first
    await superuser.execute("UPDATE idempotency_keys SET claimed_at = claimed_at - interval '1 minute'")
    other = await _keyed(api, token, "setGoal", _goal(moor, "Something else"), key)
    assert other["result"] not in (None, first["result"])
    assert await _keyed(api, token, "setGoal", _goal(moor, "Something else"), key) == other


async def test_old_keys_are_forgotten_night_by_night(workplace: Workplace, moor: House, superuser: Connection) -> None:
    assert forget_keys in [entry.operation for entry in ENTRIES]
    async with workplace.writing(service(moor.organisation_id, (FORGET,))) as work:
        for key, age in (("new", timedelta(hours=23)), ("old", timedelta(hours=24))):
            work.now = datetime.now(UTC) - age
            await claim(work, f"forgetting {key}", key, bytes(32))
    async with workplace.writing(service(moor.organisation_id, (FORGET,))) as work:
        await forget_keys(work)
    left = (
        "SELECT count(*) FROM idempotency_keys WHERE organisation_id = $1 AND claimed_at <= now() - interval '24 hours'"
    )
    assert await superuser.fetchval(left, moor.organisation_id) == 0
    kept = (
        "SELECT count(*) FROM idempotency_keys WHERE organisation_id = $1 AND claimed_at < now() - interval '22 hours'"
    )
    assert await superuser.fetchval(kept, moor.organisation_id) >= 1


async def test_the_operators_old_keys_go_with_the_next(api: Api, world: World, superuser: Connection) -> None:
    nowhere = {"organisationId": world.harbour.id("organisation")}
    await superuser.execute(
        "INSERT INTO operator_idempotency_keys (key_sha256, input_sha256, claimed_at)"
        " VALUES (sha256('old'), sha256('x'), now() - interval '25 hours'), (sha256('new'), sha256('x'), now())"
    )
    refused = await _keyed(api, world.operator, "reinstateOrganisation", nowhere, _key())
    assert [e["code"] for e in refused["errors"]] == ["ILLEGAL_STATE"]  # undone, and the sweep with it
    admin = {"name": "Bo", "timeZone": "Europe/Dublin"}
    given: Given = {"slug": "sweeper", "name": "Sweeper", "timeZone": "Europe/Dublin", "admin": admin}
    await _keyed(api, world.operator, "provisionOrganisation", given, _key(), PLACE)
    hashes = (
        "SELECT key_sha256 = sha256('new') AS new, key_sha256 = sha256('old') AS old FROM operator_idempotency_keys"
    )
    rows = await superuser.fetch(hashes)
    assert (sum(r["new"] for r in rows), sum(r["old"] for r in rows)) == (1, 0)


# --- at the same time ----------------------------------------------------------------------------------------------

_WAITING = """
    SELECT pid FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'kith' AND wait_event_type = 'Lock'
     ORDER BY query_start"""


@pytest.fixture
async def gate(server: EmbeddedPostgres, database: str, superuser: Connection) -> AsyncIterator["Gate"]:
    """A gate before which whoever sets a goal waits."""
    connection = await asyncpg.connect(server.dsn(database=database))
    yield Gate(connection, superuser)
    await connection.close()


class Gate:
    """Nobody adds a goal while it is closed: whoever would has claimed their key, and waits."""

    def __init__(self, connection: Connection, superuser: Connection) -> None:
        self._connection, self._superuser = connection, superuser

    @asynccontextmanager
    async def closed(self) -> AsyncIterator[None]:
        """Closed for so long."""
        async with self._connection.transaction():
            await self._connection.execute("LOCK TABLE goals IN SHARE MODE")
            yield

    async def waiting(self, many: int) -> list[int]:
        """The connections that wait, the first first, once they are so many."""
        async with asyncio.timeout(20):
            while len(pids := await self._superuser.fetch(_WAITING)) < many:  # noqa: ASYNC110 - nobody calls us
                await asyncio.sleep(0.01)
        return [row["pid"] for row in pids]

    async def crash(self, pid: int) -> None:
        """Cut the connection."""
        await self._superuser.execute("SELECT pg_terminate_backend($1)", pid)


async def _race(gate: Gate, *calls: Callable[[], Any]) -> list[Any]:
    """What the calls answer when each begins while those before it are under way."""
    async with gate.closed():
        tasks = []
        for number, call in enumerate(calls, 1):
            tasks.append(asyncio.ensure_future(call()))
            await gate.waiting(number)
    return await asyncio.gather(*tasks)


async def test_of_identical_calls_at_once_one_is_done(api: Api, moor: House, superuser: Connection, gate: Gate) -> None:
    key, before = _key(), (await _goals(superuser, moor), await _facts(superuser, moor, "goal.set"))
    answers = await _race(gate, *[lambda: _keyed(api, moor.secrets["mentee"], "setGoal", _goal(moor), key)] * 4)
    assert answers == [answers[0]] * 4
    assert answers[0]["result"] is not None
    assert (await _goals(superuser, moor), await _facts(superuser, moor, "goal.set")) == (before[0] + 1, before[1] + 1)


async def test_of_calls_at_once_with_other_input_the_second_is_refused(
    api: Api, moor: House, superuser: Connection, gate: Gate
) -> None:
    key, before = _key(), await _goals(superuser, moor)
    first, second = await _race(
        gate,
        lambda: _keyed(api, moor.secrets["mentee"], "setGoal", _goal(moor), key),
        lambda: _keyed(api, moor.secrets["mentee"], "setGoal", _goal(moor, "A horse"), key),
    )
    assert first["errors"] == []
    assert [e["code"] for e in second["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert await _goals(superuser, moor) == before + 1


async def test_calls_with_keys_of_their_own_do_not_wait_for_each_other(
    api: Api, moor: House, superuser: Connection, gate: Gate
) -> None:
    before = await _goals(superuser, moor)
    async with gate.closed():
        goals = [
            asyncio.ensure_future(_keyed(api, moor.secrets[who], "setGoal", _goal(moor), _key()))
            for who in ("mentee", "mentor", "mentee")
        ]
        await gate.waiting(3)
        given = {"personId": moor.id("mentee.person"), "pronouns": "she/her"}
        edited = await _keyed(api, moor.secrets["mentee"], "editPerson", given, _key())
    assert edited["errors"] == []
    assert len({(await goal)["result"]["id"] for goal in goals}) == 3
    assert await _goals(superuser, moor) == before + 3


async def test_a_crash_before_the_end_frees_the_key(api: Api, moor: House, superuser: Connection, gate: Gate) -> None:
    key, before = _key(), await _goals(superuser, moor)
    asked: Given = {"input": _goal(moor), "key": key}
    async with gate.closed():
        broken = asyncio.ensure_future(api(moor.secrets["mentee"], _document("setGoal"), **asked))
        [pid] = await gate.waiting(1)
        await gate.crash(pid)
        answer = await broken
    assert answer["data"] == {"setGoal": None}
    assert [e["extensions"]["code"] for e in answer["errors"]] == ["INTERNAL"]
    assert await _goals(superuser, moor) == before
    done = await _keyed(api, moor.secrets["mentee"], "setGoal", _goal(moor), key)
    assert done["errors"] == []
    assert await _goals(superuser, moor) == before + 1


async def test_a_twin_that_waits_does_it_when_the_first_breaks(
    api: Api, moor: House, superuser: Connection, gate: Gate
) -> None:
    key, before = _key(), await _goals(superuser, moor)
    asked: Given = {"input": _goal(moor), "key": key}
    async with gate.closed():
        broken = asyncio.ensure_future(api(moor.secrets["mentee"], _document("setGoal"), **asked))
        [pid] = await gate.waiting(1)
        twin = asyncio.ensure_future(_keyed(api, moor.secrets["mentee"], "setGoal", _goal(moor), key))
        await gate.waiting(2)
        await gate.crash(pid)
        assert "errors" in await broken
    assert (await twin)["errors"] == []
    assert await _goals(superuser, moor) == before + 1
    assert await _keyed(api, moor.secrets["mentee"], "setGoal", _goal(moor), key) == await twin


# --- refused before anything runs ----------------------------------------------------------------------------------

FIRST = 'first: openProgramme(input: {name: "Never"}) { result { id } }'
SECOND = 'openProgramme(input: {name: "Never either"})'


@pytest.mark.parametrize(
    ("document", "code", "says"),
    [
        ('{ viewer @idempotent(key: "k") { roles } }', "GRAPHQL_VALIDATION_FAILED", "not on Query.viewer"),
        (
            f'mutation {{ {FIRST} {SECOND} {{ result {{ id @idempotent(key: "k") }} }} }}',
            "GRAPHQL_VALIDATION_FAILED",
            "not on Programme.id",
        ),
        (f'mutation {{ {FIRST} __typename @idempotent(key: "k") }}', "GRAPHQL_VALIDATION_FAILED", "not on Mutation"),
        (
            f'mutation {{ {FIRST} ... @idempotent(key: "k") {{ __typename }} }}',
            "GRAPHQL_VALIDATION_FAILED",
            "may not be used on",
        ),
        (
            f'mutation {{ {FIRST} {SECOND} @idempotent(key: "k") @idempotent(key: "l") {{ result {{ id }} }} }}',
            "GRAPHQL_VALIDATION_FAILED",
            "only be used once",
        ),
        (
            f'mutation {{ {FIRST} {SECOND} @idempotent(key: "k") {{ result {{ id }} }}'
            f' {SECOND} @idempotent(key: "k") {{ errors {{ code }} }} }}',
            "INVALID",
            "A field takes one @idempotent.",
        ),
        (f"mutation {{ {FIRST} {SECOND} @idempotent {{ result {{ id }} }} }}", "GRAPHQL_VALIDATION_FAILED", "key"),
        (
            f"mutation {{ {FIRST} {SECOND} @idempotent(key: null) {{ result {{ id }} }} }}",
            "GRAPHQL_VALIDATION_FAILED",
            "String!",
        ),
        *(
            (
                f"mutation {{ {FIRST} {SECOND} @idempotent(key: {written}) {{ result {{ id }} }} }}",
                "INVALID",
                "1 to 200 characters",
            )
            for written in ('""', f'"{"k" * (LONGEST + 1)}"', r'"a\u0000b"')
        ),
    ],
)
async def test_a_key_that_will_not_do_is_refused_before_anything_runs(
    api: Api, world: World, superuser: Connection, document: str, code: str, says: str
) -> None:
    answer = await api(world.harbour.secrets["admin"], document)
    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == code
    assert says in answer["errors"][0]["message"]
    assert await superuser.fetchval("SELECT count(*) FROM programmes WHERE name LIKE 'Never%'") == 0


@pytest.mark.parametrize("key", ["", None, "k" * (LONGEST + 1), "a\0b"])
async def test_a_variable_that_will_not_do_is_refused_too(
    api: Api, world: World, superuser: Connection, key: str | None
) -> None:
    document = f'mutation($key: String = "x") {{ {FIRST} {SECOND} @idempotent(key: $key) {{ result {{ id }} }} }}'
    answer = await api(world.harbour.secrets["admin"], document, key=key)
    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] in ("INVALID", "BAD_USER_INPUT")
    assert await superuser.fetchval("SELECT count(*) FROM programmes WHERE name LIKE 'Never%'") == 0


async def test_the_longest_key_does(api: Api, moor: House) -> None:
    key = "é" * LONGEST
    first, again = [await _keyed(api, moor.secrets["mentee"], "setGoal", _goal(moor), key) for _ in range(2)]
    assert first == again
    assert first["result"] is not None


def test_every_mutation_can_be_retried() -> None:
    """What an operation returns is a row, or a value that says which rows it holds."""
    assert EXPOSED
    for mutation in EXPOSED.values():
        returned = mutation.operation.hints["return"]
        assert returned in SHOWN or returned in RESULTS, mutation.name

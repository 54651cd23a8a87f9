"""The small named world of the tests: Harbour and Lantern, alike in shape, both always present.

Everything in it was done by real operations, in the days before now. Each house has:

    One to one   coordinator, supervisor, mentor and second_mentor; mentee is matched with mentor (meetings, goals,
                 progress, feedback); waiting_mentee speaks a language nobody shares; proposed_mentee is in a run
                 that is computed and not published; new_mentor is still in training
    Family       other_coordinator; other_mentor and other_mentee are matched; offered_mentee is offered to
                 other_mentor, who has not answered
    everywhere   admin, partner, analyst, and reader, who holds the house's own role
"""

import json
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ParamSpec, TypeAlias, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import delete

from kith.evaluation.feedback import give_feedback
from kith.evaluation.rollup import EvaluationRollup, Indicator, refresh_evaluation
from kith.goals.goal import record_progress, set_goal
from kith.ground.actor import operator, service
from kith.ground.model import Owned
from kith.ground.operation import OPERATIONS, Operation
from kith.ground.outbox import Later
from kith.ground.permissions import Reach, Role
from kith.matching.proposal import Proposal, accept_proposal
from kith.matching.running import publish_match_run, start_match_run
from kith.meetings.attendance import record_attendance
from kith.meetings.meeting import arrange_meeting
from kith.people.mentee import Need, register_mentee
from kith.people.mentor import Help, register_mentor, supervise
from kith.people.person import NewPerson
from kith.people.profile import Domain, Format, Pathway, Profile, Weekday, Window
from kith.programmes import AsksFirst, open_programme
from schema.build import graphql_schema
from schema.declare import SHOWN
from schema.ids import global_id
from tenants.idempotency import claim
from tenants.member import NewRole, define_role, give_role
from tenants.organisation import Organisation
from tenants.principal import principal
from tenants.provisioning import KEEP_KEYS, issue_operator_token, provision_organisation
from tenants.token import digest_of, issue_token
from tenants.work import Workplace
from tests.parts import PARTS

P = ParamSpec("P")
R = TypeVar("R")
Connection: TypeAlias = "asyncpg.Connection[Any]"

WHO = (
    *("admin", "coordinator", "other_coordinator", "supervisor", "mentor", "second_mentor", "mentee"),
    *("waiting_mentee", "proposed_mentee", "other_mentor", "other_mentee", "offered_mentee"),
    *("partner", "analyst", "reader", "new_mentor"),
)
NAMES = "Ada Cora Colm Sue Mara Milo Tess Tom Una Fay Finn Oona Pat Ann Rhea Nia"


@dataclass
class House:
    """One organisation of the world, with everything a test may want to name."""

    name: str
    organisation_id: UUID
    names: dict[str, str]
    secrets: dict[str, str] = field(default_factory=dict)  # the bearer token of each of WHO
    people: dict[str, UUID] = field(default_factory=dict)  # the person of each of WHO
    named: dict[str, tuple[str, UUID]] = field(default_factory=dict)  # rows with a name: type and id
    ids: dict[str, tuple[str, ...]] = field(default_factory=dict)  # every global id, by type of the schema
    rows: dict[str, tuple[UUID, ...]] = field(default_factory=dict)  # every row's id, by table

    def id(self, name: str) -> str:
        """The global id of a named row (`match`), or of a person (`mentor.person`)."""
        if name.endswith(".person"):
            return global_id("Person", self.people[name.removesuffix(".person")])
        return global_id(*self.named[name])

    def row(self, name: str) -> UUID:
        """The id of a named row."""
        return self.named[name][1]


@dataclass
class World:
    """The two houses, the platform's operator, and the house that was built and all others are copied from."""

    harbour: House
    lantern: House
    operator: str
    pattern: House


PATTERN: House | None = None  # of the run, set by the fixture `world`


async def build_world(workplace: Workplace, superuser: Connection) -> World:
    """Build the world in an empty database."""
    async with workplace.writing(service(None, (KEEP_KEYS,))) as work:
        secret = await issue_operator_token(work, name="Tests")
    pattern = await _built(workplace, superuser, "Pattern", "slug-of-pattern")
    return World(
        await _copied(superuser, pattern, "Harbour", "harbour"),
        await _copied(superuser, pattern, "Lantern", "lantern"),
        secret,
        pattern,
    )


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_LOW = (1 << 62) - 1  # the bits of a UUID that are neither time nor version


async def build_house(workplace: Workplace, superuser: Connection, name: str, slug: str | None = None) -> House:
    """One more house, for a test to change: a copy of the pattern, which takes a quarter of a second."""
    assert PATTERN is not None, "the fixture `world` knows the pattern"
    return await _copied(superuser, PATTERN, name, slug or name.lower())


async def _copied(superuser: Connection, pattern: House, name: str, slug: str) -> House:
    """Copy every row of the pattern, with ids in the same order, names and secrets of the copy's own."""
    shift = secrets.randbits(62)
    ids = {
        str(id): str(UUID(int=id.int & ~_LOW | (id.int + shift) & _LOW))
        for id in {pattern.organisation_id, *(id for some in pattern.rows.values() for id in some)}
    }
    words = {"slug-of-pattern": slug, "Pattern": name, "pattern": name.casefold()}

    def told(text: str) -> str:
        text = _UUID.sub(lambda found: ids.get(found[0], found[0]), text)
        return re.sub("|".join(words), lambda found: words[found[0]], text)

    async with superuser.transaction():
        await superuser.execute("SET LOCAL session_replication_role = replica")  # references come in any order
        await _copy(superuser, "organisations", Organisation.__table__, "id", pattern, told)
        for model in owned_models():
            await _copy(superuser, model.__tablename__, model.__table__, "organisation_id", pattern, told)
        house = House(name, UUID(ids[str(pattern.organisation_id)]), {w: told(n) for w, n in pattern.names.items()})
        house.people = {who: UUID(ids[str(id)]) for who, id in pattern.people.items()}
        house.named = {row: (kind, UUID(ids[str(id)])) for row, (kind, id) in pattern.named.items()}
        house.ids = {kind: tuple(told(id) for id in some) for kind, some in pattern.ids.items()}
        house.rows = {table: tuple(UUID(ids[str(id)]) for id in some) for table, some in pattern.rows.items()}
        for who in pattern.secrets:
            house.secrets[who] = f"kith_{secrets.token_urlsafe(32)}"
            digest, id = digest_of(house.secrets[who]), house.row(f"{who}.token")
            await superuser.execute("UPDATE tokens SET secret_sha256 = $1 WHERE id = $2", digest, id)
    return house


async def _copy(
    superuser: Connection, table: str, columns: Any, key: str, pattern: House, told: Callable[[str], str]
) -> None:
    own = ", ".join(
        c.name for c in columns.columns if c.computed is None and not c.identity and c.name != "transaction"
    )
    rows = await superuser.fetch(f"SELECT to_jsonb(t)::text FROM {table} t WHERE {key} = $1", pattern.organisation_id)
    if table == "tokens":  # a secret is one token's in all organisations
        rows = [(json.dumps(json.loads(row[0]) | {"secret_sha256": f"\\x{secrets.token_hex(32)}"}),) for row in rows]
    await superuser.execute(
        f"INSERT INTO {table} ({own}) SELECT {own} FROM jsonb_populate_recordset(NULL::{table}, $1::jsonb)",
        f"[{','.join(told(row[0]) for row in rows)}]",
    )


async def _built(workplace: Workplace, superuser: Connection, name: str, slug: str) -> House:
    """A house built by real operations."""
    names = dict(zip(WHO, NAMES.split(), strict=True))
    house = House(name, UUID(int=0), {who: f"{first} {name}" for who, first in names.items()})
    building = Building(workplace, house, slug)
    await building.provision()
    await building.staff()
    await building.one_to_one()
    await building.family()
    for part in PARTS:
        await part.build(building)
    await building.figures()
    await building.tokens()
    await take_stock(superuser, house)
    return house


async def catch_up(workplace: Workplace, house: House) -> None:
    """What the house has due by now is done, as a worker would."""
    building = Building(workplace, house)
    building.clock = datetime.now(UTC)
    await building.later()


async def take_stock(superuser: Connection, house: House) -> None:
    """Write down every row that the house has now."""
    graphql_schema()  # imports what is shown
    shown = {model: s.name for model, s in SHOWN.items()}
    house.ids["Organisation"] = (global_id("Organisation", house.organisation_id),)
    for model in owned_models():
        table = model.__tablename__
        found = await superuser.fetch(
            f"SELECT id FROM {table} WHERE organisation_id = $1 ORDER BY id", house.organisation_id
        )
        house.rows[table] = tuple(UUID(str(row["id"])) for row in found)
        if model in shown:
            house.ids[shown[model]] = tuple(global_id(shown[model], id) for id in house.rows[table])


def owned_models() -> list[type[Owned]]:
    """Every table that belongs to an organisation, by name."""
    return sorted(_tables_below(Owned), key=lambda model: model.__tablename__)


def _tables_below(model: type[Owned]) -> Iterator[type[Owned]]:
    for each in model.__subclasses__():
        if "__tablename__" in vars(each):
            yield each
        yield from _tables_below(each)


class Building:
    """A house while it is built. `clock` is when things happen; it moves towards now."""

    def __init__(self, workplace: Workplace, house: House, slug: str = "") -> None:
        self.workplace, self.house, self.slug = workplace, house, slug
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.clock = self.now - timedelta(days=6)

    async def does(self, who: str, operation: Operation[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Somebody does something, at the clock."""
        actor = await principal(self.workplace.engine, self.house.secrets[who])
        assert actor is not None
        async with self.workplace.writing(actor, now=self.clock) as work:
            return await operation(work, *args, **kwargs)

    async def later(self) -> None:
        """What is due by the clock is done, as a worker would."""
        while (due := await self._due()) is not None:
            operation = OPERATIONS[due.operation]
            actor = service(self.house.organisation_id, (operation.needs,))
            async with self.workplace.writing(actor, now=self.clock, request_id=due.request_id) as work:
                await work.session.execute(delete(Later).where(Later.id == due.id))
                await operation(work, **operation.arguments(due.arguments))

    async def _due(self) -> Later | None:
        async with self.workplace.reading(service(self.house.organisation_id, ())) as work:
            return await work.first(Later, Later.due_at <= self.clock, Later.failed_at.is_(None))

    async def provision(self) -> None:
        """The operator lets the organisation in; its administrator signs in."""
        async with self.workplace.writing(operator(), now=self.clock) as work:
            made = await provision_organisation(
                work, slug=self.slug, name=self.house.name, time_zone="Europe/Dublin", admin=self._new("admin")
            )
        self.house.organisation_id = made.organisation.id
        self.house.named["organisation"] = ("Organisation", made.organisation.id)
        self.house.secrets["admin"] = made.secret
        actor = await principal(self.workplace.engine, made.secret)
        assert actor is not None
        assert actor.person_id is not None
        self.house.people["admin"] = actor.person_id

    async def staff(self) -> None:
        """Programmes are opened and roles given."""
        one = await self.does("admin", open_programme, name=f"One to one ({self.house.name})", purpose="Walking along.")
        family = await self.does("admin", open_programme, name="Family", asks_first=AsksFirst.MENTOR)
        own = await self.does(
            "admin",
            define_role,
            name=f"Reader of {self.house.name}",
            permissions=["programmes.read", "people.read", "organisation.read", "tokens.issue"],
            reach=Reach.ORGANISATION,
        )
        self.name(programme=one, other_programme=family, role=own)
        await self._give("coordinator", NewRole(Role.COORDINATOR, programme_id=one.id))
        await self._give("other_coordinator", NewRole(Role.COORDINATOR, programme_id=family.id))
        await self._give("supervisor", NewRole(Role.SUPERVISOR))
        await self._give("partner", NewRole(Role.PARTNER))
        await self._give("analyst", NewRole(Role.ANALYST))
        await self._give("reader", NewRole(custom_role_id=own.id))

    async def one_to_one(self) -> None:
        """A mentor and a mentee are matched and meet; another run is computed and waits to be published."""
        programme = self.house.row("programme")
        await self._mentor("coordinator", "mentor", capacity=2, supervisor_id=self.house.people["supervisor"])
        await self._mentee("coordinator", "mentee")
        await self._mentee("coordinator", "waiting_mentee", language="pl")
        run = await self._run("coordinator", programme)
        await self.does("coordinator", publish_match_run, run_id=run)
        await self.later()
        match = await self._accepted(run, "mentee", "mentor")
        self.house.named |= {"published_run": ("MatchRun", run), "match": ("Match", match)}
        begun = await self.does(
            "mentor", arrange_meeting, match_id=match, starts_at=self.clock + timedelta(hours=1), format=Format.PHONE
        )
        await self._held_meeting("mentor", "mentee", match)
        coming = await self.does(
            "mentor", arrange_meeting, match_id=match, starts_at=self.now + timedelta(days=2), format=Format.PHONE
        )
        goal = await self.does("mentee", set_goal, match_id=match, title="A place of my own", domain=Domain.HOUSING)
        hoped = await self.does("mentor", set_goal, match_id=match, title="A course", domain=Domain.EDUCATION)
        await self.does("mentor", record_progress, goal_id=goal.id, score=3, remark="A first viewing.")
        self.name(begun_meeting=begun, coming_meeting=coming, goal=goal, proposed_goal=hoped)
        await self._mentor("coordinator", "second_mentor", capacity=1)
        await self._mentor("coordinator", "new_mentor", capacity=1, trained=False)
        await self._mentee("coordinator", "proposed_mentee")
        self.house.named["proposed_run"] = ("MatchRun", await self._run("coordinator", programme))

    async def family(self) -> None:
        """The same in the second programme, where an offer awaits the mentor's answer."""
        programme = self.house.row("other_programme")
        await self._mentor("other_coordinator", "other_mentor", capacity=3)
        await self._mentee("other_coordinator", "other_mentee")
        run = await self._run("other_coordinator", programme)
        await self.does("other_coordinator", publish_match_run, run_id=run)
        match = await self._accepted(run, "other_mentor", "other_mentee")
        self.house.named["other_match"] = ("Match", match)
        await self._held_meeting("other_mentor", "other_mentee", match, prefix="other_")
        goal = await self.does("other_mentee", set_goal, match_id=match, title="Sunday lunch", domain=Domain.FAMILY)
        self.name(other_goal=goal)
        self.clock = self.now  # an offer stands three days
        await self._mentee("other_coordinator", "offered_mentee")
        run = await self._run("other_coordinator", programme)
        await self.does("other_coordinator", publish_match_run, run_id=run)
        await self.later()
        self.house.named |= {"other_run": ("MatchRun", run), "offer": ("Proposal", await self._proposal(run))}

    async def figures(self) -> None:
        """Figures are computed; one is of enough people for an analyst, and one job failed for good."""
        self.clock = self.now
        for who, programme in (("coordinator", "programme"), ("other_coordinator", "other_programme")):
            await self.does(who, refresh_evaluation, programme_id=self.house.row(programme))
        await self.later()
        async with self.workplace.writing(service(self.house.organisation_id, ()), now=self.now) as work:
            for month, people in ((1, 10), (2, 11)):
                figure = EvaluationRollup(
                    programme_id=self.house.row("programme"),
                    month=date(2020, month, 1),
                    indicator=Indicator.MEETINGS_HELD,
                    value=Decimal(40),
                    people=people,
                    computed_at=self.now,
                )
                work.add(figure)
            failed = Later(
                operation="evaluation.rollup.roll_up",
                arguments={},
                due_at=self.now,
                noted_at=self.now,
                request_id="failed",
                attempts=6,
                failed_at=self.now,
                error=f"ValueError in {self.house.name}",
            )
            work.add(failed)
            claimed = await claim(work, "openProgramme", "a key of the world", bytes(32))
            await claimed.keep(str(self.house.row("programme")))
        self.house.named["dead_letter"] = ("Job", failed.id)

    async def tokens(self) -> None:
        """Everybody has a token that outlives the tests."""
        issued = {who: await self._token(who) for who in WHO}
        self.house.secrets |= issued

    async def _token(self, who: str) -> str:
        issued = await self.does("admin", issue_token, person_id=self.house.people[who], name="Tests")
        self.house.named[f"{who}.token"] = ("Token", issued.token.id)
        return issued.secret

    async def _give(self, who: str, role: NewRole) -> None:
        member = await self.does("admin", give_role, role=role, person=self._new(who))
        self.house.people[who] = member.person_id
        self.house.named[f"{who}.member"] = ("Member", member.id)
        self.house.secrets[who] = await self._token(who)

    async def _mentor(
        self, by: str, who: str, *, capacity: int, supervisor_id: UUID | None = None, trained: bool = True
    ) -> None:
        mentor = await self.does(
            by,
            register_mentor,
            programme_id=self._programme(by),
            person=self._new(who),
            profile=profile(),
            offer=Help([Domain.HOUSING], capacity=capacity, about=f"Hello from {self.house.name}."),
            trained_on=date(2026, 1, 1) if trained else None,
        )
        if supervisor_id is not None:  # a coordinator does not see who is of no programme, so an administrator says it
            await self.does("admin", supervise, mentor.id, supervisor_id=supervisor_id)
        self.house.people[who] = mentor.person_id
        self.house.named[who] = ("Mentor", mentor.id)
        self.house.secrets[who] = await self._token(who)

    async def _mentee(self, by: str, who: str, *, language: str = "en") -> None:
        mentee = await self.does(
            by,
            register_mentee,
            programme_id=self._programme(by),
            person=self._new(who),
            profile=profile(language),
            needs=[Need(Domain.HOUSING, 2)],
            goals=[f"A place of my own in {self.house.name}"],
        )
        self.house.people[who] = mentee.person_id
        self.house.named[who] = ("Mentee", mentee.id)
        self.house.secrets[who] = await self._token(who)

    def _programme(self, by: str) -> UUID:
        return self.house.row("programme" if by == "coordinator" else "other_programme")

    async def _run(self, by: str, programme_id: UUID) -> UUID:
        run = await self.does(by, start_match_run, programme_id=programme_id)
        await self.later()
        return run.id

    async def _proposal(self, run_id: UUID) -> UUID:
        async with self.workplace.reading(service(self.house.organisation_id, ())) as work:
            found = await work.first(Proposal, Proposal.run_id == run_id)
        assert found is not None
        return found.id

    async def _accepted(self, run_id: UUID, first: str, second: str) -> UUID:
        proposal_id = await self._proposal(run_id)
        await self.does(first, accept_proposal, proposal_id=proposal_id)
        accepted = await self.does(second, accept_proposal, proposal_id=proposal_id)
        await self.later()
        assert accepted.match_id is not None
        return accepted.match_id

    async def _held_meeting(self, mentor: str, mentee: str, match_id: UUID, prefix: str = "") -> None:
        starts = self.clock + timedelta(hours=3)
        meeting = await self.does(mentor, arrange_meeting, match_id=match_id, starts_at=starts, format=Format.PHONE)
        await self.later()  # reminds
        self.clock = starts + timedelta(hours=1)
        both = [self.house.people[who] for who in (mentor, mentee)]
        await self.does(mentor, record_attendance, meeting_id=meeting.id, present=both)
        for who in (mentor, mentee):
            said = await self.does(
                who,
                give_feedback,
                meeting_id=meeting.id,
                felt_heard=5,
                talked_about_what_matters=4,
                helpful=5,
                right_pace=4,
                remark=f"Thank you, {self.house.name}.",
            )
            self.house.named[f"{who}.feedback"] = ("Feedback", said.id)
        self.house.named[f"{prefix}held_meeting"] = ("Meeting", meeting.id)

    def _new(self, who: str) -> NewPerson:
        address = f"{who}@{self.slug}.example"
        return NewPerson(self.house.names[who], "Europe/Dublin", email=address, phone="+353 1 555 0100")

    def name(self, **rows: Any) -> None:
        """Give rows names in the house."""
        shown = {model: s.name for model, s in SHOWN.items()}
        self.house.named |= {name: (shown[type(row)], row.id) for name, row in rows.items()}


def profile(language: str = "en") -> Profile:
    """A profile that fits every other one of the same language."""
    evenings = [Window(day, time(18), time(21)) for day in (Weekday.TUESDAY, Weekday.THURSDAY)]
    return Profile([language], [Format.PHONE, Format.IN_PERSON], evenings, pathway=Pathway.SMART)

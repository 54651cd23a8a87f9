"""How an organisation of the demo begins: its staff, its programmes, its people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from infra.demo import cast
from infra.demo.plan import Plan, ProgrammePlan
from infra.demo.stage import Someone, Stage
from kith.ground.actor import operator, service
from kith.ground.permissions import Role
from kith.ground.work import Work
from kith.people.mentee import Mentee, register_mentee
from kith.people.mentor import Mentor, record_training, register_mentor, supervise
from kith.people.person import NewPerson, Person
from kith.people.profile import Profile
from kith.programmes import Programme, open_programme
from tenants.member import NewRole, give_role
from tenants.provisioning import provision_organisation
from tenants.token import LONGEST, add_token
from tenants.work import Workplace

BEGAN_DAYS_AGO = 186
OFFER_HOURS = 168
CASELOAD = 40  # one supervisor looks after all who are supervised
SUPERVISED_DAYS = 30  # a mentor is supervised once a month, from the beginning
UNSUPERVISED = 2  # mentors who wait for a supervisor


@dataclass(slots=True)
class Founded:
    """An organisation with its staff, and its programmes by plan."""

    plan: Plan
    stage: Stage
    staff: dict[str, Someone]
    phones: Iterator[int]

    def newcomer(self, part: cast.Part) -> NewPerson:
        """A person who joins, with a telephone number that is nobody's."""
        return part.joining(self.plan.time_zone, self.telephone())

    def telephone(self) -> str:
        """A number that is nobody's."""
        return self.plan.phone.format(next(self.phones))


async def found(workplace: Workplace, plan: Plan, now: datetime) -> Founded:
    """Provision the organisation, with its administrator."""
    at, phones = now - timedelta(days=BEGAN_DAYS_AGO), count(100)
    part = cast.Part(plan.staff["admin"], "she/her", ("en",))
    admin = part.joining(plan.time_zone, plan.phone.format(next(phones)))
    async with workplace.writing(operator(), now=at) as work:
        made = await provision_organisation(work, slug=plan.slug, name=plan.name, time_zone=plan.time_zone, admin=admin)
    stage = Stage(workplace, made.organisation.id, plan.time_zone, now)
    return Founded(plan, stage, {"admin": await _with_key(stage, at)}, phones)


async def _with_key(stage: Stage, at: datetime) -> Someone:
    """The administrator, with a key that lasts: the one they were provisioned with was for a week long ago."""
    async with stage.workplace.writing(service(stage.organisation_id, ()), now=at) as work:
        person = await work.first(Person)
        assert person is not None
        key = add_token(work, person, name="Office", expires_at=at + LONGEST)
    return Someone(person.id, person.name, key.secret)


async def open_programmes(founded: Founded) -> list[UUID]:
    """Open the programmes and give the staff their roles; the programmes' ids in the order of the plan."""
    stage, at = founded.stage, founded.stage.ago(BEGAN_DAYS_AGO - 1)
    async with stage.as_person(founded.staff["admin"], at) as work:
        opened = [await _open(work, each) for each in founded.plan.programmes]
        first, *others = [each.id for each in opened]
        for name in ("coordinator", "supervisor", "partner", "analyst"):
            founded.staff[name] = await _staff(work, founded, name, first)
        for other in others:
            role = NewRole(Role.COORDINATOR, programme_id=other)
            await give_role(work, role=role, person_id=founded.staff["coordinator"].id)
    return [first, *others]


async def _open(work: Work, plan: ProgrammePlan) -> Programme:
    return await open_programme(
        work,
        name=plan.name,
        purpose=plan.purpose,
        asks_first=plan.asks_first,
        offer_hours=OFFER_HOURS,
        reminder_hours=plan.reminder_hours,
        supervision_first_days=SUPERVISED_DAYS,
        caseload_limit=CASELOAD,
    )


async def _staff(work: Work, founded: Founded, name: str, programme_id: UUID) -> Someone:
    role = Role[name.upper()]
    within = programme_id if role is Role.COORDINATOR else None
    part = cast.Part(founded.plan.staff[name], "", ("en",))
    member = await give_role(work, role=NewRole(role, programme_id=within), person=founded.newcomer(part))
    return await keyed(work, member.person_id, part.name)


async def keyed(work: Work, person_id: UUID, name: str) -> Someone:
    """The person, with a key to sign in with."""
    person = await work.get(Person, person_id)
    return Someone(person_id, name, add_token(work, person, name="Telephone", expires_at=work.now + LONGEST).secret)


async def welcome_mentors(founded: Founded, plan: ProgrammePlan, programme_id: UUID, *, trainee: bool) -> list[Mentor]:
    """Register the mentors of a programme. With `trainee` the last is in training, and the last but one was."""
    stage, places, mentors = founded.stage, len(plan.places), list[Mentor]()
    async with stage.as_person(founded.staff["coordinator"], stage.ago(BEGAN_DAYS_AGO - 2)) as work:
        for place in range(places):
            untrained = trainee and place >= places - 2
            mentors.append(await _mentor(work, founded, plan, programme_id, place, untrained))
    async with stage.as_person(founded.staff["admin"], stage.ago(BEGAN_DAYS_AGO - 3)) as work:
        for mentor in mentors[: places - UNSUPERVISED if trainee else None]:
            await supervise(work, mentor.id, supervisor_id=founded.staff["supervisor"].id)
    if trainee:
        trained_at = stage.ago(150)
        async with stage.as_person(founded.staff["coordinator"], trained_at) as work:
            await record_training(work, mentors[-2].id, trained_on=trained_at.date() - timedelta(days=2))
    return mentors


async def _mentor(
    work: Work, founded: Founded, plan: ProgrammePlan, programme_id: UUID, place: int, untrained: bool
) -> Mentor:
    part = cast.parts(plan.mentors)[place]
    rng = founded.stage.chance(part.name)
    profile = cast.mentor_profile(part, rng, plan.life_stage)
    mentor = await register_mentor(
        work,
        programme_id=programme_id,
        person=founded.newcomer(part),
        profile=profile,
        offer=cast.offer(rng, plan.places[place]),
        trained_on=None if untrained else work.now.date() - timedelta(days=rng.randint(20, 400)),
    )
    await _joined(work, founded.stage, mentor, profile)
    return mentor


async def welcome_mentee(
    founded: Founded, plan: ProgrammePlan, programme_id: UUID, part: cast.Part, at: datetime
) -> None:
    """Register a mentee: they wait from then on."""
    rng = founded.stage.chance(part.name)
    profile = cast.mentee_profile(part, rng, plan.life_stage)
    needs, hopes = cast.needs(rng)
    async with founded.stage.as_person(founded.staff["coordinator"], at) as work:
        mentee = await register_mentee(
            work,
            programme_id=programme_id,
            person=founded.newcomer(part),
            profile=profile,
            needs=needs,
            goals=hopes,
            urgent=rng.random() < 0.08,
        )
        await _joined(work, founded.stage, mentee, profile)


async def _joined(work: Work, stage: Stage, row: Mentor | Mentee, profile: Profile) -> None:
    stage.people[row.person_id] = await keyed(work, row.person_id, row.name)
    stage.free[row.person_id] = tuple(profile.availability)

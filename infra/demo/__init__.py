"""A believable demo: two organisations with half a year of mentoring, made by the operations themselves."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Uuid, and_, delete, exists, or_, update

from infra.demo import cast, meetings, runs, walking
from infra.demo.community import community
from infra.demo.culture import culture
from infra.demo.founding import UNSUPERVISED, Founded, found, open_programmes, welcome_mentee, welcome_mentors
from infra.demo.harbour import HARBOUR
from infra.demo.importing import bring_along
from infra.demo.improvement import improvement
from infra.demo.intake import intake
from infra.demo.lantern import LANTERN
from infra.demo.plan import Plan, ProgrammePlan, Wave
from infra.demo.recruiting import recruit
from infra.demo.referrals import partners, referrals
from infra.demo.relationships import relationships
from infra.demo.stage import Someone, Stage
from infra.demo.supervision import ask_to_observe, supervise_mentors
from infra.demo.training import train
from infra.demo.walking import Walk
from infra.demo.writing import write_down
from kith.evaluation.rollup import roll_up_programme
from kith.ground.actor import service
from kith.ground.outbox import Later
from kith.meetings.meeting import OPEN, Meeting, remind
from kith.mentors.leave import take_leave
from kith.people.letters import Letter
from kith.people.mentor import Mentor
from kith.referrals.agency import PartnerAgency
from tenants.provisioning import KEEP_KEYS, issue_operator_token
from tenants.token import LONGEST, issue_token
from tenants.work import Workplace

PUBLISHED_AGO = timedelta(hours=6)
MAY_END_DAYS = 130  # matches that began before may have ended by now
RESTS = 2  # the place of the mentor who rests
TOMORROW = (11, 14, 16)  # by the clock on the wall: hours outside the weekly ones


async def demo(workplace: Workplace) -> dict[str, Any]:
    """Fill an empty database with two organisations; the secrets with which to look around."""
    now = datetime.now(UTC)
    async with workplace.writing(service(None, (KEEP_KEYS,)), now=now) as work:
        key = await issue_operator_token(work, name="Demo")
    organisations = await asyncio.gather(*(_organisation(workplace, plan, now) for plan in (HARBOUR, LANTERN)))
    return {"operator": key, "organisations": organisations}


async def _organisation(workplace: Workplace, plan: Plan, now: datetime) -> dict[str, Any]:
    founded = await found(workplace, plan, now)
    programmes = await open_programmes(founded)
    agency = await partners(founded, programmes)
    open_runs, walks, teams = list[UUID](), list[Walk](), list[list[Mentor]]()
    for place, (of_programme, programme_id) in enumerate(zip(plan.programmes, programmes, strict=True)):
        teams.append(await welcome_mentors(founded, of_programme, programme_id, trainee=place == 0))
        walked, run_id = await _half_a_year(founded, of_programme, programme_id, teams[0] if place == 0 else [])
        walks += walked
        open_runs += [run_id] if of_programme.publishes_last else []
    shown = await _today(founded, teams[0], walks)
    rests = teams[0].pop(RESTS)
    teams[0].sort(key=lambda mentor: mentor.person_id != shown.mentor.id)
    teams[0].insert(RESTS, rests)
    await _around(founded, programmes, agency, teams, walks, shown)
    await _forget_what_is_over(founded.stage)
    for run_id in open_runs:
        await _offer(founded.stage, founded.staff["coordinator"], run_id)
    await _figures(founded.stage, programmes)
    await _due_from_now_on(founded.stage)
    return {"slug": plan.slug, "name": plan.name, "tokens": await _tokens(founded, shown)}


async def _around(
    founded: Founded,
    programmes: list[UUID],
    agency: PartnerAgency,
    teams: list[list[Mentor]],
    walks: list[Walk],
    shown: Walk,
) -> None:
    """What belongs to a programme beside its matches, most of it about the two who are shown."""
    programme_id, mentors = programmes[0], teams[0]
    others = [walk for walk in walks if walk.live and walk is not shown]
    ending, ended, asks = (others.pop(_meeting_on(others)) for _ in range(3))
    await recruit(founded, programme_id, mentors)
    await train(founded, programme_id, mentors)
    await relationships(founded, programmes, shown, ending, ended, asks)
    await meetings.surround(founded.stage, shown)
    supervised = [*mentors[:-UNSUPERVISED], *(mentor for team in teams[1:] for mentor in team)]
    await supervise_mentors(founded, supervised, walks, shown)
    await write_down(founded, shown, others[0])
    await referrals(founded, programme_id, agency, others)
    await intake(founded, programme_id, agency, shown.mentor)
    await bring_along(founded, programme_id)
    await culture(founded, programme_id, mentors[:2], shown)
    await improvement(founded, programme_id, walks)
    await community(founded, programme_id, shown, others[:2])


def _meeting_on(walks: list[Walk]) -> int:
    """The place of one whose next meeting is arranged and not observed."""
    return next(place for place, walk in enumerate(walks) if walk.upcoming and not walk.observed)


async def _half_a_year(
    founded: Founded, plan: ProgrammePlan, programme_id: UUID, mentors: list[Mentor]
) -> tuple[list[Walk], UUID]:
    """Wave after wave of mentees, until now; the walks and the last run, which is not published."""
    stage, coordinator, walks = founded.stage, founded.staff["coordinator"], list[Walk]()
    waiting = cast.parts(plan.mentees)
    *past, last = plan.waves
    for wave in past:
        waiting = await _register(founded, plan, programme_id, wave, waiting)
        at = stage.ago(wave.days_ago)
        await _go_on(stage, walks, coordinator, at - timedelta(hours=6))
        if mentors and wave is past[-1]:
            await _to_be_observed(founded, walks, mentors[:-UNSUPERVISED], at)
        run_id = await runs.propose(stage, coordinator, programme_id, wave, at)
        offered = await runs.publish(stage, coordinator, run_id, at + timedelta(hours=2), now=False)
        for match in await runs.answers(stage, offered, at + timedelta(hours=2)):
            walks.append(await walking.begin(stage, match, may_end=wave.days_ago > MAY_END_DAYS))
    await _register(founded, plan, programme_id, last, waiting)
    await _go_on(stage, walks, coordinator, stage.now)
    if mentors:
        await _leave(stage, mentors[RESTS])
    run_id = await runs.propose(stage, coordinator, programme_id, last, stage.now - PUBLISHED_AGO)
    return walks, run_id


async def _register(
    founded: Founded, plan: ProgrammePlan, programme_id: UUID, wave: Wave, waiting: list[cast.Part]
) -> list[cast.Part]:
    """Register the mentees of the wave in the days before its run; those who remain."""
    now, later = waiting[: wave.mentees], waiting[wave.mentees :]
    for place, part in enumerate(now):
        days = wave.days_ago + 5 * (len(now) - place) / len(now)
        await welcome_mentee(founded, plan, programme_id, part, founded.stage.ago(days))
    return later


async def _go_on(stage: Stage, walks: list[Walk], coordinator: Someone, until: datetime) -> None:
    for walk in walks:
        await walking.go_on(stage, walk, coordinator, until)


async def _to_be_observed(founded: Founded, walks: list[Walk], supervised: list[Mentor], at: datetime) -> None:
    """The supervisor will be there when two of them meet next."""
    theirs = {mentor.person_id for mentor in supervised}
    walk = next(w for w in walks if w.live and w.upcoming and w.upcoming[1] > at and w.mentor.id in theirs)
    await ask_to_observe(founded, walk, at - timedelta(hours=4), agrees=True)


async def _leave(stage: Stage, mentor: Mentor) -> None:
    async with stage.as_person(stage.people[mentor.person_id], stage.ago(9)) as work:
        await take_leave(work, mentor.id)


async def _today(founded: Founded, mentors: list[Mentor], walks: list[Walk]) -> Walk:
    """Somebody takes a break, some meet tomorrow; the walk to show."""
    stage = founded.stage
    live = sorted((w for w in walks if w.live and len(w.aims) == 2), key=lambda w: -w.held)
    here = {each.person_id for each in mentors[:-UNSUPERVISED]} - {mentors[RESTS].person_id}
    shown = next(w for w in live if w.mentor.id in here and w.match.began_at < stage.ago(MAY_END_DAYS))
    await walking.pause(stage, next(w for w in reversed(live) if w is not shown), stage.now - timedelta(hours=2))
    met: set[UUID] = set()
    for hour in TOMORROW:
        walk = next(w for w in (shown, *live) if w.upcoming and w.mentor.id not in met)
        met.add(walk.mentor.id)
        await walking.move_to_tomorrow(stage, walk, stage.now - timedelta(hours=1), hour)
    return shown


async def _forget_what_is_over(stage: Stage) -> None:
    """Delete what was to be done by now, except reminders of meetings that are still to be then.

    While the past was made nothing ran that does what happens later, and most of it is over: reminders of
    meetings that took place, ends of offers that were answered. The operations would find that out one by one.
    """
    to_be = exists().where(
        Meeting.organisation_id == Later.organisation_id,
        Meeting.id == Later.arguments["meeting_id"].astext.cast(Uuid),
        Meeting.starts_at == Later.arguments["starts_at"].astext.cast(DateTime(timezone=True)),
        Meeting.starts_at > stage.now,
        Meeting.status.in_(OPEN),
    )
    reminder = Later.operation == remind.name
    over = or_(and_(reminder, ~to_be), and_(~reminder, Later.due_at <= stage.now))
    async with stage.as_service(stage.now) as work:
        await work.session.execute(delete(Later).where(over).execution_options(synchronize_session=False))
        await work.revise(Letter, Letter.sent_at.is_(None), sent_at=Letter.written_at)


async def _due_from_now_on(stage: Stage) -> None:
    """What is left to be done becomes due now: it did not wait while the past was made."""
    async with stage.as_service(stage.now) as work:
        now = datetime.now(UTC)
        await work.session.execute(
            update(Later).where(Later.due_at < now).values(due_at=now).execution_options(synchronize_session=False)
        )


async def _offer(stage: Stage, coordinator: Someone, run_id: UUID) -> None:
    """Publish the run as it happens now: people are told of it. One of those who are asked has accepted."""
    at = stage.now - PUBLISHED_AGO / 2
    for first in (await runs.publish(stage, coordinator, run_id, at, now=True))[:1]:
        await runs.accept(stage, first, at + timedelta(hours=1), now=True)


async def _figures(stage: Stage, programmes: list[UUID]) -> None:
    async with stage.as_service(stage.now, roll_up_programme) as work:
        for programme_id in programmes:
            await roll_up_programme(work, programme_id)


async def _tokens(founded: Founded, shown: Walk) -> dict[str, str]:
    """A secret for each role, for a year."""
    who = {**founded.staff, "mentor": shown.mentor, "mentee": shown.mentee}
    async with founded.stage.as_person(founded.staff["admin"], founded.stage.now) as work:
        return {
            role: (await issue_token(work, person_id=person.id, name="Demo", expires_at=work.now + LONGEST)).secret
            for role, person in who.items()
        }

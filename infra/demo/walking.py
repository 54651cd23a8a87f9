"""Two people walking together: their meetings, goals, progress and feedback over the months."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from infra.demo import words
from infra.demo.stage import Scene, Someone, Stage
from kith.evaluation.feedback import give_feedback
from kith.goals.goal import agree_to_goal, record_progress, set_goal
from kith.ground.work import Work
from kith.matching.closure import close_match
from kith.matching.match import ClosingReason, Match
from kith.matching.pausing import pause_match
from kith.meetings.attendance import record_attendance
from kith.meetings.meeting import arrange_meeting, cancel_meeting, move_meeting
from kith.people.profile import Domain, Format, Weekday, Window

OUTCOMES = {"held": 84, "missed": 8, "cancelled": 8}
AFTER, LATER = timedelta(minutes=70), timedelta(minutes=100)  # when the mentor and the mentee write it down
WRITES = 0.6  # how often a mentee writes something down after a meeting
RECORDED = timedelta(hours=2)  # by then both have
REASONS = (
    *(ClosingReason.GOALS_MET, ClosingReason.GOALS_MET, ClosingReason.TIME_COMPLETED),
    *(ClosingReason.MOVED, ClosingReason.LOST_CONTACT),
)


@dataclass(slots=True)
class Aim:
    """A goal, and how far the mentee feels they are."""

    goal_id: UUID
    score: int
    achieved: bool = False


@dataclass(frozen=True, slots=True)
class Observed:
    """A meeting to which a supervisor comes."""

    meeting_id: UUID
    session_id: UUID
    starts_at: datetime


@dataclass(slots=True)
class Walk:
    """One match while it is walked."""

    match: Match
    mentor: Someone
    mentee: Someone
    every: int  # days between two meetings
    slot: tuple[Window, int]  # a window, and its hour
    format: Format
    rng: Random
    ends: datetime | None = None
    aims: list[Aim] = field(default_factory=list)
    upcoming: tuple[UUID, datetime] | None = None
    observed: Observed | None = None
    held: int = 0
    closed: bool = False

    @property
    def live(self) -> bool:
        """Whether they still meet."""
        return not self.closed


async def begin(stage: Stage, match: Match, *, may_end: bool) -> Walk:
    """Take the first steps: a first meeting arranged, a first goal, and another that the mentor put into words."""
    mentor, mentee = (stage.people[id] for id in (match.mentor_person_id, match.mentee_person_id))
    rng = stage.chance("walk", mentee.name)
    slot = _slot(stage, match.mentor_person_id, match.mentee_person_id)
    ends = match.began_at + timedelta(days=rng.randint(65, 130)) if may_end and rng.random() < 0.3 else None
    walk = Walk(match, mentor, mentee, rng.choice((14, 14, 21, 21)), slot, rng.choice(list(Format)), rng, ends)
    at = match.began_at + timedelta(minutes=40)
    async with stage.scene() as scene:
        await _arrange(await scene.of(mentor, at), stage, walk, _first(stage, walk))
        await _set_goals(scene, walk, at + timedelta(minutes=30))
    return walk


async def _set_goals(scene: Scene, walk: Walk, at: datetime) -> None:
    domains: list[Domain] = walk.rng.sample(list(words.GOALS), 2)
    titles = [walk.rng.choice(words.GOALS[domain]) for domain in domains]
    work = await scene.of(walk.mentee, at)
    goal = await set_goal(work, walk.match.id, title=titles[0], domain=domains[0], why=walk.rng.choice(words.WHY))
    work = await scene.of(walk.mentor, at + timedelta(hours=1))
    target = (scene.stage.now + timedelta(days=walk.rng.randint(20, 120))).date()
    second = await set_goal(work, walk.match.id, title=titles[1], domain=domains[1], target_on=target)
    if walk.rng.random() < 0.85:
        await agree_to_goal(await scene.of(walk.mentee, at + timedelta(hours=2)), second.id)
        walk.aims.append(Aim(second.id, walk.rng.randint(0, 3)))
    walk.aims.append(Aim(goal.id, walk.rng.randint(0, 3)))


async def go_on(stage: Stage, walk: Walk, coordinator: Someone, until: datetime) -> None:
    """Meet until then, or until the match ends."""
    end = min(until, walk.ends or until)
    async with stage.scene() as scene:
        while walk.live and walk.upcoming and walk.upcoming[1] + RECORDED <= end:
            await _meet(scene, walk, *walk.upcoming)
        if walk.live and walk.ends and walk.ends <= until:
            await _close(scene, walk, coordinator)


async def _meet(scene: Scene, walk: Walk, meeting_id: UUID, starts_at: datetime) -> None:
    (outcome,) = walk.rng.choices(list(OUTCOMES), list(OUTCOMES.values()))
    if outcome == "cancelled":
        await _cancel(scene, walk, meeting_id, starts_at)
        return
    present = [walk.mentor.id, walk.mentee.id] if outcome == "held" else [walk.mentor.id]
    work = await scene.of(walk.mentor, starts_at + AFTER)
    remark = walk.rng.choice(words.MISSED) if outcome == "missed" else ""
    await record_attendance(work, meeting_id, present=present, remark=remark)
    await _arrange(work, scene.stage, walk, _next(scene.stage, walk, starts_at))
    if outcome == "held":
        walk.held += 1
        await _look_back(scene, walk, meeting_id, starts_at + LATER)


async def _cancel(scene: Scene, walk: Walk, meeting_id: UUID, starts_at: datetime) -> None:
    who = walk.rng.choice((walk.mentor, walk.mentee))
    work = await scene.of(who, starts_at - timedelta(hours=walk.rng.randint(4, 40)))
    await cancel_meeting(work, meeting_id)
    await _arrange(work, scene.stage, walk, _next(scene.stage, walk, starts_at))


async def _look_back(scene: Scene, walk: Walk, meeting_id: UUID, at: datetime) -> None:
    """What the mentee writes down after a meeting."""
    if walk.rng.random() > WRITES:
        return
    feedback, progress = walk.rng.random() < 0.85, walk.rng.random() < 0.85
    work = await scene.of(walk.mentee, at)
    if feedback:
        await _feed_back(work, walk, meeting_id)
    open_aims = [aim for aim in walk.aims if not aim.achieved]
    if progress and open_aims:
        await _progress(work, walk.rng, walk.rng.choice(open_aims))


async def _feed_back(work: Work, walk: Walk, meeting_id: UUID) -> None:
    mood = walk.rng.choice((3, 4, 4, 5, 5))
    heard, matters, helpful, pace = (min(5, max(2, mood + walk.rng.choice((-1, 0, 0, 1)))) for _ in range(4))
    await give_feedback(
        work,
        meeting_id,
        felt_heard=heard,
        talked_about_what_matters=matters,
        helpful=helpful,
        right_pace=pace,
        remark=walk.rng.choice(words.FEEDBACK),
    )


async def _progress(work: Work, rng: Random, aim: Aim) -> None:
    rises = rng.random() < 0.78
    aim.score = min(10, aim.score + rng.choice((1, 1, 2))) if rises else max(0, aim.score - 1)
    aim.achieved = aim.score == 10
    remark = words.REACHED if aim.achieved else rng.choice(words.ROSE if rises else words.SETBACK)
    await record_progress(work, aim.goal_id, score=aim.score, remark=remark)


async def _close(scene: Scene, walk: Walk, coordinator: Someone) -> None:
    """Close the match; what was arranged is cancelled, so that nobody is reminded of it."""
    assert walk.ends is not None
    reason = walk.rng.choice(REASONS)
    work = await scene.of(coordinator, walk.ends)
    if walk.upcoming:
        await cancel_meeting(work, walk.upcoming[0])
    await close_match(work, walk.match.id, reason=reason, mentee_waits_again=reason is ClosingReason.LOST_CONTACT)
    walk.closed, walk.upcoming = True, None
    for who in (walk.mentor, walk.mentee):
        scene.stage.forget(who)


async def pause(stage: Stage, walk: Walk, at: datetime) -> None:
    """The mentee takes a break; what was arranged is cancelled."""
    async with stage.as_person(walk.mentee, at) as work:
        if walk.upcoming:
            await cancel_meeting(work, walk.upcoming[0])
        await pause_match(work, walk.match.id)
    walk.upcoming = None


async def move_to_tomorrow(stage: Stage, walk: Walk, at: datetime, hour: int) -> None:
    """Move what is arranged to tomorrow."""
    assert walk.upcoming is not None
    tomorrow = _at_hour(stage.now.astimezone(stage.zone) + timedelta(days=1), hour)
    async with stage.as_person(walk.mentor, at) as work:
        moved = await move_meeting(work, walk.upcoming[0], starts_at=tomorrow)
    walk.upcoming = (moved.id, moved.starts_at)


async def _arrange(work: Work, stage: Stage, walk: Walk, starts_at: datetime) -> None:
    meeting = await arrange_meeting(
        work,
        walk.match.id,
        starts_at=starts_at,
        format=walk.format,
        place=walk.rng.choice(words.PLACES[walk.format]),
    )
    walk.upcoming = (meeting.id, meeting.starts_at)


def _slot(stage: Stage, mentor_id: UUID, mentee_id: UUID) -> tuple[Window, int]:
    """An hour of the week that suits both and that the mentor spends with nobody else."""
    mine, theirs = stage.free[mentor_id], stage.free[mentee_id]
    shared = [window for window in mine if window in theirs]
    hours = [(w, h) for w in (*shared, *mine) for h in range(w.starts.hour, w.ends.hour)]
    window, hour = next(each for each in hours if (mentor_id, *each) not in stage.taken)
    stage.taken.add((mentor_id, window, hour))
    return window, hour


def _first(stage: Stage, walk: Walk) -> datetime:
    """The first such hour, two days after the match began or later."""
    window, hour = walk.slot
    day = (walk.match.began_at + timedelta(days=2)).astimezone(stage.zone)
    ahead = (list(Weekday).index(window.weekday) - day.weekday()) % 7
    return _at_hour(day + timedelta(days=ahead), hour)


def _next(stage: Stage, walk: Walk, starts_at: datetime) -> datetime:
    """The same hour by the clock on the wall, a week or two later."""
    return _at_hour(starts_at.astimezone(stage.zone) + timedelta(days=walk.every), walk.slot[1])


def _at_hour(day: datetime, hour: int) -> datetime:
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)

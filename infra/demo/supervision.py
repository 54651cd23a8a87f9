"""Supervision in the demo: plans, sessions that both signed, a group, an observation, how mentors develop."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from infra.demo.founding import BEGAN_DAYS_AGO, Founded
from infra.demo.stage import Scene, Someone, Stage
from infra.demo.walking import Observed, Walk
from kith.matching.match import Match
from kith.matching.proposal import OPEN, Proposal
from kith.meetings.meeting import Meeting, MeetingStatus
from kith.people.mentor import Mentor
from kith.people.profile import Format
from kith.people.readiness import settle_everybody
from kith.supervision.coverage import delegate_coverage
from kith.supervision.development import (
    add_development_action,
    agree_to_development_plan,
    draft_development_plan,
    finish_development_action,
    review_development_plan,
)
from kith.supervision.observation import agree_to_observation, arrange_observation, follow_meeting
from kith.supervision.plan import SupervisionPlan, edit_supervision_plan, keep_plan, tell_of_due
from kith.supervision.rating import Observed as Rated
from kith.supervision.rating import rate_observation
from kith.supervision.record import (
    NapsValue,
    Rating,
    Review,
    acknowledge_supervision,
    record_supervision,
    sign_supervision,
)
from kith.supervision.session import (
    CancellingReason,
    SessionKind,
    SupervisionSession,
    cancel_supervision,
    hold_supervision,
    schedule_supervision,
)
from kith.training.module import Competency

MONTHLY = (165, 136, 108, 79, 50, 22)  # days ago: the sessions of the mentor who is shown
RECENT = 18  # and about then with some of the others
MET, NEW = 4, 19  # how many those are; a plan with the rest began so many days ago
LATE = 45  # and of the one with whom another is overdue
TOGETHER = (73, 11)  # sessions of a group


@dataclass(frozen=True, slots=True)
class Said:
    """What a session was about."""

    value: NapsValue
    reflection: str
    self_care: str = ""
    support_needs: str = ""
    comment: str = ""
    rating: Rating = field(default=Rating(4, 4))


SESSIONS = (
    Said(
        NapsValue.VOLUNTARY,
        "They ask before they offer, and leave room for a no.",
        "Long walks on days off.",
        "A quiet room on Tuesdays.",
        "That is fair, and thank you for the room.",
    ),
    Said(
        NapsValue.EMPATHETIC,
        "They listened to a hard story without hurrying to the next step.",
        "They swim again; a week with late calls was too much.",
        comment="I keep my telephone off after nine now.",
        rating=Rating(4, 5),
    ),
    Said(
        NapsValue.EQUALLY_SHARED_POWER,
        "We looked at who decides where the two meet, and how that could be shared.",
        support_needs="Money for coffee, paid before and not after.",
        rating=Rating(3, 4),
    ),
    Said(
        NapsValue.HONEST_AND_DIRECT,
        "They said plainly that they could not lend money, and it was heard.",
        "Their own group, every Thursday.",
        comment="It felt easier than I thought.",
        rating=Rating(5, 4),
    ),
    Said(
        NapsValue.STRENGTHS_FOCUSED,
        "They named three things that the person they walk with does well.",
        "Cooking with friends.",
        comment="I learn as much as I give.",
        rating=Rating(5, 5),
    ),
    Said(
        NapsValue.PERSON_DRIVEN,
        "The steps are chosen by the person they walk with; they wait for them.",
        support_needs="Where to find an interpreter at short notice.",
        comment="I would like to talk about endings next time.",
        rating=Rating(4, 5),
    ),
)
OF_GROUP = (
    Said(NapsValue.MUTUAL_AND_RECIPROCAL, "Each told of something they had learnt from the person they walk with."),
    Said(NapsValue.TRANSPARENT, "We practised saying what is written down, and who may read it."),
)
GOES_WELL = "They meet as agreed; the next step is theirs to choose."
SEEN = (
    Rated(Competency.SAMHSA_01, 5, "Arrived early, and let them begin."),
    Rated(Competency.SAMHSA_02, 4, "Warm; one question came too soon."),
    Rated(Competency.SAMHSA_03, 4, "Told a little of their own, and stopped in time."),
)


async def ask_to_observe(founded: Founded, walk: Walk, at: datetime, *, agrees: bool) -> None:
    """The supervisor asks to be there when the two meet next; the mentee agrees, or has not answered yet."""
    supervisor = founded.staff["supervisor"]
    assert walk.upcoming is not None
    async with founded.stage.scene(supervisor) as scene:
        asked = await arrange_observation(await scene.of(supervisor, at), walk.upcoming[0])
        if agrees:
            await agree_to_observation(await scene.of(walk.mentee, at + timedelta(hours=3)), asked.id)
            walk.observed = Observed(walk.upcoming[0], asked.session_id, walk.upcoming[1])


async def supervise_mentors(founded: Founded, mentors: Sequence[Mentor], walks: Sequence[Walk], shown: Walk) -> None:
    """Half a year of sessions with one mentor, some with others, one that is overdue, a meeting observed."""
    stage, supervisor = founded.stage, founded.staff["supervisor"]
    first = next(mentor for mentor in mentors if mentor.person_id == shown.mentor.id)
    late = await _without_offers(stage, [mentor for mentor in mentors if mentor is not first])
    others = [mentor for mentor in mentors if mentor not in (first, late)]
    of_group = [first, *(mentor for mentor in others if mentor.programme_id == first.programme_id)][:3]
    matches = {walk.mentor.id: walk.match for walk in walks if walk.live}
    async with stage.scene(supervisor) as scene:
        for mentor in mentors:
            days = NEW if mentor in others[MET:] else BEGAN_DAYS_AGO - 4
            await keep_plan(scene.of_service(stage.ago(days), keep_plan), mentor.id)
        for place, days in enumerate(MONTHLY):
            await _held(scene, supervisor, first, days, SESSIONS[place], matches)
        for place, mentor in enumerate(others[:MET]):
            said = SESSIONS[place % len(SESSIONS)]
            await _held(scene, supervisor, mentor, RECENT - 2 * (place % 4), said, matches, reads=place > 0)
        await _held(scene, supervisor, late, LATE, SESSIONS[3], matches)
        for days, said in zip(TOGETHER, OF_GROUP, strict=True):
            await _in_group(scene, supervisor, of_group, days, said)
        for walk in walks:
            await _observed(scene, supervisor, walk)
        await _develop(scene, supervisor, first, others[0])
        await _to_come(scene, founded, first, late, of_group)
        await settle_everybody(scene.of_service(stage.now, settle_everybody))
    asks = next(w for w in walks if w.live and w.upcoming and w.mentor.id in {m.person_id for m in others})
    await ask_to_observe(founded, asks, stage.now - timedelta(minutes=30), agrees=False)


async def _without_offers(stage: Stage, mentors: Sequence[Mentor]) -> Mentor:
    """One whom no run proposes just now: with whom supervision is overdue begins no match."""
    async with stage.as_service(stage.now) as work:
        asked = {proposal.mentor_id for proposal in await work.rows(Proposal, Proposal.status.in_(OPEN))}
    return next((mentor for mentor in reversed(mentors) if mentor.id not in asked), mentors[-1])


async def _held(
    scene: Scene,
    supervisor: Someone,
    mentor: Mentor,
    days_ago: int,
    said: Said,
    matches: dict[UUID, Match],
    *,
    reads: bool = True,
) -> None:
    """A session, its record, and both signatures; only the supervisor's where the mentor has not read it yet."""
    stage = scene.stage
    at, own = stage.weekday(days_ago, 9 + days_ago % 7), stage.people[mentor.person_id]
    session = await schedule_supervision(
        await scene.of(supervisor, at - timedelta(days=6)),
        mentor_ids=[mentor.id],
        kind=SessionKind.INDIVIDUAL,
        starts_at=at,
        format=Format.IN_PERSON if days_ago % 3 else Format.VIRTUAL,
        place="The small office" if days_ago % 3 else "",
    )
    work = await scene.of(supervisor, at + timedelta(minutes=75))
    await hold_supervision(work, session.id)
    match = matches.get(mentor.person_id)
    reviews = [Review(match.id, GOES_WELL)] if match is not None and match.began_at < at else []
    await record_supervision(
        work,
        session.id,
        value=said.value,
        reflection=said.reflection,
        rating=said.rating,
        self_care=said.self_care,
        support_needs=said.support_needs,
        reviews=reviews,
    )
    await sign_supervision(await scene.of(supervisor, at + timedelta(hours=3)), session.id)
    if reads:
        read = await scene.of(own, at + timedelta(days=1, hours=2))
        await acknowledge_supervision(read, session.id, comment=said.comment)


async def _in_group(scene: Scene, supervisor: Someone, mentors: Sequence[Mentor], days_ago: int, said: Said) -> None:
    """An hour together; the last of the mentors could not come."""
    at = scene.stage.weekday(days_ago, 17, 30)
    session = await schedule_supervision(
        await scene.of(supervisor, at - timedelta(days=10)),
        mentor_ids=[mentor.id for mentor in mentors],
        kind=SessionKind.GROUP,
        starts_at=at,
        minutes=90,
        format=Format.IN_PERSON,
        place="The kitchen table",
    )
    work = await scene.of(supervisor, at + timedelta(hours=2))
    await hold_supervision(work, session.id, absent=[mentors[-1].id])
    here = await work.rows(SupervisionSession, SupervisionSession.group_id == session.group_id)
    came = next(each for each in here if each.mentor_id == mentors[0].id)
    await record_supervision(work, came.id, value=said.value, reflection=said.reflection)
    await sign_supervision(work, came.id)
    for each in here:
        if each.mentor_id != mentors[-1].id:
            read = await scene.of(scene.stage.people[each.person_id], at + timedelta(days=2))
            await acknowledge_supervision(read, each.id)


async def _observed(scene: Scene, supervisor: Someone, walk: Walk) -> None:
    """What was seen in a meeting, if it was held; what was to observe it follows it otherwise."""
    observed = walk.observed
    if observed is None:
        return
    work = await scene.of(supervisor, observed.starts_at + timedelta(minutes=90))
    (meeting,) = await work.rows(Meeting, Meeting.id == observed.meeting_id)
    if meeting.status != MeetingStatus.HELD:
        await follow_meeting(scene.of_service(observed.starts_at, follow_meeting), meeting.id)
        return
    await hold_supervision(work, observed.session_id)
    await rate_observation(work, observed.session_id, ratings=SEEN)
    reflection = "The mentee led the conversation; silence was left alone."
    await record_supervision(work, observed.session_id, value=NapsValue.OPEN_MINDED, reflection=reflection)
    await sign_supervision(work, observed.session_id)
    own = await scene.of(walk.mentor, observed.starts_at + timedelta(days=2))
    await acknowledge_supervision(own, observed.session_id, comment="I had not noticed the question. Thank you.")


async def _develop(scene: Scene, supervisor: Someone, first: Mentor, other: Mentor) -> None:
    """A plan that holds, with what is done and what is to do, and a draft that awaits the supervisor."""
    stage, own = scene.stage, scene.stage.people[first.person_id]
    work = await scene.of(supervisor, stage.at(75, 15))
    aims = ["Say no kindly, and early", "Learn what the housing office can and cannot do"]
    plan = await draft_development_plan(work, first.id, aims=aims, due_on=stage.ago(-60).date())
    await agree_to_development_plan(await scene.of(own, stage.at(73, 12)), plan.id)
    todo = ("Sit in on an advice session at the housing office", 40), ("Try out three ways of saying no", -25)
    for place, (text, days_ago) in enumerate(todo):
        agreeing = await scene.of(own, stage.at(72, 10, 5 * place))
        action = await add_development_action(
            agreeing, first.id, text=text, due_at=stage.at(days_ago, 17), plan_id=plan.id
        )
        if days_ago > 0:
            await finish_development_action(await scene.of(own, stage.at(days_ago + 3, 11)), action.id)
    at = stage.at(10, 16)
    work = await scene.of(supervisor, at)
    word = await schedule_supervision(
        work, mentor_ids=[first.id], kind=SessionKind.AD_HOC, starts_at=at - timedelta(hours=1), format=Format.PHONE
    )
    await hold_supervision(work, word.id)
    said = "Two kind noes in a month. The visit to the housing office opened a door."
    await review_development_plan(work, plan.id, session_id=word.id, text=said)
    theirs = await scene.of(scene.stage.people[other.person_id], stage.at(3, 19))
    aims = ["Be at ease with silence", "Finish the course on advocacy"]
    await draft_development_plan(theirs, other.id, aims=aims, due_on=stage.ago(-120).date())


async def _to_come(scene: Scene, founded: Founded, first: Mentor, late: Mentor, together: Sequence[Mentor]) -> None:
    """What is scheduled, what was called off, what is overdue, and who covers for the supervisor soon."""
    stage, supervisor = scene.stage, founded.staff["supervisor"]
    asked = scene.of_service(stage.at(LATE - 32, 8), tell_of_due)
    plans = {plan.mentor_id: plan.id for plan in await asked.rows(SupervisionPlan)}
    await tell_of_due(asked, plans[late.id])
    work = await scene.of(supervisor, stage.at(2, 10))
    await edit_supervision_plan(work, plans[first.id], group_days=60, observation_days=180)
    session = None
    for mentors, kind, days, hour in (
        ([first], SessionKind.INDIVIDUAL, -9, 11),
        (together, SessionKind.GROUP, -20, 17),
        ([late], SessionKind.INDIVIDUAL, -5, 9),
    ):
        session = await schedule_supervision(
            work,
            mentor_ids=[mentor.id for mentor in mentors],
            kind=kind,
            starts_at=stage.weekday(days, hour),
            format=Format.IN_PERSON,
            place="The small office",
        )
    assert session is not None
    called_off = await scene.of(supervisor, stage.at(1, 14))
    await cancel_supervision(called_off, session.id, reason=CancellingReason.MENTOR_UNAVAILABLE)
    admin_id = founded.staff["admin"].id
    away = {"starts_at": stage.at(-30, 9), "ends_at": stage.at(-44, 17)}
    await delegate_coverage(called_off, absent_person_id=supervisor.id, cover_person_id=admin_id, **away)

"""What people of the demo write beside their meetings: steps, levels and a recovery plan, notes, messages."""

from collections.abc import Sequence
from datetime import timedelta

from infra.demo.founding import Founded
from infra.demo.stage import Scene
from infra.demo.walking import Walk
from kith.culture.recognition import Milestone, recognise
from kith.goals.attainment import Attainment, agree_to_goal_levels, describe_goal_levels, rate_goals
from kith.goals.goal import DropReason, GoalEnd, drop_goal, end_goal, hold_goal, record_progress, set_goal, start_goal
from kith.goals.plan import sign_plan, write_plan
from kith.goals.ruler import record_ruler
from kith.goals.step import add_goal_step, finish_goal_step
from kith.goals.suggestion import suggest_goals
from kith.messages.sending import mark_thread_read, send_message
from kith.messages.thread import ThreadKind
from kith.notes.note import Visibility, correct_note, let_note_be_carried, write_note
from kith.people.profile import Domain

STEPS = (  # of a goal: what, begun and done so many days ago
    ("Ask my aunt for her soup", 88, 84),
    ("Borrow the large pot from the centre", 88, 70),
    ("Cook it once for two", 60, 41),
    ("Invite the four of them", 33, None),
    ("A list of what to buy", 12, None),
)
LEVELS = (
    "No dinner, and I would rather not talk about it",
    "We talked about it",
    "A dinner for two",
    "A dinner for my family at mine",
    "They invite me back",
)
VISION = "A kitchen with people in it, work that starts after eight, and evenings that are mine."
STRENGTHS = "I cook well. My sister answers. I have kept every appointment since spring."
TALK = (  # of the two: who, so many days ago, at which hour
    ("mentor", 26, 12, "Thinking of you before the appointment. You know where I am."),
    ("mentee", 26, 15, "It went all right. They were kind. I had the list with me."),
    ("mentor", 26, 17, "That is good to read. The list was your idea."),
    ("mentee", 12, 19, "Hard evening. I rang my sister, and it helped."),
    ("mentor", 12, 20, "I am glad you rang her. Shall we walk on Thursday instead of sitting inside?"),
    ("mentee", 11, 9, "Yes. By the water please."),
    ("mentee", 2, 18, "The soup worked! Photo next week."),
)
QUESTIONS = (
    ("mentee", 19, 10, "Could the centre lend me the large pot again in two weeks?"),
    ("coordinator", 18, 9, "Of course. It is on the shelf by the door, with your name on it."),
    ("mentee", 18, 11, "Thank you!"),
    ("mentee", 1, 16, "May I bring my sister to the open house?"),
)
OF_MENTOR = (
    ("mentor", 34, 13, "Is there money for two coffees a month? We have begun to meet at the library café."),
    ("coordinator", 33, 11, "There is. Keep the receipts, and bring them on the first of the month."),
)


async def write_down(founded: Founded, shown: Walk, other: Walk) -> None:
    """A goal on its way with all that belongs to it, a plan that was revised, notes of every class, three threads."""
    async with founded.stage.scene(founded.staff["supervisor"]) as scene:
        await _goals(scene, shown)
        await _reached(scene, shown)
        await _plan(scene, shown)
        await _others_goals(scene, other)
        await _notes(scene, founded, shown)
        for kind, messages in (
            (ThreadKind.PAIR, TALK),
            (ThreadKind.MENTEE_COORDINATOR, QUESTIONS),
            (ThreadKind.MENTOR_COORDINATOR, OF_MENTOR),
        ):
            await _messages(scene, founded, shown, kind, messages)


async def _goals(scene: Scene, walk: Walk) -> None:
    """A dinner for the family: its steps, how much it matters, what both call reached, and how far it is."""
    stage, match_id = scene.stage, walk.match.id
    work = await scene.of(walk.mentee, stage.at(90, 16))
    goal = await set_goal(
        work,
        match_id,
        title="Cook dinner for my family at my place",
        domain=Domain.FAMILY,
        why="They have cooked for me for two years.",
        specific="A Sunday dinner for the four of them, at mine.",
        measure="They came, and stayed for tea.",
        target_on=stage.ago(-30).date(),
    )
    await start_goal(work, goal.id)
    for title, days_ago, done in STEPS:
        due_on = stage.ago(min(days_ago - 20, -8)).date()
        step = await add_goal_step(
            await scene.of(walk.mentee, stage.at(days_ago, 17)), goal.id, title=title, due_on=due_on
        )
        if done is not None:
            await finish_goal_step(await scene.of(walk.mentee, stage.at(done, 18)), step.id)
    described = await scene.of(walk.mentor, stage.at(80, 14))
    scale = await describe_goal_levels(described, goal.id, levels=LEVELS, weight=3)
    await agree_to_goal_levels(await scene.of(walk.mentee, stage.at(79, 10)), scale.id)
    for days_ago, level, importance, confidence, score in ((60, -1, 8, 3, 2), (8, 0, 9, 6, 6)):
        work = await scene.of(walk.mentee, stage.at(days_ago, 19))
        await record_ruler(work, goal.id, importance=importance, confidence=confidence)
        await record_progress(work, goal.id, score=score, remark="One pot at a time.")
        await rate_goals(work, match_id, ratings=[Attainment(goal.id, level)])


async def _reached(scene: Scene, walk: Walk) -> None:
    """A goal that is reached, and the mentor's words about it."""
    stage = scene.stage
    work = await scene.of(walk.mentee, stage.at(86, 12))
    goal = await set_goal(work, walk.match.id, title="Register with a family doctor", domain=Domain.HEALTH)
    await start_goal(work, goal.id)
    await record_progress(await scene.of(walk.mentee, stage.at(70, 15)), goal.id, score=6, remark="On their list.")
    await end_goal(await scene.of(walk.mentee, stage.at(39, 16)), goal.id, end=GoalEnd.ACHIEVED)
    await recognise(
        await scene.of(walk.mentor, stage.at(38, 18)),
        walk.mentee.id,
        milestone=Milestone.GOAL_REACHED,
        words="Four telephone calls, and you made every one of them.",
        goal_id=goal.id,
    )


async def _plan(scene: Scene, walk: Walk) -> None:
    """The mentee's own plan, signed, and signed again after it was looked at."""
    stage, match_id = scene.stage, walk.match.id
    work = await scene.of(walk.mentee, stage.at(76, 18))
    await write_plan(work, match_id, vision=VISION, strengths="I cook well. My sister answers.")
    await sign_plan(await scene.of(walk.mentee, stage.at(75, 18)), match_id)
    await write_plan(await scene.of(walk.mentee, stage.at(15, 17)), match_id, strengths=STRENGTHS)
    reason = "Half a year on: more of it is true now."
    await sign_plan(await scene.of(walk.mentee, stage.at(14, 17)), match_id, reason=reason)


async def _others_goals(scene: Scene, walk: Walk) -> None:
    """One goal rests, one is not wanted any more, and the mentee looks what their needs speak for."""
    stage, match_id = scene.stage, walk.match.id
    work = await scene.of(walk.mentee, stage.at(21, 11))
    rests = await set_goal(work, match_id, title="Learn to drive", domain=Domain.TRANSPORT)
    await hold_goal(await scene.of(walk.mentee, stage.at(9, 11)), rests.id)
    given_up = await set_goal(work, match_id, title="Run ten kilometres", domain=Domain.HEALTH)
    later = await scene.of(walk.mentee, stage.at(4, 12))
    await drop_goal(later, given_up.id, reason=DropReason.CHANGED_MIND)
    await suggest_goals(later, match_id)


async def _notes(scene: Scene, founded: Founded, walk: Walk) -> None:
    """Notes for each audience; what is shared the mentee put right, and lets go along."""
    stage, match_id, staff = scene.stage, walk.match.id, founded.staff
    shared = await write_note(
        await scene.of(walk.mentor, stage.at(48, 18)),
        match_id,
        body="We filled in the form for the housing list. The office answers within six weeks.",
        visibility=Visibility.SHARED,
    )
    mentees = await scene.of(walk.mentee, stage.at(47, 12))
    await correct_note(mentees, shared.id, body="They said eight weeks.")
    await let_note_be_carried(mentees, shared.id, allowed=True)
    for who, days_ago, body, visibility in (
        (walk.mentor, 35, "We agreed to talk about sleep next time, if it still matters then.", Visibility.SHARED),
        (walk.mentor, 20, "How do I ask about a silence without pressing?", Visibility.MENTOR_SUPERVISOR),
        (staff["supervisor"], 18, "Ask again how they are after the anniversary.", Visibility.SUPERVISION_ONLY),
        (staff["admin"], 30, "Travel is paid from the solidarity fund until summer.", Visibility.ADMIN),
    ):
        work = await scene.of(who, stage.at(days_ago, 17))
        await write_note(work, match_id, body=body, visibility=visibility)


async def _messages(
    scene: Scene, founded: Founded, walk: Walk, kind: ThreadKind, messages: Sequence[tuple[str, int, int, str]]
) -> None:
    """A thread; whoever answers has read what stood there, and the last message is still to be read."""
    people = {"mentor": walk.mentor, "mentee": walk.mentee, "coordinator": founded.staff["coordinator"]}
    thread_id = None
    for who, days_ago, hour, body in messages:
        at = scene.stage.at(days_ago, hour)
        if thread_id is not None:
            await mark_thread_read(await scene.of(people[who], at - timedelta(minutes=5)), thread_id)
        message = await send_message(await scene.of(people[who], at), walk.match.id, kind=kind, body=body)
        thread_id = message.thread_id

"""How a programme of the demo improves itself: forms and what was answered, indicators, plan-do-study-act."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from infra.demo.founding import Founded
from infra.demo.stage import Scene, Stage
from infra.demo.walking import Walk
from kith.evaluation.form import (
    FeedbackForm,
    FormAudience,
    FormQuestion,
    Moment,
    NewQuestion,
    Privacy,
    QuestionKind,
    open_feedback_form,
)
from kith.evaluation.improvement import (
    Decision,
    PolicyEdit,
    act_on_improvement,
    adopt_policy,
    close_improvement,
    do_improvement,
    plan_improvement,
    study_improvement,
)
from kith.evaluation.indicator import Direction, ProgrammeIndicator, define_indicator, enter_indicator_value
from kith.evaluation.logic_model import write_logic_model
from kith.evaluation.response import FeedbackInvitation, FormAnswer, answer_feedback_form, invite_to_feedback
from kith.evaluation.rollup import Indicator

ANSWERED = 5  # of those who were invited; figures appear five people at a time
SAID = (
    "I was heard.",
    "More time in the evenings.",
    "Tell new mentors about pauses.",
    "It was warm.",
    "Shorter forms.",
)
MEASURED = (  # each month, the last one last
    ("Days to a first meeting", "From the second acceptance to the first meeting held, the median.", "days", 7),
    ("Mentors who stay a year", "Of those who began a year before, the share who still mentor.", "%", 80),
)
VALUES = (("12", "11", "10.5", "9", "7.5", "7"), ("71", "74", "74", "77", "79", "82"))


async def improvement(founded: Founded, programme_id: UUID, walks: list[Walk]) -> None:
    """What people answered, what is measured month by month, and what was changed because of it."""
    async with founded.stage.scene() as scene:
        await write_logic_model(
            await scene.of(founded.staff["coordinator"], founded.stage.at(176, 14)),
            programme_id,
            needs=["Long waits for support after treatment", "Loneliness in the first year"],
            inputs=["Mentors with lived experience", "Supervision every month", "A room, a kitchen, telephones"],
            activities=["Matching that both agree to", "Meetings every two or three weeks", "Groups and events"],
            outputs=["Matches begun", "Meetings held", "Mentors trained and supervised"],
            outcomes=["People reach goals of their own", "Fewer feel alone", "Mentors grow, and stay"],
        )
        await _asked(scene, founded, programme_id, walks)
        indicators = await _measured(scene, founded, programme_id)
        await _cycles(scene, founded, programme_id, indicators)


async def _asked(scene: Scene, founded: Founded, programme_id: UUID, walks: list[Walk]) -> None:
    """A form about training that mentors answer anonymously, and one about the group, in confidence."""
    stage, coordinator = scene.stage, founded.staff["coordinator"]
    for moment, audience, privacy, title, asks, days in (
        (Moment.TRAINING, FormAudience.MENTORS, Privacy.ANONYMOUS, "After the training", "It was worth my time.", 52),
        (Moment.GROUP, FormAudience.MENTEES, Privacy.CONFIDENTIAL, "After the circle", "It was good to be there.", 10),
    ):
        work = await scene.of(coordinator, stage.at(days + 3, 10))
        form = await open_feedback_form(
            work,
            programme_id=programme_id,
            moment=moment,
            audience=audience,
            privacy=privacy,
            title=title,
            questions=[NewQuestion(asks), NewQuestion("What should be different?", QuestionKind.TEXT)],
        )
        mentors = audience is FormAudience.MENTORS
        asked = list({each.id: each for walk in walks for each in (walk.mentor if mentors else walk.mentee,)}.values())
        asked = asked[: ANSWERED + 1]
        await invite_to_feedback(work, form.id, person_ids=[each.id for each in asked])
        await _answered(scene, form, days)
    for moment in (Moment.DAY_30, Moment.EXIT):
        await open_feedback_form(
            await scene.of(coordinator, stage.at(20, 11)),
            programme_id=programme_id,
            moment=moment,
            audience=FormAudience.MENTEES,
            privacy=Privacy.ANONYMOUS,
            title="How is it going?" if moment is Moment.DAY_30 else "How was it?",
            questions=[NewQuestion("I look forward to our meetings." if moment is Moment.DAY_30 else "It helped me.")],
        )


async def _answered(scene: Scene, form: FeedbackForm, days_ago: int) -> None:
    stage: Stage = scene.stage
    await scene.settle()
    service = scene.of_service(stage.now)
    scored, in_words = sorted(await service.rows(FormQuestion, FormQuestion.form_id == form.id), key=lambda q: q.place)
    invited = await service.rows(FeedbackInvitation, FeedbackInvitation.form_id == form.id)
    for place, invitation in enumerate(invited[:ANSWERED]):
        answers = [FormAnswer(scored.id, score=(5, 4, 4, 3, 5)[place % 5])]
        if place < len(SAID):
            answers.append(FormAnswer(in_words.id, text=SAID[place]))
        at = stage.at(days_ago, 12) + timedelta(hours=5 * place)
        work = await scene.of(stage.people[invitation.person_id], at)
        await answer_feedback_form(work, invitation.id, answers=answers)


async def _measured(scene: Scene, founded: Founded, programme_id: UUID) -> list[ProgrammeIndicator]:
    """Two indicators that are entered month by month, and one that is taken from the figures."""
    stage, coordinator = scene.stage, founded.staff["coordinator"]
    months = _months(stage)
    indicators = []
    for (name, definition, unit, target), values in zip(MEASURED, VALUES, strict=True):
        lower = unit == "days"
        indicator = await define_indicator(
            await scene.of(coordinator, stage.at(175, 10)),
            programme_id=programme_id,
            name=name,
            definition=definition,
            unit=unit,
            target=Decimal(target),
            direction=Direction.LOWER if lower else Direction.HIGHER,
        )
        for place, (month, value) in enumerate(zip(months, values, strict=True)):
            at = stage.at(max(1, (stage.now.date() - month).days - 33), 9)
            people = 11 + place if lower else 24
            work = await scene.of(coordinator, at)
            await enter_indicator_value(work, indicator.id, month=month, value=Decimal(value), people=people)
        indicators.append(indicator)
    await define_indicator(
        await scene.of(coordinator, stage.at(175, 11)),
        programme_id=programme_id,
        name="Meetings kept",
        definition="Of the meetings held or missed, the share that was held.",
        unit="share",
        target=Decimal("0.9"),
        direction=Direction.HIGHER,
        taken_from=Indicator.ATTENDANCE_RATE,
    )
    return indicators


def _months(stage: Stage) -> list[date]:
    """The last six whole months, the earliest first."""
    months, month = [], stage.now.date().replace(day=1)
    for _ in range(6):
        month = (month - timedelta(days=1)).replace(day=1)
        months.append(month)
    return months[::-1]


async def _cycles(scene: Scene, founded: Founded, programme_id: UUID, indicators: list[ProgrammeIndicator]) -> None:
    """One cycle that changed the policy and is closed, and one that is being tried."""
    stage, coordinator, admin = scene.stage, founded.staff["coordinator"], founded.staff["admin"]
    cycle = await plan_improvement(
        await scene.of(coordinator, stage.at(118, 10)),
        programme_id=programme_id,
        title="The first meeting sooner",
        aim="Ring both on the day they accept, and arrange the first meeting in that call.",
        expected="A first meeting within nine days by autumn, instead of twelve.",
        indicator_ids=[indicators[0].id],
    )
    await do_improvement(await scene.of(coordinator, stage.at(110, 10)), cycle.id)
    done = "Seven pairs were rung on the day. Two could not be reached before the weekend."
    await study_improvement(await scene.of(coordinator, stage.at(62, 15)), cycle.id, done=done)
    await act_on_improvement(
        await scene.of(coordinator, stage.at(56, 11)),
        cycle.id,
        learnt="Those who were rung met after seven days. Letters alone take two weeks.",
        decision=Decision.ADOPT,
        follows="Everybody is rung; moving a meeting until twelve hours before no longer counts as late.",
    )
    work = await scene.of(admin, stage.at(54, 14))
    await adopt_policy(work, cycle.id, policy=PolicyEdit(late_hours=12))
    await close_improvement(await scene.of(coordinator, stage.at(50, 9)), cycle.id)
    tried = await plan_improvement(
        await scene.of(coordinator, stage.at(26, 10)),
        programme_id=programme_id,
        title="Mentors who stay",
        aim="A supervisor rings each mentor after their first difficult meeting.",
        expected="Eight of ten still mentor after a year.",
        indicator_ids=[indicators[1].id],
    )
    await do_improvement(await scene.of(coordinator, stage.at(19, 10)), tried.id)

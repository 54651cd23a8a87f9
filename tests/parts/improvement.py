"""The part of improvement."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from kith.evaluation.form import (
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
    do_improvement,
    plan_improvement,
    study_improvement,
)
from kith.evaluation.indicator import Direction, define_indicator, enter_indicator_value
from kith.evaluation.logic_model import write_logic_model
from kith.evaluation.response import (
    FEWEST_FOR_ANALYSTS,
    FeedbackInvitation,
    FeedbackResult,
    FormAnswer,
    answer_feedback_form,
    invite_to_feedback,
)
from kith.ground.actor import service
from tests.deed import Deed, ahead

if TYPE_CHECKING:
    from uuid import UUID

    from kith.evaluation.form import FeedbackForm
    from tests.world import Building

ASKED = {"title": "A month in", "questions": [{"question": "I look forward to our meetings."}]}


MODEL = {
    "needs": ["Nobody to walk with."],
    "inputs": ["Mentors", "A supervisor"],
    "activities": ["Weekly meetings"],
    "outputs": ["Meetings held"],
    "outcomes": ["A home", "Work"],
}
DEEDS: tuple[Deed, ...] = (
    Deed(
        "openFeedbackForm",
        "coordinator",
        lambda h: {
            "programmeId": h.id("programme"),
            "moment": "DAY_30",
            "audience": "MENTEES",
            "privacy": "ANONYMOUS",
            **ASKED,
        },
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "writeLogicModel",
        "coordinator",
        lambda h: {"programmeId": h.id("programme"), **MODEL},
        "supervisor",
        "other_coordinator",
    ),
    Deed(
        "reviseFeedbackForm",
        "coordinator",
        lambda h: {"formId": h.id("feedback_form"), **ASKED},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "inviteToFeedback",
        "coordinator",
        lambda h: {"formId": h.id("training_form"), "personIds": [h.id("second_mentor.person")]},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "answerFeedbackForm",
        "mentor",
        lambda h: {
            "invitationId": h.id("feedback_invitation"),
            "answers": [{"questionId": h.id("form_question"), "score": 4}],
        },
        "coordinator",
        "second_mentor",
    ),
    Deed(
        "retireFeedbackForm",
        "coordinator",
        lambda h: {"formId": h.id("training_form")},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "defineIndicator",
        "coordinator",
        lambda h: {
            "programmeId": h.id("programme"),
            "name": "Days to a first meeting",
            "definition": "From the second acceptance to the first meeting held, the median.",
            "unit": "days",
            "target": "7",
            "direction": "LOWER",
        },
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "editIndicator",
        "coordinator",
        lambda h: {"indicatorId": h.id("indicator"), "target": "80.5"},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "enterIndicatorValue",
        "coordinator",
        lambda h: {"indicatorId": h.id("indicator"), "month": ahead(days=-40)[:10], "value": "81"},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "planImprovement",
        "coordinator",
        lambda h: {
            "programmeId": h.id("programme"),
            "title": "Letters",
            "aim": "Fewer meetings missed, with a reminder two days before.",
            "expected": "Two missed in a hundred by spring.",
            "indicatorIds": [h.id("indicator")],
        },
        "mentor",
        "other_coordinator",
    ),
    Deed("doImprovement", "coordinator", lambda h: {"cycleId": h.id("cycle")}, "mentor", "other_coordinator"),
    Deed(
        "studyImprovement",
        "coordinator",
        lambda h: {"cycleId": h.id("cycle"), "done": "Reminders went out two days before."},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "actOnImprovement",
        "coordinator",
        lambda h: {
            "cycleId": h.id("cycle"),
            "learnt": "Half as many were missed.",
            "decision": "ADOPT",
            "follows": "Reminders go out two days before.",
        },
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "adoptPolicy",
        "admin",
        lambda h: {"cycleId": h.id("cycle"), "policy": {"reminderHours": 47}},
        "coordinator",
        "lantern.admin",
    ),
    Deed("closeImprovement", "coordinator", lambda h: {"cycleId": h.id("cycle")}, "mentor", "other_coordinator"),
)


async def build(building: Building) -> None:
    """Forms with an answer in confidence and figures, an indicator with a value, and two cycles."""
    await _forms(building)
    await _measured(building)


async def _forms(building: Building) -> None:
    house = building.house
    form = await building.does(
        "coordinator",
        open_feedback_form,
        programme_id=house.row("programme"),
        moment=Moment.GROUP,
        audience=FormAudience.MENTEES,
        privacy=Privacy.CONFIDENTIAL,
        title=f"After the group of {house.name}",
        questions=[NewQuestion("It was good to be there."), NewQuestion("What was missing?", QuestionKind.TEXT)],
    )
    training = await building.does(
        "coordinator",
        open_feedback_form,
        programme_id=house.row("programme"),
        moment=Moment.TRAINING,
        audience=FormAudience.MENTORS,
        privacy=Privacy.ANONYMOUS,
        title="After the training",
        questions=[NewQuestion("I can use what I learnt.")],
    )
    await building.does("coordinator", invite_to_feedback, form.id, person_ids=[house.people["mentee"]])
    await building.does("coordinator", invite_to_feedback, training.id, person_ids=[house.people["mentor"]])
    asked, missing = await _questions(building, form)
    (useful,) = await _questions(building, training)
    async with building.workplace.reading(service(house.organisation_id, ())) as work:
        (theirs,) = await work.rows(FeedbackInvitation, FeedbackInvitation.form_id == form.id)
        (mentors,) = await work.rows(FeedbackInvitation, FeedbackInvitation.form_id == training.id)
    answers = [FormAnswer(asked.id, score=5), FormAnswer(missing.id, text=f"Tea at {house.name}.")]
    await building.does("mentee", answer_feedback_form, theirs.id, answers=answers)
    async with building.workplace.writing(service(house.organisation_id, ()), now=building.now) as work:
        shown = FeedbackResult.under(asked, people=FEWEST_FOR_ANALYSTS, mean=Decimal("4.25"), texts=[])
        work.add(shown)
    building.name(
        feedback_form=form,
        training_form=training,
        form_question=useful,
        feedback_invitation=mentors,
        answered_invitation=theirs,
        feedback_result=shown,
    )


async def _questions(building: Building, form: FeedbackForm) -> list[FormQuestion]:
    async with building.workplace.reading(service(building.house.organisation_id, ())) as work:
        return sorted(await work.rows(FormQuestion, FormQuestion.form_id == form.id), key=lambda each: each.place)


async def _measured(building: Building) -> None:
    house = building.house
    programme_id = house.row("programme")
    indicator = await building.does(
        "coordinator",
        define_indicator,
        programme_id=programme_id,
        name="Meetings kept",
        definition=f"Meetings held among those held or missed at {house.name}.",
        unit="%",
        target=Decimal(85),
        direction=Direction.HIGHER,
    )
    month = (building.now - timedelta(days=31)).date()
    await building.does(
        "coordinator", enter_indicator_value, indicator.id, month=month, value=Decimal("82.5"), people=9
    )
    cycles = {}
    for name in ("cycle", "decided_cycle"):
        cycles[name] = await building.does(
            "coordinator",
            plan_improvement,
            programme_id=programme_id,
            title="Reminders",
            aim=f"Fewer meetings missed at {house.name}.",
            expected="Half as many by spring.",
            indicator_ids=[indicator.id],
        )
    model = await building.does("coordinator", write_logic_model, building.house.row("programme"), **MODEL)
    building.name(indicator=indicator, logic_model=model, **cycles)
    await _adopted(building, cycles["decided_cycle"].id)


async def _adopted(building: Building, cycle_id: UUID) -> None:
    await building.does("coordinator", do_improvement, cycle_id)
    await building.does("coordinator", study_improvement, cycle_id, done="An evening before.")
    await building.does(
        "coordinator",
        act_on_improvement,
        cycle_id,
        learnt="It helped.",
        decision=Decision.ADOPT,
        follows="It stays so.",
    )
    await building.does("admin", adopt_policy, cycle_id, policy=PolicyEdit(purpose="Walking along, side by side."))

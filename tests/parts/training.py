"""The part of training."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from kith.training.assessing import assess_training, submit_training
from kith.training.competency import (
    Observer,
    Rated,
    draft_competency_evaluation,
    sign_competency_evaluation,
)
from kith.training.enrolment import TrainingEnrolment, assign_training, begin_training
from kith.training.module import (
    Competency,
    Course,
    TrainingKind,
    adopt_core_training,
    draft_training_module,
    publish_training_module,
)
from kith.training.requirement import DueRule, require_training
from tests.deed import Deed, ahead

if TYPE_CHECKING:
    from tests.world import Building

COURSE = {"title": "Meeting people", "kind": "CULTURE", "competencies": ["SAMHSA_04"], "minutes": 90}
ALL_RATED = [Rated(each, 4, "Seen in two meetings.") for each in Competency]

DEEDS = (
    Deed("adoptCoreTraining", "coordinator", lambda h: {"kinds": ["CRISIS"]}, "mentor", None, "modules { id }"),
    Deed("draftTrainingModule", "coordinator", lambda h: {"code": "CULTURE", "course": COURSE}, "mentor", None),
    Deed("draftNextEdition", "coordinator", lambda h: {"moduleId": h.id("crisis")}, "supervisor", "lantern.admin"),
    Deed(
        "editTrainingModule",
        "coordinator",
        lambda h: {"moduleId": h.id("self_care"), "minutes": 60},
        "supervisor",
        "lantern.admin",
    ),
    Deed(
        "publishTrainingModule",
        "coordinator",
        lambda h: {"moduleId": h.id("boundaries")},
        "supervisor",
        "lantern.admin",
    ),
    Deed(
        "retireTrainingModule",
        "coordinator",
        lambda h: {"moduleId": h.id("self_care")},
        "supervisor",
        "lantern.admin",
    ),
    Deed(
        "assignTraining",
        "coordinator",
        lambda h: {
            "moduleId": h.id("crisis"),
            "personId": h.id("new_mentor.person"),
            "programmeId": h.id("programme"),
            "dueAt": ahead(days=20),
        },
        "mentor",
        "other_coordinator",
    ),
    Deed("beginTraining", "mentor", lambda h: {"enrolmentId": h.id("assigned")}, "mentee", "second_mentor"),
    Deed(
        "submitTraining",
        "mentor",
        lambda h: {"enrolmentId": h.id("begun"), "answers": "I would stay, and call."},
        "mentee",
        "second_mentor",
    ),
    Deed(
        "nameTrainer",
        "coordinator",
        lambda h: {"enrolmentId": h.id("to_assess"), "trainerId": h.id("supervisor.person")},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "assessTraining",
        "coordinator",
        lambda h: {"enrolmentId": h.id("to_assess"), "score": 90},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "waiveTraining",
        "coordinator",
        lambda h: {"enrolmentId": h.id("to_waive"), "reason": "A nurse.", "evidence": "Registered as 4711."},
        "supervisor",
        "other_coordinator",
    ),
    Deed(
        "withdrawTraining",
        "coordinator",
        lambda h: {"enrolmentId": h.id("to_withdraw")},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "requireTraining",
        "coordinator",
        lambda h: {"programmeId": h.id("programme"), "code": "CRISIS", "due": "WITHIN_90_DAYS"},
        "supervisor",
        "other_coordinator",
    ),
    Deed(
        "liftTrainingRequirement",
        "coordinator",
        lambda h: {"requirementId": h.id("required")},
        "supervisor",
        "other_coordinator",
    ),
    Deed(
        "draftCompetencyEvaluation",
        "supervisor",
        lambda h: {"mentorId": h.id("mentor"), "observer": "SUPERVISOR"},
        "mentee",
        "other_mentor",
    ),
    Deed(
        "editCompetencyEvaluation",
        "supervisor",
        lambda h: {"evaluationId": h.id("evaluation"), "summary": "Listens well."},
        "mentee",
        "other_coordinator",
    ),
    Deed(
        "signCompetencyEvaluation",
        "supervisor",
        lambda h: {"evaluationId": h.id("evaluation")},
        "coordinator",
        "lantern.admin",
    ),
    Deed(
        "acknowledgeCompetencyEvaluation",
        "mentor",
        lambda h: {"evaluationId": h.id("signed_evaluation")},
        "coordinator",
        "second_mentor",
    ),
)


async def build(building: Building) -> None:
    """A catalogue with a requirement, enrolments in several states, and two evaluations of the mentor."""
    core = (await building.does("coordinator", adopt_core_training)).modules
    communication, boundaries, crisis, self_care = core
    course = Course("Ethics", TrainingKind.ETHICS, [Competency.SAMHSA_09], 60)
    ethics = await building.does("coordinator", draft_training_module, code="ETHICS", course=course)
    for module in (communication, crisis, ethics):
        await building.does("coordinator", publish_training_module, module.id)
    required = await building.does(
        "coordinator",
        require_training,
        building.house.row("programme"),
        kind=TrainingKind.COMMUNICATION,
        due=DueRule.FIRST_MATCH,
    )
    await building.later()  # enrols who is in training
    assigned = await _assign(building, communication.id, "mentor")
    begun = await _assign(building, crisis.id, "mentor", begins=True)
    to_withdraw = await _assign(building, ethics.id, "mentor")
    to_assess = await _assign(building, communication.id, "second_mentor", begins=True)
    to_waive = await _assign(building, crisis.id, "second_mentor")
    passed = await _assign(building, ethics.id, "second_mentor", begins=True)
    answers = f"What I was told in {building.house.name} stays with me."
    await building.does("second_mentor", submit_training, passed.id, answers=answers)
    await building.does("coordinator", assess_training, passed.id, score=95, remark="Well thought through.")
    building.name(boundaries=boundaries, crisis=crisis, self_care=self_care, required=required)
    building.name(assigned=assigned, begun=begun, to_withdraw=to_withdraw, to_assess=to_assess, to_waive=to_waive)
    building.name(passed=passed)
    await _evaluate(building)


async def _assign(building: Building, module_id: UUID, who: str, *, begins: bool = False) -> TrainingEnrolment:
    enrolment = await building.does(
        "coordinator",
        assign_training,
        module_id,
        person_id=building.house.people[who],
        programme_id=building.house.row("programme"),
        due_at=building.clock + timedelta(days=30),
        trainer_id=building.house.people["coordinator"],
    )
    if begins:
        await building.does(who, begin_training, enrolment.id)
    return enrolment


async def _evaluate(building: Building) -> None:
    mentor_id = building.house.row("mentor")
    drafts = [
        await building.does(
            "supervisor", draft_competency_evaluation, mentor_id, observer=Observer.SUPERVISOR, ratings=ALL_RATED
        )
        for _ in range(2)
    ]
    await building.does("supervisor", sign_competency_evaluation, drafts[1].id)
    building.name(evaluation=drafts[0], signed_evaluation=drafts[1])

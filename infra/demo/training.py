"""Training in the demo: the core modules published, mentors in several of them, and two evaluations of one mentor."""

from uuid import UUID

from infra.demo.founding import Founded
from infra.demo.stage import Someone
from kith.people.mentor import Mentor
from kith.training.assessing import assess_training, submit_training, waive_training
from kith.training.competency import (
    Observer,
    Rated,
    acknowledge_competency_evaluation,
    draft_competency_evaluation,
    sign_competency_evaluation,
)
from kith.training.enrolment import TrainingEnrolment, assign_training, begin_training
from kith.training.keeping import enrol_mentor
from kith.training.module import Competency, TrainingKind, TrainingModule, adopt_core_training, publish_training_module
from kith.training.requirement import DueRule, require_training

BEGAN_DAYS_AGO = 60
RATINGS = (4, 5, 4, 3, 4, None, 3, 4, 5, None, 2, 4)


async def train(founded: Founded, programme_id: UUID, mentors: list[Mentor]) -> None:
    """Publish the core training, require communication before a first match, and have four mentors take a module."""
    stage, coordinator = founded.stage, founded.staff["coordinator"]
    async with stage.as_person(coordinator, stage.ago(BEGAN_DAYS_AGO)) as work:
        core = (await adopt_core_training(work)).modules
        for module in core:
            await publish_training_module(work, module.id)
        await require_training(work, programme_id, kind=TrainingKind.COMMUNICATION, due=DueRule.FIRST_MATCH)
    crisis = next(module for module in core if module.kind == TrainingKind.CRISIS)
    async with stage.as_service(stage.ago(BEGAN_DAYS_AGO - 1), enrol_mentor) as work:
        await enrol_mentor(work, mentors[-1].id)
    passed, handed_in, failed, waived = [await _enrolled(founded, crisis, mentor) for mentor in mentors[:4]]
    for mentor, enrolment in ((mentors[0], passed), (mentors[1], handed_in), (mentors[2], failed)):
        async with stage.as_person(stage.people[mentor.person_id], stage.ago(40)) as work:
            await begin_training(work, enrolment.id)
            await submit_training(work, enrolment.id, answers="I would stay calm, ask, listen, and call for help.")
    async with stage.as_person(coordinator, stage.ago(35)) as work:
        await assess_training(work, passed.id, score=92, remark="Thoughtful, and clear about whom to call.")
        await assess_training(work, failed.id, score=65, remark="Nearly there: read the part about afterwards again.")
        certificate = "A certificate of mental health first aid, seen at the office."
        await waive_training(work, waived.id, reason="They teach this elsewhere.", evidence=certificate)
    await _evaluate(founded, mentors[0])


async def _enrolled(founded: Founded, module: TrainingModule, mentor: Mentor) -> TrainingEnrolment:
    stage, coordinator = founded.stage, founded.staff["coordinator"]
    async with stage.as_person(coordinator, stage.ago(BEGAN_DAYS_AGO - 2)) as work:
        return await assign_training(
            work,
            module.id,
            person_id=mentor.person_id,
            programme_id=mentor.programme_id,
            due_at=stage.ago(-30),
            trainer_id=coordinator.id,
        )


async def _evaluate(founded: Founded, mentor: Mentor) -> None:
    """The supervisor's view is signed and read; the mentor's own is being written."""
    stage, supervisor = founded.stage, founded.staff["supervisor"]
    own: Someone = stage.people[mentor.person_id]
    ratings = [Rated(competency, rating) for competency, rating in zip(Competency, RATINGS, strict=True)]
    async with stage.as_person(supervisor, stage.ago(30), afresh=True) as work:
        summary = "Warm and reliable. Next: finding words for what the organisation could do better."
        evaluation = await draft_competency_evaluation(
            work, mentor.id, observer=Observer.SUPERVISOR, ratings=ratings, summary=summary
        )
        await sign_competency_evaluation(work, evaluation.id)
    async with stage.as_person(own, stage.ago(28)) as work:
        await acknowledge_competency_evaluation(work, evaluation.id, reply="I would like to learn about advocacy.")
        await draft_competency_evaluation(work, mentor.id, observer=Observer.SELF, ratings=ratings[:3])

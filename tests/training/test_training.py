"""Training, from the catalogue to a mentor who is ready: who is enrolled, what is refused, what is told and when."""

from datetime import date, timedelta
from typing import Any

import pytest

from kith.ground.actor import service
from kith.ground.errors import Conflict, IllegalState, Invalid, NotFound, Refused
from kith.ground.permissions import Role
from kith.people.letters import Letter
from kith.people.mentor import Mentor, MentorStatus, record_training
from kith.people.person import NewPerson
from kith.people.readiness import Readiness, settle_everybody
from kith.tasks import Task, TaskStatus
from kith.training.assessing import (
    STUCK,
    TO_ASSESS,
    TrainingAnswers,
    assess_training,
    name_trainer,
    submit_training,
    waive_training,
)
from kith.training.enrolment import (
    OPEN,
    OVERDUE,
    EnrolmentStatus,
    TrainingEnrolment,
    assign_training,
    begin_training,
    withdraw_training,
)
from kith.training.keeping import expire_training, remind_of_training, renew_training
from kith.training.module import (
    Audience,
    Course,
    TrainingKind,
    TrainingModule,
    adopt_core_training,
    draft_next_edition,
    draft_training_module,
    edit_training_module,
    publish_training_module,
)
from kith.training.requirement import (
    DueRule,
    TrainingRequirement,
    lift_training_requirement,
    require_training,
    retire_training_module,
)
from tenants.member import NewRole, end_role, give_role
from tenants.work import Workplace
from tests.conftest import Api
from tests.world import Building, Connection, build_house

DAY = timedelta(days=1)


class Place(Building):
    """A house of one's own, with a clock that a test moves on."""

    async def passes(self, **how_long: float) -> None:
        """Time goes by."""
        self.clock += timedelta(**how_long)

    async def row(self, model: Any, *where: Any) -> Any:
        """The one such row."""
        rows = await self.rows(model, *where)
        assert len(rows) == 1, rows
        return rows[0]

    async def rows(self, model: Any, *where: Any) -> list[Any]:
        """Such rows of the house."""
        async with self.workplace.reading(service(self.house.organisation_id, ())) as work:
            return await work.rows(model, *where)

    async def daily(self, *operations: Any) -> None:
        """What comes round, and what follows."""
        for operation in operations:
            actor = service(self.house.organisation_id, (operation.needs,))
            async with self.workplace.writing(actor, now=self.clock) as work:
                await operation(work)
        await self.later()

    async def module(self, code: str, **course: Any) -> TrainingModule:
        """A published module."""
        given = {"title": code.title(), "kind": TrainingKind.OTHER, "competencies": (), "minutes": 60} | course
        module = await self.does("coordinator", draft_training_module, code=code, course=Course(**given))
        return await self.does("coordinator", publish_training_module, module.id)

    async def enrolled(self, who: str, module: TrainingModule, **given: Any) -> TrainingEnrolment:
        """Somebody of the first programme in a training, which they have begun."""
        person_id, programme_id = self.house.people[who], self.house.row("programme")
        enrolment = await self.does(
            "coordinator", assign_training, module.id, person_id=person_id, programme_id=programme_id, **given
        )
        return await self.does(who, begin_training, enrolment.id)

    async def passed(self, who: str, module: TrainingModule, score: int = 100) -> TrainingEnrolment:
        """Somebody who passed a training now."""
        enrolment = await self.enrolled(who, module)
        return await self.does("coordinator", assess_training, enrolment.id, score=score)

    async def hindrance(self, who: str) -> list[str]:
        """What keeps a mentor from new matches, in sentences."""
        row = await self.row(Readiness, Readiness.mentor_id == self.house.row(who))
        return [s for code, s in zip(row.codes, row.sentences, strict=True) if code == "TRAINING_MISSING"]


@pytest.fixture(scope="module")
async def houses(workplace: Workplace, superuser: Connection) -> Any:
    """Makes houses of their own for tests."""
    count = 0

    async def make() -> Place:
        nonlocal count
        count += 1
        house = await build_house(workplace, superuser, "Harbour", f"training-{count}")
        place = Place(workplace, house)
        place.clock = place.now
        await place.later()
        return place

    return make


@pytest.fixture
async def place(houses: Any) -> Place:
    """A house of one's own."""
    made: Place = await houses()
    return made


@pytest.fixture(scope="module")
async def shared(houses: Any) -> Place:
    """A house for tests whose changes do not meet."""
    made: Place = await houses()
    return made


async def refused(kind: type[Refused], doing: Any) -> str:
    """The sentence with which it is refused."""
    with pytest.raises(kind) as why:
        await doing
    return why.value.message


# --- the catalogue -------------------------------------------------------------------------------------------------


async def test_a_new_organisation_finds_the_core_modules_and_adopting_twice_adds_none(shared: Place) -> None:
    first = (await shared.does("admin", adopt_core_training)).modules
    again = (await shared.does("admin", adopt_core_training)).modules
    assert [each.code for each in first] == ["COMMUNICATION", "BOUNDARIES", "CRISIS", "SELF-CARE"]
    assert [each.id for each in first] == [each.id for each in again]
    sentence = await refused(Invalid, shared.does("admin", adopt_core_training, kinds=[TrainingKind.ETHICS]))
    assert sentence == "ETHICS is not one of the four core topics."


async def test_what_is_published_is_not_edited_and_its_next_edition_takes_its_place(place: Place) -> None:
    first = await place.module("LISTENING")
    enrolment = await place.enrolled("mentor", first)
    assert "PUBLISHED" in await refused(IllegalState, place.does("admin", edit_training_module, first.id, minutes=5))
    second = await place.does("coordinator", draft_next_edition, first.id)
    assert (second.edition, second.title, second.status) == (2, first.title, "DRAFT")
    assert "already" in await refused(Conflict, place.does("coordinator", draft_next_edition, first.id))
    sentence = await refused(
        Invalid, place.does("coordinator", edit_training_module, second.id, audience=Audience.STAFF)
    )
    assert sentence == "Kind and audience stay the same through all editions."
    await place.does("coordinator", edit_training_module, second.id, minutes=90, expected_version=second.version)
    late = place.does("coordinator", edit_training_module, second.id, minutes=95, expected_version=second.version)
    await refused(Conflict, late)
    await place.does("coordinator", publish_training_module, second.id)
    editions = await place.rows(TrainingModule, TrainingModule.code == "LISTENING")
    assert [(each.edition, each.status, each.minutes) for each in editions] == [
        (1, "RETIRED", 60),
        (2, "PUBLISHED", 90),
    ]
    assert (await place.row(TrainingEnrolment, TrainingEnrolment.id == enrolment.id)).module_id == first.id


async def test_a_code_is_given_once_and_well_formed(shared: Place) -> None:
    course = Course("Again", TrainingKind.CRISIS, (), 60)
    for code, kind in (("CRISIS", Conflict), ("crisis", Invalid), ("X", Invalid)):
        await refused(kind, shared.does("coordinator", draft_training_module, code=code, course=course))
    for field, wrong in (("minutes", 4), ("pass_mark", 101), ("most_attempts", 0), ("validity_months", 121)):
        given = {"minutes": 60, field: wrong}
        broken = Course("Broken", TrainingKind.OTHER, (), **given)
        await refused(Invalid, shared.does("coordinator", draft_training_module, code="BROKEN", course=broken))


async def test_a_module_does_not_come_before_itself(shared: Place) -> None:
    first = await shared.module("FIRST-STEP")
    await shared.module("SECOND-STEP", prerequisites=["FIRST-STEP"])
    next_one = await shared.does("coordinator", draft_next_edition, first.id)
    circle = shared.does("coordinator", edit_training_module, next_one.id, prerequisites=["SECOND-STEP"])
    assert await refused(Invalid, circle) == "FIRST-STEP would have to be passed before itself."
    unknown = shared.does("coordinator", edit_training_module, next_one.id, prerequisites=["NOWHERE"])
    assert await refused(Invalid, unknown) == "There is no module NOWHERE."
    retired = shared.does("coordinator", retire_training_module, first.id)
    assert await refused(IllegalState, retired) == "SECOND-STEP builds on this module; change that first."


async def test_drafts_are_seen_by_those_who_write_them(api: Api, shared: Place) -> None:
    asked = "{ trainingModules(first: 50, filter: {status: [DRAFT]}) { nodes { code } } }"
    seen = {
        who: [n["code"] for n in (await api.data(shared.house.secrets[who], asked))["trainingModules"]["nodes"]]
        for who in ("admin", "coordinator", "supervisor", "mentor")
    }
    assert "SELF-CARE" in seen["admin"]
    assert "SELF-CARE" in seen["coordinator"]
    assert seen["supervisor"] == seen["mentor"] == []


# --- what is required ----------------------------------------------------------------------------------------------


async def test_a_requirement_needs_something_to_enrol_in_and_is_made_once(shared: Place) -> None:
    programme = shared.house.row("programme")

    def required(**given: Any) -> Any:
        return shared.does("coordinator", require_training, programme, **({"due": DueRule.ANNUAL} | given))

    assert "either" in await refused(Invalid, required())
    assert "either" in await refused(Invalid, required(kind=TrainingKind.CRISIS, code="CRISIS"))
    assert "Publish such a module first" in await refused(Invalid, required(kind=TrainingKind.TRAUMA))
    first_match = required(code="CRISIS", audience=Audience.STAFF, due=DueRule.FIRST_MATCH)
    assert await refused(Invalid, first_match) == "Only mentors have a first match."
    assert "is for MENTOR" in await refused(Invalid, required(code="CRISIS", audience=Audience.STAFF))
    assert "already" in await refused(Conflict, required(kind=TrainingKind.COMMUNICATION))
    module = await shared.row(
        TrainingModule, TrainingModule.code == "COMMUNICATION", TrainingModule.status == "PUBLISHED"
    )
    retired = shared.does("coordinator", retire_training_module, module.id)
    assert "A programme requires this module" in await refused(IllegalState, retired)


async def test_a_mentor_is_enrolled_hindered_by_name_and_ready_once_all_is_passed(place: Place) -> None:
    # Given a programme that asks for communication and crisis before a first match
    programme, new_mentor = place.house.row("programme"), place.house.people["new_mentor"]
    await place.does("coordinator", require_training, programme, code="CRISIS", due=DueRule.FIRST_MATCH)
    await place.later()
    # Then who is in training is enrolled in both and written to, and nobody else is
    of_requirements = await place.rows(TrainingEnrolment, TrainingEnrolment.requirement_id.is_not(None))
    assert {(each.person_id, each.code) for each in of_requirements} == {
        (new_mentor, "COMMUNICATION"),
        (new_mentor, "CRISIS"),
    }
    letters = await place.rows(Letter, Letter.person_id == new_mentor, Letter.kind == "training.assigned")
    assert len(letters) == 2
    day = f"{place.clock.day} {place.clock:%B %Y}"
    (sentence,) = await place.hindrance("new_mentor")
    assert sentence.startswith("Required training is to be completed: Communication (missing since")
    assert f"Crisis management (missing since {day})" in sentence
    # When one is passed, the other is still named
    first, second = of_requirements
    for enrolment in (first, second):
        await place.does("new_mentor", begin_training, enrolment.id)
    await place.does("coordinator", assess_training, first.id, score=80)
    await place.later()
    assert (await place.row(Mentor, Mentor.id == place.house.row("new_mentor"))).status == MentorStatus.TRAINING
    (sentence,) = await place.hindrance("new_mentor")
    assert "Communication" not in sentence
    # When the last one is waived, the mentor is ready by that
    await place.does("coordinator", waive_training, second.id, reason="A nurse.", evidence="Registered as 4711.")
    await place.later()
    mentor = await place.row(Mentor, Mentor.id == place.house.row("new_mentor"))
    assert (mentor.status, mentor.trained_on) == (MentorStatus.READY, place.clock.date())
    assert await place.hindrance("new_mentor") == []
    assert (await place.row(Readiness, Readiness.mentor_id == mentor.id)).available


async def test_training_done_elsewhere_is_not_asked_again(place: Place) -> None:
    await place.does("coordinator", record_training, place.house.row("new_mentor"), trained_on=date(2026, 2, 1))
    await place.later()
    assert await place.hindrance("new_mentor") == []


async def test_what_is_due_within_ninety_days_hinders_from_the_day_after(place: Place) -> None:
    programme = place.house.row("programme")
    module = await place.module("SAFER-WORDS")
    await place.does("coordinator", require_training, programme, code="SAFER-WORDS", due=DueRule.WITHIN_90_DAYS)
    await place.later()
    theirs = TrainingEnrolment.person_id == place.house.people["second_mentor"]
    enrolment = await place.row(TrainingEnrolment, theirs, TrainingEnrolment.module_id == module.id)
    assert enrolment.due_at == place.clock + 90 * DAY
    await place.passes(days=89)
    await place.daily(settle_everybody)
    assert await place.hindrance("second_mentor") == []
    await place.passes(days=2)
    await place.daily(settle_everybody)
    day = enrolment.due_at
    assert await place.hindrance("second_mentor") == [
        f"Required training is to be completed: Safer-Words (missing since {day.day} {day:%B %Y})."
    ]
    # When it is lifted, nothing hinders and nothing is asked any more
    requirement = await place.row(TrainingRequirement, TrainingRequirement.code == "SAFER-WORDS")
    await place.does("coordinator", lift_training_requirement, requirement.id)
    await place.later()
    assert await place.hindrance("second_mentor") == []
    again = await place.row(TrainingEnrolment, TrainingEnrolment.id == enrolment.id)
    assert again.status == EnrolmentStatus.WITHDRAWN
    await refused(IllegalState, place.does("coordinator", lift_training_requirement, requirement.id))


async def test_what_is_required_every_year_is_renewed_once_and_hinders_when_it_ends(place: Place) -> None:
    module = await place.module("YEARLY")
    passed = await place.passed("second_mentor", module)
    programme = place.house.row("programme")
    await place.does("coordinator", require_training, programme, code="YEARLY", due=DueRule.ANNUAL)
    await place.later()
    theirs = (
        TrainingEnrolment.person_id == place.house.people["second_mentor"],
        TrainingEnrolment.module_id == module.id,
        TrainingEnrolment.id != passed.id,
    )
    assert await place.rows(TrainingEnrolment, *theirs) == []
    await place.passes(days=300)
    await place.daily(renew_training)
    assert await place.rows(TrainingEnrolment, *theirs) == []
    await place.passes(days=10)
    for _ in range(2):
        await place.daily(renew_training)
    again = await place.row(TrainingEnrolment, *theirs)
    letters = await place.rows(Letter, Letter.about_id == again.id)
    assert [each.kind for each in letters] == ["training.again"]
    await place.passes(days=60)
    await place.daily(settle_everybody)
    (sentence,) = await place.hindrance("second_mentor")
    assert "Yearly (ended on" in sentence


async def test_who_supervises_is_enrolled_in_what_is_required_of_supervisors(place: Place) -> None:
    await place.module("SUPERVISING", audience=Audience.SUPERVISOR)
    given = {"code": "SUPERVISING", "audience": Audience.SUPERVISOR, "due": DueRule.WITHIN_90_DAYS}
    await place.does("coordinator", require_training, place.house.row("programme"), **given)
    await place.later()
    theirs = TrainingEnrolment.person_id == place.house.people["supervisor"]
    enrolment = await place.row(TrainingEnrolment, TrainingEnrolment.code == "SUPERVISING", theirs)
    # Overdue, it is told once and is a task of theirs until it is passed
    await place.passes(days=77)
    for _ in range(2):
        await place.daily(remind_of_training)
    await place.passes(days=15)
    for _ in range(2):
        await place.daily(remind_of_training)
    letters = await place.rows(Letter, Letter.about_id == enrolment.id)
    assert [each.kind for each in letters] == ["training.assigned", "training.due", "training.overdue"]
    told = (Task.kind == OVERDUE, Task.about_id == enrolment.id)
    task = await place.row(Task, *told)
    assert (task.assignee_id, task.status) == (enrolment.person_id, TaskStatus.OPEN)
    await place.does("coordinator", waive_training, enrolment.id, reason="Did it.", evidence="A certificate.")
    assert (await place.row(Task, *told)).status == TaskStatus.DONE
    assert "mentor" not in " ".join(each.subject + each.body for each in letters).lower()


async def test_staff_and_partners_are_enrolled_in_what_is_required_of_them(api: Api, place: Place) -> None:
    house, programme_id = place.house, place.house.row("programme")
    for code, audience in (("STAFF-DUTY", Audience.STAFF), ("PARTNER-DUTY", Audience.PARTNER)):
        await place.module(code, audience=audience)
        given = {"code": code, "audience": audience, "due": DueRule.WITHIN_90_DAYS}
        await place.does("coordinator", require_training, programme_id, **given)
    await place.later()

    async def enrolled(code: str) -> set[str]:
        rows = await place.rows(TrainingEnrolment, TrainingEnrolment.code == code, TrainingEnrolment.status.in_(OPEN))
        names = {id: who for who, id in house.people.items()}
        return {names.get(each.person_id, "new") for each in rows}

    # Those of this programme and of the whole organisation, once each, and nobody of another programme
    assert await enrolled("STAFF-DUTY") == {"admin", "coordinator", "reader"}
    assert await enrolled("PARTNER-DUTY") == {"partner"}
    # A partner's member sees and takes their own training, and nobody else's
    query = "{ trainingEnrolments(first: 9) { nodes { id status module { title } } } }"
    (own,) = (await api.data(house.secrets["partner"], query))["trainingEnrolments"]["nodes"]
    assert own["status"] == "ASSIGNED"
    begun = await api.done(house.secrets["partner"], "beginTraining", {"enrolmentId": own["id"]}, "status")
    assert begun == {"status": "IN_PROGRESS"}
    handed_in = {"enrolmentId": own["id"], "answers": "What stays between people stays there."}
    assert (await api.done(house.secrets["partner"], "submitTraining", handed_in, "status"))["status"] == "SUBMITTED"
    (of_staff,) = await place.rows(
        TrainingEnrolment,
        TrainingEnrolment.code == "STAFF-DUTY",
        TrainingEnrolment.person_id == house.people["coordinator"],
    )
    await refused(NotFound, place.does("partner", begin_training, of_staff.id))
    # Who is given such a role later is enrolled then, and asked no more once it ends
    new = NewPerson("Wyn", "Europe/Dublin")
    role = NewRole(Role.COORDINATOR, programme_id=programme_id)
    member = await place.does("admin", give_role, role=role, person=new)
    await place.later()
    assert await enrolled("STAFF-DUTY") == {"admin", "coordinator", "reader", "new"}
    await place.does("admin", end_role, member.id)
    await place.later()
    assert await enrolled("STAFF-DUTY") == {"admin", "coordinator", "reader"}


# --- one enrolment -------------------------------------------------------------------------------------------------


async def test_what_comes_before_is_named_when_it_is_missing(shared: Place) -> None:
    before = await shared.module("GROUND")
    module = await shared.module("UPPER-FLOOR", prerequisites=["GROUND"])
    person_id, programme_id = shared.house.people["second_mentor"], shared.house.row("programme")
    given = {"person_id": person_id, "programme_id": programme_id}
    enrolment = await shared.does("coordinator", assign_training, module.id, **given)
    begun = shared.does("second_mentor", begin_training, enrolment.id)
    assert await refused(IllegalState, begun) == "First comes: Ground (GROUND)."
    await shared.passed("second_mentor", before)
    begun_now = await shared.does("second_mentor", begin_training, enrolment.id)
    assert begun_now.status == EnrolmentStatus.IN_PROGRESS


async def test_nobody_is_in_a_training_twice_or_in_a_draft(shared: Place) -> None:
    module = await shared.module("ONCE")
    await shared.enrolled("second_mentor", module)
    person_id, programme_id = shared.house.people["second_mentor"], shared.house.row("programme")
    given = {"person_id": person_id, "programme_id": programme_id}
    again = shared.does("coordinator", assign_training, module.id, **given)
    assert await refused(Conflict, again) == "They are in this training already."
    draft = await shared.does("coordinator", draft_next_edition, module.id)
    assert "DRAFT" in await refused(IllegalState, shared.does("coordinator", assign_training, draft.id, **given))
    elsewhere = shared.does("other_coordinator", assign_training, module.id, **given)
    await refused(NotFound, elsewhere)
    past = {"due_at": shared.clock - DAY}
    crisis = shared.house.row("crisis")
    assert "to come" in await refused(Invalid, shared.does("coordinator", assign_training, crisis, **given, **past))


async def test_a_supervisor_assigns_to_their_caseload_alone(shared: Place) -> None:
    module, programme_id = await shared.module("CASELOAD"), shared.house.row("programme")
    given = {"person_id": shared.house.people["mentor"], "programme_id": programme_id}
    assigned = await shared.does("supervisor", assign_training, module.id, **given)
    assert assigned.programme_id == programme_id
    others = {"person_id": shared.house.people["second_mentor"], "programme_id": programme_id}
    await refused(NotFound, shared.does("supervisor", assign_training, module.id, **others))


async def test_the_pass_mark_decides_and_attempts_run_out(shared: Place) -> None:
    module = await shared.module("HARD", pass_mark=75, most_attempts=2)
    enrolment = await shared.enrolled("second_mentor", module)
    failed = await shared.does("coordinator", assess_training, enrolment.id, score=74)
    assert (failed.status, failed.attempts) == (EnrolmentStatus.FAILED, 1)
    assert await shared.rows(Task, Task.about_id == enrolment.id, Task.kind == STUCK) == []
    await shared.does("second_mentor", begin_training, enrolment.id)
    await shared.does("coordinator", assess_training, enrolment.id, score=0)
    await shared.row(Task, Task.about_id == enrolment.id, Task.kind == STUCK)
    begun = shared.does("second_mentor", begin_training, enrolment.id)
    assert await refused(IllegalState, begun) == "All 2 attempts are used; talk about what would help."
    assert "percent" in await refused(Invalid, shared.does("coordinator", assess_training, enrolment.id, score=101))
    # A new enrolment starts over, and a passed one is valid as long as the module says
    anew = await shared.passed("second_mentor", module, score=75)
    assert (anew.status, anew.valid_until) == (EnrolmentStatus.PASSED, None)


async def test_nobody_decides_about_their_own_training(shared: Place) -> None:
    module = await shared.module("STAFF-1", audience=Audience.STAFF)
    own = await shared.does("admin", assign_training, module.id, person_id=shared.house.people["coordinator"])
    await shared.does("coordinator", begin_training, own.id)
    sentence = "Somebody else decides about your own training."
    for doing in (
        shared.does("coordinator", assess_training, own.id, score=100),
        shared.does("coordinator", waive_training, own.id, reason="Mine.", evidence="Mine."),
        shared.does("coordinator", withdraw_training, own.id),
        shared.does("coordinator", name_trainer, own.id, trainer_id=shared.house.people["supervisor"]),
    ):
        assert await refused(IllegalState, doing) == sentence
    train = shared.does("admin", name_trainer, own.id, trainer_id=shared.house.people["coordinator"])
    assert await refused(Invalid, train) == "Nobody trains themselves."
    ended = {"valid_until": shared.clock.date() - DAY}
    waived = shared.does("admin", waive_training, own.id, reason="Did it.", evidence="Seen.", **ended)
    assert await refused(Invalid, waived) == "Something that has ended waives nothing."


async def test_answers_are_for_the_person_and_the_trainer_alone(api: Api, shared: Place) -> None:
    module = await shared.module("ANSWERS")
    enrolment = await shared.enrolled("mentor", module)
    await refused(NotFound, shared.does("coordinator", submit_training, enrolment.id, answers="Not mine."))
    await shared.does("mentor", submit_training, enrolment.id, answers="I would listen.")
    await refused(IllegalState, shared.does("mentor", submit_training, enrolment.id, answers="Again."))
    # Nobody trains yet: nobody else reads them, and nobody assesses what they cannot read
    assessed = shared.does("coordinator", assess_training, enrolment.id, score=90)
    assert "The trainer assesses these answers" in await refused(IllegalState, assessed)
    supervisor = shared.house.people["supervisor"]
    await shared.does("coordinator", name_trainer, enrolment.id, trainer_id=supervisor)
    task = await shared.row(Task, Task.about_id == enrolment.id, Task.kind == TO_ASSESS, Task.status == "OPEN")
    assert task.assignee_id == supervisor
    answers = await shared.row(TrainingAnswers, TrainingAnswers.enrolment_id == enrolment.id)
    assert answers.trainer_id == supervisor
    seen = {}
    asked = "query($id: ID!) { trainingEnrolment(id: $id) { tries { number score answers { answers } } } }"
    shared.name(answered=enrolment)
    for who in ("mentor", "supervisor", "coordinator", "admin"):
        found = await api.data(shared.house.secrets[who], asked, id=shared.house.id("answered"))
        (attempt,) = found["trainingEnrolment"]["tries"]
        seen[who] = attempt["answers"] and attempt["answers"]["answers"]
    assert seen == {"mentor": "I would listen.", "supervisor": "I would listen.", "coordinator": None, "admin": None}
    await shared.does("supervisor", assess_training, enrolment.id, score=90)
    assert await shared.rows(Task, Task.about_id == enrolment.id, Task.status == "OPEN") == []
    other = await api.data(shared.house.secrets["second_mentor"], asked, id=shared.house.id("answered"))
    assert other["trainingEnrolment"] is None


async def test_what_was_passed_expires_the_day_after_and_is_followed_once(place: Place) -> None:
    module = await place.module("SHORT", validity_months=6)
    passed = await place.passed("second_mentor", module)
    assert passed.valid_until is not None
    place.clock = place.clock.replace(hour=3) + (passed.valid_until - place.clock.date())
    for _ in range(2):
        await place.daily(renew_training, expire_training)
    rows = await place.rows(TrainingEnrolment, TrainingEnrolment.module_id == module.id)
    assert [each.status for each in rows] == [EnrolmentStatus.PASSED, EnrolmentStatus.ASSIGNED]
    await place.passes(days=1)
    for _ in range(2):
        await place.daily(expire_training, renew_training)
    rows = await place.rows(TrainingEnrolment, TrainingEnrolment.module_id == module.id)
    assert [each.status for each in rows] == [EnrolmentStatus.EXPIRED, EnrolmentStatus.ASSIGNED]


async def test_figures_say_how_many_mentors_are_complete(api: Api, place: Place) -> None:
    async def counted() -> dict[bool, int]:
        await place.daily(settle_everybody)
        asked = "query($p: ID!) { trainingCompleteness(filter: {programmeId: $p}) { complete mentors } }"
        found = await api.data(place.house.secrets["coordinator"], asked, p=place.house.id("programme"))
        return {each["complete"]: each["mentors"] for each in found["trainingCompleteness"]}

    before = await counted()
    await place.does("coordinator", record_training, place.house.row("new_mentor"), trained_on=date(2026, 2, 1))
    after = await counted()
    assert before[False] - after.get(False, 0) == after[True] - before[True] == 1

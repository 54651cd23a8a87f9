"""How mentors of the demo were recruited, what they prove and share, and how they are."""

from datetime import timedelta
from uuid import UUID

from infra.demo import cast
from infra.demo.founding import Founded
from infra.demo.stage import Scene, Someone
from kith.mentors.application import (
    RejectionReason,
    approve_application,
    attest,
    begin_application,
    clear_background,
    hold_application,
    name_reviewer,
    record_interview,
    record_references,
    reject_application,
    screen_application,
    submit_application,
)
from kith.mentors.credential import NewCredential, add_credential, notice_expiring, verify_credential
from kith.mentors.leave import take_leave
from kith.mentors.lived_experience import (
    Experience,
    RecoveryTime,
    SharedWith,
    share_experience,
    share_recovery_time,
)
from kith.mentors.standing import SuspensionReason, lift_suspension, suspend_mentor
from kith.mentors.wellbeing import check_in
from kith.people.mentor import Help, Mentor
from kith.people.person import NewPerson
from kith.people.profile import Domain, Format, Profile
from kith.programmes import CredentialKind

SCREENED = (screen_application, record_interview, record_references, clear_background)
OPEN = ((0, 30), (1, 21), (2, 14), (3, 9), (4, 4))  # applications: so many steps done, begun so many days ago
MONTHS = ((4, 3, 2), (3, 4, 1), (2, 4, 1))  # how a mentor was, the last month first: burnout, energy, strain


async def recruit(founded: Founded, programme_id: UUID, mentors: list[Mentor]) -> None:
    """Applications in every state, papers, a leave to come, a suspension that was lifted, what mentors tell.

    The first of the mentors is the one whom the demo shows.
    """
    await _approved(founded, programme_id, mentors[0])
    await _applications(founded, programme_id)
    await _papers(founded, mentors[:4])
    await _rests(founded, mentors[1], mentors[3])
    for mentor in mentors[:2]:
        await _tells(founded, mentor)


async def _approved(founded: Founded, programme_id: UUID, mentor: Mentor) -> None:
    """A mentor who was screened anew half a year ago."""
    async with founded.stage.scene(founded.staff["supervisor"]) as scene:
        application_id = await _apply(scene, founded, programme_id, mentor.person_id, 4, 170)
        await approve_application(await scene.of(founded.staff["supervisor"], founded.stage.ago(168)), application_id)


async def _applications(founded: Founded, programme_id: UUID) -> None:
    """People who want to mentor, each further along; one is told not yet, one is on hold."""
    stage, coordinator = founded.stage, founded.staff["coordinator"]
    applying = cast.parts(founded.plan.applicants)
    async with stage.scene() as scene:
        begun = [
            await _apply(scene, founded, programme_id, founded.newcomer(part), steps, days)
            for part, (steps, days) in zip(applying, OPEN, strict=True)
        ]
        draft, held, rejected, *_ = begun
        work = await scene.of(coordinator, stage.ago(2))
        await hold_application(work, held, until=stage.ago(-28))
        await reject_application(work, rejected, reason=RejectionReason.NOT_YET)
        await submit_application(await scene.of(coordinator, stage.ago(1)), draft)


async def _apply(
    scene: Scene, founded: Founded, programme_id: UUID, who: NewPerson | UUID, steps: int, days_ago: int
) -> UUID:
    """An application that the coordinator enters, with so many steps done; nothing but a draft for none."""
    known, new = (who, None) if isinstance(who, UUID) else (None, who)
    coordinator, at = founded.staff["coordinator"], scene.stage.ago(days_ago)
    work = await scene.of(coordinator, at)
    application = await begin_application(
        work,
        programme_id=programme_id,
        person=new,
        person_id=known,
        profile=Profile(["en"], [Format.IN_PERSON, Format.PHONE]),
        offer=Help([Domain.HOUSING, Domain.SOCIAL], capacity=1, hours_per_week=2),
    )
    await attest(work, application.id, lived_experience=True, steady_recovery=True, conflicts="")
    if steps:
        await submit_application(work, application.id)
    for place, step in enumerate(SCREENED[:steps], 1):
        work = await scene.of(coordinator, at + timedelta(days=place / 2))
        await step(work, application.id, notes="")
    if steps == len(SCREENED):
        await name_reviewer(work, application.id, reviewer_id=founded.staff["supervisor"].id)
    return application.id


async def _papers(founded: Founded, mentors: list[Mentor]) -> None:
    """Background checks: two last, one runs out, one waits to be verified."""
    stage, today = founded.stage, founded.stage.now.date()
    async with stage.as_person(founded.staff["coordinator"], stage.ago(160)) as work:
        for mentor, left in zip(mentors, (900, 400, 45, 700), strict=True):
            paper = NewCredential(
                "National Vetting Bureau", today - timedelta(days=200), today + timedelta(days=left), number="V-2026"
            )
            added = await add_credential(work, mentor.id, kind=CredentialKind.BACKGROUND_CHECK, credential=paper)
            if mentor is not mentors[-1]:
                await verify_credential(work, added.id)
    async with stage.as_service(stage.ago(1), notice_expiring) as work:
        await notice_expiring(work)


async def _rests(founded: Founded, resting: Mentor, suspended: Mentor) -> None:
    stage, at = founded.stage, founded.stage.now
    async with stage.as_person(_of(founded, resting), stage.ago(3)) as work:
        await take_leave(work, resting.id, starts_at=at + timedelta(days=10), ends_at=at + timedelta(days=31))
    async with stage.as_person(founded.staff["supervisor"], stage.ago(120), afresh=True) as work:
        await suspend_mentor(work, suspended.id, reason=SuspensionReason.BOUNDARIES)
    async with stage.as_person(founded.staff["supervisor"], stage.ago(112)) as work:
        await lift_suspension(work, suspended.id)


async def _tells(founded: Founded, mentor: Mentor) -> None:
    """What a mentor shares, and how they were month by month."""
    stage, who = founded.stage, _of(founded, mentor)
    async with stage.as_person(who, stage.ago(150)) as work:
        await share_experience(work, mentor.id, experience=Experience.ALCOHOL, shared_with=SharedWith.MATCHED_MENTEE)
        await share_experience(work, mentor.id, experience=Experience.JUSTICE, shared_with=SharedWith.SUPERVISOR)
        await share_recovery_time(
            work, mentor.id, recovery_time=RecoveryTime.FIVE_TO_TEN_YEARS, shared_with=SharedWith.POOL
        )
    for months, (burnout, energy, strain) in enumerate(MONTHS):
        async with stage.as_person(who, stage.ago(30 * months + 5)) as work:
            await check_in(work, mentor.id, burnout=burnout, energy=energy, recovery_strain=strain)


def _of(founded: Founded, mentor: Mentor) -> Someone:
    return founded.stage.people[mentor.person_id]

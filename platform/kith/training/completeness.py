"""Whether somebody's required training is complete, and what is missing.

What a mentor's programme requires and they do not hold keeps them from new matches, by name. A mentor in training who
holds all that is required before a first match is ready by that.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from kith.ground.work import Work
from kith.people.mentor import Mentor, MentorStatus, complete_training
from kith.people.readiness import Hindrance, HindranceCode, Hindrances, hinders, settle_readiness
from kith.training.enrolment import TrainingEnrolment, completed
from kith.training.module import Audience, TrainingModule
from kith.training.requirement import DueRule, TrainingRequirement, in_force


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands with one requirement on a day.

    `held` says whether they hold it, `ends` the last day of that (null for ever). Where they do not, `since` is the
    day from which it is missing (null where there is time left), and `due_at` until when it is to be passed: null
    before a first match, a time gone by where what they held has ended. `before` says that they completed it once.
    """

    requirement: TrainingRequirement
    held: bool
    before: bool
    ends: date | None
    since: date | None
    due_at: datetime | None


def standing(
    requirement: TrainingRequirement, theirs: Sequence[TrainingEnrolment], joined_at: datetime, now: datetime
) -> Standing:
    """How somebody who joined then and completed these stands with the requirement."""
    fitting = [each for each in theirs if requirement.asks_for(each.code, each.kind, each.audience)]
    ends = [_ends(requirement, each) for each in fitting]
    last = max((each or date.max for each in ends), default=None)
    if last is not None and last >= now.date():
        return Standing(requirement, True, True, None if last == date.max else last, None, None)
    if last is not None:
        lapsed_at = datetime.combine(last + timedelta(days=1), datetime.min.time(), now.tzinfo)
        return Standing(requirement, False, True, last, lapsed_at.date(), lapsed_at)
    began = max(joined_at, requirement.decided_at)
    if requirement.due == DueRule.FIRST_MATCH:
        return Standing(requirement, False, False, None, began.date(), None)
    due_at = began + timedelta(days=90 if requirement.due == DueRule.WITHIN_90_DAYS else 365)
    return Standing(requirement, False, False, None, due_at.date() if due_at <= now else None, due_at)


def _ends(requirement: TrainingRequirement, enrolment: TrainingEnrolment) -> date | None:
    """The last day on which the enrolment meets the requirement; None for ever."""
    assert enrolment.completed_at is not None
    ends = [] if enrolment.valid_until is None else [enrolment.valid_until]
    if requirement.due == DueRule.ANNUAL:
        ends.append(months_later(enrolment.completed_at.date(), 12))
    return min(ends, default=None)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def concerns(mentor: Mentor, of: Standing) -> bool:
    """Whether the requirement is asked of this mentor.

    What comes before a first match is not asked of a mentor who was recorded as trained elsewhere, unless they once
    completed it here and it ended.
    """
    return of.requirement.due != DueRule.FIRST_MATCH or mentor.trained_on is None or of.before


async def standings(work: Work, mentors: Sequence[Mentor]) -> dict[UUID, list[Standing]]:
    """How each of these mentors stands with what their programme asks of them, by mentor; in one batch."""
    programmes = {mentor.programme_id for mentor in mentors}
    required = await in_force(
        work, TrainingRequirement.audience == Audience.MENTOR, TrainingRequirement.programme_id.in_(programmes)
    )
    if not required:
        return {mentor.id: [] for mentor in mentors}
    theirs: dict[UUID, list[TrainingEnrolment]] = {}
    for each in await completed(work, [mentor.person_id for mentor in mentors]):
        theirs.setdefault(each.person_id, []).append(each)
    found: dict[UUID, list[Standing]] = {}
    for mentor in mentors:
        of_programme = [each for each in required if each.programme_id == mentor.programme_id]
        all_of = (
            standing(each, theirs.get(mentor.person_id, []), mentor.registered_at, work.now) for each in of_programme
        )
        found[mentor.id] = [each for each in all_of if concerns(mentor, each)]
    return found


@hinders
async def _what_is_missing(work: Work, mentors: Sequence[Mentor]) -> Hindrances:
    """The mentors whose required training is missing, with what and since when."""
    missing = {
        mentor_id: late
        for mentor_id, found in (await standings(work, mentors)).items()
        if (late := [each for each in found if not each.held and each.since is not None])
    }
    titles = await _titles(work) if missing else {}
    return {
        mentor_id: [Hindrance(HindranceCode.TRAINING_MISSING, _sentence(late, titles))]
        for mentor_id, late in missing.items()
    }


def _sentence(late: Sequence[Standing], titles: dict[str, str]) -> str:
    named = []
    for each in late:
        assert each.since is not None
        title = titles[each.requirement.code or str(each.requirement.kind)]
        day = f"{each.since.day} {each.since:%B %Y}"
        named.append(f"{title} ({'ended' if each.before else 'missing since'} {'on ' if each.before else ''}{day})")
    return f"Required training is to be completed: {', '.join(sorted(named))}."


async def _titles(work: Work) -> dict[str, str]:
    """What modules are called, by code and by kind: the newest edition that is no draft gives the name."""
    columns = (TrainingModule.kind, TrainingModule.code, TrainingModule.title)
    query = select(*columns).where(TrainingModule.published_at.is_not(None)).order_by(TrainingModule.published_at)
    found: dict[str, str] = {}
    for kind, code, title in await work.session.execute(query):
        found |= {kind: title, code: title}
    return found


async def hold_mentors(work: Work, person_id: UUID) -> list[Mentor]:
    """The person's rows as a mentor, locked before what stands below them, in the order of their ids."""
    query = select(Mentor).where(Mentor.person_id == person_id).order_by(Mentor.id).with_for_update(key_share=True)
    return list(await work.session.scalars(query.execution_options(populate_existing=True)))


async def settle_training(work: Work, mentors: Sequence[Mentor]) -> None:
    """What follows for these mentors, whom the caller has locked, from a change of their training: those who hold all
    that comes before a first match are trained; and whether they can be matched is looked at again.
    """
    found = await standings(work, [each for each in mentors if each.trained_on is None])
    for mentor in mentors:
        first = [each for each in found.get(mentor.id, []) if each.requirement.due == DueRule.FIRST_MATCH]
        if first and all(each.held for each in first) and mentor.status != MentorStatus.RETIRED:
            complete_training(work, mentor, work.now.date())
    if mentors:
        await settle_readiness(work, mentors)

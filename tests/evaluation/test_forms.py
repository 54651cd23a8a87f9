"""Feedback forms: editions, invitations that come by themselves once, and figures that betray nobody."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from kith.evaluation.form import (
    FeedbackForm,
    FormAudience,
    Moment,
    NewQuestion,
    Privacy,
    QuestionKind,
    open_feedback_form,
    retire_feedback_form,
    revise_feedback_form,
)
from kith.evaluation.response import (
    FeedbackInvitation,
    FeedbackResponse,
    FeedbackResult,
    FeedbackTally,
    FormAnswer,
    answer_feedback_form,
    invite_in_time,
    invite_to_feedback,
)
from kith.ground.errors import Conflict, IllegalState, Invalid, NotFound
from kith.matching.closure import close_match
from kith.matching.match import ClosingReason
from tests.evaluation.conftest import Improving
from tests.world import Connection

QUESTIONS = (NewQuestion("I look forward to our meetings."), NewQuestion("What else?", QuestionKind.TEXT))


async def _open(
    improving: Improving,
    moment: Moment,
    privacy: Privacy = Privacy.ANONYMOUS,
    audience: FormAudience = FormAudience.MENTEES,
) -> FeedbackForm:
    return await improving.does(
        "coordinator",
        open_feedback_form,
        programme_id=improving.house.row("programme"),
        moment=moment,
        audience=audience,
        privacy=privacy,
        title="How are you two?",
        questions=QUESTIONS,
    )


async def _questions(superuser: Connection, form: FeedbackForm) -> list[UUID]:
    rows = await superuser.fetch("SELECT id FROM form_questions WHERE form_id = $1 ORDER BY place", form.id)
    return [UUID(str(row["id"])) for row in rows]


async def _invited(superuser: Connection, form: FeedbackForm) -> list[tuple[UUID, str]]:
    rows = await superuser.fetch(
        "SELECT person_id, status FROM feedback_invitations WHERE form_id = $1 ORDER BY id", form.id
    )
    return [(UUID(str(row["person_id"])), row["status"]) for row in rows]


async def _invitation(superuser: Connection, form: FeedbackForm, person_id: UUID) -> UUID:
    id = await superuser.fetchval(
        "SELECT id FROM feedback_invitations WHERE form_id = $1 AND person_id = $2", form.id, person_id
    )
    return UUID(str(id))


async def _letters(superuser: Connection, form: FeedbackForm) -> int:
    return int(
        await superuser.fetchval(
            "SELECT count(*) FROM letters JOIN feedback_invitations i ON i.id = about_id WHERE i.form_id = $1", form.id
        )
    )


async def test_people_are_invited_once_at_30_days_with_a_letter_and_the_invitation_lapses(
    improving: Improving, superuser: Connection
) -> None:
    form, mentee = await _open(improving, Moment.DAY_30), improving.house.people["mentee"]
    await improving.serve(invite_in_time)
    assert await _invited(superuser, form) == []
    for days in (30, 31):
        improving.clock = improving.now + timedelta(days=days)
        await improving.serve(invite_in_time)
        invited = await _invited(superuser, form)
        assert invited.count((mentee, "OPEN")) == 1
        assert len({person for person, _ in invited}) == len(invited) == await _letters(superuser, form)
    revised = await improving.does("coordinator", revise_feedback_form, form.id, title="Now?", questions=QUESTIONS[:1])
    assert (revised.edition, revised.status) == (2, "OPEN")
    await improving.serve(invite_in_time)  # the next edition does not ask the same two again
    assert await _invited(superuser, revised) == []
    invitation = await _invitation(superuser, form, mentee)
    scale, _ = await _questions(superuser, form)
    improving.clock = improving.now + timedelta(days=61)
    with pytest.raises(IllegalState, match="over"):
        await improving.does("mentee", answer_feedback_form, invitation, answers=[FormAnswer(scale, score=3)])
    await improving.serve(invite_in_time)
    assert set(await _invited(superuser, form)) >= {(mentee, "LAPSED")}
    assert "OPEN" not in {status for _, status in await _invited(superuser, form)}


async def test_a_match_that_was_older_when_the_form_opened_is_not_asked(
    improving: Improving, superuser: Connection
) -> None:
    improving.clock = improving.now + timedelta(days=120)
    form = await _open(improving, Moment.DAY_90)
    await improving.serve(invite_in_time)
    assert await _invited(superuser, form) == []


async def test_a_form_is_open_once_and_revised_in_editions(improving: Improving) -> None:
    form = await _open(improving, Moment.AFTER_MEETING)
    with pytest.raises(Conflict, match="revise or retire"):
        await _open(improving, Moment.AFTER_MEETING)
    with pytest.raises(Conflict):
        await improving.does(
            "coordinator", revise_feedback_form, form.id, title="x", questions=QUESTIONS, expected_version=9
        )
    retired = await improving.does("coordinator", retire_feedback_form, form.id)
    assert retired.status == "RETIRED"
    with pytest.raises(IllegalState, match="RETIRED, not OPEN"):
        await improving.does("coordinator", revise_feedback_form, form.id, title="x", questions=QUESTIONS)
    with pytest.raises(IllegalState, match="RETIRED, not OPEN"):
        await improving.does("coordinator", invite_to_feedback, form.id, person_ids=[improving.house.people["mentee"]])
    assert (await _open(improving, Moment.AFTER_MEETING)).edition == 2
    with pytest.raises(Invalid) as refused:
        await improving.does(
            "coordinator",
            open_feedback_form,
            programme_id=improving.house.row("programme"),
            moment=Moment.AFTER_MEETING,
            audience=FormAudience.MENTORS,
            privacy=Privacy.ANONYMOUS,
            title="x",
            questions=[],
        )
    assert refused.value.path == ("questions",)


async def test_of_an_anonymous_form_only_sums_are_kept_and_shown_five_at_a_time(
    improving: Improving, superuser: Connection
) -> None:
    form = await _open(improving, Moment.GROUP, audience=FormAudience.MENTORS)
    scale, words = await _questions(superuser, form)
    answering = ("mentor", "second_mentor", "new_mentor", "mentee", "waiting_mentee", "proposed_mentee")
    people = [improving.house.people[who] for who in answering]
    for _ in range(2):
        await improving.does("coordinator", invite_to_feedback, form.id, person_ids=people)
    assert len(await _invited(superuser, form)) == len(people)
    for place, who in enumerate(answering):
        assert await _shown(superuser, form) == ([] if place < 5 else [(5, "2.60"), (5, None)])
        invitation = await _invitation(superuser, form, improving.house.people[who])
        answers = [FormAnswer(scale, score=(5, 1, 2, 3, 2, 5)[place]), FormAnswer(words, text=f" {'fedcba'[place]} ")]
        answered = await improving.does(who, answer_feedback_form, invitation, answers=answers)
        assert answered.status == "ANSWERED"
    assert await _shown(superuser, form) == [(5, "2.60"), (5, None)]  # the sixth alone moves nothing
    texts = await superuser.fetchval("SELECT texts FROM feedback_results WHERE question_id = $1", words)
    assert texts == ["b", "c", "d", "e", "f"]
    tally = await superuser.fetchrow("SELECT people, counts FROM feedback_tallies WHERE question_id = $1", scale)
    assert tally is not None
    assert (tally["people"], tally["counts"]) == (6, [1, 2, 1, 0, 2])
    assert await superuser.fetchval("SELECT count(*) FROM feedback_responses WHERE form_id = $1", form.id) == 0
    assert set(FeedbackTally.__table__.columns.keys()) & {"person_id", "invitation_id", "match_id"} == set()
    facts = await superuser.fetch("SELECT data FROM facts WHERE kind = 'feedback_form.answered'")
    assert {fact["data"] for fact in facts} == {"{}"}


async def test_one_person_is_not_five_of_an_anonymous_form(improving: Improving, superuser: Connection) -> None:
    form = await _open(improving, Moment.AFTER_MEETING, audience=FormAudience.MENTORS)
    scale, _ = await _questions(superuser, form)
    mentor = improving.house.people["mentor"]
    await improving.does("coordinator", invite_to_feedback, form.id, person_ids=[mentor])
    invitation = await _invitation(superuser, form, mentor)
    await improving.does("mentor", answer_feedback_form, invitation, answers=[FormAnswer(scale, score=1)])
    await improving.does("coordinator", invite_to_feedback, form.id, person_ids=[mentor])
    assert await _invited(superuser, form) == [(mentor, "ANSWERED")]


async def test_white_space_around_an_answer_is_not_kept(improving: Improving, superuser: Connection) -> None:
    form = await _open(improving, Moment.TRAINING, Privacy.CONFIDENTIAL)
    _, words = await _questions(superuser, form)
    mentee = improving.house.people["mentee"]
    await improving.does("coordinator", invite_to_feedback, form.id, person_ids=[mentee])
    answers = [FormAnswer(words, text=" " * 2000 + "Thank you")]
    await improving.does("mentee", answer_feedback_form, await _invitation(superuser, form, mentee), answers=answers)
    kept = "SELECT text FROM feedback_answers WHERE question_id = $1"
    assert await superuser.fetchval(kept, words) == "Thank you"


async def _shown(superuser: Connection, form: FeedbackForm) -> list[tuple[int, str | None]]:
    rows = await superuser.fetch(
        "SELECT people, mean::text FROM feedback_results WHERE form_id = $1 ORDER BY place", form.id
    )
    return [(row["people"], row["mean"]) for row in rows]


async def test_nobody_reads_the_sums_themselves(improving: Improving) -> None:
    for who in ("admin", "coordinator", "analyst"):
        assert await improving.seen(who, FeedbackTally) == set()
    shown = improving.house.row("feedback_result")
    assert shown in await improving.seen("coordinator", FeedbackResult)
    assert await improving.seen("analyst", FeedbackResult) == {shown}  # over eleven people; the others are of five
    assert shown not in await improving.seen("other_coordinator", FeedbackResult)


async def test_an_answer_in_confidence_is_for_the_person_and_the_coordinators(
    improving: Improving, superuser: Connection
) -> None:
    form = await _open(improving, Moment.EXIT, Privacy.CONFIDENTIAL)
    mentee = improving.house.people["mentee"]
    await improving.does("coordinator", close_match, improving.house.row("match"), reason=ClosingReason.GOALS_MET)
    await improving.later()
    await improving.later()
    assert await _invited(superuser, form) == [(mentee, "OPEN")]
    invitation = await _invitation(superuser, form, mentee)
    with pytest.raises(NotFound):
        await improving.does("mentor", answer_feedback_form, invitation, answers=[])
    scale, words = await _questions(superuser, form)
    for answers, path in _wrong(scale, words):
        with pytest.raises(Invalid) as refused:
            await improving.does("mentee", answer_feedback_form, invitation, answers=answers)
        assert refused.value.path == path
    given = [FormAnswer(scale, score=5), FormAnswer(words, text="Thank you.")]

    async def attempt() -> str:
        try:
            await improving.does("mentee", answer_feedback_form, invitation, answers=given)
        except IllegalState:
            return "REFUSED"
        return "DONE"

    assert sorted(await asyncio.gather(attempt(), attempt())) == ["DONE", "REFUSED"]
    response = await superuser.fetchval("SELECT id FROM feedback_responses WHERE form_id = $1", form.id)
    id = UUID(str(response))
    seen = {who: id in await improving.seen(who, FeedbackResponse) for who in ("mentee", "mentor", "coordinator")}
    assert seen == {"mentee": True, "mentor": False, "coordinator": True}
    assert await superuser.fetchval("SELECT count(*) FROM feedback_answers WHERE response_id = $1", id) == 2
    assert invitation not in await improving.seen("mentor", FeedbackInvitation)


def _wrong(scale: UUID, words: UUID) -> list[tuple[list[FormAnswer], tuple[str, ...]]]:
    strange: Any = UUID(int=7)
    return [
        ([], ("answers",)),
        ([FormAnswer(scale, score=1), FormAnswer(scale, score=2)], ("answers",)),
        ([FormAnswer(strange, score=1)], ("answers", "0", "questionId")),
        ([FormAnswer(scale, score=6)], ("answers", "0", "score")),
        ([FormAnswer(scale, text="five")], ("answers", "0", "score")),
        ([FormAnswer(words, score=3)], ("answers", "0", "text")),
        ([FormAnswer(words, text=" ")], ("answers", "0", "text")),
    ]

"""What happens to somebody once in a year: the ways that lead through every state there is.

Each scene is played in one programme, at its own time of the year; `SCENES` says when.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.year.cast import DAY, HOUR, Someone
from tests.year.year import Programme, Year

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PAPER = {"issuer": "The Red Cross", "issuedOn": "2025-01-02", "number": "F-1"}
COURSE = {"kind": "ETHICS", "competencies": ["SAMHSA_09"], "minutes": 60}
RESOURCE = {"title": "Advice on rent", "type": "SERVICE", "about": "They help with a tenancy.", "languages": ["en"]}


async def applicants(year: Year, programme: Programme) -> None:
    """Of three more who apply, one is held and goes on, one is told no, one does something else."""
    cora = programme.coordinator
    held, refused, gone = (year.someone(f"{name} Applicant") for name in ("Hugh", "Rolf", "Gwen"))
    for who in (held, refused, gone):
        await year.apply(programme, who)
    application = {"applicationId": held.row["application"]}
    await cora.does("screenApplication", **application)
    await cora.does("holdApplication", until=year.ahead(days=20), **application)
    await year.calendar.until(year.now + 2 * DAY)
    await cora.is_refused("recordInterview", "ILLEGAL_STATE", **application)
    await cora.does("resumeApplication", **application)
    await cora.does("rejectApplication", applicationId=refused.row["application"], reason="NOT_YET")
    await cora.does("withdrawApplication", applicationId=gone.row["application"], reason="NO_TIME")
    await cora.does("withdrawApplication", **application, reason="OWN_CHOICE")


async def unfinished(year: Year, programme: Programme) -> None:
    """Somebody is approved, and never comes to the training."""
    mentor = year.someone("Una Untrained")
    mentor.untrained = True
    await year.apply(programme, mentor)
    await year.screen(programme, mentor)
    await year.approve(programme, mentor)


async def courses(year: Year, programme: Programme) -> None:
    """One passes a course that runs out, one fails and tries again, one need not, one is let off."""
    cora = programme.coordinator
    for code, title, months in (("ETHICS", "Ethics", 6), ("CULTURE", "Cultures", None)):
        course = COURSE | {"title": title, "kind": code} | ({"validityMonths": months} if months else {})
        drafted = await cora.does("draftTrainingModule", code=code, course=course)
        programme.ids[code] = drafted["id"]
        await cora.does("publishTrainingModule", moduleId=drafted["id"])
    passes, fails, waived, let_off = (
        programme.mentors[0],
        programme.mentors[1],
        programme.mentors[0],
        programme.mentors[1],
    )
    one = await assign(year, programme, "ETHICS", passes)
    await study(year, programme, passes, one, score=95)
    two = await assign(year, programme, "CULTURE", fails)
    await study(year, programme, fails, two, score=10)
    await study(year, programme, fails, two, score=88)
    three = await assign(year, programme, "CULTURE", waived)
    await cora.does("waiveTraining", enrolmentId=three, reason="A nurse.", evidence="Registered as 4711.")
    four = await assign(year, programme, "ETHICS", let_off)
    await cora.does("withdrawTraining", enrolmentId=four)
    also = await cora.does("requireTraining", programmeId=programme.id, code="CULTURE", due="WITHIN_90_DAYS")
    await year.calendar.work_off()
    await cora.does("liftTrainingRequirement", requirementId=also["id"])
    await cora.does("retireTrainingModule", moduleId=programme.ids["CULTURE"])
    await year.calendar.work_off()


async def assign(year: Year, programme: Programme, code: str, mentor: Someone) -> str:
    """A mentor is to learn something."""
    given = {"moduleId": programme.ids[code], "personId": mentor.id, "programmeId": programme.id}
    assigned = await programme.coordinator.does("assignTraining", dueAt=year.ahead(days=20), **given)
    return str(assigned["id"])


async def study(year: Year, programme: Programme, mentor: Someone, enrolment: str, *, score: int) -> None:
    """They begin, answer and are assessed."""
    await mentor.does("beginTraining", enrolmentId=enrolment)
    await mentor.does("submitTraining", enrolmentId=enrolment, answers="I would stay, and call.")
    await year.assess(programme, enrolment, score=score)


async def papers(year: Year, programme: Programme) -> None:
    """One certificate runs out in the autumn; another was replaced."""
    mentor = programme.mentors[0]
    given = {"mentorId": mentor.row["mentor"], "kind": "FIRST_AID"}
    lasting = await mentor.does("addCredential", credential=PAPER | {"expiresOn": "2025-08-20"}, **given)
    await programme.coordinator.does("verifyCredential", credentialId=lasting["id"])
    other = await mentor.does("addCredential", credential=PAPER, **given | {"kind": "INSURANCE"})
    await programme.coordinator.does("revokeCredential", credentialId=other["id"], reason="REPLACED")


async def partners(year: Year, programme: Programme) -> None:
    """With one agency referrals are exchanged until the summer; another is looked into, and ended."""
    cora, admin = programme.coordinator, year.admin
    clinic = (await cora.does("proposeAgency", name="The Clinic", kind="PART2_PROGRAM"))["id"]
    await admin.does("verifyAgency", agencyId=clinic)
    terms = {"purposes": ["REFERRAL"], "dataCategories": ["IDENTITY", "REFERRAL_STATUS"]}
    signed, other = [
        (await cora.does("draftPartnerAgreement", agencyId=clinic, fromOn="2025-01-01", untilOn="2025-06-30", **terms))
        for _ in range(2)
    ]
    await admin.does("signPartnerAgreement", agreementId=signed["id"], signer="Dr Roe", signedOn=year.day())
    await admin.does("terminatePartnerAgreement", agreementId=other["id"], reason="Written twice.")
    await admin.does("activateAgency", agencyId=clinic)
    await admin.does("suspendAgency", agencyId=clinic)
    await admin.does("resumeAgency", agencyId=clinic)
    shelter = (await cora.does("proposeAgency", name="The Shelter", kind="OTHER"))["id"]
    await admin.does("endAgency", agencyId=shelter)
    programme.ids["clinic"] = clinic


async def referrals(year: Year, programme: Programme) -> None:
    """People are referred: one takes part and leaves again, one cannot come, one is never reached; one goes on."""
    cora = programme.coordinator
    who = {"name": "Rowan", "contact": "+353 1 555 0102", "safeContact": "After six; say nothing of us."}
    inbound = await cora.does(
        "recordPartnerReferral",
        programmeId=programme.id,
        agencyId=programme.ids["clinic"],
        referred=who,
        reason="LEAVING_CARE",
        consentedOn=year.day(),
    )
    referral = {"referralId": inbound["id"]}
    for step in ("acceptReferral", "waitlistReferral"):
        await cora.does(step, **referral)
    rowan = year.someone("Rowan Mentee")
    enrolled = await cora.does("enrolReferral", "mentee { id person { id } }", person=rowan.new(), **referral)
    rowan.id, rowan.row["mentee"] = enrolled["mentee"]["person"]["id"], enrolled["mentee"]["id"]
    for answer in ("declined", "never reached"):
        asked = await cora.does("recordSelfReferral", programmeId=programme.id, referred=who)
        if answer == "declined":
            await cora.does("declineReferral", referralId=asked["id"], reason="NO_PLACE")
    await year.sign_in(rowan, cora)
    await year.consent(programme, rowan)
    await cora.does("closeEnrolment", menteeId=rowan.row["mentee"], reason="MOVED")
    outbound = await cora.does(
        "draftReferral",
        menteeId=programme.mentees[0].row["mentee"],
        agencyId=programme.ids["clinic"],
        reason="MORE_SUPPORT",
        contact="By letter",
    )
    await cora.does("sendReferral", referralId=outbound["id"], consentedOn=year.day())
    await cora.does("receiveReferral", referralId=outbound["id"])
    await year.calendar.work_off()


async def second_thoughts(year: Year, programme: Programme) -> None:
    """Somebody who waits rests, comes back and withdraws; somebody else is not eligible; a text is signed anew."""
    cora = programme.coordinator
    unsure = year.someone("Uma Mentee")
    await year.take_in(programme, unsure)
    await year.until_waiting(programme, unsure)
    enrolment = {"menteeId": unsure.row["mentee"]}
    await unsure.does("pauseEnrolment", **enrolment)
    await year.calendar.until(year.now + 3 * DAY)
    await unsure.does("resumeEnrolment", **enrolment)
    text = await year.admin.does(
        "publishParticipationText", programmeId=programme.id, agreement="We walk on.", consent="You may read all of it."
    )
    programme.ids["text"] = text["id"]
    await unsure.does("signParticipation", textId=text["id"], consents=True, **enrolment)
    await unsure.does("withdrawParticipation", **enrolment)
    await year.calendar.work_off()
    await cora.does("closeEnrolment", reason="DECLINED", **enrolment)
    young = year.someone("Yves Mentee")
    opened = await cora.does("openEnrolment", programmeId=programme.id, person=young.new())
    await cora.does("beginEligibilityReview", menteeId=opened["id"])
    answers = [{"code": "ADULT", "answer": "NO"}]
    not_here = {"eligible": False, "answers": answers, "reason": "Too young for this programme."}
    await cora.does("decideEligibility", menteeId=opened["id"], **not_here)


async def offers(year: Year, programme: Programme) -> None:
    """Three who come late: a run is put aside; an offer lapses, one is declined, one comes second, one is withdrawn."""
    cora = programme.coordinator
    late = [year.someone(f"{name} Mentee") for name in ("Lex", "Lil", "Lia")]
    for mentee in late:
        await year.take_in(programme, mentee)
        await year.until_waiting(programme, mentee)
    programme.mentees += late
    first = programme.mentors[0]
    for mentor in programme.mentors:  # only the first has places left: two
        await offer_places(year, programme, mentor, 2 if mentor is first else 0)
    await keep_up(year, programme)
    aside = (await cora.does("startMatchRun", programmeId=programme.id))["id"]
    await year.calendar.work_off()
    await cora.does("discardMatchRun", runId=aside)

    await year.propose(programme)
    lapsing, declined = await year.proposals(programme)
    await year.who(declined["mentee"]["person"]["id"]).does("declineProposal", proposalId=declined["id"])
    await year.calendar.until(year.now + 4 * DAY)
    mentee = year.who(lapsing["mentee"]["person"]["id"])
    await mentee.is_refused("acceptProposal", "ILLEGAL_STATE", proposalId=lapsing["id"])

    await year.propose(programme)
    taken, second = await year.proposals(programme)
    await year.who(second["mentee"]["person"]["id"]).does("acceptProposal", proposalId=second["id"])
    await offer_places(year, programme, first, 1)
    await year.accept(programme, taken)
    await first.is_refused("acceptProposal", "ILLEGAL_STATE", proposalId=second["id"])

    for mentor in programme.mentors[1:]:
        await offer_places(year, programme, mentor, 1)
    await keep_up(year, programme)
    await year.propose(programme)
    for proposal in await year.proposals(programme):
        await cora.does("pauseEnrolment", menteeId=proposal["mentee"]["id"])
        await year.calendar.work_off()
        await cora.does("resumeEnrolment", menteeId=proposal["mentee"]["id"])
    await year.calendar.work_off()


async def offer_places(year: Year, programme: Programme, mentor: Someone, left: int) -> None:
    """A mentor says how many more people they have room for."""
    walking = sum(pair.mentor is mentor and not pair.over for pair in programme.pairs)
    capacity = max(1, walking + left)
    mentor.places.append((year.now, capacity))
    await mentor.does("editMentorProfile", mentorId=mentor.row["mentor"], offer={"capacity": capacity})


async def keep_up(year: Year, programme: Programme) -> None:
    """Nobody's supervision is overdue."""
    sessions = []
    for number, mentor in enumerate(programme.mentors, 1):
        given = {"mentorIds": [mentor.row["mentor"]], "kind": "INDIVIDUAL", "format": "PHONE"}
        soon = (year.now + number * HOUR).isoformat()
        sessions.append(await programme.supervisor.does("scheduleSupervision", startsAt=soon, **given))
    await year.calendar.until(year.now + len(sessions) * HOUR + HOUR)
    for session in sessions:
        await programme.supervisor.does("holdSupervision", sessionId=session["id"])
    await year.calendar.work_off()


async def latecomer(year: Year, programme: Programme) -> None:
    """The match of who came late: signed on paper, and the two need no introduction."""
    pair = programme.pairs[-1]
    cora = programme.coordinator
    written = await pair.mentor.does("writeAgreement", "id version", matchId=pair.id, **_TERMS)
    both = [pair.mentor.id, pair.mentee.id]
    await cora.does(
        "recordAgreementOnPaper", agreementId=written["id"], expectedVersion=written["version"], personIds=both
    )
    await cora.does("waiveIntroduction", matchId=pair.id, because="They have known each other for years.")
    await year.arrange_series(pair, count=4)
    await year.calendar.work_off()


_TERMS = {
    "meetingsAMonth": 2,
    "formats": ["PHONE"],
    "confidentiality": "What is said stays here, unless somebody is in danger.",
    "boundaries": "No money, no gifts.",
    "crisisPlanKnown": True,
}


async def rests(year: Year, programme: Programme) -> None:
    """One match rests and goes on by itself, one sooner; one is stopped for safety, and goes on."""
    short, shorter, stopped = programme.pairs[:3]
    await short.mentee.does("pauseMatch", matchId=short.id, reason="FAMILY", until=year.ahead(days=10))
    await shorter.mentor.does("pauseMatch", matchId=shorter.id, reason="WORK", until=year.ahead(days=20))
    await stopped.mentee.does("safetyStop", matchId=stopped.id, remark="I do not feel safe.")
    for pair in (short, shorter, stopped):
        pair.resting = True
        soon = {"matchId": pair.id, "startsAt": year.ahead(days=1), "format": "PHONE"}
        await pair.mentor.is_refused("arrangeMeeting", "ILLEGAL_STATE", **soon)
    await stopped.mentee.is_refused("resumeMatch", "ILLEGAL_STATE", matchId=stopped.id)
    await year.calendar.until(year.now + 5 * DAY)
    await shorter.mentee.does("resumeMatch", matchId=shorter.id)
    await programme.supervisor.does("liftHold", matchId=stopped.id, because="A misunderstanding; both want to go on.")
    await year.calendar.until(year.now + 6 * DAY)
    for pair in (short, shorter, stopped):
        pair.resting = False
        await year.record_meetings(pair)


async def partings(year: Year, programme: Programme) -> None:
    """A mentee asks for another match; another withdraws from taking part, and their match is ended."""
    another, leaving = programme.pairs[2:4]
    cora = programme.coordinator
    await year.record_meetings(another)
    await another.mentee.does("requestRematch", matchId=another.id, reason="We have too little in common.")
    found = await cora.asks("query($id: ID!) { match(id: $id) { closure { steps { id kind } } } }", id=another.id)
    steps = {step["kind"]: step["id"] for step in found["match"]["closure"]["steps"]}
    because = {"because": "They would rather not speak of it."}
    for kind in ("EXIT_INTERVIEW_MENTEE", "EXIT_INTERVIEW_MENTOR", "CLOSING_MEETING", "CONTACT_AFTERWARDS"):
        await cora.does("markUnable", stepId=steps[kind], **because)
    await cora.does("recordExitInterview", stepId=steps["EXIT_INTERVIEW_MENTOR"], itHelped=3)
    await cora.does("completeClosure", matchId=another.id, reason="NOT_A_FIT")
    await year.record_meetings(leaving)
    await leaving.mentee.does("withdrawParticipation", menteeId=leaving.mentee.row["mentee"])
    await year.calendar.work_off()
    await cora.does("startClosure", matchId=leaving.id, type="PREMATURE")
    await cora.does("closeMatch", matchId=leaving.id, reason="OTHER")
    another.over = leaving.over = True
    await year.calendar.work_off()


async def appointments(year: Year, programme: Programme) -> None:
    """Meetings are confirmed, moved and called off; one series ends early; what is to follow is noted."""
    pair = programme.pairs[0]
    evening = year.now.replace(hour=20) + 2 * DAY
    first, second, third = [await year.meets_at(pair, evening + days * DAY) for days in range(3)]
    await pair.mentee.does("confirmMeeting", meetingId=first)
    moved = (evening + DAY + timedelta(minutes=45)).isoformat()
    await pair.mentee.does("moveMeeting", meetingId=second, startsAt=moved)
    at = {"matchId": pair.id, "format": "PHONE", "startsAt": evening.isoformat()}
    await pair.mentor.is_refused("arrangeMeeting", "CONFLICT", **at)
    await pair.mentee.does("cancelMeeting", meetingId=third, reason="ILL")
    held = await pair.mentor.lists("meetings", "id", matchId=pair.id, status=["HELD"])
    noted = [
        await pair.mentor.does("noteFollowUp", meetingId=held[0]["id"], body="Send the address.", owner=owner)
        for owner in ("MENTOR", "MENTEE")
    ]
    await pair.mentor.does("finishFollowUp", followUpId=noted[0]["id"])
    await pair.mentee.does("dropFollowUp", followUpId=noted[1]["id"])
    other = programme.pairs[1]
    await other.mentee.does("endSeries", seriesId=other.series)
    await year.calendar.work_off()
    await year.arrange_series(other)


async def goals(year: Year, programme: Programme) -> None:
    """What people set out for: proposed, declined, begun, laid aside, reached, reached in part, dropped."""
    pair = programme.pairs[0]
    mentor, mentee = pair.mentor, pair.mentee
    given = {"matchId": pair.id, "domain": "EDUCATION"}
    wanted = (await mentor.does("setGoal", title="A course", **given))["id"]
    await mentee.does("agreeToGoal", goalId=wanted)
    unwanted = (await mentor.does("setGoal", title="A choir", **given))["id"]
    await mentee.does("declineGoal", goalId=unwanted)
    await mentee.does("startGoal", goalId=wanted)
    step = (await mentee.does("addGoalStep", goalId=wanted, title="Ask for a form"))["id"]
    await mentee.does("finishGoalStep", stepId=step)
    await mentor.does("reopenGoalStep", stepId=step)
    await mentee.does("dropGoalStep", stepId=step)
    await mentee.does("holdGoal", goalId=wanted)
    await mentee.does("resumeGoal", goalId=wanted)
    await mentee.does("endGoal", goalId=wanted, end="PARTIAL")
    reached = (await mentee.does("setGoal", title="A library card", **given))["id"]
    await mentee.does("recordProgress", goalId=reached, score=10)
    year.append(year.count.progress, programme, 10)
    dropped = (await mentee.does("setGoal", title="A driving licence", **given))["id"]
    await mentee.does("dropGoal", goalId=dropped, reason="CHANGED_MIND")
    programme.ids["reached"] = reached


async def groups(year: Year, programme: Programme) -> None:
    """A circle of four places: people ask, join, leave; it meets, rests and ends."""
    cora, (one, two) = programme.coordinator, programme.mentors[:2]
    made = {"programmeId": programme.id, "format": "SHARING", "modality": "VIRTUAL"}
    circle = (await cora.does("planGroup", name="Evening circle", admission="OPEN", capacity=2, **made))["id"]
    closed = (await cora.does("planGroup", name="Steps", admission="CLOSED", capacity=8, **made))["id"]
    for group in (circle, closed):
        for mentor in (one, two):
            await cora.does("addFacilitator", groupId=group, personId=mentor.id)
        await cora.does("openGroup", groupId=group)
    wren, finch, robin = programme.mentees[:3]
    asked = (await wren.does("joinGroup", groupId=closed, alias="Wren"))["id"]
    await one.does("acceptIntoGroup", membershipId=asked)
    member = (await wren.does("joinGroup", groupId=circle, alias="Wren"))["id"]
    other = (await finch.does("joinGroup", groupId=circle, alias="Finch"))["id"]
    await robin.is_refused("joinGroup", "CONFLICT", groupId=circle, alias="Robin")
    times = [year.now + DAY, year.now + 2 * DAY, year.now + 9 * DAY]
    sessions = [
        (await one.does("scheduleGroupSession", groupId=circle, startsAt=at.isoformat(), timeZone="Europe/Dublin"))[
            "id"
        ]
        for at in times
    ]
    await two.does("cancelGroupSession", sessionId=sessions[1])
    await year.calendar.until(times[0] + 2 * HOUR)
    await one.does("recordGroupAttendance", sessionId=sessions[0], came=[member], stayedAway=[other], headCount=4)
    await one.does("removeFromGroup", membershipId=other, reason="NOT_FOR_THEM")
    await wren.does("leaveGroup", membershipId=member)
    await cora.does("pauseGroup", groupId=circle)
    await cora.does("resumeGroup", groupId=circle)
    await cora.does("closeGroup", groupId=closed)
    await year.calendar.work_off()


async def events(year: Year, programme: Programme) -> None:
    """An open house with one place, for which somebody waits; another event is called off."""
    cora, (first, second, third) = programme.coordinator, programme.mentees[:3]
    given = {"programmeId": programme.id, "timeZone": "Europe/Dublin", "capacity": 1}
    at = year.now + 5 * DAY
    house = (await cora.does("planEvent", title="Open house", startsAt=at.isoformat(), **given))["id"]
    off = (await cora.does("planEvent", title="Summer day", startsAt=year.ahead(days=30), **given))["id"]
    for event in (house, off):
        await cora.does("openEvent", eventId=event)
    coming = (await first.does("signUpForEvent", eventId=house))["id"]
    await second.does("signUpForEvent", eventId=house)
    await third.does("signUpForEvent", eventId=off)
    await first.does("withdrawFromEvent", signupId=coming)
    await year.calendar.work_off()
    await cora.does("cancelEvent", eventId=off)
    await year.calendar.until(at + DAY)
    await cora.does("recordEvent", eventId=house, attended=31)


async def library(year: Year, programme: Programme) -> None:
    """A resource is written by the partner, looked over and found; it is shared, and in time out of date."""
    cora, sue, pair = programme.coordinator, programme.supervisor, programme.pairs[0]
    shown: list[str] = []
    for title in ("Advice on rent", "A food bank", "Job club"):
        drafted = (await cora.does("draftResource", resource=RESOURCE | {"title": title}))["id"]
        await sue.does("reviewResource", resourceId=drafted)
        await cora.does("publishResource", resourceId=drafted)
        shown.append(drafted)
    unfinished = (await year.partner.does("draftResource", resource=RESOURCE | {"title": "A leaflet"}))["id"]
    await cora.does("retireResource", resourceId=unfinished)
    used, unused, unopened = [
        (await pair.mentor.does("shareResource", matchId=pair.id, resourceId=resource))["id"] for resource in shown
    ]
    await pair.mentee.does("openSharedResource", shareId=used)
    await pair.mentee.does("answerSharedResource", shareId=used, used=True, helpful=5)
    await pair.mentee.does("answerSharedResource", shareId=unused, used=False)
    assert unopened
    listed = await cora.does(
        "listSupportMeeting",
        meeting={
            "name": "Tuesday lunch",
            "weekday": "TUESDAY",
            "starts": "12:30",
            "timeZone": "Europe/Dublin",
            "languages": ["en"],
            "address": "1 Quay Street",
        },
    )
    await cora.does("withdrawSupportMeeting", supportMeetingId=listed["id"])


async def public(year: Year, programme: Programme) -> None:
    """What the organisation does in public: a campaign, what its leadership pledges, talks and a story."""
    cora, admin, mentor = programme.coordinator, year.admin, programme.mentors[0]
    campaign = await cora.does(
        "planCampaign",
        title="Look again",
        objective="Neighbours who say hello.",
        audience="The quarter.",
        iomType="UNIVERSAL_INDIRECT",
        strategy="COMMUNITY_PROCESS",
        channels=["EVENT"],
        messages=["Recovery lives next door."],
        programmeId=programme.id,
    )
    one = {"campaignId": campaign["id"]}
    await admin.does("approveCampaign", **one)
    await cora.does("beginCampaign", **one)
    await cora.does("recordCampaignMetric", countedOn=year.day(), reach=900, **one)
    await cora.does("endCampaign", **one)
    await cora.does("evaluateCampaign", conclusion="Nine hundred people read it.", **one)
    for pledge, kept in (("Half a post more.", True), ("A seat on the board.", False)):
        pledged = await admin.does(
            "pledgeCommitment",
            domain="BUDGET",
            pledge=pledge,
            dueOn=year.day(days=20),
            ownerId=cora.id,
            programmeId=programme.id,
        )
        programme.ids[pledge] = pledged["id"]
        await cora.does("beginCommitment", commitmentId=pledged["id"])
        if kept:
            await cora.does("meetCommitment", commitmentId=pledged["id"], evidence="The budget of May.")
            await admin.does("reviewCommitment", commitmentId=pledged["id"], review="It took longer than we thought.")
    consent = (await mentor.does("consentToStory", limits="No town."))["id"]
    given = {"mentorId": mentor.row["mentor"]}
    talk = (await mentor.does("planOutreach", kind="TALK", title="At the library", at=year.ahead(hours=1), **given))[
        "id"
    ]
    await mentor.does("planOutreach", kind="STORY", title="An evening", at=year.ahead(days=9), **given)
    await mentor.does("withdrawStoryConsent", consentId=consent)
    await year.calendar.until(year.now + DAY)
    await mentor.does("finishOutreach", outreachId=talk, audienceSize=30)
    await mentor.does("reportOutreach", outreachId=talk, minutes=90, remark="Two want to mentor.")


async def growth(year: Year, programme: Programme) -> None:
    """What a mentor wants to learn, and how their supervisor sees it: plans, actions, an evaluation, observations."""
    sue, mentor = programme.supervisor, programme.mentors[0]
    given = {"mentorId": mentor.row["mentor"]}
    plan = (await sue.does("draftDevelopmentPlan", aims=["Listen more"], dueOn=year.day(days=60), **given))["id"]
    await mentor.does("agreeToDevelopmentPlan", planId=plan)
    for end in ("finishDevelopmentAction", "dropDevelopmentAction"):
        action = await sue.does("addDevelopmentAction", text="Visit a group", dueAt=year.ahead(days=9), **given)
        await sue.does(end, actionId=action["id"])
    await sue.does("completeDevelopmentPlan", planId=plan)
    other = (await sue.does("draftDevelopmentPlan", aims=["Say no"], dueOn=year.day(days=60), **given))["id"]
    await mentor.does("endDevelopmentPlan", planId=other)
    ratings = [{"competency": f"SAMHSA_{n:02}", "rating": 4, "evidence": "Seen in two meetings."} for n in range(1, 13)]
    seen = (await sue.does("draftCompetencyEvaluation", observer="SUPERVISOR", ratings=ratings, **given))["id"]
    await sue.does("signCompetencyEvaluation", evaluationId=seen)
    await mentor.does("acknowledgeCompetencyEvaluation", evaluationId=seen)
    pair = next(each for each in programme.pairs if each.mentor is mentor and not each.over)
    for days, answer in ((2, "agreeToObservation"), (3, "declineObservation")):
        meeting = await year.meets_at(pair, year.now.replace(hour=21) + days * DAY)
        asked = await sue.does("arrangeObservation", meetingId=meeting)
        await pair.mentee.does(answer, observationId=asked["id"])
    await year.calendar.work_off()


async def standing(year: Year, programme: Programme) -> None:
    """Mentors rest, by plan and at once; one is suspended for a while; one is supervised by another, and retires."""
    cora, sue, (one, two) = programme.coordinator, programme.supervisor, programme.mentors[-2:]
    mentor = {"mentorId": one.row["mentor"]}
    await one.does("takeLeave", startsAt=year.ahead(days=3), endsAt=year.ahead(days=9), **mentor)
    await year.calendar.until(year.now + 4 * DAY)
    (leave,) = await one.lists("leaves", "id", status=["UNDER_WAY"], **mentor)
    ends_at = year.now + 4 * DAY
    for at in (ends_at, ends_at + DAY, ends_at):
        await one.does("extendLeave", leaveId=leave["id"], endsAt=at.isoformat())
    await year.calendar.until(year.now + 6 * DAY)
    await one.does("takeLeave", **mentor)
    await one.does("endLeave", **mentor)
    await sue.does("suspendMentor", reason="CONCERN", **mentor)
    await sue.does("liftSuspension", **mentor)
    moved = (year.now + 3 * DAY, year.now + 4 * DAY, year.now + 3 * DAY)
    session = await sue.does(
        "scheduleSupervision",
        mentorIds=[one.row["mentor"]],
        kind="AD_HOC",
        startsAt=moved[0].isoformat(),
        format="PHONE",
    )
    for at in moved[1:]:
        await sue.does("moveSupervision", sessionId=session["id"], startsAt=at.isoformat())
    await year.calendar.until(moved[0] - HOUR)
    await sue.does("cancelSupervision", sessionId=session["id"], reason="MENTOR_UNAVAILABLE")
    for days in (1, 5):  # of the first nobody says that it took place; the second goes with its supervisor
        await sue.does(
            "scheduleSupervision",
            mentorIds=[two.row["mentor"]],
            kind="AD_HOC",
            startsAt=year.ahead(days=days),
            format="PHONE",
        )
    await year.calendar.until(year.now + 3 * DAY)
    await year.admin.does("supervise", mentorId=two.row["mentor"], supervisorId=cora.id)
    await year.calendar.work_off()
    await year.admin.does("supervise", mentorId=two.row["mentor"], supervisorId=sue.id)
    await year.calendar.work_off()


async def farewell(year: Year, programme: Programme) -> None:
    """A mentor retires; their match goes on until somebody else takes over, or it ends."""
    mentor = programme.mentors[-1]
    await mentor.does("retireMentor", mentorId=mentor.row["mentor"], reason="MOVED")
    await year.calendar.work_off()
    await year.admin.does("endAgency", agencyId=programme.ids["clinic"])


async def letters_between(year: Year, programme: Programme) -> None:
    """The two write to each other, and to who looks after them; a note is written down."""
    pair = programme.pairs[0]
    for who, text in ((pair.mentor, "See you on Tuesday."), (pair.mentee, "I will be there.")):
        await who.does("sendMessage", matchId=pair.id, kind="PAIR", body=text)
    asked = await pair.mentee.does(
        "sendMessage", "thread { id }", matchId=pair.id, kind="MENTEE_COORDINATOR", body="May I change my form?"
    )
    await programme.coordinator.is_refused("closeThread", "ILLEGAL_STATE", threadId=asked["thread"]["id"])
    await pair.mentor.does("writeNote", matchId=pair.id, body="We rang the office.", visibility="SHARED")
    await year.calendar.work_off()


async def forms(year: Year, programme: Programme) -> None:
    """A form asks after a month, another whoever was in the group; the answers wait, come, or do not."""
    cora = programme.coordinator
    for moment in ("DAY_30", "EXIT", "GROUP"):
        opened = await cora.does(
            "openFeedbackForm",
            "id",
            programmeId=programme.id,
            moment=moment,
            audience="MENTEES",
            privacy="CONFIDENTIAL",
            title="How is it?",
            questions=[{"question": "I look forward to our meetings."}],
        )
        programme.ids[moment] = opened["id"]


async def answers(year: Year, programme: Programme) -> None:
    """Some answer; a form is revised, and another not asked any more."""
    cora, mentees = programme.coordinator, programme.mentees[:2]
    people = [mentee.id for mentee in mentees]
    await cora.does("inviteToFeedback", formId=programme.ids["GROUP"], personIds=people)
    shown = "id form { id questions { id } }"
    (invitation, *_) = await mentees[0].lists("feedbackInvitations", shown, status=["OPEN"])
    said = [{"questionId": invitation["form"]["questions"][0]["id"], "score": 4}]
    await mentees[0].does("answerFeedbackForm", invitationId=invitation["id"], answers=said)
    revised = [{"question": "It is good to be there."}]
    await cora.does("reviseFeedbackForm", formId=programme.ids["GROUP"], title="After the group", questions=revised)


async def improvement(year: Year, programme: Programme) -> None:
    """Plan, do, study, act: what is tried is held against an indicator, and the policy follows."""
    cora = programme.coordinator
    indicator = await cora.does(
        "defineIndicator",
        programmeId=programme.id,
        name="Meetings kept",
        definition="Of a hundred that were arranged.",
        unit="%",
        target="85",
        direction="HIGHER",
    )
    cycle = await cora.does(
        "planImprovement",
        programmeId=programme.id,
        title="Reminders",
        aim="Fewer meetings missed.",
        expected="Half as many.",
        indicatorIds=[indicator["id"]],
    )
    one = {"cycleId": cycle["id"]}
    await cora.does("doImprovement", **one)
    await cora.does("studyImprovement", done="Reminders went out two days before.", **one)
    await cora.does("actOnImprovement", learnt="It helped.", decision="ADOPT", follows="It stays so.", **one)
    await year.admin.does("adoptPolicy", policy={"waitingLimitDays": 45}, **one)
    await cora.does("closeImprovement", **one)
    missed = programme.ids.get("A seat on the board.")
    if missed:
        await year.admin.does("reviewCommitment", commitmentId=missed, review="We try again next year.")


async def old_records(year: Year, programme: Programme) -> None:
    """Records from before are brought in: some rows go in, some are there already, some say nothing."""
    cora = programme.coordinator
    head = "name,time_zone,email\n"
    given = {"programmeId": programme.id, "kind": "PEOPLE"}
    good = "Ida Old,Europe/Dublin,ida@old.example\nIvo Old,Europe/Dublin,ivo@old.example\n"
    job = (await cora.does("startImport", rows=head + good + "Ira Old,Nowhere,\n", moreFollow=True, **given))["id"]
    there = f"{programme.mentees[0].name},Europe/Dublin,{programme.mentees[0].new()['email']}\n"
    await cora.does("addImportRows", jobId=job, rows=there)
    await year.calendar.work_off()
    await cora.does("commitImport", jobId=job)
    await year.calendar.work_off()
    unwanted = (await cora.does("startImport", rows=head + good, **given))["id"]
    await cora.does("discardImport", jobId=unwanted)
    await cora.does("startImport", rows=head + "Ira Old,Nowhere,\n", **given)
    await year.calendar.work_off()


async def chores(year: Year, programme: Programme) -> None:
    """Who coordinates has two things to do, and does one; a cohort is closed too early, and opened again."""
    cora = programme.coordinator
    cohort = await cora.does("addProgrammeLabel", programmeId=programme.id, kind="COHORT", name="Spring")
    for step in ("closeProgrammeLabel", "reopenProgrammeLabel"):
        await cora.does(step, labelId=cohort["id"])
    for title, end in (("Book a room", "finishTask"), ("Call the venue", "dropTask")):
        task = await cora.does("giveTask", title=title, dueAt=year.ahead(days=3), programmeId=programme.id)
        await cora.does(end, taskId=task["id"], remark="It is done, or need not be.")


async def play(scene: Callable[[Year, Programme], Awaitable[None]], year: Year, number: int) -> None:
    """Play a scene, in one programme after the other by its number."""
    await scene(year, year.programmes[number % len(year.programmes)])

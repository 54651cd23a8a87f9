"""One year of one organisation, chapter by chapter, as its people play it through the public API.

The clock goes on in between (`calendar.until`), and what is due on the way is done by the workers. Every programme
plays the same chapters at the same time. What happens only to somebody, once, stands in `scenes.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from tests.year.calendar import Calendar
from tests.year.cast import DAY, HOUR, WEEK, ZONES, Someone, Stage

YEAR = 2025
BEGINS = datetime(YEAR, 1, 6, 9, tzinfo=UTC)
PROFILE = {"languages": ["en"], "formats": ["PHONE", "VIRTUAL"]}
TERMS = {
    "meetingsAMonth": 4,
    "formats": ["PHONE"],
    "confidentiality": "What is said stays here, unless somebody is in danger.",
    "boundaries": "No money, no gifts.",
    "crisisPlanKnown": True,
}
MENTORS = "Mara Milo Nuala Owen Petra Quinn Rosa Sean Tara Uri Vera Will"
MENTEES = (
    "Abe Bea Cal Dee Eli Fay Gus Hal Ida Jon Kay Leo May Ned Oda Pip Ray Sal Tim Una Val Wes Xia Yan Zoe Ann Ben Cas"
    " Dot Eve Flo Gil Hana Ivo Jan Kit Lou Mia Noa Ola"
)
LIKES = {"feltHeard": 5, "talkedAboutWhatMatters": 4, "helpful": 4, "rightPace": 5}


@dataclass(frozen=True)
class Size:
    """How large a year is."""

    programmes: int
    mentors: int
    mentees: int
    every_weeks: int  # two people meet every so many weeks
    pace: timedelta  # how long the timetable may rest between two rounds


@dataclass(eq=False)
class Pair:
    """A match that the year follows."""

    id: str
    mentor: Someone
    mentee: Someone
    programme: Programme
    series: str = ""
    goal: str = ""
    resting: bool = False
    over: bool = False


@dataclass(eq=False)
class Programme:
    """One programme with the people in it."""

    name: str
    id: str
    coordinator: Someone
    supervisor: Someone
    mentors: list[Someone] = field(default_factory=list)
    mentees: list[Someone] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)


@dataclass
class Count:
    """What the script did, counted beside the service: by programme and month."""

    held: dict[tuple[str, int], int] = field(default_factory=dict)
    missed: dict[tuple[str, int], int] = field(default_factory=dict)
    matched: dict[tuple[str, int], int] = field(default_factory=dict)
    feedback: dict[tuple[str, int], list[float]] = field(default_factory=dict)
    progress: dict[tuple[str, int], list[int]] = field(default_factory=dict)


class Year:
    """The year as it is played."""

    def __init__(self, stage: Stage, calendar: Calendar, size: Size) -> None:
        self.stage, self.calendar, self.size = stage, calendar, size
        self.cast: list[Someone] = []
        self.admin = self.someone("Ada Byrne")
        self.partner, self.analyst = self.someone("Pat Clinic"), self.someone("Ann Figures")
        self.deputy = self.someone("Dan Deputy")
        self.programmes: list[Programme] = []
        self.organisation_id = ""
        self.count = Count()
        self.neighbour_before: dict[str, str | None] = {}
        self.looks: list[Any] = []  # called now and then: what a test looks at while the year goes on

    def someone(self, name: str, zone: str = ZONES[0]) -> Someone:
        """Somebody who has no account yet."""
        someone = Someone(self.stage, name, zone)
        self.cast.append(someone)
        return someone

    @property
    def now(self) -> datetime:
        """What time it is."""
        return self.calendar.now

    def ahead(self, **how_far: float) -> str:
        """A time to come."""
        return (self.now + timedelta(**how_far)).isoformat()

    def day(self, **how_far: float) -> str:
        """A day to come, or past."""
        return (self.now + timedelta(**how_far)).date().isoformat()

    @property
    def organisation_row(self) -> UUID:
        """The organisation, as the database knows it."""
        return UUID(self.organisation_id.partition("_")[2])

    @property
    def pairs(self) -> list[Pair]:
        """Every match that the year follows."""
        return [pair for programme in self.programmes for pair in programme.pairs]

    # Found

    async def found(self, operator: str) -> None:
        """The operator lets the organisation in; its administrator opens programmes and gives roles."""
        payload = await self.stage.tries(
            operator,
            "provisionOrganisation",
            {"slug": "year", "name": "The Year", "timeZone": "Europe/Dublin", "admin": self.admin.new()},
            "secret organisation { id }",
        )
        self.organisation_id = payload["result"]["organisation"]["id"]
        self.admin.token = payload["result"]["secret"]
        self.admin.id = (await self.admin.asks("{ viewer { person { id } } }"))["viewer"]["person"]["id"]
        await self.sign_in(self.admin, self.admin)
        for someone, role in ((self.partner, "PARTNER"), (self.analyst, "ANALYST"), (self.deputy, "ADMIN")):
            await self.employ(someone, {"role": role})
        for name in ("One to one", "Families")[: self.size.programmes]:
            await self.open_programme(name)

    async def found_neighbour(self, operator: str) -> None:
        """Another organisation, with little in it, to which nothing of this year happens."""
        neighbour = self.someone("Nell Neighbour")
        self.cast.remove(neighbour)
        payload = await self.stage.tries(
            operator,
            "provisionOrganisation",
            {"slug": "beacon", "name": "Beacon", "timeZone": ZONES[1], "admin": neighbour.new()},
            "secret organisation { id }",
        )
        neighbour.token = payload["result"]["secret"]
        await neighbour.does("openProgramme", name="Quiet evenings")
        theirs = UUID(payload["result"]["organisation"]["id"].partition("_")[2])
        self.calendar.organisations = [self.organisation_row, theirs]

    async def open_programme(self, name: str) -> None:
        """A programme with its people, its rules and what belongs to its start."""
        opened = await self.admin.does(
            "openProgramme", name=name, reminderHours=24, waitingLimitDays=60, caseloadLimit=14
        )
        programme = Programme(
            name, opened["id"], self.someone(f"Cora {name}"), self.someone(f"Sue {name}", ZONES[len(self.programmes)])
        )
        self.programmes.append(programme)
        await self.employ(programme.coordinator, {"role": "COORDINATOR", "programmeId": programme.id})
        await self.employ(programme.supervisor, {"role": "SUPERVISOR"})
        await self.admin.does("setRelationshipPolicy", programmeId=programme.id, agreementRequired=True, pauseDays=60)
        text = await self.admin.does(
            "publishParticipationText",
            programmeId=programme.id,
            agreement="We walk together.",
            consent="We write down when you meet, and you may read all of it.",
        )
        programme.ids["text"] = text["id"]
        await self.admin.does(
            "setEligibilityCriterion", programmeId=programme.id, code="ADULT", question="Are they of age?"
        )

    async def employ(self, someone: Someone, role: dict[str, Any]) -> None:
        """Somebody of the staff."""
        given = await self.admin.does("giveRole", "person { id }", role=role, person=someone.new())
        someone.id = given["person"]["id"]
        await self.sign_in(someone, self.admin)

    async def sign_in(self, someone: Someone, by: Someone) -> None:
        """Somebody gets a token that lasts the year."""
        until = datetime(YEAR + 1, 1, 5, tzinfo=UTC)
        issued = await by.does("issueToken", "secret", personId=someone.id, expiresAt=until.isoformat())
        someone.token = issued["secret"]

    # Recruit and train

    async def recruit(self) -> None:
        """People apply to mentor, are screened by one and approved by another."""
        names = MENTORS.split()[: self.size.mentors]
        for number, name in enumerate(names):
            programme = self.programmes[number % len(self.programmes)]
            programme.mentors.append(self.someone(f"{name} Mentor", ZONES[number % len(ZONES)]))
        for programme in self.programmes:
            for mentor in programme.mentors:
                await self.apply(programme, mentor)
        await self.calendar.until(self.now + 2 * DAY)
        for programme in self.programmes:
            for mentor in programme.mentors:
                await self.screen(programme, mentor)
                await self.approve(programme, mentor)

    async def apply(self, programme: Programme, mentor: Someone) -> None:
        """Somebody hands in their application on paper; who coordinates enters it."""
        capacity = -(-self.size.mentees // self.size.mentors) + 1
        begun = await programme.coordinator.does(
            "beginApplication",
            "id person { id }",
            programmeId=programme.id,
            person=mentor.new(),
            profile=PROFILE,
            offer={"helpsWith": ["HOUSING", "FAMILY"], "capacity": capacity},
        )
        mentor.id, mentor.row["application"] = begun["person"]["id"], begun["id"]
        mentor.places.append((self.now, capacity))
        application = {"applicationId": begun["id"]}
        attested = {"livedExperience": True, "steadyRecovery": True, "conflicts": ""}
        await programme.coordinator.does("attest", **application, **attested)
        await programme.coordinator.does("submitApplication", **application)

    async def screen(self, programme: Programme, mentor: Someone) -> None:
        """One person screens."""
        application = {"applicationId": mentor.row["application"]}
        for step in ("screenApplication", "recordInterview", "recordReferences", "clearBackground"):
            await programme.coordinator.does(step, **application)

    async def approve(self, programme: Programme, mentor: Someone) -> None:
        """A second person decides; the new mentor signs in, and is supervised."""
        application = {"applicationId": mentor.row["application"]}
        await programme.coordinator.does("nameReviewer", reviewerId=programme.supervisor.id, **application)
        await programme.supervisor.does("approveApplication", **application)
        known = await programme.coordinator.lists("mentors", "id person { id }", programmeId=programme.id)
        (row,) = [each for each in known if each["person"]["id"] == mentor.id]
        mentor.row["mentor"] = row["id"]
        await self.sign_in(mentor, programme.coordinator)
        await self.admin.does("supervise", mentorId=row["id"], supervisorId=programme.supervisor.id)
        await self.calendar.work_off()

    async def set_up_training(self) -> None:
        """A catalogue of training, and what each programme requires of its mentors before a first match."""
        adopted = await self.programmes[0].coordinator.does(
            "adoptCoreTraining", "modules { id code kind }", kinds=["COMMUNICATION", "CRISIS"]
        )
        modules = {module["kind"]: module for module in adopted["modules"]}
        for module in modules.values():
            await self.programmes[0].coordinator.does("publishTrainingModule", moduleId=module["id"])
        for programme in self.programmes:
            programme.ids |= {kind: module["id"] for kind, module in modules.items()}
            required = await programme.coordinator.does(
                "requireTraining", programmeId=programme.id, kind="COMMUNICATION", due="FIRST_MATCH"
            )
            programme.ids["required"] = required["id"]
        await self.calendar.work_off()

    async def train(self) -> None:
        """Everybody who was approved learns what comes before a first match, and is declared trained."""
        for programme in self.programmes:
            for mentor in programme.mentors:
                for enrolment in await self.to_learn(mentor):
                    await mentor.does("beginTraining", enrolmentId=enrolment["id"])
                    answers = {"answers": "I would stay, and call."}
                    await mentor.does("submitTraining", enrolmentId=enrolment["id"], **answers)
        await self.calendar.until(self.now + 2 * DAY)
        for programme in self.programmes:
            for mentor in programme.mentors:
                for enrolment in await mentor.lists("trainingEnrolments", "id status"):
                    if enrolment["status"] == "SUBMITTED":
                        await self.assess(programme, enrolment["id"])
        await self.calendar.work_off()

    async def assess(self, programme: Programme, enrolment: str, *, score: int = 90) -> None:
        """Who trains somebody reads their answers."""
        trainer = programme.coordinator
        await trainer.does("nameTrainer", enrolmentId=enrolment, trainerId=trainer.id)
        await trainer.does("assessTraining", enrolmentId=enrolment, score=score)

    async def to_learn(self, mentor: Someone) -> list[Any]:
        """What a mentor is enrolled in and has not begun."""
        found = await mentor.lists("trainingEnrolments", "id status module { kind }")
        return [enrolment for enrolment in found if enrolment["status"] == "ASSIGNED"]

    # Welcome

    async def welcome(self) -> None:
        """People ask for a mentor; their intake is done, and they wait."""
        names = MENTEES.split()[: self.size.mentees]
        for number, name in enumerate(names):
            programme = self.programmes[number % len(self.programmes)]
            mentee = self.someone(f"{name} Mentee", ZONES[number % len(ZONES)])
            programme.mentees.append(mentee)
            await self.take_in(programme, mentee)
            await self.until_waiting(programme, mentee)
            await self.wishes(mentee, number)
        await self.calendar.work_off()

    async def take_in(self, programme: Programme, mentee: Someone) -> None:
        """Somebody asks; it is decided whether this is the right programme, and they sign."""
        person = {"personId": mentee.id} if mentee.id else {"person": mentee.new()}
        opened = await programme.coordinator.does(
            "openEnrolment", "id person { id }", programmeId=programme.id, **person
        )
        mentee.id, mentee.row["mentee"] = opened["person"]["id"], opened["id"]
        await self.sign_in(mentee, programme.coordinator)
        await self.consent(programme, mentee)

    async def consent(self, programme: Programme, mentee: Someone) -> None:
        """Their eligibility is decided, and they sign that they take part."""
        enrolment = {"menteeId": mentee.row["mentee"]}
        await programme.coordinator.does("beginEligibilityReview", **enrolment)
        answers = [{"code": "ADULT", "answer": "YES"}]
        await programme.coordinator.does("decideEligibility", eligible=True, answers=answers, **enrolment)
        await mentee.does("signParticipation", textId=programme.ids["text"], consents=True, **enrolment)

    async def until_waiting(self, programme: Programme, mentee: Someone) -> None:
        """What an intake asks is told, or declined."""
        enrolment = {"menteeId": mentee.row["mentee"]}
        needs = [{"domain": "HOUSING", "severity": 2}, {"domain": "FAMILY", "severity": 1}]
        await mentee.does("assessNeeds", needs=needs, goals=["A place of my own"], **enrolment)
        await mentee.does("recordPreferences", profile=PROFILE, **enrolment)
        await mentee.does("writeSafetyPlan", coping=["A walk by the sea"], **enrolment)
        await mentee.does("recordBaseline", answers=[{"name": "WELLBEING", "value": 4}], **enrolment)
        await programme.coordinator.does("declareReadyToMatch", **enrolment)
        await programme.coordinator.does("putOnWaitingList", **enrolment)

    async def wishes(self, someone: Someone, number: int) -> None:
        """How somebody wants to be reminded: some as the programme does it, some by lead times and quiet hours."""
        wished: list[tuple[list[int] | None, tuple[time, time] | None]] = [
            (None, None),
            ([48, 3], None),
            ([12], (time(21), time(8))),
            ([24, 1], (time(22, 30), time(7, 30))),
        ]
        lead, quiet = wished[number % len(wished)]
        if lead is None:
            return
        someone.lead_hours, someone.quiet = lead, quiet
        given: dict[str, Any] = {"personId": someone.id, "hoursBefore": lead}
        if quiet:
            given |= {"quietFrom": f"{quiet[0]:%H:%M}", "quietUntil": f"{quiet[1]:%H:%M}"}
        await someone.does("editContactPreferences", **given)

    # Match

    async def match(self) -> None:
        """A run is computed and published; the mentee answers first, then the mentor."""
        for programme in self.programmes:
            await self.supervise(programme)
        await self.calendar.until(self.now + 3 * DAY)
        for programme in self.programmes:
            await self.supervise(programme)
        for programme in self.programmes:
            await self.propose(programme)
            for proposal in await self.proposals(programme):
                await self.accept(programme, proposal)
        await self.calendar.work_off()

    async def propose(self, programme: Programme) -> str:
        """A run that is published."""
        run: str = (await programme.coordinator.does("startMatchRun", programmeId=programme.id))["id"]
        await self.calendar.work_off()
        await programme.coordinator.does("publishMatchRun", runId=run)
        await self.calendar.work_off()
        return run

    async def proposals(self, programme: Programme, status: str = "OFFERED_MENTEE") -> list[Any]:
        """The proposals of a programme that are in a state."""
        shown = "id status mentor { id person { id } } mentee { id person { id } }"
        return await programme.coordinator.lists("proposals", shown, status=[status])

    def who(self, person_id: str) -> Someone:
        """The person of this id."""
        people = [p for programme in self.programmes for p in (*programme.mentors, *programme.mentees)]
        return next(each for each in people if each.id == person_id)

    async def accept(self, programme: Programme, proposal: Any) -> Pair:
        """Both accept: there is a match."""
        mentor, mentee = (self.who(proposal[side]["person"]["id"]) for side in ("mentor", "mentee"))
        await mentee.does("acceptProposal", proposalId=proposal["id"])
        accepted = await mentor.does("acceptProposal", "match { id }", proposalId=proposal["id"])
        pair = Pair(accepted["match"]["id"], mentor, mentee, programme)
        programme.pairs.append(pair)
        self.add(self.count.matched, programme, 1)
        return pair

    async def agree(self) -> None:
        """The two write down how they walk, meet for the first time, and both sign."""
        for pair in self.pairs:
            await self.sign_both(pair)
        first = {pair: self.now + DAY + 3 * HOUR * self.slot(pair) for pair in self.pairs}
        for pair, at in first.items():
            await self.meets_at(pair, at)
        await self.calendar.until(max(first.values()) + 2 * HOUR)
        for pair in self.pairs:
            await self.record_meetings(pair)
        await self.calendar.work_off()

    async def sign_both(self, pair: Pair) -> None:
        """An agreement that both signed."""
        written = await pair.mentor.does("writeAgreement", "id version", matchId=pair.id, **TERMS)
        await self.calendar.work_off()
        for each in (pair.mentor, pair.mentee):
            await each.does("signAgreement", agreementId=written["id"], expectedVersion=written["version"])

    async def meets_at(self, pair: Pair, at: datetime) -> str:
        """One meeting, arranged by the mentor."""
        given = {"matchId": pair.id, "startsAt": at.isoformat(), "format": "PHONE"}
        arranged: str = (await pair.mentor.does("arrangeMeeting", **given))["id"]
        return arranged

    def slot(self, pair: Pair) -> int:
        """Which of the weekly hours of the mentor is this mentee's."""
        theirs = [each for each in self.pairs if each.mentor is pair.mentor]
        return theirs.index(pair)

    # Meet

    async def begin_meeting(self) -> None:
        """Each pair arranges meetings that come round again, by the mentee's clock, and a goal to begin with."""
        for pair in self.pairs:
            await self.arrange_series(pair)
            goal = await pair.mentee.does("setGoal", matchId=pair.id, title="A place of my own", domain="HOUSING")
            pair.goal = goal["id"]
        await self.calendar.work_off()

    async def arrange_series(self, pair: Pair, *, count: int = 60) -> None:
        """Meetings that come round again, in the mentor's hour for this mentee."""
        monday = self.now.replace(hour=0, minute=0) + (7 - self.now.weekday()) * DAY
        at = monday + DAY * (self.slot(pair) % 5) + HOUR * (12 + 2 * (self.slot(pair) // 5))
        series = await pair.mentee.does(
            "arrangeSeries",
            matchId=pair.id,
            rule=f"FREQ=WEEKLY;INTERVAL={self.size.every_weeks};COUNT={count}",
            startsAt=at.isoformat(),
            format="VIRTUAL",
        )
        pair.series = series["id"]

    async def weeks(self, month: int, day: int) -> None:
        """Weeks go by until a date: people meet, say how it was, and staff keep up with them."""
        until = datetime(YEAR, month, day, 9, tzinfo=UTC)
        while self.now < until:
            await self.calendar.until(min(until, self.now + WEEK * self.size.every_weeks))
            for pair in self.pairs:
                if not (pair.resting or pair.over):
                    await self.record_meetings(pair)
            for programme in self.programmes:
                await self.supervise(programme)
                await self.speak_with_everybody(programme)
            await self.calendar.work_off()
            for look in self.looks:
                await look(self)

    async def record_meetings(self, pair: Pair) -> None:
        """The mentor records who came to what is over, and the mentee says how it was and how far they are."""
        given = {"matchId": pair.id, "status": ["ARRANGED", "CONFIRMED"], "startsBefore": self.now.isoformat()}
        for meeting in await pair.mentor.lists("meetings", "id startsAt", **given):
            await self.record(pair, meeting)

    async def record(self, pair: Pair, meeting: Any) -> None:
        """What came of one meeting. Every seventh falls through, which the mentee says."""
        at = datetime.fromisoformat(meeting["startsAt"])
        number = sum(self.count.held.values()) + sum(self.count.missed.values())
        if number % 7 == 6:
            await pair.mentee.does("recordNoShow", meetingId=meeting["id"], missedBy="MENTOR")
            self.add(self.count.missed, pair.programme, 1, at)
            return
        both = [pair.mentor.id, pair.mentee.id]
        await pair.mentor.does("recordAttendance", meetingId=meeting["id"], present=both)
        self.add(self.count.held, pair.programme, 1, at)
        await pair.mentee.does("giveFeedback", meetingId=meeting["id"], **LIKES)
        self.append(self.count.feedback, pair.programme, sum(LIKES.values()) / len(LIKES))
        if pair.goal and number % 3 == 0:
            score = min(9, self.now.month)
            await pair.mentor.does("recordProgress", goalId=pair.goal, score=score)
            self.append(self.count.progress, pair.programme, score)

    # Supervise

    async def supervise(self, programme: Programme) -> None:
        """Whoever is due for supervision has a session, which both sign; another is scheduled."""
        for session in await programme.supervisor.lists(
            "supervisionSessions", "id status", status=["SCHEDULED"], startsBefore=self.now.isoformat()
        ):
            await self.hold(programme, session["id"])
        due = self.now + 2 * WEEK * self.size.every_weeks
        for plan in await programme.supervisor.lists("supervisionPlans", "dueAt mentor { id person { id } status }"):
            mentor = plan["mentor"]
            mentors = [each.row["mentor"] for each in programme.mentors]
            resting = mentor["status"] in ("RETIRED", "ON_LEAVE", "SUSPENDED")
            if resting or mentor["id"] not in mentors or datetime.fromisoformat(plan["dueAt"]) > due:
                continue
            coming = await programme.supervisor.lists(
                "supervisionSessions", "id", status=["SCHEDULED"], mentorId=mentor["id"]
            )
            if not coming:
                hour = mentors.index(mentor["id"])
                await programme.supervisor.does(
                    "scheduleSupervision",
                    mentorIds=[mentor["id"]],
                    kind="INDIVIDUAL",
                    startsAt=(self.now + 2 * DAY + hour * HOUR).isoformat(),
                    format="VIRTUAL",
                )

    async def hold(self, programme: Programme, session: str) -> None:
        """A session is held, written down and signed by both."""
        held = await programme.supervisor.does("holdSupervision", "mentor { person { id } }", sessionId=session)
        await programme.supervisor.does(
            "recordSupervision",
            sessionId=session,
            value="HOPEFUL",
            reflection="Hope carries them.",
            rating={"ethics": 4, "delivery": 4},
        )
        await programme.supervisor.does("signSupervision", sessionId=session)
        await self.who(held["mentor"]["person"]["id"]).does("acknowledgeSupervision", sessionId=session)

    async def speak_with_everybody(self, programme: Programme) -> None:
        """Staff speak with each of the two, apart, when it is due."""
        due = {"status": ["DUE", "MISSED"], "dueBefore": self.now.isoformat(), "programmeId": programme.id}
        for number, contact in enumerate(await programme.coordinator.lists("monitoringContacts", "id", **due)):
            if number % 5:  # the fifth has to wait, and is missed
                await programme.coordinator.does(
                    "recordMonitoringContact", contactId=contact["id"], format="PHONE", quality=4
                )

    # Close

    async def close(self) -> None:
        """Most matches come to a good end; some mentees wait for another."""
        for pair in self.pairs:
            if not pair.over:
                await pair.mentor.does("startClosure", matchId=pair.id, type="PLANNED")
        await self.calendar.until(self.now + 3 * DAY)
        for number, pair in enumerate(self.pairs):
            if not pair.over:
                await self.record_meetings(pair)
                await self.take_leave_of(pair, waits_again=number % 4 == 3)
        await self.calendar.work_off()

    async def take_leave_of(self, pair: Pair, *, waits_again: bool = False) -> None:
        """What belongs to a good end is done."""
        coordinator = pair.programme.coordinator
        found = await coordinator.asks(
            "query($id: ID!) { match(id: $id) { closure { steps { id kind status } } } }", id=pair.id
        )
        steps = {s["kind"]: s["id"] for s in found["match"]["closure"]["steps"] if s["status"] != "DONE"}
        for side in ("MENTOR", "MENTEE"):
            if step := steps.get(f"EXIT_INTERVIEW_{side}"):
                await coordinator.does("recordExitInterview", stepId=step, itHelped=4)
        if step := steps.get("CLOSING_MEETING"):
            await coordinator.does("recordClosingMeeting", stepId=step, heldOn=self.day())
        if step := steps.get("CONTACT_AFTERWARDS"):
            await coordinator.does("agreeContactAfterwards", stepId=step, contact="A card at New Year.")
        await coordinator.does("completeClosure", matchId=pair.id, reason="GOALS_MET", menteeWaitsAgain=waits_again)
        pair.over = True

    # Count

    def add(
        self, where: dict[tuple[str, int], int], programme: Programme, number: int, at: datetime | None = None
    ) -> None:
        """Count something of a month."""
        key = programme.id, (at or self.now).astimezone(UTC).month
        where[key] = where.get(key, 0) + number

    def append(self, where: dict[tuple[str, int], list[Any]], programme: Programme, value: float) -> None:
        """Keep a value of this month."""
        where.setdefault((programme.id, self.now.astimezone(UTC).month), []).append(value)


def last_day(month: int) -> date:
    """The last day of a month of the year."""
    following = datetime(YEAR + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return (following - DAY).date()

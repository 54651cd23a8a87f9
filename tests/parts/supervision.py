"""The part of supervision: plans, sessions in each of their states, a group, a cover to come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kith.ground.actor import service
from kith.meetings.meeting import Meeting
from kith.people.mentor import supervise
from kith.people.profile import Format
from kith.supervision.coverage import delegate_coverage
from kith.supervision.development import (
    add_development_action,
    agree_to_development_plan,
    complete_development_plan,
    draft_development_plan,
    review_development_plan,
)
from kith.supervision.observation import agree_to_observation, arrange_observation
from kith.supervision.plan import SupervisionPlan
from kith.supervision.rating import Observed, rate_observation
from kith.supervision.record import (
    NapsValue,
    Rating,
    Review,
    acknowledge_supervision,
    record_supervision,
    sign_supervision,
)
from kith.supervision.session import (
    SessionKind,
    SupervisionGroup,
    SupervisionSession,
    hold_supervision,
    schedule_supervision,
)
from kith.training.module import Competency
from tests.deed import Deed, ahead

if TYPE_CHECKING:
    from tests.world import Building

DEEDS = (
    Deed(
        "editSupervisionPlan",
        "supervisor",
        lambda h: {"planId": h.id("supervision_plan"), "individualDays": 21},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "scheduleSupervision",
        "supervisor",
        lambda h: {
            "mentorIds": [h.id("mentor")],
            "kind": "INDIVIDUAL",
            "startsAt": ahead(days=8),
            "format": "VIRTUAL",
        },
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "moveSupervision",
        "coordinator",
        lambda h: {"sessionId": h.id("coming_supervision"), "startsAt": ahead(days=4)},
        "mentor",
        "other_coordinator",
    ),
    Deed(
        "cancelSupervision",
        "supervisor",
        lambda h: {"sessionId": h.id("coming_supervision"), "reason": "MENTOR_UNAVAILABLE"},
        "mentee",
        "other_coordinator",
    ),
    Deed("holdSupervision", "supervisor", lambda h: {"sessionId": h.id("begun_supervision")}, "coordinator", "admin"),
    Deed(
        "recordSupervision",
        "supervisor",
        lambda h: {
            "sessionId": h.id("held_supervision"),
            "value": "HOPEFUL",
            "reflection": "Hope carries them.",
            "rating": {"ethics": 4, "delivery": 4},
            "reviews": [{"matchId": h.id("match"), "text": "They meet every week."}],
        },
        "coordinator",
        "admin",
    ),
    Deed("signSupervision", "supervisor", lambda h: {"sessionId": h.id("recorded_supervision")}, "mentor", "admin"),
    Deed(
        "acknowledgeSupervision",
        "mentor",
        lambda h: {"sessionId": h.id("signed_supervision"), "comment": "Thank you."},
        "supervisor",
        "second_mentor",
    ),
    Deed(
        "delegateCoverage",
        "supervisor",
        lambda h: {
            "absentPersonId": h.id("supervisor.person"),
            "coverPersonId": h.id("admin.person"),
            "endsAt": ahead(days=5),
        },
        "coordinator",
        "lantern.admin",
    ),
    Deed(
        "editDevelopmentPlan",
        "supervisor",
        lambda h: {"planId": h.id("development_plan"), "aims": ["Listen more than I speak"]},
        "coordinator",
        "second_mentor",
    ),
    Deed(
        "agreeToDevelopmentPlan",
        "mentor",
        lambda h: {"planId": h.id("development_plan")},
        "coordinator",
        "second_mentor",
    ),
    Deed(
        "reviewDevelopmentPlan",
        "supervisor",
        lambda h: {
            "planId": h.id("development_plan"),
            "sessionId": h.id("held_supervision"),
            "text": "It goes well.",
        },
        "mentor",
        "admin",
    ),
    Deed(
        "completeDevelopmentPlan",
        "supervisor",
        lambda h: {"planId": h.id("development_plan")},
        "mentor",
        "admin",
    ),
    Deed(
        "endDevelopmentPlan",
        "second_mentor",
        lambda h: {"planId": h.id("second_development_plan")},
        "mentee",
        "mentor",
    ),
    Deed(
        "draftDevelopmentPlan",
        "new_mentor",
        lambda h: {"mentorId": h.id("new_mentor"), "aims": ["Learn to say no"], "dueOn": "2199-01-01"},
        "coordinator",
        "second_mentor",
    ),
    Deed(
        "addDevelopmentAction",
        "supervisor",
        lambda h: {
            "mentorId": h.id("mentor"),
            "text": "Read the guidelines",
            "dueAt": ahead(days=9),
            "sessionId": h.id("held_supervision"),
        },
        "coordinator",
        "second_mentor",
    ),
    Deed(
        "finishDevelopmentAction",
        "mentor",
        lambda h: {"actionId": h.id("development_action")},
        "coordinator",
        "second_mentor",
    ),
    Deed(
        "dropDevelopmentAction",
        "supervisor",
        lambda h: {"actionId": h.id("dropped_action")},
        "mentee",
        "admin",
    ),
    Deed(
        "agreeToObservation",
        "mentee",
        lambda h: {"observationId": h.id("observation")},
        "mentor",
        "other_mentee",
    ),
    Deed(
        "declineObservation",
        "mentee",
        lambda h: {"observationId": h.id("observation")},
        "supervisor",
        "other_mentee",
    ),
    Deed(
        "rateObservation",
        "supervisor",
        lambda h: {
            "sessionId": h.id("observed_supervision"),
            "ratings": [{"competency": "SAMHSA_02", "rating": 5, "remark": "Warm and calm."}],
        },
        "coordinator",
        "admin",
    ),
    Deed("arrangeObservation", "supervisor", lambda h: {"meetingId": h.id("coming_meeting")}, "mentor", "admin"),
    Deed("endCoverage", "supervisor", lambda h: {"coverageId": h.id("coverage")}, "mentor", "lantern.admin"),
)


async def build(building: Building) -> None:
    """The mentor's sessions with their supervisor; two others in a group with who coordinates."""
    house, mentor_id = building.house, building.house.row("mentor")
    for who in ("second_mentor", "new_mentor"):
        await building.does("admin", supervise, house.row(who), supervisor_id=house.people["coordinator"])
    await building.later()
    coming = await building.does(
        "supervisor",
        schedule_supervision,
        mentor_ids=[mentor_id],
        kind=SessionKind.INDIVIDUAL,
        starts_at=building.now + timedelta(days=3, hours=-3),
        format=Format.PHONE,
    )
    begun = [await _begun(building, hours) for hours in range(1, 6)]
    names = ("begun_supervision", "held_supervision", "recorded_supervision", "signed_supervision", "supervision")
    building.name(coming_supervision=coming, **dict(zip(names, begun, strict=True)))
    for session in begun[1:]:
        await building.does("supervisor", hold_supervision, session.id)
    for session in begun[2:]:
        await building.does(
            "supervisor",
            record_supervision,
            session.id,
            value=NapsValue.MUTUAL_AND_RECIPROCAL,
            reflection=f"Both learn, at {house.name}.",
            rating=Rating(4, 5),
            self_care="They swim.",
            reviews=[Review(house.row("match"), f"A home is near, at {house.name}.")],
        )
    for session in begun[3:]:
        await building.does("supervisor", sign_supervision, session.id)
    await building.does("mentor", acknowledge_supervision, begun[-1].id, comment=f"Agreed, {house.name}.")
    await building.does(
        "coordinator",
        schedule_supervision,
        mentor_ids=[house.row("second_mentor"), house.row("new_mentor")],
        kind=SessionKind.GROUP,
        starts_at=building.now + timedelta(days=6, hours=-3),
        format=Format.VIRTUAL,
    )
    coverage = await building.does(
        "supervisor",
        delegate_coverage,
        absent_person_id=house.people["supervisor"],
        cover_person_id=house.people["admin"],
        starts_at=building.now + timedelta(days=20),
        ends_at=building.now + timedelta(days=30),
    )
    building.name(coverage=coverage)
    await _development(building)
    observation = await building.does("supervisor", arrange_observation, house.row("coming_meeting"))
    building.name(observation=observation)
    await _observed(building)
    async with building.workplace.reading(service(house.organisation_id, ())) as work:
        (plan,) = await work.rows(SupervisionPlan, SupervisionPlan.mentor_id == mentor_id)
        (group,) = await work.rows(SupervisionGroup)
    building.name(supervision_plan=plan, supervision_group=group)


async def _development(building: Building) -> None:
    house, mentor_id, due_on = building.house, building.house.row("mentor"), building.now.date() + timedelta(days=60)
    aims = [f"Set limits kindly, at {house.name}"]
    former = await building.does("supervisor", draft_development_plan, mentor_id, aims=aims, due_on=due_on)
    await building.does("mentor", agree_to_development_plan, former.id)
    session_id = house.row("held_supervision")
    said = f"They set one, at {house.name}."
    await building.does("supervisor", review_development_plan, former.id, session_id=session_id, text=said)
    await building.does("supervisor", complete_development_plan, former.id)
    plan = await building.does("supervisor", draft_development_plan, mentor_id, aims=aims, due_on=due_on)
    own = await building.does(
        "second_mentor", draft_development_plan, house.row("second_mentor"), aims=aims, due_on=due_on
    )
    actions = [
        await building.does(
            "supervisor",
            add_development_action,
            mentor_id,
            text=f"{text}, at {house.name}",
            due_at=building.now + timedelta(days=10),
            plan_id=plan.id,
        )
        for text in ("Read about limits", "Visit a group")
    ]
    building.name(development_plan=plan, second_development_plan=own)
    building.name(development_action=actions[0], dropped_action=actions[1])


async def _observed(building: Building) -> None:
    """The first meeting was observed, days ago."""
    now, meeting_id = building.clock, building.house.row("begun_meeting")
    async with building.workplace.reading(service(building.house.organisation_id, ())) as work:
        starts_at = (await work.get(Meeting, meeting_id)).starts_at
    building.clock = starts_at - timedelta(minutes=10)
    asked = await building.does("supervisor", arrange_observation, meeting_id)
    await building.does("mentee", agree_to_observation, asked.id)
    building.clock = starts_at + timedelta(hours=2)
    session = await building.does("supervisor", hold_supervision, asked.session_id)
    seen = [Observed(Competency.SAMHSA_09, 4, f"Clear words, at {building.house.name}.")]
    await building.does("supervisor", rate_observation, session.id, ratings=seen)
    building.name(observed_supervision=session)
    building.clock = now


async def _begun(building: Building, hours: int) -> SupervisionSession:
    return await building.does(
        "supervisor",
        schedule_supervision,
        mentor_ids=[building.house.row("mentor")],
        kind=SessionKind.AD_HOC,
        starts_at=building.clock - timedelta(hours=hours),
        format=Format.PHONE,
    )

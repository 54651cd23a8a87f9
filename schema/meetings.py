"""How meetings and attendance are shown."""

from datetime import date
from typing import Optional

from sqlalchemy import BigInteger, cast, func

from kith.evaluation.feedback import Feedback
from kith.matching.match import Match
from kith.meetings.attendance import Attendance, record_attendance, record_no_show
from kith.meetings.calendar import CalendarFeed, IssuedCalendar, issue_calendar, revoke_calendar
from kith.meetings.follow_up import (
    FollowUp,
    FollowUpOwner,
    FollowUpStatus,
    drop_follow_up,
    finish_follow_up,
    note_follow_up,
)
from kith.meetings.meeting import (
    CancelledBy,
    CancelReason,
    Meeting,
    MeetingGoal,
    MeetingMove,
    MeetingStatus,
    MissedBy,
    arrange_meeting,
    cancel_meeting,
    confirm_meeting,
    edit_meeting,
    move_meeting,
)
from kith.meetings.recurring import arrange_series, change_series, end_series
from kith.meetings.series import MeetingSeries, SeriesStatus
from kith.people.person import Person
from kith.people.profile import Format
from kith.programmes import PlaceType
from schema.declare import (
    ById,
    Value,
    among,
    ascending,
    before,
    column,
    connection,
    descending,
    groups,
    many,
    of,
    one,
    refers_to,
    root,
    shows,
    since,
    value_type,
)
from schema.enums import enumeration
from schema.mutations import RESULTS, expose


@shows(
    Meeting,
    "A meeting of the two people of a match.",
    orders={"SOONEST": ascending(Meeting.starts_at), "LATEST": descending(Meeting.starts_at)},
    filters={
        "match_id": refers_to(Meeting.match_id, Match, "Of this match."),
        "person_id": refers_to(
            Meeting.mentor_person_id, Person, "With this person, as mentor or mentee.", Meeting.mentee_person_id
        ),
        "format": among(Meeting.format, enumeration(Format), "In one of these formats."),
        "status": among(Meeting.status, enumeration(MeetingStatus), "In one of these states."),
        "starts_from": since(Meeting.starts_at, "Starting at or after this time."),
        "starts_before": before(Meeting.starts_at, "Starting before this time."),
    },
)
class MeetingType:
    """The fields of a meeting."""

    starts_at = column("When it starts.")
    ends_at = column("When it ends.")
    minutes = column("How long it takes.")
    format = column("How they meet.", enumeration(Format))
    place = column("Where, or how to join.")
    place_type = column("In what kind of place, in person.", enumeration(PlaceType))
    interpreter_wanted = column("Whether somebody should interpret.")
    agenda = column("What the two want to talk about.")
    status = column("Where it is.", enumeration(MeetingStatus))
    cancelled_by = column("Who cancelled it, if somebody did.", enumeration(CancelledBy))
    cancelled_late = column("Whether it was cancelled within the programme's `lateHours`.")
    cancel_reason = column("Why it was cancelled, as a code.", enumeration(CancelReason))
    missed_by = column("Who did not come, where it was missed.", enumeration(MissedBy))
    units = column("Quarter hours credited, once it was held.")
    occurrence = column("When its series has it, wherever it was moved; null for one that stands alone.")
    series = one("The series that it belongs to.", by=Meeting.series_id)
    arranged_by = one("Who set the time it has now.", by=Meeting.arranged_by_id)
    version = column("Grows with each change; give it as `expectedVersion`.")
    match = one("Its match.", by=Meeting.match_id)
    goals = many("The goals that it is about.", MeetingGoal.meeting_id, ascending(MeetingGoal.goal_id), most=20)
    moves = connection("The times it was moved, each from when to when.", by=MeetingMove.meeting_id, filtered=False)
    follow_ups = connection("What is to be done after it.", by=FollowUp.meeting_id, filtered=False)
    attendances = many(
        "Who came, once it was recorded.", Attendance.meeting_id, ascending(Attendance.recorded_at), most=2
    )
    feedback = many(
        "What was said about it, for those who may see it. Reading it is recorded.",
        Feedback.meeting_id,
        ascending(Feedback.given_at),
        most=2,
    )


@shows(Attendance, "Whether one person came to one meeting.")
class AttendanceType:
    """The fields of an attendance."""

    came = column("Whether they came.")
    remark = column("What both may read about it.")
    recorded_at = column("When it was recorded.")
    person = one("Who.", by=Attendance.person_id)


@shows(
    MeetingSeries,
    "Meetings of a match that come round again.",
    orders={"SOONEST": ascending(MeetingSeries.starts_at), "LATEST": descending(MeetingSeries.starts_at)},
    filters={
        "match_id": refers_to(MeetingSeries.match_id, Match, "Of this match."),
        "status": among(MeetingSeries.status, enumeration(SeriesStatus), "In one of these states."),
    },
)
class MeetingSeriesType:
    """The fields of a series."""

    rule = column("The recurrence rule, as RFC 5545 spells it.")
    time_zone = column("By whose clock the hour stays, as an IANA name.")
    starts_at = column("The first time under its present terms.")
    minutes = column("How long each takes.")
    format = column("How they meet.", enumeration(Format))
    place = column("Where, or how to join.")
    place_type = column("In what kind of place, in person.", enumeration(PlaceType))
    interpreter_wanted = column("Whether somebody should interpret.")
    status = column("Where it is.", enumeration(SeriesStatus))
    arranged_at = column("When it was arranged.")
    ended_at = column("When it was ended, or was found to have no more to come.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    match = one("Its match.", by=MeetingSeries.match_id)
    meetings = connection("Its meetings, those left out or moved among them.", by=Meeting.series_id)


@shows(
    CalendarFeed,
    "The address of one person's calendar; the address itself was shown once.",
    orders={"NEWEST": descending(CalendarFeed.issued_at), "OLDEST": ascending(CalendarFeed.issued_at)},
    filters={"person_id": refers_to(CalendarFeed.person_id, Person, "Of this person.")},
)
class CalendarFeedType:
    """The fields of a calendar."""

    name = column("Where it is subscribed to.")
    issued_at = column("When its address was issued.")
    revoked_at = column("When it was closed, if it was.")
    person = one("Whose.", by=CalendarFeed.person_id)


@value_type("IssuedCalendar", "A calendar whose address was just issued.")
class IssuedCalendarType:
    """The fields of an issued calendar."""

    calendar = Value("The calendar.", Optional[of(CalendarFeed)])  # noqa: UP045 - a lazy type has no `|`
    address = Value(
        "Where it is, below the address of the service: shown this once, and null when the call is sent again under"
        " its key.",
        str | None,
    )


RESULTS |= {IssuedCalendar: IssuedCalendarType}


@shows(
    MeetingMove,
    "One time that a meeting was moved.",
    orders={"OLDEST": ascending(MeetingMove.moved_at), "NEWEST": descending(MeetingMove.moved_at)},
)
class MeetingMoveType:
    """The fields of a move."""

    moved_from = column("When it was to start before.")
    moved_to = column("When it was to start from then on.")
    moved_at = column("When it was moved.")
    moved_by = one("Who moved it.", by=MeetingMove.moved_by_id)


@shows(MeetingGoal, "A goal that a meeting is about.")
class MeetingGoalType:
    """The fields of a goal's place in a meeting."""

    goal = one("The goal.", by=MeetingGoal.goal_id)


@shows(
    FollowUp,
    "What one of the two said at a meeting that they would do.",
    orders={"SOONEST": ascending(FollowUp.due_at), "LATEST": descending(FollowUp.due_at)},
    filters={
        "status": among(FollowUp.status, enumeration(FollowUpStatus), "In one of these states."),
        "owner": among(FollowUp.owner, enumeration(FollowUpOwner), "Of one of the two."),
        "due_before": before(FollowUp.due_at, "Due before this time."),
    },
)
class FollowUpType:
    """The fields of a follow-up."""

    body = column("What is to be done.")
    owner = column("Who does it.", enumeration(FollowUpOwner))
    due_at = column("Until when.")
    status = column("Where it is.", enumeration(FollowUpStatus))
    noted_at = column("When it was written down.")
    ended_at = column("When it was done or dropped.")
    meeting = one("Of which meeting.", by=FollowUp.meeting_id)


@value_type("MeetingsByMonth", "The meetings of one month that were in one format.")
class MeetingsByMonth:
    """The fields of a month's figures."""

    month = Value("The first day of the month, in UTC.", date)
    format = Value("How they met.", enumeration(Format))
    meetings = Value("How many meetings.", int)
    minutes = Value("How many minutes together.", int)


_by_month = groups(
    "Meetings counted by month and format, over all that may be seen; at most a thousand groups.",
    Meeting,
    MeetingsByMonth,
    monthly=Meeting.starts_at,
    by={"format": Meeting.__table__.c.format},
    figures={"meetings": func.count(), "minutes": cast(func.sum(Meeting.minutes), BigInteger())},
)

root(meeting=ById("A meeting.", Meeting), meetings=connection("Meetings.", Meeting), meetings_by_month=_by_month)
expose(arrange_meeting, move_meeting, cancel_meeting, record_attendance)
root(
    meetings=connection("Meetings.", Meeting),
    meetings_by_month=_by_month,
    follow_ups=connection("What is to be done after meetings.", FollowUp),
    meeting_series=connection("Meetings that come round again.", MeetingSeries),
    calendar_feeds=connection("Calendars to subscribe to.", CalendarFeed),
)
expose(arrange_meeting, edit_meeting, confirm_meeting, move_meeting, cancel_meeting)
expose(arrange_series, change_series, end_series, issue_calendar, revoke_calendar)
expose(record_attendance, record_no_show, note_follow_up, finish_follow_up, drop_follow_up)

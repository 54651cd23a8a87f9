"""How meetings and attendance are shown."""

from datetime import date

from sqlalchemy import BigInteger, cast, func

from kith.evaluation.feedback import Feedback
from kith.matching.match import Match
from kith.meetings.attendance import Attendance, record_attendance
from kith.meetings.meeting import Meeting, MeetingStatus, arrange_meeting, cancel_meeting, move_meeting
from kith.people.profile import Format
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
    one,
    refers_to,
    root,
    shows,
    since,
    value_type,
)
from schema.enums import enumeration
from schema.mutations import expose


@shows(
    Meeting,
    "A meeting of the two people of a match.",
    orders={"SOONEST": ascending(Meeting.starts_at), "LATEST": descending(Meeting.starts_at)},
    filters={
        "match_id": refers_to(Meeting.match_id, Match, "Of this match."),
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
    status = column("Where it is.", enumeration(MeetingStatus))
    version = column("Grows with each change; give it as `expectedVersion`.")
    match = one("Its match.", by=Meeting.match_id)
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

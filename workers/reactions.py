"""What follows a fact: one line each. The operation is given the id of the fact's subject."""

from kith.community.event import tell_of_cancelled_event
from kith.community.membership import end_memberships, rename_in_groups
from kith.community.reminding import (
    plan_event_reminders,
    plan_reminder_of_signup,
    plan_reminders_as_wished,
    plan_reminders_of_member,
    plan_session_reminders,
)
from kith.community.session import call_off_sessions, tell_of_cancelled_session
from kith.evaluation.indicator import take_indicator_values
from kith.evaluation.response import invite_at_exit
from kith.evaluation.rollup import roll_up_after
from kith.ground.work import Reactions
from kith.matching.agreement import await_agreement, tell_of_agreement
from kith.matching.closure import finish_closure
from kith.matching.handing_over import ask_to_hand_over, handed_over, need_not_hand_over
from kith.matching.health import settle_health_of
from kith.matching.monitoring import plan_contacts
from kith.matching.proposal import withdraw_from_mentee, withdraw_from_mentor, withdraw_not_with
from kith.matching.telling import tell_of_offer
from kith.meetings.first import introduce_after
from kith.meetings.meeting import call_off_meetings, plan_reminders_anew
from kith.meetings.recurring import end_series_of, extend_series_of
from kith.messages.closing import close_threads_of_match
from kith.notes.note import carry_notes
from kith.people.readiness import settle_mentor, settle_programme
from kith.referrals.referral import close_with_enrolment
from kith.referrals.waiting import ask_to_end, settle_asked
from kith.supervision.observation import follow_meeting, follow_session
from kith.supervision.plan import keep_plan
from kith.supervision.session import call_off_supervision
from kith.training.keeping import (
    enrol_after_publishing,
    enrol_concerned,
    enrol_mentor,
    settle_requirement,
    withdraw_from_retired,
)
from tenants.training import enrol_member, withdraw_from_former_member

REACTIONS: Reactions = {
    "proposal.offered": (tell_of_offer,),
    "evaluation.computed": (take_indicator_values,),
    "feedback.given": (roll_up_after,),
    "mentor.registered": (settle_mentor, keep_plan, enrol_mentor),
    "mentor.supervised": (keep_plan, enrol_mentor),
    "meeting.moved": (follow_meeting,),
    "meeting.cancelled": (follow_meeting,),
    "supervision.cancelled": (follow_session,),
    "supervision.plan_ended": (call_off_supervision,),
    "training.required": (enrol_concerned, settle_requirement),
    "training.requirement_lifted": (settle_requirement,),
    "training_module.published": (enrol_after_publishing,),
    "member.given": (enrol_member,),
    "member.ended": (withdraw_from_former_member,),
    "mentor.trained": (settle_mentor,),
    "mentor.leave_began": (withdraw_from_mentor,),
    "mentor.suspended": (withdraw_from_mentor, ask_to_hand_over),
    "mentor.suspension_lifted": (need_not_hand_over,),
    "mentor.retired": (withdraw_from_mentor, ask_to_hand_over, keep_plan, withdraw_from_retired),
    "mentor.returned": (need_not_hand_over, keep_plan, enrol_mentor),
    "programme.edited": (settle_programme,),
    "mentee.closed": (withdraw_from_mentee, close_with_enrolment, settle_asked),
    "mentee.paused": (withdraw_from_mentee,),
    "mentee.withdrew": (withdraw_from_mentee, ask_to_end),
    "not_with.stated": (withdraw_not_with,),
    "match.closed": (
        call_off_meetings,
        end_series_of,
        close_threads_of_match,
        handed_over,
        finish_closure,
        plan_contacts,
        settle_health_of,
        invite_at_exit,
    ),
    "group.joined": (plan_reminders_of_member,),
    "group.accepted": (plan_reminders_of_member,),
    "group_session.scheduled": (plan_session_reminders,),
    "event.signed_up": (plan_reminder_of_signup,),
    "event.moved_up": (plan_reminder_of_signup,),
    "event.edited": (plan_event_reminders,),
    "group.closed": (end_memberships, call_off_sessions),
    "event.cancelled": (tell_of_cancelled_event,),
    "group_session.cancelled": (tell_of_cancelled_session,),
    "person.edited": (rename_in_groups,),
    "match.began": (await_agreement, carry_notes, plan_contacts, settle_health_of),
    "match.paused": (call_off_meetings, settle_health_of),
    "match.stopped": (call_off_meetings, settle_health_of),
    "match.activated": (settle_health_of,),
    "match.resumed": (extend_series_of, settle_health_of),
    "match.hold_lifted": (extend_series_of, settle_health_of),
    "match.closing": (settle_health_of,),
    "agreement.written": (tell_of_agreement,),
    "agreement.edited": (tell_of_agreement,),
    "attendance.recorded": (introduce_after,),
    "contact_preferences.edited": (plan_reminders_anew, plan_reminders_as_wished),
}

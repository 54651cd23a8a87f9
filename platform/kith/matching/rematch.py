"""No fault of anybody: one of the two asks for another match, in confidence."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped

from kith.ground.actor import Actor, row_rule
from kith.ground.errors import IllegalState, Invalid
from kith.ground.model import Id, at_most, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import PARTICIPANTS, Permission, Role
from kith.ground.texts import long
from kith.ground.work import Work
from kith.matching.closure import Closure, ClosureType, begin_closure
from kith.matching.match import PAIR, Match, OfPair, held
from kith.people.mentee import WITH_MENTOR, EnrolmentEnd, release
from kith.people.person import Person

READ = Permission(
    "rematch_requests.read",
    "Read why somebody asked for another match.",
    granted_to={Role.ADMIN, Role.COORDINATOR, *PARTICIPANTS},
)
ASK = Permission("matches.ask_for_another", "Ask for another match, without fault.", granted_to=PARTICIPANTS)


class RematchRequest(OfPair):
    """That one of the two asked for another match, and why: between them and the coordinators."""

    __tablename__ = "rematch_requests"
    __table_args__ = (
        organisation_index("closure_id", unique=True),
        organisation_index("by_person_id"),
        organisation_index("programme_id"),
        at_most("reason", 2000),
    )
    READ = READ
    SENSITIVE = True

    closure_id: Mapped[UUID] = within(Closure, carrying=PAIR)
    match_id: Mapped[UUID] = within(Match)
    by_person_id: Mapped[UUID] = within(Person)
    reason: Mapped[str]
    same_mentor_allowed: Mapped[bool]
    asked_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Who asked, and the coordinators of the programme."""
        return row_rule(
            actor,
            own=[cls.by_person_id],
            programme=cls.programme_id,
            apart=[cls.mentor_person_id, cls.mentee_person_id],
        )


@operation(needs=ASK)
async def request_rematch(
    work: Work,
    match_id: Annotated[Id[Match], "Which match."],
    *,
    reason: Annotated[str, "Why, in confidence: only coordinators read it, and nobody has to say."] = "",
    same_mentor_allowed: Annotated[
        bool, "Whether the mentee may be proposed to this mentor again later; the mentee's to say."
    ] = False,
) -> Match:
    """Ask for another match. This one comes to its end, and the mentee waits again at their old place in the queue."""
    match, mentee, _ = await held(work, match_id)
    person_id = work.actor.person_id
    if person_id is None or person_id not in (match.mentor_person_id, match.mentee_person_id):
        raise IllegalState("Only the two people of a match ask for another.")
    if same_mentor_allowed and person_id != match.mentee_person_id:
        raise Invalid("Only the mentee says whether this mentor may be proposed again.", path=("sameMentorAllowed",))
    closure = await begin_closure(work, match, "matching.rematch.request_rematch", ClosureType.PREMATURE, "")
    request = RematchRequest.under(
        closure,
        match_id=match.id,
        reason=long(reason, 2000, "reason"),
        same_mentor_allowed=same_mentor_allowed,
        asked_at=work.now,
    )
    request.by_person_id = person_id
    work.add(request)
    if mentee.status in WITH_MENTOR:
        release(
            work,
            mentee,
            "matching.rematch.request_rematch",
            waits_again=True,
            reason=EnrolmentEnd.OTHER,
            keeps_place=True,
        )
    work.note("match.another_asked_for", match)
    return match

"""How referrals and intake are shown."""

from typing import Any

from kith.people.baseline import Baseline, decline_baseline, record_baseline
from kith.people.eligibility import (
    EligibilityCriterion,
    EligibilityDecision,
    YesNoUnknown,
    begin_eligibility_review,
    decide_eligibility,
    retire_eligibility_criterion,
    set_eligibility_criterion,
)
from kith.people.intake import declare_ready_to_match, put_on_waiting_list
from kith.people.participation import (
    Participation,
    ParticipationStatus,
    ParticipationText,
    SignedHow,
    publish_participation_text,
    record_participation_on_paper,
    sign_participation,
    withdraw_participation,
)
from kith.people.preferences import (
    AccessNeed,
    NotWith,
    Preferences,
    WishFor,
    lift_not_with,
    record_preferences,
    state_not_with,
)
from kith.people.safety_plan import SafetyPlan, decline_safety_plan, write_safety_plan
from kith.programmes import Programme
from schema.declare import Value, ascending, column, connection, descending, one, refers_to, root, shows, value_type
from schema.enums import enumeration
from schema.mutations import expose


@shows(
    EligibilityCriterion,
    "A question that a programme asks of everybody who applies.",
    orders={"OLDEST": ascending(EligibilityCriterion.set_at), "NEWEST": descending(EligibilityCriterion.set_at)},
    filters={"programme_id": refers_to(EligibilityCriterion.programme_id, Programme, "Of this programme.")},
)
class EligibilityCriterionType:
    """The fields of a question of eligibility."""

    code = column("A short code that stays when the question is worded anew.")
    question = column("The question, as it is asked.")
    wanted = column("The answer that speaks for taking somebody in.", enumeration(YesNoUnknown))
    set_at = column("Since when it is asked.")
    retired_at = column("Since when it is not asked any more.")
    programme = one("Which programme asks it.", by=EligibilityCriterion.programme_id)


@value_type("EligibilityAnswer", "What somebody answered to a question, as it was asked then.")
class EligibilityAnswerType:
    """The fields of an answer about eligibility."""

    code = Value("The code of the question.", str)
    question = Value("The question, as it was asked.", str)
    answer = Value("The answer.", enumeration(YesNoUnknown))


def _as_stored(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return answers


@shows(
    EligibilityDecision,
    "Whether a programme is the right one for somebody. Reading it is recorded.",
    orders={"NEWEST": descending(EligibilityDecision.decided_at), "OLDEST": ascending(EligibilityDecision.decided_at)},
)
class EligibilityDecisionType:
    """The fields of a decision about eligibility."""

    eligible = column("Whether the programme is the right one for them.")
    answers = column("What was asked and answered.", list[EligibilityAnswerType], convert=_as_stored)
    reason = column("Why.")
    decided_at = column("When it was decided.")
    decided_by = one("Who decided it.", by=EligibilityDecision.decided_by_id)
    mentee = one("About whom.", by=EligibilityDecision.mentee_id)


@shows(
    ParticipationText,
    "One version of what taking part in a programme means.",
    orders={"NEWEST": descending(ParticipationText.published_at), "OLDEST": ascending(ParticipationText.published_at)},
    filters={"programme_id": refers_to(ParticipationText.programme_id, Programme, "Of this programme.")},
)
class ParticipationTextType:
    """The fields of a text about taking part."""

    number = column("Its version, from 1; the highest of a programme is the one to sign.")
    agreement = column("What the person and the programme promise each other.")
    consent = column("What is written down about them, who may see it, and how they withdraw: asked apart.")
    published_at = column("When it was published.")
    programme = one("Of which programme.", by=ParticipationText.programme_id)


@shows(
    Participation,
    "Somebody's signature that they take part.",
    orders={"NEWEST": descending(Participation.recorded_at), "OLDEST": ascending(Participation.recorded_at)},
)
class ParticipationType:
    """The fields of a signature."""

    status = column("Where it is.", enumeration(ParticipationStatus))
    how = column("How they signed.", enumeration(SignedHow))
    signed_on = column("The date of the signature.")
    recorded_at = column("When it was recorded here.")
    ended_at = column("When they withdrew, or signed a later version.")
    text = one("What they signed.", by=Participation.text_id)
    witness = one("Who saw them sign on paper.", by=Participation.witness_id)
    mentee = one("Whose it is.", by=Participation.mentee_id)


@shows(Preferences, "What a mentee needs to be able to take part, and what they wish for in a match.")
class PreferencesType:
    """The fields of a mentee's preferences."""

    access_needs = column("What they need to be able to take part: must-haves.", list[enumeration(AccessNeed)])  # type: ignore[misc]
    wishes = column("What they wish for, the most important first.", list[enumeration(WishFor)])  # type: ignore[misc]
    importances = column("How much each matters to them, beside `wishes`: 1 a little, 2 much, 3 most.")
    recorded_at = column("When they said so.")


@shows(
    NotWith,
    "With whom a mentee must not be matched. Reading it is recorded; no mentor sees it.",
    orders={"NEWEST": descending(NotWith.stated_at), "OLDEST": ascending(NotWith.stated_at)},
)
class NotWithType:
    """The fields of a person with whom somebody must not be matched."""

    remark = column("What a coordinator should know.")
    stated_at = column("When it was said.")
    lifted_at = column("When it was taken back.")
    with_person = one("With whom not.", by=NotWith.with_person_id)
    mentee = one("Which mentee.", by=NotWith.mentee_id)


@shows(
    SafetyPlan,
    "A version of a mentee's safety plan, after Stanley and Brown. Reading it is recorded.",
    orders={"NEWEST": descending(SafetyPlan.number), "OLDEST": ascending(SafetyPlan.number)},
)
class SafetyPlanType:
    """The fields of a safety plan."""

    number = column("Its version, from 1.")
    declined = column("Whether they wanted none.")
    warning_signs = column("Step 1: how they notice that a crisis may come.")
    coping = column("Step 2: what they can do by themselves.")
    places_and_people = column("Step 3: places and people that take their mind off it.")
    helpers = column("Step 4: whom they can ask for help.")
    professionals = column("Step 5: services and professionals they can turn to.")
    safer_surroundings = column("Step 6: what makes their surroundings safer.")
    reasons = column("What is worth living for.")
    written_at = column("When it was written down.")
    superseded_at = column("When a later version took its place; null for what holds now.")
    mentee = one("Whose it is.", by=SafetyPlan.mentee_id)


@value_type("BaselineAnswer", "What somebody answered to one measure.")
class BaselineAnswerType:
    """The fields of an answer to a measure."""

    name = Value("The measure, as a code.", str)
    value = Value("The number, in the measure's own scale.", int)


@shows(Baseline, "What somebody answered before they were matched. Reading it is recorded.")
class BaselineType:
    """The fields of a baseline."""

    declined = column("Whether they would rather answer nothing.")
    answers = column("Their answers.", list[BaselineAnswerType], convert=_as_stored)
    recorded_at = column("When it was recorded.")
    mentee = one("Whose it is.", by=Baseline.mentee_id)


root(
    eligibility_criteria=connection("What programmes ask of everybody who applies.", EligibilityCriterion),
    participation_texts=connection("What taking part in a programme means, in versions.", ParticipationText),
)
expose(set_eligibility_criterion, retire_eligibility_criterion, begin_eligibility_review, decide_eligibility)
expose(publish_participation_text, sign_participation, record_participation_on_paper, withdraw_participation)
expose(record_preferences, state_not_with, lift_not_with)
expose(write_safety_plan, decline_safety_plan, record_baseline, decline_baseline)
expose(declare_ready_to_match, put_on_waiting_list)

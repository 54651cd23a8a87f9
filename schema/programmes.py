"""How programmes are shown."""

from kith.evaluation.logic_model import LogicModel
from kith.matching.policy import RelationshipPolicy
from kith.programmes import AsksFirst, CredentialKind, PlaceType, Programme, edit_programme, open_programme
from schema.declare import ById, ascending, column, connection, only, root, shows
from schema.enums import enumeration
from schema.mutations import expose


@shows(Programme, "A programme of the organisation, with its policy.", orders={"NAME": ascending(Programme.name_lower)})
class ProgrammeType:
    """The fields of a programme."""

    name = column("What people call it.")
    purpose = column("What it is for.")
    asks_first = column("Whom an offer of a match goes to first.", enumeration(AsksFirst))
    offer_hours = column("How many hours an offer stands.")
    reminder_hours = column("How many hours before a meeting people are reminded.")
    waiting_limit_days = column("After how many days of waiting a coordinator is asked to look at it.")
    minimum_recovery_months = column("For how many months a mentor's recovery has been steady, at least.")
    required_credentials = column(
        "What every mentor must have, verified and valid.",
        list[enumeration(CredentialKind)],  # type: ignore[misc]
    )
    supervision_first_days = column("At least every how many days a mentor is supervised in the first 90.")
    supervision_days = column("At least every how many days a mentor is supervised after that.")
    caseload_limit = column("How many mentors one person supervises at most.")
    late_hours = column("How many hours before a meeting it counts as late to cancel it.")
    safe_places = column("In which kinds of place people may meet in person.", list[enumeration(PlaceType)])  # type: ignore[misc]
    opened_at = column("When it was opened.")
    relationship_policy = only(
        "What it expects of relationships; null while the defaults hold that `setRelationshipPolicy` begins with.",
        by=RelationshipPolicy.programme_id,
    )
    logic_model = only("How it is meant to work, where it was written down.", by=LogicModel.programme_id)
    version = column("Grows with each change; give it as `expectedVersion`.")


root(
    programme=ById("A programme.", Programme),
    programmes=connection("The programmes of the organisation.", Programme, filtered=False),
)
expose(open_programme, edit_programme)

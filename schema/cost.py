"""What an operation costs: paid before it runs, and reported with its answer."""

from collections.abc import Mapping

import orjson

from kith.ground.actor import Actor
from schema.declare import Value, value_type
from schema.documents import RequestError
from schema.limits import LONGEST_DOCUMENT
from tenants.budget import Budgets, RateLimited, Standing, TooCostly


@value_type("RateLimit", "What this operation costs and what is left, in points, before a client has to wait.")
class RateLimit:
    """The fields of a standing."""

    requested = Value("What this operation costs: 1 and the rows that it can return at most.", int)
    available = Value("What is left after it, for this client and for its organisation.", int)
    capacity = Value("The most that can ever be left.", int)
    restore_rate = Value("How many points come back each second.", int)


PER_REFUSAL = 50  # what being forbidden something costs: it is written down


def of_reading(text: str) -> int:
    """What it costs to read and compile a document that is not kept, before anything of it is done."""
    return 10 + min(len(text), LONGEST_DOCUMENT) // 4


async def pay(budgets: Budgets, actor: Actor, cost: int) -> Standing | None:
    """Pay for an operation; None for who has no budget. Raises RequestError where it is refused."""
    try:
        return await budgets.spend(actor, cost)
    except (RateLimited, TooCostly) as refused:
        error = RequestError(refused.message, code=refused.code)
        error.also = {"extensions": {"cost": _told(refused.standing)}}
        if isinstance(refused, RateLimited):
            error.refused_as, error.headers = 429, {"retry-after": str(refused.seconds)}
        raise error from None


def reported(standing: Standing | None) -> bytes:
    """What an answer says of it behind its data and errors; nothing for who has no budget."""
    return b"" if standing is None else b',"extensions":{"cost":%b}' % orjson.dumps(_told(standing))


def _told(standing: Standing) -> Mapping[str, int]:
    return {"requested": standing.requested, "available": standing.available, "restoreRate": standing.restore_rate}

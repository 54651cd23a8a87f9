"""The weights of the criteria: policy of a programme, versioned, never claimed as validated."""

import hashlib
import json
from collections.abc import Mapping, Sequence

DEFAULT_WEIGHTS: Mapping[str, int] = {
    "needs": 25,
    "availability": 14,
    "pathway": 12,
    "life_stage": 10,
    "mentee_preferences": 10,
    "mentor_preferences": 7,
    "format": 6,
    "identity": 6,
    "interests": 4,
    "lived_experience": 4,
    "workload": 2,
}
"""Shares of a hundred. Deep-level similarity predicts relationship quality (Eby et al. 2013), pathway and
life stage matter more than the substance (Tillson et al. 2024), interests are weak (Raposa et al. 2019)."""

TOP_CRITERION = 15
"""Added to the weight of the criterion a mentee says matters most, before weights are shared out again."""


def checked(weights: Mapping[str, int]) -> dict[str, int]:
    """Return the weights by name, or refuse a name nobody scores and a weight below nothing."""
    for criterion, weight in weights.items():
        if criterion not in DEFAULT_WEIGHTS:
            raise ValueError(f"no criterion is called {criterion!r}")
        if weight < 0:
            raise ValueError(f"the weight of {criterion} is below 0")
    return dict(sorted(weights.items()))


def weights_version(weights: Mapping[str, int]) -> str:
    """Return a short fingerprint: equal weights have equal versions, whoever set them."""
    return hashlib.sha256(json.dumps(dict(weights), sort_keys=True).encode("ascii")).hexdigest()[:12]


def shared_out(total: int, shares: Sequence[int]) -> list[int]:
    """Split `total` points over shares so that the parts add up to it exactly.

    Largest remainder (Hamilton 1792); among equal remainders the earlier share gets the point.
    """
    whole = sum(shares)
    if whole == 0:
        return [0] * len(shares)
    parts = [total * share // whole for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda place: -(total * shares[place] % whole))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts

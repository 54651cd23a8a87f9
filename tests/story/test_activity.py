"""The activity feed of a match, a mentee and a mentor: what happened to it, in order, for those who may read it."""

import pytest

from tests.conftest import Api
from tests.world import World

FEED = "query($id: ID!, $after: String) { node(id: $id) { ... on %s { activity(first: %d, after: $after,"
FEED += " orderBy: OLDEST) { totalCount nodes { kind } pageInfo { hasNextPage endCursor } } } } }"


@pytest.mark.parametrize(
    ("who", "kind", "first", "then"),
    [
        ("match", "Match", "match.began", "match.began"),
        ("mentee", "Mentee", "mentee.registered", "mentee.matched"),
        ("consented", "Mentee", "mentee.applied", "mentee.consented"),
        ("mentor", "Mentor", "mentor.registered", "mentor.suspended"),
    ],
)
async def test_a_feed_begins_with_the_beginning_and_is_the_same_page_by_page(
    api: Api, world: World, who: str, kind: str, first: str, then: str
) -> None:
    house = world.harbour

    async def page(size: int, after: str | None = None) -> list[str]:
        found = await api.data(house.secrets["coordinator"], FEED % (kind, size), id=house.id(who), after=after)
        activity = found["node"]["activity"]
        told = [node["kind"] for node in activity["nodes"]]
        more = activity["pageInfo"]
        assert len(told) <= min(size, activity["totalCount"])
        return told + (await page(size, more["endCursor"]) if more["hasNextPage"] else [])

    whole = await page(100)
    assert (whole[0], whole.count(then)) == (first, 1)
    assert await page(1) == whole


async def test_a_mentor_does_not_read_the_feed(api: Api, world: World) -> None:
    house = world.harbour
    answer = await api(house.secrets["mentor"], FEED % ("Match", 5), id=house.id("match"))
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"

"""Somebody of a house, doing things through the API."""

from typing import Any

from tests.conftest import Api
from tests.world import House


class Acts:
    """Somebody of the house, doing things."""

    def __init__(self, api: Api, house: House, who: str) -> None:
        self.api, self.token = api, house.secrets[who]

    async def does(self, mutation: str, shown: str = "id", **given: Any) -> Any:
        """What is done, as it is shown."""
        return await self.api.done(self.token, mutation, given, shown)

    async def refused(self, mutation: str, **given: Any) -> tuple[str, str, list[str]]:
        """The code, sentence and path of the one refusal."""
        payload = await self.api.mutate(self.token, mutation, given)
        (error,) = payload["errors"]
        assert payload["result"] is None or error["code"] == "CONFLICT"
        return error["code"], error["message"], error["path"]

    async def sees(self, query: str) -> Any:
        """The data of a query."""
        return await self.api.data(self.token, query)

"""The part of referrals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.deed import Deed

if TYPE_CHECKING:
    from tests.world import Building

DEEDS: tuple[Deed, ...] = ()


async def build(building: Building) -> None:
    """Nothing yet."""

"""The part of importing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kith.importing.job import add_import_rows, start_import
from kith.importing.record import ImportKind
from tests.deed import Deed

if TYPE_CHECKING:
    from tests.world import Building

TABLE = "name,time_zone,email\nIda,Europe/Dublin,ida@kith.example\n"
DEEDS: tuple[Deed, ...] = (
    Deed(
        "startImport",
        "coordinator",
        lambda h: {"programmeId": h.id("programme"), "kind": "PEOPLE", "rows": TABLE},
        "supervisor",
        "other_coordinator",
    ),
    Deed(
        "addImportRows",
        "coordinator",
        lambda h: {"jobId": h.id("open_import"), "rows": "Ivo,Europe/Dublin,ivo@kith.example\n"},
        "mentor",
        "other_coordinator",
    ),
    Deed("commitImport", "admin", lambda h: {"jobId": h.id("checked_import")}, "supervisor", "other_coordinator"),
    Deed(
        "discardImport", "coordinator", lambda h: {"jobId": h.id("unwanted_import")}, "supervisor", "other_coordinator"
    ),
)


async def build(building: Building) -> None:
    """An import that waits for more rows, and two that are checked, begun two hours ago."""
    clock, building.clock = building.clock, building.now - timedelta(hours=2)
    programme_id, house = building.house.row("programme"), building.house.name
    for name in ("open_import", "checked_import", "unwanted_import"):
        rows = f"name,time_zone,email\n{name} of {house},Europe/Dublin,{name}@{house.lower()}.example\n"
        job = await building.does(
            "coordinator",
            start_import,
            programme_id=programme_id,
            kind=ImportKind.PEOPLE,
            rows=rows,
            more_follow=True,
        )
        if name != "open_import":
            await building.does("coordinator", add_import_rows, job.id, rows="=1+1,Europe/Dublin,\n")
        building.name(**{name: job})
    await building.later()
    building.clock = clock

"""The part of tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kith.tasks import give_task
from tests.deed import Deed, ahead

if TYPE_CHECKING:
    from tests.world import Building

DEEDS = (
    Deed(
        "giveTask",
        "coordinator",
        lambda h: {"title": "Call the venue", "dueAt": ahead(days=3), "programmeId": h.id("programme")},
        "mentee",
        None,
    ),
    Deed("editTask", "coordinator", lambda h: {"taskId": h.id("task"), "dueAt": ahead(days=4)}, "mentor", "supervisor"),
    Deed("finishTask", "coordinator", lambda h: {"taskId": h.id("task")}, "mentee", "second_mentor"),
    Deed(
        "dropTask",
        "mentor",
        lambda h: {"taskId": h.id("mentors_task"), "remark": "The library is closed."},
        "mentee",
        "second_mentor",
    ),
)


async def build(building: Building) -> None:
    """One task of whoever coordinates the programme, one of the mentor."""
    programme_id, due_at = building.house.row("programme"), building.now + timedelta(days=2)
    task = await building.does("coordinator", give_task, title="Book a room", due_at=due_at, programme_id=programme_id)
    theirs = await building.does(
        "coordinator",
        give_task,
        title="Bring the leaflets",
        due_at=due_at,
        programme_id=programme_id,
        assignee_id=building.house.people["mentor"],
    )
    building.name(task=task, mentors_task=theirs)

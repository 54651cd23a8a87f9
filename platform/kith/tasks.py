"""Tasks: whatever somebody should do, with who, until when and why, so that every "somebody should" has a list."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import IllegalState
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import KEEP, Id, Owned, at_most, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import STAFF, Permission, Role
from kith.ground.texts import long, short
from kith.ground.work import Work
from kith.people.person import Person
from kith.programmes import Programme

READ = Permission("tasks.read", "See tasks.", granted_to=STAFF | {Role.MENTOR})
GIVE = Permission("tasks.give", "Give somebody a task.", granted_to={Role.ADMIN, Role.COORDINATOR, Role.SUPERVISOR})
DO = Permission(
    "tasks.do", "Finish or drop a task of one's own or of one's programme.", granted_to=STAFF | {Role.MENTOR}
)


class TaskStatus(Choice):
    """Where a task is."""

    OPEN = "OPEN", "Somebody should do it."
    DONE = "DONE", "It is done."
    DROPPED = "DROPPED", "It need not be done any more."


class Task(Owned):
    """Something that somebody should do.

    `kind` says what it is, and with `about_type` and `about_id` what it is about; where the service gave it, `source`
    names the fact that it follows from. Nobody assigned means whoever coordinates the programme.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        organisation_index("due_at", "id"),
        organisation_index("programme_id", "due_at", "id"),
        organisation_index("assignee_id", "due_at", "id"),
        organisation_index("about_id", "kind", unique=True, where="status = 'OPEN'", name="uq_tasks_open"),
        one_of("status", list(TaskStatus)),
        at_most("title", 200),
        at_most("remark", 2000),
        CheckConstraint("(status = 'OPEN') = (ended_at IS NULL)", name="ended"),
    )
    READ = READ

    programme_id: Mapped[UUID | None] = within(Programme, nullable=True)
    assignee_id: Mapped[UUID | None] = within(Person, nullable=True)
    kind: Mapped[str]
    title: Mapped[str]
    source: Mapped[str | None]
    about_type: Mapped[str | None]
    about_id: Mapped[UUID | None]
    due_at: Mapped[datetime]
    status: Mapped[str]
    remark: Mapped[str]
    given_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """Whose it is, and the coordinators of the programme."""
        return row_rule(actor, own=[cls.assignee_id], programme=cls.programme_id)


LIFE = Lifecycle(
    Task,
    TaskStatus,
    begins=[TaskStatus.OPEN],
    moves=[
        Move("finish_task", TaskStatus.OPEN, to=TaskStatus.DONE),
        Move("drop_task", TaskStatus.OPEN, to=TaskStatus.DROPPED),
    ],
)
OWN_KIND = "OWN"  # of a task that somebody wrote by hand


async def ask(
    work: Work,
    kind: str,
    title: str,
    about: Owned,
    *,
    due_in: timedelta,
    assignee_id: UUID | None = None,
    source: str | None = None,
) -> Task | None:
    """Have somebody do something about a row, unless the same is open already; the task, or None.

    `title` is a sentence of ours that names nobody and says nothing of why a person takes part.
    """
    await work.settle()
    if await work.exists(Task, Task.about_id == about.id, Task.kind == kind, Task.status == TaskStatus.OPEN):
        return None
    task = Task(
        programme_id=getattr(about, "programme_id", None),
        assignee_id=assignee_id,
        kind=kind,
        title=title,
        source=source,
        about_type=type(about).__name__,
        about_id=about.id,
        due_at=work.now + due_in,
        status=TaskStatus.OPEN,
        remark="",
        given_at=work.now,
    )
    work.add(task)
    work.note("task.given", task, what=kind, about=about.id)
    return task


async def settled(work: Work, kind: str, about: Owned) -> None:
    """What a task asked for has happened: it is done, whoever did it."""
    await LIFE.move_all(work, "finish_task", Task.about_id == about.id, Task.kind == kind, ended_at=work.now)


@operation(needs=GIVE)
async def give_task(
    work: Work,
    *,
    title: Annotated[str, "What is to be done, in a sentence."],
    due_at: Annotated[datetime, "Until when, with its offset from UTC."],
    programme_id: Annotated[Id[Programme], "In which programme."],
    assignee_id: Annotated[Id[Person] | None, "Who should do it; null for whoever coordinates the programme."] = None,
) -> Task:
    """Give somebody a task."""
    programme = await work.get(Programme, programme_id)
    task = Task.under(
        programme,
        kind=OWN_KIND,
        title=short(title, 200, "title"),
        due_at=due_at,
        status=TaskStatus.OPEN,
        remark="",
        given_at=work.now,
    )
    task.assignee_id = (await work.get(Person, assignee_id)).id if assignee_id else None
    work.add(task)
    work.note("task.given", task, what=OWN_KIND)
    return task


@operation(needs=GIVE)
async def edit_task(
    work: Work,
    task_id: Annotated[Id[Task], "Which task."],
    *,
    due_at: Annotated[datetime, "Until when, with its offset from UTC."] = KEEP,
    assignee_id: Annotated[Id[Person] | None, "Who should do it; null for whoever coordinates the programme."] = KEEP,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> Task:
    """Give a task to somebody else, or more time; what is absent stays."""
    task = await work.get(Task, task_id, lock=True)
    await work.expect(task, expected_version)
    if task.status != TaskStatus.OPEN:
        raise IllegalState(f"This task is {task.status}, not OPEN.")
    task.due_at = task.due_at if due_at is KEEP else due_at
    if assignee_id is not KEEP:
        task.assignee_id = (await work.get(Person, assignee_id)).id if assignee_id else None
    work.note("task.edited", task)
    return task


@operation(needs=DO)
async def finish_task(
    work: Work,
    task_id: Annotated[Id[Task], "Which task."],
    *,
    remark: Annotated[str, "What came of it."] = "",
) -> Task:
    """Say that a task is done."""
    return await _end(work, task_id, "finish_task", remark, "task.finished")


@operation(needs=DO)
async def drop_task(
    work: Work,
    task_id: Annotated[Id[Task], "Which task."],
    *,
    remark: Annotated[str, "Why it need not be done."],
) -> Task:
    """Say that a task need not be done any more, and why."""
    return await _end(work, task_id, "drop_task", short(remark, 2000, "remark"), "task.dropped")


async def _end(work: Work, task_id: UUID, verb: str, remark: str, fact: str) -> Task:
    task = await work.get(Task, task_id, lock=True)
    LIFE.move(task, verb)
    task.remark, task.ended_at = long(remark, 2000, "remark"), work.now
    work.note(fact, task, what=task.kind)
    return task

"""How tasks are shown."""

from kith.people.person import Person
from kith.programmes import Programme
from kith.tasks import Task, TaskStatus, drop_task, edit_task, finish_task, give_task
from schema.declare import among, ascending, before, column, connection, descending, one, refers_to, root, shows
from schema.enums import enumeration
from schema.mutations import expose


@shows(
    Task,
    "Something that somebody should do.",
    orders={"SOONEST": ascending(Task.due_at), "LATEST": descending(Task.due_at)},
    filters={
        "programme_id": refers_to(Task.programme_id, Programme, "In this programme."),
        "assignee_id": refers_to(Task.assignee_id, Person, "Of this person."),
        "status": among(Task.status, enumeration(TaskStatus), "In one of these states."),
        "due_before": before(Task.due_at, "Due before this time."),
    },
)
class TaskType:
    """The fields of a task."""

    title = column("What is to be done.")
    kind = column("What it is, as a code; OWN where somebody wrote it by hand.")
    source = column("The kind of fact that it follows from, where the service gave it.")
    about_type = column("What it is about: the type.")
    due_at = column("Until when.")
    status = column("Where it is.", enumeration(TaskStatus))
    remark = column("What came of it, or why it was dropped.")
    given_at = column("When it was given.")
    ended_at = column("When it was done or dropped.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    assignee = one("Who should do it; null for whoever coordinates the programme.", by=Task.assignee_id)
    programme = one("In which programme.", by=Task.programme_id)


root(tasks=connection("Tasks.", Task))
expose(give_task, edit_task, finish_task, drop_task)

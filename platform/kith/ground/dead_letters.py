"""Dead letters: trying again what failed for good."""

from typing import Annotated

from kith.ground.errors import IllegalState
from kith.ground.model import Id
from kith.ground.operation import operation
from kith.ground.outbox import Later
from kith.ground.permissions import Permission, Role
from kith.ground.work import Work

REPLAY = Permission("jobs.replay", "Try a job again that failed.", granted_to={Role.ADMIN})


@operation(needs=REPLAY)
async def replay_job(work: Work, job_id: Annotated[Id[Later], "Which failed job."]) -> Later:
    """Try a job again that failed, from the beginning."""
    job = await work.get(Later, job_id, lock=True)
    if job.failed_at is None:
        raise IllegalState("This job has not failed; it is still to be done.")
    job.failed_at = job.error = job.handed_at = None
    job.attempts, job.due_at = 0, work.now
    work.note("job.replayed", job, operation=job.operation)
    return job

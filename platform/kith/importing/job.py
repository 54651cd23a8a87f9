"""Imports: a table is received, checked as a whole, looked at by a person, and carried out row by row.

The check does each row by the same operations as staff do by hand, and takes it back at once: what it finds is what
carrying it out would find, and nothing is changed. Rows are carried out in batches, each in one transaction with
the account of it, so that an interruption leaves no row half done or done twice.

What the table says about people is kept in the rows of the import alone, and removed 30 days after its end.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from kith.ground.actor import Actor, row_rule
from kith.ground.choice import Choice
from kith.ground.errors import Invalid, Refused
from kith.ground.lifecycle import Lifecycle, Move
from kith.ground.model import Id, Owned, one_of, organisation_index, within
from kith.ground.operation import operation
from kith.ground.permissions import Permission, Role
from kith.ground.work import Work
from kith.importing.record import KINDS, ImportKind, Made, There, column_of
from kith.importing.table import cut, delimiter_of, looks_like_formula, names_in
from kith.people.person import Person
from kith.programmes import Programme, looked_after

READ = Permission("imports.read", "See imports and how far they are.", granted_to={Role.ADMIN, Role.COORDINATOR})
READ_ROWS = Permission("imports.read_rows", "Read the rows of an import.", granted_to={Role.ADMIN, Role.COORDINATOR})
RUN = Permission(
    "imports.run",
    "Import people, credentials and past matches that one may enter by hand.",
    granted_to={Role.ADMIN, Role.COORDINATOR},
)
CARRY_OUT = Permission("imports.carry_out", "Check the rows of an import, and carry them out.")
FORGET = Permission("imports.forget", "Remove the rows of imports that ended.")
MOST_ROWS = 10_000
CHECKED_AT_ONCE, CARRIED_OUT_AT_ONCE = 200, 50
KEPT = timedelta(days=30)


class ImportStatus(Choice):
    """Where an import is."""

    RECEIVED = "RECEIVED", "Its first rows are there; more follow."
    CHECKING = "CHECKING", "All rows are there and are being checked; nothing else is changed."
    CHECKED = "CHECKED", "Every row has its report: somebody decides whether to carry it out."
    COMMITTING = "COMMITTING", "Its rows are being carried out."
    COMMITTED = "COMMITTED", "Its rows are carried out, except those whose report says why not."
    FAILED = "FAILED", "Not one row could be carried out, or it came to a stop."
    DISCARDED = "DISCARDED", "It was put aside before it was carried out."


class ImportRowStatus(Choice):
    """What became of a row."""

    RECEIVED = "RECEIVED", "It is not checked yet."
    OK = "OK", "It can be carried out."
    WARNING = "WARNING", "Something is worth a look: it is carried out or skipped as its report says."
    ERROR = "ERROR", "It cannot be carried out; its report says why."
    DONE = "DONE", "It is carried out."
    SKIPPED = "SKIPPED", "What it says was there already; nothing was changed."


class ImportFindingCode(Choice):
    """What is to be said about a row."""

    CELLS = "CELLS", "It has more or fewer cells than there are columns."
    MISSING = "MISSING", "A cell that every row fills is empty."
    INVALID = "INVALID", "What a cell says makes no sense here."
    NOT_FOUND = "NOT_FOUND", "Whom it names is not there."
    CONFLICT = "CONFLICT", "It does not fit what is there."
    ILLEGAL_STATE = "ILLEGAL_STATE", "What it is about is not in a state for this."
    FORBIDDEN = "FORBIDDEN", "It needs a right that is lacking."
    ALREADY_THERE = "ALREADY_THERE", "It is there already: the row is skipped, and nothing is merged."
    REPEATED = "REPEATED", "A row before it says the same: once that one is carried out, this one is skipped."
    FORMULA = "FORMULA", "A cell begins like a formula: it is stored as text."


class ImportJob(Owned):
    """One table that somebody brings along. It tells nothing about anybody: its rows do."""

    __tablename__ = "import_jobs"
    __table_args__ = (
        organisation_index("started_at", "id"),
        organisation_index("programme_id", "started_at", "id"),
        organisation_index("ended_at", where="rows_removed_at IS NULL", name="ix_import_jobs_to_clear"),
        one_of("kind", list(ImportKind)),
        one_of("status", list(ImportStatus)),
    )
    READ = READ

    programme_id: Mapped[UUID] = within(Programme)
    started_by_id: Mapped[UUID | None] = within(Person, nullable=True)
    kind: Mapped[str]
    status: Mapped[str]
    columns: Mapped[list[str]]
    delimiter: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    rows_removed_at: Mapped[datetime | None]
    received: Mapped[int]
    checked: Mapped[int]
    warnings: Mapped[int]
    refused: Mapped[int]
    done: Mapped[int]
    skipped: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The coordinators of the programme."""
        return row_rule(actor, programme=cls.programme_id)


class ImportRow(Owned):
    """One row of an import as it was given, with its report. Reading it is recorded.

    `same` is what makes two rows one; `findings` holds what is to be said: code, sentence, column.
    """

    __tablename__ = "import_rows"
    __table_args__ = (
        organisation_index("job_id", "number", unique=True),
        organisation_index("job_id", "number", "id"),
        organisation_index("job_id", "status", "number"),
        organisation_index("job_id", "same"),
        one_of("status", list(ImportRowStatus)),
    )
    READ = READ_ROWS
    SENSITIVE = True

    job_id: Mapped[UUID] = within(ImportJob, carrying=("programme_id",))
    programme_id: Mapped[UUID]
    number: Mapped[int]
    status: Mapped[str]
    cells: Mapped[list[str]]
    same: Mapped[str | None]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    person_id: Mapped[UUID | None] = within(Person, nullable=True)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool]:
        """The coordinators of the programme."""
        return row_rule(actor, programme=cls.programme_id)


LIFE = Lifecycle(
    ImportJob,
    ImportStatus,
    begins=[ImportStatus.RECEIVED, ImportStatus.CHECKING],
    moves=[
        Move("add_import_rows", ImportStatus.RECEIVED, to=(ImportStatus.RECEIVED, ImportStatus.CHECKING)),
        Move("check_import_rows", ImportStatus.CHECKING, to=(ImportStatus.CHECKED, ImportStatus.FAILED)),
        Move("commit_import", ImportStatus.CHECKED, to=ImportStatus.COMMITTING),
        Move("commit_import_rows", ImportStatus.COMMITTING, to=(ImportStatus.COMMITTED, ImportStatus.FAILED)),
        Move(
            "discard_import",
            ImportStatus.RECEIVED,
            ImportStatus.CHECKING,
            ImportStatus.CHECKED,
            to=ImportStatus.DISCARDED,
        ),
        Move(
            "forget_imports",
            ImportStatus.RECEIVED,
            ImportStatus.CHECKING,
            ImportStatus.CHECKED,
            ImportStatus.COMMITTING,
            to=ImportStatus.FAILED,
        ),
    ],
)
ROWS = Lifecycle(
    ImportRow,
    ImportRowStatus,
    begins=[ImportRowStatus.RECEIVED],
    moves=[
        Move(
            "check_import_rows",
            ImportRowStatus.RECEIVED,
            to=(ImportRowStatus.OK, ImportRowStatus.WARNING, ImportRowStatus.ERROR),
        ),
        Move(
            "commit_import_rows",
            ImportRowStatus.OK,
            ImportRowStatus.WARNING,
            to=(ImportRowStatus.DONE, ImportRowStatus.SKIPPED, ImportRowStatus.ERROR),
        ),
    ],
)


@operation(needs=RUN)
async def start_import(
    work: Work,
    *,
    programme_id: Annotated[Id[Programme], "Into which programme."],
    kind: Annotated[ImportKind, "What it brings."],
    rows: Annotated[
        str,
        "A table as CSV in UTF-8, at most 200 KiB: the names of the columns in the first line, then whole rows,"
        " with commas or semicolons between cells.",
    ],
    more_follow: Annotated[bool, "Whether more rows follow with `addImportRows`; the check waits for them."] = False,
) -> ImportJob:
    """Start an import: its rows are checked, and nothing else is changed before somebody commits it.

    Refused by name: what is not UTF-8, an unknown or a missing column, more than 10,000 rows, a cell of more than
    4,000 characters.
    """
    programme = await work.get(Programme, programme_id, looked_after(work))
    await _may_by_hand(work, kind, programme.id)
    delimiter = delimiter_of(rows)
    header, *records = cut(rows, delimiter) or [[]]
    job = ImportJob.under(
        programme,
        kind=kind,
        status=ImportStatus.RECEIVED if more_follow else ImportStatus.CHECKING,
        columns=names_in(header, KINDS[kind].columns),
        delimiter=delimiter,
        started_at=work.now,
        **dict.fromkeys(("received", "checked", "warnings", "refused", "done", "skipped"), 0),
    )
    job.started_by_id = work.actor.person_id
    work.add(job)
    await work.settle()
    _receive(work, job, records)
    work.note("import.started", job, brings=kind)
    _check_after(work, job)
    return job


@operation(needs=RUN)
async def add_import_rows(
    work: Work,
    job_id: Annotated[Id[ImportJob], "Which import."],
    *,
    rows: Annotated[str, "Further whole rows as CSV in UTF-8, at most 200 KiB, without the names of the columns."],
    more_follow: Annotated[bool, "Whether more rows follow; the check begins once none do."] = False,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> ImportJob:
    """Add rows to an import that waits for them. With `expectedVersion` no part can be added twice."""
    job = await work.get(ImportJob, job_id, lock=True)
    await work.expect(job, expected_version)
    LIFE.move(job, "add_import_rows", to=ImportStatus.RECEIVED if more_follow else ImportStatus.CHECKING)
    _receive(work, job, cut(rows, job.delimiter))
    work.note("import.rows_added", job, received=job.received)
    _check_after(work, job)
    return job


@operation(needs=RUN)
async def commit_import(
    work: Work,
    job_id: Annotated[Id[ImportJob], "Which import."],
    *,
    expected_version: Annotated[int | None, "The version you read; refused when somebody was faster."] = None,
) -> ImportJob:
    """Carry out an import that is checked, row by row. Rows with errors are left out and stay in the report."""
    job = await work.get(ImportJob, job_id, lock=True)
    await work.expect(job, expected_version)
    await _may_by_hand(work, ImportKind(job.kind), job.programme_id)
    LIFE.move(job, "commit_import")
    work.note("import.committing", job, received=job.received)
    work.later(commit_import_rows, job_id=job.id)
    return job


@operation(needs=RUN)
async def discard_import(work: Work, job_id: Annotated[Id[ImportJob], "Which import."]) -> ImportJob:
    """Put an import aside that is not being carried out: nothing of it is."""
    job = await work.get(ImportJob, job_id, lock=True)
    _end(work, job, "discard_import", ImportStatus.DISCARDED)
    return job


@operation(needs=CARRY_OUT)
async def check_import_rows(work: Work, job_id: Id[ImportJob]) -> None:
    """Check the next rows of an import: each is carried out and taken back at once."""
    job = await work.get(ImportJob, job_id, lock=True)
    if job.status != ImportStatus.CHECKING:
        return
    rows = await _next(work, job, CHECKED_AT_ONCE, ImportRowStatus.RECEIVED)
    repeated = await _repeated(work, job, rows)
    for row in rows:
        findings, made = await _try(work, job, row, keep=False)
        if row.id in repeated:
            findings.append(_finding(ImportFindingCode.REPEATED, "A row before this one says the same."))
        failed = made is None and not _there(findings)
        worth_a_look = ImportRowStatus.WARNING if findings else ImportRowStatus.OK
        ROWS.move(row, "check_import_rows", to=ImportRowStatus.ERROR if failed else worth_a_look)
        row.findings = findings
    job.checked += len(rows)
    job.warnings += _count(rows, ImportRowStatus.WARNING)
    job.refused += _count(rows, ImportRowStatus.ERROR)
    if job.checked < job.received:
        work.later(check_import_rows, job_id=job.id)
    elif job.refused == job.received:
        _end(work, job, "check_import_rows", ImportStatus.FAILED)
    else:
        LIFE.move(job, "check_import_rows", to=ImportStatus.CHECKED)
        work.note("import.checked", job, received=job.received, warnings=job.warnings, refused=job.refused)


@operation(needs=CARRY_OUT)
async def commit_import_rows(work: Work, job_id: Id[ImportJob]) -> None:
    """Carry out the next rows of an import. A row that is refused stops no other."""
    job = await work.get(ImportJob, job_id, lock=True)
    if job.status != ImportStatus.COMMITTING:
        return
    rows = await _next(work, job, CARRIED_OUT_AT_ONCE, ImportRowStatus.OK, ImportRowStatus.WARNING)
    for row in rows:
        row.findings, made = await _try(work, job, row, keep=True)
        skipped = _there(row.findings)
        not_done = ImportRowStatus.SKIPPED if skipped else ImportRowStatus.ERROR
        ROWS.move(row, "commit_import_rows", to=not_done if made is None else ImportRowStatus.DONE)
    job.done += _count(rows, ImportRowStatus.DONE)
    job.skipped += _count(rows, ImportRowStatus.SKIPPED)
    job.refused += _count(rows, ImportRowStatus.ERROR)
    if len(rows) == CARRIED_OUT_AT_ONCE:
        work.later(commit_import_rows, job_id=job.id)
    else:
        nothing = job.done == 0 and job.skipped == 0
        _end(work, job, "commit_import_rows", ImportStatus.FAILED if nothing else ImportStatus.COMMITTED)


@operation(needs=FORGET)
async def forget_imports(work: Work) -> None:
    """End imports that nobody went on with for 30 days, and remove the rows of those that ended 30 days ago."""
    before = work.now - KEPT
    stalled = (ImportJob.ended_at.is_(None), ImportJob.started_at < before)
    for job in await work.all(ImportJob, *stalled):
        await work.get(ImportJob, job.id, lock=True)
        if job.ended_at is None:
            _end(work, job, "forget_imports", ImportStatus.FAILED)
    for job in await work.all(ImportJob, ImportJob.ended_at < before, ImportJob.rows_removed_at.is_(None)):
        here = (ImportRow.organisation_id == work.organisation_id, ImportRow.job_id == job.id)
        await work.session.execute(delete(ImportRow).where(*here))
        job.rows_removed_at = work.now
        work.note("import.rows_removed", job)


async def _may_by_hand(work: Work, kind: ImportKind, programme_id: UUID) -> None:
    """Raises Forbidden or NotFound for who may not enter the same by hand in the programme."""
    for permission in KINDS[kind].takes:
        narrowed = work.acting(permission)
        await narrowed.get(Programme, programme_id, looked_after(narrowed))


def _receive(work: Work, job: ImportJob, records: Sequence[Sequence[str]]) -> None:
    if job.received + len(records) > MOST_ROWS:
        raise Invalid(f"An import takes at most {MOST_ROWS:,} rows. Start another for the rest.", path=("rows",))
    for number, cells in enumerate(records, job.received + 1):
        row = ImportRow.under(
            job,
            number=number,
            status=ImportRowStatus.RECEIVED,
            cells=list(cells),
            same=_same(job, cells),
            findings=[],
        )
        work.add(row)
    job.received += len(records)
    if job.received == 0 and job.status == ImportStatus.CHECKING:
        raise Invalid("There are no rows below the names of the columns.", path=("rows",))


def _same(job: ImportJob, cells: Sequence[str]) -> str | None:
    """What makes two rows one, in whatever case it is written; None where the row does not say."""
    said = dict(zip(job.columns, cells, strict=False))
    parts = [said.get(column, "") for column in KINDS[job.kind].same]
    return "\n".join(parts).casefold() if all(parts) else None


def _check_after(work: Work, job: ImportJob) -> None:
    if job.status == ImportStatus.CHECKING:
        work.later(check_import_rows, job_id=job.id)


def _end(work: Work, job: ImportJob, verb: str, status: ImportStatus) -> None:
    LIFE.move(job, verb, to=status)
    job.ended_at = work.now
    counts = {name: getattr(job, name) for name in ("received", "done", "skipped", "refused")}
    work.note(f"import.{status.lower()}", job, **counts)


async def _next(work: Work, job: ImportJob, most: int, *status: ImportRowStatus) -> list[ImportRow]:
    waiting = (ImportRow.job_id == job.id, ImportRow.status.in_(status))
    return await work.all(ImportRow, *waiting, order_by=ImportRow.number, limit=most)


def _count(rows: Sequence[ImportRow], status: ImportRowStatus) -> int:
    return sum(row.status == status for row in rows)


async def _repeated(work: Work, job: ImportJob, rows: Sequence[ImportRow]) -> set[UUID]:
    """The rows that say what one before them in the same import says."""
    first = select(ImportRow.same, func.min(ImportRow.number)).where(
        ImportRow.job_id == job.id, ImportRow.same.in_({row.same for row in rows if row.same is not None})
    )
    firsts = {same: number for same, number in await work.session.execute(first.group_by(ImportRow.same))}  # noqa: C416
    return {row.id for row in rows if row.same is not None and row.number > firsts[row.same]}


async def _try(work: Work, job: ImportJob, row: ImportRow, *, keep: bool) -> tuple[list[dict[str, Any]], Made | None]:
    """What is to be said about a row, and what came of it: None where it was refused or is there already."""
    values: dict[str, Any] = {}
    findings = [*_read(job, row, values)]
    if any(found["code"] != ImportFindingCode.FORMULA for found in findings):
        return findings, None
    kind = KINDS[job.kind]
    point = await work.session.begin_nested()
    try:
        made = await kind.carry_out(work.serving(*kind.takes), job.programme_id, values)
        if keep:
            work.note(f"{_noun(made)}.imported", made.row, import_id=job.id)
        await work.settle()
    except There as there:
        await point.rollback()
        row.person_id = there.person_id
        findings.append(_finding(ImportFindingCode.ALREADY_THERE, there.sentence, there.column))
    except Refused as refused:
        await point.rollback()
        column = column_of(refused.path, job.columns)
        findings.append(_finding(ImportFindingCode(refused.code), refused.message, column))
    except IntegrityError:
        await point.rollback()
        findings.append(_finding(ImportFindingCode.CONFLICT, "This does not fit what is there. Enter it by hand."))
    else:
        if keep:
            await point.commit()
            row.person_id = made.person_id
        else:
            await point.rollback()
        return findings, made
    return findings, None


def _read(job: ImportJob, row: ImportRow, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Read the cells into values; what is to be said about them."""
    if len(row.cells) != len(job.columns):
        sentence = f"This row has {len(row.cells)} cells; there are {len(job.columns)} columns."
        yield _finding(ImportFindingCode.CELLS, sentence)
        return
    cells: Mapping[str, str] = dict(zip(job.columns, row.cells, strict=True))
    for column, cell in cells.items():
        known = KINDS[job.kind].columns[column]
        if not cell:
            if known.required:
                yield _finding(ImportFindingCode.MISSING, "This cell is empty, and every row fills it.", column)
            continue
        if looks_like_formula(column, cell):
            yield _finding(ImportFindingCode.FORMULA, "This begins like a formula: it is stored as text.", column)
        try:
            values[column] = known.read(cell)
        except Invalid as invalid:
            yield _finding(ImportFindingCode.INVALID, invalid.message, column)


def _finding(code: ImportFindingCode, sentence: str, column: str | None = None) -> dict[str, Any]:
    return {"code": code.value, "sentence": sentence, "column": column}


def _there(findings: Sequence[Mapping[str, Any]]) -> bool:
    return any(found["code"] == ImportFindingCode.ALREADY_THERE for found in findings)


def _noun(made: Made) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", type(made.row).__name__).lower()

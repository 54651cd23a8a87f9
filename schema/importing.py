"""How imports are shown."""

from typing import Any

from kith.importing.job import (
    ImportFindingCode,
    ImportJob,
    ImportRow,
    ImportRowStatus,
    ImportStatus,
    add_import_rows,
    commit_import,
    discard_import,
    start_import,
)
from kith.importing.record import ImportKind
from kith.programmes import Programme
from schema.declare import (
    ById,
    Value,
    among,
    ascending,
    column,
    connection,
    descending,
    one,
    refers_to,
    root,
    shows,
    value_type,
)
from schema.enums import enumeration
from schema.mutations import expose


@value_type("ImportFinding", "Something that is to be said about a row of an import.")
class ImportFindingType:
    """The fields of a finding."""

    code = Value("What it is.", enumeration(ImportFindingCode))
    sentence = Value("The same as a sentence that a person can act on.", str)
    column = Value("In which column; null where it is about the whole row.", str | None)


def _as_stored(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings are stored as they are shown."""
    return findings


@shows(
    ImportJob,
    "An import: a table that is checked, looked at by a person, and carried out row by row. How far it is can be asked"
    " again and again.",
    orders={"NEWEST": descending(ImportJob.started_at), "OLDEST": ascending(ImportJob.started_at)},
    filters={
        "programme_id": refers_to(ImportJob.programme_id, Programme, "Into this programme."),
        "status": among(ImportJob.status, enumeration(ImportStatus), "In one of these states."),
        "kind": among(ImportJob.kind, enumeration(ImportKind), "Of one of these kinds."),
    },
)
class ImportJobType:
    """The fields of an import."""

    kind = column("What it brings.", enumeration(ImportKind))
    status = column("Where it is.", enumeration(ImportStatus))
    columns = column("The names of its columns, in the order of the cells of its rows.")
    started_at = column("When it was started.")
    ended_at = column("When it was carried out, failed or was put aside; its rows are removed 30 days later.")
    rows_removed_at = column("When its rows were removed.")
    received = column("How many rows it has.")
    checked = column("How many of them are checked.")
    warnings = column("How many of them the check found worth a look.")
    refused = column("How many of them cannot be carried out.")
    done = column("How many of them are carried out.")
    skipped = column("How many of them said what was there already.")
    version = column("Grows with each change; give it as `expectedVersion`.")
    programme = one("Into which programme.", by=ImportJob.programme_id)
    started_by = one("Who started it.", by=ImportJob.started_by_id)
    rows = connection("Its rows with their reports, in the order of the table.", by=ImportRow.job_id)


@shows(
    ImportRow,
    "A row of an import as it was given, with its report. Reading it is recorded.",
    orders={"NUMBER": ascending(ImportRow.number)},
    filters={"status": among(ImportRow.status, enumeration(ImportRowStatus), "In one of these states.")},
)
class ImportRowType:
    """The fields of a row."""

    number = column("Which row it is, from 1; the names of the columns do not count.")
    status = column("What became of it.", enumeration(ImportRowStatus))
    cells = column("What stands in it, in the order of the columns. Show it as text alone.")
    findings = column("What is to be said about it.", list[ImportFindingType], convert=_as_stored)
    person = one("Whom it is about, where they are there.", by=ImportRow.person_id)
    job = one("Of which import.", by=ImportRow.job_id)


root(
    import_jobs=connection("Imports.", ImportJob),
    import_job=ById("One import.", ImportJob),
)
expose(start_import, add_import_rows, commit_import, discard_import)

"""The job that takes documents in, or looks at them first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from annotator.imports import uploads
from annotator.imports.running import ImportRun
from annotator.imports.selectors import IMPORT_JOB
from annotator.imports.survey import counted
from annotator.platform.jobs.context import CancelRequested, JobContext
from annotator.platform.jobs.registry import job_kind
from annotator.problems import InvalidInput, Problem
from projects.selectors import project_of_job


class NothingImported(InvalidInput):
    """Something was wrong with every file; the report says what."""

    code = "nothing_imported"
    title = "Nothing was imported"


@job_kind(IMPORT_JOB, title="Import")
def import_documents(context: JobContext) -> dict[str, Any]:
    """Take in the files of an import; another attempt goes on after the last chunk that was written.

    The files stay when somebody only looked at them, or chose on a preview what did not go well: they can choose again.
    """
    folder, again = context.params["folder"], context.params["previewed"] is not None
    run = ImportRun(context)
    try:
        run.run()
        result = _preview_result(context, run) if context.params["preview"] else _result(context, run, again)
    except CancelRequested:
        uploads.remove_folder(folder)
        raise
    except Problem:
        if not again:
            uploads.remove_folder(folder)
        raise
    if not context.params["kept"]:
        uploads.remove_folder(folder)
    return result


def _result(context: JobContext, run: ImportRun, again: bool) -> dict[str, Any]:
    counts = run.counts
    if counts["error"] and not counts["documents"] and not counts["annotation_sets"]:
        advice = " The files are kept for a day: go back to what was found in them, and choose again." if again else ""
        refused = counted(counts["refused"], "line")
        raise NothingImported(f"Nothing was stored; refused: {refused}. The report says where and why.{advice}")
    url = reverse("dashboard:documents", args=[project_of_job(context).slug])
    shown = ("documents", "annotation_sets", "spans", "relations", "duplicates", "refused", "refused_files")
    files = _files(context, run)
    result: dict[str, Any] = {name: counts[name] for name in shown} | {"files": files, "table": _table(files)}
    return result | {"summary": _summary(counts), "url": url, "url_text": "Documents"}


def _table(files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what became of each file as a table for the page of the job."""
    columns = {
        "Documents": "documents", "Annotation sets": "annotation_sets", "Spans": "spans", "Relations": "relations",
        "Here already": "duplicates", "Refused": "refused", "Errors": "error", "Warnings": "warning",
    }  # fmt: skip
    rows = [
        [f"{file['name']} (nothing taken)" if file["refused_files"] else file["name"]]
        + [f"{file[name]:,}" for name in columns.values()]
        for file in files
    ]
    return {"title": "Files", "columns": ["File", *columns], "rows": rows}


def _files(context: JobContext, run: ImportRun) -> list[dict[str, Any]]:
    """Return for each file what became of it, in counts."""
    shown = ("documents", "annotation_sets", "spans", "relations", "duplicates", "refused", "refused_files",
             "error", "warning")  # fmt: skip
    return [
        {"name": file["name"], "size": file["size"], "format": file["format"], "chosen": file["chosen"]}
        | {name: run.seen.by_file.get(str(index), {}).get(name, 0) for name in shown}
        for index, file in enumerate(context.params["files"])
    ]


def _preview_result(context: JobContext, run: ImportRun) -> dict[str, Any]:
    counts, seen = run.counts, run.seen
    found = [file | seen.surveys[str(index)] for index, file in enumerate(_files(context, run))]
    total = counted(sum(file["documents"] for file in found), "document")
    spans = counted(sum(file["spans"] for file in found), "span")
    summary = (
        f"Nothing was stored: this was a preview. Found: {total}, {spans}. Refused: {counted(counts['error'], 'line')}."
    )
    shown = ("duplicates", "refused", "refused_files", "error", "warning")
    result: dict[str, Any] = {"preview": True, "files": found, "unknown": seen.unknown, "summary": summary}
    result |= {name: counts[name] for name in shown}
    if context.params["kept"]:
        url = reverse("imports:preview", args=[project_of_job(context).slug, context.job_id])
        result |= {"url": url, "url_text": "See what is in the files, and choose"}
    return result


def _summary(counts: Counter[str]) -> str:
    stored = [counted(counts[f"{thing}s".replace(" ", "_")], thing) for thing in ("document", "annotation set", "span")]
    sentences = [f"Stored: {', '.join(stored)}."]
    for name, words, thing in (
        ("duplicates", "Here already", "document"),
        ("refused", "Refused", "line"),
        ("refused_files", "Nothing was taken of", "file"),
    ):
        if counts[name]:
            sentences.append(f"{words}: {counted(counts[name], thing)}.")
    return " ".join(sentences)

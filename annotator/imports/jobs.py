"""The job that takes documents in."""

from collections import Counter
from typing import Any

from django.urls import reverse

from annotator.imports import uploads
from annotator.imports.running import ImportRun
from annotator.imports.services import IMPORT_JOB
from annotator.jobs.context import CancelRequested, JobContext
from annotator.jobs.registry import job_kind
from annotator.problems import InvalidInput, Problem


class NothingImported(InvalidInput):
    """Something was wrong with every file; the report says what."""

    code = "nothing_imported"
    title = "Nothing was imported"


@job_kind(IMPORT_JOB, title="Import")
def import_documents(context: JobContext) -> dict[str, Any]:
    """Take in the files of an import; another attempt goes on after the last chunk that was written."""
    folder = context.params["folder"]
    run = ImportRun(context)
    try:
        run.run()
    except (Problem, CancelRequested):
        uploads.remove_folder(folder)
        raise
    uploads.remove_folder(folder)
    counts = run.counts
    if context.params["preview"]:
        return {"preview": True, "refused": counts["refused"], "refused_files": counts["refused_files"]} | {
            "summary": f"Nothing was stored: this was a preview. Refused: {_counted(counts['error'], 'line')}.",
        }
    if counts["error"] and not counts["documents"] and not counts["annotation_sets"]:
        raise NothingImported(
            f"Nothing was stored; refused: {_counted(counts['refused'], 'line')}. The report says where and why."
        )
    url = reverse("dashboard:documents", args=[context.project.slug])
    shown = ("documents", "annotation_sets", "spans", "relations", "duplicates", "refused", "refused_files")
    return {name: counts[name] for name in shown} | {"summary": _summary(counts), "url": url, "url_text": "Documents"}


def _summary(counts: Counter[str]) -> str:
    stored = [
        _counted(counts[f"{thing}s".replace(" ", "_")], thing) for thing in ("document", "annotation set", "span")
    ]
    sentences = [f"Stored: {', '.join(stored)}."]
    for name, words, thing in (
        ("duplicates", "Here already", "document"),
        ("refused", "Refused", "line"),
        ("refused_files", "Nothing was taken of", "file"),
    ):
        if counts[name]:
            sentences.append(f"{words}: {_counted(counts[name], thing)}.")
    return " ".join(sentences)


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"

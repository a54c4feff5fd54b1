"""The job that imports documents, or previews an import."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from annotator.imports import uploads
from annotator.imports.options import ImportOptions
from annotator.imports.run.balance import Balance, balance_of
from annotator.imports.run.contents import pluralize
from annotator.imports.run.import_run import ImportRun
from annotator.imports.selectors import IMPORT_JOB
from annotator.platform.jobs.context import CancelRequested, JobContext
from annotator.platform.jobs.models import Job
from annotator.platform.jobs.registry import job_kind
from annotator.problems import InvalidInput, Problem
from projects.selectors import project_of_job

FILE_COUNTS = (
    "documents", "annotation_sets", "spans", "relations", "duplicates", "refused", "refused_files", "error", "warning",
)  # fmt: skip


# Read in about a second.
LARGE_BYTES = 2 << 20


def is_large(job: Job) -> bool:
    """Return whether the files of an import take more than some seconds."""
    size: int = sum(file.get("size", LARGE_BYTES) for file in job.params.get("files", []))
    return size > LARGE_BYTES


class NothingImported(InvalidInput):
    """Every file had errors; the report lists them."""

    code = "nothing_imported"
    title = "Nothing was imported"


@job_kind(IMPORT_JOB, title="Import", page="imports:new", long=is_large)
def import_documents(context: JobContext) -> dict[str, Any]:
    """Import the files of a job; another attempt continues after the last stored chunk.

    The files are kept after a preview, and after an import from a preview that failed, for another choice.
    """
    folder, has_preview = context.params["folder"], context.params["previewed"] is not None
    run = ImportRun(context)
    try:
        run.run()
        result = _preview_result(context, run) if context.params["preview"] else _result(context, run, has_preview)
    except CancelRequested:
        uploads.remove_folder(folder)
        raise
    except Problem:
        if not has_preview:
            uploads.remove_folder(folder)
        raise
    if not context.params["kept"]:
        uploads.remove_folder(folder)
    return result


def _result(context: JobContext, run: ImportRun, has_preview: bool) -> dict[str, Any]:
    counts = run.counts
    if counts["error"] and not any(counts[name] for name in ("documents", "annotation_sets", "suggestion_runs")):
        errors = pluralize(counts["error"] - counts["refused_files"], "error")
        advice = (
            " The files are kept for 24 hours: return to the preview and change the options." if has_preview else ""
        )
        detail = f"The files have {errors}, listed in the report.{advice}"
        raise NothingImported(f"{detail} {_balance(context, run).sentence()}")
    shown = ("documents", "annotation_sets", "spans", "relations", "duplicates", "refused", "refused_files")
    files = _files(context, run)
    result: dict[str, Any] = {name: counts[name] for name in shown} | {"files": files, "table": _table(files)}
    balance = _balance(context, run)
    summary = f"{_losses(context, balance)}{_summary(counts)} {balance.sentence()}"
    result |= _balance_result(context, balance)
    page = ["dashboard:documents", project_of_job(context).slug]
    return result | {"summary": summary, "page": page, "url_text": _("Documents")}


def _balance(context: JobContext, run: ImportRun) -> Balance:
    return balance_of(run.checkpoint.items, run.counts, preview=context.params["preview"])


def _balance_result(context: JobContext, balance: Balance) -> dict[str, Any]:
    """Return the balance; the result is `incomplete` when something was lost that the person did not allow."""
    is_allowed = ImportOptions.from_params(context.params).allow_losses
    incomplete = bool(balance.unexplained or (balance.items.lost() and not is_allowed))
    return {"balance": balance.sentence(), "items": balance.as_json(), "incomplete": incomplete}


def _losses(context: JobContext, balance: Balance) -> str:
    """Return a sentence on what was lost without consent; "" for nothing."""
    if not _balance_result(context, balance)["incomplete"]:
        return ""
    lost = balance.lost_sentence() or "items"
    return f"Not everything was imported: {lost} left out without your consent. The report gives the reasons. "


def _table(files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the result for each file as a table for the page of the job."""
    columns = {
        _("Documents"): "documents", _("Annotation sets"): "annotation_sets", _("Spans"): "spans",
        _("Relations"): "relations", _("Duplicates"): "duplicates", _("Refused"): "refused", _("Errors"): "error",
        _("Warnings"): "warning",
    }  # fmt: skip
    rows = [
        [_("%(name)s (nothing imported)") % file if file["refused_files"] else file["name"]]
        + [f"{file[name]:,}" for name in columns.values()]
        for file in files
    ]
    return {"title": _("Files"), "columns": [_("File"), *columns], "rows": rows}


def _files(context: JobContext, run: ImportRun) -> list[dict[str, Any]]:
    """Return the result for each file in counts."""
    return [
        {"name": file["name"], "size": file["size"], "format": file["format"], "chosen": file["chosen"]}
        | {name: run.checkpoint.by_file.get(str(index), {}).get(name, 0) for name in FILE_COUNTS}
        for index, file in enumerate(context.params["files"])
    ]


def _preview_result(context: JobContext, run: ImportRun) -> dict[str, Any]:
    counts, checkpoint = run.counts, run.checkpoint
    balance = _balance(context, run)
    files = [file | checkpoint.contents[str(index)] for index, file in enumerate(_files(context, run))]
    documents = pluralize(sum(file["documents"] for file in files), "document")
    spans = pluralize(sum(file["spans"] for file in files), "span")
    errors = pluralize(counts["error"], "error")
    summary = f"Preview: nothing was stored. The files contain {documents} and {spans}; {errors}. {balance.sentence()}"
    shown = ("duplicates", "refused", "refused_files", "error", "warning")
    result: dict[str, Any] = {"preview": True, "files": files, "unknown": checkpoint.unknown, "summary": summary}
    result |= {name: counts[name] for name in shown} | _balance_result(context, balance)
    if context.params["kept"]:
        page = ["imports:preview", project_of_job(context).slug, context.job_id]
        result |= {"page": page, "url_text": _("Open the preview")}
    return result


def _summary(counts: Counter[str]) -> str:
    stored = [
        pluralize(counts[name], noun)
        for name, noun in (("documents", "document"), ("annotation_sets", "annotation set"), ("spans", "span"))
    ]
    if counts["suggested_spans"]:
        stored.append(pluralize(counts["suggested_spans"], "suggestion"))
    sentences = [f"Imported {', '.join(stored)}."]
    if counts["duplicates"]:
        sentences.append(f"{pluralize(counts['duplicates'], 'duplicate')} not stored again.")
    if counts["refused"]:
        sentences.append(f"{pluralize(counts['refused'], 'record')} refused.")
    if counts["refused_files"]:
        sentences.append(f"Nothing imported from {pluralize(counts['refused_files'], 'file')}.")
    return " ".join(sentences)

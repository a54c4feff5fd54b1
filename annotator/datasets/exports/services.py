"""Starting exports, and writing and copying their files."""

import gzip
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from annotator.corpus.documents.quotas import check_quota
from annotator.datasets.exports.format_registry import FORMATS, JSONL
from annotator.datasets.exports.models import Export
from annotator.datasets.exports.options import ExportOptions
from annotator.datasets.exports.output.dataset import (
    LOSS_LIST,
    data_path,
    loss_list_path,
    losses_path,
    make_manifest,
    manifest_bytes,
    manifest_path,
    write_dataset,
)
from annotator.datasets.exports.output.loss_report import LossReportWriter
from annotator.formats.extras import require_packages
from annotator.platform.accounts.models import User
from annotator.platform.atomic_files import replaced_file
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job, JobState
from annotator.platform.shared_files import SharedPath
from annotator.problems import Conflict, Problem, gettext_noop
from projects.models import Project
from projects.problems import QuotaExceeded
from projects.services.locks import lock_project

EXPORT_JOB = "export_dataset"
MOST_WAITING_EXPORTS = 20


class ExportFileGone(Problem):
    """The file of an export is missing from the disk."""

    status = 410
    code = "export_file_gone"
    title = gettext_noop("File missing")


class ExportNotFinished(Conflict):
    """The job of the export is not finished."""

    code = "export_not_finished"


@transaction.atomic
def start_export(
    project: Project, *, options: ExportOptions, started_by: User | None, now: datetime, own_process: bool = False
) -> Export:
    """Store the options and start the job that writes the files; a command that runs it itself passes `own_process`."""
    require_packages(FORMATS[options.format])
    # The lock keeps requests at the same moment from passing a limit together.
    lock_project(project)
    check_quota(project)
    waiting = Export.objects.filter(project=project, job__state__in=(JobState.QUEUED, JobState.RUNNING)).count()
    if waiting >= MOST_WAITING_EXPORTS:
        raise QuotaExceeded(
            _("%(count)s exports of this project are not finished. Wait for them, or cancel one.")
            % {"count": MOST_WAITING_EXPORTS}
        )
    export = Export.objects.create(project=project, created_by=started_by, created_at=now, options=options.as_json())
    export.job = jobs.start(
        EXPORT_JOB,
        project_id=project.pk,
        params={"export_id": export.pk},
        started_by=started_by,
        now=now,
        own_process=own_process,
    )
    export.save(update_fields=["job"])
    return export


def job_of(export: Export) -> Job:
    """Return the job that writes an export."""
    if export.job is None:
        raise ValueError(f"Export {export.pk} has no job.")
    return export.job


def manifest_of(export: Export) -> dict[str, Any]:
    """Return the manifest of a finished export."""
    if export.manifest is None:
        raise ExportNotFinished(_("This export is not finished. See its job."))
    manifest: dict[str, Any] = export.manifest
    return manifest


def directory_of(export: Export) -> SharedPath:
    """Return the folder of the files of an export."""
    return SharedPath("exports") / export.pk


def write_export(export: Export, *, on_progress: Callable[[int, int], None]) -> None:
    """Write data, loss report and manifest, each completely or not at all; the same data give the same bytes."""
    options = ExportOptions.from_json(export.options)
    directory = directory_of(export)
    recipe = FORMATS[options.format]
    require_packages(recipe)
    with (
        data_path(directory).replaced() as file,
        losses_path(directory).replaced() as report,
        loss_list_path(directory).replaced() as packed,
        # Without a date and a name in it, the same losses give the same bytes.
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as details,
    ):
        losses = LossReportWriter(details, format_name=options.format, never_carried=recipe.lost, unit=recipe.unit)
        tally = write_dataset(export.project, file, losses, options=options, on_progress=on_progress)
        summary = losses.close(details_name=f"{file_name(export)}.{LOSS_LIST}")
        report.write(orjson.dumps(summary, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    manifest = make_manifest(export.project, tally, losses, options=options, file_name=file_name(export))
    with manifest_path(directory).replaced() as file:
        file.write(manifest_bytes(manifest))
    Export.objects.filter(pk=export.pk).update(manifest=manifest, sha256=tally.digest.hexdigest(), size=tally.size)


def file_name(export: Export) -> str:
    """Return the name of the data as a download."""
    options = ExportOptions.from_json(export.options)
    recipe = FORMATS[options.format]
    if options.format == JSONL:
        return f"{export.project.slug}-{options.view}.jsonl"
    ending = ".zip" if recipe.archive else recipe.endings[0]
    return f"{export.project.slug}-{options.view}-{options.format}{ending}"


def copy_export(export: Export, out: Path) -> Path:
    """Copy data, manifest and losses of a finished export to `out` and beside it; return the path of the manifest."""
    manifest_out = out.with_name(f"{out.name}.manifest.json")
    losses_out, list_out = out.with_name(f"{out.name}.losses.json"), out.with_name(f"{out.name}.{LOSS_LIST}")
    files = [(data_path, out), (losses_path, losses_out), (loss_list_path, list_out), (manifest_path, manifest_out)]
    for source, target in files:
        with source(directory_of(export)).open() as original, replaced_file(target) as copy:
            shutil.copyfileobj(original, copy)
    return manifest_out

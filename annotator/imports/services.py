"""Starting imports."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from annotator.corpus.documents.quotas import check_quota
from annotator.formats.archives import looks_like_archive
from annotator.formats.extras import installation_hint
from annotator.formats.incoming import HEAD_BYTES, Head, ending_of
from annotator.formats.registry import ENDINGS, FORMATS, detect_format
from annotator.imports import uploads
from annotator.imports.options import ARCHIVE, AUTO, MOST_FILES, ImportOptions, check_options
from annotator.imports.run.checkpoint import JobFile
from annotator.imports.selectors import IMPORT_JOB
from annotator.imports.uploads import IncomingFile, StoredFile
from annotator.platform.accounts.models import User
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job
from annotator.platform.shared_files import SharedPath
from annotator.problems import FieldError, InvalidInput
from projects.models import Project
from projects.problems import QuotaExceeded
from projects.selectors import current_guideline, current_schema
from projects.services.locks import lock_project

LONGEST_NAME = 200
DEFAULT_OPTIONS = ImportOptions()


MOST_PREVIEWS = 20


def start_import(
    project: Project,
    *,
    files: Sequence[IncomingFile],
    options: ImportOptions = DEFAULT_OPTIONS,
    started_by: User | None,
    now: datetime,
    own_process: bool = False,
) -> Job:
    """Store the files and start the job that imports them; a command that runs the job itself passes `own_process`.

    Raises `InvalidInput` for errors that show without reading more than the beginning of each file.
    """
    _check_files(files)
    check_options(options)
    uploads.remove_left_over()
    kept = options.preview and not own_process
    _check_limits(project, is_preview=kept, size=0, now=now)
    folder, stored = uploads.store_files(files)
    try:
        job_files = _detect_formats(stored, options)
        params = job_params(project, options, folder=folder, files=job_files, now=now)
        # A command still has its files; files sent to a page or the API must not have to be sent again.
        params["kept"] = kept
        with transaction.atomic():
            # The lock keeps requests at the same moment from passing a limit together.
            lock_project(project)
            _check_limits(project, is_preview=kept, size=sum(file.size for file in stored), now=now)
            return jobs.start(
                IMPORT_JOB,
                project_id=project.pk,
                params=params,
                started_by=started_by,
                now=now,
                own_process=own_process,
            )
    except BaseException:
        uploads.remove_folder(folder)
        raise


def job_params(
    project: Project, options: ImportOptions, *, folder: str, files: Sequence[JobFile], now: datetime
) -> dict[str, Any]:
    """Return the parameters of the job of an import; the current schema and guideline apply to all of it."""
    return {
        "folder": folder,
        "files": list(files),
        **asdict(options),
        "at": now.isoformat(),
        "schema_version": current_schema(project).pk,
        "guideline_version": current_guideline(project).pk,
        "previewed": None,
        "kept": False,
    }


def format_of_file(path: SharedPath, name: str, chosen: str) -> tuple[str, str]:
    """Return the format in which a stored file is read, and why it cannot be read, "" when it can.

    `chosen` is the format that was chosen for it, `AUTO` to detect it.
    """
    with path.open() as stream:
        head = Head(name, stream.read(HEAD_BYTES))
    if looks_like_archive(head.data):
        return ARCHIVE, ""
    format_key = detect_format(head) if chosen == AUTO else chosen
    if format_key is None:
        return "", _unrecognised(name)
    if hint := installation_hint(FORMATS[format_key]):
        return format_key, f"“{name}”: {hint}"
    if FORMATS[format_key].needs_archive:
        advice = "send them as a zip archive, or pass their folder to the command"
        return format_key, f"“{name}”: {FORMATS[format_key].name} consists of several files; {advice}."
    return format_key, ""


def refuse(errors: Sequence[FieldError]) -> None:
    """Raise `InvalidInput` with these errors, if there are any."""
    if errors:
        raise InvalidInput(f"Nothing was imported: {errors[0]['detail']}", errors=errors)


def _detect_formats(stored: Sequence[StoredFile], options: ImportOptions) -> list[JobFile]:
    """Return the files as a job stores them, each with its format."""
    files: list[JobFile] = []
    errors: list[FieldError] = []
    for index, file in enumerate(stored):
        format_key, detail = format_of_file(file.path, file.name, options.format)
        if detail:
            errors.append({"pointer": f"/files/{index}", "detail": detail})
        name = file.name[-LONGEST_NAME:]
        files.append({"name": name, "size": file.size, "format": format_key, "chosen": options.format})
    refuse(errors)
    return files


def _check_limits(project: Project, *, is_preview: bool, size: int, now: datetime) -> None:
    """Raise `QuotaExceeded` when a project has as many previews, or with these bytes stores more, than permitted."""
    waiting = uploads.waiting_files(project, now=now)
    if is_preview and waiting.previews >= MOST_PREVIEWS:
        raise QuotaExceeded(
            _("%(count)s previews of this project are stored. Import or discard one of them, then try again.")
            % {"count": MOST_PREVIEWS}
        )
    check_quota(project, more=size + waiting.size)


def _check_files(files: Sequence[IncomingFile]) -> None:
    if not files:
        refuse([{"pointer": "/files", "detail": "Choose at least one file."}])
    if len(files) > MOST_FILES:
        raise InvalidInput(f"Too many files: {len(files):,}. Send at most {MOST_FILES:,} at once, or use JSONL.")


def _unrecognised(name: str) -> str:
    """Return the message for a file whose format was not detected."""
    if (ending := ending_of(name)) in ENDINGS:
        return f"“{name}”: the content matches no format that ends in {ending}. Check the file, or choose its format."
    return f"“{name}”: unrecognised format. Known endings: {', '.join(ending for ending in ENDINGS if ending)}."

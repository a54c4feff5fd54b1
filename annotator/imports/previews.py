"""What follows a preview: choosing again, importing the files that were looked at, or throwing them away."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from annotator.formats.incoming import HEAD_BYTES, Head
from annotator.formats.registry import FORMATS, READABLE
from annotator.imports import uploads
from annotator.imports.conversion import AUTO
from annotator.imports.position import StoredName
from annotator.imports.selectors import IMPORT_JOB, is_taken
from annotator.imports.services import (
    ImportOptions,
    check_options,
    job_params,
    refuse,
    told_format,
)
from annotator.platform.accounts.models import User
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job
from annotator.problems import Conflict, FieldError
from projects.models import Project

MOST_MEMBERS = 60


class UploadTaken(Conflict):
    """Another job works on the same files."""

    code = "upload_taken"


def start_from_preview(
    preview: Job, *, options: ImportOptions, formats: Sequence[str] = (), started_by: User | None, now: datetime
) -> Job:
    """Start an import, or another preview, of the files of a preview. `formats` says of each file what it is.

    Raises `UploadGone` when they were imported, thrown away or left for longer than a day, `UploadTaken` while another
    job reads them, and `InvalidInput` for choices that cannot be.
    """
    check_options(options)
    project = _project_of(preview)
    folder = preview.params["folder"]
    if not uploads.is_there(folder):
        raise uploads.UploadGone("The files of this preview were imported or removed. Choose them again.")
    files = _with_formats(folder, preview.params["files"], formats)
    params = job_params(project, replace(options, format=AUTO), folder=folder, files=files, now=now)
    params |= {"previewed": preview.pk, "kept": options.preview}
    with transaction.atomic():
        # Whoever presses twice starts one import.
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        if is_taken(folder):
            raise UploadTaken("These files are being read already; look at the jobs of the project.")
        return jobs.start(IMPORT_JOB, project_id=project.pk, params=params, started_by=started_by, now=now)


def discard(preview: Job) -> None:
    """Throw the files of a preview away. Raises `UploadTaken` while a job reads them."""
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=_project_of(preview).pk)
        if is_taken(preview.params["folder"]):
            raise UploadTaken("These files are being read; cancel that job first.")
        uploads.remove_folder(preview.params["folder"])


def _project_of(preview: Job) -> Project:
    if preview.project is None:
        raise ValueError(f"Job {preview.pk} is of no project.")
    return preview.project


def _with_formats(folder: str, files: Sequence[StoredName], formats: Sequence[str]) -> list[StoredName]:
    """Return the files as they are to be read; a file of which nothing is said stays what it was."""
    named: list[StoredName] = []
    errors: list[FieldError] = []
    for index, file in enumerate(files):
        chosen = (formats[index] if index < len(formats) else "") or file["chosen"]
        found, detail = "", f"“{chosen}” is no format that is read; there are {AUTO}, {', '.join(READABLE)}."
        if chosen in (AUTO, *READABLE):
            found, detail = told_format(uploads.folder_path(folder) / str(index), file["name"], chosen)
        if detail:
            errors.append({"pointer": f"/formats/{index}", "detail": detail})
        named.append({"name": file["name"], "size": file["size"], "format": found, "chosen": chosen})
    refuse(errors)
    return named


def members_of(preview: Job) -> list[str]:
    """Return what the first records of the files of a preview call their members, or tables their columns."""
    members: dict[str, None] = {}
    folder = uploads.folder_path(preview.params["folder"])
    for index, file in enumerate(preview.params["files"]):
        field_names = FORMATS[file["format"]].field_names if file["format"] in FORMATS else None
        if field_names is not None and (folder / str(index)).is_file():
            with (folder / str(index)).open("rb") as stream:
                head = Head(file["name"], stream.read(HEAD_BYTES))
            members |= dict.fromkeys(name for name in field_names(head) if name)
    return [name[:100] for name in members][:MOST_MEMBERS]

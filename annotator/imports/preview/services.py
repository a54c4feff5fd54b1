"""Starting an import or another preview from a preview, and discarding its files."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from orjson import dumps

from annotator.formats.conll.conll_2012 import is_conll_2012
from annotator.formats.conll.read import sample_rows
from annotator.formats.incoming import HEAD_BYTES, Head
from annotator.formats.registry import FORMATS
from annotator.imports import uploads
from annotator.imports.mapping.import_mapping import COLUMNS
from annotator.imports.mapping.name_choices import load_mapping
from annotator.imports.options import AUTO, ImportOptions, check_options, format_error
from annotator.imports.preview.reading_form import ColumnSample
from annotator.imports.run.checkpoint import JobFile
from annotator.imports.selectors import IMPORT_JOB, columns_chosen_before, is_in_use
from annotator.imports.services import format_of_file, job_params, refuse
from annotator.platform.accounts.models import User
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job
from annotator.problems import Conflict, FieldError
from projects.models import Project

MOST_FIELD_NAMES = 60
COLUMN_FORMAT = "conll"


class UploadTaken(Conflict):
    """Another job reads the same files."""

    code = "upload_taken"


def start_from_preview(
    preview: Job, *, options: ImportOptions, formats: Sequence[str] = (), started_by: User | None, now: datetime
) -> Job:
    """Start an import, or another preview, of the files of a preview. `formats` holds the format of each file.

    Raises `UploadGone` when the files were imported, discarded or kept for more than 24 hours, `UploadTaken` while
    another job reads them, and `InvalidInput` for options that are not valid.
    """
    check_options(options)
    project = _project_of(preview)
    folder = preview.params["folder"]
    if not uploads.is_available(folder):
        raise uploads.UploadGone("The files of this preview were imported or removed. Choose them again.")
    files = _with_formats(folder, preview.params["files"], formats)
    params = job_params(project, replace(options, format=AUTO), folder=folder, files=files, now=now)
    params |= {"previewed": preview.pk, "kept": options.preview}
    with transaction.atomic():
        # Two clicks start one import.
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        if is_in_use(folder):
            raise UploadTaken("Another job is reading these files. See the background jobs of the project.")
        return jobs.start(IMPORT_JOB, project_id=project.pk, params=params, started_by=started_by, now=now)


def discard(preview: Job) -> None:
    """Discard the files of a preview. Raises `UploadTaken` while a job reads them."""
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=_project_of(preview).pk)
        if is_in_use(preview.params["folder"]):
            raise UploadTaken("A job is reading these files. Cancel that job first.")
        uploads.remove_folder(preview.params["folder"])


def field_names_of(preview: Job) -> list[str]:
    """Return the names of the fields in the first records of the files, or of the columns of tables."""
    names: dict[str, None] = {}
    folder = uploads.folder_path(preview.params["folder"])
    for index, file in enumerate(preview.params["files"]):
        field_names = FORMATS[file["format"]].field_names if file["format"] in FORMATS else None
        if field_names is not None and (folder / index).is_file():
            with (folder / index).open() as stream:
                head = Head(file["name"], stream.read(HEAD_BYTES))
            names |= dict.fromkeys(name for name in field_names(head) if name)
    return [name[:100] for name in names][:MOST_FIELD_NAMES]


def column_sample_of(preview: Job) -> ColumnSample | None:
    """Return the first rows of the first column file of a preview; None without such a file."""
    folder = uploads.folder_path(preview.params["folder"])
    chosen = (load_mapping(preview.params["map"])).get(COLUMNS)
    for index, file in enumerate(preview.params["files"]):
        if file["format"] == COLUMN_FORMAT and (folder / index).is_file():
            with (folder / index).open() as stream:
                head = Head(file["name"], stream.read(HEAD_BYTES))
            if not chosen and is_conll_2012(head.text):
                continue  # its columns are known
            rows, choice = sample_rows(head.text, dumps(chosen).decode() if chosen else "")
            recipe = {} if chosen else columns_chosen_before(_project_of(preview), before=preview)
            fits = max((recipe.get("token", 0), *recipe.get("tags", ()))) <= max(map(len, rows), default=0)
            return ColumnSample(file["name"], rows, choice, recipe if fits else {})
    return None


def _project_of(preview: Job) -> Project:
    if preview.project is None:
        raise ValueError(f"Job {preview.pk} belongs to no project.")
    return preview.project


def _with_formats(folder: str, files: Sequence[JobFile], formats: Sequence[str]) -> list[JobFile]:
    """Return the files with the formats chosen for them; a file without a choice keeps its format."""
    chosen_files: list[JobFile] = []
    errors: list[FieldError] = []
    for index, file in enumerate(files):
        chosen = (formats[index] if index < len(formats) else "") or file["chosen"]
        format_key, detail = "", format_error(chosen)
        if not detail:
            format_key, detail = format_of_file(uploads.folder_path(folder) / index, file["name"], chosen)
        if detail:
            errors.append({"pointer": f"/formats/{index}", "detail": detail})
        chosen_files.append({"name": file["name"], "size": file["size"], "format": format_key, "chosen": chosen})
    refuse(errors)
    return chosen_files

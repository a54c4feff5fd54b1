"""Starting imports."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from annotator.accounts.models import User
from annotator.imports import uploads
from annotator.imports.uploads import IncomingFile
from annotator.interchange.formats import ENDINGS, format_of
from annotator.jobs import services as jobs
from annotator.jobs.models import Job
from annotator.problems import FieldError, InvalidInput
from annotator.text.decoding import UnreadableText, codec_name
from projects.models import Project
from projects.selectors import current_guideline, current_schema

IMPORT_JOB = "import_documents"
MOST_FILES = 1000
LONGEST_NAME = 200


def start_import(
    project: Project,
    *,
    files: Sequence[IncomingFile],
    skip_bad: bool,
    started_by: User | None,
    now: datetime,
    encoding: str = "",
    own_process: bool = False,
) -> Job:
    """Store the files and start the job that takes them in; a command that runs it passes `own_process`.

    Without `skip_bad` nothing of a file goes in when one line of it is bad. `encoding` is what the files are declared
    to be in, "" for UTF-8. Raises `InvalidInput` for what can be told without reading them.
    """
    _check(files, encoding)
    uploads.remove_left_over()
    folder, stored = uploads.store_files(files)
    params = {
        "folder": folder,
        "files": [{"name": file.name[-LONGEST_NAME:], "size": file.size} for file in stored],
        "skip_bad": skip_bad,
        "encoding": encoding,
        "at": now.isoformat(),
        "schema_version": current_schema(project).pk,
        "guideline_version": current_guideline(project).pk,
    }
    try:
        with transaction.atomic():
            return jobs.start(
                IMPORT_JOB, project=project, params=params, started_by=started_by, now=now, own_process=own_process
            )
    except BaseException:
        uploads.remove_folder(folder)
        raise


def _check(files: Sequence[IncomingFile], encoding: str) -> None:
    if not files:
        errors: list[FieldError] = [{"pointer": "/files", "detail": "Choose at least one file."}]
        raise InvalidInput("There is no file to import.", errors=errors)
    if len(files) > MOST_FILES:
        raise InvalidInput(f"These are {len(files):,} files; send at most {MOST_FILES:,} at once, or use JSONL.")
    errors = [
        {
            "pointer": f"/files/{index}",
            "detail": f"“{file.name}” is of no known format; known endings are {', '.join(ENDINGS)}.",
        }
        for index, file in enumerate(files)
        if format_of(file.name) is None
    ]
    if encoding:
        try:
            codec_name(encoding)
        except UnreadableText as problem:
            errors.append({"pointer": "/encoding", "detail": problem.detail})
    if errors:
        raise InvalidInput(f"Nothing was imported: {errors[0]['detail']}", errors=errors)

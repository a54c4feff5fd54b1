"""Starting imports."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from annotator.formats.archives import looks_like_archive
from annotator.formats.extras import installation_hint
from annotator.formats.incoming import HEAD_BYTES, Head, ending_of
from annotator.formats.registry import ENDINGS, FORMATS, READABLE, detect_format
from annotator.imports import uploads
from annotator.imports.conversion import ARCHIVE, AUTO
from annotator.imports.mapping import WrongMapping, parse_mapping
from annotator.imports.novelties import NewLabels
from annotator.imports.position import StoredName
from annotator.imports.selectors import IMPORT_JOB
from annotator.imports.uploads import IncomingFile, StoredFile
from annotator.platform.accounts.models import User
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job
from annotator.problems import FieldError, InvalidInput
from annotator.text.decoding import UnreadableText, codec_name
from projects.models import Project
from projects.selectors import current_guideline, current_schema

MOST_FILES = 1000
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How files are to be understood; words as people give them, checked when an import starts.

    `encoding` is what the files are declared to be in, "" for UTF-8; `map` a mapping as JSON (`imports.mapping`).
    `skip_bad` takes the good documents of a file that has bad ones; `preview` stores nothing and reports only.
    """

    skip_bad: bool = False
    encoding: str = ""
    format: str = AUTO
    new_labels: str = NewLabels.REFUSE
    map: str = ""
    preview: bool = False


NO_WISHES = ImportOptions()


def start_import(
    project: Project,
    *,
    files: Sequence[IncomingFile],
    options: ImportOptions = NO_WISHES,
    started_by: User | None,
    now: datetime,
    own_process: bool = False,
) -> Job:
    """Store the files and start the job that takes them in; a command that runs it passes `own_process`.

    Raises `InvalidInput` for what can be told without reading more than the beginning of each file.
    """
    _check(files, options)
    uploads.remove_left_over()
    folder, stored = uploads.store_files(files)
    try:
        named = _recognised(stored, options)
        params = job_params(project, options, folder=folder, files=named, now=now)
        # A command has its files at hand; from a page or a program they must not have to be sent twice.
        params["kept"] = options.preview and not own_process
        with transaction.atomic():
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
    project: Project, options: ImportOptions, *, folder: str, files: Sequence[StoredName], now: datetime
) -> dict[str, Any]:
    """Return what the job of an import is started with; schema and guideline of this moment are those that count."""
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


def check_options(options: ImportOptions) -> None:
    """Refuse words that nobody knows and a mapping that cannot be read, with a pointer to each."""
    errors: list[FieldError] = []
    if options.format not in (AUTO, *READABLE):
        detail = f"“{options.format}” is no format that is read; there are {AUTO}, {', '.join(READABLE)}."
        errors.append({"pointer": "/format", "detail": detail})
    if options.new_labels not in list(NewLabels):
        errors.append({"pointer": "/new_labels", "detail": f"This is one of {', '.join(NewLabels)}."})
    if options.encoding:
        try:
            codec_name(options.encoding)
        except UnreadableText as problem:
            errors.append({"pointer": "/encoding", "detail": problem.detail})
    try:
        parse_mapping(options.map)
    except WrongMapping as problem:
        errors += problem.errors or [{"pointer": "/map", "detail": problem.detail}]
    refuse(errors)


def _recognised(stored: Sequence[StoredFile], options: ImportOptions) -> list[StoredName]:
    """Tell the format of each file by its beginning, or take what was said."""
    named: list[StoredName] = []
    errors: list[FieldError] = []
    for index, file in enumerate(stored):
        found, detail = told_format(file.path, file.name, options.format)
        if detail:
            errors.append({"pointer": f"/files/{index}", "detail": detail})
        name = file.name[-LONGEST_NAME:]
        named.append({"name": name, "size": file.size, "format": found, "chosen": options.format})
    refuse(errors)
    return named


def told_format(path: Path, name: str, chosen: str) -> tuple[str, str]:
    """Return the format by which a stored file is read when `chosen` was said of it, and why it cannot be read."""
    with path.open("rb") as stream:
        head = Head(name, stream.read(HEAD_BYTES))
    if looks_like_archive(head.data):
        return ARCHIVE, ""
    found = detect_format(head) if chosen == AUTO else chosen
    if found is None:
        return "", _unknown(name)
    if sentence := installation_hint(FORMATS[found]):
        return found, f"“{name}”: {sentence}"
    if FORMATS[found].needs_archive:
        several = f"{FORMATS[found].name} is made of several files: give the folder to the command, or a zip archive."
        return found, f"“{name}”: {several}"
    return found, ""


def _check(files: Sequence[IncomingFile], options: ImportOptions) -> None:
    if not files:
        errors: list[FieldError] = [{"pointer": "/files", "detail": "Choose at least one file."}]
        raise InvalidInput("There is no file to import.", errors=errors)
    if len(files) > MOST_FILES:
        raise InvalidInput(f"These are {len(files):,} files; send at most {MOST_FILES:,} at once, or use JSONL.")
    check_options(options)


def refuse(errors: Sequence[FieldError]) -> None:
    """Raise `InvalidInput` with these errors, if there are any."""
    if errors:
        raise InvalidInput(f"Nothing was imported: {errors[0]['detail']}", errors=errors)


def _unknown(name: str) -> str:
    """Say that a file is of no known format: by its ending, or, when that is known, by its content."""
    ending = ending_of(name)
    if ending in ENDINGS:
        advice = "It may be cut off; else choose the format."
        return f"“{name}” looks like none of the formats that end in {ending}. {advice}"
    return f"“{name}” is of no known format; known endings are {', '.join(ENDINGS)}."

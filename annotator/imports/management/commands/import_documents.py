"""`manage.py import_documents`."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from zipfile import ZipFile

from django.core.management.base import CommandError
from django.utils import timezone

from annotator.formats.registry import READABLE
from annotator.imports import services
from annotator.imports.conversion import AUTO
from annotator.imports.novelties import NewLabels
from annotator.imports.uploads import IncomingFile
from annotator.platform.jobs.console import run_in_console
from annotator.platform.jobs.models import Job, LineLevel
from annotator.platform.jobs.selectors import lines_of
from projects.commands import ProjectCommand, find_project

PIECE = 1 << 20


class Command(ProjectCommand):
    """Imports in its own process and prints the report."""

    help = (
        "Take documents into a project, with the annotation sets beside them, in any format that is read; folders and "
        "zip archives too. Needs no server and no worker. When a document of a file is bad, nothing of that "
        "file is taken, unless --skip-bad is given. Duplicates are reported, not doubled. "
        "Exit code 1 when anything was refused, or, with --skip-bad, when nothing at all could be taken."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="a file, a folder or a zip archive")
        parser.add_argument(
            "--format", choices=(AUTO, *READABLE), default=AUTO, help="the format of the files (told by the content)"
        )
        parser.add_argument(
            "--new-labels",
            choices=list(NewLabels),
            default=NewLabels.REFUSE,
            help="names that the schema lacks: refuse the file (default), add them, skip what uses them",
        )
        parser.add_argument(
            "--map",
            type=Path,
            metavar="FILE",
            help="JSON: what labels, attributes, relations and fields are called here",
        )
        parser.add_argument("--preview", action="store_true", help="store nothing, only report")
        parser.add_argument(
            "--skip-bad", action="store_true", help="take the good lines of a file and list the others in the report"
        )
        parser.add_argument(
            "--encoding", default="", metavar="NAME", help="what the files are in, such as windows-1252 (UTF-8)"
        )
        parser.add_argument("--json", action="store_true", help="print result and report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, print the report, and fail when something was refused that nobody asked to skip."""
        project = find_project(options["slug"])
        job = services.start_import(
            project,
            files=[_incoming(path) for path in options["files"]],
            options=_options(options),
            started_by=None,
            now=timezone.now(),
            own_process=True,
        )
        show = self._show_json if options["json"] else self._show
        try:
            run_in_console(job)
        finally:
            job.refresh_from_db()
            show(job)
        # Whoever asks for the good lines knows that there are others.
        if not options["skip_bad"] and lines_of(job).filter(level=LineLevel.ERROR).exists():
            raise CommandError("Not everything was taken; the report says what and why.")

    def _show(self, job: Job) -> None:
        for line in lines_of(job).iterator(chunk_size=1000):
            self.stdout.write(f"{line.level}: {line.where}: {line.message}" if line.where else line.message)
        if job.result:
            self.stdout.write(job.result["summary"])

    def _show_json(self, job: Job) -> None:
        report = list(lines_of(job).values("level", "where", "message"))
        shown = {"state": job.state, "result": job.result, "problem": job.problem, "report": report}
        self.stdout.write(json.dumps(shown, ensure_ascii=False, indent=1))


def _incoming(path: Path) -> IncomingFile:
    """Open a file, or say at once why it cannot be."""
    if path.is_dir():
        return IncomingFile(f"{path.resolve().name}.zip", _packed(path))
    try:
        path.open("rb").close()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    return IncomingFile(path.name, _pieces(path))


def _options(given: dict[str, Any]) -> services.ImportOptions:
    names = ("skip_bad", "encoding", "format", "new_labels", "preview")
    try:
        mapping = given["map"].read_text("utf-8") if given["map"] else ""
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{given['map']} cannot be read: {error}.") from error
    return services.ImportOptions(**{name: given[name] for name in names}, map=mapping)


def _packed(folder: Path) -> Iterator[bytes]:
    """Yield a folder as an archive: several files that belong together travel as one."""
    with TemporaryFile() as packed:
        with ZipFile(packed, "w") as archive:
            for path in sorted(folder.rglob("*")):
                if path.is_file() and not path.is_symlink():
                    archive.write(path, path.relative_to(folder.parent).as_posix())
        packed.seek(0)
        while piece := packed.read(PIECE):
            yield piece


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece

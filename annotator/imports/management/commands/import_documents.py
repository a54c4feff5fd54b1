"""`manage.py import_documents`."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from annotator.imports import services
from annotator.imports.uploads import IncomingFile
from annotator.jobs.console import run_in_console
from annotator.jobs.models import Job, LineLevel
from annotator.jobs.selectors import lines_of
from projects.commands import ProjectCommand, find_project

PIECE = 1 << 20


class Command(ProjectCommand):
    """Imports in its own process and prints the report."""

    help = (
        "Take documents into a project: plain text (.txt, one document a file) and JSONL (.jsonl, one a line, with "
        "annotation sets if you like). Needs no server and no worker. When a line of a file is bad, nothing of that "
        "file is taken, unless --skip-bad is given. Duplicates are reported, not doubled. "
        "Exit code 1 when anything was refused."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="plain text or JSONL")
        parser.add_argument(
            "--skip-bad", action="store_true", help="take the good lines of a file and list the others in the report"
        )
        parser.add_argument(
            "--encoding", default="", metavar="NAME", help="what the files are in, such as windows-1252 (UTF-8)"
        )
        parser.add_argument("--json", action="store_true", help="print result and report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, print the report, and fail when something was refused."""
        project = find_project(options["slug"])
        job = services.start_import(
            project,
            files=[_incoming(path) for path in options["files"]],
            skip_bad=options["skip_bad"],
            encoding=options["encoding"],
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
        if lines_of(job).filter(level=LineLevel.ERROR).exists():
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
        raise CommandError(f"{path} is a folder. Name the files in it, such as {path}/*.txt.")
    try:
        path.open("rb").close()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    return IncomingFile(path.name, _pieces(path))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece

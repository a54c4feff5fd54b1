"""Write a data set to a file."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from annotator.datasets import services
from annotator.datasets.options import JSONL, NAMES, Layout, Sets, parse_options
from annotator.interchange.formats import WRITABLE
from annotator.jobs.console import run_in_console
from projects.commands import ProjectCommand, find_project


class Command(ProjectCommand):
    """Writes the data and, beside it, FILE.manifest.json and FILE.losses.json."""

    help = (
        "Write the finished annotation sets of a project to FILE, as JSONL or in the format of another tool, with "
        "FILE.manifest.json and FILE.losses.json (what the format could not carry) beside it. "
        "Needs no server and no worker. The same data gives the same bytes."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument(
            "--out", metavar="FILE", type=Path, required=True, help="where to write; replaced only when it ends well"
        )
        parser.add_argument(
            "--sets",
            choices=list(Sets),
            default=Sets.EACH,
            help="each: the sets of every annotator and those that came under a name (default); "
            "adjudicated: only those; all: both",
        )
        parser.add_argument(
            "--layout",
            choices=list(Layout),
            default=Layout.DOCUMENT,
            help="document: one line a document with its sets by name (default); set: one line an annotation set",
        )
        parser.add_argument(
            "--format",
            choices=list(WRITABLE),
            default=JSONL,
            help="the format (jsonl); one that is made of several files makes a zip archive",
        )
        parser.add_argument("--pseudonyms", action="store_true", help="put stable pseudonyms for annotators' names")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export, then copy the files to where they are wanted."""
        out: Path = options["out"]
        if not out.parent.is_dir():
            raise CommandError(f"{out} cannot be written: the folder {out.parent} does not exist.")
        project = find_project(options["slug"])
        chosen = parse_options({name: options[name] for name in NAMES})
        export = services.start_export(project, options=chosen, started_by=None, now=timezone.now(), own_process=True)
        run_in_console(services.job_of(export))
        export.refresh_from_db()
        try:
            manifest = services.copy_export(export, out)
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.") from error
        counts = services.manifest_of(export)
        self.stdout.write(f"{out}: {counts['documents']} documents, {counts['spans']['all']} spans")
        if losses := counts["losses"]["all"]:
            self.stdout.write(f"{out}.losses.json: {losses} things that the format cannot carry")
        self.stdout.write(f"{manifest}: sha256 {export.sha256}")

"""Write a data set to a file."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from annotator.datasets.exports import selectors, services
from annotator.datasets.exports.format_registry import JSONL, WRITABLE
from annotator.datasets.exports.options import NAMES, Layout, View
from annotator.datasets.exports.serializers import parse_options
from annotator.datasets.transforms.layers import Discontinuous, Nested
from annotator.datasets.transforms.quotation_marks import QuotationMarks
from annotator.platform.jobs.console import run_in_console
from projects.commands import ProjectCommand, find_project


class Command(ProjectCommand):
    """Writes the data and, beside it, FILE.manifest.json and FILE.losses.json."""

    help = (
        "Write the finished annotation sets of a project to FILE, as JSONL, in the format of another tool or in a "
        "shape for training, with FILE.manifest.json and FILE.losses.json (what was left behind) beside it. "
        "Needs no server and no worker. The same data gives the same bytes."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument(
            "--out", metavar="FILE", type=Path, required=True, help="where to write; replaced only when it ends well"
        )
        parser.add_argument(
            "--format",
            choices=list(WRITABLE),
            default=JSONL,
            help="the format or shape (jsonl); one that is made of several files makes a zip archive",
        )
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Export, then copy the files to where they are wanted."""
        out: Path = options["out"]
        if not out.parent.is_dir():
            raise CommandError(f"{out} cannot be written: the folder {out.parent} does not exist.")
        project = find_project(options["slug"])
        chosen = parse_options({name: options[name] for name in NAMES}, vocabulary=selectors.vocabulary_of(project))
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
            self.stdout.write(f"{out}.losses.json: {losses} things that were left behind")
        self.stdout.write(f"{manifest}: sha256 {export.sha256}")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the choices of `ExportOptions` but for the format, each under its name."""
    parser.add_argument(
        "--view",
        choices=list(View),
        default=View.EACH,
        help="each: the sets of every annotator and those that came under a name (default); adjudicated: only the "
        "settled ones; consensus: what more than half of the annotators of a document marked; all: each, adjudicated",
    )
    parser.add_argument(
        "--layout",
        choices=list(Layout),
        default=Layout.DOCUMENT,
        help="document: one line a document with its sets by name (default); set: one line an annotation set",
    )
    parser.add_argument("--pseudonyms", action="store_true", help="put stable pseudonyms for annotators' names")
    _add_content(parser.add_argument_group("what of the sets leaves"))
    _add_shape(parser.add_argument_group("how spans lie"))


def _add_content(group: "argparse._ArgumentGroup") -> None:
    group.add_argument("--labels", nargs="+", metavar="LABEL", help="only spans with these labels")
    attributes = group.add_mutually_exclusive_group()
    attributes.add_argument(
        "--attributes", nargs="+", metavar="NAME", help="only these attributes, as name or Label.name"
    )
    attributes.add_argument(
        "--without-attributes", dest="attributes", action="store_const", const=[], help="no attributes"
    )
    group.add_argument("--without-notes", dest="notes", action="store_false", help="no notes of annotators")
    group.add_argument(
        "--without-negatives", dest="negatives", action="store_false", help="no documents or windows without spans"
    )
    group.add_argument(
        "--guideline", action="store_true", help="chat: put the guidelines of the project into the system message"
    )
    group.add_argument(
        "--pair-sentences",
        type=int,
        default=1,
        metavar="N",
        help="relation-pairs: how many sentences apart the spans of a pair may lie (1)",
    )


def _add_shape(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--quotation-marks",
        choices=list(QuotationMarks),
        default=QuotationMarks.KEEP,
        help="around direct claims: keep as marked (default), out or in",
    )
    group.add_argument(
        "--nested",
        choices=list(Nested),
        default=Nested.KEEP,
        help="where spans share characters: keep all (default), only the outer or only the inner ones",
    )
    group.add_argument(
        "--discontinuous",
        choices=list(Discontinuous),
        default=Discontinuous.KEEP,
        help="spans of several fragments: keep (default), their hull, or their parts as spans",
    )
    group.add_argument(
        "--window", type=int, metavar="N", help="one row a sentence, with N sentences of context on either side"
    )

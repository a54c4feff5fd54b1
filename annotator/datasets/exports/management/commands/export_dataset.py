"""Export a data set to a file."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import ngettext

from annotator.datasets.exports import jobs, selectors, services  # noqa: F401 - registers the kind of job
from annotator.datasets.exports.format_registry import JSONL, WRITABLE
from annotator.datasets.exports.options import NAMES, Layout, View
from annotator.datasets.exports.serializers import parse_options
from annotator.datasets.transforms.layers import Discontinuous, Nested
from annotator.datasets.transforms.quotation_marks import QuotationMarks
from annotator.platform.jobs.console import run_in_console
from projects.commands import ProjectCommand, find_project


class Command(ProjectCommand):
    """Writes the data and, beside them, FILE.manifest.json and FILE.losses.json."""

    help = (
        "Export the finished annotation sets of a project to FILE: as JSONL, in a training format or in the format of "
        "another tool. Written beside it: FILE.manifest.json, FILE.losses.json (what the format cannot carry, by "
        "reason) and FILE.losses.jsonl.gz (every loss). "
        "The same data give the same bytes. No server or worker is needed."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument(
            "--out",
            "--output",
            metavar="FILE",
            type=Path,
            required=True,
            help="file to write; replaced only on success",
        )
        parser.add_argument(
            "--format",
            choices=list(WRITABLE),
            default=JSONL,
            help="format or training format (jsonl); several files are written as a zip archive",
        )
        parser.add_argument("--tag", metavar="NAME", help="only documents with this tag")
        parser.add_argument(
            "--escape-formulas",
            action="store_true",
            help="csv, tsv: put an apostrophe before cells that a spreadsheet would run as formulas; imports remove it",
        )
        parser.add_argument(
            "--with-gold-checks",
            dest="gold_checks",
            action="store_true",
            help="jsonl: add the sets of gold checks, qualification and practice, each with its purpose",
        )
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Export the data and copy the files to their targets."""
        out: Path = options["out"]
        if not out.parent.is_dir():
            raise CommandError(f"{out} cannot be written: the folder {out.parent} does not exist.")
        project = find_project(options["slug"])
        given = {name: options[name] for name in NAMES if name != "documents"}
        if options["tag"] is not None:
            given["documents"] = selectors.documents_with_tag(project, options["tag"])
        export_options = parse_options(given, vocabulary=selectors.vocabulary_of(project))
        export = services.start_export(
            project, options=export_options, started_by=None, now=timezone.now(), own_process=True
        )
        run_in_console(services.job_of(export))
        export.refresh_from_db()
        try:
            manifest = services.copy_export(export, out)
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.") from error
        counts = services.manifest_of(export)
        documents, spans = counts["documents"], counts["spans"]["all"]
        summary = ngettext("{count:,} document", "{count:,} documents", documents).format(count=documents)
        summary += ", " + ngettext("{count:,} span", "{count:,} spans", spans).format(count=spans)
        lines = [f"{out}: {summary}"]
        if losses := counts["losses"]["all"]:
            text = ngettext("{count:,} loss", "{count:,} losses", losses).format(count=losses)
            lines.append(f"{out}.losses.json: {text}")
        lines.append(f"{manifest}: sha256 {export.sha256}")
        result = {"documents": documents, "spans": spans, "losses": losses, "sha256": export.sha256}
        self.show(lines, {"out": out, "manifest": manifest, **result})


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `ExportOptions` except the format, each by its name."""
    parser.add_argument(
        "--view",
        choices=list(View),
        default=View.EACH,
        help="each: the sets of each annotator, and imported sets (default); adjudicated: only adjudicated sets; "
        "consensus: what more than half of the annotators of a document marked; all: each and adjudicated",
    )
    parser.add_argument(
        "--layout",
        choices=list(Layout),
        default=Layout.DOCUMENT,
        help="document: one line per document with its sets by name (default); set: one line per annotation set",
    )
    parser.add_argument("--pseudonyms", action="store_true", help="replace annotator names with stable pseudonyms")
    _add_content(parser.add_argument_group("content"))
    _add_transforms(parser.add_argument_group("spans and rows"))


def _add_content(group: "argparse._ArgumentGroup") -> None:
    group.add_argument("--labels", nargs="+", metavar="LABEL", help="only spans with these labels")
    attributes = group.add_mutually_exclusive_group()
    attributes.add_argument(
        "--attributes", nargs="+", metavar="NAME", help="only these attributes, as name or Label.name"
    )
    attributes.add_argument(
        "--without-attributes", dest="attributes", action="store_const", const=[], help="no attributes"
    )
    group.add_argument("--without-notes", dest="notes", action="store_false", help="no notes")
    group.add_argument(
        "--without-negatives", dest="negatives", action="store_false", help="no documents or windows without spans"
    )
    group.add_argument(
        "--guideline", action="store_true", help="chat: add the guidelines of the project to the system message"
    )
    group.add_argument(
        "--pair-sentences",
        type=int,
        default=1,
        metavar="N",
        help="relation-pairs: how many sentences apart the two spans of a pair may be (1)",
    )


def _add_transforms(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--quotation-marks",
        choices=list(QuotationMarks),
        default=QuotationMarks.KEEP,
        help="around direct claims: keep as annotated (default), out (exclude) or in (include)",
    )
    group.add_argument(
        "--nested",
        choices=list(Nested),
        default=Nested.KEEP,
        help="spans that share characters: keep all (default), only outer or only inner spans",
    )
    group.add_argument(
        "--discontinuous",
        choices=list(Discontinuous),
        default=Discontinuous.KEEP,
        help="discontinuous spans: keep (default), hull (one span) or parts (one span per fragment)",
    )
    group.add_argument(
        "--window", type=int, metavar="N", help="one row per sentence, with N context sentences on each side"
    )

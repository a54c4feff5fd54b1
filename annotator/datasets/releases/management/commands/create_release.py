"""Create a release and build its archive."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from annotator.datasets.exports.management.commands.export_dataset import add_options
from annotator.datasets.exports.options import NAMES as DATA_NAMES
from annotator.datasets.exports.selectors import vocabulary_of
from annotator.datasets.releases import services
from annotator.datasets.releases.layouts.layout_1.licences import LICENCES, UNKNOWN
from annotator.datasets.releases.options import BESIDE, CREATORS, ReleaseOptions
from annotator.datasets.releases.serializers import parse_release
from annotator.datasets.releases.services.building import save_archive
from annotator.platform.jobs.console import run_in_console
from projects.commands import ProjectCommand, find_project
from projects.models import Project


class Command(ProjectCommand):
    """Creates the next release of a project."""

    help = (
        "Create a release of the finished annotation sets of a project, each at its current revision, and build the "
        "archive: data, splits, schema, guidelines, data card and checksums. A release never changes, and rebuilding "
        "it gives the same bytes. No server or worker is needed."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("--name", required=True, help="name of the release, such as 1.0")
        parser.add_argument("--out", "--output", metavar="FILE", type=Path, help="copy the archive to this file")
        parser.add_argument("--licence", "--license", choices=list(LICENCES), default=UNKNOWN)
        parser.add_argument(
            "--creators",
            choices=CREATORS,
            default="",
            help="who made the annotations (default: not stated)",
        )
        parser.add_argument(
            "--preview", "--dry-run", action="store_true", help="only print the data card; freeze nothing"
        )
        parser.add_argument(
            "--ledger", action="store_true", help="add ledger.jsonl: who claims, denies and evades what"
        )
        parser.add_argument(
            "--ledger-csv", action="store_true", help="with --ledger: add ledger.csv, one row a statement"
        )
        parser.add_argument(
            "--ledger-annotations",
            action="store_true",
            help="with --ledger: add ledger.jsonld.jsonl, one W3C web annotation a statement",
        )
        parser.add_argument("--languages", nargs="+", default=[], metavar="CODE", help="languages, such as en")
        parser.add_argument("--notes", metavar="FILE", type=Path, dest="notes_file", help="Markdown for the data card")
        parser.add_argument(
            "--formats",
            nargs="+",
            choices=BESIDE,
            default=[],
            metavar="FORMAT",
            help="formats beside JSONL",
        )
        _add_splits(parser.add_argument_group("splits"))
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the release, build its archive, and copy it if requested."""
        project = find_project(options["slug"])
        release_options = parse_release(_given(options), vocabulary=vocabulary_of(project))
        if options["preview"]:
            self._show_card(project, release_options)
            return
        release = services.create_release(
            project, options=release_options, created_by=None, now=timezone.now(), own_process=True
        )
        try:
            run_in_console(services.job_of(release))
        except CommandError:
            services.discard_release(release)
            raise
        release.refresh_from_db()
        lines, out = [f"Release {release.number}, {release.name}: sha256 {release.sha256}"], options["out"]
        if out is not None:
            save_archive(release, out)
            lines.append(str(out))
        result = {"number": release.number, "name": release.name, "sha256": release.sha256, "size": release.size}
        self.show(lines, {**result, "out": out})

    def _show_card(self, project: Project, options: ReleaseOptions) -> None:
        job = services.start_draft(project, options=options, started_by=None, now=timezone.now(), own_process=True)
        run_in_console(job)
        job.refresh_from_db()
        card = (job.result or {})["card"]
        self.show(card, {"card": card})


def _add_splits(group: "argparse._ArgumentGroup") -> None:
    group.add_argument("--splits", metavar="NAME=SHARE", nargs="+", help="such as train=0.8 validation=0.1 test=0.1")
    group.add_argument("--together", nargs="*", metavar="FIELD", help="metadata fields whose values stay together")
    group.add_argument("--part-near-duplicates", action="store_true", help="allow near-duplicates in different splits")
    group.add_argument("--salt", help="salt of an earlier release, to repeat its division")
    group.add_argument(
        "--blind-test",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="documents annotated without suggestions are in the split “test” first (default: if there are any)",
    )
    group.add_argument("--like", type=int, metavar="NUMBER", help="keep the splits of this release")


def _given(options: dict[str, Any]) -> dict[str, Any]:
    notes: Path | None = options["notes_file"]
    try:
        text = notes.read_text("utf-8") if notes else ""
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{notes} cannot be read: {error}.") from error
    return {
        "name": options["name"],
        "notes": text,
        "licence": options["licence"],
        "languages": options["languages"],
        "creators": options["creators"],
        "formats": options["formats"],
        "ledger": options["ledger"],
        "ledger_csv": options["ledger_csv"],
        "ledger_annotations": options["ledger_annotations"],
        "splits": _splits(options),
        "data": {name: options[name] for name in DATA_NAMES if name in options},
    }


def _splits(options: dict[str, Any]) -> dict[str, Any] | None:
    if options["like"] is not None:
        if options["splits"] is not None:
            raise CommandError("Give either --splits or --like: the shares of the earlier release are kept.")
        return {"like": options["like"]}
    if options["splits"] is None:
        return None
    splits: dict[str, Any] = {"shares": [_share(given) for given in options["splits"]], "salt": options["salt"]}
    if options["together"] is not None:
        splits["together"] = options["together"]
    splits["blind_test"] = options["blind_test"]
    return splits | {"near_duplicates": not options["part_near_duplicates"]}


def _share(given: str) -> tuple[str, float]:
    name, _, share = given.partition("=")
    try:
        return name, float(share)
    except ValueError as error:
        raise CommandError(f"{given!r} is not a share. Write it as in train=0.8.") from error

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
from annotator.imports import jobs, services  # noqa: F401 - registers the kind of job, without all others
from annotator.imports.mapping.unknown_names import NamePolicy, mapping_to_edit
from annotator.imports.options import AUTO, EqualTexts, ImportOptions, Predictions
from annotator.imports.run.balance import Balance, balance_of
from annotator.imports.uploads import IncomingFile
from annotator.platform.jobs.console import run_in_console
from annotator.platform.jobs.models import Job, JobState, LineLevel
from annotator.platform.jobs.selectors import lines_of, result_of
from projects.commands import ProjectCommand, find_project

PIECE = 1 << 18


class Command(ProjectCommand):
    """The command `import_documents`."""

    help = (
        "Import documents and their annotation sets into a project, from files of any format that can be read, folders "
        "and zip archives. Needs no server and no worker. Nothing is imported from a file with errors, unless "
        "--skip-bad is given. Duplicates are reported and not stored again. "
        "The first line of the report states what the files hold, what was stored, and what was left out and why. "
        "The exit code is 1 if anything was refused (with --skip-bad, if nothing could be imported), and if anything "
        "else was lost (unless --allow-losses is given)."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="file, folder or zip archive")
        parser.add_argument(
            "--format",
            choices=(AUTO, *READABLE),
            default=AUTO,
            help="format of the files (default: detected from their content)",
        )
        parser.add_argument(
            "--new-labels",
            choices=list(NamePolicy),
            default=NamePolicy.REFUSE,
            help="names that are not in the schema: refuse the file (default), add them to it, skip what uses them",
        )
        parser.add_argument(
            "--map",
            type=Path,
            metavar="FILE",
            help="JSON file with the names of labels, attributes, relations and fields in this project",
        )
        parser.add_argument(
            "--write-map",
            type=Path,
            metavar="FILE",
            help="write a mapping of the names that the schema lacks, most used first, to edit and pass to --map",
        )
        parser.add_argument("--preview", "--dry-run", action="store_true", help="only report, store nothing")
        parser.add_argument(
            "--skip-bad",
            action="store_true",
            help="import the good lines of files with errors; the report lists the others",
        )
        parser.add_argument(
            "--encoding",
            default="",
            metavar="NAME",
            help="encoding of the files, such as windows-1252 (default: UTF-8)",
        )
        _add_consent(parser)
        parser.add_argument("--json", action="store_true", help="print the result and the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, print the report, and fail when something was refused, unless --skip-bad allows it."""
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
            if options["write_map"]:
                self._write_map(job, options["write_map"])
        if not options["skip_bad"] and lines_of(job).filter(level=LineLevel.ERROR).exists():
            raise CommandError("Some documents were not imported. The report lists the errors.")
        if job.result and job.result["incomplete"]:
            raise CommandError(
                f"Not everything was imported: {_lost(job)}. The report gives the reasons. To accept this, import with "
                "--allow-losses."
            )

    def _show(self, job: Job) -> None:
        if job.cursor:
            self.stdout.write(_balance(job).sentence())
        for line in lines_of(job).iterator(chunk_size=1000):
            self.stdout.write(f"{line.level}: {line.where}: {line.message}" if line.where else line.message)
        if job.result:
            self.stdout.write(job.result["summary"])

    def _write_map(self, job: Job, path: Path) -> None:
        unknown = (job.cursor or {}).get("unknown", {})
        try:
            path.write_text(json.dumps(mapping_to_edit(unknown), ensure_ascii=False, indent=1) + "\n", "utf-8")
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stderr.write(f"Mapping written: {path}. Edit the names on the right, then import with --map {path}.")

    def _show_json(self, job: Job) -> None:
        report = list(lines_of(job).values("level", "where", "message"))
        balance = _balance(job).sentence() if job.cursor else ""
        shown = {"balance": balance, "state": job.state, "result": result_of(job), "problem": job.problem}
        shown |= {"report": report}
        self.stdout.write(json.dumps(shown, ensure_ascii=False, indent=1))


def _add_consent(parser: argparse.ArgumentParser) -> None:
    """Declare what may be merged, refused or lost."""
    parser.add_argument(
        "--equal-texts",
        choices=list(EqualTexts),
        default=EqualTexts.KEEP,
        help="documents with different ids and the same text: keep each (default), merge their annotation sets "
        "into one document (spans of one annotator into one set), or refuse the later ones",
    )
    parser.add_argument(
        "--predictions",
        choices=list(Predictions),
        default=Predictions.SUGGESTIONS,
        help="store predictions of models as suggestions for annotators (default) or as annotation sets of models",
    )
    parser.add_argument(
        "--allow-losses",
        action="store_true",
        help="accept items that cannot be stored; the report counts them by reason either way",
    )


def _balance(job: Job) -> Balance:
    cursor = job.cursor or {}
    balance = balance_of(cursor.get("items", {}), cursor.get("counts", {}), preview=job.params["preview"])
    if job.state != JobState.DONE:
        balance.items.lose("ended_early", balance.unexplained)
    return balance


def _lost(job: Job) -> str:
    return _balance(job).lost_sentence() or "items were lost without a reason, which is an error of this program"


def _incoming(path: Path) -> IncomingFile:
    """Return a file, or raise `CommandError` when it cannot be opened."""
    if path.is_dir():
        return IncomingFile(f"{path.resolve().name}.zip", _packed(path))
    try:
        path.open("rb").close()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    return IncomingFile(path.name, _pieces(path))


def _options(given: dict[str, Any]) -> ImportOptions:
    names = ("skip_bad", "encoding", "format", "new_labels", "preview", "equal_texts", "allow_losses", "predictions")
    try:
        mapping = given["map"].read_text("utf-8") if given["map"] else ""
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{given['map']} cannot be read: {error}.") from error
    return ImportOptions(**{name: given[name] for name in names}, map=mapping)


def _packed(folder: Path) -> Iterator[bytes]:
    """Yield the bytes of a zip archive of a folder, because its files may belong together."""
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

"""Preparing the files of an import: they are converted, and names that the schema lacks are collected.

Readers run in a process of their own, bounded in memory and time, because libraries cannot be trusted with every file.
All files are converted first, so that one new version of the schema holds the names that any of them needs. An attempt
that is interrupted converts its current file again.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from annotator.formats.item_counts import ItemCounts
from annotator.imports import uploads
from annotator.imports.mapping.safe_names import add_names
from annotator.imports.mapping.unknown_names import NamePolicy, UnknownNames
from annotator.imports.options import ImportOptions
from annotator.imports.run.checkpoint import Checkpoint, JobFile
from annotator.imports.run.contents import pluralize
from annotator.imports.run.conversion import Conversion, Outcome, locations_name, locations_path
from annotator.imports.run.plan import ReportLine
from annotator.platform.bounded_process import BoundedProcess, BoundExceeded, Bounds
from annotator.platform.jobs.context import JobContext
from annotator.platform.shared_files import WorkFolder
from annotator.problems import InvalidInput
from projects.schema import Schema
from projects.schema_reader import MOST_LABELS, MOST_RELATIONS, read_schema
from projects.selectors import current_schema, project_of_job, schema_of
from projects.services.versions import publish_schema

ADVICE = "Map it to a name of the schema, add it to the schema, or leave out what uses it."
Report = Callable[[int, str, ReportLine], None]


class Preparation:
    """Converts the files of one import. `report` takes the index of a file, a location in it, and a line."""

    def __init__(self, context: JobContext, checkpoint: Checkpoint, *, schema: Schema, options: ImportOptions) -> None:
        self._context = context
        self._checkpoint = checkpoint
        self._schema = schema
        self._options = options

    def run(self, files: list[JobFile], folder: WorkFolder, report: Report) -> None:
        """Convert every file that is not read in place."""
        checkpoint = self._checkpoint

        def conversion(index: int) -> Iterator[list[Any]]:
            return self._conversion(files[index], folder.path(str(index))).messages(folder.path(converted_name(index)))

        with BoundedProcess(conversion, reader_bounds()) as reader:
            while checkpoint.prepared < len(files):
                index = checkpoint.prepared
                if not self._options.reads_in_place(files[index]["format"]):
                    out = folder.path(converted_name(index))
                    find_upload(folder, str(index), files[index]["name"])
                    self._convert(index, files[index], out, reader, report)
                    folder.share(out.name)
                    folder.share(locations_name(out.name))
                    folder.forget(str(index))
                checkpoint.prepared += 1
                self._context.save_checkpoint(checkpoint.as_json())

    def publish_added_names(self, *, now: datetime) -> None:
        """Publish a version of the schema with the names to add, if there are any and it was not done before."""
        checkpoint = self._checkpoint
        if not any(checkpoint.added_names.values()) or checkpoint.schema_version is not None:
            return
        with transaction.atomic():
            project = project_of_job(self._context)
            base = schema_of(current_schema(project))
            extended = _extended(base, checkpoint.added_names)
            add_names(extended, checkpoint.names)
            version = publish_schema(project, extended, by=self._context.started_by, now=now)
            checkpoint.schema_version = version.pk
            self._context.add_line("info", "", f"Published schema version {version.number} with the new names.")
            self._context.save_checkpoint(checkpoint.as_json())

    def preview_schema(self, report: Report) -> Schema | None:
        """Return the schema as if all unknown names were added, because they were reported before, one by one.

        None when no schema can hold the names: this is reported, if they are to be added, and all files are refused.
        """
        checkpoint = self._checkpoint
        try:
            return read_schema(_extended(self._schema, checkpoint.unknown))
        except InvalidInput:
            checkpoint.refused = list(range(len(checkpoint.contents)))
        try:
            read_schema(_extended(self._schema, checkpoint.added_names))
        except InvalidInput as problem:
            report(0, "", ReportLine("error", 0, problem.detail))
            checkpoint.count(Counter(refused=1))
        return None

    def _conversion(self, file: JobFile, path: Path) -> Conversion:
        options = replace(self._options, format=file["chosen"])
        return Conversion(path, file["name"], file["format"], options, self._schema, UnknownNames(self._schema))

    def _convert(self, index: int, file: JobFile, out: Path, reader: BoundedProcess, report: Report) -> None:
        errors, outcome = self._read(index, file, out, reader, report)
        unknown_names = UnknownNames(self._schema, outcome.unknown_names)
        for sentence in unknown_names.with_policy(NamePolicy.REFUSE, self._options.policies).describe():
            report(index, "", ReportLine("error", 0, f"{sentence} {ADVICE}"))
            errors += 1
        if outcome.merged:
            sentence = f"{pluralize(outcome.merged, 'document')} merged into earlier documents with the same text."
            report(index, "", ReportLine("info", 0, sentence))
        checkpoint = self._checkpoint
        checkpoint.count(Counter(refused=errors))
        checkpoint.count_of_file(index, Counter(refused=errors))
        checkpoint.converted[str(index)] = outcome.size
        checkpoint.contents[str(index)] = outcome.contents
        checkpoint.set_items_of_file(index, ItemCounts.from_json(outcome.items))
        checkpoint.names |= outcome.safe_names
        _add_counts(checkpoint.unknown, unknown_names.counts)
        is_refused = bool(errors) and not self._options.skip_bad
        if is_refused:
            checkpoint.refused.append(index)
        # A preview checks refused files as well, and tells whether their names could be added.
        if self._options.preview or not is_refused:
            added = unknown_names.with_policy(NamePolicy.ADD, self._options.policies).counts
            _add_counts(checkpoint.added_names, added)

    def _read(
        self, index: int, file: JobFile, out: Path, reader: BoundedProcess, report: Report
    ) -> tuple[int, Outcome]:
        """Convert a file in the process; report its lines, and return how much of it has errors, and the result."""
        refused: Counter[str] = Counter()
        outcome = Outcome()
        try:
            for message in reader.answers(index, while_waiting=self._context.raise_if_cancelled):
                match message:
                    case [location, level, number, text]:
                        report(index, location, ReportLine(level, number, text))
                        if level == "error":
                            refused[location] += 1
                    case [values]:
                        outcome = Outcome(**values)
                    case _:
                        self._context.set_progress(0, None)
        except BoundExceeded as problem:
            for path in (out, locations_path(out)):
                path.write_bytes(b"")
            items = ItemCounts()
            items.leave_out("documents", "unreadable")
            report(index, "", ReportLine("error", 0, describe_bound(problem, file["name"])))
            return len(refused) + 1, Outcome(items=items.as_json())
        return len(refused), outcome


def _extended(schema: Schema, names: Mapping[str, Any]) -> dict[str, Any]:
    """Return the definition of a schema with names added; raise `InvalidInput` when they are more than it can hold."""
    definition = UnknownNames(schema, names).extended_schema()
    for kind, noun, most in (("labels", "labels", MOST_LABELS), ("relations", "relation types", MOST_RELATIONS)):
        number = len(definition[kind])
        if number > most:
            raise InvalidInput(
                f"With the new names, the schema would have {number:,} {noun}; it can hold {most:,}. Map names to "
                "others or leave out what uses them: a preview offers a mapping of all names to edit."
            )
    return definition


def reader_bounds() -> Bounds:
    """Return what reading one file may use, as the operator has set it."""
    return Bounds(settings.IMPORT_MEMORY_MB, settings.IMPORT_CPU_SECONDS)


def describe_bound(problem: BoundExceeded, name: str) -> str:
    """Return in sentences why the reading of a file was stopped, and what to do."""
    split = _("Split it into smaller files, or ask the administrator of the site to raise %(setting)s.")
    if problem.kind == "memory":
        reason = _("Reading “%(name)s” was stopped: it needs more than %(megabytes)s MB of memory.")
        advice = split % {"setting": "IMPORT_MEMORY_MB"}
    elif problem.kind == "time":
        reason = _("Reading “%(name)s” was stopped: it takes more than %(seconds)s seconds of processor time.")
        advice = split % {"setting": "IMPORT_CPU_SECONDS"}
    else:
        reason = _("Reading “%(name)s” ended early: its process was stopped by %(signal)s.")
        advice = _("The file may be damaged, or the machine has too little memory. Check both.")
    bounds = reader_bounds()
    values = {"name": name, "megabytes": f"{bounds.megabytes:,}", "seconds": f"{bounds.seconds:,}"}
    return f"{reason % (values | {'signal': problem.kind})} {advice}"


def converted_name(index: int) -> str:
    """Return the name of the JSONL made from a file."""
    return f"{index}.jsonl"


def find_upload(folder: WorkFolder, stored: str, name: str) -> Path:
    """Return the local path of an uploaded or converted file; raise `UploadGone`. `name` is that of the upload."""
    try:
        return folder.existing(stored)
    except FileNotFoundError as error:
        raise uploads.UploadGone(f"“{name}” was removed before it was imported. Import it again.") from error


def _add_counts(total: dict[str, Any], counts: Mapping[str, Any]) -> None:
    """Add one tree of counts to another."""
    for name, value in counts.items():
        if isinstance(value, dict):
            _add_counts(total.setdefault(name, {}), value)
        elif name == "parts":
            total[name] = max(total.get(name, 1), value)
        else:
            total[name] = total.get(name, 0) + value

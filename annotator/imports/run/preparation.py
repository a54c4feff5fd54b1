"""Preparing the files of an import: they are converted, and names that the schema lacks are collected.

All files are converted first, so that one new version of the schema holds the names that any of them needs. An attempt
that is interrupted converts its current file again.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from annotator.imports.mapping.safe_names import add_names
from annotator.imports.mapping.unknown_names import NamePolicy, UnknownNames
from annotator.imports.options import EqualTexts, ImportOptions
from annotator.imports.run.checkpoint import Checkpoint, JobFile
from annotator.imports.run.contents import pluralize
from annotator.imports.run.conversion import Conversion, locations_path
from annotator.imports.run.equal_texts import merge_equal_texts
from annotator.imports.run.plan import ReportLine
from annotator.platform.garbage import collect_young
from annotator.platform.jobs.context import JobContext
from annotator.problems import InvalidInput
from projects.schema import Schema
from projects.schema_reader import read_schema
from projects.selectors import current_schema, project_of_job, schema_of
from projects.services.versions import publish_schema

DOCUMENTS_BETWEEN_CHECKS = 20
ADVICE = "Map it to a name of the schema, add it to the schema, or leave out what uses it."
Report = Callable[[int, str, ReportLine], None]


class Preparation:
    """Converts the files of one import. `report` takes the index of a file, a location in it, and a line."""

    def __init__(self, context: JobContext, checkpoint: Checkpoint, *, schema: Schema, options: ImportOptions) -> None:
        self._context = context
        self._checkpoint = checkpoint
        self._schema = schema
        self._options = options

    def run(self, files: list[JobFile], folder: Path, report: Report) -> None:
        """Convert every file that is not read in place."""
        checkpoint = self._checkpoint
        while checkpoint.prepared < len(files):
            index = checkpoint.prepared
            if not self._options.reads_in_place(files[index]["format"]):
                self._convert(index, files[index], folder, report)
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
            extended = UnknownNames(base, checkpoint.added_names).extended_schema()
            add_names(extended, checkpoint.names)
            version = publish_schema(project, extended, by=self._context.started_by, now=now)
            checkpoint.schema_version = version.pk
            self._context.add_line("info", "", f"Published schema version {version.number} with the new names.")
            self._context.save_checkpoint(checkpoint.as_json())

    def preview_schema(self) -> Schema:
        """Return the schema as if all unknown names were added, because they were reported before, one by one.

        Raises `InvalidInput` for names to add that no schema can hold.
        """
        added = UnknownNames(self._schema, self._checkpoint.added_names)
        try:
            return read_schema(UnknownNames(self._schema, self._checkpoint.unknown).extended_schema())
        except InvalidInput:
            return read_schema(added.extended_schema()) if added else self._schema

    def _convert(self, index: int, file: JobFile, folder: Path, report: Report) -> None:
        out = converted_path(folder, index)
        unknown_names = UnknownNames(self._schema)
        options = replace(self._options, format=file["chosen"])
        conversion = Conversion(folder / str(index), file["name"], file["format"], options, self._schema, unknown_names)
        errors = documents = 0
        for location, line in conversion.run(out):
            if line is not None:
                report(index, location, line)
                errors += line.level == "error"
                continue
            documents += 1
            if documents % DOCUMENTS_BETWEEN_CHECKS == 0:
                collect_young()
                self._context.set_progress(0, None)
        for sentence in unknown_names.with_policy(NamePolicy.REFUSE, options.policies).describe():
            report(index, "", ReportLine("error", 0, f"{sentence} {ADVICE}"))
            errors += 1
        if options.equal_texts == EqualTexts.MERGE:
            merged = merge_equal_texts(out, locations_path(out), conversion.items)
            if merged:
                sentence = f"{pluralize(merged, 'document')} merged into earlier documents with the same text."
                report(index, "", ReportLine("info", 0, sentence))
        checkpoint = self._checkpoint
        checkpoint.count(Counter(refused=errors))
        checkpoint.count_of_file(index, Counter(refused=errors))
        checkpoint.converted[str(index)] = out.stat().st_size
        checkpoint.contents[str(index)] = conversion.contents.counts
        checkpoint.set_items_of_file(index, conversion.items)
        checkpoint.names |= conversion.safe_names.names
        _add_counts(checkpoint.unknown, unknown_names.counts)
        if errors and not options.skip_bad:
            checkpoint.refused.append(index)
        else:
            _add_counts(checkpoint.added_names, unknown_names.with_policy(NamePolicy.ADD, options.policies).counts)


def converted_path(folder: Path, index: int) -> Path:
    """Return the path of the JSONL made from a file."""
    return folder / f"{index}.jsonl"


def _add_counts(total: dict[str, Any], counts: Mapping[str, Any]) -> None:
    """Add one tree of counts to another."""
    for name, value in counts.items():
        if isinstance(value, dict):
            _add_counts(total.setdefault(name, {}), value)
        elif name == "parts":
            total[name] = max(total.get(name, 1), value)
        else:
            total[name] = total.get(name, 0) + value

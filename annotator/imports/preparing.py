"""What happens to the files of an import before they are checked: conversion, and names that the schema lacks.

All files are converted first, so that one new version of the schema holds what all of them need. A file is the chunk:
an attempt that is cut off converts it again.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from annotator.imports.conversion import Conversion, Wishes
from annotator.imports.novelties import NewLabels, Novelties
from annotator.imports.planning import ReportLine
from annotator.imports.position import Position, StoredName
from annotator.platform.garbage import collect_young
from annotator.platform.jobs.context import JobContext
from annotator.problems import InvalidInput
from projects.schema import Schema
from projects.schema_reader import read_schema
from projects.selectors import current_schema, project_of_job, schema_of
from projects.services.versions import publish_schema

LOOK_EVERY = 20
Report = Callable[[int, str, ReportLine], None]


class Preparation:
    """Converts the files of one import. `report` takes the index of a file, a place in it, and a line."""

    def __init__(self, context: JobContext, position: Position, *, schema: Schema, wishes: Wishes) -> None:
        self._context = context
        self._position = position
        self._schema = schema
        self._wishes = wishes

    def run(self, files: list[StoredName], folder: Path, report: Report) -> None:
        """Convert what has to be, file after file."""
        position = self._position
        while position.prepared < len(files):
            index = position.prepared
            if not self._wishes.takes_directly(files[index]["format"]):
                self._convert(index, files[index], folder, report)
            position.prepared += 1
            self._context.save_checkpoint(asdict(position))

    def widen(self, *, now: datetime) -> Schema:
        """Return the schema to check against: with the names that are to be added, in a new version."""
        position = self._position
        if any(position.novelties.values()) and position.schema_version is None:
            with transaction.atomic():
                base = schema_of(current_schema(project_of_job(self._context)))
                widened = Novelties(base, position.novelties).widened()
                version = publish_schema(project_of_job(self._context), widened, by=self._context.started_by, now=now)
                position.schema_version = version.pk
                self._context.add_line("info", "", f"Schema version {version.number} was made, with the new names.")
                self._context.save_checkpoint(asdict(position))
        return self._schema

    def widened_for_preview(self) -> Schema:
        """Return the schema as if all that is new were added: what it lacks was told before, name by name.

        Raises `InvalidInput` when names are to be added that no schema can hold.
        """
        added = Novelties(self._schema, self._position.novelties)
        try:
            return read_schema(Novelties(self._schema, self._position.unknown).widened())
        except InvalidInput:
            return read_schema(added.widened()) if added else self._schema

    def _convert(self, index: int, file: StoredName, folder: Path, report: Report) -> None:
        out = converted_path(folder, index)
        novelties = Novelties(self._schema, None)
        wishes = replace(self._wishes, format=file["chosen"])
        work = Conversion(folder / str(index), file["name"], file["format"], wishes, self._schema, novelties)
        errors = documents = 0
        for place, line in work.run(out):
            if line is not None:
                report(index, place, line)
                errors += line.level == "error"
                continue
            documents += 1
            if documents % LOOK_EVERY == 0:
                collect_young()
                self._context.set_progress(0, None)
        for sentence in novelties.only(NewLabels.REFUSE, wishes.choices).in_words():
            report(index, "", ReportLine("error", 0, f"{sentence} {ADVICE}"))
            errors += 1
        self._position.count(Counter(refused=errors))
        self._position.count_of_file(index, Counter(refused=errors))
        self._position.converted[str(index)] = out.stat().st_size
        self._position.surveys[str(index)] = work.survey.found
        _add(self._position.unknown, novelties.found)
        if errors and not self._wishes_good_lines:
            self._position.refused.append(index)
        else:
            _add(self._position.novelties, novelties.only(NewLabels.ADD, wishes.choices).found)

    @property
    def _wishes_good_lines(self) -> bool:
        return bool(self._context.params["skip_bad"])


ADVICE = "Map it to a name that is known, let it be added, or have such spans left out."


def converted_path(folder: Path, index: int) -> Path:
    """Return where the JSONL lies that was made of a file."""
    return folder / f"{index}.jsonl"


def _add(to: dict[str, Any], found: Mapping[str, Any]) -> None:
    """Add one tree of counts to another."""
    for name, value in found.items():
        if isinstance(value, dict):
            _add(to.setdefault(name, {}), value)
        elif name == "parts":
            to[name] = max(to.get(name, 1), value)
        else:
            to[name] = to.get(name, 0) + value

"""Carrying out an import: each file is checked from end to end, then written chunk by chunk.

A chunk, its report lines and the checkpoint are one short transaction, so that people can save between two of them and
a process that is killed leaves nothing half-done or doubled. Memory holds one chunk.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime

from django.db import transaction

from annotator.formats.incoming import Source
from annotator.formats.registry import FORMATS, stem_of
from annotator.imports import uploads
from annotator.imports.bulk import Origin, write_plan
from annotator.imports.checking import CheckedLine, check_line, trust_line
from annotator.imports.conflicts import Conflicts
from annotator.imports.conversion import ARCHIVE, Wishes, read_places
from annotator.imports.mapping import parse_mapping
from annotator.imports.novelties import NewLabels
from annotator.imports.pace import Pace
from annotator.imports.planning import ReportLine, plan_chunk, problem_lines
from annotator.imports.position import Position, StoredName
from annotator.imports.preparing import Preparation, converted_path
from annotator.imports.quick_check import QuickCheck
from annotator.imports.selectors import KnownDocuments, known_documents
from annotator.imports.survey import in_words
from annotator.platform.garbage import paused_collector
from annotator.platform.jobs.context import JobContext
from projects.models import Project, SchemaVersion
from projects.selectors import project_of_job, schema_of

MOST_ERRORS_PER_FILE = 1_000
MOST_REPORT_LINES = 20_000


class ImportRun:
    """One attempt of one import."""

    def __init__(self, context: JobContext) -> None:
        params = context.params
        self._context = context
        self._project = project_of_job(context)
        self._files: list[StoredName] = params["files"]
        self._folder = uploads.folder_path(params["folder"])
        self._skip_bad: bool = params["skip_bad"]
        # The versions of when it was started: one published meanwhile must not count for half of a file.
        self._schema = schema_of(SchemaVersion.objects.get(pk=params["schema_version"]))
        self._origin = Origin(
            project=self._project,
            schema_version_id=params["schema_version"],
            guideline_version_id=params["guideline_version"],
            author_id=context.started_by.pk if context.started_by else None,
            now=datetime.fromisoformat(params["at"]),
        )
        self._preview: bool = params["preview"]
        mapping, new_labels = parse_mapping(params["map"]), NewLabels(params["new_labels"])
        self._wishes = Wishes(params["format"], params["encoding"], mapping, new_labels, self._preview)
        self._position = Position(**(context.cursor or {"phase": self._first_phase}))
        self._places: tuple[int, list[str]] = (-1, [])

    @property
    def counts(self) -> Counter[str]:
        """What was stored and refused so far."""
        return Counter(self._position.counts)

    @property
    def seen(self) -> Position:
        """What was found so far; of a preview, with what is in each file."""
        return self._position

    @property
    def _first_phase(self) -> str:
        return "write" if self._skip_bad and not self._preview else "check"

    def run(self) -> None:
        """Take in file after file."""
        with paused_collector():
            self._prepare()
            self._run_files()

    def _run_files(self) -> None:
        position = self._position
        while position.file < len(self._files):
            if position.phase == "write" and position.file not in position.refused:
                self._write_file()
                self._position.next_file(phase=self._first_phase)
            elif self._preview:
                self._look_through()
                position.next_file(phase="check")
            elif position.file not in position.refused and self._check_file():
                position.phase, position.line, position.offset = "write", 0, 0
            else:
                self._report(ReportLine("error", 0, "Nothing of this file was taken, because of what is said above."))
                self._count(refused_files=1)
                position.next_file(phase=self._first_phase)
            self._context.save_checkpoint(asdict(position))

    def _prepare(self) -> None:
        """Convert the files that are not read where they lie, and settle which version of the schema counts."""
        work = Preparation(self._context, self._position, schema=self._schema, wishes=self._wishes)
        work.run(self._files, self._folder, self._report_at)
        if self._preview:
            self._schema = work.widened_for_preview()
            return
        self._schema = work.widen(now=self._origin.now)
        version = self._position.schema_version
        if version is not None:
            self._schema = schema_of(SchemaVersion.objects.get(pk=version))
            self._origin = replace(self._origin, schema_version_id=version)

    def _look_through(self) -> None:
        """Check a file for a preview, which tells duplicates and what is in the file as well."""
        index = self._position.file
        good = self._check_file() and index not in self._position.refused
        if not good and not self._skip_bad:
            self._report(
                ReportLine("warning", 0, "Nothing of this file would be taken, because of what is said above.")
            )
            self._count(refused_files=1)
        file = self._files[index]
        name = "an archive" if file["format"] == ARCHIVE else FORMATS[file["format"]].name
        self._report(ReportLine("info", 0, in_words(name, self._position.surveys[str(index)])))

    def _check_file(self) -> bool:
        """Go through a file and report what is wrong; writes no document."""
        errors = 0
        pace, conflicts = Pace(reads_only=True), Conflicts()
        for chunk in pace.chunks(self._lines()):
            wrong = [line for checked in chunk for line in problem_lines(checked)]
            documents = [(line.number, line.document) for line in chunk if line.document is not None]
            known = known_documents(self._project, [document for _, document in documents])
            wrong += conflicts.find(documents, known)
            for line in sorted(wrong, key=lambda one: one.number):
                self._report(line)
            errors += len(wrong)
            self._count(refused=len({line.number for line in wrong}))
            if self._preview:
                self._report_duplicates(chunk, known)
            if errors >= MOST_ERRORS_PER_FILE:
                self._report(ReportLine("error", 0, f"There are {errors:,} errors; the rest of the file was not read."))
                break
            self._progress(chunk[-1].end)
        self._count(duplicates=conflicts.repeated if self._preview else 0)
        return errors == 0

    def _report_duplicates(self, chunk: list[CheckedLine], known: KnownDocuments) -> None:
        """Say what is here already, as the import itself would."""
        plan = plan_chunk(chunk, known, now=self._origin.now)
        for line in plan.report:
            if line.level != "error":
                self._report(line)
        self._count(duplicates=plan.counts["duplicates"])

    def _write_file(self) -> None:
        position, pace = self._position, Pace()
        for chunk in pace.chunks(self._lines()):
            documents = [line.document for line in chunk if line.document is not None]
            with transaction.atomic():
                # Two imports into one project take turns, so that neither trips over the other's ids.
                Project.objects.select_for_update(no_key=True).get(pk=self._project.pk)
                began = time.monotonic()
                plan = plan_chunk(chunk, known_documents(self._project, documents), now=self._origin.now)
                write_plan(plan, self._origin)
                for line in plan.report:
                    self._report(line)
                position.line, position.offset = chunk[-1].number, chunk[-1].end
                position.count(plan.counts)
                position.count_of_file(position.file, plan.counts)
                self._context.save_checkpoint(asdict(position))
            pause = pace.pause_after(time.monotonic() - began)
            self._progress(chunk[-1].end)
            time.sleep(pause)

    def _lines(self) -> Iterator[CheckedLine]:
        """Read and check the present file from the present position on."""
        position = self._position
        # What was checked before need not be checked again: nothing can change a file in the folder of uploads.
        checked = position.phase == "write" and not self._skip_bad
        quick = QuickCheck(self._schema)
        file = self._files[position.file]
        source = Source(stem_of(file["name"]), self._context.params["encoding"], position.line, position.offset)
        found, path = file["format"], self._folder / str(position.file)
        if str(position.file) in position.converted:
            if not self._size(position.file):
                return
            found, path = "jsonl", converted_path(self._folder, position.file)
            source = replace(source, encoding="")
        read_lines = FORMATS[found].read_lines
        if read_lines is None:
            raise ValueError(f"Files of format {found} have to be converted first.")
        try:
            stream = path.open("rb")
        except FileNotFoundError as error:
            raise uploads.UploadGone(
                f"“{file['name']}” was removed from the folder for uploads. Import it again."
            ) from error
        with stream:
            stream.seek(position.offset)
            if position.offset and position.offset >= self._size(position.file):
                return
            for line in read_lines(stream, source):
                yield trust_line(line) if checked else check_line(line, self._schema, quick)

    def _size(self, index: int) -> int:
        """Return how long the file is that lines are read from."""
        return self._position.converted.get(str(index), self._files[index]["size"])

    def _count(self, **counts: int) -> None:
        """Count for the present file, and in all."""
        self._position.count(Counter(counts))
        self._position.count_of_file(self._position.file, Counter(counts))

    def _report(self, line: ReportLine) -> None:
        """Add a line on the present file to the report."""
        index = self._position.file
        place = str(line.number) if line.number else ""
        if place and str(index) in self._position.converted:
            if self._places[0] != index:
                self._places = (index, read_places(converted_path(self._folder, index)))
            place = self._places[1][line.number - 1]
        self._report_at(index, place, line)

    def _report_at(self, index: int, place: str, line: ReportLine) -> None:
        """Add a line to the report; so many that nobody reads them are counted only."""
        self._position.count(Counter({line.level: 1, "report": 1}))
        self._position.count_of_file(index, Counter({line.level: 1}))
        said = self._position.counts["report"]
        if said > MOST_REPORT_LINES:
            return
        name = self._files[index]["name"]
        self._context.add_line(line.level, f"{name}:{place}" if place else name, line.message)
        if said == MOST_REPORT_LINES:
            self._context.add_line("warning", "", "There is more to report than is kept here; the counts are complete.")

    def _progress(self, offset: int) -> None:
        """Tell the progress in bytes read; a file that is checked first is read twice."""
        times = 1 if self._skip_bad else 2
        sizes = [times * self._size(index) for index in range(len(self._files))]
        written = self._position.phase == "write" and not self._skip_bad
        done = sum(sizes[: self._position.file]) + offset
        done += self._size(self._position.file) if written else 0
        self._context.set_progress(done, sum(sizes))

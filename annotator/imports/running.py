"""Carrying out an import: each file is checked from end to end, then written chunk by chunk.

A chunk, its report lines and the checkpoint are one short transaction, so that people can save between two of them and
a process that is killed leaves nothing half-done or doubled. Memory holds one chunk.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from datetime import datetime

from django.db import transaction

from annotator.imports import uploads
from annotator.imports.bulk import Origin, write_plan
from annotator.imports.checking import CheckedLine, check_line, trust_line
from annotator.imports.collecting import collect_young, few_collections
from annotator.imports.conversion import Wishes, read_places
from annotator.imports.mapping import parse_mapping
from annotator.imports.novelties import NewLabels
from annotator.imports.planning import ReportLine, id_conflict, plan_chunk, problem_lines
from annotator.imports.position import Position, StoredName
from annotator.imports.preparing import Preparation, converted_path
from annotator.imports.quick_check import QuickCheck
from annotator.imports.selectors import known_documents
from annotator.interchange.formats import RECIPES, stem_of
from annotator.interchange.reading import Source
from annotator.jobs.context import JobContext
from annotator.problems import Problem
from projects.models import Project, SchemaVersion
from projects.selectors import schema_of

# At 20 spans a document this holds the write lock for well under 200 ms.
CHUNK_DOCUMENTS = 250
CHUNK_BYTES = 1_000_000
PAUSE = 0.005
MOST_ERRORS_PER_FILE = 1_000
MOST_REPORT_LINES = 20_000


class UploadGone(Problem):
    """The uploaded file is no longer on the disk."""

    status = 410
    code = "upload_gone"
    title = "The file is gone"


class ImportRun:
    """One attempt of one import."""

    def __init__(self, context: JobContext) -> None:
        params = context.params
        self._context = context
        self._project = context.project
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
        self._wishes = Wishes(
            params["format"], params["encoding"], parse_mapping(params["map"]), NewLabels(params["new_labels"])
        )
        self._position = Position(**(context.cursor or {"phase": self._first_phase}))
        self._places: tuple[int, list[str]] = (-1, [])

    @property
    def counts(self) -> Counter[str]:
        """What was stored and refused so far."""
        return Counter(self._position.counts)

    @property
    def _first_phase(self) -> str:
        return "write" if self._skip_bad and not self._preview else "check"

    def run(self) -> None:
        """Take in file after file."""
        with few_collections():
            self._prepare()
            self._run_files()

    def _run_files(self) -> None:
        position = self._position
        while position.file < len(self._files):
            if position.phase == "write" and position.file not in position.refused:
                self._write_file()
                self._position.next_file(phase=self._first_phase)
            elif position.file not in position.refused and self._check_file():
                if self._preview:
                    position.next_file(phase="check")
                    continue
                position.phase, position.line, position.offset = "write", 0, 0
            else:
                self._report(ReportLine("error", 0, "Nothing of this file was taken, because of what is said above."))
                position.count(Counter(refused_files=1))
                position.next_file(phase=self._first_phase)
            self._context.save_checkpoint(asdict(position))

    def _prepare(self) -> None:
        """Convert the files that are not read where they lie, and settle which version of the schema counts."""
        work = Preparation(self._context, self._position, schema=self._schema, wishes=self._wishes)
        work.run(self._files, self._folder, self._report_at)
        self._schema = work.widen(now=self._origin.now, preview=self._preview)
        version = self._position.schema_version
        if version is not None:
            self._schema = schema_of(SchemaVersion.objects.get(pk=version))
            self._origin = replace(self._origin, schema_version_id=version)

    def _check_file(self) -> bool:
        """Go through a file and report what is wrong; writes no document."""
        errors = 0
        texts_by_id: dict[int, int] = {}
        for chunk in _chunks(self._lines()):
            wrong = [line for checked in chunk for line in problem_lines(checked)]
            wrong += self._conflicts(chunk, texts_by_id)
            for line in sorted(wrong, key=lambda one: one.number):
                self._report(line)
            errors += len(wrong)
            self._position.count(Counter(refused=len({line.number for line in wrong})))
            if errors >= MOST_ERRORS_PER_FILE:
                self._report(ReportLine("error", 0, f"There are {errors:,} errors; the rest of the file was not read."))
                break
            self._progress(chunk[-1].end)
        return errors == 0

    def _conflicts(self, chunk: list[CheckedLine], texts_by_id: dict[int, int]) -> Iterator[ReportLine]:
        """Yield the lines whose id stands for another text, in the database or earlier in the file.

        Of the file, numbers made of id and text are remembered: the texts themselves would fill the memory.
        """
        lines = [(line.number, line.document) for line in chunk if line.document is not None]
        known = known_documents(self._project, [document for _, document in lines])
        for number, document in lines:
            stored = known.by_id.get(document.external_id)
            first = texts_by_id.setdefault(hash(document.external_id), hash(document.sha256))
            if first != hash(document.sha256) or (stored is not None and stored.sha256 != document.sha256):
                yield ReportLine("error", number, id_conflict(document))

    def _write_file(self) -> None:
        position = self._position
        for chunk in _chunks(self._lines()):
            documents = [line.document for line in chunk if line.document is not None]
            with transaction.atomic():
                # Two imports into one project take turns, so that neither trips over the other's ids.
                Project.objects.select_for_update(no_key=True).get(pk=self._project.pk)
                plan = plan_chunk(chunk, known_documents(self._project, documents), now=self._origin.now)
                write_plan(plan, self._origin)
                for line in plan.report:
                    self._report(line)
                position.line, position.offset = chunk[-1].number, chunk[-1].end
                position.count(plan.counts)
                self._context.save_checkpoint(asdict(position))
            self._progress(chunk[-1].end)
            time.sleep(PAUSE)

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
        read_lines = RECIPES[found].read_lines
        if read_lines is None:
            raise ValueError(f"Files of format {found} have to be converted first.")
        try:
            stream = path.open("rb")
        except FileNotFoundError as error:
            raise UploadGone(f"“{file['name']}” was removed from the folder for uploads. Import it again.") from error
        with stream:
            stream.seek(position.offset)
            if position.offset and position.offset >= self._size(position.file):
                return
            for line in read_lines(stream, source):
                yield trust_line(line) if checked else check_line(line, self._schema, quick)

    def _size(self, index: int) -> int:
        """Return how long the file is that lines are read from."""
        return self._position.converted.get(str(index), self._files[index]["size"])

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


def _chunks(lines: Iterable[CheckedLine]) -> Iterator[list[CheckedLine]]:
    """Gather lines until they are many or large."""
    chunk: list[CheckedLine] = []
    first = 0
    for line in lines:
        chunk.append(line)
        first = first or line.end
        if len(chunk) >= CHUNK_DOCUMENTS or line.end - first >= CHUNK_BYTES:
            yield chunk
            chunk, first = [], 0
            collect_young()
    if chunk:
        yield chunk

"""Carrying out an import: each file is checked from beginning to end, then stored chunk by chunk.

A chunk, its report lines and the checkpoint are one short transaction: people can save between two chunks, and a
process that is killed leaves nothing half stored or stored twice. Memory holds one chunk.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from annotator.corpus.identities import check_people, link_imported, links_to_make
from annotator.corpus.spans.services import ADJUDICATED_NAME
from annotator.formats.incoming import ReadLine, Source, UnreadableFile
from annotator.formats.item_counts import ItemCounts
from annotator.formats.registry import FORMATS, stem_of
from annotator.imports import uploads
from annotator.imports.options import ARCHIVE, ImportOptions
from annotator.imports.run.checked_lines import CheckedLine, KeptLines
from annotator.imports.run.checkpoint import Checkpoint, JobFile
from annotator.imports.run.checks import QuickCheck, check_line, trust_line
from annotator.imports.run.chunks import ChunkSizer
from annotator.imports.run.contents import describe_contents
from annotator.imports.run.conversion import locations_name, read_locations
from annotator.imports.run.plan import Conflicts, Plan, ReportLine, plan_chunk, problem_lines
from annotator.imports.run.preparation import Preparation, converted_name, describe_bound, find_upload, reader_bounds
from annotator.imports.run.rows import Origin, write_plan
from annotator.imports.selectors import KnownDocuments, known_documents
from annotator.platform.bounded_process import BoundExceeded, bounded_memory, bounded_time
from annotator.platform.garbage import paused_collector
from annotator.platform.jobs.context import JobContext
from annotator.platform.shared_files import WorkFolder
from annotator.platform.sqlite.statistics import collect_statistics
from annotator.platform.sqlite.waiting import make_way
from projects.models import Project, SchemaVersion
from projects.selectors import project_of_job, schema_of

MOST_ERRORS_PER_FILE = 1_000
MOST_REPORT_LINES = 20_000
MOST_ALIKE = 5
"""More lines that differ in names and numbers only become one line, with their number and where the first are."""
MOST_KINDS_OF_LINES = 1_000
LONGEST_COMPARED = 1_000
"""Characters of a line that are looked at; the pattern takes the square of the length of a word."""
# Quotations, numbers, paths of files, and ids: what differs between lines that report the same.
_VALUES = re.compile(
    r"“[^”]*”|\S+\.\w{1,7}(?=: )|(?<=\b[Ss]pan )[^\s,:]+|(?<=\b[Rr]egion )[^\s,:]+|(?<=\bRelation )[^\s“,:]+"
    r"|(?<= from )\S+(?= to )|(?<= to )[^\s,:]+|\d[\d,.]*|[0-9a-f]{8}-[0-9a-f-]{27}"
)


def _pattern(message: str) -> str:
    """Return what messages have in common that differ in names and numbers only."""
    return _VALUES.sub("…", message[:LONGEST_COMPARED])[:300]


class ImportRun:
    """One attempt of one import."""

    def __init__(self, context: JobContext) -> None:
        params = context.params
        self._context = context
        self._project = project_of_job(context)
        self._files: list[JobFile] = params["files"]
        self._folder = WorkFolder(uploads.folder_path(params["folder"]))
        self._options = ImportOptions.from_params(params)
        # The versions at the start of the import: one published later must not apply to half of a file.
        self._schema = schema_of(SchemaVersion.objects.get(pk=params["schema_version"]))
        self._origin = Origin(
            project=self._project,
            schema_version_id=params["schema_version"],
            guideline_version_id=params["guideline_version"],
            author_id=context.started_by.pk if context.started_by else None,
            now=datetime.fromisoformat(params["at"]),
        )
        self._checkpoint = Checkpoint.from_json(context.cursor or {"phase": self._first_phase})
        self._locations: tuple[int, list[str]] = (-1, [])
        self._people: set[str] = set()
        self._kept: KeptLines | None = None
        self._is_checkable = True
        """Whether a schema can hold the names in the files; otherwise a preview only tells what they contain."""

    @property
    def counts(self) -> Counter[str]:
        """The numbers of items stored and refused so far."""
        return Counter(self._checkpoint.counts)

    @property
    def checkpoint(self) -> Checkpoint:
        """The progress so far; for a preview, with the contents of each file."""
        return self._checkpoint

    @property
    def _first_phase(self) -> str:
        return "write" if self._options.skip_bad and not self._options.preview else "check"

    def run(self) -> None:
        """Import file after file."""
        check_people(self._project, self._options.mapping.people)
        with paused_collector(), self._folder:
            self._prepare()
            try:
                with bounded_memory(reader_bounds().megabytes):
                    self._run_files()
            except BoundExceeded as problem:
                name = self._files[min(self._checkpoint.file, len(self._files) - 1)]["name"]
                raise UnreadableFile(describe_bound(problem, name)) from problem
            self._report_repeated()
        if not self._options.preview:
            collect_statistics()

    def _run_files(self) -> None:
        checkpoint = self._checkpoint
        while checkpoint.file < len(self._files):
            if checkpoint.phase == "write" and checkpoint.file not in checkpoint.refused:
                self._write_file()
                checkpoint.next_file(phase=self._first_phase)
            elif self._options.preview:
                self._preview_file()
                checkpoint.next_file(phase="check")
            elif checkpoint.file not in checkpoint.refused and self._check_file():
                checkpoint.phase, checkpoint.line, checkpoint.offset = "write", 0, 0
            else:
                self._report(ReportLine("error", 0, "Nothing was imported from this file. See the errors above."))
                self._refuse_file()
                checkpoint.next_file(phase=self._first_phase)
            self._context.save_checkpoint(checkpoint.as_json())

    def _prepare(self) -> None:
        """Convert the files that are not read in place, and decide which version of the schema applies."""
        preparation = Preparation(self._context, self._checkpoint, schema=self._schema, options=self._options)
        preparation.run(self._files, self._folder, self._report_at)
        if self._options.preview:
            schema = preparation.preview_schema(self._report_at)
            self._is_checkable, self._schema = schema is not None, schema or self._schema
            return
        preparation.publish_added_names(now=self._origin.now)
        version = self._checkpoint.schema_version
        if version is not None:
            self._schema = schema_of(SchemaVersion.objects.get(pk=version))
            self._origin = replace(self._origin, schema_version_id=version)

    def _preview_file(self) -> None:
        """Check a file for a preview, which also reports duplicates and contents."""
        index = self._checkpoint.file
        is_good = self._is_checkable and self._check_file() and index not in self._checkpoint.refused
        if not is_good and not self._options.skip_bad:
            message = "Nothing would be imported from this file. See the errors above."
            self._report(ReportLine("warning", 0, message))
            self._refuse_file()
        for name, member in links_to_make(self._project, self._people, self._options.mapping.people).items():
            self._report(ReportLine("info", 0, f"“{name}” will be linked to the member {member}."))
        self._people.clear()
        file = self._files[index]
        name = "an archive" if file["format"] == ARCHIVE else FORMATS[file["format"]].name
        self._report(ReportLine("info", 0, describe_contents(name, self._checkpoint.contents[str(index)])))

    def _refuse_file(self) -> None:
        """Count a file of which nothing is imported, with all its items."""
        self._count(refused_files=1)
        items = self._checkpoint.items_of_file(self._checkpoint.file)
        items.lose_rest("refused_file")
        self._checkpoint.set_items_of_file(self._checkpoint.file, items)

    def _check_file(self) -> bool:
        """Report all errors of a file and return whether there are none; stores no document."""
        try:
            return self._check_lines()
        except BoundExceeded as problem:
            index = self._checkpoint.file
            items = self._checkpoint.items_of_file(index)
            items.leave_out("documents", "unreadable")
            self._checkpoint.set_items_of_file(index, items)
            self._count(refused=1)
            self._report(ReportLine("error", 0, describe_bound(problem, self._files[index]["name"])))
            return False

    def _check_lines(self) -> bool:
        errors = 0
        sizer, conflicts = ChunkSizer(reads_only=True), Conflicts(self._options.equal_texts)
        items = self._checkpoint.items_of_file(self._checkpoint.file)
        for chunk in self._chunks(sizer):
            problems = [problem for line in chunk if line.problems for problem in problem_lines(line)]
            documents = [(line.number, line.document) for line in chunk if line.document is not None]
            known = known_documents(self._project, [document for _, document in documents])
            problems += conflicts.find(documents, known)
            for problem in sorted(problems, key=lambda line: line.number):
                self._report(problem)
            errors += len(problems)
            self._count(refused=len({problem.number for problem in problems}))
            self._count_found(items, chunk)
            if self._options.preview:
                items.add(self._report_duplicates(chunk, known).items)
            if errors >= MOST_ERRORS_PER_FILE:
                self._report(ReportLine("error", 0, f"Stopped reading this file after {errors:,} errors."))
                items.leave_out("documents", "unreadable")
                break
            self._progress(chunk[-1].end)
        self._checkpoint.set_items_of_file(self._checkpoint.file, items)
        self._count(duplicates=conflicts.repeated if self._options.preview else 0)
        return errors == 0

    def _count_found(self, items: ItemCounts, chunk: list[CheckedLine]) -> None:
        """Count the items of a chunk as found, unless the conversion of the file has counted them."""
        if str(self._checkpoint.file) not in self._checkpoint.converted:
            found = items.found
            for line in chunk:
                for kind, number in line.numbers.items():
                    found[kind] += number

    def _report_duplicates(self, chunk: list[CheckedLine], known: KnownDocuments) -> Plan:
        """Report duplicates as the import itself would; return its plan."""
        plan = plan_chunk(chunk, known, now=self._origin.now, options=self._options)
        for line in plan.report:
            if line.level != "error":
                self._report(line)
        self._count(duplicates=plan.counts["duplicates"])
        self._people |= plan.people - {ADJUDICATED_NAME}
        return plan

    def _write_file(self) -> None:
        checkpoint, sizer = self._checkpoint, ChunkSizer()
        for chunk in self._chunks(sizer):
            documents = [line.document for line in chunk if line.document is not None]
            with transaction.atomic():
                # Two imports into one project take turns, so that neither meets ids of the other half-way.
                Project.objects.select_for_update(no_key=True).get(pk=self._project.pk)
                known = known_documents(self._project, documents)
                plan = plan_chunk(chunk, known, now=self._origin.now, options=self._options)
                self._link_people(plan)
                write_plan(plan, self._origin, predictions=self._options.predictions)
                self._count_items(plan, chunk)
                for line in plan.report:
                    self._report(line)
                checkpoint.line, checkpoint.offset = chunk[-1].number, chunk[-1].end
                checkpoint.count(plan.counts)
                checkpoint.count_of_file(checkpoint.file, plan.counts)
                self._context.save_checkpoint(checkpoint.as_json())
            self._progress(chunk[-1].end)
            sizer.adapt(has_others=make_way())

    def _link_people(self, plan: Plan) -> None:
        """Link the names of annotators in a chunk that no chunk before had, and report each new link."""
        fresh = plan.people - self._people - {ADJUDICATED_NAME}
        if fresh:
            chosen, now = self._options.mapping.people, self._origin.now
            linked = link_imported(self._project, fresh, chosen, by=self._context.started_by, now=now)
            plan.report += [ReportLine("info", 0, message) for message in linked.messages]
            self._people |= fresh
            self._origin = replace(self._origin, members={**self._origin.members, **linked.members})

    def _count_items(self, plan: Plan, chunk: list[CheckedLine]) -> None:
        """Count what was found in a chunk, unless the check has counted it, and what was not stored of it."""
        items = self._checkpoint.items_of_file(self._checkpoint.file)
        if self._options.skip_bad:
            self._count_found(items, chunk)
        items.add(plan.items)
        self._checkpoint.set_items_of_file(self._checkpoint.file, items)

    def _chunks(self, sizer: ChunkSizer) -> Iterator[list[CheckedLine]]:
        """Read and check the current file from the current position on, within the bounds of readers.

        The time is taken once for each chunk, because system calls for each line add up.
        """
        return bounded_time(sizer.chunks(self._checked_lines()), reader_bounds().seconds)

    def _checked_lines(self) -> Iterator[CheckedLine]:
        checkpoint = self._checkpoint
        # Lines checked before need no second check: nothing can change a file in the folder of uploads.
        is_checked = checkpoint.phase == "write" and not self._options.skip_bad
        only_checks = checkpoint.phase == "check" and not self._options.preview
        if is_checked and self._kept is not None and self._kept.is_complete:
            yield from self._kept.take()
            return
        kept = self._new_kept() if only_checks else None
        quick = QuickCheck(self._schema)
        for line in self._read_lines(is_checked=is_checked, quick=quick):
            if is_checked:
                yield trust_line(line)
                continue
            checked = check_line(line, self._schema, quick, only_checks=kept is not None and not kept.is_complete)
            if kept is not None:
                kept.add(checked)
            yield checked

    def _new_kept(self) -> KeptLines:
        """Return where the lines of the current file are kept, instead of those of the file before."""
        if self._kept is not None:
            self._kept.give_up()
        self._kept = KeptLines(self._folder.path("kept").parent, size=self._size(self._checkpoint.file))
        return self._kept

    def _read_lines(self, *, is_checked: bool, quick: QuickCheck) -> Iterator[ReadLine]:
        """Read the current file, or the JSONL made from it, from the current position on."""
        checkpoint = self._checkpoint
        file = self._files[checkpoint.file]
        format_key, stored, encoding = file["format"], str(checkpoint.file), self._options.encoding
        size = self._size(checkpoint.file)
        if stored in checkpoint.converted:
            if not size:
                return
            format_key, stored, encoding = "jsonl", converted_name(checkpoint.file), ""
        read_lines = FORMATS[format_key].read_lines
        if read_lines is None:
            raise ValueError(f"Files of format {format_key} have to be converted first.")
        source = Source(
            stem_of(file["name"]), encoding, checkpoint.line, checkpoint.offset, is_checked, quick.recognise
        )
        with find_upload(self._folder, stored, file["name"]).open("rb") as stream:
            stream.seek(source.offset)
            if not source.offset or source.offset < size:
                yield from read_lines(stream, source)

    def _size(self, index: int) -> int:
        """Return the size of the file that lines are read from."""
        return self._checkpoint.converted.get(str(index), self._files[index]["size"])

    def _count(self, **counts: int) -> None:
        """Count for the current file, and in total."""
        self._checkpoint.count(Counter(counts))
        self._checkpoint.count_of_file(self._checkpoint.file, Counter(counts))

    def _report(self, line: ReportLine) -> None:
        """Add a line on the current file to the report."""
        index = self._checkpoint.file
        location = str(line.number) if line.number else ""
        if location and str(index) in self._checkpoint.converted:
            if self._locations[0] != index:
                self._locations = (index, read_locations(self._folder.existing(locations_name(converted_name(index)))))
            location = self._locations[1][line.number - 1]
        self._report_at(index, location, line)

    def _report_at(self, index: int, location: str, line: ReportLine) -> None:
        """Add a line to the report; beyond the limit, lines are only counted."""
        self._checkpoint.count(Counter({line.level: 1}))
        self._checkpoint.count_of_file(index, Counter({line.level: 1}))
        if self._is_repeated(index, line):
            return
        self._checkpoint.count(Counter(report=1))
        lines = self._checkpoint.counts["report"]
        if lines > MOST_REPORT_LINES:
            return
        name = self._files[index]["name"]
        self._context.add_line(line.level, f"{name}:{location}" if location else name, line.message)
        if lines == MOST_REPORT_LINES:
            message = f"The report ends after {MOST_REPORT_LINES:,} lines; the counts are complete."
            self._context.add_line("warning", "", message)

    def _is_repeated(self, index: int, line: ReportLine) -> bool:
        """Return whether lines like this one were reported often enough; they are counted, and summed up at the end."""
        key = f"{index}\t{line.level}\t{_pattern(line.message)}"
        repeated = self._checkpoint.repeated
        if key not in repeated and len(repeated) >= MOST_KINDS_OF_LINES:
            return False
        repeated[key] = repeated.get(key, 0) + 1
        return repeated[key] > MOST_ALIKE

    def _report_repeated(self) -> None:
        """Join the lines of each kind that was repeated too often into one, with their number and first locations."""
        repeated, self._checkpoint.repeated = self._checkpoint.repeated, {}
        often = {key: number for key, number in repeated.items() if number > MOST_ALIKE}
        with transaction.atomic():
            lines = self._context.written_lines() if often else []
            for key, number in often.items():
                index, level, pattern = key.split("\t", 2)
                name = self._files[int(index)]["name"]
                alike = [line for line in lines if line.level == level and _pattern(line.message) == pattern]
                if alike := [line for line in alike if line.where == name or line.where.startswith(f"{name}:")]:
                    places = ", ".join(dict.fromkeys(filter(None, (line.where[len(name) + 1 :] for line in alike[1:]))))
                    examples = f": {places}, …" if places else ""
                    self._context.join_lines(alike, f"{alike[0].message} ({number - 1:,} more like this{examples})")
            self._context.save_checkpoint(self._checkpoint.as_json())

    def _progress(self, offset: int) -> None:
        """Report the progress in bytes; those of a file that is checked first count twice."""
        times = 1 if self._options.skip_bad else 2
        sizes = [times * self._size(index) for index in range(len(self._files))]
        is_writing = self._checkpoint.phase == "write" and not self._options.skip_bad
        done = sum(sizes[: self._checkpoint.file]) + offset
        done += self._size(self._checkpoint.file) if is_writing else 0
        self._context.set_progress(done, sum(sizes))

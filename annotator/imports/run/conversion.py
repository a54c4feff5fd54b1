"""Converting a file of any format into JSONL, so that checking and writing handle one format only.

The JSONL lies beside the upload, and beside it the location that each line came from. A new attempt writes both again.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from annotator.corpus.spans.changes import load_payload
from annotator.formats.archives import looks_like_archive, opened_archive
from annotator.formats.extras import require_packages
from annotator.formats.incoming import (
    HEAD_BYTES,
    Head,
    IncomingDocument,
    IncomingFiles,
    IncomingSet,
    Opener,
    ReadLine,
    ReadResult,
    Source,
    UnreadableFile,
)
from annotator.formats.interface import Format
from annotator.formats.item_counts import ItemCounts
from annotator.formats.registry import FORMATS, SIDE_FILES, detect_format, stem_of
from annotator.imports.mapping.import_mapping import rename
from annotator.imports.mapping.safe_names import SafeNames
from annotator.imports.mapping.unknown_names import NamePolicy, UnknownNames, without_unknown_names
from annotator.imports.options import ARCHIVE, AUTO, EqualTexts, ImportOptions
from annotator.imports.run.archive_members import (
    NAMED_BY_FOLDERS,
    NO_ANNOTATIONS,
    FileNames,
    flat_folders,
    is_type_system,
    project_members,
)
from annotator.imports.run.contents import FileContents
from annotator.imports.run.equal_texts import merge_equal_texts
from annotator.imports.run.plan import ReportLine
from annotator.platform.garbage import collect_young
from annotator.problems import Problem
from projects.schema import Schema

Write = Callable[[bytes], int]
# A member of every file of Word, Excel and similar programs: these files are archives.
SHARED_ENDING = ".json"
MOST_PAGES = 3
OFFICE_MEMBER = "[Content_Types].xml"
DOCUMENTS_BETWEEN_CHECKS = 20
SKIPPED = "skipped"
"""In the place of a format: what lies beside the data and holds no documents."""
_PROBLEMS = {
    ARCHIVE: "Archives within archives are not unpacked. Unpack this one first.",
    "": "Unrecognised format. Choose its format, remove it from the archive, or skip records with errors.",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a file, as JSON; `size` is that of the converted file, `merged` counts merged documents."""

    size: int = 0
    contents: dict[str, Any] = field(default_factory=lambda: FileContents().counts)
    items: dict[str, Any] = field(default_factory=dict)
    unknown_names: dict[str, Any] = field(default_factory=dict)
    safe_names: dict[str, str] = field(default_factory=dict)
    merged: int = 0


@dataclass(slots=True)
class Conversion:
    """The conversion of one file into JSONL.

    Collects the names that the schema lacks, the contents of the file, and the items that were found and left out.
    """

    path: Path
    name: str
    format: str
    options: ImportOptions
    schema: Schema
    unknown_names: UnknownNames
    contents: FileContents = field(default_factory=FileContents)
    items: ItemCounts = field(default_factory=ItemCounts)
    safe_names: SafeNames = field(default_factory=SafeNames)

    def run(self, out: Path) -> Iterator[tuple[str, ReportLine | None]]:
        """Write `out` and its locations; yield each report line with its location, and None after each document."""
        with out.open("wb") as lines, locations_path(out).open("wb") as locations:
            try:
                for result in read_documents(self.path, self.name, self.format, self.options):
                    yield from self._convert(result, lines.write, locations.write)
                    yield result.location, None
            except Problem as problem:
                self.items.leave_out("documents", "unreadable")
                yield "", ReportLine("error", 0, problem.detail)

    def messages(self, out: Path) -> Iterator[list[Any]]:
        """Write `out`; yield report lines as lists, an empty list now and then, and at last `[outcome]`, all JSON."""
        documents = 0
        for location, line in self.run(out):
            if line is not None:
                yield [location, *line]
                continue
            documents += 1
            if documents % DOCUMENTS_BETWEEN_CHECKS == 0:
                collect_young()
                yield []
        merged = 0
        if self.options.equal_texts == EqualTexts.MERGE:
            merged = merge_equal_texts(out, locations_path(out), self.items)
        outcome = Outcome(
            size=out.stat().st_size,
            contents=self.contents.counts,
            items=self.items.as_json(),
            unknown_names=self.unknown_names.counts,
            safe_names=self.safe_names.names,
            merged=merged,
        )
        yield [asdict(outcome)]

    def _convert(
        self, result: ReadResult, write_line: Write, write_location: Write
    ) -> Iterator[tuple[str, ReportLine]]:
        notes = [*result.notes]
        document = None if result.problems else result.document
        items = items_found(result)
        data = b""
        if self.options.preview:
            self.contents.count(result)
        if document is not None:
            document, more = self._adapt(document, items)
            notes += more
            try:
                data = line_of(document)
            except TypeError as error:
                notes, document = [], None
                yield result.location, ReportLine("error", 0, f"The document cannot be stored: {error}.")
        for note in notes:
            yield result.location, ReportLine("warning", 0, note)
        for problem in result.problems:
            yield result.location, ReportLine("error", 0, problem)
        if document is not None:
            write_line(data)
            write_location(orjson.dumps(result.location) + b"\n")
        else:
            items.lose_rest("refused_allowed" if self.options.skip_bad else "refused")
        self.items.add(items)

    def _adapt(self, given: IncomingDocument, items: ItemCounts) -> tuple[IncomingDocument, list[str]]:
        document, notes = rename(given, self.options.mapping)
        if notes or self.options.mapping.attributes:
            items.lose("mapping", numbers_in(given) - numbers_in(document))
        document, more = self.safe_names.apply(document)
        notes += more
        self.unknown_names.count(document)
        if self.options.policies.include(NamePolicy.SKIP):
            before = document
            document, more = without_unknown_names(document, self.schema, self.options.policies)
            if more:
                items.lose("unknown_name", numbers_in(before) - numbers_in(document))
            notes += more
        if self.options.preview:
            self.contents.keep_sample(document)
        return document, notes


def items_found(result: ReadResult) -> ItemCounts:
    """Return what the file holds of a document, and what the reader left out of it."""
    items = ItemCounts()
    if result.document is not None or (result.location and result.problems):
        items.find("documents")
    elif result.problems:
        items.leave_out("documents", "unreadable")
    for incoming in result.document.sets.values() if result.document else ():
        if incoming.items is None:
            items.found.update(incoming.numbers)
        else:
            items.add(incoming.items)
    if result.items is not None:
        items.add(result.items)
    return items


def numbers_in(document: IncomingDocument) -> Counter[str]:
    """Return the numbers of items in the sets of a document."""
    numbers: Counter[str] = Counter()
    for incoming in document.sets.values():
        numbers += incoming.numbers
    return numbers


def locations_path(out: Path) -> Path:
    """Return the path of the locations of the lines of a converted file."""
    return out.with_name(locations_name(out.name))


def locations_name(converted: str) -> str:
    """Return the name of the file of locations beside a converted file."""
    return f"{converted.removesuffix('.jsonl')}.places"


def read_locations(path: Path) -> list[str]:
    """Return the location that each line of a converted file came from."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def line_of(document: IncomingDocument) -> bytes:
    """Return a document as a line of JSONL; raise `TypeError` for values that JSON cannot hold."""
    annotators = {
        name: load_payload(incoming.spans, incoming.relations, incoming.document_attributes)
        for name, incoming in document.sets.items()
        if incoming.prediction is None
    }
    predictions = [_prediction(incoming) for incoming in document.sets.values() if incoming.prediction is not None]
    members = {"id": document.external_id, "title": document.title, "text": document.text, "meta": document.meta}
    original = {"original": document.original.as_json()} if document.original else {}
    suggestions = {"suggestions": predictions} if predictions else {}
    line = {**members, **original, **suggestions, "annotators": annotators}
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _prediction(incoming: IncomingSet) -> dict[str, Any]:
    """Return predictions as a member of `suggestions` in a line of JSONL."""
    if incoming.prediction is None:
        raise ValueError("This set was made by a person.")
    scored = [
        {**span, "score": incoming.scores[span["id"]]} if isinstance(span, dict) and span.get("id") in incoming.scores
        else span
        for span in incoming.spans
    ]  # fmt: skip
    return {**incoming.prediction._asdict(), "spans": scored, "relations": incoming.relations}


def read_documents(path: Path, name: str, format_key: str, options: ImportOptions) -> Iterator[ReadResult]:
    """Yield the documents of a file, or of every file of an archive."""
    with ExitStack() as stack:
        if format_key != ARCHIVE:
            yield from _read(format_key, {name: lambda: path.open("rb")}, name, options)
            return
        members = stack.enter_context(opened_archive(stack.enter_context(path.open("rb")), name))
        if not members:
            raise UnreadableFile(f"“{name}” is empty: the archive holds no files.")
        if OFFICE_MEMBER in members:
            raise UnreadableFile(f"“{name}” is an office document. Save it as plain text, or a table as CSV.")
        yield from _read_archive(members, name, options)


def head_of(opener: Opener, name: str) -> Head:
    """Return the name and the first bytes of a file."""
    with opener() as stream:
        return Head(name, stream.read(HEAD_BYTES))


def _read_archive(members: Mapping[str, Opener], name: str, options: ImportOptions) -> Iterator[ReadResult]:
    whole = options.format if options.format != AUTO else _format_of_whole(members)
    if whole is not None and FORMATS[whole].needs_archive:
        yield from _read(whole, members, name, options)
        return
    members, lacking = project_members(members)
    keys = {member: _key_of_member(members[member], member, options) for member in members}
    flat = flat_folders(keys, lambda member: _digest_of(keys[member], member, members[member], options))
    file_names = FileNames()
    for member, opener in members.items():
        format_key, path = keys[member], PurePosixPath(member)
        if format_key == SKIPPED:
            continue
        problem = NO_ANNOTATIONS if member in lacking else _PROBLEMS.get(format_key or "")
        if problem is not None or format_key is None:
            yield ReadResult(member, problems=(problem or "",))
            continue
        name = path.name if format_key in NAMED_BY_FOLDERS and str(path.parent) in flat else member
        try:
            for result in _read(format_key, {member: opener}, name, options):
                location = f"{member}, {result.location}" if result.location not in ("", member) else member
                yield file_names.apart(replace(result, location=location), path)
        except UnreadableFile as unreadable:  # the other files can be read
            yield ReadResult(member, problems=(unreadable.detail,))


def _key_of_member(opener: Opener, member: str, options: ImportOptions) -> str | None:
    """Return the format of a file of an archive; None when it is not recognised."""
    if PurePosixPath(member).name in SIDE_FILES:
        return SKIPPED
    head = head_of(opener, member)
    if looks_like_archive(head.data):
        return ARCHIVE
    if is_type_system(head):
        return SKIPPED
    return options.format if options.format != AUTO else detect_format(head)


def _digest_of(format_key: str | None, member: str, opener: Opener, options: ImportOptions) -> str:
    """Return the checksum of the text of a file of an archive; "" when it cannot be read."""
    try:
        results = _read(format_key or "", {member: opener}, member, options)
        return next((result.document.sha256 for result in results if result.document is not None), "")
    except Problem:
        return ""


def _format_of_whole(members: Mapping[str, Opener]) -> str | None:
    """Return the format that needs several files and of which an archive has some; None when there is none."""
    endings = {PurePosixPath(member).suffix.lower() for member in members}
    candidates = [key for key, format_ in FORMATS.items() if format_.needs_archive and format_.read]
    by_ending = next((key for key in candidates if endings & set(FORMATS[key].endings)), None)
    if by_ending is not None:
        return by_ending
    # An ending that formats share says nothing; the content does.
    pages = [member for member in members if member.lower().endswith(SHARED_ENDING)][:MOST_PAGES]
    detected = (detect_format(head_of(members[member], member)) for member in pages)
    return next((key for key in detected if key in candidates), None)


def _read(format_key: str, files: Mapping[str, Opener], name: str, options: ImportOptions) -> Iterator[ReadResult]:
    format_ = FORMATS[format_key]
    require_packages(format_)
    mapping = options.mapping
    incoming = IncomingFiles(name, stem_of(name), files, options.encoding, mapping.fields, mapping.options)
    if format_.read_mapped is not None and mapping.fields:
        yield from format_.read_mapped(incoming)
    elif format_.read is not None:
        yield from format_.read(incoming)
    else:
        yield from _read_lines(format_, incoming)


def _read_lines(format_: Format, incoming: IncomingFiles) -> Iterator[ReadResult]:
    if format_.read_lines is None:
        raise UnreadableFile(f"{format_.name} can only be exported, not imported.")
    with incoming.open() as stream:
        for line in format_.read_lines(stream, Source(incoming.stem, incoming.encoding)):
            yield _result_of(line)


def _result_of(line: ReadLine) -> ReadResult:
    problems = tuple(
        f"{problem.pointer}: {problem.message}" if problem.pointer else problem.message for problem in line.problems
    )
    notes = tuple(f"{note.pointer}: {note.message}" for note in line.notes)
    return ReadResult(f"line {line.number}" if line.number else "", line.document, problems, notes, line.items)

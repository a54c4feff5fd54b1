"""Turning a file of any format into JSONL of our own, so that checking and writing know one shape only.

The JSONL lies beside the upload, and beside it the place that each line came from. Another attempt makes both anew.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import orjson

from annotator.formats.archives import looks_like_archive, opened_archive
from annotator.formats.extras import require_packages
from annotator.formats.incoming import (
    HEAD_BYTES,
    Head,
    IncomingDocument,
    IncomingFiles,
    Opener,
    ReadLine,
    ReadResult,
    Source,
    UnreadableFile,
)
from annotator.formats.interface import Format
from annotator.formats.registry import FORMATS, SIDE_FILES, detect_format, stem_of
from annotator.imports.mapping import ImportMapping, renamed
from annotator.imports.novelties import Choices, NewLabels, Novelties, without_novelties
from annotator.imports.planning import ReportLine
from annotator.imports.survey import Survey
from annotator.problems import Problem
from projects.schema import Schema

Write = Callable[[bytes], int]
ARCHIVE = "archive"
AUTO = "auto"
# What every file of Word, Excel and their like holds: they are archives.
OFFICE = "[Content_Types].xml"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person who imports said about the files."""

    format: str = AUTO
    encoding: str = ""
    mapping: ImportMapping = field(default_factory=ImportMapping)
    new_labels: NewLabels = NewLabels.REFUSE
    preview: bool = False

    @property
    def choices(self) -> Choices:
        """What becomes of names that the schema lacks."""
        return Choices(self.new_labels, self.mapping.new)

    def takes_directly(self, format_key: str) -> bool:
        """Whether files of a format can be read where they lie, without being converted."""
        plain = not self.mapping and self.new_labels is NewLabels.REFUSE
        return plain and not self.preview and format_key != ARCHIVE and FORMATS[format_key].read_lines is not None


@dataclass(slots=True)
class Conversion:
    """One file on its way into JSONL; names that the schema lacks gather in `novelties`, what is there in `survey`."""

    path: Path
    name: str
    format: str
    wishes: Wishes
    schema: Schema
    novelties: Novelties
    survey: Survey = field(default_factory=Survey)

    def run(self, out: Path) -> Iterator[tuple[str, ReportLine | None]]:
        """Write `out` and its places; yield each line for the report with its place, and None after each document."""
        with out.open("wb") as lines, places_path(out).open("wb") as places:
            try:
                for arrival in arrivals(self.path, self.name, self.format, self.wishes):
                    yield from self._take(arrival, lines.write, places.write)
                    yield arrival.place, None
            except Problem as problem:
                yield "", ReportLine("error", 0, problem.detail)

    def _take(self, arrival: ReadResult, write_line: Write, write_place: Write) -> Iterator[tuple[str, ReportLine]]:
        notes = [*arrival.notes]
        document = None if arrival.problems else arrival.document
        data = b""
        if self.wishes.preview:
            self.survey.note(arrival)
        if document is not None:
            document, more = self._adapted(document)
            notes += more
            try:
                data = line_of(document)
            except TypeError as error:
                notes, document = [], None
                yield arrival.place, ReportLine("error", 0, f"The document cannot be stored: {error}.")
        for note in notes:
            yield arrival.place, ReportLine("warning", 0, note)
        for problem in arrival.problems:
            yield arrival.place, ReportLine("error", 0, problem)
        if document is not None:
            write_line(data)
            write_place(orjson.dumps(arrival.place) + b"\n")

    def _adapted(self, document: IncomingDocument) -> tuple[IncomingDocument, list[str]]:
        document, notes = renamed(document, self.wishes.mapping)
        self.novelties.note(document)
        if self.wishes.choices.may_be(NewLabels.SKIP):
            document, more = without_novelties(document, self.schema, self.wishes.choices)
            notes += more
        if self.wishes.preview:
            self.survey.show(document)
        return document, notes


def places_path(out: Path) -> Path:
    """Return where the places of the lines of a converted file lie."""
    return out.with_suffix(".places")


def read_places(out: Path) -> list[str]:
    """Return the place that each line of a converted file came from."""
    return [orjson.loads(line) for line in places_path(out).read_bytes().splitlines()]


def line_of(document: IncomingDocument) -> bytes:
    """Return a document as a line of JSONL; raises `TypeError` for what JSON cannot hold."""
    annotators = {name: {"spans": work.spans, "relations": work.relations} for name, work in document.sets.items()}
    members = {"id": document.external_id, "title": document.title, "text": document.text, "meta": document.meta}
    original = {"original": document.original.as_json()} if document.original else {}
    return orjson.dumps({**members, **original, "annotators": annotators}, option=orjson.OPT_APPEND_NEWLINE)


def arrivals(path: Path, name: str, format_key: str, wishes: Wishes) -> Iterator[ReadResult]:
    """Read a file, or every file of an archive, with the recipe of its format."""
    with ExitStack() as stack:
        if format_key != ARCHIVE:
            yield from _read(format_key, {name: lambda: path.open("rb")}, name, wishes)
            return
        members = stack.enter_context(opened_archive(stack.enter_context(path.open("rb")), name))
        if not members:
            raise UnreadableFile(f"There is no file in “{name}”.")
        if OFFICE in members:
            raise UnreadableFile(f"“{name}” is a file of an office program. Save it as plain text, or a table as CSV.")
        yield from _read_archive(members, name, wishes)


def head_of(opener: Opener, name: str) -> Head:
    """Return the beginning of a file."""
    with opener() as stream:
        return Head(name, stream.read(HEAD_BYTES))


def _read_archive(members: Mapping[str, Opener], name: str, wishes: Wishes) -> Iterator[ReadResult]:
    together = wishes.format if wishes.format != AUTO else _format_of_several(members)
    if together is not None and FORMATS[together].needs_archive:
        yield from _read(together, members, name, wishes)
        return
    for member, opener in members.items():
        if PurePosixPath(member).name in SIDE_FILES:
            continue
        head = head_of(opener, member)
        found = wishes.format if wishes.format != AUTO else detect_format(head)
        if looks_like_archive(head.data):
            yield ReadResult(member, problems=("Archives within archives are not unpacked. Unpack it first.",))
            continue
        if found is None:
            yield ReadResult(member, problems=("The file is of no known format.",))
            continue
        for arrival in _read(found, {member: opener}, member, wishes):
            place = f"{member}, {arrival.place}" if arrival.place and arrival.place != member else member
            yield ReadResult(place, arrival.document, arrival.problems, arrival.notes)


def _format_of_several(members: Mapping[str, Opener]) -> str | None:
    """Return the format of which an archive as a whole is, when one needs several files."""
    endings = {PurePosixPath(member).suffix.lower() for member in members}
    several = (key for key, recipe in FORMATS.items() if recipe.needs_archive and recipe.read)
    return next((key for key in several if endings & set(FORMATS[key].endings)), None)


def _read(format_key: str, files: Mapping[str, Opener], name: str, wishes: Wishes) -> Iterator[ReadResult]:
    recipe = FORMATS[format_key]
    require_packages(recipe)
    mapping = wishes.mapping
    incoming = IncomingFiles(name, stem_of(name), files, wishes.encoding, mapping.fields, mapping.choices)
    if recipe.read_mapped is not None and mapping.fields:
        yield from recipe.read_mapped(incoming)
    elif recipe.read is not None:
        yield from recipe.read(incoming)
    else:
        yield from _read_lines(recipe, incoming)


def _read_lines(recipe: Format, incoming: IncomingFiles) -> Iterator[ReadResult]:
    if recipe.read_lines is None:
        raise UnreadableFile(f"{recipe.name} can be written, not read.")
    with incoming.open() as stream:
        for line in recipe.read_lines(stream, Source(incoming.stem, incoming.encoding)):
            yield _arrival(line)


def _arrival(line: ReadLine) -> ReadResult:
    problems = tuple(
        f"{problem.pointer}: {problem.message}" if problem.pointer else problem.message for problem in line.problems
    )
    notes = tuple(f"{note.pointer}: {note.message}" for note in line.notes)
    return ReadResult(f"line {line.number}" if line.number else "", line.document, problems, notes)

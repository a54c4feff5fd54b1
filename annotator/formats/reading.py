"""What every reader gives: documents and problems, line by line, so that memory does not grow with the file."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple

from annotator.formats.originals import IncomingOriginal

LONGEST_LINE = 10_000_000
LONGEST_ID = 200
LONGEST_TITLE = 500
LONGEST_SET_NAME = 150


class LineProblem(NamedTuple):
    """What is wrong. `line` counts from 1, 0 is the file as a whole; `pointer` is a JSON pointer into the line."""

    line: int
    pointer: str
    message: str


@dataclass(frozen=True, slots=True)
class IncomingSet:
    """The spans and relations of one author as they stand in the file; whoever knows the schema checks them.

    `pointer` is the JSON pointer to it in its line.
    """

    spans: list[Any]
    relations: list[Any]
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class IncomingDocument:
    """A text that came in, with the annotation sets beside it by name. `meta` is a JSON object.

    `original` is the file that the text was taken out of, when the text is not the file.
    """

    external_id: str
    title: str
    text: str
    sha256: str
    meta: Mapping[str, Any] = field(default_factory=dict)
    sets: Mapping[str, IncomingSet] = field(default_factory=dict)
    original: IncomingOriginal | None = None


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One line, or one whole file of plain text (`number` 0): a document, or what is wrong with it.

    `end` is the offset of the byte after it, from which reading can go on.
    """

    number: int
    end: int
    document: IncomingDocument | None = None
    problems: tuple[LineProblem, ...] = ()
    notes: tuple[LineProblem, ...] = ()
    """What was put right, for the report."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is read: `stem` names documents without an id, `encoding` is what was declared, "" for nothing.

    Reading begins after line `line`, at byte `offset`; the stream stands there already.
    """

    stem: str
    encoding: str = ""
    line: int = 0
    offset: int = 0


class Format(NamedTuple):
    """A format that can be read: its name for people, the endings of its files, its reader."""

    name: str
    endings: tuple[str, ...]
    read: Callable[[BinaryIO, Source], Iterator[ReadLine]]

"""What a recipe for a format is made of: how a file is told, how it is read, how it is written, what it cannot carry.

A recipe is one file of this package, one line of `formats.RECIPES`, one test file and one page under
`docs/reference/formats/`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple, Protocol

from annotator.formats.reading import IncomingDocument, ReadLine, Source
from annotator.formats.shapes import DocumentRecord, SetRecord
from annotator.problems import InvalidInput
from annotator.text.decoding import decode_text

HEAD_BYTES = 65_536
LARGEST_PART = 100_000_000
Opener = Callable[[], BinaryIO]
Piece = tuple[str, bytes]
"""The name of a file within an export, "" for the only one, and bytes to put at its end."""


class UnreadableFile(InvalidInput):
    """A file as a whole is not what it should be."""

    code = "unreadable_file"
    title = "The file cannot be read"


@dataclass(frozen=True, slots=True)
class Head:
    """What a format is told by: the name of a file and its first bytes."""

    name: str
    data: bytes

    @property
    def text(self) -> str:
        """The first bytes as text, for a glance; a character cut in two at the end is left out."""
        return self.data.decode("utf-8", "ignore").removeprefix("\ufeff")


@dataclass(frozen=True, slots=True)
class Incoming:
    """Files that are read together; one alone, or the members of an archive by their paths.

    `fields` names the members of a record in a file of somebody's own making, by what they are for us; `choices` are
    further words of the person who imports, such as `offsets` and `annotator`.
    """

    name: str
    stem: str
    files: Mapping[str, Opener]
    encoding: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)

    def open(self) -> BinaryIO:
        """Open the only file."""
        (opener,) = self.files.values()
        return opener()

    def read(self, name: str, *, at_most: int = LARGEST_PART) -> bytes:
        """Return the bytes of one file; `UnreadableFile` when there are too many."""
        with self.files[name]() as stream:
            data = stream.read(at_most + 1)
        if len(data) > at_most:
            raise UnreadableFile(f"“{name}” is larger than {at_most:,} bytes. Split it.")
        return data

    def read_text(self, name: str, *, at_most: int = LARGEST_PART) -> str:
        """Return one file as text, decoded as strictly as plain text is."""
        return decode_text(self.read(name, at_most=at_most), encoding=self.encoding)

    def only_text(self) -> str:
        """Return the only file as text."""
        (name,) = self.files
        return self.read_text(name)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One document as a recipe read it, at a place in words such as "line 7" or "news/01.ann".

    `problems` keep it out; `notes` tell what was repaired or left behind, span by span.
    """

    place: str
    document: IncomingDocument | None = None
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportDocument:
    """One document as a recipe writes it, with its sets under the names that they leave under."""

    document: DocumentRecord
    sets: Mapping[str, SetRecord]


class LossReport(Protocol):
    """Takes down what a format cannot carry."""

    def add(self, document: str, annotator: str, item: str, what: str, why: str) -> None:
        """Note that `what` of span or relation `item` ("" for a document) stays behind, and why."""


@dataclass(frozen=True, slots=True)
class ExportContext:
    """What a writer is given beside the documents: the schema definition now in force, and the book of losses.

    `guideline` is a text for those who are told what to do (Markdown; empty: none), `pair_sentences` how many sentences
    apart the two ends of a possible relation may lie.
    """

    schema: Mapping[str, Any]
    losses: LossReport
    guideline: str = ""
    pair_sentences: int = 1


class Recipe(NamedTuple):
    """A format.

    `sniff` says how sure it is, from 0 to 1, that a file is of this format. `read_lines` is there for formats whose
    lines can be read from any place on; `read` for all others. `unit` says what the offsets count, `lost` what never
    leaves with this format, in sentences. `archive` means that it is made of several files; `single`, that one of them
    alone can be read as well. `needs` names packages beyond those that running needs, by which they are imported and
    installed; a recipe imports them where it reads and writes, and nowhere else.
    """

    name: str
    endings: tuple[str, ...]
    sniff: Callable[[Head], float]
    read: Callable[[Incoming], Iterator[Arrival]] | None = None
    read_lines: Callable[[BinaryIO, Source], Iterator[ReadLine]] | None = None
    write: Callable[[Iterable[ExportDocument], ExportContext], Iterator[Piece]] | None = None
    unit: str = "unicode-code-point"
    archive: bool = False
    single: bool = False
    media_type: str = "application/octet-stream"
    lost: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

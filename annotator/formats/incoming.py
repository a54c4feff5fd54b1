"""What readers take and give: files, and documents with their annotation sets or problems.

Readers work line by line or document by document, so that memory does not grow with the file.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, BinaryIO, NamedTuple

from annotator.problems import InvalidInput
from annotator.text.decoding import decode_text

LONGEST_LINE = 10_000_000


LONGEST_ID = 200


LONGEST_TITLE = 500


LONGEST_SET_NAME = 150


LARGEST_ORIGINAL = 5_000_000


LONGEST_NAME = 200


LONGEST_MEDIA_TYPE = 100


HEAD_BYTES = 65_536


LARGEST_PART = 100_000_000


Opener = Callable[[], BinaryIO]


def ending_of(file_name: str) -> str:
    """Return the ending of a file's name in lower case, with the dot."""
    return PurePath(file_name).suffix.lower()


class UnreadableFile(InvalidInput):
    """A file as a whole is not what it should be."""

    code = "unreadable_file"
    title = "The file cannot be read"


@dataclass(frozen=True, slots=True)
class Head:
    """The name of a file and its first bytes, by which its format is detected."""

    name: str
    data: bytes

    @property
    def ending(self) -> str:
        """The ending of the file's name in lower case, with the dot."""
        return ending_of(self.name)

    @property
    def text(self) -> str:
        """The first bytes as text, for a glance; a character cut in two at the end is left out."""
        return self.data.decode("utf-8", "ignore").removeprefix("\ufeff")


@dataclass(frozen=True, slots=True)
class IncomingFiles:
    """Files that are read together; one alone, or the members of an archive by their paths.

    `fields` names the members of a record in a file of somebody's own making, by what they are for us; `choices` are
    further words of the person who imports, such as `offsets` and `annotator`.
    """

    name: str
    stem: str
    files: Mapping[str, Opener]
    encoding: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

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
class IncomingOriginal:
    """A file as it came in: what it was called, of which media type it is, and its bytes."""

    name: str
    media_type: str
    data: bytes

    def as_json(self) -> dict[str, str]:
        """Return it as `read_original` reads it."""
        return {"name": self.name, "type": self.media_type, "base64": base64.b64encode(self.data).decode()}


def read_original(given: Any) -> IncomingOriginal:
    """Return the original that a line of JSONL holds; raises `ValueError` in a sentence for what is none."""
    if not isinstance(given, dict) or given.keys() != {"name", "type", "base64"}:
        raise ValueError('This must be an object {"name", "type", "base64"}.')
    name, media_type, encoded = given["name"], given["type"], given["base64"]
    for value, longest in ((name, LONGEST_NAME), (media_type, LONGEST_MEDIA_TYPE)):
        if not isinstance(value, str) or not 1 <= len(value) <= longest or not value.isprintable():
            raise ValueError(f"Name and type must be strings of 1 to {longest} printable characters.")
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise ValueError(f"The bytes must be base64: {error}.") from error
    if len(data) > LARGEST_ORIGINAL:
        raise ValueError(f"The original is larger than {LARGEST_ORIGINAL:,} bytes. Leave it out.")
    return IncomingOriginal(name, media_type, data)


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


@dataclass(frozen=True, slots=True)
class ReadResult:
    """One document as a recipe read it, at a place in words such as "line 7" or "news/01.ann".

    `problems` keep it out; `notes` tell what was repaired or left behind, span by span.
    """

    place: str
    document: IncomingDocument | None = None
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def document_id(given: Any, stem: str, number: int) -> str:
    """Return the id of a document as a string; made of file and number when none is given."""
    return f"{stem[: LONGEST_ID - 20]}-{number}" if given in (None, "") else str(given)

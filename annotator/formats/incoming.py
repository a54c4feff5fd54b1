"""What readers take and give: files, and documents with their annotation sets or problems.

Readers work line by line or document by document, so that memory does not grow with the file.
"""

import base64
import binascii
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, BinaryIO, NamedTuple

from annotator.formats.item_counts import ItemCounts, numbers_of
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


class UsualSet(NamedTuple):
    """A set in the usual form that certainly is valid: the numbers of its items, and its spans as values in a row.

    `values` has id, label, start, end and attributes as JSON of each span, one after another; None when a span has more
    than these.
    """

    numbers: Mapping[str, int]
    values: list[Any] | None


Recognise = Callable[[Any, Any, int], UsualSet | None]


def ending_of(file_name: str) -> str:
    """Return the ending of a file's name in lower case, with the dot."""
    return PurePath(file_name).suffix.lower()


class UnreadableFile(InvalidInput):
    """A file cannot be read at all."""

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
        """The first bytes as text; an incomplete character at the end is left out."""
        return self.data.decode("utf-8", "ignore").removeprefix("\ufeff")


@dataclass(frozen=True, slots=True)
class IncomingFiles:
    """Files that are read together: a single file, or the members of an archive by their paths.

    `fields` are the names of the fields of a record in these files, by their use; `options` are further options of the
    person who imports, such as `offsets` and `annotator`.
    """

    name: str
    stem: str
    files: Mapping[str, Opener]
    encoding: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    def span_options(self, unit: str) -> dict[str, Any]:
        """Return the options of a `SetBuilder`; `unit` is the unit of the offsets of the format."""
        return {"unit": self.options.get("offsets", unit), "contested": self.options.get("contested", "")}

    def open(self) -> BinaryIO:
        """Open the only file."""
        (opener,) = self.files.values()
        return opener()

    def read(self, name: str, *, at_most: int = LARGEST_PART) -> bytes:
        """Return the bytes of one file; raise `UnreadableFile` when there are too many."""
        with self.files[name]() as stream:
            data = stream.read(at_most + 1)
        if len(data) > at_most:
            raise UnreadableFile(f"“{name}” is larger than {at_most:,} bytes. Split it.")
        return data

    def read_text(self, name: str, *, at_most: int = LARGEST_PART) -> str:
        """Return one file as text, decoded strictly."""
        return decode_text(self.read(name, at_most=at_most), encoding=self.encoding)

    def only_text(self) -> str:
        """Return the only file as text."""
        (name,) = self.files
        return self.read_text(name)


@dataclass(frozen=True, slots=True)
class IncomingOriginal:
    """The file that a text was extracted from: its name, its media type and its bytes."""

    name: str
    media_type: str
    data: bytes

    def as_json(self) -> dict[str, str]:
        """Return the member `original` of a line of JSONL."""
        return {"name": self.name, "type": self.media_type, "base64": base64.b64encode(self.data).decode()}


def read_original(given: Any) -> IncomingOriginal:
    """Return the original in a line of JSONL; raise `ValueError` with a sentence when it is not valid."""
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
    """A problem of a line. `line` counts from 1, 0 is the whole file; `pointer` is a JSON pointer into the line."""

    line: int
    pointer: str
    message: str


class Prediction(NamedTuple):
    """What made a set that no person made: a source, its version, and its score for the whole, None for none."""

    source: str
    version: str
    score: float | None = None

    @property
    def set_name(self) -> str:
        """The name under which a document has these predictions beside the sets of annotators."""
        return f"{self.source} {self.version} (predictions)"[:LONGEST_SET_NAME]


@dataclass(frozen=True, slots=True)
class IncomingSet:
    """The spans and relations of one author as they are in the file; the import checks them against the schema.

    `document_attributes` is what the author says about the document as a whole, as it is in the file.
    `pointer` is the JSON pointer to the set in its line. `prediction` says what made a set that no person made;
    `scores` are those of single spans, by their ids. `items` counts what the file holds of this set, including what
    the reader left out; None when everything in the file is in `spans` and `relations`. `contested` describes
    spans whose offsets and words contradict each other, for the preview. `usual` is what `Source.recognise` found.
    """

    spans: list[Any]
    relations: list[Any]
    pointer: str = ""
    items: ItemCounts | None = None
    prediction: Prediction | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    contested: tuple[Mapping[str, str], ...] = ()
    document_attributes: Any = field(default_factory=dict)
    usual: UsualSet | None = None

    @property
    def numbers(self) -> Counter[str]:
        """The numbers of items by kind that the set holds."""
        if self.usual is not None:
            return Counter(self.usual.numbers)
        return numbers_of(self.spans, self.relations, self.document_attributes)


@dataclass(frozen=True, slots=True)
class IncomingDocument:
    """A text with its annotation sets by name. `meta` is a JSON object.

    `original` is the file that the text was extracted from, None when the text is the file.
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
    """One line, or a whole file of plain text (`number` 0): a document, or its problems.

    Reading can continue at byte `end`, the offset after the line. `notes` report corrections. `items` counts what a
    line with problems holds, as far as it can be read.
    """

    number: int
    end: int
    document: IncomingDocument | None = None
    problems: tuple[LineProblem, ...] = ()
    notes: tuple[LineProblem, ...] = ()
    items: ItemCounts | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A file read line by line: `stem` names documents without an id, `encoding` is the declared one, "" for none.

    Reading begins after line `line`, at byte `offset`, where the stream already is. A file that `is_checked` was read
    before without a problem: what only finds problems may be left out. `recognise` is a function of the spans and
    relations of a set and the length of its text: it returns what it found when the set is in the usual form and
    certainly valid, and None for any other.
    """

    stem: str
    encoding: str = ""
    line: int = 0
    offset: int = 0
    is_checked: bool = False
    recognise: Recognise | None = None


@dataclass(frozen=True, slots=True)
class ReadResult:
    """One document, or why there is none, with its location in words, such as "line 7" or "news/01.ann".

    `problems` keep the document out; `notes` report what was corrected or left out. `items` counts items that
    belong to none of the document's sets: what the reader left out, and what a document that it cannot build holds.
    """

    location: str
    document: IncomingDocument | None = None
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    items: ItemCounts | None = None


def document_id(given: Any, stem: str, number: int) -> str:
    """Return the id of a document as a string; without an id, the name of the file with a number."""
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    return f"{stem[: LONGEST_ID - 20]}-{number}" if given in (None, "") else str(given)

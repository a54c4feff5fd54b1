"""Lines of a file that were checked, and their way from the check of a whole file to its writing. Pure."""

import marshal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

import orjson

from annotator.corpus.spans.changes import load_payload
from annotator.formats.incoming import IncomingDocument, IncomingOriginal, IncomingSet, LineProblem, Prediction
from annotator.formats.item_counts import numbers_of
from annotator.formats.records import DocumentValue, RelationRecord, SpanRecord

USUAL_VALUES = 5
"""Values of a span in the usual form: id, label, start, end, and attributes as JSON."""
ALL_VALUES = 9
"""Values of any span: these, and further fragments as JSON, note, origin, and the suggestion as JSON."""
LARGEST_KEPT = 5_000_000
"""Bytes. The lines of a smaller file stay in memory until they are written; those of a larger one go into a file."""
WRITTEN_AT_ONCE = 1_000_000
_LENGTH = 8
# Later versions look for objects that occur twice, which takes a third more time (measured).
_MARSHAL_VERSION = 2


class CheckedSet(NamedTuple):
    """An annotation set that may be stored.

    `payload` is the first entry of its change log as JSON; `values` are those of its spans, one span after another,
    `USUAL_VALUES` for each span if the set `is_usual` and `ALL_VALUES` otherwise. `numbers` are those of its items.
    """

    name: str
    payload: str
    values: Sequence[Any]
    is_usual: bool
    relations: list[RelationRecord]
    numbers: Mapping[str, int]
    prediction: Prediction | None = None
    scores: Mapping[str, float] = {}
    document_attributes: Mapping[str, DocumentValue] = {}

    @property
    def spans(self) -> list[SpanRecord]:
        """The spans, with every member filled in."""
        spans: list[SpanRecord] = orjson.loads(self.payload)["spans"]
        return spans

    @property
    def span_ids(self) -> Sequence[str]:
        """The ids of the spans, in order."""
        return self.values[:: USUAL_VALUES if self.is_usual else ALL_VALUES]


class CheckedLine(NamedTuple):
    """A line of a file: a document with its sets, or its problems; `end` is the offset of the byte after it.

    `numbers` are the numbers of items by kind, the document included, also in a line with problems.
    """

    number: int
    end: int
    document: IncomingDocument | None
    sets: tuple[CheckedSet, ...]
    problems: tuple[LineProblem, ...]
    notes: tuple[LineProblem, ...] = ()
    numbers: Mapping[str, int] = {}


def checked_set(name: str, incoming: IncomingSet) -> CheckedSet:
    """Return a valid set: the members that spans may leave out are filled in, and its items are counted."""
    for span in incoming.spans:
        if len(span) == 4 and "attributes" in span:  # as most spans are: id, label, fragments and attributes
            span["note"], span["origin"] = "", "imported"
        else:
            span.setdefault("note", "")
            span.setdefault("origin", "imported")
            span.setdefault("attributes", {})
    answers = {key: value for key, value in incoming.document_attributes.items() if value is not None}
    usual, relations = incoming.usual, incoming.relations
    if usual is None:
        numbers: Mapping[str, int] = numbers_of(incoming.spans, relations, answers)
        for span in incoming.spans:
            values = span["attributes"]
            if None in values.values():
                span["attributes"] = {key: value for key, value in values.items() if value is not None}
    else:
        numbers = usual.numbers
    payload = orjson.dumps(load_payload(incoming.spans, relations, answers)).decode()
    if usual is not None and usual.values is not None:
        return CheckedSet(name, payload, usual.values, True, relations, numbers, incoming.prediction, incoming.scores)
    values_ = [value for span in incoming.spans for value in _values_of(span)]
    return CheckedSet(name, payload, values_, False, relations, numbers, incoming.prediction, incoming.scores, answers)


def _values_of(span: SpanRecord) -> tuple[Any, ...]:
    fragments, attributes = span["fragments"], span["attributes"]
    return (
        span["id"],
        span["label"],
        fragments[0][0],
        fragments[-1][1],
        orjson.dumps(attributes).decode() if attributes else "{}",
        orjson.dumps(fragments).decode() if len(fragments) > 1 else None,
        span["note"],
        span["origin"],
        orjson.dumps(span["suggestion"]).decode() if span.get("suggestion") else None,
    )


class KeptLines:
    """The lines of one file, which are valid so far, kept from its check until they are written.

    Checking them again, or only reading them again, took a fifth of the time of an import (measured). What cannot be
    kept, for example on a full disk, is given up: then the file is read twice.
    """

    def __init__(self, folder: Path, *, size: int) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._uses_file = size > LARGEST_KEPT
        self._lines: list[CheckedLine] = []
        self._first = 0
        self.is_complete = True

    def add(self, line: CheckedLine) -> None:
        """Keep a line; one with problems is never written, nor is any line of its file."""
        if line.problems:
            self.give_up()
        if not self.is_complete:
            return
        self._lines.append(line)
        if self._uses_file and line.end - self._first >= WRITTEN_AT_ONCE:
            self._first = line.end
            self._write()

    def take(self) -> Iterator[CheckedLine]:
        """Yield all lines; they are not kept any longer."""
        lines, self._lines = self._lines, []
        if self._file is not None:
            self._file.seek(0)
            while length := self._file.read(_LENGTH):
                # Only this process can have written it: the file has no name.
                for record in marshal.loads(self._file.read(int.from_bytes(length, "big"))):  # noqa: S302
                    yield _line_of(record)
        yield from lines
        self.give_up()

    def give_up(self) -> None:
        """Keep no lines."""
        self.is_complete = False
        self._lines.clear()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self) -> None:
        try:
            data = marshal.dumps([_record_of(line) for line in self._lines], _MARSHAL_VERSION)
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by `give_up`
            self._file.write(len(data).to_bytes(_LENGTH, "big"))
            self._file.write(data)
            self._file.flush()
        except (OSError, ValueError):
            self.give_up()
        self._lines.clear()


def _record_of(line: CheckedLine) -> tuple[Any, ...]:
    document = line.document
    if document is None:
        raise ValueError("Lines without a document have problems.")
    original = document.original
    return (
        line.number,
        line.end,
        (document.external_id, document.title, document.text, document.sha256, document.meta),
        original and (original.name, original.media_type, original.data),
        [(*made[:5], dict(made.numbers), made.prediction and tuple(made.prediction), *made[7:]) for made in line.sets],
        [tuple(note) for note in line.notes],
        dict(line.numbers),
    )


def _line_of(record: tuple[Any, ...]) -> CheckedLine:
    number, end, (external_id, title, text, sha256, meta), original, sets, notes, numbers = record
    origin = IncomingOriginal(*original) if original else None
    document = IncomingDocument(external_id, title, text, sha256, meta, original=origin)
    made = [CheckedSet._make(own) for own in sets]
    whole = tuple(
        checked._replace(prediction=Prediction(*checked.prediction)) if checked.prediction else checked
        for checked in made
    )
    return CheckedLine(number, end, document, whole, (), tuple(LineProblem(*note) for note in notes), numbers)

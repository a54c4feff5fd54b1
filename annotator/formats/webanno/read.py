"""Reading WebAnno TSV 3: span layers and relation layers of any name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from annotator.formats.incoming import LONGEST_ID, IncomingDocument, IncomingFiles, ReadResult, UnreadableFile
from annotator.formats.set_builder import UTF16, SetBuilder
from annotator.text.decoding import UnreadableText, refuse_forbidden
from annotator.text.digest import text_digest

HEADER = "WebAnno TSV"
DEFAULT_ANNOTATOR = "webanno"
_TOKEN = re.compile(r"(\d+-\d+(?:\.\d+)?)\t(\d+)-(\d+)\t")
_BAR = re.compile(r"(?<!\\)((?:\\\\)*)\|")
_NUMBERED = re.compile(r"(.*?)(?<!\\)((?:\\\\)*)\[(\d+)\]\Z", re.DOTALL)
_BASE = re.compile(r"(\d+-\d+(?:\.\d+)?)(?:\[(\d+)_(\d+)\])?\Z")
_ESCAPE = re.compile(r"\\(->|.)", re.DOTALL)
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "b": "\b"}
_LABELS = ("label", "value")
_AWAY = ("identifier",)


@dataclass(slots=True)
class Layer:
    """A layer as declared in the file; `base` is the span layer of a relation layer."""

    name: str
    features: list[str]
    kind: str
    base: str = ""

    @property
    def columns(self) -> int:
        """The number of its columns."""
        return max(1, len(self.features)) + (self.kind == "RL")


@dataclass(slots=True)
class Spot:
    """A span being read: its location in UTF-16 units, and the first value of each feature."""

    start: int
    end: int
    features: dict[str, str] = field(default_factory=dict)


def read_webanno(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield the document of a file; in an archive the folder is named after it, the file after the annotator."""
    path = PurePosixPath(incoming.name.replace("\\", "/"))
    folder = path.parent.name
    name, annotator = (folder.removesuffix(".txt"), path.stem) if folder else (incoming.stem, DEFAULT_ANNOTATOR)
    reader = _Reader()
    for number, line in enumerate(incoming.only_text().split("\n"), 1):
        reader.take(line.removesuffix("\r"), number)
    text = reader.text()
    if not text.strip():
        raise UnreadableFile("The file has no text.")
    builder = SetBuilder(text, unit=UTF16)
    problems = []
    try:
        refuse_forbidden(text)
        reader.gather(builder)
    except UnreadableText as problem:
        problems = [problem.detail]
    sets = {incoming.options.get("annotator") or annotator: builder.build()}
    document = IncomingDocument(name[:LONGEST_ID] or incoming.stem, name, text, text_digest(text), {}, sets)
    yield ReadResult("", document, (*reader.problems, *problems, *builder.problems), (*reader.notes, *builder.notes))


class _Reader:
    def __init__(self) -> None:
        self.problems: list[str] = []
        self.notes: list[str] = []
        self._layers: list[Layer] = []
        self._sentences: list[tuple[int, str]] = []
        self._sentence: str | None = None
        self._spots: dict[tuple[str, str], Spot] = {}
        self._relations: list[tuple[str, str, tuple[str, str], tuple[str, str]]] = []

    def take(self, line: str, number: int) -> None:
        """Read one line."""
        if line.startswith("#T_"):
            self._declare(line)
        elif line.startswith("#Text="):
            more = _plain_text(line.removeprefix("#Text="))
            self._sentence = more if self._sentence is None else f"{self._sentence}\n{more}"
        elif match := _TOKEN.match(line):
            self._row(match, line.split("\t")[3:], number)
        elif line.strip() and not line.startswith("#"):
            self.problems.append(f"Line {number} is not a token: “{line[:60]}”.")

    def text(self) -> str:
        """Return the text: sentences at their offsets; the unknown text between them becomes line feeds."""
        self._close_empty()
        text, units = [], 0
        for start, sentence in self._sentences:
            text.append("\n" * max(0, start - units) + sentence)
            units = max(units, start) + len(sentence.encode("utf-16-le")) // 2
        return "".join(text)

    def gather(self, builder: SetBuilder) -> None:
        """Add spans and relations to a builder."""
        ids: dict[tuple[str, str], str] = {}
        for key, spot in self._spots.items():
            layer = key[0]
            named = next((name for name in _LABELS if spot.features.get(name)), None)
            named = named or next((name for name, value in spot.features.items() if value and name not in _AWAY), None)
            label = spot.features[named] if named else layer.rsplit(".", 1)[-1]
            rest = {name: value for name, value in spot.features.items() if value and name not in (named, "note")}
            note = spot.features.get("note", "") if named != "note" else ""
            span_id = builder.add_span(None, label, [(spot.start, spot.end)], attributes=rest, note=note)
            if span_id is not None:
                ids[key] = span_id
        for name, label, source, target in self._relations:
            builder.add_relation(None, label or name, ids.get(source, source[1]), ids.get(target, target[1]))

    def _declare(self, line: str) -> None:
        kind, _, rest = line.removeprefix("#T_").partition("=")
        name, *features = rest.split("|")
        base = next((one.removeprefix("BT_") for one in features if one.startswith("BT_")), "")
        layer = Layer(name, [one for one in features if one and not one.startswith("BT_")], kind, base)
        if kind not in ("SP", "RL"):
            self.notes.append(f"The layer “{name}” was left out: layers of its type are not supported.")
        self._layers.append(layer)

    def _row(self, match: re.Match[str], cells: list[str], number: int) -> None:
        place, start, end = match[1], int(match[2]), int(match[3])
        if self._sentence is not None:
            leading = self._sentence[: len(self._sentence) - len(self._sentence.lstrip())]
            self._sentences.append((start - len(leading), self._sentence))
            self._sentence = None
        at = 0
        for layer in self._layers:
            own = [_pieces(cell) for cell in cells[at : at + layer.columns]]
            at += layer.columns
            if len(own) < layer.columns:
                self.problems.append(f"Line {number} has too few columns.")
                return
            if layer.kind == "SP":
                self._spans(layer, own, place, start, end)
            elif layer.kind == "RL":
                self._arrows(layer, own, place, number)

    def _spans(self, layer: Layer, columns: list[list[str]], place: str, start: int, end: int) -> None:
        for number, piece in enumerate(columns[0]):
            _, identifier = _numbered(piece)
            key = (layer.name, identifier or f"at {place}")
            spot = self._spots.setdefault(key, Spot(start, end))
            spot.start, spot.end = min(spot.start, start), max(spot.end, end)
            for name, column in zip(layer.features, columns, strict=False):
                value = _numbered(column[number])[0] if number < len(column) else ""
                spot.features.setdefault(name, value)

    def _arrows(self, layer: Layer, columns: list[list[str]], place: str, number: int) -> None:
        for label, base in zip(columns[0], columns[-1], strict=False):
            match = _BASE.match(base)
            if match is None:
                self.problems.append(f"Line {number}: “{base[:40]}” is not the source of a relation.")
                continue
            source, target = (match[2] or "0"), (match[3] or "0")
            ends = [
                (layer.base, one if one != "0" else f"at {at}") for one, at in ((source, match[1]), (target, place))
            ]
            self._relations.append((layer.name.rsplit(".", 1)[-1], _numbered(label)[0], ends[0], ends[1]))

    def _close_empty(self) -> None:
        if self._sentence is not None:
            units = sum(len(sentence.encode("utf-16-le")) // 2 for _, sentence in self._sentences)
            self._sentences.append((units, self._sentence))
            self._sentence = None


def _pieces(cell: str) -> list[str]:
    """Return the values between bars in a cell; none for “_”."""
    if cell in ("_", ""):
        return []
    parts = _BAR.split(cell)
    return [parts[at] + (parts[at + 1] if at + 1 < len(parts) else "") for at in range(0, len(parts), 2)]


def _numbered(piece: str) -> tuple[str, str]:
    """Return a value without its number, and the number; "" when one is missing."""
    match = _NUMBERED.match(piece)
    value, number = (match[1] + match[2], match[3]) if match else (piece, "")
    return ("" if value == "*" else _ESCAPE.sub(r"\1", value)), number


def _plain_text(text: str) -> str:
    return _ESCAPE.sub(lambda match: _CONTROLS.get(match[1], match[1]), text)

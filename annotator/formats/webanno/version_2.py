"""WebAnno TSV 2: tokens without offsets; tags such as B-PER in the columns of span layers.

The text of a sentence is in its line `#text=`; without offsets, its tokens are looked up in it one after the other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from annotator.formats.webanno.layers import RELATION, SPAN, Feature, Layer
from annotator.formats.webanno.table import Key, Link, Table, cells_of

_HEADER = re.compile(r"\s*#\s+[\w.]+\s*\|")
_ROW = re.compile(r"(\d+-\d+)\t([^\t]*)\t?")
_TAG = re.compile(r"([BI])-(.*)\Z", re.DOTALL)
_ATTACHED = "AttachTo="


@dataclass(slots=True)
class _Sentence:
    """A sentence: its text, where it begins in UTF-16 units, and how much of it was read."""

    text: str
    start: int
    read: int = 0
    units: int = 0


@dataclass(slots=True)
class _Version2:
    table: Table = field(default_factory=Table)
    layers: list[Layer] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    sentence: _Sentence | None = None
    units: int = 0
    number: int = 0
    open: dict[tuple[str, str], Key] = field(default_factory=dict)
    places: dict[tuple[str, str], list[Key]] = field(default_factory=dict)
    arrows: list[tuple[int, str, str, str, str]] = field(default_factory=list)

    def read(self, lines: list[str]) -> Table:
        """Read all lines."""
        for number, line in enumerate(lines, 1):
            if not self.layers and _HEADER.match(line):
                self.layers = list(_layers(line))
                self.table.span_layers = {layer.name for layer in self.layers if layer.kind == SPAN}
            elif line.startswith("#text="):
                self._begin(line.removeprefix("#text="))
            elif match := _ROW.match(line):
                self._row(match, cells_of(line, number)[2:], number)
            elif not line.strip():
                self.open.clear()
            elif not line.startswith("#"):
                self.table.problems.append(f"Line {number} is not a token: “{line[:60]}”.")
        self.table.text = "\n".join(self.parts)
        self._link()
        return self.table

    def _begin(self, text: str) -> None:
        self.units += 1 if self.parts else 0
        self.sentence = _Sentence(text, self.units)
        self.parts.append(text)
        self.units += _units(text)
        self.open.clear()

    def _row(self, match: re.Match[str], cells: list[str], line: int) -> None:
        place, token = match[1], match[2]
        found = self._locate(token)
        if found is None:
            self.table.problems.append(f"Line {line}: “{token[:40]}” does not follow in the text of its sentence.")
            return
        at = 0
        for layer in self.layers:
            own = cells[at : at + layer.columns]
            at += layer.columns
            if len(own) < layer.columns:
                self.table.problems.append(f"Line {line} has too few columns.")
                return
            if layer.kind == SPAN:
                self._spans(layer, own, place, found)
            elif own[-1] not in ("_", "O", ""):
                for label, source in zip(own[0].split("|"), own[-1].split("|"), strict=False):
                    self.arrows.append((line, label, layer.base, source, place))

    def _locate(self, token: str) -> tuple[int, int] | None:
        """Return the location of the next token of the sentence in UTF-16 units."""
        sentence = self.sentence
        at = -1 if sentence is None else sentence.text.find(token, sentence.read)
        if sentence is None or at < 0 or not token:
            return None
        start = sentence.units + _units(sentence.text[sentence.read : at])
        end = start + _units(token)
        sentence.read, sentence.units = at + len(token), end
        return sentence.start + start, sentence.start + end

    def _spans(self, layer: Layer, cells: list[str], place: str, found: tuple[int, int]) -> None:
        """Add the spans that are stacked on a token; those that end before it are closed."""
        columns = [cell.split("|") for cell in cells]
        going = dict(self.open)
        self.open = {key: value for key, value in going.items() if key[0] != layer.name}
        for index, first in enumerate(columns[0]):
            if first in ("O", "_", ""):
                continue
            match = _TAG.match(first)
            letter, value = (match[1], match[2]) if match else ("B", first)
            key = going.get((layer.name, value)) if letter == "I" else None
            if key is None:
                self.number += 1
                key = (layer.name, str(self.number))
            spot = self.table.extend(key, *found)
            if match:
                self.open[layer.name, value] = key
            self.places.setdefault((layer.name, place), []).append(key)
            for feature, column in zip(layer.features, columns, strict=False):
                given = column[index] if index < len(column) else ""
                tag = _TAG.match(given)
                spot.features.setdefault(feature.name, _value(tag[2] if tag else given, layer))

    def _link(self) -> None:
        for line, label, layer, source, target in self.arrows:
            ends = [self.places.get((layer, place), [(layer, f"at {place}")])[0] for place in (source, target)]
            self.table.links.append(Link(line, label, *ends))


def read_version_2(lines: list[str]) -> Table:
    """Return the annotations of a file."""
    return _Version2().read(lines)


def is_version_2(text: str) -> bool:
    """Return whether a text begins as files of version 2 do."""
    return bool(_HEADER.match(text)) and "#text=" in text


def _layers(line: str) -> Iterator[Layer]:
    for part in line.split(" # "):
        name, *features = (piece.strip(" #") for piece in part.split("|"))
        layer = Layer(SPAN, name)
        for feature in features:
            if feature.startswith(_ATTACHED):
                layer.kind, layer.base = RELATION, feature.removeprefix(_ATTACHED)
            elif feature:
                layer.features.append(Feature(feature))
        if name:
            yield layer


def _value(given: str, layer: Layer) -> str:
    """Return the value of a feature; one that is not set is the name of its layer."""
    return "" if given in ("O", "_", "*") or given.rstrip("_") == layer.name else given


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2

"""The layers that a WebAnno TSV file declares, and the values in its cells."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

SPAN, CHAIN, RELATION = "SP", "CH", "RL"
_BAR = re.compile(r"(?<!\\)((?:\\\\)*)\|")
_SEMICOLON = re.compile(r"(?<!\\)((?:\\\\)*);")
_NUMBERED = re.compile(r"(.*?)(?<!\\)((?:\\\\)*)\[(\d+)\]\Z", re.DOTALL)
_ADDRESS = re.compile(r"(\d+-\d+(?:\.\d+)?)(?:\[(\d+)(?:_(\d+))?\])?\Z")
_ESCAPE = re.compile(r"\\(->|.)", re.DOTALL)
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "b": "\b"}
_ROLE = "ROLE_"


class Feature(NamedTuple):
    """A feature of a layer; a slot has a `target`, the layer it links to, and takes two columns."""

    name: str
    target: str = ""

    @property
    def columns(self) -> int:
        """The number of its columns."""
        return 2 if self.target else 1


@dataclass(slots=True)
class Layer:
    """A layer as declared in the file.

    `base` is the span layer of a relation layer; `is_marked` means that a feature without a name was declared.
    """

    kind: str
    name: str
    features: list[Feature] = field(default_factory=list)
    base: str = ""
    is_marked: bool = False

    @property
    def columns(self) -> int:
        """The number of its columns; a layer without features has one that marks its annotations, if declared."""
        own = sum(feature.columns for feature in self.features)
        if self.kind == RELATION:
            return (own or int(self.is_marked)) + 1
        return max(1, own)

    @property
    def short_name(self) -> str:
        """The last part of its name."""
        return self.name.rsplit(".", 1)[-1]


class Piece(NamedTuple):
    """One of the values that are stacked in a cell, with its number, "" for none."""

    value: str
    number: str


class Address(NamedTuple):
    """The token of an annotation, and the numbers in its brackets: its own, or those of source and target."""

    place: str
    first: str
    second: str


def read_layer(line: str) -> Layer:
    """Return the layer that a line of the header declares.

    >>> read_layer("#T_SP=my.Host|ROLE_my.Host:roles_my.Link|my.Span|value").features
    [Feature(name='roles', target='my.Span'), Feature(name='value', target='')]
    """
    kind, _, rest = line.removeprefix("#T_").partition("=")
    name, *parts = rest.split("|")
    layer = Layer(kind, name)
    features = iter(parts)
    for part in features:
        if part.startswith("BT_"):
            layer.base = part.removeprefix("BT_")
        elif part.startswith(_ROLE):
            slot = part.partition(":")[2].partition("_")[0] or "slot"
            layer.features.append(Feature(slot, next(features, "") or "uima.tcas.Annotation"))
        elif part:
            layer.features.append(Feature(part))
        else:
            layer.is_marked = True
    return layer


def stacked(cell: str) -> list[Piece]:
    """Return the values between bars in a cell; none for “_”.

    >>> stacked("PER[1]|*[2]"), stacked("_")
    ([Piece(value='PER', number='1'), Piece(value='*', number='2')], [])
    """
    return [] if cell in ("_", "") else [numbered(part) for part in _split(_BAR, cell)]


def slots(cell: str) -> list[str]:
    """Return the values between semicolons in a cell."""
    return _split(_SEMICOLON, cell)


def numbered(part: str) -> Piece:
    """Return a value and the number in its brackets; the value is still escaped."""
    match = _NUMBERED.match(part) if part.endswith("]") else None
    return Piece(match[1] + match[2], match[3]) if match else Piece(part, "")


def plain(value: str) -> str:
    r"""Return a value as it was before it was escaped; "" when it is not set.

    >>> plain("a\\|b"), plain("*")
    ('a|b', '')
    """
    return "" if value in ("*", "_") else plain_text(value)


def plain_text(text: str) -> str:
    """Return a sentence, or a value that is set, as it was before it was escaped."""
    return _ESCAPE.sub(lambda match: _CONTROLS.get(match[1], match[1]), text)


def read_address(given: str) -> Address | None:
    """Return the address of an annotation; None when it is none.

    >>> read_address("1-2[1_0]"), read_address("x")
    (Address(place='1-2', first='1', second='0'), None)
    """
    match = _ADDRESS.match(given)
    return Address(match[1], match[2] or "", match[3] or "") if match else None


def _split(separator: re.Pattern[str], cell: str) -> list[str]:
    parts = separator.split(cell)
    return [parts[at] + (parts[at + 1] if at + 1 < len(parts) else "") for at in range(0, len(parts), 2)]

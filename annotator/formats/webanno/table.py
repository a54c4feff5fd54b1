"""The annotations in a WebAnno TSV file of any version."""

from dataclasses import dataclass, field
from typing import NamedTuple

from annotator.formats.incoming import UnreadableFile
from annotator.formats.records import MOST_SPANS

MOST_STACKED = MOST_SPANS
"""The most values that are stacked in the cells of one token."""

Key = tuple[str, str]
"""The name of a layer, and the number of an annotation in it or “at ” and its token."""

LABELS = ("label", "value", "DependencyType", "referenceType")
"""Features that name an annotation, the first that is set."""
_AWAY = ("identifier",)


@dataclass(slots=True)
class Spot:
    """A span being read: its location in UTF-16 units, and the first value of each feature."""

    start: int
    end: int
    features: dict[str, str] = field(default_factory=dict)

    def described(self, layer: str) -> tuple[str, dict[str, str], str]:
        """Return label, attributes and note of the span.

        The label is the feature `label` or `value`, or the first that is set, or the name of the layer.
        """
        features = {name: value for name, value in self.features.items() if value}
        named = next((name for name in LABELS if name in features), None)
        named = named or next((name for name in features if name not in _AWAY and name != "note"), None)
        label = features[named] if named else layer.rsplit(".", 1)[-1]
        rest = {name: value for name, value in features.items() if name not in (named, "note")}
        return label, rest, features.get("note", "")


def cells_of(line: str, number: int) -> list[str]:
    """Return the cells of the line of a token; raise `UnreadableFile` when they hold too many values.

    The values are counted before they are split, because each of them takes 100 times the memory of its character.
    """
    for separator in "|;":
        if line.count(separator) > MOST_STACKED:
            raise UnreadableFile(f"Line {number}: more than {MOST_STACKED:,} values are stacked on one token.")
    return line.split("\t")


class Link(NamedTuple):
    """A relation, a slot, or the step from one element of a chain to the next."""

    line: int
    label: str
    source: Key
    target: Key


@dataclass(slots=True)
class Table:
    """The text of a file, its span layers, its spans by key, its links, and what cannot be read.

    `more_features` counts the features of relations beyond their label.
    """

    text: str = ""
    spots: dict[Key, Spot] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    span_layers: set[str] = field(default_factory=set)
    more_features: int = 0

    def extend(self, key: Key, start: int, end: int) -> Spot:
        """Return the span of a key, which also covers the token from `start` to `end`."""
        spot = self.spots.get(key)
        if spot is None:
            if len(self.spots) == MOST_SPANS:
                raise UnreadableFile(f"There are more than {MOST_SPANS:,} annotations in the file. Split the document.")
            spot = self.spots[key] = Spot(start, end)
        elif start < end:
            spot.start, spot.end = min(spot.start, start), max(spot.end, end)
        return spot

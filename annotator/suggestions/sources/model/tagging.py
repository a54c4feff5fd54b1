"""Spans as tags of words: begin, inside, and continue for a further fragment. Pure.

A chain tags words for one *layer*: spans of a label that do not overlap. Spans within others of their label go to a
second layer; what lies deeper is counted and not learned. Layers whose spans do not overlap share one chain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from annotator.suggestions.sources.interface import Fragments
from annotator.suggestions.sources.rules.words import Words

MOST_LAYERS = 2
# Of the spans of a chain, so many may overlap others before their layers get chains of their own.
FEW = 0.01
OUTSIDE = 0

Layer = tuple[str, int]


@dataclass(frozen=True)
class Marked:
    """A span as ranges of words, one for each fragment."""

    label: str
    ranges: tuple[tuple[int, int], ...]

    @property
    def extent(self) -> tuple[int, int]:
        """The first word and the one after the last."""
        return self.ranges[0][0], self.ranges[-1][1]


@dataclass(frozen=True)
class Chain:
    """The layers of one chain, and whether spans of each have several fragments.

    Tags are outside, then begin and inside for each layer, with continue where spans have several fragments.
    """

    layers: Sequence[Layer]
    in_pieces: Sequence[bool]

    @cached_property
    def parts(self) -> Sequence[tuple[int, str]]:
        """Layer and part of each tag."""
        found = [(-1, "O")]
        for number, in_pieces in enumerate(self.in_pieces):
            found += [(number, part) for part in ("BIC" if in_pieces else "BI")]
        return found

    def allowed(self) -> list[list[bool]]:
        """Return which tag may follow which; the last row is the start."""
        layers = [*(layer for layer, _part in self.parts), -1]
        return [[part != "I" or layer == before for layer, part in self.parts] for before in layers]


@dataclass
class Coverage:
    """How many spans of a label were learned from, and how many were left out because they lie too deep."""

    learned: int = 0
    left_out: int = 0


@dataclass(frozen=True)
class Tagged:
    """One annotation set as spans by layer."""

    layers: Mapping[Layer, Sequence[Marked]] = field(default_factory=dict)


def marked(words: Words, label: str, fragments: Fragments) -> Marked | None:
    """Return a span as ranges of the words that it touches; None when it touches none."""
    ranges: list[tuple[int, int]] = []
    for start, end in fragments:
        first = words.word_at(start)
        if first < len(words) and words.ends[first] <= start:
            first += 1
        last = words.before_offset(end)
        if ranges:
            first = max(first, ranges[-1][1])
        if first < last:
            ranges.append((first, last))
    return Marked(label, tuple(ranges)) if ranges else None


def by_layer(spans: Sequence[Marked], coverage: Mapping[str, Coverage]) -> Tagged:
    """Return the spans of a set by layer, longer ones first; `coverage` counts those that were left out."""
    layers: dict[Layer, list[Marked]] = {}
    for span in sorted(spans, key=lambda span: (span.extent[0] - span.extent[1], span.extent)):
        taken = coverage[span.label]
        for number in range(MOST_LAYERS):
            others = layers.setdefault((span.label, number), [])
            if not any(_overlap(span, other) for other in others):
                others.append(span)
                taken.learned += 1
                break
        else:
            taken.left_out += 1
    return Tagged({layer: sorted(spans, key=lambda span: span.extent) for layer, spans in layers.items()})


def _overlap(first: Marked, second: Marked) -> bool:
    return any(a < d and c < b for a, b in first.ranges for c, d in second.ranges)


def chains_for(sets: Sequence[Tagged], *, least: int) -> list[Chain]:
    """Return the chains that hold the layers with at least so many spans; layers that overlap stand apart."""
    counts: dict[Layer, int] = {}
    for tagged in sets:
        for layer, spans in tagged.layers.items():
            counts[layer] = counts.get(layer, 0) + len(spans)
    pieces: dict[Layer, int] = {}
    for tagged in sets:
        for layer, spans in tagged.layers.items():
            pieces[layer] = pieces.get(layer, 0) + sum(len(span.ranges) > 1 for span in spans)
    groups: list[list[Layer]] = []
    for layer in sorted(layer for layer, count in counts.items() if count >= least):
        for group in groups:
            if all(_overlaps(sets, layer, other) <= FEW * min(counts[layer], counts[other]) for other in group):
                group.append(layer)
                break
        else:
            groups.append([layer])
    return [Chain(group, [pieces[layer] > FEW * counts[layer] for layer in group]) for group in groups]


def _overlaps(sets: Sequence[Tagged], first: Layer, second: Layer) -> int:
    total = 0
    for tagged in sets:
        covered = {
            word for span in tagged.layers.get(second, ()) for begin, end in span.ranges for word in range(begin, end)
        }
        total += sum(
            any(word in covered for begin, end in span.ranges for word in range(begin, end))
            for span in tagged.layers.get(first, ())
        )
    return total


def tags_of(chain: Chain, tagged: Tagged, count: int) -> list[int]:
    """Return the tag of each word."""
    tags = [OUTSIDE] * count
    number = {part: tag for tag, part in enumerate(chain.parts)}
    for index, layer in enumerate(chain.layers):
        for span in tagged.layers.get(layer, ()):
            if any(tags[word] for first, last in span.ranges for word in range(first, last)):
                continue
            for piece, (first, last) in enumerate(span.ranges):
                tags[first] = number.get((index, "C"), number[index, "B"]) if piece else number[index, "B"]
                tags[first + 1 : last] = [number[index, "I"]] * (last - first - 1)
    return tags


def spans_of(chain: Chain, tags: Sequence[int], begin: int) -> list[Marked]:
    """Return the spans that the tags of a sequence stand for; its first word has the number `begin`."""
    spans: list[tuple[int, list[tuple[int, int]]]] = []
    newest: dict[int, list[tuple[int, int]]] = {}
    before = -1
    for word, tag in enumerate(tags, begin):
        layer, part = chain.parts[tag]
        if part == "I" and before == layer:
            ranges = newest[layer]
            ranges[-1] = ranges[-1][0], word + 1
        elif part == "C" and layer in newest and newest[layer][-1][1] < word:
            newest[layer].append((word, word + 1))
        elif part != "O":
            newest[layer] = [(word, word + 1)]
            spans.append((layer, newest[layer]))
        before = layer
    return [Marked(chain.layers[layer][0], tuple(ranges)) for layer, ranges in spans]

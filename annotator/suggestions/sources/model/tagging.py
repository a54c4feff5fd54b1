"""Spans as tags of words: begin, inside, and continue for a further fragment. Pure.

A chain tags words for one *layer*: spans of a label that do not overlap. Spans within others of their label go to a
second layer; what lies deeper is counted and not learned. Layers whose spans do not overlap share one chain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from annotator.suggestions.sources.interface import Fragments
from annotator.suggestions.sources.rules.words import Words

MOST_LAYERS = 2
# Of the spans of a chain, so many may overlap others before their layers get chains of their own.
FEW = 0.01

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


class Tag(NamedTuple):
    """What a word is: outside of spans, or the beginning, the inside or the continuation of a span of a layer.

    `interrupted` is the layer whose span goes on after the word; -1 stands for no layer.
    """

    interrupted: int
    layer: int
    part: str


START = Tag(-1, -1, "start")


@dataclass(frozen=True)
class Chain:
    """The layers of one chain, and whether spans of each have several fragments.

    Between two fragments of a span, words have tags of their own: the chain remembers that the span goes on.
    `remembers` is false for models of earlier versions.
    """

    layers: Sequence[Layer]
    in_pieces: Sequence[bool]
    remembers: bool = True

    @cached_property
    def tags(self) -> Sequence[Tag]:
        """All tags; the first one is outside of all spans."""
        numbers = range(len(self.layers))
        found = [Tag(-1, -1, "O")]
        for layer in numbers:
            found += [Tag(-1, layer, part) for part in ("BIC" if self.in_pieces[layer] else "BI")]
        for interrupted in numbers:
            if self.remembers and self.in_pieces[interrupted]:
                others = [layer for layer in numbers if layer != interrupted]
                found.append(Tag(interrupted, -1, "O"))
                found += [Tag(interrupted, layer, part) for layer in others for part in "BI"]
        return found

    @cached_property
    def numbers(self) -> Mapping[Tag, int]:
        """The number of each tag."""
        return {tag: number for number, tag in enumerate(self.tags)}

    def allowed(self) -> list[list[bool]]:
        """Return which tag may follow which; the last row is the start."""
        return [[self._may_follow(before, tag) for tag in self.tags] for before in [*self.tags, START]]

    def _may_follow(self, before: Tag, tag: Tag) -> bool:
        if tag.part == "I":
            return (before.interrupted, before.layer) == (tag.interrupted, tag.layer)
        if not self.remembers:
            return True
        if tag.part == "C":
            return before.interrupted == tag.layer
        is_interrupted_now = tag.interrupted >= 0 and (before.interrupted, before.layer) == (-1, tag.interrupted)
        return before.interrupted == tag.interrupted or is_interrupted_now

    def unfinished(self) -> list[int]:
        """Return the tags that no sequence ends with: after them, a span goes on."""
        return [number for number, tag in enumerate(self.tags) if tag.interrupted >= 0]


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


def tags_of(chain: Chain, tagged: Tagged, lengths: Sequence[int]) -> list[int]:
    """Return the tag of each word; `lengths` are those of the sequences."""
    count = sum(lengths)
    layers, parts, interrupted = [-1] * count, ["O"] * count, [-1] * count
    placed = []
    for index, layer in enumerate(chain.layers):
        for span in tagged.layers.get(layer, ()):
            ranges = _joined(span.ranges)
            if any(layers[word] >= 0 for first, last in ranges for word in range(first, last)):
                continue
            for first, last in ranges:
                layers[first:last] = [index] * (last - first)
                parts[first:last] = ["B", *"I" * (last - first - 1)]
            placed.append((index, ranges))
    sequences = [number for number, length in enumerate(lengths) for _word in range(length)]
    for index, ranges in placed:
        for (_begin, end), (further, _end) in pairwise(ranges):
            between = range(end, further)
            if (
                not chain.in_pieces[index]
                or sequences[end - 1] != sequences[further]
                or any(layers[word] == index or interrupted[word] >= 0 for word in between)
                or interrupted[further] >= 0
                or parts[end] == "I"
            ):
                continue
            parts[further] = "C"
            if chain.remembers:
                interrupted[end:further] = [index] * len(between)
                parts[end:further] = ["B" if parts[word] == "C" else parts[word] for word in between]
    return [chain.numbers[Tag(*tag)] for tag in zip(interrupted, layers, parts, strict=True)]


def _joined(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ranges of words with those joined that have no word between them."""
    joined: list[tuple[int, int]] = []
    for first, last in ranges:
        if joined and joined[-1][1] == first:
            joined[-1] = joined[-1][0], last
        else:
            joined.append((first, last))
    return joined

"""Spans that are probable under a chain, each with its exact probability. Pure.

The best path of tags is only one reading of a text; what counts is how probable each span is over all readings.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotator.suggestions.sources.model.chain import Floats
from annotator.suggestions.sources.model.tagging import Chain, Marked

LEAST = 0.1
"""Less probable spans are not looked at."""
MOST_PIECES = 4

Range = tuple[int, int]


@dataclass(frozen=True)
class Readings:
    """Probabilities of the tags of a text: by itself (`single`), and what a tag weighs given the word before."""

    chain: Chain
    single: Floats
    weights: Floats
    transitions: Floats


def candidates(readings: Readings, lengths: Sequence[int]) -> list[tuple[Marked, float]]:
    """Return the spans of all layers with their probabilities, most probable first."""
    found: dict[tuple[int, tuple[Range, ...]], float] = {}
    for tag in readings.chain.tags:
        if tag.part == "B":
            for ranges, probability in _Walk(readings, tag.interrupted, tag.layer).spans(lengths):
                found[tag.layer, ranges] = found.get((tag.layer, ranges), 0.0) + probability
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0][1], item[0][0]))
    layers = readings.chain.layers
    return [(Marked(layers[layer][0], ranges), probability) for (layer, ranges), probability in ordered]


def chosen(spans: Sequence[tuple[Marked, float]], *, least: float) -> list[tuple[Marked, float]]:
    """Return spans of one chain that do not overlap within their label, the most probable ones first."""
    taken: dict[str, set[int]] = {}
    kept = []
    for span, probability in spans:
        words = {word for first, last in span.ranges for word in range(first, last)}
        if probability >= least and not words & taken.setdefault(span.label, set()):
            taken[span.label] |= words
            kept.append((span, probability))
    return kept


class _Walk:
    """Follows the spans of a layer word by word, within the interruption of another layer or outside of any."""

    def __init__(self, readings: Readings, interrupted: int, layer: int) -> None:
        chain = readings.chain
        self.readings = readings
        part_of = {tag.part: number for number, tag in enumerate(chain.tags) if (tag.interrupted, tag.layer) == (
            interrupted, layer)}  # fmt: skip
        self.begin, self.inside, self.further = part_of["B"], part_of["I"], part_of.get("C")
        self.between = np.array([
            number
            for number, tag in enumerate(chain.tags)
            if self.further is not None and (tag.interrupted == layer if chain.remembers else tag.layer != layer)
        ], dtype=np.int64)  # fmt: skip
        self.stays: dict[int, list[float]] = {}
        self.pauses: dict[int, list[float]] = {}
        for number in part_of.values():
            given = readings.weights[1:] * readings.transitions[number]
            total = np.maximum(given.sum(axis=1), 1e-300)
            self.stays[number] = (given[:, self.inside] / total).tolist()
            self.pauses[number] = (given[:, self.between].sum(axis=1) / total).tolist()

    def spans(self, lengths: Sequence[int]) -> Iterator[tuple[tuple[Range, ...], float]]:
        """Yield the spans of all sequences with their probabilities."""
        single = self.readings.single[:, self.begin]
        end = 0
        for length in lengths:
            begin, end = end, end + length
            for first in np.flatnonzero(single[begin:end] >= LEAST).tolist():
                yield from self._from(begin + first, end, float(single[begin + first]))

    def _from(self, start: int, end: int, probability: float) -> Iterator[tuple[tuple[Range, ...], float]]:
        """Yield the spans that begin at a word of a sequence."""
        waiting: list[tuple[float, int, int, tuple[Range, ...]]] = [(probability, self.begin, start, ())]
        while waiting:
            share, tag, first, before = waiting.pop()
            word = first
            while share >= LEAST:
                ranges = (*before, (first, word + 1))
                if word + 1 == end:
                    yield ranges, share
                    break
                stays, pauses = self.stays[tag][word], self.pauses[tag][word]
                goes_on = 0.0
                if share * pauses >= LEAST and len(before) + 1 < MOST_PIECES:
                    for further, reached in self._further(word, end, tag, share):
                        goes_on += reached
                        if reached >= LEAST and self.further is not None:
                            waiting.append((reached, self.further, further, ranges))
                if self.readings.chain.remembers:
                    goes_on = share * pauses
                if share * (1 - stays) - goes_on >= LEAST:
                    yield ranges, share * (1 - stays) - goes_on
                share *= stays
                tag, word = self.inside, word + 1

    def _further(self, word: int, end: int, tag: int, share: float) -> Iterator[tuple[int, float]]:
        """Yield the words at which a span that ends with a word goes on, with probabilities."""
        weights, transitions = self.readings.weights, self.readings.transitions
        given = _given(weights[word + 1] * transitions[tag])
        states = share * given[self.between]
        back = transitions[self.between]
        for position in range(word + 1, end - 1):
            if states.sum() < LEAST:
                return
            given = weights[position + 1] * back
            reached = states @ (given / np.maximum(given.sum(axis=1, keepdims=True), 1e-300))
            if self.further is not None:
                yield position + 1, float(reached[self.further])
            states = reached[self.between]


def _given(weights: Any) -> Any:
    return weights / max(float(weights.sum()), 1e-300)

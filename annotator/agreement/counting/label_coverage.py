"""Which labels each annotator put where in a group of documents, over tokens or over code points. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from annotator.agreement.counting.tally_records import Entry, Path, key_of
from annotator.measures.coverage import Coverage
from annotator.measures.units import BoolArray, ByteArray, FloatArray, IntArray

WORD = 8
"""Bytes of the largest whole number of numpy."""


@dataclass(frozen=True)
class LabelCoverage:
    """Stretches of equal labels, cut at the ends of documents too.

    `cuts` has the stretch with which each document starts, and the last one ends; `items` has the positions of each.
    """

    covered: Coverage
    cuts: IntArray
    items: IntArray

    @classmethod
    def over(cls, covered: Coverage, offsets: IntArray) -> "LabelCoverage":
        """Return stretches of a coverage that was cut at `offsets`, where documents start."""
        begins = np.cumsum(covered.lengths) - covered.lengths
        return cls(covered, np.searchsorted(begins, offsets, side="left"), np.diff(offsets))

    @cached_property
    def documents(self) -> IntArray:
        """The document of each stretch."""
        return np.repeat(np.arange(len(self.items)), np.diff(self.cuts))

    def sums(self, stretches: IntArray) -> IntArray:
        """Return sums of (stretches, columns) weighted by length for each document, as (documents, columns)."""
        running = np.zeros((len(stretches) + 1, stretches.shape[1]), dtype=np.int64)
        np.cumsum(stretches * self.covered.lengths[:, None], axis=0, out=running[1:])
        sums: IntArray = running[self.cuts[1:]] - running[self.cuts[:-1]]
        return sums

    @cached_property
    def marked(self) -> IntArray:
        """How many positions carry each label in each document, counted for each annotator."""
        return self.sums(self._yes)

    @cached_property
    def agreeing(self) -> FloatArray:
        """Agreeing pairs by document and label, as `coincidences_by_label` counts them."""
        annotators = len(self.covered.marked)
        no = annotators - self._yes
        return self.sums(self._yes * (self._yes - 1) + no * (no - 1)) / (annotators - 1)

    @property
    def _yes(self) -> IntArray:
        yes: IntArray = self.covered.marked.sum(axis=0, dtype=np.int64)
        return yes

    @property
    def values(self) -> IntArray:
        """Judgements of each document."""
        return self.items * len(self.covered.marked)

    def entries(self, name: str, labels: Sequence[str], occurring: BoolArray) -> Iterator[Entry]:
        """Yield what `Positions` hold: all positions, and those of the labels that occur."""
        always = np.ones((len(self.items), 2), dtype=np.bool_)
        yield Entry((name,), ["items", "values"], np.stack([self.items, self.values], axis=1), always)
        disagreeing = self.values[:, None] - self.agreeing
        yield Entry((name, "marks"), labels, np.stack([self.marked, disagreeing], axis=2), occurring)

    def pair_entry(self, path: Path, one: int, other: int, labels: Sequence[str]) -> Entry:
        """Return on how many positions both of two annotators put each label, only the first, only the second."""
        first, second = self.covered.marked[one], self.covered.marked[other]
        parts = [self.sums(stretches) for stretches in (first & second, first & ~second, second & ~first)]
        return Entry(path, labels, np.stack(parts, axis=2))

    def covered_entries(self, annotators: Sequence[str], labels: Sequence[str]) -> Iterator[Entry]:
        """Yield on how many positions each annotator put each label."""
        for name, marked in zip(annotators, self.covered.marked, strict=True):
            yield Entry(("covered", name), labels, self.sums(marked))

    def coincidence_rows(self) -> FloatArray:
        """Return values, agreeing pairs, yes and no for each label, and twice for a label that does not occur."""
        documents, labels = self.marked.shape
        values = np.broadcast_to(self.values[:, None], (documents, labels))
        disagreeing = values - self.agreeing
        rows = np.zeros((documents, labels + 2, 4))
        rows[:, :labels] = np.stack([values, values - disagreeing, self.marked, values - self.marked], axis=2)
        rows[:, labels:, [0, 1, 3]] = self.values[:, None, None]
        return rows


def _first_and_rows(packed: ByteArray) -> tuple[IntArray, IntArray]:
    """Return where each different row stands first, in order of the rows, and for each row the number of its like."""
    width = packed.shape[1]
    if width > WORD:
        _, first, rows = np.unique(packed, axis=0, return_index=True, return_inverse=True)
        return first, rows.ravel()
    # As numbers with the same order: rows of bytes take several times as long to sort.
    size = 1 if width == 1 else 2 if width == 2 else WORD
    words = np.zeros((len(packed), size), dtype=np.uint8)
    words[:, :width] = packed
    numbers = words.view(f">u{size}").ravel().astype(f"=u{size}")
    _, first, rows = np.unique(numbers, return_index=True, return_inverse=True)
    return first, rows


@dataclass(frozen=True)
class LabelSets:
    """The set of labels on every stretch of tokens: `values` (annotators, stretches) are indexes into `names`."""

    over: LabelCoverage
    values: IntArray
    names: Sequence[Sequence[str]]

    @classmethod
    def of(cls, over: LabelCoverage, labels: Sequence[str]) -> "LabelSets":
        """Return the sets that occur, numbered."""
        annotators, stretches, width = over.covered.marked.shape
        packed = np.packbits(over.covered.marked, axis=2).reshape(annotators * stretches, -1)
        if not packed.size:
            return cls(over, np.zeros((annotators, stretches), dtype=np.int64), [[]])
        first, rows = _first_and_rows(packed)
        members = [np.flatnonzero(np.unpackbits(packed[row], count=width)).tolist() for row in first]
        names = [sorted(labels[index] for index in own) for own in members]
        return cls(over, rows.reshape(annotators, stretches), names)

    @cached_property
    def margins(self) -> IntArray:
        """How often each set occurs in each document, as (documents, sets)."""
        return sum(
            (self._tokens_by_code(codes, len(self.names)) for codes in self.values),
            start=np.zeros((len(self.over.items), len(self.names)), dtype=np.int64),
        )

    def _tokens_by_code(self, codes: IntArray, size: int) -> IntArray:
        """Return the tokens of each document by code."""
        cells = self.over.documents * size + codes
        counted = np.bincount(cells, weights=self.over.covered.lengths, minlength=len(self.over.items) * size)
        return counted.astype(np.int64).reshape(-1, size)

    def agreeing(self, annotators: int) -> FloatArray:
        """Return agreeing pairs of each document, as `coincidences_of_items` counts them."""
        equal = sum(
            (one == other for one, other in combinations(self.values, 2)),
            start=np.zeros(self.values.shape[1], dtype=np.int64),
        )
        return 2 * self.over.sums(equal[:, None])[:, 0] / (annotators - 1)

    def entries(self, name_of_sets: str, annotators: int) -> Iterator[Entry]:
        """Yield what `Coincidences` of label sets hold."""
        always = np.ones((len(self.over.items), 1), dtype=np.bool_)
        for name, values in (
            ("items", self.over.items),
            ("values", self.over.values),
            ("agreeing", self.agreeing(annotators)),
        ):
            yield Entry((name_of_sets,), [name], values[:, None], always)
        yield Entry((name_of_sets, "margins"), [key_of([*names]) for names in self.names], self.margins)

    def contingency(self, path: Path, one: int, other: int) -> Entry:
        """Return the label sets of two annotators against each other."""
        codes, indexes = np.unique(self.values[one] * len(self.names) + self.values[other], return_inverse=True)
        pairs = [(self.names[code // len(self.names)], self.names[code % len(self.names)]) for code in codes.tolist()]
        return Entry(path, [key_of(pair) for pair in pairs], self._tokens_by_code(indexes.ravel(), len(pairs)))

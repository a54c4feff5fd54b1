"""Which labels everybody put where in a group of documents, over tokens or over code points. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from annotator.agreement.entries import Entry, Path
from annotator.agreement.tally_records import key_of
from annotator.measures.coverage import Coverage
from annotator.measures.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Marked:
    """Stretches of equal marks, cut at the ends of documents too.

    `cuts` says at which stretch each document begins, and the last one ends; `items` how many positions each has.
    """

    covered: Coverage
    cuts: IntArray
    items: IntArray

    @classmethod
    def over(cls, covered: Coverage, offsets: IntArray) -> "Marked":
        """Stretches of a coverage that was cut at `offsets`, where documents begin."""
        begins = np.cumsum(covered.lengths) - covered.lengths
        return cls(covered, np.searchsorted(begins, offsets, side="left"), np.diff(offsets))

    @cached_property
    def documents(self) -> IntArray:
        """The document of each stretch."""
        return np.repeat(np.arange(len(self.items)), np.diff(self.cuts))

    def sums(self, stretches: IntArray) -> IntArray:
        """Sums of (stretches, columns) times the lengths of the stretches of each document, as (documents, columns)."""
        running = np.zeros((len(stretches) + 1, stretches.shape[1]), dtype=np.int64)
        np.cumsum(stretches * self.covered.lengths[:, None], axis=0, out=running[1:])
        found: IntArray = running[self.cuts[1:]] - running[self.cuts[:-1]]
        return found

    @cached_property
    def marked(self) -> IntArray:
        """How many marks each label has in each document, of all people."""
        return self.sums(self._yes)

    @cached_property
    def agreeing(self) -> FloatArray:
        """Agreeing pairs by document and label, as `coincidences_by_label` counts them."""
        people = len(self.covered.marked)
        no = people - self._yes
        return self.sums(self._yes * (self._yes - 1) + no * (no - 1)) / (people - 1)

    @property
    def _yes(self) -> IntArray:
        found: IntArray = self.covered.marked.sum(axis=0, dtype=np.int64)
        return found

    @property
    def values(self) -> IntArray:
        """Judgements of each document."""
        return self.items * len(self.covered.marked)

    def entries(self, name: str, labels: Sequence[str], occurring: BoolArray) -> Iterator[Entry]:
        """What `Positions` are made of: all positions, and marks of the labels that occur."""
        always = np.ones((len(self.items), 2), dtype=np.bool_)
        yield Entry((name,), ["items", "values"], np.stack([self.items, self.values], axis=1), always)
        disagreeing = self.values[:, None] - self.agreeing
        yield Entry((name, "marks"), labels, np.stack([self.marked, disagreeing], axis=2), occurring)

    def pair_entry(self, path: Path, one: int, other: int, labels: Sequence[str]) -> Entry:
        """On how many positions two people both put each label, only the first, only the second."""
        first, second = self.covered.marked[one], self.covered.marked[other]
        parts = [self.sums(each) for each in (first & second, first & ~second, second & ~first)]
        return Entry(path, labels, np.stack(parts, axis=2))

    def covered_entries(self, people: Sequence[str], labels: Sequence[str]) -> Iterator[Entry]:
        """On how many positions each person put each label."""
        for name, marked in zip(people, self.covered.marked, strict=True):
            yield Entry(("covered", name), labels, self.sums(marked))

    def coincidence_rows(self) -> FloatArray:
        """Values, agreeing pairs, yes and no for each label, and twice as if a label did not occur."""
        documents, labels = self.marked.shape
        values = np.broadcast_to(self.values[:, None], (documents, labels))
        disagreeing = values - self.agreeing
        rows = np.zeros((documents, labels + 2, 4))
        rows[:, :labels] = np.stack([values, values - disagreeing, self.marked, values - self.marked], axis=2)
        rows[:, labels:, [0, 1, 3]] = self.values[:, None, None]
        return rows


@dataclass(frozen=True)
class LabelSets:
    """The set of labels on every stretch of tokens: `values` (people, stretches) are places in `names`."""

    over: Marked
    values: IntArray
    names: Sequence[Sequence[str]]

    @classmethod
    def of(cls, over: Marked, labels: Sequence[str]) -> "LabelSets":
        """Number the sets that occur."""
        people, stretches, width = over.covered.marked.shape
        packed = np.packbits(over.covered.marked, axis=2).reshape(people * stretches, -1)
        if not packed.size:
            return cls(over, np.zeros((people, stretches), dtype=np.int64), [[]])
        sets, rows = np.unique(packed, axis=0, return_inverse=True)
        found = [np.flatnonzero(np.unpackbits(each, count=width)).tolist() for each in sets]
        return cls(over, rows.reshape(people, stretches), [sorted(labels[at] for at in each) for each in found])

    @cached_property
    def margins(self) -> IntArray:
        """How often each set occurs in each document, as (documents, sets)."""
        return sum(
            (self._counted(each, len(self.names)) for each in self.values),
            start=np.zeros((len(self.over.items), len(self.names)), dtype=np.int64),
        )

    def _counted(self, codes: IntArray, size: int) -> IntArray:
        """Tokens of each document by code."""
        places = self.over.documents * size + codes
        counted = np.bincount(places, weights=self.over.covered.lengths, minlength=len(self.over.items) * size)
        return counted.astype(np.int64).reshape(-1, size)

    def agreeing(self, people: int) -> FloatArray:
        """Agreeing pairs of each document, as `coincidences_of_items` counts them."""
        equal = sum(
            (one == other for one, other in combinations(self.values, 2)),
            start=np.zeros(self.values.shape[1], dtype=np.int64),
        )
        return 2 * self.over.sums(equal[:, None])[:, 0] / (people - 1)

    def entries(self, people: int) -> Iterator[Entry]:
        """What `Coincidences` of label sets are made of."""
        always = np.ones((len(self.over.items), 1), dtype=np.bool_)
        for name, values in (
            ("items", self.over.items),
            ("values", self.over.values),
            ("agreeing", self.agreeing(people)),
        ):
            yield Entry(("label_sets",), [name], values[:, None], always)
        yield Entry(("label_sets", "margins"), [key_of([*each]) for each in self.names], self.margins)

    def contingency(self, path: Path, one: int, other: int) -> Entry:
        """Sets of two people against each other."""
        codes, places = np.unique(self.values[one] * len(self.names) + self.values[other], return_inverse=True)
        pairs = [(self.names[code // len(self.names)], self.names[code % len(self.names)]) for code in codes.tolist()]
        return Entry(path, [key_of(pair) for pair in pairs], self._counted(places.ravel(), len(pairs)))

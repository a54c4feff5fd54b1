"""Documents that the same people have finished, all their spans as columns: the form in which they are measured.

What numpy does to one document it does to a hundred in little more time, so that spans become objects only where
people differ in a way that takes thought. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from annotator.agreement.grouping import Fragments
from annotator.measures.units import IntArray, Intervals, Units, indexes

ONE_FRAGMENT = 0
"""The shape of a span from its start to its end; other shapes are places in `Vocabulary.shapes`."""


@dataclass(frozen=True)
class Vocabulary:
    """What the columns of several groups refer to by number."""

    labels: Sequence[str]
    relation_labels: Sequence[str]
    shapes: Sequence[Fragments]
    attributes: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class SpanColumns:
    """The spans of one person over the documents of a group, by document and in each in the order of its rows.

    `documents` is the place of the document in the group; `starts` and `ends` are code points, of a discontinuous span
    those of the whole. `relations` has rows of (relation label, span it goes from, span it goes to).
    """

    documents: IntArray
    labels: IntArray
    starts: IntArray
    ends: IntArray
    shapes: IntArray
    attributes: IntArray
    relations: IntArray

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def of_spans(self) -> tuple[IntArray, ...]:
        """Document, label, start, end and shape of every span."""
        return self.documents, self.labels, self.starts, self.ends, self.shapes

    def fragments(self, row: int, shapes: Sequence[Fragments]) -> Fragments:
        """The fragments of a span."""
        shape = int(self.shapes[row])
        return shapes[shape] if shape else ((int(self.starts[row]), int(self.ends[row])),)


@dataclass(frozen=True)
class DocumentGroup:
    """Documents, and the columns of each person by name; `people` are two or more, in order.

    `token_starts` and `token_ends` go through all documents, one after the other, `token_counts` says how many each
    has. `left_out` counts by document the spans by label that are not compared, because of `is_mixed`: not all sets
    were made under one schema version.
    """

    ids: Sequence[int]
    texts: Sequence[str]
    people: Sequence[str]
    columns: Sequence[SpanColumns]
    vocabulary: Vocabulary
    token_starts: IntArray
    token_ends: IntArray
    token_counts: IntArray
    left_out: Sequence[Mapping[str, int]]
    is_mixed: bool

    @cached_property
    def lengths(self) -> IntArray:
        """Code points of each document."""
        return indexes([len(text) for text in self.texts])

    @cached_property
    def offsets(self) -> IntArray:
        """Where each document begins, and the last one ends, when they stand one after the other."""
        return np.concatenate([indexes([0]), np.cumsum(self.lengths)])

    @cached_property
    def token_offsets(self) -> IntArray:
        """The same in tokens."""
        return np.concatenate([indexes([0]), np.cumsum(self.token_counts)])

    @cached_property
    def units(self) -> list[Units]:
        """By person; only units of one document meet, since each label of each document is a label of its own."""
        width = len(self.vocabulary.labels)
        return [self._units(each, each.documents * width + each.labels) for each in self.columns]

    def units_by_document(self, person: int, rows: IntArray) -> Units:
        """Some spans of a person, with the document as their label."""
        return self._units(self.columns[person], self.columns[person].documents, rows)

    def _units(self, columns: SpanColumns, labels: IntArray, rows: IntArray | None = None) -> Units:
        rows = np.arange(len(columns)) if rows is None else rows
        shapes = columns.shapes[rows]
        if not shapes.any():
            return Units(labels[rows], np.arange(len(rows)), columns.starts[rows], columns.ends[rows])
        chosen = zip(labels[rows].tolist(), rows.tolist(), strict=True)
        return Units.from_spans([(label, columns.fragments(row, self.vocabulary.shapes)) for label, row in chosen])

    def intervals(self) -> list[Intervals]:
        """By person every fragment with its label, the documents standing one after the other."""
        found = []
        for units, columns in zip(self.units, self.columns, strict=True):
            moved = self.offsets[columns.documents[units.owners]]
            found.append(Intervals(columns.labels[units.owners], units.starts + moved, units.ends + moved))
        return found

    def token_intervals(self) -> list[Intervals]:
        """The same in tokens."""
        moved = np.repeat(self.offsets[:-1], self.token_counts)
        starts, ends = self.token_starts + moved, self.token_ends + moved
        return [intervals.over_tokens(starts, ends) for intervals in self.intervals()]

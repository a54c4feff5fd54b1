"""Counting documents: everything that a report needs of each, as the records that are stored and added up.

A group of documents is counted in one go, with the documents standing one after the other; what belongs to each is a
difference of running sums, of whole numbers. Pure.
"""

from collections.abc import Hashable, Iterator, Sequence
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from annotator.agreement.document_groups import DocumentGroup
from annotator.agreement.entries import Entry, Record, records_of, sum_of, table
from annotator.agreement.findings import Findings
from annotator.agreement.marked import LabelSets, Marked
from annotator.agreement.pair_counting import EXACT, FIRST_SPANS, OVERLAP, SECOND_SPANS, PairCounts, count_pair
from annotator.agreement.statistics import WIDTH, statistics_record
from annotator.agreement.tally_records import key_of
from annotator.measures.coverage import coverage
from annotator.measures.krippendorff import Coincidences
from annotator.measures.units import FloatArray, IntArray


class CountedGroup:
    """A group of documents in numbers. The order of people and of spans changes nothing."""

    def __init__(self, group: DocumentGroup, found: Findings) -> None:
        self._group, self._found, self._labels = group, found, group.vocabulary.labels
        self._documents = len(group.ids)
        self._pairs = list(combinations(range(len(group.people)), 2))
        self._counts: list[PairCounts] = [count_pair(group, *pair) for pair in self._pairs]
        self._tokens = self._marked(group.token_intervals(), group.token_offsets)
        self._points = self._marked(group.intervals(), group.offsets)
        self._sets = LabelSets.of(self._tokens, self._labels)
        self._spans: IntArray = sum((self._by_label(columns) for columns in group.columns), start=self._no_labels)

    @cached_property
    def records(self) -> list[Record]:
        """The record of each document, as `annotator.agreement.tally_records` reads it."""
        return records_of(self._entries, self._documents)

    def sum_of(self, documents: Sequence[int]) -> Record:
        """The sum of the records of some documents (places in the group)."""
        return sum_of(self._entries, np.asarray(documents, dtype=np.int64))

    @cached_property
    def statistics(self) -> list[Record]:
        """What intervals need of each document, as `annotator.agreement.statistics` reads it."""
        rows = self._statistics_rows()
        return [
            statistics_record(self._labels, own, marks)
            for own, marks in zip(rows, (self._spans > 0).tolist(), strict=True)
        ]

    @cached_property
    def figures(self) -> list[dict[str, float | None]]:
        """By what documents are put in order; null where a figure is not defined."""
        pooled = self._pooled.sum(axis=1)
        spans = pooled[:, FIRST_SPANS] + pooled[:, SECOND_SPANS]
        f1 = [2 * pooled[:, column] / np.maximum(spans, 1) for column in (OVERLAP, EXACT)]
        alphas = [coincidences.alpha for coincidences in self._label_set_coincidences()]
        return [
            {"overlap_f1": overlap, "exact_f1": exact, "alpha": alpha.value if alpha.is_defined else None}
            if marked
            else {"overlap_f1": None, "exact_f1": None, "alpha": None}
            for overlap, exact, alpha, marked in zip(*(each.tolist() for each in f1), alphas, spans > 0, strict=True)
        ]

    @property
    def _no_labels(self) -> IntArray:
        return np.zeros((self._documents, len(self._labels)), dtype=np.int64)

    def _marked(self, intervals: Any, offsets: IntArray) -> Marked:
        covered = coverage(intervals, length=int(offsets[-1]), labels=len(self._labels), also_at=offsets)
        return Marked.over(covered, offsets)

    def _by_label(self, columns: Any) -> IntArray:
        found = self._no_labels
        np.add.at(found, (columns.documents, columns.labels), 1)
        return found

    @cached_property
    def _pooled(self) -> IntArray:
        """Spans of all pairs as in `PairCounts.spans`."""
        return sum((each.spans for each in self._counts[1:]), start=self._counts[0].spans)

    @cached_property
    def _entries(self) -> list[Entry]:
        group = self._group
        everybody = np.ones((self._documents, len(group.people)), dtype=np.int64)
        return [
            Entry((), ["documents"], np.ones((self._documents, 1), dtype=np.int64)),
            Entry(("sets",), group.people, everybody),
            Entry(("spans",), self._labels, self._spans),
            *(entry for at in range(len(self._pairs)) for entry in self._pair_entries(at)),
            *self._tokens.entries("tokens", self._labels, self._spans > 0),
            *self._points.entries("code_points", self._labels, self._spans > 0),
            *self._sets.entries(len(group.people)),
            table(("disagreements",), [{key_of(key): n for key, n in each.items()} for each in self._found.counts]),
            table(("boundaries",), [{key_of(key): n for key, n in each.items()} for each in self._found.boundaries]),
            *self._points.covered_entries(group.people, self._labels),
            Entry(("read",), group.people, everybody * group.lengths[:, None], everybody > 0),
            Entry((), ["mixed"], np.full((self._documents, 1), int(group.is_mixed)), everybody[:, :1] > 0),
            table(("left_out",), group.left_out),
        ]

    def _pair_entries(self, at: int) -> Iterator[Entry]:
        one, other = self._pairs[at]
        counts, path = self._counts[at], ("pairs", key_of([self._group.people[one], self._group.people[other]]))
        always = np.ones((self._documents, 1), dtype=np.bool_)
        yield Entry(path, ["documents"], always.astype(np.int64))
        yield Entry((*path, "spans"), self._labels, counts.spans)
        yield Entry(path, ["unlabelled"], counts.unlabelled[:, None], always)
        yield Entry((*path, "relations"), self._group.vocabulary.relation_labels, counts.relations)
        yield Entry((*path, "shared_relations"), self._group.vocabulary.relation_labels, counts.shared_relations)
        yield Entry((*path, "attributes"), [], always[:, :0])
        for name, cells in sorted(counts.attributes.items()):
            own = np.stack(list(cells.values()), axis=1)
            yield Entry((*path, "attributes", key_of(name)), [key_of(values) for values in cells], own, if_any=True)
        labels = [*self._labels, ""]
        aligned = self._found.aligned[one, other].reshape(self._documents, -1)
        occurring = np.flatnonzero(aligned.any(axis=0))
        names = [key_of([labels[each // len(labels)], labels[each % len(labels)]]) for each in occurring.tolist()]
        yield Entry((*path, "aligned"), names, aligned[:, occurring])
        yield self._sets.contingency((*path, "tokens"), one, other)
        yield self._tokens.pair_entry((*path, "marked"), one, other, self._labels)

    def _statistics_rows(self) -> FloatArray:
        """Shape (documents, labels, none of them and all together, `WIDTH`)."""
        documents, labels = self._spans.shape
        rows = np.zeros((documents, labels + 2, WIDTH))
        for columns, marked in ((slice(3, 7), self._tokens), (slice(7, 11), self._points)):
            rows[:, :, columns] = marked.coincidence_rows()
        pooled = self._pooled
        rows[:, :labels, 0] = pooled[:, :, FIRST_SPANS] + pooled[:, :, SECOND_SPANS]
        rows[:, :labels, 1], rows[:, :labels, 2] = pooled[:, :, EXACT], pooled[:, :, OVERLAP]
        rows[:, -1, :3] = rows[:, :labels, :3].sum(axis=1)
        return rows

    def _label_set_coincidences(self) -> Iterator[Coincidences]:
        people = len(self._group.people)
        for items, agreeing, margins in zip(
            self._tokens.items.tolist(), self._sets.agreeing(people).tolist(), self._sets.margins.tolist(), strict=True
        ):
            occurring: dict[Hashable, int] = {value: count for value, count in enumerate(margins) if count}
            yield Coincidences(items, items * people, agreeing, occurring)

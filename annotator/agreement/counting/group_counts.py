"""Counts of a group of documents: what a report needs of each, as records that are stored and added up. Pure.

A group is counted in one go, with the documents one after the other; the part of each document is a difference of
running sums of whole numbers.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from annotator.agreement.counting.disagreement_rows import GroupDisagreements
from annotator.agreement.counting.document_groups import DocumentGroup, SpanColumns
from annotator.agreement.counting.label_coverage import LabelCoverage, LabelSets
from annotator.agreement.counting.pair_counts import MATCHINGS, SPAN_COLUMNS, PairCounts, count_pair
from annotator.agreement.counting.statistics import CODE_POINTS, TOKENS, WIDTH, statistics_record
from annotator.agreement.counting.tally_records import Entry, key_of, records_of, table
from annotator.measures.coverage import coverage
from annotator.measures.krippendorff import Coincidences
from annotator.measures.units import FloatArray, IntArray, Intervals


class GroupCounts:
    """The counts of a group of documents; the order of annotators and of spans does not matter."""

    def __init__(self, group: DocumentGroup, disagreements: GroupDisagreements) -> None:
        self._group, self._disagreements, self._labels = group, disagreements, group.vocabulary.labels
        self._documents = len(group.ids)
        self._pairs = list(combinations(range(len(group.annotators)), 2))
        self._counts: list[PairCounts] = [count_pair(group, *pair) for pair in self._pairs]
        self._tokens = self._coverage(group.token_intervals(), group.token_offsets)
        self._points = self._coverage(group.intervals(), group.offsets)
        self._sets = LabelSets.of(self._tokens, self._labels)
        self._spans: IntArray = sum((self._by_label(columns) for columns in group.columns), start=self._no_labels)

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """The tally of each document, as `tally_records` reads it."""
        return records_of(self._entries, self._documents)

    @cached_property
    def statistics(self) -> list[dict[str, Any]]:
        """The statistics of each document, as `statistics` reads them."""
        rows = self._statistics_rows()
        occurring = (self._spans > 0).tolist()
        return [statistics_record(self._labels, own, occurs) for own, occurs in zip(rows, occurring, strict=True)]

    @cached_property
    def figures(self) -> list[dict[str, float | None]]:
        """The figures by which documents are ordered; None where a figure is not defined."""
        pooled = self._pooled.sum(axis=1)
        spans = pooled[:, 0] + pooled[:, 1]
        f1 = [2 * pooled[:, SPAN_COLUMNS.index(name)] / np.maximum(spans, 1) for name in ("overlap", "exact")]
        alphas = [coincidences.alpha for coincidences in self._label_set_coincidences()]
        return [
            {"overlap_f1": overlap, "exact_f1": exact, "alpha": alpha.value if alpha.is_defined else None}
            if marked
            else {"overlap_f1": None, "exact_f1": None, "alpha": None}
            for overlap, exact, alpha, marked in zip(
                *(column.tolist() for column in f1), alphas, spans > 0, strict=True
            )
        ]

    @property
    def _no_labels(self) -> IntArray:
        return np.zeros((self._documents, len(self._labels)), dtype=np.int64)

    def _coverage(self, intervals: Sequence[Intervals], offsets: IntArray) -> LabelCoverage:
        covered = coverage(intervals, length=int(offsets[-1]), labels=len(self._labels), also_at=offsets)
        return LabelCoverage.over(covered, offsets)

    def _by_label(self, columns: SpanColumns) -> IntArray:
        counts = self._no_labels
        np.add.at(counts, (columns.documents, columns.labels), 1)
        return counts

    @cached_property
    def _pooled(self) -> IntArray:
        """Spans of all pairs as in `PairCounts.spans`."""
        return sum((counts.spans for counts in self._counts[1:]), start=self._counts[0].spans)

    @cached_property
    def _entries(self) -> list[Entry]:
        group = self._group
        once = np.ones((self._documents, len(group.annotators)), dtype=np.int64)
        return [
            Entry((), ["documents"], np.ones((self._documents, 1), dtype=np.int64)),
            Entry(("sets",), group.annotators, once),
            Entry(("spans",), self._labels, self._spans),
            *(entry for index in range(len(self._pairs)) for entry in self._pair_entries(index)),
            *self._tokens.entries("tokens", self._labels, self._spans > 0),
            *self._points.entries("code_points", self._labels, self._spans > 0),
            *self._sets.entries("label_sets", len(group.annotators)),
            *LabelSets.of(self._points, self._labels).entries("code_point_sets", len(group.annotators)),
            table(("disagreements",), [_with_text_keys(counts) for counts in self._disagreements.counts]),
            table(("locations",), [_with_text_keys(counts) for counts in self._disagreements.locations]),
            table(("apart",), [_with_text_keys(counts) for counts in self._disagreements.apart]),
            table(("boundary_locations",), [_with_text_keys(own) for own in self._disagreements.boundary_locations]),
            table(("boundaries",), [_with_text_keys(counts) for counts in self._disagreements.boundaries]),
            *self._points.covered_entries(group.annotators, self._labels),
            Entry(("read",), group.annotators, once * group.lengths[:, None], once > 0),
            Entry((), ["mixed"], np.full((self._documents, 1), int(group.is_mixed)), once[:, :1] > 0),
            table(("left_out",), group.left_out),
        ]

    def _pair_entries(self, index: int) -> Iterator[Entry]:
        one, other = self._pairs[index]
        counts, path = (
            self._counts[index],
            ("pairs", key_of([self._group.annotators[one], self._group.annotators[other]])),
        )
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
        aligned = self._disagreements.aligned[one, other].reshape(self._documents, -1)
        occurring = np.flatnonzero(aligned.any(axis=0))
        names = [key_of([labels[cell // len(labels)], labels[cell % len(labels)]]) for cell in occurring.tolist()]
        yield Entry((*path, "aligned"), names, aligned[:, occurring])
        yield self._sets.contingency((*path, "tokens"), one, other)
        yield self._tokens.pair_entry((*path, "marked"), one, other, self._labels)

    def _statistics_rows(self) -> FloatArray:
        """Return rows of labels, of a label that does not occur, and of all; shape (documents, labels + 2, `WIDTH`)."""
        documents, labels = self._spans.shape
        rows = np.zeros((documents, labels + 2, WIDTH))
        rows[:, :, TOKENS], rows[:, :, CODE_POINTS] = self._tokens.coincidence_rows(), self._points.coincidence_rows()
        pooled = self._pooled
        rows[:, :labels, 0] = pooled[:, :, 0] + pooled[:, :, 1]
        rows[:, :labels, 1 : 1 + len(MATCHINGS)] = pooled[:, :, 2:]
        rows[:, -1, : 1 + len(MATCHINGS)] = rows[:, :labels, : 1 + len(MATCHINGS)].sum(axis=1)
        return rows

    def _label_set_coincidences(self) -> Iterator[Coincidences]:
        annotators = len(self._group.annotators)
        for items, agreeing, margins in zip(
            self._tokens.items.tolist(),
            self._sets.agreeing(annotators).tolist(),
            self._sets.margins.tolist(),
            strict=True,
        ):
            occurring: dict[Hashable, int] = {value: count for value, count in enumerate(margins) if count}
            yield Coincidences(items, items * annotators, agreeing, occurring)


def _with_text_keys(counts: Mapping[Any, int]) -> dict[str, int]:
    return {key_of(key): count for key, count in counts.items()}

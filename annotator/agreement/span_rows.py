"""Rows of spans and relations, as the database gives them, made into columns. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
import orjson

from annotator.agreement.document_groups import ONE_FRAGMENT, DocumentGroup, SpanColumns, Vocabulary
from annotator.agreement.grouping import Fragments
from annotator.agreement.versions import Unshared
from annotator.measures.units import BoolArray, IntArray, Units, indexes
from annotator.text.token_arrays import token_edges

# Rows of spans: set, id, label, start, end, fragments as JSON text or None, attributes as JSON text.
SpanRow = tuple[int, int, str, int, int, str | None, str]
RelationRow = tuple[int, str, int, int]
SpanId = int


class SpanRows:
    """Spans of several sets, by set and in each by place."""

    def __init__(self, spans: Sequence[SpanRow], relations: Sequence[RelationRow]) -> None:
        sets, ids, labels, starts, ends, fragments, attributes = zip(*spans, strict=True) if spans else ((),) * 7
        self._sets, self._starts, self._ends = (indexes(column) for column in (sets, starts, ends))
        self._ids: Sequence[SpanId] = ids
        self._relations = relations
        self._labels, known = _numbered(labels, sorted(set(labels)))
        self._attributes, attribute_texts = _numbered(attributes, ["{}"])
        self._attribute_values = [dict(orjson.loads(text)) for text in attribute_texts]
        self._attributes = self._without_twins(self._attributes)
        self._shapes, shapes = _numbered([text or "" for text in fragments], [""])
        edges = [tuple((start, end) for start, end in orjson.loads(text)) if text else () for text in shapes]
        relation_labels = sorted({row[1] for row in relations})
        # One list of fragments may be written in two ways, and one fragment with its list.
        self._shapes = self._plain_shapes(edges)[self._shapes]
        self.vocabulary = Vocabulary(known, relation_labels, edges, self._attribute_values)

    def _without_twins(self, numbers: IntArray) -> IntArray:
        """Equal attributes have one number, whatever the order in which they were written."""
        first: dict[frozenset[tuple[str, str]], int] = {}
        same = [first.setdefault(frozenset(each.items()), at) for at, each in enumerate(self._attribute_values)]
        return indexes(same)[numbers]

    @staticmethod
    def _plain_shapes(edges: Sequence[Fragments]) -> IntArray:
        first: dict[Fragments, int] = {}
        same = [first.setdefault(each, at) if len(each) > 1 else ONE_FRAGMENT for at, each in enumerate(edges)]
        return indexes(same)

    def units(self, set_id: int, labels: IntArray, unshared: Unshared) -> Units:
        """The units of one set, `labels` having the index of each label of the vocabulary."""
        low, high = np.searchsorted(self._sets, [set_id, set_id + 1])
        rows = np.arange(low, high)[~self._is_left_out(self._labels[low:high], unshared)]
        if self._shapes[rows].any():
            columns = self._columns(rows, np.zeros(len(rows), dtype=np.int64), unshared)
            numbers = labels[columns.labels].tolist()
            return Units.from_spans(
                [(label, columns.fragments(row, self.vocabulary.shapes)) for row, label in enumerate(numbers)]
            )
        return Units(labels[self._labels[rows]], np.arange(len(rows)), self._starts[rows], self._ends[rows])

    def group(
        self,
        texts: Sequence[tuple[int, str]],
        sets: Sequence[Sequence[int]],
        people: Sequence[str],
        unshared: Unshared,
    ) -> DocumentGroup:
        """Documents `(id, text)` with the ids of the sets of each person over each of them."""
        left_out: list[Counter[str]] = [Counter() for _ in texts]
        columns = [self._of_person(own, unshared, left_out) for own in sets]
        tokens = [token_edges(text) for _, text in texts]
        return DocumentGroup(
            ids=[document_id for document_id, _ in texts],
            texts=[text for _, text in texts],
            people=people,
            columns=columns,
            vocabulary=self.vocabulary,
            token_starts=_joined(starts for starts, _ in tokens),
            token_ends=_joined(ends for _, ends in tokens),
            token_counts=indexes([len(starts) for starts, _ in tokens]),
            left_out=left_out,
            is_mixed=unshared.is_mixed,
        )

    def _of_person(self, set_ids: Sequence[int], unshared: Unshared, left_out: Sequence[Counter[str]]) -> SpanColumns:
        first = np.searchsorted(self._sets, set_ids)
        counts = np.searchsorted(self._sets, indexes(set_ids) + 1) - first
        documents = np.repeat(np.arange(len(counts)), counts)
        rows = np.arange(len(documents)) + np.repeat(first - (np.cumsum(counts) - counts), counts)
        is_left_out = self._is_left_out(self._labels[rows], unshared)
        for document, label in zip(
            documents[is_left_out].tolist(), self._labels[rows[is_left_out]].tolist(), strict=True
        ):
            left_out[document][self.vocabulary.labels[label]] += 1
        return self._columns(rows[~is_left_out], documents[~is_left_out], unshared)

    def _is_left_out(self, labels: IntArray, unshared: Unshared) -> BoolArray:
        unknown = [label in unshared.labels for label in self.vocabulary.labels]
        return np.array(unknown, dtype=np.bool_)[labels]

    def _columns(self, rows: IntArray, documents: IntArray, unshared: Unshared) -> SpanColumns:
        labels, attributes = self._labels[rows], self._attributes[rows]
        if unshared.attributes:
            attributes = self._shared(labels, attributes, unshared)
        return SpanColumns(
            documents,
            labels,
            self._starts[rows],
            self._ends[rows],
            self._shapes[rows],
            attributes,
            self._relations_between(rows, unshared),
        )

    def _shared(self, labels: IntArray, attributes: IntArray, unshared: Unshared) -> IntArray:
        """Numbers of the attributes that all schema versions know; new ones go into the vocabulary."""
        known = {frozenset(each.items()): at for at, each in reversed(list(enumerate(self._attribute_values)))}
        found = []
        for label, at in zip(labels.tolist(), attributes.tolist(), strict=True):
            kept = unshared.shared_attributes(self.vocabulary.labels[label], self._attribute_values[at])
            key = frozenset(kept.items())
            if key not in known:
                known[key] = len(self._attribute_values)
                self._attribute_values.append(dict(kept))
            found.append(known[key])
        return indexes(found)

    def _relations_between(self, rows: IntArray, unshared: Unshared) -> IntArray:
        """Relations an end of which is not there belong to a later revision, or to a label that does not count."""
        if not self._relations:
            return np.zeros((0, 3), dtype=np.int64)
        places = {self._ids[row]: place for place, row in enumerate(rows.tolist())}
        numbers = {label: at for at, label in enumerate(self.vocabulary.relation_labels)}
        arrows = [
            (numbers[label], places[source], places[target])
            for _, label, source, target in self._relations
            if source in places and target in places and label not in unshared.relations
        ]
        return indexes(list(chain.from_iterable(arrows))).reshape(-1, 3)


def _numbered(values: Iterable[str], first: Sequence[str]) -> tuple[IntArray, list[str]]:
    """A number for each value, and the values by number; those of `first` have the first ones."""
    numbers = {value: at for at, value in enumerate(first)}
    found = [numbers.setdefault(value, len(numbers)) for value in values]
    return indexes(found), list(numbers)


def _joined(parts: Iterable[IntArray]) -> IntArray:
    return np.concatenate([indexes([]), *parts])

"""Documents that the same annotators have finished, with all their spans as columns, ready to be measured.

numpy handles a hundred documents in little more time than one, so spans become objects only where annotators disagree
in a way that needs more than array operations. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import numpy as np
import orjson

from annotator.agreement.counting.shared_schema import Unshared
from annotator.measures.alignment import Fragments, SetContent
from annotator.measures.units import BoolArray, IntArray, Intervals, Units, indexes
from annotator.text.token_arrays import token_edges

ONE_FRAGMENT = 0
"""The shape of a span from its start to its end; other shapes are indexes into `Vocabulary.shapes`."""

# Rows of spans: set, id, label, start, end, fragments as JSON text or None, attributes as JSON text.
SpanRow = tuple[int, int, str, int, int, str | None, str]
RelationRow = tuple[int, str, int, int]
SpanId = int


@dataclass(frozen=True)
class Vocabulary:
    """What the columns of several groups refer to by index."""

    labels: Sequence[str]
    relation_labels: Sequence[str]
    shapes: Sequence[Fragments]
    attributes: Sequence[Mapping[str, str]]

    @classmethod
    def of_sets(cls, sets: Sequence[SetContent]) -> "Vocabulary":
        """Return what occurs in some sets."""
        spans = [span for content in sets for span in content.spans]
        attributes = {frozenset(span.attributes.items()): span.attributes for span in spans}
        return cls(
            labels=sorted({span.label for span in spans}),
            relation_labels=sorted({relation.label for content in sets for relation in content.relations}),
            shapes=[(), *sorted({span.fragments for span in spans if len(span.fragments) > 1})],
            attributes=list(attributes.values()),
        )


@dataclass(frozen=True)
class SpanColumns:
    """The spans of one annotator over the documents of a group, by document and in each in the order of its rows.

    `documents` has the index of the document in the group; `starts` and `ends` are code points, for a discontinuous
    span those of the whole. `relations` has rows of (relation label, row of the source, row of the target).
    """

    documents: IntArray
    labels: IntArray
    starts: IntArray
    ends: IntArray
    shapes: IntArray
    attributes: IntArray
    relations: IntArray

    @classmethod
    def of_set(cls, content: SetContent, vocabulary: Vocabulary) -> "SpanColumns":
        """Return the spans and relations of a set of a single document."""
        labels = {label: index for index, label in enumerate(vocabulary.labels)}
        relation_labels = {label: index for index, label in enumerate(vocabulary.relation_labels)}
        shapes = {shape: index for index, shape in enumerate(vocabulary.shapes)}
        attributes = {frozenset(values.items()): index for index, values in enumerate(vocabulary.attributes)}
        spans = content.spans
        arrows = [(relation_labels[each.label], each.source, each.target) for each in content.relations]
        return cls(
            documents=np.zeros(len(spans), dtype=np.int64),
            labels=indexes([labels[span.label] for span in spans]),
            starts=indexes([span.start for span in spans]),
            ends=indexes([span.end for span in spans]),
            shapes=indexes([shapes.get(span.fragments, ONE_FRAGMENT) for span in spans]),
            attributes=indexes([attributes[frozenset(span.attributes.items())] for span in spans]),
            relations=indexes(list(chain.from_iterable(arrows))).reshape(-1, 3),
        )

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def of_spans(self) -> tuple[IntArray, ...]:
        """Document, label, start, end and shape of every span."""
        return self.documents, self.labels, self.starts, self.ends, self.shapes

    def fragments(self, row: int, shapes: Sequence[Fragments]) -> Fragments:
        """Return the fragments of a span."""
        shape = int(self.shapes[row])
        return shapes[shape] if shape else ((int(self.starts[row]), int(self.ends[row])),)


class Tokens(NamedTuple):
    """Tokens of all documents of a group, one document after the other; `counts` has how many each document has."""

    starts: IntArray
    ends: IntArray
    counts: IntArray


@dataclass(frozen=True)
class DocumentGroup:
    """Documents with the columns of two or more annotators, who are in order of their names.

    `left_out` counts by document the spans of each label that are not compared because the group `is_mixed`: its sets
    were made under several schema versions. `tokens_by` is one of `annotator.text.tokens.TOKEN_RULES`.
    """

    ids: Sequence[int]
    texts: Sequence[str]
    annotators: Sequence[str]
    columns: Sequence[SpanColumns]
    vocabulary: Vocabulary
    left_out: Sequence[Mapping[str, int]]
    is_mixed: bool = False
    tokens_by: str = "product"

    @classmethod
    def of_sets(cls, text: str, sets: Mapping[str, SetContent]) -> "DocumentGroup":
        """Return a group of one document; rows keep the order of the spans and relations of each set."""
        vocabulary = Vocabulary.of_sets(list(sets.values()))
        names = sorted(sets)
        columns = [SpanColumns.of_set(sets[name], vocabulary) for name in names]
        return cls([0], [text], names, columns, vocabulary, [{}])

    @cached_property
    def tokens(self) -> "Tokens":
        """The tokens of all documents."""
        edges = [token_edges(text, self.tokens_by) for text in self.texts]
        return Tokens(
            starts=_joined(starts for starts, _ in edges),
            ends=_joined(ends for _, ends in edges),
            counts=indexes([len(starts) for starts, _ in edges]),
        )

    @cached_property
    def lengths(self) -> IntArray:
        """Code points of each document."""
        return indexes([len(text) for text in self.texts])

    @cached_property
    def offsets(self) -> IntArray:
        """Where each document starts, and the last one ends, when documents are put one after the other."""
        return np.concatenate([indexes([0]), np.cumsum(self.lengths)])

    @cached_property
    def token_offsets(self) -> IntArray:
        """The same in tokens."""
        return np.concatenate([indexes([0]), np.cumsum(self.tokens.counts)])

    @cached_property
    def units(self) -> list[Units]:
        """Units by annotator; a label of each document is a label of its own, so only units of one document match."""
        width = len(self.vocabulary.labels)
        return [self._units(each, each.documents * width + each.labels) for each in self.columns]

    def units_by_document(self, annotator: int, rows: IntArray) -> Units:
        """Return some spans of an annotator as units labelled with their document."""
        return self._units(self.columns[annotator], self.columns[annotator].documents, rows)

    def _units(self, columns: SpanColumns, labels: IntArray, rows: IntArray | None = None) -> Units:
        rows = np.arange(len(columns)) if rows is None else rows
        shapes = columns.shapes[rows]
        if not shapes.any():
            return Units(labels[rows], np.arange(len(rows)), columns.starts[rows], columns.ends[rows])
        chosen = zip(labels[rows].tolist(), rows.tolist(), strict=True)
        return Units.from_spans([(label, columns.fragments(row, self.vocabulary.shapes)) for label, row in chosen])

    def intervals(self) -> list[Intervals]:
        """Return every fragment with its label by annotator, the documents one after the other."""
        found = []
        for units, columns in zip(self.units, self.columns, strict=True):
            moved = self.offsets[columns.documents[units.owners]]
            found.append(Intervals(columns.labels[units.owners], units.starts + moved, units.ends + moved))
        return found

    def token_intervals(self) -> list[Intervals]:
        """Return the same in tokens."""
        moved = np.repeat(self.offsets[:-1], self.tokens.counts)
        starts, ends = self.tokens.starts + moved, self.tokens.ends + moved
        return [intervals.over_tokens(starts, ends) for intervals in self.intervals()]


class SpanRows:
    """Spans of several sets as the database returns them, by set and in each by position."""

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
        # The same fragments may be written in two ways, and a single fragment as a list.
        self._shapes = self._plain_shapes(edges)[self._shapes]
        self.vocabulary = Vocabulary(known, relation_labels, edges, self._attribute_values)

    def _without_twins(self, numbers: IntArray) -> IntArray:
        """Return numbers that are the same for equal attributes, whatever the order in which they were written."""
        first: dict[frozenset[tuple[str, str]], int] = {}
        same = [first.setdefault(frozenset(each.items()), at) for at, each in enumerate(self._attribute_values)]
        return indexes(same)[numbers]

    @staticmethod
    def _plain_shapes(edges: Sequence[Fragments]) -> IntArray:
        first: dict[Fragments, int] = {}
        same = [first.setdefault(each, at) if len(each) > 1 else ONE_FRAGMENT for at, each in enumerate(edges)]
        return indexes(same)

    def units(self, set_id: int, labels: IntArray, unshared: Unshared) -> Units:
        """Return the units of one set; `labels` has the index of each label of the vocabulary."""
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
        annotators: Sequence[str],
        unshared: Unshared,
        tokens_by: str = "product",
    ) -> DocumentGroup:
        """Return documents `(id, text)`; `sets` has for each annotator the id of their set over each document."""
        left_out: list[Counter[str]] = [Counter() for _ in texts]
        columns = [self._of_annotator(own, unshared, left_out) for own in sets]
        return DocumentGroup(
            ids=[document_id for document_id, _ in texts],
            texts=[text for _, text in texts],
            annotators=annotators,
            columns=columns,
            vocabulary=self.vocabulary,
            left_out=left_out,
            is_mixed=unshared.is_mixed,
            tokens_by=tokens_by,
        )

    def _of_annotator(
        self, set_ids: Sequence[int], unshared: Unshared, left_out: Sequence[Counter[str]]
    ) -> SpanColumns:
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
        """Return numbers of the attributes that all schema versions have; new ones are added to the vocabulary."""
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
        """Return relations between the rows; others belong to a later revision or to an excluded label."""
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
    """Return a number for each value, and the values by number; those of `first` come first."""
    numbers = {value: at for at, value in enumerate(first)}
    found = [numbers.setdefault(value, len(numbers)) for value in values]
    return indexes(found), list(numbers)


def _joined(parts: Iterable[IntArray]) -> IntArray:
    return np.concatenate([indexes([]), *parts])

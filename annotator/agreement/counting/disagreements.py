"""Disagreements of two annotators over a group of documents: alignment by whole columns. Pure.

`PairAlignment` gives the units of `annotator.measures.alignment.align` for two annotators. Most spans are aligned in a
few steps over whole columns: identical ones, those that meet nothing of the other annotator, and those that meet one
span which meets nothing else. Only where more than two spans overlap each other are they grouped one by one.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from annotator.agreement.counting.document_groups import DocumentGroup, SpanColumns
from annotator.measures.alignment import (
    COINCIDING,
    AuthoredSpan,
    DisagreementKind,
    Fragments,
    RelationContent,
    SetContent,
    align_relations,
    group_rows,
)
from annotator.measures.matching import identities, overlapping_pairs
from annotator.measures.units import BoolArray, IntArray

FIRST, SECOND = "1", "2"
NO_ROWS = ()
Rows = tuple[int, ...]


class PairDisagreement(NamedTuple):
    """One disagreement of two annotators; the order of fields is the order in which disagreements are listed.

    `document` is the index in the group and `pair` the number of the pair. `first` and `second` are rows of spans (of
    relations, for this kind), none where an annotator has nothing. `start` and `end` cover all spans in question; for a
    relation, its source. Only the most serious kind of a unit counts; each attribute counts by itself.
    """

    document: int
    start: int
    end: int
    pair: int
    kind: DisagreementKind
    attribute: str
    first: Rows
    second: Rows

    @property
    def location(self) -> str:
        """The name of its location on a page; attributes of one span share a location."""
        return f"{self.kind}-{self.start}-{self.end}"


def align_pair(first: SetContent, second: SetContent) -> "PairAlignment":
    """Return the alignment of two sets of one document."""
    return PairAlignment(DocumentGroup.of_sets("", {FIRST: first, SECOND: second}), 0, 1)


class PairAlignment:
    """The disagreements of two annotators, and how often their labels were aligned.

    `aligned` has shape (documents, labels + 1, labels + 1): aligned spans by the label of the first and of the second,
    the last index for "no span". `identical` counts aligned spans that agree in everything.
    """

    def __init__(self, group: DocumentGroup, one: int, other: int, *, pair: int = 0) -> None:
        self._group, self._annotators, self._pair = group, (one, other), pair
        self._first, self._second = group.columns[one], group.columns[other]
        self._width = len(group.vocabulary.labels) + 1
        self.aligned = np.zeros((len(group.ids), self._width, self._width), dtype=np.int64)
        self.disagreements: list[PairDisagreement] = []
        self.identical = 0
        # The number of the unit of each span: spans of the second annotator that join none have numbers of their own.
        self._unit_of_first = np.arange(len(self._first))
        self._unit_of_second = len(self._first) + np.arange(len(self._second))
        rest = self._align_identical()
        self._align_rest(*rest)
        self._compare_relations()

    def _align_identical(self) -> tuple[IntArray, IntArray]:
        """Join spans that both have once with equal label and fragments; return the rows of the others."""
        group, (one, other) = self._group, self._annotators
        numbers, other_numbers = identities(group.units[one], group.units[other])
        size = 1 + max(int(numbers.max(initial=-1)), int(other_numbers.max(initial=-1)))
        once = (np.bincount(numbers, minlength=size) == 1) & (np.bincount(other_numbers, minlength=size) == 1)
        rows, partners = np.zeros((2, size), dtype=np.int64)
        rows[numbers], partners[other_numbers] = np.arange(len(numbers)), np.arange(len(other_numbers))
        rows, partners = rows[once], partners[once]
        self._join(rows, partners)
        differ = self._first.attributes[rows] != self._second.attributes[partners]
        self.identical += int((~differ).sum())
        self._compare_attributes(rows[differ], partners[differ])
        return np.flatnonzero(~once[numbers]), np.flatnonzero(~once[other_numbers])

    def _align_rest(self, rows: IntArray, partners: IntArray) -> None:
        """Align the spans that have no identical partner."""
        group, (one, other) = self._group, self._annotators
        mine, theirs = group.units_by_document(one, rows), group.units_by_document(other, partners)
        here, there, shared = overlapping_pairs(mine, theirs)
        meets, met = np.bincount(here, minlength=len(rows)), np.bincount(there, minlength=len(partners))
        alone = (meets[here] == 1) & (met[there] == 1)
        here, there, shared = here[alone], there[alone], shared[alone]
        same = self._first.labels[rows[here]] == self._second.labels[partners[there]]
        coincide = 2 * shared >= COINCIDING * (mine.lengths[here] + theirs.lengths[there])
        self._add_pair(DisagreementKind.BOUNDARY, rows[here[same]], partners[there[same]])
        self._add_pair(DisagreementKind.LABEL, rows[here[~same & coincide]], partners[there[~same & coincide]])
        apart = ~same & ~coincide
        self._add_missed(rows[np.concatenate([np.flatnonzero(meets == 0), here[apart]])], is_first=True)
        self._add_missed(partners[np.concatenate([np.flatnonzero(met == 0), there[apart]])], is_first=False)
        meets[here], met[there] = 0, 0
        self._align_clusters(rows[meets > 0], partners[met > 0])

    def _join(self, rows: IntArray, partners: IntArray) -> None:
        """Join spans of the first with spans of the second."""
        self._unit_of_second[partners] = rows
        documents, labels = self._first.documents[rows], self._first.labels[rows]
        np.add.at(self.aligned, (documents, labels, self._second.labels[partners]), 1)

    def _add_pair(self, kind: DisagreementKind, rows: IntArray, partners: IntArray) -> None:
        self._join(rows, partners)
        first, second = self._first, self._second
        columns = (
            first.documents[rows],
            np.minimum(first.starts[rows], second.starts[partners]),
            np.maximum(first.ends[rows], second.ends[partners]),
            rows,
            partners,
        )
        self.disagreements += [
            PairDisagreement(document, start, end, self._pair, kind, "", (row,), (partner,))
            for document, start, end, row, partner in zip(*(column.tolist() for column in columns), strict=True)
        ]

    def _add_missed(self, rows: IntArray, *, is_first: bool) -> None:
        """Add spans that the other annotator missed."""
        columns = self._first if is_first else self._second
        documents, labels, nothing = columns.documents[rows], columns.labels[rows], self._width - 1
        # A view on the counts in which the label of a missed span is the second axis.
        aligned = self.aligned[:, :, nothing] if is_first else self.aligned[:, nothing]
        np.add.at(aligned, (documents, labels), 1)
        missed = (documents, columns.starts[rows], columns.ends[rows], rows)
        places = zip(*(column.tolist() for column in missed), strict=True)
        pair, kind = self._pair, DisagreementKind.MISSED
        if is_first:
            self.disagreements += [
                PairDisagreement(at, a, b, pair, kind, "", (row,), NO_ROWS) for at, a, b, row in places
            ]
        else:
            self.disagreements += [
                PairDisagreement(at, a, b, pair, kind, "", NO_ROWS, (row,)) for at, a, b, row in places
            ]

    def _compare_attributes(self, rows: IntArray, partners: IntArray) -> None:
        """Add a disagreement for each attribute that differs on spans that are otherwise identical."""
        first, known = self._first, self._group.vocabulary.attributes
        for row, partner in zip(rows.tolist(), partners.tolist(), strict=True):
            here, there = known[first.attributes[row]], known[self._second.attributes[partner]]
            place = int(first.documents[row]), int(first.starts[row]), int(first.ends[row]), self._pair
            self.disagreements += [
                PairDisagreement(*place, DisagreementKind.ATTRIBUTE, name, (row,), (partner,))
                for name in sorted(here.keys() | there.keys())
                if here.get(name) != there.get(name)
            ]

    def _align_clusters(self, rows: IntArray, partners: IntArray) -> None:
        """Align spans of which more than two overlap each other."""
        for own, theirs in _by_document(self._first.documents[rows], self._second.documents[partners]):
            mine, others = rows[own].tolist(), partners[theirs].tolist()
            authored = {FIRST: self._authored(0, self._first, mine), SECOND: self._authored(1, self._second, others)}
            for rows_by_author in group_rows(authored):
                self._add_group(
                    tuple(mine[at] for at in rows_by_author.get(FIRST, ())),
                    tuple(others[at] for at in rows_by_author.get(SECOND, ())),
                )

    def _authored(self, author: int, columns: SpanColumns, rows: Sequence[int]) -> list[AuthoredSpan]:
        known = self._group.vocabulary
        return [
            AuthoredSpan(
                author,
                known.labels[columns.labels[row]],
                columns.fragments(row, known.shapes),
                sorted(known.attributes[columns.attributes[row]].items()),
            )
            for row in rows
        ]

    def _add_group(self, rows: Rows, partners: Rows) -> None:
        """Add the spans of one unit with the most serious kind of disagreement."""
        first, second = np.array(rows, dtype=np.int64), np.array(partners, dtype=np.int64)
        if not rows or not partners:
            self._add_missed(first if rows else second, is_first=bool(rows))
        elif len(rows) + len(partners) > 2:
            # A span marked in parts is aligned once.
            self._add_pair(DisagreementKind.SEGMENTATION, first[:1], second[:1])
            self._unit_of_first[first], self._unit_of_second[second] = rows[0], rows[0]
            last = self.disagreements[-1]
            start = min(self._first.starts[first].min(), self._second.starts[second].min())
            end = max(self._first.ends[first].max(), self._second.ends[second].max())
            self.disagreements[-1] = last._replace(start=int(start), end=int(end), first=rows, second=partners)
        elif self._first.labels[first[0]] != self._second.labels[second[0]]:
            self._add_pair(DisagreementKind.LABEL, first, second)
        elif self._fragments(self._first, rows[0]) != self._fragments(self._second, partners[0]):
            self._add_pair(DisagreementKind.BOUNDARY, first, second)
        else:
            self._join(first, second)
            self.identical += int(self._first.attributes[first[0]] == self._second.attributes[second[0]])
            self._compare_attributes(first, second)

    def _fragments(self, columns: SpanColumns, row: int) -> Fragments:
        return columns.fragments(row, self._group.vocabulary.shapes)

    def _compare_relations(self) -> None:
        """Add relations that only one of the two has between aligned spans, or both with different labels."""
        relations = {FIRST: self._relations(self._first), SECOND: self._relations(self._second)}
        if not any(relations.values()):
            return
        units = {FIRST: self._unit_of_first.tolist(), SECOND: self._unit_of_second.tolist()}
        for relation in align_relations(relations, units):
            if relation.is_contested:
                one, other = relation.rows.get(FIRST, ()), relation.rows.get(SECOND, ())
                sources = [(self._first, relations[FIRST][row].source) for row in one]
                sources += [(self._second, relations[SECOND][row].source) for row in other]
                start = min(int(columns.starts[row]) for columns, row in sources)
                end = max(int(columns.ends[row]) for columns, row in sources)
                document = int(sources[0][0].documents[sources[0][1]])
                self.disagreements.append(
                    PairDisagreement(document, start, end, self._pair, DisagreementKind.RELATION, "", one, other)
                )

    def _relations(self, columns: SpanColumns) -> list[RelationContent]:
        labels = self._group.vocabulary.relation_labels
        return [RelationContent(labels[label], source, target) for label, source, target in columns.relations.tolist()]


def _by_document(first: IntArray, second: IntArray) -> Iterator[tuple[BoolArray, BoolArray]]:
    """Yield for each document which entries of two columns of documents belong to it."""
    for document in np.union1d(first, second).tolist():
        yield first == document, second == document

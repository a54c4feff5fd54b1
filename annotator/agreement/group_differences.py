"""How two people differ over a group of documents: `differences.compare` for many documents at once. Pure.

Most spans settle in a few steps over whole columns: identical ones, those that meet nothing of the other person, and
those that meet one span which meets nothing else. Only where more than two spans touch each other does it take the
steps of `grouping`, document by document.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from annotator.agreement.alignment import Kind, RelationSeen, align_relations
from annotator.agreement.document_groups import DocumentGroup, SpanColumns
from annotator.agreement.grouping import COINCIDING, FlatSpan, Fragments, group_rows
from annotator.measures.matching import identities, overlapping_pairs
from annotator.measures.units import BoolArray, IntArray

FIRST, SECOND = "1", "2"
NOBODY = ()
Rows = tuple[int, ...]


class GroupDifference(NamedTuple):
    """One thing in which two people differ, in the order of fields in which they are listed.

    `document` is the place in the group, `pair` a number for the two, `first` and `second` rows of their columns (of
    relations, if it is one), with the meaning that `annotator.agreement.differences.Difference` gives them.
    """

    document: int
    start: int
    end: int
    pair: int
    kind: Kind
    attribute: str
    first: Rows
    second: Rows


class PairComparison:
    """The differences of two people, and how often which labels were aligned.

    `aligned` has shape (documents, labels + 1, labels + 1): aligned spans by the label of the first and of the second,
    the last place where one of the two has none.
    """

    def __init__(self, group: DocumentGroup, one: int, other: int, *, pair: int) -> None:
        self._group, self._people, self._pair = group, (one, other), pair
        self._first, self._second = group.columns[one], group.columns[other]
        self._width = len(group.vocabulary.labels) + 1
        self.aligned = np.zeros((len(group.ids), self._width, self._width), dtype=np.int64)
        self.differences: list[GroupDifference] = []
        # Which spans are one: a number for each of the first, and for those of the second that join none, their own.
        self._unit_of_first = np.arange(len(self._first))
        self._unit_of_second = len(self._first) + np.arange(len(self._second))
        rest = self._settle_identical()
        self._settle_rest(*rest)
        self._compare_relations()

    def _settle_identical(self) -> tuple[IntArray, IntArray]:
        """Join spans that both marked once with the same label and edges; return the rows of the others."""
        group, (one, other) = self._group, self._people
        numbers, other_numbers = identities(group.units[one], group.units[other])
        size = 1 + max(int(numbers.max(initial=-1)), int(other_numbers.max(initial=-1)))
        once = (np.bincount(numbers, minlength=size) == 1) & (np.bincount(other_numbers, minlength=size) == 1)
        rows, partners = np.zeros((2, size), dtype=np.int64)
        rows[numbers], partners[other_numbers] = np.arange(len(numbers)), np.arange(len(other_numbers))
        rows, partners = rows[once], partners[once]
        self._join(rows, partners)
        differ = self._first.attributes[rows] != self._second.attributes[partners]
        self._compare_attributes(rows[differ], partners[differ])
        return np.flatnonzero(~once[numbers]), np.flatnonzero(~once[other_numbers])

    def _settle_rest(self, rows: IntArray, partners: IntArray) -> None:
        """Compare the spans that are not settled."""
        group, (one, other) = self._group, self._people
        mine, theirs = group.units_by_document(one, rows), group.units_by_document(other, partners)
        here, there, shared = overlapping_pairs(mine, theirs)
        meets, met = np.bincount(here, minlength=len(rows)), np.bincount(there, minlength=len(partners))
        alone = (meets[here] == 1) & (met[there] == 1)
        here, there, shared = here[alone], there[alone], shared[alone]
        same = self._first.labels[rows[here]] == self._second.labels[partners[there]]
        coincide = 2 * shared >= COINCIDING * (mine.lengths[here] + theirs.lengths[there])
        self._add_joined(Kind.BOUNDARY, rows[here[same]], partners[there[same]])
        self._add_joined(Kind.LABEL, rows[here[~same & coincide]], partners[there[~same & coincide]])
        apart = ~same & ~coincide
        self._add_missed(rows[np.concatenate([np.flatnonzero(meets == 0), here[apart]])], is_first=True)
        self._add_missed(partners[np.concatenate([np.flatnonzero(met == 0), there[apart]])], is_first=False)
        meets[here], met[there] = 0, 0
        self._settle_crowds(rows[meets > 0], partners[met > 0])

    def _join(self, rows: IntArray, partners: IntArray) -> None:
        """Let spans of the first and of the second be one."""
        self._unit_of_second[partners] = rows
        documents, labels = self._first.documents[rows], self._first.labels[rows]
        np.add.at(self.aligned, (documents, labels, self._second.labels[partners]), 1)

    def _add_joined(self, kind: Kind, rows: IntArray, partners: IntArray) -> None:
        self._join(rows, partners)
        first, second = self._first, self._second
        columns = (
            first.documents[rows],
            np.minimum(first.starts[rows], second.starts[partners]),
            np.maximum(first.ends[rows], second.ends[partners]),
            rows,
            partners,
        )
        self.differences += [
            GroupDifference(document, start, end, self._pair, kind, "", (row,), (partner,))
            for document, start, end, row, partner in zip(*(each.tolist() for each in columns), strict=True)
        ]

    def _add_missed(self, rows: IntArray, *, is_first: bool) -> None:
        """Spans that the other has nothing for."""
        columns = self._first if is_first else self._second
        documents, labels, nothing = columns.documents[rows], columns.labels[rows], self._width - 1
        # Seen from the other side, the label of the second stands first.
        aligned = self.aligned[:, :, nothing] if is_first else self.aligned[:, nothing]
        np.add.at(aligned, (documents, labels), 1)
        found = (documents, columns.starts[rows], columns.ends[rows], rows)
        places = zip(*(each.tolist() for each in found), strict=True)
        pair, kind = self._pair, Kind.MISSED
        if is_first:
            self.differences += [GroupDifference(at, a, b, pair, kind, "", (row,), NOBODY) for at, a, b, row in places]
        else:
            self.differences += [GroupDifference(at, a, b, pair, kind, "", NOBODY, (row,)) for at, a, b, row in places]

    def _compare_attributes(self, rows: IntArray, partners: IntArray) -> None:
        """Spans that are the same but for their attributes: one difference a name."""
        first, known = self._first, self._group.vocabulary.attributes
        for row, partner in zip(rows.tolist(), partners.tolist(), strict=True):
            here, there = known[first.attributes[row]], known[self._second.attributes[partner]]
            place = int(first.documents[row]), int(first.starts[row]), int(first.ends[row]), self._pair
            self.differences += [
                GroupDifference(*place, Kind.ATTRIBUTE, name, (row,), (partner,))
                for name in sorted(here.keys() | there.keys())
                if here.get(name) != there.get(name)
            ]

    def _settle_crowds(self, rows: IntArray, partners: IntArray) -> None:
        """Spans more than two of which touch each other."""
        for own, theirs in _by_document(self._first.documents[rows], self._second.documents[partners]):
            mine, others = rows[own].tolist(), partners[theirs].tolist()
            flat = {FIRST: self._flat(0, self._first, mine), SECOND: self._flat(1, self._second, others)}
            for found in group_rows(flat):
                self._add_group(
                    tuple(mine[at] for at in found.get(FIRST, ())), tuple(others[at] for at in found.get(SECOND, ()))
                )

    def _flat(self, author: int, columns: SpanColumns, rows: Sequence[int]) -> list[FlatSpan]:
        known = self._group.vocabulary
        return [
            FlatSpan(
                author,
                known.labels[columns.labels[row]],
                columns.fragments(row, known.shapes),
                sorted(known.attributes[columns.attributes[row]].items()),
            )
            for row in rows
        ]

    def _add_group(self, rows: Rows, partners: Rows) -> None:
        """Spans that mean one place, in the gravest way in which they differ."""
        first, second = np.array(rows, dtype=np.int64), np.array(partners, dtype=np.int64)
        if not rows or not partners:
            self._add_missed(first if rows else second, is_first=bool(rows))
        elif len(rows) + len(partners) > 2:
            # Spans in parts are aligned once.
            self._add_joined(Kind.SEGMENTATION, first[:1], second[:1])
            self._unit_of_first[first], self._unit_of_second[second] = rows[0], rows[0]
            last = self.differences[-1]
            start = min(self._first.starts[first].min(), self._second.starts[second].min())
            end = max(self._first.ends[first].max(), self._second.ends[second].max())
            self.differences[-1] = last._replace(start=int(start), end=int(end), first=rows, second=partners)
        elif self._first.labels[first[0]] != self._second.labels[second[0]]:
            self._add_joined(Kind.LABEL, first, second)
        elif self._fragments(self._first, rows[0]) != self._fragments(self._second, partners[0]):
            self._add_joined(Kind.BOUNDARY, first, second)
        else:
            self._join(first, second)
            self._compare_attributes(first, second)

    def _fragments(self, columns: SpanColumns, row: int) -> Fragments:
        return columns.fragments(row, self._group.vocabulary.shapes)

    def _compare_relations(self) -> None:
        """Relations that only one of the two drew between aligned spans, or both with different labels."""
        arrows = {FIRST: self._arrows(self._first), SECOND: self._arrows(self._second)}
        if not any(arrows.values()):
            return
        units = {FIRST: self._unit_of_first.tolist(), SECOND: self._unit_of_second.tolist()}
        for relation in align_relations(arrows, units):
            if relation.is_contested:
                one, other = relation.rows.get(FIRST, ()), relation.rows.get(SECOND, ())
                sources = [(self._first, arrows[FIRST][row].source) for row in one]
                sources += [(self._second, arrows[SECOND][row].source) for row in other]
                start = min(int(columns.starts[row]) for columns, row in sources)
                end = max(int(columns.ends[row]) for columns, row in sources)
                document = int(sources[0][0].documents[sources[0][1]])
                self.differences.append(
                    GroupDifference(document, start, end, self._pair, Kind.RELATION, "", one, other)
                )

    def _arrows(self, columns: SpanColumns) -> list[RelationSeen]:
        labels = self._group.vocabulary.relation_labels
        return [RelationSeen(labels[label], source, target) for label, source, target in columns.relations.tolist()]


def _by_document(first: IntArray, second: IntArray) -> Iterator[tuple[BoolArray, BoolArray]]:
    """Which of the entries of two columns of documents belong to each document that occurs."""
    for document in np.union1d(first, second).tolist():
        yield first == document, second == document

"""Counting two people over a group of documents. Pure."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from annotator.agreement.document_groups import DocumentGroup
from annotator.measures import relations
from annotator.measures.matching import exact_matching, greedy_matching, identities
from annotator.measures.units import IntArray

FIRST_SPANS, SECOND_SPANS, EXACT, OVERLAP = range(4)
AttributeName = tuple[str, str]
Values = tuple[Hashable, Hashable]


@dataclass(frozen=True)
class PairCounts:
    """What two people have in common, by document (first axis).

    `spans` has shape (documents, labels, 4), `relations` (documents, relation labels, 4): of the first, of the second,
    identical, in the same place. `shared_relations` has relations both ends of which both marked, (documents, relation
    labels, 4): with the same edges those of the first and of the second, then those with the same place.
    `unlabelled` has columns first, second, matched. `attributes` has by label and name a column of counts for each pair
    of values.
    """

    spans: IntArray
    unlabelled: IntArray
    relations: IntArray
    shared_relations: IntArray
    attributes: dict[AttributeName, dict[Values, IntArray]]


def count_pair(group: DocumentGroup, one: int, other: int) -> PairCounts:
    """Match the spans of two people and count."""
    first, second = group.units[one], group.units[other]
    exact, overlap = exact_matching(first, second), greedy_matching(first, second)
    shape = len(group.ids), len(group.vocabulary.labels)
    spans = [first.labels, second.labels, first.labels[exact[:, 0]], first.labels[overlap[:, 0]]]
    drawn, shared = _relations(group, one, other, exact, overlap)
    return PairCounts(
        spans=_counted(spans, shape),
        unlabelled=_unlabelled(group, one, other),
        relations=drawn,
        shared_relations=shared,
        attributes=_attributes(group, one, other, exact),
    )


def _counted(columns: Sequence[IntArray], shape: tuple[int, int]) -> IntArray:
    """How often each number occurs in each column, as (*shape, columns)."""
    size = shape[0] * shape[1]
    return np.stack([np.bincount(column, minlength=size).reshape(shape) for column in columns], axis=2)


def _unlabelled(group: DocumentGroup, one: int, other: int) -> IntArray:
    """Different fragments of both, and those that both have."""
    columns = group.columns[one], group.columns[other]
    units = [group.units_by_document(person, np.arange(len(group.columns[person]))) for person in (one, other)]
    numbers = identities(units[0], units[1])
    documents = [
        each.documents[np.unique(own, return_index=True)[1]] for each, own in zip(columns, numbers, strict=True)
    ]
    _, rows, _ = np.intersect1d(*numbers, return_indices=True)
    documents.append(columns[0].documents[rows])
    return np.stack([np.bincount(each, minlength=len(group.ids)) for each in documents], axis=1)


def _relations(
    group: DocumentGroup, one: int, other: int, exact: IntArray, overlap: IntArray
) -> tuple[IntArray, IntArray]:
    """Relations as in `PairCounts`: all, and those whose ends both marked."""
    names = len(group.vocabulary.relation_labels)
    shape = len(group.ids), names
    arrows = []
    for person in (one, other):
        columns = group.columns[person]
        labels = columns.documents[columns.relations[:, 1]] * names + columns.relations[:, 0]
        arrows.append(np.column_stack([labels, columns.relations[:, 1:]]))
    if not any(map(len, arrows)):
        nothing = np.zeros((*shape, 4), dtype=np.int64)
        return nothing, nothing
    matched = [relations.matched_labels(arrows[0], arrows[1], pairs) for pairs in (exact, overlap)]
    shared = [
        own[np.isin(own[:, 1:], pairs[:, side]).all(axis=1), 0]
        for pairs in (exact, overlap)
        for side, own in enumerate(arrows)
    ]
    return _counted([arrows[0][:, 0], arrows[1][:, 0], *matched], shape), _counted(shared, shape)


def _attributes(
    group: DocumentGroup, one: int, other: int, exact: IntArray
) -> dict[AttributeName, dict[Values, IntArray]]:
    """Values against each other on identical spans; what both set alike is looked at once."""
    first, second, known = group.columns[one], group.columns[other], group.vocabulary
    rows, partners = exact.T
    base = max(len(known.attributes), 1)
    codes = (first.labels[rows] * base + first.attributes[rows]) * base + second.attributes[partners]
    different, places = np.unique(codes, return_inverse=True)
    size = len(group.ids) * len(different)
    counts = np.bincount(first.documents[rows] * len(different) + places.ravel(), minlength=size)
    table = counts.reshape(len(group.ids), len(different))
    found: dict[AttributeName, dict[Values, IntArray]] = {}
    for column, code in enumerate(different.tolist()):
        label, here, there = code // base**2, known.attributes[code // base % base], known.attributes[code % base]
        for name in here.keys() | there.keys():
            cells = found.setdefault((known.labels[label], name), {})
            values = here.get(name), there.get(name)
            cells[values] = cells.get(values, 0) + table[:, column]
    return found

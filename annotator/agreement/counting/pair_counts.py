"""Counts of two annotators over a group of documents. Pure."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotator.agreement.counting.document_groups import DocumentGroup
from annotator.measures import relations
from annotator.measures.matching import exact_matching, greedy_matching, identities
from annotator.measures.units import IntArray, Units

MATCHINGS: Mapping[str, Callable[[Units, Units], IntArray]] = {"exact": exact_matching, "overlap": greedy_matching}
"""How spans of two annotators are paired for F1, by the field of `tallies.Counts` that counts the pairs.

With another one, `METHOD` in `annotator.agreement.scope` counts up, so that all documents are measured again.
"""
SPAN_COLUMNS = ["first", "second", *MATCHINGS]
AttributeName = tuple[str, str]
Values = tuple[Hashable, Hashable]


@dataclass(frozen=True)
class PairCounts:
    """What two annotators have in common, by document (first axis).

    `spans` has shape (documents, labels, `SPAN_COLUMNS`), `relations` (documents, relation labels, 4): those of the
    first, of the second, identical, overlapping. `shared_relations` has relations whose ends both annotators have,
    (documents, relation labels, 4): with identical ends those of the first and of the second, then with overlapping
    ends. `unlabelled` has columns first, second, matched. `attributes` has by label and name a column of counts for
    each pair of values.
    """

    spans: IntArray
    unlabelled: IntArray
    relations: IntArray
    shared_relations: IntArray
    attributes: dict[AttributeName, dict[Values, IntArray]]


def count_pair(group: DocumentGroup, one: int, other: int) -> PairCounts:
    """Return the counts of two annotators, given by their indexes in the group."""
    matched = match_spans(group, one, other)
    drawn, shared = _relations(group, one, other, [matched["exact"], matched["overlap"]])
    return PairCounts(
        spans=span_counts(group, one, other, matched),
        unlabelled=_unlabelled(group, one, other),
        relations=drawn,
        shared_relations=shared,
        attributes=_attributes(group, one, other, matched["exact"]),
    )


def match_spans(group: DocumentGroup, one: int, other: int) -> dict[str, IntArray]:
    """Return pairs of rows for each of `MATCHINGS`."""
    first, second = group.units[one], group.units[other]
    return {name: matching(first, second) for name, matching in MATCHINGS.items()}


def span_counts(group: DocumentGroup, one: int, other: int, matched: Mapping[str, IntArray]) -> IntArray:
    """Return spans of the first, of the second, and pairs of each matching, as (documents, labels, `SPAN_COLUMNS`)."""
    first, second = group.units[one], group.units[other]
    labels = [first.labels, second.labels, *(first.labels[pairs[:, 0]] for pairs in matched.values())]
    return _by_document(labels, (len(group.ids), len(group.vocabulary.labels)))


def _by_document(columns: Sequence[IntArray], shape: tuple[int, int]) -> IntArray:
    """Return how often each number occurs in each column, as (*shape, columns)."""
    size = shape[0] * shape[1]
    return np.stack([np.bincount(column, minlength=size).reshape(shape) for column in columns], axis=2)


def _unlabelled(group: DocumentGroup, one: int, other: int) -> IntArray:
    """Return the distinct fragments of both annotators, and those that both have."""
    columns = group.columns[one], group.columns[other]
    units = [group.units_by_document(annotator, np.arange(len(group.columns[annotator]))) for annotator in (one, other)]
    numbers = identities(units[0], units[1])
    documents = [
        spans.documents[np.unique(own, return_index=True)[1]] for spans, own in zip(columns, numbers, strict=True)
    ]
    _, rows, _ = np.intersect1d(*numbers, return_indices=True)
    documents.append(columns[0].documents[rows])
    return np.stack([np.bincount(column, minlength=len(group.ids)) for column in documents], axis=1)


def _relations(group: DocumentGroup, one: int, other: int, matchings: Sequence[IntArray]) -> tuple[IntArray, IntArray]:
    """Return relations as in `PairCounts`: all, and those whose ends both annotators have."""
    names = len(group.vocabulary.relation_labels)
    shape = len(group.ids), names
    drawn_by = []
    for annotator in (one, other):
        columns = group.columns[annotator]
        labels = columns.documents[columns.relations[:, 1]] * names + columns.relations[:, 0]
        drawn_by.append(np.column_stack([labels, columns.relations[:, 1:]]))
    if not any(map(len, drawn_by)):
        nothing = np.zeros((*shape, 4), dtype=np.int64)
        return nothing, nothing
    matched = [relations.matched_labels(drawn_by[0], drawn_by[1], pairs) for pairs in matchings]
    shared = [
        own[np.isin(own[:, 1:], pairs[:, side]).all(axis=1), 0]
        for pairs in matchings
        for side, own in enumerate(drawn_by)
    ]
    return _by_document([drawn_by[0][:, 0], drawn_by[1][:, 0], *matched], shape), _by_document(shared, shape)


def _attributes(
    group: DocumentGroup, one: int, other: int, exact: IntArray
) -> dict[AttributeName, dict[Values, IntArray]]:
    """Return values against each other on identical spans; each distinct combination is looked at once."""
    first, second, known = group.columns[one], group.columns[other], group.vocabulary
    rows, partners = exact.T
    base = max(len(known.attributes), 1)
    codes = (first.labels[rows] * base + first.attributes[rows]) * base + second.attributes[partners]
    distinct, indexes = np.unique(codes, return_inverse=True)
    size = len(group.ids) * len(distinct)
    counts = np.bincount(first.documents[rows] * len(distinct) + indexes.ravel(), minlength=size)
    table = counts.reshape(len(group.ids), len(distinct))
    tables: dict[AttributeName, dict[Values, IntArray]] = {}
    for column, code in enumerate(distinct.tolist()):
        label, here, there = code // base**2, known.attributes[code // base % base], known.attributes[code % base]
        for name in here.keys() | there.keys():
            cells = tables.setdefault((known.labels[label], name), {})
            values = here.get(name), there.get(name)
            cells[values] = cells.get(values, 0) + table[:, column]
    return tables

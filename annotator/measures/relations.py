"""Relation agreement: F1 on (label, span it goes from, span it goes to).

Both ends have to be matched spans: exactly matched ones for the exact figure, overlapping ones for the overlap figure.
Relations whose ends the other did not mark count against F1; `on_shared_spans` leaves these out. Report both, or
disagreement about spans is counted twice.
"""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from annotator.measures.krippendorff import Coincidences
from annotator.measures.span_f1 import MatchCounts
from annotator.measures.units import IntArray, indexes

Arrow = tuple[int, int, int]


def _translated(relations: IntArray, partner: dict[int, int]) -> list[Arrow]:
    """Return relations of the first in rows of the second, without those that have an unmatched end."""
    return [(label, partner[a], partner[b]) for label, a, b in relations.tolist() if a in partner and b in partner]


def counts_by_label(first: IntArray, second: IntArray, pairs: IntArray, *, labels: int) -> list[MatchCounts]:
    """Return relations of both and those that match, per label, when `pairs` (rows, rows) of spans match.

    >>> counts_by_label(indexes([[0, 0, 1]]), indexes([[0, 5, 6]]), indexes([[0, 5], [1, 6]]), labels=1)
    [MatchCounts(first=1, second=1, matched=1)]
    """
    columns = first[:, 0], second[:, 0], matched_labels(first, second, pairs)
    counts = [np.bincount(column, minlength=labels).tolist() for column in columns]
    return [MatchCounts(*each) for each in zip(*counts, strict=True)]


def matched_labels(first: IntArray, second: IntArray, pairs: IntArray) -> IntArray:
    """Return the label of every relation that both annotators have, when `pairs` (rows, rows) of spans match.

    `first` and `second` have rows of (label, span it goes from, span it goes to).

    >>> matched_labels(indexes([[0, 0, 1], [1, 1, 0]]), indexes([[0, 5, 6]]), indexes([[0, 5], [1, 6]]))
    array([0])
    """
    arrows = Counter(tuple(row) for row in second.tolist())
    matched = Counter(_translated(first, dict(pairs.tolist()))) & arrows
    return indexes([label for label, _, _ in matched.elements()])


def total(first: IntArray, second: IntArray, pairs: IntArray, *, typed: bool = True) -> MatchCounts:
    """Return the counts of all relations; `typed=False` ignores their labels.

    >>> one, other, same = indexes([[0, 0, 1]]), indexes([[1, 5, 6]]), indexes([[0, 5], [1, 6]])
    >>> total(one, other, same).matched, total(one, other, same, typed=False).matched
    (0, 1)
    """
    if not typed:
        without_label = indexes([0, 1, 1])
        first, second = first * without_label, second * without_label
    labels = 1 + max(int(first[:, 0].max(initial=0)), int(second[:, 0].max(initial=0)))
    return sum(counts_by_label(first, second, pairs, labels=labels), MatchCounts())


def on_shared_spans(first: IntArray, second: IntArray, pairs: IntArray) -> MatchCounts:
    """Return the counts of relations whose two ends both annotators have.

    >>> on_shared_spans(indexes([[0, 0, 1], [0, 0, 2]]), indexes([[0, 5, 6]]), indexes([[0, 5], [1, 6]]))
    MatchCounts(first=1, second=1, matched=1)
    """
    of_first = first[np.isin(first[:, 1:], pairs[:, 0]).all(axis=1)]
    of_second = second[np.isin(second[:, 1:], pairs[:, 1]).all(axis=1)]
    return total(of_first, of_second, pairs)


def coincidences_on_shared_span_pairs(first: IntArray, second: IntArray, pairs: IntArray) -> Coincidences:
    """Return coincidences over ordered pairs of spans that both have; the value is the set of relations, or none.

    >>> coincidences_on_shared_span_pairs(indexes([[0, 0, 1]]), indexes([[0, 5, 6]]), indexes([[0, 5], [1, 6]]))
    Coincidences(items=2, values=4, agreeing=4.0, margins={frozenset(): 2, frozenset({0}): 2})
    """
    partner = dict(pairs.tolist())
    both_shared = second[np.isin(second[:, 1:], pairs[:, 1]).all(axis=1)]
    of_first, of_second = _labels_on_pairs(_translated(first, partner)), _labels_on_pairs(both_shared.tolist())
    items = len(pairs) * (len(pairs) - 1)
    related = of_first.keys() | of_second.keys()
    margins: Counter[frozenset[int]] = Counter({frozenset(): 2 * (items - len(related))})
    margins.update(side.get(ends, frozenset()) for ends in related for side in (of_first, of_second))
    agreeing = items - sum(of_first.get(ends) != of_second.get(ends) for ends in related)
    return Coincidences(items, 2 * items, 2.0 * agreeing, {value: count for value, count in margins.items() if count})


def _labels_on_pairs(arrows: Iterable[Iterable[int]]) -> dict[tuple[int, int], frozenset[int]]:
    found: dict[tuple[int, int], set[int]] = {}
    for label, start, end in arrows:
        found.setdefault((start, end), set()).add(label)
    return {ends: frozenset(labels) for ends, labels in found.items()}

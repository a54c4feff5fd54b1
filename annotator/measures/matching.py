"""Matching of units of two annotators: pairs that share code points, one to one.

Only units with equal labels meet. Pairs are found by a sweep over sorted starts, so that the cost follows the number of
units and of meeting pairs, not their product.
"""

from collections import defaultdict

import numpy as np

from annotator.measures.assignment import heaviest_assignment
from annotator.measures.units import FloatArray, IntArray, UnitKey, Units, indexes

Edges = tuple[IntArray, IntArray]


def _starting_within(starts: IntArray, ends: IntArray, others: IntArray) -> tuple[IntArray, IntArray]:
    """Return pairs (interval, other) in which the other starts in [start, end)."""
    order = np.argsort(others, kind="stable")
    first = np.searchsorted(others[order], starts, side="left")
    count = np.maximum(np.searchsorted(others[order], ends, side="left") - first, 0)
    intervals = np.repeat(np.arange(len(starts)), count)
    offsets = np.arange(len(intervals)) - np.repeat(np.cumsum(count) - count, count)
    return intervals, order[np.repeat(first, count) + offsets]


def overlapping_pairs(first: Units, second: Units) -> tuple[IntArray, IntArray, IntArray]:
    """Return all overlapping pairs of units with equal label: rows of the first, of the second, shared code points.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> [each.tolist() for each in overlapping_pairs(one, other)]
    [[0], [0], [10]]
    """
    stride = 1 + max(int(first.ends.max(initial=0)), int(second.ends.max(initial=0)))
    shift_first, shift_second = first.labels[first.owners] * stride, second.labels[second.owners] * stride
    starts_first, ends_first = first.starts + shift_first, first.ends + shift_first
    starts_second, ends_second = second.starts + shift_second, second.ends + shift_second
    one, other = _starting_within(starts_first, ends_first, starts_second)
    # Equal starts were found above: here the second must start strictly earlier.
    late_other, late_one = _starting_within(starts_second + 1, ends_second, starts_first)
    one, other = np.concatenate([one, late_one]), np.concatenate([other, late_other])
    shared = np.minimum(ends_first[one], ends_second[other]) - np.maximum(starts_first[one], starts_second[other])
    pair_ids = first.owners[one] * max(len(second), 1) + second.owners[other]
    pairs, rows = np.unique(pair_ids, return_inverse=True)
    points = np.bincount(rows, weights=shared, minlength=len(pairs)).astype(np.int64)
    return pairs // max(len(second), 1), pairs % max(len(second), 1), points


def identities(first: Units, second: Units, *, labelled: bool = True) -> tuple[IntArray, IntArray]:
    """Return a number for every unit of either, the same for units whose fragments (and labels) are identical.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> [each.tolist() for each in identities(one, other, labelled=False)]
    [[0, 2], [1, 2]]
    """
    both = (first, second)
    fragments = np.concatenate([first.last_ends, second.last_ends])
    numbers: dict[UnitKey, int] = {}
    for units, shift in ((first, 0), (second, len(first))):
        # A unit of several fragments differs from the one that has its first start and last end in one.
        for row in units.in_parts.tolist():
            fragments[shift + row] = -1 - numbers.setdefault((0, units.keys[row][1]), len(numbers))
    starts = np.concatenate([units.first_starts for units in both])
    labels = np.concatenate([units.labels for units in both]) if labelled else np.zeros(len(starts), dtype=np.int64)
    columns = (labels, starts, fragments)
    order = np.lexsort(columns[::-1])
    differs = np.zeros(len(order), dtype=np.int64)
    for column in columns:
        differs[1:] |= column[order][1:] != column[order][:-1]
    found = np.empty(len(order), dtype=np.int64)
    found[order] = np.cumsum(differs)
    return found[: len(first)], found[len(first) :]


def exact_matching(first: Units, second: Units, *, labelled: bool = True) -> IntArray:
    """Return pairs of rows whose fragments (and labels) are identical, one to one in order of rows; shape (pairs, 2).

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> exact_matching(one, other).tolist(), exact_matching(one, other, labelled=False).tolist()
    ([], [[1, 1]])
    """
    one, other = identities(first, second, labelled=labelled)
    most = 1 + max(len(one), len(other))
    # The first of several identical units of one meets the first of the other, and so on.
    _, rows, partners = np.intersect1d(
        one * most + _occurrences(one), other * most + _occurrences(other), assume_unique=True, return_indices=True
    )
    order = np.argsort(rows)
    return indexes(np.column_stack([rows[order], partners[order]]))


def _occurrences(numbers: IntArray) -> IntArray:
    """Return for every number how many equal ones precede it."""
    order = np.argsort(numbers, kind="stable")
    found = np.empty(len(numbers), dtype=np.int64)
    found[order] = np.arange(len(numbers)) - np.searchsorted(numbers[order], numbers[order], side="left")
    return found


def greedy_matching(first: Units, second: Units) -> IntArray:
    """Return overlapping pairs taken in order of shared code points, most first, one to one; shape (pairs, 2).

    Ties: start in the first, start in the second, end in the first, end in the second, then the fragments.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> greedy_matching(one, other).tolist()
    [[0, 0]]
    """
    one, other, shared = overlapping_pairs(first, second)
    order = np.lexsort((
        _ranks(second)[other], _ranks(first)[one],
        second.last_ends[other], first.last_ends[one],
        second.first_starts[other], first.first_starts[one], -shared,
    ))  # fmt: skip
    free_first, free_second = [True] * len(first), [True] * len(second)
    pairs = []
    for row, partner in zip(one[order].tolist(), other[order].tolist(), strict=True):
        if free_first[row] and free_second[partner]:
            free_first[row] = free_second[partner] = False
            pairs.append((row, partner))
    return indexes([row for pair in pairs for row in pair]).reshape(-1, 2)


def _ranks(units: Units) -> IntArray:
    """Return the rank of every unit in the order of their keys, so that ties do not depend on the order of rows."""
    if len(units.owners) == len(units):
        # Label, start and end say all about a unit of one fragment, and have been compared.
        return np.zeros(len(units), dtype=np.int64)
    ranks = np.empty(len(units), dtype=np.int64)
    ranks[sorted(range(len(units)), key=units.keys.__getitem__)] = np.arange(len(units))
    return ranks


def largest_matching(first: Units, second: Units) -> int:
    """Return the greatest number of overlapping pairs in which no unit occurs twice.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> largest_matching(one, other)
    1
    """
    one, other, _ = overlapping_pairs(first, second)
    return most_pairs(one, other)


def near_pairs(first: Units, second: Units, *, edges: tuple[Edges, Edges], tolerance: int) -> tuple[IntArray, IntArray]:
    """Return pairs of units with equal label and both boundaries at most `tolerance` apart: rows of first and second.

    `edges` are (starts, ends) of the units of the first and of the second, in the unit of `tolerance`.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> edges = (one.first_starts, one.last_ends), (other.first_starts, other.last_ends)
    >>> [each.tolist() for each in near_pairs(one, other, edges=edges, tolerance=2)]
    [[0], [0]]
    """
    (starts, ends), (other_starts, other_ends) = edges
    stride = 2 * (1 + tolerance) + max(int(starts.max(initial=0)), int(other_starts.max(initial=0)))
    places, other_places = starts + first.labels * stride, other_starts + second.labels * stride
    one, other = _starting_within(places - tolerance, places + tolerance + 1, other_places)
    near = np.abs(ends[one] - other_ends[other]) <= tolerance
    return one[near], other[near]


def most_pairs(one: IntArray, other: IntArray) -> int:
    """Return the greatest number of pairs (one[i], other[i]) in which nothing occurs twice (Berge 1957).

    >>> most_pairs(np.array([0, 0, 1]), np.array([0, 1, 0]))
    2
    """
    partners: dict[int, list[int]] = defaultdict(list)
    for row, partner in zip(one.tolist(), other.tolist(), strict=True):
        partners[row].append(partner)
    taken_by: dict[int, int] = {}
    holds: dict[int, int] = {}
    for row in list(partners):
        _match_one_more(row, partners, taken_by, holds)
    return len(holds)


def _match_one_more(
    start: int, partners: dict[int, list[int]], taken_by: dict[int, int], holds: dict[int, int]
) -> None:
    """Match one more unit of the first, moving others aside along the shortest path, if there is one."""
    reached_from: dict[int, int] = {}
    queue = [start]
    for row in queue:
        for partner in partners[row]:
            if partner in reached_from:
                continue
            reached_from[partner] = row
            if partner in taken_by:
                queue.append(taken_by[partner])
                continue
            free: int | None = partner
            while free is not None:
                mover = reached_from[free]
                given_up = holds.get(mover)
                taken_by[free], holds[mover] = mover, free
                free = given_up
            return


def heaviest_matching(first: Units, second: Units) -> float:
    """Return the greatest sum of 2 * shared / (sum of lengths) over overlapping pairs in which no unit occurs twice.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> round(heaviest_matching(one, other), 4)
    0.9091
    """
    one, other, shared = overlapping_pairs(first, second)
    weights: FloatArray = 2 * shared / (first.lengths[one] + second.lengths[other])
    return heaviest_assignment(one, other, weights)

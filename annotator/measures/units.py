"""Spans as arrays: the form in which every agreement measure takes them.

Positions are Unicode code points; ends are exclusive. Labels and relation labels are indexes into a list that the
caller keeps; an annotator's units stand in any order.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

type_of_index = np.int64
IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
ByteArray = NDArray[np.uint8]
Fragments = Sequence[Sequence[int]]
UnitKey = tuple[int, tuple[tuple[int, int], ...]]


def indexes(values: Sequence[int] | IntArray) -> IntArray:
    """Return an array of indexes or positions; numpy would make an array of floats of an empty sequence.

    >>> indexes([]).dtype == np.int64
    True
    """
    return np.asarray(values, dtype=type_of_index)


def _is_each_there(values: IntArray, count: int) -> bool:
    """Return whether the values, none of them negative, are all numbers below a count and no others."""
    occurrences = np.bincount(values, minlength=count)
    return len(occurrences) == count and bool(occurrences.all())


@dataclass(frozen=True)
class Intervals:
    """Labelled intervals that may overlap and touch: what is left of units when only their coverage counts."""

    labels: IntArray
    starts: IntArray
    ends: IntArray

    def over_tokens(self, token_starts: IntArray, token_ends: IntArray) -> "Intervals":
        """Return the same intervals counted in tokens: a token is covered when it shares at least one code point.

        Tokens are sorted and do not overlap. Intervals that touch no token (white space only) fall away.
        """
        first = np.searchsorted(token_ends, self.starts, side="right")
        beyond = np.searchsorted(token_starts, self.ends, side="left")
        touched = first < beyond
        return Intervals(self.labels[touched], indexes(first[touched]), indexes(beyond[touched]))


@dataclass(frozen=True)
class Units:
    """The spans of one annotator over one document.

    `labels` has one row a unit; `owners` (the row of the unit), `starts` and `ends` one row a fragment. Fragments stand
    by unit and within a unit by position; they do not touch or overlap within a unit.
    """

    labels: IntArray
    owners: IntArray
    starts: IntArray
    ends: IntArray

    def __post_init__(self) -> None:
        if not len(self.owners) == len(self.starts) == len(self.ends):
            raise ValueError("Units: owners, starts and ends must have one row for each fragment.")
        if np.any(self.owners < 0) or not _is_each_there(self.owners, len(self.labels)):
            raise ValueError("Units: every unit needs at least one fragment, and every fragment a unit.")
        if np.any(self.starts < 0) or np.any(self.ends <= self.starts):
            raise ValueError("Units: a fragment must start at 0 or later and end after its start.")
        same_unit = self.owners[1:] == self.owners[:-1]
        if np.any(self.owners[1:] < self.owners[:-1]) or np.any(same_unit & (self.starts[1:] <= self.ends[:-1])):
            raise ValueError("Units: fragments must be sorted and must not touch or overlap within a unit.")

    @classmethod
    def from_spans(cls, spans: Sequence[tuple[int, Fragments]]) -> "Units":
        """Return units from `(label index, [(start, end), ...])`, one per span."""
        owners = [row for row, (_, fragments) in enumerate(spans) for _ in fragments]
        edges = [edge for _, fragments in spans for edge in fragments]
        labels = [label for label, _ in spans]
        starts, ends = [start for start, _ in edges], [end for _, end in edges]
        return cls(indexes(labels), indexes(owners), indexes(starts), indexes(ends))

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def first_starts(self) -> IntArray:
        """Where each unit begins."""
        return self.starts[np.searchsorted(self.owners, np.arange(len(self)), side="left")]

    @cached_property
    def last_ends(self) -> IntArray:
        """Where each unit ends."""
        return self.ends[np.searchsorted(self.owners, np.arange(len(self)), side="right") - 1]

    @cached_property
    def lengths(self) -> IntArray:
        """How many code points each unit covers."""
        covered = np.zeros(len(self), dtype=type_of_index)
        np.add.at(covered, self.owners, self.ends - self.starts)
        return covered

    @cached_property
    def in_parts(self) -> IntArray:
        """Rows of the units of several fragments."""
        if len(self.owners) == len(self):
            return np.zeros(0, dtype=type_of_index)
        return np.flatnonzero(np.bincount(self.owners, minlength=len(self)) > 1)

    @cached_property
    def keys(self) -> list[UnitKey]:
        """Label and fragments of each unit: equal keys mean an exact match."""
        fragments: list[list[tuple[int, int]]] = [[] for _ in range(len(self))]
        rows = zip(self.owners.tolist(), self.starts.tolist(), self.ends.tolist(), strict=True)
        for owner, start, end in rows:
            fragments[owner].append((start, end))
        return [(label, tuple(edges)) for label, edges in zip(self.labels.tolist(), fragments, strict=True)]

    def intervals(self) -> Intervals:
        """Return every fragment as an interval with the label of its unit."""
        return Intervals(self.labels[self.owners], self.starts, self.ends)


@dataclass(frozen=True)
class Annotation:
    """What one annotator did on one document.

    `attributes` has one mapping a unit. `relations` has rows of (relation label, unit it goes from, unit it goes to).
    """

    units: Units
    attributes: Sequence[Mapping[str, Hashable]] = ()
    relations: IntArray = field(default_factory=lambda: np.zeros((0, 3), dtype=type_of_index))


@dataclass(frozen=True)
class Document:
    """One document as several annotators saw it. Those who submitted it without a single span count too."""

    length: int
    token_starts: IntArray
    token_ends: IntArray
    annotations: Mapping[str, Annotation]


def annotation_from_records(
    spans: Sequence[Mapping[str, Any]],
    relations: Sequence[Mapping[str, Any]],
    *,
    labels: Mapping[str, int],
    relation_labels: Mapping[str, int],
) -> Annotation:
    """Return an annotation made from spans and relations in their JSON shape (`id`, `label`, `fragments`, ...).

    Raises `KeyError` for a label that is not in the index, or a relation whose end is not among the spans.

    >>> spans = [{"id": "s1", "label": "Claim", "fragments": [[0, 4]]}]
    >>> annotation_from_records(spans, [], labels={"Claim": 0}, relation_labels={}).units.keys
    [(0, ((0, 4),))]
    """
    rows = {span["id"]: row for row, span in enumerate(spans)}
    arrows = [(relation_labels[arrow["label"]], rows[arrow["from"]], rows[arrow["to"]]) for arrow in relations]
    return Annotation(
        units=Units.from_spans([(labels[span["label"]], span["fragments"]) for span in spans]),
        attributes=[dict(span.get("attributes") or {}) for span in spans],
        relations=indexes([index for arrow in arrows for index in arrow]).reshape(-1, 3),
    )

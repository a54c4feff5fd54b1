"""Counting one document: everything that a report needs of it. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from annotator.agreement.findings import Findings
from annotator.agreement.measures import attributes, relations, span_f1
from annotator.agreement.measures.cohen import Contingency
from annotator.agreement.measures.coverage import Coverage, coverage
from annotator.agreement.measures.krippendorff import coincidences_by_label, coincidences_of_label_sets
from annotator.agreement.measures.matching import exact_matching, greedy_matching
from annotator.agreement.measures.span_f1 import MatchCounts
from annotator.agreement.tallies import Counts, Marks, PairTally, Positions, Tally, TokenMarks
from annotator.agreement.units import Annotation, Document, IntArray


@dataclass(frozen=True)
class Counted:
    """A document to be counted: its sets as arrays, their disagreements, what was left out of it, and all labels."""

    document: Document
    findings: Findings
    labels: Sequence[str]
    relation_labels: Sequence[str]
    left_out: Mapping[str, int] = field(default_factory=dict)
    is_mixed: bool = False


def tally_document(counted: Counted) -> Tally:
    """Count one document. Pairs go by name, so that the order of annotators changes nothing."""
    document, labels = counted.document, counted.labels
    people = sorted(document.annotations)
    units = [document.annotations[name].units for name in people]
    spans = Counter(labels[index] for each in units for index in each.labels.tolist())
    intervals = [each.intervals() for each in units]
    points = coverage(intervals, length=document.length, labels=len(labels))
    by_token = [each.over_tokens(document.token_starts, document.token_ends) for each in intervals]
    tokens = coverage(by_token, length=len(document.token_starts), labels=len(labels))
    values, names = _label_sets(tokens, labels)
    return Tally(
        documents=1,
        sets=dict.fromkeys(people, 1),
        spans=spans,
        pairs={
            (people[one], people[other]): _Pair(counted, people[one], people[other]).tally(
                contingency_of(values[one], values[other], tokens.lengths, names),
                _token_marks(tokens, one, other, labels),
            )
            for one, other in combinations(range(len(people)), 2)
        },
        tokens=_positions(tokens, labels, spans),
        code_points=_positions(points, labels, spans),
        label_sets=coincidences_of_label_sets(tokens, names=labels),
        disagreements=counted.findings.counts(),
        boundaries=counted.findings.boundaries(),
        covered=_covered(points, people, labels),
        read=dict.fromkeys(people, document.length),
        mixed=int(counted.is_mixed),
        left_out=counted.left_out,
    )


def _covered(points: Coverage, people: Sequence[str], labels: Sequence[str]) -> dict[str, dict[str, int]]:
    """On how many code points each annotator put each label."""
    return {
        name: _by_label(points.lengths @ marked, labels) for name, marked in zip(people, points.marked, strict=True)
    }


def _by_label(counts: IntArray, labels: Sequence[str]) -> dict[str, int]:
    return {label: count for label, count in zip(labels, counts.tolist(), strict=True) if count}


def _label_sets(covered: Coverage, labels: Sequence[str]) -> tuple[IntArray, list[frozenset[str]]]:
    """The set of labels on every stretch, as an index for every annotator, and the sets."""
    annotators, stretches, width = covered.marked.shape
    rows = covered.marked.reshape(annotators * stretches, width)
    if not rows.size:
        return np.zeros((annotators, stretches), dtype=np.int64), [frozenset()]
    sets, values = np.unique(rows, axis=0, return_inverse=True)
    named = [frozenset(labels[at] for at in np.flatnonzero(each).tolist()) for each in sets]
    return values.reshape(annotators, stretches), named


def contingency_of(
    first: IntArray, second: IntArray, weights: IntArray, names: Sequence[frozenset[str]]
) -> Contingency:
    """Values of two annotators against each other, by name; `weights` says how many equal items there are."""
    pairs, rows = np.unique(first * len(names) + second, return_inverse=True)
    counts = np.bincount(rows.ravel(), weights=weights, minlength=len(pairs))
    cells = zip(pairs.tolist(), counts.tolist(), strict=True)
    return Contingency({(names[pair // len(names)], names[pair % len(names)]): int(count) for pair, count in cells})


def _token_marks(covered: Coverage, one: int, other: int, labels: Sequence[str]) -> dict[str, TokenMarks]:
    first, second = covered.marked[one], covered.marked[other]
    both = (covered.lengths @ (first & second)).tolist()
    only_first = (covered.lengths @ (first & ~second)).tolist()
    only_second = (covered.lengths @ (second & ~first)).tolist()
    found = zip(labels, both, only_first, only_second, strict=True)
    return {label: TokenMarks(*counts) for label, *counts in found if any(counts)}


def _positions(covered: Coverage, labels: Sequence[str], occurring: Mapping[str, int]) -> Positions:
    found = zip(labels, coincidences_by_label(covered), strict=True)
    by_label = {label: coincidences for label, coincidences in found if label in occurring}
    annotators, items = len(covered.marked), int(covered.lengths.sum())
    marks = {label: Marks(each.margins.get(True, 0), each.values - each.agreeing) for label, each in by_label.items()}
    return Positions(items, items * annotators, marks)


class _Pair:
    """Two annotators of a document."""

    def __init__(self, counted: Counted, first: str, second: str) -> None:
        self._counted = counted
        self._names = (first, second)
        self._first: Annotation = counted.document.annotations[first]
        self._second: Annotation = counted.document.annotations[second]

    def tally(self, tokens: Contingency, marked: Mapping[str, TokenMarks]) -> PairTally:
        """Count what they have in common."""
        first, second, labels = self._first, self._second, self._counted.labels
        exact, overlap = exact_matching(first.units, second.units), greedy_matching(first.units, second.units)
        spans = [
            span_f1.counts_by_label(first.units, second.units, pairs, labels=len(labels)) for pairs in (exact, overlap)
        ]
        tables = attributes.attribute_contingencies(first, second, exact)
        return PairTally(
            documents=1,
            spans=_counts(labels, *spans),
            unlabelled=span_f1.unlabelled(first.units, second.units),
            relations=self._relations(exact, overlap),
            attributes={(labels[label], name): table for (label, name), table in tables.items()},
            aligned=self._counted.findings.labels[self._names],
            tokens=tokens,
            marked=marked,
        )

    def _relations(self, exact: IntArray, overlap: IntArray) -> dict[str, Counts]:
        names = self._counted.relation_labels
        arrows = [
            relations.counts_by_label(self._first.relations, self._second.relations, pairs, labels=len(names))
            for pairs in (exact, overlap)
        ]
        return _counts(names, *arrows)


def _counts(names: Sequence[str], exact: list[MatchCounts], overlap: list[MatchCounts]) -> dict[str, Counts]:
    """Counts by name of what at least one of the two drew."""
    return {
        name: Counts(one.first, one.second, int(one.matched), int(other.matched))
        for name, one, other in zip(names, exact, overlap, strict=True)
        if one.first + one.second
    }

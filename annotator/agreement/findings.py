"""The disagreements of a group of documents, pair by pair, as rows to be stored, and counted. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import orjson

from annotator.agreement.alignment import Kind
from annotator.agreement.boundaries import classify
from annotator.agreement.document_groups import DocumentGroup
from annotator.agreement.group_differences import GroupDifference, PairComparison
from annotator.agreement.grouping import Fragments
from annotator.measures.units import IntArray

WORDS_LENGTH = 80
LONGEST_ATTRIBUTE = 200
CountKey = tuple[str, str, str, str, str, str]
BoundaryKey = tuple[str, str, str]


class Finding(NamedTuple):
    """One disagreement, with the meaning that `annotator.agreement.models.Disagreement` gives its parts."""

    first: str
    second: str
    kind: str
    label: str
    other: str
    attribute: str
    start: int
    end: int
    words: str
    start_difference: str
    end_difference: str
    detail: str


@dataclass(frozen=True)
class Findings:
    """What people differ about in a group.

    `found` has the disagreements of each document in order of the text, `counts` and `boundaries` how many there are of
    each, by document. `aligned` has by pair of people (places in the group) the `aligned` of `PairComparison`.
    """

    found: Sequence[Sequence[Finding]]
    counts: Sequence[Counter[CountKey]]
    boundaries: Sequence[Counter[BoundaryKey]]
    aligned: dict[tuple[int, int], IntArray]


def findings(group: DocumentGroup) -> Findings:
    """Compare every two people; pairs go by name."""
    pairs = list(combinations(range(len(group.people)), 2))
    compared = [PairComparison(group, *pair, pair=number) for number, pair in enumerate(pairs)]
    writer = _Writer(group, pairs)
    documents = range(len(group.ids))
    found: list[list[Finding]] = [[] for _ in documents]
    counts: list[Counter[CountKey]] = [Counter() for _ in documents]
    boundaries: list[Counter[BoundaryKey]] = [Counter() for _ in documents]
    for difference in sorted(each for comparison in compared for each in comparison.differences):
        finding = writer.finding(difference)
        found[difference.document].append(finding)
        counts[difference.document][finding[:6]] += 1
        if finding.start_difference:
            boundaries[difference.document][finding.start_difference, finding.label, "start"] += 1
        if finding.end_difference:
            boundaries[difference.document][finding.end_difference, finding.label, "end"] += 1
    aligned = {pair: comparison.aligned for pair, comparison in zip(pairs, compared, strict=True)}
    return Findings(found, counts, boundaries, aligned)


class _Seen(NamedTuple):
    """A span as it is written; `version` is JSON."""

    label: str
    fragments: Fragments
    words: str
    version: str


NOTHING = _Seen("", (), "", "")
WITH_MORE = frozenset({Kind.ATTRIBUTE, Kind.RELATION})
"""Differences about more than labels and edges."""


class _Writer:
    """Turns differences into rows. Everybody's span is written once, however many people differ about it."""

    def __init__(self, group: DocumentGroup, pairs: Sequence[tuple[int, int]]) -> None:
        self._group, self._pairs = group, pairs
        # One row after the other out of arrays would cost several times as much.
        self._rows = [list(zip(*(column.tolist() for column in each.of_spans), strict=True)) for each in group.columns]
        self._seen: list[dict[int, _Seen]] = [{} for _ in group.people]
        self._labels = [orjson.dumps(label).decode() for label in group.vocabulary.labels]

    def finding(self, difference: GroupDifference) -> Finding:
        """One row."""
        if difference.kind in WITH_MORE or len(difference.first) + len(difference.second) > 2:
            return self._long(difference)
        one, other = self._pairs[difference.pair]
        first = self._span(one, difference.first[0]) if difference.first else NOTHING
        second = self._span(other, difference.second[0]) if difference.second else NOTHING
        edges = ("", "")
        if difference.kind is Kind.BOUNDARY:
            edges = _edges(self._group.texts[difference.document], first.fragments, second.fragments)
        return Finding(
            self._group.people[one],
            self._group.people[other],
            difference.kind.value,
            first.label,
            second.label,
            "",
            difference.start,
            difference.end,
            (first if difference.first else second).words,
            *edges,
            f'{{"first":[{first.version}],"second":[{second.version}]}}',
        )

    def _long(self, difference: GroupDifference) -> Finding:
        """One row of which there is more to say than a span of each."""
        one, other = self._pairs[difference.pair]
        first = [self._span(one, row) for row in self._spans(one, difference, difference.first)]
        second = [self._span(other, row) for row in self._spans(other, difference, difference.second)]
        return Finding(
            self._group.people[one],
            self._group.people[other],
            difference.kind.value,
            self._name(one, difference, first, difference.first),
            self._name(other, difference, second, difference.second),
            difference.attribute[:LONGEST_ATTRIBUTE],
            difference.start,
            difference.end,
            (first or second)[0].words,
            "",
            "",
            f'{{"first":[{self._versions(one, difference, first, difference.first)}],'
            f'"second":[{self._versions(other, difference, second, difference.second)}]}}',
        )

    def _spans(self, person: int, difference: GroupDifference, rows: Sequence[int]) -> Sequence[int]:
        """The rows of spans: of relations, of those they go from."""
        if difference.kind is not Kind.RELATION:
            return rows
        return [int(self._group.columns[person].relations[row, 1]) for row in rows]

    def _name(self, person: int, difference: GroupDifference, spans: Sequence[_Seen], rows: Sequence[int]) -> str:
        if not rows:
            return ""
        return self._relation(person, rows[0]) if difference.kind is Kind.RELATION else spans[0].label

    def _relation(self, person: int, row: int) -> str:
        return self._group.vocabulary.relation_labels[int(self._group.columns[person].relations[row, 0])]

    def _versions(self, person: int, difference: GroupDifference, spans: Sequence[_Seen], rows: Sequence[int]) -> str:
        """What one of the two has there."""
        if difference.kind not in WITH_MORE:
            return ",".join([span.version for span in spans])
        more = [self._more(person, difference, row) for row in rows]
        return ",".join([f"{span.version[:-1]},{each}}}" for span, each in zip(spans, more, strict=True)])

    def _more(self, person: int, difference: GroupDifference, row: int) -> str:
        """What a version says beside the span."""
        columns = self._group.columns[person]
        if difference.kind is Kind.RELATION:
            target = self._span(person, int(columns.relations[row, 2])).version
            return f'"relation":{orjson.dumps(self._relation(person, row)).decode()},"target":{target}'
        attributes = self._group.vocabulary.attributes[columns.attributes[row]]
        return f'"value":{orjson.dumps(attributes.get(difference.attribute)).decode()}'

    def _span(self, person: int, row: int) -> _Seen:
        seen = self._seen[person].get(row)
        if seen is None:
            known, document, label, start, end, shape = self._group.vocabulary, *self._rows[person][row]
            fragments = known.shapes[shape] if shape else ((start, end),)
            edges = ",".join([f"[{start},{end}]" for start, end in fragments])
            seen = self._seen[person][row] = _Seen(
                known.labels[label],
                fragments,
                _words(self._group.texts[document], fragments),
                f'{{"label":{self._labels[label]},"fragments":[{edges}]}}',
            )
        return seen


def _edges(text: str, first: Fragments, second: Fragments) -> tuple[str, str]:
    start, end = classify(text, first[0][0], second[0][0]), classify(text, first[-1][1], second[-1][1])
    # Only fragments within differ.
    return (start, end) if start or end else ("inside", "")


def _words(text: str, fragments: Fragments) -> str:
    """The words of a span in small letters with single blanks, shortened."""
    words = " … ".join([text[start : min(end, start + 4 * WORDS_LENGTH)] for start, end in fragments[:4]])
    return " ".join(words.casefold().split())[:WORDS_LENGTH]

"""The disagreements of a group of documents, pair by pair, as rows to be stored, and counted. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, pairwise
from typing import NamedTuple

import numpy as np
import orjson

from annotator.agreement.counting.boundary_classes import classify
from annotator.agreement.counting.disagreements import PairAlignment, PairDisagreement
from annotator.agreement.counting.document_groups import DocumentGroup
from annotator.agreement.counting.locations import ApartKey, Located, LocationKey, count_locations, locate, type_of
from annotator.measures.alignment import DisagreementKind, Fragments
from annotator.measures.units import IntArray

WORDS_LENGTH = 80
LONGEST_ATTRIBUTE = 200
CountKey = tuple[str, str, str, str, str, str]
BoundaryKey = tuple[str, str, str]


class DisagreementRow(NamedTuple):
    """One row of `annotator.agreement.models.Disagreement`, which explains the columns; `detail` is JSON."""

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
class GroupDisagreements:
    """The disagreements of a group.

    `rows` has the disagreements of each document in order of the text, `located` where each belongs; `counts` has how
    many there are of each kind, by document, and `boundaries` by what boundaries differ by; `locations`, `apart` and
    `boundary_locations` count locations. `aligned` has the `aligned` of `PairAlignment` by pair of annotators (indexes
    in the group).
    """

    rows: Sequence[Sequence[DisagreementRow]]
    located: Sequence[Sequence[Located]]
    counts: Sequence[Counter[CountKey]]
    locations: Sequence[Counter[LocationKey]]
    apart: Sequence[Counter[ApartKey]]
    boundaries: Sequence[Counter[BoundaryKey]]
    boundary_locations: Sequence[Counter[BoundaryKey]]
    aligned: dict[tuple[int, int], IntArray]


def group_disagreements(group: DocumentGroup) -> GroupDisagreements:
    """Return the disagreements of every two annotators."""
    pairs = list(combinations(range(len(group.annotators)), 2))
    alignments = [PairAlignment(group, *pair, pair=number) for number, pair in enumerate(pairs)]
    disagreements = sorted(chain.from_iterable(alignment.disagreements for alignment in alignments))
    aligned = {pair: alignment.aligned for pair, alignment in zip(pairs, alignments, strict=True)}
    del alignments
    return _written(group, pairs, disagreements, aligned)


def _written(
    group: DocumentGroup,
    pairs: Sequence[tuple[int, int]],
    disagreements: Sequence[PairDisagreement],
    aligned: dict[tuple[int, int], IntArray],
) -> GroupDisagreements:
    all_rows = list(map(_Writer(group, pairs).row, disagreements))
    all_located = locate(group, pairs, disagreements)
    own = np.searchsorted([disagreement.document for disagreement in disagreements], np.arange(len(group.ids) + 1))
    parts = [slice(begin, end) for begin, end in pairwise(own.tolist())]
    rows, located = [all_rows[part] for part in parts], [all_located[part] for part in parts]
    counted = [
        count_locations(places, [row[:2] for row in part], [type_of(*row[2:6]) for row in part])
        for part, places in zip(rows, located, strict=True)
    ]
    boundaries = [_boundary_counts(*each) for each in zip(rows, located, strict=True)]
    return GroupDisagreements(
        rows,
        located,
        [Counter([row[:6] for row in part]) for part in rows],
        [locations for locations, _ in counted],
        [apart for _, apart in counted],
        [_by_key(own.items()) for own in boundaries],
        [Counter(key for _, key in own) for own in boundaries],
        aligned,
    )


def _boundary_counts(rows: Sequence[DisagreementRow], located: Sequence[Located]) -> Counter[tuple[int, BoundaryKey]]:
    """Count by location what the boundaries of a document differ by."""
    return Counter(
        (place.location, (by, row.label, side))
        for row, place in zip(rows, located, strict=True)
        if row.start_difference or row.end_difference
        for side, by in (("start", row.start_difference), ("end", row.end_difference))
        if by
    )


def _by_key(counts: Iterable[tuple[tuple[int, BoundaryKey], int]]) -> Counter[BoundaryKey]:
    total: Counter[BoundaryKey] = Counter()
    for (_location, key), count in counts:
        total[key] += count
    return total


class _WrittenSpan(NamedTuple):
    """A span as it is written; `version` is JSON."""

    label: str
    fragments: Fragments
    words: str
    version: str


NOTHING = _WrittenSpan("", (), "", "")
WITH_DETAILS = frozenset({DisagreementKind.ATTRIBUTE, DisagreementKind.RELATION})
"""Kinds whose versions hold more than label and fragments."""


VALUES = {kind: kind.value for kind in DisagreementKind}
"""An attribute of an enumeration takes several times as long to read."""


class _Writer:
    """Turns disagreements into rows; each span is written once, however many disagreements it is part of."""

    def __init__(self, group: DocumentGroup, pairs: Sequence[tuple[int, int]]) -> None:
        self._group, self._pairs, self._annotators = group, pairs, group.annotators
        # One row after the other out of arrays would cost several times as much.
        self._rows = [list(zip(*(column.tolist() for column in each.of_spans), strict=True)) for each in group.columns]
        self._written: list[dict[int, _WrittenSpan]] = [{} for _ in group.annotators]
        self._labels = [orjson.dumps(label).decode() for label in group.vocabulary.labels]

    def row(self, disagreement: PairDisagreement) -> DisagreementRow:
        """Return the row of a disagreement."""
        document, start, end, pair, kind, _attribute, rows, partners = disagreement
        if kind in WITH_DETAILS or len(rows) + len(partners) > 2:
            return self._row_with_details(disagreement)
        one, other = self._pairs[pair]
        first = self._span(one, rows[0]) if rows else NOTHING
        second = self._span(other, partners[0]) if partners else NOTHING
        boundaries = ("", "")
        if kind is DisagreementKind.BOUNDARY:
            boundaries = _boundary_classes(self._group.texts[document], first.fragments, second.fragments)
        return DisagreementRow(
            self._annotators[one],
            self._annotators[other],
            VALUES[kind],
            first.label,
            second.label,
            "",
            start,
            end,
            (first if rows else second).words,
            *boundaries,
            f'{{"first":[{first.version}],"second":[{second.version}]}}',
        )

    def _row_with_details(self, disagreement: PairDisagreement) -> DisagreementRow:
        """Return the row of a disagreement about more than one span of each annotator."""
        one, other = self._pairs[disagreement.pair]
        first = [self._span(one, row) for row in self._spans(one, disagreement, disagreement.first)]
        second = [self._span(other, row) for row in self._spans(other, disagreement, disagreement.second)]
        return DisagreementRow(
            self._group.annotators[one],
            self._group.annotators[other],
            disagreement.kind.value,
            self._name(one, disagreement, first, disagreement.first),
            self._name(other, disagreement, second, disagreement.second),
            disagreement.attribute[:LONGEST_ATTRIBUTE],
            disagreement.start,
            disagreement.end,
            (first or second)[0].words,
            "",
            "",
            f'{{"first":[{self._versions(one, disagreement, first, disagreement.first)}],'
            f'"second":[{self._versions(other, disagreement, second, disagreement.second)}]}}',
        )

    def _spans(self, annotator: int, disagreement: PairDisagreement, rows: Sequence[int]) -> Sequence[int]:
        """Return the rows of the spans, for relations those of their sources."""
        if disagreement.kind is not DisagreementKind.RELATION:
            return rows
        return [int(self._group.columns[annotator].relations[row, 1]) for row in rows]

    def _name(
        self, annotator: int, disagreement: PairDisagreement, spans: Sequence[_WrittenSpan], rows: Sequence[int]
    ) -> str:
        if not rows:
            return ""
        return self._relation(annotator, rows[0]) if disagreement.kind is DisagreementKind.RELATION else spans[0].label

    def _relation(self, annotator: int, row: int) -> str:
        return self._group.vocabulary.relation_labels[int(self._group.columns[annotator].relations[row, 0])]

    def _versions(
        self, annotator: int, disagreement: PairDisagreement, spans: Sequence[_WrittenSpan], rows: Sequence[int]
    ) -> str:
        """Return the versions of one of the two annotators."""
        if disagreement.kind not in WITH_DETAILS:
            return ",".join([span.version for span in spans])
        details = [self._details(annotator, disagreement, row) for row in rows]
        return ",".join([f"{span.version[:-1]},{each}}}" for span, each in zip(spans, details, strict=True)])

    def _details(self, annotator: int, disagreement: PairDisagreement, row: int) -> str:
        """Return what a version has besides the span."""
        columns = self._group.columns[annotator]
        if disagreement.kind is DisagreementKind.RELATION:
            target = self._span(annotator, int(columns.relations[row, 2])).version
            return f'"relation":{orjson.dumps(self._relation(annotator, row)).decode()},"target":{target}'
        attributes = self._group.vocabulary.attributes[columns.attributes[row]]
        return f'"value":{orjson.dumps(attributes.get(disagreement.attribute)).decode()}'

    def _span(self, annotator: int, row: int) -> _WrittenSpan:
        written = self._written[annotator].get(row)
        if written is None:
            known, (document, label, start, end, shape) = self._group.vocabulary, self._rows[annotator][row]
            fragments = known.shapes[shape] if shape else ((start, end),)
            pairs = ",".join([f"[{start},{end}]" for start, end in fragments]) if shape else f"[{start},{end}]"
            written = self._written[annotator][row] = _WrittenSpan(
                known.labels[label],
                fragments,
                _words(self._group.texts[document], fragments),
                f'{{"label":{self._labels[label]},"fragments":[{pairs}]}}',
            )
        return written


def _boundary_classes(text: str, first: Fragments, second: Fragments) -> tuple[str, str]:
    start, end = classify(text, first[0][0], second[0][0]), classify(text, first[-1][1], second[-1][1])
    # Only inner fragments differ.
    return (start, end) if start or end else ("inside", "")


def _words(text: str, fragments: Fragments) -> str:
    """Return the text of a span in lowercase letters with single spaces, shortened."""
    parts = [text[start : min(end, start + 4 * WORDS_LENGTH)] for start, end in fragments[:4]]
    words = " … ".join(parts) if len(parts) > 1 else parts[0]
    return " ".join(words.casefold().split())[:WORDS_LENGTH]

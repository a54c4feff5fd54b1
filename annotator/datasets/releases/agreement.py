"""How well the annotators behind a release agree, measured on exactly what is frozen.

The same measures as in the reports, from one row of sums a document and label, so that memory stays small: span F1
(exact, and in the same place), and Krippendorff's alpha over tokens, each label by itself; all pairs of annotators and
all documents pooled. Intervals of 95 % from resampling whole documents, the same on every run.
"""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from annotator.agreement.reports import MINIMUM_DOCUMENTS, MINIMUM_SPANS
from annotator.agreement.versions import unshared
from annotator.formats.records import SetRecord
from annotator.measures import bootstrap, span_f1
from annotator.measures.coverage import coverage
from annotator.measures.krippendorff import coincidences_by_label
from annotator.measures.matching import exact_matching, greedy_matching
from annotator.measures.units import FloatArray, Units, indexes
from annotator.text.tokens import token_boundaries
from projects.schema import Schema

DECIMALS = 3
ALL = 0
"""The row of all labels together; it has no alpha, as a token may carry several labels."""
UNITS_AND_EXACT, UNITS_AND_OVERLAP, TOKENS, SPANS = [0, 1], [0, 2], [3, 4, 5, 6], 7
WIDTH = 8
METHOD = (
    "Span F1 = 2 × matched / spans of both, pooled over all pairs of annotators and all documents. Exact: the same "
    "label and the same boundaries; same place: the same label and at least one shared character, one to one. "
    "Krippendorff's alpha (nominal) over tokens, each label by itself. 95 % intervals: percentiles of "
    f"{bootstrap.RESAMPLES:,} resamples of whole documents, seed {bootstrap.SEED}; none below {MINIMUM_DOCUMENTS} "
    f"documents or {MINIMUM_SPANS} spans."
)


class AgreementCount:
    """Takes documents one after the other; those that fewer than two people finished say nothing."""

    def __init__(self, schemas: Mapping[int, Schema]) -> None:
        self._schemas = schemas
        self._labels: dict[str, int] = {}
        self._documents = 0
        # Document, label, then the sums; in a plain array, as Python's lists would take eight times as much.
        self._sums = array("d")
        self._absent = array("d")

    def add(self, text: str, sets: Mapping[str, SetRecord]) -> None:
        """Count a document with the sets of those who read it independently of each other."""
        if len(sets) < 2:
            return
        spans = self._comparable(sets)
        names = sorted(spans)
        labels = sorted({label for own in spans.values() for label, _ in own})
        at = {label: index for index, label in enumerate(labels)}
        units = [Units.from_spans([(at[label], place) for label, place in spans[name]]) for name in names]
        marked = Counter(label for own in spans.values() for label, _ in own)
        tokens = indexes([edge for token in token_boundaries(text) for edge in token]).reshape(-1, 2)
        covered = coverage(
            [each.intervals().over_tokens(tokens[:, 0], tokens[:, 1]) for each in units],
            length=len(tokens),
            labels=len(labels),
        )
        values = len(tokens) * len(names)
        self._absent.extend((values, values, 0, values))
        for label, matched, found in zip(labels, _matched(units, labels), coincidences_by_label(covered), strict=True):
            row = self._labels.setdefault(label, len(self._labels) + 1)
            margins = found.margins.get(True, 0), found.margins.get(False, 0)
            self._sums.extend((self._documents, row, *matched, found.values, found.agreeing, *margins, marked[label]))
        self._documents += 1

    def _comparable(self, sets: Mapping[str, SetRecord]) -> dict[str, list[tuple[str, Sequence[Sequence[int]]]]]:
        """Label and fragments of the spans, of labels that the schemas of all sets know."""
        versions = {one["schema_version"] for one in sets.values() if "schema_version" in one}
        only_some = unshared([self._schemas[number] for number in sorted(versions) if number in self._schemas]).labels
        return {
            name: [(span["label"], span["fragments"]) for span in one["spans"] if span["label"] not in only_some]
            for name, one in sets.items()
        }

    def record(self) -> dict[str, Any]:
        """Return the figures as JSON; a figure is null where it is not defined, as an interval is."""
        rows = self._rows()
        sums = None
        if self._documents >= MINIMUM_DOCUMENTS:
            resampled = bootstrap.resampled_sums(rows.reshape(len(rows), -1), bootstrap.plans(len(rows)))
            sums = resampled.reshape(len(resampled), -1, WIDTH)
        total = rows.sum(axis=0)
        return {
            "documents": self._documents,
            "overall": _figures(total[ALL], None if sums is None else sums[:, ALL], is_label=False),
            "labels": {
                label: _figures(total[row], None if sums is None else sums[:, row], is_label=True)
                for label, row in sorted(self._labels.items())
            },
            "method": METHOD,
        }

    def _rows(self) -> FloatArray:
        """Shape (documents, all together and labels, `WIDTH`)."""
        rows = np.zeros((self._documents, len(self._labels) + 1, WIDTH))
        # Where a label does not occur everybody agrees that it is absent.
        rows[:, 1:, TOKENS] = np.asarray(self._absent).reshape(-1, 1, len(TOKENS))
        sums = np.asarray(self._sums).reshape(-1, WIDTH + 2)
        rows[sums[:, 0].astype(np.int64), sums[:, 1].astype(np.int64)] = sums[:, 2:]
        rows[:, ALL] = rows[:, 1:].sum(axis=1)
        return rows


def _matched(units: Sequence[Units], labels: Sequence[str]) -> list[list[float]]:
    """Per label the units of both, exact and overlapping matches, added up over all pairs of annotators."""
    total = np.zeros((len(labels), 3))
    for first, second in combinations(units, 2):
        for column, pairs in ((1, exact_matching(first, second)), (2, greedy_matching(first, second))):
            counts = span_f1.counts_by_label(first, second, pairs, labels=len(labels))
            total[:, column] += [each.matched for each in counts]
        total[:, 0] += [each.first + each.second for each in counts]
    return [[float(value) for value in row] for row in total]


def _figures(total: FloatArray, sums: FloatArray | None, *, is_label: bool) -> dict[str, Any]:
    spans = int(total[SPANS])
    resampled = sums if spans >= MINIMUM_SPANS else None
    found = {
        "spans": spans,
        "exact_f1": _figure(total, resampled, UNITS_AND_EXACT),
        "overlap_f1": _figure(total, resampled, UNITS_AND_OVERLAP),
    }
    return found | {"alpha_tokens": _figure(total, resampled, TOKENS)} if is_label else found


def _figure(total: FloatArray, resampled: FloatArray | None, columns: list[int]) -> dict[str, Any]:
    """A figure of the sums, F1 or alpha by the columns that it needs, with its interval."""
    measure = bootstrap.alpha if columns == TOKENS else bootstrap.f1
    value = float(measure(total[columns][None, :])[0])
    interval = None if resampled is None else bootstrap.interval(measure(resampled[:, columns]))
    low, high = interval or (None, None)
    return {"value": _rounded(value), "low": _rounded(low), "high": _rounded(high)}


def _rounded(value: float | None) -> float | None:
    """So many decimals as mean something, and as are the same on every machine."""
    return None if value is None or np.isnan(value) else round(value, DECIMALS)

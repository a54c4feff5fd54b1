"""The agreement record of layout 1: how well annotators agree, measured on exactly the frozen revisions.

The figures are those of reports, from the same alignment, counts and coincidences, with one row of sums per document
and label, so that memory stays small: span F1 (exact and overlapping) and Krippendorff's alpha over tokens for each
label; all pairs of annotators and all documents pooled. Intervals of 95 % from resampling whole documents, the same on
every run. Tokens, resamples, minimums, decimals and words are those of layout 1, whatever reports use.
"""

from array import array
from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from annotator.agreement.counting.document_groups import DocumentGroup, Tokens
from annotator.agreement.counting.pair_counts import SPAN_COLUMNS, match_spans, span_counts
from annotator.agreement.counting.shared_schema import unshared
from annotator.datasets.releases.layouts.layout_1.text_rules import TEXT_RULES
from annotator.formats.records import SetRecord
from annotator.measures import bootstrap
from annotator.measures.alignment import SetContent, SpanContent
from annotator.measures.coverage import coverage
from annotator.measures.krippendorff import coincidences_by_label
from annotator.measures.units import FloatArray, indexes
from projects.schema import Schema

DECIMALS = 3
RESAMPLES, SEED = 1000, 20_261_122
MINIMUM_DOCUMENTS, MINIMUM_SPANS = 8, 30
ALL = 0
"""The row of all labels together; it has no alpha, because a token may carry several labels."""
UNITS_AND_EXACT, UNITS_AND_OVERLAP, TOKENS, SPANS = [0, 1], [0, 2], [3, 4, 5, 6], 7
WIDTH = 8
RELEASED_COLUMNS = ("first", "second", "exact", "overlap")
METHOD = (
    "Span F1 = 2 × matched / spans of both, pooled over all pairs of annotators and all documents. Exact: the same "
    "label and the same boundaries; same place: the same label and at least one shared character, one to one. "
    "Krippendorff's alpha (nominal) over tokens, each label by itself. 95 % intervals: percentiles of "
    f"{RESAMPLES:,} resamples of whole documents, seed {SEED}; none below {MINIMUM_DOCUMENTS} "
    f"documents or {MINIMUM_SPANS} spans."
)


class _Group(DocumentGroup):
    """A document with the tokens of layout 1."""

    @cached_property
    def tokens(self) -> Tokens:
        """The tokens of the document."""
        tokens = indexes([edge for text in self.texts for token in TEXT_RULES.tokens(text) for edge in token])
        pairs = tokens.reshape(-1, 2)
        return Tokens(starts=pairs[:, 0], ends=pairs[:, 1], counts=indexes([len(pairs)]))


class _Resamples:
    """Sums of statistics (documents, rows, columns) over resamples of the documents; none with too few documents."""

    def __init__(self, rows: FloatArray) -> None:
        self._sums: FloatArray | None = None
        if len(rows) >= MINIMUM_DOCUMENTS:
            plans = bootstrap.plans(len(rows), resamples=RESAMPLES, seed=SEED)
            sums = bootstrap.resampled_sums(rows.reshape(len(rows), -1), plans)
            self._sums = sums.reshape(len(sums), *rows.shape[1:])

    def interval(
        self, measure: Callable[[FloatArray], FloatArray], row: int, columns: list[int], *, spans: int
    ) -> bootstrap.Interval | None:
        """Return the interval of a figure of some columns of a row; None with too few documents or spans."""
        if self._sums is None or spans < MINIMUM_SPANS:
            return None
        return bootstrap.interval(measure(self._sums[:, row, columns]))


class AgreementCount:
    """Counts documents one by one; those with fewer than two annotators are skipped."""

    def __init__(self, schemas: Mapping[int, Schema]) -> None:
        self._schemas = schemas
        self._labels: dict[str, int] = {}
        self._documents = 0
        # Document, label, then the sums; in a plain array, as Python's lists would take eight times as much.
        self._sums = array("d")
        self._absent = array("d")

    def add(self, text: str, sets: Mapping[str, SetRecord]) -> None:
        """Count a document with the sets of those who annotated it independently of each other."""
        if len(sets) < 2:
            return
        group = _Group.of_sets(text, self._comparable(sets))
        labels, annotators = group.vocabulary.labels, range(len(group.annotators))
        matched = np.zeros((len(labels), 3))
        spans = np.zeros(len(labels), dtype=np.int64)
        for one, other in combinations(annotators, 2):
            counts = span_counts(group, one, other, match_spans(group, one, other))[0]
            first, second, exact, overlap = (counts[:, SPAN_COLUMNS.index(name)] for name in RELEASED_COLUMNS)
            matched += np.column_stack([first + second, exact, overlap])
        for columns in group.columns:
            spans += np.bincount(columns.labels, minlength=len(labels))
        tokens = int(group.token_offsets[-1])
        coincidences = coincidences_by_label(coverage(group.token_intervals(), length=tokens, labels=len(labels)))
        values = tokens * len(sets)
        self._absent.extend((values, values, 0, values))
        for index, label in enumerate(labels):
            row, found = self._labels.setdefault(label, len(self._labels) + 1), coincidences[index]
            margins = found.margins.get(True, 0), found.margins.get(False, 0)
            sums = (*matched[index].tolist(), found.values, found.agreeing, *margins, int(spans[index]))
            self._sums.extend((self._documents, row, *sums))
        self._documents += 1

    def _comparable(self, sets: Mapping[str, SetRecord]) -> dict[str, SetContent]:
        """Return the spans of labels that the schemas of all sets have."""
        versions = {record["schema_version"] for record in sets.values() if "schema_version" in record}
        only_some = unshared([self._schemas[number] for number in sorted(versions) if number in self._schemas]).labels
        return {
            name: SetContent(
                [
                    SpanContent(span["label"], tuple((start, end) for start, end in span["fragments"]), {})
                    for span in record["spans"]
                    if span["label"] not in only_some
                ],
                [],
            )
            for name, record in sets.items()
        }

    def record(self) -> dict[str, Any]:
        """Return the figures as JSON; a figure or an interval that is not defined is null."""
        rows = self._rows()
        resamples, total = _Resamples(rows), rows.sum(axis=0)
        return {
            "documents": self._documents,
            "overall": _figures(total, resamples, ALL, is_label=False),
            "labels": {
                label: _figures(total, resamples, row, is_label=True) for label, row in sorted(self._labels.items())
            },
            "method": METHOD,
        }

    def _rows(self) -> FloatArray:
        """Return the sums as (documents, all together and labels, `WIDTH`)."""
        rows = np.zeros((self._documents, len(self._labels) + 1, WIDTH))
        # Where a label does not occur, all annotators agree that it is absent.
        rows[:, 1:, TOKENS] = np.asarray(self._absent).reshape(-1, 1, len(TOKENS))
        sums = np.asarray(self._sums).reshape(-1, WIDTH + 2)
        rows[sums[:, 0].astype(np.int64), sums[:, 1].astype(np.int64)] = sums[:, 2:]
        rows[:, ALL] = rows[:, 1:].sum(axis=1)
        return rows


def _figures(total: FloatArray, resamples: _Resamples, row: int, *, is_label: bool) -> dict[str, Any]:
    figures = {
        "spans": int(total[row, SPANS]),
        "exact_f1": _figure(total, resamples, row, UNITS_AND_EXACT),
        "overlap_f1": _figure(total, resamples, row, UNITS_AND_OVERLAP),
    }
    return figures | {"alpha_tokens": _figure(total, resamples, row, TOKENS)} if is_label else figures


def _figure(total: FloatArray, resamples: _Resamples, row: int, columns: list[int]) -> dict[str, Any]:
    """Return a figure of the sums, F1 or alpha by the columns that it needs, with its interval."""
    measure = bootstrap.alpha if columns == TOKENS else bootstrap.f1
    value = float(measure(total[row, columns][None, :])[0])
    low, high = resamples.interval(measure, row, columns, spans=int(total[row, SPANS])) or (None, None)
    return {"value": _rounded(value), "low": _rounded(low), "high": _rounded(high)}


def _rounded(value: float | None) -> float | None:
    """Return as many decimals as are meaningful, and the same on every machine."""
    return None if value is None or np.isnan(value) else round(value, DECIMALS)

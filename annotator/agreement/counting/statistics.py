"""Statistics of documents: rows of numbers whose sums over documents give every figure, and its interval. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from annotator.agreement.counting.pair_counts import MATCHINGS
from annotator.measures.jackknife import Interval, studentised
from annotator.measures.units import FloatArray

ALL = ""
"""The row of all labels together."""
MINIMUM_DOCUMENTS = 10
MINIMUM_SPANS = 30
"""With fewer there is no interval: it would promise more than the data support."""
INTERVAL_SETTINGS: Mapping[str, Any] = {
    "share": 0.95,
    "method": "studentised jackknife",
    "resamples": None,
    "seed": None,
    "least_documents": MINIMUM_DOCUMENTS,
    "least_spans": MINIMUM_SPANS,
}
"""How intervals are computed, as each report stores it."""
EARLIER_INTERVAL_SETTINGS: Mapping[str, Any] = {
    "share": 0.95,
    "resamples": 1000,
    "seed": 20_261_122,
    "least_documents": 8,
    "least_spans": 30,
}
"""How they were computed in reports that do not store it. Never changes."""

# Columns of one label: spans of both, pairs of each matching; then for alpha over tokens and over code points the
# values, agreeing pairs, and how many say yes and no.
F1_COLUMNS = {name: [0, column] for column, name in enumerate(MATCHINGS, start=1)}
TOKENS = [1 + len(MATCHINGS) + column for column in range(4)]
CODE_POINTS = [TOKENS[-1] + 1 + column for column in range(4)]
WIDTH = CODE_POINTS[-1] + 1


def statistics_record(labels: Sequence[str], rows: FloatArray, occurring: Sequence[bool]) -> dict[str, Any]:
    """Return the rows of one document: `labels` for those that occur and all together (`ALL`), `absent` for any other.

    `rows` has one for each label, then one for a label that does not occur, and one for all.
    """
    *by_label, absent, everything = rows.tolist()
    occurring_rows = {label: row for label, row, occurs in zip(labels, by_label, occurring, strict=True) if occurs}
    return {"labels": occurring_rows | {ALL: everything}, "absent": absent}


def statistics_rows(documents: Iterable[Mapping[str, Any]], labels: Sequence[str]) -> FloatArray:
    """Return the rows of `labels` and of all together, as (documents, labels + 1, `WIDTH`)."""
    names = [*labels, ALL]
    rows = [[document["labels"].get(name, document["absent"]) for name in names] for document in documents]
    return np.asarray(rows, dtype=np.float64).reshape(-1, len(names), WIDTH)


class Intervals:
    """Intervals from statistics (documents, rows, columns); none with too few documents."""

    def __init__(self, rows: FloatArray) -> None:
        self._rows = rows

    def interval(
        self,
        figure: Callable[[FloatArray], FloatArray],
        row: int,
        columns: Sequence[int],
        *,
        spans: int,
        least: float = -np.inf,
    ) -> Interval | None:
        """Return the interval of a figure of some columns of a row; None with too few documents or spans."""
        if len(self._rows) < MINIMUM_DOCUMENTS or spans < MINIMUM_SPANS:
            return None
        return studentised(self._rows[:, row, list(columns)], figure, least=least)

"""What intervals need of every document: rows of numbers whose sums give every figure. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from annotator.agreement.tallies import Counts, Tally
from annotator.agreement.units import FloatArray

ALL = ""
Record = dict[str, Any]

# Columns for one label: spans of both, identical ones, ones in the same place; then for alpha over tokens and over code
# points values, agreeing pairs, and how many say yes and no.
UNITS_AND_EXACT, UNITS_AND_OVERLAP = [0, 1], [0, 2]
TOKENS, CODE_POINTS = [3, 4, 5, 6], [7, 8, 9, 10]
WIDTH = 11


def statistics_of(document: Tally) -> Record:
    """The rows of one document: `labels` for those that occur and all together (`ALL`), `absent` for any other."""
    names = {*document.spans, *document.tokens.marks}
    pairs = document.pairs.values()
    # Added up here: pooling everything that pairs hold would cost more than all the rest.
    by_label = {name: sum((pair.spans.get(name, Counts()) for pair in pairs), Counts()) for name in sorted(names)}
    labels = {name: _row(document, name, counts) for name, counts in by_label.items()}
    everything = _row(document, ALL, sum(by_label.values(), Counts()))
    return {"labels": labels | {ALL: everything}, "absent": _row(document, ALL, Counts())}


def _row(document: Tally, name: str, counts: Counts) -> list[float]:
    row: list[float] = [counts.first + counts.second, counts.exact, counts.overlap]
    for positions in (document.tokens, document.code_points):
        found = positions.coincidences(name)
        row += [found.values, found.agreeing, found.margins.get(True, 0), found.margins.get(False, 0)]
    return row


def statistics_rows(documents: Iterable[Mapping[str, Any]], labels: Sequence[str]) -> FloatArray:
    """Shape (documents, labels and all of them together, `WIDTH`)."""
    names = [*labels, ALL]
    rows = [[each["labels"].get(name, each["absent"]) for name in names] for each in documents]
    return np.asarray(rows, dtype=np.float64).reshape(-1, len(names), WIDTH)

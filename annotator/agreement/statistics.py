"""What intervals need of every document: rows of numbers whose sums give every figure. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from annotator.measures.units import FloatArray

ALL = ""
Record = dict[str, Any]

# Columns for one label: spans of both, identical ones, ones in the same place; then for alpha over tokens and over code
# points values, agreeing pairs, and how many say yes and no.
UNITS_AND_EXACT, UNITS_AND_OVERLAP = [0, 1], [0, 2]
TOKENS, CODE_POINTS = [3, 4, 5, 6], [7, 8, 9, 10]
WIDTH = 11


def statistics_record(labels: Sequence[str], rows: FloatArray, occurring: Sequence[bool]) -> Record:
    """The rows of one document: `labels` for those that occur and all together (`ALL`), `absent` for any other.

    `rows` has one for each label, then one for a label that does not occur, and one for all.
    """
    *by_label, absent, everything = rows.tolist()
    found = {label: row for label, row, occurs in zip(labels, by_label, occurring, strict=True) if occurs}
    return {"labels": found | {ALL: everything}, "absent": absent}


def statistics_rows(documents: Iterable[Mapping[str, Any]], labels: Sequence[str]) -> FloatArray:
    """Shape (documents, labels and all of them together, `WIDTH`)."""
    names = [*labels, ALL]
    rows = [[each["labels"].get(name, each["absent"]) for name in names] for each in documents]
    return np.asarray(rows, dtype=np.float64).reshape(-1, len(names), WIDTH)

"""Reports compared on the documents that both have."""

import numpy as np
import pytest

from annotator.agreement.counting.statistics import WIDTH
from annotator.agreement.reports.paired import compare_pairwise


def document(spans, matched):
    row = [0.0] * WIDTH
    row[0], row[1:4] = spans, [matched] * 3
    return {"labels": {"Claim": row, "": row}, "absent": [0.0] * WIDTH}


def test_change_on_hard_and_easy_documents_is_clear_although_intervals_overlap():
    """Documents differ much from each other, and each gains a little: only the paired interval shows it."""
    matches = np.array([1, 9, 2, 8, 3, 9, 1, 8, 2, 9, 1, 9], dtype=float)
    pairs = [(document(20, matched), document(20, matched + 0.5)) for matched in matches]

    comparison = compare_pairwise(pairs, ["Claim"])

    change = next(row for row in comparison.changes if (row.figure, row.label) == ("overlap_f1", "Claim"))
    assert comparison.documents == 12
    assert change.change == pytest.approx(0.05)
    assert change.is_clear
    assert change.high - change.low < 0.01


def test_too_few_shared_documents_and_records_without_statistics_give_no_change():
    pairs = [(document(20, 5), document(20, 6))] * 9 + [({}, document(20, 5))]

    assert compare_pairwise(pairs, ["Claim"]) == compare_pairwise(pairs[:9], ["Claim"])
    assert compare_pairwise(pairs, ["Claim"]).changes == ()

"""Counting suggestions against finished work, and what precision to expect of a score."""

import pytest

from annotator.suggestions.evaluation import Evaluation, calibration, expected_precision


def span(key, label, start, end, **more):
    return {"id": key, "label": label, "fragments": [[start, end]], "attributes": {}, **more}


def test_exact_overlap_and_links_are_counted_by_label():
    suggested = [
        span("a", "Claim", 0, 10, score=0.8),
        span("b", "Claim", 20, 30, score=0.8),
        span("c", "Speaker", 40, 44),
    ]
    finished = [
        span("x", "Claim", 0, 10, suggestion={"id": "a"}),
        span("y", "Claim", 22, 30),
        span("z", "Speaker", 40, 44),
    ]
    evaluation = Evaluation()
    link = {"label": "attributed-to", "from": "a", "to": "c"}
    evaluation.add(suggested, [link], finished, [{**link, "from": "x", "to": "z"}], ["Claim", "Speaker"])
    figures = evaluation.as_json()

    claim = figures["labels"]["Claim"]
    assert (claim["exact"]["f1"], claim["overlap"]["f1"]) == (0.5, 1.0)
    assert figures["links"]["f1"] == 1.0
    assert figures["accepted_suggestions_in_them"] == 1
    assert claim["calibration_error"] == pytest.approx(0.3)
    # One of two was right; the announced 80 % still counts, because two are few.
    assert expected_precision(figures, "Claim", 0.8) == pytest.approx((1 + 4 * 0.8) / 6)
    assert expected_precision(figures, "Denial", 0.8) == 0.8
    assert expected_precision(None, "Claim", 0.3) == 0.3


def test_expected_precision_never_falls_as_the_score_rises():
    rows = calibration({30: [100, 60], 60: [100, 20], 90: [100, 95]})

    assert [row["precision"] for row in rows] == sorted(row["precision"] for row in rows)
    assert rows[0]["precision"] == rows[1]["precision"]

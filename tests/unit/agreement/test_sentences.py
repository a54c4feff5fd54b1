from dataclasses import replace
from datetime import date

import pytest

from annotator.agreement.reports import sentences
from annotator.agreement.reports.label_figures import LabelFigures, ReportFigure, enough_for
from annotator.agreement.reports.report import (
    AnnotatorDocuments,
    CoveringLabel,
    GammaFigure,
    LabelCounts,
    LeftOut,
    MixedVersions,
    OverallFigures,
    PairFigures,
    Report,
)
from annotator.agreement.scope import Scope
from annotator.measures.figures import Undefined

UNDEFINED = ReportFigure(None, Undefined.NO_SPANS, None, None)


def figure(value, low=None, high=None):
    return ReportFigure(value, None, low, high)


LABEL = LabelFigures(
    label="Claim",
    spans=140,
    share_of_text=0.34,
    exact_f1=figure(0.4),
    overlap_f1=figure(0.6857),
    alpha_tokens=figure(0.58),
    alpha_code_points=figure(0.6),
)


def report(annotators):
    """A report with two annotators in a pair, and this many in all."""
    counts = LabelCounts("Claim", 20, 30, figure(0.4), figure(0.6857))
    return Report(
        documents=9,
        annotators=tuple(AnnotatorDocuments(name, 9) for name in "ABC"[:annotators]),
        labels=(LABEL,),
        overall=OverallFigures(140, *[figure(0.5)] * 4),
        pairs=(PairFigures("A", "B", 9, counts, figure(0.5), (counts,)),),
        attributes=(),
        relations=(),
        left_out=LeftOut(0, 0),
    )


def test_a_label_is_described_in_a_sentence():
    assert sentences.label_sentence(LABEL, report(2), name="Claim") == (
        "When one annotator marks “Claim”, the other marks an overlapping “Claim” 69\u00a0% (34 of 50) of the time. "
        "Same boundaries: 40\u00a0% (20 of 50). 140 spans, 9 documents, 2 annotators."
    )


def test_three_annotators_are_described_with_intervals():
    row = replace(LABEL, overlap_f1=figure(0.78, 0.72, 0.83))

    sentence = sentences.label_sentence(row, report(3), name="Claim")

    assert "another marks an overlapping “Claim” 78\u00a0% (72–83\u00a0%) of the time" in sentence


def test_undefined_figures_are_explained():
    row = replace(LABEL, overlap_f1=UNDEFINED, alpha_tokens=UNDEFINED)

    assert sentences.label_sentence(row, report(2), name="Claim") == "Not available: there are no spans to compare."
    assert sentences.alpha_sentence(row) == "Alpha over tokens: Not available: there are no spans to compare."
    assert sentences.figure_text(UNDEFINED) == sentences.FigureText(
        "Not available", "there are no spans to compare", is_defined=False
    )


@pytest.mark.parametrize(("value", "expected"), [(1, 100), (0.9999, 99), (0.5, 50), (0.001, 1), (0, 0)])
def test_percent_rounds_neither_to_all_nor_to_none(value, expected):
    assert sentences.percent(value) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1.00"), (0.999, "0.99"), (0.001, "0.01"), (0.0, "0.00"), (-0.25, "−0.25"), (-0.001, "−0.01")],
)
def test_figures_are_not_rounded_to_one_or_zero(value, text):
    assert sentences.figure_text(figure(value)).text == text


@pytest.mark.parametrize(
    ("alpha", "rating"),
    [
        (
            figure(0.84, 0.80, 0.88),
            "0.84 (0.80–0.88), high (at least 0.80 by Krippendorff’s rule); the lower end of the interval decides",
        ),
        (
            figure(0.8, 0.75, 0.84),
            (
                "0.80 (0.75–0.84), moderate (0.67–0.80 by Krippendorff’s rule, for tentative conclusions); "
                "the lower end of the interval decides"
            ),
        ),
        (
            figure(0.62, 0.58, 0.66),
            "0.62 (0.58–0.66), low (below 0.67 by Krippendorff’s rule); the lower end of the interval decides",
        ),
        (
            figure(0.68, 0.59, 0.74),
            (
                "0.68 (0.59–0.74), not known yet, because the interval contains 0.67 "
                "(below it is low by Krippendorff’s rule)"
            ),
        ),
        (figure(0.7), "0.70, without a confidence interval it cannot be rated"),
        (figure(0.3), "0.30, low (below 0.67 by Krippendorff’s rule)"),
        (figure(-0.1), "−0.10, no better than chance"),
    ],
)
def test_alpha_is_rated_by_krippendorffs_rule(alpha, rating):
    assert sentences.alpha_sentence(replace(LABEL, alpha_tokens=alpha)) == f"Alpha over tokens: {rating}."


def test_agreement_by_chance_is_pointed_out():
    row = replace(LABEL, overlap_f1=figure(0.9), alpha_tokens=figure(0.1))

    assert sentences.cautions(row, documents=20) == [
        "Much of this agreement is to be expected by chance: the label covers 34\u00a0% of the text."
    ]


def test_too_few_spans_or_documents_are_named():
    few, none = replace(LABEL, spans=12), replace(LABEL, overlap_f1=UNDEFINED, spans=0)

    assert sentences.cautions(few, documents=20) == [
        "Only 12 spans: too few for a confidence interval, which needs 30."
    ]
    assert sentences.cautions(LABEL, documents=6) == ["No confidence interval: it needs 10 documents."]
    assert sentences.cautions(none, documents=6) == []


def test_intervals_that_an_earlier_version_stored_for_few_documents_are_not_denied():
    stored = replace(LABEL, overlap_f1=replace(LABEL.overlap_f1, low=0.6, high=0.9))

    assert sentences.cautions(stored, documents=8) == []


def test_annotators_who_label_nearly_everything_are_named():
    rows = [CoveringLabel("ada", "Claim", 0.81), CoveringLabel("ben", "Hedge", 0.5)]

    (sentence,) = sentences.covering_sentences(rows, "Claim", name="Claim")

    assert sentence.startswith("ada puts “Claim” on 81\u00a0% of the text they read")


def test_left_out_documents_are_counted():
    assert sentences.left_out_sentence(LeftOut(1, 2, 1)) == (
        "Not compared: 1 document with one finished annotation set, 2 documents without a finished annotation set. "
        "1 annotation set in progress is not counted."
    )
    assert sentences.left_out_sentence(LeftOut(0, 0)) == ""


def test_mixed_schema_versions_are_explained():
    sentence = sentences.mixed_sentence(MixedVersions(1, {"Speaker": 2}), label_name=str.lower)

    assert sentence == (
        "1 document has annotation sets with different schema versions. Only what these have in common is compared, "
        "without speaker (2 spans)."
    )
    assert sentences.mixed_sentence(MixedVersions(0, {}), label_name=str) == ""


def test_changes_since_a_report_are_counted():
    assert sentences.stale_sentence(changed=2, withdrawn=0, added=1) == (
        "2 annotation sets changed, 1 annotation set added."
    )
    assert sentences.stale_sentence(changed=0, withdrawn=0, added=0) == ""


def test_gamma_is_shown_with_its_settings():
    settings = {"alpha": 3.0, "beta": 1.0, "delta_empty": 1.0, "sampler": "pygamma", "seed": 1}
    gamma = GammaFigure(0.69, None, 0.66, 0.72, figure(0.8), 5, 9, 30, 0.001, settings)

    text = " ".join(sentences.gamma_sentences(gamma))

    assert text.startswith("Gamma: 0.69 (0.66–0.72). Measured on a random sample of 5 documents.")
    assert "Settings: alpha 3, beta 1, delta 1, sampler pygamma, seed 1, 30 random continua per document" in text
    assert sentences.gamma_sentences(None) == []


def test_gamma_of_a_sample_says_what_all_documents_would_give():
    settings = {"alpha": 3.0, "beta": 1.0, "delta_empty": 1.0, "sampler": "pygamma", "seed": 1}
    gamma = GammaFigure(
        0.69, None, None, None, figure(0.8), 5, 9, 30, 0.001, settings, low_of_report=0.64, high_of_report=0.731
    )

    assert sentences.gamma_sentences(gamma)[1] == (
        "Measured on a random sample of 5 documents. Gamma of all 9 documents of the report is between 0.64 and 0.73 "
        "(95 % confidence interval, which covers the choice of the sample)."
    )


def test_the_filters_of_a_report_are_listed():
    scope = Scope(labels=("Claim",), since=date(2026, 1, 2), suggestions=False, blind=True)

    assert Scope.of_record(scope.as_record()) == scope
    assert sentences.scope_sentence(scope, label_name=str) == (
        "Filters: labels: Claim; without suggested spans; finished on or after 2026-01-02; names hidden."
    )


def test_the_interval_of_each_label_says_what_its_agreement_is_enough_for():
    alphas = {
        "A": figure(0.9, 0.81, 0.95), "B": figure(0.9, 0.7, 0.95), "C": figure(0.7, 0.5, 0.8),
        "D": figure(0.4, 0.2, 0.6), "E": figure(0.9), "F": UNDEFINED, "G": figure(0.85, 0.8, 0.9),
    }  # fmt: skip
    rows = tuple(replace(LABEL, label=label, alpha_tokens=alpha) for label, alpha in alphas.items())

    found = enough_for(rows, label_name=str.lower)
    lines = [each.sentence for each in found]

    assert [line.split(" (")[0].split(",")[0] for line in lines] == [
        "Enough to rely on", "Enough for tentative conclusions", "Not known yet", "Not known yet", "Not enough",
    ]  # fmt: skip
    assert [line.rsplit(": ", 1)[1] for line in lines] == ["a, g.", "b.", "c.", "e.", "d."]
    verdicts = {"rely": ["A", "G"], "tentative": ["B"], "open": ["C"], "few": ["E"], "low": ["D"]}
    assert {each.verdict: each.labels for each in found} == verdicts

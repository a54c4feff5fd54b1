"""Every figure of the sample corpus, to the four published digits."""

import json
import math
from collections import defaultdict

import pytest

from annotator.measures import attributes, relations, span_f1
from annotator.measures.cohen import Contingency
from annotator.measures.coverage import coverage
from annotator.measures.figures import Figure
from annotator.measures.krippendorff import Coincidences, coincidences_by_label
from annotator.measures.matching import exact_matching, greedy_matching
from annotator.measures.span_f1 import MatchCounts
from tests.reference.corpus import LABELS, RELATIONS, SAMPLES, sample_document, sample_records

EXPECTED = json.loads((SAMPLES / "agreement.json").read_text("utf-8"))
PAIRS = [
    (document, document.annotations["A"], document.annotations["B"])
    for document in map(sample_document, sample_records())
]


def rounded(figure: Figure) -> float | None:
    return None if math.isnan(figure.value) else round(figure.value, 4)


def span_counts(matching) -> dict[str, MatchCounts]:
    totals = [MatchCounts()] * len(LABELS)
    for _, a, b in PAIRS:
        counts = span_f1.counts_by_label(a.units, b.units, matching(a.units, b.units), labels=len(LABELS))
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
    return dict(zip(LABELS, totals, strict=True)) | {"all": sum(totals, MatchCounts())}


def test_number_of_documents_is_as_published():
    assert len(PAIRS) == EXPECTED["documents"]


@pytest.mark.parametrize("label", [*LABELS, "all"])
def test_exact_and_overlap_f1_are_as_published(label):
    exact, overlap = span_counts(exact_matching)[label], span_counts(greedy_matching)[label]

    actual = {"A": exact.first, "B": exact.second, "exact_f1": rounded(exact.f1), "overlap_f1": rounded(overlap.f1)}

    assert actual == {key: EXPECTED["spans"][label][key] for key in actual}


def test_unlabelled_f1_is_as_published():
    total = sum((span_f1.unlabelled(a.units, b.units) for _, a, b in PAIRS), MatchCounts())

    assert rounded(total.f1) == EXPECTED["spans"]["all"]["unlabelled_f1"]


def test_alpha_over_code_points_is_as_published():
    totals = [Coincidences()] * len(LABELS)
    for document, a, b in PAIRS:
        covered = coverage([a.units.intervals(), b.units.intervals()], length=document.length, labels=len(LABELS))
        totals = [total + count for total, count in zip(totals, coincidences_by_label(covered), strict=True)]

    actual = {label: rounded(total.alpha) for label, total in zip(LABELS, totals, strict=True)}

    assert actual == {label: EXPECTED["spans"][label]["alpha_char"] for label in LABELS}


def test_attribute_agreement_is_as_published():
    tables: dict[str, Contingency] = defaultdict(Contingency)
    for _, a, b in PAIRS:
        pairs = exact_matching(a.units, b.units)
        for (label, name), table in attributes.attribute_contingencies(a, b, pairs).items():
            tables[f"{LABELS[label]}.{name}"] += table
    del tables["Speaker.canonical"]  # free text: the published figures leave it out

    actual = {
        key: {"n": table.total, "observed": rounded(table.observed), "kappa": rounded(table.kappa)}
        for key, table in tables.items()
    }

    assert actual == EXPECTED["attributes"]


@pytest.mark.parametrize(("figure", "matching"), [("exact_f1", exact_matching), ("overlap_f1", greedy_matching)])
def test_relation_f1_is_as_published(figure, matching):
    totals = [MatchCounts()] * len(RELATIONS)
    for _, a, b in PAIRS:
        pairs = matching(a.units, b.units)
        counts = relations.counts_by_label(a.relations, b.relations, pairs, labels=len(RELATIONS))
        totals = [total + count for total, count in zip(totals, counts, strict=True)]

    actual = {
        label: {"A": total.first, "B": total.second, figure: rounded(total.f1)}
        for label, total in zip(RELATIONS, totals, strict=True)
    }

    wanted = {label: {key: row[key] for key in ("A", "B", figure)} for label, row in EXPECTED["relations"].items()}
    assert actual == wanted

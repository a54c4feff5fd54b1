"""Every figure of the sample corpus, to the four digits in which it was published."""

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
        totals = [total + each for total, each in zip(totals, counts, strict=True)]
    return dict(zip(LABELS, totals, strict=True)) | {"all": sum(totals, MatchCounts())}


def test_the_corpus_has_as_many_documents():
    assert len(PAIRS) == EXPECTED["documents"]


@pytest.mark.parametrize("label", [*LABELS, "all"])
def test_span_f1_exact_and_overlap(label):
    exact, overlap = span_counts(exact_matching)[label], span_counts(greedy_matching)[label]

    found = {"A": exact.first, "B": exact.second, "exact_f1": rounded(exact.f1), "overlap_f1": rounded(overlap.f1)}

    assert found == {key: EXPECTED["spans"][label][key] for key in found}


def test_span_f1_unlabelled():
    total = sum((span_f1.unlabelled(a.units, b.units) for _, a, b in PAIRS), MatchCounts())

    assert rounded(total.f1) == EXPECTED["spans"]["all"]["unlabelled_f1"]


def test_alpha_over_code_points_per_label():
    totals = [Coincidences()] * len(LABELS)
    for document, a, b in PAIRS:
        covered = coverage([a.units.intervals(), b.units.intervals()], length=document.length, labels=len(LABELS))
        totals = [total + each for total, each in zip(totals, coincidences_by_label(covered), strict=True)]

    found = {label: rounded(total.alpha) for label, total in zip(LABELS, totals, strict=True)}

    assert found == {label: EXPECTED["spans"][label]["alpha_char"] for label in LABELS}


def test_attributes_of_exactly_matched_spans():
    tables: dict[str, Contingency] = defaultdict(Contingency)
    for _, a, b in PAIRS:
        pairs = exact_matching(a.units, b.units)
        for (label, name), table in attributes.attribute_contingencies(a, b, pairs).items():
            tables[f"{LABELS[label]}.{name}"] += table
    del tables["Speaker.canonical"]  # free text: the published figures leave it out

    found = {
        key: {"n": table.total, "observed": rounded(table.observed), "kappa": rounded(table.kappa)}
        for key, table in tables.items()
    }

    assert found == EXPECTED["attributes"]


@pytest.mark.parametrize(("figure", "matching"), [("exact_f1", exact_matching), ("overlap_f1", greedy_matching)])
def test_relations(figure, matching):
    totals = [MatchCounts()] * len(RELATIONS)
    for _, a, b in PAIRS:
        pairs = matching(a.units, b.units)
        counts = relations.counts_by_label(a.relations, b.relations, pairs, labels=len(RELATIONS))
        totals = [total + each for total, each in zip(totals, counts, strict=True)]

    found = {
        label: {"A": total.first, "B": total.second, figure: rounded(total.f1)}
        for label, total in zip(RELATIONS, totals, strict=True)
    }

    wanted = {label: {key: row[key] for key in ("A", "B", figure)} for label, row in EXPECTED["relations"].items()}
    assert found == wanted

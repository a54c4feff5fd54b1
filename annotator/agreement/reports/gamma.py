"""Gamma over the documents of a report, within a budget, with its settings and an interval.

Alignments of many annotators take long. What they will cost is estimated from the numbers of spans and annotators;
within half of the budget the best alignment of every document is computed, beyond it those of a random sample with a
fixed seed. Random continua are drawn for every document, or beyond the budget for documents drawn in proportion to
their spans. The figure says which, and its error. Alignments are stored with the measurement of a document, so that the
next report computes only those of documents that changed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from annotator.agreement.counting.statistics import MINIMUM_DOCUMENTS, MINIMUM_SPANS
from annotator.agreement.models import Measurement
from annotator.agreement.reports.gamma_plan import READ_AT_ONCE, GammaPlan, SizedDocument
from annotator.agreement.reports.label_figures import ReportFigure
from annotator.agreement.reports.measurements import Basis
from annotator.agreement.reports.report import GammaFigure
from annotator.agreement.selectors.spans import SetHead, load_units
from annotator.measures import bootstrap
from annotator.measures.gamma import GammaResult, gamma
from annotator.measures.gamma_costs import Observed
from annotator.measures.gamma_labels import LabelWeights
from annotator.measures.jackknife import Interval, of_sample, studentised
from annotator.measures.units import Document


def measure_gamma(
    basis: Basis, plan: GammaPlan, *, spans: int, on_step: Callable[[], None] | None = None
) -> GammaFigure:
    """Return gamma; `spans` is the number of spans in the report. New alignments are stored with the measurements."""
    documents: list[Document] = []
    labels: dict[str, int] = {}
    measured: list[SizedDocument] = []
    for first in range(0, len(plan.documents), READ_AT_ONCE):
        part, heads = _unchanged(basis, plan.documents[first : first + READ_AT_ONCE])
        sized = [(document.id, document.length) for document in part]
        documents += load_units(sized, heads, basis.span_filter(heads), labels)
        measured += part
    known = {
        row: _observed(plan.known[document.measurement], labels)
        for row, document in enumerate(measured)
        if document.measurement in plan.known
    }
    result = gamma(documents, labels=len(labels), known=known, draws=plan.draws, on_step=on_step)
    if result.gamma.is_defined:
        _store_alignments(
            [(row, document) for row, document in enumerate(measured) if row not in known], result, labels
        )
    has_interval = result.documents >= MINIMUM_DOCUMENTS and spans >= MINIMUM_SPANS and result.gamma.is_defined
    interval = studentised(result.rows[:, :2], bootstrap.gamma) if has_interval else None
    error = result.standard_error
    low, high = _interval_of_report(result, plan.documents_of_report) or (None, None)
    return GammaFigure(
        **vars(ReportFigure.of(result.gamma, interval)),
        cat=ReportFigure.of(result.gamma_cat),
        documents=result.documents,
        documents_of_report=plan.documents_of_report,
        samples=result.samples,
        standard_error=None if np.isnan(error) else error,
        settings=asdict(result.settings),
        draws=plan.draws or None,
        is_exact=result.is_exact,
        low_of_report=low,
        high_of_report=high,
    )


def _interval_of_report(result: GammaResult, documents: int) -> Interval | None:
    """Return the interval of gamma over all documents of a report of which some were measured; None for all of them."""
    rows = result.rows[result.rows[:, 1] > 0]
    if not result.gamma.is_defined or len(result.rows) == documents:
        return None
    return of_sample(rows[:, :2], bootstrap.gamma, documents=documents, own_error=result.standard_error)


def _unchanged(
    basis: Basis, documents: Sequence[SizedDocument]
) -> tuple[list[SizedDocument], dict[int, list[SetHead]]]:
    """The documents whose sets are as they were measured, with these sets; others have no gamma in this report."""
    heads = basis.heads_by_document([document.id for document in documents])
    keys = dict(
        Measurement.objects.filter(pk__in=[document.measurement for document in documents])
        .order_by("id")
        .values_list("id", "key")
    )
    same = [
        document
        for document in documents
        if document.id in heads and basis.key(heads[document.id]) == keys.get(document.measurement)
    ]
    return same, {document.id: heads[document.id] for document in same}


def _observed(stored: Mapping[str, Any], labels: Mapping[str, int]) -> Observed:
    """An alignment of one document from its stored form."""
    weight, differing = np.zeros((2, 1, len(labels) + 1))
    for label, (all_pairs, unlike) in stored["labels"].items():
        if label in labels:
            weight[0, labels[label]], differing[0, labels[label]] = all_pairs, unlike
    weight[0, -1], differing[0, -1] = stored["all"]
    return Observed(np.array([stored["cost"]]), LabelWeights(weight, differing), stored["is_exact"])


def _store_alignments(
    new_rows: Sequence[tuple[int, SizedDocument]], result: GammaResult, labels: Mapping[str, int]
) -> None:
    weights = result.observed_labels
    new = [
        Measurement(
            pk=document.measurement,
            gamma={
                "cost": float(result.rows[row, 0]),
                "is_exact": result.is_exact,
                "all": [float(weights.weight[row, -1]), float(weights.differing[row, -1])],
                "labels": {
                    label: [float(weights.weight[row, column]), float(weights.differing[row, column])]
                    for label, column in labels.items()
                    if weights.weight[row, column]
                },
            },
        )
        for row, document in new_rows
    ]
    Measurement.objects.bulk_update(new, ["gamma"], batch_size=READ_AT_ONCE)
